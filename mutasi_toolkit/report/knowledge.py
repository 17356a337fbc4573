"""What the office asks of knowledge, as tables: who has what where, what hangs on one person, what the plan changes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit import skills
from mutasi_toolkit.figures.coverage import states
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.spread.policies import side_by_side

if TYPE_CHECKING:
    from mutasi_toolkit.report.opened import Opened


def basis(o: Opened) -> pd.DataFrame:
    """Where the levels come from: dasar, orang (people), keahlian (rows), persen, tingkat_rata."""
    table = o.cycle.keahlian.assign(dasar=o.cycle.keahlian["dasar"].fillna("dinilai"))
    grouped = table.groupby("dasar", sort=True)
    frame = pd.DataFrame({"orang": grouped["pegawai_id"].nunique(), "baris": grouped.size(), "tingkat_rata": grouped["tingkat"].mean().astype(float)})
    frame["persen"] = (100 * frame["baris"] / max(1, len(table))).round(1)
    return frame.reset_index()


def derived_sentence(o: Opened) -> str:
    """What share of levels and holdings is derived, in a sentence."""
    values = {"derived": 100 * skills.derived_share(o.cycle), "held": 100 * skills.share_of_holdings(o.cycle)}
    shown = {k: number(v, 0, o.language) for k, v in values.items()}
    return text("report.know_derived", o.language, **shown, least=o.cycle.settings.tingkat_pemegang)


def coverage_by_opd(o: Opened) -> pd.DataFrame:
    """Required skills of every OPD by state, before and after, the most short first."""
    parts = []
    for when, end in (("sebelum", ""), ("sesudah", "_sesudah")):
        rows = o.tables[f"cakupan_{when}"]
        rows = rows.assign(keadaan=states(rows), derived=rows["turunan"].fillna(0) * rows["pemegang"])
        rows = rows[rows["dibutuhkan"] > 0]
        by = rows.groupby("opd_id")
        part = pd.DataFrame({f"sel_{name}{end}": by["keadaan"].agg(lambda s, k=k: int((s == k).sum())) for k, name in ((1, "cukup"), (2, "tipis"), (3, "kurang"))})
        part[f"orang_kurang{end}"] = by["kurang"].sum()
        if not end:
            part.insert(0, "keahlian_dibutuhkan", by.size())
            part["turunan"] = by["derived"].sum() / by["pemegang"].sum().where(lambda s: s > 0)
        parts.append(part)
    frame = pd.concat(parts, axis=1)
    frame.insert(0, "nama_opd", frame.index.map(o.cycle.unit_name))
    order = ["nama_opd", "keahlian_dibutuhkan", "sel_cukup", "sel_tipis", "sel_kurang", "orang_kurang", "sel_tipis_sesudah", "sel_kurang_sesudah", "orang_kurang_sesudah", "turunan"]
    return frame[order].sort_values(["orang_kurang", "sel_tipis", "nama_opd"], ascending=[False, False, True]).reset_index(drop=True)


def gaps(o: Opened) -> pd.DataFrame:
    """Cells in which people are missing: nama_opd, keahlian, dibutuhkan, pemegang, kurang, turunan; the largest first."""
    rows = o.tables["cakupan_sebelum"].query("kurang > 0")
    rows = rows.assign(nama_opd=rows["opd_id"].map(o.cycle.unit_name))
    rows = rows.sort_values(["kurang", "nama_opd", "keahlian"], ascending=[False, True, True], kind="stable")
    return rows[["nama_opd", "keahlian", "dibutuhkan", "pemegang", "kurang", "turunan"]].reset_index(drop=True)


def sole_by_opd(o: Opened) -> pd.DataFrame:
    """Sole holders of every OPD: all, those of required skills, and the share derived."""
    rows = skills.sole_holders(o.cycle)
    by = rows.groupby("opd_id")
    frame = pd.DataFrame({"tunggal": by.size(), "tunggal_dibutuhkan": by["dibutuhkan"].sum(), "turunan": by["turunan"].mean()})
    frame.insert(0, "nama_opd", frame.index.map(o.cycle.unit_name))
    return frame.sort_values(["tunggal_dibutuhkan", "tunggal", "nama_opd"], ascending=[False, False, True]).reset_index(drop=True)


def sole_required(o: Opened) -> pd.DataFrame:
    """Sole holders of skills that the OPD requires, and whether the plan moves them."""
    rows = skills.sole_holders(o.cycle).query("dibutuhkan")
    moves = set(o.tables["usulan"]["pegawai_id"])
    rows = rows.assign(nama_opd=rows["opd_id"].map(o.cycle.unit_name), ikut_pindah=rows["pegawai_id"].isin(moves))
    rows = rows.sort_values(["ikut_pindah", "nama_opd", "keahlian"], ascending=[False, True, True], kind="stable")
    return rows.rename(columns={"turunan": "tingkat_turunan"})[["nama_opd", "keahlian", "pegawai_id", "ikut_pindah", "tingkat_turunan"]].reset_index(drop=True)


def leavers(o: Opened, share: float = 0.25) -> pd.DataFrame:
    """Fewest people of every OPD whose leaving loses a share of its skills, the most fragile first."""
    frame = skills.bus_factor_by_opd(o.cycle, share).rename(columns={"pegawai": "orang_pergi", "keahlian": "keahlian_dipegang"})
    frame.insert(0, "nama_opd", frame.index.map(o.cycle.unit_name))
    frame = frame.sort_values(["orang_pergi", "nama_opd"], kind="stable")
    return frame[["nama_opd", "keahlian_dipegang", "hilang", "orang_pergi", "tamak", "terbukti", "turunan"]].reset_index(drop=True)


def leavers_sentence(o: Opened, share: float = 0.25) -> str:
    """The bus factor of the whole cycle, in a sentence."""
    row = skills.bus_factor(o.cycle, share).iloc[0]
    values = {"n": row["batas"], "lost": row["hilang"], "total": row["keahlian"], "greedy": row["tamak"]}
    return text("report.know_bus", o.language, **{k: number(float(v), 0, o.language) for k, v in values.items()})


def variety(o: Opened) -> pd.DataFrame:
    """Diversity of the skills of every OPD, the least varied first."""
    frame = skills.diversity(o.cycle).rename(columns={"hill_0": "keahlian_dipegang"})
    frame.insert(0, "nama_opd", frame.index.map(o.cycle.unit_name))
    return frame.sort_values(["hill_1", "nama_opd"], kind="stable")[["nama_opd", "keahlian_dipegang", "hill_1", "merata", "rao_stirling", "turunan"]].reset_index(drop=True)


def nested_sentence(o: Opened) -> str:
    """Nestedness of OPDs and of leaf units, in a sentence."""
    values = {level: number(skills.nestedness(o.cycle, level).nodf, 1, o.language) for level in ("opd", "unit")}
    return text("report.know_nested", o.language, **values)


def bridges(o: Opened, of: str = "pegawai") -> pd.DataFrame:
    """People, or units, through whom units are joined, the strongest first."""
    frame = skills.bridging(o.cycle, of)
    frame = frame[frame["antara"] > 0].reset_index()
    if of == "unit":
        frame["unit"] = frame["unit_id"].map(o.cycle.unit_name)
    frame["nama_opd"] = frame["opd_id"].map(o.cycle.unit_name)
    first = "unit" if of == "unit" else "pegawai_id"
    return frame[[first, "nama_opd", "derajat", "antara", "kendala", "opd_terhubung", "keahlian", "turunan"]].rename(columns={"keahlian": "keahlian_dipegang"})


def match(o: Opened) -> pd.DataFrame:
    """People by category of the JPM with their own seat, under the profile of the settings."""
    table = skills.jpm_table(o.cycle)
    table = table[table["jpm"].notna()]
    by = table.groupby("kategori", sort=False)
    frame = pd.DataFrame({"orang": by.size(), "jpm": by["jpm"].mean(), "turunan": by["turunan"].mean()})
    frame.insert(1, "persen", (100 * frame["orang"] / max(1, len(table))).round(1))
    return frame.sort_values("jpm", ascending=False).reset_index()


def spread_by_opd(o: Opened) -> pd.DataFrame:
    """What the plan changes in each OPD: people-skills in all and in required skills, each with its interval, and how many cells are sure."""
    cells, sums = o.tables["sebaran"], o.tables["sebaran_opd"]
    cells = cells[cells["opd_id"].notna() & (cells["selisih"].abs() > 1e-9)]
    sign = np.where(~cells["pasti"].astype(bool), 0, np.sign(cells["selisih"]))
    by = cells.assign(tanda=sign).groupby("opd_id")
    parts = []
    for scope in ("semua", "dibutuhkan"):
        rows = sums[(sums["lingkup"] == scope) & sums["opd_id"].notna()].set_index("opd_id")[["selisih", "low", "high"]]
        parts.append(rows.reindex(list(by.groups)).rename(columns=lambda c, scope=scope: f"{c}_{scope}"))
    frame = pd.concat(parts, axis=1)
    for name, value in (("pasti_naik", 1), ("pasti_turun", -1), ("tidak_pasti", 0)):
        frame[name] = by["tanda"].agg(lambda s, value=value: int((s == value).sum()))
    frame.insert(0, "nama_opd", frame.index.map(o.cycle.unit_name))
    return frame.sort_values(["selisih_dibutuhkan", "nama_opd"], kind="stable").reset_index(drop=True)


def required_sentence(o: Opened) -> str:
    """How much of the change lies in skills that are required, with intervals, in a sentence."""
    sums = o.tables["sebaran_opd"]
    total = sums[sums["opd_id"].isna()].set_index("lingkup")
    values = {f"{short}{end}": total.loc[scope, c] for short, scope in (("all", "semua"), ("required", "dibutuhkan")) for end, c in (("", "selisih"), ("_low", "low"), ("_high", "high"))}
    return text("report.know_required", o.language, **{k: number(float(v), 1, o.language) for k, v in values.items()})


def honest_sentence(o: Opened) -> str:
    """Whether the plan raises or lowers required knowledge, what it is traded for, and whether the solver's expectation holds."""
    sums = o.tables["sebaran_opd"]
    total = sums[sums["opd_id"].isna()].set_index("lingkup")
    low, high = (float(total.loc["dibutuhkan", c]) for c in ("low", "high"))
    all_low, all_high = (float(total.loc["semua", c]) for c in ("low", "high"))
    better = -o.tables["suku"].set_index("suku")["selisih_poin"].drop("pengetahuan").sum()
    expected, simulated = (float(o.facts[f"pengetahuan_{k}"]) for k in ("prediksi", "simulasi"))
    values = {"expected": expected, "simulated": simulated, "points": o.cycle.settings.bobot.pengetahuan * simulated, "others": better}
    shown = {k: number(float(v), 1, o.language) for k, v in values.items()}
    verdict = "rise" if low > 0 else "fall" if high < 0 else "unsure"
    keys = [verdict, *(["traded"] if verdict == "fall" else []), "expected_in" if all_low <= expected <= all_high else "expected_out"]
    return " ".join(text(f"report.know_{k}", o.language, **shown) for k in keys)


