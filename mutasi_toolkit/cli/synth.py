"""`mutasi synth`: write a synthetic cycle."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.locale import text

SAYS = "write a synthetic cycle"
EXAMPLE = "synth pangkalpinang /tmp/kota --seed 7"


def arguments(parser: argparse.ArgumentParser) -> None:
    """PRESET, DIR, the number of people and the seed."""
    parser.add_argument("preset", choices=("pangkalpinang", "contoh", "kementerian", "nasional"))
    parser.add_argument("folder")
    parser.add_argument("--staff", type=int, default=None)
    parser.add_argument("--seed", type=int, default=None)


def do(options: argparse.Namespace) -> int:
    """Write the cycle and say where it is."""
    from mutasi_toolkit import synth

    given = {"staff": options.staff, "seed": options.seed}
    synth.write(options.preset, Path(options.folder), **{k: v for k, v in given.items() if v is not None})
    out(text("cli.synth_done", options.language, preset=options.preset, folder=options.folder))
    return 0
