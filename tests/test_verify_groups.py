"""Plans of groups: cost, bound and faults counted person by person, and the numbers that a plan states."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import numpy as np

from mutasi_toolkit.assignment import verify
from mutasi_toolkit.assignment.audit import groups as of_groups
from mutasi_toolkit.assignment.grouped import GroupedPlan, Groups
from mutasi_toolkit.assignment.verify import Verification, Violation


def some_groups(rng: np.random.Generator) -> tuple[Groups, np.ndarray]:
    """Two or three groups, three cells filled along segments, and a seating of them at random."""
    n, m = int(rng.integers(2, 4)), 3
    number = rng.integers(1, 5, n)
    choices = [np.sort(rng.choice(m, int(rng.integers(1, m + 1)), replace=False)) for _ in range(n)]
    group, cell = np.repeat(np.arange(n), list(map(len, choices))), np.concatenate(choices)
    stay = np.array([np.flatnonzero(group == i)[0] for i in range(n)])
    segment_cell = np.array([0, 0, 1, 2, 2])
    room = rng.integers(0, 4, 5)
    rise = np.array([0, 4, 0, 0, 7])
    flow = np.zeros(len(group), dtype=np.int64)
    for i in range(n):
        for k in rng.choice(np.flatnonzero(group == i), int(number[i])):
            flow[k] += 1
    least, settled = rng.integers(0, 2, m), rng.integers(0, 3, m)
    return Groups(number, group, cell, rng.integers(-5, 6, len(group)), stay, settled, least, segment_cell, room, rng.integers(-6, 6, 5) + rise, int(rng.integers(0, 8)), int(rng.integers(-9, 9))), flow


def plan_of(g: Groups, flow: np.ndarray, **changes: Any) -> GroupedPlan:
    """A plan of a flow whose numbers are right as far as nothing else is said."""
    plan = GroupedPlan(flow=flow, objective=0, bound=-(10**9), moves=int(sum(f for k, f in enumerate(flow) if k not in g.stay)), price=0, cell_price=np.zeros(3, dtype=np.int64), solves=0)
    return replace(plan, **changes)


def filled(g: Groups, flow: np.ndarray) -> list[int]:
    """People of every cell above its least, one by one."""
    out = [int(s) - int(v) for s, v in zip(g.settled, g.least, strict=True)]
    for k, f in enumerate(flow):
        out[g.cell[k]] += int(f)
    return out


def segments(g: Groups, cell: int) -> list[int]:
    """What each further person in a cell costs, in order."""
    return [int(c) for j, room, c in zip(g.segment_cell, g.segment_room, g.segment_cost, strict=True) if j == cell for _ in range(room)]


def test_groups_cost_and_prove_what_is_counted_person_by_person() -> None:
    rng = np.random.default_rng(2)
    full = 0
    for _ in range(150):
        g, flow = some_groups(rng)
        extra = filled(g, flow)
        cost = g.constant + sum(int(c) * int(f) for c, f in zip(g.cost, flow, strict=True))
        cost += sum(sum(segments(g, j)[: max(0, extra[j])]) for j in range(3))
        assert of_groups.objective(g, plan_of(g, flow)) == cost
        price, u = int(rng.integers(0, 5)), rng.integers(-6, 7, 3)
        worth = [int(c) + (0 if k in g.stay else price) - int(u[j]) for k, (c, j) in enumerate(zip(g.cost, g.cell, strict=True))]
        proved = g.constant - price * g.budget
        proved += sum(int(many) * min(w for w, i in zip(worth, g.group, strict=True) if i == who) for who, many in enumerate(g.number))
        proved += sum(min(0, c + int(u[j])) for j in range(3) for c in segments(g, j))
        proved -= sum(int(u[j]) * (int(g.settled[j]) - int(g.least[j])) for j in range(3))
        assert of_groups.bound(g, price, u) == proved
        wrong = [j for j in range(3) if not 0 <= extra[j] <= len(segments(g, j))]
        moved = plan_of(g, flow).moves
        told = list(of_groups.faults(g, plan_of(g, flow)))
        expected: list[Any] = [
            ("kapasitas", "capacity", (), (j,), {"told": extra[j] + int(g.least[j]), "limit": int(g.least[j]) + (len(segments(g, j)) if extra[j] > 0 else 0)}) for j in wrong
        ]  # fmt: skip
        expected += [("anggaran.pindah", "limit", (), (), {"name": "pindah", "told": moved, "limit": g.budget})] if moved > g.budget else []
        assert told == expected
        if not wrong and moved <= g.budget:
            assert proved <= cost
            full += 1
    assert full > 10


def test_plans_of_groups_that_are_no_seating() -> None:
    g = next(found for found in (some_groups(np.random.default_rng(seed)) for seed in range(50)) if len(found[0].group) > 4 and found[1].min() == 0)
    groups, flow = g
    empty, first = int(np.argmin(flow)), int(np.argmax(flow))
    assert list(of_groups.faults(groups, plan_of(groups, flow[1:]))) == [("penempatan", "once", (), (), {})]
    assert list(of_groups.faults(groups, plan_of(groups, flow.astype(float)))) == [("penempatan", "once", (), (), {})]
    less = flow.copy()
    less[first] -= 1
    assert ("penempatan", "once", (int(groups.group[first]),), (), {}) in list(of_groups.faults(groups, plan_of(groups, less)))
    other = next(k for k in range(len(flow)) if groups.group[k] == groups.group[empty] and k != empty)
    back = flow.copy()
    back[empty], back[other] = -1, back[other] + flow[empty] + 1
    assert ("penempatan", "once", (), (int(groups.cell[empty]),), {}) in list(of_groups.faults(groups, plan_of(groups, back)))
    assert ("penempatan", "moves", (), (), {}) in list(of_groups.faults(groups, plan_of(groups, flow, moves=plan_of(groups, flow).moves + 1)))
    zero = np.zeros(3, dtype=np.int64)
    assert of_groups.bound(groups, -1, zero) is None
    assert of_groups.bound(groups, 0.5, zero) is None  # type: ignore[arg-type]
    assert of_groups.bound(groups, 0, zero[:2]) is None
    assert of_groups.bound(groups, 0, zero) is not None
    nobody = Groups(**{**{f.name: getattr(groups, f.name) for f in fields(groups)}, "number": np.append(groups.number, 1), "stay": np.append(groups.stay, 0)})
    assert of_groups.bound(nobody, 0, zero) is None
    none = np.zeros(0, dtype=np.int64)
    plain = replace(groups, segment_cell=none, segment_room=none, segment_cost=none)
    assert (of_groups.objective(plain, plan_of(plain, flow)), of_groups.bound(plain, 0, zero)) == (
        int(groups.constant) + int((groups.cost * flow).sum()),
        int(groups.constant) + sum(int(many) * int(groups.cost[groups.group == i].min()) for i, many in enumerate(groups.number)),
    )
    single = np.arange(7)
    seven = Groups(np.ones(7, dtype=np.int64), single, single, np.zeros(7, dtype=np.int64), single, np.zeros(7, dtype=np.int64), np.zeros(7, dtype=np.int64), none, none, none, 0)
    assert next(of_groups.faults(seven, plan_of(seven, np.zeros(7, dtype=np.int64)))) == ("penempatan", "once", (0, 1, 2, 3, 4), (), {})
    crowd = [f[3] for f in of_groups.faults(seven, plan_of(seven, np.ones(7, dtype=np.int64)))]
    assert crowd == [(0,), (1,), (2,), (3,), (4,)], "five are named"
    huge = plan_of(groups, flow)
    dear = replace(groups, cost=groups.cost + 2**61)
    assert of_groups.objective(dear, huge) == of_groups.objective(groups, huge) + int(flow.sum()) * 2**61


def test_a_plan_of_groups_states_its_cost_and_no_more_than_its_prices_prove() -> None:
    groups, flow = next(found for found in (some_groups(np.random.default_rng(seed)) for seed in range(200)) if not list(of_groups.faults(found[0], plan_of(*found))))
    objective, bound = of_groups.objective(groups, plan_of(groups, flow)), of_groups.bound(groups, 0, np.zeros(3, dtype=np.int64))
    right = plan_of(groups, flow, objective=objective, bound=bound)
    assert verify(groups, right) == Verification((), float(objective), float(bound))  # type: ignore[arg-type]
    said = {
        "objective": (replace(right, objective=objective + 1), ("tujuan", {"what": "objective", "told": objective + 1, "found": objective})),
        "bound": (replace(right, bound=bound + 1), ("batas", {"what": "bound", "told": bound + 1, "found": bound})),
        "certificate": (replace(right, price=-1), ("sertifikat", {"what": "certificate", "why": "prices"})),
    }
    for plan, (rule, values) in said.values():
        found = verify(groups, plan)
        assert [(v.rule, v.values) for v in found.violations] == [(rule, values)]
        assert not found.ok
    assert verify(groups, said["certificate"][0]).bound is None
    assert verify(groups, replace(right, bound=bound - 1)).ok
    assert verify(groups, replace(right, flow=flow[1:])) == Verification((Violation("penempatan", values={"what": "once"}),), None, None)
