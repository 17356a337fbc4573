"""The person-skill network as a sparse table and as a graph, and what share of it is derived."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
from scipy import sparse

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    import networkx as nx

    from mutasi_toolkit.cycle import Cycle

#: Put before the name of a skill in the graph where a person has the very same code.
SKILL_PREFIX = "keahlian:"


class SkillMatrix(NamedTuple):
    """A people x skills matrix with its labels; unpacks as (matrix, people, skills).

    Attributes
    ----------
    matrix : csr_array, shape (n_people, n_skills)
        Levels (int8) or holdings (bool); indices sorted, no stored zero.
    pegawai : Index of length n_people
        pegawai_id of every row, in the order of `cycle.pegawai`.
    keahlian : Index of length n_skills
        Skill of every column, sorted.
    """

    matrix: sparse.csr_array
    pegawai: pd.Index
    keahlian: pd.Index


def _skill_names(cycle: Cycle, required_too: bool) -> pd.Index:
    names = [cycle.keahlian["keahlian"], *([cycle.syarat["keahlian"]] if required_too else [])]
    return pd.Index(np.unique(pd.concat(names).to_numpy(dtype=object).astype(str)), dtype="str", name="keahlian")


def _people(cycle: Cycle) -> pd.Index:
    return pd.Index(cycle.pegawai["pegawai_id"], name="pegawai_id")


def _csr(values: np.ndarray, row: np.ndarray, column: np.ndarray, shape: tuple[int, int]) -> sparse.csr_array:
    known = (row >= 0) & (column >= 0) & (values != 0)
    made = sparse.coo_array((values[known], (row[known], column[known])), shape=shape).tocsr()
    made.sort_indices()
    return made


def levels(cycle: Cycle, required_too: bool = True) -> SkillMatrix:
    """Level of every person in every skill.

    L[p, s] = tingkat of person p in skill s, 0 where none is recorded.

    Special cases: no `keahlian` table gives a matrix without stored values; a person without a
    recorded skill is an empty row.

    Parameters
    ----------
    cycle : Cycle
    required_too : bool
        Whether skills that only `syarat` names have a (then empty) column.

    Returns
    -------
    SkillMatrix
        int8 levels 1 to 5.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> levels(two_offices()).matrix.toarray().tolist()
    [[4, 3, 0], [3, 0, 0], [0, 0, 2], [0, 5, 0]]
    """
    people, skills = _people(cycle), _skill_names(cycle, required_too)
    row = people.get_indexer(cycle.keahlian["pegawai_id"])
    column = skills.get_indexer(cycle.keahlian["keahlian"])
    level = cycle.keahlian["tingkat"].to_numpy(dtype=np.int8, na_value=0)
    return SkillMatrix(_csr(level, row, column, (len(people), len(skills))), people, skills)


def holders(cycle: Cycle) -> SkillMatrix:
    """Who holds which skill: H[p, s] = (tingkat of p in s >= `tingkat_pemegang` of the settings).

    Skills are those of `keahlian` and of `syarat`, so that a skill that seats ask for and nobody
    holds is an empty column.

    Returns
    -------
    SkillMatrix
        bool, people x skills.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> matrix, people, skills = holders(two_offices())
    >>> matrix.sum(axis=0).tolist(), skills.tolist()
    ([2, 2, 0], ['Anggaran', 'Arsip', 'Gizi'])
    """
    matrix, people, skills = levels(cycle)
    held = (matrix >= cycle.settings.tingkat_pemegang).tocsr()
    held.sort_indices()
    return SkillMatrix(held, people, skills)


def required(cycle: Cycle, skills: pd.Index) -> sparse.csr_array:
    """Level that every seat class asks for: R[j, s] = tingkat of `syarat`, 0 where none.

    Parameters
    ----------
    cycle : Cycle
    skills : Index
        Skills of the columns; a requirement outside them is left out.

    Returns
    -------
    csr_array, shape (n_seat_classes, n_skills)
        int8, rows in the order of `cycle.jabatan`.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> cycle = two_offices()
    >>> required(cycle, levels(cycle).keahlian).toarray().tolist()
    [[3, 2, 0], [0, 3, 4]]
    """
    seats = pd.Index(cycle.jabatan["jabatan_id"])
    row = seats.get_indexer(cycle.syarat["jabatan_id"])
    column = skills.get_indexer(cycle.syarat["keahlian"])
    level = cycle.syarat["tingkat"].to_numpy(dtype=np.int8, na_value=0)
    return _csr(level, row, column, (len(seats), len(skills)))


def derived(cycle: Cycle, matrix: SkillMatrix) -> sparse.csr_array:
    """Which entries of a people x skills matrix rest on derivation, not on assessment.

    Parameters
    ----------
    cycle : Cycle
    matrix : SkillMatrix
        As `levels` or `holders` gave it for the same cycle.

    Returns
    -------
    csr_array of bool
        True where the matrix has a value and the row of `keahlian` says `dasar` = turunan. A row
        without `dasar` counts as assessed, since nothing says that it was derived.
    """
    is_derived = (cycle.keahlian["dasar"] == "turunan").to_numpy(dtype=bool)
    row = matrix.pegawai.get_indexer(cycle.keahlian["pegawai_id"])
    column = matrix.keahlian.get_indexer(cycle.keahlian["keahlian"])
    mark = _csr(is_derived, row, column, matrix.matrix.shape)
    both = mark.multiply(matrix.matrix != 0).tocsr().astype(bool)
    both.sort_indices()
    return both


def derived_share(cycle: Cycle) -> float:
    """Share of the rows of `keahlian` that are derived and not assessed, in [0, 1]; nan without rows.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> derived_share(two_offices())
    0.2
    """
    marks = (cycle.keahlian["dasar"] == "turunan").to_numpy(dtype=bool)
    return float(marks.mean()) if len(marks) else float("nan")


def network(cycle: Cycle, sparse: bool = False) -> nx.Graph | SkillMatrix:
    """The bipartite graph of people and skills.

    An edge joins person p and skill s where `keahlian` has a row, whatever its level. People
    without a skill are isolated nodes; skills are those somebody has.

    Parameters
    ----------
    cycle : Cycle
    sparse : bool
        False: a networkx Graph. True: the same as CSR with labels, for large cycles.

    Returns
    -------
    networkx.Graph
        Node attributes `bipartite` (0 person, 1 skill), `kind` ('pegawai', 'keahlian') and, for
        people, `unit_id`, `opd_id`, `jabatan_id`; edge attributes `tingkat` and `dasar`. Nodes are
        the pegawai_id and the name of the skill; a skill named exactly like a person has
        'keahlian:' before its name.
    SkillMatrix
        With `sparse=True`: int8 levels, people x skills.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> g = network(two_offices())
    >>> g.number_of_nodes(), g.number_of_edges(), g.edges["P1", "Arsip"]["tingkat"]
    (7, 5, 3)
    """
    if sparse:
        return levels(cycle, required_too=False)
    import networkx as nx

    graph = nx.Graph()
    for row in cycle.seated.itertuples():
        graph.add_node(row.Index, bipartite=0, kind="pegawai", unit_id=row.unit_id, opd_id=row.opd_id, jabatan_id=row.jabatan_id)
    node = {s: f"{SKILL_PREFIX}{s}" if s in graph else s for s in _skill_names(cycle, required_too=False)}
    graph.add_nodes_from(node.values(), bipartite=1, kind="keahlian")
    table = cycle.keahlian
    basis = table["dasar"].fillna("dinilai")
    graph.add_edges_from(
        (p, node[s], {"tingkat": int(t), "dasar": b})
        for p, s, t, b in zip(table["pegawai_id"], table["keahlian"], table["tingkat"], basis, strict=True)
    )
    return graph


def from_network(graph: nx.Graph) -> pd.DataFrame:
    """The table `keahlian` from a bipartite graph as `network` makes it.

    Parameters
    ----------
    graph : networkx.Graph or igraph.Graph
        (igraph: the vertex attribute `name` is the node.) Every edge joins a node with `bipartite` = 0 (person) and one with `bipartite` = 1 (skill);
        `tingkat` on the edge (1 where absent), `dasar` as well ('dinilai' where absent).

    Returns
    -------
    DataFrame
        pegawai_id, keahlian, tingkat, dasar; sorted.

    Raises
    ------
    InputError
        When an edge does not join a person with a skill.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> len(from_network(network(two_offices())))
    5
    """
    if hasattr(graph, "to_networkx"):
        graph = graph.to_networkx(vertex_attr_hashable="name")
    rows: list[tuple[str, str, int, str]] = []
    for a, b, edge in graph.edges(data=True):
        sides = {_side(graph, a): a, _side(graph, b): b}
        if set(sides) != {0, 1}:
            raise InputError(text("skills.not_bipartite", a=a, b=b))
        skill = str(sides[1])
        name = skill.removeprefix(SKILL_PREFIX) if skill.removeprefix(SKILL_PREFIX) in graph else skill
        rows.append((str(sides[0]), name, int(edge.get("tingkat", 1)), str(edge.get("dasar", "dinilai"))))
    frame = pd.DataFrame(rows, columns=["pegawai_id", "keahlian", "tingkat", "dasar"])
    frame = frame.astype({"pegawai_id": "str", "keahlian": "str", "tingkat": "Int64", "dasar": "str"})
    return frame.sort_values(["pegawai_id", "keahlian"], ignore_index=True)


def from_matrix(matrix: sparse.sparray, people: Any, skills: Any, basis: str = "dinilai") -> pd.DataFrame:
    """The table `keahlian` from a people x skills matrix of levels, as `network(cycle, sparse=True)` gives it.

    Parameters
    ----------
    matrix : sparse array, shape (n_people, n_skills)
        Levels 1 to 5; 0 where none is recorded.
    people, skills : sequence of str
        Labels of rows and columns.
    basis : str
        What `dasar` says: 'dinilai' or 'turunan'.

    Returns
    -------
    DataFrame
        pegawai_id, keahlian, tingkat, dasar; sorted.

    Raises
    ------
    InputError
        When the labels do not fit the shape, or a level is outside 1 to 5 or not whole.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> from_matrix(*network(two_offices(), sparse=True))["tingkat"].tolist()
    [4, 3, 3, 2, 5]
    """
    coo = sparse.coo_array(matrix)
    coo.eliminate_zeros()
    value = coo.data.astype(float)
    if coo.shape != (len(people), len(skills)) or not np.isin(value, [1, 2, 3, 4, 5]).all():
        raise InputError(text("skills.bad_matrix", rows=coo.shape[0], columns=coo.shape[1], people=len(people), skills=len(skills)))
    row, column = np.asarray(people, dtype=object)[coo.row], np.asarray(skills, dtype=object)[coo.col]
    frame = pd.DataFrame({"pegawai_id": row, "keahlian": column, "tingkat": value.astype(np.int64), "dasar": basis})
    frame = frame.astype({"pegawai_id": "str", "keahlian": "str", "tingkat": "Int64", "dasar": "str"})
    return frame.sort_values(["pegawai_id", "keahlian"], ignore_index=True)


def _side(graph: nx.Graph, node: Any) -> Any:
    return graph.nodes[node].get("bipartite")


def membership(codes: np.ndarray, n_groups: int) -> sparse.csr_array:
    """Groups x people matrix of ones that sums people into groups; code -1 belongs to none.

    Examples
    --------
    >>> membership(np.array([0, 1, 0, -1]), 2).toarray().tolist()
    [[1, 0, 1, 0], [0, 1, 0, 0]]
    """
    at = np.flatnonzero(codes >= 0)
    ones = np.ones(len(at), dtype=np.int64)
    return sparse.coo_array((ones, (codes[at], at)), shape=(n_groups, len(codes))).tocsr()


def group_codes(cycle: Cycle, level: str = "opd") -> tuple[np.ndarray, pd.Index]:
    """OPD (or leaf unit) of every person as codes, and the sorted ids the codes stand for.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd' or 'unit'.

    Raises
    ------
    InputError
        For any other level.
    """
    if level not in {"opd", "unit"}:
        raise InputError(text("skills.bad_level", level=level))
    column = f"{level}_id"
    every = np.unique(cycle.seat[column].to_numpy(dtype=object).astype(str))
    ids = pd.Index(every, dtype="str", name=column)
    return ids.get_indexer(cycle.seated[column]), ids


def entries(matrix: sparse.csr_array, row: np.ndarray, column: np.ndarray) -> np.ndarray:
    """Values of single cells, also of none: scipy gives no array for empty positions.

    Examples
    --------
    >>> entries(sparse.csr_array(np.eye(2)), np.array([0, 1]), np.array([0, 0])).tolist()
    [1.0, 0.0]
    """
    if not len(row):
        return np.zeros(0, dtype=matrix.dtype)
    return np.asarray(sparse.csr_matrix(matrix)[row, column]).ravel()
