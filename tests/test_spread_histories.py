"""Histories of all skills, moves and gains against second implementations that read the same draws: the same numbers to the last one."""

from __future__ import annotations

from dataclasses import replace

import draws_again as again
import numpy as np
import pandas as pd
import pytest
from population_again import Again, Seats
from scipy import stats

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.skills.example import two_offices
from mutasi_toolkit.spread import Rates, gains, histories, moves, skills
from mutasi_toolkit.spread.histories import Plan
from mutasi_toolkit.spread.people import Population, pack
from mutasi_toolkit.spread.rates import rates_of

QUIET = {"unit": 0.25, "tie": 0.5, "forget": 0.0, "stop": 0.0, "keep": 0.0, "decay": 1.0}
NONE, SWAP, LADDER, EXPERTS, MATCHED, PLANNED = range(6)


def people(seed=1, n=14, skills=5, units=(9, 3, 0, 2), *, levels=1, ties=6, kinds=1, receptive=False, share=0.3):
    """People in units of these sizes (one empty, one beyond a row of eight), some ties, OPDs that join units and one unit in none."""
    rng = np.random.default_rng(seed)
    unit = np.repeat(np.arange(len(units)), units).astype(np.int32)
    rng.shuffle(unit)
    if levels == 1:
        know = pack(rng.random((n, skills)) < share)
    else:
        reached = rng.integers(0, levels + 1, (n, skills)) * (rng.random((n, skills)) < 2 * share)
        know = np.concatenate([pack(reached >= level) for level in range(1, levels + 1)], axis=1)
    a, b = rng.integers(0, n, (2, ties)).astype(np.int32)
    return Population(
        know, skills, unit, np.array([0, 1, 1, -1][: len(units)], np.int32), a, b, rng.choice([0.3, 1.0], ties), rng.integers(0, kinds, n).astype(np.int32),
        rng.choice([0.0, 0.4, 1.0], n) if receptive else np.zeros(0), levels, min(1, levels - 1),
    )  # fmt: skip


def plan_of(periods=3, kind=0, **more):
    return Plan(periods, kind, **{**QUIET, **more})


def assert_histories(p, plan, seed=4, first=2, count=2):
    made = histories.setting(p, plan)
    curve, known = histories.run(made, seed, first, first + count)
    for r in range(count):
        path, places, told = Again(p, plan, seed, first + r, made.capacity).run()
        assert curve[r].tolist() == path.tolist()
        assert known[r].tolist() == places.tolist()
    return told


@pytest.mark.parametrize(
    ("given", "plan"),
    [
        ({}, {}), ({"skills": 70, "n": 9, "units": (9,)}, {"unit": 0.1}), ({}, {"forget": 0.3}), ({}, {"stop": 0.4}), ({}, {"stop": 0.3, "forget": 0.2}), ({}, {"unit": 0.0}), ({}, {"unit": 1.0, "tie": 1.0}),
        ({"receptive": True}, {"unit": 0.6}), ({"receptive": True}, {"unit": 1.0, "tie": 1.0}), ({"ties": 0}, {"stop": 1.0}), ({}, {"forget": 1.0}), ({"share": 0.0}, {}), ({"share": 1.0}, {"forget": 0.5}),
        ({"n": 20, "units": (17, 2, 0, 1), "share": 0.8}, {"unit": 0.02}), ({"skills": 1, "receptive": True, "ties": 30}, {"tie": 0.9, "unit": 0.05}), ({"skills": 1}, {"stop": 0.5, "forget": 0.2}),
    ],
)  # fmt: skip
def test_lessons(given, plan):
    assert_histories(people(**given), plan_of(**plan))


@pytest.mark.parametrize("kind", [1, 2])
@pytest.mark.parametrize(("given", "plan"), [({}, {"bar": 0.34}), ({"ties": 0}, {"bar": 0.5}), ({"receptive": True, "ties": 12}, {"bar": 0.25}), ({"levels": 3}, {"bar": 0.25}), ({"levels": 3, "receptive": True}, {"bar": 0.2, "gap": 1}), ({"ties": 20}, {"bar": 0.3, "forget": 0.3}), ({"ties": 25, "skills": 1, "receptive": True}, {"bar": 0.2}), ({"skills": 66, "n": 6, "units": (4, 2)}, {"bar": 0.3, "stop": 0.3})])
def test_thresholds(kind, given, plan):
    assert_histories(people(**given), plan_of(kind=kind, **plan))


