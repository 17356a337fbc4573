"""What a move costs by itself, by the formulas in plain Python; which way out counts as the cheapest; prices of rules told in words."""

from __future__ import annotations

import itertools
import math
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from handmade import handmade, table_of

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.assignment import Problem, diagnose, price_sentences, prices, solve
from mutasi_toolkit.assignment.build import arcs_of, problem_of_cycle
from mutasi_toolkit.assignment.costs import arc_costs, disruption, distance_km, ways_km
from mutasi_toolkit.assignment.elastic import Elastic, elastic
from mutasi_toolkit.assignment.model import FREE, Model, entries_of
from mutasi_toolkit.assignment.prices import _binding, _unit
from mutasi_toolkit.assignment.problem import Terms

#: Sums of a handful of numbers of the size of 1.
CLOSE = 1e-9

# --- moves ------------------------------------------------------------------------------------------------------------

UNITS = {"K": ("", ""), "A": ("-6.2", "106.8"), "B": ("-6.35", "106.9"), "C": ("", ""), "D": ("-6.202", "106.801")}
FIELDS = ("", "umum", "Teknik; Umum ", "hukum;teknik")
#: Home, box, field, birth, wishes.
PEOPLE = (
    (("-6.2", "106.8"), "1", "umum", "1990-05-01", ["B"]),
    (("-6.24", "106.84"), "9", " TEKNIK", "1968-01-15", ["A", "C"]),
    (("", ""), "5", "", "1969-06-30", []),
    (("-6.1", "106.7"), "", "hukum", "", ["D"]),
    (("-6.2", ""), "4", "umum", "1967-03-01", ["A", "B", "C", "D"]),
)


def made() -> mt.Cycle:
    """Every unit has a seat of every field, a person sits in the first of the first four units."""
    units = [{"unit_id": u, "nama": f"Dinas {u}", "induk_id": "" if u == "K" else "K", "jenis": "pemkot" if u == "K" else "dinas", "lat": lat, "lon": lon} for u, (lat, lon) in UNITS.items()]
    seats = [
        {"jabatan_id": f"{u}{k}", "unit_id": u, "nama": f"Pengolah {k}", "jenis": "pelaksana", "kelas_jabatan": "7", "kebutuhan": "2", "bidang_ilmu": field}
        for u in "ABCD" for k, field in enumerate(FIELDS)
    ]  # fmt: skip
    people = [
        {"pegawai_id": f"P{p}", "jabatan_id": f"{'ABCDA'[p]}0", "status": "PNS", "golongan": "III/d", "pendidikan": "S1", "tmt_jabatan": "2015-01-01", "tanggal_lahir": born, "kotak_talenta": box, "bidang_ilmu": field,
         "domisili_lat": home[0], "domisili_lon": home[1]}
        for p, (home, box, field, born, _) in enumerate(PEOPLE)
    ]  # fmt: skip
    wishes = [{"pegawai_id": f"P{p}", "unit_id": u, "urutan": str(k + 1)} for p, person in enumerate(PEOPLE) for k, u in enumerate(person[4])]
    return handmade({"unit": table_of(units), "jabatan": table_of(seats), "pegawai": table_of(people), "preferensi": table_of(wishes)})


def far(a: tuple[str, str], b: tuple[str, str]) -> float:
    """Great-circle distance by the angle between two unit vectors."""
    if not all([*a, *b]):
        return math.nan
    (x, y), (u, v) = ((math.radians(float(c)) for c in place) for place in (a, b))
    one, two = (np.array([math.cos(lat) * math.cos(lon), math.cos(lat) * math.sin(lon), math.sin(lat)]) for lat, lon in ((x, y), (u, v)))
    return 6371.0 * math.atan2(float(np.linalg.norm(np.cross(one, two))), float(one @ two))


