"""What duals prove, worked out a second time in plain Python from the formula; and every certificate that proves nothing."""

from __future__ import annotations

import itertools
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.assignment.audit import bound as of_cycle
from mutasi_toolkit.assignment.audit import given as of_pairs
from mutasi_toolkit.assignment.audit.bound import BadCertificate, Relaxation, up
from mutasi_toolkit.assignment.audit.points import Steps
from mutasi_toolkit.assignment.audit.rows import NONE


def ceiling(value: int, scale: int) -> int:
    return value // scale + (value % scale > 0)


def a_relaxation(rng: np.random.Generator, size: int = 1) -> Relaxation:
    """Three people, rows of two kinds of limits, counts with and without deviations, limits on the deviations."""
    n = 3
    person = np.repeat(np.arange(n), rng.integers(1, 4, n))
    low = np.array([-NONE, -1, 0, -NONE])
    high = np.array([2, NONE, 3, 0])
    counts, rows = [], len(low)
    for deviates in (True, False):
        top = rng.integers(0, 3, 2)
        start = np.concatenate([[0], np.cumsum(top + 1)])[:-1]
        many = int((top + 1).sum())
        counts.append((rows, Steps("t", [f"n{rows}", f"n{rows + 1}"], start, top, rng.integers(-9, 10, many) * size, rng.integers(0, 2, 2), rng.integers(0, 5, many) if deviates else None)))
        rows += 2
    names = [*(f"r{k}" for k in range(4)), *(name for _, s in counts for name in s.names), "opd0"]
    entries = [(k, int(r), int(rng.integers(-2, 3))) for k in range(len(person)) for r in rng.choice(8, 3, replace=False)]
    at, row, value = (np.array(part) for part in zip(*entries, strict=True))
    high = np.concatenate([high, np.zeros(4, dtype=np.int64), [6]])
    low = np.concatenate([low, np.zeros(4, dtype=np.int64), [-NONE]])
    first = np.searchsorted(person, np.arange(n))
    return Relaxation(rng.integers(-20, 21, len(person)) * size, first, person, {name: i for i, name in enumerate(names)}, (at, row, value), low, high, counts, (8, np.zeros(2, dtype=np.int64)))


def duals_of(rng: np.random.Generator, r: Relaxation) -> dict[str, int]:
    """Values of the signs that the rows allow."""
    out = {}
    for name, k in r.names.items():
        value = int(rng.integers(-7, 8))
        if rng.random() < 0.8 and not (value > 0 and r.low[k] <= -NONE) and not (value < 0 and r.high[k] >= NONE):
            out[name] = value
    return out


def priced(r: Relaxation, u: dict[str, int], scale: int) -> tuple[int, list[int]]:
    """What rows and counts prove by themselves, and the reduced cost of every pair: term by term, in Python's integers."""
    value = {k: u.get(name, 0) for name, k in r.names.items()}
    price = [int(c) * scale for c in r.cost]
    for k, row, a in zip(*r.entry, strict=True):
        price[k] -= value[int(row)] * int(a)
    total, counted = 0, set()
    for first, steps in r.counts:
        for i in range(len(steps.top)):
            counted.add(first + i)
            options = []
            for n in range(int(steps.top[i]) + 1):
                at = int(steps.start[i]) + n
                away = 0 if steps.deviation is None else int(steps.deviation[at]) * value[r.caps[0] + int(r.caps[1][i])]
                options.append(int(steps.value[at]) * scale + value[first + i] * n - away)
            total += min(options) - value[first + i] * int(steps.base[i])
    for k, dual in value.items():
        if k not in counted and dual:
            total += dual * int(r.low[k] if dual > 0 else r.high[k])
    return total, price


def least(r: Relaxation, base: int, price: list[int], allowed: list[bool]) -> int | None:
    parts = [[p for p, who, ok in zip(price, r.person, allowed, strict=True) if ok and who == i] for i in range(len(r.first))]
    return None if not all(parts) else base + sum(map(min, parts))


def nowhere(person: str, seat: str) -> int:
    return -1


def position(person: str, seat: str) -> int:
    return int(seat)


