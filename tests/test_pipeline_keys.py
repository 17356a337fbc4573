"""One changed input: the keys that change are those of the stages that depend on it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from mutasi_toolkit.paths import PACKAGE, data_dir, notebooks_dir
from mutasi_toolkit.pipeline import prepare, stages

NAMES = ("dasar", "setelah_jendela")


def _keys(cycle: Path) -> dict[tuple[str, str], str]:
    jobs = {name: prepare.plain_job(cycle, name, cycle.parent / "runs", "id") for name in NAMES}
    together = {name: stages.proposal_key(job) for name, job in jobs.items()}
    return {(name, stage): key for name, job in jobs.items() for stage, key in stages.stage_keys(job, together).items()}


@pytest.mark.parametrize("changed", ["contoh/scenarios/setelah_jendela.yaml", "contoh/keahlian.csv", "parameters/aturan.yaml", *(f"parameters/{name}" for name in sorted(stages.NOT_OF_A_RUN)), "buku/02_beban_kerja.ipynb"])
def test_one_changed_input_redoes_what_depends_on_it(changed: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cycle = Path(shutil.copytree(data_dir("cycles") / "contoh", tmp_path / "contoh"))
    (cycle / "scenarios").mkdir(exist_ok=True)
    shutil.copy(data_dir("scenarios") / "setelah_jendela.yaml", cycle / "scenarios")
    shutil.copytree(data_dir("parameters"), tmp_path / "parameters")
    books = Path(shutil.copytree(notebooks_dir(), tmp_path / "buku"))
    monkeypatch.setattr(prepare, "notebooks_dir", lambda: books)
    monkeypatch.setattr(stages, "data_dir", lambda name: tmp_path / name)
    before = _keys(cycle)
    path = tmp_path / changed
    path.write_bytes(path.read_bytes() + b"\n")
    after = _keys(cycle)
    redone = {k for k in before if before[k] != after[k]}
    scenario = {(name, stage) for name, stage in before if name == "setelah_jendela"} | {("dasar", "notebook 06_skenario")}
    notebook = {(name, "notebook 02_beban_kerja") for name in NAMES}
    nothing: dict[str, set[tuple[str, str]]] = {name: set() for name in stages.NOT_OF_A_RUN}
    assert redone == {"setelah_jendela.yaml": scenario, "02_beban_kerja.ipynb": notebook, **nothing}.get(path.name, set(before))


@pytest.mark.slow
def test_a_run_does_not_miss_the_parameters_it_is_said_not_to_read(tmp_path: Path) -> None:
    """A checkout without them makes the same run, notebooks and report included."""
    root = tmp_path / "checkout"
    for name in ("mutasi_toolkit", "notebooks", "data/parameters", "data/scenarios", "data/cycles/contoh"):
        shutil.copytree(PACKAGE.parent / name, root / name, ignore=shutil.ignore_patterns("__pycache__", *stages.NOT_OF_A_RUN))
    command = [sys.executable, "-m", "mutasi_toolkit.cli", "run", "data/cycles/contoh"]
    done = subprocess.run(command, cwd=root, env=os.environ | {"PYTHONPATH": str(root)}, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "sebaran.yaml" in "".join(json.loads((root / "runs/contoh/dasar/manifest.json").read_text(encoding="utf-8"))["inputs"])


def test_a_run_in_which_nothing_changed_loads_nothing_heavy(tmp_path: Path) -> None:
    """Hashes and a few numbers are all it needs; pandas, numba and matplotlib would take most of its time."""
    command = [sys.executable, "-m", "mutasi_toolkit.cli", "run", str(data_dir("cycles") / "contoh"), "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    seen = subprocess.run([sys.executable, "-X", "importtime", *command[1:]], check=True, capture_output=True, text=True).stderr
    loaded = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in seen.splitlines() if "|" in line}
    assert "mutasi_toolkit" in loaded
    assert not loaded & {"pandas", "numba", "matplotlib", "scipy"}
