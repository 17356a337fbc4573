"""Several rounds as one program over dated moves, under every rule and term of the single round.

Minimise the sum of the rounds' own objectives over x[p, j, t] in {0, 1}: person p moves to seat j in round t, or never. The program of
every round is built by `assignment.build` on the cycle as it would stand there if nobody had moved (leavers gone, needs grown, clocks
at its date), over the pairs that some round allows; a move is there only in rounds whose own rules allow it. The row of a state counts
who has moved so far; the row of a budget counts who moves in that round. What a round promises of the state it found is rebuilt here,
since earlier rounds decide that state. With p_ct and h_ost the people and holders before round t, and n and h those after it:

(1)  one choice per person: nobody moves twice within the horizon (R01 as the clock of those who moved);
(2)  n_ct <= max(p_ct, open need), and nobody comes where p_ct is above the open need: R13, R14;
(4)  sum_{c in o} |n_ct + f_c - K_ct| <= sum_{c in o} |p_ct + f_c - K_ct|;
(5)  h after round t >= whether holder q is there before it, for every holder q who may go in round t: R33; where more than one is asked, >= min(m, h before);
(7)  n_ot >= min(isi_min K_o, p_ot); (8) experienced people after >= pengalaman_min x those before;
(9)  - pengalaman (G(h after) - G(h before)); it cancels between rounds where no holder leaves the office;
(11) e_ost >= min(2, h before) - h after.

Where a side depends on the state before in a bent way, the level of that state is chosen (one of 0, 1, 2, ...) by a choice like a
person's, so that all of it is one program of `assignment.model`, whose dual values bound every sequence of plans.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import rules
from mutasi_toolkit.assignment.exact import half_up, whole
from mutasi_toolkit.assignment.model import FREE, Model, entries_of
from mutasi_toolkit.assignment.rows import filled_least
from mutasi_toolkit.assignment.segments import PER_POINT
from mutasi_toolkit.assignment.tie import tie_weights
from mutasi_toolkit.planning.dated import Round, Stack, dated, entries_at, of_row, rounds_of

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: (dated arc, row, value) of the entries of a round.
Found = tuple[np.ndarray, np.ndarray, np.ndarray]
#: Rows that count moves of the round, and those whose limit the state before the round decides.
OF_MOVES, OF_BEFORE = frozenset({"anggaran"}), frozenset({"pemegang", "isi_min", "pengalaman", "cadangan"})


@dataclass(frozen=True, eq=False)
class Expanded:
    """The program of all rounds.

    Attributes
    ----------
    model : Model
        People first, then the choices of levels.
    person, seat, when : ndarray of int
        Of the first arcs: positions into the first cycle's tables; `when` is the round, counted from 0, or their number (stays).
    relaxed : bool
        Whether the objective is a lower bound of the true one.
    """

    model: Model
    person: np.ndarray
    seat: np.ndarray
    when: np.ndarray
    relaxed: bool


def expanded(still: tuple[Cycle, ...], gains: pd.DataFrame | None = None, exact: int | None = None) -> Expanded:
    """The program of the module's docstring.

    Parameters
    ----------
    still : tuple of Cycle
        Before each round, if nobody ever moved (`rolling.unmoved`).
    gains : DataFrame, optional
        What one more holder is worth, for all rounds.
    exact : int, optional
        With more dated moves than this, holders who leave the office count at values that no sequence of plans passes
        (`_worth_of_leavers`): a smaller program with the same rows, whose objective is at most the true one.
    """
    parts = rounds_of(still, gains)
    stack = dated(parts)
    relaxed = exact is not None and len(stack.person) > exact
    constant, cancelled = 0, [_cancelling(a, b) for a, b in zip(parts, [*parts[1:], None], strict=True)]
    for part, gone in zip(parts, cancelled, strict=True):
        constant += _put_round(stack, part, _both_valued(part, parts[part.t + 1]) if relaxed and part.t + 1 < len(parts) else gone)
        if part.t:
            now, before = (entries_at(stack, part, part.problem.model.arcs, after) for after in (True, False))
            _seat_rows(stack, part, now, before)
            _filled_rows(stack, part, now, before)
            _experience_rows(stack, part, now, before)
            now, before = (entries_at(stack, part, part.cells, after) for after in (True, False))
            _holder_rows(stack, part, now, before)
            _spare_rows(stack, part, now, before)
            if relaxed:
                _worth_of_leavers(stack, parts[part.t - 1], part, cancelled[part.t - 1])
            _worth_before(stack, part, before, cancelled[part.t - 1] | _both_valued(*parts[part.t - 1 : part.t + 1]) if relaxed else cancelled[part.t - 1])
    return Expanded(_model(stack, still[0], constant), stack.person, stack.seat, stack.when, relaxed)


def _cancelling(part: Round, later: Round | None) -> set[tuple[str, str]]:
    """OPDs and skills whose holders after a round are those before the next: nobody who may be one of them leaves the office."""
    if later is None:
        return set()
    arc, key = part.changes.arc[part.changes.sign > 0], part.changes.key[part.changes.sign > 0]
    leaver = ~later.here[part.people[part.problem.model.person[arc]]]
    events = {part.changes.keys[k] for k in np.unique(key[leaver])}
    return {k for k in _both_valued(part, later) if k not in events and part.changes.today.get(k, 0) == later.changes.today.get(k, 0)}


def _both_valued(part: Round, later: Round) -> set[tuple[str, str]]:
    """OPDs and skills whose holders have a value in both rounds."""
    one, two = ({tuple(name.split("|")[1:]) for name in p.problem.model.names if name.startswith("tahu|")} for p in (part, later))
    return one & two  # type: ignore[return-value]


def _put_round(stack: Stack, part: Round, cancelled: set[tuple[str, str]]) -> int:
    """The rows that stay as the round's own builder made them, with their columns; returns their constant."""
    model, t = part.problem.model, part.t
    of_moves = np.isin(part.kind, list(OF_MOVES))
    of_moves[part.kind == "kelompok"] = [g.hitung == "pindah" for g in part.cycle.settings.jaminan.kelompok]
    out = np.array([name.startswith("tahu|") and tuple(name.split("|")[1:]) in cancelled for name in model.names], dtype=bool)
    high = model.high.copy()
    if t:
        out |= np.isin(part.kind, list(OF_BEFORE))
        opd = part.kind == "opd"
        high[opd] = -_empty_gap(part) if opd.any() else 0
    first = stack.rows.add_many([f"{name}|{t}" for name in model.names], np.where(out, -FREE, model.low), np.where(out, FREE, high))
    arc, row, value = entries_at(stack, part, model.arcs, after=True)
    keep = ~out[row] & (~of_moves[row] | (stack.when[arc] == t))
    stack.rows.put(arc[keep], first + row[keep], value[keep])
    columns = np.flatnonzero(~out[model.bank])
    mine = model.extras.of(columns)
    stack.columns.append((first + model.bank[columns], model.extra_upper[columns], model.extra_cost[columns]))
    stack.entries.append((stack.n_columns + mine.column, first + mine.row, mine.value))
    stack.n_columns += len(columns)
    stack.first = first
    of_state = {"pengetahuan", "pemegang_tunggal"} if t else set()
    return sum(v for name, v in part.problem.terms.constant.items() if name not in of_state)


