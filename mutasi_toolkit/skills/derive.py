"""Skills that no export holds, derived from jobs, units, education and training by an editable mapping."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml
from mutasi_toolkit.skills.evidence import KINDS, evidence

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

_COLUMNS = ("bukti", "pola", "keahlian", "tingkat_awal", "tingkat_maks", "keyakinan", "alasan")


@dataclass(frozen=True, slots=True)
class Mapping:
    """How evidence about a person becomes a level in a skill.

    Attributes
    ----------
    rows : DataFrame
        bukti (rumpun, jabatan, jenis, profesi, bidang_ilmu, pelatihan), pola (the text looked for),
        keahlian, tingkat_awal, tingkat_maks (1 to 5), keyakinan, alasan.
    rise_years : tuple of float
        Years of experience after each of which the level rises by one.
    fade_years : float
        Years without the work after each of which the level falls by one.
    jenjang_level, education_level : dict of str to int
        Least level that a jenjang of a functional job, or a degree, stands for.
    """

    rows: pd.DataFrame
    rise_years: tuple[float, ...]
    fade_years: float
    jenjang_level: dict[str, int]
    education_level: dict[str, int]


def read_mapping(path: Path | None = None, rules: Path | None = None) -> Mapping:
    """The mapping table and its thresholds.

    Parameters
    ----------
    path : Path, optional
        CSV with the columns of `Mapping.rows`; None takes data/parameters/keahlian_turunan.csv.
    rules : Path, optional
        YAML with the thresholds; None takes data/parameters/keahlian_turunan.yaml.

    Raises
    ------
    InputError
        When a column is missing, the kind of evidence is unknown, or a level is outside 1 to 5;
        names the row as a spreadsheet shows it.

    Examples
    --------
    >>> read_mapping().rise_years
    (2.0, 5.0, 10.0)
    """
    path = path or data_dir("parameters") / "keahlian_turunan.csv"
    rows = pd.read_csv(path, dtype=str, keep_default_na=False)
    lacking = [c for c in _COLUMNS if c not in rows.columns]
    if lacking:
        raise InputError(text("skills.mapping_columns", file=path.name, columns=", ".join(lacking)))
    start, top = (pd.to_numeric(rows[c], errors="coerce") for c in ("tingkat_awal", "tingkat_maks"))
    bad = ~rows["bukti"].isin(KINDS) | (rows["pola"] == "") | (rows["keahlian"] == "")
    bad |= ~(start.between(1, 5) & top.between(1, 5) & (start <= top))
    if bad.any():
        at = int(np.flatnonzero(bad)[0])
        seen = ", ".join(rows.iloc[at][list(_COLUMNS[:5])])
        raise InputError(text("skills.mapping_row", file=path.name, row=at + 2, seen=seen, kinds=", ".join(KINDS)))
    rows = rows.assign(tingkat_awal=start.astype(int), tingkat_maks=top.astype(int))
    values = load_yaml(rules or data_dir("parameters") / "keahlian_turunan.yaml")
    return Mapping(
        rows.sort_values(list(_COLUMNS[:5]), ignore_index=True),
        tuple(float(y) for y in values["naik_setelah_tahun"]["nilai"]),
        float(values["turun_setelah_tahun"]["nilai"]),
        {k: int(v) for k, v in values["tingkat_jenjang"]["nilai"].items()},
        {k: int(v) for k, v in values["tingkat_pendidikan"]["nilai"].items()},
    )


def derive(cycle: Cycle, mapping: Mapping | None = None, training: pd.DataFrame | None = None) -> pd.DataFrame:
    """Skills that follow from what the tables say of a person.

    Each row m of the mapping whose `pola` stands in a piece of evidence of its kind gives, with
    t the years of that work, u the years since it ended, and n the number of courses::

        rumpun, jabatan, jenis, profesi:  awal + #{rise_years <= t}, at least the level of the jenjang
                                          (jabatan, jenis), at most maks, less floor(u / fade_years)
        bidang_ilmu:                      max(awal, level of the degree), at most maks
        pelatihan:                        awal + n - 1, at most maks

    and a skill has the highest level that any row gives. Nothing below 1 is written.

    Special cases: an empty column gives no evidence; a first spell whose start is unknown counts 0
    years; a text that no row mentions gives nothing.

    Parameters
    ----------
    cycle : Cycle
        Uses pegawai, jabatan, unit and riwayat.
    mapping : Mapping, optional
        None reads data/parameters/keahlian_turunan.*.
    training : DataFrame, optional
        Courses taken: pegawai_id, pelatihan (title). The tables of a cycle do not hold them.

    Returns
    -------
    DataFrame
        As the table keahlian (pegawai_id, keahlian, tingkat, tanggal, dasar = 'turunan') with
        `bukti`, the evidence that gave the level; sorted.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> rows = derive(two_offices())
    >>> set(rows["dasar"])
    {'turunan'}
    """
    mapping = mapping or read_mapping()
    found = _matches(evidence(cycle, training), mapping.rows)
    level = _level(found, mapping)
    found = found.assign(tingkat=level)[level >= 1]
    order = found.sort_values(["pegawai_id", "keahlian", "tingkat", "bukti", "pola"], ascending=[True, True, False, True, True])
    best = order.drop_duplicates(["pegawai_id", "keahlian"])
    reason = best["bukti"] + ": " + best["pola"]
    out = best[["pegawai_id", "keahlian", "tingkat"]].assign(tanggal=cycle.date, dasar="turunan", bukti=reason)
    kinds = {c: t for c, t in cycle.keahlian.dtypes.items() if c in out} | {"bukti": "str"}
    return out.astype(kinds).reset_index(drop=True)


def _matches(facts: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Every person with every row of the mapping that fits, the years of that work added up."""
    parts = []
    texts = facts[["bukti", "teks"]].drop_duplicates()
    for kind, group in rows.groupby("bukti"):
        mine = texts.loc[texts["bukti"] == kind, "teks"]
        small = mine.str.casefold()
        for row in group.itertuples():
            hit = small == row.pola.casefold() if kind in {"rumpun", "jenis", "profesi"} else small.str.contains(row.pola.casefold(), regex=False)
            parts.append(pd.DataFrame({"teks": mine[hit], "baris": row.Index}))
    pairs = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"teks": [], "baris": []})
    pairs = pairs.astype({"baris": np.int64, "teks": facts["teks"].dtype})
    pairs["bukti"] = rows["bukti"].reindex(pairs["baris"]).to_numpy()
    joined = facts.merge(pairs, on=["bukti", "teks"])
    summed = joined.groupby(["pegawai_id", "baris"], as_index=False).agg(
        tahun=("tahun", "sum"), lewat=("lewat", "min"), jenjang=("jenjang", "max"), pendidikan=("pendidikan", "max"), n=("teks", "size")
    )
    return summed.merge(rows, left_on="baris", right_index=True)


