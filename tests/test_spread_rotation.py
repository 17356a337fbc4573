"""Skills under rotation: exact chains of levels, stopping and thresholds; policies; given moves; the same bits everywhere."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from itertools import product

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.skills.example import two_offices
from mutasi_toolkit.spread import Rates, from_arrays, histories, skills, who_taught
from mutasi_toolkit.spread.bitplanes import turn_bits
from mutasi_toolkit.spread.people import Population, pack, unpack
from mutasi_toolkit.spread.population import join_skills

#: Standard errors allowed between a simulated mean and its exact value.
SIGMAS = 4.5
STILL = Rates(unit=0.1, tie=0.0, forget=0.0)


def assert_mean(values, expected):
    error = values.std(ddof=1) / np.sqrt(len(values))
    assert abs(values.mean() - expected) <= SIGMAS * error + 1e-9


def block(n=40, units=4, skills_known=3, seed=1):
    """People in units of equal size, each skill held by a fifth of them."""
    known = np.random.default_rng(seed).random((n, skills_known)) < 0.2
    return from_arrays(known, np.arange(n) * units // n)


def assert_same(a, b):
    assert np.array_equal(a.by_skill_curve, b.by_skill_curve)
    assert np.array_equal(a.known, b.known)


# --- exact laws -----------------------------------------------------------------------------------------------------


def exact_states(size, first, learn, lose, stop, periods):
    """Expected holders of one unit by enumeration of every state: 0 lacks, 1 teaches, 2 knows and has stopped."""
    law = {tuple(first): 1.0}
    for _ in range(periods):
        after: dict[tuple[int, ...], float] = {}
        for state, weight in law.items():
            k = state.count(1)
            options = []
            for x in state:
                if x == 0:
                    options.append({0: 1 - learn(k, size), 1: learn(k, size)})
                elif x == 1:
                    options.append({0: lose, 1: (1 - lose) * (1 - stop), 2: (1 - lose) * stop})
                else:
                    options.append({0: lose, 2: 1 - lose})
            for pick in product(*(o.items() for o in options)):
                chance = weight * np.prod([p for _, p in pick])
                if chance:
                    to = tuple(s for s, _ in pick)
                    after[to] = after.get(to, 0.0) + chance
        law = after
    return sum(p * sum(x > 0 for x in s) for s, p in law.items())


@pytest.mark.parametrize(("model", "forget", "stop"), [("si", 0.0, 0.0), ("sis", 0.2, 0.0), ("sir", 0.1, 0.3), ("cascade", 0.0, 1.0)])
def test_models_in_one_unit_against_the_exact_chain(model, forget, stop):
    p = from_arrays(np.array([[True]] + [[False]] * 4), np.zeros(5, int))
    r = skills(p, model, periods=4, replicates=6000, seed=3, rates=Rates(0.2, 0.0, forget, stop))
    assert_mean(r.curve[:, -1], exact_states(5, [1, 0, 0, 0, 0], lambda k, n: 1 - 0.8**k, forget, stop, 4))


def test_linear_threshold_in_one_unit_against_enumeration():
    """Thresholds are drawn once: with u_v uniform, v knows once k / 4 >= u_v; the order of the four u decides."""
    p = from_arrays(np.array([[True]] + [[False]] * 4), np.zeros(5, int))
    r = skills(p, "threshold", periods=5, replicates=6000, seed=3, rates=STILL)
    cells = [0.25, 0.25, 0.25, 0.25]
    total = 0.0
    for bars in product(range(1, 5), repeat=4):
        known = 1
        while (now := 1 + sum(b <= known for b in bars)) > known:
            known = now
        total += known * np.prod([cells[b - 1] for b in bars])
    assert_mean(r.curve[:, -1], total)


def test_fractional_threshold_by_hand():
    known = np.zeros((6, 1), dtype=bool)
    known[[0, 1]] = True
    p = from_arrays(known, np.zeros(6, int))
    for fraction, ends in ((0.4, 6), (0.41, 2)):
        assert skills(p, "fractional", periods=2, replicates=2, rates=STILL, fraction=fraction).curve[:, -1].tolist() == [ends] * 2


def test_threshold_weighs_ties_beside_colleagues():
    """One colleague who lacks it, one tie of weight .5 to a holder: the share is .5 / 1.5."""
    p = from_arrays(np.array([[False], [False], [True]]), np.array([0, 0, 1]))
    tied = Population(p.know, 1, p.unit, p.unit_opd, np.array([0], np.int32), np.array([2], np.int32), np.array([0.5]))
    for fraction, ends in ((1 / 3, 2), (0.34, 1)):
        assert skills(tied, "fractional", periods=1, replicates=2, rates=STILL, fraction=fraction).curve[:, -1].tolist() == [ends] * 2
    r = skills(tied, "threshold", periods=1, replicates=6000, rates=STILL, seed=2)
    assert_mean(r.curve[:, -1], 1 + 1 / 3)


def leveled(reached, unit, receptive=None):
    """A population with the five levels of one skill."""
    bars = [pack(np.asarray(reached)[:, None] >= level) for level in range(1, 6)]
    n_units = max(unit) + 1
    takes = np.zeros(0) if receptive is None else np.asarray(receptive, float)
    return Population(np.concatenate(bars, axis=1), 1, np.array(unit, np.int32), np.arange(n_units, dtype=np.int32), receptive=takes, levels=5, holder=2)


def test_a_level_three_holder_teaches_up_to_two():
    sure = Rates(1.0, 0.0, 0.0)
    p = leveled([3, 0, 0], [0, 0, 0])
    made = histories.setting(p, histories.Plan(6, 0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, gap=1))
    x, *_ = made.states()
    assert x.know.shape == (3, 5)
    assert skills(p, periods=6, replicates=2, rates=sure, levels=True).curve[:, -1].tolist() == [1, 1]
    from dataclasses import replace

    assert skills(replace(p, holder=1), periods=6, replicates=2, rates=sure, levels=True).curve.tolist() == [[1, 1, 3, 3, 3, 3, 3]] * 2
    assert skills(p, periods=6, replicates=2, rates=sure, levels=True, gap=0).curve.tolist() == [[1, 1, 1, 3, 3, 3, 3]] * 2


def test_levels_are_lost_from_the_top():
    p = leveled([3, 1], [0, 1])
    r = skills(p, periods=3, replicates=2, rates=Rates(0.0, 0.0, 1.0), levels=True)
    assert r.curve.tolist() == [[1, 0, 0, 0]] * 2


def test_receptivity_scales_the_chance():
    p = from_arrays(np.array([[True], [False], [False]]), np.zeros(3, int), receptive=[1.0, 0.5, 0.0])
    r = skills(p, periods=1, replicates=6000, seed=5, rates=Rates(0.6, 0.0, 0.0))
    assert_mean(r.curve[:, -1], 1 + 0.3)


def test_one_expert_who_moves_every_period_reaches_all_units():
    """Cover time of uniform moves among U units: (U - 1) H_(U-1) moves; here with sure teaching in the unit."""
    known = np.zeros((5, 1), dtype=bool)
    known[0] = True
    u = 5
    draws = np.random.default_rng(3)
    times, rows = [], []
    for _ in range(600):
        at, seen, rows = 0, {0}, []
        while len(seen) < u:
            at = int(draws.choice([x for x in range(u) if x != at]))
            seen.add(at)
            rows.append((0, at, len(rows) + 1))
        times.append(len(rows))
    moves = pd.DataFrame(rows, columns=["pegawai_id", "unit_id", "periode"])
    r = skills(from_arrays(known, np.arange(5)), policy=moves, periods=times[-1], replicates=2, rates=Rates(1.0, 0.0, 0.0))
    assert (r.curve[:, -1] == 5).all()
    assert r.curve[0, -2] == 4
    assert_mean(np.array(times, float), 4 * (1 + 1 / 2 + 1 / 3 + 1 / 4))


# --- moves ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["swap", "ladder", "experts_first", "matched"])
def test_moves_keep_the_sizes_of_units_and_lose_nobody(policy):
    p = from_arrays(np.arange(40)[:, None] // 10 == np.arange(4), np.arange(40) // 10)
    plan = histories.Plan(8, 0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, policy=histories_policy(policy), rate=0.3)
    made = histories.setting(p, plan)
    x, seats, kept, _ = made.states()
    x.know[:] = p.know
    before = seats.unit.copy()
    with np.errstate(over="ignore"):
        histories.rotate(1, made.timing, seats, made.groups, kept, np.uint64(2**63 + 11), x.know, 0, 1, x.has, x.most)
    assert sorted(seats.member) == list(range(40))
    assert np.bincount(seats.unit).tolist() == [10] * 4
    assert (seats.member[seats.place] == np.arange(40)).all()
    moved = np.flatnonzero(seats.unit != before)
    assert 0 < len(moved) <= 12
    made_ties = int(kept.filled[0])
    assert set(moved) <= set(kept.mover[:made_ties].tolist())
    assert (kept.mover[:made_ties] != kept.colleague[:made_ties]).all()


def histories_policy(name):
    from mutasi_toolkit.spread.moves import POLICIES

    return POLICIES[name]


def test_experts_go_first():
    known = np.zeros((40, 5), dtype=bool)
    known[[3, 17, 28]] = True
    p = from_arrays(known, np.arange(40) // 10)
    made = histories.setting(p, histories.Plan(1, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, policy=3, rate=6 / 40))
    x, seats, kept, _ = made.states()
    with np.errstate(over="ignore"):
        histories.rotate(1, made.timing, seats, made.groups, kept, np.uint64(5), p.know, 0, 1, x.has, x.most)
    assert (seats.unit[[3, 17, 28]] != p.unit[[3, 17, 28]]).all()


def test_only_people_of_one_kind_exchange_seats():
    kind = np.arange(40) % 2
    p = from_arrays(np.zeros((40, 1), bool), np.arange(40) // 10, kind=kind)
    made = histories.setting(p, histories.Plan(1, 0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0, policy=1, rate=1.0))
    x, seats, kept, _ = made.states()
    with np.errstate(over="ignore"):
        histories.rotate(1, made.timing, seats, made.groups, kept, np.uint64(5), p.know, 0, 1, x.has, x.most)
    assert [np.bincount(seats.unit[kind == k]).tolist() for k in (0, 1)] == [[5] * 4] * 2


def test_a_plan_in_the_first_period_is_the_cycle_after_it():
    cycle = two_offices().with_settings(sebaran={"ajar_unit": 0.2})
    moves = pd.DataFrame({"pegawai_id": ["P1", "P4"], "jabatan_id": ["J2", "J1"]})
    alone = Rates(0.2, 0.1, 0.0)
    a = skills(cycle, policy=moves, periods=5, replicates=40, seed=1, rates=alone)
    b = skills(cycle.after(moves), periods=5, replicates=40, seed=1, rates=alone)
    assert_same(a, b)
    none = skills(cycle, policy=moves.iloc[:0], periods=5, replicates=40, seed=1)
    assert_same(none, skills(cycle, periods=5, replicates=40, seed=1))


def test_the_record_is_replayed_from_the_units_before_it():
    cycle = two_offices(riwayat="pegawai_id,unit_asal,unit_tujuan,tanggal\nP1,D2,D1,2026-01-01\n")
    span = int((cycle.date - pd.Timestamp("2026-01-01")).days / 30) + 2 if cycle.date > pd.Timestamp("2026-01-01") else 0
    if span == 0:
        pytest.skip("the example lies before the move")
    sure = Rates(1.0, 0.0, 0.0)
    late = skills(cycle, policy="record", periods=span, replicates=2, rates=sure)
    assert late.start.sum(axis=1).tolist()[1] > skills(cycle, periods=span, replicates=2, rates=sure).start.sum(axis=1).tolist()[1]
    assert late.curve[0, -1] >= skills(cycle, periods=span, replicates=2, rates=sure).curve[0, -1]


def test_kept_ties_carry_knowledge_back_and_fade():
    """A holder leaves an empty unit for another; the former colleague learns along the kept tie only."""
    p = from_arrays(np.array([[True], [False]]), np.array([0, 0]), opd=np.array([0, 1]))
    moves = pd.DataFrame({"pegawai_id": [0], "unit_id": [1], "periode": [1]})
    kept = skills(p, policy=moves, periods=1, replicates=4000, seed=1, rates=Rates(0.0, 0.4, 0.0, keep=0.5, decay=0.5))
    assert_mean(kept.curve[:, -1], 1 + 0.2)
    two = skills(p, policy=moves, periods=2, replicates=4000, seed=1, rates=Rates(0.0, 0.4, 0.0, keep=0.5, decay=0.5))
    assert_mean(two.curve[:, -1], 2 - 0.8 * 0.9)
    lost = skills(p, policy=moves, periods=9, replicates=2, rates=Rates(0.0, 1.0, 0.0, keep=0.0))
    assert lost.curve[:, -1].tolist() == [1, 1]


def test_rotation_carries_skills_to_other_units():
    p = from_arrays(np.eye(40, 2, dtype=bool), np.arange(40) // 10)
    still = skills(p, periods=30, replicates=20, seed=1, rates=STILL)
    swap = skills(p, policy="swap", rate=0.1, periods=30, replicates=20, seed=1, rates=STILL)
    assert (still.curve[:, -1] <= 20).all()
    assert swap.curve[:, -1].mean() > 40
    assert mt.spread.compare(still, swap)["pasti"].iloc[0]


# --- the same bits, invariances -------------------------------------------------------------------------------------


@pytest.mark.parametrize("policy", ["none", "swap", "matched"])
def test_same_bits_for_threads_chunks_executor(policy):
    p = block(80, 8, 70)
    call = {"policy": policy, "rate": 0.1, "periods": 5, "seed": 9, "rates": Rates(0.05, 0.1, 0.02, keep=0.8, decay=0.9)}
    whole = skills(p, **call, replicates=12, workers=1)
    assert_same(whole, skills(p, **call, replicates=12, workers=3))
    assert_same(whole, join_skills([skills(p, **call, replicates=7, first=5), skills(p, **call, replicates=5)]))
    with ThreadPoolExecutor(2) as pool:
        assert_same(whole, skills(p, **call, replicates=12, workers=5, executor=pool))


@pytest.mark.slow
def test_same_bits_in_processes():
    from concurrent.futures import ProcessPoolExecutor
    from multiprocessing import get_context

    p = block()
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        assert_same(skills(p, periods=3, replicates=6), skills(p, periods=3, replicates=6, workers=2, executor=pool))


def test_skills_do_not_touch_each_other():
    """A column alone, or among 70 others, follows one law; in its own place of the word it is the same history."""
    rng = np.random.default_rng(4)
    known = rng.random((30, 70)) < 0.2
    unit = np.arange(30) // 10
    all_of_them = skills(from_arrays(known, unit), periods=4, replicates=10, seed=2, rates=STILL)
    first = skills(from_arrays(known[:, :5], unit), periods=4, replicates=10, seed=2, rates=STILL)
    assert np.array_equal(all_of_them.by_skill_curve[:, :, :5], first.by_skill_curve)


def test_splitting_a_unit_that_does_not_mix_changes_nothing():
    known = np.random.default_rng(4).random((30, 3)) < 0.3
    quiet = Rates(0.0, 0.3, 0.1)
    ties = np.array([[0, 12], [3, 29], [5, 6]], np.int32).T
    results = []
    for unit in (np.arange(30) // 10, np.arange(30) // 2):
        p = from_arrays(known, unit)
        p = Population(p.know, 3, p.unit, p.unit_opd, ties[0], ties[1], np.ones(3))
        results.append(skills(p, periods=6, replicates=30, rates=quiet).by_skill_curve)
    assert np.array_equal(*results)


def test_more_teachers_never_make_less_known():
    known = np.random.default_rng(4).random((40, 9)) < 0.1
    more = known.copy()
    more[:4] = True
    unit = np.arange(40) // 10
    few, many = (skills(from_arrays(k, unit), periods=6, replicates=40, seed=1, rates=STILL) for k in (known, more))
    assert (many.by_skill_curve >= few.by_skill_curve).all()


def test_names_of_people_do_not_change_the_law():
    known = np.random.default_rng(4).random((40, 3)) < 0.15
    unit = np.arange(40) // 10
    order = np.random.default_rng(5).permutation(40)
    a = skills(from_arrays(known, unit), policy="swap", rate=0.1, periods=6, replicates=1500, rates=STILL).curve[:, -1]
    b = skills(from_arrays(known[order], unit[order]), policy="swap", rate=0.1, periods=6, replicates=1500, rates=STILL, seed=1).curve[:, -1]
    assert abs(a.mean() - b.mean()) < SIGMAS * np.sqrt((a.var() + b.var()) / 1500)


@pytest.mark.parametrize("size", [1, 7, 8, 9, 64, 130])
def test_units_of_any_size_follow_the_binomial_chain(size):
    known = np.zeros((size, 1), dtype=bool)
    known[-1] = True
    r = skills(from_arrays(known, np.zeros(size, int)), periods=1, replicates=3000, seed=1, rates=STILL)
    assert_mean(r.curve[:, -1], 1 + 0.1 * (size - 1))


def test_bits_turn_over():
    block_ = np.random.default_rng(1).integers(0, 2**63, 64, dtype=np.uint64)
    turned = block_.copy()
    with np.errstate(over="ignore"):
        turn_bits(turned)
    bits = unpack(block_[:, None].view(np.uint64), 64)
    assert np.array_equal(unpack(turned[:, None], 64), bits.T)


# --- tables, refusals, sources --------------------------------------------------------------------------------------


def test_tables_agree_with_each_other():
    cycle = two_offices().with_settings(sebaran={"ajar_unit": 0.2})
    r = skills(cycle, periods=4, replicates=50)
    by_opd, by_skill = r.by_opd(), r.by_skill()
    end = by_skill[by_skill["periode"] == 4].set_index("keahlian")["mean"]
    assert by_opd.groupby("keahlian")["mean"].sum().to_dict() == pytest.approx(end[end > 0].to_dict())
    assert (by_opd["low"] <= by_opd["mean"]).all()
    assert r.curves()["mean"].iloc[-1] == pytest.approx(end.sum())
    assert r.coverage()["mean"].max() <= 2
    assert r.kernel == "lanes"


def test_public_names_are_functions_and_classes_after_every_module_is_loaded():
    import pkgutil

    from mutasi_toolkit import spread

    for module in pkgutil.iter_modules(spread.__path__):
        import_module(f"mutasi_toolkit.spread.{module.name}")
    assert [name for name in spread.__all__ if not callable(getattr(spread, name))] in ([], ["organisations"])


def test_refuses_what_it_cannot_do():
    cycle = two_offices()
    for bad, word in (({"model": "gosip"}, "gosip"), ({"policy": "acak"}, "acak"), ({"policy": "swap", "rate": 1.5}, "rate = 1.5"), ({"interval": 0}, "interval = 0")):
        with pytest.raises(InputError, match=word):
            skills(cycle, **bad)
    with pytest.raises(InputError, match=r"P2 bernilai 1\.5"):
        skills(cycle, receptivity=pd.Series({"P1": 1.0, "P2": 1.5, "P3": 0.0, "P4": 1.0}))
    with pytest.raises(InputError, match="X9 tidak ada"):
        skills(cycle, policy=pd.DataFrame({"pegawai_id": ["X9"], "jabatan_id": ["J1"]}))
    with pytest.raises(InputError, match="forget = -1"):
        Rates(0.1, 0.1, -1)


def test_who_taught_tells_every_lesson_of_the_replicate():
    cycle = two_offices(hubungan="pegawai_a,pegawai_b\nP1,P3\n").with_settings(sebaran={"ajar_unit": 0.3, "ajar_hubungan": 0.5})
    for policy in ("none", "swap"):
        call = {"policy": policy, "rate": 0.5, "periods": 5, "seed": 4}
        r = skills(cycle, **call, replicates=3)
        tree = who_taught(cycle, replicate=2, **call)
        gained = tree.groupby("periode").size().reindex(range(1, 6), fill_value=0)
        assert np.diff(r.curve[2]).tolist() == gained.tolist()
        assert (tree["pegawai_id"] != tree["guru_id"]).all()


def test_the_settings_name_the_model():
    cycle = two_offices()
    assert skills(cycle, periods=1, replicates=2).model == "contagion"
    told = skills(cycle.with_settings(sebaran={"model": "cascade", "ajar_unit": 0.3}), periods=3, replicates=5)
    assert told.model == "cascade"
    assert_same(told, skills(cycle.with_settings(sebaran={"ajar_unit": 0.3}), "cascade", periods=3, replicates=5))
    assert "cascade" in told._repr_html_()
