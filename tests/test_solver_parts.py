"""What each part of the solver hands on: bounds of very large sums, first arcs, carried bases, answers of solvers looked at again, options."""

from __future__ import annotations

import itertools
import math
import os
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import highspy
import numpy as np
import pandas as pd
import pytest
from models_again import best_of, choices_of, dense, random_model, weak_bound
from scipy.sparse import csc_array
from test_solver_models import tight

from mutasi_toolkit.assignment import (
    Problem,
    grouped,
    highs,
    knapsack,
    network,
    prove,
    relax,
    resolve,
    search,
    simplex,
    solve,
)
from mutasi_toolkit.assignment.elastic import elastic
from mutasi_toolkit.assignment.highs import Answer, Program, solve_linear, solve_whole
from mutasi_toolkit.assignment.model import (
    FREE,
    Model,
    Priced,
    completed,
    entries_of,
    faults_of,
    objective_of,
    price,
)
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Terms
from mutasi_toolkit.assignment.solve import plan_of
from mutasi_toolkit.errors import InputError

NONE = np.zeros(0, dtype=np.int64)


def knapsacks(count: int, seed: int, people: int = 5) -> list[tuple[Model, list, Any]]:
    """Models whose linear bound falls short, all their plans and the best of them."""
    out = []
    for k in range(count):
        model = random_model(np.random.default_rng([seed, k]), people=people, knowledge=False, sides=False, weights=True)
        choices = choices_of(model)
        best = best_of(choices)
        if best is not None:
            out.append((model, choices, best))
    return out


# --- sums beyond 64 bits ----------------------------------------------------------------------------------------------


def lone(cost: int, arc: int, low: int, high: int, extra_cost: int, upper: int) -> Model:
    """One person with one arc, one row, one auxiliary column."""
    one = lambda v: np.array([v], dtype=np.int64)  # noqa: E731
    zero = np.zeros(1, dtype=np.int64)
    return Model(zero, np.array([0, 1]), one(cost), zero, entries_of(zero, zero, one(arc), 1), one(extra_cost), one(upper), zero, entries_of(zero, zero, one(-1), 1), one(low), one(high), ("r",), 0, one(1), zero)


@pytest.mark.parametrize("size", [2**20, 2**40, 2**57, 2**61])
@pytest.mark.parametrize("scale", [1, 64, 2**24])
def test_sums_of_any_size_are_exact(size: int, scale: int) -> None:
    """Each part of a bound in turn, far beyond what 64 bits hold: the formula in fractions gives the same."""
    beyond = 0
    for parts in itertools.product((0, size), (0, 1, 2**30), (0, 3, 2**31), (0, size), (1, 2**33)):
        cost, arc, limit, extra_cost, upper = parts
        for sign in (1, -1):
            model = lone(sign * cost, arc, sign * limit, sign * limit, -sign * extra_cost, upper)
            for dual in (0, 1, -1, size, -size):
                found = price(model, np.array([dual]), scale)
                wanted, reduced = weak_bound(model, np.array([dual]), scale)
                assert found.bound == wanted * scale
                assert [int(r) for r in found.reduced] == [r * scale for r in reduced]
                beyond += abs(wanted * scale) >= 2**63
    assert beyond or size < 2**40


@pytest.mark.parametrize("sides", [(-FREE, 5), (5, FREE)])
def test_many_people_add_up_beyond_64_bits(sides: tuple[int, int]) -> None:
    n = 64
    arcs = entries_of(np.arange(n), np.zeros(n, dtype=np.int64), np.full(n, 2**10), n)
    zero = np.zeros(1, dtype=np.int64)
    model = Model(np.arange(n), np.arange(n + 1), np.full(n, 2**40), np.arange(n), arcs, NONE, NONE, NONE, entries_of(NONE, NONE, NONE, 0), np.array([sides[0]]), np.array([sides[1]]), ("r",), 0, np.ones(n, dtype=np.int64), zero)
    for dual in (2**46, 2**47, 2**50, -(2**46), -(2**50), 7):
        for scale in (1, 2**17, 2**18, 2**20):
            assert price(model, np.array([dual]), scale).bound == weak_bound(model, np.array([dual]), scale)[0] * scale


def test_arcs_that_may_not_be_taken_price_above_all_others() -> None:
    rng = np.random.default_rng(1)
    for k in range(10):
        model = random_model(np.random.default_rng([2, k]))
        allowed = rng.random(model.n_arcs) < 0.6
        allowed[model.start[:-1]] = True
        found = price(model, rng.integers(-900, 900, len(model.low)), model.scale, allowed)
        if not allowed.all():
            least = np.array([found.reduced[(model.person == p) & ~allowed].min(initial=2**62) for p in range(model.n_people)])
            most = np.array([found.reduced[(model.person == p) & allowed].max() for p in range(model.n_people)])
            assert (least > most).all()


# --- options ----------------------------------------------------------------------------------------------------------


def program(cost: list[float], rows: list[list[float]], high: list[float]) -> Program:
    n, m = len(cost), len(rows)
    return Program(np.array(cost, float), np.zeros(n), np.ones(n), np.ones(n, bool), np.full(m, -np.inf), np.array(high, float), csc_array(np.array(rows, float)))


def test_what_could_depend_on_the_machine_is_pinned_and_nothing_is_printed(capfd: pytest.CaptureFixture[str]) -> None:
    p = program([-1.0, -1.0], [[1.0, 1.0]], [1.0])
    solver = highs.load(p, whole=True)
    wanted = {"threads": 1, "random_seed": 0, "solver": "simplex", "parallel": "off", "mip_rel_gap": 0.0, "output_flag": False, "log_to_console": False, "primal_feasibility_tolerance": 1e-9,
              "dual_feasibility_tolerance": 1e-9, "mip_feasibility_tolerance": 1e-7}  # fmt: skip
    for name, value in wanted.items():
        assert solver.getOptionValue(name)[1] == value, name
    assert highs.load(p, whole=False, time_limit=-3.0).getOptionValue("time_limit")[1] == 0.0
    assert highs.load(p, whole=False, time_limit=7.5, presolve="off").getOptionValue("presolve")[1] == "off"
    assert solve_linear(p).status == solve_whole(p).status == "optimal"
    with highs._silent():
        pass
    os.write(1, b"heard\n")
    assert capfd.readouterr().out == "heard\n"


