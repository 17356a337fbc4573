"""Cycle: the checked tables and the settings of one transfer cycle, and nothing computed from them."""

from __future__ import annotations

import difflib
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.locale.html import facts
from mutasi_toolkit.schema import KEYS, TABLES, columns
from mutasi_toolkit.schema.checks import check_tables, fault_at
from mutasi_toolkit.schema.faults import Fault, raise_if_errors
from mutasi_toolkit.schema.people import damaged_numbers, real_numbers
from mutasi_toolkit.schema.read import RawTable, read_folder, read_workbook
from mutasi_toolkit.settings import Settings, build_settings, load_settings

#: Kinds of unit that are an OPD: what a mayor's regulation lists as perangkat daerah.
OPD_KINDS = frozenset({"dinas", "badan", "satuan", "sekretariat", "inspektorat", "kecamatan", "kantor", "direktorat jenderal", "deputi"})
#: Kinds of unit that only hold OPDs together.
ROOT_KINDS = frozenset({"pemda", "pemkot", "pemkab", "pemprov", "kota", "kabupaten", "provinsi", "instansi", "kementerian", "negara"})

#: (table, column, level) of dates that should not lie after the date of the cycle.
FUTURE = (
    ("pegawai", "tanggal_lahir", "error"),
    ("pegawai", "tmt_jabatan", "warning"),
    ("pegawai", "tmt_unit", "warning"),
    ("pegawai", "tmt_cpns", "warning"),
    ("riwayat", "tanggal", "warning"),
    ("keahlian", "tanggal", "warning"),
)


