"""Pictures of knowledge: who holds what, how OPDs share it, how it spreads; and who moves from where to where."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import (
    ACCENT,
    AFTER,
    BEFORE,
    INK,
    MUTED,
    SHORTAGE,
    grid,
    new_figure,
    short_name,
    spread_labels,
    styled,
)
from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


@styled
def coverage_map(
    coverage: pd.DataFrame,
    names: pd.Series,
    synthetic: bool = False,
    language: str = "id",
    most: int = 40,
) -> Figure:
    """Draw OPD x skill: how many hold it, and a cross where people are missing.

    Only cells in which the skill is required are filled. Where there are more than `most` skills, those with
    the largest gaps and then the fewest holders are shown, and the title says so.

    Parameters
    ----------
    coverage : DataFrame
        opd_id, keahlian, dibutuhkan, pemegang, kurang.
    """
    frame = coverage[coverage["dibutuhkan"] > 0]
    order = frame.groupby("keahlian").agg(kurang=("kurang", "sum"), pemegang=("pemegang", "sum"))
    order = order.sort_values(["kurang", "pemegang"], ascending=[False, True], kind="stable")
    shown = order.index[:most]
    held = frame[frame["keahlian"].isin(shown)].pivot(
        index="opd_id", columns="keahlian", values="pemegang"
    )[list(shown)]
    gap = frame[frame["keahlian"].isin(shown)].pivot(
        index="opd_id", columns="keahlian", values="kurang"
    )[list(shown)]
    figure, axes = new_figure(
        max(6.0, 0.27 * len(shown) + 2.6), max(3.2, 0.23 * len(held) + 2.6), synthetic, language
    )
    from matplotlib.colors import BoundaryNorm, ListedColormap

    colours = ListedColormap(["#f6d9c4", "#d4e2ea", "#8fb6c9", "#3f7f9f", "#0b3d55"])
    axes.imshow(
        held.to_numpy(dtype=float),
        aspect="auto",
        cmap=colours,
        norm=BoundaryNorm([-0.5, 0.5, 1.5, 4.5, 9.5, 1e9], 5),
    )
    i, j = np.nonzero(gap.to_numpy(dtype=float) > 0)
    axes.scatter(j, i, marker="x", s=26, color=SHORTAGE, linewidth=1.6)
    axes.set_yticks(np.arange(len(held)), [short_name(names[o]) for o in held.index], fontsize=8)
    axes.set_xticks(
        np.arange(len(shown)), [short_name(s, 30) for s in shown], rotation=90, fontsize=8
    )
    axes.set_xticks(np.arange(-0.5, len(shown)), minor=True)
    axes.set_yticks(np.arange(-0.5, len(held)), minor=True)
    axes.grid(which="minor", color="white", linewidth=1.0)
    axes.tick_params(which="both", length=0)
    title = text("figures.title_coverage", language)
    axes.set_title(
        title
        if len(order) <= most
        else f"{title} ({text('figures.only_some', language, n=most, total=len(order))})"
    )
    from matplotlib.patches import Patch

    keys: list[Any] = [
        Patch(color=colours(k), label=label)
        for k, label in enumerate(("0", "1", "2–4", "5–9", "10+"))
    ]
    keys.append(
        axes.scatter(
            [], [], marker="x", s=26, color=SHORTAGE, label=text("figures.missing", language)
        )
    )
    figure.legend(
        handles=keys,
        loc="outside upper right",
        ncols=6,
        frameon=False,
        fontsize=8,
        title=text("figures.holders", language),
        title_fontsize=8,
    )
    return figure


@styled
def flow(
    moves: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id"
) -> Figure:
    """Draw how many move from which OPD (left) to which (right); a band's width is the number of people.

    Parameters
    ----------
    moves : DataFrame
        opd_asal, opd_tujuan; one row per move.
    """
    counts = moves.groupby(["opd_asal", "opd_tujuan"]).size().rename("n").reset_index()
    figure, axes = new_figure(
        8.6,
        max(3.0, 0.30 * max(counts["opd_asal"].nunique(), counts["opd_tujuan"].nunique(), 4) + 1.4),
        synthetic,
        language,
    )
    axes.axis("off")
    axes.set_title(text("figures.title_flow", language, n=len(moves)))
    if not len(counts):
        axes.text(
            0.5, 0.5, text("figures.no_moves", language), ha="center", transform=axes.transAxes
        )
        return figure
    pad = 0.6
    left = _stack(
        counts.groupby("opd_asal")["n"].sum().sort_values(ascending=False, kind="stable"), pad
    )
    right = _stack(
        counts.groupby("opd_tujuan")["n"].sum().sort_values(ascending=False, kind="stable"), pad
    )
    height = max(left.iloc[-1].sum(), right.iloc[-1].sum())
    _bands(axes, counts, left, right)
    for side, blocks, x, align in (("l", left, -0.02, "right"), ("r", right, 1.02, "left")):
        middle = (blocks["start"] + blocks["size"] / 2).to_numpy()
        place = spread_labels(middle, height / 42)
        for (code, block), at in zip(blocks.iterrows(), place, strict=True):
            axes.fill_between(
                [0, 0.02] if side == "l" else [0.98, 1.0],
                block["start"],
                block["start"] + block["size"],
                color=BEFORE if side == "l" else AFTER,
                linewidth=0,
            )
            axes.text(
                x,
                at,
                f"{short_name(names[code])}  {int(block['size'])}"
                if side == "r"
                else f"{int(block['size'])}  {short_name(names[code])}",
                ha=align,
                va="center",
                fontsize=8,
            )
    axes.set_xlim(-0.42, 1.42)
    axes.set_ylim(height * 1.02, -height * 0.04)
    axes.text(
        0.0,
        -height * 0.02,
        text("figures.from", language),
        ha="center",
        fontsize=8.5,
        weight="bold",
    )
    axes.text(
        1.0, -height * 0.02, text("figures.to", language), ha="center", fontsize=8.5, weight="bold"
    )
    return figure


def _stack(sizes: pd.Series, pad: float) -> pd.DataFrame:
    start = np.concatenate([[0.0], np.cumsum(sizes.to_numpy() + pad)[:-1]])
    return pd.DataFrame({"start": start, "size": sizes.to_numpy(dtype=float)}, index=sizes.index)


def _bands(axes: Axes, counts: pd.DataFrame, left: pd.DataFrame, right: pd.DataFrame) -> None:
    t = np.linspace(0, 1, 40)
    ease = t * t * (3 - 2 * t)
    out, into = left["start"].copy(), right["start"].copy()
    rank = {o: k for k, o in enumerate(right.index)}
    for row in counts.sort_values(
        ["opd_asal", "opd_tujuan"],
        key=lambda s: s.map(rank) if s.name == "opd_tujuan" else s,
        kind="stable",
    ).itertuples():
        a, b = out[row.opd_asal], into[row.opd_tujuan]
        low = a + (b - a) * ease
        same = row.opd_asal == row.opd_tujuan
        axes.fill_between(
            0.02 + 0.96 * t,
            low,
            low + row.n,
            color=MUTED if same else ACCENT,
            alpha=0.55,
            linewidth=0.4,
            edgecolor="white",
        )
        out[row.opd_asal] += row.n
        into[row.opd_tujuan] += row.n


@styled
def spread_curves(curve: pd.DataFrame, synthetic: bool = False, language: str = "id") -> Figure:
    """Draw how many people-skills are known in each period, with and without the plan, with 95 % bands.

    Parameters
    ----------
    curve : DataFrame
        periode, rencana ('tanpa', 'dengan'), mean, low, high.
    """
    figure, axes = new_figure(7.6, 3.9, synthetic, language)
    for name, colour, style in (("tanpa", BEFORE, "--"), ("dengan", AFTER, "-")):
        mine = curve[curve["rencana"] == name].sort_values("periode")
        axes.fill_between(
            mine["periode"], mine["low"], mine["high"], color=colour, alpha=0.22, linewidth=0
        )
        axes.plot(
            mine["periode"],
            mine["mean"],
            style,
            color=colour,
            linewidth=2.0,
            label=text(f"figures.{name}", language),
        )
    axes.yaxis.set_major_formatter(lambda v, _: number(v, 0, language))
    axes.set_xlabel(text("figures.period", language))
    axes.set_ylabel(text("figures.people_skills", language))
    axes.set_title(text("figures.title_spread", language))
    axes.legend(frameon=False, loc="upper left")
    axes.margins(x=0.01)
    grid(axes, "y")
    return figure


@styled
def opd_network(
    held: pd.DataFrame,
    staff: pd.Series,
    names: pd.Series,
    synthetic: bool = False,
    language: str = "id",
    strongest: int = 3,
) -> Figure:
    """Draw OPDs as circles on a ring, joined where they share skills; each keeps its `strongest` ties.

    Parameters
    ----------
    held : DataFrame
        opd_id, keahlian, pemegang: who holds what.
    staff : Series
        People by opd_id.
    """
    table = (
        held[held["pemegang"] > 0].pivot(index="opd_id", columns="keahlian", values="pemegang") > 0
    ).astype(float)
    common = table.to_numpy() @ table.to_numpy().T
    np.fill_diagonal(common, 0)
    # Likeness by the share of skills in common, so that large OPDs do not join everyone.
    size = table.sum(axis=1).to_numpy()
    like = common / np.maximum(size[:, None] + size[None, :] - common, 1)
    order = _ring(like)
    angle = np.empty(len(table))
    angle[order] = np.linspace(0, 2 * np.pi, len(table), endpoint=False)
    x, y = np.sin(angle), np.cos(angle)
    figure, axes = new_figure(8.2, 7.4, synthetic, language)
    keep = np.zeros_like(like, dtype=bool)
    for i in range(len(table)):
        best = np.argsort(-like[i], kind="stable")[:strongest]
        keep[i, best[like[i, best] > 0]] = True
    keep |= keep.T
    top = like.max() if like.size else 1.0
    for i, j in zip(*np.nonzero(np.triu(keep)), strict=True):
        strength = like[i, j] / top
        axes.plot(
            [x[i], x[j]],
            [y[i], y[j]],
            color=AFTER,
            alpha=0.15 + 0.6 * strength**2,
            linewidth=0.5 + 3.0 * strength**2,
            zorder=1,
        )
    dot = (40 + 8 * np.sqrt(staff.reindex(table.index).fillna(0)) ** 1.25).to_numpy()
    axes.scatter(x, y, s=dot, color=ACCENT, edgecolor="white", linewidth=1.2, zorder=2)
    away = 1.07 + 0.0034 * np.sqrt(dot)
    for i, code in enumerate(table.index):
        degrees = np.degrees(angle[i]) % 360
        turned = 90 - degrees if degrees <= 180 else 270 - degrees
        axes.text(
            away[i] * x[i],
            away[i] * y[i],
            short_name(names[code]),
            rotation=turned,
            rotation_mode="anchor",
            ha="left" if degrees <= 180 else "right",
            va="center",
            fontsize=8,
            color=INK,
        )
    axes.set_aspect("equal")
    axes.set_xlim(-1.75, 1.75)
    axes.set_ylim(-1.65, 1.65)
    axes.axis("off")
    axes.set_title(text("figures.title_network", language))
    return figure


def _ring(like: np.ndarray) -> np.ndarray:
    """Order around the ring: start with the best joined, then always the most like the last one."""
    left = list(range(len(like)))
    if not left:
        return np.array([], dtype=int)
    order = [int(np.argmax(like.sum(axis=1)))]
    left.remove(order[0])
    while left:
        nxt = max(left, key=lambda k: (like[order[-1], k], -k))
        order.append(nxt)
        left.remove(nxt)
    return np.array(order)
