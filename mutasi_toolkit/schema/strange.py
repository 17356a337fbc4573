"""Characters that look right and are not: marks nobody sees, letters of another alphabet, errors and formulas as text."""

from __future__ import annotations

import re
import unicodedata

import numpy as np
import pandas as pd

#: What spreadsheets write into a cell that could not be computed.
ERROR_VALUES = frozenset({"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!", "#GETTING_DATA", "#####"})
_SUSPECT = r"[^\x20-\x7e]|^ *[=#]"
_MARKS = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f]")
_BROKEN_TEXT = re.compile("\ufffd|Ã[\u0080-\u00bf]|â€")
_OTHER_SCRIPTS = ("CYRILLIC", "GREEK", "FULLWIDTH", "ARMENIAN", "MATHEMATICAL")
#: Kinds of column whose cells are compared letter by letter.
COMPARED = frozenset({"id", "ref", "choice", "golongan", "number", "int", "flag", "date"})


def strange_cells(cells: pd.Series, kind: str) -> dict[str, np.ndarray]:
    """Which cells are strange, by what is strange about them.

    Parameters
    ----------
    cells : Series
        Cells as text.
    kind : str
        Kind of the column's attribute; letters of another alphabet and formulas matter where cells are compared or computed.

    Returns
    -------
    dict of str to ndarray of bool
        error_value, control, lookalike, formula_text: not to be used; hidden_marks, broken_text: to be told.

    Examples
    --------
    >>> {k: v.tolist() for k, v in strange_cells(pd.Series(["U1", "U\u200b2", "\u0410B"]), "id").items()}
    {'hidden_marks': [False, True, False], 'lookalike': [False, False, True]}
    """
    if _nothing_in(cells, ("|=", "|#", "| ")):
        return {}
    suspect = np.flatnonzero(cells.str.contains(_SUSPECT, regex=True).to_numpy(dtype=bool))
    found: dict[str, np.ndarray] = {}
    for at in suspect:
        for what in _what(cells.iloc[at].strip(), kind in COMPARED):
            found.setdefault(what, np.zeros(len(cells), dtype=bool))[at] = True
    return dict(sorted(found.items()))


def _nothing_in(cells: pd.Series, looked_for: tuple[str, ...]) -> bool:
    """Whether all cells are plain ASCII without control characters and nothing looked for stands in them; '|' marks their ends.

    One pass over the joined text, many times faster than a search in every cell.
    """
    joined = "|".join(["", *cells.tolist(), ""])
    return joined.isascii() and joined.isprintable() and not any(part in joined for part in looked_for)


def _what(cell: str, compared: bool) -> list[str]:
    if cell.upper() in ERROR_VALUES:
        return ["error_value"]
    out = []
    if _CONTROL.search(cell):
        out.append("control")
    if compared and cell.startswith("="):
        out.append("formula_text")
    if _MARKS.search(cell):
        out.append("hidden_marks")
    if _BROKEN_TEXT.search(cell):
        out.append("broken_text")
    if (compared or any(c.isascii() and c.isalpha() for c in cell)) and _other_script(cell):
        out.append("lookalike")
    return out


def _other_script(cell: str) -> bool:
    return any(unicodedata.name(c, "").startswith(_OTHER_SCRIPTS) for c in cell if not c.isascii())


def clean(cells: pd.Series) -> pd.Series:
    """Cells without marks nobody sees, with single blanks, trimmed."""
    if _nothing_in(cells, ("  ", "| ", " |")):
        return cells
    untidy = cells.str.contains(r"[^\x20-\x7e]|  |^ | $", regex=True).to_numpy(dtype=bool)
    if not untidy.any():
        return cells
    cells = cells.copy()
    cells[untidy] = [" ".join(_MARKS.sub("", c).replace("\u00a0", " ").split()) for c in cells[untidy]]
    return cells


def shown(cell: str, most: int = 60) -> str:
    r"""A cell as it may stand in a message: on one line, without control characters, cut to `most` letters.

    Examples
    --------
    >>> shown("a\x00b\n" + "c" * 9, 8)
    'a␀b cccc…'
    """
    plain = "".join(chr(0x2400 + ord(c)) if ord(c) < 32 and c not in "\n\t\r" else c for c in cell)
    plain = " ".join(_MARKS.sub("⍰", plain).split())
    return plain if len(plain) <= most else plain[:most] + "…"
