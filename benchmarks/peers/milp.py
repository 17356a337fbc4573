"""How each peer solves one mixed integer program given as arrays: run(program, seconds) -> (objective or nan, CPU seconds, what it had).

The program is `mutasi_toolkit.assignment.highs.Program`: min cost z, lower <= z <= upper, row_low <= A z <= row_high. Sparse-array
peers get it whole; modelling layers get it as a user would write it: a variable per column, a sum per row.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Callable
from typing import Any

import numpy as np

Answer = tuple[float, float, str]
#: (objective where it is proved, else nan; incumbent and bound where it is not).
Had = tuple[float, str]


def cpu(run: Callable[[], Had | float]) -> Answer:
    """What it gave, and CPU seconds of this process and its children."""
    begun = sum(_times())
    value = run()
    value, had = value if isinstance(value, tuple) else (value, "")
    return value, sum(_times()) - begun, had


def _times() -> tuple[float, float, float, float]:
    import os

    t = os.times()
    return t.user, t.system, t.children_user, t.children_system


def highs(program: Any, seconds: float) -> Answer:
    """HiGHS on the arrays, one thread, no gap allowed."""
    from mutasi_toolkit.assignment.highs import solve_whole

    def run() -> Had:
        found = solve_whole(program, seconds)
        plan = "no plan" if found.values is None else f"plan {found.objective:.0f}"
        return found.objective if found.status == "optimal" else math.nan, f"{plan}, bound {found.bound:.0f}"

    return cpu(run)


def scipy_milp(program: Any, seconds: float) -> Answer:
    """scipy.optimize.milp on the arrays."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    def run() -> float:
        found = milp(
            program.cost, integrality=program.whole.astype(int), bounds=Bounds(program.lower, program.upper),
            constraints=LinearConstraint(program.matrix, program.row_low, program.row_high), options={"time_limit": seconds, "mip_rel_gap": 0.0},
        )  # fmt: skip
        return float(found.fun) if found.status == 0 else math.nan

    return cpu(run)


def _rows(program: Any) -> list[tuple[np.ndarray, np.ndarray, float, float]]:
    matrix = program.matrix.tocsr()
    ends = matrix.indptr
    return [
        (matrix.indices[ends[r] : ends[r + 1]], matrix.data[ends[r] : ends[r + 1]], float(program.row_low[r]), float(program.row_high[r]))
        for r in range(matrix.shape[0])
    ]


def cp_sat(program: Any, seconds: float) -> Answer:
    """OR-tools CP-SAT, one worker; stopped after `seconds` of CPU time, however busy the machine."""
    from ortools.sat.python import cp_model

    def run() -> Had:
        model = cp_model.CpModel()
        z = [model.new_int_var(int(a), int(b), "") for a, b in zip(program.lower, program.upper, strict=True)]
        for columns, values, low, high in _rows(program):
            total = cp_model.LinearExpr.weighted_sum([z[c] for c in columns], [int(v) for v in values])
            model.add_linear_constraint(total, -(2**50) if low == -np.inf else int(low), 2**50 if high == np.inf else int(high))
        model.minimize(cp_model.LinearExpr.weighted_sum(z, [int(v) for v in program.cost]))
        solver = cp_model.CpSolver()
        solver.parameters.num_workers, solver.parameters.max_time_in_seconds = 1, 20 * seconds
        done = threading.Event()
        watch = threading.Thread(target=_stop_at, args=(solver, now() + seconds, done), daemon=True)
        watch.start()
        status = solver.solve(model)
        done.set()
        watch.join()
        found = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
        had = f"plan {solver.objective_value:.0f}" if found else "no plan"
        return float(solver.objective_value) if status == cp_model.OPTIMAL else math.nan, f"{had}, bound {solver.best_objective_bound:.0f}"

    return cpu(run)


def _stop_at(solver: Any, moment: float, done: threading.Event) -> None:
    while not done.wait(0.2):
        if now() > moment:
            solver.stop_search()


def pulp(program: Any, seconds: float) -> Answer:
    """PuLP with HiGHS."""
    import pulp as p

    def run() -> float:
        model = p.LpProblem("transfers", p.LpMinimize)
        kinds = {True: "Integer", False: "Continuous"}
        z = [p.LpVariable(f"z{k}", float(a), float(b), kinds[bool(w)]) for k, (a, b, w) in enumerate(zip(program.lower, program.upper, program.whole, strict=True))]
        model += p.lpSum(float(c) * v for c, v in zip(program.cost, z, strict=True))
        for columns, values, low, high in _rows(program):
            total = p.lpSum(float(v) * z[c] for c, v in zip(columns, values, strict=True))
            if low == high:
                model += total == low
            else:
                if high < np.inf:
                    model += total <= high
                if low > -np.inf:
                    model += total >= low
        status = model.solve(p.HiGHS(msg=False, timeLimit=seconds, gapRel=0.0, threads=1))
        return float(p.value(model.objective)) if status == 1 else math.nan

    return cpu(run)


