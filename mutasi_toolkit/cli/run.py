"""`mutasi run`: scenarios of a cycle, from tables to report."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "run scenarios of a cycle: proposal, notebooks, report"
EXAMPLE = "run data/cycles/contoh --scenario dasar --scenario setelah_jendela"


def arguments(parser: argparse.ArgumentParser) -> None:
    """CYCLE, scenarios, where to, how many at once, on which machines, under which names."""
    parser.add_argument("cycle")
    parser.add_argument("--scenario", action="append", default=None, help="may be given several times; 'dasar' by default")
    parser.add_argument("--out", default=None, help="folder of the run folders; runs/<cycle> by default")
    where = parser.add_mutually_exclusive_group()
    where.add_argument("--workers", type=int, default=2, help="notebooks run at once on this machine; from two on, several scenarios compute in two processes")
    where.add_argument("--scheduler", default=None, metavar="ADDRESS", help="Dask scheduler whose workers see the same folders, for example tcp://10.0.0.1:8786")
    parser.add_argument("--resume", action="store_true", help="go on from an unfinished run (also done without it)")
    parser.add_argument("--pseudonymise", action="store_true", help="replace people's codes by keyed hashes; key in MUTASI_PSEUDONYM_KEY or a file outside the run")


def do(options: argparse.Namespace) -> int:
    """Run and print what was proposed, how good it is proved to be, and where to look."""
    from mutasi_toolkit.pipeline.pdf import write_pdfs
    from mutasi_toolkit.pipeline.run import first_failure, run_cycle
    from mutasi_toolkit.pipeline.summary import summary_lines

    if options.workers < 1:
        raise InputError(text("cli.workers", options.language, n=options.workers))
    secret = ""
    if options.pseudonymise:
        from mutasi_toolkit.pipeline.pseudonyms import find_key

        secret = find_key(Path(options.out) if options.out else Path("runs"), options.language)
    scenarios = options.scenario or ["dasar"]
    outcomes = run_cycle(options.cycle, scenarios, options.out, options.workers, options.language, scheduler=options.scheduler, secret=secret)
    for outcome in outcomes:
        if outcome.error is None:
            write_pdfs(outcome.place)
        for line in summary_lines(outcome, options.language):
            out(line)
    failure = first_failure(outcomes)
    return failure.exit_code if failure else 0
