"""What a research run was made with: versions, seeds, hashes, and what to cite."""

from __future__ import annotations

import hashlib
import json
import platform
import re
import shutil
import subprocess
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path
from typing import Any

import yaml

from mutasi_toolkit import __version__
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import PACKAGE, data_dir

#: Packages whose version can change a number.
LIBRARIES = ("numpy", "scipy", "pandas", "numba", "networkx", "matplotlib", "papermill", "pyfixest", "differences", "SALib", "highspy")


def sha256(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def source_hash(folder: Path = PACKAGE) -> str:
    """One SHA-256 over the names and contents of all Python files of the package, in the order of their names."""
    whole = hashlib.sha256()
    for path in sorted(folder.rglob("*.py")):
        whole.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return whole.hexdigest()


def commit(folder: Path = PACKAGE.parent) -> str | None:
    """Commit of the checkout the package lies in, with '+' where files were changed; None outside a checkout."""
    program = shutil.which("git")
    if program is None or not (folder / ".git").exists():
        return None

    def git(*words: str) -> str:
        return subprocess.run([program, "-C", str(folder), *words], capture_output=True, text=True, check=True).stdout.strip()

    try:
        return git("rev-parse", "HEAD") + ("+" if git("status", "--porcelain", "--untracked-files=no") else "")
    except (OSError, subprocess.CalledProcessError):
        return None


def versions() -> dict[str, str]:
    """Versions of Python and of the libraries that are installed."""
    found = {"python": platform.python_version(), "mutasi_toolkit": __version__}
    for name in LIBRARIES:
        try:
            found[name] = metadata.version(name)
        except metadata.PackageNotFoundError:
            continue
    return found


def bibliography(keys: Iterable[str] | None = None) -> str:
    """BibTeX entries of the papers that research notebooks follow.

    Parameters
    ----------
    keys : iterable of str, optional
        Such as 'march1991'; all where None.

    Raises
    ------
    InputError
        For an unknown key; names those there are.

    Examples
    --------
    >>> bibliography(["march1991"]).splitlines()[0]
    '@article{march1991,'
    """
    entries = re.findall(r"^@\w+\{.*?^\}", (data_dir("reference") / "riset.bib").read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    by_key = {entry.split("{", 1)[1].split(",", 1)[0]: entry for entry in entries}
    wanted = list(by_key) if keys is None else list(keys)
    for key in wanted:
        if key not in by_key:
            raise InputError(text("research.unknown", what=key, known=", ".join(by_key)))
    return "\n".join(by_key[key] for key in wanted)


def citation(keys: Iterable[str] | None = None) -> str:
    """BibTeX of this software and of the papers `keys`: the citation block of a research run.

    Examples
    --------
    >>> citation([]).splitlines()[0]
    '@software{mutasi_toolkit,'
    """
    path = PACKAGE.parent / "CITATION.cff"
    given: Mapping[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8")) if path.is_file() else {}
    authors = " and ".join(a.get("name") or f"{a['family-names']}, {a['given-names']}" for a in given.get("authors", [])) or "mutasi_toolkit contributors"
    title = given.get("title", "mutasi_toolkit")
    here = commit()
    lines = [f"  author = {{{{{authors}}}}}", f"  title = {{{title}}}", f"  version = {{{__version__}}}"]
    lines += [f"  note = {{commit {here}}}"] if here else []
    software = "@software{mutasi_toolkit,\n" + ",\n".join(lines) + "\n}"
    papers = bibliography(keys)
    return software + ("\n" + papers if papers else "")


def record(parameters: Mapping[str, Mapping[str, Any]], inputs: Iterable[Path] = (), outputs: Iterable[Path] = (), root: Path | None = None) -> dict[str, Any]:
    """Everything needed to run the same thing again, and to tell whether it came out the same.

    Parameters
    ----------
    parameters : mapping
        Of each notebook or step: its parameters, seeds among them.
    inputs, outputs : iterable of Path
    root : Path, optional
        Names are relative to it, else to the checkout, else the file's with its folder.

    Returns
    -------
    dict
        versions, commit, source (SHA-256 of the package), parameters, inputs and outputs (name to SHA-256).
    """

    def name(path: Path) -> str:
        above = next((place for place in (root, PACKAGE.parent) if place is not None and path.is_relative_to(place)), path.parent.parent)
        return path.relative_to(above).as_posix()

    def names(paths: Iterable[Path]) -> dict[str, str]:
        return {name(p): sha256(p) for p in sorted(paths)}

    return {
        "versions": versions(),
        "commit": commit(),
        "source": source_hash(),
        "parameters": {name: dict(values) for name, values in sorted(parameters.items())},
        "inputs": names(inputs),
        "outputs": names(outputs),
    }


def write_record(folder: Path, content: Mapping[str, Any], keys: Iterable[str] | None = None) -> None:
    """Write record.json and citation.bib into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "record.json").write_text(json.dumps(content, indent=1, sort_keys=True, ensure_ascii=False) + "\n", encoding="utf-8")
    (folder / "citation.bib").write_text(citation(keys) + "\n", encoding="utf-8")