class Heard:
    """`load` of highs, with the options it was asked for."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[dict[str, Any]] = []
        self.load = highs.load
        monkeypatch.setattr(highs, "load", self)

    def __call__(self, *args: Any, **options: Any) -> highspy.Highs:
        self.asked.append(options)
        return self.load(*args, **options)


def test_limits_of_a_whole_program_reach_the_solver(monkeypatch: pytest.MonkeyPatch) -> None:
    heard, p = Heard(monkeypatch), program([-3.0, -2.0], [[1.0, 1.0]], [1.0])
    for given in ({}, {"one": True}, {"nodes": 7}, {"target": -3.0}, {"allowed_gap": 2.0}, {"allowed_gap": 0.5}):
        assert solve_whole(p, **given).objective == -3.0
    told = [{k: v for k, v in asked.items() if k not in {"whole", "time_limit"}} for asked in heard.asked]
    base = {"mip_abs_gap": 0.9}
    assert told == [base, base | {"mip_max_improving_sols": 1}, base | {"mip_max_nodes": 7}, base | {"objective_target": -2.5}, {"mip_abs_gap": 2.0}, base]
    found = solve_linear(p)
    solve_linear(p, time_limit=3.0, basis=found.basis)
    assert heard.asked[-2] == {"whole": False, "time_limit": None}
    assert heard.asked[-1] == {"whole": False, "time_limit": 3.0, "presolve": "off", "simplex_strategy": 4}, "the primal simplex method, by its number in HiGHS"
    large = replace(p, cost=p.cost * 2.0**22)
    assert solve_whole(large, target=-3 * 2.0**22).objective == -3 * 2.0**22
    assert heard.asked[-1]["mip_abs_gap"] == 0.9 / 16
    assert heard.asked[-1]["objective_target"] == (-3 * 2.0**22 + 0.5) / 16


def test_a_hard_program_ends_at_its_nodes() -> None:
    """A market split: no node of few settles it."""
    rng = np.random.default_rng(3)
    rows = rng.integers(0, 100, (4, 24))
    n = rows.shape[1] + 8
    slack = np.kron(np.eye(4), np.array([1.0, -1.0]))
    half = np.floor(rows.sum(axis=1) / 2)
    p = Program(np.concatenate([np.zeros(24), np.ones(8)]), np.zeros(n), np.concatenate([np.ones(24), np.full(8, 99.0)]), np.arange(n) < 24, half, half, csc_array(np.hstack([rows, slack])))
    assert solve_whole(p, nodes=1).status == "limit"


# --- what solvers answer is looked at again ---------------------------------------------------------------------------


class Wrong:
    """A solver of programs that answers wrongly at first."""

    def __init__(self, *answers: Callable[[Program], np.ndarray | None]) -> None:
        self.answers, self.programs = list(answers), []

    def __call__(self, program: Program, *_: Any, **__: Any) -> Answer:
        self.programs.append(program)
        if not self.answers:
            return solve_whole(program)
        values = self.answers.pop(0)(program)
        return Answer("optimal" if values is not None else "infeasible", values, None, 0.0, 0.0)


def broken(model: Model, choices: list, kept: np.ndarray) -> Any:
    """A choice of kept arcs that breaks a row."""
    return next((c for c in choices if not c.keeps and kept[c.arcs].all() and len(faults_of(model, c.arcs, completed(model, c.arcs)))), None)


@pytest.mark.parametrize("times", [1, 2, 5])
def test_a_choice_that_breaks_a_row_is_left_out_and_no_other(monkeypatch: pytest.MonkeyPatch, times: int) -> None:
    tried = 0
    for model, choices, best in knapsacks(12, 21):
        kept = np.ones(model.n_arcs, dtype=bool)
        bad, part = broken(model, choices, kept), relax.restrict(model, kept)
        if bad is None:
            continue
        values = np.concatenate([np.isin(part.arcs, bad.arcs), bad.extras]).astype(float)
        for module, most in ((resolve, 10**6), (search, 4)):
            fake = Wrong(*[lambda _, values=values: values] * times)
            monkeypatch.setattr(module, "solve_whole", fake)
            found = resolve.best_on(model, kept) if module is resolve else search._mixed(model, part, None, 0.0, None, best.objective - model.constant)[0]
            assert len(fake.programs) == min(times + 1, most)
            assert (found is None) == (times >= most)
            assert found is None or objective_of(model, found, completed(model, found)) == best.objective
            for c in choices[::5]:
                x = np.concatenate([np.isin(part.arcs, c.arcs), c.extras]).astype(float)
                rows = [p.matrix @ x <= p.row_high for p in fake.programs]
                assert (rows[-1][: len(rows[0])] == rows[0]).all(), "the rows of the model stay"
                assert all(r[len(rows[0]) :].all() == (c.arcs.tolist() != bad.arcs.tolist()) for r in rows[1:])
        tried += 1
    assert tried > 5


def test_no_plan_and_limits_of_the_mixed_program(monkeypatch: pytest.MonkeyPatch) -> None:
    model, _, best = knapsacks(6, 22)[0]
    part = relax.restrict(model, np.ones(model.n_arcs, dtype=bool))
    answers = {"infeasible": (None, True), "unknown": (None, False)}
    for status, wanted in answers.items():
        monkeypatch.setattr(search, "solve_whole", lambda *_, status=status, **__: Answer(status, None, None, 0.0, 0.0))
        assert search._mixed(model, part, None, 0.0, None, 0) == wanted
    asked: list[dict] = []

    def slow(program: Program, limit: float | None = None, *_: Any, one: bool = False, **more: Any) -> Answer:
        asked.append({"limit": limit, "one": one, **more})
        return solve_whole(program, one=True) if one else Answer("limit", None, None, 0.0, 0.0)

    monkeypatch.setattr(search, "solve_whole", slow)
    found, none = search._mixed(model, part, None, 0.0, None, 0)
    assert found is not None
    assert not none
    assert not len(faults_of(model, found, completed(model, found)))
    assert [a["one"] for a in asked] == [False, True], "the first plan is waited for"
    assert search._mixed(model, part, None, 0.0, best.arcs, 0) == (None, False)
    with pytest.raises(search.TooHardError):
        search._mixed(model, part, None, 0.0, None, 0, nodes=3)
    assert asked[-1]["nodes"] == 3


def test_a_known_bound_is_told_the_solver_in_what_the_program_counts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Less the constant and the arcs of whoever has one only; a gap is a share of the plan's cost."""
    asked: list[dict] = []

    def heard(program: Program, limit: float | None = None, allowed: float = 0.0, begin: np.ndarray | None = None, **more: Any) -> Answer:
        asked.append({"allowed": allowed, "begin": begin, **more})
        return solve_whole(program)

    monkeypatch.setattr(search, "solve_whole", heard)
    monkeypatch.setattr(resolve, "solve_whole", heard)
    settled = 0
    for model, _, best in knapsacks(20, 41):
        kept = np.ones(model.n_arcs, dtype=bool)
        kept[model.start[0] : model.start[1]] = np.isin(np.arange(model.start[0], model.start[1]), best.arcs)
        part, cost = relax.restrict(model, kept), best.objective - model.constant
        settled += part.offset != 0
        for known in (cost * model.scale, cost * model.scale - 1):
            resolve.best_on(model, kept, known)
            assert asked.pop()["target"] == cost - part.offset
        resolve.best_on(model, kept)
        assert asked.pop()["target"] is None
        search._mixed(model, part, None, 0.25, best.arcs, cost)
        told = asked.pop()
        assert (told["target"], told["allowed"], told["nodes"]) == (cost - part.offset, 0.25 * max(1, abs(best.objective)), None)
        assert told["begin"].tolist() == [*np.isin(part.arcs, best.arcs).astype(float), *best.extras.astype(float)]
    assert settled > 2


