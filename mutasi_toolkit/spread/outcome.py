"""Raw numbers of an ensemble, and how they are taken from rows of lanes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from mutasi_toolkit.spread.draws import kernel, ones
from mutasi_toolkit.spread.lanes import LANES, WORDS, count_lanes, load, rows, store


@dataclass(frozen=True, slots=True)
class Outcome:
    """Raw numbers of consecutive replicates.

    Attributes
    ----------
    size : int64 (replicates,)
    reach : int64 (n,), number of replicates in which a person knows
    level : int32, people who know after every level, replicate after replicate
    level_end : int64 (replicates,), where in `level` each replicate ends
    unit_size : int32 (replicates, n_units)
    """

    size: np.ndarray
    reach: np.ndarray
    level: np.ndarray
    level_end: np.ndarray
    unit_size: np.ndarray

    def curve(self) -> np.ndarray:
        """Curve matrix, each row padded with its last value."""
        steps = np.diff(self.level_end, prepend=0)
        width = int(steps.max(initial=1))
        at = np.minimum(np.arange(width)[None, :], steps[:, None] - 1) + (self.level_end - steps)[:, None]
        return self.level[at]


@kernel
def count_all(state: Any, planes: Any, total: Any) -> None:
    """Add the number of people of every lane to total."""
    count_lanes(state, 0, state.shape[0], np.zeros(0, np.int32), planes, total)


@kernel
def finish(known: Any, lanes: Any, unit_start: Any, member: Any, planes: Any, reach: Any, unit_lanes: Any) -> None:
    """Add the number of lanes of every person to reach, and the people of every unit by lane."""
    use = load(lanes, 0)
    scratch = planes[0]
    for v in range(known.shape[0]):
        store(planes, 0, load(known, v) & use)
        for w in range(WORDS):
            reach[v] += np.int64(ones(scratch[w]))
    for u in range(unit_lanes.shape[0]):
        count_lanes(known, unit_start[u], unit_start[u + 1], member, planes, unit_lanes[u])


def lane_row(low: int, high: int) -> np.ndarray:
    """The row whose lanes low to high are set (shape (1, 8))."""
    bits = np.zeros(LANES, dtype=np.uint8)
    bits[low:high] = 1
    out = rows(1)
    out[0] = np.packbits(bits, bitorder="little").view(np.uint64)
    return out
