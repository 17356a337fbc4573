"""Pairs as they come: signs, sizes and shapes of costs, forbidden pairs, more people than places, nobody at all."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

from mutasi_toolkit.assignment import Problem, solve, verify
from mutasi_toolkit.errors import InfeasibleError, InputError

#: Costs that need more than 12 decimals or 46 bits are rounded in the model; the plan's cost is added up from the given ones.
SHARE = 1e-12


def _square(cost: np.ndarray) -> pd.DataFrame:
    i, j = np.nonzero(np.isfinite(cost))
    return pd.DataFrame({"person": i, "position": j, "cost": cost[i, j]})


@pytest.mark.parametrize("scale", [1, -1, 1e-6, 1e12, 1 / 3])
@pytest.mark.parametrize("shape", [(12, 12), (9, 14)])
def test_costs_of_any_sign_and_size_agree_with_scipy(scale: float, shape: tuple[int, int]) -> None:
    cost = np.random.default_rng(shape).integers(1, 60, shape) * scale
    pairs, limits = _square(cost), dict.fromkeys(range(shape[1]), 1)
    plan = solve(Problem.from_pairs(pairs, limits))
    rows, columns = linear_sum_assignment(cost)
    best = math.fsum(cost[rows, columns])
    assert plan.objective == pytest.approx(best, rel=SHARE)
    assert plan.bound <= plan.objective
    assert plan.gap <= 1e-9
    assert verify((pairs, limits), plan).ok


def test_to_maximise_is_to_minimise_the_negative() -> None:
    worth = np.random.default_rng(5).integers(0, 50, (10, 10)).astype(float)
    plan = solve(Problem.from_pairs(_square(-worth), dict.fromkeys(range(10), 1)))
    assert -plan.objective == worth[linear_sum_assignment(worth, maximize=True)].sum()


def test_forbidden_pairs_and_too_few_places() -> None:
    cost = np.random.default_rng(6).integers(1, 9, (6, 6)).astype(float)
    cost[0, 1:] = np.inf
    plan = solve(Problem.from_pairs(_square(cost), dict.fromkeys(range(6), 1)))
    assert plan.assignment["position"].iloc[0] == 0
    cost[1, 1:] = np.inf
    with pytest.raises(InfeasibleError):
        solve(Problem.from_pairs(_square(cost), dict.fromkeys(range(6), 1)))
    with pytest.raises(InfeasibleError):
        solve(Problem.from_pairs(_square(np.ones((7, 6))), dict.fromkeys(range(6), 1)))


def test_nobody_and_numbers_that_are_none_are_refused_in_words() -> None:
    with pytest.raises(InputError):
        Problem.from_pairs(pd.DataFrame({"person": [], "position": [], "cost": []}), {})
    for bad in (np.nan, np.inf, "mahal"):
        with pytest.raises(InputError):
            Problem.from_pairs(pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [bad]}), {"x": 1})
    with pytest.raises(InputError):
        Problem.from_pairs(pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [1], "weight": [-1]}), {"x": 1})


def _generated(kind: str, n: int, m: int, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[int, int]]:
    """Types c, d and e of the literature (Chu and Beasley 1997; Laguna et al. 1995)."""
    if kind == "e":
        weight = np.floor(1 - 10 * np.log(1 - rng.random((m, n)) * (1 - 1e-9))).astype(int)
        cost = np.floor(1000 / weight - 10 * rng.random((m, n))).astype(int)
    else:
        weight = rng.integers(5, 26, (m, n)) if kind == "c" else rng.integers(1, 101, (m, n))
        cost = rng.integers(10, 51, (m, n)) if kind == "c" else 111 - weight + rng.integers(-10, 11, (m, n))
    pairs = pd.DataFrame({"person": np.tile(np.arange(n), m), "position": np.repeat(np.arange(m), n), "cost": cost.ravel(), "weight": weight.ravel()})
    return pairs, {j: int(0.8 * weight[j].sum() / m) for j in range(m)}


def _milp(pairs: pd.DataFrame, limits: dict[int, int]) -> float:
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    k = np.arange(len(pairs))
    one = csr_array((np.ones(len(k)), (pairs["person"], k)))
    load = csr_array((pairs["weight"], (pairs["position"], k)))
    rows = [LinearConstraint(one, 1, 1), LinearConstraint(load, -np.inf, list(limits.values()))]
    found = milp(pairs["cost"].to_numpy(dtype=float), constraints=rows, integrality=np.ones(len(k)), bounds=Bounds(0, 1), options={"mip_rel_gap": 0.0})
    return float(round(found.fun))


@pytest.mark.parametrize("kind", ["c", "d", "e"])
def test_generated_types_agree_with_a_second_solver(kind: str) -> None:
    pairs, limits = _generated(kind, 20, 4, np.random.default_rng(ord(kind)))
    plan = solve(Problem.from_pairs(pairs, limits))
    assert (plan.objective, plan.status) == (_milp(pairs, limits), "optimal")
