"""The years ahead: need against the staff who are still there, year by year, by the regulation's rule."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.leaving import leavers
from mutasi_toolkit.workload.need import (
    LOW_FILL,
    RATIO_DECIMALS,
    growth_factors,
    need,
    place_of_seats,
    rumpun_of_units,
)
from mutasi_toolkit.workload.rounding import round_half_up

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

Growth = float | Mapping[str, float] | None
FTE_DECIMALS = 6
MEASURES = ("isi", "terisi")
SUMMED = ("ada", "pensiun", "kontrak_habis", "sisa", "kebutuhan_bulat", "net")


def first_year(cycle: Cycle) -> int:
    """Year of the first 31 December after the date of the cycle; the head count stands for the one before."""
    day = cycle.date
    return int(day.year + 1) if (day.month, day.day) == (12, 31) else int(day.year)


def project(
    cycle: Cycle, years: int = 5, growth: Growth = None, renewed: float = 0.0
) -> pd.DataFrame:
    """Need and staff of every seat class in each of the years ahead, with nobody coming in.

    net(y) = ada - pensiun(y) - kontrak_habis(y) - kebutuhan_bulat(y): retirements and contracts
    that end reduce a surplus and increase a shortage. kebutuhan(y) = kebutuhan x (1 + growth)^k in
    the k-th year, rounded half up per seat class. Somebody whose TMT pensiun is 1 January y + 1 is
    still counted on 31 December y; a contract counts as ended in the year of its last day. A PPPK
    counts once, by what comes first.

    Special cases: 0 years give an empty frame; a person whose day is past already is counted in the
    first year.

    Parameters
    ----------
    cycle : Cycle
        Its head count stands for 31 December before the first year.
    years : int
        How many years, the regulation's horizon being 5.
    growth : float, or mapping of rumpun to float, optional
        Growth of demand a year, 0.02 for 2 %, compounding, for all or by field of government; on
        top of `permintaan` in the settings, which lifts the level once.
    renewed : float
        Share of the ending contracts that are renewed, 0 by the regulation's rule.

    Returns
    -------
    DataFrame
        Indexed by jabatan_id (in the order of `cycle.jabatan`) and year: ada (now), pensiun and
        kontrak_habis (people and FTE, cumulative up to 31 December of the year), sisa = ada -
        pensiun - kontrak_habis, kebutuhan (exact), kebutuhan_bulat, net.

    Raises
    ------
    InputError
        When `years` is not a whole number of at least 0, `renewed` not in [0, 1], or `growth` names
        a rumpun that no unit has or falls by more than 100 %.

    References
    ----------
    Peraturan BKN 9/2022 (five years, itemised by one; retirements and PPPK contracts that end); PP
    11/2017 art 239.

    Examples
    --------
    P1 of J1 turns 58 in March 2027, the contract of P2 ends in February 2028:

    >>> from mutasi_toolkit.workload.example import small_city
    >>> project(small_city(), years=3).loc["J1", ["pensiun", "kontrak_habis", "sisa", "net"]].to_dict("index")[2028]
    {'pensiun': 1.0, 'kontrak_habis': 1.0, 'sisa': 0.0, 'net': -2.0}
    """
    if isinstance(years, bool) or int(years) != years or years < 0 or not 0 <= renewed <= 1:
        raise InputError(text("workload.bad_horizon", years=years, renewed=renewed))
    today = need(cycle)
    calendar = np.arange(first_year(cycle), first_year(cycle) + int(years))
    retired = _cumulative(cycle, "pensiun", calendar, 1.0)
    ended = _cumulative(cycle, "kontrak habis", calendar, 1.0 - renewed)
    rate = _rates(cycle, growth)
    wanted = today["kebutuhan"].to_numpy()[:, None] * (1.0 + rate[:, None]) ** np.arange(
        1, int(years) + 1
    )
    rounded = round_half_up(wanted)
    ada = np.repeat(today["ada"].to_numpy()[:, None], int(years), axis=1)
    left = np.round(ada - retired - ended, FTE_DECIMALS)
    columns = {
        "ada": ada, "pensiun": retired, "kontrak_habis": ended, "sisa": left, "kebutuhan": wanted,
        "kebutuhan_bulat": rounded, "net": np.round(left - rounded, FTE_DECIMALS),
    }  # fmt: skip
    index = pd.MultiIndex.from_product([today.index, calendar], names=["jabatan_id", "year"])
    return pd.DataFrame({name: values.ravel() for name, values in columns.items()}, index=index)


def project_units(
    cycle: Cycle, projection: pd.DataFrame | None = None, level: str = "opd"
) -> pd.DataFrame:
    """Sum a projection over the seat classes of every OPD or unit, with how well it is filled.

    isi = sisa / kebutuhan_bulat; terisi = sum over seat classes of min(sisa, kebutuhan_bulat) /
    their need, in which a surplus in one class does not cover a shortage in another.

    Special cases: no need gives isi = terisi = nan.

    Parameters
    ----------
    cycle : Cycle
    projection : DataFrame, optional
        What `project` gave for this cycle; its five years when absent.
    level : str
        'opd', 'unit' or 'jabatan'.

    Returns
    -------
    DataFrame
        Indexed by <level>_id (sorted) and year, the first year being the 31 December before the
        first projected one (the head count now): ada, pensiun, kontrak_habis, sisa,
        kebutuhan_bulat, net, isi, terisi.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> city = small_city()
    >>> project_units(city, project(city, 2)).loc["D1", "isi"].round(2).to_dict()
    {2025: 0.75, 2026: 0.75, 2027: 0.5}
    """
    projection = project(cycle) if projection is None else projection
    frame = pd.concat([_today(cycle), projection[list(SUMMED)]])
    frame = frame.assign(held=np.minimum(frame["sisa"], frame["kebutuhan_bulat"]))
    seat = frame.index.get_level_values("jabatan_id")
    place = seat if level == "jabatan" else seat.map(place_of_seats(cycle, level))
    keys = [pd.Index(place, name=f"{level}_id"), frame.index.get_level_values("year")]
    sums = frame.groupby(keys, sort=True).sum().round(FTE_DECIMALS)
    wanted = sums["kebutuhan_bulat"].to_numpy(dtype=float)
    for name, part in (("isi", "sisa"), ("terisi", "held")):
        blank = np.full(len(sums), np.nan)
        share = np.divide(sums[part].to_numpy(), wanted, out=blank, where=wanted > 0)
        sums[name] = np.round(share, RATIO_DECIMALS)
    return sums.drop(columns="held")


def fill_by_year(
    cycle: Cycle,
    projection: pd.DataFrame | None = None,
    level: str = "opd",
    measure: str = "terisi",
) -> pd.DataFrame:
    """Share of the need that is filled: a row per OPD or unit, a column per year, today's first.

    Parameters
    ----------
    cycle, projection, level
        As `project_units`.
    measure : str
        'terisi' (a surplus in one class covers no shortage in another) or 'isi'.

    Raises
    ------
    InputError
        For another measure or level.
    """
    if measure not in MEASURES:
        known = ", ".join(MEASURES)
        raise InputError(text("workload.bad_measure", measure=measure, known=known))
    return project_units(cycle, projection, level)[measure].unstack("year")


def filled_by_opd(cycle: Cycle, projection: pd.DataFrame) -> pd.DataFrame:
    """`fill_by_year` of every OPD: what the picture of the years ahead is drawn from."""
    return fill_by_year(cycle, projection)


def first_below(
    cycle: Cycle,
    projection: pd.DataFrame | None = None,
    level: str = "opd",
    share: float = LOW_FILL,
    measure: str = "terisi",
) -> pd.DataFrame:
    """When each OPD or unit first falls below `share` of its need filled.

    Special cases: never within the horizon gives a missing year; one without need never falls.

    Parameters
    ----------
    cycle, projection, level, measure
        As `fill_by_year`.
    share : float
        The bound; exactly at it is not below.

    Returns
    -------
    DataFrame
        Indexed by <level>_id (sorted): tahun_pertama (Int64: the year of the first 31 December
        below the bound; the one before the first projected year means: below it today),
        terisi_awal and terisi_akhir (percent filled today and in the last year).

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> first_below(small_city())["tahun_pertama"].to_dict()
    {'D1': 2025, 'D2': 2028}
    """
    filled = fill_by_year(cycle, projection, level, measure)
    below = (filled < share).to_numpy()
    first = pd.array(filled.columns.to_numpy()[below.argmax(axis=1)], dtype="Int64")
    first[~below.any(axis=1)] = pd.NA
    columns = {
        "tahun_pertama": first,
        "terisi_awal": 100.0 * filled.iloc[:, 0],
        "terisi_akhir": 100.0 * filled.iloc[:, -1],
    }
    return pd.DataFrame(columns, index=filled.index)


def _today(cycle: Cycle) -> pd.DataFrame:
    """The head count now, as the row of the 31 December before the first projected one."""
    now = need(cycle)
    frame = pd.DataFrame(
        {
            "ada": now["ada"],
            "pensiun": 0.0,
            "kontrak_habis": 0.0,
            "sisa": now["ada"],
            "kebutuhan_bulat": now["kebutuhan_bulat"],
            "net": now["selisih"],
        }
    )
    return frame.assign(year=first_year(cycle) - 1).set_index("year", append=True)[list(SUMMED)]


def _cumulative(cycle: Cycle, why: str, calendar: np.ndarray, weight: float) -> np.ndarray:
    """FTE of each seat class that has left for this reason by 31 December of each year, shape (classes, years)."""
    gone = leavers(cycle)
    gone = gone[(gone["sebab"] == why) & (gone["fte"] > 0)]
    seats = pd.Index(cycle.jabatan["jabatan_id"])
    counts = np.zeros((len(seats), len(calendar)))
    if len(gone) and len(calendar):
        at = np.clip(gone["keluar"].dt.year.to_numpy() - calendar[0], 0, None)
        inside = at < len(calendar)
        np.add.at(
            counts,
            (seats.get_indexer(gone["jabatan_id"])[inside], at[inside]),
            gone["fte"].to_numpy()[inside],
        )
    return np.round(counts.cumsum(axis=1) * weight, FTE_DECIMALS)


def _rates(cycle: Cycle, growth: Growth) -> np.ndarray:
    """Growth a year of every seat class."""
    if growth is None:
        return np.zeros(len(cycle.jabatan))
    rumpun = rumpun_of_units(cycle)
    if not isinstance(growth, (Mapping, pd.Series)):
        return np.full(
            len(cycle.jabatan), growth_factors(pd.Series(["x"]), {"x": float(growth)}).iloc[0]
        )
    named = {str(k): float(v) for k, v in dict(growth).items()}
    known = set(rumpun.dropna().str.strip().str.casefold())
    unknown = [k for k in named if k.strip().casefold() not in known]
    if unknown:
        shown = ", ".join(sorted(set(rumpun.dropna()))) or "–"
        raise InputError(text("workload.rumpun_unknown", names=", ".join(unknown), known=shown))
    return cycle.seat["unit_id"].map(growth_factors(rumpun, named)).to_numpy(dtype=float)
