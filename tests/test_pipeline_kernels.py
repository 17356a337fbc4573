"""Kernels forked from a process that has everything imported: the bytes of a fresh kernel, and no kernel left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import nbformat
import pytest

from mutasi_toolkit.paths import notebooks_dir
from mutasi_toolkit.pipeline import execute as runs
from mutasi_toolkit.pipeline import kernels

pytestmark = pytest.mark.skipif(not kernels.CAN_FORK, reason="kernels are forked on Linux only")
#: Seconds within which a process that was told to end has ended, on a busy machine.
PATIENCE = 30.0


def _notebook(path: Path, *cells: str) -> Path:
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    nb = nbformat.v4.new_notebook(metadata=kernel, cells=[nbformat.v4.new_code_cell("x = 1", metadata={"tags": ["parameters"]}), *(nbformat.v4.new_code_cell(c) for c in cells)])
    nbformat.write(nb, path)
    return path


def _said(path: Path) -> list[str]:
    outputs = [o for cell in nbformat.read(path, as_version=4).cells for o in cell.get("outputs", [])]
    return [o.get("text") or o["data"]["text/plain"] for o in outputs]


def _gone(pid: int) -> bool:
    ends = time.monotonic() + PATIENCE
    while kernels.alive(pid) and time.monotonic() < ends:
        time.sleep(0.05)
    return not kernels.alive(pid)


@pytest.mark.slow
@pytest.mark.parametrize("name", ["01_mutu_data", "03_jejaring_keahlian"])
def test_the_same_bytes_as_a_fresh_kernel(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source = notebooks_dir() / f"{name}.ipynb"
    runs.execute(source, tmp_path / "forked.ipynb", {"siklus": "contoh"})
    monkeypatch.setattr(kernels, "CAN_FORK", False)
    runs.execute(source, tmp_path / "fresh.ipynb", {"siklus": "contoh"})
    assert (tmp_path / "forked.ipynb").read_bytes() == (tmp_path / "fresh.ipynb").read_bytes()


def test_libraries_believe_to_be_in_a_notebook_and_nothing_is_left_of_the_starter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """pandas fixes the width of its tables as it is imported; environment, folder and arguments are those of the run."""
    monkeypatch.setenv("MUTASI_TEST", "of now")
    cells = ("import pandas; pandas.get_option('display.max_columns')", "import os, sys; os.environ['MUTASI_TEST']", "type(get_ipython()).__name__", "os.getppid() == int(os.environ['JPY_PARENT_PID'])", "sys.argv[0]")
    runs.execute(_notebook(tmp_path / "a.ipynb", *cells), tmp_path / "out.ipynb", {})
    assert _said(tmp_path / "out.ipynb") == ["20", "'of now'", "'ZMQInteractiveShell'", "True", "'ipykernel_launcher.py'"]


def test_a_kernel_ends_with_its_notebook_and_tells_its_memory(tmp_path: Path) -> None:
    memory = runs.execute(_notebook(tmp_path / "a.ipynb", "import os; os.getpid()"), tmp_path / "out.ipynb", {})
    assert _gone(int(_said(tmp_path / "out.ipynb")[0]))
    assert memory > 20  # a Python with numpy and pandas has more


def test_a_kernel_that_dies_is_told_in_words(tmp_path: Path) -> None:
    with pytest.raises(runs.NotebookError, match=r"a\.ipynb"):
        runs.execute(_notebook(tmp_path / "a.ipynb", "import os; os.kill(os.getpid(), 9)"), tmp_path / "out.ipynb", {})


def test_a_starter_that_was_killed_is_begun_again() -> None:
    starter = kernels.Starter()
    try:
        first = starter._running().pid
        os.kill(first, signal.SIGKILL)
        made = starter.fork(["--help"], str(Path.cwd()), dict(os.environ))
        assert starter._running().pid != first
        assert made.wait(PATIENCE) == 0
        assert made.poll() == 0
    finally:
        starter.close()


def test_kernels_die_with_whoever_asked_for_them(tmp_path: Path) -> None:
    """Also when that one is killed and can tell nobody."""
    script = (
        "import os, sys, time\nfrom mutasi_toolkit.pipeline import kernels\n"
        f"made = kernels.STARTER.fork(['-f', {str(tmp_path / 'k.json')!r}], os.getcwd(), dict(os.environ))\n"
        "print(kernels.STARTER._running().pid, made.pid, flush=True)\ntime.sleep(600)\n"
    )
    asker = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert asker.stdout is not None
    starter, kernel = map(int, asker.stdout.readline().split())
    assert kernels.alive(starter)
    asker.kill()
    asker.wait()
    assert _gone(starter)
    assert _gone(kernel)
    asker.stdout.close()


def test_waiting_for_a_kernel_has_an_end(tmp_path: Path) -> None:
    starter = kernels.Starter()
    made = starter.fork(["-f", str(tmp_path / "k.json")], str(Path.cwd()), dict(os.environ))
    with pytest.raises(subprocess.TimeoutExpired):
        made.wait(0.2)
    assert made.poll() is None
    starter.close()
    assert _gone(made.pid)
