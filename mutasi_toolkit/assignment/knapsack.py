"""Bounds for capacities: people are shared out by prices, and every position packs its best load exactly.

For prices l of people, no assignment costs less than::

    sum_i l_i + sum_j min { sum_{i in S} (c_ij - l_i) : w_j(S) <= capacity_j }

Each minimum is a knapsack over whole numbers, solved exactly by dynamic programming. The bound is that of
the model in which every position's load is whole, which is far tighter than the linear relaxation.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import highspy
import numpy as np
from scipy.sparse import csc_array

from mutasi_toolkit.assignment.highs import Program, load
from mutasi_toolkit.assignment.model import FREE, Model

#: Items times capacity, over all positions, that one round of packing may cost.
MOST_CELLS = 20_000_000
#: Prices are kept to this fraction of a unit of cost.
FINE = 4096
#: Scaled sums must stay below this to be added in 64 bits.
LARGEST = 2.0**60
#: Rounds of pricing per node, and how much of the best prices so far enters the next trial.
MOST_ROUNDS, SMOOTHING = 300, 0.5


@dataclass(frozen=True, eq=False, slots=True)
class Loads:
    """The arcs of a model by position: weight, capacity, and which arcs stand there."""

    position: np.ndarray
    weight: np.ndarray
    capacity: np.ndarray
    arcs: tuple[np.ndarray, ...]


def loads_of(model: Model) -> Loads | None:
    """The model's capacities as knapsacks; None where it has other rows, or they are too large to pack."""
    plain = not len(model.extra_cost) and bool((model.low <= -FREE).all()) and bool((model.arcs.count <= 1).all())
    if not plain or not len(model.low) or model.arcs.value.min(initial=1) < 0:
        return None
    position = np.full(model.n_arcs, -1, dtype=np.int64)
    weight = np.zeros(model.n_arcs, dtype=np.int64)
    has = model.arcs.count == 1
    position[has], weight[has] = model.arcs.row, model.arcs.value
    if (position < 0).any():
        return None
    total = np.bincount(position, weights=weight.astype(float), minlength=len(model.low))
    capacity = np.minimum(model.high.astype(float), total).astype(np.int64)
    items = np.bincount(position, minlength=len(model.low))
    if float((items * (capacity + 1.0)).sum()) > MOST_CELLS:
        return None
    if float(np.abs(model.cost).max(initial=0)) * FINE * (model.n_people + 1) > LARGEST:
        return None
    order = np.argsort(position, kind="stable")
    edges = np.searchsorted(position[order], np.arange(len(model.low) + 1))
    return Loads(position, weight, capacity, tuple(order[a:b] for a, b in pairwise(edges)))


def pack(value: np.ndarray, weight: np.ndarray, capacity: int) -> tuple[int, np.ndarray]:
    """The choice of items with the least total value whose weights fit, by dynamic programming.

    Special cases: items of value 0 or more are never chosen; items of weight 0 and negative value always are.

    Returns
    -------
    total : int
    chosen : ndarray of int
        Positions of the items.

    Examples
    --------
    >>> total, chosen = pack(np.array([-5, -4, -3]), np.array([3, 2, 2]), 4)
    >>> total, chosen.tolist()
    (-7, [1, 2])
    """
    free = np.flatnonzero((value < 0) & (weight == 0))
    tried = np.flatnonzero((value < 0) & (weight > 0) & (weight <= capacity))
    best = np.zeros(capacity + 1, dtype=np.int64)
    taken = np.zeros((len(tried), capacity + 1), dtype=bool)
    for row, item in enumerate(tried):
        w = int(weight[item])
        trial = best[: capacity + 1 - w] + value[item]
        better = trial < best[w:]
        taken[row, w:] = better
        best[w:] = np.where(better, trial, best[w:])
    at, chosen = capacity, []
    for row in range(len(tried) - 1, -1, -1):
        if taken[row, at]:
            chosen.append(tried[row])
            at -= int(weight[tried[row]])
    picked = np.sort(np.concatenate([free, np.array(chosen, dtype=np.int64)]))
    return int(best[capacity]) + int(value[free].sum()), picked.astype(np.int64)


