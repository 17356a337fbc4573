"""Documentation: every code block runs, every command line parses, the pages build without a network."""

from __future__ import annotations

import importlib.util
import re
import runpy
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from mutasi_toolkit.cli import COMMANDS, _parser
from mutasi_toolkit.paths import PACKAGE

ROOT = PACKAGE.parent
PAGES = sorted([*ROOT.glob("docs/*.md"), *ROOT.glob("*.md")])
BLOCK = re.compile(r"^```(?P<kind>[a-z]+)\n(?P<body>.*?)^```$", re.M | re.S)


def _blocks(page: Path, *kinds: str) -> list[str]:
    found = BLOCK.finditer(page.read_text(encoding="utf-8"))
    return [m["body"] for m in found if m["kind"] in kinds]


def _with(kind: str) -> list[Path]:
    return [p for p in PAGES if _blocks(p, kind)]


@pytest.mark.parametrize("page", _with("python"), ids=lambda p: p.name)
def test_python_on_a_page_runs_from_top_to_bottom(page: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    space: dict[str, object] = {"__name__": "page"}
    printed = ""
    for n, found in enumerate(BLOCK.finditer(page.read_text(encoding="utf-8"))):
        if found["kind"] == "python":
            exec(compile(found["body"], f"{page.name}[{n}]", "exec"), space)
            printed = capsys.readouterr().out
            assert "Traceback" not in printed
        elif found["kind"] == "text":
            assert printed == found["body"], f"{page.name}: what is shown is not what is printed"


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_command_lines_on_a_page_are_ones_that_exist(page: Path) -> None:
    lines = [line for body in _blocks(page, "console", "bash", "sh") for line in body.splitlines()]
    lines += [m[4:] for m in re.findall(r"^    mutasi .*$", page.read_text(encoding="utf-8"), re.M)]
    for line in lines:
        words = shlex.split(line.removeprefix("$ "), comments=True)
        if words and words[0] == "mutasi":
            _parser().parse_args(words[1:])


def test_the_page_of_commands_has_every_command() -> None:
    spec = importlib.util.spec_from_file_location("commands_page", ROOT / "tools" / "commands_page.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    wanted = module.page()
    assert all(f"## mutasi {name}\n" in wanted for name in COMMANDS)


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+?)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        if "://" not in target and not target.startswith("mailto:"):
            assert (page.parent / target).exists(), f"{page.name}: {target}"


@pytest.mark.slow
def test_pages_build_without_a_network(tmp_path: Path) -> None:
    pytest.importorskip("sphinx")
    command = [sys.executable, "-m", "sphinx", "-q", "-W", "--keep-going", "-b", "html", "-d", str(tmp_path / "d"), str(ROOT / "docs"), str(tmp_path / "html")]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-3000:]
    fetched = re.compile(r"""<(?:script|link|img)[^>]*(?:src|href)=["']https?://""")
    pages = list((tmp_path / "html").rglob("*.html"))
    assert len(pages) > len(list((ROOT / "docs").glob("*.md")))
    assert [p.name for p in pages if fetched.search(p.read_text(encoding="utf-8"))] == []


def test_attributes_on_one_line_become_one_entry_each() -> None:
    split = runpy.run_path(str(ROOT / "docs" / "conf.py"))["one_name_each"]
    lines = ["Said.", "", "Attributes", "----------", "a, b : int", "    Both.", "c : str", "", "Parameters", "----------", "x, y : int", "    Kept."]
    assert split(lines) == [*lines[:4], "a : int", "    Both.", "b : int", "    Both.", *lines[6:]]
