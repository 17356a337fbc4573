"""How the last proposal fared: what was decided, what was carried out, and what came of what was expected."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mutasi_toolkit.locale import long_date, number, text

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle
    from mutasi_toolkit.report.opened import Opened

#: Folder of a cycle with one record per closed cycle before it.
RECORD = "catatan"


@dataclass(frozen=True, eq=False)
class LastProposal:
    """The record of the cycle closed last.

    Attributes
    ----------
    about : dict
        siklus, scenario, tanggal, usulan_id.
    decisions : DataFrame
        One row per person proposed or decided (keputusan.csv of the record).
    expected : Series
        The key figures of that proposal by name.
    opd : DataFrame
        What that proposal expected, by OPD.
    """

    about: dict[str, Any]
    decisions: pd.DataFrame
    expected: pd.Series
    opd: pd.DataFrame


def last_proposal(cycle: Cycle) -> LastProposal | None:
    """The record closed last that lies with a cycle; None where there is none."""
    if cycle.source is None:
        return None
    folder = cycle.source if cycle.source.is_dir() else Path(cycle.source).parent
    kept = sorted(p for p in (folder / RECORD).glob("*") if (p / "keputusan.csv").is_file() and (p / "catatan.json").is_file())
    if not kept:
        return None
    place = kept[-1]
    facts = pd.read_csv(place / "ringkasan.csv").set_index("kunci")["nilai"].astype(float)
    about = json.loads((place / "catatan.json").read_text(encoding="utf-8"))
    return LastProposal(about, pd.read_csv(place / "keputusan.csv", dtype=str), facts, pd.read_csv(place / "opd.csv", dtype={"opd_id": "str"}))


def fared(o: Opened) -> tuple[list[str], pd.DataFrame] | None:
    """How the last proposal fared, in sentences, and by OPD; None for a first cycle.

    Returns
    -------
    sentences : list of str
    table : DataFrame
        nama_opd, selisih_dulu (before that proposal), selisih_harapan (if all of it had been carried out), selisih_kini (today).
    """
    last = last_proposal(o.cycle)
    if last is None:
        return None
    language, made = o.language, last.decisions
    proposed = made["jabatan_usulan"].notna()
    done = made["dilaksanakan"] == "ya"
    now = o.cycle.seated["jabatan_id"].reindex(made["pegawai_id"]).to_numpy()
    there = done & (now == made["jabatan_putusan"].to_numpy())
    gone = done & pd.isna(now)
    today = float(o.facts["selisih_sebelum"])
    said = {
        "cycle": last.about["siklus"], "date": long_date(pd.Timestamp(last.about["tanggal"]).date(), language), "proposed": int(proposed.sum()),
        "accepted": int((made["putusan"] == "terima").sum()), "refused": int((made["putusan"] == "tolak").sum()), "held": int((made["putusan"] == "kunci").sum()),
        "undecided": int((made["putusan"] == "belum").sum()), "done": int(done.sum()), "there": int(there.sum()), "gone": int(gone.sum()),
        "before": number(last.expected["selisih_sebelum"], 1, language), "hoped": number(last.expected["selisih_sesudah"], 1, language), "today": number(today, 1, language),
    }  # fmt: skip
    sentences = [text(f"report.last_{k}", language, **said) for k in ("decided", "there", "came")]
    here = o.tables["opd"].set_index("opd_id")
    table = pd.DataFrame(
        {
            "nama_opd": last.opd["nama"].to_numpy(),
            "selisih_dulu": last.opd["selisih_mutlak_sebelum"].to_numpy(),
            "selisih_harapan": last.opd["selisih_mutlak_sesudah"].to_numpy(),
            "selisih_kini": here["selisih_mutlak_sebelum"].reindex(last.opd["opd_id"]).to_numpy(),
        }
    )
    return sentences, table
