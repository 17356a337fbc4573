"""Balance: by hand, against PySAL, invariances, degenerate inputs."""

from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import (
    balance,
    coefficient_of_variation,
    gini,
    grouping,
    jain,
    need,
    theil,
    theil_split,
    unit_balance,
)
from mutasi_toolkit.workload.example import small_city

#: Sums of at most a thousand doubles of one size.
NOISE = 1e-10
NAMES = [
    "gini", "theil", "theil_within", "theil_between", "cv", "jain", "max_over_mean", "share_below_90", "share_above_110",
]  # fmt: skip


def test_by_hand() -> None:
    # u = 0.5, 1, 1.5: mean 1; Gini (2 x (0.5 + 1 + 0.5)) / (2 x 9) = 2/9; variance 1/6
    found = balance([1, 2, 3], [2, 2, 2])
    assert list(found.index) == NAMES
    assert found["gini"] == pytest.approx(2 / 9)
    assert found["theil"] == pytest.approx((0.5 * np.log(0.5) + 1.5 * np.log(1.5)) / 3)
    assert found["cv"] == pytest.approx(np.sqrt(1 / 6))
    assert found["jain"] == pytest.approx(9 / (3 * 3.5))
    assert found["max_over_mean"] == pytest.approx(1.5)
    # filled: 200 %, 100 %, 67 %
    assert found["share_below_90"] == pytest.approx(1 / 3)
    assert found["share_above_110"] == pytest.approx(1 / 3)


def test_exactly_90_and_110_percent_are_within() -> None:
    found = balance([10, 10, 10, 10], [9, 11, 8.99, 11.01])
    assert found["share_below_90"] == found["share_above_110"] == 0.25


@given(
    st.lists(st.integers(0, 50), min_size=2, max_size=30).filter(lambda v: sum(v) > 0),
    st.integers(1, 4),
)
@settings(max_examples=60, deadline=None)
def test_agrees_with_pysal(values: list[int], n_groups: int) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # imports of the geographic stack
        from inequality.gini import Gini
        from inequality.theil import Theil, TheilD
    x = np.array(values, dtype=float)
    groups = np.arange(len(x)) % n_groups
    assert gini(x) == pytest.approx(float(Gini(x).g), abs=NOISE)
    assert theil(x) == pytest.approx(float(Theil(x).T), abs=NOISE)
    split = TheilD(x, groups)
    within, between = theil_split(x, groups)
    assert between == pytest.approx(float(np.ravel(split.bg)[0]), abs=NOISE)
    assert within == pytest.approx(float(np.ravel(split.wg)[0]), abs=NOISE)
    assert within + between == pytest.approx(theil(x), abs=NOISE)


def test_gini_agrees_with_its_definition_by_pairs() -> None:
    x = np.random.default_rng(3).lognormal(size=60)
    by_pairs = np.abs(x[:, None] - x[None, :]).sum() / (2 * len(x) ** 2 * x.mean())
    assert gini(x) == pytest.approx(by_pairs, abs=NOISE)


@given(st.lists(st.floats(0.01, 100), min_size=1, max_size=30), st.floats(0.1, 50))
@settings(max_examples=60, deadline=None)
def test_scale_order_and_replication_change_nothing(values: list[float], scale: float) -> None:
    x = np.array(values)
    for index in (gini, theil, jain, coefficient_of_variation):
        assert index(x * scale) == pytest.approx(index(x), abs=NOISE)
        assert index(x[::-1]) == index(x)
        assert index(np.tile(x, 3)) == pytest.approx(index(x), abs=NOISE)
    assert jain(x) == pytest.approx(1 / (1 + coefficient_of_variation(x) ** 2), abs=NOISE)
    load, capacity, groups = x, np.arange(1.0, len(x) + 1), np.arange(len(x)) % 3
    straight = balance(load, capacity, groups)
    back = balance(load[::-1], capacity[::-1], groups[::-1])
    pd.testing.assert_series_equal(straight, back, check_exact=True)


def test_a_transfer_from_poor_to_rich_raises_inequality() -> None:
    even, uneven = [2.0, 3.0, 4.0], [1.5, 3.0, 4.5]
    assert gini(uneven) > gini(even)
    assert theil(uneven) > theil(even)
    assert jain(uneven) < jain(even)


