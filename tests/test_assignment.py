"""solve: best by enumeration on tiny cycles and pairs, canonical, monotone in the constraints, stopped early honestly."""

from __future__ import annotations

import itertools
import os
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.optimize import linear_sum_assignment

from mutasi_toolkit.assignment import Problem, solve, verify
from mutasi_toolkit.assignment.model import Model, completed, faults_of, objective_of
from mutasi_toolkit.assignment.tie import tie_weights
from mutasi_toolkit.cycle import Cycle, read_cycle
from mutasi_toolkit.errors import InfeasibleError, InputError
from mutasi_toolkit.paths import data_dir

DATA = Path(os.environ.get("MUTASI_REFERENCE_DATA", "/nowhere"))


def all_plans(model: Model):
    """Every choice of one arc per person."""
    choices = [range(a, b) for a, b in itertools.pairwise(model.start)]
    return (np.array(c) for c in itertools.product(*choices))


def enumerated(model: Model) -> tuple[int, np.ndarray] | None:
    """The least objective over all plans that keep every row, and of those plans the one with the least sum of ties."""
    best = None
    stays = model.stay[model.stay >= 0]
    for arcs in all_plans(model):
        extras = completed(model, arcs)
        if len(faults_of(model, arcs, extras)):
            continue
        weight = int(model.tie[np.setdiff1d(arcs, stays)].sum())
        key = (objective_of(model, arcs, extras), weight)
        if best is None or key < best[0]:
            best = key, arcs
    return None if best is None else (best[0][0], best[1])


def random_pairs(rng: np.random.Generator) -> tuple[pd.DataFrame, dict[str, float]]:
    n, m = int(rng.integers(1, 6)), int(rng.integers(1, 4))
    grid = [(f"p{i}", f"j{j}") for i in range(n) for j in range(m) if j == i % m or rng.random() < 0.8]
    pairs = pd.DataFrame(grid, columns=["person", "position"])
    pairs["cost"] = rng.integers(-5, 6, len(pairs)) / rng.choice([1, 2, 10])
    if rng.random() < 0.7:
        pairs["weight"] = rng.integers(0, 5, len(pairs)) / rng.choice([1, 4])
    load = float(pairs.get("weight", pd.Series(1.0, index=pairs.index)).sum()) / m
    return pairs, {f"j{j}": float(rng.choice([np.round(load * rng.random() * 1.4, 2), np.inf], p=[0.9, 0.1])) for j in range(m)}


def enumerated_pairs(pairs: pd.DataFrame, capacity: dict[str, float]) -> Fraction | None:
    """Straight from the table, in exact fractions, without the model."""
    weight = pairs["weight"] if "weight" in pairs else pd.Series(1.0, index=pairs.index)
    rows = [list(g.index) for _, g in pairs.groupby("person")]
    best = None
    for choice in itertools.product(*rows):
        load: dict[str, Fraction] = {}
        for k in choice:
            j = pairs["position"][k]
            load[j] = load.get(j, Fraction(0)) + Fraction(str(float(weight[k])))
        if all(np.isinf(capacity[j]) or v <= Fraction(str(capacity[j])) for j, v in load.items()):
            cost = sum((Fraction(str(float(pairs["cost"][k]))) for k in choice), Fraction(0))
            best = cost if best is None or cost < best else best
    return best


@pytest.mark.parametrize("seed", range(2))
def test_pairs_agree_with_enumeration(seed: int) -> None:
    rng = np.random.default_rng(seed)
    solved = 0
    for _ in range(150):
        pairs, capacity = random_pairs(rng)
        expected = enumerated_pairs(pairs, capacity)
        problem = Problem.from_pairs(pairs, capacity)
        if expected is None:
            with pytest.raises(InfeasibleError):
                solve(problem)
            continue
        plan = solve(problem)
        assert Fraction(plan.objective).limit_denominator(1000) == expected
        assert plan.status == "optimal"
        assert verify((pairs, capacity), plan).ok
        solved += 1
    assert solved > 60


