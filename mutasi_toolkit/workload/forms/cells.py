"""One cell of a form: its words, its number, and the unit of time written beside the number."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

#: Minutes in a unit of time as people write it.
TIME_WORDS = {"menit": "menit", "mnt": "menit", "jam": "jam"}
_INDONESIAN = re.compile(r"-?\d{1,3}(\.\d{3})+(,\d+)?|-?\d+,\d+|-?\d+")
_ENGLISH = re.compile(r"-?\d{1,3}(,\d{3})+\.\d+|-?\d+\.\d+")
_LEADING = re.compile(r"\s*(-?[\d.,]+)\s*(.*)", re.DOTALL)
_HOURS_MINUTES = re.compile(r"(\d+)\s*jam\s+(?:dan\s+)?(\d+)\s*(?:menit|mnt)", re.IGNORECASE)


def words(cell: Any) -> str:
    r"""A cell as one line of text, '' where empty.

    Examples
    --------
    >>> words("URAIAN\n  TUGAS "), words(12.0), words(None)
    ('URAIAN TUGAS', '12', '')
    """
    if cell is None or (isinstance(cell, float) and cell != cell):
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return " ".join(str(cell).replace("\u00a0", " ").split())


def plain(cell: Any) -> str:
    """A heading for comparison: lower case, no numbering, no punctuation but +/-, no unit of time in brackets.

    Examples
    --------
    >>> plain("2. WAKTU PENYELESAIAN (Menit)"), plain("+/-"), plain("RATA-RATA (5+6)/2")
    ('waktu penyelesaian', '+/-', 'rata rata')
    """
    text = words(cell).lower()
    if re.fullmatch(r"\+\s*/\s*[-–]|[-–]\s*/\s*\+", text):
        return "+/-"
    text = re.sub(r"^\(?\d{1,2}[.)]+\s*", "", text)
    text = re.sub(r"\([^)]*\)|/\s*\d+", " ", text)
    return " ".join(re.sub(r"[^a-z0-9]+", " ", text).split())


def time_unit(cell: Any) -> str:
    """'menit' or 'jam' when a heading or a cell names exactly one of them as a word, else ''.

    Examples
    --------
    >>> time_unit("Norma Waktu (MENIT)"), time_unit("jml waktu jam (3x7)/60"), time_unit("Waktu")
    ('menit', 'jam', '')
    """
    found = {TIME_WORDS[w] for w in re.findall(r"[a-z]+", words(cell).lower()) if w in TIME_WORDS}
    return found.pop() if len(found) == 1 else ""


def number(cell: Any) -> tuple[float | None, str]:
    """The number in a cell and what is written after it; None where there is none.

    Numbers typed as text may have a decimal comma ('12,5', '1.250,5') or a decimal point with or without commas ('12.5',
    '1,250.5'). A lone point before three digits is a thousands mark, as Indonesian offices write it ('1.250' is 1250).
    '1 jam 30 menit' is 90 menit.

    Examples
    --------
    >>> number("1.250,5"), number(" 12 laporan"), number("1.250"), number("0.5"), number("banyak")
    ((1250.5, ''), (12.0, 'laporan'), (1250.0, ''), (0.5, ''), (None, 'banyak'))
    >>> number("1 jam 30 menit")
    (90.0, 'menit')
    """
    if isinstance(cell, (bool, date)):
        return None, words(cell)
    if isinstance(cell, (int, float)):
        return (None, "") if cell != cell else (float(cell), "")
    text = words(cell)
    both = _HOURS_MINUTES.fullmatch(text)
    if both:
        return float(both[1]) * 60 + float(both[2]), "menit"
    found = _LEADING.fullmatch(text)
    if not found or not any(c.isdigit() for c in found[1]):
        return None, text
    digits = found[1].rstrip(".,") if found[2] else found[1]
    if _INDONESIAN.fullmatch(digits):
        return float(digits.replace(".", "").replace(",", ".")), found[2]
    if _ENGLISH.fullmatch(digits):
        return float(digits.replace(",", "")), found[2]
    return None, text