def _gaps(part: Round) -> tuple[int, np.ndarray, np.ndarray]:
    """Parts in one person, f - K of every seat class in parts, and whether |p + f - K| is bent over the people it may have before."""
    unit = whole(part.limits.fixed).per_unit
    apart = np.rint(part.limits.fixed * unit).astype(np.int64) - part.limits.need * unit
    return unit, apart, (apart < 0) & (part.before * unit + apart > 0)


def _empty_gap(part: Round) -> np.ndarray:
    """What the bent seat classes of every OPD would be away from their need without anybody."""
    _, apart, bent = _gaps(part)
    return np.bincount(part.limits.opd[bent], weights=-apart[bent], minlength=len(part.limits.opd_ids)).astype(np.int64)


def _seat_rows(stack: Stack, part: Round, now: Found, before: Found) -> None:
    """(2) and the right-hand side of (4); without (4) only seat classes that may be above their open need have a level."""
    unit, apart, bent = _gaps(part)
    promised = part.cycle.settings.jaminan.opd_tidak_memburuk
    opd_row = stack.first + int(np.argmax(part.kind == "opd")) + part.limits.opd if promised else None
    above = part.before > part.limits.open
    for c in np.flatnonzero(above | (bent & promised)):
        taken, levels = stack.level(f"ada|{c}|{part.t}", 0, *of_row(before, int(c)))
        most, free = int(part.limits.open[c]), levels > part.limits.open[c]
        if opd_row is not None and bent[c]:
            stack.rows.put(taken, np.full(len(taken), opd_row[c]), -np.abs(levels * unit + apart[c]))
        if free.any():
            comes = np.flatnonzero((stack.when == part.t) & (stack.seat == c))
            stack.row(f"isi_atas|{c}|{part.t}", -FREE, 0, of_row(now, int(c)), (taken, -np.maximum(levels, most)))
            stack.row(f"isi_masuk|{c}|{part.t}", -FREE, most, (comes, np.ones(len(comes))), (taken[free], np.full(int(free.sum()), most)))
    if opd_row is not None:
        mine = (part.kind[before[1]] == "isi") & ~np.append(bent, np.zeros(len(part.kind) - len(bent), dtype=bool))[before[1]]
        seat = before[1][mine]
        stack.rows.put(before[0][mine], opd_row[seat], np.where(apart[seat] < 0, unit, -unit))


