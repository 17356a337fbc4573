"""How sure an index is when the volumes of the tasks are known only to within an error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.balance import balance, grouping
from mutasi_toolkit.workload.draws import normal, task_keys, text_keys
from mutasi_toolkit.workload.need import growth_of_seats, headcount, need, place_of_seats
from mutasi_toolkit.workload.parameters import effective_minutes
from mutasi_toolkit.workload.rounding import efficiency_grade
from mutasi_toolkit.workload.tasks import stable_sums, task_minutes

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


@dataclass(frozen=True, slots=True)
class Efficiencies:
    """Efficiency of units as it stands and in replicates of the volumes.

    Attributes
    ----------
    ids : Index
        Units, sorted, n of them.
    beban, ada : ndarray, shape (n,)
        Minutes a year as stated; staff present.
    drawn : ndarray, shape (n, replicates)
        Minutes a year under drawn volumes.
    minutes : float
        Effective working time of one person.
    """

    ids: pd.Index
    beban: np.ndarray
    ada: np.ndarray
    drawn: np.ndarray
    minutes: float

    def stated(self) -> np.ndarray:
        """Index as stated, nan where nobody is; shape (n,)."""
        return _over(self.beban, self.ada * self.minutes)

    def replicates(self) -> np.ndarray:
        """Index in every replicate, nan where nobody is; shape (n, replicates)."""
        return _over(self.drawn, (self.ada * self.minutes)[:, None])


def draw_efficiencies(
    cycle: Cycle,
    level: str = "opd",
    error: float = 0.1,
    replicates: int = 1000,
    seed: int | None = None,
    shared: float = 0.0,
) -> Efficiencies:
    """Workload of units under uncertain volumes.

    volume* = volume x exp(s z - s^2 / 2) with s^2 = ln(1 + error^2): a lognormal factor of mean 1
    and relative standard deviation `error`; z = sqrt(1 - shared) z_task + sqrt(shared) z_unit,
    standard normal.

    Each z is named by its task (seat class, text) or leaf unit, the replicate and the seed: it
    depends neither on the order of the rows, nor on which other rows there are, nor on how many
    replicates are drawn.

    Special cases: error 0 gives the stated workload in every replicate; a stated need without tasks
    is treated as one task.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd', 'unit' or 'jabatan'.
    error : float
        Relative standard error of a volume, 0.1 for +- 10 %; 0 to 2.
    replicates : int
        How many, at least 2.
    seed : int, optional
        The cycle's own when absent.
    shared : float
        Share of the error's variance that all tasks of a leaf unit have in common, 0 to 1: units
        that report too much do so throughout. With 0 the errors of many tasks cancel out.

    Raises
    ------
    InputError
        When a number is out of its range or the level is unknown.
    """
    if not (
        0 <= error <= 2 and 0 <= shared <= 1 and int(replicates) == replicates and replicates >= 2
    ):
        raise InputError(
            text("workload.bad_error", error=error, shared=shared, replicates=replicates)
        )
    frame = need(cycle)
    seats = frame.index
    place = seats if level == "jabatan" else pd.Index(place_of_seats(cycle, level))
    ids = pd.Index(
        np.unique(place.to_numpy(dtype=object).astype(str)), name=f"{level}_id", dtype="str"
    )
    parts = _parts(cycle, frame)
    seat = seats.get_indexer(parts["jabatan_id"])
    group = ids.get_indexer(place)[seat]
    key = task_keys(parts)
    order = np.lexsort((key, group))
    parts, seat, group, key = parts.iloc[order], seat[order], group[order], key[order]
    unit_key = text_keys(cycle.seat["unit_id"].reindex(seats))[seat]
    minutes, start = parts["minutes"].to_numpy(), int(cycle.settings.seed if seed is None else seed)
    spread = float(np.sqrt(np.log1p(error**2)))
    drawn = np.empty((len(ids), int(replicates)))
    for r in range(int(replicates)):
        z = np.sqrt(1.0 - shared) * normal(key, r, start, "task")
        if shared > 0:
            z += np.sqrt(shared) * normal(unit_key, r, start, "unit")
        drawn[:, r] = np.bincount(
            group, minutes * np.exp(spread * z - spread**2 / 2), minlength=len(ids)
        )
    at = ids.get_indexer(place)
    return Efficiencies(
        ids=ids,
        beban=stable_sums(at, frame["beban"].to_numpy(), len(ids)),
        ada=stable_sums(at, headcount(cycle).to_numpy(), len(ids)),
        drawn=drawn,
        minutes=effective_minutes(cycle.settings.waktu_kerja),
    )


def efficiency_interval(
    cycle: Cycle,
    level: str = "opd",
    error: float = 0.1,
    replicates: int = 1000,
    seed: int | None = None,
    shared: float = 0.0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Efficiency of every OPD, unit or seat class with an interval under uncertain volumes.

    Special cases: nobody present gives nan and ''.

    Parameters
    ----------
    cycle, level, error, replicates, seed, shared
        As `draw_efficiencies`.
    confidence : float
        Share of the replicates that the interval holds, the same tail cut off on each side.

    Returns
    -------
    DataFrame
        Indexed by <level>_id (sorted): eu (ej for 'jabatan'), low, high, prestasi, p_prestasi
        (share of replicates with the same grade), p_overload (share of replicates graded A).

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> efficiency_interval(small_city(), error=0.1, replicates=500).loc["D1", ["eu", "low", "high"]].astype(float).round(2).to_list()
    [1.57, 1.39, 1.77]
    """
    found = draw_efficiencies(cycle, level, error, replicates, seed, shared)
    stated, values = found.stated(), found.replicates()
    low, high = _limits(values, confidence)
    grade, grades = efficiency_grade(stated), efficiency_grade(values)
    here = ~np.isnan(stated)
    name = "ej" if level == "jabatan" else "eu"
    return pd.DataFrame(
        {
            name: stated,
            "low": low,
            "high": high,
            "prestasi": grade,
            "p_prestasi": np.where(here, (grades == grade[:, None]).mean(axis=1), np.nan),
            "p_overload": np.where(here, (grades == "A").mean(axis=1), np.nan),
        },
        index=found.ids,
    )


