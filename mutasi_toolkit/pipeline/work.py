"""What each stage does, wherever it runs: a thread here or a worker of a cluster that sees the same folders."""

from __future__ import annotations

import importlib
import shutil
import tempfile
import threading
import time
from dataclasses import dataclass, field
from functools import lru_cache
from io import StringIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutasi_toolkit.parts import Parts, noted, part, peak_mb
from mutasi_toolkit.pipeline.folder import key_of
from mutasi_toolkit.pipeline.stages import COMPARES, MASKED, Job, do_stage, notebook_of

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: matplotlib's settings and numba's threads belong to the process: one stage at a time computes or draws in it.
_ALONE = threading.RLock()
_IMPORTS = threading.Lock()
#: Modules that stages would otherwise import from several threads at once.
_USED = (
    "IPython", "matplotlib.backends.backend_agg", "matplotlib.backends.backend_svg", "matplotlib.pyplot", "nbclient", "papermill", "jupyter_client.ioloop",
    "mutasi_toolkit.planning", "mutasi_toolkit.report", "mutasi_toolkit.pipeline.execute",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Done:
    """What became of a stage: whether it was done anew, its seconds, the most memory in use, in MB, and both for its parts."""

    name: str
    redone: bool
    seconds: float
    memory_mb: float
    parts: Parts = field(default_factory=Parts)


def run_stage(job: Job, name: str, key: str, beside: dict[str, str] | None = None) -> Done:
    """Do one stage of one scenario.

    Parameters
    ----------
    job : Job
    name, key : str
        The stage, and its key.
    beside : dict of str to str, optional
        Folders of the scenarios that notebook 06 compares, by name.
    """
    _ready()
    begun = time.perf_counter()
    memory = [0.0]

    def work() -> None:
        if name.startswith("notebook "):
            memory[0] = _notebook(job, name, beside or {})
            return
        with _ALONE:
            {"proposal": _propose, "figures": _figures, "report": _report}[name](job)
        memory[0] = peak_mb()

    with noted() as parts:
        redone = do_stage(job, name, key, work)
    return Done(name, redone, round(time.perf_counter() - begun, 3), round(memory[0], 1), parts)


def _ready() -> None:
    """Import what stages need, one thread at a time: two threads that import the same modules can meet them half made."""
    with _IMPORTS:
        for name in _USED:
            importlib.import_module(name)


def real_cycle(job: Job) -> Cycle:
    """The cycle under its scenario and the decisions kept in the run, people under their own codes."""
    return _real_cycle(job.source, job.scenario, job.language, job.decisions, job.secret, key_of(job.inputs))


@lru_cache(maxsize=6)
def _real_cycle(source: Path, scenario: str, language: str, decisions: str, secret: str, _inputs: str) -> Cycle:
    from mutasi_toolkit.report.decisions import DECISIONS, check_decisions, with_decisions
    from mutasi_toolkit.skills import read_settled

    cycle = read_settled(source, scenario, language)
    if not decisions:
        return cycle
    import pandas as pd

    cells = pd.read_csv(StringIO(decisions), dtype=str, keep_default_na=False)
    if secret:
        from mutasi_toolkit.pipeline.pseudonyms import names_of

        back = {new: code for code, new in names_of(cycle, secret).items()}
        cells["pegawai_id"] = [back.get(code, code) for code in cells["pegawai_id"]]
    return with_decisions(cycle, check_decisions(cycle, cells, DECISIONS, language))


def shown_cycle(job: Job) -> Cycle:
    """The cycle as notebooks and report see it: under pseudonyms where they are asked for."""
    if not job.secret:
        return real_cycle(job)
    from mutasi_toolkit.pipeline.pseudonyms import masked

    return masked(real_cycle(job), job.secret)


def _propose(job: Job) -> None:
    from mutasi_toolkit.pipeline.pseudonyms import mask_proposal

    with part("read"):
        cycle = real_cycle(job)
    shutil.rmtree(job.part / "tables", ignore_errors=True)
    if not job.secret:
        _decide(cycle, job.language, job.part)
        return
    with tempfile.TemporaryDirectory(prefix="mt-") as scratch:
        _decide(cycle, job.language, Path(scratch))
        mask_proposal(Path(scratch), job.part, cycle, job.secret)


def _decide(cycle: Cycle, language: str, folder: Path) -> None:
    """Make the proposal, write it with its tables, check it, and tell how firm it is."""
    from mutasi_toolkit.planning import propose, write_firmness

    made = propose(cycle, language)
    with part("tables"):
        made.write(folder)
    with part("check"):
        write_check(folder / "tables", cycle, made.plan)
    with part("firmness"):
        write_firmness(folder / "tables", cycle, made.plan, made.gains)


def write_check(folder: Path, cycle: Cycle, plan: Any) -> None:
    """Check the plan again without the solver, and note in pemeriksaan.csv what that found."""
    import pandas as pd

    from mutasi_toolkit.assignment import verify

    found = verify(cycle, plan)
    wrong = "; ".join(v.text("id") for v in found.violations[:20])
    rows = [("verify", found.ok, wrong)]
    pd.DataFrame(rows, columns=["pemeriksaan", "baik", "isi"]).to_csv(folder / "pemeriksaan.csv", index=False, lineterminator="\n")


def _figures(job: Job) -> None:
    from mutasi_toolkit.report import draw_all, opened_from

    draw_all(opened_from(shown_cycle(job), job.part, job.language), job.part / "figures")


def _report(job: Job) -> None:
    from mutasi_toolkit.report import opened_from, write_html, write_notices, write_workbook
    from mutasi_toolkit.siasn import write_imut

    opened = opened_from(shown_cycle(job), job.part, job.language)
    write_html(opened, job.part / "figures", job.part / "report.html")
    write_workbook(opened, job.part / "usulan.xlsx")
    write_notices(opened, job.part)
    write_imut(opened.cycle, opened.moves, job.part / "imut.xlsx", job.language)


def _notebook(job: Job, stage: str, beside: dict[str, str]) -> float:
    from mutasi_toolkit.pipeline.execute import execute

    source, path = job.part / MASKED if job.secret else job.source, notebook_of(job, stage)
    values: dict[str, Any] = {
        "siklus": str(source.resolve()),
        "skenario": job.scenario,
        "folder_hasil": str(job.part.resolve()),
        "bahasa": job.language,
    }
    shown = {values["folder_hasil"]: job.shown_folder, values["siklus"]: job.source.stem}
    if path.stem == COMPARES:
        values |= {"skenario_banding": list(beside), "folder_banding": beside}
        shown |= {folder: f"{job.source.stem}/{name}" for name, folder in beside.items()}
    return execute(path, job.part / "notebooks" / path.name, values, shown)
