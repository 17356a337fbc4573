"""Scenarios of one cycle side by side, against the yardstick that nobody moves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mutasi_toolkit.locale import text
from mutasi_toolkit.planning.proposal import read_tables

if TYPE_CHECKING:
    from mutasi_toolkit.report.opened import Opened

#: The scenario in which nobody moves.
YARDSTICK = "tanpa_pindah"
#: Key figures by which scenarios are compared, in order.
MEASURES = ("jumlah_mutasi", "selisih_sebelum", "selisih_sesudah", "perbaikan", "kekurangan_sesudah", "opd_membaik", "pengetahuan_simulasi", "pemegang_tunggal_sesudah")
#: Of those, the ones that are drawn.
DRAWN = ("jumlah_mutasi", "perbaikan", "kekurangan_sesudah", "pengetahuan_simulasi")


@dataclass(frozen=True, eq=False)
class Scenarios:
    """Saved tables of several scenarios.

    Attributes
    ----------
    opened : Opened
        The cycle and scenario the notebook is of: names, language, synthetic or not.
    tables : dict of str to dict of str to DataFrame
        Tables of every scenario by its name, the yardstick left out.
    """

    opened: Opened
    tables: dict[str, dict[str, pd.DataFrame]] = field(repr=False)

    def numbers(self) -> pd.DataFrame:
        """Key figures: a row per scenario, the yardstick first, a column per measure."""
        rows = {name: _facts(t) for name, t in self.tables.items()}
        first = next(iter(rows.values()))
        before = {"jumlah_mutasi": 0.0, "perbaikan": 0.0, "opd_membaik": 0.0, "pengetahuan_simulasi": 0.0, "pengetahuan_simulasi_low": 0.0, "pengetahuan_simulasi_high": 0.0}
        still = {k: first[f"{k.removesuffix('_sesudah')}_sebelum"] for k in MEASURES if k.endswith("_sesudah")}
        yardstick = {"selisih_sebelum": first["selisih_sebelum"], **still, **before}
        frame = pd.DataFrame({YARDSTICK: yardstick, **{k: v for k, v in rows.items() if k != YARDSTICK}}).T
        return frame[[*MEASURES, "pengetahuan_simulasi_low", "pengetahuan_simulasi_high"]]

    def _head(self, name: str) -> str:
        """Heading of a scenario's column, which no column of a table bears."""
        return text("report.scenario_head", self.opened.language, name=name)

    def table(self) -> pd.DataFrame:
        """Key figures for reading: skenario and one column per measure."""
        frame = self.numbers()[list(MEASURES)].rename_axis("skenario").reset_index()
        return frame

    def opd(self) -> pd.DataFrame:
        """Sum of |ada - need| that each scenario leaves, by OPD: nama_opd, one column per scenario; the greatest spread first."""
        first = next(iter(self.tables.values()))["opd"].set_index("opd_id")
        frame = pd.DataFrame({"nama_opd": first["nama"], self._head(YARDSTICK): first["selisih_mutlak_sebelum"]})
        for name, tables in self.tables.items():
            if name != YARDSTICK:
                frame[self._head(name)] = tables["opd"].set_index("opd_id")["selisih_mutlak_sesudah"].reindex(frame.index)
        wide = frame.drop(columns="nama_opd")
        order = (wide.max(axis=1) - wide.min(axis=1)).sort_values(ascending=False, kind="stable").index
        return frame.loc[order].reset_index(drop=True)

    def shared(self) -> pd.DataFrame:
        """How many moves two scenarios have in common (same person, same seat); on the diagonal: how many each has."""
        moves = {name: set(zip(t["usulan"]["pegawai_id"], t["usulan"]["jabatan_tujuan"], strict=True)) for name, t in self.tables.items() if name != YARDSTICK}
        frame = pd.DataFrame({self._head(b): {a: len(moves[a] & moves[b]) for a in moves} for b in moves})
        return frame.rename_axis("skenario").reset_index()

    def figure(self) -> Any:
        """The drawn measures, one small picture each, for a notebook."""
        from IPython.display import Image

        from mutasi_toolkit import figures

        titles = [(m, text(f"report.measure_{m}", self.opened.language)) for m in DRAWN]
        drawn = figures.scenarios(self.numbers(), titles, self.opened.synthetic, self.opened.language)
        return Image(data=figures.png_bytes(drawn, dpi=90), alt=text("report.alt_scenarios", self.opened.language, names=", ".join(self.numbers().index)))


def _facts(tables: dict[str, pd.DataFrame]) -> dict[str, float]:
    facts = tables["ringkasan"].set_index("kunci")["nilai"].astype(float)
    own = {k: float(v) for k, v in facts.items()}
    own["perbaikan"] = own["selisih_sebelum"] - own["selisih_sesudah"]
    own["pengetahuan_simulasi_low"], own["pengetahuan_simulasi_high"] = own["pengetahuan_simulasi_rendah"], own["pengetahuan_simulasi_tinggi"]
    return own


def open_scenarios(opened: Opened, names: Sequence[str], folders: Mapping[str, str]) -> Scenarios:
    """Tables of several scenarios of one cycle.

    Parameters
    ----------
    opened : Opened
        The cycle and scenario the notebook is of.
    names : sequence of str
        Scenarios, in order; the one of `opened` comes along if it is not among them.
    folders : mapping of str to str
        Run folders by scenario; a scenario without one is computed here and not kept.

    Returns
    -------
    Scenarios
    """
    from mutasi_toolkit.report.opened import open_run

    own = opened.cycle.settings.skenario
    found = {}
    for name in dict.fromkeys([*names, *([] if own in names else [own])]):
        if name == own:
            found[name] = opened.tables
        elif name in folders:
            found[name] = read_tables(Path(folders[name]) / "tables")
        elif name != YARDSTICK:
            found[name] = open_run(str(opened.cycle.source), name, "", opened.language).tables
    return Scenarios(opened, found)
