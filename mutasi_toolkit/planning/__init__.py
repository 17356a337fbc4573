"""The whole decision for one cycle: solve, simulate, correct, until prediction and simulation agree."""

from __future__ import annotations

from mutasi_toolkit.planning.proposal import Proposal, read_plan, read_proposal
from mutasi_toolkit.planning.propose import propose
from mutasi_toolkit.planning.stability import Doubt, Stability, stability, steadier

__all__ = ["Doubt", "Proposal", "Stability", "propose", "read_plan", "read_proposal", "stability", "steadier"]
