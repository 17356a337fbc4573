"""Replicates of a population in time: moves, lessons, counts; each replicate is one network path."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from mutasi_toolkit.spread.draws import (
    MOVES,
    SKILLS,
    U,
    child,
    doubling_chances,
    fixed_array,
    inner,
    kernel,
    stream,
    uniform,
    word,
)
from mutasi_toolkit.spread.moves import Kept, Kinds, Places, kinds, move, places
from mutasi_toolkit.spread.people import Population
from mutasi_toolkit.spread.periods import (
    FIXED_BAR,
    LESSONS,
    RANDOM_BAR,
    Law,
    Scratch,
    lesson,
    mix_in_units,
    scratch,
    settle,
    tally,
    tie_key,
)

#: Part of the key that names the draws of random thresholds: the same in every period.
THETA = 2**40
#: A kept tie whose strength falls below this share teaches no more.
FAINT = 1e-3


@dataclass(frozen=True, eq=False)
class Plan:
    """What happens in simulated time, as plain numbers.

    Attributes
    ----------
    periods : int
    kind : int
        How lessons are decided: see `periods.Law`.
    unit, tie, forget, stop, keep, decay : float
        See `rates.Rates`.
    bar : float
        Share who must know (fractional threshold).
    policy : int
        Number of the policy in `moves.POLICIES`.
    rate : float
        Share of the people who change seats in one rotation.
    interval : int
        Periods from one rotation to the next; the first is in period 1.
    who, goes, when : int arrays
        Moves of a given plan: person, unit, period.
    gap : int
        Levels a teacher must stand above the lesson.
    """

    periods: int
    kind: int
    unit: float
    tie: float
    forget: float
    stop: float
    keep: float
    decay: float
    bar: float = 1.0
    policy: int = 0
    rate: float = 0.0
    interval: int = 1
    who: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    goes: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    when: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    gap: int = 0


class Ties(NamedTuple):
    """Known contacts (b teaches a) with the chance of each, and the chances of kept ties by age.

    Attributes
    ----------
    a, b : int32
    chance, weight : uint64 and float64, by tie
    old_chance, old_weight : the same by age of a kept tie
    """

    a: np.ndarray
    b: np.ndarray
    chance: np.ndarray
    weight: np.ndarray
    old_chance: np.ndarray
    old_weight: np.ndarray


class Timing(NamedTuple):
    """Policy, moves of a plan, and movers a rotation."""

    policy: int
    rate: float
    interval: int
    who: np.ndarray
    goes: np.ndarray
    when: np.ndarray


@inner
def _movers(rate: Any, n: Any, key: Any) -> Any:
    """Number who move: rate times n, the fraction of a pair of people decided by a draw; even."""
    exact = rate * np.float64(n) / 2.0
    pairs = np.int64(exact)
    if uniform(word(key, ~U(1))) <= exact - np.float64(pairs):
        pairs += 1
    return 2 * pairs


@kernel
def rotate(t: Any, timing: Any, seats: Any, groups: Any, kept: Any, key: Any, state: Any, first: Any, words: Any, has: Any, most: Any) -> None:
    """Moves of period t, if any; `key` is that of the replicate."""
    if timing.policy == 0 or (timing.policy < 5 and (t - 1) % timing.interval != 0):
        return
    now = child(key, U(t))
    movers = _movers(timing.rate, seats.unit.size, now)
    move(timing.policy, movers, t, seats, groups, kept, now, state, first, words, has, most, timing.who, timing.goes, timing.when)


@kernel
def along_ties(t: Any, ties: Any, kept: Any, law: Any, here: Any, state: Any, teach: Any, after: Any) -> None:
    """Lessons along known ties, one way each, and kept ties, both ways."""
    for i in range(ties.a.size):
        a, b = np.int64(ties.a[i]), np.int64(ties.b[i])
        lesson(a, b, ties.chance[i], tie_key(here, a, b, U(0)), state, teach, after, law, here)
    for i in range(kept.filled[0]):
        chance = ties.old_chance[t - kept.born[i]]
        if chance == U(0):
            continue
        a, b, which = np.int64(kept.mover[i]), np.int64(kept.colleague[i]), U(i + 1)
        lesson(a, b, chance, tie_key(here, a, b, which), state, teach, after, law, here)
        lesson(b, a, chance, tie_key(here, b, a, which), state, teach, after, law, here)


@inner
def _weigh(a: Any, b: Any, weight: Any, state: Any, law: Any, total: Any, heard: Any) -> None:
    total[a] += weight
    n_words = state.shape[1]
    for w in range(n_words - law.gap * law.words):
        x = state[b, w + law.gap * law.words]
        lane = 0
        while x != U(0):
            if x & U(1):
                heard[a, w * 64 + lane] += weight
            x >>= U(1)
            lane += 1


@kernel
def weigh_ties(t: Any, ties: Any, kept: Any, law: Any, state: Any, total: Any, heard: Any) -> None:
    """Weight of everybody's ties, and of those to holders by lane (threshold models)."""
    total[:] = 0.0
    heard[:] = 0.0
    for i in range(ties.a.size):
        _weigh(ties.a[i], ties.b[i], ties.weight[i], state, law, total, heard)
    for i in range(kept.filled[0]):
        weight = ties.old_weight[t - kept.born[i]]
        _weigh(kept.mover[i], kept.colleague[i], weight, state, law, total, heard)
        _weigh(kept.colleague[i], kept.mover[i], weight, state, law, total, heard)


