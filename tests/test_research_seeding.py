"""Whom to teach first: greedy seeds against brute force and against a known club."""

from __future__ import annotations

from itertools import combinations

import networkx as nx
import numpy as np
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import research
from mutasi_toolkit.errors import InputError


def _club(p: float) -> mt.spread.Network:
    a, b = np.array(nx.karate_club_graph().edges()).T
    return mt.spread.Network(34, np.r_[a, b], np.r_[b, a], p)


def test_greedy_seeds_of_the_karate_club_are_the_known_ones() -> None:
    found = research.greedy_seeds(_club(0.1), 4, 20_000, 1)
    assert found["person"].tolist() == [33, 0, 32, 1]
    # Known from 20,480 replicates: standard errors of both runs are about .018; 4 of them, and rounding.
    assert found["reach"].tolist() == pytest.approx([3.516, 6.442, 8.094, 9.497], abs=4 * 0.018 * 2**0.5 + 0.0005)
    assert found["gain"].is_monotonic_decreasing
    assert found["gain"].sum() == pytest.approx(found["reach"].iloc[-1])


def test_greedy_reaches_most_of_what_any_pair_does() -> None:
    rng = np.random.default_rng(4)
    g = mt.spread.Network(9, rng.integers(9, size=20), rng.integers(9, size=20), 0.3)

    def reach(pair: tuple[int, ...]) -> float:
        return float(mt.spread.cascade(g, list(pair), replicates=400, seed=2).size.mean())

    best = max(reach(pair) for pair in combinations(range(9), 2))
    found = research.greedy_seeds(g, 2, 400, 2)["reach"].iloc[-1]
    assert (1 - 1 / np.e) * best <= found <= best + 1e-12


@pytest.mark.parametrize("count", [0, 35])
def test_a_number_of_seeds_that_cannot_be_is_refused(count: int) -> None:
    with pytest.raises(InputError):
        research.greedy_seeds(_club(0.1), count)
