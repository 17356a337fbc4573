"""What a user may hand in by mistake is refused in words that name it, never with an error of types."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pandas as pd
import pytest

from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.spread import Network, cascade, compare, contagion, marginal_gains, skills

CHAIN = Network(3, [0, 1], [1, 2], 0.5)

MISTAKES: list[tuple[str, Callable[[], Any]]] = [
    ("hubungan 0 .*nan", lambda: Network(3, [0, 1], [1, 2], ["a", 0.2])),
    ("hubungan 1 .*nan", lambda: Network(3, [0, 1], [1, 2], [0.1, None])),
    ("bukan a", lambda: cascade(CHAIN, [0], replicates="a")),  # type: ignore[arg-type]
    ("bukan 2.5", lambda: contagion(CHAIN, [0], steps=2.5)),  # type: ignore[arg-type]
    ("tidak berpasangan", lambda: compare(cascade(CHAIN, [0], replicates=3), None)),
]


@pytest.mark.parametrize(("says", "call"), MISTAKES, ids=[says for says, _ in MISTAKES])
def test_a_mistake_is_refused_in_words(says: str, call: Callable[[], Any]) -> None:
    with pytest.raises(InputError, match=says):
        call()


def test_texts_of_numbers_are_numbers() -> None:
    assert Network(3, [0, 1], [1, 2], ["0.5", "1"]).probability.tolist() == [0.5, 1.0]


@pytest.mark.parametrize("wrong", [{"replicates": 0}, {"periods": -1}])
def test_gains_need_a_replicate_and_no_negative_time(contoh: Cycle, wrong: dict[str, int]) -> None:
    with pytest.raises(InputError, match="paling sedikit 1 replikasi"):
        marginal_gains(contoh, **wrong)


def test_a_plan_names_the_seat_that_is_not_there(contoh: Cycle) -> None:
    moves = pd.DataFrame({"pegawai_id": contoh.pegawai["pegawai_id"].iloc[:1], "jabatan_id": ["ZZ-99"]})
    with pytest.raises(InputError, match="ZZ-99"):
        skills(contoh, policy=moves, periods=2, replicates=2)
