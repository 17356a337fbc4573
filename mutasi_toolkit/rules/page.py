"""The page of the rules, docs/aturan.md, from data/parameters/aturan.yaml."""

from __future__ import annotations

from typing import Any

from mutasi_toolkit.locale import catalogue, text
from mutasi_toolkit.rules.model import Rule, load

#: Chapters of the page: rules of one kind, in this order.
KINDS = ("hard", "waivable", "soft", "report")


def rules_page(language: str = "id") -> str:
    """All rules in Markdown: what each says, how it binds, its parameters, the article, and how sure that is.

    Examples
    --------
    >>> rules_page("en").splitlines()[0]
    '# Rules of a transfer'
    """
    rules = load()
    lines = [f"# {text('rules.page_title', language)}", "", text("rules.page_intro", language), ""]
    for kind in KINDS:
        mine = [r for r in rules if r.kind == kind]
        lines += [f"## {text(f'rules.kind_{kind}', language)}", ""]
        heads = ("id", "statement", "scope", "parameters", "citation", "sure", "needs")
        lines += ["| " + " | ".join(text(f"rules.head_{h}", language) for h in heads) + " |", "|" + "---|" * len(heads)]
        lines += [_row(rule, language) for rule in mine]
        lines.append("")
    return "\n".join(lines)


def _row(rule: Rule, language: str) -> str:
    words = catalogue(language, "rules")
    parameters = "; ".join(f"`{k}` = {_written(v, words)}" for k, v in rule.parameters.items()) or "–"
    cells = [rule.id, rule.statement(language), words[f"scope_{rule.scope}"], parameters, rule.citation, words[f"sure_{rule.sure}"]]
    return "| " + " | ".join([*cells, ", ".join(f"`{n}`" for n in rule.needs)]) + " |"


def _written(value: Any, words: dict[str, str]) -> str:
    if isinstance(value, bool):
        return words["yes"] if value else words["no"]
    if isinstance(value, dict):
        return ", ".join(f"{k} {_written(v, words)}" for k, v in value.items())
    if isinstance(value, list):
        return ", ".join(map(str, value)) or words["none"]
    return str(value)
