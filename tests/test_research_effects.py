"""Effects from records: the panel by hand, estimators on known truth, the design-based test, exports."""

from __future__ import annotations

import itertools
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.cycle import Cycle, read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.research.estimators import estimate, estimation_frame, event_study, judge
from mutasi_toolkit.research.exports import transfer_graph, write_graphml, write_rsiena
from mutasi_toolkit.research.known_truth import simulate_records
from mutasi_toolkit.research.panels import Tables, panel
from mutasi_toolkit.research.randomisation import (
    Rotation,
    changes,
    every_rotation,
    randomisation_test,
    received,
    redraw,
    rotation_of,
)


def _by_hand() -> Tables:
    home = pd.Series({"a": "U1", "b": "U2", "c": "U2", "d": "U3"})
    moves = pd.DataFrame(
        [("a", "U2", "U1", "2020-05-10"), ("d", "U1", "U3", "2020-08-01"), ("a", "U3", "U2", "2019-03-01")],
        columns=["pegawai_id", "unit_asal", "unit_tujuan", "tanggal"],
    )
    skills = pd.DataFrame({"pegawai_id": ["a", "b"], "keahlian": "x", "tanggal": pd.to_datetime([None, "2020-07-15"])})
    outcomes = pd.DataFrame({"unit_id": ["U1", "U2"], "periode": ["2020Q1", "2020-06"], "indikator": "i", "nilai": [5.0, 7.0]})
    return Tables(home, moves, skills, outcomes)


def test_panel_by_hand() -> None:
    table = panel(_by_hand(), "2020-01-01", "2021-01-01").set_index(["unit", "period"])
    assert table["people"].unstack().loc["U1"].tolist() == [1, 2, 1, 1]
    assert table["people"].unstack().loc["U2"].tolist() == [3, 2, 2, 2]
    assert table["people"].unstack().loc["U3"].tolist() == [0, 0, 1, 1]
    assert table["holders"].unstack().loc["U1"].tolist() == [0, 1, 1, 1]
    assert table["holders"].unstack().loc["U2"].tolist() == [1, 0, 1, 1]
    assert table["cohort"].unstack()[0].to_dict() == {"U1": 1, "U2": -1, "U3": -1}
    assert table["dose"].unstack().loc["U1"].tolist() == [0, 1, 1, 1]
    assert table["exposure"].unstack().loc["U1"].tolist() == [0, 0.5, 1.0, 0]
    assert table["exposure"].unstack().loc["U3"].tolist() == [0, 0, 1.0, 1.0]
    # U1 exchanged with U2 in the second period; U3 with U2 long before: U3 sees U2 only until its own exchange with U1.
    assert table.loc[("U2", 2), "exposure_2"] == pytest.approx((1 * 1.0 + 1 * 1.0) / 2)
    assert table.loc[("U1", 0), "outcome"] == 5.0
    assert table.loc[("U2", 1), "outcome"] == 7.0
    assert table["outcome"].notna().sum() == 2


def test_panel_follows_the_truth_of_simulated_records() -> None:
    made = simulate_records(units=15, periods=10, seed=2)
    table = panel(made.tables, made.start, made.end)
    found = table[table["unit"] != "P"].groupby("unit")["cohort"].first()
    assert (found == made.cohort).all()
    staff = table.groupby("period")["people"].sum()
    assert staff.nunique() == 1
    assert len(table) == 16 * 10


def test_panel_of_a_cycle_by_opd(tiny: Path) -> None:
    cycle: Cycle = read_cycle(tiny)
    table = panel(cycle, "2014-01-01", "2018-01-01", "year", skills=["Akuntansi", "Keperawatan"])
    moved = table[(table["skill"] == "Akuntansi") & (table["unit"] == "U3")]
    # Her skill was assessed in 2025 only: no arrival of a holder in 2014.
    assert moved["dose"].max() == 0
    assert moved.iloc[0]["arrivals"] == 1
    with pytest.raises(InputError):
        panel(cycle, "2014-01-01", "2018-01-01", skills=["Tidak Ada"])
    with pytest.raises(InputError):
        panel(cycle, "2014-01-01", "2014-01-02")