@pytest.mark.parametrize("gap", [0, 1])
@pytest.mark.parametrize("plan", [{}, {"forget": 0.4}, {"stop": 0.4}, {"forget": 0.2, "stop": 0.2}])
def test_levels(gap, plan):
    assert_histories(people(levels=3, ties=15), plan_of(gap=gap, **plan))
    assert_histories(people(seed=2, levels=2, ties=0, skills=65, n=6, units=(4, 2), receptive=True), plan_of(2, gap=gap, **plan))


ROTATIONS = [
    {}, {"rate": 0.5}, {"rate": 0.5, "keep": 0.8, "decay": 0.5}, {"rate": 1.0, "keep": 1.0, "interval": 2}, {"rate": 0.37, "keep": 0.002, "decay": 0.6, "periods": 5}, {"rate": 0.8, "interval": 3, "kind": 2, "bar": 0.3, "keep": 0.9},
    {"rate": 0.8, "kind": 1, "keep": 0.7, "decay": 0.3, "stop": 0.2},
]  # fmt: skip


@pytest.mark.parametrize("policy", [SWAP, LADDER, EXPERTS, MATCHED])
@pytest.mark.parametrize("plan", ROTATIONS)
def test_policies(policy, plan):
    given = {"n": 12, "units": (5, 3, 0, 4), "skills": 4}
    assert_histories(people(kinds=2, **given), plan_of(**{"rate": 0.3, "periods": 4, **plan, "policy": policy}))
    assert_histories(people(seed=3, levels=2, ties=0, share=0.1, **given), plan_of(**{"rate": 0.6, "periods": 2, **plan, "policy": policy}))


@pytest.mark.parametrize("plan", [{}, {"keep": 0.9, "decay": 0.5}, {"keep": 0.5, "kind": 1}, {"keep": 0.5, "tie": 1.0, "periods": 5}, {"keep": 0.5, "interval": 2}])
def test_given_moves(plan):
    rng = np.random.default_rng(2)
    p = people()
    who, goes, when = rng.permutation(14)[:9], rng.integers(0, 4, 9), np.array([1, 1, 1, 2, 2, 2, 2, 3, 9])
    told = assert_histories(p, plan_of(policy=PLANNED, who=who, goes=goes, when=when, **plan))
    assert told.seats.unit != p.unit.tolist()


