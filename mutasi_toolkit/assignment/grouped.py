"""A nation: identical people as one group with a number, seats of a kind as one cell, and a budget of moves.

Minimise ``sum_k c_k f_k + sum_s g_s y_s`` over whole flows with

(1) ``sum_{k of group i} f_k = number_i`` for every group of identical people,
(2) ``settled_j + sum_{k into j} f_k = least_j + sum_{s of j} y_s``, ``0 <= y_s <= room_s`` for every cell (convex: g rises),
(3) ``sum of f over moves <= budget``.

Without (3) it is a network, whose best flow is whole. (3) has a price l >= 0: for every l,

    L(l) = min (cost + l moves) - l budget

is no more than the best cost, and the flow at a price at which moves keep the budget is a plan. Tangents find the
price; what the plan below the budget leaves of it is spent on single moves, and the greatest L says how good that is.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mutasi_toolkit.assignment.plan import relative_gap
from mutasi_toolkit.assignment.simplex import Tree, seated_tree
from mutasi_toolkit.errors import InfeasibleError, InputError
from mutasi_toolkit.locale import text

#: What a place that must be filled is worth, in multiples of the largest cost.
MUST = 4096
#: Rounds in which what is left of the budget is spent; the price of what cannot be, which no gain makes up for.
MOST_ROUNDS, NEVER = 60, 2**50
#: Prices of the budget that are tried.
MOST_PRICES = 40


@dataclass(frozen=True, eq=False)
class Groups:
    """Groups of identical people, where each may go, and what cells cost.

    Attributes
    ----------
    number : ndarray of int64, shape (n_groups,)
        People of each group.
    group, cell, cost : ndarray of int64, shape (n_arcs,)
        Arcs, sorted by group; cost per person.
    stay : ndarray of int64, shape (n_groups,)
        The arc of each group that is no move.
    settled : ndarray of int64, shape (n_cells,)
        People in every cell who have no choice.
    least : ndarray of int64, shape (n_cells,)
        Fewest people in every cell.
    segment_cell, segment_room, segment_cost : ndarray of int64, shape (n_segments,)
        Convex cost of filling cells beyond the least, sorted by cell, costs not falling within one.
    budget : int
        Most moves.
    constant : int
        What the least people of all cells cost.
    """

    number: np.ndarray
    group: np.ndarray
    cell: np.ndarray
    cost: np.ndarray
    stay: np.ndarray
    settled: np.ndarray
    least: np.ndarray
    segment_cell: np.ndarray
    segment_room: np.ndarray
    segment_cost: np.ndarray
    budget: int
    constant: int = 0

    @property
    def moves(self) -> np.ndarray:
        """Which arcs are moves."""
        out = np.ones(len(self.group), dtype=bool)
        out[self.stay] = False
        return out


@dataclass(frozen=True, eq=False)
class GroupedPlan:
    """People of every group by arc, and what proves how good that is.

    Attributes
    ----------
    flow : ndarray of int64, shape (n_arcs,)
    objective, bound : int
    moves : int
    price : int
        What one move more would save at the bound.
    cell_price : ndarray of int64, shape (n_cells,)
        With `price`, the dual values of the bound (`bound_of`).
    solves : int
        Flows that were worked out.
    """

    flow: np.ndarray
    objective: int
    bound: int
    moves: int
    price: int
    cell_price: np.ndarray
    solves: int

    @property
    def gap(self) -> float:
        """(objective - bound) / max(1, |objective|)."""
        return relative_gap(self.objective, self.bound)


def bound_of(groups: Groups, price: int, cell_price: np.ndarray) -> int:
    """What prices of cells and of the budget prove, by weak duality in whole numbers; they can be any.

    ``sum_i number_i min_k (c_k + l move_k - u_j) + sum_s min(0, g_s + u_j) room_s - sum_j u_j (settled_j - least_j) - l budget``
    """
    value = groups.cost + price * groups.moves - cell_price[groups.cell]
    first = np.searchsorted(groups.group, np.arange(len(groups.number)))
    total = int((np.minimum.reduceat(value, first) * groups.number).sum())
    total += int((np.minimum(groups.segment_cost + cell_price[groups.segment_cell], 0) * groups.segment_room).sum())
    return total + groups.constant - int((cell_price * (groups.settled - groups.least)).sum()) - price * groups.budget


def solve_groups(groups: Groups, gap: float = 0.0) -> GroupedPlan:
    """The best flow of groups under a budget of moves, with a bound.

    Parameters
    ----------
    groups : Groups
    gap : float
        Relative gap at which to stop.

    Returns
    -------
    GroupedPlan

    Raises
    ------
    InfeasibleError
        When cells cannot hold everyone, or too few people are there for the least of some.
    InputError
        When the arcs are not sorted by group, or the budget is negative.

    Examples
    --------
    Five people in one cell that needs two, another cell needs three; two may move:

    >>> g = Groups(np.array([5]), np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), np.array([0]), *np.zeros((2, 2), dtype=int),
    ...            np.array([0, 0, 1]), np.array([2, 9, 3]), np.array([-10, 10, -10]), budget=2)
    >>> plan = solve_groups(g)
    >>> plan.flow.tolist(), plan.objective, plan.bound
    ([3, 2], -28, -28)
    """
    if (np.diff(groups.group) < 0).any() or groups.budget < 0:
        raise InputError(text("assignment.groups_order", budget=groups.budget))
    found = _Search(groups)
    found.at(0)
    if found.tree.overflow or found.empty:
        raise InfeasibleError(text("assignment.groups_infeasible", n=found.tree.overflow + found.empty))
    if found.last_moves > groups.budget:
        found.tangents(gap)
    assert found.best is not None
    best = _topped_up(groups, found.best, found.filled, gap, found.bound)
    return replace(best, bound=found.bound, price=found.price, cell_price=found.cell_price, solves=found.solves)


class _Search:
    """Prices tried on one tree, the best plan and the best bound so far."""

    def __init__(self, groups: Groups) -> None:
        self.groups, self.is_move = groups, groups.moves
        self.must = np.flatnonzero(groups.least > 0)
        owner = np.concatenate([self.must, groups.segment_cell])
        self.order = np.argsort(owner, kind="stable")
        room = np.concatenate([groups.least[self.must], groups.segment_room])[self.order]
        self.tree: Tree = seated_tree(groups.group, groups.cell, groups.number, groups.stay, owner[self.order], room, groups.settled)
        self.best: GroupedPlan | None = None
        self.bound, self.price, self.cell_price, self.solves = -(2**62), 0, np.zeros(0, dtype=np.int64), 0
        self.last_moves, self.empty, self.filled = 0, 0, np.zeros(0, dtype=np.int64)

    def at(self, price: int) -> tuple[int, int]:
        """Cost and moves of the best flow at a price; keeps it where it is a plan and better."""
        g, n = self.groups, len(self.groups.group)
        arcs = g.cost + price * self.is_move
        must = -MUST * max(int(np.abs(arcs).max(initial=1)), int(np.abs(g.segment_cost).max(initial=1)))
        self.tree.solve(np.concatenate([arcs, np.concatenate([np.full(len(self.must), must), g.segment_cost])[self.order]]))
        self.solves += 1
        flow = self.tree.flow[:n]
        filled = np.empty(len(self.order), dtype=np.int64)
        filled[self.order] = self.tree.flow[n : n + len(self.order)]
        self.empty = int((g.least[self.must] - filled[: len(self.must)]).sum())
        cost = g.constant + int((g.cost * flow).sum()) + int((g.segment_cost * filled[len(self.must) :]).sum())
        moves = int(flow[self.is_move].sum())
        duals = self.tree.duals
        bound = bound_of(g, price, duals)
        if bound > self.bound:
            self.bound, self.price, self.cell_price = bound, price, duals.copy()
        if moves <= g.budget and (self.best is None or cost < self.best.objective):
            self.best = GroupedPlan(flow.copy(), cost, 0, moves, price, duals, self.solves)
            self.filled = filled[len(self.must) :]
        self.last_moves = moves
        return cost, moves

    def tangents(self, gap: float) -> None:
        """Cut tangents of the bound until they meet on a known piece or the gap is reached."""
        g = self.groups
        low = (0, *self.at(0))
        step = max(1, int(np.abs(g.cost).max(initial=1)))
        high = (step, *self.at(step))
        while high[2] > g.budget:
            low, step = high, step * 2
            high = (step, *self.at(step))
        for _ in range(MOST_PRICES):
            if self.best is not None and relative_gap(self.best.objective, self.bound) <= gap:
                return
            if low[2] == high[2]:
                return
            cut = int(np.ceil((high[1] - low[1]) / (low[2] - high[2])))
            if not low[0] < cut < high[0]:
                cut = (low[0] + high[0]) // 2
                if cut in (low[0], high[0]):
                    return
            new = (cut, *self.at(cut))
            low, high = (new, high) if new[2] > g.budget else (low, new)


def _topped_up(groups: Groups, plan: GroupedPlan, filled: np.ndarray, gap: float, bound: int) -> GroupedPlan:
    """What is left of the budget spent on the single moves that gain most, a round at a time, no cell twice in one round.

    At the price where the bound is greatest the best flows lie on both sides of the budget, and the plan is the one below.
    """
    g, flow, filled = groups, plan.flow.copy(), filled.copy()
    own_arc = g.stay[g.group]
    own = g.cell[own_arc]
    left, cost = g.budget - plan.moves, plan.objective
    movable = g.moves & (own != g.cell)
    for _ in range(MOST_ROUNDS if relative_gap(cost, bound) > gap else 0):
        come, come_at, go, go_at = _margins(g, filled)
        gain = g.cost - g.cost[own_arc] + come[g.cell] - go[own]
        able = np.flatnonzero(movable & (flow[own_arc] > 0) & (gain < 0))
        able = able[np.argsort(gain[able], kind="stable")]
        for side in (own, g.cell):
            able = able[np.sort(np.unique(side[able], return_index=True)[1])]
        apart = able[~np.isin(g.cell[able], own[able])]
        able = (apart if len(apart) else able[:1])[:left]
        if not len(able):
            break
        flow[able] += 1
        flow[own_arc[able]] -= 1
        filled[come_at[g.cell[able]]] += 1
        filled[go_at[own[able]]] -= 1
        cost += int(gain[able].sum())
        left -= len(able)
    return replace(plan, flow=flow, objective=cost, moves=g.budget - left)


def _margins(g: Groups, filled: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Per cell: cost and segment of the next person, and of the last."""
    n = len(g.settled)
    come, go = np.full(n, NEVER), np.full(n, -NEVER)
    come_at, go_at = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
    room, used = np.flatnonzero(filled < g.segment_room)[::-1], np.flatnonzero(filled > 0)
    come_at[g.segment_cell[room]], go_at[g.segment_cell[used]] = room, used
    come[g.segment_cell[room]], go[g.segment_cell[used]] = g.segment_cost[room], g.segment_cost[used]
    return come, come_at, go, go_at


def people_of(groups: Groups, plan: GroupedPlan, member: np.ndarray, order: np.ndarray) -> np.ndarray:
    """Cell of every person: within a group, people in the given order take the arcs in turn, moves first.

    Parameters
    ----------
    groups : Groups
    plan : GroupedPlan
    member : ndarray of int64, shape (n_people,)
        Group of every person.
    order : ndarray, shape (n_people,)
        Whoever has the least goes first (such as the date since which one has sat in the seat).

    Returns
    -------
    ndarray of int64, shape (n_people,)

    Examples
    --------
    >>> g = Groups(np.array([2]), np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), np.array([0]), *np.zeros((2, 2), dtype=int),
    ...            np.array([0, 1]), np.array([2, 1]), np.array([0, -5]), budget=1)
    >>> people_of(g, solve_groups(g), np.array([0, 0]), np.array([2011, 2008])).tolist()
    [0, 1]
    """
    arc = np.lexsort((groups.cell, ~groups.moves, groups.group))
    seats = np.repeat(groups.cell[arc], plan.flow[arc])
    out = np.empty(len(member), dtype=np.int64)
    out[np.lexsort((np.arange(len(member)), order, member))] = seats
    return out
