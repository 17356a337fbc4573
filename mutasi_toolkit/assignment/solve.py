"""solve: from a Problem to a proved Plan."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.clock import deadline_in
from mutasi_toolkit.assignment.model import completed
from mutasi_toolkit.assignment.offices import search_by_office
from mutasi_toolkit.assignment.plan import FEASIBLE, OPTIMAL, Plan, relative_gap
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.prove import certificate
from mutasi_toolkit.assignment.search import Found, search
from mutasi_toolkit.errors import InfeasibleError, InputError
from mutasi_toolkit.locale import text


def solve(problem: Problem, time_limit: float | None = None, gap: float = 0.0) -> Plan:
    """The best plan of a problem, with what proves it."""
    if time_limit is not None and not (time_limit > 0):
        raise InputError(text("assignment.bad_limit", value=time_limit))
    if not (gap >= 0 and math.isfinite(gap)):
        raise InputError(text("assignment.bad_gap", value=gap))
    deadline = deadline_in(time_limit)
    found = search_by_office(problem.model, deadline) or search(problem.model, deadline, gap)
    if found.arcs is None:
        raise InfeasibleError(text("diagnose.call" if problem.cycle is not None else "assignment.pairs_infeasible", n=problem.model.n_people))
    return plan_of(problem, found)


def plan_of(problem: Problem, found: Found) -> Plan:
    """The plan of chosen arcs, in the labels and units of the problem."""
    assert found.arcs is not None
    assignment, moved = _frame(problem, found.arcs), found.arcs[:0]
    if problem.cycle is not None:
        # A person held to another seat by a decision has no arc of staying, and moves all the same.
        own = problem.cycle.pegawai.set_index("pegawai_id")["jabatan_id"]
        moved = found.arcs[(assignment["jabatan_id"].to_numpy() != own.loc[assignment["pegawai_id"]].to_numpy())]
    objective, bound = _in_points(problem, found)
    proved = found.bound >= found.objective
    gap = 0.0 if proved else relative_gap(objective, bound)
    return Plan(
        assignment=assignment,
        moves=_frame(problem, moved) if len(moved) else assignment.iloc[:0].reset_index(drop=True),
        objective=objective,
        bound=objective if proved and problem.error == 0 else bound,
        gap=gap,
        status=OPTIMAL if proved else FEASIBLE,
        terms=terms_of(problem, found.arcs),
        certificate=certificate_of(problem, found),
    )


def _in_points(problem: Problem, found: Found) -> tuple[float, float]:
    if problem.error == 0 or problem.costs is None:
        return found.objective / problem.per_unit, found.bound / problem.per_unit
    assert found.arcs is not None
    objective = math.fsum(problem.costs[found.arcs])
    bound = found.bound / problem.per_unit - problem.error * problem.model.n_people
    return objective, min(objective, bound)


def _frame(problem: Problem, arcs: np.ndarray) -> pd.DataFrame:
    names = ("person", "position") if problem.cycle is None else ("pegawai_id", "jabatan_id")
    person, seat = problem.people[problem.model.person[arcs]], problem.seats[problem.seat[arcs]]
    return pd.DataFrame({names[0]: person, names[1]: seat})


def terms_of(problem: Problem, arcs: np.ndarray) -> dict[str, float]:
    """The objective of chosen arcs term by term, in points."""
    extras = completed(problem.model, arcs)
    out: dict[str, float] = {}
    for name in problem.terms.names:
        total = problem.terms.constant.get(name, 0)
        total += int(problem.terms.arcs[name][arcs].sum()) if name in problem.terms.arcs else 0
        total += int((problem.terms.extras[name] * extras).sum()) if name in problem.terms.extras else 0
        out[name] = total / problem.per_unit
    if problem.error and problem.costs is not None:
        out["cost"] = math.fsum(problem.costs[arcs])
    return out


def certificate_of(problem: Problem, found: Found) -> dict[str, Any]:
    """Duals by name of row or person and the branches of the proof, all in whole numbers."""
    model = problem.model
    names = model.names if found.proof.kind == "linear" else tuple(str(p) for p in problem.people)
    out = certificate(found.proof, names)
    out |= {"gains": problem.gains} if problem.cycle is not None else {"weight_unit": problem.weight_unit}
    out |= {"per_unit": problem.per_unit, "bound": found.bound, "target": found.proof.target + model.constant}
    for node in out.get("branches", ()):
        if "arc" in node:
            arc = node.pop("arc")
            node["person"] = str(problem.people[model.person[arc]])
            node["seat"] = str(problem.seats[problem.seat[arc]])
    return out
