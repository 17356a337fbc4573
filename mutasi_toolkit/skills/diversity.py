"""How varied the skills of a unit are: Shannon entropy, Hill numbers, Rao-Stirling with a distance of skills."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.skills.table import derived, group_codes, holders, membership

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

    from mutasi_toolkit.cycle import Cycle


def _shares(counts: ArrayLike) -> np.ndarray:
    """Counts as rows of shares; a row that sums to zero becomes nan."""
    table = np.atleast_2d(np.asarray(counts, dtype=float))
    if not np.isfinite(table).all() or (table < 0).any():
        raise InputError(text("skills.bad_counts"))
    total = table.sum(axis=1, keepdims=True)
    return np.divide(table, total, out=np.full_like(table, np.nan), where=total > 0)


def shannon(counts: ArrayLike) -> np.ndarray:
    """Shannon entropy H = -sum_s p_s ln p_s of each row of counts, in nats.

    Special cases: 0 ln 0 = 0; a row without counts gives nan; one skill gives 0.

    Parameters
    ----------
    counts : array, shape (n, m) or (m,)
        Not negative, finite.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    InputError
        For a negative or not finite count.

    Examples
    --------
    >>> shannon([[1, 1], [3, 0]]).round(6).tolist()
    [0.693147, 0.0]
    """
    p = _shares(counts)
    log = np.log(p, out=np.zeros_like(p), where=p > 0)
    return -(p * log).sum(axis=1) + 0.0


def hill(counts: ArrayLike, q: float) -> np.ndarray:
    """Hill number of order q of each row: how many equally common skills would be as varied.

    D_q = (sum_s p_s^q)^(1 / (1 - q)) over the skills with p_s > 0. D_0 is the number of skills, D_1 = exp(H)
    (the limit), D_2 the inverse Simpson index, D_inf = 1 / max p.

    Special cases: a row without counts gives nan for every q.

    Parameters
    ----------
    counts : array, shape (n, m) or (m,)
    q : float
        Order, not negative; inf allowed.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    InputError
        For a negative or not finite count, or a negative order.

    References
    ----------
    M. O. Hill, Ecology 54, 427-432 (1973).

    Examples
    --------
    >>> [hill([2, 1, 1], q).round(6).tolist()[0] for q in (0, 1, 2, float("inf"))]
    [3.0, 2.828427, 2.666667, 2.0]
    """
    if not q >= 0:
        raise InputError(text("skills.bad_order", q=q))
    p = _shares(counts)
    if q == 1:
        return np.exp(shannon(counts))
    if np.isinf(q):
        return 1.0 / p.max(axis=1, initial=0.0) if p.shape[1] else np.full(len(p), np.nan)
    powered = np.power(p, q, out=np.zeros_like(p), where=p > 0)
    total = np.where(np.isnan(p).any(axis=1) | (p.shape[1] == 0), np.nan, powered.sum(axis=1))
    return np.power(total, 1.0 / (1.0 - q))


def rao_stirling(counts: ArrayLike, distance: ArrayLike) -> np.ndarray:
    """Rao-Stirling diversity of each row: variety, balance and disparity in one number.

    R = sum_i sum_j d_ij p_i p_j: the mean distance of two holdings drawn with replacement.

    Special cases: a row without counts gives nan; one skill gives 0; all distances 1 give the Gini-Simpson
    index 1 - 1 / D_2.

    Parameters
    ----------
    counts : array, shape (n, m) or (m,)
    distance : array, shape (m, m)
        Symmetric, zero on the diagonal, not negative.

    Returns
    -------
    ndarray of float, shape (n,)

    Raises
    ------
    InputError
        For a negative or not finite count, or a distance that is not as stated.

    References
    ----------
    A. Stirling, Journal of the Royal Society Interface 4, 707-719 (2007), eq. 1 with alpha = beta = 1.

    Examples
    --------
    >>> rao_stirling([[1, 1], [4, 0]], [[0, 0.5], [0.5, 0]]).tolist()
    [0.25, 0.0]
    """
    p, d = _shares(counts), np.asarray(distance, dtype=float)
    fits = d.shape == (p.shape[1], p.shape[1])
    if not fits or not np.isfinite(d).all() or (d < 0).any() or np.diag(d).any() or (d != d.T).any():
        raise InputError(text("skills.bad_distance", n=p.shape[1]))
    return np.einsum("ij,jk,ik->i", p, d, p, optimize=True)


def skill_distance(cycle: Cycle) -> pd.DataFrame:
    """Distance of every two skills: 1 - cosine of the sets of people who hold them.

    d_ij = 1 - n_ij / sqrt(n_i n_j), with n_i the holders of skill i and n_ij those of both.

    Special cases: d_ii = 0; a skill without holders is at distance 1 from every other.

    Returns
    -------
    DataFrame of float
        Skills x skills, in [0, 1]; `attrs['turunan']` holds the share of the holdings that is derived.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> skill_distance(two_offices()).round(3).to_numpy().tolist()
    [[0.0, 0.5, 1.0], [0.5, 0.0, 1.0], [1.0, 1.0, 0.0]]
    """
    from mutasi_toolkit.skills.projections import share_of_holdings

    held = holders(cycle)
    both = (held.matrix.T.astype(np.int64) @ held.matrix.astype(np.int64)).toarray().astype(float)
    root = np.sqrt(np.outer(np.diag(both), np.diag(both)))
    apart = 1.0 - np.divide(both, root, out=np.zeros_like(both), where=root > 0)
    np.fill_diagonal(apart, 0.0)
    frame = pd.DataFrame(np.clip(apart, 0.0, 1.0), index=held.keahlian, columns=held.keahlian)
    frame.attrs["turunan"] = share_of_holdings(cycle)
    return frame


def diversity(cycle: Cycle, level: str = "opd", distance: pd.DataFrame | None = None) -> pd.DataFrame:
    """Diversity of the skills held in every unit.

    The counts are holders of each skill in the unit (`unit_matrix`).

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd' or 'unit'.
    distance : DataFrame, optional
        Skills x skills; None takes `skill_distance`. Must name every skill of the cycle.

    Returns
    -------
    DataFrame
        Indexed by opd_id or unit_id: kepemilikan (holdings), hill_0 (skills held), shannon (nats), hill_1,
        hill_2 (effective numbers of skills), merata (ln hill_1 / ln hill_0, Pielou's evenness; nan for fewer
        than two skills), rao_stirling, turunan (share of the holdings that is derived). A unit without
        holdings has nan but for kepemilikan and hill_0.

    Raises
    ------
    InputError
        When `distance` lacks a skill.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> diversity(two_offices())[["hill_0", "hill_1", "rao_stirling"]].round(3).to_numpy().tolist()
    [[2.0, 1.89, 0.222], [1.0, 1.0, 0.0]]
    """
    held = holders(cycle)
    codes, ids = group_codes(cycle, level)
    sums = membership(codes, len(ids))
    count = (sums @ held.matrix.astype(np.int64)).toarray()
    marks = np.asarray((sums @ derived(cycle, held).astype(np.int64)).sum(axis=1)).ravel()
    apart = skill_distance(cycle) if distance is None else distance
    lacking = held.keahlian.difference(apart.index.intersection(apart.columns))
    if len(lacking):
        raise InputError(text("skills.distance_lacks", skills=", ".join(lacking[:5]), n=len(lacking)))
    total, kinds = count.sum(axis=1), (count > 0).sum(axis=1)
    entropy = shannon(count)
    nothing = np.full(len(ids), np.nan)
    columns = {
        "kepemilikan": total,
        "hill_0": kinds,
        "shannon": entropy,
        "hill_1": np.exp(entropy),
        "hill_2": hill(count, 2),
        "merata": np.divide(entropy, np.log(np.maximum(kinds, 1)), out=nothing.copy(), where=kinds > 1),
        "rao_stirling": rao_stirling(count, apart.loc[held.keahlian, held.keahlian]),
        "turunan": np.divide(marks, total, out=nothing.copy(), where=total > 0),
    }
    return pd.DataFrame(columns, index=ids)
