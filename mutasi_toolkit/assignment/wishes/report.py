"""What a round leaves: wishes met, rights kept, envy, and what it costs the office."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import arcs_of_plan, find_arcs
from mutasi_toolkit.assignment.model import completed, faults_of, objective_of
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.wishes.market import UNASKED, Market
from mutasi_toolkit.assignment.wishes.mechanisms import (
    block_exchange,
    deferred_acceptance,
    guaranteed,
    individually_rational,
)

#: Where a broken row of the problem is counted in `compare`.
KINDS = {"opd": "opd_memburuk", "pemegang": "pemegang_hilang", "isi_min": "kurang_isi", "pengalaman": "kurang_isi", "konflik": "konflik", "anggaran": "anggaran"}


def fairness(market: Market, seats: np.ndarray) -> pd.Series:
    """How a choice of seats treats the people.

    Parameters
    ----------
    market : Market
    seats : ndarray of int, shape (n_people,)

    Returns
    -------
    Series
        pindah (people who move), harapan_terpenuhi (people who get a wish), harapan_pertama (their best one), dirugikan (people
        moved to a place they did not ask for), iri (pairs: a person prefers the seat of a newcomer of lower priority), terbuang
        (people who prefer a seat with a free place). 0 of the last two is stability.
    """
    moved = seats != market.own
    ranks = np.array([market.rank(p, int(s)) for p, s in enumerate(seats)])
    free = market.room - np.bincount(seats, minlength=len(market.room)) > 0
    worst = np.full(len(market.room), -1, dtype=np.int64)
    np.maximum.at(worst, seats[moved], market.priority[moved])
    newcomers: dict[int, np.ndarray] = {int(s): np.sort(market.priority[moved & (seats == s)]) for s in np.unique(seats[moved])}
    envy, wasted = 0, 0
    for p in range(market.n_people):
        better = market.wishes[p][: min(int(ranks[p]), len(market.wishes[p]))]
        wasted += bool(free[better].any())
        envy += sum(int((newcomers[int(s)] > market.priority[p]).sum()) for s in better if int(s) in newcomers)
    return pd.Series(
        {
            "pindah": int(moved.sum()),
            "harapan_terpenuhi": int((moved & (ranks < UNASKED)).sum()),
            "harapan_pertama": int((moved & (ranks == 0)).sum()),
            "dirugikan": int((moved & (ranks == UNASKED)).sum()),
            "iri": envy,
            "terbuang": int(wasted),
        }
    )


def compare(problem: Problem, market: Market, plan: Plan) -> pd.DataFrame:
    """The planned round beside rounds run on wishes.

    Parameters
    ----------
    problem : Problem
    market : Market
        Of that problem.
    plan : Plan
        What `solve` gave for it.

    Returns
    -------
    DataFrame
        Index: rencana (planned), rasional (planned, nobody moved against their wish), penerimaan_tertunda (deferred acceptance),
        tukar_blok (block exchange), then both within the guarantees (`guaranteed`): penerimaan_dijamin, tukar_dijamin. The columns of
        `fairness`, then nilai_tujuan (points; what the office minimises) and melanggar (rows of the problem that the round
        breaks; 0 for planned and guaranteed ones), of which opd_memburuk (OPDs that end worse), pemegang_hilang (skills that an OPD
        loses), kurang_isi (OPDs below isi_min or pengalaman_min), konflik, anggaran.
    """
    rational = individually_rational(problem, market, plan)
    deferred = deferred_acceptance(market)
    rounds = {
        "rencana": problem.seat[arcs_of_plan(problem, plan)],
        "rasional": problem.seat[arcs_of_plan(problem, rational)],
        "penerimaan_tertunda": deferred,
        "tukar_blok": block_exchange(market, deferred),
        "penerimaan_dijamin": guaranteed(problem, market),
        "tukar_dijamin": guaranteed(problem, market, block_exchange),
    }
    return pd.DataFrame({name: pd.concat([fairness(market, seats), _judged(problem, seats)]) for name, seats in rounds.items()}).T


def _judged(problem: Problem, seats: np.ndarray) -> pd.Series:
    arcs = find_arcs(problem, np.arange(len(problem.people)), seats)
    extras = completed(problem.model, arcs)
    cost = objective_of(problem.model, arcs, extras) / problem.per_unit
    broken = faults_of(problem.model, arcs, extras)
    kind = pd.Series([KINDS.get(problem.model.names[r].split("|")[0], "") for r in broken], dtype=object).value_counts()
    names = list(dict.fromkeys(KINDS.values()))
    return pd.Series({"nilai_tujuan": cost, "melanggar": len(broken), **{name: int(kind.get(name, 0)) for name in names}})
