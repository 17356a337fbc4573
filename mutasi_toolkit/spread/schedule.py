"""Moves that are given, not drawn: those of a plan, and those that the record `riwayat` holds."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.people import Population

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

Moves = tuple[Population, np.ndarray, np.ndarray, np.ndarray]


def moves_of(cycle: Cycle | Population, p: Population, given: Any) -> Moves:
    """Moves of a Plan (or Proposal) or of a frame, as person, unit and period.

    Parameters
    ----------
    cycle : Cycle or Population
    p : Population
    given : Plan, Proposal or DataFrame
        pegawai_id, and jabatan_id or unit_id; optional periode (1 where missing). For a Population without labels
        the columns are person and unit codes under the same names.

    Returns
    -------
    population, who, goes, when

    Raises
    ------
    InputError
        For missing columns, an unknown person or place, or a period below 1.
    """
    frame = getattr(given, "plan", given)
    frame = getattr(frame, "moves", frame)
    columns = set(getattr(frame, "columns", ()))
    if not {"pegawai_id"} < columns or not columns & {"jabatan_id", "unit_id"}:
        raise InputError(text("spread.moves_columns", columns=", ".join(map(str, sorted(columns)))))
    if "jabatan_id" in columns and not isinstance(cycle, Population):
        unit = frame["jabatan_id"].map(cycle.seat["unit_id"])
        if unit.isna().any():
            row = int(np.argmax(unit.isna().to_numpy()))
            raise InputError(text("spread.moves_unknown", row=frame.index[row], name=frame["jabatan_id"].iloc[row]))
    else:
        unit = frame["unit_id"]
    who = _codes(frame["pegawai_id"], p.people, p.n)
    goes = _codes(unit, p.units, len(p.unit_opd))
    when = frame["periode"].to_numpy(dtype=np.int64) if "periode" in columns else np.ones(len(frame), dtype=np.int64)
    if (when < 1).any():
        raise InputError(text("spread.moves_period", periode=int(when.min())))
    return p, who, goes, when


def _codes(names: pd.Series, labels: pd.Index | None, n: int) -> np.ndarray:
    codes = names.to_numpy() if labels is None else labels.get_indexer(pd.Index(names))
    bad = (codes < 0) | (codes >= n)
    if bad.any():
        at = int(np.argmax(bad))
        raise InputError(text("spread.moves_unknown", row=names.index[at], name=names.iloc[at]))
    return codes.astype(np.int64)


def record_of(cycle: Cycle, p: Population, periods: int) -> Moves:
    """The record of the last `periods` months: the moves by month, and everybody in the unit they sat in before.

    Skills are those of today; a row whose units or person the cycle no longer has is left out.
    """
    start = cycle.date - pd.DateOffset(months=periods)
    rows = cycle.riwayat[(cycle.riwayat["tanggal"] > start) & (cycle.riwayat["tanggal"] <= cycle.date)]
    rows = rows.sort_values("tanggal", kind="stable")
    assert p.people is not None
    assert p.units is not None
    who, came, goes = (
        labels.get_indexer(rows[column]) for labels, column in ((p.people, "pegawai_id"), (p.units, "unit_asal"), (p.units, "unit_tujuan"))
    )
    bounds = [start + pd.DateOffset(months=m) for m in range(periods + 1)]
    when = np.searchsorted(pd.DatetimeIndex(bounds), pd.DatetimeIndex(rows["tanggal"]), side="left")
    known = (who >= 0) & (came >= 0) & (goes >= 0)
    who, came, goes, when = who[known], came[known], goes[known], when[known]
    unit = p.unit.copy()
    unit[who[::-1]] = came[::-1]
    return replace(p, unit=unit), who.astype(np.int64), goes.astype(np.int64), np.maximum(when, 1).astype(np.int64)
