"""Tables that sort by a click on a column's name, in JupyterLab and in any page, without a network."""

from __future__ import annotations

from hashlib import sha256
from html import escape
from typing import Any

import pandas as pd

#: Sorts by the hidden number of a cell where it has one, else by its text; once up, once down.
_SCRIPT = (
    "document.querySelectorAll('#{id}:not([data-s])').forEach(t=>{{t.dataset.s=1;t.querySelectorAll('th button').forEach(b=>b.onclick=()=>{{"
    "const h=b.parentNode,i=h.cellIndex,d=h.ariaSort=='ascending'?-1:1,y=t.tBodies[0];t.querySelectorAll('th').forEach(x=>x.ariaSort='none');"
    "h.ariaSort=d>0?'ascending':'descending';const k=r=>r.cells[i].dataset.v??r.cells[i].textContent;[...y.rows].sort((p,q)=>{{const a=k(p),b=k(q);"
    "return(a===''?1:b===''?-1:d*(isNaN(a-b)?a.localeCompare(b):a-b))}}).forEach(r=>y.append(r))}})}})"
)
_STYLE = "#{id} th button{{all:unset;cursor:pointer;font-weight:bold}}#{id} th button:focus-visible{{outline:2px solid}}#{id} th[aria-sort=ascending] button::after{{content:' ▲'}}#{id} th[aria-sort=descending] button::after{{content:' ▼'}}#{id} td,#{id} tbody th{{vertical-align:top}}"
#: How a head looks where a page drops styles, as JupyterLab does for a notebook it does not trust yet.
_BARE = "border:0;padding:0;background-color:transparent;font-weight:bold;text-align:inherit"
#: A column with a text longer than this many characters is given room, so that its rows stay low.
WIDE = 60


class Shown(pd.DataFrame):
    """A table as `show` gives it: a DataFrame of text that sorts by click when a notebook displays it.

    Columns that were numbers sort as numbers, empty cells last. Without scripts it is a plain table.
    """

    _metadata = ["_numbers"]  # noqa: RUF012 - pandas reads this name
    _numbers: dict[str, list[Any]]

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        return sortable_html(self, getattr(self, "_numbers", {}))


def sortable_html(frame: pd.DataFrame, numbers: dict[str, list[Any]] | None = None) -> str:
    """A table as HTML with a few lines of script that sort it; equal tables give equal bytes.

    Parameters
    ----------
    frame : DataFrame
        Text cells, with the index as first column.
    numbers : dict of str to list
        Values by which a column sorts, where its text would sort wrongly.

    Returns
    -------
    str
        HTML without any reference outside itself; every text is escaped. A table without rows has a dash in their place.

    Examples
    --------
    >>> "&lt;b&gt;" in sortable_html(pd.DataFrame({"a": ["<b>"]}))
    True
    """
    numbers = numbers or {}
    sorts = len(frame) > 1
    wide = [bool(frame[c].astype(str).str.len().gt(WIDE).any()) for c in frame.columns]
    heads = "".join(_head(str(c), str(c) in numbers, sorts, room) for c, room in zip(frame.columns, wide, strict=True))
    rows = []
    for i, (name, row) in enumerate(zip(frame.index, frame.itertuples(index=False, name=None), strict=True)):
        cells = "".join(_cell(str(value), column, numbers, i) for column, value in zip(frame.columns, row, strict=True))
        rows.append(f"<tr><th>{escape(str(name))}</th>{cells}</tr>")
    rows = rows or [f'<tr><th></th><td colspan="{len(frame.columns)}">–</td></tr>']
    body = f"<thead><tr><th></th>{heads}</tr></thead><tbody>{''.join(rows)}</tbody>"
    ident = "t" + sha256(body.encode()).hexdigest()[:10]
    if not sorts:
        return f'<table id="{ident}">{body}</table>'
    style, script = _STYLE.format(id=ident), _SCRIPT.format(id=ident)
    return f'<style>{style}</style><table id="{ident}">{body}</table><script>{script}</script>'


def _head(name: str, is_number: bool, sorts: bool, wide: bool) -> str:
    look = f"text-align:{'right' if is_number else 'left'}" + (";min-width:12em" if wide else "")
    if not sorts:
        return f'<th scope="col" style="{look}">{escape(name)}</th>'
    return f'<th scope="col" aria-sort="none" style="{look}"><button type="button" style="{_BARE}">{escape(name)}</button></th>'


def _cell(value: str, column: str, numbers: dict[str, list[Any]], row: int) -> str:
    if column not in numbers:
        return f'<td style="text-align:left">{escape(value)}</td>'
    number = numbers[column][row]
    key = "" if pd.isna(number) else f"{float(number):.9g}"
    return f'<td data-v="{key}" style="text-align:right">{escape(value)}</td>'
