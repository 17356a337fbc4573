"""From the people of an export to rows of pegawai, jabatan and unit, with the codes a cycle already has."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import columns
from mutasi_toolkit.siasn import words
from mutasi_toolkit.siasn.export import Export, parameters

#: Columns of pegawai that an export fills; the others keep what the cycle has.
FROM_EXPORT = (
    "pegawai_id", "jabatan_id", "status", "golongan", "pendidikan", "bidang_ilmu", "tanggal_lahir", "tmt_jabatan", "tmt_cpns", "akhir_kontrak",
    "jenis_kelamin", "tugas_belajar",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Imported:
    """Rows for a cycle, as text.

    Attributes
    ----------
    unit, jabatan, pegawai : DataFrame
        With the columns of the schema; the rows of the cycle are among them.
    counts : dict of str to int
        people, new_units, new_seats, inactive (people left out), guessed (seats whose kind was guessed from the title).
    rows : ndarray of int
        Row in the export of each of the first rows of pegawai.
    """

    unit: pd.DataFrame
    jabatan: pd.DataFrame
    pegawai: pd.DataFrame
    counts: dict[str, int]
    rows: np.ndarray


def cycle_tables(export: Export, old: dict[str, pd.DataFrame] | None = None, partial: bool = False) -> Imported:
    """Rows of unit, jabatan and pegawai.

    Units are told apart by the names on their path, seat classes by unit and title; those that the cycle already has keep their
    codes, new ones are numbered on. A person keeps the columns that an export does not hold (ratings, talent box, discipline, ...).

    Parameters
    ----------
    export : Export
        People as exported.
    old : dict of str to DataFrame, optional
        Tables unit, jabatan and pegawai of the cycle so far, as text.
    partial : bool
        Whether people of the cycle who are not in the export stay (an export of one office) or go.

    Raises
    ------
    InputError
        When people have no unit or no job.
    """
    old = old or {}
    people = export.cells.fillna("").reindex(columns=sorted({*export.cells.columns, *_FIELDS}), fill_value="")
    gone = people["kedudukan"].str.lower().str.contains("|".join(map(re.escape, parameters()["tidak_aktif"]["values"])))
    rows = export.rows[~gone.to_numpy(dtype=bool)]
    people = people[~gone].reset_index(drop=True)
    people["path"] = [unit_path(u, i, r) for u, i, r in zip(people["unor"], people["unor_induk"], people["instansi"], strict=True)]
    _nothing_empty(people, rows, export.place)
    unit, code_of = _units(people["path"], old.get("unit"))
    people["unit_id"] = people["path"].map(code_of)
    jabatan, guessed, new_seats = _seats(people, old.get("jabatan"))
    seat_of = {(u, _folded(n)): j for u, n, j in zip(jabatan["unit_id"], jabatan["nama"], jabatan["jabatan_id"], strict=True)}
    people["jabatan_id"] = [seat_of[u, _folded(n)] for u, n in zip(people["unit_id"], people["jabatan"], strict=True)]
    pegawai = _people(people, old.get("pegawai"), partial)
    counts = {
        "people": len(people), "inactive": int(gone.sum()), "guessed": guessed, "new_seats": new_seats,
        "new_units": len(unit) - len(old.get("unit", ())),
    }  # fmt: skip
    return Imported(unit, jabatan, pegawai, counts, rows)


def _nothing_empty(people: pd.DataFrame, rows: np.ndarray, place: str) -> None:
    """Refuse people without unit or job: they could be seated nowhere."""
    for field, name in (("path", "UNOR NAMA"), ("jabatan", "JABATAN NAMA")):
        empty = np.flatnonzero([not value for value in people[field]])
        if len(empty):
            shown = ", ".join(str(int(rows[i])) for i in empty[:5])
            raise InputError(text("siasn.empty", file=place, rows=shown, n=len(empty), column=name))


_FIELDS = (
    "nip", "tanggal_lahir", "jenis_kelamin", "jenis_pegawai", "jenis_pppk", "kedudukan", "status", "tmt_cpns", "golongan", "jenis_jabatan", "jabatan",
    "tmt_jabatan", "pendidikan", "bidang_ilmu", "unor", "unor_induk", "instansi", "eselon", "akhir_kontrak",
)  # fmt: skip


def _folded(name: str) -> str:
    return " ".join(re.sub(r"[^0-9a-z]+", " ", name.casefold()).split())


def unit_path(unor: str, parent: str, root: str) -> tuple[str, ...]:
    """Names from the top unit down to the unit itself.

    UNOR NAMA may hold the whole path, its parts split by ' / ' or '/', from below or from above; the end that names an OPD is the upper one.

    Examples
    --------
    >>> unit_path("Seksi Gizi/Bidang Kesmas/Dinas Kesehatan", "", "Pemerintah Kota Contoh")
    ('Pemerintah Kota Contoh', 'Dinas Kesehatan', 'Bidang Kesmas', 'Seksi Gizi')
    >>> unit_path("Bidang Kesmas", "Dinas Kesehatan", "")
    ('Dinas Kesehatan', 'Bidang Kesmas')
    """
    parts = [" ".join(p.split()) for p in re.split(r"\s*/\s*", unor) if p.strip()]
    if len(parts) > 1 and _is_upper(parts[-1]) and not _is_upper(parts[0]):
        parts.reverse()
    upper = [" ".join(p.split()) for p in (root, parent) if p.strip()]
    path: list[str] = []
    for name in [*upper, *parts]:
        if _folded(name) not in {_folded(p) for p in path}:
            path.append(name)
    return tuple(path)


def _is_upper(name: str) -> bool:
    kind = words.first_match("jenis_unit", name)
    return kind in {"dinas", "badan", "inspektorat", "sekretariat", "satuan", "kantor", "kecamatan", "pemkot", "pemkab", "pemprov", "kementerian"}


def _units(paths: pd.Series, old: pd.DataFrame | None) -> tuple[pd.DataFrame, dict[tuple[str, ...], str]]:
    """The table unit with all units on the paths, and the code of each path."""
    rows = [] if old is None else old.to_dict("records")
    known = _old_paths(rows)
    number = max([int(m.group(1)) for r in rows if (m := re.fullmatch(r"U(\d+)", str(r["unit_id"])))], default=0)
    whole = sorted({path[: k + 1] for path in set(paths) for k in range(len(path))}, key=lambda p: (len(p), p))
    code_of: dict[tuple[str, ...], str] = {}
    for path in whole:
        folded = tuple(_folded(p) for p in path)
        if folded not in known:
            number += 1
            known[folded] = f"U{number:04d}"
            kind = words.first_match("jenis_unit", path[-1]) or ("pemda" if len(path) == 1 else "unit")
            parent = code_of[path[:-1]] if len(path) > 1 else ""
            rows.append({"unit_id": known[folded], "nama": path[-1], "induk_id": parent, "jenis": kind})
        code_of[path] = known[folded]
    return pd.DataFrame(rows).fillna("").reindex(columns=list(columns("unit")), fill_value=""), code_of


def _old_paths(rows: list[dict[str, str]]) -> dict[tuple[str, ...], str]:
    by_code = {r["unit_id"]: r for r in rows}
    out = {}
    for code in by_code:
        path: list[str] = []
        at = code
        while at in by_code and len(path) < 64:
            path.insert(0, _folded(by_code[at]["nama"]))
            at = by_code[at].get("induk_id") or ""
        out[tuple(path)] = code
    return out


def _seats(people: pd.DataFrame, old: pd.DataFrame | None) -> tuple[pd.DataFrame, int, int]:
    rows = [] if old is None else old.to_dict("records")
    known = {(r["unit_id"], _folded(r["nama"])) for r in rows}
    number: dict[str, int] = {}
    for r in rows:
        found = re.fullmatch(re.escape(r["unit_id"]) + r"-(\d+)", r["jabatan_id"])
        number[r["unit_id"]] = max(number.get(r["unit_id"], 0), int(found.group(1)) if found else 0)
    guessed, before = 0, len(rows)
    for line in people.sort_values(["unit_id", "jabatan"], kind="stable").to_dict("records"):
        key = (line["unit_id"], _folded(line["jabatan"]))
        if key in known:
            continue
        known.add(key)
        number[key[0]] = number.get(key[0], 0) + 1
        rank = words.eselon(line["eselon"])
        kind, guess = words.kind_of_job(line["jenis_jabatan"], line["jabatan"], rank)
        guessed += guess
        level = words.level(line["jabatan"]) if kind == "fungsional" else ""
        rows.append(
            {"jabatan_id": f"{key[0]}-{number[key[0]]:02d}", "unit_id": key[0], "nama": line["jabatan"], "jenis": kind, "eselon": rank, "jenjang": level}
        )
    return pd.DataFrame(rows).fillna("").reindex(columns=list(columns("jabatan")), fill_value=""), guessed, len(rows) - before


def _people(people: pd.DataFrame, old: pd.DataFrame | None, partial: bool) -> pd.DataFrame:
    grade = people["golongan"].map(words.golongan)
    kind = (people["jenis_pegawai"] + " " + people["jenis_pppk"]).str.strip()
    told = [words.status(*x) for x in zip(kind, people["kedudukan"], people["status"], grade, strict=True)]
    new = pd.DataFrame(
        {
            "pegawai_id": people["nip"], "jabatan_id": people["jabatan_id"], "status": told, "golongan": grade,
            "pendidikan": [words.first_match("pendidikan", w) or w for w in people["pendidikan"]], "bidang_ilmu": people["bidang_ilmu"],
            "tanggal_lahir": people["tanggal_lahir"], "tmt_jabatan": people["tmt_jabatan"], "tmt_cpns": people["tmt_cpns"],
            "akhir_kontrak": people["akhir_kontrak"], "jenis_kelamin": people["jenis_kelamin"].map(words.sex),
            "tugas_belajar": people["kedudukan"].str.lower().str.contains("tugas belajar").map({True: "ya", False: ""}),
        }
    )  # fmt: skip
    whole = new.fillna("").reindex(columns=list(columns("pegawai")), fill_value="")
    if old is None or not len(old):
        return whole
    before = old.drop_duplicates("pegawai_id").set_index("pegawai_id")
    for column in [c for c in columns("pegawai") if c not in FROM_EXPORT]:
        whole[column] = whole["pegawai_id"].map(before[column]).fillna("")
    moved = whole["jabatan_id"] != whole["pegawai_id"].map(before["jabatan_id"])
    whole.loc[moved & whole["pegawai_id"].isin(before.index), "tmt_unit"] = ""
    stays = old[~old["pegawai_id"].isin(whole["pegawai_id"])]
    return pd.concat([whole, stays], ignore_index=True) if partial and len(stays) else whole
