"""Paired comparison of two simulations on common draws."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.population import Z95, SkillSpread, compare_skills


def compare(a: Any, b: Any) -> pd.DataFrame:
    """Paired differences b - a with 95 % intervals.

    Parameters
    ----------
    a, b : SpreadResult or SkillSpread
        Two runs with the same seed and replicates, so that each pair of replicates shares its draws.

    Returns
    -------
    DataFrame
        For two SkillSpread, by OPD and skill (see `population.compare_skills`). For two SpreadResult one row:
        sebelum, sesudah, selisih, low, high, pasti.

    Raises
    ------
    InputError
        When the two are not paired.
    """
    if isinstance(a, SkillSpread) and isinstance(b, SkillSpread):
        return compare_skills(a, b)
    if isinstance(a, SkillSpread) or isinstance(b, SkillSpread) or len(a.size) != len(b.size):
        raise InputError(text("spread.not_paired"))
    change = np.asarray(b.size, dtype=float) - np.asarray(a.size, dtype=float)
    half = Z95 * change.std(ddof=1) / np.sqrt(len(change)) if len(change) > 1 else np.nan
    mean = change.mean()
    row = (float(np.mean(a.size)), float(np.mean(b.size)), mean, mean - half, mean + half, bool(abs(mean) > half))
    return pd.DataFrame([row], columns=["sebelum", "sesudah", "selisih", "low", "high", "pasti"])
