"""What a check of a plan reads of a cycle: the tables as arrays, worked out anew from their columns."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

PART_TIME = "PPPK paruh waktu"
#: Kinds of seat from the highest down.
KINDS = ["jpt", "administrator", "pengawas", "fungsional", "pelaksana"]
ECHELONS = ["V.a", "IV.b", "IV.a", "III.b", "III.a", "II.b", "II.a", "I.b", "I.a"]
STEPS = ["pemula", "terampil", "mahir", "penyelia", "ahli pertama", "ahli muda", "ahli madya", "ahli utama"]
SCHOOLS = [("SD",), ("SMP",), ("SLTA",), ("D1",), ("D2",), ("D3",), ("D4", "S1"), ("S2",), ("S3",)]
RATINGS = ["Sangat Kurang", "Kurang", "Butuh Perbaikan", "Baik", "Sangat Baik"]
GRADES = [f"{roman}/{letter}" for roman, letters in (("I", "abcd"), ("II", "abcd"), ("III", "abcd"), ("IV", "abcde")) for letter in letters]
#: Days of a year by which a part of a year is told.
YEAR = 365.2425


@dataclass(frozen=True, eq=False)
class Facts:
    """A cycle as arrays.

    Attributes
    ----------
    cycle : Cycle
    rule : dict
        Parameters in force by rule.
    people, seats : DataFrame
        One row per person and per seat class, with what the rules read of them as numbers and small letters.
    own : ndarray of int
        Seat of every person.
    need, present : ndarray of int
        kebutuhan_bulat and full-time people of every seat class.
    part_time : ndarray of float
        Part-time staff of every seat class, in full-time equivalents.
    opds, opd : ndarray
        Names of OPDs, and the OPD of every seat class as a position in them.
    unit, parent, top : ndarray of int
        Unit of every seat class, the unit above every unit (-1: none), and the one at the top of its tree.
    skills : ndarray of str
    level, asked : ndarray of int
        Level of every person (rows) in every skill; level that every seat class (rows) asks for.
    """

    cycle: Cycle
    rule: dict[str, dict[str, Any]]
    people: pd.DataFrame
    seats: pd.DataFrame
    own: np.ndarray
    need: np.ndarray
    present: np.ndarray
    part_time: np.ndarray
    opds: np.ndarray
    opd: np.ndarray
    unit: np.ndarray
    parent: np.ndarray
    top: np.ndarray
    skills: np.ndarray
    level: np.ndarray
    asked: np.ndarray

    @property
    def room(self) -> np.ndarray:
        """Most full-time people with which a seat class is not overfilled (R14), before today's people are respected."""
        over = self.rule["R14"]["kelebihan_boleh"]
        return np.maximum(np.floor(self.need + over - self.part_time + 1e-9), 0).astype(np.int64)

    @cached_property
    def of_people(self) -> dict[str, np.ndarray]:
        """Columns of `people`."""
        return {str(name): self.people[name].to_numpy() for name in self.people}

    @cached_property
    def of_seats(self) -> dict[str, np.ndarray]:
        """Columns of `seats`, with the office of each."""
        return {str(name): self.seats[name].to_numpy() for name in self.seats} | {"office": self.top[self.unit]}

    @cached_property
    def standards(self) -> tuple[np.ndarray, np.ndarray]:
        """The different sets of skills that seat classes ask for, and which of them each asks for."""
        wanted, which = np.unique(self.asked > 0, axis=0, return_inverse=True)
        return wanted, which.reshape(-1)

    @property
    def held(self) -> np.ndarray:
        """Which person holds which skill."""
        return self.level >= self.cycle.settings.tingkat_pemegang


def facts_of(cycle: Cycle) -> Facts:
    """Read a cycle."""
    entries = load_yaml(data_dir("parameters") / "aturan.yaml")
    rule = {name: {**entry["parameters"], **cycle.settings.aturan.get(name, {})} for name, entry in entries.items()}
    seat_at = {name: i for i, name in enumerate(cycle.jabatan["jabatan_id"])}
    own = np.array([seat_at[name] for name in cycle.pegawai["jabatan_id"]], dtype=np.int64)
    full_time = (cycle.pegawai["status"] != PART_TIME).to_numpy()
    unit_at = {name: i for i, name in enumerate(cycle.unit["unit_id"])}
    unit = np.array([unit_at[name] for name in cycle.jabatan["unit_id"]], dtype=np.int64)
    parent = np.array([unit_at.get(name, -1) for name in cycle.unit["induk_id"]], dtype=np.int64)
    opds, opd = np.unique(cycle.opd.reindex(cycle.jabatan["unit_id"]).to_numpy(dtype=object).astype(str), return_inverse=True)
    skills = np.unique(np.concatenate([t["keahlian"].to_numpy(dtype=object).astype(str) for t in (cycle.keahlian, cycle.syarat)]))
    person_at = {name: i for i, name in enumerate(cycle.pegawai["pegawai_id"])}
    return Facts(
        cycle=cycle, rule=rule, people=_people(cycle), seats=_seats(cycle, opds[opd]), own=own, need=_need(cycle),
        present=np.bincount(own[full_time], minlength=len(seat_at)).astype(np.int64), part_time=_part_time(cycle, own),
        opds=opds, opd=opd, unit=unit, parent=parent, top=_tops(parent), skills=skills,
        level=_levels(cycle.keahlian, "pegawai_id", person_at, skills), asked=_levels(cycle.syarat, "jabatan_id", seat_at, skills),
    )  # fmt: skip


