"""Who leaves and when: retirement (BUP) and PPPK contracts that end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.workload.need import PART_TIME
from mutasi_toolkit.workload.parameters import retirement_age

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

PPPK = ("PPPK", PART_TIME)


def retirement_date(born: pd.Series, age: pd.Series | np.ndarray) -> pd.Series:
    """TMT pensiun: the first day of the month after the birthday on which the retirement age is reached.

    Special cases: no date of birth or no age gives NaT; someone born on 29 February counts for
    February in every year.

    Parameters
    ----------
    born : Series of datetime
        Dates of birth.
    age : array of float
        Retirement age (BUP) in whole years.

    References
    ----------
    The rule of the month is from memory (data/parameters/bup.yaml, tmt_pensiun).

    Examples
    --------
    >>> retirement_date(pd.Series(pd.to_datetime(["1968-12-15", "1968-11-30"])), np.array([58.0, 58.0])).dt.date.astype(str).to_list()
    ['2027-01-01', '2026-12-01']
    """
    months = (born.dt.year + np.asarray(age, dtype=float) - 1970) * 12 + born.dt.month
    missing = months.isna().to_numpy()
    whole = np.where(missing, 0, months.to_numpy(dtype=float, na_value=0.0)).astype(np.int64)
    days = whole.astype("datetime64[M]").astype("datetime64[us]")
    days[missing] = np.datetime64("NaT", "us")
    return pd.Series(days, index=born.index, name="tmt_pensiun")


def leavers(cycle: Cycle) -> pd.DataFrame:
    """When every person leaves by age or contract, whichever is first.

    Special cases: without a date of birth nobody retires, without `akhir_kontrak` no contract ends;
    `lewat` marks those whose day is already past on the date of the cycle and who are still there.

    Parameters
    ----------
    cycle : Cycle

    Returns
    -------
    DataFrame
        Indexed by pegawai_id: jabatan_id, fte (part-time PPPK at their FTE, 0 where they do not
        count), bup [years], tmt_pensiun, akhir_kontrak (PPPK only), keluar (the first of the two,
        NaT if neither), sebab ('pensiun', 'kontrak habis', ''), lewat.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> leavers(small_city())[["bup", "sebab", "keluar"]].loc["P2"].astype(str).to_list()
    ['58.0', 'kontrak habis', '2028-02-29 00:00:00']
    """
    people = cycle.pegawai.set_index("pegawai_id")
    age = people["jabatan_id"].map(retirement_age(cycle.jabatan)).to_numpy(dtype=float)
    retires = retirement_date(people["tanggal_lahir"], age)
    on_contract = people["status"].isin(PPPK)
    contract = people["akhir_kontrak"].where(on_contract)
    part = (people["status"] == PART_TIME).to_numpy()
    choice = cycle.settings.paruh_waktu
    first = pd.concat([retires, contract], axis=1).min(axis=1)
    by_contract = (contract == first).to_numpy() & (retires != first).to_numpy()
    sebab = np.where(first.isna(), "", np.where(by_contract, "kontrak habis", "pensiun"))
    return pd.DataFrame(
        {
            "jabatan_id": people["jabatan_id"],
            "fte": np.where(part, choice.fte if choice.dihitung else 0.0, 1.0),
            "bup": age,
            "tmt_pensiun": retires,
            "akhir_kontrak": contract,
            "keluar": first,
            "sebab": pd.Series(sebab, index=people.index, dtype="str"),
            "lewat": (first <= cycle.date).to_numpy(dtype=bool),
        },
        index=people.index,
    )
