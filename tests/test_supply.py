"""The lists of what the project stands on: the licences page and the audit tell of the lock as it is."""

import doctest
import importlib.util
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent


def tool(name: str):
    """A module of tools/ by its name."""
    spec = importlib.util.spec_from_file_location(name, ROOT / "tools" / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", ["audit", "licences"])
def test_examples_of_the_tools_run(name):
    result = doctest.testmod(tool(name))
    assert result.attempted > 0
    assert result.failed == 0


def test_every_locked_package_is_on_the_licences_page():
    locked = tool("licences").locked((ROOT / "requirements.lock").read_text(encoding="utf-8"))
    page = (ROOT / "docs" / "licences.md").read_text(encoding="utf-8")
    listed = dict(
        line.split(" | ")[:2] for line in (row[2:] for row in page.splitlines() if row.startswith("| "))
    )
    listed.pop("package")
    absent = page.split("Not installed on this system: ")[1].strip().rstrip(".").split(", ")
    assert {**listed, **{name: locked[name] for name in absent}} == locked
    assert "not stated" not in page


def test_every_file_of_hashes_names_no_place_to_fetch_from():
    for lock in ROOT.glob("requirements*.lock"):
        text = lock.read_text(encoding="utf-8")
        assert "://" not in text
        assert text.count("==") <= text.count("--hash=sha256:")
