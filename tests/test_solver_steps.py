"""The way of the solver step by step: which arcs are looked at first and which next, where trees begin, what is asked of the parts."""

from __future__ import annotations

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
    grouped,
    knapsack,
    network,
    prices,
    relax,
    resolve,
    search,
    solve,
)
from mutasi_toolkit.assignment.highs import Answer, Program, solve_linear
from mutasi_toolkit.assignment.model import price
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
