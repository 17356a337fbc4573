"""Run folders: hashes, stages taken over, one step into place."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import pytest

from mutasi_toolkit.pipeline import folder, stages


def _job(tmp_path: Path) -> SimpleNamespace:
    part = tmp_path / ".dasar.part"
    part.mkdir()
    return SimpleNamespace(part=part, place=tmp_path / "dasar")


def _writer(part: Path, content: str, calls: list[str]):
    def work() -> None:
        calls.append(content)
        (part / "tables").mkdir(exist_ok=True)
        (part / "tables" / "a.csv").write_text(content)
        (part / "plan.json").write_text("{}")

    return work


def test_put_in_place_of_nothing_and_of_an_older_run(tmp_path: Path) -> None:
    place = tmp_path / "dasar"
    for content in ("old", "new"):
        fresh = tmp_path / ".dasar.part"
        fresh.mkdir()
        (fresh / "x").write_text(content)
        folder.put_in_place(fresh, place)
        assert (place / "x").read_text() == content
        assert sorted(p.name for p in tmp_path.iterdir()) == ["dasar"]


def test_put_in_place_by_two_renames_where_exchange_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder, "_exchange", lambda a, b: False)
    test_put_in_place_of_nothing_and_of_an_older_run(tmp_path)


def test_recover_brings_back_what_a_stop_between_renames_left(tmp_path: Path) -> None:
    (tmp_path / ".dasar.old").mkdir()
    (tmp_path / ".dasar.old" / "x").write_text("old")
    folder.recover(tmp_path / "dasar")
    assert (tmp_path / "dasar" / "x").read_text() == "old"


def test_stage_is_done_once_and_again_when_key_or_file_changes(tmp_path: Path) -> None:
    job, calls = _job(tmp_path), []
    assert stages.do_stage(job, "proposal", "k1", _writer(job.part, "one", calls))
    assert not stages.do_stage(job, "proposal", "k1", _writer(job.part, "two", calls))
    (job.part / "tables" / "a.csv").write_text("damaged")
    assert stages.do_stage(job, "proposal", "k1", _writer(job.part, "three", calls))
    assert stages.do_stage(job, "proposal", "k2", _writer(job.part, "four", calls))
    assert calls == ["one", "three", "four"]
    assert set(stages.stage_notes(job.part)["proposal"]["files"]) == {"tables/a.csv", "plan.json"}


def test_stage_is_taken_over_from_the_finished_run(tmp_path: Path) -> None:
    job, calls = _job(tmp_path), []
    stages.do_stage(job, "proposal", "k1", _writer(job.part, "one", calls))
    notes = stages.stage_notes(job.part)
    folder.put_in_place(job.part, job.place)
    folder.write_json(job.place / "manifest.json", {"stages": notes})
    job.part.mkdir()
    assert not stages.do_stage(job, "proposal", "k1", _writer(job.part, "two", calls))
    assert (job.part / "tables" / "a.csv").read_text() == "one"
    assert calls == ["one"]


def test_a_stage_that_fails_leaves_no_note(tmp_path: Path) -> None:
    job = _job(tmp_path)

    def fails() -> None:
        raise RuntimeError("boom")

    with pytest.raises(RuntimeError):
        stages.do_stage(job, "proposal", "k1", fails)
    assert stages.stage_notes(job.part) == {}


def test_outputs_leave_out_what_changes_from_run_to_run(tmp_path: Path) -> None:
    for name in ("report.html", "manifest.json", "timings.json", "report.pdf"):
        (tmp_path / name).write_text(name)
    assert set(folder.outputs_of(tmp_path)) == {"report.html"}


@pytest.mark.parametrize("content", ["", "{", None])
def test_read_json_of_absent_or_broken_is_none(tmp_path: Path, content: str | None) -> None:
    path = tmp_path / "x.json"
    if content is not None:
        path.write_text(content)
    assert folder.read_json(path) is None


def test_key_depends_on_every_part_and_on_nothing_else() -> None:
    assert folder.key_of("a", {"x": 1, "y": 2}) == folder.key_of("a", {"y": 2, "x": 1})
    assert folder.key_of("a", 1) != folder.key_of("a", 2)


def test_input_hashes_do_not_depend_on_where_the_cycle_lies(tmp_path: Path) -> None:
    hashes = []
    for name in ("one", "two"):
        place = tmp_path / name
        place.mkdir()
        (place / "unit.csv").write_text("unit_id\n")
        (place / "cycle.yaml").write_text("tanggal: 2026-01-31\n")
        hashes.append(stages.input_hashes(place, None))
    assert hashes[0] == hashes[1]
    assert {"cycle/unit.csv", "cycle/cycle.yaml"} <= set(hashes[0])
