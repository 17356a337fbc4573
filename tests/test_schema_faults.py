"""The fault catalogue: every way in which real files go wrong, each with the message it must give and the place it must name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from mutasi_toolkit.cycle import check_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import catalogue
from mutasi_toolkit.schema.faults import raise_if_errors
from tests.faults.build import Files

FOLDER = Path(__file__).with_name("faults")
LEAST = 180


def _cases() -> list[Any]:
    cases = []
    for path in sorted(FOLDER.glob("*.yaml")):
        for case in yaml.safe_load(path.read_text(encoding="utf-8")):
            forms = {"both": ["csv", "xlsx"]}.get(case.get("in", "csv"), [case.get("in", "csv")])
            cases += [pytest.param(case, form, id=f"{path.stem}-{case['name']}-{form}") for form in forms]
    return cases


CASES = _cases()


def _written(case: dict[str, Any], form: str, place: Path) -> Path:
    files = Files()
    files.whole = not case["do"] or case.get("whole", False)
    for how, *given in case["do"]:
        files.change(how, *given)
    if "deep" in case:
        files.settings += "nama: " + "[" * case["deep"] + "]" * case["deep"] + "\n"
    if "long" in case:
        files.settings += "nama: " + "x" * case["long"] + "\n"
    path = files.workbook(place) if form == "xlsx" else files.csv_folder(place)
    return place if case.get("folder") else path


def test_the_untouched_cycle_has_no_fault(tmp_path: Path) -> None:
    for form in ("csv", "xlsx"):
        cycle, faults = check_cycle(_written({"do": []}, form, tmp_path / form))
        assert faults == []
        assert cycle is not None


def test_the_catalogue_is_large_enough() -> None:
    assert len(CASES) >= LEAST
    assert len({c.id for c in CASES}) == len(CASES)


@pytest.mark.parametrize(("case", "form"), CASES)
def test_fault(case: dict[str, Any], form: str, tmp_path: Path) -> None:
    path = _written(case, form, tmp_path / "siklus")
    before = sorted(tmp_path.rglob("*"))
    if "says" in case:
        with pytest.raises(InputError) as caught:
            check_cycle(path, case.get("scenario"))
        assert all(part in str(caught.value) for part in case["says"]), str(caught.value)
        assert caught.value.exit_code == 2
    else:
        _check_faults(case, form, path)
    assert sorted(tmp_path.rglob("*")) == before


def _check_faults(case: dict[str, Any], form: str, path: Path) -> None:
    cycle, faults = check_cycle(path, case.get("scenario"))
    told = [(f.kind, f.level, f.rows, f.column, f.place) for f in faults]
    if "expect" not in case:
        assert faults == [], told
        assert cycle is not None
        return
    level = case.get("level", "error")
    found = [f for f in faults if f.kind == case["expect"] and f.level == level]
    found = [f for f in found if f.column == case.get("column", f.column) and list(f.rows) == case.get("rows", list(f.rows))]
    found = [f for f in found if case.get("table", "") in f.place]
    assert len(found) == 1, told
    fault = found[0]
    assert fault.count == case.get("count", fault.count)
    allowed = {case["expect"], *case.get("also", [])}
    assert {f.kind for f in faults} <= allowed, told
    for language in ("id", "en"):
        words = fault.text(language)
        assert fault.place in words
        assert all(part in words for part in [*case.get("words", []), *(str(r) for r in fault.rows)]), words
        assert catalogue(language, "schema")[f"{fault.kind}_remedy"].split("{")[0] in words
        assert "{" not in words
    if level == "error":
        assert cycle is None
        with pytest.raises(InputError):
            raise_if_errors(faults)
    else:
        assert cycle is not None
