"""Comparing runs, marking the workbook, and closing a cycle into the next."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

import mutasi_toolkit as mt
from mutasi_toolkit.cli import main
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.pipeline.close import close_run, next_name
from mutasi_toolkit.pipeline.compare import compare_runs
from mutasi_toolkit.pipeline.compare_page import compare_lines, compare_page
from mutasi_toolkit.pipeline.folder import outputs_of, write_json
from mutasi_toolkit.pipeline.run import Outcome
from mutasi_toolkit.pipeline.stages import input_hashes
from mutasi_toolkit.pipeline.summary import summary_lines
from mutasi_toolkit.report import opened_from, write_workbook
from mutasi_toolkit.report.marked import read_marked


def _run(place: Path, source: Path, cycle: mt.Cycle, scenario: str = "dasar") -> Path:
    """A run folder with all that compare and close read, without notebooks and pictures."""
    place.mkdir(parents=True)
    mt.propose(cycle).write(place)
    write_workbook(opened_from(cycle, place), place / "usulan.xlsx")
    settings = cycle.settings.as_dict()
    about = {"cycle": source.stem, "scenario": scenario, "language": "id", "settings": settings, "seed": 1, "key": "0123456789abcdef"}
    write_json(place / "manifest.json", about | {"inputs": input_hashes(source, None), "outputs": outputs_of(place)})
    return place


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = tmp_path_factory.mktemp("siklus") / "contoh"
    shutil.copytree(data_dir("cycles") / "contoh", place)
    return place


@pytest.fixture(scope="module")
def finished(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _run(tmp_path_factory.mktemp("hasil") / "dasar", source, mt.read_cycle(source))


@pytest.fixture
def run(finished: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(finished, tmp_path / "dasar"))


def _mark(run: Path, verdicts: list[str], who: str = "TPK") -> list[str]:
    """Mark the first rows of the proposal's sheet; gives the people marked."""
    book = load_workbook(run / "usulan.xlsx")
    sheet = book["Usulan"]
    head = next(r for r in range(1, 12) if "Putusan" in [c.value for c in sheet[r]])
    at = {c.value: c.column for c in sheet[head]}
    people = []
    for row, verdict in enumerate(verdicts, start=head + 1):
        sheet.cell(row, at["Putusan"]).value = verdict
        sheet.cell(row, at["Oleh"]).value = who
        people.append(sheet.cell(row, at["NIP atau kode pegawai"]).value)
    book.save(run / "usulan.xlsx")
    return people


def test_marks_in_the_workbook_come_back_as_decisions(run: Path) -> None:
    assert len(read_marked(run / "usulan.xlsx")) == 0
    people = _mark(run, ["terima", "tolak", "kunci"])
    back = read_marked(run / "usulan.xlsx").set_index("pegawai_id")
    moves = mt.read_proposal(run).plan.moves.set_index("pegawai_id")["jabatan_id"]
    assert back.loc[people, "putusan"].to_list() == ["terima", "tolak", "kunci"]
    assert back.loc[people[:2], "jabatan_id"].to_list() == moves.loc[people[:2]].to_list()
    assert back.loc[people[2], "jabatan_id"] == ""
    assert set(back["oleh"]) == {"TPK"}


def test_closing_carries_out_what_was_accepted_and_nothing_else(run: Path, source: Path, tmp_path: Path) -> None:
    people = _mark(run, ["terima", "tolak", "terima"])
    closed = close_run(run, tmp_path / "berikut", str(source), ("", "2026-02-12"))
    proposed = mt.read_proposal(run).plan.moves
    assert (closed.proposed, closed.carried_out, closed.refused) == (len(proposed), 2, 1)
    before, after = mt.read_cycle(source), mt.read_cycle(closed.place)
    accepted = proposed[proposed["pegawai_id"].isin([people[0], people[2]])]
    expected = before.after(accepted)
    assert after.seated["jabatan_id"].equals(expected.seated["jabatan_id"])
    assert len(after.riwayat) == len(before.riwayat) + 2
    moved = after.pegawai.set_index("pegawai_id").loc[people[0]]
    assert moved["tmt_jabatan"] == pd.Timestamp("2026-02-12")
    assert after.settings.tanggal.isoformat() == "2026-02-12"
    assert after.settings.siklus == "2026-2"
    assert len(after.keputusan) == 0
    kept = next((closed.place / "catatan").iterdir())
    record = pd.read_csv(kept / "keputusan.csv", dtype=str).set_index("pegawai_id")
    assert record["putusan"].value_counts().to_dict() == {"belum": len(proposed) - 3, "terima": 2, "tolak": 1}
    assert record.loc[people[1], "dilaksanakan"] == "tidak"
    assert json.loads((kept / "catatan.json").read_text())["usulan_id"] == "0123456789ab"
    next_run = _run(tmp_path / "hasil" / "dasar", closed.place, after)
    compared = compare_runs(run, next_run)
    assert compared.carried_out == 2
    assert "2 sudah dilaksanakan" in compare_lines(compared)[2]


