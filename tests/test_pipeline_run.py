"""Runs of the small example with small notebooks: resume, failures, decisions, pseudonyms, clusters."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
import zipfile
from pathlib import Path

import nbformat
import pandas as pd
import pytest
from openpyxl import load_workbook

import mutasi_toolkit as mt
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.pipeline import execute, folder, prepare, work
from mutasi_toolkit.pipeline.pseudonyms import KEY, find_key, masked, pseudonym
from mutasi_toolkit.pipeline.run import run_cycle
from mutasi_toolkit.pipeline.verify import verify_run

SECRET = "a key for tests, not a secret"
PARAMETERS = 'siklus: str = "contoh"\nskenario: str = "dasar"\nfolder_hasil: str = ""\nbahasa: str = "id"\nbaris: int = 10\n'


def _notebook(path: Path, code: str, more: str = "") -> None:
    cells = [nbformat.v4.new_code_cell(PARAMETERS + more, id="parameter", metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell(code, id="isi")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), path)


@pytest.fixture
def notebooks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Two small notebooks in place of the six: one reads the proposal, one the other scenarios."""
    place = tmp_path / "buku"
    place.mkdir()
    _notebook(place / "01_kecil.ipynb", "import pathlib\nprint(len(pathlib.Path(folder_hasil, 'tables', 'usulan.csv').read_text().splitlines()))")
    _notebook(place / "06_skenario.ipynb", "print(sorted(folder_banding))", "skenario_banding: list = []\nfolder_banding: dict = {}\n")
    monkeypatch.setattr(prepare, "notebooks_dir", lambda: place)
    return place


@pytest.fixture
def few_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    """One picture instead of all."""
    from mutasi_toolkit.report import pictures

    monkeypatch.setattr(pictures, "ALT_KINDS", ("suku",))


@pytest.fixture
def cycle(tmp_path: Path) -> Path:
    place = tmp_path / "contoh"
    shutil.copytree(data_dir("cycles") / "contoh", place)
    return place


def _files(run: Path) -> dict[str, str]:
    return {n: d for n, d in folder.hash_tree(run).items() if n != "timings.json"}


@pytest.mark.usefixtures("few_figures")
def test_one_failed_scenario_does_not_stop_the_other_and_only_the_rest_is_redone(cycle: Path, notebooks: Path, tmp_path: Path) -> None:
    _notebook(notebooks / "02_gagal.ipynb", "assert skenario != 'tanpa_pindah', 'sengaja'")
    out = tmp_path / "runs"
    good, bad = run_cycle(cycle, ["dasar", "tanpa_pindah"], out, workers=1)
    assert good.error is None
    assert (out / "dasar" / "manifest.json").is_file()
    assert "sengaja" in str(bad.error)
    assert "[3]" in str(bad.error)
    kept = nbformat.read(bad.place / "notebooks" / "02_gagal.failed.ipynb", as_version=4)
    assert any(o.output_type == "error" for c in kept.cells if c.cell_type == "code" for o in c.outputs)
    assert not (out / "tanpa_pindah").exists()
    assert (out / "dasar").stat().st_mode & 0o077 == 0
    assert out.stat().st_mode & 0o077 == 0
    told = json.loads((out / "dasar" / "timings.json").read_text())
    assert told["seconds"]["proposal"] > 0
    assert told["memory_mb"]["proposal"] > 10
    parts = told["parts"]["proposal"]
    assert set(parts["seconds"]) == set(parts["memory_mb"]) == {"read", "gains", "rules", "assignment", "spread", "tables", "check", "firmness"}
    assert 0 < sum(parts["seconds"].values()) <= told["seconds"]["proposal"]
    before = _files(out / "dasar")
    _notebook(notebooks / "02_gagal.ipynb", "print('baik')")
    good, mended = run_cycle(cycle, ["dasar", "tanpa_pindah"], out, workers=1)
    assert mended.error is None
    assert mended.redone == ("notebook 02_gagal",)
    assert good.redone == ("notebook 02_gagal",)
    assert {n for n, d in _files(out / "dasar").items() if before.get(n) != d} == {"manifest.json", "notebooks/02_gagal.ipynb"}
    compared = nbformat.read(out / "dasar" / "notebooks" / "06_skenario.ipynb", as_version=4)
    assert "['dasar', 'tanpa_pindah']" in compared.cells[-1].outputs[0].text
    assert str(tmp_path) not in json.dumps(compared)
    assert [o.redone for o in run_cycle(cycle, ["dasar", "tanpa_pindah"], out, workers=1)] == [(), ()]


@pytest.mark.usefixtures("few_figures", "notebooks")
def test_marks_in_the_workbook_are_obeyed_by_the_next_run_and_kept_for_later_ones(cycle: Path, tmp_path: Path) -> None:
    run = run_cycle(cycle, out=tmp_path)[0].place
    first = mt.read_proposal(run).plan.moves.set_index("pegawai_id")["jabatan_id"]
    book = load_workbook(run / "usulan.xlsx")
    sheet = book["Usulan"]
    head = next(r for r in range(1, 12) if "Putusan" in [c.value for c in sheet[r]])
    at = {c.value: c.column for c in sheet[head]}
    people = [sheet.cell(head + k, at["NIP atau kode pegawai"]).value for k in (1, 2, 3)]
    for k, verdict in enumerate(("terima", "tolak", "kunci"), start=1):
        sheet.cell(head + k, at["Putusan"]).value = verdict
    book.save(run / "usulan.xlsx")
    assert run_cycle(cycle, out=tmp_path)[0].error is None
    second = mt.read_proposal(run).plan.moves.set_index("pegawai_id")["jabatan_id"]
    assert second.get(people[0]) == first[people[0]]
    assert second.get(people[1]) != first[people[1]]
    assert people[2] not in second.index
    kept = pd.read_csv(run / "keputusan.csv", dtype=str).set_index("pegawai_id")
    assert kept.loc[people, "putusan"].to_list() == ["terima", "tolak", "kunci"]
    assert verify_run(run, cycle) > 0
    assert run_cycle(cycle, out=tmp_path)[0].redone == ()


