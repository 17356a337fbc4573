"""Explanations in plain words, from the catalogue `explain`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    from mutasi_toolkit.assignment.explain import Explanation
    from mutasi_toolkit.cycle import Cycle


def seat_words(cycle: Cycle | None, seat: Any, language: str) -> str:
    """A seat class by title, unit and code."""
    if cycle is None:
        return str(seat)
    row = cycle.jabatan.set_index("jabatan_id").loc[seat]
    return text("explain.seat", language, nama=row["nama"], unit=cycle.unit_name[row["unit_id"]], kode=seat)


def term_words(name: str, language: str) -> str:
    """Name of a term of the objective."""
    return text(f"explain.term_{name}", language)


def signed(value: float, language: str, digits: int = 2) -> str:
    """A number with its sign, as few decimals as it needs.

    Examples
    --------
    >>> signed(-1.5, "id"), signed(2.0, "en")
    ('-1,5', '+2')
    """
    shown = number(value, digits, language)
    mark = "." if language == "en" else ","
    shown = shown.rstrip("0").rstrip(mark) if mark in shown else shown
    return shown if shown.startswith("-") or not shown.strip("0") else f"+{shown}"


def points(value: float, language: str) -> str:
    """An unsigned number with as few decimals as it needs."""
    return signed(value, language).lstrip("+")


def terms_words(terms: dict[str, float], language: str) -> str:
    """The terms that differ, greatest first."""
    used = sorted(((k, v) for k, v in terms.items() if abs(v) >= 0.005), key=lambda item: (-abs(item[1]), item[0]))
    shown = [text("explain.term_sign", language, term=term_words(k, language), n=signed(v, language)) for k, v in used]
    return ", ".join(shown) or text("explain.equal", language)


def explanation_text(record: Explanation, language: str) -> str:
    """All of an explanation as lines."""
    lines = [_headline(record, language)]
    lines += [] if record.moves else [_reason(record, r, language) for r in record.why_not]
    if record.alternative:
        lines.append(text(f"explain.gain_{record.alternative}", language, n=points(record.difference, language), terms=terms_words(record.terms, language)))
    elif record.moves or record.cycle is None:
        lines.append(text("explain.gain_none", language))
    lines += _next(record, language) + _rules(record, language)
    return "\n".join(lines)


def _headline(record: Explanation, language: str) -> str:
    if record.cycle is None:
        return text("explain.placed", language, pegawai=record.pegawai_id, tujuan=record.jabatan_tujuan)
    origin, target = (seat_words(record.cycle, s, language) for s in (record.jabatan_asal, record.jabatan_tujuan))
    if record.moves:
        return text("explain.moves", language, pegawai=record.pegawai_id, asal=origin, tujuan=target)
    return text("explain.stays_due" if record.due else "explain.stays", language, pegawai=record.pegawai_id, asal=origin)


def _reason(record: Explanation, reason: dict[str, Any], language: str) -> str:
    kind = reason["kind"]
    values = {k: v for k, v in reason.items() if k != "kind"}
    if kind == "cost":
        kind = "cost" if reason["cost"] > 0 else "cost_equal"
        values |= {"seat": seat_words(record.cycle, reason["seat"], language), "cost": points(reason["cost"], language)}
    elif kind == "budget":
        values["cost"] = signed(reason["cost"], language)
    return text(f"explain.why_{kind}", language, **values)


def _next(record: Explanation, language: str) -> list[str]:
    lines, person, seat = [], record.next_best["person"], record.next_best["seat"]
    if person is not None:
        lines.append(text("explain.next_person", language, pegawai=person["pegawai_id"], n=points(person["cost"], language), m=person["moves"]))
    elif record.moves:
        lines.append(text("explain.next_person_none", language))
    if seat is not None and (record.moves or record.cycle is None):
        where = seat_words(record.cycle, seat["jabatan_id"], language)
        lines.append(text("explain.next_seat", language, kursi=where, n=points(seat["cost"], language), m=seat["moves"]))
    elif record.moves:
        lines.append(text("explain.next_seat_none", language))
    return lines


def _rules(record: Explanation, language: str) -> list[str]:
    found = record.rules
    if not len(found):
        return []
    if not record.moves:
        head = [text("explain.blocking", language)] if len(found) else []
        return head + [text("explain.rule_blocks", language, id=r.rule_id, n=r.n_kursi, pernyataan=_says(r, language), pasal=r.citation) for r in found.itertuples()]
    lines = [text("explain.passed", language)]
    for row in found[found["verdict"].isin(["lolos", "dikecualikan", "menghalangi"])].itertuples():
        key = "explain.rule_unsure" if row.sure == "memory" else "explain.rule"
        word = text(f"rules.{row.verdict}", language)
        lines.append(text(key, language, id=row.rule_id, kata=word, pernyataan=_says(row, language), pasal=row.citation))
    for verdict, key in (("keadaan", "explain.after_all"), ("tidak_diperiksa", "explain.unchecked")):
        ids = found.loc[found["verdict"] == verdict, "rule_id"]
        lines += [text(key, language, ids=", ".join(ids))] if len(ids) else []
    return lines


def _says(row: Any, language: str) -> str:
    return str(row.statement_en if language == "en" else row.statement_id).rstrip(".")


def table_words(terms: dict[str, float], language: str) -> pd.DataFrame:
    """Terms as a table in words: suku, poin."""
    return pd.DataFrame([(term_words(k, language), v) for k, v in terms.items()], columns=["suku", "poin"])
