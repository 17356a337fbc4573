"""Everything the pair rules read of a cycle, made once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from mutasi_toolkit.rules.facts import People, Seats, people_of, seats_of
from mutasi_toolkit.rules.model import Rule, load

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

JPT, ADMINISTRATOR, PENGAWAS, FUNGSIONAL, PELAKSANA = range(5)


@dataclass(frozen=True, slots=True, eq=False)
class Book:
    """Everything the pair rules read, made once for a cycle."""

    cycle: Cycle
    rules: dict[str, Rule]
    people: People
    seats: Seats
    waived_person: np.ndarray
    waived_seat: np.ndarray
    cutoff: np.ndarray

    def parameter(self, rule: str, name: str) -> Any:
        """Value of a rule's parameter."""
        return self.rules[rule].parameters[name]


#: (applies, broken, unknown): where the rule has something to say, where it forbids, where a value is missing.
Found = tuple[np.ndarray, np.ndarray, np.ndarray]
Check = Callable[[Book, np.ndarray, np.ndarray], Found]


def book_of(cycle: Cycle) -> Book:
    """Read a cycle for the pair rules."""
    from mutasi_toolkit import skills

    allowed = cycle.settings.izin
    return Book(
        cycle,
        {r.id: r for r in load(cycle)},
        people_of(cycle),
        seats_of(cycle),
        cycle.pegawai["pegawai_id"].isin(allowed.pegawai).to_numpy() | allowed.semua,
        cycle.jabatan["jabatan_id"].isin(allowed.jabatan).to_numpy(),
        skills.cutoffs(cycle).to_numpy(),
    )
