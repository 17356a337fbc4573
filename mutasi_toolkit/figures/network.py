"""Picture of the skill network: OPDs and the skills that some, but not all of them hold."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import (
    ACCENT,
    AFTER,
    INK,
    SHORT,
    empty,
    new_figure,
    short_name,
    styled,
    telling,
)
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    import igraph
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: A skill held in more than this share of the OPDs joins too many to tell anything and is left out.
COMMON = 1 / 3


def shared_skills(held: pd.DataFrame, n_opd: int) -> pd.DataFrame:
    """Rows of a coverage table whose skill at least two and at most `COMMON` of the OPDs hold.

    Examples
    --------
    >>> rows = pd.DataFrame({"opd_id": ["A", "B", "A", "C"], "keahlian": ["x", "x", "y", "z"], "pemegang": [1, 2, 3, 0]})
    >>> shared_skills(rows, 4)["keahlian"].tolist()
    ['x', 'x']
    """
    rows = held[held["pemegang"] > 0]
    count = rows.groupby("keahlian")["opd_id"].transform("size")
    return rows[(count >= 2) & (count <= max(2, COMMON * n_opd))]


@styled
def skill_network(
    held: pd.DataFrame, staff: pd.Series, names: pd.Series, synthetic: bool = False, language: str = "id"
) -> Figure:
    """Draw OPDs (circles) and the specialised skills (squares) that join them.

    A line joins an OPD with a skill it holds; dashed where one person alone holds it there. Skills that only
    one OPD, or more than a third of them, hold are left out, and so are OPDs that are then joined with nothing; of many OPDs the
    largest are looked at. The title says how many are drawn. The place of a node has no meaning but nearness.

    Parameters
    ----------
    held : DataFrame
        opd_id, keahlian, pemegang: who holds what.
    staff : Series
        People by opd_id.
    names : Series
        Name by opd_id.
    """
    every = held["opd_id"].nunique()
    largest = staff.reindex(sorted(held["opd_id"].unique())).to_frame("n")
    held = held[held["opd_id"].isin(telling(largest, largest["n"]).index)]
    rows = shared_skills(held, held["opd_id"].nunique())
    opds, skills = sorted(rows["opd_id"].unique()), sorted(rows["keahlian"].unique())
    values = {"n": len(opds), "total": every, "skills": len(skills)}
    title = text("figures.title_network", language, **values)
    if not len(rows):
        return empty(title, text("figures.no_shared_skill", language), synthetic, language)
    a = pd.Index(opds).get_indexer(rows["opd_id"])
    b = pd.Index(skills).get_indexer(rows["keahlian"]) + len(opds)
    area = np.sqrt(staff.reindex(opds).fillna(0).to_numpy(dtype=float))
    dot = np.r_[40 + 7 * area, np.full(len(skills), 34.0)]
    label = [_lines(short_name(names[o]), 16) for o in opds] + [_lines(s, 18) for s in skills]
    size = _boxes(label, dot)
    room = np.array([9.4, 6.6]) * np.clip(np.sqrt(len(label) / 45), 0.35, 1.6)
    at = place(np.column_stack([a, b]), size, room)
    low, high = (at - size / 2).min(axis=0), (at + size / 2).max(axis=0)
    figure, axes = new_figure(max(7.6, high[0] - low[0] + 0.3), high[1] - low[1] + 1.1, synthetic, language)
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, weight="bold")
    axes.axis("off")
    alone = (rows["pemegang"] == 1).to_numpy()
    for one, colour, style, width in ((False, "#7e97a6", "-", 1.1), (True, SHORT, (0, (3, 2)), 1.3)):
        for i, j in zip(a[alone == one], b[alone == one], strict=True):
            axes.plot(at[[i, j], 0], at[[i, j], 1], color=colour, linestyle=style, linewidth=width, zorder=1)
    n = len(opds)
    axes.scatter(at[:n, 0], at[:n, 1], s=dot[:n], color=AFTER, edgecolor="white", linewidth=1.0, zorder=3)
    axes.scatter(at[n:, 0], at[n:, 1], s=dot[n:], marker="s", color=ACCENT, edgecolor="white", linewidth=1.0, zorder=3)
    _write(axes, at, label, dot, n)
    axes.set_xlim(low[0], high[0])
    axes.set_ylim(low[1], high[1])
    axes.set_aspect("equal")
    _legend(figure, language)
    return figure


def _lines(name: str, most: int) -> str:
    return "\n".join(wrap(name, most, break_long_words=False)[:3])


def _boxes(label: list[str], dot: np.ndarray) -> np.ndarray:
    """Width and height of every node with its label, in inches, with a little air."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure
    from matplotlib.font_manager import FontProperties

    figure = Figure(dpi=100)
    renderer = FigureCanvasAgg(figure).get_renderer()
    font = FontProperties(family="DejaVu Sans", size=7.5, weight="bold")
    wide = [max(renderer.get_text_width_height_descent(line, font, ismath=False)[0] for line in s.split("\n")) / 100 for s in label]
    tall = [0.125 * (s.count("\n") + 1) for s in label]
    return np.column_stack([np.array(wide) + 0.12, np.array(tall) + np.sqrt(dot) / 72 + 0.16])


