"""mutasi_toolkit: workload, knowledge spread and proved transfer proposals for civil service offices.

Importing the package imports the standard library only; each public name loads what it needs when used.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_MODULES = (
    "assignment", "cycle", "errors", "figures", "pipeline", "planning", "report", "research", "rules", "schema",
    "siasn", "skills", "spread", "synth", "workload",
)  # fmt: skip
_NAMES = {
    "Cycle": "cycle",
    "read_cycle": "cycle",
    "propose": "planning",
    "read_proposal": "planning",
    "MutasiError": "errors",
    "InputError": "errors",
    "InfeasibleError": "errors",
    "ReproductionError": "errors",
}

__all__ = [*_MODULES, *_NAMES, "__version__"]


def __getattr__(name: str) -> Any:
    if name in _NAMES:
        return getattr(import_module(f"mutasi_toolkit.{_NAMES[name]}"), name)
    if name in _MODULES:
        return import_module(f"mutasi_toolkit.{name}")
    raise AttributeError(f"module 'mutasi_toolkit' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
