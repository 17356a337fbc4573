"""propose: the one call that makes the decision for a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mutasi_toolkit import assignment, rules, skills
from mutasi_toolkit.errors import InfeasibleError
from mutasi_toolkit.planning.proposal import Proposal
from mutasi_toolkit.spread.comparison import compare_skills
from mutasi_toolkit.spread.gains import marginal_gains
from mutasi_toolkit.spread.population import SkillSpread
from mutasi_toolkit.spread.population import skills as simulate

if TYPE_CHECKING:
    from mutasi_toolkit.assignment import Plan
    from mutasi_toolkit.cycle import Cycle

#: The factor by which values are corrected stays within these.
LEAST_FACTOR, MOST_FACTOR = 0.05, 20.0
#: Rounds end when the simulated objective improves by less than this share.
IMPROVES = 1e-6


@dataclass(frozen=True, eq=False)
class _Round:
    plan: Plan
    predicted: float
    change: pd.DataFrame
    spread: SkillSpread
    simulated: float
    objective: float
    factor: float


def predicted_gain(cycle: Cycle, after: Cycle, gains: pd.DataFrame) -> float:
    """Expected gain in people who know, by the table of marginal gains: sum over OPDs and skills of G(h) - G(h0).

    Parameters
    ----------
    cycle, after : Cycle
        Before and after the moves.
    gains : DataFrame
        opd_id, keahlian, n_holders, gain.
    """
    table = {key: g["gain"].cumsum().to_numpy() for key, g in gains.sort_values("n_holders").groupby(["opd_id", "keahlian"])}
    last = gains.sort_values("n_holders").groupby(["opd_id", "keahlian"])["gain"].last()

    def value(key: tuple[str, str], h: int) -> float:
        if h == 0 or key not in table:
            return 0.0
        sums = table[key]
        return float(sums[h - 1]) if h <= len(sums) else float(sums[-1] + (h - len(sums)) * last[key])

    now, then = (skills.coverage(c)["pemegang"] for c in (cycle, after))
    both = now.align(then, fill_value=0)
    keys = [k for k, a, b in zip(both[0].index, *both, strict=True) if a != b]
    return sum(value(k, int(both[1][k])) - value(k, int(both[0][k])) for k in keys)


def propose(cycle: Cycle, language: str = "id") -> Proposal:
    """Propose who moves where in this cycle.

    Each round solves the assignment to proven optimality with the present values of a holder, simulates the
    cycle with and without the plan on common draws, and scales the values by simulated / predicted gain. The
    plan with the best simulated objective is kept; rounds end when it no longer improves or
    after `settings.sebaran.putaran`.

    Special cases: without `keahlian`, or with a weight of 0 for knowledge, one round suffices; with a budget of 0
    moves the plan is that nobody moves.

    Parameters
    ----------
    cycle : Cycle
    language : str
        Language of the error.

    Returns
    -------
    Proposal

    Raises
    ------
    InfeasibleError
        When no plan satisfies the hard rules; found before anything is simulated, and says which rules are in
        conflict and what the cheapest way out is (`assignment.diagnose`).
    """
    gains = marginal_gains(cycle)
    pairs = rules.allowed(cycle)
    first = _first_plan(assignment.Problem.from_cycle(cycle, gains, pairs), language)
    before = simulate(cycle)
    weight = cycle.settings.bobot.pengetahuan
    rounds: list[_Round] = []
    factor, best = 1.0, 0
    for _ in range(cycle.settings.sebaran.putaran):
        rounds.append(_round(cycle, pairs, gains, before, factor, None if rounds else first))
        mine = rounds[-1]
        best = min(range(len(rounds)), key=lambda k: (rounds[k].objective, k))
        improved = best == len(rounds) - 1 and (len(rounds) == 1 or rounds[-2].objective - mine.objective > IMPROVES * abs(mine.objective))
        new = factor * min(max(mine.simulated / mine.predicted, LEAST_FACTOR), MOST_FACTOR) if mine.predicted > 0 and mine.simulated > 0 else factor
        if not improved or weight == 0 or not cycle.has("keahlian") or abs(new - factor) <= 0.02 * factor:
            break
        factor = new
    chosen = rounds[best]
    loop = pd.DataFrame(
        [
            (k + 1, r.factor, len(r.plan.moves), r.plan.objective, r.plan.bound, r.predicted, r.simulated, r.objective, k == best)
            for k, r in enumerate(rounds)
        ],
        columns=["putaran", "faktor", "mutasi", "nilai_tujuan", "batas", "pengetahuan_prediksi", "pengetahuan_simulasi", "nilai_simulasi", "dipilih"],
    )
    return Proposal(
        cycle=cycle, plan=chosen.plan, after=cycle.after(chosen.plan.moves), gains=gains.assign(gain=gains["gain"] * chosen.factor),
        gain_predicted=chosen.predicted, gain_simulated=chosen.simulated, change=chosen.change, rounds=loop, before=before, with_plan=chosen.spread,
    )  # fmt: skip


def _first_plan(problem: assignment.Problem, language: str) -> Plan:
    try:
        return assignment.solve(problem)
    except InfeasibleError as error:
        raise InfeasibleError(assignment.diagnose(problem).text(language)) from error


def _round(cycle: Cycle, pairs: rules.Pairs, gains: pd.DataFrame, before: SkillSpread, factor: float, plan: Plan | None = None) -> _Round:
    scaled = gains.assign(gain=gains["gain"] * factor)
    plan = assignment.solve(assignment.Problem.from_cycle(cycle, scaled, pairs)) if plan is None else plan
    after = cycle.after(plan.moves)
    spread = simulate(after) if len(plan.moves) else before
    change = compare_skills(before, spread)
    simulated = float(change["selisih"].iloc[0])
    others = sum(v for k, v in plan.terms.items() if k != "pengetahuan")
    objective = others - cycle.settings.bobot.pengetahuan * simulated
    return _Round(plan, predicted_gain(cycle, after, scaled), change, spread, simulated, objective, factor)
