"""March 1991: an organisation whose code learns from its members while they learn from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, fixed_array, stream
from mutasi_toolkit.spread.network import probability_value
from mutasi_toolkit.spread.organisations.common import MARCH, Z95, replicate_count, whole_number
from mutasi_toolkit.spread.organisations.mutual_kernels import advance, start
from mutasi_toolkit.spread.parallel import in_threads

READINGS = ("performance", "knowledge")
#: Periods simulated at a time while waiting for the last replicate.
BLOCK = 64
#: No organisation was ever seen to learn for so long; beyond it something is wrong.
MOST_PERIODS = 100_000


@dataclass(frozen=True, eq=False)
class MarchResult:
    """Replicates of one organisation.

    Attributes
    ----------
    code, individuals : float array, shape (replicates, periods + 1)
        Knowledge of the code, and mean knowledge of the individuals: (right - wrong) / m.
    end : int array, shape (replicates,)
        First period from whose state on nobody can learn; -1 where learning still went on.
    reading : str
    seed : int
    """

    code: np.ndarray
    individuals: np.ndarray
    end: np.ndarray
    reading: str
    seed: int

    def equilibrium(self) -> tuple[float, float]:
        """Mean and standard error of the code's knowledge at the last period."""
        last = self.code[:, -1]
        se = last.std(ddof=1) / np.sqrt(len(last)) if len(last) > 1 else np.nan
        return float(last.mean()), float(se)

    def interval(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Mean of the code's knowledge by period, and the ends of its 95 % interval."""
        mean = self.code.mean(axis=0)
        half = Z95 * self.code.std(axis=0, ddof=1) / np.sqrt(len(self.code))
        return mean, mean - half, mean + half


def march(
    p1: Any,
    p2: float,
    p3: float = 0.0,
    p4: float = 0.0,
    m: int = 30,
    n: int = 50,
    reading: str = "performance",
    periods: int | None = None,
    replicates: int = 1000,
    seed: int = 0,
    *,
    first: int = 0,
    workers: int | None = None,
) -> MarchResult:
    """Mutual learning of an organisation's code and its members (exploration and exploitation).

    Reality has m dimensions of -1 or 1. Each of n individuals believes -1, 0 or 1 in each; the code starts with 0
    everywhere. Knowledge is (right - wrong) / m. Each individual is replaced by a newcomer with probability p3 and each
    dimension of reality turns with probability p4; then, from the state that opens the period:

    1. everybody acts: a belief as it is; in the reading 'performance' a 0 by the toss of a coin;
    2. every belief that differs from a belief of the code moves towards it with probability p1: by one step in
       'performance' (-1 to 0, 0 to 1), at once in 'knowledge';
    3. superiors are those better than the code: by the acts of 1 in 'performance', by knowledge in 'knowledge'. Where
       the majority of their acts is not the code's belief, the code takes it with probability 1 - (1 - p2)^k, with
       k = abs(plus - minus) in 'performance' and, in 'knowledge', k = superiors who differ from the code (zeros included)
       less those who agree.

    'performance' is how the published re-implementations work (Rodan 2005, Christensen 2015); 'knowledge' is the literal
    text of the paper. They differ by up to .12 in the code's equilibrium, so every use names its reading.

    Special cases: p1 = 0, nobody learns from the code; p2 = 0, the code stays without beliefs.

    Parameters
    ----------
    p1 : float or array of shape (n,)
        Socialisation, of everybody or one by one; per period, in [0, 1].
    p2, p3, p4 : float
        Learning by the code, turnover, turbulence; per period, in [0, 1].
    m, n : int
        Dimensions and individuals.
    reading : {'performance', 'knowledge'}
    periods : int, optional
        None: until nobody can learn, padded to the longest replicate. Learning never ends for certain with p3 > 0, p4 > 0,
        or p1 = 0 < p2; then periods must be given.
    replicates, seed : int
        Draws are keyed by (seed, replicate, period, person, dimension).
    first : int
        Number of the first replicate, so that an ensemble can be made in parts.
    workers : int, optional
        Threads; None takes every processor. The result does not depend on it.

    Returns
    -------
    MarchResult

    Raises
    ------
    InputError
        For a probability outside [0, 1], an unknown reading, or periods that are missing.

    Source
    ------
    March 1991, 'Exploration and exploitation in organizational learning', Organization Science 2(1):71-87.

    Examples
    --------
    >>> r = march(0.1, 0.5, replicates=400, seed=1)
    >>> mean, se = r.equilibrium()
    >>> abs(mean - 0.953) < 3 * se + 0.005
    True
    """
    p2, p3, p4 = (probability_value(v, name) for v, name in ((p2, "p2"), (p3, "p3"), (p4, "p4")))
    m, n, count = whole_number(m, "m"), whole_number(n, "n"), replicate_count(replicates)
    socialise = _socialisation(p1, n)
    if reading not in READINGS:
        raise InputError(text("organisations.reading", reading=reading, known=", ".join(READINGS)))
    if periods is None and (p3 > 0 or p4 > 0 or (not socialise.all() and p2 > 0)):
        raise InputError(text("organisations.endless"))
    if periods is not None:
        periods = whole_number(periods, "periods", least=0)
    acts = reading == "performance"
    chance = -np.expm1(np.arange(n + 1) * np.log1p(-p2)) if p2 < 1 else np.minimum(np.arange(n + 1.0), 1.0)

    def run(a: int, b: int) -> tuple[np.ndarray, ...]:
        return _replicates(a, b, (fixed_array(socialise), chance, p3, p4), m, n, acts, periods, seed)

    parts = in_threads(run, first, first + count, workers)
    width = max(part[0].shape[1] for part in parts)
    code, individuals = (np.concatenate([_pad(part[k], width) for part in parts]) for k in (0, 1))
    return MarchResult(code / m, individuals / (m * n), np.concatenate([part[2] for part in parts]), reading, seed)


def _socialisation(p1: Any, n: int) -> np.ndarray:
    values = np.asarray(p1, dtype=float)
    if values.ndim > 0 and values.shape != (n,):
        raise InputError(text("organisations.socialisation", n=n, given=values.shape))
    for value in np.unique(values[~np.isnan(values)] if values.ndim else values):
        probability_value(value, "p1")
    if np.isnan(values).any():
        probability_value(np.nan, "p1")
    return np.broadcast_to(values, (n,)).copy()


def _pad(values: np.ndarray, width: int) -> np.ndarray:
    return np.pad(values, ((0, 0), (0, width - values.shape[1])), mode="edge")


def _replicates(a: int, b: int, chances: tuple[Any, ...], m: int, n: int, acts: bool, periods: int | None, seed: int) -> tuple[np.ndarray, ...]:
    socialise, chance, p3, p4 = chances
    keys = np.array([stream(seed, MARCH, r) for r in range(a, b)], dtype=np.uint64)
    words = -(-m // 64)
    full = np.full(words, ~U(0))
    if m % 64:
        full[-1] = (U(1) << U(m % 64)) - U(1)
    plus, minus = (np.zeros((b - a, n + 1, words), dtype=np.uint64) for _ in range(2))
    reality = np.zeros((b - a, words), dtype=np.uint64)
    start(keys, m, full, plus, minus, reality)
    opening = np.zeros((b - a, 1), dtype=np.int64)
    right = _opening(plus, minus, reality)
    codes, individuals, end = [opening], [right], np.full(b - a, -1, dtype=np.int64)
    done, ends = 0, periods is None
    while (ends and (end < 0).any() and done < MOST_PERIODS) or (periods is not None and done < periods):
        width = BLOCK if periods is None else min(BLOCK, periods - done)
        x, y = (np.zeros((b - a, width), dtype=np.int64) for _ in range(2))
        advance(keys, plus, minus, reality, full, m, done, acts, socialise, chance, p3, p4, ends, x, y, end)
        codes.append(x)
        individuals.append(y)
        done += width
    if ends and (end < 0).any():
        raise InputError(text("organisations.never_ended", periods=MOST_PERIODS))
    last = int(end.max()) + 1 if ends else done + 1
    return np.concatenate(codes, axis=1)[:, :last], np.concatenate(individuals, axis=1)[:, :last], end


def _opening(plus: np.ndarray, minus: np.ndarray, reality: np.ndarray) -> np.ndarray:
    """Right less wrong beliefs of all individuals before the first period, shape (replicates, 1)."""
    real = reality[:, None, :]
    right = np.bitwise_count(plus[:, :-1] & real) + np.bitwise_count(minus[:, :-1] & ~real)
    wrong = np.bitwise_count(minus[:, :-1] & real) + np.bitwise_count(plus[:, :-1] & ~real)
    return (right.astype(np.int64) - wrong.astype(np.int64)).sum(axis=(1, 2))[:, None]
