"""Pictures of workload: each OPD's shortage and surplus before and after, and the years ahead."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import (
    AFTER,
    BEFORE,
    INK,
    SHORTAGE,
    SURPLUS,
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
    from matplotlib.figure import Figure


@styled
def opd_balance(
    opd: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id"
) -> Figure:
    """Draw the shortage (left) and surplus (right) of every OPD.

    Parameters
    ----------
    opd : DataFrame
        `workload.unit_efficiency` by opd_id: kekurangan, kelebihan, eu.
    names : Series
        Name by opd_id.
    """
    frame = opd[(opd["kekurangan"] + opd["kelebihan"]) > 0].sort_values(
        ["kekurangan", "kelebihan"], kind="stable"
    )
    total, frame = len(frame), telling(frame, frame["kekurangan"] + frame["kelebihan"])
    figure, axes = new_figure(8.2, max(2.4, 0.24 * len(frame) + 1.3), synthetic, language)
    y = np.arange(len(frame), dtype=float)
    axes.barh(
        y,
        -frame["kekurangan"],
        color=SHORTAGE,
        height=0.68,
        label=text("figures.shortage", language),
    )
    axes.barh(
        y,
        frame["kelebihan"],
        color=SURPLUS,
        height=0.68,
        label=text("figures.surplus", language),
        hatch="////",
        edgecolor="white",
        linewidth=0,
    )
    axes.set_yticks(y, [short_name(names[o]) for o in frame.index])
    axes.axvline(0, color=INK, linewidth=0.8)
    far = max(
        1.0, float(frame[["kekurangan", "kelebihan"]].to_numpy().max()) if len(frame) else 1.0
    )
    for at, row in zip(y, frame.itertuples(), strict=True):
        for value, side in ((row.kekurangan, -1), (row.kelebihan, 1)):
            if value > 0:
                axes.text(
                    side * (value + 0.012 * far), at, number(value, 0 if float(value).is_integer() else 1, language),
                    va="center", ha="right" if side < 0 else "left", fontsize=7.5,
                )  # fmt: skip
        axes.text(
            far * 1.10,
            at,
            "EU –" if pd.isna(row.eu) else f"EU {number(row.eu, 2, language)}",
            va="center",
            fontsize=8,
        )
    axes.set_xlim(-far * 1.12, far * 1.32)
    numbered(axes, language, absolute=True)
    axes.set_ylim(-0.7, len(frame) - 0.3)
    axes.set_xlabel(text("figures.people_by_class", language))
    axes.set_title(titled(text("figures.title_balance", language), len(frame), total, language))
    axes.legend(loc="lower right", frameon=False, bbox_to_anchor=(0.86, 0.0))
    grid(axes)
    return figure


@styled
def efficiency_intervals(
    table: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id"
) -> Figure:
    """Draw EU of every OPD with its interval under uncertain volumes, the highest load on top.

    A filled mark is a load that differs from capacity (EU = 1) more than the error explains; a hollow one may be equal to it.

    Parameters
    ----------
    table : DataFrame
        `workload.efficiency_interval` by opd_id: eu, low, high.
    names : Series
        Name by opd_id.
    """
    frame = table.dropna(subset=["eu"]).sort_values("eu", kind="stable")
    total, frame = len(frame), telling(frame, (frame["eu"] - 1.0).abs())
    figure, axes = new_figure(8.2, max(2.4, 0.24 * len(frame) + 1.3), synthetic, language)
    y = np.arange(len(frame), dtype=float)
    real = ((frame["low"] > 1.0) | (frame["high"] < 1.0)).to_numpy()
    axes.axvspan(0.895, 1.005, color="#e3e8ed", zorder=0, label=text("figures.band_b", language))
    axes.axvline(1.0, color=INK, linewidth=0.8, zorder=1)
    axes.hlines(y, frame["low"], frame["high"], color=AFTER, linewidth=2.0, zorder=2)
    for mask, face, key in ((real, AFTER, "real_gap"), (~real, "white", "no_real_gap")):
        axes.scatter(
            frame["eu"].to_numpy()[mask], y[mask], s=30, facecolor=face, edgecolor=AFTER, linewidth=1.5,
            zorder=3, label=text(f"figures.{key}", language),
        )  # fmt: skip
    axes.set_yticks(y, [short_name(names[o]) for o in frame.index])
    axes.set_ylim(-0.7, len(frame) - 0.3)
    numbered(axes, language)
    axes.set_xlabel(text("figures.eu_axis", language))
    axes.set_title(titled(text("figures.title_intervals", language), len(frame), total, language))
    axes.legend(loc="lower right", frameon=False, fontsize=8)
    grid(axes)
    return figure


@styled
def opd_before_after(
    opd: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id"
) -> Figure:
    """Draw the sum of |selisih| of every OPD before and after the plan, sorted by what it falls by.

    Parameters
    ----------
    opd : DataFrame
        By opd_id: selisih_mutlak_sebelum, selisih_mutlak_sesudah.
    """
    before, after = opd["selisih_mutlak_sebelum"], opd["selisih_mutlak_sesudah"]
    frame = pd.DataFrame({"before": before, "after": after, "fall": before - after})
    frame = frame[frame["before"] > 0].sort_values(["fall", "before"], kind="stable")
    total, frame = len(frame), telling(frame, frame["before"] + frame["fall"].abs())
    figure, axes = new_figure(8.2, max(2.4, 0.24 * len(frame) + 1.3), synthetic, language)
    y = np.arange(len(frame), dtype=float)
    axes.hlines(y, frame["after"], frame["before"], color=BEFORE, linewidth=2.2, zorder=1)
    axes.scatter(
        frame["before"],
        y,
        s=34,
        facecolor="white",
        edgecolor=BEFORE,
        linewidth=1.8,
        label=text("figures.before", language),
        zorder=2,
    )
    axes.scatter(
        frame["after"], y, s=34, color=AFTER, label=text("figures.after", language), zorder=3
    )
    axes.set_yticks(y, [short_name(names[o]) for o in frame.index])
    right = float(frame["before"].max()) if len(frame) else 1.0
    for at, row in zip(y, frame.itertuples(), strict=True):
        if row.fall > 0:
            axes.text(
                max(row.before, row.after) + right * 0.015,
                at,
                f"−{number(row.fall, 0 if float(row.fall).is_integer() else 1, language)}",
                va="center",
                fontsize=8,
                color=AFTER,
            )
    axes.set_xlim(0, right * 1.12)
    numbered(axes, language)
    axes.set_ylim(-0.7, len(frame) - 0.3)
    axes.set_xlabel(text("figures.absolute_gap", language))
    axes.set_title(titled(text("figures.title_before_after", language), len(frame), total, language))
    axes.legend(loc="lower right", frameon=False)
    grid(axes)
    return figure


def _percent(share: float) -> float:
    """A share in whole percent, rounded, but never up to a bound of a class that it is below: 89.6 is not written as 90.

    Examples
    --------
    >>> [_percent(s) for s in (0.889, 0.896, 0.7951, 0.9)]
    [89.0, 89.0, 79.0, 90.0]
    """
    rounded = float(np.round(100 * share))
    return rounded - 1 if any(share < bound / 100 <= rounded / 100 for bound in (80, 90)) else rounded


@styled
def years_ahead(
    filled: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id"
) -> Figure:
    """Draw how well each OPD is filled in each of the years ahead, the worst on top.

    Parameters
    ----------
    filled : DataFrame
        Index opd_id, a column per year, share of the need that is filled; the first column is today.
    """
    frame = filled.sort_values(filled.columns[-1], ascending=False, kind="stable")
    total, frame = len(frame), telling(frame, 1.0 - frame[frame.columns[-1]].fillna(1.0))
    figure, axes = new_figure(8.2, max(2.4, 0.24 * len(frame) + 1.4), synthetic, language)
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Patch

    colours = ListedColormap(["#e8a377", "#f6d9c4", "#eef2f5", "#b9d3df"])
    steps = BoundaryNorm([-1, 0.8, 0.9, 1.1, 1e9], 4)
    axes.imshow(
        frame.to_numpy(dtype=float), aspect="auto", cmap=colours, norm=steps, origin="lower"
    )
    for i, row in enumerate(frame.to_numpy(dtype=float)):
        for j, value in enumerate(row):
            if np.isfinite(value):
                axes.text(
                    j,
                    i,
                    number(_percent(value), 0, language) + (" ▼" if value < 0.9 else ""),
                    ha="center",
                    va="center",
                    fontsize=8,
                    color=INK,
                )
    axes.set_yticks(np.arange(len(frame)), [short_name(names[o]) for o in frame.index])
    axes.set_xticks(np.arange(frame.shape[1]), [text("figures.today", language), *(str(c) for c in frame.columns[1:])])
    axes.tick_params(length=0)
    axes.set_title(titled(text("figures.title_years", language), len(frame), total, language))
    keys = [
        Patch(color=colours(k), label=label)
        for k, label in enumerate(("< 80%", "80–90%", "90–110%", "> 110%"))
    ]
    figure.legend(handles=keys, loc="outside upper right", ncols=4, frameon=False, fontsize=8)
    return figure
