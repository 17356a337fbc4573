"""Workload: how many people each seat needs, how well it is filled, and how that changes."""

from __future__ import annotations

from mutasi_toolkit.workload.balance import balance, gini, jain, theil, theil_split
from mutasi_toolkit.workload.need import (
    effective_minutes,
    efficiency_grade,
    fixed_fte,
    headcount,
    need,
    need_from_tasks,
    round_half_up,
    seated_people,
    unit_efficiency,
)
from mutasi_toolkit.workload.projection import filled_by_opd, first_below, project, retirement_year

__all__ = [
    "balance",
    "effective_minutes",
    "efficiency_grade",
    "filled_by_opd",
    "first_below",
    "fixed_fte",
    "gini",
    "headcount",
    "jain",
    "need",
    "need_from_tasks",
    "project",
    "retirement_year",
    "round_half_up",
    "seated_people",
    "theil",
    "theil_split",
    "unit_efficiency",
]  # fmt: skip
