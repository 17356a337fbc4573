"""The best choice of arcs of a model, the duals that bound it, and the one plan among equals."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mutasi_toolkit.assignment.clock import late, left, share
from mutasi_toolkit.assignment.highs import Answer, solve_whole
from mutasi_toolkit.assignment.knapsack import Packing, loads_of
from mutasi_toolkit.assignment.model import Model, completed, faults_of, objective_of
from mutasi_toolkit.assignment.narrow import cost_row, narrowed, room_of, with_row, without
from mutasi_toolkit.assignment.prove import Node, Proof, bound_of, branch, least, prove, units
from mutasi_toolkit.assignment.relax import SMALL, Relaxed, Restricted, relax, restrict

#: First guess of what the best plan costs above the relaxation, as a share of it, where arcs are many: a narrow program is tried first and widened by what its best plan shows.
LEAST_SLACK = 4e-6
#: Branch-and-bound nodes spent on the choice among equals; more equals than that and the first found stays.
TIE_NODES = 5_000
#: Shares of arcs this near to whole numbers are whole.
NEARLY = 1e-6
#: Share of a time limit that may go into finding a plan; the rest is for proving how good it is.
FINDING = 0.7


class TooHardError(Exception):
    """A program was not solved within its number of nodes."""


@dataclass(frozen=True, eq=False)
class Found:
    """The result of a search.

    Attributes
    ----------
    arcs : ndarray of int64, shape (n_people,) or None
        Chosen arc of every person; None where no plan was found.
    objective, bound : int
        With the model's constant.
    proof : Proof
    relaxed : Relaxed
        The relaxation over all arcs.
    feasible : bool
        False where it is proved that there is no plan.
    """

    arcs: np.ndarray | None
    objective: int
    bound: int
    proof: Proof
    relaxed: Relaxed
    feasible: bool


def search(model: Model, deadline: float | None = None, gap: float = 0.0, begin: np.ndarray | None = None, canonical: bool = True) -> Found:
    """Solve a model to proven optimality, or as far as the limits allow.

    The relaxation over all arcs gives duals and an exact bound; arcs whose reduced cost exceeds what
    the best plan can cost above the bound are left out of the mixed integer program, so its best plan is best
    over all arcs; the proof branches where the duals alone fall short; among equal plans the one
    with the least sum of tie weights is taken.

    Parameters
    ----------
    model : Model
    deadline : float, optional
        Moment of `clock.now` by which to end; the incumbent is then returned with the bound proved. Where not even
        everybody's staying is a plan, the first plan is waited for.
    gap : float
        Relative gap at which to stop.
    begin : ndarray of bool, optional
        Arcs to begin the relaxation with.
    canonical : bool
        Whether to choose among equal plans by tie weights; without it the plan depends on the solver.
    """
    relaxed = relax(model, deadline, begin)
    first = _first_proof(relaxed)
    if not relaxed.feasible:
        return Found(None, 0, first.bound + model.constant, first, relaxed, False)
    packing = _packing(model, relaxed)
    if packing is not None:
        first = _packed_proof(packing, model, relaxed, first)
    arcs, feasible = _incumbent(model, relaxed, share(deadline, FINDING), gap, first.bound)
    if arcs is None:
        return Found(None, 0, first.bound + model.constant, first, relaxed, feasible)
    objective = objective_of(model, arcs, completed(model, arcs))
    target = objective - model.constant - int(gap * max(1.0, abs(float(objective))))
    proof = _proof(model, relaxed, packing, first, target, deadline)
    bound = proof.bound + model.constant
    if bound >= objective and canonical:
        arcs = _canonical(model, relaxed, arcs, objective - model.constant, deadline)
    return Found(arcs, objective, bound, proof, relaxed, True)


def best_of(model: Model, relaxed: Relaxed, near: int = 0, nodes: int | None = None) -> np.ndarray | None:
    """The best choice of arcs, any of several best, without a proof that stands alone; None where there is none.

    Parameters
    ----------
    model : Model
    relaxed : Relaxed
        Its relaxation.
    near : int
        Units that the best plan is first thought to cost above the relaxation; it changes the time, not the cost found.
    nodes : int, optional
        Branch-and-bound nodes after which a program counts as too hard.

    Raises
    ------
    TooHardError
    """
    return _incumbent(model, relaxed, None, 0.0, bound_of(relaxed.priced), near, nodes)[0] if relaxed.feasible else None


def _first_proof(relaxed: Relaxed) -> Proof:
    bound = bound_of(relaxed.priced)
    return Proof(bound, "linear", relaxed.priced.scale, bound, relaxed.duals, (Node(-1, 0, 0, relaxed.duals, bound),))


def _packing(model: Model, relaxed: Relaxed) -> Packing | None:
    """Knapsack bounds, where the model is one of capacities and its relaxation is not whole."""
    if _whole(model, relaxed) is not None:
        return None
    loads = loads_of(model)
    return None if loads is None else Packing(model, loads)


def _packed_proof(packing: Packing, model: Model, relaxed: Relaxed, first: Proof) -> Proof:
    """The bound of the best prices of people, begun at those of the linear relaxation."""
    value = model.cost * model.scale - model.arcs.times(relaxed.duals)
    least = np.minimum.reduceat(value, model.start[:-1]).astype(np.float64)
    start = np.rint(least / model.scale * packing.scale).astype(np.int64)
    everything = np.ones(model.n_arcs, dtype=bool)
    prices, scaled, _ = packing.solve(everything, start, int(model.cost.sum()) + 1)
    bound = units(scaled, packing.scale)
    return Proof(bound, packing.kind, packing.scale, bound, prices, (Node(-1, 0, 0, prices, bound),)) if bound >= first.bound else first


def _proof(model: Model, relaxed: Relaxed, packing: Packing | None, first: Proof, target: int, deadline: float | None) -> Proof:
    if first.bound >= target:
        return first
    if packing is None or first.kind == "linear":
        return prove(model, relaxed.duals, relaxed.priced, target, deadline)
    nodes = branch(model, packing, np.ones(model.n_arcs, dtype=bool), first.root, first.bound, target, deadline)
    return Proof(min(target, least(nodes)), packing.kind, packing.scale, target, first.root, nodes)


def _incumbent(model: Model, relaxed: Relaxed, deadline: float | None, gap: float, known: int, near: int = 0, nodes: int | None = None) -> tuple[np.ndarray | None, bool]:
    """The best plan's arcs, and whether there may be one where none was found; `known` is a bound."""
    arcs = _whole(model, relaxed)
    if arcs is not None:
        return arcs, True
    best = None if deadline is None else _staying(model)
    slack = model.scale * max(1, near, int(LEAST_SLACK * abs(relaxed.priced.bound / model.scale)))
    while True:
        kept = relaxed.priced.reduced <= slack if model.n_arcs > SMALL else np.ones(model.n_arcs, dtype=bool)
        part = restrict(model, kept)
        if not kept.all():
            part = replace(part, program=narrowed(model, part, room_of(model, relaxed, slack)))
        found, infeasible = _mixed(model, part, deadline, gap, best, known, nodes)
        best = found if found is not None else best
        if kept.all():
            return best, not (infeasible and best is None)
        if best is None or (found is None and not late(deadline)):
            slack *= 4
            continue
        cost = objective_of(model, best, completed(model, best))
        over = (cost - model.constant - 1) * model.scale - relaxed.priced.bound
        enough = cost - model.constant - known <= gap * abs(cost)
        if over <= slack or enough or late(deadline):
            return best, True
        slack = over + model.scale


