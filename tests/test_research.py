"""Verdicts, known values, the record of a run, the RO-Crate, and the research notebooks themselves."""

from __future__ import annotations

import json
from pathlib import Path

import nbformat
import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit import research
from mutasi_toolkit.cli import main
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.research.provenance import source_hash
from mutasi_toolkit.research.run import data_files, keep, parameters_of, research_notebooks

NOTEBOOKS = research_notebooks()


def test_a_check_is_met_within_its_tolerance_only() -> None:
    met = research.check("x", 1.0, 1.3, se=0.06, expected_se=0.08)
    assert met.tolerance == pytest.approx(0.3)
    assert met.met
    assert not research.check("x", 1.0, 1.3001, se=0.06, expected_se=0.08).met
    assert research.check("x", 1.0, 1.0).met
    table = research.verdicts([met, research.holds("up", False)])
    assert table["verdict"].tolist() == ["met", "NOT met"]
    assert table["difference"].isna().tolist() == [False, True]


def test_every_known_value_has_a_source_and_its_settings() -> None:
    for study, rows in (("march", 82), ("fang", 20), ("cowan", 15), ("lazer", 6), ("kowalska", 6)):
        table = research.published(study)
        assert len(table) == rows
        assert table["sumber"].str.len().gt(10).all()
        assert np.isfinite(table["nilai"]).all()
        assert (table["galat_baku"] >= 0).all()
    assert research.published("march", "kode, performance")["p1"].tolist() == [k / 10 for k in range(1, 10)] * 2
    with pytest.raises(InputError):
        research.published("nobody")


def test_papers_are_cited_by_key() -> None:
    block = research.citation(["march1991", "fang2010"])
    assert block.startswith("@software{mutasi_toolkit,")
    assert block.count("@article") == 2
    assert block.count("{") == block.count("}")
    with pytest.raises(InputError):
        research.bibliography(["nobody1900"])


def test_record_and_crate_are_the_same_twice(tmp_path: Path) -> None:
    for name in ("a", "b"):
        place = tmp_path / name
        keep(pd.DataFrame({"x": [1 / 3]}), "values", place)
        made = research.record({"01": {"seed": 7}}, outputs=place.rglob("*.csv"), root=place)
        research.write_record(place, made, ["march1991"])
        research.write_crate(place, "A run", "One value", "2026-01-31")
    for name in ("record.json", "citation.bib", "ro-crate-metadata.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    made = json.loads((tmp_path / "a" / "record.json").read_text(encoding="utf-8"))
    assert made["parameters"] == {"01": {"seed": 7}}
    assert set(made["outputs"]) == {"tables/values.csv"}
    graph = json.loads((tmp_path / "a" / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"]
    parts = {entity["@id"]: entity for entity in graph}
    assert parts["./"]["datePublished"] == "2026-01-31"
    assert {p["@id"] for p in parts["./"]["hasPart"]} == {"record.json", "citation.bib", "tables/values.csv"}
    assert parts["tables/values.csv"]["sha256"] == made["outputs"]["tables/values.csv"]
    assert parts["#numpy"]["softwareVersion"] == np.__version__
    assert parts["#01/seed"]["value"] == 7
    assert parts["#run"]["result"] == [{"@id": "tables/values.csv"}]
    _assert_crate_is_flat(graph)


def _assert_crate_is_flat(graph: list[dict]) -> None:
    """RO-Crate 1.1: every entity once, with id and type; every link leads to an entity or to an address outside."""
    ids = [entity["@id"] for entity in graph]
    assert len(ids) == len(set(ids))
    assert ids[:2] == ["ro-crate-metadata.json", "./"]
    assert all(entity["@type"] for entity in graph)
    for entity in graph:
        for value in entity.values():
            for link in value if isinstance(value, list) else [value]:
                if isinstance(link, dict):
                    assert set(link) == {"@id"}
                    assert link["@id"] in ids or link["@id"].startswith("https://"), link


def test_networks_of_others_are_hashed_where_they_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = tmp_path / "networks" / "krackhardt_hightech"
    place.mkdir(parents=True)
    (place / "advice.csv").write_text("from,to\n")
    monkeypatch.setenv("MUTASI_REFERENCE_DATA", str(tmp_path))
    inputs = research.record({}, data_files())["inputs"]
    assert {"krackhardt_hightech/advice.csv", "data/parameters/riset_nilai.csv", "data/cycles/contoh/pegawai.csv"} < set(inputs)
    monkeypatch.setenv("MUTASI_REFERENCE_DATA", str(tmp_path / "none"))
    assert not any(name.startswith("krackhardt") for name in research.record({}, data_files())["inputs"])


def test_all_parameters_of_a_notebook_are_told() -> None:
    told = parameters_of(NOTEBOOKS[0], {"seed": 7})
    assert told == {"replicates": 3000, "seed": 7}
    with pytest.raises(InputError, match="replicates, seed"):
        parameters_of(NOTEBOOKS[0], {"benih": 7})


def test_crate_of_nothing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError):
        research.write_crate(tmp_path / "none", "t", "d", "2026-01-31")


def test_source_hash_sees_every_file(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text("x = 1\n")
    one = source_hash(tmp_path)
    (tmp_path / "b.py").write_text("")
    assert source_hash(tmp_path) != one


def test_there_is_a_notebook_for_every_model() -> None:
    assert len(NOTEBOOKS) >= 7


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebook_has_its_question_model_parameters_and_verdict(path: Path) -> None:
    book = nbformat.read(path, as_version=4)
    prose = "\n".join(c.source for c in book.cells if c.cell_type == "markdown")
    for part in ("*Ringkasan:", "**Question.**", "## Verdict"):
        assert part in prose, part
    assert [c for c in book.cells if "parameters" in c.metadata.get("tags", [])]
    code = "\n".join(c.source for c in book.cells if c.cell_type == "code")
    assert f'keep(table, "{path.stem}", folder_hasil)' in code
    assert len({c.id for c in book.cells}) == len(book.cells)


@pytest.mark.slow
def test_a_notebook_runs_and_leaves_its_verdicts_and_record(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["research", "--only", "06", "--out", str(tmp_path), "--workers", "1", "--crate", "2026-01-31", "--language", "en"]) == 0
    assert "06_receptivity: " in capsys.readouterr().out
    assert (pd.read_csv(tmp_path / "tables" / "06_receptivity.csv")["verdict"] == "met").all()
    made = json.loads((tmp_path / "record.json").read_text(encoding="utf-8"))
    assert {"06_receptivity.ipynb", "tables/06_receptivity.csv"} == set(made["outputs"])
    assert made["parameters"] == {"06_receptivity": {"replicates": 4000, "seed": 1}}
    assert {"notebooks/research/06_receptivity.ipynb", "data/parameters/riset_nilai.csv"} < set(made["inputs"])
    _assert_crate_is_flat(json.loads((tmp_path / "ro-crate-metadata.json").read_text(encoding="utf-8"))["@graph"])


def test_unknown_notebook_or_date_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["research", "--only", "99", "--out", str(tmp_path)]) == 2
    assert "01_march" in capsys.readouterr().err
    assert main(["research", "--only", "06", "--crate", "31-01-2026", "--out", str(tmp_path)]) == 2
