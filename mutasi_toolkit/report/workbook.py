"""usulan.xlsx: the proposal as a workbook that an office can read, print, mark and sign."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import xlsxwriter

from mutasi_toolkit.locale import long_date, text
from mutasi_toolkit.report.labels import digits_of, label
from mutasi_toolkit.report.opened import Opened

#: Written into every workbook, so that the same content has the same bytes.
CREATED = datetime(2000, 1, 1)
CODES = ("pegawai_id", "jabatan_asal", "jabatan_tujuan", "jabatan_id", "unit_id", "opd_id")
MAX_WIDTH = 34
#: Points of height of one line of text.
LINE = 14.5
#: A sheet with more columns than this prints on A3.
WIDE = 10


def write_workbook(opened: Opened, path: Path) -> None:
    """Write usulan.xlsx: summary, proposal with a column for the decision, effects, skills, rules, those who stay.

    The same tables give the same bytes. Every text is written as text, so that nothing in it can act
    as a formula; codes stay text. Every sheet prints on landscape A4 with its header row repeated.

    Parameters
    ----------
    opened : Opened
        The cycle and its proposal.
    path : Path
        The workbook to write.
    """
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"title": text("report.title", opened.language, name=opened.cycle.settings.nama), "created": CREATED})
        formats = _formats(book)
        _summary_sheet(book, opened, formats)
        for name, frame, columns in _sheets(opened):
            sheet = book.add_worksheet(text(f"workbook.{name}", opened.language))
            _fill(sheet, frame, columns, opened, formats)
            if name == "usulan" and len(frame):
                _decision_column(sheet, len(frame), len(columns), opened, formats)


def _sheets(opened: Opened) -> list[tuple[str, pd.DataFrame, list[str]]]:
    tables = opened.tables
    out = [("usulan", opened.moves_table(), None), ("opd", opened.opd(), None)]
    out += [("tidak_pindah", opened.staying(), None), ("pengetahuan", opened.spread_changes(), None)]
    out += [("cakupan", tables["cakupan_sesudah"], None), ("aturan", tables["aturan"], None)]
    return [(name, frame, list(frame.columns)) for name, frame, _ in out]


def _formats(book: Any) -> dict[str, Any]:
    base = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B8C2CC"}
    formats = {
        "head": book.add_format({**base, "bold": True, "bg_color": "#DCE6EC", "valign": "vcenter"}),
        "text": book.add_format({**base, "num_format": "@"}),
        "input": book.add_format({**base, "num_format": "@", "bg_color": "#FFF8DC"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "note": book.add_format({"font_color": "#7A4A00", "bold": True}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    for digits, form in ((0, "#,##0"), (1, "#,##0.0"), (2, "#,##0.00"), (3, "#,##0.000"), (4, "#,##0.0000")):
        formats[f"number{digits}"] = book.add_format({**base, "num_format": form})
    return formats


def _page(sheet: Any, opened: Opened, repeat: int) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    if repeat >= 0:
        sheet.repeat_rows(repeat)
        sheet.freeze_panes(repeat + 1, 1)
    mark = text("report.synthetic", opened.language) if opened.synthetic else ""
    settings = opened.cycle.settings
    sheet.set_header(f"&L{_plain(settings.nama)} – {_plain(settings.siklus)}&R{mark}")
    sheet.set_footer(f"&L{text('workbook.draft', opened.language)}&R&P / &N")


def _plain(words: str) -> str:
    return words.replace("&", "&&")


def _summary_sheet(book: Any, opened: Opened, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(text("workbook.ringkasan", opened.language))
    _page(sheet, opened, -1)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 60)
    settings, language = opened.cycle.settings, opened.language
    sheet.write_string(0, 0, text("report.title", language, name=settings.nama), formats["title"])
    subtitle = text("report.subtitle", language, cycle=settings.siklus, date=long_date(settings.tanggal, language), scenario=settings.skenario)
    sheet.write_string(1, 0, subtitle)
    if opened.synthetic:
        sheet.write_string(2, 0, text("report.synthetic", language), formats["note"])
    row = 4
    for _, line in opened.summary().iterrows():
        sheet.write_string(row, 0, str(line["ukuran"]), formats["text"])
        sheet.write_string(row, 1, str(line["isi"]), formats["text"])
        sheet.set_row(row, LINE * _lines(str(line["isi"]), 60))
        row += 1
    for key in ("reading", "decision", "signature"):
        row += 1
        sheet.merge_range(row, 0, row, 1, text(f"workbook.{key}", language), formats["plain"])
        sheet.set_row(row, 48)


def _fill(sheet: Any, frame: pd.DataFrame, columns: list[str], opened: Opened, formats: dict[str, Any]) -> None:
    _page(sheet, opened, 0)
    sheet.set_row(0, 2.4 * LINE)
    if len(columns) > WIDE:
        sheet.set_paper(8)
    lines = np.ones(len(frame), dtype=int)
    for at, column in enumerate(columns):
        values = frame[column]
        numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
        kind = f"number{digits_of(column, values)}" if numeric and column not in CODES else "text"
        heading = label(column, opened.language)
        sheet.write_string(0, at, heading, formats["head"])
        shown = [""] * len(frame)
        for row, value in enumerate(values, start=1):
            if pd.isna(value):
                sheet.write_blank(row, at, None, formats[kind])
            elif kind == "text":
                shown[row - 1] = _flag(value, opened.language)
                sheet.write_string(row, at, shown[row - 1], formats[kind])
            else:
                sheet.write_number(row, at, float(value), formats[kind])
        longest = max((len(words) for words in shown), default=0)
        width = min(MAX_WIDTH, max(11 if numeric else 8, longest + 2, len(heading) * 0.6 + 2))
        sheet.set_column(at, at, width)
        lines = np.maximum(lines, [_lines(words, width) for words in shown])
    for tall in np.flatnonzero(lines > 1).tolist():
        sheet.set_row(tall + 1, LINE * int(lines[tall]))
    if len(frame):
        sheet.autofilter(0, 0, len(frame), len(columns) - 1)


def _lines(words: str, width: float) -> int:
    """Lines that a text takes in a column; words are not broken, so a little room is left."""
    return max(1, ceil(1.12 * len(words) / width))


def _flag(value: object, language: str) -> str:
    if isinstance(value, bool):
        return text("common.yes" if value else "common.no", language)
    return str(value)


def _decision_column(sheet: Any, rows: int, at: int, opened: Opened, formats: dict[str, Any]) -> None:
    for offset, key in enumerate(("putusan", "alasan", "oleh")):
        sheet.write_string(0, at + offset, label(key, opened.language), formats["head"])
        for row in range(1, rows + 1):
            sheet.write_blank(row, at + offset, None, formats["input"])
    sheet.data_validation(1, at, rows, at, {"validate": "list", "source": ["terima", "tolak", "kunci"]})
    sheet.set_column(at, at, 11)
    sheet.set_column(at + 1, at + 2, 22)
