from __future__ import annotations

from itertools import product

import networkx as nx
import numpy as np
import pytest
from scipy import stats

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.spread import Network, cascade, contagion, threshold
from mutasi_toolkit.spread.result import join

#: Least p-value of a goodness-of-fit test with a fixed seed: chance alone fails one of a thousand.
LEAST_P = 1e-3
#: Standard errors within which a simulated mean must lie: chance alone fails one of 16,000.
ERRORS = 4.0


def assert_mean(values, expected):
    assert abs(values.mean() - expected) <= ERRORS * values.std() / len(values) ** 0.5 + 1e-12


def assert_law(sizes, law):
    """Chi-square of sizes against {size: probability}, rare sizes pooled."""
    n = len(sizes)
    keys = sorted(law)
    expected = np.array([law[k] * n for k in keys])
    observed = np.array([(sizes == k).sum() for k in keys])
    assert observed.sum() == n
    rare = expected < 5
    if rare.any():
        expected = np.append(expected[~rare], expected[rare].sum())
        observed = np.append(observed[~rare], observed[rare].sum())
    keep = expected > 0
    assert stats.chisquare(observed[keep], expected[keep] * n / expected[keep].sum()).pvalue > LEAST_P


# Seven people; ties of different strength each way, a double tie, a self tie, a unit of three.
SOURCE = [0, 0, 1, 2, 3, 3, 4, 5, 1, 1]
TARGET = [1, 2, 3, 3, 4, 5, 6, 6, 1, 3]
P = [0.3, 0.6, 0.5, 0.2, 0.7, 0.4, 0.5, 0.9, 0.8, 0.25]
UNIT = [-1, 0, 0, -1, -1, -1, 0]
Q = 0.15


def enumerated_cascade():
    """Law of the size and mean curve, over every pattern of open ties."""
    arcs = [(s, t, p) for s, t, p in zip(SOURCE, TARGET, P, strict=True) if s != t]
    arcs += [(a, b, Q) for a in (1, 2, 6) for b in (1, 2, 6) if a != b]
    law, curve = {}, np.zeros(7)
    for pattern in product((0, 1), repeat=len(arcs)):
        weight = np.prod([p if open_ else 1 - p for (_, _, p), open_ in zip(arcs, pattern, strict=True)])
        known, fresh, steps = {0}, {0}, [1]
        while fresh:
            fresh = {t for (s, t, _), open_ in zip(arcs, pattern, strict=True) if open_ and s in fresh} - known
            known |= fresh
            steps.append(len(known))
        law[len(known)] = law.get(len(known), 0) + weight
        curve += weight * np.array((steps + [len(known)] * 7)[:7])
    return law, curve


@pytest.fixture(scope="module")
def exact_cascade():
    return enumerated_cascade()


@pytest.mark.parametrize("kernel", ["skip", "bits"])
def test_cascade_against_enumeration(kernel, exact_cascade):
    law, curve = exact_cascade
    r = cascade(Network(7, SOURCE, TARGET, P, unit=UNIT), [0], Q, replicates=100_000, seed=11, kernel=kernel)
    assert_law(r.size, law)
    for t in range(r.curve.shape[1]):
        assert_mean(r.curve[:, t], curve[t])
    assert r.kernel == kernel
    assert np.isclose(r.reach.sum(), r.mean)


def chain_law(n, ties, unit, q, forget, recover, seeds, steps):
    """Exact law over states (0 ignorant, 1 teaches, 2 stopped) after some periods."""
    states = list(product((0, 1, 2) if recover else (0, 1), repeat=n))
    at = {s: i for i, s in enumerate(states)}
    move = np.zeros((len(states), len(states)))
    for s in states:
        options = []
        for v in range(n):
            spared = np.prod([1 - p for a, b, p in ties if b == v and a != v and s[a] == 1])
            spared *= np.prod([1 - q for c in range(n) if c != v and unit[c] == unit[v] >= 0 and s[c] == 1])
            if s[v] == 0:
                options.append({0: spared, 1: 1 - spared})
            elif s[v] == 1:
                options.append({0: forget, 1: (1 - forget) * (1 - recover), 2: (1 - forget) * recover})
            else:
                options.append({0: forget, 2: 1 - forget})
        for after in product(*(o.items() for o in options)):
            target = tuple(k for k, _ in after)
            if target in at:
                move[at[s], at[target]] += np.prod([p for _, p in after])
    law = np.zeros(len(states))
    law[at[tuple(int(v in seeds) for v in range(n))]] = 1.0
    path = [law]
    for _ in range(steps):
        path.append(path[-1] @ move)
    knows = np.array([sum(x > 0 for x in s) for s in states])
    return {k: path[-1][knows == k].sum() for k in range(n + 1)}, [p @ knows for p in path]


