"""What a plan costs, in whole thousandths of a point: by pair, by seat class, by unit, and by holders of skills."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mutasi_toolkit.assignment.audit.pairs import fits
from mutasi_toolkit.assignment.audit.rows import Counted, holder_moves, holder_names, holders_now
from mutasi_toolkit.assignment.audit.tables import PART_TIME, Facts

POINT = 1000
#: Radius of the earth, and the longer way to work that counts as the greatest disruption.
EARTH, FAR = 6371.0, 10.0
#: Shares of the parts of a disruption.
WAY, WISH, BOX, FIELD, RETIREMENT = 0.4, 0.2, 0.15, 0.1, 0.15


def thousandths(points: np.ndarray) -> np.ndarray:
    """Points as whole thousandths, halves up."""
    return np.floor(np.round(points * POINT, 6) + 0.5).astype(np.int64)


def pair_costs(facts: Facts, person: np.ndarray, seat: np.ndarray) -> dict[str, np.ndarray]:
    """What each pair adds to each term; staying adds nothing."""
    weight, out = facts.cycle.settings.bobot, {k: np.zeros(len(person), dtype=np.int64) for k in ("kecocokan", "gangguan", "pindah")}
    at = np.flatnonzero(facts.own[person] != seat)
    p, s = person[at], seat[at]
    rise = fits(facts, p, s) - fits(facts, p, facts.own[p])
    out["kecocokan"][at] = thousandths(-weight.kecocokan * np.where(np.isnan(rise), 0.0, rise) / 100)
    out["gangguan"][at] = thousandths(weight.gangguan * disruption(facts, p, s))
    out["pindah"][at] = thousandths(np.full(len(at), weight.pindah))
    return out


def _km(lat: np.ndarray, lon: np.ndarray, lat2: np.ndarray, lon2: np.ndarray) -> np.ndarray:
    a, b, c, d = (np.radians(v) for v in (lat, lon, lat2, lon2))
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * EARTH * np.arcsin(np.sqrt(np.clip(h, 0, 1)))


def disruption(facts: Facts, p: np.ndarray, s: np.ndarray) -> np.ndarray:
    """From 0 to 1: longer way, unwished unit, talent box, other field of study, little time to retirement."""
    people, seats = facts.people, facts.seats
    home = people["lat"].to_numpy()[p], people["lon"].to_numpy()[p]
    there, here = ((seats["lat"].to_numpy()[k], seats["lon"].to_numpy()[k]) for k in (s, facts.own[p]))
    longer = np.nan_to_num(_km(*home, *there) - _km(*home, *here))
    wished = {(a, b) for a, b in zip(facts.cycle.preferensi["pegawai_id"], facts.cycle.preferensi["unit_id"], strict=True)}
    asks = np.isin(people["id"].to_numpy().astype(str), [a for a, _ in wished])
    units = facts.cycle.jabatan["unit_id"].to_numpy()
    granted = np.ones(len(p), dtype=bool)
    ids = people["id"].to_numpy()
    for k in np.flatnonzero(asks[p]):
        granted[k] = (ids[p[k]], units[s[k]]) in wished
    boxes = {int(k): float(v) for k, v in facts.rule["R32"]["gangguan"].items()}
    box = np.array([boxes.get(int(v), 0.0) if v == v else 0.0 for v in people["box"]])[p]
    left = seats["until"].to_numpy()[s] - people["age"].to_numpy()[p]
    short = left < facts.rule["R10"]["min_years_to_bup"]
    return WAY * np.clip(longer / FAR, 0, 1) + WISH * ~granted + BOX * box + FIELD * _strange(facts, p, s) + RETIREMENT * short


def _strange(facts: Facts, p: np.ndarray, s: np.ndarray) -> np.ndarray:
    mine, wanted = facts.people["field"].to_numpy(dtype=object), facts.seats["field"].to_numpy(dtype=object)
    fields = {w: {x.strip() for x in w.split(";")} for w in set(wanted)}
    known: dict[tuple[str, str], bool] = {(m, w): bool(m and w and m not in fields[w]) for m in set(mine) for w in fields}
    row = {m: i for i, m in enumerate(sorted(set(mine)))}
    column = {w: i for i, w in enumerate(sorted(fields))}
    table = np.zeros((len(row), len(column)), dtype=bool)
    for (m, w), strange in known.items():
        table[row[m], column[w]] = strange
    return table[np.array([row[m] for m in mine])[p], np.array([column[w] for w in wanted])[s]]


@dataclass(frozen=True, eq=False)
class Steps:
    """Convex costs of counts: of count k of row r, value[start[r] + k]; counts run from 0 to top[r].

    Attributes
    ----------
    term : str
    names : list of str
    start, top : ndarray of int64
    value : ndarray of int64
    deviation : ndarray of int64 or None
        |ada - kebutuhan| of a seat class in parts of a person.
    base : ndarray of int64
        What the count is before the pairs add to it.
    """

    term: str
    names: list[str]
    start: np.ndarray
    top: np.ndarray
    value: np.ndarray
    base: np.ndarray
    deviation: np.ndarray | None = None

    def of(self, count: np.ndarray) -> int:
        """Cost of counts, one for every row."""
        return int(self.value[self.start + np.minimum(count, self.top)].sum())


def parts(facts: Facts) -> int:
    """Into how many parts a person is cut so that part-time staff are whole."""
    for k in (1, 10, 100, 1000, 10_000, 100_000):
        if np.array_equal(np.rint(facts.part_time * k) / k, facts.part_time):
            return k
    return 1_000_000


def _ragged(top: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    start = np.concatenate([[0], np.cumsum(top + 1)])[:-1]
    row = np.repeat(np.arange(len(top)), top + 1)
    return start, row, np.arange(len(row)) - start[row]


def _distance_steps(need: np.ndarray, fixed: np.ndarray, top: np.ndarray, unit: int, weight: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starts, cost and deviation of n = 0 .. top people: the cost of no one and of each further one is rounded by itself."""
    start, row, n = _ragged(top)
    away = np.abs(n * unit + fixed[row] - need[row] * unit)
    cost = thousandths(weight * away / unit)
    step = thousandths((away - np.concatenate([[0], away[:-1]])) * (weight / unit))
    step[start] = cost[start]
    total = np.cumsum(step)
    return start, total - np.where(start > 0, total[start - 1], 0)[row], away


