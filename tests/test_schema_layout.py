"""The empty workbook as it lies on the screen and on paper: widths, heights, panes, pages, colours, drop-downs, worked out from the schema."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import (
    GOLONGAN_PNS,
    GOLONGAN_PPPK,
    REQUIRED_TABLES,
    TABLES,
    Attribute,
    attributes,
)
from mutasi_toolkit.schema.template import content, example_rows, explained, write_template


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Any:
    path = tmp_path_factory.mktemp("template") / "t.xlsx"
    write_template(path, "en")
    return openpyxl.load_workbook(path)


def fill(cell: Any) -> str:
    return cell.fill.fgColor.rgb[2:] if cell.fill.fill_type else ""


def on_paper(sheet: Any) -> tuple[Any, ...]:
    margins = sheet.page_margins
    return sheet.page_setup.orientation, sheet.page_setup.paperSize, sheet.page_setup.fitToHeight, margins.left, margins.right, margins.top, margins.bottom, sheet.oddFooter.left.text, sheet.oddFooter.right.text


LANDSCAPE = ("landscape", 9, 0, 0.4, 0.4, 0.6, 0.6, "&A", "&P / &N")


def width_of(sheet: Any, at: int) -> float:
    """Width of a column counted from 1; openpyxl holds equal neighbours as one."""
    return next(d.width for d in sheet.column_dimensions.values() if d.min <= at <= d.max) - 0.7109375


def shown(table: str, attribute: Attribute) -> int:
    longest = max([len(str(row.get(attribute.name, ""))) for row in example_rows(table)])
    return min(34, max(11, len(attribute.name) + 3, longest + 2))


@pytest.mark.parametrize("table", TABLES)
def test_sheets_of_tables(book: Any, table: str) -> None:
    sheet, known = book[table], attributes(table)
    assert on_paper(sheet) == LANDSCAPE
    assert sheet.sheet_properties.tabColor.rgb == ("FF1F4E66" if table in REQUIRED_TABLES else "FF9FB6C2")
    assert sheet.freeze_panes == ("C2" if len(known) > 6 else "A2")
    assert sheet.row_dimensions[1].height == 24
    widths = [shown(table, a) for a in known]
    assert [width_of(sheet, at) for at in range(1, len(known) + 1)] == pytest.approx(widths, abs=0.01)
    pages = ceil(sum(widths) / 150)
    assert sheet.page_setup.fitToWidth in ({None, 1} if pages == 1 else {pages})
    assert sheet.print_title_rows == "$1:$1"
    assert sheet.print_title_cols == ("$A:$A" if pages > 1 else None)
    for at, a in enumerate(known, start=1):
        head = sheet.cell(1, at)
        assert (head.value, fill(head), head.font.b) == (a.name, "1F4E66" if a.required else "DCE6EC", True)
        assert head.comment.author == "mutasi_toolkit"
        must = "template.must" if a.required and a.allowed != "blank" else "template.may"
        assert head.comment.text == f"{a.label('en')}. {text(must, 'en')} {content(a, 'en')}"
        below = sheet.cell(2, at)
        assert (fill(below), below.font.i) == ("F7F4E9", True), "examples look like examples"
        assert below.number_format == {"date": "yyyy-mm-dd", "number": "General", "int": "General"}.get(a.kind, "@")
        for row, values in enumerate(example_rows(table), start=2):
            cell = sheet.cell(row, at).value
            value = values.get(a.name, "")
            assert (cell is None) == (value in ("", None))
            if isinstance(value, (int, float)) and not isinstance(value, bool):
                assert cell == value
    assert sheet.max_row == 1 + len(example_rows(table))


@pytest.mark.parametrize("table", TABLES)
def test_drop_downs_of_tables(book: Any, table: str) -> None:
    rules = {str(v.sqref): v for v in book[table].data_validations.dataValidation}
    wanted = {}
    for at, a in enumerate(attributes(table), start=1):
        letter = openpyxl.utils.get_column_letter(at)
        words = {"choice": list(a.choices), "flag": ["ya", "tidak"], "golongan": [*GOLONGAN_PNS, *GOLONGAN_PPPK]}.get(a.kind, [])
        low, _, high = a.allowed.partition("..")
        if words and len(",".join(words)) <= 255:
            wanted[f"{letter}2:{letter}5001"] = ("list", f'"{",".join(words)}"', None, None, None)
        elif a.kind == "ref":
            wanted[f"{letter}2:{letter}5001"] = ("list", f"{a.target}!$A$2:$A$5000", None, "warning", None)
        elif a.kind == "int" and low:
            wanted[f"{letter}2:{letter}5001"] = ("whole", low, high or None, None, None if high else "greaterThanOrEqual")
    assert {k: (v.type, v.formula1, v.formula2, v.errorStyle, v.operator) for k, v in rules.items()} == wanted
    for at, a in enumerate(attributes(table), start=1):
        letter = openpyxl.utils.get_column_letter(at)
        rule = rules.get(f"{letter}2:{letter}5001")
        if rule is not None:
            assert (rule.errorTitle, rule.error, rule.allowBlank) == (a.name, content(a, "en")[:255], True)


def test_the_guide_and_the_explanation_of_columns(book: Any) -> None:
    guide, columns = book.worksheets[0], book.worksheets[-1]
    steps = [line for line in text("template.guide", "en").splitlines() if line.strip()]
    assert (guide.title, guide["A1"].value, guide["A1"].font.sz, guide["A1"].font.b) == (text("template.guide_sheet", "en"), text("template.title", "en"), 16, True)
    assert [(guide.cell(r, 1).value, guide.cell(r, 2).value) for r in range(3, 3 + len(steps))] == [*enumerate(steps, start=1)]
    # A spreadsheet keeps heights in steps of three quarters of a point.
    assert [guide.row_dimensions[r].height for r in (1, *range(3, 3 + len(steps)))] == pytest.approx([26, *(15 * ceil(1.1 * len(line) / 100) + 4 for line in steps)], abs=0.4)
    assert [width_of(guide, at) for at in (1, 2)] == pytest.approx([4, 100], abs=0.01)
    assert (on_paper(guide), guide.sheet_view.showGridLines, guide.print_title_rows) == (LANDSCAPE, False, None)
    rows = []
    for table in TABLES:
        rows.append([table, "", text(f"cycle.{table}", "en"), "", "", ""])
        rows += [explained(table, a, "en") for a in attributes(table)]
    assert [[c.value or "" for c in row] for row in columns.iter_rows(min_row=2)] == rows
    assert [c.value for c in columns[1]] == [text(f"template.head_{n}", "en") for n in ("tabel", "kolom", "judul", "wajib", "bentuk", "isi")]
    widths = (13, 18, 46, 11, 15, 62)
    assert [width_of(columns, at) for at in range(1, 7)] == pytest.approx(widths, abs=0.01)
    heights = [columns.row_dimensions[r].height or 15 for r in range(2, 2 + len(rows))]
    assert heights == pytest.approx([15 * max(ceil(1.15 * len(c) / w) for c, w in zip(row, widths, strict=True)) if row[1] else 15 for row in rows], abs=0.4)
    assert (columns.auto_filter.ref, columns.freeze_panes, columns.print_title_rows, on_paper(columns)) == (f"A1:F{len(rows) + 1}", "C2", "$1:$1", LANDSCAPE)
    assert [fill(columns.cell(2, 1)), fill(columns.cell(3, 1)), fill(columns.cell(1, 1))] == ["EEF3F6", "", "1F4E66"]
    assert (book.properties.title, book.properties.created) == (text("template.title", "en"), datetime(2000, 1, 1))


def test_rows_that_are_given_are_typed_by_their_columns(tmp_path: Path) -> None:
    rows = {
        "pegawai": [{"pegawai_id": "0123", "tanggal_lahir": "1980-01-31", "kotak_talenta": "7", "nama": "=1+1"}, {"pegawai_id": "1e5", "tanggal_lahir": "besok", "kotak_talenta": "inf"}],
        "hubungan": [{"pegawai_a": "x" * 50, "kekuatan": "0.5"}, {"pegawai_a": "", "kekuatan": "banyak"}],
    }
    write_template(tmp_path / "t.xlsx", "id", rows)
    book = openpyxl.load_workbook(tmp_path / "t.xlsx")
    place = {a.name: at for at, a in enumerate(attributes("pegawai"), start=1)}
    found = [[book["pegawai"].cell(r, place[c]).value for c in ("pegawai_id", "tanggal_lahir", "kotak_talenta", "nama", "status")] for r in (2, 3)]
    assert found == [["0123", datetime(1980, 1, 31), 7, "=1+1", None], ["1e5", "besok", "inf", None, None]]
    assert [[c.value for c in row] for row in book["hubungan"].iter_rows(min_row=2)] == [["x" * 50, None, 0.5], [None, None, "banyak"]]
    assert width_of(book["hubungan"], 1) == pytest.approx(34, abs=0.01)
    assert (fill(book["pegawai"].cell(2, 1)), book["pegawai"].cell(2, 1).font.i) == ("", False)
    assert book["unit"].max_row == 1


@pytest.mark.parametrize(
    ("table", "name", "words"),
    [
        ("keahlian", "tingkat", "A whole number, 1 to 5."), ("jabatan", "kebutuhan", None), ("pegawai", "tmt_jabatan", None), ("pegawai", "status", None), ("pegawai", "jabatan_id", None), ("pegawai", "golongan", None), ("tugas", "norma_waktu", None),
    ],
)  # fmt: skip
def test_content_of_columns(table: str, name: str, words: str | None) -> None:
    a = next(x for x in attributes(table) if x.name == name)
    low, _, high = a.allowed.partition("..")
    if words is None:
        bounds = text("template.between", "en", low=low, high=high) if high else text("template.from", "en", low=low) if low else ""
        parts = {"choice": lambda: text("template.choice", "en", words=", ".join(a.choices)), "ref": lambda: text("template.ref", "en", table=a.target), "golongan": lambda: text("template.golongan", "en")}
        words = parts.get(a.kind, lambda: text(f"template.{a.kind}", "en") + bounds + ".")()
        words = f"{words} {text('template.unit', 'en', unit=a.unit)}" if a.unit else words
    assert content(a, "en") == words
