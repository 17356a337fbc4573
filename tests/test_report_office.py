"""What an office reads: workbook, notices, report, the last proposal, scenarios; hostile text in all of them."""

from __future__ import annotations

import json
import re
import shutil
import zipfile
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path

import pandas as pd
import pytest
from openpyxl import load_workbook

import mutasi_toolkit as mt
from mutasi_toolkit.cli import main
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.report import (
    Opened,
    open_scenarios,
    opened_from,
    sheets,
    write_html,
    write_notices,
    write_workbook,
)
from mutasi_toolkit.report.clean import clean, plain_markdown
from mutasi_toolkit.report.last import fared
from mutasi_toolkit.report.marked import read_marked
from mutasi_toolkit.report.notices import safe_name
from mutasi_toolkit.report.scenarios import YARDSTICK

HOSTILE = '=cmd|"/c calc"!A1 <script>alert(1)</script> $\\frac{1}{0}$ **b** \u202egnp.exe\x07'


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Opened:
    cycle = mt.read_cycle(data_dir("cycles") / "contoh")
    place = tmp_path_factory.mktemp("hasil")
    mt.propose(cycle).write(place)
    return opened_from(cycle, place)


@pytest.fixture(scope="module")
def hostile(opened: Opened) -> Opened:
    """The same with hostile names of units and seats, in the cycle and in the proposal's tables."""
    unit = opened.cycle.unit.assign(nama=HOSTILE)
    jabatan = opened.cycle.jabatan.assign(nama=HOSTILE)
    tables = dict(opened.tables)
    for name, columns in (("usulan", ["nama_asal", "nama_tujuan", "alasan_id"]), ("opd", ["nama"]), ("peta_jabatan", ["nama", "nama_unit", "nama_opd"])):
        tables[name] = tables[name].assign(**dict.fromkeys(columns, HOSTILE))
    settings = opened.cycle.settings.model_copy(update={"nama": HOSTILE, "keterangan": HOSTILE})
    return Opened(replace(opened.cycle, unit=unit, jabatan=jabatan, settings=settings), tables, opened.plan)


