"""What rows of several tables say together: the tree, the seats and their people, tasks and their times, pairs, skills, periods."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import GOLONGAN_PNS, GOLONGAN_PPPK
from mutasi_toolkit.schema.faults import Fault
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.schema.tell import fault_at

#: One task of one seat class that alone asks for more people than this is a slip of the pen.
ABSURD_PEOPLE = 1000.0
#: Minutes a year of one person, for that check only.
MINUTES = 75_000.0
#: A unit lies at most this deep below its root.
DEEPEST = 64

Raw = Mapping[str, RawTable]
Typed = Mapping[str, pd.DataFrame]


def check_sense(raw: Raw, tables: Typed) -> list[Fault]:
    """Faults that only several rows or columns show, in the order of the schema."""
    return [
        *_check_tree(raw, tables), *_check_seats(raw, tables), *_check_tasks(raw, tables), *_check_skills(raw, tables),
        *_check_moves(raw, tables), *_check_pairs(raw, tables), *_check_wishes(raw, tables), *_check_decisions(raw, tables),
        *_check_periods(raw, tables),
    ]  # fmt: skip


def _yes(mask: pd.Series) -> np.ndarray:
    return mask.fillna(False).to_numpy(dtype=bool)


def _check_tree(raw: Raw, tables: Typed) -> list[Fault]:
    if "unit" not in raw or not len(tables["unit"]):
        return []
    unit = tables["unit"]
    position = pd.Series(np.arange(len(unit)), index=unit["unit_id"])
    position = position[~position.index.duplicated() & position.index.notna()]
    parent = unit["induk_id"].map(position).fillna(-1).to_numpy(dtype=np.int64)
    at = parent.copy()
    for _ in range(DEEPEST):
        at = np.where(at >= 0, parent[at], -1)
    return fault_at(raw["unit"], at >= 0, "circular_unit", "induk_id")


def _check_seats(raw: Raw, tables: Typed) -> list[Fault]:
    if "jabatan" not in raw or not len(tables["jabatan"]):
        return []
    seats, faults = tables["jabatan"], []
    rank = {g: i for scale in (GOLONGAN_PNS, GOLONGAN_PPPK) for i, g in enumerate(scale)}
    civil = seats["min_golongan"].isin(GOLONGAN_PNS) == seats["max_golongan"].isin(GOLONGAN_PNS)
    reversed_ = civil & (seats["min_golongan"].map(rank) > seats["max_golongan"].map(rank))
    faults += fault_at(raw["jabatan"], _yes(reversed_), "reversed_grades", "max_golongan")
    sitting = seats["jabatan_id"].map(tables["pegawai"]["jabatan_id"].value_counts()).fillna(0)
    faults += fault_at(raw["jabatan"], _yes((seats["kebutuhan"] == 0) & (sitting > 0)), "need_zero", "kebutuhan", "warning")
    faults += fault_at(raw["jabatan"], _yes(seats["kebutuhan"] > ABSURD_PEOPLE * 10), "absurd_need", "kebutuhan", "warning")
    return faults


def _check_tasks(raw: Raw, tables: Typed) -> list[Fault]:
    """Tasks whose time looks mixed by a factor of 60 against the same task elsewhere, and tasks that need a town of their own."""
    if "tugas" not in raw or not len(tables["tugas"]):
        return []
    tugas = tables["tugas"]
    minutes = tugas["norma_waktu"] * np.where(_yes(tugas["satuan_waktu"] == "jam"), 60.0, 1.0)
    groups = minutes.groupby(tugas["uraian"])
    typical, count = groups.transform("median"), groups.transform("size")
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = (minutes / typical).to_numpy(dtype=float)
        near = (np.abs(ratio / 60 - 1) < 0.5) | (np.abs(ratio * 60 - 1) < 0.5)
    absurd = _yes((tugas["satuan_waktu"] == "jam") & (tugas["norma_waktu"] > 1250))
    mixed = (near & (count >= 3).fillna(False).to_numpy(dtype=bool)) | absurd
    faults = fault_at(raw["tugas"], mixed, "mixed_time", "norma_waktu", "warning")
    people = tugas["volume"] * minutes / MINUTES
    return faults + fault_at(raw["tugas"], _yes(people > ABSURD_PEOPLE) & ~mixed, "absurd_volume", "volume", "warning", most=int(ABSURD_PEOPLE))


def _check_skills(raw: Raw, tables: Typed) -> list[Fault]:
    """Names of skills that differ in upper and lower case only, and required skills that come near one that people hold."""
    names = {name: tables[name]["keahlian"] for name in ("keahlian", "syarat") if name in raw and len(tables[name])}
    if not names:
        return []
    spellings = pd.Series(pd.concat(list(names.values())).dropna().unique(), dtype=str)
    folded = spellings.str.casefold()
    first = spellings.groupby(folded).transform("first")
    other = {s: f for s, f in zip(spellings, first, strict=True) if s != f}
    faults: list[Fault] = []
    for name, column in names.items():
        mask = column.isin(list(other)).to_numpy()
        near = ", ".join(dict.fromkeys(other[v] for v in column[mask].unique()[:5]))
        faults += fault_at(raw[name], mask, "skill_by_case", "keahlian", near=near)
    if len(names) == 2:
        held = names["keahlian"].dropna().unique().tolist()
        held_folded = {h.casefold() for h in held}
        for wanted in names["syarat"].dropna().unique():
            near_ones = [] if wanted.casefold() in held_folded else difflib.get_close_matches(wanted, held[:500], 1, 0.88)
            if near_ones:
                mask = (names["syarat"] == wanted).to_numpy(dtype=bool)
                faults += fault_at(raw["syarat"], mask, "skill_nobody", "keahlian", "warning", near=near_ones[0])
    return faults


def _check_moves(raw: Raw, tables: Typed) -> list[Fault]:
    if "riwayat" not in raw or not len(tables["riwayat"]):
        return []
    moves = tables["riwayat"]
    born = moves["pegawai_id"].map(_by_person(tables["pegawai"], "tanggal_lahir"))
    faults = fault_at(raw["riwayat"], _yes(moves["tanggal"] <= born), "move_before_birth", "tanggal")
    same = (moves["unit_asal"] == moves["unit_tujuan"]) & (moves["jabatan_asal"] == moves["jabatan_tujuan"]) & moves["jabatan_asal"].notna()
    faults += fault_at(raw["riwayat"], _yes(same), "move_nowhere", "unit_tujuan", "warning")
    again = moves.duplicated(["pegawai_id", "tanggal", "unit_tujuan"], keep="first").to_numpy() & moves["pegawai_id"].notna().to_numpy()
    return faults + fault_at(raw["riwayat"], again, "move_twice", "tanggal", "warning")


def _by_person(people: pd.DataFrame, column: str) -> pd.Series:
    values = people.set_index("pegawai_id")[column]
    return values[~values.index.duplicated() & values.index.notna()]


def _check_pairs(raw: Raw, tables: Typed) -> list[Fault]:
    faults: list[Fault] = []
    for name in ("konflik", "hubungan"):
        if name not in raw or not len(tables[name]):
            continue
        a, b = tables[name]["pegawai_a"], tables[name]["pegawai_b"]
        faults += fault_at(raw[name], _yes(a == b), "self_pair", "pegawai_b")
        if len(a):
            low, high = a.where(a <= b, b), b.where(a <= b, a)
            pair = low.str.cat(high, sep="\x1f")
            turned = pair.duplicated(keep="first") & ~(a.str.cat(b, sep="\x1f")).duplicated(keep="first") & (a != b)
            faults += fault_at(raw[name], _yes(turned), "pair_turned", "pegawai_b", "warning")
    return faults


def _check_wishes(raw: Raw, tables: Typed) -> list[Fault]:
    if "preferensi" not in raw or not len(tables["preferensi"]):
        return []
    wishes = tables["preferensi"]
    again = wishes.duplicated(["pegawai_id", "unit_id"], keep=False) & wishes[["pegawai_id", "unit_id"]].notna().all(axis=1)
    return fault_at(raw["preferensi"], _yes(again), "wish_twice", "unit_id", "warning")


def _check_decisions(raw: Raw, tables: Typed) -> list[Fault]:
    """An acceptance must say of which seat; a person cannot be both accepted and kept where they sit."""
    if "keputusan" not in raw or not len(tables["keputusan"]):
        return []
    made = tables["keputusan"]
    faults = fault_at(raw["keputusan"], _yes((made["putusan"] == "terima") & made["jabatan_id"].isna()), "decision_without_seat", "jabatan_id", "warning")
    own = made["pegawai_id"].map(_by_person(tables["pegawai"], "jabatan_id"))
    refused = _yes((made["putusan"] == "tolak") & (made["jabatan_id"] == own))
    return faults + fault_at(raw["keputusan"], refused, "decision_own_seat", "jabatan_id", "warning")


def _check_periods(raw: Raw, tables: Typed) -> list[Fault]:
    """A period such as 2025-2024 that ends before it begins."""
    if "hasil" not in raw or not len(tables["hasil"]):
        return []

    def reversed_(period: object) -> bool:
        found = re.fullmatch(r"(\d{4}(?:-\d{2}){0,2})\s*(?:/|–|sd|s\.d\.|s/d|to|-)\s*(\d{4}(?:-\d{2}){0,2})", str(period).strip())
        return found is not None and found.group(2) < found.group(1)[: len(found.group(2))]

    mask = tables["hasil"]["periode"].map(reversed_).to_numpy(dtype=bool)
    return fault_at(raw["hasil"], mask, "reversed_period", "periode")