def test_a_best_plan_without_a_proof_is_one_of_the_best() -> None:
    for model, _, best in knapsacks(12, 23):
        found = relax.relax(model)
        for near in (0, 5, 1000):
            arcs = search.best_of(model, found, near)
            assert objective_of(model, arcs, completed(model, arcs)) == best.objective
        assert search.best_of(model, replace(found, feasible=False)) is None


def test_among_equals_only_a_plan_that_costs_as_little_and_keeps_all_rows_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    tried = {"dearer": 0, "broken": 0}
    for model, choices, best in knapsacks(20, 24):
        found = search.search(model, canonical=False)
        objective, everything = found.objective - model.constant, np.ones(model.n_arcs, dtype=bool)
        loose = replace(found.relaxed, priced=Priced(found.relaxed.priced.bound, np.zeros(model.n_arcs, dtype=np.int64), model.scale))
        part = relax.restrict(model, everything)
        dearer = next((c for c in choices if c.keeps and c.objective > best.objective), None)
        cheaper = next((c for c in choices if not c.keeps and c.objective == best.objective and len(faults_of(model, c.arcs, completed(model, c.arcs)))), None)
        for name, other in (("dearer", dearer), ("broken", cheaper)):
            if other is not None:
                values = np.concatenate([np.isin(part.arcs, other.arcs), other.extras]).astype(float)
                monkeypatch.setattr(search, "solve_whole", Wrong(lambda _, values=values: values))
                assert search._canonical(model, loose, found.arcs, objective, None).tolist() == found.arcs.tolist()
                tried[name] += 1
        monkeypatch.setattr(search, "solve_whole", Wrong(lambda _: None))
        assert search._canonical(model, loose, found.arcs, objective, None).tolist() == found.arcs.tolist()
        monkeypatch.undo()
    assert min(tried.values()) > 0


def test_a_relaxation_that_is_cut_off_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_model(np.random.default_rng(30))
    for status, feasible in (("unknown", True), ("limit", True), ("infeasible", False)):
        monkeypatch.setattr(relax, "solve_linear", lambda *_, status=status: Answer(status, None, None, 0.0, 0.0))
        found = relax.relax(model)
        assert (found.feasible, found.finished) == (feasible, False)
        assert found.duals.tolist() == [0] * len(model.low)
        assert found.priced.bound == weak_bound(model, found.duals, model.scale)[0] * model.scale
    monkeypatch.undo()
    late = relax.relax(model, -math.inf)
    assert late.duals.tolist() == [0] * len(model.low) or late.finished
    hinted = replace(model, hint=np.where(np.arange(len(model.low)) == 0, -3, 0))
    monkeypatch.setattr(relax, "solve_linear", lambda *_: Answer("limit", None, None, 0.0, 0.0))
    assert relax.relax(hinted).duals.tolist() == [-3 * model.scale, *[0] * (len(model.low) - 1)]


def test_row_duals_of_large_costs_are_in_their_own_units() -> None:
    """The same model with costs a millionfold: handed over scaled down, the duals come back scaled up, and bound as well."""
    tried = 0
    for model, _, _ in knapsacks(10, 40):
        large = replace(model, cost=model.cost * 10**6, extra_cost=model.extra_cost * 10**6)
        allowed, zero = np.ones(model.n_arcs, dtype=bool), np.zeros(len(model.low), dtype=np.int64)
        small = prove.Linear(model, allowed, 10**9).solve(allowed, zero, 10**9)
        found = prove.Linear(large, allowed, 10**12).solve(allowed, zero, 10**12)
        assert found[1] / 10**6 == pytest.approx(small[1], abs=model.scale)
        assert found[2] is not None
        tried += 1
    assert tried > 4


def test_whole_relaxations_are_plans_and_staying_may_be_one() -> None:
    seen = {"whole": 0, "broken": 0, "stays": 0, "cannot": 0}
    for k in range(30):
        model = random_model(np.random.default_rng([25, k]), knowledge=bool(k % 2), weights=bool(k % 3))
        best, found = best_of(choices_of(model)), relax.relax(model)
        stays = next(c for c in choices_of(model) if c.arcs.tolist() == model.stay.tolist())
        staying = search._staying(model)
        assert (staying is not None) == stays.keeps
        assert staying is None or staying.tolist() == model.stay.tolist()
        seen["stays" if stays.keeps else "cannot"] += 1
        assert search._staying(replace(model, stay=np.where(np.arange(model.n_people) == 1, -1, model.stay))) is None
        if not found.feasible:
            continue
        arcs = search._whole(model, found)
        values = found.answer.values[: len(found.program.arcs)]
        if arcs is None:
            assert best is None or np.abs(values - np.rint(values)).max(initial=0) > 1e-7 or prove.bound_of(found.priced) < best.objective - model.constant
            seen["broken"] += 1
        else:
            assert objective_of(model, arcs, completed(model, arcs)) == best.objective
            assert search._whole(model, replace(found, finished=False)) is None
            assert search._whole(model, replace(found, answer=replace(found.answer, values=None))) is None
            low = replace(found, priced=replace(found.priced, bound=found.priced.bound - 2 * model.scale))
            assert search._whole(model, low) is None, "the bound does not reach it"
            seen["whole"] += 1
    assert min(seen.values()) > 2


def test_loads_are_packed_where_the_relaxation_is_not_whole() -> None:
    rng, kinds, higher = np.random.default_rng(26), set(), 0
    for weights in (1, None):
        for _ in range(10):
            n, m = 5, 3
            frame = pd.DataFrame({"person": np.repeat(np.arange(n), m), "position": np.tile(np.arange(m), n), "cost": rng.integers(1, 30, n * m), "weight": weights or rng.integers(3, 9, n * m)})
            model = Problem.from_pairs(frame, dict.fromkeys(range(m), 2 if weights else 11)).model
            found = relax.relax(model)
            if not found.feasible:
                continue
            packing = search._packing(model, found)
            assert (packing is None) == (search._whole(model, found) is not None)
            kinds.add((weights, packing is None))
            if packing is not None:
                first = search._first_proof(found)
                made = search._packed_proof(packing, model, found, first)
                assert [(n.arc, n.within, n.without, n.bound) for n in made.nodes] == [(-1, 0, 0, made.bound)]
                assert made.bound >= first.bound
                higher += made.bound > first.bound
                assert search._proof(model, found, packing, first, first.bound + 1, None).kind == "linear", "row duals are followed by row duals"
                assert made.bound == (prove.units(packing.priced(made.root, np.ones(model.n_arcs, dtype=bool)), packing.scale) if made.kind == "knapsack" else first.bound)
            assert search._packing(random_model(rng), replace(found, finished=False)) is None
    assert {(1, True), (None, False)} <= kinds
    assert higher > 0, "loads bound better than rows"


