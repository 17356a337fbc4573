"""Who taught whom: the tree of lessons of one replicate."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread import contagions, histories, population
from mutasi_toolkit.spread.draws import MOVES, SKILLS, SOURCES, U, child, stream
from mutasi_toolkit.spread.histories import Setting
from mutasi_toolkit.spread.network import Network, probability_value, seed_codes

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


class _Period(NamedTuple):
    """One period of one replicate: states before and after, seats, and ties of the moment."""

    t: int
    know: np.ndarray
    teach: np.ndarray
    after: np.ndarray
    unit: np.ndarray
    tie_a: np.ndarray
    tie_b: np.ndarray
    tie_chance: np.ndarray


def first_of(chances: np.ndarray, draw: np.random.Generator) -> int:
    """Who, of several who each teach with their chance, did it, given that at least one did.

    Teachers are put in random order and the first to succeed is taken: the same as one at random among those who
    succeed. P(j) = p_j prod over earlier i of (1 - p_i), divided by the chance of any.

    Examples
    --------
    >>> first_of(np.array([0.0, 0.5]), np.random.default_rng(1))
    1
    """
    order = draw.permutation(len(chances))
    p = chances[order]
    spared = np.concatenate([[1.0], np.cumprod(1.0 - p)[:-1]])
    heap = np.cumsum(p * spared)
    return int(order[min(np.searchsorted(heap, draw.random() * heap[-1], side="right"), len(p) - 1)])


def who_taught(cycle: Cycle, keahlian: str | None = None, replicate: int = 0, **options: Any) -> pd.DataFrame:
    """The lessons of one replicate of `skills`: who learned what in which period from whom.

    Where several could have taught, one is drawn as `first_of` says; draws are keyed by (seed, replicate, period,
    person, skill).

    Parameters
    ----------
    cycle : Cycle
    keahlian : str, optional
        One skill; None all.
    replicate : int
    **options
        Those of `skills` (model, policy, periods, seed, rate, ...); threshold models and levels are refused.

    Returns
    -------
    DataFrame
        periode, keahlian, pegawai_id, guru_id, lewat ('unit' or 'hubungan'), unit_id (of the learner in that
        period); in the order of periode, keahlian, pegawai_id.

    Raises
    ------
    InputError
        For an unknown skill, or a model in which nobody in particular teaches.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> cycle = two_offices().with_settings(sebaran={"ajar_unit": 1.0})
    >>> who_taught(cycle, "Arsip", periods=1)[["pegawai_id", "guru_id", "lewat"]].values.tolist()
    [['P2', 'P1', 'unit'], ['P3', 'P4', 'unit']]
    """
    model = options.pop("model", None) or cycle.settings.sebaran.model
    if model in {"threshold", "fractional"} or options.pop("levels", False):
        raise InputError(text("spread.unknown_model", model=model, policy="-", models="contagion, si, sis, sir, cascade", policies="-"))
    p, periods, _, seed, rates = population.inputs_of(
        cycle, options.pop("periods", None), 2, options.pop("seed", None), options.pop("rates", None), False, options.pop("receptivity", None)
    )
    _, p, plan = population.plan_of(
        cycle, p, model, options.pop("policy", "none"), periods, rates, options.pop("rate", None), options.pop("interval", 1), 0, 0.5
    )
    assert p.keahlian is not None
    assert p.people is not None
    assert p.units is not None
    wanted = np.arange(p.n_skills) if keahlian is None else p.keahlian.get_indexer([keahlian])
    if (wanted < 0).any():
        raise InputError(text("spread.no_person", name=keahlian))
    rows = []
    for now in _walk(histories.setting(p, plan), seed, replicate):
        rows += _lessons(now, wanted, plan.unit, seed, replicate)
    columns = ["periode", "keahlian", "pegawai_id", "guru_id", "lewat", "unit_id"]
    found = pd.DataFrame(rows, columns=columns)
    names = {"keahlian": p.keahlian, "pegawai_id": p.people, "guru_id": p.people, "unit_id": p.units}
    for column, labels in names.items():
        found[column] = labels[found[column].to_numpy(dtype=np.int64)]
    return found


def _walk(made: Setting, seed: int, replicate: int) -> Iterator[_Period]:
    """The periods of a replicate, one by one; the same draws as `histories.replicates`."""
    p, law = made.p, made.law
    x, seats, kept, s = made.states()
    key, move_key = stream(seed, SKILLS, replicate), stream(seed, MOVES, replicate)
    x.know[:] = p.know
    x.teach[:] = p.know
    state, after, teach, teach_after = x.know, x.after, x.teach, x.teach_after
    curve, none = np.zeros(p.n_skills, np.int64), np.zeros(0)
    for t in range(1, made.plan.periods + 1):
        with np.errstate(over="ignore"):
            here = U(int(child(key, U(t))))
            histories.rotate(t, made.timing, seats, made.groups, kept, move_key, state, 0, law.words, x.has, x.most)
            histories.mix_in_units(state, teach, after, seats.member, seats.start, law, here, here, none, x.heard, 0, curve, s)
            histories.along_ties(t, made.ties, kept, law, here, state, teach, after)
            if law.stop:
                histories.settle(state, teach, after, teach_after, law, here)
        filled = int(kept.filled[0])
        old = made.plan.tie * made.ties.old_weight[t - kept.born[:filled]]
        mover, colleague = kept.mover[:filled], kept.colleague[:filled]
        ends = np.concatenate([made.ties.a, mover, colleague]), np.concatenate([made.ties.b, colleague, mover])
        chance = np.concatenate([made.plan.tie * made.ties.weight, old, old])
        yield _Period(t, state.copy(), teach.copy(), after.copy(), seats.unit.copy(), *ends, chance)
        state, after = after, state
        teach, teach_after = (teach_after, teach) if law.stop else (state, after)


def _lessons(now: _Period, wanted: np.ndarray, unit_chance: float, seed: int, replicate: int) -> list[tuple[Any, ...]]:
    """Rows of one period: learner, teacher and way, by skill and person."""
    rows = []
    for skill in wanted:
        word, bit = int(skill) // 64, U(int(skill) % 64)
        teaches = (now.teach[:, word] >> bit) & U(1) == 1
        learned = ((now.after[:, word] & ~now.know[:, word]) >> bit) & U(1) == 1
        for v in np.flatnonzero(learned):
            mates = np.flatnonzero(teaches & (now.unit == now.unit[v]))
            by_tie, chance = now.tie_b[now.tie_a == v], now.tie_chance[now.tie_a == v]
            good = teaches[by_tie]
            teachers = np.concatenate([mates, by_tie[good]])
            chances = np.concatenate([np.full(len(mates), unit_chance), chance[good]])
            draw = np.random.default_rng(int(stream(seed, SOURCES, replicate, now.t, int(v), int(skill))))
            j = first_of(chances, draw)
            rows.append((now.t, int(skill), int(v), int(teachers[j]), "unit" if j < len(mates) else "hubungan", int(now.unit[v])))
    return rows


def sources(
    g: Network, seeds: Any, unit_probability: float = 0.0, forget: float = 0.0, recover: float = 0.0, steps: int = 20, seed: int = 0, replicate: int = 0
) -> pd.DataFrame:
    """Who taught whom in one replicate of `contagion` (kernel 'scalar'); recover = 1 is an independent cascade.

    Parameters
    ----------
    g, seeds, unit_probability, forget, recover, steps, seed
        As in `contagion`.
    replicate : int
        Its number: `contagion(..., kernel='scalar', first=replicate, replicates=1)` is the same history.

    Returns
    -------
    DataFrame
        step, person, teacher, way ('tie' or 'unit'); one row for every time that somebody learned.

    Examples
    --------
    >>> sources(Network(3, [0, 1], [1, 2], 1.0), [0], steps=3)[["step", "person", "teacher"]].values.tolist()
    [[1, 1, 0], [2, 2, 1]]
    """
    codes = seed_codes(g, seeds)
    q = probability_value(unit_probability, "unit_probability")
    teaching = contagions.states_of(g, codes, q, probability_value(forget, "forget"), probability_value(recover, "recover"), int(steps), seed, replicate)
    arcs, rows = g.incoming, []
    for t in range(1, len(teaching)):
        before = teaching[t - 1]
        for v in np.flatnonzero((before == 0) & (teaching[t] > 0)):
            other = arcs.other[int(arcs.start[v]) : int(arcs.start[v + 1])].astype(np.int64)
            p = arcs.probability[int(arcs.start[v]) : int(arcs.start[v + 1])]
            along = (before[other] == 1) & (other != v)
            mates = np.zeros(0, dtype=np.int64)
            if g.unit is not None and g.unit[v] >= 0 and q > 0:
                mates = np.flatnonzero((g.unit == g.unit[v]) & (before == 1))
            chances = np.concatenate([p[along], np.full(len(mates), q)])
            draw = np.random.default_rng(int(stream(seed, SOURCES, replicate, t, int(v))))
            j = first_of(chances, draw)
            rows.append((t, int(v), int(np.concatenate([other[along], mates])[j]), "tie" if j < along.sum() else "unit"))
    found = pd.DataFrame(rows, columns=["step", "person", "teacher", "way"])
    if g.labels is not None:
        found = found.assign(person=g.labels[found["person"].to_numpy(dtype=np.int64)], teacher=g.labels[found["teacher"].to_numpy(dtype=np.int64)])
    return found
