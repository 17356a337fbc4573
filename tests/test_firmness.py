"""What a run writes about how firm its proposal is, and what a notebook asks of it."""

from __future__ import annotations

import sys

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, explain
from mutasi_toolkit.planning import firmness, propose, write_firmness
from mutasi_toolkit.planning.firmness import as_written
from mutasi_toolkit.report import opened_from
from mutasi_toolkit.report.opened import Opened

#: Points are whole thousandths.
THOUSANDTHS = 1000


@pytest.fixture(scope="module")
def made(contoh: mt.Cycle):
    return propose(contoh)


@pytest.fixture(scope="module")
def opened(contoh: mt.Cycle, made, tmp_path_factory: pytest.TempPathFactory) -> Opened:
    folder = tmp_path_factory.mktemp("teguh")
    made.write(folder)
    write_firmness(folder / "tables", contoh, made.plan, made.gains)
    return opened_from(contoh, folder)


def test_the_written_proposal_is_the_problem_that_was_solved(contoh: mt.Cycle, made, opened: Opened) -> None:
    one, two = Problem.from_cycle(contoh, made.gains), opened.questions.problem
    assert (one.model.cost == two.model.cost).all()
    assert (one.model.extra_cost == two.model.extra_cost).all()
    assert one.model.constant == two.model.constant
    record = explain(two, opened.questions.plan, made.plan.moves["pegawai_id"].iloc[0])
    whole = [round(v * THOUSANDTHS) for v in record.terms.values()]
    assert sum(whole) == round(record.difference * THOUSANDTHS)
    assert np.allclose(whole, [v * THOUSANDTHS for v in record.terms.values()], rtol=0, atol=1e-6)
    assert sum(round(v * THOUSANDTHS) for v in made.plan.terms.values()) == round(made.plan.objective * THOUSANDTHS)


def test_values_are_rounded_once() -> None:
    values = pd.DataFrame({"gain": [1 / 3, 2 / 7, 123456.789123456, 0.0]})
    once = as_written(values)
    assert as_written(once).equals(once)
    assert once["gain"].tolist() == [0.333333333, 0.285714286, 123456.789, 0.0]


def test_tables_say_the_same_each_time_and_fit_each_other(contoh: mt.Cycle, made, opened: Opened) -> None:
    again = firmness(contoh, made.plan, made.gains)
    stands, draws = again["stabilitas"], again["stabilitas_ulangan"]
    assert set(stands["pegawai_id"]) == set(made.plan.moves["pegawai_id"])
    assert round(float(stands["bertahan"].sum()) * len(draws)) == draws["sama"].sum()
    assert (stands["ulangan"] == len(draws)).all()
    assert np.allclose(opened.tables["stabilitas"]["bertahan"], stands["bertahan"])
    tight = contoh.with_settings(anggaran={"pindah": 3})
    plan = mt.assignment.solve(Problem.from_cycle(tight, made.gains))
    prices = firmness(tight, plan, made.gains, draws=1)["harga"]
    assert (prices["hemat"] > 0).all()
    assert "anggaran" in set(prices["jenis"])
    assert prices["kalimat_id"].str.contains("poin").all()


def test_what_people_read(opened: Opened) -> None:
    assert len(opened.firmness()) == 2
    assert opened.prices()
    moves = opened.firm_moves()
    assert moves["bertahan"].is_monotonic_increasing
    assert (opened.firm_moves(2)["ulangan"] == 2).all()
    asked = opened.questions
    assert asked.what_if().data.count("\n- ") >= 2
    mover = asked.plan.moves["pegawai_id"].iloc[0]
    assert mover in asked.what_if(lock=[mover]).data
    assert "bukan_orang" in asked.what_if(lock=["bukan_orang"]).data.replace("\\", "")
    found = asked.alternatives(2)
    assert (found["berubah"] >= 3).all()
    assert (found["beda"].str.len() > 0).all()
    assert asked.alternatives(0).empty
    assert "titik" in asked.frontier(0).data
    assert asked.frontier(3).alt


def test_a_problem_with_too_many_pairs_is_not_solved_again_and_the_report_says_so(contoh: mt.Cycle, made, opened: Opened, tmp_path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = firmness(contoh, made.plan, made.gains, draws=1)
    monkeypatch.setattr(sys.modules["mutasi_toolkit.planning.firmness"], "HUGE", 10)
    tables = firmness(contoh, made.plan, made.gains)
    assert {name: (len(t), t.columns.tolist()) for name, t in tables.items()} == {name: (0, t.columns.tolist()) for name, t in asked.items()}
    made.write(tmp_path)
    write_firmness(tmp_path / "tables", contoh, made.plan, made.gains)
    for language, words in (("id", ("tidak diuji", "tidak dihitung")), ("en", ("not tested", "not worked out"))):
        saved = opened_from(contoh, tmp_path, language)
        assert [len(s) for s in (saved.firmness(), saved.prices())] == [1, 1]
        assert words[0] in saved.firmness()[0]
        assert words[1] in saved.prices()[0]
        assert len(saved.firm_moves()) == 0