@pytest.mark.parametrize("objective", [0, 1, -1, 2, -3])
def test_an_allowed_gap_is_kept_also_by_small_objectives(objective: int) -> None:
    loose = 0
    for model, _, best in knapsacks(14, 27):
        moved = replace(model, constant=model.constant - best.objective + objective)
        for gap in (0.0, 0.3, 0.6, 0.95):
            found = search.search(moved, gap=gap, canonical=False)
            assert found.bound <= objective <= found.objective
            if found.proof.bound + moved.constant < found.objective:
                assert found.objective - found.bound <= gap * max(1, abs(found.objective))
                loose += 1
    assert loose > 0 or abs(objective) < 2


@pytest.mark.parametrize("thresholds", [{"small": 0}, {"small": 0, "first": 0.0}, {"small": 6, "each": 1, "first": 0.0}])
def test_plans_far_above_the_relaxation_are_found_and_proved(monkeypatch: pytest.MonkeyPatch, thresholds: dict) -> None:
    tight(monkeypatch, **thresholds)
    short = 0
    for model, _, best in knapsacks(24, 28):
        found = search.search(model)
        assert (found.objective, found.bound) == (best.objective, best.objective)
        assert objective_of(model, found.arcs, completed(model, found.arcs)) == best.objective
        short += found.relaxed.priced.bound < (best.objective - model.constant - 3) * model.scale
        for node in found.proof.nodes:
            assert (node.arc == -1, node.within, node.without) == (True, 0, 0) if node.duals is not None else node.within == node.without - 1
    assert short > 3


