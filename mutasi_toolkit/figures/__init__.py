"""Every picture: functions of tables that give a matplotlib Figure; nothing is computed or shown here."""

from __future__ import annotations

from mutasi_toolkit.figures.comparison import scenarios, two_runs
from mutasi_toolkit.figures.knowledge import coverage_map, flow, opd_network, spread_curves
from mutasi_toolkit.figures.style import new_figure, png_bytes, save, short_name
from mutasi_toolkit.figures.workload import opd_balance, opd_before_after, terms, years_ahead

__all__ = [
    "coverage_map", "flow", "new_figure", "opd_balance", "opd_before_after", "opd_network", "png_bytes", "save",
    "scenarios", "short_name", "spread_curves", "terms", "two_runs", "years_ahead",
]  # fmt: skip
