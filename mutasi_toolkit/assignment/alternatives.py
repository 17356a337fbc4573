"""Plans that are nearly as good, and differ."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import session, with_row
from mutasi_toolkit.assignment.frontier import Plans
from mutasi_toolkit.assignment.model import FREE
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text


def alternatives(problem: Problem, plan: Plan, count: int = 3, differ: int = 1, within: float | None = None) -> pd.DataFrame:
    """The next best plans, each of which seats at least `differ` people otherwise than every plan before it.

    The k-th minimises the objective under one row per plan known, ``sum_p x[p, seat of p there] <= people - differ``; with `differ`
    1 they are the k best plans. Each is solved exactly.

    Special cases: fewer than `count` where no more plans exist, or none costs at most `within` more.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        What `solve` gave for it.
    count : int
    differ : int
        People who sit elsewhere, at least.
    within : float, optional
        Points that an alternative may cost more than the plan.

    Returns
    -------
    DataFrame
        plan_id, objective, difference (points more than the plan), berubah (people who sit elsewhere than in the plan), mutasi.
        `frame.attrs["plans"][plan_id]` is the Plan.

    Raises
    ------
    InputError
        When `count` or `differ` is below 1.

    Examples
    --------
    >>> from mutasi_toolkit.assignment import solve
    >>> pairs = pd.DataFrame({"person": ["a", "a", "a"], "position": ["x", "y", "z"], "cost": [1, 2, 4]})
    >>> problem = Problem.from_pairs(pairs, {"x": 1, "y": 1, "z": 1})
    >>> alternatives(problem, solve(problem))["difference"].tolist()
    [1.0, 3.0]
    """
    if count < 1 or differ < 1:
        raise InputError(text("what_if.count", count=count, differ=differ))
    asked = session(problem, plan)
    model, known, rows, plans = asked.model, [asked.arcs], [], {}
    for k in range(count):
        most = model.n_people - differ
        model = with_row(model, f"lain|{k}", -FREE, most, known[-1], np.ones(len(known[-1]), dtype=np.int64))
        answer = asked.best(model) if most >= 0 else None
        if answer is None or (within is not None and answer.over(asked.base, problem.per_unit) > within):
            break
        known.append(answer.arcs)
        name = f"A{k + 1:02d}"
        plans[name] = asked.plan(answer.arcs)
        stays = problem.model.stay[problem.model.person[answer.arcs]]
        moves = int(((stays >= 0) & (stays != answer.arcs)).sum())
        rows.append((name, answer.objective, answer.over(asked.base, problem.per_unit), int((answer.arcs != asked.arcs).sum()), moves))
    frame = pd.DataFrame(rows, columns=["plan_id", "objective", "difference", "berubah", "mutasi"])
    frame.attrs["plans"] = Plans(plans)
    return frame
