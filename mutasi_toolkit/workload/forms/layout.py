"""Blocks of a form on the pages of a sheet: title, heading on every page, rows, sum, signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from typing import Any

from xlsxwriter.utility import xl_range

#: Points of height of one line of text, and lines that fit on landscape A4 at the scale below; the scale leaves
#: room for a computer that has neither the font nor its free twin, whose substitute is a quarter wider.
LINE = 14.0
LINES_A_PAGE = 43
SCALE = 80
#: Font of every cell.
FONT = {"font_name": "Arial", "font_size": 10}
#: Lines that the signatures take.
SIGNATURE_LINES = 8
UPRIGHT_MARGINS = {"left": 0.4, "right": 0.4, "top": 0.6, "bottom": 0.6}


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a block.

    Attributes
    ----------
    cells : sequence
        Values; None leaves a cell empty, a string that begins with '=' is a formula.
    band : bool
        A title spread over the whole row.
    merged : dict of int to int
        Columns whose cell is one with those of so many rows, this one and those that follow (as far as the page reaches).
    results : dict of int to float
        What the formulas give.
    """

    cells: Sequence[Any]
    band: bool = False
    merged: dict[int, int] = field(default_factory=dict)
    results: dict[int, float] = field(default_factory=dict)
    indent: int = 0


@dataclass(frozen=True, slots=True)
class Block:
    """What stands on pages of its own.

    Attributes
    ----------
    titles : sequence of str
        Lines above the heading; the first is the form's name.
    warning : str
        A line that must not be overlooked, '' for none.
    rows : sequence of Row
    sums : tuple of int
        Columns added up below the rows.
    signed : str
        Who signs on the right, '' when nobody does.
    """

    titles: Sequence[str]
    warning: str
    rows: Sequence[Row]
    sums: tuple[int, ...]
    signed: str


