"""Pseudonyms: every person's code replaced by a keyed hash; the key stays outside the run folder.

A pseudonym is 'P' and the first 16 hexadecimal digits of HMAC-SHA256(key, code): the same key gives the same pseudonym in every run, so that runs
can be compared; without the key neither the code can be found nor a guessed code be tested.
"""

from __future__ import annotations

import csv
import hashlib
import hmac
import io
import json
import os
import secrets
import shutil
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.pipeline.stages import MASKED, Job

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Environment variable that holds the key, or the path of the file that does.
KEY, KEY_FILE = "MUTASI_PSEUDONYM_KEY", "MUTASI_PSEUDONYM_KEY_FILE"
#: A key shorter than this could be guessed.
SHORTEST = 16
#: Columns that hold people's codes.
PEOPLE = ("pegawai_id", "pegawai_a", "pegawai_b")


def find_key(place: Path, language: str = "id") -> str:
    """The key: from the environment, else from a file, which is made, readable by its owner only, when it is not there.

    Parameters
    ----------
    place : Path
        Folder of the runs; a key file inside it is refused.
    language : str

    Raises
    ------
    InputError
        When the key is too short, or would lie in `place`.
    """
    given = os.environ.get(KEY, "")
    if not given:
        path = Path(os.environ.get(KEY_FILE) or Path.home() / ".config" / "mutasi" / "pseudonym.key")
        if path.resolve().is_relative_to(place.resolve()):
            raise InputError(text("pipeline.key_inside", language, file=str(path)))
        if not path.is_file():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.touch(mode=0o600)
            path.write_text(secrets.token_hex(32) + "\n", encoding="utf-8")
        given = path.read_text(encoding="utf-8").strip()
    if len(given) < SHORTEST:
        raise InputError(text("pipeline.key_short", language, n=SHORTEST))
    return given


def pseudonym(code: str, secret: str) -> str:
    """Pseudonym of one person.

    Examples
    --------
    >>> pseudonym("198001012005011000", "an example key, not a secret")
    'P2fa66778a89c3781'
    """
    return "P" + hmac.new(secret.encode(), code.encode(), hashlib.sha256).hexdigest()[:16]


def names_of(cycle: Cycle, secret: str) -> dict[str, str]:
    """Pseudonym of every person of a cycle, by code, history included."""
    codes: set[str] = set()
    for frame in cycle.tables.values():
        for column in PEOPLE:
            if column in frame:
                codes |= set(frame[column].dropna())
    codes |= set(cycle.settings.izin.pegawai)
    return {code: pseudonym(code, secret) for code in codes}


def masked(cycle: Cycle, secret: str) -> Cycle:
    """The cycle with every person's code replaced; codes that are pseudonyms already stay."""
    from mutasi_toolkit.cycle import _in_order

    names = names_of(cycle, secret)
    names |= {new: new for new in names.values()}
    changed: dict[str, Any] = {}
    for table, frame in cycle.tables.items():
        mine = [c for c in PEOPLE if c in frame]
        if mine and len(frame):
            changed[table] = _in_order(table, frame.assign(**{c: frame[c].map(names).astype(frame[c].dtype) for c in mine}))
    settings = cycle.settings
    izin = settings.izin.model_copy(update={"pegawai": tuple(names[p] for p in settings.izin.pegawai)})
    return replace(cycle, **changed, settings=settings.model_copy(update={"izin": izin}), faults=())


def mask_proposal(written: Path, target: Path, cycle: Cycle, secret: str) -> None:
    """Write a saved proposal again with pseudonyms, rows in their order, so that no order of codes shows through."""
    names = names_of(cycle, secret)
    (target / "tables").mkdir(parents=True, exist_ok=True)
    for path in sorted((written / "tables").glob("*.csv")):
        (target / "tables" / path.name).write_text(_mask_csv(path.read_text(encoding="utf-8"), names), encoding="utf-8")
    content = _mask(json.loads((written / "plan.json").read_text(encoding="utf-8")), names)
    for name in ("assignment", "moves"):
        content[name]["rows"].sort()
    (target / "plan.json").write_text(json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def _mask_csv(content: str, names: dict[str, str]) -> str:
    rows = list(csv.reader(io.StringIO(content)))
    head, body = rows[0], rows[1:]
    new = [[_swap(cell, names) for cell in row] for row in body]
    if head and head[0] in PEOPLE and new != body:
        new.sort()
    out = io.StringIO()
    csv.writer(out, lineterminator="\n").writerows([head, *new])
    return out.getvalue()


def _swap(words: str, names: dict[str, str]) -> str:
    """A cell in which a code stands, alone or between other words, with its pseudonym."""
    if words in names:
        return names[words]
    parts = words.replace(",", " , ").replace(";", " ; ").replace(":", " : ").split(" ")
    if not any(p in names for p in parts):
        return words
    for code in sorted((p for p in parts if p in names), key=len, reverse=True):
        words = words.replace(code, names[code])
    return words


def _mask(value: Any, names: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {_swap(k, names): _mask(v, names) for k, v in value.items()}
    if isinstance(value, list):
        return [_mask(v, names) for v in value]
    return _swap(value, names) if isinstance(value, str) else value


def write_masked(job: Job) -> None:
    """Write the cycle under pseudonyms into the unfinished run, for its notebooks; it is removed when the run is finished."""
    from mutasi_toolkit.pipeline.work import real_cycle, shown_cycle

    place = job.part / MASKED
    shown_cycle(job).write(place)
    (place / "keputusan.csv").unlink(missing_ok=True)
    folder = job.source if job.source.is_dir() else job.source.parent
    if (folder / "scenarios").is_dir():
        shutil.copytree(folder / "scenarios", place / "scenarios")
    names = names_of(real_cycle(job), job.secret)
    for path in sorted((folder / "catatan").glob("*/*.*")) if (folder / "catatan").is_dir() else []:
        new = place / "catatan" / path.parent.name / path.name
        new.parent.mkdir(parents=True, exist_ok=True)
        content = path.read_text(encoding="utf-8")
        if path.suffix == ".csv":
            first = pd.read_csv(path, dtype=str, nrows=0).columns
            codes = pd.read_csv(path, dtype=str)["pegawai_id"].dropna() if "pegawai_id" in first else []
            content = _mask_csv(content, names | {c: pseudonym(c, job.secret) for c in codes})
        new.write_text(content, encoding="utf-8")
