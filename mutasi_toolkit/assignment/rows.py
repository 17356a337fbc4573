"""Side rows of the transfer problem, numbered as in `mutasi_toolkit.assignment.build`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.model import FREE, Entries, entries_of
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Years in the unit from which a person counts as experienced there.
EXPERIENCED_YEARS = 5.0


@dataclass
class Rows:
    """Rows as they are collected: names, limits, and entries of arcs."""

    names: list[str] = field(default_factory=list)
    low: list[np.ndarray] = field(default_factory=list)
    high: list[np.ndarray] = field(default_factory=list)
    parts: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)

    def add_many(self, names: list[str], low: np.ndarray, high: np.ndarray) -> int:
        """Add rows; returns the position of the first."""
        first = len(self.names)
        self.names += names
        self.low.append(np.asarray(low, dtype=np.int64))
        self.high.append(np.asarray(high, dtype=np.int64))
        return first

    def put(self, arc: np.ndarray, row: np.ndarray, value: np.ndarray) -> None:
        """Put entries of arcs into rows."""
        self.parts.append((arc, row, value))

    def one(self, name: str, low: int, high: int, arc: np.ndarray) -> None:
        """Add one row that counts arcs."""
        first = self.add_many([name], np.array([low]), np.array([high]))
        self.put(arc, np.full(len(arc), first), np.ones(len(arc), dtype=np.int64))

    def limits(self) -> tuple[np.ndarray, np.ndarray]:
        """Lower and upper limits of all rows."""
        return np.concatenate(self.low), np.concatenate(self.high)

    def entries(self, n_arcs: int) -> Entries:
        """Entries of all arcs."""
        arc, row, value = (np.concatenate([p[i] for p in self.parts]) for i in range(3))
        return entries_of(arc, row, value, n_arcs)


@dataclass(frozen=True, slots=True, eq=False)
class Changes:
    """How arcs change the holders of skills in OPDs.

    Attributes
    ----------
    arc, key, sign : ndarray
        Arc k changes the holders of `keys[key]` by `sign`.
    keys : list of (opd_id, skill)
    today : Series
        Holders today by (opd_id, skill).
    summary : DataFrame
        Index (opd_id, skill): `most`, how many could come at most.
    """

    arc: np.ndarray
    key: np.ndarray
    sign: np.ndarray
    keys: list[tuple[str, str]]
    today: pd.Series
    summary: pd.DataFrame


def move_rows(rows: Rows, cycle: Cycle, arcs: Any, limits: Any) -> None:
    """(3) Budgets of moves, in all, by OPD and by unit."""
    budget = cycle.settings.anggaran
    moves = np.flatnonzero(arcs.is_move)
    if budget.pindah is not None:
        rows.one("anggaran|pindah", -FREE, budget.pindah, moves)
    units = pd.Index(cycle.unit["unit_id"])
    unit = units.get_indexer(cycle.jabatan["unit_id"])
    for place, labels, out, into, word in (
        (limits.opd, limits.opd_ids, budget.keluar_per_opd, budget.masuk_per_opd, ""),
        (unit, units, budget.keluar_per_unit, budget.masuk_per_unit, "_unit"),
    ):
        origin, target = place[arcs.own[arcs.person[moves]]], place[arcs.seat[moves]]
        leaves = origin != target
        for name, most, side in (("keluar", out, origin), ("masuk", into, target)):
            if most is not None:
                n = len(labels)
                first = rows.add_many([f"anggaran|{name}{word}|{o}" for o in labels], np.full(n, -FREE), np.full(n, most))
                rows.put(moves[leaves], first + side[leaves], np.ones(int(leaves.sum()), dtype=np.int64))


def group_rows(rows: Rows, cycle: Cycle, arcs: Any, limits: Any) -> None:
    """(12) Least and most of a group of people who move, or who are in an OPD."""
    for k, group in enumerate(cycle.settings.jaminan.kelompok):
        keep = (cycle.pegawai[group.kolom] == group.nilai).fillna(False).to_numpy(dtype=bool)[arcs.person]
        if group.opd is not None:
            if group.opd not in limits.opd_ids:
                raise InputError(text("assignment.group_opd", opd=group.opd, known=", ".join(limits.opd_ids[:8])))
            keep &= limits.opd_ids[limits.opd[arcs.seat]] == group.opd
        keep &= arcs.is_move | (group.hitung == "ada")
        low = -FREE if group.paling_sedikit is None else group.paling_sedikit
        rows.one(f"kelompok|{k}", low, FREE if group.paling_banyak is None else group.paling_banyak, np.flatnonzero(keep))


def holder_changes(cycle: Cycle, arcs: Any, limits: Any) -> Changes:
    """Which arcs bring holders of a skill into an OPD (+1) or take them out (-1)."""
    from mutasi_toolkit import skills

    held, _, names = skills.holders(cycle)
    n_skills = max(1, len(names))
    opd_now = limits.opd[arcs.own]
    moves = np.flatnonzero(arcs.is_move & (limits.opd[arcs.seat] != opd_now[arcs.person]))
    count = np.diff(held.indptr)[arcs.person[moves]]
    arc = np.repeat(moves, count)
    first = held.indptr[:-1][arcs.person[moves]]
    at = np.repeat(first - np.concatenate([[0], np.cumsum(count)[:-1]]), count) + np.arange(count.sum())
    skill = held.indices[at].astype(np.int64)
    out_key = opd_now[arcs.person[arc]] * n_skills + skill
    in_key = limits.opd[arcs.seat[arc]] * n_skills + skill
    codes, key = np.unique(np.concatenate([in_key, out_key]), return_inverse=True)
    keys = [(str(limits.opd_ids[c // n_skills]), str(names[c % n_skills])) for c in codes]
    sign = np.concatenate([np.ones(len(arc)), -np.ones(len(arc))]).astype(np.int64)
    come = pd.DataFrame({"key": key[: len(arc)], "person": arcs.person[arc]}).drop_duplicates()["key"].value_counts()
    sums = pd.DataFrame({"o": np.repeat(opd_now, np.diff(held.indptr)), "s": held.indices}).value_counts()
    today = pd.Series({(str(limits.opd_ids[o]), str(names[s])): int(n) for (o, s), n in sums.items()}, dtype="int64")
    index = pd.MultiIndex.from_tuples(keys, names=["opd_id", "keahlian"]) if keys else pd.MultiIndex.from_arrays([[], []])
    summary = pd.DataFrame({"most": come.reindex(range(len(keys))).fillna(0).astype(int).to_numpy()}, index=index)
    return Changes(np.concatenate([arc, arc]), key, sign, keys, today, summary)


def holder_rows(rows: Rows, cycle: Cycle, arcs: Any, limits: Any) -> Changes:
    """(5) An OPD keeps `min_holders` of every skill it has, or as many as it has today where that is less; only where that many could go."""
    from mutasi_toolkit import rules

    changes = holder_changes(cycle, arcs, limits)
    if not cycle.settings.jaminan.pemegang_tunggal or not len(changes.keys):
        return changes
    gone = pd.DataFrame({"key": changes.key, "person": arcs.person[changes.arc]})[changes.sign < 0].drop_duplicates()["key"].value_counts()
    today = np.array([int(changes.today.get(k, 0)) for k in changes.keys], dtype=np.int64)
    could_go = gone.reindex(range(len(changes.keys))).fillna(0).to_numpy(dtype=np.int64)
    keep = np.minimum(rules.least_holders(cycle), today)
    at_risk = np.flatnonzero((keep > 0) & (could_go > today - keep))
    place = np.full(len(changes.keys), -1)
    names = ["pemegang|{}|{}".format(*changes.keys[k]) for k in at_risk]
    place[at_risk] = rows.add_many(names, (keep - today)[at_risk], np.full(len(at_risk), FREE)) + np.arange(len(at_risk))
    used = place[changes.key] >= 0
    rows.put(changes.arc[used], place[changes.key[used]], changes.sign[used])
    return changes


def conflict_rows(rows: Rows, cycle: Cycle, arcs: Any, limits: Any) -> None:
    """(6) Pairs in conflict share no unit, and neither leads a unit above the other's; pairs that already do may stay."""
    units = pd.Index(cycle.unit["unit_id"])
    parent = units.get_indexer(cycle.unit["induk_id"])
    unit_of = units.get_indexer(cycle.jabatan["unit_id"])
    leads = cycle.jabatan["jenis"].isin(["jpt", "administrator", "pengawas"]).to_numpy()
    ids = cycle.pegawai["pegawai_id"].to_numpy()
    for a, b in limits.conflicts:
        for one, other in ((a, b), (b, a)):
            mine, theirs = (np.arange(*np.searchsorted(arcs.person, [p, p + 1])) for p in (one, other))
            for unit in np.unique(unit_of[arcs.seat[mine]]):
                above = _ancestors(unit, parent)
                here = mine[unit_of[arcs.seat[mine]] == unit]
                seats = arcs.seat[theirs]
                clash = theirs[(unit_of[seats] == unit) | (leads[seats] & np.isin(unit_of[seats], above))]
                today = (~arcs.is_move[here]).any() and (~arcs.is_move[clash]).any()
                if len(clash) and not today:
                    rows.one(f"konflik|{ids[one]}|{ids[other]}|{units[unit]}", -FREE, 1, np.concatenate([here, clash]))


