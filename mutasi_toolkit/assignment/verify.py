"""verify: a plan checked against the tables alone, and its bound proved again from its dual values.

Nothing here is shared with `problem`, `build`, `solve` or with the rules' own code: tables and parameters are read
anew (`audit`), every rule and guarantee is tested on the plan, the objective is added up again, and the
certificate's duals are multiplied out in whole numbers over all pairs that the rules allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from mutasi_toolkit.assignment.audit.tables import Facts
    from mutasi_toolkit.assignment.grouped import Groups
    from mutasi_toolkit.cycle import Cycle

#: A float that stands for a whole number of thousandths differs from it by less than this share.
FLOAT = 1e-12
SHOWN = 5


@dataclass(frozen=True)
class Violation:
    """One thing that is wrong with a plan.

    Attributes
    ----------
    rule : str
        The rule (R01 to R37), budget ('anggaran.pindah'), guarantee ('jaminan.opd_tidak_memburuk'), 'kapasitas',
        'keputusan', or part of the plan ('penempatan', 'tujuan', 'batas', 'sertifikat') that does not hold.
    people, seats : tuple
        Whom and what it concerns.
    values : dict
        Numbers and names of the message.
    """

    rule: str
    people: tuple[Any, ...] = ()
    seats: tuple[Any, ...] = ()
    values: dict[str, Any] = field(default_factory=dict)

    def text(self, language: str = "id") -> str:
        """What is wrong, in words."""
        key = f"audit.{self.values.get('what', 'rule')}"
        names = {"people": _some(self.people), "seats": _some(self.seats)}
        return text(key, language, rule=self.rule, **names, **self.values)

    def __str__(self) -> str:
        return self.text("en")


def _some(names: Sequence[Any]) -> str:
    more = f" (+{len(names) - SHOWN})" if len(names) > SHOWN else ""
    return (", ".join(map(str, names[:SHOWN])) or "–") + more


@dataclass(frozen=True)
class Verification:
    """The result of a check.

    Attributes
    ----------
    ok : bool
        Whether nothing is wrong.
    violations : tuple of Violation
    objective : float or None
        Added up again from the tables; None where the assignment cannot be read.
    bound : float or None
        What the certificate proves: no plan that keeps the rules costs less; None where it proves nothing.
    gap : float or None
        (objective - bound) / max(1, |objective|).
    """

    violations: tuple[Violation, ...]
    objective: float | None
    bound: float | None

    @property
    def ok(self) -> bool:
        """Whether nothing is wrong."""
        return not self.violations

    @property
    def gap(self) -> float | None:
        """(objective - bound) / max(1, |objective|) of what was found here."""
        if self.objective is None or self.bound is None:
            return None
        return (self.objective - self.bound) / max(1.0, abs(self.objective))

    def text(self, language: str = "id") -> str:
        """The result in words, one line per violation."""
        if self.ok:
            return text("audit.ok", language, objective=self.objective, bound=self.bound)
        return "\n".join(v.text(language) for v in self.violations)


def verify(source: Cycle | Groups | tuple[pd.DataFrame, Any], plan: Any) -> Verification:
    """Check a plan against its source, without the solver.

    Parameters
    ----------
    source : Cycle, or (pairs, capacity), or Groups
        What the plan was made for; groups of identical people have a plan of numbers (`solve_groups`).
    plan : Plan

    Returns
    -------
    Verification
        `ok`, `violations`, `objective`, `bound`.

    Notes
    -----
    For a Cycle: every hard rule per pair, R13 and R14 (no seat class overfilled, newcomers only into open
    need), budgets, guarantees, R17, R33, decisions, groups; the objective and each term; and the bound by weak duality:
    with duals u of rows ``low <= sum a x <= high`` and of counts n = sum x, no plan costs less than::

        sum_people min_pairs (c - u a) + sum_seats min_n (phi(n) + u n) + sum_(u>0) u low + sum_(u<0) u high

    in whole numbers; branches are followed, each leaf with duals of its own. The values of a holder (`gains`), which come
    from simulation, are taken as the certificate states them.

    Examples
    --------
    >>> from mutasi_toolkit.assignment import Problem, solve
    >>> pairs = pd.DataFrame({"person": ["a", "a", "b"], "position": ["x", "y", "x"], "cost": [1, 5, 2]})
    >>> plan = solve(Problem.from_pairs(pairs, {"x": 1, "y": 1}))
    >>> found = verify((pairs, {"x": 1, "y": 1}), plan)
    >>> found.ok, found.bound
    (True, 7.0)
    """
    if isinstance(source, tuple):
        return _verify_pairs(*source, plan)
    if hasattr(source, "segment_room"):
        return _verify_groups(source, plan)
    return _verify_cycle(source, plan)


def _differs(stated: Any, found: Fraction) -> bool:
    try:
        return abs(Fraction(float(stated)) - found) > max(Fraction(1), abs(found)) * Fraction(FLOAT)
    except (OverflowError, ValueError, TypeError):
        return True


def _told(plan: Any, objective: Fraction, bound: Fraction | None) -> list[Violation]:
    """Objective, bound, gap and status against what was found."""
    out = []
    if _differs(plan.objective, objective):
        out.append(Violation("tujuan", values={"what": "objective", "told": plan.objective, "found": float(objective)}))
    # Objectives of different bounds are not mixed: the plan may state less than what is proved, never more.
    if bound is None or not _is_number(plan.bound) or Fraction(float(plan.bound)) > bound + max(Fraction(1), abs(bound)) * Fraction(FLOAT):
        out.append(Violation("batas", values={"what": "bound", "told": plan.bound, "found": float("nan") if bound is None else float(bound)}))
    gap = (float(plan.objective) - float(plan.bound)) / max(1.0, abs(float(plan.objective)))
    best = plan.status == "optimal"
    if not abs(gap - plan.gap) <= FLOAT or (best and not abs(gap) <= FLOAT) or plan.status not in {"optimal", "feasible"}:
        out.append(Violation("batas", values={"what": "gap", "told": plan.gap, "found": gap, "status": plan.status}))
    if plan.terms and _differs(sum(plan.terms.values()), objective):
        out.append(Violation("tujuan", values={"what": "terms", "term": "", "told": sum(plan.terms.values()), "found": float(objective)}))
    return out


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and value == value and abs(value) != float("inf")


def _broken_proof(why: object) -> Violation:
    return Violation("sertifikat", values={"what": "certificate", "why": str(why)})


def _verify_pairs(pairs: pd.DataFrame, capacity: Any, plan: Any) -> Verification:
    from mutasi_toolkit.assignment.audit.bound import BadCertificate
    from mutasi_toolkit.assignment.audit.given import given, proved

    data = given(pairs, capacity)
    chosen = list(zip(plan.assignment["person"].tolist(), plan.assignment["position"].tolist(), strict=True))
    out = []
    seen = pd.Series([p for p, _ in chosen], dtype=object).value_counts()
    wrong = [p for p in data.people if seen.get(p, 0) != 1] + [p for p in seen.index if p not in set(data.people)]
    if wrong:
        out.append(Violation("penempatan", people=tuple(wrong), values={"what": "once"}))
    strange = [pair for pair in chosen if pair not in data.cost]
    if strange:
        people, seats = zip(*strange, strict=True)
        out.append(Violation("penempatan", people, seats, {"what": "pair"}))
    good = [pair for pair in chosen if pair in data.cost]
    load: dict[Any, Fraction] = {}
    for pair in good:
        load[pair[1]] = load.get(pair[1], Fraction(0)) + data.weight[pair]
    for seat, total in load.items():
        limit = data.capacity.get(seat, Fraction(0))
        if limit is not None and total > limit:
            people = tuple(p for p, j in good if j == seat)
            out.append(Violation("kapasitas", people, (seat,), {"what": "capacity", "told": float(total), "limit": float(limit)}))
    objective = sum((data.cost[pair] for pair in good), Fraction(0))
    try:
        bound = proved(data, plan.certificate)
    except (BadCertificate, KeyError, TypeError) as why:
        out.append(_broken_proof(why))
        bound = None
    bound = None if bound is None else min(bound, objective) if not out else bound
    return Verification(tuple(out + _told(plan, objective, bound)), float(objective), None if bound is None else float(bound))


def _verify_groups(groups: Any, plan: Any) -> Verification:
    from mutasi_toolkit.assignment.audit import groups as audit

    out = [Violation(rule, people, seats, {"what": what, **values}) for rule, what, people, seats, values in audit.faults(groups, plan)]
    if any(v.rule == "penempatan" and v.values["what"] == "once" for v in out):
        return Verification(tuple(out), None, None)
    objective, bound = audit.objective(groups, plan), audit.bound(groups, plan.price, plan.cell_price)
    if objective != plan.objective:
        out.append(Violation("tujuan", values={"what": "objective", "told": plan.objective, "found": objective}))
    if bound is None:
        out.append(_broken_proof("prices"))
    elif plan.bound > bound:
        out.append(Violation("batas", values={"what": "bound", "told": plan.bound, "found": bound}))
    return Verification(tuple(out), float(objective), None if bound is None else float(bound))


def _verify_cycle(cycle: Cycle, plan: Any) -> Verification:
    from mutasi_toolkit.assignment.audit.bound import BadCertificate
    from mutasi_toolkit.assignment.audit.state import (
        amounts,
        check_state,
        decided,
        objective_of,
        relaxation_of,
    )
    from mutasi_toolkit.assignment.audit.tables import facts_of

    facts = facts_of(cycle)
    seats, out = _positions(facts, plan)
    if seats is None:
        return Verification(tuple(out), None, None)
    choice = decided(facts)
    out += [Violation(r, tuple(facts.people["id"].iloc[p]), tuple(facts.seats["id"].iloc[s]), v) for r, p, s, v in check_state(facts, seats, choice)]
    try:
        counted = amounts(facts, plan.certificate, choice)
        terms = objective_of(facts, counted, seats)
        relaxation, pair_of = relaxation_of(facts, counted)
        bound = Fraction(_proved(relaxation, plan.certificate, pair_of), 1000)
    except (BadCertificate, KeyError, TypeError, ValueError, AttributeError) as why:
        return Verification((*out, _broken_proof(why)), None, None)
    objective = Fraction(sum(terms.values()), 1000)
    for name in sorted(set(terms) | set(plan.terms)):
        if _differs(plan.terms.get(name, 0.0), Fraction(terms.get(name, 0), 1000)):
            out.append(Violation("tujuan", values={"what": "terms", "term": name, "told": plan.terms.get(name, 0.0), "found": terms.get(name, 0) / 1000}))
    return Verification(tuple(out + _told(plan, objective, bound)), float(objective), float(bound))


def _proved(relaxation: Any, certificate: dict[str, Any], pair_of: Any) -> int:
    from mutasi_toolkit.assignment.audit.bound import BadCertificate, proved

    if certificate.get("kind") != "linear" or certificate.get("per_unit") != 1000:
        raise BadCertificate("not a proof by duals of rows in thousandths of a point")
    return proved(relaxation, certificate, pair_of)


def _positions(facts: Facts, plan: Any) -> tuple[np.ndarray | None, list[Violation]]:
    """Seat of every person as a position, and what is wrong with the table."""
    frame = plan.assignment
    people, seats = pd.Index(facts.people["id"]), pd.Index(facts.seats["id"])
    who, where = people.get_indexer(frame["pegawai_id"]), seats.get_indexer(frame["jabatan_id"])
    times = np.bincount(who[who >= 0], minlength=len(people))
    wrong = [*people[times != 1], *frame.loc[(who < 0) | (where < 0), "pegawai_id"]]
    if wrong:
        return None, [Violation("penempatan", tuple(wrong), tuple(frame.loc[where < 0, "jabatan_id"]), {"what": "once"})]
    out = np.empty(len(people), dtype=np.int64)
    out[who] = where
    moved = {(people[p], seats[out[p]]) for p in np.flatnonzero(out != facts.own)}
    told = set(zip(plan.moves["pegawai_id"], plan.moves["jabatan_id"], strict=True))
    odd = sorted(moved ^ told)
    faults = [Violation("penempatan", tuple(p for p, _ in odd), tuple(s for _, s in odd), {"what": "moves"})] if odd else []
    return out, faults
