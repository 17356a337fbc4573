"""Every check of a plan on a cycle of eight people: the plan that just breaks it, with what is told, and the one that just does not."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from handmade import facts_of, handmade, table_of

import mutasi_toolkit as mt
from mutasi_toolkit.assignment.audit.state import check_state, decided

# D1 with its bidang D1B, D2 beside it. Need and full-time people: A1 2 and 2, A3 1 and 1, H1 1 and 1, A2 2 and 1 (and half a person), A4 0 and 1.
UNIT = "unit_id,nama,induk_id,jenis\nK,Kota,,kota\nD1,Dinas A,K,dinas\nD1B,Bidang,D1,bidang\nD2,Dinas B,K,dinas\n"
SEATS = [
    {"jabatan_id": "A1", "unit_id": "D1", "nama": "Penata", "jenis": "pelaksana", "kelas_jabatan": "7", "kebutuhan": "2"},
    {"jabatan_id": "A2", "unit_id": "D2", "nama": "Penata", "jenis": "pelaksana", "kelas_jabatan": "7", "kebutuhan": "2"},
    {"jabatan_id": "A3", "unit_id": "D1B", "nama": "Penata", "jenis": "pelaksana", "kelas_jabatan": "7", "kebutuhan": "1"},
    {"jabatan_id": "A4", "unit_id": "D2", "nama": "Penata", "jenis": "pelaksana", "kelas_jabatan": "7", "kebutuhan": "0"},
    {"jabatan_id": "H1", "unit_id": "D1", "nama": "Kepala Subbagian", "jenis": "pengawas", "eselon": "IV.a", "kelas_jabatan": "9", "kebutuhan": "1"},
    {"jabatan_id": "H2", "unit_id": "D2", "nama": "Kepala Subbagian B", "jenis": "pengawas", "eselon": "IV.a", "kelas_jabatan": "9", "kebutuhan": "1"},
]
USUAL = {"status": "PNS", "golongan": "III/d", "pendidikan": "S1", "tmt_jabatan": "2020-01-01", "tmt_unit": "2024-01-01", "jenis_kelamin": "L"}
PEOPLE = [
    {"pegawai_id": "P1", "jabatan_id": "A1", **USUAL, "tmt_unit": "2021-01-31", "jenis_kelamin": "P"},
    {"pegawai_id": "P2", "jabatan_id": "A1", **USUAL, "tmt_unit": "2021-02-01"},
    {"pegawai_id": "P3", "jabatan_id": "A2", **USUAL},
    {"pegawai_id": "P4", "jabatan_id": "A3", **USUAL, "tmt_unit": "2015-01-01", "jenis_kelamin": "P"},
    {"pegawai_id": "P5", "jabatan_id": "H1", **USUAL},
    {"pegawai_id": "P6", "jabatan_id": "A4", **USUAL},
    {"pegawai_id": "P7", "jabatan_id": "H2", **USUAL},
    {"pegawai_id": "T1", "jabatan_id": "A2", **USUAL, "status": "PPPK paruh waktu", "golongan": "V"},
]
FREE: dict[str, Any] = {"jaminan": {"opd_tidak_memburuk": False, "pemegang_tunggal": False}}
#: Need of A1, A2 and A4 that leaves room for everyone.
ROOMY = {"aturan": {"R14": {"kelebihan_boleh": 5}}}
#: The same, and an OPD keeps two holders of a skill.
TWO: dict[str, Any] = {"jaminan": {"pemegang_tunggal": True}, "aturan": {**ROOMY["aturan"], "R33": {"min_holders": 2}}}
SKILL = "pegawai_id,keahlian,tingkat\n"
CONFLICT = "pegawai_a,pegawai_b\n"
DECISION = "pegawai_id,putusan,jabatan_id\n"


def cycle_of(tables: dict[str, str], settings: dict[str, Any]) -> mt.Cycle:
    chosen = {**FREE, **settings, "jaminan": {**FREE["jaminan"], **settings.get("jaminan", {})}}
    return handmade({"unit": UNIT, "jabatan": table_of(SEATS), "pegawai": table_of(PEOPLE), **tables}, **chosen)


def told(tables: dict[str, str], settings: dict[str, Any], moves: dict[str, str]) -> list[tuple[Any, ...]]:
    """What is wrong: rule, people, seats, and the numbers told."""
    facts = facts_of(cycle_of(tables, settings))
    people, seats = facts.people["id"].tolist(), facts.seats["id"].tolist()
    then = facts.own.copy()
    for person, seat in moves.items():
        then[people.index(person)] = seats.index(seat)
    found = []
    for rule, who, where, values in check_state(facts, then, decided(facts)):
        found.append((rule, [people[p] for p in who], [seats[s] for s in where], {k: v for k, v in values.items() if k != "what"}))
    return found


def limit(name: str, told: float, most: float) -> dict[str, Any]:
    return {"name": name, "told": told, "limit": most}


def group(**values: Any) -> dict[str, Any]:
    return {"jaminan": {"kelompok": [{"kolom": "jenis_kelamin", "nilai": "P", **values}]}, **ROOMY}


SWAP = {"P1": "A2", "P3": "A1"}
CASES: list[tuple[str, dict[str, str], dict[str, Any], dict[str, str], list[tuple[Any, ...]]]] = [
    ("nothing moves", {}, {}, {}, []),
    ("a rule of the pair", {"pegawai": table_of([{**p, "hukuman_disiplin": "ya" if p["pegawai_id"] in {"P1", "P2"} else "tidak"} for p in PEOPLE])}, ROOMY, {"P1": "A2"}, [("R08", ["P1"], ["A2"], {})]),
    # R14 and R13: half a person leaves room for one in A2; who is there may stay
    ("one too many", {}, {}, {"P1": "A2"}, [("R14", ["P1", "P3", "T1"], ["A2"], {"told": 2, "limit": 1}), ("R13", ["P1"], ["A2"], {"told": 2, "limit": 1})]),
    ("one more allowed", {}, {"aturan": {"R14": {"kelebihan_boleh": 1}}}, {"P1": "A2"}, []),
    ("part-time staff not counted", {}, {"paruh_waktu": {"dihitung": False}}, {"P1": "A2"}, []),
    ("exchange", {}, {}, SWAP, []),
    ("a newcomer where all are too many", {}, {}, {"P6": "A1", "P1": "A4"}, [("R13", ["P1"], ["A4"], {"told": 1, "limit": 0})]),
    ("two too many", {}, {}, {"P2": "A3", "P6": "A3"}, [("R14", ["P2", "P4", "P6"], ["A3"], {"told": 3, "limit": 1}), ("R13", ["P2", "P6"], ["A3"], {"told": 3, "limit": 1})]),
    # Budgets
    ("two moves of one", {}, {"anggaran": {"pindah": 1}}, SWAP, [("anggaran.pindah", ["P1", "P3"], ["A2", "A1"], limit("anggaran|pindah", 2, 1))]),
    ("two moves of two", {}, {"anggaran": {"pindah": 2}}, SWAP, []),
    ("no one out of an OPD", {}, {"anggaran": {"keluar_per_opd": 0}}, SWAP, [("anggaran.keluar_per_opd", ["P1"], ["A2"], limit("anggaran|keluar|D1", 1, 0)), ("anggaran.keluar_per_opd", ["P3"], ["A1"], limit("anggaran|keluar|D2", 1, 0))]),
    ("one out of an OPD", {}, {"anggaran": {"keluar_per_opd": 1, "masuk_per_opd": 1, "keluar_per_unit": 1, "masuk_per_unit": 1}}, SWAP, []),
    ("no one into an OPD", {}, {"anggaran": {"masuk_per_opd": 0}}, SWAP, [("anggaran.masuk_per_opd", ["P3"], ["A1"], limit("anggaran|masuk|D1", 1, 0)), ("anggaran.masuk_per_opd", ["P1"], ["A2"], limit("anggaran|masuk|D2", 1, 0))]),
    ("within the OPD", {}, {"anggaran": {"keluar_per_opd": 0, "masuk_per_opd": 0}, **ROOMY}, {"P1": "A3"}, []),
    ("no one out of a unit", {}, {"anggaran": {"keluar_per_unit": 0}, **ROOMY}, {"P1": "A3"}, [("anggaran.keluar_per_unit", ["P1"], ["A3"], limit("anggaran|keluar_unit|D1", 1, 0))]),
    ("no one into a unit", {}, {"anggaran": {"masuk_per_unit": 0}, **ROOMY}, {"P1": "A3"}, [("anggaran.masuk_per_unit", ["P1"], ["A3"], limit("anggaran|masuk_unit|D1B", 1, 0))]),
    ("within the unit", {}, {"anggaran": {"keluar_per_unit": 0, "masuk_per_unit": 0}, **ROOMY}, {"P3": "A4"}, []),
    # isi_min: D1 needs 4 and has 4; D2 needs 3, has 3 and half a person
    ("four fifths of four are four", {}, {"jaminan": {"isi_min": 0.8}, **ROOMY}, {"P1": "A2"}, [("jaminan.isi_min", ["P2", "P4", "P5"], ["A1", "A3", "H1"], limit("isi_min|D1", 3, 4))]),
    ("three quarters of four are three", {}, {"jaminan": {"isi_min": 0.75}, **ROOMY}, {"P1": "A2"}, []),
    ("all of three less half a person are three", {}, {"jaminan": {"isi_min": 1.0}, **ROOMY}, {"P3": "A1"}, [("jaminan.isi_min", ["P6", "P7"], ["A4", "H2"], limit("isi_min|D2", 2, 3))]),
    ("part-time staff fill half a place", {}, {"jaminan": {"isi_min": 0.8}, **ROOMY}, {"P3": "A1"}, []),
    ("no more is asked than is there today", {"jabatan": table_of([{**s, "kebutuhan": "9"} for s in SEATS])}, {"jaminan": {"isi_min": 0.5}}, {"P1": "A2"}, [("jaminan.isi_min", ["P2", "P4", "P5"], ["A1", "A3", "H1"], limit("isi_min|D1", 3, 4))]),
    ("who comes makes up for who goes", {}, {"jaminan": {"isi_min": 1.0}}, SWAP, []),
    # pengalaman_min: five years in the unit to the day; P1 and P4 in D1
    ("half of two experienced is one", {}, {"jaminan": {"pengalaman_min": 0.5}, **ROOMY}, {"P1": "A2"}, []),
    ("a little more than half is two", {}, {"jaminan": {"pengalaman_min": 0.51}, **ROOMY}, {"P1": "A2"}, [("jaminan.pengalaman_min", ["P4"], ["A3"], limit("pengalaman|D1", 1, 2))]),
    ("a day short of five years", {}, {"jaminan": {"pengalaman_min": 1.0}, **ROOMY}, {"P2": "A2"}, []),
    # Groups: women move, or are there
    ("one woman moves, none may", {}, group(paling_banyak=0), {"P1": "A2", "P2": "A2"}, [("jaminan.kelompok", ["P1"], ["A2"], limit("kelompok|0", 1, 0))]),
    ("one woman moves, one may", {}, group(paling_banyak=1), {"P1": "A2"}, []),
    ("one woman moves, two must", {}, group(paling_sedikit=2), {"P1": "A2"}, [("jaminan.kelompok", ["P1"], ["A2"], limit("kelompok|0", 1, 2))]),
    ("two women move, two must", {}, group(paling_sedikit=2), {"P1": "A2", "P4": "A1"}, []),
    ("women who come to an OPD", {}, group(paling_banyak=0, opd="D2"), {"P1": "A2", "P4": "A1"}, [("jaminan.kelompok", ["P1"], ["A2"], limit("kelompok|0", 1, 0))]),
    ("women who come to another", {}, group(paling_banyak=0, opd="D2"), {"P4": "A1"}, []),
    ("women who are in an OPD", {}, group(paling_banyak=1, opd="D1", hitung="ada"), {}, [("jaminan.kelompok", ["P1", "P4"], ["A1", "A3"], limit("kelompok|0", 2, 1))]),
    ("one woman in an OPD", {}, group(paling_banyak=1, paling_sedikit=1, opd="D1", hitung="ada"), {"P1": "A2"}, []),
    # R17: in one unit, or under the other's lead
    ("kin in one unit", {"konflik": CONFLICT + "P1,P3\n"}, ROOMY, {"P1": "A4"}, [("R17", ["P1", "P3"], ["A4", "A2"], limit("konflik|P1|P3|D2", 2, 1)), ("R17", ["P1", "P3"], ["A4", "A2"], limit("konflik|P3|P1|D2", 2, 1))]),
    ("kin apart", {"konflik": CONFLICT + "P1,P3\n"}, ROOMY, {"P1": "A3"}, []),
    ("kin who sit together today", {"konflik": CONFLICT + "P1,P2\n"}, ROOMY, {"P3": "A1"}, []),
    ("kin who sit together elsewhere then", {"konflik": CONFLICT + "P1,P2\n"}, ROOMY, {"P1": "A2", "P2": "A4"}, [("R17", ["P1", "P2"], ["A2", "A4"], limit("konflik|P1|P2|D2", 2, 1)), ("R17", ["P1", "P2"], ["A2", "A4"], limit("konflik|P2|P1|D2", 2, 1))]),
    ("kin under one's lead", {"konflik": CONFLICT + "P3,P5\n"}, ROOMY, {"P3": "A3"}, [("R17", ["P3", "P5"], ["A3", "H1"], limit("konflik|P3|P5|D1B", 2, 1))]),
    ("kin above without a lead", {"konflik": CONFLICT + "P3,P1\n"}, ROOMY, {"P3": "A3"}, []),
    ("kin above whose job is functional", {"konflik": CONFLICT + "P3,P5\n", "jabatan": table_of([{**s, **({"jenis": "fungsional", "eselon": "", "jenjang": "mahir"} if s["jabatan_id"] == "H1" else {})} for s in SEATS])}, ROOMY, {"P3": "A3"}, []),
    ("kin below who lead nothing here", {"konflik": CONFLICT + "P4,P7\n"}, ROOMY, {"P6": "A1"}, []),
    # R33: the last holder of a skill
    ("the last holder leaves", {"keahlian": SKILL + "P1,Arsip,3\nP2,Arsip,2\n"}, {"jaminan": {"pemegang_tunggal": True}, **ROOMY}, {"P1": "A2"}, [("R33", ["P1"], ["A2"], limit("pemegang|D1|Arsip", -1, 0))]),
    ("one of two holders leaves", {"keahlian": SKILL + "P1,Arsip,3\nP4,Arsip,5\n"}, {"jaminan": {"pemegang_tunggal": True}, **ROOMY}, {"P1": "A2"}, []),
    ("both holders leave", {"keahlian": SKILL + "P1,Arsip,3\nP4,Arsip,5\n"}, {"jaminan": {"pemegang_tunggal": True}, **ROOMY}, {"P1": "A2", "P4": "A2"}, [("R33", ["P1", "P4"], ["A2", "A2"], limit("pemegang|D1|Arsip", -2, -1))]),
    ("one of two holders leaves, two must stay", {"keahlian": SKILL + "P1,Arsip,3\nP4,Arsip,5\n"}, TWO, {"P1": "A2"}, [("R33", ["P1"], ["A2"], limit("pemegang|D1|Arsip", -1, 0))]),
    ("one of three holders leaves, two must stay", {"keahlian": SKILL + "P1,Arsip,3\nP2,Arsip,3\nP4,Arsip,5\n"}, TWO, {"P1": "A2"}, []),
    ("two of three holders leave, two must stay", {"keahlian": SKILL + "P1,Arsip,3\nP2,Arsip,3\nP4,Arsip,5\n"}, TWO, {"P1": "A2", "P2": "A2"}, [("R33", ["P1", "P2"], ["A2", "A2"], limit("pemegang|D1|Arsip", -2, -1))]),
    ("a sole holder leaves, two must stay where there are two", {"keahlian": SKILL + "P1,Arsip,3\n"}, TWO, {"P1": "A2"}, [("R33", ["P1"], ["A2"], limit("pemegang|D1|Arsip", -1, 0))]),
    ("a sole holder stays, two must stay where there are two", {"keahlian": SKILL + "P1,Arsip,3\n"}, TWO, {"P2": "A2"}, []),
    ("no holder must stay", {"keahlian": SKILL + "P1,Arsip,3\n"}, {"jaminan": TWO["jaminan"], "aturan": {**ROOMY["aturan"], "R33": {"min_holders": 0}}}, {"P1": "A2"}, []),
    ("a successor comes", {"keahlian": SKILL + "P1,Arsip,3\nP3,Arsip,3\n"}, {"jaminan": {"pemegang_tunggal": True}}, SWAP, []),
    ("the last holder stays in the OPD", {"keahlian": SKILL + "P1,Arsip,3\n"}, {"jaminan": {"pemegang_tunggal": True}, **ROOMY}, {"P1": "A3"}, []),
    ("a level below a holder's", {"keahlian": SKILL + "P1,Arsip,3\n"}, {"tingkat_pemegang": 4, "jaminan": {"pemegang_tunggal": True}, **ROOMY}, {"P1": "A2"}, []),
    # No OPD ends worse: |ada - kebutuhan| of D1 begins with 0, of D2 with 1.5
    ("an OPD ends worse", {}, {"jaminan": {"opd_tidak_memburuk": True}, **ROOMY}, {"P1": "A2"}, [("jaminan.opd_tidak_memburuk", ["P1"], [], limit("D1", 1.0, 0.0))]),
    ("an OPD ends worse by who comes", {}, {"jaminan": {"opd_tidak_memburuk": True}, **ROOMY}, {"P6": "A1"}, [("jaminan.opd_tidak_memburuk", ["P6"], [], limit("D1", 1.0, 0.0))]),
    ("no OPD ends worse", {}, {"jaminan": {"opd_tidak_memburuk": True}, **ROOMY}, {"P6": "A2"}, []),
    ("an OPD ends as it began", {}, {"jaminan": {"opd_tidak_memburuk": True}, **ROOMY}, SWAP, []),
    # Decisions
    ("a locked person moves", {"keputusan": DECISION + "P1,kunci,\n"}, ROOMY, {"P1": "A2"}, [("keputusan", ["P1"], ["A2"], {})]),
    ("a person with all seats refused moves", {"keputusan": DECISION + "P1,tolak,\n"}, ROOMY, {"P1": "A2"}, [("keputusan", ["P1"], ["A2"], {})]),
    ("a refused seat is taken", {"keputusan": DECISION + "P1,tolak,A2\n"}, ROOMY, {"P1": "A2"}, [("keputusan", ["P1"], ["A2"], {})]),
    ("another seat is taken", {"keputusan": DECISION + "P1,tolak,A2\n"}, ROOMY, {"P1": "A3"}, []),
    ("an agreed seat is not taken", {"keputusan": DECISION + "P1,terima,A2\n"}, ROOMY, {"P1": "A3"}, [("keputusan", ["P1"], ["A3"], {})]),
    ("an agreed seat is taken", {"keputusan": DECISION + "P1,terima,A2\n"}, ROOMY, {"P1": "A2"}, []),
    ("a person held to the first seat is not there", {"keputusan": DECISION + "P3,kunci,A1\n"}, ROOMY, {"P3": "A3"}, [("keputusan", ["P3"], ["A3"], {})]),
    ("a person held to the first seat is there", {"keputusan": DECISION + "P3,kunci,A1\n"}, ROOMY, {"P3": "A1"}, []),
    ("the first seat is refused", {"keputusan": DECISION + "P3,tolak,A1\n"}, ROOMY, {"P3": "A1"}, [("keputusan", ["P3"], ["A1"], {})]),
    ("the own seat was agreed", {"keputusan": DECISION + "P1,terima,A1\n"}, ROOMY, {"P1": "A2"}, [("keputusan", ["P1"], ["A2"], {})]),
    ("decisions against two people", {"keputusan": DECISION + "P1,kunci,\nP2,kunci,\nP3,terima,A4\n"}, ROOMY, {"P2": "A2", "P1": "A2"}, [("keputusan", ["P1", "P2", "P3"], ["A2", "A2", "A2"], {})]),
]  # fmt: skip


@pytest.mark.parametrize(("tables", "settings", "moves", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_what_a_plan_breaks(tables: dict[str, str], settings: dict[str, Any], moves: dict[str, str], expected: list[tuple[Any, ...]]) -> None:
    assert told(tables, settings, moves) == expected


def test_a_part_time_person_counts_by_the_share_and_not_as_a_person() -> None:
    facts = facts_of(cycle_of({"paruh_waktu": "jabatan_id,orang\nA1,3\nA2,1\n"}, {"paruh_waktu": {"fte": 0.25}}))
    seats = facts.seats["id"].tolist()
    assert dict(zip(seats, facts.part_time.tolist(), strict=True)) == {"A1": 0.75, "A2": 0.5, "A3": 0, "A4": 0, "H1": 0, "H2": 0}
    assert dict(zip(seats, facts.present.tolist(), strict=True)) == {"A1": 2, "A2": 1, "A3": 1, "A4": 1, "H1": 1, "H2": 1}
    assert dict(zip(seats, facts.room.tolist(), strict=True)) == {"A1": 1, "A2": 1, "A3": 1, "A4": 0, "H1": 1, "H2": 1}
    assert np.array_equal(facts.need, [2, 2, 1, 0, 1, 1])
