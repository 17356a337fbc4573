"""propose: the one call that makes the decision for a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import assignment, rules, skills
from mutasi_toolkit.assignment.segments import gains_by_cell
from mutasi_toolkit.errors import InfeasibleError
from mutasi_toolkit.parts import part
from mutasi_toolkit.planning.firmness import as_written
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
#: A cell with fewer people predicted than this is not corrected by itself: noise would decide.
LEAST_PREDICTED = 1.0
#: Values that change by less than this share are as good as the same.
SAME = 0.02
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
    gains: pd.DataFrame


def predicted_cells(cycle: Cycle, after: Cycle, gains: pd.DataFrame) -> pd.Series:
    """Expected gain by (opd_id, keahlian) where the number of holders changes: G(h) - G(h0), by the table of marginal gains.

    Parameters
    ----------
    cycle, after : Cycle
        Before and after the moves.
    gains : DataFrame
        opd_id, keahlian, n_holders, gain.
    """
    table = gains_by_cell(gains.set_index(["opd_id", "keahlian", "n_holders"]).sort_index())

    def value(key: tuple[str, str], h: int) -> float:
        if h == 0 or key not in table:
            return 0.0
        sums = table[key].cumsum()
        return float(sums[h - 1]) if h <= len(sums) else float(sums[-1] + (h - len(sums)) * table[key][-1])

    now, then = (skills.coverage(c)["pemegang"] for c in (cycle, after))
    both = now.align(then, fill_value=0)
    keys = [k for k, a, b in zip(both[0].index, *both, strict=True) if a != b]
    index = pd.MultiIndex.from_tuples(keys, names=["opd_id", "keahlian"]) if keys else pd.MultiIndex.from_arrays([[], []], names=["opd_id", "keahlian"])
    return pd.Series([value(k, int(both[1][k])) - value(k, int(both[0][k])) for k in keys], index=index, dtype=float)


def predicted_gain(cycle: Cycle, after: Cycle, gains: pd.DataFrame) -> float:
    """Expected gain in people who know: the sum of `predicted_cells`."""
    return sum(predicted_cells(cycle, after, gains).tolist())


def corrected(gains: pd.DataFrame, predicted: pd.Series, change: pd.DataFrame, alone: bool = False) -> pd.DataFrame:
    """Values of holders after a simulation: each cell's times simulated / predicted gain there.

    A cell (an OPD and a skill) where holders came and at least one person was predicted is corrected by itself; other cells of an OPD by
    the OPD's ratio, other OPDs by that of all; with `alone` they keep their values. Ratios stay within 1/20 and 20.

    Parameters
    ----------
    gains : DataFrame
        opd_id, keahlian, n_holders, gain.
    predicted : Series
        What `predicted_cells` gave.
    change : DataFrame
        What `compare_skills` gave.
    alone : bool

    Examples
    --------
    >>> gains = pd.DataFrame({"opd_id": ["A", "A", "B"], "keahlian": ["x", "y", "x"], "n_holders": 0, "gain": [10.0, 8.0, 4.0]})
    >>> predicted = pd.Series([10.0], index=pd.MultiIndex.from_tuples([("A", "x")], names=["opd_id", "keahlian"]))
    >>> change = pd.DataFrame({"opd_id": ["", "A"], "keahlian": ["", "x"], "selisih": [5.0, 5.0]})
    >>> corrected(gains, predicted, change)["gain"].tolist()
    [5.0, 4.0, 2.0]
    >>> corrected(gains, predicted, change, alone=True)["gain"].tolist()
    [5.0, 8.0, 4.0]
    """
    simulated = change.set_index(["opd_id", "keahlian"])["selisih"].reindex(predicted.index).fillna(0.0)
    come = predicted >= LEAST_PREDICTED
    pair = pd.DataFrame({"p": predicted[come], "s": simulated[come]})
    if not len(pair):
        return gains
    by_opd = pair.groupby(level="opd_id").sum()

    def ratio(frame: pd.DataFrame) -> pd.Series:
        return (frame["s"] / frame["p"]).clip(LEAST_FACTOR, MOST_FACTOR)

    cell = pd.MultiIndex.from_frame(gains[["opd_id", "keahlian"]])
    mine = ratio(pair).reindex(cell).to_numpy()
    if alone:
        return gains.assign(gain=gains["gain"] * np.where(np.isnan(mine), 1.0, mine))
    opd = ratio(by_opd).reindex(gains["opd_id"]).to_numpy()
    whole = float(np.clip(pair["s"].sum() / pair["p"].sum(), LEAST_FACTOR, MOST_FACTOR))
    factor = np.where(np.isnan(mine), np.where(np.isnan(opd), whole, opd), mine)
    return gains.assign(gain=gains["gain"] * factor)


def propose(cycle: Cycle, language: str = "id") -> Proposal:
    """Propose who moves where in this cycle.

    Each round solves the assignment to proven optimality with the present values of a holder, simulates the
    cycle with and without the plan on common draws, and corrects the values cell by cell (`corrected`): the table takes a newcomer
    to join the units of an OPD in proportion to their people, while seats with room are mostly in small units. What a cell taught is first
    taken to hold for cells not tried too; when that betters nothing any more, only tried cells are corrected, so that one bad place does not
    keep others from being tried. The plan with the best simulated objective is kept; rounds end when values stay the same or
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
        When decisions contradict each other or a hard rule, which is found first; or when no plan satisfies all rules: says which rules are in
        conflict and what the cheapest way out is (`assignment.diagnose`).
    """
    rules.decisions(cycle, language)
    with part("gains"):
        gains = as_written(marginal_gains(cycle))
    with part("rules"):
        pairs = rules.allowed(cycle)
    with part("assignment"):
        first = _first_plan(assignment.Problem.from_cycle(cycle, gains, pairs), language)
    with part("spread"):
        before = simulate(cycle)
    rounds = _rounds(cycle, pairs, gains, before, first)
    best = min(range(len(rounds)), key=lambda k: (rounds[k].objective, k))
    chosen = rounds[best]
    loop = pd.DataFrame(
        [
            (k + 1, _factor(r.gains, gains), len(r.plan.moves), r.plan.objective, r.plan.bound, r.predicted, r.simulated, r.objective, k == best)
            for k, r in enumerate(rounds)
        ],
        columns=["putaran", "faktor", "mutasi", "nilai_tujuan", "batas", "pengetahuan_prediksi", "pengetahuan_simulasi", "nilai_simulasi", "dipilih"],
    )
    return Proposal(
        cycle=cycle, plan=chosen.plan, after=cycle.after(chosen.plan.moves), gains=chosen.gains,
        gain_predicted=chosen.predicted, gain_simulated=chosen.simulated, change=chosen.change, rounds=loop, before=before, with_plan=chosen.spread,
    )  # fmt: skip


def _rounds(cycle: Cycle, pairs: rules.Pairs, gains: pd.DataFrame, before: SkillSpread, first: Plan) -> list[_Round]:
    """Solve, simulate and correct: first with what is learned spread over cells not tried, then with tried cells corrected alone."""
    spread = narrow = gains
    rounds: list[_Round] = []
    alone = False
    while len(rounds) < cycle.settings.sebaran.putaran:
        rounds.append(_round(cycle, pairs, narrow if alone else spread, before, None if rounds else first))
        mine = rounds[-1]
        if cycle.settings.bobot.pengetahuan == 0 or not cycle.has("keahlian"):
            break
        after = cycle.after(mine.plan.moves)
        narrow = as_written(corrected(narrow, predicted_cells(cycle, after, narrow), mine.change, alone=True))
        wider = as_written(corrected(spread, predicted_cells(cycle, after, spread), mine.change))
        alone = alone or not _improved(rounds) or mine.predicted <= 0 or mine.simulated <= 0 or _same(wider, spread)
        spread = wider
        if alone and _same(narrow, mine.gains):
            break
    return rounds


def _improved(rounds: list[_Round]) -> bool:
    """Whether the last round is the best, and better than the one before it by more than noise."""
    last = rounds[-1].objective
    return len(rounds) == 1 or (last < min(r.objective for r in rounds[:-1]) and rounds[-2].objective - last > IMPROVES * abs(last))


def _same(one: pd.DataFrame, other: pd.DataFrame) -> bool:
    return np.allclose(one["gain"], other["gain"], rtol=SAME, atol=0.0)


def _first_plan(problem: assignment.Problem, language: str) -> Plan:
    try:
        return assignment.solve(problem)
    except InfeasibleError as error:
        raise InfeasibleError(assignment.diagnose(problem).text(language)) from error


def _factor(values: pd.DataFrame, first: pd.DataFrame) -> float:
    """The values used as a share of the first ones, over all cells."""
    total = float(first["gain"].sum())
    return float(values["gain"].sum()) / total if total > 0 else 1.0


def _round(cycle: Cycle, pairs: rules.Pairs, gains: pd.DataFrame, before: SkillSpread, plan: Plan | None = None) -> _Round:
    if plan is None:
        with part("assignment"):
            plan = assignment.solve(assignment.Problem.from_cycle(cycle, gains, pairs))
    after = cycle.after(plan.moves)
    with part("spread"):
        spread = simulate(after) if len(plan.moves) else before
        change = compare_skills(before, spread)
    simulated = float(change["selisih"].iloc[0])
    others = sum(v for k, v in plan.terms.items() if k != "pengetahuan")
    objective = others - cycle.settings.bobot.pengetahuan * simulated
    return _Round(plan, predicted_gain(cycle, after, gains), change, spread, simulated, objective, gains)
