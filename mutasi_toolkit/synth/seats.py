"""Who sits where: people dealt to structural posts, schools, health services and offices; seat classes from that."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import GOLONGAN_PNS, PENDIDIKAN
from mutasi_toolkit.synth.facts import structure, table
from mutasi_toolkit.synth.organisation import Organisation
from mutasi_toolkit.synth.raking import round_shares

#: Posts of eselon IV in the dinas that became functional (ahli muda) in December 2021.
N_PENYETARAAN = 131
RANK = {g: i for i, g in enumerate(GOLONGAN_PNS)}
DEGREE = {e: i for i, e in enumerate(PENDIDIKAN)}
ESELON_ORDER = {"II.a": 0, "II.b": 1, "III.a": 2, "III.b": 3, "IV.a": 4, "IV.b": 5}
SEAT = ("unit_id", "nama", "jenis", "eselon", "jenjang", "profesi", "mapel", "rumpun")


def deal(
    people: pd.DataFrame,
    contract: pd.DataFrame,
    organisation: Organisation,
    rng: np.random.Generator,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Deal PNS and PPPK to seats.

    Returns
    -------
    staff : DataFrame
        All people with the columns of SEAT.
    empty : DataFrame
        Structural posts that nobody holds.
    """
    order = rng.permutation(len(people))
    people = people.iloc[order].assign(
        score=lambda f: f["golongan"].map(RANK) + rng.normal(0, 0.6, len(f))
    )
    posts = organisation.post.merge(organisation.unit[["unit_id", "rumpun"]], on="unit_id").fillna(
        ""
    )
    parts, empty = [], []
    for kind, jenis in (
        ("Eselon II", "jpt"),
        ("Eselon III", "administrator"),
        ("Eselon IV", "pengawas"),
    ):
        mine = people[people["kind"] == kind].sort_values("score", ascending=False, kind="stable")
        if jenis == "pengawas":
            able = mine[
                mine["golongan"].isin(["III/c", "III/d", "IV/a"])
                & mine["pendidikan"].isin(["S1", "S2", "D4"])
            ]
            chosen = able.sample(N_PENYETARAAN, random_state=rng)
            parts.append(_equalised(chosen, organisation, rng))
            mine = mine.drop(chosen.index)
        filled, vacant = _structural(mine, posts[posts["jenis"] == jenis], rng)
        parts.append(filled)
        empty.append(vacant)
    parts.append(
        _functional(people[people["kind"] == "Fungsional Tertentu"], contract, organisation, rng)
    )
    parts.append(
        _clerks(
            people[people["kind"].str.startswith("Fungsional Umum")], contract, organisation, rng
        )
    )
    staff = pd.concat(parts, ignore_index=True)
    staff = staff.assign(**{c: staff[c].astype(object).fillna("").astype(str) for c in SEAT})
    return staff.drop(columns=["score"]), pd.concat(empty, ignore_index=True)


