"""The stages of one scenario: proposal, figures, notebooks, report; each redone only when its key changed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

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
#: Folder inside an unfinished run that holds the cycle under pseudonyms.
MASKED = ".siklus"
#: The notebook that sets the scenarios of one call side by side.
COMPARES = "06_skenario"
#: Parts of the package that a proposal does not depend on; catalogues likewise.
SHOWS = frozenset({"report", "figures", "pipeline", "explorer", "cli"})
SHOWN_WORDS = frozenset({"report", "workbook", "notice", "notebooks", "figures", "columns", "pipeline", "explorer", "cli"})
#: Of those, the parts that nothing in a run folder depends on.
COMMANDS_ONLY = frozenset({"cli", "explorer"})
#: Dated parameters that no run reads: they belong to the ABK forms and to research.
NOT_OF_A_RUN = frozenset({"formulir_abk.yaml", "riset_nilai.csv", "sebaran_agensi.yaml"})


@dataclass(frozen=True)
class Job:
    """One scenario of one cycle to be run: plain values, so that any worker can take it.

    Attributes
    ----------
    source : Path
        Folder or workbook of the cycle.
    scenario, language : str
        Name of the scenario; language of what people read.
    place, part : Path
        The run folder, and the folder beside it in which the new run grows.
    inputs : dict of str to str
        SHA-256 of every file the run depends on, by a name that does not depend on where it lies.
    decisions : str
        Decisions kept in the run, as CSV, '' where there are none.
    secret : str
        Key of the pseudonyms, '' where people stand under their own codes.
    notebooks : Path
        Folder of the notebooks.
    """

    source: Path
    scenario: str
    language: str
    place: Path
    part: Path
    inputs: dict[str, str] = field(repr=False)
    decisions: str = field(default="", repr=False)
    secret: str = field(default="", repr=False)
    notebooks: Path = field(default_factory=notebooks_dir)

    @property
    def shown_folder(self) -> str:
        """Name of the run that stands in executed notebooks, whatever the machine."""
        return f"{self.source.stem}/{self.scenario}"

    @property
    def pseudonym(self) -> str:
        """Fingerprint of the key of the pseudonyms, which tells nothing about the key."""
        return key_of("pseudonym", self.secret)[:12] if self.secret else ""


def input_hashes(source: Path, scenario_file: Path | None) -> dict[str, str]:
    """Hashes of the cycle's files, its record of closed cycles, its scenario, and the dated parameters that runs read."""
    folder = source if source.is_dir() else source.parent
    files = sorted(folder.glob("*.csv")) if source.is_dir() else [source]
    settings = [p for p in (folder / f"{source.stem}.yaml", folder / "cycle.yaml") if p.is_file()][:1]
    books = [p for p in sorted(folder.glob("*.xlsx")) if not p.name.startswith("~$")]
    found = {f"cycle/{p.name}": sha256_of(p) for p in [*files, *books, *settings]}
    found |= {f"cycle/catatan/{name}": digest for name, digest in hash_tree(folder / "catatan").items()}
    if scenario_file is not None:
        found[f"scenario/{scenario_file.name}"] = sha256_of(scenario_file)
    parameters = data_dir("parameters")
    found |= {f"parameters/{name}": digest for name, digest in hash_tree(parameters).items() if name not in NOT_OF_A_RUN}
    return dict(sorted(found.items()))


@cache
def package_hashes() -> tuple[str, str]:
    """Two hashes over sources, tables, catalogues and the lock: of what a proposal, and of what a whole run depends on."""
    lock = PACKAGE.parent / "requirements.lock"
    locked = sha256_of(lock) if lock.is_file() else ""
    files = hash_tree(PACKAGE, "**/*.py", "**/*.csv", "**/*.yaml", "**/*.html", "**/*.j2", "**/*.css", "**/*.js")
    core = {n: d for n, d in files.items() if not _about_showing(n)}
    shown = {n: d for n, d in files.items() if n.split("/")[0] not in COMMANDS_ONLY and not n.endswith(("/cli.yaml", "/explorer.yaml"))}
    return key_of(core, locked), key_of(shown, locked)


def _about_showing(name: str) -> bool:
    parts = name.split("/")
    return parts[0] in SHOWS or (parts[0] == "locale" and Path(name).stem in SHOWN_WORDS)


def numbered_notebooks(folder: Path) -> list[Path]:
    """The notebooks 01 to 99 of a folder, in order."""
    return sorted(folder.glob("[0-9][0-9]_*.ipynb"))


def notebook_of(job: Job, stage: str) -> Path:
    """The notebook that a stage `notebook NAME` executes."""
    return job.notebooks / f"{stage.removeprefix('notebook ')}.ipynb"


def proposal_key(job: Job) -> str:
    """Key of a proposal: equal keys mean an equal proposal."""
    return key_of("proposal", package_hashes()[0], job.inputs, job.scenario, job.language, job.source.stem, job.decisions, job.pseudonym)


def stage_keys(job: Job, together: dict[str, str]) -> dict[str, str]:
    """Key of every stage: equal keys mean equal outputs.

    Parameters
    ----------
    job : Job
    together : dict of str to str
        Key of the proposal of every scenario that is run in the same call, by name.
    """
    proposal, shown = proposal_key(job), package_hashes()[1]
    keys = {"proposal": proposal}
    for name in ("figures", "report"):
        keys[name] = key_of(name, proposal, shown, job.language)
    for path in numbered_notebooks(job.notebooks):
        beside = together if path.stem == COMPARES else {}
        keys[f"notebook {path.stem}"] = key_of(path.stem, sha256_of(path), proposal, shown, job.language, beside)
    return keys


def do_stage(job: Any, name: str, key: str, work: Callable[[], None]) -> bool:
    """Do a stage unless its outputs can be taken over; True when it was done.

    Outputs are taken from the unfinished run of an earlier start, or from the finished run, when the
    stage's key is the same there and every file still has the hash noted for it.
    """
    note = job.part / NOTES / f"{name}.json"
    if _intact(job.part, read_json(note), key):
        return False
    # A run stopped between its manifest and its place has its notes in the manifest.
    written = (read_json(job.part / "manifest.json") or {}).get("stages", {}).get(name)
    if _intact(job.part, written, key):
        note.parent.mkdir(parents=True, exist_ok=True)
        write_json(note, written)
        return False
    finished = (read_json(job.place / "manifest.json") or {}).get("stages", {}).get(name)
    taken_over = _intact(job.place, finished, key)
    note.unlink(missing_ok=True)
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
        "report": ("report.html", "usulan.xlsx", "pemberitahuan/**/*", "imut.xlsx"),
    }
    return sorted(hash_tree(part, *patterns.get(name, (f"notebooks/{name.removeprefix('notebook ')}.ipynb",))))


def _intact(folder: Path, stage: dict[str, Any] | None, key: str) -> bool:
    if not stage or stage.get("key") != key:
        return False
    return all((folder / f).is_file() and sha256_of(folder / f) == digest for f, digest in stage["files"].items())
