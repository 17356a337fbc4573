"""March 1991 in both readings: published equilibria, turnover, turbulence, a plain second implementation, and invariances."""

from __future__ import annotations

import numpy as np
import pytest

import mutasi_toolkit as mt
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.spread.organisations.mutual_learning import BLOCK

march = mt.spread.march

# Mean equilibrium knowledge of the code for p1 = .1 ... .9 (m = 30, n = 50; 3,000 replicates each, standard error <= .002).
FIGURE_1 = {
    ("performance", 0.1): (0.867, 0.816, 0.806, 0.800, 0.802, 0.806, 0.806, 0.811, 0.809),
    ("performance", 0.5): (0.953, 0.910, 0.872, 0.839, 0.813, 0.786, 0.767, 0.756, 0.740),
    ("knowledge", 0.1): (0.781, 0.755, 0.746, 0.749, 0.747, 0.750, 0.754, 0.753, 0.754),
    ("knowledge", 0.5): (0.835, 0.797, 0.764, 0.742, 0.723, 0.710, 0.695, 0.682, 0.675),
}
#: Beyond three standard errors: rounding of the published values and their own error.
SLACK = 0.005


@pytest.mark.slow
@pytest.mark.parametrize("reading", ["performance", "knowledge"])
def test_figure_1_in_every_cell(reading: str) -> None:
    for (name, p2), row in FIGURE_1.items():
        for k, published in enumerate(row if name == reading else ()):
            mean, se = march((k + 1) / 10, p2, reading=reading, replicates=1000, seed=k).equilibrium()
            assert abs(mean - published) < 3 * se + SLACK, (p2, (k + 1) / 10, mean, published, se)


@pytest.mark.parametrize(
    ("p1", "p3", "code"),
    [(0.1, 0.0, 0.788), (0.1, 0.1, 0.739), (0.1, 0.5, 0.631), (0.9, 0.0, 0.735), (0.9, 0.3, 0.869), (0.9, 0.5, 0.852)],
)
def test_turnover_hurts_slow_and_helps_fast_learners(p1: float, p3: float, code: float) -> None:
    mean, se = march(p1, 0.5, p3=p3, periods=20, replicates=1000, seed=2).equilibrium()
    assert abs(mean - code) < 3 * se + SLACK


def test_turnover_leaves_the_individuals_ignorant() -> None:
    known = [march(0.1, 0.5, p3=p3, periods=20, replicates=500, seed=2).individuals[:, -1].mean() for p3 in (0.0, 0.5)]
    assert known == pytest.approx([0.518, 0.079], abs=0.015)


def test_turbulence_wears_the_code_down_unless_people_come_and_go() -> None:
    at = [5, 20, 40, 60, 100]
    for p3, published in ((0.0, (0.627, 0.458, 0.204, 0.091, 0.014)), (0.1, (0.622, 0.597, 0.582, 0.579, 0.576))):
        code = march(0.5, 0.5, p3=p3, p4=0.02, periods=100, replicates=1500, seed=4).code[:, at]
        se = code.std(axis=0, ddof=1) / np.sqrt(len(code))
        assert (np.abs(code.mean(axis=0) - published) < 3 * se + SLACK).all(), (p3, code.mean(axis=0))


def test_mixed_learning_rates_beat_the_same_mean_rate() -> None:
    mixed = march(np.where(np.arange(50) < 25, 0.1, 0.9), 0.5, replicates=1000, seed=1).equilibrium()
    alike = march(0.5, 0.5, replicates=1000, seed=1).equilibrium()
    assert abs(mixed[0] - 0.904) < 3 * mixed[1] + SLACK
    assert mixed[0] - alike[0] > 5 * np.hypot(mixed[1], alike[1])


def _plain(p1: float, p2: float, m: int, n: int, reading: str, periods: int, rng: np.random.Generator) -> tuple[float, float]:
    """The model written out belief by belief, with another generator."""
    reality = rng.choice([-1, 1], m)
    belief = rng.integers(-1, 2, (n, m))
    code = np.zeros(m, dtype=int)
    for _ in range(periods):
        act = np.where(belief == 0, rng.choice([-1, 1], (n, m)), belief) if reading == "performance" else belief
        superior = act[(act @ reality) > code @ reality]
        toward = (code != 0) & (belief != code) & (rng.random((n, m)) < p1)
        step = belief + np.sign(code - belief) if reading == "performance" else np.broadcast_to(code, belief.shape)
        belief = np.where(toward, step, belief)
        new = code.copy()
        for d in range(m):
            majority = np.sign(superior[:, d].sum()) if len(superior) else 0
            if reading == "performance":
                k = abs(superior[:, d].sum())
            else:
                k = (superior[:, d] != code[d]).sum() - (superior[:, d] == code[d]).sum()
            if majority not in (0, code[d]) and k > 0 and rng.random() < 1 - (1 - p2) ** k:
                new[d] = majority
        code = new
    return code @ reality / m, (belief @ reality).mean() / m


