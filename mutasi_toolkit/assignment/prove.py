"""A proof that no plan costs less than a target: dual values, and branches where they alone do not reach it."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import highspy
import numpy as np

from mutasi_toolkit.assignment.highs import cost_unit, load
from mutasi_toolkit.assignment.model import Model, Priced, price
from mutasi_toolkit.assignment.relax import SCALE, Restricted, restrict, rounded_duals

#: A tree with more leaves than this is not built; the bound is then that of the leaves.
MOST_LEAVES = 20_000
#: Share of a column that counts as whole.
WHOLE = 1e-6
#: A ray of an infeasible branch is stretched at most this many times.
STRETCH = 2**40


@dataclass(frozen=True, eq=False)
class Branch:
    """A node of the proof: one of two branches on an arc, or a leaf with its dual values."""

    arc: int = -1
    without: Branch | None = None
    within: Branch | None = None
    duals: np.ndarray | None = None
    bound: int = 0


@dataclass(frozen=True, eq=False)
class Proof:
    """What is proved.

    Attributes
    ----------
    bound : int
        No plan costs less (without the model's constant).
    tree : Branch
        Its leaves' bounds are at least `bound`, over the arcs that the root's duals leave.
    leaves : int
    """

    bound: int
    tree: Branch
    leaves: int


def bound_of(priced: Priced) -> int:
    """The bound in whole units: costs are whole, so a fraction is rounded up."""
    return -((-priced.bound) // SCALE)


def survivors(priced: Priced, target: int) -> np.ndarray:
    """Arcs that a plan cheaper than `target` could take: bound + reduced cost <= target - 1."""
    return priced.bound + priced.reduced <= (target - 1) * SCALE


def prove(model: Model, duals: np.ndarray, priced: Priced, target: int, deadline: float | None = None) -> Proof:
    """Prove that no plan costs less than `target`, or as much of it as the limits allow.

    Where the root's duals fall short, persons are branched on: an arc is taken or not, and each
    part is proved by duals of its own. Arcs that the root's duals exclude from any plan below the
    target stay out of the branches.

    Parameters
    ----------
    model : Model
    duals : ndarray of int
        Root duals times SCALE, and `priced`, what they prove.
    priced : Priced
    target : int
        Without the model's constant.
    deadline : float, optional
        `time.monotonic()` after which open branches keep the bound they have.
    """
    root = bound_of(priced)
    if root >= target:
        return Proof(root, Branch(duals=duals, bound=root), 1)
    allowed = survivors(priced, target)
    if not np.maximum.reduceat(allowed, model.start[:-1]).all():
        return Proof(target, Branch(duals=duals, bound=target), 1)
    search = _Search(model, allowed, target, deadline)
    tree = search.run(duals, root)
    return Proof(min(target, _least(tree)), tree, search.leaves)


def _least(tree: Branch) -> int:
    stack, least = [tree], None
    while stack:
        node = stack.pop()
        if node.without is None or node.within is None:
            least = node.bound if least is None else min(least, node.bound)
        else:
            stack += [node.without, node.within]
    assert least is not None
    return least


class _Search:
    """Depth-first branching on one live linear program."""

    def __init__(self, model: Model, allowed: np.ndarray, target: int, deadline: float | None) -> None:
        self.model, self.target, self.deadline = model, target, deadline
        self.allowed = allowed
        self.program: Restricted = restrict(model, allowed)
        self.unit = cost_unit(self.program.program.cost)
        self.solver = load(self.program.program, whole=False, presolve="off")
        self.leaves = 0

    def run(self, duals: np.ndarray, root: int) -> Branch:
        return self._node(np.ones(len(self.program.arcs), dtype=bool), duals, root)

    def _node(self, open_: np.ndarray, duals: np.ndarray, bound: int) -> Branch:
        late = self.deadline is not None and time.monotonic() > self.deadline
        if late or self.leaves >= MOST_LEAVES:
            self.leaves += 1
            return Branch(duals=duals, bound=bound)
        own, values = self._solve(open_)
        if own is not None:
            mine = bound_of(self._priced(own, open_))
            if mine >= bound:
                duals, bound = own, mine
        pick = self._pick(open_, values) if bound < self.target else -1
        if pick < 0:
            self.leaves += 1
            return Branch(duals=duals, bound=bound)
        same = self.model.person[self.program.arcs] == self.model.person[self.program.arcs[pick]]
        less, only = open_.copy(), open_.copy()
        less[pick] = False
        only[same] = False
        only[pick] = True
        within = self._node(only, duals, self._again(duals, only, bound))
        without = self._node(less, duals, self._again(duals, less, bound))
        return Branch(int(self.program.arcs[pick]), without, within)

    def _again(self, duals: np.ndarray, open_: np.ndarray, bound: int) -> int:
        return max(bound, bound_of(self._priced(duals, open_)))

    def _priced(self, duals: np.ndarray, open_: np.ndarray) -> Priced:
        allowed = self.allowed.copy()
        allowed[self.program.arcs[~open_]] = False
        return price(self.model, duals, SCALE, allowed)

    def _solve(self, open_: np.ndarray) -> tuple[np.ndarray | None, np.ndarray | None]:
        """Duals that bound the node, and the values of its arcs (None where it holds no plan)."""
        n = len(open_)
        self.solver.changeColsBounds(n, np.arange(n, dtype=np.int32), np.zeros(n), open_.astype(np.float64))
        self.solver.run()
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return self._ray(open_), None
        solution = self.solver.getSolution()
        if not solution.dual_valid:
            return None, np.array(solution.col_value)[:n] if solution.value_valid else None
        duals = rounded_duals(self.model, self.program, np.array(solution.row_dual) * self.unit)
        return duals, np.array(solution.col_value)[:n]

    def _ray(self, open_: np.ndarray) -> np.ndarray | None:
        """Duals along a dual ray, far enough out that their bound passes the target."""
        found = self.solver.getDualRay()
        ray = np.array(found[2]) if len(found) > 2 and found[1] else None
        if ray is None or not len(ray):
            return None
        best = None
        for sign in (1.0, -1.0):
            stretch = 1
            while stretch <= STRETCH:
                duals = rounded_duals(self.model, self.program, sign * stretch * ray / np.abs(ray).max())
                if bound_of(self._priced(duals, open_)) >= self.target:
                    return duals
                stretch *= 4
        return best

    def _pick(self, open_: np.ndarray, values: np.ndarray | None) -> int:
        """The arc to branch on: of the person most split, the one taken most; -1 where nothing is left to split."""
        arcs = self.program.arcs
        person = self.model.person[arcs]
        if values is None:
            many = open_ & (np.bincount(person[open_], minlength=self.model.n_people)[person] > 1)
            return int(np.flatnonzero(many)[0]) if many.any() else -1
        share = np.where(open_, values, 0.0)
        split = open_ & (share > WHOLE) & (share < 1 - WHOLE)
        if not split.any():
            return -1
        top = np.zeros(self.model.n_people)
        np.maximum.at(top, person, share)
        score = np.where(split, np.abs(share - 0.5), 2.0)
        score = np.where(split & (share < top[person]), score + 0.5, score)
        return int(np.argmin(score))


def tree_of(proof: Proof, model: Model, root: np.ndarray) -> dict[str, Any] | None:
    """The branches as plain values: per leaf the duals that differ from the root's, by row name; None for a lone leaf."""
    if proof.tree.without is None:
        return None
    return _plain(proof.tree, model, root)


def _plain(node: Branch, model: Model, root: np.ndarray) -> dict[str, Any]:
    if node.without is None or node.within is None:
        assert node.duals is not None
        changed = np.flatnonzero(node.duals != root)
        return {"duals": {model.names[r]: int(node.duals[r]) for r in changed}}
    return {"arc": node.arc, "within": _plain(node.within, model, root), "without": _plain(node.without, model, root)}
