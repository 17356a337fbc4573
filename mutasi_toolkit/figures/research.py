"""Pictures of research notebooks: lines with intervals, beside the values they are compared with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from mutasi_toolkit.figures.style import GRID, INK, MUTED, SETTINGS

if TYPE_CHECKING:
    from matplotlib.figure import Figure

#: Colour, dash and mark of the n-th line: told apart in grey and by colour-blind readers.
LOOKS = (
    ("#0b4f6c", "-", "o"),
    ("#d1700f", "--", "s"),
    ("#2b9a6b", "-.", "^"),
    ("#7a4b94", ":", "D"),
    ("#8a1c3b", (0, (5, 1, 1, 1)), "v"),
)


def lines(
    drawn: Mapping[str, Sequence[Any]],
    x_label: str,
    y_label: str,
    title: str = "",
    known: Mapping[str, tuple[Any, Any]] | None = None,
    log_x: bool = False,
    marks: bool = True,
    known_label: str = "known value",
) -> Figure:
    """Lines with 95 % intervals, and known values as open marks in the colour of their line.

    Parameters
    ----------
    drawn : mapping
        Name to (x, y), (x, y, half width) or (x, y, low, high).
    x_label, y_label, title : str
    known : mapping, optional
        Name of a line, or a name of its own, to (x, y).
    log_x : bool
        A logarithmic axis on which 0 has a place at the left.
    marks : bool
        Whether points are marked on the lines.
    known_label : str

    Returns
    -------
    Figure
    """
    import matplotlib.pyplot as plt
    from matplotlib.ticker import MaxNLocator

    with plt.rc_context(SETTINGS):
        figure, axes = plt.subplots(figsize=(6.4, 3.6))
        for (name, values), (colour, dash, mark) in zip(drawn.items(), _looks(len(drawn)), strict=True):
            x, y = np.asarray(values[0], dtype=float), np.asarray(values[1], dtype=float)
            axes.plot(x, y, color=colour, linestyle=dash, marker=mark if marks else None, markersize=4, linewidth=1.4, label=name)
            if len(values) > 2:
                low, high = (y - values[2], y + values[2]) if len(values) == 3 else (values[2], values[3])
                axes.fill_between(x, low, high, color=colour, alpha=0.18, linewidth=0)
        colours = dict(zip(drawn, (look[0] for look in _looks(len(drawn))), strict=True))
        for position, (name, (x, y)) in enumerate((known or {}).items()):
            label = known_label if position == 0 else None
            axes.plot(x, y, linestyle="", marker="o", markersize=8, markerfacecolor="none", markeredgecolor=colours.get(name, INK), label=label)
        if all(float(x) == int(x) for values in drawn.values() for x in np.asarray(values[0], dtype=float)):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, steps=[1, 2, 5, 10]))
        if log_x:
            smallest = min(float(np.min(np.asarray(v[0], dtype=float)[np.asarray(v[0], dtype=float) > 0])) for v in drawn.values())
            axes.set_xscale("symlog", linthresh=smallest, linscale=1.0)
        axes.grid(axis="y", color=GRID, linewidth=0.8)
        axes.set(xlabel=x_label, ylabel=y_label, title=title)
        axes.legend(frameon=False, fontsize=8, loc="center left", bbox_to_anchor=(1.01, 0.5))
        plt.close(figure)
    return figure


def bars(names: Sequence[str], values: Sequence[float], half: Sequence[float] | None, x_label: str, title: str = "", zero: float = 0.0) -> Figure:
    """Horizontal bars with 95 % intervals, the first at the top.

    Parameters
    ----------
    names, values : sequence
    half : sequence, optional
        Half widths of the intervals.
    x_label, title : str
    zero : float
        Where a thin line is drawn.

    Returns
    -------
    Figure
    """
    import matplotlib.pyplot as plt

    with plt.rc_context(SETTINGS):
        figure, axes = plt.subplots(figsize=(6.4, 0.6 + 0.34 * max(len(names), 3)))
        at = np.arange(len(names))[::-1]
        axes.barh(at, values, xerr=half, color=LOOKS[0][0], ecolor=INK, height=0.62, error_kw={"linewidth": 1, "capsize": 2})
        axes.axvline(zero, color=MUTED, linewidth=1)
        axes.set_yticks(at, names)
        axes.set(xlabel=x_label, title=title)
        axes.grid(axis="x", color=GRID, linewidth=0.8)
        axes.set_axisbelow(True)
        plt.close(figure)
    return figure


def _looks(n: int) -> list[tuple[Any, Any, Any]]:
    return [LOOKS[i % len(LOOKS)] for i in range(n)]
