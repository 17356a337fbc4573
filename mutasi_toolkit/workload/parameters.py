"""Dated, cited constants of workload analysis: working time, retirement ages, rounding of WISN."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import WaktuKerja, load_yaml

MINUTES_PER_HOUR = 60.0


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """Effective working time of one person in a year, as a document states it.

    Attributes
    ----------
    name : str
        Name of the profile, '' for minutes of one's own.
    minutes : float
        Minutes a year.
    since : int or None
        Year of the document.
    source : str
        The document.
    sure : str
        'read' in the document, 'secondary' (quoted elsewhere), 'memory' (confirm before use), or
        'own'.
    """

    name: str
    minutes: float
    since: int | None
    source: str
    sure: str

    @property
    def hours(self) -> float:
        """Hours a year."""
        return self.minutes / MINUTES_PER_HOUR


@cache
def _table(file: str) -> dict[str, Any]:
    return load_yaml(data_dir("parameters") / file)


@cache
def working_times() -> dict[str, WorkingTime]:
    """All profiles of data/parameters/waktu_kerja.yaml by name.

    Examples
    --------
    >>> working_times()["kemenag_1322"].hours
    1322.0
    """
    entries = _table("waktu_kerja.yaml")["profil"]
    return {
        name: WorkingTime(name, float(e["menit"]), e["berlaku_sejak"], e["sumber"], e["keyakinan"])
        for name, e in entries.items()
    }


def working_time(choice: WaktuKerja | str) -> WorkingTime:
    """Working time that a cycle's settings choose: `menit` where given, else the named profile.

    Parameters
    ----------
    choice : WaktuKerja or str
        Settings, or the name of a profile.

    Raises
    ------
    InputError
        When there is no such profile; names those there are.

    Examples
    --------
    >>> working_time("abk_kes").minutes
    72000.0
    """
    if not isinstance(choice, str) and choice.menit is not None:
        return WorkingTime("", float(choice.menit), None, text("workload.own_minutes"), "own")
    name = choice if isinstance(choice, str) else choice.profil
    if name not in working_times():
        known = ", ".join(sorted(working_times()))
        raise InputError(text("workload.profile_unknown", name=name, known=known))
    return working_times()[name]


def effective_minutes(choice: WaktuKerja | str) -> float:
    """Effective working time of one person in minutes a year.

    Examples
    --------
    >>> effective_minutes(WaktuKerja())
    75000.0
    """
    return working_time(choice).minutes


def wisn_rounding() -> tuple[int, float]:
    """Greatest whole part that counts as small, and the step of the fraction per person."""
    entry = _table("wisn.yaml")["pembulatan"]
    return int(entry["kecil_sampai"]), float(entry["langkah"])


def retirement_age(jabatan: pd.DataFrame) -> pd.Series:
    """Retirement age (batas usia pensiun, BUP) of every seat class.

    The highest of: the age of the profession (guru 60, dosen 65), and the age of the level of a
    functional job (ahli madya 60, ahli utama 65), else of the kind of job (JPT 60, others 58). The
    profession is `profesi`; where that is empty, the first word of the title of a functional job.

    Parameters
    ----------
    jabatan : DataFrame
        Columns jabatan_id, nama, jenis, jenjang, profesi.

    Returns
    -------
    Series of float indexed by jabatan_id, years.

    References
    ----------
    PP 11/2017 arts 239-240; UU 14/2005 arts 40 and 67; data/parameters/bup.yaml says how sure each
    is.

    Examples
    --------
    >>> from mutasi_toolkit.workload.example import small_city
    >>> retirement_age(small_city().jabatan).to_dict()
    {'J1': 58.0, 'J2': 60.0, 'J3': 58.0}
    """
    table = _table("bup.yaml")

    def ages(name: str) -> dict[str, float]:
        return {key: float(entry["usia"]) for key, entry in table[name].items()}

    functional = (jabatan["jenis"] == "fungsional").to_numpy(dtype=bool)
    first_word = (
        jabatan["nama"].str.casefold().str.extract(r"^(\w+)", expand=False).where(functional)
    )
    profession = jabatan["profesi"].str.strip().str.casefold().fillna(first_word)
    by_kind = jabatan["jenis"].map(ages("jenis")).astype(float)
    by_level = jabatan["jenjang"].map(ages("jenjang")).astype(float).where(functional)
    by_profession = profession.map(ages("profesi")).astype(float)
    age = by_level.fillna(by_kind)
    age = age.where(~(by_profession > age), by_profession)
    return pd.Series(
        age.to_numpy(), index=pd.Index(jabatan["jabatan_id"], name="jabatan_id"), name="bup"
    )
