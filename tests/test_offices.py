"""Large models solved part by part at one price of a move: against the whole solved at once, and against the enumeration of all plans."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from models_again import choices_of, dense, random_model
from test_ministry import WITHIN, offices_of

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import divide, offices, solve
from mutasi_toolkit.assignment.clock import deadline_in
from mutasi_toolkit.assignment.divide import budget_row, parts_of
from mutasi_toolkit.assignment.model import (
    FREE,
    Model,
    completed,
    entries_of,
    faults_of,
    objective_of,
)
from mutasi_toolkit.assignment.network import BUDGET
from mutasi_toolkit.assignment.offices import Lines, crossing, search_by_office, shares
from mutasi_toolkit.assignment.relax import relax
from mutasi_toolkit.assignment.search import search

#: Parts of the test models are this small.
PART = 8


@pytest.fixture
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(offices, "LARGE", 0)
    monkeypatch.setattr(divide, "PART_ARCS", PART)


def _moves(model: Model) -> np.ndarray:
    return np.setdiff1d(np.arange(model.n_arcs), model.stay)


def _together(models: list[Model], budget: int, rng: np.random.Generator) -> Model:
    """Models side by side under one budget of moves, their people in a drawn order."""
    persons, arcs, rows, extras = (np.concatenate([[0], np.cumsum(n)]) for n in zip(*[(m.n_people, m.n_arcs, len(m.low), len(m.bank)) for m in models], strict=True))
    last, order = int(rows[-1]), np.argsort(rng.permutation(int(persons[-1])), kind="stable")
    rank = np.argsort(order)[np.concatenate([m.person + persons[k] for k, m in enumerate(models)])]
    new = np.argsort(rank, kind="stable")
    back = np.argsort(new)

    def entries(side: str, first: np.ndarray, places: np.ndarray | None, n: int):
        parts = [(getattr(m, side).column + first[k], getattr(m, side).row + rows[k], getattr(m, side).value) for k, m in enumerate(models)]
        column, row, value = (np.concatenate(x) for x in zip(*parts, strict=True))
        column = column if places is None else places[column]
        if side == "arcs":
            moves = places[np.concatenate([_moves(m) + arcs[k] for k, m in enumerate(models)])]
            column, row, value = np.append(column, moves), np.append(row, np.full(len(moves), last)), np.append(value, np.ones(len(moves), dtype=np.int64))
        return entries_of(column, row, value, n)

    def joined(name: str) -> np.ndarray:
        return np.concatenate([getattr(m, name) for m in models])

    stay = np.empty(int(persons[-1]), dtype=np.int64)
    stay[np.argsort(order)] = back[np.concatenate([m.stay + arcs[k] for k, m in enumerate(models)])]
    person = rank[new]
    return Model(
        person, np.searchsorted(person, np.arange(persons[-1] + 1)).astype(np.int64), joined("cost")[new], stay, entries("arcs", arcs, back, int(arcs[-1])),
        joined("extra_cost"), joined("extra_upper"), np.concatenate([m.bank + rows[k] for k, m in enumerate(models)]), entries("extras", extras, None, int(extras[-1])),
        np.append(joined("low"), -FREE), np.append(joined("high"), budget), (*(f"{n}@{k}" for k, m in enumerate(models) for n in m.names), BUDGET),
        sum(m.constant for m in models), joined("tie")[new], np.zeros(last + 1, dtype=np.int64),
    )  # fmt: skip


def _best_by_moves(model: Model) -> dict[int, int]:
    best: dict[int, int] = {}
    stays = set(model.stay.tolist())
    for c in [c for c in choices_of(model) if c.keeps]:
        used = sum(a not in stays for a in c.arcs.tolist())
        best[used] = min(best.get(used, c.objective), c.objective)
    return best


def _enumerated(models: list[Model], budget: int) -> int | None:
    """Least cost of one plan of every model, with no more moves than the budget in all."""
    total = {0: 0}
    for model in models:
        more: dict[int, int] = {}
        for used, cost in total.items():
            for moves, own in _best_by_moves(model).items():
                more[used + moves] = min(more.get(used + moves, cost + own), cost + own)
        total = more
    return min((cost for used, cost in total.items() if used <= budget), default=None)


def _draw(k: int) -> tuple[list[Model], int, Model]:
    rng = np.random.default_rng([7, k])
    models = []
    while len(models) < 3:
        model = random_model(rng, people=3, sides=k % 2 == 0)
        free = replace(model, high=np.where(np.array([n == BUDGET for n in model.names]), FREE, model.high))
        models += [free] if _best_by_moves(free) else []
    budget = int(rng.integers(0, 8))
    return models, budget, _together(models, budget, rng)


def test_a_plan_of_parts_keeps_every_row_and_its_bound_holds(small: None) -> None:
    found_none, exact, loose = 0, 0, []
    for k in range(60):
        models, budget, whole = _draw(k)
        best = _enumerated(models, budget)
        found = search_by_office(whole)
        if best is None or found is None:
            found_none += best is not None
            continue
        assert not len(faults_of(whole, found.arcs, completed(whole, found.arcs)))
        assert found.objective == objective_of(whole, found.arcs, completed(whole, found.arcs))
        assert found.bound <= best <= found.objective
        # The price is whole, and each part's relaxation is known within a unit; else the bound is that of the whole relaxation.
        assert found.bound >= relax(whole).priced.bound / whole.scale + whole.constant - 2 * len(models) - budget
        exact += found.objective == best
        loose.append(found.objective - best)
    assert exact >= len(loose) // 2
    assert len(loose) > 30
    assert found_none <= 6


def test_parts_are_the_whole_taken_apart(small: None) -> None:
    for k in range(10):
        whole = _draw(k)[2]
        row = budget_row(whole)
        assert whole.names[row] == BUDGET
        parts = parts_of(whole, row)
        assert len(parts) >= 2
        for side, n in (("people", whole.n_people), ("arcs", whole.n_arcs), ("extras", len(whole.bank))):
            assert sorted(np.concatenate([getattr(p, side) for p in parts]).tolist()) == list(range(n))
        assert sorted([*np.concatenate([p.rows for p in parts]).tolist(), row]) == list(range(len(whole.low)))
        a, b = dense(whole.arcs, len(whole.low)), dense(whole.extras, len(whole.low))
        for p in parts:
            rows = np.append(p.rows, row)
            assert np.array_equal(dense(p.model.arcs, len(rows)), a[np.ix_(rows, p.arcs)])
            assert np.array_equal(dense(p.model.extras, len(rows)), b[np.ix_(rows, p.extras)])
            assert np.array_equal(p.counted, a[row, p.arcs])
            assert p.arcs[p.model.stay].tolist() == whole.stay[p.people].tolist()
            assert (np.diff(p.model.person) >= 0).all()
            assert p.within(5).high[-1] == 5
            assert np.array_equal(p.priced(9).cost, whole.cost[p.arcs] + 9 * p.counted)


def test_what_hangs_together_is_not_taken_apart(small: None) -> None:
    whole = _draw(0)[2]
    row = budget_row(whole)
    tied = entries_of(*(np.append(getattr(whole.arcs, n), more) for n, more in (("column", whole.start[:-1]), ("row", np.zeros(whole.n_people, dtype=int)), ("value", np.ones(whole.n_people, dtype=int)))), whole.n_arcs)
    assert parts_of(replace(whole, arcs=tied), row) == []
    assert search_by_office(replace(whole, arcs=tied)) is None
    free = whole.high.copy()
    free[row] = FREE
    assert budget_row(replace(whole, high=free)) == -1
    assert search_by_office(replace(whole, high=free)) is None


def test_a_model_that_is_not_large_is_solved_whole() -> None:
    assert search_by_office(_draw(0)[2]) is None


def test_lines_cross_where_the_moves_come_within_the_budget() -> None:
    """Two parts: 3 moves save 30, 1 move saves 10 or 2 save 14; at a price of 4 the second part's second move goes, at 10 all else."""
    lines = [Lines(None, [0.0, -30.0], [0.0, 3.0]), Lines(None, [0.0, -10.0, -14.0], [0.0, 1.0, 2.0])]  # type: ignore[arg-type]
    assert [crossing(lines, budget) for budget in (5, 4, 3, 0)] == [0, 4, 10, 10]
    assert [shares(lines, budget).tolist() for budget in (5, 4, 2, 0)] == [[3, 2], [3, 1], [2, 0], [0, 0]]
    assert [line.least(4) for line in lines] == [-18.0, -6.0]


