"""What each binding rule costs: the limit loosened, the problem solved again, and the difference in plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import Answered, Session, session, with_high
from mutasi_toolkit.assignment.model import FREE, Model
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.words import points, signed
from mutasi_toolkit.locale import text

#: Kinds of rows whose limits an office can move.
LOOSE = ("anggaran", "opd", "pemegang", "konflik", "isi_min", "pengalaman", "kelompok", "capacity")
#: By how much a budget is raised for its average, so that one move's chance does not decide.
STEP = 10
#: Savings and vacancies below this are shown as none.
LEAST_SAVED = 0.005


def prices(problem: Problem, plan: Plan, most: int = 8) -> pd.DataFrame:
    """Shadow prices of the rules that bind, checked by solving again.

    `harga` is the dual value: points that the objective would fall by per unit of the limit, at the margin. `hemat` is exact: the
    fall per unit when the limit is loosened by `langkah` units (10 for budgets, 1 for the others) and the problem solved again.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        What `solve` gave for it.
    most : int
        Rules looked at, those of the greatest price first.

    Returns
    -------
    DataFrame
        aturan (name of the row), jenis, batas, harga, langkah, hemat, and, for problems of a cycle, kekurangan (vacancies closed
        per unit, in all), opd_id and kekurangan_opd (the OPD where most are closed).
    """
    asked = session(problem, plan)
    rows = [_priced(asked, int(r)) for r in _binding(asked)[:most]]
    return pd.DataFrame(rows, columns=["aturan", "jenis", "batas", "harga", "langkah", "hemat", "kekurangan", "opd_id", "kekurangan_opd"])


def _binding(asked: Session) -> np.ndarray:
    """Rows with a price, greatest first."""
    kinds = np.array([n.split("|")[0] in LOOSE for n in asked.model.names])
    price = np.abs(asked.duals) * kinds
    order = np.lexsort((np.array(asked.model.names), -price))
    return order[price[order] > 0]


def _priced(asked: Session, row: int) -> tuple[Any, ...]:
    problem, model = asked.problem, asked.model
    name = model.names[row]
    kind = name.split("|")[0]
    upper = model.high[row] < FREE and asked.duals[row] <= 0
    unit = _unit(asked, row) if kind == "opd" else problem.weight_unit
    step = STEP if kind == "anggaran" else 1
    looser = with_high(model, row, step * unit) if upper else _with_low(asked, row, step)
    answer = asked.best(looser)
    assert answer is not None
    limit = int(model.high[row] if upper else model.low[row])
    saved = -answer.over(asked.base, problem.per_unit) / step + 0.0
    price = abs(int(asked.duals[row])) * unit / model.scale / problem.per_unit
    total, opd, there = _closed(asked, answer)
    return name, kind, limit / unit, price, step, saved, total / step, opd, there / step


def _with_low(asked: Session, row: int, step: int) -> Model:
    low = asked.model.low.copy()
    low[row] -= step
    return replace(asked.model, low=low)


def _unit(asked: Session, row: int) -> int:
    """Units of a row on deviations in one person."""
    values = np.abs(asked.model.extras.value[asked.model.extras.row == row])
    return int(values.max(initial=1))


def _closed(asked: Session, answer: Answered) -> tuple[float, str, float]:
    """Vacancies that an answer closes: in all, and the OPD with most of them."""
    cycle = asked.problem.cycle
    if cycle is None:
        return np.nan, "", np.nan
    from mutasi_toolkit import rules

    limits = rules.limits(cycle)
    full = (cycle.pegawai["status"] != "PPPK paruh waktu").to_numpy()
    short = []
    for arcs in (asked.arcs, answer.arcs):
        there = np.bincount(asked.problem.seat[arcs[full[asked.model.person[arcs]]]], minlength=len(limits.need))
        gap = np.maximum(limits.need - limits.fixed - there, 0.0)
        short.append(np.bincount(limits.opd, weights=gap, minlength=len(limits.opd_ids)))
    less = short[0] - short[1]
    best = int(np.argmax(less))
    return float(less.sum()), str(limits.opd_ids[best]) if less[best] > 0 else "", float(max(less[best], 0.0))


def price_sentences(problem: Problem, table: pd.DataFrame, language: str = "id") -> list[str]:
    """The prices in plain words, one sentence per rule whose loosening saves anything.

    Special cases: where no rule does, the one sentence says so. A rule can have a price at the margin and save nothing when it is
    loosened by a whole unit, for people are not divided; such a rule has a row in the table and no sentence.

    Parameters
    ----------
    problem : Problem
    table : DataFrame
        What `prices` gave.
    language : str
    """
    from mutasi_toolkit.assignment.words_diagnose import item_words

    out = []
    for row in table.itertuples():
        names = {} if problem.cycle is None else dict(problem.cycle.unit_name)
        if row.hemat < LEAST_SAVED:
            continue
        if row.aturan == "anggaran|pindah":
            closes = row.opd_id and row.kekurangan >= LEAST_SAVED
            out.append(
                text(
                    "what_if.price_budget" if closes else "what_if.price_budget_only", language, hemat=points(row.hemat, language), kekurangan=points(row.kekurangan, language),
                    di=points(row.kekurangan_opd, language), opd=names.get(row.opd_id, row.opd_id), langkah=row.langkah,
                )
            )  # fmt: skip
            continue
        parts = row.aturan.split("|")
        item = _Said(row.aturan, row.jenis, row.batas, tuple(parts[1:3]) if row.jenis == "konflik" else (), tuple(parts[1:]) if row.jenis == "capacity" else ())
        out.append(text("what_if.price_other", language, aturan=item_words(item, problem.cycle, language), hemat=signed(row.hemat, language).lstrip("+")))
    return out or [text("what_if.price_none", language)]


class _Said:
    """A rule as `words_diagnose.item_words` reads it."""

    rule_id = ""

    def __init__(self, name: str, kind: str, limit: float, people: tuple[Any, ...], seats: tuple[Any, ...]) -> None:
        self.aturan, self.jenis, self.batas, self.pegawai, self.jabatan = name, kind, limit, people, seats

