"""What differs between two runs: the data, the plan and its effects; cycles or scenarios."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.folder import read_json
from mutasi_toolkit.pipeline.missing import not_a_run
from mutasi_toolkit.planning.proposal import read_tables

#: Key figures that stand in the comparison, in this order.
KEY_FIGURES = (
    "jumlah_pegawai", "jumlah_mutasi", "jumlah_mutasi_antar_opd", "selisih_sebelum", "selisih_sesudah", "kekurangan_sebelum", "kekurangan_sesudah",
    "opd_membaik", "opd_memburuk", "pengetahuan_simulasi", "pemegang_tunggal_sebelum", "pemegang_tunggal_sesudah", "nilai_tujuan", "batas", "gap",
)  # fmt: skip


@dataclass(frozen=True, eq=False)
class Comparison:
    """Two runs, `a` the earlier or the yardstick, `b` the other.

    Attributes
    ----------
    labels : tuple of str
        Cycle and scenario of each.
    settings : DataFrame
        kunci, a, b: every setting that differs.
    joined, left : DataFrame
        pegawai_id, nama_jabatan, unit: who is only in `b`, only in `a`.
    moved : DataFrame
        pegawai_id, jabatan_a, unit_a, jabatan_b, unit_b: who sits elsewhere at the outset of `b`.
    need : DataFrame
        jabatan_id, nama, unit, kebutuhan_a, kebutuhan_b: seat classes whose need differs (nan: not there).
    plan : DataFrame
        pegawai_id, tujuan_a, tujuan_b: proposed moves that are not the same in both.
    same_moves : int
        Moves that both propose.
    carried_out : int
        Moves that only `a` proposes, since at the outset of `b` they are made.
    figures : DataFrame
        kunci, a, b, beda: key figures.
    opd : DataFrame
        Index opd_id: nama, sebelum_a, sebelum_b, a, b (sum of |ada - need| after the plan), beda.
    knowledge : DataFrame
        nama, keahlian, a, b, beda: holders at the horizon under each plan, where they differ.
    synthetic : bool
    language : str
    seed : int
    """

    labels: tuple[str, str]
    settings: pd.DataFrame
    joined: pd.DataFrame
    left: pd.DataFrame
    moved: pd.DataFrame
    need: pd.DataFrame
    plan: pd.DataFrame
    same_moves: int
    carried_out: int
    figures: pd.DataFrame
    opd: pd.DataFrame
    knowledge: pd.DataFrame
    synthetic: bool
    language: str
    seed: int

    @property
    def same(self) -> bool:
        """Whether nothing differs."""
        parts = (self.settings, self.joined, self.left, self.moved, self.need, self.plan, self.knowledge)
        return all(len(p) == 0 for p in parts) and bool((self.figures["a"] == self.figures["b"]).all())


def compare_runs(a: Path | str, b: Path | str, language: str = "id") -> Comparison:
    """Compare two finished runs, from their tables alone.

    Parameters
    ----------
    a, b : path
        Run folders.
    language : str
        'id' or 'en'.

    Raises
    ------
    InputError
        When one of them is no run folder, or only one of them carries pseudonyms.
    """
    one, two = _opened(Path(a), language), _opened(Path(b), language)
    if bool(one[0].get("pseudonym")) != bool(two[0].get("pseudonym")):
        raise InputError(text("pipeline.compare_pseudonyms", language, a=str(a), b=str(b)))
    (m1, t1), (m2, t2) = one, two
    labels = (_label(m1), _label(m2))
    if labels[0] == labels[1]:
        labels = (f"{labels[0]} (1)", f"{labels[1]} (2)")
    plan, same, made = _plan(t1, t2)
    joined, left, moved = _people(t1["penempatan"], t2["penempatan"], _units(t1, t2))
    return Comparison(
        labels=labels, settings=_settings(m1, m2), joined=joined, left=left, moved=moved, need=_need(t1["peta_jabatan"], t2["peta_jabatan"]),
        plan=plan, same_moves=same, carried_out=made, figures=_figures(t1["ringkasan"], t2["ringkasan"]), opd=_opd(t1["opd"], t2["opd"]),
        knowledge=_knowledge(t1, t2), synthetic=any(m["settings"]["sintetis"] for m in (m1, m2)), language=language, seed=int(m2["seed"]),
    )  # fmt: skip


def _opened(run: Path, language: str) -> tuple[dict[str, Any], dict[str, pd.DataFrame]]:
    manifest = read_json(run / "manifest.json")
    if manifest is None:
        raise not_a_run(run, language)
    tables = read_tables(run / "tables")
    if not {"penempatan", "peta_jabatan", "ringkasan", "opd", "usulan", "sebaran"} <= set(tables):
        raise InputError(text("pipeline.run_too_old", language, place=str(run)))
    return manifest, tables


def _label(manifest: dict[str, Any]) -> str:
    return f"{manifest['cycle']} / {manifest['scenario']}"


def _flat(values: dict[str, Any], above: str = "") -> dict[str, str]:
    out: dict[str, str] = {}
    for key, value in values.items():
        name = f"{above}{key}"
        out |= _flat(value, name + ".") if isinstance(value, dict) and value else {name: "" if value is None else str(value)}
    return out


def _settings(a: dict[str, Any], b: dict[str, Any]) -> pd.DataFrame:
    one, two = _flat(a["settings"]), _flat(b["settings"])
    rows = [(k, one.get(k, ""), two.get(k, "")) for k in sorted(one.keys() | two.keys()) if one.get(k, "") != two.get(k, "")]
    return pd.DataFrame(rows, columns=["kunci", "a", "b"])


def _units(a: dict[str, pd.DataFrame], b: dict[str, pd.DataFrame]) -> dict[str, str]:
    return {u: n for t in (a, b) for u, n in zip(t["peta_jabatan"]["unit_id"], t["peta_jabatan"]["nama_unit"], strict=True)}


def _people(a: pd.DataFrame, b: pd.DataFrame, units: dict[str, str]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    one, two = a.set_index("pegawai_id"), b.set_index("pegawai_id")

    def some(frame: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
        chosen = frame.loc[ids.sort_values()]
        return pd.DataFrame({"pegawai_id": chosen.index, "nama_jabatan": chosen["nama_jabatan"].to_numpy(), "unit": chosen["unit_id"].map(units).to_numpy()})

    both = one.index.intersection(two.index).sort_values()
    elsewhere = both[(one.loc[both, "jabatan_id"] != two.loc[both, "jabatan_id"]).to_numpy()]
    moved = pd.DataFrame({"pegawai_id": elsewhere})
    for name, frame in (("a", one), ("b", two)):
        moved[f"jabatan_{name}"] = frame.loc[elsewhere, "nama_jabatan"].to_numpy()
        moved[f"unit_{name}"] = frame.loc[elsewhere, "unit_id"].map(units).to_numpy()
    return some(two, two.index.difference(one.index)), some(one, one.index.difference(two.index)), moved


def _need(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    one, two = a.set_index("jabatan_id"), b.set_index("jabatan_id")
    ids = one.index.union(two.index).sort_values()
    left, right = one["kebutuhan_bulat"].reindex(ids), two["kebutuhan_bulat"].reindex(ids)
    differs = ids[((left != right) & ~(left.isna() & right.isna())).to_numpy()]
    named = pd.concat([two, one[~one.index.isin(two.index)]]).loc[differs]
    return pd.DataFrame(
        {
            "jabatan_id": differs,
            "nama_jabatan": named["nama"].to_numpy(),
            "unit": named["nama_unit"].to_numpy(),
            "kebutuhan_a": left.loc[differs].to_numpy(),
            "kebutuhan_b": right.loc[differs].to_numpy(),
        }
    )


def _plan(a: dict[str, pd.DataFrame], b: dict[str, pd.DataFrame]) -> tuple[pd.DataFrame, int, int]:
    one, two = (t["usulan"].set_index("pegawai_id") for t in (a, b))
    ids = one.index.union(two.index).sort_values()
    seats = [u["jabatan_tujuan"].reindex(ids) for u in (one, two)]
    same = (seats[0] == seats[1]).to_numpy(dtype=bool)
    titles = [(u["nama_tujuan"].astype(str) + " (" + u["unit_tujuan"].map(_units(a, b)).astype(str) + ")").reindex(ids) for u in (one, two)]
    frame = pd.DataFrame({"pegawai_id": ids, "tujuan_a": titles[0].to_numpy(), "tujuan_b": titles[1].to_numpy()})
    made = seats[1].isna() & (seats[0] == b["penempatan"].set_index("pegawai_id")["jabatan_id"].reindex(ids))
    return frame[~same].reset_index(drop=True), int(same.sum()), int(made.sum())


def _figures(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    one, two = (f.set_index("kunci")["nilai"].astype(float) for f in (a, b))
    keys = [k for k in KEY_FIGURES if k in one.index and k in two.index]
    frame = pd.DataFrame({"kunci": keys, "a": one.loc[keys].to_numpy(), "b": two.loc[keys].to_numpy()})
    return frame.assign(beda=frame["b"] - frame["a"])


def _opd(a: pd.DataFrame, b: pd.DataFrame) -> pd.DataFrame:
    one, two = a.set_index("opd_id"), b.set_index("opd_id")
    ids = one.index.union(two.index).sort_values()
    frame = pd.DataFrame({"nama": two["nama"].reindex(ids).fillna(one["nama"].reindex(ids))}, index=ids)
    for moment, names in (("sebelum", ("sebelum_a", "sebelum_b")), ("sesudah", ("a", "b"))):
        for name, side in zip(names, (one, two), strict=True):
            frame[name] = side[f"selisih_mutlak_{moment}"].reindex(ids)
    return frame.assign(beda=frame["b"] - frame["a"])


def _knowledge(a: dict[str, pd.DataFrame], b: dict[str, pd.DataFrame]) -> pd.DataFrame:
    names = pd.concat([t["opd"].set_index("opd_id")["nama"] for t in (a, b)])
    names = names[~names.index.duplicated(keep="last")]
    one, two = (t["sebaran"].dropna(subset=["opd_id"]).set_index(["opd_id", "keahlian"])["sesudah"] for t in (a, b))
    left, right = one.align(two, fill_value=0.0)
    frame = pd.DataFrame({"a": left, "b": right, "beda": right - left}).reset_index()
    frame = frame[frame["beda"].abs() > 1e-9].assign(nama=lambda f: f["opd_id"].map(names), besar=lambda f: f["beda"].abs())
    frame = frame.sort_values(["besar", "opd_id", "keahlian"], ascending=[False, True, True], ignore_index=True)
    return frame[["nama", "keahlian", "a", "b", "beda"]]
