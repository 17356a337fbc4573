"""The network inside a model: people, cells that fill by segments, and prices of everything else.

For dual values y of all rows but those that count people in cells, the model without those rows is a network:
its best flow bounds every plan, and its prices of cells are the best that go with y. A budget of moves is
priced by the tangents of that bound, which is concave in the price.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mutasi_toolkit.assignment.clock import late
from mutasi_toolkit.assignment.model import FREE, Model
from mutasi_toolkit.assignment.simplex import Tree, seated_tree

#: Tangents of the price of the budget that are tried.
MOST_PRICES = 40
#: What a place that must be filled is worth, in multiples of the largest cost.
MUST = 4096
#: Row that counts all moves.
BUDGET = "anggaran|pindah"


@dataclass(eq=False)
class Network:
    """The network part of a model.

    Attributes
    ----------
    model : Model
    scale : int
        Dual values are multiples of 1 / scale.
    cells : ndarray of int
        Rows that count people in cells.
    arcs : ndarray of int
        Arcs of people with a choice, in the order of the tree.
    columns : ndarray of int
        Auxiliary columns that fill cells.
    n_must : int
        Cells that hold someone before any column is filled.
    order : ndarray of int
        Arcs of the tree from cells to the sink: the columns, then those that must be filled.
    tree : Tree
    """

    model: Model
    scale: int
    cells: np.ndarray
    arcs: np.ndarray
    columns: np.ndarray
    n_must: int
    order: np.ndarray
    tree: Tree

    def best(self, duals: np.ndarray, deadline: float | None = None) -> np.ndarray:
        """The duals with those of the cells replaced by the best that go with the others, or by those at the deadline."""
        out = duals.copy()
        out[self.cells] = 0
        m = self.model
        arcs = m.cost[self.arcs] * self.scale - m.arcs.of(self.arcs).times(out)
        columns = m.extra_cost[self.columns] * self.scale - m.extras.of(self.columns).times(out)
        must = -(MUST * max(np.abs(arcs).max(initial=1), np.abs(columns).max(initial=1)))
        self.tree.solve(np.concatenate([arcs, np.concatenate([columns, np.full(self.n_must, must)])[self.order]]), deadline)
        out[self.cells] = self.tree.duals
        return out

    def taken(self) -> np.ndarray:
        """Arcs with a flow."""
        return self.arcs[self.tree.flow[: len(self.arcs)] > 0]


def network_of(model: Model, scale: int) -> Network | None:
    """The network of a model; None where people with a choice sit in no single cell, or nothing is a cell."""
    cells = _cells(model)
    if not len(cells):
        return None
    at_cell = np.full(len(model.low), -1)
    at_cell[cells] = np.arange(len(cells))
    inside = at_cell[model.arcs.row] >= 0
    cell = np.full(model.n_arcs, -1)
    column = model.arcs.column[inside]
    cell[column] = at_cell[model.arcs.row[inside]]
    if (np.diff(column) == 0).any() or (model.arcs.value[inside] != 1).any():
        return None
    choice = (np.diff(model.start) > 1)[model.person]
    if (cell[choice] < 0).any() or not choice.any():
        return None
    arcs = np.flatnonzero(choice)
    people, person = np.unique(model.person[arcs], return_inverse=True)
    begin = np.searchsorted(person, np.arange(len(people)))
    stay = model.stay[people]
    cheapest = _cheapest(model.cost[arcs], begin)
    stay = np.where(stay >= 0, np.searchsorted(arcs, np.maximum(stay, 0)), cheapest)
    settled = cell[~choice]
    fixed = np.bincount(settled[settled >= 0], minlength=len(cells)).astype(np.int64)
    columns = np.flatnonzero(at_cell[model.bank] >= 0)
    must = np.flatnonzero(model.low[cells] > 0)
    owner = np.concatenate([at_cell[model.bank[columns]], must])
    order = np.lexsort((np.arange(len(owner)) < len(columns), owner))
    room = np.concatenate([model.extra_upper[columns], model.low[cells[must]]])[order]
    segment = owner[order].astype(np.int64)
    tree = seated_tree(person.astype(np.int64), cell[arcs], np.ones(len(people), dtype=np.int64), stay, segment, room, fixed)
    return Network(model, scale, cells, arcs, columns, len(must), order, tree)


def _cheapest(cost: np.ndarray, begin: np.ndarray) -> np.ndarray:
    least = np.minimum.reduceat(cost, begin)
    at = np.flatnonzero(cost == np.repeat(least, np.diff(np.append(begin, len(cost)))))
    return at[np.searchsorted(at, begin)]


def _cells(model: Model) -> np.ndarray:
    """Rows that count people in seat classes and are filled by segments."""
    return np.unique(model.bank[np.array([model.names[r].startswith("isi|") for r in model.bank], dtype=bool)]) if len(model.bank) else model.bank


def budget_duals(network: Network, duals: np.ndarray, deadline: float | None = None) -> np.ndarray:
    """Duals in which the budget of moves has its best price, with the best prices of cells.

    The bound at price l is L(l) = min (cost + l moves) - l budget, concave and piecewise linear: two tangents are cut
    until the cut is on a piece that is known.
    """
    model = network.model
    row = next((k for k, name in enumerate(model.names) if name == BUDGET), -1)
    duals = network.best(duals)
    if row < 0 or model.high[row] >= FREE or late(deadline):
        return duals
    counted = np.zeros(model.n_arcs, dtype=bool)
    counted[model.arcs.column[model.arcs.row == row]] = True
    most = int(model.high[row])

    def at(price: int) -> tuple[int, int, np.ndarray]:
        trial = duals.copy()
        trial[row] = -price
        trial = network.best(trial, deadline)
        used = network.tree.flow[: len(network.arcs)]
        moves = int(used[counted[network.arcs]].sum())
        return _value(network, trial), moves, trial

    return _tangents(at, most, network.scale, deadline)


def _value(network: Network, duals: np.ndarray) -> int:
    """Cost of the flow at the prices of the rows that are no cells."""
    m, tree, out = network.model, network.tree, duals.copy()
    out[network.cells] = 0
    n = len(network.arcs)
    used = np.flatnonzero(tree.flow[:n])
    arcs = network.arcs[used]
    total = int(((m.cost[arcs] * network.scale - m.arcs.of(arcs).times(out)) * tree.flow[used]).sum())
    costs = m.extra_cost[network.columns] * network.scale - m.extras.of(network.columns).times(out)
    flow = np.empty(len(network.order), dtype=np.int64)
    flow[network.order] = tree.flow[n : n + len(network.order)]
    return total + int((costs * flow[: len(costs)]).sum())


def _tangents(at: Callable[[int], tuple[int, int, np.ndarray]], most: int, scale: int, deadline: float | None = None) -> np.ndarray:
    """The duals at the price where the bound is greatest; `at`: price -> (value with priced moves, moves, duals)."""
    value, moves, found = at(0)
    if moves <= most:
        return found
    low = (0, value, moves)
    price = 256 * scale
    best, best_bound = found, value
    high: tuple[int, int, int] | None = None
    for _ in range(MOST_PRICES):
        if late(deadline):
            break
        value, moves, found = at(price)
        if value - price * most > best_bound:
            best, best_bound = found, value - price * most
        line = (price, value - price * moves, moves)
        if moves > most:
            low = line
        else:
            high = line
        if high is None:
            price *= 2
            continue
        if low[2] == high[2]:
            break
        cut = round((high[1] - low[1]) / (low[2] - high[2]))
        if not low[0] < cut < high[0]:
            break
        price = cut
    return best
