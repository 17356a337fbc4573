"""Tiny random worlds ('islands') that nobody can leave, and a cycle made of many of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import yaml

import mutasi_toolkit as mt

SKILLS = ("s0", "s1")
DATE = "2026-01-31"
#: What the people of an island may be: status, flag of discipline, since when in the seat and the unit.
SINCE = {"lama": "2015-01-01", "sedang": "2022-01-01", "baru": "2025-06-01"}


@dataclass(frozen=True)
class Person:
    """A person: seat of today and what rules and costs read."""

    own: int
    status: str = "PNS"
    punished: bool = False
    since: str = "sedang"
    unit_since: str = "sedang"
    sex: str = "L"
    box: int = 5
    level: tuple[int, ...] = (0, 0)
    wish: int = -1


@dataclass(frozen=True)
class Seat:
    """A seat class."""

    unit: int
    head: bool
    need: int
    outside: int
    locked: bool
    asks: tuple[int, ...]


@dataclass(frozen=True)
class Island:
    """People, seats and units that only know each other; `parent` and `opd` of each unit."""

    name: str
    people: tuple[Person, ...]
    seats: tuple[Seat, ...]
    parent: tuple[int, ...]
    opd: tuple[int, ...]
    conflicts: tuple[tuple[int, int], ...] = ()
    decisions: tuple[tuple[int, str, int], ...] = ()
    group: tuple[int, str, int | None, int | None] | None = None
    gains: dict[tuple[int, int], list[float]] = field(default_factory=dict)

    def unit_id(self, u: int) -> str:
        """Code of a unit."""
        return f"{self.name}U{u}"

    def seat_id(self, s: int) -> str:
        """Code of a seat class."""
        return f"{self.name}J{s}"

    def person_id(self, p: int) -> str:
        """Code of a person."""
        return f"{self.name}P{p}"


def draw_settings(rng: np.random.Generator) -> dict:
    """Weights, limits and guarantees that hold on all islands of a sea."""
    often = lambda share, values: values[int(rng.integers(len(values)))] if rng.random() < share else None  # noqa: E731
    budget = {"pindah": often(0.7, [40, 60, 80]), "keluar_per_unit": often(0.4, [0, 1]), "masuk_per_unit": often(0.4, [0, 1]),
              "keluar_per_opd": often(0.4, [0, 1, 1]), "masuk_per_opd": often(0.4, [1])}  # fmt: skip
    promise = {"opd_tidak_memburuk": bool(rng.random() < 0.6), "pemegang_tunggal": bool(rng.random() < 0.6),
               "pengalaman_min": often(0.4, [0.5, 0.7, 1.0]), "isi_min": often(0.4, [0.5, 0.8, 1.0])}  # fmt: skip
    pick = lambda *values: float(rng.choice(values))  # noqa: E731
    weight = {"beban": pick(1, 2, 6), "kecocokan": pick(0, 20, 60), "pengetahuan": pick(0, 0.5, 2), "gangguan": pick(0, 2, 12), "pindah": pick(0, 1, 1),
              "beban_unit": pick(0, 0, 3), "kosong": pick(0, 0, 6), "pemegang_tunggal": pick(0, 0, 5)}  # fmt: skip
    everyone = {"kolom": "jenis_kelamin", "nilai": "P", "hitung": "pindah", **{k: v for k, v in (("paling_banyak", often(0.7, [8, 15])), ("paling_sedikit", often(0.5, [4, 6]))) if v}}
    return {
        "tanggal": DATE, "sintetis": True, "bobot": weight, "anggaran": budget, "jaminan": {**promise, "kelompok": [everyone] if rng.random() < 0.4 else []},
        "aturan": {"R14": {"kelebihan_boleh": int((loose := rng.random()) < 0.25)}, "R33": {"min_holders": 1 + int(loose >= 0.7)}}, "paruh_waktu": {"fte": 0.5},
    }  # fmt: skip


def draw_island(rng: np.random.Generator, name: str) -> Island:
    """Two or three OPDs with a bidang now and then, three to five seat classes, three to five people."""
    n_opd = int(rng.integers(2, 4))
    parent, opd = [-1] * n_opd, list(range(n_opd))
    if rng.random() < 0.5:
        parent.append(0)
        opd.append(0)
    n_seats = int(rng.integers(3, 6))
    places = list(rng.permutation(np.arange(n_seats) % len(parent)))
    heads = [False] * n_seats
    if rng.random() < 0.35:
        heads[:2] = [True, True]
        places[:2] = [0, 1]
    seats = tuple(
        Seat(int(u), h, int(rng.integers(0, 4)), int(rng.random() < 0.1), bool(rng.random() < 0.05), tuple(int(v) for v in rng.integers(0, 4, len(SKILLS))))
        for u, h in zip(places, heads, strict=True)
    )
    people = tuple(draw_person(rng, n_seats, len(parent)) for _ in range(int(rng.integers(3, 6))))
    n = len(people)
    conflicts = ((0, 1),) if rng.random() < 0.5 else ()
    decisions = ()
    if rng.random() < 0.35:
        kind = str(rng.choice(["kunci", "tolak", "tolak_semua", "terima"]))
        decisions = ((n - 1, kind, int(rng.integers(n_seats))),)
    group = None
    if rng.random() < 0.25:
        low, high = (int(rng.integers(1, 3)), None) if rng.random() < 0.5 else (None, int(rng.integers(0, 2)))
        group = (opd[seats[int(rng.integers(n_seats))].unit], str(rng.choice(["ada", "pindah"])), low, high)
    gains = {(o, k): sorted((float(v) for v in rng.integers(0, 12, 3)), reverse=True) for o in range(n_opd) for k in range(len(SKILLS))}
    return Island(name, people, seats, tuple(parent), tuple(opd), conflicts, decisions, group, gains)


def draw_person(rng: np.random.Generator, n_seats: int, n_units: int) -> Person:
    """Someone in one of the seats."""
    odd = rng.random()
    return Person(
        own=int(rng.integers(n_seats)), status="CPNS" if odd < 0.04 else "PPPK paruh waktu" if odd < 0.1 else "PNS", punished=bool(0.1 <= odd < 0.13),
        since="baru" if 0.13 <= odd < 0.2 else "sedang", unit_since=str(rng.choice(list(SINCE))), sex=str(rng.choice(["L", "P"])),
        box=int(rng.choice([1, 5, 9])), level=tuple(int(v) for v in rng.choice([0, 2, 3, 4], len(SKILLS))), wish=int(rng.integers(-n_units, n_units)),
    )  # fmt: skip


def write_sea(folder: Path, islands: list[Island], settings: dict) -> mt.Cycle:
    """The cycle of all islands; `profesi` (R29) keeps everybody on their own."""
    folder.mkdir(parents=True, exist_ok=True)
    rows: dict[str, list[str]] = {
        "unit": ["unit_id,nama,induk_id,jenis", "U,Kota,,pemkot"], "jabatan": ["jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan,profesi,terkunci"],
        "pegawai": ["pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan,tmt_unit,jenis_kelamin,hukuman_disiplin,kotak_talenta"],
        "keahlian": ["pegawai_id,keahlian,tingkat"], "syarat": ["jabatan_id,keahlian,tingkat"], "konflik": ["pegawai_a,pegawai_b"],
        "keputusan": ["pegawai_id,putusan,jabatan_id"], "preferensi": ["pegawai_id,unit_id,urutan"], "paruh_waktu": ["jabatan_id,orang"],
    }  # fmt: skip
    groups = list(settings["jaminan"]["kelompok"])
    for island in islands:
        for name, lines in island_rows(island).items():
            rows[name] += lines
        if island.group is not None:
            groups.append(group_of(island))
    for name, lines in rows.items():
        if len(lines) > 1:
            (folder / f"{name}.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    values = {**settings, "jaminan": {**settings["jaminan"], "kelompok": groups}}
    (folder / "cycle.yaml").write_text(yaml.safe_dump(values), encoding="utf-8")
    return mt.read_cycle(folder)


def group_of(island: Island) -> dict:
    """The setting of an island's group."""
    assert island.group is not None
    opd, how, low, high = island.group
    limits = {"paling_sedikit": low} if low is not None else {"paling_banyak": high}
    return {"kolom": "jenis_kelamin", "nilai": "P", "opd": island.unit_id(opd), "hitung": how, **limits}


