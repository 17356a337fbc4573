"""Plans without a solver: best move first, and at random; both keep every row of the model."""

from __future__ import annotations

import numpy as np

from mutasi_toolkit.assignment.model import Model, completed, faults_of, objective_of


class _State:
    """Rows as they stand, and what a change of arcs would do to them."""

    def __init__(self, model: Model) -> None:
        self.model, self.arcs = model, model.stay.copy()
        chosen = np.zeros(model.n_arcs, dtype=np.int64)
        chosen[self.arcs] = 1
        self.fill = model.arcs.into(chosen, len(model.low))
        self.cost = objective_of(model, self.arcs, completed(model, self.arcs))

    def gain(self, arc: int) -> int | None:
        """Change of the objective when a person takes an arc; None where a row would break."""
        m = self.model
        trial = self.arcs.copy()
        trial[m.person[arc]] = arc
        extras = completed(m, trial)
        return None if len(faults_of(m, trial, extras)) else objective_of(m, trial, extras) - self.cost

    def take(self, arc: int, change: int) -> None:
        self.arcs[self.model.person[arc]] = arc
        self.cost += change


def greedy(model: Model, budget: int, look: int = 400) -> int:
    """Objective of: look at the moves that promise most at today's filling, take the best that breaks nothing, again.

    What a move promises is its own cost and the change of its two cells alone; the exact change decides.
    """
    state = _State(model)
    moves = np.setdiff1d(np.arange(model.n_arcs), model.stay)
    promise = np.full(model.n_arcs, np.iinfo(np.int64).max)
    sample = moves
    for k in sample:
        value = _promise(state, int(k))
        promise[k] = value
    taken = 0
    done = np.zeros(model.n_people, dtype=bool)
    while taken < budget:
        order = moves[np.argsort(promise[moves], kind="stable")[:look]]
        found = False
        for k in order:
            if done[model.person[k]] or promise[k] >= 0:
                promise[k] = np.iinfo(np.int64).max
                continue
            change = state.gain(int(k))
            if change is None or change >= 0:
                promise[k] = np.iinfo(np.int64).max if change is None else 0
                continue
            state.take(int(k), change)
            done[model.person[k]] = True
            taken += 1
            found = True
            break
        if not found and (promise[order] >= 0).all():
            break
    return state.cost


def _promise(state: _State, arc: int) -> int:
    m = state.model
    own = int(state.arcs[m.person[arc]])
    rows = [m.arcs.of(np.array([k])).row for k in (arc, own)]
    return int(m.cost[arc] - m.cost[own]) + _cell(state, rows[0], 1) + _cell(state, rows[1], -1)


def _cell(state: _State, rows: np.ndarray, step: int) -> int:
    table = _marginals(state.model)
    total = 0
    for r in rows:
        if r in table:
            first, uppers, costs, low = table[r]
            n = int(state.fill[r] - low) + (0 if step > 0 else -1)
            k = int(np.searchsorted(uppers, n, side="right"))
            total += step * int(costs[min(k, len(costs) - 1)])
            assert first >= 0
    return total


_TABLES: dict[int, dict[int, tuple[int, np.ndarray, np.ndarray, int]]] = {}


def _marginals(model: Model) -> dict[int, tuple[int, np.ndarray, np.ndarray, int]]:
    if id(model) not in _TABLES:
        edges = np.flatnonzero(np.concatenate([[True], model.bank[1:] != model.bank[:-1]]))
        ends = np.append(edges[1:], len(model.bank))
        _TABLES[id(model)] = {
            int(model.bank[a]): (int(a), np.cumsum(model.extra_upper[a:b]), model.extra_cost[a:b], int(model.low[model.bank[a]]))
            for a, b in zip(edges, ends, strict=True)
            if model.names[model.bank[a]].startswith("isi|")
        }
    return _TABLES[id(model)]


def at_random(model: Model, budget: int, seed: int = 0, tries: int = 20_000) -> int:
    """Objective of moves drawn at random that break nothing, as many as the budget."""
    rng = np.random.default_rng(seed)
    state = _State(model)
    moves = np.setdiff1d(np.arange(model.n_arcs), model.stay)
    taken, done = 0, np.zeros(model.n_people, dtype=bool)
    for k in rng.permutation(moves)[:tries]:
        if taken == budget:
            break
        change = None if done[model.person[k]] else state.gain(int(k))
        if change is not None:
            state.take(int(k), change)
            done[model.person[k]] = True
            taken += 1
    return state.cost
