"""The transfer problem of a cycle as arrays: arcs from the rules, rows from the guarantees, costs from the weights.

Minimise, in points::

    beban * sum_c |n_c + f_c - K_c|  -  kecocokan * sum_moves (JPM_new - JPM_own) / 100
    - pengetahuan * sum_{o,s} (G_os(h_os) - G_os(h0_os))  +  gangguan * sum_moves d  +  pindah * moves
    + beban_unit * sum_u |N_u + F_u - K_u|  +  kosong * (needed seat classes with nobody)  +  pemegang_tunggal * sum_{o,s} e_os

over x[p, j] in {0, 1} for allowed pairs, with

(1)  sum_j x[p, j] = 1 for every person;
(2)  n_c = sum_p x[p, c] <= max(K_c - f_c, n_c today): R14; a seat class with more people today than it needs takes
     nobody in this round: R13;
(3)  moves <= anggaran.pindah; moves out of and into each OPD (unit) <= keluar_per_opd, masuk_per_opd (keluar_per_unit, masuk_per_unit): R31;
(4)  sum_{c in o} |n_c + f_c - K_c| <= its value today, for every OPD o;
(5)  an OPD keeps min_holders (1) of a skill, or as many as it has today where that is less: R33;
(6)  a pair in conflict shares no unit, nor does one lead a unit above the other's: R17;
(7)  an OPD keeps isi_min of its need filled, where it is today: R15;
(8)  an OPD keeps pengalaman_min of its people with five years or more in their unit;
(9)  h_os = holders of skill s in OPD o after the moves; G_os(h) = sum of the marginal gains of 0 .. h - 1 holders;
(10) N_u = sum_{c in u} n_c, the people of unit u;
(11) e_os = (min(2, h_os today) - h_os)+: holders of a skill that an OPD comes to lack of two;
(12) least and most people of a group who move, or are in an OPD (jaminan.kelompok).

n_c is filled segment by segment (at most three, since the cost is convex), h_os likewise (gains do not increase), so
both are linear in continuous columns that are whole in every best plan. Locked people and seats, windows of law and decisions
are pairs that are not there; a seat left is a seat open, and two people may change places, since all rows hold of the
state after all moves. FTE weights per pair stand in `Problem.from_pairs`.
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
    Changes,
    Rows,
    conflict_rows,
    experience_rows,
    filled_rows,
    group_rows,
    holder_rows,
    move_rows,
)
from mutasi_toolkit.assignment.segments import (
    PER_POINT,
    Columns,
    Segments,
    gains_by_cell,
    knowledge_segments,
    load_segments,
    spare_segments,
)
from mutasi_toolkit.assignment.tie import tie_weights

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.rules import Limits, Pairs

@dataclass(frozen=True, slots=True, eq=False)
class Arcs:
    """Allowed pairs that a plan may use, as positions into cycle.pegawai and cycle.jabatan."""

    person: np.ndarray
    seat: np.ndarray
    own: np.ndarray
    is_move: np.ndarray


def arcs_of(cycle: Cycle, limits: Limits, pairs: Pairs | None = None, ahead: bool = False, also: np.ndarray | None = None) -> Arcs:
    """Arcs: the rules' allowed pairs, less those no plan can use, under the decisions already taken.

    A seat class whose people exceed its open need takes nobody in, so arcs into it go (R13), unless the state before the
    round is not known yet (`ahead`). Pairs (person, seat) of `also` are there all the same.
    """
    from mutasi_toolkit import rules

    pairs = rules.allowed(cycle) if pairs is None else pairs
    person, seat = pairs.person.astype(np.int64), pairs.seat.astype(np.int64)
    own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(cycle.pegawai["jabatan_id"])
    decided = rules.decisions(cycle)
    n_seats = len(cycle.jabatan)
    takes = ((limits.open > 0) & (limits.present <= limits.open)) | ahead
    part_time = (cycle.pegawai["status"] == "PPPK paruh waktu").to_numpy()
    stays = np.isin(person, decided.stay) | part_time[person]
    keep = (own[person] == seat) | (takes[seat] & ~stays)
    keep &= ~np.isin(person * n_seats + seat, decided.forbidden @ np.array([n_seats, 1]))
    target = np.full(len(own), -1)
    target[decided.forced[:, 0]] = decided.forced[:, 1]
    keep &= (target[person] < 0) | (target[person] == seat)
    person, seat = person[keep], seat[keep]
    missing = decided.forced[~np.isin(decided.forced[:, 0], person)]
    if also is not None:
        missing = np.concatenate([missing, also[~np.isin(also @ np.array([n_seats, 1]), person * n_seats + seat)]])
    person, seat = np.concatenate([person, missing[:, 0]]), np.concatenate([seat, missing[:, 1]])
    order = np.lexsort((seat, person))
    person, seat = person[order], seat[order]
    return Arcs(person, seat, own, own[person] != seat)


def problem_of_cycle(cycle: Cycle, gains: pd.DataFrame | None = None, pairs: Pairs | None = None, most: np.ndarray | None = None, also: np.ndarray | None = None) -> Problem:
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
    most : ndarray of int, optional
        Most full-time people of each seat class, where earlier rounds decide who is there before this one
        (`planning.expanded`); without it the people of the cycle are.
    also : ndarray of int, shape (n, 2), optional
        Pairs (person, seat) that are there even where the seat takes nobody in, as a decision makes them (`diagnose`).

    Returns
    -------
    Problem
    """
    from mutasi_toolkit import rules

    limits = rules.limits(cycle)
    arcs = arcs_of(cycle, limits, pairs, most is not None, also)
    capacity = limits.capacity if most is None else most
    terms = {name: half_up(values * PER_POINT) for name, values in arc_costs(cycle, arcs.person, arcs.seat, arcs.is_move, cycle.settings.bobot).items()}
    rows, columns = Rows(), Columns()
    loads, deviation_zero = _load_rows(rows, columns, cycle, arcs, limits, capacity)  # (2)
    move_rows(rows, cycle, arcs, limits)  # (3)
    extra_rows = _deviation_rows(rows, cycle, limits, loads, deviation_zero)  # (4)
    changes = holder_rows(rows, cycle, arcs, limits)  # (5)
    conflict_rows(rows, cycle, arcs, limits)  # (6)
    filled_rows(rows, cycle, arcs, limits)  # (7)
    experience_rows(rows, cycle, arcs, limits)  # (8)
    used = _knowledge_rows(rows, columns, cycle, changes, gains)  # (9)
    _unit_rows(rows, columns, cycle, arcs, limits, capacity)  # (10)
    _spare_rows(rows, columns, cycle, changes)  # (11)
    group_rows(rows, cycle, arcs, limits)  # (12)
    bank, upper, extras = columns.banks, columns.uppers, columns.by_term()
    extra_cost = np.sum(list(extras.values()), axis=0).astype(np.int64)
    n_extras, n_arcs = len(extra_cost), len(arcs.person)
    column = np.concatenate([np.arange(n_extras), extra_rows[0]])
    row = np.concatenate([bank, extra_rows[1]])
    value = np.concatenate([np.full(n_extras, -1), extra_rows[2]])
    people, seats = pd.Index(cycle.pegawai["pegawai_id"]), pd.Index(cycle.jabatan["jabatan_id"])
    start = np.searchsorted(arcs.person, np.arange(len(people) + 1)).astype(np.int64)
    stay = np.full(len(people), -1, dtype=np.int64)
    stay[arcs.person[~arcs.is_move]] = np.flatnonzero(~arcs.is_move)
    low, high = rows.limits()
    model = Model(
        person=arcs.person, start=start, cost=np.sum(list(terms.values()), axis=0).astype(np.int64), stay=stay, arcs=rows.entries(n_arcs),
        extra_cost=extra_cost, extra_upper=upper, bank=bank, extras=entries_of(column, row, value, n_extras),
        low=low, high=high, names=tuple(rows.names), constant=sum(columns.constant.values()),
        tie=tie_weights(people[arcs.person], seats[arcs.seat]), hint=np.zeros(len(low), dtype=np.int64),
    )  # fmt: skip
    made = Terms(arcs=terms, extras=extras, constant=dict(columns.constant))
    return Problem(model, people, seats, arcs.seat, made, PER_POINT, cycle=cycle, gains=used)


