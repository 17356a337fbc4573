"""Very large models whose parts share nothing but the budget of moves: solved part by part at one price of a move.

Without row (3) of all moves the model falls into parts b (the offices of a ministry whose moves stay within each, R37).
With x_b a plan of part b, c_b x_b its cost and m_b x_b its moves,

    minimise sum_b c_b x_b  with  (3) sum_b m_b x_b <= B.

For every price l >= 0 of a move, with X_b the linear relaxation of part b,

    bound(l) = sum_b L_b(l) - l B,   L_b(l) = min over X_b of (c_b + l m_b) x_b,

bounds every plan. Each solution x found at some price says that ``L_b(l) <= c_b x + l m_b x`` at all prices: lines whose least
is concave in l, so the price where the sum of the leasts is greatest is tried next, until no price is better than one tried.
Row duals of the parts and the price are duals of the whole model, and prove the bound in whole numbers. The plan
takes the moves of each part at that price, made whole, as a budget of its own, and each part is solved
to its end; so it keeps every row, and what it costs above the bound is known.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from mutasi_toolkit.assignment.clock import late, share
from mutasi_toolkit.assignment.divide import Part, budget_row, parts_of
from mutasi_toolkit.assignment.model import Model, completed, faults_of, objective_of, price
from mutasi_toolkit.assignment.prove import Node, Proof, bound_of
from mutasi_toolkit.assignment.relax import LARGE, Relaxed, relax, restrict
from mutasi_toolkit.assignment.search import Found, search

#: Prices tried at most.
MOST_PRICES = 30
#: The second price is no further from the first than this part of it; how far prices may leave those tried doubles each time.
FIRST_STEP = 64
#: No move is worth more than this, in units.
DEAREST = 2**40
#: Values of lines, and moves, closer than this are the same.
LINE = 1e-6
#: Share of a time limit that may go into the price.
PRICING = 0.5


def search_by_office(model: Model, deadline: float | None = None) -> Found | None:
    """A plan of a very large model whose parts share nothing but the budget of moves, with the bound of one price.

    Special cases: None where the model is not that large, has no budget, does not fall into parts, or a part finds no plan within its
    share; `search` is then the way. Equal plans are told apart within a part, not between parts.

    Parameters
    ----------
    model : Model
    deadline : float, optional
        Moment of `clock.now` by which to end.

    Returns
    -------
    Found or None
    """
    row = budget_row(model)
    parts = parts_of(model, row) if row >= 0 and model.n_arcs > LARGE else []
    if not parts:
        return None
    budget, lines = int(model.high[row]), [Lines(part) for part in parts]
    best = best_price(lines, budget, _guess(parts, budget), share(deadline, PRICING))
    arcs = None if best is None else _plan(model, best, parts, shares(lines, budget), deadline)
    if best is None or arcs is None:
        return None
    relaxed = _whole_relaxed(model, row, parts, best)
    objective, bound = objective_of(model, arcs, completed(model, arcs)), bound_of(relaxed.priced)
    proof = Proof(bound, "linear", model.scale, bound, relaxed.duals, (Node(-1, 0, 0, relaxed.duals, bound),))
    return Found(arcs, objective, bound + model.constant, proof, relaxed, True)


def _guess(parts: list[Part], budget: int) -> int:
    """The price of a move in the largest part, whose share of the budget is that of its people."""
    largest = max(parts, key=lambda part: len(part.arcs))
    most = budget * len(largest.people) // sum(len(part.people) for part in parts)
    found = relax(largest.within(most))
    return max(0, -int(found.duals[-1]) // found.priced.scale)


def _plan(model: Model, best: BestPrice, parts: list[Part], most: np.ndarray, deadline: float | None) -> np.ndarray | None:
    """The arcs of a plan of every part within its share of the moves; what a part leaves goes to the next."""
    out, over = [], 0
    for k, (part, relaxed) in enumerate(zip(parts, best.relaxed, strict=True)):
        found = search(part.within(int(most[k]) + over), share(deadline, 1 / (len(parts) - k)), begin=relaxed.kept)
        if found.arcs is None:
            return None
        over += int(most[k]) - int(part.counted[found.arcs].sum())
        out.append(part.arcs[found.arcs])
    arcs = np.sort(np.concatenate(out))
    return None if len(faults_of(model, arcs, completed(model, arcs))) else arcs


def _whole_relaxed(model: Model, row: int, parts: list[Part], best: BestPrice) -> Relaxed:
    """The duals of the parts and the price of a move as duals of the model, and what they prove."""
    duals, kept = np.zeros(len(model.low), dtype=np.int64), np.zeros(model.n_arcs, dtype=bool)
    duals[row] = -best.price * model.scale
    for part, relaxed in zip(parts, best.relaxed, strict=True):
        duals[part.rows] = relaxed.duals[:-1]
        kept[part.arcs[relaxed.kept]] = True
    answer = replace(best.relaxed[0].answer, status="unknown", values=None, duals=None, basis=None)
    return Relaxed(duals, price(model, duals, model.scale), kept, answer, restrict(model, kept), True, False)


@dataclass(eq=False)
class Lines:
    """What the prices tried so far say of one part: the cost and the moves of each solution, and the relaxation last solved."""

    part: Part
    costs: list[float] = field(default_factory=list)
    moves: list[float] = field(default_factory=list)
    relaxed: Relaxed | None = None

    def solve(self, price: int, deadline: float | None = None) -> Relaxed:
        """The relaxation at a price, begun with the arcs of the last; its solution is one more line."""
        model, last = self.part.priced(price), self.relaxed
        if last is not None:
            model = replace(model, hint=last.duals // model.scale)
        found = relax(model, deadline, like=last)
        self.relaxed = found
        if found.feasible and found.answer.values is not None:
            used = found.answer.values[: len(found.program.arcs)]
            moves = float(used @ self.part.counted[found.program.arcs]) + float(self.part.counted[found.program.settled].sum())
            self.moves.append(moves)
            self.costs.append(found.answer.objective + found.program.offset - price * moves)
        return found

    def least(self, price: float) -> float:
        """The least of the lines at a price."""
        return min(c + price * m for c, m in zip(self.costs, self.moves, strict=True))

    def moves_at(self, price: float) -> float:
        """Moves of the line that is least at a price; the fewest where several are."""
        most = self.least(price) + LINE
        return min(m for c, m in zip(self.costs, self.moves, strict=True) if c + price * m <= most)


@dataclass(frozen=True, eq=False, slots=True)
class BestPrice:
    """The best price tried, what it proves (times the scale), and the relaxation of every part there."""

    price: int
    bound: int
    relaxed: list[Relaxed]


def best_price(lines: list[Lines], budget: int, first: int, deadline: float | None = None) -> BestPrice | None:
    """The price of a move with the greatest bound; None where a part has no plan at all.

    Prices leave those tried by small steps first, since lines tell little far from where they were found. The search ends where no price
    can prove more than a unit for each part above the best one.

    Parameters
    ----------
    lines : list of Lines
        Of every part; what is tried is added.
    budget : int
        Moves in all.
    first : int
        The price to begin with, in units.
    deadline : float, optional
    """
    best: BestPrice | None = None
    tried: list[int] = []
    price, step = first, max(1, first // FIRST_STEP)
    while price not in tried and len(tried) < MOST_PRICES and not (best and late(deadline)):
        found = [line.solve(price, deadline) for line in lines]
        if not all(r.feasible and r.answer.values is not None for r in found):
            return None if best is None or not all(r.feasible for r in found) else best
        bound = sum(r.priced.bound for r in found) - price * budget * found[0].priced.scale
        if best is None or bound > best.bound:
            best = BestPrice(price, bound, found)
        tried.append(price)
        at = crossing(lines, budget)
        most = sum(line.least(at) for line in lines) - at * budget
        if most - best.bound / found[0].priced.scale <= len(lines):
            break
        price = min(max(at, min(tried) - step, 0), max(tried) + step)
        step *= 2
    return best


def crossing(lines: list[Lines], budget: int) -> int:
    """The least price at which the lines that are least take no more moves than the budget."""
    low, high = 0, DEAREST
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if sum(line.moves_at(middle) for line in lines) <= budget else (middle + 1, high)
    return low


def shares(lines: list[Lines], budget: int) -> np.ndarray:
    """Moves of every part, whole, `budget` in all: between those where the lines cross the budget and those just below that price.

    Examples
    --------
    >>> lines = [Lines(None, [0.0, -30.0], [0.0, 3.0]), Lines(None, [0.0, -10.0], [0.0, 1.0])]
    >>> crossing(lines, 2), shares(lines, 2).tolist()
    (10, [2, 0])
    """
    at = crossing(lines, budget)
    few, many = (np.array([line.moves_at(p) for line in lines]) for p in (at, at - 1))
    room = many.sum() - few.sum()
    wanted = few + (many - few) * (np.clip((budget - few.sum()) / room, 0.0, 1.0) if room > 0 else 0.0)
    out = np.floor(wanted + LINE).astype(np.int64)
    more = np.argsort(out - wanted, kind="stable")[: max(0, min(budget - int(out.sum()), len(out)))]
    out[more] += 1
    return out
