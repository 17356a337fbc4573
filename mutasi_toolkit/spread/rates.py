"""Rates of teaching and forgetting in force for a cycle: its settings, else the dated parameters."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
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
    stop : float
        A teacher stops teaching and goes on knowing (model 'sir').
    keep : float
        Strength of the tie that a mover keeps with one former colleague; 0 keeps none.
    decay : float
        Share of its strength that a kept tie still has after one more period.

    Raises
    ------
    InputError
        For a rate outside [0, 1].
    """

    unit: float
    tie: float
    forget: float
    stop: float = 0.0
    keep: float = 0.0
    decay: float = 1.0

    def __post_init__(self) -> None:
        for f in fields(self):
            if not 0.0 <= getattr(self, f.name) <= 1.0:
                raise InputError(text("spread.probability", name=f.name, value=getattr(self, f.name)))


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
    chosen = {"ajar_unit": given.ajar_unit, "ajar_hubungan": given.ajar_hubungan, "lupa": given.lupa}
    names = ("ajar_unit", "ajar_hubungan", "lupa", "berhenti", "simpan_hubungan", "luruh_hubungan")
    values: list[Any] = [dated[n]["nilai"] if chosen.get(n) is None else chosen[n] for n in names]
    return Rates(*map(float, values))