def pyomo(program: Any, seconds: float) -> Answer:
    """Pyomo with HiGHS."""
    import pyomo.environ as pe
    from pyomo.contrib.appsi.solvers import Highs

    def run() -> float:
        model = pe.ConcreteModel()
        n = range(len(program.cost))
        model.z = pe.Var(n, bounds=lambda _, k: (float(program.lower[k]), float(program.upper[k])))
        for k in np.flatnonzero(program.whole):
            model.z[int(k)].domain = pe.Integers
        model.goal = pe.Objective(expr=pe.quicksum(float(program.cost[k]) * model.z[k] for k in n))
        model.rows = pe.ConstraintList()
        for columns, values, low, high in _rows(program):
            total = pe.quicksum(float(v) * model.z[int(c)] for c, v in zip(columns, values, strict=True))
            model.rows.add((None if low == -np.inf else low, total, None if high == np.inf else high))
        solver = Highs()
        solver.config.time_limit = seconds
        solver.highs_options = {"mip_rel_gap": 0.0, "threads": 1}
        solver.solve(model)
        return float(pe.value(model.goal))

    return cpu(run)


def cvxpy(program: Any, seconds: float) -> Answer:
    """CVXPY with HiGHS."""
    import cvxpy as cp

    def run() -> float:
        whole, rest = np.flatnonzero(program.whole), np.flatnonzero(~program.whole)
        x, y = cp.Variable(len(whole), integer=True), cp.Variable(max(1, len(rest)))
        matrix = program.matrix.tocsc()
        total = matrix[:, whole] @ x + (matrix[:, rest] @ y if len(rest) else 0)
        least, most = np.isfinite(program.row_low), np.isfinite(program.row_high)
        limits = [total[np.flatnonzero(least)] >= program.row_low[least], total[np.flatnonzero(most)] <= program.row_high[most]]
        limits += [x >= program.lower[whole], x <= program.upper[whole]]
        limits += [y >= program.lower[rest], y <= program.upper[rest]] if len(rest) else []
        cost = program.cost[whole] @ x + (program.cost[rest] @ y if len(rest) else 0)
        problem = cp.Problem(cp.Minimize(cost), limits)
        problem.solve(solver=cp.HIGHS, time_limit=seconds, mip_rel_gap=0.0, threads=1)
        return float(problem.value) if problem.status == "optimal" else math.nan

    return cpu(run)


def linopy(program: Any, seconds: float) -> Answer:
    """linopy with HiGHS."""
    import linopy as lp
    import pandas as pd
    import xarray as xr

    def run() -> float:
        model = lp.Model()
        matrix = program.matrix.tocsr()
        n = pd.RangeIndex(len(program.cost), name="k")
        z = model.add_variables(xr.DataArray(program.lower, [n]), xr.DataArray(program.upper, [n]), name="z")
        whole = np.flatnonzero(program.whole)
        x = model.add_variables(xr.DataArray(program.lower[whole], [whole], ["j"]), xr.DataArray(program.upper[whole], [whole], ["j"]), name="x", integer=True)
        model.add_constraints(z.sel(k=whole).rename(k="j") - x == 0, name="whole")
        coo = matrix.tocoo()
        frame = pd.DataFrame({"row": coo.row, "k": coo.col, "v": coo.data})
        terms = (z.sel(k=xr.DataArray(frame["k"].to_numpy(), dims="t")) * xr.DataArray(frame["v"].to_numpy(), dims="t")).groupby(xr.DataArray(frame["row"].to_numpy(), dims="t", name="row")).sum()
        rows = terms.coords["row"].to_numpy()
        for side, limit in ((">=", program.row_low[rows]), ("<=", program.row_high[rows])):
            at = rows[np.isfinite(limit)]
            model.add_constraints(terms.sel(row=at), side, xr.DataArray(limit[np.isfinite(limit)], [at], ["row"]), name=f"r{side == '<='}")
        model.add_objective((z * xr.DataArray(program.cost, [n])).sum())
        model.solve("highs", io_api="direct", time_limit=seconds, mip_rel_gap=0.0, threads=1, output_flag=False)
        return float(model.objective.value)

    return cpu(run)


ARRAYS = {"HiGHS, whole MILP as arrays": highs, "scipy.optimize.milp": scipy_milp}
LAYERS = {"PuLP": pulp, "Pyomo": pyomo, "CVXPY": cvxpy, "linopy": linopy}


def now() -> float:
    """CPU seconds of this process."""
    return time.process_time()
