"""The folder that an import goes into: its tables as text, from CSV files or a workbook, and back."""

from __future__ import annotations

import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import LANGUAGES, text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

#: Tables that an import writes whatever the folder held.
WHOLE = ("unit", "jabatan", "pegawai")


def workbook_in(into: Path) -> Path | None:
    """The one workbook of a folder without CSV tables; None where there is none.

    Raises
    ------
    InputError
        When there are several.
    """
    from mutasi_toolkit.schema import TABLES

    if not into.is_dir() or any((into / f"{t}.csv").is_file() for t in TABLES):
        return None
    books = sorted(p for p in into.glob("*.xlsx") if not p.name.startswith("~$"))
    if len(books) > 1:
        raise InputError(text("siasn.many_books", place=str(into)))
    return books[0] if books else None


def old_tables(into: Path, language: str) -> dict[str, pd.DataFrame]:
    """Tables of the folder as text; a workbook that still holds the example rows counts as empty."""
    from mutasi_toolkit.schema import TABLES, columns
    from mutasi_toolkit.schema.read import read_csv_text

    book = workbook_in(into)
    if book is not None:
        frames = _from_workbook(book, language)
    else:
        found = {name: into / f"{name}.csv" for name in TABLES if (into / f"{name}.csv").is_file()}
        frames = {name: read_csv_text(place, language) for name, place in found.items()}
    return {n: f.fillna("").reindex(columns=[c for c in columns(n) if c in f or n in WHOLE], fill_value="") for n, f in frames.items()}


def _from_workbook(book: Path, language: str) -> dict[str, pd.DataFrame]:
    from mutasi_toolkit.schema import TABLES
    from mutasi_toolkit.schema.faults import raise_if_errors
    from mutasi_toolkit.schema.guard import open_workbook
    from mutasi_toolkit.schema.parse import as_text
    from mutasi_toolkit.schema.read import read_workbook
    from mutasi_toolkit.schema.template import example_rows

    ours = {*TABLES, *[text(f"template.{s}", lang) for s in ("guide_sheet", "columns_sheet") for lang in LANGUAGES]}
    others = [s for s in open_workbook(book, language).sheet_names if s.strip().lower() not in ours]
    if others:
        raise InputError(text("siasn.other_sheets", language, place=str(book), names=", ".join(others[:5])))
    raw, faults = read_workbook(book, language)
    raise_if_errors(faults, language)
    frames = {name: table.cells.apply(as_text) for name, table in raw.items() if len(table.cells)}
    example = {row["pegawai_id"] for row in example_rows("pegawai")}
    if "pegawai" in frames and set(frames["pegawai"].get("pegawai_id", ())) <= example:
        return {}
    return frames


def write_tables(tables: dict[str, pd.DataFrame], into: Path, day: str, language: str, source: tuple[str, np.ndarray] | None = None) -> bool:
    """Check the tables, then write each file whole; nothing is written where one of them has an error.

    Parameters
    ----------
    tables : dict of str to DataFrame
        As text.
    into : Path
        Folder of the cycle; where it holds a workbook and no CSV, the workbook is written.
    day : str
        As-of date of a new cycle, '' for today.
    language : str
        Language of messages.
    source : tuple, optional
        File and rows that the first rows of pegawai come from, for the messages.

    Returns
    -------
    bool
        Whether cycle.yaml called the cycle synthetic and no longer does.
    """
    import numpy as np

    from mutasi_toolkit.cycle import build_cycle
    from mutasi_toolkit.schema.faults import raise_if_errors
    from mutasi_toolkit.schema.read import RawTable
    from mutasi_toolkit.schema.template import write_template
    from mutasi_toolkit.settings import build_settings, load_settings

    own = into / "cycle.yaml"
    try:
        date = datetime.date.fromisoformat(day) if day else datetime.date.today()
    except ValueError as error:
        raise InputError(text("cli.bad_date", language, given=day)) from error
    settings = load_settings(own, language=language) if own.is_file() else build_settings({"tanggal": date}, "cycle.yaml", language)
    real = tables["pegawai"]["pegawai_id"].str.fullmatch(r"\d{18}") & ~tables["pegawai"]["pegawai_id"].str.endswith("000")
    unmask = settings.sintetis and own.is_file() and bool(real.any())
    if unmask:
        settings = build_settings(settings.as_dict() | {"sintetis": False}, own.name, language)
    raw = {n: RawTable(n, f"{n}.csv", f.astype(str).reset_index(drop=True), np.arange(2, len(f) + 2)) for n, f in tables.items()}
    if source:
        rows = np.concatenate([source[1], raw["pegawai"].rows[len(source[1]) :]])
        raw["pegawai"] = RawTable("pegawai", source[0], raw["pegawai"].cells, rows)
    _, faults = build_cycle(raw, settings, into.name)
    raise_if_errors(faults, language)
    into.mkdir(parents=True, exist_ok=True, mode=0o700)
    book = workbook_in(into)
    if book is not None:
        part = book.with_name(f".{book.name}.part")
        write_template(part, language, {n: _dated(n, f).to_dict("records") for n, f in tables.items()})
        part.replace(book)
    else:
        for name, frame in tables.items():
            _put(into / f"{name}.csv", frame[_filled(name, frame)].to_csv(index=False, lineterminator="\n"))
    if not own.is_file():
        _put(own, f"nama: {into.name}\ntanggal: {settings.tanggal}\n")
    elif unmask:
        lines = own.read_text(encoding="utf-8-sig").splitlines(keepends=True)
        _put(own, "".join("sintetis: false\n" if line.startswith("sintetis:") else line for line in lines))
    return unmask


def _put(path: Path, content: str) -> None:
    part = path.with_name(f".{path.name}.part")
    part.write_text(content, encoding="utf-8")
    part.replace(path)


def _dated(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """The table with its dates as 2024-12-31, which a workbook takes as dates."""
    from mutasi_toolkit.schema import attributes
    from mutasi_toolkit.schema.parse import parse

    out = frame.astype(str).copy()
    for attribute in attributes(name):
        if attribute.kind == "date" and attribute.name in out:
            out[attribute.name] = parse(attribute, out[attribute.name]).values.dt.strftime("%Y-%m-%d").fillna("")
    return out


def _filled(name: str, frame: pd.DataFrame) -> list[str]:
    from mutasi_toolkit.schema import attributes

    required = {a.name for a in attributes(name) if a.required}
    return [c for c in frame if (frame[c].astype(str) != "").any() or c in required]
