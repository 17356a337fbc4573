"""Kernel of the linear threshold model, with thresholds drawn only for people whom somebody reaches."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.spread.draws import THRESHOLD, U, child, kernel, stream, word
from mutasi_toolkit.spread.network import Network
from mutasi_toolkit.spread.outcome import Outcome

#: Weights and thresholds are whole numbers of 2^-62, so that a sum does not depend on its order.
ONE = 2**62
#: Taken off a given threshold, so that weights that add up to it but for rounding reach it.
SLACK = 2.0**-40


@kernel
def _threshold(
    start: Any, other: Any, weight: Any, fixed: Any, unit: Any, unit_start: Any, member: Any, unit_weight: Any, seeds: Any, key: Any,
    first: Any, last: Any, reach: Any, size: Any, level: Any, level_end: Any, unit_size: Any, mark_of: Any, heard: Any, bar: Any,
    queue: Any, filled: Any,
) -> Any:  # fmt: skip
    """Replicates first to last; returns the next one when `level` is full, else last.

    mark_of[v] = 2 r + 1 once v heard of it in this replicate, 2 r + 2 once v knows.
    """
    for r in range(first, last):
        if filled + queue.size + 1 > level.size:
            return r
        base = child(key, U(r))
        heard_mark, knows_mark = 2 * (r - first) + 1, 2 * (r - first) + 2
        head, tail = 0, 0
        for s in seeds:
            mark_of[s] = knows_mark
            queue[tail] = s
            tail += 1
        level[filled] = tail
        filled += 1
        level_tail = tail
        while head < tail:
            u = queue[head]
            head += 1
            ties = np.int64(start[u + 1]) - np.int64(start[u])
            extra = 0
            if unit_weight > U(0) and unit[u] >= 0:
                extra = unit_start[unit[u] + 1] - unit_start[unit[u]]
            for i in range(ties + extra):
                if i < ties:
                    j = np.int64(start[u]) + i
                    v, more = np.int64(other[j]), weight[j]
                else:
                    v, more = np.int64(member[unit_start[unit[u]] + i - ties]), unit_weight
                if mark_of[v] == knows_mark or v == u:
                    continue
                if mark_of[v] < heard_mark:
                    mark_of[v] = heard_mark
                    heard[v] = U(0)
                    bar[v] = (word(base, U(v)) >> U(2)) + U(1) if fixed.size == 0 else fixed[v]
                heard[v] += more
                if heard[v] >= bar[v]:
                    mark_of[v] = knows_mark
                    queue[tail] = v
                    tail += 1
            if head == level_tail and tail > head:
                level[filled] = tail
                filled += 1
                level_tail = tail
        for i in range(tail):
            reach[queue[i]] += 1
            if unit_size.shape[1] > 0 and unit[queue[i]] >= 0:
                unit_size[r - first, unit[queue[i]]] += 1
        size[r - first] = tail
        level_end[r - first] = filled
    return last


def run_threshold(
    g: Network, weight: np.ndarray, fixed: np.ndarray, unit_weight: float, seeds: np.ndarray, seed: int, first: int, last: int
) -> Outcome:
    """Replicates first to last; `weight` in the order of `g.outgoing`, `fixed` thresholds or none (empty)."""
    arcs, groups, count = g.outgoing, g.groups, last - first
    unit = np.full(g.n, -1, dtype=np.int32) if g.unit is None else g.unit
    size, level_end = np.zeros(count, dtype=np.int64), np.zeros(count, dtype=np.int64)
    reach, unit_size = np.zeros(g.n, dtype=np.int64), np.zeros((count, g.n_units), dtype=np.int32)
    level = np.zeros(max(2 * (g.n + 1), 64 * count), dtype=np.int32)
    mark, queue = np.zeros(g.n, dtype=np.int64), np.zeros(g.n, dtype=np.int64)
    heard, bar = np.zeros(g.n, dtype=np.uint64), np.zeros(g.n, dtype=np.uint64)
    whole = np.minimum(weight, 1.0) * float(ONE)
    bars = (np.clip(fixed - SLACK, 0.0, 1.0) * float(ONE)).astype(np.uint64)
    done, filled = first, 0
    while True:
        into = done - first
        with np.errstate(over="ignore"):
            done = _threshold(
                arcs.start, arcs.other, whole.astype(np.uint64), np.maximum(bars, U(1)), unit, groups.start, groups.member,
                U(unit_weight * ONE), seeds, stream(seed, THRESHOLD), done, last, reach, size[into:], level, level_end[into:],
                unit_size[into:], mark, heard, bar, queue, filled,
            )  # fmt: skip
        if done == last:
            return Outcome(size, reach, level, level_end, unit_size)
        filled = int(level_end[done - first - 1]) if done > first else 0
        mark[:] = 0
        level = np.concatenate([level, np.zeros(len(level) + g.n + 1, dtype=np.int32)])
