"""`mutasi compare`: what changed between two cycles or scenarios."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.locale import text

SAYS = "what changed between two cycles or scenarios: data, plan, effects"
EXAMPLE = "compare runs/contoh/dasar runs/contoh/setelah_jendela"


def arguments(parser: argparse.ArgumentParser) -> None:
    """RUN, RUN, and where the page goes."""
    parser.add_argument("run_a", metavar="RUN")
    parser.add_argument("run_b", metavar="RUN")
    parser.add_argument("--out", default=None, help="the page; by default banding_<run>_<run>.html beside the second run")


def do(options: argparse.Namespace) -> int:
    """Print what differs and write the page."""
    from mutasi_toolkit.pipeline.compare import compare_runs
    from mutasi_toolkit.pipeline.compare_page import compare_lines, write_compare

    a, b = Path(options.run_a), Path(options.run_b)
    compared = compare_runs(a, b, options.language)
    for line in compare_lines(compared):
        out(line)
    name = "_".join(["banding", *(label.replace(" / ", "-").replace(" ", "") for label in compared.labels)])
    page = Path(options.out) if options.out else b.resolve().parent / f"{name}.html"
    write_compare(compared, page)
    out(text("pipeline.compare_where", options.language, place=str(page)))
    return 0
