"""The printed forms cell by cell, and how their rows fall on pages."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import openpyxl
import pytest
from openpyxl.cell.cell import Cell
from openpyxl.worksheet.worksheet import Worksheet

from mutasi_toolkit.workload import write_forms
from mutasi_toolkit.workload.example import small_city

#: What is printed for the city below: looked through by hand; written anew with `python tests/test_workload_forms_printed.py`.
PRINTED = Path(__file__).parent / "printed" / "forms.txt"
#: Points of a line of text as Excel keeps them, and lines of a landscape page.
LINE, PAGE = 14.0, 43

TABLES = {
    "unit": """unit_id,nama,induk_id,jenis,rumpun
K,Kota Contoh,,kota,
D1,Dinas Kesehatan,K,dinas,kesehatan
D1P,Puskesmas Utara,D1,puskesmas,
D1Q,Puskesmas Pembantu yang Letaknya Jauh di Selatan,D1P,puskesmas,
D2,Dinas Keuangan,K,dinas,keuangan
""",
    "jabatan": """jabatan_id,unit_id,nama,jenis,jenjang,kelas_jabatan,kebutuhan,eselon
J1,D1,Pengelola Data dan Informasi Kesehatan Masyarakat Tingkat Kota,pelaksana,,6,,
J0,D1,Kepala Dinas,jpt,,14,1,II.b
J2,D1P,Bidan Ahli Madya,fungsional,ahli madya,11,,
J4,D1P,Bidan Ahli Muda,fungsional,ahli muda,9,,
J5,D1P,Perawat,fungsional,terampil,,,
J6,D1Q,Pengemudi,pelaksana,,3,,
J3,D2,Analis Anggaran,pelaksana,,7,2,
""",
    "pegawai": """pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan,akhir_kontrak
P1,J1,PNS,III/a,S1,1969-03-10,2020-01-01,
P2,J1,PPPK,IX,S1,1990-05-01,2024-03-01,2028-02-29
P6,J1,PNS,III/a,S1,1979-03-10,2020-01-01,
P3,J2,PNS,IV/a,S1,1967-12-20,2019-01-01,
P4,J3,PNS,III/b,S1,1985-07-07,2021-01-01,
P5,J3,PNS,III/c,S1,1970-01-15,2018-01-01,
P7,J6,PNS,I/c,SLTA,1985-07-07,2021-01-01,
""",
    "tugas": """jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil
