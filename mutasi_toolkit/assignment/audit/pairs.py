"""The hard rules about one person and one seat, read from the tables a second time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.assignment.audit.tables import (
    ECHELONS,
    GRADES,
    KINDS,
    RATINGS,
    SCHOOLS,
    STEPS,
    Facts,
)

#: Pairs looked at in one go; and where each costs a table of people and standards.
BLOCK, STRETCH = 1_000_000, 50_000
JPT, ADMINISTRATOR, PENGAWAS, FUNGSIONAL, PELAKSANA = range(5)
_SCHOOL = {name: i for i, names in enumerate(SCHOOLS) for name in names}


class View:
    """Pairs of people and seats, with columns of the person, the person's own seat (own_) and the seat (new_)."""

    def __init__(self, facts: Facts, person: np.ndarray, seat: np.ndarray) -> None:
        self.facts, self.person, self.seat, self.own = facts, person, seat, facts.own[person]

    def __getattr__(self, name: str) -> np.ndarray:
        if name.startswith("own_"):
            found = self.facts.of_seats[name[4:]][self.own]
        elif name.startswith("new_"):
            found = self.facts.of_seats[name[4:]][self.seat]
        else:
            found = self.facts.of_people[name][self.person]
        setattr(self, name, found)
        return found

    @property
    def up(self) -> np.ndarray:
        """Whether the seat is a promotion."""
        steps = [(PELAKSANA, PENGAWAS), (PENGAWAS, ADMINISTRATOR), (ADMINISTRATOR, JPT)]
        kind = np.any([(self.own_kind == a) & (self.new_kind == b) for a, b in steps], axis=0)
        return kind | ((self.own_kind == self.new_kind) & (self.new_level > self.own_level))

    @property
    def same_job(self) -> np.ndarray:
        """Whether it is the same job, whatever its level."""
        return (self.own_kind == self.new_kind) & (self.own_job == self.new_job)


