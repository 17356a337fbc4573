"""The arrays of an assignment model, and the exact bound that any dual values give."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

#: Stands for 'no limit' in the integer bounds of rows.
FREE = 2**62
#: Dual values are kept to this fraction of a unit of cost, or to a finer one where rows hold large numbers.
SCALE = 64
#: Sums that may pass this many bits are done with Python's own integers.
SAFE_BITS = 61.0


@dataclass(frozen=True, eq=False, slots=True)
class Entries:
    """Sparse columns: entry k of column i stands at start[i] <= k < start[i + 1].

    Attributes
    ----------
    start : ndarray of int64, shape (n_columns + 1,)
    row : ndarray of int64, shape (n_entries,)
    value : ndarray of int64, shape (n_entries,)
    """

    start: np.ndarray
    row: np.ndarray
    value: np.ndarray

    @property
    def count(self) -> np.ndarray:
        """Entries of every column."""
        return np.diff(self.start)

    @property
    def column(self) -> np.ndarray:
        """Column of every entry."""
        return np.repeat(np.arange(len(self.start) - 1), self.count)

    def of(self, columns: np.ndarray) -> Entries:
        """The given columns, in the order given."""
        count = self.count[columns]
        start = np.concatenate([[0], np.cumsum(count)])
        at = np.repeat(self.start[columns] - start[:-1], count) + np.arange(start[-1])
        return Entries(start, self.row[at], self.value[at])

    def times(self, duals: np.ndarray) -> np.ndarray:
        """Sum of value x dual of every column, exact (differences of a running sum that may wrap around)."""
        products = self.value.astype(duals.dtype) * duals[self.row]
        total = np.concatenate([np.zeros(1, dtype=products.dtype), np.cumsum(products, dtype=products.dtype)])
        return total[self.start[1:]] - total[self.start[:-1]]

    def into(self, amounts: np.ndarray, n_rows: int) -> np.ndarray:
        """Sum of value x amount of every row, for integer amounts of the columns."""
        used = np.flatnonzero(amounts)
        part = self.of(used)
        total = np.zeros(n_rows, dtype=np.int64)
        np.add.at(total, part.row, part.value * np.repeat(amounts[used], part.count))
        return total


def entries_of(column: np.ndarray, row: np.ndarray, value: np.ndarray, n_columns: int) -> Entries:
    """Entries from coordinates; within a column sorted by row, entries on one spot added up, zeros dropped.

    Examples
    --------
    >>> e = entries_of(np.array([1, 0, 1]), np.array([4, 2, 4]), np.array([1, 5, 2]), 2)
    >>> e.start.tolist(), e.row.tolist(), e.value.tolist()
    ([0, 1, 2], [2, 4], [5, 3])
    """
    order = np.lexsort((row, column))
    column, row, value = column[order], row[order], value[order].astype(np.int64)
    if len(column):
        first = np.concatenate([[True], (column[1:] != column[:-1]) | (row[1:] != row[:-1])])
        value = np.add.reduceat(value, np.flatnonzero(first))
        column, row = column[first], row[first]
        column, row, value = (part[value != 0] for part in (column, row, value))
    start = np.searchsorted(column, np.arange(n_columns + 1))
    return Entries(start.astype(np.int64), row.astype(np.int64), value)


@dataclass(frozen=True, eq=False)
class Model:
    """A mixed integer program in whole numbers, in which every person takes exactly one arc.

    Minimise ``constant + sum_k cost[k] x[k] + sum_e extra_cost[e] y[e]`` over x in {0, 1}, 0 <= y <= extra_upper,
    with one arc per person and ``low <= A x + B y <= high``.

    Attributes
    ----------
    person : ndarray of int64, shape (n_arcs,)
        Person of every arc, not decreasing.
    start : ndarray of int64, shape (n_people + 1,)
        First arc of every person.
    cost : ndarray of int64, shape (n_arcs,)
    stay : ndarray of int64, shape (n_people,)
        The arc of each person that is no move, or -1.
    arcs : Entries
        Rows of every arc (A).
    extra_cost, extra_upper : ndarray of int64, shape (n_extras,)
        Cost and upper limit of the auxiliary columns.
    bank : ndarray of int64, shape (n_extras,)
        The row that each auxiliary column fills: there it stands with -1, low = high, and columns of one
        bank follow each other in the order in which they are filled.
    extras : Entries
        Rows of every auxiliary column (B).
    low, high : ndarray of int64, shape (n_rows,)
        Limits of rows; -FREE and FREE where there is none.
    names : tuple of str, length n_rows
        Name of every row: its kind, then what it is about.
    constant : int
    tie : ndarray of int64, shape (n_arcs,)
        Weights by which one of several best plans is chosen.
    hint : ndarray of int64, shape (n_rows,)
        Dual values to begin with.
    scale : int
        Dual values are multiples of 1 / scale.
    """

    person: np.ndarray
    start: np.ndarray
    cost: np.ndarray
    stay: np.ndarray
    arcs: Entries
    extra_cost: np.ndarray
    extra_upper: np.ndarray
    bank: np.ndarray
    extras: Entries
    low: np.ndarray
    high: np.ndarray
    names: tuple[str, ...]
    constant: int
    tie: np.ndarray
    hint: np.ndarray
    scale: int = SCALE

    @property
    def n_people(self) -> int:
        """People to be seated."""
        return len(self.start) - 1

    @property
    def n_arcs(self) -> int:
        """Pairs of a person and a seat that are allowed."""
        return len(self.person)


@dataclass(frozen=True, eq=False, slots=True)
class Priced:
    """What integer dual values prove.

    Attributes
    ----------
    bound : int
        Scaled lower bound on the objective, without the model's constant.
    reduced : ndarray of int, shape (n_arcs,)
        By how much (scaled) the bound rises when the arc is taken: its cost at the duals less the
        least of its person.
    scale : int
        By what both are multiplied.
    """

    bound: int
    reduced: np.ndarray
    scale: int = SCALE


def usable(model: Model, duals: np.ndarray) -> np.ndarray:
    """The duals with those of the wrong sign for a one-sided row set to 0."""
    low_free, high_free = model.low <= -FREE, model.high >= FREE
    return np.where((low_free & (duals > 0)) | (high_free & (duals < 0)), 0, duals)


def price(model: Model, duals: np.ndarray, scale: int, allowed: np.ndarray | None = None, fixed: np.ndarray | None = None) -> Priced:
    """Lower bound from duals, by weak duality, in exact integers.

    With u = duals / scale of the right sign, any plan costs at least
    ``sum_p min_k (c_k - u a_k) + sum_e min(0, g_e - u b_e) upper_e + sum_r (u_r low_r if u_r > 0 else u_r high_r)``.

    Parameters
    ----------
    model : Model
    duals : ndarray of int, shape (n_rows,)
        Dual values times `scale`; one of the wrong sign counts as 0.
    scale : int
    allowed : ndarray of bool, shape (n_arcs,), optional
        Arcs that may be taken; each person needs at least one.
    fixed : ignored where None; ndarray of bool, shape (n_arcs,)
        Where given, the cost of arcs is left out (a proof that nothing is feasible).

    Returns
    -------
    Priced
    """
    duals = usable(model, duals)
    bits = np.log2(1.0 + float(np.abs(duals).max(initial=0))) + np.log2(1.0 + _largest(model))
    kind = np.int64 if bits < SAFE_BITS and _cost_bits(model, scale) < SAFE_BITS else object
    u = duals.astype(kind)
    reduced = (model.cost.astype(kind) * scale if fixed is None else 0) - model.arcs.times(u)
    if allowed is not None:
        reduced = np.where(allowed, reduced, reduced.max(initial=0) + 1)
    least = np.minimum.reduceat(reduced, model.start[:-1]) if model.n_people else reduced[:0]
    extra = (model.extra_cost.astype(kind) * scale if fixed is None else 0) - model.extras.times(u)
    limits = np.where(u > 0, model.low, np.where(u < 0, model.high, 0)).astype(kind)
    parts = (least, np.minimum(extra, 0) * model.extra_upper.astype(kind), u * limits)
    bound = sum(int(part.sum()) for part in parts)
    return Priced(bound, reduced - np.repeat(least, np.diff(model.start)), scale)


def _largest(model: Model) -> float:
    """What the sum of all coefficients and limits that duals are multiplied with cannot pass."""
    limits = [float(np.abs(side[np.abs(side) < FREE]).sum(dtype=float)) for side in (model.low, model.high)]
    extras = float(np.abs(model.extras.value).astype(float) @ model.extra_upper[model.extras.column].astype(float))
    return float(np.abs(model.arcs.value).sum(dtype=float)) + extras + sum(limits)


def _cost_bits(model: Model, scale: int) -> float:
    total = float(np.abs(model.cost).max(initial=0)) * max(1, model.n_people)
    total += float(np.abs(model.extra_cost).astype(float) @ model.extra_upper.astype(float))
    return float(np.log2(1.0 + total * scale))


def completed(model: Model, arcs: np.ndarray) -> np.ndarray:
    """Values of the auxiliary columns that go with chosen arcs: each bank is filled in its order.

    Special cases: a bank that is asked for more than it holds is filled up, and its row stays broken.
    """
    chosen = np.zeros(model.n_arcs, dtype=np.int64)
    chosen[arcs] = 1
    want = (model.arcs.into(chosen, len(model.low)) - model.low)[model.bank]
    total = np.concatenate([[0], np.cumsum(model.extra_upper)])
    new = np.concatenate([[True], model.bank[1:] != model.bank[:-1]]) if len(model.bank) else np.zeros(0, dtype=bool)
    first = np.flatnonzero(new)[np.cumsum(new) - 1]
    before = total[:-1] - total[first]
    return np.clip(want - before, 0, model.extra_upper)


def objective_of(model: Model, arcs: np.ndarray, extras: np.ndarray) -> int:
    """Objective of chosen arcs and integer values of the auxiliary columns, the constant included."""
    return model.constant + int(model.cost[arcs].sum()) + int((model.extra_cost * extras).sum())


def faults_of(model: Model, arcs: np.ndarray, extras: np.ndarray) -> np.ndarray:
    """Rows that the chosen arcs and extras break."""
    chosen = np.zeros(model.n_arcs, dtype=np.int64)
    chosen[arcs] = 1
    value = model.arcs.into(chosen, len(model.low)) + model.extras.into(extras, len(model.low))
    return np.flatnonzero((value < model.low) | (value > model.high))
