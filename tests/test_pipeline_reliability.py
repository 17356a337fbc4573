"""Bad luck and people's data: full disk, folders that cannot be written, two runs at once, a clock set back, small cells."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import nbformat
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.cli import main
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.pipeline import folder, pdf, prepare, run, stages, work
from mutasi_toolkit.pipeline.run import run_cycle
from mutasi_toolkit.pipeline.share import share_run, suppress


@pytest.fixture
def cycle(tmp_path: Path) -> Path:
    return Path(shutil.copytree(data_dir("cycles") / "contoh", tmp_path / "contoh"))


@pytest.fixture
def quick(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """No notebooks, and stages that only write a file: what is tested is the folder, not its content."""
    empty = tmp_path / "buku"
    empty.mkdir()
    monkeypatch.setattr(prepare, "notebooks_dir", lambda: empty)
    calls: list[str] = []

    def writes(name: str, file: str):
        def stage(job: stages.Job) -> None:
            calls.append(name)
            path = job.part / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name} {sorted(job.inputs.values())}")

        return stage

    for name, file in (("_propose", "tables/a.csv"), ("_figures", "figures/a.svg"), ("_report", "report.html")):
        monkeypatch.setattr(work, name, writes(name, file))
    monkeypatch.setattr(work, "_ready", lambda: None)
    return calls


def _content(place: Path) -> dict[str, str]:
    return {n: d for n, d in folder.hash_tree(place).items() if n != "timings.json"}


@pytest.mark.parametrize("at", ["tables/a.csv", "figures/a.svg", "report.html", "manifest.json"])
def test_a_full_disk_keeps_the_old_run_and_what_is_done(cycle: Path, quick: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: str) -> None:
    out = tmp_path / "runs"
    run_cycle(cycle, out=out)
    old = _content(out / "dasar")
    (cycle / "hasil.csv").write_text("unit_id,periode,indikator,nilai\n")
    real = Path.write_text

    def full(self: Path, *given: object, **named: object) -> int:
        if self.as_posix().endswith((at, at + ".part")):
            raise OSError(errno.ENOSPC, "No space left on device", str(self))
        return real(self, *given, **named)

    monkeypatch.setattr(Path, "write_text", full)
    outcome = run_cycle(cycle, out=out)[0]
    assert isinstance(outcome.error, OSError)
    assert outcome.error.errno == errno.ENOSPC
    assert _content(out / "dasar") == old
    monkeypatch.setattr(Path, "write_text", real)
    quick.clear()
    assert run_cycle(cycle, out=out)[0].error is None
    if at != "tables/a.csv":
        assert "_propose" not in quick
    resumed = _content(out / "dasar")
    run_cycle(cycle, out=tmp_path / "fresh")
    assert resumed == _content(tmp_path / "fresh" / "dasar")


@pytest.mark.usefixtures("quick")
def test_a_folder_that_cannot_be_written_is_told_with_exit_2(cycle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert main(["run", str(cycle), "--out", str(tmp_path / "file" / "runs")]) == 2
    assert "file" in capsys.readouterr().err
    if os.geteuid() != 0:
        closed = tmp_path / "closed"
        closed.mkdir(mode=0o500)
        assert main(["run", str(cycle), "--out", str(closed / "runs")]) == 2


@pytest.mark.usefixtures("quick")
def test_a_table_that_cannot_be_read_is_told_with_exit_2(cycle: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (cycle / "unit.csv").unlink()
    (cycle / "unit.csv").mkdir()
    assert main(["run", str(cycle), "--out", str(tmp_path / "runs")]) == 2
    assert capsys.readouterr().err
    assert not (tmp_path / "runs").exists()


@pytest.mark.usefixtures("quick")
def test_a_second_run_into_the_same_folder_is_refused_and_names_the_first(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    out.mkdir()
    with folder.locked(out, "id"), pytest.raises(InputError, match=str(os.getpid())):
        run_cycle(cycle, out=out)
    assert run_cycle(cycle, out=out)[0].error is None


def test_the_lock_of_a_killed_process_does_not_stay(tmp_path: Path) -> None:
    code = "import sys, os, signal; from pathlib import Path; from mutasi_toolkit.pipeline.folder import locked\nwith locked(Path(sys.argv[1]), 'id'): os.kill(os.getpid(), signal.SIGKILL)"
    assert subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=False).returncode < 0
    with folder.locked(tmp_path, "id"):
        assert int((tmp_path / ".lock").read_text()) == os.getpid()


@pytest.mark.usefixtures("quick")
def test_a_clock_set_back_changes_nothing(cycle: Path, tmp_path: Path) -> None:
    out = tmp_path / "runs"
    run_cycle(cycle, out=out)
    first = _content(out / "dasar")
    for path in [*cycle.rglob("*"), *(out / "dasar").rglob("*")]:
        os.utime(path, (10**9, 10**9))
    assert run_cycle(cycle, out=out)[0].redone == ()
    (out / "dasar" / "report.html").write_text("damaged")
    os.utime(out / "dasar" / "report.html", (0, 0))
    assert run_cycle(cycle, out=out)[0].redone == ("report",)
    assert _content(out / "dasar") == first


@pytest.mark.usefixtures("quick")
def test_a_stop_at_any_write_leaves_old_or_new_and_can_go_on(cycle: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The process ends at its n-th change of the disk, for every second n: the run folder is wholly old, or wholly new."""
    out = tmp_path / "runs"
    run_cycle(cycle, out=out)
    old = _content(out / "dasar")
    shutil.copytree(out, tmp_path / "before")
    (cycle / "hasil.csv").write_text("unit_id,periode,indikator,nilai\n")
    run_cycle(cycle, out=tmp_path / "fresh")
    new = _content(tmp_path / "fresh" / "dasar")

    class StoppedError(BaseException):
        pass

    left = [0]

    def stops(real):
        def call(*given, **named):
            left[0] -= 1
            if left[0] == 0:
                raise StoppedError
            return real(*given, **named)

        return call

    for owner, name in ((Path, "write_text"), (Path, "replace"), (Path, "rename"), (Path, "mkdir"), (Path, "unlink"), (shutil, "copyfile"), (run, "put_in_place")):
        monkeypatch.setattr(owner, name, stops(getattr(owner, name)))
    states, n = [], -1
    while True:
        n += 2
        left[0] = -1
        shutil.rmtree(out)
        shutil.copytree(tmp_path / "before", out)
        left[0] = n
        stopped = False
        try:
            stopped = run_cycle(cycle, out=out)[0].error is not None
        except StoppedError:
            stopped = True
        ended = left[0] > 0
        left[0] = -1
        lies = _content(out / "dasar")
        assert lies in (old, new)
        states.append(lies == new)
        assert run_cycle(cycle, out=out)[0].error is None
        assert _content(out / "dasar") == new
        if ended and not stopped:
            break
    assert n > 20
    assert states[-1]
    assert not states[0]


