"""The skill network: contract functions by hand, against naive loops, under relabelling, and on degenerate tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit import skills
from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.skills.example import two_offices
from mutasi_toolkit.skills.fit import general_competencies
from mutasi_toolkit.skills.table import _csr

ROOT = Path(__file__).resolve().parent.parent

#: Sums of small integers divided once: only rounding of the division differs.
CLOSE = 1e-12


def naive_levels(cycle: Cycle) -> dict[tuple[str, str], int]:
    return {(r.pegawai_id, r.keahlian): int(r.tingkat) for r in cycle.keahlian.itertuples()}


def naive_coverage(cycle: Cycle) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Cell by cell with dictionaries, from the words of DESIGN and the docstring."""
    level, places = naive_levels(cycle), skills.places(cycle)
    least = cycle.settings.tingkat_pemegang
    opd_of_seat, opd_of = cycle.seat["opd_id"], cycle.seated["opd_id"]
    need: dict[tuple[str, str], int] = {}
    for row in cycle.syarat.itertuples():
        key = (opd_of_seat[row.jabatan_id], row.keahlian)
        need[key] = need.get(key, 0) + (int(places[row.jabatan_id]) if row.tingkat >= least else 0)
    held: dict[tuple[str, str], int] = {}
    for (person, skill), tingkat in level.items():
        if tingkat >= least:
            held[opd_of[person], skill] = held.get((opd_of[person], skill), 0) + 1
    out = {}
    for key in need.keys() | held.keys():
        wanted, present = max(1, need[key]) if key in need else 0, held.get(key, 0)
        out[key] = (wanted, present, max(0, wanted - present))
    return out


def shuffled(cycle: Cycle, seed: int = 3) -> Cycle:
    order = {n: f.sample(frac=1, random_state=seed).reset_index(drop=True) for n, f in cycle.tables.items()}
    return replace(cycle, **order)


def test_coverage_by_hand() -> None:
    found = skills.coverage(two_offices())
    assert found.loc[("D1", "Anggaran")].tolist() == [2, 2, 0, 0.0]
    assert found.loc[("D1", "Arsip")].tolist() == [1, 1, 0, 1.0]
    assert found.loc[("D2", "Gizi"), ["dibutuhkan", "pemegang", "kurang"]].tolist() == [1, 0, 1]


def test_coverage_equals_naive_loops(contoh: Cycle) -> None:
    found = skills.coverage(contoh)
    assert {k: (r.dibutuhkan, r.pemegang, r.kurang) for k, r in zip(found.index, found.itertuples(), strict=True)} == naive_coverage(contoh)


def test_a_holder_has_the_level_of_the_settings() -> None:
    cycle = two_offices()
    held = {k: skills.holders(cycle.with_settings(tingkat_pemegang=k)).matrix.nnz for k in (1, 2, 3, 4, 5)}
    assert held == {1: 5, 2: 5, 3: 4, 4: 2, 5: 1}


def test_sole_holders_equal_naive_loops(contoh: Cycle) -> None:
    found = skills.sole_holders(contoh)
    present = {}
    for (person, skill), tingkat in naive_levels(contoh).items():
        if tingkat >= contoh.settings.tingkat_pemegang:
            present.setdefault((contoh.seated["opd_id"][person], skill), []).append(person)
    expected = {(o, s, who[0]) for (o, s), who in present.items() if len(who) == 1}
    assert set(found[["opd_id", "keahlian", "pegawai_id"]].itertuples(index=False, name=None)) == expected
    asked = {k for k, (need, _, _) in naive_coverage(contoh).items() if need}
    assert all(((o, s) in asked) == d for o, s, d in found[["opd_id", "keahlian", "dibutuhkan"]].itertuples(index=False))


def test_fit_equals_naive_sums_over_all_pairs(contoh: Cycle) -> None:
    pairs = contoh.pegawai[["pegawai_id"]].merge(contoh.jabatan[["jabatan_id"]], how="cross")
    found = skills.fit(contoh, pairs)
    level = naive_levels(contoh)
    asks = {j: g[["keahlian", "tingkat"]].to_numpy().tolist() for j, g in contoh.syarat.groupby("jabatan_id")}
    expected = []
    for person, seat in pairs.itertuples(index=False):
        want = sum(t for _, t in asks.get(seat, []))
        have = sum(level.get((person, s), 0) for s, _ in asks.get(seat, []))
        expected.append(min(100.0, 100.0 * have / want) if want else np.nan)
    np.testing.assert_allclose(found.to_numpy(), expected, rtol=CLOSE)
    assert found.index.names == ["pegawai_id", "jabatan_id"]


