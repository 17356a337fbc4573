"""RO-Crate 1.1 of a research run: a folder that says in JSON-LD what lies in it and what made it."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.research.provenance import sha256

METADATA = "ro-crate-metadata.json"
#: The context of the specification, and a term it lacks.
CONTEXT = ["https://w3id.org/ro/crate/1.1/context", {"sha256": "https://schema.org/sha256"}]
_TYPES = {".ipynb": "application/x-ipynb+json", ".csv": "text/csv", ".bib": "application/x-bibtex", ".yaml": "application/yaml", ".graphml": "application/graphml+xml"}


def write_crate(folder: Path, title: str, description: str, date: str, license_id: str = "https://spdx.org/licenses/MIT") -> Path:
    r"""Write `ro-crate-metadata.json` over every file that lies in `folder`.

    The same files, title and date give the same bytes. Where there is a record.json, the run is an action (CreateAction) with
    the versions of the software as instruments, the parameters of every notebook as objects, and the files as results.

    Parameters
    ----------
    folder : Path
    title, description : str
    date : str
        Date of publication, YYYY-MM-DD; never the clock's.
    license_id : str

    Returns
    -------
    Path

    Raises
    ------
    InputError
        When the folder is not there or empty.

    Source
    ------
    RO-Crate Metadata Specification 1.1.

    Examples
    --------
    >>> import tempfile
    >>> place = Path(tempfile.mkdtemp())
    >>> _ = (place / "values.csv").write_text("a\n1\n")
    >>> crate = json.loads(write_crate(place, "A run", "One value", "2026-01-31").read_text())
    >>> [entity["@id"] for entity in crate["@graph"]]
    ['ro-crate-metadata.json', './', 'values.csv', 'https://spdx.org/licenses/MIT']
    """
    files = sorted(p for p in folder.rglob("*") if p.is_file() and p.name != METADATA) if folder.is_dir() else []
    if not files:
        raise InputError(text("research.empty", folder=folder))
    made = _record(folder)
    about = {"@id": METADATA, "@type": "CreativeWork", "conformsTo": {"@id": "https://w3id.org/ro/crate/1.1"}, "about": {"@id": "./"}}
    parts = [_file(p, folder) for p in files]
    made_by = _run(made, [part["@id"] for part in parts])
    root = {
        "@id": "./", "@type": "Dataset", "name": title, "description": description, "datePublished": date,
        "license": {"@id": license_id}, "hasPart": _links(parts),
    }  # fmt: skip
    if made_by:
        root["mentions"] = [{"@id": "#run"}]
    terms = {"@id": license_id, "@type": "CreativeWork", "name": license_id.rsplit("/", 1)[-1]}
    content = {"@context": CONTEXT, "@graph": [about, root, *parts, terms, *made_by]}
    path = folder / METADATA
    path.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return path


def _file(path: Path, folder: Path) -> dict[str, Any]:
    kind = _TYPES.get(path.suffix) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    return {
        "@id": path.relative_to(folder).as_posix(), "@type": "File", "name": path.name, "encodingFormat": kind,
        "contentSize": str(path.stat().st_size), "sha256": sha256(path),
    }  # fmt: skip


def _record(folder: Path) -> Mapping[str, Any]:
    path = folder / "record.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def _links(entities: Iterable[Mapping[str, Any]]) -> list[dict[str, str]]:
    return [{"@id": entity["@id"]} for entity in entities]


def _run(made: Mapping[str, Any], files: Iterable[str]) -> list[dict[str, Any]]:
    """The run as an action: with which software and which parameters it made which files; nothing without a record."""
    if not made:
        return []
    software = [
        {"@id": f"#{name}", "@type": "SoftwareApplication", "name": name, "softwareVersion": version}
        for name, version in sorted(made.get("versions", {}).items())
    ]
    values = [
        {"@id": f"#{step}/{name}", "@type": "PropertyValue", "name": f"{step}: {name}", "value": value if isinstance(value, int | float | str) else str(value)}
        for step, given in sorted(made.get("parameters", {}).items())
        for name, value in sorted(given.items())
    ]
    made_files = [{"@id": name} for name in files if name in made.get("outputs", {})]
    action: dict[str, Any] = {"@id": "#run", "@type": "CreateAction", "name": "mutasi research", "instrument": _links(software), "object": _links(values), "result": made_files}
    return [action, *software, *values]