@pytest.mark.parametrize("kernel", ["scalar", "bits"])
@pytest.mark.parametrize(("forget", "recover"), [(0.0, 0.0), (0.25, 0.0), (0.0, 0.3), (0.15, 0.3)])
def test_contagion_against_the_exact_chain(kernel, forget, recover):
    n, unit = 5, [0, 0, 0, -1, 1]
    ties = [(0, 3, 0.3), (3, 4, 0.5), (4, 0, 0.2), (4, 0, 0.2), (2, 4, 0.1), (1, 1, 0.9), (3, 1, 0.3), (4, 1, 0.3), (2, 1, 0.3)]
    law, curve = chain_law(n, ties, unit, 0.2, forget, recover, {0}, 4)
    s, t, p = zip(*ties, strict=True)
    r = contagion(Network(n, s, t, p, unit=unit), [0], 0.2, forget, recover, steps=4, replicates=40_000, seed=5, kernel=kernel)
    assert_law(r.size, law)
    for step in range(5):
        assert_mean(r.curve[:, step], curve[step])


def test_linear_threshold_against_live_edges():
    """Kempe, Kleinberg and Tardos: as if each person listened to one tie, chosen with its weight."""
    source, target = [0, 0, 1, 2, 1, 3, 4, 3], [1, 2, 3, 3, 4, 4, 5, 5]
    weight = [0.6, 0.5, 0.4, 0.35, 0.5, 0.3, 0.7, 0.25]
    law = {}
    choices = [[(i, weight[i]) for i in range(8) if target[i] == v] for v in range(1, 6)]
    for pick in product(*[[*c, (-1, 1 - sum(w for _, w in c))] for c in choices]):
        known = {0}
        for _ in range(6):
            known |= {target[i] for i, _ in pick if i >= 0 and source[i] in known}
        law[len(known)] = law.get(len(known), 0) + np.prod([w for _, w in pick])
    r = threshold(Network(6, source, target, weight), [0], replicates=50_000, seed=3)
    assert_law(r.size, law)


def test_fractional_threshold_by_hand():
    ring = Network.from_networkx(nx.cycle_graph(6), 1.0)
    assert threshold(ring, [0], replicates=2, fraction=0.5).size.tolist() == [6, 6]
    assert threshold(ring, [0], replicates=2, fraction=0.51).size.tolist() == [1, 1]
    assert threshold(ring, [0], replicates=1, fraction=0.5).curve.tolist() == [[1, 3, 5, 6]]
    three = Network(4, [0, 1, 2], [3, 3, 3], 0.1)
    assert threshold(three, [0, 1], replicates=1, fraction=2 / 3).size.tolist() == [3]
    assert threshold(three, [0, 1], replicates=1, fraction=0.7).size.tolist() == [2]
    unit = Network(5, [], [], [], unit=[0] * 5)
    assert threshold(unit, [0, 1], replicates=1, fraction=0.5, unit_weight=0.01).size.tolist() == [5]
    assert threshold(unit, [0], replicates=1, fraction=0.5, unit_weight=0.01).size.tolist() == [1]


def test_linear_threshold_in_a_unit():
    r = threshold(Network(3, [], [], [], unit=[0, 0, 0]), [0], replicates=40_000, seed=1, unit_weight=0.25)
    # Each of two colleagues passes at once with 1/4; a second one follows when theta lies in (1/4, 1/2].
    law = {3: 1 / 16 + 2 * (1 / 4) * (1 / 4), 2: 2 * (1 / 4) * (1 / 2), 1: 9 / 16}
    assert_law(r.size, law)


