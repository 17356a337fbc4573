"""Kernels of March's model: beliefs as bits, 64 dimensions to a word, so that one draw of digits decides many beliefs."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.spread.draws import U, child, fixed, inner, kernel, lowest, ones, uniform, word
from mutasi_toolkit.spread.organisations.common import mask

# Draws of a period: purpose, then person; below the person words 0.. for each group of 64 beliefs.
_START, _ACT, _SOCIALISE, _CODE, _LEAVE, _REPLACE, _SHIFT = range(7)


@inner
def _knowledge(plus: Any, minus: Any, reality: Any) -> Any:
    """Right minus wrong beliefs of one agent."""
    total = np.int64(0)
    for w in range(reality.shape[0]):
        total += np.int64(ones(plus[w] & reality[w])) + np.int64(ones(minus[w] & ~reality[w]))
        total -= np.int64(ones(plus[w] & ~reality[w])) + np.int64(ones(minus[w] & reality[w]))
    return total


@inner
def _fresh(key: Any, m: Any, plus: Any, minus: Any) -> None:
    """Beliefs of a newcomer: -1, 0 and 1 with equal chance."""
    plus[:] = U(0)
    minus[:] = U(0)
    for d in range(m):
        u = uniform(word(key, U(d)))
        bit = U(1) << U(d & 63)
        if u <= 1.0 / 3.0:
            plus[d >> 6] |= bit
        elif u <= 2.0 / 3.0:
            minus[d >> 6] |= bit


@kernel
def start(keys: Any, m: Any, full: Any, plus: Any, minus: Any, reality: Any) -> None:
    """Opening state of every replicate: random reality, random individuals, a code without beliefs (row n)."""
    n = plus.shape[1] - 1
    for r in range(keys.shape[0]):
        key = child(keys[r], U(_START))
        for w in range(full.shape[0]):
            reality[r, w] = word(key, U(w)) & full[w]
        for i in range(n):
            _fresh(child(key, U(i + 1)), m, plus[r, i], minus[r, i])
        plus[r, n] = U(0)
        minus[r, n] = U(0)


@inner
def _learnable(plus: Any, minus: Any, reality: Any, full: Any, acts: Any, p2: Any) -> Any:
    """Whether anybody can still learn, given that p1 > 0.

    While a belief differs from a belief of the code, its holder can. Once none does, the code can learn only where it has
    no belief: from a superior with luck in the acts, or from a majority of superiors that does not change any more.
    """
    n = plus.shape[0] - 1
    for i in range(n):
        for w in range(full.shape[0]):
            if (plus[n, w] & ~plus[i, w]) | (minus[n, w] & ~minus[i, w]):
                return True
    if p2 <= 0.0:
        return False
    code = _knowledge(plus[n], minus[n], reality)
    superior = np.zeros(n, np.bool_)
    for i in range(n):
        unknown = np.int64(0)
        for w in range(full.shape[0]):
            unknown += np.int64(ones(full[w] & ~(plus[i, w] | minus[i, w])))
        superior[i] = _knowledge(plus[i], minus[i], reality) + (unknown if acts else 0) > code
        if superior[i] and acts and unknown > 0:
            return True
    for w in range(full.shape[0]):
        left = full[w] & ~(plus[n, w] | minus[n, w])
        while left:
            d = lowest(left)
            left &= left - U(1)
            up, down, none = np.int64(0), np.int64(0), 0
            for i in range(n):
                if superior[i]:
                    up += np.int64((plus[i, w] >> d) & U(1))
                    down += np.int64((minus[i, w] >> d) & U(1))
                    none += 1
            if up != down and (acts or 2 * (up + down) > none):
                return True
    return False


@inner
def _count(bits: Any, planes: Any) -> None:
    """Add one to the bit-sliced counters of the dimensions set in bits."""
    carry = bits
    for p in range(planes.shape[0]):
        if carry == U(0):
            return
        new = planes[p] & carry
        planes[p] ^= carry
        carry = new


@inner
def _read(planes: Any, d: Any) -> Any:
    total = np.int64(0)
    for p in range(planes.shape[0]):
        total += np.int64((planes[p] >> U(d)) & U(1)) << p
    return total


@inner
def _code_learns(code_plus: Any, code_minus: Any, full: Any, up: Any, down: Any, superiors: Any, acts: Any, chance: Any, key: Any) -> None:
    """The code takes the majority belief of the superiors with probability 1 - (1 - p2)^k."""
    for w in range(full.shape[0]):
        left = full[w]
        while left:
            d = np.int64(lowest(left))
            bit = U(1) << U(d)
            left &= left - U(1)
            plus = _read(up[w], d)
            minus = _read(down[w], d)
            if plus == minus:
                continue
            rises = plus > minus
            if (code_plus[w] & bit) if rises else (code_minus[w] & bit):
                continue
            k = abs(plus - minus)
            if not acts:
                agree = superiors - plus - minus
                if code_plus[w] & bit:
                    agree = plus
                elif code_minus[w] & bit:
                    agree = minus
                k = superiors - 2 * agree
            if k > 0 and uniform(word(key, U(64 * w + d))) <= chance[k]:
                code_plus[w] &= ~bit
                code_minus[w] &= ~bit
                if rises:
                    code_plus[w] |= bit
                else:
                    code_minus[w] |= bit


@inner
def _period(plus: Any, minus: Any, reality: Any, full: Any, up: Any, down: Any, acts: Any, socialise: Any, chance: Any, key: Any) -> None:
    """One period from its opening state: act, individuals towards the old code, code from the old acts of superiors."""
    n = plus.shape[0] - 1
    code = _knowledge(plus[n], minus[n], reality)
    up[:] = U(0)
    down[:] = U(0)
    act_key = child(key, U(_ACT))
    move_key = child(key, U(_SOCIALISE))
    superiors = 0
    for i in range(n):
        coin_key = child(act_key, U(i))
        better = _knowledge(plus[i], minus[i], reality)
        if acts:
            for w in range(full.shape[0]):
                unknown = full[w] & ~(plus[i, w] | minus[i, w])
                if unknown:
                    right = np.int64(ones(unknown & ~(word(coin_key, U(w)) ^ reality[w])))
                    better += 2 * right - np.int64(ones(unknown))
        if better > code:
            superiors += 1
            for w in range(full.shape[0]):
                coin = U(0)
                if acts:
                    coin = full[w] & ~(plus[i, w] | minus[i, w])
                drawn = word(coin_key, U(w)) if coin else U(0)
                _count(plus[i, w] | (coin & drawn), up[w])
                _count(minus[i, w] | (coin & ~drawn), down[w])
        mine = child(move_key, U(i))
        for w in range(full.shape[0]):
            rise = plus[n, w] & ~plus[i, w]
            fall = minus[n, w] & ~minus[i, w]
            if rise | fall:
                moves = mask(child(mine, U(w)), socialise[i], rise | fall)
                rise &= moves
                fall &= moves
                if acts:
                    # One step: from the opposite to none, from none to the code's.
                    lose_minus = minus[i, w] & rise
                    lose_plus = plus[i, w] & fall
                    minus[i, w] &= ~lose_minus
                    plus[i, w] &= ~lose_plus
                    plus[i, w] |= rise & ~lose_minus
                    minus[i, w] |= fall & ~lose_plus
                else:
                    plus[i, w] = (plus[i, w] | rise) & ~fall
                    minus[i, w] = (minus[i, w] | fall) & ~rise
    if superiors > 0:
        _code_learns(plus[n], minus[n], full, up, down, superiors, acts, chance, child(key, U(_CODE)))


@inner
def _disturb(plus: Any, minus: Any, reality: Any, full: Any, m: Any, leave: Any, shift: Any, key: Any) -> None:
    """Turnover and turbulence, before a period."""
    if leave > 0.0:
        gone = child(key, U(_LEAVE))
        for i in range(plus.shape[0] - 1):
            if uniform(word(gone, U(i))) <= leave:
                _fresh(child(child(key, U(_REPLACE)), U(i)), m, plus[i], minus[i])
    if shift > U(0):
        for w in range(full.shape[0]):
            reality[w] ^= mask(child(child(key, U(_SHIFT)), U(w)), shift, full[w])


@kernel
def advance(
    keys: Any, plus: Any, minus: Any, reality: Any, full: Any, m: Any, first: Any, acts: Any, socialise: Any, chance: Any, p3: Any, p4: Any,
    ends: Any, code: Any, individuals: Any, end: Any,
) -> None:  # fmt: skip
    """Periods first + 1 .. first + code.shape[1] of every replicate; knowledge as right minus wrong."""
    n = plus.shape[1] - 1
    shift = fixed(p4)
    places = 1
    while (1 << places) <= n:
        places += 1
    up = np.zeros((full.shape[0], places), np.uint64)
    down = np.zeros((full.shape[0], places), np.uint64)
    for r in range(keys.shape[0]):
        for t in range(code.shape[1]):
            if ends and end[r] < 0 and not _learnable(plus[r], minus[r], reality[r], full, acts, chance[1]):
                end[r] = first + t
            if end[r] < 0:
                key = child(child(keys[r], U(7)), U(first + t))
                _disturb(plus[r], minus[r], reality[r], full, m, p3, shift, key)
                _period(plus[r], minus[r], reality[r], full, up, down, acts, socialise, chance, key)
            code[r, t] = _knowledge(plus[r, n], minus[r, n], reality[r])
            if t > 0 and end[r] >= 0:
                individuals[r, t] = individuals[r, t - 1]
                continue
            for i in range(n):
                individuals[r, t] += _knowledge(plus[r, i], minus[r, i], reality[r])
