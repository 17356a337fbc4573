"""Synthetic instances of any size with every kind of constraint, as a Model: cities of about 3,650 people, agencies, units, cells.

Everything is drawn from the seed; costs are whole. People of a family of jobs at a level with an education may take cells near
theirs; candidates come from a hash of what a person is, so that people who are alike have the same candidates.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from mutasi_toolkit.assignment.grouped import Groups
from mutasi_toolkit.assignment.model import FREE, Model, entries_of
from mutasi_toolkit.assignment.tie import mix

CITY, FAMILIES, SKILLS, CELLS_PER_UNIT = 3650, 40, 12, 5
DEVIATION, COVERAGE = 1200, 900


@dataclass(frozen=True, eq=False)
class People:
    """Who there is, and the cells."""

    cell: np.ndarray
    family: np.ndarray
    level: np.ndarray
    education: np.ndarray
    movable: np.ndarray
    experienced: np.ndarray
    skills: np.ndarray
    wishes: np.ndarray
    cell_city: np.ndarray
    cell_unit: np.ndarray
    unit_agency: np.ndarray
    cell_family: np.ndarray
    cell_level: np.ndarray
    cell_education: np.ndarray
    need: np.ndarray


def people(n: int, per_cell: float = 4.0, seed: int = 1) -> People:
    """Draw people and cells."""
    rng = np.random.default_rng([seed, n])
    cities = max(1, round(n / CITY))
    units_each = int(np.ceil(max(cities * 5, round(n / (per_cell * CELLS_PER_UNIT))) / cities))
    agencies_each = min(35, max(3, units_each // 3))
    n_units = cities * units_each
    unit_agency = np.repeat(np.arange(cities), units_each) * agencies_each + (np.arange(n_units) % units_each) * agencies_each // units_each
    cell_unit = np.repeat(np.arange(n_units), CELLS_PER_UNIT)
    n_cells = len(cell_unit)
    families = rng.integers(0, FAMILIES, (cities * agencies_each, 6))
    cell_family = families[unit_agency[cell_unit], rng.integers(0, 6, n_cells)]
    cell_level = np.tile([1, 2, 2, 3, 4], n_units)
    cell_education = np.clip(cell_level - 1 + rng.integers(0, 2, n_cells), 0, 4)
    weight = rng.gamma(2.0, 1.0, n_cells)
    cell = np.sort(rng.choice(n_cells, n, p=weight / weight.sum()))
    family = np.where(rng.random(n) < 0.8, cell_family[cell], rng.integers(0, FAMILIES, n))
    level = np.clip(cell_level[cell] + rng.choice([-1, 0, 0, 0, 1], n), 1, 5)
    education = np.clip(cell_education[cell] + rng.integers(0, 3, n), 0, 4)
    tenure = rng.exponential(4.0, n)
    movable = (tenure >= 2) & (rng.random(n) > 0.1)
    skills = np.zeros((n, SKILLS), dtype=bool)
    many = rng.integers(1, 3, n)
    for k in range(2):
        skills[np.arange(n), (family * 7 + 5 * k) % SKILLS] |= many > k
    rare = np.flatnonzero(rng.random(n) < 0.1)
    skills[rare, rng.integers(0, SKILLS, len(rare))] = True
    present = np.bincount(cell, minlength=n_cells)
    need = np.maximum(1, np.rint((present + 0.3) * np.exp(rng.normal(0, 0.45, n_cells)))).astype(np.int64)
    return People(
        cell, family, level, education, movable, tenure >= 5, skills, rng.random(n) < 0.3, cell_unit // units_each, cell_unit, unit_agency,
        cell_family, cell_level, cell_education, need,
    )  # fmt: skip


def arcs(p: People, candidates: int = 100) -> tuple[np.ndarray, np.ndarray]:
    """Allowed moves: person and cell, sorted, without one's own."""
    n_cells, n_cities = len(p.cell_unit), int(p.cell_city.max()) + 1
    key = p.cell_city * FAMILIES + p.cell_family
    order = np.argsort(key, kind="stable")
    begin = np.searchsorted(key[order], np.arange(n_cities * FAMILIES + 1))
    found = []
    movable = np.flatnonzero(p.movable)
    for at in range(0, len(movable), 200_000):
        who = movable[at : at + 200_000]
        kind = ((p.cell[who].astype(np.uint64) * 64 + p.family[who].astype(np.uint64)) * 8 + p.level[who].astype(np.uint64)) * 8 + p.education[who].astype(np.uint64)
        h = mix(kind[:, None], np.arange(1, candidates + 1, dtype=np.uint64)[None, :])
        share, pick = (h % 1024) / 1024, h // 1024
        family = np.repeat(p.family[who][:, None], candidates, axis=1)
        near = (share > 0.55) & (share <= 0.9)
        family[near] = (family[near] + 1 + pick[near] % 4 - 2) % FAMILIES
        city = np.repeat(p.cell_city[p.cell[who]][:, None], candidates, axis=1)
        far = share > 0.9
        city[far] = np.clip(city[far] + pick[far] % 5 - 2, 0, n_cities - 1)
        group = city * FAMILIES + family
        count = begin[group + 1] - begin[group]
        cell = order[np.minimum(begin[group] + pick % np.maximum(count, 1), n_cells - 1)]
        ok = (count > 0) & (np.abs(p.cell_level[cell] - p.level[who][:, None]) <= 1) & (p.cell_education[cell] <= p.education[who][:, None])
        ok &= cell != p.cell[who][:, None]
        row, _ = np.nonzero(ok)
        found.append(np.unique(who[row].astype(np.int64) * n_cells + cell[ok]))
    keys = np.unique(np.concatenate(found))
    return keys // n_cells, keys % n_cells


