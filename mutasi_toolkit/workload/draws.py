"""Random numbers that belong to a task: named by its text, the replicate and the seed, and by nothing else."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pandas as pd
from scipy.special import ndtri

_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))


def text_keys(names: pd.Series) -> np.ndarray:
    """A 64-bit key of every text, the same on every machine.

    Examples
    --------
    >>> text_keys(pd.Series(["a", "b", "a"]))[[0, 2]].tolist()
    [3405396810240292928, 3405396810240292928]
    """
    codes, unique = pd.factorize(names.fillna("").astype(str))
    hashed = [
        int.from_bytes(blake2b(str(u).encode(), digest_size=8).digest(), "little") for u in unique
    ]
    return np.array(hashed, dtype=np.uint64)[codes]


def task_keys(tugas: pd.DataFrame) -> np.ndarray:
    """A key of every task from its seat class and text; tasks that share both are told apart by their numbers.

    Parameters
    ----------
    tugas : DataFrame
        Columns jabatan_id, uraian, volume, norma_waktu, satuan_waktu.
    """
    names = tugas["jabatan_id"].astype(str) + "\x1f" + tugas["uraian"].astype(str)
    key = text_keys(names)
    again = names.duplicated(keep=False).to_numpy()
    if again.any():
        twins = tugas[again].assign(name=names[again])
        by = ["name", "satuan_waktu", "norma_waktu", "volume"]
        number = (
            twins.sort_values(by, kind="stable").groupby("name").cumcount().reindex(twins.index)
        )
        key[again] = text_keys(names[again] + "\x1f" + number.astype(str))
    return key


def normal(keys: np.ndarray, replicate: int, seed: int, stream: str = "") -> np.ndarray:
    """One standard normal number per key.

    Parameters
    ----------
    keys : ndarray of uint64
        Whose number it is.
    replicate : int
        Number of the replicate.
    seed : int
        Seed of the whole.
    stream : str
        Name of the use, so that two uses of one key are independent.

    Returns
    -------
    ndarray of float, same shape
    """
    start = blake2b(f"{seed}/{replicate}/{stream}".encode(), digest_size=8).digest()
    with np.errstate(over="ignore"):
        z = _mixed(keys ^ _mixed(np.array(int.from_bytes(start, "little"), dtype=np.uint64)))
    return np.asarray(ndtri(((z >> np.uint64(11)).astype(float) + 0.5) * 2.0**-53))


def _mixed(z: np.ndarray) -> np.ndarray:
    """Finalise a 64-bit word (Steele, Lea and Flood, SplitMix, 2014)."""
    z = z + _GOLDEN
    z = (z ^ (z >> np.uint64(30))) * _MIX[0]
    z = (z ^ (z >> np.uint64(27))) * _MIX[1]
    return z ^ (z >> np.uint64(31))
