"""Cowan and Jonard 2004: people swap knowledge with their contacts on a small world."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, child, inner, kernel, stream, uniform, word
from mutasi_toolkit.spread.network import probability_value
from mutasi_toolkit.spread.organisations.common import (
    BARTER,
    replicate_count,
    standard_error,
    whole_number,
)
from mutasi_toolkit.spread.parallel import in_threads

_LINKS, _LEVELS, _MEET, _SWAP, _EXPERTS, _FIELDS = range(6)
#: Level of an expert, where everybody else starts between 0 and 1.
EXPERT_LEVEL = 10.0


@dataclass(frozen=True, eq=False)
class BarterResult:
    """Replicates of one barter, once nobody can trade any more.

    Attributes
    ----------
    mean, variance : float array, shape (replicates,)
        Of the people's mean levels.
    meetings : int array, shape (replicates,)
    finished : bool array, shape (replicates,)
        False where `most` meetings were over before all trade was.
    seed : int
    """

    mean: np.ndarray
    variance: np.ndarray
    meetings: np.ndarray
    finished: np.ndarray
    seed: int

    @property
    def cv(self) -> np.ndarray:
        """Coefficient of variation of the people's mean levels, one per replicate."""
        return np.sqrt(self.variance) / self.mean

    def summary(self) -> dict[str, float]:
        """Means over replicates and their standard errors: mean, mean_se, variance, variance_se, cv, cv_se."""
        out = {}
        for name, values in (("mean", self.mean), ("variance", self.variance), ("cv", self.cv)):
            out[name], out[f"{name}_se"] = float(values.mean()), standard_error(values)
        return out


@inner
def _small_world(n: Any, half: Any, p: Any, key: Any, linked: Any, a: Any, b: Any) -> None:
    """A ring whose links, clockwise ends first, lead elsewhere with probability p (no self, no double link)."""
    linked[:] = False
    e = 0
    for step in range(1, half + 1):
        for i in range(n):
            a[e], b[e] = i, (i + step) % n
            linked[a[e], b[e]] = linked[b[e], a[e]] = True
            e += 1
    for e in range(a.shape[0]):
        mine = child(key, U(e))
        if uniform(word(mine, U(0))) > p:
            continue
        i = a[e]
        for t in range(100):
            other = np.int64(uniform(word(mine, U(1 + t))) * n - 1e-12)
            if other != i and not linked[i, other]:
                linked[i, b[e]] = linked[b[e], i] = False
                linked[i, other] = linked[other, i] = True
                b[e] = other
                break


@inner
def _lead(level: Any, i: Any, j: Any, tolerance: Any, out: Any) -> Any:
    """Categories in which i is ahead of j by more than the tolerance; their number."""
    found = 0
    for k in range(level.shape[1]):
        if level[i, k] > level[j, k] * (1.0 + tolerance):
            out[found] = k
            found += 1
    return found


@inner
def _choose(key: Any, found: Any, wanted: Any, out: Any) -> None:
    """Move `wanted` of the first `found` entries to the front, drawn without replacement."""
    for q in range(wanted):
        at = q + np.int64(uniform(word(key, U(q))) * (found - q) - 1e-12)
        out[q], out[at] = out[at], out[q]


@inner
def _trade(level: Any, i: Any, j: Any, alpha: Any, tolerance: Any, key: Any, mine: Any, yours: Any) -> Any:
    """Swap as many categories as both can offer; how many."""
    n_i, n_j = _lead(level, i, j, tolerance, mine), _lead(level, j, i, tolerance, yours)
    swaps = min(n_i, n_j)
    if swaps == 0:
        return 0
    _choose(child(key, U(0)), n_i, swaps, mine)
    _choose(child(key, U(1)), n_j, swaps, yours)
    for q in range(swaps):
        level[j, mine[q]] += alpha * (level[i, mine[q]] - level[j, mine[q]])
        level[i, yours[q]] += alpha * (level[j, yours[q]] - level[i, yours[q]])
    return swaps


