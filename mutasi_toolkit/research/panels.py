"""From records of moves, skills and outcomes to a tidy panel: who was treated when, with how much, and who was near."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Length of a period, by the word for it.
FREQUENCIES = {"month": "MS", "quarter": "QS", "year": "YS"}


@dataclass(frozen=True, eq=False)
class Tables:
    """What a panel is made from, at one level of unit.

    Attributes
    ----------
    home : Series
        Unit of everybody today, indexed by person.
    moves : DataFrame
        pegawai_id, unit_asal, unit_tujuan, tanggal.
    skills : DataFrame
        pegawai_id, keahlian, tanggal (NaT: held all along); holders only.
    outcomes : DataFrame
        unit_id, periode, indikator, nilai.
    """

    home: pd.Series
    moves: pd.DataFrame
    skills: pd.DataFrame
    outcomes: pd.DataFrame

    @classmethod
    def of_cycle(cls, cycle: Cycle, level: str = "opd_id") -> Tables:
        """Tables of a cycle at the level of `unit_id` or `opd_id`; a holder has tingkat >= tingkat_pemegang."""
        if level not in ("unit_id", "opd_id"):
            raise InputError(text("research.unknown", what=level, known="unit_id, opd_id"))
        above = cycle.opd if level == "opd_id" else pd.Series(cycle.opd.index, index=cycle.opd.index)

        def named(units: pd.Series) -> pd.Series:
            return units.map(above).fillna(units)

        moves = cycle.riwayat[["pegawai_id", "unit_asal", "unit_tujuan", "tanggal"]].copy()
        for column in ("unit_asal", "unit_tujuan"):
            moves[column] = named(moves[column])
        held = cycle.keahlian[cycle.keahlian["tingkat"] >= cycle.settings.tingkat_pemegang]
        outcomes = cycle.hasil.assign(unit_id=named(cycle.hasil["unit_id"]))
        return cls(cycle.seated[level], moves, held[["pegawai_id", "keahlian", "tanggal"]], outcomes)


def panel(
    source: Cycle | Tables,
    start: str | pd.Timestamp,
    end: str | pd.Timestamp,
    frequency: str = "quarter",
    level: str = "opd_id",
    skills: Sequence[str] | None = None,
    indicator: str | None = None,
    window: int = 2,
) -> pd.DataFrame:
    """A row for every unit, skill and period.

    Everybody is followed back through the moves: before the first they were in its unit_asal, after the last in its
    unit_tujuan, without moves in today's unit. An arrival is a move into the unit from another.

    Parameters
    ----------
    source : Cycle or Tables
    start, end : date
        The first period is that of `start`; the last begins before `end`.
    frequency : {'month', 'quarter', 'year'}
    level : {'opd_id', 'unit_id'}
        For a Cycle.
    skills : sequence of str, optional
        All that somebody holds where None.
    indicator : str, optional
        Of the outcomes; may be left out where there is one.
    window : int
        Periods for which somebody who moved in counts as new.

    Returns
    -------
    DataFrame
        unit, skill, period (0 ..), date (first day), people, holders (at the end of the period), arrivals (all),
        dose (arrivals who hold the skill, so far), cohort (period of the first of them; -1 never), treated (1 from the
        cohort on), exposure (share of the people who moved in within the window), exposure_2 (mean exposure of the units
        that exchanged people with this one before the period, weighted by how many), outcome (nan where none is recorded).

    Raises
    ------
    InputError
        For an unknown frequency, level, skill or indicator, or when several indicators are there and none is chosen.

    Examples
    --------
    >>> from mutasi_toolkit.research.known_truth import simulate_records
    >>> table = panel(simulate_records(units=6, periods=8, seed=1).tables, "2020-01-01", "2022-01-01")
    >>> len(table), int(table["treated"].max())
    (56, 1)
    """
    tables = source if isinstance(source, Tables) else Tables.of_cycle(source, level)
    if frequency not in FREQUENCIES:
        raise InputError(text("research.unknown", what=frequency, known=", ".join(FREQUENCIES)))
    edges = pd.date_range(pd.Period(start, FREQUENCIES[frequency][0]).start_time, pd.Timestamp(end), freq=FREQUENCIES[frequency], inclusive="left")
    if len(edges) < 2:
        raise InputError(text("research.short", start=start, end=end))
    names = _chosen_skills(tables, skills)
    units = pd.Index(np.unique(np.concatenate([tables.home.to_numpy(dtype=object), *(tables.moves[c].to_numpy(dtype=object) for c in ("unit_asal", "unit_tujuan"))]).astype(str)))
    people = tables.home.index.union(pd.Index(tables.moves["pegawai_id"].unique()), sort=True)
    moves = _coded_moves(tables.moves, people, units, edges)
    where = _places(tables.home, moves, people, units, len(edges))
    held = _held_from(tables.skills, people, names, edges)
    return _assemble(edges, units, names, where, held, moves, _outcomes(tables.outcomes, units, edges, indicator), window)


def _chosen_skills(tables: Tables, skills: Sequence[str] | None) -> pd.Index:
    there = pd.Index(np.unique(tables.skills["keahlian"].to_numpy(dtype=object).astype(str)))
    if skills is None:
        return there
    missing = [s for s in skills if s not in there]
    if missing:
        raise InputError(text("research.unknown", what=", ".join(missing), known=", ".join(there[:20])))
    return pd.Index(list(skills))


def _coded_moves(moves: pd.DataFrame, people: pd.Index, units: pd.Index, edges: pd.DatetimeIndex) -> pd.DataFrame:
    """Moves between different units in order of time, as codes; period -1 before the first, len(edges) - 1 in the last."""
    coded = pd.DataFrame(
        {
            "person": people.get_indexer(moves["pegawai_id"]), "from": units.get_indexer(moves["unit_asal"]),
            "to": units.get_indexer(moves["unit_tujuan"]), "date": pd.to_datetime(moves["tanggal"]),
        }
    )  # fmt: skip
    coded["period"] = np.searchsorted(edges.to_numpy(), coded["date"].to_numpy(), side="right") - 1
    after = coded["date"] >= edges[-1] + (edges[-1] - edges[-2]) * 2
    coded.loc[after, "period"] = len(edges)
    return coded[coded["from"] != coded["to"]].sort_values(["date", "person"], kind="stable", ignore_index=True)


def _places(home: pd.Series, moves: pd.DataFrame, people: pd.Index, units: pd.Index, periods: int) -> np.ndarray:
    """Unit of everybody at the end of each period, shape (people, periods); -1 for somebody who is not on the staff."""
    today = np.full(len(people), -1)
    today[people.get_indexer(home.index)] = units.get_indexer(home)
    where = np.repeat(today[:, None], periods, axis=1)
    # Back in time: before a move, and after the one before it, a person was in its unit_asal.
    for person, origin, period in moves[["person", "from", "period"]].iloc[::-1].itertuples(index=False):
        where[person, : max(min(period, periods), 0)] = origin
    for person, to, period in moves.drop_duplicates("person", keep="last")[["person", "to", "period"]].itertuples(index=False):
        if today[person] < 0 and period < periods:
            where[person, max(period, 0) :] = to
    return where


def _held_from(skills: pd.DataFrame, people: pd.Index, names: pd.Index, edges: pd.DatetimeIndex) -> np.ndarray:
    """First period in which a person counts as holder of a skill, shape (people, skills); len(edges) for never."""
    first = np.full((len(people), len(names)), len(edges))
    who, what = people.get_indexer(skills["pegawai_id"]), names.get_indexer(skills["keahlian"])
    dates = pd.to_datetime(skills["tanggal"]).to_numpy()
    period = np.where(np.isnat(dates), 0, np.searchsorted(edges.to_numpy(), dates, side="right") - 1).clip(0)
    known = (who >= 0) & (what >= 0)
    np.minimum.at(first, (who[known], what[known]), period[known])
    return first


def _outcomes(outcomes: pd.DataFrame, units: pd.Index, edges: pd.DatetimeIndex, indicator: str | None) -> np.ndarray:
    value = np.full((len(units), len(edges)), np.nan)
    there = list(pd.unique(outcomes["indikator"]))
    if not there:
        return value
    if indicator is None and len(there) > 1:
        raise InputError(text("research.indicator", known=", ".join(map(str, there))))
    if indicator is not None and indicator not in there:
        raise InputError(text("research.unknown", what=indicator, known=", ".join(map(str, there))))
    mine = outcomes[outcomes["indikator"] == (indicator or there[0])]
    begins = np.array([pd.Period(str(p)).start_time.to_datetime64() for p in mine["periode"]], dtype="datetime64[ns]")
    at = np.searchsorted(edges.to_numpy().astype("datetime64[ns]"), begins, side="right") - 1
    code = units.get_indexer(mine["unit_id"])
    inside = (at >= 0) & (code >= 0) & (begins < (edges[-1] + (edges[-1] - edges[-2])).to_datetime64())
    table = pd.DataFrame({"u": code[inside], "t": at[inside], "y": mine["nilai"].to_numpy(dtype=float)[inside]}).groupby(["u", "t"])["y"].mean()
    value[table.index.get_level_values(0), table.index.get_level_values(1)] = table.to_numpy()
    return value


def _exposures(moves: pd.DataFrame, people: np.ndarray, n: int, periods: int, window: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Arrivals, share of new people, and the mean share of new people among units that exchanged people before."""
    arrivals, between = np.zeros((n, periods)), np.zeros((n, n))
    inside = moves[(moves["period"] >= 0) & (moves["period"] < periods)]
    np.add.at(arrivals, (inside["to"], inside["period"]), 1)
    recent = np.stack([arrivals[:, max(0, t - window + 1) : t + 1].sum(axis=1) for t in range(periods)], axis=1)
    near = np.divide(np.minimum(recent, people), people, out=np.zeros((n, periods)), where=people > 0)
    far = np.zeros((n, periods))
    for t in range(periods):
        before = moves[moves["period"] == (t - 1)] if t else moves[moves["period"] < 0]
        np.add.at(between, (before["from"], before["to"]), 1)
        weight = between + between.T
        total = weight.sum(axis=1)
        far[:, t] = np.divide(weight @ near[:, t], total, out=np.zeros(n), where=total > 0)
    return arrivals, near, far


