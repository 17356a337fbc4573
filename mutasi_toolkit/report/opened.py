"""What a notebook or the report reads: a cycle, its proposal's tables, and the plan, from a run folder or made here."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from mutasi_toolkit import rules
from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.planning.proposal import read_tables
from mutasi_toolkit.report import asked, pictures, views
from mutasi_toolkit.report.decisions import overlay
from mutasi_toolkit.skills import read_settled

#: Replicates of the comparison of policies: the city takes 0.8 CPU seconds.
ROTATION_REPLICATES = 40


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
        return self.tables["usulan"].rename(columns={"jabatan_tujuan": "jabatan_id"})[["pegawai_id", "jabatan_id"]]

    @cached_property
    def after(self) -> Cycle:
        """The cycle once the proposed moves are carried out."""
        return self.cycle.after(self.moves)

    @property
    def synthetic(self) -> bool:
        """Whether the people of the cycle are synthetic."""
        return self.cycle.settings.sintetis

    @cached_property
    def facts(self) -> pd.Series:
        """The proposal's key figures by name."""
        return self.tables["ringkasan"].set_index("kunci")["nilai"].astype(float)

    def heading(self) -> Any:
        """The cycle's name, date and scenario, for the top of a notebook."""
        from IPython.display import Markdown

        return Markdown(views.heading(self))

    def figure(self, kind: str) -> Any:
        """One picture of the proposal, for a notebook."""
        from IPython.display import Image

        from mutasi_toolkit.figures import png_bytes

        return Image(data=png_bytes(pictures.draw(self, kind), dpi=90), alt=self.alt(kind))

    def alt(self, kind: str) -> str:
        """Text that stands in for a picture."""
        return pictures.alt(self, kind)

    def summary(self) -> pd.DataFrame:
        """Questions of the first page and their answers."""
        return views.summary(self)

    def terms(self) -> pd.DataFrame:
        """The objective term by term, of the plan and of nobody moving."""
        return views.terms(self)

    def opd(self) -> pd.DataFrame:
        """What changes by OPD."""
        return views.opd(self)

    def moves_table(self) -> pd.DataFrame:
        """Who moves, from where to where, why."""
        return views.moves_table(self)

    def staying(self) -> pd.DataFrame:
        """Who is due to move and stays, and why."""
        return views.staying(self)

    def spread_changes(self) -> pd.DataFrame:
        """What the plan changes in knowledge, by OPD and skill."""
        return views.spread_changes(self)

    @cached_property
    def required_changes(self) -> pd.DataFrame:
        """Rows of the table sebaran whose skill the seats of the OPD ask for."""
        return views.required_changes(self)

    @cached_property
    def rotations(self) -> dict[str, Any]:
        """The cycle simulated under other rotation policies and the plan: few replicates, on the plan's draws."""
        from mutasi_toolkit.spread import rotations

        return rotations(self.cycle, self.moves, min(ROTATION_REPLICATES, self.cycle.settings.sebaran.replikasi))

    def gains(self) -> pd.DataFrame:
        """What one more holder is worth at today's number of holders."""
        return views.gains(self)

    def balance(self, error: float) -> pd.DataFrame:
        """Balance between OPDs before and after, with intervals under uncertain volumes."""
        return views.balance(self, error)

    def sure(self, error: float) -> pd.DataFrame:
        """EU of every OPD with its interval under uncertain volumes."""
        return views.sure(self, error)

    def first_below(self) -> pd.DataFrame:
        """When each OPD first falls below 90 % filled."""
        return views.first_below(self)

    def filled_ahead(self) -> pd.DataFrame:
        """Share of the need that is filled, by OPD and year."""
        return views.filled_ahead(self)

    def firmness(self, draws: int = 0) -> list[str]:
        """How firm the moves are, in sentences; with `draws`, from so many draws made here."""
        return asked.firmness(asked.drawn(self, draws))

    def prices(self) -> list[str]:
        """What the rules that bind cost, in sentences."""
        return asked.prices(self)

    def firm_moves(self, draws: int = 0) -> pd.DataFrame:
        """Every move with the share of draws in which it stands, the least firm first; with `draws`, from so many draws made here."""
        return asked.firm_moves(asked.drawn(self, draws))

    @cached_property
    def questions(self) -> asked.Questions:
        """The problem solved, ready for what-if, alternatives and the frontier."""
        return asked.questions(self)

    def assumptions(self) -> list[str]:
        """What the result rests on, sentence by sentence."""
        return views.assumptions(self)

    def left_out(self) -> list[str]:
        """What was not checked or computed for want of data."""
        return views.left_out(self)


def find_cycle(name: str, language: str = "id") -> Path:
    """Folder of a cycle given by name (in data/cycles) or by path.

    Raises
    ------
    InputError
        When it is neither.
    """
    for place in (data_dir("cycles") / name, Path(name)):
        if place.exists():
            return place
    raise InputError(text("report.cycle_unknown", language, name=name))


def open_run(siklus: str = "contoh", skenario: str = "dasar", folder_hasil: str = "", bahasa: str = "id") -> Opened:
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
    cycle = read_settled(find_cycle(siklus, bahasa), skenario, bahasa)
    if folder_hasil:
        return opened_from(overlay(cycle, Path(folder_hasil), bahasa), Path(folder_hasil), bahasa)
    from mutasi_toolkit.planning import propose, write_firmness

    with tempfile.TemporaryDirectory() as scratch:
        made = propose(cycle)
        made.write(Path(scratch))
        write_firmness(Path(scratch) / "tables", cycle, made.plan, made.gains)
        return opened_from(cycle, Path(scratch), bahasa)


def opened_from(cycle: Cycle, folder: Path, language: str = "id") -> Opened:
    """Open the proposal saved in `folder` beside an already read cycle."""
    path = folder / "plan.json"
    if not path.is_file():
        raise InputError(text("report.run_not_found", language, place=str(folder)))
    content = json.loads(path.read_text(encoding="utf-8"))
    tables = read_tables(folder / "tables")
    said = {rule.id: rule.statement(language) for rule in rules.load()}
    tables["aturan"] = tables["aturan"].assign(pernyataan=lambda f: f["rule_id"].map(said).fillna(f["pernyataan"]))
    return Opened(cycle, tables, content, language)
