"""`mutasi explain`: why this person moves, or why not."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out

SAYS = "why this person moves, or why not"
EXAMPLE = "explain runs/contoh/dasar 198001012005011000"


def arguments(parser: argparse.ArgumentParser) -> None:
    """RUN, the person, and, where it is not in data/cycles, the cycle."""
    parser.add_argument("run")
    parser.add_argument("pegawai")
    parser.add_argument("--cycle", default=None, help="the cycle, where it is not in data/cycles")


def do(options: argparse.Namespace) -> int:
    """Print the reasons for one person."""
    from mutasi_toolkit.pipeline.reasons import explain_person

    out(explain_person(Path(options.run), options.pegawai, options.cycle, options.language))
    return 0
