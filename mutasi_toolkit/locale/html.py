"""A short HTML table of named values, for objects that show themselves in a notebook."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape


def facts(title: str, rows: Iterable[tuple[str, str]]) -> str:
    """A title and two columns, names on the left, values on the right; everything is escaped.

    Examples
    --------
    >>> facts("A & B", [("<n>", "1")])
    '<b>A &amp; B</b><table><tr><th style="text-align:left">&lt;n&gt;</th><td style="text-align:right">1</td></tr></table>'
    """
    cells = "".join(
        f'<tr><th style="text-align:left">{escape(str(name))}</th><td style="text-align:right">{escape(str(value))}</td></tr>' for name, value in rows
    )
    return f"<b>{escape(title)}</b><table>{cells}</table>"
