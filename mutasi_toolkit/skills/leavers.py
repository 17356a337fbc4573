"""Bus factor: the fewest people whose leaving loses a share of the skills, solved exactly, with the greedy answer beside it."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.skills.table import derived, group_codes, holders

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Branches that one search may take before it stops with a bound; a count and not a time, so that results repeat.
NODES = 20_000
#: Up to so many skills all sets of them are looked at, which is faster than a search.
SUBSETS = 20


@dataclass(frozen=True)
class Leavers:
    """The smallest set of people found whose leaving loses a share of the skills.

    Attributes
    ----------
    people : ndarray of int
        Positions (rows of the table) of the leavers, sorted.
    lost : ndarray of int
        Positions (columns) of the skills that nobody holds once they left, sorted.
    needed : int
        Number of skills that had to be lost.
    bound : int
        No smaller set loses as many skills.
    greedy : int
        Size of the set that taking the easiest skill first finds; never smaller than the best one.
    """

    people: np.ndarray
    lost: np.ndarray
    needed: int
    bound: int
    greedy: int

    @property
    def proved(self) -> bool:
        """Whether the set is proved to be a smallest one."""
        return len(self.people) == self.bound


def leavers(table: sparse.sparray | np.ndarray, share: float = 0.5, nodes: int = NODES) -> Leavers:
    """The fewest rows of a 0/1 table that cover all ones of a share of the columns.

    People with the same skills are alike: group g of w_g people. With y_s = 1 where skill s is lost and x_g
    the part of group g that leaves, over the S skills that somebody holds::

        minimise    sum_g w_g x_g
        subject to  (1) x_g >= y_s              for every skill s that group g holds
                    (2) sum_s y_s >= K          K = ceil(share * S)
                        y_s in {0, 1}, 0 <= x_g <= 1

    x is whole where y is. Up to `SUBSETS` skills every set is looked at; more are solved by HiGHS: after `nodes` branches the best set found is returned with
    the bound reached, rounded up.

    Special cases: skills without a holder are not counted; share 0, or a table without ones, needs nobody.

    Parameters
    ----------
    table : array or sparse array, shape (people, skills)
    share : float
        Share of the held skills that is to be lost, in [0, 1].
    nodes : int
        Most branches of the search, where one is needed.

    Returns
    -------
    Leavers

    Raises
    ------
    InputError
        When `share` is outside [0, 1].

    Examples
    --------
    >>> found = leavers(np.array([[1, 1, 0], [1, 0, 0], [0, 0, 1], [0, 0, 1]]), share=0.6)
    >>> found.people.tolist(), found.lost.tolist(), found.proved
    ([0, 1], [0, 1], True)
    """
    if not 0 <= share <= 1:
        raise InputError(text("skills.bad_share", share=share))
    ones = sparse.csr_array(table != 0)
    held = np.flatnonzero(ones.sum(axis=0) > 0)
    needed = ceil(share * len(held) - 1e-9)
    if needed == 0:
        nobody = np.array([], dtype=np.int64)
        return Leavers(nobody, nobody, 0, 0, 0)
    kinds, of_person = _kinds(ones[:, held].toarray())
    weight = np.bincount(of_person, minlength=len(kinds))
    greedy = _greedy(kinds, weight, needed)
    chosen: np.ndarray | None
    if len(held) <= SUBSETS:
        best = _by_subsets(kinds, weight, needed)
        chosen, bound = best, int(weight[_gone(kinds, best)].sum())
    else:
        chosen, bound = _solve(kinds, weight, needed, nodes)
    if chosen is None or weight[_gone(kinds, chosen)].sum() > weight[_gone(kinds, greedy)].sum():
        chosen = greedy
    gone = _gone(kinds, chosen)
    lost = held[~kinds[~gone].any(axis=0)]
    size = int(weight[_gone(kinds, greedy)].sum())
    return Leavers(np.flatnonzero(gone[of_person]), lost, needed, bound, size)


def _kinds(held: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows, and for every row which of them it is."""
    packed = np.packbits(held, axis=1)
    key = np.ascontiguousarray(packed).view(np.dtype((np.void, packed.shape[1]))).ravel()
    _, first, of_person = np.unique(key, return_index=True, return_inverse=True)
    return held[first].astype(bool), of_person.ravel()


def _gone(kinds: np.ndarray, lost: np.ndarray) -> np.ndarray:
    """Which kinds of people leave when the skills `lost` (boolean) are lost: all who hold one of them."""
    return np.asarray(kinds[:, lost].any(axis=1))


def _greedy(kinds: np.ndarray, weight: np.ndarray, needed: int) -> np.ndarray:
    """Lose the skill with the fewest holders left, again and again; the first of equals."""
    stays = np.ones(len(kinds), dtype=bool)
    while True:
        remaining = weight[stays] @ kinds[stays]
        lost: np.ndarray = np.asarray(remaining == 0)
        if lost.sum() >= needed:
            return lost
        stays &= ~kinds[:, np.argmin(np.where(lost, np.iinfo(np.int64).max, remaining))]


