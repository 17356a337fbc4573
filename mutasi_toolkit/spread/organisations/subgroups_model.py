"""Fang, Lee and Schilling 2010: semi-isolated subgroups that learn from their better neighbours."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, child, fixed, inner, kernel, ones, stream, uniform, word
from mutasi_toolkit.spread.network import probability_value
from mutasi_toolkit.spread.organisations.common import (
    FANG,
    Ensemble,
    mask,
    replicate_count,
    whole_number,
)
from mutasi_toolkit.spread.parallel import in_threads

_REALITY, _PEOPLE, _LINKS, _LEARN, _LEAVE, _REPLACE, _SHIFT, _PERIOD = range(8)
#: Tries to find a partner to whom there is no link yet.
_TRIES = 100


@inner
def _rewired(groups: Any, size: Any, beta: Any, key: Any, a: Any, b: Any) -> None:
    """Links of cliques, each with probability beta led to somebody of another clique instead."""
    n = groups * size
    linked = np.zeros((n, n), np.bool_)
    e = 0
    for i in range(n):
        for j in range(i + 1, (i // size + 1) * size):
            a[e], b[e] = i, j
            linked[i, j] = linked[j, i] = True
            e += 1
    for e in range(a.shape[0]):
        mine = child(key, U(e))
        if uniform(word(mine, U(0))) > beta or groups < 2:
            continue
        i, j = a[e], b[e]
        if word(mine, U(1)) & U(1):
            i, j = j, i
        for t in range(_TRIES):
            other = np.int64(uniform(word(mine, U(2 + t))) * (n - size) - 1e-12)
            if other >= i // size * size:
                other += size
            if not linked[i, other]:
                linked[i, j] = linked[j, i] = False
                linked[i, other] = linked[other, i] = True
                a[e], b[e] = i, other
                break


@inner
def _neighbours(n: Any, a: Any, b: Any, start: Any, other: Any) -> None:
    start[:] = 0
    for e in range(a.shape[0]):
        start[a[e] + 1] += 1
        start[b[e] + 1] += 1
    for i in range(n):
        start[i + 1] += start[i]
    filled = start.copy()
    for e in range(a.shape[0]):
        other[filled[a[e]]] = b[e]
        filled[a[e]] += 1
        other[filled[b[e]]] = a[e]
        filled[b[e]] += 1


@inner
def _payoff(plus: Any, minus: Any, reality: Any, full: Any, heads: Any, s: Any) -> Any:
    """S for every group of s dimensions that are all right."""
    total = np.int64(0)
    for w in range(full.shape[0]):
        right = (plus[w] & reality[w]) | (minus[w] & full[w] & ~reality[w])
        for _ in range(s - 1):
            right &= (right >> U(1)) | ~(~U(0) >> U(1))
        total += np.int64(ones(right & heads[w]))
    return s * total


@inner
def _newcomer(key: Any, full: Any, plus: Any, minus: Any) -> None:
    for w in range(full.shape[0]):
        plus[w] = U(0)
        minus[w] = U(0)
        for d in range(64):
            bit = U(1) << U(d)
            if full[w] & bit:
                u = uniform(word(key, U(64 * w + d)))
                if u <= 1.0 / 3.0:
                    plus[w] |= bit
                elif u <= 2.0 / 3.0:
                    minus[w] |= bit


@inner
def _majority(i: Any, w: Any, start: Any, other: Any, better: Any, plus: Any, minus: Any, up: Any, down: Any) -> Any:
    """Dimensions in which most superior neighbours of i believe 1, and those in which most believe -1."""
    up[:] = U(0)
    down[:] = U(0)
    for e in range(start[i], start[i + 1]):
        if better[e]:
            for side in range(2):
                planes, carry = (up, plus[other[e], w]) if side == 0 else (down, minus[other[e], w])
                for p in range(planes.shape[0]):
                    new = planes[p] & carry
                    planes[p] ^= carry
                    carry = new
    more, less = U(0), U(0)
    for q in range(up.shape[0]):
        p = up.shape[0] - 1 - q
        open_ = ~(more | less)
        more |= open_ & up[p] & ~down[p]
        less |= open_ & down[p] & ~up[p]
    return more, less


@inner
def _disturb(here: Any, leave: Any, shift: Any, full: Any, plus: Any, minus: Any, reality: Any) -> None:
    """Turnover and turbulence, before a period."""
    if leave > 0.0:
        for i in range(plus.shape[0]):
            if uniform(word(child(here, U(_LEAVE)), U(i))) <= leave:
                _newcomer(child(child(here, U(_REPLACE)), U(i)), full, plus[i], minus[i])
    for w in range(full.shape[0]):
        reality[w] ^= mask(child(child(here, U(_SHIFT)), U(w)), shift, full[w])


@inner
def _learn(here: Any, learn: Any, start: Any, other: Any, score: Any, plus: Any, minus: Any, better: Any, up: Any, down: Any) -> Any:
    """One period of learning, from the state and the payoffs before it; whether anybody had anything to learn."""
    for i in range(plus.shape[0]):
        for e in range(start[i], start[i + 1]):
            better[e] = score[other[e]] > score[i]
    old_plus, old_minus = plus.copy(), minus.copy()
    changed = False
    for i in range(plus.shape[0]):
        for w in range(plus.shape[1]):
            more, less = _majority(i, w, start, other, better, old_plus, old_minus, up, down)
            rise, fall = more & ~old_plus[i, w], less & ~old_minus[i, w]
            if rise | fall:
                changed = True
                moves = mask(child(child(child(here, U(_LEARN)), U(i)), U(w)), learn, rise | fall)
                plus[i, w] = (plus[i, w] | (rise & moves)) & ~(fall & moves)
                minus[i, w] = (minus[i, w] | (fall & moves)) & ~(rise & moves)
    return changed


@inner
def _opening(key: Any, full: Any, plus: Any, minus: Any, reality: Any) -> None:
    for w in range(full.shape[0]):
        reality[w] = word(child(key, U(_REALITY)), U(w)) & full[w]
    for i in range(plus.shape[0]):
        _newcomer(child(child(key, U(_PEOPLE)), U(i)), full, plus[i], minus[i])


@inner
def _digits(start: Any) -> Any:
    """Binary digits that the largest number of neighbours needs."""
    places = 1
    for i in range(start.shape[0] - 1):
        while (1 << places) <= start[i + 1] - start[i]:
            places += 1
    return places


@kernel
def _run(keys: Any, groups: Any, size: Any, beta: Any, learn: Any, s: Any, full: Any, heads: Any, leave: Any, shift: Any, out: Any) -> None:
    n, words, ties = groups * size, full.shape[0], groups * size * (size - 1) // 2
    a, b = np.zeros(ties, np.int64), np.zeros(ties, np.int64)
    start, other, better = np.zeros(n + 1, np.int64), np.zeros(2 * ties, np.int64), np.zeros(2 * ties, np.bool_)
    plus, minus = np.zeros((n, words), np.uint64), np.zeros((n, words), np.uint64)
    score, reality = np.zeros(n, np.int64), np.zeros(words, np.uint64)
    up, down = np.zeros(16, np.uint64), np.zeros(16, np.uint64)
    for r in range(keys.shape[0]):
        key = keys[r]
        _rewired(groups, size, beta, child(key, U(_LINKS)), a, b)
        _neighbours(n, a, b, start, other)
        places = _digits(start)
        _opening(key, full, plus, minus, reality)
        changed = True
        for t in range(out.shape[1]):
            if t > 0 and not (changed or leave > 0.0 or shift > U(0)):
                out[r, t] = out[r, t - 1]
                continue
            if t > 0:
                here = child(child(key, U(_PERIOD)), U(t))
                _disturb(here, leave, shift, full, plus, minus, reality)
                for i in range(n):
                    score[i] = _payoff(plus[i], minus[i], reality, full, heads, s)
                changed = _learn(here, learn, start, other, score, plus, minus, better, up[:places], down[:places])
            total = np.int64(0)
            for i in range(n):
                total += _payoff(plus[i], minus[i], reality, full, heads, s)
            out[r, t] = total


def subgroups(
    beta: float,
    s: int = 5,
    p3: float = 0.0,
    p4: float = 0.0,
    m: int = 100,
    groups: int = 40,
    size: int = 7,
    p_learn: float = 0.3,
    periods: int = 1000,
    replicates: int = 100,
    seed: int = 0,
    *,
    first: int = 0,
    workers: int | None = None,
) -> Ensemble:
    """Mean payoff of an organisation of subgroups that are linked a little.

    `groups` cliques of `size` people; every link is led, with probability beta, from one of its ends to somebody of
    another clique. Beliefs and reality as in `march`. The payoff of a person is s times the number of groups of s
    dimensions that are all right: s = 1 counts dimensions, a large s is a complex task. In a period, from the state
    before it, everybody compares the payoff of the neighbours with their own and takes, in each dimension with
    probability `p_learn`, the belief of the majority (1 against -1) of those who do better.

    Special cases: beta = 0, isolated subgroups; p3 and p4 as in `march`.

    Parameters
    ----------
    beta : float
    s : int
        Divides m; at most 64.
    p3, p4 : float
        Turnover and turbulence per period.
    m, groups, size : int
    p_learn : float
    periods : int
        Without turnover and turbulence the default is enough for everybody to have learned what they can.
    replicates, seed, first, workers
        As in `march`.

    Returns
    -------
    Ensemble
        curve: mean payoff of the people divided by m.

    Raises
    ------
    InputError
        When m is no multiple of s, or a probability is none.

    Source
    ------
    Fang, Lee and Schilling 2010, 'Balancing exploration and exploitation through structural design: the isolation of
    subgroups and organizational learning', Organization Science 21(3):625-642.

    Examples
    --------
    >>> apart, linked = (subgroups(b, replicates=10, seed=1).mean for b in (0.0, 0.15))
    >>> apart < 0.1 < 0.7 < linked
    True
    """
    beta, p3, p4, p_learn = (probability_value(v, k) for v, k in ((beta, "beta"), (p3, "p3"), (p4, "p4"), (p_learn, "p_learn")))
    m, s, groups, size = whole_number(m, "m"), whole_number(s, "s"), whole_number(groups, "groups"), whole_number(size, "size")
    count, periods = replicate_count(replicates), whole_number(periods, "periods", least=0)
    if m % s or s > 64:
        raise InputError(text("organisations.groups", m=m, s=s))
    full, heads = _layout(m, s)

    def run(a: int, b: int) -> np.ndarray:
        keys = np.array([stream(seed, FANG, r) for r in range(a, b)], dtype=np.uint64)
        out = np.zeros((b - a, periods + 1), dtype=np.int64)
        _run(keys, groups, size, beta, fixed.py_func(p_learn), s, full, heads, p3, fixed.py_func(p4), out)
        return out

    total = np.concatenate(in_threads(run, first, first + count, workers))
    return Ensemble(total / (m * groups * size), seed)


def _layout(m: int, s: int) -> tuple[np.ndarray, np.ndarray]:
    """Bits in use, and the lowest bit of each group of s; no group lies across two words.

    Examples
    --------
    >>> [hex(int(x[0])) for x in _layout(4, 2)]
    ['0xf', '0x5']
    """
    per_word = 64 // s
    full, heads = [], []
    for begin in range(0, m // s, per_word):
        here = min(per_word, m // s - begin)
        heads.append(sum(1 << (g * s) for g in range(here)))
        full.append((1 << (here * s)) - 1)
    return np.array(full, dtype=np.uint64), np.array(heads, dtype=np.uint64)
