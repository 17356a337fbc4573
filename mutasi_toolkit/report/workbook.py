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
from mutasi_toolkit.report import sheets
from mutasi_toolkit.report.clean import clean
from mutasi_toolkit.report.labels import CODED, digits_of, label, written
from mutasi_toolkit.report.minutes import minutes_sheet
from mutasi_toolkit.report.opened import Opened

#: Written into every workbook, so that the same content has the same bytes.
CREATED = datetime(2000, 1, 1)
CODES = ("pegawai_id", "jabatan_asal", "jabatan_tujuan", "jabatan_id", "unit_id", "opd_id")
MAX_WIDTH = 30
#: Columns of sentences are wider, so that a row stays low.
SENTENCES = {"alasan": 62, "pernyataan": 46, "isi": 70, "pasal": 40, "kolom_kosong": 24}
#: Points of height of one line of text.
LINE = 14.5
#: Row of a sheet's headings, below the line that says what the sheet is.
HEAD = 1
#: A cell of a workbook holds no more.
MOST_CHARACTERS = 32_000
#: A sheet with more columns than this prints on A3.
WIDE = 10


def write_workbook(opened: Opened, path: Path) -> None:
    """Write usulan.xlsx: summary, the proposal with columns for the decision, reasons, rules, effects, seats, minutes.

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
        book.set_properties({"title": clean(text("report.title", opened.language, name=opened.cycle.settings.nama))[:250], "created": CREATED})
        formats = _formats(book)
        _summary_sheet(book, opened, formats)
        for name, frame in _sheets(opened):
            sheet = book.add_worksheet(text(f"workbook.{name}", opened.language))
            _fill(sheet, frame, text(f"workbook.about_{name}", opened.language), opened, formats)
            if name in MARKED and len(frame):
                _drop_down(sheet, frame)
        minutes_sheet(book.add_worksheet(text("workbook.berita_acara", opened.language)), opened, formats)


#: Sheets on which decisions may be marked.
MARKED = ("usulan", "putusan")
ENTERED = ("putusan", "alasan_putusan", "oleh", "tanggal_putusan")


def _sheets(opened: Opened) -> list[tuple[str, pd.DataFrame]]:
    tables = opened.tables
    return [
        ("usulan", sheets.proposal_rows(opened)),
        ("putusan", sheets.other_decisions(opened)),
        ("alasan", sheets.reasons(opened)),
        ("aturan_mutasi", sheets.rules_per_move(opened)),
        ("pemeriksaan", sheets.checks(opened)),
        ("opd", opened.opd()),
        ("pengetahuan", opened.spread_changes()),
        ("cakupan", sheets.held(opened)),
        ("peta_jabatan", sheets.seat_map(opened)),
        ("duk", sheets.seniority(opened)),
        ("tunjangan", sheets.allowance(opened)),
        ("plt", sheets.acting(opened)),
        ("tidak_pindah", opened.staying()),
        ("teguh", opened.firm_moves()),
        ("harga", sheets.prices(opened)),
        ("aturan", tables["aturan"]),
    ]


def _formats(book: Any) -> dict[str, Any]:
    base = {"valign": "top", "text_wrap": True, "border": 1, "border_color": "#B8C2CC"}
    formats = {
        "head": book.add_format({**base, "bold": True, "bg_color": "#DCE6EC", "valign": "vcenter"}),
        "text": book.add_format({**base, "num_format": "@"}),
        "input": book.add_format({**base, "num_format": "@", "bg_color": "#FFF8DC"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "about": book.add_format({"italic": True, "font_color": "#55606B"}),
        "note": book.add_format({"font_color": "#7A4A00", "bold": True}),
        "plain": book.add_format({"text_wrap": True, "valign": "top"}),
    }
    for digits, form in ((0, "#,##0"), (1, "#,##0.0"), (2, "#,##0.00"), (3, "#,##0.000"), (4, "#,##0.0000")):
        formats[f"number{digits}"] = book.add_format({**base, "num_format": form})
    return formats


def set_page(sheet: Any, opened: Opened, repeat: int) -> None:
    """Landscape A4, one page wide, with head and foot; the first `repeat` + 1 rows stay in sight."""
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.7, bottom=0.6)
    if repeat >= 0:
        sheet.repeat_rows(0, repeat)
        sheet.freeze_panes(repeat + 1, 1)
    mark = text("report.synthetic", opened.language) if opened.synthetic else ""
    settings = opened.cycle.settings
    sheet.set_header(f"&L{_plain(settings.nama)} – {_plain(settings.siklus)}&R{mark}")
    sheet.set_footer(f"&L{text('workbook.draft', opened.language)}&R&P / &N")


def _plain(words: str) -> str:
    return clean(words).replace("&", "&&")[:100]


def _summary_sheet(book: Any, opened: Opened, formats: dict[str, Any]) -> None:
    sheet = book.add_worksheet(text("workbook.ringkasan", opened.language))
    set_page(sheet, opened, -1)
    sheet.set_column(0, 0, 46)
    sheet.set_column(1, 1, 60)
    settings, language = opened.cycle.settings, opened.language
    sheet.write_string(0, 0, clean(text("report.title", language, name=settings.nama)), formats["title"])
    subtitle = text("report.subtitle", language, cycle=settings.siklus, date=long_date(settings.tanggal, language), scenario=settings.skenario)
    sheet.write_string(1, 0, subtitle)
    if opened.synthetic:
        sheet.write_string(2, 0, text("report.synthetic", language), formats["note"])
    row = 4
    for _, line in opened.summary().iterrows():
        sheet.write_string(row, 0, str(line["ukuran"]), formats["text"])
        sheet.write_string(row, 1, clean(str(line["isi"])), formats["text"])
        sheet.set_row(row, LINE * _lines(str(line["isi"]), 60))
        row += 1
    for key in ("reading", "decision", "signature"):
        row += 1
        sheet.merge_range(row, 0, row, 1, text(f"workbook.{key}", language), formats["plain"])
        sheet.set_row(row, 48)


def _fill(sheet: Any, frame: pd.DataFrame, about: str, opened: Opened, formats: dict[str, Any]) -> None:
    """Write a table below the line that says what the sheet is."""
    columns = list(frame.columns)
    set_page(sheet, opened, HEAD)
    sheet.write_string(0, 0, about, formats["about"])
    sheet.set_row(HEAD, 2.4 * LINE)
    if len(columns) > WIDE:
        sheet.set_paper(8)
    frame = frame.assign(**{c: written(c, frame[c], opened.language) for c in CODED if c in frame})
    lines = np.ones(len(frame), dtype=int)
    for at, column in enumerate(columns):
        values = frame[column]
        numeric = pd.api.types.is_numeric_dtype(values.dtype) and not pd.api.types.is_bool_dtype(values.dtype)
        numeric = numeric and column not in ENTERED
        kind = f"number{digits_of(column, values)}" if numeric and column not in CODES else "text"
        kind = "input" if column in ENTERED else kind
        heading = label(column, opened.language)
        sheet.write_string(HEAD, at, heading, formats["head"])
        shown = [""] * len(frame)
        for row, value in enumerate(values, start=HEAD + 1):
            if pd.isna(value):
                sheet.write_blank(row, at, None, formats[kind])
            elif kind in {"text", "input"}:
                shown[row - HEAD - 1] = _flag(value, opened.language)
                sheet.write_string(row, at, shown[row - HEAD - 1], formats[kind])
            else:
                sheet.write_number(row, at, float(value), formats[kind])
        longest = max((len(words) for words in shown), default=0)
        width = min(SENTENCES.get(str(column), MAX_WIDTH), max(11 if numeric else 8, longest + 2, len(heading) * 0.6 + 2))
        sheet.set_column(at, at, max(width, 18 if column in ENTERED[1:3] else 12 if column in ENTERED else 0))
        lines = np.maximum(lines, [_lines(words, width) for words in shown])
    for tall in np.flatnonzero(lines > 1).tolist():
        sheet.set_row(tall + HEAD + 1, LINE * int(lines[tall]))
    if len(frame):
        sheet.autofilter(HEAD, 0, HEAD + len(frame), len(columns) - 1)
    else:
        sheet.write_string(HEAD + 1, 0, text("workbook.none", opened.language))


def _lines(words: str, width: float) -> int:
    """Lines that a text takes in a column; words are not broken, so a little room is left."""
    return max(1, ceil(1.12 * len(words) / width))


def _flag(value: object, language: str) -> str:
    if isinstance(value, bool):
        return text("common.yes" if value else "common.no", language)
    return clean(str(value))[:MOST_CHARACTERS]


def _drop_down(sheet: Any, frame: pd.DataFrame) -> None:
    at = list(frame.columns).index("putusan")
    sheet.data_validation(HEAD + 1, at, HEAD + len(frame), at, {"validate": "list", "source": ["terima", "tolak", "kunci"]})
