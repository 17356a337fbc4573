"""Skills at their edges: the first of a table, the least level, the shortest stay, order of rows, no loss at all."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit import skills
from mutasi_toolkit.skills.evidence import _years, spells, unit_field
from mutasi_toolkit.skills.example import two_offices
from mutasi_toolkit.skills.fit import Profile, jpm_table

LEVELS = "pegawai_id,keahlian,tingkat,dasar\n"


def test_sole_holders_come_by_opd_and_then_by_skill() -> None:
    rows = "P1,Zat,4,dinilai\nP1,Arsip,4,dinilai\nP2,Menulis,5,turunan\nP3,Gizi,3,dinilai\nP4,Arsip,3,dinilai\n"
    found = skills.sole_holders(two_offices(keahlian=LEVELS + rows))
    assert found[["opd_id", "keahlian", "pegawai_id", "turunan"]].values.tolist() == [
        ["D1", "Arsip", "P1", False], ["D1", "Menulis", "P2", True], ["D1", "Zat", "P1", False], ["D2", "Arsip", "P4", False], ["D2", "Gizi", "P3", False],
    ]  # fmt: skip


def test_every_group_of_a_profile_but_the_last_is_asked() -> None:
    groups = ({"jenis": ["jpt"], "n": 0}, {"jenjang": ["ahli muda"], "n": 1}, {"jenis": ["pelaksana"], "n": 2}, {"n": 3})
    made = Profile("p", groups, {}, "s", "own")
    assert [made.group(*pair)["n"] for pair in (("jpt", ""), ("fungsional", "ahli muda"), ("pelaksana", ""), ("fungsional", "mahir"))] == [0, 1, 2, 3]


def test_the_least_attained_level_has_a_derived_share() -> None:
    cycle = two_offices(keahlian=LEVELS + "P1,Arsip,1,turunan\nP2,Arsip,1,dinilai\n", syarat="jabatan_id,keahlian,tingkat\nJ1,Arsip,1\n")
    pairs = pd.DataFrame({"pegawai_id": ["P1", "P2", "P3"], "jabatan_id": "J1"})
    assert jpm_table(cycle, pairs)["turunan"].tolist() == pytest.approx([1.0, 0.0, np.nan], nan_ok=True)


@pytest.mark.parametrize(("start", "end", "years"), [("2025-01-01", "2025-07-02", 182 / 365.25), ("2025-07-02", "2025-01-01", 0.0), ("2025-01-01", "2025-01-01", 0.0), (None, "2025-01-01", 0.0), ("2025-01-01", None, 0.0), ("2021-01-01", "2025-01-01", 4.0)])
def test_years_between_two_days(start: str | None, end: str | None, years: float) -> None:
    assert _years(pd.Series(pd.to_datetime([start])), pd.Series(pd.to_datetime([end]))).tolist() == [pytest.approx(years)]


def test_a_short_stay_counts_its_days_and_an_open_one_has_not_ended() -> None:
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan,tmt_unit\nP1,J1,PNS,III/a,S1,2025-11-01,2025-11-01\n"
    found = spells(two_offices(pegawai=people, keahlian=LEVELS + "P1,Arsip,3,dinilai\n"))
    assert found["tahun"].tolist() == [pytest.approx(91 / 365.25)]
    assert found["lewat"].tolist() == [0.0]


def test_a_field_comes_down_from_the_first_unit_over_any_number_of_steps() -> None:
    units = "unit_id,nama,induk_id,jenis,rumpun\nK,Kota,,kota,umum\nD1,A,K,dinas,\nD2,B,D1,dinas,\nE,C,D2,bidang,\nF,D,,dinas,\n"
    assert unit_field(two_offices(unit=units)).fillna("-").to_dict() == {"K": "umum", "D1": "umum", "D2": "umum", "E": "umum", "F": "-"}


def test_ties_of_the_first_person_and_the_first_unit_count() -> None:
    people = two_offices(hubungan="pegawai_a,pegawai_b\nP1,P3\nP1,P4\nP2,P3\n")
    table = skills.brokerage(people, "pegawai")
    assert table.loc["P1", "jumlah"] > 0
    assert table.loc["P4", "jumlah"] == 0
    units = "unit_id,nama,induk_id,jenis,rumpun\nD1,A,,dinas,\nD2,B,,dinas,\nD3,C,,dinas,\n"
    moves = "pegawai_id,unit_asal,unit_tujuan,tanggal\nP1,D3,D1,2020-01-01\nP2,D1,D2,2021-01-01\n"
    assert skills.brokerage(two_offices(unit=units, riwayat=moves), "unit").loc["D1", "jumlah"] > 0


def test_places_are_the_need_where_it_was_measured_else_those_who_sit() -> None:
    from mutasi_toolkit.skills.coverage import places

    seats = "jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,A,pelaksana,\nJ2,D2,B,pelaksana,0\nJ3,D2,C,pelaksana,\nJ4,D2,D,pelaksana,\n"
    tasks = "jabatan_id,uraian,volume,norma_waktu,satuan_waktu\nJ3,x,3000,60,menit\n"
    assert places(two_offices(jabatan=seats, tugas=tasks)).to_dict() == {"J1": 2, "J2": 0, "J3": 2, "J4": 0}


def test_one_person_alone_holds_it_all() -> None:
    row = skills.bus_factor(two_offices(keahlian=LEVELS + "P1,Arsip,4,dinilai\n"), share=1.0).iloc[0]
    assert row[["keahlian", "hilang", "pegawai", "batas", "tamak", "terbukti"]].tolist() == [1, 1, 1, 1, 1, True]
