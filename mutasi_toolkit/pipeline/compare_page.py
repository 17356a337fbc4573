"""A comparison in words: the few lines of the command, and the page with pictures."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from mutasi_toolkit import figures
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.pipeline.compare import Comparison
from mutasi_toolkit.report.page import Card, Page, footer, render
from mutasi_toolkit.report.parts import Paragraph, Part, Section, picture_bytes, table_part

#: Key figures that the command prints.
PRINTED = ("jumlah_mutasi", "selisih_sesudah", "kekurangan_sesudah", "pengetahuan_simulasi", "nilai_tujuan")


def compare_lines(c: Comparison) -> list[str]:
    """The comparison in a few lines."""
    language = c.language
    lines = [text("pipeline.compare_title", language, a=c.labels[0], b=c.labels[1])]
    if c.same:
        return [*lines, text("pipeline.compare_same", language)]
    lines += [_sentence(c, name) for name in ("data", "plan")]
    values = c.figures.set_index("kunci")
    for key in (k for k in PRINTED if k in values.index):
        row = values.loc[key]
        lines.append(f"  {text(f'pipeline.figure_{key}', language)}: {_n(row['a'], language)} -> {_n(row['b'], language)}")
    better, worse = int((c.opd["beda"] < -1e-9).sum()), int((c.opd["beda"] > 1e-9).sum())
    lines.append(text("pipeline.compare_opd", language, better=better, worse=worse, n=len(c.opd)))
    return lines


def _sentence(c: Comparison, what: str) -> str:
    if what == "data":
        counts = {"joined": len(c.joined), "left": len(c.left), "moved": len(c.moved), "need": len(c.need), "settings": len(c.settings)}
    else:
        both = c.plan["tujuan_a"].notna() & c.plan["tujuan_b"].notna()
        only = {"only_a": int(c.plan["tujuan_b"].isna().sum()), "only_b": int(c.plan["tujuan_a"].isna().sum())}
        counts = {"same": c.same_moves, "other": int(both.sum()), "made": c.carried_out, **only}
    return text(f"pipeline.compare_{what}", c.language, **{k: number(v, 0, c.language) for k, v in counts.items()})


def _said(c: Comparison, what: str) -> str:
    return _capital(_sentence(c, what))


def _capital(line: str) -> str:
    """A printed line as a sentence of its own, without the word that labels it."""
    said = line.split(":", 1)[1].strip()
    return said[:1].upper() + said[1:]


def _n(value: float, language: str) -> str:
    return number(value, 0 if value == round(value) else 1, language)


def compare_page(c: Comparison) -> str:
    """The comparison as one self-contained HTML page."""
    language = c.language
    cards = [
        Card(text("pipeline.compare_card_data", language), text("pipeline.compare_big_data", language, n=number(len(c.joined) + len(c.left) + len(c.moved), 0, language)), _said(c, "data")),
        Card(text("pipeline.compare_card_plan", language), text("pipeline.compare_big_plan", language, n=number(c.same_moves, 0, language)), _said(c, "plan")),
        _effect_card(c),
    ]
    return render(
        Page(
            title=text("pipeline.compare_heading", language),
            subtitle=text("pipeline.compare_title", language, a=c.labels[0], b=c.labels[1]),
            synthetic=c.synthetic,
            cards=cards,
            sections=_sections(c),
            footer=footer(c.seed, language),
            language=language,
            kicker="pipeline.compare_kicker",
        )
    )


def _effect_card(c: Comparison) -> Card:
    values = c.figures.set_index("kunci").loc["selisih_sesudah"]
    better, worse = int((c.opd["beda"] < -1e-9).sum()), int((c.opd["beda"] > 1e-9).sum())
    said = text("pipeline.compare_opd", c.language, better=better, worse=worse, n=len(c.opd))
    return Card(text("pipeline.compare_card_effect", c.language), text("pipeline.compare_big_effect", c.language, a=_n(values["a"], c.language), b=_n(values["b"], c.language)), _capital(said))


def _sections(c: Comparison) -> list[Section]:
    language = c.language

    def heads(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.rename(columns={n: text(f"pipeline.column_{n}", language, a=c.labels[0], b=c.labels[1]) for n in _NAMED if n in frame})

    def table(name: str, frame: pd.DataFrame) -> Part:
        if not len(frame):
            return Paragraph(f"{text(f'pipeline.compare_{name}_table', language)} {text('pipeline.compare_none', language)}")
        return table_part(f"t-{name}", heads(frame), text(f"pipeline.compare_{name}_table", language), language)

    def offices(frame: pd.DataFrame) -> pd.DataFrame:
        return frame.rename(columns={"nama": "nama_opd"})

    values = c.figures.assign(kunci=[text(f"pipeline.figure_{k}", language) for k in c.figures["kunci"]])
    values = values.assign(**{n: [_n(v, language) for v in values[n]] for n in ("a", "b", "beda")})
    picture = picture_bytes(
        figures.png_bytes(figures.two_runs(c.opd[["a", "b"]], c.opd["nama"], c.labels, c.synthetic, language)),
        text("pipeline.compare_alt", language, n=len(c.opd), a=c.labels[0], b=c.labels[1]),
        text("pipeline.compare_caption", language),
    )
    sections: list[tuple[str, list[Part]]] = [
        ("akibat", [table("figures", values), picture, table("opd", offices(c.opd.reset_index(drop=True))), table("knowledge", offices(c.knowledge))]),
        ("rencana", [Paragraph(_said(c, "plan")), table("moves", c.plan)]),
        ("data", [*(table(n, getattr(c, n)) for n in ("joined", "left", "moved", "need"))]),
        ("pengaturan", [table("settings", c.settings)]),
    ]
    return [Section(name, text(f"pipeline.compare_section_{name}", language), tuple(parts)) for name, parts in sections]


_NAMED = ("a", "b", "beda", "sebelum_a", "sebelum_b", "jabatan_a", "jabatan_b", "unit_a", "unit_b", "kebutuhan_a", "kebutuhan_b", "tujuan_a", "tujuan_b", "kunci")


def write_compare(c: Comparison, path: Path) -> None:
    """Write the page to `path`, readable by its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.touch(mode=0o600)
    path.write_text(compare_page(c), encoding="utf-8")
