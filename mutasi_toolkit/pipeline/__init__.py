"""Notebooks x scenarios: run a cycle, resume, reproduce."""

from __future__ import annotations

from mutasi_toolkit.pipeline.run import Outcome, run_cycle
from mutasi_toolkit.pipeline.verify import verify_run

__all__ = ["Outcome", "run_cycle", "verify_run"]
