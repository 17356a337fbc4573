"""What columns and codes are called, and how their values are written, for people who read tables."""

from __future__ import annotations

from functools import cache

import pandas as pd

from mutasi_toolkit.locale import catalogue, number
from mutasi_toolkit.report.sortable import Shown
from mutasi_toolkit.schema import TABLES, attributes

#: Decimals by column; other numbers show none when all are whole, one when that is enough, else two.
DIGITS = {
    "ej": 2,
    "eu": 2,
    "kebutuhan": 2,
    "masa_jabatan": 1,
    "jpm_lama": 1,
    "jpm_baru": 1,
    "jarak_km": 1,
    "jpm": 1,
    "persen": 1,
    "antara": 4,
    "hill_1": 1,
    "selisih_semua": 1,
    "selisih_dibutuhkan": 1,
    "replikasi_perlu": 0,
    "gain": 3,
    "se": 4,
    "gain_raw": 3,
    "tanpa_poin": 2,
    "rencana_poin": 2,
    "selisih_poin": 2,
    "terisi_awal": 1,
    "terisi_akhir": 1,
    "pengetahuan_simulasi": 1,
    "turunan": 2,
    "indeks_sebelum": 3,
    "indeks_sesudah": 3,
    "sebelum_low": 3,
    "sebelum_high": 3,
    "sesudah_low": 3,
    "sesudah_high": 3,
}

#: Columns of people, in halves where part-time staff count as half: one decimal in the whole column unless all are whole.
STAFF = (
    "ada", "ada_sebelum", "ada_sesudah", "kekurangan", "kelebihan", "kekurangan_sebelum", "kekurangan_sesudah", "selisih", "selisih_mutlak_sebelum", "selisih_mutlak_sesudah",
    "selisih_sebelum", "selisih_sesudah", "perbaikan", "selisih_dulu", "selisih_harapan", "selisih_kini",
)
#: Columns whose few values are words of the code and are shown as words of the language.
CODED = ("jenis_aturan", "lingkup", "keyakinan")

#: Columns of calendar years, written without a thousands mark.
YEARS = ("tahun", "tahun_pertama", "year")


@cache
def label(column: str, language: str = "id") -> str:
    """What a column is called: from the catalogue of computed columns, else from the schema, else its name.

    Examples
    --------
    >>> label("tmt_jabatan", "en"), label("selisih", "id")
    ('In this seat since', 'Selisih (ada − kebutuhan)')
    """
    computed = catalogue(language, "columns")
    if column in computed:
        return computed[column]
    for table in TABLES:
        for attribute in attributes(table):
            if attribute.name == column:
                return attribute.label(language)
    return column.replace("_", " ")


def digits_of(column: str, values: pd.Series) -> int:
    """Decimals with which a number column is shown: as few as its values need, two at most."""
    if column in DIGITS:
        return DIGITS[column]
    known = values.dropna().astype(float)
    return next((d for d in (0, 1) if bool(((known - known.round(d)).abs() < 1e-9).all())), 1 if column in STAFF else 2)


def written(column: str, values: pd.Series, language: str = "id") -> list[str]:
    """Values of a column as text for people: numbers in the language's form, dates as they are, '' for nothing."""
    if pd.api.types.is_bool_dtype(values.dtype):
        words = catalogue(language, "common")
        return [words["yes"] if v is True or v == 1 else words["no"] for v in values]
    if pd.api.types.is_numeric_dtype(values.dtype):
        digits = digits_of(column, values)
        if column in YEARS:
            return ["" if pd.isna(v) else str(int(v)) for v in values]
        return ["" if pd.isna(v) else number(float(v), digits, language) for v in values]
    if pd.api.types.is_datetime64_any_dtype(values.dtype):
        return ["" if pd.isna(v) else f"{v:%Y-%m-%d}" for v in values]
    shown = ["" if pd.isna(v) else str(v) for v in values]
    if column in CODED:
        words = catalogue(language, "report")
        return [words.get(f"value_{v}", v) for v in shown]
    return shown


def show(frame: pd.DataFrame, language: str = "id", rows: int | None = None, columns: list[str] | None = None) -> Shown:
    """A table for reading in a notebook: labelled columns, written values, an index from 1; it sorts by click.

    Parameters
    ----------
    frame : DataFrame
        Any table of the toolkit; an index that has a name becomes a column.
    language : str
        'id' or 'en'.
    rows : int, optional
        Only the first rows.
    columns : list of str, optional
        Only these columns, in this order.

    Examples
    --------
    >>> show(pd.DataFrame({"ada": [2.0]}), "en").to_dict("list")
    {'Present': ['2']}
    """
    flat = frame.reset_index() if any(name is not None for name in frame.index.names) else frame
    if columns is not None:
        flat = flat[columns]
    if rows is not None:
        flat = flat.head(rows)
    out = Shown({label(str(c), language): written(str(c), flat[c], language) for c in flat.columns})
    out.index = pd.RangeIndex(1, len(out) + 1)
    numeric = [c for c in flat.columns if pd.api.types.is_numeric_dtype(flat[c].dtype) and not pd.api.types.is_bool_dtype(flat[c].dtype)]
    out._numbers = {label(str(c), language): flat[c].tolist() for c in numeric}
    return out
