"""What the rules read of the tables, who is looked at, what is told of a pair, and what decisions and memory forbid, each by hand."""

from __future__ import annotations

import math
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from handmade import handmade, table_of
from test_verify_state import PEOPLE, SEATS, UNIT, cycle_of
from test_verify_tables import READ, YEARS, read_people, read_seats

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.locale import text
from mutasi_toolkit.rules import memory
from mutasi_toolkit.rules.book import book_of
from mutasi_toolkit.rules.facts import KINDS, either, flag, people_of, seats_of, years_since
from mutasi_toolkit.rules.pairs import candidates


@pytest.mark.parametrize(("date", "today", "years"), YEARS)
def test_years_since_a_date(date: str, today: str, years: float) -> None:
    found = years_since(pd.Series(pd.to_datetime([date, None])), pd.Timestamp(today))
    assert found[0] == pytest.approx(years, abs=1e-12)
    assert math.isnan(found[1])


def test_flags_and_two_of_them() -> None:
    one = flag(pd.Series([True, False, None] * 3, dtype="boolean"))
    two = flag(pd.Series([True] * 3 + [False] * 3 + [None] * 3, dtype="boolean"))
    assert one.tolist() == [1, 0, -1] * 3
    assert either(one, two).tolist() == [1, 1, 1, 1, 0, -1, 1, -1, -1]


def test_seats_as_the_rules_read_them() -> None:
    s = seats_of(read_seats())
    assert list(zip(s.level.tolist(), s.retirement.tolist(), strict=True)) == [w[4:] for w in READ]
    assert [KINDS[k] for k in s.kind] == [w[1] for w in READ]
    jobs = [w[3] for w in READ]
    assert [[a == b for b in s.job] for a in s.job] == [[a == b for b in jobs] for a in jobs]
    assert (s.locked.tolist(), s.least_education.tolist()[:3], s.least_grade.tolist()[:2]) == ([True] + [False] * 14, [6, 6, -1], [8, -1])
    assert (s.classification[0], s.subject[0], s.title[0], s.opd_name[0], s.eselon[11], s.eselon[0], s.profession[6]) == ("data", "ipa", "guru ahli muda", "dinas a", "II.b", "", "guru")
    assert s.job_class.tolist() == [7.0] * 15


def test_people_as_the_rules_read_them() -> None:
    p = people_of(read_people())
    assert (p.grade.tolist(), p.education.tolist(), p.profession.tolist()) == ([11, 0, -1, 16], [6, 6, 6, 8], ["guru", "", "", ""])
    assert p.ratings.tolist() == [[3, 0], [-1, -1], [-1, -1], [-1, -1]]
    assert (p.discipline.tolist(), p.bound.tolist(), p.tested.tolist()) == ([1, -1, -1, -1], [-1] * 4, [-1] * 4)
    assert [p.age[0], p.tenure[0], p.contract_left[0]] == pytest.approx([46, 6 + 30 / 365.2425, 1])
    assert np.isnan(p.age[1])
    assert p.seat.tolist() == [0, 0, 1, 2]


def ladder() -> list[dict[str, str]]:
    """Seats of every kind, with and without a level."""
    steps = {"jpt": ["II.b", "II.a"], "administrator": ["III.b"], "pengawas": ["IV.b", "IV.a"], "fungsional": ["", "pemula", "terampil", "mahir"], "pelaksana": [""]}
    column = lambda kind: "jenjang" if kind == "fungsional" else "eselon"  # noqa: E731
    return [{"jabatan_id": f"{kind[:4]}{k}", "unit_id": "D1", "nama": f"X {kind} {k}", "jenis": kind, column(kind): step, "kelas_jabatan": "7", "kebutuhan": "1"} for kind, levels in steps.items() for k, step in enumerate(levels)]