@pytest.mark.parametrize("size", [1, 2**42, 2**70])
def test_duals_prove_what_the_formula_says_at_any_size(size: int) -> None:
    rng = np.random.default_rng(11)
    for _ in range(40):
        r = a_relaxation(rng)
        r = Relaxation(r.cost.astype(object) * size if size > 2**60 else r.cost * size, *(getattr(r, k) for k in ("first", "person", "names", "entry", "low", "high", "counts", "caps")))
        u, scale = duals_of(rng, r), int(rng.integers(1, 5)) * (1 if size < 2**60 else 2**5)
        base, price = priced(r, u, scale)
        found = of_cycle.reduced(r, r.vector(u), scale)
        assert (found[0], [int(p) for p in found[1]]) == (base, price)
        everyone = least(r, base, price, [True] * len(price))
        assert everyone is not None
        assert of_cycle.proved(r, {"scale": scale, "duals": u}, nowhere) == ceiling(everyone, scale)


def test_whole_numbers_too_large_for_64_bits_are_added_exactly() -> None:
    none = np.zeros(0, dtype=np.int64)
    one = np.array([0])
    for dual in (2**40, 2**62, 2**80):
        r = Relaxation(np.array([3]), one, one, {"r": 0}, (one, one, np.array([2**21])), np.array([5]), np.array([NONE]), [], None)
        assert of_cycle.proved(r, {"scale": 1, "duals": {"r": dual}}, nowhere) == 3 - dual * 2**21 + 5 * dual
    steps = Steps("t", ["n"], one, np.array([2]), np.array([0, -(2**62), -(2**62) - 5]), np.array([1]))
    r = Relaxation(np.array([2**60]), one, one, {"n": 0}, (none, none, none), np.zeros(1), np.zeros(1), [(0, steps)], None)
    assert of_cycle.proved(r, {"scale": 7, "duals": {"n": -3}}, nowhere) == ceiling(7 * 2**60 + min(0, -7 * 2**62 - 3, 7 * (-(2**62) - 5) - 6) + 3, 7)
    empty = (0, Steps("t", [], none, none, none, none))
    r = Relaxation(np.array([3]), one, one, {"r": 0}, (none, none, none), np.array([-1]), np.array([5]), [empty], None)
    assert of_cycle.proved(r, {"scale": 1, "duals": {"r": 2}}, nowhere) == 1, "counts of nothing cost nothing"
    steps = Steps("t", ["n"], one, np.array([1]), np.array([0, 1]), np.array([2]), np.array([2**30, 2**31]))
    r = Relaxation(np.array([1]), one, one, {"n": 0, "opd": 1}, (none, none, none), np.array([0, -NONE]), np.array([0, 9]), [(0, steps)], (1, one))
    big = -(2**45)
    assert of_cycle.proved(r, {"scale": 1, "duals": {"n": big, "opd": big}}, nowhere) == 1 + min(-big * 2**30, 1 + big - big * 2**31) - 2 * big + 9 * big


def test_no_plan_within_the_limits_costs_less_than_duals_prove() -> None:
    rng = np.random.default_rng(4)
    compared = 0
    for _ in range(300):
        r = a_relaxation(rng)
        u, scale = duals_of(rng, r), 3
        bound = of_cycle.proved(r, {"scale": scale, "duals": u}, nowhere)
        groups = [np.flatnonzero(r.person == i) for i in range(3)]
        for plan in itertools.product(*groups):
            rows = np.zeros(len(r.names), dtype=int)
            for k, row, a in zip(*r.entry, strict=True):
                rows[row] += int(a) if k in plan else 0
            cost, away, fits = int(r.cost[list(plan)].sum()), 0, True
            for first, steps in r.counts:
                n = rows[first : first + 2] + steps.base
                fits &= bool(((n >= 0) & (n <= steps.top)).all())
                if fits:
                    cost += int(steps.value[steps.start + n].sum())
                    away += 0 if steps.deviation is None else int(steps.deviation[steps.start + n].sum())
            if fits and (rows[:4] >= r.low[:4]).all() and (rows[:4] <= r.high[:4]).all() and away <= 6:
                assert bound <= cost
                compared += 1
    assert compared > 20


def tree(rng: np.random.Generator, r: Any, leaf: Any, pairs: list[tuple[str, str]]) -> list[dict[str, Any]]:
    """A tree of two branches and three leaves, on pairs drawn at random."""
    one, two = (pairs[int(rng.integers(len(pairs)))] for _ in range(2))
    return [
        {"person": one[0], "seat": one[1], "within": 1, "without": 2}, {"duals": leaf()}, {"person": two[0], "seat": two[1], "within": 3, "without": 4},
        {"duals": leaf()}, {},
    ]  # fmt: skip


