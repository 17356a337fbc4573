"""Rules R01 to R37 as data: what each says, how it binds, the article behind it, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.settings import load_yaml

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a transfer.

    Attributes
    ----------
    id : str
        R01 to R37.
    statement_id, statement_en : str
        What it says.
    kind : str
        hard, waivable (by the Minister's approval), soft or report.
    scope : str
        pair (one person and one seat), state (after all moves) or report.
    parameters : dict
        Values in force: the defaults with those of `settings.aturan` on top.
    citation : str
        The article.
    sure : str
        read, secondary or memory (needs confirmation).
    needs : tuple of str
        `table.column` that it reads.
    """

    id: str
    statement_id: str
    statement_en: str
    kind: str
    scope: str
    parameters: dict[str, Any]
    citation: str
    sure: str
    needs: tuple[str, ...]

    @property
    def number(self) -> int:
        """1 for R01."""
        return int(self.id[1:])

    @property
    def bit(self) -> np.uint64:
        """The rule's bit in a mask of rules: bit k - 1 for Rk."""
        return np.uint64(1) << np.uint64(self.number - 1)

    def statement(self, language: str = "id") -> str:
        """What it says, in a language."""
        return self.statement_en if language == "en" else self.statement_id


@cache
def _entries() -> dict[str, dict[str, Any]]:
    return load_yaml(data_dir("parameters") / "aturan.yaml")


def load(cycle: Cycle | None = None) -> tuple[Rule, ...]:
    """All rules in order, with the parameters of the cycle's settings.

    Parameters
    ----------
    cycle : Cycle, optional
        None gives the defaults.

    Raises
    ------
    InputError
        When `settings.aturan` names a rule or a parameter that does not exist; names those that do.

    Examples
    --------
    >>> rules = load()
    >>> len(rules), rules[0].id, rules[0].parameters["min_tenure_years"]
    (37, 'R01', 2)
    """
    over = cycle.settings.aturan if cycle is not None else {}
    unknown = sorted(set(over) - set(_entries()))
    if unknown:
        raise InputError(text("rules.unknown_rule", names=", ".join(unknown)))
    return tuple(_rule(name, entry, over.get(name, {})) for name, entry in _entries().items())


def _rule(name: str, entry: dict[str, Any], over: dict[str, Any]) -> Rule:
    unknown = sorted(set(over) - set(entry["parameters"]))
    if unknown:
        known = ", ".join(entry["parameters"]) or "-"
        raise InputError(
            text("rules.unknown_parameter", rule=name, names=", ".join(unknown), known=known)
        )
    return Rule(
        name, entry["id"], entry["en"], entry["kind"], entry["scope"], {**entry["parameters"], **over},
        entry["citation"], entry["sure"], tuple(entry["needs"]),
    )  # fmt: skip


def missing_inputs(cycle: Cycle, rule: Rule) -> list[str]:
    """Columns that `rule` reads and the cycle does not have a single value of."""
    return [n for n in rule.needs if not cycle.has(*n.split("."))]


def rule_ids(mask: int) -> list[str]:
    """Ids of the rules in a mask.

    Examples
    --------
    >>> rule_ids(0b101)
    ['R01', 'R03']
    """
    return [f"R{k + 1:02d}" for k in range(64) if int(mask) >> k & 1]