def random_cycle(small: Cycle, rng: np.random.Generator) -> Cycle:
    """A few people of the example, with every kind of constraint now and then."""
    seats = small.jabatan[small.jabatan["jenis"].isin(["pelaksana", "fungsional"])]
    names = rng.choice(seats["nama"].unique())
    chosen = small.jabatan[small.jabatan["nama"] == names].head(4)
    crowd = small.pegawai[small.pegawai["jabatan_id"].isin(chosen["jabatan_id"])]
    many = min(len(crowd), int(rng.integers(2, 6)))
    people = crowd.sample(many, random_state=int(rng.integers(2**31)))
    need = chosen.assign(kebutuhan=rng.integers(0, 4, len(chosen)).astype(float))
    skill = pd.DataFrame(
        [(p, f"s{k}", int(rng.integers(1, 6))) for p in people["pegawai_id"] for k in range(3) if rng.random() < 0.6],
        columns=["pegawai_id", "keahlian", "tingkat"],
    )
    asked = pd.DataFrame([(j, f"s{k}", int(rng.integers(1, 5))) for j in chosen["jabatan_id"] for k in range(3)], columns=["jabatan_id", "keahlian", "tingkat"])
    ids = list(people["pegawai_id"])
    conflict = pd.DataFrame({"pegawai_a": ids[:1], "pegawai_b": ids[1:2], "alasan": "kerabat"}) if len(ids) > 1 and rng.random() < 0.5 else small.konflik.iloc[:0]
    decision = pd.DataFrame({"pegawai_id": ids[-1:], "putusan": ["kunci"]}) if rng.random() < 0.2 else small.keputusan.iloc[:0]

    def table(name: str, frame: pd.DataFrame) -> pd.DataFrame:
        like = getattr(small, name)
        return frame.reindex(columns=like.columns).astype(like.dtypes.to_dict()).reset_index(drop=True)

    tables = {
        "jabatan": table("jabatan", need), "pegawai": table("pegawai", people.sort_values("pegawai_id")), "keahlian": table("keahlian", skill),
        "syarat": table("syarat", asked), "konflik": table("konflik", conflict), "keputusan": table("keputusan", decision),
        "tugas": small.tugas.iloc[:0], "preferensi": small.preferensi[small.preferensi["pegawai_id"].isin(ids)].reset_index(drop=True),
        "paruh_waktu": small.paruh_waktu.iloc[:0], "hubungan": small.hubungan.iloc[:0], "riwayat": small.riwayat.iloc[:0],
    }  # fmt: skip
    maybe = lambda value: value if rng.random() < 0.3 else None  # noqa: E731
    group = {"kolom": "jenis_kelamin", "nilai": "P", "hitung": str(rng.choice(["pindah", "ada"])), "paling_banyak": int(rng.integers(0, 4))}
    return replace(small, **tables).with_settings(
        bobot={"beban_unit": float(rng.choice([0, 2.5])), "kosong": float(rng.choice([0, 3])), "pemegang_tunggal": float(rng.choice([0, 4])), "kecocokan": float(rng.choice([5, 60]))},
        anggaran={"pindah": int(rng.integers(0, 5)), "keluar_per_unit": maybe(1), "masuk_per_unit": maybe(1), "keluar_per_opd": maybe(1), "masuk_per_opd": maybe(1)},
        jaminan={"opd_tidak_memburuk": bool(rng.random() < 0.6), "pemegang_tunggal": bool(rng.random() < 0.6), "pengalaman_min": maybe(0.7), "isi_min": maybe(0.8), "kelompok": [group] if rng.random() < 0.3 else []},
        aturan={"R01": {"min_tenure_years": 0}, "R14": {"kelebihan_boleh": int(rng.integers(0, 2))}},
    )  # fmt: skip


def random_gains(cycle: Cycle, rng: np.random.Generator) -> pd.DataFrame:
    rows = [(o, f"s{k}", h, g) for o in sorted(set(cycle.seat["opd_id"])) for k in range(3) for h, g in enumerate(np.sort(rng.random(4) * 20)[::-1])]
    return pd.DataFrame(rows, columns=["opd_id", "keahlian", "n_holders", "gain"])


@pytest.fixture(scope="module")
def small() -> Cycle:
    return read_cycle(data_dir("cycles") / "contoh")


