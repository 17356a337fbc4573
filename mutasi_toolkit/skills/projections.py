"""One-sided views of the skill network: people joined by skills they share, skills by people, units by skills."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.skills.table import derived, group_codes, holders, membership

if TYPE_CHECKING:
    import networkx as nx

    from mutasi_toolkit.cycle import Cycle

SIDES = ("pegawai", "keahlian", "opd", "unit")
WEIGHTS = ("bersama", "jaccard", "newman")


class Projection(NamedTuple):
    """A weighted undirected graph as a symmetric matrix; unpacks as (matrix, labels, derived share).

    Attributes
    ----------
    matrix : csr_array, shape (n, n)
        Weights; zero diagonal, indices sorted, no stored zero.
    labels : Index of length n
        pegawai_id, keahlian, opd_id or unit_id of every row.
    turunan : float
        Share of the holdings behind it that are derived and not assessed; nan without holdings.
    """

    matrix: sparse.csr_array
    labels: pd.Index
    turunan: float

    def graph(self) -> nx.Graph:
        """The same as networkx Graph: edge attribute `weight`, graph attribute `turunan`."""
        import networkx as nx

        made = nx.Graph(turunan=self.turunan)
        made.add_nodes_from(self.labels)
        upper = sparse.triu(self.matrix, k=1).tocoo()
        pairs = zip(self.labels[upper.row], self.labels[upper.col], upper.data.tolist(), strict=True)
        made.add_weighted_edges_from(pairs)
        return made


def project(incidence: sparse.sparray, weight: str = "bersama") -> sparse.csr_array:
    """Project a bipartite graph onto its rows.

    With B the 0/1 incidence (rows x columns), k the number of ones in a row, d that in a column, for i != j::

        bersama  W[i, j] = sum_s B[i, s] B[j, s]                       columns in common
        jaccard  W[i, j] = common / (k[i] + k[j] - common)             in [0, 1]
        newman   W[i, j] = sum_s B[i, s] B[j, s] / (d[s] - 1)          a column shared by few counts more

    Special cases: W[i, i] = 0; a row without ones is isolated; any non-zero value counts as one; no rows or
    columns give a matrix without stored values.

    Parameters
    ----------
    incidence : sparse array, shape (n, m)
    weight : str
        'bersama', 'jaccard' or 'newman'.

    Returns
    -------
    csr_array, shape (n, n)
        float64, symmetric.

    Raises
    ------
    InputError
        For any other weight.

    References
    ----------
    M. E. J. Newman, Physical Review E 64, 016132 (2001), eq. 2, for 'newman'.

    Examples
    --------
    >>> B = sparse.csr_array(np.array([[1, 1, 0], [1, 0, 1], [1, 0, 0]]))
    >>> project(B).toarray().tolist()
    [[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]
    >>> project(B, "newman").toarray()[0].tolist()
    [0.0, 0.5, 0.5]
    """
    if weight not in WEIGHTS:
        raise InputError(text("skills.bad_weight", weight=weight, known=", ".join(WEIGHTS)))
    ones = sparse.csr_array(incidence != 0).astype(np.float64)
    if weight == "newman":
        spread = ones.sum(axis=0) - 1
        scale = np.divide(1.0, spread, out=np.zeros(len(spread)), where=spread > 0)
        common = ones.multiply(scale[None, :]).tocsr() @ ones.T
    else:
        common = ones @ ones.T
    made = sparse.coo_array(common)
    off = made.row != made.col
    row, column, value = made.row[off], made.col[off], made.data[off]
    if weight == "jaccard":
        size = ones.sum(axis=1)
        value = value / (size[row] + size[column] - value)
    out = sparse.coo_array((value, (row, column)), shape=common.shape).tocsr()
    out.eliminate_zeros()
    out.sort_indices()
    return out


def projection(cycle: Cycle, of: str = "opd", weight: str = "bersama") -> Projection:
    """People, skills or units of a cycle joined by what they have in common.

    A person and a skill are joined where the person holds the skill (`tingkat_pemegang`); a unit and a skill
    where somebody of the unit does. `of` names what is kept: people and units are joined by the skills they
    share, skills by the people who hold both. Weights as in `project`.

    Parameters
    ----------
    cycle : Cycle
    of : str
        'pegawai', 'keahlian', 'opd' or 'unit' (leaf units).
    weight : str
        'bersama', 'jaccard' or 'newman'.

    Returns
    -------
    Projection
        `.graph()` gives the networkx Graph.

    Raises
    ------
    InputError
        For an unknown `of` or `weight`.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> made = projection(two_offices(), "pegawai")
    >>> made.labels.tolist(), made.matrix.toarray()[0].tolist(), made.turunan
    (['P1', 'P2', 'P3', 'P4'], [0.0, 1.0, 0.0, 1.0], 0.25)
    """
    if of not in SIDES:
        raise InputError(text("skills.bad_side", of=of, known=", ".join(SIDES)))
    held = holders(cycle)
    share = share_of_holdings(cycle)
    if of == "pegawai":
        return Projection(project(held.matrix, weight), held.pegawai, share)
    if of == "keahlian":
        return Projection(project(held.matrix.T.tocsr(), weight), held.keahlian, share)
    codes, ids = group_codes(cycle, of)
    present = membership(codes, len(ids)) @ held.matrix.astype(np.int64)
    return Projection(project(present, weight), ids, share)


def share_of_holdings(cycle: Cycle) -> float:
    """Share of the holdings (tingkat at or above `tingkat_pemegang`) that are derived; nan without holdings.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> share_of_holdings(two_offices())
    0.25
    """
    held = holders(cycle)
    return float(derived(cycle, held).nnz / held.matrix.nnz) if held.matrix.nnz else float("nan")


def skill_holders(cycle: Cycle) -> pd.DataFrame:
    """Who holds each skill: how many, in how many OPDs, how concentrated.

    Returns
    -------
    DataFrame
        Indexed by keahlian, the fewest holders first: pemegang (people), opd_pemegang, opd_dibutuhkan (OPDs
        of which a seat asks for it, at any level), opd_kosong (of these, without a holder), opd_tunggal (OPDs
        with exactly one holder), terpusat (share of the holders in the OPD with most of them; nan without
        holders), turunan (share of the holders whose level is derived).

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> skill_holders(two_offices())[["pemegang", "opd_pemegang", "opd_tunggal", "opd_kosong"]].to_records().tolist()
    [('Gizi', 0, 0, 0, 1), ('Anggaran', 2, 1, 0, 0), ('Arsip', 2, 2, 2, 0)]
    """
    from mutasi_toolkit.skills.coverage import required_in

    held = holders(cycle)
    codes, opds = group_codes(cycle)
    count = (membership(codes, len(opds)) @ held.matrix.astype(np.int64)).toarray()
    asked = required_in(cycle, held.keahlian, opds)
    total = held.matrix.sum(axis=0, dtype=np.int64)
    marks = derived(cycle, held).sum(axis=0, dtype=np.int64)
    most = count.max(axis=0, initial=0)
    nothing = np.full(len(total), np.nan)
    columns = {
        "pemegang": total,
        "opd_pemegang": (count > 0).sum(axis=0),
        "opd_dibutuhkan": asked.sum(axis=0),
        "opd_kosong": (asked & (count == 0)).sum(axis=0),
        "opd_tunggal": (count == 1).sum(axis=0),
        "terpusat": np.divide(most, total, out=nothing.copy(), where=total > 0),
        "turunan": np.divide(marks, total, out=nothing.copy(), where=total > 0),
    }
    return pd.DataFrame(columns, index=held.keahlian).sort_values(["pemegang", "opd_pemegang"], kind="stable")
