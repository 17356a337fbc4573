"""The proposal as a list for entry into I-MUT, the system of BKN in which every transfer must be recorded (SE Kepala BKN 7/2024)."""

from __future__ import annotations

from datetime import datetime
from math import ceil
from pathlib import Path

import pandas as pd
import xlsxwriter

from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.locale import text

COLUMNS = (
    "nomor", "nip", "status", "golongan", "jabatan_lama", "jenis_lama", "eselon_lama", "unit_lama", "opd_lama", "jabatan_baru", "jenis_baru",
    "eselon_baru", "unit_baru", "opd_baru", "tmt_jabatan_lama", "jenis_mutasi",
)  # fmt: skip
CREATED = datetime(2000, 1, 1)


def imut_rows(cycle: Cycle, moves: pd.DataFrame) -> pd.DataFrame:
    """One row per person who moves, with what is entered into I-MUT.

    The file layout of I-MUT is not published; the columns are those that its entry asks for according to published accounts of its use,
    so the list is for entry by hand or for fitting to a form that the office holds.

    Parameters
    ----------
    cycle : Cycle
        The cycle before the moves.
    moves : DataFrame
        Columns pegawai_id and jabatan_id (the new seat).

    Returns
    -------
    DataFrame
        Columns `COLUMNS`, text but for nomor, sorted by NIP; jenis_mutasi: antar_opd, antar_unit or dalam_unit.
    """
    people = cycle.pegawai.set_index("pegawai_id")
    seats = cycle.jabatan.set_index("jabatan_id")[["nama", "jenis", "eselon"]].join(cycle.seat)
    names = cycle.unit_name
    order = moves.sort_values("pegawai_id")
    who = people.loc[order["pegawai_id"]]
    old, new = seats.loc[who["jabatan_id"]], seats.loc[order["jabatan_id"]]
    same_opd, same_unit = old["opd_id"].to_numpy() == new["opd_id"].to_numpy(), old["unit_id"].to_numpy() == new["unit_id"].to_numpy()
    kinds = ["dalam_unit" if u else "antar_unit" if o else "antar_opd" for u, o in zip(same_unit, same_opd, strict=True)]
    frame = pd.DataFrame({"nomor": range(1, len(order) + 1), "nip": order["pegawai_id"].to_numpy()})
    frame["status"], frame["golongan"] = who["status"].to_numpy(), who["golongan"].to_numpy()
    for side, seat in (("lama", old), ("baru", new)):
        frame[f"jabatan_{side}"], frame[f"jenis_{side}"] = seat["nama"].to_numpy(), seat["jenis"].to_numpy()
        frame[f"eselon_{side}"] = seat["eselon"].fillna("").to_numpy()
        frame[f"unit_{side}"], frame[f"opd_{side}"] = seat["unit_id"].map(names).to_numpy(), seat["opd_id"].map(names).to_numpy()
    frame["tmt_jabatan_lama"] = who["tmt_jabatan"].dt.strftime("%d-%m-%Y").to_numpy()
    return frame.assign(jenis_mutasi=kinds)[list(COLUMNS)]


def write_imut(cycle: Cycle, moves: pd.DataFrame, path: Path, language: str = "id") -> None:
    """Write the list as a workbook that says what it is and what it is not; the same moves give the same bytes."""
    rows = imut_rows(cycle, moves)
    with xlsxwriter.Workbook(str(path), {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}) as book:
        book.set_properties({"title": text("siasn.imut_title", language), "created": CREATED})
        sheet = book.add_worksheet("I-MUT")
        base = {"border": 1, "border_color": "#B8C2CC", "valign": "top", "text_wrap": True}
        head = book.add_format({**base, "bold": True, "bg_color": "#DCE6EC", "valign": "vcenter"})
        cell = book.add_format({**base, "num_format": "@"})
        note = book.add_format({"text_wrap": True, "valign": "top", "bold": True, "font_color": "#7A4A00"})
        sheet.set_landscape()
        sheet.set_paper(8)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(1)
        sheet.freeze_panes(2, 2)
        said = [text("siasn.imut_note", language), text("siasn.imut_draft", language)]
        if cycle.settings.sintetis:
            said.insert(0, text("siasn.imut_synthetic", language))
            sheet.set_header(f"&R{said[0]}")
        sheet.merge_range(0, 0, 0, len(COLUMNS) - 1, "\n".join(said), note)
        sheet.set_row(0, 66)
        sheet.set_row(1, 32)
        sheet.set_footer("&R&P / &N")
        lines = [1] * len(rows)
        for at, column in enumerate(COLUMNS):
            shown = rows[column].astype(str).tolist()
            if column == "jenis_mutasi":
                shown = [text(f"siasn.imut_{value}", language) for value in shown]
            width = min(30, max([9, *[len(words) + 2 for words in shown]]))
            sheet.set_column(at, at, width)
            sheet.write_string(1, at, text(f"siasn.imut_{column}", language), head)
            for row, words in enumerate(shown):
                sheet.write_string(row + 2, at, words, cell)
                lines[row] = max(lines[row], ceil(1.12 * len(words) / width))
        for row, tall in enumerate(lines):
            sheet.set_row(row + 2, 15 * tall)
