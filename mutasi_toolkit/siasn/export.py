"""A profile export of SIASN as offices download it: header anywhere near the top, dates in two forms, personal columns left behind."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.schema.csv_text import UnreadableError, read_cells
from mutasi_toolkit.schema.guard import open_workbook
from mutasi_toolkit.schema.parse import as_text, plain_text
from mutasi_toolkit.settings import load_yaml

#: Rows among which the header is looked for, and names it must hold.
LOOK_AT = 30
LEAST_NAMES = 5
#: Without these nothing can be imported.
NEEDED = ("nip", "golongan", "pendidikan", "jabatan", "tmt_jabatan", "unor")


@cache
def parameters() -> dict[str, Any]:
    """Columns of the export and the words in it, from data/parameters/siasn.yaml."""
    return load_yaml(data_dir("parameters") / "siasn.yaml")


@cache
def known_columns() -> dict[str, str]:
    """What becomes of each column of the export: the field it feeds, '' where dropped, 'personal' where never read further."""
    columns = parameters()["kolom"]
    fate = dict.fromkeys(columns["personal"], "personal") | dict.fromkeys(columns["drop"], "")
    return fate | columns["variants"] | columns["use"]


@dataclass(frozen=True, slots=True)
class Export:
    """People of an export, field by field as text.

    Attributes
    ----------
    cells : DataFrame
        One row per person, columns named after the fields of data/parameters/siasn.yaml.
    rows : ndarray of int
        Row of each person as a spreadsheet shows it.
    left : tuple of str
        Personal columns that the file held and that were left behind.
    place : str
        Name of the file.
    """

    cells: pd.DataFrame
    rows: np.ndarray
    left: tuple[str, ...]
    place: str


def _name(cell: Any) -> str:
    return " ".join(plain_text(cell).replace("_", " ").replace("\ufeff", "").upper().split())


def _sheets(path: Path, language: str) -> list[pd.DataFrame]:
    """Cells of each sheet of a workbook, or of a CSV file as one, blank rows kept."""
    if path.suffix.lower() in {".xlsx", ".xls"}:
        book = open_workbook(path, language, other_kinds=True)
        return [pd.DataFrame(list(book.get_sheet_by_name(n).iter_rows()), dtype=object) for n in book.sheet_names]
    try:
        return [read_cells(path, frozenset(n.lower() for n in known_columns())).cells]
    except UnreadableError as error:
        words = f"{text(f'schema.{error.kind}', language, why=error.why)} {text(f'schema.{error.kind}_remedy', language)}"
        raise InputError(f"{path.name}: {words}") from error


def _score(names: set[str]) -> int:
    """How many names of the export a row holds; none without that of the NIP."""
    mine = names & known_columns().keys()
    return len(mine) if any(known_columns()[n] == "nip" for n in mine) else 0


def _header_at(cells: pd.DataFrame) -> int:
    """Row of the header, -1 where no row holds enough names of the export."""
    scores = [_score({_name(c) for c in row}) for row in cells.head(LOOK_AT).to_numpy().tolist()]
    return scores.index(max(scores)) if scores and max(scores) >= LEAST_NAMES else -1


def is_export(path: Path, language: str = "id") -> bool:
    """Whether a file holds a row with names of columns of a SIASN export.

    Raises
    ------
    InputError
        When the file cannot be read.
    """
    return any(_header_at(cells) >= 0 for cells in _sheets(path, language))


def read_export(path: Path, language: str = "id") -> Export:
    """People of a SIASN export; personal columns are left behind here and go no further.

    Parameters
    ----------
    path : Path
        CSV, .xlsx or .xls, the header among the first 30 rows.
    language : str
        Language of the messages.

    Raises
    ------
    InputError
        When the file cannot be read, is no such export, or lacks a column that is needed.
    """
    for cells in _sheets(path, language):
        at = _header_at(cells)
        if at < 0:
            continue
        names = [_name(c) for c in cells.iloc[at]]
        fields: dict[str, pd.Series] = {}
        for position, name in enumerate(names):
            field = known_columns().get(name, "")
            if field and field != "personal" and field not in fields:
                fields[field] = cells.iloc[at + 1 :, position].reset_index(drop=True)
        missing = [field for field in NEEDED if field not in fields]
        if missing:
            wanted = {field: name for name, field in parameters()["kolom"]["use"].items()}
            raise InputError(text("siasn.missing", language, file=path.name, names=", ".join(wanted[m] for m in missing)))
        _no_damaged(fields["nip"], path, at + 2, language)
        frame = pd.DataFrame({field: as_text(column) for field, column in fields.items()})
        frame["nip"] = frame["nip"].str.replace(r"['’`\s.]", "", regex=True)
        filled = (frame["nip"] != "").to_numpy()
        left = tuple(n for n in names if known_columns().get(n) == "personal")
        rows = np.arange(at + 2, at + 2 + len(frame))
        return Export(frame[filled].reset_index(drop=True), rows[filled], left, path.name)
    raise InputError(text("siasn.no_export", language, file=path.name))


def _no_damaged(nip: pd.Series, path: Path, first: int, language: str) -> None:
    """Refuse NIPs that a spreadsheet holds as numbers, or has written as one."""
    plain = nip.map(plain_text)
    number = nip.map(lambda c: isinstance(c, (int, float)) and not isinstance(c, bool) and abs(c) >= 1e15)
    bad = number.to_numpy(dtype=bool) | plain.str.contains(r"\d[eE]\+?\d", regex=True).to_numpy(dtype=bool)
    if bad.any():
        rows = np.flatnonzero(bad)
        shown = ", ".join(str(first + int(r)) for r in rows[:5])
        raise InputError(text("siasn.damaged", language, file=path.name, rows=shown, n=len(rows)))
