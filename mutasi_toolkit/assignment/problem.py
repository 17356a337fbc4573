"""Problem: an assignment to be solved, with the labels of its people, seats and rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.model import Model
from mutasi_toolkit.assignment.pairs import (
    checked_capacity,
    checked_pairs,
    codes_of,
    model_of_pairs,
)

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.rules import Pairs


@dataclass(frozen=True, eq=False)
class Terms:
    """The objective of a model term by term, in units of the model.

    Attributes
    ----------
    arcs : dict of str to ndarray of int64, shape (n_arcs,)
        What each arc adds to a term; over all terms they sum to the model's cost.
    extras : dict of str to ndarray of int64, shape (n_extras,)
        The same of the auxiliary columns.
    constant : dict of str to int
    """

    arcs: dict[str, np.ndarray]
    extras: dict[str, np.ndarray] = field(default_factory=dict)
    constant: dict[str, int] = field(default_factory=dict)

    @property
    def names(self) -> list[str]:
        """All terms, in order."""
        return list(dict.fromkeys([*self.constant, *self.extras, *self.arcs]))


@dataclass(frozen=True, eq=False)
class Problem:
    """Who may sit where and what it costs.

    Attributes
    ----------
    model : Model
        The arrays.
    people, seats : Index
        Labels of people (rows of the assignment) and seats.
    seat : ndarray of int64, shape (n_arcs,)
        Seat of every arc.
    terms : Terms
        The objective term by term.
    per_unit : int
        Units of the model in one point (one unit of cost).
    error : float
        Largest difference between a cost of the pairs and what stands for it in the model.
    cycle : Cycle or None
        Where it came from.
    costs : ndarray or None
        Costs of the pairs as given.
    gains : dict of str to list of float
        Value of one more holder by number of holders, for each 'opd|skill' whose holders a plan can change.
    weight_unit : int
        Units of the model in one unit of weight of the pairs.
    """

    model: Model
    people: pd.Index
    seats: pd.Index
    seat: np.ndarray
    terms: Terms
    per_unit: int
    error: float = 0.0
    cycle: Cycle | None = None
    costs: np.ndarray | None = None
    gains: dict[str, list[float]] = field(default_factory=dict, repr=False)
    weight_unit: int = 1

    @classmethod
    def from_pairs(cls, pairs: pd.DataFrame, capacity: Mapping[Any, float] | pd.Series | pd.DataFrame) -> Problem:
        """The generalised assignment problem: each person gets one position, no position more than it holds.

        Minimise ``sum c[i, j] x[i, j]`` over x in {0, 1} with

        (1) ``sum_j x[i, j] = 1`` for every person i,
        (2) ``sum_i w[i, j] x[i, j] <= capacity[j]`` for every position j,

        x[i, j] standing only for the pairs given.

        Special cases: weights absent are 1; a capacity may be infinite; numbers are read as decimals, so
        that 0.1 + 0.2 fits a capacity of 0.3.

        Parameters
        ----------
        pairs : DataFrame
            Columns person, position, cost, and weight (1 if absent); one row per allowed pair.
        capacity : mapping, Series or DataFrame
            Position -> total weight it can hold.

        Returns
        -------
        Problem

        Raises
        ------
        InputError
            Names the rows or positions that cannot be used.

        Examples
        --------
        >>> pairs = pd.DataFrame({"person": ["a", "a", "b"], "position": ["x", "y", "x"], "cost": [1, 5, 2]})
        >>> from mutasi_toolkit.assignment import solve
        >>> plan = solve(Problem.from_pairs(pairs, {"x": 1, "y": 1}))
        >>> plan.objective, plan.bound, plan.status
        (7.0, 7.0, 'optimal')
        """
        frame = checked_pairs(pairs)
        person, people = codes_of(frame["person"])
        position, positions = codes_of(frame["position"])
        limits = checked_capacity(capacity, positions)
        model, cost, unit = model_of_pairs(frame, limits, person, position, positions)
        terms = Terms(arcs={"cost": model.cost})
        return cls(model, people, positions, position, terms, cost.per_unit, cost.error, costs=frame["cost"].to_numpy(), weight_unit=unit)

    @classmethod
    def from_cycle(cls, cycle: Cycle, gains: pd.DataFrame | None = None, pairs: Pairs | None = None) -> Problem:
        """See `mutasi_toolkit.assignment.build`."""
        from mutasi_toolkit.assignment.build import problem_of_cycle

        return problem_of_cycle(cycle, gains, pairs)
