"""The tables of a proposal: moves with their reasons, effects by OPD, knowledge, rules, and who stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import rules, skills, workload
from mutasi_toolkit.assignment.costs import arc_costs, ways_km
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.planning.places import places_table, seat_map
from mutasi_toolkit.rules.facts import years_since
from mutasi_toolkit.spread.policies import compare_opd

if TYPE_CHECKING:
    from mutasi_toolkit.planning.proposal import Proposal


def all_tables(proposal: Proposal) -> dict[str, pd.DataFrame]:
    """Every table by name, sorted so that equal proposals give equal tables."""
    cycle, after = proposal.cycle, proposal.after
    need = {name: workload.need(c) for name, c in (("sebelum", cycle), ("sesudah", after))}
    cover = {name: skills.coverage(c).reset_index() for name, c in (("sebelum", cycle), ("sesudah", after))}
    sole = {name: skills.sole_holders(c).reset_index(drop=True) for name, c in (("sebelum", cycle), ("sesudah", after))}
    moves = moves_table(proposal, need["sebelum"])
    opd = opd_table(proposal, moves)
    out = {"usulan": moves, "opd": opd, "tidak_pindah": staying_table(proposal), "aturan": rules.coverage(cycle)}
    for name in ("sebelum", "sesudah"):
        out[f"kebutuhan_{name}"] = need[name].reset_index()
        out[f"cakupan_{name}"] = cover[name]
        out[f"pemegang_tunggal_{name}"] = sole[name]
    out["penempatan"] = places_table(proposal)
    out["peta_jabatan"] = seat_map(proposal, need["sebelum"], need["sesudah"])
    out["nilai_pemegang"] = proposal.gains
    out["sebaran"] = proposal.change
    asked = cover["sebelum"].query("dibutuhkan > 0")
    out["sebaran_opd"] = compare_opd(proposal.before, proposal.with_plan, pd.MultiIndex.from_frame(asked[["opd_id", "keahlian"]]))
    curves = [s.curves().assign(rencana=name) for name, s in (("tanpa", proposal.before), ("dengan", proposal.with_plan))]
    out["sebaran_kurva"] = pd.concat(curves, ignore_index=True)[["periode", "rencana", "mean", "low", "high"]]
    out["putaran"] = proposal.rounds
    out["suku"] = terms_table(proposal, need["sebelum"])
    out["ringkasan"] = summary_table(proposal, out)
    return out


def moves_table(proposal: Proposal, need: pd.DataFrame) -> pd.DataFrame:
    """One row per move: from, to, what it gains by term, the rules it passed, and the reason in words."""
    cycle = proposal.cycle
    people, seats = cycle.pegawai.set_index("pegawai_id"), cycle.jabatan.set_index("jabatan_id")
    moves = proposal.plan.moves.sort_values("pegawai_id", ignore_index=True)
    ids, target = moves["pegawai_id"], moves["jabatan_id"]
    origin = ids.map(people["jabatan_id"])
    p, s = pd.Index(cycle.pegawai["pegawai_id"]).get_indexer(ids), pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(target)
    own = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(origin)
    costs = arc_costs(cycle, p, s, np.ones(len(p), dtype=bool), cycle.settings.bobot)
    found = rules.evaluate(cycle, p, s)
    unit, opd = cycle.seat["unit_id"], cycle.seat["opd_id"]
    frame = pd.DataFrame(
        {
            "pegawai_id": ids,
            "status": ids.map(people["status"]).to_numpy(),
            "golongan": ids.map(people["golongan"]).to_numpy(),
            "masa_jabatan": years_since(cycle.pegawai["tmt_jabatan"], cycle.date)[p],
            "jabatan_asal": origin.to_numpy(),
            "nama_asal": origin.map(seats["nama"]).to_numpy(),
            "unit_asal": origin.map(unit).to_numpy(),
            "opd_asal": origin.map(opd).to_numpy(),
            "jabatan_tujuan": target,
            "nama_tujuan": target.map(seats["nama"]).to_numpy(),
            "unit_tujuan": target.map(unit).to_numpy(),
            "opd_tujuan": target.map(opd).to_numpy(),
            "selisih_asal": origin.map(need["selisih"]).to_numpy(),
            "selisih_tujuan": target.map(need["selisih"]).to_numpy(),
            "jpm_lama": skills.fit_codes(cycle, p, own),
            "jpm_baru": skills.fit_codes(cycle, p, s),
            "jarak_km": ways_km(cycle, p, s),
            "d_beban": _load_change(proposal, need, origin, target),
            "d_kecocokan": costs["kecocokan"],
            "d_gangguan": costs["gangguan"],
            "d_pindah": costs["pindah"],
            "aturan": [";".join(rules.rule_ids(int(a) & ~int(u))) for a, u in zip(found.applies, found.unchecked, strict=True)],
            "tidak_diperiksa": [";".join(rules.rule_ids(u)) for u in found.unchecked],
            "dikecualikan": [";".join(rules.rule_ids(w)) for w in found.waived],
        }
    )
    for language in ("id", "en"):
        frame[f"alasan_{language}"] = [_reason(row, cycle, language) for row in frame.itertuples()]
    return frame


def _load_change(proposal: Proposal, need: pd.DataFrame, origin: pd.Series, target: pd.Series) -> np.ndarray:
    """Points of workload by this move alone, all others left out."""
    weight = proposal.cycle.settings.bobot.beban
    left, joined = origin.map(need["selisih"]).to_numpy(dtype=float), target.map(need["selisih"]).to_numpy(dtype=float)
    return weight * (np.abs(left - 1) - np.abs(left) + np.abs(joined + 1) - np.abs(joined))


def _reason(row: object, cycle: object, language: str) -> str:
    parts = []
    if row.selisih_tujuan < 0:  # type: ignore[attr-defined]
        parts.append(text("planning.reason_short", language, n=number(-row.selisih_tujuan, 1, language), unit=cycle.unit_name[row.unit_tujuan]))  # type: ignore[attr-defined]
    if row.selisih_asal > 0:  # type: ignore[attr-defined]
        parts.append(text("planning.reason_spare", language, n=number(row.selisih_asal, 1, language)))  # type: ignore[attr-defined]
    if row.jpm_baru > row.jpm_lama:  # type: ignore[attr-defined]
        parts.append(text("planning.reason_fit", language, old=number(row.jpm_lama, 0, language), new=number(row.jpm_baru, 0, language)))  # type: ignore[attr-defined]
    if not parts:
        parts.append(text("planning.reason_whole", language))
    return " ".join(parts)


def opd_table(proposal: Proposal, moves: pd.DataFrame) -> pd.DataFrame:
    """Per OPD before and after: staff, need, shortage, surplus, |selisih|, efficiency, arrivals and departures."""
    one, two = (workload.unit_efficiency(c).reset_index() for c in (proposal.cycle, proposal.after))
    frame = pd.DataFrame({"opd_id": one["opd_id"], "nama": one["opd_id"].map(proposal.cycle.unit_name)})
    for name, part in (("sebelum", one), ("sesudah", two)):
        for column in ("ada", "kekurangan", "kelebihan", "eu", "prestasi"):
            frame[f"{column}_{name}"] = part[column]
        frame[f"selisih_mutlak_{name}"] = part["kekurangan"] + part["kelebihan"]
    frame.insert(2, "kebutuhan_bulat", one["kebutuhan_bulat"])
    for name, column in (("masuk", "opd_tujuan"), ("keluar", "opd_asal")):
        crossing = moves[moves["opd_asal"] != moves["opd_tujuan"]]
        frame[name] = frame["opd_id"].map(crossing[column].value_counts()).fillna(0).astype(int)
    frame["di_dalam"] = frame["opd_id"].map(moves.loc[moves["opd_asal"] == moves["opd_tujuan"], "opd_asal"].value_counts()).fillna(0).astype(int)
    return frame


def staying_table(proposal: Proposal) -> pd.DataFrame:
    """People due to move (R02) who stay: how many seats the rules leave them, and which rules take the others."""
    cycle = proposal.cycle
    due = rules.due(cycle)
    due = due[~due["pegawai_id"].isin(proposal.plan.moves["pegawai_id"])].reset_index(drop=True)
    pairs = rules.allowed(cycle)
    seats = np.bincount(pairs.person, minlength=len(cycle.pegawai)) - 1
    at = pd.Index(cycle.pegawai["pegawai_id"]).get_indexer(due["pegawai_id"])
    people = cycle.pegawai.iloc[at].reset_index(drop=True)
    place = cycle.seat.loc[people["jabatan_id"]].reset_index(drop=True)
    titles = people["jabatan_id"].map(cycle.jabatan.set_index("jabatan_id")["nama"])
    out = due.assign(nama_jabatan=titles, unit_id=place["unit_id"], opd_id=place["opd_id"], kursi_boleh=seats[at])
    for language in ("id", "en"):
        words = [text("planning.stay_no_seat" if n == 0 else "planning.stay_no_gain", language, n=number(n, 0, language)) for n in seats[at]]
        out[f"alasan_{language}"] = words
    return out


def terms_table(proposal: Proposal, need: pd.DataFrame) -> pd.DataFrame:
    """The objective term by term, of the plan and of nobody moving."""
    still = proposal.cycle.settings.bobot.beban * float(need["selisih"].abs().sum())
    nobody = {"beban": still}
    return pd.DataFrame([(k, nobody.get(k, 0.0), v, v - nobody.get(k, 0.0)) for k, v in proposal.plan.terms.items()], columns=["suku", "tanpa_poin", "rencana_poin", "selisih_poin"])


def summary_table(proposal: Proposal, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Key figures: kunci, nilai."""
    opd, change, checked = tables["opd"], proposal.change.iloc[0], tables["aturan"]["diperiksa"]
    gap = {k: float(tables[f"kebutuhan_{k}"]["selisih"].abs().sum()) for k in ("sebelum", "sesudah")}
    less = opd["selisih_mutlak_sesudah"] - opd["selisih_mutlak_sebelum"]
    values = {
        "jumlah_pegawai": len(proposal.cycle.pegawai),
        "jumlah_mutasi": len(proposal.plan.moves),
        "jumlah_mutasi_antar_opd": int(opd["masuk"].sum()),
        "selisih_sebelum": gap["sebelum"],
        "selisih_sesudah": gap["sesudah"],
        "kekurangan_sebelum": float(opd["kekurangan_sebelum"].sum()),
        "kekurangan_sesudah": float(opd["kekurangan_sesudah"].sum()),
        "opd_membaik": int((less < -1e-9).sum()),
        "opd_memburuk": int((less > 1e-9).sum()),
        "nilai_tujuan": proposal.plan.objective,
        "batas": proposal.plan.bound,
        "gap": proposal.plan.gap,
        "pengetahuan_prediksi": proposal.gain_predicted,
        "pengetahuan_simulasi": proposal.gain_simulated,
        "pengetahuan_simulasi_rendah": float(change["low"]),
        "pengetahuan_simulasi_tinggi": float(change["high"]),
        "pemegang_tunggal_sebelum": len(tables["pemegang_tunggal_sebelum"]),
        "pemegang_tunggal_sesudah": len(tables["pemegang_tunggal_sesudah"]),
        "aturan_diperiksa": int(checked.sum()),
        "aturan_tidak_diperiksa": int((~checked).sum()),
        "paruh_waktu_orang": float(proposal.cycle.paruh_waktu["orang"].sum()),
        "keahlian_turunan": float(np.nan_to_num(skills.derived_share(proposal.cycle))),
    }
    return pd.DataFrame({"kunci": list(values), "nilai": [float(v) for v in values.values()]})
