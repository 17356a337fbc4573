"""The way of the solver step by step: which arcs are looked at first and which next, where trees begin, what is asked of the parts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from models_again import dense, random_model
from test_solver_costs import either_or
from test_solver_models import tight
from test_solver_parts import filled_of, knapsacks, packed_model, random_groups

from mutasi_toolkit.assignment import (
    Problem,
    elastic,
    grouped,
    knapsack,
    network,
    prices,
    prove,
    relax,
    resolve,
    search,
    simplex,
    solve,
)
from mutasi_toolkit.assignment.highs import Answer, Program, solve_linear, solve_whole
from mutasi_toolkit.assignment.model import FREE, entries_of, price
from mutasi_toolkit.assignment.simplex import seated_tree
from mutasi_toolkit.errors import InfeasibleError


def mask(arcs: np.ndarray, n: int) -> list[bool]:
    return np.isin(np.arange(n), arcs).tolist()


@pytest.mark.parametrize("near", [0, 7])
@pytest.mark.parametrize("share", [0.0, 0.05])
def test_arcs_of_the_mixed_program_widen_as_its_plan_shows(monkeypatch: pytest.MonkeyPatch, near: int, share: float) -> None:
    """First those within a share of the bound; four times as far where there is no plan; then as far as the plan found asks, and not again."""
    tight(monkeypatch, small=0, first=share)
    widened, ended = 0, 0
    for model, choices, best in knapsacks(16, 51):
        relaxed = relax.relax(model)
        bound, scale, n = relaxed.priced.bound, model.scale, model.n_arcs
        if search._whole(model, relaxed) is not None:
            continue
        dear = max((c for c in choices if c.keeps), key=lambda c: c.objective)
        script, looked = [None, dear.arcs, best.arcs, best.arcs], []

        def mixed(_: Any, part: Any, *__: Any, script: list = script, looked: list = looked) -> tuple[Any, bool]:
            looked.append(np.sort(np.concatenate([part.arcs, part.settled])))
            return script.pop(0), False

        monkeypatch.setattr(search, "_mixed", mixed)
        arcs, maybe = search._incumbent(model, relaxed, None, 0.0, -(10**9), near)
        assert maybe
        slack = scale * max(1, near, int(share * abs(bound / scale)))
        wanted, found = [], None
        for answer in (None, dear, best, best):
            wanted.append(mask(np.flatnonzero(relaxed.priced.reduced <= slack), n))
            found = found if answer is None else answer
            if all(wanted[-1]):
                break
            if found is None:
                slack *= 4
                continue
            over = (found.objective - model.constant - 1) * scale - bound
            if over <= slack:
                ended += 1
                break
            widened += 1
            slack = over + scale
        assert [mask(k, n) for k in looked] == wanted
        assert (arcs is None) if found is None else arcs.tolist() == found.arcs.tolist()
    assert widened > 3
    assert ended > 1


@pytest.mark.parametrize("share", [0.0, 0.05, 0.3])
def test_arcs_of_an_edited_model_widen_as_its_plan_shows(monkeypatch: pytest.MonkeyPatch, share: float) -> None:
    monkeypatch.setattr(resolve, "FIRST_SLACK", share)
    again = 0
    for model, choices, best in knapsacks(16, 52):
        n, scale = model.n_arcs, model.scale
        allowed, duals = np.ones(n, dtype=bool), relax.relax(model).duals
        priced = price(model, duals, scale)
        dear = max((c for c in choices if c.keeps), key=lambda c: c.objective)
        script, looked = [dear.arcs, best.arcs, best.arcs], []

        def on(_: Any, kept: np.ndarray, known: int, script: list = script, looked: list = looked) -> np.ndarray:
            looked.append((kept.tolist(), known))
            return script.pop(0)

        monkeypatch.setattr(resolve, "best_on", on)
        arcs, _ = resolve.solve_edited(model, allowed, duals)
        slack = int(share * abs(priced.bound // scale + model.constant) + 1) * scale
        first = priced.reduced <= slack
        assert looked[0] == (first.tolist(), priced.bound)
        needs = priced.bound + slack <= (dear.objective - model.constant - 1) * scale and not first.all()
        if not needs:
            assert len(looked) == 1
            assert arcs.tolist() == dear.arcs.tolist()
            continue
        again += len(looked) > 1
        better, wider = resolve.tightened(model, allowed, first, priced)
        second = wider | (better.reduced <= (dear.objective - model.constant - 1) * scale - better.bound)
        assert len(looked) == 1 or looked[1] == (second.tolist(), better.bound)
        assert (len(looked) == 1) == (second == first).all()
    assert again > 3 or share > 0.1


def test_the_arcs_given_are_looked_at_first_whatever_they_cost(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []

    def on(_: Any, kept: np.ndarray, known: int) -> np.ndarray:
        seen.append((kept.copy(), known))
        return best.arcs

    monkeypatch.setattr(resolve, "FIRST_SLACK", 0.0)
    monkeypatch.setattr(resolve, "best_on", on)
    rng = np.random.default_rng(53)
    for model, _, best in knapsacks(12, 53):
        allowed = rng.random(model.n_arcs) < 0.8
        allowed[best.arcs] = True
        kept, duals = rng.random(model.n_arcs) < 0.5, relax.relax(model).duals
        priced = price(model, duals, model.scale, allowed)
        resolve.solve_edited(model, allowed, duals, kept)
        first = seen[0][0]
        assert first.tolist() == (allowed & ((priced.reduced <= model.scale) | kept)).tolist()
        seen.clear()


def test_without_duals_arcs_come_from_a_linear_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The program begins with those given and one of everybody; looked at first are those it priced as near as the slack says."""
    monkeypatch.setattr(resolve, "FIRST_SLACK", 0.1)
    seen: list = []

    def on(_: Any, kept: np.ndarray, known: int) -> np.ndarray:
        seen.append((kept.tolist(), known))
        return best.arcs

    monkeypatch.setattr(resolve, "best_on", on)
    rng = np.random.default_rng(54)
    for model, _, best in knapsacks(12, 54):
        allowed = np.ones(model.n_arcs, dtype=bool)
        kept = rng.random(model.n_arcs) < 0.3
        start = kept | resolve._first_of(model, allowed, kept)
        priced, found = resolve.tightened(model, allowed, start, price(model, model.hint * model.scale, model.scale, allowed))
        near = int(0.1 * (abs(priced.bound // model.scale + model.constant) + 1)) * model.scale
        arcs, used = resolve.solve_edited(model, kept=kept)
        assert used.tolist() == found.tolist()
        assert seen[0] == ((found & (priced.reduced <= near)).tolist(), priced.bound)
        assert arcs.tolist() == best.arcs.tolist()
        lacks = ~np.isin(np.arange(model.n_people), model.person[kept])
        more = start & ~kept
        assert set(np.flatnonzero(lacks).tolist()) <= set(model.person[start].tolist())
        assert all(lacks[model.person[a]] or a in model.stay for a in np.flatnonzero(more))
        seen.clear()


def test_rounds_of_the_relaxation_begin_where_the_last_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every round but the first has a basis, and more arcs; the last shows no arc that prices below what its person has."""
    several, carried, rounds = 0, 0, 0
    for k in range(20):
        model = random_model(np.random.default_rng([55, k]), people=12, cells=9)
        tight(monkeypatch, small=1, each=1)
        monkeypatch.setattr(relax, "network_of", lambda *_: None)
        monkeypatch.setattr(relax, "_first", lambda model, *_: np.isin(np.arange(model.n_arcs), model.stay))
        asked: list[tuple[Program, Any]] = []

        def heard(program: Program, limit: float | None = None, basis: Any = None, asked: list = asked) -> Answer:
            asked.append((program, basis))
            return solve_linear(program, limit, basis)

        monkeypatch.setattr(relax, "solve_linear", heard)
        found = relax.relax(model)
        sizes = [len(p.cost) for p, _ in asked]
        assert asked[0][1] is None
        assert sizes == sorted(sizes)
        assert len(asked) < 25
        carried += sum(basis is not None for _, basis in asked[1:])
        rounds += len(asked) - 1
        if found.feasible and found.finished:
            objective = found.answer.objective + found.program.offset
            reached = objective - found.priced.bound / model.scale < 1
            assert reached or not len(relax.entering(model, found.kept, found.priced)), "until it is reached or none is left"
            several += len(asked) > 2
    assert several > 3
    assert carried > 0.6 * rounds, carried


def test_a_relaxation_is_finished_where_nothing_enters_or_the_bound_is_near(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not where the time is over before either."""
    model = next(m for m, _, _ in knapsacks(6, 63) if relax.relax(m).feasible)
    for near, deadline, finished in ((1.0, None, True), (-1.0, None, True), (1.0, -np.inf, True), (-1.0, -np.inf, False)):
        monkeypatch.setattr(relax, "_near", lambda _, near=near: near)
        monkeypatch.setattr(relax, "left", lambda _: None)
        assert relax.relax(model, deadline).finished == finished


def test_everybody_has_an_arc_left_below_a_target_above_the_bound() -> None:
    """The cheapest of each at the duals costs nothing more, so that no target beyond the bound shuts anybody out."""
    rng = np.random.default_rng(64)
    for model, _, _ in knapsacks(8, 64):
        priced = price(model, rng.integers(-500, 500, len(model.low)), model.scale)
        allowed = prove.survivors(priced, prove.bound_of(priced) + 1)
        assert all(allowed[model.person == p].any() for p in range(model.n_people))


def test_a_network_begins_at_the_hinted_duals_and_todays_seats(monkeypatch: pytest.MonkeyPatch) -> None:
    tight(monkeypatch, small=0)
    told: list[np.ndarray] = []
    real = network.budget_duals
    monkeypatch.setattr(relax, "budget_duals", lambda made, duals, deadline: told.append(duals.copy()) or real(made, duals, deadline))
    tried = 0
    for k in range(20):
        model = random_model(np.random.default_rng([56, k]), people=5, stays=bool(k % 3))
        made = network.network_of(model, model.scale)
        if made is None:
            continue
        begin = {int(model.person[a]): int(a) for a, f in zip(made.arcs, made.tree.flow, strict=False) if f}
        for p, arc in begin.items():
            mine = range(int(model.start[p]), int(model.start[p + 1]))
            assert arc == (model.stay[p] if model.stay[p] >= 0 else min(mine, key=lambda a: (model.cost[a], a)))
        assert sorted(begin) == [p for p in range(model.n_people) if model.start[p + 1] - model.start[p] > 1]
        model.hint[:] = np.arange(len(model.hint)) % 3
        relax.relax(model)
        assert told[-1].tolist() == (model.hint * model.scale).tolist()
        tried += 1
    assert tried > 8


def test_rows_that_nothing_can_change_stand_only_where_they_are_broken() -> None:
    rng, seen = np.random.default_rng(57), {"gone": 0, "broken": 0}
    for k in range(20):
        model = random_model(np.random.default_rng([57, k]), people=5)
        kept = rng.random(model.n_arcs) < 0.3
        kept[model.start[:-1]] = True
        part = relax.restrict(model, kept)
        rows, extras = dense(model.arcs, len(model.low)), dense(model.extras, len(model.low))
        fill = rows[:, part.settled].sum(axis=1)
        live = rows[:, part.arcs].any(axis=1) | extras.any(axis=1)
        off = (fill < model.low) | (fill > model.high)
        assert part.rows.tolist() == np.flatnonzero(live | off).tolist()
        seen["gone"] += int((~live & ~off).sum())
        seen["broken"] += int((~live & off).sum())
    assert min(seen.values()) > 0


def test_moves_cost_beside_the_prices_and_stays_nothing() -> None:
    program = either_or("anggaran", 2, "kelompok", 3)
    assert program.program.cost.tolist() == [0.0, 1.0, 10_000.0, 30_000.0]
    assert program.solve(set(), free=True) == {0: 2.0}
    assert program.solve({0}) == {1: 3.0}
    assert program.solve({0, 1}) is None


def test_trials_of_prices_lie_between_the_best_and_the_newest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half way first; where that brings no new load, the prices of the program themselves."""
    checked = 0
    for seed in range(6):
        model = packed_model(seed)
        packing = knapsack.Packing(model, knapsack.loads_of(model))
        allowed, log = np.ones(model.n_arcs, dtype=bool), []
        real = packing._add

        def add(prices: np.ndarray, allowed: np.ndarray, packing: Any = packing, log: list = log, real: Any = real) -> int:
            duals = np.array(packing.solver.getSolution().row_dual)[:5] * knapsack.FINE if log else None
            before = len(packing.columns)
            total = real(prices, allowed)
            log.append((prices.copy(), duals, total, len(packing.columns) > before))
            return total

        monkeypatch.setattr(packing, "_add", add)
        found = packing.solve(allowed, np.zeros(5, dtype=np.int64), 10**6)
        best, most, half = log[0][0], log[0][2], True
        for tried, duals, total, new in log[1:]:
            assert tried.tolist() == np.rint(0.5 * best + 0.5 * duals if half else duals).tolist()
            half = new
            checked += 1
            if total > most:
                best, most = tried, total
        assert (found[0].tolist(), found[1]) == (best.tolist(), most)
    assert checked > 12


def test_seats_of_today_are_a_tree_with_its_flow() -> None:
    """Whoever sits there and whoever is settled fill the segments in order, the rest stands on the unlimited arc."""
    rng = np.random.default_rng(58)
    for _ in range(20):
        g = random_groups(rng, 3)
        n, m, k, s = len(g.number), len(g.settled), len(g.group), len(g.segment_cell)
        room = np.minimum(g.segment_room, rng.integers(0, 4, s))
        tree = seated_tree(g.group, g.cell, g.number, g.stay, g.segment_cell, room, g.settled)
        flow = np.zeros(k, dtype=np.int64)
        flow[g.stay] = g.number
        assert tree.flow[:k].tolist() == flow.tolist()
        filled = filled_of(grouped.Groups(g.number, g.group, g.cell, g.cost, g.stay, g.settled, g.least, g.segment_cell, room, g.segment_cost, 3), flow)
        assert tree.flow[k : k + s].tolist() == filled.tolist()
        held = g.settled + np.bincount(g.cell, weights=flow, minlength=m).astype(np.int64)
        assert tree.flow[k + s :].tolist() == (held - np.bincount(g.segment_cell, weights=filled, minlength=m)).astype(int).tolist()
        assert tree.overflow == tree.flow[k + s :].sum()
        assert tree.parent.tolist() == [*(n + g.cell[g.stay]), *[n + m] * m, -1]
        assert (tree.source[tree.link[:-1]] == np.arange(n + m)).all()
        assert (tree.target[tree.link[:-1]] == tree.parent[:-1]).all()
        inside = set(tree.link[:-1].tolist())
        for arc, state in enumerate(tree.state.tolist()):
            full = arc >= k and arc < k + s and tree.flow[arc] == room[arc - k] and room[arc - k] > 0
            assert state == (0 if arc in inside else -1 if full else 1)



class Lines(grouped._Search):
    """Flows of known cost and moves: at a price the cheapest with its moves."""

    def __init__(self, lines: list[tuple[int, int]], budget: int, step: int) -> None:
        self.lines, self.asked, self.best, self.bound = lines, [], None, -(2**62)
        self.groups = random_groups(np.random.default_rng(1), budget)
        self.groups.cost[:] = 0
        self.groups.cost[0] = step

    def at(self, price: int) -> tuple[int, int]:
        """Of equals the one with fewer moves."""
        self.asked.append(price)
        _, moves, cost = min((c + price * m, m, c) for c, m in self.lines)
        return cost, moves


def test_tangents_close_in_on_the_least_price_that_keeps_the_budget() -> None:
    """They end at two whole prices side by side, one beyond the budget and one within, after few flows."""
    rng = np.random.default_rng(60)
    for _ in range(60):
        moves = np.sort(rng.choice(40, 8, replace=False))[::-1]
        lines = [(int(c), int(m)) for c, m in zip(np.cumsum(rng.integers(0, 4000, 8)), moves, strict=True)]
        budget = int(rng.integers(lines[-1][1], lines[0][1] + 1))
        found = Lines(lines, budget, int(rng.integers(1, 50)))
        if found.at(0)[1] <= budget:
            continue
        found.tangents(0.0)
        least = next(p for p in range(10**6) if min((c + p * m, m) for c, m in lines)[1] <= budget)
        assert {least - 1, least} <= set(found.asked)
        # From the largest cost on twice as far each time, until the budget is kept; then cuts, and the middle where a cut is an end.
        rising = [0, int(found.groups.cost[0])]
        while rising[-1] < least:
            rising.append(2 * rising[-1])
        assert found.asked[1 : 1 + len(rising)] == rising
        assert len(found.asked) < 40
        low, high = rising[-2], rising[-1]
        for asked in found.asked[1 + len(rising) :]:
            one, two = (min((c + p * m, m, c) for c, m in lines) for p in (low, high))
            cut = -(-(two[2] - one[2]) // (one[1] - two[1]))
            assert asked == (cut if low < cut < high else (low + high) // 2)
            low, high = (asked, high) if asked < least else (low, asked)


def test_models_no_larger_than_small_are_handed_over_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    looked: list[int] = []
    monkeypatch.setattr(search, "_mixed", lambda _, part, *__: (looked.append(len(part.arcs) + len(part.settled)), (None, True))[1])
    monkeypatch.setattr(search, "_whole", lambda *_: None)
    monkeypatch.setattr(search, "LEAST_SLACK", 0.0)
    for model, _, _ in knapsacks(6, 61):
        relaxed = relax.relax(model)
        monkeypatch.setattr(search, "SMALL", model.n_arcs)
        assert search._incumbent(model, relaxed, None, 0.0, 0) == (None, False)
        assert looked == [model.n_arcs]
        looked.clear()
        monkeypatch.setattr(search, "SMALL", model.n_arcs - 1)
        assert search._incumbent(model, relaxed, None, 0.0, 0) == (None, False)
        assert looked[0] == int((relaxed.priced.reduced <= model.scale).sum())
        assert looked[-1] == model.n_arcs
        looked.clear()


def test_prices_of_people_begin_at_what_rows_say() -> None:
    """Each at the least that an arc of theirs costs at the row duals, whatever is asked after that."""
    begun = 0
    for seed in range(8):
        model = packed_model(seed)
        relaxed = relax.relax(model)
        packing = search._packing(model, relaxed)
        if packing is None:
            continue
        told: list = []
        real = packing.solve
        packing.solve = lambda allowed, start, target, real=real, told=told: told.append((allowed.all(), start, target)) or real(allowed, start, target)  # type: ignore[method-assign]
        search._packed_proof(packing, model, relaxed, search._first_proof(relaxed))
        every, start, target = told[0]
        rows = dense(model.arcs, len(model.low))
        value = (model.cost * model.scale - relaxed.duals @ rows) / model.scale * knapsack.FINE
        assert every
        assert start.tolist() == [round(value[model.person == p].min()) for p in range(model.n_people)]
        assert target > model.cost.sum()
        begun += 1
    assert begun > 3


def test_what_saves_nothing_saves_zero_and_not_less() -> None:
    rng, nothing = np.random.default_rng(62), 0
    for _ in range(12):
        frame = pd.DataFrame({"person": np.repeat(np.arange(5), 3), "position": np.tile(np.arange(3), 5), "cost": rng.integers(1, 40, 15), "weight": rng.integers(3, 9, 15)})
        problem = Problem.from_pairs(frame, dict.fromkeys(range(3), 13))
        try:
            table = prices(problem, solve(problem))
        except InfeasibleError:
            continue
        assert not np.signbit(table["hemat"].astype(float)).any()
        nothing += int((table["hemat"] == 0).sum())
    assert nothing > 2


def test_the_choice_among_equals_weighs_moves_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[Program, dict]] = []

    def heard(program: Program, *_: Any, **more: Any) -> Answer:
        asked.append((program, more))
        return Answer("infeasible", None, None, 0.0, 0.0)

    found = [(m, search.search(m, canonical=False)) for m, _, _ in knapsacks(12, 65)]
    monkeypatch.setattr(search, "solve_whole", heard)
    some = 0
    for model, plan in found:
        cost = plan.objective - model.constant
        search._canonical(model, plan.relaxed, plan.arcs, cost, None)
        kept = plan.relaxed.priced.reduced <= cost * model.scale - plan.relaxed.priced.bound
        part = relax.restrict(model, kept)
        if not len(part.arcs):
            assert not asked
            continue
        program, more = asked.pop()
        assert program.cost.tolist() == [*(0.0 if a in model.stay else float(model.tie[a]) for a in part.arcs), *[0.0] * len(model.bank)]
        assert more["nodes"] == search.TIE_NODES
        assert more["start"][: len(part.arcs)].tolist() == np.isin(part.arcs, plan.arcs).tolist()
        some += bool(np.isin(part.arcs, model.stay[:1]).any())
    assert some > 1


def test_moves_that_gain_nothing_are_not_made() -> None:
    zero = np.zeros(2, dtype=np.int64)
    g = grouped.Groups(np.array([3]), zero, np.arange(2), zero, np.array([0]), zero, zero, np.arange(2), np.array([9, 9]), zero, 5)
    plan = grouped.GroupedPlan(np.array([3, 0]), 0, -9, 0, 0, zero, 0)
    assert grouped._topped_up(g, plan, np.array([3, 0]), 0.0, -9).moves == 0
    one = grouped.Groups(np.array([1]), zero, np.arange(2), np.array([0, -2]), np.array([0]), zero, zero, np.arange(2), np.array([9, 9]), zero, 5)
    found = grouped._topped_up(one, grouped.GroupedPlan(np.array([1, 0]), 0, -9, 0, 0, zero, 0), np.array([1, 0]), 0.0, -9)
    assert (found.flow.tolist(), found.objective, found.moves) == ([0, 1], -2, 1), "the last of a group may go"


def test_no_network_where_one_arc_of_somebody_with_a_choice_is_in_no_cell() -> None:
    model = random_model(np.random.default_rng(2), knowledge=False, sides=False)
    choice = np.flatnonzero(np.diff(model.start) > 1)[0]
    arc = int(model.start[choice])
    inside = ~((model.arcs.column == arc) & np.isin(model.arcs.row, np.flatnonzero([n.startswith("isi|") for n in model.names])))
    arcs = entries_of(model.arcs.column[inside], model.arcs.row[inside], model.arcs.value[inside], model.n_arcs)
    assert network.network_of(model, 64) is not None
    assert network.network_of(replace(model, arcs=arcs), 64) is None


def test_a_linear_program_without_an_answer_leaves_arcs_and_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_model(np.random.default_rng(3))
    everything, low = np.ones(model.n_arcs, dtype=bool), price(model, np.zeros(len(model.low), dtype=np.int64), model.scale)
    monkeypatch.setattr(resolve, "solve_linear", lambda *_: Answer("unknown", None, None, 0.0, 0.0))
    priced, kept = resolve.tightened(model, everything, everything, low)
    assert priced is low
    assert kept.all()
    assert resolve._possible(model, everything, np.isin(np.arange(model.n_arcs), model.stay)).all(), "all arcs may be needed"


def test_proofs_tell_branches_only_where_there_are_some() -> None:
    kinds = set()
    for model, _, _ in knapsacks(16, 66):
        proof = search.search(model).proof
        told = prove.certificate(proof, model.names)
        same = len(proof.nodes) == 1 and np.array_equal(proof.nodes[0].duals, proof.root)
        assert ("branches" in told) == (not same)
        assert told["duals"] == {n: int(d) for n, d in zip(model.names, proof.root, strict=True) if d}
        kinds.add(same)
    assert kinds == {True, False}
    other = prove.Proof(1, "linear", 64, 1, np.array([1, 2]), (prove.Node(-1, 0, 0, np.array([1, 5]), 1),))
    assert prove.certificate(other, ("a", "b"))["branches"] == [{"duals": {"b": 5}}]


def test_without_a_budget_the_best_prices_of_cells_are_all_there_is() -> None:
    tried = 0
    for k in range(20):
        model = random_model(np.random.default_rng([67, k]), people=5)
        made = network.network_of(model, model.scale)
        rows = [r for r, n in enumerate(model.names) if n == "anggaran|pindah"]
        if made is None:
            continue
        duals, high = np.zeros(len(model.low), dtype=np.int64), model.high.copy()
        if rows:
            high[rows[0]] = FREE
            endless = network.network_of(replace(model, high=high), model.scale)
            assert network.budget_duals(endless, duals).tolist() == endless.best(duals).tolist()
        else:
            assert network.budget_duals(made, duals).tolist() == made.best(duals).tolist()
            tried += 1
        assert network.budget_duals(made, duals, -np.inf).tolist() == made.best(duals).tolist(), "nor is one looked for after the deadline"
    assert tried > 2


def test_loads_are_packed_up_to_the_sizes_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    model = packed_model(1)
    loads = knapsack.loads_of(model)
    cells = sum(len(a) * (c + 1) for a, c in zip(loads.arcs, loads.capacity.tolist(), strict=True))
    assert cells == sum(5 * (min(int(h), int(loads.weight[a].sum())) + 1) for a, h in zip(loads.arcs, model.high, strict=True))
    largest = int(np.abs(model.cost).max()) * knapsack.FINE * 6
    for name, most in (("MOST_CELLS", cells), ("LARGEST", largest)):
        monkeypatch.setattr(knapsack, name, most)
        assert knapsack.loads_of(model) is not None
        monkeypatch.setattr(knapsack, name, most - 1)
        assert knapsack.loads_of(model) is None
        monkeypatch.undo()
    assert knapsack.loads_of(replace(model, arcs=model.arcs.of(np.zeros(0, dtype=np.int64)), person=model.person[:0], cost=model.cost[:0], start=np.zeros(1, dtype=np.int64), low=model.low[:0], high=model.high[:0])) is None


def test_prices_of_a_budget_are_tried_in_turn() -> None:
    """Nothing first, then doubled from 256 points until the budget is kept, then where two tangents meet, until that is no price between."""
    rng, cuts = np.random.default_rng(68), 0
    for _ in range(60):
        scale, n = 64, 8
        moves = np.sort(rng.choice(30, n, replace=False))[::-1]
        lines = [(int(v) * 64, int(m)) for v, m in zip(np.cumsum(rng.integers(0, 900, n)), moves, strict=True)]
        most, asked = int(rng.integers(lines[-1][1], lines[0][1])), []

        def at(cost: int, asked: list = asked, lines: list = lines) -> tuple[int, int, np.ndarray]:
            asked.append(cost)
            return (*min((v + cost * m, m) for v, m in lines), np.array([cost]))

        found = int(network._tangents(at, most, scale)[0])
        told, wanted = list(asked), [0]
        low, high, cost = at(0), None, 256 * scale
        low = (0, low[0], low[1])
        while True:
            wanted.append(cost)
            value, m, _ = at(cost)
            line = (cost, value - cost * m, m)
            low, high = (line, high) if m > most else (low, line)
            if high is None:
                cost *= 2
                continue
            if low[2] == high[2]:
                break
            cut = round((high[1] - low[1]) / (low[2] - high[2]))
            if not low[0] < cut < high[0]:
                break
            cost, cuts = cut, cuts + 1
        assert told == wanted
        bounds = [min(v + c * m for v, m in lines) - c * most for c in wanted]
        assert found == wanted[int(np.argmax(bounds))]
    assert cuts > 60


def test_the_worst_arc_of_the_first_block_that_has_one_enters() -> None:
    """From the cursor on and round again; arcs in the tree do not count, full ones count the other way."""
    rng = np.random.default_rng(69)
    for _ in range(200):
        n, nodes, block = int(rng.integers(1, 20)), 5, int(rng.integers(1, 8))
        source, target = rng.integers(0, nodes, n), rng.integers(0, nodes, n)
        cost, worth, state = rng.integers(-3, 6, n), rng.integers(-4, 5, nodes), rng.integers(-1, 2, n)
        cursor = np.array([int(rng.integers(0, n))])
        at, seen, best = int(cursor[0]), 0, (0, -1)
        while seen < n:
            reduced = int(state[at]) * int(cost[at] + worth[source[at]] - worth[target[at]])
            if reduced < best[0]:
                best = (reduced, at)
            at, seen = (at + 1) % n, seen + 1
            if seen % block == 0 and best[1] >= 0:
                break
        assert simplex._entering(source, target, cost, state, worth, block, cursor) == best[1]
        assert cursor[0] == at


def test_nodes_meet_where_their_ways_to_the_root_do_and_the_last_arc_blocks() -> None:
    """On random trees: the first common ancestor; of equal arcs the one that is last on the cycle, seen from there."""
    rng, sides = np.random.default_rng(70), set()
    for _ in range(150):
        n = int(rng.integers(3, 12))
        parent = np.array([-1, *(int(rng.integers(0, k)) for k in range(1, n))])
        depth = np.array([0] * n)
        for v in range(1, n):
            depth[v] = depth[parent[v]] + 1
        up = rng.random(n) < 0.5
        link, source = np.arange(-1, n - 1), np.where(up[1:], np.arange(1, n), parent[1:])
        room, flow = rng.integers(0, 5, n - 1) + 2, rng.integers(0, 3, n - 1)
        one, two = (int(v) for v in rng.choice(n, 2, replace=False))
        way = lambda v: [v, *way(int(parent[v]))] if v > 0 else [0]  # noqa: B023, E731
        meet = next(v for v in way(one) if v in way(two))
        assert simplex._join(one, two, parent, depth) == simplex._join(two, one, parent, depth) == meet
        most = int(rng.integers(0, 6))
        # The cycle from the meeting point: down to `one` against the tree, over the new arc, up from `two`.
        down = [(int(flow[v - 1] if source[v - 1] == v else room[v - 1] - flow[v - 1]), v, 1) for v in way(one)[: way(one).index(meet)]][::-1]
        rising = [(int(room[v - 1] - flow[v - 1] if source[v - 1] == v else flow[v - 1]), v, 2) for v in way(two)[: way(two).index(meet)]]
        cycle = [*down, (most, -1, 0), *rising]
        least = min(c[0] for c in cycle)
        wanted = [c for c in cycle if c[0] == least][-1]
        found = simplex._blocking(one, two, meet, most, source, room, flow, parent, link)
        assert (int(found[0]), int(found[2])) == (wanted[0], wanted[2])
        assert wanted[2] == 0 or int(found[1]) == wanted[1]
        sides.add(wanted[2])
    assert sides == {0, 1, 2}


def test_rough_ways_out_are_asked_for_as_such(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[dict] = []

    def heard(program: Program, **more: Any) -> Answer:
        asked.append({"moves": program.cost[:2].tolist(), **more})
        return Answer("limit", None, None, 0.0, 0.0) if more["nodes"] is not None and len(asked) % 2 else solve_whole(program)

    monkeypatch.setattr(elastic, "solve_whole", heard)
    program = either_or("anggaran", 2, "kelompok", 3)
    assert program.solve(set(), rough=True) == {0: 2.0}, "asked for again where the rough search found none"
    rough, fine = {"moves": [0.0, 0.0], "nodes": 50, "allowed_gap": pytest.approx(1e5)}, {"moves": [0.0, 1.0], "nodes": None, "allowed_gap": 0.0}
    assert asked == [rough, fine]
    assert program.solve({0}) == {1: 3.0}
    assert asked[-1] == fine
    monkeypatch.setattr(elastic, "solve_whole", lambda *_, **__: Answer("infeasible", None, None, 0.0, 0.0))
    assert program.solve(set(), rough=True) is None


def test_arcs_just_within_what_the_plan_found_asks_are_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    """Plans for which an arc's reduced cost is exactly the room they leave."""
    monkeypatch.setattr(resolve, "FIRST_SLACK", 0.0)
    exact = 0
    for model, choices, best in knapsacks(30, 71):
        duals = relax.relax(model).duals
        priced = price(model, duals, model.scale)
        first = priced.reduced <= model.scale
        better, wider = resolve.tightened(model, np.ones(model.n_arcs, dtype=bool), first, priced)
        for c in choices:
            slack = (c.objective - model.constant - 1) * model.scale - better.bound
            edge = (better.reduced == slack) & ~wider
            if not (c.keeps and edge.any()) or priced.bound + model.scale > (c.objective - model.constant - 1) * model.scale:
                continue
            script, looked = [c.arcs, best.arcs, best.arcs], []
            monkeypatch.setattr(resolve, "best_on", lambda _, kept, __, script=script, looked=looked: (looked.append(kept.copy()), script.pop(0))[1])
            resolve.solve_edited(model, None, duals)
            assert looked[1][edge].all()
            exact += 1
    assert exact > 0
