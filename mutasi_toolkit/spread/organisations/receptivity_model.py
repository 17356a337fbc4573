"""Kane, Argote and Levine 2005: a member rotates into a group, and the group takes over the newcomer's routine or not."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, child, kernel, stream, uniform, word
from mutasi_toolkit.spread.network import probability_value
from mutasi_toolkit.spread.organisations.common import GROUPS, Z95, replicate_count, whole_number
from mutasi_toolkit.spread.parallel import in_threads

#: Chance that a member takes over the newcomer's routine in one trial, by (identity shared, routine superior). Assumed:
#: the paper reports the pattern (only groups with a shared identity tell a superior routine from an inferior one), and
#: its cell counts could not be obtained.
ASSUMED: Mapping[tuple[bool, bool], float] = {
    (True, True): 0.30,
    (True, False): 0.05,
    (False, True): 0.05,
    (False, False): 0.05,
}


def adopted(chance: float, members: int = 2, trials: int = 4) -> float:
    """Exact probability that all `members` of a group have taken over the routine after `trials`.

    P = (1 - (1 - chance)^trials)^members, each member deciding alone.

    Examples
    --------
    >>> adopted(0.5, members=2, trials=1)
    0.25
    """
    return float((1.0 - (1.0 - chance) ** trials) ** members)


@kernel
def _run(keys: Any, cells: Any, chance: Any, groups: Any, members: Any, trials: Any, out: Any) -> None:
    for r in range(keys.shape[0]):
        for c in range(cells):
            for g in range(groups):
                all_in = True
                for i in range(members):
                    # Groups of different cells are different people: their draws are independent.
                    mine = child(child(child(keys[r], U(c)), U(g)), U(i))
                    took = False
                    for t in range(trials):
                        took |= uniform(word(mine, U(t))) <= chance[c]
                    all_in &= took
                out[r, c] += all_in


def receptivity(
    chances: Mapping[tuple[bool, bool], float] | None = None,
    groups: int = 12,
    members: int = 2,
    trials: int = 4,
    replicates: int = 1000,
    seed: int = 0,
    *,
    first: int = 0,
    workers: int | None = None,
) -> pd.DataFrame:
    """Replicated 2 x 2 experiments: identity of the newcomer by quality of the newcomer's routine.

    In each cell `groups` groups of `members` and one newcomer; in every trial each member who has not yet done so takes
    over the newcomer's routine with the chance of the cell. A group adopts once all members have.

    Parameters
    ----------
    chances : mapping, optional
        (identity shared, routine superior) to chance; `ASSUMED` if None.
    groups, members, trials : int
        Of a cell; 4 x 12 groups of three as in the paper.
    replicates, seed, first, workers
        As in `march`.

    Returns
    -------
    DataFrame
        One row per replicate and cell: replicate, identity, superior, adopted (groups), share.

    Source
    ------
    Kane, Argote and Levine 2005, 'Knowledge transfer between groups via personnel rotation: effects of social identity
    and knowledge quality', Organizational Behavior and Human Decision Processes 96(1):56-71.

    Examples
    --------
    >>> table = receptivity(replicates=200, seed=1)
    >>> share = table.groupby(["identity", "superior"])["share"].mean()
    >>> bool(share[(True, True)] > 3 * share[(True, False)])
    True
    """
    given = dict(ASSUMED if chances is None else chances)
    cells = list(ASSUMED)
    if set(given) != set(cells):
        raise InputError(text("organisations.cells"))
    groups, members, trials = whole_number(groups, "groups"), whole_number(members, "members"), whole_number(trials, "trials")
    chance = np.array([probability_value(given[c], str(c)) for c in cells])
    count = replicate_count(replicates)

    def run(a: int, b: int) -> np.ndarray:
        keys = np.array([stream(seed, GROUPS, r) for r in range(a, b)], dtype=np.uint64)
        out = np.zeros((b - a, len(cells)), dtype=np.int64)
        _run(keys, len(cells), chance, groups, members, trials, out)
        return out

    table = np.concatenate(in_threads(run, first, first + count, workers))
    identity, superior = ([c[k] for c in cells] * count for k in (0, 1))
    return pd.DataFrame(
        {
            "replicate": np.repeat(np.arange(first, first + count), len(cells)), "identity": identity, "superior": superior,
            "adopted": table.ravel(), "share": table.ravel() / groups,
        }
    )  # fmt: skip


def power(table: pd.DataFrame, groups: int, level: float = Z95) -> pd.Series:
    """Share of replicated experiments that find each effect at the 5 % level.

    Effects on the share of adopting groups: identity, quality, and their interaction (the difference of the two
    differences), each tested by its z value with the binomial variance of the four cells; cells of 0 or all groups count
    as 1/2 group from the edge.

    Parameters
    ----------
    table : DataFrame
        Of `receptivity`.
    groups : int
        Groups in a cell.

    Returns
    -------
    Series
        identity, quality, interaction.
    """
    share = table.pivot_table(index="replicate", columns=["identity", "superior"], values="share")
    p = share.clip(0.5 / groups, 1 - 0.5 / groups)
    variance = (p * (1 - p)).sum(axis=1) / groups
    new, old = {s: share[(True, s)] for s in (True, False)}, {s: share[(False, s)] for s in (True, False)}
    effects = {
        "identity": new[True] + new[False] - old[True] - old[False],
        "quality": new[True] + old[True] - new[False] - old[False],
        "interaction": new[True] - new[False] - old[True] + old[False],
    }
    return pd.Series({name: float((values.abs() > level * np.sqrt(variance)).mean()) for name, values in effects.items()})
