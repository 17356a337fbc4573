"""Workload: how many people each seat needs, how well it is filled, how sure that is, and how it changes."""

from __future__ import annotations

from mutasi_toolkit.workload.approaches import (
    hasil_kerja,
    need_by_approach,
    objek_kerja,
    peralatan_kerja,
    tugas_per_tugas,
)
from mutasi_toolkit.workload.balance import (
    balance,
    coefficient_of_variation,
    gini,
    grouping,
    jain,
    theil,
    theil_split,
    unit_balance,
)
from mutasi_toolkit.workload.forms import Abk, read_abk, write_forms
from mutasi_toolkit.workload.health import abk_kes, abk_kes_steps, available_time, health_need
from mutasi_toolkit.workload.leaving import leavers, retirement_date
from mutasi_toolkit.workload.need import (
    demand_without_units,
    fill,
    fixed_fte,
    headcount,
    need,
    rumpun_of_units,
    seated_people,
    unit_efficiency,
)
from mutasi_toolkit.workload.parameters import (
    WorkingTime,
    effective_minutes,
    retirement_age,
    working_time,
    working_times,
)
from mutasi_toolkit.workload.projection import (
    fill_by_year,
    filled_by_opd,
    first_below,
    project,
    project_units,
)
from mutasi_toolkit.workload.rounding import efficiency_grade, round_half_up, round_wisn
from mutasi_toolkit.workload.tasks import need_from_tasks, task_minutes
from mutasi_toolkit.workload.uncertainty import (
    balance_interval,
    compare_efficiency,
    draw_efficiencies,
    efficiency_interval,
)
from mutasi_toolkit.workload.units_of_time import mixed_units, mixed_units_text
from mutasi_toolkit.workload.wisn import wisn

__all__ = [
    "Abk", "WorkingTime", "abk_kes", "abk_kes_steps", "available_time", "balance", "balance_interval",
    "coefficient_of_variation", "compare_efficiency", "demand_without_units", "draw_efficiencies", "effective_minutes",
    "efficiency_grade", "efficiency_interval", "fill", "fill_by_year", "filled_by_opd", "first_below", "fixed_fte", "gini", "grouping",
    "hasil_kerja", "headcount", "health_need", "jain", "leavers", "mixed_units", "mixed_units_text", "need",
    "need_by_approach", "need_from_tasks", "objek_kerja", "peralatan_kerja", "project", "project_units", "read_abk",
    "retirement_age", "retirement_date", "round_half_up", "round_wisn", "rumpun_of_units", "seated_people",
    "task_minutes", "theil", "theil_split", "tugas_per_tugas", "unit_balance", "unit_efficiency", "wisn",
    "working_time", "working_times", "write_forms",
]  # fmt: skip
