"""Records with a known effect and a known selection, so that estimators can be judged."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.research.panels import Tables

SELECTIONS = ("none", "level", "trend", "dip")
#: Spread of the units' own slopes per period, and share of a shock that stays in the next period.
SLOPE_SD, MEMORY = 0.12, 0.5
SKILL = "keahlian"


@dataclass(frozen=True, eq=False)
class Records:
    """Simulated records and the truth behind them.

    Attributes
    ----------
    tables : Tables
        As offices have them: home, moves, skills, outcomes.
    att : float
        Mean effect over the treated unit-periods that came out.
    cohort : Series
        True first period of treatment by unit; -1 never.
    start, end : str
    """

    tables: Tables
    att: float
    cohort: pd.Series
    start: str
    end: str


def simulate_records(
    units: int = 40,
    staff: int = 12,
    periods: int = 16,
    effect: float = 1.0,
    growth: float = 0.0,
    spill: float = 0.0,
    selection: str = "none",
    strength: float = 1.5,
    share: float = 0.6,
    movers: int = 3,
    noise: float = 1.0,
    seed: int = 0,
) -> Records:
    """Units, people, moves and outcomes by quarter, in which the effect of an expert who moves in is known.

    Outcome of unit u in period t, with t_u the period in which its first expert arrives::

        y_ut = a_u + b t + s_u t + e_ut + [t >= t_u] (effect + growth (t - t_u)) + spill x share of neighbours that are treated

    with e_ut an AR(1) of memory 1/2 and innovation sd `noise`, and the neighbours of u the two units beside it. Experts
    come from a pool ('P'), one per period from the fourth on until `share` of the units have one; who gets the next is
    drawn with weights exp(strength z): z is 0 ('none'), the low level -a_u ('level', which differences remove), the slope
    s_u ('trend': parallel trends fail) or the shock of the period before, -e ('dip': the outcome had just fallen). In
    every period `movers` people without the skill change units at random.

    Parameters
    ----------
    units, staff, periods : int
    effect, growth, spill : float
    selection : {'none', 'level', 'trend', 'dip'}
    strength, share : float
    movers : int
    noise : float
    seed : int

    Returns
    -------
    Records

    Raises
    ------
    InputError
        For an unknown selection.

    Examples
    --------
    >>> made = simulate_records(units=10, periods=12, effect=2.0, seed=1)
    >>> made.att, len(made.tables.moves) > 30
    (2.0, True)
    """
    if selection not in SELECTIONS:
        raise InputError(text("research.unknown", what=selection, known=", ".join(SELECTIONS)))
    rng = np.random.default_rng(seed)
    level, slope = rng.normal(50, 5, units), rng.normal(0, SLOPE_SD, units) if selection == "trend" else np.zeros(units)
    shock = _shocks(rng, units, periods, noise)
    cohort = _cohorts(rng, level, slope, shock, selection, strength, share)
    time = np.arange(periods)
    treated = (cohort[:, None] >= 0) & (time >= cohort[:, None])
    gain = np.where(treated, effect + growth * (time - cohort[:, None]), 0.0)
    beside = (np.roll(treated, 1, axis=0).astype(float) + np.roll(treated, -1, axis=0)) / 2
    value = level[:, None] + 0.2 * time + slope[:, None] * time + shock + gain + spill * beside
    edges = pd.date_range("2020-01-01", periods=periods + 1, freq="QS")
    names = np.array([f"U{u:03d}" for u in range(units)], dtype=object)
    tables = _tables(rng, names, staff, edges, cohort, movers, value)
    att = float(gain[treated].mean()) if treated.any() else float("nan")
    return Records(tables, att, pd.Series(cohort, index=names), str(edges[0].date()), str(edges[-1].date()))


def _shocks(rng: np.random.Generator, units: int, periods: int, noise: float) -> np.ndarray:
    shock = np.zeros((units, periods))
    shock[:, 0] = rng.normal(0, noise / np.sqrt(1 - MEMORY**2), units)
    for t in range(1, periods):
        shock[:, t] = MEMORY * shock[:, t - 1] + rng.normal(0, noise, units)
    return shock


def _cohorts(rng: np.random.Generator, level: np.ndarray, slope: np.ndarray, shock: np.ndarray, selection: str, strength: float, share: float) -> np.ndarray:
    cohort = np.full(len(level), -1)
    first, last = 4, shock.shape[1] - 3
    turns = np.sort(rng.integers(first, max(last, first + 1), round(share * len(level))))
    for t in turns:
        left = np.flatnonzero(cohort < 0)
        pull = {"none": np.zeros(len(left)), "level": -level[left], "trend": slope[left], "dip": -shock[left, t - 1]}[selection]
        z = (pull - pull.mean()) / (pull.std() or 1.0)
        weight = np.exp(strength * z)
        cohort[rng.choice(left, p=weight / weight.sum())] = t
    return cohort


def _tables(rng: np.random.Generator, names: np.ndarray, staff: int, edges: pd.DatetimeIndex, cohort: np.ndarray, movers: int, value: np.ndarray) -> Tables:
    """Moves of experts out of the pool and of others at random, and everything else an office records."""
    people = [f"S{u:03d}{i:03d}" for u in range(len(names)) for i in range(staff)]
    at = dict(zip(people, np.repeat(names, staff), strict=True))
    experts = [f"E{u:03d}" for u in np.flatnonzero(cohort >= 0)]
    rows = []
    for t in range(len(edges) - 1):
        day = edges[t] + pd.Timedelta(days=int(rng.integers(1, 60)))
        for u in np.flatnonzero(cohort == t):
            rows.append((f"E{u:03d}", "P", names[u], day))
            at[f"E{u:03d}"] = names[u]
        for person in rng.choice(people, movers, replace=False):
            to = names[rng.integers(len(names))]
            if to != at[person]:
                rows.append((str(person), at[person], to, day))
                at[person] = to
    moves = pd.DataFrame(rows, columns=["pegawai_id", "unit_asal", "unit_tujuan", "tanggal"])
    skills = pd.DataFrame({"pegawai_id": experts, "keahlian": SKILL, "tanggal": pd.NaT})
    unit, quarter = (x.ravel() for x in np.meshgrid(np.arange(len(names)), np.arange(len(edges) - 1), indexing="ij"))
    quarters = np.array([str(pd.Period(e, "Q")) for e in edges[:-1]], dtype=object)
    outcomes = pd.DataFrame({"unit_id": names[unit], "periode": quarters[quarter], "indikator": "hasil", "nilai": value[unit, quarter]})
    return Tables(pd.Series(at), moves, skills, outcomes)
