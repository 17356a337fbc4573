"""Rounds on wishes against enumeration of all assignments of tiny markets, and on the example cycle."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, solve
from mutasi_toolkit.assignment.wishes import (
    Market,
    block_exchange,
    compare,
    deferred_acceptance,
    fairness,
    guaranteed,
    individually_rational,
    market,
)


def _market(seed: int) -> Market:
    rng = np.random.default_rng(seed)
    n, m = 5, 4
    own = rng.integers(0, m, n)
    wishes = tuple(rng.permutation([s for s in range(m) if s != own[p]])[: rng.integers(0, m)] for p in range(n))
    room = np.bincount(own, minlength=m) + rng.integers(0, 2, m)
    return Market(wishes, own, room, rng.permutation(n))


def _rational(here: Market) -> list[np.ndarray]:
    """Every assignment in which nobody is worse off than today."""
    options = [[*w.tolist(), int(o)] for w, o in zip(here.wishes, here.own, strict=True)]
    all_ = (np.array(c) for c in itertools.product(*options))
    return [c for c in all_ if (np.bincount(c, minlength=len(here.room)) <= here.room).all()]


def _ranks(here: Market, seats: np.ndarray) -> np.ndarray:
    return np.array([here.rank(p, int(s)) for p, s in enumerate(seats)])


@pytest.mark.parametrize("seed", range(25))
def test_deferred_acceptance_is_the_best_stable_and_block_exchange_efficient(seed: int) -> None:
    here = _market(seed)
    everything = _rational(here)
    deferred = deferred_acceptance(here)
    assert fairness(here, deferred)[["iri", "dirugikan", "terbuang"]].tolist() == [0, 0, 0]
    stable = [c for c in everything if not fairness(here, c)[["iri", "terbuang"]].any()]
    mine = _ranks(here, deferred)
    assert all((mine <= _ranks(here, c)).all() for c in stable)
    exchanged = block_exchange(here)
    after = _ranks(here, exchanged)
    assert (after <= mine).all()
    assert (np.bincount(exchanged, minlength=len(here.room)) <= here.room).all()
    assert not any((_ranks(here, c) <= after).all() and (_ranks(here, c) < after).any() for c in everything)


def test_a_blocked_swap_is_made_by_exchange() -> None:
    # P0 and P1 would change places; P2, first in line, wants P0's seat and so stops deferred acceptance.
    here = Market((np.array([1]), np.array([0]), np.array([0])), np.array([0, 1, 2]), np.array([1, 1, 1]), np.array([2, 1, 0]))
    assert deferred_acceptance(here).tolist() == [0, 1, 2]
    assert block_exchange(here).tolist() == [1, 0, 2]
    assert fairness(here, block_exchange(here))["iri"] == 1


def test_nobody_who_did_not_ask_moves_in_the_rational_plan(contoh: mt.Cycle) -> None:
    units = contoh.unit["unit_id"]
    plain = solve(Problem.from_cycle(contoh))
    targets = contoh.seat.loc[plain.moves["jabatan_id"], "unit_id"].to_numpy()
    wishes = pd.DataFrame({"pegawai_id": plain.moves["pegawai_id"], "unit_id": targets, "urutan": 1}).iloc[::2]
    asked = replace(contoh, preferensi=wishes.reindex(columns=contoh.preferensi.columns).astype(contoh.preferensi.dtypes.to_dict()))
    problem = Problem.from_cycle(asked)
    plan, here = solve(problem), market(problem)
    rational = individually_rational(problem, here, plan)
    assert rational.objective >= plan.objective
    assert set(rational.moves["pegawai_id"]) <= set(wishes["pegawai_id"])
    assert len(rational.moves)
    table = compare(problem, here, plan)
    assert table.loc["rasional", "dirugikan"] == 0
    assert table.loc["rencana", "nilai_tujuan"] == plan.objective
    assert table.loc[["rencana", "rasional"], "melanggar"].tolist() == [0, 0]
    assert table.loc["tukar_blok", "harapan_terpenuhi"] >= table.loc["penerimaan_tertunda", "harapan_terpenuhi"]
    assert len(units)


def test_without_wishes_nobody_moves(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(replace(contoh, preferensi=contoh.preferensi.iloc[:0]))
    here = market(problem)
    assert (deferred_acceptance(here) == here.own).all()
    assert (block_exchange(here) == here.own).all()
    assert not len(individually_rational(problem, here, solve(problem)).moves)


def _opposed(contoh: mt.Cycle, seed: int) -> mt.Cycle:
    """The example where many ask for other units and last holders, full units and a budget are in the way."""
    rng = np.random.default_rng(seed)
    units = contoh.unit["unit_id"].to_numpy()
    rows = [(p, u, k + 1) for p in contoh.pegawai["pegawai_id"] for k, u in enumerate(rng.choice(units, 6, replace=False))]
    wishes = pd.DataFrame(rows, columns=["pegawai_id", "unit_id", "urutan"])
    asked = replace(contoh, preferensi=wishes.reindex(columns=contoh.preferensi.columns).astype(contoh.preferensi.dtypes.to_dict()))
    return asked.with_settings(jaminan={"isi_min": 0.9, "pengalaman_min": 0.8}, anggaran={"pindah": 4})


def test_a_round_on_wishes_can_keep_the_guarantees(contoh: mt.Cycle) -> None:
    broken = 0
    for seed in range(3):
        problem = Problem.from_cycle(_opposed(contoh, seed))
        here, plan = market(problem), solve(problem)
        table = compare(problem, here, plan)
        assert table.loc[["rencana", "rasional", "penerimaan_dijamin", "tukar_dijamin"], "melanggar"].tolist() == [0, 0, 0, 0]
        assert (table.loc[["penerimaan_dijamin", "tukar_dijamin"], "dirugikan"] == 0).all()
        assert (table["nilai_tujuan"] >= table.loc["rencana", "nilai_tujuan"])[["rasional", "penerimaan_dijamin", "tukar_dijamin"]].all()
        kinds = ["opd_memburuk", "pemegang_hilang", "kurang_isi", "konflik", "anggaran"]
        assert (table[kinds].sum(axis=1) <= table["melanggar"]).all()
        broken += int(table.loc["penerimaan_tertunda", "melanggar"] > 0)
        assert table.loc["penerimaan_dijamin", "pindah"] > 0
    assert broken, "no guarantee was in the way: the test shows nothing"


def test_nothing_broken_leaves_the_mechanism_as_it_is(contoh: mt.Cycle) -> None:
    problem = Problem.from_cycle(replace(contoh, preferensi=contoh.preferensi.iloc[:0]))
    here = market(problem)
    assert (guaranteed(problem, here) == deferred_acceptance(here)).all()
