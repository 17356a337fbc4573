"""Each pair rule at its edges: verdicts worked out by hand from the text of the rule."""

from __future__ import annotations

from pathlib import Path

import numpy as np

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.assignment.audit.pairs import broken
from mutasi_toolkit.assignment.audit.tables import facts_of

UNIT = "unit_id,nama,induk_id,jenis\nK,Kota,,kota\nD1,Dinas A,K,dinas\nD2,Dinas B,K,dinas\n"
EDGE_SEATS = (
    "jabatan_id,unit_id,nama,jenis,eselon,jenjang,kelas_jabatan,klasifikasi,kebutuhan,min_pendidikan,min_golongan\n"
    "T1,D1,Kepala Dinas A,jpt,II.b,,14,umum,1,,\nT2,D2,Kepala Dinas B,jpt,II.b,,14,umum,1,,\nT3,D2,Staf Ahli,jpt,II.b,,14,,1,,\nT4,D2,Kepala Dinas C,jpt,II.b,,14,teknis,1,,\n"
    "S1,D1,Kepala Bidang X,administrator,III.b,,11,umum,1,,\nS2,D2,Kepala Bidang Y,administrator,III.a,,11,umum,1,,\nS3,D2,Kepala Bidang Z,administrator,,,11,umum,1,,\n"
    "E1,D1,Kepala Subbagian X,pengawas,IV.a,,9,umum,1,,\nE2,D2,Kepala Subbagian Y,pengawas,,,9,umum,1,,\n"
    "A1,D1,Penata Layanan,pelaksana,,,7,umum,2,,\nA2,D2,Penata Layanan,pelaksana,,,7,umum,2,S1,III/a\nA5,D2,Penata Layanan,pelaksana,,,7,umum,2,SD,I/a\nA6,D2,Penata Layanan,pelaksana,,,7,umum,2,S3,IV/e\n"
    "F0,D2,Analis X,fungsional,,,9,data,1,,\nF1,D1,Analis X,fungsional,,ahli pertama,8,data,1,,\nF2,D2,Analis X,fungsional,,ahli muda,9,data,1,,\nF3,D2,Analis X,fungsional,,ahli madya,11,data,1,,\n"
    "H1,D2,Analis Y,fungsional,,ahli pertama,8,data,1,,\nH2,D2,Analis Z,fungsional,,ahli pertama,8,,1,,\nH3,D2,Analis W,fungsional,,ahli pertama,8,hukum,1,,\nH4,D2,Pranata Y,fungsional,,mahir,8,data,1,,\n"
    "L1,D1,Pranata L,fungsional,,pemula,5,data,1,,\nL2,D2,Pranata M,fungsional,,pemula,5,data,1,,\nL3,D2,Pranata L,fungsional,,terampil,6,data,1,,\n"
    "N1,D1,Pengelola N,pelaksana,,,,umum,1,,\nN2,D2,Pengelola M,pelaksana,,,6,umum,1,,\nC1,D2,Penata Camat,pelaksana,,,7,umum,1,,\n"
)
EDGE_PERSON = {
    "status": "PNS", "golongan": "IV/a", "pendidikan": "S1", "tanggal_lahir": "1980-01-01", "tmt_jabatan": "2020-01-01",
    "predikat_1": "Baik", "predikat_2": "Baik", "uji_kompetensi": "ya",
}  # fmt: skip
BLOCKS, PASSES, OPEN, APART = "menghalangi", "lolos", "tidak_diperiksa", "tidak_berlaku"
#: Rule, present seat, seat asked about, what differs from EDGE_PERSON, verdict.
EDGES = [
    # R03: between JPT seats after 2 to 5 years there, tested, of one field where both are known
    ("R03", "T1", "T2", {"tmt_jabatan": "2024-01-31"}, PASSES),
    ("R03", "T1", "T2", {"tmt_jabatan": "2024-02-02"}, BLOCKS),
    ("R03", "T1", "T2", {"tmt_jabatan": "2021-02-02"}, PASSES),
    ("R03", "T1", "T2", {"tmt_jabatan": "2020-12-31"}, BLOCKS),
    ("R03", "T1", "T2", {"tmt_jabatan": "2023-01-31", "uji_kompetensi": "tidak"}, BLOCKS),
    ("R03", "T1", "T2", {"tmt_jabatan": "2023-01-31", "uji_kompetensi": ""}, OPEN),
    ("R03", "T1", "T3", {"tmt_jabatan": "2023-01-31"}, OPEN),
    ("R03", "T3", "T1", {"tmt_jabatan": "2023-01-31"}, OPEN),
    ("R03", "T1", "T4", {"tmt_jabatan": "2023-01-31"}, BLOCKS),
    ("R03", "S1", "T1", {}, APART),
    ("R03", "T1", "S1", {}, APART),
    # R04: lowest education of the kind, or the seat's own
    ("R04", "F1", "F2", {"pendidikan": "D3"}, BLOCKS),
    ("R04", "F1", "F2", {"pendidikan": "D4"}, PASSES),
    ("R04", "F1", "H4", {"pendidikan": "SLTA"}, PASSES),
    ("R04", "A1", "A2", {"pendidikan": "D4"}, PASSES),
    ("R04", "A1", "A2", {"pendidikan": "D3"}, BLOCKS),
    ("R04", "A1", "A2", {"pendidikan": "SD"}, BLOCKS),
    ("R04", "A1", "A5", {"pendidikan": "SD"}, PASSES),
    ("R04", "A1", "A6", {"pendidikan": "S2"}, BLOCKS),
    ("R04", "A1", "A6", {"pendidikan": "S3"}, PASSES),
    ("R04", "A1", "N1", {"pendidikan": "SMP"}, BLOCKS),
    ("R04", "S1", "E1", {"pendidikan": "D3"}, PASSES),
    ("R04", "A1", "E1", {"pendidikan": "SLTA"}, BLOCKS),
    # R05: experience before a promotion
    ("R05", "E1", "S1", {"tmt_jabatan": "2023-01-31"}, PASSES),
    ("R05", "E1", "S1", {"tmt_jabatan": "2023-02-02"}, BLOCKS),
    ("R05", "A1", "E1", {"tmt_jabatan": "2022-01-31"}, PASSES),
    ("R05", "A1", "E1", {"tmt_jabatan": "2022-02-02"}, BLOCKS),
    ("R05", "S1", "T1", {"tmt_jabatan": "2024-02-02"}, BLOCKS),
    ("R05", "S1", "E1", {"tmt_jabatan": "2025-12-01"}, APART),
    # R06: III/d for echelon III.b, IV/a for III.a
    ("R06", "E1", "S1", {"golongan": "III/d"}, PASSES),
    ("R06", "E1", "S1", {"golongan": "III/c"}, BLOCKS),
    ("R06", "S1", "S2", {"golongan": "III/d"}, BLOCKS),
    ("R06", "S1", "S3", {}, OPEN),
    ("R06", "A1", "E2", {}, OPEN),
    ("R06", "A1", "A2", {"golongan": "III/a"}, PASSES),
    ("R06", "A1", "A2", {"golongan": "II/d"}, BLOCKS),
    ("R06", "A1", "A2", {"golongan": "I/a"}, BLOCKS),
    ("R06", "A1", "A5", {"golongan": "I/a"}, PASSES),
    ("R06", "A1", "A6", {"golongan": "IV/d"}, BLOCKS),
    ("R06", "A1", "A6", {"golongan": "IV/e"}, PASSES),
    ("R06", "A1", "A5", {"status": "PPPK", "golongan": "V"}, APART),
    ("R06", "A1", "N1", {}, APART),
    # R07: performance counts for promotion and for another functional job
    ("R07", "E1", "S1", {"predikat_2": "Butuh Perbaikan"}, BLOCKS),
    ("R07", "E1", "S1", {"predikat_2": "Sangat Kurang"}, BLOCKS),
    ("R07", "F1", "H1", {"predikat_1": "Butuh Perbaikan"}, BLOCKS),
    ("R07", "F1", "F2", {"predikat_2": "Butuh Perbaikan"}, BLOCKS),
    ("R07", "F2", "F1", {"predikat_2": "Butuh Perbaikan"}, APART),
    ("R07", "F1", "H1", {"predikat_1": "", "predikat_2": ""}, OPEN),
    ("R07", "A1", "A2", {"predikat_2": "Butuh Perbaikan"}, APART),
    # R12: 53 years to the end of that year of life, 2 years in the same field, tested
    ("R12", "F1", "H1", {}, PASSES),
    ("R12", "F1", "H1", {"tanggal_lahir": "1972-02-01"}, PASSES),
    ("R12", "F1", "H1", {"tanggal_lahir": "1972-01-30"}, BLOCKS),
    ("R12", "F1", "H1", {"uji_kompetensi": "tidak"}, BLOCKS),
    ("R12", "F1", "H1", {"uji_kompetensi": ""}, OPEN),
    ("R12", "F1", "H1", {"tmt_jabatan": "2024-01-31"}, PASSES),
    ("R12", "F1", "H1", {"tmt_jabatan": "2024-02-02"}, BLOCKS),
    ("R12", "F1", "H3", {}, BLOCKS),
    ("R12", "F1", "H2", {}, OPEN),
    ("R12", "H2", "F1", {}, OPEN),
    ("R12", "H2", "F1", {"tmt_jabatan": "2025-12-01"}, OPEN),
    ("R12", "F1", "F2", {}, APART),
    ("R12", "F1", "A1", {}, APART),
    # R35: kind, level and job class do not fall
    ("R35", "F2", "F1", {}, BLOCKS),
    ("R35", "F1", "H1", {}, PASSES),
    ("R35", "S1", "E1", {}, BLOCKS),
    ("R35", "E1", "S1", {}, PASSES),
    ("R35", "F0", "F2", {}, OPEN),
    ("R35", "F2", "F0", {}, OPEN),
    ("R35", "A1", "A2", {}, PASSES),
    ("R35", "L1", "L2", {}, PASSES),
    ("R35", "F1", "H4", {}, BLOCKS),
    ("R35", "E1", "F2", {}, BLOCKS),
    ("R35", "L3", "L1", {}, BLOCKS),
    ("R35", "A1", "N1", {}, OPEN),
    ("R35", "N1", "A1", {}, OPEN),
    ("R35", "A1", "N2", {}, BLOCKS),
    ("R35", "N2", "A1", {}, PASSES),
    ("R35", "E1", "A1", {}, BLOCKS),
    # R10: time left before retirement at 58 in a pelaksana seat
    ("R10", "A1", "A2", {"tanggal_lahir": "1968-02-02"}, PASSES),
    ("R10", "A1", "A2", {"tanggal_lahir": "1968-01-30"}, BLOCKS),
    ("R10", "A1", "A2", {"tanggal_lahir": ""}, OPEN),
    # R16: nobody's fit to a structural seat is known here
    ("R16", "E1", "S1", {}, OPEN),
    ("R16", "A1", "A2", {}, APART),
    # R24, R26: CPNS and part-time staff do not move
    ("R24", "A1", "A2", {"status": "CPNS"}, BLOCKS),
    ("R24", "A1", "A2", {}, PASSES),
    ("R26", "A1", "A2", {"status": "PPPK paruh waktu", "golongan": "VII"}, BLOCKS),
    ("R26", "A1", "A2", {"status": "PPPK", "golongan": "VII"}, PASSES),
    # R36: no promotion unless asked for; without a level nobody knows
    ("R36", "F1", "F2", {}, BLOCKS),
    ("R36", "F1", "H1", {}, APART),
    ("R36", "A1", "E1", {}, BLOCKS),
    ("R36", "F2", "F0", {}, OPEN),
    ("R36", "A1", "A2", {}, APART),
    ("R36", "L1", "L2", {}, APART),
    ("R36", "L1", "L3", {}, BLOCKS),
]


