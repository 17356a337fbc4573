"""How far a plan depends on numbers that nobody knows exactly: solved again under needs, skills, weights and rates that might be."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import assignment, rules, workload
from mutasi_toolkit.assignment.edit import arcs_of_plan, find_arcs, session
from mutasi_toolkit.assignment.model import completed, faults_of, objective_of
from mutasi_toolkit.assignment.resolve import best_on, solve_edited

if TYPE_CHECKING:
    from mutasi_toolkit.assignment import Plan, Problem
    from mutasi_toolkit.cycle import Cycle


@dataclass(frozen=True, slots=True)
class Doubt:
    """How uncertain the inputs are, as standard deviations of the logarithm; `skills` is the chance that a level is one off.

    Judgements, not measurements: a tenth for needs and weights, a fifth for the rates of spread, one level in twenty.
    """

    needs: float = 0.1
    weights: float = 0.1
    rates: float = 0.2
    skills: float = 0.05


@dataclass(frozen=True, eq=False)
class Stability:
    """What the draws say.

    Attributes
    ----------
    moves : DataFrame
        pegawai_id, jabatan_id, bertahan (share of draws in whose best plan the same move stands), most first.
    draws : DataFrame
        draw, mutasi (moves of that draw's best plan), sama (moves it shares with the plan), mungkin (whether the plan as it stands keeps
        the rules there), batal (moves of the plan cancelled in the best plan that uses its moves only, see `recourse`),
        penyesalan (points which that plan costs more than the best plan of the draw; both nan where no such plan keeps the rules).
    """

    moves: pd.DataFrame
    draws: pd.DataFrame


def stability(cycle: Cycle, plan: Plan, gains: pd.DataFrame | None = None, draws: int = 100, doubt: Doubt | None = None, seed: int | None = None, workers: int = 1) -> Stability:
    """Share of draws in which every move stands, and the regret of the plan.

    In a draw each need is multiplied by exp(needs z) and rounded half up, each weight of the objective by exp(weights z), the values of
    holders by exp(rates z), and each level of skill is one higher or lower with chance `skills`; the problem is solved again to
    proven optimality. Draw k depends on the seed and k alone, so plans are compared on the same draws.

    Parameters
    ----------
    cycle : Cycle
    plan : Plan
        Of this cycle.
    gains : DataFrame, optional
        The values of holders with which the plan was made.
    draws : int
    doubt : Doubt, optional
    seed : int, optional
        That of the settings where None.
    workers : int
        Threads; they change nothing but the time.

    Returns
    -------
    Stability
    """
    doubt = Doubt() if doubt is None else doubt
    seed = cycle.settings.seed if seed is None else seed
    pairs = rules.allowed(cycle)
    exact = workload.need(cycle)["kebutuhan"].to_numpy(dtype=float)

    def one(k: int) -> tuple[set[tuple[str, str]], bool, float, float]:
        rng = np.random.default_rng([seed, k])
        problem = _drawn(cycle, gains, pairs, exact, doubt, rng)
        best = assignment.solve(problem)
        found = set(best.moves.itertuples(index=False, name=None))
        return found, *_regret(problem, plan, best)

    with ThreadPoolExecutor(max(1, workers)) as pool:
        results = list(pool.map(one, range(draws)))
    return _summary(plan, results)


def _drawn(cycle: Cycle, gains: pd.DataFrame | None, pairs: rules.Pairs, exact: np.ndarray, doubt: Doubt, rng: np.random.Generator) -> Problem:
    """The problem of one draw."""
    needs = np.floor(exact * np.exp(doubt.needs * rng.standard_normal(len(exact))) + 0.5)
    seats = cycle.jabatan.assign(kebutuhan=needs.astype(float))
    weights = cycle.settings.bobot.model_dump()
    factors = np.exp(doubt.weights * rng.standard_normal(len(weights)))
    rate = float(np.exp(doubt.rates * rng.standard_normal()))
    levels = cycle.keahlian["tingkat"].to_numpy(dtype=float)
    off = (rng.random(len(levels)) < doubt.skills) * rng.choice([-1.0, 1.0], len(levels))
    skills = cycle.keahlian.assign(tingkat=np.clip(levels + off, 1, 5)).astype(cycle.keahlian.dtypes.to_dict())
    drawn = replace(cycle, jabatan=seats.astype(cycle.jabatan.dtypes.to_dict()), keahlian=skills)
    drawn = drawn.with_settings(bobot={n: float(w * f) for (n, w), f in zip(weights.items(), factors, strict=True)})
    return assignment.Problem.from_cycle(drawn, None if gains is None else gains.assign(gain=gains["gain"] * rate), pairs)


def recourse(problem: Problem, plan: Plan) -> np.ndarray | None:
    """Arcs of the best plan of another problem that uses only moves of a plan: each is made or cancelled, none is added.

    With S the seats people have, and M the moves of the plan that the other problem allows,

        minimise c x   over the plans x of the problem with   x[p, j] = 0 unless (p, j) is in S or M,

    and the regret is what it costs more than the best of all plans: 0 where the best plan is made of such moves, never below 0.

    Special cases: None where no such plan keeps the rules (as where somebody who stays may not); whoever may not stay chooses freely.

    Parameters
    ----------
    problem : Problem
        Of a draw.
    plan : Plan
        Of the cycle as it is.
    """
    model = problem.model
    kept = (model.stay < 0)[model.person]
    kept[model.stay[model.stay >= 0]] = True
    moves = find_arcs(problem, problem.people.get_indexer(plan.moves["pegawai_id"]), problem.seats.get_indexer(plan.moves["jabatan_id"]))
    kept[moves[moves >= 0]] = True
    return best_on(model, kept)


def _regret(problem: Problem, plan: Plan, best: Plan) -> tuple[bool, float, float]:
    """Whether a plan keeps the rules of another problem; how many of its moves are cancelled there, and what it then costs more than the best."""
    model = problem.model
    person, seat = problem.people.get_indexer(plan.assignment["pegawai_id"]), problem.seats.get_indexer(plan.assignment["jabatan_id"])
    whole = find_arcs(problem, person, seat)
    stands = bool((whole >= 0).all()) and not len(faults_of(model, whole, completed(model, whole)))
    arcs = recourse(problem, plan)
    if arcs is None:
        return stands, np.nan, np.nan
    moved = np.isin(person, problem.people.get_indexer(plan.moves["pegawai_id"]))
    cancelled = int((~np.isin(whole[moved], arcs)).sum())
    return stands, float(cancelled), round(objective_of(model, arcs, completed(model, arcs)) / problem.per_unit - best.objective, 9) + 0.0


def _summary(plan: Plan, results: list[tuple[set[tuple[str, str]], bool, float, float]]) -> Stability:
    mine = list(plan.moves.itertuples(index=False, name=None))
    share = [float(np.mean([m in found for found, *_ in results])) if results else np.nan for m in mine]
    moves = plan.moves.assign(bertahan=share).sort_values(["bertahan", "pegawai_id"], ascending=[False, True], ignore_index=True)
    rows = [(k, len(found), len(found & set(mine)), *rest) for k, (found, *rest) in enumerate(results)]
    return Stability(moves, pd.DataFrame(rows, columns=["draw", "mutasi", "sama", "mungkin", "batal", "penyesalan"]))


def steadier(problem: Problem, plan: Plan, found: Stability, weight: float) -> Plan:
    """A plan that gives up a little of the optimum for moves that stand more often.

    A move that the draws were asked about costs ``weight x (1 - share of draws in which it stands)`` points more; other moves cost
    the full weight more. The plan's objective is that of the problem itself, so it can be compared.

    Parameters
    ----------
    problem : Problem
    plan : Plan
        What `solve` gave for it.
    found : Stability
        Of that plan.
    weight : float
        Points for certainty; 0 gives a best plan.

    Returns
    -------
    Plan
    """
    model = problem.model
    extra = np.full(model.n_arcs, weight)
    extra[model.stay[model.stay >= 0]] = 0.0
    people, seats = problem.people.get_indexer(found.moves["pegawai_id"]), problem.seats.get_indexer(found.moves["jabatan_id"])
    arcs = find_arcs(problem, people, seats)
    extra[arcs] = weight * (1.0 - found.moves["bertahan"].to_numpy())
    asked = session(problem, plan)
    assert len(arcs_of_plan(problem, plan)) == model.n_people
    dearer = replace(model, cost=model.cost + np.rint(extra * problem.per_unit).astype(np.int64))
    chosen, _ = solve_edited(dearer, duals=asked.duals)
    assert chosen is not None
    return asked.plan(chosen)
