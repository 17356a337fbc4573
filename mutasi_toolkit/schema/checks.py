"""Every check of every table in one pass: each column, each key, each reference, then what the rows say together."""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from functools import cache

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import KEYS, REQUIRED_TABLES, TABLES, Attribute, attributes, columns
from mutasi_toolkit.schema.faults import MAX_EXAMPLES, Fault
from mutasi_toolkit.schema.parse import Parsed, as_text, no_values, parse, thousands_or_decimals
from mutasi_toolkit.schema.people import check_people
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.schema.sense import check_sense
from mutasi_toolkit.schema.strange import strange_cells
from mutasi_toolkit.schema.tell import fault_at

__all__ = ["Tables", "check_tables", "fault_at"]

Tables = dict[str, pd.DataFrame]
#: Numbers whose three decimals are nothing unusual.
FINE_NUMBERS = frozenset({"lat", "lon", "domisili_lat", "domisili_lon", "kekuatan"})


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
        if name not in raw:
            tables[name] = _no_rows(name)
            continue
        table = raw[name]
        tables[name], found = _check_columns(table)
        faults += found
        if name in REQUIRED_TABLES and table.read and not len(table.cells):
            faults.append(Fault("empty_table", table.place, details={"table": name}))
    for name in TABLES:
        if name in raw and len(raw[name].cells):
            faults += _check_key(raw[name], tables[name])
            faults += _check_references(raw[name], raw, tables)
    return tables, faults + check_people(raw, tables) + check_sense(raw, tables)


@cache
def _empty(name: str) -> pd.DataFrame:
    return pd.DataFrame({a.name: no_values(a, 0) for a in attributes(name)})


def _no_rows(name: str) -> pd.DataFrame:
    frame = _empty(name).copy()
    frame.attrs["given"] = ()
    return frame


def _check_columns(table: RawTable) -> tuple[pd.DataFrame, list[Fault]]:
    faults: list[Fault] = []
    given = list(table.cells.columns)
    twice = sorted({c for c in given if given.count(c) > 1})
    faults += [Fault("duplicate_column", table.place, c) for c in twice]
    frame: dict[str, pd.Series] = {}
    for attribute in attributes(table.name):
        if attribute.name not in given or attribute.name in twice:
            if attribute.required and attribute.name not in given and (len(given) or table.read) and (len(table.cells) or len(given)):
                faults.append(Fault("missing_column", table.place, attribute.name))
            frame[attribute.name] = no_values(attribute, len(table.cells))
            continue
        if not len(table.cells):
            frame[attribute.name] = no_values(attribute, 0)
            continue
        frame[attribute.name], found = _check_column(table, attribute)
        faults += found
    faults += _unknown_columns(table, given)
    result = pd.DataFrame(frame, columns=list(columns(table.name)))
    result.attrs["given"] = tuple(c for c in columns(table.name) if c in given)
    return result, faults


def _unknown_columns(table: RawTable, given: list[str]) -> list[Fault]:
    """Columns the schema does not know: nearly right ones by name, the others in one line."""
    free = [c for c in columns(table.name) if c not in given]
    faults, rest = [], []
    for name in dict.fromkeys(c for c in given if c not in columns(table.name)):
        near = difflib.get_close_matches(name.replace(" ", "_"), free, 1, 0.75)
        if near:
            faults.append(Fault("near_column", table.place, level="warning", details={"name": name[:60], "near": near[0]}))
        else:
            rest.append(name[:60])
    if rest:
        names = ", ".join(rest[:10]) + (" …" if len(rest) > 10 else "")
        faults.append(Fault("unknown_column", table.place, level="warning", details={"names": names}))
    return faults


def _check_column(table: RawTable, attribute: Attribute) -> tuple[pd.Series, list[Fault]]:
    cells = table.cells[attribute.name]
    raw_text = cells.map(lambda c: "" if c is None or c != c else c if isinstance(c, str) else "").astype(str) if cells.dtype == object else cells
    strange = strange_cells(raw_text, attribute.kind)
    parsed = parse(attribute, cells)
    faults, unusable = _tell_strange(table, attribute, strange)
    allowed = ", ".join(attribute.choices) if attribute.choices else attribute.allowed.replace("..", "…")
    faults += _tell_bad(table, attribute, parsed, unusable, allowed)
    missing = parsed.values.isna().to_numpy() & ~parsed.bad & ~unusable
    if attribute.required and attribute.allowed != "blank":
        faults += fault_at(table, missing, "missing_value", attribute.name)
    if attribute.kind in {"number", "int", "date"} and attribute.allowed:
        faults += _outside(table, parsed.values, attribute, allowed)
    if attribute.kind == "number" and table.sep and attribute.name not in FINE_NUMBERS:
        faults += _ambiguous(table, attribute, cells)
    return parsed.values, faults


def _tell_strange(table: RawTable, attribute: Attribute, strange: Mapping[str, np.ndarray]) -> tuple[list[Fault], np.ndarray]:
    faults: list[Fault] = []
    unusable = np.zeros(len(table.cells), dtype=bool)
    for kind, mask in strange.items():
        told = kind in {"hidden_marks", "broken_text"} or (kind == "lookalike" and attribute.kind == "text")
        faults += fault_at(table, mask & ~unusable, kind, attribute.name, "warning" if told else "error")
        if not told:
            unusable |= mask
    return faults, unusable


