"""The names, columns and meanings that users' own code rests on: each as the documentation promises it."""

from __future__ import annotations

import json
import math
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest
import scipy.sparse as sp

import mutasi_toolkit as mt
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.schema import TABLES, columns


@pytest.fixture(scope="module")
def cycle():
    return mt.read_cycle(data_dir("cycles") / "contoh")


@pytest.fixture(scope="module")
def proposal(cycle):
    return mt.propose(cycle)


@pytest.mark.parametrize("table", TABLES)
def test_tables_have_their_columns(cycle, table: str) -> None:
    """The names themselves are written out in test_schema_cycle.py."""
    assert set(columns(table)) <= set(getattr(cycle, table).columns)


def test_a_plan_applied_to_a_cycle_is_a_cycle(cycle, proposal) -> None:
    before = {name: frame.copy() for name, frame in cycle.tables.items()}
    after = cycle.after(proposal.plan.moves)
    assert all(frame.equals(before[name]) for name, frame in cycle.tables.items())
    seat = after.pegawai.set_index("pegawai_id")["jabatan_id"]
    assert (seat.loc[proposal.plan.moves["pegawai_id"]].to_numpy() == proposal.plan.moves["jabatan_id"].to_numpy()).all()
    assert len(after.riwayat) == len(cycle.riwayat) + len(proposal.plan.moves)


def test_need_and_efficiency(cycle) -> None:
    need = mt.workload.need(cycle)
    assert need.index.name == "jabatan_id"
    assert {"beban", "kebutuhan", "kebutuhan_bulat", "ada", "selisih", "ej", "prestasi"} <= set(need.columns)
    assert ((need["ada"] - need["kebutuhan_bulat"]) == need["selisih"]).all()
    for level, key in (("opd", "opd_id"), ("unit", "unit_id")):
        table = mt.workload.unit_efficiency(cycle, level=level)
        assert table.index.name == key
        assert {"beban", "kebutuhan_bulat", "ada", "selisih", "eu", "prestasi"} <= set(table.columns)
    tasks = pd.DataFrame({"jabatan_id": ["J", "J"], "uraian": ["a", "b"], "volume": [1500.0, 60.0], "norma_waktu": [60.0, 10.0], "satuan_waktu": ["menit", "jam"]})
    alone = mt.workload.need_from_tasks(tasks, effective_minutes=75_000)
    assert alone.loc["J", ["beban", "kebutuhan", "kebutuhan_bulat"]].tolist() == [126_000.0, 1.68, 2]


@pytest.mark.parametrize("value", [0.0, 0.495, 0.505, 0.695, 0.7, 0.704999, 0.705, 0.895, 0.9, 0.905, 1.0, 1.005, 1.01, 2.675, float("nan")])
def test_grades_round_half_up_on_the_shortest_text(value: float) -> None:
    grade = mt.workload.efficiency_grade(value)
    assert mt.workload.efficiency_grade(np.array([value, value])).tolist() == [grade, grade]
    if math.isnan(value):
        assert grade == ""
        return
    rounded = Decimal(repr(value)).quantize(Decimal("0.01"), ROUND_HALF_UP)
    wanted = "A" if rounded > 1 else "B" if rounded >= Decimal("0.90") else "C" if rounded >= Decimal("0.70") else "D" if rounded >= Decimal("0.50") else "E"
    assert grade == wanted


def test_balance_has_its_measures() -> None:
    result = mt.workload.balance([10.0, 20.0, 30.0], [10.0, 10.0, 10.0], groups=["a", "a", "b"])
    names = ["gini", "theil", "theil_within", "theil_between", "cv", "jain", "max_over_mean", "share_below_90", "share_above_110"]
    assert set(names) <= set(result.index)
    assert result["theil"] == pytest.approx(result["theil_within"] + result["theil_between"])


def test_projection_is_by_seat_class_and_year(cycle) -> None:
    years = mt.workload.project(cycle, years=5)
    flat = years.reset_index()
    assert {"jabatan_id"} <= set(flat.columns)
    year = next(c for c in flat.columns if c in {"tahun", "year"})
    assert flat[year].nunique() in {5, 6}


def test_the_skill_network(cycle) -> None:
    graph = mt.skills.network(cycle)
    assert isinstance(graph, nx.Graph)
    assert nx.is_bipartite(graph)
    matrix, people, skills = mt.skills.network(cycle, sparse=True)
    assert sp.issparse(matrix)
    assert matrix.shape == (len(people), len(skills))
    cover = mt.skills.coverage(cycle)
    assert cover.index.names == ["opd_id", "keahlian"]
    assert {"dibutuhkan", "pemegang", "kurang"} <= set(cover.columns)
    sole = mt.skills.sole_holders(cycle)
    assert {"opd_id", "keahlian", "pegawai_id"} <= set(sole.columns)
    assert (cover.loc[list(zip(sole["opd_id"], sole["keahlian"], strict=True)), "pemegang"] == 1).all() if len(sole) else True
    fit = mt.skills.fit(cycle)
    assert fit.index.names == ["pegawai_id", "jabatan_id"]
    pairs = cycle.pegawai[["pegawai_id"]].head(3).assign(jabatan_id=cycle.jabatan["jabatan_id"].iloc[0])
    assert len(mt.skills.fit(cycle, pairs)) == 3