class Form:
    """One sheet that receives blocks.

    Parameters
    ----------
    book : xlsxwriter.Workbook
    name : str
        Name of the sheet.
    heading : sequence of str
        Column headings.
    widths : sequence of float
        Column widths in characters.
    left : tuple of int
        Columns of words; the others are numbers or short codes and stand centred or right.
    words : dict
        The printed words of data/parameters/formulir_abk.yaml.
    formats : dict
        From `formats_of`.
    """

    def __init__(
        self, book: Any, name: str, heading: Sequence[str], widths: Sequence[float], left: tuple[int, ...], words: dict[str, Any], formats: dict[str, Any]
    ) -> None:  # fmt: skip
        self.sheet = book.add_worksheet(name)
        self.heading, self.widths, self.left, self.words, self.formats = heading, widths, left, words, formats
        self.at, self.used = 0, 0
        self.breaks: list[int] = []
        self.sheet.set_landscape()
        self.sheet.set_paper(9)
        self.sheet.set_print_scale(SCALE)
        self.sheet.center_horizontally()
        self.sheet.set_margins(**UPRIGHT_MARGINS)
        self.sheet.set_footer(f"&L{name}&C{words['usulan']}&R&P / &N")
        for column, width in enumerate(widths):
            self.sheet.set_column(column, column, width)

    def place(self, block: Block) -> None:
        """Write a block on pages of its own."""
        if self.at:
            self._new_page()
        for index, title in enumerate([*block.titles, *([block.warning] if block.warning else [])]):
            kind = "title" if index == 0 else "warning" if title == block.warning else "about"
            self.sheet.merge_range(self.at, 0, self.at, len(self.heading) - 1, title, self.formats[kind])
            self._advance(ceil(1.1 * len(title) / sum(self.widths)))
        self._advance(1)
        self._heading()
        first, waiting = self.at, 0
        for index, row in enumerate(block.rows):
            lines = self._lines(row)
            together = lines + (self._lines(block.rows[index + 1]) if row.band and index + 1 < len(block.rows) else 0)
            if self.used + together > LINES_A_PAGE:
                self._new_page()
                self._heading()
                waiting = 0
            if not waiting:
                waiting = self._fitting(block.rows[index : index + max(row.merged.values(), default=1)])
                self._row(row, waiting)
            else:
                self._row(row, 0)
            waiting -= 1
            self._advance(lines)
        if block.sums and block.rows:
            self._sum(block, first)
        if block.signed:
            self._sign(block.signed)
        self.sheet.set_h_pagebreaks(self.breaks)

    def _fitting(self, rows: Sequence[Row]) -> int:
        """How many of these rows stand on the page that has been begun."""
        used, count = self.used, 0
        for row in rows:
            used += self._lines(row)
            if used > LINES_A_PAGE:
                break
            count += 1
        return max(count, 1)

    def _new_page(self) -> None:
        self.breaks.append(self.at)
        self.used = 0

    def _advance(self, lines: int) -> None:
        self.sheet.set_row(self.at, LINE * lines)
        self.at += 1
        self.used += lines

    def _lines(self, row: Row) -> int:
        if row.band:
            return 1
        free = [(c, w) for k, (c, w) in enumerate(zip(row.cells, self.widths, strict=True)) if isinstance(c, str) and not c.startswith("=") and k not in row.merged]
        return max((ceil(1.1 * len(c) / w) for c, w in free), default=1) or 1

    def _heading(self) -> None:
        for column, title in enumerate(self.heading):
            self.sheet.write_string(self.at, column, title, self.formats["head"])
        self._advance(3)
        for column in range(len(self.heading)):
            self.sheet.write_string(self.at, column, f"({column + 1})", self.formats["count"])
        self._advance(1)

    def _row(self, row: Row, down: int) -> None:
        """Write one row; its merged cells reach `down` rows, 0 when they have been written above."""
        if row.band:
            self.sheet.merge_range(self.at, 0, self.at, len(self.heading) - 1, str(row.cells[0]), self.formats["band"])
            return
        for column, value in enumerate(row.cells):
            style = self._style(column, value, row)
            if column in row.merged and down != 1:
                if not down:
                    continue
                self.sheet.merge_range(self.at, column, self.at + down - 1, column, "", style)
            if value is None:
                self.sheet.write_blank(self.at, column, None, style)
            elif isinstance(value, str) and value.startswith("="):
                self.sheet.write_formula(self.at, column, value.format(row=self.at + 1), style, row.results.get(column, 0))
            elif isinstance(value, str):
                self.sheet.write_string(self.at, column, value, style)
            else:
                self.sheet.write_number(self.at, column, float(value), style)

    def _style(self, column: int, value: Any, row: Row) -> Any:
        if column in self.left:
            return self.formats[f"words{row.indent}" if column == self.left[0] else "words0"]
        if isinstance(value, str) and not value.startswith("="):
            return self.formats["short"]
        number = row.results.get(column, value)
        return self.formats["whole" if number is None or float(number).is_integer() else "part"]

    def _sum(self, block: Block, first: int) -> None:
        if self.used + 1 > LINES_A_PAGE:
            self._new_page()
            self._heading()
        for column in range(min(block.sums), len(self.heading)):
            if column not in block.sums:
                self.sheet.write_blank(self.at, column, None, self.formats["total_words"])
        self.sheet.merge_range(self.at, 0, self.at, min(block.sums) - 1, self.words["jumlah"], self.formats["total_words"])
        for column in block.sums:
            given = (r.results.get(column, r.cells[column]) for r in block.rows if not r.band)
            total = float(sum(v for v in given if v is not None))
            style = self.formats["total_whole" if total.is_integer() else "total_part"]
            self.sheet.write_formula(self.at, column, f"=SUM({xl_range(first, column, self.at - 1, column)})", style, total)
        self._advance(1)

    def _sign(self, who: str) -> None:
        if self.used + SIGNATURE_LINES > LINES_A_PAGE:
            self._new_page()
        self._advance(1)
        right = next(k for k in range(len(self.widths)) if sum(self.widths[:k]) >= 0.55 * sum(self.widths))
        left = min(1, right - 1)
        for one, two in (("", self.words["tempat"]), (self.words["siap"], who), ("", ""), ("", ""), ("", ""), (self.words["nama"],) * 2, (self.words["nip"],) * 2):
            if one:
                self.sheet.write_string(self.at, left, one, self.formats["sign"])
            if two:
                self.sheet.write_string(self.at, right, two, self.formats["sign"])
            self._advance(1)


def formats_of(book: Any) -> dict[str, Any]:
    """Cell formats of the forms; greys that print."""
    cell = {**FONT, "border": 1, "border_color": "#808080", "valign": "top"}
    wrapped = {**cell, "text_wrap": True}
    head = {**wrapped, "bold": True, "align": "center", "valign": "vcenter", "bg_color": "#E3E7EA"}
    total = {**cell, "bold": True, "bg_color": "#F0F2F4"}
    styles = {
        "title": {**FONT, "bold": True, "font_size": 12, "text_wrap": True}, "about": {**FONT, "text_wrap": True, "valign": "top"},
        "warning": {**FONT, "bold": True, "font_color": "#9C2A00"}, "head": head, "count": {**cell, "font_size": 8, "align": "center"},
        "band": {**cell, "bold": True, "bg_color": "#F0F2F4"}, "short": {**cell, "align": "center"}, "whole": {**cell, "num_format": "#,##0"},
        "part": {**cell, "num_format": "#,##0.00"}, "total_words": total, "total_whole": {**total, "num_format": "#,##0"},
        "total_part": {**total, "num_format": "#,##0.00"}, "sign": dict(FONT),
        **{f"words{k}": {**wrapped, "indent": k} for k in range(9)},
    }  # fmt: skip
    return {name: book.add_format(style) for name, style in styles.items()}