def _by_subsets(kinds: np.ndarray, weight: np.ndarray, needed: int) -> np.ndarray:
    """Lost skills of a best set, by looking at every set of skills that stays.

    f(T) is the number of people all of whose skills lie in T: the sum over subsets, built up one skill at a
    time. Losing the complement of T makes all others leave.
    """
    n_skills = kinds.shape[1]
    bits = kinds.astype(np.int64) @ (1 << np.arange(n_skills, dtype=np.int64))
    stay = np.bincount(bits, weights=weight, minlength=1 << n_skills).astype(np.int32)
    for s in range(n_skills):
        halves = stay.reshape(-1, 2, 1 << s)
        halves[:, 1] += halves[:, 0]
    size = np.bitwise_count(np.arange(1 << n_skills, dtype=np.uint32))
    best = int(np.argmax(np.where(size == n_skills - needed, stay, -1)))
    return np.array([not best >> s & 1 for s in range(n_skills)])


def _solve(kinds: np.ndarray, weight: np.ndarray, needed: int, nodes: int) -> tuple[np.ndarray | None, int]:
    """Lost skills of the best set found (None where none was), and the bound on its size."""
    from scipy.optimize import Bounds, LinearConstraint, milp

    n_kinds, n_skills = kinds.shape
    group, skill = np.nonzero(kinds)
    row = np.arange(len(group))
    # Columns: x by kind, then y by skill. Rows: (1) x_g - y_s >= 0, then (2).
    ones = np.ones(len(group))
    first = sparse.coo_array((np.r_[ones, -ones], (np.r_[row, row], np.r_[group, n_kinds + skill])), shape=(len(group), n_kinds + n_skills))
    second = sparse.coo_array(np.r_[np.zeros(n_kinds), np.ones(n_skills)][None, :])
    rows = sparse.vstack([first, second], format="csr")
    least = np.r_[np.zeros(len(group)), needed]
    result = milp(
        np.r_[weight.astype(float), np.zeros(n_skills)],
        constraints=LinearConstraint(rows, least, np.inf),
        bounds=Bounds(0, 1),
        integrality=np.r_[np.zeros(n_kinds), np.ones(n_skills)],
        options={"node_limit": nodes, "mip_rel_gap": 0.0},
    )
    bound = ceil(result.mip_dual_bound - 1e-6) if result.mip_dual_bound is not None else 0
    chosen = None if result.x is None else result.x[n_kinds:] > 0.5
    return chosen, max(bound, 0)


def bus_factor(cycle: Cycle, share: float = 0.5, opd_id: str | None = None, required_only: bool = False) -> pd.DataFrame:
    """The fewest people whose leaving loses a share of the skills, of the whole cycle or of one OPD.

    Parameters
    ----------
    cycle : Cycle
    share : float
        Share of the skills that are held now.
    opd_id : str, optional
        Look at the people of this OPD only; None at everybody.
    required_only : bool
        Count only the skills that seats (of the OPD) ask for, at any level.

    Returns
    -------
    DataFrame
        One row: keahlian (skills held), hilang (that would be lost), pegawai (people who leave: the
        bus factor), batas (no fewer can do it), tamak (by taking the easiest skill first), terbukti (pegawai
        equals batas), turunan (share of the leavers' holdings that is derived). `attrs['pegawai_id']` and
        `attrs['keahlian']` name the people and the skills. All as `leavers` defines it.

    Raises
    ------
    InputError
        When the share is outside [0, 1] or the OPD is unknown.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> bus_factor(two_offices())[["keahlian", "hilang", "pegawai", "terbukti"]].to_numpy().tolist()
    [[2, 1, 2, True]]
    """
    _, opds = group_codes(cycle)
    if opd_id is not None and opd_id not in opds:
        raise InputError(text("skills.opd_unknown", opd=opd_id))
    return _bus_factors(cycle, share, [opd_id], required_only)


def bus_factor_by_opd(cycle: Cycle, share: float = 0.5, required_only: bool = False) -> pd.DataFrame:
    """`bus_factor` of every OPD: frame indexed by opd_id with the same columns.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> bus_factor_by_opd(two_offices())["pegawai"].to_dict()
    {'D1': 1, 'D2': 1}
    """
    _, opds = group_codes(cycle)
    frame = _bus_factors(cycle, share, list(opds), required_only)
    frame.attrs = {}
    return frame.set_index(opds)


def _bus_factors(cycle: Cycle, share: float, scopes: list[str | None], required_only: bool) -> pd.DataFrame:
    from mutasi_toolkit.skills.coverage import required_in

    held = holders(cycle)
    marks = derived(cycle, held)
    codes, opds = group_codes(cycle)
    asked = required_in(cycle, held.keahlian, opds)
    rows, named = [], {}
    for opd in scopes:
        here = np.arange(len(codes)) if opd is None else np.flatnonzero(codes == opds.get_loc(opd))
        wanted = asked.any(axis=0) if opd is None else asked[opds.get_loc(opd)]
        columns = np.flatnonzero(wanted) if required_only else np.arange(len(held.keahlian))
        table = held.matrix[here][:, columns]
        found = leavers(table, share)
        gone = here[found.people]
        holdings = held.matrix[gone].nnz
        rows.append(
            {
                "keahlian": int((table.sum(axis=0) > 0).sum()),
                "hilang": len(found.lost),
                "pegawai": len(gone),
                "batas": found.bound,
                "tamak": found.greedy,
                "terbukti": found.proved,
                "turunan": marks[gone].nnz / holdings if holdings else float("nan"),
            }
        )
        named = {"pegawai_id": held.pegawai[gone].tolist(), "keahlian": held.keahlian[columns[found.lost]].tolist()}
    frame = pd.DataFrame(rows)
    frame.attrs = named
    return frame
