"""The pair rules evaluated over arrays of positions, and the sparse set of allowed pairs."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from mutasi_toolkit.rules.book import ADMINISTRATOR, JPT, PELAKSANA, PENGAWAS, Book, book_of
from mutasi_toolkit.rules.checks import CHECKS
from mutasi_toolkit.rules.memory import check_pairs

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Pairs evaluated at once, to bound memory.
CHUNK = 2_000_000
#: Rules that take long to look at a pair.
DEAR = frozenset({"R16"})


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
    """Pairs that R29, R35, R36 and R37 do not rule out at once: joined on office, profession, kind and level, never a dense product."""
    none = np.zeros(0, dtype=np.int64)
    return _together([(none, none), *candidate_parts(b)])


def candidate_parts(b: Book) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The pairs of `candidates` in parts that fit into memory."""
    return _parts(_joined(b))


def _joined(b: Book) -> list[tuple[np.ndarray, np.ndarray]]:
    """People, and the seats that all of them may ask for; across offices only where R37 lets them move so."""
    seats, people = b.seats, b.people
    movable = np.flatnonzero(
        ~np.isin(people.status, ["CPNS", "PPPK paruh waktu"])
        & (people.discipline != 1)
        & (people.bound != 1)
    )
    promotes = bool(b.parameter("R36", "promosi"))
    office = seats.office if b.parameter("R37", "satu_kantor") else np.zeros_like(seats.office)
    names = ["office", "profession", "kind", "level"]
    place = pd.DataFrame(dict(zip(names, (office, seats.profession, seats.kind, np.where(seats.level < 0, -1, seats.level)), strict=True)))
    near: dict[tuple[int, str], list[tuple[int, int, np.ndarray]]] = {}
    for (where, profession, kind, level), rows in place.groupby(names).indices.items():
        near.setdefault((where, profession), []).append((kind, level, rows))
    mine = np.where(people.profession != "", people.profession, seats.profession[people.seat])
    own = people.seat[movable]
    asking = pd.DataFrame(dict(zip(names, (office[own], mine[movable], seats.kind[own], seats.level[own]), strict=True)))
    found = []
    for (where, profession, kind, level), rows in asking.groupby(names).indices.items():
        to = [s for k, v, s in near.get((where, profession), ()) if _reachable(kind, level, k, v, promotes)]
        if to:
            found.append((movable[rows], np.concatenate(to)))
    return found


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


#: Pairs of cycles that are in use: a cycle never changes, and its pairs go when it goes.
_KNOWN: WeakKeyDictionary[Cycle, Pairs] = WeakKeyDictionary()


def allowed(cycle: Cycle) -> Pairs:
    """All pairs that no hard pair rule forbids, one's own seat always among them.

    Worked out once for a cycle; the arrays cannot be written to.

    Returns
    -------
    Pairs
        Sorted by person, then seat.

    Raises
    ------
    InputError
        When the pairs will not fit into memory (`memory`).
    """
    found = _KNOWN.get(cycle)
    if found is None:
        found = _KNOWN[cycle] = _allowed(book_of(cycle))
    return found


def _allowed(b: Book) -> Pairs:
    n, own = len(b.seats.kind), np.arange(len(b.people.seat))
    joined = _joined(b)
    total, seen, many = sum(len(p) * len(s) for p, s in joined), 0, 0
    keys = [own * n + b.people.seat]
    for asked, wanted in _parts(joined):
        p, s = _free(b, asked, wanted)
        keys.append(p * n + s)
        seen, many = seen + len(asked), many + len(p)
        check_pairs(many, seen / total, len(own))
    key = np.unique(np.concatenate(keys))
    pairs = Pairs((key // n).astype(np.int32), (key % n).astype(np.int32))
    pairs.person.flags.writeable = pairs.seat.flags.writeable = False
    return pairs


def _parts(joined: list[tuple[np.ndarray, np.ndarray]]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The pairs of `_joined`, about as many at once as CHUNK says, whether its groups are large or small."""
    held: list[tuple[np.ndarray, np.ndarray]] = []
    size = 0
    for people, seats in joined:
        step = max(1, CHUNK // len(seats))
        for at in range(0, len(people), step):
            some = people[at : at + step]
            if held and size + len(some) * len(seats) > CHUNK:
                yield _together(held)
                held, size = [], 0
            held.append((np.repeat(some, len(seats)), np.tile(seats, len(some))))
            size += len(some) * len(seats)
    if held:
        yield _together(held)


def _together(held: list[tuple[np.ndarray, np.ndarray]]) -> tuple[np.ndarray, np.ndarray]:
    return np.concatenate([p for p, _ in held]), np.concatenate([s for _, s in held])


def _free(b: Book, p: np.ndarray, s: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The pairs that no rule forbids; each rule looks only at what those before it left, the dearest last."""
    for name in sorted(CHECKS, key=lambda name: name in DEAR):
        rule = b.rules[name]
        bad = CHECKS[name](b, p, s)[1] & (b.people.seat[p] != s)
        if rule.kind == "waivable":
            bad &= ~(b.waived_person[p] | b.waived_seat[s])
        if bad.any():
            p, s = p[~bad], s[~bad]
    return p, s


__all__ = [
    "CHECKS",
    "Book",
    "Pairs",
    "Verdicts",
    "allowed",
    "book_of",
    "candidate_parts",
    "candidates",
    "evaluate",
]
