"""Picture of coverage: OPD by skill, in four states that also differ in grey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from mutasi_toolkit.figures.style import (
    ENOUGH,
    INK,
    NOTHING,
    SHORT,
    THIN,
    empty,
    new_figure,
    short_name,
    styled,
    telling,
    titled,
)
from mutasi_toolkit.locale import text

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

#: States of a cell, in the order of their codes.
STATES = ("tidak_dibutuhkan", "cukup", "tipis", "kurang")
COLOURS = (NOTHING, ENOUGH, THIN, SHORT)


def states(coverage: pd.DataFrame) -> np.ndarray:
    """State of every row of a coverage table, as a code into `STATES`.

    kurang: people are missing; tipis: exactly one holder, and none missing; cukup: more, and none missing;
    tidak_dibutuhkan: no seat asks for the skill.

    Examples
    --------
    >>> rows = pd.DataFrame({"dibutuhkan": [0, 2, 1, 3], "pemegang": [1, 2, 1, 1], "kurang": [0, 0, 0, 2]})
    >>> [STATES[k] for k in states(rows)]
    ['tidak_dibutuhkan', 'cukup', 'tipis', 'kurang']
    """
    need, short, one = coverage["dibutuhkan"] > 0, coverage["kurang"] > 0, coverage["pemegang"] == 1
    return np.select([~need, short, one], [0, 3, 2], default=1)


@styled
def coverage_map(
    coverage: pd.DataFrame, names: pd.Series, synthetic: bool = False, language: str = "id", most: int = 40
) -> Figure:
    """Draw OPD x skill in four states: enough, one holder, short, not required.

    A number is the count of holders; with a minus sign, of people missing. Where there are more than `most`
    required skills, those with the most gaps and single holders are shown, and the title says so. Skills
    stand from those that most OPDs ask for to those that one asks for.

    Parameters
    ----------
    coverage : DataFrame
        opd_id, keahlian, dibutuhkan, pemegang, kurang.
    names : Series
        Name by opd_id.
    """
    frame = coverage[coverage["dibutuhkan"] > 0].copy()
    frame["keadaan"] = states(frame)
    title = text("figures.title_coverage", language)
    if not len(frame):
        return empty(title, text("figures.nothing_required", language), synthetic, language)
    present = set(frame["opd_id"])
    every = pd.DataFrame(index=[o for o in names.index if o in present])
    gaps = frame.assign(gap=1000 * (frame["keadaan"] == 3) + (frame["keadaan"] == 2)).groupby("opd_id")["gap"].sum()
    opds = list(telling(every, gaps.reindex(every.index)).index)
    frame = frame[frame["opd_id"].isin(opds)]
    title = titled(title, len(opds), len(every), language)
    shown, total = _chosen(frame, most)
    frame = frame[frame["keahlian"].isin(shown)]
    code = np.zeros((len(opds), len(shown)), dtype=int)
    label = np.full(code.shape, "", dtype=object)
    i, j = pd.Index(opds).get_indexer(frame["opd_id"]), pd.Index(shown).get_indexer(frame["keahlian"])
    code[i, j] = frame["keadaan"]
    missing = frame["kurang"].astype(int).astype(str)
    label[i, j] = np.where(frame["kurang"] > 0, "−" + missing, frame["pemegang"].astype(int).astype(str))
    width, height = max(6.4, 0.28 * len(shown) + 2.6), max(3.2, 0.24 * len(opds) + 2.8)
    figure, axes = new_figure(width, height, synthetic, language)
    _cells(axes, code, label)
    axes.set_yticks(np.arange(len(opds)), [short_name(names[o]) for o in opds], fontsize=8)
    axes.set_xticks(np.arange(len(shown)), [short_name(s, 34) for s in shown], rotation=90, fontsize=8)
    some = text("figures.only_some", language, n=len(shown), total=total)
    axes.set_title(title if total == len(shown) else f"{title} ({some})", pad=10)
    _legend(figure, language)
    return figure


def _chosen(frame: pd.DataFrame, most: int) -> tuple[list[str], int]:
    """The skills shown, in the order in which they stand, and how many there are."""
    marks = frame.assign(gap=frame["keadaan"] == 3, thin=frame["keadaan"] == 2)
    order = marks.groupby("keahlian").agg(gap=("gap", "sum"), thin=("thin", "sum"), n=("gap", "size"), first=("opd_id", "min"))
    kept = order.sort_values(["gap", "thin", "n"], ascending=[False, False, True], kind="stable").head(most)
    return list(kept.sort_values(["n", "first"], ascending=[False, True], kind="stable").index), len(order)


def _cells(axes: Axes, code: np.ndarray, label: np.ndarray) -> None:
    from matplotlib.colors import BoundaryNorm, ListedColormap
    from matplotlib.patches import Rectangle

    axes.imshow(code, aspect="auto", cmap=ListedColormap(COLOURS), norm=BoundaryNorm(np.arange(5) - 0.5, 4))
    for i, j in zip(*np.nonzero(code), strict=True):
        dark = code[i, j] == 3
        axes.text(j, i, label[i, j], ha="center", va="center", fontsize=6.5, color="white" if dark else INK, weight="bold" if dark else "normal")
        if code[i, j] == 2:
            axes.add_patch(Rectangle((j - 0.44, i - 0.42), 0.88, 0.84, fill=False, edgecolor=INK, linewidth=0.9, zorder=3))
    axes.set_xticks(np.arange(-0.5, code.shape[1]), minor=True)
    axes.set_yticks(np.arange(-0.5, code.shape[0]), minor=True)
    axes.grid(which="minor", color="white", linewidth=1.2)
    axes.tick_params(which="both", length=0)
    for spine in axes.spines.values():
        spine.set_visible(False)


def _legend(figure: Figure, language: str) -> None:
    from matplotlib.patches import Patch

    keys: list[Any] = []
    for k in (1, 2, 3, 0):
        edge, width = (INK, 0.9) if k == 2 else ("#b8c2cc", 0.6)
        keys.append(Patch(facecolor=COLOURS[k], label=text(f"figures.state_{STATES[k]}", language), edgecolor=edge, linewidth=width))
    figure.legend(handles=keys, loc="outside upper left", ncols=4, frameon=False, fontsize=8)
