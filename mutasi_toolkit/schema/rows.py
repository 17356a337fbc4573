"""Where a table begins in its sheet, and the rows that are no entries: a second header, numbering, totals."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import attributes, columns
from mutasi_toolkit.schema.faults import MAX_EXAMPLES, Fault

#: Rows among which the header is looked for.
LOOK_AT = 30
_TOTAL = re.compile(r"(sub\s*|grand\s*)?(total|jumlah)(\s+(keseluruhan|seluruhnya|semua|total|pegawai|akhir))?\s*:?", re.IGNORECASE)
_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")


def heading(cell: Any, known: tuple[str, ...]) -> str:
    """Name of a column as the schema writes it, where upper case, blanks or marks alone keep it apart.

    Examples
    --------
    >>> heading(" Pegawai ID ", ("pegawai_id",))
    'pegawai_id'
    """
    plain = _INVISIBLE.sub("", "" if cell is None or cell != cell else str(cell)).replace("\u00a0", " ").strip().lower()
    joined = re.sub(r"[\s\-.]+", "_", plain)
    return joined if joined in known else plain


def find_header(name: str, first_rows: list[list[Any]]) -> int:
    """Which of the first rows holds most names of columns of table `name`; the first with content where none does."""
    known = columns(name)
    scores = [len({heading(c, known) for c in row} & set(known)) for row in first_rows[:LOOK_AT]]
    if scores and max(scores) > 0:
        return scores.index(max(scores))
    return next((i for i, row in enumerate(first_rows) if any(str(c).strip() for c in row)), 0)


def tidy(name: str, place: str, header: list[Any], body: pd.DataFrame, rows: np.ndarray) -> tuple[pd.DataFrame, np.ndarray, list[Fault]]:
    """Cells under the names of the schema without rows that are no entries, which are told.

    Parameters
    ----------
    name, place : str
        The table and where it lies.
    header : list
        Cells of the header row.
    body : DataFrame
        Cells below it, without blank rows.
    rows : ndarray of int
        Row of each as a spreadsheet shows it.
    """
    names = [heading(c, columns(name)) for c in header]
    faults: list[Fault] = []
    keep = [bool(n) for n in names]
    if not all(keep):
        nameless = [i for i, n in enumerate(names) if not n]
        filled = sum(bool((body.iloc[:, i].fillna("").astype(str).str.strip() != "").any()) for i in nameless)
        if filled:
            faults.append(Fault("unnamed_column", place, level="warning", details={"n": filled}))
    body = body.iloc[:, [i for i, k in enumerate(keep) if k]]
    body.columns = pd.Index([n for n in names if n], dtype=object)
    drop = np.zeros(len(body), dtype=bool)
    for kind, mask in (("second_header", _second_header(name, body)), ("numbering_row", _numbering(body)), ("total_row", _totals(body))):
        at = np.flatnonzero(mask & ~drop)
        if len(at):
            faults.append(Fault(kind, place, rows=tuple(int(r) for r in rows[at[:MAX_EXAMPLES]]), count=len(at)))
        drop |= mask
    return body[~drop].reset_index(drop=True), rows[~drop], faults


def _text(body: pd.DataFrame, at: int) -> pd.Series:
    return body.iloc[:, at].fillna("").astype(str).str.strip()


def _second_header(name: str, body: pd.DataFrame) -> np.ndarray:
    """Rows that repeat the names or the labels of the columns."""
    mask = np.zeros(len(body), dtype=bool)
    if not body.shape[1]:
        return mask
    labels = {a.name: {a.name, a.label_id.lower(), a.label_en.lower()} for a in attributes(name)}
    words = [labels.get(str(c), {str(c)}) for c in body.columns]
    candidates = np.flatnonzero(_text(body, 0).str.lower().isin(words[0]).to_numpy())
    for row in {*candidates[:1000].tolist(), *range(min(2, len(body)))}:
        cells = [str(c).strip().lower() for c in body.iloc[row]]
        same = sum(heading(c, (str(n),)) in w for c, w, n in zip(cells, words, body.columns, strict=True) if c)
        mask[row] = same >= 2 and 2 * same >= sum(bool(c) for c in cells)
    return mask


def _numbering(body: pd.DataFrame) -> np.ndarray:
    """A first row that only counts the columns: 1, 2, 3 or (1), (2), (3)."""
    mask = np.zeros(len(body), dtype=bool)
    for row in range(min(3, len(body))):
        cells = [str(c).strip().strip("()").removesuffix(".0") for c in body.iloc[row]]
        filled = [(i, c) for i, c in enumerate(cells, start=1) if c]
        mask[row] = len(filled) >= 3 and all(c == str(i) for i, c in filled)
    return mask


def _totals(body: pd.DataFrame) -> np.ndarray:
    mask = np.zeros(len(body), dtype=bool)
    for at in range(min(3, body.shape[1])):
        mask |= _text(body, at).map(lambda c: _TOTAL.fullmatch(c) is not None).to_numpy(dtype=bool)
    return mask
