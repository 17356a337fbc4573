"""A plan for a cycle against every rule and guarantee, and what its bound is worked out from."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from mutasi_toolkit.assignment.audit.bound import BadCertificate, Relaxation
from mutasi_toolkit.assignment.audit.pairs import allowed_pairs, broken
from mutasi_toolkit.assignment.audit.points import (
    Steps,
    empty_steps,
    knowledge_steps,
    load_steps,
    pair_costs,
    parts,
    seated,
    spare_steps,
    unit_steps,
)
from mutasi_toolkit.assignment.audit.rows import NONE, Counted, families, holder_moves
from mutasi_toolkit.assignment.audit.tables import PART_TIME, Facts

#: From person and seat of pairs to what they add to counts.
Counter = Callable[[np.ndarray, np.ndarray], Counted]
#: Rule, people, seats, values of a violation; people and seats as positions.
Wrong = tuple[str, np.ndarray, np.ndarray, dict[str, Any]]


@dataclass(frozen=True, eq=False)
class Decided:
    """Decisions of people: who stays, who must take which seat, which pairs must not be."""

    stays: set[int]
    must: dict[int, int]
    not_this: set[tuple[int, int]]


def decided(facts: Facts) -> Decided:
    """The table keputusan."""
    who = {name: i for i, name in enumerate(facts.people["id"])}
    where = {name: i for i, name in enumerate(facts.seats["id"])}
    out = Decided(set(), {}, set())
    for row in facts.cycle.keputusan.itertuples():
        person, seat = who[row.pegawai_id], where[row.jabatan_id] if isinstance(row.jabatan_id, str) else -1
        if seat == facts.own[person] or (seat < 0 and row.putusan in {"kunci", "tolak"}):
            out.stays.add(person)
        elif row.putusan == "tolak":
            out.not_this.add((person, seat))
        else:
            out.must[person] = seat
    return out


def check_state(facts: Facts, seats: np.ndarray, choice: Decided) -> Iterator[Wrong]:
    """Everything that a plan breaks; `seats`: seat of every person."""
    none = np.zeros(0, dtype=np.int64)
    moved = np.flatnonzero(seats != facts.own)
    for rule, bad in broken(facts, moved, seats[moved]).items():
        if bad.any():
            yield rule, moved[bad], seats[moved[bad]], {"what": "rule"}
    against = [p for p in choice.stays if seats[p] != facts.own[p]] + [p for p, s in choice.must.items() if seats[p] != s]
    against += [p for p, s in choice.not_this if seats[p] == s]
    if against:
        at = np.array(sorted(set(against)))
        yield "keputusan", at, seats[at], {"what": "decision"}
    yield from _capacity(facts, seats, moved)
    for family in families(facts):
        at, row, value = family.count(np.arange(len(seats)), seats)
        total = np.zeros(len(family.names), dtype=np.int64)
        np.add.at(total, row, value)
        for r in np.flatnonzero((total < family.low) | (total > family.high)):
            who = np.unique(at[row == r])
            limit = family.low[r] if total[r] < family.low[r] else family.high[r]
            yield family.rule, who, seats[who], {"what": "limit", "name": family.names[r], "told": int(total[r]), "limit": int(limit)}
    if facts.cycle.settings.jaminan.opd_tidak_memburuk:
        now, then = (_away(facts, s) for s in (facts.own, seats))
        for o in np.flatnonzero(then > now):
            who = moved[(facts.opd[seats[moved]] == o) | (facts.opd[facts.own[moved]] == o)]
            values = {"what": "worse", "name": facts.opds[o], "told": then[o] / parts(facts), "limit": now[o] / parts(facts)}
            yield "jaminan.opd_tidak_memburuk", who, none, values


def _capacity(facts: Facts, seats: np.ndarray, moved: np.ndarray) -> Iterator[Wrong]:
    full = np.flatnonzero((facts.people["status"] != PART_TIME).to_numpy())
    then = np.bincount(seats[full], minlength=len(facts.seats))
    entered = np.isin(np.arange(len(then)), seats[moved])
    for rule, over in (("R14", then > np.maximum(facts.room, facts.present)), ("R13", entered & (then > facts.room))):
        for s in np.flatnonzero(over):
            who = moved[seats[moved] == s] if rule == "R13" else np.flatnonzero(seats == s)
            yield rule, who, np.array([s]), {"what": "capacity", "told": int(then[s]), "limit": int(facts.room[s])}


def _away(facts: Facts, seats: np.ndarray) -> np.ndarray:
    """Sum of |ada - kebutuhan_bulat| over the seat classes of every OPD, in parts of a person."""
    unit = parts(facts)
    full = (facts.people["status"] != PART_TIME).to_numpy()
    n = np.bincount(seats[full], minlength=len(facts.seats))
    away = np.abs(n * unit + np.rint(facts.part_time * unit).astype(np.int64) - facts.need * unit)
    return np.bincount(facts.opd, weights=away, minlength=len(facts.opds)).astype(np.int64)


@dataclass(frozen=True, eq=False)
class Amounts:
    """All allowed pairs and what costs in them.

    Attributes
    ----------
    person, seat : ndarray of int64
    steps : list of (Steps, count of pairs)
    """

    person: np.ndarray
    seat: np.ndarray
    steps: list[tuple[Steps, Counter]]


def amounts(facts: Facts, certificate: dict[str, Any], choice: Decided) -> Amounts:
    """Pairs that rules, open need and decisions leave, and the costs of counts over them."""
    takes = (facts.room > 0) & (facts.present <= facts.room)
    person, seat = allowed_pairs(facts, takes)
    part_time = (facts.people["status"] == PART_TIME).to_numpy()
    keep = (facts.own[person] == seat) | ~(part_time[person] | np.isin(person, list(choice.stays)))
    for p, s in choice.not_this:
        keep &= (person != p) | (seat != s)
    for p in choice.must:
        keep &= person != p
    must = np.array(sorted(choice.must), dtype=np.int64)
    person = np.concatenate([person[keep], must])
    seat = np.concatenate([seat[keep], np.array([choice.must[p] for p in must.tolist()], dtype=np.int64)])
    order = np.lexsort((seat, person))
    person, seat = person[order], seat[order]
    gains = certificate.get("gains", {})
    units, classes = facts.unit, np.arange(len(facts.seats))
    steps: list[tuple[Steps, Counter]] = [(load_steps(facts), _of_place(facts, classes)), (empty_steps(facts), _of_place(facts, classes))]
    whole_units = unit_steps(facts)
    if whole_units is not None:
        steps.append((whole_units, _of_place(facts, units)))
    of_holders = (knowledge_steps(facts, gains, person, seat), spare_steps(facts, person, seat))
    return Amounts(person, seat, steps + [(made, _of_holders(facts, made)) for made in of_holders if made is not None])


def _of_place(facts: Facts, place: np.ndarray) -> Counter:
    return lambda person, seat: seated(facts, place, person, seat)


def _of_holders(facts: Facts, steps: Steps) -> Counter:
    place = {name.split("|", 1)[1]: k for k, name in enumerate(steps.names)}
    at_row = np.array([place.get(f"{o}|{s}", -1) for o in facts.opds for s in facts.skills], dtype=np.int64)

    def count(p: np.ndarray, j: np.ndarray) -> Counted:
        at, row, sign = holder_moves(facts, p, j)
        used = at_row[row] >= 0
        return at[used], at_row[row[used]], sign[used]

    return count


def objective_of(facts: Facts, counted: Amounts, seats: np.ndarray) -> dict[str, int]:
    """Every term of a plan, in thousandths of a point."""
    everyone = np.arange(len(seats))
    out = {name: int(v.sum()) for name, v in pair_costs(facts, everyone, seats).items()}
    for steps, count in counted.steps:
        _, row, value = count(everyone, seats)
        total = steps.base.copy()
        np.add.at(total, row, value)
        out[steps.term] = steps.of(total)
    return out


def relaxation_of(facts: Facts, counted: Amounts) -> tuple[Relaxation, Callable[[str, str], int]]:
    """What duals are multiplied with, and where a named pair stands."""
    person, seat = counted.person, counted.seat
    names: dict[str, int] = {}
    found: list[Counted] = []
    low, high = [], []
    for family in families(facts):
        at, row, value = family.count(person, seat)
        found.append((at, row + len(names), value))
        low.append(family.low)
        high.append(family.high)
        names.update({name: len(names) + k for k, name in enumerate(family.names)})
    counts = _counts(counted, person, seat, names, found, low, high)
    caps = None
    if facts.cycle.settings.jaminan.opd_tidak_memburuk:
        caps = (len(names), facts.opd)
        low.append(np.full(len(facts.opds), -NONE))
        high.append(_away(facts, facts.own))
        names.update({f"opd|{o}": len(names) + k for k, o in enumerate(facts.opds)})
    cost = np.sum(list(pair_costs(facts, person, seat).values()), axis=0)
    first = np.searchsorted(person, np.arange(len(facts.own)))
    entry = tuple(np.concatenate([part[i] for part in found]).astype(np.int64) for i in range(3))
    who, where = ({name: i for i, name in enumerate(labels)} for labels in (facts.people["id"], facts.seats["id"]))
    key = person * len(facts.seats) + seat

    def pair_of(p: str, j: str) -> int:
        if p not in who or j not in where:
            return -1
        wanted = who[p] * len(facts.seats) + where[j]
        at = int(np.searchsorted(key, wanted))
        return at if at < len(key) and key[at] == wanted else -1

    made = Relaxation(cost, first, person, names, entry, np.concatenate(low), np.concatenate(high), counts, caps)  # type: ignore[arg-type]
    if len(made.low) != len(names):
        raise BadCertificate("two limits of one name")
    return made, pair_of


def _counts(counted: Amounts, person: np.ndarray, seat: np.ndarray, names: dict[str, int], found: list[Counted], low: list[np.ndarray], high: list[np.ndarray]) -> list[tuple[int, Steps]]:
    """Rows of counts; counts of the same rows (a seat class's load and emptiness) cost together."""
    out: list[tuple[int, Steps]] = []
    for steps, count in counted.steps:
        if steps.names and steps.names[0] in names:
            begin = names[steps.names[0]]
            k = next(i for i, (first, _) in enumerate(out) if first == begin)
            old = out[k][1]
            out[k] = (begin, Steps(old.term, old.names, old.start, old.top, old.value + steps.value, old.base, old.deviation))
            continue
        begin = len(names)
        at, row, value = count(person, seat)
        found.append((at, row + begin, value))
        low.append(np.zeros(len(steps.names), dtype=np.int64))
        high.append(np.zeros(len(steps.names), dtype=np.int64))
        names.update({name: begin + i for i, name in enumerate(steps.names)})
        out.append((begin, steps))
    return out
