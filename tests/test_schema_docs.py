"""The data dictionary is that of the schema; the glossary holds every table and choice of kind, and no word that is used nowhere."""

from __future__ import annotations

import importlib.util
from types import ModuleType

import pytest

from mutasi_toolkit.paths import PACKAGE
from mutasi_toolkit.schema import TABLES, attributes

ROOT = PACKAGE.parent


def _tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("dictionary", ROOT / "tools" / "dictionary.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _glossary() -> list[list[str]]:
    lines = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8").splitlines()
    return [[c.strip() for c in line.strip("|").split("|")] for line in lines if line.startswith("| ")][1:]


@pytest.mark.parametrize("language", ["id", "en"])
def test_the_dictionary_is_made_from_the_schema(language: str) -> None:
    tool = _tool()
    page = tool.PLACES[language].read_text(encoding="utf-8")
    assert page == tool.dictionary_text(language)
    for table in TABLES:
        assert all(f"| `{a.name}` |" in page for a in attributes(table))


def test_the_glossary_is_in_order_and_every_cell_is_filled() -> None:
    rows = _glossary()
    words = [row[0] for row in rows]
    assert words == sorted(words, key=str.casefold)
    assert len(set(words)) == len(words)
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_glossary_holds_every_table_decision_and_status() -> None:
    words = {row[0] for row in _glossary()}
    choices = {c for t, n in (("keputusan", "putusan"), ("jabatan", "jenis")) for a in attributes(t) if a.name == n for c in a.choices}
    statuses = {"PNS", "CPNS", "PPPK"}
    assert {*TABLES, *choices - {"administrator", "pengawas"}, *statuses} <= words


def test_every_word_of_the_glossary_is_used() -> None:
    sources = [p for kind in ("*.py", "*.yaml", "*.csv") for p in PACKAGE.rglob(kind)] + sorted((ROOT / "data" / "parameters").glob("*.yaml"))
    text = "\n".join(p.read_text(encoding="utf-8") for p in sources).lower()
    assert [row[0] for row in _glossary() if row[0].lower() not in text] == []


def test_every_column_is_labelled_in_both_languages_and_unlike_its_neighbours() -> None:
    for table in TABLES:
        for language in ("id", "en"):
            labels = [a.label(language) for a in attributes(table)]
            assert all(labels)
            assert len(set(labels)) == len(labels)


def test_the_page_on_reliability_counts_the_catalogue() -> None:
    from tests.test_schema_faults import CASES

    page = (ROOT / "docs" / "reliability.md").read_text(encoding="utf-8")
    for stem in {str(case.id).split("-")[0] for case in CASES}:
        n = sum(str(case.id).startswith(f"{stem}-") for case in CASES)
        assert f"| {stem}.yaml | {n} | {n} | 0 |" in page, (stem, n)
