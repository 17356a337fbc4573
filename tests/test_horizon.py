"""Several rounds: one round is the plain plan, planning together is never worse, clocks and budgets hold."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.assignment import Problem, solve
from mutasi_toolkit.planning import plan_rounds, worth_of_planning

#: Points are whole thousandths.
EXACT = 1e-9


def test_one_round_is_the_plain_plan(contoh: mt.Cycle) -> None:
    cycle = contoh.with_settings(jaminan={"pemegang_tunggal": False})
    plan = solve(Problem.from_cycle(cycle))
    one = plan_rounds(cycle, rounds=1)
    if not len(cycle.konflik):
        assert abs(one.objective - plan.objective) < EXACT
    assert one.objective <= plan.objective + EXACT
    gap = float(mt.workload.need(cycle.after(one.moves))["selisih"].abs().sum())
    assert one.by_round["selisih"].tolist() == [gap]


def test_rounds_keep_budgets_and_clocks_and_planning_ahead_pays(contoh: mt.Cycle) -> None:
    worth = worth_of_planning(contoh, rounds=3, growth=0.03)
    assert worth["nilai"] >= -EXACT
    found = plan_rounds(contoh, rounds=3, growth=0.03)
    assert abs(found.objective - worth["bersama"]) < EXACT
    assert not found.moves["pegawai_id"].duplicated().any()
    assert (found.by_round["mutasi"] <= contoh.settings.anggaran.pindah).all()
    assert (found.by_round["selisih"] <= found.by_round["selisih_tanpa"] + EXACT).all()
    gone = mt.workload.leaving.leavers(contoh)["keluar"]
    for row in found.moves.itertuples():
        leaves = gone[row.pegawai_id]
        assert row.putaran == 1 or pd.isna(leaves) or leaves > pd.Timestamp(found.by_round["tanggal"][row.putaran - 1])


def _tiny(folder: Path) -> mt.Cycle:
    """Three clerks; the only colleague at J1 retires within the year, J2 has one to spare today."""
    (folder / "unit.csv").write_text("unit_id,nama,induk_id,jenis\nD1,A,,dinas\nD2,B,,dinas\nD3,C,,dinas\n")
    seats = ["J1,D1,Penata,pelaksana,7,1", "J2,D2,Penata,pelaksana,7,1", "J3,D3,Penata,pelaksana,7,1"]
    (folder / "jabatan.csv").write_text("jabatan_id,unit_id,nama,jenis,kelas_jabatan,kebutuhan\n" + "\n".join(seats) + "\n")
    people = ["P0,J1,PNS,III/a,S1,1968-07-01,2020-01-01", "P1,J2,PNS,III/a,S1,1990-01-01,2020-01-01", "P2,J2,PNS,III/a,S1,1991-01-01,2020-01-01"]
    (folder / "pegawai.csv").write_text("pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan\n" + "\n".join(people) + "\n")
    (folder / "cycle.yaml").write_text("tanggal: 2026-01-31\nanggaran: {pindah: 1}\nbobot: {kecocokan: 0, gangguan: 0, pindah: 1, beban: 10}\n")
    return mt.read_cycle(folder)


def test_a_tiny_horizon_by_hand(tmp_path: Path) -> None:
    # Round 1: one of the two at J2 moves to J3: the gap falls from 2 to 0. Round 2: P0 has retired, J1 is empty, nobody is to
    # spare. Gaps 0 and 1, one move: 10 (0 + 1) + 1 = 11 points; without any move 2 + 3 gaps, since J1 and J3 are empty and J2 has two.
    cycle = _tiny(tmp_path)
    found = plan_rounds(cycle, rounds=2)
    assert found.objective == pytest.approx(11.0, abs=EXACT)
    assert found.by_round["selisih"].tolist() == [0.0, 1.0]
    assert found.by_round["selisih_tanpa"].tolist() == [2.0, 3.0]
    assert found.moves["jabatan_id"].tolist() == ["J3"]


def _value(cycle: mt.Cycle, moves: list[tuple[int, str, str]], need: np.ndarray, out: dict[str, int]) -> float:
    """Points of dated moves, counted from the tables."""
    seats = dict(zip(cycle.pegawai["pegawai_id"], cycle.jabatan["jabatan_id"].take([0, 1, 1]), strict=True))
    total = float(len(moves))
    for t in range(2):
        seats |= {p: s for when, p, s in moves if when == t}
        there = pd.Series([s for p, s in seats.items() if out.get(p, 9) > t]).value_counts().reindex(cycle.jabatan["jabatan_id"]).fillna(0)
        total += 10 * float(np.abs(there.to_numpy() - need).sum())
    return total


def test_the_tiny_horizon_is_the_best_of_all_dated_moves(tmp_path: Path) -> None:
    cycle = _tiny(tmp_path)
    need, out = np.ones(3), {"P0": 1}
    choices = [[None, *[(t, p, s) for t in range(2) for s in ("J1", "J2", "J3")]] for p in ("P0", "P1", "P2")]
    best = np.inf
    for chosen in itertools.product(*choices):
        moves = [c for c in chosen if c is not None]
        if all(sum(m[0] == t for m in moves) <= 1 for t in range(2)):
            best = min(best, _value(cycle, moves, need, out))
    assert plan_rounds(cycle, rounds=2).objective == pytest.approx(best, abs=EXACT)
