"""Models of organisations after March: values to be met, exact anchors, orderings, invariances and what is refused."""

from __future__ import annotations

import numpy as np
import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.spread.organisations import (
    adopted,
    barter,
    chunks,
    cover_time,
    landscape,
    moving_expert,
    power,
    receptivity,
    subgroups,
)
from mutasi_toolkit.spread.organisations.landscape_model import INTERACTIONS, _interactions, highest


def _apart(high: tuple[float, float], low: tuple[float, float]) -> float:
    """Difference of two means in standard errors."""
    return (high[0] - low[0]) / np.hypot(high[1], low[1])


@pytest.mark.slow
def test_payoff_peaks_where_subgroups_are_linked_a_little() -> None:
    at = {b: subgroups(b, s=5, replicates=20, seed=1) for b in (0.0, 0.05, 0.15, 0.3, 1.0)}
    best = max(at, key=lambda b: at[b].mean)
    assert 0.05 <= best <= 0.3
    assert _apart((at[best].mean, at[best].se), (at[0.0].mean, at[0.0].se)) > 5
    assert _apart((at[best].mean, at[best].se), (at[1.0].mean, at[1.0].se)) > 5
    # Values of an independent run with 40 replicates, each with a standard error of up to .024.
    for b, value in ((0.0, 0.031), (0.05, 0.585), (0.15, 0.881), (0.3, 0.842), (1.0, 0.711)):
        assert abs(at[b].mean - value) < 3 * np.hypot(at[b].se, 0.024)


def test_simple_task_needs_no_isolation() -> None:
    assert subgroups(1.0, s=1, replicates=10, seed=1).mean > 0.97
    assert subgroups(0.0, s=1, replicates=10, seed=1).mean == pytest.approx(0.590, abs=0.015)


def test_payoff_counts_whole_groups_only() -> None:
    # At the start a dimension is right with probability 1/3, a group of s with (1/3)^s.
    for s in (1, 2, 4):
        start = subgroups(0.1, s=s, m=100, periods=0, replicates=40, seed=2).last
        assert start.mean() == pytest.approx((1 / 3) ** s, abs=4 * start.std(ddof=1) / np.sqrt(40) + 1e-4)


def test_knowledge_in_isolated_cliques_never_falls() -> None:
    curve = subgroups(0.0, s=1, periods=60, replicates=5, seed=3).curve.mean(axis=0)
    assert (np.diff(curve) > -0.01).all()
    assert curve[-1] > curve[0] + 0.2


@pytest.mark.slow
def test_barter_with_experts_is_best_on_a_small_world() -> None:
    at = {p: barter(p, replicates=24, seed=1).summary() for p in (0.0, 0.12, 1.0)}
    for p, mean in ((0.0, 3.28), (0.12, 4.53), (1.0, 3.92)):
        # The values to be met carry a standard error of .04.
        assert abs(at[p]["mean"] - mean) < 3 * np.hypot(at[p]["mean_se"], 0.04), p
    best = max(at, key=lambda p: at[p]["mean"])
    assert best == 0.12
    for end in (0.0, 1.0):
        assert at[best]["mean"] > at[end]["mean"] + 5 * np.hypot(at[best]["mean_se"], at[end]["mean_se"])
        assert at[best]["cv"] < at[end]["cv"]


def test_barter_without_experts_gains_from_every_rewiring() -> None:
    at = [barter(p, experts=0, replicates=10, seed=1).summary()["mean"] for p in (0.0, 0.1, 1.0)]
    assert at == sorted(at)
    assert at == pytest.approx([0.838, 0.850, 0.858], abs=0.008)


def test_barter_never_takes_away_and_ends() -> None:
    r = barter(0.2, n=60, k=4, experts=3, replicates=8, seed=4)
    idle = barter(0.2, n=60, k=4, experts=3, replicates=8, seed=4, most=1)
    assert r.finished.all()
    assert not idle.finished.any()
    assert (r.mean > idle.mean).all()


def test_highest_point_of_a_landscape_is_that_of_all_solutions() -> None:
    rng = np.random.default_rng(1)
    bits, per = 9, 4
    reads = np.array([[i, *rng.permutation([b for b in range(bits) if b != i])[: per - 1]] for i in range(bits)])
    table = rng.random((bits, 1 << per))
    every = [sum(table[i, sum(((x >> reads[i, q]) & 1) << q for q in range(per))] for i in range(bits)) for x in range(1 << bits)]
    assert highest(reads, table) == pytest.approx(max(every), abs=1e-12)


def test_full_network_leads_early_and_line_wins_late() -> None:
    full, line = (landscape(s, N=12, K=4, periods=100, replicates=80, seed=1).curve for s in ("full", "line"))
    gap = line - full
    at = gap.mean(axis=0) / (gap.std(axis=0, ddof=1) / np.sqrt(len(gap)) + 1e-12)
    assert at[5] < -5
    assert at[100] > 5
    crossing = int(np.argmax(gap.mean(axis=0)[1:] > 0)) + 1
    assert 8 <= crossing <= 30


def test_plateau_of_the_full_network_is_the_known_one() -> None:
    # .580 of 400 replicates, given to within .03.
    assert landscape("full", periods=25, replicates=300, seed=1).mean == pytest.approx(0.580, abs=0.03)


