"""Every research notebook through papermill, several at a time, with a record of what was run."""

from __future__ import annotations

import ast
import shutil
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir, notebooks_dir
from mutasi_toolkit.research.contacts_data import reference_folder
from mutasi_toolkit.research.provenance import record, write_record

#: The parameter that tells a notebook where its tables go; it is no part of what a run was made with.
FOLDER = "folder_hasil"
#: Published networks that notebook 09 reads.
NETWORKS = ("burkhardt_government_agency", "krackhardt_hightech", "lazega_lawyers")


@dataclass(frozen=True, slots=True)
class NotebookOutcome:
    """What became of one notebook.

    Attributes
    ----------
    name : str
    met, missed : int
        Rows of its verdict tables that are met, and that are not.
    error : str
        Empty when it ran to its end.
    seconds : float
    """

    name: str
    met: int
    missed: int
    error: str
    seconds: float


def research_notebooks(names: Sequence[str] | None = None) -> list[Path]:
    """The research notebooks, in order; with `names`, those whose file name begins with one of them.

    Raises
    ------
    InputError
        When a name fits none; lists those there are.
    """
    every = sorted((notebooks_dir() / "research").glob("[0-9][0-9]_*.ipynb"))
    if not names:
        return every
    for name in names:
        if not any(p.stem.startswith(name) for p in every):
            raise InputError(text("research.unknown", what=name, known=", ".join(p.stem for p in every)))
    return [p for p in every if p.stem.startswith(tuple(names))]


def keep(table: pd.DataFrame, name: str, folder: str | Path) -> None:
    """Write a table as <folder>/tables/<name>.csv with floats at 6 digits; nothing where folder is empty."""
    if not str(folder):
        return
    place = Path(folder) / "tables"
    place.mkdir(parents=True, exist_ok=True)
    table.to_csv(place / f"{name}.csv", index=False, float_format="%.6g", lineterminator="\n")


def parameters_of(source: Path, given: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Every parameter with which a notebook runs: those of its cell 'parameters', and `given` in their place.

    Raises
    ------
    InputError
        For a given parameter that the notebook does not have; names those it has.
    """
    import papermill

    own = {name: ast.literal_eval(told["default"]) for name, told in papermill.inspect_notebook(str(source)).items()}
    for name in given or {}:
        if name not in own:
            raise InputError(text("research.unknown", what=name, known=", ".join(own)))
    return {name: value for name, value in {**own, **(given or {})}.items() if name != FOLDER}


def data_files() -> list[Path]:
    """What research notebooks read: parameters, reference tables and cycles of this project, and the networks of others where they are."""
    folders = [data_dir("parameters"), data_dir("reference"), *sorted(p for p in data_dir("cycles").iterdir() if p.is_dir())]
    folders += [folder for name in NETWORKS if (folder := reference_folder(name)) is not None]
    return [p for folder in folders for p in sorted(folder.iterdir()) if p.suffix in (".csv", ".yaml", ".bib")]


def run_one(source: Path, out: Path, parameters: Mapping[str, Any], tidy: Callable[[Path], None] | None = None) -> NotebookOutcome:
    """Execute one notebook into `out`; a cell that fails is told in the outcome and kept in the executed notebook."""
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    begun = time.perf_counter()
    scratch = Path(tempfile.mkdtemp(prefix="mt-"))
    target, error = out / source.name, ""
    try:
        config = Config({"KernelManager": {"transport": "ipc", "ip": str(scratch / "k")}})
        papermill.execute_notebook(
            str(source), str(scratch / source.name), parameters={**parameters, FOLDER: str(out)}, progress_bar=False,
            kernel_name="python3", config=config, request_save_on_cell_execute=False, extra_arguments=["--log-level=CRITICAL"],
        )  # fmt: skip
    except PapermillExecutionError as failure:
        error = f"{failure.ename}: {failure.evalue}"
    finally:
        if (scratch / source.name).is_file():
            _hide_folder(scratch / source.name, out)
            if tidy is not None:
                tidy(scratch / source.name)
            out.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(scratch / source.name, target)
        shutil.rmtree(scratch, ignore_errors=True)
    met, missed = _count(out / "tables" / f"{source.stem}.csv")
    return NotebookOutcome(source.stem, met, missed, error, time.perf_counter() - begun)


def _hide_folder(path: Path, out: Path) -> None:
    """Take the place of the run folder out of the injected parameters, so that equal runs have equal bytes."""
    path.write_text(path.read_text(encoding="utf-8").replace(str(out), "."), encoding="utf-8")


def _count(path: Path) -> tuple[int, int]:
    if not path.is_file():
        return 0, 0
    verdict = pd.read_csv(path)["verdict"]
    return int((verdict == "met").sum()), int((verdict == "NOT met").sum())


def run_notebooks(
    out: str | Path,
    names: Sequence[str] | None = None,
    workers: int = 2,
    parameters: Mapping[str, Any] | None = None,
    tidy: Callable[[Path], None] | None = None,
) -> list[NotebookOutcome]:
    """Run research notebooks and write them, their verdict tables, record.json and citation.bib into `out`.

    Parameters
    ----------
    out : path
    names : sequence of str, optional
        Beginnings of file names, such as '01'; all where None.
    workers : int
        Notebooks at once, each in a process of its own.
    parameters : mapping, optional
        Such as {'seed': 7}, given to every notebook; the record tells these and the notebook's own.
    tidy : callable, optional
        Called with the path of each executed notebook before it is kept.

    Returns
    -------
    list of NotebookOutcome
    """
    place, given = Path(out).resolve(), dict(parameters or {})
    sources = research_notebooks(names)
    settings = {source.stem: parameters_of(source, given) for source in sources}
    if workers < 2:
        done = [run_one(source, place, given, tidy) for source in sources]
    else:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            # The last notebooks take longest: begun first, they leave no processor idle at the end.
            waiting = {source: pool.submit(run_one, source, place, given, tidy) for source in reversed(sources)}
            done = [waiting[source].result() for source in sources]
    outputs = [p for p in place.rglob("*") if p.is_file() and p.suffix in (".ipynb", ".csv", ".graphml")]
    write_record(place, record(settings, [*sources, *data_files()], outputs, place))
    return done
