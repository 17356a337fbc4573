"""Times off by a factor of 60 are named, ordinary differences are not."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.workload import headcount, mixed_units, mixed_units_text

LAHAT = [(60, 10), (60, 20), (10, 12), (30, 15), (60, 5), (30, 5)]


def tasks(*rows: tuple[str, str, float, float, str]) -> pd.DataFrame:
    return pd.DataFrame(
        rows, columns=["jabatan_id", "uraian", "volume", "norma_waktu", "satuan_waktu"]
    )


def test_the_odd_one_of_the_same_task() -> None:
    rows = tasks(
        ("A", "Mengarsip", 10, 5, "menit"), ("B", "Mengarsip", 10, 6, "menit"), ("C", "mengarsip ", 10, 5, "jam"),
        ("D", "Rapat", 10, 2, "jam"), ("E", "Rapat", 10, 120, "menit"), ("F", "Rapat", 10, 2, "menit"),
    )  # fmt: skip
    found = mixed_units(rows)
    assert found.index.to_list() == [2, 5]
    assert found["pembanding"].to_list() == [5.5, 120.0]
    assert set(found["alasan"]) == {"beda_dari_tugas_sama"}
    assert mixed_units(rows.iloc[::-1]).sort_index().equals(found)


def test_a_different_product_is_a_different_task() -> None:
    rows = tasks(*[(j, "Menyusun", 1, t, "menit") for j, t in (("A", 10), ("B", 10), ("C", 600))])
    assert len(mixed_units(rows)) == 1
    assert len(mixed_units(rows.assign(hasil=["surat", "surat", "rencana"]))) == 0


def test_a_lone_hour_among_minutes_whose_number_is_like_theirs() -> None:
    rows = tasks(
        ("A", "a", 9, 60, "menit"),
        ("A", "b", 9, 90, "menit"),
        ("A", "c", 9, 75, "jam"),
        ("A", "d", 9, 80, "menit"),
    )
    found = mixed_units(rows)
    assert found.index.to_list() == [2]
    assert found["alasan"].to_list() == ["satuan_dalam_jabatan"]
    # 8 hours beside minutes of 60 to 90 is an ordinary long task
    assert len(mixed_units(rows.assign(norma_waktu=[60, 90, 8, 80]))) == 0
    # a minute among hours: 2 menit among 2 to 3 jam
    other = tasks(("A", "a", 9, 2, "jam"), ("A", "b", 9, 3, "jam"), ("A", "c", 9, 2, "menit"))
    assert mixed_units(other).index.to_list() == [2]


@pytest.mark.parametrize(
    ("norma", "unit", "why"), [(1251, "jam", "terlalu_lama"), (0.05, "menit", "terlalu_singkat")]
)
def test_what_no_one_can_do(norma: float, unit: str, why: str) -> None:
    rows = tasks(("A", "a", 1, norma, unit), ("A", "b", 1, 0, unit))
    found = mixed_units(rows)
    assert found.index.to_list() == [0]
    assert found["alasan"].to_list() == [why]


def test_a_whole_class_against_its_staff() -> None:
    rows = tasks(
        *[("Ajudan", str(i), volume, norma, "menit") for i, (norma, volume) in enumerate(LAHAT)]
    )
    assert len(mixed_units(rows)) == 0
    found = mixed_units(rows, {"Ajudan": 3})
    assert len(found) == len(LAHAT)
    assert set(found["alasan"]) == {"beban_jabatan"}
    assert len(mixed_units(rows.assign(satuan_waktu="jam"), {"Ajudan": 3})) == 0
    assert len(mixed_units(rows, pd.Series({"Ajudan": np.nan}))) == 0


def test_empty_and_sentences() -> None:
    empty = mixed_units(tasks())
    assert list(empty.columns) == [
        "jabatan_id",
        "uraian",
        "norma_waktu",
        "satuan_waktu",
        "pembanding",
        "alasan",
    ]
    assert mixed_units_text(empty) == []
    rows = tasks(*[(f"J{i}", f"t{i}", 1, 2000, "jam") for i in range(7)])
    for language in ("id", "en"):
        (sentence,) = mixed_units_text(mixed_units(rows), language)
        assert "J0 – t0 (2000 jam)" in sentence
        assert "+2" in sentence


@pytest.mark.parametrize("name", ["contoh", "pangkalpinang-2026"])
def test_the_shipped_cycles_are_clean(name: str) -> None:
    cycle = read_cycle(data_dir("cycles") / name)
    assert len(mixed_units(cycle.tugas, headcount(cycle))) == 0


def test_a_spoilt_cycle_is_found_out() -> None:
    cycle = read_cycle(data_dir("cycles") / "pangkalpinang-2026")
    common = cycle.tugas.groupby("uraian")["norma_waktu"].transform("size") >= 20
    at = cycle.tugas.index[common & (cycle.tugas["satuan_waktu"] == "menit")][::200]
    spoilt = cycle.tugas.copy()
    spoilt.loc[at, "satuan_waktu"] = "jam"
    found = mixed_units(spoilt)
    assert set(at) <= set(found.index)
    assert len(found) <= 2 * len(at)


@pytest.mark.parametrize(("norma", "named"), [(350, False), (400, True), (900, True), (1000, False), (0.25, True), (0.29, False), (0.11, True), (0.1, False)])
def test_sixty_means_between_37_5_and_96_times(norma: float, named: bool) -> None:
    rows = tasks(("A", "Mengarsip", 1, 10, "menit"), ("B", "Mengarsip", 1, 10, "menit"), ("C", "Mengarsip", 1, norma, "menit"))
    assert mixed_units(rows).index.to_list() == [2] * named


def test_two_rows_of_a_task_do_not_tell_which_one_is_wrong() -> None:
    rows = tasks(("A", "Mengarsip", 1, 5, "menit"), ("B", "Mengarsip", 1, 5, "jam"))
    assert len(mixed_units(rows)) == 0
    # a row without a time is not a third one
    assert len(mixed_units(pd.concat([rows, tasks(("C", "Mengarsip", 1, 0, "menit"))], ignore_index=True))) == 0


@pytest.mark.parametrize(("number", "named"), [(37, False), (38, True), (119, True), (121, False)])
def test_a_lone_hour_is_named_when_its_number_is_within_twice_the_others(number: float, named: bool) -> None:
    rows = tasks(("A", "a", 1, 60, "menit"), ("A", "b", 1, 60, "menit"), ("A", "c", 1, number, "jam"))
    found = mixed_units(rows)
    assert found["alasan"].to_list() == ["satuan_dalam_jabatan"] * named
    assert found["pembanding"].to_list() == [60.0] * named


def test_a_lone_hour_is_compared_with_the_known_times_of_the_others() -> None:
    rows = tasks(("A", "a", 1, 60, "menit"), ("A", "b", 1, 80, "menit"), ("A", "c", 1, 70, "jam"), ("A", "d", 1, 0, "menit"), ("B", "e", 1, 500, "menit"))
    found = mixed_units(rows)
    assert found.index.to_list() == [2]
    assert found["pembanding"].to_list() == [70.0]  # the median of 60 and 80: neither the row itself, nor a time of 0, nor another class


def test_a_lone_minute_among_hours_and_what_is_not_alone() -> None:
    hours = [("A", "a", 1, 2, "jam"), ("A", "b", 1, 2, "jam")]
    # 2 hours are 120 minutes: 3.3 minutes are 36 times less, 3.1 are 39 times less, 0.9 as hours are less than half of 2
    named = {3.3: False, 3.1: True, 1.1: True, 0.9: False}
    for number, expected in named.items():
        assert (len(mixed_units(tasks(*hours, ("A", "c", 1, number, "menit")))) == 1) is expected, number
    assert len(mixed_units(tasks(*hours, ("A", "c", 1, 2, "menit"), ("A", "d", 1, 2, "menit")))) == 0
    assert len(mixed_units(tasks(*hours[:1], ("A", "c", 1, 2, "menit")))) == 0


def test_one_year_and_six_seconds_are_still_possible() -> None:
    rows = tasks(("A", "a", 1, 1250, "jam"), ("B", "b", 1, 0.1, "menit"))
    assert len(mixed_units(rows)) == 0
    assert mixed_units(rows, effective_minutes=74_999).index.to_list() == [0]


@pytest.mark.parametrize(("ratio", "named"), [(29, False), (31, True), (119, True), (121, False), (1 / 29, False), (1 / 31, True), (1 / 119, True), (1 / 121, False)])
def test_a_class_sixty_times_off_its_staff(ratio: float, named: bool) -> None:
    rows = tasks(("A", "a", 2 * 7500 * ratio, 10, "menit"))
    assert len(mixed_units(rows, {"A": 2})) == named
    assert len(mixed_units(rows, {"A": 0})) == 0
    assert len(mixed_units(rows, {"B": 2})) == 0
    assert len(mixed_units(rows)) == 0


def test_at_most_five_rows_are_named_and_the_rest_counted() -> None:
    rows = tasks(*[(f"J{i}", f"t{i}", 1, 2000, "jam") for i in range(6)])
    (five,), (six,) = (mixed_units_text(mixed_units(rows.head(n))) for n in (5, 6))
    assert "J4" in five
    assert "+" not in five
    assert "J5" not in six
    assert "+1" in six