@pytest.mark.parametrize("slack", [0.0, 3e-4])
@pytest.mark.parametrize("coarse", [1, 6])
def test_edited_models_whose_best_plan_is_far_above_the_relaxation(monkeypatch: pytest.MonkeyPatch, slack: float, coarse: int) -> None:
    """Coarse costs have many plans that differ by one unit."""
    monkeypatch.setattr(resolve, "FIRST_SLACK", slack)
    rng = np.random.default_rng(29)
    for given, _, _ in knapsacks(24, 29):
        model = replace(given, cost=given.cost // coarse, extra_cost=given.extra_cost // coarse)
        choices = choices_of(model)
        best = best_of(choices)
        good = relax.relax(model).duals
        allowed = rng.random(model.n_arcs) < 0.8
        allowed[model.start[:-1]] = True
        for given in ({}, {"duals": good}, {"duals": good, "kept": np.zeros(model.n_arcs, dtype=bool)}):
            found, _ = resolve.solve_edited(model, **given)
            assert objective_of(model, found, completed(model, found)) == best.objective
            some, _ = resolve.solve_edited(model, allowed, **given)
            wanted = best_of(choices, allowed)
            assert (some is None) == (wanted is None)
            assert some is None or objective_of(model, some, completed(model, some)) == wanted.objective


# --- the relaxation, round by round -----------------------------------------------------------------------------------


def test_arcs_to_begin_with(monkeypatch: pytest.MonkeyPatch) -> None:
    rng = np.random.default_rng(31)
    for k in range(12):
        model = random_model(np.random.default_rng([31, k]), people=6, cells=5, stays=bool(k % 3))
        for small in (model.n_arcs, model.n_arcs + 1):
            monkeypatch.setattr(relax, "SMALL", small)
            assert relax._first(model, None, None).all(), "no more arcs than are small: all of them"
        monkeypatch.setattr(relax, "SMALL", 8)
        reduced, begin = rng.integers(0, 6, model.n_arcs), rng.random(model.n_arcs) < 0.2
        for priced, given in itertools.product((None, Priced(0, reduced)), (None, begin)):
            worth = price(model, model.hint * model.scale, model.scale).reduced if priced is None else reduced
            most = max(2 * model.n_people, 2) if priced is None else 2
            sure = {int(s) for s in model.stay if s >= 0} | {int(a) for a in np.flatnonzero(worth == 0)} | (set(np.flatnonzero(begin).tolist()) if given is not None else set())
            others = sorted((a for a in range(model.n_arcs) if a not in sure), key=lambda a: (worth[a], a))[:most]
            before = begin.copy()
            assert set(np.flatnonzero(relax._first(model, given, priced)).tolist()) == sure | set(others)
            assert begin.tolist() == before.tolist()


def test_how_near_a_bound_has_to_come(monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_model(np.random.default_rng(32))
    largest = float(np.abs(model.cost).max())
    for large, wanted in ((model.n_arcs, 1.0), (model.n_arcs - 1, max(1.0, 0.5 * largest))):
        monkeypatch.setattr(relax, "LARGE", large)
        monkeypatch.setattr(relax, "NEAR", 0.5)
        assert relax._near(model) == wanted
    monkeypatch.setattr(relax, "NEAR", 1e-9)
    assert relax._near(model) == 1.0


def test_a_carried_basis_is_that_of_a_feasible_point_of_the_next_program() -> None:
    """Status by status; where nothing is new it is the old one, and the simplex method has nothing to do."""
    rng, carried = np.random.default_rng(33), 0
    for k in range(25):
        model = random_model(np.random.default_rng([33, k]), people=6, cells=4)
        kept = rng.random(model.n_arcs) < 0.6
        kept[model.start[:-1] + (np.diff(model.start) > 1)] = True
        old = relax.restrict(model, kept)
        answer = solve_linear(old.program)
        if answer.status != "optimal":
            continue
        same = relax._carried(model, old, answer, old)
        if len(old.arcs) and answer.basis is not None:
            assert same is not None
            assert same.columns.tolist() == answer.basis.columns.tolist()
            assert same.rows.tolist() == answer.basis.rows.tolist()
        assert relax._carried(model, old, replace(answer, basis=None), old) is None
        wider = relax.restrict(model, np.ones(model.n_arcs, dtype=bool))
        basis = relax._carried(model, old, answer, wider)
        if basis is None or answer.basis is None:
            continue
        carried += 1
        assert int((basis.columns == 1).sum() + (basis.rows == 1).sum()) == len(wider.program.row_low) == len(basis.rows)
        assert len(basis.columns) == len(wider.program.cost)
        status = dict(zip(wider.arcs.tolist(), basis.columns.tolist(), strict=False))
        for at, arc in enumerate(old.arcs.tolist()):
            assert status[arc] == answer.basis.columns[at]
        assert all(status[a] == 1 for a in old.settled.tolist() if a in status), "whoever gets a choice stays"
        assert all(status[a] == 0 for a in status if a not in set(old.arcs.tolist()) | set(old.settled.tolist())), "new arcs are empty"
        again, fresh = solve_linear(wider.program, basis=basis), solve_linear(wider.program)
        assert again.objective == pytest.approx(fresh.objective)
    assert carried > 8


def test_duals_that_are_tried_in_turn() -> None:
    model = random_model(np.random.default_rng(2), knowledge=False, sides=False)
    made, raw = network.network_of(model, model.scale), np.arange(len(model.low)) * 7 - 9
    assert [t.tolist() for t in relax._trials(None, raw, None, None)] == [raw.tolist()]
    best = np.arange(len(model.low)) * 4, Priced(0, raw)
    middle = ((best[0] + raw) // 2).tolist()
    assert [t.tolist() for t in relax._trials(made, raw, best, None)] == [made.best(raw).tolist(), middle, raw.tolist()]
    assert [t.tolist() for t in relax._trials(made, raw, None, None)] == [made.best(raw).tolist(), raw.tolist()]
    assert [t.tolist() for t in relax._trials(None, raw, best, None)] == [raw.tolist()]


def test_the_bound_only_rises_while_arcs_come_in() -> None:
    rng, none = np.random.default_rng(34), 0
    for k in range(30):
        model = random_model(np.random.default_rng([34, k]), people=5, cells=4)
        everything = np.ones(model.n_arcs, dtype=bool)
        kept = rng.random(model.n_arcs) < 0.3
        kept[model.start[:-1]] = True
        before, best = kept.copy(), relax.relax(model)
        low = price(model, np.zeros(len(model.low), dtype=np.int64), model.scale, everything)
        for given in (low, best.priced):
            priced, arcs = resolve.tightened(model, everything, kept, given)
            assert kept.tolist() == before.tolist()
            assert (arcs is None) == (not best.feasible)
            if arcs is None:
                none += 1
                continue
            assert arcs[kept].all()
            assert priced.bound >= given.bound
            assert priced.bound / model.scale > best.priced.bound / model.scale - 1.5
    assert none > 2


# --- networks and groups ----------------------------------------------------------------------------------------------


def test_people_flow_into_cells_and_out_of_them() -> None:
    """Whoever has no choice is in the cell as well; what a cell holds goes on to its columns, and what must be filled first comes first."""
    rng, settled, musts = np.random.default_rng(35), 0, 0
    for k in range(40):
        model = random_model(np.random.default_rng([35, k]), people=6, cells=3, sides=False, knowledge=bool(k % 2))
        cells = np.flatnonzero([n.startswith("isi|") for n in model.names])
        if k % 4 == 3:
            low = model.low.copy()
            low[cells] = rng.integers(0, 2, len(cells))
            model = replace(model, low=low, high=np.where(np.arange(len(low)) < len(cells), low, model.high))
        made = network.network_of(model, model.scale)
        if made is None:
            continue
        duals = np.zeros(len(model.low), dtype=np.int64)
        best = made.best(duals)
        n, order = len(made.arcs), len(made.order)
        flow, source = made.tree.flow, made.tree.source
        rows = dense(model.arcs, len(model.low))
        alone = np.flatnonzero(np.diff(model.start) == 1)
        inside = rows[np.ix_(cells, made.arcs)] @ flow[:n] + rows[np.ix_(cells, model.start[alone])].sum(axis=1)
        first = int(source[n:].min())
        out = np.bincount(source[n:] - first, weights=flow[n:], minlength=len(cells))[: len(cells)]
        assert inside.tolist() == out.tolist()
        assert ((flow[n : n + order] >= 0) & (flow[n : n + order] <= made.tree.room[n : n + order])).all()
        settled += len(alone) > 0 and bool(rows[cells[0], model.start[alone]].any())
        musts += made.n_must > 0
        mine = price(model, best, model.scale).bound
        for _ in range(20):
            trial = best.copy()
            trial[cells] += rng.integers(-40, 41, len(cells)) * rng.choice([1, 7, 64])
            assert price(model, trial, model.scale).bound <= mine
        fill = np.empty(order, dtype=np.int64)
        fill[made.order] = flow[n : n + order]
        must, held = np.flatnonzero(model.low[cells] > 0), fill[len(made.columns) :]
        assert (held == np.minimum(model.low[cells[must]], inside[must])).all()
        if (inside >= model.low[cells]).all() and made.tree.overflow == 0:
            value = int(model.cost[model.start[alone]].sum()) + int((model.cost[made.arcs] * flow[:n]).sum()) + int((model.extra_cost[made.columns] * fill[: len(made.columns)]).sum())
            assert network._value(made, duals) == (value - int(model.cost[model.start[alone]].sum())) * model.scale
    assert min(settled, musts) > 3


def test_the_cheapest_arc_of_everybody() -> None:
    cost = np.array([3, 1, 1, 5, 2, 2, 7])
    assert network._cheapest(cost, np.array([0, 3, 4])).tolist() == [1, 3, 4]
    assert network._cheapest(np.array([4]), np.array([0])).tolist() == [0]


def random_groups(rng: np.random.Generator, budget: int) -> grouped.Groups:
    n, m = int(rng.integers(2, 6)), int(rng.integers(3, 6))
    number = rng.integers(1, 6, n)
    group, cell = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    stay = np.arange(n) * m + rng.integers(0, m, n)
    cost = rng.integers(0, 12, n * m)
    cost[stay] = 0
    settled, total = rng.integers(0, 3, m), int(number.sum())
    segment_cost = np.sort(rng.integers(-40, 40, (m, 3)), axis=1).ravel()
    room = np.column_stack([rng.integers(1, 3, m), rng.integers(1, 3, m), np.full(m, total + 3)]).ravel()
    return grouped.Groups(number, group, cell, cost, stay, settled, np.zeros(m, dtype=np.int64), np.repeat(np.arange(m), 3), room, segment_cost, budget)


def filled_of(g: grouped.Groups, flow: np.ndarray) -> np.ndarray:
    """People of every segment when cells fill theirs in order."""
    held = g.settled + np.bincount(g.cell, weights=flow, minlength=len(g.settled)).astype(np.int64) - g.least
    out = []
    for c in range(len(held)):
        left = held[c]
        for s in np.flatnonzero(g.segment_cell == c):
            out.append(min(left, g.segment_room[s]))
            left -= out[-1]
    return np.array(out)


def cost_of(g: grouped.Groups, flow: np.ndarray) -> int:
    return g.constant + int((g.cost * flow).sum()) + int((g.segment_cost * filled_of(g, flow)).sum())


def test_what_is_left_of_a_budget_goes_to_moves_that_gain() -> None:
    """From nobody moves: the cost told is that of the flow, and it ends where the budget does or where no single move gains."""
    rng, ends = np.random.default_rng(36), {"budget": 0, "gain": 0}
    for _ in range(60):
        g = random_groups(rng, int(rng.integers(0, 12)))
        flow = np.zeros(len(g.group), dtype=np.int64)
        flow[g.stay] = g.number
        start = cost_of(g, flow)
        plan = grouped.GroupedPlan(flow, start, start - 10**6, 0, 0, np.zeros(len(g.settled), dtype=np.int64), 0)
        found = grouped._topped_up(g, plan, filled_of(g, flow), 0.0, start - 10**6)
        assert (found.flow >= 0).all()
        assert np.bincount(g.group, weights=found.flow).tolist() == g.number.tolist()
        assert found.objective == cost_of(g, found.flow) <= start
        assert found.moves == found.flow[g.moves].sum() <= g.budget
        if found.moves < g.budget:
            for k in np.flatnonzero(g.moves):
                home = g.stay[g.group[k]]
                if found.flow[home] > 0 and g.cell[home] != g.cell[k]:
                    other = found.flow.copy()
                    other[[k, home]] += [1, -1]
                    assert cost_of(g, other) >= found.objective
            ends["gain"] += 1
        else:
            ends["budget"] += 1
        kept = grouped._topped_up(g, plan, filled_of(g, flow), 0.0, start)
        assert (kept.objective, kept.moves) == (start, 0), "a plan that is good enough is left as it is"
    assert min(ends.values()) > 5


def test_margins_of_cells_are_their_next_and_last_person() -> None:
    rng = np.random.default_rng(37)
    for _ in range(20):
        g = random_groups(rng, 3)
        flow = np.zeros(len(g.group), dtype=np.int64)
        flow[g.stay] = g.number
        filled = filled_of(g, flow)
        come, come_at, go, go_at = grouped._margins(g, filled)
        for c in range(len(g.settled)):
            mine = np.flatnonzero(g.segment_cell == c)
            room, used = [s for s in mine if filled[s] < g.segment_room[s]], [s for s in mine if filled[s] > 0]
            assert (come[c], come_at[c]) == (g.segment_cost[room[0]], room[0])
            assert (go[c], go_at[c]) == ((g.segment_cost[used[-1]], used[-1]) if used else (-(2**50), 0))
    full = replace(g, segment_room=filled_of(g, flow))
    assert (grouped._margins(full, full.segment_room)[0] == 2**50).all()


def test_the_price_of_a_budget_is_where_its_bound_is_greatest() -> None:
    rng, bought = np.random.default_rng(38), 0
    for _ in range(30):
        g = random_groups(rng, int(rng.integers(0, 4)))
        plan = grouped.solve_groups(g)
        every = grouped._Search(g)
        for cost in range(90):
            every.at(cost)
        assert plan.bound <= plan.objective
        assert plan.bound == plan.objective or plan.bound >= every.bound
        assert plan.objective <= every.best.objective
        assert cost_of(g, plan.flow) == plan.objective
        assert (plan.flow >= 0).all()
        bought += plan.price > 0
    assert bought > 8


def test_cells_that_must_be_filled_and_what_they_lack() -> None:
    """Two groups of two and three cells, of which the last must hold three: two come from wherever it is cheaper."""
    least = np.array([0, 0, 3])
    g = grouped.Groups(np.array([2, 2]), np.array([0, 0, 1, 1]), np.array([0, 2, 1, 2]), np.array([0, 4, 0, 1]), np.array([0, 2]), np.array([0, 0, 1]), least, np.array([0, 1, 2]), np.array([9, 9, 9]), np.array([0, 0, 50]), 9)
    plan = grouped.solve_groups(g)
    assert (plan.flow.tolist(), plan.objective) == ([2, 0, 0, 2], 2)
    search_ = grouped._Search(replace(g, least=np.array([0, 0, 6])))
    search_.at(0)
    assert search_.empty == 1
    assert grouped._Search(g).at(0) == (2, 2)


def test_people_of_a_group_go_by_their_order_and_moves_first() -> None:
    g = grouped.Groups(np.array([3, 1]), np.array([0, 0, 0, 1, 1]), np.array([0, 1, 2, 0, 2]), np.zeros(5, dtype=np.int64), np.array([1, 3]), *np.zeros((2, 3), dtype=int), np.arange(3), np.full(3, 9), np.zeros(3, dtype=np.int64), 9)
    plan = grouped.GroupedPlan(np.array([1, 1, 1, 0, 1]), 0, 0, 3, 0, np.zeros(3), 0)
    assert grouped.people_of(g, plan, np.array([0, 1, 0, 0]), np.array([5, 0, 4, 4])).tolist() == [1, 2, 0, 2]


# --- packing and proofs -----------------------------------------------------------------------------------------------


def packed_model(seed: int) -> Model:
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({"person": np.repeat(np.arange(5), 3), "position": np.tile(np.arange(3), 5), "cost": rng.integers(1, 40, 15), "weight": rng.integers(2, 8, 15)})
    return Problem.from_pairs(frame, dict.fromkeys(range(3), 9)).model


def test_loads_are_known_once_and_closed_where_an_arc_may_not_be_taken() -> None:
    closed = 0
    for seed in range(6):
        model = packed_model(seed)
        packing = knapsack.Packing(model, knapsack.loads_of(model))
        allowed = np.ones(model.n_arcs, dtype=bool)
        _, _, values = packing.solve(allowed, np.zeros(5, dtype=np.int64), 10**6)
        assert all(len(c) for c in packing.columns)
        assert len({c.tobytes() for c in packing.columns}) == len(packing.columns)
        lp = packing.solver.getLp()
        assert lp.num_col_ == 5 + len(packing.columns)
        dear = float(np.abs(model.cost).max()) * 6
        assert list(lp.col_cost_[:5]) == [dear] * 5
        for column, cost in zip(packing.columns, lp.col_cost_[5:], strict=True):
            assert cost == model.cost[column].sum()
        assert values is not None
        assert np.bincount(model.person, weights=values) == pytest.approx(np.ones(5))
        for arc in range(0, 15, 4):
            some = allowed.copy()
            some[arc] = False
            packing._close(some)
            upper = packing.solver.getLp().col_upper_
            assert all(math.isinf(u) for u in upper[:5])
            assert [u > 0 for u in upper[5:]] == [arc not in c for c in packing.columns]
            closed += sum(arc in c for c in packing.columns)
        packing._close(allowed)
        assert all(math.isinf(u) for u in packing.solver.getLp().col_upper_)
        fresh = knapsack.Packing(model, knapsack.loads_of(model))
        fresh._close(allowed)
        assert fresh.solver.getLp().num_col_ == 5
    assert closed > 10


class Scripted:
    """Bounds of parts by how many arcs they have."""

    kind, scale, tries = "linear", 10, 1

    def __init__(self, known: int, own: int, values: np.ndarray | None) -> None:
        self.known, self.own, self.values, self.solved = known, own, values, 0

    def priced(self, duals: np.ndarray, allowed: np.ndarray) -> int:
        """The same of every part."""
        return self.known

    def solve(self, allowed: np.ndarray, start: np.ndarray, target: int) -> tuple[np.ndarray, int, np.ndarray | None]:
        """New duals."""
        self.solved += 1
        return start + 1, self.own, self.values


def test_parts_are_solved_only_below_the_target_and_keep_the_better_duals(monkeypatch: pytest.MonkeyPatch) -> None:
    model = random_model(np.random.default_rng(1), people=3, cells=4)
    allowed, zero = np.ones(model.n_arcs, dtype=bool), np.zeros(len(model.low), dtype=np.int64)
    for known, own, solved, bound, new in ((100, 0, 0, 10, False), (91, 0, 0, 10, False), (90, 100, 1, 10, True), (90, 81, 1, 9, True), (90, 80, 1, 9, False), (30, 40, 1, 5, False)):
        bounder = Scripted(known, own, np.zeros(model.n_arcs))
        (node,) = prove.branch(model, bounder, allowed, zero, 5, 10, None)
        assert (bounder.solved, node.bound, node.arc, node.within, node.without) == (solved, bound, -1, 0, 0)
        assert bool((node.duals == 1).all()) == new
    half = np.zeros(model.n_arcs)
    half[int(model.start[0])] = 0.5
    monkeypatch.setattr(prove, "MOST_LEAVES", 3)
    nodes = prove.branch(model, Scripted(10, 20, half), allowed, zero, 1, 10, None)
    assert sum(n.arc < 0 for n in nodes) == 4, "no part is split once there are three"
    assert all((n.duals is None) == (n.arc >= 0) for n in nodes)
    assert all(n.bound == 0 for n in nodes if n.duals is None)
    late = prove.branch(model, Scripted(90, 95, half), allowed, zero, 1, 10, -math.inf)
    assert [(n.arc, n.bound) for n in late] == [(-1, 1)], "after the deadline a part keeps the bound it has"


def test_shares_within_a_millionth_of_whole_are_whole() -> None:
    model = random_model(np.random.default_rng(1), people=3, cells=4)
    allowed, zero, bounder = np.ones(model.n_arcs, dtype=bool), np.zeros(len(model.low), dtype=np.int64), Scripted(0, 0, None)
    for value, split in ((1e-6, False), (1 - 1e-6, False), (2e-6, True), (1 - 2e-6, True), (0.0, False), (1.0, False)):
        values = np.zeros(model.n_arcs)
        values[2] = value
        assert prove._pick(model, bounder, allowed, zero, 0, 9, values) == (2 if split else -1)


def test_rays_of_infeasible_parts_prove_any_target() -> None:
    """All of three people in one cell that holds two: the part is closed by duals, whatever is to be proved."""
    arcs = entries_of(np.arange(6), np.array([0, 1] * 3), np.ones(6, dtype=np.int64), 6)
    model = Model(np.repeat(np.arange(3), 2), np.arange(0, 7, 2), np.arange(6), np.arange(0, 6, 2), arcs, NONE, NONE, NONE, entries_of(NONE, NONE, NONE, 0), np.full(2, -FREE), np.array([2, 3]), ("a", "b"), 0, np.ones(6, dtype=np.int64), np.zeros(2, dtype=np.int64))
    allowed = np.array([True, False] * 3)
    for target in (5, 1000, 10**7):
        bounder = prove.Linear(model, np.ones(6, dtype=bool), target)
        duals, scaled, values = bounder.solve(allowed, np.zeros(2, dtype=np.int64), target)
        assert values is None
        assert prove.units(scaled, model.scale) >= target
        assert scaled == weak_bound(model, duals, model.scale, allowed)[0] * model.scale


def test_of_two_arcs_the_product_of_what_their_parts_gain_decides() -> None:
    """(1 + 5) (1 + 3) = 24 beats (1 + 10) (1 + 1) = 22, though the second gains more in sum."""
    model = random_model(np.random.default_rng(1), people=3, cells=4)
    allowed, values = np.ones(model.n_arcs, dtype=bool), np.zeros(model.n_arcs)
    one, two = int(model.start[0]), int(model.start[1])
    values[[one, two]] = 0.5
    bounds = {(one, True): 15, (one, False): 13, (two, True): 20, (two, False): 11}

    class Parts(Scripted):
        tries = 2

        def solve(self, allowed: np.ndarray, start: np.ndarray, target: int) -> tuple[np.ndarray, int, np.ndarray | None]:
            arc = next(a for a in (one, two) if not allowed[a] or not allowed[model.person == model.person[a]].all())
            return start, bounds[arc, bool(allowed[arc])] * self.scale, None

    assert prove._pick(model, Parts(0, 0, None), allowed, np.zeros(len(model.low), dtype=np.int64), 10, 20, values) == one


def test_no_price_of_a_budget_that_is_kept_anyway() -> None:
    for most in (3, 4):
        asked: list[int] = []

        def at(cost: int, asked: list[int] = asked) -> tuple[int, int, np.ndarray]:
            asked.append(cost)
            return 5, 3, np.array([cost])

        assert network._tangents(at, most, 64).tolist() == [0]
        assert asked == [0]


# --- plans ------------------------------------------------------------------------------------------------------------


def test_costs_with_decimals_are_told_without_the_noise_of_floats() -> None:
    pairs = pd.DataFrame({"person": list("abc"), "position": list("xyz"), "cost": [0.1, 0.2, 0.7]})
    plan = solve(Problem.from_pairs(pairs, dict.fromkeys("xyz", 1)))
    assert (plan.objective, plan.bound, plan.terms) == (1.0, 1.0, {"cost": 1.0})
    two = solve(Problem.from_pairs(pairs.iloc[:2], dict.fromkeys("xyz", 1)))
    assert (two.objective, two.bound) == (0.3, 0.3)
    assert len(plan.moves) == 0
    assert plan.moves.columns.tolist() == ["person", "position"]


@pytest.mark.parametrize("given", [{"time_limit": 0}, {"time_limit": -1.0}, {"time_limit": math.nan}, {"gap": -0.1}, {"gap": math.inf}, {"gap": math.nan}])
def test_limits_that_mean_nothing_are_refused(given: dict) -> None:
    problem = Problem.from_pairs(pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [1.0]}), {"x": 1})
    with pytest.raises(InputError):
        solve(problem, **given)
    assert solve(problem, time_limit=1e-9).objective == solve(problem, gap=0.0, time_limit=math.inf).objective == 1.0


def test_overflow_of_a_seat_class_counts_in_the_deviation_of_its_opd() -> None:
    """Two people whose only seat holds one: the second adds one to what the OPD may deviate by as well, 8 and 4 points of trouble."""
    arcs = entries_of(np.arange(2), np.zeros(2, dtype=np.int64), np.ones(2, dtype=np.int64), 2)
    zero, one = np.zeros(1, dtype=np.int64), np.ones(1, dtype=np.int64)
    for grain, most, wanted in ((1, 1, {0: 1.0, 1: 1.0}), (10, 10, {0: 1.0, 1: 1.0}), (10, 15, {0: 1.0, 1: 0.5}), (1, 2, {0: 1.0})):
        extras = entries_of(np.zeros(2, dtype=np.int64), np.arange(2), np.array([-1, grain]), 1)
        model = Model(np.arange(2), np.arange(3), np.zeros(2, dtype=np.int64), np.arange(2), arcs, zero, one, zero, extras, np.array([0, -FREE]), np.array([0, most]), ("isi|s", "opd|o"), 0, np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64))
        program = elastic(Problem(model, pd.Index(["a", "b"]), pd.Index(["s"]), np.zeros(2, dtype=np.int64), Terms({}), 1))
        assert [(i.name, i.seats, i.limit) for i in program.items] == [("isi|s", ("s",), 1.0), ("opd|o", (), float(most))]
        assert program.solve(set()) == pytest.approx(wanted)
        assert program.solve({0}) is None
    extras = entries_of(np.zeros(3, dtype=np.int64), np.arange(3), np.array([-1, 1, 10]), 1)
    model = Model(np.arange(2), np.arange(3), np.zeros(2, dtype=np.int64), np.arange(2), arcs, zero, one, zero, extras, np.array([0, -FREE, -FREE]), np.array([0, 1, 10]), ("isi|s", "opd|o", "opd|p"), 0, np.ones(2, dtype=np.int64), np.zeros(3, dtype=np.int64))
    two = elastic(Problem(model, pd.Index(["a", "b"]), pd.Index(["s"]), np.zeros(2, dtype=np.int64), Terms({}), 1))
    assert two.solve(set()) == {0: 1.0, 1: 1.0, 2: 1.0}, "each by its own grain"


