"""A fault in the input, told so that the reader can find it and mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

MAX_EXAMPLES = 5


@dataclass(frozen=True, slots=True)
class Fault:
    """Faults of one kind in one column of one table.

    Attributes
    ----------
    kind : str
        Name of the message `schema.<kind>` and of its remedy `schema.<kind>_remedy`.
    place : str
        The file, and the sheet where there is one.
    column : str
        The column, '' when the fault is of the whole table.
    rows : tuple of int
        Row numbers as a spreadsheet shows them: the first five, `count` in all.
    values : tuple of str
        What stands in those rows.
    level : str
        'error' or 'warning'.
    details : dict
        Further places of the message.
    """

    kind: str
    place: str
    column: str = ""
    rows: tuple[int, ...] = ()
    values: tuple[str, ...] = ()
    count: int = 1
    level: str = "error"
    details: dict[str, object] = field(default_factory=dict)

    def text(self, language: str = "id") -> str:
        """Say where, what and why, and what to do, in one paragraph."""
        where = [self.place]
        if self.rows:
            rows = ", ".join(str(r) for r in self.rows)
            where.append(text("schema.rows", language, rows=rows))
            if self.count > len(self.rows):
                where[-1] += " " + text("schema.more", language, n=self.count - len(self.rows))
        if self.column:
            where.append(text("schema.column", language, column=self.column))
        values = ", ".join(f"'{v}'" for v in self.values)
        filling = {"values": values, "column": self.column, **self.details}
        if self.kind == "dangling":
            filling["near"] = text("schema.near", language, names=self.details["near"]) if self.details.get("near") else ""
        what = text(f"schema.{self.kind}", language, **filling)
        remedy = text(f"schema.{self.kind}_remedy", language, **filling)
        return " ".join(f"{', '.join(where)}: {what} {remedy}".split())


def errors(faults: Iterable[Fault]) -> list[Fault]:
    """Only the faults that forbid going on."""
    return [f for f in faults if f.level == "error"]


def raise_if_errors(faults: Iterable[Fault], language: str = "id") -> None:
    """Raise one InputError that tells every error among `faults`.

    Raises
    ------
    InputError
        When there is at least one fault of level 'error'.
    """
    bad = errors(faults)
    if bad:
        raise InputError("\n".join(f.text(language) for f in bad))
