"""Research on rotation: published results reproduced, policies compared, effects estimated; each name loads its module when used."""

from __future__ import annotations

from importlib import import_module
from typing import Any

_HOME = {
    "Check": "verdict",
    "check": "verdict",
    "holds": "verdict",
    "seen": "verdict",
    "verdicts": "verdict",
    "published": "verdict",
    "bibliography": "provenance",
    "citation": "provenance",
    "record": "provenance",
    "write_record": "provenance",
    "write_crate": "crate",
    "run_notebooks": "run",
    "panel": "panels",
    "Tables": "panels",
    "simulate_records": "known_truth",
    "estimation_frame": "estimators",
    "estimate": "estimators",
    "event_study": "estimators",
    "judge": "estimators",
    "Rotation": "randomisation",
    "rotation_of": "randomisation",
    "redraw": "randomisation",
    "every_rotation": "randomisation",
    "randomisation_test": "randomisation",
    "design": "sweeps",
    "sweep": "sweeps",
    "sensitivity": "sweeps",
    "notebook_run": "sweeps",
    "outcomes": "rotation",
    "compare_policies": "rotation",
    "with_ties": "rotation",
    "rotation_run": "rotation",
    "rotation_plan": "rotation",
    "moratorium": "rotation",
    "best_transfers": "rotation",
    "holders_today": "rotation",
    "Contacts": "contacts_data",
    "read_edges": "contacts_data",
    "read_matrix": "contacts_data",
    "read_contacts": "contacts_data",
    "read_people": "contacts_data",
    "reference_folder": "contacts_data",
    "reach_between": "contacts_data",
    "brokers": "contacts_data",
    "moving_one": "contacts_data",
    "sources": "diffusion",
    "lessons": "diffusion",
    "advice_received": "diffusion",
    "fit_rates": "diffusion",
    "forecast": "diffusion",
    "simulate_waves": "diffusion",
    "monthly": "diffusion",
    "alternative_rates": "diffusion",
    "greedy_seeds": "seeding",
    "transfer_graph": "exports",
    "write_graphml": "exports",
    "write_rsiena": "exports",
}

__all__ = sorted(_HOME)


def __getattr__(name: str) -> Any:
    if name in _HOME:
        return getattr(import_module(f"mutasi_toolkit.research.{_HOME[name]}"), name)
    raise AttributeError(f"module 'mutasi_toolkit.research' has no attribute {name!r}")


def __dir__() -> list[str]:
    return list(__all__)
