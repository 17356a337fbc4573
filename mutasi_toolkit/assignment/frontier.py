"""The plans an office can choose between: exact non-dominated points over two to four objectives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import Session, session, with_row
from mutasi_toolkit.assignment.model import FREE, Model, completed
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.resolve import solve_edited
from mutasi_toolkit.assignment.solve import solve
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: English names of the terms.
ALIASES = {"workload": "beban", "fit": "kecocokan", "knowledge": "pengetahuan", "disruption": "gangguan", "moves": "pindah"}
#: Objectives looked at when none are named.
USUAL = ("workload", "knowledge", "moves")
#: More objectives than this make no picture, and points beyond counting.
MOST = 4
#: Weights are whole: the objective of the widest span has this one.
EVEN = 32
#: By how much the weight of the objective whose side is halved is lowered.
FAVOUR = 32


class Plans(Mapping[str, Plan]):
    """Plans of the points by plan id."""

    def __init__(self, plans: dict[str, Plan]) -> None:
        self._plans = plans

    def __getitem__(self, plan_id: str) -> Plan:
        return self._plans[plan_id]

    def __iter__(self) -> Iterator[str]:
        return iter(self._plans)

    def __len__(self) -> int:
        return len(self._plans)

    def __deepcopy__(self, memo: object) -> Plans:
        return self


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
        return self.constant + int(self.arcs[arcs].sum()) + int((self.extras * completed(model, arcs)).sum())


@dataclass(eq=False)
class _Zone:
    """Where points may still be: low <= f < high."""

    low: np.ndarray
    high: np.ndarray
    halved: bool = False


def term_of(problem: Problem, name: str) -> str:
    """The term an objective stands for.

    Raises
    ------
    InputError
        When the problem's objective has no such term, or its weight is 0.
    """
    term = ALIASES.get(name, name)
    known = problem.terms.names
    used = term in known and any(v.any() for v in (problem.terms.arcs.get(term, np.zeros(0)), problem.terms.extras.get(term, np.zeros(0))))
    if not used:
        raise InputError(text("frontier.unknown", name=name, known=", ".join(known)))
    return term


def objective(problem: Problem, name: str) -> Objective:
    """An objective by its English name or its term's."""
    term, model = term_of(problem, name), problem.model
    extras = problem.terms.extras.get(term, np.zeros(len(model.extra_cost), dtype=np.int64))
    arcs = problem.terms.arcs.get(term, np.zeros(model.n_arcs, dtype=np.int64))
    constant = problem.terms.constant.get(term, 0)
    divisor = max(1, int(np.gcd.reduce(np.concatenate([arcs, extras, [constant]]))))
    return Objective(name, arcs // divisor, extras // divisor, constant // divisor, divisor)


def under(model: Model, limits: Sequence[tuple[Objective, int]], minimised: Sequence[tuple[Objective, int]]) -> Model:
    """The model that minimises a weighted sum of some objectives while others keep to their limits."""
    n, m = model.n_arcs, len(model.extra_cost)
    cost, extra = np.zeros(n, dtype=np.int64), np.zeros(m, dtype=np.int64)
    for o, weight in minimised:
        cost, extra = cost + weight * o.arcs, extra + weight * o.extras
    model = replace(model, cost=cost, extra_cost=extra, constant=sum(w * o.constant for o, w in minimised))
    for o, most in limits:
        if most < FREE:
            model = with_row(model, f"tujuan|{o.name}", -FREE, int(most) - o.constant, np.arange(n), o.arcs, o.extras)
    return model


class Front:
    """A search for non-dominated points; each is found by one exact solution.

    In a zone low <= f < high a sum of the objectives with positive weights is minimised subject to (1) f_i <= high_i - 1 for all i,
    and first (2) f_k <= the middle of the longest side k, whose weight is then the least, so that the point comes to lie near
    the middle. The optimum z is non-dominated: whatever dominates it keeps (1) and (2) too and has a smaller sum. Then every
    zone that holds z falls apart into those with high_i = z_i, one for each i; a half without points raises low_k; a
    zone without points goes. When no zone is left, the points are all there are (Klamroth, Lacour and Vanderpooten 2015, for
    the zones).
    """

    def __init__(self, asked: Session, objectives: list[Objective]) -> None:
        self.asked, self.objectives = asked, objectives
        self.points: list[tuple[np.ndarray, np.ndarray]] = []
        self.kept: np.ndarray | None = None
        self.n = len(objectives)
        self.ideal = np.zeros(self.n, dtype=object)
        self.scale = [1] * self.n
        self.zones: list[_Zone] = []

    def solve(self, limits: list[int], weights: list[int]) -> np.ndarray | None:
        """Chosen arcs of the least weighted sum under upper limits; an objective of weight 0 is left out."""
        given = list(zip(self.objectives, limits, strict=True))
        minimised = [(o, w) for o, w in zip(self.objectives, weights, strict=True) if w]
        arcs, self.kept = solve_edited(under(self.asked.model, given, minimised), kept=self.kept)
        return arcs

    def value(self, arcs: np.ndarray) -> np.ndarray:
        """Values of all objectives."""
        return np.array([o.of(self.asked.model, arcs) for o in self.objectives], dtype=object)

    def ends(self) -> None:
        """Best value of each objective, and a non-dominated point that has it."""
        self.zones = [_Zone(self.ideal, np.array([FREE] * self.n, dtype=object))]
        found = []
        for k in range(self.n):
            best = self.solve([FREE] * self.n, [int(i == k) for i in range(self.n)])
            assert best is not None
            found.append(self.value(best))
            self.ideal[k] = found[k][k]
        span = np.maximum(np.max(found, axis=0) - self.ideal, 1)
        self.scale = [max(1, round(EVEN * int(max(span)) / int(v))) for v in span]
        self.zones[0].low = self.ideal.copy()
        for k in range(self.n):
            limits = [FREE] * self.n
            limits[k] = int(self.ideal[k])
            arcs = self.solve(limits, self.scale)
            assert arcs is not None
            self.add(arcs)

    def add(self, arcs: np.ndarray) -> None:
        """Take in a point and split the zones that hold it."""
        z = self.value(arcs)
        if any((z == y).all() for y, _ in self.points):
            return
        self.points.append((z, arcs))
        parts: list[_Zone] = []
        for zone in self.zones:
            if not (z < zone.high).all():
                parts.append(zone)
                continue
            for k in range(self.n):
                high = zone.high.copy()
                high[k] = z[k]
                low = zone.low.copy()
                if self.n == 2:
                    # Between two neighbours: what is better in one objective is worse in the other.
                    low[1 - k] = max(low[1 - k], z[1 - k] + 1)
                if (high > low).all():
                    parts.append(_Zone(low, high))
        self.zones = [a for i, a in enumerate(parts) if not any(_inside(a, b) and (i > j or not _inside(b, a)) for j, b in enumerate(parts) if i != j)]

    def step(self) -> None:
        """Look into the largest zone."""
        top = np.max([z for z, _ in self.points], axis=0)
        span = np.maximum((top - self.ideal).astype(float), 1.0)
        sides = [(np.minimum(z.high, top) - z.low).astype(float) / span for z in self.zones]
        at = max(range(len(self.zones)), key=lambda i: (float(np.prod(np.maximum(sides[i], 1e-6))), -i))
        zone = self.zones[at]
        k = int(np.argmax(sides[at]))
        limits = [int(h) - 1 if h < FREE else FREE for h in zone.high]
        middle = (int(zone.low[k]) + int(min(zone.high[k], top[k]))) // 2
        half = not zone.halved and zone.low[k] <= middle < min(limits[k], top[k])
        if half:
            limits[k] = middle
        weights = [max(1, w // FAVOUR) if half and i == k else w for i, w in enumerate(self.scale)]
        arcs = self.solve(limits, weights)
        if arcs is not None:
            self.add(arcs)
        elif half:
            zone.low[k], zone.halved = middle + 1, True
        else:
            self.zones.pop(at)


def _inside(a: _Zone, b: _Zone) -> bool:
    return bool((a.high <= b.high).all())


def frontier(problem: Problem, objectives: Sequence[str] = USUAL, points: int = 20, plan: Plan | None = None) -> pd.DataFrame:
    """Exact non-dominated points over two to four objectives; see `Front` for how.

    Objectives: workload, fit, knowledge, disruption, moves (or the terms beban, kecocokan, pengetahuan, gangguan, pindah), as the
    problem's objective counts them: in points, smaller is better, so a gain is negative. The points asked for are spread over
    the frontier, its ends among them; where there are fewer, all are found.

    Special cases: an objective whose weight is 0 has no term to look at and is refused; one objective gives one point.

    Parameters
    ----------
    problem : Problem
    objectives : sequence of str
        One to four.
    points : int
        Most points.
    plan : Plan, optional
        The problem's best plan, where it is known.

    Returns
    -------
    DataFrame
        plan_id, a column per objective [points], bound (proved least sum of the objectives where this point was looked for; equal to
        the point's sum), lutut (the knee: least sum of the objectives once each is scaled from 0 to 1; a suggestion). Sorted
        by the first objective. `frame.attrs["plans"][plan_id]` is the Plan.

    Raises
    ------
    InputError
        For an unknown objective, a number of objectives or points that cannot be used.
    InfeasibleError
        When there is no plan.

    Examples
    --------
    >>> pairs = pd.DataFrame({"person": ["a", "b"], "position": ["x", "x"], "cost": [1, 2]})
    >>> frontier(Problem.from_pairs(pairs, {"x": 2}), ["cost"])[["cost", "bound", "lutut"]].values.tolist()
    [[3.0, 3.0, True]]
    """
    names = list(objectives)
    if not 1 <= len(names) <= MOST or len({term_of(problem, n) for n in names}) < len(names) or points < 1:
        raise InputError(text("frontier.bad", n=len(names), most=MOST, points=points))
    asked = session(problem, solve(problem) if plan is None else plan)
    front = Front(asked, [objective(problem, n) for n in names])
    front.ends()
    while front.zones and len(front.points) < points:
        front.step()
    return _frame(front, names, problem)


def _frame(front: Front, names: list[str], problem: Problem) -> pd.DataFrame:
    found = sorted(front.points, key=lambda p: tuple(p[0]))
    units = np.array([o.divisor for o in front.objectives], dtype=object)
    values = np.array([[float(v) / problem.per_unit for v in z * units] for z, _ in found])
    frame = pd.DataFrame(values, columns=names)
    ids = [f"P{k + 1:02d}" for k in range(len(found))]
    frame.insert(0, "plan_id", ids)
    frame["bound"] = [float((z * units).sum()) / problem.per_unit for z, _ in found]
    frame["lutut"] = np.arange(len(frame)) == knee(values)
    frame.attrs["plans"] = Plans({k: front.asked.plan(arcs) for k, (_, arcs) in zip(ids, found, strict=True)})
    return frame


def knee(values: np.ndarray) -> int:
    """Row of the knee: least sum once every column is scaled from 0 (its best) to 1 (its worst); the first among equals.

    Examples
    --------
    >>> knee(np.array([[0.0, 10.0], [1.0, 2.0], [10.0, 0.0]]))
    1
    """
    span = values.max(axis=0) - values.min(axis=0)
    scaled = (values - values.min(axis=0)) / np.where(span > 0, span, 1.0)
    return int(np.argmin(np.round(scaled.sum(axis=1), 12)))


def lexicographic(problem: Problem, order: Sequence[str], plan: Plan | None = None) -> Plan:
    """The plan that is best in the first objective, among those in the second, and so on; last in the whole objective.

    Parameters
    ----------
    problem : Problem
    order : sequence of str
        Objectives by rank, as in `frontier`.
    plan : Plan, optional
        The problem's best plan, where it is known.

    Returns
    -------
    Plan
        Its `bound` is that of the whole objective, which such a plan need not reach.

    Raises
    ------
    InputError
        For an unknown objective.
    InfeasibleError
        When there is no plan.

    Examples
    --------
    >>> pairs = pd.DataFrame({"person": ["a", "a"], "position": ["x", "y"], "cost": [1, 2]})
    >>> lexicographic(Problem.from_pairs(pairs, {"x": 1, "y": 1}), ["cost"]).objective
    1.0
    """
    chosen = [objective(problem, n) for n in order]
    asked = session(problem, solve(problem) if plan is None else plan)
    held: list[tuple[Objective, int]] = []
    kept: np.ndarray | None = None
    for o in chosen:
        arcs, kept = solve_edited(under(asked.model, held, [(o, 1)]), kept=kept)
        assert arcs is not None
        held.append((o, o.of(asked.model, arcs)))
    whole = [(Objective("", asked.model.cost, asked.model.extra_cost, asked.model.constant), 1)]
    arcs, _ = solve_edited(under(asked.model, held, whole), kept=kept)
    assert arcs is not None
    return asked.plan(arcs)
