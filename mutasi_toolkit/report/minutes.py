"""The draft minutes (berita acara) of the tim penilai kinerja, as a sheet to fill in and sign."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mutasi_toolkit.locale import long_date, text
from mutasi_toolkit.report.clean import clean

if TYPE_CHECKING:
    from mutasi_toolkit.report.opened import Opened

#: Rows below the opening text: one per question whose answer is recorded.
ASKED = ("oleh", "tanggal", "nomor", "tempat")
SIGN = 5


def minutes_sheet(sheet: Any, opened: Opened, formats: dict[str, Any]) -> None:
    """Write the draft: what lay before the team, its opinion move by move (read from the sheet of the proposal), and signatures.

    The cells for who gave the opinion and when are read back: they stand for every decision that does not say it itself (R18).
    """
    from mutasi_toolkit.report.workbook import LINE, set_page

    language, settings = opened.language, opened.cycle.settings
    set_page(sheet, opened, -1)
    sheet.set_portrait()
    for column, width in enumerate((44, 30, 30)):
        sheet.set_column(column, column, width)
    sheet.write_string(0, 0, text("workbook.minutes_title", language), formats["title"])
    about = text("workbook.minutes_about", language, name=clean(settings.nama), cycle=settings.siklus, date=long_date(settings.tanggal, language))
    sheet.merge_range(1, 0, 1, 2, about, formats["plain"])
    sheet.set_row(1, 4 * LINE)
    row = 3
    for key in ASKED:
        sheet.write_string(row, 0, text(f"workbook.opinion_{key}", language), formats["text"])
        sheet.write_blank(row, 1, None, formats["input"])
        row += 1
    facts = opened.facts
    said = text("workbook.minutes_before", language, moves=int(facts["jumlah_mutasi"]), checked=int(facts["aturan_diperiksa"]), unchecked=int(facts["aturan_tidak_diperiksa"]))
    already = recorded(opened)
    sheet.merge_range(row + 1, 0, row + 1, 2, " ".join([said, *already]), formats["plain"])
    sheet.set_row(row + 1, (4 + 2 * len(already)) * LINE)
    row += 3
    for at, key in enumerate(("minutes_verdict", "minutes_count", "minutes_note")):
        sheet.write_string(row, at, text(f"workbook.{key}", language), formats["head"])
    for verdict in ("terima", "tolak", "kunci"):
        row += 1
        made = opened.cycle.keputusan["putusan"] == verdict
        sheet.write_string(row, 0, verdict, formats["text"])
        sheet.write_number(row, 1, int(made.sum()), formats["number0"])
        sheet.write_blank(row, 2, None, formats["input"])
    row += 2
    sheet.merge_range(row, 0, row, 2, text("workbook.minutes_law", language), formats["plain"])
    sheet.set_row(row, 4 * LINE)
    for at, key in enumerate(("minutes_name", "minutes_post", "minutes_sign")):
        sheet.write_string(row + 2, at, text(f"workbook.{key}", language), formats["head"])
    for k in range(SIGN):
        sheet.set_row(row + 3 + k, 2 * LINE)
        for at in range(3):
            sheet.write_blank(row + 3 + k, at, None, formats["text"])


def recorded(opened: Opened) -> list[str]:
    """Opinions recorded for decisions so far, a sentence each: who, when, for how many; a new decision needs one of its own."""
    made = opened.cycle.keputusan.dropna(subset=["oleh"])
    when = made["tanggal"].dt.strftime("%Y-%m-%d").fillna("–")
    counts = made.groupby([made["oleh"].map(clean), when]).size()
    return [text("workbook.minutes_recorded", opened.language, who=who, date=date, n=n) for (who, date), n in counts.items()]
