"""WISN: the World Health Organization's workload indicators of staffing need."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.parameters import MINUTES_PER_HOUR
from mutasi_toolkit.workload.rounding import round_wisn
from mutasi_toolkit.workload.shapes import (
    as_frame,
    cadres_of,
    existing_staff,
    numbers,
    per_cadre,
    staffing,
)
from mutasi_toolkit.workload.tasks import MINUTES_IN, stable_sums


def wisn(
    activities: Any,
    available: Any,
    category: Any = 0.0,
    individual: Any = 0.0,
    existing: Any = None,
) -> pd.DataFrame:
    """Staff required by WISN, against the staff present.

    (1) standard workload of an activity = AWT / time per unit; (2) A = sum(annual workload / standard workload);
    (3) CAF = 1 / (1 - CAS); (4) IAF = IAS / AWT; (5) required = A x CAF + IAF;
    (6) ratio = existing / required, difference = existing - required.

    Special cases: nothing required and somebody there gives ratio = inf; nothing required and
    nobody there gives ratio = nan and pressure 0; staff unknown gives nan in existing, ratio,
    difference and pressure.

    Parameters
    ----------
    activities : DataFrame (or what a DataFrame can be made of, or a mapping of cadre to such rows)
        One row per health-service activity: cadre (one unnamed cadre '' where the column is absent;
        may be the index); workload: units a year; and one of standard: time per unit in hours,
        minutes: time per unit in minutes, norma_waktu with satuan_waktu ('menit', 'jam'),
        standard_workload: units that one person does in a year; existing: staff present, the same
        in every row of a cadre (optional). Also accepted: annual_workload, volume, capaian for
        workload; service_standard, activity_standard, unit_time, hours for standard; sbk for
        standard_workload; sdmk, jabatan_id for cadre; ada, staff for existing.
    available : number, mapping or Series by cadre
        Available working time (AWT) of one person in hours a year.
    category : number, mapping or Series by cadre, or DataFrame
        Category allowance standard (CAS): the share in [0, 1) of AWT that all staff of a cadre
        spend on support activities. A frame has cadre and, per activity, share or hours (a year,
        per person). 0 where not named.
    individual : number, mapping or Series by cadre, or DataFrame
        Individual allowance standard (IAS): hours a year that some staff spend on additional
        activities, summed over those staff. A frame has cadre, hours (a year, per person) and staff
        (how many; 1 where absent). 0 where not named.
    existing : number, mapping or Series by cadre, optional
        Staff present, where `activities` does not say it.

    Returns
    -------
    DataFrame
        Indexed by cadre (sorted): required (exact), existing, ratio, difference, pressure = max(0,
        1 - ratio): the share of the required staff that is missing, 0 when there is none;
        required_rounded (the manual's own rounding, see `round_wisn`; never half up), basic (A),
        caf, iaf.

    Raises
    ------
    InputError
        Names rows or cadres: a value missing, negative or not finite; time per unit given twice or
        not at all; CAS outside [0, 1); AWT not above 0; a cadre without AWT.

    References
    ----------
    WHO, Workload indicators of staffing need: user's manual (2010). Worked example: Burmen et al.,
    Human Resources for Health 15 (2017), table 3.

    Examples
    --------
    10,000 patients a year, 10 visits of a quarter of an hour; 179 days of 8 hours; 10 of these days
    for support:

    >>> clinic = pd.DataFrame({"cadre": ["clinician"], "workload": [100_000], "standard": [0.25], "existing": [15]})
    >>> wisn(clinic, 179 * 8, category=10 / 179)[["required", "ratio", "difference"]].round(2).values.tolist()
    [[18.49, 0.81, -3.49]]
    """
    frame = as_frame(activities)
    cadres = cadres_of(frame, "")
    index = pd.Index(
        np.unique(cadres.to_numpy(dtype=object).astype(str)), name="cadre", dtype="str"
    )
    codes = index.get_indexer(cadres)
    awt = per_cadre(available, index, "available")
    if not (np.isfinite(awt) & (awt > 0)).all():
        raise InputError(
            text(
                "workload.bad_awt",
                values=", ".join(f"{c}: {v:g}" for c, v in zip(index, awt, strict=True)),
            )
        )
    if "workload" not in frame:
        raise InputError(
            text("workload.columns", missing="workload", given=", ".join(frame.columns))
        )
    basic = stable_sums(
        codes, numbers(frame, "workload") / _standard_workload(frame, awt[codes]), len(index)
    )
    caf = 1.0 / (1.0 - _category(category, index, awt))
    iaf = _individual(individual, index) / awt
    required = basic * caf + iaf
    present = existing_staff(frame, cadres, index, existing)
    return staffing(required, round_wisn(required), present, index).assign(
        basic=basic, caf=caf, iaf=iaf
    )


def _standard_workload(frame: pd.DataFrame, awt: np.ndarray) -> np.ndarray:
    """Units that one person does in a year, step (1)."""
    ways = [
        n
        for n in ("hours_per_unit", "minutes_per_unit", "norma_waktu", "units_per_year")
        if n in frame
    ]
    if len(ways) != 1:
        raise InputError(text("workload.one_standard", given=", ".join(frame.columns)))
    values = numbers(frame, ways[0], above=True)
    if ways[0] == "units_per_year":
        return values
    if ways[0] == "norma_waktu":
        values = values * minutes_factor(frame, None) / MINUTES_PER_HOUR
    elif ways[0] == "minutes_per_unit":
        values = values / MINUTES_PER_HOUR
    return np.asarray(awt / values)


def minutes_factor(frame: pd.DataFrame, default: float | None) -> np.ndarray:
    """Minutes in one unit of `norma_waktu`, from satuan_waktu; `default` where the frame has no such column.

    Raises
    ------
    InputError
        When a unit is neither 'menit' nor 'jam', or there is neither column nor default.
    """
    if "satuan_waktu" not in frame:
        if default is None:
            raise InputError(
                text("workload.columns", missing="satuan_waktu", given=", ".join(frame.columns))
            )
        return np.full(len(frame), default)
    factor = frame["satuan_waktu"].astype(str).str.strip().str.lower().map(MINUTES_IN).astype(float)
    if factor.isna().any():
        rows = ", ".join(str(i) for i in frame.index[factor.isna()][:5])
        raise InputError(text("workload.bad_time_unit", rows=rows))
    return factor.to_numpy()


def _category(category: Any, index: pd.Index, awt: np.ndarray) -> np.ndarray:
    if isinstance(category, pd.DataFrame):
        frame = category.rename(columns=lambda c: str(c).strip().lower())
        cadres = cadres_of(as_frame(frame), index[0] if len(index) == 1 else "")
        own = (
            per_cadre(pd.Series(awt, index=index), pd.Index(cadres), "category")
            if len(frame)
            else np.zeros(0)
        )
        column = "share" if "share" in frame else "hours"
        if column not in frame:
            raise InputError(
                text("workload.columns", missing="share, hours", given=", ".join(frame.columns))
            )
        values = numbers(frame, column)
        share = values if column == "share" else values / own
        category = pd.Series(share, index=cadres.to_numpy()).groupby(level=0).sum()
    cas = per_cadre(category, index, "category", missing=0.0)
    if not ((cas >= 0) & (cas < 1)).all():
        shown = ", ".join(f"{c}: {v:g}" for c, v in zip(index, cas, strict=True))
        raise InputError(text("workload.bad_share", what="category", values=shown))
    return cas


def _individual(individual: Any, index: pd.Index) -> np.ndarray:
    if isinstance(individual, pd.DataFrame):
        frame = individual.rename(columns=lambda c: str(c).strip().lower()).reset_index(
            drop="cadre" in individual.columns
        )
        if "hours" not in frame:
            raise InputError(
                text("workload.columns", missing="hours", given=", ".join(map(str, frame.columns)))
            )
        cadres = cadres_of(as_frame(frame), index[0] if len(index) == 1 else "")
        staff = numbers(frame, "staff") if "staff" in frame else np.ones(len(frame))
        hours = pd.Series(numbers(frame, "hours") * staff, index=cadres.to_numpy())
        individual = hours.groupby(level=0).sum()
    ias = per_cadre(individual, index, "individual", missing=0.0)
    if not (np.isfinite(ias) & (ias >= 0)).all():
        raise InputError(text("workload.negative"))
    return ias
