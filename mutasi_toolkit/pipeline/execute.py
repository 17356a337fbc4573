"""One notebook, executed by papermill with checked parameters and normalised to the byte."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from mutasi_toolkit.errors import InputError, MutasiError
from mutasi_toolkit.locale import catalogue, text

#: Names of scratch folders, before the number of the process that made them.
SCRATCH = "mt-"
#: What a kernel runs before the notebook: it leaves a note of its memory when it ends.
AT_EXIT = (
    "import atexit as _a, pathlib as _p; _s = _p.Path('/proc/self/status'); "
    "_a.register(lambda p=_p, s=_s: s.is_file() and p.Path('{path}').write_text(s.read_text())) and None"
)


class NotebookParameters(BaseModel):
    """Parameters that every numbered notebook takes; unknown names and wrong types are refused.

    siklus: name or folder of the cycle; skenario: name of the scenario; folder_hasil: a run folder whose
    tables are read, empty to compute them here; bahasa: language; baris: rows shown of long
    tables; galat_volume: relative error of task volumes (notebook 02 only); skenario_banding,
    folder_banding: scenarios set side by side, and the folders of their tables (notebook 06 only).
    """

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    siklus: str = "contoh"
    skenario: str = "dasar"
    folder_hasil: str = ""
    bahasa: Literal["id", "en"] = "id"
    baris: int = Field(default=10, ge=1, le=1000)
    galat_volume: float | None = Field(default=None, ge=0, le=1)
    skenario_banding: list[str] | None = None
    folder_banding: dict[str, str] | None = None


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
) -> float:
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

    Returns
    -------
    float
        The most memory the notebook's kernel had, in MB; 0 where the system does not tell.

    Raises
    ------
    NotebookError
        When a cell fails or the kernel dies; the notebook with its error is kept as `<name>.failed.ipynb`.
    """
    import papermill
    from nbclient.exceptions import DeadKernelError
    from papermill.exceptions import PapermillExecutionError
    from traitlets.config import Config

    from mutasi_toolkit.pipeline import kernels

    values = check_parameters(parameters)
    sweep()
    scratch = Path(tempfile.mkdtemp(prefix=f"{SCRATCH}{os.getpid()}-"))
    failed = target.with_name(f"{target.stem}.failed.ipynb")
    failed.unlink(missing_ok=True)
    work, memory = scratch / source.name, scratch / "memory"
    try:
        config = Config({"KernelManager": {"transport": "ipc", "ip": str(scratch / "k")}})
        papermill.execute_notebook(
            str(translated(source, values["bahasa"], scratch)), str(work), parameters=values, progress_bar=False,
            kernel_name="python3", config=config, request_save_on_cell_execute=False, **({"kernel_manager_class": kernels.WarmManager} if kernels.CAN_FORK else {}),
            extra_arguments=["--log-level=CRITICAL", f"--IPKernelApp.exec_lines={AT_EXIT.format(path=str(memory))}"],
        )  # fmt: skip
        normalise(work, shown)
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(work, target)
        return _peak_mb(memory)
    except PapermillExecutionError as error:
        failed.parent.mkdir(parents=True, exist_ok=True)
        normalise(work, shown)
        shutil.copyfile(work, failed)
        why = {"cell": error.exec_count, "name": error.ename, "why": error.evalue, "kept": str(failed)}
        raise NotebookError(text("pipeline.cell_failed", values["bahasa"], notebook=source.name, **why)) from error
    except DeadKernelError as error:
        raise NotebookError(text("pipeline.kernel_died", values["bahasa"], notebook=source.name)) from error
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def sweep() -> None:
    """Remove scratch folders of processes that are no more (killed before they could tidy up)."""
    for path in Path(tempfile.gettempdir()).glob(f"{SCRATCH}[0-9]*-*"):
        pid = path.name.removeprefix(SCRATCH).split("-")[0]
        # Another thread may sweep the same folder at the same time.
        with suppress(OSError):
            if pid.isdigit() and not _alive(int(pid)) and path.owner() == Path.home().owner():
                shutil.rmtree(path, ignore_errors=True)


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True
    return True


def _peak_mb(path: Path) -> float:
    """VmHWM of a copy of /proc/self/status, in MB."""
    found = re.search(r"VmHWM:\s+(\d+) kB", path.read_text(encoding="utf-8")) if path.is_file() else None
    return int(found[1]) / 1024 if found else 0.0


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
            cell.outputs = _joined([o for o in cell.outputs if o.output_type != "stream" or o.name != "stderr"])
    nbformat.write(nb, path)


def _joined(outputs: list[Any]) -> list[Any]:
    """Printed text that follows on printed text in one piece: a busy machine sends a line in two."""
    made: list[Any] = []
    for output in outputs:
        if made and output.output_type == made[-1].output_type == "stream":
            made[-1].text += output.text
        else:
            made.append(output)
    return made
