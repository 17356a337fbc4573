"""HiGHS on raw arrays, with every option that could make a result depend on the machine pinned."""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import highspy
import numpy as np
from scipy.sparse import csc_array


@contextlib.contextmanager
def _silent() -> Iterator[None]:
    """Send what the C library writes to standard output nowhere."""
    sys.stdout.flush()
    saved = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        yield
    finally:
        os.dup2(saved, 1)
        os.close(saved)
        os.close(nowhere)


# HiGHS greets on standard output the first time a process makes a solver, before any option can forbid it.
with _silent():
    highspy.Highs()

#: A finite limit keeps HiGHS' search for dependent rows short, which it measures by this limit.
NO_LIMIT = 1.0e6
#: Costs are handed over scaled by a power of two so that none is larger than this.
LARGEST_COST = 2.0**20
_OPTIONS: dict[str, Any] = {
    "output_flag": False,
    "log_to_console": False,
    "threads": 1,
    "random_seed": 0,
    "solver": "simplex",
    "parallel": "off",
    "mip_rel_gap": 0.0,
    "primal_feasibility_tolerance": 1e-9,
    "dual_feasibility_tolerance": 1e-9,
    "mip_feasibility_tolerance": 1e-7,
}


@dataclass(frozen=True, eq=False, slots=True)
class Program:
    """min cost z with lower <= z <= upper, row_low <= A z <= row_high, some of z whole."""

    cost: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    whole: np.ndarray
    row_low: np.ndarray
    row_high: np.ndarray
    matrix: csc_array


@dataclass(frozen=True, eq=False, slots=True)
class Basis:
    """Status of columns and rows: 0 at the lower limit, 1 basic, 2 at the upper limit."""

    columns: np.ndarray
    rows: np.ndarray


@dataclass(frozen=True, eq=False, slots=True)
class Answer:
    """What HiGHS found.

    Attributes
    ----------
    status : str
        'optimal', 'infeasible', 'limit' (stopped early) or 'unknown'.
    values : ndarray or None
        Columns of the best solution, None where there is none.
    duals : ndarray or None
        Row duals (of a linear program).
    objective, bound : float
        Of the best solution, and what no solution can beat.
    basis : Basis or None
        Of a linear program.
    """

    status: str
    values: np.ndarray | None
    duals: np.ndarray | None
    objective: float
    bound: float
    basis: Basis | None = None


def cost_unit(cost: np.ndarray) -> float:
    """The power of two by which costs are divided before they are handed over."""
    largest = float(np.abs(cost).max(initial=0))
    return 1.0 if largest <= LARGEST_COST else float(2.0 ** np.ceil(np.log2(largest / LARGEST_COST)))


def load(program: Program, whole: bool, time_limit: float | None = None, **options: Any) -> highspy.Highs:
    """A HiGHS object that holds the program; `whole` False relaxes it to a linear program."""
    solver = highspy.Highs()
    for name, value in {**_OPTIONS, "time_limit": float(NO_LIMIT if time_limit is None else max(time_limit, 0.0)), **options}.items():
        solver.setOptionValue(name, value)
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = len(program.cost), len(program.row_low)
    lp.col_cost_ = program.cost / cost_unit(program.cost)
    lp.col_lower_, lp.col_upper_ = program.lower, program.upper
    lp.row_lower_, lp.row_upper_ = program.row_low, program.row_high
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = program.matrix.indptr.astype(np.int32)
    lp.a_matrix_.index_ = program.matrix.indices.astype(np.int32)
    lp.a_matrix_.value_ = program.matrix.data.astype(np.float64)
    if whole and program.whole.any():
        kinds = (highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger)
        lp.integrality_ = [kinds[int(w)] for w in program.whole]
    solver.passModel(lp)
    return solver


