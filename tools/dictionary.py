"""docs/kamus.md and docs/dictionary.md: every column of every table, generated from the schema."""

from __future__ import annotations

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
PLACES = {"id": ROOT / "docs" / "kamus.md", "en": ROOT / "docs" / "dictionary.md"}


def dictionary_text(language: str) -> str:
    """The page in one language."""
    from mutasi_toolkit.locale import text
    from mutasi_toolkit.schema import REQUIRED_TABLES, TABLES, attributes
    from mutasi_toolkit.schema.template import COLUMNS, explained

    parts = [f"# {text('template.dictionary_title', language)}", "", text("template.dictionary_intro", language), ""]
    heads = [text(f"template.head_{c}", language) for c in COLUMNS[1:]]
    for table in TABLES:
        must = text("template.table_must" if table in REQUIRED_TABLES else "template.table_may", language)
        parts += [f"## {table}", "", f"{text(f'cycle.{table}', language)}. {must}", ""]
        parts += ["| " + " | ".join(heads) + " |", "|" + "---|" * len(heads)]
        for attribute in attributes(table):
            cells = explained(table, attribute, language)[1:]
            parts.append("| " + " | ".join([f"`{cells[0]}`", *[c.replace("|", "\\|") for c in cells[1:]]]) + " |")
        parts.append("")
    return "\n".join(parts)


def main() -> None:
    """Write both pages."""
    for language, path in PLACES.items():
        path.write_text(dictionary_text(language), encoding="utf-8")


if __name__ == "__main__":
    main()
