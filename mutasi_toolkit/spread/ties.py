"""Ties and units as arrays: checked, coded, sorted."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import GOLDEN, mix_array

#: Most people a network can have: a person is a 32-bit code.
MOST_PEOPLE = 2**31 - 1


class Arcs(NamedTuple):
    """Ties sorted by one end.

    Attributes
    ----------
    start : uint64 array, shape (n + 1,)
        Ties of person v are start[v] to start[v + 1].
    other : uint32 array, shape (m,)
        The person at the other end.
    probability : float64 array, shape (m,)
    key : uint64 array, shape (m,)
        Name of the tie in draws: made of source, target and the count of equal ties before it.
    """

    start: np.ndarray
    other: np.ndarray
    probability: np.ndarray
    key: np.ndarray


class Groups(NamedTuple):
    """Members of every unit.

    Attributes
    ----------
    start : int64 array, shape (n_units + 1,)
    member : int32 array, shape (people who have a unit,)
    """

    start: np.ndarray
    member: np.ndarray


def people_count(n: Any) -> int:
    """Number of people, refused unless it is a whole number in 0 .. MOST_PEOPLE."""
    number = int(n)
    if number != n or not 0 <= number <= MOST_PEOPLE:
        raise InputError(text("spread.count", n=n, most=MOST_PEOPLE))
    return number


def end_codes(given: Any, name: str, n: int) -> np.ndarray:
    """Ends of ties as int32 codes; a person outside 0 .. n - 1 is refused with its row."""
    codes = np.atleast_1d(np.asarray(given))
    if codes.size == 0:
        return np.zeros(0, dtype=np.int32)
    numeric = codes.dtype.kind in "iuf"
    inside = (codes >= 0) & (codes < n) & (codes == np.floor(codes)) if numeric else np.zeros(codes.shape, dtype=bool)
    if not inside.all():
        at = int(np.argmin(inside))
        raise InputError(text("spread.unknown_person", row=at, end=name, person=codes[at], last=n - 1))
    return codes.astype(np.int32)


def named_ends(ties: pd.DataFrame, column: str, names: pd.Index) -> np.ndarray:
    """Codes of the people named in a column; an unknown name is refused with its row."""
    codes = names.get_indexer(ties[column])
    if (codes < 0).any():
        at = int(np.argmax(codes < 0))
        raise InputError(text("spread.unknown_name", row=ties.index[at], end=column, person=ties[column].iloc[at]))
    return codes


def tie_probabilities(given: Any, source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Probabilities of ties; one that is not a number in [0, 1] is refused with its row."""
    if np.asarray(given).dtype.kind in "OUS":
        values = pd.to_numeric(pd.Series(np.atleast_1d(np.asarray(given, dtype=object))), errors="coerce").to_numpy(dtype=np.float64)
    else:
        values = np.atleast_1d(np.asarray(given, dtype=np.float64))
    if np.ndim(given) == 0:
        values = np.full(len(source), float(values[0]))
    if len(values) != len(source):
        raise InputError(text("spread.lengths", a="source", n_a=len(source), b="probability", n_b=len(values)))
    good = (values >= 0.0) & (values <= 1.0)
    if not good.all():
        at = int(np.argmin(good))
        more = int((~good).sum()) - 1
        raise InputError(text("spread.bad_tie", row=at, source=source[at], target=target[at], value=values[at], more=more))
    return values.copy()


def unit_codes(unit: Any, names: pd.Index | None, n: int) -> tuple[np.ndarray | None, pd.Index | None]:
    """Codes of units in sorted order of their names, -1 for none, and the names."""
    if unit is None:
        return None, None
    given = np.atleast_1d(np.asarray(unit))
    if given.size != n:
        raise InputError(text("spread.lengths", a="n", n_a=n, b="unit", n_b=given.size))
    if names is not None:
        return given.astype(np.int32), pd.Index(names)
    if given.dtype.kind in "iu":
        labels, codes = np.unique(given, return_inverse=True)
        below = int(np.count_nonzero(labels < 0))
        return np.where(codes >= below, codes - below, -1).astype(np.int32), pd.Index(labels[below:])
    codes, labels = pd.factorize(pd.Series(given), sort=True, use_na_sentinel=True)
    return codes.astype(np.int32), pd.Index(labels)


def arcs_by_source(n: int, source: np.ndarray, target: np.ndarray, probability: np.ndarray) -> Arcs:
    """Ties by source, among them by target and probability."""
    pair = source.astype(np.int64) * max(n, 1) + target
    if (pair[1:] <= pair[:-1]).any():
        order = np.argsort(pair)
        pair = pair[order]
        if (pair[1:] == pair[:-1]).any():
            order = np.lexsort((probability, target, source))
        source, target, probability = source[order], target[order], probability[order]
    start = np.zeros(n + 1, dtype=np.uint64)
    np.cumsum(np.bincount(source, minlength=n), out=start[1:])
    return Arcs(start, target.astype(np.uint32), probability, tie_keys(source, target))


def turn(arcs: Arcs, n: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Ties by target: start, source, and where each stood in `arcs`."""
    from scipy import sparse

    m = len(arcs.other)
    by_source = sparse.csr_array((np.arange(m), arcs.other.astype(np.int64), arcs.start.astype(np.int64)), shape=(n, n))
    by_target = by_source.tocsc()
    return by_target.indptr.astype(np.uint64), by_target.indices, by_target.data


def tie_keys(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Key of every tie, given in order of source and target."""
    first = np.ones(len(source), dtype=bool)
    first[1:] = (source[1:] != source[:-1]) | (target[1:] != target[:-1])
    at = np.arange(len(source))
    count = at - np.maximum.accumulate(np.where(first, at, 0))
    pair = (source.astype(np.uint64) << np.uint64(32)) | target.astype(np.uint64)
    return mix_array(pair) + count.astype(np.uint64) * GOLDEN
