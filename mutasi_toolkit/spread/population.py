"""All skills of a cycle at once: people learn from colleagues and along ties, and change seats by a policy, period by period."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread import histories
from mutasi_toolkit.spread.histories import KINDS, Plan, Setting
from mutasi_toolkit.spread.moves import POLICIES, policy_name
from mutasi_toolkit.spread.parallel import in_parts
from mutasi_toolkit.spread.people import Population, population_of
from mutasi_toolkit.spread.rates import Rates, parameters, rates_of
from mutasi_toolkit.spread.result import mean_interval
from mutasi_toolkit.spread.schedule import moves_of, record_of

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Models by name, with what each fixes among the rates.
MODELS: dict[str, dict[str, float]] = {
    "contagion": {"stop": 0.0},
    "si": {"stop": 0.0, "forget": 0.0},
    "sis": {"stop": 0.0},
    "sir": {},
    "cascade": {"stop": 1.0, "forget": 0.0},
    "threshold": {"stop": 0.0},
    "fractional": {"stop": 0.0},
}


@dataclass(frozen=True, eq=False)
class SkillSpread:
    """Replicates of how the skills of a cycle spread.

    Attributes
    ----------
    by_skill_curve : ndarray of int32, shape (replicates, periods + 1, n_skills)
        People who hold each skill at each period.
    known : ndarray of int32, shape (replicates, n_opd, n_skills)
        People then sitting in each OPD who hold each skill at the horizon.
    start : ndarray of int32, shape (n_opd, n_skills)
        The same before the first period.
    opd, keahlian : Index
        Labels.
    seed, first : int
        Seed, and number of the first replicate.
    model, policy, kernel : str
        What was simulated, and which kernel ran.
    people : int
        Number of people.
    """

    by_skill_curve: np.ndarray
    known: np.ndarray
    start: np.ndarray
    opd: pd.Index
    keahlian: pd.Index
    seed: int
    first: int = 0
    model: str = "contagion"
    policy: str = "none"
    kernel: str = "lanes"
    people: int = 0

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return len(self.known)

    @property
    def curve(self) -> np.ndarray:
        """People x skills held at each period: int64 (replicates, periods + 1)."""
        return self.by_skill_curve.sum(axis=2, dtype=np.int64)

    def _repr_html_(self) -> str:
        last = self.curves().iloc[-1]
        facts = {"model": self.model, "policy": self.policy, "replicates": self.replicates, "periods": self.by_skill_curve.shape[1] - 1}
        facts |= {"people x skills": f"{last['mean']:.1f}", "95 %": f"{last['low']:.1f} - {last['high']:.1f}", "kernel": self.kernel, "seed": self.seed}
        return pd.Series(facts, name="skills").to_frame().to_html()

    def by_opd(self, level: float = 0.95) -> pd.DataFrame:
        """People who know at the horizon, by OPD and skill.

        Returns
        -------
        DataFrame
            opd_id, keahlian, awal (today), mean, low, high (Student's t interval of the mean), sd (over
            replicates); rows where somebody knows at some time.
        """
        mean = self.known.mean(axis=0)
        low, high = mean_interval(self.known, level)
        o, s = np.nonzero((mean > 0) | (self.start > 0))
        sd = self.known.std(axis=0, ddof=1) if self.replicates > 1 else np.full(mean.shape, np.nan)
        return pd.DataFrame(
            {
                "opd_id": self.opd[o], "keahlian": self.keahlian[s], "awal": self.start[o, s], "mean": mean[o, s],
                "low": low[o, s], "high": high[o, s], "sd": sd[o, s],
            }
        )  # fmt: skip

    def by_skill(self, level: float = 0.95) -> pd.DataFrame:
        """People who know each skill: frame by keahlian and periode with mean, low, high."""
        low, high = mean_interval(self.by_skill_curve, level)
        periods = self.by_skill_curve.shape[1]
        labels = {"keahlian": np.repeat(self.keahlian.to_numpy(), periods), "periode": np.tile(np.arange(periods), len(self.keahlian))}
        return pd.DataFrame({**labels, "mean": self.by_skill_curve.mean(axis=0).T.ravel(), "low": low.T.ravel(), "high": high.T.ravel()})

    def coverage(self, level: float = 0.95) -> pd.DataFrame:
        """OPDs in which somebody knows a skill at the horizon: frame by keahlian with awal, mean, low, high."""
        covered = (self.known > 0).sum(axis=1)
        low, high = mean_interval(covered, level)
        start = (self.start > 0).sum(axis=0)
        return pd.DataFrame({"keahlian": self.keahlian, "awal": start, "mean": covered.mean(axis=0), "low": low, "high": high})

    def curves(self, level: float = 0.95) -> pd.DataFrame:
        """People x skills known at each period: periode, mean, low, high."""
        curve = self.curve
        low, high = mean_interval(curve, level)
        return pd.DataFrame({"periode": np.arange(curve.shape[1]), "mean": curve.mean(axis=0), "low": low, "high": high})


def skills(
    cycle: Cycle | Population,
    model: str | None = None,
    policy: Any = "none",
    periods: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    *,
    rate: float | None = None,
    interval: int = 1,
    rates: Rates | None = None,
    levels: bool = False,
    gap: int = 1,
    receptivity: Any = None,
    fraction: float = 0.3,
    first: int = 0,
    workers: int | None = None,
    executor: Any = None,
) -> SkillSpread:
    r"""Simulate how every skill of a cycle spreads while people change seats by a policy.

    A period of the contagion, from the state before it. First the moves of the policy. Then a person v who lacks a
    skill learns it with probability::

        P(v learns) = a_v (1 - (1 - b)^k prod_e (1 - g w_e))

    k holders who teach among the colleagues of the leaf unit, e over ties to holders, w_e the strength of the tie
    (known contacts keep theirs; a tie kept after a move has keep * decay^age), a_v the receptivity of v. A holder
    forgets with probability f; a teacher stops teaching with probability r. Models:

    - 'contagion': f of the rates, r = 0; 'si': f = 0; 'sis': as 'contagion'; 'sir': r of the rates;
    - 'cascade': r = 1, f = 0: whoever has just learned teaches in one period;
    - 'threshold': v learns once the share of its contacts who hold the skill (colleagues count 1 each, ties their
      strength) reaches a threshold, uniform on (0, 1] by person, skill and replicate; 'fractional': the threshold is
      `fraction` for everybody (complex contagion).

    With `levels`, each level of a skill is learned in turn: level l only by who has l - 1, from a colleague who has
    reached l + gap or more; a holder who forgets loses the topmost level, and a lesson in the same period keeps it.

    Policies move `rate` of the people every `interval` periods: 'swap' random pairs of one kind of seat; 'ladder'
    one person of each of a run of consecutive units to the next unit, the last to the first; 'experts_first' those
    who hold most, each against somebody elsewhere; 'matched' holders to the unit, of 16 drawn, that lacks the most
    of their skills; 'record' replays the moves in `riwayat` of the last `periods` months, from the units people sat
    in then; a Plan, or a frame of moves (pegawai_id, jabatan_id, optional periode), is carried out in its period.
    Each mover keeps one tie to a former colleague. Draws are keyed by (seed, replicate, period, person, skill): two
    policies meet the same luck, and threads, processes, chunks and their order change nothing.

    Special cases: without `keahlian` nobody knows anything and nothing spreads; a person alone in a unit learns
    along ties only; a plan that moves nobody is 'none'.

    Parameters
    ----------
    cycle : Cycle or Population
    model : {'contagion', 'si', 'sis', 'sir', 'cascade', 'threshold', 'fractional'}, optional
        That of the settings where None.
    policy : str, Plan or DataFrame
    periods, replicates, seed : int, optional
        Those of the settings where None.
    rate : float, optional
        Share of the people who move in one rotation; pindah_per_periode of the parameters where None.
    interval : int
        Periods between rotations; the first is in period 1.
    rates : Rates, optional
        Those of the settings and parameters where None.
    levels, gap
        See above; gap 0 lets a level be taught by who just has it.
    receptivity : Series by pegawai_id, array or number, optional
    fraction : float
    first : int
        Number of the first replicate, so that an ensemble can be made in parts.
    workers : int, optional
        Threads; None takes every processor.
    executor : Executor, optional
        With `submit`, such as a ProcessPoolExecutor or a Dask client: replicates run there; same bits.

    Returns
    -------
    SkillSpread

    Raises
    ------
    InputError
        For an unknown model or policy, a bad rate, or fewer than 2 replicates.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> skills(two_offices(), policy="swap", periods=3, replicates=4, seed=1).curve.shape
    (4, 4)
    """
    if model is None:
        model = "contagion" if isinstance(cycle, Population) else cycle.settings.sebaran.model
    p, periods, replicates, seed, rates = inputs_of(cycle, periods, replicates, seed, rates, levels, receptivity)
    name, p, plan = plan_of(cycle, p, model, policy, periods, rates, rate, interval, gap if levels else 0, fraction)
    made = histories.setting(p, plan)
    parts = in_parts(_part, (made, seed), first, first + replicates, workers, executor)
    curve, known = (np.concatenate([part[i] for part in parts]) for i in (0, 1))
    opd = p.opd if p.opd is not None else pd.RangeIndex(p.n_opd, name="opd_id")
    names = p.keahlian if p.keahlian is not None else pd.RangeIndex(p.n_skills, name="keahlian")
    return SkillSpread(curve, known, histories.start_counts(p), opd, names, seed, first, model, name, "lanes", p.n)


def _part(made: Setting, seed: int, first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    curve, known = histories.run(made, seed, first, last)
    return curve.astype(np.int32), known


def inputs_of(
    cycle: Any, periods: int | None, replicates: int | None, seed: int | None, rates: Rates | None, levels: bool, receptivity: Any
) -> tuple[Population, int, int, int, Rates]:
    """Population, periods, replicates, seed and rates: as given, else of the settings, else of the parameters."""
    if isinstance(cycle, Population):
        p = cycle
        if rates is None:
            dated = parameters()
            names = ("ajar_unit", "ajar_hubungan", "lupa", "berhenti", "simpan_hubungan", "luruh_hubungan")
            rates = Rates(*(float(dated[n]["nilai"]) for n in names))
        given = (12 if periods is None else periods, 200 if replicates is None else replicates, 0 if seed is None else seed)
    else:
        settings = cycle.settings.sebaran
        p = population_of(cycle, levels, receptivity)
        rates = rates_of(cycle) if rates is None else rates
        given = (
            settings.periode if periods is None else periods,
            settings.replikasi if replicates is None else replicates,
            cycle.settings.seed if seed is None else seed,
        )
    if given[1] < 1 or given[0] < 0:
        raise InputError(text("spread.few_replicates", replicates=given[1], periods=given[0]))
    return p, *given, rates


def plan_of(
    cycle: Any, p: Population, model: str, policy: Any, periods: int, rates: Rates, rate: float | None, interval: int, gap: int, fraction: float
) -> tuple[str, Population, Plan]:
    """Name of the policy, the population it starts from, and the plan of the simulation."""
    name = policy_name(policy) if isinstance(policy, str) else "plan"
    if model not in MODELS or name not in POLICIES or (name == "plan" and isinstance(policy, str)):
        raise InputError(text("spread.unknown_model", model=model, policy=policy, models=", ".join(MODELS), policies=", ".join(POLICIES)))
    share = float(parameters()["pindah_per_periode"]["nilai"]) if rate is None else float(rate)
    if not 0.0 <= share <= 1.0 or interval < 1 or not 0.0 < fraction <= 1.0 or gap < 0:
        raise InputError(text("spread.rotation", rate=rate, interval=interval, fraction=fraction, gap=gap))
    law = replace(rates, **MODELS[model])
    plan = Plan(
        int(periods), KINDS.get(model, KINDS["contagion"]), law.unit, law.tie, law.forget, law.stop, law.keep, law.decay,
        bar=float(fraction), policy=POLICIES[name], rate=share, interval=int(interval), gap=int(gap),
    )  # fmt: skip
    if name in {"plan", "record"}:
        if isinstance(cycle, Population) and name == "record":
            raise InputError(text("spread.no_record"))
        p, who, goes, when = record_of(cycle, p, int(periods)) if name == "record" else moves_of(cycle, p, policy)
        plan = replace(plan, who=who, goes=goes, when=when, policy=POLICIES[name] if len(who) else 0)
    return name, p, plan


def join_skills(parts: list[SkillSpread]) -> SkillSpread:
    """One result of the results of consecutive replicates, as one call would have given it.

    Raises
    ------
    InputError
        When they do not belong together.
    """
    parts = sorted(parts, key=lambda part: part.first)
    head, expected = parts[0], parts[0].first
    for part in parts:
        if (part.seed, part.model, part.policy, part.first, part.known.shape[1:]) != (head.seed, head.model, head.policy, expected, head.known.shape[1:]):
            raise InputError(text("spread.join"))
        expected += part.replicates
    return replace(
        head, by_skill_curve=np.concatenate([x.by_skill_curve for x in parts]), known=np.concatenate([x.known for x in parts])
    )
