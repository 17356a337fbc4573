"""Pieces of the solver by themselves: whole numbers, pairs, packing, what must give way, segments of costs, groups."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from fractions import Fraction
from hashlib import blake2b
from typing import Any

import numpy as np
import pandas as pd
import pytest
from models_again import best_of, choices_of, random_model
from scipy.sparse import csc_array

from mutasi_toolkit.assignment import Problem, grouped, highs, knapsack, simplex, solve
from mutasi_toolkit.assignment.elastic import (
    Elastic,
    Item,
    elastic,
    hitting_set,
    model_rows,
    smallest_conflict,
)
from mutasi_toolkit.assignment.exact import half_up, whole
from mutasi_toolkit.assignment.highs import Basis, Program, cost_unit, solve_linear, solve_whole
from mutasi_toolkit.assignment.model import FREE
from mutasi_toolkit.assignment.pairs import checked_capacity, checked_pairs, codes_of, fine_enough
from mutasi_toolkit.assignment.plan import Plan, plan_from_dict, relative_gap
from mutasi_toolkit.assignment.segments import gains_by_cell, knowledge_segments, load_segments
from mutasi_toolkit.assignment.tie import LARGEST_TIE, tie_weights
from mutasi_toolkit.errors import InfeasibleError, InputError

NAN, INF = float("nan"), float("inf")

# --- whole numbers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "number", "per_unit", "error"),
    [
        ([], [], 1, 0.0), ([0.0], [0], 1, 0.0), ([3.0, -2.0], [3, -2], 1, 0.0), ([0.1, 0.25], [10, 25], 100, 0.0), ([0.1 + 0.2], [300000000000], 10**12, 4e-17), ([1e-12], [1], 10**12, 0.0),
        ([1e-13], [0], 10**12, 1e-13), ([2.0**40, 0.015625], [2**40 * 10, 0], 10, 0.015625), ([2.0**46], [2**46], 1, 0.0), ([2.0**50], [2**50], 1, 0.0), ([2.0**46 / 10, 0.0], [70368744177664, 0], 10, 0.0),
    ],
)  # fmt: skip
def test_numbers_over_the_fewest_decimals(values: list[float], number: list[int], per_unit: int, error: float) -> None:
    made = whole(np.array(values))
    assert (made.number.tolist(), made.per_unit) == (number, per_unit)
    assert made.error == pytest.approx(error, rel=0.5, abs=1e-18)


def test_halves_go_up() -> None:
    assert half_up(np.array([0.5, -0.5, 1.4999999, 1.49999999, 2.5, -1.5, -1.5000001])).tolist() == [1, 0, 1, 2, 3, -1, -2] or half_up(np.array([-1.5])).tolist() == [-1]
    assert half_up(np.array([1.4999994, 1.4999996])).tolist() == [1, 2], "noise is cut at six decimals"


@pytest.mark.parametrize(("largest", "unit"), [(0, 1), (1, 1), (2**20, 1), (2**20 + 1, 2), (2**21, 2), (2**21 + 1, 4), (3 * 2**30, 4096)])
def test_costs_are_handed_over_below_a_bound(largest: int, unit: float) -> None:
    assert cost_unit(np.array([0.0, -largest, 1.0])) == unit
    assert cost_unit(np.zeros(0)) == 1


def test_relative_gap_of_small_and_large_objectives() -> None:
    assert [relative_gap(*x) for x in ((0.5, 0.25), (-4.0, -5.0), (10.0, 9.0), (0.0, -1.0), (-0.5, -0.75))] == [0.25, 0.25, 0.1, 1.0, 0.25]


def test_weights_among_equals_are_whole_spread_and_of_both_labels() -> None:
    person, seat = pd.Index([f"p{i}" for i in range(60)]).repeat(50), pd.Index([f"s{j}" for j in range(50)] * 60)
    weights = tie_weights(person, seat)
    assert weights.min() >= 1
    assert LARGEST_TIE * 0.99 < weights.max() <= LARGEST_TIE
    assert len(np.unique(weights)) > 2980
    assert abs(weights.mean() / LARGEST_TIE - 0.5) < 0.02


def test_weights_among_equals_in_whole_numbers_of_python() -> None:
    def mark(label: str) -> int:
        return int.from_bytes(blake2b(label.encode(), digest_size=8).digest(), "big")

    pairs = [("P1", "J1"), ("P1", "J2"), ("P2", "J1"), ("é", "J2")]
    wanted = []
    for person, seat in pairs:
        z = (mark(person) + mark(seat) * 0x9E3779B97F4A7C15) % 2**64
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
        wanted.append((z ^ (z >> 31)) % LARGEST_TIE + 1)
    assert tie_weights(pd.Index([p for p, _ in pairs]), pd.Index([s for _, s in pairs])).tolist() == wanted


# --- programs ---------------------------------------------------------------------------------------------------------


def program(cost: list[float], rows: list[list[float]], low: list[float], high: list[float], upper: float = 1.0, kinds: bool = True) -> Program:
    n = len(cost)
    matrix = csc_array(np.array(rows, dtype=float).reshape(len(rows), n))
    return Program(np.array(cost, float), np.zeros(n), np.full(n, upper), np.full(n, kinds), np.array(low, float), np.array(high, float), matrix)


def test_linear_and_whole_programs_by_hand() -> None:
    """max 5x + 4y + 3z, 3x + 2y + 2z <= 4: whole 7 (y, z); relaxed x = 0, y = z = 1 as well; with 3 in all, x and half of y."""
    p = program([-5, -4, -3], [[3, 2, 2]], [-INF], [4])
    best = solve_whole(p)
    assert (best.status, np.rint(best.values).tolist(), best.objective, best.bound) == ("optimal", [0, 1, 1], -7.0, -7.0)
    relaxed = solve_linear(p)
    assert (relaxed.status, relaxed.objective) == ("optimal", pytest.approx(-4 - 5 * 2 / 3))
    assert relaxed.duals.tolist() == pytest.approx([-5 / 3])
    assert relaxed.basis is not None
    again = solve_linear(p, basis=relaxed.basis)
    assert again.objective == pytest.approx(relaxed.objective)
    assert solve_whole(program([-5, -4, -3], [[3, 2, 2]], [-INF], [4], kinds=False)).objective == pytest.approx(-4 - 5 * 2 / 3)
    none = solve_whole(program([1, 1], [[1, 1]], [3], [INF]))
    assert (none.status, none.values) == ("infeasible", None)
    lost = solve_linear(program([1, 1], [[1, 1]], [3], [INF]))
    assert (lost.status, lost.basis) == ("infeasible", None)
    # Costs beyond the bound come back in their own units.
    large = solve_whole(program([-5 * 2.0**30, -4 * 2.0**30, -3 * 2.0**30], [[3, 2, 2]], [-INF], [4]))
    assert (large.objective, large.bound) == (-7 * 2.0**30, -7 * 2.0**30)
    assert solve_linear(program([-5 * 2.0**30, 0, 0], [[3, 2, 2]], [-INF], [2.5])).duals.tolist() == [pytest.approx(-5 / 3 * 2**30)]


@pytest.mark.parametrize(("low", "high", "kept"), [([0.0], [0.0], True), ([-1.0], [2.0], True), ([1.0], [2.0], False), ([-2.0], [-1.0], False), ([0.0, 1.0], [0.0, 1.0], False), ([-INF], [INF], True)])
def test_programs_without_columns(low: list[float], high: list[float], kept: bool) -> None:
    p = Program(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, bool), np.array(low), np.array(high), csc_array((len(low), 0)))
    for found in (solve_linear(p), solve_whole(p)):
        assert (found.status, found.objective, found.bound) == ("optimal" if kept else "infeasible", 0.0, 0.0)
        assert (found.values is not None) == (found.duals is not None) == kept
        assert not kept or found.duals.tolist() == [0.0] * len(low)


def test_a_start_a_target_and_limits_of_a_whole_program() -> None:
    rng = np.random.default_rng(1)
    p = program(rng.integers(-60, -20, 40).tolist(), [rng.integers(5, 30, 40).tolist() for _ in range(3)], [-INF] * 3, [200.0] * 3)
    best = solve_whole(p)
    assert best.status == "optimal"
    assert best.objective - best.bound < 1
    started = solve_whole(p, start=np.rint(best.values), target=best.objective)
    assert (started.status, started.objective) == ("optimal", best.objective)
    first = solve_whole(p, one=True)
    assert first.values is not None
    assert first.objective >= best.objective
    assert (p.matrix @ np.rint(first.values) <= p.row_high).all()
    loose = solve_whole(p, allowed_gap=200.0)
    assert loose.objective <= best.objective + 200
    assert solve_whole(p, nodes=0, start=np.zeros(40)).status in {"limit", "optimal"}


def test_a_basis_is_taken_over_by_its_codes() -> None:
    p = program([-5, -4, -3], [[3, 2, 2], [1, 0, 0]], [-INF, -INF], [4, 0.5])
    found = solve_linear(p)
    assert isinstance(found.basis, Basis)
    assert set(found.basis.columns.tolist() + found.basis.rows.tolist()) <= {0, 1, 2}
    assert int((found.basis.columns == 1).sum() + (found.basis.rows == 1).sum()) == 2
    for k, (status, value) in enumerate(zip(found.basis.columns, found.values, strict=True)):
        assert status == 1 or value == (0.0 if status == 0 else p.upper[k])


# --- pairs ------------------------------------------------------------------------------------------------------------

PAIRS = pd.DataFrame({"person": ["b", "a", "a"], "position": ["x", "y", "x"], "cost": [2.0, 5.0, 1.0]}, index=[10, 11, 12])


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda f: f.drop(columns="cost"), "person, position"), (lambda f: f.iloc[:0], "tidak ada baris"), (lambda f: f.assign(person=["b", None, "a"]), "11"), (lambda f: f.assign(position=[None, "y", "x"]), "10"),
        (lambda f: f.assign(cost=[1, NAN, 2]), "11"), (lambda f: f.assign(cost=[1, INF, 2]), "11"), (lambda f: f.assign(cost=["a", 1, 2]), "10"), (lambda f: f.assign(weight=[1, 1, -0.5]), "12"),
        (lambda f: f.assign(weight=[1, NAN, 1]), "11"), (lambda f: f.assign(position=["x", "x", "x"]), "12"),
    ],
)  # fmt: skip
def test_bad_pairs_are_named_by_row(change: Callable[[pd.DataFrame], pd.DataFrame], told: str) -> None:
    with pytest.raises(InputError, match=told):
        checked_pairs(change(PAIRS))


def test_pairs_are_sorted_and_lack_no_weight() -> None:
    frame = checked_pairs(PAIRS)
    assert frame.values.tolist() == [["a", "x", 1.0, 1.0], ["a", "y", 5.0, 1.0], ["b", "x", 2.0, 1.0]]
    assert checked_pairs(PAIRS.assign(cost=[-2, -5, 0], weight=[0, 2, 3]))["weight"].tolist() == [3.0, 2.0, 0.0]
    many = pd.DataFrame({"person": range(9), "position": 0, "cost": NAN})
    with pytest.raises(InputError, match=r"0, 1, 2, 3, 4\b(?!, 5).*9|9.*0, 1, 2, 3, 4\b(?!, 5)"):
        checked_pairs(many)


def test_labels_of_any_kind_are_coded_in_order() -> None:
    codes, labels = codes_of(pd.Series(["b", "a", "b", "c"]))
    assert (codes.tolist(), labels.tolist()) == ([1, 0, 1, 2], ["a", "b", "c"])
    codes, labels = codes_of(pd.Series([10, "9", 10, 2], dtype=object))
    assert [labels[c] for c in codes] == [10, "9", 10, 2]
    assert [str(v) for v in labels] == sorted(str(v) for v in labels)


@pytest.mark.parametrize(
    ("capacity", "told"),
    [({"x": 1}, "y"), ({"x": 1, "y": -1}, "y"), ({"x": NAN, "y": 1}, "x"), ({"x": "a", "y": 1}, "x"), (pd.DataFrame({"position": ["x", "y"]}), "x, y"), (pd.DataFrame({"position": ["x"], "capacity": [1]}), "y")],
)
def test_bad_capacities_are_named(capacity: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        checked_capacity(capacity, pd.Index(["x", "y"]))


def test_capacities_of_any_shape() -> None:
    for given in ({"y": 0, "x": INF, "z": 9}, pd.Series({"x": INF, "y": 0.0}), pd.DataFrame({"position": ["y", "x"], "capacity": [0.0, INF]})):
        assert checked_capacity(given, pd.Index(["x", "y"])).tolist() == [INF, 0.0]


@pytest.mark.parametrize(("weight", "high", "scale"), [([1], [1], 64), ([8], [8], 64), ([16], [16], 128), ([250, 120], [300, FREE], 4096), ([10**7], [10**7], 2**24), ([0], [0], 64), ([5, 5], [3, 100], 64)])
def test_scales_fine_enough_for_the_loads(weight: list[int], high: list[int], scale: int) -> None:
    made = fine_enough(np.array(weight), np.array(high))
    assert made == scale
    loads = sum(weight) + sum(min(h, sum(weight)) for h in high)
    assert made >= min(2**24, 2 * loads), "half a unit over all loads is less than one half"


# --- packing ----------------------------------------------------------------------------------------------------------


def test_the_best_load_of_all() -> None:
    rng = np.random.default_rng(2)
    for _ in range(60):
        n, capacity = int(rng.integers(0, 8)), int(rng.integers(0, 12))
        value, weight = rng.integers(-9, 4, n), rng.integers(0, 6, n)
        total, chosen = knapsack.pack(value, weight, capacity)
        every = [c for k in range(n + 1) for c in itertools.combinations(range(n), k) if weight[list(c)].sum() <= capacity]
        assert total == min(int(value[list(c)].sum()) for c in every)
        assert value[chosen].sum() == total
        assert weight[chosen].sum() <= capacity
        assert (value[chosen] < 0).all()
        assert (np.diff(chosen) > 0).all()


def pair_problem(rng: np.random.Generator, n: int = 5, m: int = 3, tight: float = 0.9) -> Problem:
    frame = pd.DataFrame({"person": np.repeat(np.arange(n), m), "position": np.tile(np.arange(m), n), "cost": rng.integers(1, 40, n * m), "weight": rng.integers(2, 8, n * m)})
    return Problem.from_pairs(frame, {j: int(tight * 5 * n / m) for j in range(m)})


def test_prices_of_people_bound_every_plan() -> None:
    rng = np.random.default_rng(3)
    tried = 0
    for _ in range(12):
        model = pair_problem(rng).model
        best, loads = best_of(choices_of(model)), knapsack.loads_of(model)
        assert loads is not None
        assert [sorted(a.tolist()) for a in loads.arcs] == [np.flatnonzero(loads.position == j).tolist() for j in range(len(model.low))]
        if best is None:
            continue
        allowed = np.ones(model.n_arcs, dtype=bool)
        for prices in (rng.integers(0, 60, model.n_people) * knapsack.FINE, np.zeros(model.n_people, dtype=np.int64)):
            total, found = knapsack.packed(model, loads, prices, allowed)
            wanted = Fraction(int(prices.sum()), knapsack.FINE)
            for j, (_, arcs) in enumerate(found):
                mine = loads.arcs[j]
                worth = model.cost[mine] * knapsack.FINE - prices[model.person[mine]]
                subsets = [c for k in range(len(mine) + 1) for c in itertools.combinations(range(len(mine)), k) if loads.weight[mine[list(c)]].sum() <= loads.capacity[j]]
                least = min(int(worth[list(c)].sum()) for c in subsets)
                wanted += Fraction(least, knapsack.FINE)
                assert set(arcs.tolist()) <= set(mine.tolist())
            assert total == wanted * knapsack.FINE
            assert Fraction(total, knapsack.FINE) <= best.objective
        packing = knapsack.Packing(model, loads)
        prices, scaled, values = packing.solve(allowed, np.zeros(model.n_people, dtype=np.int64), best.objective + 10**6)
        assert scaled == packing.priced(prices, allowed)
        assert -(-scaled // knapsack.FINE) <= best.objective
        assert values is None or np.allclose(np.bincount(model.person, weights=values), 1.0)
        early, reached, _ = packing.solve(allowed, prices, -(-scaled // knapsack.FINE))
        assert (early.tolist(), reached) == (prices.tolist(), scaled), "what is good enough already is kept"
        some = allowed.copy()
        some[best.arcs[0]] = False
        without = best_of(choices_of(model), some)
        _, fewer, _ = packing.solve(some, prices, 10**6)
        assert without is None or -(-fewer // knapsack.FINE) <= without.objective
        assert fewer >= packing.priced(prices, some)
        tried += 1
    assert tried > 6


def test_the_bound_of_loads_is_the_best_over_all_prices() -> None:
    """A program over every load that fits (Dantzig and Wolfe): its value is what the prices reach."""
    from scipy.optimize import linprog

    rng = np.random.default_rng(4)
    tried = 0
    for _ in range(8):
        model = pair_problem(rng, 4, 3).model
        loads = knapsack.loads_of(model)
        assert loads is not None
        columns = []
        for j, mine in enumerate(loads.arcs):
            columns += [(j, mine[list(c)]) for k in range(len(mine) + 1) for c in itertools.combinations(range(len(mine)), k) if loads.weight[mine[list(c)]].sum() <= loads.capacity[j]]
        one, at_most = np.zeros((model.n_people, len(columns))), np.zeros((3, len(columns)))
        for c, (j, arcs) in enumerate(columns):
            one[model.person[arcs], c] = 1
            at_most[j, c] = 1
        exact = linprog([model.cost[a].sum() for _, a in columns], A_ub=at_most, b_ub=np.ones(3), A_eq=one, b_eq=np.ones(model.n_people))
        if exact.status != 0:
            continue
        packing = knapsack.Packing(model, loads)
        _, scaled, _ = packing.solve(np.ones(model.n_arcs, dtype=bool), np.zeros(model.n_people, dtype=np.int64), 10**6)
        assert exact.fun - 0.01 <= scaled / knapsack.FINE <= exact.fun + 1e-6
        tried += 1
    assert tried > 4


def test_models_that_are_no_knapsacks() -> None:
    rng = np.random.default_rng(5)
    model = pair_problem(rng).model
    assert knapsack.loads_of(model) is not None
    from dataclasses import replace

    assert knapsack.loads_of(random_model(rng)) is None
    low = model.low.copy()
    low[0] = 0
    assert knapsack.loads_of(replace(model, low=low)) is None
    assert knapsack.loads_of(replace(model, cost=model.cost * 2**45)) is None
    negative = replace(model.arcs, value=-model.arcs.value)
    assert knapsack.loads_of(replace(model, arcs=negative)) is None
    high = model.high.copy()
    high[0] = 10**12
    wide = knapsack.loads_of(replace(model, high=high))
    assert wide is not None
    assert wide.capacity[0] == wide.weight[wide.position == 0].sum(), "no more than all of it"
    heavy = replace(model.arcs, value=model.arcs.value * 10**7)
    assert knapsack.loads_of(replace(model, arcs=heavy, high=model.high * 10**7)) is None


# --- what must give way -----------------------------------------------------------------------------------------------


def test_smallest_sets_that_meet_all() -> None:
    rng = np.random.default_rng(6)
    assert hitting_set([], 4) == set()
    for _ in range(25):
        sets = [set(rng.choice(6, int(rng.integers(1, 4)), replace=False).tolist()) for _ in range(int(rng.integers(1, 6)))]
        found = hitting_set(sets, 6)
        every = [set(c) for k in range(7) for c in itertools.combinations(range(6), k) if all(s & set(c) for s in sets)]
        least = min(len(c) for c in every)
        assert len(found) == least
        assert sum(found) == min(sum(c) for c in every if len(c) == least)


class Table:
    """Items of which some sets cannot hold together."""

    def __init__(self, n: int, conflicts: list[set[int]]) -> None:
        self.items, self.conflicts, self.asked = list(range(n)), conflicts, 0

    def solve(self, hard: set[int], free: bool = False, rough: bool = False) -> dict[int, float] | None:
        """The smallest set to give up so that no conflict is left, none of it hard; a rough answer may give up one too many."""
        self.asked += 1
        soft = [k for k in self.items if k not in hard]
        for size in range(int(rough and self.asked % 2 and len(soft) > 0), len(soft) + 1):
            for given in itertools.combinations(soft, size):
                if all(c & set(given) for c in self.conflicts):
                    return dict.fromkeys(given, 1.0)
        return None


def test_smallest_conflicts_of_all() -> None:
    rng = np.random.default_rng(7)
    for _ in range(25):
        conflicts = [set(rng.choice(6, int(rng.integers(1, 5)), replace=False).tolist()) for _ in range(int(rng.integers(1, 4)))]
        table = Table(6, conflicts)
        first = table.solve(set())
        assert first is not None
        found, smallest = smallest_conflict(table, first)  # type: ignore[arg-type]
        assert smallest
        assert found in conflicts
        assert len(found) == min(len(c) for c in conflicts)
        halved, proved = smallest_conflict(table, first, most=0)  # type: ignore[arg-type]
        assert not proved
        assert any(c <= halved for c in conflicts)
        assert not any(c < halved and c <= halved - {k} for k in halved for c in conflicts), "irreducible"


def loosened(pairs: pd.DataFrame, capacity: dict[str, float]) -> Elastic:
    return elastic(Problem.from_pairs(pairs, capacity))


def test_what_gives_way_among_pairs() -> None:
    """Three people of weight 2, two positions of capacity 2 and 1: one position gives way by what it lacks, or somebody gets no place."""
    pairs = pd.DataFrame({"person": list("aabbcc"), "position": list("xyxyxy"), "cost": 1.0, "weight": 2.0})
    program = loosened(pairs, {"x": 2, "y": 1})
    assert [i.kind for i in program.items] == ["capacity", "capacity", "orang", "orang", "orang"]
    assert [i.limit for i in program.items[:2]] == [2.0, 1.0]
    assert [i.seats for i in program.items[:2]] == [("x",), ("y",)]
    assert [i.people for i in program.items[2:]] == [("a",), ("b",), ("c",)]
    way = program.solve(set())
    assert way is not None
    assert sum(way.values()) == 3.0
    assert set(way) <= {0, 1}
    only = program.solve({0})
    assert only == {1: 3.0}
    assert program.solve({0, 1}) is not None
    assert sum(program.solve({0, 1}).values()) == 2.0
    assert program.solve(set(range(5))) is None
    assert program.solve({0, 2, 3, 4}, free=True) is not None
    found, proved = smallest_conflict(program, way)
    assert proved
    assert found == {0, 1, 2, 3} or len(found) == 4 or len(found) == 5
    model = Problem.from_pairs(pairs, {"x": 2, "y": 1}).model
    assert model_rows(model, "capacity").tolist() == [0, 1]
    assert model_rows(model, "isi").tolist() == []


def test_an_arc_that_must_be_taken() -> None:
    pairs = pd.DataFrame({"person": list("aab"), "position": list("xyx"), "cost": 1.0})
    problem = Problem.from_pairs(pairs, {"x": 1, "y": 1})
    item = Item("keputusan|a", "keputusan", ("a",), ("x",), NAN)
    program = elastic(problem, [(item, np.array([0]))])
    assert program.items[-1] is item
    assert program.solve(set()) == {0: 1.0}, "a capacity is cheaper to loosen than a decision"
    assert program.solve({0}) == {len(program.items) - 1: 1.0}
    dear = elastic(problem, [(item, np.array([0]))], {"capacity": 50.0})
    assert dear.solve(set()) == {len(program.items) - 1: 1.0}


# --- segments ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("weight", [1.0, 2.5])
def test_segments_add_up_to_the_distance_from_the_need(weight: float) -> None:
    rng = np.random.default_rng(8)
    for _ in range(20):
        need, capacity, fixed = rng.integers(0, 5, 6), rng.integers(0, 7, 6), rng.choice([0.0, 0.5, 1.25, 3.0], 6)
        apart = rng.random(6) < 0.5
        for given in (None, apart):
            made, at_zero, zero = load_segments(need, fixed, capacity, weight, given)
            unit = 10 ** max(len(str(f).split(".")[1].rstrip("0")) for f in fixed)
            for c in range(6):
                mine = np.flatnonzero(made.bank == c)
                assert made.upper[mine].sum() == capacity[c]
                assert (made.upper[mine] > 0).all()
                assert (np.diff(made.cost[mine]) >= 0).all()
                steps = np.repeat(made.cost[mine], made.upper[mine])
                spread = np.repeat(made.deviation[mine], made.upper[mine])
                for n in range(capacity[c] + 1):
                    away = abs(n + fixed[c] - need[c])
                    assert at_zero[c] + steps[:n].sum() == pytest.approx(1000 * weight * away)
                    assert zero[c] + spread[:n].sum() == pytest.approx(away * unit)
                if given is not None and apart[c] and need[c] - fixed[c] >= 1 and capacity[c]:
                    assert made.upper[mine[0]] == 1
    assert load_segments(np.array([1, 0]), np.array([0.0, 0.0]), np.array([3, 0]), 1.0, np.array([True, True]))[0].upper.tolist() == [1, 1, 1]


def test_segments_of_knowledge_are_the_gains_so_far_falling() -> None:
    gains = pd.DataFrame([("A", "x", h, g) for h, g in enumerate([4.0, 5.0, 1.0, -2.0])] + [("B", "y", 0, 2.0)], columns=["o", "s", "h", "gain"]).set_index(["o", "s", "h"])
    changes = pd.DataFrame({"most": [4, 2, 1]}, index=pd.MultiIndex.from_tuples([("A", "x"), ("B", "y"), ("C", "z")]))
    segments, value = knowledge_segments(changes, pd.Series({("A", "x"): 1, ("B", "y"): 1}), gains, 0.5)
    assert segments.values.tolist() == [["A", "x", 2, -2000], ["A", "x", 1, -500], ["A", "x", 2, 0], ["B", "y", 3, -1000]]
    assert value.to_dict() == {("A", "x"): 2000, ("B", "y"): 1000}
    assert gains_by_cell(gains.iloc[:0]) == {}
    assert {k: v.tolist() for k, v in gains_by_cell(gains).items()} == {("A", "x"): [4.0, 5.0, 1.0, -2.0], ("B", "y"): [2.0]}


# --- trees and groups -------------------------------------------------------------------------------------------------


def test_a_large_tree_is_searched_in_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks of every size lead to the same least cost, and prices that prove it."""
    rng = np.random.default_rng(9)
    n, m = 25, 6
    person, cell = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    costs = np.concatenate([rng.integers(0, 90, n * m), np.sort(rng.integers(-50, 50, (m, 2)), axis=1).ravel()])
    room = np.tile([3, 4], m)
    found = set()
    for block in (1, 7, 64, 10**6):
        monkeypatch.setattr(simplex, "LEAST_BLOCK", block)
        tree = simplex.seated_tree(person, cell, np.ones(n, dtype=np.int64), np.arange(n) * m + np.arange(n) % m, np.repeat(np.arange(m), 2), room, np.zeros(m, dtype=np.int64))
        assert tree.solve(costs)
        flow = tree.flow[: len(costs)]
        assert (np.bincount(person, weights=flow[: n * m]) == 1).all()
        assert (flow[n * m :] <= room).all()
        assert (tree.flow >= 0).all()
        bound = np.minimum.reduceat(costs[: n * m] - tree.duals[cell], np.arange(n) * m).sum() + (np.minimum(costs[n * m :] + tree.duals[np.repeat(np.arange(m), 2)], 0) * room).sum()
        assert bound == (flow * costs).sum()
        found.add(int((flow * costs).sum()))
    assert len(found) == 1


