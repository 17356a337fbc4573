"""The limits of a workbook that is opened: the last one that passes and the first one that is refused, and where each sheet lies."""

from __future__ import annotations

import zipfile
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from other_books import write_ods, write_xls

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import guard, read
from mutasi_toolkit.schema.checks import check_tables
from mutasi_toolkit.schema.csv_text import read_csv_text
from mutasi_toolkit.schema.faults import Fault
from mutasi_toolkit.schema.guard import RefusedError, inspect, open_workbook
from mutasi_toolkit.schema.read import RawTable, read_folder
from mutasi_toolkit.schema.template import write_template


def parts(*sizes: tuple[int, int]) -> Any:
    """An archive's directory: unpacked and packed size of every part."""
    return SimpleNamespace(infolist=lambda: [SimpleNamespace(file_size=a, compress_size=b) for a, b in sizes])


def refused(*sizes: tuple[int, int]) -> str:
    try:
        guard._check_directory(parts(*sizes))
    except RefusedError as error:
        return error.kind
    return ""


def test_sizes_that_the_directory_tells(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("MAX_UNPACKED_BYTES", 100), ("MAX_PARTS", 3), ("MAX_SUSPECT_BYTES", 20), ("MAX_RATIO", 4)):
        monkeypatch.setattr(guard, name, value)
    assert refused((50, 50), (50, 50)) == ""
    assert refused((50, 50), (51, 51)) == "too_large"
    assert refused((1, 1), (1, 1), (1, 1)) == ""
    assert refused((1, 1), (1, 1), (1, 1), (1, 1)) == "too_large"
    assert refused((40, 10)) == ""
    assert refused((41, 10)) == "too_tight"
    assert refused((20, 1)) == ""
    assert refused((21, 1)) == "too_tight"
    assert refused((21, 0)) == "too_tight"
    assert refused((1, 1), (21, 1)) == "too_tight"
    assert refused((4, 0)) == ""


RELATIONS = '<Relationships><Relationship Id="r1" Target="worksheets/a.xml"/><Relationship Id="r2" Target="/xl/worksheets/b.xml"/></Relationships>'
BOOK = '<workbook xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="unit" r:id="r1"/><sheet name="tugas" r:id="r2"/><sheet name="lain" r:id="r9"/></sheets></workbook>'
ERROR = '<worksheet><c r="B7" t="e"><v>#N/A</v></c></worksheet>'


def test_sheets_lie_where_the_relations_say(tmp_path: Path) -> None:
    path = tmp_path / "x.xlsx"
    with zipfile.ZipFile(path, "w") as book:
        for name, content in (("xl/workbook.xml", BOOK), ("xl/_rels/workbook.xml.rels", RELATIONS), ("xl/worksheets/a.xml", "<worksheet/>"), ("xl/worksheets/b.xml", ERROR), ("xl/media/x.png", "<!DOCTYPE")):
            book.writestr(name, content)
    notes = inspect(path)
    assert {name: note.errors for name, note in notes.items()} == {"unit": [], "tugas": ["B7"], "lain": []}
    with zipfile.ZipFile(path) as book:
        assert guard._sheet_parts(book) == {"unit": "xl/worksheets/a.xml", "tugas": "xl/worksheets/b.xml", "lain": ""}


@pytest.mark.parametrize("content", [b"<!DOCTYPE x>", b"<!ENTITY x>", b"\xff\xfe<\x00", b"\xfe\xff\x00<", b"<a>" + b"\x00"])
def test_parts_with_entities_or_in_another_encoding_are_refused(content: bytes) -> None:
    with pytest.raises(RefusedError) as caught:
        guard._no_entities(content)
    assert caught.value.kind == "xml_entities"
    guard._no_entities(b"<a/>" + b" " * 70 + b"\x00")


def test_parts_that_tell_of_sheets_may_be_five_megabytes(tmp_path: Path) -> None:
    for more, fits in ((0, True), (1, False)):
        text = "<a>" + "x" * (5_000_000 - 7 + more) + "</a>"
        path = tmp_path / f"{more}.zip"
        with zipfile.ZipFile(path, "w") as book:
            book.writestr("p", text)
        with zipfile.ZipFile(path) as book:
            if fits:
                assert guard._tree(book, "p").tag == "a"
                continue
            with pytest.raises(RefusedError) as caught:
                guard._tree(book, "p")
            assert (caught.value.kind, caught.value.details) == ("too_large", {"limit": 5})


