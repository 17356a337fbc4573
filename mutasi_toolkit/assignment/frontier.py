"""The plans an office can choose between: exact non-dominated points over two to four objectives."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.edit import Session, session
from mutasi_toolkit.assignment.front import Front, Objective, under
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.resolve import solve_edited
from mutasi_toolkit.assignment.solve import solve
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text

#: English names of the terms.
ALIASES = {"workload": "beban", "fit": "kecocokan", "knowledge": "pengetahuan", "disruption": "gangguan", "moves": "pindah"}
#: Objectives looked at when none are named.
USUAL = ("workload", "knowledge", "moves")
#: More objectives than this make no picture, and points beyond counting.
MOST = 4


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


def frontier(problem: Problem, objectives: Sequence[str] = USUAL, points: int | None = 20, plan: Plan | None = None) -> pd.DataFrame:
    """Exact non-dominated points over two to four objectives; see `Front` for how.

    Objectives: workload, fit, knowledge, disruption, moves (or the terms beban, kecocokan, pengetahuan, gangguan, pindah), as the
    problem's objective counts them: in points, smaller is better, so a gain is negative. Every point is the optimum of a program of its own. The points asked for are
    spread over the frontier: the ends first, then where most may be missed; where there are fewer, all are found.

    Special cases: an objective whose weight is 0 has no term to look at and is refused; one objective gives one point. Of several
    plans with the values of a point one is given.

    Parameters
    ----------
    problem : Problem
    objectives : sequence of str
        One to four.
    points : int or None
        Most points (the ends are always there); None for all there are, which is for small problems.
    plan : Plan, optional
        The problem's best plan, where it is known.

    Returns
    -------
    DataFrame
        plan_id, a column per objective [points], bound (proved least sum of the objectives where this point was looked for; equal to
        the point's sum), lutut (the knee: least sum of the objectives once each is scaled from 0 to 1; a suggestion). Sorted
        by the first objective. `frame.attrs["plans"][plan_id]` is the Plan; `frame.attrs["complete"]` says whether these are all points;
        `frame.attrs["missed"]` is the e for which every plan of the problem is matched by a point that is worse by at most e times the range
        between the ends, in every objective; `missed_words` says it.

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
    if not 1 <= len(names) <= MOST or len({term_of(problem, n) for n in names}) < len(names) or (points is not None and points < 1):
        raise InputError(text("frontier.bad", n=len(names), most=MOST, points=points))
    asked = session(problem, solve(problem) if plan is None else plan)
    front = Front(problem.model, [objective(problem, n) for n in names])
    front.ends()
    while len(front.zones) and (points is None or len(front.points) < points):
        front.step(whole=points is None)
    return _frame(front, names, problem, asked)


def _frame(front: Front, names: list[str], problem: Problem, asked: Session) -> pd.DataFrame:
    found = sorted(front.points, key=lambda p: tuple(p[0]))
    units = np.array([o.divisor for o in front.objectives], dtype=object)
    values = np.array([[float(v) / problem.per_unit for v in z * units] for z, _ in found])
    frame = pd.DataFrame(values, columns=names)
    ids = [f"P{k + 1:02d}" for k in range(len(found))]
    frame.insert(0, "plan_id", ids)
    frame["bound"] = [float((z * units).sum()) / problem.per_unit for z, _ in found]
    frame["lutut"] = np.arange(len(frame)) == knee(values)
    frame.attrs["plans"] = Plans({k: asked.plan(arcs) for k, (_, arcs) in zip(ids, found, strict=True)})
    frame.attrs["complete"] = not len(front.zones) and not len(front.aside)
    frame.attrs["missed"] = 0.0 if frame.attrs["complete"] else front.missed()
    return frame


def missed_words(frame: pd.DataFrame, language: str = "id") -> str:
    """Whether a frontier is complete or a sample, and how far another plan can be from it at most.

    Examples
    --------
    >>> pairs = pd.DataFrame({"person": ["a", "b"], "position": ["x", "x"], "cost": [1, 2]})
    >>> missed_words(frontier(Problem.from_pairs(pairs, {"x": 2}), ["cost"]), "en")
    'These are all such plans.'
    """
    if frame.attrs["complete"]:
        return text("frontier.complete", language)
    share = np.ceil(1000 * frame.attrs["missed"]) / 10
    return text("frontier.sample", language, share=number(float(share), 1, language))


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
