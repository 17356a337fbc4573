"""Every check of every table in one pass: each column, each key, each reference, each order of dates."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import (
    GOLONGAN_PPPK,
    KEYS,
    REQUIRED_TABLES,
    TABLES,
    Attribute,
    attributes,
    columns,
)
from mutasi_toolkit.schema.faults import MAX_EXAMPLES, Fault
from mutasi_toolkit.schema.parse import as_text, parse
from mutasi_toolkit.schema.read import RawTable

Tables = dict[str, pd.DataFrame]


def check_tables(raw: Mapping[str, RawTable], place: str) -> tuple[Tables, list[Fault]]:
    """Typed tables and all faults of `raw`.

    Parameters
    ----------
    raw : mapping of str to RawTable
        Tables as they lie in the files.
    place : str
        Folder or workbook, named when a whole table is missing.

    Returns
    -------
    tables : dict of str to DataFrame
        One frame per table of the schema with every column of the schema, empty where not given.
        `attrs["given"]` holds the columns that the file had.
    faults : list of Fault
        In the order of the schema.
    """
    faults = [Fault("missing_table", place, details={"table": t}) for t in REQUIRED_TABLES if t not in raw]
    tables: Tables = {}
    for name in TABLES:
        table = raw.get(name) or RawTable(name, place, pd.DataFrame(columns=list(columns(name)), dtype=str), np.arange(0))
        tables[name], found = _check_columns(table)
        if name in raw:
            faults += found
    for name in TABLES:
        if name in raw:
            faults += _check_key(raw[name], tables[name])
            faults += _check_references(raw[name], tables)
    faults += _check_tree(raw, tables) + _check_people(raw, tables) + _check_tasks(raw, tables)
    return tables, faults


def fault_at(table: RawTable, mask: np.ndarray, kind: str, column: str = "", level: str = "error", **details: object) -> list[Fault]:
    """One fault for all rows of `table` where `mask` holds; none when it holds nowhere."""
    at = np.flatnonzero(mask)
    if not len(at):
        return []
    some = at[:MAX_EXAMPLES]
    shown = as_text(table.cells[column].iloc[some]) if column in table.cells else pd.Series([], dtype=str)
    rows = tuple(int(r) for r in table.rows[some])
    return [Fault(kind, table.place, column, rows, tuple(shown), len(at), level, details)]


def _check_columns(table: RawTable) -> tuple[pd.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    given = list(table.cells.columns)
    twice = sorted({c for c in given if given.count(c) > 1})
    faults += [Fault("duplicate_column", table.place, c) for c in twice]
    unknown = [c for c in given if c not in columns(table.name)]
    if unknown:
        faults.append(Fault("unknown_column", table.place, level="warning", details={"names": ", ".join(unknown)}))
    frame: dict[str, pd.Series] = {}
    for attribute in attributes(table.name):
        if attribute.name not in given or attribute.name in twice:
            if attribute.required and attribute.name not in given:
                faults.append(Fault("missing_column", table.place, attribute.name))
            blank = pd.Series([""] * len(table.cells), dtype=str)
            frame[attribute.name] = parse(attribute, blank).values
            continue
        frame[attribute.name], found = _check_column(table, attribute)
        faults += found
    result = pd.DataFrame(frame, columns=list(columns(table.name)))
    result.attrs["given"] = tuple(c for c in columns(table.name) if c in given)
    return result, faults


def _check_column(table: RawTable, attribute: Attribute) -> tuple[pd.Series, list[Fault]]:
    cells = table.cells[attribute.name]
    parsed = parse(attribute, cells)
    allowed = ", ".join(attribute.choices) if attribute.choices else attribute.allowed.replace("..", "…")
    faults = fault_at(table, parsed.bad, parsed.kind, attribute.name, allowed=allowed)
    missing = parsed.values.isna().to_numpy() & ~parsed.bad
    if attribute.required and attribute.allowed != "blank":
        faults += fault_at(table, missing, "missing_value", attribute.name)
    if attribute.kind in {"number", "int", "date"} and attribute.allowed:
        outside = _outside(parsed.values, attribute)
        faults += fault_at(table, outside, "out_of_range", attribute.name, allowed=allowed)
    return parsed.values, faults


def _outside(values: pd.Series, attribute: Attribute) -> np.ndarray:
    low, high = attribute.allowed.split("..")
    convert = pd.Timestamp if attribute.kind == "date" else float
    outside = np.zeros(len(values), dtype=bool)
    if low:
        outside |= (values < convert(low)).fillna(False).to_numpy(dtype=bool)
    if high:
        outside |= (values > convert(high)).fillna(False).to_numpy(dtype=bool)
    return outside


def _check_key(table: RawTable, frame: pd.DataFrame) -> list[Fault]:
    key = list(KEYS.get(table.name, ()))
    if not key or not set(key) <= set(table.cells.columns):
        return []
    known = frame[key].notna().all(axis=1)
    repeated = (frame.duplicated(key, keep=False) & known).to_numpy()
    level = "warning" if table.name in {"tugas", "hubungan", "konflik"} else "error"
    faults = fault_at(table, repeated, "duplicate_key", key[-1], level, key=", ".join(key))
    if key == ["pegawai_id"] or len(key) == 1:
        folded = frame[key[0]].str.lower()
        by_case = (folded.duplicated(keep=False) & known).to_numpy() & ~repeated
        faults += fault_at(table, by_case, "key_by_case", key[0])
    return faults


def _check_references(table: RawTable, tables: Tables) -> list[Fault]:
    faults: list[Fault] = []
    frame = tables[table.name]
    for attribute in attributes(table.name):
        if attribute.kind != "ref" or attribute.name not in table.cells:
            continue
        target = tables[attribute.target]
        known = pd.Index(target[f"{attribute.target}_id"].dropna())
        values = frame[attribute.name]
        dangling = (values.notna() & ~values.isin(known)).to_numpy()
        faults += fault_at(table, dangling, "dangling", attribute.name, target=attribute.target)
    for a, b in (("pegawai_a", "pegawai_b"),):
        if a in frame and table.name in {"konflik", "hubungan"}:
            same = (frame[a] == frame[b]).fillna(False).to_numpy(dtype=bool)
            faults += fault_at(table, same, "self_pair", b)
    return faults


def _check_tree(raw: Mapping[str, RawTable], tables: Tables) -> list[Fault]:
    if "unit" not in raw:
        return []
    unit = tables["unit"]
    position = pd.Series(np.arange(len(unit)), index=unit["unit_id"])
    position = position[~position.index.duplicated() & position.index.notna()]
    parent = unit["induk_id"].map(position).fillna(-1).to_numpy(dtype=np.int64)
    at = parent.copy()
    for _ in range(64):
        at = np.where(at >= 0, parent[at], -1)
    circular = at >= 0
    return fault_at(raw["unit"], circular, "circular_unit", "induk_id")


def _check_people(raw: Mapping[str, RawTable], tables: Tables) -> list[Fault]:
    if "pegawai" not in raw:
        return []
    table, frame = raw["pegawai"], tables["pegawai"]
    faults: list[Fault] = []
    civil = frame["golongan"].str.contains("/", regex=False)
    on_pppk_scale = frame["golongan"].isin(GOLONGAN_PPPK)
    pns = frame["status"].isin(["PNS", "CPNS"])
    wrong = (pns & on_pppk_scale) | (frame["status"].isin(["PPPK", "PPPK paruh waktu"]) & civil.fillna(False).astype(bool))
    faults += fault_at(table, wrong.fillna(False).to_numpy(dtype=bool), "golongan_scale", "golongan")
    for early, late in (
        ("tanggal_lahir", "tmt_cpns"),
        ("tanggal_lahir", "tmt_jabatan"),
        ("tanggal_lahir", "tmt_unit"),
        ("tmt_jabatan", "akhir_kontrak"),
    ):
        reversed_ = (frame[early] >= frame[late]).fillna(False).to_numpy(dtype=bool)
        faults += fault_at(table, reversed_, "reversed_dates", late, early=early, late=late)
    return faults + _check_nip(table, frame)


def _check_nip(table: RawTable, frame: pd.DataFrame) -> list[Fault]:
    """An NIP of 18 digits begins with the date of birth; another count of digits is suspicious."""
    ids = frame["pegawai_id"].fillna("")
    digits = ids.str.fullmatch(r"\d{15,21}")
    faults = fault_at(table, (digits & (ids.str.len() != 18)).to_numpy(), "nip_length", "pegawai_id", "warning")
    full = ids.str.fullmatch(r"\d{18}") & frame["tanggal_lahir"].notna()
    born = frame["tanggal_lahir"].dt.strftime("%Y%m%d")
    differs = (full & (ids.str[:8] != born)).fillna(False).to_numpy(dtype=bool)
    return faults + fault_at(table, differs, "nip_birth", "pegawai_id", "warning")


def _check_tasks(raw: Mapping[str, RawTable], tables: Tables) -> list[Fault]:
    """Name tasks whose time looks mixed by a factor of 60 against the same task elsewhere."""
    if "tugas" not in raw or not len(tables["tugas"]):
        return []
    tugas = tables["tugas"]
    minutes = tugas["norma_waktu"] * np.where(tugas["satuan_waktu"] == "jam", 60.0, 1.0)
    typical = minutes.groupby(tugas["uraian"]).transform("median")
    count = minutes.groupby(tugas["uraian"]).transform("size")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (minutes / typical).to_numpy(dtype=float)
    near = (np.abs(ratio / 60 - 1) < 0.5) | (np.abs(ratio * 60 - 1) < 0.5)
    absurd = ((tugas["satuan_waktu"] == "jam") & (tugas["norma_waktu"] > 1250)).to_numpy()
    mixed = (near & (count >= 3).to_numpy()) | absurd
    return fault_at(raw["tugas"], mixed, "mixed_time", "norma_waktu", "warning")