def _load_rows(rows: Rows, columns: Columns, cycle: Cycle, arcs: Arcs, limits: Limits, capacity: np.ndarray) -> tuple[Segments, np.ndarray]:
    """Rows (2): full-time people of every seat class, cut into the segments of its load; an empty one may cost more."""
    weights, n = cycle.settings.bobot, len(cycle.jabatan)
    needed = (limits.need >= 1) & (limits.fixed == 0)
    apart = needed & (weights.kosong > 0)
    loads, at_zero, deviation_zero = load_segments(limits.need, limits.fixed, capacity, weights.beban, apart)
    fill = rows.add_many([f"isi|{j}" for j in cycle.jabatan["jabatan_id"]], np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))
    counted = (cycle.pegawai["status"] != "PPPK paruh waktu").to_numpy()[arcs.person]
    rows.put(np.flatnonzero(counted), fill + arcs.seat[counted], np.ones(int(counted.sum()), dtype=np.int64))
    columns.add("beban", fill + loads.bank, loads.upper, loads.cost, int(at_zero.sum()))
    columns.constant.setdefault("pengetahuan", 0)
    if weights.kosong > 0:
        price = int(half_up(np.array([weights.kosong * PER_POINT]))[0])
        first = np.concatenate([[True], loads.bank[1:] != loads.bank[:-1]]) & apart[loads.bank]
        columns.also("kosong", np.where(first, -price, 0), price * int(needed.sum()))
    return loads, deviation_zero


