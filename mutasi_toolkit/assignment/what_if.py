"""What if this person went there, did not, or stayed: the best plan under the change, exactly."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import (
    Session,
    arcs_of_person,
    find_arcs,
    person_at,
    seat_at,
    session,
)
from mutasi_toolkit.assignment.plan import Plan, relative_gap
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.errors import InfeasibleError, InputError
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: A difference below this is shown as none.
LEAST_SHOWN = 0.005


@dataclass(frozen=True, eq=False)
class WhatIf:
    """The best plan under a change.

    Attributes
    ----------
    plan : Plan
        The plan that `solve` would give for the changed problem. Its own `bound` and `gap` are those of the problem without the change,
        which is what `verify` can prove from the cycle.
    bound : float
        No plan with the change has a lower objective; proved by duals and branches of the changed problem.
    difference : float
        Points that it costs more than the plan it was asked about; never below 0, since a change only forbids.
    terms : dict of str to float
        The same term by term.
    changes : DataFrame
        Who sits elsewhere than in that plan: person, seat before, seat now (pegawai_id, jabatan_lama, jabatan_baru).
    """

    plan: Plan
    difference: float
    terms: dict[str, float]
    changes: pd.DataFrame
    bound: float
    cycle: Cycle | None = None

    @property
    def gap(self) -> float:
        """(objective - bound) / max(1, abs(objective)) of the changed problem."""
        return relative_gap(self.plan.objective, self.bound)

    def text(self, language: str = "id") -> str:
        """The answer in plain words."""
        from mutasi_toolkit.assignment.words import points, seat_words, terms_words

        key = "cost" if self.difference >= LEAST_SHOWN else "equal" if len(self.changes) else "same"
        lines = [text(f"what_if.{key}", language, n=points(self.difference, language), terms=terms_words(self.terms, language), m=len(self.changes))]
        lines.append(text("what_if.proved" if self.gap <= 0 else "what_if.near", language, gap=points(100 * self.gap, language)))
        for row in self.changes.itertuples(index=False):
            old, new = (seat_words(self.cycle, s, language) for s in row[1:3])
            lines.append("- " + text("what_if.change", language, orang=row[0], lama=old, baru=new))
        return "\n".join(lines)


def what_if(problem: Problem, plan: Plan, force: Iterable[tuple[Any, Any]] = (), forbid: Iterable[tuple[Any, Any]] = (), lock: Iterable[Any] = ()) -> WhatIf:
    """The best plan in which some pairs must be, some must not be, and some people stay.

    Solved again exactly, beginning with the dual values of the plan (`edit.Session`); the answer is the plan that `solve` gives for
    the problem in which the change stands from the start, of equal plans the same one.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        What `solve` gave for it.
    force, forbid : iterable of (person, seat)
        Pairs that must be, and that must not.
    lock : iterable
        People who stay in the seat they have today (for `from_pairs`: the place the plan gives them).

    Returns
    -------
    WhatIf

    Raises
    ------
    InputError
        For an unknown person or seat, or a pair that the rules do not allow.
    InfeasibleError
        When no plan keeps the change and the rules.

    Examples
    --------
    >>> from mutasi_toolkit.assignment import solve
    >>> pairs = pd.DataFrame({"person": ["a", "a", "b", "b"], "position": ["x", "y", "x", "y"], "cost": [1, 5, 2, 3]})
    >>> problem = Problem.from_pairs(pairs, {"x": 1, "y": 1})
    >>> what_if(problem, solve(problem), force=[("a", "y")]).difference
    3.0
    """
    asked = session(problem, plan)
    out = [_others(asked, person_at(problem, p), _arc(problem, p, s)) for p, s in force]
    out += [np.array([a]) for p, s in forbid if (a := _arc(problem, p, s, must=False)) >= 0]
    for p in lock:
        at = person_at(problem, p)
        stay = int(problem.model.stay[at])
        out.append(_others(asked, at, stay if stay >= 0 else int(asked.arcs[at])))
    answer = asked.best(forbid=np.unique(np.concatenate(out)) if out else ())
    if answer is None:
        raise InfeasibleError(text("what_if.none"))
    return WhatIf(asked.plan(answer.arcs), answer.over(asked.base, problem.per_unit), answer.terms_over(asked.base), changes(problem, asked.arcs, answer.arcs), answer.bound, problem.cycle)


def _others(asked: Session, person: int, arc: int) -> np.ndarray:
    mine = arcs_of_person(asked.model, person)
    return mine[mine != arc]


def _arc(problem: Problem, person: Any, seat: Any, must: bool = True) -> int:
    arc = int(find_arcs(problem, np.array([person_at(problem, person)]), np.array([seat_at(problem, seat)]))[0])
    if arc < 0 and must:
        raise InputError(text("what_if.blocked", orang=person, kursi=seat, aturan=_blocked_by(problem, person, seat)))
    return arc


def _blocked_by(problem: Problem, person: Any, seat: Any) -> str:
    if problem.cycle is None:
        return "-"
    from mutasi_toolkit import rules

    found = rules.explain_pair(problem.cycle, person, seat)
    return ", ".join(found.loc[found["verdict"] == "menghalangi", "rule_id"]) or "R13"


def changes(problem: Problem, before: np.ndarray, now: np.ndarray) -> pd.DataFrame:
    """Who sits elsewhere in the second choice of arcs: person, seat before, seat now."""
    at = np.flatnonzero(before != now)
    names = ["person", "position_before", "position_now"] if problem.cycle is None else ["pegawai_id", "jabatan_lama", "jabatan_baru"]
    seats = (problem.seats[problem.seat[arcs[at]]] for arcs in (before, now))
    return pd.DataFrame(dict(zip(names, (problem.people[at], *seats), strict=True)))
