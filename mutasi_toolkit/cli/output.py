"""One line to the user's screen."""

from __future__ import annotations

import sys


def out(line: str) -> None:
    """Write one line to standard output."""
    sys.stdout.write(line + "\n")
