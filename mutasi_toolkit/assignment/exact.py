"""Numbers as whole multiples of one decimal unit, so that solver, bound and check add them without error."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: More decimals than this are not looked for: 15 significant digits are what a float can be trusted with.
MOST_DECIMALS = 12
#: Scaled values stay below this where decimals are cut.
LARGEST = 2.0**46


@dataclass(frozen=True, eq=False, slots=True)
class Whole:
    """Values as ints: value = number / per_unit, up to `error` (0 where every value is met exactly).

    Attributes
    ----------
    number : ndarray of int64
    per_unit : int
        A power of ten.
    error : float
        Largest difference between a value and what stands for it.
    """

    number: np.ndarray
    per_unit: int
    error: float


def whole(values: np.ndarray) -> Whole:
    """Turn finite numbers into ints over a common power of ten.

    The fewest decimals are taken that give back every value; where 12 do not, or would make the ints
    too large, the values are rounded and `error` says by how much.

    Special cases: no values give per_unit 1.

    Examples
    --------
    >>> w = whole(np.array([1.5, 0.25]))
    >>> w.number.tolist(), w.per_unit, w.error
    ([150, 25], 100, 0.0)
    """
    values = np.asarray(values, dtype=np.float64)
    largest = float(np.abs(values).max(initial=0.0))
    best = 0
    for decimals in range(MOST_DECIMALS + 1):
        if decimals and largest * 10.0**decimals > LARGEST:
            break
        best = decimals
        if np.array_equal(np.rint(values * 10.0**decimals) / 10.0**decimals, values):
            break
    number = np.rint(values * 10.0**best)
    error = float(np.abs(number / 10.0**best - values).max(initial=0.0))
    return Whole(number.astype(np.int64), 10**best, error)


def half_up(values: np.ndarray) -> np.ndarray:
    """Nearest whole numbers, halves up, after cutting binary noise at 6 decimals.

    Examples
    --------
    >>> half_up(np.array([0.5, 1.4999999999, -0.5])).tolist()
    [1, 2, 0]
    """
    return np.floor(np.round(np.asarray(values, dtype=np.float64), 6) + 0.5).astype(np.int64)
