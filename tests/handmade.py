"""Cycles from tables written in a test, without files."""

from __future__ import annotations

import functools
from io import StringIO
from typing import Any
from unittest.mock import patch

import numpy as np
import pandas as pd

import mutasi_toolkit as mt
from mutasi_toolkit.assignment.audit import tables as audit
from mutasi_toolkit.cycle import build_cycle
from mutasi_toolkit.schema.faults import raise_if_errors
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.settings import build_settings, load_yaml

#: The parameters are the same in all tests of a run: each file is read once.
read_once = functools.cache(load_yaml)


def table_of(rows: list[dict[str, Any]]) -> str:
    """Rows as a table's text; a column that a row does not name is empty there."""
    columns = list(dict.fromkeys(c for row in rows for c in row))
    return pd.DataFrame([{c: row.get(c, "") for c in columns} for row in rows], columns=columns).to_csv(index=False)


def handmade(tables: dict[str, str], tanggal: str = "2026-01-31", **settings: Any) -> mt.Cycle:
    """A cycle of tables by name, each as CSV text."""
    cycle = _checked(tuple(sorted(tables.items())), tanggal)
    return cycle.with_settings(**settings) if settings else cycle


@functools.lru_cache(maxsize=20)
def _checked(tables: tuple[tuple[str, str], ...], tanggal: str) -> mt.Cycle:
    raw = {}
    for name, content in tables:
        cells = pd.read_csv(StringIO(content), dtype=str, keep_default_na=False)
        raw[name] = RawTable(name, f"{name}.csv", cells, np.arange(2, 2 + len(cells)))
    cycle, faults = build_cycle(raw, build_settings({"tanggal": tanggal, "sintetis": True}, "made"), "made")
    raise_if_errors(faults)
    assert cycle is not None
    return cycle


def facts_of(cycle: mt.Cycle) -> audit.Facts:
    """What verify reads of a cycle."""
    with patch.object(audit, "load_yaml", read_once):
        return audit.facts_of(cycle)
