"""Who should sit where: the problem, its proved solution, and the reasons."""

from __future__ import annotations

from mutasi_toolkit.assignment.alternatives import alternatives
from mutasi_toolkit.assignment.diagnose import Diagnosis, diagnose
from mutasi_toolkit.assignment.explain import Explanation, explain
from mutasi_toolkit.assignment.frontier import frontier, lexicographic, missed_words
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.prices import LEAST_SAVED, price_sentences, prices
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.solve import solve
from mutasi_toolkit.assignment.verify import Verification, Violation, verify
from mutasi_toolkit.assignment.what_if import WhatIf, what_if

__all__ = [
    "LEAST_SAVED", "Diagnosis", "Explanation", "Plan", "Problem", "Verification", "Violation", "WhatIf", "alternatives", "diagnose", "explain",
    "frontier", "lexicographic", "missed_words", "price_sentences", "prices", "solve", "verify", "what_if",
]  # fmt: skip
