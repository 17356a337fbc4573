"""Changes to a solved problem: arcs forbidden, rows added, limits moved; and what they cost, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.highs import solve_linear
from mutasi_toolkit.assignment.model import (
    Entries,
    Model,
    completed,
    objective_of,
    price,
    usable,
)
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.prove import Node, Proof, units
from mutasi_toolkit.assignment.relax import (
    Relaxed,
    relax,
    restrict,
)
from mutasi_toolkit.assignment.search import Found, search
from mutasi_toolkit.assignment.solve import plan_of, terms_of
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: The relaxation of an edited problem begins with the arcs that cost at most this many units more by the duals known.
NEAR = 100


def appended(entries: Entries, columns: np.ndarray, row: int, values: np.ndarray) -> Entries:
    """Entries with one more row, later than all others.

    Examples
    --------
    >>> e = Entries(np.array([0, 1, 2]), np.array([0, 0]), np.array([1, 1]))
    >>> f = appended(e, np.array([1]), 1, np.array([5]))
    >>> f.start.tolist(), f.row.tolist(), f.value.tolist()
    ([0, 1, 3], [0, 0, 1], [1, 1, 5])
    """
    order = np.argsort(columns, kind="stable")
    at = entries.start[columns[order] + 1]
    more = np.bincount(columns, minlength=len(entries.start) - 1)
    start = entries.start + np.concatenate([[0], np.cumsum(more)])
    return Entries(start, np.insert(entries.row, at, row), np.insert(entries.value, at, values[order]))


def with_row(model: Model, name: str, low: int, high: int, arcs: np.ndarray, values: np.ndarray, extras: np.ndarray | None = None) -> Model:
    """The model with one more row ``low <= sum values x[arcs] + extras y <= high``.

    Parameters
    ----------
    model : Model
    name : str
    low, high : int
    arcs : ndarray of int
        Arcs that stand in the row, each once.
    values : ndarray of int
    extras : ndarray of int, shape (n_extras,), optional
        Coefficients of the auxiliary columns.
    """
    row = len(model.low)
    used = np.flatnonzero(values)
    grown = appended(model.arcs, arcs[used], row, values[used])
    more = model.extras
    if extras is not None and extras.any():
        at = np.flatnonzero(extras)
        more = appended(more, at, row, extras[at])
    return replace(
        model, arcs=grown, extras=more, low=np.append(model.low, low), high=np.append(model.high, high),
        names=(*model.names, name), hint=np.append(model.hint, 0),
    )  # fmt: skip


def with_high(model: Model, row: int, change: int) -> Model:
    """The model with the upper limit of a row moved."""
    high = model.high.copy()
    high[row] += change
    return replace(model, high=high)


@dataclass(frozen=True, eq=False)
class Answered:
    """The best plan of an edited problem.

    Attributes
    ----------
    arcs : ndarray of int, shape (n_people,)
        Chosen arcs of the problem's own model.
    objective : float
        Points.
    units : int
        The same in units of the model.
    terms : dict of str to float
    bound : float
        No plan of the edited problem has a lower objective; proved by duals and branches of the edited problem itself.
    """

    arcs: np.ndarray
    objective: float
    units: int
    terms: dict[str, float]
    bound: float

    def over(self, other: Answered, per_unit: int) -> float:
        """Points that this plan costs more than another."""
        return (self.units - other.units) / per_unit

    def terms_over(self, other: Answered) -> dict[str, float]:
        """The same term by term."""
        return {k: round(v - other.terms[k], 9) + 0.0 for k, v in self.terms.items()}


class Session:
    """A solved problem, ready for questions that change a little of it.

    Every question is answered as `solve` would answer the edited problem from the start (`search.search`): proved, and of several
    best plans the one with the least sum of tie weights. The relaxation begins with the dual values of the plan and
    with the arcs that are cheap by them, so that an answer takes a fraction of the first solution's time.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        Of that problem; the dual values of its certificate are the ones used.
    """

    def __init__(self, problem: Problem, plan: Plan) -> None:
        self.problem, self.model = problem, problem.model
        self.arcs = arcs_of_plan(problem, plan)
        self.duals = self._duals_of(plan)
        self.units = objective_of(self.model, self.arcs, completed(self.model, self.arcs))
        self.base = Answered(self.arcs, self.units / problem.per_unit, self.units, terms_of(problem, self.arcs), plan.bound)

    def _duals_of(self, plan: Plan) -> np.ndarray:
        found = plan.certificate
        names = {n: k for k, n in enumerate(self.model.names)}
        given = found.get("duals", {})
        if found.get("kind") != "linear" or not given or not set(given) <= set(names):
            return relax(self.model).duals
        duals = np.zeros(len(self.model.low), dtype=np.int64)
        for name, value in given.items():
            duals[names[name]] = value * self.model.scale // int(found["scale"])
        return usable(self.model, duals)

    def best(self, model: Model | None = None, forbid: Iterable[int] | np.ndarray = (), start: np.ndarray | None = None) -> Answered | None:
        """The best plan of the problem under another model or without some arcs; None where there is none.

        Parameters
        ----------
        model : Model, optional
            The problem's own, edited by `with_row` and `with_high`: its arcs and auxiliary columns are the same.
        forbid : sequence of int
            Arcs that may not be taken.
        start : ndarray of int, optional
            Dual values times the scale to begin with.
        """
        model = self.model if model is None else model
        forbidden = np.asarray(list(forbid) if not isinstance(forbid, np.ndarray) else forbid, dtype=np.int64)
        duals = np.zeros(len(model.low), dtype=np.int64)
        known = self.duals if start is None else start
        duals[: len(known)] = known
        part, index = without(model, forbidden)
        if (np.diff(part.start) == 0).any():
            return None
        begin = price(part, duals, part.scale).reduced <= NEAR * part.scale
        found = search(replace(part, hint=duals // part.scale), begin=begin | _touched(model, forbidden, len(self.model.low))[index])
        if found.arcs is None:
            return None
        chosen = index[found.arcs]
        units = objective_of(self.model, chosen, completed(self.model, chosen))
        return Answered(chosen, units / self.problem.per_unit, units, terms_of(self.problem, chosen), found.bound / self.problem.per_unit)

    def plan(self, arcs: np.ndarray) -> Plan:
        """The plan of chosen arcs; its bound is that of the problem's own objective, from the duals of this session."""
        scale = self.model.scale
        found = price(self.model, self.duals, scale)
        bound = units(found.bound, scale)
        proof = Proof(bound, "linear", scale, bound, self.duals, (Node(-1, 0, 0, self.duals, bound),))
        cost = objective_of(self.model, arcs, completed(self.model, arcs))
        part = restrict(self.model, np.isin(np.arange(self.model.n_arcs), arcs))
        relaxed = Relaxed(self.duals, found, np.zeros(0, dtype=bool), solve_linear(part.program), part, True, False)
        return plan_of(self.problem, Found(arcs, cost, min(bound + self.model.constant, cost), proof, relaxed, True))


