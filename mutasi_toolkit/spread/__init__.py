"""How knowledge spreads between people and units.

Importing this package compiles nothing and loads nothing; each public name loads its module when used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Network": "network",
    "SpreadResult": "result",
    "cascade": "models",
    "contagion": "models",
    "threshold": "models",
    "degroot": "averages",
    "mean_field": "averages",
    "diffusion_centrality": "averages",
    "skills": "population",
    "SkillSpread": "population",
    "Population": "people",
    "population_of": "people",
    "from_arrays": "people",
    "Rates": "rates",
    "rates_of": "rates",
    "marginal_gains": "gains",
    "compare": "comparison",
    "compare_opd": "policies",
    "rotations": "policies",
    "side_by_side": "policies",
    "ensemble": "ensembles",
    "until": "ensembles",
    "time_to_share": "ensembles",
    "TimeToShare": "ensembles",
    "sources": "lessons",
    "who_taught": "lessons",
    "contact_network": "contacts",
    "march": "organisations",
    "MarchResult": "organisations",
}

__all__ = [*sorted(_HOME), "organisations"]


def __getattr__(name: str) -> Any:
    if name == "organisations":
        return import_module("mutasi_toolkit.spread.organisations")
    if name in _HOME:
        return getattr(import_module(f"mutasi_toolkit.spread.{_HOME[name]}"), name)
    raise AttributeError(f"module 'mutasi_toolkit.spread' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