def packed(model: Model, loads: Loads, prices: np.ndarray, allowed: np.ndarray) -> tuple[int, list[tuple[int, np.ndarray]]]:
    """The scaled bound of prices (times FINE), and per position the gain and arcs of its best load."""
    value = model.cost * FINE - prices[model.person]
    total, found = int(prices.sum()), []
    for j, arcs in enumerate(loads.arcs):
        here = arcs[allowed[arcs]]
        gain, chosen = pack(value[here], loads.weight[here], int(loads.capacity[j]))
        total += gain
        found.append((gain, here[chosen]))
    return total, found


class Packing:
    """Prices of people by generating loads, on one live linear program."""

    kind, scale, tries = "knapsack", FINE, 1

    def __init__(self, model: Model, loads: Loads) -> None:
        self.model, self.loads = model, loads
        self.columns: list[np.ndarray] = []
        self.known: set[bytes] = set()
        self.solver = load(_master(model, len(loads.capacity)), whole=False, presolve="off")

    def priced(self, prices: np.ndarray, allowed: np.ndarray) -> int:
        """Scaled bound of prices on the allowed arcs."""
        return packed(self.model, self.loads, prices, allowed)[0]

    def solve(self, allowed: np.ndarray, start: np.ndarray, target: int) -> tuple[np.ndarray, int, np.ndarray | None]:
        """The best prices found on the allowed arcs, their scaled bound, and how much of every arc the loads take.

        Ends as soon as the bound in whole units reaches `target`.
        """
        self._close(allowed)
        best, total = start, self._add(start, allowed)
        values: np.ndarray | None = None
        for _ in range(MOST_ROUNDS):
            if -((-total) // FINE) >= target:
                break
            self.solver.run()
            if self.solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
                break
            solution = self.solver.getSolution()
            values = self._values(np.array(solution.col_value))
            duals = np.array(solution.row_dual)[: self.model.n_people] * FINE
            objective = self.solver.getInfo().objective_function_value * FINE
            if objective - total <= self.model.n_people:
                break
            known = len(self.columns)
            for share in (SMOOTHING, 0.0):
                trial = np.rint(share * best + (1 - share) * duals).astype(np.int64)
                found = self._add(trial, allowed)
                if found > total:
                    best, total = trial, found
                if len(self.columns) > known:
                    break
            if len(self.columns) == known:
                break
        return best, total, values

    def _add(self, prices: np.ndarray, allowed: np.ndarray) -> int:
        total, found = packed(self.model, self.loads, prices, allowed)
        for j, (_, arcs) in enumerate(found):
            if not len(arcs) or arcs.tobytes() in self.known:
                continue
            self.known.add(arcs.tobytes())
            rows = np.append(self.model.person[arcs], self.model.n_people + j).astype(np.int32)
            self.solver.addCol(float(self.model.cost[arcs].sum()), 0.0, highspy.kHighsInf, len(rows), rows, np.ones(len(rows)))
            self.columns.append(arcs)
        return total

    def _close(self, allowed: np.ndarray) -> None:
        n = len(self.columns)
        if n:
            upper = np.where([allowed[c].all() for c in self.columns], highspy.kHighsInf, 0.0)
            at = np.arange(self.model.n_people, self.model.n_people + n, dtype=np.int32)
            self.solver.changeColsBounds(n, at, np.zeros(n), upper)

    def _values(self, columns: np.ndarray) -> np.ndarray:
        share = np.zeros(self.model.n_arcs)
        for arcs, z in zip(self.columns, columns[self.model.n_people :], strict=True):
            share[arcs] += z
        return share


def _master(model: Model, n_positions: int) -> Program:
    """People once each (at a price no load would ask, where no load takes them), positions at most once."""
    n = model.n_people
    dear = float(np.abs(model.cost).max(initial=1)) * (n + 1)
    matrix = csc_array((np.ones(n), (np.arange(n), np.arange(n))), shape=(n + n_positions, n))
    low = np.concatenate([np.ones(n), np.full(n_positions, -np.inf)])
    return Program(np.full(n, dear), np.zeros(n), np.full(n, np.inf), np.zeros(n, dtype=bool), low, np.ones(n + n_positions), matrix)
