"""All skills of a cycle at once: people learn from colleagues of their unit and along ties, period by period."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numba
import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import SKILLS, U, child, kernel, stream, uniform, word
from mutasi_toolkit.spread.rates import rates_of

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Two-sided 95 % of the normal distribution.
Z95 = 1.959963984540054
MODELS = ("contagion",)
POLICIES = ("none",)


@dataclass(frozen=True, eq=False)
class SkillSpread:
    """Replicates of how the skills of a cycle spread.

    Attributes
    ----------
    curve : ndarray of int64, shape (replicates, periods + 1)
        People x skills known at each period.
    known : ndarray of int32, shape (replicates, n_opd, n_skills)
        People of each OPD who know each skill at the horizon.
    start : ndarray of int32, shape (n_opd, n_skills)
        The same before the first period.
    opd, keahlian : Index
        Labels.
    seed : int
    """

    curve: np.ndarray
    known: np.ndarray
    start: np.ndarray
    opd: pd.Index
    keahlian: pd.Index
    seed: int

    def by_opd(self) -> pd.DataFrame:
        """People who know at the horizon, by OPD and skill.

        Returns
        -------
        DataFrame
            opd_id, keahlian, awal (today), mean, low, high (95 % interval of the mean), sd (over
            replicates); rows where somebody knows at some time.
        """
        mean, half = _mean_half(self.known)
        o, s = np.nonzero((mean > 0) | (self.start > 0))
        sd = self.known.std(axis=0, ddof=1)
        return pd.DataFrame(
            {
                "opd_id": self.opd[o], "keahlian": self.keahlian[s], "awal": self.start[o, s], "mean": mean[o, s],
                "low": mean[o, s] - half[o, s], "high": mean[o, s] + half[o, s], "sd": sd[o, s],
            }
        )  # fmt: skip

    def curves(self) -> pd.DataFrame:
        """People x skills known at each period: periode, mean, low, high."""
        mean, half = _mean_half(self.curve)
        return pd.DataFrame({"periode": np.arange(len(mean)), "mean": mean, "low": mean - half, "high": mean + half})


def _mean_half(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    mean = values.mean(axis=0)
    return mean, Z95 * values.std(axis=0, ddof=1) / np.sqrt(len(values))


@kernel
def _replicate(know: Any, unit: Any, n_units: Any, tie_start: Any, tie_other: Any, tie_miss: Any, stay: Any, forget: Any, key: Any, periods: Any, curve: Any) -> None:
    """One replicate in place; draws are keyed by (period, person, skill), so equal people face equal luck in two plans."""
    n, n_skills = know.shape
    count = np.zeros((n_units, n_skills), np.int64)
    old = know.copy()
    for t in range(periods):
        count[:] = 0
        for i in range(n):
            for s in range(n_skills):
                count[unit[i], s] += know[i, s]
        old[:] = know
        here = child(key, U(t))
        total = 0
        for i in range(n):
            mine = child(here, U(i))
            for s in range(n_skills):
                if old[i, s]:
                    if forget > 0.0 and uniform(word(mine, U(2 * s + 1))) <= forget:
                        know[i, s] = 0
                else:
                    miss = 1.0
                    k = count[unit[i], s]
                    if k > 0:
                        miss = stay ** np.float64(k)
                    for e in range(tie_start[i], tie_start[i + 1]):
                        if old[tie_other[e], s]:
                            miss *= tie_miss[e]
                    if miss < 1.0 and uniform(word(mine, U(2 * s))) > miss:
                        know[i, s] = 1
                total += know[i, s]
        curve[t + 1] = total


@numba.njit(cache=True, nogil=True)
def _by_opd(know: Any, opd: Any, out: Any) -> None:
    for i in range(know.shape[0]):
        for s in range(know.shape[1]):
            out[opd[i], s] += know[i, s]


def skills(
    cycle: Cycle,
    model: str = "contagion",
    policy: str = "none",
    periods: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
) -> SkillSpread:
    """Simulate how every skill of a cycle spreads while people sit where they sit.

    Each period, from the state before it, a person who lacks a skill learns it with probability
    ``1 - (1 - b)^k prod_e (1 - g w_e)``: k holders among the colleagues of the leaf unit, e over ties to holders, w
    their strength; a holder forgets with probability f. Rates are those of the settings, else of
    data/parameters/sebaran.yaml. Draws are keyed by (seed, replicate, period, person, skill): a cycle and the same
    cycle after a plan are compared on the same luck, and threads or chunks change nothing.

    Special cases: without `keahlian` nobody knows anything and nothing spreads; a person alone in
    a unit learns along ties only.

    Parameters
    ----------
    cycle : Cycle
        For a plan, `cycle.after(plan.moves)`.
    model : str
        'contagion'.
    policy : str
        'none': nobody moves during the simulated time.
    periods, replicates, seed : int, optional
        Those of the settings where None.

    Returns
    -------
    SkillSpread

    Raises
    ------
    InputError
        For an unknown model or policy, or fewer than 2 replicates.
    """
    from mutasi_toolkit.skills import holders

    if model not in MODELS or policy not in POLICIES:
        raise InputError(text("spread.unknown_model", model=model, policy=policy, models=", ".join(MODELS), policies=", ".join(POLICIES)))
    settings = cycle.settings.sebaran
    periods = settings.periode if periods is None else periods
    replicates = settings.replikasi if replicates is None else replicates
    seed = cycle.settings.seed if seed is None else seed
    if replicates < 2 or periods < 1:
        raise InputError(text("spread.few_replicates", replicates=replicates, periods=periods))
    held, _, names = holders(cycle)
    know0 = np.ascontiguousarray(held.toarray().astype(np.uint8))
    unit, n_units, opd, opd_ids = _groups(cycle)
    rates = rates_of(cycle)
    ties = _ties(cycle, rates.tie)
    curve = np.zeros((replicates, periods + 1), dtype=np.int64)
    known = np.zeros((replicates, len(opd_ids), len(names)), dtype=np.int32)
    curve[:, 0] = int(know0.sum())
    for r in range(replicates):
        know = know0.copy()
        _replicate(know, unit, n_units, *ties, 1.0 - rates.unit, rates.forget, stream(seed, SKILLS, r), periods, curve[r])
        _by_opd(know, opd, known[r])
    start = np.zeros((len(opd_ids), len(names)), dtype=np.int32)
    _by_opd(know0, opd, start)
    return SkillSpread(curve, known, start, opd_ids, names, seed)


def _groups(cycle: Cycle) -> tuple[np.ndarray, int, np.ndarray, pd.Index]:
    unit, units = pd.factorize(cycle.seated["unit_id"], sort=True)
    opd_ids = pd.Index(np.unique(cycle.seat["opd_id"].to_numpy(dtype=object).astype(str)), name="opd_id")
    return unit.astype(np.int64), len(units), opd_ids.get_indexer(cycle.seated["opd_id"]).astype(np.int64), opd_ids


def _ties(cycle: Cycle, rate: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Known contacts both ways, by the person who learns: start, the other, chance that the tie does not teach."""
    people = pd.Index(cycle.pegawai["pegawai_id"])
    a, b = (people.get_indexer(cycle.hubungan[c]) for c in ("pegawai_a", "pegawai_b"))
    strength = cycle.hubungan["kekuatan"].fillna(1.0).to_numpy(dtype=float)
    learner, other = np.concatenate([a, b]), np.concatenate([b, a])
    miss = 1.0 - rate * np.concatenate([strength, strength])
    order = np.lexsort((other, learner))
    start = np.searchsorted(learner[order], np.arange(len(people) + 1)).astype(np.int64)
    return start, other[order].astype(np.int64), miss[order]


