"""The synthetic city: every marginal against its source, the same bytes for the same seed, nobody impossible."""

from __future__ import annotations

import filecmp
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.synth.facts import N_PNS, N_PPPK, SHARE_51_60, by_sex, table
from mutasi_toolkit.synth.people import KINDS, civil_servants
from mutasi_toolkit.synth.raking import controlled_round, rake, round_shares

#: Marginals are whole numbers within one person of the source's share of the total, by the largest-remainder rule.
ONE_PERSON = 1.0
#: The education and golongan tables differ from the job table in their share of women by less than this.
SEX_SHARE_TOLERANCE = 0.012


@pytest.fixture(scope="module")
def city() -> mt.Cycle:
    return mt.read_cycle(data_dir("cycles") / "pangkalpinang-2026")


def test_head_counts_are_the_published_ones(city: mt.Cycle) -> None:
    status = city.pegawai["status"].value_counts()
    assert status.get("PNS", 0) + status.get("CPNS", 0) == N_PNS == 2905
    assert status["PPPK"] == N_PPPK == 743
    assert city.paruh_waktu["orang"].sum() == 2778


@pytest.mark.parametrize(("column", "source"), [("kind", "jenis_jabatan"), ("golongan", "golongan"), ("pendidikan", "pendidikan")])
def test_every_marginal_of_pns_matches_its_source(column: str, source: str) -> None:
    people = civil_servants()
    share = by_sex(source).sum(axis=1)
    made = people[column].value_counts().reindex(share.index).fillna(0)
    difference = (made - share / share.sum() * N_PNS).abs()
    assert difference.max() <= 2 * ONE_PERSON + SEX_SHARE_TOLERANCE * N_PNS * share.max()


def test_sex_of_pns_is_that_of_the_job_table() -> None:
    people = civil_servants()
    share = by_sex("jenis_jabatan").reindex(KINDS).sum()
    women = (people["jenis_kelamin"] == "P").sum()
    assert abs(women - share["P"] / share.sum() * N_PNS) <= ONE_PERSON


def test_a_third_of_pns_is_51_to_60(city: mt.Cycle) -> None:
    civil = city.pegawai[city.pegawai["status"].isin(["PNS", "CPNS"])]
    age = (city.date - civil["tanggal_lahir"]).dt.days / 365.2425
    assert age.between(51, 61).mean() == pytest.approx(SHARE_51_60, abs=0.003)


def test_organisation_is_the_published_one(city: mt.Cycle) -> None:
    kinds = city.unit["jenis"].value_counts()
    assert (kinds["kelurahan"], kinds["kecamatan"], kinds["puskesmas"], kinds["rsud"]) == (42, 7, 9, 1)
    assert city.opd.drop("K00").nunique() == 33


def test_the_eight_vacant_jpt_posts_are_vacant(city: mt.Cycle) -> None:
    vacant = table("lowongan_jpt").query("per_tanggal == '2026-01-12'")["jabatan"]
    posts = city.jabatan[city.jabatan["nama"].isin(vacant)]
    assert len(posts) == 8
    assert posts["plt"].fillna(False).all()
    assert not city.pegawai["jabatan_id"].isin(posts["jabatan_id"]).any()


def test_nobody_is_impossible(city: mt.Cycle) -> None:
    p = city.pegawai
    civil = p["status"] == "PNS"
    entry = (p["tmt_cpns"] - p["tanggal_lahir"]).dt.days / 365.2425
    assert entry[civil].min() >= 17.9
    assert (p["tmt_jabatan"] <= city.date).all()
    assert (p["tmt_unit"] <= p["tmt_jabatan"]).all()
    assert p["pegawai_id"].str.fullmatch(r"\d{15}000").all()
    assert p["nama"].isna().all()


@pytest.mark.parametrize(("preset", "folder"), [("pangkalpinang", "pangkalpinang-2026"), ("contoh", "contoh")])
def test_the_committed_cycle_is_what_the_preset_makes(preset: str, folder: str, tmp_path: Path) -> None:
    mt.synth.write(preset, tmp_path)
    place = data_dir("cycles") / folder
    names = sorted(p.name for p in tmp_path.iterdir())
    assert filecmp.cmpfiles(tmp_path, place, names, shallow=False)[0] == names


def test_other_seed_other_people() -> None:
    one, two = (mt.synth.generate("contoh", seed=s) for s in (1, 2))
    assert set(one.pegawai["pegawai_id"]) != set(two.pegawai["pegawai_id"])


def test_ministry_has_whole_offices_under_one_date() -> None:
    ministry = mt.synth.generate("kementerian", staff=4000)
    assert len(ministry.pegawai) == 2 * (N_PNS + N_PPPK)
    assert ministry.pegawai["pegawai_id"].is_unique


def test_unknown_preset_and_fixed_staff_are_refused() -> None:
    with pytest.raises(mt.InputError, match="pangkalpinang"):
        mt.synth.generate("kota")
    with pytest.raises(mt.InputError):
        mt.synth.generate("contoh", staff=10)


def test_rake_meets_marginals_and_keeps_zeros() -> None:
    seed = np.array([[1.0, 0.0], [1.0, 1.0]])
    out = rake(seed, [((0,), np.array([1.0, 3.0])), ((1,), np.array([2.0, 2.0]))])
    assert out[0, 1] == 0
    assert out.sum(axis=0) == pytest.approx([2.0, 2.0])


def test_controlled_round_keeps_whole_marginals() -> None:
    rng = np.random.default_rng(0)
    table_ = rng.random((4, 5)) * 10
    rows, columns = round_shares(table_.sum(axis=1), 100), round_shares(table_.sum(axis=0), 100)
    fitted = rake(table_, [((0,), rows), ((1,), columns)])
    whole = controlled_round(fitted, [((0,), rows), ((1,), columns)])
    assert (whole.sum(axis=1) == rows).all()
    assert (whole.sum(axis=0) == columns).all()
    assert np.abs(whole - fitted).max() <= ONE_PERSON


@pytest.mark.parametrize("scenario", ["izin_mendagri", "setelah_jendela", "prioritas_100_hari", "tanpa_pindah", "laju_agensi"])
@pytest.mark.parametrize("cycle", ["pangkalpinang-2026", "contoh"])
def test_every_scenario_can_be_read_and_says_what_it_is_in_both_languages(scenario: str, cycle: str) -> None:
    settings = mt.read_cycle(data_dir("cycles") / cycle, scenario).settings
    assert settings.skenario == scenario
    assert settings.described("id") == settings.keterangan != ""
    assert settings.described("en") == settings.keterangan_en not in {"", settings.keterangan}


def test_every_row_of_every_fact_table_has_year_and_source() -> None:
    for path in sorted(data_dir("reference").glob("*.csv")):
        frame = pd.read_csv(path, dtype=str, keep_default_na=False)
        assert {"tahun", "proxy", "sumber"} <= set(frame.columns), path.name
        assert (frame["tahun"].str.fullmatch(r"\d{4}") & (frame["sumber"] != "") & frame["proxy"].isin(["ya", "tidak"])).all(), path.name
