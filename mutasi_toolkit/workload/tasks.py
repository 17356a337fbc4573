"""From task rows to minutes a year and need; the unit of time is explicit in every row."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.parameters import MINUTES_PER_HOUR
from mutasi_toolkit.workload.rounding import round_half_up

#: Minutes in one unit of `satuan_waktu`.
MINUTES_IN = {"menit": 1.0, "jam": MINUTES_PER_HOUR}


def task_minutes(tugas: pd.DataFrame) -> pd.Series:
    """Minutes a year of every task: volume x norma_waktu, hours turned into minutes.

    Parameters
    ----------
    tugas : DataFrame
        Columns volume (a year), norma_waktu, satuan_waktu ('menit' or 'jam', in any case).

    Returns
    -------
    Series of float with the index of `tugas`.

    Raises
    ------
    InputError
        When a column is missing, a unit of time is neither 'menit' nor 'jam', or a number is
        negative, empty or not finite; names the rows by their index.

    Examples
    --------
    >>> tasks = pd.DataFrame({"volume": [10, 2], "norma_waktu": [30, 1.5], "satuan_waktu": ["menit", "jam"]})
    >>> task_minutes(tasks).to_list()
    [300.0, 180.0]
    """
    _require(tugas, "volume", "norma_waktu", "satuan_waktu")
    codes, words = pd.factorize(tugas["satuan_waktu"])
    per_word = [MINUTES_IN.get(str(w).strip().lower(), np.nan) for w in words]
    factor = np.array([*per_word, np.nan], dtype=float)[codes]
    volume, norma = _numbers(tugas["volume"]), _numbers(tugas["norma_waktu"])
    with np.errstate(over="ignore", invalid="ignore"):
        minutes = volume * norma * factor
    bad = ~(np.isfinite(minutes) & (volume >= 0) & (norma >= 0))
    if bad.any():
        rows = ", ".join(str(i) for i in tugas.index[bad][:5])
        raise InputError(text("workload.bad_task", rows=rows, n=int(bad.sum())))
    return pd.Series(minutes, index=tugas.index, name="beban")


def need_from_tasks(
    tugas: pd.DataFrame, effective_minutes: float | Mapping[str, float] | pd.Series = 75_000
) -> pd.DataFrame:
    """Need per seat class from its tasks: kebutuhan = sum(volume x norma_waktu) / effective_minutes.

    The sum does not depend on the order of the rows, to the last bit.

    Special cases: no rows give an empty frame; a seat class with zero volume needs 0.

    Parameters
    ----------
    tugas : DataFrame
        Columns jabatan_id, volume (a year), norma_waktu, satuan_waktu ('menit' or 'jam').
    effective_minutes : float, or mapping or Series of float by jabatan_id
        Effective working time of one person, minutes a year; per seat class where some differ.

    Returns
    -------
    DataFrame
        Indexed by jabatan_id (sorted): beban [minutes a year], kebutuhan [people, exact],
        kebutuhan_bulat (half up).

    Raises
    ------
    InputError
        For a bad row (see `task_minutes`), an empty jabatan_id, or working time that is not above
        zero or is missing for a seat class.

    References
    ----------
    Peraturan BKN 9/2022, approach "tugas per tugas jabatan"; rounding per seat class before adding.

    Examples
    --------
    The form of Kabupaten Lahat, whose times are hours:

    >>> ajudan = pd.DataFrame({
    ...     "jabatan_id": "Ajudan", "volume": [10, 20, 12, 15, 5, 5], "norma_waktu": [60, 60, 10, 30, 60, 30],
    ...     "satuan_waktu": "jam"})
    >>> need_from_tasks(ajudan).to_dict("records")
    [{'beban': 169200.0, 'kebutuhan': 2.256, 'kebutuhan_bulat': 2}]
    """
    _require(tugas, "jabatan_id")
    minutes = task_minutes(tugas).to_numpy()
    codes, ids = pd.factorize(tugas["jabatan_id"], sort=True)
    if (codes < 0).any():
        rows = ", ".join(str(i) for i in tugas.index[codes < 0][:5])
        raise InputError(text("workload.no_jabatan", rows=rows, n=int((codes < 0).sum())))
    beban = stable_sums(codes, minutes, len(ids))
    index = pd.Index(ids, name="jabatan_id", dtype="str")
    kebutuhan = beban / _per_class(effective_minutes, index)
    columns = {"beban": beban, "kebutuhan": kebutuhan, "kebutuhan_bulat": round_half_up(kebutuhan)}
    return pd.DataFrame(columns, index=index)


def stable_sums(codes: np.ndarray, values: np.ndarray, groups: int) -> np.ndarray:
    """Sum of `values` per code 0..groups-1, the same to the last bit in whatever order the rows come.

    Within a group values are added from the smallest to the largest.
    """
    order = np.argsort(values, kind="stable")
    return np.bincount(codes[order], weights=values[order], minlength=groups).astype(float)


def _per_class(minutes: Any, index: pd.Index) -> np.ndarray:
    if isinstance(minutes, (Mapping, pd.Series)):
        given = pd.Series(minutes, dtype=float)
        found = given.reindex(index).to_numpy()
        if np.isnan(found).any():
            raise InputError(
                text("workload.minutes_missing", names=", ".join(index[np.isnan(found)][:5]))
            )
    else:
        found = np.full(len(index), float(minutes))
    if not (np.isfinite(found) & (found > 0)).all():
        raise InputError(text("workload.bad_minutes", value=minutes))
    return found


def _numbers(column: pd.Series) -> np.ndarray:
    try:
        return column.to_numpy(dtype=float, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(
            text("workload.not_numbers", column=column.name, why=str(error))
        ) from error


def _require(frame: pd.DataFrame, *names: str) -> None:
    missing = [n for n in names if n not in frame.columns]
    if missing:
        raise InputError(
            text(
                "workload.columns",
                missing=", ".join(missing),
                given=", ".join(map(str, frame.columns)),
            )
        )
