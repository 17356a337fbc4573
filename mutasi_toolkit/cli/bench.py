"""`mutasi bench`: this toolkit beside its peers, on this machine."""

from __future__ import annotations

import argparse
import json
import os
import platform
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError, MutasiError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import PACKAGE

SAYS = "measure side by side with peers and write docs/benchmarks.md"
EXAMPLE = "bench workload"

FOLDER = PACKAGE.parent / "benchmarks"
PAGE = PACKAGE.parent / "docs" / "benchmarks.md"
#: Libraries that would take more than the one core that every party is given.
ONE_THREAD = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS", "NUMEXPR_NUM_THREADS")
HEAD = """\
# Benchmarks

Each section is written by the command it names; a later run takes its place. Seconds are medians, with the least and
the most in brackets; both sides run in turn in one process on one core. Only ratios carry over to another machine.
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """NAME of a benchmark, or all of them; where the results go."""
    parser.add_argument("name", nargs="*", help="a file of benchmarks/ without .py; none means all")
    parser.add_argument("--quick", action="store_true", help="small sizes, nothing written: shows that it runs")
    parser.add_argument("--part", action="append", default=[], metavar="PART", help="only a part of one benchmark (assignment: city, region, ministry, nation); its rows take the place of theirs on the page")
    parser.add_argument("--into", default=str(PAGE), metavar="FILE", help="page that receives the results (default docs/benchmarks.md)")


def do(options: argparse.Namespace) -> int:
    """Run each benchmark in a process of its own; 1 when one fails or its parties disagree."""
    known = registry()
    wanted = options.name or sorted(known)
    unknown = [n for n in wanted if n not in known]
    if unknown or not wanted:
        names = ", ".join(sorted(known)) or "-"
        raise InputError(text("cli.bench_unknown", options.language, names=", ".join(unknown), known=names))
    if options.part and len(wanted) != 1:
        raise InputError(text("cli.bench_part", options.language))
    good = True
    for name in wanted:
        result = measure(known[name], options.quick, options.language, options.part)
        if options.part and not options.quick:
            result["table"] = merged(rows_on(Path(options.into), name), result["table"], options.part)
        section = render(name, result)
        out(section)
        good &= bool(result["ok"])
        if not options.quick:
            write_section(Path(options.into), name, section)
    if not options.quick:
        out(text("cli.bench_done", options.language, path=options.into))
    return 0 if good else 1


def registry() -> dict[str, Path]:
    """Every benchmark by name: the files of benchmarks/ that say they answer `mutasi bench`."""
    files = sorted(FOLDER.glob("*.py")) if FOLDER.is_dir() else []
    return {f.stem: f for f in files if f.stem != "common"}


def measure(path: Path, quick: bool, language: str = "id", parts: Sequence[str] = ()) -> dict[str, Any]:
    """What the benchmark at `path` answers (see benchmarks/common.py).

    Raises
    ------
    MutasiError
        When it does not run to its end; tells its last lines.
    """
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "PYTHONPATH": _search_path()}
    command = [sys.executable, str(path), *(["--quick"] if quick else []), *(word for part in parts for word in ("--part", part))]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        last = "\n".join(done.stderr.strip().splitlines()[-5:])
        raise MutasiError(text("cli.bench_failed", language, name=path.stem, why=last))
    answer: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return answer


def rows_on(page: Path, name: str) -> list[dict[str, Any]]:
    """The table that a section of the page holds."""
    content = page.read_text(encoding="utf-8") if page.is_file() else ""
    found = re.search(rf"<!-- bench:{name} -->\n(.*?)\n<!-- end -->", content, re.DOTALL)
    lines = [line.strip("| ").split(" | ") for line in found[1].splitlines() if line.startswith("| ")] if found else []
    return [dict(zip(lines[0], cells, strict=False)) for cells in lines[1:]]


def merged(old: list[dict[str, Any]], new: list[dict[str, Any]], parts: Sequence[str]) -> list[dict[str, Any]]:
    """The rows of the page with those of some parts (the first word of their first column) replaced by new ones, in the old order."""
    def part(row: dict[str, Any]) -> str:
        return re.split(r"\W", str(next(iter(row.values()))))[0]

    order = list(dict.fromkeys(part(row) for row in [*old, *new]))
    rows = [row for row in old if part(row) not in parts] + new
    return sorted(rows, key=lambda row: order.index(part(row)))


def _search_path() -> str:
    return os.pathsep.join(p for p in (str(PACKAGE.parent), os.environ.get("PYTHONPATH", "")) if p)


def render(name: str, result: dict[str, Any]) -> str:
    """One section of the page, in Markdown."""
    table = result["table"]
    columns = list(dict.fromkeys(c for row in table for c in row))
    lines = [f"## {result['title']}", "", f"Command: `mutasi bench {name}` (peers by `make bench`).", ""]
    lines += ["| " + " | ".join(columns) + " |", "|" + "---|" * len(columns)]
    lines += ["| " + " | ".join(str(row.get(c, "")) for c in columns) + " |" for row in table]
    lines += ["", *[f"- {note}" for note in result["notes"]]]
    packages = ", ".join(f"{k} {v}" for k, v in result["packages"].items())
    lines += [f"- Versions: Python {platform.python_version()}, {packages}. Machine: {machine()}."]
    return "\n".join(lines)


def machine() -> str:
    """Processor, cores and system of this machine."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.is_file():
        found = re.search(r"^model name\s*:\s*(.+)$", info.read_text(encoding="utf-8"), re.MULTILINE)
        name = found[1].strip() if found else name
    return f"{name}, {os.cpu_count()} cores, {platform.system()} {platform.release().split('-')[0]}"


def write_section(page: Path, name: str, section: str) -> None:
    """Put a section into the page, in the place of the one of the same name; sections stand in the order of their names."""
    content = page.read_text(encoding="utf-8") if page.is_file() else HEAD
    found = dict(re.findall(r"<!-- bench:(\w+) -->\n(.*?)\n<!-- end -->", content, re.DOTALL))
    found[name] = section
    head = content.split("<!-- bench:")[0].rstrip() + "\n"
    parts = [f"<!-- bench:{n} -->\n{found[n]}\n<!-- end -->\n" for n in sorted(found)]
    page.parent.mkdir(parents=True, exist_ok=True)
    page.write_text("\n".join([head, *parts]), encoding="utf-8")
