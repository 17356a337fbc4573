"""Time limits: a deadline is a moment of `now`, and every phase asks here how much is left."""

from __future__ import annotations

import time

#: HiGHS is given at least this long, in seconds, so that it answers with what it has.
LEAST = 0.05


def now() -> float:
    """Seconds by a clock that only goes forward."""
    return time.monotonic()


def deadline_in(seconds: float | None) -> float | None:
    """The moment at which a limit ends; None without one."""
    return None if seconds is None else now() + seconds


def late(deadline: float | None) -> bool:
    """Whether the deadline is over.

    Examples
    --------
    >>> late(None), late(deadline_in(-1.0))
    (False, True)
    """
    return deadline is not None and now() > deadline


def left(deadline: float | None) -> float | None:
    """Seconds that a solver may still take; None for any number."""
    return None if deadline is None else max(LEAST, deadline - now())


def share(deadline: float | None, part: float) -> float | None:
    """The moment at which a part of what is left is over."""
    return None if deadline is None else now() + part * max(0.0, deadline - now())
