"""Picture of the objective: from nobody moving to the plan, term by term."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import (
    AFTER,
    BEFORE_LINE,
    INK,
    SHORT,
    grid,
    new_figure,
    numbered,
    styled,
)
from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def terms(values: pd.DataFrame, synthetic: bool = False, language: str = "id") -> Figure:
    """Draw a waterfall of what each term gains (to the left) or costs (to the right) against nobody moving.

    Every bar begins where the one above ends; the last bar is their sum.

    Parameters
    ----------
    values : DataFrame
        suku (name of the term), selisih (points of the plan less points of nobody moving).
    """
    change = values["selisih"].to_numpy(dtype=float)
    n = len(change)
    ends = np.cumsum(change)
    starts = ends - change
    figure, axes = new_figure(8.2, 0.45 * (n + 1) + 1.5, synthetic, language)
    for k in range(n):
        good = change[k] <= 0
        axes.barh(k, change[k], left=starts[k], height=0.6, color=AFTER if good else SHORT, hatch="" if good else "////", edgecolor="white", linewidth=0)
        axes.plot([ends[k], ends[k]], [k + 0.3, k + 0.7], color=INK, linewidth=0.8)
    total = float(ends[-1]) if n else 0.0
    axes.barh(n, total, height=0.6, color=BEFORE_LINE)
    low, high = min(0.0, starts.min(initial=0), ends.min(initial=0)), max(0.0, starts.max(initial=0), ends.max(initial=0))
    room = max(high - low, 1.0)
    for k, (edge, value) in enumerate(zip([*np.maximum(starts, ends), max(total, 0.0)], [*change, total], strict=True)):
        signed = ("+" if value > 0 else "−" if value < 0 else "") + number(abs(value), 1, language)
        axes.text(edge + room * 0.012, k, signed, va="center", ha="left", fontsize=8.5, weight="bold" if k == n else "normal")
    axes.set_yticks(np.arange(n + 1), [*values["suku"], text("figures.sum", language)])
    axes.get_yticklabels()[-1].set_fontweight("bold")
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_xlim(low - room * 0.03, high + room * 0.17)
    axes.set_ylim(n + 0.55, -0.55)
    numbered(axes, language)
    axes.set_xlabel(text("figures.points", language))
    axes.set_title(text("figures.title_terms", language))
    grid(axes)
    return figure