@pytest.mark.parametrize("seed", range(2))
def test_tiny_cycles_agree_with_enumeration_and_are_verified(small: Cycle, seed: int) -> None:
    rng = np.random.default_rng([seed, 5])
    moving = 0
    for k in range(25):
        cycle = random_cycle(small, rng)
        gains = random_gains(cycle, rng) if rng.random() < 0.6 else None
        problem = Problem.from_cycle(cycle, gains)
        best = enumerated(problem.model)
        if best is None:
            with pytest.raises(InfeasibleError):
                solve(problem)
            continue
        plan = solve(problem)
        assert plan.objective == best[0] / problem.per_unit
        chosen = problem.seats[problem.seat[best[1]]]
        assert plan.assignment["jabatan_id"].tolist() == chosen.tolist(), "of equal plans, the one with the least ties"
        if k % 3 == 0:
            found = verify(cycle, plan)
            assert found.ok, found.text("en")
        moving += len(plan.moves)
    assert moving > 3


def test_a_constraint_never_improves_and_its_absence_never_worsens(small: Cycle) -> None:
    tighter = [
        {"anggaran": {"pindah": 4}}, {"anggaran": {"masuk_per_unit": 1}}, {"anggaran": {"keluar_per_opd": 1}}, {"jaminan": {"pengalaman_min": 1.0}},
        {"jaminan": {"isi_min": 1.0}}, {"jaminan": {"kelompok": [{"kolom": "jenis_kelamin", "nilai": "P", "paling_banyak": 1}]}},
        {"aturan": {"R01": {"min_tenure_years": 4}}},
    ]  # fmt: skip
    base = solve(Problem.from_cycle(small)).objective
    for change in tighter:
        assert solve(Problem.from_cycle(small.with_settings(**change))).objective >= base
    for change in ({"jaminan": {"opd_tidak_memburuk": False}}, {"jaminan": {"pemegang_tunggal": False}}, {"anggaran": {"pindah": 20}}):
        assert solve(Problem.from_cycle(small.with_settings(**change))).objective <= base


def shuffled(cycle: Cycle, rng: np.random.Generator) -> Cycle:
    return replace(cycle, **{name: frame.sample(frac=1, random_state=int(rng.integers(2**31))).reset_index(drop=True) for name, frame in cycle.tables.items()})


def test_the_order_of_rows_changes_nothing(small: Cycle, tmp_path: Path) -> None:
    plan = solve(Problem.from_cycle(small))
    for name, frame in shuffled(small, np.random.default_rng(3)).tables.items():
        if len(frame):
            frame.to_csv(tmp_path / f"{name}.csv", index=False)
    (tmp_path / "cycle.yaml").write_text((data_dir("cycles") / "contoh" / "cycle.yaml").read_text(encoding="utf-8"), encoding="utf-8")
    assert solve(Problem.from_cycle(read_cycle(tmp_path))).as_dict() == plan.as_dict()


def test_names_and_order_of_pairs_change_nothing() -> None:
    rng = np.random.default_rng(8)
    for _ in range(30):
        pairs, capacity = random_pairs(rng)
        if enumerated_pairs(pairs, capacity) is None:
            continue
        plan = solve(Problem.from_pairs(pairs, capacity))
        mixed = pairs.sample(frac=1, random_state=1)
        assert solve(Problem.from_pairs(mixed, dict(reversed(capacity.items())))).as_dict() == plan.as_dict()
        renamed = solve(Problem.from_pairs(pairs.assign(person="x" + pairs["person"], position="y" + pairs["position"]), {"y" + k: v for k, v in capacity.items()}))
        assert renamed.objective == plan.objective
        assert renamed.bound == plan.bound


def test_ties_are_of_the_labels_alone() -> None:
    people, seats = pd.Index(["P1", "P2"]), pd.Index(["J1", "J2"])
    assert tie_weights(people, seats)[0] == tie_weights(people[:1], seats[:1])[0]


