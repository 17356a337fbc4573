"""A primal network simplex for people, cells and a sink, that begins at today's seating and goes on after costs change.

People (or groups of identical people) send their number over arcs to cells; cells send what they hold over arcs of
limited capacity to the sink. Today's seating is a spanning tree, so that no first phase is needed, and a change of
costs leaves the tree feasible, so that prices of budgets and side rows are tried from the last tree on.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np

from mutasi_toolkit.assignment.clock import late

#: Capacity of an arc that nothing limits.
ENDLESS = 2**60
#: Arcs looked at before one enters: this share of the square root of their number, times itself.
LEAST_BLOCK = 64
#: Pivots between two looks at the clock, where there is a deadline.
PIVOTS = 5_000

_jit: Any = numba.njit(cache=True, nogil=True)


@_jit
def _link(node: Any, up: Any, parent: Any, child: Any, after: Any, before: Any) -> None:
    parent[node] = up
    first = child[up]
    after[node] = first
    before[node] = -1
    if first >= 0:
        before[first] = node
    child[up] = node


@_jit
def _unlink(node: Any, parent: Any, child: Any, after: Any, before: Any) -> None:
    if before[node] >= 0:
        after[before[node]] = after[node]
    else:
        child[parent[node]] = after[node]
    if after[node] >= 0:
        before[after[node]] = before[node]


@_jit
def _refresh(top: Any, source: Any, cost: Any, parent: Any, link: Any, child: Any, after: Any, depth: Any, price: Any, stack: Any) -> None:
    """Depth and price of a subtree, whose top hangs from a node that has both."""
    stack[0] = top
    n = 1
    while n:
        n -= 1
        v = stack[n]
        a = link[v]
        p = parent[v]
        depth[v] = depth[p] + 1
        price[v] = price[p] - cost[a] if source[a] == v else price[p] + cost[a]
        c = child[v]
        while c >= 0:
            stack[n] = c
            n += 1
            c = after[c]


@_jit
def _entering(source: Any, target: Any, cost: Any, state: Any, price: Any, block: Any, cursor: Any) -> Any:
    """The arc of the worst reduced cost in the first block that has one, from the cursor on; -1 where none is left."""
    n_arcs = len(source)
    at = cursor[0]
    enter = -1
    worst = 0
    left = block
    for _ in range(n_arcs):
        s = state[at]
        if s != 0:
            r = s * (cost[at] + price[source[at]] - price[target[at]])
            if r < worst:
                worst = r
                enter = at
        at += 1
        if at == n_arcs:
            at = 0
        left -= 1
        if left == 0:
            if enter >= 0:
                break
            left = block
    cursor[0] = at
    return enter


@_jit
def _join(u: Any, v: Any, parent: Any, depth: Any) -> Any:
    """Where the ways of two nodes to the root meet."""
    while u != v:
        if depth[u] > depth[v]:
            u = parent[u]
        elif depth[v] > depth[u]:
            v = parent[v]
        else:
            u = parent[u]
            v = parent[v]
    return u


@_jit
def _blocking(first: Any, second: Any, join: Any, delta: Any, source: Any, room: Any, flow: Any, parent: Any, link: Any) -> Any:
    """How much can flow round the cycle, the node below the arc that blocks, and on which way: 1 of `first`, 2 of `second`, 0 on neither.

    Seen from the join along the cycle it is the last that blocks: so trees stay strongly feasible, and none comes back.
    """
    out = -1
    side = 0
    u = first
    while u != join:
        a = link[u]
        d = flow[a] if source[a] == u else room[a] - flow[a]
        if d < delta:
            delta = d
            out = u
            side = 1
        u = parent[u]
    u = second
    while u != join:
        a = link[u]
        d = room[a] - flow[a] if source[a] == u else flow[a]
        if d <= delta:
            delta = d
            out = u
            side = 2
        u = parent[u]
    return delta, out, side


@_jit
def _push(u: Any, join: Any, delta: Any, source: Any, flow: Any, parent: Any, link: Any) -> None:
    """Send `delta` up the tree from u to the join (down where it is negative)."""
    while u != join:
        a = link[u]
        flow[a] += delta if source[a] == u else -delta
        u = parent[u]


@_jit
def _hang(u: Any, under: Any, by: Any, out: Any, parent: Any, link: Any, child: Any, after: Any, before: Any) -> None:
    """Hang the part cut off above `out` by arc `by` under another node: the path from u up to `out` turns round."""
    while True:
        old_parent = parent[u]
        old_link = link[u]
        _unlink(u, parent, child, after, before)
        _link(u, under, parent, child, after, before)
        link[u] = by
        if u == out:
            return
        under = u
        by = old_link
        u = old_parent


@_jit
def _run(source: Any, target: Any, cost: Any, room: Any, flow: Any, state: Any, parent: Any, link: Any, child: Any, after: Any, before: Any, depth: Any, price: Any, block: Any, most: Any, cursor: Any) -> Any:
    """Pivot until no arc has a reduced cost that calls for it; returns the number of pivots, or -1 at the limit.

    state: 0 in the tree, 1 empty, -1 full.
    """
    stack = np.empty(len(parent), dtype=np.int64)
    pivots = 0
    while True:
        enter = _entering(source, target, cost, state, price, block, cursor)
        if enter < 0:
            return pivots
        if pivots >= most:
            return -1
        pivots += 1
        # Flow goes from `first` over the entering arc to `second`, and back through the tree.
        first, second = source[enter], target[enter]
        if state[enter] < 0:
            first, second = second, first
        join = _join(first, second, parent, depth)
        delta, out, side = _blocking(first, second, join, room[enter], source, room, flow, parent, link)
        if delta > 0:
            flow[enter] += state[enter] * delta
            _push(first, join, -delta, source, flow, parent, link)
            _push(second, join, delta, source, flow, parent, link)
        if side == 0:
            state[enter] = -state[enter]
            continue
        leaving = link[out]
        state[leaving] = 1 if flow[leaving] == 0 else -1
        state[enter] = 0
        inside, outside = (first, second) if side == 1 else (second, first)
        _hang(inside, outside, enter, out, parent, link, child, after, before)
        _refresh(inside, source, cost, parent, link, child, after, depth, price, stack)


@dataclass(eq=False)
class Tree:
    """A spanning tree with its flow; `solve` moves it to the best one for given costs.

    Attributes
    ----------
    source, target : ndarray of int64, shape (n_arcs,)
        Arcs of the people first, then those of the cells, then one of unlimited capacity per cell.
    room : ndarray of int64
        Capacity.
    n_nodes : int
        People, cells, and the sink, which is the root.
    """

    source: np.ndarray
    target: np.ndarray
    room: np.ndarray
    n_nodes: int
    n_cells: int
    flow: np.ndarray
    state: np.ndarray
    parent: np.ndarray
    link: np.ndarray

    def __post_init__(self) -> None:
        n = self.n_nodes
        self.child, self.after, self.before = (np.full(n, -1, dtype=np.int64) for _ in range(3))
        self.depth, self.price = np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        for v in _children_last(self.parent):
            _link(v, self.parent[v], self.parent, self.child, self.after, self.before)

    def solve(self, cost: np.ndarray, deadline: float | None = None) -> bool:
        """Move to the best tree for the costs of all arcs but the unlimited ones; False where the deadline came first.

        Also then flow and prices are those of a tree: people are seated, and the prices bound what plans cost.
        """
        dear = np.full(self.n_cells, int(np.abs(cost).max(initial=1)) * 2 + 1, dtype=np.int64)
        full = np.concatenate([cost.astype(np.int64), dear])
        root = self.n_nodes - 1
        stack = np.empty(self.n_nodes, dtype=np.int64)
        _refresh_all(root, self.source, full, self.parent, self.link, self.child, self.after, self.depth, self.price, stack)
        block = max(LEAST_BLOCK, int(np.sqrt(len(full))))
        cursor = np.zeros(1, dtype=np.int64)
        most = 2**62 if deadline is None else PIVOTS
        done = -1
        while done < 0 and not late(deadline):
            done = _run(
                self.source, self.target, full, self.room, self.flow, self.state, self.parent, self.link, self.child, self.after, self.before,
                self.depth, self.price, block, most, cursor,
            )  # fmt: skip
        return bool(done >= 0)

    @property
    def duals(self) -> np.ndarray:
        """What one more person in every cell costs at the tree's prices (negative: the cell gains)."""
        root = self.n_nodes - 1
        return self.price[root - self.n_cells : root] - self.price[root]

    @property
    def overflow(self) -> int:
        """People on the unlimited arcs: more than the cells can hold."""
        return int(self.flow[len(self.flow) - self.n_cells :].sum())


