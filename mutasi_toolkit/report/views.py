"""A proposal's tables as people read them: names beside codes, the columns that matter, the order that helps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit import workload
from mutasi_toolkit.locale import long_date, number, text
from mutasi_toolkit.report.clean import plain_markdown

if TYPE_CHECKING:
    from mutasi_toolkit.report.opened import Opened


#: Questions that the first page answers.
CARDS = ("moves", "better", "knowledge", "cost", "sure", "law")


def heading(o: Opened) -> str:
    """The cycle's name, date and scenario, as Markdown."""
    settings = o.cycle.settings
    line = f"**{plain_markdown(settings.nama)}**, " + plain_markdown(
        text("report.subtitle", o.language, cycle=settings.siklus, date=long_date(settings.tanggal, o.language), scenario=settings.skenario)
    )
    return line + (f"\n\n*{text('report.synthetic', o.language)}*" if o.synthetic else "")


def figures_in_words(o: Opened) -> dict[str, Any]:
    """Key figures as text, to fill sentences with."""
    facts, settings = o.facts, o.cycle.settings

    def n(key: str, digits: int = 0) -> str:
        return number(facts[key], digits, o.language)

    def staff(key: str) -> str:
        return number(facts[key], 0 if float(facts[key]).is_integer() else 1, o.language)

    return {
        "moves": n("jumlah_mutasi"), "people": n("jumlah_pegawai"), "across": n("jumlah_mutasi_antar_opd"), "before": staff("selisih_sebelum"),
        "after": staff("selisih_sesudah"), "short_before": staff("kekurangan_sebelum"), "short_after": staff("kekurangan_sesudah"),
        "gain": n("pengetahuan_simulasi", 1), "signed_gain": ("+" if facts["pengetahuan_simulasi"] > 0 else "") + n("pengetahuan_simulasi", 1), "low": n("pengetahuan_simulasi_rendah", 1), "high": n("pengetahuan_simulasi_tinggi", 1),
        "predicted": n("pengetahuan_prediksi", 1), "periods": settings.sebaran.periode, "replicates": settings.sebaran.replikasi,
        "better": n("opd_membaik"), "worse": n("opd_memburuk"), "sole_before": n("pemegang_tunggal_sebelum"), "sole_after": n("pemegang_tunggal_sesudah"),
        "gap": number(100 * o.plan["gap"], 4, o.language), "objective": number(o.plan["objective"], 3, o.language), "bound": number(o.plan["bound"], 3, o.language),
        "status": text(f"report.status_{o.plan['status']}", o.language), "proved": text(f"report.proved_{o.plan['status']}", o.language), "checked": n("aturan_diperiksa"), "unchecked": n("aturan_tidak_diperiksa"),
        "part_time": n("paruh_waktu_orang"), "fte": number(settings.paruh_waktu.fte if settings.paruh_waktu.dihitung else 0.0, 2, o.language),
        **costs_in_words(o),
        "derived": n("keahlian_turunan_persen") if "keahlian_turunan_persen" in facts else number(100 * facts["keahlian_turunan"], 0, o.language),
    }  # fmt: skip


def costs_in_words(o: Opened) -> dict[str, Any]:
    """What the proposal costs, as text: worse fits, longer ways, allowances, points of disruption; and who gains most."""
    moves, terms, language = o.tables["usulan"], o.tables["suku"].set_index("suku")["selisih_poin"], o.language
    paid, won = float(terms[terms > 0].sum()), float(-terms[terms < 0].sum())
    relief = o.tables["opd"].assign(lega=lambda f: f["selisih_mutlak_sebelum"] - f["selisih_mutlak_sesudah"])
    best = relief[relief["lega"] > 1e-9].sort_values(["lega", "opd_id"], ascending=[False, True])["nama"].head(3)
    tpp = o.cycle.jabatan.set_index("jabatan_id")["tpp"]
    change = (moves["jabatan_tujuan"].map(tpp) - moves["jabatan_asal"].map(tpp)).sum(min_count=1)
    money = "" if pd.isna(change) else text("report.cost_tpp", language, rupiah=number(abs(float(change)), 0, language), sign="+" if change > 0 else "−" if change < 0 else "")
    return {
        "best": ", ".join(best) or "–", "paid": number(paid, 1, language), "won": number(won, 1, language),
        "worse_fit": number(int((moves["jpm_baru"] < moves["jpm_lama"]).sum()), 0, language), "tpp": money,
        "sole_new": number(max(0.0, float(o.facts["pemegang_tunggal_sesudah"] - o.facts["pemegang_tunggal_sebelum"])), 0, language),
    }  # fmt: skip