def leaves(nodes: list[dict[str, Any]], at: int, allowed: list[bool], person: list[int], place: Any) -> list[tuple[dict[str, int], list[bool]]]:
    """Duals and pairs of every leaf below a node."""
    node = nodes[at]
    if "person" not in node:
        return [(node.get("duals", {}), allowed)]
    pick = place(node["person"], node["seat"])
    inside = [ok and (person[k] != person[pick] or k == pick) for k, ok in enumerate(allowed)]
    outside = [ok and k != pick for k, ok in enumerate(allowed)]
    return leaves(nodes, node["within"], inside, person, place) + leaves(nodes, node["without"], outside, person, place)


def test_a_tree_proves_the_least_of_its_leaves_and_of_the_target() -> None:
    rng = np.random.default_rng(8)
    kinds = set()
    for _ in range(150):
        r = a_relaxation(rng)
        u, scale = duals_of(rng, r), int(rng.integers(1, 4))
        base, price = priced(r, u, scale)
        everyone = least(r, base, price, [True] * len(price))
        assert everyone is not None
        root = ceiling(everyone, scale)
        target = root + int(rng.integers(0, 25))
        cheapest = [min(p for p, who in zip(price, r.person, strict=True) if who == i) for i in range(3)]
        kept = [everyone + p - cheapest[int(who)] <= (target - 1) * scale for p, who in zip(price, r.person, strict=True)]
        nodes = tree(rng, r, lambda r=r: duals_of(rng, r), [("p", str(k)) for k in range(len(price))])
        found = []
        for more, allowed in leaves(nodes, 0, kept, r.person.tolist(), position):
            bound = least(r, *priced(r, {**u, **more}, scale), allowed)
            found += [] if bound is None else [ceiling(bound, scale)]
        certificate = {"scale": scale, "duals": u, "target": target}
        left = least(r, base, price, kept)
        expected = target if left is None else max(root, min([target, *found]))
        assert of_cycle.proved(r, {**certificate, "branches": nodes}, position) == expected
        assert of_cycle.proved(r, certificate, position) == (target if left is None else root)
        kinds.add("none" if left is None else "target" if expected == target else "root" if expected == root else "leaf")
    assert kinds == {"none", "target", "root", "leaf"}


LEAF: dict[str, Any] = {}
BRANCH = {"person": "p", "seat": "0", "within": 1, "without": 2}
NO_PROOF: list[tuple[dict[str, Any], str]] = [
    ({"scale": 0}, "scale below 1"),
    ({"scale": -2}, "scale below 1"),
    ({"scale": 1.0}, "scale is not a whole number"),
    ({"scale": True}, "scale is not a whole number"),
    ({"scale": None}, "scale is not a whole number"),
    ({"duals": {"r9": 1}}, "unknown row: r9"),
    ({"duals": {"r1": 1.0}}, "not a whole number: r1"),
    ({"duals": {"r1": True}}, "not a whole number: r1"),
    ({"duals": {"r0": 1}}, "wrong sign: r0"),
    ({"duals": {"r1": -1}}, "wrong sign: r1"),
    ({"duals": {"opd0": 1}}, "wrong sign: opd0"),
    ({"branches": [LEAF]}, "target is not a whole number"),
    ({"target": 1.5}, "target is not a whole number"),
    ({"branches": [BRANCH, LEAF], "target": 10**6}, "no tree"),
    ({"branches": [{**BRANCH, "within": -1}, LEAF, LEAF], "target": 10**6}, "no tree"),
    ({"branches": [{**BRANCH, "without": 0}, LEAF], "target": 10**6}, "no tree"),
    ({"branches": [{**BRANCH, "without": True}, LEAF, LEAF], "target": 10**6}, "without is not a whole number"),
    ({"branches": [{**BRANCH, "within": 1.0}, LEAF, LEAF], "target": 10**6}, "within is not a whole number"),
    ({"branches": [{**BRANCH, "seat": "-1"}, LEAF, LEAF], "target": 10**6}, "pair that is not allowed"),
    ({"branches": [{**BRANCH, "within": 1, "without": 1}, {"duals": {"r0": 2}}], "target": 10**6}, "wrong sign: r0"),
]


