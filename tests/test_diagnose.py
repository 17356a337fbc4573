"""Conflicts and ways out against enumeration of tiny instances, and on the example cycle."""

from __future__ import annotations

import itertools
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from brute.world import draw_island, draw_settings, write_sea

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, diagnose, solve
from mutasi_toolkit.assignment.build import problem_of_cycle
from mutasi_toolkit.assignment.diagnose import _program
from mutasi_toolkit.assignment.elastic import PRICES, elastic, smallest_conflict
from mutasi_toolkit.assignment.model import completed


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


def _broken(problem: Problem, arcs: np.ndarray, sent: list[tuple[str, str]]) -> set[str]:
    """Rules that one choice of seats breaks: rows of the model, people over what a seat class holds, decisions not followed."""
    model = problem.model
    extras, chosen = completed(model, arcs), np.zeros(model.n_arcs, dtype=np.int64)
    chosen[arcs] = 1
    value = model.arcs.into(chosen, len(model.low)) + model.extras.into(extras, len(model.low))
    out = set()
    for bank in np.unique(model.bank):
        if model.names[bank].startswith("isi|") and value[bank] > model.high[bank]:
            out.add(model.names[bank])
            last = np.flatnonzero(model.bank == bank)[-1]
            part = model.extras.of(np.array([last]))
            also = part.row != bank
            value[part.row[also]] += np.abs(part.value[also]) * (value[bank] - model.high[bank])
    wrong = (value < model.low) | (value > model.high)
    out |= {n for n, bad in zip(model.names, wrong, strict=True) if bad and n.split("|")[0] not in {"isi", "tahu", "unit", "cadangan"}}
    seats = dict(zip(problem.people, problem.seats[problem.seat[arcs]], strict=True))
    return out | {f"keputusan|{p}|{s}" for p, s in sent if seats[p] != s}


def _hopeless(folder: Path, seed: int) -> mt.Cycle:
    """An island whose group and decisions ask for much."""
    rng = np.random.default_rng([seed, 5])
    settings = draw_settings(rng)
    settings["jaminan"]["kelompok"] = [{"kolom": "jenis_kelamin", "nilai": "P", "hitung": "pindah", "paling_sedikit": int(rng.integers(1, 4))}]
    settings["anggaran"]["pindah"] = int(rng.integers(0, 2))
    island = replace(draw_island(rng, "A"), group=None, decisions=())
    people = tuple(replace(p, status="PNS", punished=False, since="sedang") for p in island.people[:4])
    seats = tuple(replace(s, head=False, locked=False) for s in island.seats)
    sent = [(k, "terima", int(rng.integers(len(seats)))) for k in range(2)]
    cycle = write_sea(folder, [replace(island, people=people, seats=seats, conflicts=((0, 1),))], settings)
    return _decide(cycle, [(f"AP{p}", f"AJ{s}") for p, _, s in sent if s != people[p].own])


def test_conflicts_of_rules_are_the_smallest_of_all_on_tiny_cycles(tmp_path: Path) -> None:
    seen = []
    for seed in range(14):
        cycle = _hopeless(tmp_path / str(seed), seed)
        try:
            problem = Problem.from_cycle(cycle)
        except mt.InfeasibleError:
            continue
        found = diagnose(problem)
        items = {item.name for item in _program(problem, None).items}
        sent = [(i.split("|")[1], i.split("|")[2]) for i in sorted(items) if i.startswith("keputusan|")]
        pairs = [[labels.get_loc(d) for d in cycle.keputusan[c]] for labels, c in ((problem.people, "pegawai_id"), (problem.seats, "jabatan_id"))]
        free = problem_of_cycle(_decide(cycle, []), also=np.array(pairs, dtype=np.int64).T)
        assert len(sent) == len(cycle.keputusan)
        options = [range(a, b) for a, b in itertools.pairwise(free.model.start)]
        ways = {frozenset(_broken(free, np.array(c), sent)) for c in itertools.product(*options)}
        assert found.feasible == (frozenset() in ways), seed
        if found.feasible:
            continue
        named = sorted(set().union(*ways))
        size = next(k for k in range(1, len(named) + 1) if any(all(set(s) & w for w in ways) for s in itertools.combinations(named, k)))
        conflict = set(found.conflict["aturan"])
        assert found.smallest, seed
        assert len(conflict) == size, (seed, conflict)
        assert all(conflict & way for way in ways), seed
        seen.append(size)
    assert len(seen) >= 10
    assert max(seen) >= 2


def test_a_group_and_the_holders_of_a_skill_are_named(contoh: mt.Cycle) -> None:
    group = {"kolom": "jenis_kelamin", "nilai": "P", "opd": "O15", "hitung": "ada", "paling_sedikit": 60}
    found = diagnose(Problem.from_cycle(contoh.with_settings(jaminan={"kelompok": [group]})))
    women = contoh.pegawai["jenis_kelamin"].eq("P") & contoh.pegawai["jabatan_id"].map(contoh.seat["opd_id"]).eq("O15")
    assert f"at least 60 people there after the moves (today {int(women.sum())})" in found.text("en")
    assert "jenis_kelamin = P di Dinas" in found.text("id")
    sole = diagnose(Problem.from_cycle(_decide(contoh, [("196908161992072000", "O15S-04")])))
    holder = sole.conflict.set_index("jenis").loc["pemegang"]
    skill = contoh.keahlian["keahlian"].eq(holder["aturan"].split("|")[2]) & contoh.keahlian["pegawai_id"].eq("196908161992072000")
    assert holder["pegawai"] == ("196908161992072000",)
    assert skill.sum() == 1


def test_decisions_that_contradict_each_other_are_told_in_the_language_asked_for(contoh: mt.Cycle) -> None:
    twice = _decide(contoh, [("197005131994051000", "O15S-04"), ("197005131994051000", "O15B2-02")])
    for language, said in (("id", "Sisakan satu keputusan"), ("en", "Leave one decision")):
        with pytest.raises(mt.InfeasibleError, match=said):
            mt.propose(twice, language)
