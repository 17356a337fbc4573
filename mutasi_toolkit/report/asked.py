"""How firm a proposal is, and the questions an office puts to it: in words, tables and a picture."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import pandas as pd

from mutasi_toolkit.locale import number, text
from mutasi_toolkit.report.clean import plain_markdown

if TYPE_CHECKING:
    from mutasi_toolkit.assignment import Plan, Problem
    from mutasi_toolkit.report.opened import Opened

#: Objectives of the picture an analyst chooses from.
SHOWN = ("workload", "moves")
#: People who sit elsewhere in a near-equal alternative, at least.
DIFFER = 3
#: A move that stands in fewer draws than this share is called doubtful.
DOUBTFUL = 0.5
#: Proposals with draws of their own: the sentences and the table ask one after the other.
_DRAWN: WeakKeyDictionary[Opened, tuple[int, Opened]] = WeakKeyDictionary()


def drawn(o: Opened, draws: int) -> Opened:
    """The proposal with tables of firmness from so many draws, or as it was saved where `draws` is 0."""
    if draws < 1:
        return o
    from mutasi_toolkit.assignment.plan import plan_from_dict
    from mutasi_toolkit.planning import stability

    known = _DRAWN.get(o)
    if known is None or known[0] != draws:
        found = stability(o.cycle, plan_from_dict(o.plan), o.tables["nilai_pemegang"], draws=draws)
        known = (draws, replace(o, tables=o.tables | {"stabilitas": found.moves.assign(ulangan=draws), "stabilitas_ulangan": found.draws}))
        _DRAWN[o] = known
    return known[1]


def firmness(o: Opened) -> list[str]:
    """How many moves stand in all draws, how many are doubtful, and what the plan costs where inputs are otherwise."""
    stands, draws = o.tables.get("stabilitas", pd.DataFrame()), o.tables.get("stabilitas_ulangan", pd.DataFrame())
    if not len(stands) or not len(draws):
        return [text("report.firm_not_asked" if len(o.tables["usulan"]) else "report.firm_none", o.language)]
    mended = draws.dropna(subset=["penyesalan"])
    keeps = int(draws["mungkin"].sum())
    counts = {"all": int((stands["bertahan"] >= 1).sum()), "doubtful": int((stands["bertahan"] < DOUBTFUL).sum()), "moves": len(stands), "draws": len(draws), "keeps": keeps, "broken": len(draws) - keeps}
    said = {k: number(v, 0, o.language) for k, v in counts.items()}
    out = [text("report.firm_share", o.language, **said)]
    if not len(mended):
        return [*out, text("report.firm_broken", o.language, **said)]
    said |= {k: number(float(mended[column].mean()), digits, o.language) for k, column, digits in (("cancelled", "batal", 1), ("regret", "penyesalan", 2))}
    return [*out, text("report.firm_regret", o.language, **said)]


def prices(o: Opened) -> list[str]:
    """What the rules that bind cost, one sentence each."""
    table = o.tables.get("harga", pd.DataFrame())
    if not len(table) and len(o.tables["usulan"]) and not len(o.tables.get("stabilitas", [])):
        return [text("report.prices_not_asked", o.language)]
    return table[f"kalimat_{o.language}"].tolist() if len(table) else [text("what_if.price_none", o.language)]


def firm_moves(o: Opened) -> pd.DataFrame:
    """Every move with the share of draws in which it stands, the least firm first."""
    names = o.cycle.unit_name
    moves = o.tables["usulan"].set_index("pegawai_id")
    stands = o.tables.get("stabilitas", pd.DataFrame({"pegawai_id": [], "bertahan": [], "ulangan": []}))
    mine = moves.loc[stands["pegawai_id"]]
    frame = pd.DataFrame(
        {
            "pegawai_id": stands["pegawai_id"].to_numpy(),
            "nama_asal": mine["nama_asal"].to_numpy(),
            "unit_asal_nama": mine["unit_asal"].map(names).to_numpy(),
            "nama_tujuan": mine["nama_tujuan"].to_numpy(),
            "unit_tujuan_nama": mine["unit_tujuan"].map(names).to_numpy(),
            "bertahan": (100 * stands["bertahan"]).to_numpy(),
            "ulangan": stands["ulangan"].to_numpy(),
        }
    )
    return frame.sort_values(["bertahan", "pegawai_id"], ignore_index=True)


@dataclass(frozen=True, eq=False)
class Questions:
    """A proposal's problem and plan, ready to be asked.

    Attributes
    ----------
    opened : Opened
    problem : Problem
        Built again from the cycle and the written values of holders.
    plan : Plan
        The proposal's.
    """

    opened: Opened
    problem: Problem
    plan: Plan

    def frontier(self, points: int) -> Any:
        """The picture of the plans between the fewest moves and the least unbalanced workload; a sentence where it is not asked for."""
        from IPython.display import Image

        from mutasi_toolkit import figures
        from mutasi_toolkit.assignment import frontier
        from mutasi_toolkit.errors import InputError

        language = self.opened.language
        if points < 1:
            return _said([text("report.frontier_off", language)])
        try:
            table = frontier(self.problem, list(SHOWN), points=points, plan=self.plan)
        except InputError as error:
            return _said([str(error)])
        knee = table[table["lutut"]].iloc[0]
        said = text("report.alt_frontier", language, n=len(table), moves=number(knee["moves"] / self._per_move, 0, language), load=number(knee["workload"], 0, language))
        drawn = figures.frontier(table, self.plan.terms, self.opened.synthetic, language)
        return Image(data=figures.png_bytes(drawn, dpi=90), alt=said)

    @property
    def _per_move(self) -> float:
        return float(self.opened.cycle.settings.bobot.pindah) or 1.0

    def alternatives(self, count: int) -> pd.DataFrame:
        """Plans nearly as good that seat at least three people otherwise: what they cost more and whom they move."""
        from mutasi_toolkit.assignment import alternatives

        columns = ["rencana", "lebih_mahal", "berubah", "mutasi", "beda"]
        if count < 1:
            return pd.DataFrame(columns=columns)
        found = alternatives(self.problem, self.plan, count=count, differ=DIFFER)
        plans = found.attrs["plans"]
        rows = [(r.plan_id, r.difference, r.berubah, r.mutasi, self._differs(plans[r.plan_id])) for r in found.itertuples(index=False)]
        return pd.DataFrame(rows, columns=columns)

    def _differs(self, other: Plan) -> str:
        mine, theirs = (p.moves.set_index("pegawai_id")["jabatan_id"] for p in (self.plan, other))
        gone, new = sorted(set(mine.index) - set(theirs.index)), sorted(set(theirs.index) - set(mine.index))
        elsewhere = [p for p in theirs.index if p in mine.index and mine[p] != theirs[p]]
        parts = [(key, people) for key, people in (("stay", gone), ("go", new), ("else", elsewhere)) if len(people)]
        return "; ".join(text(f"report.differs_{key}", self.opened.language, people=", ".join(people)) for key, people in parts)

    def what_if(self, force: Iterable[tuple[str, str]] = (), forbid: Iterable[tuple[str, str]] = (), lock: Iterable[str] = ()) -> Any:
        """The best plan under a change, in words; without one, the example that the first person proposed stays."""
        from mutasi_toolkit.assignment import what_if
        from mutasi_toolkit.errors import MutasiError

        language = self.opened.language
        force, forbid, lock = [(p, s) for p, s in force], [(p, s) for p, s in forbid], list(lock)
        head = []
        if not (force or forbid or lock):
            if not len(self.plan.moves):
                return _said([text("report.what_if_nobody", language)])
            lock = [self.plan.moves["pegawai_id"].iloc[0]]
            head = [text("report.what_if_example", language, orang=lock[0])]
        try:
            answer = what_if(self.problem, self.plan, force, forbid, lock)
        except MutasiError as error:
            return _said([*head, str(error)])
        return _said([*head, *answer.text(language).splitlines()])


def questions(o: Opened) -> Questions:
    """The problem of an opened proposal, with its plan."""
    from mutasi_toolkit.assignment import Problem
    from mutasi_toolkit.assignment.plan import plan_from_dict

    return Questions(o, Problem.from_cycle(o.cycle, o.tables["nilai_pemegang"]), plan_from_dict(o.plan))


def said(sentences: Iterable[str]) -> Any:
    """Sentences as a list, for a notebook."""
    return _said(list(sentences))


def paragraphs(*sentences: str) -> Any:
    r"""Sentences as paragraphs that wrap between words, for a notebook; every mark in them is shown as it is.

    Examples
    --------
    >>> print(paragraphs("Dinas <b>A</b>", "Dinas *B*").data)
    Dinas &lt;b&gt;A&lt;/b&gt;
    <BLANKLINE>
    Dinas \*B\*
    """
    from IPython.display import Markdown

    return Markdown("\n\n".join(map(plain_markdown, sentences)))


def _said(lines: list[str]) -> Any:
    from IPython.display import Markdown

    return Markdown("\n".join(line if line.startswith("- ") else f"\n{line}\n" if k == 0 else f"- {line}" for k, line in enumerate(map(_plain, lines))))


def _plain(line: str) -> str:
    return f"- {plain_markdown(line[2:])}" if line.startswith("- ") else plain_markdown(line)
