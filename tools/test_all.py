"""What `make test` runs: tests, doctests, notebooks against their stored outputs, style and types; all must pass."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent


def steps() -> list[tuple[str, list[str]]]:
    """Name and command of every step; pytest comes last, so that its count closes the output."""
    python = sys.executable
    notebooks = sorted(str(p) for p in (ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb"))
    return [
        ("style", [str(BIN / "ruff"), "check", "--no-cache", "mutasi_toolkit", "tests", "tools"]),
        ("security", [str(BIN / "bandit"), "-q", "-ll", "-r", "mutasi_toolkit", "tools", "benchmarks"]),
        ("types", [python, "-m", "mypy", "--cache-dir", ".mypy_cache"]),
        ("notebooks", [python, "-m", "pytest", "-q", "--nbval", "--nbval-current-env", *notebooks]),
        ("doctests", [python, "-m", "pytest", "-q", "-n", "2", "--doctest-modules", "mutasi_toolkit"]),
        ("tests", [python, "-m", "pytest", "-q", "-n", "2", "--dist", "worksteal", "tests", *sys.argv[1:]]),
    ]


def main() -> int:
    """Run every step; 1 when one fails, with the names of those that did."""
    failed = []
    for name, command in steps():
        sys.stdout.write(f"== {name}\n")
        sys.stdout.flush()
        if subprocess.run(command, cwd=ROOT, check=False).returncode != 0:
            failed.append(name)
    if failed:
        sys.stdout.write(f"FAILED: {', '.join(failed)}\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
