"""Run a run again from its manifest and compare every output byte for byte."""

from __future__ import annotations

import tempfile
from pathlib import Path

from mutasi_toolkit.errors import InputError, ReproductionError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.folder import outputs_of, read_json
from mutasi_toolkit.pipeline.run import Say, first_failure, run_cycle
from mutasi_toolkit.pipeline.stages import input_hashes
from mutasi_toolkit.report.opened import find_cycle
from mutasi_toolkit.settings import scenario_path


def verify_run(
    run: Path | str, source: Path | str | None = None, workers: int = 2, say: Say = lambda _: None
) -> int:
    """Make the run at `run` again in a scratch folder and compare every file its manifest names.

    Parameters
    ----------
    run : path
        A run folder.
    source : path, optional
        The cycle; by default the one of the manifest's name in data/cycles.
    workers : int
        How many notebooks run at once.
    say : callable
        Told in one line what is being done.

    Returns
    -------
    int
        How many files were compared and found equal.

    Raises
    ------
    InputError
        When `run` is no run folder, or its inputs have changed since.
    ReproductionError
        Names the files that differ: from the manifest, or from the run made again.
    """
    run = Path(run)
    manifest = read_json(run / "manifest.json")
    if manifest is None:
        raise InputError(text("pipeline.run_not_found", place=str(run)))
    language = manifest["language"]
    cycle = Path(source) if source is not None else find_cycle(manifest["cycle"], language)
    folder = cycle if cycle.is_dir() else cycle.parent
    inputs = input_hashes(cycle, scenario_path(manifest["scenario"], folder, language))
    changed = sorted(
        n
        for n in inputs.keys() | manifest["inputs"].keys()
        if inputs.get(n) != manifest["inputs"].get(n)
    )
    if changed:
        raise InputError(
            text("pipeline.inputs_changed", language, place=str(run), names=", ".join(changed))
        )
    with tempfile.TemporaryDirectory(prefix="mutasi-verify-") as scratch:
        outcomes = run_cycle(cycle, [manifest["scenario"]], scratch, workers, language, say)
        failure = first_failure(outcomes)
        if failure is not None:
            raise failure
        again = read_json(outcomes[0].place / "manifest.json")
    _compare(run, manifest["outputs"], outputs_of(run), again["outputs"], language)
    return len(manifest["outputs"])


def _compare(
    run: Path, noted: dict[str, str], lying: dict[str, str], again: dict[str, str], language: str
) -> None:
    names = noted.keys() | lying.keys() | again.keys()
    different = sorted(n for n in names if not noted.get(n) == lying.get(n) == again.get(n))
    if different:
        shown = ", ".join(different[:10]) + (" …" if len(different) > 10 else "")
        raise ReproductionError(
            text("pipeline.not_reproduced", language, place=str(run), n=len(different), names=shown)
        )
