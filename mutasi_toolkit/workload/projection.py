"""Five years ahead: retirements and contracts that end, need that grows, and when a unit falls below 90 %."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml
from mutasi_toolkit.workload.balance import LOW_FILL
from mutasi_toolkit.workload.need import need, round_half_up

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


def retirement_year(cycle: Cycle) -> pd.Series:
    """Year in which each person reaches retirement age in their present seat; missing without a date of birth.

    The age is that of data/parameters/bup.yaml: the level of a functional job before its kind, and the
    profession where that is older.

    Returns
    -------
    Series of Int64 indexed by pegawai_id.
    """
    table = load_yaml(data_dir("parameters") / "bup.yaml")
    ages = {name: {k: float(v["usia"]) for k, v in table[name].items()} for name in ("jenis", "jenjang", "profesi")}
    seats = cycle.jabatan.set_index("jabatan_id").loc[cycle.pegawai["jabatan_id"]]
    age = seats["jenjang"].map(ages["jenjang"]).fillna(seats["jenis"].map(ages["jenis"])).to_numpy(dtype=float)
    age = np.fmax(age, seats["profesi"].str.casefold().map(ages["profesi"]).to_numpy(dtype=float))
    born = cycle.pegawai["tanggal_lahir"]
    # The pension begins on the first of the month after the birthday: one born in December retires in January.
    year = born.dt.year + age + (born.dt.month == 12)
    return pd.Series(year.to_numpy(dtype=float), index=pd.Index(cycle.pegawai["pegawai_id"]), dtype="float64").astype("Int64")


def project(cycle: Cycle, years: int = 5, growth: Mapping[str, float] | None = None) -> pd.DataFrame:
    """Staff and need of every seat class in the years ahead.

    For year y, counted from the 31 December before the cycle's year: ada(y) = ada - pensiun(y) - kontrak_habis(y), both
    cumulative; net(y) = ada(y) - kebutuhan_bulat(y). A surplus is reduced and a shortage increased by
    retirements and by PPPK contracts that end.

    Special cases: a person without a date of birth never retires here; one whose contract ends after
    their retirement counts once.

    Parameters
    ----------
    cycle : Cycle
    years : int
        How many years ahead.
    growth : mapping of str to float, optional
        Yearly growth of need by rumpun, for example {"kesehatan": 0.05}.

    Returns
    -------
    DataFrame
        jabatan_id, year, kebutuhan, kebutuhan_bulat, ada, pensiun, kontrak_habis, net; sorted.

    References
    ----------
    Peraturan BKN 9/2022 (five years, itemised; PPPK whose contract ends count like retirements).
    """
    now = need(cycle)
    first = cycle.date.year
    out_year = retirement_year(cycle).to_numpy(dtype=float, na_value=np.inf)
    ends = cycle.pegawai["akhir_kontrak"].dt.year.to_numpy(dtype=float)
    ends = np.where(np.isnan(ends), np.inf, ends)
    seat = pd.Index(now.index).get_indexer(cycle.pegawai["jabatan_id"])
    yearly = np.ones(len(now))
    if growth:
        rumpun = cycle.unit.set_index("unit_id")["rumpun"]
        yearly = 1.0 + cycle.seat["unit_id"].map(rumpun).map(dict(growth)).fillna(0.0).to_numpy(dtype=float)
    parts = []
    for k in range(years):
        retired = (out_year <= first + k) & (out_year <= ends)
        ended = (ends <= first + k) & ~retired
        gone = [np.bincount(seat[mask], minlength=len(now)) for mask in (retired, ended)]
        wanted = now["kebutuhan"].to_numpy() * yearly ** (k + 1 if growth else 0)
        ada = now["ada"].to_numpy() - gone[0] - gone[1]
        rounded = round_half_up(wanted)
        parts.append(
            pd.DataFrame(
                {
                    "jabatan_id": now.index, "year": first + k, "kebutuhan": wanted, "kebutuhan_bulat": rounded, "ada": ada,
                    "pensiun": gone[0], "kontrak_habis": gone[1], "net": ada - rounded,
                }
            )
        )  # fmt: skip
    return pd.concat(parts, ignore_index=True).sort_values(["jabatan_id", "year"], ignore_index=True)


def filled_by_opd(cycle: Cycle, projection: pd.DataFrame) -> pd.DataFrame:
    """Share of the need that is filled, by OPD (rows) and year (columns); seats above their need count as full.

    Returns
    -------
    DataFrame
        Index opd_id; nan where an OPD needs nobody.
    """
    frame = projection.assign(opd_id=projection["jabatan_id"].map(cycle.seat["opd_id"]), filled=np.minimum(projection["ada"], projection["kebutuhan_bulat"]))
    sums = frame.groupby(["opd_id", "year"])[["filled", "kebutuhan_bulat"]].sum()
    share = sums["filled"] / sums["kebutuhan_bulat"].where(sums["kebutuhan_bulat"] > 0)
    return share.unstack("year")


def first_below(cycle: Cycle, projection: pd.DataFrame, limit: float = LOW_FILL) -> pd.DataFrame:
    """First year in which each OPD is filled below `limit` of its need.

    Returns
    -------
    DataFrame
        Index opd_id: tahun_pertama (missing: never in these years), terisi_awal, terisi_akhir (percent).
    """
    share = filled_by_opd(cycle, projection)
    below = share < limit
    first = below.idxmax(axis=1).where(below.any(axis=1))
    return pd.DataFrame({"tahun_pertama": first.astype("Int64"), "terisi_awal": 100 * share.iloc[:, 0], "terisi_akhir": 100 * share.iloc[:, -1]})
