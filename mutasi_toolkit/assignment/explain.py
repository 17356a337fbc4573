"""Why one person moves, or why not: rules, terms, the next best person and seat, and what each would cost."""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import (
    Answered,
    Session,
    arcs_of_person,
    person_at,
    session,
    with_high,
    with_row,
)
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Columns of the rules of an explanation.
RULES = ["rule_id", "verdict", "n_kursi", "statement_id", "statement_en", "citation", "sure"]


@dataclass(frozen=True, eq=False)
class Explanation:
    """Why a person sits where the plan puts them.

    Attributes
    ----------
    pegawai_id, jabatan_asal, jabatan_tujuan : str
        The person, their seat today (None for `Problem.from_pairs`), and their seat in the plan.
    moves, due : bool
        Whether they change seat; whether their move is due for review (R02).
    rules : DataFrame
        rule_id, verdict, n_kursi (seats it blocks, for one who stays), statement_id, statement_en, citation, sure. For one who
        moves, every rule on that pair; for one who stays, the rules that block other seats of the same kind.
    terms : dict of str to float
        What each term of the objective gains by the plan against `alternative`; the values add up to `difference`.
    alternative : str
        'tetap' (the best plan in which they stay), 'pindah' (the best plan in which they move), 'lain' (in which they
        take another position), or '' where there is none.
    difference : float
        Points that the alternative costs more than the plan.
    next_best : dict
        'person': the next best person for the seat, 'seat': the next best seat for the person; each a dict with
        pegawai_id, jabatan_id, cost (points more than the plan), moves, or None where there is none.
    why_not : tuple of dict
        Of one who stays, the reasons: kind and values.
    """

    pegawai_id: Any
    jabatan_asal: Any
    jabatan_tujuan: Any
    moves: bool
    due: bool
    rules: pd.DataFrame
    terms: dict[str, float]
    alternative: str
    difference: float
    next_best: dict[str, dict[str, Any] | None]
    why_not: tuple[dict[str, Any], ...]
    cycle: Cycle | None = field(default=None, repr=False)

    def text(self, language: str = "id") -> str:
        """The explanation in plain words."""
        from mutasi_toolkit.assignment.words import explanation_text

        return explanation_text(self, language)

    def _repr_html_(self) -> str:
        return "<br>".join(escape(line) for line in self.text().splitlines())


def explain(problem: Problem, plan: Plan, pegawai_id: Any) -> Explanation:
    """Why a person moves, or why not, with what every alternative would cost.

    Costs are exact: the problem is solved again with the alternative imposed. The terms of one who moves compare the plan with
    the best plan in which they stay; those of one who stays with the best plan in which they move::

        sum_t terms[t] = objective(alternative) - objective(plan) = difference >= 0

    Special cases: a person whom the rules leave no other seat has no alternative, terms of 0 and the rules that block; for
    `Problem.from_pairs` the alternative is any other position, and there are no rules.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        What `solve` gave for it.
    pegawai_id
        The person (a label of `from_pairs`).

    Returns
    -------
    Explanation

    Raises
    ------
    InputError
        When the problem has no such person, or the plan is of another problem.

    Examples
    --------
    >>> from mutasi_toolkit.assignment import solve
    >>> pairs = pd.DataFrame({"person": ["a", "a", "b", "b"], "position": ["x", "y", "x", "y"], "cost": [1, 5, 2, 3]})
    >>> problem = Problem.from_pairs(pairs, {"x": 1, "y": 1})
    >>> record = explain(problem, solve(problem), "a")
    >>> record.difference, record.terms, record.next_best["person"]["pegawai_id"]
    (3.0, {'cost': 3.0}, 'b')
    """
    asked = session(problem, plan)
    p = person_at(problem, pegawai_id)
    mine, stay = int(asked.arcs[p]), int(problem.model.stay[p])
    moves = stay >= 0 and mine != stay
    kind, other = _alternative(asked, p, mine, stay)
    reasons = () if moves or stay < 0 else _why_not(asked, p, other)
    compared = asked.base if other is None else other
    return Explanation(
        pegawai_id=pegawai_id,
        jabatan_asal=problem.seats[problem.seat[stay]] if stay >= 0 else _own_seat(problem, pegawai_id),
        jabatan_tujuan=problem.seats[problem.seat[mine]],
        moves=moves or (stay < 0 and problem.cycle is not None),
        due=_is_due(problem, pegawai_id),
        rules=_rules(problem, p, mine, moves),
        terms=compared.terms_over(asked.base), alternative=kind if other is not None else "", difference=compared.over(asked.base, problem.per_unit),
        next_best=_next_best(asked, p, mine, stay, other if not moves else None), why_not=reasons, cycle=problem.cycle,
    )  # fmt: skip


def _own_seat(problem: Problem, person: Any) -> Any:
    return None if problem.cycle is None else problem.cycle.seated.loc[person, "jabatan_id"]


def _is_due(problem: Problem, person: Any) -> bool:
    if problem.cycle is None:
        return False
    from mutasi_toolkit import rules

    return bool((rules.due(problem.cycle)["pegawai_id"] == person).any())


def _alternative(asked: Session, p: int, mine: int, stay: int) -> tuple[str, Answered | None]:
    """The best plan in which the person does the other thing."""
    arcs = arcs_of_person(asked.model, p)
    if stay < 0:
        return "lain", asked.best(forbid=[mine])
    if mine == stay:
        return "pindah", asked.best(forbid=[stay])
    return "tetap", asked.best(forbid=arcs[arcs != stay])