def fits(facts: Facts, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    """JPM of pairs in percent; nan where the seat asks for nothing."""
    wanted, profile = facts.standards
    got = np.zeros(len(person))
    order = np.argsort(person, kind="stable")
    for begin in range(0, len(order), STRETCH):
        at = order[begin : begin + STRETCH]
        people, row = np.unique(person[at], return_inverse=True)
        asked, column = np.unique(profile[seat[at]], return_inverse=True)
        got[at] = (facts.level[people].astype(np.float32) @ wanted[asked].T.astype(np.float32))[row, column]
    total = facts.asked.sum(axis=1, dtype=np.int64)[seat].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(total > 0, np.minimum(100.0, 100.0 * got / total), np.nan)


def _tenure(v: View, r: dict[str, Any]) -> np.ndarray:
    excused = np.isin(v.id.astype(str), [str(x) for x in r["dikecualikan"]])
    return ~excused & (v.tenure < r["min_tenure_years"])


def _between_jpt(v: View, r: dict[str, Any]) -> np.ndarray:
    branch = (v.own_branch != v.new_branch) & (v.own_branch != "") & (v.new_branch != "")
    bad = (v.tenure < r["jpt_min_years"]) | (v.tenure > r["jpt_max_years"]) | (v.tested == 0) | branch
    return (v.own_kind == JPT) & (v.new_kind == JPT) & bad


def _education(v: View, r: dict[str, Any]) -> np.ndarray:
    usual = np.array([_SCHOOL[r[k]] for k in ("jpt", "administrator", "pengawas", "terampil", "pelaksana")])[v.new_kind]
    expert = (v.new_kind == FUNGSIONAL) & (v.new_level >= STEPS.index("ahli pertama"))
    usual = np.where(expert, _SCHOOL[r["ahli"]], usual)
    return (v.school >= 0) & (v.school < np.where(v.new_school >= 0, v.new_school, usual))


def _experience(v: View, r: dict[str, Any]) -> np.ndarray:
    years = np.array([r.get(kind, np.nan) for kind in KINDS], dtype=float)[v.new_kind]
    return v.up & (v.tenure < years)


def _grade(v: View, r: dict[str, Any]) -> np.ndarray:
    usual = {e: GRADES.index(r[e]) for e in ECHELONS if e in r}
    stated = np.array([usual.get(e, -1) for e in v.facts.seats["echelon"]])[v.seat]
    least = np.where(v.new_grade >= 0, v.new_grade, stated)
    return (v.status == "PNS") & (least >= 0) & (v.grade >= 0) & (v.grade < least - int(bool(r["satu_tingkat_di_bawah"])))


def _performance(v: View, r: dict[str, Any]) -> np.ndarray:
    asked = v.up | ((v.new_kind == FUNGSIONAL) & ~v.same_job)
    least = RATINGS.index(r["min_predikat"])
    low = [(rating >= 0) & (rating < least) for rating in (v.first, v.second)]
    return asked & (low[0] | (low[1] & (r["years"] >= 2)))


def _functional(v: View, r: dict[str, Any]) -> np.ndarray:
    limit = np.array([r["usia"].get(step, np.nan) for step in STEPS] + [np.nan], dtype=float)[v.new_level]
    both = (v.own_branch != "") & (v.new_branch != "")
    strange = both & ((v.own_branch != v.new_branch) | (v.tenure < r["experience_years"]))
    bad = (v.status != "PNS") | (np.floor(v.age) > limit) | (v.tested == 0) | strange
    return (v.new_kind == FUNGSIONAL) & ~v.same_job & bad


def _competence(v: View, _: dict[str, Any]) -> np.ndarray:
    out = v.new_kind <= PENGAWAS
    if not (len(v.facts.cycle.keahlian) and len(v.facts.cycle.syarat)):
        return np.zeros(len(out), dtype=bool)
    at = np.flatnonzero(out)
    out[at] = np.round(fits(v.facts, v.person[at], v.seat[at]), 9) < _cutoff(v.facts)[v.seat[at]]
    return out


def _cutoff(facts: Facts) -> np.ndarray:
    from mutasi_toolkit.paths import data_dir
    from mutasi_toolkit.settings import load_yaml

    chosen = facts.cycle.settings.jpm
    if chosen.minimum is not None:
        return np.full(len(facts.seats), float(chosen.minimum))
    groups = load_yaml(data_dir("parameters") / "jpm.yaml")["profil"][chosen.profil]["golongan_jabatan"]
    out = np.full(len(facts.seats), float(groups[-1]["lulus"]))
    for group in reversed(groups[:-1]):
        kinds = [KINDS.index(k) for k in group.get("jenis", ())]
        mine = facts.seats["kind"].isin(kinds) | facts.seats["step"].isin(group.get("jenjang", ()))
        out[mine.to_numpy()] = float(group["lulus"])
    return out


def _officials(v: View) -> np.ndarray:
    r = v.facts.rule["R21"]
    kinds = np.array([KINDS.index(k) for k in r["jenis"]])
    mine = [np.isin(k, kinds) | np.isin(h.astype(str), r["tugas_tambahan"]) for k, h in ((v.own_kind, v.own_heads), (v.new_kind, v.new_heads))]
    return mine[0] | mine[1]


def _election(v: View, r: dict[str, Any]) -> np.ndarray:
    w, today = v.facts.cycle.settings.jendela, v.facts.cycle.date
    begun = w.penetapan_paslon is not None and pd.Timestamp(w.penetapan_paslon) - pd.DateOffset(months=r["bulan"]) <= today
    ended = w.akhir_masa_jabatan is not None and today > pd.Timestamp(w.akhir_masa_jabatan)
    return _officials(v) & bool(begun and not ended)


def _inauguration(v: View, r: dict[str, Any]) -> np.ndarray:
    day, today = v.facts.cycle.settings.jendela.pelantikan, v.facts.cycle.date
    inside = day is not None and pd.Timestamp(day) <= today <= pd.Timestamp(day) + pd.DateOffset(months=r["bulan"])
    return _officials(v) & bool(inside)


def _acting(v: View, _: dict[str, Any]) -> np.ndarray:
    return np.full(len(v.person), v.facts.cycle.settings.jendela.status_kepala != "definitif")


def _contract(v: View, r: dict[str, Any]) -> np.ndarray:
    same = v.same_job & (v.own_level == v.new_level)
    return (v.status == "PPPK") & (~same | (v.contract <= 0) | (not r["allow_pppk"]))


def _locked(v: View, r: dict[str, Any]) -> np.ndarray:
    s = v.facts.seats
    named = np.array([any(word.casefold() in name for word in r["pola_opd"]) for name in s["opd_name"]], dtype=bool)
    closed = s["locked"].to_numpy() | (named & (s["kind"].to_numpy() <= PENGAWAS))
    return closed[v.own] | closed[v.seat]


def _special(v: View, r: dict[str, Any]) -> np.ndarray:
    def marked(title: str) -> bool:
        words = [w.casefold() for w in r["pola_jabatan"]]
        return any(title == w or (title.startswith(w + " ") and "pembantu" not in title) for w in words)

    s = v.facts.seats
    closed = np.array([marked(t) for t in s["title"]], dtype=bool) & (s["kind"].to_numpy() <= PENGAWAS)
    return closed[v.own] | closed[v.seat]


def _profession(v: View, _: dict[str, Any]) -> np.ndarray:
    mine = np.where(v.trade != "", v.trade, v.own_trade)
    return (mine != v.new_trade) | ((mine == "guru") & (v.own_subject != v.new_subject))


def _demotion(v: View, _: dict[str, Any]) -> np.ndarray:
    same = v.own_kind == v.new_kind
    lower = same & (v.new_level >= 0) & (v.new_level < v.own_level)
    return (~same & ~v.up) | lower | (v.new_class < v.own_class)


def _promotion(v: View, r: dict[str, Any]) -> np.ndarray:
    far = (v.own_kind == v.new_kind) & (v.new_level > v.own_level + 1)
    return v.up & (far if r["promosi"] else True)


def _elsewhere(v: View, r: dict[str, Any]) -> np.ndarray:
    return (v.own_office != v.new_office) & bool(r["satu_kantor"])


#: What each rule forbids.
FORBIDS: dict[str, Callable[[View, dict[str, Any]], np.ndarray]] = {
    "R01": _tenure, "R03": _between_jpt, "R04": _education, "R05": _experience, "R06": _grade, "R07": _performance,
    "R08": lambda v, _: (v.punished == 1) | (v.accused == 1), "R09": lambda v, _: (v.studies == 1) | (v.bonded == 1),
    "R10": lambda v, _: v.new_until - v.age <= 0, "R12": _functional, "R16": _competence, "R19": _election, "R20": _inauguration,
    "R22": _acting, "R24": lambda v, _: v.status == "CPNS", "R25": _contract, "R26": lambda v, _: v.status == "PPPK paruh waktu",
    "R27": _locked, "R28": _special, "R29": _profession, "R30": lambda v, _: (v.second_job != "") & (v.new_kind != PELAKSANA),
    "R35": _demotion, "R36": _promotion, "R37": _elsewhere,
}  # fmt: skip
#: Rules that the Minister's written approval lifts.
WAIVABLE = ("R19", "R20", "R22", "R27", "R28")
#: Rules that look at the person and the own seat alone, and then at the seat alone.
OF_PERSON = ("R01", "R08", "R09", "R24", "R26")


def broken(facts: Facts, person: np.ndarray, seat: np.ndarray, rules: tuple[str, ...] | None = None) -> dict[str, np.ndarray]:
    """For every rule, which of the pairs it forbids; staying is never forbidden."""
    view = View(facts, person, seat)
    moves = facts.own[person] != seat
    with np.errstate(invalid="ignore"):
        found = {name: FORBIDS[name](view, facts.rule[name]) & moves for name in rules or FORBIDS}
    if not set(WAIVABLE) & set(found):
        return found
    izin = facts.cycle.settings.izin
    approved = np.isin(facts.of_people["id"].astype(str), list(izin.pegawai))[person] | izin.semua
    approved |= np.isin(facts.of_seats["id"].astype(str), list(izin.jabatan))[seat]
    return {name: bad & ~approved if name in WAIVABLE else bad for name, bad in found.items()}


def _blocks(facts: Facts, people: np.ndarray, targets: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Every pair of these people and seats, block by block; where moves stay in one office, office by office."""
    apart = facts.of_seats["office"] if facts.rule["R37"]["satu_kantor"] else np.zeros(len(facts.seats), dtype=np.int64)
    for office in np.unique(apart[targets]):
        to, who = targets[apart[targets] == office], people[apart[facts.own[people]] == office]
        step = max(1, BLOCK // len(to))
        for begin in range(0, len(who), step):
            some = who[begin : begin + step]
            yield np.repeat(some, len(to)), np.tile(to, len(some))


def _likely(facts: Facts, people: np.ndarray, targets: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Pairs that the rules which take most away leave, about as many at once as BLOCK says."""
    held: list[np.ndarray] = []
    for p, s in _blocks(facts, people, targets):
        for rule in ("R36", "R35", "R29", "R25", "R12"):
            keep = ~broken(facts, p, s, (rule,))[rule]
            p, s = p[keep], s[keep]
        held.append(np.stack([p, s]))
        if sum(part.shape[1] for part in held) > BLOCK:
            yield tuple(np.concatenate(held, axis=1))
            held = []
    if held:
        yield tuple(np.concatenate(held, axis=1))


def allowed_pairs(facts: Facts, open_seats: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """All pairs that no rule forbids, into open seats or the own one; sorted by person and seat."""
    n = len(facts.own)
    everyone = np.arange(n)
    elsewhere = np.where(facts.own == 0, 1, 0) if len(facts.seats) > 1 else facts.own
    bound = np.any(list(broken(facts, everyone, elsewhere, OF_PERSON).values()), axis=0) if len(facts.seats) > 1 else np.ones(n, dtype=bool)
    free = everyone[~bound]
    found_p, found_s = [everyone], [facts.own]
    for p, s in _likely(facts, free, np.flatnonzero(open_seats)):
        ok = ~np.any(list(broken(facts, p, s).values()), axis=0) & (facts.own[p] != s)
        found_p.append(p[ok])
        found_s.append(s[ok])
    person, seat = np.concatenate(found_p), np.concatenate(found_s)
    order = np.lexsort((seat, person))
    return person[order], seat[order]
