"""The rounds of a horizon as they stand if nobody ever moved, and moves with a round: what `planning.expanded` stacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import rules
from mutasi_toolkit.assignment.build import Arcs, problem_of_cycle
from mutasi_toolkit.assignment.model import Entries, entries_of
from mutasi_toolkit.assignment.rows import Changes, Rows, holder_changes

if TYPE_CHECKING:
    from mutasi_toolkit.assignment.problem import Problem
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.rules import Limits


@dataclass(frozen=True, eq=False)
class Round:
    """The program of one round on the cycle of those who never moved; `people` are positions into the first cycle."""

    t: int
    cycle: Cycle
    problem: Problem
    limits: Limits
    changes: Changes
    cells: Entries
    people: np.ndarray
    here: np.ndarray
    keys: np.ndarray
    moves: np.ndarray
    before: np.ndarray
    kind: np.ndarray


@dataclass
class Stack:
    """Rows, auxiliary columns and choices as they are collected, over `n` dated arcs."""

    person: np.ndarray
    seat: np.ndarray
    when: np.ndarray
    cost: np.ndarray
    rounds: int
    rows: Rows = field(default_factory=Rows)
    choices: list[np.ndarray] = field(default_factory=list)
    columns: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    entries: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = field(default_factory=list)
    n_columns: int = 0
    first: int = 0

    def row(self, name: str, low: int, high: int, *parts: tuple[np.ndarray, np.ndarray]) -> None:
        """One row of (arcs, values)."""
        at = self.rows.add_many([name], np.array([low]), np.array([high]))
        for arc, value in parts:
            self.rows.put(arc, np.full(len(arc), at), np.asarray(value, dtype=np.int64))

    def choose(self, cost: np.ndarray) -> np.ndarray:
        """One of so many is taken; their arcs."""
        first = len(self.person) + sum(map(len, self.choices))
        self.choices.append(np.asarray(cost, dtype=np.int64))
        return np.arange(first, first + len(cost))

    def segments(self, name: str, low: int, part: tuple[np.ndarray, np.ndarray], cost: np.ndarray) -> None:
        """A count of arcs less `low` that costs so much for its first one, its second one, ..."""
        row = len(self.rows.names)
        self.row(name, low, low, part)
        used, n = np.flatnonzero(np.append(True, cost[1:] != cost[:-1])) if len(cost) else np.zeros(0, dtype=np.int64), len(cost)
        upper = np.diff(np.append(used, n))
        self.columns.append((np.full(len(used), row), upper, cost[used]))
        self.entries.append((self.n_columns + np.arange(len(used)), np.full(len(used), row), np.full(len(used), -1)))
        self.n_columns += len(used)

    def level(self, name: str, today: int, arc: np.ndarray, value: np.ndarray, worth: np.ndarray | None = None) -> tuple[np.ndarray, np.ndarray]:
        """The levels that a count of arcs above `today` may have, and the arcs that say which; `worth` is the cost by level."""
        who, place = np.unique(self.person[arc], return_inverse=True)
        partly = np.bincount(place, minlength=len(who)) < np.bincount(self.person, minlength=1)[who]
        least, most = np.where(partly, 0, np.iinfo(np.int64).max), np.where(partly, 0, np.iinfo(np.int64).min)
        np.minimum.at(least, place, value)
        np.maximum.at(most, place, value)
        levels = np.arange(max(0, today + int(least.sum())), today + int(most.sum()) + 1)
        taken = self.choose(np.zeros(len(levels)) if worth is None else worth[levels])
        self.row(name, -today, -today, (arc, value), (taken, -levels))
        return taken, levels


def rounds_of(still: tuple[Cycle, ...], gains: pd.DataFrame | None) -> list[Round]:
    """The program of every round, over the pairs that some round allows; the first round's is that of its cycle as it is."""
    everyone, n = pd.Index(still[0].pegawai["pegawai_id"]), len(still[0].jabatan)
    people = [everyone.get_indexer(c.pegawai["pegawai_id"]) for c in still]
    limits, pairs = [rules.limits(c) for c in still], [rules.allowed(c) for c in still]
    allowed = [who[p.person] * n + p.seat for who, p in zip(people, pairs, strict=True)]
    forced = rules.decisions(still[0]).forced
    sent = np.bincount(forced[:, 1], minlength=n)
    union = np.unique(np.concatenate([*allowed, forced @ np.array([n, 1])]))
    highest, out = np.zeros(n, dtype=np.int64), []
    for t, cycle in enumerate(still):
        before = np.maximum(highest, limits[t].present + sent) if t else limits[t].present
        here = np.isin(np.arange(len(everyone)), people[t])
        place = np.cumsum(here) - 1
        some = union[here[union // n]]
        wide = rules.Pairs(place[some // n], some % n)
        problem = problem_of_cycle(cycle, gains, wide, np.maximum(limits[t].open, before)) if t else problem_of_cycle(cycle, gains, pairs[0])
        model = problem.model
        own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(cycle.pegawai["jabatan_id"])
        arcs = Arcs(model.person, problem.seat, own, own[model.person] != problem.seat)
        keys = people[t][model.person] * n + problem.seat
        can = arcs.is_move & (~np.isin(keys // n, forced[:, 0]) & np.isin(keys, allowed[t]) & (limits[t].open[problem.seat] > 0) if t else True)
        changes = holder_changes(cycle, arcs, limits[t])
        cells = entries_of(changes.arc, changes.key, changes.sign, model.n_arcs)
        kind = np.array([name.split("|")[0] for name in model.names])
        out.append(Round(t, cycle, problem, limits[t], changes, cells, people[t], here, keys, np.flatnonzero(can), before, kind))
        highest = np.maximum(highest, limits[t].open)
    return out


def dated(parts: list[Round]) -> Stack:
    """Staying, and every move in every round that allows it."""
    first, last = parts[0], len(parts)
    model, n = first.problem.model, len(first.cycle.jabatan)
    stays = model.stay[model.stay >= 0]
    keys = [first.keys[stays], *(part.keys[part.moves] for part in parts)]
    cost = [np.zeros(len(stays), dtype=np.int64), *(part.problem.model.cost[part.moves] for part in parts)]
    when = np.concatenate([np.full(len(k), (t - 1) % (last + 1)) for t, k in enumerate(keys)])
    key = np.concatenate(keys)
    order = np.lexsort((key, when, key // n))
    return Stack(key[order] // n, key[order] % n, when[order], np.concatenate(cost)[order], last)


def places(stack: Stack, part: Round, after: bool) -> tuple[np.ndarray, np.ndarray]:
    """Dated arcs of the people of a round, and the round's own arc that stands for where each has them after it, or before it."""
    n, own = len(part.cycle.jabatan), np.zeros(len(part.here), dtype=np.int64)
    own[part.people] = pd.Index(part.cycle.jabatan["jabatan_id"]).get_indexer(part.cycle.pegawai["jabatan_id"])
    arcs = np.flatnonzero(part.here[stack.person])
    gone = stack.when[arcs] <= part.t if after else stack.when[arcs] < part.t
    key = stack.person[arcs] * n + np.where(gone, stack.seat[arcs], own[stack.person[arcs]])
    at = np.searchsorted(part.keys, key)
    if not np.array_equal(part.keys[np.minimum(at, len(part.keys) - 1)], key):
        raise AssertionError("a dated move has no pair in its round")
    return arcs, at


def entries_at(stack: Stack, part: Round, entries: Entries, after: bool) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(dated arc, row, value) of a round's entries, by the state after or before it, sorted by row."""
    arcs, at = places(stack, part, after)
    mine = entries.of(at)
    order = np.argsort(mine.row, kind="stable")
    return np.repeat(arcs, mine.count)[order], mine.row[order], mine.value[order]


def of_row(found: tuple[np.ndarray, np.ndarray, np.ndarray], row: int) -> tuple[np.ndarray, np.ndarray]:
    """(arcs, values) of one row."""
    a, b = np.searchsorted(found[1], [row, row + 1])
    return found[0][a:b], found[2][a:b]
