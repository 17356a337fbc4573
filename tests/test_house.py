"""Habits that hold the house: import order, light import, message catalogues, environment, no real people."""

from __future__ import annotations

import ast
import importlib.util
import re
import string
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from mutasi_toolkit.paths import PACKAGE

ROOT = PACKAGE.parent
ORDER = [
    "errors", "paths", "parts", "locale", "schema", "settings", "cycle", "siasn", "synth", "workload", "skills", "rules", "spread", "research",
    "assignment", "planning", "figures", "report", "pipeline", "explorer", "cli",
]  # fmt: skip
LOCALE = PACKAGE / "locale"
SOURCES = sorted(PACKAGE.rglob("*.py"))


def _room(name: str) -> str:
    return name.split(".")[1]


@pytest.mark.parametrize("path", SOURCES, ids=lambda p: p.relative_to(PACKAGE).as_posix())
def test_a_module_imports_only_from_those_before_it(path: Path) -> None:
    parts = path.relative_to(PACKAGE).with_suffix("").parts
    if parts == ("__init__",):
        return
    mine = ORDER.index(parts[0])
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names = [node.module] if isinstance(node, ast.ImportFrom) and node.module else []
        if isinstance(node, ast.ImportFrom) and node.module == "mutasi_toolkit":
            names = [f"mutasi_toolkit.{a.name}" for a in node.names if a.name in ORDER]
        names += [a.name for a in node.names] if isinstance(node, ast.Import) else []
        for name in names:
            if name.startswith("mutasi_toolkit."):
                assert ORDER.index(_room(name)) <= mine, f"{path.name} imports {name}"


def test_importing_the_package_loads_the_standard_library_only() -> None:
    code = "import sys; import mutasi_toolkit; print([m for m in ('numpy', 'pandas', 'yaml', 'matplotlib') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("domain", sorted(p.stem for p in (LOCALE / "id").glob("*.yaml")))
def test_both_catalogues_have_the_same_messages_and_places(domain: str) -> None:
    def places(message: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(str(message)) if name}

    one, two = (yaml.safe_load((LOCALE / lang / f"{domain}.yaml").read_text(encoding="utf-8")) for lang in ("id", "en"))
    assert set(one) == set(two)
    if domain != "notebooks":
        assert {k: places(v) for k, v in one.items()} == {k: places(v) for k, v in two.items()}


def test_prose_of_the_notebooks_is_that_of_the_catalogue() -> None:
    import nbformat

    prose = yaml.safe_load((LOCALE / "id" / "notebooks.yaml").read_text(encoding="utf-8"))
    seen = {}
    for path in sorted((ROOT / "notebooks").glob("[0-9][0-9]_*.ipynb")):
        seen |= {c.id: c.source for c in nbformat.read(path, as_version=4).cells if c.cell_type == "markdown"}
    assert seen == {k: v.rstrip("\n") for k, v in prose.items()}


def test_files_stay_short() -> None:
    long = {p.name: n for p in SOURCES if (n := len(p.read_text(encoding="utf-8").splitlines())) > 520}
    assert long == {}


def _environment_tool():
    spec = importlib.util.spec_from_file_location("environment", ROOT / "tools" / "environment.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_environment_is_made_from_pyproject_and_parses_strictly() -> None:
    from rattler import MatchSpec

    content = (ROOT / "environment.yml").read_text(encoding="utf-8")
    assert content == _environment_tool().environment_text()
    for line in yaml.safe_load(content)["dependencies"]:
        if isinstance(line, str):
            MatchSpec(line, strict=True)
        else:
            assert line == {"pip": ["-e ."]}


def test_lock_names_no_address() -> None:
    lock = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    assert "://" not in lock
    assert "--hash=sha256:" in lock


def test_no_number_shaped_like_a_real_nip() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False).stdout.split("\n")
    for name in listed:
        path = ROOT / name
        if path.suffix in {".csv", ".md", ".py", ".ipynb", ".yaml"} and path.is_file():
            found = re.findall(r"(?<!\d)(?:19|20)\d{16}(?!\d)", path.read_text(encoding="utf-8"))
            # Excel's damaged form of the example NIP is told in a message of the tests.
            assert all(x.endswith("000") for x in found if x[:4] + x[8:12] != "19802005"), name