def test_an_office_twice_with_twice_the_moves_is_twice_the_office(small: None) -> None:
    for k in range(8):
        model, budget = _draw(k)[0][0], 1
        one = search(_together([model], budget, np.random.default_rng(k)))
        two = search_by_office(_together([model, model], 2 * budget, np.random.default_rng(k)))
        if one.arcs is None or two is None:
            continue
        assert two.bound - 2 <= 2 * one.objective
        assert two.objective >= two.bound


def test_a_time_limit_ends_with_a_plan(small: None) -> None:
    models, _, whole = _draw(2)
    found = search_by_office(whole, deadline_in(1e-9))
    if found is not None:
        assert not len(faults_of(whole, found.arcs, completed(whole, found.arcs)))
        assert found.bound <= _enumerated(models, int(whole.high[-1])) <= found.objective


def test_a_ministry_solved_office_by_office_is_as_good_as_solved_whole_and_passes_the_check(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cycle = offices_of(tmp_path / "k", 3).with_settings(aturan=WITHIN, anggaran={"pindah": 11})
    gains = mt.spread.marginal_gains(cycle)
    problem = mt.assignment.Problem.from_cycle(cycle, gains)
    whole = solve(problem)
    monkeypatch.setattr(offices, "LARGE", 0)
    monkeypatch.setattr(divide, "PART_ARCS", problem.model.n_arcs // 3)
    assert len(parts_of(problem.model, budget_row(problem.model))) == 3
    plan = solve(problem)
    assert plan.bound <= whole.objective <= plan.objective
    assert len(plan.moves) <= 11
    # Three offices of 60 people: what one price leaves open is small beside what moves change.
    assert plan.objective - plan.bound <= 0.05 * abs(plan.objective)
    assert mt.assignment.verify(cycle, plan).ok
    again = solve(problem)
    pd.testing.assert_frame_equal(again.assignment, plan.assignment)
    assert again.certificate == plan.certificate


def test_verify_refuses_a_bound_of_parts_that_is_too_good(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cycle = offices_of(tmp_path / "k", 2).with_settings(aturan=WITHIN, anggaran={"pindah": 7})
    problem = mt.assignment.Problem.from_cycle(cycle, mt.spread.marginal_gains(cycle))
    monkeypatch.setattr(offices, "LARGE", 0)
    monkeypatch.setattr(divide, "PART_ARCS", problem.model.n_arcs // 2)
    plan = solve(problem)
    assert mt.assignment.verify(cycle, plan).ok
    duals = dict(plan.certificate["duals"])
    assert duals[BUDGET] < 0
    cheaper = replace(plan, certificate=plan.certificate | {"duals": duals | {BUDGET: 3 * duals[BUDGET]}})
    assert not mt.assignment.verify(cycle, cheaper).ok


def test_groups_follow_each_other() -> None:
    assert all(b - a in (0, 1) for a, b in pairwise(divide._groups(np.array([70_000, 40_000, 60_000, 1, 99_999])).tolist()))
