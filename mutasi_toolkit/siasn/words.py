"""Words of a SIASN export turned into those of the tables: status, education, kind and level of a job, kind of a unit."""

from __future__ import annotations

import re

from mutasi_toolkit.schema import GOLONGAN_PNS, GOLONGAN_PPPK
from mutasi_toolkit.siasn.export import parameters

LEVELS = ("ahli utama", "ahli madya", "ahli muda", "ahli pertama", "penyelia", "mahir", "terampil", "pemula")


def first_match(kind: str, words: str) -> str:
    """Table value for `words` by the list `kind` of data/parameters/siasn.yaml; '' where none begins so.

    Examples
    --------
    >>> first_match("pendidikan", "S-1/Sarjana"), first_match("jenis_unit", "Dinas Kesehatan")
    ('S1', 'dinas')
    """
    low = words.strip().lower()
    for begins, value in parameters()[kind]["values"]:
        if low == begins or re.match(re.escape(begins) + r"(?![a-z0-9])", low):
            return str(value)
    return ""


def golongan(words: str) -> str:
    """Grade as the tables write it; the words themselves where they are none.

    Examples
    --------
    >>> golongan("iii/d"), golongan("Golongan IX")
    ('III/d', 'IX')
    """
    plain = re.sub(r"^(golongan|gol\.?)\s*", "", words.strip(), flags=re.IGNORECASE).replace(" ", "").replace(".", "/")
    by_lower = {g.lower(): g for g in GOLONGAN_PNS + GOLONGAN_PPPK}
    return by_lower.get(plain.lower(), words)


def status(kind: str, standing: str, cpns: str, grade: str) -> str:
    """PNS, CPNS, PPPK or PPPK paruh waktu from the columns that tell.

    Examples
    --------
    >>> status("PNS Daerah Otonom", "Aktif", "P", "III/a"), status("", "PPPK Aktif", "", "IX")
    ('PNS', 'PPPK')
    """
    told = f"{kind} {standing}".lower()
    if "paruh waktu" in told:
        return "PPPK paruh waktu"
    if "pppk" in told or grade in GOLONGAN_PPPK:
        return "PPPK"
    return "CPNS" if cpns.strip().upper() in {"C", "CPNS"} else "PNS"


def sex(words: str) -> str:
    """L or P from M/F, L/P or the words.

    Examples
    --------
    >>> sex("F"), sex("Laki-laki"), sex("?")
    ('P', 'L', '')
    """
    low = words.strip().lower()
    if low in {"m", "l", "pria", "laki-laki", "laki laki", "1"}:
        return "L"
    return "P" if low in {"f", "p", "w", "wanita", "perempuan", "2"} else ""


def level(title: str) -> str:
    """Level of a functional job in its title.

    Examples
    --------
    >>> level("Analis Kepegawaian Ahli Muda")
    'ahli muda'
    """
    low = title.lower()
    return next((word for word in LEVELS if re.search(rf"\b{word}$", low)), "")


def kind_of_job(words: str, title: str, eselon: str) -> tuple[str, bool]:
    """Kind of a job, and whether it was guessed from the title for want of an eselon.

    Examples
    --------
    >>> kind_of_job("Jabatan Struktural", "Kepala Dinas Kesehatan", ""), kind_of_job("Fungsional Umum", "Pengelola Keuangan", "")
    (('jpt', True), ('pelaksana', False))
    """
    low, name = words.lower(), title.lower()
    if "pelaksana" in low or "umum" in low:
        return "pelaksana", False
    if "fungsional" in low:
        return "fungsional", False
    by_rank = {"I": "jpt", "II": "jpt", "III": "administrator", "IV": "pengawas", "V": "pengawas"}
    rank = eselon.upper().partition(".")[0]
    if rank in by_rank:
        return by_rank[rank], False
    if "struktural" not in low and "pimpinan" not in low:
        return ("fungsional", True) if level(title) else ("pelaksana", True)
    if re.match(r"(kepala (dinas|badan|satuan)|sekretaris (daerah|dprd|dewan)|asisten|staf ahli|inspektur(?! pembantu))", name):
        return "jpt", True
    if re.match(r"(sekretaris|kepala (bidang|bagian)|camat|inspektur pembantu)", name):
        return "administrator", True
    return "pengawas", True


def eselon(words: str) -> str:
    """Eselon as the tables write it: II.b.

    Examples
    --------
    >>> eselon("II/b"), eselon("IVa"), eselon("-")
    ('II.b', 'IV.a', '')
    """
    found = re.fullmatch(r"(I|II|III|IV|V)[./ ]?([abAB])", words.strip())
    return f"{found.group(1)}.{found.group(2).lower()}" if found else ""
