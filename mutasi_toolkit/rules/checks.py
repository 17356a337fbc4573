"""The pair rules: each says of arrays of (person, seat) where it has something to say, where it forbids, where a value is missing."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.rules.book import (
    ADMINISTRATOR,
    FUNGSIONAL,
    JPT,
    PELAKSANA,
    PENGAWAS,
    Book,
    Check,
    Found,
)
from mutasi_toolkit.rules.facts import EDUCATION, GRADE, JENJANG, KINDS, RATINGS
from mutasi_toolkit.rules.windows import election_window, inauguration_window


def _always(broken: np.ndarray) -> Found:
    return np.ones(len(broken), dtype=bool), broken, np.zeros(len(broken), dtype=bool)


def _rising(b: Book, p: np.ndarray, s: np.ndarray) -> np.ndarray:
    """Whether the seat is one step up: by kind, or by eselon or jenjang within the kind."""
    own = b.people.seat[p]
    kind, to = b.seats.kind[own], b.seats.kind[s]
    step = (
        ((kind == PELAKSANA) & (to == PENGAWAS))
        | ((kind == PENGAWAS) & (to == ADMINISTRATOR))
        | ((kind == ADMINISTRATOR) & (to == JPT))
    )
    return step | ((kind == to) & (b.seats.level[s] > b.seats.level[own]))


def _same_job(b: Book, p: np.ndarray, s: np.ndarray) -> np.ndarray:
    own = b.people.seat[p]
    return (b.seats.job[own] == b.seats.job[s]) & (b.seats.kind[own] == b.seats.kind[s])


def r01(b: Book, p: np.ndarray, _: np.ndarray) -> Found:
    """Tenure in the present seat."""
    waived = b.cycle.pegawai["pegawai_id"].isin(b.parameter("R01", "dikecualikan")).to_numpy()[p]
    tenure = b.people.tenure[p]
    return ~waived, ~waived & (tenure < b.parameter("R01", "min_tenure_years")), ~waived & np.isnan(tenure)


def r03(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """JPT to JPT."""
    own = b.people.seat[p]
    both = (b.seats.kind[own] == JPT) & (b.seats.kind[s] == JPT)
    tenure, tested = b.people.tenure[p], b.people.tested[p]
    one, two = b.seats.classification[own], b.seats.classification[s]
    broken = (
        (tenure < b.parameter("R03", "jpt_min_years"))
        | (tenure > b.parameter("R03", "jpt_max_years"))
        | (tested == 0)
    )
    broken |= (one != two) & (one != "") & (two != "")
    unknown = (tested < 0) | (one == "") | (two == "") | np.isnan(tenure)
    return both, both & broken, both & unknown


def r04(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Education level."""
    kind = np.array(KINDS, dtype=object)[b.seats.kind[s]]
    expert = b.seats.level[s] >= JENJANG["ahli pertama"]
    name = np.where(kind == "fungsional", np.where(expert, "ahli", "terampil"), kind)
    usual = (
        pd.Series(name)
        .map({k: EDUCATION[v] for k, v in b.rules["R04"].parameters.items()})
        .to_numpy()
    )
    least = np.where(b.seats.least_education[s] >= 0, b.seats.least_education[s], usual)
    have = b.people.education[p]
    return np.ones(len(p), dtype=bool), (have >= 0) & (have < least), have < 0