def answer_of(solver: highspy.Highs, unit: float) -> Answer:
    """What the solver holds after a run, in the program's own units."""
    status = solver.getModelStatus()
    info = solver.getInfo()
    solution = solver.getSolution()
    feasible = info.primal_solution_status == highspy.SolutionStatus.kSolutionStatusFeasible
    values = np.array(solution.col_value) if feasible else None
    duals = np.array(solution.row_dual) * unit if solution.dual_valid else None
    names = {
        highspy.HighsModelStatus.kOptimal: "optimal",
        highspy.HighsModelStatus.kInfeasible: "infeasible",
        highspy.HighsModelStatus.kTimeLimit: "limit",
        highspy.HighsModelStatus.kIterationLimit: "limit",
        highspy.HighsModelStatus.kSolutionLimit: "limit",
        highspy.HighsModelStatus.kInterrupt: "limit",
        highspy.HighsModelStatus.kObjectiveBound: "limit",
        highspy.HighsModelStatus.kObjectiveTarget: "optimal",
    }
    objective = float(info.objective_function_value) * unit
    return Answer(names.get(status, "unknown"), values, duals, objective, float(info.mip_dual_bound) * unit)


def _without_columns(program: Program) -> Answer:
    """Nothing can be chosen: every row is 0."""
    kept = bool(((program.row_low <= 0) & (program.row_high >= 0)).all())
    duals = np.zeros(len(program.row_low)) if kept else None
    return Answer("optimal" if kept else "infeasible", np.zeros(0) if kept else None, duals, 0.0, 0.0)


_PRIMAL = 4
_STATUS = (highspy.HighsBasisStatus.kLower, highspy.HighsBasisStatus.kBasic, highspy.HighsBasisStatus.kUpper)
_CODE = {highspy.HighsBasisStatus.kLower: 0, highspy.HighsBasisStatus.kBasic: 1, highspy.HighsBasisStatus.kUpper: 2}


def solve_linear(program: Program, time_limit: float | None = None, basis: Basis | None = None) -> Answer:
    """Solve the linear relaxation by the simplex method, from a primal feasible basis where one is given."""
    if not len(program.cost):
        return _without_columns(program)
    if basis is None:
        solver = load(program, whole=False, time_limit=time_limit)
    else:
        solver = load(program, whole=False, time_limit=time_limit, presolve="off", simplex_strategy=_PRIMAL)
        given = highspy.HighsBasis()
        given.col_status, given.row_status = ([_STATUS[k] for k in part.tolist()] for part in (basis.columns, basis.rows))
        given.valid = True
        solver.setBasis(given)
    solver.run()
    answer = answer_of(solver, cost_unit(program.cost))
    if answer.status != "optimal":
        return answer
    found = solver.getBasis()
    codes = (np.array([_CODE.get(s, 0) for s in part], dtype=np.int8) for part in (found.col_status, found.row_status))
    return replace(answer, basis=Basis(*codes))


def solve_whole(program: Program, time_limit: float | None = None, allowed_gap: float = 0.0, start: np.ndarray | None = None, one: bool = False, nodes: int | None = None, target: float | None = None) -> Answer:
    """Solve the mixed integer program.

    Parameters
    ----------
    program : Program
        Costs are whole numbers, so that a solution within less than 1 of the bound is best.
    time_limit : float, optional
        Seconds.
    allowed_gap : float
        Stop when objective - bound is at most this.
    start : ndarray, optional
        A feasible solution to begin with.
    one : bool
        Stop at the first solution.
    nodes : int, optional
        Stop after so many nodes of the search tree.
    target : float, optional
        A known bound: a solution this good is best.
    """
    if not len(program.cost):
        return _without_columns(program)
    unit = cost_unit(program.cost)
    options: dict[str, Any] = {"mip_abs_gap": max(0.9, allowed_gap) / unit}
    if one:
        options["mip_max_improving_sols"] = 1
    if nodes is not None:
        options["mip_max_nodes"] = nodes
    if target is not None:
        options["objective_target"] = (target + 0.5) / unit
    solver = load(program, whole=True, time_limit=time_limit, **options)
    if start is not None:
        solution = highspy.HighsSolution()
        solution.col_value = start.tolist()
        solver.setSolution(solution)
    solver.run()
    return answer_of(solver, unit)
