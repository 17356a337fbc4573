"""Skills of people and skills asked of seats."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.synth.work import level_of_job, skill_list

GENERIC = (
    "Administrasi perkantoran",
    "Pengelolaan keuangan daerah",
    "Pengadaan barang dan jasa",
    "Analisis data",
    "Pengelolaan aset",
    "Perencanaan dan anggaran",
)


def required(jabatan: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The table syarat: core skills of the rumpun, some general ones, managerial ones for those who lead."""
    skills = skill_list()
    level = level_of_job(jabatan)
    technical = np.clip(level + 1, 2, 4)
    leads = (
        jabatan["jenis"].isin(["jpt", "administrator", "pengawas"]).to_numpy()
        | (jabatan["tugas_tambahan"] != "").to_numpy()
    )
    parts = []
    for rumpun, group in skills[skills["kelompok"] == "teknis"].groupby("rumpun", sort=True):
        if rumpun == "semua":
            continue
        mine = np.flatnonzero((jabatan["rumpun"] == rumpun).to_numpy())
        for row in group.itertuples():
            share = 0.10 if row.langka == "1" else 0.55
            asked = mine[rng.random(len(mine)) < share]
            asked = (
                asked[jabatan["profesi"].to_numpy()[asked] == ""] if row.langka == "1" else asked
            )
            parts.append(_rows(jabatan, asked, row.keahlian, technical))
    for name in GENERIC:
        office = np.flatnonzero((jabatan["profesi"] == "").to_numpy())
        share = 0.55 if name == GENERIC[0] else 0.12
        parts.append(_rows(jabatan, office[rng.random(len(office)) < share], name, technical - 1))
    for name in skills.loc[skills["kelompok"] != "teknis", "keahlian"]:
        asked = np.flatnonzero(leads & (rng.random(len(jabatan)) < 0.45))
        parts.append(_rows(jabatan, asked, name, level))
    out = pd.concat(parts, ignore_index=True)
    return out.sort_values(["jabatan_id", "keahlian"], ignore_index=True)


def _rows(jabatan: pd.DataFrame, at: np.ndarray, skill: str, level: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "jabatan_id": jabatan["jabatan_id"].to_numpy()[at],
            "keahlian": skill,
            "tingkat": np.clip(level[at], 1, 5),
        }
    )


def held(people: pd.DataFrame, past: pd.Series, rng: np.random.Generator) -> pd.DataFrame:
    """The table keahlian.

    Parameters
    ----------
    people : DataFrame
        pegawai_id, rumpun, jenis, jenjang, profesi, tugas_tambahan, tahun_unit (years in the unit).
    past : Series
        Rumpun of an earlier unit, '' where there is none, in the order of `people`.
    rng : Generator
    """
    skills = skill_list()
    level = level_of_job(people)
    grown = level + np.searchsorted([1.5, 5.0, 11.0], people["tahun_unit"].to_numpy(dtype=float))
    parts = []
    for rumpun, group in skills[skills["kelompok"] == "teknis"].groupby("rumpun", sort=True):
        for row in group.itertuples():
            rare = row.langka == "1"
            now = (people["rumpun"] == rumpun).to_numpy() & (
                rng.random(len(people)) < (0.06 if rare else 0.62)
            )
            before = (past == rumpun).to_numpy() & (
                rng.random(len(people)) < (0.05 if rare else 0.45)
            )
            noise = rng.normal(0, 0.8, len(people))
            value = np.where(now, grown + noise + rare, np.where(before, grown - 1 + noise, 0))
            parts.append(_levels(people, value, now | before, row.keahlian))
    for name in GENERIC:
        office = (people["profesi"] == "").to_numpy() & (
            rng.random(len(people)) < (0.55 if name == GENERIC[0] else 0.14)
        )
        parts.append(_levels(people, grown + rng.normal(0, 0.8, len(people)), office, name))
    leads = (
        people["jenis"].isin(["jpt", "administrator", "pengawas"]).to_numpy()
        | (people["tugas_tambahan"] != "").to_numpy()
    )
    assessed = leads | ((people["profesi"] == "") & (people["jenis"] == "fungsional")).to_numpy()
    for name in skills.loc[skills["kelompok"] != "teknis", "keahlian"]:
        value = level + rng.normal(0.3, 0.6, len(people))
        parts.append(_levels(people, value, assessed, name, share_assessed=1.0))
    out = pd.concat(parts, ignore_index=True)
    out["dasar"] = np.where(rng.random(len(out)) < out.pop("dinilai"), "dinilai", "turunan")
    return out.sort_values(["pegawai_id", "keahlian"], ignore_index=True)


def _levels(
    people: pd.DataFrame,
    value: np.ndarray,
    mask: np.ndarray,
    skill: str,
    share_assessed: float = 0.25,
) -> pd.DataFrame:
    at = np.flatnonzero(mask)
    level = np.clip(np.round(value[at]), 1, 5).astype(int)
    return pd.DataFrame(
        {
            "pegawai_id": people["pegawai_id"].to_numpy()[at],
            "keahlian": skill,
            "tingkat": level,
            "dinilai": share_assessed,
        }
    )
