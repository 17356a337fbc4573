"""What rotation does to an organisation: policies compared on the same draws, moratoria, and where one transfer does most."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.research.verdict import SIGMAS

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.spread.population import SkillSpread

Z95 = 1.959963984540054
#: Growth of what is known that counts as 'half as much again'.
HALF_MORE = 1.5


def gini(values: np.ndarray) -> np.ndarray:
    """Gini coefficient of every row: half the mean absolute difference over the mean; 0 where all are 0.

    Examples
    --------
    >>> gini(np.array([[1.0, 1.0], [0.0, 1.0]])).tolist()
    [0.0, 0.5]
    """
    ordered = np.sort(values, axis=-1)
    n = ordered.shape[-1]
    total = ordered.sum(axis=-1)
    weighted = (ordered * (2 * np.arange(1, n + 1) - n - 1)).sum(axis=-1)
    return np.divide(weighted, n * total, out=np.zeros_like(total, dtype=float), where=total > 0)


def needed(cycle: Cycle, spread: SkillSpread) -> np.ndarray:
    """Pairs of OPD and skill that some seat of the OPD requires (all pairs without the table syarat): bool (n_opd, n_skills)."""
    out = np.zeros((len(spread.opd), len(spread.keahlian)), dtype=bool)
    if not cycle.has("syarat"):
        return ~out
    opd = cycle.seat["opd_id"].reindex(cycle.syarat["jabatan_id"]).to_numpy()
    o, s = spread.opd.get_indexer(opd), spread.keahlian.get_indexer(cycle.syarat["keahlian"])
    known = (o >= 0) & (s >= 0)
    out[o[known], s[known]] = True
    return out


def outcomes(cycle: Cycle, spread: SkillSpread) -> pd.DataFrame:
    """What a researcher asks of an ensemble, replicate by replicate.

    Returns
    -------
    DataFrame
        growth (people x skills known at the horizon, over today's), coverage (share of the pairs of OPD and required skill
        with a holder at the horizon), time_50 (first period with half as many again as today; one more than the last
        where never), inequality (Gini between OPD of skills per head at the horizon).
    """
    curve = spread.curve.astype(float)
    bar = HALF_MORE * curve[:, :1]
    reached = curve >= bar
    time = np.where(reached.any(axis=1), reached.argmax(axis=1), curve.shape[1])
    need = needed(cycle, spread)
    covered = ((spread.known > 0) & need).sum(axis=(1, 2)) / max(need.sum(), 1)
    size = cycle.seated.groupby("opd_id").size().reindex(spread.opd).fillna(0).to_numpy(dtype=float)
    per_head = spread.known.sum(axis=2)[:, size > 0] / size[size > 0]
    return pd.DataFrame({"growth": curve[:, -1] / np.maximum(curve[:, 0], 1), "coverage": covered, "time_50": time, "inequality": gini(per_head)})


def summary(values: pd.DataFrame) -> pd.Series:
    """Means and half widths of their 95 % intervals: each column and `<column>_half`."""
    half = Z95 * values.std(ddof=1) / np.sqrt(len(values))
    return pd.concat([values.mean(), half.add_suffix("_half")])


def compare_policies(cycle: Cycle, policies: dict[str, dict[str, Any]], periods: int = 24, replicates: int = 100, seed: int = 0, base: str = "none") -> pd.DataFrame:
    """Outcomes under each policy, and paired differences from one of them on the same draws.

    Parameters
    ----------
    cycle : Cycle
    policies : dict
        Name to keywords of `mt.spread.skills` (policy, rate, interval, rates ...).
    periods, replicates, seed : int
    base : str
        The policy from which differences are taken.

    Returns
    -------
    DataFrame
        policy, measure, mean, half (95 %), change (from the base), change_half, sure (the change is beyond its interval).
    """
    from mutasi_toolkit.spread.population import skills

    found = {name: outcomes(cycle, skills(cycle, periods=periods, replicates=replicates, seed=seed, **how)) for name, how in policies.items()}
    rows = []
    for name, values in found.items():
        for measure in values:
            change = values[measure] - found[base][measure]
            halves = [Z95 * x.std(ddof=1) / np.sqrt(len(x)) for x in (values[measure], change)]
            rows.append((name, measure, values[measure].mean(), halves[0], change.mean(), halves[1], bool(abs(change.mean()) > halves[1])))
    return pd.DataFrame(rows, columns=["policy", "measure", "mean", "half", "change", "change_half", "sure"])


def with_ties(cycle: Cycle, keep: float, decay: float | None = None) -> Any:
    """Rates of the cycle with another share of ties kept after a move (0: all are lost), and another decay."""
    from mutasi_toolkit.spread.rates import rates_of

    rates = rates_of(cycle)
    return replace(rates, keep=keep, decay=rates.decay if decay is None else decay)


@lru_cache(maxsize=2)
def _cycle(path: str) -> Cycle:
    from mutasi_toolkit.cycle import read_cycle

    return read_cycle(path)


def rotation_run(
    cycle: str, policy: str, rate: float, interval: int = 1, keep: float = 0.5, teach: float | None = None, periods: int = 24, replicates: int = 40, seed: int = 0
) -> dict[str, float]:
    """One run of a sweep over rotation: a policy, how many move, how often, and what stays of old ties.

    Parameters
    ----------
    cycle : str
        Folder of the cycle.
    policy : str
    rate : float
        Share of the staff that moves per *period on average*: with an interval of k periods, k times as many move at once, so
        that the volume of rotation stays the same.
    interval : int
    keep : float
        Strength of the tie kept with one former colleague.
    teach : float, optional
        Chance of a lesson in the unit per period; that of the cycle where None.
    periods, replicates, seed : int

    Returns
    -------
    dict
        Means of `outcomes` and their half widths.
    """
    from mutasi_toolkit.spread.population import skills

    made = _cycle(cycle)
    rates = with_ties(made, keep)
    if teach is not None:
        rates = replace(rates, unit=teach)
    moved = skills(made, policy=policy, rate=min(1.0, rate * interval), interval=interval, rates=rates, periods=periods, replicates=replicates, seed=seed)
    return {name: float(value) for name, value in summary(outcomes(made, moved)).items()}


def rotation_plan(cycle: Cycle, rate: float, periods: int, pause: Sequence[int] = (), seed: int = 0) -> pd.DataFrame:
    """A rotation written out: random pairs of one kind of seat exchange seats in every period that is not paused.

    Parameters
    ----------
    cycle : Cycle
    rate : float
        Share of the staff that moves in a period.
    periods : int
    pause : sequence of int
        Periods (1 ..) of a moratorium; the pairs of other periods are the same with and without it.
    seed : int

    Returns
    -------
    DataFrame
        pegawai_id, jabatan_id, periode: moves for `mt.spread.skills(policy=...)`.
    """
    seated = cycle.seated
    people = seated.index.to_numpy(dtype=object)
    kind = cycle.jabatan.set_index("jabatan_id")["jenis"].reindex(seated["jabatan_id"]).to_numpy(dtype=object).astype(str)
    seat = dict(zip(people, seated["jabatan_id"], strict=True))
    rows = []
    for t in range(1, periods + 1):
        rng = np.random.default_rng([seed, t])
        drawn = rng.permutation(len(people))[: round(rate * len(people))]
        if t in pause:
            continue
        for name in np.unique(kind[drawn]):
            mine = drawn[kind[drawn] == name]
            for i, j in zip(mine[0::2], mine[1::2], strict=False):
                a, b = people[i], people[j]
                seat[a], seat[b] = seat[b], seat[a]
                rows += [(a, seat[a], t), (b, seat[b], t)]
    return pd.DataFrame(rows, columns=["pegawai_id", "jabatan_id", "periode"])


def moratorium(cycle: Cycle, months: Sequence[int], rate: float = 0.02, periods: int = 24, paths: int = 6, replicates: int = 20, seed: int = 0) -> pd.DataFrame:
    """What a pause of rotation at the start costs at the horizon, against the same rotation without it.

    Each path is one rotation written out; with and without the pause it is met by the same draws, so that the difference
    is the pause's. Intervals take the path as the unit of replication.

    Returns
    -------
    DataFrame
        months, lost (people x skills at the horizon), half (95 %), share (of what rotation adds over no rotation at all).
    """
    from scipy.stats import t as student

    from mutasi_toolkit.spread.population import skills

    def known(plan: Any, path: int) -> float:
        return float(skills(cycle, policy=plan, periods=periods, replicates=replicates, seed=seed + path).curve[:, -1].mean())

    whole = [known(rotation_plan(cycle, rate, periods, seed=seed + p), p) for p in range(paths)]
    still = [known("none", p) for p in range(paths)]
    rows = []
    for pause in months:
        lost = np.array([whole[p] - (known(rotation_plan(cycle, rate, periods, range(1, pause + 1), seed + p), p) if pause else whole[p]) for p in range(paths)])
        half = float(student.ppf(0.975, paths - 1)) * lost.std(ddof=1) / np.sqrt(paths) if paths > 1 else np.nan
        rows.append((pause, lost.mean(), half, lost.mean() / max(np.mean(whole) - np.mean(still), 1e-12)))
    return pd.DataFrame(rows, columns=["months", "lost", "half", "share"])


def best_transfers(gains: pd.DataFrame, most: int = 20) -> pd.DataFrame:
    """Where one transfer does most: a holder of a skill from an OPD that has several to one that has few.

    The worth of a move is the gain of the arrival less that of the departure: gain(to, n_to) - gain(from, n_from - 1). Only
    OPDs that require the skill receive it, where the column `dibutuhkan` says so. For each skill and receiver only the
    giver who loses least is told.

    Parameters
    ----------
    gains : DataFrame
        Of `mt.spread.marginal_gains`, with the columns of `holders_today`.
    most : int

    Returns
    -------
    DataFrame
        keahlian, dari, ke, pemegang_ke (holders there today), gain (people who know at the horizon, net), se, sure (gain
        beyond three standard errors).
    """
    by = gains.set_index(["keahlian", "opd_id", "n_holders"]).sort_index()
    rows = []
    for skill, block in gains.groupby("keahlian", sort=True):
        today = block.drop_duplicates("opd_id").set_index("opd_id")["sekarang"]
        wanted = set(block.loc[block["dibutuhkan"], "opd_id"]) if "dibutuhkan" in block else set(today.index)
        arrive = {o: by.loc[(skill, o, min(int(n), int(by.loc[(skill, o)].index.max())))] for o, n in today.items() if o in wanted}
        leave = {o: by.loc[(skill, o, min(int(n) - 1, int(by.loc[(skill, o)].index.max())))] for o, n in today.items() if n > 0}
        for a, lost in leave.items():
            for b, won in arrive.items():
                if a != b:
                    rows.append((skill, a, b, int(today[b]), won["gain"] - lost["gain"], float(np.hypot(won["se"], lost["se"]))))
    table = pd.DataFrame(rows, columns=["keahlian", "dari", "ke", "pemegang_ke", "gain", "se"])
    table["sure"] = table["gain"] > SIGMAS * table["se"]
    table = table.sort_values(["gain", "keahlian", "dari", "ke"], ascending=[False, True, True, True], kind="stable")
    return table.drop_duplicates(["keahlian", "ke"]).head(most).reset_index(drop=True)


def holders_today(cycle: Cycle, gains: pd.DataFrame) -> pd.DataFrame:
    """The table of gains with `sekarang` (holders in the OPD today) and `dibutuhkan` (some seat of the OPD requires the skill).

    Without the table syarat every OPD counts as requiring every skill.
    """
    bar = cycle.settings.tingkat_pemegang
    held = cycle.keahlian[cycle.keahlian["tingkat"] >= bar]
    opd = cycle.seated["opd_id"].reindex(held["pegawai_id"]).to_numpy()
    counted = held.assign(opd_id=opd).groupby(["opd_id", "keahlian"]).size()
    keys = pd.MultiIndex.from_frame(gains[["opd_id", "keahlian"]])
    asks = pd.MultiIndex.from_arrays([cycle.seat["opd_id"].reindex(cycle.syarat["jabatan_id"]), cycle.syarat["keahlian"]])
    required = keys.isin(asks) if cycle.has("syarat") else np.ones(len(keys), dtype=bool)
    return gains.assign(sekarang=counted.reindex(keys).fillna(0).to_numpy(dtype=int), dibutuhkan=required)
