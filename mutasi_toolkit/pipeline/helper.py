"""A second process that computes: takes stages on its input one at a time, and ends with the process that started it.

Started as `python -m mutasi_toolkit.pipeline.helper`, never imported by a run: nothing of the caller's `__main__` is
loaded, so a script without a guard, a notebook or a test can start one.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from multiprocessing.connection import Connection
from multiprocessing.reduction import ForkingPickler
from queue import SimpleQueue
from threading import Thread
from typing import Any

from mutasi_toolkit.errors import MutasiError
from mutasi_toolkit.pipeline.processes import die_with_starter

#: A function of a module, and what it is called with.
Task = tuple[Callable[..., Any], tuple[Any, ...]]


def serve() -> None:
    """Do what comes in, and tell what came of it, until the starter closes the pipe or dies."""
    die_with_starter()
    # An interrupt at the keyboard is the starter's to handle.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    # What a stage prints must not get between the answers.
    answers = Connection(os.dup(1), readable=False)
    os.dup2(2, 1)
    tasks: SimpleQueue[Task] = SimpleQueue()
    Thread(target=_listen, args=(Connection(os.dup(0), writable=False), tasks), daemon=True).start()
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    while True:
        work, arguments = tasks.get()
        answers.send(answer(work, arguments))


def _listen(source: Connection, tasks: SimpleQueue[Task]) -> None:
    """Hand on what comes in; the end of the pipe means that nobody waits for an answer any more."""
    try:
        while True:
            tasks.put(source.recv())
    finally:
        os._exit(0)


def answer(work: Callable[..., Any], arguments: tuple[Any, ...]) -> tuple[bool, Any]:
    """Whether `work` came to its end, with its result, or with the error as one that travels.

    Examples
    --------
    >>> answer(divmod, (7, 2)), answer(divmod, (7, 0))[0]
    ((True, (3, 1)), False)
    """
    try:
        return True, work(*arguments)
    except Exception as error:
        try:
            ForkingPickler.loads(ForkingPickler.dumps(error))
        except Exception:
            return False, MutasiError(f"{type(error).__name__}: {error}")
        return False, error


if __name__ == "__main__":
    serve()
