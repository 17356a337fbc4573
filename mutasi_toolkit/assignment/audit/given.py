"""A check of a plan for pairs and capacities: the generalised assignment problem, in exact decimals."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.audit.bound import WIDE, BadCertificate, up


@dataclass(frozen=True, eq=False)
class Given:
    """Pairs by person, in exact numbers.

    Attributes
    ----------
    cost, weight : dict of (person, position) to Fraction
    capacity : dict of position to Fraction or None
        None where nothing limits.
    people : list
    """

    cost: dict[tuple[Any, Any], Fraction]
    weight: dict[tuple[Any, Any], Fraction]
    capacity: dict[Any, Fraction | None]
    people: list[Any]


def exact(value: Any) -> Fraction:
    """A number as it is written in decimals: 0.1 is one tenth.

    Examples
    --------
    >>> exact(0.1), exact(3)
    (Fraction(1, 10), Fraction(3, 1))
    """
    return Fraction(Decimal(repr(float(value)))) if isinstance(value, (float, np.floating)) else Fraction(str(value))


def given(pairs: pd.DataFrame, capacity: Any) -> Given:
    """Read pairs and capacities."""
    if isinstance(capacity, pd.DataFrame):
        capacity = dict(zip(capacity["position"], capacity["capacity"], strict=True))
    keys = list(zip(pairs["person"].tolist(), pairs["position"].tolist(), strict=True))
    weights = pairs["weight"].tolist() if "weight" in pairs else [1] * len(keys)
    limits = {k: None if float(v) == float("inf") else exact(v) for k, v in dict(capacity.items()).items()}
    cost = dict(zip(keys, map(exact, pairs["cost"].tolist()), strict=True))
    return Given(cost, dict(zip(keys, map(exact, weights), strict=True)), limits, list(dict.fromkeys(k[0] for k in keys)))


@dataclass(frozen=True, eq=False)
class Arrays:
    """The same as whole numbers over common units."""

    person: np.ndarray
    position: np.ndarray
    cost: np.ndarray
    weight: np.ndarray
    capacity: np.ndarray
    people: list[Any]
    positions: list[Any]
    per_unit: int
    load_unit: int


def _over(values: list[Fraction]) -> int:
    return math.lcm(*{v.denominator for v in values})


def arrays(data: Given) -> Arrays:
    """Whole numbers over the least common unit; pairs in order of person."""
    positions = list(dict.fromkeys(k[1] for k in data.cost))
    who, where = ({k: i for i, k in enumerate(names)} for names in (data.people, positions))
    keys = sorted(data.cost, key=lambda k: (who[k[0]], where[k[1]]))
    cost, weight = [data.cost[k] for k in keys], [data.weight[k] for k in keys]
    limits = [data.capacity.get(j, Fraction(0)) for j in positions]
    a, b = _over(cost), _over(weight + [v for v in limits if v is not None])
    total = sum(weight, Fraction(0)) * b
    held = [int(total) if v is None else int(v * b) for v in limits]
    ints = [np.array([int(v * unit) for v in values], dtype=object) for values, unit in ((cost, a), (weight, b))]
    person, position = (np.array([m[k[i]] for k in keys], dtype=np.int64) for i, m in enumerate((who, where)))
    return Arrays(person, position, ints[0], ints[1], np.array(held, dtype=object), data.people, positions, a, b)


def proved(data: Given, certificate: dict[str, Any]) -> Fraction:
    """The bound of a certificate, in the unit of the costs."""
    kind = str(certificate.get("kind"))
    if kind not in {"linear", "knapsack"}:
        raise BadCertificate(f"unknown kind of proof: {kind}")
    scale, per, load = (_above_zero(certificate, k) for k in ("scale", "per_unit", "weight_unit"))
    a = arrays(data)
    # Costs that the solver rounded to 1 / per_unit are bounded in their own unit; exact ones lose nothing by it.
    unit = per if per % a.per_unit == 0 else a.per_unit
    cost, worth = a.cost * (unit // a.per_unit), Fraction(unit, per)
    linear = kind == "linear"
    labels = [f"capacity|{p}" for p in a.positions] if linear else [str(p) for p in a.people]
    worth = worth * Fraction(load, a.load_unit) if linear else worth
    root = _vector(certificate.get("duals", {}), labels, linear)
    price: Callable[[Arrays, np.ndarray, np.ndarray, np.ndarray, int], int | None] = _linear if linear else _packed
    kept, most = np.ones(len(cost), dtype=bool), None
    if linear and "target" in certificate:
        target = certificate.get("target")
        if not isinstance(target, int):
            raise BadCertificate("target is not a whole number")
        most = target * unit // per
        kept = _left(a, cost, _scaled(root, worth), scale, most)
    bounds = [] if most is None else [most]
    for allowed, duals in _parts(certificate, a, root, kept, labels):
        scaled = price(a, cost, _scaled(duals, worth), allowed, scale)
        if scaled is not None:
            bounds.append(up(scaled, scale))
    return Fraction(min(bounds, default=2**62), unit)


def _above_zero(certificate: dict[str, Any], key: str) -> int:
    value = certificate.get(key)
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise BadCertificate(f"{key} is not a whole number above 0")
    return value


def _scaled(duals: np.ndarray, worth: Fraction) -> np.ndarray:
    """Duals in the units of `Arrays`, rounded down, which keeps their sign and their proof."""
    return np.array([(int(v) * worth.numerator) // worth.denominator for v in duals], dtype=object)


def _left(a: Arrays, cost: np.ndarray, u: np.ndarray, scale: int, target: int) -> np.ndarray:
    """Pairs that a plan cheaper than the target could take, by the root's duals."""
    value = cost * scale - u[a.position] * a.weight
    least = np.full(len(a.people), None, dtype=object)
    for p, v in zip(a.person, value, strict=True):
        least[p] = v if least[p] is None or v < least[p] else least[p]
    base = int((u * a.capacity).sum()) + int(least.sum())
    return np.array((base + value - least[a.person]) <= (target - 1) * scale, dtype=bool)


