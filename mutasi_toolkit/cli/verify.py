"""`mutasi verify`: run again from the manifest and compare every output."""

from __future__ import annotations

import argparse

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.locale import text

SAYS = "run again from the manifest and compare every output"
EXAMPLE = "verify runs/contoh/dasar"


def arguments(parser: argparse.ArgumentParser) -> None:
    """RUN and, where it is not in data/cycles, its cycle."""
    parser.add_argument("run")
    parser.add_argument("--cycle", default=None, help="the cycle, where it is not in data/cycles")
    parser.add_argument("--workers", type=int, default=2)


def do(options: argparse.Namespace) -> int:
    """Print how many outputs were reproduced; a difference raises with exit code 4."""
    from mutasi_toolkit.pipeline.verify import verify_run

    count = verify_run(options.run, options.cycle, options.workers)
    out(text("pipeline.reproduced", options.language, place=options.run, n=count))
    return 0
