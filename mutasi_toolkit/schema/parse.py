"""From cells as typed to values of the column's type; what cannot be read is pointed at, never guessed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import GOLONGAN_PNS, GOLONGAN_PPPK, Attribute

TRUE_WORDS = frozenset({"ya", "y", "true", "benar", "1", "1.0", "yes"})
FALSE_WORDS = frozenset({"tidak", "t", "false", "salah", "0", "0.0", "no", "n"})
ALIASES = {
    "sma": "SLTA", "smk": "SLTA", "sma/smk": "SLTA", "slta/sma": "SLTA", "sltp": "SMP",
    "d-i": "D1", "d.i": "D1", "di": "D1", "d-1": "D1", "d-ii": "D2", "d.ii": "D2", "dii": "D2", "d-2": "D2",
    "d-iii": "D3", "d.iii": "D3", "diii": "D3", "d-3": "D3", "d iii": "D3", "d-iv": "D4", "d.iv": "D4", "div": "D4",
    "d-4": "D4", "d iv": "D4", "s1/d4": "S1", "s-1": "S1", "s.1": "S1", "s-2": "S2", "s.2": "S2", "s-3": "S3", "s.3": "S3",
}  # fmt: skip
DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d")


@dataclass(frozen=True, slots=True)
class Parsed:
    """One column after parsing.

    Attributes
    ----------
    values : Series
        Typed values, missing where the cell is empty or bad.
    bad : ndarray of bool
        Cells that are not empty and could not be read.
    kind : str
        Which message tells what is wrong with the bad ones.
    """

    values: pd.Series
    bad: np.ndarray
    kind: str


def as_text(cells: pd.Series) -> pd.Series:
    """Cells as trimmed text, '' where empty; whole numbers lose their '.0'."""
    if cells.dtype == object:
        cells = cells.map(_plain)
    return cells.fillna("").astype(str).str.replace("\u00a0", " ").str.strip()


def _plain(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def parse(attribute: Attribute, cells: pd.Series) -> Parsed:
    """Values of one column by its type.

    Parameters
    ----------
    attribute : Attribute
        The column's row in the schema.
    cells : Series
        Cells as typed.
    """
    if attribute.kind in {"id", "ref"}:
        return _parse_id(cells)
    plain = as_text(cells)
    empty = (plain == "").to_numpy()
    if attribute.kind == "text":
        return Parsed(plain.mask(empty), np.zeros(len(plain), dtype=bool), "bad_text")
    if attribute.kind == "choice":
        return _parse_words(plain, empty, attribute.choices, "bad_choice")
    if attribute.kind == "golongan":
        return _parse_words(plain, empty, GOLONGAN_PNS + GOLONGAN_PPPK, "bad_golongan")
    if attribute.kind == "flag":
        lower = plain.str.lower()
        values = pd.Series(pd.NA, index=plain.index, dtype="boolean")
        values[lower.isin(TRUE_WORDS)] = True
        values[lower.isin(FALSE_WORDS)] = False
        return Parsed(values, values.isna().to_numpy() & ~empty, "bad_flag")
    if attribute.kind == "date":
        return _parse_dates(plain, empty)
    return _parse_numbers(plain, empty, whole=attribute.kind == "int")


def _parse_id(cells: pd.Series) -> Parsed:
    if cells.dtype == object:
        numeric = cells.map(lambda c: isinstance(c, (int, float)) and not isinstance(c, bool) and abs(c) >= 1e15)
        damaged = numeric.to_numpy(dtype=bool)
    else:
        damaged = cells.astype(str).str.fullmatch(r"\s*\d[.,]\d+[eE]\+?\d+\s*").to_numpy(dtype=bool)
    plain = as_text(cells)
    return Parsed(plain.mask(plain == ""), damaged, "nip_number")


def _parse_words(plain: pd.Series, empty: np.ndarray, words: tuple[str, ...], kind: str) -> Parsed:
    by_lower = {w.lower(): w for w in words}
    for alias, word in ALIASES.items():
        if word in words:
            by_lower.setdefault(alias, word)
    values = plain.str.lower().str.replace(r"\s+", " ", regex=True).map(by_lower)
    return Parsed(values.astype("str"), values.isna().to_numpy() & ~empty, kind)


def _parse_numbers(plain: pd.Series, empty: np.ndarray, *, whole: bool) -> Parsed:
    values = pd.to_numeric(plain.mask(empty), errors="coerce")
    retry = values.isna().to_numpy() & ~empty
    if retry.any():
        comma = plain[retry]
        indonesian = comma.str.fullmatch(r"-?\d{1,3}(\.\d{3})*(,\d+)?|-?\d+,\d+")
        mended = comma.where(indonesian).str.replace(".", "", regex=False).str.replace(",", ".", regex=False)
        values = values.astype("float64")
        values[retry] = pd.to_numeric(mended, errors="coerce")
    values = values.astype("float64")
    bad = ~np.isfinite(values.to_numpy()) & ~empty
    if whole:
        bad |= (values.to_numpy() % 1 != 0) & ~empty & ~bad
        return Parsed(values.mask(pd.Series(bad, index=values.index)).astype("Int64"), bad, "bad_int")
    return Parsed(values.mask(pd.Series(bad, index=values.index)), bad, "bad_number")


def _parse_dates(plain: pd.Series, empty: np.ndarray) -> Parsed:
    values = pd.Series(pd.NaT, index=plain.index, dtype="datetime64[us]")
    todo = ~empty
    for form in DATE_FORMATS:
        if not todo.any():
            break
        read = pd.to_datetime(plain[todo], format=form, errors="coerce").astype("datetime64[us]")
        values[todo] = read
        todo = todo & values.isna().to_numpy()
    return Parsed(values, todo, "bad_date")