def _tell_bad(table: RawTable, attribute: Attribute, parsed: Parsed, unusable: np.ndarray, allowed: str) -> list[Fault]:
    faults: list[Fault] = []
    left = parsed.bad & ~unusable
    for kind, mask in parsed.special.items():
        faults += fault_at(table, mask & left, kind, attribute.name)
        left = left & ~mask
    return faults + fault_at(table, left, parsed.kind, attribute.name, allowed=allowed)


def _ambiguous(table: RawTable, attribute: Attribute, cells: pd.Series) -> list[Fault]:
    """1.200 is 1200 to an Indonesian sheet: an error where the file otherwise writes decimal commas, else a warning."""
    plain = as_text(cells)
    mask = thousands_or_decimals(plain)
    if not mask.any():
        return []
    indonesian = table.sep == ";" or bool(plain.str.fullmatch(r"-?[\d.]*\d,\d+").any())
    return fault_at(table, mask, "thousands_mark", attribute.name, "error" if indonesian else "warning")


def _outside(table: RawTable, values: pd.Series, attribute: Attribute, allowed: str) -> list[Fault]:
    low, high = attribute.allowed.split("..")
    convert = pd.Timestamp if attribute.kind == "date" else float
    outside = np.zeros(len(values), dtype=bool)
    below = outside.copy()
    if low:
        below |= (values < convert(low)).fillna(False).to_numpy(dtype=bool)
    if high:
        outside |= (values > convert(high)).fillna(False).to_numpy(dtype=bool)
    negative = below & (attribute.kind != "date") & (low == "0")
    faults = fault_at(table, negative, "negative", attribute.name)
    return faults + fault_at(table, (outside | below) & ~negative, "out_of_range", attribute.name, allowed=allowed)


def _check_key(table: RawTable, frame: pd.DataFrame) -> list[Fault]:
    key = list(KEYS.get(table.name, ()))
    if not key or not set(key) <= set(table.cells.columns):
        return []
    known = frame[key].notna().all(axis=1)
    repeated = (frame.duplicated(key, keep=False) & known).to_numpy()
    if not repeated.any() and len(key) > 1:
        return []
    level = "warning" if table.name in {"tugas", "hubungan", "konflik"} else "error"
    faults: list[Fault] = []
    for kind, mask in _kinds_of_repetition(table.name, frame, key, repeated):
        faults += fault_at(table, mask, kind, key[-1], level, key=", ".join(key))
    if len(key) == 1:
        folded = frame[key[0]].str.lower()
        by_case = (folded.duplicated(keep=False) & known).to_numpy() & ~repeated
        faults += fault_at(table, by_case, "key_by_case", key[0])
    return faults


def _kinds_of_repetition(name: str, frame: pd.DataFrame, key: list[str], repeated: np.ndarray) -> list[tuple[str, np.ndarray]]:
    """A repeated key, or what it means: a person in two seats, decisions that contradict each other."""
    told = {"pegawai": ("two_seats", ["jabatan_id"]), "keputusan": ("contradiction", ["putusan", "jabatan_id"])}
    if name not in told or not repeated.any():
        return [("duplicate_key", repeated)]
    kind, by = told[name]
    some = frame.loc[repeated, key + by].fillna("")
    distinct = some.drop_duplicates().groupby(key)[by[0]].transform("size").groupby(some.drop_duplicates()[key[0]]).first()
    differ = repeated & frame[key[0]].map(distinct).fillna(0).gt(1).to_numpy()
    return [(kind, differ), ("duplicate_key", repeated & ~differ)]


def _check_references(table: RawTable, raw: Mapping[str, RawTable], tables: Tables) -> list[Fault]:
    faults: list[Fault] = []
    frame = tables[table.name]
    for attribute in attributes(table.name):
        target = attribute.target
        if attribute.kind != "ref" or attribute.name not in table.cells or target not in raw or not raw[target].read:
            continue
        known = tables[target][f"{target}_id"].dropna()
        if not len(known):
            continue
        values = frame[attribute.name]
        dangling = (values.notna() & ~values.isin(known)).to_numpy()
        if not dangling.any():
            continue
        folded, bare = set(known.str.lower()), set(known.str.lstrip("0"))
        by_case = dangling & values.str.lower().isin(folded).fillna(False).to_numpy(dtype=bool)
        by_zeros = dangling & ~by_case & values.str.lstrip("0").isin(bare).fillna(False).to_numpy(dtype=bool)
        for kind, mask in (("dangling_case", by_case), ("dangling_zeros", by_zeros), ("dangling", dangling & ~by_case & ~by_zeros)):
            faults += fault_at(table, mask, kind, attribute.name, target=target, near=_nearest(values[mask], known))
    return faults


def _nearest(values: pd.Series, known: pd.Series) -> str:
    """Known codes that the first few unknown ones may have been meant as, '' where none comes near."""
    pool = known.unique().tolist()[:20_000]
    lower = {k.lower(): k for k in pool}
    found = []
    for value in values.dropna().unique()[:MAX_EXAMPLES]:
        near = [lower[value.lower()]] if value.lower() in lower else difflib.get_close_matches(value, pool, 1, 0.85) if len(pool) <= 3000 else []
        found += near
    return ", ".join(dict.fromkeys(found))
