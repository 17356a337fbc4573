"""Finding times that were written in the wrong unit: hours for minutes, or minutes for hours, a factor of 60."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.parameters import MINUTES_PER_HOUR
from mutasi_toolkit.workload.tasks import task_minutes

#: A ratio counts as a factor of 60 when it lies between 60 / 1.6 and 60 x 1.6.
TOLERANCE = 1.6
#: Rows of the same task that are needed before one of them can be the odd one out.
LEAST_ROWS = 3
#: One unit of output does not take one person more than a year, nor less than this many minutes.
LEAST_MINUTES = 0.1
#: A class whose need is near to its staff after a factor of 60, and so far from it as written, looks wholly mixed.
NEAR = 2.0

REASONS = (
    "beda_dari_tugas_sama",
    "satuan_dalam_jabatan",
    "terlalu_lama",
    "terlalu_singkat",
    "beban_jabatan",
)


def mixed_units(
    tugas: pd.DataFrame,
    present: Mapping[str, float] | pd.Series | None = None,
    effective_minutes: float = 75_000,
) -> pd.DataFrame:
    """Rows of a task table whose time looks mixed up between minutes and hours.

    A row is named for one or more of these reasons:

    - beda_dari_tugas_sama: its minutes per unit differ by about 60 from the median of the other
      rows with the same `uraian` and `hasil` (at least 3 rows in all);
    - satuan_dalam_jabatan: it is the only unit of time in its seat class that is in hours (or in
      minutes), and its number, read in the unit of the others, would be like theirs, while as
      written it is about 60 times away from their median or more;
    - terlalu_lama: one unit of output takes longer than one person's year;
    - terlalu_singkat: one unit of output takes less than 6 seconds;
    - beban_jabatan (with `present`): the need of the whole seat class is within a factor of 2 of the
      staff present once it is divided or multiplied by 60.

    Special cases: rows with a time of 0 are never named; an empty table gives an empty frame.

    Parameters
    ----------
    tugas : DataFrame
        Columns jabatan_id, uraian, volume, norma_waktu, satuan_waktu; hasil where there is one.
    present : mapping or Series of float by jabatan_id, optional
        Staff present, for instance `headcount(cycle)`.
    effective_minutes : float
        Effective working time of one person, minutes a year.

    Returns
    -------
    DataFrame
        The rows in question under their index in `tugas`: jabatan_id, uraian, norma_waktu,
        satuan_waktu, pembanding [minutes: the median of the rows compared with, nan where none],
        alasan (names of REASONS, separated by '; ').

    Examples
    --------
    >>> tasks = pd.DataFrame({
    ...     "jabatan_id": ["A", "B", "C"], "uraian": "Mengarsip surat", "volume": 100, "norma_waktu": [5, 6, 5],
    ...     "satuan_waktu": ["menit", "menit", "jam"]})
    >>> mixed_units(tasks)[["norma_waktu", "satuan_waktu", "pembanding", "alasan"]].values.tolist()
    [[5, 'jam', 5.5, 'beda_dari_tugas_sama']]
    """
    hour = (tugas["satuan_waktu"].astype(str).str.strip().str.lower() == "jam").to_numpy()
    number = tugas["norma_waktu"].to_numpy(dtype=float)
    minutes = number * np.where(hour, MINUTES_PER_HOUR, 1.0)
    known = minutes > 0
    same, other = _against_same_task(tugas, minutes, known)
    within, other_class = _against_class(tugas, number, minutes, hour, known)
    reasons = {
        "beda_dari_tugas_sama": same,
        "satuan_dalam_jabatan": within,
        "terlalu_lama": minutes > effective_minutes,
        "terlalu_singkat": known & (minutes < LEAST_MINUTES),
        "beban_jabatan": _against_staff(tugas, present, effective_minutes),
    }
    named = np.logical_or.reduce(list(reasons.values()))
    compared = np.where(same, other, np.where(within, other_class, np.nan))
    at = np.flatnonzero(named)
    why = ["; ".join(r for r in REASONS if reasons[r][i]) for i in at]
    frame = tugas.iloc[at][["jabatan_id", "uraian", "norma_waktu", "satuan_waktu"]]
    return frame.assign(
        pembanding=compared[at], alasan=pd.Series(why, index=frame.index, dtype="str")
    )


def mixed_units_text(rows: pd.DataFrame, language: str = "id", most: int = 5) -> list[str]:
    """Sentences that tell the result of `mixed_units`, one per reason, with at most `most` rows named in each."""
    sentences = []
    for reason in REASONS:
        here = rows[
            rows["alasan"].str.split("; ").map(lambda found, r=reason: r in found).astype(bool)
        ]
        if not len(here):
            continue
        shown = "; ".join(
            f"{r.jabatan_id} – {r.uraian} ({r.norma_waktu:g} {r.satuan_waktu})"
            for r in here.head(most).itertuples()
        )
        more = text("workload.more_rows", language, n=len(here) - most) if len(here) > most else ""
        sentences.append(text(f"workload.mixed_{reason}", language, rows=shown, more=more))
    return sentences


def _sixty(ratio: np.ndarray) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        distance = np.abs(np.log(ratio))
    return np.abs(distance - np.log(MINUTES_PER_HOUR)) < np.log(TOLERANCE)


def _against_same_task(
    tugas: pd.DataFrame, minutes: np.ndarray, known: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Rows about 60 times off the median of the others of the same task, and that median."""
    flag, median = np.zeros(len(tugas), dtype=bool), np.full(len(tugas), np.nan)
    keys = [tugas["uraian"].astype(str).str.strip().str.lower()]
    if "hasil" in tugas:
        keys.append(tugas["hasil"].fillna("").astype(str).str.strip().str.lower())
    code = (
        pd.DataFrame(dict(enumerate(keys)))
        .groupby(list(range(len(keys))), sort=False)
        .ngroup()
        .to_numpy()
    )
    count = np.bincount(code[known], minlength=len(tugas))
    typical = (
        pd.Series(np.where(known, minutes, np.nan)).groupby(code).transform("median").to_numpy()
    )
    # Only rows far from the median of all, themselves included, can be far from that of the others.
    doubtful = (
        known
        & (count[code] >= LEAST_ROWS)
        & (np.abs(np.log(np.where(known, minutes, 1.0) / typical)) > np.log(2.0))
    )
    groups = pd.Series(np.arange(len(code))[known]).groupby(code[known])
    for i in np.flatnonzero(doubtful):
        others = groups.get_group(code[i]).to_numpy()
        median[i] = np.median(minutes[others[others != i]])
        flag[i] = _sixty(np.array([minutes[i] / median[i]]))[0]
    return flag, median


