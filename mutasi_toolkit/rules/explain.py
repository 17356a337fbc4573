"""What every rule says about one pair, and which rules a cycle can check at all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.rules.model import load, missing_inputs
from mutasi_toolkit.rules.pairs import CHECKS, book_of, candidate_parts, evaluate

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


def _position(ids: pd.Series, value: str, what: str) -> int:
    at = int(pd.Index(ids).get_indexer([value])[0])
    if at < 0:
        raise InputError(text("rules.unknown_code", what=what, value=value))
    return at


def explain_pair(
    cycle: Cycle, pegawai_id: str, jabatan_id: str, language: str = "id"
) -> pd.DataFrame:
    """What each pair rule says about one person in one seat.

    Parameters
    ----------
    cycle : Cycle
    pegawai_id, jabatan_id : str
    language : str
        Language of the statements.

    Returns
    -------
    DataFrame
        rule_id, verdict (lolos, menghalangi, dikecualikan, tidak_diperiksa, tidak_berlaku), statement, citation, sure.

    Raises
    ------
    InputError
        When the cycle has no such person or seat.
    """
    p = _position(cycle.pegawai["pegawai_id"], pegawai_id, "pegawai_id")
    s = _position(cycle.jabatan["jabatan_id"], jabatan_id, "jabatan_id")
    found = evaluate(cycle, np.array([p]), np.array([s]))
    rows = []
    for rule in load(cycle):
        if rule.id not in CHECKS:
            continue
        verdict = "tidak_berlaku"
        for word, mask in (
            ("lolos", found.applies),
            ("tidak_diperiksa", found.unchecked),
            ("dikecualikan", found.waived),
            ("menghalangi", found.blocked),
        ):
            verdict = word if mask[0] & rule.bit else verdict
        rows.append((rule.id, verdict, rule.statement(language), rule.citation, rule.sure))
    return pd.DataFrame(rows, columns=["rule_id", "verdict", "statement", "citation", "sure"])


def coverage(cycle: Cycle, language: str = "id") -> pd.DataFrame:
    """Which rules the cycle can check, and how many pairs each one blocks.

    A rule that lacks every value of a column it reads is not checked; it never counts as passed.

    Returns
    -------
    DataFrame
        rule_id, pernyataan, jenis_aturan (hard, waivable, soft, report), lingkup (pair, state, report),
        diperiksa (bool), kolom_kosong, n_pasangan_dihalangi (among pairs of one kind, level and profession),
        n_orang_tidak_diperiksa, pasal, keyakinan.
    """
    book = book_of(cycle)
    rules = load(cycle)
    blocked = dict.fromkeys((rule.id for rule in rules), 0)
    unknown = np.zeros(len(cycle.pegawai), dtype=np.uint64)
    for p, s in candidate_parts(book):
        found = evaluate(cycle, p, s, book)
        np.bitwise_or.at(unknown, p, found.unchecked)
        for rule in rules:
            blocked[rule.id] += int(np.count_nonzero(found.blocked & rule.bit))
    rows = []
    for rule in rules:
        lacking = missing_inputs(cycle, rule)
        rows.append(
            (
                rule.id, rule.statement(language), rule.kind, rule.scope, not lacking, ", ".join(lacking), blocked[rule.id],
                int(np.count_nonzero(unknown & rule.bit)), rule.citation, rule.sure,
            )
        )  # fmt: skip
    names = [
        "rule_id",
        "pernyataan",
        "jenis_aturan",
        "lingkup",
        "diperiksa",
        "kolom_kosong",
        "n_pasangan_dihalangi",
        "n_orang_tidak_diperiksa",
        "pasal",
        "keyakinan",
    ]
    return pd.DataFrame(rows, columns=names)
