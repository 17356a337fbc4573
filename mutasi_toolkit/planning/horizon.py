"""Several rounds: planned one at a time, and planned together; what planning ahead is worth.

Minimise over rounds t = 1 .. T, in points::

    sum_t beban * sum_c |n_ct + f_c - K_ct|  +  sum_moves (pindah + gangguan d - (T - t + 1) kecocokan (JPM_new - JPM_own) / 100)

over x[p, j, t] in {0, 1} (person p moves to seat j in round t, or stays throughout), with

(1)  one choice per person: over the horizon nobody moves twice (R01 as the tenure clock of those who moved);
(2)  n_ct = people who sit in c after round t and have not left by then; n_ct <= max(open need, people who would be there if
     nobody moved): R13, R14;
(3)  moves of each round <= anggaran.pindah: R31;
(4)  sum_{c in o} |n_ct + f_c - K_ct| <= the same if nobody ever moved, for every OPD and round.

Pairs are those the rules allow at the date of the round, so clocks of tenure and age run; who retires or whose contract ends
(`workload.leavers`) is gone from then on; needs grow. Knowledge, sole holders, conflicts and experience are not in it.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit import rules, workload
from mutasi_toolkit.assignment.costs import arc_costs
from mutasi_toolkit.assignment.exact import half_up, whole
from mutasi_toolkit.assignment.model import FREE, Model, completed, entries_of, objective_of
from mutasi_toolkit.assignment.resolve import solve_edited
from mutasi_toolkit.assignment.segments import PER_POINT, load_segments
from mutasi_toolkit.assignment.tie import tie_weights

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


@dataclass(frozen=True, eq=False)
class Rounds:
    """Moves of several rounds.

    Attributes
    ----------
    moves : DataFrame
        putaran, pegawai_id, jabatan_id.
    by_round : DataFrame
        putaran, tanggal, mutasi, selisih (sum of |ada - kebutuhan| after the round), selisih_tanpa (if nobody ever moved).
    objective : float
        Points over all rounds.
    """

    moves: pd.DataFrame
    by_round: pd.DataFrame
    objective: float


@dataclass(frozen=True, eq=False)
class _Ahead:
    """The model of all rounds, and what its arcs and columns are."""

    model: Model
    seat: np.ndarray
    round: np.ndarray
    once: np.ndarray
    fit: np.ndarray
    column_round: np.ndarray
    dates: tuple[pd.Timestamp, ...]
    still: np.ndarray


def plan_rounds(cycle: Cycle, rounds: int = 3, months: int = 12, growth: float = 0.0, ahead: bool = True) -> Rounds:
    """Plan several rounds; the module's docstring holds the model.

    Parameters
    ----------
    cycle : Cycle
    rounds : int
        How many, the first on the cycle's date.
    months : int
        Between two rounds.
    growth : float
        Of every need per year, 0.02 for two percent.
    ahead : bool
        True: all rounds together, knowing who will leave and how needs grow. False: each round as it comes, for its own gap
        alone, the moves before it made. Where that leaves a later round without a plan that keeps (4), the guarantees of later
        rounds bind from the start.

    Returns
    -------
    Rounds
    """
    made = _model(cycle, rounds, months, growth)
    model = made.model
    if ahead:
        arcs, _ = solve_edited(model)
    else:
        arcs = _one_by_one(made, rounds, later=False)
        arcs = _one_by_one(made, rounds, later=True) if arcs is None else arcs
    assert arcs is not None
    return _result(cycle, made, arcs, rounds)


def _one_by_one(made: _Ahead, rounds: int, later: bool) -> np.ndarray | None:
    """Arcs when each round is planned for itself; `later`: the guarantees of later rounds bind already."""
    model, arcs = made.model, made.model.stay.copy()
    of_round = np.array([int(name.split("|")[-1]) if name.startswith("opd|") else -1 for name in model.names])
    for t in range(rounds):
        done = made.round[arcs] >= 0
        allowed = ((made.round == t) | (made.round < 0)) & ~done[model.person]
        allowed[arcs[done]] = True
        high = model.high if later else np.where(of_round > t, FREE, model.high)
        now = replace(model, cost=made.once + made.fit, extra_cost=np.where(made.column_round == t, model.extra_cost, 0), high=high)
        found, _ = solve_edited(now, allowed)
        if found is None:
            return None
        arcs = found
    return arcs


def worth_of_planning(cycle: Cycle, rounds: int = 3, months: int = 12, growth: float = 0.0) -> pd.Series:
    """What planning ahead is worth: bertahap (points when each round is planned as it comes), bersama (all together), nilai (the difference).

    Never below 0: rounds planned one by one are one of the choices of planning together.
    """
    one, all_ = (plan_rounds(cycle, rounds, months, growth, ahead).objective for ahead in (False, True))
    return pd.Series({"bertahap": one, "bersama": all_, "nilai": round(one - all_, 9)})


def _model(cycle: Cycle, rounds: int, months: int, growth: float) -> _Ahead:
    limits, n = rules.limits(cycle), len(cycle.jabatan)
    own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(cycle.pegawai["jabatan_id"])
    full = (cycle.pegawai["status"] != "PPPK paruh waktu").to_numpy()
    out = workload.leavers(cycle)["keluar"].reindex(cycle.pegawai["pegawai_id"])
    dates = tuple(cycle.date + pd.DateOffset(months=months * t) for t in range(rounds))
    exact = workload.need(cycle)["kebutuhan"].to_numpy(dtype=float)
    there = np.array([(out.isna() | (out > d)).to_numpy() if t else np.ones(len(own), dtype=bool) for t, d in enumerate(dates)])
    still = np.array([np.bincount(own[here & full], minlength=n) for here in there])
    need = np.array([limits.need if t == 0 else half_up(exact * (1 + growth) ** (months * t / 12)) for t in range(rounds)])
    room = np.maximum(np.floor(need + _over(cycle) - limits.fixed + 1e-9).astype(np.int64), 0)
    capacity = np.maximum(room, still)
    person, seat, when, once, fit = _arcs(cycle, own, full, there, room, still, dates)
    row_arc, row, ones = _presence(person, seat, when, own, full, there, n)
    segments, at_zero, dev_zero = load_segments(need.ravel(), np.tile(limits.fixed, rounds), capacity.ravel(), cycle.settings.bobot.beban)
    unit, n_opd = whole(np.tile(limits.fixed, rounds)).per_unit, len(limits.opd_ids)
    f = np.rint(np.tile(limits.fixed, rounds) * unit).astype(np.int64)
    now = np.abs(still.ravel() * unit + f - need.ravel() * unit)
    opd = np.concatenate([limits.opd + t * n_opd for t in range(rounds)])
    high = np.bincount(opd, weights=now - dev_zero, minlength=n_opd * rounds).astype(np.int64)
    first_opd, first_budget = n * rounds, n * rounds + n_opd * rounds
    budget = FREE if limits.budget is None else int(limits.budget)
    moves = np.flatnonzero(when >= 0)
    m = len(segments.bank)
    entries = entries_of(np.concatenate([row_arc, moves]), np.concatenate([row, first_budget + when[moves]]), np.concatenate([ones, np.ones(len(moves), dtype=np.int64)]), len(person))
    extras = entries_of(np.tile(np.arange(m), 2), np.concatenate([segments.bank, first_opd + opd[segments.bank]]), np.concatenate([np.full(m, -1), segments.deviation]), m)
    zero = np.zeros(n * rounds, dtype=np.int64)
    low = np.concatenate([zero, np.full(n_opd * rounds + rounds, -FREE)])
    stay = np.flatnonzero(when < 0)
    last = np.where(when >= 0, rounds - when, 0)
    model = Model(
        person=person, start=np.searchsorted(person, np.arange(len(own) + 1)).astype(np.int64), cost=once + fit * last, stay=stay, arcs=entries,
        extra_cost=segments.cost, extra_upper=segments.upper.astype(np.int64), bank=segments.bank.astype(np.int64), extras=extras, low=low,
        high=np.concatenate([zero, high, np.full(rounds, budget)]), names=tuple(_names(cycle, limits, rounds)), constant=int(at_zero.sum()),
        tie=tie_weights(pd.Index(cycle.pegawai["pegawai_id"])[person], pd.Index(cycle.jabatan["jabatan_id"])[seat]), hint=np.zeros(len(low), dtype=np.int64),
    )  # fmt: skip
    return _Ahead(model, seat, when, once, fit, segments.bank // n, dates, now.reshape(rounds, n).sum(axis=1) / unit)


def _over(cycle: Cycle) -> float:
    """People that a seat class may hold beyond its need (R14)."""
    return float(next(r for r in rules.load(cycle) if r.id == "R14").parameters["kelebihan_boleh"])


def _names(cycle: Cycle, limits: Any, rounds: int) -> list[str]:
    seats = [f"isi|{j}|{t}" for t in range(rounds) for j in cycle.jabatan["jabatan_id"]]
    return seats + [f"opd|{o}|{t}" for t in range(rounds) for o in limits.opd_ids] + [f"anggaran|pindah|{t}" for t in range(rounds)]


def _arcs(cycle: Cycle, own: np.ndarray, full: np.ndarray, there: np.ndarray, room: np.ndarray, still: np.ndarray, dates: tuple[pd.Timestamp, ...]) -> tuple[np.ndarray, ...]:
    """Person, seat, round (-1: stays), cost once, and fit per round of every arc, by person."""
    parts = [(np.arange(len(own)), own, np.full(len(own), -1), np.zeros((2, len(own)), dtype=np.int64))]
    for t, day in enumerate(dates):
        then = cycle.with_settings(tanggal=day.date().isoformat())
        pairs = rules.allowed(then)
        p, s = pairs.person.astype(np.int64), pairs.seat.astype(np.int64)
        keep = (own[p] != s) & full[p] & there[t][p] & (room[t][s] > 0) & (still[t][s] <= room[t][s])
        p, s = p[keep], s[keep]
        terms = {k: half_up(v * PER_POINT) for k, v in arc_costs(then, p, s, np.ones(len(p), dtype=bool), cycle.settings.bobot).items()}
        parts.append((p, s, np.full(len(p), t), np.array([terms["gangguan"] + terms["pindah"], terms["kecocokan"]], dtype=np.int64)))
    person, seat, when = (np.concatenate([part[k] for part in parts]) for k in range(3))
    cost = np.concatenate([part[3] for part in parts], axis=1)
    order = np.lexsort((seat, when, person))
    return person[order].astype(np.int64), seat[order].astype(np.int64), when[order], cost[0][order], cost[1][order]


def _presence(person: np.ndarray, seat: np.ndarray, when: np.ndarray, own: np.ndarray, full: np.ndarray, there: np.ndarray, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """In which row (round x seat class) each arc counts its person."""
    arcs, rows = [], []
    for t in range(len(there)):
        counted = np.flatnonzero(full[person] & there[t][person])
        sits = np.where((when[counted] >= 0) & (when[counted] <= t), seat[counted], own[person[counted]])
        arcs.append(counted)
        rows.append(t * n + sits)
    arc = np.concatenate(arcs)
    return arc, np.concatenate(rows), np.ones(len(arc), dtype=np.int64)


def _result(cycle: Cycle, made: _Ahead, arcs: np.ndarray, rounds: int) -> Rounds:
    moved = arcs[made.round[arcs] >= 0]
    people, seats = cycle.pegawai["pegawai_id"].to_numpy(), cycle.jabatan["jabatan_id"].to_numpy()
    moves = pd.DataFrame({"putaran": made.round[moved] + 1, "pegawai_id": people[made.model.person[moved]], "jabatan_id": seats[made.seat[moved]]})
    extras = completed(made.model, arcs)
    gaps = _gaps(made, extras, rounds)
    table = pd.DataFrame(
        {
            "putaran": np.arange(rounds) + 1, "tanggal": [d.date().isoformat() for d in made.dates],
            "mutasi": np.bincount(made.round[moved], minlength=rounds), "selisih": gaps, "selisih_tanpa": made.still,
        }
    )  # fmt: skip
    objective = objective_of(made.model, arcs, extras) / PER_POINT
    return Rounds(moves.sort_values(["putaran", "pegawai_id"], ignore_index=True), table, objective)


def _gaps(made: _Ahead, extras: np.ndarray, rounds: int) -> np.ndarray:
    """Sum of |ada - kebutuhan| after each round, from the deviations of the filled segments."""
    model = made.model
    rows = [np.array([k for k, name in enumerate(model.names) if name.startswith("opd|") and name.endswith(f"|{t}")]) for t in range(rounds)]
    filled = model.extras.into(extras, len(model.low))
    unit = int(np.abs(model.extras.value).max(initial=1))
    base = np.array([made.still[t] - model.high[r].sum() / unit for t, r in enumerate(rows)])
    return np.array([base[t] + filled[r].sum() / unit for t, r in enumerate(rows)])
