"""Measures of the skill network: by hand, against networkx, igraph and naive loops, under relabelling, and degenerate."""

from __future__ import annotations

from itertools import combinations, pairwise, permutations
from types import SimpleNamespace
from unittest.mock import patch

import networkx as nx
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from mutasi_toolkit import skills
from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.skills.evidence import evidence, spells, unit_field
from mutasi_toolkit.skills.example import two_offices
from mutasi_toolkit.skills.table import derived_share

#: Sums of at most a few hundred doubles.
CLOSE = 1e-9
TABLES = arrays(np.int8, st.tuples(st.integers(1, 7), st.integers(1, 6)), elements=st.integers(0, 1))


# projections


@pytest.mark.parametrize(
    ("weight", "peer"),
    [
        ("bersama", nx.bipartite.weighted_projected_graph),
        ("jaccard", nx.bipartite.overlap_weighted_projected_graph),
        ("newman", nx.bipartite.collaboration_weighted_projected_graph),
    ],
)
def test_projections_equal_networkx(contoh: Cycle, weight: str, peer) -> None:
    held = skills.holders(contoh)
    graph = nx.bipartite.from_biadjacency_matrix(sparse.csr_array(held.matrix.astype(int)))
    n = held.matrix.shape[0]
    expected = nx.to_numpy_array(peer(graph, range(n)), nodelist=range(n))
    np.testing.assert_allclose(skills.project(held.matrix, weight).toarray(), expected, rtol=CLOSE)


def test_projection_of_units_is_the_hand_count() -> None:
    made = skills.projection(two_offices(), "opd", "jaccard")
    assert made.matrix.toarray().tolist() == [[0.0, 0.5], [0.5, 0.0]]
    graph = made.graph()
    assert graph.edges["D1", "D2"]["weight"] == 0.5
    assert graph.graph["turunan"] == 0.25


@given(TABLES)
def test_projection_follows_relabelling(table: np.ndarray) -> None:
    order = np.arange(len(table))[::-1]
    one = skills.project(sparse.csr_array(table), "newman").toarray()
    two = skills.project(sparse.csr_array(table[order]), "newman").toarray()
    np.testing.assert_allclose(two, one[np.ix_(order, order)], rtol=CLOSE)
    assert (one == one.T).all()
    assert not np.diag(one).any()


def test_projection_refuses_what_it_does_not_know() -> None:
    with pytest.raises(InputError, match="jaccard"):
        skills.projection(two_offices(), "opd", "cosine")
    with pytest.raises(InputError, match="pegawai"):
        skills.projection(two_offices(), "kota")
    assert skills.project(sparse.csr_array((0, 3))).shape == (0, 0)


def test_skill_holders_equal_group_by(contoh: Cycle) -> None:
    found = skills.skill_holders(contoh)
    table = contoh.keahlian[contoh.keahlian["tingkat"] >= contoh.settings.tingkat_pemegang]
    table = table.assign(opd_id=table["pegawai_id"].map(contoh.seated["opd_id"]))
    per = table.groupby(["keahlian", "opd_id"]).size()
    for skill, row in found.iterrows():
        mine = per[skill] if skill in per.index.get_level_values(0) else pd.Series(dtype=int)
        assert (row["pemegang"], row["opd_pemegang"], row["opd_tunggal"]) == (mine.sum(), len(mine), (mine == 1).sum())
    coverage = skills.coverage(contoh).reset_index()
    empty = coverage[(coverage["dibutuhkan"] > 0) & (coverage["pemegang"] == 0)].groupby("keahlian").size()
    assert found["opd_kosong"].to_dict() == empty.reindex(found.index, fill_value=0).to_dict()


# bus factor


def brute_force(table: np.ndarray, share: float) -> int:
    held = table.any(axis=0)
    needed = int(np.ceil(share * held.sum() - 1e-9))
    for size in range(len(table) + 1):
        for gone in combinations(range(len(table)), size):
            rest = np.delete(table, gone, axis=0)
            if (held & ~rest.any(axis=0)).sum() >= needed:
                return size
    raise AssertionError


@given(TABLES, st.sampled_from([0.0, 0.3, 0.5, 0.8, 1.0]))
def test_bus_factor_equals_brute_force_by_subsets_and_by_search(table: np.ndarray, share: float) -> None:
    found = skills.leavers(table, share)
    with patch("mutasi_toolkit.skills.leavers.SUBSETS", 0):
        searched = skills.leavers(table, share)
    assert (len(searched.people), searched.bound) == (len(found.people), found.bound)
    assert len(found.people) == brute_force(table, share) == found.bound
    assert found.proved
    assert found.greedy >= found.bound
    rest = np.delete(table, found.people, axis=0)
    assert sorted(found.lost) == [s for s in range(table.shape[1]) if table[:, s].any() and not rest[:, s].any()]
    assert len(found.lost) >= found.needed


