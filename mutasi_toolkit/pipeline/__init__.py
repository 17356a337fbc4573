"""Notebooks x scenarios: run a cycle, resume, reproduce."""

from __future__ import annotations

from mutasi_toolkit.pipeline.run import Outcome, run_cycle

__all__ = ["Outcome", "run_cycle", "verify_run"]


def __getattr__(name: str) -> object:
    if name == "verify_run":
        from mutasi_toolkit.pipeline.verify import verify_run

        return verify_run
    raise AttributeError(name)