def island_rows(i: Island) -> dict[str, list[str]]:
    """Lines of the tables."""
    out: dict[str, list[str]] = {name: [] for name in ("unit", "jabatan", "pegawai", "keahlian", "syarat", "konflik", "keputusan", "preferensi", "paruh_waktu")}
    for u, above in enumerate(i.parent):
        out["unit"].append(f"{i.unit_id(u)},Unit {u},{'U' if above < 0 else i.unit_id(above)},{'dinas' if above < 0 else 'bidang'}")
    for s, seat in enumerate(i.seats):
        out["jabatan"].append(f"{i.seat_id(s)},{i.unit_id(seat.unit)},Jabatan {s},{'pengawas' if seat.head else 'pelaksana'},7,{seat.need},{i.name},{'ya' if seat.locked else 'tidak'}")
        out["syarat"] += [f"{i.seat_id(s)},{SKILLS[k]},{v}" for k, v in enumerate(seat.asks) if v and not seat.head]
        out["paruh_waktu"] += [f"{i.seat_id(s)},{seat.outside}"] if seat.outside else []
    for p, person in enumerate(i.people):
        golongan = "V" if person.status == "PPPK paruh waktu" else "III/d"
        line = [i.person_id(p), i.seat_id(person.own), person.status, golongan, "S1", SINCE[person.since], SINCE[person.unit_since], person.sex, "ya" if person.punished else "tidak", str(person.box)]
        out["pegawai"].append(",".join(line))
        out["keahlian"] += [f"{i.person_id(p)},{SKILLS[k]},{v}" for k, v in enumerate(person.level) if v]
        out["preferensi"] += [f"{i.person_id(p)},{i.unit_id(person.wish)},1"] if person.wish >= 0 else []
    out["konflik"] = [f"{i.person_id(a)},{i.person_id(b)}" for a, b in i.conflicts]
    for p, kind, seat in i.decisions:
        out["keputusan"].append(f"{i.person_id(p)},{kind.split('_')[0]},{'' if kind in {'kunci', 'tolak_semua'} else i.seat_id(seat)}")
    return out


def gains_of(islands: list[Island]) -> list[tuple[str, str, int, float]]:
    """Rows opd_id, keahlian, n_holders, gain."""
    return [(i.unit_id(o), SKILLS[k], h, g) for i in islands for (o, k), values in i.gains.items() for h, g in enumerate(values)]