def policies(o: Opened, required: bool = False) -> pd.DataFrame:
    """The plan beside other ways to choose as many movers: people-skills against no moves, and what the plan gives more, with intervals."""
    asked = o.tables["cakupan_sebelum"].query("dibutuhkan > 0")
    frame = side_by_side(o.rotations, pd.MultiIndex.from_frame(asked[["opd_id", "keahlian"]]) if required else None)
    frame = frame.rename(columns={"selisih": "perubahan"})
    names = [text(f"report.policy_{name}", o.language) for name in frame["kebijakan"]]
    return frame.assign(kebijakan=names)


def policies_sentence(o: Opened) -> str:
    """How the policies were simulated, in a sentence."""
    values = {"replicates": len(next(iter(o.rotations.values())).known), "moves": len(o.moves), "full": o.cycle.settings.sebaran.replikasi}
    return text("report.know_policies", o.language, **{k: number(float(v), 0, o.language) for k, v in values.items()})


def changes(o: Opened) -> pd.DataFrame:
    """What the plan changes in required skills by OPD and skill, with intervals; the greatest change first."""
    rows = o.required_changes
    rows = rows[rows["selisih"].abs() > 1e-9]
    rows = rows.assign(nama_opd=rows["opd_id"].map(o.cycle.unit_name), besar=rows["selisih"].abs())
    rows = rows.sort_values(["besar", "opd_id", "keahlian"], ascending=[False, True, True])
    rows = rows.rename(columns={"selisih": "perubahan"})
    keep = ["nama_opd", "keahlian", "sebelum", "sesudah", "perubahan", "low", "high", "pasti", "replikasi_perlu"]
    return rows[[c for c in keep if c in rows]].reset_index(drop=True)
