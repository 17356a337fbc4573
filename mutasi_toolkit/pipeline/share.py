"""What may be shown outside the office: a run's tables about units, without people and without small cells."""

from __future__ import annotations

import shutil
from pathlib import Path

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.pipeline.missing import not_a_run
from mutasi_toolkit.planning.proposal import DIGITS, read_tables

#: Tables about units and rules, with the columns that count people, in groups of which one could be found from the others.
COUNTS: dict[str, tuple[tuple[str, ...], ...]] = {
    "opd": (
        ("ada_sebelum", "kekurangan_sebelum", "kelebihan_sebelum", "selisih_mutlak_sebelum", "eu_sebelum", "prestasi_sebelum"),
        ("ada_sesudah", "kekurangan_sesudah", "kelebihan_sesudah", "selisih_mutlak_sesudah", "eu_sesudah", "prestasi_sesudah"),
        ("masuk", "keluar"),
        ("di_dalam",),
    ),
    "cakupan_sebelum": (("pemegang", "kurang", "turunan"),),
    "cakupan_sesudah": (("pemegang", "kurang", "turunan"),),
    "sebaran": (("sebelum", "sesudah", "selisih", "low", "high", "pasti", "replikasi_perlu"),),
    "aturan": (("n_orang_tidak_diperiksa",),),
    "ringkasan": (("nilai",),),
}
#: Tables that tell of no people at all.
PLAIN = ("suku", "putaran", "sebaran_kurva", "pemeriksaan")
#: In each group, the columns whose small values are people.
PEOPLE = ("ada_sebelum", "ada_sesudah", "masuk", "keluar", "di_dalam", "pemegang", "sebelum", "sesudah", "n_orang_tidak_diperiksa")
#: Key figures that count people or moves.
FIGURES = ("jumlah_mutasi", "jumlah_mutasi_antar_opd", "pemegang_tunggal_sebelum", "pemegang_tunggal_sesudah", "paruh_waktu_orang")


def share_run(run: Path, target: Path, least: int = 5, language: str = "id") -> dict[str, int]:
    """Write the tables of a run that may be shown, with cells of 1 to `least` - 1 people hidden.

    Where a column holds one hidden cell only, the smallest other one is hidden too, so that it cannot be found from a
    total; columns from which a hidden one follows are hidden in the same row. Tables with a row per person or per seat are left out.

    Parameters
    ----------
    run : Path
        A run folder.
    target : Path
        The folder to write, which must not exist.
    least : int
        The smallest count that is shown.
    language : str

    Returns
    -------
    dict of str to int
        Hidden cells by table.

    Raises
    ------
    InputError
        When `run` is no run folder, or `target` exists.
    """
    if read_json(run / "manifest.json") is None:
        raise not_a_run(run, language)
    if target.exists():
        raise InputError(text("pipeline.close_exists", language, place=str(target)))
    tables = read_tables(run / "tables")
    part = target.with_name(f".{target.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    hidden = {}
    for name in (*COUNTS, *PLAIN):
        if name not in tables or "pegawai_id" in tables[name]:
            continue
        shown, hidden[name] = suppress(tables[name], COUNTS.get(name, ()), least)
        shown.to_csv(part / f"{name}.csv", index=False, lineterminator="\n", float_format=DIGITS)
    kept_back = sorted(n for n in tables if n not in hidden)
    said = text("pipeline.share_readme", language, least=least, n=sum(hidden.values()), left=", ".join(kept_back))
    (part / "BACA-SAYA.txt").write_text(said + "\n", encoding="utf-8")
    part.rename(target)
    return hidden


def suppress(frame: pd.DataFrame, groups: tuple[tuple[str, ...], ...], least: int) -> tuple[pd.DataFrame, int]:
    """A table with its small cells hidden ('<5'), and how many cells were hidden.

    Parameters
    ----------
    frame : DataFrame
    groups : tuple of tuple of str
        Columns that are hidden together in a row.
    least : int
        Counts above 0 and below this are hidden.

    Examples
    --------
    >>> shown, n = suppress(pd.DataFrame({"masuk": [1, 7, 9], "keluar": [8, 0, 6]}), (("masuk", "keluar"),), 5)
    >>> shown["masuk"].to_list(), n
    (['<5', 7, '<5'], 4)
    """
    shown, count = frame.copy(), 0
    for group in groups:
        mine = [c for c in group if c in frame]
        people = [c for c in mine if c in PEOPLE] or mine
        numbers = frame[people].apply(pd.to_numeric, errors="coerce")
        if "kunci" in frame:
            numbers = numbers.where(frame["kunci"].isin(FIGURES).to_numpy()[:, None])
        small = ((numbers > 0) & (numbers < least)).any(axis=1)
        if small.sum() == 1 and "kunci" not in frame:
            rest = numbers[~small].where(numbers[~small] > 0).min(axis=1).dropna()
            if len(rest):
                small.loc[rest.idxmin()] = True
        for column in mine:
            whole = [f"{v:.9g}" if isinstance(v, float) else v for v in shown[column]]
            shown[column] = pd.Series(whole, index=shown.index, dtype=object).where(~small, f"<{least}")
        count += int(small.sum()) * len(mine)
    return shown, count