def test_small_cells_are_hidden_with_what_would_tell_them() -> None:
    frame = pd.DataFrame({"nama": list("abcd"), "masuk": [0, 3, 9, 12], "keluar": [6, 8, 7, 30], "kebutuhan_bulat": [1, 2, 3, 4]})
    shown, n = suppress(frame, (("masuk", "keluar"),), 5)
    assert shown["masuk"].to_list() == ["<5", "<5", 9, 12]
    assert shown["keluar"].to_list() == ["<5", "<5", 7, 30]
    assert shown["kebutuhan_bulat"].to_list() == [1, 2, 3, 4]
    assert n == 4


def test_shared_tables_name_nobody_and_show_no_small_cell(cycle: Path, tmp_path: Path) -> None:
    place = tmp_path / "dasar"
    mt.propose(mt.read_cycle(cycle)).write(place)
    folder.write_json(place / "manifest.json", {"outputs": {}})
    hidden = share_run(place, tmp_path / "umum")
    assert hidden["opd"] > 0
    assert hidden["cakupan_sesudah"] > 0
    codes = mt.read_cycle(cycle).pegawai["pegawai_id"]
    for path in (tmp_path / "umum").iterdir():
        content = path.read_text(encoding="utf-8")
        assert not [c for c in codes if c in content]
    opd = pd.read_csv(tmp_path / "umum" / "opd.csv", dtype=str)
    for column in ("masuk", "keluar", "di_dalam", "ada_sebelum"):
        assert not [v for v in opd[column] if v != "<5" and 0 < float(v) < 5]
    facts = pd.read_csv(tmp_path / "umum" / "ringkasan.csv", dtype=str).set_index("kunci")["nilai"]
    assert facts["jumlah_pegawai"] == "60"
    with pytest.raises(InputError, match="sudah ada"):
        share_run(place, tmp_path / "umum")


@pytest.mark.skipif(pdf.browser() is None and not any(shutil.which(b) for b in pdf.BROWSERS), reason="no browser is installed")
def test_pages_are_printed_where_a_browser_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(pdf.SWITCH, "1")
    (tmp_path / "report.html").write_text("<!DOCTYPE html><title>x</title><p>x</p>")
    assert [p.name for p in pdf.write_pdfs(tmp_path)] == ["report.pdf"]
    assert (tmp_path / "report.pdf").read_bytes()[:5] == b"%PDF-"
    assert pdf.write_pdfs(tmp_path) == []
    monkeypatch.setenv(pdf.SWITCH, "0")
    assert pdf.browser() is None


def test_notebook_parameters_cannot_carry_code(tmp_path: Path) -> None:
    """A hostile name of a folder or scenario reaches the notebook as text."""
    from mutasi_toolkit.pipeline.execute import execute

    source, target = tmp_path / "01_x.ipynb", tmp_path / "out.ipynb"
    code = "siklus: str = ''\nskenario: str = ''\nfolder_hasil: str = ''\nbahasa: str = 'id'\nbaris: int = 10\n"
    cells = [nbformat.v4.new_code_cell(code, metadata={"tags": ["parameters"]}), nbformat.v4.new_code_cell("print(siklus)")]
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nbformat.write(nbformat.v4.new_notebook(cells=cells, metadata=kernel), source)
    evil = "\"\nimport pathlib; pathlib.Path('evil').touch()\n\"\"\"'"
    execute(source, target, {"siklus": evil})
    assert nbformat.read(target, as_version=4).cells[-1].outputs[0].text == evil + "\n"
    assert not (tmp_path / "evil").exists()
    assert not Path("evil").exists()


def test_manifest_of_a_run_is_json_that_names_no_place(tmp_path: Path) -> None:
    path = tmp_path / "a.json"
    folder.write_json(path, {"b": 1, "a": "é"})
    assert json.loads(path.read_text()) == {"a": "é", "b": 1}
    assert path.read_text().index('"a"') < path.read_text().index('"b"')
