"""The command line on the small example: a run, the same run again, verify, and input that is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from mutasi_toolkit.cli import main
from mutasi_toolkit.paths import data_dir

EXAMPLE = data_dir("cycles") / "contoh"


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("runs")
    assert main(["run", str(EXAMPLE), "--out", str(out)]) == 0
    return out / "dasar"


def test_a_run_leaves_everything_its_manifest_names(run: Path) -> None:
    manifest = json.loads((run / "manifest.json").read_text(encoding="utf-8"))
    assert {"report.html", "usulan.xlsx", "plan.json", "tables/usulan.csv", "notebooks/04_usulan.ipynb", "figures/arus.svg"} <= set(manifest["outputs"])
    assert all((run / name).is_file() for name in manifest["outputs"])
    assert manifest["plan"]["gap"] == 0


def test_running_again_redoes_nothing(run: Path, capsys: pytest.CaptureFixture[str]) -> None:
    before = (run / "manifest.json").stat().st_mtime_ns
    assert main(["run", str(EXAMPLE), "--out", str(run.parent)]) == 0
    assert "tidak ada yang berubah" in capsys.readouterr().out
    assert (run / "manifest.json").stat().st_mtime_ns == before


@pytest.mark.slow
def test_verify_reproduces_every_byte_and_finds_a_change(run: Path, tmp_path: Path) -> None:
    assert main(["verify", str(run)]) == 0
    copy = tmp_path / "dasar"
    shutil.copytree(run, copy)
    (copy / "tables" / "usulan.csv").write_text("changed\n")
    assert main(["verify", str(copy)]) == 4


def test_report_is_self_contained_and_says_synthetic(run: Path) -> None:
    page = (run / "report.html").read_text(encoding="utf-8")
    assert "http://" not in page
    assert "https://" not in page
    assert "sintetis" in page
    assert page.count("<h1>") == 1
    assert page.count("<img") == page.count('alt="')


def _broken(tmp_path: Path, table: str, old: str, new: str) -> Path:
    place = tmp_path / "siklus"
    shutil.copytree(EXAMPLE, place)
    path = place / table
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    return place


@pytest.mark.parametrize(
    ("table", "old", "new", "says"),
    [
        ("pegawai.csv", "PNS", "PNX", "PNX"),
        ("pegawai.csv", "golongan", "gol", "golongan"),
        ("unit.csv", "O15S,", "O15S_,", "O15S"),
        ("tugas.csv", "menit", "detik", "detik"),
        ("cycle.yaml", "seed", "sead", "sead"),
        ("cycle.yaml", "2025-10-15", "2025-13-45", "pelantikan"),
    ],
)
def test_bad_input_is_exit_2_and_writes_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str], table: str, old: str, new: str, says: str) -> None:
    place = _broken(tmp_path, table, old, new) if table != "cycle.yaml" or old != "seed" else _with_key(tmp_path)
    out = tmp_path / "runs"
    assert main(["run", str(place), "--out", str(out)]) == 2
    assert says in capsys.readouterr().err
    assert not out.exists()


def _with_key(tmp_path: Path) -> Path:
    place = tmp_path / "siklus"
    shutil.copytree(EXAMPLE, place)
    with (place / "cycle.yaml").open("a", encoding="utf-8") as handle:
        handle.write("sead: 1\n")
    return place


def test_unknown_scenario_names_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(EXAMPLE), "--scenario", "dasr", "--language", "en"]) == 2
    assert "setelah_jendela" in capsys.readouterr().err


def test_check_tells_of_example_rows_left_in_the_template(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["template", str(tmp_path / "t")]) == 0
    assert main(["check", str(tmp_path / "t"), "--language", "en"]) == 0
    assert "6 example people" in capsys.readouterr().out
    assert main(["check", str(EXAMPLE), "--language", "en"]) == 0
    assert "example people" not in capsys.readouterr().out


def test_check_of_a_good_cycle(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(EXAMPLE)]) == 0
    assert "60 pegawai" in capsys.readouterr().out
