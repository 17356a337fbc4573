"""Who can do what where: skills required, present and missing, and skills that hang on one person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.skills.table import derived, entries, group_codes, holders, membership, required

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


def places(cycle: Cycle) -> pd.Series:
    """Number of places of every seat class that ask for its skills.

    n_c = kebutuhan_bulat of `workload.need` where class c has a need of its own (`jabatan.kebutuhan`
    or rows in `tugas`), else the number of people who sit in it now.

    Returns
    -------
    Series of int
        Indexed by jabatan_id, in the order of `cycle.jabatan`.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> places(two_offices()).to_dict()
    {'J1': 2, 'J2': 1}
    """
    from mutasi_toolkit import workload

    seats = pd.Index(cycle.jabatan["jabatan_id"], name="jabatan_id")
    need = workload.need(cycle)["kebutuhan_bulat"].to_numpy(dtype=np.int64)
    measured = cycle.jabatan["kebutuhan"].notna().to_numpy() | seats.isin(cycle.tugas["jabatan_id"])
    present = cycle.pegawai["jabatan_id"].value_counts().reindex(seats, fill_value=0).to_numpy()
    return pd.Series(np.where(measured, need, present), index=seats, name="tempat")


def coverage(cycle: Cycle) -> pd.DataFrame:
    """Skills required, present and missing in every OPD.

    A holder has `tingkat` >= h, the `tingkat_pemegang` of the settings. For OPD o and skill s::

        dibutuhkan[o, s] = max(1, sum over seat classes c of o with syarat[c, s] >= h of places[c])
                           where some seat class of o asks for s at any level, else 0
        pemegang[o, s]   = number of people of o with tingkat >= h
        kurang[o, s]     = max(0, dibutuhkan[o, s] - pemegang[o, s])

    In words: every place whose standard asks for a holder's level needs a holder; where the
    standards ask only for less, the OPD still needs one holder, from whom the others learn.
    `places` is the ABK need of the seat class, or its staff where no need was measured.

    Special cases: an OPD without requirements and holders has no row; without `syarat` nothing is
    required; without `keahlian` nobody holds anything; a vacant seat class counts with its need.

    Parameters
    ----------
    cycle : Cycle

    Returns
    -------
    DataFrame
        Indexed by (opd_id, keahlian), sorted, one row where the skill is required or held, with
        `dibutuhkan`, `pemegang`, `kurang` (int, people) and `turunan`, the share of the holders
        whose level is derived and not assessed (nan without holders).

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> coverage(two_offices())[["dibutuhkan", "pemegang", "kurang"]].to_records().tolist()
    [('D1', 'Anggaran', 2, 2, 0), ('D1', 'Arsip', 1, 1, 0), ('D2', 'Arsip', 1, 1, 0), ('D2', 'Gizi', 1, 0, 1)]
    """
    held = holders(cycle)
    codes, opds = group_codes(cycle)
    sums = membership(codes, len(opds))
    present = (sums @ held.matrix.astype(np.int64)).toarray()
    from_derived = (sums @ derived(cycle, held).astype(np.int64)).toarray()
    asked = required_in(cycle, held.keahlian, opds)
    demanded = _demanded(cycle, held.keahlian, opds)
    need = np.where(asked, np.maximum(demanded, 1), 0)
    o, s = np.nonzero((need > 0) | (present > 0))
    index = pd.MultiIndex.from_arrays([opds[o], held.keahlian[s]], names=["opd_id", "keahlian"])
    need, present, from_derived = need[o, s], present[o, s], from_derived[o, s]
    share = np.divide(from_derived, present, out=np.full(len(o), np.nan), where=present > 0)
    lacking = np.maximum(need - present, 0)
    columns = {"dibutuhkan": need, "pemegang": present, "kurang": lacking, "turunan": share}
    return pd.DataFrame(columns, index=index)


def required_in(cycle: Cycle, skills: pd.Index, opds: pd.Index) -> np.ndarray:
    """Whether some seat class of each OPD asks for each skill, at any level."""
    of_seat = membership(opds.get_indexer(cycle.seat["opd_id"]), len(opds))
    return (of_seat @ (required(cycle, skills) > 0).astype(np.int64)).toarray() > 0


def _demanded(cycle: Cycle, skills: pd.Index, opds: pd.Index) -> np.ndarray:
    """Number of places of each OPD that ask for each skill at a holder's level."""
    of_seat = membership(opds.get_indexer(cycle.seat["opd_id"]), len(opds))
    at_level = (required(cycle, skills) >= cycle.settings.tingkat_pemegang).astype(np.int64)
    count = places(cycle).to_numpy()
    return (of_seat.multiply(count[None, :]).tocsr() @ at_level).toarray()


def sole_holders(cycle: Cycle) -> pd.DataFrame:
    """Skills that exactly one person of an OPD holds, and that person.

    All skills that somebody holds are looked at, required there or not: `dibutuhkan` tells which
    the seats of the OPD ask for (at any level), so that a guarantee can be kept to those.

    Special cases: no rows where nobody, or more than one person, holds each skill.

    Returns
    -------
    DataFrame
        opd_id, keahlian, pegawai_id, `dibutuhkan` (bool), `turunan` (bool: the level is derived);
        sorted by opd_id and keahlian.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> sole_holders(two_offices())[["opd_id", "keahlian", "pegawai_id"]].to_numpy().tolist()
    [['D1', 'Arsip', 'P1'], ['D2', 'Arsip', 'P4']]
    """
    held = holders(cycle)
    codes, opds = group_codes(cycle)
    coo = held.matrix.tocoo()
    cell = codes[coo.row].astype(np.int64) * len(held.keahlian) + coo.col
    _, first, count = np.unique(cell, return_index=True, return_counts=True)
    at = first[count == 1]
    person, skill = coo.row[at], coo.col[at]
    asked = required_in(cycle, held.keahlian, opds)
    marks = derived(cycle, held)
    is_derived = entries(marks, person, skill)
    return pd.DataFrame(
        {
            "opd_id": opds[codes[person]],
            "keahlian": held.keahlian[skill],
            "pegawai_id": held.pegawai[person],
            "dibutuhkan": asked[codes[person], skill],
            "turunan": is_derived,
        }
    )


def unit_matrix(cycle: Cycle, level: str = "opd", required_only: bool = False) -> pd.DataFrame:
    """Number of holders of every skill in every unit.

    Parameters
    ----------
    cycle : Cycle
    level : str
        'opd' or 'unit' (leaf units).
    required_only : bool
        Keep only the skills that `syarat` names.

    Returns
    -------
    DataFrame of int
        Units (sorted) x skills (sorted); zeros where nobody holds the skill.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> unit_matrix(two_offices()).to_numpy().tolist()
    [[2, 1, 0], [0, 1, 0]]
    """
    held = holders(cycle)
    codes, ids = group_codes(cycle, level)
    counts = (membership(codes, len(ids)) @ held.matrix.astype(np.int64)).toarray()
    frame = pd.DataFrame(counts, index=ids, columns=held.keahlian)
    if required_only:
        frame = frame.loc[:, frame.columns.isin(cycle.syarat["keahlian"])]
    return frame
