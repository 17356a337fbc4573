"""What a bound and duals say about plans that cost little more: columns and rows they cannot use, and how far each may go.

For duals u (times `scale`), with reduced costs r of arcs and d of auxiliary columns, every plan has

    scale x cost = bound + sum_k r_k x_k + sum_e (d_e y_e - min(0, d_e) upper_e) + sum_r u_r (activity_r - limit_r)

where limit is `low` for u > 0 and `high` for u < 0. All parts are at least 0 in every plan, so that a plan within `slack`
of the bound (1) takes no arc with r > slack, (2) has y within slack // |d| of the end that d favours, and (3) keeps
row activities within slack // |u| of the limit. The sum itself is a row that holds the cost, in small whole numbers.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.sparse import csc_array, vstack

from mutasi_toolkit.assignment.highs import Program
from mutasi_toolkit.assignment.model import Model
from mutasi_toolkit.assignment.relax import Relaxed, Restricted, limits_as_floats


@dataclass(frozen=True, eq=False, slots=True)
class Room:
    """How far plans within a slack of the bound may go.

    Attributes
    ----------
    slack : int
        Times the model's scale.
    reduced : ndarray of int, shape (n_extras,)
        Reduced costs of the auxiliary columns, times the scale.
    lower, upper : ndarray of int, shape (n_extras,)
    low, high : ndarray of int, shape (n_rows,)
    """

    slack: int
    reduced: np.ndarray
    lower: np.ndarray
    upper: np.ndarray
    low: np.ndarray
    high: np.ndarray


def room_of(model: Model, relaxed: Relaxed, slack: int) -> Room:
    """The room of plans whose cost is within `slack` (times the scale) of the relaxation's bound."""
    kind = relaxed.priced.reduced.dtype
    u = relaxed.duals.astype(kind)
    d = model.extra_cost.astype(kind) * model.scale - model.extras.times(u)
    far = slack // np.maximum(np.abs(d), 1)
    upper = np.where(d > 0, np.minimum(model.extra_upper, far), model.extra_upper).astype(np.int64)
    lower = np.where(d < 0, np.maximum(0, model.extra_upper - far), 0).astype(np.int64)
    off = slack // np.maximum(np.abs(u), 1)
    low = np.where(u < 0, np.maximum(model.low, model.high - off), model.low).astype(np.int64)
    high = np.where(u > 0, np.minimum(model.high, model.low + off), model.high).astype(np.int64)
    return Room(slack, d, lower, upper, low, high)


def filled_by(model: Model, part: Restricted) -> np.ndarray:
    """What the persons with one arc left add to every row."""
    ones = np.zeros(model.n_arcs, dtype=np.int64)
    ones[part.settled] = 1
    return model.arcs.into(ones, len(model.low))


def narrowed(model: Model, part: Restricted, room: Room) -> Program:
    """The program of `part`, with (2) and (3) in its limits."""
    n, p, rows = len(part.arcs), part.program, part.rows
    fill = filled_by(model, part)[rows]
    low, high = limits_as_floats(room.low[rows], fill), limits_as_floats(room.high[rows], fill)
    return replace(
        p,
        lower=np.concatenate([p.lower[:n], room.lower]),
        upper=np.concatenate([p.upper[:n], room.upper]),
        row_low=np.concatenate([p.row_low[: part.n_persons], low]),
        row_high=np.concatenate([p.row_high[: part.n_persons], high]),
    )


def cost_row(model: Model, part: Restricted, relaxed: Relaxed, room: Room) -> tuple[np.ndarray, int]:
    """Coefficients and limit of the row ``bound + ... <= bound + slack``; columns and rows without room add nothing."""
    kind = room.reduced.dtype
    loose = np.where(room.low < room.high, relaxed.duals.astype(kind), 0)
    free = room.lower < room.upper
    arcs = relaxed.priced.reduced[part.arcs] + model.arcs.of(part.arcs).times(loose)
    extras = np.where(free, room.reduced, 0) + model.extras.times(loose)
    limit = np.where(loose > 0, model.low, np.where(loose < 0, model.high, 0)).astype(kind)
    held = int((np.minimum(0, room.reduced) * model.extra_upper)[free].sum())
    held += int((loose * (limit - filled_by(model, part).astype(kind))).sum())
    return np.concatenate([arcs, extras]), room.slack + held


def with_row(program: Program, row: np.ndarray, most: int) -> Program:
    """The program with one more row, of whole coefficients, at most `most`."""
    entries = csc_array(row.astype(np.float64)[None, :])
    return replace(
        program,
        matrix=csc_array(vstack([program.matrix, entries])),
        row_low=np.append(program.row_low, -np.inf),
        row_high=np.append(program.row_high, float(most) + 0.5),
    )


def without(program: Program, taken: np.ndarray) -> Program:
    """The program less one choice of arcs, which keeps all rows but for the solver's tolerances; `taken` has one arc of everybody who has a choice."""
    row = np.zeros(len(program.cost))
    row[: len(taken)] = taken
    return with_row(program, row, int(taken.sum()) - 1)
