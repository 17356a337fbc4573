"""Tables of the workbook beyond those of the report: decisions, rules per move, checks, seniority, allowances, acting officials."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.locale import number, text
from mutasi_toolkit.schema import GOLONGAN_PNS, GOLONGAN_PPPK

if TYPE_CHECKING:
    from mutasi_toolkit.report.opened import Opened

#: Kinds of job that lead a unit, whose empty seats an acting official fills.
LEADS = ("jpt", "administrator", "pengawas")
EDUCATION = ("SD", "SMP", "SLTA", "D1", "D2", "D3", "D4", "S1", "S2", "S3")


def proposal_rows(o: Opened) -> pd.DataFrame:
    """The proposal with the decisions already taken beside it; by target OPD."""
    frame = o.moves_table()
    frame = frame.drop(columns=[c for c in ("alasan", "tidak_diperiksa", "dikecualikan") if c in frame])
    made = o.cycle.keputusan.set_index("pegawai_id")
    mine = made.reindex(frame["pegawai_id"])
    for column, name in (("putusan", "putusan"), ("alasan", "alasan_putusan"), ("oleh", "oleh")):
        frame[name] = mine[column].to_numpy()
    frame["tanggal_putusan"] = mine["tanggal"].dt.strftime("%Y-%m-%d").to_numpy()
    return frame


def other_decisions(o: Opened) -> pd.DataFrame:
    """Decisions in force on people who are not proposed to move."""
    made = o.cycle.keputusan
    made = made[~made["pegawai_id"].isin(o.tables["usulan"]["pegawai_id"])]
    place = o.cycle.seated.reindex(made["pegawai_id"])
    frame = pd.DataFrame(
        {
            "pegawai_id": made["pegawai_id"].to_numpy(),
            "unit": place["unit_id"].map(o.cycle.unit_name).to_numpy(),
            "jabatan_id": made["jabatan_id"].to_numpy(),
            "putusan": made["putusan"].to_numpy(),
            "alasan_putusan": made["alasan"].to_numpy(),
            "oleh": made["oleh"].to_numpy(),
            "tanggal_putusan": made["tanggal"].dt.strftime("%Y-%m-%d").to_numpy(),
        }
    )
    return frame.sort_values("pegawai_id", ignore_index=True)


def reasons(o: Opened) -> pd.DataFrame:
    """Why each move is proposed, and what it does to each term of the objective, in points; below nought is better."""
    frame = o.moves_table().merge(o.tables["usulan"][["pegawai_id", *_terms(o)]], on="pegawai_id", how="left")
    return frame[["pegawai_id", "dari", "ke", "alasan", *_terms(o)]]


def _terms(o: Opened) -> list[str]:
    return [c for c in ("d_beban", "d_kecocokan", "d_pengetahuan", "d_gangguan", "d_pindah") if c in o.tables["usulan"]]


def rules_per_move(o: Opened) -> pd.DataFrame:
    """Every rule that applied to each move, with its article and what became of it."""
    known = o.tables["aturan"].set_index("rule_id")
    rows = []
    for move in o.tables["usulan"].sort_values("pegawai_id").itertuples():
        for column, said in (("aturan", "rule_passed"), ("tidak_diperiksa", "rule_unchecked"), ("dikecualikan", "rule_waived")):
            named = getattr(move, column, "")
            for rule in str(named).split(";") if isinstance(named, str) and named else []:
                law = known.loc[rule] if rule in known.index else None
                words = ("", "", "") if law is None else (law["pernyataan"], law["pasal"], law["keyakinan"])
                rows.append((move.pegawai_id, rule, words[0], text(f"report.{said}", o.language), words[1], words[2]))
    return pd.DataFrame(rows, columns=["pegawai_id", "rule_id", "pernyataan", "hasil_periksa", "pasal", "keyakinan"])


def checks(o: Opened) -> pd.DataFrame:
    """What was checked of the proposal as a whole: pemeriksaan, hasil_periksa, isi."""
    facts, language, budget = o.facts, o.language, o.cycle.settings.anggaran.pindah
    moves, worse = int(facts["jumlah_mutasi"]), int(facts["opd_memburuk"])
    good, bad, open_ = (text(f"report.check_{k}", language) for k in ("good", "bad", "open"))
    proved = o.plan["status"] == "optimal"
    rows = [
        ("bound", good if proved else open_, text(f"report.status_{o.plan['status']}", language)),
        ("opd", good if worse == 0 else bad, text("report.check_opd_said", language, n=number(worse, 0, language))),
        ("budget", good if budget is None or moves <= budget else bad, text("report.check_budget_said", language, n=moves, most="–" if budget is None else budget)),
    ]
    rows += [
        (str(r.pemeriksaan), good if r.baik else bad, str(r.isi) if isinstance(r.isi, str) else text(f"report.check_{r.pemeriksaan}_said", language))
        for r in o.tables.get("pemeriksaan", pd.DataFrame(columns=["pemeriksaan", "baik", "isi"])).itertuples()
    ]
    unchecked = o.tables["aturan"].loc[~o.tables["aturan"]["diperiksa"], "rule_id"]
    rows.append(("rules", open_ if len(unchecked) else good, text("report.check_rules_said", language, rules=", ".join(unchecked) or "–")))
    given = o.cycle.keputusan["oleh"].notna().any()
    rows.append(("opinion", good if given else open_, text("report.check_opinion_said", language)))
    names = [text(f"report.check_{k}", language) for k, _, _ in rows]
    return pd.DataFrame({"pemeriksaan": names, "hasil_periksa": [r[1] for r in rows], "isi": [r[2] for r in rows]})


def seat_map(o: Opened) -> pd.DataFrame:
    """The peta jabatan: need and staff of every seat class before and after."""
    frame = o.tables.get("peta_jabatan")
    if frame is None:
        return pd.DataFrame(columns=["nama_opd"])
    columns = ["nama_opd", "nama_unit", "jabatan_id", "nama", "jenis", "kelas_jabatan", "kebutuhan_bulat", "ada_sebelum", "ada_sesudah", "selisih_sebelum", "selisih_sesudah"]
    return frame[columns].rename(columns={"jenis": "jenis_jabatan", "nama": "nama_jabatan"})


def seniority(o: Opened) -> pd.DataFrame:
    """Everybody who sat in the same seat class as a mover, in the order of the DUK, and who of them is proposed.

    The order of seniority: grade, time in the seat, time in service, education, age (PP 15/1979, read from memory; its
    step of training for leadership is left out, since the tables hold no data for it).
    """
    origins = o.tables["usulan"]["jabatan_asal"].unique()
    people = o.cycle.pegawai[o.cycle.pegawai["jabatan_id"].isin(origins)].copy()
    grade = {g: k for k, g in enumerate([*GOLONGAN_PPPK, *GOLONGAN_PNS])}
    people["_g"] = -people["golongan"].map(grade).fillna(-1)
    people["_e"] = -people["pendidikan"].map({e: k for k, e in enumerate(EDUCATION)}).fillna(-1)
    people = people.sort_values(["jabatan_id", "_g", "tmt_jabatan", "tmt_cpns", "_e", "tanggal_lahir", "pegawai_id"], kind="stable")
    people["urutan_duk"] = people.groupby("jabatan_id").cumcount() + 1
    people = people[people.groupby("jabatan_id")["pegawai_id"].transform("size") > 1]
    titles = o.cycle.jabatan.set_index("jabatan_id")["nama"]
    moving = set(o.tables["usulan"]["pegawai_id"])
    return pd.DataFrame(
        {
            "nama_asal": people["jabatan_id"].map(titles).to_numpy(),
            "unit_asal_nama": people["jabatan_id"].map(o.cycle.seat["unit_id"]).map(o.cycle.unit_name).to_numpy(),
            "urutan_duk": people["urutan_duk"].to_numpy(),
            "pegawai_id": people["pegawai_id"].to_numpy(),
            "golongan": people["golongan"].to_numpy(),
            "tmt_jabatan": people["tmt_jabatan"].dt.strftime("%Y-%m-%d").to_numpy(),
            "pendidikan": people["pendidikan"].to_numpy(),
            "diusulkan": [text("common.yes" if p in moving else "common.no", o.language) for p in people["pegawai_id"]],
        }
    )


def allowance(o: Opened) -> pd.DataFrame:
    """What each move changes in the monthly allowance (TPP) and job class, where the table has them."""
    seats = o.cycle.jabatan.set_index("jabatan_id")
    moves = o.tables["usulan"].sort_values("pegawai_id", ignore_index=True)
    frame = moves[["pegawai_id", "nama_asal", "nama_tujuan"]].copy()
    for side in ("asal", "tujuan"):
        frame[f"kelas_{side}"] = moves[f"jabatan_{side}"].map(seats["kelas_jabatan"]).astype("float64")
        frame[f"tpp_{side}"] = moves[f"jabatan_{side}"].map(seats["tpp"]).astype("float64")
    frame["beda_tpp"] = frame["tpp_tujuan"] - frame["tpp_asal"]
    return frame[["pegawai_id", "nama_asal", "nama_tujuan", "kelas_asal", "kelas_tujuan", "tpp_asal", "tpp_tujuan", "beda_tpp"]]


def held(o: Opened) -> pd.DataFrame:
    """Holders of every skill by OPD after the proposal, under the name of the OPD."""
    frame = o.tables["cakupan_sesudah"]
    frame = frame.assign(nama_opd=frame["opd_id"].map(o.cycle.unit_name))
    return frame[["nama_opd", *(c for c in frame if c not in {"opd_id", "nama_opd"})]]


def prices(o: Opened) -> pd.DataFrame:
    """What the binding rules, budgets and guarantees cost, a sentence each."""
    return pd.DataFrame({"pernyataan": o.prices()})


def acting(o: Opened) -> pd.DataFrame:
    """Seats held by an acting official (Plt), and leading seats that stand empty after the proposal."""
    frame = seat_map(o)
    if not len(frame):
        return frame
    plt = o.cycle.jabatan.set_index("jabatan_id")["plt"].reindex(frame["jabatan_id"]).fillna(False).to_numpy(dtype=bool)
    empty = (frame["ada_sesudah"].fillna(0) == 0).to_numpy() & frame["jenis_jabatan"].isin(LEADS).to_numpy() & (frame["kebutuhan_bulat"] > 0).to_numpy()
    out = frame[plt | empty][["nama_opd", "nama_unit", "jabatan_id", "nama_jabatan", "jenis_jabatan", "ada_sebelum", "ada_sesudah"]].copy()
    said = np.where(plt[plt | empty], text("report.seat_acting", o.language), text("report.seat_empty", o.language))
    return out.assign(keadaan=said).reset_index(drop=True)
