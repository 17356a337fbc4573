"""Small random assignment models, and everything about them worked out from dense matrices and by enumeration."""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from mutasi_toolkit.assignment.model import FREE, Entries, Model, entries_of


def dense(entries: Entries, n_rows: int) -> np.ndarray:
    """Rows by columns."""
    out = np.zeros((n_rows, len(entries.start) - 1), dtype=np.int64)
    for column in range(out.shape[1]):
        for k in range(int(entries.start[column]), int(entries.start[column + 1])):
            out[entries.row[k], column] += entries.value[k]
    return out


def random_model(rng: np.random.Generator, *, people: int = 4, cells: int = 3, knowledge: bool = True, sides: bool = True, stays: bool = True, weights: bool = False) -> Model:
    """People in cells that fill by convex segments, a budget, and perhaps counts of holders and other rows."""
    choices = [sorted({int(rng.integers(cells)), *np.flatnonzero(rng.random(cells) < 0.7).tolist()}) for _ in range(people)]
    person = np.repeat(np.arange(people), [len(c) for c in choices])
    cell = np.concatenate(choices)
    start = np.searchsorted(person, np.arange(people + 1))
    stay = np.array([start[p] + int(rng.integers(len(c))) for p, c in enumerate(choices)])
    cost = rng.integers(-30, 60, len(person))
    cost[stay] = 0
    names, low, high = [f"isi|c{c}" for c in range(cells)], [0] * cells, [0] * cells
    column, row, value = [np.arange(len(person))], [cell], [np.ones(len(person), dtype=np.int64)]
    bank, upper, extra_cost = [], [], []
    for c in range(cells):
        steps = np.sort(rng.integers(-40, 40, 3))
        bank += [c] * 3
        upper += [1, 1, people]
        extra_cost += steps.tolist()
    moves = np.setdiff1d(np.arange(len(person)), stay)

    def add(name: str, arcs: np.ndarray, values: np.ndarray, least: int, most: int) -> None:
        column.append(arcs)
        row.append(np.full(len(arcs), len(names)))
        value.append(values)
        names.append(name)
        low.append(least)
        high.append(most)

    extra_rows = []
    if rng.random() < 0.8:
        add("anggaran|pindah", moves, np.ones(len(moves), dtype=np.int64), -FREE, int(rng.integers(0, people)))
    if sides:
        some = np.flatnonzero(rng.random(len(person)) < 0.5)
        count = int(rng.integers(0, people))
        least, most = [(-FREE, count), (count, FREE), (max(0, count - 1), count)][int(rng.integers(3))]
        add("kelompok|0", some, rng.integers(1, 3, len(some)), least, most)
    for k in range(2 * weights):
        loads = rng.integers(2, 10, len(person))
        add(f"beban|{k}", np.arange(len(person)), loads, -FREE, int(loads.mean() * people * 0.95))
    if knowledge and len(moves):
        today = int(rng.integers(1, 3))
        signs = rng.choice([-1, 1], len(moves))
        add("tahu|o|s", moves, signs, -today, -today)
        bank += [len(names) - 1] * 3
        upper += [1, 1, 2 * people]
        extra_cost += np.sort(rng.integers(-30, 1, 3)).tolist()
        add("pemegang|o|s", moves, signs, 1 - today, FREE)
    if sides and rng.random() < 0.5:
        names.append("opd|o")
        low.append(-FREE)
        high.append(int(rng.integers(-2, people)))
        # As the deviations of a count from its need: not falling along a bank, so that filling it in order is best for this row too.
        extra_rows = [(e, len(names) - 1, int(w)) for e, w in zip(range(6), np.sort(rng.integers(-2, 3, (2, 3)), axis=1).ravel(), strict=True)]
    n = len(bank)
    more = np.array(extra_rows, dtype=np.int64).reshape(-1, 3)
    extras = entries_of(np.concatenate([np.arange(n), more[:, 0]]), np.concatenate([bank, more[:, 1]]), np.concatenate([np.full(n, -1), more[:, 2]]), n)
    whole = [np.asarray(x, dtype=np.int64) for x in (extra_cost, upper, bank, low, high)]
    return Model(
        person, start.astype(np.int64), cost, stay if stays else np.full(people, -1), entries_of(np.concatenate(column), np.concatenate(row), np.concatenate(value), len(person)),
        whole[0], whole[1], whole[2], extras, whole[3], whole[4], tuple(names), int(rng.integers(-20, 20)), rng.integers(1, 50, len(person)), np.zeros(len(names), dtype=np.int64),
    )  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """One arc per person, what the banks hold then, what it costs, and whether every row is kept."""

    arcs: np.ndarray
    extras: np.ndarray
    objective: int
    keeps: bool
    tie: int


def choices_of(model: Model) -> list[Choice]:
    """Every choice of one arc per person."""
    n_rows = len(model.low)
    a, b = dense(model.arcs, n_rows), dense(model.extras, n_rows)
    out = []
    for pick in itertools.product(*[range(s, e) for s, e in itertools.pairwise(model.start)]):
        arcs = np.array(pick, dtype=np.int64)
        held = a[:, arcs].sum(axis=1)
        extras = np.zeros(len(model.bank), dtype=np.int64)
        for r in sorted(set(model.bank.tolist())):
            left = held[r] - model.low[r]
            for e in np.flatnonzero(model.bank == r):
                extras[e] = min(max(left, 0), model.extra_upper[e])
                left -= extras[e]
        value = held + b @ extras
        keeps = bool(((value >= model.low) & (value <= model.high)).all())
        objective = model.constant + int(model.cost[arcs].sum()) + int((model.extra_cost * extras).sum())
        out.append(Choice(arcs, extras, objective, keeps, int(model.tie[np.setdiff1d(arcs, model.stay)].sum())))
    return out


def best_of(choices: list[Choice], allowed: np.ndarray | None = None) -> Choice | None:
    """The cheapest that keeps every row and takes allowed arcs only; of equals the one with the least ties."""
    fine = [c for c in choices if c.keeps and (allowed is None or allowed[c.arcs].all())]
    return min(fine, key=lambda c: (c.objective, c.tie), default=None)


def weak_bound(model: Model, duals: np.ndarray, scale: int, allowed: np.ndarray | None = None, costs: bool = True) -> tuple[Fraction, list[Fraction]]:
    """The bound of dual values and the reduced costs, straight from the formula, in fractions."""
    n_rows = len(model.low)
    a, b = dense(model.arcs, n_rows), dense(model.extras, n_rows)
    u = [Fraction(int(v), scale) for v in duals]
    for r in range(n_rows):
        if (u[r] > 0 and model.low[r] <= -FREE) or (u[r] < 0 and model.high[r] >= FREE):
            u[r] = Fraction(0)
    arc = [(int(model.cost[k]) if costs else 0) - sum(u[r] * int(a[r, k]) for r in range(n_rows)) for k in range(model.n_arcs)]
    total, reduced = Fraction(0), []
    for p in range(model.n_people):
        mine = range(int(model.start[p]), int(model.start[p + 1]))
        least = min(arc[k] for k in mine if allowed is None or allowed[k])
        total += least
        reduced += [arc[k] - least for k in mine]
    for e in range(len(model.bank)):
        total += min(Fraction(0), (int(model.extra_cost[e]) if costs else 0) - sum(u[r] * int(b[r, e]) for r in range(n_rows))) * int(model.extra_upper[e])
    total += sum(u[r] * int(model.low[r] if u[r] > 0 else model.high[r]) for r in range(n_rows) if u[r])
    return total, reduced
