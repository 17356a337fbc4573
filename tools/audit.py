"""`make audit`: known weaknesses in the locked packages (pip-audit), and whether the installed ones fit together.

Exit 0: every package was looked up and none has a known weakness. 1: a weakness, a package that could not be looked up while
others could, or packages that do not fit together. 3: no advisory service could be reached, so nothing is known.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


def verdict(found: dict) -> tuple[int, list[str]]:
    """Exit code and lines for a report of pip-audit in its JSON form.

    >>> verdict({"dependencies": [{"name": "a", "version": "1", "vulns": []}]})
    (0, ['1 package looked up, none with a known weakness'])
    >>> verdict({"dependencies": [{"name": "a", "skip_reason": "not found"}]})
    (3, ['NOT RUN: the advisory service knew none of the 1 packages, so it was not reached'])
    >>> verdict({"dependencies": [{"name": "a", "version": "1", "vulns": []}, {"name": "b", "skip_reason": "not found"}]})
    (1, ['b: not looked up: not found'])
    >>> verdict({"dependencies": [{"name": "a", "version": "1", "vulns": [{"id": "PYSEC-1", "fix_versions": ["2"]}]}]})
    (1, ['a 1: PYSEC-1, mended in 2'])
    """
    packages = found["dependencies"]
    skipped = [p for p in packages if "skip_reason" in p]
    if len(skipped) == len(packages):
        return 3, [
            f"NOT RUN: the advisory service knew none of the {len(packages)} packages, so it was not reached"
        ]
    lines = [f"{p['name']}: not looked up: {p['skip_reason']}" for p in skipped]
    for package in packages:
        for weakness in package.get("vulns", []):
            mended = ", ".join(weakness["fix_versions"]) or "no release yet"
            lines.append(f"{package['name']} {package['version']}: {weakness['id']}, mended in {mended}")
    if lines:
        return 1, lines
    word = "package" if len(packages) == 1 else "packages"
    return 0, [f"{len(packages)} {word} looked up, none with a known weakness"]


def audit(program: str) -> tuple[int, list[str]]:
    """Run pip-audit on the lock; a run that ends without a report counts as not run."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "audit.json"
        lock = str(ROOT / "requirements.lock")
        command = [program, "--require-hashes", "--disable-pip", "-r", lock, "-f", "json", "-o", str(report)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if not report.exists():
            last = (done.stderr.strip().splitlines() or ["no output"])[-1]
            return 3, [f"NOT RUN: {last}"]
        return verdict(json.loads(report.read_text(encoding="utf-8")))


def main() -> int:
    """Print both answers; the worse exit code."""
    uv, program = sys.argv[1:3]
    fit = subprocess.run([uv, "pip", "check", "--python", sys.executable], check=False).returncode
    code, lines = audit(program)
    sys.stdout.write("\n".join(lines) + "\n")
    return 1 if fit else code


if __name__ == "__main__":
    sys.exit(main())
