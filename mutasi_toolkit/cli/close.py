"""`mutasi close`: write the decisions back as the next cycle's starting tables."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "write the decisions back as the next cycle's starting tables"
EXAMPLE = 'close runs/contoh/dasar --opinion "Tim Penilai Kinerja" --date 2026-02-12'


def arguments(parser: argparse.ArgumentParser) -> None:
    """RUN, where the new cycle goes, and the opinion of the tim penilai kinerja."""
    parser.add_argument("run")
    parser.add_argument("--into", default=None, help="folder of the new cycle, not yet there; <cycle>-berikut beside the run by default")
    parser.add_argument("--opinion", default="", help="who gave the opinion of the tim penilai kinerja, for decisions that do not say it")
    parser.add_argument("--date", default="", help="date of that opinion, YYYY-MM-DD")
    parser.add_argument("--siklus", default="", help="name of the new cycle")
    parser.add_argument("--cycle", default=None, help="the cycle, where it is not in data/cycles")


def do(options: argparse.Namespace) -> int:
    """Close and say what was carried out."""
    from datetime import date

    from mutasi_toolkit.pipeline.close import close_run

    try:
        if options.date:
            date.fromisoformat(options.date)
    except ValueError as error:
        raise InputError(text("cli.bad_date", options.language, given=options.date)) from error
    into = Path(options.into) if options.into else None
    closed = close_run(Path(options.run), into, options.cycle, (options.opinion.strip(), options.date), options.siklus, options.language)
    out(
        text(
            "pipeline.closed", options.language, proposed=closed.proposed, done=closed.carried_out, refused=closed.refused,
            undecided=closed.undecided, beside=closed.beside, place=str(closed.place),
        )
    )  # fmt: skip
    return 0
