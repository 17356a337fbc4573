"""Run scenarios of a cycle: stages in order, notebooks in parallel, the finished run put in place in one step."""

from __future__ import annotations

import platform
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mutasi_toolkit import __version__
from mutasi_toolkit.cycle import check_cycle
from mutasi_toolkit.errors import InputError, MutasiError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.folder import (
    key_of,
    outputs_of,
    put_in_place,
    read_json,
    recover,
    write_json,
)
from mutasi_toolkit.pipeline.stages import (
    NOTES,
    Job,
    do_stage,
    input_hashes,
    numbered_notebooks,
    package_hash,
    stage_keys,
    stage_notes,
)
from mutasi_toolkit.schema.faults import errors
from mutasi_toolkit.settings import scenario_path

LIBRARIES = (
    "highspy",
    "jupyterlab",
    "matplotlib",
    "networkx",
    "numba",
    "numpy",
    "ortools",
    "pandas",
    "papermill",
    "scipy",
    "xlsxwriter",
)
Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one scenario: its run folder, what was redone, and the error where one stopped it."""

    scenario: str
    place: Path
    redone: tuple[str, ...]
    error: BaseException | None = None


def run_cycle(
    source: Path | str,
    scenarios: Sequence[str] = ("dasar",),
    out: Path | str | None = None,
    workers: int = 2,
    language: str = "id",
    say: Say = lambda _: None,
) -> list[Outcome]:
    """Run `scenarios` of the cycle at `source` into `out`.

    Every scenario is checked before anything is written. A scenario that fails does not stop the others;
    its unfinished folder is kept and the next call goes on from there. A stage whose inputs are unchanged
    is taken over from the run before.

    Parameters
    ----------
    source : path
        Folder or workbook of the cycle.
    scenarios : sequence of str
        Names of scenarios.
    out : path, optional
        Where the run folders go, one per scenario; runs/<cycle> by default.
    workers : int
        How many notebooks run at once.
    language : str
        'id' or 'en'.
    say : callable
        Told in one line what is being done.

    Returns
    -------
    list of Outcome
        One per scenario, in the order given.

    Raises
    ------
    InputError
        When the tables, settings or a scenario cannot be used, or another process uses `out`.
    """
    source = Path(source)
    out = Path(out) if out is not None else Path("runs") / source.stem
    jobs = [_job(source, name, out, language) for name in dict.fromkeys(scenarios)]
    out.mkdir(parents=True, exist_ok=True)
    package = package_hash()
    with locked(out, language), ThreadPoolExecutor(max_workers=max(1, workers)) as pool:
        started = [_start(job, package, pool, say) for job in jobs]
        return [_finish(state) for state in started]


def _job(source: Path, scenario: str, out: Path, language: str) -> Job:
    cycle, faults = check_cycle(source, scenario, language)
    bad = errors(faults)
    if bad or cycle is None:
        raise InputError("\n".join(f.text(language) for f in bad))
    folder = source if source.is_dir() else source.parent
    inputs = input_hashes(source, scenario_path(scenario, folder, language))
    return Job(cycle, source, scenario, language, out / scenario, out / f".{scenario}.part", inputs)


@dataclass
class _Started:
    job: Job
    key: str
    keys: dict[str, str]
    clock: dict[str, float]
    redone: list[str]
    futures: list[Future[None]]
    error: BaseException | None = None


def _start(job: Job, package: str, pool: ThreadPoolExecutor, say: Say) -> _Started:
    keys = stage_keys(job, package)
    state = _Started(job, key_of(keys), keys, {}, [], [])
    recover(job.place)
    manifest = read_json(job.place / "manifest.json")
    if (
        manifest
        and manifest.get("key") == state.key
        and manifest.get("outputs") == outputs_of(job.place)
    ):
        state.key = ""
        return state
    job.part.mkdir(parents=True, exist_ok=True)
    job.part.chmod(0o700)
    try:
        _stage(state, "proposal", lambda: _propose(job), say, "proposing")
        state.futures = [
            pool.submit(
                _stage, state, f"notebook {p.stem}", partial(_notebook, job, p), say, "notebook"
            )
            for p in numbered_notebooks()
        ]
        _stage(state, "figures", lambda: _figures(job), say, "drawing")
        _stage(state, "report", lambda: _report(job), say, "reporting")
    except Exception as error:
        state.error = error
    return state


def _stage(state: _Started, name: str, work: Callable[[], None], say: Say, word: str) -> None:
    say(
        f"{state.job.scenario}: {text('pipeline.' + word, state.job.language, name=name.removeprefix('notebook '))}"
    )
    begun = time.perf_counter()
    if do_stage(state.job, name, state.keys[name], work):
        state.redone.append(name)
    state.clock[name] = round(time.perf_counter() - begun, 3)


def _propose(job: Job) -> None:
    from mutasi_toolkit.planning import propose

    shutil.rmtree(job.part / "tables", ignore_errors=True)
    propose(job.cycle).write(job.part)


def _notebook(job: Job, path: Path) -> None:
    from mutasi_toolkit.pipeline.execute import execute

    values: dict[str, Any] = {
        "siklus": str(job.source.resolve()),
        "skenario": job.scenario,
        "folder_hasil": str(job.part.resolve()),
        "bahasa": job.language,
    }
    execute(
        path,
        job.part / "notebooks" / path.name,
        values,
        {values["folder_hasil"]: job.shown_folder, values["siklus"]: job.source.stem},
    )


def _figures(job: Job) -> None:
    from mutasi_toolkit.report import draw_all, opened_from

    draw_all(opened_from(job.cycle, job.part, job.language), job.part / "figures")


def _report(job: Job) -> None:
    from mutasi_toolkit.report import opened_from, write_html, write_workbook

    opened = opened_from(job.cycle, job.part, job.language)
    write_html(opened, job.part / "figures", job.part / "report.html")
    write_workbook(opened, job.part / "usulan.xlsx")


def _finish(state: _Started) -> Outcome:
    job = state.job
    for future in state.futures:
        try:
            future.result()
        except Exception as error:
            state.error = state.error or error
    if not state.key:
        return Outcome(job.scenario, job.place, ())
    if state.error is not None:
        return Outcome(job.scenario, job.part, tuple(sorted(state.redone)), state.error)
    stages = stage_notes(job.part)
    shutil.rmtree(job.part / NOTES)
    _keep_only(job.part, {f for stage in stages.values() for f in stage["files"]})
    write_json(job.part / "timings.json", {"seconds": dict(sorted(state.clock.items()))})
    write_json(job.part / "manifest.json", _manifest(job, state.key, stages))
    put_in_place(job.part, job.place)
    return Outcome(job.scenario, job.place, tuple(sorted(state.redone)))


def _keep_only(part: Path, names: set[str]) -> None:
    for path in sorted(part.rglob("*")):
        if path.is_file() and path.relative_to(part).as_posix() not in names:
            path.unlink()


def _manifest(job: Job, key: str, stages: dict[str, Any]) -> dict[str, Any]:
    plan = read_json(job.part / "plan.json") or {}
    settings = job.cycle.settings
    return {
        "cycle": job.source.stem,
        "scenario": job.scenario,
        "language": job.language,
        "settings": settings.as_dict(),
        "seed": settings.seed,
        "inputs": job.inputs,
        "outputs": outputs_of(job.part),
        "stages": stages,
        "key": key,
        "plan": {
            name: plan.get(name) for name in ("objective", "bound", "gap", "status", "moves_count")
        },
        "versions": {
            "mutasi_toolkit": __version__,
            "python": platform.python_version(),
            **{n: version(n) for n in LIBRARIES},
        },
    }


@contextmanager
def locked(out: Path, language: str) -> Iterator[None]:
    """Hold `out` for this process; the system lets go of it when the process ends, however it ends."""
    path = out / ".lock"
    with path.open("w") as handle:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass
        except OSError as error:
            raise InputError(
                text("pipeline.locked", language, place=str(out), pid="?", lock=str(path))
            ) from error
        yield


def first_failure(outcomes: Sequence[Outcome]) -> MutasiError | None:
    """The error that decides the exit code: a MutasiError as it is, anything else wrapped."""
    for outcome in outcomes:
        if isinstance(outcome.error, MutasiError):
            return outcome.error
        if outcome.error is not None:
            return MutasiError(f"{type(outcome.error).__name__}: {outcome.error}")
    return None
