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
    inside = {m.what: m.scope for m in found}
    assert inside["3 -> 4"] is None
    assert inside["Lt -> LtE"][1:] == ("f", 5)


def test_a_scope_is_the_name_python_gives_the_code(tmp_path: Path) -> None:
    path = tmp_path / "m.py"
    path.write_text("class A:\n    @property\n    def f(self):\n        def g(x):\n            return x + 1\n        return g\n", encoding="utf-8")
    found = sorted((m.line, m.what, m.scope[1:]) for m in _tool().candidates(path))
    inner = ("A.f.<locals>.g", 4)
    assert found == [(5, "1 -> 2", inner), (5, "Add -> Sub", inner), (5, "return None", inner), (6, "return None", ("A.f", 2))]


def test_interval_of_wilson() -> None:
    # Newcombe 1998, table I: 81 of 263
    low, high = _tool().interval(81, 263)
    assert (round(low, 2), round(high, 2)) == (25.53, 36.62)


def test_rooms_have_tests_and_files() -> None:
    tool = _tool()
    for room in ("workload", "rules", "skills", "spread", "assignment", "schema", "verify", "solver", "kernels"):
        assert tool.sources_of(room), room
        assert tool.tests_of(room), room
    assert tool.tests_of("workload/balance") == ["tests/test_workload_balance.py"]
