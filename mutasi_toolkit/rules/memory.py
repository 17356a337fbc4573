"""Memory: what allowed pairs will need is reckoned before it is asked for, and too much is said, not killed for."""

from __future__ import annotations

import os

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text

#: The variable that limits memory, in GB; without it the machine's own memory is the limit.
VARIABLE = "MUTASI_MEMORY_GB"
#: Bytes that an allowed pair takes at most from the rules to the proof (measured: 350 in the search, the rest in building it).
PER_PAIR = 700
GB = 1e9


def limit_gb() -> float:
    """What may be used, in GB; endless where neither the variable nor the machine says.

    Raises
    ------
    InputError
        When the variable holds no positive number.
    """
    given = os.environ.get(VARIABLE, "").strip()
    if given:
        try:
            limit = float(given)
        except ValueError:
            limit = 0.0
        if not 0 < limit < float("inf"):
            raise InputError(text("rules.memory_variable", name=VARIABLE, value=given))
        return limit
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / GB
    except (ValueError, OSError, AttributeError):
        return float("inf")


def check_pairs(pairs: int, share: float, people: int) -> None:
    """Refuse what will not fit.

    Parameters
    ----------
    pairs : int
        Allowed pairs found so far.
    share : float
        The part of all candidates that was looked at; more than `pairs` will come, but only those counted are held against the limit.
    people : int

    Raises
    ------
    InputError
        Says how many pairs there are, what they need, and what can be done.
    """
    limit = limit_gb()
    need = pairs * PER_PAIR / GB
    if need > limit:
        told = {"people": number(people), "pairs": number(round(pairs / share)), "need": number(need / share, 1), "limit": number(limit, 1)}
        raise InputError(text("rules.memory_pairs", name=VARIABLE, **told))
