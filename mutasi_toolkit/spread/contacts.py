"""The contact network of a cycle: leaf units as mixing groups, known contacts and ties kept after moves."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd

from mutasi_toolkit.spread.draws import CONTACTS, stream
from mutasi_toolkit.spread.network import Network
from mutasi_toolkit.spread.rates import Rates, rates_of

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Strength below which a kept tie is left out.
FAINT = 1e-3


class Contacts(NamedTuple):
    """Directed ties: `teacher` teaches `learner` with `strength` times the rate of a tie.

    Attributes
    ----------
    teacher, learner : int32 arrays
        Positions in `cycle.pegawai`.
    strength : float array
    """

    teacher: np.ndarray
    learner: np.ndarray
    strength: np.ndarray


def known_contacts(cycle: Cycle) -> Contacts:
    """The rows of `hubungan` as directed ties.

    A row stands for both ways with one strength (1 where empty); where the table has the pair the other way round
    too, each row is one way, pegawai_a teaching pegawai_b, so that strength can differ each way. Of rows that name
    the same way twice (a warning of the checks) the strongest counts.
    """
    people = pd.Index(cycle.pegawai["pegawai_id"])
    a, b = (people.get_indexer(cycle.hubungan[c]).astype(np.int64) for c in ("pegawai_a", "pegawai_b"))
    strength = cycle.hubungan["kekuatan"].fillna(1.0).to_numpy(dtype=float)
    both = np.isin(a * len(people) + b, b * len(people) + a)
    teacher, learner = np.concatenate([a, b[~both]]), np.concatenate([b, a[~both]])
    strength = np.concatenate([strength, strength[~both]])
    strongest = np.lexsort((-strength, learner, teacher))
    pair = (teacher * len(people) + learner)[strongest]
    repeated = np.zeros(len(strength), dtype=bool)
    repeated[strongest[1:]] = pair[1:] == pair[:-1]
    return Contacts(teacher[~repeated].astype(np.int32), learner[~repeated].astype(np.int32), strength[~repeated])


def kept_contacts(cycle: Cycle, rates: Rates | None = None) -> Contacts:
    """Ties both ways that people kept after the moves in `riwayat`: one former colleague for each move.

    The colleague is drawn, by a draw keyed by seed, person and row, from those who sit today in the unit that was left
    and came before the move (all who sit there where `tmt_unit` is empty). Strength: keep * decay^(months since).

    Special cases: a move out of a unit where nobody of then is left keeps no tie; faint ties are left out.
    """
    rates = rates_of(cycle) if rates is None else rates
    people = pd.Index(cycle.pegawai["pegawai_id"])
    came = cycle.pegawai["tmt_unit"].fillna(pd.Timestamp("1900-01-01")).to_numpy()
    seat = cycle.seated["unit_id"].to_numpy(dtype=object)
    members = {u: np.flatnonzero(seat == u) for u in set(cycle.riwayat["unit_asal"])}
    found: list[tuple[int, int, float]] = []
    for row, (who, unit, date) in enumerate(zip(cycle.riwayat["pegawai_id"], cycle.riwayat["unit_asal"], cycle.riwayat["tanggal"], strict=True)):
        v = int(people.get_indexer([who])[0])
        months = max((cycle.date.year - date.year) * 12 + cycle.date.month - date.month, 0)
        strength = rates.keep * rates.decay**months
        there = members[unit]
        there = there[(came[there] <= date.to_datetime64()) & (there != v)]
        if v < 0 or not len(there) or strength < FAINT:
            continue
        other = int(there[int(stream(cycle.settings.seed, CONTACTS, v, row)) % len(there)])
        found += [(v, other, strength), (other, v, strength)]
    ends = np.array([(a, b) for a, b, _ in found], dtype=np.int32).reshape(-1, 2)
    return Contacts(ends[:, 0], ends[:, 1], np.array([s for _, _, s in found], dtype=float))


def contact_network(cycle: Cycle, plan: Any = None, kept: bool = False) -> Network:
    r"""Who meets whom in a cycle.

    People are in the order of `cycle.pegawai`; the leaf unit is the mixing group (its chance of teaching is
    the model's `unit_probability`); every row of `hubungan` is a tie both ways whose probability is
    the rate of a tie times `kekuatan` (1 where empty), or one way where the pair stands in both orders
    (`known_contacts`). With `kept`, ties that people kept after the moves in `riwayat` are added (`kept_contacts`).

    Special cases: without `hubungan` there are no known ties.

    Parameters
    ----------
    cycle : Cycle
    plan : Plan, Proposal or DataFrame of moves, optional
        Applied to the cycle first; its moves then stand in `riwayat`.
    kept : bool

    Returns
    -------
    Network

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> g = contact_network(two_offices(hubungan="pegawai_a,pegawai_b\nP1,P3\n"))
    >>> g.n, g.source.tolist(), g.target.tolist()
    (4, [0, 2], [2, 0])
    """
    if plan is not None:
        moves = getattr(plan, "plan", plan)
        cycle = cycle.after(getattr(moves, "moves", moves))
    rate = rates_of(cycle).tie
    ties = [known_contacts(cycle), *([kept_contacts(cycle)] if kept else [])]
    source, target, strength = (np.concatenate([t[i] for t in ties]) for i in range(3))
    units = cycle.seated["unit_id"].to_numpy(dtype=object)
    people = pd.Index(cycle.pegawai["pegawai_id"], name="pegawai_id")
    return Network(len(people), source, target, rate * strength, unit=units, labels=people)
