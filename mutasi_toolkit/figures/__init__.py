"""Every picture: functions of tables that give a matplotlib Figure; nothing is computed or shown here."""

from __future__ import annotations

from mutasi_toolkit.figures.comparison import scenarios, two_runs
from mutasi_toolkit.figures.coverage import STATES, coverage_map, states
from mutasi_toolkit.figures.flow import flow, from_to
from mutasi_toolkit.figures.frontier import frontier
from mutasi_toolkit.figures.network import place, shared_skills, skill_network
from mutasi_toolkit.figures.spread import knowledge_changes, spread_curves
from mutasi_toolkit.figures.style import new_figure, png_bytes, save, short_name
from mutasi_toolkit.figures.terms import terms
from mutasi_toolkit.figures.workload import (
    efficiency_intervals,
    opd_balance,
    opd_before_after,
    years_ahead,
)

__all__ = [
    "STATES",
    "coverage_map",
    "efficiency_intervals",
    "flow",
    "from_to",
    "frontier",
    "knowledge_changes",
    "new_figure",
    "opd_balance",
    "opd_before_after",
    "place",
    "png_bytes",
    "save",
    "scenarios",
    "shared_skills",
    "short_name",
    "skill_network",
    "spread_curves",
    "states",
    "terms",
    "two_runs",
    "years_ahead",
]  # fmt: skip
