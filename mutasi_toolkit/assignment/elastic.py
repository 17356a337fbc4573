"""A problem whose rules may be broken at a price: what must give way, and the fewest rules that cannot hold together."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from scipy.sparse import csc_array

from mutasi_toolkit.assignment.highs import Program, solve_whole
from mutasi_toolkit.assignment.model import FREE, Model
from mutasi_toolkit.assignment.problem import Problem

#: Price of breaking a rule by one (one move, one person, one decision): which way out counts as the cheapest.
PRICES = {
    "anggaran": 1.0, "isi_min": 2.0, "pengalaman": 2.0, "kelompok": 3.0, "opd": 4.0, "pemegang": 5.0, "keputusan": 6.0,
    "isi": 8.0, "konflik": 10.0, "capacity": 1.0, "orang": 100.0,
}  # fmt: skip
#: A slack below this is none.
NOTHING = 1e-6
#: What a move costs beside the prices, so that the way out moves as few people as it can.
TINY = 1e-4
#: A rough way out may cost so many points more than the cheapest, and is taken as it is after so many nodes.
ROUGH, ROUGH_NODES = 10.0, 50


@dataclass(frozen=True, eq=False)
class Item:
    """One rule instance that may give way.

    Attributes
    ----------
    name : str
        Kind, then what it is about, separated by '|'.
    kind : str
    people, seats : tuple
        Whom and what it names.
    limit : float
        The number it says, nan where it says none.
    per_unit : float
        Slack of the program in one unit of the rule.
    """

    name: str
    kind: str
    people: tuple[Any, ...]
    seats: tuple[Any, ...]
    limit: float
    per_unit: float = 1.0


@dataclass(eq=False)
class Elastic:
    """The program: arcs, then the auxiliary columns of the capacities, then the slacks of the items."""

    program: Program
    items: list[Item]
    slacks: list[np.ndarray]
    n_arcs: int

    def solve(self, hard: set[int], free: bool = False, rough: bool = False) -> dict[int, float] | None:
        """By how much each item is broken in the cheapest way out that keeps the items of `hard`; None where there is none.

        Parameters
        ----------
        hard : set of int
            Items that must hold.
        free : bool
            Whether breaking the others costs nothing.
        rough : bool
            Whether a way out that may not be the cheapest will do: moves cost nothing, and the search ends early.
        """
        upper, cost = self.program.upper.copy(), self.program.cost.copy()
        for k, columns in enumerate(self.slacks):
            if k in hard:
                upper[columns] = 0.0
            if free:
                cost[columns] = 0.0
        if rough:
            cost[: self.n_arcs] = 0.0
        answer = solve_whole(replace(self.program, upper=upper, cost=cost), nodes=ROUGH_NODES if rough else None, allowed_gap=ROUGH / TINY if rough else 0.0)
        if answer.values is None and rough and answer.status != "infeasible":
            return self.solve(hard, free)
        if answer.values is None:
            return None
        broken = {k: float(answer.values[c].sum()) for k, c in enumerate(self.slacks)}
        return {k: v / self.items[k].per_unit for k, v in broken.items() if v > NOTHING}


def elastic(problem: Problem, added: list[tuple[Item, np.ndarray]] | None = None, prices: dict[str, float] | None = None) -> Elastic:
    """The elastic program of a problem.

    Minimise ``sum_i price_i s_i + 1e-4 moves`` over the arcs, with every row of the problem loosened by its slack,
    a_r x + b_r y - s_r <= high_r and a_r x + b_r y + t_r >= low_r, every capacity by an overflow that also counts in rows (4),
    and, for problems without a seat to stay in, one slack per person who gets no place.

    Parameters
    ----------
    problem : Problem
    added : list of (Item, ndarray of int), optional
        Rules that some arc of a set be taken.
    prices : dict, optional
        Price by kind, over `PRICES`.
    """
    model = problem.model
    price = PRICES | (prices or {})
    names = [n.split("|")[0] for n in model.names]
    banks = np.unique(model.bank) if len(model.bank) else np.zeros(0, dtype=np.int64)
    isi = np.array([b for b in banks if names[b] == "isi"], dtype=np.int64)
    rows = np.array([r for r in range(len(names)) if r in set(isi.tolist()) or (r not in set(banks.tolist()) and names[r] not in {"tahu", "unit"})], dtype=np.int64)
    extras = np.flatnonzero(np.isin(model.bank, isi))
    build = _Build(problem, rows, extras)
    for bank in isi:
        build.overflow(int(bank))
    for row in rows[~np.isin(rows, isi)]:
        build.slack(int(row))
    build.people()
    for item, arcs in added or []:
        build.must(item, arcs)
    return build.done(price)


class _Build:
    def __init__(self, problem: Problem, rows: np.ndarray, extras: np.ndarray) -> None:
        model = problem.model
        self.problem, self.model, self.rows = problem, model, rows
        self.at = np.full(len(model.low), -1)
        self.at[rows] = np.arange(len(rows)) + model.n_people
        part = model.extras.of(extras)
        keep = self.at[part.row] >= 0
        arcs = self.at[model.arcs.row] >= 0
        n = model.n_arcs
        self.row = [model.person, self.at[model.arcs.row[arcs]], self.at[part.row[keep]]]
        self.column = [np.arange(n), model.arcs.column[arcs], n + part.column[keep]]
        self.value = [np.ones(n), model.arcs.value[arcs], part.value[keep]]
        self.low = [np.ones(model.n_people), _bounds(model.low[rows])]
        self.high = [np.ones(model.n_people), _bounds(model.high[rows])]
        self.extras, self.n = extras, n + len(extras)
        self.n_rows = model.n_people + len(rows)
        self.items: list[Item] = []
        self.slacks: list[np.ndarray] = []

    def _column(self, rows: list[int], values: list[float]) -> int:
        self.row.append(np.array(rows))
        self.column.append(np.full(len(rows), self.n))
        self.value.append(np.array(values))
        self.n += 1
        return self.n - 1

    def overflow(self, bank: int) -> None:
        """More people in a seat class than it may hold."""
        seat = self.model.names[bank].split("|", 1)[1]
        mine = self.extras[self.model.bank[self.extras] == bank]
        rows, values = [int(self.at[bank])], [-1.0]
        part = self.model.extras.of(mine)
        also = (part.row != bank) & (self.at[part.row] >= 0)
        for row in np.unique(part.row[also]):
            rows.append(int(self.at[row]))
            values.append(float(np.abs(part.value[also & (part.row == row)]).max()))
        held = self.model.extra_upper[mine].sum()
        self._add(Item(f"isi|{seat}", "isi", (), (seat,), float(held)), [self._column(rows, values)])

    def slack(self, row: int) -> None:
        """A row that may be loosened on either side it has."""
        name, columns = self.model.names[row], []
        low, high = int(self.model.low[row]), int(self.model.high[row])
        if high < FREE:
            columns.append(self._column([int(self.at[row])], [-1.0]))
        if low > -FREE:
            columns.append(self._column([int(self.at[row])], [1.0]))
        parts = name.split("|")
        unit = {"opd": np.abs(self.model.extras.value[self.model.extras.row == row]).max(initial=1), "capacity": self.problem.weight_unit}.get(parts[0], 1)
        people = tuple(parts[1:3]) if parts[0] == "konflik" else ()
        seats = tuple(parts[1:]) if parts[0] == "capacity" else ()
        if columns:
            limit = float(high if high < FREE else low)
            self._add(Item(name, parts[0], people, seats, limit, float(unit)), columns)

    def people(self) -> None:
        """People without a seat to stay in may be left without a place."""
        if self.problem.cycle is None:
            for p in np.flatnonzero(self.model.stay < 0):
                self._add(Item(f"orang|{self.problem.people[p]}", "orang", (self.problem.people[p],), (), np.nan), [self._column([int(p)], [1.0])])

    def must(self, item: Item, arcs: np.ndarray) -> None:
        """One of the arcs must be taken."""
        self.row.append(np.full(len(arcs), self.n_rows))
        self.column.append(arcs)
        self.value.append(np.ones(len(arcs)))
        self.low.append(np.ones(1))
        self.high.append(np.full(1, np.inf))
        self.n_rows += 1
        self._add(item, [self._column([self.n_rows - 1], [1.0])])

    def _add(self, item: Item, columns: list[int]) -> None:
        self.items.append(item)
        self.slacks.append(np.array(columns))

    def done(self, price: dict[str, float]) -> Elastic:
        """The program with its costs."""
        model, n = self.model, self.model.n_arcs
        cost, upper = np.zeros(self.n), np.full(self.n, np.inf)
        upper[:n] = 1.0
        upper[n : n + len(self.extras)] = model.extra_upper[self.extras]
        cost[:n] = TINY
        cost[model.stay[model.stay >= 0]] = 0.0
        for item, columns in zip(self.items, self.slacks, strict=True):
            cost[columns] = price.get(item.kind, 1.0) / item.per_unit
        # Costs in whole multiples of the cost of a move, as the solver's stopping rule wants them.
        cost = np.where(cost > 0, np.maximum(np.rint(cost / TINY), 1.0), 0.0)
        row, column, value = (np.concatenate(v).astype(t) for v, t in ((self.row, np.int64), (self.column, np.int64), (self.value, np.float64)))
        whole = np.arange(self.n) < n
        program = Program(cost, np.zeros(self.n), upper, whole, np.concatenate(self.low), np.concatenate(self.high), csc_array((value, (row, column)), shape=(self.n_rows, self.n)))
        return Elastic(program, self.items, self.slacks, n)


def _bounds(limits: np.ndarray) -> np.ndarray:
    free = np.abs(limits) >= FREE
    return np.where(free, np.where(limits > 0, np.inf, -np.inf), np.where(free, 0, limits).astype(np.float64))


def hitting_set(sets: list[set[int]], n: int) -> set[int]:
    """A smallest set that meets every one of `sets`; ties by the lowest numbers.

    Examples
    --------
    >>> sorted(hitting_set([{0, 1}, {1, 2}, {3}], 4))
    [1, 3]
    """
    used = sorted(set().union(*sets)) if sets else []
    if not used:
        return set()
    at = {k: i for i, k in enumerate(used)}
    row = np.concatenate([np.full(len(s), r) for r, s in enumerate(sets)])
    column = np.concatenate([[at[k] for k in sorted(s)] for s in sets])
    m = len(used)
    cost = np.array([float(n * n + k) for k in used])
    program = Program(
        cost, np.zeros(m), np.ones(m), np.ones(m, dtype=bool), np.ones(len(sets)), np.full(len(sets), np.inf),
        csc_array((np.ones(len(row)), (row, column)), shape=(len(sets), m)),
    )  # fmt: skip
    answer = solve_whole(program)
    assert answer.values is not None
    return {used[i] for i in np.flatnonzero(answer.values > 0.5)}


def smallest_conflict(program: Elastic, first: dict[int, float], most: int = 60) -> tuple[set[int], bool]:
    """The smallest set of items that cannot hold together, and whether it is proved the smallest.

    Every set of items whose loosening makes a plan possible must meet every conflict. The smallest set H that meets all such
    sets known is tried: where H cannot hold, it is a smallest conflict (Ignatiev, Previti, Liffiton and Marques-Silva 2015);
    where it can, the way out that keeps H, the cheapest or nearly so, is one more set to meet. After `most` rounds the conflict among all items is found by
    halving instead (QuickXplain, Junker 2004): irreducible, but maybe not the smallest.

    Parameters
    ----------
    program : Elastic
    first : dict
        The way out that keeps nothing.
    most : int
    """
    sets = [set(first)]
    for _ in range(most):
        hit = hitting_set(sets, len(program.items))
        way = program.solve(hit, rough=True)
        if way is None:
            return hit, True
        sets.append(set(way) - hit)
    return set(_explain(program, [], list(range(len(program.items))), checked=True)), False


def _explain(program: Elastic, base: list[int], items: list[int], checked: bool) -> list[int]:
    """QuickXplain: of `items` those that, with `base`, cannot hold together."""
    if not checked and program.solve(set(base), free=True) is None:
        return []
    if len(items) == 1:
        return items
    one, two = items[: len(items) // 2], items[len(items) // 2 :]
    second = _explain(program, base + one, two, checked=not one)
    first = _explain(program, base + second, one, checked=not second)
    return first + second


def model_rows(model: Model, kind: str) -> np.ndarray:
    """Rows of one kind."""
    return np.array([r for r, n in enumerate(model.names) if n.split("|")[0] == kind], dtype=np.int64)
