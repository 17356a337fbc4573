"""Where non-dominated points may still be, and how much better than the known ones they could be at most.

Known points z split the space into zones ``f < u``: a point that no z equals or dominates lies in at least one of them (local
upper bounds: Klamroth, Lacour and Vanderpooten 2015). Lengths are told in spans s, the range of each objective between the
ends. The width of a zone is the most by which a point in it can be better than u in all objectives at once,

    t(u) = max over plans y in the zone of min_i (u_i - y_i) / s_i,

and the greatest width is the least e for which every plan y has a known z with ``z_i <= y_i + e s_i`` for all i (the additive
indicator of Zitzler et al. 2003). Widths are bounded from above by three facts:

(1) a cut ``w f >= v`` (w >= 0) that holds for every plan gives ``t <= (w u - v) / (w s)``;
(2) y does not dominate a known z, so that ``t <= max_j (u_j - z_j) / s_j``;
(3) what was proved for a zone holds for the zones within it.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from mutasi_toolkit.assignment.model import FREE


@dataclass(frozen=True, eq=False)
class Zones:
    """Zones f < upper.

    Attributes
    ----------
    upper : ndarray of int64, shape (n_zones, n_objectives)
        FREE where there is no limit.
    proved : ndarray of float, shape (n_zones,)
        Upper bound on the width that a solution proved; infinite where none did.
    """

    upper: np.ndarray
    proved: np.ndarray

    def __len__(self) -> int:
        return len(self.upper)

    def without(self, at: int) -> Zones:
        """All but one."""
        return Zones(np.delete(self.upper, at, axis=0), np.delete(self.proved, at))

    def only(self, which: np.ndarray | list[int]) -> Zones:
        """Some of them."""
        return Zones(self.upper[which], self.proved[which])

    def joined(self, other: Zones) -> Zones:
        """Both, the second after the first."""
        return Zones(
            np.concatenate([self.upper, other.upper]), np.concatenate([self.proved, other.proved])
        )

    def lowered(self, at: int, width: float) -> Zones:
        """With what was proved for one."""
        proved = self.proved.copy()
        proved[at] = min(proved[at], width)
        return Zones(self.upper, proved)


def everywhere(n: int) -> Zones:
    """One zone without limits."""
    return Zones(np.full((1, n), FREE, dtype=np.int64), np.array([np.inf]))


def split(zones: Zones, z: np.ndarray) -> Zones:
    """The zones once a point is known: each that holds it falls apart into those with upper_i = z_i; what lies within another goes.

    Examples
    --------
    >>> split(split(everywhere(2), np.array([3, 5])), np.array([4, 1])).upper.tolist() == [[3, FREE], [4, 5], [FREE, 1]]
    True
    """
    hit = (z < zones.upper).all(axis=1)
    if not hit.any():
        return zones
    n = zones.upper.shape[1]
    parts = np.repeat(zones.upper[hit], n, axis=0)
    parts[np.arange(len(parts)), np.tile(np.arange(n), int(hit.sum()))] = np.tile(z, int(hit.sum()))
    upper = np.concatenate([zones.upper[~hit], parts])
    proved = np.concatenate([zones.proved[~hit], np.repeat(zones.proved[hit], n)])
    order = np.lexsort((proved, *upper.T[::-1]))
    upper, proved = upper[order], proved[order]
    first = np.concatenate([[True], (upper[1:] != upper[:-1]).any(axis=1)])
    upper, proved = upper[first], proved[first]
    within = np.array([int((row <= upper).all(axis=1).sum()) > 1 for row in upper])
    return Zones(upper[~within], proved[~within])


def widths(
    zones: Zones, points: np.ndarray, cuts: list[tuple[np.ndarray, int]], span: np.ndarray
) -> np.ndarray:
    """Upper bounds on the widths of zones, by (1), (2) and (3); below 0 where a cut leaves nothing.

    Parameters
    ----------
    zones : Zones
    points : ndarray of int, shape (n_points, n_objectives)
    cuts : list of (weights, least)
        Whole numbers, weights at least 0 and not all 0.
    span : ndarray, shape (n_objectives,)
        Above 0.
    """
    room = np.where(zones.upper >= FREE, np.inf, zones.upper.astype(float))
    width = zones.proved.copy()
    for weights, least in cuts:
        w = weights.astype(float)
        reach = np.where(w > 0, w * np.where(w > 0, room, 0.0), 0.0).sum(axis=1)
        width = np.minimum(width, (reach - float(least)) / float(w @ span))
    for z in points:
        width = np.minimum(width, ((room - z.astype(float)) / span).max(axis=1))
    return width


def open_under(zones: Zones, cuts: list[tuple[np.ndarray, int]]) -> np.ndarray:
    """Zones in which the cuts leave whole points f <= upper - 1; exact."""
    keep = np.ones(len(zones), dtype=bool)
    for weights, least in cuts:
        used = weights > 0
        bounded = (zones.upper[:, used] < FREE).all(axis=1)
        most = (zones.upper[:, used] - 1).astype(object) @ weights[used].astype(object)
        keep &= ~bounded | (most >= least)
    return keep
