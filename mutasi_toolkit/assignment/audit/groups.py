"""A plan of groups checked against the groups alone: who goes where, cells, budget, objective and bound, in Python's own integers."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

#: Cells or groups named in one message.
SHOWN = 5
#: (rule, what, people, seats, values) of one thing that is wrong.
Fault = tuple[str, str, tuple[Any, ...], tuple[Any, ...], dict[str, Any]]


def faults(groups: Any, plan: Any) -> Iterator[Fault]:
    """What is wrong with the seating itself."""
    flow = np.asarray(plan.flow)
    if flow.shape != groups.group.shape or not np.issubdtype(flow.dtype, np.integer):
        yield "penempatan", "once", (), (), {}
        return
    sent = np.zeros(len(groups.number), dtype=np.int64)
    np.add.at(sent, groups.group, flow)
    wrong = np.flatnonzero(sent != groups.number)
    if len(wrong) or (flow < 0).any():
        yield "penempatan", "once", tuple(wrong[:SHOWN].tolist()), tuple(groups.cell[flow < 0][:SHOWN].tolist()), {}
    extra, most = _extra(groups, flow), _most(groups)
    for cell in np.flatnonzero((extra < 0) | (extra > most))[:SHOWN].tolist():
        limit = int(groups.least[cell] + (most[cell] if extra[cell] > 0 else 0))
        yield "kapasitas", "capacity", (), (cell,), {"told": int(extra[cell] + groups.least[cell]), "limit": limit}
    moved = _moved(groups, flow)
    if moved > int(groups.budget):
        yield "anggaran.pindah", "limit", (), (), {"name": "pindah", "told": moved, "limit": int(groups.budget)}
    if moved != int(plan.moves):
        yield "penempatan", "moves", (), (), {}


def _extra(groups: Any, flow: np.ndarray) -> np.ndarray:
    """People of every cell beyond its least."""
    inside = np.asarray(groups.settled).astype(np.int64).copy()
    np.add.at(inside, groups.cell, flow)
    return inside - groups.least


def _most(groups: Any) -> np.ndarray:
    out = np.zeros(len(groups.settled), dtype=np.int64)
    np.add.at(out, groups.segment_cell, groups.segment_room)
    return out


def _moved(groups: Any, flow: np.ndarray) -> int:
    stays = np.zeros(len(flow), dtype=bool)
    stays[groups.stay] = True
    return int(flow[~stays].astype(object).sum())


def objective(groups: Any, plan: Any) -> int:
    """The cost of the seating, each cell filled along its segments."""
    extra = _extra(groups, plan.flow)
    ends = np.cumsum(groups.segment_room)
    first = np.searchsorted(groups.segment_cell, groups.segment_cell, side="left")
    before = ends - groups.segment_room
    used = np.clip(extra[groups.segment_cell] - (before - before[first]), 0, groups.segment_room)
    return int(groups.constant) + _dot(groups.cost, plan.flow) + _dot(groups.segment_cost, used)


def bound(groups: Any, price: int, cell_price: np.ndarray) -> int | None:
    """What the prices prove by weak duality; None where they prove nothing (a negative price of moves, or not one per cell)."""
    if int(price) != price or price < 0 or np.shape(cell_price) != np.shape(groups.settled):
        return None
    u = np.array([int(v) for v in cell_price], dtype=object)
    stays = np.zeros(len(groups.group), dtype=bool)
    stays[groups.stay] = True
    value = groups.cost.astype(object) + np.where(stays, 0, int(price)).astype(object) - u[groups.cell]
    first = np.flatnonzero(np.concatenate([[True], groups.group[1:] != groups.group[:-1]]))
    if len(first) != len(groups.number):
        return None
    total = int((np.minimum.reduceat(value, first) * groups.number.astype(object)).sum())
    filled = np.minimum(groups.segment_cost.astype(object) + u[groups.segment_cell], 0)
    total += int((filled * groups.segment_room.astype(object)).sum())
    total -= int((u * (groups.settled - groups.least).astype(object)).sum())
    return total + int(groups.constant) - int(price) * int(groups.budget)


def _dot(a: np.ndarray, b: np.ndarray) -> int:
    used = np.flatnonzero(b)
    return int((a[used].astype(object) * b[used].astype(object)).sum())
