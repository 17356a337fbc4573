"""What a move costs or gains by itself: fit, disruption, and the move."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.settings import Bobot

EARTH_KM = 6371.0
#: A way to work that is longer by this much counts as the greatest disruption by distance.
FAR_KM = 10.0
#: Parts of the disruption; they add up to 1.
PARTS = {"jarak": 0.4, "minat": 0.2, "kotak": 0.15, "bidang": 0.1, "pensiun": 0.15}


def distance_km(lat1: np.ndarray, lon1: np.ndarray, lat2: np.ndarray, lon2: np.ndarray) -> np.ndarray:
    """Great-circle distance; nan where a coordinate is missing.

    Examples
    --------
    >>> distance_km(np.array([0.0]), np.array([0.0]), np.array([0.0]), np.array([1.0])).round(1).tolist()
    [111.2]
    """
    a, b, c, d = (np.radians(v) for v in (lat1, lon1, lat2, lon2))
    h = np.sin((c - a) / 2) ** 2 + np.cos(a) * np.cos(c) * np.sin((d - b) / 2) ** 2
    return 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(h, 0, 1)))


def ways_km(cycle: Cycle, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    """Distance from each person's home to the unit of each seat."""
    home = cycle.pegawai[["domisili_lat", "domisili_lon"]].to_numpy(dtype=float)[person]
    place = cycle.unit.set_index("unit_id")[["lat", "lon"]].reindex(cycle.jabatan["unit_id"]).to_numpy(dtype=float)[seat]
    return distance_km(home[:, 0], home[:, 1], place[:, 0], place[:, 1])


def disruption(cycle: Cycle, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    """How much a move disrupts its person, from 0 to 1.

    d = 0.4 min(1, (longer way to work in km)+ / 10) + 0.2 [has wishes, and the unit is none of them]
    + 0.15 weight of the talent box (R32) + 0.1 [field of study does not fit the seat] + 0.15 [less than
    min_years_to_bup left (R10)].

    Special cases: a part whose data are missing counts 0.
    """
    from mutasi_toolkit import rules
    from mutasi_toolkit.rules.facts import people_of, seats_of

    own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(cycle.pegawai["jabatan_id"])[person]
    longer = ways_km(cycle, person, seat) - ways_km(cycle, person, own)
    parameters = {r.id: r.parameters for r in rules.load(cycle)}
    box = {int(k): float(v) for k, v in parameters["R32"]["gangguan"].items()}
    boxed = cycle.pegawai["kotak_talenta"].astype("float64").map(box).fillna(0.0).to_numpy()[person]
    left = seats_of(cycle).retirement[seat] - people_of(cycle).age[person]
    parts = {
        "jarak": np.clip(np.nan_to_num(longer) / FAR_KM, 0, 1),
        "minat": _unwished(cycle, person, seat),
        "kotak": boxed,
        "bidang": _other_field(cycle, person, seat),
        "pensiun": (left < parameters["R10"]["min_years_to_bup"]).astype(float),
    }
    return np.sum([PARTS[name] * values for name, values in parts.items()], axis=0)


def _unwished(cycle: Cycle, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    if not len(cycle.preferensi):
        return np.zeros(len(person))
    ids = cycle.pegawai["pegawai_id"]
    units = pd.Index(cycle.unit["unit_id"])
    who = pd.Index(ids).get_indexer(cycle.preferensi["pegawai_id"])
    wish = set((who * len(units) + units.get_indexer(cycle.preferensi["unit_id"])).tolist())
    asks = np.isin(person, who)
    key = person * len(units) + units.get_indexer(cycle.jabatan["unit_id"])[seat]
    return (asks & ~np.isin(key, list(wish))).astype(float)


def _other_field(cycle: Cycle, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    have = cycle.pegawai["bidang_ilmu"].fillna("").str.casefold().str.strip()
    want = cycle.jabatan["bidang_ilmu"].fillna("").str.casefold()
    code_p, names_p = pd.factorize(have)
    code_s, names_s = pd.factorize(want)
    fits = np.array([[not p or not s or p in [w.strip() for w in s.split(";")] for s in names_s] for p in names_p], dtype=bool).reshape(len(names_p), len(names_s))
    return (~fits[code_p[person], code_s[seat]]).astype(float)


def arc_costs(cycle: Cycle, person: np.ndarray, seat: np.ndarray, is_move: np.ndarray, weights: Bobot) -> dict[str, np.ndarray]:
    """Points of every arc by term; staying costs nothing.

    kecocokan = -weight (JPM_new - JPM_own) / 100, 0 where either is not defined; gangguan = weight d;
    pindah = weight.
    """
    from mutasi_toolkit import skills

    moves = np.flatnonzero(is_move)
    p, s = person[moves], seat[moves]
    own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(cycle.pegawai["jabatan_id"])
    now = skills.fit_codes(cycle, np.arange(len(own)), own)
    better = np.nan_to_num(skills.fit_codes(cycle, p, s) - now[p])
    out = {name: np.zeros(len(person)) for name in ("kecocokan", "gangguan", "pindah")}
    out["kecocokan"][moves] = -weights.kecocokan * better / 100
    out["gangguan"][moves] = weights.gangguan * disruption(cycle, p, s)
    out["pindah"][moves] = weights.pindah
    return out
