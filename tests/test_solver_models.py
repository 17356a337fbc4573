"""The solver's parts on small random models, each against dense matrices, fractions or the enumeration of all plans."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from models_again import best_of, choices_of, dense, random_model, weak_bound
from scipy.optimize import linprog

from mutasi_toolkit.assignment import network, prove, relax, resolve, search
from mutasi_toolkit.assignment.model import (
    FREE,
    Entries,
    Model,
    Priced,
    completed,
    entries_of,
    faults_of,
    objective_of,
    price,
    usable,
)

KINDS = [{}, {"knowledge": False}, {"sides": False}, {"knowledge": False, "sides": False, "people": 5}, {"stays": False}, {"people": 3, "cells": 5}, {"weights": True, "knowledge": False}]


def models(count: int, seed: int = 1, **more):
    for k in range(count):
        yield random_model(np.random.default_rng([seed, k]), **{**KINDS[k % len(KINDS)], **more})


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_sparse_columns_are_the_dense_ones() -> None:
    rng = np.random.default_rng(3)
    for _ in range(30):
        n_rows, n_columns, n = int(rng.integers(1, 6)), int(rng.integers(1, 7)), int(rng.integers(0, 20))
        column, row, value = rng.integers(0, n_columns, n), rng.integers(0, n_rows, n), rng.integers(-2, 3, n)
        wanted = np.zeros((n_rows, n_columns), dtype=np.int64)
        np.add.at(wanted, (row, column), value)
        made = entries_of(column, row, value, n_columns)
        assert np.array_equal(dense(made, n_rows), wanted)
        assert (made.value != 0).all()
        for a, b in itertools.pairwise(made.start):
            assert (np.diff(made.row[a:b]) > 0).all()
        assert made.count.tolist() == (wanted != 0).sum(axis=0).tolist()
        assert made.column.tolist() == [c for c in range(n_columns) for _ in range(made.count[c])]
        part = rng.integers(0, n_columns, 5)
        assert np.array_equal(dense(made.of(part), n_rows), wanted[:, part])
        duals, amounts = rng.integers(-9, 9, n_rows), rng.integers(-2, 3, n_columns)
        assert made.times(duals).tolist() == (duals @ wanted).tolist()
        assert made.times(duals.astype(object)).tolist() == (duals @ wanted).tolist()
        assert made.into(amounts, n_rows).tolist() == (wanted @ amounts).tolist()


@pytest.mark.parametrize("scale", [1, 64])
def test_the_bound_of_any_duals_is_the_formula_and_never_above_the_best_plan(scale: int) -> None:
    rng = np.random.default_rng(4)
    for model in models(12):
        choices = choices_of(model)
        best = best_of(choices)
        for size in (1, 40 * scale, 2**58):
            duals = rng.integers(-size, size + 1, len(model.low))
            found = price(model, duals, scale)
            bound, reduced = weak_bound(model, duals, scale)
            assert (found.bound, found.scale) == (bound * scale, scale)
            assert [int(r) for r in found.reduced] == [r * scale for r in reduced]
            assert best is None or bound + model.constant <= best.objective
            assert prove.bound_of(found) == -(-found.bound // scale)
        allowed = rng.random(model.n_arcs) < 0.6
        allowed[model.start[:-1]] = True
        bound, reduced = weak_bound(model, duals, scale, allowed)
        found = price(model, duals, scale, allowed)
        assert found.bound == bound * scale
        assert [int(r) for r in found.reduced[allowed]] == [r * scale for r, ok in zip(reduced, allowed, strict=True) if ok]
        assert price(model, duals, scale, allowed, fixed=allowed).bound == weak_bound(model, duals, scale, allowed, costs=False)[0] * scale
        signs = usable(model, duals)
        assert all(s in (0, d) for s, d in zip(signs, duals, strict=True))
        assert not (signs[model.low <= -FREE] > 0).any()
        assert not (signs[model.high >= FREE] < 0).any()
        keeps = [r for r in range(len(duals)) if not (duals[r] > 0 and model.low[r] <= -FREE) and not (duals[r] < 0 and model.high[r] >= FREE)]
        assert signs[keeps].tolist() == duals[keeps].tolist()


def test_banks_fill_in_order_and_rows_are_checked() -> None:
    for model in models(12):
        for c in choices_of(model)[::3]:
            extras = completed(model, c.arcs)
            assert extras.tolist() == c.extras.tolist()
            assert objective_of(model, c.arcs, extras) == c.objective
            value = dense(model.arcs, len(model.low))[:, c.arcs].sum(axis=1) + dense(model.extras, len(model.low)) @ extras
            assert faults_of(model, c.arcs, extras).tolist() == [r for r in range(len(model.low)) if not model.low[r] <= value[r] <= model.high[r]]
            assert (len(faults_of(model, c.arcs, extras)) == 0) == c.keeps


def test_a_program_of_some_arcs_holds_the_plans_on_them_and_no_other() -> None:
    rng = np.random.default_rng(5)
    for model in models(12):
        kept = rng.random(model.n_arcs) < 0.6
        kept[model.start[:-1] + (np.diff(model.start) > 1)] = True
        other = rng.integers(0, 9, model.n_arcs)
        part, priced = relax.restrict(model, kept), relax.restrict(model, kept, other)
        assert part.n_persons == len(set(model.person[part.arcs].tolist()))
        assert (part.program.lower == 0).all()
        assert part.program.whole.tolist() == [True] * len(part.arcs) + [False] * len(model.bank)
        for c in choices_of(model):
            if not kept[c.arcs].all():
                continue
            values = np.concatenate([np.isin(part.arcs, c.arcs), c.extras]).astype(float)
            rows = part.program.matrix @ values
            assert bool(((rows >= part.program.row_low) & (rows <= part.program.row_high)).all()) == c.keeps
            assert (values <= part.program.upper).all()
            assert part.program.cost @ values + part.offset + model.constant == c.objective
            assert priced.program.cost @ values + priced.offset == other[c.arcs].sum()
        assert sorted([*part.settled, *part.arcs]) == np.flatnonzero(kept).tolist()


# --- search -----------------------------------------------------------------------------------------------------------


def tight(monkeypatch: pytest.MonkeyPatch, *, small: int = 20_000, each: int = 4, large: int = 10**6, first: float = 4e-6) -> None:
    """The thresholds of large models, for small ones."""
    monkeypatch.setattr(relax, "SMALL", small)
    monkeypatch.setattr(search, "SMALL", small)
    monkeypatch.setattr(relax, "ENTER_EACH", each)
    monkeypatch.setattr(relax, "LARGE", large)
    monkeypatch.setattr(search, "LEAST_SLACK", first)


THRESHOLDS = [{}, {"small": 0}, {"small": 4, "each": 1}, {"small": 0, "large": 0}, {"small": 8, "each": 2, "first": 0.5}]


def proved(model: Model, found: search.Found) -> int:
    """The bound that the certificate gives, leaf by leaf, by the formula; arcs that the root excludes below the target stay out."""
    proof = found.proof
    root, reduced = weak_bound(model, proof.root, proof.scale)
    if len(proof.nodes) == 1:
        last = weak_bound(model, proof.nodes[0].duals, proof.scale)[0]
        return -(-last.numerator // last.denominator)
    allowed = np.array([root + r <= proof.target - 1 for r in reduced])
    if not all(allowed[model.person == p].any() for p in range(model.n_people)):
        return proof.target
    leaves, open_ = [], [(0, allowed)]
    while open_:
        at, here = open_.pop()
        node = proof.nodes[at]
        if node.arc < 0:
            bound = weak_bound(model, node.duals, proof.scale, here)[0] if all(here[model.person == p].any() for p in range(model.n_people)) else proof.target
            leaves.append(-(-bound.numerator // bound.denominator) if not isinstance(bound, int) else bound)
            continue
        within, without = here.copy(), here.copy()
        within[model.person == model.person[node.arc]] = False
        within[node.arc], without[node.arc] = True, False
        open_ += [(node.within, within), (node.without, without)]
    return min(*leaves, proof.target)


@pytest.mark.parametrize("thresholds", THRESHOLDS)
def test_the_best_plan_of_all_with_its_proof(monkeypatch: pytest.MonkeyPatch, thresholds: dict) -> None:
    tight(monkeypatch, **thresholds)
    seen = {"none": 0, "branches": 0, "plan": 0}
    for model in models(30, seed=7):
        best, found = best_of(choices_of(model)), search.search(model)
        if best is None:
            assert found.arcs is None
            assert not found.feasible
            assert found.objective == 0
            seen["none"] += 1
            continue
        seen["plan"] += 1
        assert found.feasible
        assert (found.objective, found.bound) == (best.objective, best.objective)
        assert found.arcs is not None
        extras = completed(model, found.arcs)
        assert not len(faults_of(model, found.arcs, extras))
        assert objective_of(model, found.arcs, extras) == best.objective
        assert model.tie[np.setdiff1d(found.arcs, model.stay)].sum() == best.tie
        assert proved(model, found) + model.constant >= best.objective
        assert found.proof.bound + model.constant == best.objective
        seen["branches"] += len(found.proof.nodes) > 1
        assert found.proof.leaves == sum(n.duals is not None for n in found.proof.nodes)
    assert seen["plan"] > 12
    assert seen["none"] > 2


def test_an_allowed_gap_is_kept_and_told() -> None:
    loose = 0
    for k in range(12):
        model = random_model(np.random.default_rng([8, k]), people=6, knowledge=False, sides=False, weights=True)
        best = best_of(choices_of(model))
        if best is None:
            continue
        for gap in (0.0, 0.05, 0.5):
            found = search.search(model, gap=gap, canonical=False)
            assert found.bound <= best.objective <= found.objective
            assert found.objective - found.bound <= gap * max(1.0, abs(found.objective)) + 1
            loose += found.objective > found.bound
    assert loose > 0


def test_nodes_of_a_proof_reach_the_target_or_say_what_they_have() -> None:
    """With knapsack-like rows the linear bound falls short, so the tree branches; a target out of reach leaves the least leaf."""
    branched = 0
    for k in range(20):
        model = random_model(np.random.default_rng([9, k]), people=6, knowledge=False, sides=False, weights=True)
        best = best_of(choices_of(model))
        if best is None:
            continue
        duals = np.zeros(len(model.low), dtype=np.int64)
        priced, target = price(model, duals, model.scale), best.objective - model.constant
        proof = prove.prove(model, duals, priced, target)
        assert proof.bound == target
        assert proved(model, search.Found(None, 0, 0, proof, None, True)) == target  # type: ignore[arg-type]
        beyond = prove.prove(model, duals, priced, target + 5)
        assert beyond.bound == target, "no more than the best plan costs can be proved"
        branched += proof.leaves > 1
        below = prove.prove(model, duals, priced, prove.bound_of(priced))
        assert (below.leaves, below.bound) == (1, prove.bound_of(priced))
        told = prove.certificate(beyond, model.names)
        assert (told["kind"], told["scale"], told["target"], told["duals"]) == ("linear", model.scale, target + 5, {})
        if "branches" in told:
            for node, plain in zip(beyond.nodes, told["branches"], strict=True):
                assert plain == ({"arc": node.arc, "within": node.within, "without": node.without} if node.duals is None else {"duals": {n: int(d) for n, d in zip(model.names, node.duals, strict=True) if d}})
    assert branched > 3


class Ends:
    """Bounds of parts by hand: those where an arc is taken, and those where it is not."""

    kind, scale = "linear", 64

    def __init__(self, tries: int, taken: dict[int, int], left: dict[int, int]) -> None:
        self.tries, self.taken, self.left, self.asked = tries, taken, left, []

    def priced(self, duals: np.ndarray, allowed: np.ndarray) -> int:
        raise AssertionError

    def solve(self, allowed: np.ndarray, start: np.ndarray, target: int) -> tuple[np.ndarray, int, None]:
        """Bound of the part: known by the arc that is missing, or stands alone for its person."""
        arc, ends = next((k, self.left) if not allowed[k] else (k, self.taken) for k in sorted(self.taken) if not allowed[k] or allowed[self.of[k]].sum() == 1)
        self.asked.append(arc)
        return start, ends[arc] * 64, None


def test_the_arc_to_branch_on_raises_both_parts_most_of_those_nearest_one_half() -> None:
    model = random_model(np.random.default_rng(1), people=3, cells=4)
    allowed, duals, values = np.ones(model.n_arcs, dtype=bool), np.zeros(len(model.low), dtype=np.int64), np.zeros(model.n_arcs)

    def pick(bounder: Ends, values: np.ndarray | None, allowed: np.ndarray = allowed) -> int:
        bounder.of = {k: model.person == model.person[k] for k in bounder.taken}  # type: ignore[attr-defined]
        return prove._pick(model, bounder, allowed, duals, 10, 20, values)

    one = Ends(1, {}, {})
    assert pick(one, values) == -1
    arcs = [int(model.start[p]) for p in range(3)]
    values[arcs] = [0.9, 0.4, 0.45]
    assert pick(one, values) == arcs[2]
    without = allowed.copy()
    without[arcs[2]] = False
    assert pick(one, values, without) == arcs[1]
    whole = np.zeros(model.n_arcs)
    whole[2], whole[5] = 1 - 1e-7, 1e-7
    assert pick(one, whole) == -1, "whole but for rounding"
    first = next(p for p in range(3) if model.start[p + 1] - model.start[p] > 1)
    assert pick(one, None) == model.start[first]
    only = np.zeros(model.n_arcs, dtype=bool)
    only[model.start[:-1]] = True
    assert pick(one, None, only) == -1
    # (1 + 3) (1 + 3) beats (1 + 9) (1 + 0); a part beyond the target counts as reaching it, one below the bound as the bound.
    assert pick(Ends(3, dict(zip(arcs, (13, 19, 11), strict=True)), dict(zip(arcs, (13, 10, 11), strict=True))), values) == arcs[0]
    assert pick(Ends(2, dict(zip(arcs, (13, 19, 11), strict=True)), dict(zip(arcs, (13, 10, 11), strict=True))), values) == arcs[1]
    assert pick(Ends(3, dict(zip(arcs, (14, 99, 5), strict=True)), dict(zip(arcs, (13, 11, 99), strict=True))), values) == arcs[1]
    # Both parts closed: the others are not tried.
    closed = Ends(3, dict(zip(arcs, (19, 19, 20), strict=True)), dict(zip(arcs, (19, 19, 25), strict=True)))
    assert pick(closed, values) == arcs[2]
    assert closed.asked == [arcs[2]] * 2
    for arc in arcs:
        within, outside = prove._parts(model, allowed, arc)
        assert within.tolist() == [k == arc or model.person[k] != model.person[arc] for k in range(model.n_arcs)]
        assert outside.tolist() == [k != arc for k in range(model.n_arcs)]


@pytest.mark.parametrize("thresholds", THRESHOLDS)
def test_the_relaxation_is_that_of_all_arcs(monkeypatch: pytest.MonkeyPatch, thresholds: dict) -> None:
    tight(monkeypatch, **thresholds)
    reached = 0
    for model in models(24, seed=10):
        n_rows = len(model.low)
        matrix = np.hstack([dense(model.arcs, n_rows), dense(model.extras, n_rows)])
        one = np.zeros((model.n_people, matrix.shape[1]))
        one[model.person, np.arange(model.n_arcs)] = 1
        upper, lower = model.high < FREE, model.low > -FREE
        whole = linprog(
            np.concatenate([model.cost, model.extra_cost]), A_ub=np.vstack([matrix[upper], -matrix[lower]]), b_ub=np.concatenate([model.high[upper], -model.low[lower]]), A_eq=one,
            b_eq=np.ones(model.n_people), bounds=[(0, 1)] * model.n_arcs + [(0, u) for u in model.extra_upper],
        )  # fmt: skip
        found = relax.relax(model)
        assert found.feasible == (whole.status == 0)
        if whole.status != 0:
            continue
        assert found.finished
        assert found.priced.bound == weak_bound(model, found.duals, model.scale)[0] * model.scale
        near = 1.0 if thresholds.get("large", 1) else max(1.0, 0.05 * np.abs(model.cost).max())
        assert whole.fun - near - 1e-9 <= found.priced.bound / model.scale <= whole.fun + 1e-9
        assert found.kept[np.concatenate([found.program.arcs, found.program.settled])].all()
        reached += 1
    assert reached > 12


def test_prices_of_cells_are_the_best_beside_any_others() -> None:
    """The network's prices against a linear program over the cells' own prices, for random prices of all other rows."""
    rng = np.random.default_rng(11)
    tried = 0
    for model in models(24, seed=12):
        made = network.network_of(model, model.scale)
        if made is None:
            continue
        cells = [r for r, n in enumerate(model.names) if n.startswith("isi|")]
        assert made.cells.tolist() == cells
        duals = usable(model, rng.integers(-20 * model.scale, 20 * model.scale, len(model.low)))
        best = made.best(duals)
        others = np.setdiff1d(np.arange(len(duals)), cells)
        assert best[others].tolist() == duals[others].tolist()
        mine = price(model, best, model.scale).bound
        for _ in range(30):
            trial = best.copy()
            trial[cells] += rng.integers(-40, 41, len(cells)) * rng.choice([1, 7, 64])
            assert price(model, trial, model.scale).bound <= mine
        taken = made.taken()
        assert len(taken) == len(set(model.person[taken].tolist())), "one arc of each"
        assert sorted(set(model.person[taken].tolist())) == [p for p in range(model.n_people) if model.start[p + 1] - model.start[p] > 1]
        row = next((r for r, n in enumerate(model.names) if n == "anggaran|pindah"), None)
        if row is not None:
            free = network.budget_duals(made, np.zeros(len(duals), dtype=np.int64))
            bound = price(model, free, model.scale).bound
            for cost in [*range(0, 60, 5), *range(int(-free[row]) // 64 - 2, int(-free[row]) // 64 + 3)]:
                trial = np.zeros(len(duals), dtype=np.int64)
                trial[row] = -max(0, cost) * model.scale
                assert price(model, made.best(trial), model.scale).bound <= bound + model.scale
        tried += 1
    assert tried > 12


def test_no_network_where_somebody_sits_in_no_cell_or_nothing_can_be_chosen() -> None:
    model = random_model(np.random.default_rng(2), knowledge=False, sides=False)
    assert network.network_of(model, 64) is not None
    renamed = replace(model, names=tuple(n.replace("isi|", "kursi|") for n in model.names))
    assert network.network_of(renamed, 64) is None
    heavy = replace(model, arcs=replace_value(model.arcs, 0, 2))
    assert network.network_of(heavy, 64) is None
    one = model.start[:-1]
    alone = replace(model, person=np.arange(model.n_people), start=np.arange(model.n_people + 1), cost=model.cost[one], stay=np.arange(model.n_people), arcs=model.arcs.of(one), tie=model.tie[one])
    assert network.network_of(alone, 64) is None


def replace_value(entries: Entries, at: int, value: int) -> Entries:
    changed = entries.value.copy()
    changed[at] = value
    return Entries(entries.start, entries.row, changed)


# --- changed models ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("slack", [3e-4, 0.0, 1.0])
def test_the_best_plan_over_some_arcs(monkeypatch: pytest.MonkeyPatch, slack: float) -> None:
    monkeypatch.setattr(resolve, "FIRST_SLACK", slack)
    rng = np.random.default_rng(13)
    seen = {"none": 0, "plan": 0}
    for model in models(24, seed=14):
        choices = choices_of(model)
        allowed = rng.random(model.n_arcs) < 0.75
        allowed[model.start[:-1]] = True
        begin = rng.random(model.n_arcs) < 0.3
        good = relax.relax(model).duals
        for given in ({}, {"kept": begin}, {"duals": good}, {"duals": np.zeros_like(good)}, {"duals": good, "kept": begin}):
            for mask in (None, allowed):
                found, looked = resolve.solve_edited(model, mask, **given)
                best = best_of(choices, mask)
                assert looked.dtype == bool
                if best is None:
                    assert found is None
                    seen["none"] += 1
                    continue
                assert found is not None
                assert mask is None or mask[found].all()
                assert not len(faults_of(model, found, completed(model, found)))
                assert objective_of(model, found, completed(model, found)) == best.objective
                assert model.person[found].tolist() == list(range(model.n_people))
                seen["plan"] += 1
    assert min(seen.values()) > 10


def test_the_best_plan_on_kept_arcs_and_arcs_that_make_one_possible() -> None:
    rng = np.random.default_rng(15)
    seen = {"none": 0, "some": 0}
    for model in models(24, seed=16):
        choices = choices_of(model)
        kept = rng.random(model.n_arcs) < 0.6
        kept[model.start[:-1]] = True
        best, found = best_of(choices, kept), resolve.best_on(model, kept)
        assert (found is None) == (best is None)
        if best is not None and found is not None:
            assert objective_of(model, found, completed(model, found)) == best.objective
            again = resolve.best_on(model, kept, (best.objective - model.constant) * model.scale)
            assert again is not None
            assert objective_of(model, again, completed(model, again)) == best.objective
        everything = np.ones(model.n_arcs, dtype=bool)
        wider = resolve._possible(model, everything, kept)
        if wider is None:
            assert best_of(choices) is None
            seen["none"] += 1
        else:
            assert wider[kept].all()
            seen["some"] += 1
        first = resolve._first_of(model, everything, np.zeros(model.n_arcs, dtype=bool))
        chosen = [np.flatnonzero(first & (model.person == p)) for p in range(model.n_people)]
        for p, mine in enumerate(chosen):
            options = np.arange(model.start[p], model.start[p + 1])
            wanted = {options[np.argmin(model.cost[options])]} | ({model.stay[p]} if model.stay[p] >= 0 else set())
            assert set(mine.tolist()) == {int(w) for w in wanted}
    assert min(seen.values()) > 1


def test_arcs_that_enter_are_the_cheapest_few_below_what_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(relax, "ENTER_EACH", 2)
    rng = np.random.default_rng(17)
    for model in models(12, seed=18, people=4, cells=5):
        kept = rng.random(model.n_arcs) < 0.4
        kept[model.start[:-1]] = True
        reduced = rng.integers(0, 9, model.n_arcs)
        wanted = []
        for p in range(model.n_people):
            mine = range(int(model.start[p]), int(model.start[p + 1]))
            least = min(reduced[k] for k in mine if kept[k])
            wanted += sorted((k for k in mine if not kept[k] and reduced[k] < least), key=lambda k: (reduced[k], k))[:2]
        for small, share in ((20_000, 1.5), (4, 0.5), (8, 0.0)):
            monkeypatch.setattr(relax, "SMALL", small)
            monkeypatch.setattr(relax, "ENTER_SHARE", share)
            limit = int(max(small // 4, share * model.n_people))
            found = relax.entering(model, kept, Priced(0, reduced))
            assert len(found) == min(limit, len(wanted))
            assert set(found.tolist()) <= {int(k) for k in wanted}
            if len(wanted) > limit:
                gain = {k: reduced[k] - min(reduced[j] for j in range(int(model.start[model.person[k]]), int(model.start[model.person[k] + 1])) if kept[j]) for k in wanted}
                assert max(gain[k] for k in found) <= min((gain[k] for k in wanted if k not in found), default=0)


def test_a_tie_of_rows_is_broken_by_the_tangent_where_the_bound_is_greatest() -> None:
    """A concave, piecewise linear bound: whatever its lines, the price found is where it is greatest."""
    rng = np.random.default_rng(19)
    for _ in range(60):
        lines = [(int(v), int(m)) for v, m in zip(rng.integers(-500, 500, 6) * 64, rng.permutation(9)[:6], strict=True)]
        most = int(rng.integers(0, 8))

        def at(cost: int, lines: list = lines) -> tuple[int, int, np.ndarray]:
            value, moves = min((v + cost * m, m) for v, m in lines)
            return value, moves, np.array([cost])

        bound: Callable[[int], int] = lambda cost, most=most, at=at: at(cost)[0] - cost * most  # noqa: E731
        found = int(network._tangents(at, most, 64)[0])
        if min(m for _, m in lines) > most:
            continue
        best = max(bound(c) for c in {0, *(max(0, round((b - a) / (m - k))) + d for (a, m), (b, k) in itertools.permutations(lines, 2) for d in (-1, 0, 1))} if c >= 0)
        assert bound(found) >= best - 9, "at whole prices, no further off than one line's slope"


def test_arcs_of_plans_below_a_target_are_those_a_unit_below_it() -> None:
    """A plan cheaper than 10 costs at most 9: arcs with which the bound stays at 9 or less may be in it."""
    scale = 64
    reduced = np.array([0, 4 * scale - 1, 4 * scale, 4 * scale + 1, 5 * scale, 6 * scale])
    assert prove.survivors(Priced(5 * scale, reduced, scale), 10).tolist() == [True, True, True, False, False, False]
    assert prove.survivors(Priced(-5 * scale, reduced, scale), 0).tolist() == [True, True, True, False, False, False]
    assert [prove.units(b, scale) for b in (0, 1, 63, 64, 65, -1, -64, -65)] == [0, 1, 1, 1, 2, 0, -1, -1]
