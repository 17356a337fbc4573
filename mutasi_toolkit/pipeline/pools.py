"""Where stages run: threads of this machine, or the workers of a Dask cluster that sees the same folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, Protocol

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: How often a stage is tried again on a cluster after its worker was lost.
RETRIES = 3
#: Seconds to wait for the scheduler of a cluster.
PATIENCE = "30s"


class Pool(Protocol):
    """Something that takes a stage and gives a Future."""

    def submit(self, kernel: bool, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand in work; `kernel` says that it runs in a process of its own."""
        ...


class Threads:
    """Threads here: one that computes and draws, and `workers` that each mind a notebook's kernel."""

    def __init__(self, computes: ThreadPoolExecutor, kernels: ThreadPoolExecutor) -> None:
        self.computes, self.kernels = computes, kernels

    def submit(self, kernel: bool, work: Callable[..., Any], *arguments: Any) -> Future[Any]:
        """Hand in work to the computing thread, or to one that minds a kernel."""
        return (self.kernels if kernel else self.computes).submit(work, *arguments)


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
def pool(workers: int, scheduler: str | None, language: str = "id") -> Iterator[Pool]:
    """Threads of this machine, or the cluster at `scheduler`.

    Raises
    ------
    InputError
        When the package distributed is not installed, or no scheduler answers.
    """
    if scheduler is None:
        with ThreadPoolExecutor(1) as computes, ThreadPoolExecutor(max(1, workers)) as kernels:
            yield Threads(computes, kernels)
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
