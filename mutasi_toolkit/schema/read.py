"""Tables as they lie in files: every cell as it was typed, with the row number a spreadsheet shows."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import TABLES, columns
from mutasi_toolkit.schema.csv_text import UnreadableError, read_cells, read_csv_text
from mutasi_toolkit.schema.faults import MAX_EXAMPLES, Fault
from mutasi_toolkit.schema.guard import RefusedError, SheetNotes, inspect
from mutasi_toolkit.schema.rows import LOOK_AT, find_header, tidy

__all__ = ["RawTable", "read_csv_text", "read_folder", "read_workbook"]


@dataclass(frozen=True, slots=True)
class RawTable:
    """One table before any check.

    Attributes
    ----------
    name : str
        Name of the table.
    place : str
        File name, and the sheet where there is one.
    cells : DataFrame
        Cells as typed: text from CSV, the cell's own type from a workbook; '' where empty.
    rows : ndarray of int
        Row numbers as a spreadsheet shows them.
    sep : str
        What separates the fields of a CSV file, '' in a workbook.
    read : bool
        False for a table that stands in for one that could not be read.
    """

    name: str
    place: str
    cells: pd.DataFrame
    rows: np.ndarray
    sep: str = ""
    read: bool = True


Read = tuple[dict[str, RawTable], list[Fault]]


def read_folder(folder: Path) -> Read:
    """Every known table of a folder of CSV files, and what is wrong with the files themselves."""
    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    files = sorted(p for p in folder.iterdir() if p.is_file() and p.suffix.lower() == ".csv")
    for name in TABLES:
        mine = [p for p in files if p.stem.strip().lower() == name]
        if len(mine) > 1:
            faults.append(Fault("duplicate_table", mine[0].name, details={"names": ", ".join(p.name for p in mine)}))
        for path in mine[:1]:
            try:
                table, found = _csv_table(name, path)
            except UnreadableError as error:
                tables[name] = _nothing(name, path.name)
                faults.append(Fault(error.kind, path.name, details={"why": error.why}))
                continue
            except OSError as error:
                tables[name] = _nothing(name, path.name)
                faults.append(Fault("no_access", path.name, details={"why": error.strerror or str(error)}))
                continue
            tables[name] = table
            faults += found
    faults += _strangers([p.stem for p in files], folder.name)
    books = sorted(p.name for p in folder.glob("*.xlsx") if not p.name.startswith("~$"))
    if books and tables:
        faults.append(Fault("workbook_ignored", folder.name, level="warning", details={"names": ", ".join(books[:5])}))
    return tables, faults


def _nothing(name: str, place: str) -> RawTable:
    """A table that stands in for one that could not be read, so that it is not also called missing."""
    return RawTable(name, place, pd.DataFrame(columns=list(columns(name)), dtype=str), np.arange(0), read=False)


def _csv_table(name: str, path: Path) -> tuple[RawTable, list[Fault]]:
    read = read_cells(path, frozenset(columns(name)))
    cells = read.cells.fillna("")
    first = cells.iloc[:LOOK_AT].to_numpy().tolist()
    marked = bool(first) and str(first[0][0]).strip().lower().startswith("sep=")
    at = find_header(name, first)
    faults = _header_faults(path.name, first, at, int(marked))
    ragged = tuple(r for r in read.ragged if r > at + 1)
    if ragged:
        faults.append(Fault("ragged_row", path.name, rows=ragged[:MAX_EXAMPLES], count=len(ragged)))
    body, rows = _without_blank(cells.iloc[at + 1 :], np.arange(at + 2, len(cells) + 1))
    broken = _broken_quotes(body, read.sep)
    if broken.any():
        here = np.flatnonzero(broken)
        faults.append(Fault("broken_quote", path.name, rows=tuple(int(r) for r in rows[here[:MAX_EXAMPLES]]), count=len(here)))
        body, rows = body[~broken], rows[~broken]
    body, rows, found = tidy(name, path.name, first[at] if first else [], body, rows)
    return RawTable(name, path.name, body, rows, read.sep), faults + found


def _header_faults(place: str, first: list[list[Any]], at: int, skip: int = 0) -> list[Fault]:
    above = [i + 1 for i, row in enumerate(first[:at]) if i >= skip and any(str(c).strip() for c in row)]
    return [Fault("header_not_first", place, rows=(at + 1,), level="warning", details={"n": len(above)})] if above else []


def _without_blank(body: pd.DataFrame, rows: np.ndarray) -> tuple[pd.DataFrame, np.ndarray]:
    filled = np.zeros(len(body), dtype=bool)
    for column in range(body.shape[1]):
        if filled.all():
            break
        filled |= (body.iloc[:, column].fillna("").astype(str).str.strip() != "").to_numpy(dtype=bool)
    return body[filled], rows[filled]


def _broken_quotes(body: pd.DataFrame, sep: str) -> np.ndarray:
    """Records with a cell that swallowed whole lines, as after a quotation mark that was never closed."""
    mask = np.zeros(len(body), dtype=bool)
    for column in range(body.shape[1]):
        cells = body.iloc[:, column]
        lines = cells.str.contains("\n", regex=False).to_numpy(dtype=bool)
        if lines.any():
            mask[lines] |= (cells[lines].str.count(re.escape(sep)) >= max(2, body.shape[1] - 2)).to_numpy(dtype=bool)
    return mask


def _strangers(names: Iterable[str], place: str) -> list[Fault]:
    """Files or sheets that carry no table's name but nearly one."""
    faults = []
    for name in names:
        plain = name.strip().lower()
        if plain in TABLES:
            continue
        base = re.sub(r"[\s_\-]*(\(\d+\)|copy|salinan|\d+)$", "", plain).strip()
        near = [base] if base in TABLES else difflib.get_close_matches(plain, TABLES, 1, 0.8)
        if near:
            faults.append(Fault("near_table", place, level="warning", details={"name": name, "near": near[0]}))
    return faults


