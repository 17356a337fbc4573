"""Explanations against enumeration of tiny instances and against solving a reduced problem from the start."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, explain, solve
from mutasi_toolkit.assignment.edit import arcs_of_plan, session
from mutasi_toolkit.assignment.search import search

#: Sums of a handful of terms, each a whole thousandth of a point.
EXACT = 1e-9


def _pairs(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, int]]:
    rows = [(f"p{i}", f"s{j}", int(rng.integers(0, 30))) for i in range(5) for j in range(4) if rng.random() < 0.8 or j == i % 4]
    return pd.DataFrame(rows, columns=["person", "position", "cost"]), {"s0": 2, "s1": 1, "s2": 2, "s3": 1}


def _all_plans(pairs: pd.DataFrame, capacity: dict[str, int]) -> list[tuple[int, dict[str, str]]]:
    options = [list(g[["position", "cost"]].itertuples(index=False, name=None)) for _, g in pairs.groupby("person")]
    people = list(pairs.groupby("person").groups)
    out = []
    for chosen in itertools.product(*options):
        used = pd.Series([s for s, _ in chosen]).value_counts()
        if all(n <= capacity[s] for s, n in used.items()):
            out.append((sum(c for _, c in chosen), dict(zip(people, [s for s, _ in chosen], strict=True))))
    return out


@pytest.mark.parametrize("seed", range(8))
def test_costs_of_alternatives_are_those_of_enumeration(seed: int) -> None:
    pairs, capacity = _pairs(np.random.default_rng(seed))
    plans = _all_plans(pairs, capacity)
    problem = Problem.from_pairs(pairs, capacity)
    plan = solve(problem)
    best = min(c for c, _ in plans)
    assert plan.objective == best
    seats = plan.assignment.set_index("person")["position"]
    for person, seat in seats.items():
        record = explain(problem, plan, person)
        elsewhere = [c for c, a in plans if a[person] != seat]
        assert record.alternative == ("lain" if elsewhere else "")
        assert record.difference == (min(elsewhere) - best if elsewhere else 0.0)
        assert abs(sum(record.terms.values()) - record.difference) < EXACT
        others = [c for c, a in plans if a[person] != seat and any(a[q] == seat and seats[q] != seat for q in a if q != person)]
        found = record.next_best["person"]
        assert (found is None) == (not others)
        if found is not None:
            assert found["cost"] == min(others) - best
        assert record.text("en")
        assert record.text("id")


def _without(problem: Problem, keep: np.ndarray) -> float | None:
    """The optimum over the kept arcs, from a model built of them alone."""
    m = problem.model
    at = np.cumsum(keep) - 1
    start = np.searchsorted(m.person[keep], np.arange(m.n_people + 1))
    if (np.diff(start) == 0).any():
        return None
    stay = np.where((m.stay >= 0) & keep[m.stay], at[m.stay], -1)
    smaller = replace(m, person=m.person[keep], start=start, cost=m.cost[keep], stay=stay, arcs=m.arcs.of(np.flatnonzero(keep)), tie=m.tie[keep])
    found = search(smaller)
    return None if found.arcs is None else found.objective / problem.per_unit


@pytest.fixture(scope="module")
def solved(contoh: mt.Cycle):
    problem = Problem.from_cycle(contoh, mt.spread.marginal_gains(contoh, replicates=50))
    return problem, solve(problem)


def test_terms_add_up_and_equal_a_solution_from_the_start(solved) -> None:
    problem, plan = solved
    m = problem.model
    chosen = arcs_of_plan(problem, plan)
    movers = set(plan.moves["pegawai_id"])
    free = [str(problem.people[p]) for p in np.flatnonzero(np.diff(m.start) > 1)]
    for person in [*sorted(movers), *[p for p in free if p not in movers][:6]]:
        record = explain(problem, plan, person)
        p = problem.people.get_loc(person)
        assert record.moves == (person in movers)
        assert abs(sum(record.terms.values()) - record.difference) < EXACT
        assert record.difference >= 0
        keep = np.ones(m.n_arcs, dtype=bool)
        mine = np.arange(m.start[p], m.start[p + 1])
        keep[mine] = (mine == m.stay[p]) == record.moves
        other = _without(problem, keep)
        assert (other is None) == (record.alternative == "")
        if other is not None:
            assert abs(other - plan.objective - record.difference) < EXACT
        keep[mine] = (mine != m.stay[p]) & (mine != chosen[p])
        best = _without(problem, keep)
        assert (best is None) == (record.next_best["seat"] is None)
        if best is not None:
            assert abs(best - plan.objective - record.next_best["seat"]["cost"]) < EXACT


def test_a_mover_names_the_rules_and_a_blocked_person_what_blocks(solved) -> None:
    problem, plan = solved
    mover = explain(problem, plan, plan.moves["pegawai_id"].iloc[0])
    assert mover.moves
    assert {"R01", "R35"} <= set(mover.rules["rule_id"])
    assert not (mover.rules["verdict"] == "menghalangi").any()
    assert mover.rules["citation"].str.len().gt(0).all()
    assert mover.jabatan_tujuan in mover.text("en")
    held = [str(problem.people[p]) for p in np.flatnonzero(np.diff(problem.model.start) == 1)]
    blocked = next(r for r in (explain(problem, plan, h) for h in held) if len(r.rules))
    assert blocked.difference == 0
    assert not any(blocked.terms.values())
    assert (blocked.rules["n_kursi"] > 0).all()
    assert blocked.why_not
    assert blocked.rules["rule_id"].iloc[0] in blocked.text()


def test_a_decision_is_the_reason_of_one_it_holds(contoh: mt.Cycle, solved) -> None:
    person = str(solved[1].moves["pegawai_id"].iloc[0])
    row = {"pegawai_id": person, "putusan": "kunci", "alasan": "", "oleh": "", "usulan_id": ""}
    table = pd.DataFrame([row], columns=contoh.keputusan.columns).astype(contoh.keputusan.dtypes.to_dict())
    held = replace(contoh, keputusan=table)
    problem = Problem.from_cycle(held)
    record = explain(problem, solve(problem), person)
    assert not record.moves
    assert record.why_not[0]["kind"] == "decided"
    assert "keputusan" in record.text("id")


def test_someone_unknown_or_a_foreign_plan_is_refused(solved) -> None:
    problem, plan = solved
    with pytest.raises(mt.InputError, match="XX"):
        explain(problem, plan, "XX")
    pairs = pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [1]})
    small = Problem.from_pairs(pairs, {"x": 1})
    assert explain(small, solve(small), "a").alternative == ""
    with pytest.raises(mt.InputError):
        explain(problem, solve(small), problem.people[0])
    assert session(problem, plan) is session(problem, plan)
