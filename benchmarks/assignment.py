"""Transfers beside the solvers that others would use, on the same arrays in the same process; CPU seconds of one core."""

from __future__ import annotations

import math
from collections.abc import Callable
from importlib.util import find_spec
from typing import Any

import numpy as np
from common import answer, parts_of, peak_mb, quick, spread, versions
from peers import milp, rules_of_thumb, transfers

import mutasi_toolkit as mt
from mutasi_toolkit.assignment.grouped import bound_of, people_of, solve_groups
from mutasi_toolkit.assignment.model import Model, completed, objective_of
from mutasi_toolkit.assignment.relax import restrict
from mutasi_toolkit.assignment.search import search
from mutasi_toolkit.paths import PACKAGE

#: Seconds that CP-SAT and the modelling layers are given.
PATIENCE = 2.0 if quick() else 60.0
TURNS = 1 if quick() else 3
#: Seconds of wall time for solvers on arrays.
LONG = 600.0
ROW = dict[str, Any]


def _row(instance: str, who: str, seconds: list[float], what: str) -> ROW:
    return {"instance": instance, "solver": who, "CPU seconds": spread(seconds, 2), "result": what}


def whole(model: Model) -> tuple[Any, int]:
    """The model as one mixed integer program, and what its objective lacks."""
    part = restrict(model, np.ones(model.n_arcs, dtype=bool))
    return part.program, part.offset + model.constant


def ours(model: Model, gap: float = 0.0, turns: int = 1) -> tuple[Any, list[float], list[float]]:
    """What is found, seconds to the proof, and seconds of the choice among equals."""
    proof, choice = [], []
    found = None
    for _ in range(turns):
        begun = milp.now()
        found = search(model, gap=gap, canonical=False)
        proof.append(milp.now() - begun)
    if gap == 0.0:
        begun = milp.now()
        search(model)
        choice.append(max(0.0, milp.now() - begun - min(proof)))
    return found, proof, choice


def beside(name: str, model: Model, peers: dict[str, Callable[[Any, float], tuple[float, float, str]]], seconds: float, turns: int) -> tuple[list[ROW], bool]:
    """Ours and the peers on one model; whether all that finished agree."""
    ours(model)
    found, proof, choice = ours(model, turns=turns)
    rows = [_row(name, "mutasi_toolkit, to the proof", proof, f"{found.objective}, bound {found.bound}")]
    rows += [_row(name, "mutasi_toolkit, choice among equals", choice, "canonical")] if choice else []
    program, lacks = whole(model)
    same = found.bound == found.objective
    for who, run in peers.items():
        times, value, had = [], math.nan, ""
        for _ in range(turns if who in milp.ARRAYS else 1):
            value, took, had = run(program, LONG if who in milp.ARRAYS else seconds)
            times.append(took)
        told = f"not proved in the time ({had}; both without {lacks})" if math.isnan(value) else str(round(value) + lacks)
        same &= math.isnan(value) or round(value) + lacks == found.objective
        rows.append(_row(name, who, times, told))
    return rows, same


def city() -> tuple[list[ROW], bool]:
    """The synthetic city of the package, with and without values of knowledge."""
    cycle = mt.read_cycle(PACKAGE.parent / "data" / "cycles" / ("contoh" if quick() else "pangkalpinang-2026"))
    peers = {**milp.ARRAYS, "CP-SAT, one worker": milp.cp_sat, **{k: v for k, v in milp.LAYERS.items() if find_spec(k.lower())}}
    rows, same = [], True
    for label, gains in (("", None), (", with knowledge", mt.spread.marginal_gains(cycle))):
        model = mt.assignment.Problem.from_cycle(cycle, gains).model
        name = f"city, {model.n_people:,} people, {model.n_arcs:,} pairs, {len(model.low):,} rows{label}"
        more, agree = beside(name, model, peers if gains is None else milp.ARRAYS, PATIENCE, TURNS)
        rows += more
        same &= agree
        rows += shares(name, model)
    return rows, same