def looked_at(people: list[dict[str, str]], promotes: bool, seats: list[dict[str, str]], unit: str = UNIT, one_office: bool = False) -> dict[str, list[str]]:
    """Seats that everybody is looked at for."""
    rules_of = {"R36": {"promosi": promotes}, "R37": {"satu_kantor": one_office}}
    cycle = handmade({"unit": unit, "jabatan": table_of(seats), "pegawai": table_of(people)}, aturan=rules_of)
    out: dict[str, list[str]] = {p["pegawai_id"]: [] for p in people}
    for p, s in zip(*candidates(book_of(cycle)), strict=True):
        out[cycle.pegawai["pegawai_id"].iloc[p]].append(cycle.jabatan["jabatan_id"].iloc[s])
    return {k: sorted(v) for k, v in out.items()}


def test_people_are_looked_at_for_seats_of_their_level_and_the_next_where_they_may_rise() -> None:
    seats = ladder()
    people = [{**PEOPLE[0], "pegawai_id": s["jabatan_id"], "jabatan_id": s["jabatan_id"]} for s in seats]
    same = {
        "jpt0": ["jpt0"], "jpt1": ["jpt1"], "admi0": ["admi0"], "peng0": ["peng0"], "peng1": ["peng1"], "fung0": ["fung0", "fung1", "fung2", "fung3"],
        "fung1": ["fung0", "fung1"], "fung2": ["fung0", "fung2"], "fung3": ["fung0", "fung3"], "pela0": ["pela0"],
    }  # fmt: skip
    assert looked_at(people, False, seats) == same
    up = {"jpt0": ["jpt1"], "admi0": ["jpt0", "jpt1"], "peng0": ["peng1", "admi0"], "peng1": ["admi0"], "fung1": ["fung2"], "fung2": ["fung3"], "pela0": ["peng0", "peng1"]}
    assert looked_at(people, True, seats) == {k: sorted(v + up.get(k, [])) for k, v in same.items()}


def test_people_who_cannot_move_are_not_looked_at_and_professions_stay_apart() -> None:
    seats = [{**SEATS[0], "jabatan_id": f"S{k}", "profesi": trade} for k, trade in enumerate(("", "guru", "perawat"))]
    odd = {"A": {}, "B": {"status": "CPNS"}, "C": {"status": "PPPK paruh waktu", "golongan": "V"}, "D": {"hukuman_disiplin": "ya"}, "E": {"ikatan_dinas": "ya"}, "F": {"hukuman_disiplin": "tidak", "tugas_belajar": "tidak"}, "G": {"status": "PPPK", "golongan": "V"}, "H": {"profesi": "guru"}, "I": {"jabatan_id": "S2"}}
    people = [{**PEOPLE[0], "jabatan_id": "S0", "pegawai_id": name, **changes} for name, changes in odd.items()]
    assert looked_at(people, False, seats) == {"A": ["S0"], "B": [], "C": [], "D": [], "E": [], "F": ["S0"], "G": ["S0"], "H": ["S1"], "I": ["S2"]}
    assert looked_at(people[1:2], False, seats) == {"B": []}


def test_people_are_looked_at_in_other_offices_unless_the_round_is_limited_to_one() -> None:
    unit = "unit_id,nama,induk_id,jenis\nA,Dinas A,,dinas\nAA,Bidang,A,bidang\nB,Dinas B,,dinas\n"
    seats = [{**SEATS[0], "jabatan_id": f"S{u}", "unit_id": u} for u in ("A", "AA", "B")]
    people = [{**PEOPLE[0], "pegawai_id": f"P{u}", "jabatan_id": f"S{u}"} for u in ("A", "B")]
    assert looked_at(people, False, seats, unit) == {"PA": ["SA", "SAA", "SB"], "PB": ["SA", "SAA", "SB"]}
    assert looked_at(people, False, seats, unit, one_office=True) == {"PA": ["SA", "SAA"], "PB": ["SB"]}