@pytest.mark.parametrize("reading", ["performance", "knowledge"])
@pytest.mark.parametrize("m", [9, 70])
def test_agrees_with_the_model_written_out(reading: str, m: int) -> None:
    rng = np.random.default_rng(5)
    plain = np.array([_plain(0.3, 0.4, m, 7, reading, 6, rng) for _ in range(400)])
    fast = march(0.3, 0.4, m=m, n=7, reading=reading, periods=6, replicates=4000, seed=1)
    for column, ours in enumerate((fast.code[:, -1], fast.individuals[:, -1])):
        error = np.hypot(plain[:, column].std(ddof=1) / 20, ours.std(ddof=1) / np.sqrt(4000))
        assert abs(plain[:, column].mean() - ours.mean()) < 4 * error


def test_one_person_and_one_dimension_by_hand() -> None:
    # The code can only learn what is right: from a belief that is right (1/3), or by 'performance' from a lucky toss too.
    literal = march(0.5, 0.3, m=1, n=1, reading="knowledge", replicates=6000, seed=3)
    assert literal.code[:, -1].mean() == pytest.approx(1 / 3, abs=4 * np.sqrt(2 / 9 / 6000))
    acts = march(0.5, 0.3, m=1, n=1, replicates=6000, seed=3)
    assert acts.code[:, -1].mean() == pytest.approx(2 / 3, abs=4 * np.sqrt(2 / 9 / 6000))
    first = march(0.5, 0.3, m=1, n=1, periods=1, replicates=6000, seed=3).code[:, 1].mean()
    assert first == pytest.approx(0.3 * (1 / 3 + 1 / 6), abs=4 * np.sqrt(0.15 * 0.85 / 6000))


def test_learning_has_ended_where_it_says_so() -> None:
    whole = march(0.3, 0.5, m=10, n=8, replicates=300, seed=9)
    longer = march(0.3, 0.5, m=10, n=8, replicates=300, seed=9, periods=whole.code.shape[1] + 2 * BLOCK)
    width = whole.code.shape[1]
    assert (whole.end >= 0).all()
    assert whole.end.max() == width - 1
    assert (longer.code[:, width - 1 :] == whole.code[:, -1:]).all()
    assert (longer.individuals[:, width - 1 :] == whole.individuals[:, -1:]).all()
    assert (longer.code[:, :width] == whole.code).all()


def test_same_bits_for_any_workers_and_in_parts() -> None:
    one = march(0.4, 0.3, p3=0.05, p4=0.01, periods=70, replicates=50, seed=6, workers=1)
    many = march(0.4, 0.3, p3=0.05, p4=0.01, periods=70, replicates=50, seed=6, workers=7)
    part = march(0.4, 0.3, p3=0.05, p4=0.01, periods=70, replicates=20, seed=6, first=30)
    assert np.array_equal(one.code, many.code)
    assert np.array_equal(one.individuals, many.individuals)
    assert np.array_equal(one.code[30:], part.code)


def test_degenerate_rates() -> None:
    nothing = march(0.5, 0.0, replicates=20, seed=1)
    assert nothing.code.shape == (20, 1)
    assert (nothing.code == 0).all()
    alone = march(0.0, 0.5, periods=10, replicates=20, seed=1)
    assert (alone.individuals == alone.individuals[:, :1]).all()
    assert march(1.0, 1.0, replicates=20, seed=1).code[:, -1].mean() > 0
    assert march(0.5, 0.5, periods=0, replicates=3, seed=1).code.tolist() == [[0.0]] * 3


@pytest.mark.parametrize(
    "bad",
    [{"p1": 1.5}, {"p2": -0.1}, {"p3": 0.1}, {"p1": 0.0}, {"reading": "literal"}, {"n": 0}, {"p1": [0.1, 0.2]}, {"p1": np.nan}, {"replicates": 0}],
)
def test_what_makes_no_sense_is_refused(bad: dict) -> None:
    with pytest.raises(InputError):
        march(**{"p1": 0.5, "p2": 0.5, **bad})