def test_greedy_is_beaten_where_one_easy_skill_misleads() -> None:
    """The one-holder skill first, then two disjoint pairs, costs 5; three skills of the same three people cost 3."""
    table = np.zeros((8, 6), dtype=int)
    table[0, 0] = table[[1, 2], 1] = table[[3, 4], 2] = 1
    table[5:8, 3:6] = 1
    found = skills.leavers(table, share=0.5)
    assert (len(found.people), found.greedy, found.proved) == (3, 5, True)


def test_bus_factor_grows_with_the_share_and_is_proved(contoh: Cycle) -> None:
    sizes = [skills.bus_factor(contoh, s).iloc[0] for s in (0.0, 0.1, 0.3, 0.6, 1.0)]
    assert [r["pegawai"] for r in sizes] == sorted(r["pegawai"] for r in sizes)
    assert all(r["terbukti"] and r["tamak"] >= r["pegawai"] for r in sizes)
    assert sizes[-1]["hilang"] == sizes[-1]["keahlian"]
    by_opd = skills.bus_factor_by_opd(contoh, 0.3)
    assert by_opd.loc["D" if "D" in by_opd.index else by_opd.index[0], "pegawai"] >= 1


def test_a_stopped_search_still_has_a_bound() -> None:
    rng = np.random.default_rng(5)
    table = rng.random((60, 24)) < 0.15
    found, whole = skills.leavers(table, 0.5, nodes=1), skills.leavers(table, 0.5)
    assert found.bound <= whole.bound == len(whole.people) <= len(found.people) <= found.greedy


def test_bus_factor_degenerate() -> None:
    assert len(skills.leavers(np.zeros((3, 2)), 1.0).people) == 0
    assert skills.leavers(np.zeros((0, 2)), 0.5).proved
    with pytest.raises(InputError, match=r"1\.5"):
        skills.leavers(np.ones((2, 2)), 1.5)
    with pytest.raises(InputError, match="D9"):
        skills.bus_factor(two_offices(), opd_id="D9")


# diversity


def test_hill_numbers_of_even_counts_are_their_number() -> None:
    for q in (0, 0.5, 1, 2, 7, float("inf")):
        assert skills.hill([5, 5, 5, 5, 0], q)[0] == pytest.approx(4, rel=CLOSE)


@given(arrays(np.int64, st.integers(1, 8), elements=st.integers(0, 50)).filter(lambda c: c.sum() > 0))
def test_diversity_equals_naive_sums(counts: np.ndarray) -> None:
    p = [c / counts.sum() for c in counts if c]
    assert skills.shannon(counts)[0] == pytest.approx(-sum(x * np.log(x) for x in p), abs=CLOSE)
    assert skills.hill(counts, 2)[0] == pytest.approx(1 / sum(x * x for x in p), rel=CLOSE)
    orders = [skills.hill(counts, q)[0] for q in (0, 0.5, 1, 2, 5, float("inf"))]
    assert all(a >= b - CLOSE for a, b in pairwise(orders))
    apart = 1.0 - np.eye(len(counts))
    assert skills.rao_stirling(counts, apart)[0] == pytest.approx(1 - sum(x * x for x in p), abs=CLOSE)


def test_rao_stirling_equals_naive_loops() -> None:
    rng = np.random.default_rng(8)
    counts, d = rng.integers(0, 9, 6), rng.random((6, 6))
    d = np.triu(d, 1) + np.triu(d, 1).T
    p = counts / counts.sum()
    expected = sum(d[i, j] * p[i] * p[j] for i in range(6) for j in range(6))
    assert skills.rao_stirling(counts, d)[0] == pytest.approx(expected, rel=CLOSE)


def test_diversity_of_units(contoh: Cycle) -> None:
    found = skills.diversity(contoh)
    counts = skills.unit_matrix(contoh)
    assert found["hill_0"].tolist() == (counts > 0).sum(axis=1).tolist()
    assert (found["hill_2"] <= found["hill_1"] + CLOSE).all()
    assert found["merata"].dropna().between(0, 1 + CLOSE).all()
    assert found["rao_stirling"].dropna().between(0, 1).all()
    distance = skills.skill_distance(contoh)
    assert (distance.to_numpy() == distance.to_numpy().T).all()


