"""Paired comparison of two simulations on common draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.population import SkillSpread
from mutasi_toolkit.spread.result import SpreadResult, mean_interval


def compare(a: Any, b: Any, level: float = 0.95) -> pd.DataFrame:
    """Paired differences b - a with intervals.

    The interval is Student's t over the differences of replicates with the same number; common draws make it
    narrower than that of two independent runs wherever luck matters to both alike.

    Parameters
    ----------
    a, b : SpreadResult or SkillSpread
        Two runs with the same seed and replicates, so that each pair of replicates shares its draws.
    level : float

    Returns
    -------
    DataFrame
        sebelum, sesudah, selisih, low, high, pasti (bool: the interval does not hold 0), replikasi_perlu
        (replicates after which a difference of this size would be certain; 0 where it already is or there is
        none). For two SkillSpread one row by opd_id and keahlian, and a first row with opd_id '' for all of
        them; for two SpreadResult one row.

    Raises
    ------
    InputError
        When the two are not paired.

    Examples
    --------
    >>> from mutasi_toolkit.spread import Network, cascade
    >>> g = Network(2, [0], [1], 0.5)
    >>> bool(compare(cascade(g, [], replicates=9), cascade(g, [0], replicates=9))["selisih"].iloc[0] >= 1)
    True
    """
    if isinstance(a, SkillSpread) and isinstance(b, SkillSpread):
        return compare_skills(a, b, level)
    if not (isinstance(a, SpreadResult) and isinstance(b, SpreadResult)):
        raise InputError(text("spread.not_paired"))
    if (len(a.size), a.seed, a.first, a.model) != (len(b.size), b.seed, b.first, b.model):
        raise InputError(text("spread.not_paired"))
    return differences(a.size[:, None], b.size[:, None], level)


def compare_skills(a: SkillSpread, b: SkillSpread, level: float = 0.95) -> pd.DataFrame:
    """`compare` of two SkillSpread: by OPD and skill, people who know at the horizon."""
    paired(a, b)
    o, s = np.nonzero((a.known.sum(axis=0) > 0) | (b.known.sum(axis=0) > 0))
    rows = differences(a.known[:, o, s], b.known[:, o, s], level)
    rows.insert(0, "keahlian", a.keahlian[s])
    rows.insert(0, "opd_id", a.opd[o])
    total = differences(a.known.sum(axis=(1, 2))[:, None], b.known.sum(axis=(1, 2))[:, None], level)
    total.insert(0, "keahlian", "")
    total.insert(0, "opd_id", "")
    return pd.concat([total, rows], ignore_index=True)


def paired(a: SkillSpread, b: SkillSpread) -> None:
    """Refuse two runs whose replicates do not share their draws.

    Raises
    ------
    InputError
        When shape, seed or first replicate differ.
    """
    if a.known.shape != b.known.shape or (a.seed, a.first) != (b.seed, b.first):
        raise InputError(text("spread.not_paired"))


def differences(first: np.ndarray, second: np.ndarray, level: float) -> pd.DataFrame:
    """Columns of `compare` for paired numbers of shape (replicates, rows)."""
    change = (second - first).astype(float)
    mean = change.mean(axis=0)
    low, high = mean_interval(change, level)
    sure = ((low > 0) | (high < 0)) & (mean != 0)
    columns = {"sebelum": first.mean(axis=0), "sesudah": second.mean(axis=0), "selisih": mean, "low": low, "high": high, "pasti": sure}
    return pd.DataFrame({**columns, "replikasi_perlu": _needed(change, mean, sure, level)})


def _needed(change: np.ndarray, mean: np.ndarray, sure: np.ndarray, level: float) -> np.ndarray:
    """Least number of replicates for which z sd / sqrt(R) < |mean|, at least one more than there are."""
    from scipy.special import ndtri

    count = len(change)
    if count < 2:
        return np.zeros(len(mean), dtype=np.int64)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.ceil((ndtri(0.5 + level / 2) * change.std(axis=0, ddof=1) / np.abs(mean)) ** 2)
    return np.where(sure | (mean == 0), 0, np.maximum(np.nan_to_num(needed), count + 1)).astype(np.int64)
