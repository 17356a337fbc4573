"""Rules on small hand-made cycles: each verdict told by the law's text, and the sparse join against the dense product."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.rules.book import book_of
from mutasi_toolkit.rules.page import rules_page
from mutasi_toolkit.rules.pairs import candidates
from mutasi_toolkit.rules.windows import election_window, inauguration_window

UNIT = "unit_id,nama,induk_id,jenis\nK,Kota,,kota\nD1,Dinas A,K,dinas\nD2,Dinas B,K,dinas\n"
SEATS = (
    "jabatan_id,unit_id,nama,jenis,eselon,jenjang,kelas_jabatan,klasifikasi,profesi,kebutuhan\n"
    "A1,D1,Penata Layanan Operasional,pelaksana,,,7,umum,,2\n"
    "A2,D2,Penata Layanan Operasional,pelaksana,,,7,umum,,3\n"
    "A3,D2,Pengadministrasi Perkantoran,pelaksana,,,5,umum,,1\n"
    "S1,D1,Kepala Bidang X,administrator,III.b,,11,umum,,1\n"
    "S2,D2,Kepala Bidang Y,administrator,III.b,,11,umum,,1\n"
    "G1,D1,Guru Ahli Muda,fungsional,,ahli muda,9,pendidikan,guru,1\n"
    "G2,D2,Guru Ahli Muda,fungsional,,ahli muda,9,pendidikan,guru,2\n"
)
PEOPLE = (
    "pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan,profesi,predikat_1,predikat_2,hukuman_disiplin,proses_hukum,tugas_belajar,ikatan_dinas,uji_kompetensi,akhir_kontrak\n"
    "P1,A1,PNS,III/a,S1,1985-01-01,2020-01-01,,Baik,Baik,tidak,tidak,tidak,tidak,ya,\n"
    "P2,A1,PNS,III/a,S1,1985-01-01,2024-02-01,,Baik,Baik,tidak,tidak,tidak,tidak,ya,\n"
    "P3,S1,PNS,IV/a,S2,1975-01-01,2022-01-01,,Baik,Baik,tidak,tidak,tidak,tidak,ya,\n"
    "P4,G1,PPPK,IX,S1,1990-01-01,2022-01-01,guru,Baik,Baik,tidak,tidak,tidak,tidak,ya,2027-01-01\n"
    "P5,A2,PNS,II/c,SLTA,1985-01-01,2020-01-01,,Baik,Kurang,ya,tidak,tidak,tidak,ya,\n"
)


def _cycle(tmp_path: Path, settings: str = "", people: str = PEOPLE) -> mt.Cycle:
    for name, content in (("unit", UNIT), ("jabatan", SEATS), ("pegawai", people)):
        (tmp_path / f"{name}.csv").write_text(content)
    (tmp_path / "cycle.yaml").write_text("tanggal: 2026-01-31\n" + settings)
    return mt.read_cycle(tmp_path)


def _blocking(cycle: mt.Cycle, person: str, seat: str) -> set[str]:
    found = rules.explain_pair(cycle, person, seat)
    return set(found.loc[found["verdict"] == "menghalangi", "rule_id"])


@pytest.mark.parametrize(
    ("person", "seat", "blocked"),
    [
        ("P1", "A2", set()),  # six years in the seat, same job
        ("P1", "A3", {"R35"}),  # job class falls from 7 to 5
        ("P2", "A2", {"R01"}),  # one day short of two years
        ("P1", "S2", {"R06", "R35"}),  # pelaksana does not become administrator
        ("P1", "G2", {"R12", "R29", "R35"}),  # not a teacher; another field
        ("P4", "G2", set()),  # PPPK, same job, within the contract
        ("P4", "A2", {"R25", "R29", "R35"}),
        ("P5", "A1", {"R08"}),  # discipline; SLTA is enough for pelaksana by default
    ],
)
def test_verdicts(tmp_path: Path, person: str, seat: str, blocked: set[str]) -> None:
    assert _blocking(_cycle(tmp_path), person, seat) - {"R36"} == blocked


def test_two_years_to_the_day_suffice(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path, people=PEOPLE.replace("2024-02-01", "2024-01-31"))
    assert "R01" not in _blocking(cycle, "P2", "A2")


def test_inauguration_window_freezes_officials_only_and_is_waived(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path, "jendela: {pelantikan: 2025-10-15}\n")
    assert "R20" in _blocking(cycle, "P3", "S2")
    assert "R20" not in _blocking(cycle, "P1", "A2")
    waived = cycle.with_settings(izin={"pegawai": ["P3"]})
    assert "R20" not in _blocking(waived, "P3", "S2")
    found = rules.explain_pair(waived, "P3", "S2").set_index("rule_id")["verdict"]
    assert found["R20"] == "dikecualikan"


@pytest.mark.parametrize(("day", "inside"), [("2025-10-14", False), ("2025-10-15", True), ("2026-04-15", True), ("2026-04-16", False)])
def test_inauguration_window_by_the_day(tmp_path: Path, day: str, inside: bool) -> None:
    cycle = _cycle(tmp_path, "jendela: {pelantikan: 2025-10-15}\n").with_settings(tanggal=day)
    assert inauguration_window(cycle.settings) is inside


def test_election_window_opens_six_months_before_the_candidates_are_set(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path, "jendela: {penetapan_paslon: 2024-09-22, akhir_masa_jabatan: 2025-02-20}\n")
    days = {"2024-03-21": False, "2024-03-22": True, "2025-02-20": True, "2025-02-21": False}
    assert {d: election_window(cycle.with_settings(tanggal=d).settings) for d in days} == days


def test_missing_value_is_not_checked_and_never_passed(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path, people=PEOPLE.replace("Baik,Baik,tidak,tidak,tidak,tidak,ya,\nP2", "Baik,Baik,,tidak,tidak,tidak,ya,\nP2"))
    found = rules.explain_pair(cycle, "P1", "A2").set_index("rule_id")["verdict"]
    assert found["R08"] == "tidak_diperiksa"
    assert found["R30"] == "tidak_diperiksa"
    assert not rules.coverage(cycle).set_index("rule_id").loc["R30", "diperiksa"]


def test_staying_is_always_allowed(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path, "jendela: {status_kepala: plt}\n")
    pairs = rules.allowed(cycle)
    own = cycle.jabatan["jabatan_id"].to_numpy()[pairs.seat] == cycle.pegawai["jabatan_id"].to_numpy()[pairs.person]
    assert len(pairs) == len(cycle.pegawai)
    assert own.all()


def test_sparse_join_equals_the_dense_product() -> None:
    cycle = mt.read_cycle(data_dir("cycles") / "contoh", "setelah_jendela")
    n, m = len(cycle.pegawai), len(cycle.jabatan)
    person, seat = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    dense = rules.evaluate(cycle, person, seat).blocked == 0
    pairs = rules.allowed(cycle)
    assert set(zip(person[dense].tolist(), seat[dense].tolist(), strict=True)) == set(zip(pairs.person.tolist(), pairs.seat.tolist(), strict=True))


def test_rules_are_thirty_seven_and_each_says_how_sure_it_is() -> None:
    found = rules.load()
    assert [r.id for r in found] == [f"R{k:02d}" for k in range(1, 38)]
    assert {r.sure for r in found} == {"read", "secondary", "memory"}
    assert all(r.citation and r.statement_id and r.statement_en for r in found)


@pytest.mark.parametrize("bad", ["aturan: {R99: {x: 1}}\n", "aturan: {R01: {tahun: 1}}\n"])
def test_unknown_rule_or_parameter_is_refused(tmp_path: Path, bad: str) -> None:
    with pytest.raises(mt.InputError, match=r"R99|tahun"):
        rules.load(_cycle(tmp_path, bad))


def test_parameter_of_the_settings_is_in_force(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path, "aturan: {R01: {min_tenure_years: 1}}\n")
    assert "R01" not in _blocking(cycle, "P2", "A2")


def test_limits_count_part_time_staff(tmp_path: Path) -> None:
    (tmp_path / "paruh_waktu.csv").write_text("jabatan_id,orang\nA2,3\n")
    found = rules.limits(_cycle(tmp_path))
    at = 1  # A2: need 3, 1.5 FTE part-time, one person
    assert (found.need[at], found.fixed[at], found.open[at], found.capacity[at]) == (3, 1.5, 1, 1)


def test_decisions_lock_force_and_forbid(tmp_path: Path) -> None:
    (tmp_path / "keputusan.csv").write_text("pegawai_id,putusan,jabatan_id\nP1,terima,A2\nP2,kunci,\nP4,tolak,G2\n")
    cycle = _cycle(tmp_path)
    found = rules.decisions(cycle)
    assert (found.stay.tolist(), found.forced.tolist(), found.forbidden.tolist()) == ([1], [[0, 1]], [[3, 4]])


def test_decision_against_a_hard_rule_names_it(tmp_path: Path) -> None:
    (tmp_path / "keputusan.csv").write_text("pegawai_id,putusan,jabatan_id\nP2,terima,A2\n")
    with pytest.raises(mt.InfeasibleError, match="R01"):
        rules.decisions(_cycle(tmp_path))


@pytest.mark.parametrize(
    ("decisions", "says"),
    [
        ("P1,terima,A2\nP1,kunci,A1\n", "P1"),
        ("P1,terima,A2\nP1,tolak,\n", "P1"),
        ("P4,terima,G1\nP4,terima,G2\n", "P4"),
    ],
)
def test_decisions_that_cannot_both_hold_end_in_exit_3(tmp_path: Path, decisions: str, says: str) -> None:
    names = ("pegawai_id", "putusan", "jabatan_id")
    cycle = _cycle(tmp_path).with_settings(keputusan=[{k: v or None for k, v in zip(names, row.split(","), strict=True)} for row in decisions.split()])
    with pytest.raises(mt.InfeasibleError, match=says) as caught:
        rules.decisions(cycle)
    assert caught.value.exit_code == 3


def test_decisions_that_overfill_a_seat_name_r14(tmp_path: Path) -> None:
    people = PEOPLE.replace("P2,A1,PNS,III/a,S1,1985-01-01,2024-02-01", "P2,A1,PNS,III/a,S1,1985-01-01,2020-02-01")
    (tmp_path / "keputusan.csv").write_text("pegawai_id,putusan,jabatan_id\nP1,terima,A2\nP2,terima,A2\n")
    (tmp_path / "paruh_waktu.csv").write_text("jabatan_id,orang\nA2,4\n")
    with pytest.raises(mt.InfeasibleError, match=r"A2.*R14"):
        rules.decisions(_cycle(tmp_path, people=people))


def test_page_of_the_rules_is_made_from_the_data() -> None:
    assert (data_dir("parameters").parents[1] / "docs" / "aturan.md").read_text(encoding="utf-8") == rules_page()
    assert all(f"| R{k:02d} |" in rules_page("en") for k in range(1, 37))


def test_every_parameter_of_a_rule_is_read_somewhere() -> None:
    code = "".join(p.read_text(encoding="utf-8") for p in Path(rules.__file__).parents[1].rglob("*.py"))
    whole = {"R04", "R05"}  # read as one table of the kinds of seat
    unread = [(r.id, name) for r in rules.load() for name in r.parameters if r.id not in whole and f'"{name}"' not in code]
    assert unread == []


def test_those_who_are_due_stand_longest_first(tmp_path: Path) -> None:
    found = rules.due(_cycle(tmp_path))
    assert found["pegawai_id"].tolist() == ["P1", "P5"]
    assert found["masa_jabatan"].to_list() == pytest.approx([6 + 30 / 365.2425] * 2, abs=1e-6)
    five = rules.due(_cycle(tmp_path, "aturan: {R02: {max_tenure_years: 4}}\n"))
    assert five["pegawai_id"].tolist() == ["P1", "P5", "P3", "P4"]


def test_limits_by_position(tmp_path: Path) -> None:
    (tmp_path / "konflik.csv").write_text("pegawai_a,pegawai_b,alasan\nP1,P3,suami istri\n")
    found = rules.limits(_cycle(tmp_path, "anggaran: {pindah: 2}\n"))
    assert found.need.tolist() == [2, 3, 1, 1, 2, 1, 1]
    assert found.present.tolist() == [2, 1, 0, 1, 0, 1, 0]
    assert found.capacity.tolist() == found.open.tolist() == [2, 3, 1, 1, 2, 1, 1]
    assert found.opd_ids[found.opd].tolist() == ["D1", "D2", "D2", "D1", "D2", "D1", "D2"]
    assert (found.conflicts.tolist(), found.budget) == ([[0, 2]], 2)
    assert rules.limits(_cycle(tmp_path, "aturan: {R14: {kelebihan_boleh: 1}}\n")).open.tolist() == [3, 4, 2, 2, 3, 2, 2]


def test_an_overfilled_seat_keeps_its_people_and_has_no_room(tmp_path: Path) -> None:
    (tmp_path / "paruh_waktu.csv").write_text("jabatan_id,orang\nA1,6\n")
    found = rules.limits(_cycle(tmp_path))
    assert (found.capacity[0], found.open[0]) == (2, 0)


def test_coverage_counts_blocks_and_people_that_could_not_be_checked(tmp_path: Path) -> None:
    people = PEOPLE.replace("P1,A1,PNS,III/a,S1,1985-01-01,2020-01-01,,Baik,Baik,tidak", "P1,A1,PNS,III/a,S1,1985-01-01,2020-01-01,,Baik,Baik,")
    found = rules.coverage(_cycle(tmp_path, people=people)).set_index("rule_id")
    assert found.loc["R08", "n_orang_tidak_diperiksa"] == 1
    assert found.loc["R08", "diperiksa"]
    assert found.loc["R30", "kolom_kosong"] == "pegawai.jabatan_rangkap"
    assert found.loc["R01", "n_pasangan_dihalangi"] == 2  # P2 into A2 and A3
    assert found.loc["R35", "n_pasangan_dihalangi"] == 2  # P1 and P2 into A3
    assert rules.coverage(_cycle(tmp_path), "en").set_index("rule_id").loc["R24", "pernyataan"] == "CPNS are not moved during probation"


def test_pair_that_does_not_exist_is_refused_and_staying_is_asked_nothing(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path)
    with pytest.raises(mt.InputError, match="P99"):
        rules.explain_pair(cycle, "P99", "A1")
    with pytest.raises(mt.InputError, match="X1"):
        rules.explain_pair(cycle, "P1", "X1")
    found = rules.explain_pair(cycle, "P2", "A1", "en")
    assert set(found["verdict"]) == {"tidak_berlaku"}
    assert found["rule_id"].tolist() == sorted(found["rule_id"])
    assert found.set_index("rule_id").loc["R24", "sure"] == "memory"


def test_decisions_lock_to_a_seat_and_refuse_the_own_one(tmp_path: Path) -> None:
    (tmp_path / "keputusan.csv").write_text("pegawai_id,putusan,jabatan_id\nP1,kunci,A2\nP2,tolak,A1\nP3,terima,S1\nP4,tolak,\n")
    found = rules.decisions(_cycle(tmp_path))
    assert found.forced.tolist() == [[0, 1]]
    assert found.stay.tolist() == [1, 2, 3]
    assert found.forbidden.shape == (0, 2)


def test_acceptance_without_a_seat_is_refused(tmp_path: Path) -> None:
    (tmp_path / "keputusan.csv").write_text("pegawai_id,putusan,jabatan_id\nP1,terima,\n")
    with pytest.raises(mt.InputError, match="P1"):
        rules.decisions(_cycle(tmp_path))


def test_promotion_goes_one_step_when_asked_for(tmp_path: Path) -> None:
    on = "aturan: {R36: {promosi: true}, R05: {administrator: 3, pengawas: 1, jpt: 2}}\n"
    found = rules.explain_pair(_cycle(tmp_path, on), "P1", "S1").set_index("rule_id")["verdict"]
    assert (found["R35"], found["R36"]) == ("menghalangi", "tidak_berlaku")  # pelaksana to administrator is two steps
    assert rules.rule_ids(int(rules.load()[35].bit)) == ["R36"]


def test_decisions_on_the_first_seat_of_the_table(tmp_path: Path) -> None:
    (tmp_path / "keputusan.csv").write_text("pegawai_id,putusan,jabatan_id\nP3,tolak,A1\nP5,kunci,A1\n")
    found = rules.decisions(_cycle(tmp_path, people=PEOPLE.replace("Kurang,ya", "Kurang,tidak")))
    assert (found.stay.tolist(), found.forced.tolist(), found.forbidden.tolist()) == ([], [[4, 0]], [[2, 0]])


def test_teachers_without_a_subject_column_are_not_checked(tmp_path: Path) -> None:
    cycle = _cycle(tmp_path)
    verdict = {pair: rules.explain_pair(cycle, *pair).set_index("rule_id")["verdict"]["R29"] for pair in (("P4", "G2"), ("P4", "A2"), ("P1", "G2"), ("P1", "A2"))}
    assert list(verdict.values()) == ["tidak_diperiksa", "menghalangi", "menghalangi", "tidak_berlaku"]


def test_decisions_on_several_people_are_pairs_in_order(tmp_path: Path) -> None:
    (tmp_path / "keputusan.csv").write_text("pegawai_id,putusan,jabatan_id\nP3,tolak,S2\nP1,tolak,A3\nP4,kunci,\nP2,tolak,\n")
    found = rules.decisions(_cycle(tmp_path))
    assert found.stay.tolist() == [1, 3]
    assert found.forbidden.tolist() == [[0, 2], [2, 6]]
    assert found.forced.shape == (0, 2)


def test_beginners_are_no_candidates_for_the_next_level(tmp_path: Path) -> None:
    # a level of 0 is a level; a missing one is not
    seats = SEATS + "N1,D1,Pranata,fungsional,,pemula,5,umum,,1\nN2,D2,Pranata,fungsional,,terampil,6,umum,,1\nN3,D2,Pranata,fungsional,,pemula,5,umum,,1\nN4,D2,Pranata,fungsional,,,5,umum,,1\n"
    for name, content in (("unit", UNIT), ("jabatan", seats), ("pegawai", PEOPLE + "P6,N1,PNS,II/a,SLTA,1990-01-01,2020-01-01,,Baik,Baik,tidak,tidak,tidak,tidak,ya,\n")):
        (tmp_path / f"{name}.csv").write_text(content)
    (tmp_path / "cycle.yaml").write_text("tanggal: 2026-01-31\n")
    cycle = mt.read_cycle(tmp_path)
    person, seat = candidates(book_of(cycle))
    place = cycle.pegawai["pegawai_id"].to_list().index("P6")
    assert sorted(cycle.jabatan["jabatan_id"].iloc[seat[person == place]]) == ["N1", "N3", "N4"]