def test_one_has_all() -> None:
    assert gini([0, 0, 0, 8]) == pytest.approx(0.75)
    assert theil([0, 0, 0, 8]) == pytest.approx(np.log(4))
    assert jain([0, 0, 0, 8]) == pytest.approx(0.25)


@pytest.mark.parametrize("units", [1, 5])
def test_one_unit_and_equal_units(units: int) -> None:
    found = balance([3.0] * units, [2.0] * units, ["a"] * units)
    assert found[["gini", "theil", "theil_within", "theil_between", "cv"]].abs().max() < NOISE
    assert found["jain"] == pytest.approx(1)
    assert found["max_over_mean"] == pytest.approx(1)
    assert found["share_below_90"] == 1.0


@pytest.mark.parametrize(("load", "capacity"), [([], []), ([0, 0], [0, 0])])
def test_no_unit_gives_nan(load: list[float], capacity: list[float]) -> None:
    assert balance(load, capacity, [""] * len(load)).isna().all()


def test_no_load_has_no_index_but_is_overfilled() -> None:
    found = balance([0, 0], [1, 2], ["a", "b"])
    assert found[NAMES[:7]].isna().all()
    assert found["share_above_110"] == 1.0
    assert found["share_below_90"] == 0.0


def test_units_without_capacity_count_as_empty() -> None:
    found = balance([1, 1, 5], [1, 1, 0])
    assert found["gini"] == 0.0
    assert found["share_below_90"] == pytest.approx(1 / 3)


def test_without_groups_there_is_no_split() -> None:
    assert balance([1, 2], [1, 1])[["theil_within", "theil_between"]].isna().all()


def test_groups_of_one_have_nothing_within_and_a_missing_label_is_a_group() -> None:
    within, between = theil_split([1.0, 2.0, 3.0], ["a", "b", None])
    assert within == pytest.approx(0, abs=NOISE)
    assert between == pytest.approx(theil([1.0, 2.0, 3.0]))
    assert theil_split([0.0, 0.0, 2.0], ["a", "a", "b"])[0] == 0.0


def test_series_are_matched_by_their_index() -> None:
    load = pd.Series([1.0, 3.0], index=["a", "b"])
    capacity = pd.Series([4.0, 2.0], index=["b", "a"])
    assert balance(load, capacity)["max_over_mean"] == balance([1, 3], [2, 4])["max_over_mean"]
    with pytest.raises(InputError):
        balance(load, pd.Series([1.0, 1.0], index=["a", "c"]))


@pytest.mark.parametrize(
    ("load", "capacity", "groups"),
    [([1], [1, 2], None), ([-1], [1], None), ([1], [np.nan], None), ([np.inf], [1], None), ([[1]], [[1]], None), ([1, 2], [1, 2], ["a"])],
)  # fmt: skip
def test_what_is_no_amount_is_refused(load: object, capacity: object, groups: object) -> None:
    with pytest.raises(InputError):
        balance(load, capacity, groups)


def test_of_a_city() -> None:
    city = small_city()
    frame = need(city)
    found = unit_balance(city, "unit", "opd")
    hand = balance(frame["beban"], frame["ada"] * 75_000, ["D1", "D1", "D2"])
    pd.testing.assert_series_equal(found, hand)
    assert found["theil_within"] + found["theil_between"] == pytest.approx(found["theil"])


def test_groupings() -> None:
    units = (
        "unit_id,nama,induk_id,jenis,rumpun\nK,Kota,,kota,\nC,Kecamatan Rangkui,K,kecamatan,kewilayahan\n"
        "L,Kelurahan Asam,C,kelurahan,\nD1,Dinas,K,dinas,kesehatan\nD1P,Puskesmas,D1,puskesmas,\nD2,Dinas,K,dinas,keuangan\n"
    )
    city = small_city(unit=units)
    assert grouping(city, "kecamatan")["L"] == "C"
    assert pd.isna(grouping(city, "kecamatan")["D1P"])
    assert grouping(city, "rumpun")["D1P"] == "kesehatan"
    assert grouping(city, "rumpun")["L"] == "kewilayahan"
    assert grouping(city, "opd")["D1P"] == "D1"
    assert grouping(city, "jenis")["L"] == "kelurahan"
    with pytest.raises(InputError):
        grouping(city, "warna")
