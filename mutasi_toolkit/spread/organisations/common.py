"""What the models of organisations share: purposes of their draws, checked numbers, masks of many draws at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

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


@dataclass(frozen=True, eq=False)
class Ensemble:
    """Replicates of one quantity over time.

    Attributes
    ----------
    curve : float array, shape (replicates, periods + 1)
    seed : int
    """

    curve: np.ndarray
    seed: int

    @property
    def last(self) -> np.ndarray:
        """Values at the last period, one per replicate."""
        return self.curve[:, -1]

    @property
    def mean(self) -> float:
        """Mean at the last period."""
        return float(self.last.mean())

    @property
    def se(self) -> float:
        """Standard error of that mean; nan for one replicate."""
        return standard_error(self.last)

    def interval(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean by period, and the ends of its 95 % interval."""
        mean = self.curve.mean(axis=0)
        half = Z95 * self.curve.std(axis=0, ddof=1) / np.sqrt(len(self.curve))
        return mean, mean - half, mean + half


def standard_error(values: np.ndarray) -> float:
    """Standard error of the mean of independent values; nan for fewer than two.

    Examples
    --------
    >>> standard_error(np.array([1.0, 3.0]))
    1.0
    """
    return float(values.std(ddof=1) / np.sqrt(len(values))) if len(values) > 1 else float("nan")