def _ancestors(unit: int, parent: np.ndarray) -> list[int]:
    out, at = [], parent[unit]
    while at >= 0:
        out.append(int(at))
        at = parent[at]
    return out


def filled_rows(rows: Rows, cycle: Cycle, arcs: Any, limits: Any) -> None:
    """(7) An OPD keeps a share of its need filled, or what it has today where that is less."""
    share = cycle.settings.jaminan.isi_min
    if share is None:
        return
    low = np.minimum(filled_least(limits, share), np.bincount(limits.opd, weights=limits.present, minlength=len(limits.opd_ids)).astype(np.int64))
    first = rows.add_many([f"isi_min|{o}" for o in limits.opd_ids], low, np.full(len(low), FREE))
    counted = np.flatnonzero((cycle.pegawai["status"] != "PPPK paruh waktu").to_numpy()[arcs.person])
    rows.put(counted, first + limits.opd[arcs.seat[counted]], np.ones(len(counted), dtype=np.int64))


def filled_least(limits: Any, share: float) -> np.ndarray:
    """Full-time people with whom each OPD has that share of its need filled."""
    need, fixed = (np.bincount(limits.opd, weights=v, minlength=len(limits.opd_ids)) for v in (limits.need, limits.fixed))
    return np.ceil(share * need - fixed - 1e-9).astype(np.int64)


def experience_rows(rows: Rows, cycle: Cycle, arcs: Any, limits: Any) -> None:
    """(8) An OPD keeps a share of its experienced people (five years or more in their unit)."""
    share = cycle.settings.jaminan.pengalaman_min
    if share is None:
        return
    from mutasi_toolkit.rules.facts import years_since

    since = cycle.pegawai["tmt_unit"].fillna(cycle.pegawai["tmt_jabatan"])
    experienced = years_since(since, cycle.date) >= EXPERIENCED_YEARS
    n = len(limits.opd_ids)
    now = np.bincount(limits.opd[arcs.own[experienced]], minlength=n)
    first = rows.add_many([f"pengalaman|{o}" for o in limits.opd_ids], np.ceil(share * now - 1e-9).astype(np.int64), np.full(n, FREE))
    mine = np.flatnonzero(experienced[arcs.person])
    rows.put(mine, first + limits.opd[arcs.seat[mine]], np.ones(len(mine), dtype=np.int64))