def opd_stories(o: Opened) -> list[tuple[str, str, list[str]]]:
    """What happens to each OPD that anybody joins or leaves: name, a sentence, and its moves; the greatest relief first."""
    moves, names, language = o.tables["usulan"], o.cycle.unit_name, o.language
    skills_ = o.tables["sebaran"].dropna(subset=["opd_id"])
    out = []
    frame = o.tables["opd"].assign(lega=lambda f: f["selisih_mutlak_sebelum"] - f["selisih_mutlak_sesudah"])
    for row in frame.sort_values(["lega", "opd_id"], ascending=[False, True]).itertuples():
        mine = moves[(moves["opd_tujuan"] == row.opd_id) | (moves["opd_asal"] == row.opd_id)].sort_values("pegawai_id")
        if not len(mine):
            continue
        said = text(
            "report.story", language, need=number(row.kebutuhan_bulat, 0, language), staff=number(row.ada_sebelum, 1, language), after=number(row.ada_sesudah, 1, language),
            before_gap=number(row.selisih_mutlak_sebelum, 1, language), after_gap=number(row.selisih_mutlak_sesudah, 1, language),
        )  # fmt: skip
        items = [_story_line(m, row.opd_id, names, language) for m in mine.to_dict("records")]
        changed = skills_[(skills_["opd_id"] == row.opd_id) & skills_["pasti"].astype(bool) & (skills_["selisih"].abs() >= 0.5)].sort_values(["selisih", "keahlian"])
        if len(changed):
            named = ", ".join(f"{r.keahlian} ({'+' if r.selisih > 0 else '−'}{number(abs(r.selisih), 1, language)})" for r in changed.itertuples())
            items.append(text("report.story_skills", language, skills=named))
        out.append((str(row.nama), said, items))
    return out


def _story_line(move: dict[str, Any], opd_id: str, names: pd.Series, language: str) -> str:
    inside = move["opd_asal"] == move["opd_tujuan"]
    kind = "within" if inside else "joins" if move["opd_tujuan"] == opd_id else "leaves"
    return text(
        f"report.story_{kind}", language, pegawai=move["pegawai_id"], asal=move["nama_asal"], unit_asal=names[move["unit_asal"]], tujuan=move["nama_tujuan"],
        unit_tujuan=names[move["unit_tujuan"]], alasan=move[f"alasan_{language}"],
    )  # fmt: skip


def summary(o: Opened) -> pd.DataFrame:
    """Questions of the first page and their answers: ukuran, isi."""
    words = figures_in_words(o)
    rows = [(text(f"report.card_{k}", o.language), text(f"report.answer_{k}", o.language, **words)) for k in CARDS]
    return pd.DataFrame(rows, columns=["ukuran", "isi"])


def terms(o: Opened) -> pd.DataFrame:
    """The objective term by term."""
    frame = o.tables["suku"].copy()
    frame["suku"] = [text(f"report.term_{name}", o.language) for name in frame["suku"]]
    return frame


def opd(o: Opened) -> pd.DataFrame:
    """What changes by OPD, the greatest relief first."""
    frame = o.tables["opd"].rename(columns={"nama": "nama_opd"}).assign(perbaikan=lambda f: f["selisih_mutlak_sebelum"] - f["selisih_mutlak_sesudah"])
    columns = [
        "nama_opd", "kebutuhan_bulat", "ada_sebelum", "ada_sesudah", "kekurangan_sebelum", "kekurangan_sesudah", "selisih_mutlak_sebelum",
        "selisih_mutlak_sesudah", "perbaikan", "eu_sebelum", "eu_sesudah", "masuk", "keluar", "di_dalam",
    ]  # fmt: skip
    return frame.sort_values(["perbaikan", "opd_id"], ascending=[False, True])[columns].reset_index(drop=True)


