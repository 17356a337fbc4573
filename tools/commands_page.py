"""The documentation's page of commands: every command with its help, from the command line itself."""

from __future__ import annotations

import argparse

from mutasi_toolkit.cli import _parser


def page() -> str:
    """The page's text."""
    commands = next(a for a in _parser()._actions if isinstance(a, argparse._SubParsersAction)).choices
    parts = ["# Commands\n\n`mutasi COMMAND --help` prints the same. Exit codes are in [](panduan_kantor.md).\n"]
    for name, parser in commands.items():
        rows = [f"| `{_usage(a)}` | {a.help or ''} |" for a in parser._actions if not isinstance(a, argparse._HelpAction)]
        table = "\n".join(["| argument | what |", "|---|---|", *rows])
        parts.append(f"## mutasi {name}\n\n{parser.description}\n\n{table}\n\n```console\n{parser.epilog.removeprefix('example: ')}\n```\n")
    return "\n".join(parts)


def _usage(action: argparse.Action) -> str:
    name = action.option_strings[0] if action.option_strings else action.dest.upper()
    choices = f" {{{','.join(map(str, action.choices))}}}" if action.choices else ""
    return name + choices
