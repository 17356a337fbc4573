"""A panel and its networks for other programs: RSiena (actors, waves) and GraphML."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import networkx as nx
import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: Code of RSiena for a tie that cannot be (an actor not there in a wave), and for a missing value.
STRUCTURAL_ZERO, MISSING = 10, "NA"


def transfer_graph(moves: pd.DataFrame, units: Sequence[str] | None = None) -> nx.DiGraph:
    """Units and the people who moved between them: a directed graph, weight = number of moves.

    Parameters
    ----------
    moves : DataFrame
        unit_asal, unit_tujuan.
    units : sequence of str, optional
        Units that are there even without moves.

    Examples
    --------
    >>> g = transfer_graph(pd.DataFrame({"unit_asal": ["A", "A"], "unit_tujuan": ["B", "B"]}), ["A", "B", "C"])
    >>> g["A"]["B"]["weight"], sorted(g)
    (2, ['A', 'B', 'C'])
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(units if units is not None else [])
    counted = moves[moves["unit_asal"] != moves["unit_tujuan"]].groupby(["unit_asal", "unit_tujuan"], sort=True).size()
    for (a, b), n in counted.items():
        graph.add_edge(str(a), str(b), weight=int(n))
    return graph


def write_graphml(graph: nx.Graph, path: Path | str) -> None:
    """Write a graph as GraphML, nodes and ties in sorted order, so that equal graphs have equal bytes."""
    ordered = graph.__class__()
    ordered.add_nodes_from(sorted(graph.nodes(data=True), key=lambda node: str(node[0])))
    ordered.add_edges_from(sorted(graph.edges(data=True), key=lambda tie: (str(tie[0]), str(tie[1]))))
    nx.write_graphml(ordered, str(path), prettyprint=True)


def write_rsiena(
    folder: Path | str, waves: Sequence[pd.DataFrame], actors: Sequence[str], behaviour: pd.DataFrame | None = None, present: pd.DataFrame | None = None
) -> list[Path]:
    """Adjacency matrices by wave, a behaviour table, a table of actors, and an R script that reads them with RSiena.

    Parameters
    ----------
    folder : path
    waves : sequence of DataFrame
        Ties of each wave: from, to; any weight above 0 counts as a tie.
    actors : sequence of str
        In the order of rows and columns.
    behaviour : DataFrame, optional
        Indexed by actor, a column per wave, small integers (such as skills held); nan becomes NA.
    present : DataFrame, optional
        Indexed by actor, a boolean column per wave; ties of somebody absent are structural zeros (10).

    Returns
    -------
    list of Path
        The files, in the order written.

    Raises
    ------
    InputError
        With fewer than two waves, or for a tie to somebody who is no actor.
    """
    index = pd.Index(actors)
    if len(waves) < 2:
        raise InputError(text("research.waves", n=len(waves)))
    place = Path(folder)
    place.mkdir(parents=True, exist_ok=True)
    written = []
    for w, ties in enumerate(waves, 1):
        a, b = index.get_indexer(ties["from"]), index.get_indexer(ties["to"])
        if ((a < 0) | (b < 0)).any():
            at = ties.iloc[int(np.argmax((a < 0) | (b < 0)))]
            raise InputError(text("research.no_actor", a=at["from"], b=at["to"], wave=w))
        matrix = np.zeros((len(index), len(index)), dtype=int)
        on = np.asarray(ties["weight"] > 0) if "weight" in ties else np.ones(len(ties), dtype=bool)
        matrix[a[on], b[on]] = 1
        if present is not None:
            absent = ~present.reindex(index).iloc[:, w - 1].to_numpy(dtype=bool)
            matrix[absent, :] = matrix[:, absent] = STRUCTURAL_ZERO
        np.fill_diagonal(matrix, 0)
        written.append(_write(place / f"wave{w}.dat", "\n".join(" ".join(map(str, row)) for row in matrix) + "\n"))
    written.append(_write(place / "actors.csv", "id,actor\n" + "".join(f"{k},{name}\n" for k, name in enumerate(index, 1))))
    if behaviour is not None:
        values = behaviour.reindex(index)
        lines = [" ".join(MISSING if pd.isna(v) else str(int(v)) for v in row) for row in values.to_numpy()]
        written.append(_write(place / "behaviour.dat", "\n".join(lines) + "\n"))
    written.append(_write(place / "read.R", _script(len(waves), len(index), behaviour is not None)))
    return written


def _write(path: Path, content: str) -> Path:
    path.write_text(content, encoding="utf-8")
    return path


def _script(waves: int, actors: int, behaviour: bool) -> str:
    lines = [
        "library(RSiena)",
        f"waves <- lapply(1:{waves}, function(w) as.matrix(read.table(sprintf('wave%d.dat', w))))",
        f"ties <- sienaDependent(array(unlist(waves), dim = c({actors}, {actors}, {waves})))",
    ]
    names = ["ties"]
    if behaviour:
        lines.append("skills <- sienaDependent(as.matrix(read.table('behaviour.dat', na.strings = 'NA')), type = 'behavior')")
        names.append("skills")
    lines += [f"data <- sienaDataCreate({', '.join(names)})", "effects <- getEffects(data)", "print01Report(data, modelname = 'rotation')"]
    return "\n".join(lines) + "\n"
