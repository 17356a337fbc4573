"""Rounding to people and to grades against Decimal, at and around every tie."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import efficiency_grade, round_half_up, round_wisn


def by_decimal(value: float) -> str:
    if value != value:
        return ""
    hundredths = Decimal(repr(float(value))).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    if hundredths > Decimal("1.00"):
        return "A"
    for least, grade in (("0.90", "B"), ("0.70", "C"), ("0.50", "D")):
        if hundredths >= Decimal(least):
            return grade
    return "E"


@pytest.mark.parametrize(
    ("index", "grade"),
    [
        (0.895, "B"), (0.8949999999999999, "C"), (0.905, "B"), (1.005, "A"), (1.0049999, "B"), (1.0, "B"),
        (1.01, "A"), (0.695, "C"), (0.6949999, "D"), (0.495, "D"), (0.4949, "E"), (0.0, "E"), (-1.0, "E"), (5, "A"),
        (float("inf"), "A"), (float("nan"), ""), (None, ""), (pd.NA, ""), (1e300, "A"), (1.7e308, "A"), (5e-324, "E"),
    ],
)  # fmt: skip
def test_a_number_gives_one_letter(index: float, grade: str) -> None:
    assert efficiency_grade(index) == grade
    assert isinstance(efficiency_grade(index), str)


def test_every_neighbour_of_every_half_hundredth_agrees_with_decimal() -> None:
    ties = np.arange(0, 130) / 100 + 0.005
    values = np.concatenate(
        [ties, np.nextafter(ties, 0), np.nextafter(ties, 9), np.arange(0, 2000) / 1000]
    )
    assert efficiency_grade(values).tolist() == [by_decimal(v) for v in values]


@given(st.lists(st.floats(0, 3) | st.just(float("nan")), max_size=40))
@settings(max_examples=200, deadline=None)
def test_arrays_agree_with_decimal(values: list[float]) -> None:
    assert list(efficiency_grade(np.array(values, dtype=float))) == [by_decimal(v) for v in values]


def test_an_array_keeps_its_shape_and_a_series_gives_an_array() -> None:
    assert efficiency_grade(np.array([[1.2, 0.3], [np.nan, 0.9]])).tolist() == [
        ["A", "E"],
        ["", "B"],
    ]
    assert list(efficiency_grade(pd.Series([0.75, 1]))) == ["C", "B"]
    assert list(efficiency_grade([])) == []


@pytest.mark.parametrize(
    ("exact", "people"),
    [(2.5, 3), (2.4999999999999996, 3), (2.499999, 2), (0.5, 1), (0.49, 0), (3.5, 4), (4.5, 5), (0, 0), (1e12 + 0.5, 1e12 + 1)],
)  # fmt: skip
def test_half_a_person_is_a_person(exact: float, people: int) -> None:
    assert round_half_up(exact) == people
    assert round_half_up([exact]).tolist() == [people]


def test_half_up_is_not_half_to_even() -> None:
    assert round_half_up(np.array([0.5, 1.5, 2.5, 3.5])).tolist() == [1, 2, 3, 4]
    assert round_half_up(np.array([0.5])).dtype == np.int64


@pytest.mark.parametrize("bad", [[np.nan], [np.inf], [1.0, -np.inf]])
def test_no_number_is_no_person(bad: list[float]) -> None:
    for rounding in (round_half_up, round_wisn):
        with pytest.raises(InputError):
            rounding(bad)


def test_wisn_rounds_small_numbers_up_sooner_by_the_manual_s_table() -> None:
    table = {
        0.0: 0, 0.05: 1, 1.0: 1, 1.1: 1, 1.11: 2, 1.9: 2, 2.0: 2, 2.2: 2, 2.21: 3, 2.9: 3, 3.3: 3, 3.31: 4, 4.4: 4, 4.41: 5,
        5.5: 5, 5.51: 6, 5.9: 6, 6.49: 6, 6.5: 7, 18.49: 18, 18.5: 19,
    }  # fmt: skip
    assert dict(zip(table, round_wisn(list(table)).tolist(), strict=True)) == table


def test_wisn_rounding_ignores_floating_point_noise() -> None:
    assert round_wisn(1.1 + 2e-16) == 1
    assert round_wisn(3 * 1.1) == 3  # 3.3000000000000003
