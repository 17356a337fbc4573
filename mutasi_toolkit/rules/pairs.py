"""The pair rules evaluated over arrays of positions, and the sparse set of allowed pairs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.rules.book import ADMINISTRATOR, JPT, PELAKSANA, PENGAWAS, Book, book_of
from mutasi_toolkit.rules.checks import CHECKS

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Pairs evaluated at once, to bound memory.
CHUNK = 2_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Pairs:
    """Allowed pairs as positions into cycle.pegawai and cycle.jabatan, sorted; one's own seat is always there."""

    person: np.ndarray
    seat: np.ndarray

    def __len__(self) -> int:
        return len(self.person)


@dataclass(frozen=True, slots=True, eq=False)
class Verdicts:
    """Masks of rules per pair: bit k - 1 stands for Rk.

    Attributes
    ----------
    blocked, waived, unchecked, applies : ndarray of uint64
        Rules that forbid the pair; that would but for the Minister's approval; that could not be
        checked for want of a value; that have something to say about the pair.
    """

    blocked: np.ndarray
    waived: np.ndarray
    unchecked: np.ndarray
    applies: np.ndarray


def evaluate(
    cycle: Cycle, person: np.ndarray, seat: np.ndarray, book: Book | None = None
) -> Verdicts:
    """Evaluate every pair rule on pairs of positions.

    Staying in one's seat is always allowed: nothing is asked of a pair whose seat is the person's own.

    Parameters
    ----------
    cycle : Cycle
    person, seat : array of int, shape (n,)
        Positions into cycle.pegawai and cycle.jabatan.

    Returns
    -------
    Verdicts
        Arrays of shape (n,).
    """
    b = book or book_of(cycle)
    p, s = np.asarray(person, dtype=np.int64), np.asarray(seat, dtype=np.int64)
    masks = [np.zeros(len(p), dtype=np.uint64) for _ in range(4)]
    for start in range(0, len(p), CHUNK):
        part = slice(start, start + CHUNK)
        for mask, found in zip(masks, _evaluate_part(b, p[part], s[part]), strict=True):
            mask[part] = found
    return Verdicts(*masks)


def _evaluate_part(
    b: Book, p: np.ndarray, s: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    blocked, waived, unchecked, applies = (np.zeros(len(p), dtype=np.uint64) for _ in range(4))
    moves = b.people.seat[p] != s
    approved = b.waived_person[p] | b.waived_seat[s]
    for name, check in CHECKS.items():
        rule = b.rules[name]
        asked, broken, unknown = check(b, p, s)
        broken, unknown = broken & moves, unknown & moves & ~broken
        forgiven = broken & approved if rule.kind == "waivable" else np.zeros(len(p), dtype=bool)
        blocked |= np.where(broken & ~forgiven, rule.bit, np.uint64(0))
        waived |= np.where(forgiven, rule.bit, np.uint64(0))
        unchecked |= np.where(unknown, rule.bit, np.uint64(0))
        applies |= np.where(asked & moves, rule.bit, np.uint64(0))
    return blocked, waived, unchecked, applies


def candidates(b: Book) -> tuple[np.ndarray, np.ndarray]:
    """Pairs that R35, R36 and R29 do not rule out at once: joined on kind, level and profession, never a dense product."""
    seats, people = b.seats, b.people
    movable = np.flatnonzero(
        ~np.isin(people.status, ["CPNS", "PPPK paruh waktu"])
        & (people.discipline != 1)
        & (people.bound != 1)
    )
    promotes = bool(b.parameter("R36", "promosi"))
    key = pd.Series(
        list(
            zip(
                seats.kind,
                np.where(seats.level < 0, -1, seats.level),
                seats.profession,
                strict=True,
            )
        )
    )
    groups = {k: np.asarray(v, dtype=np.int64) for k, v in key.groupby(key).groups.items()}
    mine = np.where(people.profession != "", people.profession, seats.profession[people.seat])
    found_p, found_s = [], []
    frame = pd.DataFrame(
        {
            "p": movable,
            "kind": seats.kind[people.seat[movable]],
            "level": seats.level[people.seat[movable]],
            "profession": mine[movable],
        }
    )
    for (kind, level, profession), rows in frame.groupby(["kind", "level", "profession"]):
        near = [
            v
            for k, v in groups.items()
            if k[2] == profession and _reachable(kind, level, k[0], k[1], promotes)
        ]
        if near:
            to = np.concatenate(near)
            found_p.append(np.repeat(rows["p"].to_numpy(), len(to)))
            found_s.append(np.tile(to, len(rows)))
    if not found_p:
        return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    return np.concatenate(found_p), np.concatenate(found_s)


def _reachable(kind: int, level: int, to_kind: int, to_level: int, promotes: bool) -> bool:
    if kind == to_kind:
        return (
            level == to_level or level < 0 or to_level < 0 or (promotes and to_level == level + 1)
        )
    return promotes and (kind, to_kind) in {
        (PELAKSANA, PENGAWAS),
        (PENGAWAS, ADMINISTRATOR),
        (ADMINISTRATOR, JPT),
    }


def allowed(cycle: Cycle) -> Pairs:
    """All pairs that no hard pair rule forbids, one's own seat always among them.

    Returns
    -------
    Pairs
        Sorted by person, then seat.
    """
    b = book_of(cycle)
    p, s = candidates(b)
    ok = evaluate(cycle, p, s, b).blocked == 0
    own = np.arange(len(b.people.seat))
    key = np.unique(
        np.concatenate([p[ok], own]) * len(b.seats.kind) + np.concatenate([s[ok], b.people.seat])
    )
    return Pairs(
        (key // len(b.seats.kind)).astype(np.int32), (key % len(b.seats.kind)).astype(np.int32)
    )


__all__ = [
    "CHECKS",
    "Book",
    "Pairs",
    "Verdicts",
    "allowed",
    "book_of",
    "candidates",
    "evaluate",
]