def test_distances_are_angles_between_places() -> None:
    rng = np.random.default_rng(1)
    places = [(f"{rng.uniform(-80, 80):.4f}", f"{rng.uniform(-179, 179):.4f}") for _ in range(12)]
    for a, b in itertools.pairwise(places):
        found = distance_km(*(np.array([float(v)]) for v in (*a, *b)))
        assert found[0] == pytest.approx(far(a, b), rel=CLOSE)
    assert np.isnan(distance_km(np.array([0.0]), np.array([np.nan]), np.array([0.0]), np.array([0.0]))[0])
    assert distance_km(*(np.array([v]) for v in (90.0, 0.0, -90.0, 0.0)))[0] == pytest.approx(6371 * math.pi)


def test_a_move_disrupts_by_way_wish_box_field_and_age() -> None:
    """Every person and seat; the retirement of these seats is at 58, and less than a year is too little."""
    cycle = made()
    n = len(cycle.jabatan)
    person, seat = (part.ravel() for part in np.meshgrid(np.arange(len(PEOPLE)), np.arange(n), indexing="ij"))
    found, ways = disruption(cycle, person, seat), ways_km(cycle, person, seat)
    today, seen = pd.Timestamp("2026-01-31"), set()
    for at, (p, s) in enumerate(zip(person.tolist(), seat.tolist(), strict=True)):
        home, box, field, born, wishes = PEOPLE[p]
        unit, asks = cycle.jabatan["unit_id"].iloc[s], FIELDS[s % len(FIELDS)]
        assert ways[at] == pytest.approx(far(home, UNITS[unit]), nan_ok=True)
        longer = far(home, UNITS[unit]) - far(home, UNITS["ABCDA"[p]])
        way = 0.0 if math.isnan(longer) else min(1.0, max(0.0, longer / 10))
        wish = bool(wishes) and unit not in wishes
        other = bool(field) and bool(asks) and field.strip().lower() not in [w.strip().lower() for w in asks.split(";")]
        left = math.inf if not born else 58 - (today - pd.Timestamp(born)).days / 365.2425
        parts = (way, wish, {"1": 1.0, "9": 0.5}.get(box, 0.0), other, left < 1)
        assert found[at] == pytest.approx(0.4 * way + 0.2 * wish + 0.15 * parts[2] + 0.1 * other + 0.15 * (left < 1), abs=CLOSE)
        seen |= {(k, 0 < v < 1, v == 1) for k, v in enumerate(parts)}
    assert {(0, True, False), (0, False, False), (0, False, True), (2, True, False), *((k, False, True) for k in (1, 2, 3, 4)), *((k, False, False) for k in (1, 3, 4))} <= seen


def test_without_wishes_nobody_misses_one() -> None:
    cycle = made()
    none = replace(cycle, preferensi=cycle.preferensi.iloc[:0])
    person, seat = np.array([2, 0]), np.array([4, 4])
    assert disruption(cycle, person, seat)[0] == disruption(none, person, seat)[0] == 0.0
    assert disruption(cycle, person, np.array([4, 8]))[1] - disruption(none, person, np.array([4, 8]))[1] == pytest.approx(0.2)


def test_only_moves_cost_and_by_their_weights() -> None:
    cycle = made()
    person, seat, moves = np.array([0, 0, 1, 3]), np.array([0, 5, 8, 7]), np.array([False, True, True, True])
    weights = SimpleNamespace(kecocokan=50.0, gangguan=7.0, pindah=3.0)
    found = arc_costs(cycle, person, seat, moves, weights)
    assert sorted(found) == ["gangguan", "kecocokan", "pindah"]
    assert found["pindah"].tolist() == [0.0, 3.0, 3.0, 3.0]
    assert found["gangguan"].tolist() == pytest.approx([0.0, *(7 * disruption(cycle, person[1:], seat[1:]))])
    assert found["kecocokan"].tolist() == [0.0] * 4, "no skill is asked for, so no fit is defined"


# --- which way out is the cheapest ------------------------------------------------------------------------------------

