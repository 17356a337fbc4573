"""Market: who would rather sit where, whom each seat ranks first, and how many seats there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mutasi_toolkit.assignment.problem import Problem

#: Rank of a seat that a person did not ask for; the own seat has the rank after the last wish.
UNASKED = 2**31


@dataclass(frozen=True, eq=False)
class Market:
    """People with seats, and their wishes.

    Attributes
    ----------
    wishes : tuple of ndarray of int
        Of each person the seats that they prefer to their own, best first.
    own : ndarray of int, shape (n_people,)
        Seat class of today.
    room : ndarray of int, shape (n_seats,)
        Places of each seat class, those taken today among them.
    priority : ndarray of int, shape (n_people,)
        The lower, the earlier served; no two are equal.
    """

    wishes: tuple[np.ndarray, ...]
    own: np.ndarray
    room: np.ndarray
    priority: np.ndarray

    @property
    def n_people(self) -> int:
        """People in the market."""
        return len(self.own)

    def rank(self, person: int, seat: int) -> int:
        """Place of a seat in a person's order, 0 the best; the own seat comes after the wishes, what was not asked for last."""
        at = np.flatnonzero(self.wishes[person] == seat)
        if len(at):
            return int(at[0])
        return len(self.wishes[person]) if seat == self.own[person] else UNASKED


def market(problem: Problem) -> Market:
    """The market of a cycle: the table preferensi over the seats that the rules allow.

    A wish for a unit stands for every seat class there that the rules allow the person and that takes people in, those that fit
    them better (the problem's cost) first. Priority: longest in the seat first, then by pegawai_id.

    Parameters
    ----------
    problem : Problem
        Of a cycle.

    Returns
    -------
    Market
    """
    from mutasi_toolkit import rules

    cycle, model = problem.cycle, problem.model
    assert cycle is not None
    unit_of_seat = cycle.jabatan["unit_id"].to_numpy(dtype=object)
    wanted = cycle.preferensi.sort_values(["pegawai_id", "urutan"]).groupby("pegawai_id")["unit_id"].agg(list).to_dict()
    wishes = []
    for p, name in enumerate(problem.people):
        arcs = np.arange(model.start[p], model.start[p + 1])
        arcs = arcs[arcs != model.stay[p]]
        order = {u: k for k, u in enumerate(wanted.get(name, []))}
        mine = sorted((order[unit_of_seat[problem.seat[a]]], int(model.cost[a]), int(problem.seat[a])) for a in arcs if unit_of_seat[problem.seat[a]] in order)
        wishes.append(np.array([s for _, _, s in mine], dtype=np.int64))
    own = problem.seats.get_indexer(cycle.pegawai["jabatan_id"])
    limits = rules.limits(cycle)
    since = cycle.pegawai["tmt_jabatan"].to_numpy()
    served = np.lexsort((cycle.pegawai["pegawai_id"].to_numpy(dtype=str), since))
    priority = np.empty(len(own), dtype=np.int64)
    priority[served] = np.arange(len(own))
    part_time = (cycle.pegawai["status"] == "PPPK paruh waktu").to_numpy()
    there = np.bincount(own, minlength=len(problem.seats))
    room = np.maximum(limits.capacity + np.bincount(own[part_time], minlength=len(problem.seats)), there)
    return Market(tuple(wishes), own, room, priority)
