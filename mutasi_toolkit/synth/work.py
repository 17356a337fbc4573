"""Seat classes with their conditions, and task volumes from which ABK gives shortages and surpluses."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.synth.facts import table
from mutasi_toolkit.synth.raking import round_shares
from mutasi_toolkit.synth.seats import SEAT

WKE = 75_000.0
#: PPPK paruh waktu in process in October 2025, and what one counts for (half a person: an assumption).
N_PART_TIME, FTE = 2778, 0.5
#: Need over staff present by rumpun: where the assumption puts shortages and surpluses.
PRESSURE = {
    "kesehatan": 1.10, "umkm": 1.22, "lingkungan": 1.20, "pendidikan": 1.02, "kewilayahan": 1.06, "sosial": 1.10, "perizinan": 1.12,
    "kependudukan": 1.14, "informatika": 1.12, "ketertiban": 1.05, "perhubungan": 0.98, "infrastruktur": 0.97, "keuangan": 0.96,
    "umum": 0.82, "kearsipan": 0.84, "kepegawaian": 0.92, "perencanaan": 0.95, "pengawasan": 1.08, "pertanian": 0.90,
    "pariwisata dan olahraga": 0.88,
}  # fmt: skip
KELAS = {"II.a": 15, "II.b": 14, "III.a": 12, "III.b": 11, "IV.a": 9, "IV.b": 8}
KELAS_JENJANG = {
    "ahli utama": 13,
    "ahli madya": 11,
    "ahli muda": 9,
    "ahli pertama": 8,
    "penyelia": 8,
    "mahir": 7,
    "terampil": 6,
    "pemula": 5,
}
#: Usual level of a functional job by jenjang.
LEVEL_JENJANG = {
    "terampil": 1,
    "mahir": 1,
    "penyelia": 2,
    "ahli pertama": 1,
    "ahli muda": 2,
    "ahli madya": 3,
    "ahli utama": 4,
}
KELAS_PELAKSANA = {
    "Penelaah Teknis Kebijakan": 7,
    "Penata Layanan Operasional": 7,
    "Pengelola Layanan Operasional": 6,
    "Operator Layanan Operasional": 5,
    "Pengadministrasi Perkantoran": 5,
    "Pengelola Umum Operasional": 1,
}
MIN_GOLONGAN = {
    "II.a": "IV/c",
    "II.b": "IV/b",
    "III.a": "IV/a",
    "III.b": "III/d",
    "IV.a": "III/c",
    "IV.b": "III/b",
}
MAX_GOLONGAN = {
    "II.a": "IV/d",
    "II.b": "IV/c",
    "III.a": "IV/b",
    "III.b": "IV/a",
    "IV.a": "III/d",
    "IV.b": "III/c",
}
MIN_DEGREE = {"jpt": "S1", "administrator": "S1", "pengawas": "D3", "ahli": "S1", "terampil": "D3"}
DEGREE_PELAKSANA = {
    "Penelaah Teknis Kebijakan": "S1",
    "Penata Layanan Operasional": "S1",
    "Pengelola Layanan Operasional": "D3",
    "Operator Layanan Operasional": "SLTA",
    "Pengadministrasi Perkantoran": "SLTA",
    "Pengelola Umum Operasional": "SD",
}


def lead_units(staff: pd.DataFrame, unit: pd.DataFrame) -> pd.DataFrame:
    """Give every school and puskesmas a head: the most senior of its functional staff, with the extra task."""
    staff = staff.assign(tugas_tambahan="")
    group = staff["unit_id"].map(unit.set_index("unit_id")["kelompok"])
    for kinds, title in (
        (("sd", "smp", "tk"), "kepala sekolah"),
        (("puskesmas",), "kepala puskesmas"),
    ):
        able = staff[
            group.isin(kinds)
            & staff["golongan"].str.contains("/")
            & staff["jenjang"].isin(["ahli muda", "ahli madya"])
        ]
        first = able.sort_values(
            ["unit_id", "golongan"], ascending=[True, False], kind="stable"
        ).drop_duplicates("unit_id")
        staff.loc[first.index, "tugas_tambahan"] = title
        staff.loc[first.index, "nama"] = title.title()
    return staff


def seat_classes(staff: pd.DataFrame, empty: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Number the seat classes and say which one each person holds.

    Returns
    -------
    jabatan : DataFrame
        The table jabatan without needs, with `rumpun` and `ada` (people who hold it).
    held : Series
        jabatan_id of every person, in the order of `staff`.
    """
    keys = [*SEAT, "tugas_tambahan"]
    filled = staff.groupby(keys, sort=True).size().rename("ada").reset_index()
    vacant = (
        empty.reindex(columns=keys)
        .astype(object)
        .fillna("")
        .astype(str)
        .assign(ada=0, plt=empty["kosong"].to_numpy())
    )
    rows = pd.concat([filled.assign(plt=False), vacant], ignore_index=True).sort_values(
        keys, kind="stable", ignore_index=True
    )
    place = rows.groupby("unit_id").cumcount() + 1
    rows.insert(0, "jabatan_id", rows["unit_id"] + "-" + place.astype(str).str.zfill(2))
    held = staff[keys].merge(rows, on=keys, how="left")["jabatan_id"]
    return _conditions(rows), held