def _structural(
    people: pd.DataFrame, posts: pd.DataFrame, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    free = posts[~posts["kosong"]]
    surplus = len(free) - len(people)
    gone = (
        free.sample(
            surplus, random_state=rng, weights=np.where(free["nama"].isin(["Lurah"]), 0.2, 1.0)
        )
        if surplus > 0
        else free.iloc[:0]
    )
    free = free.drop(gone.index)
    free = free.assign(rank=free["eselon"].map(ESELON_ORDER)).sort_values("rank", kind="stable")
    filled = people.reset_index(drop=True).join(
        free[["unit_id", "nama", "jenis", "eselon", "rumpun"]].reset_index(drop=True)
    )
    return filled, pd.concat([posts[posts["kosong"]], gone])


def _equalised(
    people: pd.DataFrame, organisation: Organisation, rng: np.random.Generator
) -> pd.DataFrame:
    units = organisation.unit[organisation.unit["kelompok"] == "bidang"]
    at = units.iloc[np.resize(rng.permutation(len(units)), len(people))].reset_index(drop=True)
    titles = structure()["jf_penyetaraan"]
    names = at["rumpun"].map(titles) + " Ahli Muda"
    return people.reset_index(drop=True).assign(
        unit_id=at["unit_id"],
        nama=names,
        jenis="fungsional",
        jenjang="ahli muda",
        rumpun=at["rumpun"],
    )


def jenjang_of(golongan: pd.Series, pendidikan: pd.Series) -> pd.Series:
    """Level of a functional job by golongan (PNS) or by education alone (PPPK)."""
    rank = golongan.map(RANK)
    skilled = pendidikan.map(DEGREE) < DEGREE["D4"]
    expert = np.select(
        [rank >= 15, rank >= 12, rank >= 10],
        ["ahli utama", "ahli madya", "ahli muda"],
        "ahli pertama",
    )
    able = np.select([rank >= 10, rank >= 8], ["penyelia", "mahir"], "terampil")
    return pd.Series(np.where(skilled, able, expert), index=golongan.index)


def _slots(organisation: Organisation, weights: dict[str, float], total: int) -> np.ndarray:
    units = organisation.unit[organisation.unit["kelompok"].isin(list(weights))]
    share = units["kelompok"].map(weights).to_numpy(dtype=float)
    return np.repeat(units["unit_id"].to_numpy(), round_shares(share, total))


def _functional(
    civil: pd.DataFrame,
    contract: pd.DataFrame,
    organisation: Organisation,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """Teachers, health workers and other functional staff; diploma holders go to health."""
    diploma = civil["pendidikan"].isin(["D3"])
    graduates = civil[~diploma].sample(frac=1, random_state=rng)
    n_health = 500 - int(diploma.sum())
    health = pd.concat([civil[diploma], graduates.iloc[:n_health]])
    other = graduates.iloc[n_health : n_health + 143]
    teach = graduates.iloc[n_health + 143 :]
    teach = pd.concat([teach, contract[contract["field"] == "guru"]])
    health = pd.concat([health, contract[contract["field"] == "nakes"]])
    return pd.concat(
        [
            _teachers(teach, organisation, rng),
            _health(health, organisation, rng),
            _others(other, organisation, rng),
        ]
    )


def _teachers(
    people: pd.DataFrame, organisation: Organisation, rng: np.random.Generator
) -> pd.DataFrame:
    people = people.sample(frac=1, random_state=rng).reset_index(drop=True)
    unit = _slots(organisation, {"sd": 1.0, "smp": 2.1, "tk": 0.45}, len(people))
    kind = pd.Series(unit).map(organisation.unit.set_index("unit_id")["kelompok"]).to_numpy()
    subjects = np.array(structure()["mapel"])
    share = np.array([4, 4, 4, 3, 3, 2, 2, 2, 2, 1.5, 2])
    subject = rng.choice(subjects, len(people), p=share / share.sum())
    at_sd = rng.choice(["", "Pendidikan Agama Islam", "PJOK"], len(people), p=[0.76, 0.13, 0.11])
    mapel = np.where(kind == "smp", subject, np.where(kind == "sd", at_sd, ""))
    level = jenjang_of(
        people["golongan"],
        people["pendidikan"].where(people["pendidikan"].map(DEGREE) >= DEGREE["D4"], "S1"),
    )
    title = (
        pd.Series(np.where(mapel == "", np.where(kind == "tk", "Guru TK ", "Guru Kelas "), "Guru "))
        + level.str.title()
    )
    return people.assign(
        unit_id=unit,
        nama=title,
        jenis="fungsional",
        jenjang=level,
        profesi="guru",
        mapel=mapel,
        rumpun="pendidikan",
    )


def _health(
    people: pd.DataFrame, organisation: Organisation, rng: np.random.Generator
) -> pd.DataFrame:
    needs = structure()["nakes"]
    centres = organisation.unit.loc[
        organisation.unit["kelompok"] == "puskesmas", "unit_id"
    ].to_numpy()
    wards = organisation.unit.loc[organisation.unit["kelompok"] == "rsud", "unit_id"].to_numpy()
    cells = [(u, t, w) for u in centres for t, w in needs["puskesmas"].items()]
    cells += [(wards[_ward(t)], t, w) for t, w in needs["rsud"].items()]
    count = round_shares(np.array([w for _, _, w in cells], dtype=float), len(people))
    unit, title = (np.repeat(np.array([c[i] for c in cells]), count) for i in range(2))
    # Graduates-only professions are dealt first.
    only_graduates = np.isin(title, ["Dokter", "Dokter Gigi", "Apoteker"])
    degree = people["pendidikan"].map(DEGREE).to_numpy() + rng.random(len(people)) * 0.5
    who = np.argsort(-degree, kind="stable")
    mixed = rng.random(len(title))
    where = np.argsort(np.where(only_graduates, -1.0, mixed), kind="stable")
    people = people.iloc[who].reset_index(drop=True)
    level = jenjang_of(people["golongan"], people["pendidikan"])
    names = pd.Series(title[where]) + " " + level.str.title()
    return people.assign(
        unit_id=unit[where],
        nama=names,
        jenis="fungsional",
        jenjang=level,
        profesi=np.char.lower(title[where].astype(str)),
        rumpun="kesehatan",
    )


def _ward(title: str) -> int:
    return 1 if title in {"Perawat", "Bidan"} else 0 if title.startswith("Dokter") else 2


def _others(
    people: pd.DataFrame, organisation: Organisation, rng: np.random.Generator
) -> pd.DataFrame:
    units = organisation.unit[
        organisation.unit["kelompok"].isin(["bidang", "upt"])
        & (organisation.unit["rumpun"] != "umum")
    ]
    at = units.iloc[np.resize(rng.permutation(len(units)), len(people))].reset_index(drop=True)
    people = people.reset_index(drop=True)
    level = jenjang_of(people["golongan"], people["pendidikan"])
    names = at["rumpun"].map(structure()["jf_penyetaraan"]) + " " + level.str.title()
    return people.assign(
        unit_id=at["unit_id"], nama=names, jenis="fungsional", jenjang=level, rumpun=at["rumpun"]
    )


def _clerks(
    civil: pd.DataFrame,
    contract: pd.DataFrame,
    organisation: Organisation,
    rng: np.random.Generator,
) -> pd.DataFrame:
    people = (
        pd.concat([civil, contract[contract["field"] == "teknis"]])
        .sample(frac=1, random_state=rng)
        .reset_index(drop=True)
    )
    units = organisation.unit
    core = (
        units["opd"]
        .map(table("opd").set_index("opd_id")["staf_inti"].replace("", "0").astype(float))
        .fillna(0)
    )
    n_rooms = units[units["kelompok"].isin(["sekretariat", "bidang", "upt"])].groupby("opd").size()
    room = core / units["opd"].map(n_rooms).fillna(1)
    fixed = {
        "kelurahan": 2.2,
        "kantor kecamatan": 3.0,
        "puskesmas": 3.0,
        "rsud": 14.0,
        "sd": 0.6,
        "smp": 2.0,
        "tk": 0.3,
    }
    weight = units["kelompok"].map(fixed).fillna(0).to_numpy(dtype=float)
    weight = np.where(units["kelompok"].isin(["bidang", "upt"]), 0.55 * room, weight)
    weight = np.where(units["kelompok"] == "sekretariat", 0.9 * room, weight)
    unit = np.repeat(units["unit_id"].to_numpy(), round_shares(weight, len(people)))
    title = people["pendidikan"].map(structure()["pelaksana"])
    rumpun = pd.Series(unit).map(units.set_index("unit_id")["rumpun"])
    return people.assign(unit_id=unit, nama=title, jenis="pelaksana", rumpun=rumpun)
