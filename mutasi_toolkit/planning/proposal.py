"""Proposal: a plan with what it does to workload and knowledge, written to and read from a folder."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mutasi_toolkit.assignment.plan import Plan, plan_from_dict
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.locale.html import facts
from mutasi_toolkit.planning.firmness import DIGITS
from mutasi_toolkit.planning.tables import all_tables

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.spread.population import SkillSpread

#: Columns of the tables that hold codes or names: text, also where every cell is empty.
ID_COLUMNS = frozenset(
    {"pegawai_id", "jabatan_id", "unit_id", "opd_id", "keahlian", "jabatan_asal", "jabatan_tujuan", "unit_asal", "unit_tujuan", "opd_asal", "opd_tujuan", "jabatan_usulan", "pengganti_terbaik", "kursi_terbaik_berikut"}
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Proposal:
    """What is proposed for a cycle.

    Attributes
    ----------
    cycle, after : Cycle
        Before and after the plan's moves.
    plan : Plan
        Who sits where, with bound and certificate.
    gains : DataFrame
        Values of a holder with which the plan was made.
    gain_predicted, gain_simulated : float
        Additional people x skills known at the horizon, by the table of values and by simulation.
    change : DataFrame
        Simulated differences by OPD and skill with intervals; the first row is the total.
    rounds : DataFrame
        The rounds of solving, simulating and correcting.
    before, with_plan : SkillSpread
        The simulations behind `change`.
    """

    cycle: Cycle
    plan: Plan
    after: Cycle
    gains: pd.DataFrame = field(repr=False)
    gain_predicted: float
    gain_simulated: float
    change: pd.DataFrame = field(repr=False)
    rounds: pd.DataFrame = field(repr=False)
    before: SkillSpread = field(repr=False)
    with_plan: SkillSpread = field(repr=False)

    def tables(self) -> dict[str, pd.DataFrame]:
        """Every table of the proposal by name."""
        return all_tables(self)

    def summary(self) -> pd.Series:
        """Key figures by name."""
        return self.tables()["ringkasan"].set_index("kunci")["nilai"]

    def _repr_html_(self) -> str:
        return _summary_html(f"{self.cycle.settings.nama} {self.cycle.settings.siklus}", self.plan, self.summary().astype(float))

    def write(self, folder: Path | str) -> None:
        """Write plan.json and tables/*.csv into `folder`; the same proposal gives the same bytes."""
        folder = Path(folder)
        (folder / "tables").mkdir(parents=True, exist_ok=True)
        for name, frame in self.tables().items():
            frame.to_csv(folder / "tables" / f"{name}.csv", index=False, lineterminator="\n", float_format=DIGITS)
        content = self.plan.as_dict() | {"moves_count": len(self.plan.moves), "settings": self.cycle.settings.as_dict()}
        (folder / "plan.json").write_text(json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _summary_html(title: str, plan: Plan, summary: pd.Series) -> str:
    """Status, moves and key figures of a proposal as a short table."""
    rows = [(text("assignment.show_moves"), number(len(plan.moves))), ("gap", f"{number(100 * plan.gap, 4)}%")]
    rows += [(text("planning.show_balance"), f"{number(summary['selisih_sebelum'], 1)} → {number(summary['selisih_sesudah'], 1)}")]
    low, high = (number(summary[f"pengetahuan_simulasi_{end}"], 1) for end in ("rendah", "tinggi"))
    rows += [(text("planning.show_knowledge"), f"{number(summary['pengetahuan_simulasi'], 1)} ({low} – {high})")]
    rows += [(text("planning.show_derived"), f"{number(100 * float(summary['keahlian_turunan']), 0)}%")]
    return facts(f"{title}: {text(f'assignment.show_{plan.status}')}", rows)


@dataclass(frozen=True, eq=False)
class SavedProposal:
    """A proposal read back: the plan and its tables."""

    plan: Plan
    tables: dict[str, pd.DataFrame]

    def summary(self) -> pd.Series:
        """Key figures by name."""
        return self.tables["ringkasan"].set_index("kunci")["nilai"]

    def _repr_html_(self) -> str:
        return _summary_html("Proposal", self.plan, self.summary().astype(float))


def _content(folder: Path) -> dict[str, Any]:
    path = folder / "plan.json"
    if not path.is_file():
        raise InputError(text("planning.no_plan", place=str(folder)))
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def read_plan(folder: Path | str) -> Plan:
    """The plan that `Proposal.write` left in `folder`.

    Raises
    ------
    InputError
        When there is no plan.json.
    """
    return plan_from_dict(_content(Path(folder)))


def read_tables(folder: Path) -> dict[str, pd.DataFrame]:
    """Tables of a proposal by name, codes as text, everything else as it is."""
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8") as handle:
            header = handle.readline().strip().split(",")
        codes = {c: "str" for c in header if c in ID_COLUMNS}
        tables[path.stem] = pd.read_csv(path, dtype=codes)
    return tables


def read_proposal(folder: Path | str) -> SavedProposal:
    """The plan and the tables that `Proposal.write` left in `folder`."""
    folder = Path(folder)
    return SavedProposal(read_plan(folder), read_tables(folder / "tables"))
