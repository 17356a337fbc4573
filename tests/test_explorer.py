"""The explorer: its session against the package, its page against its session, its server against strangers."""

from __future__ import annotations

import http.client
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from mutasi_toolkit import assignment, spread
from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.explorer import Choices, Session, pages, scenario_values
from mutasi_toolkit.explorer.serve import config, serve
from mutasi_toolkit.explorer.session import choices_of, with_decision
from mutasi_toolkit.paths import data_dir
from tests.browser import FAINT, Browser, chromium

CONTOH = data_dir("cycles") / "contoh"


@pytest.fixture(scope="module")
def session() -> Session:
    return Session(read_cycle(CONTOH))


def _with(choices: Choices, **changes: object) -> Choices:
    return replace(choices, **changes)


def test_the_plan_is_that_of_the_package(session: Session) -> None:
    start = choices_of(session.cycle)
    state = session.solve(_with(start, pindah=4, bobot=tuple((k, 7.0 if k == "kecocokan" else v) for k, v in start.bobot)))
    cycle = session.cycle.with_settings(anggaran={"pindah": 4}, bobot={"kecocokan": 7.0})
    plan = assignment.solve(assignment.Problem.from_cycle(cycle, spread.marginal_gains(cycle)))
    assert state.plan.moves.equals(plan.moves)
    assert state.plan.objective == plan.objective
    assert state.figures["mutasi"] == len(plan.moves) <= 4
    assert state.opd["selisih_mutlak_sesudah"].sum() == pytest.approx(state.figures["selisih_sesudah"])


def test_what_was_measured_before_the_moves_is_kept_by_demand_alone(session: Session) -> None:
    start, grown = choices_of(session.cycle), tuple((r, 0.3) for r in ("umkm", "umum"))
    kept = Session(session.cycle)
    kept.solve(start)
    for changed in (_with(start, pindah=2), _with(start, permintaan=grown), _with(start, permintaan=grown, jaminan=(("pemegang_tunggal", False),)), _with(start, jaminan=())):
        mine, anew = kept.solve(changed), Session(session.cycle).solve(changed)
        assert mine.figures == anew.figures
        assert mine.opd.equals(anew.opd)
        assert mine.coverage.equals(anew.coverage)
    assert len(kept._before) == 2


def test_choices_seen_before_are_not_solved_again(session: Session) -> None:
    start = choices_of(session.cycle)
    assert session.solve(start) is session.solve(choices_of(session.cycle))


def test_a_larger_budget_never_costs_more(session: Session) -> None:
    start = choices_of(session.cycle)
    values = [session.solve(_with(start, pindah=n)).plan.objective for n in (0, 2, 4, 8)]
    assert values == sorted(values, reverse=True)


def test_decisions_hold_and_can_be_taken_back(session: Session) -> None:
    start = choices_of(session.cycle)
    free = session.solve(start)
    person, seat = free.moves.loc[0, ["pegawai_id", "jabatan_tujuan"]]
    stays = session.solve(with_decision(start, person, "tetap"))
    assert person not in set(stays.moves["pegawai_id"])
    refused = session.solve(with_decision(start, person, "tolak", seat))
    assert (person, seat) not in set(zip(refused.moves["pegawai_id"], refused.moves["jabatan_tujuan"], strict=True))
    must = session.solve(with_decision(start, person, "harus", seat))
    assert must.plan.objective == pytest.approx(free.plan.objective)
    assert min(stays.plan.objective, refused.plan.objective) >= free.plan.objective
    assert with_decision(with_decision(start, person, "tetap"), person, "bebas") == start
    with pytest.raises(InputError, match=person):
        with_decision(start, person, "harus")


def test_a_saved_scenario_is_the_same_cycle(session: Session, tmp_path: Path) -> None:
    session.cycle.write(tmp_path)
    start = choices_of(session.cycle)
    person, seat = session.solve(start).moves.loc[0, ["pegawai_id", "jabatan_tujuan"]]
    choices = with_decision(_with(start, pindah=5, permintaan=(("umkm", 0.2),)), person, "tolak", seat)
    place = session.save(choices, "coba_1", tmp_path)
    assert yaml.safe_load(place.read_text(encoding="utf-8"))["anggaran"] == {"pindah": 5}
    cycle = read_cycle(tmp_path, "coba_1")
    plan = assignment.solve(assignment.Problem.from_cycle(cycle, session.gains))
    assert plan.moves.equals(session.solve(choices).plan.moves)
    for name in ("../x", "dasar", "", "A", "coba_1", "x" * 61):
        with pytest.raises(InputError):
            session.save(choices, name, tmp_path)


def test_a_scenario_that_decides_on_nobody_known_is_refused(tmp_path: Path, session: Session) -> None:
    session.cycle.write(tmp_path)
    (tmp_path / "scenarios").mkdir()
    content = scenario_values(Choices(tetap=("tidak ada",)))
    (tmp_path / "scenarios" / "salah.yaml").write_text(yaml.safe_dump(content), encoding="utf-8")
    with pytest.raises(InputError, match="tidak ada"):
        read_cycle(tmp_path, "salah")


