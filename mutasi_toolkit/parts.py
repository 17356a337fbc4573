"""Seconds and memory of the parts of a decision: noted while somebody listens, else nothing."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Parts:
    """What was noted, by part in the order of their first beginning.

    Attributes
    ----------
    seconds : dict of str to float
        By the clock; a part that is done several times, in all.
    memory_mb : dict of str to float
        Most memory that the process has had at the end of the part, since its start.
    """

    seconds: dict[str, float] = field(default_factory=dict)
    memory_mb: dict[str, float] = field(default_factory=dict)


_NOTED: ContextVar[Parts | None] = ContextVar("parts", default=None)


def peak_mb() -> float:
    """Most memory this process has had so far, in MB."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1 << 10)


@contextmanager
def noted() -> Iterator[Parts]:
    """Note every `part` that is done within.

    Examples
    --------
    >>> with noted() as found:
    ...     with part("read"):
    ...         pass
    ...     with part("solve"):
    ...         pass
    >>> list(found.seconds), found.memory_mb["read"] > 0
    (['read', 'solve'], True)
    """
    found = Parts()
    before = _NOTED.set(found)
    try:
        yield found
    finally:
        _NOTED.reset(before)


@contextmanager
def part(name: str) -> Iterator[None]:
    """One part of a decision, by name."""
    found, begun = _NOTED.get(), time.perf_counter()
    yield
    if found is not None:
        found.seconds[name] = round(found.seconds.get(name, 0.0) + time.perf_counter() - begun, 3)
        found.memory_mb[name] = round(peak_mb(), 1)
