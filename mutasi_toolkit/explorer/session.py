"""What the explorer computes: a cycle under choices, solved to a proved plan, with nothing of the page in it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd
import yaml

from mutasi_toolkit import assignment, rules, skills, workload
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.gains import marginal_gains

if TYPE_CHECKING:
    from mutasi_toolkit.assignment import Plan
    from mutasi_toolkit.cycle import Cycle

#: A scenario's name is also its file's name.
NAME = re.compile(r"[a-z0-9][a-z0-9_]{0,59}")


@dataclass(frozen=True)
class Choices:
    """What an analyst has set; equal choices give the same plan.

    Attributes
    ----------
    bobot : tuple of (str, float)
        Weights of the objective by name.
    pindah : int or None
        Most moves; None: no limit.
    permintaan : tuple of (str, float)
        Growth of demand by rumpun, as a share (0.2: up 20 percent).
    jaminan : tuple of (str, bool)
        Guarantees on or off.
    tetap : tuple of str
        People who stay where they are.
    harus, tolak : tuple of (str, str)
        Moves (pegawai_id, jabatan_id) that must be made, or must not.
    """

    bobot: tuple[tuple[str, float], ...] = ()
    pindah: int | None = None
    permintaan: tuple[tuple[str, float], ...] = ()
    jaminan: tuple[tuple[str, bool], ...] = ()
    tetap: tuple[str, ...] = ()
    harus: tuple[tuple[str, str], ...] = ()
    tolak: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, eq=False)
class State:
    """A solved set of choices.

    Attributes
    ----------
    choices : Choices
    plan : Plan
    opd : DataFrame
        By opd_id: nama, kebutuhan_bulat, ada and selisih_mutlak before and after.
    coverage : DataFrame
        opd_id, keahlian, dibutuhkan, and pemegang before and after.
    moves : DataFrame
        pegawai_id, and title, unit and OPD before and after.
    figures : dict of str to float
        Key figures by name.
    """

    choices: Choices
    plan: Plan
    opd: pd.DataFrame = field(repr=False)
    coverage: pd.DataFrame = field(repr=False)
    moves: pd.DataFrame = field(repr=False)
    figures: dict[str, float] = field(default_factory=dict)


def choices_of(cycle: Cycle) -> Choices:
    """The choices that the settings of a cycle already make."""
    settings = cycle.settings
    return Choices(
        bobot=tuple(settings.bobot.model_dump().items()),
        pindah=settings.anggaran.pindah,
        permintaan=tuple(sorted(settings.permintaan.items())),
        jaminan=tuple((k, v) for k, v in settings.jaminan.model_dump().items() if isinstance(v, bool)),
    )


def scenario_values(choices: Choices) -> dict[str, Any]:
    """The overrides of a scenario file that stand for `choices`.

    Examples
    --------
    >>> scenario_values(Choices(pindah=3, tetap=("A",)))
    {'anggaran': {'pindah': 3}, 'keputusan': [{'pegawai_id': 'A', 'putusan': 'kunci'}]}
    """
    decided: list[dict[str, str]] = [{"pegawai_id": p, "putusan": "kunci"} for p in choices.tetap]
    decided += [{"pegawai_id": p, "putusan": "kunci", "jabatan_id": j} for p, j in choices.harus]
    decided += [{"pegawai_id": p, "putusan": "tolak", "jabatan_id": j} for p, j in choices.tolak]
    values = {
        "bobot": dict(choices.bobot),
        "anggaran": {"pindah": choices.pindah},
        "permintaan": dict(choices.permintaan),
        "jaminan": dict(choices.jaminan),
        "keputusan": decided,
    }
    return {key: value for key, value in values.items() if value}


@dataclass(frozen=True, eq=False)
class _Measured:
    """A cycle's tables of units and of skills, its sum of |selisih| and its number of sole holders."""

    units: pd.DataFrame
    skills: pd.DataFrame
    selisih: float
    tunggal: float


def _measured(cycle: Cycle) -> _Measured:
    imbalance = float(workload.need(cycle)["selisih"].abs().sum())
    return _Measured(workload.unit_efficiency(cycle), skills.coverage(cycle)[["dibutuhkan", "pemegang"]], imbalance, float(len(skills.sole_holders(cycle))))