def library(name: str, folder: str) -> str:
    path = DATA / folder / name
    if not path.is_file():
        pytest.skip("MUTASI_REFERENCE_DATA does not hold the OR-Library files")
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize(("name", "optimum"), [("assign100", 305), ("assign200", 475), ("assign300", 626)])
def test_or_library_assignment_problems(name: str, optimum: int) -> None:
    numbers = np.array(library(f"{name}.txt", "or_assign").split(), dtype=float)
    n = int(numbers[0])
    costs = numbers[1:].reshape(n, n)
    pairs = pd.DataFrame({"person": np.repeat(np.arange(n), n), "position": np.tile(np.arange(n), n), "cost": costs.ravel()})
    plan = solve(Problem.from_pairs(pairs, dict.fromkeys(range(n), 1)))
    assert (plan.objective, plan.bound, plan.gap, plan.status) == (optimum, optimum, 0.0, "optimal")
    rows, columns = linear_sum_assignment(costs)
    assert plan.objective == costs[rows, columns].sum()
    if n == 100:
        assert verify((pairs, dict.fromkeys(range(n), 1)), plan).ok


def gap_problems(name: str):
    numbers = iter(int(v) for v in library(f"{name}.txt", "or_gap").split())
    for _ in range(next(numbers)):
        m, n = next(numbers), next(numbers)
        value, weight = (np.array([next(numbers) for _ in range(m * n)]).reshape(m, n) for _ in range(2))
        limits = [next(numbers) for _ in range(m)]
        grid = pd.DataFrame({"person": np.tile(np.arange(n), m), "position": np.repeat(np.arange(m), n), "cost": -value.ravel(), "weight": weight.ravel()})
        yield grid, dict(enumerate(limits))


@pytest.mark.slow
@pytest.mark.parametrize("number", range(1, 13))
def test_or_library_generalised_assignment(number: int) -> None:
    optima = pd.read_csv(pd.io.common.StringIO(library("optima.csv", "or_gap")))
    known = optima.loc[optima["file"] == f"gap{number}", "value"].tolist()
    for k, (pairs, limits) in enumerate(gap_problems(f"gap{number}")):
        plan = solve(Problem.from_pairs(pairs, limits))
        assert (-plan.objective, -plan.bound, plan.status) == (known[k], known[k], "optimal")
        if k == 0:
            assert verify((pairs, limits), plan).ok


def test_a_time_limit_gives_the_incumbent_and_says_its_gap() -> None:
    rng = np.random.default_rng(4)
    n, m = 60, 10
    pairs = pd.DataFrame({"person": np.tile(np.arange(n), m), "position": np.repeat(np.arange(m), n)})
    pairs["weight"] = rng.integers(5, 26, len(pairs))
    pairs["cost"] = 111 - pairs["weight"] + rng.integers(-10, 11, len(pairs))
    limits = {j: int(0.8 * pairs["weight"][pairs["position"] == j].sum() / m) for j in range(m)}
    plan = solve(Problem.from_pairs(pairs, limits), time_limit=1e-3)
    assert plan.gap == pytest.approx((plan.objective - plan.bound) / max(1.0, abs(plan.objective)), abs=1e-12)
    assert plan.status == ("optimal" if plan.gap == 0 else "feasible")
    assert verify((pairs, limits), plan).ok


@pytest.mark.parametrize("bad", [{"time_limit": 0}, {"time_limit": -1}, {"gap": -0.1}, {"gap": float("nan")}])
def test_limits_that_make_no_sense_are_refused(bad: dict) -> None:
    with pytest.raises(InputError):
        solve(Problem.from_pairs(pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [1]}), {"x": 1}), **bad)


def test_degenerate_pairs() -> None:
    one = pd.DataFrame({"person": ["a"], "position": ["x"], "cost": [0.1]})
    assert solve(Problem.from_pairs(one, {"x": 1})).objective == 0.1
    with pytest.raises(InfeasibleError):
        solve(Problem.from_pairs(one, {"x": 0}))
    with pytest.raises(InputError):
        Problem.from_pairs(one, {})
    with pytest.raises(InputError):
        Problem.from_pairs(pd.concat([one, one]), {"x": 1})
    third = pd.DataFrame({"person": list("abc"), "position": "x", "cost": [1 / 3, 1e-9, -2.5], "weight": [0.1, 0.2, 0.7]})
    plan = solve(Problem.from_pairs(third, {"x": 1.0}))
    assert plan.objective == pytest.approx(1 / 3 + 1e-9 - 2.5, rel=1e-12)
    assert plan.bound <= plan.objective