def test_workbooks_of_other_kinds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = tmp_path / "a.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0" + b"x" * 90)
    with pytest.raises(InputError, match=r"a\.xlsx"):
        open_workbook(old)
    with pytest.raises(RefusedError) as caught:
        inspect(old)
    assert caught.value.kind == "old_workbook"
    ods = tmp_path / "b.ods"
    with zipfile.ZipFile(ods, "w") as book:
        book.writestr("content.xml", "x" * 200)
    size = ods.stat().st_size
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", size)
    guard._inspect_other(ods)
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", size - 1)
    with pytest.raises(RefusedError) as caught:
        guard._inspect_other(ods)
    assert (caught.value.kind, caught.value.details) == ("too_large", {"limit": 0})
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", 1000)
    monkeypatch.setattr(guard, "MAX_PARTS", 0)
    with pytest.raises(RefusedError):
        guard._inspect_other(ods)
    good = tmp_path / "c.xlsx"
    monkeypatch.undo()
    write_template(good)
    assert "pegawai" in open_workbook(good).sheet_names
    assert "pegawai" in open_workbook(good, other_kinds=True).sheet_names
    for other in (write_xls(tmp_path / "d.xls", [["a"]]), write_ods(tmp_path / "d.ods", [["a"]])):
        assert open_workbook(other, other_kinds=True).sheet_names == ["ABK"]
        with pytest.raises(InputError, match=other.name):
            open_workbook(other)


# Folders of files.

CYCLE = {
    "unit.csv": "unit_id,nama,induk_id,jenis\nD1,Dinas,,dinas\n", "jabatan.csv": "jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,Analis,pelaksana,2\n",
    "pegawai.csv": "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\n",
}  # fmt: skip
FOLDERS: list[tuple[dict[str, str], list[tuple[Any, ...]]]] = [
    ({}, []),
    ({"UNIT .csv": CYCLE["unit.csv"], "unit.csv": ""}, [("duplicate_table", "error", "UNIT .csv", (), 1)]),
    ({"tugas.csv": ""}, [("empty_file", "error", "tugas.csv", (), 1)]),
    ({"tugas (1).csv": "x"}, [("near_table", "warning", "siklus", (), 1)]),
    ({"tugas.txt": CYCLE["unit.csv"], "unit.csv.bak": ""}, []),
    ({"a.xlsx": "x", "~$a.xlsx": "x"}, [("workbook_ignored", "warning", "siklus", (), 1)]),
    ({"unit.csv": "Daftar unit,,,\n\nunit_id,nama,induk_id,jenis\n\nD1,Dinas,,dinas\n"}, [("header_not_first", "warning", "unit.csv", (3,), 1)]),
    ({"unit.csv": "sep=,\nunit_id,nama,induk_id,jenis\nD1,Dinas,,dinas\n"}, []),
    ({"unit.csv": "sep=,\nDaftar\nunit_id,nama,induk_id,jenis\nD1,Dinas,,dinas\n"}, [("header_not_first", "warning", "unit.csv", (3,), 1)]),
    ({"unit.csv": "a,b,c,d,e\nunit_id,nama,induk_id,jenis\nD1,Dinas,,dinas,x\nD2,Dinas,,dinas\n"}, [("header_not_first", "warning", "unit.csv", (2,), 1), ("ragged_row", "error", "unit.csv", (3,), 1)]),
    ({"unit.csv": "unit_id,nama,induk_id,jenis\nD1,Dinas,,dinas\n" + "".join(f"D{k},x,,dinas,x\n" for k in range(2, 9))}, [("ragged_row", "error", "unit.csv", (3, 4, 5, 6, 7), 7)]),
    ({"unit.csv": 'unit_id,nama,induk_id,jenis\nD1,Dinas,,dinas\nD2,"x\nD3,y,,dinas\nD4,z,,dinas",,dinas\n'}, [("broken_quote", "error", "unit.csv", (3,), 1)]),
    ({"unit.csv": 'unit_id,nama,induk_id,jenis\nD1,"Dinas\nA, B",,dinas\n'}, []),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "faults"), FOLDERS)
def test_folders_of_tables(tmp_path: Path, changes: dict[str, str], faults: list[tuple[Any, ...]]) -> None:
    folder = tmp_path / "siklus"
    folder.mkdir()
    for name, content in (CYCLE | changes).items():
        (folder / name).write_text(content, encoding="utf-8")
    tables, found = read_folder(folder)
    assert [(f.kind, f.level, f.place, f.rows, f.count) for f in found] == faults
    assert set(tables) == {"unit", "jabatan", "pegawai"} | ({"tugas"} if "tugas.csv" in changes else set())
    assert all(t.read for name, t in tables.items() if name != "tugas")


@pytest.mark.parametrize(("error", "why"), [(PermissionError(13, "Permission denied"), "Permission denied"), (OSError("lost"), "lost")])
def test_a_file_that_cannot_be_read_and_a_folder_of_its_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, why: str) -> None:
    (tmp_path / "unit.csv").write_text(CYCLE["unit.csv"])
    (tmp_path / "tugas.csv").mkdir()

    def refuse(name: str, path: Path) -> None:
        raise error

    monkeypatch.setattr(read, "_csv_table", refuse)
    tables, found = read_folder(tmp_path)
    assert [(f.kind, f.place, f.details) for f in found] == [("no_access", "unit.csv", {"why": why})]
    assert [(name, t.read) for name, t in tables.items()] == [("unit", False)]


