"""Need by analisis beban kerja (ABK), staff present, efficiency indices and their grades."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import TYPE_CHECKING, Any, overload

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import WaktuKerja, load_yaml

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

MINUTES_PER_HOUR = 60.0
#: Floating-point noise far below any volume or time that is ever written down is cut off before rounding.
NOISE_DECIMALS = 9
#: Lower bounds of the bands B, C, D of EJ and EU after rounding to two decimals; above 1.00 is A, below D is E.
BANDS = ((0.90, "B"), (0.70, "C"), (0.50, "D"))


def round_half_up(values: Any) -> np.ndarray:
    """Round to whole people: a fraction of one half or more goes up.

    Values are first cut to 9 decimals, so that 2.4999999999999996, which arises from 2.5 by binary
    arithmetic, counts as 2.5.

    Examples
    --------
    >>> round_half_up([2.256, 2.5, 0.4999]).tolist()
    [2, 3, 0]
    """
    return np.floor(np.round(np.asarray(values, dtype=float), NOISE_DECIMALS) + 0.5).astype(
        np.int64
    )


@cache
def _profiles() -> dict[str, dict[str, Any]]:
    profiles: dict[str, dict[str, Any]] = load_yaml(data_dir("parameters") / "waktu_kerja.yaml")[
        "profil"
    ]
    return profiles


def effective_minutes(choice: WaktuKerja) -> float:
    """Effective working time of one person in minutes a year.

    Parameters
    ----------
    choice : WaktuKerja
        `menit` where given, else the named profile of data/parameters/waktu_kerja.yaml.

    Raises
    ------
    InputError
        When there is no such profile; names those there are.

    Examples
    --------
    >>> effective_minutes(WaktuKerja())
    75000.0
    """
    if choice.menit is not None:
        return float(choice.menit)
    if choice.profil not in _profiles():
        raise InputError(
            text(
                "workload.profile_unknown", name=choice.profil, known=", ".join(sorted(_profiles()))
            )
        )
    return float(_profiles()[choice.profil]["menit"])


def task_minutes(tugas: pd.DataFrame) -> pd.Series:
    """Minutes a year of every task: volume x norma_waktu, hours turned into minutes.

    Raises
    ------
    InputError
        When a unit of time is neither 'menit' nor 'jam', or a number is negative or not finite; names the rows.
    """
    factor = tugas["satuan_waktu"].map({"menit": 1.0, "jam": MINUTES_PER_HOUR}).astype(float)
    minutes = tugas["volume"].astype(float) * tugas["norma_waktu"].astype(float) * factor
    bad = ~(np.isfinite(minutes) & (tugas["volume"] >= 0) & (tugas["norma_waktu"] >= 0))
    if bad.any():
        rows = ", ".join(str(i) for i in tugas.index[bad][:5])
        raise InputError(text("workload.bad_task", rows=rows, n=int(bad.sum())))
    return minutes


def need_from_tasks(tugas: pd.DataFrame, effective_minutes: float = 75_000) -> pd.DataFrame:
    """Need per seat class from its tasks: kebutuhan = sum(volume x norma_waktu) / effective_minutes.

    Special cases: no rows give an empty frame; a seat class with zero volume needs 0.

    Parameters
    ----------
    tugas : DataFrame
        Columns jabatan_id, volume (a year), norma_waktu, satuan_waktu ('menit' or 'jam').
    effective_minutes : float
        Effective working time of one person, minutes a year.

    Returns
    -------
    DataFrame
        Indexed by jabatan_id (sorted): beban [minutes a year], kebutuhan [people], kebutuhan_bulat (half up).

    References
    ----------
    Peraturan BKN 9/2022; rounding per seat class before adding.

    Examples
    --------
    >>> tasks = pd.DataFrame({"jabatan_id": ["J", "J"], "volume": [100, 50], "norma_waktu": [10, 41], "satuan_waktu": ["jam", "jam"]})
    >>> need_from_tasks(tasks).round(3).to_dict("records")
    [{'beban': 183000.0, 'kebutuhan': 2.44, 'kebutuhan_bulat': 2}]
    """
    if not effective_minutes > 0:
        raise InputError(text("workload.bad_minutes", value=effective_minutes))
    minutes = task_minutes(tugas)
    # Sorting by minutes within a seat class makes the sum independent of the order of rows.
    order = np.lexsort((minutes.to_numpy(), tugas["jabatan_id"].to_numpy(dtype=object).astype(str)))
    beban = (
        minutes.iloc[order]
        .groupby(tugas["jabatan_id"].iloc[order], sort=True)
        .sum()
        .rename("beban")
    )
    kebutuhan = beban / effective_minutes
    out = pd.DataFrame(
        {"beban": beban, "kebutuhan": kebutuhan, "kebutuhan_bulat": round_half_up(kebutuhan)}
    )
    return out.rename_axis("jabatan_id")


def growth_of_seats(cycle: Cycle) -> pd.Series:
    """1 + growth of demand of every seat class, by the rumpun of its unit or the nearest unit above with one."""
    unit = cycle.unit.set_index("unit_id")
    rumpun, parent = unit["rumpun"], unit["induk_id"]
    for _ in range(len(unit)):
        empty = rumpun.isna()
        if not empty.any():
            break
        inherited = rumpun.where(~empty, parent.map(rumpun))
        if inherited.isna().sum() == empty.sum():
            break
        rumpun = inherited
    growth = rumpun.map(cycle.settings.permintaan).fillna(0.0).astype(float)
    return 1.0 + cycle.seat["unit_id"].map(growth).astype(float)


def fixed_fte(cycle: Cycle) -> pd.Series:
    """Part-time staff of every seat class in full-time equivalents; they count as present and cannot move.

    Zero everywhere when `paruh_waktu.dihitung` is off.

    Returns
    -------
    Series of float indexed by jabatan_id, in the order of `cycle.jabatan`.
    """
    seats = pd.Index(cycle.jabatan["jabatan_id"], name="jabatan_id")
    choice = cycle.settings.paruh_waktu
    if not choice.dihitung:
        return pd.Series(0.0, index=seats, name="fte")
    outside = cycle.paruh_waktu.set_index("jabatan_id")["orang"].reindex(seats).fillna(0.0)
    inside = cycle.pegawai.loc[
        cycle.pegawai["status"] == "PPPK paruh waktu", "jabatan_id"
    ].value_counts()
    return ((outside + inside.reindex(seats).fillna(0.0)) * choice.fte).round(6).rename("fte")


def seated_people(cycle: Cycle) -> pd.Series:
    """Full-time people in every seat class: Series of int indexed by jabatan_id."""
    seats = pd.Index(cycle.jabatan["jabatan_id"], name="jabatan_id")
    full = cycle.pegawai.loc[
        cycle.pegawai["status"] != "PPPK paruh waktu", "jabatan_id"
    ].value_counts()
    return full.reindex(seats).fillna(0).astype(np.int64).rename("orang")


def headcount(cycle: Cycle) -> pd.Series:
    """Staff present in every seat class: full-time people plus part-time staff at their FTE.

    Returns
    -------
    Series of float named 'ada', indexed by jabatan_id in the order of `cycle.jabatan`.
    """
    return (seated_people(cycle) + fixed_fte(cycle)).rename("ada")


def need(cycle: Cycle) -> pd.DataFrame:
    """Need, staff present and efficiency of every seat class.

    beban = (1 + growth) x sum(volume x norma_waktu); kebutuhan = beban / WKE, or (1 + growth) x
    `jabatan.kebutuhan` where the office states it; EJ = beban / (ada x WKE).

    Special cases: a seat class without tasks and without a stated need has a need of 0; a stated need
    without tasks gives beban = kebutuhan x WKE; nobody present gives EJ = nan and prestasi = ''.

    Parameters
    ----------
    cycle : Cycle

    Returns
    -------
    DataFrame
        Indexed by jabatan_id in the order of `cycle.jabatan`: beban [minutes a year], kebutuhan (exact),
        kebutuhan_bulat (half up), ada (people and FTE), selisih = ada - kebutuhan_bulat, ej, prestasi.

    References
    ----------
    Peraturan BKN 9/2022 (need); bands of the ABK forms D and E (efficiency).
    """
    seats = pd.Index(cycle.jabatan["jabatan_id"], name="jabatan_id")
    minutes = effective_minutes(cycle.settings.waktu_kerja)
    tasks = need_from_tasks(cycle.tugas, minutes).reindex(seats)
    grown = growth_of_seats(cycle).reindex(seats).to_numpy()
    stated = cycle.jabatan["kebutuhan"].to_numpy(dtype=float)
    beban = (
        np.where(np.isnan(tasks["beban"]), np.nan_to_num(stated) * minutes, tasks["beban"]) * grown
    )
    kebutuhan = np.where(np.isnan(stated), beban / minutes, stated * grown)
    ada = headcount(cycle).to_numpy()
    rounded = round_half_up(kebutuhan)
    with np.errstate(divide="ignore", invalid="ignore"):
        ej = np.where(ada > 0, beban / (ada * minutes), np.nan)
    columns = {
        "beban": beban,
        "kebutuhan": kebutuhan,
        "kebutuhan_bulat": rounded,
        "ada": ada,
        "selisih": ada - rounded,
        "ej": ej,
        "prestasi": efficiency_grade(ej),
    }
    return pd.DataFrame(columns, index=seats)


def unit_efficiency(cycle: Cycle, level: str = "opd") -> pd.DataFrame:
    """Need, staff present and efficiency of every OPD or leaf unit.

    EU = sum of beban / (sum of ada x WKE). Needs are rounded per seat class and then summed; a surplus
    in one class never covers a shortage in another, so shortages and surpluses are also summed apart.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd' or 'unit'.

    Returns
    -------
    DataFrame
        Indexed by opd_id or unit_id (sorted): beban, kebutuhan_bulat, ada, selisih, eu, prestasi, kekurangan
        and kelebihan (sums over seat classes, both >= 0).

    Raises
    ------
    InputError
        For another level.
    """
    if level not in {"opd", "unit"}:
        raise InputError(text("workload.bad_level", level=level))
    frame = need(cycle)
    place = cycle.seat[f"{level}_id"].reindex(frame.index)
    frame = frame.assign(
        kekurangan=(-frame["selisih"]).clip(lower=0), kelebihan=frame["selisih"].clip(lower=0)
    )
    sums = (
        frame[["beban", "kebutuhan_bulat", "ada", "selisih", "kekurangan", "kelebihan"]]
        .groupby(place, sort=True)
        .sum()
    )
    minutes = effective_minutes(cycle.settings.waktu_kerja)
    with np.errstate(divide="ignore", invalid="ignore"):
        eu = np.where(sums["ada"] > 0, sums["beban"] / (sums["ada"] * minutes), np.nan)
    out = sums.assign(eu=eu, prestasi=efficiency_grade(eu)).rename_axis(f"{level}_id")
    return out[
        ["beban", "kebutuhan_bulat", "ada", "selisih", "eu", "prestasi", "kekurangan", "kelebihan"]
    ]


@overload
def efficiency_grade(index: float) -> str: ...
@overload
def efficiency_grade(index: np.ndarray | pd.Series | list[float]) -> np.ndarray: ...
def efficiency_grade(index: Any) -> Any:
    """Grade A to E of an efficiency index (EJ, EU).

    The index is rounded half up to two decimals on its shortest decimal text, Decimal(repr(float(index))),
    and then banded: above 1.00 A, 0.90 to 1.00 B, 0.70 to 0.89 C, 0.50 to 0.69 D, below 0.50 E. A means a
    load above capacity: overload, never 'good'.

    Special cases: nan (nobody there) gives ''; infinity gives A.

    Parameters
    ----------
    index : float or array
        Index or indices.

    Returns
    -------
    str, or array of str of the same shape

    Examples
    --------
    >>> efficiency_grade(0.895), efficiency_grade(1.004), efficiency_grade(float("nan"))
    ('B', 'B', '')
    >>> efficiency_grade([1.2, 0.3]).tolist()
    ['A', 'E']
    """
    if np.ndim(index) == 0:
        return _grade_of(float(index))
    values = np.asarray(index, dtype=float)
    grades = np.full(values.shape, "E", dtype=object)
    rounded = np.floor(values * 100 + 0.5) / 100
    for low, name in reversed(BANDS):
        grades[rounded >= low] = name
    grades[rounded > 1.0] = "A"
    grades[np.isnan(values)] = ""
    # Only values next to a half of a hundredth can be rounded otherwise in binary than in decimal.
    near = np.isfinite(values) & (np.abs(values * 100 - np.floor(values * 100) - 0.5) < 1e-6)
    for at in np.argwhere(near):
        grades[tuple(at)] = _grade_of(float(values[tuple(at)]))
    return grades


def _grade_of(value: float) -> str:
    if value != value:
        return ""
    if value == float("inf"):
        return "A"
    rounded = Decimal(repr(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP)
    if rounded > 1:
        return "A"
    return next((name for low, name in BANDS if rounded >= Decimal(str(low))), "E")
