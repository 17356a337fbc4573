"""Forms that are written are read back equal, carry the numbers of the package, and have the same bytes each time."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.cli import main
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.workload import need, read_abk, unit_efficiency, write_forms
from mutasi_toolkit.workload.example import small_city
from mutasi_toolkit.workload.forms import Abk

EXAMPLE = data_dir("cycles") / "contoh"
KEYS = ["jabatan_id", "uraian", "volume"]


@pytest.fixture(scope="module")
def cycle() -> mt.Cycle:
    return mt.read_cycle(EXAMPLE)


@pytest.fixture(scope="module")
def forms(cycle: mt.Cycle, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_forms(cycle, tmp_path_factory.mktemp("forms") / "abk.xlsx")


@pytest.fixture(scope="module")
def back(forms: Path) -> Abk:
    return read_abk(forms)


@pytest.fixture(scope="module")
def values(forms: Path) -> openpyxl.Workbook:
    return openpyxl.load_workbook(forms, data_only=True)


def test_tasks_written_are_tasks_read(cycle: mt.Cycle, back: Abk) -> None:
    tugas, remarks = back.for_cycle(cycle)
    assert remarks == ()
    columns = ["jabatan_id", "uraian", "volume", "norma_waktu", "satuan_waktu", "hasil"]
    written = cycle.tugas[columns].sort_values(KEYS, ignore_index=True)
    pd.testing.assert_frame_equal(tugas.sort_values(KEYS, ignore_index=True), written, check_dtype=False)


def test_need_and_staff_of_every_seat_class_are_in_form_d_and_in_the_peta_jabatan(cycle: mt.Cycle, back: Abk) -> None:
    seats = back.jabatan
    wanted = need(cycle)
    for sheet, column in (("Formulir D", "kebutuhan"), ("Peta Jabatan", "kebutuhan_bulat")):
        rows = seats[seats["lembar"] == sheet].set_index("kode_jabatan")
        assert sorted(rows.index) == sorted(wanted.index)
        np.testing.assert_allclose(rows["kebutuhan"].reindex(wanted.index), wanted[column], rtol=1e-12)
        np.testing.assert_allclose(rows["ada"].reindex(wanted.index), wanted["ada"], rtol=1e-12)
    d = seats[seats["lembar"] == "Formulir D"].set_index("kode_jabatan")
    names = cycle.seat["unit_id"].map(cycle.unit_name)
    assert d["unit"].reindex(wanted.index).tolist() == names.reindex(wanted.index).tolist()


def test_staff_of_form_b_add_up(cycle: mt.Cycle, values: openpyxl.Workbook) -> None:
    sheet = values["Formulir B"]
    total = sum(row[4].value for row in sheet.iter_rows() if row[0].value == "JUMLAH")
    assert total == pytest.approx(need(cycle)["ada"].sum(), abs=1e-9)


def test_units_of_form_e(cycle: mt.Cycle, back: Abk) -> None:
    units = back.unit
    opd = unit_efficiency(cycle, "opd")
    first = units.head(len(opd)).set_index("unit")
    wanted = opd.set_axis(opd.index.map(cycle.unit_name))
    np.testing.assert_allclose(first["beban"].reindex(wanted.index), wanted["beban"], rtol=1e-12)
    np.testing.assert_allclose(first["kebutuhan"].reindex(wanted.index), wanted["kebutuhan_bulat"])
    assert len(units) == len(opd) + len(unit_efficiency(cycle, "unit"))


def test_overload_is_never_called_good(values: openpyxl.Workbook) -> None:
    sheet = values["Formulir D"]
    remarks = {row[10].value for row in sheet.iter_rows() if row[9].value == "A"}
    assert remarks <= {"kelebihan beban", "ditetapkan"}
    assert "kelebihan beban" in remarks


def test_sums_are_formulas_with_their_values(forms: Path, values: openpyxl.Workbook) -> None:
    formulas = openpyxl.load_workbook(forms)["Formulir D"]
    at = next(row[0].row for row in formulas.iter_rows() if row[0].value == "JUMLAH")
    assert str(formulas.cell(at, 4).value).startswith("=SUM(D")
    told = values["Formulir D"]
    above = [told.cell(r, 4).value for r in range(1, at)]
    assert told.cell(at, 4).value == pytest.approx(sum(v for v in above if isinstance(v, (int, float))))


def test_every_opd_has_a_place_to_sign_and_synthetic_people_are_called_so(cycle: mt.Cycle, values: openpyxl.Workbook) -> None:
    assert values.sheetnames == ["Formulir B", "Formulir C", "Formulir D", "Formulir E", "Peta Jabatan"]
    opds = cycle.seat["opd_id"].nunique()
    for sheet in values:
        cells = [c.value for row in sheet.iter_rows() for c in row if isinstance(c.value, str)]
        blocks = opds + (sheet.title == "Formulir E")
        assert sum(c.startswith("Kepala Satuan Kerja") or c.startswith("Kepala BKPSDM") for c in cells) == blocks
        assert sum(c.startswith("DATA SINTETIS") for c in cells) == blocks


def test_same_cycle_same_bytes(cycle: mt.Cycle, forms: Path, tmp_path: Path) -> None:
    assert write_forms(cycle, tmp_path / "again.xlsx").read_bytes() == forms.read_bytes()


def test_long_tables_repeat_their_heading_and_still_read_back(tmp_path: Path) -> None:
    rows = [f"J1,Tugas nomor {k:03d},{k + 1},{k % 7 + 0.25},{'jam' if k % 3 else 'menit'},laporan" for k in range(150)]
    cycle = small_city(tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil\n" + "\n".join(rows) + "\n")
    path = write_forms(cycle, tmp_path / "f.xlsx")
    sheet = openpyxl.load_workbook(path)["Formulir C"]
    assert sum(row[0].value == "NO" for row in sheet.iter_rows()) >= 4
    assert len(sheet.row_breaks.brk) >= 3
    tugas, remarks = read_abk(path).for_cycle(cycle)
    assert remarks == ()
    written = cycle.tugas.sort_values("uraian", ignore_index=True)
    assert tugas.sort_values("uraian", ignore_index=True)["norma_waktu"].tolist() == written["norma_waktu"].tolist()
    assert set(tugas["jabatan_id"]) == {"J1"}


def test_one_opd_alone_and_an_unknown_one(cycle: mt.Cycle, tmp_path: Path) -> None:
    one = str(sorted(cycle.seat["opd_id"].unique())[0])
    back = read_abk(write_forms(cycle, tmp_path / "f.xlsx", opd=one))
    assert set(back.tugas["kode_jabatan"]) <= set(cycle.seat.index[cycle.seat["opd_id"] == one])
    with pytest.raises(InputError, match="O99"):
        write_forms(cycle, tmp_path / "g.xlsx", opd="O99")


def test_demand_of_a_scenario_is_told_and_counted(tmp_path: Path) -> None:
    cycle = small_city({"permintaan": {"kesehatan": 0.2}, "skenario": "naik"})
    back = read_abk(write_forms(cycle, tmp_path / "f.xlsx"))
    d = back.jabatan[back.jabatan["lembar"] == "Formulir D"].set_index("kode_jabatan")
    assert d.loc["J1", "kebutuhan"] == pytest.approx(1.2 * 2.496)
    sheet = openpyxl.load_workbook(tmp_path / "f.xlsx")["Formulir D"]
    assert any("'naik'" in str(c.value) for row in sheet.iter_rows() for c in row)


def test_command_writes_the_workbook_and_refuses_another_suffix(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["forms", str(EXAMPLE), str(tmp_path / "f.xlsx"), "--language", "en"]) == 0
    assert "peta jabatan" in capsys.readouterr().out
    assert main(["forms", str(EXAMPLE), str(tmp_path / "f.xls")]) == 2
    assert not (tmp_path / "f.xls").exists()


def test_the_unit_of_time_of_a_form_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    into = tmp_path / "siklus"
    shutil.copytree(data_dir("cycles") / "contoh", into)
    form = tmp_path / "abk.csv"
    form.write_text("Kode Jabatan;Uraian Tugas;Volume;Norma Waktu\nO15-01;Memimpin rapat;10;2\n", encoding="utf-8")
    assert main(["import", str(form), "--into", str(into)]) == 2
    assert "--satuan-waktu" in capsys.readouterr().err
    assert main(["import", str(form), "--into", str(into), "--satuan-waktu", "jam"]) == 0
    tugas = mt.read_cycle(into).tugas.set_index("jabatan_id").loc[["O15-01"]]
    assert tugas[["volume", "norma_waktu", "satuan_waktu"]].values.tolist() == [[10.0, 2.0, "jam"]]
