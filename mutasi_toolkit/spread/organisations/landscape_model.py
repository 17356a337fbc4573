"""Lazer and Friedman 2007: parallel problem solvers who copy the best of their contacts, on an NK landscape."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, child, inner, kernel, lowest, stream, uniform, word
from mutasi_toolkit.spread.organisations.common import (
    SEARCH,
    Ensemble,
    replicate_count,
    whole_number,
)
from mutasi_toolkit.spread.parallel import in_threads

_TABLES, _PEOPLE, _FLIP, _READS = range(4)
SHAPES = ("full", "line", "ring")
#: How the K bits that a contribution reads besides its own are chosen.
INTERACTIONS = ("repeated", "distinct", "adjacent")


@inner
def _value(x: Any, reads: Any, table: Any) -> Any:
    """Sum of the contributions of all bits of the solution x."""
    total = 0.0
    for i in range(reads.shape[0]):
        at = np.int64(0)
        for q in range(reads.shape[1]):
            at |= ((x >> reads[i, q]) & 1) << q
        total += table[i, at]
    return total


@kernel
def highest(reads: Any, table: Any) -> Any:
    """Highest value of a landscape, over all solutions in the order of a Gray code: one bit turns at a time.

    Row i of reads names the bits that contribution i reads; only contributions that read the bit turned are looked up.
    """
    bits = reads.shape[0]
    count = np.zeros(bits, np.int64)
    who, place = np.zeros((bits, reads.size), np.int64), np.zeros((bits, reads.size), np.int64)
    for i in range(bits):
        for q in range(reads.shape[1]):
            b = reads[i, q]
            who[b, count[b]], place[b, count[b]] = i, q
            count[b] += 1
    at = np.zeros(bits, np.int64)
    total = 0.0
    for i in range(bits):
        total += table[i, 0]
    best = total
    for step in range(1, np.int64(1) << bits):
        b = np.int64(lowest(U(step)))
        for e in range(count[b]):
            i = who[b, e]
            old = at[i]
            at[i] = old ^ (np.int64(1) << place[b, e])
            total += table[i, at[i]] - table[i, old]
        best = max(best, total)
    return best


@inner
def _interactions(key: Any, how: Any, reads: Any) -> None:
    """Bit i reads itself and K others: any, each drawn anew (0); any, without repetition (1); the next on a ring (2)."""
    bits = reads.shape[0]
    others = np.zeros(bits, np.int64)
    for i in range(bits):
        for b in range(bits):
            others[b] = (i + b) % bits
        reads[i] = others[: reads.shape[1]]
        for q in range(1, reads.shape[1]):
            first = 1 if how == 0 else q
            at = first + np.int64(uniform(word(key, U(i * bits + q))) * (bits - first) - 1e-12)
            if how == 0:
                reads[i, q] = others[at]
            elif how == 1:
                others[q], others[at] = others[at], others[q]
                reads[i, q] = others[q]


@inner
def _landscape(key: Any, how: Any, table: Any, reads: Any) -> Any:
    """Draw a landscape into `table` and `reads`; its highest value."""
    mine = child(key, U(_TABLES))
    bits, contents = table.shape
    per = reads.shape[1]
    for i in range(bits):
        for at in range(contents):
            table[i, at] = uniform(word(mine, U((i << per) + at)))
    _interactions(child(key, U(_READS)), how, reads)
    return highest(reads, table)


@inner
def _best_contact(i: Any, shape: Any, leader: Any, worth: Any) -> Any:
    """Whose solution i sees as the best: the leader's in a full network, else that of i or a neighbour, i's own on a tie."""
    if shape == 0:
        return np.int64(leader)
    people, best = worth.shape[0], np.int64(i)
    for step in (-1, 1):
        j = i + step
        if shape == 2:
            j = j % people
        if 0 <= j < people and worth[j] > worth[best]:
            best = np.int64(j)
    return best


@kernel
def _run(keys: Any, people: Any, bits: Any, per: Any, how: Any, shape: Any, power: Any, out: Any) -> None:
    table, reads = np.zeros((bits, 1 << per)), np.zeros((bits, per), np.int64)
    x, old = np.zeros(people, np.int64), np.zeros(people, np.int64)
    worth, before = np.zeros(people), np.zeros(people)
    for r in range(keys.shape[0]):
        top = _landscape(keys[r], how, table, reads)
        for i in range(people):
            x[i] = np.int64(word(child(keys[r], U(_PEOPLE)), U(i)) >> U(64 - bits))
            worth[i] = _value(x[i], reads, table)
        out[r, 0] = np.mean((worth / top) ** power)
        for t in range(1, out.shape[1]):
            old[:] = x
            before[:] = worth
            leader = np.argmax(before)
            turns = child(child(keys[r], U(_FLIP)), U(t))
            for i in range(people):
                best = _best_contact(i, shape, leader, before)
                if before[best] > before[i]:
                    x[i], worth[i] = old[best], before[best]
                else:
                    tried = old[i] ^ (np.int64(1) << np.int64(uniform(word(turns, U(i))) * bits - 1e-12))
                    value = _value(tried, reads, table)
                    if value > before[i]:
                        x[i], worth[i] = tried, value
            out[r, t] = np.mean((worth / top) ** power)


def landscape(
    shape: str,
    people: int = 100,
    N: int = 20,
    K: int = 5,
    power: float = 8.0,
    interactions: str = "repeated",
    periods: int = 200,
    replicates: int = 400,
    seed: int = 0,
    *,
    first: int = 0,
    workers: int | None = None,
) -> Ensemble:
    """Mean score of problem solvers on an NK landscape who see the solutions of their contacts.

    A solution has N bits. The contribution of bit i is a uniform number for every content of bit i and K others, the value
    f their sum, the score (f / max f)^power with the maximum over all 2^N. In every period, from the state before it, each
    person takes the best solution among the contacts if it beats their own; otherwise they turn one bit at random and
    keep the result if it is better. Copies are without error and people look at their contacts in every period.

    Special cases: K = 0, one peak; one person, local search alone.

    Parameters
    ----------
    shape : {'full', 'line', 'ring'}
        Everybody sees everybody, or the two neighbours (one at the ends of a line).
    people, N, K : int
        K < N <= 25, K <= 12.
    power : float
    interactions : {'repeated', 'distinct', 'adjacent'}
        The K others: each drawn anew from the N - 1 other bits, so that one may be drawn twice and the landscape is a
        little smoother; drawn without repetition (Kauffman's); or the next K on a ring. The full network's plateau at
        N = 20, K = 5 is .58, .54 and .53: a published value belongs to one of them.
    periods, replicates, seed, first, workers
        As in `march`. Two shapes with one seed face the same landscapes and the same openings.

    Returns
    -------
    Ensemble
        curve: mean score of the people.

    Raises
    ------
    InputError
        For an unknown shape or kind of interactions, or N and K out of range.

    Source
    ------
    Lazer and Friedman 2007, 'The network structure of exploration and exploitation', Administrative Science Quarterly
    52(4):667-694; Kauffman 1993, 'The origins of order'.

    Examples
    --------
    >>> full, line = (landscape(s, people=30, N=12, K=3, periods=40, replicates=50, seed=1).curve.mean(axis=0) for s in ("full", "line"))
    >>> bool(full[5] > line[5]), bool(full[-1] < line[-1])
    (True, True)
    """
    if shape not in SHAPES:
        raise InputError(text("organisations.shape", shape=shape, known=", ".join(SHAPES)))
    if interactions not in INTERACTIONS:
        raise InputError(text("organisations.interactions", given=interactions, known=", ".join(INTERACTIONS)))
    people, N, K = whole_number(people, "people"), whole_number(N, "N"), whole_number(K, "K", 0)
    if not (K < N <= 25 and K <= 12):
        raise InputError(text("organisations.landscape", N=N, K=K))
    periods, count = whole_number(periods, "periods", 0), replicate_count(replicates)

    def run(a: int, b: int) -> np.ndarray:
        keys = np.array([stream(seed, SEARCH, r) for r in range(a, b)], dtype=np.uint64)
        out = np.zeros((b - a, periods + 1))
        _run(keys, people, N, K + 1, INTERACTIONS.index(interactions), SHAPES.index(shape), float(power), out)
        return out

    return Ensemble(np.concatenate(in_threads(run, first, first + count, workers)), seed)
