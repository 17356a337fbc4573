"""The transfer problem of a cycle as arrays: arcs from the rules, rows from the guarantees, costs from the weights.

Minimise, in points::

    beban * sum_c |n_c + f_c - K_c|  -  kecocokan * sum_moves (JPM_new - JPM_own) / 100
    - pengetahuan * sum_{o,s} (G_os(h_os) - G_os(h0_os))  +  gangguan * sum_moves d  +  pindah * moves

over x[p, j] in {0, 1} for allowed pairs, with

(1)  sum_j x[p, j] = 1 for every person;
(2)  n_c = sum_p x[p, c] <= max(K_c - f_c, n_c today): R14; a seat class that has no open need takes nobody in: R13;
(3)  moves <= anggaran.pindah; moves out of and into each OPD <= keluar_per_opd, masuk_per_opd: R31;
(4)  sum_{c in o} |n_c + f_c - K_c| <= its value today, for every OPD o;
(5)  an OPD that has holders of a skill keeps at least one: R33;
(6)  a pair in conflict shares no unit, nor does one lead a unit above the other's: R17;
(7)  an OPD keeps isi_min of its need filled, where it is today: R15;
(8)  an OPD keeps pengalaman_min of its people with five years or more in their unit;
(9)  h_os = holders of skill s in OPD o after the moves; G_os(h) = sum of the marginal gains of 0 .. h - 1 holders.

n_c is filled segment by segment (at most three, since the cost is convex), h_os likewise (gains do not increase), so
both are linear in continuous columns that are whole in every best plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.costs import arc_costs
from mutasi_toolkit.assignment.exact import half_up, whole
from mutasi_toolkit.assignment.model import FREE, Model, entries_of
from mutasi_toolkit.assignment.problem import Problem, Terms
from mutasi_toolkit.assignment.rows import (
    Rows,
    conflict_rows,
    experience_rows,
    filled_rows,
    holder_rows,
    move_rows,
)
from mutasi_toolkit.assignment.tie import tie_weights

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.rules import Pairs

#: Units of the model in one point.
PER_POINT = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Allowed pairs that a plan may use, as positions into cycle.pegawai and cycle.jabatan."""

    person: np.ndarray
    seat: np.ndarray
    own: np.ndarray
    is_move: np.ndarray


