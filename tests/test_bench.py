"""`mutasi bench`: the registry, one small run, and the page it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from mutasi_toolkit.cli import bench, main


def test_small_run_agrees_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    page = tmp_path / "page.md"
    assert main(["bench", "workload", "--quick", "--into", str(page)]) == 0
    told = capsys.readouterr().out
    assert "rounded needs equal" in told
    assert "grades equal" in told
    assert not page.exists()


def test_unknown_benchmark_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "beban"]) == 2
    assert "workload" in capsys.readouterr().err


def test_a_later_run_takes_the_place_of_the_earlier_and_leaves_the_others(tmp_path: Path) -> None:
    page = tmp_path / "docs" / "page.md"
    for name, section in (("spread", "## S"), ("assignment", "## A"), ("spread", "## S again")):
        bench.write_section(page, name, section)
    told = page.read_text(encoding="utf-8")
    assert told.startswith("# Benchmarks")
    assert told.count("# Benchmarks") == 1
    assert told.index("## A") < told.index("## S again")
    assert "## S\n" not in told


def test_a_benchmark_that_stops_is_a_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "broken.py").write_text("raise SystemExit('no such peer')\n", encoding="utf-8")
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    assert main(["bench", "broken", "--language", "en"]) == 1
    assert "no such peer" in capsys.readouterr().err


def test_disagreement_is_a_fault_of_ours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    answer = '{"title": "T", "table": [{"a": 1}], "notes": [], "packages": {}, "ok": false}'
    (tmp_path / "differs.py").write_text(f"print('{answer}')\n", encoding="utf-8")
    monkeypatch.setattr(bench, "FOLDER", tmp_path)
    assert main(["bench", "differs", "--quick"]) == 1


def test_rows_of_a_part_take_the_place_of_theirs_and_the_others_stay(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    row = {"instance": "city, 3 people", "solver": "ours", "CPU seconds": "0.20", "result": "7"}
    old = [row, {**row, "instance": "region, 9 people"}, {**row, "instance": "nation, 27 people"}]
    bench.write_section(page, "assignment", bench.render("assignment", {"title": "A", "table": old, "notes": [], "packages": {}}))
    assert bench.rows_on(page, "assignment") == old
    new = [{**row, "instance": "region, 10 people", "result": "8"}]
    assert bench.merged(bench.rows_on(page, "assignment"), new, ["region"]) == [old[0], *new, old[2]]


def test_a_part_needs_one_benchmark(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["bench", "--part", "city", "--language", "en"]) == 2
    assert "assignment" in capsys.readouterr().err