@pytest.mark.parametrize("how", INTERACTIONS)
def test_bits_that_a_contribution_reads(how: str) -> None:
    bits, per = 9, 5
    reads = np.zeros((bits, per), dtype=np.int64)
    _interactions(np.uint64(7), INTERACTIONS.index(how), reads)
    assert (reads[:, 0] == np.arange(bits)).all()
    assert (reads[:, 1:] != np.arange(bits)[:, None]).all()
    distinct = all(len(set(row)) == per for row in reads.tolist())
    assert distinct == (how != "repeated")
    if how == "adjacent":
        assert reads[-1].tolist() == [8, 0, 1, 2, 3]


def test_one_peak_is_climbed_by_everybody() -> None:
    assert landscape("line", people=20, N=10, K=0, periods=150, replicates=5, seed=1).mean == pytest.approx(1.0, abs=1e-9)


def test_chunks_pass_on_more_the_looser_the_rule() -> None:
    a, b, c = (chunks(0.5, rule, replicates=60, seed=1) for rule in "ABC")
    assert a.mean == pytest.approx(0.886, abs=0.012)
    assert b.mean > 0.999
    assert c.mean > 0.999
    low = [chunks(0.3, rule, replicates=60, seed=1).curve[:, 15].mean() for rule in "ABC"]
    assert low == sorted(low)


def test_chunks_at_the_ends_of_p() -> None:
    assert chunks(1.0, L=5, periods=3, replicates=2, seed=1).curve.min() == 1.0
    assert chunks(0.0, L=5, periods=3, replicates=2, seed=1).curve.max() == 0.0
    start = chunks(0.5, K=2, L=20, periods=0, replicates=200, seed=1).last
    assert start.mean() == pytest.approx(0.25, abs=4 * start.std(ddof=1) / np.sqrt(200))


def test_routine_is_adopted_as_often_as_the_closed_form_says() -> None:
    table = receptivity(replicates=3000, seed=1)
    share = table.groupby(["identity", "superior"])["share"].agg(["mean", "sem"])
    for cell, chance in (((True, True), 0.30), ((True, False), 0.05), ((False, False), 0.05)):
        assert abs(share.loc[cell, "mean"] - adopted(chance)) < 4 * share.loc[cell, "sem"]


def test_only_a_shared_identity_tells_good_from_bad() -> None:
    table = receptivity(groups=12, replicates=400, seed=2)
    found = power(table, 12)
    assert (found > 0.5).all()
    same = receptivity(dict.fromkeys(((True, True), (True, False), (False, True), (False, False)), 0.2), groups=40, replicates=400, seed=2)
    # Without any effect a test at 5 % finds one in about 5 %: 400 experiments, 4 binomial standard errors.
    assert (np.abs(power(same, 40) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 400)).all()


def test_cells_of_an_experiment_are_other_people() -> None:
    same = receptivity(dict.fromkeys(((True, True), (True, False), (False, True), (False, False)), 0.3), groups=12, replicates=2000, seed=3)
    cells = same.pivot_table(index="replicate", columns=["identity", "superior"], values="share")
    apart = np.corrcoef(cells.to_numpy().T)[np.triu_indices(4, 1)]
    assert np.abs(apart).max() < 4 / np.sqrt(2000)


@pytest.mark.parametrize(("units", "expected"), [(2, 1.0), (5, 25 / 3), (10, 25.4607143)])
def test_moving_expert_takes_the_exact_time(units: int, expected: float) -> None:
    assert cover_time(units) == pytest.approx(expected, abs=1e-6)
    moves = moving_expert(units, replicates=20_000, seed=1)
    assert abs(moves.mean() - expected) <= 4 * moves.std(ddof=1) / np.sqrt(20_000)


def test_moving_expert_who_teaches_by_chance() -> None:
    for chance in (0.3, 0.8):
        moves = moving_expert(6, chance, replicates=20_000, seed=3)
        assert abs(moves.mean() - cover_time(6, chance)) < 4 * moves.std(ddof=1) / np.sqrt(20_000)
    assert cover_time(3, 0.0) == float("inf")


RUNS = [
    lambda **k: subgroups(0.1, s=5, p3=0.05, p4=0.01, m=20, groups=4, size=5, periods=15, replicates=9, seed=5, **k).curve,
    lambda **k: barter(0.1, n=40, k=4, experts=2, replicates=9, seed=5, **k).mean,
    lambda **k: landscape("ring", people=10, N=8, K=2, periods=10, replicates=9, seed=5, **k).curve,
    lambda **k: chunks(0.3, L=6, periods=10, replicates=9, seed=5, **k).curve,
    lambda **k: receptivity(replicates=9, seed=5, **k)["adopted"].to_numpy(),
    lambda **k: moving_expert(5, 0.5, replicates=9, seed=5, **k),
]


@pytest.mark.parametrize("model", RUNS)
def test_same_bits_for_any_workers(model) -> None:
    assert np.array_equal(model(workers=1), model(workers=4))


@pytest.mark.parametrize(
    "call",
    [
        lambda: subgroups(0.1, s=3, m=100),
        lambda: subgroups(1.1),
        lambda: barter(0.1, k=3),
        lambda: barter(0.1, alpha=0),
        lambda: landscape("star"),
        lambda: landscape("line", interactions="some"),
        lambda: landscape("line", N=5, K=5),
        lambda: chunks(0.5, "D"),
        lambda: chunks(0.5, K=64),
        lambda: receptivity({(True, True): 0.5}),
        lambda: moving_expert(1),
    ],
)
def test_what_makes_no_sense_is_refused(call) -> None:
    with pytest.raises(InputError):
        call()
