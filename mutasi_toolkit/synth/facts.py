"""The published facts and the stated assumptions from which synthetic cycles are made."""

from __future__ import annotations

from functools import cache
from typing import Any

import pandas as pd

from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml

#: The city as published on 8 October 2025.
N_PNS, N_PPPK = 2905, 743
#: BKN, June 2023: 1,298,968 of 3,795,302 PNS are 51 to 60 years old.
SHARE_51_60 = 1_298_968 / 3_795_302


@cache
def table(name: str) -> pd.DataFrame:
    """A fact table of data/reference, all cells as text."""
    return pd.read_csv(data_dir("reference") / f"{name}.csv", dtype=str, keep_default_na=False)


@cache
def structure() -> dict[str, Any]:
    """data/reference/struktur.yaml."""
    return load_yaml(data_dir("reference") / "struktur.yaml")


def by_sex(name: str) -> pd.DataFrame:
    """A marginal by category (rows) and sex (columns L, P), as shares of its total."""
    frame = table(name)
    counts = frame[["laki_laki", "perempuan"]].astype(float).set_axis(["L", "P"], axis=1)
    counts.index = pd.Index(frame.iloc[:, 0], name=name)
    return counts[counts.sum(axis=1) > 0] / counts.to_numpy().sum()
