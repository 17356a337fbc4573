"""`make licences`: the licence of every package of the lock, from its own metadata, into docs/licences.md."""

from __future__ import annotations

import importlib.metadata as metadata
import re
import sys
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "licences.md"
TEXT = """# Licences

What the packages of `requirements.lock` say of their own licence, read from their metadata by `make licences`. The package itself is
under the MIT licence. Packages that only other systems need (Windows, macOS) are not installed here and are listed at the end.

| package | version | licence |
|---|---|---|
{rows}

In all: {count}.

Not installed on this system: {absent}.
"""


def locked(lock: str) -> dict[str, str]:
    r"""Name and version of every package of a lock file.

    >>> locked("numpy==2.4.6 --hash=sha256:00\ncolorama==0.4.6 ; sys_platform == 'win32'")
    {'numpy': '2.4.6', 'colorama': '0.4.6'}
    """
    return dict(re.findall(r"^([A-Za-z0-9._-]+)==([^\s;\\]+)", lock, flags=re.MULTILINE))


def licence(about: metadata.PackageMetadata) -> str:
    """Licence of a package: its SPDX expression, else its classifiers, else the first line of the old field."""
    if about.get("License-Expression"):
        return about["License-Expression"]
    classes = [
        c.rsplit(" :: ", 1)[-1] for c in about.get_all("Classifier") or [] if c.startswith("License ::")
    ]
    classes = [c for c in classes if c != "OSI Approved"]
    if classes:
        return ", ".join(sorted(classes))
    lines = (about.get("License") or "").strip().splitlines()
    return lines[0][:60] if lines else "not stated"


def page(lock: str) -> str:
    """The Markdown page for the packages of a lock file that are installed here."""
    rows, absent = [], []
    for name, version in sorted(locked(lock).items()):
        try:
            rows.append((name, version, licence(metadata.metadata(name))))
        except metadata.PackageNotFoundError:
            absent.append(name)
    count = Counter(row[2] for row in rows)
    return TEXT.format(
        rows="\n".join(f"| {name} | {version} | {text} |" for name, version, text in rows),
        count="; ".join(f"{text} {n}" for text, n in sorted(count.items(), key=lambda item: (-item[1], item[0]))),
        absent=", ".join(absent) or "none",
    )


def main() -> int:
    """Write the page; 1 when a package states no licence."""
    text = page((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    PAGE.write_text(text, encoding="utf-8")
    sys.stdout.write(f"{PAGE.relative_to(ROOT)}\n")
    return int("| not stated |" in text)


if __name__ == "__main__":
    sys.exit(main())
