"""From a line of a form to a task: its volume a year, its time, and the unit of that time, never guessed."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from mutasi_toolkit.locale import number as shown
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.forms.cells import TIME_WORDS, number, time_unit, words
from mutasi_toolkit.workload.forms.columns import Heading, Row, form_parameters
from mutasi_toolkit.workload.forms.tables import Remark
from mutasi_toolkit.workload.parameters import MINUTES_PER_HOUR, working_times

#: Printed numbers of a form are rounded to two or three decimals: a difference below this is no difference.
PRINTED = 0.02


@dataclass(frozen=True, slots=True)
class Line:
    """One row below a heading: its cells by field, its row number as a spreadsheet shows it, and what stood above."""

    row: int
    cell: dict[str, Any]
    about: dict[str, str]


@dataclass(frozen=True, slots=True)
class Amounts:
    """Numbers of a line: volume and time as written, printed load and need, None where there is none."""

    volume: float | None
    norma: float | None
    beban: float | None
    kebutuhan: float | None
    wke: float | None


def line_of(heading: Heading, row: Row, number_of_row: int, about: dict[str, str]) -> Line:
    """Cells of a row by the fields of its heading."""
    cell = {field: row[at] if at < len(row) else "" for field, at in heading.column.items()}
    return Line(number_of_row, cell, dict(about))


def finish(
    sheet: str, heading: Heading, lines: Iterator[tuple[Line, dict[str, str]]], unit: str | None, totals: dict[str, float], language: str
) -> tuple[list[dict[str, Any]], list[Remark], list[str]]:
    """Tasks of one table, remarks, and faults in words."""
    tasks: list[dict[str, Any]] = []
    faults: list[str] = []
    seen: dict[tuple[str, str], list[int]] = {}
    needs = 0.0
    for line, who in lines:
        if not _is_task(line):
            continue
        amounts = _amounts(line)
        told = _unit(line, heading, amounts) or unit
        problem = _problem(amounts, told, who)
        if problem:
            place = text("workload.form_place", language, sheet=sheet, rows=str(line.row))
            values = {"uraian": words(line.cell.get("uraian"))[:60], "volume": _raw(line, "volume", "beban"), "norma": _raw(line, "norma_waktu", "norma_minimal")}
            faults.append(f"{place}: {text(f'workload.form_{problem}', language, **values)}")
            continue
        assert told is not None
        volume, factor, kinds = _volume(line, amounts, told)
        for kind in kinds:
            seen.setdefault(kind, []).append(line.row)
        needs += volume / factor * (amounts.norma or 0.0) / (amounts.wke or math.inf)
        tasks.append(_task(sheet, line, who, volume, amounts, told))
    remarks = [Remark(kind, sheet, tuple(rows), (("value", value),)) for (kind, value), rows in seen.items()]
    if "jumlah" in totals and tasks and {"wke", "kebutuhan"} <= set(heading.column) and abs(needs - totals["jumlah"]) > PRINTED * max(1.0, needs):
        details = (("printed", shown(totals["jumlah"], 3, language)), ("computed", shown(needs, 3, language)))
        remarks.append(Remark("total", sheet, (tasks[0]["baris"], tasks[-1]["baris"]), details))
    return tasks, remarks, faults


def _raw(line: Line, *fields: str) -> str:
    return next((words(line.cell.get(f)) for f in fields if words(line.cell.get(f))), "")


def _is_task(line: Line) -> bool:
    """Whether a line states work: it names a task and has something in a column of volume or time.

    A line whose cells all repeat one text is a title spread over the table.
    """
    filled = {words(c) for c in line.cell.values() if words(c)}
    amount = any(words(line.cell.get(f)) for f in ("volume", "norma_waktu", "norma_minimal", "beban"))
    return bool(words(line.cell.get("uraian"))) and amount and len(filled) > 1


def _amounts(line: Line) -> Amounts:
    def of(name: str) -> float | None:
        return number(line.cell.get(name))[0]

    norma = of("norma_waktu")
    low, high = of("norma_minimal"), of("norma_maksimal")
    if norma is None and low is not None and high is not None:
        norma = (low + high) / 2
    volume = of("volume")
    if volume is None and "volume" not in line.cell:
        volume = of("beban")
    return Amounts(volume, norma, of("beban"), of("kebutuhan"), of("wke"))


def _unit(line: Line, heading: Heading, amounts: Amounts) -> str:
    """Unit of time of a line, '' when nothing tells it."""
    field = "norma_waktu" if words(line.cell.get("norma_waktu")) else "norma_minimal"
    beside = number(line.cell.get(field))[1].lower()
    own = time_unit(beside) if beside else ""
    stated = TIME_WORDS.get(words(line.cell.get("satuan_waktu")).lower(), "")
    others = [heading.unit.get(f, "") for f in (field, "norma_waktu", "norma_minimal", "norma_maksimal")]
    return own or stated or next((u for u in others if u), "") or _unit_of_working_time(line, heading, amounts)


def _unit_of_working_time(line: Line, heading: Heading, amounts: Amounts) -> str:
    if amounts.wke is None:
        return ""
    beside = time_unit(number(line.cell.get("wke"))[1]) or heading.unit.get("wke", "")
    if beside:
        return beside
    minutes = {t.minutes for t in working_times().values()} | set(_periods())
    hours = {t.hours for t in working_times().values()}
    if amounts.wke in minutes and amounts.wke not in hours:
        return "menit"
    return "jam" if amounts.wke in hours and amounts.wke not in minutes else ""


def _periods() -> dict[float | None, str]:
    """Working time in minutes of a period shorter than a year, and the period."""
    return {float(m): name for name, entry in form_parameters()["periode"].items() for m in entry["menit"]}


def _problem(amounts: Amounts, unit: str | None, who: dict[str, str]) -> str:
    if amounts.volume is None or amounts.volume < 0:
        return "no_volume"
    if amounts.norma is None or amounts.norma < 0:
        return "no_time"
    if not unit:
        return "no_unit"
    return "" if who["jabatan"] or who["kode_jabatan"] else "no_seat"


def _volume(line: Line, amounts: Amounts, unit: str) -> tuple[float, float, list[tuple[str, str]]]:
    """Volume a year, by how much it was multiplied, and what had to be said about it."""
    said: list[tuple[str, str]] = []
    volume, norma = float(amounts.volume or 0.0), float(amounts.norma or 0.0)
    if "volume" not in line.cell and _is_product(amounts, volume, norma):
        volume = volume / norma
        said.append(("product", ""))
    elif "volume" in line.cell and amounts.beban is not None and not _agrees(amounts.beban, volume * norma, unit):
        said.append(("load_differs", ""))
    period = _period(line, amounts)
    factor = float(form_parameters()["periode"].get(period, {"kali": 1})["kali"])
    if factor != 1:
        said.append(("period", f"{period} × {factor:g}"))
    return volume * factor, factor, said


def _is_product(amounts: Amounts, beban: float, norma: float) -> bool:
    """Whether the printed need tells that 'beban kerja' is volume x time already, not the volume."""
    if not (amounts.wke and amounts.kebutuhan and norma):
        return False
    as_volume, as_product = beban * norma / amounts.wke, beban / amounts.wke
    near = abs(as_product - amounts.kebutuhan) <= PRINTED * max(1.0, amounts.kebutuhan)
    return near and abs(as_product - amounts.kebutuhan) < abs(as_volume - amounts.kebutuhan)


def _agrees(beban: float, product: float, unit: str) -> bool:
    """Whether a printed load is volume x time, in the unit of the time or in the other one."""
    other = product / MINUTES_PER_HOUR if unit == "menit" else product * MINUTES_PER_HOUR
    return any(abs(beban - p) <= PRINTED * max(1.0, p) for p in (product, other))


def _period(line: Line, amounts: Amounts) -> str:
    written = words(line.cell.get("periode")).lower()
    beside = number(line.cell.get("volume"))[1].lower()
    names = form_parameters()["periode"]
    for name in names:
        if name in written.split() or beside.endswith((f"per {name}", f"/{name}", f"/ {name}", f"se{name}")):
            return str(name)
    return _periods().get(amounts.wke, "tahun")


def _task(sheet: str, line: Line, who: dict[str, str], volume: float, amounts: Amounts, unit: str) -> dict[str, Any]:
    beside = number(line.cell.get("volume"))[1]
    hasil = words(line.cell.get("hasil")) or beside.partition("/")[0].partition(" per ")[0].strip()
    return {
        "lembar": sheet, "baris": line.row, **who, "uraian": words(line.cell.get("uraian")), "hasil": hasil, "volume": volume,
        "norma_waktu": amounts.norma, "satuan_waktu": unit,
    }  # fmt: skip
