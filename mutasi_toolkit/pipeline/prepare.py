"""Before a scenario runs: its inputs hashed and checked, its decisions read back, its folder made ready."""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import replace
from pathlib import Path

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import notebooks_dir
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.pipeline.stages import MASKED, Job, input_hashes
from mutasi_toolkit.settings import scenario_path

#: Decisions kept in a run; no stage makes them.
DECISIONS = "keputusan.csv"
KEPT = (DECISIONS,)


def plain_job(source: Path, scenario: str, out: Path, language: str, secret: str = "") -> Job:
    """A scenario as it is asked for, from files' bytes alone: nothing is parsed yet.

    Raises
    ------
    InputError
        When there is no such scenario.
    """
    folder = source if source.is_dir() else source.parent
    inputs = input_hashes(source, scenario_path(scenario, folder, language))
    place, part = out / scenario, out / f".{scenario}.part"
    return with_kept(Job(source, scenario, language, place, part, inputs, secret=secret, notebooks=notebooks_dir()))


def with_kept(job: Job) -> Job:
    """The same job under the decisions that lie in its run folder."""
    path = job.place / DECISIONS
    return _under(job, path.read_text(encoding="utf-8") if path.is_file() else "")


def _under(job: Job, decisions: str) -> Job:
    inputs = {n: d for n, d in job.inputs.items() if n != f"decisions/{DECISIONS}"}
    if decisions:
        inputs[f"decisions/{DECISIONS}"] = hashlib.sha256(decisions.encode()).hexdigest()
    return replace(job, decisions=decisions, inputs=dict(sorted(inputs.items())))


def checked(job: Job) -> Job:
    """The same job, once its tables and settings are found free of errors.

    Raises
    ------
    InputError
        Tells every fault.
    """
    from mutasi_toolkit.cycle import check_cycle
    from mutasi_toolkit.schema.faults import errors

    cycle, faults = check_cycle(job.source, job.scenario, job.language)
    bad = errors(faults)
    if bad or cycle is None:
        raise InputError("\n".join(f.text(job.language) for f in bad))
    return job


def decide(job: Job) -> Job:
    """The same job under the decisions marked in its run's workbook, where somebody saved it since.

    Raises
    ------
    InputError
        When a mark cannot be read; the workbook stays as it is.
    """
    from mutasi_toolkit.pipeline.decided import decided, was_marked

    if not was_marked(job.place, read_json(job.place / "manifest.json")):
        return job
    from mutasi_toolkit.cycle import read_cycle, table_text

    cycle = read_cycle(job.source, job.scenario, job.language)
    if job.secret:
        from mutasi_toolkit.pipeline.pseudonyms import masked

        cycle = masked(cycle, job.secret)
    made = decided(job.place, cycle, job.language)
    return _under(job, table_text("keputusan", made).to_csv(index=False, lineterminator="\n") if len(made) else "")


def prepare(job: Job) -> None:
    """Make the folder in which the new run grows: private, with the decisions, and the cycle under pseudonyms."""
    job.part.mkdir(parents=True, exist_ok=True, mode=0o700)
    job.part.chmod(0o700)
    path = job.part / DECISIONS
    if job.decisions:
        path.write_text(job.decisions, encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
    shutil.rmtree(job.part / MASKED, ignore_errors=True)
    if job.secret:
        from mutasi_toolkit.pipeline.pseudonyms import write_masked

        write_masked(job)
