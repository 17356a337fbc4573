"""Models of how organisations learn, each after one published paper; each name loads its module when used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "march": "mutual_learning",
    "MarchResult": "mutual_learning",
    "subgroups": "subgroups_model",
    "barter": "barter_model",
    "BarterResult": "barter_model",
    "landscape": "landscape_model",
    "chunks": "chunks_model",
    "receptivity": "receptivity_model",
    "power": "receptivity_model",
    "adopted": "receptivity_model",
    "moving_expert": "expert",
    "cover_time": "expert",
    "Ensemble": "common",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"mutasi_toolkit.spread.organisations.{_HOME[name]}"), name)
    raise AttributeError(f"module 'mutasi_toolkit.spread.organisations' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