class _Seen(HTMLParser):
    """Tags and attributes of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))


def test_workbook_has_every_sheet_and_drop_downs(opened: Opened, tmp_path: Path) -> None:
    for name in ("a.xlsx", "b.xlsx"):
        write_workbook(opened, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
    book = load_workbook(tmp_path / "a.xlsx")
    wanted = ["Ringkasan", "Usulan", "Putusan", "Alasan", "Aturan per mutasi", "Pemeriksaan", "Per OPD", "Pengetahuan"]
    wanted += ["Cakupan keahlian", "Peta jabatan", "Urutan DUK", "Tunjangan", "Plt dan kosong", "Tidak pindah", "Seberapa teguh", "Apa yang mengikat", "Aturan", "Berita acara"]
    assert book.sheetnames == wanted
    rule = next(iter(book["Usulan"].data_validations.dataValidation))
    assert rule.formula1 == '"terima,tolak,kunci"'
    assert len(opened.tables["usulan"]) == book["Usulan"].max_row - 2
    seats = {row[2].value: row[8].value for row in book["Peta jabatan"].iter_rows(min_row=3)}
    after = mt.workload.need(opened.after)["ada"]
    assert seats == pytest.approx({j: float(after[j]) for j in seats})
    names = set(opened.cycle.unit_name)
    assert {row[0].value for row in book["Cakupan keahlian"].iter_rows(min_row=3)} <= names


def test_workbook_says_how_firm_moves_are_and_what_binds(opened: Opened, tmp_path: Path) -> None:
    movers = sorted(opened.tables["usulan"]["pegawai_id"])
    stands = pd.DataFrame({"pegawai_id": movers, "bertahan": [1.0] * (len(movers) - 1) + [0.25], "ulangan": 4})
    tables = opened.tables | {"stabilitas": stands, "harga": pd.DataFrame({"kalimat_id": ["Satu mutasi lagi menghemat 2 poin."]})}
    write_workbook(Opened(opened.cycle, tables, opened.plan), tmp_path / "u.xlsx")
    book = load_workbook(tmp_path / "u.xlsx")
    shown = [(row[0].value, row[5].value) for row in book["Seberapa teguh"].iter_rows(min_row=3)]
    assert shown == [(movers[-1], 25), *((p, 100) for p in movers[:-1])]
    assert [row[0].value for row in book["Apa yang mengikat"].iter_rows(min_row=3)] == ["Satu mutasi lagi menghemat 2 poin."]


def test_decisions_taken_stand_in_the_workbook(opened: Opened, tmp_path: Path) -> None:
    mover = opened.tables["usulan"]["pegawai_id"].iloc[0]
    other = next(p for p in opened.cycle.pegawai["pegawai_id"] if p not in set(opened.tables["usulan"]["pegawai_id"]))
    made = opened.cycle.keputusan.reindex(range(2)).assign(pegawai_id=[mover, other], putusan=["terima", "kunci"], oleh="TPK")
    decided = Opened(replace(opened.cycle, keputusan=made.astype(opened.cycle.keputusan.dtypes.to_dict())), opened.tables, opened.plan)
    write_workbook(decided, tmp_path / "u.xlsx")
    back = read_marked(tmp_path / "u.xlsx").set_index("pegawai_id")
    assert back["putusan"].to_dict() == {mover: "terima", other: "kunci"}
    assert set(back["oleh"]) == {"TPK"}
    minutes = load_workbook(tmp_path / "u.xlsx")["Berita acara"]
    assert any("pertimbangan TPK tanggal – atas 2 putusan" in str(row[0].value) for row in minutes.iter_rows())
    assert minutes["B4"].value is None


def test_opinion_on_the_minutes_stands_for_every_decision(opened: Opened, tmp_path: Path) -> None:
    write_workbook(opened, tmp_path / "u.xlsx")
    book = load_workbook(tmp_path / "u.xlsx")
    sheet = book["Usulan"]
    at = {c.value: c.column for c in sheet[2]}
    sheet.cell(3, at["Putusan"]).value = "terima"
    for row in book["Berita acara"].iter_rows():
        if str(row[0].value).startswith("Pertimbangan diberikan"):
            row[1].value = "TPK Kota"
        if row[0].value == "Tanggal pertimbangan":
            row[1].value = "2026-02-12"
    book.save(tmp_path / "u.xlsx")
    back = read_marked(tmp_path / "u.xlsx")
    assert back[["oleh", "tanggal"]].to_numpy().tolist() == [["TPK Kota", "2026-02-12"]]


def test_seniority_orders_by_grade_then_time_in_the_seat(opened: Opened) -> None:
    frame = sheets.seniority(opened)
    assert set(opened.tables["usulan"]["pegawai_id"]) >= set(frame.loc[frame["diusulkan"] == "ya", "pegawai_id"])
    grades = [*mt.schema.GOLONGAN_PPPK, *mt.schema.GOLONGAN_PNS]
    for _, group in frame.groupby(["nama_asal", "unit_asal_nama"]):
        assert group["urutan_duk"].to_list() == list(range(1, len(group) + 1))
        ranks = [grades.index(g) for g in group["golongan"]]
        assert ranks == sorted(ranks, reverse=True)


def test_allowance_is_the_difference_of_the_two_seats(opened: Opened) -> None:
    frame, tpp = sheets.allowance(opened), opened.cycle.jabatan.set_index("jabatan_id")["tpp"]
    moves = opened.tables["usulan"].sort_values("pegawai_id")
    expected = (moves["jabatan_tujuan"].map(tpp) - moves["jabatan_asal"].map(tpp)).to_numpy()
    assert frame["beda_tpp"].to_numpy() == pytest.approx(expected)


def test_every_rule_of_every_move_has_its_article(opened: Opened) -> None:
    frame = sheets.rules_per_move(opened)
    listed = sum(len(str(r).split(";")) for r in opened.tables["usulan"]["aturan"])
    assert (frame["hasil_periksa"] == "lolos").sum() == listed
    assert frame["pasal"].str.len().gt(0).all()


def test_notices_one_per_mover_and_receiving_opd(opened: Opened, tmp_path: Path) -> None:
    write_notices(opened, tmp_path)
    moves = opened.tables["usulan"]
    people = {p.stem for p in (tmp_path / "pemberitahuan" / "pegawai").glob("*.html")}
    assert people == set(moves["pegawai_id"])
    receiving = set(moves.loc[moves["opd_asal"] != moves["opd_tujuan"], "opd_tujuan"])
    assert {p.stem for p in (tmp_path / "pemberitahuan" / "opd").glob("*.html")} == receiving
    page = (tmp_path / "pemberitahuan" / "pegawai" / f"{moves['pegawai_id'].iloc[0]}.html").read_text(encoding="utf-8")
    assert moves["nama_tujuan"].iloc[0] in page
    assert "pasal 191" in page
    assert "sintetis" in page


def test_a_reader_of_english_meets_no_indonesian_rule(opened: Opened, tmp_path: Path) -> None:
    mt.propose(opened.cycle).write(tmp_path)
    english = opened_from(opened.cycle, tmp_path, "en")
    assert not set(english.tables["aturan"]["pernyataan"]) & set(opened.tables["aturan"]["pernyataan"])
    write_html(english, tmp_path, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert ">binding<" in page
    assert "paling singkat" not in page


def test_a_folder_of_scenarios_and_a_cycle_workbook_are_met_with_the_remedy(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "hasil" / "dasar").mkdir(parents=True)
    (tmp_path / "hasil" / "dasar" / "manifest.json").write_text("{}", encoding="utf-8")
    assert main(["explain", str(tmp_path / "hasil"), "1"]) == 2
    assert str(tmp_path / "hasil" / "dasar") in capsys.readouterr().err
    assert main(["template", str(tmp_path / "baru")]) == 0
    for given, remedy in ((str(tmp_path / "baru" / "siklus.xlsx"), "mutasi check"), (str(tmp_path / "tiada.csv"), "Periksa nama")):
        assert main(["import", given, "--into", str(tmp_path / "ke")]) == 2
        assert remedy in capsys.readouterr().err


@pytest.mark.parametrize("code", ["../../etc/passwd", "a/b", "a\\b", "a\0b", "", "x" * 300, "nul:"])
def test_file_names_of_hostile_codes_stay_in_their_folder(code: str) -> None:
    name = safe_name(code)
    assert re.fullmatch(r"[A-Za-z0-9_-]{1,80}", name)
    assert safe_name("O15") == "O15"


def test_hostile_text_is_inert_in_report_and_notices(hostile: Opened, tmp_path: Path) -> None:
    write_html(hostile, tmp_path, tmp_path / "report.html")
    write_notices(hostile, tmp_path)
    for path in tmp_path.rglob("*.html"):
        page = path.read_text(encoding="utf-8")
        seen = _Seen(page)
        assert sum(tag == "script" for tag, _ in seen.tags) == (1 if path.name == "report.html" else 0)
        assert "\u202e" not in page
        assert "\x07" not in page
        assert not any(name.startswith("on") for _, attributes in seen.tags for name in attributes)
        assert not any(a.get("src", "data:").split(":")[0] != "data" for tag, a in seen.tags if tag == "img")
        assert "alert(1)" in page


def test_hostile_text_is_inert_in_the_workbook(hostile: Opened, tmp_path: Path) -> None:
    write_workbook(hostile, tmp_path / "u.xlsx")
    with zipfile.ZipFile(tmp_path / "u.xlsx") as archive:
        parts = {n: archive.read(n).decode("utf-8") for n in archive.namelist() if n.endswith(".xml")}
    assert not any("<f>" in p for n, p in parts.items() if n.startswith("xl/worksheets/"))
    assert "\u202e" not in "".join(parts.values())
    cells = [c for sheet in load_workbook(tmp_path / "u.xlsx") for row in sheet.iter_rows() for c in row]
    assert all(c.data_type != "f" for c in cells)
    assert any(str(c.value).startswith("=cmd") for c in cells)


def test_hostile_names_are_drawn_and_written_as_they_are(hostile: Opened) -> None:
    from mutasi_toolkit.figures import png_bytes
    from mutasi_toolkit.report import pictures

    assert png_bytes(pictures.draw(hostile, "beban_opd_sesudah"), dpi=40)[:4] == b"\x89PNG"
    line = hostile.heading().data
    assert "<script>" not in line
    assert not re.search(r"(?<!\\)\$", line)


def test_cleaning_keeps_ordinary_text() -> None:
    for words in ("Dinas Kesehatan", "Bidang Ke-Olahragaan (a/n)", "é – “x”", "1.234,5%"):
        assert clean(words) == words
    assert plain_markdown("a_b") == "a\\_b"


def test_report_is_light_accessible_and_answers_first(opened: Opened, tmp_path: Path) -> None:
    write_html(opened, tmp_path, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    tags = [t for t, _ in _Seen(page).tags]
    levels = [int(t[1]) for t in tags if re.fullmatch(r"h[1-6]", t)]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert max(b - a for a, b in pairwise(levels)) <= 1
    assert tags.count("table") == tags.count("caption")
    assert not re.search(r"https?://|url\(|@import|<link|<iframe", page)
    assert page.index('class="answers"') < page.index("<table")
    assert page.count('class="card"') == 6


def test_first_cycle_has_no_last_proposal(opened: Opened) -> None:
    assert fared(opened) is None


def test_report_opens_with_how_the_last_proposal_fared(opened: Opened, tmp_path: Path) -> None:
    place = tmp_path / "siklus"
    shutil.copytree(data_dir("cycles") / "contoh", place)
    moves = opened.tables["usulan"].head(3)
    done = moves.head(1)
    after = opened.cycle.after(done.rename(columns={"jabatan_tujuan": "jabatan_id"})[["pegawai_id", "jabatan_id"]])
    kept = place / "catatan" / "2026-01-31_abc"
    kept.mkdir(parents=True)
    record = pd.DataFrame({"pegawai_id": moves["pegawai_id"], "jabatan_usulan": moves["jabatan_tujuan"], "putusan": ["terima", "tolak", "belum"]})
    record["jabatan_putusan"] = [moves["jabatan_tujuan"].iloc[0], None, None]
    record["dilaksanakan"] = ["ya", "tidak", "tidak"]
    record.to_csv(kept / "keputusan.csv", index=False)
    for name in ("opd", "ringkasan"):
        opened.tables[name].to_csv(kept / f"{name}.csv", index=False)
    (kept / "catatan.json").write_text(json.dumps({"siklus": "2025", "tanggal": "2026-01-31"}))
    later = Opened(replace(after, source=place), opened.tables, opened.plan)
    sentences, table = fared(later)
    assert "dari 3 mutasi yang diusulkan, 1 diterima, 1 ditolak, 0 ditahan, 1 tidak diputuskan" in sentences[0]
    assert "1 dilaksanakan; 1 orang kini duduk" in sentences[1]
    assert table["selisih_harapan"].to_list() == opened.tables["opd"]["selisih_mutlak_sesudah"].to_list()
    write_html(later, tmp_path, tmp_path / "report.html")
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert page.index(sentences[0][:40]) < page.index('class="answers"')


def test_scenarios_stand_beside_the_yardstick(opened: Opened) -> None:
    still = open_scenarios(opened, ["dasar", YARDSTICK], {})
    numbers = still.numbers()
    assert numbers.index.to_list() == [YARDSTICK, "dasar"]
    assert numbers.loc[YARDSTICK, "perbaikan"] == 0
    assert numbers.loc["dasar", "jumlah_mutasi"] == len(opened.tables["usulan"])
    assert numbers.loc[YARDSTICK, "selisih_sesudah"] == numbers.loc["dasar", "selisih_sebelum"]
    assert still.shared().iloc[0, 1] == len(opened.tables["usulan"])
    assert still.opd().iloc[:, 1].sum() == pytest.approx(opened.tables["opd"]["selisih_mutlak_sebelum"].sum())
