"""What a form held, as tables, and how its seat classes are matched with those of a cycle."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

PLACE = ["lembar", "baris"]
WHO = ["kode_unit", "unit", "kode_jabatan", "jabatan"]
TASK_COLUMNS = [*PLACE, *WHO, "uraian", "hasil", "volume", "norma_waktu", "satuan_waktu"]
SEAT_COLUMNS = [*PLACE, *WHO, "kelas", "beban", "kebutuhan", "ada"]
UNIT_COLUMNS = [*PLACE, "unit", "beban", "kebutuhan", "ada"]
#: Columns of the table `tugas` of a cycle.
CYCLE_COLUMNS = ["jabatan_id", "uraian", "volume", "norma_waktu", "satuan_waktu", "hasil"]


@dataclass(frozen=True, slots=True)
class Remark:
    """Something to know about a form that did not stop its reading.

    Attributes
    ----------
    kind : str
        Name of the message `workload.form_<kind>`.
    sheet : str
    rows : tuple of int
        Rows as a spreadsheet shows them.
    details : tuple of (str, str)
        Places of the message.
    """

    kind: str
    sheet: str
    rows: tuple[int, ...] = ()
    details: tuple[tuple[str, str], ...] = ()

    def text(self, language: str = "id") -> str:
        """Say where and what."""
        shown = ", ".join(map(str, self.rows[:5])) + (" …" if len(self.rows) > 5 else "")
        where = text("workload.form_place", language, sheet=self.sheet, rows=shown) if self.rows else self.sheet
        return f"{where}: {text(f'workload.form_{self.kind}', language, **dict(self.details))}"


@dataclass(frozen=True, slots=True, eq=False)
class Abk:
    """The content of an ABK workbook.

    Attributes
    ----------
    tugas : DataFrame
        One task per row: lembar, baris (row as a spreadsheet shows it), kode_unit, unit, kode_jabatan, jabatan, uraian, hasil,
        volume (a year), norma_waktu, satuan_waktu.
    jabatan : DataFrame
        One seat class per row, from summaries: lembar, baris, kode_unit, unit, kode_jabatan, jabatan, kelas, beban, kebutuhan, ada
        (nan where the form does not say).
    unit : DataFrame
        One unit per row, from Form E: lembar, baris, unit, beban, kebutuhan, ada.
    remarks : tuple of Remark
    """

    tugas: pd.DataFrame
    jabatan: pd.DataFrame
    unit: pd.DataFrame
    remarks: tuple[Remark, ...]

    def for_cycle(self, cycle: Cycle) -> tuple[pd.DataFrame, tuple[Remark, ...]]:
        """The tasks with the seat classes of a cycle.

        A seat class is found by its code; else by its title and its unit (or the OPD above it); else by its title, where only one
        seat class of the cycle has it. Titles and units are compared without case and punctuation.

        Returns
        -------
        DataFrame
            Columns jabatan_id, uraian, volume, norma_waktu, satuan_waktu, hasil: rows of the table `tugas`.
        tuple of Remark
            Those of the form, and one for each seat class that was not found or not told apart.
        """
        seats = _seat_index(cycle)
        found: dict[tuple[str, str, str], str] = {}
        remarks = list(self.remarks)
        for key, rows in self.tugas.groupby(["kode_jabatan", "unit", "jabatan"], sort=False):
            code, unit, title = map(str, key)
            matches = _matches(seats, code, unit, title)
            if len(matches) == 1:
                found[code, unit, title] = matches[0]
                continue
            kind = "unmatched" if not matches else "ambiguous"
            details = (("jabatan", title or code), ("unit", unit or "–"), ("codes", ", ".join(matches[:5])))
            remarks.append(Remark(kind, str(rows["lembar"].iloc[0]), tuple(rows["baris"].head(6).tolist()), details))
        keys = zip(self.tugas["kode_jabatan"], self.tugas["unit"], self.tugas["jabatan"], strict=True)
        ids = pd.Series([found.get(k) for k in keys], index=self.tugas.index, dtype="str")
        out = self.tugas.assign(jabatan_id=ids)[CYCLE_COLUMNS]
        return out[ids.notna()].reset_index(drop=True), tuple(remarks)


def _folded(words: object) -> str:
    return " ".join("".join(c if c.isalnum() else " " for c in str(words).casefold()).split())


def _seat_index(cycle: Cycle) -> pd.DataFrame:
    names = cycle.unit_name
    place = cycle.seat.reindex(cycle.jabatan["jabatan_id"])
    return pd.DataFrame(
        {
            "id": cycle.jabatan["jabatan_id"].astype(str).to_numpy(),
            "title": cycle.jabatan["nama"].map(_folded).to_numpy(),
            "unit": place["unit_id"].map(names).map(_folded).to_numpy(),
            "opd": place["opd_id"].map(names).map(_folded).to_numpy(),
        }
    )


def _matches(seats: pd.DataFrame, code: str, unit: str, title: str) -> list[str]:
    if code:
        return seats.loc[seats["id"] == code, "id"].tolist()
    same = seats[seats["title"] == _folded(title)]
    if unit:
        place = _folded(unit)
        within = same[same["unit"] == place]
        return (within if len(within) else same[same["opd"] == place])["id"].tolist()
    return same["id"].tolist()
