"""Cells, headings and lines of an ABK form, one table of cases for each question that the reader asks."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import read_abk
from mutasi_toolkit.workload.forms import sheets
from mutasi_toolkit.workload.forms.cells import number, plain, time_unit, words
from mutasi_toolkit.workload.forms.columns import field_of, find_heading, is_counting, labels_of
from mutasi_toolkit.workload.forms.tables import Remark

NAN = float("nan")


@pytest.mark.parametrize(
    ("cell", "shown"), [(None, ""), (NAN, ""), (12.0, "12"), (12.5, "12.5"), (-3.0, "-3"), (0.0, "0"), (7, "7"), ("a\u00a0 b\n c ", "a b c"), ("", ""), (True, "True")]
)
def test_words(cell: Any, shown: str) -> None:
    assert words(cell) == shown


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("+/-", "+/-"), ("+ / –", "+/-"), ("- / +", "+/-"), ("-/+", "+/-"), ("1. Uraian", "uraian"), ("(2) Uraian", "uraian"), ("12) Uraian", "uraian"),
        ("123. Uraian", "123 uraian"), ("Waktu (menit) / 60 kali", "waktu kali"), ("Beban-Kerja", "beban kerja"), ("B", "b"), (None, ""),
    ],
)  # fmt: skip
def test_plain(cell: Any, shown: str) -> None:
    assert plain(cell) == shown


@pytest.mark.parametrize(
    ("cell", "unit"), [("menit", "menit"), ("MNT", "menit"), ("(jam)", "jam"), ("jam/menit", ""), ("menit menit", "menit"), ("sejam", ""), ("mnt atau menit", "menit"), ("", "")]
)
def test_time_unit(cell: str, unit: str) -> None:
    assert time_unit(cell) == unit


@pytest.mark.parametrize(
    ("cell", "value"),
    [
        (True, (None, "True")), (date(2026, 1, 2), (None, "2026-01-02")), (3, (3.0, "")), (2.5, (2.5, "")), (NAN, (None, "")), ("1 jam 30 menit", (90.0, "menit")),
        ("2 Jam dan 5 mnt", (125.0, "menit")), ("12. laporan", (12.0, "laporan")), ("12, laporan", (12.0, "laporan")), ("12.", (None, "12.")), ("1.250,5 kali", (1250.5, "kali")),
        ("1,250.5", (1250.5, "")), ("1.2.3", (None, "1.2.3")), ("..", (None, "..")), ("-", (None, "-")), ("-2,5", (-2.5, "")), ("0,25", (0.25, "")), ("12x", (12.0, "x")), ("1.25", (1.25, "")),
    ],
)  # fmt: skip
def test_numbers_and_what_follows_them(cell: Any, value: tuple[float | None, str]) -> None:
    assert number(cell) == value


@pytest.mark.parametrize(
    ("row", "counts"),
    [
        (["1", "2", "3"], True), ([1.0, 2.0], False), (["(1)", "(2)", "(3)", ""], True), (["2", "3", "4"], True), (["3", "4", "5"], False), (["1", "2", "6 = 4 x 5"], True),
        (["1", "2", "4x5"], True), (["1", "2", "kata"], False), (["1", "2", "100"], False), ([], False), (["", "1", None, "2", "3"], True),
    ],
)  # fmt: skip
def test_rows_that_count_the_columns(row: list[Any], counts: bool) -> None:
    assert is_counting(row) is counts


@pytest.mark.parametrize(
    ("row", "said"),
    [
        (["Nama Jabatan : Ajudan"], {"jabatan": "Ajudan"}), (["Nama Jabatan", ":", "Ajudan"], {"jabatan": "Ajudan"}), (["Nama Jabatan", "", ": Ajudan"], {"jabatan": "Ajudan"}),
        (["Nama Jabatan :"], {}), (["Nama Jabatan"], {}), (["Nama Jabatan:", "Ajudan"], {"jabatan": "Ajudan"}), (["Ajudan"], {}), (["", ":", ""], {}),
        (["Unit Kerja", "Unit Kerja", "Dinas A"], {"unit": "Dinas A"}), (["Nama Jabatan", "Unit Kerja"], {}),
        (["Nama Jabatan : A", "Nama Jabatan : B"], {"jabatan": "A"}), (["Nama Jabatan: A", "Unit Kerja: U"], {"jabatan": "A", "unit": "U"}),
        (["Nama Jabatan", "A", "Unit Kerja", "U"], {"jabatan": "A", "unit": "U"}), (["Nama Jabatan:", "Unit Kerja: U"], {"unit": "U"}),
        (["Satuan Kerja : Dinas: Kota"], {"satuan_kerja": "Dinas: Kota"}),
    ],
)  # fmt: skip
def test_labels_above_a_table(row: list[Any], said: dict[str, str]) -> None:
    assert labels_of(row) == said


def test_fields_of_labels_and_columns_are_two_lists() -> None:
    assert (field_of("Unit Kerja"), field_of("Perangkat Daerah"), field_of("Perangkat Daerah", "judul"), field_of("lain")) == ("unit", "", "satuan_kerja", "")


TASK = ["No", "Uraian Tugas", "Volume", "Norma Waktu"]


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([TASK, [1, "x", 2, 3]], ("tugas", 0, {"nomor": 0, "uraian": 1, "volume": 2, "norma_waktu": 3})),
        ([["Uraian Tugas", "Volume"]], ("tugas", 0, {"uraian": 0, "volume": 1})),
        ([["Uraian Tugas", "Hasil"]], None), ([["Volume", "Norma Waktu"]], None), ([["Uraian Tugas"]], None), ([["Uraian Tugas", "x", "y"]], None),
        ([["Nama Jabatan", "Beban Kerja"]], ("jabatan", 0, {"jabatan": 0, "beban": 1})), ([["Unit Kerja", "Kebutuhan"]], ("unit", 0, {"unit": 0, "kebutuhan": 1})),
        ([["No", "Uraian Tugas", "Waktu Penyelesaian", ""], ["", "", "Minimal", "Maksimal"]], ("tugas", 1, {"nomor": 0, "uraian": 1, "norma_minimal": 2, "norma_maksimal": 3})),
        ([["No", "Uraian Tugas", "Waktu Penyelesaian", ""], ["", "", "Minimal", "12"]], ("tugas", 0, {"nomor": 0, "uraian": 1, "norma_waktu": 2})),
        ([["No", "Uraian Tugas", "Volume"], ["", "", "", "Hasil"], ["", "", "", "", "Norma Waktu"]], ("tugas", 2, {"nomor": 0, "uraian": 1, "volume": 2, "hasil": 3, "norma_waktu": 4})),
        ([["No", "Uraian Tugas", "Volume"], ["", "", "", "Hasil"], ["", "", "", "", "Kelas"], ["", "", "", "", "", "Norma Waktu"]], ("tugas", 2, {"nomor": 0, "uraian": 1, "volume": 2, "hasil": 3, "kelas": 4})),
        ([["Uraian Tugas", "Volume", "Volume kedua"]], ("tugas", 0, {"uraian": 0, "volume": 1})),
        ([TASK, ["1", "2", "3", "4"], ["", "", "", ""]], ("tugas", 0, {"nomor": 0, "uraian": 1, "volume": 2, "norma_waktu": 3})),
        ([["Uraian Tugas", "Jumlah"], ["", "Volume", "Norma Waktu"]], ("tugas", 1, {"uraian": 0, "volume": 1, "norma_waktu": 2})),
        ([["Uraian Tugas", "Volume", "Hasil"], ["Uraian Tugas"]], ("tugas", 0, {"uraian": 0, "volume": 1, "hasil": 2})),
    ],
)  # fmt: skip
def test_headings_over_one_to_three_rows(rows: list[list[Any]], found: tuple[str, int, dict[str, int]] | None) -> None:
    heading = find_heading(rows, 0)
    assert (heading and (heading.kind, heading.last, heading.column)) == found
    assert heading is None or heading.first == 0


def test_a_heading_names_units_of_time_by_field() -> None:
    heading = find_heading([["x"], ["Uraian Tugas", "Volume", "Waktu Penyelesaian (menit)", "Waktu Kerja Efektif (jam)"]], 1)
    assert heading is not None
    assert heading.unit == {"uraian": "", "volume": "", "norma_waktu": "menit", "wke": "jam"}


@pytest.mark.parametrize(
    ("areas", "rows"),
    [
        ([((0, 0), (0, 1))], [["a", "a", "c"], ["d", "e", ""]]), ([((0, 0), (1, 0))], [["a", "", "c"], ["a", "e", ""]]), ([((0, 1), (1, 1))], [["a", "", "c"], ["d", "e", ""]]),
        ([((0, 2), (5, 5))], [["a", "", "c"], ["d", "e", "c"]]), ([((2, 0), (3, 0))], [["a", "", "c"], ["d", "e", ""]]), ([((0, 3), (0, 4))], [["a", "", "c"], ["d", "e", ""]]),
        (None, [["a", "", "c"], ["d", "e", ""]]), ([((1, 0), (1, 2))], [["a", "", "c"], ["d", "d", "d"]]),
    ],
)  # fmt: skip
def test_merged_areas_fill_their_cells_as_far_as_the_sheet_reaches(areas: Any, rows: list[list[Any]]) -> None:
    assert sheets._filled([["a", "", "c"], ["d", "e", ""]], areas) == rows


@pytest.mark.parametrize(
    ("content", "rows"),
    [(b"a;b\r\nc\r", [["a", "b"], ["c", ""]]), (b"a,b\nc,d", [["a", "b"], ["c", "d"]]), (b"a\tb;c\td", [["a", "b;c", "d"]]), (b"\xef\xbb\xbfa;b", [["a", "b"]]), ("é;b".encode("cp1252"), [["é", "b"]]), (b"", [])],
)
def test_csv_of_any_separator_and_coding(tmp_path: Path, content: bytes, rows: list[list[str]]) -> None:
    for name in ("f.csv", "F.TXT"):
        (tmp_path / name).write_bytes(content)
        assert [(s.name, s.rows) for s in sheets.read_sheets(tmp_path / name)] == [(name, rows)]


def test_a_missing_file_and_a_broken_one_name_the_file(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.csv"):
        sheets.read_sheets(tmp_path / "none.csv")
    (tmp_path / "long.csv").write_text('"' + "a" * 200_000 + "\n")
    with pytest.raises(InputError, match=r"long\.csv"):
        sheets.read_sheets(tmp_path / "long.csv")


@pytest.mark.parametrize(("rows", "shown"), [((), "S: "), ((3,), "baris 3:"), ((1, 2, 3, 4, 5), "baris 1, 2, 3, 4, 5:"), ((1, 2, 3, 4, 5, 6), "baris 1, 2, 3, 4, 5 …:")])
def test_remarks_name_at_most_five_rows(rows: tuple[int, ...], shown: str) -> None:
    told = Remark("product", "S", rows).text()
    assert shown in told
    assert ("baris" in told.split(":")[0]) is bool(rows)


# --- lines ------------------------------------------------------------------------------------------------------------

ABOUT = "Nama Jabatan;: A\n"


def read(tmp_path: Path, heading: str, *lines: str, about: str = ABOUT, unit: str | None = None) -> Any:
    path = tmp_path / "f.csv"
    path.write_text(about + "\n".join([heading, *lines]) + "\n", encoding="utf-8")
    return read_abk(path, unit)


@pytest.mark.parametrize(
    ("heading", "line", "unit"),
    [
        ("Uraian Tugas;Volume;Norma Waktu", "x;1;2 jam", "jam"), ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;1;2 menit", "menit"),
        ("Uraian Tugas;Volume;Norma Waktu (jam);Satuan Waktu", "x;1;2;Menit", "menit"), ("Uraian Tugas;Volume;Norma Waktu;Satuan Waktu", "x;1;2 jam;menit", "jam"),
        ("Uraian Tugas;Volume;Waktu Minimal (jam);Waktu Maksimal", "x;1;2;3", "jam"), ("Uraian Tugas;Volume;Waktu Minimal;Waktu Maksimal (jam)", "x;1;2;3", "jam"),
        ("Uraian Tugas;Volume;Norma Waktu;WKE (jam)", "x;1;2;99", "jam"), ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;1;2;99 jam", "jam"), ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;1;2;75000", "menit"),
        ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;1;2;1250", "jam"), ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;1;2;6000", "menit"), ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;1;2;300", "menit"),
        ("Uraian Tugas;Volume;Waktu Minimal;Waktu Maksimal;Norma Waktu", "x;1;2 jam;3 jam;", "jam"), ("Uraian Tugas;Volume;Norma Waktu (hari)", "x;1;2", "menit"),
    ],
)  # fmt: skip
def test_unit_of_time_by_order_of_what_tells_it(tmp_path: Path, heading: str, line: str, unit: str) -> None:
    assert read(tmp_path, heading, line, unit="menit" if unit == "menit" else None).tugas["satuan_waktu"].tolist() == [unit]


@pytest.mark.parametrize("wke", ["", "99", "1"])
def test_working_time_of_no_document_tells_no_unit(tmp_path: Path, wke: str) -> None:
    with pytest.raises(InputError, match=r"\(menit\) atau \(jam\)"):
        read(tmp_path, "Uraian Tugas;Volume;Norma Waktu;WKE", f"x;1;2;{wke}")


@pytest.mark.parametrize(
    ("heading", "line", "volume", "norma"),
    [
        ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;3;2", 3, 2), ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;0;0", 0, 0), ("Uraian Tugas;Beban Kerja;Norma Waktu (jam)", "x;3;2", 3, 2),
        ("Uraian Tugas;Volume;Waktu Minimal (jam);Waktu Maksimal", "x;1;2;4", 1, 3), ("Uraian Tugas;Volume;Waktu Minimal (jam);Waktu Maksimal;Norma Waktu", "x;1;2;4;5", 1, 5),
    ],
)  # fmt: skip
def test_volume_and_time(tmp_path: Path, heading: str, line: str, volume: float, norma: float) -> None:
    assert read(tmp_path, heading, line).tugas[["volume", "norma_waktu"]].values.tolist() == [[volume, norma]]


@pytest.mark.parametrize(
    ("heading", "line", "told"),
    [
        ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;;2", "volume"), ("Uraian Tugas;Volume;Norma Waktu (jam);Beban", "x;;2;7", "volume"), ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;-1;2", "volume"),
        ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;1;", "waktu"), ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;1;-2", "waktu"), ("Uraian Tugas;Volume;Waktu Minimal (jam);Waktu Maksimal", "x;1;2;", "waktu"),
        ("Uraian Tugas;Volume;Waktu Minimal (jam);Waktu Maksimal", "x;1;;2", "waktu"),
    ],
)  # fmt: skip
def test_lines_without_volume_or_time_are_faults(tmp_path: Path, heading: str, line: str, told: str) -> None:
    with pytest.raises(InputError, match=rf"baris 3: .*{told}"):
        read(tmp_path, heading, line)


@pytest.mark.parametrize(
    ("heading", "line", "volume", "hasil", "remarks"),
    [
        ("Uraian Tugas;Volume;Satuan Periode;Norma Waktu (jam)", "x;2;bulan;1", 24, "", ["period"]), ("Uraian Tugas;Volume;Satuan Periode;Norma Waktu (jam)", "x;2;per hari;1", 500, "", ["period"]),
        ("Uraian Tugas;Volume;Satuan Periode;Norma Waktu (jam)", "x;2;tahun;1", 2, "", []), ("Uraian Tugas;Volume;Satuan Periode;Norma Waktu (jam)", "x;2;;1", 2, "", []),
        ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;2 laporan per minggu;1", 100, "laporan", ["period"]), ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;2 surat/hari;1", 500, "surat", ["period"]),
        ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;2 surat / hari;1", 500, "surat", ["period"]), ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;2 kali sebulan;1", 24, "kali sebulan", ["period"]),
        ("Uraian Tugas;Volume;Norma Waktu (jam)", "x;2 surat/tahun;1", 2, "surat", []), ("Uraian Tugas;Volume;Satuan Hasil;Norma Waktu (jam)", "x;2 lembar;berkas;1", 2, "berkas", []),
        ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;2;1;6250", 24, "", ["period"]), ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;2;1;1500", 100, "", ["period"]),
        ("Uraian Tugas;Volume;Norma Waktu;WKE", "x;2;1;300", 500, "", ["period"]), ("Uraian Tugas;Volume;Norma Waktu (menit);WKE", "x;2;1;0", 2, "", []),
    ],
)  # fmt: skip
def test_volumes_of_other_periods(tmp_path: Path, heading: str, line: str, volume: float, hasil: str, remarks: list[str]) -> None:
    form = read(tmp_path, heading, line)
    assert form.tugas[["volume", "hasil"]].values.tolist() == [[volume, hasil]]
    assert [r.kind for r in form.remarks] == remarks


@pytest.mark.parametrize(
    ("beban", "norma", "need", "volume", "said"),
    [
        # 100 x 30 / 75,000 = 0.04 as a volume, 100 / 75,000 as a product
        ("100", "30", "0,04", 100, []), ("90000", "30", "1,2", 3000, ["product"]), ("90000", "30", "1,22", 3000, ["product"]), ("90000", "30", "1,18", 3000, ["product"]),
        ("90000", "30", "1,25", 90000, []), ("90000", "30", "", 90000, []), ("90000", "0", "1,2", 90000, []), ("90000", "1", "1,2", 90000, []),
        # both are near: the nearer one is meant
        ("750", "2", "0,02", 750, []), ("750", "2", "0,01", 375, ["product"]), ("1500", "2", "0,031", 1500, []), ("750000", "2", "10,19", 375000, ["product"]), ("750000", "2", "10,3", 750000, []),
    ],
)  # fmt: skip
def test_a_load_is_a_volume_unless_the_printed_need_says_it_is_the_product(tmp_path: Path, beban: str, norma: str, need: str, volume: float, said: list[str]) -> None:
    form = read(tmp_path, "Uraian Tugas;Norma Waktu (menit);Waktu Kerja Efektif;Beban Kerja;Pegawai yang dibutuhkan", f"x;{norma};75000;{beban};{need}")
    assert form.tugas["volume"].tolist() == [volume]
    assert [r.kind for r in form.remarks] == said


def test_a_need_in_the_middle_between_both_readings_leaves_the_volume(tmp_path: Path) -> None:
    form = read(tmp_path, "Uraian Tugas;Norma Waktu (menit);Waktu Kerja Efektif;Beban Kerja;Pegawai yang dibutuhkan", "x;2;64;2;0,046875")
    assert form.tugas["volume"].tolist() == [2]


@pytest.mark.parametrize(
    ("beban", "unit", "said"),
    [
        ("600", "menit", []), ("10", "menit", []), ("600", "jam", []), ("36000", "jam", []), ("612", "menit", []), ("613", "menit", ["load_differs"]), ("588", "menit", []), ("587", "menit", ["load_differs"]),
        ("10,2", "menit", []), ("10,3", "menit", ["load_differs"]), ("10", "jam", ["load_differs"]), ("36000", "menit", ["load_differs"]), ("", "menit", []),
    ],
)  # fmt: skip
def test_a_printed_load_is_compared_in_either_unit_within_two_percent(tmp_path: Path, beban: str, unit: str, said: list[str]) -> None:
    form = read(tmp_path, f"Uraian Tugas;Volume;Norma Waktu ({unit});Beban Kerja", f"x;20;30;{beban}")
    assert [r.kind for r in form.remarks] == said
    assert form.tugas["volume"].tolist() == [20]


def test_a_small_printed_load_may_be_off_by_two_hundredths(tmp_path: Path) -> None:
    heading = "Uraian Tugas;Volume;Norma Waktu (jam);Beban Kerja"
    assert read(tmp_path, heading, "x;0;0,5;0,02").remarks == ()
    for beban, said in (("0,515", []), ("0,485", []), ("0,53", ["load_differs"]), ("0,47", ["load_differs"])):
        assert [r.kind for r in read(tmp_path, heading, f"x;1;0,5;{beban}").remarks] == said


@pytest.mark.parametrize(
    ("line", "counts"),
    [("x;1;2", True), ("x;;", False), (";1;2", False), ("x;1;", True), ("Tugas pokok;Tugas pokok;Tugas pokok", False), (";;", False)],
)
def test_what_is_a_task(tmp_path: Path, line: str, counts: bool) -> None:
    heading = "Uraian Tugas;Volume;Norma Waktu (jam)"
    try:
        found = len(read(tmp_path, heading, "a;1;1", line).tugas)
    except InputError as error:
        found = 2 if "baris 4" in str(error) else 0
    assert found == 1 + counts


@pytest.mark.parametrize(
    ("printed", "said"), [("0,24", []), ("0,255", []), ("0,225", []), ("0,27", ["total"]), ("0,21", ["total"])]
)
def test_a_printed_sum_may_be_off_by_two_hundredths(tmp_path: Path, printed: str, said: list[str]) -> None:
    heading = "Uraian Tugas;Volume;Norma Waktu (menit);WKE;Kebutuhan"
    form = read(tmp_path, heading, "x;100;90;75000;0,12", "y;9000;1;75000;0,12", f"Jumlah;;;;{printed}")
    assert [r.kind for r in form.remarks] == said
    assert all(r.rows == (3, 4) for r in form.remarks)
    assert read(tmp_path, heading, "x;0;90;75000;0", "Jumlah;;;;0,02").remarks == ()
    without = read(tmp_path, "Uraian Tugas;Volume;Norma Waktu (menit);Hasil;Kebutuhan", "x;100;90;a;0,12", f"Jumlah;;;;{printed}")
    assert without.remarks == (), "nothing to compare a sum with"


def test_a_large_printed_sum_may_be_off_by_two_percent_of_a_period(tmp_path: Path) -> None:
    """10 months' volume of 6,000 minutes: each row needs 10 persons, whatever the year's factor."""
    heading = "Uraian Tugas;Volume;Norma Waktu;WKE;Kebutuhan"
    for printed, said in (("20,4", ["period"]), ("20,5", ["period", "total"]), ("19,6", ["period"]), ("19,5", ["period", "total"])):
        form = read(tmp_path, heading, "x;1000;60;6000;10", "y;2000;30;6000;10", f"Jumlah;;;;{printed}")
        assert [r.kind for r in form.remarks] == said


@pytest.mark.parametrize(
    ("rows", "jabatan"),
    [
        (["Jumlah;;3", "Jumlah pegawai yang ada;;4", "Kebutuhan;;5"], [[None, 4.0]]), (["Total;;3", "Jumlah yang dibutuhkan;;5"], [[5.0, None]]), (["Jumlah;;3"], []),
        (["Jumlah;;3", "", "Jumlah pegawai yang ada;2;4", "Jumlah kebutuhan;;6", "Jumlah kebutuhan;;7"], [[6.0, 4.0]]), (["Jumlah yang ada;;"], []),
    ],
)  # fmt: skip
def test_totals_below_a_form(tmp_path: Path, rows: list[str], jabatan: list[list[float | None]]) -> None:
    form = read(tmp_path, "Uraian Tugas;Volume;Norma Waktu (jam)", "a;1;1", *rows)
    found = form.jabatan[["kebutuhan", "ada"]].astype(object).where(form.jabatan[["kebutuhan", "ada"]].notna(), None)
    assert found.values.tolist() == jabatan
    assert len(form.tugas) == 1


def test_a_new_form_forgets_the_last_one(tmp_path: Path) -> None:
    """The seat class ends with its table; a new satuan kerja forgets the unit; a seat class written once stands for the rows below it."""
    path = tmp_path / "f.csv"
    head = "Nama Jabatan;Uraian Tugas;Volume;Norma Waktu (jam)"
    path.write_text(
        "\n".join([
            "Satuan Kerja : D1", "Unit Kerja : U1", head, "A;a;1;1", ";b;1;1", "Unit Kerja : U2", "B;c;1;1", ";d;1;1", "",
            "Satuan Kerja : D2", head, "C;e;1;1", "Jumlah;;2;", "D;f;1;1", "",
            "Satuan Kerja : D2", "Unit Kerja : U3", head, "E;g;1;1",
        ]), encoding="utf-8",
    )  # fmt: skip
    tugas = read_abk(path).tugas
    assert tugas[["unit", "jabatan", "uraian"]].values.tolist() == [["U1", "A", "a"], ["U1", "A", "b"], ["U2", "B", "c"], ["U2", "B", "d"], ["D2", "C", "e"], ["D2", "D", "f"], ["U3", "E", "g"]]
    assert tugas["baris"].tolist() == [4, 5, 7, 8, 12, 14, 19]


def test_units_and_codes_in_columns_stand_for_the_rows_below(tmp_path: Path) -> None:
    heading = "Kode Unit;Unit Kerja;Kode Jabatan;Nama Jabatan;Uraian Tugas;Volume;Norma Waktu (jam)"
    form = read(tmp_path, heading, "1;U1;11;A;a;1;1", ";;;;b;1;1", ";;12;B;c;1;1", ";;;;d;1;1", "2;U2;;;e;1;1", ";;13;;f;1;1", about="")
    keys = ["kode_unit", "unit", "kode_jabatan", "jabatan", "uraian"]
    assert form.tugas[keys].values.tolist() == [
        ["1", "U1", "11", "A", "a"], ["1", "U1", "11", "A", "b"], ["1", "U1", "12", "B", "c"], ["1", "U1", "12", "B", "d"], ["2", "U2", "12", "B", "e"], ["2", "U2", "13", "", "f"],
    ]  # fmt: skip


@pytest.mark.parametrize(("bad", "more"), [(20, False), (21, True), (23, True)])
def test_at_most_twenty_faults_in_one_message(tmp_path: Path, bad: int, more: bool) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "Uraian Tugas;Volume;Norma Waktu (jam)", *(f"x{k};-1;1" for k in range(bad)))
    told = str(caught.value).splitlines()
    assert len(told) == 21 + more
    assert all("lembar" in line for line in told[1:21])
    assert not more or str(bad - 20) in told[-1]


def test_a_fault_quotes_at_most_sixty_letters_of_the_task(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        read(tmp_path, "Uraian Tugas;Volume;Norma Waktu (jam)", f"{'a' * 60}b;-1;1")
    assert "a" * 60 in str(caught.value)
    assert "ab" not in str(caught.value)


def test_staff_named_above_one_form_are_not_those_of_the_next(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    head = "Uraian Tugas;Volume;Norma Waktu (jam)"
    path.write_text("\n".join(["Nama Jabatan : A", "Jumlah Pemegang Jabatan : 2", head, "a;1;1", "Nama Jabatan : B", head, "b;1;1"]), encoding="utf-8")
    form = read_abk(path)
    assert form.tugas["jabatan"].tolist() == ["A", "B"]
    assert form.jabatan[["jabatan", "ada"]].values.tolist() == [["A", 2.0]]


def test_at_most_five_codes_of_a_title_that_many_seat_classes_have(tmp_path: Path) -> None:
    from mutasi_toolkit.workload.example import small_city

    seats = "jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan\n" + "".join(f"J{k},D2,Pengelola,pelaksana,6,1\n" for k in range(1, 8))
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\n"
    city = small_city(jabatan=seats, pegawai=people, tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu\n")
    form = read(tmp_path, "Uraian Tugas;Volume;Norma Waktu (jam)", *(f"x{k};1;1" for k in range(7)), about="Nama Jabatan : Pengelola\n")
    tugas, remarks = form.for_cycle(city)
    assert len(tugas) == 0
    assert [r.kind for r in remarks] == ["ambiguous"]
    assert dict(remarks[0].details)["codes"] == "J1, J2, J3, J4, J5"
    assert len(remarks[0].rows) == 6