def place(edges: np.ndarray, size: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Places of nodes, in inches: near where joined (Kamada and Kawai), boxes pushed apart until none overlap.

    Parameters
    ----------
    edges : int array, shape (m, 2)
    size : float array, shape (n, 2)
        Width and height of every node's box.
    room : float array, shape (2,)
        Width and height of the paper.

    Returns
    -------
    ndarray, shape (n, 2)

    Examples
    --------
    >>> at = place(np.array([[0, 1], [1, 2]]), np.ones((3, 2)), np.array([6.0, 4.0]))
    >>> at.shape
    (3, 2)
    """
    import igraph

    graph = igraph.Graph(n=len(size), edges=edges)
    parts = sorted(graph.connected_components(), key=len, reverse=True)
    at = np.zeros((len(size), 2))
    corner, shelf, wide = np.zeros(2), 0.0, 0.0
    for part in parts:
        mine = _component(graph.subgraph(part), size[part], room * np.sqrt(len(part) / len(size)))
        low, high = (mine - size[part] / 2).min(axis=0), (mine + size[part] / 2).max(axis=0)
        extent = high - low
        wide = max(wide, float(extent[0]))
        if corner[0] > 0 and corner[0] + extent[0] > wide:
            corner, shelf = np.array([0.0, corner[1] - shelf]), 0.0
        at[part] = mine - np.array([low[0], high[1]]) + corner
        corner, shelf = corner + np.array([extent[0] + 0.2, 0.0]), max(shelf, float(extent[1]) + 0.2)
    return at


def _component(graph: igraph.Graph, size: np.ndarray, room: np.ndarray) -> np.ndarray:
    """Places of one connected part, in inches."""
    import igraph

    n = graph.vcount()
    start = igraph.Layout([(np.cos(t), np.sin(t)) for t in np.linspace(0, 2 * np.pi, n, endpoint=False)])
    at = np.array(graph.layout_kamada_kawai(seed=start.coords, maxiter=50 * n).coords)
    at -= at.min(axis=0)
    span = at.max(axis=0)
    if span[0] < span[1]:
        at, span = at[:, ::-1].copy(), span[::-1]
    at = at / np.where(span > 0, span, 1.0) * np.maximum(room - size.max(axis=0), 0.3)
    return push_apart(at, size)


def push_apart(at: np.ndarray, size: np.ndarray, rounds: int = 4000) -> np.ndarray:
    """Move boxes apart, each pair along the axis where they overlap less, until none overlap or the rounds end.

    Examples
    --------
    >>> push_apart(np.zeros((2, 2)), np.array([[2.0, 1.0], [2.0, 1.0]]))[:, 1].round(2).tolist()
    [-0.5, 0.5]
    """
    at = at.astype(float).copy()
    at[:, 1] += 1e-6 * np.arange(len(at))
    i, j = np.triu_indices(len(at), k=1)
    need = (size[i] + size[j]) / 2
    for _ in range(rounds):
        apart = at[j] - at[i]
        lack = need - np.abs(apart)
        bad = np.flatnonzero((lack > 1e-4).all(axis=1))
        if not len(bad):
            break
        shift = np.zeros_like(at)
        axis = np.argmin(lack[bad], axis=1)
        push = (lack[bad, axis] / 2 + 1e-4) * np.where(apart[bad, axis] >= 0, 1, -1)
        np.add.at(shift, (j[bad], axis), push)
        np.add.at(shift, (i[bad], axis), -push)
        at += 0.5 * shift if len(bad) > 1 else shift
    return at


def _write(axes: Axes, at: np.ndarray, label: list[str], dot: np.ndarray, n: int) -> None:
    """Write each label under its node, the two together in the middle of their box."""
    from matplotlib.patheffects import withStroke

    halo = [withStroke(linewidth=2.2, foreground="white")]
    for k, word in enumerate(label):
        under = np.sqrt(dot[k]) / 2 / 72 + 0.03
        weight = "bold" if k < n else "normal"
        axes.text(at[k, 0], at[k, 1] - under, word, ha="center", va="top", fontsize=7.5, color=INK, weight=weight, path_effects=halo, linespacing=1.0, zorder=4)


def _legend(figure: Figure, language: str) -> None:
    from matplotlib.lines import Line2D

    keys = [
        Line2D([], [], marker="o", linestyle="", color=AFTER, markersize=8, label=text("figures.opd_node", language)),
        Line2D([], [], marker="s", linestyle="", color=ACCENT, markersize=6, label=text("figures.skill_node", language)),
        Line2D([], [], color="#7e97a6", linewidth=1.1, label=text("figures.held_by_more", language)),
        Line2D([], [], color=SHORT, linewidth=1.3, linestyle=(0, (3, 2)), label=text("figures.held_by_one", language)),
    ]
    figure.legend(handles=keys, loc="outside lower left", ncols=4, frameon=False, fontsize=8)
