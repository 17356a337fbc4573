"""Sphinx settings: builds without a network; equations become MathML, which browsers draw themselves."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import Any

from docutils import nodes
from docutils.utils.math.latex2mathml import tex2mathml

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))
sys.path.insert(0, str(HERE.parent / "tools"))

project = "mutasi_toolkit"
language = "id"
extensions = ["myst_nb", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "sphinx.ext.napoleon"]
nb_execution_mode = "off"
myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3
autosummary_generate = True
autodoc_default_options = {"members": True, "member-order": "bysource"}
autodoc_typehints = "none"
napoleon_use_rtype = False
napoleon_use_ivar = True
exclude_patterns = ["_build"]
html_theme = "alabaster"
html_theme_options = {"page_width": "1080px", "sidebar_width": "240px", "fixed_sidebar": False}
html_static_path = ["_static"]
html_math_renderer = "mathml"
# Fields of records share short names (n, seed); README and CHANGELOG lie outside docs/; a link to a file of the repository is not a page.
suppress_warnings = ["myst.xref_missing", "myst.header", "toc.not_included", "docutils", "ref.python", "toc.empty_glob"]


def _inline(translator: Any, node: nodes.math) -> None:
    translator.body.append(tex2mathml(node.astext()))
    raise nodes.SkipNode


def _block(translator: Any, node: nodes.math_block) -> None:
    translator.body.append(f"<div class='math'>{tex2mathml(node.astext(), as_block=True)}</div>")
    raise nodes.SkipNode


def one_name_each(lines: list[str]) -> list[str]:
    """Attributes that share a line of a docstring (``a, b : array``), each with its own line and the same words."""
    out: list[str] = []
    inside = False
    at = 0
    while at < len(lines):
        line = lines[at]
        if at + 1 < len(lines) and set(lines[at + 1]) == {"-"}:
            inside = line == "Attributes"
        names = re.fullmatch(r"(\w+(?:, \w+)+)( :.*)?", line) if inside else None
        end = at + 1
        while names and end < len(lines) and (not lines[end] or lines[end].startswith(" ")):
            end += 1
        for name in names[1].split(", ") if names else [None]:
            out += lines[at:end] if name is None else [f"{name}{names[2] or ''}", *lines[at + 1 : end]]
        at = end
    return out


def _docstring(*given: Any) -> None:
    lines = given[-1]
    lines[:] = one_name_each(lines)


def setup(app: Any) -> None:
    """Draw equations without a script from elsewhere; write the page of commands from the command line itself."""
    import commands_page

    (HERE / "perintah.md").write_text(commands_page.page(), encoding="utf-8")
    # Before napoleon, which takes the names of a shared line for a type.
    app.connect("autodoc-process-docstring", _docstring, priority=100)
    app.add_html_math_renderer("mathml", (_inline, None), (_block, None))
