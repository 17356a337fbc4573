"""Cycle: moves carried out give a new cycle, the old one stays as it was; what is written reads back the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.errors import InputError

WHO = "198312122008011000"


def _moves(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["pegawai_id", "jabatan_id"])


def test_moves_give_a_new_cycle_and_leave_the_old_one(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    before = {name: frame.copy() for name, frame in cycle.tables.items()}
    after = cycle.after(_moves((WHO, "J08")))
    for name, frame in cycle.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    row = after.pegawai.set_index("pegawai_id").loc[WHO]
    assert (row["jabatan_id"], row["tmt_jabatan"], row["tmt_unit"]) == ("J08", cycle.date, cycle.date)
    new = after.riwayat[after.riwayat["pegawai_id"] == WHO].iloc[0]
    assert (new["unit_asal"], new["unit_tujuan"], new["jabatan_asal"], new["jabatan_tujuan"], new["tanggal"]) == ("U3", "U1", "J06", "J08", cycle.date)
    assert len(after.riwayat) == len(cycle.riwayat) + 1


def test_a_move_within_the_unit_keeps_the_time_in_the_unit(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    after = cycle.after(_moves((WHO, "J07")))
    old, new = (c.pegawai.set_index("pegawai_id").loc[WHO] for c in (cycle, after))
    assert new["tmt_unit"] == old["tmt_unit"]
    assert new["tmt_jabatan"] == cycle.date


def test_staying_is_no_move_and_no_moves_change_nothing(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    for moves in (_moves((WHO, "J06")), _moves()):
        after = cycle.after(moves)
        for name, frame in cycle.tables.items():
            pd.testing.assert_frame_equal(getattr(after, name), frame)


def test_there_and_back_seats_everybody_as_before(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    back = cycle.after(_moves((WHO, "J08"))).after(_moves((WHO, "J06")))
    pd.testing.assert_series_equal(back.pegawai["jabatan_id"], cycle.pegawai["jabatan_id"])
    assert len(back.riwayat) == len(cycle.riwayat) + 2


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        (_moves(("X", "J08")), "X"),
        (_moves((WHO, "J99")), "J99"),
        (_moves((WHO, "J08"), (WHO, "J07")), WHO),
        (pd.DataFrame({"pegawai": [WHO]}), "pegawai_id"),
    ],
    ids=["nobody", "no-seat", "twice", "no-column"],
)
def test_moves_that_cannot_be_carried_out(tiny: Path, moves: pd.DataFrame, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_cycle(tiny).after(moves)


def test_a_cycle_cannot_be_reassigned(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    with pytest.raises(AttributeError):
        cycle.pegawai = cycle.pegawai.iloc[:0]  # type: ignore[misc]


def test_what_is_written_reads_back_the_same(tiny: Path, tmp_path: Path) -> None:
    cycle = read_cycle(tiny)
    cycle.write(tmp_path / "lagi")
    again = read_cycle(tmp_path / "lagi")
    for name, frame in cycle.tables.items():
        pd.testing.assert_frame_equal(getattr(again, name), frame)
    assert again.settings == cycle.settings


def test_rows_in_another_order_give_the_same_cycle(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    for path in tiny.glob("*.csv"):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    again = read_cycle(tiny)
    for name, frame in cycle.tables.items():
        pd.testing.assert_frame_equal(getattr(again, name), frame)
