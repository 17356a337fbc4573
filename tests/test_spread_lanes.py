"""Rows of lanes and words of skills, bit by bit, against numbers drawn lane by lane."""

from __future__ import annotations

from itertools import product

import draws_again as again
import numba
import numpy as np
import pytest

from mutasi_toolkit.spread import (
    Network,
    bitplanes,
    cascade_bits,
    cascade_skip,
    contagion_choice,
    lanes,
)
from mutasi_toolkit.spread.cascade_bits import choose
from mutasi_toolkit.spread.draws import U
from mutasi_toolkit.spread.lanes import load, rows, store
from mutasi_toolkit.spread.models import cascade_kernel, contagion_kernel
from mutasi_toolkit.spread.outcome import count_all, finish, lane_row

RNG = np.random.default_rng(5)
#: Shares of 2^64: never, hardly ever, some, most, all but never, always.
SHARES = [0, 1, 1 << 63, again.chance(0.3), again.chance(0.999), again.ALWAYS - 1, again.ALWAYS]


@numba.njit
def row_of(base, want, p, out):
    store(out, 0, lanes.bernoulli(load(base, 0), load(want, 0), p))


@numba.njit
def sliced_of(base, want, slices, out):
    store(out, 0, bitplanes.sliced_row(load(base, 0), load(want, 0), slices))


@numba.njit
def each_of(base, want, chances, out):
    store(out, 0, bitplanes.each_row(load(base, 0), load(want, 0), load(chances, 0)))


@numba.njit
def keys_of(here, people, out):
    store(out, 0, bitplanes.keys_of(here, load(people, 0)))


@numba.njit
def count_of(state, first, last, members, planes, out):
    lanes.count_lanes(state, first, last, members, planes, out)


@numba.njit
def unit_of(state, member, first, last, planes):
    return lanes.count_unit(state, member, first, last, planes)


@pytest.fixture(autouse=True)
def _wraps():
    with np.errstate(over="ignore"):
        yield


def some_row(bits=8):
    out = rows(1)
    out[0] = RNG.integers(0, 2**63, 8, dtype=np.uint64) << U(1)
    return out


