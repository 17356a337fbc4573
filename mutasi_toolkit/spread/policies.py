"""Ways to choose who moves, side by side: as many people as a plan moves, in the first period, on the same draws."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.spread.comparison import differences, paired
from mutasi_toolkit.spread.population import SkillSpread, skills
from mutasi_toolkit.spread.rates import rates_of

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: What a plan is compared with, in the order in which it is shown.
RIVALS = ("none", "swap", "ladder", "experts_first", "matched")


def rotations(cycle: Cycle, moves: pd.DataFrame, replicates: int = 40, periods: int | None = None, seed: int | None = None) -> dict[str, SkillSpread]:
    """The cycle simulated under each policy, with one rotation in period 1 of as many people as `moves` holds.

    Exchanges come in pairs: where the number is odd, a draw decides in each replicate whether one pair more moves, so
    that the mean is the number. 'ladder' and the others move fewer where nobody of the same kind of seat is found.

    Parameters
    ----------
    cycle : Cycle
    moves : DataFrame
        pegawai_id, jabatan_id; carried out in period 1 by the policy 'plan'.
    replicates : int
    periods, seed : int, optional
        Those of the settings where None.

    Returns
    -------
    dict of str to SkillSpread
        By policy: those of `RIVALS`, then 'plan', then 'plan_alone', where movers keep no tie to a former colleague: the same
        bits as `skills(cycle.after(moves))`.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> runs = rotations(two_offices(), pd.DataFrame({"pegawai_id": [], "jabatan_id": []}), replicates=3)
    >>> list(runs), bool((runs["swap"].known == runs["none"].known).all())
    (['none', 'swap', 'ladder', 'experts_first', 'matched', 'plan', 'plan_alone'], True)
    """
    length = cycle.settings.sebaran.periode if periods is None else periods
    given: dict[str, Any] = {"periods": length, "replicates": replicates, "seed": seed}
    share = len(moves) / max(1, len(cycle.pegawai))
    runs = {name: skills(cycle, policy=name, rate=share, interval=length + 1, **given) for name in RIVALS}
    runs["plan"] = skills(cycle, policy=moves, **given) if len(moves) else runs["none"]
    alone = replace(rates_of(cycle), keep=0.0)
    runs["plan_alone"] = skills(cycle, policy=moves, rates=alone, **given) if len(moves) else runs["none"]
    return runs


def side_by_side(runs: dict[str, SkillSpread], cells: pd.MultiIndex | None = None, level: float = 0.95) -> pd.DataFrame:
    """Policies compared in pairs: each with no moves, and the plan with each.

    People x skills at the horizon are summed within each replicate first; the intervals are Student's t over the paired
    differences of replicates with the same number.

    Parameters
    ----------
    runs : dict of str to SkillSpread
        As `rotations` gives; 'none' and 'plan' among them.
    cells : MultiIndex of (opd_id, keahlian), optional
        Only these are counted; None counts all.
    level : float

    Returns
    -------
    DataFrame
        kebijakan, sesudah (mean), selisih (to no moves), low, high, pasti, replikasi_perlu; usulan_lebih (plan less
        this policy) with usulan_low, usulan_high.

    Raises
    ------
    InputError
        When two runs are not paired.
    """
    rows = []
    plan = runs["plan"]
    for name, run in runs.items():
        paired(runs["none"], run)
        paired(run, plan)
        base, mine, best = (_sums(x, cells) for x in (runs["none"], run, plan))
        change, lead = differences(base, mine, level), differences(mine, best, level)
        row = {"kebijakan": name, **change[["sesudah", "selisih", "low", "high", "pasti", "replikasi_perlu"]].iloc[0].to_dict()}
        rows.append(row | {f"usulan_{new}": lead[old].iloc[0] for new, old in (("lebih", "selisih"), ("low", "low"), ("high", "high"))})
    return pd.DataFrame(rows)


def _sums(run: SkillSpread, cells: pd.MultiIndex | None) -> np.ndarray:
    if cells is None:
        return run.known.sum(axis=(1, 2))[:, None]
    return run.known[:, wanted(run, cells)].sum(axis=1)[:, None]


def wanted(run: SkillSpread, cells: pd.MultiIndex) -> np.ndarray:
    """Which cells (OPD, skill) of a run are among `cells`: bool (n_opd, n_skills).

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> run = skills(two_offices(), replicates=2, periods=1)
    >>> wanted(run, pd.MultiIndex.from_tuples([(run.opd[0], run.keahlian[0])])).sum()
    np.int64(1)
    """
    every = pd.MultiIndex.from_product([run.opd, run.keahlian])
    mask: np.ndarray = np.asarray(every.isin(cells)).reshape(len(run.opd), len(run.keahlian))
    return mask


def compare_opd(a: SkillSpread, b: SkillSpread, cells: pd.MultiIndex, level: float = 0.95) -> pd.DataFrame:
    """Paired differences b - a of whole OPDs: summed over skills within each replicate, then the interval.

    The interval of a sum is not the sum of the intervals: skills move together, since one person carries several.

    Parameters
    ----------
    a, b : SkillSpread
    cells : MultiIndex of (opd_id, keahlian)
        What the seats of each OPD ask for.
    level : float

    Returns
    -------
    DataFrame
        opd_id ('' for all OPDs), lingkup ('semua' or 'dibutuhkan': the skills that count), and the columns of `compare`.

    Raises
    ------
    InputError
        When the two are not paired.
    """
    paired(a, b)
    asked = wanted(a, cells)
    parts = []
    for scope, mask in (("semua", np.ones_like(asked)), ("dibutuhkan", asked)):
        x, y = ((run.known * mask).sum(axis=2) for run in (a, b))
        x, y = (np.concatenate([v.sum(axis=1, keepdims=True), v], axis=1) for v in (x, y))
        rows = differences(x, y, level)
        rows.insert(0, "lingkup", scope)
        rows.insert(0, "opd_id", ["", *a.opd])
        parts.append(rows)
    return pd.concat(parts, ignore_index=True)
