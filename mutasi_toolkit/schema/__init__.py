"""The tables of a cycle as data: one CSV per table, from which checks, labels and documentation are built."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLES = (
    "unit",
    "jabatan",
    "pegawai",
    "tugas",
    "keahlian",
    "syarat",
    "riwayat",
    "hubungan",
    "konflik",
    "preferensi",
    "keputusan",
    "hasil",
    "paruh_waktu",
)
REQUIRED_TABLES = ("unit", "jabatan", "pegawai")

#: What makes a row unique; tables that are lists of events have no such key.
KEYS: dict[str, tuple[str, ...]] = {
    "unit": ("unit_id",),
    "jabatan": ("jabatan_id",),
    "pegawai": ("pegawai_id",),
    "tugas": ("jabatan_id", "uraian"),
    "keahlian": ("pegawai_id", "keahlian"),
    "syarat": ("jabatan_id", "keahlian"),
    "hubungan": ("pegawai_a", "pegawai_b"),
    "konflik": ("pegawai_a", "pegawai_b"),
    "preferensi": ("pegawai_id", "urutan"),
    "keputusan": ("pegawai_id",),
    "hasil": ("unit_id", "periode", "indikator"),
    "paruh_waktu": ("jabatan_id",),
}

GOLONGAN_PNS = tuple(f"{g}/{r}" for g, n in (("I", 4), ("II", 4), ("III", 4), ("IV", 5)) for r in "abcde"[:n])
GOLONGAN_PPPK = (
    "I", "II", "III", "IV", "V", "VI", "VII", "VIII", "IX", "X", "XI", "XII", "XIII", "XIV", "XV", "XVI", "XVII",
)
PENDIDIKAN = ("SD", "SMP", "SLTA", "D1", "D2", "D3", "D4", "S1", "S2", "S3")


@dataclass(frozen=True, slots=True)
class Attribute:
    """One column of one table, as its CSV row states it."""

    name: str
    type: str
    unit: str
    required: bool
    allowed: str
    label_id: str
    label_en: str

    @property
    def kind(self) -> str:
        """The type without its argument: id, ref, text, choice, golongan, number, int, flag or date."""
        return self.type.split(":")[0]

    @property
    def target(self) -> str:
        """The table a reference points into ('' for other types)."""
        return self.type.partition(":")[2]

    @property
    def choices(self) -> tuple[str, ...]:
        """Allowed words of a choice column."""
        return tuple(self.allowed.split("|")) if self.kind == "choice" else ()

    def label(self, language: str = "id") -> str:
        """What the column is called in reports."""
        return self.label_en if language == "en" else self.label_id


@cache
def attributes(table: str) -> tuple[Attribute, ...]:
    """Columns of `table` in order.

    Examples
    --------
    >>> [a.name for a in attributes("syarat")]
    ['jabatan_id', 'keahlian', 'tingkat']
    """
    path = Path(__file__).with_name(f"{table}.csv")
    with path.open(encoding="utf-8", newline="") as handle:
        return tuple(
            Attribute(r["attribute"], r["type"], r["unit"], r["required"] == "yes", r["allowed"], r["label_id"], r["label_en"])
            for r in csv.DictReader(handle)
        )


@cache
def columns(table: str) -> tuple[str, ...]:
    """Names of all columns of `table`, in order."""
    return tuple(a.name for a in attributes(table))