def moves_table(o: Opened) -> pd.DataFrame:
    """Who moves, from where to where, why; by target OPD."""
    names = o.cycle.unit_name
    frame = o.tables["usulan"].assign(
        unit_asal_nama=lambda f: f["unit_asal"].map(names), unit_tujuan_nama=lambda f: f["unit_tujuan"].map(names),
        opd_asal_nama=lambda f: f["opd_asal"].map(names), opd_tujuan_nama=lambda f: f["opd_tujuan"].map(names), alasan=lambda f: f[f"alasan_{o.language}"],
    )  # fmt: skip
    for side, said in (("asal", "dari"), ("tujuan", "ke")):
        frame[said] = [_place(*three) for three in zip(*(frame[c] for c in (f"nama_{side}", f"unit_{side}_nama", f"opd_{side}_nama")), strict=True)]
    for name in ("tidak_diperiksa", "dikecualikan"):
        frame[name] = [rules.replace(";", ", ") if isinstance(rules, str) else rules for rules in frame[name]]
    columns = ["pegawai_id", "jabatan_tujuan", "golongan", "masa_jabatan", "dari", "ke", "opd_tujuan_nama", "jpm_lama", "jpm_baru", "jarak_km", "alasan", "tidak_diperiksa", "dikecualikan"]
    keep = [c for c in columns if c not in {"dikecualikan"} or frame[c].notna().any()]
    return frame.sort_values(["opd_tujuan_nama", "unit_tujuan_nama", "pegawai_id"], kind="stable")[keep].reset_index(drop=True)


def _place(seat: str, unit_: str, office: str) -> str:
    """A seat with where it is, the OPD once."""
    return f"{seat}, {unit_}" + ("" if office == unit_ else f" ({office})")


def staying(o: Opened) -> pd.DataFrame:
    """Who is due to move and stays, and why; the longest in their seat first."""
    frame = o.tables["tidak_pindah"].assign(alasan=lambda f: f[f"alasan_{o.language}"], unit=lambda f: f["unit_id"].map(o.cycle.unit_name))
    return frame[["pegawai_id", "nama_jabatan", "unit", "masa_jabatan", "kursi_boleh", "alasan"]]


def spread_changes(o: Opened) -> pd.DataFrame:
    """What the plan changes in knowledge, by OPD and skill; the greatest change first, without unchanged cells."""
    frame = o.tables["sebaran"]
    frame = frame[frame["opd_id"].notna() & (frame["selisih"].abs() > 1e-9)]
    frame = frame.assign(nama_opd=frame["opd_id"].map(o.cycle.unit_name), besar=frame["selisih"].abs())
    frame = frame.sort_values(["besar", "opd_id", "keahlian"], ascending=[False, True, True])
    frame = frame.rename(columns={"selisih": "perubahan"})
    return frame[["nama_opd", "keahlian", "sebelum", "sesudah", "perubahan", "low", "high", "pasti"]].reset_index(drop=True)


def required_changes(o: Opened) -> pd.DataFrame:
    """Rows of the table sebaran whose skill the seats of the OPD ask for, by OPD and skill."""
    asked = o.tables["cakupan_sebelum"].query("dibutuhkan > 0")[["opd_id", "keahlian"]]
    return o.tables["sebaran"].merge(asked, on=["opd_id", "keahlian"])