def raw(name: str, columns: list[str], *rows: list[str], read: bool = True) -> RawTable:
    return RawTable(name, f"{name}.csv", pd.DataFrame(rows, columns=columns, dtype="str"), np.arange(2, 2 + len(rows)), read=read)


def test_tables_that_are_missing_empty_or_unread() -> None:
    tables, faults = check_tables({}, "di sini")
    assert [(f.kind, f.place, f.details) for f in faults] == [("missing_table", "di sini", {"table": t}) for t in ("unit", "jabatan", "pegawai")]
    assert all(len(t) == 0 and t.attrs["given"] == () for t in tables.values())
    unit = ["unit_id", "nama", "induk_id", "jenis"]
    tables, faults = check_tables({"unit": raw("unit", unit, read=False)}, "x")
    assert [f.kind for f in faults] == ["missing_table"] * 2
    tables, faults = check_tables({"unit": raw("unit", unit)}, "x")
    assert [f.kind for f in faults] == ["missing_table"] * 2 + ["empty_table"]
    assert len(tables["unit"]) == 0
    tables, faults = check_tables({"unit": raw("unit", [], read=False)}, "x")
    assert [f.kind for f in faults] == ["missing_table"] * 2
    tables, faults = check_tables({"unit": raw("unit", ["unit_id"])}, "x")
    assert [(f.kind, f.column) for f in faults if f.kind != "missing_table"] == [("missing_column", c) for c in unit[1:]] + [("empty_table", "")]
    tables, _ = check_tables({"unit": raw("unit", ["nama", "unit_id", "x"], ["A", "D1", ""])}, "x")
    assert tables["unit"].attrs["given"] == ("unit_id", "nama")


def test_columns_that_the_schema_does_not_know() -> None:
    names = ["unit_id", "nama", "induk_id", "jenis"]

    def found(*more: str) -> list[dict[str, object]]:
        _, faults = check_tables({"unit": raw("unit", [*names, *more], ["D1", "A", "", "dinas", *[""] * len(more)])}, "x")
        return [f.details for f in faults if f.kind.endswith("_column")]

    assert found("rumpum") == [{"name": "rumpum", "near": "rumpun"}]
    assert found("warna", "catatan") == [{"names": "warna, catatan"}]
    ten = [f"kolom asing {k}" for k in range(10)]
    assert found(*ten) == [{"names": ", ".join(ten)}]
    assert found(*ten, "satu lagi") == [{"names": ", ".join(ten) + " …"}]
    assert found("z" * 70) == [{"names": "z" * 60}]
    assert found("x y", "x y") == [{}, {"names": "x y"}], "a column twice is told by itself"


def test_codes_that_are_nearly_known() -> None:
    def near(code: str, *known: str) -> object:
        seats = raw("jabatan", ["jabatan_id", "unit_id", "nama", "jenis", "kebutuhan"], *[[f"J{k}", c, "A", "pelaksana", "1"] for k, c in enumerate(code.split("+"))])
        units = raw("unit", ["unit_id", "nama", "induk_id", "jenis"], *[[u, "A", "", "dinas"] for u in known])
        _, faults = check_tables({"unit": units, "jabatan": seats}, "x")
        return [(f.kind, f.details["near"]) for f in faults if f.kind.startswith("dangling")]

    assert near("DINKES-01", "DINKES-01") == []
    assert near("DINKES-1", "DINKES-01") == [("dangling", "DINKES-01")]
    assert near("dinkes-01", "DINKES-01") == [("dangling_case", "DINKES-01")]
    assert near("0D1", "00D1") == [("dangling_zeros", "00D1")]
    assert near("XYZ", "DINKES-01") == [("dangling", "")]
    assert near("DINKES-1+DINKES-02x", "DINKES-01", "DINKES-02") == [("dangling", "DINKES-01, DINKES-02")]


def test_what_a_code_may_have_been_meant_as_is_told_in_words() -> None:
    told, alone = (Fault("dangling", "jabatan.csv", details={"target": "unit", "near": near}).text("en") for near in ("D1", ""))
    assert text("schema.near", "en", names="D1") in told
    assert "D1" not in alone
    assert Fault("missing_value", "x", "nama", (2,)).text("en").startswith("x, ")


def test_a_table_is_read_under_the_names_of_its_first_record(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("a; b\n1;2\n3;4\n", encoding="utf-8")
    found = read_csv_text(path)
    assert (list(found.columns), found.to_numpy().tolist(), found.index.tolist()) == (["a", "b"], [["1", "2"], ["3", "4"]], [0, 1])
    path.write_text("", encoding="utf-8")
    with pytest.raises(InputError, match=r"a\.csv"):
        read_csv_text(path)