def test_threshold_refuses_weights_above_one_and_bad_fractions():
    with pytest.raises(InputError, match=r"menuju 2 berjumlah 1\.1"):
        threshold(Network(3, [0, 1], [2, 2], [0.6, 0.5]), [0])
    threshold(Network(3, [0, 1], [2, 2], [0.5, 0.5]), [0], replicates=2)
    for bad in (0.0, 1.5, np.nan):
        with pytest.raises(InputError, match="pecahan"):
            threshold(Network(2, [0], [1], 0.5), [0], fraction=bad)


@pytest.mark.parametrize("kernel", ["skip", "bits"])
def test_closed_forms(kernel):
    star = Network(11, [0] * 10, range(1, 11), 0.3)
    assert_mean(cascade(star, [0], replicates=20_000, seed=1, kernel=kernel).size, 4.0)
    path = Network(6, range(5), range(1, 6), 0.5)
    assert_mean(cascade(path, [0], replicates=20_000, seed=2, kernel=kernel).size, 1.96875)


@pytest.mark.parametrize("kernel", ["skip", "bits"])
@pytest.mark.parametrize(("start", "p", "mean", "error"), [(0, 0.1, 3.4120, 0.0011), (0, 0.3, 16.845, 0.003), (33, 0.1, 3.5021, 0.0011)])
def test_karate_club(kernel, start, p, mean, error):
    """Means of 4.1 million replicates, with their standard errors."""
    g = Network.from_networkx(nx.karate_club_graph(), p)
    r = cascade(g, [start], replicates=20_000, seed=7, kernel=kernel)
    assert abs(r.mean - mean) < ERRORS * (r.size.std() / 20_000**0.5 + error)


@pytest.mark.parametrize("kernel", ["scalar", "bits"])
def test_unit_follows_the_binomial_chain(kernel):
    """SI in one unit of 50, probability .01: exact means at periods 5, 10, 20, 30, and P(all know)."""
    unit = Network(50, [], [], [], unit=np.zeros(50, int))
    r = contagion(unit, [7], 0.01, steps=30, replicates=20_000, seed=4, kernel=kernel)
    for period, mean in ((5, 6.63505), (10, 24.92905), (20, 48.75927), (30, 49.98099)):
        assert_mean(r.curve[:, period], mean)
    assert_mean((r.size == 50).astype(float), 0.98794)


