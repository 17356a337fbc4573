"""Finding the heading of a form's table and what each column holds; the names are data (data/parameters/formulir_abk.yaml)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml
from mutasi_toolkit.workload.forms.cells import number, plain, time_unit, words

Row = list[Any]
#: Rows that a heading may take.
DEEP = 3
#: What a table must have, one of these: tasks, staff per seat class or unit.
KINDS: dict[str, tuple[set[str], set[str]]] = {
    "tugas": ({"uraian"}, {"norma_waktu", "norma_minimal", "volume"}),
    "jabatan": ({"jabatan"}, {"beban", "kebutuhan", "ada"}),
    "unit": ({"unit"}, {"beban", "kebutuhan", "ada"}),
}


@cache
def form_parameters() -> dict[str, Any]:
    """Column names, labels and periods of data/parameters/formulir_abk.yaml."""
    return load_yaml(data_dir("parameters") / "formulir_abk.yaml")


@dataclass(frozen=True, slots=True)
class Heading:
    """A table's heading.

    Attributes
    ----------
    first, last : int
        Its rows, counted from 0.
    kind : str
        A name of KINDS.
    column : dict of str to int
        Where each field stands.
    unit : dict of str to str
        Unit of time that a field's heading names.
    """

    first: int
    last: int
    kind: str
    column: dict[str, int]
    unit: dict[str, str]


def field_of(heading: str, group: str = "kolom") -> str:
    """Field that a heading (or, with group 'judul', a label) names; '' when none.

    Examples
    --------
    >>> field_of("JUMLAH PEGAWAI YANG ADA SAAT INI"), field_of("Uraian Tugas"), field_of("Satuan Kerja", "judul")
    ('ada', 'uraian', 'satuan_kerja')
    """
    name = plain(heading)
    for field, patterns in form_parameters()[group].items():
        if any(re.search(p, name) for p in patterns):
            return str(field)
    return ""


def find_heading(rows: list[Row], at: int) -> Heading | None:
    """The heading that begins in row `at`, over as many rows as it takes; None where none begins."""
    if not sum(1 for c in rows[at] if field_of(words(c))) >= 2:
        return None
    best: Heading | None = None
    for deep in range(DEEP):
        end = at + deep
        if end >= len(rows) or (deep and not _continues(rows[end])):
            break
        found = _heading(rows, at, end)
        if found and (best is None or len(found.column) > len(best.column)):
            best = found
    return best


def _continues(row: Row) -> bool:
    """Whether a row may belong to the heading above it: words only, and none but headings."""
    filled = [c for c in row if words(c)]
    return bool(filled) and not is_counting(row) and all(number(c)[0] is None and field_of(words(c)) for c in filled)


def _heading(rows: list[Row], first: int, last: int) -> Heading | None:
    column: dict[str, int] = {}
    unit: dict[str, str] = {}
    for at in range(max(len(r) for r in rows[first : last + 1])):
        parts = [words(r[at]) for r in rows[first : last + 1] if at < len(r) and words(r[at])]
        joined = " ".join(dict.fromkeys(parts))
        field = field_of(joined)
        if field and field not in column:
            column[field], unit[field] = at, time_unit(joined)
    for kind, (all_of, any_of) in KINDS.items():
        if all_of <= set(column) and any_of & set(column):
            return Heading(first, last, kind, column, unit)
    return None


def is_counting(row: Row) -> bool:
    """Whether a row only counts the columns: 1 2 3 ..., (1) (2) ..., 6 = 4 x 5.

    Examples
    --------
    >>> is_counting([1.0, 2.0, 3.0, "", "4=2x3"]), is_counting([1.0, "Menyusun laporan", 12.0])
    (True, False)
    """
    filled = [words(c) for c in row if words(c)]
    return len(filled) >= 3 and all(re.fullmatch(r"\(?\d{1,2}\)?(\s*=.*)?|\(?\d{1,2}\s*[x:+/].*", c) for c in filled) and filled[0].strip("()") in {"1", "2"}


def labels_of(row: Row) -> dict[str, str]:
    """What a row above a table says: 'Nama Jabatan : Ajudan' in one cell, or label and value in cells of their own.

    Examples
    --------
    >>> labels_of(["1. NAMA JABATAN", "", ": Ajudan"])
    {'jabatan': 'Ajudan'}
    """
    filled = [(at, words(c)) for at, c in enumerate(row) if words(c) and words(c) != ":"]
    filled = [f for here, f in enumerate(filled) if here == 0 or filled[here - 1][1] != f[1]]
    out: dict[str, str] = {}
    for here, (_, cell) in enumerate(filled):
        label, colon, rest = cell.partition(":")
        field = field_of(label, "judul")
        if not field or field in out:
            continue
        following = filled[here + 1][1].lstrip(": ").strip() if here + 1 < len(filled) else ""
        value = rest.strip() if colon and rest.strip() else following
        if value and not field_of(value.partition(":")[0], "judul"):
            out[field] = value
    return out
