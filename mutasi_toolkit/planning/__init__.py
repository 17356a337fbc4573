"""The whole decision for one cycle: solve, simulate, correct, until prediction and simulation agree."""

from __future__ import annotations

from mutasi_toolkit.planning.firmness import firmness, write_firmness
from mutasi_toolkit.planning.proposal import Proposal, read_plan, read_proposal
from mutasi_toolkit.planning.propose import propose
from mutasi_toolkit.planning.rolling import Rolling, roll
from mutasi_toolkit.planning.stability import Doubt, Stability, stability, steadier
from mutasi_toolkit.planning.together import Together, plan_together, worth_of_planning

__all__ = [
    "Doubt", "Proposal", "Rolling", "Stability", "Together", "firmness", "plan_together", "propose", "read_plan", "read_proposal", "roll", "stability",
    "steadier", "worth_of_planning", "write_firmness",
]  # fmt: skip
