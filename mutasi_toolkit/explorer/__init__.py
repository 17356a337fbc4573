"""The scenario explorer: change weights, budgets, demand and decisions, and see the proved plan at once."""

from __future__ import annotations

from mutasi_toolkit.explorer.session import Choices, Session, State, scenario_values

__all__ = ["Choices", "Session", "State", "scenario_values"]
