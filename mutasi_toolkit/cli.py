"""`mutasi`: the command line. Each command imports what it needs when it is called."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from mutasi_toolkit import __version__
from mutasi_toolkit.errors import InputError, MutasiError
from mutasi_toolkit.locale import number, text

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
        sys.stderr.write(
            f"{text('cli.os_error', getattr(options, 'language', 'id'), why=str(error))}\n"
        )
        return InputError.exit_code
    except KeyboardInterrupt:
        sys.stderr.write(text("cli.interrupted", getattr(options, "language", "id")) + "\n")
        return 1


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mutasi",
        description="Workload, knowledge spread and proved transfer proposals.",
        epilog=EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"mutasi_toolkit {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)

    def command(name: str, do: object, says: str, example: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(
            name,
            help=says,
            description=says,
            epilog=f"example: mutasi {example}",
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        sub.set_defaults(do=do)
        return sub

    check = command(
        "check",
        _check,
        "check the tables of a cycle and print every fault",
        "check data/cycles/contoh",
    )
    check.add_argument("cycle")
    check.add_argument("--scenario", default=None)
    run = command(
        "run",
        _run,
        "run scenarios of a cycle: proposal, notebooks, report",
        "run data/cycles/contoh --scenario dasar --scenario setelah_jendela",
    )
    run.add_argument("cycle")
    run.add_argument(
        "--scenario",
        action="append",
        default=None,
        help="may be given several times; 'dasar' by default",
    )
    run.add_argument(
        "--out", default=None, help="folder of the run folders; runs/<cycle> by default"
    )
    run.add_argument("--workers", type=int, default=2, help="notebooks run at once")
    run.add_argument(
        "--resume", action="store_true", help="go on from an unfinished run (also done without it)"
    )
    verify = command(
        "verify",
        _verify,
        "run again from the manifest and compare every output",
        "verify runs/contoh/dasar",
    )
    verify.add_argument("run")
    verify.add_argument("--cycle", default=None, help="the cycle, where it is not in data/cycles")
    verify.add_argument("--workers", type=int, default=2)
    explain = command(
        "explain",
        _explain,
        "why this person moves, or why not",
        "explain runs/contoh/dasar 198001012005011000",
    )
    explain.add_argument("run")
    explain.add_argument("pegawai")
    explain.add_argument("--cycle", default=None, help="the cycle, where it is not in data/cycles")
    synth = command(
        "synth", _synth, "write a synthetic cycle", "synth pangkalpinang /tmp/kota --seed 7"
    )
    synth.add_argument("preset", choices=("pangkalpinang", "contoh", "kementerian", "nasional"))
    synth.add_argument("folder")
    synth.add_argument("--staff", type=int, default=None)
    synth.add_argument("--seed", type=int, default=None)
    for sub in (check, run, verify, explain, synth):
        sub.add_argument("--language", choices=("id", "en"), default="id")
    return parser


def _out(line: str) -> None:
    sys.stdout.write(line + "\n")


def _check(options: argparse.Namespace) -> int:
    from mutasi_toolkit.cycle import check_cycle
    from mutasi_toolkit.schema.faults import errors

    cycle, faults = check_cycle(options.cycle, options.scenario, options.language)
    for fault in faults:
        _out(f"[{text('cli.' + fault.level, options.language)}] {fault.text(options.language)}")
    if cycle is None:
        _out(text("cli.check_bad", options.language, n=len(errors(faults))))
        return InputError.exit_code
    _out(
        text(
            "cli.check_good",
            options.language,
            pegawai=number(len(cycle.pegawai), 0, options.language),
            jabatan=number(len(cycle.jabatan), 0, options.language),
            unit=number(len(cycle.unit), 0, options.language),
            n=len(faults),
        )
    )
    return 0


def _run(options: argparse.Namespace) -> int:
    from mutasi_toolkit.pipeline.run import first_failure, run_cycle
    from mutasi_toolkit.pipeline.summary import summary_lines

    if options.workers < 1:
        raise InputError(text("cli.workers", options.language, n=options.workers))

    def say(line: str) -> None:
        if sys.stderr.isatty():
            sys.stderr.write(f"\r\033[K{line} ...")

    outcomes = run_cycle(
        options.cycle,
        options.scenario or ["dasar"],
        options.out,
        options.workers,
        options.language,
        say,
    )
    if sys.stderr.isatty():
        sys.stderr.write("\r\033[K")
    for outcome in outcomes:
        for line in summary_lines(outcome, options.language):
            _out(line)
    failure = first_failure(outcomes)
    return failure.exit_code if failure else 0


def _verify(options: argparse.Namespace) -> int:
    from mutasi_toolkit.pipeline.verify import verify_run

    count = verify_run(options.run, options.cycle, options.workers)
    _out(text("pipeline.reproduced", options.language, place=options.run, n=count))
    return 0


def _explain(options: argparse.Namespace) -> int:
    from mutasi_toolkit.pipeline.reasons import explain_person

    _out(explain_person(Path(options.run), options.pegawai, options.cycle, options.language))
    return 0


def _synth(options: argparse.Namespace) -> int:
    from mutasi_toolkit import synth

    settings = {
        name: value
        for name, value in (("staff", options.staff), ("seed", options.seed))
        if value is not None
    }
    synth.write(options.preset, Path(options.folder), **settings)
    _out(text("cli.synth_done", options.language, preset=options.preset, folder=options.folder))
    return 0


if __name__ == "__main__":
    sys.exit(main())