def costs(p: People, person: np.ndarray, cell: np.ndarray, moves: np.ndarray) -> np.ndarray:
    """Misfit, disruption and resistance."""
    misfit = 120 * np.abs(p.cell_level[cell] - p.level[person]) + 350 * (p.cell_family[cell] != p.family[person])
    own = p.cell[person]
    agency = p.unit_agency[p.cell_unit]
    away = 150 + 150 * (agency[cell] != agency[own]) + 400 * (p.cell_city[cell] != p.cell_city[own])
    wish = mix(person.astype(np.uint64), cell.astype(np.uint64)) % 500
    return (misfit + np.where(moves, away + np.where(p.wishes[person], wish, 250), 0)).astype(np.int64)


def segments(p: People) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray, int]:
    """Convex cost of filling each cell: cell, width and marginal cost of segments, least and most people, cost of the least."""
    present = np.bincount(p.cell, minlength=len(p.need))
    low = np.floor(0.6 * np.minimum(present, p.need)).astype(np.int64)
    high = np.ceil(1.3 * np.maximum(present, p.need)).astype(np.int64)
    width = high - low
    cell = np.repeat(np.arange(len(low)), width)
    k = low[cell] + np.arange(len(cell)) - np.repeat(np.cumsum(width) - width, width)

    def phi(fill: np.ndarray, c: np.ndarray) -> np.ndarray:
        need = p.need[c].astype(float)
        return np.rint(DEVIATION * np.where(fill < need, 1.0, 0.5) * (fill - need) ** 2 / need).astype(np.int64)

    step = phi(k + 1, cell) - phi(k, cell)
    for _ in range(3):
        same = np.concatenate([[False], cell[1:] == cell[:-1]])
        step = np.where(same & (step < np.roll(step, 1)), np.roll(step, 1), step)
    new = np.concatenate([[True], (cell[1:] != cell[:-1]) | (step[1:] != step[:-1])])
    at = np.flatnonzero(new)
    return cell[at], np.diff(np.append(at, len(cell))), step[at], low, high, int(phi(low, np.arange(len(low))).sum())


