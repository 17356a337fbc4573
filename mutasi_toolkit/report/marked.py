"""The workbook as it comes back: decisions marked in usulan.xlsx, as rows of the table keputusan."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import LANGUAGES, text
from mutasi_toolkit.report.labels import label
from mutasi_toolkit.schema import columns
from mutasi_toolkit.schema.guard import open_workbook

#: Sheets on which decisions may be marked.
SHEETS = ("usulan", "putusan")
#: Column of those sheets -> column of the table keputusan.
READS = {
    "pegawai_id": "pegawai_id", "jabatan_tujuan": "jabatan_id", "jabatan_id": "jabatan_id", "putusan": "putusan",
    "alasan_putusan": "alasan", "oleh": "oleh", "tanggal_putusan": "tanggal",
}  # fmt: skip


def read_marked(path: Path, language: str = "id") -> pd.DataFrame:
    """Decisions marked in a workbook of a run.

    Parameters
    ----------
    path : Path
        usulan.xlsx, in either language.
    language : str
        Language of the messages.

    Returns
    -------
    DataFrame
        Text cells with the columns of the table keputusan; one row per marked person. No rows where nothing is marked.

    Raises
    ------
    InputError
        When the file is no such workbook, or a person is marked twice.
    """
    book = open_workbook(path, language)
    rows = [row for name in SHEETS for row in _sheet(book, name)]
    opinion = _opinion(book)
    frame = pd.DataFrame(rows, columns=list(columns("keputusan")), dtype=str).fillna("")
    marked = frame[frame["putusan"] != ""].reset_index(drop=True)
    for column, said in opinion.items():
        marked[column] = marked[column].where(marked[column] != "", said)
    twice = marked.loc[marked["pegawai_id"].duplicated(), "pegawai_id"]
    if len(twice):
        raise InputError(text("report.marked_twice", language, file=path.name, who=", ".join(twice.unique()[:5])))
    return marked


def _sheet(book: Any, name: str) -> list[dict[str, str]]:
    titles = {text(f"workbook.{name}", language) for language in LANGUAGES}
    found = next((s for s in book.sheet_names if s in titles), None)
    if found is None:
        return []
    rows = book.get_sheet_by_name(found).to_python(skip_empty_area=False)
    known = {label(column, language): READS[column] for column in READS for language in LANGUAGES}
    at = next((i for i, row in enumerate(rows) if label("putusan", "id") in row or label("putusan", "en") in row), None)
    if at is None:
        return []
    heads = {known[h]: j for j, h in reversed(list(enumerate(rows[at]))) if h in known}
    found_rows = [{column: _cell(row[j]) for column, j in heads.items()} for row in rows[at + 1 :]]
    if name == "usulan":
        # On the proposal's own sheet kunci means: this person stays where he or she is.
        found_rows = [{**row, "jabatan_id": ""} if row["putusan"] == "kunci" else row for row in found_rows]
    return found_rows


def _opinion(book: Any) -> dict[str, str]:
    """Who gave the opinion of the tim penilai kinerja and when, as written on the sheet of the berita acara."""
    titles = {text("workbook.berita_acara", language) for language in LANGUAGES}
    found = next((s for s in book.sheet_names if s in titles), None)
    if found is None:
        return {}
    asked = {text(f"workbook.opinion_{key}", language): key for key in ("oleh", "tanggal") for language in LANGUAGES}
    rows = book.get_sheet_by_name(found).to_python(skip_empty_area=False)
    given = {asked[row[0]]: _cell(row[1]) for row in rows if len(row) > 1 and row[0] in asked}
    return {key: said for key, said in given.items() if said}


def _cell(value: Any) -> str:
    if isinstance(value, (datetime, date)):
        return f"{value:%Y-%m-%d}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value).strip()
