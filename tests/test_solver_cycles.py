"""Rows and terms of the model of a cycle, plan by plan, against the second reading of its tables; what solving reports of them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from brute.sea import draw_sea
from brute.world import SKILLS, gains_of, write_sea

from mutasi_toolkit.assignment import Problem, price_sentences, prices, solve
from mutasi_toolkit.assignment.model import FREE, completed, faults_of, objective_of
from mutasi_toolkit.assignment.search import search
from mutasi_toolkit.assignment.solve import terms_of

#: Plans of an island that are looked at.
PLANS = 50


@pytest.mark.parametrize("seed", [0, 1, 2, 3, 4, 6, 8, 9, 10, 12])
def test_every_plan_costs_and_breaks_what_the_tables_say(tmp_path: Path, seed: int) -> None:
    sea, _ = draw_sea(seed, 9)
    base = [int(np.flatnonzero(j.fine())[0]) for j in sea.judged]
    if seed % 2:
        sea.settings["anggaran"]["pindah"] = sum(int(j.moves[k]) for j, k in zip(sea.judged, base, strict=True)) + 1
    cycle = write_sea(tmp_path, sea.islands, sea.settings)
    problem = Problem.from_cycle(cycle, pd.DataFrame(gains_of(sea.islands), columns=["opd_id", "keahlian", "n_holders", "gain"]))
    model, arc_of = problem.model, {}
    for k in range(model.n_arcs):
        arc_of[problem.people[model.person[k]], problem.seats[problem.seat[k]]] = k
    own = cycle.pegawai["jabatan_id"].tolist()
    assert model.stay.tolist() == [arc_of.get((p, seat), -1) for p, seat in zip(problem.people, own, strict=True)]
    assert model.start.tolist() == [int((model.person < p).sum()) for p in range(len(own) + 1)]
    assert (model.hint == 0).all()
    assert [n for n in model.names if n.startswith("pemegang|")] == sole_holders(sea, arc_of)
    most, low, high = sea.limits()
    rng = np.random.default_rng(seed)
    seen = {True: 0, False: 0}
    for turn, (island, judged) in enumerate(zip(sea.islands, sea.judged, strict=True)):
        some = rng.choice(len(judged.plans), min(PLANS, len(judged.plans)), replace=False)
        for at in [*some.tolist(), *np.flatnonzero(judged.fine())[:20].tolist()]:
            picked = [*base[:turn], at, *base[turn + 1 :]]
            chosen = [(i.person_id(p), i.seat_id(int(s))) for i, j, k in zip(sea.islands, sea.judged, picked, strict=True) for p, s in enumerate(j.plans[k])]
            fine = bool(judged.fine()[at])
            if any(pair not in arc_of for pair in chosen):
                assert not fine, (island, judged.plans[at])
                continue
            arcs = np.sort(np.array([arc_of[pair] for pair in chosen]))
            moves, women = (sum(int(getattr(j, name)[k]) for j, k in zip(sea.judged, picked, strict=True)) for name in ("moves", "women"))
            fine = fine and moves <= most and low <= women <= high
            extras = completed(model, arcs)
            broken = [model.names[r] for r in faults_of(model, arcs, extras)]
            assert (not broken) == fine, (island, judged.plans[at], broken, [k for k, v in judged.broken.items() if v[at]])
            seen[fine] += 1
            if any(name.startswith("isi|") for name in broken):
                continue  # more people than a seat class holds are counted by no column
            cost = sum(int(j.cost[k]) for j, k in zip(sea.judged, picked, strict=True))
            assert objective_of(model, arcs, extras) == cost
            told = terms_of(problem, arcs)
            for name in judged.terms:
                assert told.get(name, 0.0) == pytest.approx(sum(int(j.terms[name][k]) for j, k in zip(sea.judged, picked, strict=True)) / 1000), name
    assert seen[True] > 10
    assert seen[False] > 0


def sole_holders(sea: Any, arc_of: dict) -> list[str]:
    """Names of rows (5): skills of an OPD of whose holders so many have an arc out of it that fewer than asked could stay."""
    if not sea.settings["jaminan"]["pemegang_tunggal"]:
        return []
    seat_opd = {i.seat_id(s): i.unit_id(i.opd[seat.unit]) for i in sea.islands for s, seat in enumerate(i.seats)}
    leaves = {p for p, s in arc_of for i in sea.islands for q, person in enumerate(i.people) if i.person_id(q) == p and seat_opd[s] != seat_opd[i.seat_id(person.own)]}
    out, least = [], sea.settings["aturan"]["R33"]["min_holders"]
    for i in sea.islands:
        for o in sorted({seat_opd[i.seat_id(person.own)] for person in i.people}):
            for k, skill in enumerate(SKILLS):
                holders = [i.person_id(q) for q, person in enumerate(i.people) if person.level[k] >= 3 and seat_opd[i.seat_id(person.own)] == o]
                out += [f"pemegang|{o}|{skill}"] if len(set(holders) - leaves) < min(least, len(holders)) else []
    return out


def test_a_plan_tells_its_moves_terms_and_proof(tmp_path: Path) -> None:
    sea, _ = draw_sea(5, 8)
    cycle = write_sea(tmp_path, sea.islands, sea.settings)
    problem = Problem.from_cycle(cycle, pd.DataFrame(gains_of(sea.islands), columns=["opd_id", "keahlian", "n_holders", "gain"]))
    plan = solve(problem)
    own = cycle.pegawai.set_index("pegawai_id")["jabatan_id"]
    differs = plan.assignment[plan.assignment["jabatan_id"].to_numpy() != own.loc[plan.assignment["pegawai_id"]].to_numpy()]
    assert plan.moves.values.tolist() == differs.values.tolist()
    assert len(plan.assignment) == len(cycle.pegawai)
    assert sum(plan.terms.values()) == pytest.approx(plan.objective, abs=1e-9)
    assert (plan.status, plan.gap, plan.bound) == ("optimal", 0.0, plan.objective)
    told = plan.certificate
    assert told["per_unit"] == 1000
    assert told["bound"] == round(plan.objective * 1000)
    assert set(told["duals"]) <= set(problem.model.names)
    assert all(isinstance(v, int) for v in told["duals"].values())


def test_costs_that_no_decimal_meets_are_added_as_given() -> None:
    """Cost of thirds: the plan's cost is their sum, its bound is no higher, and its gap tells the difference."""
    pairs = pd.DataFrame({"person": list("aabb"), "position": list("xyxy"), "cost": [1 / 3, 2 / 3, 1 / 7, 3.0**-20]})
    problem = Problem.from_pairs(pairs, {"x": 1, "y": 1})
    assert problem.error > 0
    plan = solve(problem)
    assert plan.objective == 1 / 3 + 3.0**-20
    assert plan.terms == {"cost": plan.objective}
    assert plan.bound <= plan.objective <= plan.bound + 2 * 2 * problem.error + 1e-15
    assert plan.certificate["weight_unit"] == 1
    half = Problem.from_pairs(pairs.assign(cost=[1.0, 2.0, 3.0, 4.0], weight=[0.5, 1, 1, 0.25]), {"x": 1.5, "y": 1})
    assert (half.weight_unit, half.per_unit, half.error) == (100, 1, 0.0)
    assert half.model.high.tolist() == [150, 100]
    assert solve(half).objective == 4.0


