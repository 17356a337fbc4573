"""`mutasi forms`: the ABK forms and the peta jabatan of a cycle as a workbook to sign."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "write the ABK forms B, C, D, E and the peta jabatan, filled in and ready to sign"
EXAMPLE = "forms data/cycles/contoh abk.xlsx"


def arguments(parser: argparse.ArgumentParser) -> None:
    """CYCLE, FILE, the scenario, and one OPD if only one is wanted."""
    parser.add_argument("cycle")
    parser.add_argument("file")
    parser.add_argument("--scenario", default=None)
    parser.add_argument("--opd", default=None, metavar="UNIT_ID", help="only this OPD")


def do(options: argparse.Namespace) -> int:
    """Write the workbook and say where it is."""
    from mutasi_toolkit.cycle import read_cycle
    from mutasi_toolkit.workload.forms import write_forms

    path = Path(options.file)
    if path.suffix.lower() != ".xlsx":
        raise InputError(text("cli.forms_suffix", options.language, file=path.name))
    cycle = read_cycle(options.cycle, options.scenario, options.language)
    write_forms(cycle, path, options.opd, options.language)
    out(text("cli.forms_done", options.language, path=path))
    return 0
