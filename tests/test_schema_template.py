"""The template: it reads back, explains every column, and never overwrites."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from mutasi_toolkit.cli import main
from mutasi_toolkit.cycle import check_cycle
from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import TABLES, attributes
from mutasi_toolkit.schema.template import ROWS, explained, write_template


def test_the_template_reads_back_without_a_fault_and_is_not_overwritten(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "baru"
    assert main(["template", str(folder)]) == 0
    cycle, faults = check_cycle(folder)
    assert faults == []
    assert cycle is not None
    assert all(len(frame) for frame in cycle.tables.values())
    before = (folder / "siklus.xlsx").read_bytes()
    assert main(["template", str(folder)]) == 2
    assert "siklus.xlsx" in capsys.readouterr().err
    assert (folder / "siklus.xlsx").read_bytes() == before


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_column_has_its_header_note_and_explanation(tmp_path: Path, language: str) -> None:
    path = tmp_path / "t.xlsx"
    write_template(path, language)
    book = openpyxl.load_workbook(path)
    assert book.sheetnames[1:-1] == list(TABLES)
    told = {(r[0], r[1]) for r in book[text("template.columns_sheet", language)].iter_rows(values_only=True)}
    for table in TABLES:
        for at, attribute in enumerate(attributes(table), start=1):
            cell = book[table].cell(1, at)
            assert cell.value == attribute.name
            assert attribute.label(language) in cell.comment.text
            assert (table, attribute.name) in told
            assert all(explained(table, attribute, language))


def test_choices_are_drop_downs_and_codes_are_text(tmp_path: Path) -> None:
    write_template(tmp_path / "t.xlsx")
    sheet = openpyxl.load_workbook(tmp_path / "t.xlsx")["pegawai"]
    ranges = {str(v.sqref): v.formula1 for v in sheet.data_validations.dataValidation}
    assert ranges[f"C2:C{ROWS + 1}"] == '"PNS,PPPK,PPPK paruh waktu,CPNS"'
    assert ranges[f"B2:B{ROWS + 1}"].startswith("jabatan!")
    assert sheet.column_dimensions["A"].width > 18
    assert sheet["A2"].number_format == "@"


def test_the_same_template_has_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_template(tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
