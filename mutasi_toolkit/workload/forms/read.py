"""Reading an ABK workbook as an office keeps it: several tables on a sheet, headings anywhere, numbers typed as text."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.forms.cells import number, words
from mutasi_toolkit.workload.forms.columns import Heading, Row, find_heading, is_counting, labels_of
from mutasi_toolkit.workload.forms.rows import Line, finish, line_of
from mutasi_toolkit.workload.forms.sheets import Sheet, read_sheets
from mutasi_toolkit.workload.forms.tables import (
    SEAT_COLUMNS,
    TASK_COLUMNS,
    UNIT_COLUMNS,
    Abk,
    Remark,
)

#: First words of rows that add up, or that end a form.
TOTALS = ("jumlah", "total", "grand total")
#: Most faults that one message tells.
MOST = 20


@dataclass(slots=True)
class Found:
    """What has been read so far."""

    tasks: list[dict[str, Any]] = field(default_factory=list)
    seats: list[dict[str, Any]] = field(default_factory=list)
    units: list[dict[str, Any]] = field(default_factory=list)
    remarks: list[Remark] = field(default_factory=list)
    faults: list[str] = field(default_factory=list)


def read_abk(path: str | Path, satuan_waktu: str | None = None, language: str = "id") -> Abk:
    """Tables of an ABK workbook in any of the forms that offices keep.

    Understood are the form of a seat class (uraian tugas, satuan hasil, waktu penyelesaian, waktu kerja efektif, beban kerja),
    that of Kemenag (volume, waktu minimal, maksimal, rata-rata), flat lists with codes, and the summaries per seat class (Form C
    or D), per unit (Form E) and the peta jabatan. A sheet may hold several forms, the heading may stand in any row and take up to
    three, cells may be merged, numbers may be text with a decimal comma.

    The unit of time of a row is that written in the cell, else in a column 'satuan waktu', else in the heading, else that of the
    effective working time beside it (75.000 is minutes, 1.250 hours), else `satuan_waktu`; it is never guessed. Where a form has
    no volume, its 'beban kerja' is the volume (need = waktu x beban / waktu kerja efektif), unless the printed need tells that it
    is the product already. Volumes a month, week or day become volumes a year (12, 50, 250).

    Parameters
    ----------
    path : str or Path
        .xlsx, .xls, .ods or .csv.
    satuan_waktu : {'menit', 'jam'}, optional
        Unit of time of rows that do not tell theirs.
    language : str
        Language of the messages.

    Returns
    -------
    Abk
        tugas, jabatan, unit and remarks; `Abk.for_cycle` gives rows of the table `tugas`.

    Raises
    ------
    InputError
        When the file cannot be read or holds no such form; for rows without a readable volume or time, or whose unit of time is
        nowhere told: all of them in one message, with sheet and row.

    References
    ----------
    Column sets and their sources: data/parameters/formulir_abk.yaml.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> rows = ["Nama Jabatan;: Ajudan", ";", "No;Uraian Tugas;Waktu Penyelesaian (jam);Beban Kerja", "1;Menyusun jadwal;0,5;480"]
    >>> with TemporaryDirectory() as folder:
    ...     form = Path(folder) / "ajudan.csv"
    ...     _ = form.write_text(chr(10).join(rows))
    ...     tugas = read_abk(form).tugas
    >>> tugas[["jabatan", "volume", "norma_waktu", "satuan_waktu"]].values.tolist()
    [['Ajudan', 480.0, 0.5, 'jam']]
    """
    if satuan_waktu not in {None, "menit", "jam"}:
        raise InputError(text("workload.form_bad_unit", language, value=satuan_waktu))
    path = Path(path)
    found = Found()
    for sheet in read_sheets(path, language):
        _read_sheet(sheet, satuan_waktu, language, found)
    if found.faults:
        shown = found.faults[:MOST]
        more = [text("workload.form_more", language, n=len(found.faults) - MOST)] if len(found.faults) > MOST else []
        raise InputError("\n".join([text("workload.form_faults", language, file=path.name), *shown, *more]))
    if not (found.tasks or found.seats or found.units):
        raise InputError(text("workload.form_none", language, file=path.name))
    return Abk(
        _frame(found.tasks, TASK_COLUMNS), _frame(found.seats, SEAT_COLUMNS), _frame(found.units, UNIT_COLUMNS), tuple(found.remarks)
    )  # fmt: skip


def _frame(rows: list[dict[str, Any]], columns: list[str]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=columns)
    numeric = {"volume", "norma_waktu", "beban", "kebutuhan", "ada", "kelas"}
    types = {c: "float64" if c in numeric else "int64" if c == "baris" else "str" for c in columns}
    return frame.astype(types)


def _read_sheet(sheet: Sheet, unit: str | None, language: str, found: Found) -> None:
    about: dict[str, str] = {}
    at = 0
    while at < len(sheet.rows):
        heading = find_heading(sheet.rows, at)
        if heading is None:
            about = {**about, **_renewed(about, labels_of(sheet.rows[at]))}
            at += 1
            continue
        at, said = _read_table(sheet, heading, about, unit, language, found)
        about = {k: v for k, v in said.items() if k not in {"jabatan", "ada"}}


def _renewed(about: dict[str, str], new: dict[str, str]) -> dict[str, str]:
    """Labels of a new form; a new satuan kerja or unit forgets what the last one said of its parts."""
    if "satuan_kerja" in new and new["satuan_kerja"] != about.get("satuan_kerja") and "unit" not in new:
        return {**new, "unit": ""}
    return new


def _read_table(sheet: Sheet, heading: Heading, about: dict[str, str], unit: str | None, language: str, found: Found) -> tuple[int, dict[str, str]]:
    """Read the rows below a heading; returns the row after the table, and what its titles said last."""
    lines: list[Line] = []
    totals: dict[str, float] = {}
    here = dict(about)
    for at in range(heading.last + 1, len(sheet.rows) + 1):
        row = sheet.rows[at] if at < len(sheet.rows) else None
        if row is None or (find_heading(sheet.rows, at) is not None and not is_counting(row)):
            break
        if is_counting(row) or not any(words(c) for c in row):
            continue
        labels = labels_of(row)
        if labels and "jabatan" in labels:
            break
        if labels:
            here = {**here, **_renewed(here, labels)}
        elif _is_total(row):
            totals |= _totals(row)
            if not {"jabatan", "kode_jabatan", "unit"} & set(heading.column):
                at = _footer(sheet, at + 1, totals)
                break
        else:
            lines.append(line_of(heading, row, at + 1, here))
    _keep(sheet.name, heading, lines, totals, here, unit, language, found)
    return at, here


def _footer(sheet: Sheet, at: int, totals: dict[str, float]) -> int:
    """Rows after the first total that still add up; what follows them is no longer the table."""
    while at < len(sheet.rows) and (_is_total(sheet.rows[at]) or not any(words(c) for c in sheet.rows[at])):
        totals.update({k: v for k, v in _totals(sheet.rows[at]).items() if k not in totals})
        at += 1
    return at


def _is_total(row: Row) -> bool:
    first = next((words(c).lower() for c in row if words(c)), "")
    return first.startswith(TOTALS)


def _totals(row: Row) -> dict[str, float]:
    label = next((words(c).lower() for c in row if words(c)), "")
    numbers = [v for v in (number(c)[0] for c in row) if v is not None]
    if not numbers:
        return {}
    if "ada" in label.split():
        return {"ada": numbers[-1]}
    if "dibutuhkan" in label or "kebutuhan" in label:
        return {"kebutuhan": numbers[-1]}
    return {"jumlah": numbers[-1]} if label.split()[0] in TOTALS and len(label.split()) == 1 else {}


def _keep(
    sheet: str, heading: Heading, lines: list[Line], totals: dict[str, float], about: dict[str, str], unit: str | None, language: str, found: Found
) -> None:  # fmt: skip
    if heading.kind == "tugas":
        tasks, remarks, faults = finish(sheet, heading, _carried(lines), unit, totals, language)
        found.tasks += tasks
        found.remarks += remarks
        found.faults += faults
        if tasks and "jabatan" not in heading.column and "kode_jabatan" not in heading.column and ({"ada", "kebutuhan"} & set(totals) or "ada" in about):
            found.seats.append(_summary(sheet, lines[0], tasks[0], totals, about))
        return
    rows = found.seats if heading.kind == "jabatan" else found.units
    for line in lines:
        values = {k: number(line.cell.get(k))[0] for k in ("kelas", "beban", "kebutuhan", "ada")}
        name = words(line.cell.get(heading.kind))
        if name and any(v is not None for v in values.values()):
            rows.append({"lembar": sheet, "baris": line.row, **_who(line), **values, heading.kind: name})


def _summary(sheet: str, line: Line, task: dict[str, Any], totals: dict[str, float], about: dict[str, str]) -> dict[str, Any]:
    who = {k: task[k] for k in ("kode_unit", "unit", "kode_jabatan", "jabatan")}
    ada = totals.get("ada", number(about.get("ada"))[0])
    return {"lembar": sheet, "baris": line.row, **who, "kelas": None, "beban": None, "kebutuhan": totals.get("kebutuhan"), "ada": ada}


def _who(line: Line) -> dict[str, str]:
    unit = words(line.cell.get("unit")) or line.about.get("unit", "") or line.about.get("satuan_kerja", "")
    return {
        "kode_unit": words(line.cell.get("kode_unit")), "unit": unit, "kode_jabatan": words(line.cell.get("kode_jabatan")),
        "jabatan": words(line.cell.get("jabatan")) or line.about.get("jabatan", ""),
    }  # fmt: skip


def _carried(lines: Iterable[Line]) -> Iterator[tuple[Line, dict[str, str]]]:
    """Every line with whose it is; a seat class written once stands for the rows below it."""
    last: dict[str, str] = {}
    place = ""
    for line in lines:
        who = _who(line)
        own = {k: v for k, v in who.items() if words(line.cell.get(k))}
        if place != who["unit"] and "unit" not in own:
            last = {}
        place = who["unit"] if "unit" not in own else place
        if "jabatan" in own or "kode_jabatan" in own:
            last = {k: v for k, v in last.items() if k in {"unit", "kode_unit"}}
        last = {**last, **own}
        yield line, {**who, **last}
