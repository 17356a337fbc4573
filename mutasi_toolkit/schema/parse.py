"""From cells as typed to values of the column's type; what cannot be read is pointed at, never guessed."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date, datetime

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import GOLONGAN_PNS, GOLONGAN_PPPK, Attribute
from mutasi_toolkit.schema.strange import clean

TRUE_WORDS = frozenset({"ya", "y", "true", "benar", "1", "1.0", "yes"})
FALSE_WORDS = frozenset({"tidak", "t", "false", "salah", "0", "0.0", "no", "n"})
ALIASES = {
    "sma": "SLTA", "smk": "SLTA", "sma/smk": "SLTA", "slta/sma": "SLTA", "sltp": "SMP",
    "d-i": "D1", "d.i": "D1", "di": "D1", "d-1": "D1", "d-ii": "D2", "d.ii": "D2", "dii": "D2", "d-2": "D2",
    "d-iii": "D3", "d.iii": "D3", "diii": "D3", "d-3": "D3", "d iii": "D3", "d-iv": "D4", "d.iv": "D4", "div": "D4",
    "d-4": "D4", "d iv": "D4", "s1/d4": "S1", "s-1": "S1", "s.1": "S1", "s-2": "S2", "s.2": "S2", "s-3": "S3", "s.3": "S3",
}  # fmt: skip
DATE_FORMATS = ("%Y-%m-%d", "%d-%m-%Y", "%d/%m/%Y", "%Y-%m-%d %H:%M:%S", "%Y/%m/%d", "%d.%m.%Y", "%Y-%m-%dT%H:%M:%S")
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan januari", "feb februari", "mar maret", "apr april", "mei", "jun juni", "jul juli", "agu agustus agt", "sep september", "okt oktober",
         "nov november nop", "des desember"), start=1,
    )
    for name in names.split()
}  # fmt: skip
#: Spreadsheets count days from 1900; a bare number in this range is most likely such a date (1927 to 2064).
SERIAL_DAYS = (10_000, 60_000)
#: A code longer than this is no code.
LONGEST_CODE = 100
#: Codes with nothing to look at more closely; most columns hold only such.
PLAIN_CODE = r"((?!.{18}$)[A-Z][A-Za-z0-9.\-]{0,39}|\d{18}|\d{1,14})?"


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
    special : dict of str to ndarray of bool
        Those of the bad ones for which a message can say more.
    """

    values: pd.Series
    bad: np.ndarray
    kind: str
    special: dict[str, np.ndarray] = field(default_factory=dict)


def as_text(cells: pd.Series) -> pd.Series:
    """Cells as trimmed text, '' where empty; whole numbers lose their '.0'."""
    if cells.dtype == object:
        cells = cells.map(plain_text)
    return clean(cells.fillna("").astype(str))


def plain_text(cell: object) -> str:
    """One cell as text; whole numbers without their '.0', a date as 2024-12-31."""
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < 1e15:
        return str(int(cell))
    if isinstance(cell, datetime):
        return cell.strftime("%Y-%m-%d")
    return cell.isoformat() if isinstance(cell, date) else str(cell)


