"""The network simplex against a linear program, cold and after a change of costs."""

from __future__ import annotations

import numpy as np
from scipy.optimize import linprog

from mutasi_toolkit.assignment.simplex import seated_tree


def instance(rng: np.random.Generator):
    n, m, k = int(rng.integers(1, 12)), int(rng.integers(3, 7)), 3
    person = np.repeat(np.arange(n), k)
    cell = np.concatenate([rng.choice(m, k, replace=False) for _ in range(n)])
    stay, number, settled = np.arange(n) * k, rng.integers(1, 4, n), rng.integers(0, 3, m)
    held = np.bincount(cell[stay], weights=number, minlength=m).astype(int) + settled
    room = rng.integers(0, 3, (m, 3))
    room[:, 2] = np.maximum(0, held - room[:, 0] - room[:, 1]) + rng.integers(0, 2, m)
    costs = np.concatenate([rng.integers(0, 50, n * k), rng.integers(-90, 90, 3 * m)])
    return person, cell, number, stay, np.repeat(np.arange(m), 3), room.ravel(), settled, costs


def least(person, cell, number, _stay, segment, room, settled, costs) -> float:
    n, m = len(number), len(settled)
    rows = np.zeros((n + m, len(costs)))
    rows[person, np.arange(len(person))] = 1
    rows[n + cell, np.arange(len(person))] = 1
    rows[n + segment, len(person) + np.arange(len(segment))] = -1
    limits = [(0, None)] * len(person) + [(0, r) for r in room]
    return linprog(costs, A_eq=rows, b_eq=np.concatenate([number, -settled]), bounds=limits).fun


def test_it_finds_the_least_cost_and_prices_that_prove_it() -> None:
    rng = np.random.default_rng(2)
    for _ in range(40):
        *parts, costs = instance(rng)
        tree = seated_tree(*parts)
        for change in (0, 30):
            now = costs + change * (np.arange(len(costs)) % 3 > 0)
            assert tree.solve(now)
            flow = tree.flow[: len(now)]
            assert int((flow * now).sum()) == round(least(*parts, now))
            assert tree.overflow == 0
            person, cell, number, _, segment, room, settled = parts
            u = tree.duals
            start = np.arange(len(number)) * 3
            bound = (np.minimum.reduceat(now[: len(person)] - u[cell], start) * number).sum() - (u * settled).sum()
            bound += (np.minimum(now[len(person) :] + u[segment], 0) * room).sum()
            assert bound == (flow * now).sum()


def test_more_people_than_places_overflow() -> None:
    none = np.zeros(0, dtype=np.int64)
    tree = seated_tree(np.array([0, 0]), np.array([0, 1]), np.array([5]), np.array([0]), np.array([0, 1]), np.array([1, 2]), np.array([0, 0]))
    assert tree.solve(np.array([0, 3, -1, -1]))
    assert tree.overflow == 2
    assert len(none) == 0
