"""What is said when a folder holds no run."""

from __future__ import annotations

from pathlib import Path

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text


def not_a_run(place: Path, language: str = "id") -> InputError:
    """The error for a folder without manifest.json; names the runs that lie in it, one folder per scenario.

    Examples
    --------
    >>> str(not_a_run(Path("no/such"), "en"))
    "no/such: not a run folder (there is no manifest.json). Call 'mutasi run' first."
    """
    inside = sorted(p.parent for p in place.glob("*/manifest.json")) if place.is_dir() else []
    if inside:
        return InputError(text("pipeline.run_inside", language, place=str(place), runs=", ".join(map(str, inside[:5]))))
    return InputError(text("pipeline.run_not_found", language, place=str(place)))
