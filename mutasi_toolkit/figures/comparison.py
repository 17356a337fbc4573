"""Pictures that set runs side by side: two runs by OPD, several scenarios by measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import (
    AFTER,
    BEFORE,
    INK,
    MUTED,
    grid,
    new_figure,
    numbered,
    short_name,
    styled,
    telling,
    titled,
)
from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def two_runs(frame: pd.DataFrame, names: pd.Series, labels: tuple[str, str], synthetic: bool = False, language: str = "id") -> Figure:
    """Draw the imbalance that each of two runs leaves, by OPD; the greatest difference on top.

    Parameters
    ----------
    frame : DataFrame
        Index opd_id; columns a and b: sum of |ada - need| after each run's plan, in people.
    names : Series
        Names of the OPD by opd_id.
    labels : tuple of str
        What the two runs are called.
    """
    shown = frame.fillna(0.0).assign(far=lambda f: (f["a"] - f["b"]).abs())
    shown = shown[(shown["a"] > 0) | (shown["b"] > 0)].sort_values(["far", "a"], kind="stable")
    total, shown = len(shown), telling(shown, shown["far"])
    figure, axes = new_figure(8.2, max(2.4, 0.24 * len(shown) + 1.5), synthetic, language)
    y = np.arange(len(shown), dtype=float)
    axes.hlines(y, shown["a"], shown["b"], color=MUTED, linewidth=2.2, zorder=1)
    axes.scatter(shown["a"], y, s=95, facecolor="white", edgecolor=BEFORE, linewidth=1.8, label=labels[0], zorder=2)
    axes.scatter(shown["b"], y, s=26, color=AFTER, label=labels[1], zorder=3)
    axes.set_yticks(y, [short_name(str(names.get(o, o))) for o in shown.index])
    axes.set_ylim(-0.7, len(shown) - 0.3)
    axes.set_xlim(left=0)
    numbered(axes, language)
    axes.set_xlabel(text("figures.absolute_gap", language))
    axes.set_title(titled(text("figures.title_two_runs", language), len(shown), total, language))
    axes.legend(loc="lower right", frameon=False)
    grid(axes)
    return figure


@styled
def scenarios(frame: pd.DataFrame, measures: list[tuple[str, str]], synthetic: bool = False, language: str = "id") -> Figure:
    """Draw each scenario's key figures, one small picture per measure; the first scenario is the yardstick.

    Parameters
    ----------
    frame : DataFrame
        Index: names of the scenarios; a column per measure; optionally `<measure>_low` and `<measure>_high`.
    measures : list of (str, str)
        Column and what it is called.
    """
    from matplotlib.figure import Figure as Drawn

    figure = Drawn(figsize=(10.4, 0.34 * len(frame) + 1.5), layout="constrained")
    every = np.atleast_1d(figure.subplots(1, len(measures), sharey=True))
    y = np.arange(len(frame), dtype=float)
    for axes, (column, title) in zip(every, measures, strict=True):
        values = frame[column].to_numpy(dtype=float)
        axes.barh(y, values, height=0.62, color=[BEFORE, *[AFTER] * (len(frame) - 1)])
        if f"{column}_low" in frame:
            low, high = frame[f"{column}_low"].to_numpy(dtype=float), frame[f"{column}_high"].to_numpy(dtype=float)
            axes.hlines(y, low, high, color=INK, linewidth=1.2)
        axes.axvline(0, color=INK, linewidth=0.8)
        _ends(axes, y, values, frame.get(f"{column}_low"), frame.get(f"{column}_high"), language)
        axes.set_title(title, fontsize=8)
        axes.invert_yaxis() if axes is every[0] else None
        _ticks(axes, values, language)
        grid(axes)
    every[0].set_yticks(y, [str(name) for name in frame.index])
    if synthetic:
        figure.supxlabel(text("figures.synthetic", language), fontsize=7.5, x=0.995, ha="right", color="#7a4a00", style="italic")
    return figure


def _ticks(axes: Axes, values: np.ndarray, language: str) -> None:
    """Few ticks, whole where all values are, as the language writes numbers."""
    from matplotlib.ticker import MaxNLocator

    whole = bool(np.all(values == np.round(values)))
    axes.xaxis.set_major_locator(MaxNLocator(4, integer=whole))
    numbered(axes, language)


def _ends(axes: object, y: np.ndarray, values: np.ndarray, low: pd.Series | None, high: pd.Series | None, language: str) -> None:
    """Write each value beside the end of its bar, outside its interval."""
    left = np.minimum(values, values if low is None else low.to_numpy(dtype=float))
    right = np.maximum(values, values if high is None else high.to_numpy(dtype=float))
    span = max(float(np.nanmax(np.append(right, 0.0)) - np.nanmin(np.append(left, 0.0))), 1e-9)
    digits = 0 if bool(np.all(values == np.round(values))) else 1
    for at, value, one, two in zip(y, values, left, right, strict=True):
        end = two + 0.03 * span if value >= 0 else one - 0.03 * span
        axes.text(end, at, number(value, digits, language), va="center", ha="left" if value >= 0 else "right", fontsize=8)  # type: ignore[attr-defined]
    axes.set_xlim(min(0.0, float(np.nanmin(left))) - (0.3 * span if (values < 0).any() else 0.0), max(0.0, float(np.nanmax(right))) + 0.3 * span)  # type: ignore[attr-defined]