@pytest.mark.usefixtures("few_figures", "notebooks")
def test_no_code_of_a_person_is_left_in_a_run_under_pseudonyms(cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hidden = run_cycle(cycle, out=tmp_path / "runs", secret=SECRET)[0]
    assert hidden.error is None
    codes = mt.read_cycle(cycle).pegawai["pegawai_id"]
    for path in hidden.place.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            if path.suffix == ".xlsx":
                with zipfile.ZipFile(path) as archive:
                    content = b"".join(archive.read(n) for n in archive.namelist())
            assert not [c for c in codes if c.encode() in content], path
            assert SECRET.encode() not in content
    real, under = mt.propose(mt.read_cycle(cycle)).plan.moves, mt.read_proposal(hidden.place).plan.moves
    assert {(pseudonym(p, SECRET), j) for p, j in real.itertuples(index=False)} == set(under.itertuples(index=False, name=None))
    monkeypatch.setenv(KEY, SECRET + "?")
    with pytest.raises(InputError, match="kunci"):
        verify_run(hidden.place, cycle)


def test_masking_keeps_the_cycle_and_its_plan(contoh: mt.Cycle) -> None:
    hidden = masked(contoh, SECRET)
    names = {p: pseudonym(p, SECRET) for p in contoh.pegawai["pegawai_id"]}
    assert set(hidden.pegawai["pegawai_id"]) == set(names.values())
    assert hidden.seated["jabatan_id"].to_dict() == {names[p]: j for p, j in contoh.seated["jabatan_id"].items()}
    assert len(set(names.values())) == len(names)
    pd.testing.assert_series_equal(mt.workload.need(hidden)["selisih"], mt.workload.need(contoh)["selisih"])
    again = masked(hidden, SECRET)
    assert again.pegawai["pegawai_id"].nunique() == len(names)


def test_the_key_lies_outside_the_runs_and_is_private(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(KEY, raising=False)
    monkeypatch.setenv("MUTASI_PSEUDONYM_KEY_FILE", str(tmp_path / "k" / "kunci"))
    made = find_key(tmp_path / "runs")
    assert len(made) == 64
    assert find_key(tmp_path / "runs") == made
    assert (tmp_path / "k" / "kunci").stat().st_mode & 0o077 == 0
    with pytest.raises(InputError, match="kunci"):
        find_key(tmp_path)
    monkeypatch.setenv(KEY, "short")
    with pytest.raises(InputError, match="16"):
        find_key(tmp_path / "runs")


def test_a_dead_kernel_is_told_and_leaves_a_run_that_can_go_on(cycle: Path, notebooks: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(work, "_figures", lambda job: None)
    monkeypatch.setattr(work, "_report", lambda job: None)
    _notebook(notebooks / "02_mati.ipynb", "import os, signal\nos.kill(os.getpid(), signal.SIGKILL)")
    outcome = run_cycle(cycle, out=tmp_path / "runs")[0]
    assert isinstance(outcome.error, execute.NotebookError)
    assert "02_mati" in str(outcome.error)
    _notebook(notebooks / "02_mati.ipynb", "print(1)")
    again = run_cycle(cycle, out=tmp_path / "runs")[0]
    assert again.error is None
    assert "proposal" not in again.redone


def test_scratch_of_dead_processes_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(execute.tempfile, "gettempdir", lambda: str(tmp_path))
    dead, alive = tmp_path / "mt-999999999-x", tmp_path / f"mt-{os.getpid()}-x"
    dead.mkdir()
    alive.mkdir()
    execute.sweep()
    assert not dead.exists()
    assert alive.exists()


def _dask_worker(address: str, place: Path) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli.dask_worker", address, "--nthreads", "1", "--no-nanny", "--no-dashboard", "--local-directory", str(place)]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


@pytest.mark.slow
@pytest.mark.filterwarnings("default")
def test_workers_in_processes_of_their_own_give_the_same_bytes_though_one_is_killed(cycle: Path, notebooks: Path, tmp_path: Path) -> None:
    distributed = pytest.importorskip("distributed")
    _notebook(notebooks / "02_lama.ipynb", "import time\ntime.sleep(1)\nprint(skenario)")
    here = run_cycle(cycle, out=tmp_path / "a")[0]
    with distributed.LocalCluster(n_workers=0, dashboard_address=None, processes=True) as scheduler:
        workers = [_dask_worker(scheduler.scheduler_address, tmp_path / "w") for _ in range(2)]
        note = tmp_path / "b" / ".dasar.part" / ".stages" / "proposal.json"

        def kill_one() -> None:
            while not note.is_file() and workers[0].poll() is None:
                time.sleep(0.05)
            workers[0].send_signal(signal.SIGKILL)

        killer = threading.Thread(target=kill_one)
        killer.start()
        try:
            there = run_cycle(cycle, out=tmp_path / "b", scheduler=scheduler.scheduler_address)[0]
        finally:
            workers[0].kill()
            killer.join()
            for process in workers:
                process.kill()
                process.wait()
    assert there.error is None
    assert _files(here.place) == _files(there.place)


def test_no_scheduler_is_told(cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("distributed")
    from mutasi_toolkit.pipeline import pools

    monkeypatch.setattr(pools, "PATIENCE", "1s")
    with pytest.raises(InputError, match="penjadwal"):
        run_cycle(cycle, out=tmp_path / "runs", scheduler="tcp://127.0.0.1:9")
