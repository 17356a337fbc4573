"""What can be generated, and how it is turned into a checked Cycle."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.cycle import Cycle, build_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.schema import attributes
from mutasi_toolkit.schema.faults import raise_if_errors
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.settings import build_settings
from mutasi_toolkit.synth.city import tables
from mutasi_toolkit.synth.facts import N_PNS, N_PPPK

PRESETS = ("pangkalpinang", "contoh", "kementerian", "nasional")
SEED = 2026
CITY = N_PNS + N_PPPK
#: Leaf units of the small example: a dinas that is short of staff, two that have some to spare, a kecamatan.
EXAMPLE_UNITS = (
    "O15", "O15S", "O15B1", "O15B2", "O21", "O21B1", "O21B2", "O16", "O16S", "O16B1", "O16B2", "O31", "O31P", "O31L02", "O31L04",
)  # fmt: skip
EXAMPLE_STAFF = 60
#: Moves of a round of a ministry per person: those of the city's round.
MOVES_PER_PERSON = 139 / CITY
DEFAULT_STAFF = {"kementerian": 30_000, "nasional": 5_000_000}
SETTINGS: dict[str, dict[str, Any]] = {
    "pangkalpinang": {"nama": "Kota Pangkalpinang", "anggaran": {"pindah": 139}},
    "contoh": {
        "nama": "Contoh (bagian kecil Kota Pangkalpinang)",
        "anggaran": {"pindah": 8},
        "sebaran": {"replikasi": 200},
    },
    "kementerian": {"nama": "Kementerian (sintetis)", "aturan": {"R37": {"satu_kantor": True}}},
    "nasional": {"nama": "Nasional (sintetis)"},
}


def generate(preset: str, seed: int = SEED, staff: int | None = None) -> Cycle:
    """Generate a synthetic cycle.

    Parameters
    ----------
    preset : str
        'pangkalpinang' (3,648 people), 'contoh' (60), 'kementerian' or 'nasional' (as many as `staff`).
    seed : int
        The same preset, seed and staff give the same cycle.
    staff : int, optional
        Number of people of a ministry (30,000) or a nation (5,000,000, which needs much memory at once:
        see `chunks`); rounded up to whole offices of 3,648. A ministry's round moves people within their office only (R37), and
        as many of a hundred as the city's round.

    Returns
    -------
    Cycle

    Raises
    ------
    InputError
        For an unknown preset, or a number of staff the preset does not take.

    Examples
    --------
    >>> len(generate("contoh").pegawai)
    60
    """
    if preset not in PRESETS:
        raise InputError(text("synth.preset_unknown", name=preset, known=", ".join(PRESETS)))
    if preset in {"pangkalpinang", "contoh"}:
        if staff is not None:
            raise InputError(text("synth.staff_fixed", name=preset))
        made = tables(seed)
        return _cycle(preset, made if preset == "pangkalpinang" else _example(made), seed)
    parts = list(chunks(preset, seed, staff))
    merged = {name: pd.concat([p[name] for p in parts], ignore_index=True) for name in parts[0]}
    merged["unit"] = merged["unit"].drop_duplicates("unit_id", ignore_index=True)
    return _cycle(preset, merged, seed)


def chunks(
    preset: str, seed: int = SEED, staff: int | None = None
) -> Iterator[dict[str, pd.DataFrame]]:
    """Offices of a ministry or a nation one after the other, each shaped like the city with its own draws.

    Eight offices are drawn and then repeated under new codes, so that memory holds one office at a time.

    Yields
    ------
    dict of str to DataFrame
        Tables of one office; codes begin with the office's number.
    """
    wanted = staff if staff is not None else DEFAULT_STAFF.get(preset, CITY)
    if wanted < 1:
        raise InputError(text("synth.staff_few", n=wanted))
    drawn: dict[int, dict[str, pd.DataFrame]] = {}
    for k in range(-(-wanted // CITY)):
        variant = k % 8
        if variant not in drawn:
            drawn[variant] = tables(seed + variant)
        yield _renamed(drawn[variant], k)


def _renamed(made: dict[str, pd.DataFrame], office: int) -> dict[str, pd.DataFrame]:
    head = f"{office:04d}."
    out = {}
    for name, frame in made.items():
        frame = frame.copy()
        for a in attributes(name):
            if a.kind in {"id", "ref"} and a.name in frame:
                filled = frame[a.name] != ""
                frame.loc[filled, a.name] = head + frame.loc[filled, a.name].astype(str)
        out[name] = frame
    root = out["unit"]["jenis"] == "pemkot"
    out["unit"].loc[root, "nama"] = out["unit"].loc[root, "nama"] + f" {office + 1}"
    return out


def _example(made: dict[str, pd.DataFrame]) -> dict[str, pd.DataFrame]:
    """Sixty people of four OPDs of the city, with their seats and the vacancies beside them."""
    staff = made["pegawai"]
    mine = staff[staff["unit_id"].isin(EXAMPLE_UNITS)].assign(
        order=lambda f: (
            f["jenis"].map({"jpt": 0, "administrator": 1, "pengawas": 2, "fungsional": 3}).fillna(4)
        )
    )
    mine = mine.sort_values(["order", "pegawai_id"], kind="stable").head(EXAMPLE_STAFF)
    units = {*EXAMPLE_UNITS, "K00"}
    jabatan = made["jabatan"]
    vacant = jabatan["unit_id"].isin(units) & (jabatan["ada"] == 0)
    seats = set(mine["jabatan_id"]) | set(jabatan.loc[vacant, "jabatan_id"])
    people = set(mine["pegawai_id"])
    keep: dict[str, pd.DataFrame] = {}
    for name, frame in made.items():
        mask = np.ones(len(frame), dtype=bool)
        for a in attributes(name):
            allowed = {"unit": units, "jabatan": seats, "pegawai": people}.get(a.target or name)
            if (
                allowed is not None
                and a.name in frame
                and (a.kind == "id" or (a.kind == "ref" and a.name != "induk_id"))
            ):
                mask &= frame[a.name].isin(allowed).to_numpy()
        keep[name] = frame[mask].reset_index(drop=True)
    ids = sorted(people)
    keep["konflik"] = pd.DataFrame(
        {"pegawai_a": [ids[3]], "pegawai_b": [ids[-4]], "alasan": ["suami istri"]}
    )
    return keep


def _cycle(preset: str, made: dict[str, pd.DataFrame], seed: int) -> Cycle:
    settings = {
        "siklus": "2026",
        "sintetis": True,
        "tanggal": "2026-01-31",
        "seed": seed,
        "jendela": {"pelantikan": "2025-10-15"},
        **SETTINGS[preset],
    }
    if preset == "kementerian":
        settings["anggaran"] = {"pindah": round(len(made["pegawai"]) * MOVES_PER_PERSON)}
    raw = {name: _raw(name, frame) for name, frame in made.items() if len(frame)}
    cycle, faults = build_cycle(raw, build_settings(settings, preset), preset)
    raise_if_errors(faults)
    assert cycle is not None
    return cycle


def _raw(name: str, frame: pd.DataFrame) -> RawTable:
    columns = [a.name for a in attributes(name) if a.name in frame]
    cells = pd.read_csv(
        StringIO(frame[columns].to_csv(index=False)), dtype=str, keep_default_na=False
    )
    return RawTable(name, f"{name}.csv", cells, np.arange(2, 2 + len(cells)))


def write(preset: str, folder: Path | str, seed: int = SEED, staff: int | None = None) -> None:
    """Generate a synthetic cycle and write it to `folder`; a nation is written office by office."""
    folder = Path(folder)
    if preset != "nasional":
        generate(preset, seed, staff).write(folder)
        return
    folder.mkdir(parents=True, exist_ok=True)
    for k, part in enumerate(chunks(preset, seed, staff)):
        if k == 0:
            _cycle(preset, part, seed).write(folder)
            continue
        for name, frame in part.items():
            columns = (folder / f"{name}.csv").open(encoding="utf-8").readline().strip().split(",")
            table = frame.reindex(columns=columns)
            table.to_csv(
                folder / f"{name}.csv", mode="a", header=False, index=False, lineterminator="\n"
            )