@dataclass(frozen=True, eq=False)
class Cycle:
    """One transfer cycle.

    Attributes
    ----------
    unit, jabatan, pegawai, ... : DataFrame
        The tables of the schema, sorted by their keys, with every column of the schema; a table that
        was not given has no rows, a column that was not given has no values. Never changed in place.
    settings : Settings
        cycle.yaml with its scenario.
    source : Path or None
        The folder or workbook it was read from.
    faults : tuple of Fault
        Warnings met while reading.
    """

    unit: pd.DataFrame
    jabatan: pd.DataFrame
    pegawai: pd.DataFrame
    tugas: pd.DataFrame
    keahlian: pd.DataFrame
    syarat: pd.DataFrame
    riwayat: pd.DataFrame
    hubungan: pd.DataFrame
    konflik: pd.DataFrame
    preferensi: pd.DataFrame
    keputusan: pd.DataFrame
    hasil: pd.DataFrame
    paruh_waktu: pd.DataFrame
    settings: Settings
    source: Path | None = None
    faults: tuple[Fault, ...] = ()

    @property
    def tables(self) -> dict[str, pd.DataFrame]:
        """All tables by name, in the order of the schema."""
        return {name: getattr(self, name) for name in TABLES}

    @property
    def date(self) -> pd.Timestamp:
        """The as-of date of the cycle."""
        return pd.Timestamp(self.settings.tanggal)

    def has(self, table: str, column: str | None = None) -> bool:
        """Whether `table` has rows, and `column` at least one value."""
        frame: pd.DataFrame = getattr(self, table)
        if column is None:
            return len(frame) > 0
        return bool(frame[column].notna().any())

    @cached_property
    def opd(self) -> pd.Series:
        """OPD of every unit: Series of opd_id indexed by unit_id.

        The topmost unit above (or itself) whose `jenis` is that of an OPD; where there is none, the
        topmost unit above that is not a mere root such as the city itself.
        """
        ids = self.unit["unit_id"]
        at = pd.Series(np.arange(len(ids)), index=ids)
        parent = self.unit["induk_id"].map(at).fillna(-1).to_numpy(dtype=np.int64)
        kind = self.unit["jenis"].str.lower()
        is_opd, is_root = kind.isin(OPD_KINDS).to_numpy(), kind.isin(ROOT_KINDS).to_numpy()
        named, top, here = np.full(len(ids), -1), np.arange(len(ids)), np.arange(len(ids))
        while (here >= 0).any():
            named = np.where((here >= 0) & is_opd[here], here, named)
            top = np.where((here >= 0) & ~is_root[here], here, top)
            here = np.where(here >= 0, parent[here], -1)
        found = np.where(named >= 0, named, top)
        return pd.Series(ids.to_numpy()[found], index=pd.Index(ids, name="unit_id"), name="opd_id")

    @cached_property
    def office(self) -> pd.Series:
        """Office of every unit, the unit at the top of its tree: Series of kantor_id indexed by unit_id."""
        ids = self.unit["unit_id"]
        here = np.arange(len(ids))
        parent = self.unit["induk_id"].map(pd.Series(here, index=ids)).fillna(-1).to_numpy(dtype=np.int64)
        while (parent[here] >= 0).any():
            here = np.where(parent[here] >= 0, parent[here], here)
        return pd.Series(ids.to_numpy()[here], index=pd.Index(ids, name="unit_id"), name="kantor_id")

    @cached_property
    def seat(self) -> pd.DataFrame:
        """Place of every seat class: frame indexed by jabatan_id with unit_id and opd_id."""
        place = self.jabatan.set_index("jabatan_id")[["unit_id"]]
        return place.assign(opd_id=place["unit_id"].map(self.opd))

    @cached_property
    def seated(self) -> pd.DataFrame:
        """Place of every person: frame indexed by pegawai_id with jabatan_id, unit_id and opd_id."""
        return self.pegawai.set_index("pegawai_id")[["jabatan_id"]].join(self.seat, on="jabatan_id")

    @cached_property
    def unit_name(self) -> pd.Series:
        """Name of every unit: Series indexed by unit_id."""
        return self.unit.set_index("unit_id")["nama"]

    def after(self, moves: pd.DataFrame) -> Cycle:
        """The cycle once `moves` are carried out.

        Parameters
        ----------
        moves : DataFrame
            Columns pegawai_id and jabatan_id (the new seat); a person already there does not move.

        Returns
        -------
        Cycle
            A new cycle: people in their new seats since the cycle's date, the moves added to `riwayat`.

        Raises
        ------
        InputError
            When a column is missing, a code is unknown, or a person stands twice.
        """
        target = self._targets(moves)
        old = self.pegawai.set_index("pegawai_id")["jabatan_id"]
        target = target[target != old.loc[target.index]].sort_index()
        origin = old.loc[target.index]
        unit_of = self.seat["unit_id"]
        record = pd.DataFrame(
            {
                "pegawai_id": target.index,
                "unit_asal": origin.map(unit_of).to_numpy(),
                "unit_tujuan": target.map(unit_of).to_numpy(),
                "tanggal": self.date,
                "jabatan_asal": origin.to_numpy(),
                "jabatan_tujuan": target.to_numpy(),
            }
        ).astype(self.riwayat.dtypes.to_dict())
        pegawai = self.pegawai.copy()
        moved = pegawai["pegawai_id"].isin(target.index).to_numpy()
        new = pegawai.loc[moved, "pegawai_id"].map(target)
        changes_unit = (new.map(unit_of) != pegawai.loc[moved, "jabatan_id"].map(unit_of)).to_numpy()
        pegawai.loc[moved, "jabatan_id"] = new
        pegawai.loc[moved, "tmt_jabatan"] = self.date
        pegawai.loc[np.flatnonzero(moved)[changes_unit], "tmt_unit"] = self.date
        riwayat = pd.concat([self.riwayat, record], ignore_index=True) if len(record) else self.riwayat
        return replace(self, pegawai=pegawai, riwayat=_in_order("riwayat", riwayat))

    def _targets(self, moves: pd.DataFrame) -> pd.Series:
        if not {"pegawai_id", "jabatan_id"} <= set(moves.columns):
            raise InputError(text("schema.moves_columns", columns=", ".join(map(str, moves.columns))))
        for column, known in (("pegawai_id", self.pegawai["pegawai_id"]), ("jabatan_id", self.jabatan["jabatan_id"])):
            unknown = moves.loc[~moves[column].isin(known), column]
            if len(unknown):
                raise InputError(text("schema.moves_unknown", what=column, values=", ".join(map(str, unknown[:5]))))
        twice = moves.loc[moves["pegawai_id"].duplicated(), "pegawai_id"]
        if len(twice):
            raise InputError(text("schema.moves_twice", values=", ".join(map(str, twice[:5]))))
        return moves.set_index("pegawai_id")["jabatan_id"].astype("str")

    def with_settings(self, **changes: object) -> Cycle:
        """The same tables under other settings, given as nested plain values.

        Examples
        --------
        >>> cycle = read_cycle(data_dir("cycles") / "contoh")  # doctest: +SKIP
        >>> cycle.with_settings(anggaran={"pindah": 5})  # doctest: +SKIP
        """
        from mutasi_toolkit.settings import merge

        settings = build_settings(merge(self.settings.as_dict(), changes), "with_settings")
        if "keputusan" not in changes:
            return replace(self, settings=settings)
        return replace(self, settings=settings, keputusan=_in_order("keputusan", _with_decisions(self.tables, settings)))

    def describe(self, language: str = "id") -> pd.DataFrame:
        """What each table holds and switches on; a table without rows switches its part off.

        Returns
        -------
        DataFrame
            tabel, baris (number of rows), kegunaan (what it switches on).
        """
        rows = [(name, len(frame), text(f"cycle.{name}", language)) for name, frame in self.tables.items()]
        return pd.DataFrame(rows, columns=["tabel", "baris", "kegunaan"])

    def write(self, folder: Path | str) -> None:
        """Write the tables that have rows as CSV, and the settings as cycle.yaml, into `folder`."""
        folder = Path(folder)
        folder.mkdir(parents=True, exist_ok=True)
        for name, frame in self.tables.items():
            if len(frame) or name in {"unit", "jabatan", "pegawai"}:
                table_text(name, frame).to_csv(folder / f"{name}.csv", index=False, lineterminator="\n")
        settings = self.settings.model_dump(mode="json", exclude_defaults=True)
        (folder / "cycle.yaml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")

    def _repr_html_(self) -> str:
        title = f"{self.settings.nama} {self.settings.siklus} ({self.settings.tanggal}, {self.settings.skenario})"
        return facts(title, [(name, number(len(f))) for name, f in self.tables.items() if len(f)])