#: Breaking a rule by one, in points of trouble.
TROUBLE = {"anggaran": 1, "isi_min": 2, "pengalaman": 2, "kelompok": 3, "opd": 4, "pemegang": 5, "konflik": 10, "capacity": 1}


def either_or(one: str, amount: int, other: str, more: int) -> Elastic:
    """One person with two arcs: the first breaks one rule by an amount, the second the other by its own."""
    arcs = entries_of(np.array([0, 1]), np.array([0, 1]), np.array([amount, more]), 2)
    none = np.zeros(0, dtype=np.int64)
    model = Model(
        np.zeros(2, dtype=np.int64), np.array([0, 2]), np.zeros(2, dtype=np.int64), np.array([0]), arcs, none, none, none, entries_of(none, none, none, 0),
        np.full(2, -FREE), np.zeros(2, dtype=np.int64), (f"{one}|a|b", f"{other}|c|d"), 0, np.ones(2, dtype=np.int64), np.zeros(2, dtype=np.int64),
    )  # fmt: skip
    return elastic(Problem(model, pd.Index(["p"]), pd.Index(["s", "t"]), np.array([0, 1]), Terms({}), 1))


@pytest.mark.parametrize("one", TROUBLE)
@pytest.mark.parametrize("other", TROUBLE)
def test_the_rule_of_less_trouble_gives_way(one: str, other: str) -> None:
    """Amounts so that the two are as near as whole numbers allow: a price that is off by one turns some of the pairs round."""
    a, b = TROUBLE[one], TROUBLE[other]
    for amount in (1, 2, 3, 7):
        for more in {max(1, (amount * a) // b), (amount * a) // b + 1}:
            if amount * a != more * b:
                way = either_or(one, amount, other, more).solve(set())
                assert way == ({0: float(amount)} if amount * a < more * b else {1: float(more)})
            else:
                assert either_or(one, amount, other, more).solve(set()) == {0: float(amount)}, "of equals the one in which nobody moves"


@pytest.mark.parametrize(("over", "left_out"), [(99.5, False), (100.5, True)])
def test_somebody_is_left_without_a_place_where_that_is_a_hundred_times_the_trouble(over: float, left_out: bool) -> None:
    pairs = pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [1.0], "weight": [over]})
    program = elastic(Problem.from_pairs(pairs, {"x": 0}))
    way = program.solve(set())
    assert way is not None
    assert [(program.items[k].name, v) for k, v in way.items()] == ([("orang|a", 1.0)] if left_out else [("capacity|x", over)])


# --- prices in words --------------------------------------------------------------------------------------------------


def test_a_person_in_the_row_of_an_opd_is_its_largest_entry() -> None:
    extras = entries_of(np.array([0, 1, 1, 2, 3]), np.array([0, 0, 1, 1, 2]), np.array([-1, -1, 10, -4, 100]), 4)
    asked = SimpleNamespace(model=SimpleNamespace(extras=extras))
    assert [_unit(asked, row) for row in (0, 1, 2, 3)] == [1, 10, 100, 1]  # type: ignore[arg-type]


def test_capacities_are_told_and_priced_in_the_weights_as_given() -> None:
    """Two of half a weight and 0.5 to hold: with 0.5 more the second comes in at 2 in place of 9; a unit of weight saves 7."""
    pairs = pd.DataFrame({"person": list("aabb"), "position": list("xyxy"), "cost": [1, 9, 2, 9], "weight": 0.5})
    problem = Problem.from_pairs(pairs, {"x": 0.5, "y": 9})
    row = prices(problem, solve(problem)).iloc[0]
    assert row[["aturan", "batas", "langkah", "hemat"]].tolist() == ["capacity|x", 0.5, 1, 7.0]
    grain = problem.weight_unit / problem.model.scale / problem.per_unit
    assert 7 / 0.5 - grain <= row["harga"] <= 8 / 0.5 + grain, "what half a unit saves, at the margin"
    lost = Problem.from_pairs(pairs[pairs["position"] == "x"], {"x": 0.75})
    found = diagnose(lost)
    assert found.relaxations[["aturan", "batas", "longgar"]].values.tolist() == [["capacity|x", 0.75, 0.25]]
    assert set(found.conflict["aturan"]) == {"capacity|x", "orang|a", "orang|b"}
    little = diagnose(Problem.from_pairs(pairs[pairs["position"] == "x"].assign(weight=0.30000001), {"x": 0.6}))
    assert not little.feasible, "two hundred-millionths more than fits"
    assert set(little.conflict["aturan"]) == {"capacity|x", "orang|a", "orang|b"}
    assert diagnose(Problem.from_pairs(pairs[pairs["position"] == "x"], {"x": 1})).feasible


