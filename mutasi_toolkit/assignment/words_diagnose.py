"""Diagnoses in plain words, from the catalogue `diagnose`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mutasi_toolkit.assignment.words import points, seat_words
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from mutasi_toolkit.assignment.diagnose import Diagnosis
    from mutasi_toolkit.cycle import Cycle

#: At most so many people are named in one line.
SHOWN = 6


def diagnosis_text(found: Diagnosis, language: str) -> str:
    """All of a diagnosis as lines."""
    if found.feasible:
        return text("diagnose.feasible", language)
    lines = [text("diagnose.conflict" if found.smallest else "diagnose.conflict_maybe", language, n=len(found.conflict))]
    lines += [f"- {item_words(row, found.cycle, language)}" for row in found.conflict.itertuples()]
    lines.append(text("diagnose.relax", language))
    lines += [f"- {way_words(row, found.cycle, language)}" for row in found.relaxations.itertuples()]
    return "\n".join(lines)


def item_words(row: Any, cycle: Cycle | None, language: str) -> str:
    """One rule of a conflict: what it says, the people and seats in it, and its number."""
    said = text(f"diagnose.item_{_kind(row)}", language, **_values(row, cycle, language))
    people = _people(row.pegawai, language) if row.jenis in {"isi", "pemegang"} and row.pegawai else ""
    return said + (f" [{row.rule_id}]" if row.rule_id else "") + people


def way_words(row: Any, cycle: Cycle | None, language: str) -> str:
    """One relaxation: what to loosen and by how much."""
    return text(f"diagnose.way_{_kind(row)}", language, **_values(row, cycle, language), longgar=points(row.longgar, language), menjadi=points(_new(row), language))


def _new(row: Any) -> float:
    """The limit after loosening."""
    return row.batas - row.longgar if row.jenis in {"isi_min", "pengalaman", "pemegang"} else row.batas + row.longgar


def _kind(row: Any) -> str:
    parts = row.aturan.split("|")
    if row.jenis == "anggaran":
        return f"anggaran_{parts[1]}" if parts[1] in {"pindah", "keluar", "masuk"} else "anggaran_unit"
    known = {"isi", "opd", "pemegang", "konflik", "isi_min", "pengalaman", "kelompok", "keputusan", "capacity", "orang"}
    return row.jenis if row.jenis in known else "lain"


def _values(row: Any, cycle: Cycle | None, language: str) -> dict[str, Any]:
    parts = row.aturan.split("|")
    names = {} if cycle is None else dict(cycle.unit_name)
    last = parts[2] if row.jenis == "anggaran" and len(parts) > 2 else parts[1]
    return {
        "aturan": row.aturan,
        "batas": points(row.batas, language),
        "unit": names.get(last, last),
        "ruang": names.get(parts[-1], parts[-1]),
        "keahlian": parts[-1],
        "kursi": seat_words(cycle, row.jabatan[0], language) if row.jabatan else "",
        "orang": row.pegawai[0] if row.pegawai else "",
        "lain": row.pegawai[1] if len(row.pegawai) > 1 else "",
        **(_group(int(parts[1]), cycle, language) if row.jenis == "kelompok" and cycle is not None else {}),
    }


def _group(place: int, cycle: Cycle, language: str) -> dict[str, str]:
    """A group of people in words: who, where, the limit, and how many today."""
    group = cycle.settings.jaminan.kelompok[place]
    mine = (cycle.pegawai[group.kolom] == group.nilai).fillna(False).to_numpy(dtype=bool)
    if group.opd is not None:
        mine = mine & (cycle.pegawai["jabatan_id"].map(cycle.seat["opd_id"]).to_numpy() == group.opd)
    limits = [text(f"diagnose.group_{side}", language, n=n) for side, n in (("least", group.paling_sedikit), ("most", group.paling_banyak)) if n is not None]
    where = "" if group.opd is None else text("diagnose.group_at", language, unit=cycle.unit_name.get(group.opd, group.opd))
    return {
        "kelompok": f"{group.kolom} = {group.nilai}",
        "di": where,
        "sisi": text("diagnose.group_and", language).join(limits),
        "hitung": text(f"diagnose.group_{group.hitung}", language, n=int(mine.sum())),
    }


def _people(people: tuple[Any, ...], language: str) -> str:
    shown = ", ".join(map(str, people[:SHOWN]))
    more = text("diagnose.more", language, n=len(people) - SHOWN) if len(people) > SHOWN else ""
    return text("diagnose.people", language, orang=shown + more)
