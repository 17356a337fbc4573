from __future__ import annotations

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.spread import Network
from mutasi_toolkit.spread.network import seed_codes


@pytest.mark.parametrize(
    ("source", "target", "probability", "named"),
    [
        ([0, 1], [1, 2], [0.5, np.nan], "1 (dihitung dari 0, 1 -> 2): peluang nan"),
        ([0, 1], [1, 2], [-0.1, 0.5], "0 (dihitung dari 0, 0 -> 1): peluang -0.1"),
        ([0, 1, 2], [1, 2, 0], [0.5, 0.5, 1.0000001], "2 (dihitung dari 0, 2 -> 0): peluang 1.0000001"),
        ([0, 3], [1, 2], [0.5, 0.5], "hubungan 1 (dihitung dari 0): source = 3"),
        ([0, 1], [-1, 2], [0.5, 0.5], "hubungan 0 (dihitung dari 0): target = -1"),
        ([0.5], [1], [0.5], "source = 0.5"),
        (["a"], [1], [0.5], "source = a"),
        ([0, 1], [1], [0.5], "source berisi 2 dan target berisi 1"),
        ([0, 1], [1, 2], [0.5], "source berisi 2 dan probability berisi 1"),
    ],
)
def test_refuses_bad_ties_and_names_the_row(source, target, probability, named):
    with pytest.raises(InputError) as raised:
        Network(3, source, target, probability)
    assert named in str(raised.value)


def test_refuses_bad_counts_units_and_labels():
    with pytest.raises(InputError, match="bilangan bulat 0"):
        Network(-1, [], [], [])
    with pytest.raises(InputError, match="unit berisi 2"):
        Network(3, [], [], [], unit=[0, 1])
    with pytest.raises(InputError, match="2 berbeda"):
        Network(3, [], [], [], labels=["a", "b", "a"])


def test_arguments_are_not_changed_or_kept():
    probability = np.array([0.5, 0.5])
    g = Network(3, [0, 1], [1, 2], probability)
    probability[0] = 9.0
    assert g.probability.tolist() == [0.5, 0.5]


def test_incoming_and_outgoing_hold_the_same_ties():
    rng = np.random.default_rng(1)
    source, target = rng.integers(0, 30, 200), rng.integers(0, 30, 200)
    g = Network(30, source, target, rng.choice([0.1, 0.2, 0.9], 200))
    ties = sorted(zip(source.tolist(), target.tolist(), g.probability.tolist(), strict=True))
    out, into = g.outgoing, g.incoming
    by_source = np.repeat(np.arange(30), np.diff(out.start).astype(int))
    by_target = np.repeat(np.arange(30), np.diff(into.start).astype(int))
    assert sorted(zip(by_source.tolist(), out.other.tolist(), out.probability.tolist(), strict=True)) == ties
    assert sorted(zip(into.other.tolist(), by_target.tolist(), into.probability.tolist(), strict=True)) == ties
    named = dict(zip(out.key.tolist(), zip(by_source, out.other, strict=True), strict=True))
    assert len(named) == 200, "every tie has a key of its own, equal ties too"
    assert all(named[k] == (s, t) for k, s, t in zip(into.key.tolist(), into.other, by_target, strict=True))


def test_order_of_ties_does_not_matter():
    rng = np.random.default_rng(2)
    source, target, p = rng.integers(0, 9, 40), rng.integers(0, 9, 40), rng.random(40)
    order = rng.permutation(40)
    a, b = Network(9, source, target, p), Network(9, source[order], target[order], p[order])
    for x, y in zip((*a.outgoing, *a.incoming), (*b.outgoing, *b.incoming), strict=True):
        assert np.array_equal(x, y)


def test_units_from_labels_codes_and_gaps():
    g = Network(5, [], [], [], unit=["B", None, "A", "B", "A"])
    assert g.unit.tolist() == [1, -1, 0, 1, 0]
    assert g.groups.start.tolist() == [0, 2, 4]
    assert g.groups.member.tolist() == [2, 4, 0, 3]
    h = Network(4, [], [], [], unit=[7, -1, 7, 3])
    assert h.unit.tolist() == [1, -1, 1, 0]
    assert list(h.unit_labels) == [3, 7]
    assert Network(2, [], [], []).groups.start.tolist() == [0]


def test_describe_counts_self_equal_and_isolated():
    g = Network(6, [0, 0, 0, 1], [0, 1, 1, 0], 0.5, unit=[0, 0, 1, 1, 2, -1])
    facts = g.describe()
    assert facts[["people", "ties", "self_ties", "equal_ties", "isolated", "units", "largest_unit"]].tolist() == [6, 4, 1, 1, 2, 3, 2]


def test_networkx_and_pandas_round_trip():
    graph = nx.karate_club_graph()
    g = Network.from_networkx(graph, 0.1, unit="club")
    assert (g.n, len(g.source), g.n_units) == (34, 2 * graph.number_of_edges(), 2)
    back = Network.from_networkx(g.to_networkx(), unit="unit")
    assert back.to_pandas().sort_values(["source", "target"], ignore_index=True).equals(
        g.to_pandas().sort_values(["source", "target"], ignore_index=True)
    )
    people = pd.Series(g.unit_labels.to_numpy()[g.unit], index=g.labels)
    again = Network.from_pandas(g.to_pandas(), people=people)
    assert np.array_equal(again.outgoing.other, g.outgoing.other)
    assert np.array_equal(again.unit, g.unit)


def test_from_pandas_refuses_an_unknown_person_and_column():
    ties = pd.DataFrame({"source": ["a", "b"], "target": ["b", "x"], "probability": [0.1, 0.2]}, index=[10, 11])
    with pytest.raises(InputError, match="baris 11: target = x"):
        Network.from_pandas(ties, people=pd.Series(["U", "U"], index=["a", "b"]))
    with pytest.raises(InputError, match="kolom p tidak ada"):
        Network.from_pandas(ties, probability="p")
    both = Network.from_pandas(ties, both_ways=True)
    assert (len(both.source), list(both.labels)) == (4, ["a", "b", "x"])


def test_directed_graph_keeps_its_direction():
    graph = nx.DiGraph()
    graph.add_edge("a", "b", probability=0.3)
    graph.add_edge("b", "b")
    g = Network.from_networkx(graph)
    assert g.to_pandas().to_numpy().tolist() == [["a", "b", 0.3], ["b", "b", 1.0]]


def test_seeds_as_codes_mask_and_names():
    g = Network(3, [], [], [], labels=["a", "b", "c"])
    assert seed_codes(g, [2, 0, 2]).tolist() == [0, 2]
    assert seed_codes(g, np.array([False, True, True])).tolist() == [1, 2]
    assert seed_codes(g, ["c", "b"]).tolist() == [1, 2]
    assert seed_codes(g, []).tolist() == []
    assert seed_codes(g, 1).tolist() == [1]
    for bad, named in (([3], "3 tidak ada"), ([-1], "-1 tidak ada"), (["x"], "x tidak ada"), ([True], "topeng harus berisi 3"), ([0.5], "0.5")):
        with pytest.raises(InputError, match=named):
            seed_codes(g, bad)
