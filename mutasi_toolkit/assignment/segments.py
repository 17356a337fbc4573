"""Convex costs of counts, cut into segments: a count fills its segments one after the other."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.exact import half_up, whole

if TYPE_CHECKING:
    from mutasi_toolkit.assignment.rows import Changes

#: Units of the model in one point.
PER_POINT = 1000


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """Auxiliary columns: the row each fills, its upper limit, its cost, and its share of |ada - kebutuhan|."""

    bank: np.ndarray
    upper: np.ndarray
    cost: np.ndarray
    deviation: np.ndarray


@dataclass
class Columns:
    """Auxiliary columns as they are collected, with their cost by term and the constants of the terms."""

    bank: list[np.ndarray] = field(default_factory=list)
    upper: list[np.ndarray] = field(default_factory=list)
    cost: list[tuple[str, np.ndarray]] = field(default_factory=list)
    constant: dict[str, int] = field(default_factory=dict)
    more: list[tuple[str, int, np.ndarray]] = field(default_factory=list)

    def add(self, term: str, bank: np.ndarray, upper: np.ndarray, cost: np.ndarray, constant: int) -> None:
        """Add the columns of one term."""
        self.bank.append(np.asarray(bank, dtype=np.int64))
        self.upper.append(np.asarray(upper, dtype=np.int64))
        self.cost.append((term, np.asarray(cost, dtype=np.int64)))
        self.constant[term] = self.constant.get(term, 0) + constant

    def also(self, term: str, cost: np.ndarray, constant: int) -> None:
        """A further cost of the columns added last, under a term of its own."""
        self.more.append((term, len(self.cost) - 1, np.asarray(cost, dtype=np.int64)))
        self.constant[term] = self.constant.get(term, 0) + constant

    @property
    def banks(self) -> np.ndarray:
        """Row that each column fills."""
        return np.concatenate([np.zeros(0, dtype=np.int64), *self.bank])

    @property
    def uppers(self) -> np.ndarray:
        """Upper limit of each column."""
        return np.concatenate([np.zeros(0, dtype=np.int64), *self.upper])

    def by_term(self) -> dict[str, np.ndarray]:
        """Cost of every column by term."""
        sizes = [len(cost) for _, cost in self.cost]
        ends = np.cumsum(sizes)
        terms = dict.fromkeys([term for term, _ in self.cost] + [term for term, _, _ in self.more])
        out = {term: np.zeros(sum(sizes), dtype=np.int64) for term in terms}
        placed = [(term, k, cost) for k, (term, cost) in enumerate(self.cost)] + self.more
        for term, k, cost in placed:
            out[term][ends[k] - len(cost) : ends[k]] += cost
        return out


def load_segments(need: np.ndarray, fixed: np.ndarray, capacity: np.ndarray, weight: float, apart: np.ndarray | None = None) -> tuple[Segments, np.ndarray, np.ndarray]:
    """Segments of |n + f - K|: up to the need, the fraction across it, beyond.

    Parameters
    ----------
    need, capacity : ndarray of int64
        K, and the most that n can be.
    fixed : ndarray of float64
        f.
    weight : float
        Points per person.
    apart : ndarray of bool, optional
        Where the first person has a segment of its own.

    Returns
    -------
    segments : Segments
        `deviation` in units of one over `whole(fixed).per_unit`.
    at_zero : ndarray of int64
        The cost of n = 0.
    deviation_at_zero : ndarray of int64
    """
    unit = whole(fixed).per_unit
    f = np.rint(fixed * unit).astype(np.int64)
    k = need.astype(np.int64) * unit
    below = np.clip((k - f) // unit, 0, capacity)
    first = np.zeros_like(below) if apart is None else np.where(apart, np.minimum(below, 1), 0)
    across = np.minimum(1, capacity - below)
    beyond = capacity - below - across
    here = np.abs(below * unit + f - k)
    step = np.abs((below + 1) * unit + f - k) - here
    full = np.full(len(need), unit)
    bank = np.repeat(np.arange(len(need)), 4)
    upper = np.column_stack([first, below - first, across, beyond]).ravel()
    marginal = np.column_stack([-full, -full, step, full]).ravel()
    used = upper > 0
    points = half_up(marginal * (weight * PER_POINT / unit))
    zero = np.abs(f - k)
    return Segments(bank[used], upper[used], points[used], marginal[used]), half_up(zero * (weight * PER_POINT / unit)), zero


def gains_by_cell(gains: pd.DataFrame) -> dict[tuple[str, str], np.ndarray]:
    """Gains by (opd, skill), in the order of the number of holders.

    Parameters
    ----------
    gains : DataFrame
        Index (opd, skill, n_holders), sorted, with `gain`.

    Examples
    --------
    >>> index = pd.MultiIndex.from_tuples([("A", "x", 0), ("A", "x", 1), ("B", "x", 0)])
    >>> {key: values.tolist() for key, values in gains_by_cell(pd.DataFrame({"gain": [3.0, 2.0, 5.0]}, index=index)).items()}
    {('A', 'x'): [3.0, 2.0], ('B', 'x'): [5.0]}
    """
    if not len(gains):
        return {}
    codes = np.column_stack([gains.index.codes[0], gains.index.codes[1]])
    first = np.concatenate([[0], np.flatnonzero((codes[1:] != codes[:-1]).any(axis=1)) + 1])
    heads = gains.index[first]
    parts = np.split(gains["gain"].to_numpy(dtype=float), first[1:])
    return dict(zip(zip(heads.get_level_values(0), heads.get_level_values(1), strict=True), parts, strict=True))


def knowledge_segments(changes: pd.DataFrame, today: pd.Series, gains: pd.DataFrame, weight: float) -> tuple[pd.DataFrame, pd.Series]:
    """Segments of -G(h) for every OPD and skill that a move can change.

    Parameters
    ----------
    changes : DataFrame
        Index (opd, skill); `most`: how many holders could come at most.
    today : Series
        Holders today by (opd, skill).
    gains : DataFrame
        Index (opd, skill, n_holders) with `gain`.
    weight : float

    Returns
    -------
    segments : DataFrame
        opd, skill, upper, cost; in filling order, costs not decreasing.
    value_today : Series
        G(h0) in model units by (opd, skill).
    """
    rows, value = [], {}
    table = gains_by_cell(gains)
    for key, most in changes["most"].items():
        gain = table.get(key)
        if gain is None:
            continue
        cost = -half_up(np.minimum.accumulate(np.maximum(gain, 0.0)) * weight * PER_POINT)
        h0 = int(today.get(key, 0))
        top = h0 + int(most)
        steps = np.concatenate([cost, np.full(max(0, top - len(cost)), cost[-1])])[:top]
        value[key] = -int(steps[:h0].sum())
        level = np.concatenate([[True], steps[1:] != steps[:-1]])
        at = np.flatnonzero(level)
        for a, b in zip(at, [*at[1:], len(steps)], strict=True):
            rows.append((*key, int(b - a), int(steps[a])))
    return pd.DataFrame(rows, columns=["opd", "skill", "upper", "cost"]), pd.Series(value, dtype="int64")


def spare_segments(changes: Changes, weight: float) -> tuple[pd.DataFrame, int]:
    """Segments of what it costs that the holders of a skill in an OPD fall short of two, or of one where there was one.

    Returns
    -------
    segments : DataFrame
        opd, skill, upper, cost; in filling order.
    constant : int
        The cost of no holder anywhere.
    """
    price = int(half_up(np.array([weight * PER_POINT]))[0])
    rows, constant = [], 0
    for key, most in changes.summary["most"].items():
        h0 = int(changes.today.get(key, 0))
        if h0 == 0:
            continue
        kept = min(h0, 2)
        constant += price * kept
        rows.append((*key, kept, -price))
        if h0 + int(most) > kept:
            rows.append((*key, h0 + int(most) - kept, 0))
    return pd.DataFrame(rows, columns=["opd", "skill", "upper", "cost"]), constant
