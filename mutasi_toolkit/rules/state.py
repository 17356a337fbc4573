"""What the state rules need: capacities, conflicts, budgets, who is due, and decisions already taken."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import workload
from mutasi_toolkit.errors import InfeasibleError, InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.rules.facts import years_since
from mutasi_toolkit.rules.model import load, rule_ids
from mutasi_toolkit.rules.pairs import evaluate

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


@dataclass(frozen=True, slots=True, eq=False)
class Limits:
    """Limits on the state after all moves, by position in cycle.jabatan.

    Attributes
    ----------
    need : ndarray of int
        kebutuhan_bulat.
    present : ndarray of int
        Full-time people now.
    fixed : ndarray of float
        Part-time staff in FTE; they count and do not move.
    capacity : ndarray of int
        Most full-time people after the moves (R14): max(floor(need + kelebihan_boleh - fixed), present).
    open : ndarray of int
        Most full-time people that a seat with newcomers may hold (R13): floor(need + kelebihan_boleh - fixed), at least 0.
    opd : ndarray of int
        Code of the OPD of each seat, into `opd_ids`.
    opd_ids : Index
    conflicts : ndarray of int, shape (n, 2)
        Pairs of people who may not share a unit (R17).
    budget : int or None
        Most moves in all (R31).
    """

    need: np.ndarray
    present: np.ndarray
    fixed: np.ndarray
    capacity: np.ndarray
    open: np.ndarray
    opd: np.ndarray
    opd_ids: pd.Index
    conflicts: np.ndarray
    budget: int | None


@dataclass(frozen=True, slots=True, eq=False)
class Decisions:
    """Decisions of people on an earlier proposal, as positions.

    Attributes
    ----------
    stay : ndarray of int
        People who stay in their seat.
    forced : ndarray of int, shape (n, 2)
        (person, seat) that must be.
    forbidden : ndarray of int, shape (n, 2)
        (person, seat) that must not be.
    """

    stay: np.ndarray
    forced: np.ndarray
    forbidden: np.ndarray


def limits(cycle: Cycle) -> Limits:
    """Limits of the state rules R13, R14, R17 and R31."""
    need = workload.need(cycle)["kebutuhan_bulat"].to_numpy(dtype=np.int64)
    present = workload.seated_people(cycle).to_numpy(dtype=np.int64)
    fixed = workload.fixed_fte(cycle).to_numpy(dtype=float)
    over = next(r for r in load(cycle) if r.id == "R14").parameters["kelebihan_boleh"]
    room = np.maximum(np.floor(need + over - fixed + 1e-9).astype(np.int64), 0)
    opd_ids = pd.Index(
        np.unique(cycle.seat["opd_id"].to_numpy(dtype=object).astype(str)), name="opd_id"
    )
    people = pd.Index(cycle.pegawai["pegawai_id"])
    pairs = np.column_stack(
        [people.get_indexer(cycle.konflik[c]) for c in ("pegawai_a", "pegawai_b")]
    )
    return Limits(
        need=need, present=present, fixed=fixed, capacity=np.maximum(room, present), open=room,
        opd=opd_ids.get_indexer(cycle.seat["opd_id"]), opd_ids=opd_ids, conflicts=pairs.astype(np.int64), budget=cycle.settings.anggaran.pindah,
    )  # fmt: skip


def least_holders(cycle: Cycle) -> int:
    """Holders of a skill that an OPD keeps where it has so many (R33): `min_holders`, rounded up."""
    return int(np.ceil(next(r for r in load(cycle) if r.id == "R33").parameters["min_holders"] - 1e-9))


def due(cycle: Cycle) -> pd.DataFrame:
    """People whose move is due for review (R02): in their seat for more than `max_tenure_years`.

    Returns
    -------
    DataFrame
        pegawai_id, masa_jabatan (years), longest first.
    """
    limit = next(r for r in load(cycle) if r.id == "R02").parameters["max_tenure_years"]
    tenure = years_since(cycle.pegawai["tmt_jabatan"], cycle.date)
    frame = pd.DataFrame(
        {"pegawai_id": cycle.pegawai["pegawai_id"], "masa_jabatan": np.round(tenure, 6)}
    )
    return frame[tenure > limit].sort_values(
        ["masa_jabatan", "pegawai_id"], ascending=[False, True], ignore_index=True
    )


def decisions(cycle: Cycle, language: str = "id") -> Decisions:
    """Decisions of the table keputusan: terima (must), tolak (must not), kunci (stays, or is held to a seat).

    Parameters
    ----------
    cycle : Cycle
    language : str
        Language of the errors.

    Raises
    ------
    InputError
        When an acceptance names no seat.
    InfeasibleError
        When a hard rule blocks a decided seat, when two decisions on one person cannot both hold, or when more people are put
        into a seat class than it may hold (R14); names the people, the seats and the rules.
    """
    people, seats = pd.Index(cycle.pegawai["pegawai_id"]), pd.Index(cycle.jabatan["jabatan_id"])
    own = seats.get_indexer(cycle.pegawai["jabatan_id"])
    stay: list[int] = []
    forced: list[tuple[int, int]] = []
    forbidden: list[tuple[int, int]] = []
    for row in cycle.keputusan.itertuples():
        p = int(people.get_indexer([row.pegawai_id])[0])
        s = int(seats.get_indexer([row.jabatan_id])[0]) if isinstance(row.jabatan_id, str) else -1
        if row.putusan == "terima" and s < 0:
            raise InputError(text("rules.decision_seat", language, pegawai=row.pegawai_id))
        if s < 0 or s == own[p]:
            stay.append(p)
        elif row.putusan == "tolak":
            forbidden.append((p, s))
        else:
            forced.append((p, s))
    _consistent(cycle, stay, forced, forbidden, language)
    _no_contradiction(cycle, forced, language)
    return Decisions(
        np.array(sorted(stay), dtype=np.int64),
        np.array(sorted(forced), dtype=np.int64).reshape(-1, 2),
        np.array(sorted(forbidden), dtype=np.int64).reshape(-1, 2),
    )


def _consistent(cycle: Cycle, stay: list[int], forced: list[tuple[int, int]], forbidden: list[tuple[int, int]], language: str) -> None:
    """No person is wanted in two places at once, nor in a place refused, and no seat class is overfilled by decisions alone."""
    ids, seats = cycle.pegawai["pegawai_id"], cycle.jabatan["jabatan_id"]
    own = pd.Index(seats).get_indexer(cycle.pegawai["jabatan_id"])
    wanted = sorted(set(forced) | {(p, int(own[p])) for p in stay})
    for p in sorted({p for p, _ in wanted}):
        places = [s for q, s in wanted if q == p]
        refused = [s for q, s in forbidden if q == p and s in places]
        if len(places) > 1 or refused:
            named = ", ".join(str(seats.iloc[s]) for s in places)
            raise InfeasibleError(text("rules.decisions_clash", language, pegawai=ids.iloc[p], jabatan=named))
    capacity = limits(cycle).capacity
    for s in sorted({s for _, s in forced}):
        held = [p for p, t in wanted if t == s]
        if len(held) > capacity[s]:
            named = ", ".join(str(ids.iloc[p]) for p in held)
            raise InfeasibleError(text("rules.decisions_overfill", language, jabatan=seats.iloc[s], pegawai=named, n=len(held), most=int(capacity[s])))


def _no_contradiction(cycle: Cycle, forced: list[tuple[int, int]], language: str) -> None:
    if not forced:
        return
    p, s = np.array(forced, dtype=np.int64).T
    blocked = evaluate(cycle, p, s).blocked
    for k in np.flatnonzero(blocked):
        raise InfeasibleError(
            text(
                "rules.contradiction", language, pegawai=cycle.pegawai["pegawai_id"].iloc[p[k]], jabatan=cycle.jabatan["jabatan_id"].iloc[s[k]],
                rules=", ".join(rule_ids(blocked[k])),
            )
        )  # fmt: skip