class States(NamedTuple):
    """State of one replicate: who knows and who teaches, now and after the period, and space for counts."""

    know: np.ndarray
    after: np.ndarray
    teach: np.ndarray
    teach_after: np.ndarray
    total: np.ndarray
    heard: np.ndarray
    has: np.ndarray
    most: np.ndarray


@kernel
def replicates(
    know0: Any, unit0: Any, places0: Any, keys: Any, move_keys: Any, periods: Any, law: Any, timing: Any, ties: Any, groups: Any, seats: Any,
    kept: Any, place: Any, holder: Any, x: Any, s: Any, curve: Any, known: Any,
) -> None:  # fmt: skip
    """Histories of the replicates with these keys: curve[r, t, skill] and known[r, opd, skill] at the horizon."""
    spreads = law.stop != U(0)
    for r in range(keys.size):
        state, after = x.know, x.after
        teach, teach_after = (x.teach, x.teach_after) if spreads else (x.know, x.after)
        state[:] = know0
        teach[:] = know0
        seats.unit[:] = unit0
        seats.member[:], seats.place[:], seats.start[:] = places0.member, places0.place, places0.start
        kept.filled[0] = 0
        theta = child(keys[r], U(THETA))
        for t in range(1, periods + 1):
            here = child(keys[r], U(t))
            rotate(t, timing, seats, groups, kept, move_keys[r], state, holder, law.words, x.has, x.most)
            if law.kind == LESSONS:
                theta = here
            else:
                weigh_ties(t, ties, kept, law, teach, x.total, x.heard)
            mix_in_units(state, teach, after, seats.member, seats.start, law, here, theta, x.total, x.heard, holder, curve[r, t - 1], s)
            if law.kind == LESSONS:
                along_ties(t, ties, kept, law, here, state, teach, after)
            if spreads or state.shape[1] > law.words:
                settle(state, teach, after, teach_after, law, here)
            state, after = after, state
            if spreads:
                teach, teach_after = teach_after, teach
            else:
                teach, teach_after = state, after
        tally(state, seats.member, seats.start, place, law.words, holder, known[r], curve[r, periods], s)


@dataclass(frozen=True, eq=False)
class Setting:
    """Everything the kernels read for one population and plan; made once, shared by threads."""

    p: Population
    plan: Plan
    law: Law
    timing: Timing
    ties: Ties
    groups: Kinds
    seats: Places
    capacity: int

    def states(self) -> tuple[States, Places, Kept, Scratch]:
        """Working space of one thread."""
        p, n = self.p, self.p.n
        know, after = np.zeros_like(p.know), np.zeros_like(p.know)
        teach, teach_after = (np.zeros_like(p.know), np.zeros_like(p.know)) if self.law.stop else (know, after)
        bars = self.law.kind != LESSONS and (len(p.tie_a) + self.capacity) > 0
        total, heard = np.zeros(n if bars else 0), np.zeros((n if bars else 0, 64 * p.know.shape[1]))
        has = np.zeros((len(p.unit_opd), p.words), np.uint64)
        x = States(know, after, teach, teach_after, total, heard, has, np.zeros(n, np.int64))
        kept = Kept._make([*(np.zeros(self.capacity, np.int32) for _ in range(3)), np.zeros(1, np.int64)])
        return x, Places(*(a.copy() for a in self.seats)), kept, scratch(len(self.law.table))


