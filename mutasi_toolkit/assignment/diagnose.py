"""Why there is no plan: the fewest rules that cannot hold together, and the cheapest way out."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import find_arcs
from mutasi_toolkit.assignment.elastic import Elastic, Item, elastic, smallest_conflict
from mutasi_toolkit.assignment.problem import Problem

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Rule behind each kind of row; '' where it is a guarantee or a decision of the office.
RULE_OF = {"anggaran": "R31", "isi": "R14", "pemegang": "R33", "konflik": "R17", "isi_min": "R15"}


@dataclass(frozen=True, eq=False)
class Diagnosis:
    """Why a problem has no plan.

    Attributes
    ----------
    feasible : bool
        Whether it has one after all.
    conflict : DataFrame
        aturan (name of the row), jenis, rule_id, batas, pegawai, jabatan (tuples of codes): rules that cannot hold
        together; take any one away and the rest can.
    smallest : bool
        Whether no conflict of fewer rules exists.
    relaxations : DataFrame
        aturan, jenis, rule_id, batas, longgar (by how much), pegawai, jabatan: what to loosen so that a plan exists, at the least price.
    """

    feasible: bool
    conflict: pd.DataFrame
    smallest: bool
    relaxations: pd.DataFrame
    cycle: Cycle | None = field(default=None, repr=False)

    def text(self, language: str = "id") -> str:
        """The diagnosis in plain words."""
        from mutasi_toolkit.assignment.words_diagnose import diagnosis_text

        return diagnosis_text(self, language)

    def _repr_html_(self) -> str:
        return "<br>".join(self.text().splitlines())


def diagnose(problem: Problem, prices: dict[str, float] | None = None) -> Diagnosis:
    """The smallest conflicting set of rules of a problem, and the cheapest relaxations that make a plan.

    The relaxations minimise ``sum price x amount`` (`elastic.PRICES`, in points of trouble by kind of rule) by a mixed integer
    program; the conflict is found from them, see `elastic.smallest_conflict`. Rules: capacities of seats, budgets, guarantees,
    conflicts, shares of groups, decisions on people; for `Problem.from_pairs` capacities, and that each person gets a place.
    Pair rules are not among them: a pair they block is not there (`explain` tells which).

    Special cases: a problem that has a plan gives `feasible` True and empty tables.

    Parameters
    ----------
    problem : Problem
    prices : dict of str to float, optional
        Price of breaking a kind of rule by one, in place of the default.

    Returns
    -------
    Diagnosis

    Examples
    --------
    >>> pairs = pd.DataFrame({"person": ["a", "b", "c"], "position": ["x", "x", "y"], "cost": [1, 1, 1]})
    >>> found = diagnose(Problem.from_pairs(pairs, {"x": 1, "y": 1}))
    >>> found.conflict["aturan"].tolist(), found.relaxations[["aturan", "longgar"]].values.tolist()
    (['capacity|x', 'orang|a', 'orang|b'], [['capacity|x', 1.0]])
    """
    program = _program(problem, prices)
    first = program.solve(set())
    if first is None:
        raise AssertionError("the elastic program always has a solution")
    if not first:
        return Diagnosis(True, _table(program, {}, problem.cycle), True, _table(program, {}, problem.cycle), problem.cycle)
    conflict, smallest = smallest_conflict(program, first)
    return Diagnosis(False, _table(program, dict.fromkeys(conflict, 0.0), problem.cycle), smallest, _table(program, first, problem.cycle), problem.cycle)


def _program(problem: Problem, prices: dict[str, float] | None) -> Elastic:
    """The elastic program; decisions on people become rules of their own, over the problem without them."""
    from mutasi_toolkit import rules
    from mutasi_toolkit.assignment.build import problem_of_cycle

    if problem.cycle is None or not len(rules.decisions(problem.cycle).forced):
        return elastic(problem, prices=prices)
    sent = rules.decisions(problem.cycle).forced
    forced = [(str(problem.people[p]), str(problem.seats[s])) for p, s in sent]
    free = problem_of_cycle(_undecided(problem.cycle, {p for p, _ in forced}), also=sent)
    arcs = find_arcs(free, sent[:, 0], sent[:, 1])
    added = [
        (Item(f"keputusan|{p}|{s}", "keputusan", (p,), (s,), np.nan), np.array([a]))
        for (p, s), a in zip(forced, arcs, strict=True)
    ]
    return elastic(free, added, prices)


def _undecided(cycle: Cycle, people: set[str]) -> Cycle:
    """The cycle without the decisions on some people."""
    return replace(cycle, keputusan=cycle.keputusan[~cycle.keputusan["pegawai_id"].isin(people)].reset_index(drop=True))


def _table(program: Elastic, found: dict[int, float], cycle: Cycle | None) -> pd.DataFrame:
    rows: list[tuple[Any, ...]] = []
    for k in sorted(found, key=lambda k: program.items[k].name):
        item = program.items[k]
        limit = item.limit / item.per_unit
        rows.append((item.name, item.kind, RULE_OF.get(item.kind, ""), limit, round(found[k], 6), _people(item, cycle), item.seats))
    return pd.DataFrame(rows, columns=["aturan", "jenis", "rule_id", "batas", "longgar", "pegawai", "jabatan"])


def _people(item: Item, cycle: Cycle | None) -> tuple[Any, ...]:
    """The people an item names; of a full seat class those who sit in it, of a skill those who hold it there."""
    if cycle is None or item.kind not in {"isi", "pemegang"}:
        return item.people
    if item.kind == "pemegang":
        return _holders(cycle, *item.name.split("|")[1:3])
    from mutasi_toolkit import rules

    sent = rules.decisions(cycle).forced
    seat = pd.Index(cycle.jabatan["jabatan_id"]).get_loc(item.seats[0])
    coming = cycle.pegawai["pegawai_id"].iloc[sent[sent[:, 1] == seat, 0]]
    there = cycle.pegawai.loc[cycle.pegawai["jabatan_id"] == item.seats[0], "pegawai_id"]
    return tuple(sorted({*there, *coming}))


def _holders(cycle: Cycle, opd: str, skill: str) -> tuple[Any, ...]:
    """People of an OPD who hold a skill."""
    from mutasi_toolkit import skills

    held, people, names = skills.holders(cycle)
    there = cycle.pegawai["jabatan_id"].map(cycle.seat["opd_id"]).to_numpy() == opd
    mine = held[:, [names.get_loc(skill)]].toarray().ravel().astype(bool)
    return tuple(sorted(people[mine & there]))
