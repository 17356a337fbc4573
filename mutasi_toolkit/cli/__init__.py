"""`mutasi`: the command line. One module per command; each imports what it needs when it is called."""

from __future__ import annotations

import argparse
import importlib
import keyword
import sys
from collections.abc import Sequence

from mutasi_toolkit import __version__
from mutasi_toolkit.errors import InputError, MutasiError
from mutasi_toolkit.locale import text

COMMANDS = (
    "check",
    "run",
    "verify",
    "compare",
    "close",
    "share",
    "explain",
    "import",
    "template",
    "synth",
    "forms",
    "bench",
    "research",
    "explore",
)
"""Every command, in the order that `mutasi --help` lists them.

Command NAME lives in `mutasi_toolkit/cli/NAME.py` (`import` in import_.py), which holds SAYS (one line), EXAMPLE,
`arguments(parser)` and `do(options)`, which returns the exit code.
"""
EXIT_CODES = "exit codes: 0 done, 1 a fault of the program, 2 bad input or usage, 3 no plan satisfies the hard rules, 4 not reproduced"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns its exit code.

    Examples
    --------
    >>> main(["check", "no/such/folder", "--language", "en"])
    2
    """
    options = _parser().parse_args(arguments)
    try:
        return int(options.do(options))
    except MutasiError as error:
        sys.stderr.write(f"{error}\n")
        return error.exit_code
    except OSError as error:
        sys.stderr.write(f"{text('cli.os_error', options.language, why=str(error))}\n")
        return InputError.exit_code
    except MemoryError:
        sys.stderr.write(text("cli.memory", options.language) + "\n")
        return InputError.exit_code
    except KeyboardInterrupt:
        sys.stderr.write(text("cli.interrupted", options.language) + "\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mutasi",
        description="Workload, knowledge spread and proved transfer proposals.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"mutasi_toolkit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name in COMMANDS:
        module = importlib.import_module(f"mutasi_toolkit.cli.{name}{'_' if keyword.iskeyword(name) else ''}")
        sub = commands.add_parser(
            name,
            help=module.SAYS,
            description=module.SAYS,
            epilog=f"example: mutasi {module.EXAMPLE}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        module.arguments(sub)
        sub.add_argument("--language", choices=("id", "en"), default="id")
        sub.set_defaults(do=module.do)
    return parser