def table_text(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    """A table as text cells, without the columns that hold nothing and are not required."""
    from mutasi_toolkit.schema import attributes

    keep = [a.name for a in attributes(name) if a.required or frame[a.name].notna().any()]
    out = frame[keep].copy()
    for column in keep:
        if pd.api.types.is_datetime64_any_dtype(out[column]):
            out[column] = out[column].dt.strftime("%Y-%m-%d")
        elif out[column].dtype == "float64" and (out[column].dropna() % 1 == 0).all():
            out[column] = out[column].astype("Int64")
        elif out[column].dtype == "boolean":
            out[column] = out[column].map({True: "ya", False: "tidak"})
    return out


def _in_order(name: str, frame: pd.DataFrame) -> pd.DataFrame:
    if len(frame) < 2:
        return frame.reset_index(drop=True)
    key = list(KEYS.get(name, ())) or list(columns(name))
    return frame.sort_values([*key, *[c for c in columns(name) if c not in key]], kind="stable", ignore_index=True)


def build_cycle(raw: dict[str, RawTable], settings: Settings, place: str, source: Path | None = None) -> tuple[Cycle | None, list[Fault]]:
    """A Cycle from raw tables, with all faults; None instead of a Cycle where one is an error."""
    tables, faults = check_tables(raw, place)
    today = pd.Timestamp(settings.tanggal)
    for name, column, level in FUTURE:
        if name in raw:
            future = (tables[name][column] > today).fillna(False).to_numpy(dtype=bool)
            faults += fault_at(raw[name], future, "future_date", column, level, tanggal=settings.tanggal)
    if "pegawai" in raw and not settings.sintetis:
        faults += damaged_numbers(raw["pegawai"], tables["pegawai"])
    if "pegawai" in raw and settings.sintetis:
        faults += real_numbers(raw["pegawai"], tables["pegawai"])
    faults += _unknown_demand(settings, tables["unit"], place)
    if any(f.level == "error" for f in faults):
        return None, faults
    tables["keputusan"] = _with_decisions(tables, settings)
    ordered = {name: _in_order(name, frame) for name, frame in tables.items()}
    return Cycle(**ordered, settings=settings, source=source, faults=tuple(faults)), faults


def _unknown_demand(settings: Settings, unit: pd.DataFrame, place: str) -> list[Fault]:
    """Names under `permintaan` that no unit carries as its rumpun: their demand would change nothing."""
    known = sorted(unit["rumpun"].dropna().unique())
    unknown = [name for name in settings.permintaan if name not in known]
    if not unknown or not known:
        return []
    near = ", ".join(dict.fromkeys(n for u in unknown for n in difflib.get_close_matches(u, known, 1, 0.6))) or ", ".join(known)
    return [Fault("unknown_demand", place, level="warning", details={"names": ", ".join(unknown), "near": near})]


def _with_decisions(tables: dict[str, pd.DataFrame], settings: Settings) -> pd.DataFrame:
    """The table keputusan with the scenario's own decisions, which take the place of the same person's and seat's."""
    table = tables["keputusan"]
    if not settings.keputusan:
        return table
    for decision in settings.keputusan:
        for column, known in (("pegawai_id", tables["pegawai"]["pegawai_id"]), ("jabatan_id", tables["jabatan"]["jabatan_id"])):
            value = getattr(decision, column)
            if value is not None and not (known == value).any():
                raise InputError(text("schema.decision_unknown", what=column, value=value))
    added = pd.DataFrame([d.model_dump() for d in settings.keputusan]).reindex(columns=table.columns).astype(table.dtypes.to_dict())
    whole = pd.concat([table, added], ignore_index=True) if len(table) else added
    return whole.drop_duplicates(["pegawai_id", "jabatan_id"], keep="last", ignore_index=True)


def check_cycle(path: Path | str, scenario: str | None = None, language: str = "id") -> tuple[Cycle | None, list[Fault]]:
    """Read a cycle and return it with every fault found; None instead of it when one is an error.

    Raises
    ------
    InputError
        When there is no cycle at `path`, or its settings or scenario cannot be used.
    """
    path = Path(path)
    workbook = _workbook_of(path, language)
    folder = workbook.parent if workbook else path
    own = folder / f"{workbook.stem}.yaml" if workbook else None
    settings = load_settings(own if own and own.is_file() else folder / "cycle.yaml", scenario, language)
    raw, faults = read_workbook(workbook, language) if workbook else read_folder(path)
    cycle, found = build_cycle(raw, settings, (workbook or path).name, path)
    if any(f.level == "error" for f in faults):
        cycle = None
    return cycle, faults + found


def _workbook_of(path: Path, language: str) -> Path | None:
    """The workbook that holds the cycle at `path`; None where it is a folder of CSV files.

    Raises
    ------
    InputError
        When there is no cycle, or no saying which workbook is meant.
    """
    if path.is_file():
        return path
    try:
        names = [p.name for p in path.iterdir()] if path.is_dir() else []
    except OSError as error:
        raise InputError(text("schema.folder_access", language, place=str(path), why=error.strerror or str(error))) from error
    if any(n.lower().endswith(".csv") and n[:-4].strip().lower() in TABLES for n in names):
        return None
    books = sorted(n for n in names if n.lower().endswith(".xlsx") and not n.startswith("~$"))
    if len(books) > 1:
        raise InputError(text("schema.many_workbooks", language, place=str(path), names=", ".join(books[:5])))
    if not books:
        raise InputError(text("schema.no_cycle", language, place=str(path)))
    return path / books[0]


def read_cycle(path: Path | str, scenario: str | None = None, language: str = "id") -> Cycle:
    """Read and check one transfer cycle.

    Parameters
    ----------
    path : path
        A folder of CSV files with cycle.yaml, or a workbook with cycle.yaml beside it.
    scenario : str, optional
        Name of a scenario whose overrides are laid over cycle.yaml.
    language : str
        Language of the messages, 'id' or 'en'.

    Returns
    -------
    Cycle

    Raises
    ------
    InputError
        Tells every fault of every table in one message.
    """
    cycle, faults = check_cycle(path, scenario, language)
    raise_if_errors(faults, language)
    if cycle is None:
        raise InputError(text("schema.no_cycle", language, place=str(path)))
    return cycle
