"""Hostile and broken workbooks, and the promise that no bytes give anything but a cycle or one readable error."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mutasi_toolkit.cycle import Cycle, check_cycle, read_cycle
from mutasi_toolkit.errors import InputError, MutasiError
from mutasi_toolkit.schema import TABLES, guard
from mutasi_toolkit.schema.guard import RefusedError, inspect
from tests.conftest import TINY
from tests.faults.build import Files

Edit = Callable[[str, bytes], bytes]


@pytest.fixture(scope="module")
def good(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return Files().workbook(tmp_path_factory.mktemp("buku"))


def _edited(good: Path, place: Path, edit: Edit, extra: dict[str, bytes] | None = None) -> Path:
    """The workbook with every part passed through `edit`, and further parts."""
    place.mkdir(exist_ok=True)
    (place / "cycle.yaml").write_text(TINY["cycle.yaml"])
    path = place / "siklus.xlsx"
    with zipfile.ZipFile(good) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(item.filename, edit(item.filename, old.read(item)))
        for name, content in (extra or {}).items():
            new.writestr(name, content)
    return path


def _same(_: str, content: bytes) -> bytes:
    return content


def _in_sheet(old: bytes, new: bytes) -> Edit:
    def edit(name: str, content: bytes) -> bytes:
        return content.replace(old, new, 1) if name == "xl/worksheets/sheet1.xml" else content

    return edit


FAR = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
ENTITY = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><worksheet'


@pytest.mark.parametrize(
    ("edit", "extra", "kind"),
    [
        (_same, {"xl/media/image1.xml": b"\x00" * 30_000_000}, "too_tight"),
        (_same, {"xl/media/image1.bin": b"\x00" * 30_000_000}, "too_tight"),
        (_same, {f"xl/x{i}.bin": b"" for i in range(guard.MAX_PARTS)}, "too_large"),
        (_in_sheet(b"<worksheet", ENTITY), {}, "xml_entities"),
        (lambda n, c: c.replace(b"<workbook", b"<!DOCTYPE x><workbook", 1) if n == "xl/workbook.xml" else c, {}, "xml_entities"),
        (lambda n, c: c.decode().encode("utf-16") if n == "xl/worksheets/sheet1.xml" else c, {}, "xml_entities"),
        (_in_sheet(b"</sheetData>", FAR), {}, "too_wide"),
        (_in_sheet(b"</sheetData>", FAR.replace(b'"', b"'")), {}, "too_wide"),
        (lambda n, c: b"<workbook" if n == "xl/workbook.xml" else c, {}, "not_a_workbook"),
    ],
    ids=["zeros-as-xml", "zeros", "many-parts", "entities", "document-type", "utf-16", "far-cell", "far-cell-single-quotes", "broken-xml"],
)
def test_a_hostile_workbook_is_refused(good: Path, tmp_path: Path, edit: Edit, extra: dict[str, bytes], kind: str) -> None:
    path = _edited(good, tmp_path / "s", edit, extra)
    with pytest.raises(RefusedError) as caught:
        inspect(path)
    assert caught.value.kind == kind
    cycle, faults = check_cycle(path)
    assert cycle is None
    assert [f.kind for f in faults] == [kind]
    assert all("siklus.xlsx" in f.text(language) for f in faults for language in ("id", "en"))


def test_a_workbook_larger_than_the_limit_is_refused(good: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guard, "MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(RefusedError, match="too_large"):
        inspect(good)


def test_a_directory_that_lies_about_sizes_is_found_out(good: Path, tmp_path: Path) -> None:
    path = _edited(good, tmp_path / "s", _same, {"xl/worksheets/sheet99.xml": b"<x/>" + b" " * 5_000_000})
    content = path.read_bytes()
    at = content.rindex(b"PK\x01\x02", 0, content.rindex(b"sheet99.xml"))
    lying = content[: at + 24] + (10).to_bytes(4, "little") + content[at + 28 :]
    path.write_bytes(lying)
    with pytest.raises(RefusedError, match="not_a_workbook"):
        inspect(path)


@pytest.mark.parametrize(
    ("content", "kind"),
    [(b"", "not_a_workbook"), (b"PK\x03\x04 broken", "not_a_workbook"), (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "old_workbook"), (b"<html></html>", "not_a_workbook")],
    ids=["empty", "half-a-zip", "xls-or-password", "page"],
)
def test_files_that_are_no_workbook(tmp_path: Path, content: bytes, kind: str) -> None:
    (tmp_path / "cycle.yaml").write_text(TINY["cycle.yaml"])
    path = tmp_path / "siklus.xlsx"
    path.write_bytes(content)
    _, faults = check_cycle(path)
    assert [f.kind for f in faults] == [kind]


@pytest.mark.parametrize("keep", [0.2, 0.5, 0.9, 0.999])
def test_a_workbook_cut_short(good: Path, tmp_path: Path, keep: float) -> None:
    (tmp_path / "cycle.yaml").write_text(TINY["cycle.yaml"])
    content = good.read_bytes()
    path = tmp_path / "siklus.xlsx"
    path.write_bytes(content[: int(keep * len(content))])
    with pytest.raises(InputError, match=r"siklus\.xlsx"):
        read_cycle(path)


def test_blank_formatted_rows_cost_nothing(good: Path, tmp_path: Path) -> None:
    blank = b"".join(b'<row r="%d"><c r="A%d" s="1"/><c r="T%d" s="1"/></row>' % (r, r, r) for r in range(1000, 100_000))
    path = _edited(good, tmp_path / "s", _in_sheet(b"</sheetData>", blank + b"</sheetData>"))
    cycle, faults = check_cycle(path)
    assert faults == []
    assert cycle is not None
    assert len(cycle.unit) == 6


def test_cells_that_carry_markup_stay_text_and_messages_stay_on_a_line(tmp_path: Path) -> None:
    files = Files()
    nasty = "<script>alert(1)</script> | $\\input{x}$ | ../../etc"
    files.do_cell("unit", 6, "nama", nasty)
    files.do_cell("pegawai", 5, "golongan", "x\ny" * 50)
    _, faults = check_cycle(files.csv_folder(tmp_path / "a"))
    assert "\n" not in faults[0].text()
    assert len(faults[0].text()) < 400
    files.do_cell("pegawai", 5, "golongan", "III/a")
    assert read_cycle(files.csv_folder(tmp_path / "b")).unit_name["U11"] == nasty


def test_a_scenario_that_links_out_of_its_folder_is_not_read(tmp_path: Path, tiny: Path) -> None:
    outside = tmp_path / "rahasia.yaml"
    outside.write_text("seed: 3\n")
    (tiny / "scenarios").mkdir()
    (tiny / "scenarios" / "luar.yaml").symlink_to(outside)
    with pytest.raises(InputError, match="luar"):
        check_cycle(tiny, "luar")


def _only_known_errors(place: Path, scenario: str | None = None) -> None:
    try:
        cycle, faults = check_cycle(place, scenario)
    except MutasiError as error:
        said = str(error)
        cycle, faults = None, None
    if faults is None:
        assert said
        return
    assert isinstance(cycle, Cycle) == all(f.level == "warning" for f in faults)
    assert all(f.text(language) for f in faults for language in ("id", "en"))


LETTERS = st.text(st.sampled_from("0123456789-/.,;\"' \t\neE+Nanif=#\x00\u200b\u202e\u0410éIVabX"), max_size=24)
CELL = LETTERS | st.text(max_size=12)


@settings(max_examples=25)
@given(st.lists(st.tuples(st.sampled_from(TABLES), st.integers(0, 40), st.integers(0, 30), CELL), min_size=1, max_size=4))
def test_random_cells_give_a_cycle_or_a_readable_error(tmp_path_factory: pytest.TempPathFactory, edits: list[tuple[str, int, int, str]]) -> None:
    files = Files()
    for table, r, c, value in edits:
        files.used.add(table)
        row = files.tables[table][r % len(files.tables[table])]
        row[c % len(row)] = value.encode("utf-8", "replace").decode()
    _only_known_errors(files.csv_folder(tmp_path_factory.mktemp("acak")))


@settings(max_examples=25)
@given(st.sampled_from(TABLES), st.binary(max_size=200), st.integers(0, 400))
@example("pegawai", b"\xff\xfe\x00", 0)
@example("unit", b'"', 10)
def test_random_bytes_in_a_table(tmp_path_factory: pytest.TempPathFactory, table: str, content: bytes, at: int) -> None:
    files = Files()
    files.used.add(table)
    place = files.csv_folder(tmp_path_factory.mktemp("acak"))
    path = place / f"{table}.csv"
    old = path.read_bytes()
    path.write_bytes(old[:at] + content + old[at:])
    _only_known_errors(place)


@settings(max_examples=25)
@given(st.integers(0, 10**9), st.binary(min_size=1, max_size=8))
def test_random_bytes_in_a_workbook(good: Path, tmp_path_factory: pytest.TempPathFactory, at: int, content: bytes) -> None:
    place = tmp_path_factory.mktemp("acak")
    (place / "cycle.yaml").write_text(TINY["cycle.yaml"])
    old = good.read_bytes()
    at %= len(old)
    (place / "siklus.xlsx").write_bytes(old[:at] + content + old[at + len(content) :])
    _only_known_errors(place / "siklus.xlsx")


@settings(max_examples=60)
@given(st.binary(max_size=120) | st.text(st.sampled_from("tangle:seed -[]{}&*!#'\"\n20.6-01,?|>%@`"), max_size=60).map(str.encode))
def test_random_settings(tiny_place: Path, content: bytes) -> None:
    (tiny_place / "scenarios" / "acak.yaml").write_bytes(content)
    _only_known_errors(tiny_place, "acak")


@pytest.fixture(scope="module")
def tiny_place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    place = Files().csv_folder(tmp_path_factory.mktemp("setelan"))
    (place / "scenarios").mkdir()
    return place


def test_any_scenario_name_is_found_or_refused(tiny_place: Path) -> None:
    for name in ("..", ".", " ", "a\nb", "CON", "~", "x" * 500, "a.b", "-", "dasar/", "\u202edasar"):
        with pytest.raises(InputError):
            check_cycle(tiny_place, name)


def test_cells_are_seen_across_pieces_of_a_part(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    files = Files()
    files.do_cell("unit", 5, "rumpun", "{formula}=NA()|#N/A")
    path = files.workbook(tmp_path / "s")
    whole = inspect(path)["unit"].errors
    monkeypatch.setattr(guard, "_CHUNK", 97)
    monkeypatch.setattr(guard, "_OVERLAP", 200)
    assert inspect(path)["unit"].errors == whole == ["E5"]
