"""`mutasi run`: scenarios of a cycle, from tables to report."""

from __future__ import annotations

import argparse
import sys

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "run scenarios of a cycle: proposal, notebooks, report"
EXAMPLE = "run data/cycles/contoh --scenario dasar --scenario setelah_jendela"


def arguments(parser: argparse.ArgumentParser) -> None:
    """CYCLE, scenarios, where to, and how many at once."""
    parser.add_argument("cycle")
    parser.add_argument("--scenario", action="append", default=None, help="may be given several times; 'dasar' by default")
    parser.add_argument("--out", default=None, help="folder of the run folders; runs/<cycle> by default")
    parser.add_argument("--workers", type=int, default=2, help="notebooks run at once")
    parser.add_argument("--resume", action="store_true", help="go on from an unfinished run (also done without it)")


def do(options: argparse.Namespace) -> int:
    """Run and print what was proposed, how good it is proved to be, and where to look."""
    from mutasi_toolkit.pipeline.run import first_failure, run_cycle
    from mutasi_toolkit.pipeline.summary import summary_lines

    if options.workers < 1:
        raise InputError(text("cli.workers", options.language, n=options.workers))
    scenarios = options.scenario or ["dasar"]
    outcomes = run_cycle(options.cycle, scenarios, options.out, options.workers, options.language, _say)
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    for outcome in outcomes:
        for line in summary_lines(outcome, options.language):
            out(line)
    failure = first_failure(outcomes)
    return failure.exit_code if failure else 0


def _say(line: str) -> None:
    if sys.stderr.isatty():
        sys.stderr.write(f"\r\033[K{line} ...")
