"""The best plan of a model over allowed arcs, exactly, begun at good duals or at arcs of a similar model."""

from __future__ import annotations

import numpy as np
from scipy.sparse import csc_array, hstack

from mutasi_toolkit.assignment.highs import Program, solve_linear, solve_whole
from mutasi_toolkit.assignment.model import Model, Priced, completed, faults_of, objective_of, price
from mutasi_toolkit.assignment.narrow import without
from mutasi_toolkit.assignment.prove import units
from mutasi_toolkit.assignment.relax import Restricted, entering, restrict, rounded_duals

#: Arcs first looked at cost at most this share of the objective more than the dual values say (and one point at least).
FIRST_SLACK = 3e-4

#: Duals of broken rows are stretched to this size before they are rounded.
RAY = 2.0**12
#: A sum of slacks below this is none.
HOLDS = 1e-7


def solve_edited(model: Model, allowed: np.ndarray | None = None, duals: np.ndarray | None = None, kept: np.ndarray | None = None) -> tuple[np.ndarray | None, np.ndarray]:
    """The best plan of a model over the allowed arcs, exact; and the arcs that were looked at.

    Parameters
    ----------
    model : Model
    allowed : ndarray of bool, shape (n_arcs,), optional
    duals : ndarray of int, shape (n_rows,), optional
        Good duals times the scale; without them they come from a linear program that begins with `kept`.
    kept : ndarray of bool, optional
        Arcs to begin with; those looked at in a similar model are a good choice.
    """
    allowed = np.ones(model.n_arcs, dtype=bool) if allowed is None else allowed
    start = np.zeros(model.n_arcs, dtype=bool) if kept is None else kept & allowed
    if duals is None:
        start = start | _first_of(model, allowed, start)
        priced, found = tightened(model, allowed, start, price(model, model.hint * model.scale, model.scale, allowed))
        if found is None:
            return None, start
        near = int(FIRST_SLACK * (abs(priced.bound // model.scale + model.constant) + 1)) * model.scale
        slack, looked, start = 0, found & (priced.reduced <= near), found
    else:
        priced = price(model, duals, model.scale, allowed)
        slack = int(FIRST_SLACK * (abs(priced.bound // model.scale + model.constant)) + 1) * model.scale
        looked = allowed & ((priced.reduced <= slack) | start)
    while True:
        chosen = best_on(model, looked, priced.bound)
        if chosen is None:
            wider = None if looked[allowed].all() else _possible(model, allowed, looked)
            if wider is None:
                return None, start
            slack = 4 * slack + model.scale
            looked = looked | start | wider | (allowed & (priced.reduced <= slack) if (wider == looked).all() else False)
            continue
        cost = objective_of(model, chosen, completed(model, chosen)) - model.constant
        if priced.bound + slack > (cost - 1) * model.scale or looked[allowed].all():
            return chosen, start
        before = looked
        priced, wider = tightened(model, allowed, looked, priced)
        slack = (cost - 1) * model.scale - priced.bound
        looked = (looked if wider is None else wider) | (allowed & (priced.reduced <= slack))
        if (looked == before).all():
            return chosen, start


def _first_of(model: Model, allowed: np.ndarray, begin: np.ndarray) -> np.ndarray:
    """Arcs so that everybody has one: the stay where it is allowed, else the cheapest."""
    lacks = np.bincount(model.person[begin], minlength=model.n_people) == 0
    cost = np.where(allowed, model.cost, np.iinfo(np.int64).max)
    least = np.minimum.reduceat(cost, model.start[:-1])
    best = np.flatnonzero(allowed & (cost == least[model.person]) & lacks[model.person])
    out = np.zeros(model.n_arcs, dtype=bool)
    out[best[np.unique(model.person[best], return_index=True)[1]]] = True
    stays = model.stay[model.stay >= 0]
    out[stays] = allowed[stays]
    return out


def tightened(model: Model, allowed: np.ndarray, kept: np.ndarray, priced: Priced) -> tuple[Priced, np.ndarray | None]:
    """The best bound found while the linear program of the kept arcs takes in those that price below them; and the arcs then.

    None in place of the arcs where the linear program over all allowed arcs is proved to have no solution.
    """
    kept = kept.copy()
    while True:
        part = restrict(model, kept)
        answer = solve_linear(part.program)
        if answer.status == "infeasible":
            wider = _possible(model, allowed, kept)
            if wider is None or (wider == kept).all():
                return priced, None
            kept = wider
            continue
        if answer.duals is None or answer.status != "optimal":
            return priced, kept
        mine = price(model, rounded_duals(model, part, answer.duals), model.scale, allowed)
        priced = mine if mine.bound > priced.bound else priced
        enter = entering(model, kept, mine)
        enter = enter[allowed[enter]]
        if not len(enter) or answer.objective + part.offset - priced.bound / model.scale < 1.0:
            return priced, kept
        kept[enter] = True


def _possible(model: Model, allowed: np.ndarray, kept: np.ndarray) -> np.ndarray | None:
    """Arcs with which the linear program has a solution; None where it is proved to have none over all allowed arcs.

    The sum of slacks of all rows is minimised while arcs that price below the kept ones come in; duals whose bound on that sum
    is above 0 prove that no choice of allowed arcs keeps all rows.
    """
    kept = kept.copy()
    while True:
        part = restrict(model, kept)
        answer = solve_linear(_with_slacks(part))
        if answer.duals is None or answer.status != "optimal":
            return allowed.copy()
        if answer.objective < HOLDS:
            return kept
        duals = rounded_duals(model, part, answer.duals * RAY)
        priced = price(model, duals, model.scale, allowed, fixed=kept)
        if priced.bound > 0:
            return None
        enter = entering(model, kept, priced)
        enter = enter[allowed[enter]]
        if not len(enter):
            return allowed.copy()
        kept[enter] = True


def _with_slacks(part: Restricted) -> Program:
    """The program that minimises by how much rows (not those of persons) are broken."""
    program = part.program
    rows = np.arange(part.n_persons, len(program.row_low))
    over, short = rows[np.isfinite(program.row_high[rows])], rows[np.isfinite(program.row_low[rows])]
    n = len(over) + len(short)
    shape = (len(program.row_low), n)
    slack = csc_array((np.concatenate([-np.ones(len(over)), np.ones(len(short))]), (np.concatenate([over, short]), np.arange(n))), shape=shape)
    return Program(
        cost=np.concatenate([np.zeros_like(program.cost), np.ones(n)]), lower=np.concatenate([program.lower, np.zeros(n)]),
        upper=np.concatenate([program.upper, np.full(n, np.inf)]), whole=np.concatenate([program.whole, np.zeros(n, dtype=bool)]),
        row_low=program.row_low, row_high=program.row_high, matrix=csc_array(hstack([program.matrix, slack])),
    )  # fmt: skip


def best_on(model: Model, kept: np.ndarray, known: int | None = None) -> np.ndarray | None:
    """The best plan on the kept arcs, proved by HiGHS; None where there is none. `known`: a bound times the scale."""
    part = restrict(model, kept)
    program = part.program
    target = None if known is None else float(units(known, model.scale) - part.offset)
    while True:
        answer = solve_whole(program, target=target)
        if answer.values is None:
            return None
        taken = answer.values[: len(part.arcs)] > 0.5
        arcs = np.sort(np.concatenate([part.arcs[taken], part.settled]))
        if not len(faults_of(model, arcs, completed(model, arcs))):
            return arcs
        program = without(program, taken)
