"""ABK-Kes: need of health staff in the six steps of the Ministry of Health."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.need import headcount
from mutasi_toolkit.workload.parameters import MINUTES_PER_HOUR
from mutasi_toolkit.workload.rounding import round_half_up
from mutasi_toolkit.workload.shapes import (
    as_frame,
    cadres_of,
    existing_staff,
    numbers,
    per_cadre,
    staffing,
)
from mutasi_toolkit.workload.tasks import stable_sums
from mutasi_toolkit.workload.wisn import minutes_factor

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Kinds of unit that are health facilities (fasyankes).
FACILITIES = ("rsud", "puskesmas", "pustu", "klinik", "labkesda", "rumah sakit")


@dataclass(frozen=True, slots=True)
class AvailableTime:
    """Working time that one person has in a year.

    Attributes
    ----------
    days : float
        Hari kerja tersedia.
    hours : float
        Hours a year: days x effective hours a day.
    """

    days: float
    hours: float

    @property
    def minutes(self) -> float:
        """Minutes a year."""
        return self.hours * MINUTES_PER_HOUR


def available_time(
    days_a_week: int = 5,
    leave: float = 12,
    holidays: float = 19,
    training: float = 5,
    absence: float = 12,
    hours_a_week: float = 37.5,
    effective: float = 0.7,
) -> AvailableTime:
    """Step 2 of ABK-Kes, and AWT of WISN: working time that one person has in a year.

    days = 52 x days_a_week - (leave + holidays + training + absence);
    hours = days x hours_a_week x effective / days_a_week.

    The regulation rounds the result to 1,200 hours = 72,000 minutes for everybody; this function
    does not.

    Parameters
    ----------
    days_a_week : int
        5 or 6.
    leave, holidays, training, absence : float
        Days a year: cuti, libur nasional dan cuti bersama, pelatihan, absen.
    hours_a_week : float
        Jam kerja per minggu.
    effective : float
        Share of it that is effective.

    Raises
    ------
    InputError
        When nothing is left, or a number is negative.

    References
    ----------
    WKT table of "ABK Bidan Situbondo" (Keppres 68/1995; Permendagri 12/2008).

    Examples
    --------
    >>> available_time(5).days, available_time(5).hours, available_time(6).days, available_time(6).hours
    (212.0, 1113.0, 264.0, 1155.0)
    """
    lost = (leave, holidays, training, absence)
    days = 52.0 * days_a_week - sum(lost)
    good = 0 < days_a_week <= 7 and all(v >= 0 for v in lost) and 0 < effective <= 1
    if not (good and days > 0 and hours_a_week > 0):
        raise InputError(text("workload.no_time_left", days=f"{days:g}"))
    return AvailableTime(days, round(days * hours_a_week * effective / days_a_week, 9))


def abk_kes(
    activities: Any,
    support: Any = None,
    wkt: Any = 72_000,
    existing: Any = None,
    *,
    ftp: Any = None,
    stp: Any = None,
) -> pd.DataFrame:
    """Need of health staff by ABK-Kes, against the staff present.

    (1) the facility and its kinds of staff: the rows; (2) WKT: working time in minutes a year;
    (3) the activities and their time per unit; (4) SBK = WKT / norma waktu: what one person does in a year;
    (5) FTP = time of support activities / WKT x 100 percent, STP = 1 / (1 - FTP / 100);
    (6) JKT = sum(capaian / SBK), required = JKT x STP.

    Parameters
    ----------
    activities : DataFrame (or what a DataFrame can be made of, or a mapping of sdmk to such rows)
        One row per main activity: sdmk (kind of staff; one unnamed kind '' where the column is
        absent; cadre and jabatan_id are accepted); kegiatan (optional); capaian: units a year
        (volume, workload accepted); and one of norma_waktu: minutes per unit (another unit in
        satuan_waktu: 'menit', 'jam') or sbk: units that one person does in a year; existing or ada:
        staff present (optional).
    support : number, mapping or Series by sdmk, or DataFrame, optional
        Minutes a year of support activities (kegiatan penunjang) of one person. A frame has sdmk
        and, per activity, menit (a year), or waktu (minutes each time) and frekuensi (times a
        year).
    wkt : number, mapping or Series by sdmk
        Working time in minutes a year.
    existing : number, mapping or Series by sdmk, optional
        Staff present, where `activities` does not say it.
    ftp : number, mapping or Series by sdmk, optional
        FTP in percent, instead of `support`: 4 means 4 %. Between 0 and 1 is refused, for it would
        be a share.
    stp : number, mapping or Series by sdmk, optional
        STP itself, at least 1, instead of `support`.

    Returns
    -------
    DataFrame
        Indexed by cadre (sorted): required (exact), existing, ratio = existing / required,
        difference = existing - required, pressure = max(0, 1 - ratio), required_rounded (half up),
        jkt, ftp (percent), stp, wkt.

    Raises
    ------
    InputError
        Names rows or kinds of staff: a value missing, negative or not finite; norma_waktu and sbk
        both or neither; more than one of support, ftp, stp; FTP of 100 % or more.

    References
    ----------
    Permenkes 33/2015; Buku Manual 1 ABK-Kes (read in secondary carriers).

    Examples
    --------
    Registration of medical records, norms of 3 and 5 minutes, support of 2,880 minutes a year:

    >>> rows = pd.DataFrame({"sdmk": "PMIK", "capaian": [15_800, 45_000], "norma_waktu": [3, 5]})
    >>> abk_kes(rows, support=2_880)[["jkt", "stp", "required", "required_rounded"]].round(4).values.tolist()
    [[3.7833, 1.0417, 3.941, 4.0]]

    Midwives whose SBK and STP are given:

    >>> bidan = pd.DataFrame({
    ...     "capaian": [845, 197, 342, 326, 35, 31, 456], "sbk": [2400, 120, 1200, 1200, 1200, 1200, 2400]})
    >>> abk_kes(bidan, stp=1.21)[["required", "required_rounded"]].round(4).values.tolist()
    [[3.3825, 3.0]]
    """
    steps = abk_kes_steps(activities, wkt)
    index = pd.Index(
        np.unique(steps["cadre"].to_numpy(dtype=object).astype(str)), name="cadre", dtype="str"
    )
    codes = index.get_indexer(steps["cadre"])
    minutes = _working_time(wkt, index)
    jkt = stable_sums(codes, steps["kebutuhan"].to_numpy(), len(index))
    percent, factor = _support(support, ftp, stp, index, minutes)
    required = jkt * factor
    present = existing_staff(as_frame(activities), steps["cadre"], index, existing)
    table = staffing(required, round_half_up(required), present, index)
    return table.assign(jkt=jkt, ftp=percent, stp=factor, wkt=minutes)


def abk_kes_steps(activities: Any, wkt: Any = 72_000) -> pd.DataFrame:
    """Steps 3, 4 and 6 of ABK-Kes, activity by activity.

    Returns
    -------
    DataFrame
        One row per activity: cadre, activity (where given), workload, sbk, kebutuhan = workload /
        sbk.

    Examples
    --------
    >>> abk_kes_steps({"capaian": [15_800], "norma_waktu": [3]})["sbk"].to_list()
    [24000.0]
    """
    frame = as_frame(activities)
    if "workload" not in frame:
        raise InputError(
            text("workload.columns", missing="capaian", given=", ".join(frame.columns))
        )
    cadres = cadres_of(frame, "")
    if ("norma_waktu" in frame) == ("units_per_year" in frame):
        raise InputError(text("workload.norma_or_sbk", given=", ".join(frame.columns)))
    if "units_per_year" in frame:
        sbk = numbers(frame, "units_per_year", above=True)
    else:
        index = pd.Index(np.unique(cadres.to_numpy(dtype=object).astype(str)))
        own = _working_time(wkt, index)[index.get_indexer(cadres)]
        sbk = own / (numbers(frame, "norma_waktu", above=True) * minutes_factor(frame, 1.0))
    work = numbers(frame, "workload")
    names = {"activity": frame["activity"]} if "activity" in frame else {}
    return pd.DataFrame(
        {"cadre": cadres, **names, "workload": work, "sbk": sbk, "kebutuhan": work / sbk}
    )


def health_need(
    cycle: Cycle, wkt: Any = 72_000, support: Any = 0.0, kinds: tuple[str, ...] = FACILITIES
) -> pd.DataFrame:
    """ABK-Kes for the seat classes of a cycle's health facilities, from its table of tasks.

    Parameters
    ----------
    cycle : Cycle
    wkt : number, or mapping of profesi to number
        Working time in minutes a year; a profession not named has 72,000.
    support : number, or mapping of profesi to number
        Minutes a year of support activities of one person; 0 for a profession not named.
    kinds : tuple of str
        Kinds of unit (`unit.jenis`) that count as facilities.

    Returns
    -------
    DataFrame
        As `abk_kes`, indexed by jabatan_id: seat classes with tasks in those units.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> health_need(small_city())["required"].round(3).to_dict()
    {'J2': 2.292}
    """
    kind = cycle.unit.set_index("unit_id")["jenis"].str.strip().str.lower()
    seats = cycle.jabatan[cycle.jabatan["unit_id"].map(kind).isin(kinds)]
    seats = seats[seats["jabatan_id"].isin(cycle.tugas["jabatan_id"])].set_index("jabatan_id")
    profession = seats["profesi"].fillna("").str.strip().str.casefold()
    tasks = cycle.tugas[cycle.tugas["jabatan_id"].isin(seats.index)]
    rows = tasks[["jabatan_id", "uraian", "volume", "norma_waktu", "satuan_waktu"]]
    if not len(rows):
        raise InputError(text("workload.no_facility", kinds=", ".join(kinds)))
    rows = rows[rows["norma_waktu"] > 0]
    present = headcount(cycle).reindex(seats.index)
    table = abk_kes(
        rows,
        _by_profession(support, profession, 0.0),
        _by_profession(wkt, profession, 72_000.0),
        present,
    )
    return table.rename_axis("jabatan_id")


def _by_profession(value: Any, profession: pd.Series, default: float) -> Any:
    if not isinstance(value, Mapping):
        return value
    return profession.map({str(k).strip().casefold(): float(v) for k, v in value.items()}).fillna(
        default
    )


def _working_time(wkt: Any, index: pd.Index) -> np.ndarray:
    minutes = per_cadre(wkt, index, "wkt")
    if not (np.isfinite(minutes) & (minutes > 0)).all():
        raise InputError(text("workload.bad_minutes", value=wkt))
    return minutes


def _support(
    support: Any, ftp: Any, stp: Any, index: pd.Index, minutes: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """FTP in percent and STP per kind of staff, step (5)."""
    if sum(v is not None for v in (support, ftp, stp)) > 1:
        raise InputError(text("workload.one_support"))
    if stp is not None:
        factor = per_cadre(stp, index, "stp", missing=1.0)
        if not (np.isfinite(factor) & (factor >= 1)).all():
            raise InputError(text("workload.bad_stp", value=stp))
        return (1.0 - 1.0 / factor) * 100.0, factor
    if ftp is not None:
        percent = per_cadre(ftp, index, "ftp", missing=0.0)
        if ((percent > 0) & (percent < 1)).any():
            raise InputError(text("workload.ftp_share", value=ftp))
    else:
        percent = _support_minutes(support, index) / minutes * 100.0
    if not ((percent >= 0) & (percent < 100)).all():
        raise InputError(
            text("workload.bad_share", what="FTP", values=", ".join(f"{v:g} %" for v in percent))
        )
    return percent, 1.0 / (1.0 - percent / 100.0)


def _support_minutes(support: Any, index: pd.Index) -> np.ndarray:
    if support is None:
        return np.zeros(len(index))
    if isinstance(support, pd.DataFrame):
        frame = as_frame(support)
        if "menit" in frame:
            total = numbers(frame, "menit")
        elif {"waktu", "frekuensi"} <= set(frame.columns):
            total = numbers(frame, "waktu") * numbers(frame, "frekuensi")
        else:
            raise InputError(
                text(
                    "workload.columns",
                    missing="menit, waktu, frekuensi",
                    given=", ".join(frame.columns),
                )
            )
        cadres = cadres_of(frame, index[0] if len(index) == 1 else "")
        support = pd.Series(total, index=cadres.to_numpy()).groupby(level=0).sum()
    return per_cadre(support, index, "support", missing=0.0)
