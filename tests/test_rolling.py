"""Rounds one after the other under the whole model: each verified, leavers gone, guarantees kept in each."""

from __future__ import annotations

import pandas as pd

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, solve, verify
from mutasi_toolkit.planning import roll

#: Points are whole thousandths.
EXACT = 1e-9


def test_each_round_is_the_proved_plan_of_its_own_cycle(contoh: mt.Cycle) -> None:
    gains = mt.spread.marginal_gains(contoh, replicates=10)
    made = roll(contoh, rounds=3, growth=0.03, gains=gains)
    assert made.plans[0].objective == solve(Problem.from_cycle(contoh, gains)).objective
    for cycle, plan in zip(made.cycles, made.plans, strict=True):
        found = verify(cycle, plan)
        assert found.ok, found.text("en")
        assert plan.status == "optimal"
    assert not made.moves["pegawai_id"].duplicated().any()
    for before, after, plan in zip(made.cycles, made.cycles[1:], made.plans, strict=False):
        seats = before.after(plan.moves).pegawai.set_index("pegawai_id")["jabatan_id"]
        there = after.pegawai.set_index("pegawai_id")["jabatan_id"]
        assert (there == seats.loc[there.index]).all()
        gone = mt.workload.leavers(contoh)["keluar"].loc[seats.index.difference(there.index)]
        assert (gone <= after.date).all()
        assert set(after.keahlian["pegawai_id"]) <= set(there.index)


def test_without_growth_and_leavers_the_needs_are_todays(contoh: mt.Cycle) -> None:
    made = roll(contoh, rounds=2, months=1)
    one, two = (mt.workload.need(c)["kebutuhan_bulat"] for c in made.cycles)
    pd.testing.assert_series_equal(one, two)
    assert made.by_round["selisih"].iloc[0] <= made.by_round["selisih_tanpa"].iloc[0] + EXACT
