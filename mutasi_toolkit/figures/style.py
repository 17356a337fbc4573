"""One look for every picture: colours that survive colour blindness and grey printing, and bytes that do not change."""

from __future__ import annotations

import io
from collections.abc import Callable
from functools import wraps
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, ParamSpec

import numpy as np

from mutasi_toolkit.locale import number, text

if TYPE_CHECKING:
    import pandas as pd
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

P = ParamSpec("P")
#: Dark for what is, light for what was; orange and blue differ in lightness, so that grey prints keep them apart.
BEFORE, AFTER, ACCENT, MUTED, INK, GRID = (
    "#9aa5b1",
    "#0b4f6c",
    "#d1700f",
    "#c9d1d9",
    "#1a1f24",
    "#e3e8ed",
)
SHORTAGE, SURPLUS = "#b3450f", "#2b7a9b"
#: OPDs that a picture shows at most: more than any kota or kabupaten has, and still a page.
MOST_OPDS = 60
#: A line of what was, dark enough to be read on paper.
BEFORE_LINE = "#5f6c78"
#: Coverage: enough, one holder, short, not required; light to dark in this order but for the last, which is nearly white.
ENOUGH, THIN, SHORT, NOTHING = "#cfe3ec", "#f2b872", "#9c3405", "#f6f8f9"
SETTINGS: Any = {
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.titlesize": 11,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.edgecolor": "#7a8793",
    "axes.labelcolor": INK,
    "text.color": INK,
    "xtick.color": INK,
    "ytick.color": INK,
    "axes.grid": False,
    "svg.hashsalt": "mutasi",
    "svg.fonttype": "path",
    "figure.constrained_layout.use": True,
}
_SHORT = (
    ("Badan Kepegawaian dan Pengembangan SDM Daerah", "BKPSDMD"),
    ("Badan Perencanaan Pembangunan, Riset dan Inovasi Daerah", "Bapperida"),
    ("Badan Penanggulangan Bencana Daerah", "BPBD"),
    ("Badan Kesatuan Bangsa dan Politik", "Badan Kesbangpol"),
    ("Badan Keuangan Daerah", "Badan Keuangan"),
    ("Dinas Pemberdayaan Perempuan, Perlindungan Anak dan KB", "Dinas PPPA dan KB"),
    ("Dinas Penanaman Modal, PTSP dan Tenaga Kerja", "DPMPTSP-Naker"),
    ("Dinas Perumahan dan Kawasan Permukiman", "Dinas Perkim"),
    ("Dinas Pekerjaan Umum dan Penataan Ruang", "Dinas PUPR"),
    ("Dinas Kependudukan dan Pencatatan Sipil", "Dinas Dukcapil"),
    ("Satuan Polisi Pamong Praja", "Satpol PP"),
    ("Sekretariat Daerah", "Setda"),
    ("Sekretariat DPRD", "Setwan"),
    ("Komunikasi dan Informatika", "Kominfo"),
    (" dan Kebudayaan", ""),
    (" dan Kearsipan", ""),
    (", UMKM dan Perdagangan", " UMKM"),
    ("Kelautan dan Perikanan", "Kelautan"),
    ("Kecamatan ", "Kec. "),
)


def short_name(name: str, most: int = 26) -> str:
    """Shorten a unit's name to what fits on an axis.

    Examples
    --------
    >>> short_name("Dinas Pekerjaan Umum dan Penataan Ruang"), short_name("Kecamatan Gabek")
    ('Dinas PUPR', 'Kec. Gabek')
    """
    for long, short in _SHORT:
        name = name.replace(long, short)
    name = name if len(name) <= most else name[: most - 1].rstrip() + "…"
    return name.replace("$", r"\$")


def styled(draw: Callable[P, Figure]) -> Callable[P, Figure]:
    """Draw under the one look of `SETTINGS`, whatever the caller's own matplotlib settings are."""

    @wraps(draw)
    def drawn(*args: P.args, **kwargs: P.kwargs) -> Figure:
        from matplotlib import rc_context

        with rc_context(SETTINGS):
            return draw(*args, **kwargs)

    return drawn


