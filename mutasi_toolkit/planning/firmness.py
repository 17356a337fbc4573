"""How firm a proposal is and what would change it: the tables that a run writes for its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import assignment, rules
from mutasi_toolkit.planning.stability import stability

if TYPE_CHECKING:
    from pathlib import Path

    from mutasi_toolkit.assignment import Plan
    from mutasi_toolkit.cycle import Cycle

#: Significant digits of numbers in the written tables.
DIGITS = "%.9g"
#: Draws of a run: as many as keep it short, by the size of the problem.
DRAWS, DRAWS_LARGE, LARGE = 10, 4, 20_000
#: With more allowed pairs than this neither is looked at: each draw and each price solves the problem again, which takes minutes.
HUGE = 1_000_000
#: Rules whose price a run looks at.
PRICES = 3
PRICE_COLUMNS = ["jenis", "batas", "langkah", "hemat", "kekurangan"]


def as_written(gains: pd.DataFrame) -> pd.DataFrame:
    """Values of holders as the written table has them, so that whoever reads it back has the very problem that was solved.

    Examples
    --------
    >>> as_written(pd.DataFrame({"gain": [1 / 3]}))["gain"].tolist()
    [0.333333333]
    """
    return gains.assign(gain=[float(DIGITS % v) for v in gains["gain"].to_numpy(dtype=float)])


def firmness(cycle: Cycle, plan: Plan, gains: pd.DataFrame, draws: int | None = None) -> dict[str, pd.DataFrame]:
    """What binding rules cost, and in how many draws each move stands.

    Parameters
    ----------
    cycle : Cycle
    plan : Plan
        Of this cycle with these values of holders.
    gains : DataFrame
    draws : int, optional
        Draws of uncertain inputs; by default 10, 4 where a plan may use more than 20,000 pairs, and neither draws nor prices (tables without
        rows) where rules allow more than a million.

    Returns
    -------
    dict of str to DataFrame
        ``harga``: jenis (kind of rule), batas (its limit), langkah (by how much it was loosened), hemat (points saved per unit),
        kekurangan (vacancies closed per unit), kalimat_id, kalimat_en (the same in words); rules that save something, the most
        valuable first. ``stabilitas``: pegawai_id, jabatan_id, bertahan (share of draws in whose best plan the move stands), ulangan
        (draws). ``stabilitas_ulangan``: one row per draw, see `stability.Stability`.
    """
    if draws is None and len(rules.allowed(cycle)) > HUGE:
        return _not_asked()
    problem = assignment.Problem.from_cycle(cycle, gains)
    found = assignment.prices(problem, plan, most=PRICES)
    found = found[found["hemat"] >= assignment.LEAST_SAVED].sort_values(["hemat", "aturan"], ascending=[False, True], ignore_index=True)
    words = {f"kalimat_{language}": assignment.price_sentences(problem, found, language) if len(found) else [] for language in ("id", "en")}
    draws = draws if draws is not None else DRAWS if problem.model.n_arcs <= LARGE else DRAWS_LARGE
    stands = stability(cycle, plan, gains, draws=draws)
    return {
        "harga": found[PRICE_COLUMNS].assign(**words),
        "stabilitas": stands.moves.assign(ulangan=np.full(len(stands.moves), draws)).sort_values("pegawai_id", ignore_index=True),
        "stabilitas_ulangan": stands.draws,
    }


def _not_asked() -> dict[str, pd.DataFrame]:
    """The tables without rows."""
    columns = {
        "harga": [*PRICE_COLUMNS, "kalimat_id", "kalimat_en"],
        "stabilitas": ["pegawai_id", "jabatan_id", "bertahan", "ulangan"],
        "stabilitas_ulangan": ["draw", "mutasi", "sama", "mungkin", "batal", "penyesalan"],
    }
    return {name: pd.DataFrame(columns=names) for name, names in columns.items()}


def write_firmness(folder: Path, cycle: Cycle, plan: Plan, gains: pd.DataFrame) -> None:
    """Write the tables of `firmness` into `folder`; the same proposal gives the same bytes."""
    for name, frame in firmness(cycle, plan, gains).items():
        frame.to_csv(folder / f"{name}.csv", index=False, lineterminator="\n", float_format=DIGITS)
