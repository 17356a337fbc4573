"""Moves during the simulated time: who changes seats with whom, and the ties that movers keep."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mutasi_toolkit.spread.draws import U, inner, kernel, ones, word

#: Policies by name; the number is what the kernels read.
POLICIES = {"none": 0, "swap": 1, "ladder": 2, "experts_first": 3, "matched": 4, "plan": 5, "record": 5}
#: Other names that mean the same.
ALIASES = {"random": "swap", "random_swap": "swap", "riwayat": "record", "experts": "experts_first"}
#: Draws after which no partner is found, and units among which 'matched' looks.
TRIES, LOOKS = 16, 16


class Places(NamedTuple):
    """Who sits where in one replicate.

    Attributes
    ----------
    unit : int32 (n,), unit of a person
    member : int32 (n,), people by unit
    place : int32 (n,), where a person stands in `member`
    start : int64 (n_units + 1,), where a unit starts in `member`
    """

    unit: np.ndarray
    member: np.ndarray
    place: np.ndarray
    start: np.ndarray


class Kept(NamedTuple):
    """Ties kept after moves, in the order in which they were made.

    Attributes
    ----------
    mover, colleague, born : int32 (capacity,)
    filled : int64 (1,), number of ties
    """

    mover: np.ndarray
    colleague: np.ndarray
    born: np.ndarray
    filled: np.ndarray


class Kinds(NamedTuple):
    """Who may exchange seats: people of one kind.

    Attributes
    ----------
    kind : int32 (n,)
    member : int32 (n,), people by kind
    start : int64 (kinds + 1,)
    """

    kind: np.ndarray
    member: np.ndarray
    start: np.ndarray


def policy_name(given: str) -> str:
    """The name of a policy in POLICIES, whatever the case and the signs between its words.

    Examples
    --------
    >>> policy_name("Random swap"), policy_name("experts-first"), policy_name("gossip")
    ('swap', 'experts_first', 'gossip')
    """
    plain = "_".join(given.lower().replace("-", " ").replace("_", " ").split())
    return ALIASES.get(plain, plain)


def places(unit: np.ndarray, n_units: int) -> Places:
    """Everybody at their unit."""
    member = np.argsort(unit, kind="stable").astype(np.int32)
    place = np.empty(len(unit), dtype=np.int32)
    place[member] = np.arange(len(unit), dtype=np.int32)
    start = np.zeros(n_units + 1, dtype=np.int64)
    np.cumsum(np.bincount(unit, minlength=n_units), out=start[1:])
    return Places(unit.astype(np.int32), member, place, start)


def kinds(kind: np.ndarray) -> Kinds:
    """People by kind."""
    made = places(kind, int(kind.max(initial=0)) + 1)
    return Kinds(made.unit, made.member, made.start)


@inner
def _below(bits: Any, n: Any) -> Any:
    """A number 0 .. n - 1 from 64 random bits (n below 2^32)."""
    return np.int64(((bits >> U(32)) * U(n)) >> U(32))


@inner
def _keep(v: Any, t: Any, seats: Any, kept: Any, bits: Any) -> None:
    """V keeps a tie with one colleague of the unit it is about to leave, if it has any."""
    first, last = seats.start[seats.unit[v]], seats.start[seats.unit[v] + 1]
    at = kept.filled[0]
    if last - first < 2 or at >= kept.mover.size:
        return
    i = first + _below(bits, last - first - 1)
    if i >= seats.place[v]:
        i += 1
    kept.mover[at] = v
    kept.colleague[at] = seats.member[i]
    kept.born[at] = t
    kept.filled[0] = at + 1


@inner
def _exchange(a: Any, b: Any, seats: Any) -> None:
    """A and b take each other's seat."""
    i, j = seats.place[a], seats.place[b]
    seats.member[i], seats.member[j] = b, a
    seats.place[a], seats.place[b] = j, i
    x = seats.unit[a]
    seats.unit[a] = seats.unit[b]
    seats.unit[b] = x


@inner
def _partner(v: Any, seats: Any, groups: Any, key: Any, c: Any) -> Any:
    """Somebody of v's kind in another unit, -1 where none is found."""
    first, last = groups.start[groups.kind[v]], groups.start[groups.kind[v] + 1]
    for i in range(TRIES):
        x = groups.member[first + _below(word(key, c + U(i)), last - first)]
        if seats.unit[x] != seats.unit[v]:
            return np.int64(x)
    return np.int64(-1)


@inner
def _swap(v: Any, x: Any, t: Any, seats: Any, kept: Any, key: Any, c: Any) -> None:
    if x >= 0:
        _keep(v, t, seats, kept, word(key, c))
        _keep(x, t, seats, kept, word(key, c + U(1)))
        _exchange(v, x, seats)