def telling(frame: pd.DataFrame, weight: pd.Series, most: int = MOST_OPDS) -> pd.DataFrame:
    """The rows with the greatest weight, no more than a page holds, in the order in which they stand; of equals the earlier ones.

    Examples
    --------
    >>> import pandas as pd
    >>> frame = pd.DataFrame({"gap": [1, 5, 3]}, index=["a", "b", "c"])
    >>> telling(frame, frame["gap"], 2).index.tolist()
    ['b', 'c']
    """
    if len(frame) <= most:
        return frame
    kept = np.argsort(-weight.fillna(0).to_numpy(dtype=float), kind="stable")[:most]
    return frame.iloc[np.sort(kept)]


def titled(title: str, shown: int, total: int, language: str) -> str:
    """A title that says how many of all OPDs a picture shows, where it does not show all."""
    return title if shown == total else f"{title}\n({text('figures.only_opds', language, n=number(shown, 0, language), total=number(total, 0, language))})"


def new_figure(width: float, height: float, synthetic: bool, language: str) -> tuple[Figure, Axes]:
    """Open an empty figure with one axes, marked when the data are synthetic."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(width, height), layout="constrained")
    axes = figure.add_subplot()
    if synthetic:
        figure.supxlabel(
            text("figures.synthetic", language),
            fontsize=7.5,
            x=0.995,
            ha="right",
            color="#7a4a00",
            style="italic",
        )
    return figure, axes


def empty(title: str, words: str, synthetic: bool, language: str) -> Figure:
    """A figure that says in words why there is nothing to draw."""
    figure, axes = new_figure(7.0, 1.6, synthetic, language)
    axes.axis("off")
    figure.suptitle(title, x=0.01, ha="left", fontsize=11, weight="bold")
    axes.text(0.5, 0.5, words, ha="center", transform=axes.transAxes)
    return figure


def grid(axes: Axes, axis: Any = "x") -> None:
    """Draw faint lines behind the data along one axis."""
    axes.grid(True, axis=axis, color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def numbered(axes: Axes, language: str, axis: str = "x", absolute: bool = False) -> None:
    """Write the ticks of one axis as the language writes numbers, all with as many decimals as they need."""
    line = axes.xaxis if axis == "x" else axes.yaxis

    def written(value: float, _: object) -> str:
        at = np.asarray(line.get_majorticklocs(), dtype=float)
        digits = next((d for d in range(4) if np.allclose(at, np.round(at, d), rtol=0.0, atol=1e-9)), 4)
        return ("−" if value < 0 and not absolute and round(value, digits) != 0 else "") + number(abs(value), digits, language)

    line.set_major_formatter(written)


#: Colours of a PNG; with so few, a file takes a third of the bytes and looks the same.
PALETTE = 128


def png_bytes(figure: Figure, dpi: int = 120) -> bytes:
    """Render a figure as PNG whose bytes depend on nothing but the figure."""
    from matplotlib import rc_context
    from PIL import Image

    full, small = io.BytesIO(), io.BytesIO()
    with rc_context(SETTINGS):
        figure.savefig(full, format="png", dpi=dpi, metadata={"Software": None})
    picture = Image.open(full).convert("RGB").quantize(PALETTE, method=Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE)
    picture.save(small, format="png", optimize=True, dpi=(dpi, dpi))
    return small.getvalue()


def save(figure: Figure, stem: Path, dpi: int = 130) -> None:
    """Write `stem`.png and `stem`.svg with bytes that depend on nothing but the figure."""
    from matplotlib import rc_context

    stem.parent.mkdir(parents=True, exist_ok=True)
    stem.with_suffix(".png").write_bytes(png_bytes(figure, dpi))
    # Both files show one layout, worked out once.
    figure.set_layout_engine("none")
    with rc_context(SETTINGS):
        figure.savefig(
            stem.with_suffix(".svg"), format="svg", metadata={"Date": None, "Creator": None}
        )


def spread_labels(wanted: np.ndarray, gap: float) -> np.ndarray:
    """Positions near to `wanted` that are at least `gap` apart, in the same order.

    Examples
    --------
    >>> spread_labels(np.array([0.0, 0.0, 5.0]), 1.0).tolist()
    [-0.5, 0.5, 5.0]
    """
    order = np.argsort(wanted, kind="stable")
    down, up = wanted.astype(float).copy(), wanted.astype(float).copy()
    for a, b in pairwise(order):
        down[b] = max(down[b], down[a] + gap)
    for b, a in pairwise(order[::-1]):
        up[a] = min(up[a], up[b] - gap)
    # The mean of the two keeps every gap and moves no label further than it must.
    return (down + up) / 2
