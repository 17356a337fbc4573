"""Settings of one transfer cycle: cycle.yaml and the scenarios that override it, checked strictly."""

from __future__ import annotations

import difflib
import re
from datetime import date
from pathlib import Path
from typing import Any, Literal, get_args

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir

Share = Field(ge=0.0, le=1.0)
#: Names that may become a file or a folder.
PLAIN_NAME = re.compile(r"[^\W_][\w\- ]{0,79}")
#: Bytes of the largest settings file.
LARGEST_YAML = 1_000_000


class _Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class WaktuKerja(_Strict):
    """Effective working time: a named profile of data/parameters/waktu_kerja.yaml, or minutes of one's own."""

    profil: str = "bkn_9_2022"
    menit: float | None = Field(default=None, gt=0)


class ParuhWaktu(_Strict):
    """PPPK paruh waktu: whether they count as staff present, and for how much of a full-time person."""

    dihitung: bool = True
    fte: float = Field(default=0.5, ge=0.0, le=1.0)


class Jendela(_Strict):
    """Dates that open and close the windows of law (R19 to R22)."""

    pelantikan: date | None = None
    penetapan_paslon: date | None = None
    akhir_masa_jabatan: date | None = None
    status_kepala: Literal["definitif", "penjabat", "plt"] = "definitif"

    @model_validator(mode="after")
    def _in_order(self) -> Jendela:
        if self.penetapan_paslon and self.akhir_masa_jabatan and self.akhir_masa_jabatan <= self.penetapan_paslon:
            raise ValueError("akhir_masa_jabatan <= penetapan_paslon")
        return self


class Izin(_Strict):
    """Written approvals of the Minister: for everyone, for single people, for single seats."""

    semua: bool = False
    jabatan: tuple[str, ...] = ()
    pegawai: tuple[str, ...] = ()


class Jpm(_Strict):
    """Profile of JPM cut-offs, and the least JPM where it differs from the profile's."""

    profil: str = "80/68"
    minimum: float | None = Field(default=None, ge=0, le=100)


class Bobot(_Strict):
    """Weights of the objective, in points: what one unit of each term is worth.

    beban: one person of shortage or surplus; kecocokan: JPM rising from 0 to 100 percent;
    pengetahuan: one more person who knows a skill at the horizon; gangguan: the greatest disruption
    of one person; pindah: one move; beban_unit: one person of shortage or surplus of a unit as a whole;
    kosong: a seat class that is needed and has nobody; pemegang_tunggal: one holder short of two, of a
    skill of which an OPD had so many.
    """

    beban: float = Field(default=10.0, ge=0)
    kecocokan: float = Field(default=5.0, ge=0)
    pengetahuan: float = Field(default=0.5, ge=0)
    gangguan: float = Field(default=2.0, ge=0)
    pindah: float = Field(default=1.0, ge=0)
    beban_unit: float = Field(default=0.0, ge=0)
    kosong: float = Field(default=0.0, ge=0)
    pemegang_tunggal: float = Field(default=0.0, ge=0)


class Anggaran(_Strict):
    """Most moves in the round: in all, out of and into one OPD, out of and into one unit (empty: no limit)."""

    pindah: int | None = Field(default=None, ge=0)
    keluar_per_opd: int | None = Field(default=None, ge=0)
    masuk_per_opd: int | None = Field(default=None, ge=0)
    keluar_per_unit: int | None = Field(default=None, ge=0)
    masuk_per_unit: int | None = Field(default=None, ge=0)


class Kelompok(_Strict):
    """How many of a group of people move, or are in an OPD after the moves.

    The group are the people whose `kolom` of the table pegawai says `nilai`; opd: only those who come to
    sit in it (empty: anywhere); hitung: those who move, or those who are there.
    """

    kolom: Literal["jenis_kelamin", "status", "golongan", "pendidikan", "profesi", "bidang_ilmu"]
    nilai: str
    opd: str | None = None
    hitung: Literal["pindah", "ada"] = "pindah"
    paling_sedikit: int | None = Field(default=None, ge=0)
    paling_banyak: int | None = Field(default=None, ge=0)


