"""Conflicts and ways out against enumeration of tiny instances, and on the example cycle."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, diagnose, solve
from mutasi_toolkit.assignment.elastic import PRICES, elastic, smallest_conflict


def _fits(options: list[list[str]], capacity: dict[str, float]) -> bool:
    """Whether the people given can each have one of their places."""
    return any(all(chosen.count(s) <= capacity[s] for s in chosen) for chosen in itertools.product(*options))


def _smallest(options: dict[str, list[str]], capacity: dict[str, int]) -> int:
    """Size of the smallest set of capacities and people that cannot hold together."""
    items = [("capacity", s) for s in capacity] + [("orang", p) for p in options]
    for size in range(1, len(items) + 1):
        for kept in itertools.combinations(items, size):
            held = {s: (capacity[s] if ("capacity", s) in kept else np.inf) for s in capacity}
            if not _fits([options[p] for kind, p in kept if kind == "orang"], held):
                return size
    return 0


def _cheapest(options: dict[str, list[str]], capacity: dict[str, int]) -> float:
    """Least price over all assignments, some people left out."""
    best = np.inf
    for chosen in itertools.product(*[[*o, None] for o in options.values()]):
        over = sum(max(0, chosen.count(s) - capacity[s]) for s in capacity)
        best = min(best, over * PRICES["capacity"] + chosen.count(None) * PRICES["orang"])
    return best


@pytest.mark.parametrize("seed", range(8))
def test_conflict_is_the_smallest_and_the_way_out_the_cheapest(seed: int) -> None:
    rng = np.random.default_rng(seed)
    options = {f"p{i}": sorted({f"s{j}" for j in rng.integers(0, 3, 2)}) for i in range(5)}
    capacity = {f"s{j}": int(rng.integers(0, 3)) for j in range(3)}
    pairs = pd.DataFrame([(p, s, 1) for p, o in options.items() for s in o], columns=["person", "position", "cost"])
    capacity = {s: c for s, c in capacity.items() if s in set(pairs["position"])}
    problem = Problem.from_pairs(pairs, capacity)
    found = diagnose(problem)
    possible = _fits(list(options.values()), capacity)
    assert found.feasible == possible
    if possible:
        assert solve(problem).status == "optimal"
        return
    assert found.smallest
    assert len(found.conflict) == _smallest(options, capacity)
    price = found.relaxations["jenis"].map(PRICES)
    assert (price * found.relaxations["longgar"]).sum() == _cheapest(options, capacity)
    looser = {s: capacity[s] for s in capacity}
    for row in found.relaxations.itertuples():
        looser[row.jabatan[0]] += row.longgar
    assert _fits(list(options.values()), looser)
    for language in ("id", "en"):
        assert len(found.text(language).splitlines()) == 2 + len(found.conflict) + len(found.relaxations)


def test_halving_finds_an_irreducible_conflict_too() -> None:
    pairs = pd.DataFrame({"person": ["a", "b", "c", "d"], "position": ["x", "x", "x", "y"], "cost": 1})
    program = elastic(Problem.from_pairs(pairs, {"x": 1, "y": 1}))
    conflict, smallest = smallest_conflict(program, program.solve(set()), most=0)
    names = {program.items[k].name for k in conflict}
    assert not smallest
    assert len(names) == 3
    assert "capacity|x" in names
    assert names <= {"capacity|x", "orang|a", "orang|b", "orang|c"}


def _decide(cycle: mt.Cycle, pairs: list[tuple[str, str]]) -> mt.Cycle:
    rows = [{"pegawai_id": p, "jabatan_id": j, "putusan": "terima", "alasan": "", "oleh": "", "usulan_id": ""} for p, j in pairs]
    return replace(cycle, keputusan=pd.DataFrame(rows, columns=cycle.keputusan.columns).astype(cycle.keputusan.dtypes.to_dict()))


def test_decisions_beyond_the_budget_are_named(contoh: mt.Cycle) -> None:
    moves = solve(Problem.from_cycle(contoh)).moves
    pairs = list(moves.head(2).itertuples(index=False, name=None))
    held = _decide(contoh, pairs).with_settings(anggaran={"pindah": 0})
    problem = Problem.from_cycle(held)
    with pytest.raises(mt.InfeasibleError, match="diagnose"):
        solve(problem)
    found = diagnose(problem)
    assert not found.feasible
    assert found.smallest
    assert set(found.conflict["jenis"]) == {"anggaran", "keputusan"}
    assert len(found.conflict) == 2
    raised = found.relaxations.set_index("aturan")["longgar"].get("anggaran|pindah", 0.0)
    withdrawn = found.relaxations.loc[found.relaxations["jenis"] == "keputusan", "pegawai"].map(lambda v: v[0])
    looser = _decide(held, [p for p in pairs if p[0] not in set(withdrawn)]).with_settings(anggaran={"pindah": int(raised)})
    assert solve(Problem.from_cycle(looser)).status == "optimal"
    assert "mutasi" in found.text("id")
    assert pairs[0][0] in found.text("en") or pairs[1][0] in found.text("en")


def test_a_problem_with_a_plan_has_no_conflict(contoh: mt.Cycle) -> None:
    found = diagnose(Problem.from_cycle(contoh))
    assert found.feasible
    assert not len(found.conflict)
    assert not len(found.relaxations)


def test_exit_3_prints_the_conflict(contoh: mt.Cycle) -> None:
    moves = solve(Problem.from_cycle(contoh)).moves
    held = _decide(contoh, list(moves.head(1).itertuples(index=False, name=None))).with_settings(anggaran={"pindah": 0})
    with pytest.raises(mt.InfeasibleError, match="Anggaran: paling banyak 0 mutasi") as caught:
        mt.propose(held)
    assert caught.value.exit_code == 3
