"""Every plan that a test gets from `solve` or `propose` is verified, from the tables where it is of a cycle, else from its pairs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

import numpy as np
import pandas as pd

import mutasi_toolkit.assignment as package
from mutasi_toolkit.assignment import Plan, Problem, verify
from mutasi_toolkit.assignment.model import FREE

#: Larger ones are verified in the tests that are about them.
MOST_PEOPLE, MOST_PAIRS = 1_000, 2_500
#: Verified plans of this process: the same plan of the same cycle is not read twice.
seen: dict[tuple[int, bytes], Any] = {}
counts = {"plans": 0, "verified": 0}


def watch() -> None:
    """From here on `mutasi_toolkit.assignment.solve` verifies what it returns."""
    if not hasattr(package.solve, "__wrapped__"):
        package.solve = _watched(package.solve)


def _watched(solve: Callable[..., Plan]) -> Callable[..., Plan]:
    @functools.wraps(solve)
    def call(problem: Problem, *args: Any, **options: Any) -> Plan:
        plan = solve(problem, *args, **options)
        counts["plans"] += 1
        source = _source(problem)
        key = (id(problem.cycle if problem.cycle is not None else problem), plan.assignment.to_csv().encode() + repr(plan.objective).encode())
        if source is not None and key not in seen:
            found = verify(source, plan)
            assert found.ok, found.text("en")
            counts["verified"] += 1
            seen[key] = source if problem.cycle is not None else problem
        return plan

    return call


def _source(problem: Problem) -> Any:
    """The cycle, or the pairs and capacities of the problem in its own numbers; None where too large."""
    model = problem.model
    if problem.cycle is not None:
        return problem.cycle if model.n_people <= MOST_PEOPLE else None
    if model.n_arcs > MOST_PAIRS or problem.costs is None:
        return None
    weight = np.zeros(model.n_arcs)
    weight[model.arcs.column] = model.arcs.value / problem.weight_unit
    pairs = pd.DataFrame({"person": problem.people[model.person], "position": problem.seats[problem.seat], "cost": problem.costs, "weight": weight})
    limits = np.where(model.high >= FREE, np.inf, model.high / problem.weight_unit)
    return pairs, dict(zip(problem.seats, limits.tolist(), strict=True))
