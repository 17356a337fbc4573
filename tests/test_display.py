"""What a notebook shows: objects as short escaped tables, tables that sort, errors as one line."""

from __future__ import annotations

import shutil
import subprocess
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit import report, spread
from mutasi_toolkit.assignment.plan import Plan
from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale.html import facts
from mutasi_toolkit.report.sortable import Shown, sortable_html
from mutasi_toolkit.skills.example import two_offices

#: Bytes beyond its cells that a table may cost in a committed notebook.
OVERHEAD = 1700


def test_facts_are_escaped() -> None:
    shown = facts("<script>", [("a & b", "<i>")])
    assert "<script>" not in shown
    assert "&lt;i&gt;" in shown


def test_objects_show_themselves_as_short_tables() -> None:
    cycle = two_offices()
    named = replace(cycle, settings=cycle.settings.model_copy(update={"nama": "Kota <b>X</b>"}))
    plan = Plan(pd.DataFrame(), pd.DataFrame(), 12.5, 12.0, 0.04, "feasible", {"beban": 10.0})
    result = spread.SpreadResult(np.array([1, 2, 3]), np.ones(1), np.ones((3, 1)), "skip", model="cascade")
    shown = [named._repr_html_(), plan._repr_html_(), result._repr_html_(), spread.Network(3, [0], [1], 0.5)._repr_html_()]
    for html in shown:
        assert html.startswith("<b>")
        assert html.count("<tr>") <= 14
        assert len(html) < 3000
    assert "&lt;b&gt;X" in shown[0]
    assert "12,500" in shown[1]


def test_show_is_a_table_that_sorts_by_number() -> None:
    frame = pd.DataFrame({"nama": ["B & C", "A"], "ada": [1234.5, np.nan]})
    shown = report.show(frame, "id")
    assert isinstance(shown, Shown)
    html = shown._repr_html_()
    assert 'data-v="1234.5"' in html
    assert 'data-v=""' in html
    assert "B &amp; C" in html
    assert "http" not in html
    assert html == report.show(frame, "id")._repr_html_()
    assert report.show(frame, "id", 1).to_dict("list") == {"Nama": ["B & C"], "Ada": ["1.234,5"]}
    assert type(shown.head(1)) is pd.DataFrame
    assert report.show(pd.DataFrame({"tahun_pertama": pd.array([2026, None], dtype="Int64")}), "id").iloc[:, 0].tolist() == ["2026", ""]


def test_a_table_costs_few_bytes(contoh: Cycle) -> None:
    shown = report.show(contoh.describe("id"), "id")
    cells = sum(len(str(v)) + 60 for v in shown.to_numpy().ravel())
    assert len(shown._repr_html_()) < cells + OVERHEAD


@pytest.mark.slow
def test_a_click_sorts_in_a_browser(tmp_path: Path) -> None:
    browser = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if browser is None:
        pytest.skip("no chromium on this machine")
    table = sortable_html(pd.DataFrame({"n": ["10", "9", "", "1.000"]}), {"n": [10, 9, np.nan, 1000]})
    clicks = "<script>const b=document.querySelector('th button');b.click();document.title=[...document.querySelectorAll('tbody td')].map(c=>c.textContent).join('|');b.click();document.title+=';'+[...document.querySelectorAll('tbody td')].map(c=>c.textContent).join('|')</script>"
    page = tmp_path / "page.html"
    page.write_text(f"<meta charset=utf-8>{table}{clicks}", encoding="utf-8")
    command = [browser, "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom", page.as_uri()]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    if done.returncode:
        pytest.skip("the browser does not start here")
    assert "<title>9|10|1.000|;1.000|10|9|</title>" in done.stdout


def test_errors_show_as_one_line_and_still_fail() -> None:
    from IPython.core.interactiveshell import InteractiveShell

    from mutasi_toolkit.report.errors import _one_line

    shell = InteractiveShell()
    seen: list[list[str]] = []
    shell._showtraceback = lambda kind, error, lines: seen.append(lines)  # type: ignore[method-assign]
    shell.set_custom_exc((InputError,), _one_line)
    done = shell.run_cell("from mutasi_toolkit.errors import InputError\nraise InputError('siklus.csv, baris 3: perbaiki kodenya.')")
    assert seen == [["siklus.csv, baris 3: perbaiki kodenya."]]
    assert isinstance(done.error_in_exec, InputError)
    shell.run_cell("1 / 0")
    assert len(seen[1]) > 1
    InteractiveShell.clear_instance()


def test_outside_a_notebook_nothing_is_installed() -> None:
    assert report.short_errors() is False


def test_table_without_rows_shows_a_dash() -> None:
    assert ">–</td>" in report.show(pd.DataFrame({"ada": pd.Series(dtype=float)}))._repr_html_()
    assert ">–</td>" not in report.show(pd.DataFrame({"ada": [1.0]}))._repr_html_()