class Jaminan(_Strict):
    """What the plan guarantees.

    opd_tidak_memburuk: no OPD ends with a larger sum of |ada - kebutuhan|; pemegang_tunggal: a sole
    holder leaves an OPD only when a successor comes (R33; its min_holders asks for more than one); pengalaman_min: the share of today's experienced
    staff that each OPD keeps; isi_min: the share of its need that each OPD keeps filled, where it is today;
    kelompok: least and most of groups of people who move, or are in an OPD (a fair share of the burden).
    """

    opd_tidak_memburuk: bool = True
    pemegang_tunggal: bool = True
    pengalaman_min: float | None = Field(default=None, ge=0, le=1)
    isi_min: float | None = Field(default=None, ge=0, le=1)
    kelompok: tuple[Kelompok, ...] = ()


class Sebaran(_Strict):
    """Simulation of knowledge spread; rates left empty come from data/parameters/sebaran.yaml."""

    model: str = "contagion"
    periode: int = Field(default=12, ge=1, le=600)
    replikasi: int = Field(default=200, ge=2)
    ajar_unit: float | None = Field(default=None, ge=0, le=1)
    ajar_hubungan: float | None = Field(default=None, ge=0, le=1)
    lupa: float | None = Field(default=None, ge=0, le=1)
    putaran: int = Field(default=4, ge=1, le=20)


class Keputusan(_Strict):
    """A decision that a scenario adds to those of the table keputusan."""

    pegawai_id: str
    putusan: Literal["terima", "tolak", "kunci"]
    jabatan_id: str | None = None


class Settings(_Strict):
    """Everything about a cycle that is not a table."""

    nama: str = ""
    siklus: str = ""
    skenario: str = "dasar"
    keterangan: str = ""
    keterangan_en: str = ""
    sintetis: bool = False
    tanggal: date
    seed: int = Field(default=2026, ge=0, lt=2**63)
    tingkat_pemegang: int = Field(default=3, ge=1, le=5)
    keahlian_turunan: Literal["bila_kosong", "lengkapi", "tidak"] = "bila_kosong"
    waktu_kerja: WaktuKerja = WaktuKerja()
    permintaan: dict[str, float] = {}
    paruh_waktu: ParuhWaktu = ParuhWaktu()
    jendela: Jendela = Jendela()
    izin: Izin = Izin()
    jpm: Jpm = Jpm()
    keputusan: tuple[Keputusan, ...] = ()
    aturan: dict[str, dict[str, Any]] = {}
    bobot: Bobot = Bobot()
    anggaran: Anggaran = Anggaran()
    jaminan: Jaminan = Jaminan()
    sebaran: Sebaran = Sebaran()

    @field_validator("skenario")
    @classmethod
    def _plain(cls, name: str) -> str:
        if not PLAIN_NAME.fullmatch(name):
            raise ValueError("nama skenario: huruf, angka, spasi, - dan _ saja / letters, digits, blanks, - and _ only")
        return name

    def described(self, language: str = "id") -> str:
        """What the scenario is, in words of its author: `keterangan`, in English reports `keterangan_en` where it is given."""
        return (self.keterangan_en if language == "en" else "") or self.keterangan

    def as_dict(self) -> dict[str, Any]:
        """Plain values (dates as text), ready for YAML or JSON."""
        return self.model_dump(mode="json")


