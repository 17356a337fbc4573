"""A workbook looked at before it is opened: its true size, its entities, and the cells that a reader would pass over in silence."""

from __future__ import annotations

import re
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: A workbook that unpacks to more than this is refused (a zip bomb, or not a staffing table).
MAX_UNPACKED_BYTES = 1_000_000_000
#: A part larger than MAX_SUSPECT_BYTES that was packed more tightly than this is refused: plain sheets pack 5 to 60 times.
MAX_RATIO = 400
MAX_SUSPECT_BYTES = 20_000_000
#: Parts a workbook may have.
MAX_PARTS = 5_000
#: Rows times columns of the used area of one sheet; a reader lays the whole area out in memory.
MAX_CELLS = 40_000_000
_CHUNK = 8_000_000
_OVERLAP = 20_000

_ADDRESS = re.compile(rb"""\br\s*=\s*["']([A-Z]{0,3})(\d{1,9})["']""")
_ERROR_CELL = re.compile(rb"""<(?:\w+:)?c\b([^>]*?\bt\s*=\s*["']e["'][^>]*)>""")
_NO_RESULT = re.compile(rb"""<(?:\w+:)?c\b([^>]*)><(?:\w+:)?f\b[^>]*(?:/>|>[^<]*</(?:\w+:)?f>)\s*(?:<v\s*/>|<v>\s*</v>)?\s*</(?:\w+:)?c>""")
_CELL = re.compile(rb"""\br\s*=\s*["']([A-Z]{1,3}\d+)["']""")
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


class RefusedError(Exception):
    """The workbook may not be opened; `kind` names the message, `details` fills it."""

    def __init__(self, kind: str, **details: object) -> None:
        super().__init__(kind)
        self.kind, self.details = kind, details


@dataclass(slots=True)
class SheetNotes:
    """Cells of one sheet whose content no reader returns.

    Attributes
    ----------
    errors : list of str
        Addresses of cells that hold an error value such as #N/A.
    unresolved : list of str
        Addresses of formulas without a stored result.
    """

    errors: list[str] = field(default_factory=list)
    unresolved: list[str] = field(default_factory=list)


def inspect(path: Path) -> dict[str, SheetNotes]:
    """What a reader would not tell about each sheet of the workbook, by name of the sheet.

    Every part is unpacked piece by piece, so that a directory that lies about sizes is found out, and
    nothing larger than the limits is ever held in memory.

    Raises
    ------
    RefusedError
        old_workbook, not_a_workbook, too_large, too_tight, xml_entities or too_wide.
    """
    with path.open("rb") as handle:
        head = handle.read(8)
    if head.startswith(b"\xd0\xcf\x11\xe0"):
        raise RefusedError("old_workbook")
    try:
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive)
            places = _sheet_parts(archive)
            notes = {name: SheetNotes() for name in places}
            by_part = {part: notes[name] for name, part in places.items()}
            for item in archive.infolist():
                if item.filename.endswith((".xml", ".rels", ".vml")):
                    _scan(archive, item, by_part.get(item.filename))
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError, ValueError, KeyError, _zlib_error()) as error:
        raise RefusedError("not_a_workbook", why=" ".join(str(error).split())[:120]) from error
    return notes