def _against_class(
    tugas: pd.DataFrame,
    number: np.ndarray,
    minutes: np.ndarray,
    hour: np.ndarray,
    known: np.ndarray,
) -> tuple[np.ndarray, np.ndarray]:
    """Rows alone in their unit within a seat class whose number is like the others' numbers in the other unit."""
    code = pd.factorize(tugas["jabatan_id"])[0]
    size = len(tugas)
    with_hours = np.bincount(code[known & hour], minlength=size)
    with_minutes = np.bincount(code[known & ~hour], minlength=size)
    alone = known & np.where(
        hour,
        (with_hours[code] == 1) & (with_minutes[code] >= 2),
        (with_minutes[code] == 1) & (with_hours[code] >= 2),
    )
    odd = np.zeros(size, dtype=bool)
    odd[code[alone]] = True
    rest = pd.Series(np.where(known & ~alone & odd[code], minutes, np.nan))
    median = rest.groupby(code).transform("median").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        as_written = np.abs(np.log(minutes / median))
        as_others = np.abs(np.log(np.where(hour, number, number * MINUTES_PER_HOUR) / median))
    flag = alone & (as_written > np.log(MINUTES_PER_HOUR / TOLERANCE)) & (as_others < np.log(NEAR))
    return flag, median


def _against_staff(
    tugas: pd.DataFrame, present: Mapping[str, float] | pd.Series | None, effective: float
) -> np.ndarray:
    if present is None or not len(tugas):
        return np.zeros(len(tugas), dtype=bool)
    beban = task_minutes(tugas).groupby(tugas["jabatan_id"]).transform("sum").to_numpy()
    staff = tugas["jabatan_id"].map(dict(present)).to_numpy(dtype=float, na_value=np.nan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where(staff > 0, beban / effective / staff, np.nan)
        mended = np.where(ratio > 1, ratio / MINUTES_PER_HOUR, ratio * MINUTES_PER_HOUR)
        return np.asarray(np.abs(np.log(mended)) < np.log(NEAR))