@pytest.mark.slow
def test_estimators_find_a_known_effect() -> None:
    pytest.importorskip("pyfixest")
    pytest.importorskip("differences")
    made = simulate_records(units=120, periods=12, effect=2.0, noise=0.5, seed=4)
    frame = estimation_frame(panel(made.tables, made.start, made.end))
    found = estimate(frame).set_index("method")
    for method, row in found.iterrows():
        assert abs(row["estimate"] - 2.0) < 4 * row["se"], method
        assert 0.02 < row["se"] < 0.5, method
    study = event_study(frame).set_index("relative")
    assert (study.loc[[-3, -2], "estimate"].abs() < 4 * study.loc[[-3, -2], "se"]).all()
    assert abs(study.loc[2, "estimate"] - 2.0) < 4 * study.loc[2, "se"]
    with pytest.raises(InputError):
        estimate(frame, ["ols"])


@pytest.mark.slow
def test_selection_on_trends_biases_and_selection_on_levels_does_not() -> None:
    pytest.importorskip("pyfixest")
    level, trend = (judge(["did2s"], replicates=8, units=60, periods=12, selection=s, seed=1).iloc[0] for s in ("level", "trend"))
    assert abs(level["bias"]) < 4 * level["bias_se"]
    assert trend["bias"] > 4 * trend["bias_se"]


def _small(seed: int = 0) -> tuple[Rotation, np.ndarray]:
    rng = np.random.default_rng(seed)
    allowed = np.ones((6, 6), dtype=bool)
    allowed[0, 3] = allowed[4, 5] = False
    rotation = Rotation(np.array([0, 0, 0, 0, 1, 1]), np.array([0, 1, 2, 3, 1, 2]), pd.Index(list("ABCD")), allowed, np.array([1, 0, 1, 0, 1, 0], dtype=bool), np.array([2, 2, 2, 2, 4, 4]))
    return rotation, rng.normal(size=(4, 8))


def test_all_lawful_rotations_and_no_other() -> None:
    rotation, _ = _small()
    found = every_rotation(rotation)
    by_hand = [
        (*p, *q) for p in itertools.permutations(range(4)) for q in itertools.permutations((4, 5)) if p[0] != 3 and q[0] != 5
    ]
    assert sorted(map(tuple, found.tolist())) == sorted(by_hand)
    assert found[0].tolist() == list(range(6))


def test_redraws_are_lawful_and_uniform() -> None:
    rotation, _ = _small()
    drawn = redraw(rotation, 9000, seed=3)
    every = [tuple(o) for o in every_rotation(rotation).tolist()]
    counted = pd.Series(list(map(tuple, drawn.tolist()))).value_counts()
    assert set(counted.index) == set(every)
    expected = 9000 / len(every)
    chi2 = float(((counted.reindex(every) - expected) ** 2 / expected).sum())
    # 17 degrees of freedom; the 99.9 % point is 40.8.
    assert chi2 < 40.8


def test_p_value_by_redraws_is_that_of_all_rotations() -> None:
    rotation, outcome = _small(5)
    exact = randomisation_test(rotation, outcome, orders=every_rotation(rotation))
    drawn = randomisation_test(rotation, outcome, draws=4999, seed=1)
    assert exact.statistic == pytest.approx(drawn.statistic)
    assert abs(exact.p_value - drawn.p_value) < 4 * np.sqrt(exact.p_value * (1 - exact.p_value) / 4999) + 0.002


def test_p_values_are_uniform_when_nothing_matters() -> None:
    rotation, _ = _small()
    every = every_rotation(rotation)
    p = [randomisation_test(rotation, np.random.default_rng(s).normal(size=(4, 8)), orders=every).p_value for s in range(300)]
    for level in (0.1, 0.25, 0.5):
        assert np.mean(np.array(p) <= level) < level + 4 * np.sqrt(level * (1 - level) / 300)


def _case(effect: float, seed: int) -> tuple[Rotation, np.ndarray]:
    made = simulate_records(units=20, periods=12, movers=6, effect=effect, noise=0.5, seed=seed)
    table = panel(made.tables, made.start, made.end)
    units = pd.Index([u for u in table["unit"].unique() if u != "P"])
    outcome = table.pivot_table(index="unit", columns="period", values="outcome", dropna=False).loc[units].to_numpy()
    edges = pd.date_range(made.start, made.end, freq="QS", inclusive="left")
    moves = made.tables.moves[made.tables.moves["unit_tujuan"] != "P"]
    return rotation_of(moves, set(made.tables.skills["pegawai_id"]), edges, units=units), outcome


