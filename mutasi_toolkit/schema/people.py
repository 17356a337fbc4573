"""What the rows of `pegawai` say together: grades, dates, and the NIP against the columns it repeats."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import GOLONGAN_PPPK
from mutasi_toolkit.schema.faults import Fault
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.schema.tell import fault_at

#: (earlier, later, level): a date that must lie after another.
ORDER = (
    ("tanggal_lahir", "tmt_cpns", "error"),
    ("tanggal_lahir", "tmt_jabatan", "error"),
    ("tanggal_lahir", "tmt_unit", "error"),
    ("tmt_jabatan", "akhir_kontrak", "error"),
    ("tmt_cpns", "akhir_kontrak", "error"),
)
#: Nobody is appointed younger, in years.
YOUNGEST = 16


def _yes(mask: pd.Series) -> np.ndarray:
    return mask.fillna(False).to_numpy(dtype=bool)


def check_people(raw: Mapping[str, RawTable], tables: Mapping[str, pd.DataFrame]) -> list[Fault]:
    """Faults of single people that only several of their columns show."""
    if "pegawai" not in raw or not len(tables["pegawai"]):
        return []
    table, frame = raw["pegawai"], tables["pegawai"]
    civil = frame["golongan"].str.contains("/", regex=False).fillna(False).astype(bool)
    pns = frame["status"].isin(["PNS", "CPNS"])
    pppk = frame["status"].isin(["PPPK", "PPPK paruh waktu"])
    wrong = (pns & frame["golongan"].isin(GOLONGAN_PPPK)) | (pppk & civil)
    faults = fault_at(table, _yes(wrong), "golongan_scale", "golongan")
    told = np.zeros(len(frame), dtype=bool)
    for early, late, level in ORDER:
        reversed_ = _yes(frame[early] >= frame[late]) & ~told
        faults += fault_at(table, reversed_, "reversed_dates", late, level, early=early, late=late)
        told |= reversed_
    age = (frame["tmt_cpns"].fillna(frame["tmt_jabatan"]) - frame["tanggal_lahir"]).dt.days / 365.25
    faults += fault_at(table, _yes(age < YOUNGEST) & ~told, "too_young", "tanggal_lahir", "warning", years=YOUNGEST)
    later = _yes(frame["tmt_unit"] > frame["tmt_jabatan"])
    faults += fault_at(table, later, "unit_after_seat", "tmt_unit", "warning")
    ends = _yes(pns & frame["akhir_kontrak"].notna())
    faults += fault_at(table, ends, "contract_of_pns", "akhir_kontrak", "warning")
    return faults + _check_nip(table, frame, pns)


def _check_nip(table: RawTable, frame: pd.DataFrame, pns: pd.Series) -> list[Fault]:
    """An NIP: birth (8), year and month of appointment (6; for PPPK year and contract, which need be no month), sex (1), serial (3)."""
    ids = frame["pegawai_id"].fillna("")
    digits = ids.str.fullmatch(r"\d{15,21}").to_numpy(dtype=bool)
    faults = fault_at(table, digits & (ids.str.len() != 18).to_numpy(), "nip_length", "pegawai_id", "warning")
    full = ids.str.fullmatch(r"\d{18}").to_numpy(dtype=bool)
    if not full.any():
        return faults
    birth = pd.to_datetime(ids.str[:8].where(full), format="%Y%m%d", errors="coerce")
    faults += fault_at(table, full & birth.isna().to_numpy(), "nip_date", "pegawai_id", "warning")
    differs = full & _yes(birth.notna() & frame["tanggal_lahir"].notna() & (birth != frame["tanggal_lahir"]))
    faults += fault_at(table, differs, "nip_birth", "pegawai_id", "warning")
    month = pd.to_numeric(ids.str[12:14].where(full), errors="coerce")
    no_month = full & pns.to_numpy() & _yes((month < 1) | (month > 12))
    faults += fault_at(table, no_month, "nip_month", "pegawai_id", "warning")
    begun = frame["tmt_cpns"].dt.strftime("%Y%m")
    other = full & pns.to_numpy() & ~no_month & _yes(begun.notna() & (ids.str[8:14] != begun))
    faults += fault_at(table, other, "nip_tmt", "pegawai_id", "warning")
    sex = frame["jenis_kelamin"].map({"L": "1", "P": "2"})
    return faults + fault_at(table, full & _yes(sex.notna() & (ids.str[14] != sex)), "nip_sex", "pegawai_id", "warning")


def damaged_numbers(table: RawTable, frame: pd.DataFrame) -> list[Fault]:
    """NIPs of 18 digits that end in three zeros: no real one does, a spreadsheet that kept 15 digits writes them so."""
    zeros = frame["pegawai_id"].str.fullmatch(r"\d{15}000").fillna(False).to_numpy(dtype=bool)
    return fault_at(table, zeros, "nip_zeros", "pegawai_id")


def real_numbers(table: RawTable, frame: pd.DataFrame) -> list[Fault]:
    """NIPs of 18 digits with a serial other than 000 in a cycle that calls its people synthetic."""
    real = frame["pegawai_id"].str.fullmatch(r"\d{18}") & ~frame["pegawai_id"].str.endswith("000")
    return fault_at(table, real.fillna(False).to_numpy(dtype=bool), "not_synthetic", "pegawai_id", "warning")
