"""The stages of one scenario: proposal, figures, notebooks, report; each redone only when its key changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.paths import PACKAGE, data_dir, notebooks_dir
from mutasi_toolkit.pipeline.folder import (
    hash_files,
    hash_tree,
    key_of,
    read_json,
    sha256_of,
    write_json,
)

#: Folder inside an unfinished run that holds a note per finished stage.
NOTES = ".stages"


@dataclass(frozen=True)
class Job:
    """One scenario of one cycle to be run.

    Attributes
    ----------
    cycle : Cycle
        The checked cycle under the scenario.
    source : Path
        Folder or workbook of the cycle.
    scenario, language : str
        Name of the scenario; language of what people read.
    place, part : Path
        The run folder, and the folder beside it in which the new run grows.
    inputs : dict of str to str
        SHA-256 of every file the run depends on, by a name that does not depend on where it lies.
    """

    cycle: Cycle
    source: Path
    scenario: str
    language: str
    place: Path
    part: Path
    inputs: dict[str, str] = field(repr=False)

    @property
    def shown_folder(self) -> str:
        """Name of the run that stands in executed notebooks, whatever the machine."""
        return f"{self.source.stem}/{self.scenario}"


def input_hashes(source: Path, scenario_file: Path | None) -> dict[str, str]:
    """Hashes of the cycle's files, its scenario, and the dated parameters."""
    folder = source if source.is_dir() else source.parent
    files = sorted(folder.glob("*.csv")) if source.is_dir() else [source]
    settings = [p for p in (folder / f"{source.stem}.yaml", folder / "cycle.yaml") if p.is_file()][
        :1
    ]
    found = {
        f"cycle/{p.name}": sha256_of(p) for p in [*files, *sorted(folder.glob("*.xlsx")), *settings]
    }
    if scenario_file is not None:
        found[f"scenario/{scenario_file.name}"] = sha256_of(scenario_file)
    parameters = data_dir("parameters")
    found |= {f"parameters/{name}": digest for name, digest in hash_tree(parameters).items()}
    return dict(sorted(found.items()))


def package_hash() -> str:
    """One hash over the package's sources, its tables and catalogues, and the lock of its libraries."""
    lock = PACKAGE.parent / "requirements.lock"
    return key_of(
        hash_tree(PACKAGE, "**/*.py", "**/*.csv", "**/*.yaml", "**/*.html", "**/*.css", "**/*.js"),
        sha256_of(lock) if lock.is_file() else "",
    )


def numbered_notebooks() -> list[Path]:
    """The notebooks 01 to 99, in order."""
    return sorted(notebooks_dir().glob("[0-9][0-9]_*.ipynb"))


def stage_keys(job: Job, package: str) -> dict[str, str]:
    """Key of every stage: equal keys mean equal outputs."""
    proposal = key_of(
        "proposal",
        package,
        job.inputs,
        job.cycle.settings.as_dict(),
        job.source.stem,
        [f.text(job.language) for f in job.cycle.faults],
    )
    keys = {"proposal": proposal, "figures": key_of("figures", proposal, job.language)}
    for path in numbered_notebooks():
        keys[f"notebook {path.stem}"] = key_of(path.stem, sha256_of(path), proposal, job.language)
    keys["report"] = key_of("report", proposal, job.language)
    return keys


def do_stage(job: Job, name: str, key: str, work: Callable[[], None]) -> bool:
    """Do a stage unless its outputs can be taken over; True when it was done.

    Outputs are taken from the unfinished run of an earlier start, or from the finished run, when the
    stage's key is the same there and every file still has the hash noted for it.
    """
    note = job.part / NOTES / f"{name}.json"
    if _intact(job.part, read_json(note), key):
        return False
    finished = (read_json(job.place / "manifest.json") or {}).get("stages", {}).get(name)
    taken_over = _intact(job.place, finished, key)
    for file in _files_of_stage(job.part, name):
        (job.part / file).unlink()
    if taken_over:
        for file in finished["files"]:
            target = job.part / file
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(job.place / file, target)
    else:
        work()
    files = hash_files(job.part, [job.part / f for f in _files_of_stage(job.part, name)])
    note.parent.mkdir(parents=True, exist_ok=True)
    write_json(note, {"key": key, "files": files})
    return not taken_over


def stage_notes(part: Path) -> dict[str, Any]:
    """What is noted of every finished stage: its key and the hashes of its files."""
    return {path.stem: read_json(path) for path in sorted((part / NOTES).glob("*.json"))}


def _files_of_stage(part: Path, name: str) -> list[str]:
    patterns = {
        "proposal": ("tables/*", "plan.json"),
        "figures": ("figures/*",),
        "report": ("report.html", "usulan.xlsx"),
    }
    return sorted(
        hash_tree(part, *patterns.get(name, (f"notebooks/{name.removeprefix('notebook ')}.ipynb",)))
    )


def _intact(folder: Path, stage: dict[str, Any] | None, key: str) -> bool:
    if not stage or stage.get("key") != key:
        return False
    return all(
        (folder / f).is_file() and sha256_of(folder / f) == digest
        for f, digest in stage["files"].items()
    )