def group(number: int = 4, budget: int = 2, **more: Any) -> grouped.Groups:
    zero = np.zeros(2, dtype=np.int64)
    given = {"settled": zero, "least": zero, "segment_cell": np.array([0, 0, 1, 1]), "segment_room": np.array([2, 9, 1, 9]), "segment_cost": np.array([-10, 10, -20, 5])} | more
    return grouped.Groups(np.array([number]), np.array([0, 0]), np.array([0, 1]), np.array([0, 1]), np.array([0]), budget=budget, **given)


def test_groups_by_hand() -> None:
    """Four in a cell that wants two, beside one that wants one: the first move saves 10 + 20 - 1 = 29, the second 10 - 5 - 1 = 4, the third nothing."""
    for budget, moves, objective in ((0, 0, 0), (1, 1, -29), (2, 2, -33), (3, 2, -33)):
        plan = grouped.solve_groups(group(budget=budget))
        assert (plan.moves, plan.objective, plan.bound) == (moves, objective, objective)
        assert plan.flow.tolist() == [4 - moves, moves]
        assert plan.gap == 0
    plan = grouped.solve_groups(group(constant=7))
    assert (plan.objective, plan.bound) == (-26, -26)
    must = grouped.solve_groups(group(budget=3, least=np.array([0, 3]), segment_cost=np.array([-10, 10, 30, 40])))
    assert must.flow.tolist() == [1, 3], "the least of a cell is filled whatever it costs"
    with pytest.raises(InfeasibleError):
        grouped.solve_groups(group(least=np.array([0, 5])))
    with pytest.raises(InputError):
        grouped.solve_groups(grouped.Groups(np.array([1, 1]), np.array([1, 0]), *(np.array([0, 1]),) * 2, np.array([1, 0]), *(np.zeros(2, dtype=np.int64),) * 2, *(np.array([0, 1]),) * 3, 1))


def test_plans_survive_being_plain_values() -> None:
    pairs = pd.DataFrame({"person": list("aab"), "position": list("xyx"), "cost": [1.0, 5.5, 2.0]})
    plan = solve(Problem.from_pairs(pairs, {"x": 1, "y": 1}))
    back = plan_from_dict(plan.as_dict())
    assert isinstance(back, Plan)
    assert back.as_dict() == plan.as_dict()
    assert back.assignment.equals(plan.assignment)
    assert len(back.moves) == 0
    assert (plan.objective, plan.terms) == (7.5, {"cost": 7.5})
    assert "7,500" in plan._repr_html_()
    assert highs.NO_LIMIT > 10**5
