"""What every benchmark shares: timing, the same core for all, and the form in which it answers `mutasi bench`.

A benchmark is a file `benchmarks/NAME.py` that ends in `if __name__ == "__main__": answer(...)` and writes one JSON object to
standard output. `mutasi bench NAME` runs it by path in a process of its own, with one thread, and renders the answer.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable, Iterable
from importlib.metadata import PackageNotFoundError, version
from itertools import pairwise
from typing import Any


def quick() -> bool:
    """Whether the small sizes are wanted (`--quick`): shows that it runs, measures nothing."""
    return "--quick" in sys.argv[1:]


def parts_of(known: Iterable[str]) -> list[str]:
    """The parts that are wanted (`--part NAME`, any number of times), else all."""
    given = [b for a, b in pairwise(sys.argv[1:]) if a == "--part"]
    unknown = sorted(set(given) - set(known))
    if unknown:
        raise SystemExit(f"unknown part {', '.join(unknown)}; there are {', '.join(known)}")
    return [name for name in known if not given or name in given]


def time_all(works: dict[str, Callable[[], Any]], repeats: int = 7) -> tuple[dict[str, list[float]], dict[str, Any]]:
    """Seconds of each work, taken in turn (a, b, a, b, ...) so that a busy machine troubles all alike; and what each gave last.

    One turn before the first is not counted.
    """
    seconds: dict[str, list[float]] = {name: [] for name in works}
    results: dict[str, Any] = {name: work() for name, work in works.items()}
    for _ in range(repeats):
        for name, work in works.items():
            begun = time.perf_counter()
            results[name] = work()
            seconds[name].append(time.perf_counter() - begun)
    return seconds, results


def median(values: list[float]) -> float:
    """The middle one."""
    ordered = sorted(values)
    half = len(ordered) // 2
    return ordered[half] if len(ordered) % 2 else (ordered[half - 1] + ordered[half]) / 2


def spread(values: list[float], digits: int = 3) -> str:
    """`median (least to most)`, in the unit given."""
    return f"{median(values):.{digits}f} ({min(values):.{digits}f} to {max(values):.{digits}f})"


def peak_mb() -> float:
    """Most memory this process has held, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def versions(*packages: str) -> dict[str, str]:
    """Version of every package, 'not installed' where it is not."""
    found = {}
    for name in packages:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            found[name] = "not installed"
    return found


def answer(title: str, table: list[dict[str, Any]], notes: list[str], packages: dict[str, str], ok: bool = True) -> None:
    """Tell `mutasi bench`: rows of a table, sentences below it, versions, and whether everything agreed."""
    json.dump({"title": title, "table": table, "notes": notes, "packages": packages, "ok": ok}, sys.stdout, ensure_ascii=False)
    sys.stdout.write("\n")
