"""Kowalska-Styczen, Malarz and Paradowski 2018: chunks of knowledge passed on between neighbours on a lattice."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, child, inner, kernel, ones, stream, uniform, word
from mutasi_toolkit.spread.network import probability_value
from mutasi_toolkit.spread.organisations.common import (
    CHUNKS,
    Ensemble,
    replicate_count,
    whole_number,
)
from mutasi_toolkit.spread.parallel import in_threads

_START, _PICK = range(2)
RULES = ("A", "B", "C", "any")


@inner
def _nth(bits: Any, n: Any) -> Any:
    """The n-th of the bits that are set, as a word."""
    for _ in range(n):
        bits &= bits - U(1)
    return bits & (~bits + U(1))


@kernel
def _run(keys: Any, L: Any, K: Any, p: Any, rule: Any, torus: Any, out: Any) -> None:
    full = (U(1) << U(K)) - U(1)
    held, old = np.zeros((L, L), np.uint64), np.zeros((L, L), np.uint64)
    around = np.zeros(4, np.uint64)
    for r in range(keys.shape[0]):
        here = child(keys[r], U(_START))
        for i in range(L * L):
            held[i // L, i % L] = U(0)
            for c in range(K):
                if uniform(word(here, U(i * K + c))) <= p:
                    held[i // L, i % L] |= U(1) << U(c)
        for t in range(out.shape[1]):
            if t > 0:
                old[:] = held
                now = child(child(keys[r], U(_PICK)), U(t))
                for i in range(L):
                    for j in range(L):
                        mine = old[i, j]
                        me = child(now, U(i * L + j))
                        near = 0
                        for di, dj in ((-1, 0), (1, 0), (0, -1), (0, 1)):
                            x, y = i + di, j + dj
                            if torus or (0 <= x < L and 0 <= y < L):
                                around[near] = old[x % L, y % L]
                                near += 1
                        sender = around[np.int64(uniform(word(me, U(0))) * near - 1e-12)]
                        ahead = np.int64(ones(sender)) - np.int64(ones(mine))
                        fits = rule == 3 or (rule == 2 and ahead >= 0) or (rule == 1 and ahead >= 1) or (rule == 0 and ahead == 1)
                        offer = sender & ~mine
                        if fits and offer:
                            held[i, j] = mine | _nth(offer, np.int64(uniform(word(me, U(1))) * np.int64(ones(offer)) - 1e-12))
            informed = 0
            for i in range(L):
                for j in range(L):
                    informed += held[i, j] == full
            out[r, t] = informed / (L * L)


def chunks(
    p: float,
    rule: str = "A",
    K: int = 4,
    L: int = 20,
    torus: bool = False,
    periods: int = 50,
    replicates: int = 200,
    seed: int = 0,
    *,
    first: int = 0,
    workers: int | None = None,
) -> Ensemble:
    """Share of a lattice's people who have all K chunks of knowledge.

    Everybody on an L x L lattice starts with each of K chunks with probability p. In a period, from the state before it,
    everybody looks at one of the four neighbours (fewer at the edges), drawn at random, and receives one chunk that they
    lack, drawn at random, if the sender satisfies the rule:

    A
        the sender has exactly one chunk more: knowledge passes only between people who are close in what they know;
    B
        the sender has more chunks;
    C
        the sender has as many chunks or more;
    any
        no condition.

    Special cases: p = 1, everybody is informed at once; p = 0, nobody ever.

    Parameters
    ----------
    p : float
    rule : {'A', 'B', 'C', 'any'}
    K, L : int
        K at most 63.
    torus : bool
        The edges of the lattice meet.
    periods, replicates, seed, first, workers
        As in `march`. Rules with one seed start from the same knowledge.

    Returns
    -------
    Ensemble
        curve: share of fully informed people.

    Source
    ------
    Kowalska-Styczen, Malarz and Paradowski 2018, 'Model of knowledge transfer within an organisation', Journal of
    Artificial Societies and Social Simulation 21(2):3 (rule A); 'Searching for effective and efficient way of knowledge
    transfer within an organization' of the same authors and year (rules B and C).

    Examples
    --------
    >>> a, b, c = (chunks(0.3, rule, L=10, replicates=50, seed=1).mean for rule in "ABC")
    >>> a < b < c
    True
    """
    p = probability_value(p, "p")
    if rule not in RULES:
        raise InputError(text("organisations.rule", rule=rule, known=", ".join(RULES)))
    K, L, periods = whole_number(K, "K"), whole_number(L, "L"), whole_number(periods, "periods", 0)
    count = replicate_count(replicates)
    if K > 63:
        raise InputError(text("organisations.chunks", K=K))

    def run(a: int, b: int) -> np.ndarray:
        keys = np.array([stream(seed, CHUNKS, r) for r in range(a, b)], dtype=np.uint64)
        out = np.zeros((b - a, periods + 1))
        _run(keys, L, K, p, RULES.index(rule), bool(torus), out)
        return out

    return Ensemble(np.concatenate(in_threads(run, first, first + count, workers)), seed)