def r05(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Experience for promotion."""
    up = _rising(b, p, s)
    years = (
        pd.Series(np.array(KINDS, dtype=object)[b.seats.kind[s]])
        .map(b.rules["R05"].parameters)
        .to_numpy(dtype=float)
    )
    asked = up & ~np.isnan(years)
    return asked, asked & (b.people.tenure[p] < years), asked & np.isnan(b.people.tenure[p])


def r06(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Grade within the echelon, PNS only; a structural seat that names neither echelon nor lowest grade cannot be checked."""
    usual = (
        pd.Series(b.seats.eselon[s])
        .map({k: GRADE[v] for k, v in b.rules["R06"].parameters.items() if k[0] in "IV"})
        .to_numpy(dtype=float)
    )
    stated = b.seats.least_grade[s].astype(float)
    least = np.where(stated >= 0, stated, usual) - bool(b.parameter("R06", "satu_tingkat_di_bawah"))
    mine = b.people.status[p] == "PNS"
    asked, grade = mine & ~np.isnan(least), b.people.grade[p]
    unstated = mine & np.isnan(least) & (b.seats.kind[s] <= PENGAWAS)
    return asked, asked & (grade >= 0) & (grade < least), (asked & (grade < 0)) | unstated


def r07(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Performance, for promotion and for entering another functional job."""
    asked = _rising(b, p, s) | ((b.seats.kind[s] == FUNGSIONAL) & ~_same_job(b, p, s))
    ratings = b.people.ratings[p, : b.parameter("R07", "years")]
    low = (ratings >= 0) & (ratings < RATINGS[b.parameter("R07", "min_predikat")])
    return asked, asked & low.any(axis=1), asked & (ratings < 0).any(axis=1)


def r08(b: Book, p: np.ndarray, _: np.ndarray) -> Found:
    """Discipline and court."""
    return np.ones(len(p), dtype=bool), b.people.discipline[p] == 1, b.people.discipline[p] < 0


def r09(b: Book, p: np.ndarray, _: np.ndarray) -> Found:
    """Study assignment and service bond."""
    return np.ones(len(p), dtype=bool), b.people.bound[p] == 1, b.people.bound[p] < 0


def r10(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """No time left before retirement in the new seat."""
    left = b.seats.retirement[s] - b.people.age[p]
    return np.ones(len(p), dtype=bool), left <= 0, np.isnan(left)


def r12(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Entering a functional job that one does not hold."""
    enters = (b.seats.kind[s] == FUNGSIONAL) & ~_same_job(b, p, s)
    own = b.people.seat[p]
    limit = (
        pd.Series(b.seats.level[s])
        .map({JENJANG[k]: v for k, v in b.parameter("R12", "usia").items()})
        .to_numpy(dtype=float)
    )
    age, tested = b.people.age[p], b.people.tested[p]
    field, wanted = b.seats.classification[own], b.seats.classification[s]
    inexperienced = (field != wanted) | (
        b.people.tenure[p] < b.parameter("R12", "experience_years")
    )
    known_field = (field != "") & (wanted != "")
    broken = (
        (b.people.status[p] != "PNS")
        | (np.floor(age) > limit)
        | (tested == 0)
        | (known_field & inexperienced)
    )
    unknown = np.isnan(age) | (tested < 0) | ~known_field | np.isnan(limit) | np.isnan(b.people.tenure[p])
    return enters, enters & broken, enters & unknown


def r16(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """JPM of structural seats."""
    from mutasi_toolkit import skills

    asked = b.seats.kind[s] <= PENGAWAS
    jpm = np.full(len(p), np.nan)
    if asked.any() and b.cycle.has("keahlian") and b.cycle.has("syarat"):
        jpm[asked] = skills.fit_codes(b.cycle, p[asked], s[asked])
    return asked, asked & (np.round(jpm, 9) < b.cutoff[s]), asked & np.isnan(jpm)


def _in_scope(b: Book, p: np.ndarray, s: np.ndarray) -> np.ndarray:
    """R21: the officials the windows protect, whether they leave or are replaced."""
    kinds = [KINDS.index(k) for k in b.parameter("R21", "jenis")]
    heads = b.cycle.jabatan["tugas_tambahan"].isin(b.parameter("R21", "tugas_tambahan")).to_numpy()
    official = np.isin(b.seats.kind, kinds) | heads
    return official[s] | official[b.people.seat[p]]


def _frozen(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Officials in an open window; without the column tugas_tambahan nobody knows which functional seats lead a unit."""
    functional = (b.seats.kind[s] == FUNGSIONAL) | (b.seats.kind[b.people.seat[p]] == FUNGSIONAL)
    scope = _in_scope(b, p, s)
    return np.ones(len(p), dtype=bool), scope, functional & ~scope & (not b.cycle.has("jabatan", "tugas_tambahan"))


def r19(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Election window."""
    opens = election_window(b.cycle.settings, b.parameter("R19", "bulan"))
    return _frozen(b, p, s) if opens else _never(p)


def r20(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Inauguration window."""
    opens = inauguration_window(b.cycle.settings, b.parameter("R20", "bulan"))
    return _frozen(b, p, s) if opens else _never(p)


def _never(p: np.ndarray) -> Found:
    no = np.zeros(len(p), dtype=bool)
    return no, no, no


def r22(b: Book, p: np.ndarray, _: np.ndarray) -> Found:
    """Acting head of region."""
    return (
        _always(np.ones(len(p), dtype=bool))
        if b.cycle.settings.jendela.status_kepala != "definitif"
        else _never(p)
    )


def r24(b: Book, p: np.ndarray, _: np.ndarray) -> Found:
    """CPNS."""
    return _always(b.people.status[p] == "CPNS")


def r25(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """PPPK: the same job at the same level, within the contract."""
    mine = b.people.status[p] == "PPPK"
    own, left = b.people.seat[p], b.people.contract_left[p]
    same = _same_job(b, p, s) & (b.seats.level[own] == b.seats.level[s])
    broken = ~same | (left <= 0) | (not b.parameter("R25", "allow_pppk"))
    return mine, mine & broken, mine & np.isnan(left)


def r26(b: Book, p: np.ndarray, _: np.ndarray) -> Found:
    """Part-time PPPK."""
    return _always(b.people.status[p] == "PPPK paruh waktu")


def r27(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Locked seats, on the way in and on the way out."""
    named = np.zeros(len(b.seats.kind), dtype=bool)
    for pattern in b.parameter("R27", "pola_opd"):
        named |= np.char.find(b.seats.opd_name.astype(str), pattern.casefold()) >= 0
    locked = b.seats.locked | (named & (b.seats.kind <= PENGAWAS))
    return _always(locked[s] | locked[b.people.seat[p]])


def r28(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Regional secretary, inspector, camat: the title begins with one of the patterns and is no assistant's."""
    special = np.zeros(len(b.seats.kind), dtype=bool)
    for pattern in b.parameter("R28", "pola_jabatan"):
        word = pattern.casefold()
        exact = b.seats.title == word
        begins = np.char.startswith(b.seats.title.astype(str), word + " ") & (
            np.char.find(b.seats.title.astype(str), "pembantu") < 0
        )
        special |= (exact | begins) & (b.seats.kind <= PENGAWAS)
    return _always(special[s] | special[b.people.seat[p]])


def r29(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Teachers and health workers keep profession and subject."""
    own = b.people.seat[p]
    mine = np.where(b.people.profession[p] != "", b.people.profession[p], b.seats.profession[own])
    wanted = b.seats.profession[s]
    one, two = b.seats.subject[own], b.seats.subject[s]
    asked = (mine != "") | (wanted != "")
    functional = (b.seats.kind[own] == FUNGSIONAL) | (b.seats.kind[s] == FUNGSIONAL)
    unknown = functional & (not b.cycle.has("jabatan", "profesi"))
    unknown |= (mine == "guru") & (not b.cycle.has("jabatan", "mapel"))
    return asked, (mine != wanted) | ((mine == "guru") & (one != two)), unknown


def r30(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """No second job of the other kind."""
    asked = b.people.second_job[p] != ""
    unknown = np.full(len(p), not b.cycle.has("pegawai", "jabatan_rangkap"))
    return asked | unknown, asked & (b.seats.kind[s] != PELAKSANA), unknown


def r35(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """No demotion: the kind stays unless one rises, the level and the job class do not fall."""
    own = b.people.seat[p]
    kind, to = b.seats.kind[own], b.seats.kind[s]
    lower = (kind == to) & (b.seats.level[s] < b.seats.level[own]) & (b.seats.level[s] >= 0)
    have, get = b.seats.job_class[own], b.seats.job_class[s]
    unknown_level = (
        (kind == to) & (kind != PELAKSANA) & ((b.seats.level[own] < 0) | (b.seats.level[s] < 0))
    )
    broken = ((kind != to) & ~_rising(b, p, s)) | lower | (get < have)
    return np.ones(len(p), dtype=bool), broken, np.isnan(have) | np.isnan(get) | unknown_level


def r36(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Promotion only when asked for, and then one step."""
    up = _rising(b, p, s)
    own = b.people.seat[p]
    kind = b.seats.kind[own]
    unknown = (kind == b.seats.kind[s]) & (kind != PELAKSANA) & ((b.seats.level[own] < 0) | (b.seats.level[s] < 0))
    if not b.parameter("R36", "promosi"):
        return up, up, unknown & ~up
    far = (b.seats.kind[b.people.seat[p]] == b.seats.kind[s]) & (
        b.seats.level[s] > b.seats.level[b.people.seat[p]] + 1
    )
    return up, up & far, unknown & ~far


def r37(b: Book, p: np.ndarray, s: np.ndarray) -> Found:
    """Moves within one office, where the round is limited so."""
    if not b.parameter("R37", "satu_kantor"):
        return _never(p)
    return _always(b.seats.office[b.people.seat[p]] != b.seats.office[s])


CHECKS: dict[str, Check] = {
    "R01": r01, "R03": r03, "R04": r04, "R05": r05, "R06": r06, "R07": r07, "R08": r08, "R09": r09, "R10": r10, "R12": r12,
    "R16": r16, "R19": r19, "R20": r20, "R22": r22, "R24": r24, "R25": r25, "R26": r26, "R27": r27, "R28": r28, "R29": r29,
    "R30": r30, "R35": r35, "R36": r36, "R37": r37,
}  # fmt: skip