def test_a_plan_that_may_be_dearer_says_by_how_much() -> None:
    """One whose bound reaches its objective is proved and has no gap; costs in hundredths are told in points."""
    pairs = pd.DataFrame({"person": list("ab"), "position": list("xy"), "cost": [1.25, 2.5]})
    problem = Problem.from_pairs(pairs, dict.fromkeys("xy", 1))
    found = search.search(problem.model)
    for less, gap, status in ((0, 0.0, "optimal"), (75, 0.2, "feasible"), (-1, 0.0, "optimal")):
        plan = plan_of(problem, replace(found, bound=found.objective - less))
        assert (plan.objective, plan.gap, plan.status) == (3.75, pytest.approx(gap), status)
        assert plan.bound == (3.75 if less <= 0 else 3.0)
        assert plan.certificate["bound"] == found.objective - less


def test_branches_are_told_by_person_and_seat() -> None:
    nodes = (prove.Node(2, 1, 2, None, 0), prove.Node(-1, 0, 0, np.array([0, -5]), 3), prove.Node(-1, 0, 0, np.array([-7, 0]), 4))
    pairs = pd.DataFrame({"person": list("aabb"), "position": list("xyxy"), "cost": [1, 2, 3, 4]})
    problem = Problem.from_pairs(pairs, {"x": 1, "y": 1})
    found = search.search(problem.model)
    for kind, names in (("linear", ("capacity|x", "capacity|y")), ("knapsack", ("a", "b"))):
        told = plan_of(problem, replace(found, proof=prove.Proof(3, kind, 64, 5, np.array([-7, 0]), nodes))).certificate
        assert told["branches"] == [{"within": 1, "without": 2, "person": "b", "seat": "x"}, {"duals": {names[0]: 0, names[1]: -5}}, {"duals": {}}]
        assert (told["kind"], told["duals"], told["target"], told["scale"], told["per_unit"]) == (kind, {names[0]: -7}, 5, 64, 1)


