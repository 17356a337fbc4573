"""Best plans of islands alone and of a sea of them, whose number of moves and of women who move are limited together."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

import mutasi_toolkit as mt
from brute.reading import NONE, Judged, judge
from brute.world import Island, draw_island, draw_settings, gains_of, write_sea
from mutasi_toolkit.assignment import Problem, solve, verify

#: More moves or women than all people of a sea.
MANY = 10**6


def best_by_use(judged: Judged, without: str = "") -> np.ndarray:
    """Least cost by number of moves and of women who move; NONE where no plan."""
    n = judged.plans.shape[1] + 1
    out = np.full((n, n), NONE, dtype=np.int64)
    fine = judged.fine(without)
    np.minimum.at(out, (judged.moves[fine], judged.women[fine]), judged.cost[fine])
    return out


def together(tables: list[np.ndarray], most: int, low: int, high: int) -> int:
    """Least cost of a sea: moves <= most, low <= women who move <= high; NONE where no plan."""
    n = sum(len(t) - 1 for t in tables)
    rows, columns = min(most, n) + 1, (n if high >= n else high) + 1
    if low == 0 and high >= n:
        tables, columns = [t.min(axis=1, keepdims=True) for t in tables], 1
    total = np.full((rows, columns), NONE, dtype=np.int64)
    total[0, 0] = 0
    for table in tables:
        new = np.full_like(total, NONE)
        for a, b in zip(*np.nonzero(table < NONE), strict=True):
            if a < rows and b < columns:
                part = total[: rows - a, : columns - b] + table[a, b]
                np.minimum(new[a:, b:], part, out=new[a:, b:])
        total = np.minimum(new, NONE)
    return int(total[:, min(low, columns) :].min(initial=NONE) if columns > 1 else total.min())


@dataclass(frozen=True)
class Sea:
    """Islands under common settings, with all their plans."""

    islands: list[Island]
    judged: list[Judged]
    settings: dict

    def limits(self) -> tuple[int, int, int]:
        """Most moves, least and most women who move."""
        most, group = self.settings["anggaran"]["pindah"], (self.settings["jaminan"]["kelompok"] or [{}])[0]
        return MANY if most is None else most, group.get("paling_sedikit", 0), group.get("paling_banyak", MANY)

    def best(self) -> int:
        """Least cost of all."""
        return together([best_by_use(j) for j in self.judged], *self.limits())


def draw_sea(seed: int, size: int) -> tuple[Sea, list[Island]]:
    """A sea of islands that have a plan each; and those drawn that have none."""
    rng = np.random.default_rng([seed, 77])
    settings = draw_settings(rng)
    islands: list[Island] = []
    judged: list[Judged] = []
    hopeless: list[Island] = []
    while len(islands) < size:
        island = draw_island(rng, f"I{len(islands) + len(hopeless):03d}")
        found = judge(island, settings)
        if (found.fine()).any():
            islands.append(island)
            judged.append(found)
        else:
            hopeless.append(island)
    return Sea(islands, judged, settings), hopeless


def checked(sea: Sea, folder: Path) -> Counter:
    """Solve a sea, compare it with the enumeration in all and island by island, count what was binding."""
    cycle = write_sea(folder, sea.islands, sea.settings)
    gains = pd.DataFrame(gains_of(sea.islands), columns=["opd_id", "keahlian", "n_holders", "gain"])
    best = sea.best()
    if best >= NONE:
        expect_none(cycle, gains)
        return Counter({"tanpa_rencana": 1})
    plan = solve(Problem.from_cycle(cycle, gains))
    assert round(plan.objective * 1000) == best
    assert plan.bound == plan.objective
    assert plan.status == "optimal"
    found = verify(cycle, plan)
    assert found.ok, found.text("en")
    seats = plan.assignment.set_index("pegawai_id")["jabatan_id"].to_dict()
    seen: Counter = Counter()
    for island, judged in zip(sea.islands, sea.judged, strict=True):
        mine = np.array([int(seats[island.person_id(p)].split("J")[1]) for p in range(len(island.people))])
        at = int(np.flatnonzero((judged.plans == mine).all(axis=1))[0])
        assert judged.fine()[at], (island, [k for k, v in judged.broken.items() if v[at]])
        # What the island spends of the common limits it spends as well as can be.
        assert judged.cost[at] == best_by_use(judged)[judged.moves[at], judged.women[at]], island
        seen += binding(judged, at, island)
    return seen


def binding(judged: Judged, at: int, island: Island) -> Counter:
    """Kinds of constraint without which the island would do better, terms that decide, shapes of the plan."""
    seen: Counter = Counter(pulau=1)
    cost, fine = judged.cost, judged.fine()
    best = cost[fine].min()
    for kind in judged.broken:
        seen[kind] += int(cost[judged.fine(kind)].min() < best)
    for name, values in judged.terms.items():
        less = cost - values
        seen[f"suku_{name}"] += int((cost[fine & (less == less[fine].min())]).min() > best)
    seen["anggaran_atau_kelompok_bersama"] += int(cost[at] > best)
    own = np.array([p.own for p in island.people])
    plan = judged.plans[at]
    moved = plan != own
    left, entered = set(own[moved].tolist()), set(plan[moved].tolist())
    seen["rantai"] += int(bool(left & entered))
    swaps = [(a, b) for a in np.flatnonzero(moved) for b in np.flatnonzero(moved) if a < b and plan[a] == own[b] and plan[b] == own[a]]
    seen["tukar_tempat"] += int(bool(swaps))
    empty = [s for s, seat in enumerate(island.seats) if seat.need and s not in own.tolist()]
    seen["lowongan_terisi"] += int(bool(set(empty) & entered))
    held = [p for p in island.people if p.status != "PNS" or p.punished or p.since == "baru" or island.seats[p.own].locked]
    seen["orang_tetap"] += int(bool(held))
    return seen


def expect_none(cycle: mt.Cycle, gains: pd.DataFrame) -> None:
    """The solver must find that no plan exists."""
    import pytest

    from mutasi_toolkit.errors import InfeasibleError

    with pytest.raises(InfeasibleError):
        solve(Problem.from_cycle(cycle, gains))