def _line(n: int = 3, p: float = 0.5):
    source, target = np.arange(n - 1), np.arange(1, n)
    return mt.spread.Network(n, source, target, np.full(n - 1, p))


def test_spread_results_have_their_shapes() -> None:
    runs = {
        "cascade": mt.spread.cascade(_line(), [0], replicates=64, seed=1),
        "contagion": mt.spread.contagion(_line(), [0], steps=5, replicates=64, seed=1),
        "threshold": mt.spread.threshold(_line(), [0], replicates=64, seed=1),
    }
    for name, result in runs.items():
        assert result.size.shape == (64,), name
        assert result.reach.shape == (3,), name
        assert result.reach[0] == 1.0
        assert (result.curve[:, -1] == result.size).all(), name
        assert result.size.mean() == pytest.approx(result.reach.sum())
        assert isinstance(result.kernel, str)
        assert len(result.interval(level=0.95)) >= 2
    assert runs["contagion"].curve.shape == (64, 6)


def test_a_cascade_on_a_line_has_its_exact_mean() -> None:
    result = mt.spread.cascade(_line(), [0], replicates=40_000, seed=3)
    # 1 + p + p^2 = 1.75; four standard errors of the mean of 40,000 draws with variance below 1.
    assert result.size.mean() == pytest.approx(1.75, abs=4 / math.sqrt(40_000))


def test_degroot_averages() -> None:
    g = mt.spread.Network(2, np.array([0, 1]), np.array([1, 0]), np.array([0.5, 0.5]))
    out = mt.spread.degroot(g, np.array([0.0, 1.0]), 3)
    assert out.shape == (2, 4)
    assert out[:, 0].tolist() == [0.0, 1.0]


def test_spread_of_all_skills_and_marginal_gains(cycle) -> None:
    gains = mt.spread.marginal_gains(cycle, periods=6, replicates=16, seed=1)
    assert {"opd_id", "keahlian", "n_holders", "gain", "se"} <= set(gains.reset_index().columns)
    one = mt.spread.skills(cycle, periods=6, replicates=16, seed=1)
    two = mt.spread.skills(cycle, policy="random", periods=6, replicates=16, seed=1)
    assert mt.spread.compare(one, two) is not None


def test_march_has_its_shapes() -> None:
    result = mt.spread.march(0.5, 0.5, m=6, n=8, periods=4, replicates=5, seed=2)
    assert result.code.shape == (5, 5)
    assert result.individuals.shape == (5, 5)
    again = mt.spread.march(0.5, 0.5, m=6, n=8, reading="knowledge", replicates=5, seed=2)
    assert again.code.shape[0] == 5


def test_pairs_are_solved_and_verified() -> None:
    pairs = pd.DataFrame({"person": ["a", "a", "b", "b"], "position": ["x", "y", "x", "y"], "cost": [1.0, 4.0, 2.0, 3.0]})
    plan = mt.assignment.solve(mt.assignment.Problem.from_pairs(pairs, {"x": 1, "y": 1}))
    assert (plan.objective, plan.bound, plan.gap) == (4.0, 4.0, 0.0)
    assert list(plan.assignment.columns) == ["person", "position"]
    assert plan.moves.empty
    checked = mt.assignment.verify((pairs, {"x": 1, "y": 1}), plan)
    assert checked.ok
    assert checked.bound <= 4.0


def test_the_proposal_keeps_its_promises(cycle, proposal, tmp_path: Path) -> None:
    plan = proposal.plan
    assert plan.gap == pytest.approx((plan.objective - plan.bound) / max(1.0, abs(plan.objective)))
    assert sum(plan.terms.values()) == pytest.approx(plan.objective)
    assert mt.assignment.verify(cycle, plan).ok
    assert len(proposal.summary())
    assert math.isfinite(proposal.gain_predicted)
    assert math.isfinite(proposal.gain_simulated)
    proposal.write(tmp_path)
    assert json.loads((tmp_path / "plan.json").read_text(encoding="utf-8"))
    again = mt.read_proposal(tmp_path)
    assert again.plan.moves.equals(plan.moves)


def test_a_move_is_explained(cycle, proposal) -> None:
    problem = mt.assignment.Problem.from_cycle(cycle, proposal.gains)
    person = proposal.plan.moves["pegawai_id"].iloc[0]
    record = mt.assignment.explain(problem, proposal.plan, person)
    for name in ("rules", "terms", "next_best", "why_not"):
        assert hasattr(record, name)
    assert person in record.text("id")
    assert record.text("en") != record.text("id")
