"""Models taken apart: people and rows that share nothing but one row."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from mutasi_toolkit.assignment.model import FREE, Entries, Model
from mutasi_toolkit.assignment.network import BUDGET

#: Small components are put together until a part has so many arcs.
PART_ARCS = 100_000
#: A model falls into parts where none has more than this share of all arcs.
LARGEST = 0.5


@dataclass(frozen=True, eq=False, slots=True)
class Part:
    """A part of a model: which of its people, arcs, rows and auxiliary columns, and the model of these alone.

    The row of the budget comes last, and is free.
    """

    people: np.ndarray
    arcs: np.ndarray
    rows: np.ndarray
    extras: np.ndarray
    model: Model
    counted: np.ndarray

    def priced(self, price: int) -> Model:
        """The part with every move at a price."""
        return replace(self.model, cost=self.model.cost + price * self.counted)

    def within(self, most: int) -> Model:
        """The part with a budget of moves."""
        high = self.model.high.copy()
        high[-1] = most
        return replace(self.model, high=high)


def budget_row(model: Model) -> int:
    """The row that counts all moves, -1 where there is none."""
    return next((k for k, name in enumerate(model.names) if name == BUDGET and model.high[k] < FREE), -1)


def parts_of(model: Model, row: int) -> list[Part]:
    """The parts of a model without one row, small ones put together; [] where most of it hangs together.

    Parameters
    ----------
    model : Model
    row : int
        The row that does not hold parts together.
    """
    label = _components(model, row)
    size = np.bincount(label[: model.n_people], weights=np.diff(model.start), minlength=label.max() + 1)
    if size.max() > LARGEST * model.n_arcs:
        return []
    group = _groups(size)[label]
    people, rows = group[: model.n_people], group[model.n_people :]
    rows[row] = -1
    return [_part(model, row, np.flatnonzero(people == k), np.flatnonzero(rows == k)) for k in range(group.max() + 1)]


def _components(model: Model, row: int) -> np.ndarray:
    """Component of every person, then of every row, where what shares a row hangs together; `row` counts for none."""
    n = model.n_people
    kept = model.arcs.row != row
    one = np.concatenate([model.person[model.arcs.column[kept]], n + model.bank[model.extras.column]])
    other = n + np.concatenate([model.arcs.row[kept], model.extras.row])
    edges = coo_array((np.ones(len(one), dtype=np.int8), (one, other)), shape=(n + len(model.low),) * 2)
    return connected_components(edges, directed=False)[1]


def _groups(size: np.ndarray) -> np.ndarray:
    """Group of every component: in their order, as many as stay within `PART_ARCS`.

    Examples
    --------
    >>> _groups(np.array([60_000, 30_000, 20_000, 150_000, 1])).tolist()
    [0, 0, 1, 2, 3]
    """
    group, held, out = 0, 0.0, []
    for arcs in size.tolist():
        if held and held + arcs > PART_ARCS:
            group, held = group + 1, 0.0
        held += arcs
        out.append(group)
    return np.array(out)


def _part(model: Model, row: int, people: np.ndarray, rows: np.ndarray) -> Part:
    """Some people and rows as a model of their own, and the row of the budget."""
    count = np.diff(model.start)[people]
    start = np.concatenate([[0], np.cumsum(count)])
    arcs = np.repeat(model.start[people] - start[:-1], count) + np.arange(start[-1])
    place = np.full(len(model.low), -1)
    place[rows], place[row] = np.arange(len(rows)), len(rows)
    extras = np.flatnonzero(place[model.bank] >= 0)
    own = _placed(model.arcs.of(arcs), place)
    low, high = (np.append(side[rows], end) for side, end in ((model.low, -FREE), (model.high, FREE)))
    stay = np.where(model.stay[people] < 0, -1, model.stay[people] - model.start[people] + start[:-1])
    part = Model(
        person=np.repeat(np.arange(len(people)), count), start=start, cost=model.cost[arcs], stay=stay, arcs=own,
        extra_cost=model.extra_cost[extras], extra_upper=model.extra_upper[extras], bank=place[model.bank[extras]],
        extras=_placed(model.extras.of(extras), place), low=low, high=high, names=(*(model.names[r] for r in rows), BUDGET), constant=0,
        tie=model.tie[arcs], hint=np.append(model.hint[rows], 0), scale=model.scale,
    )  # fmt: skip
    counted = np.zeros(len(arcs), dtype=np.int64)
    at = own.row == len(rows)
    counted[own.column[at]] = own.value[at]
    return Part(people, arcs, rows, extras, part, counted)


def _placed(entries: Entries, place: np.ndarray) -> Entries:
    """Entries whose rows have other places."""
    return replace(entries, row=place[entries.row])