def test_what_is_told_of_a_pair_and_of_a_rule() -> None:
    people = [{**p, "hukuman_disiplin": {"P1": "ya", "P2": ""}.get(p["pegawai_id"], "tidak"), "proses_hukum": "tidak"} for p in PEOPLE]
    cycle = cycle_of({"pegawai": table_of(people)}, {"jendela": {"status_kepala": "plt"}, "izin": {"pegawai": ["P2"]}})
    one, two = (rules.explain_pair(cycle, p, "A2").set_index("rule_id") for p in ("P1", "P2"))
    words = ("R01", "R08", "R22", "R30", "R35", "R36")
    assert one.loc[list(words), "verdict"].tolist() == ["lolos", "menghalangi", "menghalangi", "tidak_diperiksa", "lolos", "tidak_berlaku"]
    assert two.loc[list(words), "verdict"].tolist() == ["lolos", "tidak_diperiksa", "dikecualikan", "tidak_diperiksa", "lolos", "tidak_berlaku"]
    rule = next(r for r in rules.load() if r.id == "R08")
    assert one.loc["R08"].tolist() == ["menghalangi", rule.statement_id, rule.citation, rule.sure]
    assert rules.explain_pair(cycle, "P1", "A2", "en").set_index("rule_id").loc["R08", "statement"] == rule.statement_en
    told = rules.coverage(cycle, "en").set_index("rule_id")
    assert told.index.tolist() == [f"R{k:02d}" for k in range(1, 38)]
    # Eight people but one part-time and one disciplined: P2, P3, P4 and P6 look at four seats, P5 and P7 at two.
    assert told.loc["R08"].tolist() == [rule.statement_en, "hard", "pair", True, "", 0, 1, rule.citation, rule.sure]
    assert told.loc["R22", ["jenis_aturan", "n_pasangan_dihalangi", "n_orang_tidak_diperiksa"]].tolist() == ["waivable", 3 * 3 + 2 * 1, 0]
    assert told.loc["R30", ["diperiksa", "kolom_kosong", "n_orang_tidak_diperiksa"]].tolist() == [False, "pegawai.jabatan_rangkap", 6]
    assert told.loc["R12", "kolom_kosong"] == "pegawai.tanggal_lahir, pegawai.uji_kompetensi, jabatan.klasifikasi"


def test_rules_by_number_bit_and_language() -> None:
    found = rules.load()
    assert [(r.number, int(r.bit)) for r in found] == [(k, 2 ** (k - 1)) for k in range(1, 38)]
    assert (found[0].statement(), found[0].statement("id"), found[0].statement("en")) == (found[0].statement_id, found[0].statement_id, found[0].statement_en)
    assert rules.rule_ids(0) == []
    assert rules.rule_ids(2**63 + 2**35 + 1) == ["R01", "R36", "R64"]
    with pytest.raises(mt.InputError) as told:
        rules.load(cycle_of({}, {"aturan": {"R99": {}, "R98": {}, "R01": {}}}))
    assert str(told.value) == text("rules.unknown_rule", names="R98, R99")
    for rule, known in (("R01", "min_tenure_years, dikecualikan"), ("R08", "-")):
        with pytest.raises(mt.InputError) as told:
            rules.load(cycle_of({}, {"aturan": {rule: {"b": 1, "a": 2}}}))
        assert str(told.value) == text("rules.unknown_parameter", rule=rule, names="a, b", known=known)


def decided(cycle: mt.Cycle, lines: str) -> mt.Cycle:
    """The cycle with decisions as no file may hold them."""
    frame = pd.DataFrame([line.split(",") for line in lines.split()], columns=["pegawai_id", "putusan", "jabatan_id"]).replace("", None)
    return replace(cycle, keputusan=frame.reindex(columns=cycle.keputusan.columns).astype(cycle.keputusan.dtypes.to_dict()))


