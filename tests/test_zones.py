"""Zones against the definition: a point is in one exactly where no known point equals or dominates it; widths against enumeration."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from mutasi_toolkit.assignment.zones import everywhere, open_under, split, widths

#: Shares of ranges are floats.
TOLERANCE = 1e-9
SIDE = 7


@pytest.mark.parametrize(("seed", "n"), [(0, 2), (1, 3), (2, 4)])
def test_zones_hold_what_no_known_point_dominates(seed: int, n: int) -> None:
    rng = np.random.default_rng(seed)
    zones, known = everywhere(n), []
    grid = np.array(list(itertools.product(range(-1, SIDE + 1), repeat=n)))
    for _ in range(8):
        z = rng.integers(0, SIDE, n)
        known.append(z)
        zones = split(zones, z)
        inside = (grid[:, None, :] < zones.upper[None]).all(axis=2).any(axis=1)
        dominated = (np.array(known)[None] <= grid[:, None, :]).all(axis=2).any(axis=1)
        assert (inside == ~dominated).all()
        within = (zones.upper[:, None] <= zones.upper[None]).all(axis=2)
        assert within.sum() == len(zones)


def test_widths_bound_what_is_better_and_cuts_close_exactly() -> None:
    rng = np.random.default_rng(3)
    plans = np.unique(rng.integers(0, 30, (60, 3)), axis=0)
    best = [p for p in plans if not ((plans <= p).all(axis=1) & (plans < p).any(axis=1)).any()]
    span = np.array([29.0, 10.0, 17.0])
    weights = [np.array([1, 0, 0]), np.array([0, 1, 0]), np.array([0, 0, 1]), np.array([2, 3, 1])]
    cuts = [(w, int((plans @ w).min())) for w in weights]
    zones = everywhere(3)
    for k, z in enumerate(best):
        zones = split(zones, z)
        bound = widths(zones, np.array(best[: k + 1]), cuts, span)
        still = open_under(zones, cuts)
        for at, upper in enumerate(zones.upper):
            here = plans[(plans < upper).all(axis=1)]
            better = ((upper - here) / span).min(axis=1).max(initial=-np.inf)
            assert better <= bound[at] + TOLERANCE
            assert still[at] or not len(here)
