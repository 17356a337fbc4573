"""The linear relaxation over all arcs, reached through small ones: arcs enter when their price says so."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csc_array

from mutasi_toolkit.assignment.clock import late, left
from mutasi_toolkit.assignment.highs import Answer, Basis, Program, solve_linear
from mutasi_toolkit.assignment.model import FREE, Model, Priced, price, usable
from mutasi_toolkit.assignment.network import Network, budget_duals, network_of

#: Models with no more arcs than this are handed over whole.
SMALL = 20_000
#: Arcs that may enter per person and in all in one round.
ENTER_EACH, ENTER_SHARE = 4, 1.5
#: With more arcs than this, the bound may miss the relaxation's optimum by this share of the largest cost.
LARGE, NEAR = 1_000_000, 0.05


@dataclass(frozen=True, eq=False, slots=True)
class Restricted:
    """The program of some arcs of a model.

    Persons with one arc left have no row and no column: what they add to rows is in the rows' limits.

    Attributes
    ----------
    program : Program
    arcs : ndarray of int
        Arc of each of the first columns; the auxiliary columns follow.
    settled : ndarray of int
        Arcs of the persons with one arc left.
    rows : ndarray of int
        Model row of each row after the persons' rows.
    n_persons : int
        Rows of persons, which come first.
    offset : int
        Cost of the settled arcs.
    """

    program: Program
    arcs: np.ndarray
    settled: np.ndarray
    rows: np.ndarray
    n_persons: int
    offset: int


@dataclass(frozen=True, eq=False, slots=True)
class Relaxed:
    """The relaxation solved over all arcs.

    Attributes
    ----------
    duals : ndarray of int, shape (n_rows,)
        Dual values times the model's scale.
    priced : Priced
        What they prove.
    kept : ndarray of bool, shape (n_arcs,)
        Arcs of the last restricted program.
    answer : Answer
        Its solution.
    program : Restricted
    feasible, finished : bool
        Whether the relaxation has a solution; whether its optimum was reached.
    """

    duals: np.ndarray
    priced: Priced
    kept: np.ndarray
    answer: Answer
    program: Restricted
    feasible: bool
    finished: bool


def restrict(model: Model, kept: np.ndarray, cost: np.ndarray | None = None) -> Restricted:
    """The program of the kept arcs (each person keeps at least one).

    Parameters
    ----------
    model : Model
    kept : ndarray of bool, shape (n_arcs,)
    cost : ndarray of int, shape (n_arcs,), optional
        In place of the model's cost of arcs; then auxiliary columns cost nothing.
    """
    arc_cost, extra_cost = (model.cost, model.extra_cost) if cost is None else (cost, np.zeros_like(model.extra_cost))
    index = np.flatnonzero(kept)
    count = np.bincount(model.person[index], minlength=model.n_people)
    active = count[model.person[index]] > 1
    arcs, settled = index[active], index[~active]
    n_arcs, n_extra = len(arcs), len(extra_cost)
    persons = np.unique(model.person[arcs])
    row_of_person = np.zeros(model.n_people, dtype=np.int64)
    row_of_person[persons] = np.arange(len(persons))
    ones = np.zeros(model.n_arcs, dtype=np.int64)
    ones[settled] = 1
    fill = model.arcs.into(ones, len(model.low))
    own, extras = model.arcs.of(arcs), model.extras
    live = np.zeros(len(model.low), dtype=bool)
    live[own.row] = True
    live[extras.row] = True
    # A row that nothing can change stands only where it is broken, and then makes the program infeasible.
    live |= (fill < model.low) | (fill > model.high)
    rows = np.flatnonzero(live)
    at = np.cumsum(live) - 1 + len(persons)
    row = np.concatenate([row_of_person[model.person[arcs]], at[own.row], at[extras.row]])
    column = np.concatenate([np.arange(n_arcs), own.column, n_arcs + extras.column])
    value = np.concatenate([np.ones(n_arcs), own.value, extras.value]).astype(np.float64)
    shape = (len(persons) + len(rows), n_arcs + n_extra)
    program = Program(
        cost=np.concatenate([arc_cost[arcs], extra_cost]).astype(np.float64),
        lower=np.zeros(n_arcs + n_extra),
        upper=np.concatenate([np.ones(n_arcs), model.extra_upper]).astype(np.float64),
        whole=np.arange(n_arcs + n_extra) < n_arcs,
        row_low=np.concatenate([np.ones(len(persons)), limits_as_floats(model.low[rows], fill[rows])]),
        row_high=np.concatenate([np.ones(len(persons)), limits_as_floats(model.high[rows], fill[rows])]),
        matrix=csc_array((value, (row, column)), shape=shape),
    )
    return Restricted(program, arcs, settled, rows, len(persons), int(arc_cost[settled].sum()))


def limits_as_floats(limits: np.ndarray, fill: np.ndarray) -> np.ndarray:
    """Limits of rows less what is settled, infinite where free."""
    free = np.abs(limits) >= FREE
    endless = np.where(limits > 0, np.inf, -np.inf)
    return np.where(free, endless, np.where(free, 0, limits - fill).astype(np.float64))


def rounded_duals(model: Model, restricted: Restricted, duals: np.ndarray) -> np.ndarray:
    """Dual values of all rows of the model, times its scale, of the right sign."""
    out = np.zeros(len(model.low), dtype=np.int64)
    out[restricted.rows] = np.rint(duals[restricted.n_persons :] * model.scale).astype(np.int64)
    return usable(model, out)


def relax(model: Model, deadline: float | None = None, begin: np.ndarray | None = None, like: Relaxed | None = None) -> Relaxed:
    """Solve the relaxation over all arcs.

    A restricted program is solved, its duals are rounded to fractions of a unit, those of the cells are replaced by
    the best that go with the others (a network), and all arcs are priced with them exactly; arcs cheaper than
    what their person has enter, until none is left or the exact bound reaches the restricted optimum. Duals of
    a small program are extreme: arcs also enter by a point half way to the best duals so far.

    Parameters
    ----------
    model : Model
    deadline : float, optional
        Moment of `clock.now` after which no further round begins.
    begin : ndarray of bool, optional
        Arcs to begin with besides each person's stay.
    like : Relaxed, optional
        The relaxation of a model that differs in its costs alone: begin with its arcs and its basis.
    """
    begin = begin if like is None else like.kept
    network = network_of(model, model.scale) if model.n_arcs > SMALL else None
    best: tuple[np.ndarray, Priced] | None = None
    if network is not None:
        duals = budget_duals(network, model.hint * model.scale, deadline)
        best = duals, price(model, duals, model.scale)
    kept = _first(model, begin, None if best is None else best[1])
    last = None if like is None else (like.program, like.answer)
    while True:
        program = restrict(model, kept)
        answer = solve_linear(program.program, left(deadline), None if last is None else _carried(model, *last, program))
        last = program, answer
        if answer.status == "infeasible" and not kept.all():
            kept = np.ones(model.n_arcs, dtype=bool)
            continue
        if answer.duals is None or answer.status != "optimal":
            duals = model.hint * model.scale if best is None else best[0]
            return Relaxed(duals, price(model, duals, model.scale), kept, answer, program, answer.status != "infeasible", False)
        raw = rounded_duals(model, program, answer.duals)
        found: list[np.ndarray] = []
        for duals in _trials(network, raw, best, deadline):
            priced = price(model, duals, model.scale)
            if best is None or priced.bound > best[1].bound:
                best = duals, priced
            found.append(entering(model, kept, priced))
            if answer.objective + program.offset - best[1].bound / model.scale < _near(model):
                break
        assert best is not None
        enter = np.unique(np.concatenate(found))
        reached = answer.objective + program.offset - best[1].bound / model.scale < _near(model)
        over = late(deadline)
        if reached or over or not len(enter):
            return Relaxed(*best, kept, answer, program, True, not over or reached)
        kept = kept.copy()
        kept[enter] = True


def _carried(model: Model, old: Restricted, answer: Answer, new: Restricted) -> Basis | None:
    """The basis of the last program in the next one, which has more arcs: a person who gets a choice stays, so it is feasible."""
    if answer.basis is None:
        return None
    n, n_old = len(new.arcs), len(old.arcs)
    arcs = np.zeros(model.n_arcs, dtype=np.int8)
    arcs[old.settled] = 1
    arcs[old.arcs] = answer.basis.columns[:n_old]
    rows = np.ones(len(model.low), dtype=np.int8)
    rows[old.rows] = answer.basis.rows[old.n_persons :]
    people = np.zeros(model.n_people, dtype=np.int8)
    people[np.unique(model.person[old.arcs])] = answer.basis.rows[: old.n_persons]
    columns = np.concatenate([arcs[new.arcs], answer.basis.columns[n_old:]])
    basis = Basis(columns, np.concatenate([people[np.unique(model.person[new.arcs])], rows[new.rows]]))
    return basis if int((basis.columns == 1).sum() + (basis.rows == 1).sum()) == len(basis.rows) and n else None


def _trials(network: Network | None, raw: np.ndarray, best: tuple[np.ndarray, Priced] | None, deadline: float | None) -> Iterator[np.ndarray]:
    """Duals by which arcs are priced: those of the program with the best prices of cells, half way to the best, as they are."""
    if network is not None:
        yield network.best(raw, deadline)
        if best is not None:
            yield (best[0] + raw) // 2
    yield raw


def _near(model: Model) -> float:
    """Units by which a bound may miss the relaxation's optimum: what remains is left to the branches of the proof."""
    return 1.0 if model.n_arcs <= LARGE else max(1.0, NEAR * float(np.abs(model.cost).max(initial=0)))