def _vector(duals: dict[str, Any], labels: list[str], capacity: bool, onto: np.ndarray | None = None) -> np.ndarray:
    at = {name: i for i, name in enumerate(labels)}
    out = np.zeros(len(labels), dtype=object) if onto is None else onto.copy()
    for name, value in duals.items():
        if name not in at or not isinstance(value, int) or isinstance(value, bool):
            raise BadCertificate(f"dual that belongs to nothing or is not whole: {name}")
        if capacity and value > 0:
            raise BadCertificate(f"dual of the wrong sign: {name}")
        out[at[name]] = value
    return out


def _parts(certificate: dict[str, Any], a: Arrays, root: np.ndarray, kept: np.ndarray, labels: list[str]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The pairs and duals of every leaf."""
    nodes = certificate.get("branches") or [{}]
    pair = {(str(a.people[p]), str(a.positions[j])): k for k, (p, j) in enumerate(zip(a.person, a.position, strict=True))}
    open_, seen = [(0, kept)], 0
    while open_:
        at, allowed = open_.pop()
        seen += 1
        if not isinstance(at, int) or not (0 <= at < len(nodes)) or seen > len(nodes):
            raise BadCertificate("the branches are no tree")
        node = nodes[at]
        if "person" not in node:
            yield allowed, _vector(node.get("duals", {}), labels, certificate["kind"] == "linear", root)
            continue
        pick = pair.get((str(node["person"]), str(node["seat"])), -1)
        if pick < 0:
            raise BadCertificate("a branch on a pair that is not given")
        within, without = allowed & (a.person != a.person[pick]), allowed.copy()
        within[pick], without[pick] = allowed[pick], False
        open_ += [(node["within"], within), (node["without"], without)]


def _linear(a: Arrays, cost: np.ndarray, u: np.ndarray, allowed: np.ndarray, scale: int) -> int | None:
    """sum_i min_j (c - u w) + sum_j u_j capacity_j, u <= 0, times `scale`; None where someone has no pair left."""
    value = cost * scale - u[a.position] * a.weight
    best: dict[int, int] = {}
    for p, v in zip(a.person[allowed], value[allowed], strict=True):
        best[p] = min(best.get(p, v), v)
    return None if len(best) < len(a.people) else int((u * a.capacity).sum()) + sum(best.values())


def _packed(a: Arrays, cost: np.ndarray, prices: np.ndarray, allowed: np.ndarray, scale: int) -> int:
    """sum_i l_i + sum_j min over loads that fit of sum (c - l), each minimum by a table over all loads."""
    value = cost * scale - prices[a.person]
    kind = np.int64 if float(np.abs(value.astype(float)).sum()) < WIDE else object
    total = int(prices.sum())
    for j in range(len(a.positions)):
        table = np.zeros(int(a.capacity[j]) + 1, dtype=kind)
        for k in np.flatnonzero(allowed & (a.position == j)):
            v, w = int(value[k]), int(a.weight[k])
            if v < 0 and w < len(table):
                table[w:] = np.minimum(table[w:], table[: len(table) - w] + v)
        total += int(table[-1])
    return total