def lanes_of(row):
    return [int(row[0, k // 64]) >> (k % 64) & 1 for k in range(512)]


def wide(row):
    return [int(w) for w in row[0]]


def drawn(base, want, share_of_lane):
    """Which of 512 lanes succeed, each by its own number."""
    return [int(bool(want[k] and again.happens(base[k // 64], k % 64, share_of_lane(k)))) for k in range(512)]


@pytest.mark.parametrize("share", SHARES)
def test_lanes_with_one_chance(share):
    base, want, out = some_row(), some_row(), rows(1)
    row_of(base, want, U(share), out)
    assert lanes_of(out) == drawn(wide(base), lanes_of(want), lambda _: share)
    word = bitplanes.tiny_bernoulli(base[0, 2], want[0, 2], U(share))
    assert [int(word) >> k & 1 for k in range(64)] == lanes_of(out)[128:192]


def test_lanes_with_a_chance_of_their_own():
    base, want, out = some_row(), some_row(), rows(1)
    chances = np.array([SHARES[k % len(SHARES)] for k in range(64)], np.uint64)
    slices = np.zeros(64, np.uint64)
    bitplanes.to_slices(chances, slices)
    assert [[int(slices[i]) >> k & 1 for i in range(64)] for k in range(64)] == [[int(chances[k]) >> (63 - i) & 1 for i in range(64)] for k in range(64)]
    sliced_of(base, want, slices, out)
    wanted = drawn(wide(base), lanes_of(want), lambda k: SHARES[k % 64 % len(SHARES)])
    assert lanes_of(out) == wanted
    word = bitplanes.sliced_word(base[0, 1], want[0, 1], slices)
    assert [int(word) >> k & 1 for k in range(64)] == wanted[64:128]


def test_words_with_a_chance_of_their_own():
    base, want, out, chances = some_row(), some_row(), rows(1), rows(1)
    chances[0] = [*SHARES, again.chance(0.5)]
    each_of(base, want, chances, out)
    assert lanes_of(out) == drawn(wide(base), lanes_of(want), lambda k: int(chances[0, k // 64]))


def test_keys_and_places():
    people, out = rows(1), rows(1)
    people[0] = [0, 1, 2, 3, 500, 2**31, 7, 8]
    keys_of(U(12345), people, out)
    assert out[0].tolist() == [again.child(12345, int(v)) for v in people[0]]
    assert int(bitplanes.person_key(U(12345), 500)) == again.child(12345, 500)
    assert [int(bitplanes.place_of(w, k)) for w, k in ((0, 0), (3, 2), (1, 1))] == [(((w << 20) + (k << 6)) * again.GOLDEN) % again.WORD for w, k in ((0, 0), (3, 2), (1, 1))]
    assert lanes.word_offsets(24).tolist() == [[((24 + w) << 20) * again.GOLDEN % again.WORD for w in range(8)]]


def test_rows_begin_on_a_cache_line():
    for n in (0, 1, 5, 33):
        made = rows(n)
        assert (made.shape, made.dtype, made.any()) == ((n, 8), np.uint64, False)
        assert n == 0 or made.ctypes.data % 64 == 0


@pytest.mark.parametrize("count", [0, 1, 2, 3, 7, 8, 9, 63, 64, 130])
def test_words_are_counted_lane_by_lane(count):
    flat, planes, total = np.zeros(-(-count // 8) * 8 + 8, np.uint64), np.zeros(64, np.uint64), np.full(64, 99, np.uint64)
    flat[:count] = RNG.integers(0, 2**62, count, dtype=np.uint64) | U(1 << 63)
    union = bitplanes.count_words(flat, count, planes, total)
    assert total.tolist() == [sum(int(x) >> k & 1 for x in flat[:count]) for k in range(64)]
    assert int(union) == int(np.bitwise_or.reduce(flat[:count], initial=0))
    # again with what the first call left behind
    assert bitplanes.count_words(flat, min(count, 8), planes, total) == np.bitwise_or.reduce(flat[: min(count, 8)], initial=0)
    assert total.tolist() == [sum(int(x) >> k & 1 for x in flat[: min(count, 8)]) for k in range(64)]


def test_words_of_members_are_gathered():
    state, member = np.arange(40, dtype=np.uint64).reshape(20, 2) + U(100), np.arange(20, dtype=np.int32)[::-1].copy()
    for first, last, word in product((0, 3), (3, 4, 11, 19), (0, 1, -1)):
        flat = np.full(24, 7, np.uint64)
        bitplanes.gather(state, member, first, last, word, flat)
        size = last - first
        wanted = [int(state[member[i], word]) if word >= 0 else 0 for i in range(first, last)]
        assert flat.tolist() == wanted + [0] * (-size % 8) + [7] * (24 - size - -size % 8)


def test_bits_turn_over_in_place():
    block = RNG.integers(0, 2**63, 64, dtype=np.uint64) * U(2) + U(1)
    turned = block.copy()
    bitplanes.turn_bits(turned)
    assert [int(turned[b]) for b in range(64)] == [sum((int(block[i]) >> b & 1) << i for i in range(64)) for b in range(64)]


@pytest.mark.parametrize(("first", "last"), [(0, 0), (0, 5), (3, 300), (2, 258), (1, 256), (0, 600)])
def test_lanes_are_counted_by_hand(first, last):
    state = rows(600)
    state[:] = RNG.integers(0, 2**63, (600, 8), dtype=np.uint64)
    state[:, 0] = again.ALWAYS
    member, planes = RNG.permutation(600).astype(np.int32), rows(32)
    bits = np.unpackbits(state.view(np.uint8), axis=1, bitorder="little").astype(int)
    for who in (np.zeros(0, np.int32), member):
        out = np.full(512, 1000, np.int64)
        count_of(state, first, last, who, planes, out)
        chosen = bits[first:last] if not len(who) else bits[member[first:last]]
        assert (out == 1000 + chosen.sum(axis=0)).all()
    used = unit_of(state, member, first, last, planes)
    number = sum(np.unpackbits(planes[q : q + 1].view(np.uint8), bitorder="little").astype(int) << q for q in range(used))
    assert np.array_equal(number, bits[member[first:last]].sum(axis=0)) or used == 0 == last - first
    assert used == (last - first).bit_length(), "no more places than the largest number has"


@pytest.mark.parametrize(("low", "high"), [(0, 512), (0, 1), (3, 67), (511, 512), (5, 5)])
def test_people_of_a_part_of_the_lanes(low, high):
    row = lane_row(low, high)
    assert lanes_of(row) == [int(low <= k < high) for k in range(512)]
    known, planes = rows(9), rows(32)
    known[:] = RNG.integers(0, 2**63, (9, 8), dtype=np.uint64)
    bits = np.unpackbits(known.view(np.uint8), axis=1, bitorder="little").astype(int)
    reach, by_unit, total = np.full(9, 2, np.int64), np.zeros((2, 512), np.int64), np.ones(512, np.int64)
    start, member = np.array([0, 4, 7]), np.array([8, 0, 3, 1, 2, 7, 5], np.int32)
    finish(known, row, start, member, planes, reach, by_unit)
    count_all(known, planes, total)
    assert reach.tolist() == (2 + bits[:, low:high].sum(axis=1)).tolist()
    assert by_unit.tolist() == [bits[[8, 0, 3, 1]].sum(axis=0).tolist(), bits[[2, 7, 5]].sum(axis=0).tolist()]
    assert total.tolist() == (1 + bits.sum(axis=0)).tolist()


# --- which kernel -----------------------------------------------------------------------------------------------------


def cheaper(g, q, replicates, mean_size):
    """'skip' or 'bits' by the costs as they are written down."""
    members = 0 if g.unit is None or q == 0 else int((g.unit >= 0).sum())
    bits = -(-replicates // 512) * (180 * (len(g.source) + 3 * members) + 10 * g.n)
    if g.n * replicates * 30 <= max(bits, 5e7):
        return "skip"
    return "skip" if replicates * mean_size * 30 * (1 + q * members / max(g.n_units, 1)) <= bits else "bits"


@pytest.mark.parametrize("q", [0.0, 0.01])
@pytest.mark.parametrize("p", [0.0, 0.05, 0.1, 0.2, 0.5])
def test_the_kernel_of_a_cascade_by_the_written_costs(p, q):
    rng = np.random.default_rng(1)
    g = Network(2000, rng.integers(0, 2000, 3000), rng.integers(0, 2000, 3000), p, unit=np.arange(2000) // 40 - 1)
    arrays, seeds = cascade_skip.skip_arrays(g, q), np.arange(0, 2000, 25, dtype=np.int32)
    size = cascade_skip.run_skip(arrays, g.n_units, seeds, 3, 0, 8).size.mean()
    for replicates in (500, 512, 513, 800, 834, 1000, 1024, 1025):
        wanted = cheaper(g, q, replicates, size)
        assert choose(g, arrays, seeds, q, 3, replicates) == wanted
        assert cascade_kernel(g, seeds, q, replicates, 3) == wanted


@pytest.mark.parametrize(("p", "q"), [(0.1, 0.0), (0.3, 0.0), (0.1, 0.02), (0.2, 0.05)])
def test_the_kernels_change_over_where_the_costs_meet(monkeypatch, p, q):
    """One replicate fewer than the meeting of both costs takes 'skip', one more takes 'bits'."""
    monkeypatch.setattr(cascade_bits, "SMALL", 0.0)
    rng = np.random.default_rng(2)
    g = Network(200, rng.integers(0, 200, 600), rng.integers(0, 200, 600), p, unit=np.arange(200) // 10 - 1)
    arrays, seeds = cascade_skip.skip_arrays(g, q), np.arange(0, 200, 10, dtype=np.int32)
    size = cascade_skip.run_skip(arrays, g.n_units, seeds, 3, 0, 8).size.mean()
    members = 190 if q else 0
    bits = 180 * (600 + 3 * members) + 10 * 200
    meet = bits / (30 * size * (1 + q * members / 19))
    assert bits / (30 * 200) < meet < 512
    assert [choose(g, arrays, seeds, q, 3, r) for r in (int(meet), int(meet) + 1)] == ["skip", "bits"]
    assert choose(g, arrays, seeds, q, 3, int(bits / 6000)) == "skip", "so few that no pilot is made"


def test_the_pilot_is_no_longer_than_the_whole_and_starts_at_the_first(monkeypatch):
    asked = []
    real = cascade_bits.run_skip
    monkeypatch.setattr(cascade_bits, "run_skip", lambda *given: asked.append(given[1:]) or real(*given))
    g = Network(60_000, range(59_999), range(1, 60_000), 0.0)
    arrays, seeds = cascade_skip.skip_arrays(g, 0.0), np.array([3], np.int32)
    monkeypatch.setattr(cascade_bits, "SMALL", 0.0)
    for replicates in (8, 9, 700):
        choose(g, arrays, seeds, 0.0, 6, replicates)
    assert [a[-2:] for a in asked] == [(0, 8)] * len(asked)
    assert all(a[0] == 0 and a[2] == 6 for a in asked)
    monkeypatch.setattr(cascade_bits, "BITS_COST", 0.0)
    asked.clear()
    choose(Network(3, [0], [1], 0.5), cascade_skip.skip_arrays(Network(3, [0], [1], 0.5), 0.0), np.array([0], np.int32), 0.0, 6, 5)
    assert asked[0][-2:] == (0, 5)
    monkeypatch.setattr(cascade_bits, "MOST_MASK_WORDS", 7)
    assert choose(Network(3, [0], [1], 0.5), arrays, seeds, 0.0, 6, 5) == "skip", "no room for masks"


def test_runs_of_one_probability_are_counted_as_they_are_cut():
    g = Network(40, [*range(33), *range(3)], [39] * 33 + [1, 1, 2], [0.2] * 31 + [0.4] * 2 + [0.1, 0.1, 0.3])
    assert contagion_choice._runs_each(g) == (3 + 1 + 1 + 1) / 40
    assert contagion_kernel(g, [0], replicates=600, seed=1) == "bits"
