"""Design-based test of a rotation: the rotation is drawn anew under the rules of law, the outcomes stay as they are."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.draws import U, child, kernel, stream, uniform, word

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Purpose of the streams of redraws.
REDRAW = 120
#: Swaps tried per mover between two redraws.
SWEEPS = 20


@dataclass(frozen=True, eq=False)
class Rotation:
    """Moves that were decided together, and who could have gone where.

    Attributes
    ----------
    round : int array, shape (moves,)
        Round of each move; destinations are exchanged within a round only.
    place : int array, shape (moves,)
        Destination of each move, as a position into `units`.
    units : Index
    allowed : bool array, shape (moves, moves)
        allowed[i, j]: the law lets the mover of i take the seat that the mover of j got. The diagonal is true.
    holder : bool array, shape (moves,)
        Whether the mover carries the skill in question.
    period : int array, shape (moves,)
    """

    round: np.ndarray
    place: np.ndarray
    units: pd.Index
    allowed: np.ndarray
    holder: np.ndarray
    period: np.ndarray

    def __post_init__(self) -> None:
        m = len(self.place)
        if not (len(self.round) == len(self.holder) == len(self.period) == m and self.allowed.shape == (m, m)):
            raise InputError(text("research.rotation_lengths", n=m))
        if not np.diag(self.allowed).all():
            at = int(np.argmin(np.diag(self.allowed)))
            raise InputError(text("research.rotation_observed", move=at))


def rotation_of(moves: pd.DataFrame, holders: Any, edges: pd.DatetimeIndex, cycle: Cycle | None = None, units: pd.Index | None = None) -> Rotation:
    """The rotation in a table of moves, one round per date.

    Parameters
    ----------
    moves : DataFrame
        pegawai_id, unit_tujuan, tanggal and, for the rules of law, jabatan_tujuan.
    holders : collection of pegawai_id
        Who carries the skill.
    edges : DatetimeIndex
        First days of the periods; moves before the first are left out.
    cycle : Cycle, optional
        With it the pair rules are asked for every mover and every seat of the same round (a move without jabatan_tujuan
        may go anywhere and be had by anyone). Rules look at people as the cycle holds them. What really happened is
        always allowed.
    units : Index, optional
        Moves into other units are left out.

    Returns
    -------
    Rotation
    """
    kept = pd.to_datetime(moves["tanggal"]) >= edges[0]
    if units is not None:
        kept &= moves["unit_tujuan"].isin(units)
    inside = moves[kept].reset_index(drop=True)
    dates = pd.to_datetime(inside["tanggal"])
    where = units if units is not None else pd.Index(np.unique(inside["unit_tujuan"].to_numpy(dtype=object).astype(str)))
    rounds = pd.factorize(dates, sort=True)[0]
    allowed = np.ones((len(inside), len(inside)), dtype=bool) if cycle is None else _lawful(cycle, inside, rounds)
    np.fill_diagonal(allowed, True)
    period = np.searchsorted(edges.to_numpy(), dates.to_numpy(), side="right") - 1
    return Rotation(rounds, where.get_indexer(inside["unit_tujuan"]), where, allowed, inside["pegawai_id"].isin(set(holders)).to_numpy(), period)


def _lawful(cycle: Cycle, moves: pd.DataFrame, rounds: np.ndarray) -> np.ndarray:
    """allowed[i, j] by the pair rules of the cycle, asked within rounds only."""
    from mutasi_toolkit.rules import evaluate

    n = len(moves)
    person = pd.Index(cycle.pegawai["pegawai_id"]).get_indexer(moves["pegawai_id"])
    seats = moves["jabatan_tujuan"] if "jabatan_tujuan" in moves else pd.Series([None] * n)
    seat = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(seats)
    allowed = np.ones((n, n), dtype=bool)
    i, j = np.nonzero((rounds[:, None] == rounds[None, :]) & (person >= 0)[:, None] & (seat >= 0)[None, :])
    allowed[i, j] = evaluate(cycle, person[i], seat[j]).blocked == 0
    return allowed


@kernel
def _shuffle(order: Any, start: Any, member: Any, allowed: Any, tries: Any, key: Any) -> None:
    """Symmetric swaps of destinations within rounds; order[i] is the move whose seat the mover of i now has."""
    n = order.shape[0]
    for t in range(tries):
        here = child(key, U(t))
        i = np.int64(uniform(word(here, U(0))) * n - 1e-12)
        first, last = start[i], start[n + i]
        j = member[first + np.int64(uniform(word(here, U(1))) * (last - first) - 1e-12)]
        if allowed[i, order[j]] and allowed[j, order[i]]:
            order[i], order[j] = order[j], order[i]


@kernel
def _chains(observed: Any, start: Any, member: Any, allowed: Any, tries: Any, back: Any, keys: Any, out: Any) -> None:
    middle = observed.copy()
    _shuffle(middle, start, member, allowed, tries, back)
    for b in range(keys.shape[0]):
        out[b] = middle
        _shuffle(out[b], start, member, allowed, tries, keys[b])


def redraw(rotation: Rotation, draws: int = 999, seed: int = 0, fixed: np.ndarray | None = None) -> np.ndarray:
    """Rotations that could as well have been decided: seats exchanged among the movers of each round, as the law allows.

    A Markov chain of symmetric swaps (two movers of a round exchange seats if both may) leaves the uniform distribution
    over lawful rotations unchanged. It is run from the observed rotation to a middle one, and from there anew for
    every draw: then the observed rotation and the draws are exchangeable, and p-values are exact however long the chains
    are (Besag and Clifford 1989).

    Parameters
    ----------
    rotation : Rotation
    draws, seed : int
    fixed : bool array, optional
        Moves that stay as they are.

    Returns
    -------
    int array, shape (draws, moves)
        order[b, i]: the move whose seat the mover of i has in draw b.

    Source
    ------
    Besag and Clifford 1989, 'Generalized Monte Carlo significance tests', Biometrika 76(4):633-642.

    Examples
    --------
    >>> three = Rotation(np.zeros(3, int), np.arange(3), pd.Index(list("ABC")), np.ones((3, 3), bool), np.array([True, False, False]), np.zeros(3, int))
    >>> redraw(three, 6000, seed=1)[:, 0].mean().round(1)
    np.float64(1.0)
    """
    m = len(rotation.place)
    free = np.ones(m, dtype=bool) if fixed is None else ~np.asarray(fixed, dtype=bool)
    group = np.where(free, rotation.round, -1 - np.arange(m))
    member = np.argsort(group, kind="stable")
    ordered = group[member]
    start = np.concatenate([np.searchsorted(ordered, group, side="left"), np.searchsorted(ordered, group, side="right")])
    keys = np.array([stream(seed, REDRAW, 1 + b) for b in range(draws)], dtype=np.uint64)
    out = np.zeros((draws, m), dtype=np.int64)
    if m:
        _chains(np.arange(m), start, member, rotation.allowed, SWEEPS * m, stream(seed, REDRAW, 0), keys, out)
    return out


def every_rotation(rotation: Rotation, most: int = 100_000) -> np.ndarray:
    """All lawful rotations, for small rounds: orders as in `redraw`, the observed one first.

    Raises
    ------
    InputError
        When there are more than `most`.

    Examples
    --------
    >>> three = Rotation(np.array([0, 0, 1]), np.arange(3), pd.Index(list("ABC")), np.ones((3, 3), bool), np.zeros(3, bool), np.zeros(3, int))
    >>> every_rotation(three).tolist()
    [[0, 1, 2], [1, 0, 2]]
    """
    found = [np.arange(len(rotation.place))]
    for one in np.unique(rotation.round):
        movers = np.flatnonzero(rotation.round == one)
        ways: list[list[int]] = []
        _fill(movers, rotation.allowed, [], ways, most)
        found = [_placed(base, movers, way) for base in found for way in ways]
        if len(found) > most:
            raise InputError(text("research.too_many", most=most))
    return np.array(found)


def _fill(movers: np.ndarray, allowed: np.ndarray, chosen: list[int], ways: list[list[int]], most: int) -> None:
    if len(chosen) == len(movers):
        ways.append(list(chosen))
        if len(ways) > most:
            raise InputError(text("research.too_many", most=most))
        return
    for seat in movers:
        if seat not in chosen and allowed[movers[len(chosen)], seat]:
            _fill(movers, allowed, [*chosen, int(seat)], ways, most)


def _placed(base: np.ndarray, movers: np.ndarray, way: list[int]) -> np.ndarray:
    order = base.copy()
    order[movers] = way
    return order


@dataclass(frozen=True, slots=True)
class RandomisationTest:
    """Result of a design-based test.

    Attributes
    ----------
    statistic : float
        Of the observed rotation.
    p_value : float
        Two-sided; the share of rotations, the observed one among them, at least as far from the mean of all.
    estimate : float
        Constant additive effect at which the observed rotation looks most ordinary; nan where it is not asked for.
    low, high : float
        Ends of the 95 % set of effects that the test does not reject.
    draws : int
    """

    statistic: float
    p_value: float
    estimate: float
    low: float
    high: float
    draws: int


def received(rotation: Rotation, orders: np.ndarray, periods: int) -> np.ndarray:
    """Holders received by unit and period under each rotation, shape (draws, units, periods)."""
    out = np.zeros((len(orders), len(rotation.units), periods))
    who = np.flatnonzero(rotation.holder)
    for b, order in enumerate(np.atleast_2d(orders)):
        np.add.at(out[b], (rotation.place[order[who]], rotation.period[order[who]]), 1)
    return out


def changes(outcome: np.ndarray, before: int = 1, after: int = 2) -> np.ndarray:
    """Change of the outcome around each period, shape as outcome (units, periods).

    Mean of the periods t .. t + after - 1 less that of t - before .. t - 1, less the mean change of all units in the same
    period; 0 where it cannot be computed.
    """
    n, periods = outcome.shape
    out = np.full((n, periods), np.nan)
    for t in range(before, periods - after + 1):
        out[:, t] = outcome[:, t : t + after].mean(axis=1) - outcome[:, t - before : t].mean(axis=1)
    known = ~np.isnan(out)
    centre = np.divide(np.nansum(out, axis=0), known.sum(axis=0), out=np.zeros(periods), where=known.sum(axis=0) > 0)
    return np.where(known, out - centre, 0.0)


def randomisation_test(
    rotation: Rotation,
    outcome: np.ndarray,
    draws: int = 999,
    seed: int = 0,
    before: int = 1,
    after: int = 2,
    exposure: Callable[[np.ndarray], np.ndarray] | None = None,
    focal: np.ndarray | None = None,
    orders: np.ndarray | None = None,
) -> RandomisationTest:
    """Did it matter which mover went where?

    Null: no outcome depends on who got which of the seats of a round (a sharp null, so that outcomes are known under every
    lawful rotation). Statistic: the sum over units u and periods t of x_ut times the change of the outcome of u around t
    (`changes`), with x_ut the holders received, or what `exposure` makes of them. The p-value is exact under the null whatever
    the outcomes are, since only the rotation is random. The interval inverts the test over constant effects: under an
    effect tau the change of a unit that received k holders contains tau k.

    With `focal` units the test is one of interference (Athey, Eckles and Imbens 2018): moves into focal units stay as they
    are, and only outcomes of focal units count, so that their own treatment is the same in all rotations, and the null is
    that nothing else matters; `exposure` then says what might (such as the holders received by neighbours).

    Parameters
    ----------
    rotation : Rotation
    outcome : float array, shape (units, periods)
        In the order of rotation.units; nan where none was recorded.
    draws, seed : int
    before, after : int
        Periods averaged on either side of a move.
    exposure : callable, optional
        From holders received (units, periods) to x of the same shape.
    focal : bool array of shape (units,), optional
    orders : int array, optional
        Rotations to compare with in place of `redraw`, the observed one not among them unless all are given
        (`every_rotation`).

    Returns
    -------
    RandomisationTest
        The interval is (nan, nan) with `exposure` or `focal`.

    Raises
    ------
    InputError
        When outcome has another number of units.

    Source
    ------
    Fisher 1935; Athey, Eckles and Imbens 2018, 'Exact p-values for network interference', JASA 113(521):230-240.
    """
    if outcome.shape[0] != len(rotation.units):
        raise InputError(text("research.outcome_shape", given=outcome.shape[0], units=len(rotation.units)))
    fixed = None if focal is None else np.asarray(focal)[rotation.place]
    drawn = redraw(rotation, draws, seed, fixed) if orders is None else np.asarray(orders)
    observed = np.arange(len(rotation.place))[None, :]
    # With all rotations given, the observed one is their first and is not counted twice.
    everything = drawn if orders is not None and (drawn[0] == observed[0]).all() else np.concatenate([observed, drawn])
    periods = outcome.shape[1]
    x = received(rotation, everything, periods)
    if exposure is not None:
        x = np.stack([exposure(one) for one in x])
    y = changes(outcome, before, after) * (1.0 if focal is None else np.asarray(focal)[:, None])
    score = np.tensordot(x, y, axes=([1, 2], [0, 1]))
    p = _p_value(score)
    if exposure is not None or focal is not None:
        return RandomisationTest(float(score[0]), p, np.nan, np.nan, np.nan, len(everything) - 1)
    # An effect that stays: the change around a period holds tau times the change in holders received so far.
    dose = changes(x[0].cumsum(axis=1), before, after)
    return RandomisationTest(float(score[0]), p, *_inverted(score, np.tensordot(x, dose, axes=([1, 2], [0, 1]))), len(everything) - 1)


def _p_value(score: np.ndarray) -> float:
    far = np.abs(score - score.mean())
    return float((far >= far[0] - 1e-9 * max(1.0, far.max())).mean())


def _inverted(score: np.ndarray, slope: np.ndarray, level: float = 0.95) -> tuple[float, float, float]:
    """Effect, and the ends of the set of effects tau whose adjusted scores score - tau slope are not rejected.

    The observed deviation is linear in tau, as is that of every draw: |a_0 - tau c_0| <= |a_b - tau c_b| changes at two
    values of tau per draw, so that the p-value is a step function whose steps are known exactly.
    """
    a, c = score - score.mean(), slope - slope.mean()
    if abs(c[0]) < 1e-12:
        return float("nan"), float("-inf"), float("inf")
    best = a[0] / c[0]
    cuts = [best]
    for sign in (1.0, -1.0):
        turn = c[0] - sign * c[1:]
        usable = np.abs(turn) > 1e-12
        cuts.append((a[0] - sign * a[1:])[usable] / turn[usable])
    steps = np.unique(np.concatenate([np.atleast_1d(x) for x in cuts]))
    middle = np.concatenate([[steps[0] - 1.0], (steps[1:] + steps[:-1]) / 2, [steps[-1] + 1.0]])
    kept = np.array([_p_value(a - t * c) > 1 - level for t in middle])
    if not kept.any():
        return float(best), float(best), float(best)
    first, last = int(np.argmax(kept)), len(kept) - 1 - int(np.argmax(kept[::-1]))
    low = float("-inf") if first == 0 else float(steps[first - 1])
    high = float("inf") if last == len(kept) - 1 else float(steps[last])
    return float(best), low, high
