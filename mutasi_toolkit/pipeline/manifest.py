"""The manifest of a run: what went in, what came out, under which settings and versions."""

from __future__ import annotations

import platform
from importlib.metadata import version
from typing import Any

from mutasi_toolkit import __version__
from mutasi_toolkit.pipeline.folder import outputs_of, read_json
from mutasi_toolkit.pipeline.stages import Job
from mutasi_toolkit.pipeline.work import shown_cycle

LIBRARIES = ("highspy", "jupyterlab", "matplotlib", "networkx", "numba", "numpy", "ortools", "pandas", "papermill", "scipy", "xlsxwriter")


def manifest(job: Job, key: str, stages: dict[str, Any], together: list[str]) -> dict[str, Any]:
    """Content of manifest.json: nothing in it changes from run to run.

    Parameters
    ----------
    job : Job
    key : str
        One SHA-256 over sources, parameters, inputs, package and lock.
    stages : dict
        Key and files of every stage.
    together : list of str
        Scenarios that notebook 06 set side by side, in order.
    """
    plan = read_json(job.part / "plan.json") or {}
    settings = shown_cycle(job).settings
    found = {
        "cycle": job.source.stem,
        "scenario": job.scenario,
        "together": together,
        "language": job.language,
        "settings": settings.as_dict(),
        "seed": settings.seed,
        "inputs": job.inputs,
        "outputs": outputs_of(job.part),
        "stages": stages,
        "key": key,
        "plan": {name: plan.get(name) for name in ("objective", "bound", "gap", "status", "moves_count")},
        "versions": {"mutasi_toolkit": __version__, "python": platform.python_version(), **{n: version(n) for n in LIBRARIES}},
    }
    return found | ({"pseudonym": job.pseudonym} if job.secret else {})
