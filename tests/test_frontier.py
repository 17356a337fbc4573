"""The frontier against enumeration of all plans of tiny instances; lexicographic plans; degenerate inputs."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, frontier, lexicographic, missed_words, solve, verify
from mutasi_toolkit.assignment.edit import arcs_of_plan
from mutasi_toolkit.assignment.front import Front
from mutasi_toolkit.assignment.frontier import knee, objective
from mutasi_toolkit.assignment.problem import Terms

#: Shares of ranges are floats.
TOLERANCE = 1e-9


def _tiny(seed: int, n_terms: int) -> tuple[Problem, list[tuple[int, ...]]]:
    """Five people, three positions, a cost made of several terms; and the values of every plan."""
    rng = np.random.default_rng(seed)
    pairs = pd.DataFrame([(f"p{i}", f"s{j}", 1) for i in range(5) for j in range(3)], columns=["person", "position", "cost"])
    problem = Problem.from_pairs(pairs, {"s0": 2, "s1": 2, "s2": 3})
    parts = {f"t{k}": rng.integers(0, 9, len(pairs)) for k in range(n_terms)}
    total = np.sum(list(parts.values()), axis=0)
    problem = replace(problem, model=replace(problem.model, cost=total), terms=Terms(arcs=parts), costs=total.astype(float))
    plans = []
    for chosen in itertools.product(range(3), repeat=5):
        if max(chosen.count(0), chosen.count(1)) <= 2 and chosen.count(2) <= 3:
            arcs = [3 * i + j for i, j in enumerate(chosen)]
            plans.append(tuple(int(v[arcs].sum()) for v in parts.values()))
    return problem, plans


def _dominated(a: tuple[int, ...], values: set[tuple[int, ...]]) -> bool:
    return any(b != a and all(x <= y for x, y in zip(b, a, strict=True)) for b in values)


@pytest.mark.parametrize(("seed", "n_terms"), [(0, 2), (1, 2), (2, 2), (0, 3), (1, 3), (2, 3), (0, 4), pytest.param(1, 4, marks=pytest.mark.slow)])
@pytest.mark.parametrize("points", [None, 1000])
def test_all_points_are_those_of_enumeration(seed: int, n_terms: int, points: int | None) -> None:
    problem, plans = _tiny(seed, n_terms)
    names = [f"t{k}" for k in range(n_terms)]
    values = set(plans)
    expected = sorted(a for a in values if not _dominated(a, values))
    found = frontier(problem, names, points=points)
    assert found.attrs["complete"]
    assert found.attrs["missed"] == 0
    assert "all" in missed_words(found, "en")
    assert sorted(map(tuple, found[names].astype(int).to_numpy().tolist())) == expected
    assert (found["bound"] == found[names].sum(axis=1)).all()
    assert found["lutut"].sum() == 1
    for row in found.itertuples():
        arcs = arcs_of_plan(problem, found.attrs["plans"][row.plan_id])
        assert tuple(int(problem.terms.arcs[n][arcs].sum()) for n in names) == tuple(getattr(row, n) for n in names)


def test_fewer_points_are_non_dominated_and_hold_the_ends() -> None:
    problem, plans = _tiny(5, 2)
    values = set(plans)
    found = frontier(problem, ["t0", "t1"], points=3)
    some = set(map(tuple, found[["t0", "t1"]].astype(int).to_numpy().tolist()))
    assert len(some) == 3
    assert not any(_dominated(a, values) for a in some)
    assert {min(a[0] for a in values)} <= {a[0] for a in some}
    assert {min(a[1] for a in values)} <= {a[1] for a in some}
    assert not found.attrs["complete"]
    assert 0 < found.attrs["missed"] <= 1
    assert "%" in missed_words(found, "en")


@pytest.mark.parametrize(("seed", "n_terms"), [(0, 2), (1, 3), (2, 3), (0, 4)])
def test_what_a_sample_may_miss_is_bounded(seed: int, n_terms: int) -> None:
    """The bound holds for every plan by enumeration, falls as points come, and ends at 0."""
    problem, plans = _tiny(seed, n_terms)
    front = Front(problem.model, [objective(problem, f"t{k}") for k in range(n_terms)])
    front.ends()
    every, last = np.array(sorted(set(plans))), np.inf
    for _ in range(200):
        if not len(front.zones):
            break
        known = np.array([z for z, _ in front.points])
        assert not any(_dominated(tuple(z), set(plans)) for z in known.tolist())
        needed = max(float(((known - y) / front.span).max(axis=1).min()) for y in every)
        assert needed <= front.missed() + TOLERANCE
        assert front.missed() <= last + TOLERANCE
        last = front.missed()
        front.step()
    assert not len(front.zones)
    assert front.missed() == 0


def test_points_do_not_depend_on_the_order_of_rows(contoh: mt.Cycle) -> None:
    names = ["workload", "disruption", "moves"]
    one = frontier(Problem.from_cycle(contoh), names, points=8)
    turned = replace(contoh, pegawai=contoh.pegawai.iloc[::-1].reset_index(drop=True), jabatan=contoh.jabatan.iloc[::-1].reset_index(drop=True))
    two = frontier(Problem.from_cycle(turned), names, points=8)
    assert (one.to_numpy() == two.to_numpy()).all()
    again = frontier(Problem.from_cycle(contoh), names, points=8)
    for name in one["plan_id"]:
        assert one.attrs["plans"][name].assignment.equals(again.attrs["plans"][name].assignment)


def test_every_point_is_a_plan_that_the_check_accepts(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(contoh)
    found = frontier(problem, ["workload", "disruption", "moves"], points=12)
    for row in found.itertuples():
        plan = found.attrs["plans"][row.plan_id]
        assert verify(contoh, plan).ok
        assert (plan.terms["beban"], plan.terms["gangguan"], plan.terms["pindah"]) == (row.workload, row.disruption, row.moves)
    assert found.attrs["complete"]


def test_lexicographic_is_the_first_of_the_sorted_values() -> None:
    problem, plans = _tiny(3, 3)
    for order in itertools.permutations(range(3)):
        plan = lexicographic(problem, [f"t{k}" for k in order])
        arcs = arcs_of_plan(problem, plan)
        got = tuple(int(problem.terms.arcs[f"t{k}"][arcs].sum()) for k in order)
        assert got == min(tuple(p[k] for k in order) for p in plans)
        assert plan.bound <= plan.objective


def test_the_example_keeps_its_guarantees_at_every_point(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(contoh)
    plan = solve(problem)
    found = frontier(problem, ["workload", "moves"], points=6, plan=plan)
    assert found["moves"].min() == 0
    assert found["workload"].min() <= plan.terms["beban"]
    assert (np.diff(found["workload"]) > 0).all()
    assert (np.diff(found["moves"]) < 0).all()
    for name in found["plan_id"]:
        after = contoh.after(found.attrs["plans"][name].moves)
        one, two = (mt.workload.unit_efficiency(c) for c in (contoh, after))
        assert ((two["kekurangan"] + two["kelebihan"]) <= (one["kekurangan"] + one["kelebihan"]) + 1e-9).all()
    assert (frontier(problem, ["beban", "pindah"], points=6, plan=plan).drop(columns=["plan_id"]).to_numpy() == found.drop(columns=["plan_id"]).to_numpy()).all()


def test_what_cannot_be_asked_is_refused(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(contoh)
    plan = solve(problem)
    with pytest.raises(mt.InputError, match="knowledge"):
        frontier(problem, ["workload", "knowledge"], plan=plan)
    with pytest.raises(mt.InputError, match="5"):
        frontier(problem, ["workload", "workload", "fit", "moves", "disruption"], plan=plan)
    with pytest.raises(mt.InputError):
        frontier(problem, ["workload"], points=0, plan=plan)


def test_knee_of_a_line_is_an_end() -> None:
    assert knee(np.array([[0.0, 2.0], [1.0, 1.0], [2.0, 0.0]])) == 0
    assert knee(np.array([[3.0, 3.0]])) == 0
