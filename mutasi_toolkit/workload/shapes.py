"""Reading the arguments of the health methods: liberal in shapes and column names, strict in values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: Other names under which a column is accepted, the first one being the name used here.
ALIASES: dict[str, tuple[str, ...]] = {
    "cadre": ("cadre", "sdmk", "jabatan_id"),
    "activity": ("activity", "kegiatan", "uraian"),
    "workload": ("workload", "annual_workload", "capaian", "volume"),
    "hours_per_unit": ("standard", "service_standard", "activity_standard", "unit_time", "hours"),
    "minutes_per_unit": ("minutes",),
    "norma_waktu": ("norma_waktu", "norma"),
    "satuan_waktu": ("satuan_waktu",),
    "units_per_year": ("standard_workload", "sbk"),
    "existing": ("existing", "ada", "staff", "current_staff"),
}


def as_frame(rows: Any) -> pd.DataFrame:
    """Rows as a frame with the names of ALIASES; a mapping of cadre to rows gets a column `cadre`.

    Parameters
    ----------
    rows : DataFrame, mapping of columns, sequence of mappings, or mapping of cadre to any of these
        A frame indexed by cadre may leave the column out.
    """
    if isinstance(rows, Mapping) and rows and all(_is_table(v) for v in rows.values()):
        parts = [as_frame(part).assign(cadre=str(cadre)) for cadre, part in rows.items()]
        return pd.concat(parts, ignore_index=True)
    frame = rows.copy() if isinstance(rows, pd.DataFrame) else pd.DataFrame(rows)
    if isinstance(frame.index, pd.MultiIndex) or frame.index.name is not None:
        frame = frame.reset_index()
    names = {str(c).strip().lower().replace(" ", "_"): c for c in frame.columns}
    found: dict[str, Any] = {}
    for name, others in ALIASES.items():
        given = [names[o] for o in others if o in names]
        if len(given) > 1:
            raise InputError(text("workload.two_columns", names=", ".join(map(str, given))))
        if given:
            found[name] = frame[given[0]]
    result = pd.DataFrame(found).reset_index(drop=True)
    rest = {n: frame[c].reset_index(drop=True) for n, c in names.items() if not _is_alias(n)}
    return result.assign(**rest)


def _is_alias(name: str) -> bool:
    return any(name in others for others in ALIASES.values())


def _is_table(value: Any) -> bool:
    if isinstance(value, pd.DataFrame):
        return True
    return (
        isinstance(value, Sequence)
        and not isinstance(value, str)
        and all(isinstance(v, Mapping) for v in value)
    )


def cadres_of(frame: pd.DataFrame, alone: str) -> pd.Series:
    """Cadre of every row as text; `alone` everywhere when the frame has no such column."""
    if "cadre" not in frame:
        return pd.Series(alone, index=frame.index, dtype="str")
    if frame["cadre"].isna().any():
        raise InputError(
            text(
                "workload.no_cadre",
                rows=", ".join(str(i) for i in frame.index[frame["cadre"].isna()][:5]),
            )
        )
    return frame["cadre"].astype(str).str.strip()


def numbers(frame: pd.DataFrame, name: str, least: float = 0.0, above: bool = False) -> np.ndarray:
    """Column `name` as floats of at least `least` (above it when `above`); names the rows that are not.

    Raises
    ------
    InputError
        When a value is missing, not a number, infinite, or too small.
    """
    try:
        values = frame[name].to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(text("workload.not_numbers", column=name, why=str(error))) from error
    with np.errstate(invalid="ignore"):
        good = np.isfinite(values) & ((values > least) if above else (values >= least))
    if not good.all():
        rows = ", ".join(str(i) for i in frame.index[~good][:5])
        raise InputError(text("workload.bad_column", column=name, rows=rows, n=int((~good).sum())))
    return values


def per_cadre(value: Any, cadres: pd.Index, name: str, missing: float | None = None) -> np.ndarray:
    """One number per cadre from a number, a mapping or a Series.

    Parameters
    ----------
    value : number, mapping or Series
        A number counts for every cadre.
    cadres : Index
        Cadres that there are.
    name : str
        What it is, for messages.
    missing : float, optional
        Value of a cadre that is not named; without it such a cadre is an error. With it, a name
        that is no cadre is an error, for it would be lost.
    """
    if isinstance(value, (Mapping, pd.Series)):
        given = pd.Series(dict(value), dtype=float)
        given.index = given.index.astype(str).str.strip()
        unknown = given.index.difference(cadres)
        if missing is not None and len(unknown):
            known = ", ".join(map(str, cadres))
            raise InputError(
                text("workload.cadre_unknown", what=name, names=", ".join(unknown), known=known)
            )
        values = given.reindex(cadres).to_numpy(dtype=float)
        if missing is not None:
            values = np.where(
                given.reindex(cadres).isna() & ~cadres.isin(given.index), missing, values
            )
    elif np.ndim(value) == 0:
        values = np.full(len(cadres), float(value))
    else:
        raise InputError(text("workload.bad_shape", what=name))
    if np.isnan(values).any():
        names = ", ".join(map(str, cadres[np.isnan(values)][:5]))
        raise InputError(text("workload.cadre_missing", what=name, names=names))
    return values


def existing_staff(
    frame: pd.DataFrame, cadres: pd.Series, index: pd.Index, given: Any
) -> np.ndarray:
    """Staff present per cadre, from the argument or from a column that is the same in every row of a cadre; nan if unknown."""
    if given is not None:
        values = per_cadre(given, index, "existing")
    elif "existing" in frame:
        column = pd.to_numeric(frame["existing"]).astype(float)
        spread = column.groupby(cadres).agg(["min", "max"]).reindex(index)
        differs = spread["min"] != spread["max"]
        if (differs & spread.notna().all(axis=1)).any():
            names = ", ".join(map(str, index[(differs & spread.notna().all(axis=1)).to_numpy()]))
            raise InputError(text("workload.existing_differs", names=names))
        values = spread["min"].to_numpy(dtype=float)
    else:
        return np.full(len(index), np.nan)
    if (values < 0).any() or np.isinf(values).any():
        raise InputError(text("workload.negative"))
    return values


def staffing(
    required: np.ndarray, rounded: np.ndarray, existing: np.ndarray, index: pd.Index
) -> pd.DataFrame:
    """The columns that both health methods give: required, existing, ratio, difference, pressure, required_rounded."""
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = np.where((required > 0) | (existing > 0), existing / required, np.nan)
    columns = {
        "required": required, "existing": existing, "ratio": ratio, "difference": existing - required,
        "pressure": np.where(np.isnan(ratio), np.where(np.isnan(existing), np.nan, 0.0), np.maximum(0.0, 1.0 - ratio)),
        "required_rounded": rounded,
    }  # fmt: skip
    return pd.DataFrame(columns, index=index)