J1,Mengolah data,3000,60,menit,data
J1,Menyusun laporan bulanan dan tahunan bagi pimpinan serta bagi kementerian,12,10,jam,
J2,Pelayanan ANC,1500,30,menit,layanan
J2,Pertolongan persalinan,200.5,10,jam,layanan
J4,Imunisasi,7500,10,menit,layanan
J6,Mengantar,100,30,menit,perjalanan
""",
    "paruh_waktu": "jabatan_id,orang\nJ1,3\n",
}
CITY = {"paruh_waktu": {"fte": 0.5}, "permintaan": {"keuangan": 0.1}, "skenario": "naik"}


def style_of(cell: Cell) -> str:
    """Looks of a cell in words, '' for an empty one of no looks."""
    font, side, at = cell.font, cell.border.left, cell.alignment
    fill = cell.fill.fgColor.rgb if cell.fill.fill_type else "none"
    border = f"{side.style} {side.color.rgb}" if side is not None and side.style else "none"
    colour = font.color.rgb if font.color is not None and isinstance(font.color.rgb, str) else "none"
    if cell.value is None and border == "none":
        return ""
    return f"{font.name} {font.sz:g} bold={font.b} colour={colour} fill={fill} border={border} {at.horizontal}/{at.vertical} wrap={at.wrap_text} indent={at.indent:g} {cell.number_format}"


def told(path: Path) -> str:
    """Everything on the sheets: a line for each row, each cell as looks:place:content."""
    styles: dict[str, str] = {}
    lines = []
    values = openpyxl.load_workbook(path, data_only=True)
    for sheet in openpyxl.load_workbook(path):
        page, margins = sheet.page_setup, sheet.page_margins
        footer = " | ".join(part.text for part in (sheet.oddFooter.left, sheet.oddFooter.center, sheet.oddFooter.right))
        lines += [f"== {sheet.title}", f"{page.orientation} paper {page.paperSize} scale {page.scale} centred {sheet.print_options.horizontalCentered}, footer {footer}"]
        lines += [f"margins {margins.left:g} {margins.right:g} {margins.top:g} {margins.bottom:g}", f"widths {[round(d.width, 2) for d in sheet.column_dimensions.values()]}"]
        lines += [f"new pages after {[b.id for b in sheet.row_breaks.brk]}", f"merged {' '.join(sorted(str(r) for r in sheet.merged_cells.ranges))}"]
        for row in sheet.iter_rows():
            cells = []
            for cell in row:
                value, result, looks = cell.value, values[sheet.title][cell.coordinate].value, style_of(cell)
                if looks:
                    shown = "" if value is None else f"{value}{'' if value == result else f' -> {result}'}"
                    cells.append(f"{styles.setdefault(looks, f's{len(styles) + 1}')}:{cell.coordinate}:{shown}")
            lines.append(f"{row[0].row} ({sheet.row_dimensions[row[0].row].height:g}) {' | '.join(cells)}".rstrip())
    return "\n".join([*(f"{name} = {style}" for style, name in styles.items()), *lines, ""])


def test_every_cell_of_the_printed_forms(tmp_path: Path) -> None:
    found = told(write_forms(small_city(CITY, **TABLES), tmp_path / "f.xlsx"))
    assert found == PRINTED.read_text(encoding="utf-8")


def test_one_opd_and_real_people(tmp_path: Path) -> None:
    """No summary of all OPDs, no scenario, no mark of synthetic people, numbering from 1."""
    path = write_forms(small_city({"sintetis": False, "paruh_waktu": {"fte": 0.5}}, **TABLES), tmp_path / "f.xlsx", opd="D2")
    for sheet in openpyxl.load_workbook(path):
        if sheet.title == "Formulir C":
            assert sheet["A1"].value is None, "a stated need has no tasks"
            continue
        first = [row[0].value for row in sheet.iter_rows()]
        assert first[1] == "Satuan Kerja : Dinas Keuangan"
        assert sum(str(v).startswith("Satuan Kerja") for v in first if v) == 1
        assert not any("SINTETIS" in str(v) or "naik" in str(v) for v in first)
        assert first[3] is None, "the heading follows the line below three titles"
        if sheet.title in {"Formulir B", "Formulir D"}:
            assert [v for v in first if isinstance(v, int)] == [1]


def lines_of(sheet: Worksheet) -> list[int]:
    return [round((sheet.row_dimensions[r].height or LINE) / LINE) for r in range(1, sheet.max_row + 1)]


def pages(sheet: Worksheet) -> Iterator[list[int]]:
    """Row numbers page by page."""
    ends = [0, *(b.id for b in sheet.row_breaks.brk), sheet.max_row]
    for first, last in pairwise(ends):
        yield list(range(first + 1, last + 1))


def tall_city(sizes: list[int], long: int) -> str:
    """Tasks of J1, J2, J3 in turn: so many each, every `long`-th with words for three lines."""
    rows = ["jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil"]
    for seat, size in zip(("J1", "J2", "J3"), sizes, strict=True):
        rows += [f"{seat},{'Tugas ' * (18 if long and k % long == 0 else 1)}{k:03d},{k + 1},5,menit,berkas" for k in range(size)]
    return "\n".join(rows) + "\n"


@pytest.mark.parametrize(("sizes", "long"), [([30, 0, 1], 0), ([31, 3, 35], 0), ([32, 40, 2], 0), ([100, 2, 36], 0), ([60, 29, 20], 4), ([5, 70, 24], 7), ([33, 1, 25], 0), ([34, 1, 26], 0), ([28, 1, 27], 0), ([29, 2, 28], 0)])
def test_rows_fall_on_pages_as_counted_by_hand(tmp_path: Path, sizes: list[int], long: int) -> None:
    """No page is too full, none ends early, headings come back, no merged cell and no unit's name is torn off."""
    sheet = openpyxl.load_workbook(write_forms(small_city(tugas=tall_city(sizes, long)), tmp_path / "f.xlsx"))["Formulir C"]
    lines, merged = lines_of(sheet), [r for r in sheet.merged_cells.ranges if r.min_row != r.max_row]
    shown = list(pages(sheet))
    for page, after in zip(shown, [*shown[1:], []], strict=True):
        used = sum(lines[r - 1] for r in page)
        assert used <= PAGE
        first = str(sheet.cell(page[0], 1).value)
        signs = sheet.cell(page[0], 1).value is None
        assert first.startswith("FORMULIR C") or first == "NO" or signs
        body = after[2] if after and str(sheet.cell(after[0], 1).value) == "NO" else None
        if body is not None:
            band = str(sheet.cell(body, 1).value).startswith("Unit Kerja")
            assert used + lines[body - 1] + (lines[body] if band else 0) > PAGE, "what came next would have fitted"
        elif after and sheet.cell(after[0], 1).value is None:
            assert used + 8 > PAGE, "the signatures would have fitted"
        assert not str(sheet.cell(page[-1], 1).value).startswith("Unit Kerja")
        assert all(r.max_row <= page[-1] for r in merged if page[0] <= r.min_row <= page[-1])
    tasks = [r for r in range(1, sheet.max_row + 1) if str(sheet.cell(r, 4).value).startswith("Tugas")]
    assert len(tasks) == sum(sizes)
    assert sum(r.max_row - r.min_row + 1 for r in merged if r.min_col == 2) + sum(1 for r in tasks if sheet.cell(r, 2).value and not any(m.min_row == r and m.min_col == 2 for m in merged)) == sum(sizes)
    sums = [sheet.cell(r, 9).value for r in range(1, sheet.max_row + 1) if sheet.cell(r, 1).value == "JUMLAH"]
    assert len(sums) == sum(1 for opd in (sizes[:2], sizes[2:]) if sum(opd))


if __name__ == "__main__":
    from tempfile import TemporaryDirectory

    with TemporaryDirectory() as folder:
        PRINTED.parent.mkdir(exist_ok=True)
        PRINTED.write_text(told(write_forms(small_city(CITY, **TABLES), Path(folder) / "f.xlsx")), encoding="utf-8")