def merge(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """`base` with the values of `over` put in, key by key and level by level.

    Examples
    --------
    >>> merge({"a": {"b": 1, "c": 2}}, {"a": {"b": 3}})
    {'a': {'b': 3, 'c': 2}}
    """
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = merge(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return result


class _Loader(yaml.SafeLoader):
    """Safe YAML that refuses what would be read otherwise than it is meant: a key twice, and references that multiply."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            raise yaml.YAMLError(text("schema.yaml_alias"))
        return super().compose_node(parent, index)

    def construct_mapping(self, node: Any, deep: bool = False) -> Any:
        keys = [key.value for key, _ in node.value]
        twice = sorted({str(k) for k in keys if keys.count(k) > 1})
        if twice:
            raise yaml.YAMLError(text("schema.yaml_twice", keys=", ".join(twice)))
        return super().construct_mapping(node, deep)


def load_yaml(path: Path, language: str = "id") -> dict[str, Any]:
    """A YAML file that holds a mapping.

    Raises
    ------
    InputError
        When it is not YAML, too large, or not a mapping.
    """
    try:
        with path.open("rb") as handle:
            content = handle.read(LARGEST_YAML + 1)
        large = len(content) > LARGEST_YAML
        written = "" if large else content.decode("utf-8-sig")
        values = yaml.load(written, Loader=_Loader) or {}  # noqa: S506 # nosec B506
    except (yaml.YAMLError, ValueError, TypeError, AttributeError, RecursionError) as error:
        why = " ".join(str(error).split())[:200]
        raise InputError(text("schema.settings_yaml", language, place=path.name, why=why)) from error
    except OSError as error:
        raise InputError(text("schema.folder_access", language, place=path.name, why=error.strerror or str(error))) from error
    if large:
        why = text("schema.yaml_large", language, limit=LARGEST_YAML // 1000)
        raise InputError(text("schema.settings_yaml", language, place=path.name, why=why))
    if not isinstance(values, dict) or not all(isinstance(k, str) for k in values):
        raise InputError(text("schema.settings_mapping", language, place=path.name))
    return values


def build_settings(values: dict[str, Any], place: str, language: str = "id") -> Settings:
    """Settings from plain values.

    Raises
    ------
    InputError
        Names every unknown key with the one it may have been meant as, and every value that cannot be used.
    """
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        raise InputError("\n".join(_problem(e, place, language) for e in error.errors())) from error


def _problem(error: Any, place: str, language: str) -> str:
    path = [str(p) for p in error["loc"]]
    key = ".".join(path)
    if error["type"] != "extra_forbidden":
        given = error.get("input")
        shown = repr(given)[:60] if not isinstance(given, dict) else "{…}"
        return text("schema.settings_value", language, place=place, key=key or "?", why=error["msg"], given=shown)
    names = _known_keys(path[:-1])
    near = difflib.get_close_matches(path[-1].lower(), names, 1, 0.6)
    if near:
        return text("schema.settings_near", language, place=place, key=key, near=".".join([*path[:-1], near[0]]))
    return text("schema.settings_key", language, place=place, key=key, known=", ".join(names))


def _known_keys(path: list[str]) -> list[str]:
    """Keys of the part of the settings at `path`; numbers in it count entries of a list."""
    model: Any = Settings
    for part in path:
        if part.isdigit():
            continue
        annotation = model.model_fields[part].annotation
        inner = [a for a in get_args(annotation) if isinstance(a, type) and issubclass(a, BaseModel)]
        model = inner[0] if inner else annotation
    return list(model.model_fields)


def scenario_path(name: str, folder: Path | None, language: str = "id") -> Path | None:
    """File of scenario `name`: the cycle's own folder first, then data/scenarios; None for a 'dasar' without file.

    Raises
    ------
    InputError
        When the name is no plain name, or there is no such scenario; names those there are.
    """
    if not PLAIN_NAME.fullmatch(name):
        raise InputError(text("schema.scenario_name", language, name=repr(name)[:80]))
    places = [p for p in ((folder / "scenarios") if folder else None, data_dir("scenarios")) if p]
    for place in places:
        path = place / f"{name}.yaml"
        if path.is_file() and path.resolve().parent == place.resolve():
            return path
    if name == "dasar":
        return None
    known = sorted({"dasar"} | {p.stem for place in places for p in place.glob("*.yaml")})
    near = difflib.get_close_matches(name, known, 1, 0.6)
    if near:
        raise InputError(text("schema.scenario_near", language, name=name, near=near[0], known=", ".join(known)))
    raise InputError(text("schema.scenario_unknown", language, name=name, known=", ".join(known)))


def load_settings(path: Path, scenario: str | None = None, language: str = "id") -> Settings:
    """Settings of the cycle.yaml at `path`, with a scenario's overrides on top."""
    if not path.is_file():
        raise InputError(text("schema.settings_missing", language, place=str(path.parent)))
    values = load_yaml(path, language)
    place = path.name
    if scenario:
        over = scenario_path(scenario, path.parent, language)
        if over is not None:
            more = load_yaml(over, language)
            # A scenario with words of its own does not keep the English ones of the cycle.
            values = merge(values, ({"keterangan_en": ""} if "keterangan" in more else {}) | more)
            place = f"{path.name} + {over.name}"
        values["skenario"] = scenario
    return build_settings(values, place, language)
