"""Joint counts from published marginals: iterative proportional fitting, then controlled rounding."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

Marginal = tuple[tuple[int, ...], np.ndarray]


def rake(seed: np.ndarray, marginals: Sequence[Marginal], rounds: int = 500) -> np.ndarray:
    """Table nearest to `seed` (in relative entropy) with the given marginals.

    Parameters
    ----------
    seed : ndarray
        Prior weights; a cell of 0 stays 0.
    marginals : sequence of (axes, target)
        The sum of the result over all other axes equals target.
    rounds : int
        Sweeps over all marginals.

    Examples
    --------
    >>> rake(np.ones((2, 2)), [((0,), np.array([1.0, 3.0])), ((1,), np.array([2.0, 2.0]))]).tolist()
    [[0.5, 0.5], [1.5, 1.5]]
    """
    table = seed.astype(float).copy()
    for _ in range(rounds):
        for axes, target in marginals:
            others = tuple(a for a in range(table.ndim) if a not in axes)
            now = table.sum(axis=others)
            factor = np.divide(target, now, out=np.zeros_like(now), where=now > 0)
            shape = [table.shape[a] if a in axes else 1 for a in range(table.ndim)]
            table *= factor.reshape(shape)
    return table


def round_shares(shares: np.ndarray, total: int) -> np.ndarray:
    """Whole numbers nearest to shares x total that add up to `total` (largest remainders, ties by place).

    Examples
    --------
    >>> round_shares(np.array([0.5, 0.25, 0.25]), 3).tolist()
    [1, 1, 1]
    """
    exact = np.ascontiguousarray(shares) / shares.sum() * total
    whole = np.floor(exact + 1e-9).astype(int)
    rest = np.argsort(-(exact - whole).ravel(), kind="stable")[: total - int(whole.sum())]
    whole.ravel()[rest] += 1
    return whole


def controlled_round(table: np.ndarray, marginals: Sequence[Marginal]) -> np.ndarray:
    """Whole-number table near to `table` whose marginals equal the given whole numbers where that is possible.

    Minimises the sum of the deviations of the marginals first and the distance to the table second, each
    cell being one of the two whole numbers around its value.
    """
    low = np.floor(table).astype(int)
    frac = (table - low).ravel()
    free = np.flatnonzero(table.ravel() > 1e-9)
    rows, right = [], []
    index = np.arange(table.size).reshape(table.shape)
    where = np.full(table.size, -1)
    where[free] = np.arange(len(free))
    for axes, target in marginals:
        moved = np.moveaxis(index, axes, range(len(axes))).reshape(
            int(np.prod([table.shape[a] for a in axes])), -1
        )
        for cells, value in zip(moved, np.asarray(target, dtype=int).ravel(), strict=True):
            columns = where[cells][where[cells] >= 0]
            rows.append(columns)
            right.append(value - int(low.ravel()[cells].sum()))
    n, m = len(free), len(rows)
    row = np.repeat(np.arange(m), [len(c) for c in rows])
    cells_of = sparse.coo_array((np.ones(len(row)), (row, np.concatenate(rows))), shape=(m, n))
    a = sparse.hstack([cells_of, -sparse.eye_array(m), sparse.eye_array(m)])
    cost = np.concatenate([1 - 2 * frac[free], np.full(2 * m, 50.0)])
    upper = np.concatenate([np.ones(n), np.full(2 * m, np.inf)])
    found = milp(
        cost,
        constraints=LinearConstraint(a.tocsr(), right, right),
        bounds=Bounds(0, upper),
        integrality=np.ones(n + 2 * m),
        options={"time_limit": 60, "mip_rel_gap": 0},
    )
    out = low.ravel().copy()
    out[free] += np.round(found.x[:n]).astype(int)
    return out.reshape(table.shape)
