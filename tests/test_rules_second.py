"""Every pair rule a second time, row by row in plain Python from the law's text, against the vectorised one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import numpy as np
import pandas as pd
import pytest
from handmade import facts_of, handmade
from hypothesis import given, settings
from hypothesis import strategies as st

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.assignment.audit.pairs import allowed_pairs as audited_pairs
from mutasi_toolkit.assignment.audit.pairs import broken as audited
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.rules.checks import CHECKS

SCHOOL = {"SD": 0, "SMP": 1, "SLTA": 2, "D1": 3, "D2": 4, "D3": 5, "D4": 6, "S1": 6, "S2": 7, "S3": 8}
PNS = [f"{roman}/{letter}" for roman, letters in (("I", "abcd"), ("II", "abcd"), ("III", "abcd"), ("IV", "abcde")) for letter in letters]
ECHELON = ["V.a", "IV.b", "IV.a", "III.b", "III.a", "II.b", "II.a", "I.b", "I.a"]
STEP = ["pemula", "terampil", "mahir", "penyelia", "ahli pertama", "ahli muda", "ahli madya", "ahli utama"]
PREDIKAT = ["Sangat Kurang", "Kurang", "Butuh Perbaikan", "Baik", "Sangat Baik"]
OFFICIAL = ("jpt", "administrator", "pengawas")
LADDER = {("pelaksana", "pengawas"), ("pengawas", "administrator"), ("administrator", "jpt")}

Row = dict[str, Any]
Said = tuple[bool, bool]
"""(broken, unknown)"""


def years(since: Any, today: date) -> float | None:
    """Years by the calendar, the part of a year by days over 365.2425, as the toolkit defines tenure and age."""
    if pd.isna(since):
        return None
    day = since.date()
    whole = today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    try:
        last = day.replace(year=day.year + whole)
    except ValueError:
        last = date(day.year + whole, 3, 1)
    return whole + (today - last).days / 365.2425


def value(row: Row, name: str) -> Any:
    found = row[name]
    return None if found is None or pd.isna(found) else found


def word(row: Row, name: str) -> str:
    return str(value(row, name) or "").casefold().strip()


def level(seat: Row) -> int:
    names = ECHELON if seat["jenis"] in OFFICIAL else STEP if seat["jenis"] == "fungsional" else []
    own = value(seat, "eselon" if seat["jenis"] in OFFICIAL else "jenjang")
    return 0 if not names else names.index(own) if own in names else -1


def job(seat: Row) -> str:
    words = " ".join(seat["nama"].casefold().split())
    for step in STEP:
        words = words.removesuffix(" " + step)
    return words


class Case:
    """One person, the own seat, another seat, and what the cycle says around them."""

    def __init__(self, cycle: mt.Cycle, person: Row, own: Row, seat: Row, jpm: float | None, rule: dict[str, Any]) -> None:
        self.cycle, self.person, self.own, self.seat, self.jpm = cycle, person, own, seat, jpm
        self.today = cycle.date.date()
        self.tenure = years(person["tmt_jabatan"], self.today)
        self.same_kind = own["jenis"] == seat["jenis"]
        self.up = (own["jenis"], seat["jenis"]) in LADDER or (self.same_kind and level(seat) > level(own))
        self.same_job = self.same_kind and job(own) == job(seat)
        self.rule = rule

    def either(self, *flags: str) -> int:
        known = [value(self.person, f) for f in flags]
        return 1 if any(k is not None and bool(k) for k in known) else -1 if None in known else 0


def r01(c: Case) -> Said:
    if c.person["pegawai_id"] in c.rule["R01"]["dikecualikan"]:
        return False, False
    return (False, True) if c.tenure is None else (c.tenure < c.rule["R01"]["min_tenure_years"], False)


def r03(c: Case) -> Said:
    if not (c.own["jenis"] == c.seat["jenis"] == "jpt"):
        return False, False
    tested, one, two = value(c.person, "uji_kompetensi"), word(c.own, "klasifikasi"), word(c.seat, "klasifikasi")
    outside = c.tenure is not None and not c.rule["R03"]["jpt_min_years"] <= c.tenure <= c.rule["R03"]["jpt_max_years"]
    broken = outside or tested is False or bool(one and two and one != two)
    return broken, tested is None or not one or not two or c.tenure is None


def r04(c: Case) -> Said:
    kind = c.seat["jenis"] if c.seat["jenis"] != "fungsional" else "ahli" if str(value(c.seat, "jenjang")).startswith("ahli") else "terampil"
    least = value(c.seat, "min_pendidikan") or c.rule["R04"][kind]
    have = value(c.person, "pendidikan")
    return (False, True) if have is None else (SCHOOL[have] < SCHOOL[least], False)


def r05(c: Case) -> Said:
    if not c.up or c.seat["jenis"] not in c.rule["R05"]:
        return False, False
    return (False, True) if c.tenure is None else (c.tenure < c.rule["R05"][c.seat["jenis"]], False)


def r06(c: Case) -> Said:
    if c.person["status"] != "PNS":
        return False, False
    least = value(c.seat, "min_golongan") or c.rule["R06"].get(value(c.seat, "eselon") or "")
    if least is None or least not in PNS:
        return False, c.seat["jenis"] in OFFICIAL
    have = value(c.person, "golongan")
    if have not in PNS:
        return False, True
    return PNS.index(have) < PNS.index(least) - int(c.rule["R06"]["satu_tingkat_di_bawah"]), False


def r07(c: Case) -> Said:
    if not (c.up or (c.seat["jenis"] == "fungsional" and not c.same_job)):
        return False, False
    least = PREDIKAT.index(c.rule["R07"]["min_predikat"])
    given = [value(c.person, f"predikat_{k}") for k in range(1, c.rule["R07"]["years"] + 1)]
    known = [PREDIKAT.index(g) for g in given if g is not None]
    if any(k < least for k in known):
        return True, False
    return False, None in given


def r08(c: Case) -> Said:
    found = c.either("hukuman_disiplin", "proses_hukum")
    return found == 1, found < 0


def r09(c: Case) -> Said:
    found = c.either("tugas_belajar", "ikatan_dinas")
    return found == 1, found < 0


def r10(c: Case) -> Said:
    age = years(c.person["tanggal_lahir"], c.today)
    kind = c.seat["jenis"]
    limit = {"jpt": 60, "fungsional": {"ahli madya": 60, "ahli utama": 65}.get(value(c.seat, "jenjang"), 58)}.get(kind, 58)
    profession = word(c.seat, "profesi") or (c.seat["nama"].casefold().split()[0] if kind == "fungsional" else "")
    limit = max(limit, {"guru": 60, "dosen": 65}.get(profession, 0))
    return (False, True) if age is None else (age >= limit, False)


def r12(c: Case) -> Said:
    if c.seat["jenis"] != "fungsional" or c.same_job:
        return False, False
    age, tested, step = years(c.person["tanggal_lahir"], c.today), value(c.person, "uji_kompetensi"), value(c.seat, "jenjang")
    one, two = word(c.own, "klasifikasi"), word(c.seat, "klasifikasi")
    limit = c.rule["R12"]["usia"].get(step)
    old = age is not None and limit is not None and int(age) > limit
    strange = bool(one and two) and (one != two or (c.tenure is not None and c.tenure < c.rule["R12"]["experience_years"]))
    broken = c.person["status"] != "PNS" or old or tested is False or strange
    return broken, age is None or tested is None or not (one and two) or limit is None or c.tenure is None


def r16(c: Case) -> Said:
    if c.seat["jenis"] not in OFFICIAL:
        return False, False
    cut = c.cycle.settings.jpm.minimum
    return (False, True) if c.jpm is None else (round(c.jpm, 9) < (68.0 if cut is None else cut), False)


def _officials(c: Case) -> Said:
    scope = c.rule["R21"]
    inside = any(s["jenis"] in scope["jenis"] or value(s, "tugas_tambahan") in scope["tugas_tambahan"] for s in (c.own, c.seat))
    unheard = not c.cycle.has("jabatan", "tugas_tambahan") and "fungsional" in (c.own["jenis"], c.seat["jenis"])
    return inside, unheard


def _months(day: date, by: int) -> date:
    return (pd.Timestamp(day) + pd.DateOffset(months=by)).date()


def r19(c: Case) -> Said:
    window = c.cycle.settings.jendela
    start, end = window.penetapan_paslon, window.akhir_masa_jabatan
    inside = start is not None and _months(start, -c.rule["R19"]["bulan"]) <= c.today and (end is None or c.today <= end)
    return _officials(c) if inside else (False, False)


def r20(c: Case) -> Said:
    start = c.cycle.settings.jendela.pelantikan
    inside = start is not None and start <= c.today <= _months(start, c.rule["R20"]["bulan"])
    return _officials(c) if inside else (False, False)


def r22(c: Case) -> Said:
    return c.cycle.settings.jendela.status_kepala in {"penjabat", "plt"}, False


def r24(c: Case) -> Said:
    return c.person["status"] == "CPNS", False


def r25(c: Case) -> Said:
    if c.person["status"] != "PPPK":
        return False, False
    end = value(c.person, "akhir_kontrak")
    over = end is not None and end.date() <= c.today
    return not c.rule["R25"]["allow_pppk"] or not c.same_job or level(c.own) != level(c.seat) or over, end is None


def r26(c: Case) -> Said:
    return c.person["status"] == "PPPK paruh waktu", False


def r27(c: Case) -> Said:
    def closed(seat: Row) -> bool:
        opd = c.cycle.unit_name[c.cycle.opd[seat["unit_id"]]].casefold()
        named = any(p.casefold() in opd for p in c.rule["R27"]["pola_opd"])
        return bool(value(seat, "terkunci")) or (named and seat["jenis"] in OFFICIAL)

    return closed(c.own) or closed(c.seat), False


def r28(c: Case) -> Said:
    def special(seat: Row) -> bool:
        title = word(seat, "nama")
        hit = any(title == p or (title.startswith(p + " ") and "pembantu" not in title) for p in map(str.casefold, c.rule["R28"]["pola_jabatan"]))
        return hit and seat["jenis"] in OFFICIAL

    return special(c.own) or special(c.seat), False


def r29(c: Case) -> Said:
    mine = word(c.person, "profesi") or word(c.own, "profesi")
    wanted = word(c.seat, "profesi")
    broken = mine != wanted or (mine == "guru" and word(c.own, "mapel") != word(c.seat, "mapel"))
    no_column = not c.cycle.has("jabatan", "profesi") and "fungsional" in (c.own["jenis"], c.seat["jenis"])
    return broken, no_column or (mine == wanted == "guru" and not c.cycle.has("jabatan", "mapel"))


def r30(c: Case) -> Said:
    return bool(word(c.person, "jabatan_rangkap")) and c.seat["jenis"] != "pelaksana", not c.cycle.has("pegawai", "jabatan_rangkap")


def _levels_unknown(c: Case) -> bool:
    return c.same_kind and c.own["jenis"] != "pelaksana" and -1 in (level(c.own), level(c.seat))


def r35(c: Case) -> Said:
    have, get = value(c.own, "kelas_jabatan"), value(c.seat, "kelas_jabatan")
    lower = c.same_kind and 0 <= level(c.seat) < level(c.own)
    fallen = have is not None and get is not None and get < have
    return (not c.same_kind and not c.up) or lower or fallen, have is None or get is None or _levels_unknown(c)


def r36(c: Case) -> Said:
    if not c.rule["R36"]["promosi"]:
        return c.up, _levels_unknown(c)
    return c.up and c.same_kind and level(c.seat) > level(c.own) + 1, _levels_unknown(c)


def r37(c: Case) -> Said:
    above = dict(zip(c.cycle.unit["unit_id"], c.cycle.unit["induk_id"], strict=True))

    def top(unit: Any) -> Any:
        return unit if pd.isna(above[unit]) else top(above[unit])

    return bool(c.rule["R37"]["satu_kantor"]) and top(c.own["unit_id"]) != top(c.seat["unit_id"]), False


SECOND: dict[str, Callable[[Case], Said]] = {
    "R01": r01, "R03": r03, "R04": r04, "R05": r05, "R06": r06, "R07": r07, "R08": r08, "R09": r09, "R10": r10, "R12": r12, "R16": r16,
    "R19": r19, "R20": r20, "R22": r22, "R24": r24, "R25": r25, "R26": r26, "R27": r27, "R28": r28, "R29": r29, "R30": r30, "R35": r35,
    "R36": r36, "R37": r37,
}  # fmt: skip
WAIVABLE = {"R19", "R20", "R22", "R27", "R28"}


def _jpm(cycle: mt.Cycle) -> dict[tuple[str, str], float]:
    """Attained over required levels of the skills a seat asks for, in percent, 100 at most."""
    if not (cycle.has("keahlian") and cycle.has("syarat")):
        return {}
    have = cycle.keahlian.set_index(["pegawai_id", "keahlian"])["tingkat"].to_dict()
    wanted = dict(list(cycle.syarat.groupby("jabatan_id")))
    out = {}
    for person in cycle.pegawai["pegawai_id"]:
        for seat, rows in wanted.items():
            got = sum(int(have.get((person, k), 0)) for k in rows["keahlian"])
            out[person, seat] = min(100.0, 100.0 * got / int(rows["tingkat"].sum()))
    return out


def disagreements(cycle: mt.Cycle, rules_of: tuple[str, ...] = tuple(SECOND)) -> list[tuple[str, ...]]:
    """Pairs and rules on which the implementations differ: this one, that of rules, and that of verify."""
    n, m = len(cycle.pegawai), len(cycle.jabatan)
    person, seat = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    found = rules.evaluate(cycle, person, seat)
    audit = audited(facts_of(cycle), person, seat)
    seats = cycle.jabatan.to_dict("records")
    by_id = {s["jabatan_id"]: s for s in seats}
    jpm, izin = _jpm(cycle), cycle.settings.izin
    bit = {r.id: int(r.bit) for r in rules.load(cycle)}
    rule = {r.id: r.parameters for r in rules.load(cycle)}
    out = []
    for p, someone in enumerate(cycle.pegawai.to_dict("records")):
        for s, place in enumerate(seats):
            at = p * m + s
            case = Case(cycle, someone, by_id[someone["jabatan_id"]], place, jpm.get((someone["pegawai_id"], place["jabatan_id"])), rule)
            approved = izin.semua or someone["pegawai_id"] in izin.pegawai or place["jabatan_id"] in izin.jabatan
            for name in rules_of:
                broken, unknown = SECOND[name](case) if place["jabatan_id"] != someone["jabatan_id"] else (False, False)
                waived = broken and approved and name in WAIVABLE
                mine = (broken and not waived, waived, unknown and not broken)
                theirs = tuple(bool(int(mask[at]) & bit[name]) for mask in (found.blocked, found.waived, found.unchecked))
                if mine != theirs or mine[0] != audit[name][at]:
                    out.append((name, str(someone["pegawai_id"]), str(place["jabatan_id"]), f"second {mine}", f"first {theirs}", f"of verify {audit[name][at]}"))
    return out


def allowed_twice(cycle: mt.Cycle) -> None:
    """The sparse set of allowed pairs is the dense one: own seats, and what no rule blocks; sorted, each once."""
    n, m = len(cycle.pegawai), len(cycle.jabatan)
    person, seat = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    free = rules.evaluate(cycle, person, seat).blocked == 0
    pairs = rules.allowed(cycle)
    assert list(zip(pairs.person.tolist(), pairs.seat.tolist(), strict=True)) == list(zip(person[free].tolist(), seat[free].tolist(), strict=True))
    facts, own = facts_of(cycle), np.array([seat_of == j for seat_of in cycle.pegawai["jabatan_id"] for j in cycle.jabatan["jabatan_id"]])
    for some in (np.ones(m, dtype=bool), np.arange(m) % 2 == 0, np.zeros(m, dtype=bool)):
        mine = free & (some[seat] | own)
        p, s = audited_pairs(facts, some)
        assert list(zip(p.tolist(), s.tolist(), strict=True)) == list(zip(person[mine].tolist(), seat[mine].tolist(), strict=True))


def test_every_pair_rule_has_a_second_implementation() -> None:
    assert set(SECOND) == set(CHECKS)


def test_the_example_cycle_twice() -> None:
    assert disagreements(mt.read_cycle(data_dir("cycles") / "contoh"))[:5] == []


UNITS = "unit_id,nama,induk_id,jenis\nK,Kota,,kota\nD1,Dinas Kependudukan dan Pencatatan Sipil,K,dinas\nD2,Dinas Kesehatan,,dinas\nD2P,Puskesmas,D2,puskesmas\n"
DAYS = [f"{y}-{m:02d}-{d:02d}" for y, m, d in ((1961, 1, 31), (1966, 1, 31), (1966, 2, 1), (1968, 1, 31), (1969, 6, 1), (1970, 2, 28), (1972, 6, 1), (1985, 6, 1), (1998, 2, 28))]
SINCE = ["2020-02-29", "2021-01-31", "2021-01-30", "2022-01-31", "2022-06-01", "2023-01-31", "2024-01-31", "2024-02-01", ""]
FLAG = ["ya", "tidak", ""]
Pick = Callable[[list[Any]], Any]


def seat_rows(pick: Pick, count: int, columns: dict[str, bool]) -> list[Row]:
    rows = []
    for k in range(count):
        kind = pick(["jpt", "administrator", "pengawas", "fungsional", "fungsional", "pelaksana"])
        step = pick(["", "pemula", "terampil", "mahir", "ahli pertama", "ahli muda", "ahli madya", "ahli utama"]) if kind == "fungsional" else ""
        name = pick(["Guru", "Perawat", "Dosen"]) if kind == "fungsional" else pick(["Kepala X", "Camat", "Camat Timur", "Inspektur Pembantu I", "Inspektur Kota", "Penata"])
        rows.append(
            {
                "jabatan_id": f"J{k}", "unit_id": pick(["D1", "D2", "D2P"]), "nama": f"{name} {step.title()}".strip(), "jenis": kind,
                "eselon": pick(["", *{"jpt": ["II.b", "II.a", "I.a"], "administrator": ["III.b", "III.a"], "pengawas": ["IV.b", "IV.a", "V.a"]}.get(kind, [])]),
                "jenjang": step, "kelas_jabatan": pick(["", "7", "9", "11"]), "klasifikasi": pick(["", "umum", "teknis"]),
                "profesi": pick(["", "guru", "perawat"]) if columns["profesi"] else "",
                "mapel": pick(["", "IPA", "IPS"]) if columns["mapel"] else "",
                "tugas_tambahan": pick(["", "kepala sekolah"]) if columns["tugas_tambahan"] else "",
                "min_golongan": pick(["", "", "III/c"]), "min_pendidikan": pick(["", "", "S2"]),
                "terkunci": pick(["", "", "", "ya"]), "kebutuhan": "1",
            }
        )  # fmt: skip
    return rows


def person_rows(pick: Pick, count: int, seats: int, columns: dict[str, bool]) -> list[Row]:
    rows = []
    for k in range(count):
        status = pick(["PNS", "PNS", "PNS", "PPPK", "CPNS", "PPPK paruh waktu"])
        own = pick(list(range(seats)))
        rows.append(
            {
                "pegawai_id": f"P{k}", "jabatan_id": f"J{own}", "status": status, "golongan": pick(["III/a", "III/b", "III/c", "III/d", "IV/a", "IV/b", "IV/d"]) if "PPPK" not in status else "IX",
                "pendidikan": pick(["SLTA", "D3", "D4", "S1", "S2"]), "tanggal_lahir": pick([*DAYS, ""]),
                "tmt_jabatan": pick(SINCE[:-1]), "akhir_kontrak": pick(["", "2026-01-31", "2027-01-01"]) if "PPPK" in status else "",
                "profesi": pick(["", "", "guru"]) if columns["profesi"] else "",
                "predikat_1": pick(["", "Baik", "Butuh Perbaikan", "Sangat Baik"]), "predikat_2": pick(["", "Baik", "Kurang"]),
                "hukuman_disiplin": pick(FLAG), "proses_hukum": pick(FLAG), "tugas_belajar": pick(FLAG), "ikatan_dinas": pick(FLAG), "uji_kompetensi": pick(FLAG),
                "jabatan_rangkap": pick(["", "", "Perawat"]) if columns["jabatan_rangkap"] else "",
            }
        )  # fmt: skip
    return rows


def cycle_of(pick: Pick, m: int, n: int) -> mt.Cycle:
    """A cycle of m seats and n people, every cell picked."""
    columns = {c: pick([True, False]) for c in ("profesi", "mapel", "tugas_tambahan", "jabatan_rangkap")}
    seats = seat_rows(pick, m, columns)
    people = person_rows(pick, n, m, columns)
    chosen: Row = {"tanggal": pick(["2026-01-31", "2024-02-29"])}
    window = pick([{}, {"pelantikan": "2025-10-15"}, {"penetapan_paslon": "2024-08-29"}, {"penetapan_paslon": "2024-08-28", "akhir_masa_jabatan": "2025-02-20"}, {"status_kepala": "plt"}])
    chosen["jendela"] = window
    chosen["izin"] = pick([{}, {"semua": True}, {"pegawai": ["P1"]}, {"jabatan": ["J2"]}])
    chosen["aturan"] = pick(
        [{}, {"R36": {"promosi": True}}, {"R37": {"satu_kantor": True}}, {"R01": {"min_tenure_years": 3, "dikecualikan": ["P0"]}, "R07": {"years": 1}}, {"R25": {"allow_pppk": False}, "R06": {"satu_tingkat_di_bawah": True}, "R12": {"experience_years": 1}}]
    )  # fmt: skip
    tables = {"unit": UNITS, "jabatan": pd.DataFrame(seats).to_csv(index=False), "pegawai": pd.DataFrame(people).to_csv(index=False)}
    if pick([True, False]):
        levels = [1, 2, 3, 4, 5]
        tables["syarat"] = "jabatan_id,keahlian,tingkat\n" + "".join(f"J{k},{skill},{pick(levels)}\n" for k in range(m - 1) for skill in ("Integritas", "Kerja sama"))
        tables["keahlian"] = "pegawai_id,keahlian,tingkat\n" + "".join(f"P{k},Integritas,{pick(levels)}\n" for k in range(n - 1))
    return handmade(tables, **chosen)


@st.composite
def cycles(draw: st.DrawFn) -> mt.Cycle:
    return cycle_of(lambda values: draw(st.sampled_from(values)), 5, 4)


@pytest.mark.parametrize("seed", range(12))
def test_random_cycles_twice(seed: int) -> None:
    rng = np.random.default_rng([seed, 3])
    cycle = cycle_of(lambda values: values[int(rng.integers(len(values)))], 14, 16)
    assert disagreements(cycle)[:5] == []
    allowed_twice(cycle)


#: Settings on which rules depend, each at the day or number from which it counts, and just before; with the rules to ask.
TURNS: list[tuple[tuple[str, ...], dict[str, Any]]] = [
    *((("R19", "R20", "R22"), {"jendela": {"pelantikan": day}}) for day in ("2025-07-30", "2025-07-31", "2026-01-31", "2026-02-01")),
    *((("R19", "R20", "R22"), {"jendela": {"penetapan_paslon": day}}) for day in ("2026-07-31", "2026-08-01")),
    *((("R19",), {"jendela": {"penetapan_paslon": "2025-08-01", "akhir_masa_jabatan": day}}) for day in ("2026-01-30", "2026-01-31")),
    (("R19", "R20", "R22"), {"jendela": {"status_kepala": "penjabat"}}),
    (("R19", "R20", "R22", "R27", "R28"), {"jendela": {"status_kepala": "plt", "pelantikan": "2026-01-01"}, "izin": {"pegawai": ["P3"], "jabatan": ["J5"]}}),
    *((("R07",), {"aturan": {"R07": {"min_predikat": least, "years": years}}}) for least in ("Sangat Baik", "Baik", "Butuh Perbaikan", "Kurang") for years in (1, 2)),
    (("R06",), {"aturan": {"R06": {"satu_tingkat_di_bawah": True}}}),
    (("R25",), {"aturan": {"R25": {"allow_pppk": False}}}),
    (("R27", "R28"), {"aturan": {"R27": {"pola_opd": ["DINAS KESE"]}, "R28": {"pola_jabatan": ["Kepala X"]}}}),
    (("R35", "R36"), {"aturan": {"R36": {"promosi": True}}}),
    (("R37",), {"aturan": {"R37": {"satu_kantor": True}}}),
    *((("R16",), {"jpm": {"minimum": least}}) for least in (0, 50, 100)),
]  # fmt: skip


@pytest.mark.parametrize("seed", range(5))
def test_settings_that_rules_depend_on_twice(seed: int) -> None:
    rng = np.random.default_rng([seed, 4])
    cycle = cycle_of(lambda values: values[int(rng.integers(len(values)))], 14, 14)
    cycle = cycle.with_settings(tanggal="2026-01-31", jendela={"pelantikan": None, "penetapan_paslon": None, "akhir_masa_jabatan": None, "status_kepala": "definitif"})
    for names, changes in TURNS[seed::5]:
        assert disagreements(cycle.with_settings(**changes), names)[:3] == [], changes


@pytest.mark.slow
@settings(max_examples=25)
@given(cycles())
def test_made_cycles_twice(cycle: mt.Cycle) -> None:
    assert disagreements(cycle)[:5] == []
    allowed_twice(cycle)