def setting(p: Population, plan: Plan) -> Setting:
    """Tables of chances, places and ties for a population and a plan."""
    n_units = len(p.unit_opd)
    table = -np.expm1(np.arange(_largest_unit(p, plan) + 1) * np.log1p(-plan.unit)) if plan.unit < 1 else np.minimum(np.arange(_largest_unit(p, plan) + 1), 1.0)
    law = Law(
        plan.kind, fixed_array(table), plan.bar, doubling_chances(plan.forget, 1)[0], doubling_chances(plan.stop, 1)[0],
        fixed_array(p.receptive), p.words, plan.gap,
    )  # fmt: skip
    strength = plan.keep * plan.decay ** np.arange(plan.periods + 1)
    strength[strength < FAINT] = 0.0
    a, b = (np.array(x, dtype=np.int32) for x in (p.tie_a, p.tie_b))
    ties = Ties(a, b, fixed_array(plan.tie * p.tie_strength), np.array(p.tie_strength, dtype=np.float64), fixed_array(plan.tie * strength), strength)
    # Arrays of one type, whatever they came from: a kernel is compiled anew for a read-only one.
    who, goes, when = (np.array(a, dtype=np.int64) for a in (plan.who, plan.goes, plan.when))
    timing = Timing(int(plan.policy), float(plan.rate), int(plan.interval), who, goes, when)
    kind = p.kind if len(p.kind) else np.zeros(p.n, np.int32)
    return Setting(p, plan, law, timing, ties, kinds(kind), places(p.unit, n_units), _most_ties(p, plan))


def _largest_unit(p: Population, plan: Plan) -> int:
    """Most people a unit can ever have: only a given plan changes the sizes."""
    size = np.bincount(p.unit, minlength=len(p.unit_opd))
    into = np.bincount(plan.goes, minlength=len(p.unit_opd)) if len(plan.goes) else 0
    return int((size + into).max(initial=0))


def _most_ties(p: Population, plan: Plan) -> int:
    if plan.keep == 0.0 or plan.policy == 0:
        return 0
    if plan.policy == 5:
        return len(plan.who)
    return int((plan.rate * p.n + 2) * -(-plan.periods // plan.interval))


def run(made: Setting, seed: int, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    """Histories of replicates first to last.

    Returns
    -------
    curve : int64 array (replicates, periods + 1, skills)
    known : int32 array (replicates, n_opd, skills)
    """
    p, plan, count = made.p, made.plan, last - first
    keys, move_keys = (np.array([stream(seed, purpose, r) for r in range(first, last)], dtype=np.uint64) for purpose in (SKILLS, MOVES))
    curve = np.zeros((count, plan.periods + 1, p.n_skills), np.int64)
    known = np.zeros((count, p.n_opd, p.n_skills), np.int32)
    x, seats, kept, s = made.states()
    with np.errstate(over="ignore"):
        replicates(
            p.know, p.unit, made.seats, keys, move_keys, plan.periods, made.law, made.timing, made.ties, made.groups, seats, kept,
            p.unit_opd, p.holder * p.words, x, s, curve, known,
        )  # fmt: skip
    return curve, known


def start_counts(p: Population) -> np.ndarray:
    """Holders by OPD and skill before the first period: int32 (n_opd, skills)."""
    out, total = np.zeros((p.n_opd, p.n_skills), np.int32), np.zeros(p.n_skills, np.int64)
    seats = places(p.unit, len(p.unit_opd))
    with np.errstate(over="ignore"):
        tally(p.know, seats.member, seats.start, p.unit_opd, p.words, p.holder * p.words, out, total, scratch(int(np.diff(seats.start).max(initial=0))))
    return out


KINDS = {"contagion": LESSONS, "cascade": LESSONS, "threshold": RANDOM_BAR, "fractional": FIXED_BAR}
