"""Nestedness: whether what small units know is a part of what large units know."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


class Nestedness(NamedTuple):
    """NODF of a 0/1 table, 0 (not nested) to 100 (perfectly nested).

    Attributes
    ----------
    nodf : float
        Over all pairs of rows and all pairs of columns; nan where there is no pair.
    rows, columns : float
        Over the pairs of rows, and of columns, alone.
    turunan : float
        Share of the ones that is derived; nan for a bare table.
    """

    nodf: float
    rows: float
    columns: float
    turunan: float = float("nan")


def _paired(table: np.ndarray) -> tuple[float, int]:
    """Sum of paired overlaps, in percent, over the pairs of rows, and the number of pairs."""
    size = table.sum(axis=1)
    n = len(size)
    if n < 2:
        return 0.0, 0
    common = table.astype(np.int64) @ table.T.astype(np.int64)
    i, j = np.triu_indices(n, k=1)
    smaller = np.minimum(size[i], size[j])
    nested = (size[i] != size[j]) & (smaller > 0)
    overlap = np.divide(100.0 * common[i, j], smaller, out=np.zeros(len(i)), where=nested)
    return float(overlap.sum()), len(i)


def nodf(table: np.ndarray | sparse.sparray) -> Nestedness:
    """Nestedness by overlap and decreasing fill (NODF) of a 0/1 table.

    For two rows i, j with k_i > k_j ones, N_ij = 100 |i and j| / k_j; N_ij = 0 where k_i = k_j (no decreasing
    fill) or k_j = 0. The same for columns. With n rows and m columns::

        NODF = (sum of N over pairs of rows + sum of N over pairs of columns) / (n (n - 1) / 2 + m (m - 1) / 2)

    The order of rows and columns does not matter: every pair is taken with the fuller one first.

    Special cases: an empty row or column stays in and its pairs count 0; fewer than two rows and columns give
    nan; a full table gives 0, since nothing decreases.

    Parameters
    ----------
    table : array or sparse array, shape (n, m)
        Any non-zero value counts as one.

    Returns
    -------
    Nestedness

    References
    ----------
    M. Almeida-Neto et al., Oikos 117, 1227-1239 (2008); the example is their Figure 1.

    Examples
    --------
    >>> nodf(np.array([[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]])).nodf
    58.333333333333336
    """
    dense = table.toarray() if isinstance(table, sparse.sparray) else np.asarray(table)
    ones = (dense != 0).astype(np.int64)
    (of_rows, n), (of_columns, m) = _paired(ones), _paired(ones.T)

    def mean(total: float, pairs: int) -> float:
        return total / pairs if pairs else float("nan")

    return Nestedness(mean(of_rows + of_columns, n + m), mean(of_rows, n), mean(of_columns, m))


def nestedness(cycle: Cycle, level: str = "opd") -> Nestedness:
    """NODF of units x skills: a one where somebody of the unit holds the skill.

    Units and skills without any holder are left out, since they would only dilute the mean.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd' or 'unit'.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> nestedness(two_offices())
    Nestedness(nodf=100.0, rows=100.0, columns=100.0, turunan=0.25)
    """
    from mutasi_toolkit.skills.coverage import unit_matrix
    from mutasi_toolkit.skills.projections import share_of_holdings

    held = unit_matrix(cycle, level).to_numpy() > 0
    kept = held[held.any(axis=1)][:, held.any(axis=0)]
    return nodf(kept)._replace(turunan=share_of_holdings(cycle))