def _filled_rows(stack: Stack, part: Round, now: Found, before: Found) -> None:
    """(7) Either the share of the need, or the people before the round."""
    share = part.cycle.settings.jaminan.isi_min
    if share is None:
        return
    first, loose = int(np.argmax(part.kind == "isi_min")), len(part.people)
    for o, least in enumerate(filled_least(part.limits, share)):
        if least > 0:
            after, then = of_row(now, first + o), of_row(before, first + o)
            need, state = stack.choose(np.zeros(2))
            stack.row(f"isi_min|{o}|{part.t}", int(least), FREE, after, (np.array([state]), np.array([least])))
            stack.row(f"isi_min_ada|{o}|{part.t}", 0, FREE, after, (then[0], -then[1]), (np.array([need]), np.array([loose])))


def _experience_rows(stack: Stack, part: Round, now: Found, before: Found) -> None:
    """(8) Those who came to another unit in an earlier round are not experienced there."""
    share = part.cycle.settings.jaminan.pengalaman_min
    if share is None:
        return
    part_of = Fraction(str(share))
    unit = pd.factorize(part.cycle.jabatan["unit_id"])[0]
    own = pd.Index(part.cycle.jabatan["jabatan_id"]).get_indexer(part.cycle.pegawai["jabatan_id"])
    home = np.zeros(len(part.here), dtype=np.int64)
    home[part.people] = unit[own]
    for row in np.flatnonzero(part.kind == "pengalaman"):
        sides = []
        for found, weight in ((now, part_of.denominator), (before, -part_of.numerator)):
            arc, value = of_row(found, int(row))
            keep = (stack.when[arc] >= part.t) | (unit[stack.seat[arc]] == home[stack.person[arc]])
            sides.append((arc[keep], weight * value[keep]))
        stack.row(f"{part.problem.model.names[row]}|{part.t}", 0, FREE, *sides)


def _safe(part: Round, cell: int, stack: Stack, now: Found) -> int:
    """Holders of a cell who cannot have gone by the end of the round."""
    arc, value = of_row(now, cell)
    return int(part.changes.today.get(part.changes.keys[cell], 0)) - len(np.unique(stack.person[arc[value < 0]]))


def _holder_rows(stack: Stack, part: Round, now: Found, before: Found) -> None:
    """(5) While a holder who may go in this round is there before it, one is there after it (or min_holders); who came earlier stays."""
    if not part.cycle.settings.jaminan.pemegang_tunggal:
        return
    least = rules.least_holders(part.cycle)
    for cell, key in enumerate(part.changes.keys):
        today = int(part.changes.today.get(key, 0))
        if not today or _safe(part, cell, stack, now) >= least:
            continue
        after, (arc, value) = of_row(now, cell), of_row(before, cell)
        if least > 1:
            taken, levels = stack.level(f"pemegang_ada|{key[0]}|{key[1]}|{part.t}", today, arc, value)
            stack.row(f"pemegang|{key[0]}|{key[1]}|{part.t}", -today, FREE, after, (taken, -np.minimum(levels, least)))
            continue
        leaves = after[0][(after[1] < 0) & (stack.when[after[0]] == part.t)]
        for p in np.unique(stack.person[leaves]):
            mine = arc[(value < 0) & (stack.person[arc] == p)]
            stack.row(f"pemegang|{key[0]}|{key[1]}|{p}|{part.t}", 1 - today, FREE, after, (mine, np.ones(len(mine))))


def _spare_rows(stack: Stack, part: Round, now: Found, before: Found) -> None:
    """(11) One choice of (min(2, holders before), how many are missing after) for every cell that may come to lack one."""
    price = int(half_up(np.array([part.cycle.settings.bobot.pemegang_tunggal * PER_POINT]))[0])
    kept, missing = np.array([0, 1, 1, 2, 2, 2]), np.array([0, 0, 1, 0, 1, 2])
    for cell, key in enumerate(part.changes.keys if price else []):
        today = int(part.changes.today.get(key, 0))
        if not today or _safe(part, cell, stack, now) >= 2:
            continue
        arc, value = of_row(before, cell)
        taken = stack.choose(price * missing)
        most = today + len(np.unique(stack.person[arc[value > 0]]))
        stack.row(f"cadangan_ada|{key[0]}|{key[1]}|{part.t}", -FREE, -today, (arc, value), (taken, -np.where(kept == 2, max(2, most), kept)))
        stack.row(f"cadangan|{key[0]}|{key[1]}|{part.t}", -today, FREE, of_row(now, cell), (taken, missing - kept))


