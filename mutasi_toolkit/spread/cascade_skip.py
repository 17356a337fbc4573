"""Kernel of the independent cascade that follows one replicate and draws only the successes.

The number of failures before the next success is geometric, so a person with many contacts costs a draw for each
lesson and one more, not one for each contact.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.spread.draws import CASCADE_SKIP, U, child, inner, kernel, stream, uniform, word
from mutasi_toolkit.spread.network import Network
from mutasi_toolkit.spread.outcome import Outcome

#: Leading bits that the guide to a table of gaps resolves.
GUIDE_BITS = 12


@inner
def _table_gap(bits: Any, steps: Any, guide: Any) -> Any:
    """Failures before the next success from a table: steps[k] = P(gap <= k) in 53 bits.

    The guide gives the least gap that the leading bits allow, from there the table is walked.
    """
    u = bits >> U(11)
    k = guide[u >> U(53 - GUIDE_BITS)]
    while k < steps.size and steps[k] <= u:
        k += U(1)
    return k


@inner
def _log_gap(bits: Any, scale: Any) -> Any:
    """Failures before the next success, floor(log(u) / log(1 - p)); scale = 1 / log(1 - p)."""
    return U(min(np.log(uniform(bits)) * scale, 4.0e9))


@inner
def _inform(v: Any, mark: Any, known: Any, queue: Any, tail: Any) -> Any:
    """Let v know and stand in the queue, unless it knew; the new end of the queue."""
    if known[v] != mark:
        known[v] = mark
        queue[tail] = v
        return tail + 1
    return tail


@inner
def _skip_ties(u: Any, own: Any, start: Any, other: Any, steps: Any, guide: Any, mark: Any, known: Any, queue: Any, tail: Any) -> Any:
    """U teaches along ties that all have one probability."""
    at, end, step = start[u], start[u + U(1)], U(0)
    at += _table_gap(own, steps, guide)
    while at < end:
        tail = _inform(other[at], mark, known, queue, tail)
        step += U(1)
        at += U(1) + _table_gap(word(own, step), steps, guide)
    return tail


@inner
def _skip_mixed(
    u: Any, own: Any, start: Any, other: Any, probability: Any, top: Any, scale: Any, mark: Any, known: Any, queue: Any, tail: Any
) -> Any:
    """U teaches along ties of any probability: gaps at the largest one, thinned to each tie's own."""
    at, end, step = start[u], start[u + U(1)], U(0)
    at += _log_gap(own, scale)
    while at < end:
        step += U(2)
        if uniform(word(own, step - U(1))) * top <= probability[at]:
            tail = _inform(other[at], mark, known, queue, tail)
        at += U(1) + _log_gap(word(own, step), scale)
    return tail


@inner
def _skip_unit(own: Any, first: Any, last: Any, member: Any, scale: Any, mark: Any, known: Any, queue: Any, tail: Any) -> Any:
    """U teaches the members first to last of its unit (itself among them, which changes nothing)."""
    step = U(1) << U(40)
    at = first + _log_gap(word(own, step), scale)
    while at < last:
        tail = _inform(member[at], mark, known, queue, tail)
        step += U(1)
        at += U(1) + _log_gap(word(own, step), scale)
    return tail


