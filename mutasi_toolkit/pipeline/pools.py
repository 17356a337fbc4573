"""Where stages run: threads and a second process of this machine, or the workers of a Dask cluster that sees the same folders."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import Connection
from queue import SimpleQueue
from typing import Any, Protocol

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.processes import begin
from mutasi_toolkit.spread.parallel import cores

#: How often a stage is tried again on a cluster after its worker was lost.
RETRIES = 3
#: Seconds to wait for the scheduler of a cluster.
PATIENCE = "30s"


class Pool(Protocol):
    """Something that takes a stage and gives a Future."""

    def submit(self, kernel: bool, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand in work; `kernel` says that it runs in a process of its own."""
        ...


class LostError(Exception):
    """The second process ended before it answered."""


class Helper:
    """A second process that does stages, one at a time.

    Parameters
    ----------
    held : int, optional
        Descriptor of the lock on the run folders: it stays locked as long as anything may write there.
    """

    def __init__(self, held: int | None = None) -> None:
        self.process = begin("mutasi_toolkit.pipeline.helper", pass_fds=() if held is None else (held,))
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.to = Connection(os.dup(self.process.stdin.fileno()), readable=False)
        self.back = Connection(os.dup(self.process.stdout.fileno()), writable=False)
        self.process.stdin.close()
        self.process.stdout.close()

    def run(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        """Have `work` done there, and give its result or raise its error.

        Raises
        ------
        LostError
            When the process has ended, for whatever reason.
        """
        try:
            self.to.send((work, arguments))
            fine, told = self.back.recv()
        except (EOFError, OSError) as error:
            raise LostError from error
        if fine:
            return told
        raise told

    def close(self) -> None:
        """Tell it that nothing more comes, and wait until it has ended."""
        self.to.close()
        self.process.wait()
        self.back.close()


class Threads:
    """Threads here: those that mind what computes and draws, and `workers` that each mind a notebook's kernel.

    One stage at a time computes in this process. A second one that is handed in meanwhile goes to a process of its
    own where there is a processor for it: the interpreter's lock would let only one of two threads go on.
    """

    def __init__(self, workers: int, held: int | None) -> None:
        self.computes, self.kernels = ThreadPoolExecutor(2), ThreadPoolExecutor(max(1, workers))
        self.homes: SimpleQueue[Helper | None] = SimpleQueue()
        self.homes.put(None)
        self.helper: Helper | None = None
        self.held, self.alone = held, workers < 2 or cores() < 2
        self.computing: Future[Any] | None = None

    def submit(self, kernel: bool, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand in work to whichever process computes nothing, or to a thread that minds a kernel."""
        if kernel:
            return self.kernels.submit(work, *arguments)
        if not self.alone and self.helper is None and self.computing is not None and not self.computing.done():
            self.helper = Helper(self.held)
            self.homes.put(self.helper)
        self.computing = self.computes.submit(self._compute, work, arguments)
        return self.computing

    def _compute(self, work: Callable[..., Any], arguments: tuple[Any, ...]) -> Any:
        home = self.homes.get()
        try:
            if home is None:
                return work(*arguments)
            try:
                return home.run(work, arguments)
            except LostError:
                # Done anew here: a stage that was left half done begins by clearing its files.
                home = None
                return work(*arguments)
        finally:
            self.homes.put(home)

    def close(self) -> None:
        """Wait for what was handed in, and end the second process."""
        self.computes.shutdown()
        self.kernels.shutdown()
        if self.helper is not None:
            self.helper.close()


class Cluster:
    """Workers of a Dask cluster; work whose worker is lost goes to another."""

    def __init__(self, executor: Any) -> None:
        self.executor = executor

    def submit(self, kernel: bool, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand in work to any worker."""
        del kernel
        future: Future[Any] = self.executor.submit(work, *arguments)
        return future


@contextmanager
def pool(workers: int, scheduler: str | None, language: str = "id", held: int | None = None) -> Iterator[Pool]:
    """Threads and a second process of this machine, or the cluster at `scheduler`.

    Parameters
    ----------
    workers : int
        How many notebooks run at once; with one, everything computes in this process.
    scheduler : str, optional
        Address of a Dask scheduler.
    language : str
        'id' or 'en'.
    held : int, optional
        Descriptor of the lock on the run folders.

    Raises
    ------
    InputError
        When the package distributed is not installed, or no scheduler answers.
    """
    if scheduler is None:
        threads = Threads(workers, held)
        try:
            yield threads
        finally:
            threads.close()
        return
    try:
        from distributed import Client
    except ImportError as error:
        raise InputError(text("pipeline.no_dask", language)) from error
    try:
        client = Client(scheduler, timeout=PATIENCE, set_as_default=False)
    except (OSError, ValueError) as error:
        raise InputError(text("pipeline.no_scheduler", language, address=scheduler, why=str(error))) from error
    with client, client.get_executor(pure=False, retries=RETRIES) as executor:
        yield Cluster(executor)
