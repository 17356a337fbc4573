"""Where a value begins to be absurd: the last one that passes and the first one that is told of."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.cycle import build_cycle
from mutasi_toolkit.locale import text
from mutasi_toolkit.schema.faults import Fault
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.settings import build_settings

UNIT = "unit_id,nama,induk_id,jenis\nD1,Dinas,,dinas\n"
SEATS = "jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,Analis,pelaksana,2\n"
PEOPLE = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\n"


def told(**tables: str) -> list[tuple[str, tuple[int, ...]]]:
    """Kind and rows of every fault of a cycle given as CSV text."""
    raw = {}
    for name, content in ({"unit": UNIT, "jabatan": SEATS, "pegawai": PEOPLE} | tables).items():
        cells = pd.read_csv(StringIO(content), dtype=str, keep_default_na=False)
        raw[name] = RawTable(name, f"{name}.csv", cells, np.arange(2, 2 + len(cells)))
    _, faults = build_cycle(raw, build_settings({"tanggal": "2026-01-31", "sintetis": True}, "edges"), "edges")
    return [(f.kind, f.rows) for f in faults]


def tasks(*rows: tuple[str, int, int, str]) -> list[tuple[str, tuple[int, ...]]]:
    """Faults of tasks: what, how often, how long, unit of time."""
    lines = [f"J1,{what},{volume},{norm},{unit},naskah\n" for what, volume, norm, unit in rows]
    return [f for f in told(tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil\n" + "".join(lines)) if f[0] in {"mixed_time", "absurd_volume"}]


def test_a_task_of_a_thousand_people_passes_and_one_more_time_does_not() -> None:
    # 75 minutes a million times are 1,000 people of 75,000 minutes
    assert tasks(("Surat", 1_000_000, 75, "menit")) == []
    assert tasks(("Surat", 1_000_001, 75, "menit")) == [("absurd_volume", (2,))]
    # an hour is 60 minutes: 1,250,000 of them are 1,000 people
    assert tasks(("Surat", 1_250_000, 1, "jam")) == []
    assert tasks(("Surat", 1_250_001, 1, "jam")) == [("absurd_volume", (2,))]
    # told once: a time that is absurd by itself is not also told as a volume
    assert tasks(("Surat", 1, 1250, "jam")) == []
    assert tasks(("Surat", 1_000_001, 1251, "jam")) == [("mixed_time", (2,))]


@pytest.mark.parametrize(("norms", "rows"), [((60, 60, 1), (4,)), ((1, 1, 60), (4,)), ((40, 40, 1), ()), ((120, 120, 1), ()), ((2, 2, 60), ()), ((119, 1), ())])
def test_times_are_mixed_where_three_tasks_lie_sixty_times_apart(norms: tuple[int, ...], rows: tuple[int, ...]) -> None:
    """Within half of 60 times, both ends left out; two tasks do not say which of them is wrong."""
    found = tasks(*(("Surat", 1, n, "menit") for n in norms))
    assert found == ([("mixed_time", rows)] if rows else [])


@pytest.mark.parametrize(("need", "kinds"), [(10_000, []), (10_001, ["absurd_need"]), (1, []), (0, ["need_zero"])])
def test_need_is_absurd_above_ten_thousand_or_at_nothing_with_somebody_there(need: int, kinds: list[str]) -> None:
    seats = f"jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,Analis,pelaksana,{need}\nJ2,D1,Arsiparis,pelaksana,0\n"
    assert [(k, r) for k, r in told(jabatan=seats) if k in {"absurd_need", "need_zero"}] == [(k, (2,)) for k in kinds]


def test_an_empty_cell_is_not_below_a_limit() -> None:
    seats = "jabatan_id,unit_id,nama,jenis,kebutuhan,kelas_jabatan\n" + "".join(f"J{k},D1,Nama {k},pelaksana,2,{v}\n" for k, v in enumerate(["", 1, 0, 17, 18]))
    assert dict(told(jabatan=seats))["out_of_range"] == (4, 6)


@pytest.mark.parametrize(("depth", "bad"), [(64, ()), (65, (67,))])
def test_a_unit_lies_at_most_64_below_its_root(depth: int, bad: tuple[int, ...]) -> None:
    unit = UNIT + "".join(f"D{k + 1},Seksi {k},D{k},seksi\n" for k in range(1, depth + 1))
    assert [r for k, r in told(unit=unit) if k == "circular_unit"] == ([bad] if bad else [])


@pytest.mark.parametrize(("least", "most", "bad"), [("III/a", "III/a", False), ("III/b", "III/a", True), ("III/a", "III/b", False), ("III/b", "", False)])
def test_grades_are_reversed_only_where_the_least_is_above_the_most(least: str, most: str, bad: bool) -> None:
    seats = f"jabatan_id,unit_id,nama,jenis,kebutuhan,min_golongan,max_golongan\nJ1,D1,Analis,pelaksana,2,{least},{most}\n"
    assert (("reversed_grades", (2,)) in told(jabatan=seats)) is bad


def test_one_person_twice_and_one_person_in_two_seats_are_told_apart() -> None:
    seats = SEATS + "J2,D1,Arsiparis,pelaksana,1\n"
    rest = "PNS,III/a,S1,2020-01-01\n"
    people = PEOPLE.splitlines(keepends=True)[0] + f"P1,J1,{rest}P1,J1,{rest}P2,J1,{rest}P2,J2,{rest}P3,J2,{rest}"
    found = told(jabatan=seats, pegawai=people)
    assert [f for f in found if f[0] in {"two_seats", "duplicate_key"}] == [("two_seats", (4, 5)), ("duplicate_key", (2, 3))]


@pytest.mark.parametrize("table", ["hubungan", "konflik"])
def test_a_pair_turned_round_is_told_once_and_not_what_is_merely_repeated(table: str) -> None:
    people = PEOPLE + "P2,J1,PNS,III/a,S1,2020-01-01\n"
    rows = "pegawai_a,pegawai_b\nP1,P2\nP2,P1\nP1,P2\nP1,P1\nP1,P1\n"
    found = dict(told(pegawai=people, **{table: rows}))
    assert found["pair_turned"] == (3,)
    assert found["self_pair"] == (5, 6)


def test_a_move_is_to_nowhere_where_unit_and_seat_stay_and_the_seat_is_known() -> None:
    unit, seats = UNIT + "D2,Badan,,badan\n", SEATS + "J2,D2,Arsiparis,pelaksana,1\n"
    head = "pegawai_id,unit_asal,unit_tujuan,jabatan_asal,jabatan_tujuan,tanggal\n"
    moves = head + "P1,D1,D1,J1,J1,2011-01-01\nP1,D1,D2,J1,J2,2012-01-01\nP1,D2,D2,,,2013-01-01\nP1,D2,D2,J2,J1,2014-01-01\nP1,D1,D2,J2,J1,2015-01-01\nP1,D1,D2,J2,J1,2015-01-01\n"
    found = dict(told(unit=unit, jabatan=seats, riwayat=moves))
    assert found["move_nowhere"] == (2,)
    assert found["move_twice"] == (7,)


def test_a_fault_of_one_row_tells_of_no_further_ones() -> None:
    one = Fault("self_pair", "konflik.csv", "pegawai_b", (3,), ("P1",))
    three = Fault("self_pair", "konflik.csv", "pegawai_b", (3,), ("P1",), 3)
    where = f"konflik.csv, {text('schema.rows', 'en', rows='3')}, {text('schema.column', 'en', column='pegawai_b')}: "
    assert one.text("en").startswith(where)
    assert Fault("self_pair", "konflik.csv", "", (3,), ("P1",)).text("en").startswith(f"konflik.csv, {text('schema.rows', 'en', rows='3')}: ")
    assert f"{text('schema.rows', 'en', rows='3')} {text('schema.more', 'en', n=2)}" in three.text("en")


def test_skills_that_nobody_asks_for_and_that_nobody_holds_are_no_fault() -> None:
    held, asked = "pegawai_id,keahlian,tingkat\nP1,Arsip,3\n", "jabatan_id,keahlian,tingkat\nJ1,Arsip digital,3\n"
    names = {"skill_by_case", "skill_nobody"}
    assert [names & {k for k, _ in told(**tables)} for tables in ({"keahlian": held}, {"syarat": asked})] == [set(), set()]
    assert "skill_nobody" in dict(told(keahlian=held.replace("Arsip", "Arsip digita"), syarat=asked))


@pytest.mark.parametrize(("day", "kinds"), [("1979-12-31", ["move_before_birth"]), ("1980-01-01", ["move_before_birth"]), ("1980-01-02", [])])
def test_nobody_moves_before_or_on_the_day_of_birth(day: str, kinds: list[str]) -> None:
    people = PEOPLE.replace("tmt_jabatan\n", "tmt_jabatan,tanggal_lahir\n").replace("2020-01-01\n", "2020-01-01,1980-01-01\n")
    moves = f"pegawai_id,unit_asal,unit_tujuan,tanggal\nP1,D1,D1,{day}\n"
    assert [k for k, _ in told(pegawai=people, riwayat=moves)] == kinds
