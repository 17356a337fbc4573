"""What one more holder of a skill in an OPD is worth: people who know at the horizon and otherwise would not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import GAINS, U, child, kernel, stream, uniform, word
from mutasi_toolkit.spread.parallel import in_parts
from mutasi_toolkit.spread.rates import rates_of
from mutasi_toolkit.spread.result import mean_interval

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Rows reach this far beyond today's largest number of holders, so that every plan finds its row.
BEYOND = 3
#: At most this many holders are told apart; beyond it the last gain stays.
MOST = 40


@kernel
def _pair(size: Any, k: Any, stay: Any, forget: Any, key: Any, periods: Any, with_one: Any, without: Any) -> Any:
    """Others who know at the horizon with one more holder (person `size`) less those without, on the same draws."""
    for i in range(size + 1):
        with_one[i] = 1 if i < k or i == size else 0
        without[i] = 1 if i < k else 0
    for t in range(periods):
        here = child(key, U(t))
        a = 0
        b = 0
        for i in range(size):
            a += with_one[i]
            b += without[i]
        a += with_one[size]
        for i in range(size + 1):
            learn = uniform(word(here, U(2 * i)))
            lose = uniform(word(here, U(2 * i + 1)))
            if with_one[i]:
                if lose <= forget:
                    with_one[i] = 0
            elif a > 0 and learn > stay ** np.float64(a):
                with_one[i] = 1
            if i < size:
                if without[i]:
                    if lose <= forget:
                        without[i] = 0
                elif b > 0 and learn > stay ** np.float64(b):
                    without[i] = 1
    gain = 0
    for i in range(size):
        gain += with_one[i] - without[i]
    return gain


@kernel
def _gains_of_opd(sizes: Any, most: Any, stay: Any, forget: Any, keys: Any, periods: Any, out: Any) -> None:
    """Paired gains of one OPD for 0 .. most - 1 holders, one row of `out` per replicate."""
    total = 0
    for u in range(len(sizes)):
        total += sizes[u]
    a = np.zeros(total + 1, np.int64)
    b = np.zeros(total + 1, np.int64)
    for r in range(len(keys)):
        # The newcomer joins a leaf unit in proportion to its people.
        place = np.int64(uniform(word(keys[r], U(0))) * total - 1e-12)
        joined = 0
        below = 0
        while place >= below + sizes[joined]:
            below += sizes[joined]
            joined += 1
        size = sizes[joined]
        k = 0
        left = total
        inside = size
        for h in range(most):
            if k > size:
                k = size
            out[r, h] = _pair(size, k, stay, forget, child(keys[r], U(1)), periods, a, b)
            # The next holder is any of the people who are none yet: in this unit with chance inside / left.
            if left > 0 and uniform(word(keys[r], U(h + 1))) <= inside / left:
                k += 1
                inside -= 1
            left -= 1


def isotonic_down(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Nearest non-increasing sequence in weighted squares (pool adjacent violators).

    Examples
    --------
    >>> isotonic_down(np.array([1.0, 3.0, 2.0]), np.ones(3)).tolist()
    [2.0, 2.0, 2.0]
    """
    blocks: list[list[float]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append([float(value), float(weight), 1])
        while len(blocks) > 1 and blocks[-2][0] < blocks[-1][0]:
            v2, w2, n2 = blocks.pop()
            v1, w1, n1 = blocks.pop()
            blocks.append([(v1 * w1 + v2 * w2) / (w1 + w2), w1 + w2, n1 + n2])
    return np.concatenate([np.full(int(n), v) for v, _, n in blocks]) if blocks else np.zeros(0)


def marginal_gains(
    cycle: Cycle,
    periods: int | None = None,
    replicates: int | None = None,
    seed: int | None = None,
    *,
    workers: int | None = 1,
    executor: Any = None,
) -> pd.DataFrame:
    """Expected number of additional people who know a skill at the horizon if one more holder joins an OPD.

    The estimator, for an OPD with leaf units of sizes m_u and M people: the newcomer joins unit u with
    probability m_u / M; the h holders already there sit anywhere in the OPD with equal chance, so that k of them
    are in u; then::

        gain(h) = E[ people of u who know at the horizon with k + 1 teachers - the same with k ]

    simulated in pairs on the same draws, the newcomer not counted. Mixing is within the leaf unit, as in `skills`;
    ties are left out, since nobody knows the newcomer yet. A leaver costs the row of n_holders - 1. The true gain
    falls with h except where one teacher is too few to start; the estimate is made non-increasing
    by pooling, and kept raw beside it.

    Special cases: an OPD without people has gains of 0; the gain depends on the skill only through
    its number of holders.

    Parameters
    ----------
    cycle : Cycle
    periods, replicates, seed : int, optional
        Those of the settings where None.
    workers : int, optional
        Threads, or parts for the executor; None takes every processor (8 parts).
    executor : Executor, optional
        With `submit`, such as a ProcessPoolExecutor or a Dask client: replicates run there; same bits.

    Returns
    -------
    DataFrame
        opd_id, keahlian, n_holders (before the arrival, 0 ..), gain [people], se (standard error of the
        raw estimate), gain_raw, low, high (95 %, Student's t); one block for every OPD and every skill of the cycle.

    Raises
    ------
    InputError
        For less than one replicate or no period.
    """
    from mutasi_toolkit.skills import holders

    settings, rates = cycle.settings.sebaran, rates_of(cycle)
    periods = settings.periode if periods is None else periods
    replicates = settings.replikasi if replicates is None else replicates
    seed = cycle.settings.seed if seed is None else seed
    if replicates < 1 or periods < 0:
        raise InputError(text("spread.few_replicates", replicates=replicates, periods=periods))
    held, _, names = holders(cycle)
    opd_ids = pd.Index(np.unique(cycle.seat["opd_id"].to_numpy(dtype=object).astype(str)), name="opd_id")
    opd = opd_ids.get_indexer(cycle.seated["opd_id"])
    count = np.zeros((len(opd_ids), len(names)), dtype=np.int64)
    np.add.at(count, (np.repeat(opd, np.diff(held.indptr)), held.indices), 1)
    sizes = cycle.seated.groupby(["opd_id", "unit_id"]).size()
    places = []
    for o, name in enumerate(opd_ids):
        mine = sizes.loc[name].to_numpy(dtype=np.int64) if name in sizes.index.get_level_values(0) else np.zeros(0, dtype=np.int64)
        places.append((mine, int(min(MOST, count[o].max(initial=0) + BEYOND))))
    parts = in_parts(_raw, (places, 1.0 - rates.unit, rates.forget, periods, seed), 0, replicates, workers, executor)
    every = [np.concatenate([part[o] for part in parts]) for o in range(len(places))]
    return pd.concat([_block(name, names, raw) for name, raw in zip(opd_ids, every, strict=True)], ignore_index=True)


def _raw(places: list[tuple[np.ndarray, int]], stay: float, forget: float, periods: int, seed: int, first: int, last: int) -> list[np.ndarray]:
    """Paired gains of every OPD (sizes of its leaf units, holders told apart), replicates first to last."""
    keys = np.array([stream(seed, GAINS, r) for r in range(first, last)], dtype=np.uint64)
    out = []
    for mine, most in places:
        raw = np.zeros((last - first, most), dtype=np.int64)
        with np.errstate(over="ignore"):
            if len(mine):
                _gains_of_opd(mine, most, stay, forget, keys, periods, raw)
        out.append(raw)
    return out


def _block(opd: str, names: pd.Index, raw: np.ndarray) -> pd.DataFrame:
    mean = raw.mean(axis=0)
    se = raw.std(axis=0, ddof=1) / np.sqrt(len(raw)) if len(raw) > 1 else np.full(len(mean), np.nan)
    low, high = mean_interval(raw)
    smooth = isotonic_down(mean, np.ones(len(mean)))
    h = np.arange(raw.shape[1])
    return pd.DataFrame(
        {
            "opd_id": opd,
            "keahlian": np.repeat(names.to_numpy(), len(h)),
            "n_holders": np.tile(h, len(names)),
            "gain": np.tile(smooth, len(names)),
            "se": np.tile(se, len(names)),
            "gain_raw": np.tile(mean, len(names)),
            "low": np.tile(low, len(names)),
            "high": np.tile(high, len(names)),
        }
    )
