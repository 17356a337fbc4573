"""Values of rule parameters in cycle.yaml: of the kind and the scale of the default, or refused with their place."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.cli import main
from mutasi_toolkit.paths import data_dir

WRONG = {
    "R33.min_holders": ("dua", "2.0", ".inf", ".nan", "-1", "[1, 2]", "true", "1.5", "{a: 1}"),
    "R37.satu_kantor": ("ya", "1", "[]"),
    "R04.jpt": ("X9", "3", "s1", "[S1]"),
    "R06.II.a": ("IV/z", "true"),
    "R07.min_predikat": ("Bagus", "3"),
    "R07.years": ("2.5",),
    "R12.usia": ("3", "{ahli: 40}", "[53]"),
    "R21.jenis": ("pengawas", "[xyz]", "[3]"),
    "R21.tugas_tambahan": ("[3]", "kepala"),
    "R32.gangguan": ("{1: 3}", "0.5"),
}


def _cycle(folder: Path, name: str, value: str) -> Path:
    place = shutil.copytree(data_dir("cycles") / "contoh", folder / "siklus")
    rule, _, parameter = name.partition(".")
    with (place / "cycle.yaml").open("a") as file:
        file.write(f"aturan: {{{rule}: {{{parameter}: {value if value != 'dua' else repr(value)}}}}}\n")
    return place


@pytest.mark.parametrize(("name", "value"), [(n, v) for n, values in WRONG.items() for v in values])
def test_a_value_of_another_kind_is_refused_with_its_place(name: str, value: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    place = _cycle(tmp_path, name, value)
    with pytest.raises(mt.InputError, match=f"aturan.{name}: "):
        rules.load(mt.read_cycle(place))
    assert main(["check", str(place)]) == mt.InputError.exit_code
    said = capsys.readouterr()
    assert f"aturan.{name}" in said.out + said.err


@pytest.mark.parametrize(
    ("name", "value"), [("R33.min_holders", "2"), ("R37.satu_kantor", "true"), ("R04.jpt", "S2"), ("R07.min_predikat", "Sangat Baik"), ("R01.dikecualikan", "[P1]"), ("R21.jenis", "[jpt]"), ("R28.pola_jabatan", "[]")]
)
def test_a_value_of_the_same_kind_is_taken(name: str, value: str, tmp_path: Path) -> None:
    import yaml

    rule, _, parameter = name.partition(".")
    found = {r.id: r for r in rules.load(mt.read_cycle(_cycle(tmp_path, name, value)))}
    assert found[rule].parameters[parameter] == yaml.safe_load(value)
    assert found[rule].parameters.keys() == {r.id: r for r in rules.load()}[rule].parameters.keys()


def test_the_defaults_are_of_their_own_kind() -> None:
    for rule in rules.load():
        for value in rule.parameters.values():
            assert rules.model._same_kind(value, value)
