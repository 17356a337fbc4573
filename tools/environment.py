"""environment.yml from pyproject.toml: the same names and bounds, for those who come by conda."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
#: Names that differ between the two worlds.
CONDA = {"matplotlib": "matplotlib-base", "ortools": "ortools-python", "igraph": "python-igraph"}


def environment_text() -> str:
    """What environment.yml holds."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = ["name: mutasi", "channels:", "  - conda-forge", "dependencies:", f"  - python {project['requires-python']}", "  - pip"]
    for requirement in project["dependencies"]:
        name, bounds = re.fullmatch(r"([A-Za-z0-9._-]+)(.*)", requirement).groups()  # type: ignore[union-attr]
        lines.append(f"  - {CONDA.get(name, name)} {bounds}".rstrip())
    return "\n".join([*lines, "  - pip:", "      - -e .", ""])


if __name__ == "__main__":
    (ROOT / "environment.yml").write_text(environment_text(), encoding="utf-8")
    sys.stdout.write("environment.yml\n")
