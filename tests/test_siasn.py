"""SIASN exports in, and the list for I-MUT out."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
import xlsxwriter

from mutasi_toolkit.cli import main
from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.siasn import cycle_tables, imut_rows, is_export, read_export, write_imut
from mutasi_toolkit.siasn.export import parameters

PERSONAL = {"NIK": "1971010101010001", "NOMOR HP": "081200000000", "EMAIL": "x@contoh.invalid", "ALAMAT": "Jalan Rahasia 1", "AGAMA NAMA": "Rahasia-A", "NAMA": "RAHASIA SEKALI"}
PEOPLE = [
    ("196803121994031000", "12-03-1968", "M", "PNS Daerah Otonom", "Aktif", "P", "1994-03-01", "IV/c", "Jabatan Struktural", "Kepala Dinas Kesehatan", "01-06-2022", "S-2", "Dinas Kesehatan"),
    ("197905202005012000", "1979-05-20", "F", "PNS Daerah Otonom", "Aktif", "P", "01-01-2005", "III/d", "Jabatan Fungsional", "Administrator Kesehatan Ahli Muda", "04-01-2021", "S-1/Sarjana", "Bidang Kesmas/Dinas Kesehatan"),
    ("198011112006041000", "11-11-1980", "M", "PNS Daerah Otonom", "Tugas Belajar", "P", "01-04-2006", "III/d", "Jabatan Fungsional", "Administrator Kesehatan Ahli Muda", "2019-02-01", "S-1/Sarjana", "Bidang Kesmas/Dinas Kesehatan"),
    ("199510092023212000", "09-10-1995", "F", "PPPK", "PPPK Aktif", "", "01-07-2023", "VII", "Jabatan Fungsional", "Perawat Terampil", "01-07-2023", "Diploma III/Sarjana Muda", "Puskesmas Satu/Dinas Kesehatan"),
    ("198312122008011000", "12-12-1983", "M", "PNS Daerah Otonom", "Aktif", "P", "01-01-2008", "III/b", "Fungsional Umum", "Pengelola Keuangan", "02-09-2019", "SLTA Kejuruan", "Badan Keuangan"),
    ("195801011985031000", "01-01-1958", "M", "PNS Daerah Otonom", "Pensiun", "P", "01-03-1985", "III/b", "Fungsional Umum", "Pengelola Keuangan", "02-09-2019", "SLTA", "Badan Keuangan"),
]  # fmt: skip
FIELDS = (
    "NIP BARU", "TANGGAL LAHIR", "JENIS KELAMIN", "JENIS PEGAWAI NAMA", "KEDUDUKAN HUKUM NAMA", "STATUS CPNS PNS", "TMT CPNS", "GOL AKHIR NAMA",
    "JENIS JABATAN NAMA", "JABATAN NAMA", "TMT JABATAN", "TINGKAT PENDIDIKAN NAMA", "UNOR NAMA",
)  # fmt: skip


def _header() -> list[str]:
    columns = parameters()["kolom"]
    return [*columns["personal"], *columns["use"], *[c for c in columns["drop"] if c not in {"TMT GOLONGAN AKHIR", "TMT ESELON", "TANGGAL PENSIUN"}]]


def _rows(people: list[tuple[str, ...]] = PEOPLE) -> list[list[str]]:
    header = _header()
    rows = [["DAFTAR PEGAWAI"], [], header]
    for person in people:
        values = PERSONAL | dict(zip(FIELDS, person, strict=True)) | {"INSTANSI KERJA NAMA": "Pemerintah Kota Contoh"}
        rows.append([values.get(name, "") for name in header])
    return rows


def _csv(place: Path, rows: list[list[str]], sep: str = ";") -> Path:
    out = io.StringIO()
    csv.writer(out, delimiter=sep).writerows(rows)
    path = place / "unduhan.csv"
    path.write_text(out.getvalue(), encoding="utf-8")
    return path


def _new_cycle(place: Path) -> Path:
    place.mkdir()
    (place / "cycle.yaml").write_text("tanggal: 2026-01-31\nsintetis: true\n")
    return place


def test_the_header_has_the_67_columns_of_the_export() -> None:
    assert len(_header()) == 67
    assert len(set(_header())) == 67


def test_an_export_becomes_a_cycle(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = _new_cycle(tmp_path / "siklus")
    assert main(["import", str(_csv(tmp_path, _rows())), "--into", str(into)]) == 0
    cycle = read_cycle(into)
    assert [len(cycle.pegawai), len(cycle.jabatan), len(cycle.unit)] == [5, 4, 5]
    people = cycle.pegawai.set_index("pegawai_id")
    assert people["status"].tolist() == ["PNS", "PNS", "PNS", "PNS", "PPPK"]
    assert people.loc["196803121994031000", "tanggal_lahir"] == pd.Timestamp(1968, 3, 12)
    assert people.loc["197905202005012000", "tmt_cpns"] == pd.Timestamp(2005, 1, 1)
    assert people.loc["198011112006041000", "tugas_belajar"]
    assert people["pendidikan"].tolist() == ["S2", "S1", "S1", "SLTA", "D3"]
    assert people["jenis_kelamin"].tolist() == ["L", "P", "L", "L", "P"]
    seats = cycle.jabatan.set_index("nama")
    assert seats["jenis"].to_dict() == {"Kepala Dinas Kesehatan": "jpt", "Administrator Kesehatan Ahli Muda": "fungsional", "Pengelola Keuangan": "pelaksana", "Perawat Terampil": "fungsional"}
    assert seats.loc["Administrator Kesehatan Ahli Muda", "jenjang"] == "ahli muda"
    units = cycle.unit.set_index("unit_id")
    parent = units["induk_id"].map(units["nama"])
    assert dict(zip(units["nama"], parent.fillna(""), strict=True)) == {
        "Pemerintah Kota Contoh": "", "Badan Keuangan": "Pemerintah Kota Contoh", "Dinas Kesehatan": "Pemerintah Kota Contoh",
        "Bidang Kesmas": "Dinas Kesehatan", "Puskesmas Satu": "Dinas Kesehatan",
    }  # fmt: skip
    said = capsys.readouterr().out
    assert "1 orang tidak aktif" in said
    assert "NIK" in said


def test_personal_data_is_nowhere_in_the_cycle(tmp_path: Path) -> None:
    into = _new_cycle(tmp_path / "siklus")
    path = _csv(tmp_path, _rows())
    assert not set(read_export(path).cells.columns) & {"NAMA", "nama", "NIK"}
    main(["import", str(path), "--into", str(into)])
    written = "".join(p.read_text(encoding="utf-8") for p in into.iterdir())
    assert not [v for v in PERSONAL.values() if v in written]


def test_a_workbook_gives_the_same_tables_as_csv(tmp_path: Path) -> None:
    path = tmp_path / "unduhan.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Data")
        for r, row in enumerate(_rows()):
            for c, value in enumerate(row):
                sheet.write_string(r, c, value)
    one, two = cycle_tables(read_export(path)), cycle_tables(read_export(_csv(tmp_path, _rows(), ",")))
    for name in ("unit", "jabatan", "pegawai"):
        pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))


def test_importing_again_keeps_codes_and_side_columns(tmp_path: Path) -> None:
    into = _new_cycle(tmp_path / "siklus")
    main(["import", str(_csv(tmp_path, _rows())), "--into", str(into)])
    before = {p.name: p.read_bytes() for p in into.iterdir()}
    main(["import", str(_csv(tmp_path, _rows())), "--into", str(into)])
    assert {p.name: p.read_bytes() for p in into.iterdir()} == before
    cells = pd.read_csv(into / "pegawai.csv", dtype=str).assign(predikat_1="Baik")
    cells.to_csv(into / "pegawai.csv", index=False)
    moved = [*PEOPLE[:1], (*PEOPLE[1][:-1], "Puskesmas Satu/Dinas Kesehatan")]
    assert main(["import", str(_csv(tmp_path, _rows(moved))), "--into", str(into), "--partial"]) == 0
    cycle = read_cycle(into)
    assert len(cycle.pegawai) == 5
    assert set(cycle.pegawai["predikat_1"]) == {"Baik"}
    assert cycle.seated.loc["197905202005012000", "unit_id"] == cycle.unit.set_index("nama").loc["Puskesmas Satu", "unit_id"]
    assert main(["import", str(_csv(tmp_path, _rows(moved))), "--into", str(into)]) == 0
    assert len(read_cycle(into).pegawai) == 2


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (lambda rows: rows[3].__setitem__(_header().index("NIP BARU"), "1,96803E+17"), "baris 4"),
        (lambda rows: rows[2].__setitem__(_header().index("UNOR NAMA"), "X"), "UNOR NAMA"),
        (lambda rows: rows[3].__setitem__(_header().index("TMT JABATAN"), "31-02-2022"), "unduhan.csv, baris 4, kolom tmt_jabatan"),
        (lambda rows: rows[4].__setitem__(_header().index("TINGKAT PENDIDIKAN NAMA"), "Kejar Paket"), "baris 5, kolom pendidikan"),
        (lambda rows: rows[4].__setitem__(_header().index("JABATAN NAMA"), " "), "baris 5: 1 orang tanpa JABATAN NAMA"),
        (lambda rows: rows.append(rows[3]), "baris 4, 10, kolom pegawai_id"),
    ],
    ids=["damaged-nip", "column-missing", "no-date", "no-education", "no-job", "person-twice"],
)
def test_a_bad_export_is_refused_and_nothing_written(tmp_path: Path, capsys: pytest.CaptureFixture[str], change: Any, says: str) -> None:
    rows = _rows()
    change(rows)
    into = _new_cycle(tmp_path / "siklus")
    assert main(["import", str(_csv(tmp_path, rows)), "--into", str(into)]) == 2
    assert says in capsys.readouterr().err
    assert [p.name for p in into.iterdir()] == ["cycle.yaml"]


def test_a_nip_held_as_a_number_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "unduhan.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("Data")
        for r, row in enumerate(_rows()):
            for c, value in enumerate(row):
                sheet.write(r, c, float(value) if value.isdigit() and len(value) == 18 else value)
    with pytest.raises(InputError, match="baris 4, 5, 6, 7, 8"):
        read_export(path)


def test_other_files_are_no_export(tmp_path: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert not is_export(tiny / "pegawai.csv")
    with pytest.raises(InputError):
        read_export(tiny / "pegawai.csv")
    assert main(["import", str(tmp_path / "none.csv"), "--into", str(tmp_path / "x")]) == 2
    assert not (tmp_path / "x").exists()


def test_an_abk_sheet_fills_tugas(tmp_path: Path, tiny: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "abk.csv"
    path.write_text(
        "Nama Jabatan;Pengelola Keuangan;;;;\nUnit Kerja;Badan Keuangan;;;;\nNo;Uraian Tugas;Hasil Kerja;Jumlah Hasil;Waktu Penyelesaian (menit);Waktu Efektif\n"
        "1;Memeriksa SPJ;dokumen;1500;45;75000\n2;Menyusun laporan kas;laporan;12;1200;75000\n",
        encoding="utf-8",
    )
    assert main(["import", str(path), "--into", str(tiny)]) == 0
    cycle = read_cycle(tiny)
    mine = cycle.tugas[cycle.tugas["jabatan_id"] == "J06"].set_index("uraian")
    assert mine["volume"].to_dict() == {"Memeriksa SPJ": 1500.0, "Menyusun laporan kas": 12.0}
    assert len(cycle.tugas) == 4
    assert "2 tugas" in capsys.readouterr().out


def test_the_list_for_imut(tmp_path: Path, tiny: Path) -> None:
    cycle = read_cycle(tiny)
    moves = pd.DataFrame({"pegawai_id": ["198312122008011000", "198312122008011000"][:1], "jabatan_id": ["J08"]})
    rows = imut_rows(cycle, moves)
    assert rows.loc[0, ["nip", "jabatan_lama", "opd_lama", "opd_baru", "jenis_mutasi", "tmt_jabatan_lama"]].tolist() == [
        "198312122008011000", "Pengelola Keuangan", "Badan Keuangan", "Dinas Kesehatan", "antar_opd", "02-09-2019",
    ]  # fmt: skip
    for name in ("a.xlsx", "b.xlsx"):
        write_imut(cycle, moves, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    assert len(imut_rows(cycle, moves.iloc[:0])) == 0


def test_template_then_import_fills_the_workbook_and_says_the_people_are_real(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "siklus"
    main(["template", str(folder)])
    real = [(p[0][:-1] + "1", *p[1:]) for p in PEOPLE]
    path = _csv(tmp_path, _rows(real))
    assert main(["import", str(path), "--into", str(folder)]) == 0
    assert "sintetis: false" in (folder / "cycle.yaml").read_text()
    assert sorted(p.name for p in folder.iterdir()) == ["cycle.yaml", "siklus.xlsx"]
    cycle = read_cycle(folder)
    assert len(cycle.pegawai) == 5
    assert set(cycle.pegawai["pegawai_id"].str[-1]) == {"1"}
    assert not cycle.has("keahlian")
    assert main(["import", str(path), "--into", str(folder)]) == 0
    pd.testing.assert_frame_equal(read_cycle(folder).pegawai, cycle.pegawai)
    assert "data nyata" in capsys.readouterr().out


def test_a_workbook_with_other_sheets_is_not_written_over(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    import openpyxl

    folder = tmp_path / "siklus"
    main(["template", str(folder)])
    book = openpyxl.load_workbook(folder / "siklus.xlsx")
    book.create_sheet("catatan saya")
    book.save(folder / "siklus.xlsx")
    before = (folder / "siklus.xlsx").read_bytes()
    assert main(["import", str(_csv(tmp_path, _rows())), "--into", str(folder)]) == 2
    assert "catatan saya" in capsys.readouterr().err
    assert (folder / "siklus.xlsx").read_bytes() == before


def test_stray_line_ends_in_an_abk_file_are_no_crash(tmp_path: Path, tiny: Path) -> None:
    path = tmp_path / "abk.csv"
    path.write_bytes(b"Nama Jabatan;Pengelola\nNo;Uraian\x8a;Ha\rsil;x\n1;a;b;c\n")
    assert main(["import", str(path), "--into", str(tiny)]) == 2
