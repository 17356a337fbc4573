"""Stability on the example: shares, regret, common draws, and what is given up for steadier moves."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.assignment import Problem, solve, verify
from mutasi_toolkit.assignment.edit import find_arcs, session
from mutasi_toolkit.assignment.model import completed, faults_of, objective_of
from mutasi_toolkit.planning.stability import Doubt, _drawn, recourse, stability, steadier

#: Points are whole thousandths.
EXACT = 1e-9
NONE = Doubt(0.0, 0.0, 0.0, 0.0)


@pytest.fixture(scope="module")
def solved(contoh: mt.Cycle):
    problem = Problem.from_cycle(contoh)
    return problem, solve(problem)


def test_without_doubt_every_move_stands(contoh: mt.Cycle, solved) -> None:
    found = stability(contoh, solved[1], draws=2, doubt=NONE)
    assert (found.moves["bertahan"] == 1).all()
    assert found.draws["mungkin"].all()
    assert (found.draws["batal"] == 0).all()
    assert (found.draws["penyesalan"].abs() < EXACT).all()


def test_shares_and_regret_come_from_the_same_draws(contoh: mt.Cycle, solved) -> None:
    _problem, plan = solved
    one = stability(contoh, plan, draws=4)
    two = stability(contoh, plan, draws=4, workers=2)
    assert one.moves.equals(two.moves)
    assert one.draws.equals(two.draws)
    assert one.moves["bertahan"].between(0, 1).all()
    assert abs(one.moves["bertahan"].sum() * 4 - one.draws["sama"].sum()) < EXACT
    assert (one.draws["penyesalan"].dropna() >= -EXACT).all()
    assert one.draws["batal"].dropna().between(0, len(plan.moves)).all()
    assert (one.draws["penyesalan"].isna() == one.draws["batal"].isna()).all()
    other = stability(contoh, plan, draws=4, seed=1)
    assert not one.draws.equals(other.draws)


@pytest.mark.parametrize("draw", range(3))
def test_recourse_is_the_best_of_all_subsets_of_the_moves(contoh: mt.Cycle, draw: int) -> None:
    """Every subset of a plan's moves is tried in a drawn problem; what is chosen passes the check of the drawn cycle."""
    small = contoh.with_settings(anggaran={"pindah": 6})
    plan = solve(Problem.from_cycle(small))
    exact = mt.workload.need(small)["kebutuhan"].to_numpy(dtype=float)
    problem = _drawn(small, None, rules.allowed(small), exact, Doubt(needs=0.3), np.random.default_rng([5, draw]))
    model, costs = problem.model, []
    moves = find_arcs(problem, problem.people.get_indexer(plan.moves["pegawai_id"]), problem.seats.get_indexer(plan.moves["jabatan_id"]))
    for made in itertools.product([False, True], repeat=len(moves)):
        arcs = model.stay.copy()
        arcs[model.person[moves[list(made)]]] = moves[list(made)]
        extras = completed(model, arcs)
        if not len(faults_of(model, arcs, extras)):
            costs.append(objective_of(model, arcs, extras))
    best = recourse(problem, plan)
    assert best is not None
    assert objective_of(model, best, completed(model, best)) == min(costs)
    assert verify(problem.cycle, session(problem, solve(problem)).plan(best)).ok


def test_steadier_plans_give_up_no_more_than_they_are_paid(contoh: mt.Cycle, solved) -> None:
    problem, plan = solved
    found = stability(contoh, plan, draws=5)
    assert steadier(problem, plan, found, 0.0).objective == plan.objective
    share = found.moves.set_index(["pegawai_id", "jabatan_id"])["bertahan"]
    doubts = []
    for weight in (1.0, 1000.0):
        steady = steadier(problem, plan, found, weight)
        assert steady.objective >= plan.objective
        pairs = list(steady.moves.itertuples(index=False, name=None))
        doubts.append(float(np.sum([1 - share.get(p, 0.0) for p in pairs])))
        assert steady.objective - plan.objective <= weight * float((1 - share).sum()) + 0.01
    assert doubts[1] <= doubts[0] + EXACT
