"""What a notebook or the report reads: a cycle, its proposal's tables, and the plan, from a run folder or made here."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from mutasi_toolkit.cycle import Cycle, read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir

ID_COLUMNS = frozenset(
    {
        "pegawai_id",
        "jabatan_id",
        "unit_id",
        "opd_id",
        "jabatan_asal",
        "jabatan_tujuan",
        "unit_asal",
        "unit_tujuan",
        "opd_asal",
        "opd_tujuan",
    }
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A cycle beside the saved proposal for it.

    Attributes
    ----------
    cycle : Cycle
        The cycle as it is, under the scenario's settings.
    tables : dict of str to DataFrame
        The proposal's tables by name (usulan, opd, sebaran, ...).
    plan : dict
        Content of plan.json: objective, bound, gap, status, terms.
    language : str
        'id' or 'en'.
    """

    cycle: Cycle
    tables: dict[str, pd.DataFrame]
    plan: dict[str, Any] = field(repr=False)
    language: str = "id"

    @property
    def moves(self) -> pd.DataFrame:
        """Proposed moves: pegawai_id and the new jabatan_id."""
        return self.tables["usulan"].rename(columns={"jabatan_tujuan": "jabatan_id"})[
            ["pegawai_id", "jabatan_id"]
        ]

    @cached_property
    def after(self) -> Cycle:
        """The cycle once the proposed moves are carried out."""
        return self.cycle.after(self.moves)

    @property
    def synthetic(self) -> bool:
        """Whether the people of the cycle are synthetic."""
        return self.cycle.settings.sintetis


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of a proposal, codes as text, everything else as it is."""
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        header = path.open(encoding="utf-8").readline().strip().split(",")
        codes = {c: "str" for c in header if c in ID_COLUMNS}
        tables[path.stem] = pd.read_csv(path, dtype=codes)
    return tables


def find_cycle(name: str, language: str = "id") -> Path:
    """Folder of a cycle given by name (in data/cycles) or by path.

    Raises
    ------
    InputError
        When it is neither.
    """
    for place in (Path(name), data_dir("cycles") / name):
        if place.exists():
            return place
    raise InputError(text("report.cycle_unknown", language, name=name))


def open_run(
    siklus: str = "contoh", skenario: str = "dasar", folder_hasil: str = "", bahasa: str = "id"
) -> Opened:
    """Open a cycle with the proposal made for it.

    Parameters
    ----------
    siklus : str
        Name or folder of the cycle.
    skenario : str
        Name of the scenario.
    folder_hasil : str
        A run folder, whose saved tables are read; empty: the proposal is computed here and not kept.
    bahasa : str
        'id' or 'en'.

    Returns
    -------
    Opened
    """
    cycle = read_cycle(find_cycle(siklus, bahasa), skenario, bahasa)
    if folder_hasil:
        return opened_from(cycle, Path(folder_hasil), bahasa)
    from mutasi_toolkit.planning import propose

    with tempfile.TemporaryDirectory() as scratch:
        propose(cycle).write(Path(scratch))
        return opened_from(cycle, Path(scratch), bahasa)


def opened_from(cycle: Cycle, folder: Path, language: str = "id") -> Opened:
    """Open the proposal saved in `folder` beside an already read cycle."""
    path = folder / "plan.json"
    if not path.is_file():
        raise InputError(text("report.run_not_found", language, place=str(folder)))
    plan = json.loads(path.read_text(encoding="utf-8"))
    return Opened(cycle, read_tables(folder / "tables"), plan, language)
