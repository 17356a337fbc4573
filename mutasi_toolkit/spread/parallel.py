"""Replicates in threads of this process: the kernels run without the interpreter's lock."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from copy import copy
from dataclasses import is_dataclass
from itertools import pairwise
from typing import Any, TypeVar

import numpy as np

Part = TypeVar("Part")


def cores() -> int:
    """Number of processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def bounds(first: int, last: int, parts: int, block: int = 1) -> list[tuple[int, int]]:
    """Consecutive ranges that cover first to last, cut at multiples of `block`.

    Examples
    --------
    >>> bounds(0, 1000, 2, 512), bounds(5, 8, 8), bounds(3, 3, 2)
    ([(0, 512), (512, 1000)], [(5, 6), (6, 7), (7, 8)], [])
    """
    low, high = first // block, -(-last // block)
    parts = max(1, min(parts, high - low))
    cuts = [low + (high - low) * i // parts for i in range(parts + 1)]
    pairs = [(max(a * block, first), min(b * block, last)) for a, b in pairwise(cuts)]
    return [(a, b) for a, b in pairs if a < b]


def in_threads(run: Callable[[int, int], Part], first: int, last: int, workers: int | None, block: int = 1) -> list[Part]:
    """run(a, b) over ranges that cover first to last, in order; `workers` None takes every processor.

    The first range runs alone when it is the only one; a kernel that is not compiled yet is compiled
    by whichever thread comes first.
    """
    ranges = bounds(first, last, workers or cores(), block)
    if len(ranges) <= 1:
        return [run(a, b) for a, b in ranges]
    with ThreadPoolExecutor(len(ranges)) as pool:
        return list(pool.map(lambda pair: run(*pair), ranges))


def in_parts(
    run: Callable[..., Part], arguments: tuple[Any, ...], first: int, last: int, workers: int | None, executor: Any = None, block: int = 1
) -> list[Part]:
    """run(*arguments, a, b) over ranges that cover first to last, in order: in threads, or in an executor.

    Parameters
    ----------
    run : callable
        Of a module, so that another process can be told of it.
    executor : object with submit(run, ...) -> future with result(), optional
        A concurrent.futures executor or a Dask client. `workers` is then the number of parts (8 where None).
    """
    if executor is None:
        return in_threads(lambda a, b: run(*arguments, a, b), first, last, workers, block)
    futures = [executor.submit(_there, run, arguments, a, b) for a, b in bounds(first, last, workers or 8, block)]
    return [future.result() for future in futures]


def _there(run: Callable[..., Part], arguments: tuple[Any, ...], first: int, last: int) -> Part:
    return run(*writable(arguments), first, last)


def writable(value: Any) -> Any:
    """The same value with its read-only arrays copied, in tuples, lists and dataclasses too.

    Arrays that came over a wire are read-only, and a kernel would be compiled anew for them, for a minute.

    Examples
    --------
    >>> import numpy as np
    >>> given = np.zeros(2)
    >>> given.flags.writeable = False
    >>> writable((given, "a"))[0].flags.writeable
    True
    """
    if isinstance(value, np.ndarray):
        return value if value.flags.writeable else value.copy()
    if isinstance(value, tuple):
        made = [writable(x) for x in value]
        return type(value)._make(made) if hasattr(value, "_make") else tuple(made)
    if isinstance(value, list):
        return [writable(x) for x in value]
    if is_dataclass(value) and not isinstance(value, type) and hasattr(value, "__dict__"):
        made_of = copy(value)
        made_of.__dict__.update({k: writable(v) for k, v in vars(value).items()})
        return made_of
    return value
