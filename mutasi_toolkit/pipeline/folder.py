"""Run folders: written beside their place, put there in one step, described by a manifest of hashes."""

from __future__ import annotations

import ctypes
import errno
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: Files of a run that change from run to run and therefore stand outside the manifest.
OUTSIDE = ("manifest.json", "timings.json")
_AT_FDCWD, _RENAME_EXCHANGE = -100, 2


def sha256_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    digest = hashlib.sha256()
    with path.open("rb") as handle:
        for block in iter(lambda: handle.read(1 << 20), b""):
            digest.update(block)
    return digest.hexdigest()


def hash_files(root: Path, files: Iterable[Path]) -> dict[str, str]:
    """SHA-256 of `files` by their path below `root`, sorted."""
    return {p.relative_to(root).as_posix(): sha256_of(p) for p in sorted(files)}


def hash_tree(root: Path, *patterns: str) -> dict[str, str]:
    """SHA-256 of all files below `root` that match one of `patterns` (all when none is given)."""
    found = {p for pattern in patterns or ("**/*",) for p in root.glob(pattern) if p.is_file()}
    return hash_files(
        root,
        (p for p in found if "__pycache__" not in p.parts and p.suffix not in {".nbi", ".nbc"}),
    )


def key_of(*parts: object) -> str:
    """One SHA-256 over values that JSON can hold: the same values give the same key."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()


def write_json(path: Path, content: Any) -> None:
    """JSON with sorted keys and a final newline, written whole or not at all."""
    part = path.with_name(path.name + ".part")
    part.write_text(
        json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8"
    )
    part.replace(path)


def read_json(path: Path) -> Any:
    """Content of a JSON file, or None when it is absent or broken."""
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def outputs_of(run: Path) -> dict[str, str]:
    """SHA-256 of every file of a run that its manifest names."""
    found = hash_tree(run)
    return {
        name: digest
        for name, digest in found.items()
        if name not in OUTSIDE and not name.endswith(".pdf") and not name.startswith(".")
    }


def put_in_place(new: Path, place: Path) -> None:
    """Put the finished folder `new` at `place`, which may hold an older one, in a single step.

    On Linux the two folders are exchanged by one system call, so that at every moment `place` holds the
    whole old run or the whole new one. Elsewhere two renames do it, and `recover` mends what a stop
    between them would leave.
    """
    if not place.exists():
        new.rename(place)
        return
    old = place.with_name(f".{place.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if _exchange(new, place):
        new.rename(old)
    else:
        place.rename(old)
        new.rename(place)
    shutil.rmtree(old, ignore_errors=True)


def _exchange(a: Path, b: Path) -> bool:
    try:
        rename = ctypes.CDLL(None, use_errno=True).renameat2
    except (OSError, AttributeError):
        return False
    done = rename(_AT_FDCWD, os.fsencode(a), _AT_FDCWD, os.fsencode(b), _RENAME_EXCHANGE)
    if done != 0 and ctypes.get_errno() not in {errno.EINVAL, errno.ENOSYS, errno.EPERM}:
        raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()), str(b))
    return bool(done == 0)


def recover(place: Path) -> None:
    """Bring back the old run where a stop between two renames left none."""
    old = place.with_name(f".{place.name}.old")
    if old.is_dir() and not place.exists():
        old.rename(place)


@contextmanager
def locked(out: Path, language: str) -> Iterator[int]:
    """Hold `out` for this process; the system lets go of it when the process ends, however it ends.

    Gives the descriptor of the lock: a process that inherits it holds `out` too, until it ends as well.

    Raises
    ------
    InputError
        When another process holds it; names that process.
    """
    path = out / ".lock"
    with path.open("a+") as handle:
        try:
            import fcntl

            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except ImportError:
            pass
        except OSError as error:
            handle.seek(0)
            pid = handle.read().strip() or "?"
            raise InputError(text("pipeline.locked", language, place=str(out), pid=pid, lock=str(path))) from error
        handle.truncate(0)
        handle.write(f"{os.getpid()}\n")
        handle.flush()
        yield handle.fileno()
