"""ABK forms as offices keep them: every column set of the sources, and everything that offices do to them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import openpyxl
import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import need_from_tasks, read_abk
from mutasi_toolkit.workload.example import small_city
from mutasi_toolkit.workload.forms.cells import number

LAHAT = [("jadwal", 60, 10), ("perjalanan dinas", 60, 20), ("pengamanan", 10, 12), ("koordinasi", 30, 15), ("laporan", 60, 5), ("tugas lain", 30, 5)]


def book(path: Path, rows: list[list[Any]], merged: tuple[str, ...] = (), sheet: str = "ABK") -> Path:
    work = openpyxl.Workbook()
    page = work.active
    page.title = sheet
    for row in rows:
        page.append(row)
    for area in merged:
        page.merge_cells(area)
    work.save(path)
    return path


def lahat_rows() -> list[list[Any]]:
    head = ["NO", "URAIAN TUGAS", "SATUAN HASIL", "WAKTU PENYELESAIAN", "WAKTU KERJA EFEKTIF", "BEBAN KERJA", "PEGAWAI YANG DIBUTUHKAN", "PEGAWAI YANG ADA SAAT INI", "KET."]
    rows: list[list[Any]] = [["FORMULIR BEBAN KERJA UNTUK KEBUTUHAN PEGAWAI"], [], ["Nama Jabatan", ":", "AJUDAN"], ["Unit Kerja", ":", "Sekretariat Daerah"]]
    rows += [["Ikhtisar Jabatan", ":", "Mendampingi pimpinan"], [], head, [str(k) for k in range(1, 10)]]
    rows += [[str(k), uraian, "kegiatan", waktu, "1.250", beban, f"{waktu * beban / 1250:.3f}".replace(".", ","), "", ""] for k, (uraian, waktu, beban) in enumerate(LAHAT, 1)]
    rows += [["JUMLAH", "", "", "", "", "", "2,256"], ["JUMLAH PEGAWAI YANG ADA SAAT INI", "", "", "", "", "", 3], ["JUMLAH PEGAWAI YANG DIBUTUHKAN", "", "", "", "", "", 2]]
    return [*rows, ["JUMLAH KELEBIHAN (KEKURANGAN) PEGAWAI", "", "", "", "", "", 1], [], ["", "", "", "Lahat, ..... 2019"], ["", "", "", "Kepala Bagian,"], ["", "", "", "NIP. 123"]]


def test_form_of_lahat_is_read_in_hours_and_gives_its_printed_need(tmp_path: Path) -> None:
    form = read_abk(book(tmp_path / "f.xlsx", lahat_rows(), ("A1:I1", "A16:F16")))
    assert form.remarks == ()
    assert set(form.tugas["satuan_waktu"]) == {"jam"}
    assert form.tugas[["uraian", "norma_waktu", "volume"]].values.tolist() == [list(t) for t in LAHAT]
    assert form.tugas["baris"].tolist() == [9, 10, 11, 12, 13, 14]
    need = need_from_tasks(form.tugas.assign(jabatan_id=form.tugas["jabatan"]))
    assert need.loc["AJUDAN", "kebutuhan"] == pytest.approx(2.256, abs=5e-4)
    assert form.jabatan[["jabatan", "unit", "kebutuhan", "ada"]].values.tolist() == [["AJUDAN", "Sekretariat Daerah", 2.0, 3.0]]


def test_several_forms_on_a_sheet_and_on_several_sheets(tmp_path: Path) -> None:
    other = [[str(c).replace("AJUDAN", "PENGEMUDI") if c else c for c in row] for row in lahat_rows()]
    path = book(tmp_path / "f.xlsx", [*lahat_rows(), [], [], *other])
    work = openpyxl.load_workbook(path)
    page = work.create_sheet("Arsiparis")
    for row in lahat_rows():
        page.append([str(c).replace("AJUDAN", "ARSIPARIS") if c else c for c in row])
    work.save(path)
    form = read_abk(path)
    assert form.tugas.groupby("jabatan").size().to_dict() == {"AJUDAN": 6, "ARSIPARIS": 6, "PENGEMUDI": 6}
    assert form.jabatan["jabatan"].tolist() == ["AJUDAN", "PENGEMUDI", "ARSIPARIS"]


def test_form_of_kemenag_has_two_heading_rows_and_averages_in_minutes(tmp_path: Path) -> None:
    rows = [
        ["ANALISIS BEBAN KERJA JFU"], ["Nama Jabatan : Penyusun Standar Pelayanan"], ["Unit Kerja : MTsN"], [],
        ["NO", "URAIAN", "Volume kegiatan 1 tahun", "Satuan Hasil", "Waktu penyelesaian (menit)", None, None, "jml waktu jam (3x7)/60", "tenaga (8/1.322)"],
        [None, None, None, None, "waktu minimal", "waktu maksimal", "rata-rata (5+6)/2", None, None],
        [1, 2, 3, 4, 5, 6, "7=(5+6)/2", "8=(3x7)/60", 9],
        [1, "Menyusun konsep", 10, "konsep", 60, 90, 75, 12.5, None],
        [2, "Membahas konsep", "25", "rapat", 300, 360, "330", "137,50", None],
        [3, "Tanpa rata-rata", 20, "dok", 60, 90, None, 25, None],
        ["JUMLAH", None, None, None, None, None, None, 175, None],
    ]  # fmt: skip
    merged = ("A5:A6", "B5:B6", "C5:C6", "D5:D6", "E5:G5", "H5:H6", "I5:I6")
    form = read_abk(book(tmp_path / "f.xlsx", rows, merged))
    assert form.tugas[["volume", "norma_waktu", "satuan_waktu"]].values.tolist() == [[10, 75, "menit"], [25, 330, "menit"], [20, 75, "menit"]]
    assert form.remarks == ()


def test_flat_list_with_codes_and_periods(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(
        "kode_unit;kode_jabatan;tahun;uraian_tugas;hasil_kerja;volume;satuan_periode;norma_waktu;satuan_waktu\n"
        "D1;J1;2026;Mengolah data;data;250;bulan;60;menit\nD1;J1;2026;Rapat;rapat;2;minggu;1,5;Jam\nD1P;J2;2026;Melayani;orang;1.000;tahun;30;menit\n",
        encoding="utf-8",
    )
    form = read_abk(path)
    assert form.tugas[["kode_jabatan", "volume", "norma_waktu", "satuan_waktu"]].values.tolist() == [["J1", 3000, 60, "menit"], ["J1", 100, 1.5, "jam"], ["J2", 1000, 30, "menit"]]
    assert sorted(r.kind for r in form.remarks) == ["period", "period"]
    tugas, remarks = form.for_cycle(small_city())
    assert tugas["jabatan_id"].tolist() == ["J1", "J1", "J2"]
    assert len(remarks) == 2


def test_working_time_of_a_month_in_minutes_tells_unit_and_period(tmp_path: Path) -> None:
    rows = [["Nama Jabatan: A"], ["No", "Uraian Tugas", "Jumlah Hasil", "Waktu Penyelesaian", "Waktu Kerja Efektif", "Kebutuhan Pegawai"], [1, "x", 35, 60, 6000, 0.35], [2, "y", 45, 60, 72000, 0.0375]]
    form = read_abk(book(tmp_path / "f.xlsx", rows))
    assert form.tugas[["volume", "satuan_waktu"]].values.tolist() == [[420, "menit"], [45, "menit"]]


def test_load_that_is_a_product_already_is_known_from_the_printed_need(tmp_path: Path) -> None:
    rows = [["Nama Jabatan: A"], ["No", "Uraian Tugas", "Waktu Penyelesaian", "Waktu Kerja Efektif", "Beban Kerja", "Pegawai yang dibutuhkan"], [1, "x", 30, 75000, 90000, 1.2]]
    form = read_abk(book(tmp_path / "f.xlsx", rows))
    assert form.tugas["volume"].tolist() == [3000]
    assert [r.kind for r in form.remarks] == ["product"]


@pytest.mark.parametrize(("heading", "unit"), [("Waktu Penyelesaian (MENIT)", "menit"), ("Norma Waktu (Jam)", "jam")])
def test_heading_tells_the_unit(tmp_path: Path, heading: str, unit: str) -> None:
    rows = [["NAMA JABATAN", "Pengadministrasi"], ["UNIT KERJA", "Puskesmas"], ["JUMLAH PEMEGANG JABATAN", 2], ["NO", "URAIAN TUGAS", "SATUAN HASIL", "VOLUME", heading], [1, "Surat", "surat", 10, 5]]
    form = read_abk(book(tmp_path / "f.xlsx", rows))
    assert form.tugas["satuan_waktu"].tolist() == [unit]
    assert form.jabatan["ada"].tolist() == [2.0]


def test_unit_is_never_guessed_but_may_be_named(tmp_path: Path) -> None:
    rows = [["Nama Jabatan: A"], ["No", "Uraian Tugas", "Volume", "Norma Waktu"], [1, "x", 10, 5], [2, "y", 10, "2 jam"]]
    path = book(tmp_path / "f.xlsx", rows)
    with pytest.raises(InputError, match=r"lembar ABK, baris 3.*\(menit\) atau \(jam\)") as caught:
        read_abk(path)
    assert "baris 4" not in str(caught.value)
    assert read_abk(path, satuan_waktu="menit").tugas["satuan_waktu"].tolist() == ["menit", "jam"]
    with pytest.raises(InputError, match="detik"):
        read_abk(path, satuan_waktu="detik")


def test_every_bad_row_is_told_at_once(tmp_path: Path) -> None:
    rows = [["No", "Uraian Tugas", "Volume", "Norma Waktu (menit)"], [1, "tanpa volume", "banyak", 5], [2, "tanpa waktu", 10, "lama"], [3, "negatif", -1, 5]]
    with pytest.raises(InputError) as caught:
        read_abk(book(tmp_path / "f.xlsx", rows), language="en")
    told = str(caught.value)
    assert all(f"row {r}" in told for r in (2, 3, 4))
    assert "banyak" in told
    assert "lama" in told


def test_a_task_without_a_job_is_told(tmp_path: Path) -> None:
    rows = [["No", "Uraian Tugas", "Volume", "Norma Waktu (menit)"], [1, "x", 10, 5]]
    with pytest.raises(InputError, match="nama jabatan"):
        read_abk(book(tmp_path / "f.xlsx", rows))


def test_titles_inside_a_table_and_a_job_written_once(tmp_path: Path) -> None:
    rows = [
        ["UNIT KERJA : Dinas Kesehatan"], ["Nama Jabatan", "Uraian Tugas", "Volume", "Norma Waktu (menit)"], ["A. TUGAS POKOK", None, None, None],
        ["Pengelola Data", "Mengolah", 3000, 60], [None, "Melapor", 12, 600], ["Bidan", "Melayani", 10, 30], ["JUMLAH", None, None, 690], ["Arsiparis", "Mengarsip", 5, 5],
    ]  # fmt: skip
    form = read_abk(book(tmp_path / "f.xlsx", rows, ("A3:D3", "A4:A5")))
    assert form.tugas["jabatan"].tolist() == ["Pengelola Data", "Pengelola Data", "Bidan", "Arsiparis"]
    assert set(form.tugas["unit"]) == {"Dinas Kesehatan"}


def test_summaries_of_seat_classes_units_and_the_peta_jabatan(tmp_path: Path) -> None:
    form_c = [["No.", "Nama Jabatan", "Jumlah Beban Kerja Jab", "Perhitungan Jumlah Kebutuhan Pejabat", "Jumlah Peg/pej yang ada", "+/-", "EJ"], [1, "Analis", "150.000", 2, 1, -1, 2.0]]
    form_e = [["No", "Nama Unit Organisasi", "Jumlah Beban Kerja Unit", "Jumlah Kebutuhan Pegawai/Pejabat", "Jumlah Pegawai/Pejabat Yang Ada", "+/-", "EU", "PU", "Keterangan"], [1, "Dinas A", 300000, 4, 3, -1, 1.33, "A", None]]
    peta = [["JABATAN", "KELAS", "B", "K", "+/-"], ["Kepala Dinas", 14, 1, 1, 0]]
    c, e, p = (read_abk(book(tmp_path / f"{k}.xlsx", rows)) for k, rows in (("c", form_c), ("e", form_e), ("p", peta)))
    assert c.jabatan[["jabatan", "beban", "kebutuhan", "ada"]].values.tolist() == [["Analis", 150000.0, 2.0, 1.0]]
    assert e.unit[["unit", "beban", "kebutuhan", "ada"]].values.tolist() == [["Dinas A", 300000.0, 4.0, 3.0]]
    assert p.jabatan[["jabatan", "kelas", "kebutuhan", "ada"]].values.tolist() == [["Kepala Dinas", 14.0, 1.0, 1.0]]


def test_seat_classes_are_matched_by_title_and_unit_or_told(tmp_path: Path) -> None:
    rows = [["Nama Unit", "Nama Jabatan", "Uraian Tugas", "Volume", "Norma Waktu (menit)"]]
    rows += [["DINAS KESEHATAN", "pengelola  data", "a", 1, 1], ["Dinas Kesehatan", "Bidan Ahli Madya", "b", 1, 1], ["", "Bidan", "d", 1, 1]]
    rows += [[], ["Nama Jabatan", "Uraian Tugas", "Volume", "Norma Waktu (menit)"], ["Analis-Anggaran", "c", 1, 1]]
    tugas, remarks = read_abk(book(tmp_path / "f.xlsx", rows)).for_cycle(small_city())
    assert tugas[["jabatan_id", "uraian"]].values.tolist() == [["J1", "a"], ["J2", "b"], ["J3", "c"]]
    assert [r.kind for r in remarks] == ["unmatched"]
    assert "Bidan" in remarks[0].text("en")


def test_printed_total_that_does_not_add_up_is_told(tmp_path: Path) -> None:
    rows = lahat_rows()
    rows[14][6] = "3,256"
    form = read_abk(book(tmp_path / "f.xlsx", rows))
    assert [r.kind for r in form.remarks] == ["total"]
    assert "2,256" in form.remarks[0].text()


@pytest.mark.parametrize("content", ["", "a;b;c\n1;2;3\n"])
def test_a_file_without_a_form_says_what_was_looked_for(tmp_path: Path, content: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match="Uraian Tugas"):
        read_abk(path)


def test_unreadable_files(tmp_path: Path) -> None:
    path = tmp_path / "f.xlsx"
    path.write_bytes(b"PK no workbook")
    with pytest.raises(InputError, match=r"f\.xlsx"):
        read_abk(path)
    with pytest.raises(InputError):
        read_abk(tmp_path / "none.csv")


@pytest.mark.parametrize(
    ("cell", "value"),
    [("12,50", 12.5), ("1.257,75", 1257.75), ("1.250", 1250.0), ("1250", 1250.0), ("1,250.5", 1250.5), ("0.25", 0.25), ("-3", -3.0), ("12.", None), ("1,2,3", None), (True, None), (float("nan"), None), ("", None)],
)
def test_numbers_as_offices_type_them(cell: object, value: float | None) -> None:
    assert number(cell)[0] == value
