"""`mutasi check`: the tables of a cycle, with every fault."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

SAYS = "check the tables of a cycle and print every fault"
EXAMPLE = "check data/cycles/contoh"


def arguments(parser: argparse.ArgumentParser) -> None:
    """CYCLE and the scenario whose settings are checked with it."""
    parser.add_argument("cycle")
    parser.add_argument("--scenario", default=None)


def do(options: argparse.Namespace) -> int:
    """Print every fault and the count; 2 when one of them is an error."""
    from mutasi_toolkit import rules
    from mutasi_toolkit.cycle import check_cycle
    from mutasi_toolkit.schema.faults import errors

    language = options.language
    cycle, faults = check_cycle(options.cycle, options.scenario, language)
    for fault in faults:
        out(f"[{text('cli.' + fault.level, language)}] {fault.text(language)}")
    if cycle is None:
        out(text("cli.check_bad", language, n=len(errors(faults))))
        return InputError.exit_code
    rules.load(cycle)
    sizes = {name: number(len(getattr(cycle, name)), 0, language) for name in ("pegawai", "jabatan", "unit")}
    out(text("cli.check_good", language, n=len(faults), **sizes))
    examples = _examples(cycle)
    if examples:
        out(text("cli.check_examples", language, n=len(examples), people=", ".join(examples[:3]) + (", ..." if len(examples) > 3 else "")))
    if not len(cycle.keahlian) or not len(cycle.syarat) or cycle.settings.keahlian_turunan == "lengkapi":
        from mutasi_toolkit.skills import derived_sentences

        for sentence in derived_sentences(cycle, language):
            out(sentence)
    return 0


def _examples(cycle: Cycle) -> list[str]:
    """Codes of the people of the template's example rows who are still in the cycle."""
    from mutasi_toolkit.schema.template import example_rows

    present = set(cycle.pegawai["pegawai_id"])
    return [row["pegawai_id"] for row in example_rows("pegawai") if row["pegawai_id"] in present]