def without(model: Model, forbid: np.ndarray) -> tuple[Model, np.ndarray]:
    """The model without some arcs, and the position that each arc left has in the whole model."""
    left = np.ones(model.n_arcs, dtype=bool)
    left[forbid] = False
    index = np.flatnonzero(left)
    place = np.append(np.where(left, np.cumsum(left) - 1, -1), -1)
    start = np.concatenate([[0], np.cumsum(np.bincount(model.person[index], minlength=model.n_people))]).astype(np.int64)
    part = replace(
        model, person=model.person[index], start=start, cost=model.cost[index], tie=model.tie[index], stay=place[model.stay], arcs=model.arcs.of(index)
    )
    return part, index


def _touched(model: Model, forbid: np.ndarray, n_rows: int) -> np.ndarray:
    """Arcs of people who may not do what they did, and arcs of added rows."""
    people = np.zeros(model.n_people, dtype=bool)
    people[model.person[forbid]] = True
    arcs = people[model.person]
    if len(model.low) > n_rows:
        arcs[model.arcs.column[model.arcs.row >= n_rows]] = True
    return arcs


_SESSIONS: WeakKeyDictionary[Problem, tuple[int, Session]] = WeakKeyDictionary()


def session(problem: Problem, plan: Plan) -> Session:
    """The session of a problem and its plan; kept as long as the problem is."""
    known = _SESSIONS.get(problem)
    if known is None or known[0] != id(plan):
        known = (id(plan), Session(problem, plan))
        _SESSIONS[problem] = known
    return known[1]


def arcs_of_plan(problem: Problem, plan: Plan) -> np.ndarray:
    """Chosen arc of every person in a plan.

    Raises
    ------
    InputError
        When the plan seats other people than the problem has, or takes a pair the problem does not allow.
    """
    person = problem.people.get_indexer(plan.assignment.iloc[:, 0])
    seat = problem.seats.get_indexer(plan.assignment.iloc[:, 1])
    arcs = find_arcs(problem, person, seat)
    if len(arcs) != len(problem.people) or (arcs < 0).any() or len(np.unique(person)) != len(person):
        raise InputError(text("assignment.other_plan"))
    return arcs[np.argsort(person)]


def find_arcs(problem: Problem, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    """Arc of each pair of positions, -1 where there is none."""
    n = len(problem.seats) + 1
    key = problem.model.person * n + problem.seat
    order = np.argsort(key, kind="stable")
    want = person * n + seat
    at = np.minimum(np.searchsorted(key[order], want), len(order) - 1)
    found = order[at]
    return np.where((person >= 0) & (seat >= 0) & (key[found] == want), found, -1)


def person_at(problem: Problem, person: Any) -> int:
    """Position of a person.

    Raises
    ------
    InputError
        When the problem has no such person.
    """
    at = int(problem.people.get_indexer(pd.Index([person]))[0])
    if at < 0:
        raise InputError(text("assignment.no_person", person=person))
    return at


def seat_at(problem: Problem, seat: Any) -> int:
    """Position of a seat class.

    Raises
    ------
    InputError
        When the problem has no such seat.
    """
    at = int(problem.seats.get_indexer(pd.Index([seat]))[0])
    if at < 0:
        raise InputError(text("assignment.no_seat", seat=seat))
    return at


def arcs_of_person(model: Model, person: int) -> np.ndarray:
    """All arcs of one person."""
    return np.arange(model.start[person], model.start[person + 1])
