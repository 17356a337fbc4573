"""The skill network: who knows what where, what is missing, what hangs on one person, who fits which seat."""

from __future__ import annotations

from mutasi_toolkit.skills.coverage import coverage, places, sole_holders, unit_matrix
from mutasi_toolkit.skills.fit import Profile, cutoffs, fit, fit_codes, jpm_table, profile
from mutasi_toolkit.skills.table import (
    SkillMatrix,
    derived_share,
    from_network,
    holders,
    levels,
    network,
    required,
)

__all__ = [
    "Profile", "SkillMatrix", "coverage", "cutoffs", "derived_share", "fit", "fit_codes", "from_network", "holders",
    "jpm_table", "levels", "network", "places", "profile", "required", "sole_holders", "unit_matrix",
]  # fmt: skip
