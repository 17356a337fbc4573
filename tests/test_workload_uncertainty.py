"""Intervals under uncertain volumes: draws that belong to their task, limits that can be reckoned, comparisons."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import (
    balance_interval,
    compare_efficiency,
    draw_efficiencies,
    efficiency_interval,
    need,
    unit_balance,
    unit_efficiency,
)
from mutasi_toolkit.workload.draws import normal, task_keys, text_keys
from mutasi_toolkit.workload.example import small_city

#: Limits of 4,000 replicates: about three standard errors of a 2.5 % quantile.
SAMPLING = 0.02
#: The Kolmogorov-Smirnov test of a fixed seed, not a coin toss: it passes once and for all.
LEAST_P = 1e-3


def test_draws_are_normal_and_independent_of_each_other() -> None:
    keys = text_keys(pd.Series([f"task {i}" for i in range(20_000)]))
    first, second = normal(keys, 0, 1, "task"), normal(keys, 1, 1, "task")
    assert stats.kstest(first, "norm").pvalue > LEAST_P
    assert stats.kstest(second, "norm").pvalue > LEAST_P
    for other in (
        second,
        normal(keys, 0, 2, "task"),
        normal(keys, 0, 1, "unit"),
        np.roll(first, 1),
    ):
        assert abs(np.corrcoef(first, other)[0, 1]) < 4 / np.sqrt(len(keys))


def test_a_draw_belongs_to_its_key() -> None:
    keys = text_keys(pd.Series(["a", "b", "c"]))
    assert normal(keys, 3, 5)[1] == normal(keys[1:2], 3, 5)[0]
    assert len(set(keys)) == 3


def test_twin_tasks_have_keys_of_their_own_in_any_order() -> None:
    rows = pd.DataFrame(
        {
            "jabatan_id": "A",
            "uraian": "x",
            "volume": [3.0, 1.0, 2.0],
            "norma_waktu": 5.0,
            "satuan_waktu": "menit",
        },
        index=[7, 8, 9],
    )
    keys = pd.Series(task_keys(rows), index=rows.index)
    back = rows.iloc[::-1]
    assert keys.nunique() == 3
    assert (pd.Series(task_keys(back), index=back.index).reindex(keys.index) == keys).all()


def test_the_interval_of_one_task_is_that_of_a_lognormal() -> None:
    one = "jabatan_id,uraian,volume,norma_waktu,satuan_waktu\nJ1,Satu,1000,75,menit\n"
    found = efficiency_interval(small_city(tugas=one), "jabatan", error=0.3, replicates=4000).loc[
        "J1"
    ]
    s = np.sqrt(np.log1p(0.3**2))
    low, high = stats.lognorm.ppf([0.025, 0.975], s, scale=0.5 * np.exp(-(s**2) / 2))
    assert found["ej"] == 0.5
    assert found["low"] == pytest.approx(low, rel=SAMPLING)
    assert found["high"] == pytest.approx(high, rel=SAMPLING)
    drawn = draw_efficiencies(small_city(tugas=one), "jabatan", 0.3, 4000).drawn[0]
    assert drawn.mean() == pytest.approx(75_000, rel=SAMPLING)
    assert drawn.std() / drawn.mean() == pytest.approx(0.3, rel=2 * SAMPLING)


def test_no_error_gives_no_interval() -> None:
    city = small_city()
    found = efficiency_interval(city, error=0.0, replicates=3)
    assert found["low"].to_numpy() == pytest.approx(found["eu"].to_numpy())
    assert found["high"].to_numpy() == pytest.approx(found["eu"].to_numpy())
    assert found["p_prestasi"].to_list() == [1.0, 1.0]
    assert found["eu"].to_numpy() == pytest.approx(unit_efficiency(city)["eu"].to_numpy())
    assert efficiency_interval(city, "jabatan", 0.0, 2)["ej"].to_numpy() == pytest.approx(
        need(city)["ej"].to_numpy()
    )


def test_neither_row_order_nor_other_rows_nor_more_replicates_change_a_draw() -> None:
    city = small_city()
    base = draw_efficiencies(city, "unit", 0.2, 50, shared=0.3)
    shuffled = replace(city, tugas=city.tugas.iloc[::-1].reset_index(drop=True))
    assert (draw_efficiencies(shuffled, "unit", 0.2, 50, shared=0.3).drawn == base.drawn).all()
    more = small_city(
        tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil\nJ1,Mengolah data,3000,60,menit,data\nJ1,Menyusun laporan,12,10,jam,laporan\n"
        "J2,Pelayanan ANC,1500,30,menit,layanan\nJ2,Pertolongan persalinan,200,10,jam,layanan\nJ3,Baru,100,60,menit,x\n"
    )
    other = draw_efficiencies(more, "unit", 0.2, 50, shared=0.3)
    assert (other.drawn[:2] == base.drawn[:2]).all()
    assert (draw_efficiencies(city, "unit", 0.2, 20, shared=0.3).drawn == base.drawn[:, :20]).all()
    assert not (
        draw_efficiencies(city, "unit", 0.2, 50, seed=1, shared=0.3).drawn == base.drawn
    ).any()


def test_growth_scales_the_draws() -> None:
    base = draw_efficiencies(small_city(), "jabatan", 0.2, 5)
    grown = draw_efficiencies(small_city({"permintaan": {"kesehatan": 0.5}}), "jabatan", 0.2, 5)
    assert (grown.drawn / base.drawn).round(9).tolist() == [[1.5] * 5, [1.5] * 5, [1.0] * 5]


def test_shared_error_does_not_cancel_out() -> None:
    many = "jabatan_id,uraian,volume,norma_waktu,satuan_waktu\n" + "".join(
        f"J1,Tugas {i},100,15,menit\n" for i in range(100)
    )
    city = small_city(tugas=many)

    def width(shared: float) -> float:
        row = efficiency_interval(city, "jabatan", 0.2, 800, shared=shared).loc["J1"]
        return float((row["high"] - row["low"]) / row["ej"])

    assert width(0.0) == pytest.approx(2 * 1.96 * 0.2 / 10, rel=0.15)
    assert width(1.0) == pytest.approx(2 * 1.96 * 0.2, rel=0.15)
    assert width(0.0) < width(0.5) < width(1.0)


def test_difference_of_two_units() -> None:
    city = small_city()
    found = compare_efficiency(
        city, [("D1", "D2"), ("D2", "D1"), ("D1", "D1")], error=0.1, replicates=500
    )
    assert found.loc[0, "difference"] == pytest.approx(-found.loc[1, "difference"])
    assert found.loc[0, "low"] == pytest.approx(-found.loc[1, "high"])
    assert found.loc[0, "p_greater"] == 1 - found.loc[1, "p_greater"]
    assert found["differs"].to_list() == [True, True, False]
    assert found.loc[2, ["difference", "p_greater", "p_differ"]].to_list() == [0.0, 0.5, 0.0]
    unsure = compare_efficiency(city, error=1.5, replicates=500)
    assert len(unsure) == 1
    assert not unsure.loc[0, "differs"]
    with pytest.raises(InputError, match="D9"):
        compare_efficiency(city, [("D1", "D9")])


def test_an_empty_unit_has_no_interval() -> None:
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\n"
    city = small_city(pegawai=people)
    row = efficiency_interval(city, replicates=10).loc["D2"]
    assert row[["eu", "low", "high", "p_prestasi", "p_overload"]].isna().all()
    assert row["prestasi"] == ""
    pair = compare_efficiency(city, replicates=10).iloc[0]
    assert np.isnan(pair["p_greater"])
    assert not pair["differs"]


def test_balance_with_an_interval() -> None:
    city = small_city()
    found = balance_interval(city, "unit", 0.2, 300, by="opd")
    pd.testing.assert_series_equal(
        found["value"], unit_balance(city, "unit", "opd"), check_names=False, check_exact=False
    )
    assert (found["low"] <= found["high"]).all()
    parts = found.loc[["theil_within", "theil_between"], "mean"].sum()
    assert parts == pytest.approx(found.loc["theil", "mean"])
    still = balance_interval(city, error=0.0, replicates=2)
    assert still["low"].to_numpy() == pytest.approx(still["value"].to_numpy())


@pytest.mark.parametrize(
    "wrong",
    [
        {"error": -0.1},
        {"error": 3},
        {"error": np.nan},
        {"shared": 1.1},
        {"replicates": 1},
        {"confidence": 1.0},
        {"level": "kota"},
    ],
)
def test_what_cannot_be_drawn(wrong: dict[str, object]) -> None:
    with pytest.raises(InputError):
        efficiency_interval(small_city(), **wrong)