def arcs_of(cycle: Cycle, limits: object, pairs: Pairs | None = None) -> Arcs:
    """Arcs: the rules' allowed pairs, less those no plan can use, under the decisions already taken.

    A seat class whose people exceed its open need takes nobody in, so arcs into it go (R13).
    """
    from mutasi_toolkit import rules

    pairs = rules.allowed(cycle) if pairs is None else pairs
    person, seat = pairs.person.astype(np.int64), pairs.seat.astype(np.int64)
    own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(cycle.pegawai["jabatan_id"])
    decided = rules.decisions(cycle)
    n_seats = len(cycle.jabatan)
    takes = (limits.open > 0) & (limits.present <= limits.open)  # type: ignore[attr-defined]
    part_time = (cycle.pegawai["status"] == "PPPK paruh waktu").to_numpy()
    stays = np.isin(person, decided.stay) | part_time[person]
    keep = (own[person] == seat) | (takes[seat] & ~stays)
    keep &= ~np.isin(person * n_seats + seat, decided.forbidden @ np.array([n_seats, 1]))
    target = np.full(len(own), -1)
    target[decided.forced[:, 0]] = decided.forced[:, 1]
    keep &= (target[person] < 0) | (target[person] == seat)
    person, seat = person[keep], seat[keep]
    missing = decided.forced[~np.isin(decided.forced[:, 0], person)]
    person, seat = np.concatenate([person, missing[:, 0]]), np.concatenate([seat, missing[:, 1]])
    order = np.lexsort((seat, person))
    person, seat = person[order], seat[order]
    return Arcs(person, seat, own, own[person] != seat)


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Auxiliary columns: the row each fills, its upper limit, its cost, and its share of |ada - kebutuhan|."""

    bank: np.ndarray
    upper: np.ndarray
    cost: np.ndarray
    deviation: np.ndarray


def load_segments(need: np.ndarray, fixed: np.ndarray, capacity: np.ndarray, weight: float) -> tuple[Segments, np.ndarray, np.ndarray]:
    """Segments of |n + f - K| per seat class: up to the need, the fraction across it, beyond.

    Returns
    -------
    segments : Segments
        `deviation` in units of one over `whole(fixed).per_unit`.
    at_zero : ndarray of int64
        The cost of n = 0.
    deviation_at_zero : ndarray of int64
    """
    unit = whole(fixed).per_unit
    f = np.rint(fixed * unit).astype(np.int64)
    k = need.astype(np.int64) * unit
    below = np.clip((k - f) // unit, 0, capacity)
    across = np.minimum(1, capacity - below)
    beyond = capacity - below - across
    here = np.abs(below * unit + f - k)
    step = np.abs((below + 1) * unit + f - k) - here
    bank = np.repeat(np.arange(len(need)), 3)
    upper = np.column_stack([below, across, beyond]).ravel()
    marginal = np.column_stack([np.full(len(need), -unit), step, np.full(len(need), unit)]).ravel()
    used = upper > 0
    points = half_up(marginal * (weight * PER_POINT / unit))
    zero = np.abs(f - k)
    return Segments(bank[used], upper[used], points[used], marginal[used]), half_up(zero * (weight * PER_POINT / unit)), zero


def knowledge_segments(changes: pd.DataFrame, today: pd.Series, gains: pd.DataFrame, weight: float) -> tuple[pd.DataFrame, pd.Series]:
    """Segments of -G(h) for every OPD and skill that a move can change.

    Parameters
    ----------
    changes : DataFrame
        Index (opd, skill); `most`: how many holders could come at most.
    today : Series
        Holders today by (opd, skill).
    gains : DataFrame
        Index (opd, skill, n_holders) with `gain`.
    weight : float

    Returns
    -------
    segments : DataFrame
        opd, skill, upper, cost; in filling order, costs not decreasing.
    value_today : Series
        G(h0) in model units by (opd, skill).
    """
    rows, value = [], {}
    table = {key: group["gain"].to_numpy(dtype=float) for key, group in gains.groupby(level=[0, 1])}
    for key, most in changes["most"].items():
        gain = table.get(key)
        if gain is None:
            continue
        cost = -half_up(np.minimum.accumulate(np.maximum(gain, 0.0)) * weight * PER_POINT)
        h0 = int(today.get(key, 0))
        top = h0 + int(most)
        steps = np.concatenate([cost, np.full(max(0, top - len(cost)), cost[-1])])[:top]
        value[key] = -int(steps[:h0].sum())
        level = np.concatenate([[True], steps[1:] != steps[:-1]])
        at = np.flatnonzero(level)
        for a, b in zip(at, [*at[1:], len(steps)], strict=True):
            rows.append((*key, int(b - a), int(steps[a])))
    return pd.DataFrame(rows, columns=["opd", "skill", "upper", "cost"]), pd.Series(value, dtype="int64")


def problem_of_cycle(cycle: Cycle, gains: pd.DataFrame | None = None, pairs: Pairs | None = None) -> Problem:
    """Build the transfer problem of a cycle; the module's docstring holds the model.

    Parameters
    ----------
    cycle : Cycle
    gains : DataFrame, optional
        opd_id, keahlian, n_holders, gain: what one more holder is worth (`spread.marginal_gains`).
        Without it knowledge has no value in the objective; the guarantee (5) holds all the same.
    pairs : Pairs, optional
        What `rules.allowed` gave for the same tables, dates and permits: weights, budgets, guarantees,
        decisions and demand do not change it, so it is reused when only those change.

    Returns
    -------
    Problem
    """
    from mutasi_toolkit import rules

    limits = rules.limits(cycle)
    arcs = arcs_of(cycle, limits, pairs)
    weights = cycle.settings.bobot
    n_seats, n_arcs = len(cycle.jabatan), len(arcs.person)
    full_time = (cycle.pegawai["status"] != "PPPK paruh waktu").to_numpy()
    terms = {name: half_up(values * PER_POINT) for name, values in arc_costs(cycle, arcs.person, arcs.seat, arcs.is_move, weights).items()}
    rows = Rows()
    capacity = np.where(limits.present <= limits.open, limits.open, limits.present)
    loads, load_zero, deviation_zero = load_segments(limits.need, limits.fixed, capacity, weights.beban)
    counted = full_time[arcs.person]
    fill = rows.add_many([f"isi|{j}" for j in cycle.jabatan["jabatan_id"]], np.zeros(n_seats, dtype=np.int64), np.zeros(n_seats, dtype=np.int64))
    rows.put(np.flatnonzero(counted), fill + arcs.seat[counted], np.ones(int(counted.sum()), dtype=np.int64))  # (2)
    move_rows(rows, cycle, arcs, limits)  # (3)
    extra_rows = _deviation_rows(rows, cycle, limits, loads, deviation_zero)  # (4)
    changes = holder_rows(rows, cycle, arcs, limits)  # (5)
    conflict_rows(rows, cycle, arcs, limits)  # (6)
    filled_rows(rows, cycle, arcs, limits)  # (7)
    experience_rows(rows, cycle, arcs, limits)  # (8)
    bank, upper, load_cost = fill + loads.bank, loads.upper, loads.cost
    knowledge_cost, known = np.zeros(0, dtype=np.int64), 0
    if gains is not None and weights.pengetahuan > 0 and len(changes.summary):
        table = gains.set_index(["opd_id", "keahlian", "n_holders"]).sort_index()
        segments, today = knowledge_segments(changes.summary, changes.today, table, weights.pengetahuan)
        at = _knowledge_rows(rows, changes, segments)  # (9)
        bank, upper, knowledge_cost, known = np.concatenate([bank, at]), np.concatenate([upper, segments["upper"]]), segments["cost"].to_numpy(), int(today.sum())
    extra_cost = np.concatenate([load_cost, knowledge_cost]).astype(np.int64)
    n_extras = len(extra_cost)
    column = np.concatenate([np.arange(n_extras), extra_rows[0]])
    row = np.concatenate([bank, extra_rows[1]])
    value = np.concatenate([np.full(n_extras, -1), extra_rows[2]])
    people, seats = pd.Index(cycle.pegawai["pegawai_id"]), pd.Index(cycle.jabatan["jabatan_id"])
    start = np.searchsorted(arcs.person, np.arange(len(people) + 1)).astype(np.int64)
    stay = np.full(len(people), -1, dtype=np.int64)
    stay[arcs.person[~arcs.is_move]] = np.flatnonzero(~arcs.is_move)
    low, high = rows.limits()
    zeros = np.zeros(len(load_cost), dtype=np.int64)
    model = Model(
        person=arcs.person, start=start, cost=np.sum(list(terms.values()), axis=0).astype(np.int64), stay=stay, arcs=rows.entries(n_arcs),
        extra_cost=extra_cost, extra_upper=upper.astype(np.int64), bank=bank.astype(np.int64), extras=entries_of(column, row, value, n_extras),
        low=low, high=high, names=tuple(rows.names), constant=int(load_zero.sum()) + known,
        tie=tie_weights(people[arcs.person], seats[arcs.seat]), hint=np.zeros(len(low), dtype=np.int64),
    )  # fmt: skip
    extras = {"beban": np.concatenate([load_cost, 0 * knowledge_cost]), "pengetahuan": np.concatenate([zeros, knowledge_cost])}
    made = Terms(arcs=terms, extras=extras, constant={"beban": int(load_zero.sum()), "pengetahuan": known})
    return Problem(model, people, seats, arcs.seat, made, PER_POINT, cycle=cycle)


def _deviation_rows(rows: Rows, cycle: Cycle, limits: object, loads: Segments, at_zero: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (4) on the load segments: the OPD's sum of |ada - kebutuhan| does not grow."""
    if not cycle.settings.jaminan.opd_tidak_memburuk:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    unit = whole(limits.fixed).per_unit  # type: ignore[attr-defined]
    f = np.rint(limits.fixed * unit).astype(np.int64)  # type: ignore[attr-defined]
    now = np.abs(limits.present * unit + f - limits.need * unit)  # type: ignore[attr-defined]
    n = len(limits.opd_ids)  # type: ignore[attr-defined]
    room = np.bincount(limits.opd, weights=now - at_zero, minlength=n).astype(np.int64)  # type: ignore[attr-defined]
    first = rows.add_many([f"opd|{o}" for o in limits.opd_ids], np.full(n, -FREE), room)  # type: ignore[attr-defined]
    return np.arange(len(loads.bank)), first + limits.opd[loads.bank], loads.deviation  # type: ignore[attr-defined]


def _knowledge_rows(rows: Rows, changes: object, segments: pd.DataFrame) -> np.ndarray:
    """Rows (9): holders that come less holders that go, less what is filled, equals minus the holders today."""
    keys = list(dict.fromkeys(zip(segments["opd"], segments["skill"], strict=True)))
    today = np.array([int(changes.today.get(k, 0)) for k in keys], dtype=np.int64)  # type: ignore[attr-defined]
    first = rows.add_many([f"tahu|{o}|{s}" for o, s in keys], -today, -today)
    place = {k: first + i for i, k in enumerate(keys)}
    arc, key, sign = changes.arc, changes.key, changes.sign  # type: ignore[attr-defined]
    where = np.array([place.get(k, -1) for k in changes.keys], dtype=np.int64)[key]  # type: ignore[attr-defined]
    used = where >= 0
    rows.put(arc[used], where[used], sign[used])
    return np.array([place[k] for k in zip(segments["opd"], segments["skill"], strict=True)], dtype=np.int64)
