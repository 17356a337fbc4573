"""The tool that counts what tests notice: its changes are changes, and leave alone what is never computed."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SOURCE = '''"""Words with 1 number."""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from os import path
def f(a: int, b: int = 3) -> bool:
    """Say 2."""
    if not a < b and b != 4:
        raise ValueError(f"more than {5}")
    return a + b
'''


def _tool():
    spec = importlib.util.spec_from_file_location("mutants", ROOT / "tools" / "mutants.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules["mutants"] = module
    spec.loader.exec_module(module)
    return module


def test_each_mutant_differs_and_words_stay(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text(SOURCE, encoding="utf-8")
    found = _tool().candidates(path)
    said = [m.what for m in found]
    assert sorted(said) == sorted(["3 -> 4", "condition negated", "And -> Or", "Not dropped", "Lt -> LtE", "NotEq -> Eq", "4 -> 5", "return None", "Add -> Sub"])
    texts = {m.text() for m in found}
    assert len(texts) == len(found)
    assert all("Words with 1 number." in t and "more than {5}" in t for t in texts)
    assert any("a <= b" in t for t in texts)


def test_rooms_have_tests_and_files() -> None:
    tool = _tool()
    for room in ("workload", "rules", "skills", "spread", "assignment", "schema"):
        assert tool.sources_of(room), room
        assert tool.tests_of(room), room
    assert tool.tests_of("workload/balance") == ["tests/test_workload_balance.py"]