def _next_best(asked: Session, p: int, mine: int, stay: int, known: Answered | None) -> dict[str, dict[str, Any] | None]:
    """Next best seat of the person (neither today's nor the plan's), and next best person for the seat they take."""
    arcs = arcs_of_person(asked.model, p)
    elsewhere = known if known is not None else asked.best(forbid=[a for a in (mine, stay) if a >= 0] if len(arcs) > 1 else arcs)
    out: dict[str, dict[str, Any] | None] = {"seat": None, "person": None}
    if elsewhere is not None:
        out["seat"] = _option(asked, p, int(elsewhere.arcs[p]), elsewhere)
    if mine == stay:
        return out
    seat = asked.problem.seat
    placed = np.isin(np.arange(asked.model.n_arcs), asked.arcs)
    others = np.flatnonzero((seat == seat[mine]) & (asked.model.person != p) & ~placed)
    if len(others):
        taken = asked.best(with_row(asked.model, "pengganti", 1, len(others), others, np.ones(len(others), dtype=np.int64)), forbid=[mine])
        if taken is not None:
            arc = int(others[np.isin(others, taken.arcs)][0])
            out["person"] = _option(asked, int(asked.model.person[arc]), arc, taken)
    return out


def _option(asked: Session, person: int, arc: int, answer: Answered) -> dict[str, Any]:
    problem = asked.problem
    stays = problem.model.stay[problem.model.person[answer.arcs]]
    return {
        "pegawai_id": problem.people[person],
        "jabatan_id": problem.seats[problem.seat[arc]],
        "cost": answer.over(asked.base, problem.per_unit),
        "moves": int(((stays >= 0) & (stays != answer.arcs)).sum()),
    }


def _rules(problem: Problem, p: int, mine: int, moves: bool) -> pd.DataFrame:
    if problem.cycle is None:
        return pd.DataFrame(columns=RULES)
    return _pair_rules(problem.cycle, problem.people[p], problem.seats[problem.seat[mine]]) if moves else _blocking_rules(problem.cycle, p)


def _pair_rules(cycle: Cycle, person: str, seat: str) -> pd.DataFrame:
    """Every rule on one pair, and the rules that are judged on the state after all moves."""
    from mutasi_toolkit import rules

    verdict = rules.explain_pair(cycle, person, seat).set_index("rule_id")["verdict"]
    rows = []
    for rule in rules.load(cycle):
        word = verdict.get(rule.id, "keadaan" if rule.scope == "state" else "")
        if word:
            rows.append((rule.id, word, 0, rule.statement("id"), rule.statement("en"), rule.citation, rule.sure))
    return pd.DataFrame(rows, columns=RULES)


def other_seats(cycle: Cycle, p: int) -> np.ndarray:
    """Positions of the seat classes of the person's kind, without their own."""
    kind = cycle.jabatan["jenis"].to_numpy(dtype=object)
    own = int(pd.Index(cycle.jabatan["jabatan_id"]).get_indexer([cycle.pegawai["jabatan_id"].iloc[p]])[0])
    seats = np.flatnonzero(kind == kind[own])
    return seats[seats != own]


def _blocking_rules(cycle: Cycle, p: int) -> pd.DataFrame:
    """The rules that block other seats of the same kind, with how many, most first."""
    from mutasi_toolkit import rules

    seats = other_seats(cycle, p)
    blocked = rules.evaluate(cycle, np.full(len(seats), p), seats).blocked
    rows = []
    for rule in rules.load(cycle):
        n = int(((blocked & rule.bit) != 0).sum())
        if n:
            rows.append((rule.id, "menghalangi", n, rule.statement("id"), rule.statement("en"), rule.citation, rule.sure))
    rows.sort(key=lambda row: (-row[2], row[0]))
    return pd.DataFrame(rows, columns=RULES)


def _why_not(asked: Session, p: int, other: Answered | None) -> tuple[dict[str, Any], ...]:
    """Reasons of one who stays: decided, no seat, no room, no plan, or what the best move costs and what holds it."""
    problem, reasons = asked.problem, []
    arcs = arcs_of_person(asked.model, p)
    if problem.cycle is not None:
        reasons += _held(problem.cycle, p, len(arcs) - 1)
    if other is None:
        return tuple(reasons if len(arcs) == 1 else [*reasons, {"kind": "no_plan"}])
    cost = other.over(asked.base, problem.per_unit)
    reasons.append({"kind": "cost", "cost": cost, "seat": problem.seats[problem.seat[other.arcs[p]]]})
    names = asked.model.names
    row = names.index("anggaran|pindah") if "anggaran|pindah" in names else -1
    used = int(problem.model.high[row]) == int(asked.model.arcs.into(np.isin(np.arange(asked.model.n_arcs), asked.arcs).astype(np.int64), len(names))[row]) if row >= 0 else False
    if used and cost > 0:
        freed = asked.best(with_high(asked.model, row, 1), forbid=[int(asked.model.stay[p])])
        reasons.append({"kind": "budget", "cost": (freed or other).over(asked.base, problem.per_unit), "budget": int(problem.model.high[row])})
    return tuple(reasons)


def _held(cycle: Cycle, p: int, seats: int) -> list[dict[str, Any]]:
    """A decision that holds the person, part time, or how many seats the rules and the open needs leave."""
    from mutasi_toolkit import rules

    if p in rules.decisions(cycle).stay:
        return [{"kind": "decided"}]
    if cycle.pegawai["status"].iloc[p] == "PPPK paruh waktu":
        return [{"kind": "part_time"}]
    all_seats = other_seats(cycle, p)
    open_ = int((rules.evaluate(cycle, np.full(len(all_seats), p), all_seats).blocked == 0).sum())
    return [{"kind": "seats", "all": len(all_seats), "allowed": open_, "room": seats}]