def gains(o: Opened) -> pd.DataFrame:
    """What one more holder is worth at today's number of holders, the most valuable first."""
    today = o.tables["cakupan_sebelum"].set_index(["opd_id", "keahlian"])["pemegang"]
    frame = o.tables["nilai_pemegang"]
    asked = o.tables["cakupan_sebelum"].query("dibutuhkan > 0")[["opd_id", "keahlian"]]
    frame = frame.merge(asked, on=["opd_id", "keahlian"])
    held = pd.MultiIndex.from_frame(frame[["opd_id", "keahlian"]]).map(today)
    frame = frame[frame["n_holders"] == np.asarray(held)]
    frame = frame.assign(nama_opd=frame["opd_id"].map(o.cycle.unit_name)).sort_values(["gain", "opd_id", "keahlian"], ascending=[False, True, True])
    return frame[["nama_opd", "keahlian", "n_holders", "gain", "se"]].reset_index(drop=True)


#: Half of the error in volumes is common to all tasks of a leaf unit, for one office reports them by one habit.
SHARED_ERROR = 0.5


def balance(o: Opened, error: float) -> pd.DataFrame:
    """Balance between OPDs before and after, with a 95 % interval when volumes may be wrong by `error`.

    The errors belong to the tasks, so the same ones are drawn before and after and the two columns can be compared.
    """
    columns: dict[str, pd.Series] = {}
    for name, cycle in (("sebelum", o.cycle), ("sesudah", o.after)):
        found = workload.balance_interval(cycle, error=error, replicates=400, shared=SHARED_ERROR, by=None)
        columns |= {f"indeks_{name}": found["value"], f"{name}_low": found["low"], f"{name}_high": found["high"]}
    out = pd.DataFrame(columns).drop(index=["theil_within", "theil_between"]).round(3)
    out.insert(0, "ukuran", [text(f"report.index_{i}", o.language) for i in out.index])
    return out.reset_index(drop=True)


def sure(o: Opened, error: float) -> pd.DataFrame:
    """EU of every OPD with a 95 % interval when volumes may be wrong by `error`, and whether it differs from capacity, the highest first."""
    frame = workload.efficiency_interval(o.cycle, error=error, replicates=400, shared=SHARED_ERROR).round(3)
    frame.insert(0, "nama_opd", frame.index.map(o.cycle.unit_name))
    frame["berbeda"] = (frame["low"] > 1) | (frame["high"] < 1)
    return frame.sort_values(["eu", "nama_opd"], ascending=[False, True], na_position="last")


def filled_ahead(o: Opened) -> pd.DataFrame:
    """Share of the need that is filled, by OPD and year."""
    return workload.filled_by_opd(o.cycle, workload.project(o.cycle))


def first_below(o: Opened) -> pd.DataFrame:
    """When each OPD first falls below 90 % filled, the soonest first."""
    frame = workload.first_below(o.cycle, workload.project(o.cycle)).round(1)
    frame.insert(0, "nama_opd", frame.index.map(o.cycle.unit_name))
    return frame.sort_values(["tahun_pertama", "terisi_akhir", "nama_opd"], na_position="last").reset_index(drop=True)


def assumptions(o: Opened) -> list[str]:
    """What the result rests on, sentence by sentence."""
    words = figures_in_words(o)
    keys = ["assume_weights", "assume_need", "assume_rates"]
    keys += ["assume_part_time"] if o.facts["paruh_waktu_orang"] > 0 else []
    keys += ["assume_derived"] if o.facts["keahlian_turunan"] > 0 else []
    keys += ["assume_synthetic"] if o.synthetic else []
    return [text(f"report.{k}", o.language, **words) for k in keys]


def left_out(o: Opened) -> list[str]:
    """What was not checked or computed for want of data."""
    rows = o.tables["aturan"]
    out = [text("report.rule_not_checked", o.language, rule=r.rule_id, what=r.pernyataan, columns=r.kolom_kosong) for r in rows[~rows["diperiksa"]].itertuples()]
    out += [text("report.table_absent", o.language, table=name) for name, frame in o.cycle.tables.items() if not len(frame)]
    out += [text("report.all_derived", o.language)] if o.facts["keahlian_turunan"] >= 1 else []
    out.append(text("report.memory_rules", o.language, rules=", ".join(rows.loc[rows["keyakinan"] == "memory", "rule_id"])))
    return out