def test_decisions_in_the_cycle_count_too(run: Path, source: Path, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(source, tmp_path / "contoh"))
    move = mt.read_proposal(run).plan.moves.iloc[0]
    (mine / "keputusan.csv").write_text(f"pegawai_id,putusan,oleh\n{move['pegawai_id']},terima,TPK\n")
    assert main(["close", str(run), "--cycle", str(mine), "--into", str(tmp_path / "x")]) == 0
    assert mt.read_cycle(tmp_path / "x").seated.loc[move["pegawai_id"], "jabatan_id"] == move["jabatan_id"]


@pytest.mark.parametrize(("verdicts", "who", "says"), [([], "", "belum ada putusan"), (["terima"], "", "R18")])
def test_closing_is_refused_without_decision_or_opinion(run: Path, source: Path, tmp_path: Path, verdicts: list[str], who: str, says: str) -> None:
    _mark(run, verdicts, who)
    with pytest.raises(InputError, match=says):
        close_run(run, tmp_path / "x", str(source))
    assert not (tmp_path / "x").exists()


def test_closing_is_refused_when_the_tables_changed(run: Path, source: Path, tmp_path: Path) -> None:
    mine = Path(shutil.copytree(source, tmp_path / "contoh"))
    with (mine / "hasil.csv").open("a") as handle:
        handle.write("\n")
    _mark(run, ["terima"])
    with pytest.raises(InputError, match=r"hasil\.csv"):
        close_run(run, tmp_path / "x", str(mine))


def test_names_of_cycles_count_on() -> None:
    assert [next_name(s) for s in ("2026", "2026-9", "")] == ["2026-2", "2026-10", "siklus-2"]


def test_a_run_compared_with_itself_differs_in_nothing(finished: Path) -> None:
    same = compare_runs(finished, finished)
    assert same.same
    assert compare_lines(same)[1] == "Tidak ada yang berbeda."


def test_comparison_names_people_needs_and_moves(finished: Path, source: Path, tmp_path: Path) -> None:
    cycle = mt.read_cycle(source)
    moved = cycle.after(mt.read_proposal(finished).plan.moves.head(2))
    gone = moved.pegawai["pegawai_id"].iloc[-1]
    other = Path(shutil.copytree(source, tmp_path / "lain"))
    moved.write(other)
    pegawai = pd.read_csv(other / "pegawai.csv", dtype=str)
    new = pegawai.iloc[[0]].assign(pegawai_id="199001012015011000", tanggal_lahir="1990-01-01", tmt_cpns="2015-01-01", tmt_jabatan="2024-01-01", tmt_unit="2024-01-01")
    pd.concat([pegawai[pegawai["pegawai_id"] != gone], new]).to_csv(other / "pegawai.csv", index=False)
    for name in ("keahlian", "preferensi", "konflik"):
        frame = pd.read_csv(other / f"{name}.csv", dtype=str)
        frame[~(frame == gone).any(axis=1)].to_csv(other / f"{name}.csv", index=False)
    later = mt.read_cycle(other, "tanpa_pindah")
    compared = compare_runs(finished, _run(tmp_path / "b", other, later, "tanpa_pindah"))
    assert compared.joined["pegawai_id"].to_list() == ["199001012015011000"]
    assert compared.left["pegawai_id"].to_list() == [gone]
    assert set(compared.moved["pegawai_id"]) == set(mt.read_proposal(finished).plan.moves.head(2)["pegawai_id"]) - {gone}
    assert compared.same_moves == 0
    assert compared.plan["tujuan_b"].isna().all()
    assert "anggaran.pindah" in set(compared.settings["kunci"])
    page = compare_page(compared)
    assert page.count("<h1>") == 1
    assert "http" not in page.replace("http-equiv", "")
    assert gone in page


def test_compare_command_writes_a_private_page(finished: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "banding.html"
    assert main(["compare", str(finished), str(finished), "--out", str(page), "--language", "en"]) == 0
    assert page.stat().st_mode & 0o077 == 0
    assert "Nothing differs" in capsys.readouterr().out
    assert main(["compare", str(finished), str(tmp_path)]) == 2


def test_run_ends_with_the_decisions_it_kept(run: Path) -> None:
    settings = {"sebaran": {"periode": 12}, "sintetis": True}
    write_json(run / "manifest.json", {"settings": settings})
    done = Outcome("dasar", run, True)
    assert not any("putusan" in line for line in summary_lines(done, "id"))
    (run / "keputusan.csv").write_text("pegawai_id,putusan,oleh\na,terima,TPK\nb,terima,TPK\nc,tolak,\n")
    said = next(line for line in summary_lines(done, "id") if "putusan" in line)
    assert "2 terima, 1 tolak, 0 kunci" in said
    assert "belum tercatat untuk 1" in said
