"""What a plan states of itself against what verify finds: numbers at the edge of a float's grain, tables of people, words."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from mutasi_toolkit.assignment import Plan, Problem, solve, verify
from mutasi_toolkit.assignment.verify import Verification, Violation
from mutasi_toolkit.cycle import Cycle, read_cycle
from mutasi_toolkit.locale import text

PAIRS = pd.DataFrame({"person": list("aab"), "position": list("xyx"), "cost": [0.1, 0.4, 0.2]})
LIMITS = {"x": 1, "y": 1}


@pytest.fixture(scope="module")
def best() -> Plan:
    """a in y, b in x: 0.6, proved."""
    return solve(Problem.from_pairs(PAIRS, LIMITS))


@pytest.fixture(scope="module")
def cycle(tmp_path_factory: pytest.TempPathFactory) -> Cycle:
    from conftest import write_tiny

    return read_cycle(write_tiny(tmp_path_factory.mktemp("kecil") / "kecil")).with_settings(aturan={"R01": {"min_tenure_years": 0}}, bobot={"pindah": 0.0})


@pytest.fixture(scope="module")
def plan(cycle: Cycle) -> Plan:
    return solve(Problem.from_cycle(cycle))


def wrong(source: Any, plan: Plan) -> list[tuple[str, str]]:
    return [(v.rule, v.values["what"]) for v in verify(source, plan).violations]


def test_the_best_of_two_people(best: Plan) -> None:
    assert verify((PAIRS, LIMITS), best) == Verification((), 0.6, 0.6)
    assert best.terms == {} or sum(best.terms.values()) == pytest.approx(0.6)


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        # A float's grain: 1e-12 of the number, or of 1 where it is smaller
        ({"objective": 0.6 + 8e-13}, []),
        ({"objective": 0.6 - 8e-13}, []),
        ({"objective": 0.6 + 1.5e-12}, [("tujuan", "objective"), ("batas", "gap")]),
        ({"objective": 0.6 - 1.5e-12}, [("tujuan", "objective"), ("batas", "gap")]),
        ({"bound": 0.6 + 8e-13}, []),
        ({"bound": 0.6 + 1.5e-12}, [("batas", "bound"), ("batas", "gap")]),
        ({"bound": 0.5, "gap": 0.1, "status": "feasible"}, []),
        ({"bound": 0.5, "gap": 0.1}, [("batas", "gap")]),
        ({"bound": 0.5, "status": "feasible"}, [("batas", "gap")]),
        ({"bound": 0.5, "gap": 0.1 + 1.5e-12, "status": "feasible"}, [("batas", "gap")]),
        ({"bound": 0.5, "gap": 0.1 - 1.5e-12, "status": "feasible"}, [("batas", "gap")]),
        ({"gap": 8e-13}, []),
        ({"status": "feasible"}, []),
        ({"status": "best"}, [("batas", "gap")]),
        ({"bound": float("nan"), "gap": float("nan")}, [("batas", "bound"), ("batas", "gap")]),
        ({"bound": float("-inf"), "gap": float("inf"), "status": "feasible"}, [("batas", "bound"), ("batas", "gap")]),
        ({"objective": float("inf"), "status": "feasible"}, [("tujuan", "objective"), ("batas", "gap")]),
        ({"terms": {"a": 0.2, "b": 0.4}}, []),
        ({"terms": {"a": 0.2, "b": 0.5}}, [("tujuan", "terms")]),
        ({"terms": {}}, []),
    ],
)
def test_numbers_that_a_plan_states(best: Plan, changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert wrong((PAIRS, LIMITS), replace(best, **changes)) == expected


def test_large_numbers_have_a_larger_grain() -> None:
    pairs = PAIRS.assign(cost=[1e6, 4e6, 2e6])
    made = solve(Problem.from_pairs(pairs, LIMITS))
    assert wrong((pairs, LIMITS), replace(made, objective=6e6 + 2e-6)) == []
    assert ("tujuan", "objective") in wrong((pairs, LIMITS), replace(made, objective=6e6 + 2e-5))
    low = replace(made, bound=3e6, gap=0.5, status="feasible")
    assert wrong((pairs, LIMITS), low) == []
    assert verify((pairs, LIMITS), replace(made, objective=-6e6)).violations[0].values == {"what": "objective", "told": -6e6, "found": 6e6}


def test_pairs_people_and_places_that_are_wrong(best: Plan) -> None:
    def found(frame: pd.DataFrame, limits: dict[str, float] = LIMITS) -> list[Violation]:
        return [v for v in verify((PAIRS, limits), replace(best, assignment=frame)).violations if v.rule not in {"tujuan", "batas"}]

    frame = best.assignment
    assert found(frame) == []
    assert found(frame.iloc[:1]) == [Violation("penempatan", ("b",), values={"what": "once"})]
    assert found(pd.concat([frame, frame.iloc[:1]]), {"x": 1, "y": 2}) == [Violation("penempatan", ("a",), values={"what": "once"})]
    extra = pd.DataFrame({"person": ["c"], "position": ["x"]})
    assert found(pd.concat([frame, extra])) == [Violation("penempatan", ("c",), values={"what": "once"}), Violation("penempatan", ("c",), ("x",), {"what": "pair"})]
    assert found(frame.assign(position=["y", "y"])) == [Violation("penempatan", ("b",), ("y",), {"what": "pair"})]
    assert found(frame.assign(position=["x", "x"])) == [Violation("kapasitas", ("a", "b"), ("x",), {"what": "capacity", "told": 2.0, "limit": 1.0})]
    assert found(frame.assign(position=["x", "x"]), {"x": 2, "y": 0}) == []
    assert found(frame, {"x": float("inf")}) == [Violation("kapasitas", ("a",), ("y",), {"what": "capacity", "told": 1.0, "limit": 0.0})]
    heavy = PAIRS.assign(weight=[0.1, 1, 0.2])
    both = frame.assign(position=["x", "x"])
    for most, fits in ((0.3, True), (0.29, False)):
        assert all(v.rule != "kapasitas" for v in verify((heavy, {"x": most, "y": 1}), replace(best, assignment=both)).violations) == fits


def test_a_proof_of_pairs_that_is_none_leaves_no_bound(best: Plan) -> None:
    broken = replace(best, certificate={**best.certificate, "kind": "oracle"})
    found = verify((PAIRS, LIMITS), broken)
    assert [(v.rule, v.values["what"]) for v in found.violations] == [("sertifikat", "certificate"), ("batas", "bound")]
    assert (found.objective, found.bound, found.gap) == (0.6, None, None)
    # A bound above the plan's own cost cannot be: the plan's cost is what is told. A plan that is none leaves it as proved.
    bare = replace(best, certificate={"kind": "linear", "scale": 1, "per_unit": 10, "weight_unit": 1, "duals": {}}, bound=0.3, gap=0.3, status="feasible")
    assert verify((PAIRS, LIMITS), bare) == Verification((), 0.6, 0.3)
    assert verify((PAIRS, LIMITS), replace(bare, assignment=best.assignment.iloc[:0])).bound == 0.3


def test_a_plan_of_a_cycle_and_its_tables(cycle: Cycle, plan: Plan) -> None:
    assert len(plan.moves) > 0, "someone moves"
    assert verify(cycle, plan).ok
    frame, moves = plan.assignment, plan.moves
    once = lambda people, seats=(): [Violation("penempatan", people, seats, {"what": "once"})]  # noqa: E731
    first, last = frame["pegawai_id"].iloc[0], frame["pegawai_id"].iloc[-1]
    nobody = pd.DataFrame({"pegawai_id": ["X"], "jabatan_id": ["J01"]})
    nowhere = frame.assign(jabatan_id=["J99", *frame["jabatan_id"].iloc[1:]])
    for table, expected in (
        (frame.iloc[1:], once((first,))),
        (pd.concat([frame, frame.iloc[-1:]]), once((last,))),
        (pd.concat([frame, nobody]), once(("X",))),
        (nowhere, once((first,), ("J99",))),
    ):
        found = verify(cycle, replace(plan, assignment=table))
        assert list(found.violations) == expected
        assert (found.objective, found.bound, found.gap) == (None, None, None)
    shuffled = frame.iloc[::-1]
    assert verify(cycle, replace(plan, assignment=shuffled)).ok
    who, seat = moves.iloc[0]["pegawai_id"], moves.iloc[0]["jabatan_id"]
    assert list(verify(cycle, replace(plan, moves=moves.iloc[1:])).violations) == [Violation("penempatan", (who,), (seat,), {"what": "moves"})]
    more = pd.concat([moves, frame[~frame["pegawai_id"].isin(moves["pegawai_id"])].iloc[:1]])
    assert wrong(cycle, replace(plan, moves=more)) == [("penempatan", "moves")]


def test_terms_of_a_cycle_are_compared_one_by_one(cycle: Cycle, plan: Plan) -> None:
    beban = plan.terms["beban"]
    found = verify(cycle, replace(plan, terms={**plan.terms, "beban": beban + 1, "pindah": plan.terms["pindah"] - 1}))
    assert [(v.rule, v.values) for v in found.violations] == [
        ("tujuan", {"what": "terms", "term": "beban", "told": beban + 1, "found": beban}),
        ("tujuan", {"what": "terms", "term": "pindah", "told": plan.terms["pindah"] - 1, "found": plan.terms["pindah"]}),
    ]
    assert wrong(cycle, replace(plan, terms={**plan.terms, "gaji": 2.0})) == [("tujuan", "terms")] * 2
    assert wrong(cycle, replace(plan, terms={**plan.terms, "gaji": 0.0})) == []
    assert wrong(cycle, replace(plan, terms={k: v for k, v in plan.terms.items() if v})) == []
    # All terms left out: each that is not nothing is missed, and their sum is not told a second time.
    assert wrong(cycle, replace(plan, terms={})) == [("tujuan", "terms")] * sum(v != 0 for v in plan.terms.values())


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"kind": "knapsack"}, "not a proof by duals of rows in thousandths of a point"),
        ({"per_unit": 100}, "not a proof by duals of rows in thousandths of a point"),
        ({"scale": 0}, "scale below 1"),
        ({"duals": {"anggaran|gaji": 1}}, "dual of an unknown row: anggaran|gaji"),
        ({"gains": {"U1|Surveilans": "much"}}, "could not convert string to float: 'much'"),
        ({"branches": [{"person": "X"}], "target": 0}, "'seat'"),
    ],
)
def test_a_proof_of_a_cycle_that_is_none_leaves_nothing(cycle: Cycle, plan: Plan, changes: dict[str, Any], why: str) -> None:
    if "target" in changes:
        changes = {**changes, "target": round(plan.objective * 1000) + 10**6, "duals": {}}
    found = verify(cycle.with_settings(bobot={"pengetahuan": 1.0}), replace(plan, certificate={**plan.certificate, **changes}))
    assert found.violations[-1] == Violation("sertifikat", values={"what": "certificate", "why": why})
    assert (found.objective, found.bound) == (None, None)


def test_what_is_said_in_words(cycle: Cycle, plan: Plan) -> None:
    right = verify(cycle, plan)
    assert right.text("en") == text("audit.ok", "en", objective=right.objective, bound=right.bound)
    five, six = tuple("abcde"), tuple("abcdef")
    for language in ("id", "en"):
        assert Violation("R08", five, ("s",), {"what": "rule"}).text(language) == text("audit.rule", language, rule="R08", people="a, b, c, d, e", seats="s")
        assert Violation("R08", six, ()).text(language) == text("audit.rule", language, rule="R08", people="a, b, c, d, e (+1)", seats="–")
    two = Verification((Violation("R08", ("a",), ("s",)), Violation("R01", ("b",), ("t",))), 1.0, 0.5)
    assert two.text("en") == f"{two.violations[0].text('en')}\n{two.violations[1].text('en')}"
    assert str(two.violations[0]) == two.violations[0].text("en")
    assert two.gap == 0.5
    assert Verification((), 4.0, 3.0).gap == 0.25
    assert Verification((), -4.0, -5.0).gap == 0.25
    assert Verification((), 0.5, 0.25).gap == 0.25
    assert [Verification((), *pair).gap for pair in ((None, 1.0), (1.0, None), (None, None))] == [None] * 3
    assert not two.ok
    assert right.ok


def test_the_example_of_a_changed_certificate_is_told(cycle: Cycle, plan: Plan, tmp_path: Path) -> None:
    higher = replace(plan, bound=plan.bound + 0.001, gap=(plan.objective - plan.bound - 0.001) / max(1.0, abs(plan.objective)), status="feasible")
    found = verify(cycle, higher)
    assert [(v.rule, v.values) for v in found.violations] == [("batas", {"what": "bound", "told": higher.bound, "found": plan.bound})]
