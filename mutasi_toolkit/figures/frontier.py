"""The frontier: the plans an office can choose between."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from mutasi_toolkit.figures.style import ACCENT, AFTER, BEFORE, grid, new_figure, numbered, styled
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd
    from matplotlib.figure import Figure

#: English names of objectives that columns may bear.
NAMES = {"beban": "workload", "kecocokan": "fit", "pengetahuan": "knowledge", "gangguan": "disruption", "pindah": "moves"}


@styled
def frontier(table: pd.DataFrame, chosen: Mapping[str, float] | None = None, synthetic: bool = False, language: str = "id") -> Figure:
    """Draw the points of `assignment.frontier`: the first two objectives on the axes, a third as the size of the marks.

    Parameters
    ----------
    table : DataFrame
        plan_id, two to four objectives, bound, lutut.
    chosen : mapping of str to float, optional
        Terms of the proposed plan, marked where it lies.
    synthetic : bool
        Whether the data are synthetic.
    language : str
    """
    names = [c for c in table.columns if c not in {"plan_id", "bound", "lutut"}]
    x, y = names[0], names[1]
    figure, axes = new_figure(7.2, 4.4, synthetic, language)
    size = np.full(len(table), 46.0)
    if len(names) > 2:
        third = table[names[2]].to_numpy(dtype=float)
        span = float(np.ptp(third)) or 1.0
        size = 24.0 + 150.0 * (third.max() - third) / span
    if len(names) == 2:
        line = table.sort_values(x)
        axes.plot(line[x], line[y], color=BEFORE, linewidth=1, zorder=1)
    axes.scatter(table[x], table[y], s=size, color=AFTER, edgecolor="white", linewidth=0.6, zorder=2, label=text("figures.frontier_points", language))
    knee = table[table["lutut"]].iloc[0]
    axes.scatter([knee[x]], [knee[y]], s=190, facecolor="none", edgecolor=ACCENT, linewidth=1.8, zorder=3, label=text("figures.frontier_knee", language))
    terms = dict((chosen or {}).items()) | {NAMES.get(k, k): v for k, v in (chosen or {}).items()}
    if x in terms and y in terms:
        axes.scatter([terms[x]], [terms[y]], marker="D", s=44, color=ACCENT, zorder=4, label=text("figures.frontier_chosen", language))
    axes.set_title(text("figures.title_frontier", language))
    for name, label in ((x, axes.set_xlabel), (y, axes.set_ylabel)):
        label(text("figures.frontier_axis", language, name=text(f"figures.objective_{NAMES.get(name, name)}", language)))
    if len(names) > 2:
        axes.text(0.0, -0.17, text("figures.frontier_size", language, name=text(f"figures.objective_{NAMES.get(names[2], names[2])}", language)), transform=axes.transAxes, fontsize=7.5, va="top")
    # Two objectives leave the upper right corner free, three do not.
    place = {"loc": "upper left", "bbox_to_anchor": (1.0, 1.0)} if len(names) > 2 else {"loc": "upper right"}
    axes.legend(frameon=False, fontsize=8, **place)
    grid(axes, "both")
    numbered(axes, language)
    numbered(axes, language, "y")
    return figure