def _conditions(rows: pd.DataFrame) -> pd.DataFrame:
    expert = rows["jenjang"].str.startswith("ahli")
    kind = np.where(
        rows["jenis"] == "fungsional", np.where(expert, "ahli", "terampil"), rows["jenis"]
    )
    least = pd.Series(kind).map(MIN_DEGREE).fillna(rows["nama"].map(DEGREE_PELAKSANA))
    grade = (
        rows["eselon"]
        .map(KELAS)
        .fillna(rows["jenjang"].map(KELAS_JENJANG))
        .fillna(rows["nama"].map(KELAS_PELAKSANA))
    )
    grade = grade + (rows["tugas_tambahan"] != "")
    field = rows["profesi"].where(rows["profesi"] != "guru", "pendidikan")
    return rows.assign(
        kelas_jabatan=grade.astype(int),
        klasifikasi=np.where(rows["jenis"] == "jpt", "jpt pratama", rows["rumpun"]),
        min_golongan=rows["eselon"].map(MIN_GOLONGAN).fillna(""),
        max_golongan=rows["eselon"].map(MAX_GOLONGAN).fillna(""),
        min_pendidikan=least,
        bidang_ilmu=field.where(rows["jenis"] == "fungsional", ""),
        terkunci=False,
        tpp=(grade * 450_000).astype(int),
    )


def part_time(jabatan: pd.DataFrame, total: int = N_PART_TIME) -> pd.DataFrame:
    """The table paruh_waktu: part-time PPPK spread over clerks, teachers and health workers by staff present."""
    weight = (
        np.where(
            jabatan["jenis"] == "pelaksana",
            2.2,
            np.where(jabatan["profesi"].isin(["", "dokter"]), 0.0, 0.35),
        )
        * jabatan["ada"]
    )
    count = round_shares(weight.to_numpy(dtype=float), total)
    return pd.DataFrame({"jabatan_id": jabatan["jabatan_id"], "orang": count})[
        count > 0
    ].reset_index(drop=True)


def targets(jabatan: pd.DataFrame, part: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Need that the task volumes are made for, before rounding of volumes."""
    fte = (
        jabatan["jabatan_id"].map(part.set_index("jabatan_id")["orang"]).fillna(0).to_numpy() * FTE
    )
    present = jabatan["ada"].to_numpy() + fte
    pressure = jabatan["rumpun"].map(PRESSURE).to_numpy(dtype=float)
    noise = np.exp(rng.normal(0, 0.20, len(jabatan)))
    need = present * pressure * noise
    single = (
        jabatan["jenis"].isin(["jpt", "administrator", "pengawas"]).to_numpy()
        | (jabatan["tugas_tambahan"] != "").to_numpy()
    )
    return np.where(single, np.clip(rng.normal(1.03, 0.16, len(jabatan)), 0.66, 1.44), need)


def tasks(jabatan: pd.DataFrame, need: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    """The table tugas: the standard tasks of each kind of job, with volumes that give `need`."""
    standard = table("tugas_baku").assign(
        norma=lambda f: f["norma_waktu"].astype(float), share=lambda f: f["bagian"].astype(float)
    )
    kind = np.where(
        jabatan["profesi"] == "guru",
        "guru",
        np.where(jabatan["profesi"] != "", "nakes", jabatan["jenis"]),
    )
    parts = []
    for name, group in standard.groupby("jenis", sort=True):
        at = np.flatnonzero(kind == name)
        for row in group.itertuples():
            minutes = row.norma * (60.0 if row.satuan_waktu == "jam" else 1.0)
            share = row.share * np.exp(rng.normal(0, 0.12, len(at)))
            volume = np.maximum(1, np.round(need[at] * WKE * share / minutes)).astype(int)
            parts.append(
                pd.DataFrame(
                    {
                        "jabatan_id": jabatan["jabatan_id"].to_numpy()[at],
                        "uraian": row.uraian,
                        "volume": volume,
                        "norma_waktu": row.norma,
                        "satuan_waktu": row.satuan_waktu,
                        "hasil": row.hasil,
                    }
                )
            )
    return pd.concat(parts, ignore_index=True)


def skill_list() -> pd.DataFrame:
    """All skills with their rumpun, group and whether they are rare."""
    return table("keahlian")


def level_of_job(jabatan: pd.DataFrame) -> np.ndarray:
    """Usual level of a seat, 1 to 4: pelaksana 1, pengawas 2, administrator 3, JPT 4, functional by jenjang."""
    level = jabatan["jenis"].map({"pelaksana": 1, "pengawas": 2, "administrator": 3, "jpt": 4})
    return level.fillna(jabatan["jenjang"].map(LEVEL_JENJANG)).fillna(1).to_numpy(dtype=int)
