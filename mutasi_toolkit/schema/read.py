"""Tables as they lie in files: every cell as it was typed, with the row number a spreadsheet shows."""

from __future__ import annotations

import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import TABLES
from mutasi_toolkit.schema.faults import Fault

#: A workbook that unpacks to more than this is refused (a zip bomb, or not a staffing table).
MAX_UNPACKED_BYTES = 2_000_000_000


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
    """

    name: str
    place: str
    cells: pd.DataFrame
    rows: np.ndarray


def read_csv_text(path: Path) -> pd.DataFrame:
    """All cells of a CSV file as text; comma or semicolon, UTF-8 (with or without mark) or Windows-1252.

    Raises
    ------
    InputError
        When the file cannot be read as a table at all.
    """
    head = path.read_bytes()[:65536]
    encoding = "utf-8-sig"
    try:
        path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        encoding = "cp1252"
    first = head.split(b"\n", 1)[0]
    sep = ";" if first.count(b";") > first.count(b",") else ","
    try:
        return pd.read_csv(path, sep=sep, dtype=str, keep_default_na=False, na_filter=False, encoding=encoding, skip_blank_lines=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError, ValueError) as error:
        raise InputError(text("schema.unreadable", file=path.name, why=str(error).strip())) from error


def _drop_empty(name: str, place: str, frame: pd.DataFrame, first_row: int) -> RawTable:
    frame = frame.rename(columns=lambda c: str(c).strip().lower())
    frame = frame.loc[:, [c for c in frame.columns if c and not c.startswith("unnamed:")]]
    rows = np.arange(first_row, first_row + len(frame))
    filled = np.zeros(len(frame), dtype=bool)
    for column in range(frame.shape[1]):
        cell = frame.iloc[:, column]
        filled |= (cell.notna() & (cell.astype(str).str.strip() != "")).to_numpy(dtype=bool)
    return RawTable(name, place, frame[filled].reset_index(drop=True), rows[filled])


def read_folder(folder: Path) -> tuple[dict[str, RawTable], list[Fault]]:
    """Every known table of a folder of CSV files."""
    tables, faults = {}, []
    for name in TABLES:
        path = folder / f"{name}.csv"
        if path.is_file():
            try:
                tables[name] = _drop_empty(name, path.name, read_csv_text(path), 2)
            except InputError as error:
                faults.append(Fault("unreadable_table", path.name, details={"why": str(error)}))
    return tables, faults


def _sheet_frame(rows: list[list[Any]]) -> tuple[pd.DataFrame, int]:
    header_at = next((i for i, row in enumerate(rows) if any(str(c).strip() for c in row)), 0)
    if not rows:
        return pd.DataFrame(), 2
    header = [str(c) for c in rows[header_at]]
    return pd.DataFrame(rows[header_at + 1 :], columns=header, dtype=object), header_at + 2


def read_workbook(path: Path) -> tuple[dict[str, RawTable], list[Fault]]:
    """Every sheet of a workbook whose name is that of a table."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        with zipfile.ZipFile(path) as archive:
            unpacked = sum(item.file_size for item in archive.infolist())
        if unpacked > MAX_UNPACKED_BYTES:
            raise InputError(text("schema.too_large", file=path.name))
        book = CalamineWorkbook.from_path(str(path))
    except (zipfile.BadZipFile, CalamineError, OSError) as error:
        raise InputError(text("schema.unreadable", file=path.name, why=str(error))) from error
    tables = {}
    for sheet in book.sheet_names:
        name = sheet.strip().lower()
        if name in TABLES:
            frame, first_row = _sheet_frame(book.get_sheet_by_name(sheet).to_python(skip_empty_area=False))
            tables[name] = _drop_empty(name, f"{path.name}, {text('schema.sheet')} {sheet}", frame, first_row)
    return tables, []
