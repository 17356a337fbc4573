"""verify accepts what solve makes and rejects what somebody changed."""

from __future__ import annotations

import ast
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit import rules
from mutasi_toolkit.assignment import Plan, Problem, solve, verify
from mutasi_toolkit.assignment.plan import plan_from_dict
from mutasi_toolkit.cycle import Cycle, read_cycle
from mutasi_toolkit.paths import PACKAGE, data_dir
from mutasi_toolkit.rules.pairs import CHECKS, evaluate
from mutasi_toolkit.spread.gains import marginal_gains

EVERYTHING = {
    "bobot": {"beban_unit": 3.3, "kosong": 4.0, "pemegang_tunggal": 2.0},
    "anggaran": {"keluar_per_unit": 1, "masuk_per_unit": 2, "keluar_per_opd": 2, "masuk_per_opd": 3},
    "jaminan": {
        "isi_min": 0.8,
        "pengalaman_min": 0.9,
        "kelompok": [{"kolom": "jenis_kelamin", "nilai": "P", "paling_sedikit": 1, "paling_banyak": 3}],
    },
}


@pytest.fixture(scope="module")
def small() -> Cycle:
    return read_cycle(data_dir("cycles") / "contoh")


@pytest.fixture(scope="module")
def plan(small: Cycle) -> Plan:
    return solve(Problem.from_cycle(small, marginal_gains(small)))


def moved(cycle: Cycle, plan: Plan, moves: dict[str, str]) -> Plan:
    """The plan with some people in other seats, its numbers left as they were."""
    frame = plan.assignment.copy()
    frame["jabatan_id"] = [moves.get(p, j) for p, j in zip(frame["pegawai_id"], frame["jabatan_id"], strict=True)]
    own = cycle.pegawai.set_index("pegawai_id")["jabatan_id"]
    return replace(plan, assignment=frame, moves=frame[(frame["jabatan_id"] != frame["pegawai_id"].map(own)).to_numpy()])


def names(cycle: Cycle, plan: Plan) -> set[str]:
    found = verify(cycle, plan)
    assert not found.ok
    assert all(v.text("id") and v.text("en") for v in found.violations)
    return {v.rule for v in found.violations}


@pytest.mark.parametrize("settings", [{}, EVERYTHING, {"jaminan": {"opd_tidak_memburuk": False, "pemegang_tunggal": False}}, {"anggaran": {"pindah": 0}}])
def test_every_plan_of_the_example_is_accepted(small: Cycle, settings: dict) -> None:
    cycle = small.with_settings(**settings)
    for gains in (None, marginal_gains(cycle)):
        made = solve(Problem.from_cycle(cycle, gains))
        found = verify(cycle, made)
        assert found.ok, found.text("en")
        assert found.objective == pytest.approx(made.objective)
        assert made.bound <= found.bound + 1e-9
        assert verify(cycle, plan_from_dict(made.as_dict())).ok


