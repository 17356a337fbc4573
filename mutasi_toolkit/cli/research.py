"""`mutasi research`: every notebook in notebooks/research/, with verdict tables and a record of reproducibility."""

from __future__ import annotations

import argparse
from typing import Any

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "run the research notebooks: published results reproduced, policies compared, effects estimated"
EXAMPLE = "research --only 01 --out runs/research"


def arguments(parser: argparse.ArgumentParser) -> None:
    """Which notebooks, where to, how many at once, and whether an RO-Crate is wanted."""
    parser.add_argument("--only", action="append", default=None, metavar="NAME", help="beginning of a notebook's name; may be given several times")
    parser.add_argument("--out", default="runs/research")
    parser.add_argument("--workers", type=int, default=2, help="notebooks run at once")
    parser.add_argument("--seed", type=int, default=None, help="instead of the seed in each notebook")
    parser.add_argument("--crate", metavar="YYYY-MM-DD", default=None, help="write an RO-Crate with this date of publication")


def do(options: argparse.Namespace) -> int:
    """Run them and print one line each; 1 when a notebook stopped before its end."""
    from pathlib import Path

    from mutasi_toolkit.pipeline.execute import normalise
    from mutasi_toolkit.research.crate import write_crate
    from mutasi_toolkit.research.run import run_notebooks

    if options.workers < 1:
        raise InputError(text("cli.workers", options.language, n=options.workers))
    if options.crate is not None:
        _date(options.crate, options.language)
    parameters: dict[str, Any] = {} if options.seed is None else {"seed": options.seed}
    done = run_notebooks(options.out, options.only, options.workers, parameters, normalise)
    for one in done:
        key = "failed" if one.error else "done"
        out(text(f"research.{key}", options.language, name=one.name, met=one.met, missed=one.missed, why=one.error, seconds=f"{one.seconds:.0f}"))
    if options.crate is not None:
        title, says = text("research.crate_title", options.language), text("research.crate_says", options.language, n=len(done))
        write_crate(Path(options.out), title, says, options.crate)
    out(text("research.where", options.language, folder=options.out))
    return 1 if any(one.error for one in done) else 0


def _date(given: str, language: str) -> None:
    from datetime import date

    try:
        date.fromisoformat(given)
    except ValueError:
        raise InputError(text("cli.bad_date", language, given=given)) from None
