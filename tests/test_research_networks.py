"""Other people's networks: loaders, reach between groups, moving one person, rates fitted to waves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import research
from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.research.contacts_data import Contacts
from mutasi_toolkit.spread.rates import rates_of


def _ring(n: int = 300) -> Contacts:
    rows = [(f"p{i:03d}", f"p{(i * 7 + j * j + 1) % n:03d}") for i in range(n) for j in range(1, 6)]
    return research.read_edges(pd.DataFrame(rows, columns=["from", "to"]))


def test_the_three_shapes_give_the_same_contacts(tmp_path: Path) -> None:
    (tmp_path / "edges.csv").write_text("from,to,weight\na,b,2\nb,c,1\nc,c,9\na,b,1\n")
    (tmp_path / "matrix.csv").write_text(",a,b,c\na,0,3,0\nb,0,0,1\nc,0,0,9\n")
    (tmp_path / "people.csv").write_text("name,dept,age\na,x,30\nb,x,40\nc,y,50\nd,y,60\n")
    edges = research.read_edges(tmp_path / "edges.csv", tmp_path / "people.csv")
    matrix = research.read_matrix(tmp_path / "matrix.csv")
    assert edges.ties.to_numpy().tolist() == [["a", "b", 3.0], ["b", "c", 1.0]]
    assert matrix.ties.equals(edges.ties)
    assert list(edges.people.index) == list("abcd")
    assert edges.people["age"].sum() == 180
    contacts = pd.DataFrame({"time": [0, 5, 65, 130], "a": list("aabc"), "b": list("bbca")})
    waves = research.read_contacts(contacts, "1min")
    assert [len(w.ties) for w in waves] == [2, 2, 2]
    assert waves[0].ties["weight"].tolist() == [2.0, 2.0]
    assert waves[0].people.index.equals(waves[2].people.index)


def test_faults_are_told(tmp_path: Path) -> None:
    edges = pd.DataFrame({"from": ["a"], "to": ["b"], "weight": ["-1"]})
    with pytest.raises(InputError, match="2"):
        research.read_edges(edges)
    with pytest.raises(InputError, match="b"):
        research.read_edges(edges.assign(weight=1), pd.DataFrame({"name": ["a"]}))
    with pytest.raises(InputError):
        research.read_edges(edges, source_column="source")
    with pytest.raises(InputError):
        research.read_matrix(pd.DataFrame([[1]], index=["a"], columns=["b"]))
    with pytest.raises(InputError, match="a"):
        research.read_people(pd.DataFrame({"name": ["a", "a"]}))
    with pytest.raises(InputError):
        research.read_contacts(edges, "1D")


def test_network_of_contacts_by_weight() -> None:
    c = research.read_edges(pd.DataFrame({"from": ["a"], "to": ["b"], "weight": [3]}))
    assert c.network(0.5, by_weight=True).probability.tolist() == pytest.approx([1 - 0.5**3])
    assert c.network(0.5).probability.tolist() == pytest.approx([0.5])


def test_reach_between_groups_by_hand() -> None:
    people = pd.DataFrame({"name": list("abc"), "dept": ["x", "x", "y"]})
    c = research.read_edges(pd.DataFrame({"from": ["a", "b"], "to": ["b", "c"]}), people)
    table = research.reach_between(c, "dept", 0.5, replicates=8000, seed=1)
    # a reaches b with 1/2 and c with 1/4; b reaches c with 1/2 and nobody of x; c reaches nobody.
    assert table.loc["x", "x"] == pytest.approx(0.25, abs=0.02)
    assert table.loc["x", "y"] == pytest.approx(0.375, abs=0.02)
    assert (table.loc["y"] == 0).all()


def test_moving_one_person_shifts_what_they_teach() -> None:
    people = pd.DataFrame({"name": [f"p{i}" for i in range(20)], "dept": ["x"] * 10 + ["y"] * 10})
    c = research.read_edges(pd.DataFrame({"from": ["p0"], "to": ["p1"]}), people)
    lost, kept = (research.moving_one(c, "dept", "p0", "y", 0.1, 0.05, kept=k, replicates=2000, seed=1).set_index("group") for k in (0.0, 1.0))
    assert lost.loc["y", "change"] > 4
    assert lost.loc["x", "after"] == 1.0  # the mover alone, counted where they came from
    assert kept.loc["x", "after"] > 1.5
    with pytest.raises(InputError):
        research.moving_one(c, "dept", "nobody", "y", 0.1, 0.05)


def test_rates_are_found_again_in_simulated_waves() -> None:
    network = _ring()
    inside, estimates = [], []
    for seed in range(8):
        state, received = research.simulate_waves(network, 0.1, 0.05, 0.2, 5, seed)
        r = research.fit_rates(state, received)
        estimates.append((r.teach[0], r.background[0], r.forget[0]))
        inside.append([low <= true <= high for (_, low, high), true in zip((r.teach, r.background, r.forget), (0.1, 0.05, 0.2), strict=True)])
    mean, se = np.mean(estimates, axis=0), np.std(estimates, axis=0, ddof=1) / np.sqrt(8)
    assert (np.abs(mean - [0.1, 0.05, 0.2]) < 4 * se).all()
    # 24 intervals of 95 %: fewer than 18 hits have a chance below 1 in 10,000.
    assert np.sum(inside) >= 18


def test_no_teaching_is_not_found_where_there_is_none() -> None:
    network = _ring()
    p = [research.fit_rates(*research.simulate_waves(network, 0.0, 0.15, 0.2, 4, seed)).p_value for seed in range(6)]
    assert np.mean(np.array(p) < 0.05) <= 0.5
    state, received = research.simulate_waves(network, 0.15, 0.02, 0.2, 5, 1)
    table = research.forecast(state, received, received, seed=1, draws=99)
    whole = table[table["wave"] == "all"].set_index("model")
    assert whole.loc["network", "low"] > 0
    assert whole.loc["network", "brier"] < whole.loc["no network", "brier"]


def test_managers_lawyers_and_agency(reference_data: Path) -> None:
    if research.reference_folder("krackhardt_hightech") is None:
        pytest.skip("no published networks; set MUTASI_REFERENCE_DATA")
    managers, lawyers = (research.reference_folder(n) for n in ("krackhardt_hightech", "lazega_lawyers"))
    m = research.read_edges(managers / "advice.csv", managers / "attributes.csv")
    assert (len(m.ties), len(m.people)) == (190, 21)
    law = research.read_edges(lawyers / "advice.csv", lawyers / "attributes.csv")
    assert (len(law.ties), len(law.people)) == (892, 71)
    table = research.reach_between(law, "Office", 0.05, replicates=200, seed=1)
    assert (np.diag(table) >= table.max(axis=1) - 1e-9).all()
    agency = research.reference_folder("burkhardt_government_agency")
    waves = [research.read_edges(agency / f"advicegivingt{t}.csv", agency / "attributes.csv") for t in range(1, 6)]
    state = research.sources(waves)
    rates = research.fit_rates(state, research.lessons(waves, state))
    used = research.alternative_rates()
    for name, fitted in (("ajar_hubungan", rates.teach), ("lupa", rates.forget)):
        assert used[name] == pytest.approx(research.monthly(fitted)[0], abs=5e-5)


def test_fitted_rates_can_be_chosen_as_a_scenario(contoh: Cycle) -> None:
    chosen = mt.read_cycle(data_dir("cycles") / "contoh", "laju_agensi")
    fitted = research.alternative_rates()
    assert {name: getattr(chosen.settings.sebaran, name) for name in fitted} == fitted
    rates = rates_of(chosen)
    assert (rates.tie, rates.forget) == (fitted["ajar_hubungan"], fitted["lupa"])
    assert rates.unit == rates_of(contoh).unit
    known = [mt.spread.skills(one, periods=12, replicates=20, seed=1).curve[:, -1].mean() for one in (contoh, chosen)]
    assert known[1] < known[0]