def shares(name: str, model: Model) -> list[ROW]:
    """How much of the possible gain plans without a solver reach."""
    budget = int(model.high[list(model.names).index("anggaran|pindah")])
    stay = objective_of(model, model.stay, completed(model, model.stay))
    best = search(model, canonical=False).objective
    rows = []
    for who, run in (("greedy, best move first", rules_of_thumb.greedy), ("moves at random", rules_of_thumb.at_random)):
        begun = milp.now()
        cost = run(model, budget)
        rows.append(_row(name, who, [milp.now() - begun], f"{(stay - cost) / max(1, stay - best):.1%} of the possible gain"))
    return rows


def region(n: int) -> tuple[list[ROW], bool]:
    """A synthetic region with every kind of constraint, beside HiGHS on the whole program."""
    model = transfers.instance(n)
    name = f"region, {n:,} people, {model.n_arcs:,} pairs, {len(model.low):,} rows"
    return beside(name, model, {"HiGHS, whole MILP as arrays": milp.highs}, 600.0, 1)


def ministry(n: int) -> tuple[list[ROW], bool]:
    """A ministry: a gap of 0.01 % is enough."""
    model = transfers.instance(n)
    found, proof, _ = ours(model, gap=1e-4)
    gap = (found.objective - found.bound) / abs(found.objective)
    name = f"ministry, {n:,} people, {model.n_arcs:,} pairs, {len(model.low):,} rows"
    return [_row(name, "mutasi_toolkit", proof, f"{found.objective}, gap {gap:.4%}, peak memory {peak_mb():.0f} MB")], gap <= 1e-4


def nation(n: int) -> tuple[list[ROW], bool]:
    """A nation in groups of identical people, under a budget of moves, back to people."""
    groups, member = transfers.nation(n)
    begun = milp.now()
    plan = solve_groups(groups, gap=1e-3)
    took = milp.now() - begun
    movable = member >= 0
    begun = milp.now()
    cells = people_of(groups, plan, member[movable], np.arange(int(movable.sum())))
    back = milp.now() - begun
    right = bound_of(groups, plan.price, plan.cell_price) == plan.bound and len(cells) == int(movable.sum()) and plan.moves <= groups.budget
    name = f"nation, {n:,} people in {len(groups.number):,} groups, {len(groups.group):,} pairs, {len(groups.segment_cell):,} segments"
    told = f"gap {plan.gap:.4%}, {plan.moves:,} moves, {plan.solves} prices, peak memory {peak_mb():.0f} MB"
    rows = [_row(name, "mutasi_toolkit, groups", [took], told), _row(name, "mutasi_toolkit, back to people", [back], f"{len(cells):,} seats")]
    return rows, right and plan.gap <= 5e-3


PARTS: dict[str, Callable[[], tuple[list[ROW], bool]]] = {
    "city": city,
    "region": lambda: region(400 if quick() else 30_000),
    "ministry": lambda: ministry(600 if quick() else 300_000),
    "nation": lambda: nation(3_000 if quick() else 5_000_000),
}
NOTES = [
    "Objectives in whole units; all that finished agree, checked in the same run. HiGHS, scipy and the layers get one thread and no gap.",
    "The city's pairs and rows are those its rules leave; region, ministry and nation are synthetic instances with balance, budget, experience, last holders, coverage and people in conflict (benchmarks/peers/transfers.py).",
    f"CP-SAT is given {PATIENCE:.0f} s of CPU time, the modelling layers as much wall time, HiGHS and scipy on arrays {LONG:.0f} s of wall time.",
]


def main() -> None:
    rows: list[ROW] = []
    ok = True
    for name in parts_of(PARTS):
        more, right = PARTS[name]()
        rows += more
        ok &= right
    packages = versions("highspy", "scipy", "ortools", "numba", "numpy", "pulp", "pyomo", "cvxpy", "linopy")
    answer("Assignment: who moves where, proved", rows, NOTES, packages, ok)


if __name__ == "__main__":
    main()