@pytest.mark.parametrize("policy", [SWAP, LADDER, EXPERTS, MATCHED])
@pytest.mark.parametrize(("units", "kinds", "share"), [((7, 6, 5, 6), 1, 0.3), ((7, 6, 5, 6), 3, 0.1), ((24,), 1, 0.5), ((20, 0, 4, 0), 2, 0.02), ((1,) * 24, 2, 0.5), ((23, 1), 6, 0.4), ((12, 12), 2, 0.04), ((12, 12), 1, 0.0), ((12, 12), 1, 0.001)])
def test_seats_and_kept_ties_after_one_rotation(policy, units, kinds, share):
    """Moves themselves: who sits where, in which order, and which ties were kept."""
    p = people(5, 24, 70, units, kinds=kinds, share=share)
    p = replace(p, unit_opd=np.arange(len(units), dtype=np.int32))
    for rate, room in ((1.0, 1.0), (0.37, 1.0), (0.04, 1.0), (0.6, 0.1)):
        made = histories.setting(p, plan_of(1, policy=policy, rate=rate, keep=1.0))
        x, seats, kept, _ = made.states()
        limit = int(room * made.capacity)
        kept = moves.Kept(*(a[:limit] for a in kept[:3]), kept.filled)
        with np.errstate(over="ignore"):
            histories.rotate(1, made.timing, seats, made.groups, kept, np.uint64(77), p.know, 0, p.words, x.has, x.most)
        told = Seats(p.unit, len(units), p.kind, limit)
        held = [{lane for lane in range(128) if int(row[lane // 64]) >> (lane % 64) & 1} for row in p.know]
        told.rotate(made.plan, 1, 77, held)
        assert seats.unit.tolist() == told.unit
        assert seats.member.tolist() == [v for unit in told.people for v in unit]
        assert seats.place[seats.member].tolist() == list(range(24))
        assert seats.start.tolist() == [0, *np.cumsum(units).tolist()]
        filled = int(kept.filled[0])
        assert list(zip(*(a[:filled].tolist() for a in kept[:3]), strict=True)) == told.kept


def test_experts_move_though_fewer_than_the_movers_wanted():
    known = np.zeros((40, 5), dtype=bool)
    known[[3, 17, 28], :2] = True
    p = Population(pack(known), 5, np.arange(40) // 10, np.arange(4))
    made = histories.setting(p, plan_of(1, policy=EXPERTS, rate=0.5))
    x, seats, kept, _ = made.states()
    with np.errstate(over="ignore"):
        histories.rotate(1, made.timing, seats, made.groups, kept, np.uint64(5), p.know, 0, 1, x.has, x.most)
    assert (seats.unit[[3, 17, 28]] != p.unit[[3, 17, 28]]).all()
    assert (seats.unit != p.unit).sum() == 6


@pytest.mark.parametrize(("name", "number"), [("none", NONE), ("swap", SWAP), ("ladder", LADDER), ("experts_first", EXPERTS), ("matched", MATCHED), ("random", SWAP), ("Experts first", EXPERTS)])
def test_policies_are_called_by_their_names(name, number):
    p = people(kinds=2)
    r = skills(p, policy=name, rate=0.5, periods=3, replicates=2, seed=4, rates=Rates(0.25, 0.5, 0.1, keep=0.6, decay=0.5))
    plan = plan_of(policy=number, rate=0.5, forget=0.1, keep=0.6, decay=0.5)
    room = histories.setting(p, plan).capacity
    for k in range(2):
        path, places, _ = Again(p, plan, 4, k, room).run()
        assert r.by_skill_curve[k].tolist() == path.tolist()
        assert r.known[k].tolist() == places.tolist()


def test_policies_by_other_names():
    assert [moves.policy_name(n) for n in ("RANDOM", "random swap", "Riwayat", "experts", " ladder ", "matched", "none")] == ["swap", "swap", "record", "experts_first", "ladder", "matched", "none"]


def test_tables_of_a_setting():
    """Chances by number of teachers and age of a tie, room for kept ties, and the largest unit that a given plan can make."""
    p = people(units=(9, 3, 0, 2))
    still = histories.setting(p, plan_of())
    assert len(still.law.table) == 10
    assert np.allclose(still.law.table / 2**64, [1 - 0.75**k for k in range(10)])
    assert histories.setting(p, plan_of(unit=1.0)).law.table.tolist() == [0, *[2**64 - 1] * 9]
    assert still.capacity == 0
    kept = histories.setting(p, plan_of(periods=5, policy=SWAP, rate=0.5, keep=0.01, decay=0.5, interval=2))
    assert kept.capacity == (0.5 * 14 + 2) * 3
    assert kept.ties.old_weight.tolist() == pytest.approx([0.01, 0.005, 0.0025, 0.00125, 0, 0])
    assert np.allclose(kept.ties.old_chance / 2**64, 0.5 * kept.ties.old_weight)
    assert histories.setting(p, plan_of(keep=0.01, decay=0.1)).ties.old_weight.tolist() == pytest.approx([0.01, 0.001, 0, 0]), "a tie just as faint as the bound still teaches"
    given = histories.setting(p, plan_of(policy=PLANNED, keep=1.0, who=[0, 1], goes=[3, 3], when=[1, 2]))
    assert given.capacity == 2
    assert len(given.law.table) == 10
    assert len(histories.setting(people(units=(5, 4, 2, 3)), plan_of(policy=PLANNED, who=[0, 1, 2], goes=[0, 0, 0], when=[1, 2, 3])).law.table) == 9
    assert histories.setting(p, plan_of(policy=SWAP, rate=0.5)).capacity == 0


def test_holders_before_the_first_period():
    for p in (people(skills=70), people(levels=3), people(n=0, units=(0, 0), ties=0)):
        plan = plan_of(0)
        _, places, _ = Again(p, plan, 0, 0, 0).run()
        assert histories.start_counts(p).tolist() == places.tolist()
        if p.n:
            assert_histories(p, plan)


# --- gains ------------------------------------------------------------------------------------------------------------


def gain(size, k, b, forget, key, periods):
    """Others who know with one more holder less those without, each world by itself on the same draws."""
    worlds = []
    for newcomer in (1, 0):
        knows = set(range(k)) | ({size} if newcomer else set())
        for t in range(periods):
            here, teachers, after = again.child(key, t), len(knows), set()
            for i in range(size + 1):
                learn, lose = (again.uniform(again.word(here, 2 * i + x)) for x in (0, 1))
                if i in knows:
                    after |= set() if lose <= forget else {i}
                elif teachers and learn > (1 - b) ** teachers and (i < size or newcomer):
                    after.add(i)
            knows = after
        worlds.append(len(knows - {size}))
    return worlds[0] - worlds[1]


@pytest.mark.parametrize(("sizes", "b", "forget", "periods"), [([3, 5], 0.2, 0.0, 4), ([3, 5], 0.2, 0.3, 6), ([6], 0.05, 0.1, 3), ([1, 1, 4], 0.5, 0.2, 3), ([2], 1.0, 0.0, 2), ([2, 2], 0.3, 1.0, 2), ([4], 0.3, 0.1, 0), ([1, 4, 1, 6, 2], 0.4, 0.05, 2)])
def test_paired_gains(sizes, b, forget, periods):
    most, count = 9, 40
    found = gains._raw([(np.array(sizes), most), (np.zeros(0, np.int64), 3)], 1.0 - b, forget, periods, 6, 4, 4 + count)
    assert found[1].tolist() == [[0, 0, 0]] * count
    for r in range(count):
        key = again.stream(6, again.GAINS, 4 + r)
        place, joined = int(again.uniform(again.word(key, 0)) * sum(sizes) - 1e-12), 0
        while place >= sum(sizes[: joined + 1]):
            joined += 1
        k, inside, left, told = 0, sizes[joined], sum(sizes), []
        for h in range(most):
            told.append(gain(sizes[joined], min(k, sizes[joined]), b, forget, again.child(key, 1), periods))
            if left > 0 and again.uniform(again.word(key, h + 1)) <= inside / left:
                k, inside = k + 1, inside - 1
            left -= 1
        assert found[0][r].tolist() == told


def test_the_table_of_gains_of_an_opd():
    """Means, standard errors and intervals of the raw gains, and their falling fit, for every skill alike."""
    raw = np.array([[4, 1, 3], [2, 1, 1], [3, 1, 2], [3, 1, 0]])
    table = gains._block("O", pd.Index(["a", "b"]), raw)
    assert table["keahlian"].tolist() == ["a"] * 3 + ["b"] * 3
    assert table["n_holders"].tolist() == [0, 1, 2] * 2
    assert table["gain_raw"].tolist() == [3.0, 1.0, 1.5] * 2
    assert table["gain"].tolist() == [3.0, 1.25, 1.25] * 2
    se = [raw[:, h].std(ddof=1) / 2 for h in range(3)]
    assert table["se"].tolist() == pytest.approx(se * 2)
    reach = stats.t.ppf(0.975, 3)
    assert table["low"].tolist() == pytest.approx([m - reach * e for m, e in zip([3.0, 1.0, 1.5], se, strict=True)] * 2)
    assert table["high"].tolist() == pytest.approx([m + reach * e for m, e in zip([3.0, 1.0, 1.5], se, strict=True)] * 2)
    assert gains._block("O", pd.Index(["a"]), raw[:1])["se"].isna().all()


def test_gains_of_a_cycle_reach_beyond_its_holders():
    """Rows for 0 holders up to three more than the most held today, the newcomer of an OPD of one leaf unit joining it."""
    cycle = two_offices()
    table = gains.marginal_gains(cycle, periods=3, replicates=30, seed=2)
    held = {"D1": 2, "D2": 1}
    for opd, mine in table.groupby("opd_id"):
        assert mine["n_holders"].max() + 1 == held[opd] + 3
        raw = gains._raw([(np.array([2]), held[opd] + 3)], 1 - rates_of(cycle).unit, rates_of(cycle).forget, 3, 2, 0, 30)[0]
        assert mine["gain_raw"].tolist() == raw.mean(axis=0).tolist() * mine["keahlian"].nunique()
    nobody = two_offices(keahlian="pegawai_id,keahlian,tingkat,dasar\nP1,Anggaran,4,dinilai\n")
    assert gains.marginal_gains(nobody, periods=2, replicates=2).groupby("opd_id")["n_holders"].max().to_dict() == {"D1": 3, "D2": 2}
    for bad in ({"replicates": 0}, {"periods": -1}):
        with pytest.raises(InputError):
            gains.marginal_gains(cycle, **bad)
    assert (gains.marginal_gains(cycle, periods=0, replicates=1)["gain"] == 0).all()


def test_nearest_falling_sequence():
    """By the formula of least means over later ends of greatest means over earlier ends, with weights."""
    rng = np.random.default_rng(1)
    for n in (0, 1, 2, 5, 9):
        for _ in range(20):
            values, weights = rng.integers(0, 5, n).astype(float), rng.integers(1, 4, n).astype(float)
            mean = lambda i, j, v=values, w=weights: (v[i : j + 1] * w[i : j + 1]).sum() / w[i : j + 1].sum()  # noqa: E731
            wanted = [min(max(mean(i, j) for j in range(k, n)) for i in range(k + 1)) for k in range(n)]
            assert np.allclose(gains.isotonic_down(values, weights), wanted)
