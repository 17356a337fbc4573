"""`mutasi explore`: the scenario explorer in the browser."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out

SAYS = "the scenario explorer in the browser"
EXAMPLE = "explore data/cycles/contoh"


def arguments(parser: argparse.ArgumentParser) -> None:
    """CYCLE, the scenario to start from, and where to serve."""
    parser.add_argument("cycle")
    parser.add_argument("--scenario", default=None)
    parser.add_argument("--port", type=int, default=0, help="0, the default, chooses a free one")
    parser.add_argument("--no-browser", action="store_true", help="print the address only")


def do(options: argparse.Namespace) -> int:
    """Check the cycle, then serve it on this computer until Ctrl+C."""
    from mutasi_toolkit.cycle import read_cycle
    from mutasi_toolkit.explorer.serve import serve

    read_cycle(options.cycle, options.scenario, options.language)
    return serve(Path(options.cycle), options.scenario, options.port, not options.no_browser, options.language, out)
