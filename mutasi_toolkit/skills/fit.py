"""Fit of a person to a seat: job person match (JPM), and what the named profiles make of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd
from scipy import sparse

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml
from mutasi_toolkit.skills.table import SkillMatrix, derived, levels, required

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: People whose sums for every requirement profile they are asked about are held in memory at once.
_BLOCK = 2_048


#: What job standards ask for: their skills (skills x different standards), the standard of every seat, and the levels it asks for in all.
Standards = tuple[sparse.csc_array, np.ndarray, np.ndarray]
#: Levels and standards of cycles that are in use: a cycle never changes, and what is known of it goes when it goes.
_KNOWN: WeakKeyDictionary[Cycle, tuple[sparse.csr_array, Standards]] = WeakKeyDictionary()


def _standards(asks: sparse.csr_array) -> Standards:
    profiles, of_seat = _distinct_rows(asks > 0)
    total = np.asarray(asks.sum(axis=1, dtype=np.int64)).ravel()
    return profiles.T.tocsc().astype(np.float32), of_seat, total.astype(float)


def _sums(levels_: sparse.csr_array, standards: Standards, person: np.ndarray, seat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """For every pair: attained and required levels, summed over the skills the seat asks for.

    Seats with the same requirements share a column, and only people and requirements of the pairs are looked at, so that the work of
    people who may take seats of one office only does not grow with the number of offices.
    """
    wanted, of_seat, total = standards
    attained = np.empty(len(person))
    order = np.argsort(person, kind="stable")
    people, first = np.unique(person[order], return_index=True)
    edges = np.append(first, len(order))
    for start in range(0, len(people), _BLOCK):
        some = people[start : start + _BLOCK]
        at = order[edges[start] : edges[start + len(some)]]
        asked, column = np.unique(of_seat[seat[at]], return_inverse=True)
        table = (levels_[some].astype(np.float32) @ wanted[:, asked]).toarray()
        attained[at] = table[np.searchsorted(some, person[at]), column]
    return attained, total[seat]


def _distinct_rows(matrix: sparse.csr_array) -> tuple[sparse.csr_array, np.ndarray]:
    """The different rows of a boolean CSR matrix, and for every row which of them it is."""
    seen: dict[bytes, int] = {}
    code = np.empty(matrix.shape[0], dtype=np.int64)
    first: list[int] = []
    for row in range(matrix.shape[0]):
        key = np.sort(matrix.indices[matrix.indptr[row] : matrix.indptr[row + 1]]).tobytes()
        if key not in seen:
            seen[key] = len(first)
            first.append(row)
        code[row] = seen[key]
    return matrix[np.array(first, dtype=np.int64)].tocsr(), code


def fit_codes(cycle: Cycle, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    """JPM of pairs given as integer positions: the fast way for millions of pairs.

    As `fit`, without labels.

    Parameters
    ----------
    cycle : Cycle
    person, seat : ndarray of int, shape (n_pairs,)
        Positions of rows of `cycle.pegawai` and `cycle.jabatan`.

    Returns
    -------
    ndarray of float, shape (n_pairs,)
        Percent in [0, 100]; nan where the seat asks for nothing.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> fit_codes(two_offices(), np.array([0, 2]), np.array([0, 1])).round(2).tolist()
    [100.0, 28.57]
    """
    person, seat = np.asarray(person, dtype=np.int64), np.asarray(seat, dtype=np.int64)
    if cycle not in _KNOWN:
        have = levels(cycle)
        _KNOWN[cycle] = have.matrix, _standards(required(cycle, have.keahlian))
    return _percent(*_sums(*_KNOWN[cycle], person, seat))


def _percent(attained: np.ndarray, total: np.ndarray) -> np.ndarray:
    share = np.divide(100.0 * attained, total, out=np.full(len(total), np.nan), where=total > 0)
    return np.minimum(share, 100.0)


def _pair_codes(cycle: Cycle, pairs: pd.DataFrame | None) -> tuple[pd.MultiIndex, np.ndarray, np.ndarray]:
    if pairs is None:
        pairs = cycle.pegawai
    if not {"pegawai_id", "jabatan_id"} <= set(pairs.columns):
        raise InputError(text("skills.pairs_columns", columns=", ".join(map(str, pairs.columns))))
    index = pd.MultiIndex.from_frame(pairs[["pegawai_id", "jabatan_id"]])
    person = pd.Index(cycle.pegawai["pegawai_id"]).get_indexer(pairs["pegawai_id"])
    seat = pd.Index(cycle.jabatan["jabatan_id"]).get_indexer(pairs["jabatan_id"])
    for what, codes in (("pegawai_id", person), ("jabatan_id", seat)):
        unknown = pairs.loc[codes < 0, what].astype(str).unique()
        if len(unknown):
            raise InputError(text("skills.pairs_unknown", what=what, values=", ".join(unknown[:5]), n=len(unknown)))
    return index, person, seat


def fit(cycle: Cycle, pairs: pd.DataFrame | None = None) -> pd.Series:
    """Job person match of people and seats, in percent.

    For person p and seat class j, over the skills s that j asks for::

        JPM[p, j] = min(100, 100 * sum_s tingkat[p, s] / sum_s syarat[j, s])

    A level above what is asked makes up for one below it, and 100 is the cap, as the definition in
    use reads ('capaian dibanding standar jabatan'); `jpm_table` also gives the share in which
    nothing makes up for anything.

    Special cases: a skill without a record counts 0; a seat that asks for nothing gives nan; a
    person without any recorded skill gives 0.

    Parameters
    ----------
    cycle : Cycle
    pairs : DataFrame, optional
        Columns pegawai_id and jabatan_id; None takes every person in the own seat.

    Returns
    -------
    Series of float
        Indexed by (pegawai_id, jabatan_id) in the order of `pairs`; 0 to 100, nan.

    Raises
    ------
    InputError
        When a column is missing or a code is unknown.

    References
    ----------
    Definition as in the announcements of uji kompetensi; PermenPAN-RB 38/2017 for the standard.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> fit(two_offices()).round(1).to_list()
    [100.0, 60.0, 28.6, 71.4]
    """
    index, person, seat = _pair_codes(cycle, pairs)
    return pd.Series(fit_codes(cycle, person, seat), index=index, name="jpm")


@dataclass(frozen=True, slots=True)
class Profile:
    """A named profile of JPM cut-offs.

    Attributes
    ----------
    name : str
    groups : tuple of dict
        As in data/parameters/jpm.yaml; the last one fits every seat.
    technical_weight : dict of str to float
        jenjang -> weight of the technical skills in percent; empty: one sum over all skills.
    source, sure : str
        Where it is written, and how sure that is.
    """

    name: str
    groups: tuple[dict[str, Any], ...]
    technical_weight: dict[str, float]
    source: str
    sure: str

    def group(self, jenis: str, jenjang: str) -> dict[str, Any]:
        """The first group of seats that `jenis` and `jenjang` belong to."""
        for group in self.groups[:-1]:
            if jenis in group.get("jenis", ()) or jenjang in group.get("jenjang", ()):
                return group
        return self.groups[-1]


@cache
def _parameters() -> dict[str, Any]:
    return load_yaml(data_dir("parameters") / "jpm.yaml")


def profile(name: str) -> Profile:
    """The profile `name` of data/parameters/jpm.yaml.

    Raises
    ------
    InputError
        When there is none of that name; names those there are.

    Examples
    --------
    >>> profile("80/68").group("pelaksana", "")["lulus"], profile("KKP").group("jpt", "")["lulus"]
    (68, 85)
    """
    known = _parameters()["profil"]
    if name not in known:
        raise InputError(text("skills.profile_unknown", name=name, known=", ".join(sorted(known))))
    entry = known[name]
    weight = {k: float(v) for k, v in (entry["bobot_teknis"] or {}).items()}
    return Profile(name, tuple(entry["golongan_jabatan"]), weight, entry["sumber"], entry["keyakinan"])


def general_competencies() -> frozenset[str]:
    """Names of the managerial and socio-cultural competencies, in small letters.

    Examples
    --------
    >>> len(general_competencies())
    9
    """
    names = _parameters()["kompetensi"]
    return frozenset(n.lower() for n in [*names["manajerial"], *names["sosial_kultural"]])


def cutoffs(cycle: Cycle) -> pd.Series:
    """Least JPM with which each seat class may be taken, under the profile of the settings.

    `settings.jpm.minimum` where given, else the profile's `lulus` for the kind of seat.

    Returns
    -------
    Series of float
        Percent, indexed by jabatan_id.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> cutoffs(two_offices()).to_list()
    [68.0, 68.0]
    """
    chosen, least = profile(cycle.settings.jpm.profil), cycle.settings.jpm.minimum
    kinds = cycle.jabatan[["jenis", "jenjang"]].fillna("")
    values = [least if least is not None else chosen.group(a, b)["lulus"] for a, b in kinds.itertuples(index=False)]
    return pd.Series(values, index=pd.Index(cycle.jabatan["jabatan_id"], name="jabatan_id"), dtype=float, name="jpm_min")


def jpm_table(cycle: Cycle, pairs: pd.DataFrame | None = None, name: str | None = None) -> pd.DataFrame:
    """JPM of pairs with what a reader needs to judge it.

    With the parts T (technical skills) and M (managerial and socio-cultural competencies), the
    weighted JPM is w JPM_T + (1 - w) JPM_M, w being the profile's weight for the jenjang of the
    seat; where the profile has none, or the seat asks for one part only, it is the plain JPM.

    Parameters
    ----------
    cycle : Cycle
    pairs : DataFrame, optional
        As for `fit`.
    name : str, optional
        Profile; None takes that of the settings.

    Returns
    -------
    DataFrame
        Indexed as `fit`: jpm; jpm_ketat (100 * sum min(tingkat, syarat) / sum syarat: no level
        makes up for another); jpm_teknis, jpm_umum, jpm_berbobot; kategori and lulus (boolean, by
        `jpm`); turunan, the share of the attained levels that is derived.

    Examples
    --------
    >>> from mutasi_toolkit.skills.example import two_offices
    >>> jpm_table(two_offices())[["jpm_ketat", "kategori"]].round(1).to_numpy().tolist()[3]
    [42.9, 'masih memenuhi syarat']
    """
    chosen = profile(name or cycle.settings.jpm.profil)
    index, person, seat = _pair_codes(cycle, pairs)
    have = levels(cycle)
    asks = required(cycle, have.keahlian)
    attained, total = _sums(have.matrix, _standards(asks), person, seat)
    jpm = _percent(attained, total)
    parts = _parts(have, asks, person, seat)
    from_derived, _ = _sums(have.matrix.multiply(derived(cycle, have)).tocsr(), _standards(asks), person, seat)
    kinds = cycle.jabatan[["jenis", "jenjang"]].fillna("").iloc[seat]
    category, passed = _judge(chosen, kinds, jpm, cycle.settings.jpm.minimum if name is None else None)
    weight = kinds["jenjang"].map(chosen.technical_weight).to_numpy(dtype=float) / 100
    mixed = weight * parts[0] + (1 - weight) * parts[1]
    share = np.divide(from_derived, attained, out=np.full(len(jpm), np.nan), where=attained > 0)
    columns = {
        "jpm": jpm,
        "jpm_ketat": _strict(have.matrix, asks, person, seat),
        "jpm_teknis": parts[0],
        "jpm_umum": parts[1],
        "jpm_berbobot": np.where(np.isnan(mixed), jpm, mixed),
        "kategori": pd.array(category, dtype="str"),
        "lulus": passed,
        "turunan": share,
    }
    return pd.DataFrame(columns, index=index)


def _parts(have: SkillMatrix, asks: sparse.csr_array, person: np.ndarray, seat: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    general = have.keahlian.str.lower().isin(general_competencies())
    keep = [asks.multiply(mask[None, :].astype(np.int8)).tocsr() for mask in (~general, general)]
    for matrix in keep:
        matrix.eliminate_zeros()
    technical, managerial = (_percent(*_sums(have.matrix, _standards(matrix), person, seat)) for matrix in keep)
    return technical, managerial


def _strict(have: sparse.csr_array, asks: sparse.csr_array, person: np.ndarray, seat: np.ndarray) -> np.ndarray:
    """Σ min(a, r) = Σ over k of [a >= k][r >= k]: five products of 0/1 matrices."""
    total = np.asarray(asks.sum(axis=1, dtype=np.int64)).ravel()[seat].astype(float)
    least = np.zeros(len(person))
    for k in range(1, 6):
        least += _sums((have >= k).tocsr(), _standards((asks >= k).tocsr()), person, seat)[0]
    return _percent(least, total)


def _judge(chosen: Profile, kinds: pd.DataFrame, jpm: np.ndarray, least: float | None) -> tuple[list[str | float], pd.Series]:
    category: list[str | float] = []
    passed: list[bool | None] = []
    for (jenis, jenjang), value in zip(kinds.itertuples(index=False), jpm, strict=True):
        group = chosen.group(jenis, jenjang)
        named = [b["kategori"] for b in group["batas"] if value >= b["minimum"]]
        category.append(named[0] if named else np.nan)
        limit = group["lulus"] if least is None else least
        passed.append(None if np.isnan(value) else bool(value >= limit))
    return category, pd.array(passed, dtype="boolean")
