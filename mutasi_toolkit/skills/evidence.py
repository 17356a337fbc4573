"""What the tables say of where a person worked, as what, for how long, and what was learnt before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Kinds of evidence that a mapping row may name.
KINDS = ("bidang_ilmu", "jabatan", "jenis", "pelatihan", "profesi", "rumpun")
_DAYS = 365.25
_SPELL = {"pegawai_id": "str", "unit_id": "str", "jabatan": "str", "mulai": "datetime64[us]", "selesai": "datetime64[us]"}
_FACTS = ("pegawai_id", "bukti", "teks", "tahun", "lewat", "jenjang", "pendidikan")


def spells(cycle: Cycle) -> pd.DataFrame:
    """Every stay of every person in a unit, from the moves in `riwayat`.

    Move k of a person ends the stay in `unit_asal` and opens that in `unit_tujuan`. The first stay
    opens at `tmt_cpns`. Where the record does not end in the present unit, or there is none, the
    present stay opens at `tmt_unit`, else `tmt_jabatan`. A stay whose opening is unknown, or after
    its end, has 0 years.

    Returns
    -------
    DataFrame
        pegawai_id, unit_id, jabatan (title or code as recorded, NaN where unknown), mulai, selesai
        (NaT: still there), tahun, lewat (years since it ended); sorted by person and time.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> spells(two_offices())[["pegawai_id", "unit_id", "tahun"]].round(2).astype(str).iloc[0].to_list()
    ['P1', 'D1', '6.08']
    """
    people = cycle.pegawai.set_index("pegawai_id")
    unit_now = people["jabatan_id"].map(cycle.seat["unit_id"])
    since = people["tmt_unit"].fillna(people["tmt_jabatan"])
    recorded = _recorded(cycle, people["tmt_cpns"])
    is_open = recorded["selesai"].isna()
    astray = is_open & (recorded["unit_id"] != recorded["pegawai_id"].map(unit_now))
    recorded.loc[astray, "selesai"] = recorded.loc[astray, "pegawai_id"].map(since)
    told = people.index.isin(recorded.loc[recorded["selesai"].isna(), "pegawai_id"])
    title = people["jabatan_id"].map(cycle.jabatan.set_index("jabatan_id")["nama"])
    now = pd.DataFrame({"unit_id": unit_now, "jabatan": title, "mulai": since, "selesai": pd.NaT})[~told]
    whole = pd.concat([recorded, now.rename_axis("pegawai_id").reset_index().astype(_SPELL)], ignore_index=True)
    whole["tahun"] = _years(whole["mulai"], whole["selesai"].fillna(cycle.date))
    whole["lewat"] = _years(whole["selesai"], cycle.date)
    return whole.sort_values(["pegawai_id", "mulai", "selesai", "unit_id"], kind="stable", ignore_index=True)


def _years(start: pd.Series, end: pd.Series | pd.Timestamp) -> pd.Series:
    return ((end - start).dt.days / _DAYS).clip(lower=0).fillna(0.0)


def _recorded(cycle: Cycle, opening: pd.Series) -> pd.DataFrame:
    """Stays that `riwayat` tells of; the last of each person is open (`selesai` NaT)."""
    moves = cycle.riwayat.sort_values(["pegawai_id", "tanggal", "unit_asal", "unit_tujuan"], kind="stable")
    first = moves[~moves["pegawai_id"].duplicated()]
    begun = first["pegawai_id"].map(opening)
    origin = first.rename(columns={"unit_asal": "unit_id", "jabatan_asal": "jabatan", "tanggal": "selesai"}).assign(mulai=begun)
    same = moves["pegawai_id"].eq(moves["pegawai_id"].shift(-1))
    past = moves.rename(columns={"unit_tujuan": "unit_id", "jabatan_tujuan": "jabatan", "tanggal": "mulai"})
    past = past.assign(selesai=moves["tanggal"].shift(-1).where(same))
    return pd.concat([f[list(_SPELL)].astype(_SPELL) for f in (origin, past)], ignore_index=True)


def evidence(cycle: Cycle, training: pd.DataFrame | None = None) -> pd.DataFrame:
    """All evidence about all people, one row per person and piece.

    Returns
    -------
    DataFrame
        pegawai_id, bukti (a word of `KINDS`), teks, tahun and lewat (years of the work, years since
        it ended), jenjang (of the present seat), pendidikan (of the person).

    Raises
    ------
    InputError
        When `training` lacks the column pegawai_id or pelatihan.
    """
    people, stays = cycle.pegawai, spells(cycle)
    seat = cycle.jabatan.set_index("jabatan_id")
    here = people["jabatan_id"]
    tenure = _years(people["tmt_jabatan"], cycle.date)
    service = np.maximum(_years(people["tmt_cpns"], cycle.date), tenure)
    present = pd.DataFrame({"pegawai_id": people["pegawai_id"], "tahun": tenure, "lewat": 0.0, "jenjang": here.map(seat["jenjang"])})
    titles = stays["jabatan"].map(seat["nama"]).fillna(stays["jabatan"])
    stays, ended = stays[["pegawai_id", "unit_id", "tahun", "lewat"]], stays["selesai"].notna()
    parts = [
        present.assign(bukti="jabatan", teks=here.map(seat["nama"])),
        present.assign(bukti="jenis", teks=here.map(seat["jenis"])),
        stays.assign(bukti="rumpun", teks=stays["unit_id"].map(unit_field(cycle))),
        stays[ended].assign(bukti="jabatan", teks=titles[ended]),
        present.assign(bukti="profesi", teks=people["profesi"], tahun=service),
        present.assign(bukti="bidang_ilmu", teks=people["bidang_ilmu"], pendidikan=people["pendidikan"]),
    ]
    if training is not None:
        parts.append(_courses(training, people["pegawai_id"]))
    kinds = {"pegawai_id": "str", "bukti": "str", "teks": "str", "jenjang": "str", "pendidikan": "str", "tahun": float, "lewat": float}
    whole = pd.concat([p.reindex(columns=list(_FACTS)).astype(kinds) for p in parts], ignore_index=True)
    whole = whole[whole["teks"].notna()].fillna({"jenjang": "", "pendidikan": ""})
    return whole.sort_values(list(_FACTS), kind="stable", ignore_index=True)


def _courses(training: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    lacking = {"pegawai_id", "pelatihan"} - set(training.columns)
    if lacking:
        raise InputError(text("skills.training_columns", columns=", ".join(sorted(lacking))))
    mine = training[training["pegawai_id"].isin(known)]
    return pd.DataFrame({"pegawai_id": mine["pegawai_id"], "bukti": "pelatihan", "teks": mine["pelatihan"], "tahun": 0.0, "lewat": 0.0})


def unit_field(cycle: Cycle) -> pd.Series:
    """Rumpun of every unit: its own, else that of the nearest unit above which has one.

    Returns
    -------
    Series of str
        Indexed by unit_id; NaN where neither it nor any unit above has one.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> unit_field(two_offices()).to_dict()
    {'D1': 'keuangan', 'D2': 'kesehatan', 'K': nan}
    """
    ids, field = cycle.unit["unit_id"], cycle.unit["rumpun"]
    parent = pd.Index(ids).get_indexer(cycle.unit["induk_id"])
    empty, here = field.isna().to_numpy(), np.arange(len(ids))
    climb = empty[here] & (parent[here] >= 0)
    while climb.any():
        here = np.where(climb, parent[here], here)
        climb = empty[here] & (parent[here] >= 0)
    return pd.Series(field.to_numpy()[here], index=pd.Index(ids, name="unit_id"), dtype="str", name="rumpun")
