"""Decisions on a proposal: kept beside a run, laid over the cycle, and set against what was proposed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.schema import columns
from mutasi_toolkit.schema.checks import check_tables
from mutasi_toolkit.schema.faults import raise_if_errors
from mutasi_toolkit.schema.read import RawTable, read_csv_text

#: File in a run folder that holds the decisions read back from its workbook.
DECISIONS = "keputusan.csv"


def check_decisions(cycle: Cycle, cells: pd.DataFrame, place: str, language: str = "id") -> pd.DataFrame:
    """Decisions as the schema has them, checked against the people and seats of the cycle.

    Parameters
    ----------
    cycle : Cycle
    cells : DataFrame
        Text cells with the columns of the table keputusan, or some of them.
    place : str
        Where they stand, for the messages.

    Raises
    ------
    InputError
        Names every fault.
    """
    import numpy as np

    from mutasi_toolkit.cycle import table_text

    own = {name: table_text(name, getattr(cycle, name)).fillna("").astype(str) for name in ("unit", "jabatan", "pegawai")}
    raw = {name: RawTable(name, name, frame, np.arange(2, len(frame) + 2)) for name, frame in own.items()}
    raw["keputusan"] = RawTable("keputusan", place, cells, np.arange(2, len(cells) + 2))
    tables, faults = check_tables(raw, place)
    raise_if_errors([f for f in faults if f.place == place], language)
    return tables["keputusan"].sort_values("pegawai_id", ignore_index=True)


def with_decisions(cycle: Cycle, given: pd.DataFrame) -> Cycle:
    """The cycle under the decisions of its own table and of `given`; for one person, `given` counts."""
    if not len(given):
        return cycle
    old = cycle.keputusan[~cycle.keputusan["pegawai_id"].isin(given["pegawai_id"])]
    both = pd.concat([old, given[list(columns("keputusan"))]], ignore_index=True) if len(old) else given[list(columns("keputusan"))]
    return replace(cycle, keputusan=both.sort_values("pegawai_id", ignore_index=True))


def overlay(cycle: Cycle, run: Path, language: str = "id") -> Cycle:
    """The cycle under the decisions kept in a run folder, if there are any."""
    path = run / DECISIONS
    if not path.is_file():
        return cycle
    return with_decisions(cycle, check_decisions(cycle, read_csv_text(path), path.name, language))
