"""Who may take which seat, and the article of law that says so."""

from __future__ import annotations

from mutasi_toolkit.rules.explain import coverage, explain_pair
from mutasi_toolkit.rules.model import Rule, load, missing_inputs, rule_ids
from mutasi_toolkit.rules.pairs import Pairs, Verdicts, allowed, evaluate
from mutasi_toolkit.rules.state import Decisions, Limits, decisions, due, least_holders, limits
from mutasi_toolkit.rules.windows import election_window, inauguration_window

__all__ = [
    "Decisions", "Limits", "Pairs", "Rule", "Verdicts", "allowed", "coverage", "decisions", "due", "election_window",
    "evaluate", "explain_pair", "inauguration_window", "least_holders", "limits", "load", "missing_inputs", "rule_ids",
]  # fmt: skip
