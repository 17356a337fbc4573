"""A proof that no plan costs less than a target: dual values, and branches where they alone do not reach it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Protocol

import highspy
import numpy as np

from mutasi_toolkit.assignment.clock import late, left
from mutasi_toolkit.assignment.highs import cost_unit, load
from mutasi_toolkit.assignment.model import Model, Priced, price
from mutasi_toolkit.assignment.relax import Restricted, restrict, rounded_duals

#: A tree with more leaves than this is not built; the bound is then that of the leaves.
MOST_LEAVES = 5_000
#: So many arcs nearest one half are tried before one is branched on: trees get some tens of times smaller.
TRIES = 4
#: Share of an arc that counts as whole.
WHOLE = 1e-6
#: A ray of an infeasible branch is stretched at most this many times.
STRETCH = 2**40


class Bounder(Protocol):
    """A way to bound the plans that use allowed arcs only, by whole dual values over `scale`; `tries` arcs are tried before a branch."""

    kind: str
    scale: int
    tries: int

    def priced(self, duals: np.ndarray, allowed: np.ndarray) -> int:
        """The scaled bound of duals."""

    def solve(self, allowed: np.ndarray, start: np.ndarray, target: int) -> tuple[np.ndarray, int, np.ndarray | None]:
        """Good duals, their scaled bound, and how much of every arc the relaxation takes (None: it takes none)."""


@dataclass(frozen=True, eq=False, slots=True)
class Node:
    """A node of the proof: two branches on an arc (within: it is taken), or a leaf with its duals.

    Attributes
    ----------
    arc : int
        The arc branched on, -1 for a leaf.
    within, without : int
        Positions of the two branches.
    duals : ndarray or None
        Of a leaf.
    bound : int
        Of a leaf, in units.
    """

    arc: int
    within: int
    without: int
    duals: np.ndarray | None
    bound: int


@dataclass(frozen=True, eq=False, slots=True)
class Proof:
    """What is proved.

    Attributes
    ----------
    bound : int
        No plan costs less (without the model's constant).
    kind : str
        'linear' (duals of rows) or 'knapsack' (prices of people).
    scale : int
        The duals are multiples of 1 / scale.
    target : int
        What was to be proved; arcs that the root's row duals exclude below it are in no branch.
    root : ndarray of int
        Duals of the root.
    nodes : tuple of Node
        The first is the root; a proof without branches has it alone.
    """

    bound: int
    kind: str
    scale: int
    target: int
    root: np.ndarray
    nodes: tuple[Node, ...]

    @property
    def leaves(self) -> int:
        """How many parts the proof has."""
        return sum(node.arc < 0 for node in self.nodes)


def units(scaled: int, scale: int) -> int:
    """A scaled bound in whole units: costs are whole, so a fraction is rounded up."""
    return -((-scaled) // scale)


def bound_of(priced: Priced) -> int:
    """The bound of row duals in whole units."""
    return units(priced.bound, priced.scale)


def survivors(priced: Priced, target: int) -> np.ndarray:
    """Arcs that a plan cheaper than `target` could take: bound + reduced cost <= target - 1."""
    return priced.bound + priced.reduced <= (target - 1) * priced.scale


def prove(model: Model, duals: np.ndarray, priced: Priced, target: int, deadline: float | None = None) -> Proof:
    """Prove by row duals that no plan costs less than `target`, or as much of it as the limits allow.

    Where the root's duals fall short, arcs are branched on: an arc is taken or not, and each part is
    proved by duals of its own. Arcs that the root's duals exclude from any plan below the target
    stay out of the branches.

    Parameters
    ----------
    model : Model
    duals : ndarray of int
        Root duals times the model's scale.
    priced : Priced
        What they prove.
    target : int
        Without the model's constant.
    deadline : float, optional
        Moment of `clock.now` after which open branches keep the bound they have.
    """
    root = bound_of(priced)
    if root >= target:
        return Proof(root, "linear", model.scale, target, duals, (Node(-1, 0, 0, duals, root),))
    allowed = survivors(priced, target)
    bounder = Linear(model, allowed, target, deadline)
    nodes = branch(model, bounder, allowed, duals, root, target, deadline)
    return Proof(min(target, least(nodes)), "linear", model.scale, target, duals, nodes)


def least(nodes: tuple[Node, ...]) -> int:
    """The least bound of the leaves."""
    return min(node.bound for node in nodes if node.arc < 0)


def branch(model: Model, bounder: Bounder, allowed: np.ndarray, duals: np.ndarray, bound: int, target: int, deadline: float | None) -> tuple[Node, ...]:
    """Branch depth first until every leaf reaches the target or a limit is met."""
    nodes: list[Node | None] = [None]
    open_: list[tuple[int, np.ndarray, np.ndarray, int]] = [(0, allowed, duals, bound)]
    leaves = 0
    while open_:
        at, here, duals, bound = open_.pop()
        over = late(deadline)
        pick = -1
        bound = bound if over else max(bound, units(bounder.priced(duals, here), bounder.scale))
        if bound < target and not over and leaves + len(open_) < MOST_LEAVES:
            own, scaled, values = bounder.solve(here, duals, target)
            if units(scaled, bounder.scale) >= bound:
                duals, bound = own, units(scaled, bounder.scale)
            pick = _pick(model, bounder, here, duals, bound, target, values) if bound < target else -1
        if pick < 0:
            nodes[at] = Node(-1, 0, 0, duals, bound)
            leaves += 1
            continue
        within, without = _parts(model, here, pick)
        nodes[at] = Node(pick, len(nodes), len(nodes) + 1, None, 0)
        open_ += [(len(nodes) + 1, without, duals, bound), (len(nodes), within, duals, bound)]
        nodes += [None, None]
    return tuple(node for node in nodes if node is not None)


def _parts(model: Model, allowed: np.ndarray, arc: int) -> tuple[np.ndarray, np.ndarray]:
    """Allowed arcs where an arc is taken, and where it is not."""
    within, without = allowed & (model.person != model.person[arc]), allowed.copy()
    within[arc], without[arc] = True, False
    return within, without


def _pick(model: Model, bounder: Bounder, allowed: np.ndarray, duals: np.ndarray, bound: int, target: int, values: np.ndarray | None) -> int:
    """The arc to branch on, -1 where nothing is left to split.

    Of the arcs nearest one half, the one whose two parts raise the bound most (as a product, so that both count).
    """
    if values is None:
        many = allowed & (np.bincount(model.person[allowed], minlength=model.n_people)[model.person] > 1)
        return int(np.flatnonzero(many)[0]) if many.any() else -1
    split = np.flatnonzero(allowed & (values > WHOLE) & (values < 1 - WHOLE))
    near = split[np.argsort(np.abs(values[split] - 0.5), kind="stable")[: bounder.tries]]
    if len(near) < 2:
        return int(near[0]) if len(near) else -1
    raised = []
    for arc in near:
        ends = [units(bounder.solve(part, duals, target)[1], bounder.scale) for part in _parts(model, allowed, arc)]
        raised.append(np.prod([1.0 + min(target, max(bound, end)) - bound for end in ends]))
        if min(ends) >= target:
            break
    return int(near[int(np.argmax(raised))])


class Linear:
    """Row duals from one live linear program."""

    kind = "linear"
    tries = TRIES

    def __init__(self, model: Model, allowed: np.ndarray, target: int, deadline: float | None = None) -> None:
        self.model, self.target, self.scale, self.deadline = model, target, model.scale, deadline
        self.program: Restricted = restrict(model, allowed)
        self.unit = cost_unit(self.program.program.cost)
        self.solver = load(self.program.program, whole=False, presolve="off")

    def priced(self, duals: np.ndarray, allowed: np.ndarray) -> int:
        """The scaled bound of row duals on the allowed arcs."""
        return price(self.model, duals, self.scale, allowed).bound

    def solve(self, allowed: np.ndarray, start: np.ndarray, target: int) -> tuple[np.ndarray, int, np.ndarray | None]:
        """Duals of the linear program of the allowed arcs."""
        n = len(self.program.arcs)
        upper = allowed[self.program.arcs].astype(np.float64)
        self.solver.changeColsBounds(n, np.arange(n, dtype=np.int32), np.zeros(n), upper)
        if self.deadline is not None:
            self.solver.setOptionValue("time_limit", self.solver.getRunTime() + (left(self.deadline) or 0.0))
        self.solver.run()
        if self.solver.getModelStatus() == highspy.HighsModelStatus.kInfeasible:
            return (*self._ray(allowed, start, target), None)
        solution = self.solver.getSolution()
        if not (solution.dual_valid and solution.value_valid):
            return start, self.priced(start, allowed), None
        duals = rounded_duals(self.model, self.program, np.array(solution.row_dual) * self.unit)
        values = np.zeros(self.model.n_arcs)
        values[self.program.arcs] = np.array(solution.col_value)[:n]
        return duals, self.priced(duals, allowed), values

    def _ray(self, allowed: np.ndarray, start: np.ndarray, target: int) -> tuple[np.ndarray, int]:
        """Duals along a dual ray of an infeasible program, far enough out that their bound passes the target."""
        found = self.solver.getDualRay()  # type: ignore[attr-defined]
        ray = np.array(found[2]) if len(found) > 2 and found[1] else np.zeros(0)
        for sign in (1.0, -1.0) if len(ray) and np.abs(ray).max() > 0 else ():
            stretch = 1
            while stretch <= STRETCH:
                duals = rounded_duals(self.model, self.program, sign * stretch * ray / np.abs(ray).max())
                scaled = self.priced(duals, allowed)
                if units(scaled, self.scale) >= target:
                    return duals, scaled
                stretch *= 4
        return start, self.priced(start, allowed)


def certificate(proof: Proof, names: tuple[str, ...]) -> dict[str, Any]:
    """The proof as plain values: root duals by name, and the branches with what differs from the root's.

    Parameters
    ----------
    proof : Proof
    names : tuple of str
        What the duals belong to: rows, or people.
    """
    out: dict[str, Any] = {
        "kind": proof.kind,
        "scale": proof.scale,
        "target": proof.target,
        "duals": {names[r]: int(proof.root[r]) for r in np.flatnonzero(proof.root)},
    }
    only = proof.nodes[0].duals
    if len(proof.nodes) > 1 or (only is not None and not np.array_equal(only, proof.root)):
        out["branches"] = [_plain(node, proof.root, names) for node in proof.nodes]
    return out


def _plain(node: Node, root: np.ndarray, names: tuple[str, ...]) -> dict[str, Any]:
    if node.duals is None:
        return {"arc": node.arc, "within": node.within, "without": node.without}
    return {"duals": {names[r]: int(node.duals[r]) for r in np.flatnonzero(node.duals != root)}}