def test_effect_is_recovered_with_its_interval() -> None:
    found = [randomisation_test(*_case(1.5, seed), draws=199, seed=seed) for seed in range(12)]
    estimates = np.array([f.estimate for f in found])
    assert abs(estimates.mean() - 1.5) < 4 * estimates.std(ddof=1) / np.sqrt(12)
    assert sum(f.low <= 1.5 <= f.high for f in found) >= 9
    assert np.mean([f.p_value for f in found]) < 0.2


def test_interference_test_leaves_focal_units_as_they_are() -> None:
    rotation, outcome = _case(1.0, 3)
    focal = np.arange(20) % 2 == 0
    drawn = redraw(rotation, 50, seed=1, fixed=focal[rotation.place])
    mine = received(rotation, drawn, 12)[:, focal]
    assert (mine == received(rotation, np.arange(len(rotation.place))[None, :], 12)[0, focal]).all()
    test = randomisation_test(rotation, outcome, draws=99, focal=focal, exposure=lambda x: np.roll(x, 1, axis=0) + np.roll(x, -1, axis=0))
    assert 0 < test.p_value <= 1
    assert np.isnan(test.estimate)


def test_changes_by_hand() -> None:
    outcome = np.array([[0.0, 0.0, 4.0, 4.0], [0.0, 0.0, 0.0, 0.0]])
    assert changes(outcome, 1, 2)[:, 2].tolist() == [2.0, -2.0]
    assert changes(outcome, 1, 2)[:, 0].tolist() == [0.0, 0.0]


def test_rules_of_law_bound_the_redraw(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    moves = pd.DataFrame(
        {"pegawai_id": ["198804152010012000", "198203032007101000"], "unit_tujuan": ["U11", "U3"], "tanggal": "2020-01-02", "jabatan_tujuan": ["J03", "J07"]}
    )
    edges = pd.date_range("2019-01-01", "2021-01-01", freq="QS")
    lawful = rotation_of(moves, {"198804152010012000"}, edges, cycle)
    assert not lawful.allowed[0, 1]
    assert lawful.allowed.diagonal().all()
    assert (redraw(lawful, 20, seed=1) == [0, 1]).all()
    assert rotation_of(moves, set(), edges).allowed.all()


def test_graphml_and_rsiena(tmp_path: Path) -> None:
    made = simulate_records(units=5, periods=8, seed=1)
    graph = transfer_graph(made.tables.moves)
    write_graphml(graph, tmp_path / "g.graphml")
    again = nx.read_graphml(tmp_path / "g.graphml")
    assert {(a, b): d["weight"] for a, b, d in again.edges(data=True)} == {(a, b): d["weight"] for a, b, d in graph.edges(data=True)}
    waves = [pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"], "weight": [1, 0]}), pd.DataFrame({"from": ["c"], "to": ["a"]})]
    present = pd.DataFrame({"w1": [True, True, True], "w2": [True, False, True]}, index=list("abc"))
    files = write_rsiena(tmp_path / "siena", waves, list("abc"), pd.DataFrame({1: [0, 1, 2], 2: [1, np.nan, 2]}, index=list("abc")), present)
    assert [f.name for f in files] == ["wave1.dat", "wave2.dat", "actors.csv", "behaviour.dat", "read.R"]
    assert (tmp_path / "siena" / "wave1.dat").read_text() == "0 1 0\n0 0 0\n0 0 0\n"
    assert (tmp_path / "siena" / "wave2.dat").read_text() == "0 10 0\n10 0 10\n1 10 0\n"
    assert (tmp_path / "siena" / "behaviour.dat").read_text() == "0 1\n1 NA\n2 2\n"
    with pytest.raises(InputError):
        write_rsiena(tmp_path / "siena", waves[:1], list("abc"))
    with pytest.raises(InputError):
        write_rsiena(tmp_path / "siena", waves, list("ab"))