def instance(n: int, per_cell: float = 4.0, seed: int = 1, budget: float = 0.05, retain: float = 0.7, pairs: float = 0.01) -> Model:
    """The whole model: balance, budget, experience, last holders, coverage, people in conflict."""
    p = people(n, per_cell, seed)
    person, cell = arcs(p)
    everyone = np.arange(n)
    person, cell, moves = (np.concatenate(x) for x in ((everyone, person), (p.cell, cell), (np.zeros(n, dtype=bool), np.ones(len(person), dtype=bool))))
    order = np.lexsort((cell, moves, person))
    person, cell, moves = person[order], cell[order], moves[order]
    unit, agency = p.cell_unit[cell], p.unit_agency[p.cell_unit[cell]]
    names: list[str] = []
    low, high, parts = [], [], []

    def rows(kind: str, labels: np.ndarray, least: np.ndarray, most: np.ndarray, arc: np.ndarray, row: np.ndarray) -> int:
        first = len(names)
        names.extend(f"{kind}|{k}" for k in labels.tolist())
        low.append(np.asarray(least, dtype=np.int64))
        high.append(np.asarray(most, dtype=np.int64))
        parts.append((arc, row + first))
        return first

    seg_cell, width, step, least, _, base = segments(p)
    rows("isi", np.arange(len(least)), least, least, np.arange(len(person)), cell)
    most_moves = int(budget * n)
    names.append("anggaran|pindah")
    low.append(np.array([-FREE]))
    high.append(np.array([most_moves]))
    parts.append((np.flatnonzero(moves), np.full(int(moves.sum()), len(names) - 1)))
    n_units = len(p.unit_agency)
    home = p.cell_unit[p.cell]
    now = np.bincount(home[p.experienced], minlength=n_units)
    at = np.flatnonzero(p.experienced[person])
    rows("pengalaman", np.arange(n_units), np.ceil(retain * now), np.full(n_units, FREE), at, unit[at])
    _holders(p, rows, person, unit)
    banks = _coverage(p, rows, person, agency)
    _conflicts(p, rows, person, unit, pairs, seed)
    arc, row = (np.concatenate([part[i] for part in parts]) for i in range(2))
    bank = np.concatenate([seg_cell, banks[0]])
    upper = np.concatenate([width, banks[1]])
    cost = np.concatenate([step, banks[2]])
    start = np.searchsorted(person, np.arange(n + 1)).astype(np.int64)
    return Model(
        person=person, start=start, cost=costs(p, person, cell, moves), stay=start[:-1].copy(), arcs=entries_of(arc, row, np.ones(len(arc), dtype=np.int64), len(person)),
        extra_cost=cost, extra_upper=upper, bank=bank, extras=entries_of(np.arange(len(bank)), bank, np.full(len(bank), -1), len(bank)),
        low=np.concatenate(low), high=np.concatenate(high), names=tuple(names), constant=base,
        tie=mix(person.astype(np.uint64), cell.astype(np.uint64)), hint=np.zeros(len(names), dtype=np.int64),
    )  # fmt: skip


def _holders(p: People, rows: object, person: np.ndarray, unit: np.ndarray) -> None:
    """Every unit keeps a holder of each skill it has, where all its holders could go."""
    n_units, home = len(p.unit_agency), p.cell_unit[p.cell]
    held, fixed = np.zeros((n_units, SKILLS), dtype=np.int64), np.zeros((n_units, SKILLS), dtype=np.int64)
    np.add.at(held, home, p.skills.astype(np.int64))
    np.add.at(fixed, home, (p.skills & ~p.movable[:, None]).astype(np.int64))
    risk = (held > 0) & (fixed == 0)
    place = np.full(risk.shape, -1)
    place[risk] = np.arange(risk.sum())
    arc, skill = np.nonzero(p.skills[person])
    row = place[unit[arc], skill]
    rows("pemegang", np.arange(int(risk.sum())), np.ones(int(risk.sum())), np.full(int(risk.sum()), FREE), arc[row >= 0], row[row >= 0])  # type: ignore[operator]