def open_workbook(path: Path, language: str = "id", *, other_kinds: bool = False) -> Any:
    """The workbook at `path` as calamine reads it, after `inspect`.

    Parameters
    ----------
    path : Path
        An .xlsx workbook.
    language : str
        Language of the message.
    other_kinds : bool
        Whether .xls and .ods are taken too; of those only the packed size is looked at.

    Raises
    ------
    InputError
        When it may not or cannot be opened.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        if other_kinds and path.suffix.lower() in {".xls", ".ods"}:
            _inspect_other(path)
        else:
            inspect(path)
        return CalamineWorkbook.from_path(str(path))
    except RefusedError as error:
        kind, details = error.kind, error.details
    except (CalamineError, OSError, ValueError, zipfile.BadZipFile) as error:
        kind, details = "not_a_workbook", {"why": " ".join(str(error).split())[:120]}
    words = f"{text(f'schema.{kind}', language, **details)} {text(f'schema.{kind}_remedy', language)}"
    raise InputError(f"{path.name}: {words}")


def _inspect_other(path: Path) -> None:
    if path.stat().st_size > MAX_UNPACKED_BYTES:
        raise RefusedError("too_large", limit=MAX_UNPACKED_BYTES // 1_000_000)
    if zipfile.is_zipfile(path):
        with zipfile.ZipFile(path) as archive:
            _check_directory(archive)


def _zlib_error() -> type[Exception]:
    import zlib

    return zlib.error


def _check_directory(archive: zipfile.ZipFile) -> None:
    items = archive.infolist()
    total = sum(item.file_size for item in items)
    if total > MAX_UNPACKED_BYTES or len(items) > MAX_PARTS:
        raise RefusedError("too_large", limit=MAX_UNPACKED_BYTES // 1_000_000)
    for item in items:
        if item.file_size > MAX_SUSPECT_BYTES and item.file_size > MAX_RATIO * max(1, item.compress_size):
            raise RefusedError("too_tight")


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Part of every sheet by its name, as xl/workbook.xml and its relations say."""
    relations: dict[str, str] = {}
    for node in _tree(archive, "xl/_rels/workbook.xml.rels"):
        target = node.get("Target", "")
        relations[node.get("Id", "")] = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
    found: dict[str, str] = {}
    for node in _tree(archive, "xl/workbook.xml").iter():
        if node.tag.rpartition("}")[2] == "sheet":
            found[node.get("name", "")] = relations.get(node.get(_RELATION, ""), "")
    return found


def _tree(archive: zipfile.ZipFile, part: str) -> ElementTree.Element:
    with archive.open(part) as handle:
        content = handle.read(5_000_001)
    if len(content) > 5_000_000:
        raise RefusedError("too_large", limit=5)
    _no_entities(content)
    try:
        return ElementTree.fromstring(content)  # noqa: S314 # nosec B314
    except ElementTree.ParseError as error:
        raise ValueError(str(error)) from error


def _no_entities(content: bytes) -> None:
    if b"<!DOCTYPE" in content or b"<!ENTITY" in content or content[:2] in {b"\xff\xfe", b"\xfe\xff"} or b"\x00" in content[:64]:
        raise RefusedError("xml_entities")


def _scan(archive: zipfile.ZipFile, item: zipfile.ZipInfo, notes: SheetNotes | None) -> None:
    wide, tall, rest = 0, 0, b""
    with archive.open(item) as handle:
        while True:
            piece = handle.read(_CHUNK)
            if not piece:
                return
            content = rest + piece
            _no_entities(content)
            if notes is not None:
                wide, tall = _extent(content, wide, tall)
                _note_cells(content, notes)
            rest = content[-_OVERLAP:]


def _extent(content: bytes, wide: int, tall: int) -> tuple[int, int]:
    """Rows and columns up to the last addressed cell; refuses an area beyond the limit."""
    columns, rows = set(), {b"0"}
    for letters, digits in set(_ADDRESS.findall(content)):
        columns.add(letters)
        rows.add(digits)
    wide = max([wide, *[_column_number(c) for c in columns]])
    tall = max(tall, *[int(r) for r in rows])
    if wide * tall > MAX_CELLS:
        raise RefusedError("too_wide", rows=tall, columns=wide, limit=MAX_CELLS // 1_000_000)
    return wide, tall


def _column_number(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = 26 * number + letter - 64
    return number


def _note_cells(content: bytes, notes: SheetNotes) -> None:
    for pattern, into in ((_ERROR_CELL, notes.errors), (_NO_RESULT, notes.unresolved)):
        for attributes in pattern.findall(content):
            found = _CELL.search(attributes)
            address = found.group(1).decode() if found else "?"
            if address not in into[-200:]:
                into.append(address)
