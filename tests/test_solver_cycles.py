"""Rows and terms of the model of a cycle, plan by plan, against the second reading of its tables; what solving reports of them."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from brute.sea import draw_sea
from brute.world import gains_of, write_sea

from mutasi_toolkit.assignment import Problem, solve
from mutasi_toolkit.assignment.model import completed, faults_of, objective_of
from mutasi_toolkit.assignment.solve import terms_of

#: Plans of an island that are looked at.
PLANS = 50


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 6, 8, 9, 10, 12])
def test_every_plan_costs_and_breaks_what_the_tables_say(tmp_path: Path, seed: int) -> None:
    sea, _ = draw_sea(seed, 9)
    base = [int(np.flatnonzero(j.fine())[0]) for j in sea.judged]
    if seed % 2:
        sea.settings["anggaran"]["pindah"] = sum(int(j.moves[k]) for j, k in zip(sea.judged, base, strict=True)) + 1
    cycle = write_sea(tmp_path, sea.islands, sea.settings)
    problem = Problem.from_cycle(cycle, pd.DataFrame(gains_of(sea.islands), columns=["opd_id", "keahlian", "n_holders", "gain"]))
    model, arc_of = problem.model, {}
    for k in range(model.n_arcs):
        arc_of[problem.people[model.person[k]], problem.seats[problem.seat[k]]] = k
    most, low, high = sea.limits()
    rng = np.random.default_rng(seed)
    seen = {True: 0, False: 0}
    for turn, (island, judged) in enumerate(zip(sea.islands, sea.judged, strict=True)):
        some = rng.choice(len(judged.plans), min(PLANS, len(judged.plans)), replace=False)
        for at in [*some.tolist(), *np.flatnonzero(judged.fine())[:20].tolist()]:
            picked = [*base[:turn], at, *base[turn + 1 :]]
            chosen = [(i.person_id(p), i.seat_id(int(s))) for i, j, k in zip(sea.islands, sea.judged, picked, strict=True) for p, s in enumerate(j.plans[k])]
            fine = bool(judged.fine()[at])
            if any(pair not in arc_of for pair in chosen):
                assert not fine, (island, judged.plans[at])
                continue
            arcs = np.sort(np.array([arc_of[pair] for pair in chosen]))
            moves, women = (sum(int(getattr(j, name)[k]) for j, k in zip(sea.judged, picked, strict=True)) for name in ("moves", "women"))
            fine = fine and moves <= most and low <= women <= high
            extras = completed(model, arcs)
            broken = [model.names[r] for r in faults_of(model, arcs, extras)]
            assert (not broken) == fine, (island, judged.plans[at], broken, [k for k, v in judged.broken.items() if v[at]])
            seen[fine] += 1
            if any(name.startswith("isi|") for name in broken):
                continue  # more people than a seat class holds are counted by no column
            cost = sum(int(j.cost[k]) for j, k in zip(sea.judged, picked, strict=True))
            assert objective_of(model, arcs, extras) == cost
            told = terms_of(problem, arcs)
            for name in judged.terms:
                assert told.get(name, 0.0) == pytest.approx(sum(int(j.terms[name][k]) for j, k in zip(sea.judged, picked, strict=True)) / 1000), name
    assert seen[True] > 10
    assert seen[False] > 0


def test_a_plan_tells_its_moves_terms_and_proof(tmp_path: Path) -> None:
    sea, _ = draw_sea(5, 8)
    cycle = write_sea(tmp_path, sea.islands, sea.settings)
    problem = Problem.from_cycle(cycle, pd.DataFrame(gains_of(sea.islands), columns=["opd_id", "keahlian", "n_holders", "gain"]))
    plan = solve(problem)
    own = cycle.pegawai.set_index("pegawai_id")["jabatan_id"]
    differs = plan.assignment[plan.assignment["jabatan_id"].to_numpy() != own.loc[plan.assignment["pegawai_id"]].to_numpy()]
    assert plan.moves.values.tolist() == differs.values.tolist()
    assert len(plan.assignment) == len(cycle.pegawai)
    assert sum(plan.terms.values()) == pytest.approx(plan.objective, abs=1e-9)
    assert (plan.status, plan.gap, plan.bound) == ("optimal", 0.0, plan.objective)
    told = plan.certificate
    assert told["per_unit"] == 1000
    assert told["bound"] == round(plan.objective * 1000)
    assert set(told["duals"]) <= set(problem.model.names)
    assert all(isinstance(v, int) for v in told["duals"].values())


def test_costs_that_no_decimal_meets_are_added_as_given() -> None:
    """Cost of thirds: the plan's cost is their sum, its bound is no higher, and its gap tells the difference."""
    pairs = pd.DataFrame({"person": list("aabb"), "position": list("xyxy"), "cost": [1 / 3, 2 / 3, 1 / 7, 3.0**-20]})
    problem = Problem.from_pairs(pairs, {"x": 1, "y": 1})
    assert problem.error > 0
    plan = solve(problem)
    assert plan.objective == 1 / 3 + 3.0**-20
    assert plan.terms == {"cost": plan.objective}
    assert plan.bound <= plan.objective <= plan.bound + 2 * 2 * problem.error + 1e-15
    assert plan.certificate["weight_unit"] == 1
    half = Problem.from_pairs(pairs.assign(cost=[1.0, 2.0, 3.0, 4.0], weight=[0.5, 1, 1, 0.25]), {"x": 1.5, "y": 1})
    assert (half.weight_unit, half.per_unit, half.error) == (100, 1, 0.0)
    assert half.model.high.tolist() == [150, 100]
    assert solve(half).objective == 4.0