@pytest.mark.parametrize(("changes", "why"), NO_PROOF)
def test_a_certificate_that_proves_nothing_says_why(changes: dict[str, Any], why: str) -> None:
    r = a_relaxation(np.random.default_rng(1))
    with pytest.raises(BadCertificate, match=why):
        of_cycle.proved(r, {"scale": 2, "duals": {}, **changes}, position)


def test_signs_and_numbers_that_are_allowed_are_taken() -> None:
    r = a_relaxation(np.random.default_rng(1))
    for fine in ({"r0": -1}, {"r1": 1}, {"r2": 3}, {"r2": -3}, {"n4": 5}, {"n4": -5}, {"opd0": -1}, {"r0": 0, "r1": 0}):
        assert r.vector(fine)[[r.names[k] for k in fine]].tolist() == list(fine.values())
    wide = Relaxation(r.cost, r.first, r.person, {"r": 0}, r.entry, np.array([-(10**15)]), np.array([10**15]), [], None)
    assert [wide.vector({"r": dual}).tolist() for dual in (-1, 1)] == [[-1], [1]], "limits, however wide"
    kept = r.vector({"r1": 4}, r.vector({"r0": -3, "r1": 1}))
    assert kept[[r.names["r0"], r.names["r1"]]].tolist() == [-3, 4]


def test_a_tree_whose_leaves_have_nobody_left_proves_the_target() -> None:
    r = a_relaxation(np.random.default_rng(1))
    alone = np.array([0, 1, 2])
    r = Relaxation(np.array([1, 2, 3]), alone, alone, {"r0": 0}, tuple(np.zeros(0, dtype=np.int64) for _ in range(3)), np.array([-NONE]), np.array([2]), [], None)  # type: ignore[arg-type]
    nodes = [{"person": "p", "seat": "1", "within": 1, "without": 2}, LEAF, LEAF]
    assert of_cycle.proved(r, {"scale": 1, "target": 7, "branches": nodes}, position) == 6
    assert of_cycle.proved(r, {"scale": 1, "target": 6, "branches": nodes}, position) == 6
    assert of_cycle.proved(r, {"scale": 1, "target": 5, "branches": nodes}, position) == 6
    cut = [{"person": "p", "seat": "1", "within": 1, "without": 2}, {"person": "p", "seat": "0", "within": 3, "without": 4}, LEAF, {"duals": {"r0": -1}}, LEAF]
    assert of_cycle.proved(r, {"scale": 1, "target": 9, "branches": cut, "duals": {"r0": -2}}, position) == 4


@pytest.mark.parametrize(("value", "scale", "expected"), [(7, 2, 4), (6, 2, 3), (-7, 2, -3), (-6, 2, -3), (0, 5, 0), (1, 1, 1)])
def test_bounds_are_rounded_up(value: int, scale: int, expected: int) -> None:
    assert up(value, scale) == expected


# Pairs and capacities, in exact decimals.


def drawn(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, Any]]:
    grid = [(f"p{i}", f"j{j}") for i in range(3) for j in range(3) if j == i or rng.random() < 0.7]
    pairs = pd.DataFrame(grid, columns=["person", "position"]).sample(frac=1, random_state=int(rng.integers(2**31)))
    pairs["cost"] = rng.integers(-50, 51, len(pairs)) / rng.choice([1, 4, 10])
    pairs["weight"] = rng.integers(0, 9, len(pairs)) / rng.choice([1, 2, 5])
    return pairs, {"j0": float(rng.integers(0, 7)) / 2, "j1": np.inf if rng.random() < 0.3 else 1.3, "j2": int(rng.integers(0, 4)), "j9": 5}


def floor(value: Fraction) -> int:
    return value.numerator // value.denominator


