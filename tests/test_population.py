"""Skills that spread in a population: exact chains, invariances, common draws; and what one more holder is worth."""

from __future__ import annotations

import numpy as np
import pytest

from mutasi_toolkit.skills.example import two_offices
from mutasi_toolkit.spread.comparison import compare_skills
from mutasi_toolkit.spread.gains import isotonic_down, marginal_gains
from mutasi_toolkit.spread.population import skills

#: Standard errors allowed between a simulated mean and its exact value.
SIGMAS = 4.5


def _office(size: int, holders: int, **settings: object):
    people = "".join(f"Q{i:02d},J1,PNS,III/a,S1,2020-01-01\n" for i in range(size))
    held = "".join(f"Q{i:02d},Anggaran,3,dinilai\n" for i in range(holders))
    cycle = two_offices(
        pegawai="pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\n" + people,
        keahlian="pegawai_id,keahlian,tingkat,dasar\n" + held,
        syarat="jabatan_id,keahlian,tingkat\nJ1,Anggaran,3\n",
    )
    return cycle.with_settings(sebaran=settings)


def _expected_known(size: int, start: int, chance: float, periods: int) -> float:
    """Exact mean of the binomial chain: each who lacks it learns with 1 - (1 - b)^k."""
    from scipy.stats import binom

    state = np.zeros(size + 1)
    state[start] = 1.0
    for _ in range(periods):
        new = np.zeros(size + 1)
        for k in np.flatnonzero(state):
            learn = 1 - (1 - chance) ** k
            new[k:] += state[k] * binom.pmf(np.arange(size - k + 1), size - k, learn)
        state = new
    return float(state @ np.arange(size + 1))


def test_mean_of_one_unit_is_that_of_the_exact_chain() -> None:
    size, start, chance, periods = 12, 2, 0.03, 10
    found = skills(_office(size, start, ajar_unit=chance), periods=periods, replicates=4000, seed=5)
    end = found.curve[:, -1]
    error = end.std(ddof=1) / np.sqrt(len(end))
    assert abs(end.mean() - _expected_known(size, start, chance, periods)) < SIGMAS * error


def test_gain_is_the_difference_of_two_exact_chains() -> None:
    size, chance, periods = 9, 0.05, 8
    table = marginal_gains(_office(size, 1, ajar_unit=chance), periods=periods, replicates=4000, seed=7)
    row = table[(table["keahlian"] == "Anggaran") & (table["opd_id"] == "D1")].set_index("n_holders")
    for h in (0, 1, 3):
        exact = _expected_known(size + 1, h + 1, chance, periods) - 1 - (_expected_known(size, h, chance, periods) if h else 0)
        assert abs(row.loc[h, "gain_raw"] - exact) < SIGMAS * row.loc[h, "se"] + 1e-9


def test_gains_do_not_increase() -> None:
    table = marginal_gains(_office(9, 2), replicates=50)
    assert (table["low"] <= table["gain_raw"]).all()
    assert (table["gain_raw"] <= table["high"]).all()
    assert (table.groupby(["opd_id", "keahlian"])["gain"].diff().dropna() <= 1e-12).all()


@pytest.mark.parametrize(("chance", "known"), [(0.0, 2), (1.0, 7)])
def test_chance_nought_and_one(chance: float, known: int) -> None:
    found = skills(_office(7, 2, ajar_unit=chance), periods=3, replicates=3)
    assert (found.curve[:, -1] == known).all()


def test_nobody_knows_nothing_spreads() -> None:
    found = skills(_office(5, 0, ajar_unit=0.5), periods=4, replicates=3)
    assert not found.curve.any()


def test_forgetting_everything_in_one_period() -> None:
    found = skills(_office(5, 5, ajar_unit=0.0, lupa=1.0), periods=1, replicates=3)
    assert not found.curve[:, -1].any()


def test_same_seed_same_bits_and_replicates_do_not_depend_on_their_number() -> None:
    cycle = _office(8, 2)
    few, many = (skills(cycle, periods=6, replicates=n, seed=1) for n in (5, 9))
    assert (few.curve == many.curve[:5]).all()


def test_a_plan_that_moves_nobody_changes_nothing() -> None:
    cycle = _office(8, 2)
    one, two = (skills(cycle, periods=6, replicates=10) for _ in range(2))
    change = compare_skills(one, two)
    assert (change[["selisih", "low", "high"]] == 0).all().all()
    assert not change["pasti"].any()


def test_isotonic_keeps_the_weighted_sum() -> None:
    values, weights = np.array([1.0, 4.0, 2.0, 2.5]), np.array([1.0, 2.0, 1.0, 1.0])
    out = isotonic_down(values, weights)
    assert (np.diff(out) <= 0).all()
    assert out @ weights == pytest.approx(values @ weights)
