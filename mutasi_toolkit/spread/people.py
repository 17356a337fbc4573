"""A population as arrays: who knows what, who sits where, who knows whom; from a cycle or from plain arrays."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.contacts import known_contacts

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Levels of a skill in the tables.
LEVELS = 5


def _none() -> np.ndarray:
    return np.zeros(0, dtype=np.int32)


@dataclass(frozen=True, eq=False)
class Population:
    """People, their skills, units and ties, ready for the kernels.

    Attributes
    ----------
    know : uint64 array, shape (n, levels * words)
        Bit b of word w is skill 64 w + b; with levels, words of level 1 stand first, then those of level 2 ...
    n_skills : int
    unit : int32 array, shape (n,)
        Unit in which a person mixes.
    unit_opd : int32 array, shape (n_units,)
        Row of the tables in which a unit counts, -1 for none.
    tie_a, tie_b : int32 arrays
        Known contacts, one way each: b teaches a.
    tie_strength : float array
    kind : int32 array, shape (n,)
        Only people of one kind exchange seats.
    receptive : float array, shape (n,) or (0,)
        Chance that a person takes in what a period taught; empty for always.
    levels, holder : int
        Number of levels kept apart, and the position of the one from which a person counts as a holder.
    opd, keahlian, people, units : Index
        Labels.
    """

    know: np.ndarray
    n_skills: int
    unit: np.ndarray
    unit_opd: np.ndarray
    tie_a: np.ndarray = field(default_factory=_none)
    tie_b: np.ndarray = field(default_factory=_none)
    tie_strength: np.ndarray = field(default_factory=lambda: np.zeros(0))
    kind: np.ndarray = field(default_factory=_none)
    receptive: np.ndarray = field(default_factory=lambda: np.zeros(0))
    levels: int = 1
    holder: int = 0
    opd: pd.Index | None = None
    keahlian: pd.Index | None = None
    people: pd.Index | None = None
    units: pd.Index | None = None

    def __post_init__(self) -> None:
        # Arrays of one type, whatever they came from: a kernel is compiled anew for a read-only or strided one.
        for name, kind in (("know", np.uint64), ("unit", np.int32), ("unit_opd", np.int32)):
            given = getattr(self, name)
            object.__setattr__(self, name, np.require(given, kind, ["C", "W"]))

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.unit)

    @property
    def words(self) -> int:
        """Words of one level."""
        return self.know.shape[1] // self.levels

    @property
    def n_opd(self) -> int:
        """Number of rows of the tables."""
        return int(self.unit_opd.max(initial=-1)) + 1 if self.opd is None else len(self.opd)


def pack(known: np.ndarray) -> np.ndarray:
    """Booleans (n, skills) as words (n, ceil(skills / 64)).

    Examples
    --------
    >>> pack(np.array([[True, False, True]])).tolist()
    [[5]]
    """
    n, skills = known.shape
    wide = np.zeros((n, max(-(-skills // 64), 1) * 64), dtype=bool)
    wide[:, :skills] = known
    return np.packbits(wide, axis=1, bitorder="little").view(np.uint64)


def unpack(words: np.ndarray, skills: int) -> np.ndarray:
    """The inverse of `pack`: booleans (n, skills).

    Examples
    --------
    >>> unpack(np.array([[5]], dtype=np.uint64), 3).tolist()
    [[True, False, True]]
    """
    return np.unpackbits(np.ascontiguousarray(words).view(np.uint8), axis=1, bitorder="little")[:, :skills].astype(bool)


def from_arrays(known: np.ndarray, unit: Any, receptive: Any = None, kind: Any = None, opd: Any = None) -> Population:
    """A population from plain arrays.

    Parameters
    ----------
    known : bool array (n, skills)
    unit : int array (n,)
        Codes from 0.
    receptive : float array (n,), optional
    kind : int array (n,), optional
        All of one kind where None.
    opd : int array (n_units,), optional
        Every unit is an OPD of its own where None.

    Raises
    ------
    InputError
        Where lengths differ or a chance is not in [0, 1]; names the person.

    Examples
    --------
    >>> from_arrays(np.eye(3, dtype=bool), [0, 0, 1]).n_opd
    2
    """
    codes = np.asarray(unit)
    n = len(codes)
    if len(known) != n or (n and (codes.min() < 0 or codes.dtype.kind not in "iu")):
        raise InputError(text("spread.lengths", a="known", n_a=len(known), b="unit", n_b=n))
    n_units = int(codes.max(initial=-1)) + 1
    place = np.arange(n_units, dtype=np.int32) if opd is None else np.asarray(opd, dtype=np.int32)
    takes = chances(receptive, n)
    sort = np.zeros(n, dtype=np.int32) if kind is None else np.asarray(kind, dtype=np.int32)
    return Population(pack(np.asarray(known, dtype=bool)), known.shape[1], codes.astype(np.int32), place, kind=sort, receptive=takes)


def chances(given: Any, n: int, people: pd.Index | None = None) -> np.ndarray:
    """Receptivity of every person as an array; empty for None; a Series is read by person.

    Raises
    ------
    InputError
        Names the person whose chance is missing or not in [0, 1].
    """
    if given is None:
        return np.zeros(0)
    if isinstance(given, pd.Series) and people is not None:
        given = given.reindex(people)
    values = np.broadcast_to(np.asarray(given, dtype=np.float64), (n,)).copy()
    good = (values >= 0.0) & (values <= 1.0)
    if not good.all():
        at = int(np.argmin(good))
        raise InputError(text("spread.receptive", person=at if people is None else people[at], value=values[at]))
    return values


def population_of(cycle: Cycle, levels: bool = False, receptive: Any = None) -> Population:
    """The population of a cycle.

    People are in the order of `cycle.pegawai`; mixing is in the leaf unit; people whose seats are of one `jenis`
    may exchange them. With `levels`, the five levels of a skill are kept apart, and a holder is who has reached
    `tingkat_pemegang`; without, only holders are told from others.

    Special cases: without `keahlian` nobody knows anything; without `hubungan` there are no ties.

    Parameters
    ----------
    cycle : Cycle
    levels : bool
    receptive : Series by pegawai_id, array or number, optional

    Returns
    -------
    Population
    """
    from mutasi_toolkit.skills import levels as table

    matrix, _, names = table(cycle)
    reached = matrix.toarray()
    holder = cycle.settings.tingkat_pemegang
    bars = range(1, LEVELS + 1) if levels else (holder,)
    know = np.concatenate([pack(reached >= bar) for bar in bars], axis=1)
    people, units = pd.Index(cycle.pegawai["pegawai_id"]), pd.Index(cycle.unit["unit_id"])
    opd = pd.Index(np.unique(cycle.seat["opd_id"].to_numpy(dtype=object).astype(str)), name="opd_id")
    ties = known_contacts(cycle)
    kind = cycle.jabatan.set_index("jabatan_id")["jenis"].reindex(cycle.pegawai["jabatan_id"])
    return Population(
        np.ascontiguousarray(know), len(names), units.get_indexer(cycle.seated["unit_id"]).astype(np.int32),
        opd.get_indexer(cycle.opd.reindex(units)).astype(np.int32), ties.learner, ties.teacher, ties.strength,
        pd.factorize(kind, sort=True)[0].astype(np.int32), chances(receptive, len(people), people), len(bars), holder - 1 if levels else 0,
        opd, names, people, units,
    )  # fmt: skip
