"""Spread of knowledge beside its peers: cascades, SIS, skills under rotation, and a nation; CPU seconds of one core."""

from __future__ import annotations

import gc
import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from common import answer, median, peak_mb, quick, versions
from peers import cascades as peers

from mutasi_toolkit.spread import Network, cascade, contagion, from_arrays, skills
from mutasi_toolkit.spread.rates import Rates

#: Peers that take seconds for one replicate: fewer turns, fewer replicates.
SLOW = {"NDlib", "EoN"}
#: CPU seconds that one turn of a peer may take, and turns.
TURN, TURNS = (0.05, 2) if quick() else (1.0, 5)
#: Standard errors within which two means agree.
ERRORS = 4.0
#: Rates of the rotation workloads: .004 from a colleague, .02 along a kept tie, which does not decay.
RATES = Rates(unit=0.004, tie=0.02, forget=0.0, stop=0.0, keep=1.0, decay=1.0)


def cpu(run: Any, *arguments: Any) -> tuple[float, Any]:
    """CPU seconds of a call, and what it gave."""
    begun = time.process_time()
    result = run(*arguments)
    return time.process_time() - begun, result


def ours_cascade(g: peers.Graph, p: float, seeds: np.ndarray) -> Any:
    net = Network(g.n, np.concatenate([g.a, g.b]), np.concatenate([g.b, g.a]), p)

    def run(replicates: int, seed: int) -> Any:
        return cascade(net, seeds, replicates=replicates, seed=seed, workers=1)

    return run


def ours_sis(g: peers.Graph, beta: float, forget: float, seeds: np.ndarray, steps: int) -> Any:
    net = Network(g.n, np.concatenate([g.a, g.b]), np.concatenate([g.b, g.a]), beta)

    def run(replicates: int, seed: int) -> Any:
        return contagion(net, seeds, forget=forget, steps=steps, replicates=replicates, seed=seed, workers=1)

    return run


def pick(once: float, slow: bool, n: int) -> int:
    """Replicates of one turn of a peer."""
    if slow:
        return 1 if n > 10_000 else 4
    return int(np.clip(TURN / max(once, 1e-6), 2, 4096))


def measure(work: str, n: int, ours: Any, makers: dict[str, Any], replicates: int) -> tuple[list[dict[str, Any]], dict[str, float], bool]:
    """Rows of the table for one piece of work, ratio to ours by peer, and whether all means agree."""
    ours(replicates, 0)
    own, peer_ms, sizes, own_sizes, kernel = [], {}, {}, [], ""
    makers = dict(sorted(makers.items(), key=lambda pair: pair[0] in SLOW))
    ratios: dict[str, list[float]] = {}
    fast = {name: maker() for name, maker in makers.items() if name not in SLOW}
    counts = {name: pick(cpu(run, 2, 0)[0] / 2, False, n) for name, run in fast.items()}
    for turn in range(TURNS if n < 10**6 else max(TURNS - 2, 1)):
        seconds, result = cpu(ours, replicates, 100 + turn)
        own.append(seconds / replicates * 1e3)
        own_sizes.append(result.size)
        kernel = result.kernel
        for name, run in fast.items():
            seconds, got = cpu(run, counts[name], 1000 * turn + 7)
            peer_ms.setdefault(name, []).append(seconds / len(got) * 1e3)
            ratios.setdefault(name, []).append(peer_ms[name][-1] / own[-1])
            sizes.setdefault(name, []).append(got)
    del fast
    gc.collect()
    for name in (x for x in makers if x in SLOW):
        run = makers[name]()
        for turn in range(2 if n <= 10_000 else 1):
            seconds, got = cpu(run, pick(0.0, True, n), 50 + 10 * turn)
            peer_ms.setdefault(name, []).append(seconds / len(got) * 1e3)
            ratios.setdefault(name, []).append(peer_ms[name][-1] / own[min(turn, len(own) - 1)])
            sizes.setdefault(name, []).append(got)
        del run
        gc.collect()
    mine = np.concatenate(own_sizes)
    rows = [{"work": work, "party": f"mutasi_toolkit ({kernel})", "ms per replicate": say(own), "ratio": "1", "mean size": about(mine)}]
    agree = True
    for name in sorted(peer_ms, key=lambda x: median(peer_ms[x])):
        theirs = np.concatenate(sizes[name])
        error = np.sqrt(mine.var() * (1 / len(mine) + 1 / len(theirs)))
        same = abs(mine.mean() - theirs.mean()) <= ERRORS * error + 0.5
        agree &= bool(same)
        rows.append(
            {
                "work": "", "party": name, "ms per replicate": say(peer_ms[name]), "ratio": say(ratios[name], 1),
                "mean size": f"{theirs.mean():.1f} ({len(theirs)}){'' if same else ' DIFFERS'}",
            }
        )  # fmt: skip
    return rows, {name: median(values) for name, values in ratios.items()}, agree


