"""What the rules read of people and seats, as arrays by position in the cycle's tables."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import workload
from mutasi_toolkit.schema import GOLONGAN_PNS

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

DAYS = 365.2425
#: S1 and D4 are one level.
EDUCATION = {
    "SD": 0,
    "SMP": 1,
    "SLTA": 2,
    "D1": 3,
    "D2": 4,
    "D3": 5,
    "D4": 6,
    "S1": 6,
    "S2": 7,
    "S3": 8,
}
GRADE = {g: i for i, g in enumerate(GOLONGAN_PNS)}
KINDS = ("jpt", "administrator", "pengawas", "fungsional", "pelaksana")
STRUCTURAL = ("jpt", "administrator", "pengawas")
ESELON = {
    e: i
    for i, e in enumerate(("V.a", "IV.b", "IV.a", "III.b", "III.a", "II.b", "II.a", "I.b", "I.a"))
}
JENJANG = {
    j: i
    for i, j in enumerate(
        (
            "pemula",
            "terampil",
            "mahir",
            "penyelia",
            "ahli pertama",
            "ahli muda",
            "ahli madya",
            "ahli utama",
        )
    )
}
RATINGS = {"Sangat Kurang": 0, "Kurang": 1, "Butuh Perbaikan": 2, "Baik": 3, "Sangat Baik": 4}


@dataclass(frozen=True, slots=True, eq=False)
class People:
    """People as arrays of length n_people (ratings: the last year's, the year's before); nan or -1 where a value is missing."""

    seat: np.ndarray
    status: np.ndarray
    grade: np.ndarray
    education: np.ndarray
    age: np.ndarray
    tenure: np.ndarray
    contract_left: np.ndarray
    profession: np.ndarray
    ratings: np.ndarray
    discipline: np.ndarray
    bound: np.ndarray
    tested: np.ndarray
    second_job: np.ndarray


@dataclass(frozen=True, slots=True, eq=False)
class Seats:
    """Seat classes as arrays of length n_seats; nan or -1 where a value is missing."""

    kind: np.ndarray
    level: np.ndarray
    job: np.ndarray
    job_class: np.ndarray
    classification: np.ndarray
    least_education: np.ndarray
    least_grade: np.ndarray
    profession: np.ndarray
    subject: np.ndarray
    retirement: np.ndarray
    eselon: np.ndarray
    title: np.ndarray
    locked: np.ndarray
    opd_name: np.ndarray
    office: np.ndarray


def years_since(dates: pd.Series, today: pd.Timestamp) -> np.ndarray:
    """Whole years and their fraction since each date by the calendar; nan where missing.

    Two years after 29 January 2024 is 29 January 2026 exactly, whatever leap days lie between.
    """
    whole = today.year - dates.dt.year
    anniversary = pd.to_datetime(
        {"year": today.year, "month": dates.dt.month, "day": np.minimum(dates.dt.day, 28)},
        errors="coerce",
    ) + pd.to_timedelta(dates.dt.day - np.minimum(dates.dt.day, 28), unit="D")
    return (whole + (today - anniversary).dt.days / DAYS).to_numpy(dtype=float)


def flag(values: pd.Series) -> np.ndarray:
    """A yes-no column as 1, 0, or -1 where missing."""
    return values.astype("Int8").fillna(-1).to_numpy(dtype=np.int8)


def either(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """1 where one of two flags is yes, -1 where neither is and one is missing, else 0."""
    return np.where((a == 1) | (b == 1), 1, np.where((a < 0) | (b < 0), -1, 0)).astype(np.int8)


def codes(values: pd.Series, known: dict[str, int]) -> np.ndarray:
    """Words as whole numbers, -1 where missing or not known."""
    return values.map(known).fillna(-1).to_numpy(dtype=np.int64)


def job_name(name: str) -> str:
    """A job title without its level: 'Guru Ahli Muda' and 'Guru Ahli Madya' are one functional job.

    Examples
    --------
    >>> job_name("Perawat  Ahli Muda")
    'perawat'
    """
    small = " ".join(name.casefold().split())
    return re.sub(r"\s+(" + "|".join(JENJANG) + r")$", "", small)


def people_of(cycle: Cycle) -> People:
    """Read the people of a cycle."""
    p, today = cycle.pegawai, cycle.date
    seat = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(p["jabatan_id"])
    grade = np.where(p["status"].isin(["PNS", "CPNS"]), codes(p["golongan"], GRADE), -1)
    return People(
        seat=seat,
        status=p["status"].to_numpy(dtype=object).astype(str),
        grade=grade,
        education=codes(p["pendidikan"], EDUCATION),
        age=years_since(p["tanggal_lahir"], today),
        tenure=years_since(p["tmt_jabatan"], today),
        contract_left=-years_since(p["akhir_kontrak"], today),
        profession=_words(p["profesi"]),
        ratings=np.column_stack([codes(p[c], RATINGS) for c in ("predikat_1", "predikat_2")]),
        discipline=either(flag(p["hukuman_disiplin"]), flag(p["proses_hukum"])),
        bound=either(flag(p["tugas_belajar"]), flag(p["ikatan_dinas"])),
        tested=flag(p["uji_kompetensi"]),
        second_job=_words(p["jabatan_rangkap"]),
    )


def _words(values: pd.Series) -> np.ndarray:
    return values.fillna("").str.casefold().str.strip().to_numpy(dtype=object).astype(str)


def seats_of(cycle: Cycle) -> Seats:
    """Read the seat classes of a cycle."""
    j = cycle.jabatan
    kind = codes(j["jenis"], {k: i for i, k in enumerate(KINDS)})
    structural = j["jenis"].isin(STRUCTURAL).to_numpy()
    functional = (j["jenis"] == "fungsional").to_numpy()
    level = np.where(
        structural,
        codes(j["eselon"], ESELON),
        np.where(functional, codes(j["jenjang"], JENJANG), 0),
    )
    jobs = np.array([job_name(n) for n in j["nama"].fillna("")], dtype=object)
    return Seats(
        kind=kind,
        level=level,
        job=pd.factorize(jobs)[0],
        job_class=j["kelas_jabatan"].to_numpy(dtype=float, na_value=np.nan),
        classification=_words(j["klasifikasi"]),
        least_education=codes(j["min_pendidikan"], EDUCATION),
        least_grade=codes(j["min_golongan"], GRADE),
        profession=_words(j["profesi"]),
        subject=_words(j["mapel"]),
        retirement=workload.retirement_age(j).to_numpy(dtype=float),
        eselon=j["eselon"].fillna("").to_numpy(dtype=object).astype(str),
        title=_words(j["nama"]),
        locked=flag(j["terkunci"]) == 1,
        opd_name=_words(cycle.seat["opd_id"].map(cycle.unit_name)),
        office=pd.factorize(j["unit_id"].map(cycle.office))[0],
    )

