"""Weights that choose one of several best plans, whatever solver, thread or order of rows found them."""

from __future__ import annotations

from hashlib import blake2b

import numpy as np
import pandas as pd

#: Weights are 1 to this; few enough bits that a solver adds them exactly, many enough that sums seldom tie.
LARGEST_TIE = 2**20


def label_hash(labels: pd.Index | pd.Series) -> np.ndarray:
    """64 bits of BLAKE2b of every label: the same on every machine."""
    return np.array([int.from_bytes(blake2b(str(v).encode("utf-8"), digest_size=8).digest(), "big") for v in labels], dtype=np.uint64)


def tie_weights(person: pd.Index | pd.Series, seat: pd.Index | pd.Series) -> np.ndarray:
    """A whole number from 1 to 2**20 for every pair of labels, by a hash of the two.

    Examples
    --------
    >>> tie_weights(pd.Index(["P1", "P1"]), pd.Index(["J1", "J2"])).tolist()
    [139702, 810288]
    """
    codes_p, labels_p = pd.factorize(pd.Index(person))
    codes_s, labels_s = pd.factorize(pd.Index(seat))
    return mix(label_hash(pd.Index(labels_p))[codes_p], label_hash(pd.Index(labels_s))[codes_s])


def mix(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """A whole number from 1 to 2**20 from two 64-bit numbers (the finaliser of SplitMix64)."""
    with np.errstate(over="ignore"):
        x = first + second * np.uint64(0x9E3779B97F4A7C15)
        x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        x ^= x >> np.uint64(31)
    return (x % np.uint64(LARGEST_TIE)).astype(np.int64) + 1
