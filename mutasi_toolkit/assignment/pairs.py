"""Generalised assignment from a table of pairs: checks, whole numbers, model."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.exact import Whole, whole
from mutasi_toolkit.assignment.model import FREE, SCALE, Model, entries_of
from mutasi_toolkit.assignment.tie import tie_weights
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

_SHOWN = 5
#: No scale is finer.
MOST_SCALE = 2**24


def checked_pairs(pairs: pd.DataFrame) -> pd.DataFrame:
    """The pairs with columns person, position, cost, weight, sorted by person and position.

    Raises
    ------
    InputError
        When a column is missing, a number is not finite, a weight is negative, a code is empty, or a pair stands twice.
    """
    if not {"person", "position", "cost"} <= set(pairs.columns):
        raise InputError(text("assignment.pairs_columns", columns=", ".join(map(str, pairs.columns))))
    if not len(pairs):
        raise InputError(text("assignment.pairs_empty"))
    frame = pairs[["person", "position"]].copy()
    _refuse("pairs_blank", pairs.index, frame.isna().any(axis=1).to_numpy())
    for column in ("cost", "weight"):
        given = pairs[column] if column in pairs else pd.Series(1, index=pairs.index)
        values = pd.to_numeric(given, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
        least = text("assignment.pairs_least") if column == "weight" else ""
        bad = ~np.isfinite(values) | ((values < 0) if column == "weight" else False)
        _refuse("pairs_number", pairs.index, bad, column=column, least=least)
        frame[column] = values
    _refuse("pairs_twice", pairs.index, frame.duplicated(["person", "position"]).to_numpy())
    person, position = codes_of(frame["person"])[0], codes_of(frame["position"])[0]
    return frame.iloc[np.lexsort((position, person))].reset_index(drop=True)


def _refuse(key: str, rows: pd.Index, bad: np.ndarray, **values: Any) -> None:
    if bad.any():
        shown = ", ".join(str(r) for r in rows[bad][:_SHOWN])
        raise InputError(text(f"assignment.{key}", rows=shown, n=int(bad.sum()), **values))


def codes_of(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """Integer codes of labels and the sorted labels; labels that cannot be compared are sorted by their text."""
    codes, labels = pd.factorize(values)
    labels = pd.Index(labels)
    try:
        order = np.argsort(labels.to_numpy(), kind="stable")
    except TypeError:
        order = np.argsort(labels.astype(str).to_numpy(), kind="stable")
    rank = np.empty(len(order), dtype=np.int64)
    rank[order] = np.arange(len(order))
    return rank[codes], labels[order]


def checked_capacity(capacity: Mapping[Any, float] | pd.Series | pd.DataFrame, positions: pd.Index) -> np.ndarray:
    """Capacity of every position that pairs name (infinite where unlimited).

    Raises
    ------
    InputError
        When a position has none, or it is negative or not a number.
    """
    if isinstance(capacity, pd.DataFrame):
        if not {"position", "capacity"} <= set(capacity.columns):
            raise InputError(text("assignment.capacity_missing", n=len(positions), positions=", ".join(map(str, positions[:_SHOWN]))))
        capacity = capacity.set_index("position")["capacity"]
    given = dict(capacity.items())
    missing = [p for p in positions if p not in given]
    if missing:
        raise InputError(text("assignment.capacity_missing", n=len(missing), positions=", ".join(map(str, missing[:_SHOWN]))))
    values = pd.to_numeric(pd.Series([given[p] for p in positions]), errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    bad = np.isnan(values) | (values < 0)
    if bad.any():
        raise InputError(text("assignment.capacity_number", n=int(bad.sum()), positions=", ".join(map(str, positions[bad][:_SHOWN]))))
    return values


def capacity_units(weight: np.ndarray, capacity: np.ndarray) -> tuple[np.ndarray, np.ndarray, int]:
    """Weights and capacities as ints over one unit, FREE where unlimited; and the units in 1."""
    limited = np.isfinite(capacity)
    made = whole(np.concatenate([weight, np.where(limited, capacity, 0.0)]))
    return made.number[: len(weight)], np.where(limited, made.number[len(weight) :], FREE), made.per_unit


def fine_enough(weight: np.ndarray, high: np.ndarray) -> int:
    """The scale at which rounding the duals of capacities moves a bound by less than half a unit; a power of two.

    Examples
    --------
    >>> fine_enough(np.array([1, 1]), np.array([1, 1])), fine_enough(np.array([250, 120]), np.array([300, FREE]))
    (64, 4096)
    """
    total = int(weight.sum())
    loads = int(np.minimum(high, total).sum())
    return int(min(MOST_SCALE, max(SCALE, 1 << (2 * (loads + total)).bit_length())))


def model_of_pairs(frame: pd.DataFrame, limits: np.ndarray, person: np.ndarray, position: np.ndarray, positions: pd.Index) -> tuple[Model, Whole, int]:
    """The model of checked pairs, whose rows are the positions' capacities; and the unit of its weights."""
    n_arcs, n_people = len(frame), int(person.max()) + 1
    cost = whole(frame["cost"].to_numpy())
    weight, high, unit = capacity_units(frame["weight"].to_numpy(), limits)
    arc, none = np.arange(n_arcs), np.zeros(0, dtype=np.int64)
    model = Model(
        person=person,
        start=np.searchsorted(person, np.arange(n_people + 1)).astype(np.int64),
        cost=cost.number,
        stay=np.full(n_people, -1, dtype=np.int64),
        arcs=entries_of(arc, position, weight, n_arcs),
        extra_cost=none,
        extra_upper=none,
        bank=none,
        extras=entries_of(none, none, none, 0),
        low=np.full(len(positions), -FREE, dtype=np.int64),
        high=high.astype(np.int64),
        names=tuple(f"capacity|{p}" for p in positions),
        constant=0,
        tie=tie_weights(frame["person"].astype(str), frame["position"].astype(str)),
        hint=np.zeros(len(positions), dtype=np.int64),
        scale=fine_enough(weight, high),
    )
    return model, cost, unit
