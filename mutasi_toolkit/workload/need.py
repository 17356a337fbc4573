"""Need by analisis beban kerja (ABK), staff present, and the efficiency of seat classes and units."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.parameters import effective_minutes
from mutasi_toolkit.workload.rounding import efficiency_grade, round_half_up
from mutasi_toolkit.workload.tasks import need_from_tasks

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

PART_TIME = "PPPK paruh waktu"
#: A seat class or unit filled below 90 % or above 110 % of its need (a convention of ABK monitoring, not law).
LOW_FILL, HIGH_FILL = 0.90, 1.10
#: Ratios of people are compared after cutting off noise far below one person in a city.
RATIO_DECIMALS = 12


def rumpun_of_units(cycle: Cycle) -> pd.Series:
    """Field of government of every unit: its own, else that of the nearest unit above that has one.

    Returns
    -------
    Series of str indexed by unit_id, missing where no unit above has one.
    """
    unit = cycle.unit.set_index("unit_id")
    rumpun, parent = unit["rumpun"], unit["induk_id"]
    while rumpun.isna().any():
        inherited = rumpun.where(rumpun.notna(), parent.map(rumpun))
        if inherited.isna().sum() == rumpun.isna().sum():
            break
        rumpun = inherited
    return rumpun.rename("rumpun")


def demand_without_units(cycle: Cycle) -> tuple[str, ...]:
    """Names under `permintaan` in the settings that are no unit's rumpun: a demand that reaches nobody.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> demand_without_units(small_city({"permintaan": {"kesehatan": 0.2, "umkm": 0.1}}))
    ('umkm',)
    """
    known = set(rumpun_of_units(cycle).dropna().str.strip().str.casefold())
    return tuple(sorted(n for n in cycle.settings.permintaan if n.strip().casefold() not in known))


def growth_of_seats(cycle: Cycle) -> pd.Series:
    """1 + growth of demand of every seat class, by the rumpun of its unit (see `rumpun_of_units`).

    Returns
    -------
    Series of float indexed by jabatan_id, in the order of `cycle.jabatan`.

    Raises
    ------
    InputError
        When `permintaan` names no rumpun of this cycle at all, or a demand falls by more than 100
        %.
    """
    wanted = cycle.settings.permintaan
    unknown = demand_without_units(cycle)
    rumpun = rumpun_of_units(cycle)
    if wanted and len(unknown) == len(wanted):
        known = ", ".join(sorted(set(rumpun.dropna()))) or "–"
        raise InputError(text("workload.rumpun_unknown", names=", ".join(unknown), known=known))
    factor = growth_factors(rumpun, wanted)
    return 1.0 + cycle.seat["unit_id"].map(factor).astype(float).rename("pertumbuhan")


def growth_factors(rumpun: pd.Series, growth: dict[str, float]) -> pd.Series:
    """Growth of every unit from growth by rumpun; 0 where the rumpun is missing or not named."""
    if any(not g >= -1.0 or g == np.inf for g in growth.values()):
        raise InputError(
            text("workload.bad_growth", values=", ".join(f"{k}: {v}" for k, v in growth.items()))
        )
    folded = {name.strip().casefold(): float(g) for name, g in growth.items()}
    return rumpun.str.strip().str.casefold().map(folded).astype(float).fillna(0.0)


def fixed_fte(cycle: Cycle) -> pd.Series:
    """Part-time staff of every seat class in full-time equivalents; they count as present and cannot move.

    Both the table `paruh_waktu` and people of status 'PPPK paruh waktu' count `paruh_waktu.fte`
    each; zero everywhere when `paruh_waktu.dihitung` is off.

    Returns
    -------
    Series of float named 'fte', indexed by jabatan_id in the order of `cycle.jabatan`.
    """
    seats = _seats(cycle)
    choice = cycle.settings.paruh_waktu
    if not choice.dihitung:
        return pd.Series(0.0, index=seats, name="fte")
    outside = cycle.paruh_waktu.set_index("jabatan_id")["orang"].reindex(seats).fillna(0.0)
    inside = cycle.pegawai.loc[cycle.pegawai["status"] == PART_TIME, "jabatan_id"].value_counts()
    return ((outside + inside.reindex(seats).fillna(0.0)) * choice.fte).round(6).rename("fte")


def seated_people(cycle: Cycle) -> pd.Series:
    """Full-time people in every seat class: Series of int named 'orang', indexed by jabatan_id."""
    full = cycle.pegawai.loc[cycle.pegawai["status"] != PART_TIME, "jabatan_id"].value_counts()
    return full.reindex(_seats(cycle)).fillna(0).astype(np.int64).rename("orang")


def headcount(cycle: Cycle) -> pd.Series:
    """Staff present in every seat class: full-time people plus part-time staff at their FTE.

    Returns
    -------
    Series of float named 'ada', indexed by jabatan_id in the order of `cycle.jabatan`.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> part_time = chr(10).join(["jabatan_id,orang", "J1,3"])
    >>> headcount(small_city(paruh_waktu=part_time)).to_dict()
    {'J1': 3.5, 'J2': 1.0, 'J3': 2.0}
    """
    return (seated_people(cycle) + fixed_fte(cycle)).rename("ada")


def need(cycle: Cycle) -> pd.DataFrame:
    """Need, staff present and efficiency of every seat class.

    beban = (1 + growth) x sum(volume x norma_waktu); kebutuhan = beban / WKE, or (1 + growth) x
    `jabatan.kebutuhan` where the office states it; EJ = beban / (ada x WKE).

    Special cases: a seat class without tasks and without a stated need has a need of 0 (`fill`
    marks it 'tanpa ABK'); a stated need without tasks gives beban = kebutuhan x WKE; nobody present
    gives EJ = nan and prestasi = ''.

    Parameters
    ----------
    cycle : Cycle

    Returns
    -------
    DataFrame
        Indexed by jabatan_id in the order of `cycle.jabatan`: beban [minutes a year], kebutuhan
        (exact), kebutuhan_bulat (half up), ada (people and FTE), selisih = ada - kebutuhan_bulat,
        ej, prestasi.

    References
    ----------
    Peraturan BKN 9/2022 (need); EJ = beban kerja jabatan / (jumlah pegawai yang ada x waktu kerja
    efektif), never the need, which would make it 1.00 everywhere; bands of the ABK forms D and E.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> need(small_city())[["kebutuhan", "kebutuhan_bulat", "ada", "selisih", "ej", "prestasi"]].round(3).values.tolist()
    [[2.496, 2, 2.0, 0.0, 1.248, 'A'], [2.2, 2, 1.0, -1.0, 2.2, 'A'], [2.0, 2, 2.0, 0.0, 1.0, 'B']]
    """
    seats = _seats(cycle)
    minutes = effective_minutes(cycle.settings.waktu_kerja)
    from_tasks = need_from_tasks(cycle.tugas, minutes)["beban"].reindex(seats).to_numpy(dtype=float)
    grown = growth_of_seats(cycle).reindex(seats).to_numpy()
    stated = cycle.jabatan["kebutuhan"].to_numpy(dtype=float)
    beban = np.where(np.isnan(from_tasks), np.nan_to_num(stated) * minutes, from_tasks) * grown
    kebutuhan = np.where(np.isnan(stated), beban / minutes, stated * grown)
    ada = headcount(cycle).to_numpy()
    rounded = round_half_up(kebutuhan)
    ej = _per_person(beban, ada, minutes)
    columns = {
        "beban": beban, "kebutuhan": kebutuhan, "kebutuhan_bulat": rounded, "ada": ada, "selisih": ada - rounded,
        "ej": ej, "prestasi": efficiency_grade(ej),
    }  # fmt: skip
    return pd.DataFrame(columns, index=seats)


def unit_efficiency(cycle: Cycle, level: str = "opd") -> pd.DataFrame:
    """Need, staff present and efficiency of every OPD or leaf unit.

    EU = sum of beban / (sum of ada x WKE). Needs are rounded per seat class and then summed; a
    surplus in one class never covers a shortage in another, so shortages and surpluses are also
    summed apart.

    Special cases: units without a seat class are left out; nobody present gives eu = nan and
    prestasi = ''.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd' or 'unit'.

    Returns
    -------
    DataFrame
        Indexed by opd_id or unit_id (sorted): beban, kebutuhan_bulat, ada, selisih, eu, prestasi,
        kekurangan and kelebihan (sums over seat classes, both >= 0).

    Raises
    ------
    InputError
        For another level.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> unit_efficiency(small_city())[["ada", "selisih", "eu", "prestasi"]].round(3).to_dict("index")["D1"]
    {'ada': 3.0, 'selisih': -1.0, 'eu': 1.565, 'prestasi': 'A'}
    """
    frame = need(cycle)
    place = place_of_seats(cycle, level)
    frame = frame.assign(
        kekurangan=(-frame["selisih"]).clip(lower=0), kelebihan=frame["selisih"].clip(lower=0)
    )
    summed = ["beban", "kebutuhan_bulat", "ada", "selisih", "kekurangan", "kelebihan"]
    sums = frame[summed].groupby(place, sort=True).sum()
    minutes = effective_minutes(cycle.settings.waktu_kerja)
    eu = _per_person(sums["beban"].to_numpy(), sums["ada"].to_numpy(), minutes)
    out = sums.assign(eu=eu, prestasi=efficiency_grade(eu))
    return out[
        ["beban", "kebutuhan_bulat", "ada", "selisih", "eu", "prestasi", "kekurangan", "kelebihan"]
    ]


def fill(cycle: Cycle, level: str = "jabatan") -> pd.DataFrame:
    """How well seat classes, units or OPDs are filled, in one word each.

    isi = ada / kebutuhan_bulat; terisi = sum over seat classes of min(ada, kebutuhan_bulat) / their
    need, in which a surplus in one class does not cover a shortage in another.

    Special cases: no need gives isi and terisi = nan.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'jabatan', 'unit' or 'opd'.

    Returns
    -------
    DataFrame
        Indexed by <level>_id: kebutuhan_bulat, ada, isi, terisi, keadaan: 'tanpa ABK' (neither
        tasks nor a stated need), 'kosong' (needed, nobody there), 'kurang' (below 90 %), 'ideal',
        'lebih' (above 110 %, or not needed and somebody there).

    References
    ----------
    Words and the 90 to 110 % band as in an ABK monitoring application; not law.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> fill(small_city())["keadaan"].to_dict()
    {'J1': 'ideal', 'J2': 'kurang', 'J3': 'ideal'}
    """
    frame = need(cycle)[["kebutuhan_bulat", "ada"]]
    analysed = cycle.jabatan["kebutuhan"].notna().to_numpy() | frame.index.isin(
        cycle.tugas["jabatan_id"]
    )
    frame = frame.assign(held=np.minimum(frame["kebutuhan_bulat"], frame["ada"]), analysed=analysed)
    if level != "jabatan":
        rule = {"kebutuhan_bulat": "sum", "ada": "sum", "held": "sum", "analysed": "any"}
        frame = frame.groupby(place_of_seats(cycle, level), sort=True).agg(rule)
    wanted, ada = frame["kebutuhan_bulat"].to_numpy(dtype=float), frame["ada"].to_numpy()
    isi = _ratio(ada, wanted)
    state = np.select(
        [
            ~frame["analysed"].to_numpy(dtype=bool), (wanted > 0) & (ada == 0), isi < LOW_FILL, isi > HIGH_FILL,
            (wanted == 0) & (ada > 0),
        ],
        ["tanpa ABK", "kosong", "kurang", "lebih", "lebih"],
        "ideal",
    )  # fmt: skip
    terisi = _ratio(frame["held"].to_numpy(), wanted)
    return frame[["kebutuhan_bulat", "ada"]].assign(isi=isi, terisi=terisi, keadaan=state)


def place_of_seats(cycle: Cycle, level: str) -> pd.Series:
    """Unit or OPD of every seat class, in the order of `cycle.jabatan`.

    Raises
    ------
    InputError
        When `level` is neither 'opd' nor 'unit'.
    """
    if level not in {"opd", "unit"}:
        raise InputError(text("workload.bad_level", level=level))
    return cycle.seat[f"{level}_id"].reindex(_seats(cycle))


def _seats(cycle: Cycle) -> pd.Index:
    return pd.Index(cycle.jabatan["jabatan_id"], name="jabatan_id")


def _per_person(beban: np.ndarray, ada: np.ndarray, minutes: float) -> np.ndarray:
    return np.divide(beban, ada * minutes, out=np.full(len(beban), np.nan), where=ada > 0)


def _ratio(part: np.ndarray, whole: np.ndarray) -> np.ndarray:
    return np.round(
        np.divide(part, whole, out=np.full(len(whole), np.nan), where=whole > 0), RATIO_DECIMALS
    )