def _worth_before(stack: Stack, part: Round, before: Found, cancelled: set[tuple[str, str]]) -> None:
    """(9) What the holders before the round are worth, where it does not cancel with those after the round before."""
    model, place = part.problem.model, {key: cell for cell, key in enumerate(part.changes.keys)}
    for row in np.flatnonzero(part.kind == "tahu"):
        key = (model.names[row].split("|")[1], model.names[row].split("|")[2])
        if key in cancelled:
            continue
        bank = np.flatnonzero(model.bank == row)
        worth = -np.concatenate([[0], np.cumsum(np.repeat(model.extra_cost[bank], model.extra_upper[bank]))])
        stack.level(f"tahu_ada|{key[0]}|{key[1]}|{part.t}", int(part.changes.today.get(key, 0)), *of_row(before, place[key]), worth)


def _worth_of_leavers(stack: Stack, part: Round, later: Round, cancelled: set[tuple[str, str]]) -> None:
    """A bound of - (G(a + b) - G(a)) for a holders who stay in the office between two rounds and b who leave it.

    With m(i) the gain of one more than i holders, a0 the holders of today who stay in the office, d of whom may have gone elsewhere,
    it is at least - sum_{a0 <= i < a0 + b} m(i) - departures x (mean over i < a0, i >= a0 - d of m(i) - m(i + most leavers)),
    since m does not increase and what depends on the departures is concave in them.
    """
    model, place = part.problem.model, {key: cell for cell, key in enumerate(part.changes.keys)}
    now, valued = entries_at(stack, part, part.cells, after=True), _both_valued(part, later)
    for row in np.flatnonzero(part.kind == "tahu"):
        key = (model.names[row].split("|")[1], model.names[row].split("|")[2])
        if key in cancelled or key not in valued:
            continue
        bank = np.flatnonzero(model.bank == row)
        gain = -np.repeat(model.extra_cost[bank], model.extra_upper[bank])
        arc, value = of_row(now, place[key])
        stays = later.here[stack.person[arc]]
        kept = int(later.changes.today.get(key, 0))
        leaving = int(part.changes.today.get(key, 0)) - kept
        most = leaving + len(np.unique(stack.person[arc[~stays & (value > 0)]]))
        goes = arc[stays & (value < 0)]
        apart = len(np.unique(stack.person[goes]))
        stack.segments(f"tahu_pergi|{key[0]}|{key[1]}|{later.t}", -leaving, (arc[~stays], value[~stays]), -gain[kept : kept + most])
        if apart and most:
            lost = gain[kept - apart : kept] - gain[kept - apart + most : kept + most]
            stack.cost[goes] -= -(-int(lost.sum()) // apart)


def _model(stack: Stack, cycle: Cycle, constant: int) -> Model:
    n_people = len(cycle.pegawai)
    size = np.array([len(c) for c in stack.choices], dtype=np.int64)
    person = np.concatenate([stack.person, n_people + np.repeat(np.arange(len(size)), size)])
    stay = np.full(n_people + len(size), -1, dtype=np.int64)
    stays = np.flatnonzero(stack.when == stack.rounds)
    stay[stack.person[stays]] = stays
    low, high = stack.rows.limits()
    bank, upper, cost = (np.concatenate([c[k] for c in stack.columns]) for k in range(3))
    column, row, value = (np.concatenate([e[k] for e in stack.entries]) for k in range(3))
    seats = [f"{j}|{t}" for t in range(stack.rounds + 1) for j in cycle.jabatan["jabatan_id"]]
    tie = tie_weights(pd.Index(cycle.pegawai["pegawai_id"])[stack.person], pd.Index(seats)[stack.when * len(cycle.jabatan) + stack.seat])
    return Model(
        person=person, start=np.searchsorted(person, np.arange(len(stay) + 1)).astype(np.int64),
        cost=np.concatenate([stack.cost, *stack.choices]).astype(np.int64), stay=stay, arcs=stack.rows.entries(len(person)), extra_cost=cost,
        extra_upper=upper, bank=bank, extras=entries_of(column, row, value, stack.n_columns), low=low, high=high, names=tuple(stack.rows.names),
        constant=constant, tie=np.concatenate([tie, np.zeros(int(size.sum()), dtype=np.int64)]), hint=np.zeros(len(low), dtype=np.int64),
    )  # fmt: skip
