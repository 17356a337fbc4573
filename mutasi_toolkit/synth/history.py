"""Past moves in rounds of the sizes really seen, ties, conflicts, wishes and outcomes."""

from __future__ import annotations

import numpy as np
import pandas as pd

#: Rounds of Pangkalpinang: date, officials sworn in, share of them that changed unit (Kab. Bangka 2017: 80 of 110).
ROUNDS = (
    ("2017-04-24", 76, 80 / 110),
    ("2018-01-31", 236, 0.35),
    ("2021-01-01", 4, 1.0),
    ("2023-01-11", 139, 80 / 110),
    ("2023-10-31", 2, 1.0),
)


def past_moves(people: pd.DataFrame, unit: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The table riwayat: people of structural or office jobs who came into their unit in one of the rounds.

    Parameters
    ----------
    people : DataFrame
        pegawai_id, unit_id, jenis, profesi, status, tmt_cpns (datetime64[D]).
    unit : DataFrame
        unit_id, opd, kelompok.
    """
    places = unit.loc[
        unit["kelompok"].isin(["bidang", "sekretariat", "upt", "kelurahan", "kantor kecamatan"]),
        "unit_id",
    ].to_numpy()
    able = people[
        (people["status"] == "PNS") & (people["profesi"] == "") & people["unit_id"].isin(places)
    ]
    free = able.sample(frac=1, random_state=rng)
    rows = []
    for day, size, share in ROUNDS:
        date = np.datetime64(day)
        ready = free[(date - free["tmt_cpns"].to_numpy(dtype="datetime64[D]")).astype(int) > 730]
        moved = ready.head(max(1, round(size * share)))
        free = free.drop(moved.index)
        origin = rng.choice(places, len(moved))
        same = origin == moved["unit_id"].to_numpy()
        origin[same] = places[(np.searchsorted(places, origin[same]) + 1) % len(places)]
        rows.append(
            pd.DataFrame(
                {
                    "pegawai_id": moved["pegawai_id"].to_numpy(),
                    "unit_asal": origin,
                    "unit_tujuan": moved["unit_id"].to_numpy(),
                    "tanggal": day,
                }
            )
        )
    return pd.concat(rows, ignore_index=True).sort_values(
        ["pegawai_id", "tanggal"], ignore_index=True
    )


def ties(
    people: pd.DataFrame, moves: pd.DataFrame, rng: np.random.Generator, total: int = 420
) -> pd.DataFrame:
    """The table hubungan: contacts between units, some kept from the former unit."""
    ids = people["pegawai_id"].to_numpy()
    by_unit = people.groupby("unit_id")["pegawai_id"].apply(lambda s: s.to_numpy())
    kept = [
        (p, rng.choice(by_unit[u]))
        for p, u in zip(moves["pegawai_id"], moves["unit_asal"], strict=True)
        if u in by_unit.index
    ][: total // 2]
    office = (
        people.loc[people["profesi"] == "", "pegawai_id"].to_numpy()
        if (people["profesi"] == "").any()
        else ids
    )
    drawn = rng.choice(office, (total - len(kept), 2))
    pairs = {tuple(sorted(map(str, p))) for p in [*kept, *map(tuple, drawn)] if p[0] != p[1]}
    frame = pd.DataFrame(sorted(pairs), columns=["pegawai_a", "pegawai_b"])
    return frame.assign(kekuatan=rng.choice([0.3, 0.5, 0.8, 1.0], len(frame)))


def conflicts(people: pd.DataFrame, rng: np.random.Generator, total: int = 20) -> pd.DataFrame:
    """The table konflik: pairs of relatives who do not sit in one unit today."""
    rows: set[tuple[str, str]] = set()
    ids, units = people["pegawai_id"].to_numpy(), people["unit_id"].to_numpy()
    while len(rows) < total:
        a, b = rng.integers(0, len(ids), 2)
        if units[a] != units[b]:
            rows.add((min(ids[a], ids[b]), max(ids[a], ids[b])))
    reasons = np.where(rng.random(total) < 0.7, "suami istri", "saudara kandung")
    return pd.DataFrame(sorted(rows), columns=["pegawai_a", "pegawai_b"]).assign(alasan=reasons)


def wishes(
    people: pd.DataFrame, unit: pd.DataFrame, rng: np.random.Generator, share: float = 0.10
) -> pd.DataFrame:
    """The table preferensi: some people name one to three units of their kind of workplace, nearer home first."""
    group = unit.set_index("unit_id")["kelompok"]
    place = unit.set_index("unit_id")[["lat", "lon"]]
    chosen = people[rng.random(len(people)) < share]
    rows = []
    for p in chosen.itertuples():
        same = group.index[(group == group[p.unit_id]) & (group.index != p.unit_id)]
        if not len(same):
            continue
        away = np.hypot(
            place.loc[same, "lat"] - p.domisili_lat, place.loc[same, "lon"] - p.domisili_lon
        )
        near = away.nsmallest(int(rng.integers(1, 4))).index
        rows += [(p.pegawai_id, u, k) for k, u in enumerate(near, 1)]
    return pd.DataFrame(rows, columns=["pegawai_id", "unit_id", "urutan"])


def outcomes(unit: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The table hasil: satisfaction of the public (IKM) by OPD and year, synthetic."""
    opd = unit.loc[unit["kelompok"] == "pimpinan", "unit_id"].to_numpy()
    base = rng.normal(82, 3.0, len(opd))
    parts = [
        pd.DataFrame(
            {
                "unit_id": opd,
                "periode": str(y),
                "indikator": "indeks kepuasan masyarakat",
                "nilai": (base + k * 0.6 + rng.normal(0, 1.2, len(opd))).round(1),
            }
        )
        for k, y in enumerate((2023, 2024, 2025))
    ]
    return pd.concat(parts, ignore_index=True)