def test_diversity_degenerate() -> None:
    assert np.isnan(skills.hill([0, 0], 0)[0])
    assert np.isnan(skills.hill([0, 0], float("inf"))[0])
    assert np.isnan(skills.shannon([0])[0])
    assert skills.shannon([7])[0] == 0
    for bad in ([-1, 2], [np.nan, 1]):
        with pytest.raises(InputError):
            skills.shannon(bad)
    with pytest.raises(InputError):
        skills.hill([1], -1)
    with pytest.raises(InputError):
        skills.rao_stirling([1, 1], [[0, 1], [0.5, 0]])
    bare = skills.diversity(two_offices(keahlian="pegawai_id,keahlian,tingkat\n"))
    assert bare["hill_0"].tolist() == [0, 0]
    assert bare["turunan"].isna().all()


# nestedness


def naive_nodf(table: np.ndarray) -> float:
    """Sorted by fill, pair by pair, as the paper tells it."""

    def half(rows: list[np.ndarray]) -> tuple[float, int]:
        rows = sorted(rows, key=lambda r: -int(r.sum()))
        total = 0.0
        for upper, lower in combinations(rows, 2):
            if upper.sum() > lower.sum() > 0:
                total += 100.0 * int((upper & lower).sum()) / int(lower.sum())
        return total, len(rows) * (len(rows) - 1) // 2

    (a, n), (b, m) = half(list(table.astype(int))), half(list(table.T.astype(int)))
    return (a + b) / (n + m) if n + m else float("nan")


def test_nodf_of_the_published_example() -> None:
    """Almeida-Neto et al. (2008), Figure 1: rows 53, columns 63, whole 58."""
    found = skills.nodf(np.array([[1, 0, 1, 1, 1], [1, 1, 1, 0, 0], [0, 1, 1, 1, 0], [1, 1, 0, 0, 0], [1, 1, 0, 0, 0]]))
    assert [round(v, 2) for v in found[:3]] == [58.33, 53.33, 63.33]


@given(TABLES)
def test_nodf_equals_the_naive_one_and_ignores_order(table: np.ndarray) -> None:
    assert skills.nodf(table).nodf == pytest.approx(naive_nodf(table), nan_ok=True, abs=CLOSE)
    assert skills.nodf(table[::-1, ::-1]).nodf == pytest.approx(skills.nodf(table).nodf, nan_ok=True, abs=CLOSE)


def test_nodf_of_triangle_block_and_nothing() -> None:
    assert skills.nodf(np.tri(6)).nodf == 100.0
    assert skills.nodf(np.ones((4, 4))).nodf == 0.0
    assert np.isnan(skills.nodf(np.ones((1, 1))).nodf)
    assert np.isnan(skills.nodf(np.zeros((0, 0))).nodf)


# bridging and brokerage


def test_bridging_equals_networkx(contoh: Cycle) -> None:
    graph = skills.service_graph(contoh).to_networkx()
    for v, name in graph.nodes(data="name"):
        assert name is not None, v
    between = nx.betweenness_centrality(graph)
    tight = nx.constraint(graph)
    name = nx.get_node_attributes(graph, "name")
    for of in ("pegawai", "unit"):
        found = skills.bridging(contoh, of)
        mine = {name[v]: (between[v], tight[v]) for v in graph if name[v] in found.index}
        expected = pd.DataFrame(mine, index=["antara", "kendala"]).T.reindex(found.index)
        np.testing.assert_allclose(found[["antara", "kendala"]], expected, rtol=1e-7, atol=1e-12)


def test_who_once_sat_elsewhere_is_the_bridge() -> None:
    cycle = two_offices(riwayat="pegawai_id,unit_asal,unit_tujuan,tanggal\nP3,D1,D2,2023-01-01\n")
    found = skills.bridging(cycle)
    assert found.index[0] == "P3"
    assert found.loc["P3", ["derajat", "opd_terhubung"]].tolist() == [2, 1]
    # Of the 15 pairs of the other six vertices, those between {D1, P1, P2} and {D2, P4} pass P3: 3 * 2.
    assert found.loc["P3", "antara"] == pytest.approx(6 / 15)
    assert (found["antara"].drop("P3") == 0).all()


def naive_roles(graph: nx.DiGraph, group: dict) -> dict:
    out = {v: dict.fromkeys(skills.ROLES, 0) for v in graph}
    for a, b, c in permutations(graph, 3):
        if graph.has_edge(a, b) and graph.has_edge(b, c) and not graph.has_edge(a, c):
            x, y, z = group[a], group[b], group[c]
            role = (
                "koordinator" if x == y == z else "konsultan" if x == z else "penjaga" if y == z else "wakil" if x == y else "penghubung"
            )
            out[b][role] += 1
    return out


