"""What dual values prove, in whole numbers: no plan of the allowed pairs costs less."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from mutasi_toolkit.assignment.audit.points import Steps
from mutasi_toolkit.assignment.audit.rows import NONE, Counted

#: Sums that may come to this are added with Python's own integers.
WIDE = 2.0**61


class BadCertificate(Exception):  # noqa: N818
    """The certificate is not one of this cycle and plan; the message says why."""


@dataclass(frozen=True, eq=False)
class Relaxation:
    """Everything that dual values are multiplied with.

    Attributes
    ----------
    cost : ndarray of int64, shape (n_pairs,)
        Of every allowed pair.
    first : ndarray of int64
        First pair of every person.
    person : ndarray of int64
        Person of every pair.
    names : dict of str to int
        Row of every name.
    entry : tuple of ndarray
        Pair, row and value of what pairs add to rows.
    low, high : ndarray of int64
        Limits of rows; 0 of those that only count.
    counts : list of (first row, Steps)
        Rows that only count, and what the counts cost.
    caps : (first row, row of every seat class beyond it) or None
        Limits on sums of |ada - kebutuhan| over seat classes.
    """

    cost: np.ndarray
    first: np.ndarray
    person: np.ndarray
    names: dict[str, int]
    entry: Counted
    low: np.ndarray
    high: np.ndarray
    counts: list[tuple[int, Steps]]
    caps: tuple[int, np.ndarray] | None

    def vector(self, duals: dict[str, Any], onto: np.ndarray | None = None) -> np.ndarray:
        """Dual values by row; refuses unknown names, values that are not whole, and wrong signs."""
        out = np.zeros(len(self.names), dtype=object) if onto is None else onto.copy()
        for name, value in duals.items():
            if name not in self.names:
                raise BadCertificate(f"dual of an unknown row: {name}")
            if not isinstance(value, int) or isinstance(value, bool):
                raise BadCertificate(f"dual that is not a whole number: {name}")
            row = self.names[name]
            if (value > 0 and self.low[row] <= -NONE) or (value < 0 and self.high[row] >= NONE):
                raise BadCertificate(f"dual of the wrong sign: {name}")
            out[row] = value
        return out


def _kind(relaxation: Relaxation, duals: np.ndarray, scale: int) -> Any:
    """64 bits where no sum of what is multiplied can come near their end, else Python's own integers."""
    most = max(abs(int(u)) for u in duals)
    parts = [(scale, relaxation.cost), (most, relaxation.entry[2])]
    for _, steps in relaxation.counts:
        parts += [(scale, steps.value), (most, steps.top), (most, steps.base)]
        parts += [] if steps.deviation is None else [(most, steps.deviation)]
    return np.int64 if sum(float(weight) * float(np.abs(v.astype(float)).sum()) for weight, v in parts) < WIDE else object


def reduced(relaxation: Relaxation, duals: np.ndarray, scale: int) -> tuple[int, np.ndarray]:
    """What rows and counts alone prove (scaled), and the cost of every pair at the duals (scaled)."""
    kind = _kind(relaxation, duals, scale)
    u = duals.astype(kind)
    at, row, value = relaxation.entry
    price = relaxation.cost.astype(kind) * scale
    np.subtract.at(price, at, u[row] * value.astype(kind))
    total = 0
    for first, steps in relaxation.counts:
        mine = slice(first, first + len(steps.top))
        r = np.repeat(np.arange(len(steps.top)), steps.top + 1)
        n = np.arange(len(r)) - steps.start[r]
        here = steps.value.astype(kind) * scale + u[mine][r] * n
        if relaxation.caps is not None and steps.deviation is not None:
            begin, owner = relaxation.caps
            here = here - u[begin + owner][r] * steps.deviation.astype(kind)
        total += int(np.minimum.reduceat(here, steps.start).sum())
        total -= int((u[mine] * steps.base.astype(kind)).sum())
    for k in np.flatnonzero(u):
        total += int(u[k]) * int(relaxation.low[k] if u[k] > 0 else relaxation.high[k])
    return total, price


def _least(relaxation: Relaxation, price: np.ndarray, allowed: np.ndarray) -> int | None:
    """Sum over people of their cheapest pair; None where someone has none left."""
    at = np.flatnonzero(allowed)
    who = relaxation.person[at]
    if len(np.unique(who)) < len(relaxation.first):
        return None
    begins = np.flatnonzero(np.concatenate([[True], who[1:] != who[:-1]]))
    return int(np.minimum.reduceat(price[at], begins).sum())


def up(value: int, scale: int) -> int:
    """Value / scale, rounded up: costs are whole."""
    return -((-value) // scale)


def proved(relaxation: Relaxation, certificate: dict[str, Any], pair_of: Callable[[str, str], int]) -> int:
    """The bound of a certificate of row duals, in whole units.

    Every leaf of its branches is bounded by duals of its own; a plan below the target lies on pairs that the root's
    duals leave, and in one of the leaves, so no plan costs less than the least of the leaves and the target.
    """
    scale = _whole(certificate, "scale")
    if scale < 1:
        raise BadCertificate("scale below 1")
    root = relaxation.vector(certificate.get("duals", {}))
    base, price = reduced(relaxation, root, scale)
    least = np.minimum.reduceat(price, relaxation.first)
    everyone = int(least.sum())
    bound = up(base + everyone, scale)
    nodes = certificate.get("branches", [])
    if not nodes and "target" not in certificate:
        return bound
    target = _whole(certificate, "target")
    over = price - np.repeat(least, np.diff(np.append(relaxation.first, len(price))))
    kept = base + everyone + over <= (target - 1) * scale
    if _least(relaxation, price, kept) is None:
        return max(bound, target)
    return max(bound, min([target, *_leaves(relaxation, nodes, root, scale, kept, pair_of)])) if nodes else bound


def _whole(certificate: dict[str, Any], key: str) -> int:
    value = certificate.get(key)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadCertificate(f"{key} is not a whole number")
    return value


def _leaves(relaxation: Relaxation, nodes: list[dict[str, Any]], root: np.ndarray, scale: int, kept: np.ndarray, pair_of: Callable[[str, str], int]) -> list[int]:
    """What each leaf proves; a leaf in which someone has no pair left holds no plan."""
    bounds: list[int] = []
    open_, seen = [(0, kept)], 0
    while open_:
        at, allowed = open_.pop()
        seen += 1
        if not (0 <= at < len(nodes)) or seen > len(nodes):
            raise BadCertificate("the branches are no tree")
        node = nodes[at]
        if "person" in node:
            pick = pair_of(str(node["person"]), str(node["seat"]))
            if pick < 0:
                raise BadCertificate("a branch on a pair that is not allowed")
            within, without = allowed.copy(), allowed.copy()
            within &= relaxation.person != relaxation.person[pick]
            within[pick], without[pick] = allowed[pick], False
            open_ += [(_whole(node, "within"), within), (_whole(node, "without"), without)]
            continue
        base, price = reduced(relaxation, relaxation.vector(node.get("duals", {}), root), scale)
        people = _least(relaxation, price, allowed)
        if people is not None:
            bounds.append(up(base + people, scale))
    return bounds
