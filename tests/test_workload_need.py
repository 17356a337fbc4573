"""Need, head count, efficiency: worked examples, hand-made cities, and what must not change them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import need, need_from_tasks, unit_efficiency
from mutasi_toolkit.workload.example import small_city

#: Printed to three decimals.
PRINTED = 5e-4
#: One addition of doubles.
NOISE = 1e-12


def tasks(rows: list[tuple[str, float, float, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["jabatan_id", "volume", "norma_waktu", "satuan_waktu"])
    return frame.assign(uraian=[f"tugas {i}" for i in range(len(frame))])


# G1. Kabupaten Lahat, Lampiran III, jabatan Ajudan: E-Book Pandan Pejabat p. 21.
LAHAT = [
    (60, 10, 0.480),
    (60, 20, 0.960),
    (10, 12, 0.096),
    (30, 15, 0.360),
    (60, 5, 0.240),
    (30, 5, 0.120),
]


def test_g1_the_form_of_lahat_is_in_hours() -> None:
    rows = tasks([(f"T{i}", beban, waktu, "jam") for i, (waktu, beban, _) in enumerate(LAHAT)])
    single = need_from_tasks(rows)
    assert single["kebutuhan"].to_numpy() == pytest.approx([n for _, _, n in LAHAT], abs=NOISE)
    whole = need_from_tasks(rows.assign(jabatan_id="Ajudan")).loc["Ajudan"]
    assert whole["kebutuhan"] == pytest.approx(2.256, abs=PRINTED)
    assert whole["kebutuhan_bulat"] == 2
    in_minutes = need_from_tasks(rows.assign(jabatan_id="Ajudan", satuan_waktu="menit")).loc[
        "Ajudan"
    ]
    assert whole["kebutuhan"] == pytest.approx(60 * in_minutes["kebutuhan"], rel=NOISE)


# G4. Kemenag "ABK JFU MTsN": 7 of its rows add to 370 h, the whole sheet has 1,257.75 h.
def test_g4_kemenag_divides_by_1322_hours() -> None:
    norms = [
        (10, 75, 12.5),
        (10, 105, 17.5),
        (10, 135, 22.5),
        (25, 330, 137.5),
        (10, 270, 45.0),
        (20, 75, 25.0),
        (20, 330, 110.0),
    ]
    rows = tasks([("P", volume, norma, "menit") for volume, norma, _ in norms])
    assert (mt.workload.task_minutes(rows) / 60).to_list() == [hours for *_, hours in norms]
    rest = tasks([("P", 1, 1257.75 - 370.0, "jam")])
    minutes = mt.workload.working_time("kemenag_1322").minutes
    whole = need_from_tasks(pd.concat([rows, rest]), minutes).loc["P"]
    assert whole["kebutuhan"] == pytest.approx(0.951, abs=PRINTED)
    assert whole["kebutuhan_bulat"] == 1


# G8. Thesis applying KEP/75 (text-id.123dok.com/document/dzxlr2jwz).
def test_g8_units_of_a_thesis_at_86400_minutes() -> None:
    rows = tasks(
        [
            ("Pemerintahan", 1, 1_535_040, "menit"),
            ("Hukum", 1, 1_192_320, "menit"),
            ("Organisasi", 1, 849_600, "menit"),
        ]
    )
    found = need_from_tasks(rows, mt.workload.working_time("tesis_1440").minutes)
    assert found["kebutuhan"].round(2).to_dict() == {
        "Hukum": 13.80,
        "Organisasi": 9.83,
        "Pemerintahan": 17.77,
    }
    assert found["kebutuhan_bulat"].to_dict() == {"Hukum": 14, "Organisasi": 10, "Pemerintahan": 18}


def test_every_profile_is_dated_cited_and_rated() -> None:
    minutes = {name: t.minutes for name, t in mt.workload.working_times().items()}
    assert set(minutes.values()) >= {75_000, 72_000, 78_000, 86_400, 79_320}
    for profile in mt.workload.working_times().values():
        assert profile.source
        assert profile.since > 1990
        assert profile.sure in {"read", "secondary", "memory"}
        assert profile.hours * 60 == profile.minutes


def test_the_order_of_rows_changes_no_bit() -> None:
    rng = np.random.default_rng(7)
    frame = pd.DataFrame(
        {
            "jabatan_id": rng.choice(["A", "B", "C"], 3000), "volume": rng.lognormal(3, 2, 3000),
            "norma_waktu": rng.lognormal(2, 1, 3000), "satuan_waktu": rng.choice(["menit", "jam"], 3000),
        }
    )  # fmt: skip
    first = need_from_tasks(frame)
    for seed in range(5):
        pd.testing.assert_frame_equal(
            first, need_from_tasks(frame.sample(frac=1, random_state=seed)), check_exact=True
        )
    plain = (
        frame["volume"] * frame["norma_waktu"] * frame["satuan_waktu"].map({"menit": 1, "jam": 60})
    )
    assert first["beban"].to_numpy() == pytest.approx(
        plain.groupby(frame["jabatan_id"]).sum().to_numpy(), rel=NOISE
    )


def test_splitting_a_task_changes_nothing() -> None:
    whole = need_from_tasks(tasks([("A", 120, 7, "menit")]))
    parts = need_from_tasks(tasks([("A", 100, 7, "menit"), ("A", 20, 7, "menit")]))
    pd.testing.assert_frame_equal(whole, parts)


def test_need_rounds_per_class_before_adding() -> None:
    found = need_from_tasks(
        tasks(
            [
                ("A", 1, 0.4 * 75_000, "menit"),
                ("B", 1, 0.4 * 75_000, "menit"),
                ("C", 1, 0.5 * 75_000, "menit"),
            ]
        )
    )
    assert found["kebutuhan_bulat"].to_list() == [0, 0, 1]


def test_working_time_may_differ_by_class() -> None:
    rows = tasks([("A", 1, 75_000, "menit"), ("B", 1, 72_000, "menit")])
    assert need_from_tasks(rows, {"A": 75_000, "B": 72_000})["kebutuhan"].to_list() == [1.0, 1.0]
    with pytest.raises(InputError, match="B"):
        need_from_tasks(rows, {"A": 75_000})


def test_no_tasks_give_an_empty_frame() -> None:
    found = need_from_tasks(tasks([]))
    assert list(found.columns) == ["beban", "kebutuhan", "kebutuhan_bulat"]
    assert len(found) == 0
    assert found.index.name == "jabatan_id"


@pytest.mark.parametrize(
    ("rows", "says"),
    [
        ([("A", 1, 1, "hari")], "0"), ([("A", -1, 1, "jam")], "0"), ([("A", 1, np.nan, "jam")], "0"),
        ([("A", 1, np.inf, "jam")], "0"), ([("A", 1, 1, None)], "0"), ([(None, 1, 1, "jam")], "jabatan_id"),
        ([("A", "satu", 1, "jam")], "volume"),
    ],
)  # fmt: skip
def test_a_bad_row_is_named(rows: list[tuple[str, float, float, str]], says: str) -> None:
    with pytest.raises(InputError, match=says):
        need_from_tasks(tasks(rows))


@pytest.mark.parametrize("minutes", [0, -1, np.nan, np.inf])
def test_working_time_must_be_above_zero(minutes: float) -> None:
    with pytest.raises(InputError):
        need_from_tasks(tasks([("A", 1, 1, "jam")]), minutes)


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="satuan_waktu"):
        need_from_tasks(tasks([]).drop(columns="satuan_waktu"))


# --- on a cycle -----------------------------------------------------------------------------------


def test_need_of_a_city_by_hand() -> None:
    city = small_city()
    found = need(city)
    assert list(found.columns) == [
        "beban",
        "kebutuhan",
        "kebutuhan_bulat",
        "ada",
        "selisih",
        "ej",
        "prestasi",
    ]
    assert found.index.to_list() == city.jabatan["jabatan_id"].to_list()
    # J1: 3000 x 60 + 12 x 600 = 187,200; 2 people: EJ = 187200 / 150000
    assert found.loc["J1"].to_list() == [187_200.0, 2.496, 2, 2.0, 0.0, 1.248, "A"]
    # J2: 45,000 + 120,000 = 165,000
    assert found.loc["J2", "ej"] == 2.2
    # J3: stated need of 2, no tasks
    assert found.loc["J3"].to_list() == [150_000.0, 2.0, 2, 2.0, 0.0, 1.0, "B"]


def test_ej_divides_by_the_staff_present_and_never_by_the_need() -> None:
    found = need(small_city())
    assert not np.allclose(found["ej"], 1.0)
    assert mt.workload.need(small_city()).loc["J1", "ej"] == pytest.approx(187_200 / (2 * 75_000))


def test_nobody_present_has_no_efficiency() -> None:
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\n"
    found = need(small_city(pegawai=people))
    assert np.isnan(found.loc["J2", "ej"])
    assert found.loc["J2", "prestasi"] == ""
    assert found.loc["J2", "selisih"] == -2
    by_unit = unit_efficiency(small_city(pegawai=people), level="unit")
    assert np.isnan(by_unit.loc["D2", "eu"])
    assert by_unit.loc["D2", "prestasi"] == ""


def test_stated_need_wins_and_tasks_give_the_load() -> None:
    seats = "jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,Pengelola Data,pelaksana,1\nJ2,D1P,Bidan,fungsional,\nJ3,D2,Analis,pelaksana,2\n"
    found = need(small_city(jabatan=seats))
    assert found.loc["J1", ["beban", "kebutuhan", "kebutuhan_bulat", "selisih"]].to_list() == [
        187_200.0,
        1.0,
        1,
        1.0,
    ]


def test_a_class_without_analysis_needs_nobody_and_is_marked() -> None:
    city = small_city(
        jabatan="jabatan_id,unit_id,nama,jenis\nJ1,D1,Pengelola Data,pelaksana\nJ2,D1P,Bidan,fungsional\nJ3,D2,Analis,pelaksana\n"
    )
    assert need(city).loc["J3", ["beban", "kebutuhan_bulat", "selisih"]].to_list() == [0.0, 0, 2.0]
    assert mt.workload.fill(city).loc["J3", "keadaan"] == "tanpa ABK"
    assert mt.workload.fill(city, "opd").loc["D2", "keadaan"] == "tanpa ABK"


def test_a_cycle_without_tasks_has_only_stated_needs() -> None:
    city = small_city(tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu\n")
    assert need(city)["kebutuhan"].to_list() == [0.0, 0.0, 2.0]


def test_growth_reaches_units_without_a_rumpun_of_their_own() -> None:
    base, grown = need(small_city()), need(small_city({"permintaan": {"Kesehatan": 0.2}}))
    ratio = grown["beban"] / base["beban"]
    assert ratio.round(12).to_dict() == {"J1": 1.2, "J2": 1.2, "J3": 1.0}
    keuangan = need(small_city({"permintaan": {"keuangan": 0.5}}))
    assert keuangan.loc["J3", ["kebutuhan", "beban"]].to_list() == [3.0, 225_000.0]


def test_a_demand_that_reaches_nobody_is_refused() -> None:
    with pytest.raises(InputError, match="kesehatann"):
        need(small_city({"permintaan": {"kesehatann": 0.2}}))
    assert mt.workload.demand_without_units(
        small_city({"permintaan": {"umkm": 0.2, "keuangan": 0.1}})
    ) == ("umkm",)
    with pytest.raises(InputError):
        need(small_city({"permintaan": {"kesehatan": -1.5}}))


def test_part_time_staff_count_at_their_fte_by_a_switch() -> None:
    people = (
        "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\n"
        "P2,J1,PPPK paruh waktu,V,SLTA,2025-01-01\nP3,J1,CPNS,III/a,S1,2025-03-01\n"
    )
    tables = {"pegawai": people, "paruh_waktu": "jabatan_id,orang\nJ1,3\n"}
    on = small_city({"paruh_waktu": {"fte": 0.4}}, **tables)
    assert mt.workload.headcount(on)["J1"] == pytest.approx(2 + 0.4 * 4)
    assert mt.workload.fixed_fte(on)["J1"] == pytest.approx(0.4 * 4)
    off = small_city({"paruh_waktu": {"dihitung": False}}, **tables)
    assert mt.workload.headcount(off)["J1"] == 2
    assert mt.workload.fixed_fte(off).sum() == 0
    assert mt.workload.headcount(on).index.to_list() == on.jabatan["jabatan_id"].to_list()


def test_unit_efficiency_adds_up_and_keeps_shortage_and_surplus_apart() -> None:
    city = small_city()
    seats, opd, unit = need(city), unit_efficiency(city), unit_efficiency(city, level="unit")
    assert opd.index.name == "opd_id"
    assert unit.index.name == "unit_id"
    assert opd.index.to_list() == ["D1", "D2"]
    for table in (opd, unit):
        assert table["beban"].sum() == seats["beban"].sum()
        assert table["kebutuhan_bulat"].sum() == seats["kebutuhan_bulat"].sum()
        assert (table["kelebihan"] - table["kekurangan"]).to_list() == table["selisih"].to_list()
    # D1: (187,200 + 165,000) / (3 x 75,000)
    assert opd.loc["D1", "eu"] == pytest.approx(352_200 / 225_000)
    assert opd.loc["D1", "prestasi"] == "A"
    with pytest.raises(InputError, match="kota"):
        unit_efficiency(city, level="kota")


def test_a_plan_applied_is_measured_like_any_cycle() -> None:
    city = small_city()
    after = city.after(pd.DataFrame({"pegawai_id": ["P5"], "jabatan_id": ["J2"]}))
    assert need(after).loc["J2", ["ada", "selisih", "ej"]].to_list() == [2.0, 0.0, 1.1]
    assert need(city).loc["J2", "ada"] == 1.0


def test_own_minutes_change_need_and_efficiency_alike() -> None:
    city = small_city({"waktu_kerja": {"menit": 37_500}})
    assert need(city).loc["J1", "kebutuhan"] == pytest.approx(2 * 2.496)
    assert need(city).loc["J1", "ej"] == pytest.approx(2 * 1.248)
    with pytest.raises(InputError, match="bkn_9_2022"):
        need(small_city({"waktu_kerja": {"profil": "tak ada"}}))


def test_fill_names_the_state_of_every_class_and_unit() -> None:
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\n" + "".join(
        f"P{i},J1,PNS,III/a,S1,2020-01-01\n" for i in range(4)
    )
    found = mt.workload.fill(small_city(pegawai=people))
    assert found["keadaan"].to_dict() == {"J1": "lebih", "J2": "kosong", "J3": "kosong"}
    opd = mt.workload.fill(small_city(pegawai=people), "opd")
    assert opd.loc["D1", ["isi", "terisi", "keadaan"]].to_list() == [1.0, 0.5, "ideal"]


def test_the_tables_of_the_cycle_are_not_touched() -> None:
    city = small_city()
    before = {name: frame.copy() for name, frame in city.tables.items()}
    need(city), unit_efficiency(city), mt.workload.fill(city, "unit"), mt.workload.project(city)
    mt.workload.efficiency_interval(city, replicates=2)
    for name, frame in city.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])


def test_one_person_where_nobody_is_needed_is_one_too_many() -> None:
    seats = "jabatan_id,unit_id,nama,jenis,jenjang,kelas_jabatan,kebutuhan\nJ1,D1,A,pelaksana,,6,2\nJ2,D1P,B,pelaksana,,6,0\nJ3,D2,C,pelaksana,,6,0\n"
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan,akhir_kontrak\nP1,J2,PNS,III/a,S1,1980-01-01,2020-01-01,\n"
    tugas = "jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil\nJ1,x,1,1,menit,\n"
    assert mt.workload.fill(small_city(jabatan=seats, pegawai=people, tugas=tugas))["keadaan"].to_dict() == {"J1": "kosong", "J2": "lebih", "J3": "ideal"}