@inner
def _links_by_person(n: Any, a: Any, b: Any, start: Any, filled: Any, at_node: Any) -> None:
    """Links of person i: at_node[start[i]:start[i + 1]]."""
    start[:] = 0
    filled[:] = 0
    for e in range(a.shape[0]):
        start[a[e] + 1] += 1
        start[b[e] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    for e in range(a.shape[0]):
        for i in (a[e], b[e]):
            at_node[start[i] + filled[i]] = e
            filled[i] += 1


@inner
def _opening(key: Any, experts: Any, level: Any, order: Any) -> None:
    """Levels of everybody, then those of the experts, each in a field of their own."""
    n, categories = level.shape
    here = child(key, U(_LEVELS))
    for i in range(n):
        order[i] = i
        for k in range(categories):
            level[i, k] = uniform(word(here, U(i * categories + k)))
    _choose(child(key, U(_EXPERTS)), n, experts, order)
    for x in range(experts):
        level[order[x], np.int64(uniform(word(child(key, U(_FIELDS)), U(x))) * categories - 1e-12)] = EXPERT_LEVEL


@kernel
def _run(keys: Any, n: Any, half: Any, p: Any, categories: Any, experts: Any, alpha: Any, tolerance: Any, most: Any, out: Any) -> None:
    linked = np.zeros((n, n), np.bool_)
    a, b = np.zeros(n * half, np.int64), np.zeros(n * half, np.int64)
    level, average = np.zeros((n, categories)), np.zeros(n)
    mine, yours = np.zeros(categories, np.int64), np.zeros(categories, np.int64)
    start, filled, at_node = np.zeros(n + 1, np.int64), np.zeros(n, np.int64), np.zeros(2 * n * half, np.int64)
    order = np.zeros(n, np.int64)
    live, place = np.zeros(n * half, np.int64), np.zeros(n * half, np.int64)
    for r in range(keys.shape[0]):
        key = keys[r]
        _small_world(n, half, p, child(key, U(_LINKS)), linked, a, b)
        _links_by_person(n, a, b, start, filled, at_node)
        _opening(key, experts, level, order)
        alive = 0
        place[:] = -1
        for e in range(a.shape[0]):
            if _lead(level, a[e], b[e], tolerance, mine) and _lead(level, b[e], a[e], tolerance, yours):
                live[alive], place[e] = e, alive
                alive += 1
        meetings = 0
        while alive > 0 and meetings < most:
            now = child(child(key, U(_MEET)), U(meetings))
            e = live[np.int64(uniform(word(now, U(0))) * alive - 1e-12)]
            meetings += 1
            _trade(level, a[e], b[e], alpha, tolerance, child(now, U(_SWAP)), mine, yours)
            for i in (a[e], b[e]):
                for q in range(start[i], start[i + 1]):
                    f = at_node[q]
                    can = _lead(level, a[f], b[f], tolerance, mine) > 0 and _lead(level, b[f], a[f], tolerance, yours) > 0
                    if can and place[f] < 0:
                        live[alive], place[f] = f, alive
                        alive += 1
                    elif not can and place[f] >= 0:
                        alive -= 1
                        live[place[f]] = live[alive]
                        place[live[place[f]]] = place[f]
                        place[f] = -1
        for i in range(n):
            average[i] = level[i].mean()
        out[r, 0], out[r, 1], out[r, 2], out[r, 3] = average.mean(), average.var(), meetings, alive == 0


def barter(
    p: float,
    experts: int = 25,
    n: int = 500,
    k: int = 10,
    categories: int = 5,
    alpha: float = 0.1,
    tolerance: float = 0.01,
    most: int = 5_000_000,
    replicates: int = 60,
    seed: int = 0,
    *,
    first: int = 0,
    workers: int | None = None,
) -> BarterResult:
    """Barter of knowledge on a ring whose links are rewired with probability p, until nobody can trade.

    Everybody has a level in each of `categories`, uniform on (0, 1]; `experts` people drawn at random have
    level 10 in one category each, drawn at random too. Two contacts trade when each is ahead of the other in at
    least one category, by more than `tolerance` relative to the other's level; they swap as many categories as the one
    with fewer can offer, the other's drawn at random, and whoever is behind in a swapped category closes the share
    `alpha` of the gap. Contacts that can trade meet in random order; meetings without trade are left out.

    Special cases: alpha = 0 would never end and is refused; experts = 0, everybody starts alike.

    Parameters
    ----------
    p : float
        Of rewiring.
    experts, n, k, categories : int
        k: contacts of everybody before rewiring; even.
    alpha, tolerance : float
    most : int
        Meetings at which a replicate is cut off.
    replicates, seed, first, workers
        As in `march`.

    Returns
    -------
    BarterResult

    Raises
    ------
    InputError
        For alpha outside (0, 1], tolerance <= 0, an odd k or one not below n.

    Source
    ------
    Cowan and Jonard 2004, 'Network structure and the diffusion of knowledge', Journal of Economic Dynamics and
    Control 28(8):1557-1575.

    Examples
    --------
    >>> r = barter(0.1, n=100, experts=5, replicates=4, seed=1)
    >>> bool(r.finished.all()), bool((r.mean > 0.5).all())
    (True, True)
    """
    p, alpha = probability_value(p, "p"), probability_value(alpha, "alpha")
    n, k, categories = whole_number(n, "n", 3), whole_number(k, "k", 2), whole_number(categories, "categories", 2)
    experts, count = whole_number(experts, "experts", 0), replicate_count(replicates)
    if k % 2 or k >= n or alpha == 0 or not tolerance > 0 or experts > n:
        raise InputError(text("organisations.barter", n=n, k=k, alpha=alpha, tolerance=tolerance, experts=experts))

    def run(a: int, b: int) -> np.ndarray:
        keys = np.array([stream(seed, BARTER, r) for r in range(a, b)], dtype=np.uint64)
        out = np.zeros((b - a, 4))
        _run(keys, n, k // 2, p, categories, experts, alpha, float(tolerance), whole_number(most, "most"), out)
        return out

    values = np.concatenate(in_threads(run, first, first + count, workers))
    return BarterResult(values[:, 0], values[:, 1], values[:, 2].astype(np.int64), values[:, 3] > 0, seed)
