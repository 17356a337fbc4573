"""People: joint distribution raked to the published shares, then ages, service dates and numbers (NIP)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mutasi_toolkit.schema import GOLONGAN_PNS, PENDIDIKAN
from mutasi_toolkit.synth.facts import N_PNS, N_PPPK, SHARE_51_60, by_sex
from mutasi_toolkit.synth.raking import Marginal, controlled_round, rake, round_shares

KINDS = (
    "Eselon II",
    "Eselon III",
    "Eselon IV",
    "Fungsional Tertentu",
    "Fungsional Umum (pelaksana)",
)
#: Typical golongan (position in I/a .. IV/e) and its spread by kind of job; education likewise (SD .. S3).
TYPICAL_GOLONGAN = {
    "Eselon II": (14.0, 0.7),
    "Eselon III": (12.3, 0.9),
    "Eselon IV": (10.4, 1.1),
    "Fungsional Tertentu": (10.2, 2.3),
    "Fungsional Umum (pelaksana)": (7.2, 2.4),
}
TYPICAL_EDUCATION = {
    "Eselon II": (8.4, 0.5),
    "Eselon III": (7.6, 0.7),
    "Eselon IV": (7.0, 0.8),
    "Fungsional Tertentu": (6.4, 1.2),
    "Fungsional Umum (pelaksana)": (3.6, 2.2),
}
#: Share of the sexes of PPPK, BKN 31 December 2022: 125,778 men and 238,156 women.
PPPK_FEMALE = 238_156 / (125_778 + 238_156)
#: Weight of combinations that are seldom seen, so that every published marginal can be met.
SELDOM = 1e-5
AS_OF = np.datetime64("2026-01-31")


def marginals(total: int) -> list[Marginal]:
    """Whole-number marginals (job, golongan, education, each by sex) that all add up to `total`.

    The sources differ slightly in their share of women; the split by sex of the job table decides.
    """
    kinds = by_sex("jenis_jabatan").reindex(KINDS)
    job = round_shares(kinds.to_numpy(), total)
    sexes = job.sum(axis=0)
    out: list[Marginal] = [((0, 3), job)]
    for axis, name, order in ((1, "golongan", GOLONGAN_PNS), (2, "pendidikan", PENDIDIKAN)):
        share = by_sex(name).reindex(order).fillna(0.0).to_numpy()
        out.append(
            (
                (axis, 3),
                np.column_stack([round_shares(share[:, s], int(sexes[s])) for s in range(2)]),
            )
        )
    return out


def civil_servants(total: int = N_PNS) -> pd.DataFrame:
    """PNS with kind of job, golongan, education and sex, raked and rounded to the published shares.

    Returns
    -------
    DataFrame
        One row per person: kind, golongan, pendidikan, jenis_kelamin; sorted.
    """
    g, e = np.arange(len(GOLONGAN_PNS)), np.arange(len(PENDIDIKAN))
    seed = np.zeros((len(KINDS), len(g), len(e), 2))
    for k, kind in enumerate(KINDS):
        (mg, sg), (me, se) = TYPICAL_GOLONGAN[kind], TYPICAL_EDUCATION[kind]
        seed[k] = (
            np.exp(-0.5 * ((g - mg) / sg) ** 2)[:, None]
            * np.exp(-0.5 * ((e - me) / se) ** 2)[None, :]
        )[:, :, None]
    # No one above III/d with less than a diploma, and none below III/a with S2: the career rules exclude both.
    seed *= np.exp(-0.5 * ((g[:, None] - (4.2 + 1.0 * e[None, :])) / 2.6) ** 2)[None, :, :, None]
    targets = marginals(total)
    table = rake(np.maximum(seed, SELDOM * (seed > 1e-30)), targets, rounds=100)
    counts = controlled_round(table, targets)
    cells = np.argwhere(counts > 0)
    repeat = counts[counts > 0]
    cells = np.repeat(cells, repeat, axis=0)
    return pd.DataFrame(
        {
            "kind": np.array(KINDS)[cells[:, 0]],
            "golongan": np.array(GOLONGAN_PNS)[cells[:, 1]],
            "pendidikan": np.array(PENDIDIKAN)[cells[:, 2]],
            "jenis_kelamin": np.array(["L", "P"])[cells[:, 3]],
        }
    )


def contract_staff(rng: np.random.Generator, total: int = N_PPPK) -> pd.DataFrame:
    """PPPK by field (guru, nakes, teknis), education and their own golongan scale."""
    field = np.repeat(
        ["guru", "nakes", "teknis"], round_shares(np.array([0.58, 0.255, 0.165]), total)
    )
    education = np.where(field == "guru", "S1", np.where(rng.random(total) < 0.55, "D3", "S1"))
    technical = rng.choice(["SLTA", "D3", "S1"], total, p=[0.35, 0.25, 0.4])
    education = np.where(field == "teknis", technical, education)
    scale = {"SLTA": "V", "D3": "VII", "S1": "IX", "S2": "X"}
    women = np.zeros(total, dtype=bool)
    women[rng.permutation(total)[: round(PPPK_FEMALE * total)]] = True
    return pd.DataFrame(
        {
            "field": field,
            "pendidikan": education,
            "golongan": pd.Series(education).map(scale),
            "jenis_kelamin": np.where(women, "P", "L"),
        }
    )


def retirement_age(frame: pd.DataFrame) -> np.ndarray:
    """BUP of every seat: 60 for JPT, ahli madya and guru, 65 for ahli utama, else 58."""
    older = (
        (frame["jenis"] == "jpt")
        | (frame["jenjang"] == "ahli madya")
        | (frame["profesi"] == "guru")
    )
    return np.where(frame["jenjang"] == "ahli utama", 65, np.where(older, 60, 58))


def ages(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Ages in years of PNS: the published share is 51 to 60, golongan rises with age, nobody is past BUP.

    Parameters
    ----------
    frame : DataFrame
        golongan, pendidikan, jenis, jenjang, profesi.
    """
    n = len(frame)
    rank = frame["golongan"].map({g: i for i, g in enumerate(GOLONGAN_PNS)}).to_numpy(dtype=float)
    entry = frame["pendidikan"].map({e: i for i, e in enumerate(PENDIDIKAN)}).to_numpy(dtype=float)
    # Higher degrees start at a higher golongan, so at equal golongan they are younger.
    score = rank - 0.55 * entry + rng.normal(0, 1.5, n)
    limit = retirement_age(frame) - 0.08
    old = round(SHARE_51_60 * n)
    order = np.argsort(-score, kind="stable")
    out = np.empty(n)
    out[order[:old]] = 51 + 8.9 * rng.beta(1.0, 1.35, old)
    rest = n - old
    young = np.sort(24.0 + 26.9 * rng.beta(2.3, 1.25, rest))[::-1]
    out[order[old:]] = young
    over = out >= limit
    out[over] = 51 + (limit[over] - 51.05) * rng.random(int(over.sum()))
    return out