def test_fit_of_seats_without_requirements_and_of_people_without_skills() -> None:
    nothing = two_offices(syarat="jabatan_id,keahlian,tingkat\nJ1,Anggaran,3\n")
    found = skills.fit(nothing)
    assert found.iloc[:2].tolist() == [100.0, 100.0]
    assert found.iloc[2:].isna().all()
    bare = two_offices(keahlian="pegawai_id,keahlian,tingkat\n")
    assert skills.fit(bare).tolist() == [0.0] * 4
    assert skills.fit(bare, pd.DataFrame({"pegawai_id": [], "jabatan_id": []})).empty


def test_fit_names_the_unknown_code() -> None:
    with pytest.raises(InputError, match="P9"):
        skills.fit(two_offices(), pd.DataFrame({"pegawai_id": ["P9"], "jabatan_id": ["J1"]}))
    with pytest.raises(InputError, match="jabatan_id"):
        skills.fit(two_offices(), pd.DataFrame({"pegawai_id": ["P1"]}))


def test_the_order_of_rows_does_not_matter(contoh: Cycle) -> None:
    other = shuffled(contoh)
    pd.testing.assert_frame_equal(skills.coverage(contoh), skills.coverage(other))
    assert set(map(tuple, skills.sole_holders(contoh).astype(str).to_numpy())) == set(map(tuple, skills.sole_holders(other).astype(str).to_numpy()))
    pd.testing.assert_series_equal(skills.fit(contoh).sort_index(), skills.fit(other).sort_index())


def test_network_is_bipartite_and_comes_back(contoh: Cycle) -> None:
    graph = skills.network(contoh)
    assert nx.is_bipartite(graph)
    assert graph.number_of_edges() == len(contoh.keahlian)
    matrix, people, names = skills.network(contoh, sparse=True)
    dense = nx.bipartite.biadjacency_matrix(graph, list(people), list(names), weight="tingkat").toarray()
    assert (matrix.toarray() == dense).all()
    back = skills.from_network(graph)
    mine = contoh.keahlian[["pegawai_id", "keahlian", "tingkat"]].sort_values(["pegawai_id", "keahlian"], ignore_index=True)
    pd.testing.assert_frame_equal(back[["pegawai_id", "keahlian", "tingkat"]], mine, check_dtype=False)
    other = skills.to_igraph(graph)
    assert other.is_bipartite()
    pd.testing.assert_frame_equal(skills.from_network(other), back)
    pd.testing.assert_frame_equal(skills.from_matrix(matrix, people, names)[["pegawai_id", "keahlian", "tingkat"]], back[["pegawai_id", "keahlian", "tingkat"]])
    with pytest.raises(InputError, match="1"):
        skills.from_matrix(matrix * 9, people, names)


def test_a_skill_named_like_a_person_keeps_its_own_node() -> None:
    cycle = two_offices(keahlian="pegawai_id,keahlian,tingkat\nP1,P2,3\nP2,P2,4\n")
    graph = skills.network(cycle)
    assert graph.number_of_nodes() == 5
    assert skills.from_network(graph)["keahlian"].tolist() == ["P2", "P2"]


def test_without_skills_or_requirements_nothing_is_held_or_asked() -> None:
    empty = two_offices(keahlian="pegawai_id,keahlian,tingkat\n", syarat="jabatan_id,keahlian,tingkat\n")
    assert len(skills.coverage(empty)) == 0
    assert len(skills.sole_holders(empty)) == 0
    assert skills.network(empty).number_of_edges() == 0
    assert skills.unit_matrix(empty).shape == (2, 0)
    assert np.isnan(skills.derived_share(empty))


def test_profiles_have_the_published_cut_offs() -> None:
    """Announcement of the JFKK inpassing test; BRIN 3/2023 article 33; Permen KP 39/2023 article 52."""

    def limits(name: str, jenis: str, jenjang: str = "") -> list[float]:
        return [b["minimum"] for b in skills.profile(name).group(jenis, jenjang)["batas"]]

    assert limits("80/68", "pelaksana") == [80, 68, 0]
    assert limits("90/78", "jpt") == [90, 78, 0]
    assert limits("KKP", "jpt") == limits("KKP", "fungsional", "ahli utama") == [91, 85, 0]
    assert limits("KKP", "administrator") == limits("KKP", "fungsional", "ahli muda") == [85, 75, 0]
    assert skills.profile("80/68").technical_weight == {"ahli pertama": 60, "ahli muda": 50, "ahli madya": 40}
    assert len(general_competencies()) == 9
    with pytest.raises(InputError, match="KKP"):
        skills.profile("70/60")


