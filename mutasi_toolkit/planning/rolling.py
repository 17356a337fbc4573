"""Rounds as an office runs them: each proposed under all rules as it comes, its moves made, the clocks set forward, and again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import workload
from mutasi_toolkit.assignment import Plan, Problem, solve
from mutasi_toolkit.planning.propose import predicted_gain

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


@dataclass(frozen=True, eq=False)
class Rolling:
    """Rounds planned one at a time under the whole model of one cycle.

    Attributes
    ----------
    cycles : tuple of Cycle
        Before each round; every plan can be verified against its own.
    plans : tuple of Plan
    moves : DataFrame
        putaran, pegawai_id, jabatan_id.
    by_round : DataFrame
        putaran, tanggal, pegawai, keluar (people gone since the round before), mutasi, selisih (sum of |ada - kebutuhan| after the
        round), selisih_tanpa (if nobody ever moved), pengetahuan (additional people who know, by the table of values), nilai_tujuan.
    """

    cycles: tuple[Cycle, ...]
    plans: tuple[Plan, ...]
    moves: pd.DataFrame
    by_round: pd.DataFrame


def roll(cycle: Cycle, rounds: int = 3, months: int = 12, growth: float = 0.0, gains: pd.DataFrame | None = None) -> Rolling:
    """Plan rounds one at a time with every rule, guarantee and term of `Problem.from_cycle`.

    Before each round after the first: the date moves on, so that clocks of tenure and age run; who retires or whose contract ends
    (`workload.leavers`) is gone with their skills; needs have grown. Then the round's problem is solved to proven optimality and
    its moves are made (`Cycle.after`).

    Special cases: decisions (keputusan) are of the first round only; nobody moves twice within the horizon, as in `plan_together`.

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
    Rolling

    Examples
    --------
    >>> from mutasi_toolkit.cycle import read_cycle
    >>> from mutasi_toolkit.paths import data_dir
    >>> made = roll(read_cycle(data_dir("cycles") / "contoh"), rounds=2)
    >>> made.by_round["putaran"].tolist()
    [1, 2]
    """
    return replay(cycle, unmoved(cycle, rounds, months, growth), gains, lambda _, problem: solve(problem))


def unmoved(cycle: Cycle, rounds: int, months: int, growth: float) -> tuple[Cycle, ...]:
    """The cycle before each round if nobody ever moved: date set forward, leavers gone, needs grown."""
    out = workload.leavers(cycle)["keluar"]
    exact = workload.need(cycle)["kebutuhan"].to_numpy(dtype=float)
    still = [cycle]
    for t in range(1, rounds):
        still.append(_later(still[-1], cycle.date + pd.DateOffset(months=months * t), out, exact * (1 + growth) ** (months * t / 12), []))
    return tuple(still)


def replay(cycle: Cycle, still: tuple[Cycle, ...], gains: pd.DataFrame | None, planner: Callable[[int, Problem], Plan]) -> Rolling:
    """The rounds one after the other, each on the cycle that the plans before it left; `planner` gives the plan of a round."""
    out = workload.leavers(cycle)["keluar"]
    now, rows = cycle, []
    cycles: list[Cycle] = []
    plans: list[Plan] = []
    for t, idle in enumerate(still):
        if t:
            moved = [p for plan in plans for p in plan.moves["pegawai_id"]]
            now = _later(now, idle.date, out, idle.jabatan["kebutuhan"].to_numpy(dtype=float), moved)
        plan = planner(t, Problem.from_cycle(now, gains))
        after = now.after(plan.moves)
        gone = len(cycles[-1].pegawai) - len(now.pegawai) if t else 0
        known = 0.0 if gains is None else predicted_gain(now, after, gains)
        rows.append((t + 1, idle.date.date().isoformat(), len(now.pegawai), gone, len(plan.moves), _away(after), _away(idle), known, plan.objective))
        cycles.append(now)
        plans.append(plan)
        now = after
    columns = ["putaran", "tanggal", "pegawai", "keluar", "mutasi", "selisih", "selisih_tanpa", "pengetahuan", "nilai_tujuan"]
    moves = pd.concat([plan.moves.assign(putaran=t + 1) for t, plan in enumerate(plans)], ignore_index=True)
    return Rolling(tuple(cycles), tuple(plans), moves[["putaran", "pegawai_id", "jabatan_id"]], pd.DataFrame(rows, columns=columns))


def _later(cycle: Cycle, date: pd.Timestamp, out: pd.Series, need: np.ndarray, moved: list[str]) -> Cycle:
    """The cycle at a later date: leavers gone, needs grown, those who moved held to their seats."""
    leaves = out.reindex(cycle.pegawai["pegawai_id"])
    here = set(cycle.pegawai.loc[(leaves.isna() | (leaves > date)).to_numpy(), "pegawai_id"])
    people = {name: [c for c in frame.columns if c.startswith("pegawai_")] for name, frame in cycle.tables.items() if name != "riwayat"}
    tables = {}
    for name, columns in people.items():
        frame = cycle.tables[name]
        if columns:
            tables[name] = frame[np.all([frame[c].isin(here) for c in columns], axis=0)].reset_index(drop=True)
    held = pd.DataFrame({"pegawai_id": sorted(p for p in moved if p in here), "putusan": "kunci"})
    tables["keputusan"] = held.reindex(columns=cycle.keputusan.columns).astype(cycle.keputusan.dtypes.to_dict())
    tables["jabatan"] = cycle.jabatan.assign(kebutuhan=need)
    return replace(cycle.with_settings(tanggal=date.date().isoformat(), permintaan={}), **tables)


def _away(cycle: Cycle) -> float:
    return float(workload.need(cycle)["selisih"].abs().sum())
