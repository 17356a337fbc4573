"""Why one person of a run moves, or why not, in words."""

from __future__ import annotations

from pathlib import Path

from mutasi_toolkit.assignment import Problem, explain
from mutasi_toolkit.assignment.plan import plan_from_dict
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.pipeline.missing import not_a_run
from mutasi_toolkit.report.decisions import overlay
from mutasi_toolkit.report.opened import Opened, find_cycle, opened_from
from mutasi_toolkit.skills import read_settled


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
        raise not_a_run(run, language)
    cycle = read_settled(source or find_cycle(manifest["cycle"], language), manifest["scenario"], language)
    cycle = overlay(cycle, run, language)
    if pegawai_id not in cycle.seated.index:
        raise InputError(text("pipeline.explain_unknown", language, pegawai=pegawai_id))
    opened = opened_from(cycle, run, language)
    problem = Problem.from_cycle(cycle, opened.tables["nilai_pemegang"])
    record = explain(problem, plan_from_dict(opened.plan), pegawai_id)
    return "\n".join([record.text(language), *_sentence(opened, pegawai_id)])


def _sentence(opened: Opened, pegawai_id: str) -> list[str]:
    moves = opened.tables["usulan"]
    mine = moves[moves["pegawai_id"] == pegawai_id]
    return [text("pipeline.explain_why", opened.language, alasan=mine.iloc[0][f"alasan_{opened.language}"])] if len(mine) else []
