"""The years ahead: dates of leaving, the regulation's rule by hand, growth, and when a unit falls below a bound."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.workload import (
    fill_by_year,
    filled_by_opd,
    first_below,
    leavers,
    need,
    project,
    project_units,
    retirement_age,
    retirement_date,
)
from mutasi_toolkit.workload.example import small_city

#: Numbers are rounded to six decimals.
ROUNDED = 1e-6


def people(*rows: tuple[str, str, str, str, str]) -> str:
    head = (
        "pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan,akhir_kontrak\n"
    )
    return head + "".join(
        f"{p},{j},{s},{'III/a' if s in ('PNS', 'CPNS') else 'IX'},S1,{born},2020-01-01,{end}\n"
        for p, j, s, born, end in rows
    )


@pytest.mark.parametrize(
    ("born", "age", "tmt"),
    [
        ("1968-12-15", 58, "2027-01-01"), ("1968-12-01", 58, "2027-01-01"), ("1968-01-31", 58, "2026-02-01"),
        ("1968-02-29", 58, "2026-03-01"), ("1966-11-30", 60, "2026-12-01"), (None, 58, None), ("1968-01-01", np.nan, None),
    ],
)  # fmt: skip
def test_pension_begins_on_the_first_of_the_month_after_the_birthday(
    born: str, age: float, tmt: str
) -> None:
    found = retirement_date(
        pd.Series(pd.to_datetime([born])).astype("datetime64[us]"), np.array([age])
    )
    expected = pd.Series(pd.to_datetime([tmt])).astype("datetime64[us]")
    pd.testing.assert_series_equal(found, expected, check_names=False)


def test_retirement_age_goes_by_the_job() -> None:
    rows = [
        ("a", "Kepala Dinas", "jpt", "", "", 60), ("b", "Kepala Bidang", "administrator", "", "", 58),
        ("c", "Lurah", "pengawas", "", "", 58), ("d", "Pengelola", "pelaksana", "", "", 58),
        ("e", "Auditor Ahli Muda", "fungsional", "ahli muda", "", 58), ("f", "Auditor Ahli Madya", "fungsional", "ahli madya", "", 60),
        ("g", "Auditor Ahli Utama", "fungsional", "ahli utama", "", 65), ("h", "Guru Ahli Pertama", "fungsional", "ahli pertama", "guru", 60),
        ("i", "Guru Kelas", "fungsional", "ahli muda", "", 60), ("j", "Kepala Sekolah", "fungsional", "ahli madya", "Guru", 60),
        ("k", "Dosen Asisten Ahli", "fungsional", "", "", 65), ("l", "Gurunadi", "fungsional", "", "", 58),
        ("m", "Guru Bantu Administrasi", "pelaksana", "", "", 58),
    ]  # fmt: skip
    frame = pd.DataFrame(
        rows, columns=["jabatan_id", "nama", "jenis", "jenjang", "profesi", "bup"]
    ).replace({"": None})
    assert retirement_age(frame).to_dict() == dict(
        zip(frame["jabatan_id"], frame["bup"], strict=True)
    )


def test_who_leaves_first_by_age_or_contract() -> None:
    city = small_city(
        pegawai=people(
            ("P1", "J1", "PNS", "1969-03-10", "2027-06-30"), ("P2", "J1", "PPPK", "1990-05-01", "2028-02-29"),
            ("P3", "J1", "PPPK", "1968-03-10", "2028-02-29"), ("P4", "J1", "PPPK", "", ""), ("P5", "J1", "PPPK", "1990-05-01", ""),
            ("P6", "J1", "PNS", "1960-01-01", ""), ("P7", "J1", "PPPK paruh waktu", "1990-01-01", "2026-10-01"),
        )
    )  # fmt: skip
    found = leavers(city)
    assert found["sebab"].to_dict() == {
        "P1": "pensiun", "P2": "kontrak habis", "P3": "pensiun", "P4": "", "P5": "pensiun", "P6": "pensiun", "P7": "kontrak habis",
    }  # fmt: skip
    assert found["lewat"].to_dict() == {p: p == "P6" for p in found.index}
    assert found.loc["P7", "fte"] == 0.5
    assert pd.isna(found.loc["P4", "keluar"])


def test_by_hand() -> None:
    city = small_city(
        pegawai=people(
            (
                "P1",
                "J1",
                "PNS",
                "1968-12-15",
                "",
            ),  # TMT 1 January 2027: still there on 31 December 2026
            ("P2", "J1", "PNS", "1968-11-15", ""),  # TMT 1 December 2026
            ("P3", "J1", "PPPK", "1990-01-01", "2026-12-31"),
            ("P4", "J1", "PNS", "1985-01-01", ""),
        )
    )
    found = project(city, years=3)
    assert found.index.names == ["jabatan_id", "year"]
    assert found.index.get_level_values("year").unique().to_list() == [2026, 2027, 2028]
    j1 = found.loc["J1"]
    assert j1["ada"].to_list() == [4, 4, 4]
    assert j1["pensiun"].to_list() == [1, 2, 2]
    assert j1["kontrak_habis"].to_list() == [1, 1, 1]
    assert j1["sisa"].to_list() == [2, 1, 1]
    assert j1["net"].to_list() == [0, -1, -1]
    whole = found["ada"] - found["pensiun"] - found["kontrak_habis"] - found["kebutuhan_bulat"]
    assert (found["net"] - whole).abs().max() < ROUNDED


def test_the_years_start_after_the_last_31_december() -> None:
    assert (
        project(small_city({"tanggal": "2025-12-31"}), 1).index.get_level_values("year").to_list()
        == [2026] * 3
    )
    assert (
        project(small_city({"tanggal": "2026-01-01"}), 1).index.get_level_values("year").to_list()
        == [2026] * 3
    )
    assert len(project(small_city(), 0)) == 0


def test_those_already_past_their_day_leave_in_the_first_year() -> None:
    city = small_city(
        pegawai=people(
            ("P1", "J1", "PNS", "1960-01-01", ""), ("P2", "J1", "PPPK", "1990-01-01", "2024-02-28")
        )
    )
    assert project(city, 2).loc[("J1", 2026), ["pensiun", "kontrak_habis"]].to_list() == [1, 1]


def test_part_time_contracts_count_at_their_fte_and_not_at_all_when_off() -> None:
    rows = people(
        ("P1", "J1", "PPPK paruh waktu", "1990-01-01", "2026-06-30"),
        ("P2", "J1", "PNS", "1985-01-01", ""),
    )
    assert project(small_city(pegawai=rows), 1).loc[
        ("J1", 2026), ["ada", "kontrak_habis", "sisa"]
    ].to_list() == [1.5, 0.5, 1.0]
    off = small_city({"paruh_waktu": {"dihitung": False}}, pegawai=rows)
    assert project(off, 1).loc[("J1", 2026), ["ada", "kontrak_habis", "sisa"]].to_list() == [
        1.0,
        0.0,
        1.0,
    ]


def test_renewed_contracts_stay() -> None:
    city = small_city()
    assert project(city, 5, renewed=1.0)["kontrak_habis"].sum() == 0
    assert project(city, 5, renewed=0.75).loc[("J1", 2030), "kontrak_habis"] == 0.25


def test_growth_compounds_by_rumpun() -> None:
    base = need(small_city())["kebutuhan"]
    all_up = project(small_city(), 2, growth=0.1)["kebutuhan"].unstack("year")
    assert (all_up[2027] / base).to_numpy() == pytest.approx(1.21)
    health = project(small_city(), 2, growth={"Kesehatan": 0.2})["kebutuhan"].unstack("year")
    assert (health[2026] / base).round(9).to_dict() == {"J1": 1.2, "J2": 1.2, "J3": 1.0}
    level = project(small_city({"permintaan": {"kesehatan": 0.2}}), 2)["kebutuhan"].unstack("year")
    assert (level[2027] / base).round(9).to_dict() == {"J1": 1.2, "J2": 1.2, "J3": 1.0}


@pytest.mark.parametrize(
    "wrong",
    [{"years": -1}, {"years": 1.5}, {"years": True}, {"renewed": 1.1}, {"growth": {"kesehatn": 0.1}}, {"growth": -1.5}, {"growth": np.nan}],
)  # fmt: skip
def test_what_cannot_be_projected(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        project(small_city(), **wrong)


def test_units_add_up_and_start_with_today() -> None:
    city = small_city()
    for level in ("opd", "unit", "jabatan"):
        found = project_units(city, project(city, 3), level)
        assert found.index.names == [f"{level}_id", "year"]
        assert found.index.get_level_values("year").unique().to_list() == [2025, 2026, 2027, 2028]
        seats = project(city, years=3).groupby("year")[["ada", "pensiun", "sisa", "net"]].sum()
        sums = found.groupby("year")[["ada", "pensiun", "sisa", "net"]].sum().loc[2026:]
        pd.testing.assert_frame_equal(sums, seats)
    today = project_units(city).xs(2025, level="year")
    assert today.loc["D1", ["isi", "terisi"]].to_list() == [0.75, 0.75]
    assert fill_by_year(city, project(city, 1)).columns.to_list() == [2025, 2026]


def test_a_surplus_hides_a_shortage_in_isi_but_not_in_terisi() -> None:
    rows = [(f"P{i}", "J1", "PNS", "1985-01-01", "") for i in range(4)]
    city = small_city(pegawai=people(*rows))
    found = project_units(city, project(city, 1)).loc[("D1", 2026)]
    assert (found["isi"], found["terisi"]) == (1.0, 0.5)
    assert pd.isna(first_below(city, measure="isi").loc["D1", "tahun_pertama"])
    assert first_below(city).loc["D1", "tahun_pertama"] == 2025
    with pytest.raises(InputError):
        first_below(city, measure="penuh")


def test_when_a_unit_first_falls_below() -> None:
    ten = people(*[(f"P{i:02d}", "J3", "PNS", f"{1967 + i}-06-15", "") for i in range(10)])
    seats = (
        "jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,Data,pelaksana,\n"
        "J2,D1P,Bidan,fungsional,\nJ3,D2,Analis,pelaksana,10\n"
    )
    city = small_city(pegawai=ten, jabatan=seats)
    # one past its day and one of 1968 leave in 2026, one more each year: 10, 8, 7, ...
    found = first_below(city).loc["D2"]
    assert found.to_list() == [2026, 100.0, 40.0]
    assert first_below(city, share=0.8).loc["D2", "tahun_pertama"] == 2027
    assert pd.isna(first_below(city, share=0.4).loc["D2", "tahun_pertama"])
    assert first_below(city).loc["D1", "tahun_pertama"] == 2025
    assert filled_by_opd(city, project(city)).loc["D2"].to_list() == [1, 0.8, 0.7, 0.6, 0.5, 0.4]


def test_demand_that_grows_brings_the_year_nearer() -> None:
    city = small_city()
    assert first_below(city).loc["D2", "tahun_pertama"] == 2028
    grown = first_below(city, project(city, growth={"keuangan": 0.25})).loc["D2"]
    assert grown["tahun_pertama"] == 2026


def test_a_unit_without_need_never_falls() -> None:
    seats = (
        "jabatan_id,unit_id,nama,jenis\nJ1,D1,Data,pelaksana\n"
        "J2,D1P,Bidan,fungsional\nJ3,D2,Analis,pelaksana\n"
    )
    city = small_city(jabatan=seats)
    assert first_below(city).loc["D2"].isna().all()
    # staff without need: no share, neither 0 nor infinite
    units = project_units(city, project(city, 1)).loc["D2"]
    assert (units["ada"] > 0).all()
    assert units[["isi", "terisi"]].isna().all(axis=None)


def test_every_person_of_the_city_leaves_once() -> None:
    city = read_cycle(data_dir("cycles") / "pangkalpinang-2026")
    last = (
        project(city, years=60).groupby("year")[["pensiun", "kontrak_habis"]].sum().iloc[-1].sum()
    )
    assert last == (leavers(city)["sebab"] != "").sum()
