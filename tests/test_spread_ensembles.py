"""Ensembles: executors, censoring, sequential stopping, paired comparison; who taught whom; contact networks; averages."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial
from math import comb

import networkx as nx
import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.skills.example import two_offices
from mutasi_toolkit.spread import (
    Network,
    Rates,
    SpreadResult,
    cascade,
    compare,
    contact_network,
    contagion,
    degroot,
    diffusion_centrality,
    ensemble,
    from_arrays,
    mean_field,
    skills,
    sources,
    threshold,
    time_to_share,
    until,
)
from mutasi_toolkit.spread.contacts import kept_contacts
from mutasi_toolkit.spread.lessons import first_of
from mutasi_toolkit.spread.models import contagion_kernel

#: Standard errors within which a simulated mean must lie.
ERRORS = 4.5


def karate(p=0.1):
    return Network.from_networkx(nx.karate_club_graph(), p)


@pytest.mark.parametrize(("model", "options"), [(cascade, {}), (cascade, {"kernel": "bits"}), (contagion, {"steps": 5}), (threshold, {"fraction": 0.4})])
def test_ensemble_is_one_call(model, options):
    g = karate()
    whole = model(g, [0], replicates=1100, seed=3, **options)
    parts = ensemble(model, g, [0], replicates=1100, seed=3, parts=3, **options)
    with ThreadPoolExecutor(2) as pool:
        sent = ensemble(model, g, [0], replicates=1100, seed=3, executor=pool, parts=4, **options)
    for other in (parts, sent):
        assert np.array_equal(whole.size, other.size)
        assert np.array_equal(whole.curve, other.curve)
        assert np.allclose(whole.reach, other.reach)
        assert whole.kernel == other.kernel


def test_until_stops_at_the_width_and_is_one_call():
    run = partial(cascade, karate(0.2), [0], seed=5)
    found = until(run, width=0.6)
    low, high = found.interval()
    assert high - low <= 0.6
    assert np.array_equal(found.size, run(replicates=found.replicates, kernel=found.kernel).size)
    assert until(run, width=0.001, most=300).replicates == 300
    p = from_arrays(np.eye(20, 2, dtype=bool), np.arange(20) // 5)
    spread = until(partial(skills, p, periods=4, seed=1, rates=Rates(0.2, 0.0, 0.0)), width=0.5, start=16)
    assert spread.replicates >= 16
    with pytest.raises(InputError, match="lebar selang 0"):
        until(run, width=0)


def test_time_to_a_share_with_censoring_by_hand():
    """Five replicates reach half of 4 people at 1, 2, 2, 3 and never: S = .8, .4, .2; its area to 3 is 1 + .8 + .4."""
    curve = np.array([[1, 2, 2, 2], [1, 1, 2, 2], [1, 1, 3, 4], [1, 1, 1, 2], [1, 1, 1, 1]])
    t = time_to_share(SpreadResult(curve[:, -1], np.ones(4), curve, "scalar"), 0.5)
    table = t.table()
    assert table["periode"].tolist() == [1, 2, 3]
    assert table["belum"].tolist() == pytest.approx([0.8, 0.4, 0.2])
    assert table["berisiko"].tolist() == [5, 4, 2]
    assert t.quantile(0.5) == 2
    assert t.quantile(0.9) == np.inf
    assert t.restricted_mean() == pytest.approx(2.2)
    # Greenwood with log(-log): var = sum d / (n (n - d)) / log(S)^2, first step 1 / 20 / log(.8)^2.
    half = np.exp(1.959963984540054 * np.sqrt(1 / 20) / abs(np.log(0.8)))
    assert table.loc[0, ["low", "high"]].tolist() == pytest.approx([0.8**half, 0.8 ** (1 / half)])
    with pytest.raises(InputError, match=r"bagian 1\.2"):
        time_to_share(SpreadResult(curve[:, -1], np.ones(4), curve, "scalar"), 1.2)


def test_time_to_a_share_of_one_skill():
    p = from_arrays(np.eye(10, 1, dtype=bool), np.zeros(10, int))
    r = skills(p, periods=3, replicates=4, rates=Rates(1.0, 0.0, 0.0))
    assert time_to_share(r, 1.0).period.tolist() == [1] * 4
    assert time_to_share(r, 1.0, keahlian=0).reached.all()
    with pytest.raises(InputError, match="9 tidak ada"):
        time_to_share(r, 0.5, keahlian=9)


def test_all_of_a_unit_at_once_takes_the_coupon_collectors_time():
    """A pure birth chain: E[periods until all of 4 know] from the exact chain of the Reed-Frost unit, b = .3."""
    b, chance, at_least = 0.3, {1: 1.0}, 0.0
    for _ in range(200):
        at_least += 1 - chance.get(4, 0.0)
        after: dict[int, float] = {}
        for k, weight in chance.items():
            learn = 1 - (1 - b) ** k
            for j in range(4 - k + 1):
                after[k + j] = after.get(k + j, 0.0) + weight * comb(4 - k, j) * learn**j * (1 - learn) ** (4 - k - j)
        chance = after
    r = contagion(Network(4, [], [], [], unit=[0] * 4), [0], b, steps=40, replicates=6000, seed=2)
    t = time_to_share(r, 1.0)
    assert t.reached.all()
    assert abs(t.restricted_mean() - at_least) < ERRORS * t.period.std() / 6000**0.5


def test_random_allocation_leaves_a_unit_without_the_skill():
    """P(unit of s lacks a skill that k of N hold) = C(N - s, k) / C(N, k), after full mixing by random swaps."""
    known = np.zeros((20, 64), dtype=bool)
    known[:3] = True
    p = from_arrays(known[:, :1], np.arange(20) // 5)
    r = skills(p, policy="swap", rate=1.0, periods=25, replicates=3000, seed=8, rates=Rates(0.0, 0.0, 0.0))
    lacks = (r.known[:, :, 0] == 0).mean(axis=1)
    exact = comb(15, 3) / comb(20, 3)
    assert abs(lacks.mean() - exact) < ERRORS * lacks.std() / 3000**0.5


def test_compare_pairs_and_counts_what_is_needed():
    a, b = cascade(karate(0.10), [0], replicates=40, seed=1, kernel="bits"), cascade(karate(0.105), [0], replicates=40, seed=1, kernel="bits")
    row = compare(a, b).iloc[0]
    assert row["selisih"] == pytest.approx(row["sesudah"] - row["sebelum"])
    assert (b.size >= a.size).all(), "a higher probability on common draws never reaches less"
    if not row["pasti"] and row["selisih"] != 0:
        assert row["replikasi_perlu"] > 40
    same = compare(a, a).iloc[0]
    assert not same["pasti"]
    assert same["replikasi_perlu"] == 0
    with pytest.raises(InputError, match="berpasangan"):
        compare(a, cascade(karate(), [0], replicates=41, seed=1, kernel="bits"))


# --- who taught whom ------------------------------------------------------------------------------------------------


def test_the_first_of_several_follows_its_law():
    """Chances .5 and .25: given a success, one alone or a fair choice between both."""
    picks = np.array([first_of(np.array([0.5, 0.25]), np.random.default_rng(i)) for i in range(4000)])
    exact = (0.5 * 0.25 / 2 + 0.5 * 0.25) / 0.625
    assert abs(picks.mean() - exact) < ERRORS * (exact * (1 - exact) / 4000) ** 0.5


def test_sources_are_the_history_of_the_scalar_kernel():
    rng = np.random.default_rng(3)
    g = Network(30, rng.integers(0, 30, 80), rng.integers(0, 30, 80), 0.3, unit=np.arange(30) // 6)
    for r in (0, 4):
        tree = sources(g, [0, 9], 0.05, 0.1, 0.1, steps=6, seed=2, replicate=r)
        curve = contagion(g, [0, 9], 0.05, 0.1, 0.1, steps=6, replicates=1, seed=2, first=r, kernel="scalar").curve[0]
        gained = tree.groupby("step").size().reindex(range(1, 7), fill_value=0).to_numpy()
        assert (np.diff(curve) <= gained).all()
        ties = set(zip(g.source.tolist(), g.target.tolist(), strict=True))
        for row in tree.itertuples():
            assert (row.teacher, row.person) in ties if row.way == "tie" else g.unit[row.teacher] == g.unit[row.person]
    clean = sources(g, [0], 0.05, steps=6, seed=2)
    assert not clean["person"].duplicated().any()
    assert len(clean) == contagion(g, [0], 0.05, steps=6, replicates=1, seed=2, kernel="scalar").size[0] - 1


# --- contact networks -----------------------------------------------------------------------------------------------


def test_strength_can_differ_each_way():
    cycle = two_offices(hubungan="pegawai_a,pegawai_b,kekuatan\nP1,P3,0.5\nP3,P1,1\nP2,P4,0.25\n")
    ties = {(a, b): p for a, b, p in contact_network(cycle).to_pandas().itertuples(index=False)}
    twice = two_offices(hubungan="pegawai_a,pegawai_b,kekuatan\nP1,P3,0.5\nP1,P3,0.9\n")
    assert contact_network(twice).probability.tolist() == pytest.approx([0.018, 0.018])
    assert ties == pytest.approx({("P1", "P3"): 0.01, ("P3", "P1"): 0.02, ("P2", "P4"): 0.005, ("P4", "P2"): 0.005})


def test_network_of_a_plan_and_ties_kept_after_past_moves():
    cycle = two_offices()
    moves = pd.DataFrame({"pegawai_id": ["P1"], "jabatan_id": ["J2"]})
    g = contact_network(cycle, moves, kept=True)
    assert np.bincount(g.unit).tolist() == [1, 3]
    assert sorted(g.to_pandas()["source"]) == ["P1", "P2"], "the colleague left behind, both ways"
    kept = kept_contacts(cycle.after(moves), Rates(0.0, 0.02, 0.0, keep=0.5, decay=0.9))
    assert kept.strength.tolist() == [0.5, 0.5], "age 0"
    assert contact_network(cycle, kept=True).to_pandas().empty
    assert np.array_equal(contact_network(cycle, moves).unit, contact_network(cycle.after(moves)).unit)


# --- expected values ------------------------------------------------------------------------------------------------


def test_diffusion_centrality_of_the_karate_club():
    """Values computed apart: q .1 T 5 (nodes 0 and 33), T 1 is q times degree, below 1 / lambda it tends to Katz."""
    graph = nx.Graph(nx.karate_club_graph().edges)
    g = Network.from_networkx(graph, 1.0)
    five = diffusion_centrality(g, 5, 0.1)
    at = {name: i for i, name in enumerate(graph.nodes)}
    assert five[[at[0], at[33]]].tolist() == pytest.approx([3.485990, 3.619210], abs=1e-6)
    degrees = np.array([graph.degree[v] for v in graph.nodes])
    assert np.allclose(diffusion_centrality(g, 1, 0.1), 0.1 * degrees)
    katz = np.linalg.solve(np.eye(34) - 0.1 * nx.to_numpy_array(graph), np.ones(34)) - 1
    assert np.allclose(diffusion_centrality(g, 400, 0.1), katz)
    values, vectors = np.linalg.eigh(nx.to_numpy_array(graph))
    limit = diffusion_centrality(g, 34, 1 / values[-1])
    assert np.corrcoef(limit, np.abs(vectors[:, -1]))[0, 1] == pytest.approx(0.99988, abs=1e-5)


def test_degroot_and_mean_field_companions():
    g = Network(3, [0, 1, 2, 0], [1, 2, 0, 2], [0.5, 0.25, 1.0, 0.25])
    path = degroot(g, [1.0, 0.0, 0.0], 60)
    assert path[:, 1].tolist() == [0.0, 0.5, 0.25]
    assert np.ptp(path[:, -1]) < 1e-6, "a strongly connected group with some self weight agrees in the end"
    unit = Network(20, [], [], [], unit=[0] * 20)
    exact = contagion(unit, [0], 0.02, steps=8, replicates=4000, seed=1)
    assert (mean_field(unit, [0], 0.02, steps=8).sum(axis=0) >= exact.curve.mean(axis=0) - 0.1).all()


def test_time_to_all_in_continuous_limit():
    """E[time until all of s know] = 2 H_(s-1) / (b s) for small b: within 2 % at b = .002, s = 10."""
    s, b = 10, 0.002
    r = contagion(Network(s, [], [], [], unit=[0] * s), [0], b, steps=1200, replicates=1500, seed=6)
    exact = 2 * sum(1 / k for k in range(1, s)) / (b * s)
    t = time_to_share(r, 1.0)
    assert abs(t.restricted_mean() - exact) < 0.02 * exact + ERRORS * t.period.std() / 1500**0.5


def test_lazy_names():
    assert mt.spread.compare is compare
    assert callable(mt.spread.ensemble)

def test_a_pilot_chooses_the_kernel_of_a_contagion_by_counts():
    """Few replicates one at a time, many in lanes, and the more replicates the sooner lanes; the record says which, and chunks keep it."""
    rng = np.random.default_rng(5)
    a, b = rng.integers(0, 3000, 15_000), rng.integers(0, 3000, 15_000)
    same, own = Network(3000, a, b, 0.05), Network(3000, a, b, rng.uniform(0.0, 0.1, 15_000))
    wanted = {"steps": 12, "forget": 0.1}
    chosen = [contagion_kernel(same, range(50), replicates=r, **wanted) for r in (3, 8, 16, 32, 64, 128, 256, 511, 512)]
    assert chosen == sorted(chosen, key=("scalar", "bits").index)
    assert {chosen[0], chosen[-1]} == {"scalar", "bits"}
    # A probability for every tie makes a run of lanes for each; the crossing comes later.
    both = [[contagion_kernel(g, range(50), replicates=r, **wanted) for r in range(4, 60, 4)].count("scalar") for g in (same, own)]
    assert both[0] < both[1]
    for replicates in (12, 40):
        whole = contagion(same, range(50), replicates=replicates, seed=2, **wanted)
        assert whole.kernel == contagion_kernel(same, range(50), replicates=replicates, seed=2, **wanted)
        parts = ensemble(contagion, same, range(50), replicates=replicates, seed=2, parts=3, **wanted)
        assert (parts.kernel, parts.size.tolist()) == (whole.kernel, whole.size.tolist())
    assert contagion_kernel(Network(0, [], [], []), [], replicates=20) == "scalar"
