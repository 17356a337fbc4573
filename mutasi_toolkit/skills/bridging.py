"""Who joins units that would otherwise not meet: bridging (betweenness, constraint) and brokerage (Gould and Fernandez)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from scipy import sparse

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.skills.table import derived, entries, holders, membership

if TYPE_CHECKING:
    import igraph
    import networkx as nx

    from mutasi_toolkit.cycle import Cycle

#: Roles of a broker b in a -> b -> c, by whose group equals whose.
ROLES = ("koordinator", "konsultan", "penjaga", "wakil", "penghubung")


def service_graph(cycle: Cycle) -> igraph.Graph:
    """People and leaf units: who sits or once sat where, and who knows whom.

    An edge joins a person with the unit of the own seat, with every unit that `riwayat` names for the
    person, and with every person that `hubungan` names. No loops, no double edges.

    Returns
    -------
    igraph.Graph
        Undirected; vertex attributes `name` (pegawai_id or unit_id), `kind` ('pegawai', 'unit') and `opd_id`.
        People come first, in the order of `cycle.pegawai`, then units in the order of `cycle.unit`.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> g = service_graph(two_offices())
    >>> g.vcount(), g.ecount()
    (7, 4)
    """
    import igraph

    people, units = pd.Index(cycle.pegawai["pegawai_id"]), pd.Index(cycle.unit["unit_id"])
    n, past = len(people), cycle.riwayat
    seated = cycle.seated["unit_id"]
    pairs = [(people.get_indexer(seated.index), units.get_indexer(seated))]
    pairs += [(people.get_indexer(past["pegawai_id"]), units.get_indexer(past[c])) for c in ("unit_asal", "unit_tujuan")]
    ends = [np.column_stack([a, b + n])[(a >= 0) & (b >= 0)] for a, b in pairs]
    known = np.column_stack([people.get_indexer(cycle.hubungan[c]) for c in ("pegawai_a", "pegawai_b")])
    ends.append(known[(known >= 0).all(axis=1) & (known[:, 0] != known[:, 1])])
    edges = np.unique(np.sort(np.concatenate(ends), axis=1), axis=0)
    graph = igraph.Graph(n=n + len(units), edges=edges)
    graph.vs["name"] = [*people, *units]
    graph.vs["kind"] = ["pegawai"] * n + ["unit"] * len(units)
    graph.vs["opd_id"] = [*cycle.seated["opd_id"].reindex(people), *cycle.opd.reindex(units)]
    return graph


def bridging(cycle: Cycle, of: str = "pegawai") -> pd.DataFrame:
    """How much people, or units, stand between others in the graph of service and acquaintance.

    In the graph of `service_graph`, with N vertices, for vertex v::

        antara  = 2 / ((N - 1)(N - 2)) * sum over pairs s, t of the share of shortest paths that pass v
        kendala = sum over neighbours j of (p_vj + sum_q p_vq p_qj)^2,  p_vj = 1 / degree(v)   (Burt)

    High `antara` and low `kendala`: what passes between units passes here.

    Special cases: a vertex without neighbours has antara 0 and kendala nan; fewer than three vertices, antara 0.

    Parameters
    ----------
    cycle : Cycle
    of : str
        'pegawai' or 'unit'.

    Returns
    -------
    DataFrame
        Indexed by pegawai_id or unit_id, the highest `antara` first: opd_id, derajat, antara, kendala,
        opd_terhubung (different OPDs, other than the own, to which the neighbours belong), keahlian (skills held), turunan (share of these holdings that is derived; nan without).

    Raises
    ------
    InputError
        For any other `of`.

    References
    ----------
    L. C. Freeman, Sociometry 40, 35-41 (1977); R. S. Burt, Structural Holes (1992).

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> bridging(two_offices(), "unit")["antara"].round(3).to_dict()
    {'D1': 0.067, 'D2': 0.067, 'K': 0.0}
    """
    if of not in {"pegawai", "unit"}:
        raise InputError(text("skills.bad_side", of=of, known="pegawai, unit"))
    graph = service_graph(cycle)
    n = graph.vcount()
    pairs = (n - 1) * (n - 2) / 2
    mine = np.flatnonzero(np.array(graph.vs["kind"]) == of)
    between = np.array(graph.betweenness(), dtype=float) / pairs if pairs > 0 else np.zeros(n)
    degree = np.array(graph.degree(), dtype=np.int64)
    tight = np.full(n, np.nan)
    joined = np.flatnonzero(degree > 0)
    tight[joined] = graph.constraint(joined.tolist())
    opd = np.array(graph.vs["opd_id"], dtype=object)
    reached = [len({opd[j] for j in graph.neighbors(int(v))} - {opd[v]}) for v in mine]
    held, marked = _holdings(cycle, of)
    columns = {
        "opd_id": opd[mine],
        "derajat": degree[mine],
        "antara": between[mine],
        "kendala": tight[mine],
        "opd_terhubung": reached,
        "keahlian": held,
        "turunan": np.divide(marked, held, out=np.full(len(held), np.nan), where=held > 0),
    }
    frame = pd.DataFrame(columns, index=pd.Index(np.array(graph.vs["name"], dtype=object)[mine], name=f"{of}_id"))
    return frame.sort_values("antara", ascending=False, kind="stable")


def _holdings(cycle: Cycle, of: str) -> tuple[np.ndarray, np.ndarray]:
    """Skills held by every person, or holdings of every unit, and how many of them are derived."""
    held = holders(cycle)
    count, marked = held.matrix.sum(axis=1, dtype=np.int64), derived(cycle, held).sum(axis=1, dtype=np.int64)
    if of == "pegawai":
        return count, marked
    units = pd.Index(cycle.unit["unit_id"])
    sums = membership(units.get_indexer(cycle.seated["unit_id"]), len(units))
    return sums @ count, sums @ marked


def gould_fernandez(ties: Any, group: Any) -> pd.DataFrame:
    """Brokerage roles of every node of a directed graph whose nodes belong to groups.

    b brokers a -> b -> c where a, b, c differ and there is no tie a -> c. By the groups A, B, C::

        koordinator  A = B = C      konsultan (itinerant)  A = C, B differs
        penjaga (gatekeeper)  B = C, A differs             wakil (representative)  A = B, C differs
        penghubung (liaison)  all differ

    Special cases: loops and repeated ties are dropped; a node without ties has zeros.

    Parameters
    ----------
    ties : networkx.DiGraph, or sparse array or array, shape (n, n)
        From row to column; an undirected networkx graph counts both ways.
    group : mapping of node to group, or sequence of length n
        A Series or dict by node for networkx; a sequence in the order of rows otherwise.

    Returns
    -------
    DataFrame of int
        Indexed by node (or 0 to n - 1): the five roles and `jumlah`, their sum.

    References
    ----------
    R. V. Gould, R. M. Fernandez, Sociological Methodology 19, 89-126 (1989).

    Examples
    --------
    >>> import networkx as nx
    >>> g = nx.DiGraph([("a", "b"), ("b", "c")])
    >>> gould_fernandez(g, {"a": 1, "b": 2, "c": 2}).loc["b"].to_dict()
    {'koordinator': 0, 'konsultan': 0, 'penjaga': 1, 'wakil': 0, 'penghubung': 0, 'jumlah': 1}
    """
    matrix, index, codes = _ties(ties, group)
    forward, backward = matrix.tocsr(), matrix.T.tocsr()
    n = len(index)
    entering, leaving = np.diff(backward.indptr), np.diff(forward.indptr)
    pairs = entering * leaving
    broker = np.repeat(np.arange(n), pairs)
    # Number within the broker's pairs tells which of those who enter meets which of those who leave.
    within = np.arange(pairs.sum()) - np.repeat(np.cumsum(pairs) - pairs, pairs)
    a = backward.indices[backward.indptr[broker] + within // np.maximum(leaving[broker], 1)]
    c = forward.indices[forward.indptr[broker] + within % np.maximum(leaving[broker], 1)]
    direct = entries(forward, a, c).astype(bool)
    is_open = (a != c) & ~direct
    a, b, c = codes[a[is_open]], broker[is_open], codes[c[is_open]]
    own = codes[b]
    role = np.select([(a == own) & (c == own), a == c, c == own, a == own], [0, 1, 2, 3], default=4)
    count = np.bincount(b * 5 + role, minlength=5 * n).reshape(n, 5)
    frame = pd.DataFrame(count, index=index, columns=list(ROLES))
    return frame.assign(jumlah=count.sum(axis=1))


def _ties(ties: Any, group: Any) -> tuple[sparse.csr_array, pd.Index, np.ndarray]:
    if hasattr(ties, "nodes"):
        import networkx as nx

        nodes = list(ties.nodes)
        matrix = nx.to_scipy_sparse_array(ties, nodelist=nodes, weight=None, format="csr") if nodes else sparse.csr_array((0, 0))
        index, named = pd.Index(nodes, tupleize_cols=False), [group[v] for v in nodes]
    else:
        matrix = sparse.csr_array(ties)
        index, named = pd.RangeIndex(matrix.shape[0]), list(group)
    if matrix.shape[0] != matrix.shape[1] or len(named) != matrix.shape[0]:
        raise InputError(text("skills.bad_ties", rows=matrix.shape[0], columns=matrix.shape[1], groups=len(named)))
    coo = sparse.coo_array(matrix != 0)
    off = coo.row != coo.col
    clean = sparse.coo_array((np.ones(off.sum(), dtype=np.int8), (coo.row[off], coo.col[off])), shape=matrix.shape).tocsr()
    return clean, index, pd.factorize(np.array([str(g) for g in named], dtype=object))[0]


def brokerage(cycle: Cycle, of: str = "pegawai") -> pd.DataFrame:
    """Gould-Fernandez roles of people (by whom they know) or of leaf units (by who moved); groups are OPDs.

    People: a tie each way for every row of `hubungan`. Units: a tie from `unit_asal` to `unit_tujuan` for every
    row of `riwayat`, along which knowledge went.

    Returns
    -------
    DataFrame
        Indexed by pegawai_id or unit_id, the greatest `jumlah` first: opd_id, the roles of
        `gould_fernandez`, jumlah, keahlian and turunan as in `bridging`.

    Raises
    ------
    InputError
        For any other `of`.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> brokerage(two_offices())["jumlah"].sum()
    np.int64(0)
    """
    if of not in {"pegawai", "unit"}:
        raise InputError(text("skills.bad_side", of=of, known="pegawai, unit"))
    table, names = (cycle.hubungan, ("pegawai_a", "pegawai_b")) if of == "pegawai" else (cycle.riwayat, ("unit_asal", "unit_tujuan"))
    nodes = pd.Index(cycle.pegawai["pegawai_id"] if of == "pegawai" else cycle.unit["unit_id"])
    opd = cycle.seated["opd_id"].reindex(nodes) if of == "pegawai" else cycle.opd.reindex(nodes)
    a, b = (nodes.get_indexer(table[c]) for c in names)
    known = (a >= 0) & (b >= 0)
    ties = sparse.coo_array((np.ones(known.sum()), (a[known], b[known])), shape=(len(nodes), len(nodes))).tocsr()
    roles = gould_fernandez(ties + ties.T if of == "pegawai" else ties, opd.to_numpy())
    held, marked = _holdings(cycle, of)
    frame = roles.set_index(nodes.rename(f"{of}_id"))
    frame.insert(0, "opd_id", opd.to_numpy())
    share = np.divide(marked, held, out=np.full(len(held), np.nan), where=held > 0)
    return frame.assign(keahlian=held, turunan=share).sort_values("jumlah", ascending=False, kind="stable")


def to_igraph(graph: nx.Graph) -> igraph.Graph:
    """A networkx graph, such as `network` gives, as an igraph Graph with the same attributes (`name`: the node).

    Examples
    --------
    >>> from mutasi_toolkit.skills import network
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> to_igraph(network(two_offices())).ecount()
    5
    """
    import igraph

    made = igraph.Graph.from_networkx(graph, vertex_attr_hashable="name")
    made.vs["name"] = [str(v) for v in made.vs["name"]] if made.vcount() else []
    return made
