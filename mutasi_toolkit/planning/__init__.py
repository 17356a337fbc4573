"""The whole decision for one cycle: solve, simulate, correct, until prediction and simulation agree."""

from __future__ import annotations

from mutasi_toolkit.planning.proposal import Proposal, read_plan, read_proposal
from mutasi_toolkit.planning.propose import propose

__all__ = ["Proposal", "propose", "read_plan", "read_proposal"]
