"""`mutasi share`: a run's tables about units, without people and small cells, for others to see."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "write the tables that may be shown outside, with small cells hidden"
EXAMPLE = "share runs/contoh/dasar /tmp/untuk-umum"


def arguments(parser: argparse.ArgumentParser) -> None:
    """RUN, DIR and the smallest count that is shown."""
    parser.add_argument("run")
    parser.add_argument("folder", metavar="DIR")
    parser.add_argument("--least", type=int, default=5, help="smallest number of people that is shown (default 5)")


def do(options: argparse.Namespace) -> int:
    """Write the folder and say how many cells were hidden."""
    from mutasi_toolkit.pipeline.share import share_run

    if options.least < 2:
        raise InputError(text("cli.least", options.language, n=options.least))
    hidden = share_run(Path(options.run), Path(options.folder), options.least, options.language)
    out(text("pipeline.shared", options.language, place=options.folder, tables=len(hidden), n=sum(hidden.values()), least=options.least))
    return 0