@kernel
def _skip(
    start: Any, other: Any, probability: Any, top: Any, scale: Any, steps: Any, guide: Any, unit: Any, unit_start: Any, member: Any,
    unit_scale: Any, seeds: Any, key: Any, first: Any, last: Any, reach: Any, size: Any, level: Any, level_end: Any, unit_size: Any,
    known: Any, queue: Any, filled: Any,
) -> Any:  # fmt: skip
    """Replicates first to last; returns the next one when `level` is full, else last."""
    for r in range(first, last):
        if filled + queue.size + 1 > level.size:
            return r
        base, mark = child(key, U(r)), np.uint32(r - first + 1)
        head, tail = 0, 0
        for s in seeds:
            tail = _inform(s, mark, known, queue, tail)
        level[filled] = tail
        filled += 1
        level_tail = tail
        while head < tail:
            u = U(queue[head])
            head += 1
            own = word(base, u)
            if steps.size > 0:
                tail = _skip_ties(u, own, start, other, steps, guide, mark, known, queue, tail)
            elif top[u] > 0.0:
                tail = _skip_mixed(u, own, start, other, probability, top[u], scale[u], mark, known, queue, tail)
            if unit_scale <= 0.0 and unit[u] >= 0:
                g = U(unit[u])
                tail = _skip_unit(own, unit_start[g], unit_start[g + U(1)], member, unit_scale, mark, known, queue, tail)
            if head == level_tail and tail > head:
                level[filled] = tail
                filled += 1
                level_tail = tail
        for i in range(tail):
            reach[queue[i]] += 1
        if unit_size.shape[1] > 0:
            for i in range(tail):
                if unit[queue[i]] >= 0:
                    unit_size[r - first, unit[queue[i]]] += 1
        size[r - first] = tail
        level_end[r - first] = filled
    return last


def _gap_table(p: float, longest: int) -> tuple[np.ndarray, np.ndarray]:
    """Table and guide for gaps up to `longest`; empty where p is 0 or 1 or the table would be long."""
    if not 0.0 < p < 1.0 or longest > 4 * 2**GUIDE_BITS:
        return np.zeros(0, dtype=np.uint64), np.zeros(1, dtype=np.uint64)
    below = -np.expm1(np.arange(1, longest + 2) * np.log1p(-p))
    steps = (below * 2.0**53).astype(np.uint64)
    cells = np.arange(2**GUIDE_BITS, dtype=np.uint64) << U(53 - GUIDE_BITS)
    return steps, np.searchsorted(steps, cells, side="right").astype(np.uint64)


def skip_arrays(g: Network, unit_probability: float) -> tuple[Any, ...]:
    """Arrays of a network that `_skip` reads: ties, units, and the scales and tables of the gaps."""
    arcs, groups = g.outgoing, g.groups
    top = np.zeros(g.n)
    degree = np.diff(arcs.start.astype(np.int64))
    has = degree > 0
    if len(arcs.other):
        top[has] = np.maximum.reduceat(arcs.probability, arcs.start[:-1][has].astype(np.int64))
    with np.errstate(divide="ignore"):
        scale = 1.0 / np.log1p(-top)
        unit_scale = 1.0 / np.log1p(-np.float64(unit_probability)) if unit_probability > 0 else 1.0
    alike = len(arcs.probability) > 0 and arcs.probability.min() == arcs.probability.max()
    table = _gap_table(arcs.probability[0] if alike else 0.0, int(degree.max(initial=0)))
    unit = np.full(g.n, -1, dtype=np.int32) if g.unit is None else g.unit
    ties = (arcs.start, arcs.other, arcs.probability, top, scale, *table)
    return (*ties, unit, groups.start.astype(np.uint64), groups.member.astype(np.uint32), float(unit_scale))


def run_skip(arrays: tuple[Any, ...], n_units: int, seeds: np.ndarray, seed: int, first: int, last: int) -> Outcome:
    """Replicates first to last by geometric skipping."""
    n, count = len(arrays[0]) - 1, last - first
    key = stream(seed, CASCADE_SKIP)
    size, level_end = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    reach, unit_size = np.zeros(n, dtype=np.int64), np.zeros((count, n_units), dtype=np.int32)
    level = np.zeros(max(2 * (n + 1), 64 * count), dtype=np.int32)
    known, queue = np.zeros(n, dtype=np.uint32), np.zeros(n, dtype=np.uint32)
    done, filled = first, 0
    while True:
        into = done - first
        with np.errstate(over="ignore"):
            done = _skip(
                *arrays, seeds, key, done, last, reach, size[into:], level, level_end[into:], unit_size[into:], known, queue, filled
            )
        if done == last:
            return Outcome(size, reach, level, level_end, unit_size)
        filled = int(level_end[done - first - 1]) if done > first else 0
        known[:] = 0
        level = np.concatenate([level, np.zeros(len(level) + n + 1, dtype=np.int32)])