def _level(found: pd.DataFrame, mapping: Mapping) -> np.ndarray:
    start, top = (found[c].to_numpy(dtype=np.int64) for c in ("tingkat_awal", "tingkat_maks"))
    kind = found["bukti"].to_numpy(dtype=object).astype(str)
    years, idle = (found[c].to_numpy(dtype=float) for c in ("tahun", "lewat"))
    risen = start + np.searchsorted(np.array(mapping.rise_years), years, side="right")
    jenjang = found["jenjang"].map(mapping.jenjang_level).fillna(0).to_numpy(dtype=np.int64)
    risen = np.where(np.isin(kind, ["jabatan", "jenis"]), np.maximum(risen, jenjang), risen)
    worked = np.minimum(risen, top) - (idle // mapping.fade_years).astype(np.int64)
    degree = found["pendidikan"].map(mapping.education_level).fillna(0).to_numpy(dtype=np.int64)
    taught = np.minimum(np.maximum(start, degree), top)
    trained = np.minimum(start + found["n"].to_numpy(dtype=np.int64) - 1, top)
    return np.select([kind == "bidang_ilmu", kind == "pelatihan"], [taught, trained], worked)


def complete(cycle: Cycle, mapping: Mapping | None = None, training: pd.DataFrame | None = None) -> Cycle:
    """The cycle with derived skills where none was recorded; what is recorded stays as it is.

    Parameters
    ----------
    cycle : Cycle
    mapping, training
        As for `derive`.

    Returns
    -------
    Cycle
        A new cycle whose `keahlian` has further rows with `dasar` = turunan.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> cycle = two_offices()
    >>> len(complete(cycle).keahlian) >= len(cycle.keahlian)
    True
    """
    new = derive(cycle, mapping, training)[list(cycle.keahlian.columns)]
    known = pd.MultiIndex.from_frame(cycle.keahlian[["pegawai_id", "keahlian"]])
    new = new[~pd.MultiIndex.from_frame(new[["pegawai_id", "keahlian"]]).isin(known)]
    if not len(new):
        return cycle
    whole = pd.concat([cycle.keahlian, new], ignore_index=True) if len(cycle.keahlian) else new
    return replace(cycle, keahlian=whole.sort_values(["pegawai_id", "keahlian"], ignore_index=True))


def as_settled(cycle: Cycle) -> Cycle:
    """The cycle with the derived skills that its settings ask for.

    `keahlian_turunan` of cycle.yaml: 'bila_kosong' (the default) derives where the table `keahlian` has no row at all,
    as after a SIASN import; 'lengkapi' also fills in what a table lacks (`complete`); 'tidak' derives nothing.

    Parameters
    ----------
    cycle : Cycle

    Returns
    -------
    Cycle
        The same one where nothing is derived.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> cycle = two_offices()
    >>> as_settled(cycle) is cycle
    True
    """
    way = cycle.settings.keahlian_turunan
    return complete(cycle) if way == "lengkapi" or (way == "bila_kosong" and not len(cycle.keahlian)) else cycle


def read_settled(path: Path | str, scenario: str | None = None, language: str = "id") -> Cycle:
    """`read_cycle`, with the derived skills that the settings ask for: what run, explain, explore and the notebooks read.

    Parameters
    ----------
    path, scenario, language
        As for `read_cycle`.
    """
    return as_settled(read_cycle(path, scenario, language))


def derived_sentences(cycle: Cycle, language: str = "id") -> list[str]:
    """What will be derived when the cycle is run, or why nothing is; none where the tables hold all.

    Parameters
    ----------
    cycle : Cycle
        As `read_cycle` gives it.
    language : str
    """
    made = as_settled(cycle)
    new = len(made.keahlian) - len(cycle.keahlian)
    if new:
        with_some = made.keahlian.loc[made.keahlian["dasar"] == "turunan", "pegawai_id"].nunique()
        out = [text("skills.will_derive" if not len(cycle.keahlian) else "skills.will_complete", language, rows=new, people=with_some, all=len(cycle.pegawai))]
    else:
        out = [] if len(cycle.keahlian) else [text("skills.none_derived", language, setting=cycle.settings.keahlian_turunan)]
    return out if len(cycle.syarat) else [*out, text("skills.no_standards", language)]


def usual_requirements(cycle: Cycle) -> pd.DataFrame:
    """The nine managerial and socio-cultural competencies at their usual level, where `syarat` names none.

    The level is that of `tingkat_baku` in data/parameters/jpm.yaml for the `jenis` of the seat and, for functional
    seats, its `jenjang`; a jpt of eselon I counts as jpt madya. A competence that `syarat` already asks of a seat is left as it is there; a seat whose
    jenis or jenjang has no usual level gets none. Nothing adds these rows silently: they are a start for an office
    without standards, to be joined to `syarat` and edited.

    Returns
    -------
    DataFrame
        As the table syarat: jabatan_id, keahlian, tingkat; sorted.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> rows = usual_requirements(two_offices())
    >>> len(rows), rows["tingkat"].unique().tolist()
    (18, [1])
    """
    values = load_yaml(data_dir("parameters") / "jpm.yaml")
    usual, names = values["tingkat_baku"], values["kompetensi"]
    competencies = [*names["manajerial"], *names["sosial_kultural"]]

    def level(jenis: str, jenjang: str) -> int:
        found = usual.get(jenis, 0)
        return int(found.get(jenjang, 0) if isinstance(found, dict) else found if isinstance(found, int) else 0)

    kinds = cycle.jabatan[["jabatan_id", "jenis", "jenjang"]].fillna("")
    top = cycle.jabatan["eselon"].fillna("").str.startswith("I.") & (kinds["jenis"] == "jpt")
    kinds["jenis"] = kinds["jenis"].mask(top, "jpt madya")
    rows = [(j, name, level(a, b)) for j, a, b in kinds.itertuples(index=False) for name in competencies]
    frame = pd.DataFrame([r for r in rows if r[2]], columns=["jabatan_id", "keahlian", "tingkat"])
    frame = frame.astype({c: t for c, t in cycle.syarat.dtypes.items() if c in frame})
    asked = pd.MultiIndex.from_frame(cycle.syarat[["jabatan_id", "keahlian"]])
    frame = frame[~pd.MultiIndex.from_frame(frame[["jabatan_id", "keahlian"]]).isin(asked)]
    return frame.sort_values(["jabatan_id", "keahlian"], ignore_index=True)
