"""How evenly load is spread over capacity: inequality indices, stated for the degenerate inputs too.

PySAL's `inequality` holds two of these indices, Gini and Theil with its split, and the tests
compare with it. The package does not import it: it brings libpysal and with it geopandas, shapely
and pyproj, for 40 lines of arithmetic; its Theil has no value for an empty list, gives nan with a
warning for a total of zero and adds a tiny number to every zero; and it has no coefficient of
variation, Jain's index or share of units in a band. Its spatial Gini and its permutation tests ask
whether neighbours are alike, which no duty of a staffing office needs.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.need import (
    HIGH_FILL,
    LOW_FILL,
    RATIO_DECIMALS,
    need,
    place_of_seats,
    rumpun_of_units,
)
from mutasi_toolkit.workload.parameters import effective_minutes

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

NAN = float("nan")
#: Ways to group units for the split of Theil's T.
GROUPINGS = ("rumpun", "opd", "kecamatan", "jenis")


def gini(values: Any) -> float:
    """Gini coefficient: sum_ij |x_i - x_j| / (2 n^2 mean), from 0 (all equal) to 1 - 1/n (one has all).

    Special cases: no values, or a total of zero, give nan; one value or equal values give 0.

    Parameters
    ----------
    values : array of shape (n,)
        Not negative.

    References
    ----------
    Corrado Gini, Variabilita e mutabilita (1912); without the small-sample factor n / (n - 1), as
    in PySAL.

    Examples
    --------
    >>> gini([1, 1, 1]), gini([0, 1])
    (0.0, 0.5)
    """
    x = _amounts(values)
    if not x.sum() > 0:
        return NAN
    if x[0] == x[-1]:
        return 0.0
    rank = np.arange(1, len(x) + 1)
    return max(0.0, float(np.dot(2 * rank - len(x) - 1, x) / (len(x) * x.sum())))


def theil(values: Any) -> float:
    """Theil's T: mean of (x / mean) ln(x / mean), with 0 ln 0 = 0, from 0 (all equal) to ln n (one has all).

    Special cases: no values, or a total of zero, give nan; one value or equal values give 0.

    Parameters
    ----------
    values : array of shape (n,)
        Not negative.

    References
    ----------
    Henri Theil, Economics and Information Theory (1967), ch. 4.

    Examples
    --------
    >>> round(theil([0, 2]), 6)
    0.693147
    """
    x = _amounts(values)
    if not x.sum() > 0:
        return NAN
    share = x / x.mean()
    return max(0.0, float(_log_terms(share, share).mean()))


def theil_split(values: Any, groups: Any) -> tuple[float, float]:
    """Theil's T split into what lies within groups and between them; the two add up to T.

    within = sum_i (x_i / X) ln(x_i / m_g(i)), between = sum_g (X_g / X) ln(m_g / m), with X the
    total, X_g the group's total, m_g its mean and m the mean of all.

    Special cases: no values or a total of zero give nan, nan; one group gives between 0; a group
    that sums to 0 adds 0; each its own group gives within 0.

    Parameters
    ----------
    values : array of shape (n,)
        Not negative.
    groups : sequence of n labels
        A missing label is a group of its own.

    Returns
    -------
    within, between : float

    References
    ----------
    A. F. Shorrocks, The class of additively decomposable inequality measures, Econometrica 48
    (1980).

    Examples
    --------
    >>> [round(v, 6) for v in theil_split([1, 1, 3, 3], ["a", "a", "b", "b"])]
    [0.0, 0.130812]
    """
    x = np.asarray(values, dtype=float)
    labels = pd.Series(np.asarray(groups, dtype=object))
    if x.shape != labels.shape:
        raise InputError(text("workload.shapes", load=x.shape, capacity=labels.shape))
    codes = pd.factorize(labels.where(labels.notna(), "").astype(str), sort=True)[0]
    _amounts(x)
    if not x.sum() > 0:
        return NAN, NAN
    order = np.lexsort((x, codes))
    x, codes = x[order], codes[order]
    total, count = np.bincount(codes, weights=x), np.bincount(codes)
    mean = total / count
    own_mean = np.where(mean[codes] > 0, mean[codes], 1.0)
    within = float(_log_terms(x / total.sum(), x / own_mean).sum())
    between = float(_log_terms(total / total.sum(), mean / (total.sum() / len(x))).sum())
    return max(0.0, within), max(0.0, between)


def jain(values: Any) -> float:
    """Jain's fairness index: (sum x)^2 / (n sum x^2), from 1/n (one has all) to 1 (all equal) = 1 / (1 + cv^2).

    Special cases: no values, or a total of zero, give nan; one value or equal values give 1.

    References
    ----------
    R. Jain, D. Chiu, W. Hawe, A quantitative measure of fairness, DEC-TR-301 (1984).

    Examples
    --------
    >>> jain([1, 1]), jain([0, 1])
    (1.0, 0.5)
    """
    x = _amounts(values)
    if not x.sum() > 0:
        return NAN
    x = x / x[-1]
    return min(1.0, float(x.sum() ** 2 / (len(x) * (x @ x))))


def coefficient_of_variation(values: Any) -> float:
    """Population standard deviation over the mean.

    Special cases: no values, or a total of zero, give nan; one value or equal values give 0.

    Examples
    --------
    >>> coefficient_of_variation([1, 3])
    0.5
    """
    x = _amounts(values)
    return float((x / x.mean()).std()) if x.sum() > 0 else NAN


def balance(load: Any, capacity: Any, groups: Any = None) -> pd.Series:
    """How evenly load is spread over capacity.

    The indices gini, theil, cv, jain and max_over_mean are of the utilisation u_i = load_i /
    capacity_i, each unit counting once whatever its size. The shares are of the fill f_i =
    capacity_i / load_i (staff present over staff needed): units below 90 % and above 110 % filled.

    Special cases: a unit with neither load nor capacity is left out; a unit with load but no
    capacity has no utilisation and is left out of the indices, but counts as below 90 %; a unit
    with capacity but no load has utilisation 0 and counts as above 110 %; no unit left, or no load
    at all, gives nan in the indices; one unit or equal units give gini = theil = cv = 0, jain =
    max_over_mean = 1; without groups the two Theil parts are nan.

    Parameters
    ----------
    load, capacity : array of shape (n,)
        In one unit, people or minutes; not negative. Two Series are matched by their index.
    groups : sequence of n labels, or Series, optional
        Dinas, rumpun or kecamatan of each unit, for the split of Theil's T.

    Returns
    -------
    Series
        gini, theil, theil_within, theil_between, cv (population), jain, max_over_mean,
        share_below_90, share_above_110.

    Raises
    ------
    InputError
        When lengths or indices differ, or a value is negative, missing or infinite.

    Examples
    --------
    >>> balance([1, 3], [2, 2])[["gini", "max_over_mean", "share_below_90"]].to_list()
    [0.25, 1.5, 0.5]
    """
    capacity, groups = _matched(capacity, load), None if groups is None else _matched(groups, load)
    load, capacity = np.asarray(load, dtype=float), np.asarray(capacity, dtype=float)
    if (
        load.shape != capacity.shape
        or load.ndim != 1
        or (groups is not None and len(groups) != len(load))
    ):
        raise InputError(text("workload.shapes", load=load.shape, capacity=capacity.shape))
    _amounts(load)
    _amounts(capacity)
    staffed = capacity > 0
    u = load[staffed] / capacity[staffed]
    split = (
        (NAN, NAN) if groups is None else theil_split(u, np.asarray(groups, dtype=object)[staffed])
    )
    below, above = _shares(load, capacity)
    return pd.Series(
        {
            "gini": gini(u),
            "theil": theil(u),
            "theil_within": split[0],
            "theil_between": split[1],
            "cv": coefficient_of_variation(u),
            "jain": jain(u),
            "max_over_mean": float(u.max() / np.sort(u).mean()) if u.sum() > 0 else NAN,
            "share_below_90": below,
            "share_above_110": above,
        }
    )


def unit_balance(cycle: Cycle, level: str = "opd", by: str | None = "rumpun") -> pd.Series:
    """`balance` of a cycle's units: load = beban, capacity = ada x effective working time, in minutes a year.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd' or 'unit'.
    by : str, optional
        'rumpun', 'opd', 'kecamatan' or 'jenis': the grouping for the split of Theil's T (see
        `grouping`).

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> unit_balance(small_city())[["gini", "theil_within"]].round(3).to_list()
    [0.11, 0.0]
    """
    sums = need(cycle)[["beban", "ada"]].groupby(place_of_seats(cycle, level), sort=True).sum()
    minutes = effective_minutes(cycle.settings.waktu_kerja)
    groups = None if by is None else grouping(cycle, by).reindex(sums.index)
    return balance(sums["beban"], sums["ada"] * minutes, groups)


def grouping(cycle: Cycle, by: str) -> pd.Series:
    """Group of every unit: its rumpun, OPD, kecamatan or kind.

    The kecamatan of a unit is the nearest unit of that kind above it, or itself; missing elsewhere.

    Returns
    -------
    Series of str indexed by unit_id.

    Raises
    ------
    InputError
        For another grouping.
    """
    unit = cycle.unit.set_index("unit_id")
    if by == "rumpun":
        return rumpun_of_units(cycle)
    if by == "opd":
        return cycle.opd
    if by == "jenis":
        return unit["jenis"]
    if by != "kecamatan":
        raise InputError(text("workload.bad_grouping", by=by, known=", ".join(GROUPINGS)))
    found = unit.index.to_series().where(unit["jenis"].str.lower() == "kecamatan")
    while True:
        inherited = found.where(found.notna(), unit["induk_id"].map(found))
        if inherited.isna().sum() == found.isna().sum():
            return found.rename("kecamatan")
        found = inherited


def _amounts(values: Any) -> np.ndarray:
    """Values sorted, so that no sum depends on the order they came in."""
    x = np.asarray(values, dtype=float)
    if x.ndim != 1 or not (np.isfinite(x) & (x >= 0)).all():
        raise InputError(text("workload.negative"))
    return np.sort(x)


def _log_terms(weight: np.ndarray, ratio: np.ndarray) -> np.ndarray:
    return weight * np.log(np.where(weight > 0, ratio, 1.0))


def _shares(load: np.ndarray, capacity: np.ndarray) -> tuple[float, float]:
    used = (load > 0) | (capacity > 0)
    if not used.any():
        return NAN, NAN
    with np.errstate(divide="ignore"):
        fill = np.round(capacity[used] / load[used], RATIO_DECIMALS)
    return float((fill < LOW_FILL).mean()), float((fill > HIGH_FILL).mean())


def _matched(other: Any, like: Any) -> Any:
    if not (isinstance(other, pd.Series) and isinstance(like, pd.Series)) or other.index.equals(
        like.index
    ):
        return other
    same = len(other) == len(like) and other.index.is_unique and like.index.isin(other.index).all()
    if not same:
        raise InputError(text("workload.index_differs"))
    return other.reindex(like.index)