class Second:
    """The bound of pairs, from fractions: linear ones pair by pair, packed ones by every set of people in a place."""

    def __init__(self, pairs: pd.DataFrame, capacity: dict[str, Any], certificate: dict[str, Any]) -> None:
        rows = sorted(pairs.itertuples(), key=lambda t: (list(dict.fromkeys(pairs["person"])).index(t.person), list(dict.fromkeys(pairs["position"])).index(t.position)))
        self.pairs = [(t.person, t.position, Fraction(str(t.cost)), Fraction(str(t.weight))) for t in rows]
        self.people, self.places = list(dict.fromkeys(pairs["person"])), list(dict.fromkeys(pairs["position"]))
        self.limit = {j: None if np.isinf(capacity[j]) else Fraction(str(capacity[j])) for j in self.places}
        whole = sum((w for *_, w in self.pairs), Fraction(0))
        self.room = {j: whole if v is None else v for j, v in self.limit.items()}
        parts = np.lcm.reduce([c.denominator for _, _, c, _ in self.pairs])
        loads = np.lcm.reduce([*(w.denominator for *_, w in self.pairs), *(v.denominator for v in self.limit.values() if v is not None)])
        self.scale, per = certificate["scale"], certificate["per_unit"]
        self.unit = per if per % parts == 0 else int(parts)
        self.load = int(loads)
        self.worth = Fraction(self.unit, per) * (Fraction(certificate["weight_unit"], self.load) if certificate["kind"] == "linear" else 1)

    def prices(self, duals: dict[str, int]) -> dict[str, int]:
        return {name.split("|")[-1]: floor(v * self.worth) for name, v in duals.items()}

    def reduced(self, u: dict[str, int]) -> list[Fraction]:
        return [c * self.unit * self.scale - u.get(j, 0) * w * self.load for _, j, c, w in self.pairs]

    def linear(self, u: dict[str, int], allowed: list[bool]) -> Fraction | None:
        value = self.reduced(u)
        best = [[v for v, (p, *_), ok in zip(value, self.pairs, allowed, strict=True) if ok and p == who] for who in self.people]
        return None if not all(best) else sum(map(min, best)) + sum(v * self.room[j] * self.load for j, v in u.items())

    def packed(self, prices: dict[str, int], allowed: list[bool]) -> Fraction:
        total = Fraction(sum(prices.values()))
        for place in self.places:
            mine = [(c * self.unit * self.scale - prices.get(p, 0), w) for (p, j, c, w), ok in zip(self.pairs, allowed, strict=True) if ok and j == place]
            sets = (s for n in range(len(mine) + 1) for s in itertools.combinations(mine, n))
            total += min(sum((v for v, _ in s), Fraction(0)) for s in sets if sum(w for _, w in s) <= self.room[place])
        return total


@pytest.mark.parametrize("kind", ["linear", "knapsack"])
def test_duals_of_pairs_prove_what_fractions_say(kind: str) -> None:
    rng = np.random.default_rng(3)
    ends = set()
    for _ in range(120):
        pairs, capacity = drawn(rng)
        names = [f"capacity|{j}" for j in dict.fromkeys(pairs["position"])] if kind == "linear" else list(dict.fromkeys(pairs["person"]))
        draw = lambda names=names: {n: int(rng.integers(-400, 1 if kind == "linear" else 400)) for n in names if rng.random() < 0.8}  # noqa: E731
        certificate = {"kind": kind, "scale": int(rng.integers(1, 4)), "per_unit": int(rng.choice([1, 7, 100])), "weight_unit": int(rng.choice([1, 10, 3])), "duals": draw()}
        second = Second(pairs, capacity, certificate)
        everyone = [True] * len(second.pairs)
        data = of_pairs.given(pairs, capacity)
        u = second.prices(certificate["duals"])
        value = second.linear(u, everyone) if kind == "linear" else second.packed(u, everyone)
        assert value is not None
        assert of_pairs.proved(data, certificate) == Fraction(-floor(-value / second.scale), second.unit)
        # A tree of branches, below a target where the proof is linear.
        nodes = tree(rng, None, draw, [(p, j) for p, j, *_ in second.pairs])
        kept, bounds = everyone, []
        if kind == "linear" and rng.random() < 0.7:
            certificate["target"] = floor(value / second.scale * certificate["per_unit"] / second.unit) + int(rng.integers(0, 20 * certificate["per_unit"]))
            most = certificate["target"] * second.unit // certificate["per_unit"]
            price = second.reduced(u)
            cheapest = {who: min(v for v, (p, *_) in zip(price, second.pairs, strict=True) if p == who) for who in second.people}
            kept = [value + v - cheapest[p] <= (most - 1) * second.scale for v, (p, *_) in zip(price, second.pairs, strict=True)]
            bounds.append(most)
        place = lambda p, j, pairs=second.pairs: next(k for k, pair in enumerate(pairs) if pair[:2] == (p, j))  # noqa: E731
        for more, allowed in leaves(nodes, 0, kept, [p for p, *_ in second.pairs], place):  # type: ignore[arg-type]
            duals = second.prices({**certificate["duals"], **more})
            bound = second.linear(duals, allowed) if kind == "linear" else second.packed(duals, allowed)
            bounds += [] if bound is None else [-floor(-bound / second.scale)]
        assert of_pairs.proved(data, {**certificate, "branches": nodes}) == Fraction(min(bounds, default=2**62), second.unit)
        ends.add(bounds.index(min(bounds)) if bounds else -1)
    assert len(ends) > 2


