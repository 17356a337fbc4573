"""What a person reads, in Indonesian and English: one YAML catalogue per language and domain.

A message key is `domain.name`; `locale/id/domain.yaml` and `locale/en/domain.yaml` hold the same names.
"""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import yaml

LANGUAGES = ("id", "en")
_HERE = Path(__file__).resolve().parent


@cache
def catalogue(language: str, domain: str) -> dict[str, str]:
    """All messages of one domain in one language, by name."""
    path = _HERE / language / f"{domain}.yaml"
    return yaml.safe_load(path.read_text(encoding="utf-8")) or {}


def text(key: str, language: str = "id", /, **values: object) -> str:
    """Message `key` in `language`, with `{name}` places filled from `values`.

    Parameters
    ----------
    key : str
        `domain.name`, for example 'schema.missing_table'.
    language : str
        'id' or 'en'.
    **values
        What the message's places are filled with.

    Raises
    ------
    KeyError
        When the catalogue has no such message: a fault of the program, never of the user.

    Examples
    --------
    >>> text("common.yes", "en")
    'yes'
    """
    domain, name = key.split(".", 1)
    return catalogue(language, domain)[name].format(**values)


def number(value: float, digits: int = 0, language: str = "id") -> str:
    """Format a number with the language's own decimal and thousands marks.

    Special cases: nan gives an en dash.

    Examples
    --------
    >>> number(1234.5, 1, "id"), number(1234.5, 1, "en")
    ('1.234,5', '1,234.5')
    """
    if value != value:
        return "–"
    plain = f"{value:,.{digits}f}"
    if plain.startswith("-") and not plain.strip("-0.,"):
        plain = plain[1:]
    return plain if language == "en" else plain.translate(str.maketrans(",.", ".,"))


def percent(share: float, digits: int = 0, language: str = "id") -> str:
    """Format a share in [0, 1] as percent.

    Examples
    --------
    >>> percent(0.456, 1, "id")
    '45,6%'
    """
    return number(100 * share, digits, language) + ("" if share != share else "%")


def long_date(day: date, language: str = "id") -> str:
    """Format a date in words.

    Examples
    --------
    >>> long_date(date(2026, 1, 31), "id")
    '31 Januari 2026'
    """
    months = text("common.months", language).split()
    return f"{day.day} {months[day.month - 1]} {day.year}"
