"""Where everybody sits before and after, and the map of seats (peta jabatan): what later comparisons read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from mutasi_toolkit.planning.proposal import Proposal


def places_table(proposal: Proposal) -> pd.DataFrame:
    """One row per person: pegawai_id, jabatan_id, nama_jabatan, unit_id, opd_id today, and jabatan_usulan."""
    cycle = proposal.cycle
    seats = cycle.jabatan.set_index("jabatan_id")
    frame = cycle.seated.reset_index().sort_values("pegawai_id", ignore_index=True)
    new = proposal.after.seated["jabatan_id"].reindex(frame["pegawai_id"]).to_numpy()
    return pd.DataFrame(
        {
            "pegawai_id": frame["pegawai_id"],
            "jabatan_id": frame["jabatan_id"],
            "nama_jabatan": frame["jabatan_id"].map(seats["nama"]).to_numpy(),
            "unit_id": frame["unit_id"],
            "opd_id": frame["opd_id"],
            "jabatan_usulan": new,
        }
    )


def seat_map(proposal: Proposal, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """The peta jabatan: one row per seat class with need and staff before and after.

    Parameters
    ----------
    proposal : Proposal
    before, after : DataFrame
        `workload.need` of the cycle before and after, indexed by jabatan_id.

    Returns
    -------
    DataFrame
        jabatan_id, nama, unit_id, nama_unit, opd_id, nama_opd, jenis, kelas_jabatan, plt, kebutuhan_bulat, ada_sebelum,
        ada_sesudah, selisih_sebelum, selisih_sesudah; sorted by OPD, unit and seat.
    """
    cycle = proposal.cycle
    frame = cycle.jabatan[["jabatan_id", "nama", "jenis", "kelas_jabatan", "plt"]].copy()
    place = cycle.seat.loc[frame["jabatan_id"]]
    frame.insert(2, "unit_id", place["unit_id"].to_numpy())
    frame.insert(3, "nama_unit", frame["unit_id"].map(cycle.unit_name))
    frame.insert(4, "opd_id", place["opd_id"].to_numpy())
    frame.insert(5, "nama_opd", frame["opd_id"].map(cycle.unit_name))
    frame["kebutuhan_bulat"] = before["kebutuhan_bulat"].reindex(frame["jabatan_id"]).to_numpy()
    for name, need in (("sebelum", before), ("sesudah", after)):
        frame[f"ada_{name}"] = need["ada"].reindex(frame["jabatan_id"]).to_numpy()
    for name, need in (("sebelum", before), ("sesudah", after)):
        frame[f"selisih_{name}"] = need["selisih"].reindex(frame["jabatan_id"]).to_numpy()
    return frame.sort_values(["opd_id", "unit_id", "jabatan_id"], ignore_index=True)