def test_the_tiny_cycle_is_accepted(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    assert verify(cycle, solve(Problem.from_cycle(cycle))).ok


@pytest.mark.slow
def test_the_plan_of_the_city_is_accepted_and_a_changed_one_is_not() -> None:
    cycle = read_cycle(data_dir("cycles") / "pangkalpinang-2026")
    made = solve(Problem.from_cycle(cycle, marginal_gains(cycle)))
    found = verify(cycle, made)
    assert found.ok, found.text("en")
    assert found.gap == 0.0
    stays = moved(cycle, made, dict(cycle.pegawai[["pegawai_id", "jabatan_id"]].itertuples(index=False)))
    assert names(cycle, stays) == {"tujuan"}


def test_numbers_that_were_changed_are_found(small: Cycle, plan: Plan) -> None:
    assert "tujuan" in names(small, replace(plan, objective=plan.objective - 1, bound=plan.bound - 1))
    assert "batas" in names(small, replace(plan, bound=plan.bound + 0.001))
    assert "batas" in names(small, replace(plan, gap=0.5))
    assert "tujuan" in names(small, replace(plan, terms={**plan.terms, "beban": plan.terms["beban"] - 5}))
    assert "batas" in names(small, replace(plan, bound=float("nan")))
    assert "batas" in names(small, replace(plan, status="certain"))
    lower = replace(plan, bound=plan.bound - 1, gap=1 / max(1.0, abs(plan.objective)), status="feasible")
    assert verify(small, lower).ok


def test_forged_duals_prove_nothing_or_less(small: Cycle, plan: Plan) -> None:
    duals = plan.certificate["duals"]
    assert duals
    first = next(iter(duals))
    row = next(n for n in duals if n.startswith("anggaran|pindah"))
    for forged in ({**duals, "anggaran|gaji": 5}, {**duals, first: 0.5}, {**duals, row: abs(duals[row])}):
        assert "sertifikat" in names(small, replace(plan, certificate={**plan.certificate, "duals": forged}))
    assert "batas" in names(small, replace(plan, certificate={**plan.certificate, "duals": {}}))
    assert "batas" in names(small, replace(plan, certificate={**plan.certificate, "duals": {**duals, row: duals[row] * 3}}))
    assert "sertifikat" in names(small, replace(plan, certificate={}))
    assert "sertifikat" in names(small, replace(plan, certificate={**plan.certificate, "scale": 0}))
    loop = [{"person": plan.moves["pegawai_id"].iloc[0], "seat": plan.moves["jabatan_id"].iloc[0], "within": 0, "without": 0}]
    worse = {**plan.certificate, "duals": {}, "branches": loop, "target": 10**9}
    assert "sertifikat" in names(small, replace(plan, certificate=worse))


def test_a_table_that_is_no_assignment_is_found(small: Cycle, plan: Plan) -> None:
    frame = plan.assignment
    assert "penempatan" in names(small, replace(plan, assignment=frame.iloc[1:]))
    assert "penempatan" in names(small, replace(plan, assignment=pd.concat([frame, frame.iloc[:1]])))
    assert "penempatan" in names(small, replace(plan, assignment=frame.assign(jabatan_id="J-none")))
    assert "penempatan" in names(small, replace(plan, moves=plan.moves.iloc[1:]))


def cycles_with_rules(small: Cycle) -> list[Cycle]:
    """The example under settings and with table cells that bring every pair rule to bear."""
    p, j = small.pegawai, small.jabatan
    both = [small.with_settings(aturan={"R36": {"promosi": True}}), small]
    both += [small.with_settings(jendela={"status_kepala": "plt"}), small.with_settings(jendela={"penetapan_paslon": "2026-03-01"})]
    marked = p.assign(
        hukuman_disiplin=np.arange(len(p)) % 3 == 0, tugas_belajar=np.arange(len(p)) % 3 == 1,
        jabatan_rangkap="Analis", tanggal_lahir=pd.Timestamp("1950-01-01"), tmt_jabatan=small.date,
    ).astype(p.dtypes.to_dict())  # fmt: skip
    both.append(replace(small, pegawai=marked))
    both.append(replace(small, pegawai=p.assign(status=np.where(np.arange(len(p)) % 2, "CPNS", "PPPK paruh waktu")).astype(p.dtypes.to_dict())))
    both.append(replace(small, pegawai=p.assign(status="PPPK", predikat_1="Kurang").astype(p.dtypes.to_dict())))
    both.append(replace(small, jabatan=j.assign(terkunci=True, min_golongan="IV/e", min_pendidikan="S3").astype(j.dtypes.to_dict())))
    both.append(replace(small, jabatan=j.assign(profesi=np.where(np.arange(len(j)) % 2, "guru", "perawat")).astype(j.dtypes.to_dict())))
    chief = j.assign(jenis="jpt", eselon="II.b", klasifikasi=np.where(np.arange(len(j)) % 2, "a", "b"), nama="Camat X").astype(j.dtypes.to_dict())
    both.append(replace(small, jabatan=chief))
    apart = small.unit.assign(induk_id=small.unit["induk_id"].where(small.unit["jenis"] != "dinas"))
    both.append(replace(small, unit=apart).with_settings(aturan={"R37": {"satu_kantor": True}}))
    return both


@pytest.mark.parametrize("rule", sorted(CHECKS))
def test_a_move_that_a_rule_forbids_is_found_and_named(small: Cycle, plan: Plan, rule: str) -> None:
    bit = np.uint64(1) << np.uint64(int(rule[1:]) - 1)
    n, m = len(small.pegawai), len(small.jabatan)
    people, seats = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    for cycle in cycles_with_rules(small):
        hit = np.flatnonzero(evaluate(cycle, people, seats).blocked & bit)
        if len(hit):
            k = hit[len(hit) // 2]
            who, seat = cycle.pegawai["pegawai_id"].iloc[people[k]], cycle.jabatan["jabatan_id"].iloc[seats[k]]
            own = dict(cycle.pegawai[["pegawai_id", "jabatan_id"]].itertuples(index=False))
            found = verify(cycle, moved(cycle, plan, {**own, who: seat}))
            assert any(v.rule == rule and who in v.people and seat in v.seats for v in found.violations)
            return
    pytest.fail(f"no pair that {rule} forbids")


def test_both_readings_of_the_pair_rules_agree(small: Cycle) -> None:
    from mutasi_toolkit.assignment.audit.pairs import allowed_pairs, broken
    from mutasi_toolkit.assignment.audit.tables import facts_of

    n, m = len(small.pegawai), len(small.jabatan)
    people, seats = np.repeat(np.arange(n), m), np.tile(np.arange(m), n)
    for cycle in cycles_with_rules(small):
        facts = facts_of(cycle)
        blocked = evaluate(cycle, people, seats).blocked
        for rule, bad in broken(facts, people, seats).items():
            assert np.array_equal(bad, (blocked & (np.uint64(1) << np.uint64(int(rule[1:]) - 1))) != 0), rule
        mine, theirs = allowed_pairs(facts, np.ones(m, dtype=bool)), rules.allowed(cycle)
        assert np.array_equal(mine[0], theirs.person)
        assert np.array_equal(mine[1], theirs.seat)


def test_budgets_guarantees_and_decisions_are_checked(small: Cycle, plan: Plan) -> None:
    who, seat = plan.moves["pegawai_id"].iloc[0], plan.moves["jabatan_id"].iloc[0]
    assert "anggaran.pindah" in names(small.with_settings(anggaran={"pindah": 7}), plan)
    assert "anggaran.masuk_per_unit" in names(small.with_settings(anggaran={"masuk_per_unit": 0}), plan)
    assert "anggaran.keluar_per_opd" in names(small.with_settings(anggaran={"keluar_per_opd": 0}), plan)
    group = [{"kolom": "jenis_kelamin", "nilai": "P", "paling_banyak": 0}, {"kolom": "jenis_kelamin", "nilai": "L", "paling_banyak": 0}]
    assert "jaminan.kelompok" in names(small.with_settings(jaminan={"kelompok": group}), plan)
    decision = pd.DataFrame({"pegawai_id": [who], "putusan": ["kunci"]}).reindex(columns=small.keputusan.columns).astype(small.keputusan.dtypes.to_dict())
    assert "keputusan" in names(replace(small, keputusan=decision), plan)
    refused = decision.assign(putusan="tolak", jabatan_id=seat).astype(small.keputusan.dtypes.to_dict())
    assert "keputusan" in names(replace(small, keputusan=refused), plan)


def test_overfilled_seats_worse_opds_and_lost_last_holders_are_found(small: Cycle, plan: Plan) -> None:
    own = dict(small.pegawai[["pegawai_id", "jabatan_id"]].itertuples(index=False))
    pairs = rules.allowed(small)
    ids, seats = small.pegawai["pegawai_id"].to_numpy(), small.jabatan["jabatan_id"].to_numpy()
    options = [(ids[p], seats[s]) for p, s in zip(pairs.person, pairs.seat, strict=True) if own[ids[p]] != seats[s]]
    target = pd.Series([s for _, s in options]).value_counts().index[0]
    crowd = {p: s for p, s in options if s == target}
    assert {"R14", "R13"} & names(small, moved(small, plan, {**own, **crowd}))
    need = mt.workload.need(small)["selisih"]
    person, seat = next((p, s) for p, s in options if need[own[p]] <= 0 and need[s] >= 0 and small.seat["opd_id"][own[p]] != small.seat["opd_id"][s])
    assert "jaminan.opd_tidak_memburuk" in names(small, moved(small, plan, {**own, person: seat}))
    level = pd.DataFrame({"pegawai_id": [options[0][0]], "keahlian": ["Hanya satu"], "tingkat": [5]})
    alone = replace(small, keahlian=pd.concat([small.keahlian, level.reindex(columns=small.keahlian.columns)]).astype(small.keahlian.dtypes.to_dict()))
    opd = alone.seat["opd_id"]
    far = next((p, s) for p, s in options if opd[own[p]] != opd[s])
    lonely = replace(alone, keahlian=alone.keahlian.assign(pegawai_id=np.where(alone.keahlian["keahlian"] == "Hanya satu", far[0], alone.keahlian["pegawai_id"])).astype(small.keahlian.dtypes.to_dict()))
    assert "R33" in names(lonely, moved(lonely, plan, {**own, far[0]: far[1]}))


def test_people_in_conflict_in_one_unit_are_found(small: Cycle, plan: Plan) -> None:
    moves = plan.moves
    unit = small.seat["unit_id"]
    own = small.pegawai.set_index("pegawai_id")["jabatan_id"]
    after = plan.assignment.set_index("pegawai_id")["jabatan_id"]
    who = moves["pegawai_id"].iloc[0]
    near = [p for p in after.index if p != who and unit[after[p]] == unit[after[who]] and unit[own[p]] != unit[own[who]]]
    table = pd.DataFrame({"pegawai_a": [who], "pegawai_b": [near[0]], "alasan": ["suami istri"]})
    cycle = replace(small, konflik=table.reindex(columns=small.konflik.columns).astype(small.konflik.dtypes.to_dict()))
    found = verify(cycle, plan)
    assert any(v.rule == "R17" and {who, near[0]} <= set(v.people) for v in found.violations)


PAIRS = pd.DataFrame({"person": list("aabbcc"), "position": list("xyxyxy"), "cost": [1.5, 2, 2, 1, 4, 3.25], "weight": [1, 2, 2, 1, 1, 2]})
LIMITS = {"x": 2, "y": 2}


def test_pairs_are_checked_in_exact_decimals() -> None:
    made = solve(Problem.from_pairs(PAIRS, LIMITS))
    assert verify((PAIRS, LIMITS), made).ok
    assert verify((PAIRS, pd.Series(LIMITS)), made).bound == made.objective
    frame = made.assignment
    assert verify((PAIRS, {"x": 2, "y": 0}), made).violations[0].rule == "kapasitas"
    wrong = [
        replace(made, objective=made.objective - 0.25, bound=made.bound - 0.25),
        replace(made, bound=made.bound + 1),
        replace(made, assignment=frame.iloc[1:]),
        replace(made, assignment=frame.assign(position="z")),
        replace(made, certificate={**made.certificate, "duals": {"capacity|x": 5}}),
        replace(made, certificate={**made.certificate, "kind": "oracle"}),
        replace(made, certificate={**made.certificate, "duals": {}, "branches": []}),
        replace(made, certificate={}),
    ]
    assert [verify((PAIRS, LIMITS), w).ok for w in wrong] == [False] * len(wrong)


def test_it_shares_no_code_with_the_solver() -> None:
    mine = [PACKAGE / "assignment" / "verify.py", *(PACKAGE / "assignment" / "audit").glob("*.py")]
    allowed = {"mutasi_toolkit.assignment.audit", "mutasi_toolkit.locale", "mutasi_toolkit.paths", "mutasi_toolkit.settings", "mutasi_toolkit.cycle"}
    for path in mine:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        types = [n for n in ast.walk(tree) if isinstance(n, ast.If) and ast.unparse(n.test) == "TYPE_CHECKING"]
        never_run = {child for block in types for child in ast.walk(block)}
        for node in ast.walk(tree):
            if node not in never_run and isinstance(node, ast.ImportFrom) and (node.module or "").startswith("mutasi_toolkit"):
                assert any(node.module == a or node.module.startswith(a + ".") for a in allowed), (path.name, node.module)
    assert mt.assignment.verify is verify
