"""Other people's networks: edge lists with labels, matrices with attributes, time-stamped contacts."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import PACKAGE
from mutasi_toolkit.spread.organisations.common import Z95

if TYPE_CHECKING:
    from mutasi_toolkit.spread.network import Network


@dataclass(frozen=True, eq=False)
class Contacts:
    """Ties between named people, and what is known of the people.

    Attributes
    ----------
    ties : DataFrame
        from (who teaches or advises), to, weight; each pair at most once, no self ties.
    people : DataFrame
        Indexed by name; a column per attribute.
    """

    ties: pd.DataFrame
    people: pd.DataFrame

    def group(self, column: str) -> pd.Series:
        """An attribute as text, indexed by person.

        Raises
        ------
        InputError
            For an unknown attribute; names those there are.
        """
        if column not in self.people:
            raise InputError(text("research.unknown", what=column, known=", ".join(map(str, self.people.columns))))
        return self.people[column].astype(str)

    def network(self, probability: float, group: str | None = None, by_weight: bool = False) -> Network:
        """A Network: `probability` per tie, or 1 - (1 - probability)^weight by weight; units from an attribute."""
        from mutasi_toolkit.spread.network import Network

        weight = self.ties["weight"].to_numpy(dtype=float) if by_weight else np.ones(len(self.ties))
        chance = -np.expm1(weight * np.log1p(-min(probability, 1 - 1e-15)))
        a, b = (self.people.index.get_indexer(self.ties[c]) for c in ("from", "to"))
        return Network(len(self.people), a, b, chance, unit=None if group is None else self.group(group).to_numpy(dtype=object), labels=self.people.index)


def _table(source: Path | str | pd.DataFrame) -> pd.DataFrame:
    return source if isinstance(source, pd.DataFrame) else pd.read_csv(source, dtype=str)


def _contacts(ties: pd.DataFrame, people: pd.DataFrame | None, where: object) -> Contacts:
    """Checked, summed by pair, without self ties."""
    weight = pd.to_numeric(ties["weight"], errors="coerce")
    if weight.isna().any() or (weight < 0).any():
        raise InputError(text("research.weight", where=where, row=int(np.argmax((weight.isna() | (weight < 0)).to_numpy())) + 2))
    named = pd.DataFrame({"from": ties["from"].astype(str), "to": ties["to"].astype(str), "weight": weight.astype(float)})
    kept = named[(named["from"] != named["to"]) & (named["weight"] > 0)]
    summed = kept.groupby(["from", "to"], sort=True, as_index=False)["weight"].sum()
    everybody = pd.Index(sorted(set(named["from"]) | set(named["to"])))
    if people is None:
        return Contacts(summed, pd.DataFrame(index=everybody))
    strangers = everybody.difference(people.index)
    if len(strangers):
        raise InputError(text("research.strangers", where=where, who=", ".join(strangers[:5])))
    return Contacts(summed, people)


def read_people(source: Path | str | pd.DataFrame, name: str | None = None) -> pd.DataFrame:
    """A table of attributes, indexed by the column `name` (the first if None); numbers where a whole column is."""
    table = _table(source)
    key = name or str(table.columns[0])
    people = table.set_index(table[key].astype(str)).drop(columns=key)
    if people.index.has_duplicates:
        raise InputError(text("research.twice", who=people.index[people.index.duplicated()][0]))
    return people.apply(_number_column)


def _number_column(values: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    return values if numbers.isna().any() else numbers


def read_edges(
    source: Path | str | pd.DataFrame,
    people: Path | str | pd.DataFrame | None = None,
    source_column: str = "from",
    target_column: str = "to",
    weight: str | None = "weight",
    both_ways: bool = False,
) -> Contacts:
    """An edge list with labels: CSV or DataFrame, one tie a row.

    Parameters
    ----------
    source : path or DataFrame
    people : path or DataFrame, optional
        Attributes; a tie to somebody without a row is refused, people without ties stay.
    source_column, target_column, weight : str
        Columns; without the column of weights every tie weighs 1.
    both_ways : bool
        Ties have no direction.

    Examples
    --------
    >>> c = read_edges(pd.DataFrame({"from": ["a", "b"], "to": ["b", "b"]}))
    >>> c.ties.to_numpy().tolist(), list(c.people.index)
    ([['a', 'b', 1.0]], ['a', 'b'])
    """
    table = _table(source)
    for column in (source_column, target_column):
        if column not in table:
            raise InputError(text("research.unknown", what=column, known=", ".join(map(str, table.columns))))
    ties = pd.DataFrame({"from": table[source_column], "to": table[target_column], "weight": table.get(weight, 1.0)})
    if both_ways:
        ties = pd.concat([ties, ties.rename(columns={"from": "to", "to": "from"})], ignore_index=True)
    return _contacts(ties, None if people is None else read_people(people), source if not isinstance(source, pd.DataFrame) else "DataFrame")


def read_matrix(source: Path | str | pd.DataFrame, people: Path | str | pd.DataFrame | None = None) -> Contacts:
    """A square matrix with names in its first row and column; row teaches column.

    Raises
    ------
    InputError
        When rows and columns do not name the same people.

    Examples
    --------
    >>> read_matrix(pd.DataFrame([[0, 2], [0, 0]], index=["a", "b"], columns=["a", "b"])).ties.to_numpy().tolist()
    [['a', 'b', 2.0]]
    """
    matrix = source if isinstance(source, pd.DataFrame) else pd.read_csv(source, index_col=0)
    rows, columns = matrix.index.astype(str), matrix.columns.astype(str)
    if set(rows) != set(columns) or len(rows) != len(columns):
        raise InputError(text("research.square", rows=len(rows), columns=len(columns)))
    long = pd.DataFrame(
        {"from": np.repeat(rows.to_numpy(), len(columns)), "to": np.tile(columns.to_numpy(), len(rows)), "weight": matrix.to_numpy().ravel()}
    )
    known = pd.DataFrame(index=pd.Index(sorted(rows))) if people is None else read_people(people)
    return _contacts(long, known, "matrix")


def read_contacts(
    source: Path | str | pd.DataFrame, frequency: str, time: str = "time", a: str = "a", b: str = "b", unit: str = "s", people: Path | str | pd.DataFrame | None = None
) -> list[Contacts]:
    """Time-stamped contacts (who met whom when) as one Contacts per period; weight = number of contacts, both ways.

    Parameters
    ----------
    source : path or DataFrame
    frequency : str
        Length of a period as pandas writes it, such as '1D' or '1h'.
    time, a, b : str
        Columns; times are dates, or numbers in `unit` since any start.
    unit : str
    people : path or DataFrame, optional

    Returns
    -------
    list of Contacts
        The same people in each.

    Examples
    --------
    >>> waves = read_contacts(pd.DataFrame({"time": [0, 20, 90], "a": "x", "b": ["y", "y", "z"]}), "1min")
    >>> [w.ties["weight"].tolist() for w in waves]
    [[2.0, 2.0], [1.0, 1.0]]
    """
    table = _table(source)
    for column in (time, a, b):
        if column not in table:
            raise InputError(text("research.unknown", what=column, known=", ".join(map(str, table.columns))))
    numbers = pd.to_numeric(table[time], errors="coerce")
    when = pd.to_datetime(table[time]) if numbers.isna().any() else pd.to_datetime(numbers, unit=unit)
    everybody = sorted(set(table[a].astype(str)) | set(table[b].astype(str)))
    known = pd.DataFrame(index=pd.Index(everybody)) if people is None else read_people(people)
    period = (when - when.min()) // pd.Timedelta(frequency)
    waves = []
    for t in range(int(period.max()) + 1):
        mine = table[period.to_numpy() == t]
        one = pd.DataFrame({"from": mine[a], "to": mine[b], "weight": 1.0})
        waves.append(_contacts(pd.concat([one, one.rename(columns={"from": "to", "to": "from"})]), known, "contacts"))
    return waves


def reference_folder(name: str) -> Path | None:
    """Folder of a published network, or None where it is not there (variable MUTASI_REFERENCE_DATA)."""
    root = Path(os.environ.get("MUTASI_REFERENCE_DATA", PACKAGE.parent.parent / "shared" / "data"))
    folder = root / "networks" / name
    return folder if folder.is_dir() else None


def reach_between(contacts: Contacts, group: str, probability: float, replicates: int = 400, seed: int = 0, **options: Any) -> pd.DataFrame:
    """Share of each group that one person of each group reaches, by cascade, averaged over the group's people.

    Returns
    -------
    DataFrame
        Row: group of the one who knows at first; column: group reached; the person themself not counted.
    """
    from mutasi_toolkit.spread.models import cascade

    g, of = contacts.network(probability, **options), contacts.group(group)
    names, code = np.unique(of.to_numpy(dtype=object).astype(str), return_inverse=True)
    total = np.zeros((len(names), len(names)))
    size = np.bincount(code, minlength=len(names))
    for person in range(g.n):
        reach = cascade(g, [person], replicates=replicates, seed=seed).reach.copy()
        reach[person] = 0.0
        others = size - (np.arange(len(names)) == code[person])
        total[code[person]] += np.bincount(code, weights=reach, minlength=len(names)) / np.maximum(others, 1)
    return pd.DataFrame(total / size[:, None], index=pd.Index(names, name="from"), columns=pd.Index(names, name="to"))


def brokers(contacts: Contacts, group: str, probability: float, replicates: int = 400, seed: int = 0) -> pd.DataFrame:
    """People by how far news from them gets, and what stands behind it.

    Returns
    -------
    DataFrame
        Indexed by person: group, reach (expected number of others reached), across (of other groups), betweenness (share
        of shortest paths), ties_across (share of own ties that leave the group); most reach across first.
    """
    import networkx as nx

    from mutasi_toolkit.spread.models import cascade

    g, of = contacts.network(probability), contacts.group(group)
    graph = nx.DiGraph(list(contacts.ties[["from", "to"]].itertuples(index=False, name=None)))
    graph.add_nodes_from(contacts.people.index)
    between = nx.betweenness_centrality(graph)
    ends = pd.concat([contacts.ties[["from", "to"]], contacts.ties.rename(columns={"from": "to", "to": "from"})[["from", "to"]]])
    leaves = (of.reindex(ends["from"]).to_numpy() != of.reindex(ends["to"]).to_numpy()).astype(float)
    across = pd.Series(leaves).groupby(ends["from"].to_numpy()).mean()
    rows = []
    for k, person in enumerate(contacts.people.index):
        reach = cascade(g, [k], replicates=replicates, seed=seed).reach.copy()
        reach[k] = 0.0
        rows.append((of.iloc[k], reach.sum(), reach[(of != of.iloc[k]).to_numpy()].sum(), between[person], across.get(person, 0.0)))
    table = pd.DataFrame(rows, columns=["group", "reach", "across", "betweenness", "ties_across"], index=contacts.people.index)
    return table.sort_values(["across", "reach"], ascending=False, kind="stable")


def moving_one(
    contacts: Contacts, group: str, person: str, to: str, probability: float, unit_probability: float, kept: float = 1.0, steps: int = 12, replicates: int = 400, seed: int = 0
) -> pd.DataFrame:
    """What moving one person to another group changes in how far their own knowledge gets, on common draws.

    Everybody mixes in their group with `unit_probability` and teaches along ties with `probability` per step; the mover
    keeps the share `kept` of the strength of the old ties.

    Returns
    -------
    DataFrame
        One row per group and one for all: group, before, after, change (people who know after `steps`), change_half (of the
        95 % interval, paired over replicates; for all only); the mover counts where they came from.
    """
    from dataclasses import replace

    from mutasi_toolkit.spread.models import contagion

    of = contacts.group(group)
    for what, there in ((person, contacts.people.index), (to, pd.Index(of.unique()))):
        if what not in there:
            raise InputError(text("research.unknown", what=what, known=", ".join(map(str, there[:10]))))
    g = contacts.network(probability, group)
    k = int(contacts.people.index.get_indexer([person])[0])
    unit = of.to_numpy(dtype=object).copy()
    unit[k] = to
    touches = (g.source == k) | (g.target == k)
    moved = replace(g, unit=unit, unit_labels=None, probability=np.where(touches, g.probability * kept, g.probability))
    runs = [contagion(one, [k], unit_probability, steps=steps, replicates=replicates, seed=seed) for one in (g, moved)]
    home = of.to_numpy()
    rows = [(name, *(float(r.reach[home == name].sum()) for r in runs)) for name in np.unique(home)] + [("all", *(float(r.reach.sum()) for r in runs))]
    table = pd.DataFrame(rows, columns=["group", "before", "after"])
    apart = runs[1].size.astype(float) - runs[0].size
    half = [np.nan] * (len(rows) - 1) + [Z95 * float(apart.std(ddof=1)) / np.sqrt(len(apart))]
    return table.assign(change=table["after"] - table["before"], change_half=half)
