"""ABK forms kept in .xls and .ods, made byte by byte: the same tasks as from .xlsx."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from other_books import write_ods, write_xls
from test_workload_forms_read import book, lahat_rows

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import read_abk
from mutasi_toolkit.workload.forms.sheets import read_sheets


@pytest.mark.parametrize(("write", "name"), [(write_xls, "f.xls"), (write_ods, "f.ods"), (write_xls, "F.XLS")])
def test_forms_in_other_kinds_of_workbook_are_read_as_from_xlsx(tmp_path: Path, write: Any, name: str) -> None:
    same = read_abk(book(tmp_path / "f.xlsx", lahat_rows()))
    found = read_abk(write(tmp_path / name, lahat_rows()))
    assert len(same.tugas) == 6
    pd.testing.assert_frame_equal(found.tugas, same.tugas)
    pd.testing.assert_frame_equal(found.jabatan, same.jabatan)
    assert found.remarks == same.remarks


@pytest.mark.parametrize(("write", "name"), [(write_xls, "f.xls"), (write_ods, "f.ods")])
def test_a_workbook_that_does_not_begin_at_the_first_cell_keeps_its_rows(tmp_path: Path, write: Any, name: str) -> None:
    (sheet,) = read_sheets(write(tmp_path / name, [[], ["", "Nama Jabatan"], ["", 2.5, "ä"]], "Isi"))
    assert sheet.name == "Isi"
    assert [["" if c is None else c for c in row] for row in sheet.rows] == [["", "", ""], ["", "Nama Jabatan", ""], ["", 2.5, "ä"]]


def test_merged_cells_of_xls_are_filled(tmp_path: Path) -> None:
    rows = [["a", "b", ""], ["", "c", "d"], ["", "", "e"]]
    (sheet,) = read_sheets(write_xls(tmp_path / "f.xls", rows, merged=((0, 2, 0, 0), (0, 0, 1, 2))))
    assert sheet.rows == [["a", "b", "b"], ["a", "c", "d"], ["a", "", "e"]]


@pytest.mark.parametrize("name", ["f.xls", "f.ods"])
def test_what_is_no_workbook_is_refused_with_its_name(tmp_path: Path, name: str) -> None:
    (tmp_path / name).write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 90)
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        read_abk(tmp_path / name)
    (tmp_path / name).write_bytes(b"no workbook")
    with pytest.raises(InputError, match=name.replace(".", r"\.")):
        read_abk(tmp_path / name)
