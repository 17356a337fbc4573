"""One expert who moves among units: how long until every unit was taught, exactly and by simulation."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.spread.draws import U, child, kernel, stream, uniform, word
from mutasi_toolkit.spread.network import probability_value
from mutasi_toolkit.spread.organisations.common import EXPERT, replicate_count, whole_number
from mutasi_toolkit.spread.parallel import in_threads


def cover_time(units: int, chance: float = 1.0) -> float:
    """Expected number of moves until an expert has taught every one of `units` units.

    The expert starts in one unit and moves, in every period, to one of the others with equal chance; each stay, the first
    included, teaches the unit with probability `chance` a. With E(k) the expected moves from a unit that is taught while
    k are, and F(k) from one that is not::

        E(k) = 1 + [(k - 1) E(k) + (U - k) (a E(k + 1) + (1 - a) F(k))] / (U - 1)
        F(k) = 1 + [k E(k) + (U - k - 1) (a E(k + 1) + (1 - a) F(k))] / (U - 1)

    and E(U) = 0. For a = 1 the sum is (U - 1) H(U - 1), the cover time of the complete graph.

    Special cases: one unit, the moves are 0 (for a < 1 with one unit nobody can move away and back: 0 is returned for
    a = 1 and infinity otherwise); a = 0, infinity.

    Examples
    --------
    >>> round(cover_time(5), 4), round(cover_time(10), 4)
    (8.3333, 25.4607)
    """
    U_, a = whole_number(units, "units"), probability_value(chance, "chance")
    if U_ == 1 or a == 0:
        return 0.0 if a == 1 else float("inf")
    after = 0.0
    for k in range(U_ - 1, 0, -1):
        # Unknowns E(k), F(k); `after` is E(k + 1).
        left = np.array([[U_ - 1 - (k - 1), -(U_ - k) * (1 - a)], [-k, U_ - 1 - (U_ - k - 1) * (1 - a)]])
        right = np.array([U_ - 1 + (U_ - k) * a * after, U_ - 1 + (U_ - k - 1) * a * after])
        after = float(np.linalg.solve(left, right)[0])
    # The first stay teaches with probability a; else the expert moves on from a unit not taught, with none taught yet.
    none = (1.0 + a * after) / a
    return a * after + (1 - a) * none


@kernel
def _run(keys: Any, units: Any, chance: Any, most: Any, out: Any) -> None:
    taught = np.zeros(units, np.bool_)
    for r in range(keys.shape[0]):
        taught[:] = False
        at, left, t = np.int64(0), units, 0
        while True:
            here = child(keys[r], U(t))
            if not taught[at] and uniform(word(here, U(0))) <= chance:
                taught[at] = True
                left -= 1
            if left == 0 or t >= most:
                break
            to = np.int64(uniform(word(here, U(1))) * (units - 1) - 1e-12)
            at = to if to < at else to + 1
            t += 1
        out[r] = t if left == 0 else -1


def moving_expert(
    units: int, chance: float = 1.0, most: int = 1_000_000, replicates: int = 1000, seed: int = 0, *, first: int = 0, workers: int | None = None
) -> np.ndarray:
    """Number of moves until an expert has taught every unit, one value per replicate; -1 where `most` were not enough.

    The model is that of `cover_time`, which gives the exact mean. A stay of d periods in which each period teaches with
    probability q is one stay of chance 1 - (1 - q)^d, and d periods pass per move.

    Parameters
    ----------
    units : int
        At least 2.
    chance : float
    most : int
    replicates, seed, first, workers
        As in `march`.

    Returns
    -------
    int64 array, shape (replicates,)

    Examples
    --------
    >>> moves = moving_expert(5, replicates=20_000, seed=1)
    >>> abs(moves.mean() - cover_time(5)) < 4 * moves.std() / 20_000**0.5
    np.True_
    """
    units, chance, count = whole_number(units, "units", 2), probability_value(chance, "chance"), replicate_count(replicates)

    def run(a: int, b: int) -> np.ndarray:
        keys = np.array([stream(seed, EXPERT, r) for r in range(a, b)], dtype=np.uint64)
        out = np.zeros(b - a, dtype=np.int64)
        _run(keys, units, chance, whole_number(most, "most"), out)
        return out

    return np.concatenate(in_threads(run, first, first + count, workers))
