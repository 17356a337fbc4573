"""The four approaches of the regulation to the need of a seat class."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.rounding import round_half_up
from mutasi_toolkit.workload.tasks import stable_sums

#: Names of the approaches as the regulation has them.
APPROACHES = ("hasil kerja", "objek kerja", "peralatan kerja", "tugas per tugas jabatan")


def hasil_kerja(beban: Any, kemampuan: Any) -> float:
    """Need by products of work: sum(beban kerja) / standar kemampuan rata-rata, in persons.

    For a job with one countable product. Beban and standard must be of the same time (a day, a
    year).

    Parameters
    ----------
    beban : number or array
        Products to be made.
    kemampuan : number
        Products that one person makes on average in that time; above 0.

    References
    ----------
    Peraturan BKN 9/2022 (inputs read, formula from memory).

    Examples
    --------
    200 records a day, 30 a person (classroom example of KEP/75):

    >>> round(hasil_kerja(200, 30), 2), int(round_half_up(hasil_kerja(200, 30)))
    (6.67, 7)
    """
    return _total(beban) / _positive(kemampuan)


def objek_kerja(objek: Any, kemampuan: Any) -> float:
    """Need by objects served: sum(objek kerja) / standar kemampuan rata-rata, in persons.

    Parameters
    ----------
    objek : number or array
        Objects (patients, pupils, visitors) to be served.
    kemampuan : number
        Objects that one person serves on average in the same time; above 0.

    Examples
    --------
    80 patients a day, 25 a doctor (classroom example of KEP/75):

    >>> objek_kerja(80, 25)
    3.2
    """
    return _total(objek) / _positive(kemampuan)


def peralatan_kerja(alat: Any, rasio: Any, gilir: Any = 1) -> float:
    """Need by equipment: jumlah alat / rasio penggunaan alat x pergantian jam kerja, in persons.

    Parameters
    ----------
    alat : number or array
        Machines, vehicles, rooms that are run.
    rasio : number
        How many of them one person runs at once (a driver 1 bus, a mechanic 5 buses); above 0.
    gilir : number
        Shifts a day in which they run.

    Examples
    --------
    20 buses with 1 driver each and 1 mechanic for 5 (classroom example of KEP/75):

    >>> peralatan_kerja(20, 1), peralatan_kerja(20, 5)
    (20.0, 4.0)
    """
    return _total(alat) / _positive(rasio) * _total(gilir)


def tugas_per_tugas(waktu: Any, efektif: Any) -> float:
    """Need by the tasks of a job: sum(waktu penyelesaian tugas) / sum(waktu kerja efektif), in persons.

    For a job with many or abstract products. Both in one unit of time, of the same span (a day, a
    year).

    Parameters
    ----------
    waktu : number or array
        Time that each task takes in all.
    efektif : number
        Effective working time of one person; above 0.

    Examples
    --------
    24 x 12 + 24 x 6 + 24 x 5 + 4 x 15 + 1 x 120 = 732 minutes a day of 300 (classroom example of
    KEP/75):

    >>> tugas_per_tugas([24 * 12, 24 * 6, 24 * 5, 4 * 15, 120], 300)
    2.44
    """
    return _total(waktu) / _positive(_total(efektif))


def need_by_approach(components: pd.DataFrame) -> pd.DataFrame:
    """Need of seat classes whose parts are reckoned by any of the four approaches.

    Each row adds jumlah / standar x gilir persons to its seat class; the exact sum is then rounded
    half up, once.

    Parameters
    ----------
    components : DataFrame
        One row per part: jabatan_id; pendekatan (one of APPROACHES); jumlah: products, objects,
        equipment, or time of the task; standar: what one person makes, serves, runs at once, or the
        effective working time; gilir: shifts, only for 'peralatan kerja', 1 where absent.

    Returns
    -------
    DataFrame
        Indexed by jabatan_id (sorted): kebutuhan (exact), kebutuhan_bulat (half up).

    Raises
    ------
    InputError
        For an unknown approach, a negative or missing number, or a standard of 0; names the rows.

    Examples
    --------
    >>> buses = pd.DataFrame({
    ...     "jabatan_id": ["Pengemudi", "Montir"], "pendekatan": "peralatan kerja", "jumlah": 20, "standar": [1, 5],
    ...     "gilir": [2, 1]})
    >>> need_by_approach(buses)["kebutuhan"].to_dict()
    {'Montir': 4.0, 'Pengemudi': 40.0}
    """
    wanted = {"jabatan_id", "pendekatan", "jumlah", "standar"}
    if not wanted <= set(components.columns):
        missing = ", ".join(sorted(wanted - set(components.columns)))
        given = ", ".join(map(str, components.columns))
        raise InputError(text("workload.columns", missing=missing, given=given))
    approach = components["pendekatan"].astype(str).str.strip().str.lower()
    amount, standard = (
        components["jumlah"].to_numpy(dtype=float),
        components["standar"].to_numpy(dtype=float),
    )
    shifts = np.ones(len(components))
    if "gilir" in components:
        shifts = components["gilir"].fillna(1.0).to_numpy(dtype=float)
    good = approach.isin(APPROACHES).to_numpy() & components["jabatan_id"].notna().to_numpy()
    good &= (
        np.isfinite(amount) & (amount >= 0) & np.isfinite(standard) & (standard > 0) & (shifts > 0)
    )
    good &= (approach == "peralatan kerja").to_numpy() | (shifts == 1)
    if not good.all():
        rows = ", ".join(str(i) for i in components.index[~good][:5])
        known = ", ".join(APPROACHES)
        raise InputError(
            text("workload.bad_component", rows=rows, n=int((~good).sum()), known=known)
        )
    codes, ids = pd.factorize(components["jabatan_id"], sort=True)
    exact = stable_sums(codes, amount / standard * shifts, len(ids))
    index = pd.Index(ids, name="jabatan_id", dtype="str")
    return pd.DataFrame({"kebutuhan": exact, "kebutuhan_bulat": round_half_up(exact)}, index=index)


def _total(values: Any) -> float:
    x = np.sort(np.atleast_1d(np.asarray(values, dtype=float)), axis=None)
    if not (np.isfinite(x) & (x >= 0)).all():
        raise InputError(text("workload.negative"))
    return float(x.sum())


def _positive(value: Any) -> float:
    if np.ndim(value) or not (np.isfinite(float(value)) and float(value) > 0):
        raise InputError(text("workload.bad_standard", value=value))
    return float(value)
