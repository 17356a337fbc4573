"""One notebook, executed by papermill with checked parameters and normalised to the byte."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mutasi_toolkit.errors import InputError, MutasiError
from mutasi_toolkit.locale import catalogue, text


class NotebookParameters(BaseModel):
    """Parameters that every numbered notebook takes; unknown names and wrong types are refused.

    siklus: name or folder of the cycle; skenario: name of the scenario; folder_hasil: a run folder whose
    tables are read, empty to compute them here; bahasa: language; baris: rows shown of long
    tables; galat_volume: relative error of task volumes (notebook 02 only).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    siklus: str = "contoh"
    skenario: str = "dasar"
    folder_hasil: str = ""
    bahasa: Literal["id", "en"] = "id"
    baris: int = Field(default=10, ge=1, le=1000)
    galat_volume: float | None = Field(default=None, ge=0, le=1)


class NotebookError(MutasiError):
    """A cell of a notebook raised an error; the message names the notebook, the cell and the error."""


def check_parameters(values: dict[str, Any]) -> dict[str, Any]:
    """Checked parameters as plain values.

    Raises
    ------
    InputError
        Names each parameter that is unknown or of the wrong type.

    Examples
    --------
    >>> check_parameters({"siklus": "contoh"})["bahasa"]
    'id'
    """
    try:
        return NotebookParameters(**values).model_dump(mode="json", exclude_none=True)
    except ValueError as error:
        raise InputError(text("pipeline.bad_parameters", why=str(error))) from error


def execute(
    source: Path, target: Path, parameters: dict[str, Any], shown: Mapping[str, str] | None = None
) -> None:
    """Execute the notebook `source` with `parameters` and write it, normalised, to `target`.

    Parameters
    ----------
    source, target : Path
        The notebook in the project, and where the executed one goes.
    parameters : dict
        Values for `NotebookParameters`.
    shown : mapping of str to str
        What stands in the executed notebook in place of the folders it read, so that the same run
        has the same bytes wherever it lies.

    Raises
    ------
    NotebookError
        When a cell fails; the notebook with its error is kept as `<name>.failed.ipynb`.
    """
    import papermill
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    values = check_parameters(parameters)
    scratch = Path(tempfile.mkdtemp(prefix="mt-"))
    failed = target.with_name(f"{target.stem}.failed.ipynb")
    failed.unlink(missing_ok=True)
    try:
        config = Config({"KernelManager": {"transport": "ipc", "ip": str(scratch / "k")}})
        work = scratch / source.name
        papermill.execute_notebook(
            str(translated(source, values["bahasa"], scratch)), str(work), parameters=values, progress_bar=False,
            kernel_name="python3", config=config, request_save_on_cell_execute=False, extra_arguments=["--log-level=CRITICAL"],
        )  # fmt: skip
        normalise(work, shown)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work, target)
    except PapermillExecutionError as error:
        failed.parent.mkdir(parents=True, exist_ok=True)
        normalise(scratch / source.name, shown)
        shutil.copyfile(scratch / source.name, failed)
        message = text(
            "pipeline.cell_failed",
            values["bahasa"],
            notebook=source.name,
            cell=error.exec_count,
            name=error.ename,
            why=error.evalue,
        )
        raise NotebookError(message) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def translated(source: Path, language: str, folder: Path) -> Path:
    """The notebook with its prose in `language`: Markdown cells are looked up by cell id in the catalogue."""
    import nbformat

    if language == "id":
        return source
    prose = catalogue(language, "notebooks")
    nb = nbformat.read(source, as_version=4)
    for cell in nb.cells:
        if cell.cell_type == "markdown" and cell.id in prose:
            cell.source = prose[cell.id].rstrip("\n")
    out = folder / f"source-{source.name}"
    nbformat.write(nb, out)
    return out


def normalise(path: Path, shown: Mapping[str, str] | None = None) -> None:
    """Drop what differs between two equal runs: times, random ids, the place of the run folder."""
    import nbformat

    nb = nbformat.read(path, as_version=4)
    nb.metadata = nbformat.from_dict(
        {
            "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
            "language_info": {
                "name": "python",
                "file_extension": ".py",
                "mimetype": "text/x-python",
            },
        }
    )
    for cell in nb.cells:
        cell.metadata.pop("papermill", None)
        cell.metadata.pop("execution", None)
        if "injected-parameters" in cell.metadata.get("tags", []):
            cell.id = "injected-parameters"
            for folder, name in (shown or {}).items():
                cell.source = cell.source.replace(f'"{folder}"', f'"{name}"')
        if cell.cell_type == "code":
            cell.outputs = [
                o for o in cell.outputs if o.output_type != "stream" or o.name != "stderr"
            ]
    nbformat.write(nb, path)