def _tops(parent: np.ndarray) -> np.ndarray:
    """The unit above which there is none, of every unit."""
    top = np.arange(len(parent))
    for _ in range(len(parent)):
        above = parent[top]
        if (above < 0).all():
            break
        top = np.where(above < 0, top, above)
    return top


def _levels(table: pd.DataFrame, who: str, rows: dict[Any, int], skills: np.ndarray) -> np.ndarray:
    out = np.zeros((len(rows), len(skills)), dtype=np.int8)
    row = table[who].map(rows).to_numpy(dtype=np.int64)
    out[row, np.searchsorted(skills, table["keahlian"].to_numpy(dtype=object).astype(str))] = table["tingkat"].to_numpy(dtype=np.int8)
    return out


def years_to(today: pd.Timestamp, dates: pd.Series) -> np.ndarray:
    """Years from dates to today: whole ones by the calendar, the rest in days; nan where there is no date."""
    known = dates.notna().to_numpy()
    out = np.full(len(dates), np.nan)
    day = dates[known].to_numpy().astype("datetime64[D]")
    month = day.astype("datetime64[M]")
    in_month = (day - month).astype(np.int64)
    this_year = np.datetime64(str(today.year), "Y").astype("datetime64[M]") + (month.astype(np.int64) % 12).astype("timedelta64[M]")
    birthday = this_year.astype("datetime64[D]") + in_month.astype("timedelta64[D]")
    years = today.year - (month.astype(np.int64) // 12 + 1970)
    out[known] = years + (np.datetime64(today, "D") - birthday).astype(np.int64) / YEAR
    return out


def _rank(values: pd.Series, order: dict[str, int] | list[str]) -> np.ndarray:
    places = order if isinstance(order, dict) else {name: i for i, name in enumerate(order)}
    return np.array([places.get(v, -1) if isinstance(v, str) else -1 for v in values], dtype=np.int64)


def _words(values: pd.Series) -> np.ndarray:
    return np.array([v.casefold().strip() if isinstance(v, str) else "" for v in values], dtype=str)


def _yes(values: pd.Series) -> np.ndarray:
    """1 yes, 0 no, -1 not told."""
    return np.array([-1 if v is pd.NA or v is None else int(bool(v)) for v in values.astype("boolean")], dtype=np.int64)


def _people(cycle: Cycle) -> pd.DataFrame:
    p, today = cycle.pegawai, cycle.date
    schools = {name: i for i, names in enumerate(SCHOOLS) for name in names}
    return pd.DataFrame(
        {
            "id": p["pegawai_id"].to_numpy(), "status": p["status"].astype(object).to_numpy(),
            "grade": np.where(p["status"].isin(["PNS", "CPNS"]), _rank(p["golongan"], GRADES), -1),
            "school": _rank(p["pendidikan"], schools), "field": _words(p["bidang_ilmu"]), "age": years_to(today, p["tanggal_lahir"]),
            "tenure": years_to(today, p["tmt_jabatan"]), "here": years_to(today, p["tmt_unit"].fillna(p["tmt_jabatan"])),
            "contract": -years_to(today, p["akhir_kontrak"]), "trade": _words(p["profesi"]),
            "first": _rank(p["predikat_1"], RATINGS), "second": _rank(p["predikat_2"], RATINGS),
            "punished": _yes(p["hukuman_disiplin"]), "accused": _yes(p["proses_hukum"]), "studies": _yes(p["tugas_belajar"]),
            "bonded": _yes(p["ikatan_dinas"]), "tested": _yes(p["uji_kompetensi"]), "second_job": _words(p["jabatan_rangkap"]),
            "box": p["kotak_talenta"].to_numpy(dtype=float, na_value=np.nan),
            "lat": p["domisili_lat"].to_numpy(dtype=float, na_value=np.nan), "lon": p["domisili_lon"].to_numpy(dtype=float, na_value=np.nan),
        }
    )  # fmt: skip


def _seats(cycle: Cycle, opd: np.ndarray) -> pd.DataFrame:
    j = cycle.jabatan
    kind = _rank(j["jenis"], KINDS)
    level = np.select([kind <= KINDS.index("pengawas"), kind == KINDS.index("fungsional")], [_rank(j["eselon"], ECHELONS), _rank(j["jenjang"], STEPS)], 0)
    schools = {name: i for i, names in enumerate(SCHOOLS) for name in names}
    names = dict(zip(cycle.unit["unit_id"], _words(cycle.unit["nama"]), strict=True))
    place = cycle.unit.set_index("unit_id")[["lat", "lon"]].reindex(j["unit_id"])
    return pd.DataFrame(
        {
            "id": j["jabatan_id"].to_numpy(), "kind": kind, "level": level, "job": [_job(v) for v in j["nama"]], "title": _words(j["nama"]),
            "class": j["kelas_jabatan"].to_numpy(dtype=float, na_value=np.nan), "field": _words(j["bidang_ilmu"]),
            "branch": _words(j["klasifikasi"]), "school": _rank(j["min_pendidikan"], schools), "grade": _rank(j["min_golongan"], GRADES),
            "trade": _words(j["profesi"]), "subject": _words(j["mapel"]), "heads": j["tugas_tambahan"].fillna("").to_numpy(dtype=object),
            "echelon": j["eselon"].fillna("").to_numpy(dtype=object), "step": j["jenjang"].fillna("").to_numpy(dtype=object),
            "locked": _yes(j["terkunci"]) == 1, "until": _retirement(j), "opd_name": [names.get(o, "") for o in opd],
            "lat": place["lat"].to_numpy(dtype=float, na_value=np.nan), "lon": place["lon"].to_numpy(dtype=float, na_value=np.nan),
        }
    )  # fmt: skip


def _job(name: Any) -> str:
    words = name.casefold().split() if isinstance(name, str) else []
    for step in STEPS:
        tail = step.split()
        if len(words) > len(tail) and words[-len(tail) :] == tail:
            words = words[: -len(tail)]
            break
    return " ".join(words)


def _retirement(jabatan: pd.DataFrame) -> np.ndarray:
    table = load_yaml(data_dir("parameters") / "bup.yaml")
    out = []
    for kind, step, trade, title in zip(jabatan["jenis"], jabatan["jenjang"], jabatan["profesi"], jabatan["nama"], strict=True):
        base = (table["jenjang"].get(step) if kind == "fungsional" else None) or table["jenis"].get(kind)
        said = trade if isinstance(trade, str) else title if kind == "fungsional" else ""
        words = re.findall(r"\w+", said.casefold()) if not isinstance(trade, str) else [said.strip().casefold()]
        also = table["profesi"].get(words[0]) if words else None
        ages = [float(entry["usia"]) for entry in (base, also) if entry]
        out.append(max(ages) if ages else np.nan)
    return np.array(out)


def _need(cycle: Cycle) -> np.ndarray:
    """Need of every seat class in whole people: stated, or minutes of its tasks over those of a year, halves up."""
    chosen = cycle.settings.waktu_kerja
    minutes = chosen.menit or load_yaml(data_dir("parameters") / "waktu_kerja.yaml")["profil"][chosen.profil]["menit"]
    t = cycle.tugas
    factor = np.where(t["satuan_waktu"] == "jam", 60.0, 1.0)
    work = pd.Series(t["volume"].to_numpy(dtype=float) * t["norma_waktu"].to_numpy(dtype=float) * factor).groupby(t["jabatan_id"].to_numpy()).sum()
    field = dict(zip(cycle.unit["unit_id"], cycle.unit["rumpun"], strict=True))
    above = dict(zip(cycle.unit["unit_id"], cycle.unit["induk_id"], strict=True))
    growth = {k.strip().casefold(): v for k, v in cycle.settings.permintaan.items()}

    def grows(name: Any) -> float:
        while isinstance(name, str) and not isinstance(field[name], str):
            name = above[name]
        return 1.0 + growth.get(field[name].strip().casefold(), 0.0) if isinstance(name, str) else 1.0

    rate = {name: grows(name) if growth else 1.0 for name in field}
    stated = cycle.jabatan["kebutuhan"].to_numpy(dtype=float, na_value=np.nan)
    from_work = cycle.jabatan["jabatan_id"].map(work).fillna(0.0).to_numpy() / minutes
    exact = np.where(np.isnan(stated), from_work, stated) * cycle.jabatan["unit_id"].map(rate).to_numpy(dtype=float)
    return np.floor(np.round(exact, 9) + 0.5).astype(np.int64)


def _part_time(cycle: Cycle, own: np.ndarray) -> np.ndarray:
    if not cycle.settings.paruh_waktu.dihitung:
        return np.zeros(len(cycle.jabatan))
    outside = cycle.paruh_waktu.groupby("jabatan_id")["orang"].sum()
    heads = cycle.jabatan["jabatan_id"].map(outside).fillna(0.0).to_numpy(dtype=float)
    inside = own[(cycle.pegawai["status"] == PART_TIME).to_numpy()]
    heads = heads + np.bincount(inside, minlength=len(heads))
    return np.round(heads * cycle.settings.paruh_waktu.fte, 6)
