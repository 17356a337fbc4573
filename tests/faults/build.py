"""A tiny good cycle, and the changes that spoil it, as CSV files or as one workbook."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from tests.conftest import TINY

EXTRA = {
    "hubungan.csv": "pegawai_a,pegawai_b,kekuatan\n197905202005012000,198011112006041000,0.5\n",
    "konflik.csv": "pegawai_a,pegawai_b,alasan\n197701022003121000,198507072009021000,suami istri\n",
    "preferensi.csv": "pegawai_id,unit_id,urutan\n198203032007101000,U2,1\n198203032007101000,U1,2\n",
    "keputusan.csv": "pegawai_id,putusan,jabatan_id,alasan\n198312122008011000,tolak,J08,keluarga\n",
    "hasil.csv": "unit_id,periode,indikator,nilai\nU1,2024,indeks kepuasan masyarakat,80.5\n",
    "paruh_waktu.csv": "jabatan_id,orang\nJ06,2\n",
}
Rows = list[list[Any]]


class Files:
    """The tables of the tiny cycle as rows of cells, ready to be spoilt; row 1 is the header, as a spreadsheet counts."""

    def __init__(self) -> None:
        whole = TINY | EXTRA
        self.tables: dict[str, Rows] = {n[:-4]: list(csv.reader(io.StringIO(t))) for n, t in whole.items() if n.endswith(".csv")}
        self.used: set[str] = {"unit", "jabatan", "pegawai"}
        self.settings = TINY["cycle.yaml"]
        self.others: dict[str, bytes] = {}
        self.raw: dict[str, bytes] = {}
        self.lines: list[tuple[str, int, str]] = []
        self.save: dict[str, tuple[str, str]] = {}
        self.sheets: dict[str, str] = {}
        self.hidden: set[str] = set()
        self.merged: list[tuple[str, str]] = []
        self.date_1904 = False
        self.whole = False

    def at(self, table: str, column: str) -> int:
        """Index of a column."""
        header = next(i for i, row in enumerate(self.tables[table]) if column in row)
        return self.tables[table][header].index(column)

    def change(self, how: str, *given: Any) -> None:
        """Carry out one change of the catalogue."""
        self.used |= {str(g) for g in given if str(g) in self.tables}
        if how == "save_all":
            self.used |= set(self.tables)
        getattr(self, f"do_{how}")(*given)
        self.used |= {t for t in self.tables if f"{t}.csv" not in TINY | EXTRA}

    def lean(self) -> dict[str, Rows]:
        """The tables that were touched, the three that must be there, and those that a check holds against a touched one."""
        partner = {"keahlian", "syarat"}
        used = self.used | (partner if self.used & partner else set())
        return {t: rows for t, rows in self.tables.items() if t in used or self.whole}

    def do_cell(self, table: str, row: int, column: str, value: Any) -> None:
        cells = self.tables[table][row - 1]
        at = self.at(table, column)
        cells.extend([""] * (at + 1 - len(cells)))
        cells[at] = value

    def do_column(self, table: str, column: str, *values: Any) -> None:
        """Put a column in (or over the old one); the last value goes on to the end."""
        rows = self.tables[table]
        if column not in rows[0]:
            for row in rows:
                row.append("")
            rows[0][-1] = column
        for i, row in enumerate(rows[1:]):
            row[self.at(table, column)] = values[min(i, len(values) - 1)]

    def do_extra_column(self, table: str, heading: str, value: Any) -> None:
        for i, row in enumerate(self.tables[table]):
            row.append(value if i else heading)

    def do_head(self, table: str, column: str, heading: Any) -> None:
        self.tables[table][0][self.at(table, column)] = heading

    def do_drop_column(self, table: str, column: str) -> None:
        at = self.at(table, column)
        for row in self.tables[table]:
            del row[at]

    def do_drop_table(self, table: str) -> None:
        del self.tables[table]

    def do_empty_table(self, table: str) -> None:
        del self.tables[table][1:]

    def do_append(self, table: str, *values: Any) -> None:
        self.tables[table].append([*values, *[""] * (len(self.tables[table][0]) - len(values))])

    def do_insert(self, table: str, row: int, *values: Any) -> None:
        self.tables[table].insert(row - 1, [*values, *[""] * (len(self.tables[table][0]) - len(values))])

    def do_repeat_header(self, table: str, row: int) -> None:
        self.tables[table].insert(row - 1, list(self.tables[table][0]))

    def do_number_columns(self, table: str, row: int, form: str) -> None:
        self.tables[table].insert(row - 1, [form.format(i + 1) for i in range(len(self.tables[table][0]))])

    def do_blank_rows(self, table: str, n: int) -> None:
        self.tables[table] += [[""] * len(self.tables[table][0]) for _ in range(n)]

    def do_line(self, table: str, row: int, line: str) -> None:
        """A raw line of a CSV file."""
        self.lines.append((table, row, line))

    def do_save(self, table: str, encoding: str, sep: str = ",") -> None:
        self.save[table] = (encoding, sep)

    def do_save_all(self, encoding: str, sep: str = ",") -> None:
        for table in self.tables:
            self.save[table] = (encoding, sep)

    def do_bytes(self, table: str, content: str) -> None:
        self.raw[table] = content.encode("latin-1")

    def do_file(self, name: str, content: str) -> None:
        self.others[name] = content.encode()

    def do_rename(self, table: str, name: str) -> None:
        """Another name of the file (without .csv) or the sheet."""
        self.sheets[table] = name

    def do_copy(self, table: str, name: str) -> None:
        self.tables[name] = [list(row) for row in self.tables[table]]

    def do_hide(self, table: str) -> None:
        self.hidden.add(table)

    def do_merge(self, table: str, area: str) -> None:
        self.merged.append((table, area))

    def do_settings(self, line: str) -> None:
        self.settings += line + "\n"

    def do_settings_are(self, content: str) -> None:
        self.settings = content

    def do_unset(self, key: str) -> None:
        self.settings = "".join(x for x in self.settings.splitlines(keepends=True) if not x.startswith(key))

    def do_scenario(self, name: str, content: str) -> None:
        self.others[f"scenarios/{name}.yaml"] = content.encode()

    def do_date_1904(self) -> None:
        self.date_1904 = True

    def csv_folder(self, place: Path) -> Path:
        """Write the cycle as CSV files."""
        self._beside(place)
        for table, rows in self.lean().items():
            encoding, sep = self.save.get(table, ("utf-8", ","))
            out = io.StringIO()
            csv.writer(out, delimiter=sep, lineterminator="\n").writerows([[_typed(c) for c in row] for row in rows])
            content = out.getvalue().split("\n")
            for _, at, line in sorted(x for x in self.lines if x[0] == table):
                content.insert(at - 1, line)
            data = self.raw.get(table, "\n".join(content).encode(encoding))
            (place / f"{self.sheets.get(table, table)}.csv").write_bytes(data)
        return place

    def workbook(self, place: Path) -> Path:
        """Write the cycle as one workbook."""
        self._beside(place)
        path = place / "siklus.xlsx"
        with xlsxwriter.Workbook(str(path), {"date_1904": self.date_1904, "strings_to_formulas": False}) as book:
            day = book.add_format({"num_format": "yyyy-mm-dd"})
            for table, rows in self.lean().items():
                sheet = book.add_worksheet(self.sheets.get(table, table))
                if table in self.hidden:
                    sheet.hide()
                for r, row in enumerate(rows):
                    for c, value in enumerate(row):
                        _write(sheet, r, c, value, day)
                for _, area in [m for m in self.merged if m[0] == table]:
                    first = area.partition(":")[0]
                    sheet.merge_range(area, "", None)
                    r, c = int(first[1:]) - 1, ord(first[0]) - 65
                    _write(sheet, r, c, rows[r][c] if r < len(rows) else "", day)
        return path

    def _beside(self, place: Path) -> None:
        place.mkdir(parents=True, exist_ok=True)
        (place / "cycle.yaml").write_text(self.settings, encoding="utf-8")
        for name, content in self.others.items():
            path = place / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)


def _typed(value: Any) -> str:
    return "" if value is None else str(value)


def _write(sheet: Any, r: int, c: int, value: Any, day: Any) -> None:
    if isinstance(value, str) and value.startswith("{formula}"):
        formula, _, result = value.removeprefix("{formula}").partition("|")
        sheet.write_formula(r, c, formula, None, result)
    elif isinstance(value, (datetime, date)):
        sheet.write_datetime(r, c, value, day)
    elif isinstance(value, bool):
        sheet.write_boolean(r, c, value)
    elif isinstance(value, (int, float)):
        sheet.write_number(r, c, value)
    elif value not in ("", None):
        sheet.write_string(r, c, str(value))
