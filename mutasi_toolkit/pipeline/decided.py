"""Which decisions hold for a run: those of the cycle, those kept in the run, and those marked in its workbook."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd

from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.pipeline.folder import read_json, sha256_of
from mutasi_toolkit.report.decisions import DECISIONS, check_decisions
from mutasi_toolkit.report.marked import read_marked
from mutasi_toolkit.schema import columns
from mutasi_toolkit.schema.read import read_csv_text

WORKBOOK = "usulan.xlsx"


def was_marked(run: Path, manifest: dict[str, Any] | None = None) -> bool:
    """Whether the run's workbook was saved by somebody since the run wrote it."""
    manifest = manifest or read_json(run / "manifest.json") or {}
    noted = manifest.get("outputs", {}).get(WORKBOOK)
    path = run / WORKBOOK
    return noted is not None and path.is_file() and sha256_of(path) != noted


def decided(run: Path, cycle: Cycle, language: str = "id") -> pd.DataFrame:
    """Decisions kept in a run, or marked in its workbook since: the workbook, once saved, says everything.

    Parameters
    ----------
    run : Path
        A run folder; it need not exist.
    cycle : Cycle
        Against whose people and seats they are checked.

    Returns
    -------
    DataFrame
        Rows of the table keputusan, sorted by pegawai_id; none where nothing was decided.

    Raises
    ------
    InputError
        When a decision cannot be read.
    """
    if was_marked(run):
        path = run / WORKBOOK
        return check_decisions(cycle, read_marked(path, language), path.name, language)
    path = run / DECISIONS
    if path.is_file():
        return check_decisions(cycle, read_csv_text(path), path.name, language)
    return pd.DataFrame(columns=list(columns("keputusan")))
