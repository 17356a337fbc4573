"""Single sentences about results, in the reader's language."""

from __future__ import annotations

from mutasi_toolkit.locale import number, text


def count(what: str, n: int, language: str = "id") -> str:
    """Say how many there are of something.

    Examples
    --------
    >>> count("pemegang_tunggal", 3, "en")
    '3 sole holders of a skill'
    """
    return text(f"report.count_{what}", language, n=number(n, 0, language))