def _edge_verdicts(folder: Path, cases: list[tuple[str, str, str, dict[str, str], str]], settings: str = "") -> list[str]:
    folder.mkdir(exist_ok=True)
    people = [{"pegawai_id": f"P{i:02d}", "jabatan_id": own, **EDGE_PERSON, **changes} for i, (_, own, _, changes, _) in enumerate(cases)]
    lines = [",".join(people[0]), *(",".join(p.values()) for p in people)]
    for name, content in (("unit", UNIT), ("jabatan", EDGE_SEATS), ("pegawai", "\n".join(lines) + "\n")):
        (folder / f"{name}.csv").write_text(content)
    (folder / "cycle.yaml").write_text("tanggal: 2026-01-31\n" + settings)
    cycle = mt.read_cycle(folder)
    place = {j: k for k, j in enumerate(cycle.jabatan["jabatan_id"])}
    assert cycle.pegawai["pegawai_id"].to_list() == [p["pegawai_id"] for p in people]
    found = rules.evaluate(cycle, np.arange(len(cases)), np.array([place[to] for _, _, to, _, _ in cases]))
    audit = broken(facts_of(cycle), np.arange(len(cases)), np.array([place[to] for _, _, to, _, _ in cases]))
    bit = {r.id: r.bit for r in rules.load(cycle)}
    assert [bool(audit[case[0]][i]) for i, case in enumerate(cases)] == [case[-1] == BLOCKS for case in cases], "verify reads the rules by itself"
    words = ((BLOCKS, found.blocked), (OPEN, found.unchecked), (PASSES, found.applies))
    return [next((word for word, mask in words if mask[i] & bit[case[0]]), APART) for i, case in enumerate(cases)]


