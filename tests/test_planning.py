"""The whole decision on the small example, on tiny cycles that can be enumerated, and its saved form."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, solve
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.planning.propose import predicted_gain

#: Objectives are whole thousandths of a point; each term is rounded once per arc.
POINT = 0.001


@pytest.fixture(scope="module")
def example() -> mt.Cycle:
    return mt.read_cycle(data_dir("cycles") / "contoh")


@pytest.fixture(scope="module")
def proposal(example: mt.Cycle):
    return mt.propose(example)


def _tiny(tmp_path: Path, rng: np.random.Generator, settings: str = "") -> mt.Cycle:
    """Five clerks on three seat classes of three dinas, with random needs and skills."""
    (tmp_path / "unit.csv").write_text("unit_id,nama,induk_id,jenis\nD1,A,,dinas\nD2,B,,dinas\nD3,C,,dinas\n")
    need = rng.integers(0, 4, 3)
    seats = [f"J{k},D{1 + k % 3},Penata,pelaksana,7,{need[k]}" for k in range(3)]
    (tmp_path / "jabatan.csv").write_text("jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan\n" + "\n".join(seats) + "\n")
    at = rng.integers(0, 3, 5)
    people = [f"P{i},J{at[i]},PNS,III/a,S1,2020-01-01" for i in range(5)]
    (tmp_path / "pegawai.csv").write_text("pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan\n" + "\n".join(people) + "\n")
    skills = [f"P{i},{s},3" for i in range(5) for s in ("x", "y") if rng.random() < 0.4] or ["P0,x,3"]
    (tmp_path / "keahlian.csv").write_text("pegawai_id,keahlian,tingkat\n" + "\n".join(skills) + "\n")
    (tmp_path / "konflik.csv").write_text("pegawai_a,pegawai_b\nP0,P1\n")
    (tmp_path / "cycle.yaml").write_text("tanggal: 2026-01-31\n" + settings)
    return mt.read_cycle(tmp_path)


def _value(cycle: mt.Cycle, after: mt.Cycle, moves: int) -> float:
    weights = cycle.settings.bobot
    return weights.beban * float(mt.workload.need(after)["selisih"].abs().sum()) + weights.pindah * moves


def _keeps_guarantees(cycle: mt.Cycle, after: mt.Cycle) -> bool:
    one, two = (mt.workload.unit_efficiency(c) for c in (cycle, after))
    if ((two["kekurangan"] + two["kelebihan"]) > (one["kekurangan"] + one["kelebihan"]) + 1e-9).any():
        return False
    had, has = (mt.skills.coverage(c)["pemegang"] for c in (cycle, after))
    if (has.reindex(had.index[had > 0]).fillna(0) < 1).any():
        return False
    now, then = (c.seated["unit_id"] for c in (cycle, after))
    if then["P0"] == then["P1"] and now["P0"] != now["P1"]:
        return False
    need = mt.workload.need(after)
    joined = after.pegawai.loc[(after.pegawai["jabatan_id"] != cycle.pegawai["jabatan_id"]).to_numpy(), "jabatan_id"]
    return bool((need.loc[joined, "selisih"] <= 0).all())


@pytest.mark.parametrize("seed", range(12))
def test_plan_is_the_best_of_all_assignments(tmp_path: Path, seed: int) -> None:
    rng = np.random.default_rng(seed)
    budget = int(rng.integers(0, 5))
    cycle = _tiny(tmp_path, rng, f"anggaran: {{pindah: {budget}}}\nbobot: {{kecocokan: 0, pengetahuan: 0, gangguan: 0}}\n")
    own = cycle.pegawai["jabatan_id"].to_list()
    overfull = set(mt.workload.need(cycle).query("selisih > 0").index)
    best = np.inf
    for seats in itertools.product(cycle.jabatan["jabatan_id"], repeat=5):
        moved = [i for i in range(5) if seats[i] != own[i]]
        if len(moved) > budget or any(seats[i] in overfull for i in moved):
            continue
        after = cycle.after(pd.DataFrame({"pegawai_id": [f"P{i}" for i in moved], "jabatan_id": [seats[i] for i in moved]}))
        if _keeps_guarantees(cycle, after):
            best = min(best, _value(cycle, after, len(moved)))
    plan = solve(Problem.from_cycle(cycle))
    after = cycle.after(plan.moves)
    assert plan.status == "optimal"
    assert plan.objective == pytest.approx(best, abs=POINT)
    assert plan.bound == plan.objective
    assert _keeps_guarantees(cycle, after)


def test_terms_add_up_and_bound_proves_the_plan(proposal) -> None:
    plan = proposal.plan
    assert sum(plan.terms.values()) == pytest.approx(plan.objective, abs=POINT)
    assert plan.bound == plan.objective
    assert plan.gap == 0
    still = mt.workload.need(proposal.after)["selisih"].abs().sum() * proposal.cycle.settings.bobot.beban
    assert plan.terms["beban"] == pytest.approx(still, abs=POINT)


def test_every_move_is_allowed_and_within_the_budget(proposal) -> None:
    cycle, moves = proposal.cycle, proposal.plan.moves
    assert 0 < len(moves) <= cycle.settings.anggaran.pindah
    p = pd.Index(cycle.pegawai["pegawai_id"]).get_indexer(moves["pegawai_id"])
    s = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(moves["jabatan_id"])
    assert not mt.rules.evaluate(cycle, p, s).blocked.any()


def test_no_opd_ends_worse_and_no_skill_is_lost(proposal) -> None:
    opd = proposal.tables()["opd"]
    assert (opd["selisih_mutlak_sesudah"] <= opd["selisih_mutlak_sebelum"] + 1e-9).all()
    before, after = (mt.skills.coverage(c)["pemegang"] for c in (proposal.cycle, proposal.after))
    assert (after.reindex(before.index[before > 0]).fillna(0) >= 1).all()


def test_row_order_changes_nothing(example: mt.Cycle, tmp_path: Path) -> None:
    from mutasi_toolkit.cycle import table_text

    example.write(tmp_path)
    for name in ("pegawai", "jabatan", "unit", "keahlian"):
        frame = table_text(name, getattr(example, name)).sample(frac=1, random_state=1)
        frame.to_csv(tmp_path / f"{name}.csv", index=False)
    again = solve(Problem.from_cycle(mt.read_cycle(tmp_path)))
    pd.testing.assert_frame_equal(again.moves, solve(Problem.from_cycle(example)).moves)


def test_a_budget_of_nought_moves_nobody(example: mt.Cycle) -> None:
    still = mt.propose(mt.read_cycle(data_dir("cycles") / "contoh", "tanpa_pindah"))
    assert len(still.plan.moves) == 0
    assert still.gain_simulated == 0


def test_a_larger_budget_is_never_worse(example: mt.Cycle) -> None:
    values = [solve(Problem.from_cycle(example.with_settings(anggaran={"pindah": n}))).objective for n in (0, 2, 4, 8)]
    assert values == sorted(values, reverse=True)


def test_saved_proposal_reads_back_and_writes_the_same_bytes(proposal, tmp_path: Path) -> None:
    for name in ("a", "b"):
        proposal.write(tmp_path / name)
    for path in sorted((tmp_path / "a").rglob("*.*")):
        assert path.read_bytes() == (tmp_path / "b" / path.relative_to(tmp_path / "a")).read_bytes()
    back = mt.read_proposal(tmp_path / "a")
    assert back.plan.objective == proposal.plan.objective
    assert back.plan.moves["pegawai_id"].to_list() == proposal.plan.moves["pegawai_id"].to_list()


def test_predicted_gain_counts_arrivals_and_departures(tmp_path: Path) -> None:
    cycle = _tiny(tmp_path, np.random.default_rng(3))
    gains = pd.DataFrame([(o, s, h, 1.0 / (h + 1)) for o in ("D1", "D2", "D3") for s in ("x", "y") for h in range(7)], columns=["opd_id", "keahlian", "n_holders", "gain"])
    assert predicted_gain(cycle, cycle, gains) == 0
    held = cycle.keahlian["pegawai_id"].iloc[0]
    origin = cycle.seated.loc[held, "opd_id"]
    target = next(j for j in cycle.jabatan["jabatan_id"] if cycle.seat.loc[j, "opd_id"] != origin)
    after = cycle.after(pd.DataFrame({"pegawai_id": [held], "jabatan_id": [target]}))
    cover = mt.skills.coverage(cycle)["pemegang"]
    expected = 0.0
    for skill in cycle.keahlian.loc[cycle.keahlian["pegawai_id"] == held, "keahlian"]:
        here, there = cover.get((origin, skill), 0), cover.get((cycle.seat.loc[target, "opd_id"], skill), 0)
        expected += 1.0 / (there + 1) - 1.0 / here
    assert predicted_gain(cycle, after, gains) == pytest.approx(expected)
