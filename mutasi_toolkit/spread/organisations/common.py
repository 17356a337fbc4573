"""What the models of organisations share: purposes of their draws, checked numbers, masks of many draws at once."""

from __future__ import annotations

from typing import Any

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, inner, word

#: Purposes of streams; those below 100 belong to the models of spread.
MARCH, FANG, BARTER, SEARCH, CHUNKS, GROUPS, EXPERT = range(101, 108)
#: Two-sided 95 % of the normal distribution.
Z95 = 1.959963984540054


@inner
def mask(key: Any, p: Any, lanes: Any) -> Any:
    """Of the lanes set in `lanes`, those whose uniform draw is below the 64-bit fraction p.

    Lane by lane the draw is read from the first binary digit on, one word for a digit of all lanes, until all are decided.
    """
    if p == ~U(0):
        return lanes
    yes = U(0)
    open_ = lanes
    digit = U(0)
    while open_ and digit < U(53):
        drawn = word(key, digit)
        if (p >> (U(63) - digit)) & U(1):
            yes |= open_ & ~drawn
            open_ &= drawn
        else:
            open_ &= ~drawn
        digit += U(1)
    return yes


def replicate_count(replicates: int) -> int:
    """Number of replicates, at least 1."""
    return whole_number(replicates, "replicates")


def whole_number(value: Any, name: str, least: int = 1) -> int:
    """A whole number not below `least`.

    Raises
    ------
    InputError
        When it is none.

    Examples
    --------
    >>> whole_number(3.0, "n")
    3
    """
    if isinstance(value, bool) or int(value) != value or value < least:
        raise InputError(text("organisations.whole", name=name, value=value, least=least))
    return int(value)
