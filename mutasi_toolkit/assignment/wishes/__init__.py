"""Rounds run on wishes: deferred acceptance, block exchange, individually rational plans, and what each leaves of envy."""

from __future__ import annotations

from mutasi_toolkit.assignment.wishes.market import Market, market
from mutasi_toolkit.assignment.wishes.mechanisms import (
    block_exchange,
    deferred_acceptance,
    guaranteed,
    individually_rational,
)
from mutasi_toolkit.assignment.wishes.report import compare, fairness

__all__ = ["Market", "block_exchange", "compare", "deferred_acceptance", "fairness", "guaranteed", "individually_rational", "market"]
