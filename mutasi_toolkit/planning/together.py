"""Rounds planned together under all rules, knowing who will leave and how needs grow; what planning ahead is worth."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.highs import solve_whole
from mutasi_toolkit.assignment.model import Model, completed, faults_of, objective_of
from mutasi_toolkit.assignment.plan import FEASIBLE, OPTIMAL, Plan
from mutasi_toolkit.assignment.problem import Problem
from mutasi_toolkit.assignment.prove import units
from mutasi_toolkit.assignment.relax import relax, restrict
from mutasi_toolkit.assignment.resolve import solve_edited
from mutasi_toolkit.assignment.search import search
from mutasi_toolkit.assignment.segments import PER_POINT
from mutasi_toolkit.assignment.solve import plan_of
from mutasi_toolkit.planning.expanded import Expanded, expanded
from mutasi_toolkit.planning.rolling import Rolling, replay, roll, unmoved

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Programs of no more dated moves than this are solved to proven optimality.
EXACT = 5_000
#: In larger ones, moves within this share of the bound are looked at, for at most so many nodes of the search.
NEAR, NODES = 2e-5, 200


@dataclass(frozen=True, eq=False)
class Together:
    """Rounds planned together.

    Attributes
    ----------
    rounds : Rolling
        The plans one after the other, each with the certificate of its own round; its gap is what the round gives up for later ones.
    objective : float
        Points over all rounds: the sum of `rounds.by_round.nilai_tujuan`.
    bound : float
        No sequence of plans that keep the rules of their rounds costs less.
    status : str
        'optimal', or 'feasible' where the bound is below the objective.
    one_by_one : Rolling
        What `roll` gives for the same.
    """

    rounds: Rolling
    objective: float
    bound: float
    status: str
    one_by_one: Rolling


def plan_together(cycle: Cycle, rounds: int = 3, months: int = 12, growth: float = 0.0, gains: pd.DataFrame | None = None) -> Together:
    """Plan rounds together under every rule of every round; `planning.expanded` holds the model.

    Up to 5,000 dated moves the plans are the best of all sequences. In larger worlds the bound comes from the dual values of a
    relaxation, in exact integers, and the plans from a whole-number program over the moves that price near it; should rounds one by
    one be better, they are the answer. The same input gives the same plans; there is no limit of time.

    Special cases: decisions are of the first round only and nobody moves twice, as in `roll`.

    Parameters
    ----------
    cycle : Cycle
    rounds : int
        How many, the first on the cycle's date.
    months : int
        Between two rounds.
    growth : float
        Of every need per year, 0.02 for two percent.
    gains : DataFrame, optional
        What one more holder is worth (`spread.marginal_gains`), for all rounds; without it knowledge has no value.

    Returns
    -------
    Together

    Raises
    ------
    InfeasibleError
        Where a round planned by itself has no plan.

    Examples
    --------
    >>> from mutasi_toolkit.cycle import read_cycle
    >>> from mutasi_toolkit.paths import data_dir
    >>> found = plan_together(read_cycle(data_dir("cycles") / "contoh"), rounds=2)
    >>> found.status, found.bound == found.objective
    ('optimal', True)
    """
    still = unmoved(cycle, rounds, months, growth)
    single = roll(cycle, rounds, months, growth, gains)
    program = expanded(still, gains, EXACT)
    if not program.relaxed:
        arcs, _ = solve_edited(program.model, kept=_begin(program, _arcs_of(program, cycle, single.moves)))
        assert arcs is not None
        bound = objective_of(program.model, arcs, completed(program.model, arcs)) / PER_POINT
    else:
        arcs, bound = _near_best(program, _arcs_of(program, cycle, single.moves), gains, still)
    made = single if arcs is None else _made(cycle, still, gains, program, arcs)
    best = min(made, single, key=_points)
    objective = _points(best)
    if bound > objective:
        raise AssertionError(f"a sequence of plans costs {objective}, less than its bound {bound}")
    return Together(best, objective, bound, OPTIMAL if objective == bound else FEASIBLE, single)


def worth_of_planning(cycle: Cycle, rounds: int = 3, months: int = 12, growth: float = 0.0, gains: pd.DataFrame | None = None) -> pd.Series:
    """What planning ahead is worth, in points over all rounds, under all rules.

    Returns
    -------
    Series
        bertahap (each round planned as it comes), bersama (all together), batas (what no sequence of plans can beat), nilai (bertahap -
        bersama: what is gained), nilai_paling_banyak (bertahap - batas: what could be gained at most). Nothing is below 0.
    """
    found = plan_together(cycle, rounds, months, growth, gains)
    one = _points(found.one_by_one)
    values = {"bertahap": one, "bersama": found.objective, "batas": found.bound, "nilai": one - found.objective, "nilai_paling_banyak": one - found.bound}
    return pd.Series({name: round(value, 6) for name, value in values.items()})


def _points(rounds: Rolling) -> float:
    """The objectives of all rounds, added up in whole thousandths."""
    return int(np.rint(rounds.by_round["nilai_tujuan"].to_numpy() * PER_POINT).sum()) / PER_POINT


def _begin(program: Expanded, arcs: np.ndarray) -> np.ndarray:
    """Given dated moves and every level."""
    kept = np.zeros(program.model.n_arcs, dtype=bool)
    kept[arcs] = True
    kept[len(program.person) :] = True
    return kept


def _arcs_of(program: Expanded, cycle: Cycle, moves: pd.DataFrame) -> np.ndarray:
    """Dated arcs of a table of moves: putaran, pegawai_id, jabatan_id."""
    people, seats, n = pd.Index(cycle.pegawai["pegawai_id"]), pd.Index(cycle.jabatan["jabatan_id"]), len(cycle.jabatan)
    never = int(program.when.max())
    when, seat = np.full(len(people), never), seats.get_indexer(cycle.pegawai["jabatan_id"])
    who = people.get_indexer(moves["pegawai_id"])
    when[who], seat[who] = moves["putaran"].to_numpy() - 1, seats.get_indexer(moves["jabatan_id"])
    key, want = ((p * (never + 1) + t) * n + s for p, t, s in ((program.person, program.when, program.seat), (np.arange(len(people)), when, seat)))
    return np.searchsorted(key, want)


def _near_best(program: Expanded, single: np.ndarray, gains: pd.DataFrame | None, still: tuple[Cycle, ...]) -> tuple[np.ndarray | None, float]:
    """Good arcs, None where none were found, and the bound in points, of a program too large to be solved to the end."""
    model = program.model
    relaxed = relax(model, begin=_begin(program, single) | _wanted(program, gains, still))
    bound = (units(relaxed.priced.bound, relaxed.priced.scale) + model.constant) / PER_POINT
    looked = relaxed.priced.reduced <= int(NEAR * abs(relaxed.priced.bound))
    part = restrict(model, looked)
    values = solve_whole(part.program, nodes=NODES).values
    if values is None:
        return None, bound
    arcs = np.sort(np.concatenate([part.arcs[values[: len(part.arcs)] > 0.5], part.settled]))
    kept = len(arcs) == model.n_people and not len(faults_of(model, arcs, completed(model, arcs)))
    return (arcs if kept else None), bound


def _wanted(program: Expanded, gains: pd.DataFrame | None, still: tuple[Cycle, ...]) -> np.ndarray:
    """Moves that the relaxation of some round by itself looks at, in every round."""
    people, n = pd.Index(still[0].pegawai["pegawai_id"]), len(still[0].jabatan)
    keys = []
    for cycle in still:
        problem = Problem.from_cycle(cycle, gains)
        kept = np.flatnonzero(relax(problem.model).kept)
        keys.append(people.get_indexer(cycle.pegawai["pegawai_id"])[problem.model.person[kept]] * n + problem.seat[kept])
    wanted = np.isin(program.person * n + program.seat, np.concatenate(keys))
    return np.append(wanted, np.zeros(program.model.n_arcs - len(wanted), dtype=bool))


def _made(cycle: Cycle, still: tuple[Cycle, ...], gains: pd.DataFrame | None, program: Expanded, arcs: np.ndarray) -> Rolling:
    """The rounds of chosen arcs, each with the proof of its own round."""
    arcs = arcs[arcs < len(program.person)]
    people, seats = cycle.pegawai["pegawai_id"].to_numpy(), cycle.jabatan["jabatan_id"].to_numpy()

    def plan(t: int, problem: Problem) -> Plan:
        moved = arcs[program.when[arcs] == t]
        target = dict(zip(people[program.person[moved]], seats[program.seat[moved]], strict=True))
        own = problem.cycle.pegawai.set_index("pegawai_id")["jabatan_id"] if problem.cycle is not None else {}
        seat = problem.seats.get_indexer([target.get(p, own[p]) for p in problem.people])
        chosen = np.flatnonzero(problem.seat == seat[problem.model.person])
        return plan_of(problem, replace(search(problem.model), arcs=chosen, objective=_cost(problem.model, chosen)))

    return replay(cycle, still, gains, plan)


def _cost(model: Model, arcs: np.ndarray) -> int:
    extras = completed(model, arcs)
    if len(arcs) != model.n_people or len(faults_of(model, arcs, extras)):
        raise AssertionError("a round of the plan breaks its own rules")
    return objective_of(model, arcs, extras)
