"""The contact network of a cycle: leaf units as mixing groups, known contacts as ties both ways."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.spread.network import Network
from mutasi_toolkit.spread.rates import rates_of

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


def contact_network(cycle: Cycle) -> Network:
    r"""Who meets whom in a cycle.

    People are in the order of `cycle.pegawai`; the leaf unit is the mixing group (its chance of teaching is
    the model's `unit_probability`); every row of `hubungan` is a tie both ways whose probability is
    the rate of a tie times `kekuatan` (1 where empty).

    Special cases: without `hubungan` there are no ties.

    Parameters
    ----------
    cycle : Cycle

    Returns
    -------
    Network

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> g = contact_network(two_offices(hubungan="pegawai_a,pegawai_b\nP1,P3\n"))
    >>> g.n, g.source.tolist(), g.target.tolist()
    (4, [0, 2], [2, 0])
    """
    people = pd.Index(cycle.pegawai["pegawai_id"])
    a, b = (people.get_indexer(cycle.hubungan[c]) for c in ("pegawai_a", "pegawai_b"))
    chance = rates_of(cycle).tie * cycle.hubungan["kekuatan"].fillna(1.0).to_numpy(dtype=float)
    units = cycle.seated["unit_id"].to_numpy(dtype=object)
    return Network(len(people), np.concatenate([a, b]), np.concatenate([b, a]), np.concatenate([chance, chance]), unit=units)