def told(kind: str, name: str, hemat: float = 2.5, **more: object) -> str:
    row = {"aturan": name, "jenis": kind, "batas": 3.0, "harga": 3.0, "langkah": 10 if kind == "anggaran" else 1, "hemat": hemat, "kekurangan": 0.0, "opd_id": "", "kekurangan_opd": 0.0} | more
    pairs = pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [1.0]})
    (sentence,) = price_sentences(Problem.from_pairs(pairs, {"x": 1}), pd.DataFrame([row]), "en")
    return sentence


def test_sentences_name_whom_and_where() -> None:
    end = ": loosened by one, the objective would fall by 2.5 points."
    assert told("konflik", "konflik|P1|P2|U7") == "P1 and P2 may not be together at U7 [R17]" + end or told("konflik", "konflik|P1|P2|U7") == "P1 and P2 may not be together at U7" + end
    assert told("capacity", "capacity|x") == "x holds at most 3" + end
    assert told("opd", "opd|O1") == "Guarantee: O1 may not end with a larger workload gap" + end
    budget = "One more move would save 2.5 points (average of the next 10 moves) and close no vacancy."
    assert told("anggaran", "anggaran|pindah") == budget
    assert told("anggaran", "anggaran|pindah", opd_id="O1", kekurangan=0.004, kekurangan_opd=0.004) == budget
    assert told("anggaran", "anggaran|pindah", kekurangan=0.5) == budget, "no OPD closes more than it opens"
    assert told("anggaran", "anggaran|pindah", opd_id="O1", kekurangan=0.5, kekurangan_opd=0.25) == "One more move would save 2.5 points and close 0.5 of a vacancy, most of it (0.25) at O1 (average of the next 10 moves)."
    assert told("anggaran", "anggaran|pindah", opd_id="O1", kekurangan=0.005).startswith("One more move would save 2.5 points and close 0")
    assert told("anggaran", "anggaran|pindah", hemat=0.005).startswith("One more move would save 0")
    assert told("anggaran", "anggaran|pindah", hemat=0.0049) == "No rule that, loosened by one, would better this plan."


def test_prices_of_equal_rules_come_by_name_and_at_most_as_many_as_asked() -> None:
    pairs = pd.DataFrame({"person": list("aabbcc"), "position": list("xzyzwz"), "cost": [0, 5, 0, 5, 0, 9]})
    problem = Problem.from_pairs(pairs, {"x": 0, "y": 0, "w": 0, "z": 3})
    plan = solve(problem)
    assert prices(problem, plan)["aturan"].tolist() == ["capacity|w", "capacity|x", "capacity|y"]
    assert prices(problem, plan, most=2)["hemat"].tolist() == [9.0, 5.0]
    assert price_sentences(problem, prices(problem, plan, most=1), "en") == ["w holds at most 0: loosened by one, the objective would fall by 9 points."]


def test_every_rule_with_a_price_is_looked_at_the_dearest_first() -> None:
    names = ("isi|s", "opd|b", "anggaran|pindah", "opd|a", "tahu|o|s", "kelompok|0", "capacity|x", "isi_min|o")
    asked = SimpleNamespace(model=SimpleNamespace(names=names), duals=np.array([50, 7, -9, -7, 3, 1, 0, -1]))
    assert [names[r] for r in _binding(asked)] == ["anggaran|pindah", "opd|a", "opd|b", "isi_min|o", "kelompok|0"]  # type: ignore[arg-type]