@inner
def _random_swaps(movers: Any, t: Any, seats: Any, groups: Any, kept: Any, key: Any) -> None:
    for q in range(movers // 2):
        c = U(q * 32)
        v = _below(word(key, c), seats.unit.size)
        _swap(v, _partner(v, seats, groups, key, c + U(4)), t, seats, kept, key, c + U(1))


@inner
def _ladder(movers: Any, t: Any, seats: Any, groups: Any, kept: Any, key: Any, chain: Any) -> None:
    """A run of consecutive units: one of each goes to the next unit, that of the last to the first."""
    n_units = seats.start.size - 1
    left = movers
    c = U(0)
    while left > 1:
        here = _below(word(key, c), n_units)
        c += U(1)
        length = 0
        for i in range(min(left, n_units)):
            u = (here + i) % n_units
            size = seats.start[u + 1] - seats.start[u]
            for _ in range(TRIES if size else 0):
                v = seats.member[seats.start[u] + _below(word(key, c), size)]
                c += U(1)
                if length == 0 or groups.kind[v] == groups.kind[chain[0]]:
                    chain[length] = v
                    length += 1
                    break
        for i in range(length):
            _keep(chain[i], t, seats, kept, word(key, c))
            c += U(1)
        for i in range(length - 1, 0, -1):
            _exchange(chain[0], chain[i], seats)
        left -= max(length, 1)


@inner
def _experts(movers: Any, t: Any, seats: Any, groups: Any, kept: Any, key: Any, state: Any, first: Any, words: Any, most: Any) -> None:
    """The people who hold the most skills go first, each against somebody of another unit."""
    n = seats.unit.size
    wanted = movers // 2
    number = np.zeros(64 * words + 1, np.int64)
    for v in range(n):
        k = U(0)
        for w in range(words):
            k += ones(state[v, first + w])
        most[v] = np.int64(k)
        number[most[v]] += 1
    bar = number.size - 1
    above = 0
    while bar > 0 and above + number[bar] < wanted:
        above += number[bar]
        bar -= 1
    at_bar = wanted - above
    offset = _below(word(key, ~U(0)), n)
    for i in range(n):
        v = (i + offset) % n
        if most[v] < max(bar, 1):
            continue
        if most[v] == bar:
            if at_bar == 0:
                continue
            at_bar -= 1
        c = U(v * 32)
        _swap(v, _partner(v, seats, groups, key, c + U(4)), t, seats, kept, key, c + U(1))


@inner
def _best_unit(v: Any, seats: Any, key: Any, c: Any, state: Any, first: Any, words: Any, has: Any) -> Any:
    """Among units drawn at random, the one where the most skills of v are held by nobody; -1 where none lacks any."""
    best, target = np.int64(0), np.int64(-1)
    for i in range(LOOKS):
        u = _below(word(key, c + U(i)), seats.start.size - 1)
        if u == seats.unit[v] or seats.start[u + 1] == seats.start[u]:
            continue
        new = U(0)
        for w in range(words):
            new += ones(state[v, first + w] & ~has[u, w])
        if np.int64(new) > best:
            best, target = np.int64(new), u
    return target


@inner
def _somebody_who_knows(n: Any, key: Any, c: Any, state: Any, first: Any, words: Any) -> Any:
    """A person drawn at random who holds a skill; anybody where the draws find none."""
    v = np.int64(0)
    for i in range(TRIES):
        v = _below(word(key, c + U(i)), n)
        for w in range(words):
            if state[v, first + w] != U(0):
                return v
    return v


@inner
def _matched(movers: Any, t: Any, seats: Any, groups: Any, kept: Any, key: Any, state: Any, first: Any, words: Any, has: Any) -> None:
    """Holders drawn at random go where the most of their skills are lacking."""
    has[:] = U(0)
    for v in range(seats.unit.size):
        for w in range(words):
            has[seats.unit[v], w] |= state[v, first + w]
    for q in range(movers // 2):
        c = U(q * 64)
        v = _somebody_who_knows(seats.unit.size, key, c + U(48), state, first, words)
        u = _best_unit(v, seats, key, c + U(32), state, first, words, has)
        if u < 0:
            continue
        for i in range(TRIES):
            x = np.int64(seats.member[seats.start[u] + _below(word(key, c + U(8 + i)), seats.start[u + 1] - seats.start[u])])
            if groups.kind[x] == groups.kind[v]:
                for w in range(words):
                    has[u, w] |= state[v, first + w]
                _swap(v, x, t, seats, kept, key, c + U(1))
                break


@inner
def _seat_again(seats: Any) -> None:
    """`member`, `place` and `start` anew from `unit`."""
    seats.start[:] = 0
    for v in range(seats.unit.size):
        seats.start[seats.unit[v] + 1] += 1
    for u in range(seats.start.size - 1):
        seats.start[u + 1] += seats.start[u]
    for v in range(seats.unit.size):
        u = seats.unit[v]
        seats.member[seats.start[u]] = v
        seats.place[v] = seats.start[u]
        seats.start[u] += 1
    for u in range(seats.start.size - 1, 0, -1):
        seats.start[u] = seats.start[u - 1]
    seats.start[0] = 0


@inner
def _as_planned(t: Any, seats: Any, kept: Any, key: Any, who: Any, goes: Any, when: Any) -> None:
    """Moves who[i] -> goes[i] of period t."""
    some = False
    for i in range(who.size):
        if when[i] == t and seats.unit[who[i]] != goes[i]:
            _keep(np.int64(who[i]), t, seats, kept, word(key, U(i)))
            some = True
    if some:
        for i in range(who.size):
            if when[i] == t:
                seats.unit[who[i]] = goes[i]
        _seat_again(seats)


@kernel
def move(
    policy: Any, movers: Any, t: Any, seats: Any, groups: Any, kept: Any, key: Any, state: Any, first: Any, words: Any, has: Any, most: Any,
    who: Any, goes: Any, when: Any,
) -> None:  # fmt: skip
    """The moves of one period by one policy, in place. `first` is the first word of the level that counts as holding."""
    if policy == 1:
        _random_swaps(movers, t, seats, groups, kept, key)
    elif policy == 2:
        _ladder(movers, t, seats, groups, kept, key, most)
    elif policy == 3:
        _experts(movers, t, seats, groups, kept, key, state, first, words, most)
    elif policy == 4:
        _matched(movers, t, seats, groups, kept, key, state, first, words, has)
    elif policy == 5:
        _as_planned(t, seats, kept, key, who, goes, when)
