"""Kernels of the contagion in discrete time: one replicate at a time, or 512 at once.

One period, from the state before it: whoever knows and still teaches reaches each target of a tie with the tie's
probability and each colleague of the unit with one probability, all independently; whoever knew forgets or stops
teaching with a probability.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.spread.draws import (
    CONTAGION,
    CONTAGION_BITS,
    GOLDEN,
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
from mutasi_toolkit.spread.lanes import (
    LANES,
    anyone,
    bernoulli,
    count_unit,
    load,
    mix_row,
    rows,
    splat,
    store,
    word_offsets,
)
from mutasi_toolkit.spread.network import Network
from mutasi_toolkit.spread.outcome import Outcome, count_all, finish, lane_row

#: Most ties that are counted together; 4 binary places hold them.
RUN = 15
#: Place in a person's stream of forgetting and of stopping to teach (0 to 31 are the places of colleagues).
FORGET, STOP = 32, 33


@kernel
def _scalar(
    start: Any, other: Any, probability: Any, unit: Any, escape: Any, n_units: Any, seeds: Any, forget: Any, recover: Any,
    key: Any, first: Any, curve: Any, reach: Any, unit_size: Any, history: Any,
) -> None:  # fmt: skip
    """Replicates first, first + 1, ...: one row of curve each. State 0 does not know, 1 teaches, 2 has stopped."""
    n = reach.size
    state, after = np.zeros(n, np.uint8), np.zeros(n, np.uint8)
    teachers = np.zeros(n_units, np.int64)
    for r in range(curve.shape[0]):
        base = child(key, U(first + r))
        state[:] = 0
        for s in seeds:
            state[s] = 1
        curve[r, 0] = seeds.size
        if history.shape[0] > 0:
            history[0] = state
        for t in range(1, curve.shape[1]):
            now = child(base, U(t))
            later = child(now, U(STOP))
            teachers[:] = 0
            for v in range(n):
                if state[v] == 1 and unit[v] >= 0:
                    teachers[unit[v]] += 1
            total = 0
            for v in range(n):
                after[v] = state[v]
                if state[v] == 0:
                    spared = escape[teachers[unit[v]]] if unit[v] >= 0 else 1.0
                    for j in range(start[v], start[v + 1]):
                        if state[other[j]] == 1:
                            spared *= 1.0 - probability[j]
                    if spared < 1.0 and uniform(word(now, U(v))) <= 1.0 - spared:
                        after[v] = 1
                elif forget > 0.0 and uniform(word(now, U(v))) <= forget:
                    after[v] = 0
                elif state[v] == 1 and recover > 0.0 and uniform(word(later, U(v))) <= recover:
                    after[v] = 2
                if after[v]:
                    total += 1
            state, after = after, state
            curve[r, t] = total
            if history.shape[0] > 0:
                history[t] = state
        for v in range(n):
            if state[v]:
                reach[v] += 1
                if unit[v] >= 0:
                    unit_size[r, unit[v]] += 1


def run_scalar(
    g: Network, seeds: np.ndarray, unit_probability: float, forget: float, recover: float, steps: int, seed: int, first: int, last: int,
    history: np.ndarray | None = None,
) -> Outcome:  # fmt: skip
    """Replicates first to last, one at a time; `history` (steps + 1, n) receives the states of the last one."""
    arcs, groups = g.incoming, g.groups
    unit = np.full(g.n, -1, dtype=np.int32) if g.unit is None else g.unit
    largest = int(np.diff(groups.start).max(initial=0))
    escape = (1.0 - unit_probability) ** np.arange(largest + 1)
    curve = np.zeros((last - first, steps + 1), dtype=np.int32)
    reach, unit_size = np.zeros(g.n, dtype=np.int64), np.zeros((last - first, g.n_units), dtype=np.int32)
    seen = np.zeros((0, 0), dtype=np.uint8) if history is None else history
    with np.errstate(over="ignore"):
        _scalar(
            arcs.start, arcs.other, arcs.probability, unit, escape, g.n_units, seeds, forget, recover,
            stream(seed, CONTAGION), first, curve, reach, unit_size, seen,
        )  # fmt: skip
    return _outcome(curve, reach, unit_size)


def states_of(
    g: Network, seeds: np.ndarray, unit_probability: float, forget: float, recover: float, steps: int, seed: int, replicate: int
) -> np.ndarray:
    """State of everybody after every period of one replicate: 0 does not know, 1 teaches, 2 has stopped; uint8 (steps + 1, n)."""
    history = np.zeros((steps + 1, g.n), dtype=np.uint8)
    run_scalar(g, seeds, unit_probability, forget, recover, steps, seed, replicate, replicate + 1, history)
    return history


def _outcome(curve: np.ndarray, reach: np.ndarray, unit_size: np.ndarray) -> Outcome:
    ends = np.arange(1, len(curve) + 1) * curve.shape[1]
    return Outcome(curve[:, -1].astype(np.int64), reach, curve.ravel(), ends, unit_size)


@inner
def _count_run(teaching: Any, other: Any, at: Any, end: Any, ignorant: Any, exact: Any) -> Any:
    """exact[k] = lanes of `ignorant` in which k of the ties at .. end come from teachers; returns the lanes with any."""
    zero = splat(U(0))
    c0 = zero
    c1 = zero
    c2 = zero
    c3 = zero
    for j in range(at, end):
        x = load(teaching, other[j])
        carry = c0 & x
        c0 = c0 ^ x
        x = c1 & carry
        c1 = c1 ^ carry
        carry = c2 & x
        c2 = c2 ^ x
        c3 = c3 ^ carry
    n0 = ~c0 & ~c1
    n1 = c0 & ~c1
    n2 = ~c0 & c1
    n3 = c0 & c1
    for high in range((end - at) // 4 + 1):
        here = ignorant & (c2 if high & 1 else ~c2) & (c3 if high & 2 else ~c3)
        store(exact, 4 * high, here & n0)
        store(exact, 4 * high + 1, here & n1)
        store(exact, 4 * high + 2, here & n2)
        store(exact, 4 * high + 3, here & n3)
    return ignorant & (c0 | c1 | c2 | c3)


@inner
def _by_count(base: Any, want: Any, most: Any, exact: Any, chances: Any, known: Any, lose: Any) -> Any:
    """Lanes that succeed: those of exact[k] with chance chances[k], those of `known` with chance `lose`; one draw a lane."""
    undecided = want | known
    success = splat(U(0))
    step = 0
    while step < 64 and anyone(undecided):
        place = splat(U(0))
        for k in range(1, most + 1):
            if (chances[k] >> U(63 - step)) & U(1):
                place = place | load(exact, k)
        if (lose >> U(63 - step)) & U(1):
            place = place | known
        bits = mix_row(base + splat(U(step) * GOLDEN))
        success = success | (undecided & place & ~bits)
        undecided = undecided & ~(bits ^ place)
        step += 1
    return success


@inner
def _along_ties(
    v: Any, now: Any, offsets: Any, before: Any, lose: Any, run_of: Any, run_at: Any, run_class: Any, other: Any, tie_key: Any, chances: Any,
    teaching: Any, exact: Any,
) -> Any:  # fmt: skip
    """Lanes in which v learns along a tie, and, where `lose` is not 0, lanes of `before` in which v forgets.

    Ties of one probability are counted first. Who knows and who does not are different lanes, so one draw serves both.
    """
    changes = splat(U(0))
    for run in range(run_of[v], run_of[v + 1]):
        at, end = run_at[run], run_at[run + 1]
        ignorant = ~before & ~changes
        chance = run_class[run]
        if end - at == 1:
            want = load(teaching, other[at]) & ignorant
            if anyone(want):
                changes = changes | (bernoulli(splat(child(now, tie_key[at])) + offsets, want, chances[chance, 1]))
            continue
        want = _count_run(teaching, other, at, end, ignorant, exact)
        forgets = before
        if run > run_of[v] or lose == U(0):
            forgets = splat(U(0))
        if anyone(want | forgets):
            base = splat(child(now, (U(v) << U(32)) + U(run - run_of[v]))) + offsets
            changes = changes | _by_count(base, want, end - at, exact, chances[chance], forgets, lose)
    return changes


@kernel
def _step(
    unit_start: Any, member: Any, unit_chances: Any, run_of: Any, run_at: Any, run_class: Any, other: Any, tie_key: Any, chances: Any,
    forget: Any, recover: Any, now: Any, tie_now: Any, offset: Any, knows: Any, teaching: Any, knows_after: Any, teaching_after: Any,
    planes: Any, exact: Any,
) -> None:  # fmt: skip
    """One period of 512 replicates. The last group of unit_start holds those without unit."""
    offsets = load(offset, 0)
    groups = unit_start.size - 1
    for g in range(groups):
        used = 0
        if g < groups - 1 and unit_chances[0] != U(0):
            used = count_unit(teaching, member, unit_start[g], unit_start[g + 1], planes)
        for i in range(unit_start[g], unit_start[g + 1]):
            v = member[i]
            before = load(knows, v)
            own = splat(child(now, U(v))) + offsets
            first = run_of[v]
            shared = forget != U(0) and first < run_of[v + 1] and run_at[first + 1] - run_at[first] > 1
            changes = _along_ties(
                v, tie_now, offsets, before, forget if shared else U(0), run_of, run_at, run_class, other, tie_key, chances, teaching, exact
            )
            lessons = changes & ~before
            for q in range(used):
                want = load(planes, q) & ~before & ~lessons
                if anyone(want):
                    lessons = lessons | (bernoulli(own + splat(U(q << 6) * GOLDEN), want, unit_chances[q]))
            kept = before & ~changes
            if forget != U(0) and not shared:
                kept = before & (~bernoulli(own + splat(U(FORGET << 6) * GOLDEN), before, forget))
            store(knows_after, v, kept | lessons)
            if recover != U(0):
                stays = load(teaching, v) & kept
                stays = stays & (~bernoulli(own + splat(U(STOP << 6) * GOLDEN), stays, recover))
                store(teaching_after, v, stays | lessons)


def _runs(g: Network) -> tuple[np.ndarray, ...]:
    """Incoming ties of one person and one probability, cut into runs of at most RUN.

    Returns run_of (n + 1), run_at (runs + 1), run_class (runs), chances (classes, RUN + 1) by count.
    """
    arcs = g.incoming
    start = arcs.start.astype(np.int64)
    target = np.repeat(np.arange(g.n), np.diff(start))
    values, code = np.unique(arcs.probability, return_inverse=True)
    breaks = np.ones(len(target), dtype=bool)
    breaks[1:] = (target[1:] != target[:-1]) | (code[1:] != code[:-1])
    at = np.arange(len(target))
    within = at - np.maximum.accumulate(np.where(breaks, at, 0))
    breaks |= within % RUN == 0
    first = np.flatnonzero(breaks)
    run_of = np.zeros(g.n + 1, dtype=np.int64)
    np.cumsum(np.bincount(target[first], minlength=g.n), out=run_of[1:])
    with np.errstate(divide="ignore", invalid="ignore"):
        learned = -np.expm1(np.arange(1, RUN + 1) * np.log1p(-values)[:, None])
    chances = fixed_array(np.concatenate([np.zeros((len(values), 1)), learned], axis=1))
    return run_of, np.append(first, len(target)).astype(np.int64), code[first].astype(np.int64), chances


def _with_others(g: Network) -> tuple[np.ndarray, np.ndarray]:
    """Members of every unit, and as a last group those who have none."""
    groups = g.groups
    none = np.arange(g.n) if g.unit is None else np.flatnonzero(g.unit < 0)
    return np.append(groups.start, g.n), np.concatenate([groups.member, none]).astype(np.int32)


def run_bits(
    g: Network, seeds: np.ndarray, unit_probability: float, forget: float, recover: float, steps: int, seed: int, first: int, last: int
) -> Outcome:
    """Replicates first to last, 512 at a time."""
    arcs = g.incoming
    run_of, run_at, run_class, chances = _runs(g)
    unit_start, member = _with_others(g)
    unit_chances = doubling_chances(unit_probability)
    lose, stop = doubling_chances(forget, 1)[0], doubling_chances(recover, 1)[0]
    knows, spare, planes, exact = rows(g.n), rows(g.n), rows(32), rows(RUN + 1)
    teaching, spare_teaching = (rows(g.n), rows(g.n)) if recover > 0 else (knows, spare)
    reach, curves, unit_sizes = np.zeros(g.n, dtype=np.int64), [], []
    for block in range(first // LANES * LANES, last, LANES):
        low, high = max(first - block, 0), min(last - block, LANES)
        offset = word_offsets(block // 64)
        knows[:] = 0
        knows[seeds] = ~U(0)
        teaching[:] = knows
        curve = np.zeros((steps + 1, LANES), dtype=np.int64)
        curve[0] = len(seeds)
        with np.errstate(over="ignore"):
            for t in range(1, steps + 1):
                now, tie_now = stream(seed, CONTAGION_BITS, t), stream(seed, CONTAGION_BITS, t, 1)
                _step(
                    unit_start, member, unit_chances, run_of, run_at, run_class, arcs.other, arcs.key, chances,
                    lose, stop, now, tie_now, offset, knows, teaching, spare, spare_teaching, planes, exact,
                )  # fmt: skip
                knows, spare = spare, knows
                teaching, spare_teaching = (spare_teaching, teaching) if recover > 0 else (knows, spare)
                count_all(knows, planes, curve[t])
            unit_lanes = np.zeros((g.n_units, LANES), dtype=np.int64)
            finish(knows, lane_row(low, high), g.groups.start, g.groups.member, planes, reach, unit_lanes)
        curves.append(curve[:, low:high].T)
        unit_sizes.append(unit_lanes[:, low:high].T)
    return _outcome(np.concatenate(curves).astype(np.int32), reach, np.concatenate(unit_sizes).astype(np.int32))
