"""Single sentences about results, in the reader's language."""

from __future__ import annotations

from typing import Any

from mutasi_toolkit.locale import number, text


def count(what: str, n: int, language: str = "id") -> str:
    """Say how many there are of something.

    Examples
    --------
    >>> count("pemegang_tunggal", 3, "en")
    '3 sole holders of a skill'
    """
    return text(f"report.count_{what}", language, n=number(n, 0, language))


def verdict(check: Any, language: str = "id") -> str:
    """Say what the independent check of a plan found.

    Parameters
    ----------
    check : Verification
        What `assignment.verify` gave: `.ok`, `.violations`, `.bound`.
    language : str
        'id' or 'en'.
    """
    if check.ok:
        return text("report.verified", language, bound=number(float(check.bound), 3, language))
    lines = [text("report.not_verified", language, n=len(check.violations))]
    return "\n".join([*lines, *(f"- {v}" for v in check.violations)])
