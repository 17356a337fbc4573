"""A ministry of several offices whose moves stay within each: pairs grow with the offices, and the whole way from tables to a checked plan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.assignment.audit.pairs import allowed_pairs
from mutasi_toolkit.assignment.audit.tables import facts_of
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.rules.book import book_of
from mutasi_toolkit.rules.pairs import candidates
from mutasi_toolkit.schema import attributes
from mutasi_toolkit.synth.presets import MOVES_PER_PERSON

WITHIN = {"R37": {"satu_kantor": True}}


def offices_of(folder: Path, count: int) -> mt.Cycle:
    """As many copies of the example, each an office of its own."""
    folder.mkdir()
    for path in sorted((data_dir("cycles") / "contoh").glob("*.csv")):
        table = pd.read_csv(path, dtype=str, keep_default_na=False)
        codes = [a.name for a in attributes(path.stem) if a.kind in {"id", "ref"} and a.name in table]
        parts = [table.assign(**{c: table[c].where(table[c] == "", f"{k}." + table[c]) for c in codes}) for k in range(count)]
        pd.concat(parts, ignore_index=True).to_csv(folder / path.name, index=False)
    (folder / "cycle.yaml").write_text((data_dir("cycles") / "contoh" / "cycle.yaml").read_text())
    return mt.read_cycle(folder)


@pytest.fixture(scope="module")
def one_two(tmp_path_factory: pytest.TempPathFactory) -> list[mt.Cycle]:
    place = tmp_path_factory.mktemp("kementerian")
    return [offices_of(place / str(n), n) for n in (1, 2)]


def test_pairs_grow_with_the_offices_where_moves_stay_within_one_and_with_their_square_else(one_two: list[mt.Cycle]) -> None:
    def counts(cycle: mt.Cycle) -> list[int]:
        return [len(candidates(book_of(cycle))[0]), len(rules.allowed(cycle)) - len(cycle.pegawai)]

    one, within, everywhere = counts(one_two[0]), counts(one_two[1].with_settings(aturan=WITHIN)), counts(one_two[1])
    assert one == counts(one_two[0].with_settings(aturan=WITHIN))  # one office: the rule asks for nothing more
    assert within == [2 * n for n in one]
    assert everywhere[0] == 4 * one[0]
    assert everywhere[1] > 3 * one[1]


def test_both_readings_find_the_pairs_of_each_office(one_two: list[mt.Cycle]) -> None:
    cycle = one_two[1].with_settings(aturan=WITHIN)
    pairs = rules.allowed(cycle)
    office = cycle.jabatan["unit_id"].map(cycle.office).to_numpy()
    own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(cycle.pegawai["jabatan_id"])
    assert (office[own[pairs.person]] == office[pairs.seat]).all()
    person, seat = allowed_pairs(facts_of(cycle), np.ones(len(cycle.jabatan), dtype=bool))
    assert np.array_equal(person, pairs.person)
    assert np.array_equal(seat, pairs.seat)


def test_a_small_ministry_is_planned_checked_and_stays_within_its_offices(one_two: list[mt.Cycle], tmp_path: Path) -> None:
    cycle = one_two[1].with_settings(aturan=WITHIN)
    made = mt.propose(cycle)
    made.write(tmp_path)
    saved = mt.read_proposal(tmp_path)
    assert mt.assignment.verify(cycle, saved.plan).ok
    moves = saved.tables["usulan"]
    assert len(moves) > 0
    assert (moves["unit_asal"].map(cycle.office) == moves["unit_tujuan"].map(cycle.office)).all()


def test_the_preset_moves_within_offices_and_as_many_as_the_city() -> None:
    ministry = mt.synth.generate("kementerian", staff=4000)
    assert ministry.settings.aturan == WITHIN
    assert ministry.settings.anggaran.pindah == 2 * 139 == round(len(ministry.pegawai) * MOVES_PER_PERSON)
    assert ministry.office.nunique() == 2
