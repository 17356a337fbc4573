"""Forms B, C, D and E and the peta jabatan of a cycle, filled in, in a workbook that an office prints and signs."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import long_date, number, text
from mutasi_toolkit.workload.forms.columns import form_parameters
from mutasi_toolkit.workload.forms.layout import FONT, Block, Form, Row, formats_of
from mutasi_toolkit.workload.need import PART_TIME, fill, fixed_fte, need, unit_efficiency
from mutasi_toolkit.workload.parameters import MINUTES_PER_HOUR, working_time

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Written into every workbook, so that the same content has the same bytes.
CREATED = datetime(2000, 1, 1)
KINDS = ("jpt", "administrator", "pengawas", "fungsional", "pelaksana")
#: Columns of words in each form, and columns that are added up.
LEFT = {"b": (2, 1, 5), "c": (2, 1, 3, 4), "d": (2, 1, 10), "e": (1, 8), "peta": (1, 0)}
SUMS = {"b": (4,), "c": (8,), "d": (3, 5, 6, 7), "e": (2, 3, 4, 5), "peta": (3, 4, 5)}


def write_forms(cycle: Cycle, path: str | Path, opd: str | None = None, language: str = "id") -> Path:
    """Write the ABK forms of a cycle into one workbook.

    Sheets: Formulir B (staff by seat class and grade), C (tasks and load), D (need, EJ, PJ per seat class), E (need, EU, PU per
    unit, and of all OPDs together), Peta Jabatan (kelas, B, K, +/- in the order of the organisation). Every OPD begins on a page
    of its own and ends in a place to sign; sums are formulas. The same cycle gives the same bytes. `read_abk` reads it back.

    Parameters
    ----------
    cycle : Cycle
    path : str or Path
        The .xlsx file to write.
    opd : str, optional
        Only this OPD.
    language : str
        Language of messages; the forms are Indonesian.

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When there is no such OPD.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from mutasi_toolkit.workload.example import small_city
    >>> from mutasi_toolkit.workload.forms import read_abk
    >>> with TemporaryDirectory() as folder:
    ...     back = read_abk(write_forms(small_city(), Path(folder) / "abk.xlsx"))
    >>> len(back.tugas), back.unit["unit"].tolist()
    (4, ['Dinas Kesehatan', 'Dinas Keuangan', 'Dinas Kesehatan', 'Puskesmas Utara', 'Dinas Keuangan'])
    """
    import xlsxwriter

    path = Path(path)
    content = Content(cycle, opd, language)
    words = content.words
    held = BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True, "default_format_properties": dict(FONT)}
    with xlsxwriter.Workbook(held, options) as book:
        book.set_properties({"title": f"ABK {cycle.settings.nama}", "created": CREATED})
        formats = formats_of(book)
        for form in ("b", "c", "d", "e", "peta"):
            sheet = Form(book, words["lembar"][form], words["kepala"][form], words["lebar"][form], LEFT[form], words, formats)
            for block in content.blocks(form):
                sheet.place(block)
    path.write_bytes(held.getvalue())
    return path


class Content:
    """Rows of every form of a cycle, in the order of the organisation."""

    def __init__(self, cycle: Cycle, opd: str | None, language: str) -> None:
        self.cycle, self.words = cycle, form_parameters()["cetak"]
        self.order = organisation(cycle)
        self.opds = [u for u in self.order["unit_id"] if u in set(cycle.seat["opd_id"]) and cycle.opd[u] == u]
        if opd is not None:
            if opd not in self.opds:
                raise InputError(text("workload.unit_unknown", language, names=opd))
            self.opds = [opd]
        self.only = opd
        self.seats = _seats(cycle)
        self.tasks = dict(list(cycle.tugas.groupby("jabatan_id", sort=False)))
        self.people = dict(list(cycle.pegawai.groupby("jabatan_id", sort=False)))
        self.units = unit_efficiency(cycle, "unit")
        self.all = unit_efficiency(cycle, "opd")

    def blocks(self, form: str) -> Iterator[Block]:
        """Blocks of one form: one per OPD, and for Form E one of all OPDs before them."""
        if form == "e" and self.only is None:
            rows = self._units(self.all, self.opds)
            yield self._block(form, self.words["rekap_kota"], rows, self.words["kepala_instansi"])
        for opd in self.opds:
            rows = list(getattr(self, f"_{form}")(opd))
            if rows:
                yield self._block(form, self.cycle.unit_name[opd], rows, self.words["tanda_tangan"])

    def _block(self, form: str, name: str, rows: list[Row], signed: str) -> Block:
        settings, time = self.cycle.settings, working_time(self.cycle.settings.waktu_kerja)
        values = {"menit": number(time.minutes), "jam": number(time.hours), "sumber": time.source.partition(",")[0], "tanggal": long_date(settings.tanggal)}
        about = [self.words["satuan_kerja"].format(nama=name), self.words["keadaan"].format(instansi=settings.nama, **values)]
        if settings.permintaan and form in "cde":
            about.append(self.words["permintaan"].format(skenario=settings.skenario))
        warning = self.words["sintetis"] if settings.sintetis else ""
        return Block([self.words["judul_lembar"][form], *about], warning, rows, SUMS[form], signed)

    def _within(self, opd: str) -> Iterator[tuple[str, int, pd.DataFrame]]:
        """Units of an OPD that have seat classes, their depth below it, and the seat classes."""
        inside = self.order[self.order["opd_id"] == opd]
        top = int(inside["depth"].min())
        for unit, depth in zip(inside["unit_id"], inside["depth"], strict=True):
            rows = self.seats[self.seats["unit_id"] == unit]
            if len(rows):
                yield unit, int(depth) - top, rows

    def _band(self, unit: str, depth: int = 0) -> Row:
        return Row(["    " * depth + self.words["unit"].format(nama=self.cycle.unit_name[unit])], band=True)

    def _b(self, opd: str) -> Iterator[Row]:
        count, fte = 0, fixed_fte(self.cycle)
        each = number(self.cycle.settings.paruh_waktu.fte, 2)
        for unit, _, seats in self._within(opd):
            yield self._band(unit)
            for seat in seats.itertuples():
                count += 1
                held = self.people.get(seat.Index)
                grades = _grades(held)
                part = float(fte[seat.Index])
                lines = [(g, n, "") for g, n in grades] + ([("–", part, self.words["paruh_waktu"].format(fte=each))] if part else [])
                lines = lines or [("–", 0.0, self.words["kosong"])]
                for at, (grade, n, remark) in enumerate(lines):
                    merged = dict.fromkeys((0, 1, 2), len(lines) - at) if len(lines) > 1 else {}
                    yield Row([count, seat.Index, seat.nama, grade, n, remark or None], merged=merged)

    def _c(self, opd: str) -> Iterator[Row]:
        count = 0
        for unit, _, seats in self._within(opd):
            seats = seats[seats.index.isin(self.tasks)]
            if len(seats):
                yield self._band(unit)
            for seat in seats.itertuples():
                count += 1
                tasks = self.tasks[seat.Index]
                for at, task in enumerate(tasks.itertuples()):
                    hours = task.satuan_waktu == "jam"
                    load = task.volume * task.norma_waktu * (MINUTES_PER_HOUR if hours else 1.0)
                    formula = "=F{row}*G{row}" + ("*60" if hours else "")
                    merged = dict.fromkeys((0, 1, 2), len(tasks) - at) if len(tasks) > 1 else {}
                    hasil = task.hasil if isinstance(task.hasil, str) else None
                    cells = [count, seat.Index, seat.nama, task.uraian, hasil, task.volume, task.norma_waktu, task.satuan_waktu, formula]
                    yield Row(cells, merged=merged, results={8: float(load)})

    def _d(self, opd: str) -> Iterator[Row]:
        count = 0
        for unit, _, seats in self._within(opd):
            yield self._band(unit)
            for seat in seats.itertuples():
                count += 1
                ej = None if np.isnan(seat.ej) else float(np.round(seat.ej, 4))
                yield Row(
                    [count, seat.Index, seat.nama, seat.beban, seat.kebutuhan, seat.kebutuhan_bulat, seat.ada, seat.selisih, ej, seat.prestasi or None, self._remark(seat)]
                )  # fmt: skip

    def _remark(self, seat: Any) -> str | None:
        if seat.keadaan == "tanpa ABK":
            return str(self.words["tanpa_abk"])
        if seat.keadaan == "kosong":
            return str(self.words["kosong"])
        if seat.stated:
            return str(self.words["ditetapkan"])
        return str(self.words["beban_lebih"]) if seat.prestasi == "A" else None

    def _e(self, opd: str) -> Iterator[Row]:
        units = [unit for unit, _, _ in self._within(opd)]
        yield from self._units(self.units, units)

    def _units(self, table: pd.DataFrame, units: list[str]) -> list[Row]:
        rows = []
        for count, unit in enumerate(units, 1):
            line = table.loc[unit]
            eu = None if np.isnan(line["eu"]) else float(np.round(line["eu"], 4))
            remark = self.words["beban_lebih"] if line["prestasi"] == "A" else None
            cells = [count, self.cycle.unit_name[unit], line["beban"], line["kebutuhan_bulat"], line["ada"], line["selisih"], eu, line["prestasi"] or None, remark]
            rows.append(Row(cells))
        return rows

    def _peta(self, opd: str) -> Iterator[Row]:
        for unit, depth, seats in self._within(opd):
            yield self._band(unit, depth)
            for seat in seats.itertuples():
                job_class = None if pd.isna(seat.kelas_jabatan) else int(seat.kelas_jabatan)
                yield Row([seat.Index, seat.nama, job_class, seat.ada, seat.kebutuhan_bulat, seat.selisih], indent=min(depth + 1, 8))


def organisation(cycle: Cycle) -> pd.DataFrame:
    """Units from the top down, each followed by those below it: unit_id, opd_id, depth.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> organisation(small_city()).values.tolist()
    [['K', 'K', 0], ['D1', 'D1', 1], ['D1P', 'D1', 2], ['D2', 'D2', 1]]
    """
    below: dict[str, list[str]] = {}
    for unit, parent in zip(cycle.unit["unit_id"], cycle.unit["induk_id"].fillna(""), strict=True):
        below.setdefault(str(parent), []).append(str(unit))
    rows: list[tuple[str, str, int]] = []
    waiting = [(u, 0) for u in reversed(below.get("", []))]
    while waiting:
        unit, depth = waiting.pop()
        rows.append((unit, str(cycle.opd[unit]), depth))
        waiting += [(u, depth + 1) for u in reversed(below.get(unit, []))]
    return pd.DataFrame(rows, columns=["unit_id", "opd_id", "depth"])


def _seats(cycle: Cycle) -> pd.DataFrame:
    """Need of every seat class with its name, place, class and state, structural seats first."""
    jabatan = cycle.jabatan.set_index("jabatan_id")
    frame = need(cycle).join(jabatan[["nama", "jenis", "kelas_jabatan"]]).join(cycle.seat)
    frame = frame.assign(keadaan=fill(cycle)["keadaan"], stated=jabatan["kebutuhan"].notna())
    rank = frame["jenis"].map({k: i for i, k in enumerate(KINDS)})
    order = frame.assign(rank=rank, high=-frame["kelas_jabatan"].astype(float).fillna(0.0), code=frame.index)
    return frame.loc[order.sort_values(["rank", "high", "nama", "code"], kind="stable").index]


def _grades(held: pd.DataFrame | None) -> list[tuple[str, float]]:
    """Full-time people of a seat class by grade, the highest first."""
    if held is None:
        return []
    from mutasi_toolkit.schema import GOLONGAN_PNS, GOLONGAN_PPPK

    rank = {g: i for i, g in enumerate(GOLONGAN_PPPK + GOLONGAN_PNS)}
    count = held.loc[held["status"] != PART_TIME, "golongan"].fillna("–").value_counts()
    return [(str(g), float(n)) for g, n in sorted(count.items(), key=lambda item: -rank.get(str(item[0]), -1))]
