"""The search for non-dominated points: where to look, what to solve there, and what that proves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from mutasi_toolkit.assignment.edit import with_row
from mutasi_toolkit.assignment.model import FREE, Model, completed
from mutasi_toolkit.assignment.relax import SMALL, Relaxed, relax
from mutasi_toolkit.assignment.search import TooHardError, best_of
from mutasi_toolkit.assignment.zones import Zones, everywhere, open_under, split, widths

#: An objective whose range has more whole steps than this is priced, not limited: a row of such numbers makes programs hard.
COARSE = 4096
#: Largest product of a weight and a range, so that a solver still tells a unit.
LARGEST = 2**33
#: Weight of the free objective against the others, over their ranges.
FAVOUR = 8
#: On large models a program that takes more nodes than this is given up for an easier one.
NODES = 4
#: Arcs kept for the next relaxation: those cheapest in the last one.
KEPT = 8_000
#: A zone whose width fell below this share of what it was is put back: another may be wider now.
FELL = 0.5 * (1 + 1e-9)


@dataclass(frozen=True, eq=False)
class Objective:
    """One objective as whole numbers over their common divisor: (constant + sum arcs x + sum extras y) / divisor."""

    name: str
    arcs: np.ndarray
    extras: np.ndarray
    constant: int
    divisor: int = 1

    def of(self, model: Model, arcs: np.ndarray) -> int:
        """Its value for chosen arcs."""
        return (
            self.constant
            + int(self.arcs[arcs].sum())
            + int((self.extras * completed(model, arcs)).sum())
        )

    def relaxed(self, found: Relaxed) -> float:
        """Its value in the solution of a relaxation."""
        assert found.answer.values is not None
        part, values = found.program, found.answer.values
        n = len(part.arcs)
        return float(
            self.constant
            + self.arcs[part.settled].sum()
            + self.arcs[part.arcs] @ values[:n]
            + self.extras @ values[n:]
        )


def under(
    model: Model,
    limits: Sequence[tuple[Objective, int]],
    minimised: Sequence[tuple[Objective, int]],
) -> Model:
    """The model that minimises a weighted sum of some objectives while others keep to their limits."""
    n, m = model.n_arcs, len(model.extra_cost)
    cost, extra = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
    for o, weight in minimised:
        cost, extra = cost + weight * o.arcs, extra + weight * o.extras
    model = replace(
        model, cost=cost, extra_cost=extra, constant=sum(w * o.constant for o, w in minimised)
    )
    for o, most in limits:
        if most < FREE:
            model = with_row(
                model,
                f"tujuan|{o.name}",
                -FREE,
                int(most) - o.constant,
                np.arange(n),
                o.arcs,
                o.extras,
            )
    return model


class Front:
    """A search for non-dominated points; each is the optimum of a program of its own.

    A sum of the objectives with positive weights is minimised subject to upper limits on some of them. The optimum z is
    non-dominated: whatever dominates it keeps the limits too and has a smaller sum. The ends come first: each objective
    weighs as much as the ranges of all others together. Then the widest zone f < u (`zones`) is looked into, of width t:

    (1) the linear relaxation that minimises the objective of the finest range (k) under ``f_i <= u_i - t s_i / 2`` for the others; its
        dual values give a cut that holds for every plan, and so a smaller width; where the width falls to one half, that is all;
    (2) else the program itself. Objectives whose range has many steps are priced at the dual values in place of their limit: such
        a row makes programs hard. The point found lies near the middle of the zone;
    (3) where (2) takes too many nodes, the sum priced at the dual values alone; where its point is known already, the program with
        all limits, k's too, which either has a point in the zone or halves the width. On models of more than 20,000 arcs a
        zone in which that is too hard as well is set aside; its width stays.

    A zone goes when (3) has no solution under ``f_i <= u_i - 1``. When no zone is left, the points are all there are.

    Attributes
    ----------
    points : list of (values, arcs)
    zones, aside : Zones
        Where points may still be; those set aside.
    span : ndarray of int
        Range of each objective between the ends.
    """

    def __init__(self, model: Model, objectives: list[Objective]) -> None:
        self.model, self.objectives, self.n = model, objectives, len(objectives)
        self.points: list[tuple[np.ndarray, np.ndarray]] = []
        self.zones, self.aside = (
            everywhere(self.n),
            Zones(np.zeros((0, self.n), dtype=np.int64), np.zeros(0)),
        )
        self.cuts: list[tuple[np.ndarray, int]] = []
        self.span = np.ones(self.n, dtype=np.int64)
        self.nodes = None if model.n_arcs <= SMALL else NODES
        self._kept: np.ndarray | None = None
        self._near = 0.0

    def value(self, arcs: np.ndarray) -> np.ndarray:
        """Values of all objectives."""
        return np.array([o.of(self.model, arcs) for o in self.objectives], dtype=np.int64)

    def _relaxed(self, limits: list[int], weights: list[int]) -> tuple[Model, Relaxed]:
        given = list(zip(self.objectives, limits, strict=True))
        model = under(
            self.model, given, [(o, w) for o, w in zip(self.objectives, weights, strict=True) if w]
        )
        found = relax(model, begin=self._kept)
        reduced = np.where(found.kept, found.priced.reduced, np.iinfo(np.int64).max)
        self._kept = found.kept & (
            reduced
            <= np.partition(reduced, min(KEPT, len(reduced) - 1))[min(KEPT, len(reduced) - 1)]
        )
        return model, found

    def _cut(self, limits: list[int], weights: list[int], model: Model, found: Relaxed) -> None:
        """Keep what the duals say of every plan: sum (weight_i - dual_i) f_i >= bound - sum dual_i limit_i, in whole numbers."""
        cut, least = (
            [model.scale * w for w in weights],
            int(found.priced.bound) + model.scale * model.constant,
        )
        for row, i in enumerate([i for i, limit in enumerate(limits) if limit < FREE]):
            dual = int(found.duals[len(self.model.low) + row])
            cut[i] -= dual
            least -= dual * limits[i]
        common = int(np.gcd.reduce(np.array(cut, dtype=object)))
        self.cuts.append((np.array(cut, dtype=np.int64) // common, -(-least // common)))

    def bound(self, limits: list[int], weights: list[int]) -> tuple[Model, Relaxed] | None:
        """Solve a relaxation and keep its cut; None where nothing keeps the limits, and then a cut that says so."""
        model, found = self._relaxed(limits, weights)
        if found.feasible:
            self._cut(limits, weights, model, found)
            return model, found
        held = [i for i, limit in enumerate(limits) if limit < FREE]
        if held:
            self.bound(
                [FREE if i == held[0] else v for i, v in enumerate(limits)],
                [int(i == held[0]) for i in range(self.n)],
            )
        return None

    def best(self, model: Model, found: Relaxed) -> np.ndarray | None:
        """The best plan of a program whose relaxation is known; the next is first thought as far from its relaxation as this one."""
        least = found.priced.bound // model.scale
        arcs = best_of(model, found, int(self._near * abs(least)), self.nodes)
        if arcs is not None:
            cost = int(model.cost[arcs].sum()) + int(
                (model.extra_cost * completed(model, arcs)).sum()
            )
            self._near = max(0.5 * self._near, (cost - least) / max(1, abs(least)))
        return arcs

    def ends(self) -> None:
        """The best value of each objective as a cut, and a non-dominated point near it: exact where both are coarse."""
        values = []
        for i in range(self.n):
            found = self.bound([FREE] * self.n, [int(i == j) for j in range(self.n)])
            assert found is not None
            values.append([o.relaxed(found[1]) for o in self.objectives])
        span = np.maximum(1, np.ceil(np.ptp(np.array(values), axis=0))).astype(np.int64)
        for i in range(self.n):
            first = max(FAVOUR, min(2 * int(span.sum()), LARGEST // int(span[i])))
            arcs = self._end([first if j == i else 1 for j in range(self.n)], span)
            if arcs is not None:
                self.add(arcs)
        found_ends = np.array([z for z, _ in self.points])
        self.span = np.maximum(1, np.ptp(found_ends, axis=0))

    def _end(self, weights: list[int], span: np.ndarray) -> np.ndarray | None:
        """The point of one end; where it is too hard, one near it."""
        free = [FREE] * self.n
        try:
            return self.best(*self._relaxed(free, weights))
        except TooHardError:
            even = [max(1, int(span.max() // s)) * (FAVOUR**2 if w > 1 else 1) for s, w in zip(span, weights, strict=True)]
            model, found = self._relaxed(free, even)
            return best_of(model, found)

    def add(self, arcs: np.ndarray) -> bool:
        """Take in a point and split the zones that hold it; whether it is new."""
        z = self.value(arcs)
        if any((z == y).all() for y, _ in self.points):
            return False
        self.points.append((z, arcs))
        self.zones, self.aside = split(self.zones, z), split(self.aside, z)
        return True

    def widths(self, zones: Zones) -> np.ndarray:
        """Upper bounds on the widths of zones, as shares of the ranges."""
        return widths(
            zones, np.array([z for z, _ in self.points]), self.cuts, self.span.astype(float)
        )

    def missed(self) -> float:
        """The greatest width: every plan is matched by a point within this share of the range, in all objectives; 0 when all are found."""
        return max(
            (float(max(w, 0.0)) for zones in (self.zones, self.aside) for w in self.widths(zones)),
            default=0.0,
        )

    def step(self, whole: bool = False) -> None:
        """Look into the widest zone; `whole`: at once into all of it, which is quicker where every point is wanted."""
        self.zones = self.zones.only(open_under(self.zones, self.cuts))
        if not len(self.zones):
            return
        width = self.widths(self.zones)
        at = int(np.argmax(width))
        upper, half = self.zones.upper[at], 0.0 if whole else float(width[at]) / 2
        bounded = upper < FREE
        off = (
            np.maximum(1, np.floor(half * self.span)).astype(np.int64)
            if np.isfinite(half)
            else np.ones(self.n, dtype=np.int64)
        )
        limits = [int(u - d) if b else FREE for u, d, b in zip(upper, off, bounded, strict=True)]
        if (off[bounded] == 1).all():
            self._close(at, limits, None)
        else:
            self._middle(at, limits, half, float(width[at]))

    def _middle(self, at: int, limits: list[int], half: float, width: float) -> None:
        """(1), (2), (3) for one zone."""
        k, upper = int(np.argmax(self.span)), self.zones.upper[at]
        held = [FREE if i == k else v for i, v in enumerate(limits)]
        weights = [
            int(max(1, FAVOUR * self.span.max() // self.span[k])) if i == k else 1
            for i in range(self.n)
        ]
        known = len(self.cuts)
        found = self.bound(held, weights)
        new = float(self.widths(Zones(upper[None], np.array([width])))[0])
        self.zones = self.zones.lowered(
            at, new if len(self.cuts) > known and found is not None else half
        )
        if found is None or new <= FELL * width:
            return
        arcs = self._try(found, held, k)
        if arcs is None or not ((self.value(arcs) < upper).all() and self.add(arcs)):
            self._close(at, limits, half)

    def _try(self, found: tuple[Model, Relaxed], held: list[int], k: int) -> np.ndarray | None:
        """The plan of the program of (2), or where that is too hard of the sum priced at the dual values alone."""
        cut = self.cuts[-1][0]
        largest = max(1, int((cut * self.span).max()) // LARGEST)
        priced = [max(1, int(w) // largest) for w in cut]
        fine = [self.span[i] > COARSE and held[i] < FREE for i in range(self.n)]
        try:
            if not any(fine):
                return self.best(*found)
            limits = [FREE if f else v for f, v in zip(fine, held, strict=True)]
            return self.best(
                *self._relaxed(
                    limits,
                    [
                        w if f or i == k else 1
                        for i, (w, f) in enumerate(zip(priced, fine, strict=True))
                    ],
                )
            )
        except TooHardError:
            pass
        try:
            return self.best(*self._relaxed([FREE] * self.n, priced))
        except TooHardError:
            return None

    def _close(self, at: int, limits: list[int], half: float | None) -> None:
        """The program with all limits: a point, or the zone's width halved; without `half` the zone goes."""
        scale = [max(1, int(self.span.max() // s)) for s in self.span]
        try:
            arcs = self.best(*self._relaxed(limits, scale))
        except TooHardError:
            self.aside = self.aside.joined(self.zones.only([at]))
            self.zones = self.zones.without(at)
            return
        if arcs is not None:
            self.add(arcs)
        else:
            self.zones = self.zones.without(at) if half is None else self.zones.lowered(at, half)
