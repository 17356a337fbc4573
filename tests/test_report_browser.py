"""The report in a browser: a reader sorts and filters, on a screen and on a phone, and nothing is fetched."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.figures import png_bytes
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.report import opened_from, pictures, write_html
from mutasi_toolkit.report.parts import PRINTED, table_part
from tests.browser import FAINT, Browser

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def page(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    place = tmp_path_factory.mktemp("halaman")
    tab = Browser(tmp_path_factory.mktemp("peramban"))
    cycle = mt.read_cycle(data_dir("cycles") / "contoh")
    mt.propose(cycle).write(place)
    opened = opened_from(cycle, place)
    (place / "figures").mkdir(exist_ok=True)
    (place / "figures" / "suku.png").write_bytes(png_bytes(pictures.draw(opened, "suku"), dpi=60))
    write_html(opened, place / "figures", place / "report.html")
    tab.go((place / "report.html").as_uri())
    yield tab
    tab.close()


def _column(page: Browser, table: str, at: int) -> list[str]:
    found: list[str] = page.run(
        f"[...document.querySelectorAll('#{table} tbody tr')].filter(r => !r.hidden).map(r => r.cells[{at}].dataset.v ?? r.cells[{at}].textContent)"
    )
    return found


def test_a_click_sorts_the_table_and_a_second_turns_it(page: Browser) -> None:
    page.run("document.querySelector('#t-opd').scrollIntoView()")
    before = [float(v) for v in _column(page, "t-opd", 1)]
    page.click("document.querySelectorAll('#t-opd th button')[1]")
    assert [float(v) for v in _column(page, "t-opd", 1)] == sorted(before)
    assert (
        page.run("document.querySelectorAll('#t-opd th')[1].getAttribute('aria-sort')")
        == "ascending"
    )
    page.click("document.querySelectorAll('#t-opd th button')[1]")
    assert [float(v) for v in _column(page, "t-opd", 1)] == sorted(before, reverse=True)


def test_typing_filters_the_table(page: Browser) -> None:
    box = "document.querySelector('input[data-for=t-aturan]')"
    every = _column(page, "t-aturan", 0)
    page.click(box)
    page.call("Input.insertText", text="R18")
    left = _column(page, "t-aturan", 0)
    assert "R18" in left
    assert len(left) < len(every)
    page.run(f"{box}.select()")
    page.press("Delete", 46)
    assert page.run(f"{box}.value") == ""
    assert _column(page, "t-aturan", 0) == every


def test_every_text_stands_out_from_its_ground(page: Browser) -> None:
    page.run("document.querySelectorAll('details').forEach(d => d.open = true)")
    assert page.run(FAINT) == []


def test_a_phone_scrolls_one_way(page: Browser) -> None:
    page.call(
        "Emulation.setDeviceMetricsOverride",
        width=390,
        height=844,
        deviceScaleFactor=1,
        mobile=True,
    )
    wide = page.run("document.documentElement.scrollWidth")
    page.call("Emulation.clearDeviceMetricsOverride")
    assert wide <= 390


def test_pictures_have_words_and_headings_follow_each_other(page: Browser) -> None:
    alts = page.run("[...document.images].map(i => [i.alt, i.naturalWidth])")
    assert alts
    assert all(len(alt) > 20 and width > 0 for alt, width in alts)
    levels = page.run("[...document.querySelectorAll('h1,h2,h3,h4,h5,h6')].map(h => +h.tagName[1])")
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(b - a for a, b in pairwise(levels)) <= 1


def test_nothing_is_fetched(page: Browser) -> None:
    assert [a for a in page.requests.values() if not a.startswith(("data:", "file:"))] == []


def test_a_very_long_table_is_printed_in_part_and_says_where_the_rest_is() -> None:
    frame = pd.DataFrame({"nama": [f"u{k}" for k in range(PRINTED + 1)]})
    assert table_part("t", frame, "c", "id", cut="di lembar x").cut == "di lembar x"
    assert table_part("t", frame.head(PRINTED), "c", "id", cut="di lembar x").printed == 0
    style = (Path(pictures.__file__).parent / "report.css").read_text(encoding="utf-8")
    assert f".first{PRINTED} tbody tr:nth-child(n+{PRINTED + 1})" in style
