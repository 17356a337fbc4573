"""Every kernel of a network against a second implementation that follows one replicate, one person and one draw at a time: the same bits."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from fractions import Fraction
from itertools import groupby

import draws_again as again
import numpy as np
import pytest

from mutasi_toolkit.spread import Network, cascade, contagion, threshold
from mutasi_toolkit.spread.cascade_bits import run_bits
from mutasi_toolkit.spread.cascade_skip import run_skip, skip_arrays
from mutasi_toolkit.spread.contagions import states_of
from mutasi_toolkit.spread.outcome import Outcome

Path = tuple[list[int], set[int]]


def ties_from(g, u):
    """(target, probability, key) of the ties of u, in the order of the network."""
    out = g.outgoing
    return [(int(out.other[j]), float(out.probability[j]), int(out.key[j])) for j in range(int(out.start[u]), int(out.start[u + 1]))]


def ties_to(g, v):
    into = g.incoming
    return [(int(into.other[j]), float(into.probability[j]), int(into.key[j])) for j in range(int(into.start[v]), int(into.start[v + 1]))]


def colleagues(g):
    """Members of every unit."""
    found = defaultdict(list)
    for v, u in enumerate([] if g.unit is None else g.unit.tolist()):
        if u >= 0:
            found[u].append(v)
    return found


# --- second implementations -------------------------------------------------------------------------------------------


def cascade_with_masks(g, seeds, q, seed, r) -> Path:
    key, unit_key = again.stream(seed, again.MASK), again.stream(seed, again.MASK, 1)
    known, fresh, curve, depth = set(seeds), set(seeds), [len(seeds)], 0
    while fresh:
        learned = {
            v for v in range(g.n) for u, p, name in ties_to(g, v)
            if v not in known and u in fresh and again.happens(*again.replicate_base(again.child(key, name), r), again.chance(p))
        }  # fmt: skip
        level = again.stream(unit_key, depth)
        for people in colleagues(g).values() if q > 0 else ():
            k = len(fresh & set(people))
            for v in set(people) - known - learned:
                places = [b for b in range(8) if k >> b & 1]
                if any(again.happens(*again.replicate_base(again.child(level, v), r, b), again.chance(again.any_of(q, 2**b))) for b in places):
                    learned.add(v)
        known, fresh, depth = known | learned, learned, depth + 1
        curve += [len(known)] if learned else []
    return curve, known


def failures(bits: int, p: float) -> int:
    """Failures before the next success: the least k with P(at most k) above the number drawn, in 53 bits."""
    k = 0
    while int(-math.expm1((k + 1) * math.log1p(-p)) * 2**53) <= bits >> 11:
        k += 1
    return k


def leap(bits: int, p: float) -> int:
    """The same by logarithm."""
    return 0 if p >= 1 else int(min(math.log(again.uniform(bits)) / math.log1p(-p), 4e9))


def cascade_by_leaps(g, seeds, q, seed, r) -> Path:
    base = again.child(again.stream(seed, again.SKIP), r)
    values = {p for u in range(g.n) for _, p, _ in ties_from(g, u)}
    alike = values.pop() if len(values) == 1 and 0 < max(values) < 1 else None
    queue, curve, level = list(seeds), [len(seeds)], len(seeds)
    for here in range(10**6):
        if here == level and len(queue) > level:
            curve, level = [*curve, len(queue)], len(queue)
        if here == len(queue):
            return curve, set(queue)
        u = queue[here]
        own, ties, told = again.word(base, u), ties_from(g, u), []
        top = max((p for _, p, _ in ties), default=0.0)
        at, step = -1, 0
        while top > 0:
            at += 1 + (failures(again.word(own, step) if step else own, alike) if alike else leap(again.word(own, step) if step else own, top))
            if at >= len(ties):
                break
            step += 1 if alike else 2
            if alike or again.uniform(again.word(own, step - 1)) * top <= ties[at][1]:
                told.append(ties[at][0])
        people = colleagues(g)[int(g.unit[u])] if g.unit is not None and g.unit[u] >= 0 and q > 0 else []
        at, step = -1, 2**40
        while people:
            at += 1 + leap(again.word(own, step), q)
            if at >= len(people):
                break
            told.append(people[at])
            step += 1
        for v in told:
            if v not in queue:
                queue.append(v)
    raise AssertionError


def contagion_one_by_one(g, seeds, q, forget, recover, steps, seed, r):
    base = again.child(again.stream(seed, again.CONTAGION), r)
    state = [int(v in seeds) for v in range(g.n)]
    path = [state]
    unit = [-1] * g.n if g.unit is None else g.unit.tolist()
    for t in range(1, steps + 1):
        now, after = again.child(base, t), list(state)
        for v in range(g.n):
            drawn = again.uniform(again.word(now, v))
            if state[v] == 0:
                spared = (1 - q) ** sum(state[c] == 1 and unit[c] == unit[v] >= 0 for c in range(g.n))
                for u, p, _ in ties_to(g, v):
                    spared *= 1 - p if state[u] == 1 else 1
                after[v] = int(spared < 1 and drawn <= 1 - spared)
            elif drawn <= forget:
                after[v] = 0
            elif state[v] == 1 and again.uniform(again.word(again.child(now, 33), v)) <= recover:
                after[v] = 2
        state = after
        path.append(state)
    return path


def contagion_by_lanes(g, seeds, q, forget, recover, steps, seed, r):
    state = [int(v in seeds) for v in range(g.n)]
    path = [state]
    for t in range(1, steps + 1):
        now, tie_now, after = again.stream(seed, again.CONTAGION_BITS, t), again.stream(seed, again.CONTAGION_BITS, t, 1), list(state)
        groups = colleagues(g)
        for v in range(g.n):
            own, knows = again.child(now, v), state[v] > 0
            runs = [ties[i : i + 15] for _, same in groupby(ties_to(g, v), key=lambda tie: tie[1]) for ties in [list(same)] for i in range(0, len(ties), 15)]
            learned = lost = False
            for number, run in enumerate(runs):
                k, p = sum(state[u] == 1 for u, _, _ in run), run[0][1]
                key = again.child(tie_now, run[0][2] if len(run) == 1 else (v << 32) + number)
                place = again.replicate_base(key, r)
                if not knows and not learned and k:
                    learned = again.happens(*place, again.chance(again.any_of(p, k)))
                if knows and number == 0 and len(run) > 1:
                    lost = again.happens(*place, again.chance(forget))
            k = sum(state[c] == 1 for c in groups[int(g.unit[v])]) if g.unit is not None and g.unit[v] >= 0 else 0
            for b in range(8):
                if not knows and not learned and k >> b & 1:
                    learned = again.happens(*again.replicate_base(own, r, b), again.chance(again.any_of(q, 2**b)))
            if knows and not (runs and len(runs[0]) > 1):
                lost = again.happens(*again.replicate_base(own, r, 32), again.chance(forget))
            after[v] = 0 if lost else 1 if learned else state[v]
            if after[v] == 1 and not learned and again.happens(*again.replicate_base(own, r, 33), again.chance(recover)):
                after[v] = 2
        state = after
        path.append(state)
    return path


def threshold_by_levels(g, seeds, each, seed, r, fraction=None) -> Path:
    base = again.child(again.stream(seed, again.THRESHOLD), r)
    known, fresh, curve = set(seeds), set(seeds), [len(seeds)]
    pulls = Counter()
    for u in range(g.n):
        for v, p, _ in ties_from(g, u):
            pulls[u, v] += Fraction(int(p * 2**62), 2**62) if fraction is None else Fraction(p)
    for people in colleagues(g).values():
        for u in people:
            pulls.update({(u, v): Fraction(int(each * 2**62), 2**62) if fraction is None else Fraction(each) for v in people})
    while fresh:
        learned = set()
        for v in set(range(g.n)) - known:
            heard = sum(pulls[u, v] for u in known)
            drawn = Fraction((again.word(base, v) >> 2) + 1, 2**62)
            bar = drawn if fraction is None else Fraction(fraction[v]) * sum(pulls[u, v] for u in range(g.n) if u != v)
            if heard > 0 and heard >= bar - (0 if fraction is None else Fraction(1, 10**9)):
                learned.add(v)
        known, fresh = known | learned, learned
        curve += [len(known)] if learned else []
    return curve, known


# --- comparison -------------------------------------------------------------------------------------------------------


def network(seed, n=9, m=16, values=(0.0, 0.2, 0.2, 0.5, 1.0), units=3):
    rng = np.random.default_rng(seed)
    unit = rng.integers(-1, units, n) if units else None
    return Network(n, rng.integers(0, n, m), rng.integers(0, n, m), rng.choice(values, m), unit=unit)


def crowd(p=0.06, many=33):
    """One person with many teachers of two probabilities, who all share a unit of 20; equal ties among them."""
    rest = 5
    n = many + rest
    source, target = [*range(many), 0, 1, n - 1], [n - 1] * many + [n - 1, n - 1, n - 2]
    return Network(n, source, target, [p] * 17 + [0.11] * (many - 17) + [0.11, p, 0.5], unit=[0] * 20 + [-1] * (n - 22) + [1, 1])


def assert_paths(r, paths, g, first):
    """Curve, size, reach and counts by unit of a result, from the paths of its replicates."""
    assert r.size.tolist() == [len(known) for _, known in paths]
    width = r.curve.shape[1]
    assert width == max(len(c) for c, _ in paths)
    assert r.curve.tolist() == [(c + [c[-1]] * width)[:width] for c, _ in paths]
    assert np.rint(r.reach * len(paths)).astype(int).tolist() == [sum(v in known for _, known in paths) for v in range(g.n)]
    if g.unit is not None:
        assert r.unit_size.tolist() == [[sum(v in known for v in colleagues(g)[u]) for u in range(g.n_units)] for _, known in paths]
    assert r.first == first


NETWORKS = [network(1), network(2), network(3, values=(0.3,)), network(4, n=6, m=0), network(5, units=0), network(6, values=(0.25, 1.0)), network(7, m=40, values=(0.1,))]
PARTS = [(0, 3), (509, 6)]


@pytest.mark.parametrize("q", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("g", NETWORKS)
def test_cascade_with_masks(g, q):
    for first, count in PARTS:
        r = cascade(g, [0, 4], q, replicates=count, seed=3, kernel="bits", first=first, workers=1)
        assert_paths(r, [cascade_with_masks(g, [0, 4], q, 3, k) for k in range(first, first + count)], g, first)


@pytest.mark.parametrize("q", [0.0, 0.3, 1.0])
@pytest.mark.parametrize("g", [*NETWORKS, network(8, n=7, m=30, values=(1.0,)), network(9, values=(0.0,))])
def test_cascade_by_leaps(g, q):
    for first, count in PARTS:
        r = cascade(g, [0, 4], q, replicates=count, seed=3, kernel="skip", first=first, workers=1)
        assert_paths(r, [cascade_by_leaps(g, [0, 4], q, 3, k) for k in range(first, first + count)], g, first)


def test_leaps_over_many_contacts():
    """Ties of one probability to 300 people, small and large: the table of gaps beyond its first entries."""
    for p in (0.001, 0.02, 0.9):
        g = Network(301, [0] * 300, range(1, 301), p)
        r = cascade(g, [0], replicates=40, seed=2, kernel="skip", workers=1)
        assert_paths(r, [cascade_by_leaps(g, [0], 0.0, 2, k) for k in range(40)], g, 0)
    unit = Network(301, [], [], [], unit=[0] * 301)
    r = cascade(unit, [7], 0.001, replicates=10, seed=2, kernel="skip", workers=1)
    assert_paths(r, [cascade_by_leaps(unit, [7], 0.001, 2, k) for k in range(10)], unit, 0)


def test_a_unit_of_many_fresh_colleagues():
    """Up to 20 colleagues who learned at once: several binary places of their number."""
    g = crowd()
    seeds = list(range(19))
    for q in (0.02, 0.1):
        r = cascade(g, seeds, q, replicates=40, seed=5, kernel="bits", first=490, workers=1)
        assert_paths(r, [cascade_with_masks(g, seeds, q, 5, k) for k in range(490, 530)], g, 490)


CHANGES = [(0.0, 0.0), (0.3, 0.0), (0.0, 0.4), (0.2, 0.3), (1.0, 0.0), (0.0, 1.0)]


@pytest.mark.parametrize(("forget", "recover"), CHANGES)
@pytest.mark.parametrize("kernel", ["scalar", "bits"])
def test_contagion(kernel, forget, recover):
    second = contagion_one_by_one if kernel == "scalar" else contagion_by_lanes
    for g, seeds, q, steps in [(NETWORKS[0], [0, 4], 0.2, 4), (NETWORKS[2], [1], 0.0, 4), (NETWORKS[4], [0, 4], 0.2, 3), (NETWORKS[6], [0, 4], 1.0, 3), (crowd(), [*range(0, 33, 2), 37], 0.03, 2)]:
        for first, count in PARTS:
            r = contagion(g, seeds, q, forget, recover, steps=steps, replicates=count, seed=3, kernel=kernel, first=first, workers=1)
            paths = [second(g, seeds, q, forget, recover, steps, 3, k) for k in range(first, first + count)]
            assert r.curve.tolist() == [[sum(x > 0 for x in s) for s in path] for path in paths]
            ends = [([0], {v for v, x in enumerate(path[-1]) if x}) for path in paths]
            assert r.size.tolist() == [len(known) for _, known in ends]
            assert np.rint(r.reach * count).astype(int).tolist() == [sum(v in known for _, known in ends) for v in range(g.n)]
            if g.unit is not None:
                assert r.unit_size.tolist() == [[sum(v in known for v in colleagues(g)[u]) for u in range(g.n_units)] for _, known in ends]
            if kernel == "scalar":
                assert states_of(g, np.array(seeds, np.int32), q, forget, recover, steps, 3, first).tolist() == paths[0]


@pytest.mark.parametrize("p", [0.02, 0.3])
def test_runs_of_every_length(p):
    """One person with 1, one with 2, ... one with 16 ties of one probability, from people who all know; some forget."""
    source = [t for k in range(1, 17) for t in range(k)]
    target = [16 + k for k in range(1, 17) for _ in range(k)]
    g = Network(33, source, target, p)
    for forget, seeds in ((0.0, range(16)), (0.4, range(24))):
        r = contagion(g, seeds, 0.0, forget, steps=1, replicates=24, seed=8, kernel="bits", first=500, workers=1)
        paths = [contagion_by_lanes(g, set(seeds), 0.0, forget, 0.0, 1, 8, k) for k in range(500, 524)]
        assert np.rint(r.reach * 24).astype(int).tolist() == [sum(path[-1][v] > 0 for path in paths) for v in range(33)]
        assert r.curve.tolist() == [[sum(x > 0 for x in s) for s in path] for path in paths]


@pytest.mark.parametrize("each", [0.0, 0.1])
def test_linear_threshold(each):
    for seed in range(4):
        g = network(seed, m=18, values=(0.05, 0.1, 0.15), units=3 if seed else 0)
        for first, count in PARTS:
            r = threshold(g, [0, 4], replicates=count, seed=3, unit_weight=each, first=first, workers=1)
            assert_paths(r, [threshold_by_levels(g, [0, 4], each if g.unit is not None else 0.0, 3, k) for k in range(first, first + count)], g, first)


@pytest.mark.parametrize("each", [0.0, 0.25])
def test_fractional_threshold(each):
    for seed in range(8):
        g = network(seed, m=24, values=(0.25, 0.5, 1.0))
        fraction = np.random.default_rng(seed).choice([0.25, 0.5, 0.75, 1.0], g.n)
        r = threshold(g, [0, 4], replicates=2, fraction=fraction, unit_weight=each, workers=1)
        assert_paths(r, [threshold_by_levels(g, [0, 4], each, 0, 0, fraction)] * 2, g, 0)


@pytest.mark.parametrize("kernel", ["skip", "threshold"])
def test_the_buffer_of_levels_grows(kernel):
    """A path takes as many levels as people; 40 replicates of them do not fit into the first buffer, and nothing is lost or told twice."""
    n = 130
    g = Network(n, range(n - 1), range(1, n), 0.999 if kernel == "skip" else 1.0, unit=[0, 1] * (n // 2))
    if kernel == "skip":
        r = cascade(g, [0], replicates=40, seed=1, kernel="skip", workers=1)
        paths = [cascade_by_leaps(g, [0], 0.0, 1, k) for k in range(40)]
    else:
        r = threshold(g, [0], replicates=70, seed=1, workers=1)
        paths = [(list(range(1, n + 1)), set(range(n)))] * 70
    assert_paths(r, paths, g, 0)


def test_states_of_no_period_are_the_seeds():
    g = network(1)
    assert states_of(g, np.array([0, 4], np.int32), 0.2, 0.1, 0.1, 0, 3, 0).tolist() == [[int(v in (0, 4)) for v in range(g.n)]]


def test_raw_numbers_of_a_part():
    """What one call of a kernel hands over: sizes of their own types, levels end to end, counts by person."""
    g = network(1)
    for made in (run_bits(g, np.array([0, 4]), 0.3, 3, 509, 515), run_skip(skip_arrays(g, 0.3), g.n_units, np.array([0, 4], np.int32), 3, 509, 515)):
        assert isinstance(made, Outcome)
        assert made.level[made.level_end - 1].tolist() == made.size.tolist()
        assert made.curve()[:, -1].tolist() == made.size.tolist()
        assert made.curve()[:, 0].tolist() == [2] * 6
        assert made.reach.sum() == made.size.sum()
        assert (np.diff(made.level_end, prepend=0) > 0).all()
    by_hand = Outcome(np.array([3, 1]), np.zeros(3), np.array([1, 2, 3, 1]), np.array([3, 4]), np.zeros((2, 0)))
    assert by_hand.curve().tolist() == [[1, 2, 3], [1, 1, 1]]
    assert Outcome(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.int64), np.zeros((0, 0))).curve().shape == (0, 1)
