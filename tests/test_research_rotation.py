"""Rotation policies and factor sweeps: designs, resuming, sensitivities, paired comparison, moratoria, best transfers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit import research
from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.research.rotation import gini

FACTORS: dict[str, Any] = {"rate": (0.0, 0.1), "interval": (1, 6), "policy": ["swap", "ladder"]}
CALLS: list[float] = []


def _run(rate: float, interval: int, policy: str, offset: float = 0.0) -> dict[str, Any]:
    CALLS.append(rate)
    return {"y": 10 * rate + interval + offset, "word": policy}


@pytest.mark.parametrize("kind", ["sobol", "latin", "halton", "saltelli"])
def test_designs_fill_the_factors_evenly(kind: str) -> None:
    plan = research.design(FACTORS, 64, kind, seed=3)
    assert len(plan) == (64 if kind != "saltelli" else 64 * 5)
    assert plan["rate"].between(0, 0.1).all()
    assert set(plan["interval"]) == set(range(1, 7))
    assert plan["rate"].mean() == pytest.approx(0.05, abs=0.01)
    assert (plan["policy"] == "swap").mean() == pytest.approx(0.5, abs=0.1)
    assert plan.equals(research.design(FACTORS, 64, kind, seed=3))


def test_bad_designs_are_refused() -> None:
    for bad in ({"x": []}, {"x": (2.0, 1.0)}):
        with pytest.raises(InputError):
            research.design(bad, 4)
    with pytest.raises(InputError):
        research.design(FACTORS, 4, "random")


def test_a_sweep_goes_on_where_it_stopped(tmp_path: Path) -> None:
    plan = research.design(FACTORS, 8, seed=1)
    CALLS.clear()
    whole = research.sweep(_run, plan, tmp_path / "a", fixed={"offset": 1.0})
    assert len(CALLS) == 8
    written = (tmp_path / "a" / "sweep.csv").read_bytes()
    for path in sorted((tmp_path / "a" / "runs").glob("*.json"))[:3]:
        path.unlink()
    (tmp_path / "a" / "runs" / "half.part").write_text("{")
    again = research.sweep(_run, plan, tmp_path / "a", fixed={"offset": 1.0})
    assert len(CALLS) == 11
    assert again.equals(whole)
    assert (tmp_path / "a" / "sweep.csv").read_bytes() == written
    research.sweep(_run, plan, tmp_path / "a", fixed={"offset": 2.0})
    assert len(CALLS) == 19
    assert list(whole.columns) == ["run", "rate", "interval", "policy", "y", "word"]
    assert whole["y"].to_numpy() == pytest.approx(10 * plan["rate"] + plan["interval"] + 1)


@pytest.mark.slow
def test_a_sweep_in_processes_is_that_in_one_and_keeps_what_ended(tmp_path: Path) -> None:
    fixed = {"cycle": str(data_dir("cycles") / "contoh"), "policy": "swap", "periods": 4, "replicates": 5}
    plan = pd.DataFrame({"rate": [0.0, 0.1, 0.2]})
    alone = research.sweep(research.rotation_run, plan, None, 1, fixed)
    assert research.sweep(research.rotation_run, plan, tmp_path, 2, fixed).equals(alone)
    bad = pd.DataFrame({"rate": [-1.0, 0.1, 0.3]})
    with pytest.raises(InputError):
        research.sweep(research.rotation_run, bad, tmp_path, 2, fixed)
    assert len(list((tmp_path / "runs").glob("*.json"))) == 4


def test_sensitivity_of_a_sum_is_its_shares_of_variance() -> None:
    pytest.importorskip("SALib")
    factors = {"a": (0.0, 1.0), "b": (0.0, 1.0)}
    plan = research.design(factors, 512, "saltelli", seed=1)
    found = research.sensitivity(plan.assign(y=plan["a"] + 2 * plan["b"]), factors, "y").set_index("factor")
    assert found.loc["a", "total"] == pytest.approx(0.2, abs=0.03)
    assert found.loc["b", "first"] == pytest.approx(0.8, abs=0.05)


def test_gini_by_hand() -> None:
    assert gini(np.array([[0.0, 0.0, 3.0], [1.0, 2.0, 3.0], [0.0, 0.0, 0.0]])).tolist() == pytest.approx([2 / 3, 2 / 9, 0.0])


def test_policies_are_compared_on_the_same_draws(contoh: Cycle) -> None:
    policies = {"none": {"policy": "none"}, "again": {"policy": "none"}, "swap": {"policy": "swap", "rate": 0.2}, "lost": {"policy": "swap", "rate": 0.2, "rates": research.with_ties(contoh, 0.0)}}
    table = research.compare_policies(contoh, policies, periods=12, replicates=60, seed=1).set_index(["policy", "measure"])
    assert (table.loc["again", "change"] == 0).all()
    assert table.loc[("swap", "growth"), "change"] != 0
    assert table.loc[("swap", "growth"), "mean"] >= table.loc[("lost", "growth"), "mean"] - 2 * table.loc[("lost", "growth"), "half"]
    assert table["mean"].notna().all()


def test_a_run_of_the_sweep_is_reproducible() -> None:
    place = str(data_dir("cycles") / "contoh")
    one, two = (research.rotation_run(place, "swap", 0.05, interval=2, periods=6, replicates=10, seed=2) for _ in range(2))
    assert one == two
    assert {"growth", "coverage", "time_50", "inequality", "growth_half"} <= set(one)


def test_a_written_rotation_keeps_every_seat_filled_and_pauses(contoh: Cycle) -> None:
    plan = research.rotation_plan(contoh, 0.2, 4, seed=1)
    paused = research.rotation_plan(contoh, 0.2, 4, pause=(1, 2), seed=1)
    assert set(paused["periode"]) <= {3, 4}
    seat = contoh.seated["jabatan_id"].to_dict()
    before = pd.Series(seat).value_counts()
    for move in plan.itertuples():
        seat[move.pegawai_id] = move.jabatan_id
    assert pd.Series(seat).value_counts().sort_index().equals(before.sort_index())
    table = research.moratorium(contoh, (0, 4), rate=0.2, periods=8, paths=3, replicates=10, seed=1)
    assert table.loc[0, "lost"] == 0
    assert table.loc[1, "half"] > 0


def test_best_transfer_by_hand() -> None:
    gains = pd.DataFrame(
        {"opd_id": ["A", "A", "A", "B", "B"], "keahlian": "x", "n_holders": [0, 1, 2, 0, 1], "gain": [5.0, 2.0, 1.0, 4.0, 1.5], "se": 0.1, "sekarang": [2, 2, 2, 0, 0]}
    )
    best = research.best_transfers(gains)
    # From A, whose second holder is worth 2, to B, whose first is worth 4.
    assert best.iloc[0][["dari", "ke"]].tolist() == ["A", "B"]
    assert best.iloc[0]["gain"] == pytest.approx(2.0)
    assert len(best) == 1
    nobody = research.best_transfers(gains.assign(dibutuhkan=gains["opd_id"] == "A"))
    assert nobody.empty


def test_holders_today_are_those_of_the_cycle(contoh: Cycle) -> None:
    gains = pd.DataFrame({"opd_id": contoh.seat["opd_id"].iloc[0], "keahlian": sorted(contoh.keahlian["keahlian"].unique()), "n_holders": 0, "gain": 1.0, "se": 0.1})
    table = research.holders_today(contoh, gains)
    mine = contoh.keahlian[(contoh.keahlian["tingkat"] >= 3) & (contoh.seated["opd_id"].reindex(contoh.keahlian["pegawai_id"]) == gains["opd_id"].iloc[0]).to_numpy()]
    assert table["sekarang"].sum() == len(mine)
    assert 0 < table["dibutuhkan"].sum() <= len(table)
