"""What verify reads of the tables and what things cost in it, each worked out by hand."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from handmade import facts_of, handmade, table_of
from test_verify_state import PEOPLE, ROOMY, SEATS, SKILL, UNIT, cycle_of

import mutasi_toolkit as mt
from mutasi_toolkit.assignment.audit import points
from mutasi_toolkit.assignment.audit.pairs import fits
from mutasi_toolkit.assignment.audit.tables import Facts, years_to

DAY = 1 / 365.2425


def positions(facts: Facts, *pairs: tuple[str, str]) -> tuple[np.ndarray, np.ndarray]:
    people, seats = facts.people["id"].tolist(), facts.seats["id"].tolist()
    return np.array([people.index(p) for p, _ in pairs]), np.array([seats.index(s) for _, s in pairs])


#: A date, today, and the years between them.
YEARS = [
    ("2020-01-31", "2026-01-31", 6.0), ("2020-02-01", "2026-01-31", 6 - DAY), ("2020-01-30", "2026-01-31", 6 + DAY), ("2026-01-31", "2026-01-31", 0.0),
    ("2026-02-02", "2026-01-31", -2 * DAY), ("2020-12-31", "2026-01-01", 6 - 364 * DAY), ("2024-02-29", "2026-03-01", 2.0), ("2024-02-29", "2026-02-28", 2 - DAY),
    ("2024-02-29", "2028-02-29", 4.0), ("1969-12-31", "2026-12-31", 57.0), ("1970-01-01", "2026-01-01", 56.0),
]  # fmt: skip


@pytest.mark.parametrize(("date", "today", "years"), YEARS)
def test_years_by_the_calendar_and_the_rest_by_days(date: str, today: str, years: float) -> None:
    found = years_to(pd.Timestamp(today), pd.Series(pd.to_datetime([date, None])))
    assert found[0] == pytest.approx(years, abs=1e-12)
    assert math.isnan(found[1])


#: Name, kind, more; the job without its level, the level, the age of retirement.
READ: list[tuple[str, str, dict[str, str], str, int, float]] = [
    ("Guru Ahli Muda", "fungsional", {"jenjang": "ahli muda"}, "guru", 5, 60.0),
    ("Guru Ahli Madya", "fungsional", {"jenjang": "ahli madya"}, "guru", 6, 60.0),
    ("Guru Ahli Utama", "fungsional", {"jenjang": "ahli utama"}, "guru", 7, 65.0),
    ("Dosen", "fungsional", {}, "dosen", -1, 65.0),
    ("Dosen", "pelaksana", {}, "dosen", 0, 58.0),
    ("Penata", "pelaksana", {"profesi": "dosen"}, "penata", 0, 65.0),
    ("Penata", "pelaksana", {"profesi": " Guru "}, "penata", 0, 60.0),
    ("Guru Perawat", "fungsional", {"profesi": "perawat", "jenjang": "pemula"}, "guru perawat", 0, 58.0),
    ("Perawat  Ahli Madya", "fungsional", {"jenjang": "ahli madya"}, "perawat", 6, 60.0),
    ("Mahir", "fungsional", {"jenjang": "mahir"}, "mahir", 2, 58.0),
    ("Penata Mahir", "pelaksana", {}, "penata", 0, 58.0),
    ("Kepala Dinas", "jpt", {"eselon": "II.b"}, "kepala dinas", 5, 60.0),
    ("Kepala Bidang", "administrator", {"eselon": "III.b", "jenjang": "ahli utama"}, "kepala bidang", 3, 58.0),
    ("Kepala Seksi", "pengawas", {"eselon": "V.a"}, "kepala seksi", 0, 58.0),
    ("Kepala Seksi", "pengawas", {}, "kepala seksi", -1, 58.0),
]  # fmt: skip


def read_seats() -> mt.Cycle:
    rows = [{"jabatan_id": f"S{k:02d}", "unit_id": "D1", "nama": name, "jenis": kind, "kelas_jabatan": "7", "kebutuhan": "1", **more} for k, (name, kind, more, *_) in enumerate(READ)]
    rows[0] |= {"terkunci": "ya", "klasifikasi": " Data ", "mapel": "IPA", "bidang_ilmu": "Hukum;Ekonomi", "min_pendidikan": "S1", "min_golongan": "III/a", "tugas_tambahan": "kepala sekolah"}
    rows[1] |= {"terkunci": "tidak", "min_pendidikan": "D4"}
    return handmade({"unit": UNIT, "jabatan": table_of(rows), "pegawai": table_of([{**PEOPLE[0], "jabatan_id": "S00"}])})


def test_seats_as_they_are_read() -> None:
    s = facts_of(read_seats()).seats
    assert list(zip(s["job"], s["level"], s["until"], strict=True)) == [w[3:] for w in READ]
    assert s["locked"].tolist() == [True] + [False] * (len(READ) - 1)
    first = s.iloc[0][["branch", "subject", "field", "school", "grade", "heads", "title", "opd_name", "step", "echelon"]].to_dict()
    assert first == {
        "branch": "data", "subject": "ipa", "field": "hukum;ekonomi", "school": 6, "grade": 8, "heads": "kepala sekolah", "title": "guru ahli muda",
        "opd_name": "dinas a", "step": "ahli muda", "echelon": "",
    }  # fmt: skip
    assert s["school"].tolist()[1:3] == [6, -1]


def read_people() -> mt.Cycle:
    columns = {"tanggal_lahir": "1980-01-31", "profesi": " GURU ", "predikat_1": "Baik", "predikat_2": "Sangat Kurang", "hukuman_disiplin": "ya", "proses_hukum": "tidak", "kotak_talenta": "9", "akhir_kontrak": "2027-01-31"}
    rows = [{**PEOPLE[0], **columns}, {**PEOPLE[1], "tmt_unit": "", "golongan": "I/a"}, {**PEOPLE[2], "status": "PPPK", "golongan": "IX"}, {**PEOPLE[3], "status": "CPNS", "golongan": "IV/e", "pendidikan": "S3"}]
    return handmade({"unit": UNIT, "jabatan": table_of(SEATS), "pegawai": table_of(rows)})


def test_people_as_they_are_read() -> None:
    p = facts_of(read_people()).people
    assert p["grade"].tolist() == [11, 0, -1, 16]
    assert p["school"].tolist() == [6, 6, 6, 8]
    assert p["trade"].tolist() == ["guru", "", "", ""]
    assert p["first"].tolist() == [3, -1, -1, -1]
    assert p["second"].tolist() == [0, -1, -1, -1]
    assert p["punished"].tolist() == [1, -1, -1, -1]
    assert p["accused"].tolist() == [0, -1, -1, -1]
    assert p[["age", "tenure", "here", "contract", "box"]].iloc[0].tolist() == pytest.approx([46, 6 + 30 * DAY, 5, 1, 9])
    assert p["here"].iloc[1] == p["tenure"].iloc[1]
    assert p[["age", "contract", "box"]].iloc[1].isna().all()


def test_need_is_stated_or_the_minutes_of_tasks_with_halves_up() -> None:
    unit = "unit_id,nama,induk_id,jenis,rumpun\nK,Kota,,kota,umum\nD1,Dinas A,K,dinas,Kesehatan\nD1B,Bidang,D1,bidang,\nD2,Dinas B,K,dinas,\n"
    seats = [{**s, "kebutuhan": {"A1": "2", "H1": "3"}.get(s["jabatan_id"], "")} for s in SEATS]
    tasks = "jabatan_id,uraian,volume,norma_waktu,satuan_waktu\nA2,x,1250,1,jam\nA2,y,37500,1,menit\nA3,x,25000,7.4999,menit\nA4,x,25000,7.5,menit\nH2,x,18749,2,menit\n"
    tables = {"unit": unit, "jabatan": table_of(seats), "pegawai": table_of(PEOPLE), "tugas": tasks}

    def need(**settings: Any) -> dict[str, int]:
        facts = facts_of(handmade(tables, **settings))
        return dict(zip(facts.seats["id"], facts.need.tolist(), strict=True))

    assert need() == {"A1": 2, "A2": 2, "A3": 2, "A4": 3, "H1": 3, "H2": 0}
    assert need(waktu_kerja={"menit": 37498}) == {"A1": 2, "A2": 3, "A3": 5, "A4": 5, "H1": 3, "H2": 1}
    assert need(waktu_kerja={"profil": "depkeu_1507"}) == {"A1": 2, "A2": 1, "A3": 2, "A4": 2, "H1": 3, "H2": 0}
    # A unit grows as the nearest rumpun above it: D1 and its bidang as health, D2 as the city.
    assert need(permintaan={"kesehatan": 0.25}) == {"A1": 3, "A2": 2, "A3": 3, "A4": 3, "H1": 4, "H2": 0}
    assert need(permintaan={"kesehatan": -0.5, "UMUM ": 1.0}) == {"A1": 1, "A2": 3, "A3": 1, "A4": 5, "H1": 2, "H2": 1}


def test_places_skills_and_levels() -> None:
    facts = facts_of(cycle_of({"keahlian": SKILL + "P1,Arsip,2\nP1,Zonasi,3\nP4,Hukum,5\n", "syarat": "jabatan_id,keahlian,tingkat\nA3,Hukum,4\nA3,Arsip,1\n"}, {}))
    assert facts.skills.tolist() == ["Arsip", "Hukum", "Zonasi"]
    assert facts.level[:4].tolist() == [[2, 0, 3], [0, 0, 0], [0, 0, 0], [0, 5, 0]]
    assert facts.asked[2].tolist() == [1, 4, 0]
    assert facts.asked.sum() == 5
    assert facts.held[0].tolist() == [False, False, True]
    assert facts.opds[facts.opd].tolist() == ["D1", "D2", "D1", "D2", "D1", "D2"]
    assert facts.cycle.unit["unit_id"].tolist() == ["D1", "D1B", "D2", "K"]
    assert facts.unit.tolist() == [0, 2, 1, 2, 0, 2]
    assert facts.parent.tolist() == [3, 0, 3, -1]


def test_fit_is_what_is_held_of_what_is_asked_a_hundred_at_most() -> None:
    facts = facts_of(cycle_of({"keahlian": SKILL + "P1,Arsip,2\nP1,Hukum,1\nP4,Arsip,5\nP4,Hukum,5\n", "syarat": "jabatan_id,keahlian,tingkat\nA3,Hukum,4\nA3,Arsip,1\nA2,Arsip,4\n"}, {}))
    pairs = [("P1", "A3"), ("P1", "A2"), ("P4", "A3"), ("P2", "A3"), ("P1", "A1"), ("P1", "A3")]
    assert fits(facts, *positions(facts, *pairs)).tolist() == pytest.approx([60.0, 50.0, 100.0, 0.0, np.nan, 60.0], nan_ok=True)


@pytest.mark.parametrize(("value", "whole"), [(0.0005, 1), (0.00049, 0), (-0.0005, 0), (-0.00051, -1), (1.2345, 1235), (2.0, 2000), (0.00049999999999, 1), (0.0004999998, 1)])
def test_thousandths_of_a_point_are_whole_with_halves_up(value: float, whole: int) -> None:
    assert points.thousandths(np.array([value])).tolist() == [whole]


# The parts of a disruption.

HOME = {"domisili_lat": "0", "domisili_lon": "106"}
#: Degrees of latitude that are 5 and 10 km.
FIVE, TEN = (math.degrees(km / 6371.0) for km in (5, 10))


def disrupted(person: dict[str, str], seats: dict[str, dict[str, str]], to: str, unit: str = UNIT, wish: str = "", age: str = "", **settings: Any) -> float:
    """Disruption of P1, of seat A1, by the way to another seat."""
    rows = [{**s, **seats.get(s["jabatan_id"], {})} for s in SEATS]
    tables = {"unit": unit, "jabatan": table_of(rows), "pegawai": table_of([{**p, **(person if p["pegawai_id"] == "P1" else {})} for p in PEOPLE])}
    if wish:
        tables["preferensi"] = "pegawai_id,unit_id,urutan\n" + wish
    facts = facts_of(handmade(tables, **settings))
    return float(points.disruption(facts, *positions(facts, ("P1", to)))[0])


def placed(d1: float, d2: float) -> str:
    return f"unit_id,nama,induk_id,jenis,lat,lon\nK,Kota,,kota,,\nD1,Dinas A,K,dinas,{d1},106\nD1B,Bidang,D1,bidang,,\nD2,Dinas B,K,dinas,{d2},106\n"


@pytest.mark.parametrize(
    ("here", "there", "part"), [(0, FIVE, 0.2), (0, TEN, 0.4), (0, 3 * TEN, 0.4), (FIVE, FIVE, 0.0), (FIVE, 0, 0.0), (FIVE, -FIVE, 0.0), (FIVE, TEN, 0.2), (-FIVE, TEN, 0.2)]
)
def test_a_longer_way_to_work_counts_up_to_ten_kilometres(here: float, there: float, part: float) -> None:
    assert disrupted(HOME, {}, "A2", placed(here, there)) == pytest.approx(part, abs=1e-9)


def test_a_way_that_nobody_knows_does_not_count_and_the_earth_is_round() -> None:
    assert disrupted({}, {}, "A2", placed(0, 1)) == 0.0
    assert disrupted(HOME, {}, "A3", placed(0, 1)) == 0.0
    a, b = np.array([[0.0, 0.0, 60.0, 10.0], [0.0, 0.0, 0.0, 20.0]]), np.array([[0.0, 0.0, 60.0, -10.0], [90.0, 180.0, 180.0, -160.0]])
    assert points._km(*a, *b) == pytest.approx(np.array([math.pi / 2, math.pi, math.pi / 3, math.pi]) * 6371.0)
    assert points._km(*b, *a) == pytest.approx(points._km(*a, *b))


@pytest.mark.parametrize(("wish", "part"), [("P1,D2,1\n", 0.0), ("P1,D1B,1\n", 0.2), ("P1,D1B,1\nP1,D2,2\n", 0.0), ("P2,D1B,1\n", 0.0), ("P2,D2,1\nP1,D1,1\n", 0.2)])
def test_a_unit_that_was_not_wished_for(wish: str, part: float) -> None:
    assert disrupted({}, {}, "A2", wish=wish) == pytest.approx(part)


@pytest.mark.parametrize(("box", "part"), [("9", 0.075), ("1", 0.15), ("5", 0.0), ("", 0.0)])
def test_a_talent_box_that_is_kept_or_excluded(box: str, part: float) -> None:
    assert disrupted({"kotak_talenta": box}, {}, "A2") == pytest.approx(part)
    assert disrupted({"kotak_talenta": box}, {}, "A2", aturan={"R32": {"gangguan": {}}}) == 0.0


@pytest.mark.parametrize(("mine", "wanted", "part"), [("Hukum", "Ekonomi", 0.1), ("Hukum", "Ekonomi; hukum", 0.0), ("HUKUM ", "hukum", 0.0), ("", "Hukum", 0.0), ("Hukum", "", 0.0), ("Huku", "Hukum", 0.1)])
def test_another_field_of_study(mine: str, wanted: str, part: float) -> None:
    assert disrupted({"bidang_ilmu": mine}, {"A2": {"bidang_ilmu": wanted}, "A3": {"bidang_ilmu": "Teknik;Hukum"}}, "A2") == pytest.approx(part)


@pytest.mark.parametrize(("born", "part"), [("1969-01-31", 0.0), ("1969-01-30", 0.15), ("1970-01-01", 0.0), ("", 0.0)])
def test_less_than_a_year_to_retirement(born: str, part: float) -> None:
    assert disrupted({"tanggal_lahir": born}, {}, "A2") == pytest.approx(part)
    assert disrupted({"tanggal_lahir": born}, {}, "A2", aturan={"R10": {"min_years_to_bup": 0}}) == 0.0


def test_costs_of_pairs_are_weighed_and_staying_costs_nothing() -> None:
    tables = {"keahlian": SKILL + "P1,Arsip,2\nP3,Arsip,4\n", "syarat": "jabatan_id,keahlian,tingkat\nA1,Arsip,4\nA2,Arsip,2\n", "preferensi": "pegawai_id,unit_id,urutan\nP1,D1B,1\n"}
    facts = facts_of(cycle_of(tables, {"bobot": {"kecocokan": 7.0, "gangguan": 3.0, "pindah": 1.5}, **ROOMY}))
    found = points.pair_costs(facts, *positions(facts, ("P1", "A2"), ("P1", "A1"), ("P3", "A1"), ("P1", "A3")))
    # P1 fits A1 by 50 percent and A2 by 100; where nothing is asked no rise is known.
    assert {k: v.tolist() for k, v in found.items()} == {"kecocokan": [-3500, 0, 0, 0], "gangguan": [600, 0, 0, 0], "pindah": [1500, 0, 1500, 1500]}


# Costs of counts.


def table(steps: points.Steps, name: str) -> list[int]:
    """What 0, 1, 2 ... cost in a row."""
    k = steps.names.index(name)
    return steps.value[steps.start[k] : steps.start[k] + steps.top[k] + 1].tolist()


def test_shortage_and_surplus_of_seats_and_units() -> None:
    facts = facts_of(cycle_of({}, {"bobot": {"beban": 2.0, "kosong": 6.0, "beban_unit": 4.0}}))
    load, empty, unit = points.load_steps(facts), points.empty_steps(facts), points.unit_steps(facts)
    assert unit is not None
    assert (load.term, empty.term, unit.term) == ("beban", "kosong", "beban_unit")
    # Half a person in A2 leaves room for one; A4 has one more than it needs, and may keep it.
    assert {j: table(load, f"isi|{j}") for j in ("A1", "A2", "A3", "A4", "H1")} == {"A1": [4000, 2000, 0], "A2": [3000, 1000], "A3": [2000, 0], "A4": [0, 2000], "H1": [2000, 0]}
    assert {j: table(empty, f"isi|{j}") for j in ("A1", "A2", "A3", "A4", "H1")} == {"A1": [6000, 0, 0], "A2": [0, 0], "A3": [6000, 0], "A4": [0, 0], "H1": [6000, 0]}
    assert {u: table(unit, f"unit|{u}") for u in ("K", "D1", "D1B", "D2")} == {"K": [0], "D1": [12000, 8000, 4000, 0], "D1B": [4000, 0], "D2": [10000, 6000, 2000, 2000]}
    assert load.deviation is not None
    assert load.deviation[load.start[1] : load.start[1] + 2].tolist() == [15, 5], "in tenths of a person"
    assert load.of(np.array([2, 1, 1, 1, 1, 1])) == 0 + 1000 + 0 + 2000 + 0 + 0
    assert load.of(np.array([5, 0, 0, 0, 0, 9])) == 0 + 3000 + 2000 + 0 + 2000 + 0
    assert points.unit_steps(facts_of(cycle_of({}, {"bobot": {"beban_unit": 0.0}}))) is None


def test_each_further_person_is_rounded_by_itself() -> None:
    start, value, away = points._distance_steps(np.array([2, 0]), np.array([0, 1]), np.array([3, 1]), 3, 0.0015)
    assert start.tolist() == [0, 4]
    assert away.tolist() == [6, 3, 0, 3, 1, 4]
    # 0.003 points for nobody; each person on the way to two -0.0015 (halves up: -1), beyond it 0.0015 (2); then 0.0005 (1), 0.0015 (2).
    assert value.tolist() == [3, 2, 1, 3, 1, 3]


@pytest.mark.parametrize(("fte", "unit"), [(1.0, 1), (0.5, 10), (0.25, 100), (0.125, 1000), (1 / 3, 1_000_000), (0.12345, 100_000)])
def test_a_person_is_cut_so_that_part_time_staff_are_whole(fte: float, unit: int) -> None:
    assert points.parts(facts_of(cycle_of({}, {"paruh_waktu": {"fte": fte}}))) == unit


HOLDERS = SKILL + "P1,Arsip,3\nP4,Arsip,4\nP3,Arsip,3\nP3,Hukum,3\nP5,Hukum,1\n"


def test_holders_are_worth_what_they_gain_beyond_todays() -> None:
    facts = facts_of(cycle_of({"keahlian": HOLDERS}, {"bobot": {"pengetahuan": 0.5}, **ROOMY}))
    person, seat = positions(facts, ("P1", "A1"), ("P1", "A2"), ("P2", "A1"), ("P2", "A2"), ("P3", "A2"), ("P3", "A1"), ("P3", "A3"), ("P4", "A3"))
    gains = {"D1|Arsip": [8.0, 9.0, 2.0], "D2|Arsip": [6.0, -1.0], "D2|Hukum": [3.0]}
    steps = points.knowledge_steps(facts, gains, person, seat)
    assert steps is not None
    assert steps.term == "pengetahuan"
    assert steps.names == ["tahu|D1|Arsip", "tahu|D2|Arsip", "tahu|D2|Hukum"]
    # Two hold Arsip in D1 today and P3 may come; a later holder is never worth more than an earlier one, nor less than nothing.
    assert steps.top.tolist() == [3, 2, 1]
    assert steps.base.tolist() == [2, 1, 1]
    assert table(steps, "tahu|D1|Arsip") == [8000, 4000, 0, -1000]
    assert table(steps, "tahu|D2|Arsip") == [3000, 0, 0]
    assert table(steps, "tahu|D2|Hukum") == [1500, 0]
    assert points.knowledge_steps(facts, {}, person, seat) is None
    assert points.knowledge_steps(facts_of(cycle_of({"keahlian": HOLDERS}, {"bobot": {"pengetahuan": 0.0}})), gains, person, seat) is None


def test_skills_that_come_to_hang_on_one_person_or_none() -> None:
    facts = facts_of(cycle_of({"keahlian": HOLDERS}, {"bobot": {"pemegang_tunggal": 5.0}, **ROOMY}))
    person, seat = positions(facts, ("P1", "A1"), ("P1", "A2"), ("P3", "A2"), ("P3", "A1"), ("P3", "A3"), ("P4", "A3"))
    steps = points.spare_steps(facts, person, seat)
    assert steps is not None
    assert (steps.term, steps.names) == ("pemegang_tunggal", ["cadangan|D1|Arsip", "cadangan|D2|Arsip", "cadangan|D2|Hukum"])
    assert [table(steps, n) for n in steps.names] == [[10000, 5000, 0, 0], [5000, 0, 0], [5000, 0]]
    assert steps.base.tolist() == [2, 1, 1]
    assert points.spare_steps(facts_of(cycle_of({"keahlian": HOLDERS}, {})), person, seat) is None
