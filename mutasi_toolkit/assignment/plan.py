"""Plan: who sits where, how good that is, and what proves it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from mutasi_toolkit.locale import number, text
from mutasi_toolkit.locale.html import facts

#: Every plan that is proved to be the best possible has this status; one stopped early has the other.
OPTIMAL, FEASIBLE = "optimal", "feasible"


@dataclass(frozen=True, eq=False)
class Plan:
    """An assignment of every person to one seat.

    Attributes
    ----------
    assignment : DataFrame
        One row per person, sorted: pegawai_id, jabatan_id (person, position for `Problem.from_pairs`).
    moves : DataFrame
        The rows of `assignment` whose seat is not the person's own; no rows for `Problem.from_pairs`.
    objective : float
        What is minimised: points, or the cost of the pairs.
    bound : float
        No plan that keeps the rules costs less; follows from `certificate` in exact arithmetic.
    gap : float
        (objective - bound) / max(1, abs(objective)); 0 where the plan is proved best.
    status : str
        'optimal', or 'feasible' where a time limit or an allowed gap ended the search first.
    terms : dict of str to float
        The objective term by term; the values add up to `objective`.
    certificate : dict
        Integer dual values by row name (`duals`), their `scale`, and the branches of the proof.
    """

    assignment: pd.DataFrame
    moves: pd.DataFrame
    objective: float
    bound: float
    gap: float
    status: str
    terms: dict[str, float] = field(default_factory=dict)
    certificate: dict[str, Any] = field(default_factory=dict, repr=False)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, ready for JSON; `plan_from_dict` reads them back."""
        return {
            "assignment": _rows(self.assignment),
            "bound": self.bound,
            "certificate": self.certificate,
            "gap": self.gap,
            "moves": _rows(self.moves),
            "objective": self.objective,
            "status": self.status,
            "terms": dict(sorted(self.terms.items())),
        }

    def _repr_html_(self) -> str:
        rows = [(text("assignment.show_objective"), number(self.objective, 3)), (text("assignment.show_bound"), number(self.bound, 3))]
        rows += [("gap", f"{number(100 * self.gap, 4)}%"), (text("assignment.show_moves"), number(len(self.moves)))]
        return facts(text(f"assignment.show_{self.status}"), [*rows, *((k, number(v, 3)) for k, v in sorted(self.terms.items()))])


def plan_from_dict(values: dict[str, Any]) -> Plan:
    """A Plan from what `Plan.as_dict` gave."""
    frames = {name: _frame(values[name]) for name in ("assignment", "moves")}
    numbers = {name: float(values[name]) for name in ("objective", "bound", "gap")}
    terms = {str(k): float(v) for k, v in values["terms"].items()}
    return Plan(**frames, **numbers, status=str(values["status"]), terms=terms, certificate=values["certificate"])


def relative_gap(objective: float, bound: float) -> float:
    """(objective - bound) / max(1, abs(objective)).

    Examples
    --------
    >>> relative_gap(200.0, 199.0), relative_gap(0.5, 0.5)
    (0.005, 0.0)
    """
    return (objective - bound) / max(1.0, abs(objective))


def _rows(frame: pd.DataFrame) -> dict[str, Any]:
    return {"columns": list(frame.columns), "rows": frame.to_numpy(dtype=object).tolist()}


def _frame(values: dict[str, Any]) -> pd.DataFrame:
    frame = pd.DataFrame(values["rows"], columns=values["columns"])
    return frame if len(frame) else frame.astype("str")