def compare_skills(a: SkillSpread, b: SkillSpread) -> pd.DataFrame:
    """Paired differences b - a in people who know at the horizon, by OPD and skill, on common draws.

    Returns
    -------
    DataFrame
        opd_id, keahlian, sebelum, sesudah, selisih, low, high (95 % of the mean difference), pasti (bool:
        the interval does not hold 0), replikasi_perlu (replicates after which a difference of this size
        would be certain; 0 where it already is or there is none). The row with opd_id '' is all of them.
    """
    if a.known.shape != b.known.shape or a.seed != b.seed:
        raise InputError(text("spread.not_paired"))
    first, second = a.known, b.known
    keep = (first.sum(axis=0) > 0) | (second.sum(axis=0) > 0)
    o, s = np.nonzero(keep)
    rows = _differences(first[:, o, s], second[:, o, s])
    rows.insert(0, "keahlian", a.keahlian[s])
    rows.insert(0, "opd_id", a.opd[o])
    total = _differences(first.sum(axis=(1, 2))[:, None], second.sum(axis=(1, 2))[:, None])
    total.insert(0, "keahlian", "")
    total.insert(0, "opd_id", "")
    return pd.concat([total, rows], ignore_index=True)


def _differences(first: np.ndarray, second: np.ndarray) -> pd.DataFrame:
    change = (second - first).astype(float)
    mean, half = _mean_half(change)
    sd = change.std(axis=0, ddof=1)
    sure = (np.abs(mean) > half) & (mean != 0)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.ceil((Z95 * sd / np.abs(mean)) ** 2)
    needed = np.where(sure | (mean == 0), 0, np.nan_to_num(needed)).astype(np.int64)
    return pd.DataFrame(
        {"sebelum": first.mean(axis=0), "sesudah": second.mean(axis=0), "selisih": mean, "low": mean - half, "high": mean + half, "pasti": sure, "replikasi_perlu": needed}
    )
