"""Close a cycle: what was decided becomes the next cycle's starting tables, history and record."""

from __future__ import annotations

import json
import re
import shutil
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from mutasi_toolkit.cycle import Cycle, read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.decided import decided
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.pipeline.missing import not_a_run
from mutasi_toolkit.pipeline.stages import input_hashes
from mutasi_toolkit.planning.proposal import read_tables
from mutasi_toolkit.report.decisions import with_decisions
from mutasi_toolkit.report.opened import find_cycle
from mutasi_toolkit.settings import load_settings, scenario_path

#: Folder of a cycle that holds one record per closed cycle before it.
RECORD = "catatan"
UNDECIDED = "belum"


@dataclass(frozen=True, slots=True)
class Closed:
    """What closing did: the new folder, and how many moves were proposed, carried out, refused, left undecided."""

    place: Path
    proposed: int
    carried_out: int
    refused: int
    undecided: int
    beside: int


def close_run(
    run: Path, into: Path | None = None, source: str | None = None, opinion: tuple[str, str] = ("", ""), siklus: str = "", language: str = "id"
) -> Closed:
    """Write the decisions on a run back as the next cycle's starting tables.

    Accepted moves are carried out (kunci with another seat is one too), `riwayat` grows by them, `keputusan` is used up, and
    `catatan/` keeps what was proposed, decided and expected. A move nobody decided on does not happen.

    Parameters
    ----------
    run : Path
        A run folder.
    into : Path, optional
        The new cycle's folder, which must not exist; by default <cycle>-berikut beside the run.
    source : str, optional
        The cycle, where it is not in data/cycles.
    opinion : (str, str)
        Who gave the opinion of the tim penilai kinerja, and its date, for decisions that carry none.
    siklus : str
        Name of the new cycle.
    language : str

    Returns
    -------
    Closed

    Raises
    ------
    InputError
        When nothing was decided, the opinion of the tim penilai kinerja is not recorded (R18), the cycle's tables
        changed since the run, the run carries pseudonyms, or `into` exists.
    """
    manifest = read_json(run / "manifest.json")
    if manifest is None:
        raise not_a_run(run, language)
    if manifest.get("pseudonym"):
        raise InputError(text("pipeline.close_pseudonyms", language, place=str(run)))
    place = Path(source) if source else find_cycle(manifest["cycle"], language)
    _unchanged(run, place, manifest, language)
    cycle = read_cycle(place, manifest["scenario"], language)
    cycle = with_decisions(cycle, decided(run, cycle, language))
    target = into or run.resolve().parent / f"{manifest['cycle']}-berikut"
    if target.exists():
        raise InputError(text("pipeline.close_exists", language, place=str(target)))
    record = _record(cycle, read_tables(run / "tables")["usulan"], manifest["key"][:12], opinion)
    _opinion_recorded(record, run, language)
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    _write(part, cycle, place, record, run, manifest, siklus)
    part.rename(target)
    done = record["dilaksanakan"] == "ya"
    return Closed(
        target, int(record["jabatan_usulan"].notna().sum()), int(done.sum()), int(((record["putusan"] != UNDECIDED) & ~done).sum()),
        int((record["putusan"] == UNDECIDED).sum()), int((done & record["jabatan_usulan"].isna()).sum()),
    )  # fmt: skip


def _unchanged(run: Path, place: Path, manifest: dict[str, Any], language: str) -> None:
    """Refuse when people, seats or anything else of the cycle changed since; new decisions are what is expected."""
    folder = place if place.is_dir() else place.parent
    now = input_hashes(place, scenario_path(manifest["scenario"], folder, language))
    then = manifest["inputs"]
    names = {n for n in now.keys() | then.keys() if n.startswith("cycle/") and n.endswith((".csv", ".yaml"))} - {"cycle/keputusan.csv"}
    changed = sorted(n for n in names if now.get(n) != then.get(n))
    if changed:
        raise InputError(text("pipeline.inputs_changed", language, place=str(run), names=", ".join(changed)))


