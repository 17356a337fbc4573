"""Thousands of tiny instances, every plan of each enumerated by a second reading of the tables, with every kind of constraint."""

from __future__ import annotations

import os
from collections import Counter
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from brute.sea import checked, draw_sea, expect_none
from brute.world import gains_of, write_sea

from mutasi_toolkit.assignment import Problem, solve, verify
from mutasi_toolkit.errors import InfeasibleError

#: `make brute` asks for more.
SEAS = int(os.environ.get("MUTASI_BRUTE_SEAS", "26"))
SIZE = 80
#: In how many of the 2,080 islands each kind of constraint is binding (without it the best plan would cost less), each term
#: decides, and each shape of plan is the answer: at least so many.
COVERED = {
    "kapasitas": 100, "pemegang_terakhir": 60, "isi_min": 30, "pengalaman_min": 20, "opd_tidak_memburuk": 40, "konflik": 20,
    "keluar_per_unit": 100, "masuk_per_unit": 60, "keluar_per_opd": 50, "masuk_per_opd": 14, "anggaran_atau_kelompok_bersama": 40,
    "keputusan_kunci": 18, "keputusan_tolak": 7, "keputusan_tolak_semua": 18, "keputusan_terima": 10,
    "kelompok_ada_banyak": 7, "kelompok_ada_sedikit": 5, "kelompok_pindah_banyak": 6, "kelompok_pindah_sedikit": 10,
    "suku_beban": 200, "suku_kecocokan": 130, "suku_pengetahuan": 35, "suku_gangguan": 8, "suku_pindah": 14, "suku_beban_unit": 7,
    "suku_kosong": 15, "suku_pemegang_tunggal": 12, "rantai": 70, "tukar_tempat": 35, "lowongan_terisi": 350, "orang_tetap": 900,
}  # fmt: skip


@pytest.mark.slow
def test_the_plan_is_the_best_on_every_island(tmp_path: Path) -> None:
    seen: Counter = Counter()
    for seed in range(SEAS):
        sea, _ = draw_sea(seed, SIZE)
        seen += checked(sea, tmp_path / str(seed))
    if out := os.environ.get("MUTASI_BRUTE_OUT"):
        Path(out).write_text("".join(f"| {k} | {v} |\n" for k, v in sorted(seen.items())), encoding="utf-8")
    share = seen["pulau"] / (26 * SIZE)
    assert share >= SEAS / 26 * 0.9
    assert {k: seen[k] for k, least in COVERED.items() if seen[k] < least * share} == {}


def test_an_island_without_a_plan_is_refused(tmp_path: Path) -> None:
    found = 0
    for seed in range(3):
        sea, hopeless = draw_sea(seed, 30)
        for island in hopeless[:4]:
            cycle = write_sea(tmp_path / f"{seed}{island.name}", [island], {**sea.settings, "jaminan": {**sea.settings["jaminan"], "kelompok": []}})
            expect_none(cycle, pd.DataFrame(gains_of([island]), columns=["opd_id", "keahlian", "n_holders", "gain"]))
            found += 1
    assert found >= 8


def _pairs(rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray, np.ndarray, int]:
    """Costs (nan: not allowed), weights and capacities in whole numbers, and what they are divided by."""
    n, m = int(rng.integers(1, 7)), int(rng.integers(1, 5))
    cost = rng.integers(-9, 10, (n, m)).astype(float)
    cost[rng.random((n, m)) < 0.2] = np.nan
    cost[np.isnan(cost).all(axis=1), 0] = 0.0
    weight = rng.integers(0, 6, (n, m)) if rng.random() < 0.8 else np.ones((n, m), dtype=int)
    capacity = np.maximum((weight.sum() / m * (0.4 + rng.random(m))).astype(int), 0)
    return cost, weight, capacity, int(rng.choice([1, 4, 10]))


def _best(cost: np.ndarray, weight: np.ndarray, capacity: np.ndarray) -> tuple[float | None, bool]:
    """The least total cost, and whether capacities bind."""
    n, m = cost.shape
    plans = np.stack([g.ravel() for g in np.meshgrid(*[np.flatnonzero(~np.isnan(row)) for row in cost], indexing="ij")], axis=1)
    total = cost[np.arange(n), plans].sum(axis=1)
    used = weight[np.arange(n), plans]
    fine = np.all([(used * (plans == j)).sum(axis=1) <= capacity[j] for j in range(m)], axis=0)
    return (float(total[fine].min()), bool(total.min() < total[fine].min())) if fine.any() else (None, False)


@pytest.mark.parametrize("seed", range(2))
def test_generalised_assignment_is_the_best_of_all(seed: int) -> None:
    rng = np.random.default_rng([seed, 31])
    seen: Counter = Counter()
    for k in range(500):
        cost, weight, capacity, by = _pairs(rng)
        best, binds = _best(cost, weight, capacity)
        i, j = np.nonzero(~np.isnan(cost))
        pairs = pd.DataFrame({"person": i, "position": j, "cost": cost[i, j] / by, "weight": weight[i, j] / by})
        limits = dict(enumerate((capacity / by).tolist()))
        problem = Problem.from_pairs(pairs, limits)
        if best is None:
            with pytest.raises(InfeasibleError):
                solve(problem)
            seen["none"] += 1
            continue
        plan = solve(problem)
        assert Fraction(plan.objective).limit_denominator(1000) == Fraction(int(best), by)
        assert (plan.bound, plan.status) == (plan.objective, "optimal")
        if k % 5 == 0:
            assert verify((pairs, limits), plan).ok
        seen["binding" if binds else "free"] += 1
    assert seen["binding"] > 60
    assert seen["none"] > 15
    assert seen["free"] > 50
