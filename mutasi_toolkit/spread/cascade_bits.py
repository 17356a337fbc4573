"""Kernel of the independent cascade that goes level by level with 512 replicates in the bits of a row per person.

Small cascades want 'skip', large ones 'bits'; `choose` decides from a pilot, by counts and never by a clock, so that
the choice is the same everywhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.spread.cascade_skip import run_skip
from mutasi_toolkit.spread.draws import (
    CASCADE_MASK,
    GOLDEN,
    U,
    child,
    doubling_chances,
    fixed_array,
    kernel,
    stream,
)
from mutasi_toolkit.spread.lanes import (
    LANES,
    WORDS,
    anyone,
    bernoulli,
    count_unit,
    load,
    rows,
    splat,
    store,
    word_offsets,
)
from mutasi_toolkit.spread.network import Network
from mutasi_toolkit.spread.outcome import Outcome, count_all, finish, lane_row

#: Cost of one more person reached by 'skip', and of one tie in a block of 512 replicates by 'bits', in nanoseconds
#: on the machine of docs/benchmarks.md; only their ratio matters, and only for speed.
SKIP_COST, BITS_COST = 30.0, 180.0
#: Work, in nanoseconds, below which 'skip' runs without a pilot: not worth a second kernel.
SMALL = 5.0e7
#: Replicates of the pilot.
PILOT = 8
#: Most 64-bit words of masks that 'bits' keeps; above it 'skip' runs.
MOST_MASK_WORDS = 2**29


@kernel
def _draw_masks(tie_key: Any, threshold: Any, key: Any, offset: Any, masks: Any) -> None:
    """masks[j] = lanes in which tie j is open."""
    offsets, every = load(offset, 0), splat(~U(0))
    for j in range(tie_key.size):
        base = splat(child(key, tie_key[j])) + offsets
        store(masks, j, bernoulli(base, every, threshold[j]))


@kernel
def _teach_along_ties(start: Any, other: Any, masks: Any, known: Any, fresh: Any, taught: Any, touched: Any) -> None:
    """taught[v] = lanes in which v learns from somebody in `fresh`; who learned is put into known."""
    for v in range(touched.size):
        lessons = splat(U(0))
        if touched[v]:
            for j in range(start[v], start[v + 1]):
                lessons = lessons | (load(fresh, other[j]) & load(masks, j))
            before = load(known, v)
            lessons = lessons & ~before
            store(known, v, before | lessons)
        store(taught, v, lessons)


@kernel
def _teach_in_units(
    unit_start: Any, member: Any, fresh: Any, known: Any, taught: Any, chances: Any, key: Any, offset: Any, planes: Any
) -> None:
    """The same for colleagues: k fresh colleagues teach with probability 1 - (1 - p)^k.

    k stands in binary in `planes`; (1 - p)^k is the product of (1 - p)^(2^q) over the ones of k, so
    one draw for each binary place q is enough: chances[q] = 1 - (1 - p)^(2^q).
    """
    offsets = load(offset, 0)
    for u in range(unit_start.size - 1):
        used = count_unit(fresh, member, unit_start[u], unit_start[u + 1], planes)
        if used == 0:
            continue
        for i in range(unit_start[u], unit_start[u + 1]):
            v = member[i]
            before = load(known, v)
            lessons = splat(U(0))
            base = splat(child(key, U(v))) + offsets
            for q in range(used):
                want = load(planes, q) & ~before & ~lessons
                if anyone(want):
                    lessons = lessons | (bernoulli(base + splat(U(q << 6) * GOLDEN), want, chances[q]))
            store(known, v, before | lessons)
            store(taught, v, load(taught, v) | lessons)


@kernel
def _touch(out_start: Any, out_other: Any, taught: Any, touched: Any) -> Any:
    """Mark everybody who has a tie from somebody taught; whether anybody was."""
    some = False
    touched[:] = 0
    for u in range(touched.size):
        if anyone(load(taught, u)):
            some = True
            for j in range(out_start[u], out_start[u + 1]):
                touched[out_other[j]] = 1
    return some


def run_bits(g: Network, seeds: np.ndarray, unit_probability: float, seed: int, first: int, last: int) -> Outcome:
    """Replicates first to last, 512 at a time."""
    arcs, out, groups = g.incoming, g.outgoing, g.groups
    n_units = g.n_units if g.unit is not None else 0
    key, unit_key = stream(seed, CASCADE_MASK), stream(seed, CASCADE_MASK, 1)
    threshold = fixed_array(arcs.probability)
    chances = doubling_chances(unit_probability)
    masks, planes = rows(len(arcs.other)), rows(32)
    known, fresh, taught = rows(g.n), rows(g.n), rows(g.n)
    touched, reach = np.zeros(g.n, dtype=np.uint8), np.zeros(g.n, dtype=np.int64)
    sizes, levels, unit_sizes = [], [], []
    for block in range(first // LANES * LANES, last, LANES):
        low, high = max(first - block, 0), min(last - block, LANES)
        offset, lanes = word_offsets(block // 64), lane_row(low, high)
        known[:], fresh[:] = 0, 0
        known[seeds] = fresh[seeds] = ~U(0)
        total, history, depth = np.full(LANES, len(seeds), dtype=np.int64), [], 0
        with np.errstate(over="ignore"):
            _draw_masks(arcs.key, threshold, key, offset, masks)
            some = _touch(out.start, out.other, fresh, touched)
            while some:
                history.append(total[low:high].copy())
                _teach_along_ties(arcs.start, arcs.other, masks, known, fresh, taught, touched)
                if unit_probability > 0 and n_units:
                    level_key = stream(int(unit_key), depth)
                    _teach_in_units(groups.start, groups.member, fresh, known, taught, chances, level_key, offset, planes)
                count_all(taught, planes, total)
                fresh, taught, depth = taught, fresh, depth + 1
                some = _touch(out.start, out.other, fresh, touched)
            unit_lanes = np.zeros((n_units, LANES), dtype=np.int64)
            finish(known, lanes, groups.start, groups.member, planes, reach, unit_lanes)
        sizes.append(total[low:high])
        levels.append(np.array(history or [total[low:high]]).T)
        unit_sizes.append(unit_lanes[:, low:high].T.astype(np.int32))
    return _outcome(sizes, levels, reach, unit_sizes)


def _outcome(sizes: list[np.ndarray], levels: list[np.ndarray], reach: np.ndarray, unit_sizes: list[np.ndarray]) -> Outcome:
    """Blocks put together; every replicate keeps only the levels in which its curve still rose."""
    flat, ends, filled = [], [], 0
    for block in levels:
        steps = 1 + np.argmax(block == block[:, -1:], axis=1)
        flat.append(block[np.arange(block.shape[1])[None, :] < steps[:, None]])
        ends.append(filled + np.cumsum(steps))
        filled = int(ends[-1][-1])
    return Outcome(
        np.concatenate(sizes), reach, np.concatenate(flat).astype(np.int32), np.concatenate(ends), np.concatenate(unit_sizes)
    )


def choose(g: Network, arrays: tuple[Any, ...], seeds: np.ndarray, unit_probability: float, seed: int, replicates: int) -> str:
    """Name of the kernel that is expected to be faster, from a pilot of a few replicates.

    skip costs SKIP_COST (1 + p s) for each person reached, bits BITS_COST for each tie and each
    member of a unit in each block of 512 replicates; both are counts, so the answer does not depend
    on the machine.
    """
    blocks = -(-replicates // LANES)
    members = len(g.groups.member) if unit_probability > 0 else 0
    bits = blocks * (BITS_COST * (len(g.source) + 3 * members) + 10.0 * g.n)
    if g.n * replicates * SKIP_COST <= max(bits, SMALL) or len(g.source) * WORDS > MOST_MASK_WORDS:
        return "skip"
    pilot = run_skip(arrays, 0, seeds, seed, 0, min(PILOT, replicates))
    mean_size = float(pilot.size.mean())
    lessons = 1.0 + unit_probability * (members / max(g.n_units, 1))
    return "skip" if replicates * mean_size * SKIP_COST * lessons <= bits else "bits"
