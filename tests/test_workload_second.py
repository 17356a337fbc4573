"""Need, staff, the years ahead, balance and draws of random small cities, worked out a second time person by person, and the edges of every argument."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from fractions import Fraction
from hashlib import blake2b
from statistics import NormalDist
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import (
    balance,
    efficiency_grade,
    fill,
    first_below,
    gini,
    headcount,
    jain,
    leavers,
    need,
    need_by_approach,
    project,
    project_units,
    retirement_age,
    round_wisn,
    theil,
    theil_split,
    unit_balance,
    unit_efficiency,
)
from mutasi_toolkit.workload.balance import grouping
from mutasi_toolkit.workload.draws import normal, task_keys
from mutasi_toolkit.workload.example import small_city
from mutasi_toolkit.workload.health import abk_kes, available_time
from mutasi_toolkit.workload.need import fixed_fte
from mutasi_toolkit.workload.rounding import round_half_up
from mutasi_toolkit.workload.shapes import (
    as_frame,
    cadres_of,
    existing_staff,
    numbers,
    per_cadre,
    staffing,
)
from mutasi_toolkit.workload.uncertainty import (
    _limits,
    compare_efficiency,
    draw_efficiencies,
    efficiency_interval,
)
from mutasi_toolkit.workload.units_of_time import mixed_units, mixed_units_text
from mutasi_toolkit.workload.wisn import wisn

NAN, INF = float("nan"), float("inf")
WKE = 75_000
UNITS = """unit_id,nama,induk_id,jenis,rumpun
K,Kota,,kota,
D1,Dinas Satu,K,dinas,kesehatan
D1A,Bidang A,D1,bidang,
D1B,Bidang B,D1,bidang,Pendidikan
D2,Dinas Dua,K,dinas,
D2A,Bidang C,D2,bidang,keuangan
KEC,Kecamatan Utara,K,kecamatan,
KEL,Kelurahan Satu,KEC,kelurahan,
"""
PLACES = ["D1", "D1A", "D1B", "D2", "D2A", "KEC", "KEL"]
FIELD = {"D1": "kesehatan", "D1A": "kesehatan", "D1B": "pendidikan", "D2": None, "D2A": "keuangan", "KEC": None, "KEL": None}
TODAY = date(2026, 1, 31)


def random_city(seed: int, tanggal: str = "2026-01-31", counted: bool = True):
    """A city, and its tables as plain rows."""
    rng = np.random.default_rng(seed)
    seats, tasks, people, part = [], [], [], []
    for j in range(9):
        kind, level, name = [("pelaksana", "", "Pengelola"), ("fungsional", "ahli madya", "Analis"), ("fungsional", "", "Guru Kelas"), ("jpt", "", "Kepala"), ("fungsional", "ahli utama", "Peneliti")][int(rng.integers(5))]
        stated = ["", "", "1", "2.5", "0"][int(rng.integers(5))]
        seats.append({"jabatan_id": f"J{j}", "unit_id": PLACES[j % 7], "nama": name, "jenis": kind, "jenjang": level, "kelas_jabatan": int(rng.integers(3, 15)), "kebutuhan": stated, "profesi": ["", "Dosen"][int(rng.random() < 0.15)]})
        for t in range(int(rng.integers(0, 4))):
            hours = bool(rng.random() < 0.5)
            volume, norm = int(rng.integers(0, 3000)), float(rng.integers(0, 40)) / 2
            tasks.append({"jabatan_id": f"J{j}", "uraian": f"tugas {t % 2}", "volume": volume, "norma_waktu": norm, "satuan_waktu": "jam" if hours and volume < 800 else "menit"})
        for _ in range(int(rng.integers(0, 4))):
            status = ["PNS", "PPPK", "PPPK paruh waktu", "CPNS"][int(rng.choice(4, p=[0.5, 0.25, 0.15, 0.1]))]
            born = date(int(rng.integers(1962, 1972)), int(rng.integers(1, 13)), int(rng.integers(1, 29)))
            ends = f"{rng.integers(2025, 2031)}-{rng.integers(1, 13):02d}-28" if status.startswith("PPPK") and rng.random() < 0.8 else ""
            people.append({"pegawai_id": f"P{len(people):02d}", "jabatan_id": f"J{j}", "status": status, "golongan": "IX" if status.startswith("PPPK") else "III/a", "pendidikan": "S1", "tanggal_lahir": "" if rng.random() < 0.1 else born.isoformat(), "tmt_jabatan": "2020-01-01", "akhir_kontrak": ends})
        if rng.random() < 0.3:
            part.append({"jabatan_id": f"J{j}", "orang": int(rng.integers(0, 4))})
    tables = {"unit": UNITS, "jabatan": pd.DataFrame(seats).to_csv(index=False), "pegawai": pd.DataFrame(people).to_csv(index=False), "tugas": pd.DataFrame(tasks).to_csv(index=False)}
    if part:
        tables["paruh_waktu"] = pd.DataFrame(part).to_csv(index=False)
    settings = {"tanggal": tanggal, "permintaan": {"kesehatan": 0.2, "PENDIDIKAN ": -0.1}, "paruh_waktu": {"fte": 0.5, "dihitung": counted}}
    return small_city(settings, **tables), seats, tasks, people, part


def half_up(x: float) -> int:
    return math.floor(round(x, 9) + 0.5)


def told(seats, tasks, people, part, counted=True):
    """beban, kebutuhan, bulat, ada by seat class."""
    out = {}
    growth = {"kesehatan": 1.2, "pendidikan": 0.9}
    for s in seats:
        mine = [t for t in tasks if t["jabatan_id"] == s["jabatan_id"]]
        grown = growth.get(FIELD[s["unit_id"]] or "", 1.0)
        minutes = sum(t["volume"] * t["norma_waktu"] * (60 if t["satuan_waktu"] == "jam" else 1) for t in mine)
        stated = float(s["kebutuhan"]) if s["kebutuhan"] else None
        beban = (minutes if mine else (stated or 0.0) * WKE) * grown
        wanted = beban / WKE if stated is None else stated * grown
        here = [p for p in people if p["jabatan_id"] == s["jabatan_id"]]
        halves = sum(p["status"] == "PPPK paruh waktu" for p in here) + sum(p["orang"] for p in part if p["jabatan_id"] == s["jabatan_id"])
        ada = sum(p["status"] != "PPPK paruh waktu" for p in here) + 0.5 * halves * counted
        out[s["jabatan_id"]] = (beban, wanted, half_up(wanted), ada, bool(mine) or stated is not None)
    return out


def opd(unit: str) -> str:
    return {"D1A": "D1", "D1B": "D1", "D2A": "D2", "KEL": "KEC"}.get(unit, unit)


def grade(index: float) -> str:
    """The band of the shortest decimal text, rounded half up to hundredths."""
    if math.isnan(index):
        return ""
    h = math.floor(Fraction(Decimal(repr(float(index)))) * 100 + Fraction(1, 2))
    return "A" if h > 100 else "B" if h >= 90 else "C" if h >= 70 else "D" if h >= 50 else "E"


@pytest.mark.parametrize("seed", range(6))
def test_need_and_efficiency_of_seat_classes_and_units(seed: int) -> None:
    counted = seed != 3
    cycle, *tables = random_city(seed, counted=counted)
    mine, seats = told(*tables, counted), tables[0]
    found = need(cycle)
    assert found.index.tolist() == [s["jabatan_id"] for s in seats]
    for j, (beban, wanted, whole, ada, _) in mine.items():
        row = found.loc[j]
        assert [row["beban"], row["kebutuhan"], row["kebutuhan_bulat"], row["ada"], row["selisih"]] == pytest.approx([beban, wanted, whole, ada, ada - whole])
        ej = beban / (ada * WKE) if ada else NAN
        assert row["ej"] == pytest.approx(ej, nan_ok=True)
        assert row["prestasi"] == grade(row["ej"])
    assert headcount(cycle).to_dict() == {j: v[3] for j, v in mine.items()}
    for level, place in (("opd", lambda s: opd(s["unit_id"])), ("unit", lambda s: s["unit_id"])):
        table, filled = unit_efficiency(cycle, level), fill(cycle, level)
        groups: dict[str, list[str]] = {}
        for s in seats:
            groups.setdefault(place(s), []).append(s["jabatan_id"])
        assert table.index.tolist() == filled.index.tolist() == sorted(groups)
        for o, ids in groups.items():
            parts = [mine[j] for j in ids]
            row = table.loc[o]
            assert row["beban"] == pytest.approx(sum(p[0] for p in parts))
            assert row["ada"] == sum(p[3] for p in parts)
            assert row["kebutuhan_bulat"] == sum(p[2] for p in parts)
            assert [row["kekurangan"], row["kelebihan"]] == [sum(max(0, s * (p[2] - p[3])) for p in parts) for s in (1, -1)]
            assert row["selisih"] == row["kelebihan"] - row["kekurangan"]
            assert row["eu"] == pytest.approx(row["beban"] / (row["ada"] * WKE) if row["ada"] else NAN, nan_ok=True)
            assert row["prestasi"] == grade(row["eu"])
            told_fill(filled.loc[o], parts)
    by_class = fill(cycle)
    for j, parts in mine.items():
        told_fill(by_class.loc[j], [parts])


def told_fill(row: pd.Series, parts: list) -> None:
    wanted, ada = sum(p[2] for p in parts), sum(p[3] for p in parts)
    held = sum(min(p[2], p[3]) for p in parts)
    assert [row["isi"], row["terisi"]] == pytest.approx([ada / wanted, held / wanted] if wanted else [NAN, NAN], nan_ok=True)
    share = round(ada / wanted, 12) if wanted else NAN
    if not any(p[4] for p in parts):
        state = "tanpa ABK"
    elif wanted and not ada:
        state = "kosong"
    elif wanted and share < 0.9:
        state = "kurang"
    elif (wanted and share > 1.1) or (not wanted and ada):
        state = "lebih"
    else:
        state = "ideal"
    assert row["keadaan"] == state


@pytest.mark.parametrize(("need_", "people", "state"), [(10, 9, "ideal"), (10, 11, "ideal"), (10, 8.5, "kurang"), (10, 11.5, "lebih"), (10, 0, "kosong"), (0, 1, "lebih"), (0, 0, "ideal"), (1, 0.5, "kurang")])
def test_states_at_their_edges(need_: float, people: float, state: str) -> None:
    full, halves = int(people), int(2 * (people % 1))
    rows = [f"P{k},J1,PNS,III/a,S1,1980-01-01,2020-01-01," for k in range(full)] + [f"Q{k},J1,PPPK paruh waktu,IX,S1,1980-01-01,2020-01-01," for k in range(halves)]
    rows += ["Z,J2,PNS,III/a,S1,1980-01-01,2020-01-01,"]
    city = small_city(
        jabatan=f"jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan\nJ1,D1,A,pelaksana,6,{need_}\nJ2,D2,B,pelaksana,6,1\n",
        pegawai="pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan,akhir_kontrak\n" + "\n".join(rows) + "\n", tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu\n",
    )  # fmt: skip
    assert fill(city).loc["J1", "keadaan"] == state


# --- who leaves, and the years ahead ----------------------------------------------------------------------------------

AGES = {"pelaksana": 58, "jpt": 60, "fungsional": 58}


def age_of(seat: dict[str, Any]) -> int:
    level = {"ahli madya": 60, "ahli utama": 65}.get(seat["jenjang"])
    base = level or AGES[seat["jenis"]]
    first = seat["nama"].split()[0].lower() if seat["jenis"] == "fungsional" else ""
    return max(base, {"guru": 60, "dosen": 65}.get(seat["profesi"].lower() or first, 0))


def leaves(person: dict[str, Any], seat: dict[str, Any]) -> tuple[date | None, str]:
    """The day and the reason, whichever is first; by age where both fall on one day."""
    born = date.fromisoformat(person["tanggal_lahir"]) if person["tanggal_lahir"] else None
    by_age = None
    if born:
        months = (born.year + age_of(seat)) * 12 + born.month
        by_age = date(months // 12, months % 12 + 1, 1)
    ends = date.fromisoformat(person["akhir_kontrak"]) if person["akhir_kontrak"] else None
    days = [d for d in (by_age, ends) if d]
    if not days:
        return None, ""
    return min(days), "pensiun" if by_age == min(days) else "kontrak habis"


@pytest.mark.parametrize(("seed", "tanggal"), [(0, "2026-01-31"), (1, "2025-12-31"), (2, "2025-12-30"), (3, "2026-12-30"), (4, "2025-12-31")])
def test_who_leaves_and_the_years_ahead(seed: int, tanggal: str) -> None:
    cycle, seats, tasks, people, part = random_city(seed, tanggal)
    seat_of = {s["jabatan_id"]: s for s in seats}
    gone = leavers(cycle)
    assert retirement_age(cycle.jabatan).to_dict() == {s["jabatan_id"]: age_of(s) for s in seats}
    today = date.fromisoformat(tanggal)
    for p in people:
        day, why = leaves(p, seat_of[p["jabatan_id"]])
        row = gone.loc[p["pegawai_id"]]
        assert (row["keluar"].date() if pd.notna(row["keluar"]) else None) == day
        assert (row["sebab"], row["fte"], row["bup"]) == (why, 0.5 if p["status"] == "PPPK paruh waktu" else 1.0, age_of(seat_of[p["jabatan_id"]]))
        assert row["lewat"] == (day is not None and day <= today)
    first = {"2025-12-30": 2025}.get(tanggal, 2026)
    mine = told(seats, tasks, people, part)
    for years, growth, renewed in ((4, None, 0.0), (3, 0.1, 0.25), (2, {"kesehatan": 0.5, "Keuangan": -0.2}, 1.0), (0, None, 0.0), (1, -1.0, 0.5)):
        table = project(cycle, years, growth, renewed)
        assert len(table) == years * len(seats)
        rate = {s["jabatan_id"]: growth if isinstance(growth, float) else {"kesehatan": 0.5, "keuangan": -0.2}.get(FIELD[s["unit_id"]] or "", 0.0) if growth else 0.0 for s in seats}
        for (j, year), row in table.iterrows():
            out = {"pensiun": 0.0, "kontrak habis": 0.0}
            for p in people:
                day, why = leaves(p, seat_of[p["jabatan_id"]])
                if p["jabatan_id"] == j and day and max(day.year, first) <= year:
                    out[why] += (0.5 if p["status"] == "PPPK paruh waktu" else 1.0) * (1 - renewed if why == "kontrak habis" else 1)
            wanted = mine[j][1] * (1 + rate[j]) ** (year - first + 1)
            left = mine[j][3] - out["pensiun"] - out["kontrak habis"]
            assert row.tolist() == pytest.approx([mine[j][3], out["pensiun"], out["kontrak habis"], left, wanted, half_up(wanted), left - half_up(wanted)])
        if years:
            told_units(cycle, table, mine, seats, range(first - 1, first + years))


def told_units(cycle: Any, table: pd.DataFrame, mine: dict, seats: list, years: range) -> None:
    for level, place in (("opd", lambda s: opd(s["unit_id"])), ("unit", lambda s: s["unit_id"]), ("jabatan", lambda s: s["jabatan_id"])):
        units = project_units(cycle, table, level)
        below = first_below(cycle, table, level, 0.9)
        for o in sorted({place(s) for s in seats}):
            ids = [s["jabatan_id"] for s in seats if place(s) == o]
            shares = []
            for year in years:
                rows = [(mine[j][3], mine[j][2]) if year == years[0] else tuple(table.loc[(j, year), ["sisa", "kebutuhan_bulat"]]) for j in ids]
                left, wanted = sum(r[0] for r in rows), sum(r[1] for r in rows)
                held = sum(min(r) for r in rows)
                row = units.loc[(o, year)]
                assert [row["sisa"], row["kebutuhan_bulat"], row["net"]] == pytest.approx([left, wanted, left - wanted])
                assert [row["isi"], row["terisi"]] == pytest.approx([left / wanted, held / wanted] if wanted else [NAN, NAN], nan_ok=True)
                shares.append((year, held / wanted if wanted else NAN))
            first = next((y for y, s in shares if round(s, 12) < 0.9), None)
            assert (None if pd.isna(below.loc[o, "tahun_pertama"]) else below.loc[o, "tahun_pertama"]) == first
            assert [below.loc[o, "terisi_awal"], below.loc[o, "terisi_akhir"]] == pytest.approx([100 * shares[0][1], 100 * shares[-1][1]], nan_ok=True)


@pytest.mark.parametrize("bad", [{"years": -1}, {"years": 1.5}, {"years": True}, {"renewed": -0.1}, {"renewed": 1.1}, {"growth": -1.1}, {"growth": INF}, {"growth": {"tani": 0.1}}, {"growth": {"kesehatan": NAN}}])
def test_years_ahead_that_make_no_sense(bad: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        project(small_city(), **{"years": 2, **bad})
    project(small_city(), years=0, renewed=1.0)
    project(small_city(), years=2.0, renewed=0.0)  # type: ignore[arg-type]


# --- balance ----------------------------------------------------------------------------------------------------------


def test_indices_by_their_formulas() -> None:
    rng = np.random.default_rng(1)
    for n in (1, 2, 5, 9):
        for _ in range(15):
            x, groups = rng.integers(0, 6, n).astype(float), [("a", "b", None)[k] for k in rng.integers(0, 3, n)]
            if not x.sum():
                continue
            mean = x.mean()
            assert gini(x) == pytest.approx(sum(abs(a - b) for a in x for b in x) / (2 * n * n * mean), abs=1e-12)
            total = sum(a / mean * math.log(a / mean) for a in x if a) / n
            assert theil(x) == pytest.approx(total, abs=1e-12)
            assert jain(x) == pytest.approx(x.sum() ** 2 / (n * (x**2).sum()))
            within = between = 0.0
            for g in set(groups):
                mine = np.array([a for a, b in zip(x, groups, strict=True) if b == g])
                if mine.sum():
                    within += sum(a / x.sum() * math.log(a / mine.mean()) for a in mine if a)
                    between += mine.sum() / x.sum() * math.log(mine.mean() / mean)
            assert theil_split(x, groups) == pytest.approx((within, between), abs=1e-12)
            found = balance(x, np.ones(n), groups)
            assert found["cv"] == pytest.approx(x.std() / mean)
            assert found["max_over_mean"] == pytest.approx(x.max() / mean)


@pytest.mark.parametrize(
    ("load", "capacity", "below", "above"),
    [([10, 10], [9, 11], 0.0, 0.0), ([10, 10], [8.999, 11.001], 0.5, 0.5), ([10, 0], [10, 5], 0.0, 0.5), ([10, 10], [10, 0], 0.5, 0.0), ([10, 0], [10, 0], 0.0, 0.0), ([0, 0], [0, 0], NAN, NAN), ([0.0], [1.0], 0.0, 1.0)],
)
def test_shares_filled_too_little_and_too_much(load: list[float], capacity: list[float], below: float, above: float) -> None:
    found = balance(load, capacity)
    assert [found["share_below_90"], found["share_above_110"]] == pytest.approx([below, above], nan_ok=True)


def test_series_are_matched_by_their_index() -> None:
    load, capacity, groups = pd.Series({"a": 4.0, "b": 1.0}), pd.Series({"b": 1.0, "a": 2.0}), pd.Series({"b": "y", "a": "x"})
    assert balance(load, capacity, groups)[["max_over_mean", "theil_between"]].tolist() == balance([4, 1], [2, 1], ["x", "y"])[["max_over_mean", "theil_between"]].tolist()
    for other in (pd.Series({"a": 1.0, "c": 1.0}), pd.Series([1.0, 1.0], index=["a", "a"]), pd.Series({"a": 1.0, "b": 1.0, "c": 1.0}), pd.Series({"a": 1.0})):
        with pytest.raises(InputError):
            balance(load, other)
    for bad in (([1.0], [1.0, 2.0], None), ([[1.0]], [[1.0]], None), ([1.0, 1.0], [1.0, 1.0], ["x"]), ([-1.0], [1.0], None), ([1.0], [NAN], None), ([INF], [1.0], None)):
        with pytest.raises(InputError):
            balance(*bad)


def test_parts_of_a_person_are_kept_to_six_decimals() -> None:
    city = small_city({"paruh_waktu": {"fte": 1 / 3}}, paruh_waktu="jabatan_id,orang\nJ1,1\nJ2,2\n")
    assert fixed_fte(city).to_dict() == {"J1": 0.333333, "J2": 0.666667, "J3": 0.0}
    little = small_city(jabatan="jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan\nJ1,D1,A,pelaksana,6,0.00001\nJ2,D1P,B,pelaksana,6,1\nJ3,D2,C,pelaksana,6,1\n")
    assert draw_efficiencies(little.with_settings(), "jabatan", 0.0, 2).drawn[0].tolist() == pytest.approx([187200.0] * 2)
    alone = small_city(tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu\n", jabatan="jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan\nJ1,D1,A,pelaksana,6,0.00001\nJ2,D1P,B,pelaksana,6,1\nJ3,D2,C,pelaksana,6,1\n")
    assert draw_efficiencies(alone, "jabatan", 0.0, 2).drawn[0].tolist() == pytest.approx([0.75] * 2), "however small a stated need is, it counts"
    assert wisn(frame(workload=[1.0], standard=[0.5]), 0.5)["basic"].tolist() == [1.0]


@pytest.mark.parametrize("seed", range(3))
def test_balance_of_the_units_of_a_city(seed: int) -> None:
    cycle, *_ = random_city(seed)
    for level in ("opd", "unit"):
        table = unit_efficiency(cycle, level)
        for by in ("rumpun", "opd", "kecamatan", "jenis", None):
            groups = None if by is None else grouping(cycle, by).reindex(table.index).to_numpy()
            assert unit_balance(cycle, level, by).tolist() == pytest.approx(balance(table["beban"].to_numpy(), table["ada"].to_numpy() * WKE, groups).tolist(), nan_ok=True)
    assert grouping(cycle, "kecamatan").dropna().to_dict() == {"KEC": "KEC", "KEL": "KEC"}
    assert grouping(cycle, "rumpun").dropna().to_dict() == {"D1": "kesehatan", "D1A": "kesehatan", "D1B": "Pendidikan", "D2A": "keuangan"}
    with pytest.raises(InputError):
        grouping(cycle, "warna")


# --- draws ------------------------------------------------------------------------------------------------------------


def mixed(z: int) -> int:
    z = (z + 0x9E3779B97F4A7C15) % 2**64
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) % 2**64
    return z ^ (z >> 31)


def mark(text: str) -> int:
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "little")


def drawn(key: int, replicate: int, seed: int, stream: str) -> float:
    return NormalDist().inv_cdf(((mixed(key ^ mixed(mark(f"{seed}/{replicate}/{stream}"))) >> 11) + 0.5) / 2**53)


def test_draws_and_keys_of_tasks_a_second_time() -> None:
    tasks = pd.DataFrame({"jabatan_id": ["A", "A", "A", "B"], "uraian": ["x", "x", "y", "x"], "volume": [5, 3, 1, 1], "norma_waktu": [1, 1, 1, 1], "satuan_waktu": "menit"})
    assert task_keys(tasks).tolist() == [mark("A\x1fx\x1f1"), mark("A\x1fx\x1f0"), mark("A\x1fy"), mark("B\x1fx")]
    keys = task_keys(tasks)
    assert normal(keys, 3, 7, "task").tolist() == pytest.approx([drawn(int(k), 3, 7, "task") for k in keys], rel=1e-9)


@pytest.mark.parametrize(("error", "shared"), [(0.1, 0.0), (0.5, 0.4), (0.3, 1.0), (0.0, 0.0)])
def test_workload_under_drawn_volumes_a_second_time(error: float, shared: float) -> None:
    cycle, seats, tasks, people, part = random_city(2)
    mine = told(seats, tasks, people, part)
    unit_of = {s["jabatan_id"]: s["unit_id"] for s in seats}
    spread = math.sqrt(math.log1p(error**2))
    growth = {"kesehatan": 1.2, "pendidikan": 0.9}
    frame = pd.DataFrame(tasks)
    keys = task_keys(frame)
    rows = [(t["jabatan_id"], int(k), t["volume"] * t["norma_waktu"] * (60 if t["satuan_waktu"] == "jam" else 1) * growth.get(FIELD[unit_of[t["jabatan_id"]]] or "", 1.0)) for t, k in zip(tasks, keys, strict=True)]
    rows += [(j, mark(f"{j}\x1f"), v[0]) for j, v in mine.items() if v[0] > 0 and j not in set(frame["jabatan_id"])]
    for level, place in (("opd", lambda j: opd(unit_of[j])), ("jabatan", lambda j: j)):
        found = draw_efficiencies(cycle, level, error, 3, 5, shared)
        ids = sorted({place(j) for j in mine})
        assert found.ids.tolist() == ids
        for r in range(3):
            for i, o in enumerate(ids):
                total = 0.0
                for j, key, minutes in rows:
                    if place(j) == o:
                        z = math.sqrt(1 - shared) * drawn(key, r, 5, "task") + math.sqrt(shared) * drawn(mark(unit_of[j]), r, 5, "unit")
                        total += minutes * math.exp(spread * z - spread**2 / 2)
                assert found.drawn[i, r] == pytest.approx(total, rel=1e-9, abs=1e-9)
        assert found.beban.tolist() == pytest.approx([sum(v[0] for j, v in mine.items() if place(j) == o) for o in ids])
        assert found.ada.tolist() == [sum(v[3] for j, v in mine.items() if place(j) == o) for o in ids]
        assert found.stated().tolist() == pytest.approx([b / (a * WKE) if a else NAN for b, a in zip(found.beban, found.ada, strict=True)], nan_ok=True)


def test_intervals_are_quantiles_and_grades_are_counted() -> None:
    cycle, *_ = random_city(2)
    for level in ("opd", "jabatan"):
        found = draw_efficiencies(cycle, level, 0.3, 60, 5)
        table = efficiency_interval(cycle, level, 0.3, 60, 5, confidence=0.8)
        values, stated = found.replicates(), found.stated()
        for i, o in enumerate(found.ids):
            row = table.loc[o]
            if math.isnan(stated[i]):
                assert row.drop("prestasi").isna().all()
                assert row["prestasi"] == ""
                continue
            assert [row["low"], row["high"]] == pytest.approx(np.quantile(values[i], [0.1, 0.9]).tolist())
            grades = [grade(v) for v in values[i]]
            assert row["p_prestasi"] == pytest.approx(grades.count(grade(stated[i])) / 60)
            assert row["p_overload"] == pytest.approx(grades.count("A") / 60)
        pairs = [(found.ids[a], found.ids[b]) for a in range(len(found.ids)) for b in range(a + 1, len(found.ids))]
        compared = compare_efficiency(cycle, None, level, 0.3, 60, 5, confidence=0.8)
        assert list(zip(compared["a"], compared["b"], strict=True)) == pairs
        for row in compared.itertuples():
            a, b = found.ids.get_loc(row.a), found.ids.get_loc(row.b)
            if math.isnan(stated[a]) or math.isnan(stated[b]):
                assert not row.differs
                continue
            away = values[a] - values[b]
            low, high = np.quantile(away, [0.1, 0.9])
            greater = (away > 0).mean() + 0.5 * (away == 0).mean()
            assert [row.difference, row.low, row.high, row.p_greater, row.p_differ] == pytest.approx([stated[a] - stated[b], low, high, greater, abs(2 * greater - 1)])
            assert row.differs == (low > 0 or high < 0)
    first = found.ids[0]
    own = compare_efficiency(cycle, [(first, first)], level, 0.3, 10, 5).iloc[0]
    assert (own["difference"], own["p_greater"], own["p_differ"], own["differs"]) == (0.0, 0.5, 0.0, False) or math.isnan(own["difference"])


@pytest.mark.parametrize("bad", [{"error": -0.1}, {"error": 2.1}, {"shared": -0.1}, {"shared": 1.1}, {"replicates": 1}, {"replicates": 2.5}, {"level": "kota"}])
def test_draws_that_make_no_sense(bad: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        draw_efficiencies(small_city(), **bad)
    for fine in ({"error": 0.0}, {"error": 2.0, "shared": 1.0}, {"shared": 0.0}):
        assert draw_efficiencies(small_city(), replicates=2, **fine).drawn.shape == (2, 2)


@pytest.mark.parametrize("confidence", [0.0, 1.0, -0.5, NAN])
def test_confidence_is_a_share_between_none_and_all(confidence: float) -> None:
    with pytest.raises(InputError):
        _limits(np.zeros((1, 3)), confidence)
    low, high = _limits(np.array([[1.0, 2.0, 3.0], [1.0, NAN, 1.0]]), 0.5)
    assert [low[0], high[0]] == [1.5, 2.5]
    assert np.isnan([low[1], high[1]]).all()


# --- grades and rounding ----------------------------------------------------------------------------------------------


def test_grades_of_every_hundredth_and_its_neighbours() -> None:
    values = [k / 1000 for k in range(0, 1200)] + [0.895, 0.8949999, 1.0049999, 1.005, 1.00499999999, 0.495, 0.695, 3.0, -0.2, INF]
    assert efficiency_grade(values).tolist() == [grade(v) if v != INF else "A" for v in values]
    for v in values[::37]:
        assert efficiency_grade(v) == (grade(v) if v != INF else "A")
    assert [efficiency_grade(v) for v in (None, pd.NA, NAN)] == ["", "", ""]  # type: ignore[list-item]


def test_rounding_of_both_kinds_at_every_tenth() -> None:
    """Up to 5 whole people a fraction above a tenth per person goes up, from 6 on one half."""
    for tenths in range(0, 90):
        whole, rest = divmod(tenths, 10)
        wanted = whole + (rest > whole if whole <= 5 else rest >= 5)
        assert round_wisn(tenths / 10) == wanted
        assert round_half_up(tenths / 10) == whole + (rest >= 5)
    for bad in (NAN, INF, -INF):
        for made in (round_half_up, round_wisn):
            with pytest.raises(InputError):
                made([1.0, bad])


# --- arguments of the health methods ----------------------------------------------------------------------------------


def frame(**columns: Any) -> pd.DataFrame:
    return pd.DataFrame(columns)


@pytest.mark.parametrize(
    ("given", "fails"), [({"values": [0.0]}, False), ({"values": [-1e-9]}, True), ({"values": [0.0], "above": True}, True), ({"values": [1e-9], "above": True}, False), ({"values": [2.0], "least": 2.0}, False), ({"values": [1.9], "least": 2.0}, True), ({"values": [2.0], "least": 2.0, "above": True}, True), ({"values": [NAN]}, True), ({"values": [INF]}, True), ({"values": ["a"]}, True)],
)  # fmt: skip
def test_numbers_of_a_column(given: dict[str, Any], fails: bool) -> None:
    values = given.pop("values")
    if fails:
        with pytest.raises(InputError):
            numbers(frame(x=values), "x", **given)
    else:
        assert numbers(frame(x=values), "x", **given).tolist() == values
    with pytest.raises(InputError, match=r"0, 1, 2, 3, 4\b(?!, 5).*7|7.*0, 1, 2, 3, 4\b(?!, 5)"):
        numbers(frame(x=[NAN] * 7), "x")


def test_one_number_per_cadre() -> None:
    cadres = pd.Index(["a", "b"])
    assert per_cadre(3, cadres, "x").tolist() == [3.0, 3.0]
    assert per_cadre({"a": 1, " b ": 2, "c": 9}, cadres, "x").tolist() == [1.0, 2.0]
    assert per_cadre(pd.Series({"b": 2.0}), cadres, "x", missing=7.0).tolist() == [7.0, 2.0]
    for bad, missing in (({"a": 1}, None), ({"a": 1, "c": 2}, 0.0), ({"a": NAN}, 0.0), ([1, 2], None), (NAN, None), ({"a": 1, "b": NAN}, None)):
        with pytest.raises(InputError):
            per_cadre(bad, cadres, "x", missing)


def test_rows_of_any_shape_become_a_frame() -> None:
    wanted = [["a", 1.0], ["a", 2.0], ["b", 3.0]]
    shapes: list[Any] = [
        {"a": [{"capaian": 1.0}, {"capaian": 2.0}], "b": [{"volume": 3.0}]}, {"a": frame(workload=[1.0, 2.0]), "b": frame(Capaian=[3.0])}, frame(SDMK=["a", "a", "b"], capaian=[1.0, 2.0, 3.0]),
        [{"cadre": "a", "volume": 1.0}, {"cadre": "a", "volume": 2.0}, {"cadre": "b", "volume": 3.0}], frame(capaian=[1.0, 2.0, 3.0]).set_index(pd.Index(["a", "a", "b"], name="cadre")), {"cadre": ["a", "a", "b"], "Annual Workload": [1.0, 2.0, 3.0]},
    ]  # fmt: skip
    for shape in shapes:
        assert as_frame(shape)[["cadre", "workload"]].values.tolist() == wanted
    assert as_frame(frame(x=[1], capaian=[2])).columns.tolist() == ["workload", "x"]
    with pytest.raises(InputError):
        as_frame(frame(capaian=[1], volume=[1]))
    assert cadres_of(frame(workload=[1, 2]), "z").tolist() == ["z", "z"]
    assert cadres_of(frame(cadre=[" a ", 1]), "z").tolist() == ["a", "1"]
    with pytest.raises(InputError):
        cadres_of(frame(cadre=["a", None]), "z")


def test_staff_present_from_argument_or_column() -> None:
    index = pd.Index(["a", "b"])
    cadres = pd.Series(["a", "a", "b"])
    assert existing_staff(frame(existing=[2, 2, 0]), cadres, index, None).tolist() == [2.0, 0.0]
    assert existing_staff(frame(existing=[2, 2, 3]), cadres, index, {"a": 5, "b": 6}).tolist() == [5.0, 6.0]
    assert np.isnan(existing_staff(frame(x=[1, 1, 1]), cadres, index, None)).all()
    assert np.isnan(existing_staff(frame(existing=[NAN, NAN, 3]), cadres, index, None)).tolist() == [True, False]
    for bad in ([1, 2, 3], [-1, -1, 0], [INF, INF, 0]):
        with pytest.raises(InputError):
            existing_staff(frame(existing=bad), cadres, index, None)
    for bad_given in (-1, INF):
        with pytest.raises(InputError):
            existing_staff(frame(), cadres, index, bad_given)


@pytest.mark.parametrize(
    ("required", "existing", "ratio", "pressure"), [(2.0, 1.0, 0.5, 0.5), (2.0, 4.0, 2.0, 0.0), (0.0, 1.0, INF, 0.0), (0.0, 0.0, NAN, 0.0), (2.0, 0.0, 0.0, 1.0), (2.0, NAN, NAN, NAN), (0.5, 0.5, 1.0, 0.0)]
)
def test_ratio_and_pressure(required: float, existing: float, ratio: float, pressure: float) -> None:
    row = staffing(np.array([required]), np.array([round(required)]), np.array([existing]), pd.Index(["a"])).iloc[0]
    assert [row["ratio"], row["pressure"], row["difference"]] == pytest.approx([ratio, pressure, existing - required], nan_ok=True)


@pytest.mark.parametrize(
    ("given", "fails"),
    [
        ({}, False), ({"days_a_week": 7}, False), ({"days_a_week": 8}, True), ({"days_a_week": 0}, True), ({"leave": 0, "holidays": 0, "training": 0, "absence": 0}, False), ({"leave": -1}, True), ({"absence": -1}, True),
        ({"effective": 1}, False), ({"effective": 1.01}, True), ({"effective": 0}, True), ({"hours_a_week": 0}, True), ({"leave": 260 - 36}, True), ({"leave": 260 - 36.5}, False), ({"days_a_week": 1, "leave": 0, "holidays": 0, "training": 0, "absence": 0}, False),
    ],
)  # fmt: skip
def test_working_time_of_a_year(given: dict[str, Any], fails: bool) -> None:
    if fails:
        with pytest.raises(InputError):
            available_time(**given)
        return
    full = {"days_a_week": 5, "leave": 12, "holidays": 19, "training": 5, "absence": 12, "hours_a_week": 37.5, "effective": 0.7, **given}
    found = available_time(**given)
    days = 52 * full["days_a_week"] - full["leave"] - full["holidays"] - full["training"] - full["absence"]
    assert found.days == days
    assert found.hours == pytest.approx(days * full["hours_a_week"] * full["effective"] / full["days_a_week"])
    assert found.minutes == pytest.approx(60 * found.hours)


ROWS = {"sdmk": ["a", "a", "b"], "capaian": [1000.0, 500.0, 0.0], "norma_waktu": [30.0, 60.0, 10.0], "ada": [2, 2, 1]}


@pytest.mark.parametrize(
    ("more", "ftp", "stp"),
    [
        ({}, 0.0, 1.0), ({"support": 7200.0}, 10.0, 1 / 0.9), ({"support": {"a": 7200.0}}, 10.0, 1 / 0.9), ({"support": frame(sdmk=["a", "a"], menit=[3600.0, 3600.0])}, 10.0, 1 / 0.9), ({"support": frame(sdmk=["a"], waktu=[72.0], frekuensi=[100.0])}, 10.0, 1 / 0.9),
        ({"ftp": 10.0}, 10.0, 1 / 0.9), ({"ftp": 0.0}, 0.0, 1.0), ({"ftp": 1.0}, 1.0, 1 / 0.99), ({"stp": 1.0}, 0.0, 1.0), ({"stp": {"a": 1.25}}, 20.0, 1.25),
    ],
)  # fmt: skip
def test_need_of_health_staff_step_by_step(more: dict[str, Any], ftp: float, stp: float) -> None:
    row = abk_kes(frame(**ROWS), **more).loc["a"]
    jkt = (1000 * 30 + 500 * 60) / 72_000
    assert row[["jkt", "ftp", "stp", "required", "existing", "wkt"]].tolist() == pytest.approx([jkt, ftp, stp, jkt * stp, 2, 72_000])
    assert row["required_rounded"] == half_up(jkt * stp)


@pytest.mark.parametrize("more", [{"ftp": 0.5}, {"ftp": -1.0}, {"ftp": 100.0}, {"stp": 0.99}, {"stp": INF}, {"ftp": 4, "stp": 1.1}, {"support": 1, "stp": 1.1}, {"support": 72_000.0}, {"wkt": 0}, {"wkt": INF}, {"support": frame(sdmk=["a"], waktu=[1.0])}])
def test_health_arguments_that_make_no_sense(more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        abk_kes(frame(**ROWS), **more)


def test_norms_in_hours_and_one_of_two_standards() -> None:
    hours = abk_kes(frame(capaian=[1000.0], norma_waktu=[0.5], satuan_waktu=["Jam"]))
    assert hours["jkt"].tolist() == pytest.approx([1000 * 30 / 72_000])
    assert abk_kes(frame(capaian=[1000.0], sbk=[2400.0]))["jkt"].tolist() == pytest.approx([1000 / 2400])
    for bad in (frame(capaian=[1.0]), frame(capaian=[1.0], norma_waktu=[1.0], sbk=[1.0]), frame(norma_waktu=[1.0]), frame(capaian=[1.0], norma_waktu=[0.0]), frame(capaian=[1.0], norma_waktu=[1.0], satuan_waktu=["hari"])):
        with pytest.raises(InputError):
            abk_kes(bad)


CLINIC = {"cadre": ["a", "a", "b"], "workload": [1000.0, 500.0, 300.0], "standard": [0.5, 1.0, 2.0]}


@pytest.mark.parametrize(
    ("change", "category", "individual", "caf", "iaf"),
    [
        ({}, 0.0, 0.0, 1.0, 0.0), ({}, 0.2, 0.0, 1.25, 0.0), ({}, {"a": 0.2}, {"a": 320.0}, 1.25, 0.2), ({}, frame(cadre=["a", "a"], share=[0.1, 0.1]), 0.0, 1.25, 0.0), ({}, frame(cadre=["a"], hours=[320.0]), 0.0, 1.25, 0.0),
        ({}, 0.0, frame(cadre=["a", "a"], hours=[100.0, 60.0], staff=[2, 2]), 1.0, 0.2), ({}, 0.0, frame(cadre=["a"], hours=[320.0]), 1.0, 0.2), ({}, frame(cadre=["b"], share=[0.5]).iloc[:0], 0.0, 1.0, 0.0),
        ({"standard": None, "minutes": [30.0, 60.0, 120.0]}, 0.0, 0.0, 1.0, 0.0), ({"standard": None, "norma_waktu": [30.0, 1.0, 2.0], "satuan_waktu": ["menit", "jam", "jam"]}, 0.0, 0.0, 1.0, 0.0), ({"standard": None, "standard_workload": [3200.0, 1600.0, 800.0]}, 0.0, 0.0, 1.0, 0.0),
    ],
)  # fmt: skip
def test_staff_by_the_manual_step_by_step(change: dict[str, Any], category: Any, individual: Any, caf: float, iaf: float) -> None:
    given = {k: v for k, v in {**CLINIC, **change}.items() if v is not None}
    row = wisn(frame(**given), 1600, category, individual).loc["a"]
    basic = (1000 * 0.5 + 500 * 1.0) / 1600
    assert row[["basic", "caf", "iaf", "required"]].tolist() == pytest.approx([basic, caf, iaf, basic * caf + iaf])
    assert row["required_rounded"] == round_wisn(basic * caf + iaf)


def test_one_cadre_needs_no_name() -> None:
    alone = frame(workload=[1000.0], standard=[0.5])
    row = wisn(alone, 1600, frame(share=[0.2]), frame(hours=[160.0]), existing=1).iloc[0]
    assert row[["basic", "caf", "iaf"]].tolist() == pytest.approx([0.3125, 1.25, 0.1])
    named = wisn(frame(cadre=["x"], workload=[1000.0], standard=[0.5]), 1600, frame(hours=[320.0]), frame(hours=[80.0], staff=[2])).loc["x"]
    assert named[["caf", "iaf"]].tolist() == pytest.approx([1.25, 0.1])
    assert abk_kes(frame(sdmk=["x"], capaian=[1.0], norma_waktu=[1.0]), support=frame(menit=[7200.0])).loc["x", "ftp"] == pytest.approx(10.0)


@pytest.mark.parametrize("more", [{"category": 1.0}, {"category": -0.1}, {"available": 0}, {"available": INF}, {"available": {"a": 1}}, {"individual": -1.0}, {"individual": INF}, {"category": frame(cadre=["a"], x=[1])}, {"individual": frame(cadre=["a"], x=[1])}, {"activities": frame(cadre=["a"], workload=[1.0])}, {"activities": frame(cadre=["a"], workload=[1.0], standard=[1.0], minutes=[1.0])}, {"activities": frame(cadre=["a"], standard=[1.0])}, {"activities": frame(cadre=["a"], workload=[1.0], norma_waktu=[1.0])}])
def test_manual_arguments_that_make_no_sense(more: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        wisn(**{"activities": frame(**CLINIC), "available": 1600, **more})


# --- units of time ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("present", "minutes", "flagged"),
    [
        (1.0, 60 * WKE, True), (0.5, 30 * WKE, True), (1.0, 31 * WKE, True), (1.0, 29 * WKE, False), (1.0, 119 * WKE, True), (1.0, 120 * WKE, False), (1.0, 121 * WKE, False), (1.0, WKE / 60, True), (1.0, WKE / 31, True), (1.0, WKE / 29, False), (0.0, 60 * WKE, False),
        (NAN, 60 * WKE, False), (60.0, 60 * WKE, False), (2.0, 120 * WKE, True), (1.0, 0.0, False),
    ],
)  # fmt: skip
def test_a_class_off_by_sixty_against_its_staff(present: float, minutes: float, flagged: bool) -> None:
    tasks = frame(jabatan_id=["A", "A"], uraian=["x", "y"], volume=[minutes / 40, minutes / 40], norma_waktu=[20.0, 20.0], satuan_waktu="menit")
    found = mixed_units(tasks, {"A": present})
    assert [list(found["alasan"])] == [["beban_jabatan", "beban_jabatan"] if flagged else []]


def test_sentences_name_at_most_so_many_rows() -> None:
    tasks = frame(jabatan_id=[f"J{k}" for k in range(7)], uraian=[f"x{k}" for k in range(7)], volume=1, norma_waktu=[1300.0] * 6 + [0.05], satuan_waktu=["jam"] * 6 + ["menit"])
    rows = mixed_units(tasks)
    assert rows["alasan"].tolist() == ["terlalu_lama"] * 6 + ["terlalu_singkat"]
    long, short = mixed_units_text(rows, "en", most=5)
    assert "J4" in long
    assert "J5" not in long
    assert "1" in long.split("J4")[1]
    assert "J6" in short
    assert mixed_units_text(rows, "en", most=6)[0].count("J") >= 6
    assert mixed_units_text(rows.iloc[:0]) == []


MAKERS: list[Callable[[], Any]] = [lambda: small_city(), lambda: small_city(tugas="jabatan_id,uraian,volume,norma_waktu,satuan_waktu\n")]


@pytest.mark.parametrize("maker", MAKERS)
def test_cities_with_and_without_tasks_have_every_table(maker: Callable[[], Any]) -> None:
    city = maker()
    assert len(need(city)) == 3
    assert mixed_units(city.tugas).columns.tolist()[-2:] == ["pembanding", "alasan"]


@pytest.mark.parametrize(("jumlah", "standar", "gilir", "need_"), [(0.0, 5.0, 1, 0.0), (10.0, 0.5, 1, 20.0), (10.0, 5.0, None, 2.0), (0.5, 1.0, 1, 0.5)])
def test_parts_of_a_need_at_their_edges(jumlah: float, standar: float, gilir: float | None, need_: float) -> None:
    parts = frame(jabatan_id=["A"], pendekatan=["Objek Kerja "], jumlah=[jumlah], standar=[standar], gilir=[gilir])
    assert need_by_approach(parts)["kebutuhan"].tolist() == [need_]


@pytest.mark.parametrize("bad", [{"jumlah": [-0.1]}, {"jumlah": [NAN]}, {"standar": [0.0]}, {"standar": [INF]}, {"gilir": [2.0]}, {"pendekatan": ["kira-kira"]}, {"jabatan_id": [None]}, {"gilir": [0.0], "pendekatan": ["peralatan kerja"]}])
def test_parts_of_a_need_that_make_no_sense(bad: dict[str, Any]) -> None:
    with pytest.raises(InputError):
        need_by_approach(frame(**{"jabatan_id": ["A"], "pendekatan": ["objek kerja"], "jumlah": [1.0], "standar": [1.0], "gilir": [1.0], **bad}))


def test_a_demand_for_a_field_that_no_unit_has_names_those_there_are() -> None:
    with pytest.raises(InputError, match="kesehatan, keuangan"):
        need(small_city({"permintaan": {"tani": 0.1}}))
    bare = "unit_id,nama,induk_id,jenis,rumpun\nK,Kota,,kota,\nD1,A,K,dinas,\nD1P,B,D1,puskesmas,\nD2,C,K,dinas,\n"
    with pytest.raises(InputError, match="–"):
        need(small_city({"permintaan": {"tani": 0.1}}, unit=bare))
