"""Limits on the whole plan, each counted over any list of (person, seat): the same for a plan and for all pairs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from mutasi_toolkit.assignment.audit.tables import PART_TIME, Facts

#: Years in the unit from which a person counts as experienced there.
LONG = 5.0
NONE = 2**62

#: Positions in a list of pairs, the row each adds to, and how much.
Counted = tuple[np.ndarray, np.ndarray, np.ndarray]


@dataclass(frozen=True, eq=False)
class Family:
    """Rows of one kind: low <= sum of what the pairs of a plan add <= high.

    Attributes
    ----------
    rule : str
        Where the limit comes from.
    names : list of str
        As in a plan's certificate.
    low, high : ndarray of int64
    count : callable
        From person and seat of pairs to what they add.
    """

    rule: str
    names: list[str]
    low: np.ndarray
    high: np.ndarray
    count: Callable[[np.ndarray, np.ndarray], Counted]


def families(facts: Facts) -> list[Family]:
    """Every limit that is linear in the pairs."""
    found = [*_budgets(facts), *_shares(facts), *_groups(facts), *_conflicts(facts)]
    return found + ([_last_holders(facts)] if facts.cycle.settings.jaminan.pemegang_tunggal else [])


def _at_most(n: int, most: int) -> tuple[np.ndarray, np.ndarray]:
    return np.full(n, -NONE), np.full(n, most, dtype=np.int64)


def _ones(at: np.ndarray, row: np.ndarray) -> Counted:
    return at, row.astype(np.int64), np.ones(len(at), dtype=np.int64)


def _budgets(facts: Facts) -> list[Family]:
    limit, own = facts.cycle.settings.anggaran, facts.own
    units = facts.cycle.unit["unit_id"].to_numpy()
    out = []

    def moves(p: np.ndarray, s: np.ndarray) -> Counted:
        at = np.flatnonzero(own[p] != s)
        return _ones(at, np.zeros(len(at)))

    def crossing(place: np.ndarray, leaving: bool) -> Callable[[np.ndarray, np.ndarray], Counted]:
        def count(p: np.ndarray, s: np.ndarray) -> Counted:
            a, b = place[own[p]], place[s]
            at = np.flatnonzero(a != b)
            return _ones(at, (a if leaving else b)[at])

        return count

    if limit.pindah is not None:
        out.append(Family("anggaran.pindah", ["anggaran|pindah"], *_at_most(1, limit.pindah), moves))
    for key, most, labels, place in (
        ("keluar_per_opd", limit.keluar_per_opd, facts.opds, facts.opd), ("masuk_per_opd", limit.masuk_per_opd, facts.opds, facts.opd),
        ("keluar_per_unit", limit.keluar_per_unit, units, facts.unit), ("masuk_per_unit", limit.masuk_per_unit, units, facts.unit),
    ):  # fmt: skip
        if most is not None:
            word, level = key.split("_per_")
            name = f"anggaran|{word}" if level == "opd" else f"anggaran|{word}_unit"
            out.append(Family(f"anggaran.{key}", [f"{name}|{o}" for o in labels], *_at_most(len(labels), most), crossing(place, word == "keluar")))
    return out


def _shares(facts: Facts) -> list[Family]:
    """Minimum filled and minimum experienced, by OPD."""
    promise, n = facts.cycle.settings.jaminan, len(facts.opds)
    full = (facts.people["status"] != PART_TIME).to_numpy()
    long = facts.people["here"].to_numpy() >= LONG
    out = []

    def in_opd(who: np.ndarray) -> Callable[[np.ndarray, np.ndarray], Counted]:
        def count(p: np.ndarray, s: np.ndarray) -> Counted:
            at = np.flatnonzero(who[p])
            return _ones(at, facts.opd[s[at]])

        return count

    if promise.isi_min is not None:
        need, fixed, now = (np.bincount(facts.opd, weights=v, minlength=n) for v in (facts.need, facts.part_time, facts.present))
        low = np.minimum(np.ceil(promise.isi_min * need - fixed - 1e-9), now).astype(np.int64)
        out.append(Family("jaminan.isi_min", [f"isi_min|{o}" for o in facts.opds], low, np.full(n, NONE), in_opd(full)))
    if promise.pengalaman_min is not None:
        now = np.bincount(facts.opd[facts.own[long]], minlength=n)
        low = np.ceil(promise.pengalaman_min * now - 1e-9).astype(np.int64)
        out.append(Family("jaminan.pengalaman_min", [f"pengalaman|{o}" for o in facts.opds], low, np.full(n, NONE), in_opd(long)))
    return out


def _groups(facts: Facts) -> list[Family]:
    """Least and most of a group of people who move, or who are in an OPD."""
    out = []
    for k, group in enumerate(facts.cycle.settings.jaminan.kelompok):
        column = facts.cycle.pegawai[group.kolom]
        mine = np.array([str(v) == group.nilai if isinstance(v, str) else False for v in column], dtype=bool)
        there = np.ones(len(facts.opd), dtype=bool) if group.opd is None else facts.opds[facts.opd] == group.opd

        def count(p: np.ndarray, s: np.ndarray, mine: np.ndarray = mine, there: np.ndarray = there, moving: bool = group.hitung == "pindah") -> Counted:
            at = np.flatnonzero(mine[p] & there[s] & ((facts.own[p] != s) | (not moving)))
            return _ones(at, np.zeros(len(at)))

        low = np.array([-NONE if group.paling_sedikit is None else group.paling_sedikit])
        high = np.array([NONE if group.paling_banyak is None else group.paling_banyak])
        out.append(Family("jaminan.kelompok", [f"kelompok|{k}"], low, high, count))
    return out


def holder_moves(facts: Facts, person: np.ndarray, seat: np.ndarray) -> Counted:
    """What pairs change in the number of holders: rows are OPD x skill, +1 where one arrives, -1 where one leaves."""
    n = len(facts.skills)
    a, b = facts.opd[facts.own[person]], facts.opd[seat]
    at = np.flatnonzero(a != b)
    k, skill = np.nonzero(facts.held[person[at]])
    at = at[k]
    row = np.concatenate([a[at] * n + skill, b[at] * n + skill])
    sign = np.concatenate([np.full(len(at), -1), np.full(len(at), 1)])
    return np.concatenate([at, at]), row, sign


def holders_now(facts: Facts) -> np.ndarray:
    """Holders of every skill in every OPD, OPD after OPD."""
    out = np.zeros((len(facts.opds), len(facts.skills)), dtype=np.int64)
    np.add.at(out, facts.opd[facts.own], facts.held.astype(np.int64))
    return out.ravel()


def holder_names(facts: Facts, kind: str) -> list[str]:
    """Names of rows by OPD and skill."""
    return [f"{kind}|{o}|{s}" for o in facts.opds for s in facts.skills]


def _last_holders(facts: Facts) -> Family:
    """R33: `min_holders` of a skill, or as many as an OPD has today where that is less."""
    now = holders_now(facts)
    least = int(np.ceil(facts.rule["R33"]["min_holders"] - 1e-9))
    low = np.where(now > 0, np.minimum(least, now) - now, -NONE)
    return Family("R33", holder_names(facts, "pemegang"), low, np.full(len(now), NONE), lambda p, s: holder_moves(facts, p, s))


def _conflicts(facts: Facts) -> list[Family]:
    """R17: of two people in conflict, one in a unit and the other there too or leading a unit above it."""
    table = facts.cycle.konflik
    at = {name: i for i, name in enumerate(facts.people["id"])}
    units, leads = facts.cycle.unit["unit_id"].to_numpy(), (facts.seats["kind"] <= 2).to_numpy()
    rows: list[tuple[int, int, int, set[int]]] = []
    above = _above(facts.parent)
    for x, y in zip(table["pegawai_a"], table["pegawai_b"], strict=True):
        for a, b in ((at[x], at[y]), (at[y], at[x])):
            free = [u for u in _reach(facts, a).tolist() if not _clash(facts, leads, facts.own[a], facts.own[b], u, above[u])]
            rows += [(a, b, unit, above[unit]) for unit in free]
    ids = facts.people["id"].to_numpy()

    def count(p: np.ndarray, s: np.ndarray) -> Counted:
        order = np.argsort(p, kind="stable")
        ends = np.searchsorted(p[order], np.arange(len(ids) + 1))
        where: dict[int, np.ndarray] = {i: order[ends[i] : ends[i + 1]] for i in {r[0] for r in rows} | {r[1] for r in rows}}
        found_at, found_row = [], []
        for k, (a, b, unit, above) in enumerate(rows):
            mine, theirs = where[a], where[b]
            mine = mine[facts.unit[s[mine]] == unit]
            if not len(mine):
                continue
            theirs = theirs[(facts.unit[s[theirs]] == unit) | (leads[s[theirs]] & np.isin(facts.unit[s[theirs]], list(above)))]
            both = np.concatenate([mine, theirs])
            found_at.append(both)
            found_row.append(np.full(len(both), k))
        none = np.zeros(0, dtype=np.int64)
        return _ones(np.concatenate([none, *found_at]), np.concatenate([none, *found_row]))

    names = [f"konflik|{ids[a]}|{ids[b]}|{units[u]}" for a, b, u, _ in rows]
    return [Family("R17", names, *_at_most(len(rows), 1), count)]


def _above(parent: np.ndarray) -> list[set[int]]:
    """All units above every unit."""
    found = []
    for unit in range(len(parent)):
        above, up = set(), int(parent[unit])
        while up >= 0:
            above.add(up)
            up = int(parent[up])
        found.append(above)
    return found


def _reach(facts: Facts, person: int) -> np.ndarray:
    """Units to which a person could come at all: those of the own office where moves stay in it (R37)."""
    if not facts.rule["R37"]["satu_kantor"]:
        return np.arange(len(facts.parent))
    return np.flatnonzero(facts.top == facts.top[facts.unit[facts.own[person]]])


def _clash(facts: Facts, leads: np.ndarray, mine: int, theirs: int, unit: int, above: set[int]) -> bool:
    place = int(facts.unit[theirs])
    return int(facts.unit[mine]) == unit and (place == unit or (bool(leads[theirs]) and place in above))
