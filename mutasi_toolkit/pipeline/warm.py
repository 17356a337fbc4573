"""A process that has everything imported and forks a notebook's kernel from itself when asked to.

Started as `python -m mutasi_toolkit.pipeline.warm` by `kernels`, never imported by a run. It keeps no thread and opens
no socket before it forks, so that a kernel begins as a fresh process would, without the second of imports.
"""

from __future__ import annotations

import builtins
import contextlib
import gc
import importlib
import json
import os
import signal
import sys
from types import SimpleNamespace
from typing import IO, Any

from mutasi_toolkit.pipeline.processes import die_with_starter

#: What kernels of the numbered notebooks import.
USED = (
    "ipykernel.kernelapp", "ipykernel.ipkernel", "ipykernel.zmqshell", "IPython", "debugpy", "matplotlib.backends.backend_agg", "matplotlib.figure", "networkx",
    "scipy.sparse.linalg", "mutasi_toolkit.figures", "mutasi_toolkit.planning", "mutasi_toolkit.report", "mutasi_toolkit.skills", "mutasi_toolkit.workload",
)  # fmt: skip


def serve() -> None:
    """Fork a kernel per line of the input, answer with its process number, and end with the input: when the asker ends, so does it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Ended kernels are not waited for: the system forgets them at once.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    asked = os.fdopen(os.dup(0), "r", encoding="utf-8")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    _import_as_in_notebook()
    gc.collect()
    gc.freeze()
    for line in asked:
        child = os.fork()
        if child == 0:
            become_kernel(json.loads(line), asked, answers)
        answers.write(f"{child}\n")
        answers.flush()


def _import_as_in_notebook() -> None:
    """Import what kernels use; pandas asks as it is imported whether a notebook shows its tables, and is told yes."""
    builtins.get_ipython = lambda: SimpleNamespace(kernel=True)  # type: ignore[attr-defined]
    for name in USED:
        with contextlib.suppress(ImportError):
            importlib.import_module(name)
    del builtins.get_ipython  # type: ignore[attr-defined]


def become_kernel(wanted: dict[str, Any], asked: IO[str], answers: IO[str]) -> None:
    """In the forked process: take on the arguments, folder and environment asked for, and run the kernel to its end."""
    status = 1
    try:
        os.setsid()
        die_with_starter()
        for number in (signal.SIGINT, signal.SIGCHLD):
            signal.signal(number, signal.default_int_handler if number == signal.SIGINT else signal.SIG_DFL)
        for stream in (asked, answers):
            # Closed without a word: what is buffered in them is the starter's.
            os.close(stream.fileno())
        os.environ.clear()
        os.environ.update(wanted["env"], JPY_PARENT_PID=str(os.getppid()))
        os.chdir(wanted["cwd"])
        sys.argv = ["ipykernel_launcher.py", *wanted["argv"]]
        from ipykernel.kernelapp import launch_new_instance

        launch_new_instance()
        status = 0
    except SystemExit as end:
        status = end.code if isinstance(end.code, int) else int(end.code is not None)
    finally:
        _leave(status)


def _leave(status: int) -> None:
    """End this process as an interpreter would: what was registered to run at exit is run, then nothing of the starter's."""
    import atexit

    with contextlib.suppress(BaseException):
        atexit._run_exitfuncs()
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


if __name__ == "__main__":
    serve()