def say(values: list[float], digits: int = 4) -> str:
    if len(values) == 1:
        return f"{values[0]:.{digits}f} (once)"
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def about(values: np.ndarray) -> str:
    return f"{values.mean():.1f} +- {values.std() / np.sqrt(len(values)):.1f} ({len(values)})"


def cascade_work(kind: str, n: int, p: float) -> tuple[list[dict[str, Any]], dict[str, float], bool]:
    g = peers.random_graph(n) if kind == "random" else peers.modular_graph(n)
    seeds = np.arange(10) * (n // 10) + 7
    makers = {name: (lambda make=make: make(g, p, seeds)) for name, make in peers.PEERS.items()}
    if quick():
        makers = {name: maker for name, maker in makers.items() if importable(name)}
    replicates = 64 if quick() else 1024 if n < 10**6 else 512
    words = "random graph" if kind == "random" else "units of 50 (8 + 2)"
    return measure(f"cascade, {words}, n {n:,}, p {p}", n, ours_cascade(g, p, seeds), makers, replicates)


def sis_work(n: int, steps: int) -> tuple[list[dict[str, Any]], dict[str, float], bool]:
    g = peers.random_graph(n)
    seeds = np.unique(np.random.default_rng(5).integers(0, n, n // 10))
    makers = {name: (lambda make=make: make(g, 0.05, 0.2, seeds, steps)) for name, make in peers.SIS_PEERS.items() if not quick() or importable(name)}
    return measure(f"SIS, random graph, n {n:,}, T {steps}", n, ours_sis(g, 0.05, 0.2, seeds, steps), makers, 64 if quick() else 1024)


def importable(name: str) -> bool:
    from importlib.util import find_spec

    return find_spec({"scipy components": "scipy"}.get(name, name if name == "EoN" else name.lower())) is not None


def own_peak_mb() -> float:
    """Most memory of this process alone: ru_maxrss would remember that of the process it was started from."""
    status = Path("/proc/self/status")
    found = re.search(r"VmHWM:\s*(\d+) kB", status.read_text(encoding="ascii")) if status.is_file() else None
    return int(found[1]) / 1024 if found else peak_mb()


def rotation(n: int, units: int, periods: int, replicates: int) -> dict[str, float]:
    """CPU seconds, memory and coverage of skills under rotation: 64 skills, 2 % moved a period, 20 experts a skill in 10,000."""
    draw = np.random.default_rng(1)
    known = np.zeros((n, 64), dtype=bool)
    for k in range(64):
        known[draw.integers(0, n, 20 * n // 10_000), k] = True
    p = from_arrays(known, np.arange(n) * units // n)
    del known
    run = {"policy": "swap", "rate": 0.02, "rates": RATES, "periods": periods, "workers": 1}
    skills(p, **{**run, "periods": 1}, replicates=1)
    seconds, result = cpu(lambda: skills(p, **run, replicates=replicates, seed=1))
    cover = result.curve[:, -1] / n / 64
    return {
        "n": n, "seconds": seconds, "mb": own_peak_mb(), "cover": float(cover.mean()), "se": float(cover.std(ddof=1) / np.sqrt(replicates)),
        "per": seconds / (n * 64 * periods * replicates) * 1e9,
    }  # fmt: skip


def plain_rotation(n: int, units: int, periods: int, seed: int) -> float:
    """The same workload in plain numpy, written without the toolkit: coverage of one replicate, to agree with."""
    draw, size = np.random.default_rng(seed), n // units
    known = np.zeros((n, 64), dtype=bool)
    first = np.random.default_rng(1)
    for k in range(64):
        known[first.integers(0, n, 20 * n // 10_000), k] = True
    seat, ties = np.arange(n), []
    for _ in range(periods):
        for _ in range(n // 100):
            i, j = draw.integers(0, n, 2)
            while i // size == j // size:
                j = draw.integers(0, n)
            for x in (i, j):
                other = (x // size) * size + draw.integers(0, size)
                while other == x:
                    other = (x // size) * size + draw.integers(0, size)
                ties.append((seat[x], seat[other]))
            seat[i], seat[j] = seat[j], seat[i]
        old = known[seat].reshape(units, size, 64)
        learn = -np.expm1(np.log1p(-0.004) * old.sum(axis=1))
        new = known.copy()
        new[seat] = (old | (draw.random(old.shape) < learn[:, None, :])).reshape(n, 64)
        ends = np.array(ties).reshape(-1, 2)
        for a, b in (ends.T, ends.T[::-1]):
            np.logical_or.at(new, a, known[b] & (draw.random((len(a), 64)) < 0.02))
        known = new
    return known.mean()


def in_own_process(*arguments: int) -> dict[str, float]:
    done = subprocess.run([sys.executable, __file__, "--rotation", *map(str, arguments)], capture_output=True, text=True, check=True)
    return json.loads(done.stdout.strip().splitlines()[-1])


def rotation_rows() -> tuple[list[dict[str, Any]], list[str], bool]:
    core = in_own_process(*((500, 10, 6, 20) if quick() else (10_000, 200, 24, 1000)))
    size = (500, 10, 6) if quick() else (10_000, 200, 24)
    seconds, plain = [], []
    for seed in range(4):
        spent, cover = cpu(plain_rotation, *size, seed)
        seconds.append(spent * 1e3)
        plain.append(cover)
    ms = core["seconds"] / (20 if quick() else 1000) * 1e3
    agree = abs(np.mean(plain) - core["cover"]) <= ERRORS * np.hypot(np.std(plain, ddof=1) / 2, core["se"]) + 1e-4
    rows = [
        {"work": "rotation: 10,000 staff, 200 units, 64 skills, 24 periods, 2 % moved", "party": "mutasi_toolkit (lanes)", "ms per replicate": f"{ms:.2f}", "ratio": "1", "mean size": f"coverage {core['cover']:.4f} +- {core['se']:.4f}"},
        {"work": "", "party": "plain numpy", "ms per replicate": say(seconds, 0), "ratio": f"{median(seconds) / ms:.1f}", "mean size": f"coverage {np.mean(plain):.4f} +- {np.std(plain, ddof=1) / 2:.4f}{'' if agree else ' DIFFERS'}"},
    ]
    notes = [f"Rotation, 1,000 replicates: {core['seconds']:.1f} CPU s (aim: under 40)."]
    for n in (500, 1000) if quick() else (10_000, 100_000, 1_000_000, 5_000_000):
        found = in_own_process(n, n // 50, 12, 8)
        notes.append(
            f"{n:,} people in units of 50, 64 skills, 12 periods, 2 % moved, 8 replicates: {found['seconds']:.1f} CPU s, {found['per']:.2f} ns for a person-skill-period, "
            f"peak memory {found['mb']:,.0f} MB ({found['mb'] * 2**20 / n / 64:.1f} bytes for a person-skill, the program itself included)."
        )
    return rows, notes, bool(agree)


def main() -> None:
    works = [("random", 10_000, 0.15, 5), ("random", 100_000, 0.15, 5), ("random", 1_000_000, 0.15, 7)]
    works += [("modular", 10_000, 0.15, 3), ("modular", 100_000, 0.15, 3), ("random", 10_000, 0.10, 3), ("random", 100_000, 0.10, 3)]
    if quick():
        works = [("random", 1000, 0.15, 5)]
    table, notes, good = [], [], True
    for kind, n, p, aim in works:
        rows, ratios, agree = cascade_work(kind, n, p)
        table += rows
        good &= agree
        best = min((r, name) for name, r in ratios.items())
        slowest = f", {ratios['NDlib']:.0f} times NDlib" if "NDlib" in ratios else ""
        notes.append(f"{rows[0]['work']}: {best[0]:.1f} times the best peer ({best[1]}; aim {aim}){slowest}.")
    rows, ratios, agree = sis_work(1000 if quick() else 10_000, 60)
    table += rows
    notes.append(f"{rows[0]['work']}: " + ", ".join(f"{r:.0f} times {name}" for name, r in ratios.items()) + " (aims: 15 scipy, 1000 NDlib).")
    more, said, agree2 = rotation_rows()
    notes = [
        "CPU seconds of one core; ms for one replicate, median of paired turns (least to most); graphs built beforehand; ours in ensembles of 1,024 replicates (512 at a million), the curve of every replicate and the reach of every person included, which no peer gives.",
        "'ratio' is peer / ours. A kernel in brackets was chosen by the pilot. NDlib and EoN ran one or two turns.",
        f"Agreement: every mean within {ERRORS:.0f} standard errors of ours: {'yes' if good and agree and agree2 else 'NO'}.",
        *notes, *said,
    ]  # fmt: skip
    answer("Spread of knowledge beside its peers", table + more, notes, versions("numba", "numpy", "scipy", "ndlib", "EoN", "cynetdiff", "pynetim", "igraph"), good and agree and agree2)


if __name__ == "__main__":
    if "--rotation" in sys.argv:
        at = sys.argv.index("--rotation")
        json.dump(rotation(*map(int, sys.argv[at + 1 : at + 5])), sys.stdout)
    else:
        main()
