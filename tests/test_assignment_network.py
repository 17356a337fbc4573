"""The network simplex against a linear program, cold and after a change of costs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy.optimize import Bounds, LinearConstraint, linprog, milp

from mutasi_toolkit.assignment import verify
from mutasi_toolkit.assignment.grouped import Groups, bound_of, people_of, solve_groups
from mutasi_toolkit.assignment.simplex import seated_tree
from mutasi_toolkit.errors import InfeasibleError, InputError


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
    tree = seated_tree(np.array([0, 0]), np.array([0, 1]), np.array([5]), np.array([0]), np.array([0, 1]), np.array([1, 2]), np.array([0, 0]))
    assert tree.solve(np.array([0, 3, -1, -1]))
    assert tree.overflow == 2


def groups_of(rng: np.random.Generator):
    person, cell, number, stay, segment, room, settled, costs = instance(rng)
    arcs, segments = costs[: len(person)].copy(), np.sort(costs[len(person) :].reshape(-1, 3), axis=1).ravel()
    arcs[stay] = 0
    least_people = np.minimum(settled, 1)
    return Groups(number, person, cell, arcs, stay, settled, least_people, segment, np.maximum(room, 1), segments, int(rng.integers(0, 8)))


def flow_model(g: Groups) -> float:
    n, m, k, s = len(g.number), len(g.settled), len(g.group), len(g.segment_cell)
    rows = np.zeros((n + m, k + s))
    rows[g.group, np.arange(k)] = 1
    rows[n + g.cell, np.arange(k)] = 1
    rows[n + g.segment_cell, k + np.arange(s)] = -1
    target = np.concatenate([g.number, g.least - g.settled])
    limits = [LinearConstraint(rows, target, target), LinearConstraint(np.append(g.moves, np.zeros(s))[None, :], -np.inf, g.budget)]
    upper = np.append(g.number[g.group], g.segment_room)
    return milp(np.append(g.cost, g.segment_cost), integrality=np.ones(k + s), bounds=Bounds(0, upper), constraints=limits).fun


def test_groups_under_a_budget_keep_it_and_are_bounded() -> None:
    rng = np.random.default_rng(6)
    exact = 0
    for _ in range(40):
        g = groups_of(rng)
        plan = solve_groups(g)
        best = round(flow_model(g))
        assert plan.bound <= best <= plan.objective
        assert plan.moves == plan.flow[g.moves].sum() <= g.budget
        assert np.array_equal(np.bincount(g.group, weights=plan.flow, minlength=len(g.number)), g.number)
        assert bound_of(g, plan.price, plan.cell_price) == plan.bound
        assert bound_of(g, 3, np.zeros(len(g.settled), dtype=np.int64)) <= best
        exact += plan.bound == plan.objective
        member = np.repeat(np.arange(len(g.number)), g.number)
        cells = people_of(g, plan, member, rng.permutation(len(member)))
        assert np.array_equal(np.bincount(cells, minlength=len(g.settled)), np.bincount(g.cell, weights=plan.flow, minlength=len(g.settled)))
    assert exact > 10


def test_groups_that_cannot_be_seated_are_refused() -> None:
    zeros = np.zeros(1, dtype=np.int64)
    with pytest.raises(InfeasibleError):
        solve_groups(Groups(np.array([3]), zeros, zeros, zeros, zeros, zeros, zeros, zeros, np.array([2]), zeros, 1))
    with pytest.raises(InputError):
        solve_groups(Groups(np.array([1]), zeros, zeros, zeros, zeros, zeros, zeros, zeros, np.array([2]), zeros, -1))


def test_a_plan_of_groups_is_verified_and_what_is_changed_is_found() -> None:
    rng = np.random.default_rng(9)
    found = set()
    for _ in range(30):
        g = groups_of(rng)
        plan = solve_groups(g)
        checked = verify(g, plan)
        assert checked.ok, checked.text("en")
        assert (checked.objective, checked.bound) == (plan.objective, plan.bound)
        fewer = plan.flow.copy()
        fewer[np.argmax(fewer)] -= 1
        wrong = {
            "once": replace(plan, flow=fewer),
            "objective": replace(plan, objective=plan.objective - 1),
            "bound": replace(plan, bound=plan.bound + 1),
            "certificate": replace(plan, price=-1),
            "moves": replace(plan, moves=plan.moves + 1),
        }
        for what, bad in wrong.items():
            assert what in {v.values["what"] for v in verify(g, bad).violations}
        everyone = g.number[g.group] * (np.arange(len(g.group)) % 3 == 2)
        found |= {v.values["what"] for v in verify(g, replace(plan, flow=everyone)).violations}
    assert {"capacity", "limit"} <= found