def shortages(problem: Problem, sea: Any, arcs: np.ndarray) -> dict[str, float]:
    """People lacking by OPD, straight from the islands."""
    seats = [str(s) for s in problem.seats[problem.seat[arcs]]]
    full = {i.person_id(p): person.status != "PPPK paruh waktu" for i in sea.islands for p, person in enumerate(i.people)}
    people = [str(p) for p in problem.people]
    out: dict[str, float] = {}
    for i in sea.islands:
        for s, seat in enumerate(i.seats):
            there = sum(name == i.seat_id(s) and full[p] for p, name in zip(people, seats, strict=True))
            halves = sum(person.own == s and person.status == "PPPK paruh waktu" for person in i.people)
            opd = i.unit_id(i.opd[seat.unit])
            out[opd] = out.get(opd, 0.0) + max(0.0, seat.need - 0.5 * (seat.outside + halves) - there)
    return out


@pytest.mark.parametrize("seed", [1, 2, 3, 8])
def test_prices_are_what_a_loosened_rule_saves(tmp_path: Path, seed: int) -> None:
    sea, _ = draw_sea(seed, 5)
    sea.settings["anggaran"]["pindah"] = 2 + max(0, sum(int(j.moves[np.flatnonzero(j.fine())].min()) for j in sea.judged))
    problem = Problem.from_cycle(write_sea(tmp_path, sea.islands, sea.settings), pd.DataFrame(gains_of(sea.islands), columns=["opd_id", "keahlian", "n_holders", "gain"]))
    plan, model = solve(problem), problem.model
    table = prices(problem, plan, most=4)
    duals = plan.certificate["duals"]
    kinds = ("anggaran", "opd", "pemegang", "konflik", "isi_min", "pengalaman", "kelompok", "capacity")
    worth = {name: abs(v) for name, v in duals.items() if name.split("|")[0] in kinds}
    assert table["aturan"].tolist() == sorted(worth, key=lambda name: (-worth[name], name))[:4]
    before = shortages(problem, sea, search(model).arcs)
    for row in table.itertuples():
        at = model.names.index(row.aturan)
        assert row.jenis == row.aturan.split("|")[0]
        assert row.langkah == (10 if row.jenis == "anggaran" else 1)
        unit = max([1, *np.abs(model.extras.value[model.extras.row == at]).tolist()]) if row.jenis == "opd" else 1
        upper = model.high[at] < FREE and duals[row.aturan] <= 0
        low, high = model.low.copy(), model.high.copy()
        if upper:
            high[at] += row.langkah * unit
        else:
            low[at] -= row.langkah
        found = search(replace(model, low=low, high=high))
        assert row.hemat == pytest.approx((round(plan.objective * 1000) - found.objective) / 1000 / row.langkah)
        assert row.batas == (model.high if upper else model.low)[at] / unit
        assert row.harga == pytest.approx(abs(duals[row.aturan]) * unit / model.scale / 1000)
        after = shortages(problem, sea, found.arcs)
        closed = {opd: before[opd] - after[opd] for opd in before}
        assert row.kekurangan * row.langkah == pytest.approx(sum(closed.values()))
        most = max(closed.values())
        assert row.kekurangan_opd * row.langkah == pytest.approx(max(most, 0.0))
        assert (closed[row.opd_id] == most) if most > 0 else row.opd_id == ""


def test_sentences_of_prices_leave_out_what_saves_nothing() -> None:
    pairs = pd.DataFrame({"person": list("aabb"), "position": list("xyxy"), "cost": [0, 5, 0, 7]})
    problem = Problem.from_pairs(pairs, {"x": 1, "y": 2})
    plan = solve(problem)
    table = prices(problem, plan)
    assert table[["aturan", "jenis", "batas", "langkah", "hemat"]].values.tolist() == [["capacity|x", "capacity", 1.0, 1, 5.0]]
    assert table["kekurangan"].isna().all()
    told = price_sentences(problem, table, "en")
    assert len(told) == 1
    assert "x" in told[0]
    assert "5" in told[0]
    none = price_sentences(problem, table.assign(hemat=0.004), "en")
    assert len(none) == 1
    assert none != told
    assert price_sentences(problem, table.assign(hemat=0.006), "en") != none
    rich = Problem.from_pairs(pairs, {"x": 2, "y": 2})
    assert len(prices(rich, solve(rich))) == 0