class Session:
    """One analyst at one cycle: what choices do not change is computed once.

    Parameters
    ----------
    cycle : Cycle

    Examples
    --------
    >>> from mutasi_toolkit.cycle import read_cycle
    >>> from mutasi_toolkit.paths import data_dir
    >>> session = Session(read_cycle(data_dir("cycles") / "contoh"))
    >>> state = session.solve(choices_of(session.cycle))
    >>> state.plan.gap, len(state.moves) == len(state.plan.moves)
    (0.0, True)
    """

    def __init__(self, cycle: Cycle) -> None:
        self.cycle = cycle
        self.gains = marginal_gains(cycle)
        self.pairs = rules.allowed(cycle)
        self._states: dict[Choices, State] = {}
        self._before: dict[tuple[tuple[str, float], ...], _Measured] = {}

    def solve(self, choices: Choices) -> State:
        """The best plan under `choices`; a set of choices seen before costs nothing.

        Raises
        ------
        InfeasibleError
            When no plan keeps the hard rules.
        InputError
            When a decision names somebody or a seat that is not there, or goes against a rule.
        """
        if choices not in self._states:
            self._states[choices] = self._solve(choices)
        return self._states[choices]

    def _solve(self, choices: Choices) -> State:
        cycle = self.cycle.with_settings(**scenario_values(choices))
        plan = assignment.solve(assignment.Problem.from_cycle(cycle, self.gains, self.pairs))
        # Of all choices, only the demand changes what is measured before the moves.
        if choices.permintaan not in self._before:
            self._before[choices.permintaan] = _measured(cycle)
        one, two = self._before[choices.permintaan], _measured(cycle.after(plan.moves))
        opd, coverage = opd_table(cycle, one, two), coverage_table(one, two)
        figures = {
            "mutasi": float(len(plan.moves)),
            "selisih_sebelum": one.selisih,
            "selisih_sesudah": two.selisih,
            "pengetahuan": float(-plan.terms.get("pengetahuan", 0.0) / (cycle.settings.bobot.pengetahuan or 1.0)),
            "celah_sebelum": float(_short(coverage, "sebelum")),
            "celah_sesudah": float(_short(coverage, "sesudah")),
            "tunggal_sebelum": one.tunggal,
            "tunggal_sesudah": two.tunggal,
            "nilai_tujuan": plan.objective,
            "batas": plan.bound,
            "gap": plan.gap,
        }
        return State(choices, plan, opd, coverage, moves_table(cycle, plan), figures)

    def seen(self) -> list[State]:
        """Every solved set of choices, oldest first."""
        return list(self._states.values())

    def save(self, choices: Choices, name: str, folder: Path) -> Path:
        """Write `choices` as scenario `name` into `folder`/scenarios, where `mutasi run` looks first.

        Raises
        ------
        InputError
            When the name is not of small letters, digits and underscores, or is 'dasar', or is taken by
            another scenario.
        """
        if not NAME.fullmatch(name) or name == "dasar":
            raise InputError(text("explorer.bad_name", name=name))
        place = folder / "scenarios" / f"{name}.yaml"
        if place.exists():
            raise InputError(text("explorer.name_taken", name=name, place=str(place)))
        place.parent.mkdir(exist_ok=True)
        content = {"keterangan": text("explorer.note", name=name)} | scenario_values(choices)
        place.write_text(yaml.safe_dump(content, allow_unicode=True, sort_keys=False), encoding="utf-8")
        return place


def with_decision(choices: Choices, pegawai_id: str, decision: str, seat: str | None = None) -> Choices:
    """`choices` with one decision: 'tetap', 'harus', 'tolak', or 'bebas' (none any more).

    Examples
    --------
    >>> with_decision(Choices(), "A", "tetap").tetap
    ('A',)
    >>> with_decision(Choices(tetap=("A",)), "A", "bebas").tetap
    ()
    """
    stay = tuple(p for p in choices.tetap if p != pegawai_id)
    must = tuple(pair for pair in choices.harus if pair[0] != pegawai_id)
    never = choices.tolak if decision == "tolak" else tuple(pair for pair in choices.tolak if pair[0] != pegawai_id)
    if decision == "tetap":
        stay = (*stay, pegawai_id)
    elif decision in {"harus", "tolak"}:
        if not seat:
            raise InputError(text("explorer.no_seat", pegawai=pegawai_id))
        pair = (pegawai_id, seat)
        must, never = ((*must, pair), never) if decision == "harus" else (must, tuple(dict.fromkeys((*never, pair))))
    return replace(choices, tetap=tuple(sorted(stay)), harus=tuple(sorted(must)), tolak=tuple(sorted(never)))


def opd_table(cycle: Cycle, before: _Measured, after: _Measured) -> pd.DataFrame:
    """Per OPD: need, staff present, and the sum of |selisih| before and after."""
    one, two = before.units, after.units
    out = pd.DataFrame({"nama": cycle.unit_name.reindex(one.index), "kebutuhan_bulat": one["kebutuhan_bulat"]})
    for name, frame in (("sebelum", one), ("sesudah", two)):
        out[f"ada_{name}"] = frame["ada"]
        out[f"selisih_mutlak_{name}"] = frame["kekurangan"] + frame["kelebihan"]
    return out


def coverage_table(before: _Measured, after: _Measured) -> pd.DataFrame:
    """Per OPD and skill: holders needed, and holders before and after; only what is needed somewhere in the OPD."""
    one, two = before.skills, after.skills
    out = one.rename(columns={"pemegang": "pemegang_sebelum"}).join(two["pemegang"].rename("pemegang_sesudah"), how="outer")
    out = out.fillna(0).astype(int)
    return out[out["dibutuhkan"] > 0].reset_index()


def _short(coverage: pd.DataFrame, when: str) -> int:
    return int((coverage["dibutuhkan"] - coverage[f"pemegang_{when}"]).clip(lower=0).sum())


def moves_table(cycle: Cycle, plan: Plan) -> pd.DataFrame:
    """Per move: the person, and title, seat, unit and OPD before and after."""
    moves = plan.moves.sort_values("pegawai_id", ignore_index=True)
    own = moves["pegawai_id"].map(cycle.pegawai.set_index("pegawai_id")["jabatan_id"])
    titles = cycle.jabatan.set_index("jabatan_id")["nama"]
    out = pd.DataFrame({"pegawai_id": moves["pegawai_id"]})
    for name, seat in (("asal", own), ("tujuan", moves["jabatan_id"])):
        out[f"jabatan_{name}"] = seat.to_numpy()
        out[f"nama_{name}"] = seat.map(titles).to_numpy()
        for level in ("unit", "opd"):
            out[f"{level}_{name}"] = seat.map(cycle.seat[f"{level}_id"]).map(cycle.unit_name).to_numpy()
    return out
