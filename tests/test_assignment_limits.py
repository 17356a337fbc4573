"""Time limits in every phase, by a clock of the test's own; and what a bound leaves to plans near it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.assignment import Problem, clock, relax, search, simplex, solve, verify
from mutasi_toolkit.assignment.model import completed, objective_of
from mutasi_toolkit.assignment.narrow import cost_row, narrowed, room_of
from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.paths import PACKAGE

LONG = 1.0


@pytest.fixture(scope="module")
def cycle():
    return read_cycle(PACKAGE.parent / "data" / "cycles" / "contoh")


@pytest.fixture(scope="module")
def problem(cycle):
    return Problem.from_cycle(cycle)


class Clock:
    """A clock that is over the limit after so many looks."""

    def __init__(self, looks: int) -> None:
        self.looks = looks

    def __call__(self) -> float:
        self.looks -= 1
        return 0.0 if self.looks >= 0 else 2 * LONG


@pytest.mark.parametrize("looks", [1, 2, 3, 5, 8, 13])
@pytest.mark.parametrize("network", [True, False])
def test_whenever_the_time_is_over_there_is_a_plan_with_a_bound(monkeypatch, cycle, problem, looks: int, network: bool) -> None:
    if network:
        monkeypatch.setattr(relax, "SMALL", 0)
        monkeypatch.setattr(search, "SMALL", 0)
    monkeypatch.setattr(clock, "now", Clock(looks))
    plan = solve(problem, time_limit=LONG)
    found = verify(cycle, plan)
    assert found.ok, found.text()
    assert plan.gap == pytest.approx((plan.objective - plan.bound) / max(1.0, abs(plan.objective)), abs=1e-12)
    assert plan.bound <= solve_without(problem).objective <= plan.objective + 1e-9


def solve_without(problem, kept: dict = {}):  # noqa: B006
    """The best plan, once."""
    if id(problem) not in kept:
        with pytest.MonkeyPatch.context() as real:
            real.setattr(clock, "now", lambda: 0.0)
            kept[id(problem)] = solve(problem)
    return kept[id(problem)]


def test_a_stopped_tree_seats_everyone_and_goes_on_later(monkeypatch) -> None:
    rng = np.random.default_rng(5)
    n, m = 30, 6
    person, cell = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    parts = person, cell, np.ones(n, dtype=np.int64), np.arange(n) * m, np.arange(m), np.full(m, n), np.zeros(m, dtype=np.int64)
    costs = np.concatenate([rng.integers(0, 90, n * m), np.zeros(m, dtype=np.int64)])
    monkeypatch.setattr(simplex, "PIVOTS", 1)
    tree = simplex.seated_tree(*parts)
    monkeypatch.setattr(clock, "now", Clock(4))
    assert not tree.solve(costs, deadline=LONG)
    assert np.array_equal(np.bincount(person, weights=tree.flow[: n * m]), np.ones(n))
    monkeypatch.setattr(clock, "now", Clock(10**6))
    assert tree.solve(costs, deadline=LONG)
    assert int((tree.flow[: len(costs)] * costs).sum()) == costs[: n * m].reshape(n, m).min(axis=1).sum()


def test_parts_of_a_cost_above_the_bound_add_up_and_the_best_plan_has_room(problem) -> None:
    model = problem.model
    found = search.search(model)
    for arcs in (found.arcs, model.stay):
        slack = (objective_of(model, arcs, completed(model, arcs)) - model.constant) * model.scale - found.relaxed.priced.bound
        room = room_of(model, found.relaxed, slack)
        part = relax.restrict(model, found.relaxed.priced.reduced <= slack)
        program = narrowed(model, part, room)
        values = np.concatenate([np.isin(part.arcs, arcs), completed(model, arcs)]).astype(float)
        rows = program.matrix @ values
        assert (values >= program.lower).all()
        assert (values <= program.upper).all()
        assert (rows >= program.row_low).all()
        assert (rows <= program.row_high).all()
        row, most = cost_row(model, part, found.relaxed, room)
        assert int(row @ values.astype(np.int64)) == most


def test_among_equals_the_least_ties_are_chosen_also_where_the_relaxation_falls_short() -> None:
    """Capacities as knapsacks: the linear bound is below the best plan, so that the row of the cost decides."""
    rng = np.random.default_rng(11)
    short = 0
    for _ in range(30):
        n, m = 5, 3
        frame = pd.DataFrame({
            "person": np.repeat([f"p{i}" for i in range(n)], m), "position": np.tile([f"q{j}" for j in range(m)], n),
            "cost": rng.integers(1, 4, n * m), "weight": rng.integers(2, 5, n * m),
        })  # fmt: skip
        given = Problem.from_pairs(frame, {f"q{j}": 6 for j in range(m)})
        model = given.model
        choices = np.array(np.meshgrid(*[np.arange(model.start[i], model.start[i + 1]) for i in range(n)])).reshape(n, -1).T
        loads = np.stack([(frame["weight"].to_numpy()[choices] * (given.seat[choices] == j)).sum(axis=1) for j in range(m)])
        good = choices[(loads <= 6).all(axis=0)]
        if not len(good):
            continue
        cost = model.cost[good].sum(axis=1)
        best = good[cost == cost.min()]
        found = search.search(model)
        assert found.objective == cost.min() + model.constant
        if found.bound == found.objective:
            assert model.tie[found.arcs].sum() == model.tie[best].sum(axis=1).min()
            short += found.relaxed.priced.bound < (found.objective - model.constant - 0.5) * model.scale
    assert short > 2