def _deviation_rows(rows: Rows, cycle: Cycle, limits: Limits, loads: Segments, at_zero: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (4) on the load segments: the OPD's sum of |ada - kebutuhan| does not grow."""
    if not cycle.settings.jaminan.opd_tidak_memburuk:
        none = np.zeros(0, dtype=np.int64)
        return none, none, none
    unit = whole(limits.fixed).per_unit
    f = np.rint(limits.fixed * unit).astype(np.int64)
    now = np.abs(limits.present * unit + f - limits.need * unit)
    n = len(limits.opd_ids)
    room = np.bincount(limits.opd, weights=now - at_zero, minlength=n).astype(np.int64)
    first = rows.add_many([f"opd|{o}" for o in limits.opd_ids], np.full(n, -FREE), room)
    return np.arange(len(loads.bank)), first + limits.opd[loads.bank], loads.deviation


def _holder_bank(rows: Rows, changes: Changes, segments: pd.DataFrame, kind: str) -> np.ndarray:
    """Rows that count the holders of a skill in an OPD: those that come less those that go, less what is filled, is minus today's.

    Returns the row of every segment.
    """
    keys = list(dict.fromkeys(zip(segments["opd"], segments["skill"], strict=True)))
    today = np.array([int(changes.today.get(k, 0)) for k in keys], dtype=np.int64)
    first = rows.add_many([f"{kind}|{o}|{s}" for o, s in keys], -today, -today)
    place = {k: first + i for i, k in enumerate(keys)}
    where = np.array([place.get(k, -1) for k in changes.keys], dtype=np.int64)[changes.key]
    used = where >= 0
    rows.put(changes.arc[used], where[used], changes.sign[used])
    return np.array([place[k] for k in zip(segments["opd"], segments["skill"], strict=True)], dtype=np.int64)


def _knowledge_rows(rows: Rows, columns: Columns, cycle: Cycle, changes: Changes, gains: pd.DataFrame | None) -> dict[str, list[float]]:
    """Rows (9), and the gains they rest on by OPD and skill."""
    weight = cycle.settings.bobot.pengetahuan
    if gains is None or not weight or not len(changes.summary):
        return {}
    table = gains.set_index(["opd_id", "keahlian", "n_holders"]).sort_index()
    segments, today = knowledge_segments(changes.summary, changes.today, table, weight)
    bank = _holder_bank(rows, changes, segments, "tahu")
    columns.add("pengetahuan", bank, segments["upper"].to_numpy(), segments["cost"].to_numpy(), int(today.sum()))
    keys = set(zip(segments["opd"], segments["skill"], strict=True))
    return {"|".join(k): values.tolist() for k, values in gains_by_cell(table).items() if k in keys}


def _unit_rows(rows: Rows, columns: Columns, cycle: Cycle, arcs: Arcs, limits: Limits, capacity: np.ndarray) -> None:
    """Rows (10): full-time people of every unit, cut into the segments of its load."""
    weight = cycle.settings.bobot.beban_unit
    if not weight:
        return
    units = pd.Index(cycle.unit["unit_id"])
    unit, n = units.get_indexer(cycle.jabatan["unit_id"]), len(units)
    need, most = (np.bincount(unit, weights=v, minlength=n).astype(np.int64) for v in (limits.need, capacity))
    scale = whole(limits.fixed).per_unit
    fixed = np.bincount(unit, weights=np.rint(limits.fixed * scale), minlength=n) / scale
    segments, at_zero, _ = load_segments(need, fixed, most, weight)
    first = rows.add_many([f"unit|{u}" for u in units], np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64))
    counted = np.flatnonzero((cycle.pegawai["status"] != "PPPK paruh waktu").to_numpy()[arcs.person])
    rows.put(counted, first + unit[arcs.seat[counted]], np.ones(len(counted), dtype=np.int64))
    columns.add("beban_unit", first + segments.bank, segments.upper, segments.cost, int(at_zero.sum()))


def _spare_rows(rows: Rows, columns: Columns, cycle: Cycle, changes: Changes) -> None:
    """Rows (11): holders of a skill in an OPD short of two."""
    weight = cycle.settings.bobot.pemegang_tunggal
    if not weight or not len(changes.summary):
        return
    segments, constant = spare_segments(changes, weight)
    bank = _holder_bank(rows, changes, segments, "cadangan")
    columns.add("pemegang_tunggal", bank, segments["upper"].to_numpy(), segments["cost"].to_numpy(), constant)