@pytest.mark.parametrize(
    ("decisions", "key", "told"),
    [
        ("P1,terima,A2\nP1,terima,A3\n", "decisions_clash", {"pegawai": "P1", "jabatan": "A2, A3"}),
        ("P1,terima,A2\nP1,kunci,\n", "decisions_clash", {"pegawai": "P1", "jabatan": "A1, A2"}),
        ("P3,terima,A3\nP3,tolak,A3\n", "decisions_clash", {"pegawai": "P3", "jabatan": "A3"}),
        ("P1,terima,A3\nP4,kunci,\n", "decisions_overfill", {"jabatan": "A3", "pegawai": "P1, P4", "n": 2, "most": 1}),
        ("P1,terima,A4\nP2,terima,A4\n", "decisions_overfill", {"jabatan": "A4", "pegawai": "P1, P2", "n": 2, "most": 1}),
        ("P1,terima,H1\n", "contradiction", {"pegawai": "P1", "jabatan": "H1", "rules": "R36"}),
        ("P1,terima,A2\nP2,terima,H2\n", "contradiction", {"pegawai": "P2", "jabatan": "H2", "rules": "R36"}),
    ],
)  # fmt: skip
def test_decisions_that_cannot_hold_are_told(decisions: str, key: str, told: dict[str, Any]) -> None:
    people = [{**p, "tanggal_lahir": "1985-01-01", "predikat_1": "Baik", "predikat_2": "Baik"} for p in PEOPLE]
    with pytest.raises(mt.InfeasibleError) as found:
        rules.decisions(decided(cycle_of({"pegawai": table_of(people)}, {}), decisions))
    assert str(found.value) == text(f"rules.{key}", **told)


@pytest.mark.parametrize("decisions", ["P3,terima,A1\n", "P1,terima,A3\n", "P1,terima,A2\nP2,kunci,\n", "P1,tolak,A3\nP1,terima,A2\n", "P1,terima,A4\n", "P6,terima,A4\nP1,kunci,\n", "P1,tolak,A2\nP1,tolak,A3\n"])
def test_decisions_that_hold_are_taken(decisions: str) -> None:
    found = rules.decisions(decided(cycle_of({}, {}), decisions))
    assert len(found.stay) + len(found.forced) + len(found.forbidden) == len(decisions.split())


def test_pairs_that_just_fit_into_memory_and_one_more(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(memory.VARIABLE, " 0.0014 ")
    assert memory.limit_gb() == 0.0014
    memory.check_pairs(2000, 0.5, 10)
    with pytest.raises(mt.InputError) as told:
        memory.check_pairs(2_000_000, 0.5, 12_345)
    assert str(told.value) == text("rules.memory_pairs", name=memory.VARIABLE, people="12.345", pairs="4.000.000", need="2,8", limit="0,0")
    monkeypatch.setenv(memory.VARIABLE, "0.001399")
    with pytest.raises(mt.InputError):
        memory.check_pairs(2000, 0.5, 10)
    monkeypatch.setenv(memory.VARIABLE, "3")
    with pytest.raises(mt.InputError, match="4,2 GB"):
        memory.check_pairs(6_000_000, 1.0, 10)


@pytest.mark.parametrize("problem", [ValueError, OSError, AttributeError])
def test_a_machine_that_does_not_tell_its_memory_is_no_limit(monkeypatch: pytest.MonkeyPatch, problem: type[Exception]) -> None:
    def silent(_: str) -> int:
        raise problem

    monkeypatch.setenv(memory.VARIABLE, "")
    pages: dict[str, int] = {"SC_PAGE_SIZE": 4096, "SC_PHYS_PAGES": 10**6}
    monkeypatch.setattr(os, "sysconf", pages.__getitem__)
    assert memory.limit_gb() == 4.096
    monkeypatch.setattr(os, "sysconf", silent)
    assert memory.limit_gb() == math.inf


def test_windows_are_six_months_unless_said_otherwise() -> None:
    at: Callable[..., Any] = lambda day, **window: cycle_of({}, {"jendela": window}).with_settings(tanggal=day).settings  # noqa: E731
    assert [rules.inauguration_window(at(day, pelantikan="2025-07-31")) for day in ("2025-07-30", "2025-07-31", "2026-01-31", "2026-02-01")] == [False, True, True, False]
    assert [rules.election_window(at(day, penetapan_paslon="2025-07-31")) for day in ("2025-01-30", "2025-01-31", "2030-01-01")] == [False, True, True]
    assert not rules.inauguration_window(at("2025-08-30", pelantikan="2025-07-31"), 0)
    assert not rules.election_window(at("2026-01-31"))
    assert not rules.inauguration_window(at("2026-01-31"))
