"""Units of the city and the posts that lead them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from mutasi_toolkit.synth.facts import structure, table

#: Somewhere in the middle of the city; units are scattered around it, homes around the units.
CENTRE = (-2.130, 106.110)
KECAMATAN_SPREAD = 0.022


@dataclass(frozen=True, slots=True)
class Organisation:
    """Units, posts and places for functional staff.

    Attributes
    ----------
    unit : DataFrame
        The table `unit`, with `opd` (code of the OPD) and `kelompok` (kind of workplace).
    post : DataFrame
        Single structural posts: unit_id, nama, jenis, eselon, kosong (known to be vacant).
    """

    unit: pd.DataFrame
    post: pd.DataFrame


_HEAD = [("Kepala {nama}", "jpt", "II.b")]
_SUBSECTIONS = [("Kepala Subbagian Tata Usaha", "pengawas", "IV.b")]

#: Managerial posts by unit, else by kind of unit: title, kind of post, echelon.
_POSTS: dict[str, list[tuple[str, str, str]]] = {
    "O20": [
        ("Sekretaris Daerah", "jpt", "II.a"),
        ("Asisten Pemerintahan dan Kesejahteraan Rakyat", "jpt", "II.b"),
        ("Asisten Perekonomian dan Pembangunan", "jpt", "II.b"),
        ("Asisten Administrasi Umum", "jpt", "II.b"),
        ("Staf Ahli Wali Kota Bidang Pemerintahan, Hukum, dan Politik", "jpt", "II.b"),
        ("Staf Ahli Wali Kota Bidang Ekonomi dan Pembangunan", "jpt", "II.b"),
        ("Staf Ahli Wali Kota Bidang Kemasyarakatan dan SDM", "jpt", "II.b"),
    ],
    "O21": [("Sekretaris DPRD", "jpt", "II.b")],
    "O25": [("Inspektur", "jpt", "II.b")],
    "dinas": _HEAD,
    "badan": _HEAD,
    "satuan": _HEAD,
    "sekretariat": _HEAD,
    "inspektorat": _HEAD,
    "kecamatan": [("Camat {wilayah}", "administrator", "III.a")],
    "sekretariat dinas": [
        ("Sekretaris", "administrator", "III.a"),
        ("Kepala Subbagian Umum", "pengawas", "IV.a"),
    ],
    "sekretariat kecamatan": [
        ("Sekretaris Kecamatan", "administrator", "III.b"),
        ("Kepala Subbagian Umum", "pengawas", "IV.b"),
        ("Kepala Subbagian Perencanaan dan Keuangan", "pengawas", "IV.b"),
    ],
    "seksi": [
        ("Kepala Seksi Pemerintahan", "pengawas", "IV.a"),
        ("Kepala Seksi Ketenteraman", "pengawas", "IV.a"),
        ("Kepala Seksi Pemberdayaan Masyarakat", "pengawas", "IV.a"),
        ("Kepala Seksi Pelayanan", "pengawas", "IV.a"),
    ],
    "kelurahan": [
        ("Lurah", "pengawas", "IV.a"),
        ("Sekretaris Kelurahan", "pengawas", "IV.b"),
        ("Kepala Seksi Pemerintahan Kelurahan", "pengawas", "IV.b"),
        ("Kepala Seksi Ketenteraman Kelurahan", "pengawas", "IV.b"),
        ("Kepala Seksi Pemberdayaan Masyarakat Kelurahan", "pengawas", "IV.b"),
    ],
    "bagian": [("Kepala Bagian", "administrator", "III.a")],
    "irban": [("Inspektur Pembantu", "administrator", "III.a")],
    "bidang": [("Kepala Bidang", "administrator", "III.b")],
    "upt": [("Kepala UPT", "pengawas", "IV.a"), *_SUBSECTIONS],
    "puskesmas": _SUBSECTIONS,
    "instalasi": [("Kepala Bidang", "administrator", "III.b")],
    "instalasi tata usaha": [("Kepala Bagian Tata Usaha", "administrator", "III.b")],
}


def build(rng: np.random.Generator) -> Organisation:
    """Build all units and structural posts of the city.

    Parameters
    ----------
    rng : Generator
        Only places on the map depend on it.
    """
    rows: list[tuple[str, str, str, str, str, str, str]] = [
        ("K00", "Pemerintah Kota Pangkalpinang", "", "pemkot", "umum", "", "kota")
    ]
    for opd in table("opd").itertuples():
        rows.append((opd.opd_id, opd.nama, "K00", opd.jenis, opd.rumpun, opd.opd_id, "pimpinan"))
        rows += _inside(opd)
    unit = pd.DataFrame(
        rows, columns=["unit_id", "nama", "induk_id", "jenis", "rumpun", "opd", "kelompok"]
    )
    places = _places(unit, rng)
    unit = unit.assign(lat=places[:, 0].round(5), lon=places[:, 1].round(5))
    return Organisation(unit, _posts(unit))


def _inside(opd: object) -> list[tuple[str, str, str, str, str, str, str]]:
    code, name, rumpun = opd.opd_id, opd.nama, opd.rumpun  # type: ignore[attr-defined]
    rows = []

    def add(suffix: str, title: str, kind: str, group: str, parent: str = code) -> str:
        rows.append((f"{code}{suffix}", title, parent, kind, rumpun, code, group))
        return f"{code}{suffix}"

    if name.startswith("Kecamatan "):
        area = name.removeprefix("Kecamatan ")
        add("S", f"Sekretariat Kecamatan {area}", "sekretariat kecamatan", "kantor kecamatan")
        add("P", f"Seksi Pelayanan Kecamatan {area}", "seksi", "kantor kecamatan")
        kelurahan = table("kelurahan")
        for k, row in enumerate(kelurahan[kelurahan["kecamatan"] == area].itertuples(), 1):
            add(f"L{k:02d}", f"Kelurahan {row.kelurahan}", "kelurahan", "kelurahan")
        return rows
    if code not in {"O20", "O21"}:
        add("S", f"Sekretariat {name}", "sekretariat dinas", "sekretariat")
    for k, title in enumerate(structure()["bidang"][code], 1):
        kind = (
            "bagian"
            if title.startswith("Bagian")
            else "irban"
            if title.startswith("Irban")
            else "bidang"
        )
        add(f"B{k}", title if kind != "bidang" else f"Bidang {title}", kind, "bidang")
    for k, title in enumerate(structure()["upt"].get(code, []), 1):
        add(f"U{k}", title, "upt", "upt")
    if code == "O01":
        _schools(add)
    if code == "O02":
        for k, row in enumerate(table("puskesmas").itertuples(), 1):
            add(f"P{k:02d}", row.puskesmas, "puskesmas", "puskesmas")
        hospital = add("R", "RSUD Depati Hamzah", "rsud", "rsud pimpinan")
        for k, title in enumerate(
            ("Pelayanan Medik", "Keperawatan", "Penunjang Medik", "Tata Usaha"), 1
        ):
            add(f"R{k}", f"RSUD {title}", "instalasi", "rsud", hospital)
    return rows


def _schools(add: object) -> None:
    for kind, count in structure()["sekolah"].items():
        for k in range(1, count + 1):
            add(
                f"{kind.upper()}{k:02d}",
                f"{kind.upper()} Negeri {k} Pangkalpinang",
                "sekolah",
                kind,
            )  # type: ignore[operator]


def _places(unit: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    at = np.array(CENTRE) + rng.normal(0, 0.006, (len(unit), 2))
    areas = sorted(unit.loc[unit["jenis"] == "kecamatan", "unit_id"])
    angle = np.linspace(0, 2 * np.pi, len(areas), endpoint=False)
    centre = {
        u: np.array(CENTRE) + KECAMATAN_SPREAD * np.array([np.sin(a), np.cos(a)])
        for u, a in zip(areas, angle, strict=True)
    }
    spread = unit["kelompok"].isin(["puskesmas", "sd", "smp", "tk"]).to_numpy()
    for i, row in enumerate(unit.itertuples()):
        if row.opd in centre:
            at[i] = centre[row.opd] + rng.normal(0, 0.007, 2)
        elif spread[i]:
            at[i] = centre[areas[i % len(areas)]] + rng.normal(0, 0.010, 2)
    return at


def _posts(unit: pd.DataFrame) -> pd.DataFrame:
    """Structural posts by the kind of unit, one person each."""
    rows: list[tuple[str, str, str, str]] = []
    for u in unit.itertuples():
        rows += _posts_of(u)
    posts = pd.DataFrame(rows, columns=["unit_id", "nama", "jenis", "eselon"])
    vacant = table("lowongan_jpt")
    known = set(vacant.loc[vacant["per_tanggal"] == "2026-01-12", "jabatan"])
    return posts.assign(kosong=posts["nama"].isin(known) & (posts["jenis"] == "jpt"))


def _posts_of(u: object) -> list[tuple[str, str, str, str]]:
    """Managerial posts of one unit: its own where it has some, else those of its kind."""
    code, name, kind = u.unit_id, u.nama, u.jenis  # type: ignore[attr-defined]
    special = f"{kind} tata usaha" if kind == "instalasi" and name.endswith("Tata Usaha") else kind
    posts = _POSTS.get(code) or _POSTS.get(special, [])
    return [
        (code, title.format(nama=name, wilayah=name.removeprefix("Kecamatan ")), jenis, eselon)
        for title, jenis, eselon in posts
    ]
