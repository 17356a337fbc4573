"""How evenly load is spread over capacity: inequality indices, stated for the degenerate inputs too."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: A unit is filled below 90 % or above 110 % of its need (a convention of ABK monitoring, not law).
LOW_FILL, HIGH_FILL = 0.90, 1.10


def gini(values: Any) -> float:
    """Gini coefficient: sum_ij |x_i - x_j| / (2 n^2 mean).

    Special cases: no values, or a total of zero, give nan; one value or equal values give 0.

    Examples
    --------
    >>> gini([1, 1, 1]), gini([0, 1])
    (0.0, 0.5)
    """
    x: np.ndarray = np.sort(np.asarray(values, dtype=float))
    if not len(x) or x.sum() == 0:
        return float("nan")
    rank = np.arange(1, len(x) + 1)
    spread = np.dot(2 * rank - len(x) - 1, x) / (len(x) * x.sum())
    return max(0.0, float(spread))


def theil(values: Any) -> float:
    """Theil's T: mean of (x / mean) ln(x / mean), with 0 ln 0 = 0.

    Special cases: no values, or a total of zero, give nan; equal values give 0; the greatest value is ln n.

    Examples
    --------
    >>> round(theil([0, 2]), 6)
    0.693147
    """
    x = np.asarray(values, dtype=float)
    if not len(x) or x.sum() == 0:
        return float("nan")
    share = x / x.mean()
    terms = share * np.log(np.where(share > 0, share, 1.0))
    return max(0.0, float(terms.mean()))


def theil_split(values: Any, groups: Sequence[Any]) -> tuple[float, float]:
    """Theil's T split into what lies within groups and between them; the two add up to T.

    between = sum_g s_g ln(m_g / m), within = sum_g s_g T_g, with s_g the group's share of the total,
    m_g its mean and m the mean of all.

    Special cases: a total of zero gives nan, nan; one group gives between 0; a group that sums to 0 adds 0.

    Examples
    --------
    >>> [round(v, 6) for v in theil_split([1, 1, 3, 3], ["a", "a", "b", "b"])]
    [0.0, 0.130812]
    """
    x, codes = (
        np.asarray(values, dtype=float),
        pd.factorize(np.asarray(groups, dtype=object), sort=True)[0],
    )
    if not len(x) or x.sum() == 0:
        return float("nan"), float("nan")
    total, count = np.bincount(codes, weights=x), np.bincount(codes)
    share, mean = total / x.sum(), total / count
    known = share > 0
    between = float(share[known] @ np.log(mean[known] / x.mean()))
    return theil(x) - between, between


def jain(values: Any) -> float:
    """Jain's fairness index: (sum x)^2 / (n sum x^2), from 1/n (one has all) to 1 (all equal); nan for a total of 0.

    Examples
    --------
    >>> jain([1, 1]), jain([0, 1])
    (1.0, 0.5)
    """
    x = np.asarray(values, dtype=float)
    return float(x.sum() ** 2 / (len(x) * (x @ x))) if len(x) and x.any() else float("nan")


def balance(load: Any, capacity: Any, groups: Sequence[Any] | None = None) -> pd.Series:
    """How evenly load is spread over capacity.

    The indices gini, theil, cv, jain and max_over_mean are of the utilisation u_i = load_i / capacity_i.
    The shares are of the fill f_i = capacity_i / load_i: units below 90 % and above 110 % filled.

    Special cases: a unit with neither load nor capacity is left out; a unit with load but no capacity has no
    utilisation and is left out of the indices, but counts as below 90 %; a unit with capacity but no
    load counts as above 110 %; no unit left, or no load at all, gives nan; one unit or equal units give
    gini = theil = cv = 0, jain = max_over_mean = 1; without groups the two Theil parts are nan.

    Parameters
    ----------
    load, capacity : array of shape (n,)
        In one unit, people or minutes; not negative.
    groups : sequence of n labels, optional
        Dinas, rumpun or kecamatan of each unit, for the split of Theil's T.

    Returns
    -------
    Series
        gini, theil, theil_within, theil_between, cv (population), jain, max_over_mean, share_below_90, share_above_110.

    Examples
    --------
    >>> balance([1, 3], [2, 2])[["gini", "max_over_mean", "share_below_90"]].to_list()
    [0.25, 1.5, 0.5]
    """
    load, capacity = np.asarray(load, dtype=float), np.asarray(capacity, dtype=float)
    if load.shape != capacity.shape or load.ndim != 1:
        raise InputError(text("workload.shapes", load=load.shape, capacity=capacity.shape))
    if not (
        np.isfinite(load).all()
        and np.isfinite(capacity).all()
        and (load >= 0).all()
        and (capacity >= 0).all()
    ):
        raise InputError(text("workload.negative"))
    used = (load > 0) | (capacity > 0)
    with np.errstate(divide="ignore"):
        fill = np.divide(capacity, load, out=np.full(len(load), np.inf), where=load > 0)[used]
    has_capacity = capacity > 0
    u = load[has_capacity] / capacity[has_capacity]
    within, between = (
        theil_split(u, np.asarray(groups, dtype=object)[has_capacity])
        if groups is not None
        else (np.nan, np.nan)
    )
    mean = u.mean() if len(u) else 0.0
    return pd.Series(
        {
            "gini": gini(u),
            "theil": theil(u),
            "theil_within": within,
            "theil_between": between,
            "cv": float(u.std() / mean) if mean > 0 else np.nan,
            "jain": jain(u),
            "max_over_mean": float(u.max() / mean) if mean > 0 else np.nan,
            "share_below_90": float((np.round(fill, 12) < LOW_FILL).mean())
            if used.any()
            else np.nan,
            "share_above_110": float((np.round(fill, 12) > HIGH_FILL).mean())
            if used.any()
            else np.nan,
        }
    )
