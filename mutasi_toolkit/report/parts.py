"""The pieces a report page is made of, each already in words."""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from mutasi_toolkit.report.labels import label, written

#: Tables with more rows than this get a filter box.
LONG_TABLE = 15
#: Columns with a longer text than this get more room.
WIDE = 60
#: Rows of a very long table that are printed; the workbook holds all. The style sheet has the same number.
PRINTED = 30


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of text."""

    text: str
    kind: str = "text"


@dataclass(frozen=True, slots=True)
class Bullets:
    """A list of sentences."""

    items_: tuple[str, ...]
    kind: str = "list"


@dataclass(frozen=True, slots=True)
class Fold:
    """Something to open: a name, a sentence beside it, and sentences inside."""

    name: str
    said: str
    items_: tuple[str, ...]
    kind: str = "fold"


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture as base64 PNG, with the text that stands in for it."""

    png: str
    alt: str
    caption: str
    kind: str = "figure"


@dataclass(frozen=True, slots=True)
class Column:
    """Head of a table column."""

    label: str
    number: bool
    wide: bool = False


@dataclass(frozen=True, slots=True)
class Cell:
    """One cell: what is read, and the number it is sorted by."""

    text: str
    value: str


@dataclass(frozen=True, slots=True)
class Table:
    """A table that can be sorted, and filtered when it is long."""

    id: str
    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]
    heading: str = ""
    printed: int = 0
    cut: str = ""
    kind: str = "table"

    @property
    def long(self) -> bool:
        """Whether a filter box helps."""
        return len(self.rows) > LONG_TABLE


Part = Paragraph | Bullets | Fold | Picture | Table


@dataclass(frozen=True, slots=True)
class Section:
    """A section with its title and parts."""

    id: str
    title: str
    parts: tuple[Part, ...] = field(default_factory=tuple)


def table_part(
    name: str, frame: pd.DataFrame, caption: str, language: str, columns: list[str] | None = None, heading: str = "", cut: str = ""
) -> Table:
    """Turn a frame into a Table part; numbers are written in the language's form and sorted as numbers.

    Where `cut` says where all rows are to be found, only the first `PRINTED` rows go to paper.
    """
    flat = frame.reset_index() if any(n is not None for n in frame.index.names) else frame
    chosen = [c for c in (columns or list(flat.columns)) if c in flat]
    numeric = [pd.api.types.is_numeric_dtype(flat[c].dtype) and not pd.api.types.is_bool_dtype(flat[c].dtype) for c in chosen]
    texts = [written(str(c), flat[c], language) for c in chosen]
    values = [
        ["" if pd.isna(v) else repr(float(v)) for v in flat[c]] if is_number else [""] * len(flat)
        for c, is_number in zip(chosen, numeric, strict=True)
    ]
    rows = tuple(
        tuple(Cell(texts[j][i], values[j][i]) for j in range(len(chosen))) for i in range(len(flat))
    )
    heads = tuple(Column(label(str(c), language), n, max(map(len, said), default=0) > WIDE) for c, n, said in zip(chosen, numeric, texts, strict=True))
    printed = PRINTED if cut and len(rows) > PRINTED else 0
    return Table(name, caption, heads, rows, heading, printed, cut if printed else "")


def picture_part(path: Path, alt: str, caption: str) -> Picture:
    """Embed the PNG file at `path`."""
    return picture_bytes(path.read_bytes(), alt, caption)


def picture_bytes(png: bytes, alt: str, caption: str) -> Picture:
    """Embed a PNG."""
    return Picture(base64.b64encode(png).decode("ascii"), alt, caption)
