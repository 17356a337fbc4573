"""Whom to teach first: seeds chosen greedily by simulated reach, and by a centrality."""

from __future__ import annotations

import heapq

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.models import cascade
from mutasi_toolkit.spread.network import Network
from mutasi_toolkit.spread.organisations.common import standard_error


def greedy_seeds(network: Network, count: int, replicates: int = 1000, seed: int = 0) -> pd.DataFrame:
    """Seeds of an independent cascade, each the one that adds most to the mean number of people who know.

    With the mean size sigma(S) over common draws, seed i is the v that maximises sigma(S + v) - sigma(S). On given draws
    sigma is submodular, so that a gain seen earlier bounds it from above and most need not be computed again (CELF); the
    reach is at least 1 - 1/e of the best possible on those draws. Equal gains: the lower number first.

    Parameters
    ----------
    network : Network
    count : int
        1 .. n.
    replicates, seed : int

    Returns
    -------
    DataFrame
        person, reach (mean number of people who know, with the seeds up to this one), se, gain; in the order of choice.

    Raises
    ------
    InputError
        When count is no number of people.

    Source
    ------
    Kempe, Kleinberg and Tardos 2003, 'Maximizing the spread of influence through a social network', KDD; Leskovec and
    others 2007 (CELF).

    Examples
    --------
    >>> star = Network(6, [0] * 4, [1, 2, 3, 4], 0.5)
    >>> greedy_seeds(star, 2, seed=1)["person"].tolist()
    [0, 5]
    """
    if not 1 <= count <= network.n:
        raise InputError(text("organisations.whole", name="count", value=count, least=1))

    def size(people: list[int]) -> np.ndarray:
        return cascade(network, people, replicates=replicates, seed=seed).size.astype(float)

    queue = [(-float(size([v]).mean()), v, 0) for v in range(network.n)]
    heapq.heapify(queue)
    chosen: list[int] = []
    rows, reached = [], 0.0
    while len(chosen) < count:
        _, person, known = heapq.heappop(queue)
        if known == len(chosen):
            chosen.append(person)
            final = size(chosen)
            rows.append((person, final.mean(), standard_error(final), final.mean() - reached))
            reached = float(final.mean())
        else:
            heapq.heappush(queue, (reached - float(size([*chosen, person]).mean()), person, len(chosen)))
    return pd.DataFrame(rows, columns=["person", "reach", "se", "gain"])
