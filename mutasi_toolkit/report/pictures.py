"""Which pictures a proposal has, drawn from its tables, each with a caption and a text that stands in for it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from mutasi_toolkit import figures, workload
from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from mutasi_toolkit.report.opened import Opened

ALT_KINDS = ("beban_opd", "beban_opd_sesudah", "cakupan_sebelum", "cakupan", "arus", "jejaring", "keyakinan", "proyeksi", "sebaran", "perubahan", "suku")


def draw(opened: Opened, kind: str) -> Figure:
    """Draw one picture of a proposal.

    Parameters
    ----------
    opened : Opened
        The cycle and its proposal.
    kind : str
        One of ALT_KINDS.
    """
    return _DRAW[kind](opened)


def draw_all(opened: Opened, folder: Path) -> None:
    """Write every picture as PNG and SVG into `folder`."""
    for kind in ALT_KINDS:
        figures.save(draw(opened, kind), folder / kind)


def caption(kind: str, language: str = "id") -> str:
    """One sentence under the picture: how to read it."""
    return text(f"report.caption_{kind}", language)


def alt(opened: Opened, kind: str) -> str:
    """What the picture shows, in words and numbers."""
    language, facts, opd = opened.language, opened.facts, opened.tables["opd"]

    def n(value: float, digits: int = 0) -> str:
        return number(float(value), digits, language)

    worst = opd.sort_values(["selisih_mutlak_sebelum", "opd_id"], ascending=[False, True])["nama"].head(3)
    was, state = (figures.states(opened.tables[f"cakupan_{when}"]) for when in ("sebelum", "sesudah"))
    goals = opened.tables["usulan"]["opd_tujuan"].value_counts().rename_axis("opd_id").reset_index(name="n")
    first = goals.sort_values(["n", "opd_id"], ascending=[False, True])["opd_id"].head(1)
    busiest = opened.cycle.unit_name.get(first.iloc[0], "") if len(first) else "–"
    values: dict[str, Any] = {
        "n_opd": n(len(opd)),
        "worst": ", ".join(worst),
        "before": n(facts["selisih_sebelum"], 1),
        "after": n(facts["selisih_sesudah"], 1),
        "moves": n(facts["jumlah_mutasi"]),
        "gain": n(facts["pengetahuan_simulasi"], 1),
        "low": n(facts["pengetahuan_simulasi_rendah"], 1),
        "high": n(facts["pengetahuan_simulasi_tinggi"], 1),
        "missing": n((state == 3).sum()),
        "thin": n((state == 2).sum()),
        "missing_before": n((was == 3).sum()),
        "thin_before": n((was == 2).sum()),
        "across": n(facts["jumlah_mutasi_antar_opd"]),
        "busiest": busiest,
        "gain_required": n(opened.required_changes["selisih"].sum(), 1),
        "net": n(opened.tables["suku"]["selisih_poin"].sum(), 1),
    }
    return text(f"report.alt_{kind}", language, **values)


def _common(opened: Opened) -> dict[str, Any]:
    return {"synthetic": opened.synthetic, "language": opened.language}


def _balance(o: Opened) -> Figure:
    return figures.opd_balance(workload.unit_efficiency(o.cycle), o.cycle.unit_name, **_common(o))


def _before_after(o: Opened) -> Figure:
    return figures.opd_before_after(o.tables["opd"].set_index("opd_id"), o.cycle.unit_name, **_common(o))


def _coverage(o: Opened) -> Figure:
    return figures.coverage_map(o.tables["cakupan_sesudah"], o.cycle.unit_name, **_common(o))


def _coverage_now(o: Opened) -> Figure:
    return figures.coverage_map(o.tables["cakupan_sebelum"], o.cycle.unit_name, **_common(o))


def _flow(o: Opened) -> Figure:
    return figures.flow(o.tables["usulan"], o.cycle.unit_name, **_common(o))


def _network(o: Opened) -> Figure:
    staff = o.cycle.seated.groupby("opd_id").size()
    return figures.skill_network(o.tables["cakupan_sebelum"], staff, o.cycle.unit_name, **_common(o))


def _sure(o: Opened) -> Figure:
    return figures.efficiency_intervals(o.sure(0.1), o.cycle.unit_name, **_common(o))


def _years(o: Opened) -> Figure:
    return figures.years_ahead(o.filled_ahead(), o.cycle.unit_name, **_common(o))


def _spread(o: Opened) -> Figure:
    change = tuple(float(o.facts[f"pengetahuan_simulasi{end}"]) for end in ("", "_rendah", "_tinggi"))
    return figures.spread_curves(o.tables["sebaran_kurva"], **_common(o), change=(change[0], change[1], change[2]))


def _changes(o: Opened) -> Figure:
    return figures.knowledge_changes(o.required_changes, o.cycle.unit_name, **_common(o))


def _terms(o: Opened) -> Figure:
    frame = o.terms()
    return figures.terms(pd.DataFrame({"suku": frame["suku"], "selisih": frame["selisih_poin"]}), **_common(o))


_DRAW: dict[str, Callable[[Any], Figure]] = {
    "beban_opd": _balance,
    "beban_opd_sesudah": _before_after,
    "cakupan_sebelum": _coverage_now,
    "cakupan": _coverage,
    "arus": _flow,
    "jejaring": _network,
    "keyakinan": _sure,
    "proyeksi": _years,
    "sebaran": _spread,
    "perubahan": _changes,
    "suku": _terms,
}