@pytest.mark.parametrize(
    ("level", "category", "passes"),
    [(4, "memenuhi syarat", True), (3.4, "masih memenuhi syarat", True), (3.39, "kurang memenuhi syarat", False)],
)
def test_cut_offs_are_inclusive_below(level: float, category: str, passes: bool) -> None:
    """JPM 80, 68 and 67.8 of a requirement of 100 levels over 25 skills, made of levels 1 to 5."""
    wanted, have = 500, round(level * 100)
    asks = "".join(f"J1,K{k:03d},5\n" for k in range(100))
    owns = "".join(f"P1,K{k:03d},{t}\n" for k, t in enumerate(_split(have, 100)) if t)
    cycle = two_offices(syarat="jabatan_id,keahlian,tingkat\n" + asks, keahlian="pegawai_id,keahlian,tingkat\n" + owns)
    found = skills.jpm_table(cycle, pd.DataFrame({"pegawai_id": ["P1"], "jabatan_id": ["J1"]}), "80/68").iloc[0]
    assert found["jpm"] == pytest.approx(100 * have / wanted)
    assert (found["kategori"], bool(found["lulus"])) == (category, passes)


def _split(total: int, parts: int) -> list[int]:
    return [total // parts + (k < total % parts) for k in range(parts)]


def test_derived_levels_by_hand() -> None:
    """Six years in the unit make level 1 + two rises; the share derived shows in every table."""
    cycle = two_offices(keahlian="pegawai_id,keahlian,tingkat,dasar\nP1,Akuntansi pemerintahan,5,dinilai\n")
    rows = skills.derive(cycle).set_index(["pegawai_id", "keahlian"])
    assert rows.loc[("P2", "Akuntansi pemerintahan"), "tingkat"] == 3
    assert rows.loc[("P2", "Akuntansi pemerintahan"), "bukti"] == "rumpun: keuangan"
    whole = skills.complete(cycle)
    assert skills.coverage(whole).loc[("D1", "Akuntansi pemerintahan"), "turunan"] == 0.5
    kept = whole.keahlian.set_index(["pegawai_id", "keahlian"]).loc[("P1", "Akuntansi pemerintahan")]
    assert (kept["tingkat"], kept["dasar"]) == (5, "dinilai")
    assert skills.complete(whole).keahlian.equals(whole.keahlian)


def test_an_empty_table_is_derived_as_the_settings_say(contoh: Cycle) -> None:
    """What a SIASN export gives: no levels. The default derives, 'tidak' does not, 'lengkapi' fills what a table lacks."""
    empty = replace(contoh, keahlian=contoh.keahlian.iloc[:0])
    made = skills.as_settled(empty)
    assert skills.as_settled(contoh) is contoh
    assert (made.keahlian["dasar"] == "turunan").all()
    assert set(made.keahlian["pegawai_id"]) <= set(contoh.pegawai["pegawai_id"])
    assert skills.derived_share(made) == 1.0
    assert len(skills.derived_sentences(empty)) == 1
    off = replace(empty, settings=contoh.settings.model_copy(update={"keahlian_turunan": "tidak"}))
    assert skills.as_settled(off) is off
    assert "keahlian_turunan: tidak" in skills.derived_sentences(off)[0]
    some = replace(contoh, settings=contoh.settings.model_copy(update={"keahlian_turunan": "lengkapi"}))
    filled = skills.as_settled(some).keahlian
    assert len(filled) > len(contoh.keahlian)
    pd.testing.assert_frame_equal(
        filled.merge(contoh.keahlian[["pegawai_id", "keahlian"]]).sort_values(["pegawai_id", "keahlian"], ignore_index=True)[["tingkat", "dasar"]],
        contoh.keahlian.sort_values(["pegawai_id", "keahlian"], ignore_index=True)[["tingkat", "dasar"]],
    )


def test_the_tables_of_a_cycle_without_skills_can_be_read_back(contoh: Cycle, tmp_path) -> None:
    """Columns in which every cell is empty stay text, so that notebooks can join them."""
    from mutasi_toolkit.planning import propose
    from mutasi_toolkit.report import knowledge
    from mutasi_toolkit.report.opened import opened_from

    empty = replace(contoh, keahlian=contoh.keahlian.iloc[:0])
    propose(empty).write(tmp_path)
    opened = opened_from(empty, tmp_path)
    assert len(knowledge.changes(opened)) == 0
    assert opened.facts["keahlian_turunan"] == 0
    assert len(knowledge.gaps(opened)) > 0


def test_a_mapping_of_ones_own(tmp_path) -> None:
    table = tmp_path / "peta.csv"
    table.write_text("bukti,pola,keahlian,tingkat_awal,tingkat_maks,keyakinan,alasan\njabatan,gizi,Gizi,4,5,read,own\n", encoding="utf-8")
    rows = skills.derive(two_offices(), skills.read_mapping(table))
    assert rows[["pegawai_id", "keahlian", "tingkat"]].to_numpy().tolist() == [["P3", "Gizi", 5], ["P4", "Gizi", 5]]
    table.write_text("bukti,pola,keahlian,tingkat_awal,tingkat_maks,keyakinan,alasan\nbintang,leo,Gizi,4,5,read,own\n", encoding="utf-8")
    with pytest.raises(InputError, match="bintang"):
        skills.read_mapping(table)
    courses = pd.DataFrame({"pegawai_id": ["P1", "P1"], "pelatihan": ["Pengadaan tingkat 1", "Pengadaan lanjutan"]})
    trained = skills.derive(two_offices(), training=courses).set_index(["pegawai_id", "keahlian"])
    assert trained.loc[("P1", "Pengadaan barang dan jasa"), "tingkat"] == 3


def test_usual_requirements_leave_the_offices_own_alone(contoh: Cycle) -> None:
    rows = skills.usual_requirements(contoh)
    assert rows.index.to_list() == list(range(len(rows)))
    both = pd.concat([contoh.syarat[["jabatan_id", "keahlian"]], rows[["jabatan_id", "keahlian"]]])
    assert not both.duplicated().any()
    assert rows["tingkat"].between(1, 4).all()
    heads = set(contoh.jabatan.loc[contoh.jabatan["jenis"] == "jpt", "jabatan_id"])
    assert (rows.loc[rows["jabatan_id"].isin(heads), "tingkat"] == 4).all()


def test_heads_of_echelon_one_are_asked_for_more() -> None:
    seats = "jabatan_id,unit_id,nama,jenis,eselon,kebutuhan\nJ1,D1,Kepala,jpt,II.b,2\nJ2,D2,Direktur Jenderal,jpt,I.a,1\n"
    rows = skills.usual_requirements(two_offices(jabatan=seats, syarat="jabatan_id,keahlian,tingkat\n"))
    assert rows.groupby("jabatan_id")["tingkat"].unique().map(list).to_dict() == {"J1": [4], "J2": [5]}


@pytest.mark.parametrize(("first", "most", "fine"), [(1, 5, True), (5, 5, True), (0, 3, False), (3, 6, False), (6, 6, False), (4, 3, False), (1, 0, False)])
def test_levels_of_a_mapping_are_1_to_5_and_rise(tmp_path, first: int, most: int, fine: bool) -> None:
    table = tmp_path / "peta.csv"
    table.write_text(f"bukti,pola,keahlian,tingkat_awal,tingkat_maks,keyakinan,alasan\njabatan,arsip,Arsip,2,3,read,own\njabatan,gizi,Gizi,{first},{most},read,own\n", encoding="utf-8")
    if fine:
        assert len(skills.read_mapping(table).rows) == 2
    else:
        with pytest.raises(InputError, match="3"):
            skills.read_mapping(table)


@pytest.mark.parametrize("bad", ["jabatan,,Gizi,1,2,read,own", "jabatan,gizi,,1,2,read,own"])
def test_a_mapping_without_pattern_or_skill_is_refused(tmp_path, bad: str) -> None:
    table = tmp_path / "peta.csv"
    table.write_text(f"bukti,pola,keahlian,tingkat_awal,tingkat_maks,keyakinan,alasan\n{bad}\n", encoding="utf-8")
    with pytest.raises(InputError):
        skills.read_mapping(table)


def test_the_weighted_match_and_its_verdict_by_hand() -> None:
    """Technical skills weigh 60 % in a seat of ahli pertama: P1 has half of them and all the rest, P2 the other way round."""
    seats = "jabatan_id,unit_id,nama,jenis,jenjang,kebutuhan\nJ1,D1,Analis Anggaran,fungsional,ahli pertama,2\nJ2,D2,Pengelola Gizi,pelaksana,,1\n"
    rows = "pegawai_id,keahlian,tingkat,dasar\nP1,Anggaran,2,dinilai\nP1,Integritas,2,turunan\nP2,Anggaran,4,dinilai\nP2,Integritas,1,dinilai\n"
    city = two_offices(jabatan=seats, keahlian=rows, syarat="jabatan_id,keahlian,tingkat\nJ1,Anggaran,4\nJ1,Integritas,2\nJ2,Anggaran,3\n")
    with np.errstate(all="raise"):
        found = skills.jpm_table(city.with_settings(jpm={"profil": "80/68", "minimum": 85}))
    np.testing.assert_allclose(found["jpm"], [100 * 4 / 6, 100 * 5 / 6, 0, 0], rtol=CLOSE)
    np.testing.assert_allclose(found["jpm_teknis"], [50, 100, 0, 0], rtol=CLOSE)
    np.testing.assert_allclose(found["jpm_berbobot"], [0.6 * 50 + 0.4 * 100, 0.6 * 100 + 0.4 * 50, 0, 0], rtol=CLOSE)
    np.testing.assert_allclose(found["turunan"], [0.5, 0, np.nan, np.nan], rtol=CLOSE)
    assert found["lulus"].tolist() == [False] * 4
    # a profile that is named brings its own least match, 68
    assert skills.jpm_table(city.with_settings(jpm={"minimum": 85}), name="80/68")["lulus"].tolist() == [False, True, False, False]


def test_of_two_rows_of_the_mapping_the_higher_level_counts(tmp_path) -> None:
    table = tmp_path / "peta.csv"
    table.write_text("bukti,pola,keahlian,tingkat_awal,tingkat_maks,keyakinan,alasan\njabatan,gizi,Gizi,1,2,read,own\njenis,pelaksana,Gizi,4,4,read,own\n", encoding="utf-8")
    rows = skills.derive(two_offices(), skills.read_mapping(table)).set_index("pegawai_id")
    assert rows["tingkat"].to_dict() == dict.fromkeys(("P1", "P2", "P3", "P4"), 4)
    assert set(rows["bukti"]) == {"jenis: pelaksana"}


def test_added_rows_are_numbered_and_typed_like_the_table() -> None:
    city = two_offices(keahlian="pegawai_id,keahlian,tingkat,dasar\nP4,Zoologi,5,dinilai\nP1,Akuntansi pemerintahan,5,dinilai\n")
    whole = skills.complete(city).keahlian
    assert whole.index.to_list() == list(range(len(whole)))
    assert len(whole) > 2
    usual = skills.usual_requirements(city)
    assert usual.dtypes.to_dict() == {c: city.syarat[c].dtype for c in usual}


def test_a_folder_is_read_with_the_skills_that_its_settings_ask_for(contoh: Cycle) -> None:
    found = skills.read_settled(ROOT / "data" / "cycles" / "contoh")
    pd.testing.assert_frame_equal(found.keahlian, skills.as_settled(contoh).keahlian)
    assert found.settings == contoh.settings


def test_levels_have_a_column_for_what_is_only_asked_for() -> None:
    city = two_offices(syarat="jabatan_id,keahlian,tingkat\nJ1,Statistik,3\n")
    assert skills.levels(city).keahlian.to_list() == ["Anggaran", "Arsip", "Gizi", "Statistik"]
    assert skills.levels(city, required_too=False).keahlian.to_list() == ["Anggaran", "Arsip", "Gizi"]


def test_a_matrix_stores_neither_zeros_nor_unknown_places() -> None:
    made = _csr(np.array([1, 2, 0, 3, 4]), np.array([0, -1, 1, 1, 1]), np.array([0, 0, 0, -1, 0]), (2, 1))
    assert made.nnz == 2
    assert made.toarray().tolist() == [[1], [4]]


def test_the_rows_and_people_that_will_be_derived_are_counted() -> None:
    bare = two_offices(keahlian="pegawai_id,keahlian,tingkat\n")
    rows = skills.derive(bare)
    assert len(rows) != rows["pegawai_id"].nunique()
    told = skills.derived_sentences(bare, "en")
    assert told == [text("skills.will_derive", "en", rows=len(rows), people=rows["pegawai_id"].nunique(), all=4)]
    some = two_offices().with_settings(keahlian_turunan="lengkapi")
    added = skills.complete(some).keahlian.query("dasar == 'turunan'")
    told = skills.derived_sentences(some, "en")
    assert told == [text("skills.will_complete", "en", rows=len(skills.complete(some).keahlian) - 5, people=added["pegawai_id"].nunique(), all=4)]
