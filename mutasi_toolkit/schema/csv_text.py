"""A CSV file as offices save it: its encoding, its separator and its cells, all as text."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SEPARATORS = ",;\t|"
#: Lines from whose fields the separator is chosen.
LOOK_AT = 30


@dataclass(frozen=True, slots=True)
class CsvCells:
    """Every record of a CSV file.

    Attributes
    ----------
    cells : DataFrame
        Text, one column per field numbered from 0, the header among them.
    sep : str
        The separator found.
    ragged : tuple of int
        Records (from 1) with more fields than the header.
    """

    cells: pd.DataFrame
    sep: str
    ragged: tuple[int, ...] = ()


class UnreadableError(Exception):
    """The file is no table; `kind` names the message."""

    def __init__(self, kind: str, why: str = "") -> None:
        super().__init__(kind)
        self.kind, self.why = kind, why


def decode(content: bytes) -> str:
    """Text of a file in UTF-8 (with or without mark), UTF-16 with mark, or Windows-1252.

    Raises
    ------
    UnreadableError
        null_bytes or bad_encoding.

    Examples
    --------
    >>> decode("Siti Nur’aini".encode("cp1252"))
    'Siti Nur’aini'
    """
    if content[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        try:
            return content.decode("utf-16")
        except UnicodeDecodeError as error:
            raise UnreadableError("bad_encoding") from error
    if content[:4] == b"PK\x03\x04" or content[:4] == b"\xd0\xcf\x11\xe0":
        raise UnreadableError("csv_is_workbook")
    if b"\x00" in content:
        raise UnreadableError("null_bytes")
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise UnreadableError("bad_encoding")


def read_cells(path: Path, known: frozenset[str] = frozenset()) -> CsvCells:
    """All cells of a CSV file.

    Parameters
    ----------
    path : Path
        The file.
    known : frozenset of str
        Names of columns; the separator that lays open most of them is taken.

    Raises
    ------
    UnreadableError
        When the file is no table at all.
    """
    content = decode(path.read_bytes())
    if not content.strip():
        raise UnreadableError("empty_file")
    if content[:200].lstrip().lower().startswith(("<!doctype html", "<html", "<table", "<?xml")):
        raise UnreadableError("csv_is_page")
    sep = _separator(content, known)
    width = _width(_first_records(content, sep), known)
    try:
        cells = pd.read_csv(
            io.StringIO(content), sep=sep, header=None, names=list(range(width + 1)), index_col=False, dtype=str,
            keep_default_na=False, na_filter=False, skip_blank_lines=False,
        )  # fmt: skip
    except (pd.errors.ParserError, ValueError):
        return _slowly(content, sep, width)
    beyond = cells[width].fillna("").str.strip() != ""
    ragged = tuple(int(i) + 1 for i in beyond.to_numpy().nonzero()[0])
    return CsvCells(cells.drop(columns=width), sep, ragged)


def _width(records: list[list[str]], known: frozenset[str]) -> int:
    """Fields of the record that names most columns; of the longest where none names any."""
    names = [len({f.strip().lower() for f in fields} & known) for fields in records]
    return len(records[names.index(max(names))]) if max(names) else max(len(fields) for fields in records)


def _first_records(content: str, sep: str) -> list[list[str]]:
    records = []
    try:
        for fields in csv.reader(io.StringIO(content, newline=""), delimiter=sep):
            records.append(fields)
            if len(records) >= LOOK_AT:
                break
    except csv.Error:
        pass
    return records or [[""]]


def _separator(content: str, known: frozenset[str]) -> str:
    def score(sep: str) -> tuple[int, int]:
        records = _first_records(content[:200_000], sep)
        names = max(len({f.strip().lower() for f in fields} & known) for fields in records)
        return names, max(len(fields) for fields in records)

    return max(SEPARATORS, key=score)


def _slowly(content: str, sep: str, width: int) -> CsvCells:
    """Every record with the standard library's reader, which goes on after a bad one."""
    try:
        records = list(csv.reader(io.StringIO(content, newline=""), delimiter=sep))
    except csv.Error as error:
        raise UnreadableError("broken_csv", str(error)) from error
    ragged = tuple(i for i, fields in enumerate(records, start=1) if any(f.strip() for f in fields[width:]))
    rows = [(fields + [""] * width)[:width] for fields in records]
    return CsvCells(pd.DataFrame(rows, dtype=str), sep, ragged)


def read_csv_text(path: Path, language: str = "id") -> pd.DataFrame:
    """All cells of a CSV file as text under the names of its first record.

    Raises
    ------
    InputError
        When the file cannot be read as a table at all.
    """
    try:
        cells = read_cells(path).cells
    except UnreadableError as error:
        why = text(f"schema.{error.kind}", language, why=error.why)
        raise InputError(f"{path.name}: {why} {text(f'schema.{error.kind}_remedy', language)}") from error
    names = [str(c).strip() for c in cells.iloc[0]]
    return cells.iloc[1:].set_axis(names, axis=1).reset_index(drop=True)