def load_steps(facts: Facts) -> Steps:
    """Shortage and surplus of every seat class, and what an empty one costs."""
    unit = parts(facts)
    fixed = np.rint(facts.part_time * unit).astype(np.int64)
    top = np.where(facts.present <= facts.room, facts.room, facts.present)
    start, value, away = _distance_steps(facts.need, fixed, top, unit, facts.cycle.settings.bobot.beban)
    names = [f"isi|{j}" for j in facts.seats["id"]]
    return Steps("beban", names, start, top, value, np.zeros(len(top), dtype=np.int64), away)


def empty_steps(facts: Facts) -> Steps:
    """Seat classes that are needed and have nobody."""
    top = np.where(facts.present <= facts.room, facts.room, facts.present)
    start, row, n = _ragged(top)
    empty = (facts.need[row] >= 1) & (facts.part_time[row] == 0) & (n == 0)
    value = np.where(empty, thousandths(np.array([facts.cycle.settings.bobot.kosong]))[0], 0)
    return Steps("kosong", [f"isi|{j}" for j in facts.seats["id"]], start, top, value, np.zeros(len(top), dtype=np.int64))


def unit_steps(facts: Facts) -> Steps | None:
    """Shortage and surplus of every unit as a whole."""
    weight = facts.cycle.settings.bobot.beban_unit
    if not weight:
        return None
    unit, n = parts(facts), len(facts.parent)
    fixed = np.bincount(facts.unit, weights=np.rint(facts.part_time * unit), minlength=n).astype(np.int64)
    need, top = (np.bincount(facts.unit, weights=v, minlength=n).astype(np.int64) for v in (facts.need, np.where(facts.present <= facts.room, facts.room, facts.present)))
    start, value, _ = _distance_steps(need, fixed, top, unit, weight)
    return Steps("beban_unit", [f"unit|{u}" for u in facts.cycle.unit["unit_id"]], start, top, value, np.zeros(n, dtype=np.int64))


def seated(facts: Facts, place: np.ndarray, person: np.ndarray, seat: np.ndarray) -> Counted:
    """Full-time people by seat class or unit."""
    at = np.flatnonzero((facts.people["status"] != PART_TIME).to_numpy()[person])
    return at, place[seat[at]], np.ones(len(at), dtype=np.int64)


def knowledge_steps(facts: Facts, gains: dict[str, list[float]], person: np.ndarray, seat: np.ndarray) -> Steps | None:
    """What holders are worth (negative), against today's; `person`, `seat`: all pairs, which say how many can come."""
    weight = facts.cycle.settings.bobot.pengetahuan
    if not gains or not weight:
        return None
    names = holder_names(facts, "tahu")
    now = holders_now(facts)
    rows = np.array([k for k, name in enumerate(names) if name.split("|", 1)[1] in gains], dtype=np.int64)
    at, row, sign = holder_moves(facts, person, seat)
    coming = np.unique(np.column_stack([row[sign > 0], person[at[sign > 0]]]), axis=0)[:, 0]
    top = (now + np.bincount(coming, minlength=len(names)))[rows]
    start, _, _ = _ragged(top)
    value = np.zeros(int((top + 1).sum()), dtype=np.int64)
    for k, r in enumerate(rows):
        table = np.maximum(np.array(gains[names[r].split("|", 1)[1]], dtype=float), 0.0)
        step = thousandths(np.minimum.accumulate(table) * weight)
        step = np.concatenate([step, np.full(top[k], step[-1])])[: top[k]]
        worth = -np.concatenate([[0], np.cumsum(step)])
        value[start[k] : start[k] + top[k] + 1] = worth - worth[now[r]]
    return Steps("pengetahuan", [names[r] for r in rows], start, top, value, now[rows])


def spare_steps(facts: Facts, person: np.ndarray, seat: np.ndarray) -> Steps | None:
    """Skills of an OPD that come to hang on one person, or on none: holders short of two, where there were so many."""
    weight = facts.cycle.settings.bobot.pemegang_tunggal
    if not weight:
        return None
    names, now = holder_names(facts, "cadangan"), holders_now(facts)
    at, row, sign = holder_moves(facts, person, seat)
    top = now + np.bincount(np.unique(np.column_stack([row[sign > 0], person[at[sign > 0]]]), axis=0)[:, 0], minlength=len(now))
    rows = np.flatnonzero(now > 0)
    start, k, n = _ragged(top[rows])
    price = thousandths(np.array([weight]))[0]
    value = price * np.maximum(np.minimum(now[rows][k], 2) - n, 0)
    return Steps("pemegang_tunggal", [names[r] for r in rows], start, top[rows], value, now[rows])
