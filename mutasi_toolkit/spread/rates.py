"""Rates of teaching and forgetting in force for a cycle: its settings, else the dated parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


@dataclass(frozen=True, slots=True)
class Rates:
    """Chances per period.

    Attributes
    ----------
    unit : float
        One colleague of the unit teaches another.
    tie : float
        Along a tie of strength 1.
    forget : float
        A holder forgets.
    """

    unit: float
    tie: float
    forget: float


def parameters() -> dict[str, Any]:
    """data/parameters/sebaran.yaml."""
    return load_yaml(data_dir("parameters") / "sebaran.yaml")


def rates_of(cycle: Cycle) -> Rates:
    """Rates of a cycle; `settings.sebaran` goes before the dated parameters.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> rates_of(two_offices()).unit
    0.004
    """
    given, dated = cycle.settings.sebaran, parameters()
    values = [
        value if value is not None else float(dated[name]["nilai"])
        for name, value in (("ajar_unit", given.ajar_unit), ("ajar_hubungan", given.ajar_hubungan), ("lupa", given.lupa))
    ]
    return Rates(*values)