def test_giant_part_of_a_random_graph():
    """S = 1 - exp(-k p S): 0.58281 for mean degree 10, p = .15; tolerance from the graph's own spread (CLT 1318 at 1e6)."""
    n, rng = 20_000, np.random.default_rng(3)
    a, b = rng.integers(0, n, 5 * n), rng.integers(0, n, 5 * n)
    g = Network(n, np.concatenate([a, b]), np.concatenate([b, a]), 0.15)
    r = cascade(g, range(0, n, n // 20), replicates=512, seed=1, kernel="bits")
    assert abs(r.mean - 0.58281 * n) < ERRORS * 1.318 * n**0.5 + 20


def test_agrees_with_igraph_percolation():
    import igraph

    rng = np.random.default_rng(8)
    graph = nx.gnm_random_graph(300, 900, seed=4)
    edges = np.array(graph.edges)
    sizes = []
    for _ in range(2000):
        kept = edges[rng.random(len(edges)) < 0.25]
        sizes.append(len(igraph.Graph(300, kept.tolist()).subcomponent(0)))
    sizes = np.array(sizes)
    r = cascade(Network.from_networkx(graph, 0.25), [0], replicates=5000, seed=2, kernel="skip")
    error = (sizes.var() / len(sizes) + r.size.var() / 5000) ** 0.5
    assert abs(sizes.mean() - r.mean) < ERRORS * error
    assert stats.ks_2samp(sizes, r.size).pvalue > LEAST_P


def random_network(n=60, m=240, seed=1):
    rng = np.random.default_rng(seed)
    unit = rng.integers(-1, 6, n)
    return Network(n, rng.integers(0, n, m), rng.integers(0, n, m), rng.choice([0.05, 0.2, 0.5], m), unit=unit)


CALLS = [
    lambda g, **k: cascade(g, [0, 5], 0.05, seed=9, kernel="skip", **k),
    lambda g, **k: cascade(g, [0, 5], 0.05, seed=9, kernel="bits", **k),
    lambda g, **k: contagion(g, [0, 5], 0.02, 0.1, 0.1, steps=6, seed=9, kernel="scalar", **k),
    lambda g, **k: contagion(g, [0, 5], 0.02, 0.1, 0.1, steps=6, seed=9, kernel="bits", **k),
    lambda g, **k: threshold(g, [0, 5], seed=9, fraction=0.3, unit_weight=0.02, **k),
]


def assert_same(a, b):
    for name in ("size", "reach", "curve", "unit_size"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name


@pytest.mark.parametrize("call", CALLS)
def test_same_bits_for_any_threads_and_chunks(call):
    g = random_network()
    whole = call(g, replicates=1300, workers=1)
    assert_same(whole, call(g, replicates=1300, workers=3))
    parts = [call(g, replicates=c, first=f, workers=2) for f, c in ((0, 17), (17, 600), (617, 683))]
    assert_same(whole, join(parts[::-1]))
    assert whole.unit_size.sum(axis=1).max() <= g.n
    assert whole.by_unit()["mean"].sum() <= whole.mean


@pytest.mark.parametrize("call", CALLS)
def test_order_of_ties_does_not_change_a_bit(call):
    g = random_network()
    order = np.random.default_rng(5).permutation(len(g.source))
    codes = g.unit
    h = Network(g.n, g.source[order], g.target[order], g.probability[order], unit=codes)
    assert_same(call(g, replicates=200), call(h, replicates=200))


@pytest.mark.parametrize("call", CALLS)
def test_names_of_people_do_not_change_the_law(call):
    g = random_network()
    rng, name = np.random.default_rng(6), np.arange(g.n)
    others = np.setdiff1d(name, [0, 5])
    name[others] = rng.permutation(others)
    back = np.argsort(name)
    h = Network(g.n, name[g.source], name[g.target], g.probability, unit=g.unit[back])
    a, b = call(g, replicates=3000), call(h, replicates=3000)
    error = ((a.size.var() + b.size.var()) / 3000) ** 0.5
    assert abs(a.mean - b.mean) <= ERRORS * error + 1e-12


@pytest.mark.parametrize("kernel", ["skip", "bits"])
def test_units_that_do_not_mix_change_nothing(kernel):
    g = random_network()
    split = np.where(np.arange(g.n) % 2, g.unit, g.unit + 10)
    a = cascade(g, [0], 0.0, replicates=300, seed=1, kernel=kernel)
    b = cascade(g.with_units(split), [0], 0.0, replicates=300, seed=1, kernel=kernel)
    assert np.array_equal(a.curve, b.curve)
    assert np.array_equal(a.reach, b.reach)


@pytest.mark.parametrize("kernel", ["skip", "bits"])
def test_more_seeds_reach_more_in_every_replicate(kernel):
    g = random_network()
    few = cascade(g, [0], 0.0, replicates=400, seed=1, kernel=kernel)
    more = cascade(g, [0, 9, 12], 0.0, replicates=400, seed=1, kernel=kernel)
    assert (more.size >= few.size).all()
    assert (more.reach >= few.reach).all()


@pytest.mark.parametrize(("model", "kernel"), [(cascade, "skip"), (cascade, "bits"), (contagion, "scalar"), (contagion, "bits")])
def test_isolated_people_and_no_seeds(model, kernel):
    empty = Network(4, [], [], [])
    for seeds, size in (([], 0), ([1], 1), ([0, 1, 2, 3], 4)):
        r = model(empty, seeds, 0.3, replicates=9, kernel=kernel)
        assert r.size.tolist() == [size] * 9
        assert np.unique(r.curve).tolist() == [size]
        assert r.unit_size is None
    with pytest.raises(InputError, match="tidak memiliki unit"):
        r.by_unit()


@pytest.mark.parametrize(("p", "size"), [(0.0, 1), (1.0, 5)])
def test_probability_zero_and_one(p, size):
    path = Network(5, range(4), range(1, 5), p)
    unit = Network(5, [], [], [], unit=[0] * 5)
    for kernel in ("skip", "bits"):
        assert cascade(path, [0], replicates=70, kernel=kernel).size.tolist() == [size] * 70
        assert cascade(unit, [0], p, replicates=70, kernel=kernel).size.tolist() == [size] * 70
    for kernel in ("scalar", "bits"):
        assert contagion(path, [0], replicates=70, kernel=kernel).size.tolist() == [size] * 70
        assert contagion(unit, [0], p, replicates=70, kernel=kernel).size.tolist() == [size] * 70
        gone = contagion(path, [0], forget=1.0, steps=3, replicates=70, kernel=kernel)
        assert gone.curve.tolist() == [[1, 1, 1, 1] if p else [1, 0, 0, 0]] * 70
    assert threshold(path, [0], replicates=70).size.tolist() == [size] * 70


def test_nobody_and_no_periods():
    nobody = Network(0, [], [], [])
    assert cascade(nobody, [], replicates=3).size.tolist() == [0, 0, 0]
    assert contagion(nobody, [], replicates=3, steps=2).curve.tolist() == [[0, 0, 0]] * 3
    assert contagion(random_network(), [0], steps=0, replicates=3).curve.tolist() == [[1]] * 3


def test_refuses_bad_arguments():
    g = random_network()
    with pytest.raises(InputError, match=r"unit_probability = 1\.5"):
        cascade(g, [0], 1.5)
    with pytest.raises(InputError, match="forget = nan"):
        contagion(g, [0], forget=np.nan)
    with pytest.raises(InputError, match=r"recover = -0\.1"):
        contagion(g, [0], recover=-0.1)
    with pytest.raises(InputError, match="periode harus 0 atau lebih, bukan -1"):
        contagion(g, [0], steps=-1)
    with pytest.raises(InputError, match="ulangan"):
        cascade(g, [0], replicates=0)
    with pytest.raises(InputError, match="kernel 'gpu'"):
        cascade(g, [0], kernel="gpu")
    with pytest.raises(InputError, match="antara 0 dan 1, bukan 95"):
        cascade(g, [0], replicates=3).interval(95)


def test_the_pilot_chooses_by_size_of_the_cascade():
    n, rng = 5000, np.random.default_rng(1)
    a, b = rng.integers(0, n, 5 * n), rng.integers(0, n, 5 * n)
    for p, kernel in ((0.02, "skip"), (0.3, "bits")):
        g = Network(n, np.concatenate([a, b]), np.concatenate([b, a]), p)
        r = cascade(g, [0, 1, 2], replicates=1024, seed=1)
        assert r.kernel == kernel
        other = cascade(g, [0, 1, 2], replicates=1024, seed=1, kernel="bits" if kernel == "skip" else "skip")
        error = ((r.size.var() + other.size.var()) / 1024) ** 0.5
        assert abs(r.mean - other.mean) < ERRORS * error


def test_long_curves_grow_the_buffer():
    n = 3000
    r = cascade(Network(n, range(n - 1), range(1, n), 1.0), [0], replicates=5, kernel="skip")
    assert r.curve.shape == (5, n)
    assert r.curve[4].tolist() == list(range(1, n + 1))


def test_parts_that_do_not_belong_together_are_refused():
    g = random_network()
    a = cascade(g, [0], replicates=10, seed=1, kernel="skip")
    for other in (cascade(g, [0], replicates=10, seed=2, first=10, kernel="skip"), cascade(g, [0], replicates=10, seed=1, first=11, kernel="skip")):
        with pytest.raises(InputError, match="disatukan"):
            join([a, other])


@pytest.mark.parametrize("kernel", ["scalar", "bits"])
@pytest.mark.parametrize("teachers", [15, 16, 40])
def test_many_ties_of_one_probability_and_forgetting_together(kernel, teachers):
    """Sure teachers of one person: it knows after a period with 1 - (1 - p)^k; they forget with .3, whatever they taught."""
    g = Network(teachers + 1, range(teachers), [teachers] * teachers, 0.03)
    r = contagion(g, range(teachers), forget=0.3, steps=1, replicates=4000, seed=teachers, kernel=kernel)
    learned = 1 - 0.97**teachers
    assert abs(r.reach[-1] - learned) < ERRORS * (learned * (1 - learned) / 4000) ** 0.5
    assert_mean(r.size, 0.7 * teachers + learned)
    ring = Network(6, [0, 1, 2, 3, 4, 5] * 2, [1, 2, 3, 4, 5, 0, 2, 3, 4, 5, 0, 1], 0.4)
    gone = contagion(ring, range(6), forget=0.3, steps=1, replicates=4000, seed=2, kernel=kernel)
    assert_mean(gone.size, 0.7 * 6)
