"""WISN and ABK-Kes: published examples, hand-made ones, shapes of arguments, refusals."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import abk_kes, abk_kes_steps, available_time, health_need, wisn
from mutasi_toolkit.workload.example import small_city

NOISE = 1e-9
#: G2: the sheet prints two decimals and adds printed cells.
G2_TOLERANCE = 0.02
#: G3: the sheet truncates to two decimals.
G3_TOLERANCE = 0.03
COLUMNS = ["required", "existing", "ratio", "difference", "pressure"]

BIDAN = pd.DataFrame(
    [
        ("Yan. ANC (K1-4)", 845, 2400, 0.35), ("Pertolongan persalinan", 197, 120, 1.64), ("Ibu nifas (KF1-3)", 342, 1200, 0.29),
        ("BBL (KN1-3)", 326, 1200, 0.27), ("Gadar obstetri", 35, 1200, 0.03), ("Gadar neonatus", 31, 1200, 0.03),
        ("Bayi (1-4)", 456, 2400, 0.19),
    ],
    columns=["kegiatan", "capaian", "sbk", "printed"],
)  # fmt: skip


# G2. ABK-Kes, bidan: id.scribd.com/document/727360412 (a student sheet).
def test_g2_midwives() -> None:
    steps = abk_kes_steps(BIDAN)
    assert steps["kebutuhan"].to_numpy() == pytest.approx(
        BIDAN["printed"].to_numpy(), abs=G2_TOLERANCE
    )
    found = abk_kes(BIDAN.assign(sdmk="Bidan"), stp=1.21).loc["Bidan"]
    assert found["jkt"] == pytest.approx(2.79, abs=G2_TOLERANCE)
    assert found["required"] == pytest.approx(3.38, abs=G2_TOLERANCE)
    assert found["required_rounded"] == 3


# G3. ABK-Kes, PMIK registrasi: scribd.com/document/651046909 (a student sheet that truncates).
@pytest.mark.parametrize("support", [{"support": 2 * 1440}, {"ftp": 4}, {"stp": 1 / 0.96}])
def test_g3_medical_records(support: dict[str, float]) -> None:
    rows = pd.DataFrame({"sdmk": "PMIK", "capaian": [15_800, 45_000], "norma_waktu": [3, 5]})
    steps = abk_kes_steps(rows)
    assert steps["sbk"].to_list() == [24_000, 14_400]
    assert steps["kebutuhan"].to_numpy() == pytest.approx([0.65, 3.12], abs=G3_TOLERANCE)
    found = abk_kes(rows, **support).loc["PMIK"]
    assert found["ftp"] == pytest.approx(4)
    assert found["stp"] == pytest.approx(1.04, abs=G3_TOLERANCE)
    assert found["jkt"] == pytest.approx(3.77, abs=G3_TOLERANCE)
    assert found["required"] == pytest.approx(3.92, abs=G3_TOLERANCE)
    assert found["required_rounded"] == 4


# G5. WKT table, "ABK Bidan Situbondo": id.scribd.com/document/421172041.
@pytest.mark.parametrize(("week", "days", "hours"), [(5, 212, 1113), (6, 264, 1155)])
def test_g5_working_time(week: int, days: int, hours: int) -> None:
    found = available_time(week)
    assert (found.days, found.hours, found.minutes) == (days, hours, 60 * hours)


# G6. WISN, clinicians of an HIV clinic in Kenya: Burmen et al. 2017, table 3.
def test_g6_clinicians() -> None:
    rows = pd.DataFrame({"cadre": ["clinician"], "workload": [10_000 * 10], "standard": [0.25]})
    found = wisn(rows, {"clinician": 179 * 8}, category={"clinician": 10 / 179}).loc["clinician"]
    assert found["basic"] == pytest.approx(17.46, abs=0.005)
    assert found["caf"] == pytest.approx(1.0592, abs=5e-5)
    assert found["required"] == pytest.approx(18.49, abs=0.005)
    assert found["required_rounded"] == 18


# --- WISN ---------------------------------------------------------------------------------------

CLINIC = pd.DataFrame(
    {
        "cadre": ["nurse", "nurse", "doctor"], "activity": ["dressing", "admission", "visit"],
        "workload": [6000, 1500, 4000], "standard": [0.5, 1.0, 0.25], "existing": [4, 4, 1],
    }
)  # fmt: skip


def test_by_hand() -> None:
    # nurse: (3000 + 1500) / 1500 = 3; CAF 1/(1 - 0.25) = 4/3; IAF 300/1500 = 0.2: 4.2
    found = wisn(CLINIC, 1500, category={"nurse": 0.25}, individual={"nurse": 300})
    assert list(found.columns[:5]) == COLUMNS
    assert found.index.name == "cadre"
    assert found.loc["nurse", COLUMNS].to_numpy(dtype=float) == pytest.approx(
        [4.2, 4, 4 / 4.2, -0.2, 1 - 4 / 4.2]
    )
    assert found.loc["nurse", "required_rounded"] == 4  # 4.2 is within 4.0 to 4.4
    assert found.loc["doctor", COLUMNS].to_numpy(dtype=float) == pytest.approx(
        [2 / 3, 1, 1.5, 1 / 3, 0.0]
    )
    assert found.loc["doctor", "required_rounded"] == 1


def test_many_shapes_mean_the_same() -> None:
    awt = pd.Series({"nurse": 1500.0, "doctor": 1500.0, "unused": 1.0})
    whole = wisn(CLINIC, awt, category=0.1, individual={"doctor": 150})
    no_staff = CLINIC.drop(columns="existing")
    others = [
        wisn(CLINIC.iloc[::-1], dict(awt), pd.Series(0.1, index=["nurse", "doctor"]), pd.Series({"doctor": 150.0})),
        wisn(CLINIC.set_index("cadre"), 1500, 0.1, {"doctor": 150}),
        wisn(CLINIC.to_dict("list"), 1500, 0.1, {"doctor": 150}),
        wisn(CLINIC.to_dict("records"), 1500, 0.1, {"doctor": 150}),
        wisn({c: g.drop(columns="cadre") for c, g in CLINIC.groupby("cadre")}, 1500, 0.1, {"doctor": 150}),
        wisn(CLINIC.rename(columns={"workload": "volume", "standard": "Service Standard", "existing": "ada"}), 1500, 0.1, {"doctor": 150}),
        wisn(CLINIC.assign(minutes=60 * CLINIC["standard"]).drop(columns="standard"), 1500, 0.1, {"doctor": 150}),
        wisn(CLINIC.assign(standard_workload=1500 / CLINIC["standard"]).drop(columns="standard"), 1500, 0.1, {"doctor": 150}),
        wisn(CLINIC.assign(norma_waktu=CLINIC["standard"], satuan_waktu="jam").drop(columns="standard"), 1500, 0.1, {"doctor": 150}),
        wisn(no_staff, 1500, 0.1, {"doctor": 150}, existing={"nurse": 4, "doctor": 1}),
        wisn(
            CLINIC, 1500, pd.DataFrame({"cadre": ["nurse", "nurse", "doctor"], "hours": [100, 50, 150]}),
            pd.DataFrame({"cadre": ["doctor"], "hours": [75], "staff": [2]}),
        ),
        wisn(CLINIC, 1500, pd.DataFrame({"cadre": ["nurse", "doctor"], "share": [0.1, 0.1]}), {"doctor": 150}),
    ]  # fmt: skip
    for other in others:
        pd.testing.assert_frame_equal(whole, other, rtol=NOISE)


def test_one_cadre_needs_no_name() -> None:
    found = wisn({"workload": [3000], "standard": [0.5]}, 1500, existing=1)
    assert found.loc["", ["required", "ratio"]].to_list() == [1.0, 1.0]
    assert found.loc["", "pressure"] == 0.0


def test_unknown_staff_and_no_work() -> None:
    unknown = wisn(CLINIC.drop(columns="existing"), 1500)
    assert unknown[["existing", "ratio", "difference", "pressure"]].isna().all().all()
    idle = wisn(CLINIC.assign(workload=0, existing=[4, 4, 0]), 1500)
    assert idle["required"].to_list() == [0.0, 0.0]
    assert np.isinf(idle.loc["nurse", "ratio"])
    assert np.isnan(idle.loc["doctor", "ratio"])
    assert idle["pressure"].to_list() == [0.0, 0.0]


def test_twice_the_work_is_twice_the_staff_and_longer_hours_are_fewer() -> None:
    one, two = (
        wisn(CLINIC, 1500, 0.2),
        wisn(CLINIC.assign(workload=2 * CLINIC["workload"]), 1500, 0.2),
    )
    assert two["required"].to_numpy() == pytest.approx(2 * one["required"].to_numpy())
    assert wisn(CLINIC, 3000, 0.2)["required"].to_numpy() == pytest.approx(
        one["required"].to_numpy() / 2
    )


@pytest.mark.parametrize(
    ("change", "arguments", "says"),
    [
        ({"workload": -1}, {}, "workload"), ({"workload": np.nan}, {}, "workload"), ({"standard": 0}, {}, "hours_per_unit"),
        ({"minutes": 5}, {}, "standard_workload"), ({"cadre": None}, {}, "0"), ({"existing": [4, 5, 1]}, {}, "nurse"),
        ({"ada": 3}, {}, "existing, ada"), ({}, {"available": 0}, "doctor"), ({}, {"available": {"nurse": 1500}}, "doctor"),
        ({}, {"category": 1.0}, "category"), ({}, {"category": -0.1}, "category"), ({}, {"category": 5}, "category"),
        ({}, {"category": {"nurs": 0.1}}, "nurs"), ({}, {"individual": {"midwife": 3}}, "midwife"), ({}, {"individual": -4}, "negatif"),
        ({}, {"available": [1500, 1500]}, "available"), ({"norma_waktu": 3}, {}, "standard"),
    ],
)  # fmt: skip
def test_wrong_values_are_refused_and_named(
    change: dict[str, object], arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        wisn(CLINIC.assign(**change), **({"available": 1500} | arguments))


def test_norma_waktu_needs_its_unit() -> None:
    with pytest.raises(InputError, match="satuan_waktu"):
        wisn(CLINIC.rename(columns={"standard": "norma_waktu"}), 1500)


# --- ABK-Kes ------------------------------------------------------------------------------------

POLI = pd.DataFrame(
    {
        "sdmk": ["Perawat", "Perawat", "Bidan"],
        "capaian": [7200, 3600, 1200],
        "norma_waktu": [10, 20, 60],
        "ada": [2, 2, 2],
    }
)


def test_abk_kes_by_hand() -> None:
    # Perawat: 7200/7200 + 3600/3600 = 2, FTP 20 % -> STP 1.25: 2.5 -> 3; Bidan: 1200/1200 = 1
    found = abk_kes(POLI, support={"Perawat": 14_400})
    assert list(found.columns[:5]) == COLUMNS
    assert found.loc["Perawat", COLUMNS].to_numpy(dtype=float) == pytest.approx(
        [2.5, 2, 0.8, -0.5, 0.2]
    )
    assert found["required_rounded"].to_dict() == {"Bidan": 1, "Perawat": 3}


def test_abk_kes_working_time_per_category() -> None:
    found = abk_kes(POLI, wkt={"Perawat": 66_780, "Bidan": 72_000})
    assert found.loc["Perawat", "jkt"] == pytest.approx(2 * 72_000 / 66_780)
    assert found.loc["Bidan", "jkt"] == 1.0


def test_abk_kes_shapes() -> None:
    whole = abk_kes(POLI, support=14_400)
    supports = pd.DataFrame(
        {
            "sdmk": ["Perawat", "Perawat", "Bidan"],
            "waktu": [1440, 1440, 14_400],
            "frekuensi": [5, 5, 1],
        }
    )
    for other in (
        abk_kes(POLI.iloc[::-1], support={"Perawat": 14_400, "Bidan": 14_400}),
        abk_kes(
            POLI.assign(norma_waktu=POLI["norma_waktu"] / 60, satuan_waktu="jam"), support=14_400
        ),
        abk_kes(POLI.drop(columns="ada"), support=supports, existing=2),
        abk_kes(POLI, support=supports.assign(menit=supports["waktu"] * supports["frekuensi"])),
        abk_kes(POLI, ftp=20),
        abk_kes(
            POLI.assign(sbk=72_000 / POLI["norma_waktu"]).drop(columns="norma_waktu"), stp=1.25
        ),
    ):
        pd.testing.assert_frame_equal(whole, other, rtol=NOISE)


@pytest.mark.parametrize(
    ("change", "arguments", "says"),
    [
        ({"sbk": 100}, {}, "sbk"), ({"norma_waktu": 0}, {}, "norma_waktu"), ({"capaian": -1}, {}, "workload"), ({}, {"ftp": 0.04}, "0.04"),
        ({}, {"ftp": 100}, "FTP"), ({}, {"stp": 0.9}, "STP"), ({}, {"ftp": 4, "stp": 1.04}, "ftp"), ({}, {"support": 72_000}, "FTP"),
        ({}, {"wkt": 0}, "0"), ({}, {"support": {"Dokter": 5}}, "Dokter"), ({"satuan_waktu": "hari"}, {}, "satuan_waktu"),
    ],
)  # fmt: skip
def test_abk_kes_refuses(
    change: dict[str, object], arguments: dict[str, object], says: str
) -> None:
    with pytest.raises(InputError, match=says):
        abk_kes(POLI.assign(**change), **arguments)


def test_no_time_left() -> None:
    for wrong in ({"leave": 300}, {"effective": 0}, {"holidays": -1}, {"days_a_week": 0}):
        with pytest.raises(InputError):
            available_time(**wrong)


def test_health_staff_of_a_city() -> None:
    found = health_need(small_city())
    assert found.index.to_list() == ["J2"]
    assert found.loc["J2", "required"] == pytest.approx(165_000 / 72_000)
    assert found.loc["J2", "existing"] == 1
    seats = (
        "jabatan_id,unit_id,nama,jenis,profesi\nJ1,D1,Pengelola Data,pelaksana,\nJ2,D1P,Bidan Ahli Madya,fungsional,bidan\n"
        "J3,D2,Analis Anggaran,pelaksana,\n"
    )
    own = health_need(small_city(jabatan=seats), wkt={"Bidan": 66_000}, support={"bidan": 6_600})
    assert own.loc["J2", "required"] == pytest.approx(165_000 / 66_000 / 0.9)
    with pytest.raises(InputError, match="klinik"):
        health_need(small_city(), kinds=("klinik",))