def _assemble(
    edges: pd.DatetimeIndex, units: pd.Index, names: pd.Index, where: np.ndarray, held: np.ndarray, moves: pd.DataFrame, outcome: np.ndarray, window: int
) -> pd.DataFrame:
    n, periods = len(units), len(edges)
    staff = np.zeros((n, periods))
    holders, dose = (np.zeros((n, len(names), periods)) for _ in range(2))
    for now in range(periods):
        there = np.flatnonzero(where[:, now] >= 0)
        np.add.at(staff[:, now], where[there, now], 1)
        who, what = np.nonzero(held[there] <= now)
        np.add.at(holders[:, :, now], (where[there[who], now], what), 1)
    for person, to, period in moves[["person", "to", "period"]].itertuples(index=False):
        if 0 <= period < periods:
            dose[to, :, period] += held[person] <= period
    dose = dose.cumsum(axis=2)
    cohort = np.where(dose[:, :, -1] > 0, (dose > 0).argmax(axis=2), -1)
    arrivals, near, far = _exposures(moves, staff, n, periods, window)
    u, k, t = (x.ravel() for x in np.meshgrid(np.arange(n), np.arange(len(names)), np.arange(periods), indexing="ij"))
    first = cohort[u, k]
    return pd.DataFrame(
        {
            "unit": units[u], "skill": names[k], "period": t, "date": edges[t], "people": staff[u, t].astype(int),
            "holders": holders[u, k, t].astype(int), "arrivals": arrivals[u, t].astype(int), "dose": dose[u, k, t].astype(int),
            "cohort": first, "treated": ((first >= 0) & (t >= first)).astype(int), "exposure": near[u, t],
            "exposure_2": far[u, t], "outcome": outcome[u, t],
        }
    )  # fmt: skip