def _children_last(parent: np.ndarray) -> np.ndarray:
    """Nodes that have a parent, the last first, so that lists of children begin with the first."""
    return np.flatnonzero(parent >= 0)[::-1]


@_jit
def _refresh_all(root: Any, source: Any, cost: Any, parent: Any, link: Any, child: Any, after: Any, depth: Any, price: Any, stack: Any) -> None:
    depth[root] = 0
    price[root] = 0
    c = child[root]
    while c >= 0:
        _refresh(c, source, cost, parent, link, child, after, depth, price, stack)
        c = after[c]


def seated_tree(person: np.ndarray, cell: np.ndarray, number: np.ndarray, stay: np.ndarray, segment_cell: np.ndarray, segment_room: np.ndarray, settled: np.ndarray) -> Tree:
    """The tree of today's seating.

    Parameters
    ----------
    person, cell : ndarray of int64, shape (n_arcs,)
        Arcs of people, by position from 0.
    number : ndarray of int64, shape (n_people,)
        How many people each stands for.
    stay : ndarray of int64, shape (n_people,)
        The arc each begins on.
    segment_cell, segment_room : ndarray of int64, shape (n_segments,)
        Arcs of cells to the sink; those of a cell follow each other.
    settled : ndarray of int64, shape (n_cells,)
        People in every cell who have no choice.
    """
    n_people, n_cells, n_arcs, n_segments = len(number), len(settled), len(person), len(segment_cell)
    n = n_people + n_cells + 1
    source = np.concatenate([person, n_people + segment_cell, n_people + np.arange(n_cells)])
    target = np.concatenate([n_people + cell, np.full(n_segments + n_cells, n - 1)])
    room = np.concatenate([np.full(n_arcs, ENDLESS), segment_room, np.full(n_cells, ENDLESS)]).astype(np.int64)
    flow = np.zeros(len(source), dtype=np.int64)
    flow[stay] = number
    held = settled + np.bincount(cell[stay], weights=number, minlength=n_cells).astype(np.int64)
    first = np.searchsorted(segment_cell, np.arange(n_cells))
    total = np.concatenate([[0], np.cumsum(segment_room)])
    before = total[:-1] - total[first[segment_cell]]
    flow[n_arcs : n_arcs + n_segments] = np.clip(held[segment_cell] - before, 0, segment_room)
    capacity = np.bincount(segment_cell, weights=segment_room, minlength=n_cells).astype(np.int64)
    flow[n_arcs + n_segments :] = np.maximum(held - capacity, 0)
    state = np.where(flow == 0, 1, np.where(flow == room, -1, 0)).astype(np.int8)
    partly = flow[n_arcs : n_arcs + n_segments] < segment_room
    open_ = np.full(n_cells, -1)
    at = np.flatnonzero(partly)[::-1]
    open_[segment_cell[at]] = n_arcs + at
    open_ = np.where(open_ < 0, n_arcs + n_segments + np.arange(n_cells), open_)
    parent = np.concatenate([n_people + cell[stay], np.full(n_cells, n - 1), [-1]])
    link = np.concatenate([stay, open_, [-1]])
    state[link[:-1]] = 0
    return Tree(source.astype(np.int64), target.astype(np.int64), room, n, n_cells, flow, state, parent.astype(np.int64), link.astype(np.int64))
