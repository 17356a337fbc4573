"""An empty workbook for one cycle: a sheet per table with notes, drop-downs and example rows, and a sheet that explains each column."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from math import ceil, isfinite
from pathlib import Path
from typing import Any

import xlsxwriter
import yaml

from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import (
    GOLONGAN_PNS,
    GOLONGAN_PPPK,
    KEYS,
    REQUIRED_TABLES,
    TABLES,
    Attribute,
    attributes,
    columns,
)

#: Written into every workbook, so that the same template has the same bytes.
CREATED = datetime(2000, 1, 1)
#: Rows that carry formats and drop-downs.
ROWS = 5000
LINE = 15.0
COLUMNS = ("tabel", "kolom", "judul", "wajib", "bentuk", "isi")
WIDTHS = (13, 18, 46, 11, 15, 62)
#: Width of the columns that fit on one printed page.
PAGE = 150


def example_rows(table: str) -> list[dict[str, Any]]:
    """Example rows of one table by column.

    Examples
    --------
    >>> example_rows("syarat")[0]
    {'jabatan_id': 'D01-02', 'keahlian': 'Surveilans', 'tingkat': 3}
    """
    path = Path(__file__).with_name("example.yaml")
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))[table]
    return [row if isinstance(row, dict) else dict(zip(columns(table), row, strict=False)) for row in rows]


def write_template(path: Path, language: str = "id", rows: Mapping[str, list[dict[str, Any]]] | None = None) -> None:
    """Write the workbook; the same language and rows give the same bytes.

    Parameters
    ----------
    path : Path
        The workbook to write.
    language : str
        Language of notes and explanations; names of sheets and columns stay those of the schema.
    rows : mapping of str to list of dict, optional
        Rows of each table by column, as text; the example rows where not given.
    """
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        book.set_properties({"title": text("template.title", language), "created": CREATED})
        formats = _formats(book)
        _guide(book, formats, language)
        for table in TABLES:
            _table(book, table, formats, language, None if rows is None else rows.get(table, []))
        _explain(book, formats, language)


def _formats(book: Any) -> dict[str, Any]:
    base = {"border": 1, "border_color": "#B8C2CC", "valign": "top"}
    return {
        "must": book.add_format({**base, "bold": True, "bg_color": "#1F4E66", "font_color": "#FFFFFF", "valign": "vcenter", "num_format": "@"}),
        "may": book.add_format({**base, "bold": True, "bg_color": "#DCE6EC", "valign": "vcenter", "num_format": "@"}),
        "text": book.add_format({"num_format": "@"}),
        "date": book.add_format({"num_format": "yyyy-mm-dd"}),
        "plain": book.add_format({}),
        "example_text": book.add_format({"num_format": "@", "italic": True, "font_color": "#5A6670", "bg_color": "#F7F4E9"}),
        "example_date": book.add_format({"num_format": "yyyy-mm-dd", "italic": True, "font_color": "#5A6670", "bg_color": "#F7F4E9"}),
        "example_plain": book.add_format({"italic": True, "font_color": "#5A6670", "bg_color": "#F7F4E9"}),
        "title": book.add_format({"bold": True, "font_size": 16}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "cell": book.add_format({**base, "text_wrap": True}),
        "group": book.add_format({**base, "text_wrap": True, "bold": True, "bg_color": "#EEF3F6"}),
    }


def _guide(book: Any, formats: dict[str, Any], language: str) -> None:
    sheet = book.add_worksheet(text("template.guide_sheet", language))
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 4)
    sheet.set_column(1, 1, 100)
    _print(sheet)
    sheet.write_string(0, 0, text("template.title", language), formats["title"])
    sheet.set_row(0, 26)
    steps = [line for line in text("template.guide", language).splitlines() if line.strip()]
    for row, line in enumerate(steps, start=2):
        sheet.write_number(row, 0, row - 1, formats["wrap"])
        sheet.write_string(row, 1, line, formats["wrap"])
        sheet.set_row(row, LINE * ceil(1.1 * len(line) / 100) + 4)


def _print(sheet: Any, repeat: bool = False) -> None:
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.set_margins(left=0.4, right=0.4, top=0.6, bottom=0.6)
    sheet.set_footer("&L&A&R&P / &N")
    if repeat:
        sheet.repeat_rows(0)


def _table(book: Any, table: str, formats: dict[str, Any], language: str, given: list[dict[str, Any]] | None) -> None:
    sheet = book.add_worksheet(table)
    sheet.set_tab_color("#1F4E66" if table in REQUIRED_TABLES else "#9FB6C2")
    sheet.freeze_panes(1, 2 if len(columns(table)) > 6 else 0)
    _print(sheet, repeat=True)
    rows = example_rows(table) if given is None else given
    style = "example_" if given is None else ""
    sheet.set_row(0, 24)
    total = 0.0
    for at, attribute in enumerate(attributes(table)):
        kind = _format_of(attribute)
        shown = [str(row.get(attribute.name, "")) for row in rows[:200]]
        width = min(34, max(11, len(attribute.name) + 3, *[len(s) + 2 for s in shown]))
        sheet.set_column(at, at, width, formats[kind])
        total += width
        sheet.write_string(0, at, attribute.name, formats["must" if attribute.required else "may"])
        sheet.write_comment(0, at, _note(attribute, language), {"x_scale": 1.8, "y_scale": 1.3, "author": "mutasi_toolkit"})
        _drop_down(sheet, at, attribute, language)
        for row, values in enumerate(rows, start=1):
            _write(sheet, row, at, _of_kind(values.get(attribute.name, ""), kind), formats[f"{style}{kind}"])
    if total > PAGE:
        sheet.fit_to_pages(ceil(total / PAGE), 0)
        sheet.repeat_columns(0)


def _of_kind(value: Any, kind: str) -> Any:
    """A cell of text as the number or date that its column holds, where it is one."""
    if not isinstance(value, str) or kind == "text":
        return value
    try:
        return date.fromisoformat(value) if kind == "date" else float(value)
    except ValueError:
        return value


def _format_of(attribute: Attribute) -> str:
    return {"date": "date", "number": "plain", "int": "plain"}.get(attribute.kind, "text")


def _write(sheet: Any, row: int, at: int, value: Any, form: Any) -> None:
    if value in ("", None):
        sheet.write_blank(row, at, None, form)
    elif isinstance(value, (date, datetime)):
        sheet.write_datetime(row, at, value, form)
    elif isinstance(value, (int, float)) and isfinite(value):
        sheet.write_number(row, at, value, form)
    else:
        sheet.write_string(row, at, str(value), form)


def _note(attribute: Attribute, language: str) -> str:
    must = text("template.must" if attribute.required and attribute.allowed != "blank" else "template.may", language)
    return f"{attribute.label(language)}. {must} {content(attribute, language)}"


def content(attribute: Attribute, language: str = "id") -> str:
    """What may stand in the column, in words.

    Examples
    --------
    >>> content(attributes("keahlian")[2], "en")
    'A whole number, 1 to 5.'
    """
    given = attribute.allowed
    if attribute.choices:
        words = text("template.choice", language, words=", ".join(attribute.choices))
    elif attribute.kind in {"number", "int", "date"}:
        low, _, high = given.partition("..")
        bounds = text("template.between", language, low=low, high=high) if high else text("template.from", language, low=low) if low else ""
        words = text(f"template.{attribute.kind}", language) + bounds + "."
    elif attribute.kind == "ref":
        words = text("template.ref", language, table=attribute.target)
    else:
        words = text(f"template.{attribute.kind}", language)
    unit = text("template.unit", language, unit=attribute.unit) if attribute.unit else ""
    return f"{words} {unit}".strip()


def _drop_down(sheet: Any, at: int, attribute: Attribute, language: str) -> None:
    words = [*attribute.choices]
    if attribute.kind == "flag":
        words = ["ya", "tidak"]
    if attribute.kind == "golongan":
        words = [*GOLONGAN_PNS, *GOLONGAN_PPPK]
    warn = {"error_title": attribute.name, "error_message": content(attribute, language)[:255], "ignore_blank": True}
    if words and len(",".join(words)) <= 255:
        sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": words, **warn})
    elif attribute.kind == "int" and attribute.allowed:
        low, _, high = attribute.allowed.partition("..")
        rule = {"criteria": "between", "minimum": int(low), "maximum": int(high)} if high else {"criteria": ">=", "value": int(low)}
        sheet.data_validation(1, at, ROWS, at, {"validate": "integer", **rule, **warn})
    elif attribute.kind == "ref":
        source = f"={attribute.target}!$A$2:$A${ROWS}"
        sheet.data_validation(1, at, ROWS, at, {"validate": "list", "source": source, "error_type": "warning", **warn})


def _explain(book: Any, formats: dict[str, Any], language: str) -> None:
    """The sheet that says of every column what it is called, whether it must be filled, and what may stand in it."""
    sheet = book.add_worksheet(text("template.columns_sheet", language))
    _print(sheet, repeat=True)
    sheet.freeze_panes(1, 2)
    for at, (name, width) in enumerate(zip(COLUMNS, WIDTHS, strict=True)):
        sheet.set_column(at, at, width)
        sheet.write_string(0, at, text(f"template.head_{name}", language), formats["must"])
    row = 1
    for table in TABLES:
        for at in range(len(COLUMNS)):
            words = {0: table, 2: text(f"cycle.{table}", language)}.get(at, "")
            sheet.write_string(row, at, words, formats["group"])
        row += 1
        for attribute in attributes(table):
            cells = explained(table, attribute, language)
            for at, cell in enumerate(cells):
                sheet.write_string(row, at, cell, formats["cell"])
            sheet.set_row(row, LINE * max(ceil(1.15 * len(c) / w) for c, w in zip(cells, WIDTHS, strict=True)))
            row += 1
    sheet.autofilter(0, 0, row - 1, len(COLUMNS) - 1)


def explained(table: str, attribute: Attribute, language: str = "id") -> list[str]:
    """One row of the explanation of columns: table, column, title, required, form, content."""
    must = "template.yes_key" if attribute.name in KEYS.get(table, ()) else "template.yes" if attribute.required else "template.no"
    form = text(f"template.form_{attribute.kind}", language)
    return [table, attribute.name, attribute.label(language), text(must, language), form, content(attribute, language)]