@given(st.integers(0, 200))
def test_brokerage_equals_naive_triads(seed: int) -> None:
    graph = nx.gnp_random_graph(9, 0.3, seed=seed, directed=True)
    group = {v: v % 3 for v in graph}
    found = skills.gould_fernandez(graph, group)
    assert found[list(skills.ROLES)].T.to_dict() == naive_roles(graph, group)
    same = skills.gould_fernandez(nx.to_scipy_sparse_array(graph), [group[v] for v in graph])
    assert (same.to_numpy() == found.to_numpy()).all()


def test_brokerage_by_hand_and_degenerate(contoh: Cycle) -> None:
    star = nx.DiGraph([("a", "b"), ("b", "c"), ("b", "d"), ("b", "b")])
    found = skills.gould_fernandez(star, {"a": 1, "b": 1, "c": 1, "d": 2})
    assert found.loc["b"].to_dict() == {"koordinator": 1, "konsultan": 0, "penjaga": 0, "wakil": 1, "penghubung": 0, "jumlah": 2}
    assert skills.gould_fernandez(nx.DiGraph(), {}).empty
    with pytest.raises(InputError):
        skills.gould_fernandez(np.zeros((2, 2)), [1])
    for of in ("pegawai", "unit"):
        table = skills.brokerage(contoh, of)
        assert (table["jumlah"] == table[list(skills.ROLES)].sum(axis=1)).all()
        assert "turunan" in table


# edges


def test_skills_of_the_same_one_person_are_not_apart() -> None:
    rows = "pegawai_id,keahlian,tingkat,dasar\nP1,Anggaran,4,dinilai\nP1,Arsip,3,dinilai\nP3,Gizi,3,dinilai\nP4,Gizi,5,dinilai\n"
    apart = skills.skill_distance(two_offices(keahlian=rows))
    assert apart.loc["Anggaran", "Arsip"] == 0.0
    assert apart.loc["Anggaran", "Gizi"] == apart.loc["Gizi", "Arsip"] == 1.0
    assert np.diag(apart).tolist() == [0.0, 0.0, 0.0]


def test_nobody_stands_between_two() -> None:
    # one person and one unit: no pair of others, so a share of 0 and not of nothing
    people = "pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\nP1,J1,PNS,III/a,S1,2020-01-01\n"
    unit = "unit_id,nama,induk_id,jenis\nD1,Dinas Keuangan,,dinas\n"
    seats = "jabatan_id,unit_id,nama,jenis,kebutuhan\nJ1,D1,Analis Anggaran,pelaksana,2\n"
    alone = two_offices(unit=unit, jabatan=seats, pegawai=people, keahlian="pegawai_id,keahlian,tingkat,dasar\nP1,Arsip,3,dinilai\n", syarat="jabatan_id,keahlian,tingkat\nJ1,Arsip,3\n")
    found = skills.bridging(alone, "pegawai")
    assert len(found) == 1
    assert (found.select_dtypes("number").iloc[0].dropna() >= 0).all()
    assert 0.0 in found.iloc[0].to_list()


def test_an_acquaintance_of_two_people_is_an_edge_once() -> None:
    graph = skills.service_graph(two_offices(hubungan="pegawai_a,pegawai_b\nP1,P3\nP3,P1\n"))
    found = {frozenset((graph.vs[e.source]["name"], graph.vs[e.target]["name"])) for e in graph.es}
    assert found == {frozenset(e) for e in (("P1", "D1"), ("P2", "D1"), ("P3", "D2"), ("P4", "D2"), ("P1", "P3"))}
    assert graph.ecount() == 5


def test_each_stay_ends_where_the_next_begins() -> None:
    moves = "pegawai_id,unit_asal,unit_tujuan,tanggal\nP1,D2,D1,2010-03-01\nP1,D1,D2,2014-03-01\nP1,D2,D1,2020-01-01\nP2,D2,D1,2020-01-01\n"
    found = spells(two_offices(riwayat=moves))
    mine = found[found["pegawai_id"] == "P1"]
    told = sorted((str(a)[:10], str(b)[:10], u) for a, b, u in zip(mine["mulai"], mine["selesai"], mine["unit_id"], strict=True))
    assert told == [("2010-03-01", "2014-03-01", "D1"), ("2014-03-01", "2020-01-01", "D2"), ("2020-01-01", "NaT", "D1"), ("NaT", "2010-03-01", "D2")]
    assert mine.set_index("mulai")["tahun"].round(2).to_dict()[pd.Timestamp("2010-03-01")] == 4.0


