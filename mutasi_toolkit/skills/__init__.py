"""The skill network: who knows what where, what is missing, what hangs on one person, who fits which seat."""

from __future__ import annotations

from mutasi_toolkit.skills.bridging import (
    ROLES,
    bridging,
    brokerage,
    gould_fernandez,
    service_graph,
    to_igraph,
)
from mutasi_toolkit.skills.coverage import coverage, places, sole_holders, unit_matrix
from mutasi_toolkit.skills.derive import (
    Mapping,
    as_settled,
    complete,
    derive,
    derived_sentences,
    read_mapping,
    read_settled,
    usual_requirements,
)
from mutasi_toolkit.skills.diversity import diversity, hill, rao_stirling, shannon, skill_distance
from mutasi_toolkit.skills.fit import Profile, cutoffs, fit, fit_codes, jpm_table, profile
from mutasi_toolkit.skills.leavers import Leavers, bus_factor, bus_factor_by_opd, leavers
from mutasi_toolkit.skills.nestedness import Nestedness, nestedness, nodf
from mutasi_toolkit.skills.projections import (
    Projection,
    project,
    projection,
    share_of_holdings,
    skill_holders,
)
from mutasi_toolkit.skills.table import (
    SkillMatrix,
    derived_share,
    from_matrix,
    from_network,
    holders,
    levels,
    network,
    required,
)

__all__ = [
    "ROLES", "Leavers", "Mapping", "Nestedness", "Profile", "Projection", "SkillMatrix", "as_settled", "bridging", "brokerage",
    "bus_factor", "bus_factor_by_opd", "complete", "coverage", "cutoffs", "derive", "derived_sentences", "derived_share", "diversity", "fit",
    "fit_codes", "from_matrix", "from_network", "gould_fernandez", "hill", "holders", "jpm_table", "leavers", "levels", "nestedness",
    "network", "nodf", "places", "profile", "project", "projection", "rao_stirling", "read_mapping", "read_settled", "required",
    "service_graph", "shannon", "share_of_holdings", "skill_distance", "skill_holders", "sole_holders", "to_igraph",
    "unit_matrix", "usual_requirements",
]  # fmt: skip