def test_nothing_is_told_of_plans_where_there_is_none() -> None:
    """Weights of 3 and 2 in places of 1 and 2, which the relaxation refuses as well, and of 2.5 and 2.9, which it does not."""
    pairs = pd.DataFrame({"person": list("aabb"), "position": list("xyxy"), "cost": [1, 2, 3, 4], "weight": [3, 3, 2, 2]})
    for capacity in ({"x": 1, "y": 2}, {"x": 2.5, "y": 2.9}):
        model = Problem.from_pairs(pairs, capacity).model
        found = search.search(model)
        assert best_of(choices_of(model)) is None
        assert (found.arcs, found.objective, found.feasible) == (None, 0, False)
        assert found.bound == found.proof.bound
        moved = search.search(replace(model, constant=50))
        assert moved.bound == found.bound + 50


def test_a_plan_as_html_tells_its_gap_in_percent() -> None:
    frame = pd.DataFrame({"pegawai_id": ["a", "b"], "jabatan_id": ["x", "y"]})
    shown = Plan(frame, frame.iloc[:1], 200.0, 195.0, 0.025, "feasible", {"beban": 150.0, "pindah": 50.0})._repr_html_()
    for part in ("200,000", "195,000", "2,5000%", "150,000", "50,000"):
        assert part + "<" in shown
    assert shown.index("150,000") < shown.index("50,000", shown.index("150,000") + 3)


def test_items_that_give_way_name_their_people_and_seats() -> None:
    names = ("konflik|P1|P2|U7", "kelompok|0", "anggaran|pindah")
    arcs = entries_of(np.zeros(3, dtype=np.int64), np.arange(3), np.ones(3, dtype=np.int64), 1)
    one = np.ones(1, dtype=np.int64)
    model = Model(one - 1, np.array([0, 1]), one, one - 1, arcs, NONE, NONE, NONE, entries_of(NONE, NONE, NONE, 0), np.array([-FREE, 2, -FREE]), np.array([1, FREE, 5]), names, 0, one, np.zeros(3, dtype=np.int64))
    items = elastic(Problem(model, pd.Index(["P1"]), pd.Index(["s"]), one - 1, Terms({}), 1)).items
    assert [(i.name, i.kind, i.people, i.seats, i.limit, i.per_unit) for i in items] == [(names[0], "konflik", ("P1", "P2"), (), 1.0, 1.0), (names[1], "kelompok", (), (), 2.0, 1.0), (names[2], "anggaran", (), (), 5.0, 1.0)]
    assert simplex.ENDLESS > 2**50
