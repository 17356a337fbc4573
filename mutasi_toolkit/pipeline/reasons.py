"""Why one person of a run moves, or why not, in words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mutasi_toolkit import rules
from mutasi_toolkit.cycle import Cycle, read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.report.opened import Opened, find_cycle, opened_from
from mutasi_toolkit.rules.facts import years_since


def explain_person(run: Path, pegawai_id: str, source: str | None = None, language: str = "id") -> str:
    """Say why a person moves, or stays, in a run.

    Parameters
    ----------
    run : Path
        A run folder.
    pegawai_id : str
    source : str, optional
        The cycle; by default the one of the manifest's name in data/cycles.
    language : str

    Raises
    ------
    InputError
        When `run` is no run folder, or the cycle has no such person.
    """
    manifest = read_json(run / "manifest.json")
    if manifest is None:
        raise InputError(text("pipeline.run_not_found", language, place=str(run)))
    cycle = read_cycle(source or find_cycle(manifest["cycle"], language), manifest["scenario"], language)
    if pegawai_id not in cycle.seated.index:
        raise InputError(text("pipeline.explain_unknown", language, pegawai=pegawai_id))
    opened = opened_from(cycle, run, language)
    moves = opened.tables["usulan"]
    mine = moves[moves["pegawai_id"] == pegawai_id]
    return "\n".join(_moves(opened, mine.iloc[0]) if len(mine) else _stays(cycle, pegawai_id, language))


def _moves(opened: Opened, row: pd.Series) -> list[str]:
    names, language = opened.cycle.unit_name, opened.language
    lines = [
        text(
            "pipeline.explain_moves", language, pegawai=row["pegawai_id"], asal=row["nama_asal"], unit_asal=names[row["unit_asal"]],
            tujuan=row["nama_tujuan"], unit_tujuan=names[row["unit_tujuan"]],
        ),
        text("pipeline.explain_why", language, alasan=row[f"alasan_{language}"]),
        text("pipeline.explain_rules", language, aturan=str(row["aturan"]).replace(";", ", ")),
    ]  # fmt: skip
    if isinstance(row["tidak_diperiksa"], str):
        lines.append(text("pipeline.explain_unchecked", language, aturan=row["tidak_diperiksa"].replace(";", ", ")))
    return lines


def _stays(cycle: Cycle, pegawai_id: str, language: str) -> list[str]:
    p = int(pd.Index(cycle.pegawai["pegawai_id"]).get_indexer([pegawai_id])[0])
    place = cycle.seated.loc[pegawai_id]
    title = cycle.jabatan.set_index("jabatan_id").loc[place["jabatan_id"], "nama"]
    tenure = years_since(cycle.pegawai["tmt_jabatan"], cycle.date)[p]
    kind = cycle.jabatan.set_index("jabatan_id").loc[place["jabatan_id"], "jenis"]
    seats = np.flatnonzero((cycle.jabatan["jenis"] == kind).to_numpy() & (cycle.jabatan["jabatan_id"] != place["jabatan_id"]).to_numpy())
    blocked = rules.evaluate(cycle, np.full(len(seats), p), seats).blocked
    count = {r.id: int(((blocked & r.bit) != 0).sum()) for r in rules.load(cycle)}
    shown = ", ".join(f"{k} ({number(n, 0, language)})" for k, n in sorted(count.items(), key=lambda item: (-item[1], item[0])) if n)
    return [
        text("pipeline.explain_stays", language, pegawai=pegawai_id, jabatan=title, unit=cycle.unit_name[place["unit_id"]], tahun=number(tenure, 1, language)),
        text("pipeline.explain_seats", language, n=int((blocked == 0).sum())),
        text("pipeline.explain_blocked", language, n=len(seats), rules=shown or "-"),
    ]
