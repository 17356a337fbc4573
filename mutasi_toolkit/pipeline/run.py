"""Run scenarios of a cycle: proposals first, then pictures and notebooks, each finished run put in place in one step."""

from __future__ import annotations

import shutil
import time
from collections.abc import Sequence
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass, field
from pathlib import Path

from mutasi_toolkit.errors import MutasiError
from mutasi_toolkit.pipeline.folder import (
    key_of,
    locked,
    outputs_of,
    put_in_place,
    read_json,
    recover,
    write_json,
)
from mutasi_toolkit.pipeline.manifest import manifest
from mutasi_toolkit.pipeline.pools import Pool, pool
from mutasi_toolkit.pipeline.prepare import KEPT, checked, decide, plain_job, prepare
from mutasi_toolkit.pipeline.progress import Progress
from mutasi_toolkit.pipeline.stages import (
    COMPARES,
    MASKED,
    NOTES,
    Job,
    numbered_notebooks,
    proposal_key,
    stage_keys,
    stage_notes,
)
from mutasi_toolkit.pipeline.work import Done, run_stage


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one scenario: its run folder, what was redone, and the error where one stopped it."""

    scenario: str
    place: Path
    redone: tuple[str, ...]
    error: BaseException | None = None


@dataclass
class _State:
    job: Job
    whole: bool = True
    current: bool = False
    done: dict[str, Done] = field(default_factory=dict)
    error: BaseException | None = None
    together: dict[str, str] = field(default_factory=dict)

    @property
    def folder(self) -> Path:
        """Where the tables of this scenario lie now."""
        return self.job.place if self.current else self.job.part


def run_cycle(
    source: Path | str,
    scenarios: Sequence[str] = ("dasar",),
    out: Path | str | None = None,
    workers: int = 2,
    language: str = "id",
    progress: Progress | None = None,
    *,
    scheduler: str | None = None,
    secret: str = "",
    beside: Sequence[str] = (),
    order: Sequence[str] = (),
) -> list[Outcome]:
    """Run `scenarios` of the cycle at `source` into `out`.

    Every scenario is checked before anything is written. A scenario that fails does not stop the others;
    its unfinished folder is kept and the next call goes on from there. A stage whose inputs are unchanged
    is taken over from the run before. Decisions marked in a run's workbook since are read back first.

    Parameters
    ----------
    source : path
        Folder or workbook of the cycle.
    scenarios : sequence of str
        Names of scenarios.
    out : path, optional
        Where the run folders go, one per scenario; runs/<cycle> by default.
    workers : int
        How many notebooks run at once; from two on, scenarios compute in two processes.
    language : str
        'id' or 'en'.
    progress : Progress, optional
        Told what runs; by default a bar on a terminal.
    scheduler : str, optional
        Address of a Dask scheduler whose workers see the same folders.
    secret : str
        Key of the pseudonyms; '' to leave people under their own codes.
    beside : sequence of str
        Further scenarios of which only the proposal is made, for notebook 06 to compare with.
    order : sequence of str
        Order in which notebook 06 compares them; by default as given.

    Returns
    -------
    list of Outcome
        One per scenario of `scenarios`, in the order given.

    Raises
    ------
    InputError
        When the tables, settings or a scenario cannot be used, or another process uses `out`.
    """
    source = Path(source)
    out = Path(out) if out is not None else Path("runs") / source.stem
    names = list(dict.fromkeys([*order, *scenarios, *beside]))
    jobs = [plain_job(source, name, out, language, secret) for name in names]
    states = [_State(job, job.scenario in scenarios) for job in jobs]
    if not _all_current(states):
        states = [_State(checked(job), job.scenario in scenarios) for job in jobs]
        if not out.is_dir():
            out.mkdir(parents=True, mode=0o700)
        with locked(out, language) as held, pool(workers, scheduler, language, held) as where:
            for state in states:
                recover(state.job.place)
                state.job = decide(state.job)
            if not _all_current(states):
                _run(states, where, progress)
            return _finished(states, scenarios)
    return _finished(states, scenarios)


def _finished(states: list[_State], scenarios: Sequence[str]) -> list[Outcome]:
    outcomes = {s.job.scenario: _finish(s) for s in states if s.whole}
    return [outcomes[name] for name in dict.fromkeys(scenarios)]


def _all_current(states: list[_State]) -> bool:
    """Mark the scenarios whose finished run is already that of their inputs; whether all are."""
    together = {s.job.scenario: proposal_key(s.job) for s in states}
    for state in states:
        state.together = together
        known = read_json(state.job.place / "manifest.json")
        key = key_of(stage_keys(state.job, together))
        state.current = bool(known and known.get("key") == key and known.get("outputs") == outputs_of(state.job.place))
    return all(s.current for s in states if s.whole)


def _run(states: list[_State], where: Pool, progress: Progress | None) -> None:
    todo = [s for s in states if not s.current]
    each = len(numbered_notebooks(todo[0].job.notebooks)) + 2
    with progress or Progress(len(todo) + each * sum(s.whole for s in todo)) as bar:
        waiting: dict[Future[Done], tuple[_State, str]] = {}
        for state in todo:
            try:
                prepare(state.job)
            except Exception as error:
                state.error = error
                continue
            _submit(waiting, where, bar, state, "proposal")
        compared = False
        while waiting:
            ended, _ = wait(waiting, return_when=FIRST_COMPLETED)
            for future in ended:
                state, name = waiting.pop(future)
                bar.end(_said(state, name))
                _take(state, name, future)
                if name in state.done and state.whole:
                    for after in _after(state.job, name):
                        _submit(waiting, where, bar, state, after)
            if not compared and not any(name == "proposal" for _, name in waiting.values()):
                compared = True
                _settle(states)
                for state in (s for s in todo if s.whole and "proposal" in s.done):
                    _submit(waiting, where, bar, state, f"notebook {COMPARES}", _folders(states))


def _take(state: _State, name: str, future: Future[Done]) -> None:
    try:
        state.done[name] = future.result()
    except Exception as error:
        state.error = state.error or error


def _after(job: Job, name: str) -> list[str]:
    """Stages that may begin once `name` is done."""
    if name == "proposal":
        return ["figures", *(f"notebook {p.stem}" for p in numbered_notebooks(job.notebooks) if p.stem != COMPARES)]
    return ["report"] if name == "figures" else []


def _settle(states: list[_State]) -> None:
    """Leave scenarios without a proposal out of the comparison of the others."""
    good = {s.job.scenario: proposal_key(s.job) for s in states if s.current or "proposal" in s.done}
    for state in states:
        state.together = good


def _folders(states: list[_State]) -> dict[str, str]:
    return {s.job.scenario: str(s.folder.resolve()) for s in states if s.error is None}


def _said(state: _State, name: str) -> str:
    return f"{state.job.scenario}: {name.removeprefix('notebook ')}"


def _submit(waiting: dict[Future[Done], tuple[_State, str]], where: Pool, bar: Progress, state: _State, name: str, beside: dict[str, str] | None = None) -> None:
    if name == f"notebook {COMPARES}" and not any(p.stem == COMPARES for p in numbered_notebooks(state.job.notebooks)):
        return
    key = stage_keys(state.job, state.together)[name]
    bar.begin(_said(state, name))
    waiting[where.submit(name.startswith("notebook "), run_stage, state.job, name, key, beside)] = (state, name)


def _finish(state: _State) -> Outcome:
    job = state.job
    if state.current:
        return Outcome(job.scenario, job.place, ())
    redone = tuple(sorted(d.name for d in state.done.values() if d.redone))
    if state.error is not None:
        return Outcome(job.scenario, job.part, redone, state.error)
    try:
        stages = stage_notes(job.part)
        shutil.rmtree(job.part / MASKED, ignore_errors=True)
        _keep_only(job.part, {f for stage in stages.values() for f in stage["files"]} | set(KEPT))
        write_json(job.part / "timings.json", _timings(state))
        write_json(job.part / "manifest.json", manifest(job, key_of(stage_keys(job, state.together)), stages, list(state.together)))
        shutil.rmtree(job.part / NOTES)
        put_in_place(job.part, job.place)
    except OSError as error:
        return Outcome(job.scenario, job.part, redone, error)
    return Outcome(job.scenario, job.place, redone)


def _timings(state: _State) -> dict[str, object]:
    done = sorted(state.done.values(), key=lambda d: d.name)
    return {
        "seconds": {d.name: d.seconds for d in done},
        "memory_mb": {d.name: d.memory_mb for d in done if d.memory_mb},
        "parts": {d.name: {"seconds": d.parts.seconds, "memory_mb": d.parts.memory_mb} for d in done if d.parts.seconds},
        "seconds_in_all": round(sum(d.seconds for d in done), 3),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }


def _keep_only(part: Path, names: set[str]) -> None:
    for path in sorted(part.rglob("*")):
        if path.is_file() and path.relative_to(part).as_posix() not in names and path.relative_to(part).parts[0] != NOTES:
            path.unlink()


def first_failure(outcomes: Sequence[Outcome]) -> MutasiError | None:
    """The error that decides the exit code: a MutasiError as it is, anything else wrapped."""
    for outcome in outcomes:
        if isinstance(outcome.error, MutasiError):
            return outcome.error
        if outcome.error is not None:
            return MutasiError(f"{type(outcome.error).__name__}: {outcome.error}")
    return None
