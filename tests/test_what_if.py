"""Changes, alternatives and prices against enumeration of tiny instances, and on the example cycle."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.assignment import Problem, alternatives, price_sentences, prices, solve, what_if
from mutasi_toolkit.assignment.search import search
from mutasi_toolkit.assignment.solve import plan_of

#: Points are whole thousandths.
EXACT = 1e-9


def _instance(seed: int) -> tuple[Problem, list[tuple[float, tuple[str, ...]]]]:
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 20, (4, 3))
    pairs = pd.DataFrame([(f"p{i}", f"s{j}", int(cost[i, j])) for i in range(4) for j in range(3)], columns=["person", "position", "cost"])
    plans = [(float(sum(cost[i, j] for i, j in enumerate(c))), tuple(f"s{j}" for j in c)) for c in itertools.product(range(3), repeat=4) if max(map(c.count, c)) <= 2]
    return Problem.from_pairs(pairs, {"s0": 2, "s1": 2, "s2": 2}), sorted(plans)


@pytest.mark.parametrize("seed", range(4))
def test_changes_and_alternatives_are_those_of_enumeration(seed: int) -> None:
    problem, plans = _instance(seed)
    plan = solve(problem)
    best = plans[0][0]
    seats = tuple(plan.assignment["position"])
    for i, s in itertools.product(range(4), ("s0", "s1", "s2")):
        forced = what_if(problem, plan, force=[(f"p{i}", s)])
        assert forced.difference == min(c for c, a in plans if a[i] == s) - best
        other = what_if(problem, plan, forbid=[(f"p{i}", s)], lock=["p0"] if i else [])
        assert other.difference == min(c for c, a in plans if a[i] != s and (not i or a[0] == seats[0])) - best
        assert abs(sum(other.terms.values()) - other.difference) < EXACT
    found = alternatives(problem, plan, count=6)
    assert found["objective"].tolist() == [c for c, _ in plans[1:7]]
    apart = alternatives(problem, plan, count=2, differ=3)
    far = [c for c, a in plans if sum(x != y for x, y in zip(a, seats, strict=True)) >= 3]
    assert apart["objective"].iloc[0] == min(far)
    assert (apart["berubah"] >= 3).all()


def test_a_price_is_what_a_solution_from_the_start_saves(contoh: mt.Cycle) -> None:
    tight = contoh.with_settings(anggaran={"pindah": 3})
    problem = Problem.from_cycle(tight)
    plan = solve(problem)
    table = prices(problem, plan)
    row = table.set_index("aturan").loc["anggaran|pindah"]
    more = solve(Problem.from_cycle(contoh.with_settings(anggaran={"pindah": 3 + int(row["langkah"])})))
    assert abs(row["hemat"] * row["langkah"] - (plan.objective - more.objective)) < EXACT
    assert row["hemat"] <= row["harga"] + EXACT
    short = [float(mt.workload.unit_efficiency(contoh.after(p.moves))["kekurangan"].sum()) for p in (plan, more)]
    assert abs(row["kekurangan"] * row["langkah"] - (short[0] - short[1])) < EXACT
    for language in ("id", "en"):
        assert len(price_sentences(problem, table, language)) == max(1, int((table["hemat"] > 0).sum()))


def test_rules_without_a_price_are_one_sentence(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(contoh)
    table = prices(problem, solve(problem)).assign(hemat=0.0)
    assert [len(price_sentences(problem, table, language)) for language in ("id", "en")] == [1, 1]


def test_an_answer_is_the_plan_of_the_changed_problem_solved_from_the_start(contoh: mt.Cycle) -> None:
    pairs = rules.allowed(contoh)
    problem = Problem.from_cycle(contoh, pairs=pairs)
    plan = solve(problem)
    people, seats = contoh.pegawai["pegawai_id"].to_numpy(), contoh.jabatan["jabatan_id"].to_numpy()
    own = contoh.pegawai["jabatan_id"].to_numpy()
    for mover, seat in plan.moves.head(2).itertuples(index=False, name=None):
        mine, there, home = people[pairs.person] == mover, seats[pairs.seat] == seat, seats[pairs.seat] == own[people == mover][0]
        for asked, gone in (({"forbid": [(mover, seat)]}, mine & there), ({"lock": [mover]}, mine & ~home), ({"force": [(mover, seat)]}, mine & ~there & ~home)):
            answer = what_if(problem, plan, **asked)
            left = Problem.from_cycle(contoh, pairs=replace(pairs, person=pairs.person[~gone], seat=pairs.seat[~gone]))
            fresh = plan_of(left, search(left.model))  # what solve does; `verify` knows the cycle and not the change
            assert answer.plan.assignment.equals(fresh.assignment), (mover, asked)
            assert answer.bound == fresh.bound
            assert answer.gap == 0
        assert mt.assignment.verify(contoh, answer.plan).ok


def test_an_answer_does_not_move_people_who_need_not(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(contoh)
    plan = solve(problem)
    mover, seat = plan.moves.iloc[0]
    nothing = what_if(problem, plan, force=[(mover, seat)])
    assert not len(nothing.changes)
    assert nothing.difference == 0
    assert len(nothing.text("id").splitlines()) == 2


def test_what_cannot_be_is_refused(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(contoh)
    plan = solve(problem)
    head = next(p for p in contoh.pegawai["pegawai_id"] if len(problem.model.person[problem.model.person == problem.people.get_loc(p)]) == 1)
    with pytest.raises(mt.InputError, match="R"):
        what_if(problem, plan, force=[(head, plan.moves["jabatan_id"].iloc[0])])
    mover, seat = plan.moves.iloc[0]
    with pytest.raises(mt.InfeasibleError):
        what_if(problem, plan, force=[(mover, seat)], lock=[mover])
    kept = what_if(problem, plan, lock=[mover])
    assert kept.difference >= 0
    assert mover in set(kept.changes["pegawai_id"])
    assert kept.text("en")
    with pytest.raises(mt.InputError):
        alternatives(problem, plan, count=0)