def _coverage(p: People, rows: object, person: np.ndarray, agency: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A reward for the first holder of a skill that an agency lacks."""
    n, home = int(p.unit_agency.max()) + 1, p.unit_agency[p.cell_unit[p.cell]]
    held = np.zeros((n, SKILLS), dtype=np.int64)
    np.add.at(held, home, p.skills.astype(np.int64))
    place = np.full(held.shape, -1)
    place[held == 0] = np.arange(int((held == 0).sum()))
    arc, skill = np.nonzero(p.skills[person])
    row = place[agency[arc], skill]
    many = int((held == 0).sum())
    first = rows("tahu", np.arange(many), np.zeros(many), np.zeros(many), arc[row >= 0], row[row >= 0])  # type: ignore[operator]
    bank = np.repeat(first + np.arange(many), 2)
    return bank, np.tile([1, len(person)], many), np.tile([-COVERAGE, 0], many)


def _conflicts(p: People, rows: object, person: np.ndarray, unit: np.ndarray, share: float, seed: int) -> None:
    """Pairs of people who may not come to sit in one unit."""
    rng = np.random.default_rng([seed, len(p.cell), 7])
    n = len(p.cell)
    a = rng.integers(0, n, int(share * n))
    b = np.clip(a + rng.integers(-CITY // 2, CITY // 2, len(a)), 0, n - 1)
    home = p.cell_unit[p.cell]
    ok = (a != b) & (home[a] != home[b])
    start = np.searchsorted(person, np.arange(n + 1))
    arc, row, many = [], [], 0
    for x, y in zip(a[ok].tolist(), b[ok].tolist(), strict=True):
        mine, theirs = np.arange(start[x], start[x + 1]), np.arange(start[y], start[y + 1])
        for u in np.intersect1d(unit[mine], unit[theirs]).tolist():
            both = np.concatenate([mine[unit[mine] == u], theirs[unit[theirs] == u]])
            arc.append(both)
            row.append(np.full(len(both), many))
            many += 1
    none = np.zeros(0, dtype=np.int64)
    rows("konflik", np.arange(many), np.full(many, -FREE), np.ones(many), np.concatenate([none, *arc]), np.concatenate([none, *row]))  # type: ignore[operator]


def nation(n: int, per_cell: float = 200.0, seed: int = 1, budget: float = 0.05) -> tuple[Groups, np.ndarray]:
    """Groups of identical people (of one cell, family, level, education), without single wishes; and the group of every person."""
    p = people(n, per_cell, seed)
    key = ((p.cell * FAMILIES + p.family) * 6 + p.level) * 5 + p.education
    key = np.where(p.movable, key, -1)
    _, first, member = np.unique(key, return_index=True, return_inverse=True)
    first, member = first[1:], member - 1
    some = replace(
        p, cell=p.cell[first], family=p.family[first], level=p.level[first], education=p.education[first],
        movable=np.ones(len(first), dtype=bool), wishes=np.zeros(len(first), dtype=bool),
    )  # fmt: skip
    group, cell = arcs(some, 40)
    everyone = np.arange(len(first))
    group, cell, moves = (np.concatenate(x) for x in ((everyone, group), (some.cell, cell), (np.zeros(len(first), dtype=bool), np.ones(len(group), dtype=bool))))
    order = np.lexsort((cell, moves, group))
    group, cell, moves = group[order], cell[order], moves[order]
    seg_cell, room, cost, low, _, base = segments(p)
    settled = np.bincount(p.cell[~p.movable], minlength=len(low)).astype(np.int64)
    still = np.flatnonzero(~p.movable)
    base += int(costs(p, still, p.cell[still], np.zeros(len(still), dtype=bool)).sum())
    made = Groups(
        np.bincount(member[member >= 0]).astype(np.int64), group, cell, costs(some, group, cell, moves), np.flatnonzero(~moves),
        settled, low, seg_cell, room, cost, int(budget * n), base,
    )  # fmt: skip
    return made, member
