"""Verdict tables: a published or exact value, ours, the difference, the tolerance, and whether it is met."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir

#: Standard errors of a difference that pass as chance.
SIGMAS = 3.0


@dataclass(frozen=True, slots=True)
class Check:
    """One row of a verdict table.

    Attributes
    ----------
    what : str
    expected, ours : float
        nan for a claim without a number (see `holds`).
    tolerance : float
    met : bool
    kind : str
        'exact', 'independent run', 'claim' (worded before the results), 'description' (worded after them), ...
    note : str
    """

    what: str
    expected: float
    ours: float
    tolerance: float
    met: bool
    kind: str
    note: str = ""


def check(
    what: str, expected: float, ours: float, se: float = 0.0, expected_se: float = 0.0, slack: float = 0.0, kind: str = "exact", sigmas: float = SIGMAS, note: str = ""
) -> Check:
    """Compare a value of ours with one that is known.

    Met where abs(ours - expected) <= sigmas sqrt(se^2 + expected_se^2) + slack.

    Parameters
    ----------
    what : str
    expected, ours : float
    se, expected_se : float
        Standard errors; 0 for exact values.
    slack : float
        For the rounding of a published value.
    kind, note : str
    sigmas : float

    Examples
    --------
    >>> check("mean", 4.0, 4.05, se=0.02).met, check("mean", 4.0, 4.1, se=0.02).met
    (True, False)
    """
    tolerance = sigmas * float(np.hypot(se, expected_se)) + slack
    return Check(what, float(expected), float(ours), tolerance, bool(abs(ours - expected) <= tolerance), kind, note)


def holds(claim: str, value: bool, note: str = "") -> Check:
    """A claim that is true or not, such as an ordering; worded before the results are seen (else it is a `seen`).

    Examples
    --------
    >>> holds("the payoff peaks inside", True).met
    True
    """
    return Check(claim, np.nan, np.nan, np.nan, bool(value), "claim", note)


def seen(what: str, note: str = "") -> Check:
    """A description of what this run shows, worded after its results were seen: it tests nothing and has no verdict.

    Examples
    --------
    >>> verdicts([seen("large units learn more")])["verdict"].tolist()
    ['described']
    """
    return Check(what, np.nan, np.nan, np.nan, True, "description", note)


def verdicts(checks: Sequence[Check]) -> pd.DataFrame:
    """The verdict table: quantity, kind, expected, ours, difference, tolerance, verdict ('met', 'NOT met', 'described'), note.

    Examples
    --------
    >>> verdicts([check("mean", 4.0, 4.05, se=0.02)])["verdict"].tolist()
    ['met']
    """
    return pd.DataFrame(
        {
            "quantity": [c.what for c in checks], "kind": [c.kind for c in checks],
            "expected": [c.expected for c in checks], "ours": [c.ours for c in checks],
            "difference": [c.ours - c.expected for c in checks], "tolerance": [c.tolerance for c in checks],
            "verdict": ["described" if c.kind == "description" else "met" if c.met else "NOT met" for c in checks], "note": [c.note for c in checks],
        }
    )  # fmt: skip


@cache
def _values() -> pd.DataFrame:
    return pd.read_csv(data_dir("parameters") / "riset_nilai.csv", dtype={"keadaan": str})


def published(study: str, quantity: str | None = None) -> pd.DataFrame:
    """Published, exact and independently computed values of one study, with their sources.

    Parameters
    ----------
    study : str
        'march', 'fang', 'cowan', 'lazer', 'kowalska' or 'anchor'.
    quantity : str, optional
        One of its quantities (column besaran).

    Returns
    -------
    DataFrame
        studi, besaran, keadaan, nilai, galat_baku, jenis, sumber; each setting 'a=1 b=2' also as one column per name.

    Raises
    ------
    InputError
        For an unknown study or quantity; names those there are.

    Examples
    --------
    >>> published("march", "kode, performance").shape[0]
    18
    """
    table = _values()
    if study not in set(table["studi"]):
        raise InputError(text("research.unknown", what=study, known=", ".join(sorted(set(table["studi"])))))
    table = table[table["studi"] == study]
    if quantity is not None:
        if quantity not in set(table["besaran"]):
            raise InputError(text("research.unknown", what=quantity, known="; ".join(sorted(set(table["besaran"])))))
        table = table[table["besaran"] == quantity]
    parts = [dict(word.split("=", 1) for word in cell.split() if "=" in word) for cell in table["keadaan"]]
    settings = pd.DataFrame(parts, index=table.index)
    for name in settings:
        settings[name] = _numbers(settings[name])
    return pd.concat([table, settings], axis=1).reset_index(drop=True)


def _numbers(values: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    return values if numbers.isna().any() else numbers
