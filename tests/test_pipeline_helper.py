"""The second process that computes: the same bytes, errors that travel, and an end with whoever started it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from threading import Event

import nbformat
import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import PACKAGE, data_dir
from mutasi_toolkit.pipeline import folder, pools, prepare
from mutasi_toolkit.pipeline.execute import normalise
from mutasi_toolkit.pipeline.pools import Helper, LostError, Threads
from mutasi_toolkit.pipeline.work import run_stage
from mutasi_toolkit.settings import scenario_path

#: Seconds within which the system has let go of what an ended process held, on a busy machine.
PATIENCE = 30.0


@pytest.fixture
def two_cores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "cores", lambda: 2)


def test_results_and_errors_come_back_from_the_second_process() -> None:
    helper = Helper()
    try:
        assert helper.run(os.getpid, ()) == helper.process.pid != os.getpid()
        with pytest.raises(InputError, match="dasr"):
            helper.run(scenario_path, ("dasr", data_dir("cycles") / "contoh", "id"))
        # What is printed there does not get between the answers.
        helper.run(print, ("x" * 10,))
        assert helper.run(divmod, (7, 2)) == (3, 1)
    finally:
        helper.close()
    assert helper.process.returncode == 0
    with pytest.raises(LostError):
        helper.run(divmod, (7, 2))


def test_a_process_killed_at_work_is_told() -> None:
    helper = Helper()
    with pytest.raises(LostError):
        helper.run(signal.raise_signal, (signal.SIGKILL,))
    helper.close()


@pytest.mark.usefixtures("two_cores")
def test_work_of_a_process_that_was_lost_is_done_here(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(Helper):
        def __init__(self, held: int | None) -> None:
            super().__init__(held)
            self.process.kill()

    monkeypatch.setattr(pools, "Helper", Dead)
    event = Event()
    with pools.pool(2, None) as threads:
        assert isinstance(threads, Threads)
        first = threads.submit(False, event.wait)
        assert threads.helper is None
        others = [threads.submit(False, os.getpid) for _ in range(3)]
        assert threads.helper is not None
        assert [f.result() for f in others] == [os.getpid()] * 3
        event.set()
        assert first.result()


@pytest.mark.parametrize("workers", [1, 2])
def test_one_scenario_or_one_worker_starts_no_second_process(workers: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "cores", lambda: workers % 2 + 1)
    with pools.pool(workers, None) as threads:
        assert isinstance(threads, Threads)
        assert [f.result() for f in (threads.submit(False, divmod, 7, 2), threads.submit(False, divmod, 9, 2))] == [(3, 1), (4, 1)]
        assert threads.helper is None


def test_it_ends_with_its_starter_and_holds_the_lock_until_then(tmp_path: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path\n"
        "from mutasi_toolkit.pipeline.folder import locked\nfrom mutasi_toolkit.pipeline.pools import Helper\n"
        "with locked(Path(sys.argv[1]), 'id') as held:\n"
        "    helper = Helper(held); print(helper.process.pid, helper.run(divmod, (7, 2)), flush=True)\n"
        "    helper.run(time.sleep, (600,))"
    )
    with subprocess.Popen([sys.executable, "-P", "-c", code, str(tmp_path)], stdout=subprocess.PIPE, text=True, env=os.environ | {"PYTHONPATH": str(PACKAGE.parent)}) as starter:
        assert starter.stdout is not None
        pid = int(starter.stdout.readline().split()[0])
        os.kill(pid, signal.SIGSTOP)
        with pytest.raises(InputError, match=str(starter.pid)), folder.locked(tmp_path, "id"):
            pass
        starter.kill()
        starter.wait()
    _until_gone(pid)
    # A process counts as ended when its first thread has; the last one lets go of the lock.
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        with contextlib.suppress(InputError), folder.locked(tmp_path, "id"):
            return
        time.sleep(0.02)
    pytest.fail("the lock is still held")


def _until_gone(pid: int) -> None:
    """Wait for the end of a process that is not a child of this one; a zombie nobody collects counts as ended."""
    while True:
        try:
            os.kill(pid, signal.SIGCONT)
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] if sys.platform == "linux" else ""
        except (ProcessLookupError, FileNotFoundError):
            return
        if state == "Z":
            return
        time.sleep(0.02)


@pytest.mark.slow
def test_a_proposal_made_there_has_the_bytes_of_one_made_here(tmp_path: Path) -> None:
    cycle = data_dir("cycles") / "contoh"
    here, there = (prepare.plain_job(cycle, "dasar", tmp_path / name, "id") for name in ("a", "b"))
    helper = Helper()
    try:
        for job in (here, there):
            prepare.prepare(job)
        assert helper.run(run_stage, (there, "proposal", "key")).redone
    finally:
        helper.close()
    assert run_stage(here, "proposal", "key").redone
    made = folder.hash_tree(here.part)
    assert {"plan.json", "tables/usulan.csv", ".stages/proposal.json"} <= made.keys()
    assert made == folder.hash_tree(there.part)


def test_text_that_a_busy_machine_sends_in_pieces_is_one_text(tmp_path: Path) -> None:
    def written(*parts: tuple[str, str]) -> bytes:
        outputs = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in parts]
        outputs.append(nbformat.v4.new_output("execute_result", data={"text/plain": "1"}, execution_count=1))
        path = tmp_path / "a.ipynb"
        nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("1", id="isi", outputs=outputs)]), path)
        normalise(path)
        return path.read_bytes()

    assert written(("stdout", "dua"), ("stderr", "awas"), ("stdout", "\n"), ("stdout", "tiga")) == written(("stdout", "dua\ntiga"))
    assert written(("stdout", "dua")) != written(("stdout", "tiga"))
