"""`mutasi import`: a SIASN export or an ABK workbook, into the tables of a cycle."""

from __future__ import annotations

import argparse
from pathlib import Path

from mutasi_toolkit.cli.into import old_tables, write_tables
from mutasi_toolkit.cli.output import out
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

SAYS = "take a SIASN export or an ABK workbook into the tables of a cycle"
EXAMPLE = "import unduhan_siasn.csv --into siklus-2027"
#: Tables with rows that name people, and the columns that do.
NAMES_PEOPLE = {
    "keahlian": ("pegawai_id",), "riwayat": ("pegawai_id",), "hubungan": ("pegawai_a", "pegawai_b"), "konflik": ("pegawai_a", "pegawai_b"),
    "preferensi": ("pegawai_id",), "keputusan": ("pegawai_id",),
}  # fmt: skip


def arguments(parser: argparse.ArgumentParser) -> None:
    """FILE and the folder of the cycle."""
    parser.add_argument("file")
    parser.add_argument("--into", required=True, metavar="CYCLE", help="folder of the cycle, made if it is not there")
    parser.add_argument("--date", default="", help="as-of date of a new cycle, YYYY-MM-DD; today by default")
    parser.add_argument("--partial", action="store_true", help="the export holds only some of the people; the others stay")
    parser.add_argument("--satuan-waktu", choices=("menit", "jam"), default=None, help="unit of time of an ABK form that does not tell its own")


def do(options: argparse.Namespace) -> int:
    """See what the file is, and import it."""
    from mutasi_toolkit.siasn import is_export

    path, into = Path(options.file), Path(options.into)
    if not path.is_file():
        raise InputError(text("siasn.no_file", options.language, file=options.file))
    if is_export(path, options.language):
        return _siasn(path, into, options)
    if _is_cycle(path, options.language):
        raise InputError(text("siasn.is_cycle", options.language, file=options.file))
    return _abk(path, into, options.satuan_waktu, options.language)


def _siasn(path: Path, into: Path, options: argparse.Namespace) -> int:
    from mutasi_toolkit.siasn import cycle_tables, read_export

    language = options.language
    old = old_tables(into, language)
    export = read_export(path, language)
    made = cycle_tables(export, old, options.partial)
    tables = old | {"unit": made.unit, "jabatan": made.jabatan, "pegawai": made.pegawai}
    people = set(made.pegawai["pegawai_id"])
    gone = 0 if "pegawai" not in old else int((~old["pegawai"]["pegawai_id"].isin(people)).sum())
    for name, by in NAMES_PEOPLE.items():
        if name in tables and gone:
            tables[name] = tables[name][tables[name][list(by)].isin(people).all(axis=1)]
    unmasked = write_tables(tables, into, options.date, language, (path.name, made.rows))
    out(text("siasn.done", language, file=path.name, place=str(into), **{k: made.counts[k] for k in ("people", "new_units", "new_seats")}))
    for key, n in (("inactive", made.counts["inactive"]), ("guessed", made.counts["guessed"]), ("gone", gone)):
        if n:
            out(text(f"siasn.{key}", language, n=n))
    if export.left:
        out(text("siasn.left", language, names=", ".join(export.left)))
    if unmasked:
        out(text("siasn.real", language, place=str(into / "cycle.yaml")))
    out(text("siasn.need", language))
    if "keahlian" not in tables or not len(tables["keahlian"]):
        out(text("siasn.no_skills", language))
    return 0


def _is_cycle(path: Path, language: str) -> bool:
    """Whether a workbook has the sheets that every cycle needs."""
    from mutasi_toolkit.schema.guard import open_workbook

    return path.suffix.lower() == ".xlsx" and {"unit", "jabatan", "pegawai"} <= set(open_workbook(path, language).sheet_names)


def _abk(path: Path, into: Path, unit: str | None, language: str) -> int:
    from mutasi_toolkit.cycle import read_cycle, table_text
    from mutasi_toolkit.workload.forms import read_abk

    abk = read_abk(path, unit, language)
    if not into.is_dir():
        raise InputError(text("siasn.abk_cycle", language, place=str(into)))
    cycle = read_cycle(into, language=language)
    tasks, remarks = abk.for_cycle(cycle)
    if not len(tasks):
        raise InputError(text("siasn.abk_none", language, file=path.name))
    old = old_tables(into, language)
    kept = table_text("tugas", cycle.tugas).astype("str").fillna("")
    kept = kept[~kept["jabatan_id"].isin(tasks["jabatan_id"])]
    import pandas as pd

    old["tugas"] = pd.concat([kept, tasks.astype("str").fillna("")], ignore_index=True).fillna("")
    write_tables(old, into, "", language)
    out(text("siasn.abk_done", language, file=path.name, place=str(into), tasks=len(tasks), seats=tasks["jabatan_id"].nunique()))
    for remark in remarks:
        out(remark.text(language))
    return 0