def service(age: np.ndarray, education: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Age at entry (CPNS): by education with a spread, never before 18, never less than a year ago."""
    start = (
        pd.Series(education)
        .map(
            {
                "SD": 20,
                "SMP": 20,
                "SLTA": 21,
                "D1": 22,
                "D2": 22,
                "D3": 23,
                "D4": 24,
                "S1": 24.5,
                "S2": 26,
                "S3": 28,
            }
        )
        .to_numpy(dtype=float)
    )
    entry = start + rng.gamma(1.6, 1.8, len(age))
    return np.minimum(np.maximum(entry, 18.5), np.minimum(age - 1.2, 35.0)).clip(18.1)


def numbers(
    birth: np.ndarray, second: np.ndarray, sex: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Synthetic NIP with serial 000, made unique by moving births by days.

    Parameters
    ----------
    birth : ndarray of datetime64[D]
    second : ndarray of str
        Six digits: year and month of entry, or year and contract number of PPPK.
    sex : ndarray of str
        'L' or 'P'.

    Returns
    -------
    birth, nip
    """
    birth = birth.copy()
    taken: set[str] = set()
    out = []
    for i in range(len(birth)):
        while True:
            day = str(birth[i]).replace("-", "")
            nip = f"{day}{second[i]}{1 if sex[i] == 'L' else 2}000"
            if nip not in taken:
                break
            birth[i] += np.timedelta64(1, "D")
        taken.add(nip)
        out.append(nip)
    return birth, np.array(out)
