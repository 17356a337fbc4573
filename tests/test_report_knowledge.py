"""The office's tables of knowledge agree with the measures they are made of, on a cycle of twelve people."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import write_tiny

from mutasi_toolkit import report, skills
from mutasi_toolkit import spread as mt_spread
from mutasi_toolkit.report import knowledge
from mutasi_toolkit.report.opened import Opened
from mutasi_toolkit.report.pictures import ALT_KINDS

#: Sums of the same doubles in another order.
CLOSE = 1e-9
#: Tables are written with nine significant digits.
WRITTEN = 1e-7


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    return report.open_run(str(write_tiny(tmp_path_factory.mktemp("siklus") / "kecil")))


def test_states_of_every_opd_add_up_to_what_is_required(opened: Opened) -> None:
    frame = knowledge.coverage_by_opd(opened)
    states = frame[["sel_cukup", "sel_tipis", "sel_kurang"]].sum(axis=1)
    assert (states == frame["keahlian_dibutuhkan"]).all()
    coverage = skills.coverage(opened.cycle)
    assert frame["orang_kurang"].sum() == coverage["kurang"].sum()
    assert frame["orang_kurang_sesudah"].sum() == skills.coverage(opened.after)["kurang"].sum()
    assert len(knowledge.gaps(opened)) == (coverage["kurang"] > 0).sum()


def test_sole_holders_all_and_required(opened: Opened) -> None:
    sole = skills.sole_holders(opened.cycle)
    by_opd = knowledge.sole_by_opd(opened)
    assert by_opd["tunggal"].sum() == len(sole)
    assert by_opd["tunggal_dibutuhkan"].sum() == sole["dibutuhkan"].sum() == len(knowledge.sole_required(opened))
    moved = set(opened.tables["usulan"]["pegawai_id"])
    for row in knowledge.sole_required(opened).itertuples():
        assert row.ikut_pindah == (row.pegawai_id in moved)


def test_one_of_eight_levels_is_derived(opened: Opened) -> None:
    assert knowledge.derived_sentence(opened).startswith("12%")
    assert knowledge.basis(opened).set_index("dasar")["baris"].to_dict() == {"dinilai": 7, "turunan": 1}


def test_changes_by_opd_add_up_to_the_cells(opened: Opened) -> None:
    by_opd, cells = knowledge.spread_by_opd(opened), knowledge.changes(opened)
    assert by_opd["selisih_dibutuhkan"].sum() == pytest.approx(cells["perubahan"].sum(), abs=CLOSE)
    every = opened.tables["sebaran"]
    assert by_opd["selisih_semua"].sum() == pytest.approx(every.loc[every["opd_id"].notna(), "selisih"].sum(), abs=CLOSE)
    changed = (every["opd_id"].notna() & (every["selisih"].abs() > 1e-9)).sum()
    assert by_opd[["pasti_naik", "pasti_turun", "tidak_pasti"]].to_numpy().sum() == changed


def test_the_interval_of_an_opd_is_that_of_sums_within_replicates(opened: Opened) -> None:
    """Simulated anew and summed by hand; the intervals of cells would add up to something wider."""
    from scipy import stats

    a, b = mt_spread.skills(opened.cycle), mt_spread.skills(opened.after)
    change = (b.known.sum(axis=2) - a.known.sum(axis=2)).astype(float)
    rows = opened.tables["sebaran_opd"].query("lingkup == 'semua'").dropna(subset=["opd_id"]).set_index("opd_id")
    assert rows.index.to_list() == a.opd.to_list()
    half = stats.t.ppf(0.975, len(change) - 1) * stats.sem(change)
    assert rows["selisih"].to_numpy() == pytest.approx(change.mean(axis=0), abs=CLOSE)
    assert rows["low"].to_numpy() == pytest.approx(change.mean(axis=0) - half, abs=WRITTEN)
    assert opened.tables["sebaran_opd"].query("lingkup == 'semua'")["selisih"].iloc[0] == pytest.approx(change.sum(axis=1).mean(), abs=CLOSE)


def test_policies_stand_beside_the_plan_on_the_same_draws(opened: Opened) -> None:
    runs = opened.rotations
    assert (runs["plan_alone"].known == mt_spread.skills(opened.after, replicates=len(runs["none"].known)).known).all()
    for required in (False, True):
        frame = knowledge.policies(opened, required)
        assert len(frame) == len(runs)
        assert (frame["perubahan"] + frame["usulan_lebih"]).to_numpy() == pytest.approx(frame["usulan_lebih"].iloc[0], abs=CLOSE)
        assert frame["perubahan"].iloc[0] == 0
    for language in ("id", "en"):
        told = Opened(opened.cycle, opened.tables, opened.plan, language)
        assert "40" in knowledge.policies_sentence(told)
        assert "{" not in knowledge.honest_sentence(told) + knowledge.required_sentence(told)


def test_people_by_category_are_those_whose_seat_asks_for_something(opened: Opened) -> None:
    assert knowledge.match(opened)["orang"].sum() == skills.fit(opened.cycle).notna().sum()


@pytest.mark.parametrize("language", ["id", "en"])
def test_every_picture_has_words_that_stand_in_for_it(opened: Opened, language: str) -> None:
    other = Opened(opened.cycle, opened.tables, opened.plan, language)
    for kind in ALT_KINDS:
        assert len(other.alt(kind)) > 20
        assert report.pictures.caption(kind, language)


def test_tables_show_in_both_languages(opened: Opened) -> None:
    tables = [knowledge.policies(opened), knowledge.spread_by_opd(opened), knowledge.leavers(opened), knowledge.variety(opened), knowledge.bridges(opened), knowledge.bridges(opened, "unit")]
    for table in tables:
        for language in ("id", "en"):
            shown = report.show(table, language)
            assert isinstance(shown, pd.DataFrame)
            assert not any("_" in str(c) for c in shown.columns)
    assert knowledge.leavers_sentence(opened)
    assert knowledge.nested_sentence(opened)
    assert knowledge.required_sentence(opened)
