"""Run a run again from its manifest and compare every output byte for byte."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Any

from mutasi_toolkit.errors import InputError, ReproductionError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.folder import outputs_of, read_json
from mutasi_toolkit.pipeline.missing import not_a_run
from mutasi_toolkit.pipeline.prepare import DECISIONS, plain_job
from mutasi_toolkit.pipeline.progress import Progress
from mutasi_toolkit.pipeline.run import first_failure, run_cycle
from mutasi_toolkit.pipeline.stages import Job
from mutasi_toolkit.report.opened import find_cycle


def verify_run(run: Path | str, source: Path | str | None = None, workers: int = 2, progress: Progress | None = None) -> int:
    """Make the run at `run` again in a scratch folder and compare every file its manifest names.

    Parameters
    ----------
    run : path
        A run folder.
    source : path, optional
        The cycle; by default the one of the manifest's name in data/cycles.
    workers : int
        How many notebooks run at once.
    progress : Progress, optional
        Told what runs.

    Returns
    -------
    int
        How many files were compared and found equal.

    Raises
    ------
    InputError
        When `run` is no run folder, its inputs have changed since, or the key of its pseudonyms is another.
    ReproductionError
        Names the files that differ: from the manifest, or from the run made again.
    """
    run = Path(run)
    manifest = read_json(run / "manifest.json")
    if manifest is None:
        raise not_a_run(run)
    language, scenario = manifest["language"], manifest["scenario"]
    cycle = Path(source) if source is not None else find_cycle(manifest["cycle"], language)
    with tempfile.TemporaryDirectory(prefix="mutasi-verify-") as scratch:
        again = Path(scratch) / scenario
        if (run / DECISIONS).is_file():
            again.mkdir(mode=0o700)
            shutil.copyfile(run / DECISIONS, again / DECISIONS)
        secret = _secret(run, manifest, language)
        _unchanged(run, plain_job(cycle, scenario, Path(scratch), language, secret).inputs, manifest, language)
        beside = [name for name in manifest.get("together", []) if name != scenario]
        outcomes = run_cycle(cycle, [scenario], scratch, workers, language, progress, secret=secret, beside=beside, order=manifest.get("together", ()))
        failure = first_failure(outcomes)
        if failure is not None:
            raise failure
        made = read_json(outcomes[0].place / "manifest.json")
    _compare(run, manifest["outputs"], outputs_of(run), made["outputs"], language)
    return len(manifest["outputs"])


def _secret(run: Path, manifest: dict[str, Any], language: str) -> str:
    if not manifest.get("pseudonym"):
        return ""
    from mutasi_toolkit.pipeline.pseudonyms import find_key

    secret = find_key(run.resolve().parent, language)
    if Job(run, "", language, run, run, {}, secret=secret).pseudonym != manifest["pseudonym"]:
        raise InputError(text("pipeline.key_other", language, place=str(run)))
    return secret


def _unchanged(run: Path, inputs: dict[str, str], manifest: dict[str, Any], language: str) -> None:
    noted = manifest["inputs"]
    changed = sorted(n for n in inputs.keys() | noted.keys() if inputs.get(n) != noted.get(n))
    if changed:
        raise InputError(text("pipeline.inputs_changed", language, place=str(run), names=", ".join(changed)))


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
