"""One period in which all skills of all people spread: lessons in units and along ties, forgetting, stopping.

State is a row of words per person, 64 lanes to a word. With levels, a lane is a skill at a level: words 0 .. W - 1
hold level 1, the next W words level 2, and so on. One uniform number decides whether a person learns a skill from the
colleagues of a period, whatever their number: more teachers never make anybody learn less on the same draws.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from mutasi_toolkit.spread.bitplanes import (
    FORGET,
    LEARN,
    STOP,
    TAKE,
    count_words,
    each_row,
    gather,
    keys_of,
    person_key,
    place_of,
    sliced_row,
    sliced_word,
    tiny_bernoulli,
    to_slices,
)
from mutasi_toolkit.spread.draws import U, child, fixed, inner, kernel
from mutasi_toolkit.spread.lanes import anyone, bernoulli, load, rows, splat, store

#: How a unit teaches: independent lessons, a random threshold on the share who know, a fixed one.
LESSONS, RANDOM_BAR, FIXED_BAR = 0, 1, 2
#: Taken off a fixed threshold, so that a share that equals it but for rounding reaches it.
SLACK = 1e-12


class Law(NamedTuple):
    """What decides lessons and losses; read by every kernel.

    Attributes
    ----------
    kind : int
        LESSONS, RANDOM_BAR or FIXED_BAR.
    table : uint64 array
        Chance that k teachers teach, by k, as a 64-bit fraction (LESSONS).
    bar : float
        Share who must know (FIXED_BAR).
    forget, stop : uint64
        Chance that a holder forgets, that a teacher stops, as 64-bit fractions.
    takes : uint64 array, shape (n,) or (0,)
        Chance that a person takes in what a period taught, as a 64-bit fraction; empty for always.
    words, gap : int
        Words per level; how many levels above a lesson its teacher stands.
    """

    kind: int
    table: np.ndarray
    bar: float
    forget: np.uint64
    stop: np.uint64
    takes: np.ndarray
    words: int
    gap: int


class Scratch(NamedTuple):
    """Working space of one thread: rows and the same rows as words, for one unit at a time."""

    know: np.ndarray
    know_flat: np.ndarray
    teach: np.ndarray
    teach_flat: np.ndarray
    before: np.ndarray
    before_flat: np.ndarray
    above: np.ndarray
    above_flat: np.ndarray
    out: np.ndarray
    out_flat: np.ndarray
    people: np.ndarray
    people_flat: np.ndarray
    takes: np.ndarray
    takes_flat: np.ndarray
    planes: np.ndarray
    number: np.ndarray
    chances: np.ndarray
    slices: np.ndarray


def scratch(largest: int) -> Scratch:
    """Working space for units of up to `largest` people."""
    made = [rows(largest // 8 + 1) for _ in range(7)]
    flat = [x.reshape(-1) for x in made]
    parts = [x for pair in zip(made, flat, strict=True) for x in pair]
    return Scratch._make([*parts, *(np.zeros(64, np.uint64) for _ in range(4))])


@inner
def _share_chance(law: Any, known: Any, contacts: Any) -> Any:
    """Chance that a threshold is reached when `known` of `contacts` (weights) know."""
    if contacts <= 0.0 or known <= 0.0:
        return U(0)
    share = known / contacts
    if law.kind == RANDOM_BAR:
        return fixed(share)
    return ~U(0) if share >= law.bar - SLACK else U(0)


@inner
def _unit_slices(law: Any, size: Any, s: Any) -> None:
    """Chances of the lanes of a unit from its counts of teachers, cut into binary places."""
    for lane in range(64):
        k = s.number[lane]
        if k == U(0):
            s.chances[lane] = U(0)
        elif law.kind == LESSONS:
            s.chances[lane] = law.table[k]
        else:
            s.chances[lane] = _share_chance(law, np.float64(k), np.float64(size - 1))
    to_slices(s.chances, s.slices)


@inner
def _load_people(law: Any, member: Any, first: Any, last: Any, s: Any) -> None:
    for i in range(last - first, -(-(last - first) // 8) * 8):
        s.people_flat[i] = U(0)
        s.takes_flat[i] = U(0)
    for i in range(last - first):
        s.people_flat[i] = U(member[first + i])
    if law.takes.size:
        for i in range(last - first):
            s.takes_flat[i] = law.takes[member[first + i]]


@inner
def _rows_of_unit(law: Any, size: Any, word: Any, level: Any, levels: Any, active: Any, here: Any, theta: Any, s: Any) -> None:
    """Lessons and losses of one word of skills for the people of a unit, 8 at a time, into s.out."""
    for r in range(-(-size // 8)):
        known = load(s.know, r)
        after = known
        people = load(s.people, r)
        if active != U(0):
            want = splat(active) & ~known
            if level > 0:
                want = want & load(s.before, r)
            if anyone(want):
                base = keys_of(theta, people) + splat(place_of(word, LEARN))
                got = sliced_row(base, want, s.slices)
                if law.takes.size and anyone(got):
                    got = each_row(keys_of(here, people) + splat(place_of(word, TAKE)), got, load(s.takes, r))
                after = after | got
        if law.forget != U(0):
            top = known
            if level < levels - 1:
                top = top & ~load(s.above, r)
            if anyone(top):
                base = keys_of(here, people) + splat(place_of(word, FORGET))
                after = after & ~bernoulli(base, top, law.forget)
        store(s.out, r, after)


@inner
def _weighed_bars(law: Any, state: Any, member: Any, first: Any, size: Any, word: Any, here: Any, theta: Any, weight: Any, heard: Any, s: Any) -> None:
    """Thresholds of the people of a unit who have ties: colleagues count 1 each, ties their weight."""
    for i in range(size):
        v = member[first + i]
        if weight[v] <= 0.0:
            continue
        known = state[v, word]
        lost = known & ~s.out_flat[i]
        for lane in range(64):
            share = np.float64(s.number[lane]) + heard[v, word * 64 + lane]
            if (known >> U(lane)) & U(1):
                s.chances[lane] = U(0)
            else:
                s.chances[lane] = _share_chance(law, share, np.float64(size - 1) + weight[v])
        to_slices(s.chances, s.slices)
        want = ~known
        if word >= law.words:
            want &= state[v, word - law.words]
        got = sliced_word(person_key(theta, v) + place_of(word, LEARN), want, s.slices)
        if law.takes.size and got != U(0):
            got = tiny_bernoulli(person_key(here, v) + place_of(word, TAKE), got, law.takes[v])
        s.out_flat[i] = (known & ~lost) | got


@kernel
def mix_in_units(
    state: Any, teach: Any, after: Any, member: Any, start: Any, law: Any, here: Any, theta: Any, weight: Any, heard: Any, holder: Any,
    curve: Any, s: Any,
) -> None:  # fmt: skip
    """One period inside the units: `after` from `state`; curve[skill] += holders of the state before.

    `holder` is the first word of the level that counts as holding. `theta` is the key of the draw that decides
    learning: that of the period for lessons, one for all periods for a random threshold.
    """
    n_words = state.shape[1]
    levels = n_words // law.words
    apart = law.stop != U(0) or law.gap > 0
    for u in range(start.size - 1):
        first, last = start[u], start[u + 1]
        size = last - first
        if size == 0:
            continue
        _load_people(law, member, first, last, s)
        for word in range(n_words):
            level = word // law.words
            teacher = word + law.gap * law.words
            if teacher >= n_words:
                teacher = -1
            gather(state, member, first, last, word, s.know_flat)
            gather(teach, member, first, last, teacher, s.teach_flat)
            if level > 0:
                gather(state, member, first, last, word - law.words, s.before_flat)
            if level < levels - 1 and law.forget != U(0):
                gather(state, member, first, last, word + law.words, s.above_flat)
            counted = word >= holder and word < holder + law.words
            if counted:
                count_words(s.know_flat, size, s.planes, s.number)
                for lane in range(64):
                    at = (word - holder) * 64 + lane
                    if at < curve.size:
                        curve[at] += np.int64(s.number[lane])
            active = count_words(s.teach_flat, size, s.planes, s.number) if apart or not counted else _union(s.know_flat, size)
            if active != U(0):
                _unit_slices(law, size, s)
            _rows_of_unit(law, size, word, level, levels, active, here, theta, s)
            if weight.size:
                _weighed_bars(law, state, member, first, size, word, here, theta, weight, heard, s)
            for i in range(size):
                after[member[first + i], word] = s.out_flat[i]


@inner
def _union(flat: Any, count: Any) -> Any:
    union = U(0)
    for i in range(count):
        union |= flat[i]
    return union


@inner
def lesson(learner: Any, teacher: Any, chance: Any, key: Any, state: Any, teach: Any, after: Any, law: Any, here: Any) -> None:
    """One tie in one direction: every skill is taught with one chance, drawn apart from the lessons of the unit."""
    n_words = state.shape[1]
    for word in range(n_words - law.gap * law.words):
        want = teach[teacher, word + law.gap * law.words] & ~state[learner, word]
        if word >= law.words:
            want &= state[learner, word - law.words]
        if want == U(0):
            continue
        got = tiny_bernoulli(key + place_of(word, LEARN), want, chance)
        if law.takes.size and got != U(0):
            got = tiny_bernoulli(person_key(here, learner) + place_of(word, TAKE), got, law.takes[learner])
        after[learner, word] |= got


@inner
def tie_key(here: Any, learner: Any, teacher: Any, which: Any) -> Any:
    """Key of the lessons along one tie: names learner, teacher and which of the ties between them."""
    return child(child(here, (U(learner) << U(32)) | U(teacher)), which)


@kernel
def settle(state: Any, teach: Any, after: Any, teach_after: Any, law: Any, here: Any) -> None:
    """Close levels downwards, then let teachers stop: who has just learned teaches next."""
    n, n_words = state.shape
    for v in range(n):
        for word in range(n_words - law.words - 1, -1, -1):
            after[v, word] |= after[v, word + law.words]
        if law.stop != U(0):
            key = person_key(here, v)
            for word in range(n_words):
                stays = teach[v, word] & after[v, word]
                if stays != U(0):
                    stays &= ~tiny_bernoulli(key + place_of(word, STOP), stays, law.stop)
                teach_after[v, word] = stays | (after[v, word] & ~state[v, word])


@kernel
def tally(state: Any, member: Any, start: Any, place: Any, words: Any, holder: Any, known: Any, curve: Any, s: Any) -> None:
    """known[place of the unit, skill] += holders, curve[skill] += holders."""
    for u in range(start.size - 1):
        if start[u + 1] == start[u]:
            continue
        for word in range(words):
            gather(state, member, start[u], start[u + 1], holder + word, s.know_flat)
            count_words(s.know_flat, start[u + 1] - start[u], s.planes, s.number)
            for lane in range(min(64, curve.size - word * 64)):
                curve[word * 64 + lane] += np.int64(s.number[lane])
                if place[u] >= 0:
                    known[place[u], word * 64 + lane] += np.int32(s.number[lane])