def no_values(attribute: Attribute, n: int) -> pd.Series:
    """A column of `n` missing values of the attribute's type."""
    if attribute.kind == "date":
        return pd.Series(pd.NaT, index=range(n), dtype="datetime64[us]")
    if attribute.kind in {"flag", "int"}:
        return pd.Series(pd.NA, index=range(n), dtype="boolean" if attribute.kind == "flag" else "Int64")
    return pd.Series(np.nan, index=range(n), dtype="float64" if attribute.kind == "number" else "str")


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
    """Codes stay text; what a spreadsheet has already spoilt is pointed at."""
    plain = as_text(cells)
    if plain.str.fullmatch(PLAIN_CODE).all() and (cells.dtype != object or all(isinstance(c, str) for c in cells)):
        return Parsed(plain.mask(plain == ""), np.zeros(len(plain), dtype=bool), "nip_number")
    if cells.dtype == object:
        number = cells.map(lambda c: isinstance(c, (int, float)) and not isinstance(c, bool) and abs(c) >= 1e15)
        days = cells.map(lambda c: isinstance(c, (date, datetime))).to_numpy(dtype=bool)
        damaged = number.to_numpy(dtype=bool, copy=True)
    else:
        damaged, days = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    damaged |= plain.str.fullmatch(r"-?\d+([.,]\d+)?[eE]\+?\d+").to_numpy(dtype=bool)
    long = (plain.str.len() > LONGEST_CODE).to_numpy(dtype=bool)
    digits = plain.str.count(r"\d")
    spaced = ((digits == 18) & plain.str.fullmatch(r"['’`]?[\d .\-]+") & (plain.str.len() > 18)).to_numpy(dtype=bool)
    letters = ((plain.str.len() == 18) & (digits >= 14) & (digits < 18) & plain.str.fullmatch(r"[\dOoIlSB]+")).to_numpy(dtype=bool)
    special = {"id_date": days, "too_long": long, "nip_spaced": spaced, "nip_letters": letters, "nip_number": damaged}
    bad = np.logical_or.reduce(list(special.values()))
    return Parsed(plain.mask(plain == ""), bad, "nip_number", {k: v for k, v in special.items() if v.any()})


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
    special = {}
    endless = bad & plain.str.lower().str.fullmatch(r"[-+]?(nan|inf|infinity|∞|\d+(\.\d+)?e\+?\d{3,})").to_numpy(dtype=bool)
    if endless.any():
        special["not_finite"] = endless
    with_unit = bad & plain.str.fullmatch(r"[-+]?[\d.,]+\s*[a-zA-Z%/ ]+|(Rp|IDR)\.?\s*[\d.,]+.*").to_numpy(dtype=bool) & ~endless
    if with_unit.any():
        special["number_with_unit"] = with_unit
    if whole:
        bad = bad | ((values.mask(bad) % 1 != 0).to_numpy() & ~empty)
        return Parsed(values.mask(pd.Series(bad, index=values.index)).astype("Int64"), bad, "bad_int", special)
    return Parsed(values.mask(pd.Series(bad, index=values.index)), bad, "bad_number", special)


def thousands_or_decimals(plain: pd.Series) -> np.ndarray:
    """Cells such as 1.200, which are 1200 in an Indonesian sheet and 1.2 elsewhere.

    Examples
    --------
    >>> thousands_or_decimals(pd.Series(["1.200", "0.125", "1.2", "1.200,5"])).tolist()
    [True, False, False, False]
    """
    return plain.str.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}").to_numpy(dtype=bool)


def _parse_dates(plain: pd.Series, empty: np.ndarray) -> Parsed:
    values = pd.Series(pd.NaT, index=plain.index, dtype="datetime64[us]")
    todo = ~empty
    for form in DATE_FORMATS:
        if not todo.any():
            break
        read = pd.to_datetime(plain[todo], format=form, errors="coerce").astype("datetime64[us]")
        values[todo] = read
        todo = todo & values.isna().to_numpy()
    special: dict[str, np.ndarray] = {}
    words: dict[int, date] = {}
    for at in np.flatnonzero(todo).tolist():
        cell = plain.iloc[at]
        day = _in_words(cell)
        if day is not None:
            words[at] = day
        elif kind := _kind_of_date(cell):
            special.setdefault(kind, np.zeros(len(plain), dtype=bool))[at] = True
    if words:
        values.iloc[list(words)] = pd.to_datetime(list(words.values())).astype("datetime64[us]")
        todo[list(words)] = False
    return Parsed(values, todo, "bad_date", special)


def _in_words(cell: str) -> date | None:
    """A date with the month in Indonesian words: 31 Desember 2024, 31-Des-2024."""
    found = re.fullmatch(r"(\d{1,2})[\s\-./]+([a-z]+)[\s\-./]+(\d{4})", cell.lower())
    if not found or found.group(2) not in MONTHS:
        return None
    try:
        return date(int(found.group(3)), MONTHS[found.group(2)], int(found.group(1)))
    except ValueError:
        return None


def _kind_of_date(cell: str) -> str:
    if re.fullmatch(r"\d{5}(\.\d+)?", cell) and SERIAL_DAYS[0] <= float(cell) <= SERIAL_DAYS[1]:
        return "serial_date"
    american = re.fullmatch(r"(\d{1,2})[/-](\d{1,2})[/-]\d{4}", cell)
    if american and int(american.group(1)) <= 12 < int(american.group(2)) <= 31:
        return "us_date"
    return "short_year" if re.fullmatch(r"\d{1,2}[/.\- ]\w{1,9}[/.\- ]\d{2}", cell) else ""
