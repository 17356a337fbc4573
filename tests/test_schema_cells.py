"""Single cells, rows and codes at the point where they begin to be faults: what is read, what is told, of which rows."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from handmade import table_of

from mutasi_toolkit.schema import Attribute, attributes, columns, csv_text, guard
from mutasi_toolkit.schema.checks import check_tables
from mutasi_toolkit.schema.faults import Fault, errors
from mutasi_toolkit.schema.guard import RefusedError, SheetNotes
from mutasi_toolkit.schema.parse import no_values, parse, plain_text
from mutasi_toolkit.schema.people import damaged_numbers, real_numbers
from mutasi_toolkit.schema.read import RawTable, _letters, _sheet_table, _strangers
from mutasi_toolkit.schema.rows import LOOK_AT, find_header, heading, tidy
from mutasi_toolkit.schema.strange import clean, shown, strange_cells
from mutasi_toolkit.schema.tell import fault_at


def column(kind: str, allowed: str = "", required: bool = False, name: str = "x") -> Attribute:
    return Attribute(name, kind, "", required, allowed, "X", "X")


def read(kind: str, cell: Any, allowed: str = "", dtype: Any = object) -> tuple[Any, str]:
    """The value of a cell, and what is wrong with it: '' where nothing is."""
    found = parse(column(kind, allowed), pd.Series([cell, "" if isinstance(cell, str) else None], dtype=dtype))
    assert not found.bad[1], "an empty cell is never bad"
    assert found.values.isna()[1]
    what = next((k for k, mask in found.special.items() if mask[0]), found.kind) if found.bad[0] else ""
    return (None if found.values.isna()[0] else found.values[0]), what


@pytest.mark.parametrize(
    ("cell", "value", "what"),
    [
        ("2024-12-31", "2024-12-31", ""), ("31-12-2024", "2024-12-31", ""), ("31/12/2024", "2024-12-31", ""), ("2024/12/31", "2024-12-31", ""), ("31.12.2024", "2024-12-31", ""),
        ("2024-12-31 00:00:00", "2024-12-31", ""), ("2024-12-31T00:00:00", "2024-12-31", ""), ("31 Desember 2024", "2024-12-31", ""), ("1-Mei-2024", "2024-05-01", ""),
        ("1 agt 2024", "2024-08-01", ""), ("01 nop. 2024", "2024-11-01", ""), ("31 Juni 2024", None, "bad_date"), ("31 Foo 2024", None, "bad_date"), ("Mei 2024", None, "bad_date"),
        ("12/13/2024", None, "us_date"), ("12-31-2024", None, "us_date"), ("12/32/2024", None, "bad_date"), ("13/13/2024", None, "bad_date"), ("11/12/2024", "2024-12-11", ""), ("12/12/2024", "2024-12-12", ""),
        ("10000", None, "serial_date"), ("9999", None, "bad_date"), ("45657", None, "serial_date"), ("45657.5", None, "serial_date"), ("60000", None, "serial_date"), ("60001", None, "bad_date"), ("60000.5", None, "bad_date"),
        ("31/12/24", None, "short_year"), ("1-Des-24", None, "short_year"), ("31/12/204", None, "bad_date"), ("2024-02-30", None, "bad_date"), ("besok", None, "bad_date"),
        (datetime(2024, 12, 31), "2024-12-31", ""), (date(2024, 12, 31), "2024-12-31", ""),
    ],
)  # fmt: skip
def test_dates(cell: Any, value: str | None, what: str) -> None:
    assert read("date", cell) == (None if value is None else pd.Timestamp(value), what)


@pytest.mark.parametrize(
    ("cell", "value", "what"),
    [
        ("12", 12.0, ""), ("1,5", 1.5, ""), ("1.5", 1.5, ""), ("1.200,5", 1200.5, ""), ("12.200.300", 12200300.0, ""), ("-3", -3.0, ""), ("-1,25", -1.25, ""), ("1234,5", 1234.5, ""), ("0", 0.0, ""), ("1e3", 1000.0, ""),
        ("1.20.30", None, "bad_number"), ("1,2,3", None, "bad_number"), ("1.2345,6", None, "bad_number"), ("dua", None, "bad_number"), ("nan", None, "not_finite"), ("-inf", None, "not_finite"), ("∞", None, "not_finite"),
        ("1e999", None, "not_finite"), ("12 menit", None, "number_with_unit"), ("5%", None, "number_with_unit"), ("Rp 5.000", None, "number_with_unit"), ("IDR 5", None, "number_with_unit"), ("Rp", None, "bad_number"),
        (3, 3.0, ""), (3.5, 3.5, ""), (float("nan"), None, ""), (float("inf"), None, "not_finite"),
    ],
)  # fmt: skip
def test_numbers(cell: Any, value: float | None, what: str) -> None:
    assert read("number", cell) == (value, what)


@pytest.mark.parametrize(("cell", "value", "what"), [("3", 3, ""), ("3,0", 3, ""), ("3.5", None, "bad_int"), ("-2", -2, ""), ("tiga", None, "bad_int"), ("inf", None, "not_finite"), ("3 orang", None, "number_with_unit"), (2.0, 2, ""), ("0,5", None, "bad_int")])
def test_whole_numbers(cell: Any, value: int | None, what: str) -> None:
    assert read("int", cell) == (value, what)


@pytest.mark.parametrize(("cell", "value", "what"), [("ya", True, ""), ("Y", True, ""), ("1.0", True, ""), ("TRUE", True, ""), (1, True, ""), (True, True, ""), ("tidak", False, ""), ("T", False, ""), ("0", False, ""), (0.0, False, ""), (False, False, ""), ("mungkin", None, "bad_flag"), ("2", None, "bad_flag")])
def test_flags(cell: Any, value: bool | None, what: str) -> None:
    assert read("flag", cell) == (value, what)


@pytest.mark.parametrize(
    ("kind", "cell", "value", "what"),
    [
        ("choice", "s1", "S1", ""), ("choice", "SMA", "SLTA", ""), ("choice", "d iii", "D3", ""), ("choice", "D  III", "D3", ""), ("choice", "S4", None, "bad_choice"),
        ("golongan", "III/A", "III/a", ""), ("golongan", "xvii", "XVII", ""), ("golongan", "XVIII", None, "bad_golongan"), ("golongan", "III/f", None, "bad_golongan"),
        ("text", " Dinas   A ", "Dinas A", ""), ("text", 7.0, "7", ""),
    ],
)  # fmt: skip
def test_words(kind: str, cell: Any, value: str | None, what: str) -> None:
    assert read(kind, cell, "SD|SLTA|D3|S1" if kind == "choice" else "") == (value, what)
    assert read("choice", "SMP", "SD|S1") == (None, "bad_choice"), "an alias of a word that is not allowed"


NIP = "198001012005012000"


@pytest.mark.parametrize(
    ("cell", "value", "what"),
    [
        (NIP, NIP, ""), ("U-1.a", "U-1.a", ""), ("x" * 100, "x" * 100, ""), ("x" * 101, "x" * 101, "too_long"), ("1.98E+17", "1.98E+17", "nip_number"), ("1,98e17", "1,98e17", "nip_number"), ("1.98e-17", "1.98e-17", ""), ("E5", "E5", ""),
        ("19800101 200501 2 000", "19800101 200501 2 000", "nip_spaced"), ("'" + NIP, "'" + NIP, "nip_spaced"), ("1980-01012005012000", "1980-01012005012000", "nip_spaced"), ("19800101 200501 2 00", "19800101 200501 2 00", ""),
        ("19800101200501200O", "19800101200501200O", "nip_letters"), ("I98OO1O12005012000", "I98OO1O12005012000", "nip_letters"), ("I98OO1O1200501200O", "I98OO1O1200501200O", ""), ("I98001012005012000", "I98001012005012000", "nip_letters"), ("19800101200501200X", "19800101200501200X", ""),
        (1.98001012005012e17, "1.98001012005012e+17", "nip_number"), (10**15, "1000000000000000", "nip_number"), (10**15 - 1, "999999999999999", ""), (-(10**15), "-1000000000000000", "nip_number"), (123.0, "123", ""), (True, "True", ""),
        (datetime(2024, 5, 1), "2024-05-01", "id_date"), (date(2024, 5, 1), "2024-05-01", "id_date"),
    ],
)  # fmt: skip
def test_codes(cell: Any, value: str, what: str) -> None:
    assert read("id", cell) == (value, what)
    if isinstance(cell, str):
        assert read("ref:unit", cell, dtype="str") == (value, what)


@pytest.mark.parametrize(("cell", "text"), [(None, ""), (float("nan"), ""), (2.0, "2"), (2.5, "2.5"), (1e15, "1000000000000000.0"), (-1e14, "-100000000000000"), (datetime(2024, 5, 1, 3), "2024-05-01"), (date(2024, 5, 1), "2024-05-01"), (7, "7"), (" a ", " a ")])
def test_cells_as_text(cell: object, text: str) -> None:
    assert plain_text(cell) == text


def test_columns_without_values_have_their_type() -> None:
    found = {kind: (no_values(column(kind), 2).dtype.name, int(no_values(column(kind), 2).isna().sum())) for kind in ("date", "flag", "int", "number", "text", "id", "choice")}
    assert found == {"date": ("datetime64[us]", 2), "flag": ("boolean", 2), "int": ("Int64", 2), "number": ("float64", 2), "text": ("str", 2), "id": ("str", 2), "choice": ("str", 2)}


@pytest.mark.parametrize(
    ("cell", "kind", "what"),
    [
        ("U1", "id", []), ("#N/A", "id", ["error_value"]), ("#n/a", "text", ["error_value"]), ("a\x07b", "text", ["control"]), ("=1+1", "number", ["formula_text"]), ("=1+1", "text", []), ("U\u200b2", "id", ["hidden_marks"]),
        ("\u0410B", "id", ["lookalike"]), ("\u0410\u0411", "text", []), ("\u0410B", "text", ["lookalike"]), ("é", "id", []), ("", "id", []),
    ],
)  # fmt: skip
def test_strange_cells(cell: str, kind: str, what: list[str]) -> None:
    assert {k: v.tolist() for k, v in strange_cells(pd.Series(["ok", cell]), kind).items()} == {k: [False, True] for k in what}


def test_cells_are_cleaned_and_shown_on_a_line() -> None:
    cells = pd.Series([" a", "a ", "a  b", "a\u00a0b", "a\u200bb", "a b", ""])
    assert clean(cells).tolist() == ["a", "a", "a b", "a b", "ab", "a b", ""]
    assert cells[0] == " a", "the cells themselves stay"
    assert (shown("x" * 60), shown("x" * 61), shown("a\tb\x1f\x20c")) == ("x" * 60, "x" * 60 + "…", "a b␟ c")


# Columns of a table.


def told(name: str, text: str, sep: str = "", **others: str) -> list[tuple[Any, ...]]:
    """Kind, level, column and rows of every fault of a table beside a good cycle."""
    usual = {
        "unit": "unit_id,nama,induk_id,jenis\nD1,Dinas,,dinas\nD2,Dinas B,,dinas\n", "jabatan": "jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,Analis,pelaksana,2\nJ2,D1,Analis,pelaksana,2\n",
        "pegawai": "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\nP2,J1,PNS,III/a,S1,2020-01-01\nP3,J1,PNS,III/a,S1,2020-01-01\n",
    }  # fmt: skip
    _, faults = check_tables({t: raw(t, content, sep) for t, content in {**usual, **others, name: text}.items()}, "di sini")
    return [(f.kind, f.level, f.column, f.rows) for f in faults]


def raw(name: str, text: str, sep: str = "") -> RawTable:
    lines = [line.split(",") for line in text.splitlines()]
    cells = pd.DataFrame(lines[1:], columns=lines[0], dtype="str")
    return RawTable(name, f"{name}.csv", cells, np.arange(2, 2 + len(cells)), sep)


UNIT = "unit_id,nama,induk_id,jenis"
SEAT = "jabatan_id,unit_id,nama,jenis,kebutuhan"
PERSON = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan"
TABLES: list[tuple[str, str, list[tuple[Any, ...]]]] = [
    ("jabatan", f"{SEAT}\nJ1,D1,A,pelaksana,2\n", []),
    ("jabatan", f"{SEAT}\nJ1,D1,A,pelaksana,-1\nJ2,D1,A,pelaksana,1\n", [("negative", "error", "kebutuhan", (2,))]),
    ("jabatan", f"{SEAT},kelas_jabatan\nJ1,D1,A,pelaksana,1,0\nJ2,D1,A,pelaksana,1,1\nJ3,D1,A,pelaksana,1,17\nJ4,D1,A,pelaksana,1,18\n", [("out_of_range", "error", "kelas_jabatan", (2, 5))]),
    ("jabatan", f"{SEAT}\nJ1,,A,pelaksana,2\nJ2,D1,A,,2\n", [("missing_value", "error", "unit_id", (2,)), ("missing_value", "error", "jenis", (3,))]),
    ("jabatan", f"{SEAT}\nJ1,D9,A,pelaksana,2\nJ2,d1,A,pelaksana,2\nJ3,0D1,A,pelaksana,2\n", [("dangling_case", "error", "unit_id", (3,)), ("dangling_zeros", "error", "unit_id", (4,)), ("dangling", "error", "unit_id", (2,))]),
    ("jabatan", f"{SEAT}\nJ1,D1,A,pelaksana,2\nj1,D1,A,pelaksana,2\nJ2,D1,A,pelaksana,2\n", [("key_by_case", "error", "jabatan_id", (2, 3))]),
    ("jabatan", f"{SEAT}\nJ1,D1,A,pelaksana,2\nJ1,D1,B,pelaksana,2\nJ2,D1,A,pelaksana,2\n", [("duplicate_key", "error", "jabatan_id", (2, 3))]),
    ("jabatan", "jabatan_id,unit_id,nama,kebutuhan\nJ1,D1,A,2\n", [("missing_column", "error", "jenis", ())]),
    ("jabatan", f"{SEAT},kebutuhan\nJ1,D1,A,pelaksana,2,2\n", [("duplicate_column", "error", "kebutuhan", ())]),
    ("jabatan", f"{SEAT},kelas jabata,catatan\nJ1,D1,A,pelaksana,2,3,x\n", [("near_column", "warning", "", ()), ("unknown_column", "warning", "", ())]),
    ("jabatan", f"{SEAT}\n", [("empty_table", "error", "", ())]),
    ("pegawai", f"{PERSON}\nP1,J1,PNS,III/a,S1,1949-12-31\nP2,J1,PNS,III/a,S1,1950-01-01\n", [("out_of_range", "error", "tmt_jabatan", (2,))]),
    ("pegawai", f"{PERSON}\nP1,J1,PNS,III/a,S1,2020-01-01\nP1,J2,PNS,III/a,S1,2020-01-01\nP2,J1,PNS,III/a,S1,2020-01-01\nP2,J1,PNS,III/b,S1,2020-01-01\nP3,J1,PNS,III/b,S1,2020-01-01\n", [("two_seats", "error", "pegawai_id", (2, 3)), ("duplicate_key", "error", "pegawai_id", (4, 5))]),
    ("keputusan", "pegawai_id,putusan,jabatan_id\nP1,terima,J2\nP1,tolak,J2\nP2,kunci,\nP2,kunci,\nP3,kunci,\n", [("contradiction", "error", "pegawai_id", (2, 3)), ("duplicate_key", "error", "pegawai_id", (4, 5))]),
    ("keputusan", "pegawai_id,putusan,jabatan_id\nP1,terima,\nP2,tolak,J1\nP3,tolak,\n", [("decision_without_seat", "warning", "jabatan_id", (2,)), ("decision_own_seat", "warning", "jabatan_id", (3,))]),
    ("tugas", "jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil\nJ1,a,1,1,menit,x\nJ1,a,2,1,menit,x\nJ2,a,1,1,menit,x\n", [("duplicate_key", "warning", "uraian", (2, 3))]),
    ("hubungan", "pegawai_a,pegawai_b,kekuatan\nP1,P2,0.125\nP2,P1,0.5\nP3,P3,1\nP1,P3,1\nP1,P3,1\n", [("duplicate_key", "warning", "pegawai_b", (5, 6)), ("self_pair", "error", "pegawai_b", (4,)), ("pair_turned", "warning", "pegawai_b", (3,))]),
    ("preferensi", "pegawai_id,unit_id,urutan\nP1,D1,1\nP1,D1,2\nP1,D2,3\nP2,D1,1\n", [("wish_twice", "warning", "unit_id", (2, 3))]),
    ("hasil", "unit_id,periode,indikator,nilai\nD1,2024,a,1\nD1,2024-2023,a,1\nD1,2023-2024,a,1\nD1,2024-05/2024-04,a,1\nD1,2024-05/2024,a,1\nD1,2024-05/2023,a,1\n", [("reversed_period", "error", "periode", (3, 5, 7))]),
    ("riwayat", "pegawai_id,unit_asal,unit_tujuan,tanggal\nP1,D1,D2,2024-01-01\nP1,D2,D2,2024-01-01\nP1,D1,D1,2024-01-01\nP2,D1,D2,2024-01-01\n", [("move_twice", "warning", "tanggal", (3,))]),
    ("unit", f"{UNIT}\nD1,A,D2,dinas\nD2,B,D1,dinas\nD3,C,,dinas\n", [("circular_unit", "error", "induk_id", (2, 3))]),
]  # fmt: skip


@pytest.mark.parametrize(("name", "text", "faults"), TABLES)
def test_tables(name: str, text: str, faults: list[tuple[Any, ...]]) -> None:
    assert told(name, text) == faults


@pytest.mark.parametrize(
    ("sep", "volumes", "level"),
    [(",", ("1.200", "5"), "warning"), (";", ("1.200", "5"), "error"), ("", ("1.200", "5"), ""), (",", ("0.120", "5"), ""), (",", ("1200", "5.5"), "")],
)
def test_a_point_before_three_digits_may_mean_thousands(sep: str, volumes: tuple[str, str], level: str) -> None:
    lines = "".join(f"J1,t{k},{v},1,menit,x\n" for k, v in enumerate(volumes))
    found = told("tugas", f"jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil\n{lines}", sep)
    assert found == ([("thousands_mark", level, "volume", (2,))] if level else [])


@pytest.mark.parametrize(
    ("held", "asked", "faults"),
    [
        (["Arsip"], ["Arsip"], []), (["Arsip"], ["arsip"], [("skill_by_case", "error", "keahlian", (2,))]), (["Surveilans"], ["Surveilan"], [("skill_nobody", "warning", "keahlian", (2,))]),
        (["Surveilans"], ["Hukum"], []), (["Surveilans", "Surveilan"], ["Surveilan"], []),
    ],
)  # fmt: skip
def test_names_of_skills(held: list[str], asked: list[str], faults: list[tuple[Any, ...]]) -> None:
    skills = "pegawai_id,keahlian,tingkat\n" + "".join(f"P{k + 1},{s},3\n" for k, s in enumerate(held))
    assert told("syarat", "jabatan_id,keahlian,tingkat\n" + "".join(f"J1,{s},3\n" for s in asked), keahlian=skills) == faults


# People and their numbers.

GOOD = {"pegawai_id": "198001312005012000", "jabatan_id": "J1", "status": "PNS", "golongan": "III/a", "pendidikan": "S1", "tanggal_lahir": "1980-01-31", "tmt_cpns": "2005-01-01", "tmt_jabatan": "2020-01-01", "tmt_unit": "2020-01-01", "jenis_kelamin": "P", "akhir_kontrak": ""}
WORKER = {"status": "PPPK", "golongan": "IX", "pegawai_id": "198001312005212000", "akhir_kontrak": "2027-01-01"}
SINGLE: list[tuple[dict[str, str], list[str]]] = [
    ({}, []), (WORKER, []), ({"golongan": "IX"}, ["golongan_scale"]), ({**WORKER, "golongan": "III/a"}, ["golongan_scale"]), ({"status": "CPNS"}, []), ({"status": "CPNS", "golongan": "IX"}, ["golongan_scale"]),
    ({**WORKER, "status": "PPPK paruh waktu", "golongan": "III/a"}, ["golongan_scale"]), ({"akhir_kontrak": "2027-01-01"}, ["contract_of_pns"]),
    ({"tmt_unit": "2020-01-02"}, ["unit_after_seat"]), ({"tmt_unit": "2019-01-01"}, []), ({**WORKER, "akhir_kontrak": "2020-01-01"}, ["reversed_dates"]), ({**WORKER, "akhir_kontrak": "2020-01-02"}, []),
    ({"tanggal_lahir": "1989-01-01", "pegawai_id": "198901012005012000"}, []), ({"tanggal_lahir": "1989-01-02", "pegawai_id": "198901022005012000"}, ["too_young"]),
    ({"tanggal_lahir": "2005-01-01", "pegawai_id": "200501012005012000"}, ["reversed_dates"]), ({"tmt_cpns": "", "tmt_jabatan": "1995-01-01", "tmt_unit": ""}, ["too_young"]),
    ({"pegawai_id": "19800131200501200"}, ["nip_length"]), ({"pegawai_id": "1980013120050120000"}, ["nip_length"]), ({"pegawai_id": "198001312005012"}, ["nip_length"]), ({"pegawai_id": "19800131200501"}, []), ({"pegawai_id": "1980013120050120000001"}, []), ({"pegawai_id": "198001312005012000123"}, ["nip_length"]),
    ({"pegawai_id": "198002302005012000"}, ["nip_date"]), ({"pegawai_id": "198001302005012000"}, ["nip_birth"]), ({"pegawai_id": "198001302005012000", "tanggal_lahir": ""}, []),
    ({"pegawai_id": "198001312005132000"}, ["nip_month"]), ({"pegawai_id": "198001312005002000"}, ["nip_month"]), ({"pegawai_id": "198001312005122000"}, ["nip_tmt"]), ({"pegawai_id": "198001312005122000", "tmt_cpns": "2005-12-01"}, []), ({"pegawai_id": "198001312004012000"}, ["nip_tmt"]), ({"pegawai_id": "198001312004012000", "tmt_cpns": ""}, []),
    ({**WORKER, "pegawai_id": "198001312005132000"}, []), ({"jenis_kelamin": "L"}, ["nip_sex"]), ({"jenis_kelamin": ""}, []), ({"pegawai_id": "198001312005011000", "jenis_kelamin": "L"}, []),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "kinds"), SINGLE)
def test_people(changes: dict[str, str], kinds: list[str]) -> None:
    text = table_of([GOOD | changes, {**GOOD, "pegawai_id": "X"}])
    assert [(k, r) for k, _, _, r in told("pegawai", text) if k not in {"golongan"}] == [(k, (2,)) for k in kinds]


def test_numbers_of_real_and_of_made_up_people() -> None:
    ids = ["198001312005012000", "198001312005012001", "19800131200501200", "X000", ""]
    table = raw("pegawai", "pegawai_id\n" + "\n".join(ids[:-1]) + "\n")
    frame = pd.DataFrame({"pegawai_id": pd.Series(ids[:-1], dtype="str")})
    assert [(f.kind, f.level, f.rows) for f in damaged_numbers(table, frame)] == [("nip_zeros", "error", (2,))]
    assert [(f.kind, f.level, f.rows) for f in real_numbers(table, frame)] == [("not_synthetic", "warning", (3,))]


# Sheets, rows and files.


def test_names_of_columns_and_the_row_they_stand_in() -> None:
    known = columns("unit")
    assert [heading(c, known) for c in (" Unit ID ", "unit-id", "Unit.Id", "\ufeffunit_id", "Nama Unit", None, float("nan"))] == ["unit_id", "unit_id", "unit_id", "unit_id", "nama unit", "", ""]
    header = ["unit_id", "nama", "jenis"]
    assert find_header("unit", [["Daftar", "", ""], header, ["nama", "x", ""]]) == 1
    assert find_header("unit", [["nama", "", ""], header]) == 1
    assert find_header("unit", [["", ""], [" ", "x"], ["y", ""]]) == 1
    assert find_header("unit", []) == 0
    assert find_header("unit", [["x"]] * 29 + [header]) == 29
    assert find_header("unit", [["x"]] * 30 + [header]) == 0


def tidied(rows: list[list[Any]], header: list[Any] | None = None) -> tuple[list[int], list[tuple[Any, ...]]]:
    """Rows that stay, and what is told of the others."""
    body = pd.DataFrame(rows, dtype=object)
    _, kept, faults = tidy("unit", "unit.csv", header or ["unit_id", "nama", "jenis"], body, np.arange(2, 2 + len(rows)))
    return kept.tolist(), [(f.kind, f.rows, f.count, f.details) for f in faults]


@pytest.mark.parametrize(
    ("rows", "kept", "faults"),
    [
        ([["U1", "A", "dinas"]], [2], []),
        ([["1", "2", "3"], ["U1", "A", "dinas"]], [3], [("numbering_row", (2,), 1, {})]),
        ([["(1)", "(2)", "(3)"], ["U1", "A", "dinas"]], [3], [("numbering_row", (2,), 1, {})]),
        ([["1", "2", ""], ["1", "3", "2"], [1.0, "2.0", "3.0"], ["1", "2", "3"]], [2, 3, 5], [("numbering_row", (4,), 1, {})]),
        ([["unit_id", "nama", "jenis"], ["U1", "A", "dinas"]], [3], [("second_header", (2,), 1, {})]),
        ([["U1", "A", "dinas"], ["U2", "A", "dinas"], ["U3", "A", "dinas"], ["UNIT_ID", "Nama", "x"]], [2, 3, 4], [("second_header", (5,), 1, {})]),
        ([["U1", "nama", "x"], ["unit_id", "x", "y"]], [2, 3], []),
        ([["U1", "A", "dinas"], ["Jumlah", "", ""], ["", "Grand Total:", ""], ["", "", "Sub Total pegawai"], ["Total Dinas", "", ""]], [2, 6], [("total_row", (3, 4, 5), 3, {})]),
    ],
)  # fmt: skip
def test_rows_that_are_no_entries(rows: list[list[Any]], kept: list[int], faults: list[tuple[Any, ...]]) -> None:
    assert tidied(rows) == (kept, faults)


def test_columns_without_a_name_and_totals_further_right() -> None:
    assert tidied([["U1", "A", "x", "dinas"]], ["unit_id", "nama", "", "jenis"]) == ([2], [("unnamed_column", (), 1, {"n": 1})])
    assert tidied([["U1", "A", " ", "dinas"]], ["unit_id", "nama", None, "jenis"]) == ([2], [])
    assert tidied([["U1", "A", "dinas", "Total"]], ["unit_id", "nama", "jenis", "lat"]) == ([2], [])
    wide = ["unit_id", "nama", "jenis", "lat", "lon"]
    assert tidied([["unit_id", "nama", "a", "b", ""]], wide) == ([], [("second_header", (2,), 1, {})])
    assert tidied([["unit_id", "nama", "a", "b", "c"]], wide) == ([2], [])
    many = [["Total", "", ""] for _ in range(7)]
    assert tidied([["U1", "A", "dinas"], *many]) == ([2], [("total_row", (3, 4, 5, 6, 7), 7, {})])


def test_sheets_with_titles_and_merged_areas() -> None:
    rows = [["Daftar", "", ""], ["unit_id", "nama", "jenis"], ["U1", "A", "dinas"]]
    table, faults = _sheet_table("unit", "x.xlsx [unit]", [1, 3, 5], rows, ["A1:C1", "A3:B3", "A5:A6", "A2:A2"])
    assert table.rows.tolist() == [5]
    assert table.cells.iloc[0].tolist() == ["U1", "A", "dinas"]
    assert [(f.kind, f.level, f.rows, f.details) for f in faults] == [("header_not_first", "warning", (3,), {"n": 1}), ("merged_cells", "error", (), {"areas": "A3:B3, A5:A6", "n": 2})]
    table, faults = _sheet_table("unit", "x", [1], rows[1:2], [])
    assert (len(table.cells), faults) == (0, [])
    assert (len(_sheet_table("unit", "x", [], [], [])[0].cells), [_letters(k) for k in (0, 25, 26, 51, 52, 701, 702)]) == (0, ["A", "Z", "AA", "AZ", "BA", "ZZ", "AAA"])


@pytest.mark.parametrize(("name", "near"), [("unit", ""), ("pegawai (1)", "pegawai"), ("pegawai copy", "pegawai"), ("Pegawai_2", "pegawai"), ("pegawi", "pegawai"), ("catatan", ""), (" UNIT ", "")])
def test_files_that_nearly_bear_a_tables_name(name: str, near: str) -> None:
    assert [(f.kind, f.level, f.details["near"]) for f in _strangers([name], "x")] == ([("near_table", "warning", near)] if near else [])


def test_a_fault_names_five_rows_and_counts_all() -> None:
    table = raw("unit", "unit_id\n" + "".join(f"U{k}\n" for k in range(7)))
    found = fault_at(table, np.arange(7) != 0, "dangling", "unit_id", "warning", near="x")
    assert found == [Fault("dangling", "unit.csv", "unit_id", (3, 4, 5, 6, 7), ("U1", "U2", "U3", "U4", "U5"), 6, "warning", {"near": "x"})]
    assert fault_at(table, np.zeros(7, dtype=bool), "dangling") == []
    assert fault_at(table, np.ones(7, dtype=bool), "dangling", "nama")[0].values == ()
    assert errors([*found, Fault("dangling", "x")]) == [Fault("dangling", "x")]


@pytest.mark.parametrize(
    ("content", "sep", "rows", "ragged"),
    [
        (b"unit_id,nama\nU1,A\n", ",", [["unit_id", "nama"], ["U1", "A"]], ()), (b"unit_id;nama\nU1;A, B\n", ";", [["unit_id", "nama"], ["U1", "A, B"]], ()), (b"unit_id\tnama\nU1\tA\n", "\t", [["unit_id", "nama"], ["U1", "A"]], ()),
        (b"unit_id,nama\nU1,A,x\nU2\n", ",", [["unit_id", "nama"], ["U1", "A"], ["U2", ""]], (2,)), (b"unit_id,nama\nU1,A, \n", ",", [["unit_id", "nama"], ["U1", "A"]], ()), (b"a,b,c\nunit_id,nama\n", ",", [["a", "b"], ["unit_id", "nama"]], (1,)),
        (b"a,b\nc,d,e\n", ",", [["a", "b", ""], ["c", "d", "e"]], ()), (b'unit_id,nama\n"U1","A\nB"\n', ",", [["unit_id", "nama"], ["U1", "A\nB"]], ()), (b"unit_id,nama\n\nU1,A\n", ",", [["unit_id", "nama"], ["", ""], ["U1", "A"]], ()),
    ],
)  # fmt: skip
def test_cells_of_a_csv_file(tmp_path: Path, content: bytes, sep: str, rows: list[list[str]], ragged: tuple[int, ...]) -> None:
    path = tmp_path / "unit.csv"
    path.write_bytes(content)
    found = csv_text.read_cells(path, frozenset(columns("unit")))
    assert (found.sep, found.cells.fillna("").to_numpy().tolist(), found.ragged) == (sep, rows, ragged)
    slow = csv_text._slowly(csv_text.decode(content), sep, len(rows[0]))
    assert slow.ragged == ragged


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"", "empty_file"), (b" \n", "empty_file"), (b"PK\x03\x04", "csv_is_workbook"), (b"\xd0\xcf\x11\xe0", "csv_is_workbook"), (b"a\x00b", "null_bytes"), (b"<html>", "csv_is_page"), (b"\n<!DOCTYPE html>", "csv_is_page"), (b"\xff\xfea", "bad_encoding"), (b"\x81\xff", "bad_encoding")],
)
def test_files_that_are_no_table(tmp_path: Path, content: bytes, kind: str) -> None:
    path = tmp_path / "unit.csv"
    path.write_bytes(content)
    with pytest.raises(csv_text.UnreadableError) as caught:
        csv_text.read_cells(path)
    assert caught.value.kind == kind


def test_texts_in_several_encodings() -> None:
    for encoding in ("utf-8", "utf-8-sig", "utf-16", "cp1252"):
        assert csv_text.decode("Nur’aini é".encode(encoding)) == "Nur’aini é"


def test_the_used_area_of_a_sheet_and_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    assert [guard._column_number(c) for c in (b"A", b"Z", b"AA", b"ZZ", b"XFD")] == [1, 26, 27, 702, 16384]
    assert guard._extent(b'<c r="B3"/><c r="A10"/>', 0, 0) == (2, 10)
    assert guard._extent(b'<c r="B3"/>', 5, 20) == (5, 20)
    assert guard._extent(b'<row r="7">', 0, 0) == (0, 7)
    assert guard._extent(b"<c/>", 0, 0) == (0, 0)
    monkeypatch.setattr(guard, "MAX_CELLS", 20)
    assert guard._extent(b'<c r="B10"/>', 0, 0) == (2, 10)
    with pytest.raises(RefusedError) as caught:
        guard._extent(b'<c r="C7"/>', 0, 0)
    assert (caught.value.kind, caught.value.details) == ("too_wide", {"rows": 7, "columns": 3, "limit": 0})


def test_cells_that_a_reader_would_pass_over() -> None:
    notes = SheetNotes()
    guard._note_cells(b'<c r="A1" t="e"><v>#N/A</v></c><c r="B2"><f>A1</f></c><c r="C3"><f>A1</f><v>1</v></c><c r="D4"><f>A1</f><v/></c><c t="e"/>', notes)
    guard._note_cells(b'<c r="A1" t="e"><v>#N/A</v></c>', notes)
    assert (notes.errors, notes.unresolved) == (["A1", "?"], ["B2", "D4"])


def test_columns_of_the_schema_know_their_kind() -> None:
    first = attributes("pegawai")[1]
    assert (first.kind, first.target, first.choices, first.label(), first.label("en"), first.required) == ("ref", "jabatan", (), "Kode jabatan", "Seat class code", True)
    status = attributes("pegawai")[2]
    assert (status.kind, status.target, status.choices) == ("choice", "", ("PNS", "PPPK", "PPPK paruh waktu", "CPNS"))


def test_the_header_is_looked_for_among_the_first_records_only() -> None:
    assert [len(csv_text._first_records("a;b\n" * n, ";")) for n in (1, LOOK_AT - 1, LOOK_AT, LOOK_AT + 5)] == [1, LOOK_AT - 1, LOOK_AT, LOOK_AT]