def compare_efficiency(
    cycle: Cycle,
    pairs: Sequence[tuple[str, str]] | None = None,
    level: str = "opd",
    error: float = 0.1,
    replicates: int = 1000,
    seed: int | None = None,
    shared: float = 0.0,
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Whether the efficiency of one unit differs from another's, or could by error alone be the same.

    Special cases: a unit with nobody present gives nan and differs = False; a unit against itself
    gives 0.

    Parameters
    ----------
    cycle, level, error, replicates, seed, shared, confidence
        As `efficiency_interval`.
    pairs : sequence of (a, b), optional
        Units to compare; all pairs when absent.

    Returns
    -------
    DataFrame
        One row per pair: a, b, difference (of the indices, a - b), low, high, p_greater (share of
        replicates in which a is above b, a tie counting half), p_differ = |2 p_greater - 1|,
        differs (the interval leaves 0 out).

    Raises
    ------
    InputError
        When a pair names a unit that is not there.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> compare_efficiency(small_city(), [("D1", "D2")])[["difference", "differs"]].round(2).values.tolist()
    [[0.57, True]]
    """
    found = draw_efficiencies(cycle, level, error, replicates, seed, shared)
    chosen = (
        list(combinations(found.ids, 2)) if pairs is None else [(str(a), str(b)) for a, b in pairs]
    )
    unknown = sorted({u for pair in chosen for u in pair if u not in found.ids})
    if unknown:
        raise InputError(text("workload.unit_unknown", names=", ".join(unknown[:5])))
    a = found.ids.get_indexer([p[0] for p in chosen])
    b = found.ids.get_indexer([p[1] for p in chosen])
    stated, values = found.stated(), found.replicates()
    difference = values[a] - values[b]
    low, high = _limits(difference, confidence)
    known = ~np.isnan(difference).any(axis=1)
    above = np.where(
        known, (difference > 0).mean(axis=1) + 0.5 * (difference == 0).mean(axis=1), np.nan
    )
    return pd.DataFrame(
        {
            "a": found.ids[a],
            "b": found.ids[b],
            "difference": stated[a] - stated[b],
            "low": low,
            "high": high,
            "p_greater": above,
            "p_differ": np.abs(2.0 * above - 1.0),
            "differs": known & ((low > 0) | (high < 0)),
        }
    )


def balance_interval(
    cycle: Cycle,
    level: str = "opd",
    error: float = 0.1,
    replicates: int = 1000,
    seed: int | None = None,
    shared: float = 0.0,
    by: str | None = "rumpun",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Indices of balance between OPDs or units, each with an interval under uncertain volumes.

    The replicates add error to what is already an estimate, so an index of inequality lies on
    average a little higher in them than the index of the stated volumes: the column mean shows by
    how much.

    Parameters
    ----------
    cycle, level, error, replicates, seed, shared, confidence
        As `efficiency_interval`.
    by : str, optional
        Grouping for the split of Theil's T (see `grouping`); without it the two parts are nan.

    Returns
    -------
    DataFrame
        Indexed by the names of `balance`: value (of the stated volumes), low, high, mean (of the
        replicates).

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> balance_interval(small_city(), replicates=200).loc["gini", "value"].round(3)
    np.float64(0.11)
    """
    found = draw_efficiencies(cycle, level, error, replicates, seed, shared)
    groups = None
    if by is not None and level != "jabatan":
        groups = grouping(cycle, by).reindex(found.ids).to_numpy()
    capacity = found.ada * found.minutes
    value = balance(found.beban, capacity, groups)
    drawn = np.column_stack(
        [balance(column, capacity, groups).to_numpy() for column in found.drawn.T]
    )
    low, high = _limits(drawn, confidence)
    return pd.DataFrame({"value": value, "low": low, "high": high, "mean": drawn.mean(axis=1)})


def _parts(cycle: Cycle, frame: pd.DataFrame) -> pd.DataFrame:
    """Tasks with their minutes a year, growth included; a stated need without tasks is one task."""
    grown = growth_of_seats(cycle)
    columns = ["jabatan_id", "uraian", "volume", "norma_waktu", "satuan_waktu"]
    tasks = cycle.tugas[columns].assign(
        minutes=task_minutes(cycle.tugas) * cycle.tugas["jabatan_id"].map(grown).astype(float)
    )
    rest = frame.index[~frame.index.isin(tasks["jabatan_id"]) & (frame["beban"] > 0).to_numpy()]
    whole = frame.loc[rest, "beban"].to_numpy()
    stated = pd.DataFrame(
        {
            "jabatan_id": rest,
            "uraian": "",
            "volume": 1.0,
            "norma_waktu": whole,
            "satuan_waktu": "menit",
            "minutes": whole,
        }
    )
    if not len(stated):
        return tasks.reset_index(drop=True)
    return pd.concat([tasks, stated.astype(tasks.dtypes.to_dict())], ignore_index=True)


def _over(load: np.ndarray, capacity: np.ndarray) -> np.ndarray:
    wide = np.broadcast_to(capacity, load.shape)
    return np.divide(load, wide, out=np.full(load.shape, np.nan), where=wide > 0)


def _limits(values: np.ndarray, confidence: float) -> tuple[np.ndarray, np.ndarray]:
    if not 0 < confidence < 1:
        raise InputError(text("workload.bad_confidence", value=confidence))
    tail = (1.0 - confidence) / 2.0
    low, high = np.full(len(values), np.nan), np.full(len(values), np.nan)
    known = ~np.isnan(values).any(axis=1)
    if known.any():
        low[known], high[known] = np.quantile(values[known], [tail, 1.0 - tail], axis=1)
    return low, high