def test_required_only_leaves_out_what_no_seat_of_the_opd_asks_for() -> None:
    # D1 holds Anggaran (two people), Arsip and Gizi (one); its seats ask for Anggaran and Arsip
    rows = "pegawai_id,keahlian,tingkat,dasar\nP1,Anggaran,4,dinilai\nP2,Anggaran,3,dinilai\nP1,Arsip,3,dinilai\nP2,Gizi,3,dinilai\nP4,Gizi,5,dinilai\n"
    city = two_offices(keahlian=rows)
    assert skills.bus_factor_by_opd(city, 1.0)["keahlian"].to_dict() == {"D1": 3, "D2": 1}
    asked = skills.bus_factor_by_opd(city, 1.0, required_only=True)
    assert asked["keahlian"].to_dict() == {"D1": 2, "D2": 1}
    assert skills.bus_factor(city, 1.0, "D1")["keahlian"].to_list() == [3]
    assert skills.bus_factor(city, 0.5, "D1", required_only=True)[["hilang", "pegawai"]].iloc[0].to_list() == [1, 1]


def test_a_unit_without_a_field_takes_that_of_the_unit_above() -> None:
    unit = "unit_id,nama,induk_id,jenis,rumpun\nK,Kota,,kota,umum\nD1,Dinas Keuangan,K,dinas,\nD2,Dinas Kesehatan,K,dinas,kesehatan\nB2,Bidang,D2,bidang,\nS2,Seksi,B2,seksi,\n"
    found = unit_field(two_offices(unit=unit)).to_dict()
    assert found == {"K": "umum", "D1": "umum", "D2": "kesehatan", "B2": "kesehatan", "S2": "kesehatan"}


def test_share_of_derived_rows_counts_an_unmarked_row_as_assessed() -> None:
    rows = "pegawai_id,keahlian,tingkat,dasar\nP1,Anggaran,4,\nP1,Arsip,3,turunan\nP3,Gizi,2,dinilai\nP4,Arsip,5,\n"
    assert derived_share(two_offices(keahlian=rows)) == 0.25
    assert np.isnan(derived_share(two_offices(keahlian="pegawai_id,keahlian,tingkat,dasar\n")))


def test_effective_numbers_of_skills_by_hand() -> None:
    # D1: Anggaran twice, Arsip once; 1 / (4/9 + 1/9) = 1.8. D2: Arsip once.
    np.testing.assert_allclose(skills.diversity(two_offices())["hill_2"], [1.8, 1.0], rtol=CLOSE)


def test_nobody_has_to_leave_where_nothing_is_to_be_lost() -> None:
    found = skills.leavers(np.eye(3), share=0.0)
    assert (found.people.tolist(), found.lost.tolist(), found.needed, found.bound, found.greedy) == ([], [], 0, 0, 0)


def test_few_skills_need_no_search_and_a_search_without_an_answer_leaves_the_greedy_set() -> None:
    table = np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]])
    silent = SimpleNamespace(x=None, mip_dual_bound=None)
    with patch("scipy.optimize.milp", return_value=silent) as asked:
        with patch("mutasi_toolkit.skills.leavers.SUBSETS", 3):
            assert skills.leavers(table, 0.6).proved
        assert not asked.called
        with patch("mutasi_toolkit.skills.leavers.SUBSETS", 2):
            found = skills.leavers(table, 0.6)
        assert asked.called
    assert (len(found.people), found.bound, found.greedy, found.proved) == (2, 0, 2, False)


def test_brokers_tell_the_derived_share_of_what_they_hold() -> None:
    rows = "pegawai_id,keahlian,tingkat,dasar\nP1,Anggaran,4,dinilai\nP1,Arsip,3,turunan\nP2,Anggaran,3,turunan\nP3,Gizi,2,dinilai\nP4,Arsip,5,dinilai\n"
    with np.errstate(all="raise"):
        found = skills.brokerage(two_offices(keahlian=rows))
    assert found["keahlian"].to_dict() == {"P1": 2, "P2": 1, "P3": 0, "P4": 1}
    np.testing.assert_equal(found["turunan"].to_dict(), {"P1": 0.5, "P2": 1.0, "P3": np.nan, "P4": 0.0})


def test_evidence_is_numbered_and_counts_four_years_as_four() -> None:
    moves = "pegawai_id,unit_asal,unit_tujuan,tanggal\nP1,D2,D1,2010-03-01\nP1,D1,D2,2014-03-01\n"
    found = evidence(two_offices(riwayat=moves))
    assert found.index.to_list() == list(range(len(found)))
    mine = found[(found["pegawai_id"] == "P1") & (found["teks"] == "keuangan")]
    # 1,461 days of 365.25, and what came after 2020
    assert mine["tahun"].min() == 4.0
