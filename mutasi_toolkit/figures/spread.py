"""Pictures of spread: the two futures with their bands, and what the plan changes where, with intervals."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import (
    AFTER,
    BEFORE_LINE,
    INK,
    SHORT,
    empty,
    grid,
    new_figure,
    numbered,
    short_name,
    spread_labels,
    styled,
)
from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    from matplotlib.figure import Figure


@styled
def spread_curves(
    curve: pd.DataFrame, synthetic: bool = False, language: str = "id", change: tuple[float, float, float] | None = None
) -> Figure:
    """Draw how many people-skills are known in each period, with and without the plan, with 95 % bands.

    Parameters
    ----------
    curve : DataFrame
        periode, rencana ('tanpa', 'dengan'), mean, low, high.
    change : tuple of float, optional
        Paired difference at the end and its interval, written beside the curves.
    """
    figure, axes = new_figure(8.2, 4.1, synthetic, language)
    last = []
    for name, colour, style in (("tanpa", BEFORE_LINE, (0, (4, 2))), ("dengan", AFTER, "-")):
        mine = curve[curve["rencana"] == name].sort_values("periode")
        axes.fill_between(mine["periode"], mine["low"], mine["high"], color=colour, alpha=0.25, linewidth=0)
        axes.plot(mine["periode"], mine["mean"], linestyle=style, color=colour, linewidth=2.0)
        last.append(float(mine["mean"].iloc[-1]) if len(mine) else np.nan)
    end = float(curve["periode"].max()) if len(curve) else 1.0
    low, high = axes.get_ylim()
    axes.set_ylim(low, high + 0.06 * (high - low))
    for name, colour, at, value in zip(("tanpa", "dengan"), (BEFORE_LINE, AFTER), spread_labels(np.array(last), (high - low) * 0.14), last, strict=True):
        word = f"{text(f'figures.{name}', language)}\n{number(value, 0, language)}"
        axes.annotate(word, (end, at), xytext=(8, 0), textcoords="offset points", va="center", fontsize=8.5, color=colour, weight="bold")
    if change is not None:
        signed = ("+" if change[0] > 0 else "−" if change[0] < 0 else "") + number(abs(change[0]), 1, language)
        values = {"change": signed, "low": _minus(change[1], language), "high": _minus(change[2], language)}
        axes.text(0.02, 0.96, text("figures.change_at_end", language, **values), transform=axes.transAxes, va="top", fontsize=8.5, color=INK)
    axes.set_xlim(float(curve["periode"].min()) if len(curve) else 0.0, end + 0.19 * max(end, 1.0))
    axes.set_xticks(_whole_ticks(end))
    numbered(axes, language, "y")
    axes.set_xlabel(text("figures.period", language))
    axes.set_ylabel(text("figures.people_skills", language))
    axes.set_title(text("figures.title_spread", language))
    grid(axes, "y")
    return figure


def _minus(value: float, language: str, digits: int = 1) -> str:
    return ("−" if value < 0 else "") + number(abs(value), digits, language)


def _whole_ticks(end: float) -> np.ndarray:
    step = max(1, int(np.ceil(end / 8)))
    return np.arange(0, int(end) + 1, step)


@styled
def knowledge_changes(
    change: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id", most: int = 24
) -> Figure:
    """Draw what the plan changes by OPD and skill, with 95 % intervals; hollow where the interval holds zero.

    Parameters
    ----------
    change : DataFrame
        opd_id, keahlian, selisih, low, high (people), for the skills that the OPD's seats ask for.
    names : Series
        Name by opd_id.
    most : int
        Half of them for the greatest gains, half for the greatest losses.
    """
    frame = change[change["opd_id"].notna() & (change["selisih"].abs() > 1e-9)]
    frame = frame.sort_values(["selisih", "opd_id", "keahlian"], kind="stable")
    up, down = frame[frame["selisih"] > 0].tail(most // 2), frame[frame["selisih"] < 0].head(most // 2)
    title = text("figures.title_changes", language, up=len(up), down=len(down), total=len(frame))
    frame = pd.concat([down, up])
    if not len(frame):
        return empty(title, text("figures.no_changes", language), synthetic, language)
    figure, axes = new_figure(8.6, max(2.6, 0.25 * len(frame) + 1.6), synthetic, language)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, weight="bold")
    y = np.arange(len(frame), dtype=float)
    sure = ((frame["low"] > 0) | (frame["high"] < 0)).to_numpy()
    colour = np.where(frame["selisih"] > 0, AFTER, SHORT)
    axes.hlines(y, frame["low"], frame["high"], color=colour, linewidth=1.8)
    face = np.where(sure, colour, "white")
    shapes = {True: "o", False: "s"}
    for rising, shape in shapes.items():
        at = (frame["selisih"] > 0).to_numpy() == rising
        axes.scatter(frame["selisih"][at], y[at], s=30, marker=shape, c=face[at], edgecolors=colour[at], linewidths=1.5, zorder=3)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_yticks(y, [f"{short_name(names[r.opd_id], 22)} · {short_name(r.keahlian, 30)}" for r in frame.itertuples()], fontsize=8)
    axes.set_ylim(-0.7, len(frame) - 0.3)
    numbered(axes, language)
    axes.set_xlabel(text("figures.people_change", language))
    grid(axes)
    return figure