def test_each_rule_at_its_edges(tmp_path: Path) -> None:
    found = _edge_verdicts(tmp_path, EDGES)
    assert [(*case, said) for case, said in zip(EDGES, found, strict=True) if said != case[-1]] == []


def test_promotion_when_asked_for_goes_one_step(tmp_path: Path) -> None:
    cases = [("R36", "F1", "F2", {}, PASSES), ("R36", "F1", "F3", {}, BLOCKS), ("R36", "A1", "E1", {}, PASSES), ("R36", "F2", "F1", {}, APART), ("R36", "F2", "F0", {}, OPEN)]
    assert _edge_verdicts(tmp_path, cases, "aturan: {R36: {promosi: true}}\n") == [c[-1] for c in cases]


def test_moves_stay_in_one_office_when_the_round_is_limited_so(tmp_path: Path) -> None:
    # C lies below D1: one office with it; a unit without one above is an office of its own
    places = {"C": "D1", "D1": "", "D2": "", "K": ""}
    units = "unit_id,nama,induk_id,jenis\n" + "".join(f"{u},Unit {u},{above},bidang\n" for u, above in places.items())
    seats = "jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan\n" + "".join(f"J{u},{u},Penata,pelaksana,7,1\n" for u in places)
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\n" + "".join(f"P{u},J{u},PNS,III/a,S1,2020-01-01\n" for u in places)
    for name, content in (("unit", units), ("jabatan", seats), ("pegawai", people)):
        (tmp_path / f"{name}.csv").write_text(content)
    (tmp_path / "cycle.yaml").write_text("tanggal: 2026-01-31\n")
    off = mt.read_cycle(tmp_path)
    on = off.with_settings(aturan={"R37": {"satu_kantor": True}})
    assert off.office.to_dict() == {"C": "D1", "D1": "D1", "D2": "D2", "K": "K"}
    said = [[rules.explain_pair(c, "PC", f"J{u}").set_index("rule_id")["verdict"]["R37"] for u in ("D1", "D2", "C")] for c in (off, on)]
    assert said == [[APART] * 3, [PASSES, BLOCKS, APART]]
    pairs = rules.allowed(on)
    assert sorted(zip(pairs.person.tolist(), pairs.seat.tolist(), strict=True)) == [(0, 0), (0, 1), (1, 0), (1, 1), (2, 2), (3, 3)]


