"""Picture of moves: from which OPD to which, as a table of counts that can be read row by row."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import ACCENT, INK, MUTED, empty, new_figure, short_name, styled
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


def from_to(moves: pd.DataFrame, most: int, rest: str) -> pd.DataFrame:
    """Count moves from OPD (rows) to OPD (columns), the busiest first, those beyond `most` in one row and column `rest`.

    Examples
    --------
    >>> moves = pd.DataFrame({"opd_asal": ["A", "A", "B", "C"], "opd_tujuan": ["B", "B", "B", "A"]})
    >>> table = from_to(moves, 2, "others")
    >>> table.index.tolist(), table.to_numpy().tolist()
    (['A', 'B', 'others'], [[2, 0], [1, 0], [0, 1]])
    """
    sides = []
    for column in ("opd_asal", "opd_tujuan"):
        size = moves[column].value_counts().rename_axis("opd_id").reset_index(name="n")
        first = size.sort_values(["n", "opd_id"], ascending=[False, True])["opd_id"]
        kept = list(first[:most])
        sides.append((moves[column].where(moves[column].isin(kept), rest), kept + ([rest] if len(first) > most else [])))
    (source, rows), (target, columns) = sides
    return pd.crosstab(source, target).reindex(index=rows, columns=columns, fill_value=0)


@styled
def flow(
    moves: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id", most: int = 34
) -> Figure:
    """Draw how many move from which OPD (row) to which (column), with the sums at the edges.

    The darker, the more people; grey cells are moves inside the OPD.

    Parameters
    ----------
    moves : DataFrame
        opd_asal, opd_tujuan; one row per move.
    names : Series
        Name by opd_id.
    most : int
        OPDs shown on each side; the rest share one row or column.
    """
    title = text("figures.title_flow", language, n=len(moves))
    if not len(moves):
        return empty(title, text("figures.no_moves", language), synthetic, language)
    rest = text("figures.other_opds", language)
    table = from_to(moves, most, rest)
    rows, columns = table.shape
    figure, axes = new_figure(max(6.4, 0.31 * columns + 3.4), max(3.4, 0.25 * rows + 2.9), synthetic, language)
    same = np.array([[a == b and a != rest for b in table.columns] for a in table.index])
    _counts(axes, table.to_numpy(), same)
    named = [rest if o == rest else short_name(names[o]) for o in [*table.index, *table.columns]]
    axes.set_yticks(np.arange(rows), named[:rows], fontsize=8)
    axes.set_xticks(np.arange(columns), named[rows:], rotation=90, fontsize=8)
    axes.xaxis.tick_top()
    axes.xaxis.set_label_position("top")
    axes.set_xlabel(text("figures.to", language), weight="bold", loc="left")
    axes.set_ylabel(text("figures.from", language), weight="bold", loc="top")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, weight="bold")
    _sums(axes, table, text("figures.sum", language))
    return figure


def _counts(axes: Axes, table: np.ndarray, same: np.ndarray) -> None:
    from matplotlib.patches import Rectangle

    far = max(1, int(table[~same].max(initial=1)))
    for i, j in np.ndindex(table.shape):
        n = int(table[i, j])
        colour = "#f3f5f7" if n == 0 else MUTED if same[i, j] else _mixed(0.2 + 0.8 * (n - 1) / max(1, far - 1))
        axes.add_patch(Rectangle((j - 0.47, i - 0.47), 0.94, 0.94, facecolor=colour, linewidth=0))
        if n:
            dark = not same[i, j] and far > 1 and (n - 1) / (far - 1) > 0.4
            axes.text(j, i, str(n), ha="center", va="center", fontsize=7.5, color="white" if dark else INK)
    axes.set_xlim(-0.5, table.shape[1] + 0.9)
    axes.set_ylim(table.shape[0] + 0.6, -0.5)
    axes.tick_params(length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _mixed(strength: float) -> tuple[float, float, float]:
    """Between white and a dark orange."""
    from matplotlib.colors import to_rgb

    dark = np.array(to_rgb("#8a3a05"))
    mid = np.array(to_rgb(ACCENT))
    white = np.ones(3)
    at = (1 - 2 * strength) * white + 2 * strength * mid if strength < 0.5 else (2 - 2 * strength) * mid + (2 * strength - 1) * dark
    return float(at[0]), float(at[1]), float(at[2])


def _sums(axes: Axes, table: pd.DataFrame, word: str) -> None:
    rows, columns = table.shape
    for i, n in enumerate(table.sum(axis=1)):
        axes.text(columns + 0.25, i, str(int(n)), ha="center", va="center", fontsize=7.5, weight="bold", color=INK)
    for j, n in enumerate(table.sum(axis=0)):
        axes.text(j, rows + 0.1, str(int(n)), ha="center", va="center", fontsize=7.5, weight="bold", color=INK)
    axes.text(columns + 0.25, rows + 0.1, str(int(table.to_numpy().sum())), ha="center", va="center", fontsize=7.5, weight="bold", color=INK)
    axes.text(-0.75, rows + 0.1, word, ha="right", va="center", fontsize=8, weight="bold", color=INK)
