"""Workbooks in .xls and .ods, made byte by byte."""

from __future__ import annotations

import struct
import zipfile
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape

#: Sectors of a compound file.
SECTOR = 512
END, FREE, OF_TABLE = 0xFFFFFFFE, 0xFFFFFFFF, 0xFFFFFFFD
#: A stream shorter than this would lie in the small sectors of a compound file.
LARGE = 4096


def _record(kind: int, body: bytes) -> bytes:
    return struct.pack("<HH", kind, len(body)) + body


def _stream(rows: list[list[Any]], sheet: str, merged: tuple[tuple[int, int, int, int], ...]) -> bytes:
    """Records of BIFF8: one sheet of texts and numbers; merged areas by first and last row, first and last column."""
    begin = lambda what: _record(0x0809, struct.pack("<HHHHII", 0x0600, what, 0, 0, 0, 0))  # noqa: E731
    name = struct.pack("<BB", len(sheet), 0) + sheet.encode("ascii")
    place = len(begin(5)) + 4 + 6 + len(name) + 4
    out = begin(5) + _record(0x0085, struct.pack("<IH", place, 0) + name) + _record(0x000A, b"") + begin(16)
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if isinstance(value, str) and value:
                out += _record(0x0204, struct.pack("<HHHHB", r, c, 0, len(value), 1) + value.encode("utf-16-le"))
            elif value != "":
                out += _record(0x0203, struct.pack("<HHHd", r, c, 0, value))
    areas = struct.pack("<H", len(merged)) + b"".join(struct.pack("<HHHH", *area) for area in merged)
    return out + _record(0x00E5, areas) + _record(0x000A, b"")


def write_xls(path: Path, rows: list[list[Any]], sheet: str = "ABK", merged: tuple[tuple[int, int, int, int], ...] = ()) -> Path:
    """A compound file of version 3 with the one stream 'Workbook': table of sectors, directory, stream."""
    stream = _stream(rows, sheet, merged).ljust(LARGE, b"\0")
    n = -(-len(stream) // SECTOR)
    table = [OF_TABLE, END, *range(3, n + 2), END]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<HHHHH", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<IIIIIIIII", 0, 1, 1, 0, LARGE, END, 0, END, 0) + struct.pack("<109I", 0, *[FREE] * 108)
    entry = lambda name, kind, child, start, size: (  # noqa: E731
        (name.encode("utf-16-le") + b"\0\0").ljust(64, b"\0") + struct.pack("<HBBIII", 2 * len(name) + 2, kind, 1, FREE, FREE, child) + bytes(36) + struct.pack("<IQ", start, size)
    )
    directory = (entry("Root Entry", 5, 1, END, 0) + entry("Workbook", 2, FREE, 2, len(stream))).ljust(SECTOR, b"\0")
    path.write_bytes(head + struct.pack(f"<{SECTOR // 4}I", *table, *[FREE] * (SECTOR // 4 - len(table))) + directory + stream.ljust(n * SECTOR, b"\0"))
    return path


def _cell(value: Any) -> str:
    if value in ("", None):
        return "<table:table-cell/>"
    kind = 'string"' if isinstance(value, str) else f'float" office:value="{value}"'
    return f'<table:table-cell office:value-type="{kind}><text:p>{escape(str(value))}</text:p></table:table-cell>'


def write_ods(path: Path, rows: list[list[Any]], sheet: str = "ABK") -> Path:
    """An OpenDocument spreadsheet with its least parts."""
    spaces = " ".join(f'xmlns:{s}="urn:oasis:names:tc:opendocument:xmlns:{s}:1.0"' for s in ("office", "table", "text"))
    lines = "".join("<table:table-row>" + "".join(map(_cell, row or [""])) + "</table:table-row>" for row in rows)
    body = f'<office:body><office:spreadsheet><table:table table:name="{sheet}">{lines}</table:table></office:spreadsheet></office:body>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    parts = {
        "mimetype": kind, "content.xml": f'<?xml version="1.0" encoding="UTF-8"?><office:document-content {spaces} office:version="1.2">{body}</office:document-content>',
        "META-INF/manifest.xml": f'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="/" manifest:media-type="{kind}"/></manifest:manifest>',
    }  # fmt: skip
    with zipfile.ZipFile(path, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path