def test_no_text_of_the_tables_becomes_markup(session: Session) -> None:
    state = session.solve(choices_of(session.cycle))
    evil = "<script>alert(1)</script>"
    moves = state.moves.assign(nama_asal=evil, opd_tujuan=evil)
    opd = state.opd.assign(nama=evil)
    coverage = state.coverage.assign(keahlian=evil)
    bad = replace(state, opd=opd, coverage=coverage)
    for page in (pages.moves(moves), pages.bars(bad), pages.skill_map(bad)):
        assert "<script" not in page
        assert "&lt;script&gt;" in page


def test_nobody_moving_is_said(session: Session) -> None:
    state = session.solve(_with(choices_of(session.cycle), pindah=0))
    assert "Tidak seorang pun" in pages.moves(state.moves)
    assert state.figures["selisih_sebelum"] == state.figures["selisih_sesudah"]


def test_the_server_listens_here_only_and_wants_a_token() -> None:
    settings = config(8000, "rahasia", False)
    assert settings["Voila"]["ip"] == "127.0.0.1"
    assert settings["Voila"]["token"] == "rahasia"
    with pytest.raises(InputError, match="80"):
        serve(CONTOH, port=80)


@pytest.fixture(scope="module")
def served() -> Iterator[str]:
    chromium()
    pytest.importorskip("voila")
    command = [sys.executable, "-u", "-m", "mutasi_toolkit.cli", "explore", str(CONTOH), "--no-browser"]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    found = re.search(r"http\S+", process.stdout.readline())
    assert found
    yield found.group()
    process.send_signal(signal.SIGTERM)
    try:
        assert process.wait(120) == 0
    finally:
        process.kill()
        process.wait()
        process.stdout.close()


def _ask(host: str, path: str, **headers: str) -> http.client.HTTPResponse:
    """The server's own answer: a way to the login page is not followed."""
    connection = http.client.HTTPConnection(host, timeout=180)
    connection.request("GET", path, headers=headers)
    answer = connection.getresponse()
    answer.body = answer.read() if answer.status != 101 else b""
    connection.close()
    return answer


@pytest.mark.slow
def test_moving_a_slider_shows_the_package_s_numbers(served: str, session: Session, tmp_path: Path) -> None:
    browser = Browser(tmp_path)
    try:
        browser.go(served)
        while browser.run("location.protocol") == "chrome-error:":
            browser.go(served)
        browser.wait("document.querySelector('[data-key=mutasi]') !== null")
        shown = "Number(document.querySelector('[data-key={}]').dataset.value)"
        before = session.solve(choices_of(session.cycle))
        assert browser.run(shown.format("mutasi")) == before.figures["mutasi"]
        assert browser.run(shown.format("selisih")) == before.figures["selisih_sesudah"]
        assert browser.run(FAINT) == []
        for _ in range(3):
            browser.run("document.querySelectorAll('.noUi-handle')[5].focus()")
            browser.press("ArrowLeft", 37)
        browser.wait(f"{shown.format('mutasi')} === 5")
        after = session.solve(_with(choices_of(session.cycle), pindah=5))
        assert browser.run(shown.format("selisih")) == after.figures["selisih_sesudah"]
        assert browser.run(shown.format("pengetahuan")) == pytest.approx(after.figures["pengetahuan"])
        assert {a for a in browser.requests.values() if a.startswith("http") and not a.startswith("http://127.0.0.1")} == set()
    finally:
        browser.close()


@pytest.mark.slow
def test_strangers_are_turned_away(served: str) -> None:
    host, token = served.split("/")[2], served.split("token=")[1]
    for _ in range(300):
        try:
            away = _ask(host, "/").getheader("Location", "")
            break
        except OSError:
            time.sleep(0.2)
    assert away.startswith("/login")
    cookie = _ask(host, f"/?token={token}").getheader("Set-Cookie", "").split(";")[0]
    mine = {"Cookie": cookie}
    page = _ask(host, "/", **mine)
    assert page.status == 200
    assert "default-src 'self'" in page.getheader("Content-Security-Policy", "")
    kernel = re.search(r'kernelId"?: "([0-9a-f-]{36})"', page.body.decode()).group(1)
    talk = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==", "Sec-WebSocket-Version": "13"}
    path = f"/api/kernels/{kernel}/channels"
    assert _ask(host, path, Origin=f"http://{host}", **talk, **mine).status == 101
    assert _ask(host, path, Origin="http://elsewhere.example", **talk, **mine).status == 403
    assert _ask(host, path, Origin=f"http://{host}", **talk).status == 403
    assert _ask(host, "/voila/files/voila.json", **mine).status in {403, 404}
