"""The tool that counts what tests notice: its changes are changes, and leave alone what is never computed."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
SOURCE = '''"""Words with 1 number."""
from typing import TYPE_CHECKING
if TYPE_CHECKING:
    from os import path
def f(a: int, b: int = 3) -> bool:
    """Say 2."""
    if not a < b and b != 4:
        raise ValueError(f"more than {5}")
    list(zip([], [], strict=True))
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


def test_second_chance_asks_whoever_imports_the_package() -> None:
    tool = _tool()
    assert "tests/test_skills.py" in tool.importers("skills")
    assert set(tool.importers("skills")) - set(tool.tests_of("skills"))
    assert tool.importers("verify") == tool.importers("solver/exact") == tool.importers("assignment")


@pytest.mark.slow
def test_a_constant_of_a_module_with_doctests_is_changed_where_it_is_imported() -> None:
    """Days of a year: a stay of four years is one of 3.99 then, and the test that reads it fails in a process of its own."""
    work = (
        "import sys; sys.path.insert(0, 'tools'); import mutants as m, mutants_run as r; r.LIBRARIES = (); r.load_libraries(jit=True)\n"
        "path = m.PACKAGE / 'skills/evidence.py'\n"
        "mutant = next(x for x in m.candidates(path) if x.what == '365.25 -> 366.25')\n"
        "assert mutant.scope is None\n"
        "tests = ['mutasi_toolkit/skills/evidence.py::mutasi_toolkit.skills.evidence.unit_field',"
        " 'tests/test_skills_measures.py::test_each_stay_ends_where_the_next_begins']\n"
        "print(r.cold(path, mutant.tree(), tests, 60)['by'])\n"
    )
    run = subprocess.run([sys.executable, "-c", work], cwd=ROOT, capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "tests/test_skills_measures.py::test_each_stay_ends_where_the_next_begins"