def _first(model: Model, begin: np.ndarray | None, priced: Priced | None) -> np.ndarray:
    if model.n_arcs <= SMALL:
        return np.ones(model.n_arcs, dtype=bool)
    kept = np.zeros(model.n_arcs, dtype=bool) if begin is None else begin.copy()
    kept[model.stay[model.stay >= 0]] = True
    most = SMALL // 4 if priced is not None else max(2 * model.n_people, SMALL // 4)
    reduced = price(model, model.hint * model.scale, model.scale).reduced if priced is None else priced.reduced
    kept[reduced == 0] = True
    others = np.flatnonzero(~kept)
    kept[others[np.argsort(reduced[others], kind="stable")[:most]]] = True
    return kept


def entering(model: Model, kept: np.ndarray, priced: Priced) -> np.ndarray:
    """Arcs outside that price below the best kept arc of their person; the cheapest few of each person."""
    inside = np.where(kept, priced.reduced, np.iinfo(np.int64).max)
    least = np.minimum.reduceat(inside, model.start[:-1])
    found = np.flatnonzero(~kept & (priced.reduced < least[model.person]))
    order = found[np.lexsort((found, priced.reduced[found] - least[model.person[found]], model.person[found]))]
    person = model.person[order]
    first = np.concatenate([[True], person[1:] != person[:-1]]) if len(person) else np.zeros(0, dtype=bool)
    since = np.arange(len(order)) - np.maximum.accumulate(np.where(first, np.arange(len(order)), 0))
    order = order[since < ENTER_EACH]
    limit = int(max(SMALL // 4, ENTER_SHARE * model.n_people))
    if len(order) > limit:
        gain = priced.reduced[order] - least[model.person[order]]
        order = order[np.argsort(gain, kind="stable")[:limit]]
    return order