# --- arcs and rows of a cycle -----------------------------------------------------------------------------------------


def decided(*rows: tuple[str, str, str]) -> mt.Cycle:
    cycle = made()
    frame = pd.DataFrame([{"pegawai_id": p, "putusan": what, "jabatan_id": seat} for p, what, seat in rows]).reindex(columns=cycle.keputusan.columns)
    return replace(cycle, keputusan=frame.astype(cycle.keputusan.dtypes.to_dict()))


def arcs_by_person(cycle: mt.Cycle, **more: object) -> dict[str, list[str]]:
    arcs = arcs_of(cycle, rules.limits(cycle), **more)  # type: ignore[arg-type]
    assert (np.lexsort((arcs.seat, arcs.person)) == np.arange(len(arcs.person))).all()
    own = cycle.pegawai["jabatan_id"].to_numpy()[arcs.person]
    seats = cycle.jabatan["jabatan_id"].to_numpy()[arcs.seat]
    assert arcs.is_move.tolist() == (own != seats).tolist()
    out: dict[str, list[str]] = {}
    for p, s in zip(cycle.pegawai["pegawai_id"].to_numpy()[arcs.person], seats, strict=True):
        out.setdefault(p, []).append(s)
    return out


def test_decisions_leave_the_arcs_they_allow() -> None:
    """Of two seats in the first place of the table and elsewhere: accepted, refused, held."""
    free = arcs_by_person(made())
    assert "A0" in free["P2"]
    assert {"A1", "B1", "C0"} <= set(free["P2"]) & {*free["P0"], "C0"}
    assert arcs_by_person(decided(("P2", "terima", "A1")))["P2"] == ["A1"]
    assert arcs_by_person(decided(("P2", "terima", "A0")))["P2"] == ["A0"], "the first seat is a seat"
    assert arcs_by_person(decided(("P0", "terima", "B1")))["P0"] == ["B1"], "the first person is a person"
    assert arcs_by_person(decided(("P2", "tolak", "A1")))["P2"] == [s for s in free["P2"] if s != "A1"]
    assert arcs_by_person(decided(("P0", "tolak", "B1")))["P0"] == [s for s in free["P0"] if s != "B1"]
    assert arcs_by_person(decided(("P3", "kunci", "")))["P3"] == ["D0"]
    others = arcs_by_person(decided(("P2", "terima", "A1"), ("P3", "kunci", "")))
    assert all(others[p] == free[p] for p in ("P0", "P1", "P4"))


def test_arcs_into_full_seats_are_there_where_they_are_asked_for() -> None:
    cycle = made()
    full = replace(cycle, jabatan=cycle.jabatan.assign(kebutuhan=[1.0] + [2.0] * (len(cycle.jabatan) - 1)))
    free = arcs_by_person(full)
    assert [p for p, seats in free.items() if "A0" in seats] == ["P0", "P4"], "two are in a seat for one"
    ahead = arcs_by_person(full, ahead=True)
    assert "A0" in ahead["P2"]
    also = arcs_by_person(full, also=np.array([[2, 0], [2, 1], [0, 0]]))
    assert also["P2"] == sorted({*free["P2"], "A0"})
    assert also["P0"] == free["P0"]
    nobody = replace(cycle, jabatan=cycle.jabatan.assign(kebutuhan=[2.0, 0.0, 1.0] + [2.0] * (len(cycle.jabatan) - 3)))
    asked = arcs_by_person(nobody)
    assert "A2" in asked["P2"]
    assert not any("A1" in seats for seats in asked.values()), "nobody is needed there"
    most = problem_of_cycle(full, most=np.full(len(full.jabatan), 3))
    assert most.model.extra_upper[most.model.bank == 0].sum() == 3
    today = problem_of_cycle(full)
    assert today.model.extra_upper[today.model.bank == 0].sum() == 2
