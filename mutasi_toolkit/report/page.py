"""report.html: one self-contained page, without any network request."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from mutasi_toolkit import __version__
from mutasi_toolkit.locale import long_date, number, text
from mutasi_toolkit.report import sheets
from mutasi_toolkit.report.clean import clean
from mutasi_toolkit.report.last import fared
from mutasi_toolkit.report.opened import Opened
from mutasi_toolkit.report.parts import (
    PRINTED,
    Bullets,
    Fold,
    Paragraph,
    Part,
    Section,
    picture_part,
    table_part,
)
from mutasi_toolkit.report.pictures import ALT_KINDS, caption
from mutasi_toolkit.report.views import CARDS, figures_in_words, opd_stories

#: Steps of the method, as the report tells them.
METHOD = ("need", "skills", "rules", "spread", "solve", "loop", "law")
_HERE = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Card:
    """One question of the first page with its answer."""

    question: str
    big: str
    text: str


@dataclass(frozen=True, slots=True)
class Page:
    """A page in words: title, answers, sections with their parts, and the closing line."""

    title: str
    subtitle: str
    synthetic: bool
    cards: list[Card]
    sections: list[Section]
    footer: str
    language: str = "id"
    kicker: str = "report.kicker"
    lead: tuple[str, ...] = ()
    lead_title: str = ""


def write_html(opened: Opened, figures: Path, path: Path) -> None:
    """Write the report of one proposal.

    Parameters
    ----------
    opened : Opened
        The cycle and its proposal.
    figures : Path
        Folder of the run's pictures.
    path : Path
        The HTML file to write. Everything in it is escaped; it loads nothing.
    """
    language, settings = opened.language, opened.cycle.settings
    before = fared(opened)
    about = text("report.subtitle", language, cycle=settings.siklus, date=long_date(settings.tanggal, language), scenario=settings.skenario)
    page = Page(
        title=text("report.title", language, name=settings.nama),
        subtitle=about + (f" {said}" if (said := settings.described(language)) else ""),
        synthetic=opened.synthetic,
        cards=_cards(opened),
        sections=_sections(opened, figures),
        footer=footer(settings.seed, language),
        language=language,
        lead=tuple(before[0]) if before else (),
        lead_title=text("report.last_title", language) if before else "",
    )
    path.write_text(render(page), encoding="utf-8")


def footer(seed: int, language: str) -> str:
    """The line that says with what a page was made, and who decides."""
    return text("report.footer", language, version=__version__, pandas=version("pandas"), highspy=version("highspy"), seed=seed)


@cache
def environment() -> Any:
    """Templates in which every value is escaped and free of marks that turn or hide text."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    return Environment(
        loader=FileSystemLoader(_HERE), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True,
        finalize=lambda value: clean(value) if type(value) is str else value,
    )  # fmt: skip


def render(page: Page) -> str:
    """The HTML of a page: one self-contained file, everything in it escaped."""
    return environment().get_template("report.html.j2").render(
        t=lambda key: text(key, page.language),
        page=page,
        css=(_HERE / "report.css").read_text(encoding="utf-8"),
        js=(_HERE / "report.js").read_text(encoding="utf-8"),
    )


def _cards(opened: Opened) -> list[Card]:
    language, values = opened.language, figures_in_words(opened)
    return [
        Card(
            text(f"report.card_{name}", language),
            text(f"report.card_{name}_big", language, **values),
            text(f"report.answer_{name}", language, **values),
        )
        for name in CARDS
    ]


def _moves(opened: Opened) -> Any:
    """The moves as the page shows them: who, from, to and why first, without codes."""
    frame = opened.moves_table().drop(columns=["jabatan_tujuan", "opd_tujuan_nama"])
    first = ["pegawai_id", "dari", "ke", "alasan"]
    return frame[[*first, *(c for c in frame if c not in first)]]


def _sections(opened: Opened, figures: Path) -> list[Section]:
    language = opened.language

    def picture(name: str) -> list[Part]:
        file = figures / f"{name}.png"
        return [picture_part(file, opened.alt(name), caption(name, language))] if name in ALT_KINDS and file.is_file() else []

    def words(key: str) -> Paragraph:
        return Paragraph(text(f"report.{key}", language))

    def table(name: str, frame: Any, sheet: str = "") -> Part:
        cut = text("report.cut", language, n=PRINTED, all=number(len(frame), 0, language), sheet=text(f"workbook.{sheet}", language)) if sheet else ""
        return table_part(f"t-{name}", frame, text(f"report.caption_{name}", language), language, cut=cut)

    before = fared(opened)
    sections: list[tuple[str, list[Part]]] = [("lalu", [words("about_last"), table("lalu", before[1])])] if before else []
    sections += [
        ("opd", [words("about_opd"), *picture("beban_opd_sesudah"), *picture("beban_opd"), *picture("arus"), table("opd", opened.opd())]),
        ("dinas", [words("about_dinas"), *(Fold(name, said, tuple(items)) for name, said, items in opd_stories(opened))]),
        ("orang", [words("about_moves"), table("usulan", _moves(opened))]),
        ("tahun", [words("about_years"), *picture("proyeksi"), table("tahun", opened.first_below())]),
        ("tetap", [words("about_staying"), table("tidak_pindah", opened.staying(), "tidak_pindah")]),
        ("pengetahuan", [words("about_spread"), *picture("sebaran"), *picture("perubahan"), table("pengetahuan", opened.spread_changes(), "pengetahuan"), *picture("cakupan"), *picture("jejaring")]),
        ("bukti", [words("about_proof"), *picture("suku"), table("suku_tabel", opened.terms()), table("putaran", opened.tables["putaran"])]),
        ("teguh", [words("about_firm"), Bullets(tuple(opened.firmness())), words("about_prices"), Bullets(tuple(opened.prices())), table("teguh", opened.firm_moves())]),
        ("cara", [words("about_method"), Bullets(tuple(text(f"report.method_{k}", language) for k in METHOD))]),
        ("periksa", [words("about_checks"), table("pemeriksaan", sheets.checks(opened))]),
        ("hukum", [words("about_rules"), table("aturan", opened.tables["aturan"])]),
        ("anggapan", [words("about_assumptions"), Bullets(tuple(opened.assumptions()))]),
        ("belum", [words("about_unchecked"), Bullets(tuple(opened.left_out()))]),
    ]
    return [Section(name, text(f"report.section_{name}", language), tuple(parts)) for name, parts in sections]