def test_open_window_without_the_column_of_unit_heads_leaves_functional_seats_unchecked(tmp_path: Path) -> None:
    cases = [("R20", "S1", "S2", {}, BLOCKS), ("R20", "S1", "A2", {}, BLOCKS), ("R20", "A1", "E1", {}, BLOCKS), ("R20", "A1", "A2", {}, PASSES)]
    cases += [("R20", "F1", "F2", {}, OPEN), ("R20", "F1", "A1", {}, OPEN), ("R20", "A1", "F1", {}, OPEN)]
    assert _edge_verdicts(tmp_path, cases, "jendela: {pelantikan: 2025-10-15}\n") == [c[-1] for c in cases]


def test_locked_seats_hold_their_people_and_take_nobody(tmp_path: Path) -> None:
    unit = UNIT + "C,Dinas Kependudukan dan Pencatatan Sipil,K,dinas\n"
    seats = (
        "jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan,terkunci\nA1,D1,Penata,pelaksana,7,2,tidak\nA2,D2,Penata,pelaksana,7,2,ya\nA3,C,Penata,pelaksana,7,2,tidak\n"
        "W1,D1,Kasubbag X,pengawas,9,1,tidak\nW2,C,Kasubbag Y,pengawas,9,1,tidak\nI1,D1,Inspektur,jpt,15,1,tidak\nI2,D1,Inspektur Pembantu Satu,administrator,12,1,tidak\nI3,D2,Camat Timur,administrator,12,1,tidak\nI4,D2,Kabid,administrator,12,1,tidak\n"
    )
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\n" + "".join(f"P{j},{j},PNS,III/d,S1,2020-01-01\n" for j in ("A1", "A2", "A3", "W1", "W2", "I1", "I2", "I3", "I4"))
    for name, content in (("unit", unit), ("jabatan", seats), ("pegawai", people), ("cycle", "")):
        (tmp_path / f"{name}.csv").write_text(content) if content else (tmp_path / "cycle.yaml").write_text("tanggal: 2026-01-31\n")
    cycle = mt.read_cycle(tmp_path)

    def blocked(rule: str, own: str, to: str) -> bool:
        found = rules.explain_pair(cycle, f"P{own}", to).set_index("rule_id")["verdict"]
        return found[rule] == BLOCKS

    # R27: a seat marked as locked, and officials of the civil registry (its other staff move)
    assert {pair: blocked("R27", *pair) for pair in (("A1", "A2"), ("A2", "A1"), ("A1", "A3"), ("A3", "A1"), ("W1", "W2"), ("W2", "W1"), ("W1", "A1"))} == {
        ("A1", "A2"): True, ("A2", "A1"): True, ("A1", "A3"): False, ("A3", "A1"): False, ("W1", "W2"): True, ("W2", "W1"): True, ("W1", "A1"): False,
    }  # fmt: skip
    # R28: inspector and camat by their titles, the inspector's assistants not
    assert {pair: blocked("R28", *pair) for pair in (("I4", "I1"), ("I1", "I4"), ("I4", "I2"), ("I2", "I4"), ("I4", "I3"), ("I3", "I4"))} == {
        ("I4", "I1"): True, ("I1", "I4"): True, ("I4", "I2"): False, ("I2", "I4"): False, ("I4", "I3"): True, ("I3", "I4"): True,
    }  # fmt: skip