def _whole(model: Model, relaxed: Relaxed) -> np.ndarray | None:
    """The arcs of the relaxation's solution where they are whole, keep every row, and it is the optimum."""
    if not relaxed.finished or relaxed.answer.values is None:
        return None
    n = len(relaxed.program.arcs)
    values = relaxed.answer.values[:n]
    if np.abs(values - np.rint(values)).max(initial=0.0) > NEARLY:
        return None
    arcs = np.sort(np.concatenate([relaxed.program.arcs[values > 0.5], relaxed.program.settled]))
    extras = completed(model, arcs)
    if len(faults_of(model, arcs, extras)):
        return None
    near = objective_of(model, arcs, extras) - model.constant <= bound_of(relaxed.priced)
    return arcs if near else None


def _staying(model: Model) -> np.ndarray | None:
    """The plan in which nobody moves, where it keeps every row."""
    if (model.stay < 0).any() or len(faults_of(model, model.stay, completed(model, model.stay))):
        return None
    return model.stay.copy()


def _mixed(model: Model, part: Restricted, deadline: float | None, gap: float, start: np.ndarray | None, known: int, nodes: int | None = None) -> tuple[np.ndarray | None, bool]:
    """Solve the mixed integer program of some arcs; whether it has no solution at all."""
    program = part.program
    begin = None if start is None else _values(model, part, start)
    allowed = gap * max(1.0, abs(known + model.constant))
    for _ in range(4):
        answer = solve_whole(program, left(deadline), allowed, begin, nodes=nodes, target=float(known - part.offset))
        if answer.status == "limit" and nodes is not None:
            raise TooHardError
        if answer.values is None and answer.status == "limit" and start is None:
            # Nobody staying is no plan here: the first plan is waited for, whatever the limit.
            answer = solve_whole(program, None, one=True)
        if answer.values is None:
            return None, answer.status == "infeasible"
        arcs = _taken(part, answer)
        if not len(faults_of(model, arcs, completed(model, arcs))):
            return arcs, False
        program = without(program, answer.values[: len(part.arcs)] > 0.5)
    return None, False


def _taken(part: Restricted, answer: Answer) -> np.ndarray:
    """One arc per person: of each the one with the greatest value."""
    assert answer.values is not None
    values = answer.values[: len(part.arcs)]
    return np.sort(np.concatenate([part.arcs[values > 0.5], part.settled]))


def _values(model: Model, part: Restricted, arcs: np.ndarray) -> np.ndarray:
    return np.concatenate([np.isin(part.arcs, arcs).astype(float), completed(model, arcs).astype(float)])


def _canonical(model: Model, relaxed: Relaxed, arcs: np.ndarray, objective: int, deadline: float | None) -> np.ndarray:
    """Of all plans that cost as little, the one with the least sum of tie weights over moves.

    Where the duals reach the objective exactly, the best plans are those on arcs of reduced cost 0 that keep
    rows with a dual at their limit (complementary slackness); else arcs, columns and rows have as much room as the
    difference leaves them (`narrow`), and a row holds the objective.
    """
    slack = objective * model.scale - relaxed.priced.bound
    kept = relaxed.priced.reduced <= slack
    if np.bincount(model.person[kept], minlength=model.n_people).max(initial=0) <= 1:
        return arcs
    weight = model.tie.copy()
    weight[model.stay[model.stay >= 0]] = 0
    part = restrict(model, kept, weight)
    room = room_of(model, relaxed, slack)
    program = with_row(narrowed(model, part, room), *cost_row(model, part, relaxed, room))
    answer = solve_whole(program, left(deadline), start=_values(model, part, arcs), nodes=TIE_NODES)
    if answer.values is None:
        return arcs
    chosen = _taken(part, answer)
    extras = completed(model, chosen)
    same = not len(faults_of(model, chosen, extras)) and objective_of(model, chosen, extras) == objective + model.constant
    return chosen if same else arcs