def _record(cycle: Cycle, moves: pd.DataFrame, code: str, opinion: tuple[str, str]) -> pd.DataFrame:
    """One row per person proposed or decided: what was proposed, what was decided, whether it is carried out."""
    own = cycle.pegawai.set_index("pegawai_id")["jabatan_id"]
    proposed = moves.set_index("pegawai_id")["jabatan_tujuan"]
    made = cycle.keputusan.set_index("pegawai_id")
    ids = proposed.index.union(made.index).sort_values()
    verdict = made["putusan"].reindex(ids).astype(object)
    seat = made["jabatan_id"].reindex(ids).astype(object)
    accepts = (verdict == "terima").to_numpy()
    seat = seat.where(seat.notna() | ~accepts, proposed.reindex(ids).astype(object))
    goes = (accepts | ((verdict == "kunci") & seat.notna()).to_numpy()) & seat.notna().to_numpy() & (seat != own.reindex(ids)).to_numpy()
    is_made = verdict.notna()
    said = made["oleh"].reindex(ids).astype(object)
    when = pd.to_datetime(made["tanggal"].reindex(ids))
    if opinion[1]:
        when = when.where(when.notna() | ~is_made, pd.Timestamp(opinion[1]))
    return pd.DataFrame(
        {
            "pegawai_id": ids,
            "jabatan_asal": own.reindex(ids).to_numpy(),
            "jabatan_usulan": proposed.reindex(ids).to_numpy(),
            "putusan": verdict.fillna(UNDECIDED).to_numpy(),
            "jabatan_putusan": seat.to_numpy(),
            "dilaksanakan": ["ya" if g else "tidak" for g in goes],
            "oleh": said.where(said.notna() | ~is_made, opinion[0] or None).to_numpy(),
            "tanggal": when.dt.strftime("%Y-%m-%d").to_numpy(),
            "alasan": made["alasan"].reindex(ids).to_numpy(),
            "usulan_id": code,
        }
    )


def _opinion_recorded(record: pd.DataFrame, run: Path, language: str) -> None:
    made = record[record["putusan"] != UNDECIDED]
    if not len(made):
        raise InputError(text("pipeline.close_nothing", language, place=str(run)))
    without = made.loc[(made["dilaksanakan"] == "ya") & made["oleh"].isna(), "pegawai_id"]
    if len(without):
        shown = ", ".join(without.head(5)) + (" …" if len(without) > 5 else "")
        raise InputError(text("pipeline.close_no_opinion", language, n=len(without), who=shown))


def _carried_out(cycle: Cycle, record: pd.DataFrame) -> Cycle:
    """The cycle after the decided moves, each dated by its decision where that is known."""
    done = record[record["dilaksanakan"] == "ya"]
    after = cycle.after(done.rename(columns={"jabatan_putusan": "jabatan_id"})[["pegawai_id", "jabatan_id"]])
    dated = done.dropna(subset=["tanggal"]).set_index("pegawai_id")["tanggal"]
    if len(dated):
        when = pd.to_datetime(dated).astype(after.pegawai["tmt_jabatan"].dtype)
        people, history = after.pegawai.copy(), after.riwayat.copy()
        mine = people["pegawai_id"].map(when)
        changes_unit = (people["tmt_unit"] == cycle.date) & mine.notna()
        people["tmt_jabatan"] = people["tmt_jabatan"].where(mine.isna(), mine)
        people["tmt_unit"] = people["tmt_unit"].where(~changes_unit, mine)
        new = (history["tanggal"] == cycle.date) & history["pegawai_id"].isin(when.index)
        history.loc[new, "tanggal"] = history.loc[new, "pegawai_id"].map(when)
        after = replace(after, pegawai=people, riwayat=history)
    return replace(after, keputusan=after.keputusan.iloc[:0])


def _write(part: Path, cycle: Cycle, place: Path, record: pd.DataFrame, run: Path, manifest: dict[str, Any], siklus: str) -> None:
    part.mkdir(parents=True, mode=0o700)
    after = _carried_out(cycle, record)
    after.write(part)
    folder = place if place.is_dir() else place.parent
    own = folder / f"{place.stem}.yaml"
    settings = load_settings(own if place.is_file() and own.is_file() else folder / "cycle.yaml").model_dump(mode="json", exclude_defaults=True)
    last = max([str(cycle.settings.tanggal), *record["tanggal"].dropna()])
    settings |= {"tanggal": last, "siklus": siklus or next_name(cycle.settings.siklus)}
    (part / "cycle.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
    for name in ("scenarios", RECORD):
        if (folder / name).is_dir():
            shutil.copytree(folder / name, part / name)
    code = record["usulan_id"].iloc[0]
    kept = part / RECORD / f"{last}_{code}"
    kept.mkdir(parents=True)
    record.to_csv(kept / "keputusan.csv", index=False, lineterminator="\n")
    for name in ("opd", "ringkasan"):
        shutil.copyfile(run / "tables" / f"{name}.csv", kept / f"{name}.csv")
    about = {"cycle": manifest["cycle"], "siklus": cycle.settings.siklus, "scenario": manifest["scenario"], "usulan_id": code, "tanggal": last}
    (kept / "catatan.json").write_text(json.dumps(about, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")


def next_name(siklus: str) -> str:
    """Name of the cycle after this one.

    Examples
    --------
    >>> next_name("2026"), next_name("2026-2")
    ('2026-2', '2026-3')
    """
    found = re.fullmatch(r"(.+)-(\d{1,3})", siklus)
    return f"{found[1]}-{int(found[2]) + 1}" if found else f"{siklus or 'siklus'}-2"
