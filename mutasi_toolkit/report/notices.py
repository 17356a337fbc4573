"""Notices for socialisation: one page per person who is proposed to move, one per OPD that receives somebody."""

from __future__ import annotations

import hashlib
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from mutasi_toolkit.locale import long_date, number, text
from mutasi_toolkit.report.page import environment

if TYPE_CHECKING:
    from mutasi_toolkit.report.opened import Opened

_HERE = Path(__file__).resolve().parent
#: Folder of the notices in a run, and of its two parts.
FOLDER, PEOPLE, UNITS = "pemberitahuan", "pegawai", "opd"
#: Skills named on the page of a receiving OPD, per newcomer.
MOST_SKILLS = 5
#: With more newcomers than this, only so many skills of each are named, so that the page stays one page.
MANY, FEWER_SKILLS = 12, 2


@dataclass(frozen=True, slots=True)
class Block:
    """A heading with sentences, or with a list, which is printed in two columns when `two`."""

    title: str
    sentences: tuple[str, ...] = ()
    items_: tuple[str, ...] = ()
    two: bool = False


@dataclass(frozen=True, slots=True)
class Notice:
    """One page: to whom, about what, and its blocks."""

    file: str
    title: str
    to: str
    blocks: tuple[Block, ...]


def safe_name(code: str) -> str:
    """A file name for a code, whatever the code holds.

    Examples
    --------
    >>> safe_name("O15"), safe_name("../etc")
    ('O15', '___etc-f7f9121f')
    """
    plain = re.sub(r"[^A-Za-z0-9_-]", "_", code)[:60]
    return plain if plain == code and plain else f"{plain}-{hashlib.sha256(code.encode()).hexdigest()[:8]}"


def write_notices(o: Opened, folder: Path) -> None:
    """Write every notice as an HTML page of its own below `folder`/pemberitahuan, and all of a kind as one to print."""
    shutil.rmtree(folder / FOLDER, ignore_errors=True)
    for part, notices in ((PEOPLE, person_notices(o)), (UNITS, opd_notices(o))):
        if notices:
            (folder / FOLDER).mkdir(parents=True, exist_ok=True)
            (folder / FOLDER / f"semua_{part}.html").write_text(render(o, notices), encoding="utf-8")
        for notice in notices:
            path = folder / FOLDER / part / f"{notice.file}.html"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(render(o, [notice]), encoding="utf-8")


def render(o: Opened, notices: list[Notice]) -> str:
    """One HTML document, a sheet per notice."""
    settings, language = o.cycle.settings, o.language
    return environment().get_template("notice.html.j2").render(
        language=language,
        title=notices[0].title if notices else text("report.notice_kicker", language),
        css=(_HERE / "notice.css").read_text(encoding="utf-8"),
        notices=notices,
        kicker=text("report.notice_kicker", language),
        office=text("report.notice_office", language, name=settings.nama, cycle=settings.siklus, date=long_date(settings.tanggal, language)),
        synthetic=text("report.synthetic", language) if o.synthetic else "",
        foot=text("report.notice_foot", language),
    )


def person_notices(o: Opened) -> list[Notice]:
    """One notice per person proposed, by code: from, to, why, what the law says, what support there is, whom to ask."""
    language, names = o.language, o.cycle.unit_name
    law = o.tables["aturan"].set_index("rule_id")
    out = []
    for row in o.tables["usulan"].sort_values("pegawai_id").to_dict("records"):
        place = {"asal": row["nama_asal"], "unit_asal": names[row["unit_asal"]], "tujuan": row["nama_tujuan"], "unit_tujuan": names[row["unit_tujuan"]]}
        passed, open_ = _named(row.get("aturan"), law), _named(row.get("tidak_diperiksa"), law)
        far = row.get("jarak_km")
        support = [text(f"report.notice_support_{k}", language) for k in ("handover", "first_weeks", "objection")]
        if isinstance(far, float) and far == far:
            support.insert(0, text("report.notice_distance", language, km=number(far, 1, language)))
        blocks = (
            Block(text("report.notice_move", language), (text("report.notice_from_to", language, **place),)),
            Block(text("report.notice_why", language), (str(row[f"alasan_{language}"]), text("report.notice_why_whole", language))),
            Block(text("report.notice_law", language), (text("report.notice_law_said", language, n=len(passed)),), tuple(passed), True),
            *((Block(text("report.notice_open", language), (), tuple(open_)),) if open_ else ()),
            Block(text("report.notice_support", language), (), tuple(support)),
            Block(text("report.notice_ask", language), (text("report.notice_ask_said", language),)),
        )
        out.append(Notice(safe_name(row["pegawai_id"]), text("report.notice_title", language), str(row["pegawai_id"]), blocks))
    return out


def _named(rules: object, law: pd.DataFrame) -> list[str]:
    if not isinstance(rules, str) or not rules:
        return []
    return [f"{law.loc[r, 'pernyataan']} ({law.loc[r, 'pasal']})" if r in law.index else r for r in rules.split(";")]


def opd_notices(o: Opened) -> list[Notice]:
    """One notice per OPD that receives somebody from elsewhere: who comes, what they bring, who leaves, what changes."""
    language, names, moves = o.language, o.cycle.unit_name, o.tables["usulan"]
    opd = o.tables["opd"].set_index("opd_id")
    coming = moves[moves["opd_asal"] != moves["opd_tujuan"]]
    out = []
    for code in sorted(coming["opd_tujuan"].unique()):
        new = coming[coming["opd_tujuan"] == code].sort_values("pegawai_id")
        gone = coming[coming["opd_asal"] == code].sort_values("pegawai_id")
        facts = opd.loc[code]
        said = {k: number(float(facts[k]), 1, language) for k in ("kekurangan_sebelum", "kekurangan_sesudah", "ada_sebelum", "ada_sesudah", "kebutuhan_bulat")}
        arrivals = [
            text("report.notice_arrival", language, pegawai=r.pegawai_id, asal=r.nama_asal, unit_asal=names[r.unit_asal], tujuan=r.nama_tujuan,
                 unit_tujuan=names[r.unit_tujuan], skills=_skills(o, r.pegawai_id, FEWER_SKILLS if len(new) > MANY else MOST_SKILLS) or text("report.notice_no_skills", language))
            for r in new.itertuples()
        ]  # fmt: skip
        departures = [text("report.notice_departure", language, pegawai=r.pegawai_id, asal=r.nama_asal, unit_tujuan=names[r.unit_tujuan]) for r in gone.itertuples()]
        blocks = (
            Block(text("report.notice_comes", language), (), tuple(arrivals)),
            *((Block(text("report.notice_leaves", language), (), tuple(departures)),) if departures else ()),
            Block(text("report.notice_changes", language), (text("report.notice_changes_said", language, **said),)),
            Block(text("report.notice_host", language), (), tuple(text(f"report.notice_host_{k}", language) for k in ("mentor", "handover", "report"))),
            Block(text("report.notice_ask", language), (text("report.notice_ask_said", language),)),
        )
        out.append(Notice(safe_name(code), text("report.notice_opd_title", language), str(names[code]), blocks))
    return out


def _skills(o: Opened, person: str, most: int) -> str:
    """What a person holds, the highest level first."""
    mine = o.cycle.keahlian[(o.cycle.keahlian["pegawai_id"] == person) & (o.cycle.keahlian["tingkat"] >= o.cycle.settings.tingkat_pemegang)]
    mine = mine.sort_values(["tingkat", "keahlian"], ascending=[False, True]).head(most)
    return ", ".join(f"{r.keahlian} ({int(r.tingkat)})" for r in mine.itertuples())