def read_workbook(path: Path, language: str = "id") -> Read:
    """Every sheet of a workbook whose name is that of a table, and what is wrong with the workbook itself."""
    from python_calamine import CalamineError, CalamineWorkbook, SheetVisibleEnum

    try:
        notes = inspect(path)
        book = CalamineWorkbook.from_path(str(path))
        sheets = [(m.name, m.visible == SheetVisibleEnum.Visible) for m in book.sheets_metadata]
        rows = {name: _sheet_rows(book, name) for name, _ in sheets if name.strip().lower() in TABLES}
    except RefusedError as error:
        return _refused(Fault(error.kind, path.name, details=error.details))
    except (CalamineError, OSError, ValueError, KeyError) as error:
        return _refused(Fault("not_a_workbook", path.name, details={"why": " ".join(str(error).split())[:120]}))
    tables: dict[str, RawTable] = {}
    faults = _strangers([name for name, _ in sheets], path.name)
    for sheet, visible in sheets:
        name = sheet.strip().lower()
        if name not in TABLES:
            continue
        place = f"{path.name}, {text('schema.sheet', language)} {sheet.strip()}"
        if name in tables:
            faults.append(Fault("duplicate_table", place, details={"names": sheet.strip()}))
            continue
        if not visible:
            faults.append(Fault("hidden_sheet", place, level="warning"))
        tables[name], found = _sheet_table(name, place, *rows[sheet])
        faults += _cell_notes(place, notes.get(sheet, SheetNotes())) + found
    return tables, faults


def _refused(fault: Fault) -> Read:
    return {name: _nothing(name, fault.place) for name in ("unit", "jabatan", "pegawai")}, [fault]


Rows = tuple[list[int], list[list[Any]], list[str]]


def _sheet_rows(book: Any, name: str) -> Rows:
    """Row numbers and cells of the rows with content, and the merged areas."""
    sheet = book.get_sheet_by_name(name)
    numbers, kept = [], []
    for number, row in enumerate(sheet.iter_rows(), start=1):
        if any(c not in ("", None) for c in row):
            numbers.append(number)
            kept.append(row)
    merged = [f"{_letters(c1)}{r1 + 1}:{_letters(c2)}{r2 + 1}" for (r1, c1), (r2, c2) in sheet.merged_cell_ranges or []]
    return numbers, kept, merged


def _letters(column: int) -> str:
    out = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        out = chr(65 + rest) + out
    return out


def _sheet_table(name: str, place: str, numbers: list[int], kept: list[list[Any]], merged: list[str]) -> tuple[RawTable, list[Fault]]:
    if not kept:
        return RawTable(name, place, pd.DataFrame(dtype=object), np.arange(0)), []
    at = find_header(name, kept[:LOOK_AT])
    header_row = numbers[at]
    faults = []
    if at:
        faults.append(Fault("header_not_first", place, rows=(header_row,), level="warning", details={"n": at}))
    below = [area for area in merged if int(re.sub(r"\D", "", area.split(":")[1])) >= header_row]
    if below:
        faults.append(Fault("merged_cells", place, details={"areas": ", ".join(below[:MAX_EXAMPLES]), "n": len(below)}))
    body = pd.DataFrame(kept[at + 1 :], columns=range(len(kept[at])), dtype=object)
    body, rows, found = tidy(name, place, kept[at], body, np.array(numbers[at + 1 :], dtype=np.int64))
    return RawTable(name, place, body, rows), faults + found


def _cell_notes(place: str, notes: SheetNotes) -> list[Fault]:
    faults = []
    for kind, found in (("error_cell", notes.errors), ("unresolved_formula", notes.unresolved)):
        if found:
            details = {"cells": ", ".join(found[:MAX_EXAMPLES]), "n": len(found)}
            faults.append(Fault(kind, place, count=len(found), details=details))
    return faults