FINE = {"kind": "linear", "scale": 1, "per_unit": 1, "weight_unit": 1, "duals": {}}
SPLIT = {"person": "a", "seat": "x", "within": 1, "without": 2}
NO_PROOF_OF_PAIRS: list[tuple[dict[str, Any], str]] = [
    ({"kind": "oracle"}, "unknown kind of proof: oracle"),
    *(({key: bad}, f"{key} is not a whole number above 0") for key in ("scale", "per_unit", "weight_unit") for bad in (0, -1, 1.0, True, None)),
    ({"duals": {"capacity|q": -1}}, "belongs to nothing or is not whole: capacity|q"),
    ({"duals": {"capacity|x": -1.0}}, "not whole"),
    ({"duals": {"capacity|x": False}}, "not whole"),
    ({"duals": {"capacity|x": 1}}, "wrong sign"),
    ({"kind": "knapsack", "duals": {"capacity|x": -1}}, "belongs to nothing"),
    ({"kind": "knapsack", "duals": {"a": 0.5}}, "not whole"),
    ({"target": 2.0}, "target is not a whole number"),
    ({"branches": [SPLIT, LEAF]}, "no tree"),
    ({"branches": [{**SPLIT, "without": 0}, LEAF]}, "no tree"),
    ({"branches": [{**SPLIT, "within": -1}, LEAF, LEAF]}, "no tree"),
    ({"branches": [{**SPLIT, "within": "1"}, LEAF, LEAF]}, "no tree"),
    ({"branches": [{**SPLIT, "seat": "q"}, LEAF, LEAF]}, "pair that is not given"),
    ({"branches": [SPLIT, LEAF, {"duals": {"capacity|y": 1}}]}, "wrong sign"),
]


@pytest.mark.parametrize(("changes", "why"), NO_PROOF_OF_PAIRS)
def test_a_certificate_of_pairs_that_proves_nothing_says_why(changes: dict[str, Any], why: str) -> None:
    pairs = pd.DataFrame({"person": list("aab"), "position": list("xyx"), "cost": [1, 5, 2]})
    data = of_pairs.given(pairs, {"x": 1, "y": 1})
    assert of_pairs.proved(data, FINE) == 3
    assert of_pairs.proved(data, {**FINE, "duals": {"capacity|x": -4}}) == 7
    assert of_pairs.proved(data, {**FINE, "kind": "knapsack", "duals": {"a": 5, "b": 6}}) == 7
    with pytest.raises(BadCertificate, match=why.replace("|", r"\|")):
        of_pairs.proved(data, {**FINE, **changes})


def test_pairs_are_read_as_written() -> None:
    pairs = pd.DataFrame({"person": ["a", "b"], "position": ["x", "y"], "cost": [0.1, np.float32(0.5)], "weight": [0.25, 2.0]})
    frame = pd.DataFrame({"position": ["x", "y"], "capacity": [0.3, np.inf]})
    for capacity in (frame, dict(zip(frame["position"], frame["capacity"], strict=True))):
        data = of_pairs.given(pairs, capacity)
        assert data.cost == {("a", "x"): Fraction(1, 10), ("b", "y"): Fraction(1, 2)}
        assert data.weight == {("a", "x"): Fraction(1, 4), ("b", "y"): Fraction(2)}
        assert data.capacity == {"x": Fraction(3, 10), "y": None}
        assert data.people == ["a", "b"]
    assert of_pairs.given(pairs.drop(columns="weight"), frame).weight == {("a", "x"): 1, ("b", "y"): 1}
    # A position without a limit of its own holds nobody; prices above 64 bits are added exactly.
    assert of_pairs.arrays(of_pairs.given(pairs, {"x": 1})).capacity.tolist() == [4, 0]
    big = pd.DataFrame({"person": ["a", "a"], "position": ["x", "y"], "cost": [2**62, 2**63]})
    assert of_pairs.proved(of_pairs.given(big, {"x": 0, "y": 1}), {**FINE, "kind": "knapsack", "duals": {"a": 2**64}}) == 2**63
