"""From a mask over the rows of a table to a fault that names the first few of them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.schema.faults import MAX_EXAMPLES, Fault
from mutasi_toolkit.schema.parse import plain_text
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.schema.strange import shown


def fault_at(table: RawTable, mask: np.ndarray, kind: str, column: str = "", level: str = "error", **details: object) -> list[Fault]:
    """One fault for all rows of `table` where `mask` holds; none when it holds nowhere."""
    at = np.flatnonzero(mask)
    if not len(at):
        return []
    some = at[:MAX_EXAMPLES]
    cells = table.cells[column].iloc[some] if column in table.cells else pd.Series([], dtype=object)
    rows = tuple(int(r) for r in table.rows[some])
    return [Fault(kind, table.place, column, rows, tuple(shown(plain_text(c)) for c in cells), len(at), level, details)]
