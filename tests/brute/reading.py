"""All plans of an island, judged from its tables: a second reading of the model that shares no code with the package."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from brute.world import Island, Seat

NONE = 10**15
#: Years: the least time in the seat, and the time in the unit that makes experience; in `SINCE` words.
TOO_NEW, EXPERIENCED = {"baru"}, {"lama"}
HOLDER = 3
LEADS_TO = {"terima": "must", "kunci": "stay", "tolak_semua": "stay", "tolak": "not"}


@dataclass(frozen=True)
class Judged:
    """Every choice of seats of an island.

    Attributes
    ----------
    plans : ndarray of int, shape (n_plans, n_people)
    terms : dict of str to ndarray of int, shape (n_plans,)
        Thousandths of a point.
    broken : dict of str to ndarray of bool, shape (n_plans,)
        Per kind of constraint.
    moves, women : ndarray of int
        People who move, and women among them.
    """

    plans: np.ndarray
    terms: dict[str, np.ndarray]
    broken: dict[str, np.ndarray]
    moves: np.ndarray
    women: np.ndarray

    @property
    def cost(self) -> np.ndarray:
        """Objective of every plan."""
        return np.sum(list(self.terms.values()), axis=0)

    def fine(self, without: str = "") -> np.ndarray:
        """Plans that keep every kind of constraint but `without`."""
        kinds = [v for k, v in self.broken.items() if k != without]
        return ~np.any(kinds, axis=0)


def options(i: Island, p: int) -> list[int]:
    """Seats that the pair rules leave a person."""
    person, own = i.people[p], i.seats[i.people[p].own]
    if person.status != "PNS" or person.punished or person.since in TOO_NEW or own.locked:
        return [person.own]
    return [s for s, seat in enumerate(i.seats) if s == person.own or (seat.head == own.head and not seat.locked)]


def judge(i: Island, settings: dict) -> Judged:
    """Enumerate and judge."""
    grid = np.meshgrid(*[options(i, p) for p in range(len(i.people))], indexing="ij")
    plans = np.stack([g.ravel() for g in grid], axis=1)
    own = np.array([p.own for p in i.people])
    moved = plans != own
    full = np.array([p.status != "PPPK paruh waktu" for p in i.people])
    fixed = np.array([0.5 * s.outside for s in i.seats]) + 0.5 * np.bincount(own[~full], minlength=len(i.seats))
    state = _State(i, settings, plans, own, moved, full, fixed)
    women = np.array([p.sex == "P" for p in i.people])
    return Judged(plans, state.terms(), state.broken(), moved.sum(axis=1), (moved & women).sum(axis=1))


@dataclass(frozen=True)
class _State:
    i: Island
    settings: dict
    plans: np.ndarray
    own: np.ndarray
    moved: np.ndarray
    full: np.ndarray
    fixed: np.ndarray

    def count(self, place: np.ndarray, who: np.ndarray, n: int) -> np.ndarray:
        """People among `who` in each place after the moves, shape (n_plans, n)."""
        return np.stack([(place[self.plans[:, who]] == k).sum(axis=1) for k in range(n)], axis=1)

    @property
    def unit(self) -> np.ndarray:
        """Unit of every seat."""
        return np.array([s.unit for s in self.i.seats])

    @property
    def opd(self) -> np.ndarray:
        """OPD of every seat."""
        return np.array(self.i.opd)[self.unit]

    @property
    def need(self) -> np.ndarray:
        """Need of every seat."""
        return np.array([s.need for s in self.i.seats])

    def holders(self) -> tuple[np.ndarray, np.ndarray]:
        """Holders by plan, OPD and skill, and today."""
        held = np.array([p.level for p in self.i.people]) >= HOLDER
        n = max(self.i.opd) + 1
        then = np.stack([self.count(self.opd, np.flatnonzero(held[:, k]), n) for k in range(held.shape[1])], axis=2)
        now = np.stack([np.bincount(self.opd[self.own[held[:, k]]], minlength=n) for k in range(held.shape[1])], axis=1)
        return then, now

    def terms(self) -> dict[str, np.ndarray]:
        """The objective."""
        w = self.settings["bobot"]
        n_seats, full = len(self.i.seats), np.flatnonzero(self.full)
        n = self.count(np.arange(n_seats), full, n_seats)
        n_units = len(self.i.parent)
        of_unit = [np.bincount(self.unit, weights=v, minlength=n_units) for v in (self.fixed, self.need)]
        then, now = self.holders()
        pair = {name: np.array([[v if s != p.own else 0 for s, v in enumerate(row)] for p, row in zip(self.i.people, made, strict=True)]) for name, made in self._pairs(w).items()}
        everyone = np.arange(len(self.own))
        out = {name: table[everyone, self.plans].sum(axis=1) for name, table in pair.items()}
        out["beban"] = thousandths(w["beban"] * np.abs(n + self.fixed - self.need).sum(axis=1))
        out["beban_unit"] = thousandths(w["beban_unit"] * np.abs(self.count(self.unit, full, n_units) + of_unit[0] - of_unit[1]).sum(axis=1))
        out["kosong"] = thousandths(w["kosong"] * ((n == 0) & (self.need >= 1) & (self.fixed == 0)).sum(axis=1))
        out["pemegang_tunggal"] = thousandths(w["pemegang_tunggal"] * np.maximum(np.minimum(now, 2) - then, 0).sum(axis=(1, 2)))
        out["pengetahuan"] = -thousandths(w["pengetahuan"] * (self._worth(then) - self._worth(now[None])))
        return out

    def _worth(self, holders: np.ndarray) -> np.ndarray:
        total = np.zeros(len(holders))
        for (o, k), gain in self.i.gains.items():
            sums = np.concatenate([[0.0], np.cumsum([*gain, *[gain[-1]] * 9])])
            total += sums[holders[:, o, k]]
        return total

    def _pairs(self, w: dict) -> dict[str, list[list[int]]]:
        seats = self.i.seats
        better = [[_rise(p.level, seats[p.own], s) for s in seats] for p in self.i.people]
        wish = [[0.2 * (p.wish >= 0 and s.unit != p.wish) + 0.15 * {1: 1.0, 9: 0.5}.get(p.box, 0.0) for s in seats] for p in self.i.people]
        return {
            "kecocokan": [[int(thousandths(-w["kecocokan"] * v / 100)) for v in row] for row in better],
            "gangguan": [[int(thousandths(w["gangguan"] * v)) for v in row] for row in wish],
            "pindah": [[int(thousandths(w["pindah"]))] * len(seats) for _ in self.i.people],
        }

    def broken(self) -> dict[str, np.ndarray]:
        """Plans that break each kind of constraint."""
        out = {"kapasitas": self._capacity()}
        budget, promise = self.settings["anggaran"], self.settings["jaminan"]
        for name, place in (("unit", self.unit), ("opd", self.opd)):
            a, b = place[self.own][None], place[self.plans]
            for side, at in (("keluar", np.broadcast_to(a, b.shape)), ("masuk", b)):
                most = budget[f"{side}_per_{name}"]
                if most is not None:
                    crossing = [((a != b) & (at == k)).sum(axis=1) > most for k in range(place.max() + 1)]
                    out[f"{side}_per_{name}"] = np.any(crossing, axis=0)
        if promise["opd_tidak_memburuk"]:
            out["opd_tidak_memburuk"] = self._worse()
        if promise["pemegang_tunggal"]:
            then, now = self.holders()
            out["pemegang_terakhir"] = (then < np.minimum(now, self.settings["aturan"]["R33"]["min_holders"])).any(axis=(1, 2))
        out |= self._shares(promise) | self._decided() | self._group()
        if self.i.conflicts:
            out["konflik"] = self._conflict()
        return out

    def _capacity(self) -> np.ndarray:
        m = len(self.i.seats)
        n = self.count(np.arange(m), np.flatnonzero(self.full), m)
        room = np.maximum(np.floor(self.need + self.settings["aturan"]["R14"]["kelebihan_boleh"] - self.fixed), 0)
        today = np.bincount(self.own[self.full], minlength=m)
        entered = np.stack([((self.plans == s) & self.moved).any(axis=1) for s in range(m)], axis=1)
        crowded = today > room
        return ((n > np.maximum(room, today)) | (entered & ((n > room) | crowded | (room == 0)))).any(axis=1)

    def _worse(self) -> np.ndarray:
        m = len(self.i.seats)
        n = self.count(np.arange(m), np.flatnonzero(self.full), m)
        today = np.bincount(self.own[self.full], minlength=m)
        away, now = (np.abs(v + self.fixed - self.need) for v in (n, today))
        return np.any([away[:, self.opd == o].sum(axis=1) > now[self.opd == o].sum() for o in set(self.opd.tolist())], axis=0)

    def _shares(self, promise: dict) -> dict[str, np.ndarray]:
        out, n = {}, max(self.i.opd) + 1
        if promise["isi_min"] is not None:
            there, today = self.count(self.opd, np.flatnonzero(self.full), n), np.bincount(self.opd[self.own[self.full]], minlength=n)
            need, fixed = (np.bincount(self.opd, weights=v, minlength=n) for v in (self.need, self.fixed))
            out["isi_min"] = (there < np.minimum(promise["isi_min"] * need - fixed - 1e-6, today)).any(axis=1)
        if promise["pengalaman_min"] is not None:
            old = np.array([p.unit_since in EXPERIENCED for p in self.i.people])
            there, today = self.count(self.opd, np.flatnonzero(old), n), np.bincount(self.opd[self.own[old]], minlength=n)
            out["pengalaman_min"] = (there < promise["pengalaman_min"] * today - 1e-6).any(axis=1)
        return out

    def _decided(self) -> dict[str, np.ndarray]:
        out = {}
        for p, kind, seat in self.i.decisions:
            here = self.plans[:, p]
            stays = LEADS_TO[kind] == "stay" or seat == self.own[p]
            bad = here != self.own[p] if stays else here == seat if kind == "tolak" else here != seat
            out[f"keputusan_{kind}"] = bad
        return out

    def _group(self) -> dict[str, np.ndarray]:
        if self.i.group is None:
            return {}
        opd, how, low, high = self.i.group
        women = np.array([p.sex == "P" for p in self.i.people])
        number = (women & (self.opd[self.plans] == opd) & (self.moved | (how == "ada"))).sum(axis=1)
        return {f"kelompok_{how}_{'banyak' if low is None else 'sedikit'}": number > high if low is None else number < low}

    def _conflict(self) -> np.ndarray:
        bad = np.zeros(len(self.plans), dtype=bool)
        for a, b in self.i.conflicts:
            for one, other in ((a, b), (b, a)):
                now = self._clash(self.own[None, one], self.own[None, other])
                then = self._clash(self.plans[:, one], self.plans[:, other])
                bad |= (then >= 0) & (then != now)
        return bad

    def _clash(self, mine: np.ndarray, theirs: np.ndarray) -> np.ndarray:
        """The unit of the first where the second is too, or leads a unit above it; -1 where not."""
        unit, theirs_unit = self.unit[mine], self.unit[theirs]
        above = np.array(self.i.parent)[unit]
        leads = np.array([s.head for s in self.i.seats])[theirs]
        return np.where((unit == theirs_unit) | (leads & (above >= 0) & (above == theirs_unit)), unit, -1)


def _rise(level: tuple[int, ...], own: Seat, seat: Seat) -> float:
    """JPM of the seat less that of the own one; 0 where either asks for nothing."""
    asked = [0 if s.head else sum(s.asks) for s in (own, seat)]
    if not all(asked):
        return 0.0
    jpm = [min(100.0, 100.0 * sum(v for v, a in zip(level, s.asks, strict=True) if a) / t) for s, t in ((own, asked[0]), (seat, asked[1]))]
    return jpm[1] - jpm[0]


def thousandths(points: np.ndarray | float) -> np.ndarray:
    """Points as whole thousandths, halves up."""
    return np.floor(np.round(np.asarray(points) * 1000, 6) + 0.5).astype(np.int64)
