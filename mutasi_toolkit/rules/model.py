"""Rules R01 to R37 as data: what each says, how it binds, the article behind it, and how sure that is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.rules.facts import EDUCATION, GRADE, KINDS, RATINGS
from mutasi_toolkit.settings import load_yaml

if TYPE_CHECKING:
    from mutasi_toolkit.cycle import Cycle

#: Words of a parameter are of the scale that its default is of.
SCALES = (EDUCATION, GRADE, KINDS, RATINGS)


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
        When `settings.aturan` names a rule or a parameter that does not exist, or gives one a value of another kind; names those that do.

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
    for key, value in over.items():
        if not _same_kind(value, entry["parameters"][key]):
            raise InputError(text("rules.bad_parameter", rule=name, name=key, value=repr(value), like=repr(entry["parameters"][key])))
    return Rule(
        name, entry["id"], entry["en"], entry["kind"], entry["scope"], {**entry["parameters"], **over},
        entry["citation"], entry["sure"], tuple(entry["needs"]),
    )  # fmt: skip


def _same_kind(value: Any, like: Any) -> bool:
    """Whether a value can stand for a parameter: yes or no, a number from 0, a word of the same scale, or such values by the same names.

    Examples
    --------
    >>> [_same_kind(*pair) for pair in ((3, 2), (2.5, 2), ("3", 2), (True, 2), (float("inf"), 2.0), ("S2", "S1"), ("X9", "S1"))]
    [True, False, False, False, False, True, False]
    >>> [_same_kind(*pair) for pair in ((["a"], []), ("a", []), (["jpt"], ["pengawas"]), ({"x": 1}, {"x": 2}), ({}, {"x": 2}))]
    [True, False, True, True, False]
    """
    if isinstance(like, bool) or isinstance(value, bool):
        return isinstance(value, bool) and isinstance(like, bool)
    if isinstance(like, (int, float)):
        return isinstance(value, (int, type(like))) and 0 <= value < float("inf")
    if isinstance(like, dict):
        return isinstance(value, dict) and set(value) == set(like) and all(_same_kind(value[k], v) for k, v in like.items())
    if isinstance(like, list):
        return isinstance(value, list) and all(_same_kind(v, like[0] if like else "") for v in value)
    scale = next((s for s in SCALES if like in s), None)
    return isinstance(value, str) and (scale is None or value in scale)


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
