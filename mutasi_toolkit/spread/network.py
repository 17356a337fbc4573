"""Who can teach whom: directed ties and units that mix completely."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.locale.html import facts
from mutasi_toolkit.spread.ties import (
    Arcs,
    Groups,
    arcs_by_source,
    end_codes,
    named_ends,
    people_count,
    tie_probabilities,
    turn,
    unit_codes,
)

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, eq=False)
class Network:
    """People, directed ties between them, and units in which everybody meets everybody.

    The source of a tie teaches its target. The probability of a tie counts once in a cascade and
    in every period of a contagion; the strength can differ each way. A unit of s people stands for
    its s (s - 1) ties without holding them: how strong these are is the `unit_probability` of a
    model.

    Special cases: a self tie is kept and changes nothing, but in `degroot` it is weight on one's
    own opinion; equal ties teach independently of each other (in `threshold` and `degroot` their
    weights add up); people without ties and unit are isolated; a network of nobody is allowed.

    Attributes
    ----------
    n : int
        Number of people; they are 0 to n - 1.
    source, target : array of int, shape (m,)
    probability : array of float, shape (m,)
        In [0, 1]. A single number holds for every tie.
    unit : array of int, shape (n,), optional
        Code of everybody's unit, -1 for none; any labels are accepted and coded in sorted order.
    labels : Index of length n, optional
        Names of the people, for seeds and tables.
    unit_labels : Index, optional
        Names of the units by code.

    Raises
    ------
    InputError
        Names the row where a probability is not a number in [0, 1], or a tie leads to an unknown
        person, and says when the lengths do not agree.

    Examples
    --------
    >>> g = Network(3, [0, 1], [1, 2], [0.5, 0.25], unit=["A", "A", "B"])
    >>> g.n, len(g.source), g.unit.tolist(), list(g.unit_labels)
    (3, 2, [0, 0, 1], ['A', 'B'])
    """

    n: int
    source: np.ndarray
    target: np.ndarray
    probability: np.ndarray
    unit: np.ndarray | None = None
    labels: pd.Index | None = None
    unit_labels: pd.Index | None = None

    def __post_init__(self) -> None:
        n = people_count(self.n)
        source, target = end_codes(self.source, "source", n), end_codes(self.target, "target", n)
        if len(source) != len(target):
            raise InputError(text("spread.lengths", a="source", n_a=len(source), b="target", n_b=len(target)))
        probability = tie_probabilities(self.probability, source, target)
        codes, names = unit_codes(self.unit, self.unit_labels, n)
        labels = None if self.labels is None else pd.Index(self.labels)
        if labels is not None and (len(labels) != n or labels.has_duplicates):
            raise InputError(text("spread.labels", n=n, given=len(labels), unique=labels.nunique()))
        for name, value in (
            ("n", n), ("source", source), ("target", target), ("probability", probability),
            ("unit", codes), ("labels", labels), ("unit_labels", names),
        ):  # fmt: skip
            object.__setattr__(self, name, value)

    @classmethod
    def from_pandas(
        cls,
        ties: pd.DataFrame,
        source: str = "source",
        target: str = "target",
        probability: str | float = "probability",
        people: pd.Series | None = None,
        both_ways: bool = False,
    ) -> Network:
        """A network from a table of ties.

        Parameters
        ----------
        ties : DataFrame
            One row per tie.
        source, target : str
            Columns with the names of the two people.
        probability : str or float
            Column, or one number for all ties.
        people : Series, optional
            Unit of everybody, indexed by the name of the person; a tie to somebody outside is
            refused. None: everybody who stands in a tie, without units.
        both_ways : bool
            Whether a row means both directions.

        Raises
        ------
        InputError
            As the class; names the row of the table.

        Examples
        --------
        >>> ties = pd.DataFrame({"source": ["b", "c"], "target": ["a", "b"], "probability": [0.5, 1.0]})
        >>> g = Network.from_pandas(ties)
        >>> list(g.labels), g.source.tolist(), g.target.tolist()
        (['a', 'b', 'c'], [1, 2], [0, 1])
        """
        missing = [c for c in (source, target, probability) if isinstance(c, str) and c not in ties.columns]
        if missing:
            raise InputError(text("spread.columns", missing=", ".join(missing), columns=", ".join(map(str, ties.columns))))
        if people is None:
            names = pd.Index(pd.unique(pd.concat([ties[source], ties[target]]).dropna())).sort_values()
        else:
            names = pd.Index(people.index)
        ends = [named_ends(ties, column, names) for column in (source, target)]
        weight = ties[probability].to_numpy(dtype=np.float64, na_value=np.nan) if isinstance(probability, str) else np.full(len(ties), probability)
        if both_ways:
            ends, weight = [np.concatenate(ends), np.concatenate(ends[::-1])], np.concatenate([weight, weight])
        unit = None if people is None else people.to_numpy()
        return cls(len(names), ends[0], ends[1], weight, unit, names)

    @classmethod
    def from_networkx(cls, graph: nx.Graph, probability: str | float = "probability", unit: str | None = None) -> Network:
        """A network from a networkx graph; an undirected edge becomes a tie each way.

        Parameters
        ----------
        graph : networkx.Graph
            Any kind; nodes are taken in the order of the graph.
        probability : str or float
            Edge attribute (1 where an edge lacks it), or one number for all.
        unit : str, optional
            Node attribute that names the unit.

        Examples
        --------
        >>> import networkx as nx
        >>> len(Network.from_networkx(nx.path_graph(3), 0.5).source)
        4
        """
        names = pd.Index(list(graph.nodes), tupleize_cols=False)
        at = {name: i for i, name in enumerate(graph.nodes)}
        rows = [
            (at[a], at[b], edge.get(probability, 1.0) if isinstance(probability, str) else probability)
            for a, b, edge in graph.edges(data=True)
        ]
        if not graph.is_directed():
            rows += [(b, a, p) for a, b, p in rows if a != b]
        source, target, weight = (np.array([row[i] for row in rows]) for i in range(3))
        codes = None if unit is None else np.array([graph.nodes[v].get(unit) for v in graph.nodes], dtype=object)
        return cls(len(names), source, target, weight, codes, names)

    def to_networkx(self) -> nx.MultiDiGraph:
        """The ties as a networkx MultiDiGraph with edge attribute `probability` and node attribute `unit`."""
        import networkx as nx

        names = range(self.n) if self.labels is None else self.labels
        graph = nx.MultiDiGraph()
        units = [None] * self.n if self.unit is None else self._unit_names().tolist()
        graph.add_nodes_from((name, {"unit": unit}) for name, unit in zip(names, units, strict=True))
        frame = self.to_pandas()
        graph.add_edges_from((a, b, {"probability": p}) for a, b, p in frame.itertuples(index=False))
        return graph

    def to_pandas(self) -> pd.DataFrame:
        """The ties as a table: source, target, probability; names where the network has them."""
        ends = {"source": self.source, "target": self.target}
        if self.labels is not None:
            ends = {name: self.labels[code] for name, code in ends.items()}
        return pd.DataFrame({**ends, "probability": self.probability})

    def with_units(self, unit: Any) -> Network:
        """The same ties with other units."""
        return replace(self, unit=unit, unit_labels=None)

    @property
    def n_units(self) -> int:
        """Number of units; 0 without units."""
        return 0 if self.unit_labels is None else len(self.unit_labels)

    @cached_property
    def outgoing(self) -> Arcs:
        """Ties by source, so that what somebody teaches stands together."""
        return arcs_by_source(self.n, self.source, self.target, self.probability)

    @cached_property
    def incoming(self) -> Arcs:
        """Ties by target, and among them by probability; the same keys as `outgoing`."""
        arcs = self.outgoing
        start, source, order = turn(arcs, self.n)
        if len(order) and arcs.probability.min() < arcs.probability.max():
            target = np.repeat(np.arange(self.n), np.diff(start).astype(np.int64))
            again = np.lexsort((arcs.probability[order], target))
            source, order = source[again], order[again]
        return Arcs(start, source.astype(np.uint32), arcs.probability[order], arcs.key[order])

    @cached_property
    def groups(self) -> Groups:
        """Members of every unit, in order of person; without units nobody is in one."""
        codes = np.full(self.n, -1) if self.unit is None else self.unit
        member = np.argsort(codes, kind="stable")[np.count_nonzero(codes < 0) :]
        start = np.zeros(self.n_units + 1, dtype=np.int64)
        np.cumsum(np.bincount(codes[codes >= 0], minlength=self.n_units), out=start[1:])
        return Groups(start, member.astype(np.int32))

    def _unit_names(self) -> np.ndarray:
        assert self.unit is not None
        assert self.unit_labels is not None
        return np.array([*self.unit_labels, None], dtype=object)[self.unit]

    def describe(self) -> pd.Series:
        """Counts that tell what kind of network this is.

        Returns
        -------
        Series
            people, ties, self_ties, equal_ties (beyond the first of each pair), isolated (no tie
            with another person and alone or without unit), units, largest_unit, mean_probability.

        Examples
        --------
        >>> Network(3, [0, 0, 1], [1, 1, 1], 0.5).describe()[["self_ties", "equal_ties", "isolated"]].tolist()
        [1.0, 1.0, 1.0]
        """
        own = self.source == self.target
        pairs = self.source.astype(np.int64) * max(self.n, 1) + self.target
        size = np.diff(self.groups.start)
        meets = np.zeros(self.n, dtype=bool)
        meets[self.source[~own]] = meets[self.target[~own]] = True
        if self.unit is not None and len(size):
            meets |= (self.unit >= 0) & (size[np.maximum(self.unit, 0)] > 1)
        return pd.Series(
            {
                "people": self.n,
                "ties": len(self.source),
                "self_ties": int(own.sum()),
                "equal_ties": len(pairs) - len(np.unique(pairs)),
                "isolated": int((~meets).sum()),
                "units": self.n_units,
                "largest_unit": int(size.max(initial=0)),
                "mean_probability": float(self.probability.mean()) if len(self.probability) else np.nan,
            },
            dtype=float,
        )

    def _repr_html_(self) -> str:
        values = self.describe()
        rows = [(text(f"spread.show_{name}"), number(v, 0 if float(v).is_integer() else 4)) for name, v in values.items()]
        return facts("Network", rows)


def whole(value: Any) -> bool:
    """Whether a value is a whole number.

    Examples
    --------
    >>> whole(3), whole(np.int64(3)), whole(3.0), whole(2.5), whole("3"), whole(None)
    (True, True, True, False, False, False)
    """
    return isinstance(value, (int, float, np.integer, np.floating)) and bool(np.isfinite(value) and int(value) == value)


def seed_codes(g: Network, seeds: Any) -> np.ndarray:
    """Codes of the people who know at the start, sorted and each once.

    Parameters
    ----------
    g : Network
    seeds : array
        Codes 0 to n - 1, a mask of n booleans, or names where the network has labels. Empty is
        allowed: then nobody ever knows.

    Raises
    ------
    InputError
        Names a seed that is nobody.

    Examples
    --------
    >>> seed_codes(Network(4, [], [], []), [2, 0, 2]).tolist()
    [0, 2]
    """
    given = np.atleast_1d(np.asarray(seeds))
    if given.size == 0:
        return np.zeros(0, dtype=np.int32)
    if given.dtype == bool:
        if given.shape != (g.n,):
            raise InputError(text("spread.seed_mask", n=g.n, given=given.size))
        return np.flatnonzero(given).astype(np.int32)
    if g.labels is not None and given.dtype.kind not in "iu":
        codes = g.labels.get_indexer(pd.Index(given))
    elif given.dtype.kind in "iu" or (given.dtype.kind == "f" and np.all(given == np.floor(given))):
        codes = np.where((given >= 0) & (given < g.n), given, -1).astype(np.int64)
    else:
        codes = np.full(given.size, -1)
    if (codes < 0).any():
        raise InputError(text("spread.seed_unknown", seed=given[np.argmax(codes < 0)], n=g.n))
    return np.unique(codes).astype(np.int32)


def probability_value(value: float, name: str) -> float:
    """A single probability.

    Raises
    ------
    InputError
        When it is not a number in [0, 1].
    """
    number = float(value)
    if not 0.0 <= number <= 1.0:
        raise InputError(text("spread.probability", name=name, value=value))
    return number
