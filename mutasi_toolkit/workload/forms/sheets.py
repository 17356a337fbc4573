"""The sheets of a file as rows of cells, with merged cells filled where a heading or a title spreads."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.schema.guard import open_workbook
from mutasi_toolkit.workload.forms.cells import words


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its name, its cells by row, and which cells only repeat the first cell of a merged area across columns."""

    name: str
    rows: list[list[Any]]


def read_sheets(path: Path, language: str = "id") -> list[Sheet]:
    """Every sheet of an .xlsx, .xls or .ods workbook, or a CSV file as one.

    Cells merged downwards are filled downwards, and cells merged sideways sideways, so that a title over its tasks and a
    heading over its parts reach each of them; of .ods it is not known which cells are merged, and only the first holds the text.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    if path.suffix.lower() in {".csv", ".txt"}:
        return [Sheet(path.name, _csv_rows(path, language))]
    book = open_workbook(path, language, other_kinds=True)
    sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
    return [Sheet(s.name, _filled(s.to_python(skip_empty_area=False), s.merged_cell_ranges)) for s in sheets]


def _filled(rows: list[list[Any]], merged: Any) -> list[list[Any]]:
    for (top, left), (bottom, right) in merged or []:
        if top >= len(rows) or left >= len(rows[top]) or not words(rows[top][left]):
            continue
        for r in range(top, min(bottom, len(rows) - 1) + 1):
            for c in range(left, min(right, len(rows[r]) - 1) + 1):
                rows[r][c] = rows[top][left]
    return rows


def _csv_rows(path: Path, language: str) -> list[list[Any]]:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise InputError(text("schema.folder_access", language, place=path.name, why=error.strerror or str(error))) from error
    try:
        plain = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        plain = content.decode("cp1252", errors="replace")
    separator = max(";,\t", key=lambda s: plain[:65536].count(s))
    try:
        rows = list(csv.reader(io.StringIO(plain.replace("\r\n", "\n").replace("\r", "\n")), delimiter=separator))
    except csv.Error as error:
        why = f"{text('schema.broken_csv', language, why=str(error))} {text('schema.broken_csv_remedy', language)}"
        raise InputError(f"{path.name}: {why}") from error
    wide = max((len(r) for r in rows), default=0)
    return [[*r, *[""] * (wide - len(r))] for r in rows]
