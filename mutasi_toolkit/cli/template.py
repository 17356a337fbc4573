"""`mutasi template`: an empty workbook with notes, drop-downs and example rows, ready to fill."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "write a workbook with notes, drop-downs and example rows, ready to fill"
EXAMPLE = "template siklus-2027"
SETTINGS = """\
nama: Kota Contoh
siklus: "2026"
tanggal: 2026-01-31
sintetis: true
seed: 2026
"""


def arguments(parser: argparse.ArgumentParser) -> None:
    """DIR, where the workbook and its cycle.yaml go."""
    parser.add_argument("folder")


def do(options: argparse.Namespace) -> int:
    """Write the workbook and a cycle.yaml beside it; nothing that is there is overwritten."""
    from mutasi_toolkit.schema.template import write_template

    folder = Path(options.folder)
    for name in ("siklus.xlsx", "cycle.yaml"):
        if (folder / name).exists():
            raise InputError(text("template.there", options.language, place=str(folder / name)))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_template(folder / "siklus.xlsx", options.language)
    (folder / "cycle.yaml").write_text(SETTINGS, encoding="utf-8")
    out(text("template.done", options.language, place=str(folder / "siklus.xlsx"), folder=str(folder)))
    return 0
