"""docs/aturan.md from data/parameters/aturan.yaml."""

from __future__ import annotations

import sys
from pathlib import Path

from mutasi_toolkit.rules.page import rules_page

PAGE = Path(__file__).resolve().parent.parent / "docs" / "aturan.md"

if __name__ == "__main__":
    PAGE.write_text(rules_page(), encoding="utf-8")
    sys.stdout.write(f"{PAGE.name}\n")
