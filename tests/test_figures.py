"""Pictures: what they count, no label over another, states apart in grey and for colour-blind eyes, the same bytes twice."""

from __future__ import annotations

from itertools import combinations
from typing import Any

import matplotlib
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb

from mutasi_toolkit import figures, skills
from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.figures import coverage as coverage_figure
from mutasi_toolkit.figures.network import push_apart

matplotlib.use("Agg")
#: Pixels by which two boxes of text may touch: the renderer rounds each up.
TOUCH = 1.0
#: Least difference of grey (0 to 1) by which two neighbouring states can be told on paper.
GREY = 0.08
NAMES = pd.Series({f"O{k:02d}": f"Dinas {word}" for k, word in enumerate(["Sosial", "Kesehatan", "Perhubungan", "Pariwisata", "Kelautan"])})


def texts(figure: Any) -> list[Any]:
    FigureCanvasAgg(figure).draw()
    axes = figure.axes[0]
    ticks = []
    for axis in (axes.xaxis, axes.yaxis):
        low, high = sorted(axis.get_view_interval())
        ticks += [t for k in axis.get_major_ticks() if axes.axison and low <= k.get_loc() <= high for t in (k.label1, k.label2) if t.get_visible()]
    found = [t for t in [*figure.texts, *axes.texts, *ticks, axes.title, axes._left_title] if t.get_text()]
    return [t for t in found if t.get_visible()]


def overlaps(figure: Any) -> list[tuple[str, str]]:
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts(figure)]

    def meet(a: Any, b: Any) -> bool:
        return min(a.x1, b.x1) - max(a.x0, b.x0) > TOUCH and min(a.y1, b.y1) - max(a.y0, b.y0) > TOUCH

    return [(s, t) for (s, a), (t, b) in combinations(boxes, 2) if meet(a, b)]


def outside(figure: Any) -> list[str]:
    width, height = figure.canvas.get_width_height()
    boxes = [(t.get_text(), t.get_window_extent()) for t in texts(figure)]
    return [s for s, b in boxes if b.x0 < -TOUCH or b.y0 < -TOUCH or b.x1 > width + TOUCH or b.y1 > height + TOUCH]


def random_moves(n: int, seed: int = 2) -> pd.DataFrame:
    rng = np.random.default_rng(seed)
    return pd.DataFrame({"opd_asal": rng.choice(NAMES.index, n), "opd_tujuan": rng.choice(NAMES.index, n)})


def curve(n: int = 13) -> pd.DataFrame:
    rows = [(t, r, 100 + k * t, 100 + k * t - 2, 100 + k * t + 2) for r, k in (("tanpa", 3), ("dengan", 3.1)) for t in range(n)]
    return pd.DataFrame(rows, columns=["periode", "rencana", "mean", "low", "high"])


def changes() -> pd.DataFrame:
    rng = np.random.default_rng(4)
    frame = pd.DataFrame({"opd_id": rng.choice(NAMES.index, 40), "keahlian": [f"Keahlian nomor {k}" for k in range(40)], "selisih": rng.normal(0, 4, 40)})
    return frame.assign(low=frame["selisih"] - 2, high=frame["selisih"] + 2)


def drawn(contoh: Cycle, language: str) -> dict[str, Any]:
    coverage = skills.coverage(contoh).reset_index()
    staff = contoh.seated.groupby("opd_id").size()
    terms = pd.DataFrame({"suku": ["Beban kerja", "Pengetahuan", "Gangguan"], "selisih": [-2570.0, -949.7, 8.2]})
    return {
        "coverage": figures.coverage_map(coverage, contoh.unit_name, True, language),
        "flow": figures.flow(random_moves(70), NAMES, True, language),
        "network": figures.skill_network(coverage, staff, contoh.unit_name, True, language),
        "curves": figures.spread_curves(curve(), True, language, (4.0, 1.0, 7.0)),
        "changes": figures.knowledge_changes(changes(), NAMES, True, language),
        "terms": figures.terms(terms, True, language),
    }


@pytest.mark.parametrize("language", ["id", "en"])
def test_no_label_lies_over_another_or_off_the_paper(contoh: Cycle, language: str) -> None:
    pictures = drawn(contoh, language)
    assert {k: overlaps(f) for k, f in pictures.items()} == {k: [] for k in pictures}
    assert {k: outside(f) for k, f in pictures.items()} == {k: [] for k in pictures}


def test_the_same_tables_give_the_same_bytes(contoh: Cycle) -> None:
    one, two = drawn(contoh, "id"), drawn(contoh, "id")
    for kind in ("network", "flow", "changes"):
        assert figures.png_bytes(one[kind]) == figures.png_bytes(two[kind]), kind


def grey(colour: Any) -> float:
    """Luma of ITU-R BT.709: what a grey print of a colour comes to."""
    return float(np.dot(to_rgb(colour), [0.2126, 0.7152, 0.0722]))


def deuteranope(colour: Any) -> np.ndarray:
    """Full deuteranopia by the matrix of Machado, Oliveira and Fernandes (2009)."""
    matrix = np.array([[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]])
    linear = np.array([c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(colour)])
    return np.clip(matrix @ linear, 0, 1)


def test_states_of_coverage_are_apart_in_grey_and_for_the_colour_blind() -> None:
    levels = sorted(grey(c) for c in coverage_figure.COLOURS)
    assert min(np.diff(levels)) > GREY
    for a, b in combinations(coverage_figure.COLOURS, 2):
        assert np.abs(deuteranope(a) - deuteranope(b)).max() > GREY


def test_every_cell_of_the_coverage_map_says_its_state(contoh: Cycle) -> None:
    coverage = skills.coverage(contoh).reset_index()
    figure = figures.coverage_map(coverage, contoh.unit_name)
    written = [t.get_text() for t in figure.axes[0].texts]
    asked = coverage[coverage["dibutuhkan"] > 0]
    expected = [f"−{k}" if k else str(p) for k, p in zip(asked["kurang"], asked["pemegang"], strict=True)]
    assert sorted(written) == sorted(expected)
    thin = ((asked["kurang"] == 0) & (asked["pemegang"] == 1)).sum()
    assert sum(p.get_linewidth() > 0 for p in figure.axes[0].patches) == thin


def test_long_coverage_shows_the_gaps_first() -> None:
    rows = [("O00", f"K{k:02d}", 2, 0 if k == 59 else 2, 2 if k == 59 else 0) for k in range(60)]
    figure = figures.coverage_map(pd.DataFrame(rows, columns=["opd_id", "keahlian", "dibutuhkan", "pemegang", "kurang"]), NAMES, most=10)
    shown = [t.get_text() for t in figure.axes[0].get_xticklabels()]
    assert len(shown) == 10
    assert "K59" in shown
    assert "10" in figure.axes[0].get_title(loc="left")


def test_counts_of_the_flow_add_up() -> None:
    moves = random_moves(70)
    table = figures.from_to(moves, 3, "lain")
    assert table.to_numpy().sum() == 70
    assert table.shape == (4, 4)
    whole = figures.from_to(moves, 9, "lain")
    expected = moves.groupby(["opd_asal", "opd_tujuan"]).size()
    assert {(a, b): n for a, row in whole.iterrows() for b, n in row.items() if n} == expected.to_dict()


def test_boxes_are_pushed_apart() -> None:
    rng = np.random.default_rng(9)
    size = rng.uniform(0.4, 1.4, (40, 2)) * [1.0, 0.3]
    at = push_apart(rng.uniform(0, 3, (40, 2)), size)
    i, j = np.triu_indices(40, 1)
    lack = (size[i] + size[j]) / 2 - np.abs(at[i] - at[j])
    assert not (lack > 1e-3).all(axis=1).any()


def test_a_network_in_two_parts_does_not_overlap() -> None:
    edges = np.array([[0, 1], [1, 2], [3, 4]])
    size = np.full((5, 2), 0.8)
    at = figures.place(edges, size, np.array([4.0, 3.0]))
    assert all((np.abs(at[a] - at[b]) > 0.79).any() for a, b in combinations(range(5), 2))


def test_nothing_to_draw_is_said_in_words() -> None:
    none = pd.DataFrame({"opd_id": [], "keahlian": [], "dibutuhkan": [], "pemegang": [], "kurang": []})
    pictures = [
        figures.coverage_map(none, NAMES),
        figures.flow(random_moves(0), NAMES),
        figures.skill_network(none, pd.Series(dtype=float), NAMES),
        figures.knowledge_changes(changes().head(0), NAMES),
    ]
    for figure in pictures:
        assert figure.axes[0].texts[0].get_text()
    assert figures.png_bytes(figures.terms(pd.DataFrame({"suku": [], "selisih": []})))


@pytest.mark.parametrize(
    ("values", "says"), [([0.0, 8.0, 16.0], {"0", "8", "16"}), ([0.0, 0.5, 1.0], {"0,0", "0,5", "1,0"}), ([-1500.0, 0.0], {"−1.500", "0"})]
)
def test_ticks_have_as_many_decimals_as_they_need(values: list[float], says: set[str]) -> None:
    figure, axes = figures.style.new_figure(4, 2, False, "id")
    axes.set_xlim(min(values), max(values))
    axes.set_xticks(values)
    figures.style.numbered(axes, "id")
    FigureCanvasAgg(figure).draw()
    assert {t.get_text() for t in axes.get_xticklabels()} == says


def test_pictures_of_very_many_opds_show_the_most_telling_and_say_so() -> None:
    """Three hundred OPDs do not fit a page: sixty are drawn, those with the greatest gaps, and the title says how many there are."""
    n = 300
    ids = [f"D{k:03d}" for k in range(n)]
    names = pd.Series([f"Dinas {k}" for k in range(n)], index=ids)
    rng = np.random.default_rng(5)
    gap = pd.Series(rng.permutation(n) + 1.0, index=ids)
    told = {"id": "60 dari 300 OPD", "en": "60 most telling of 300 OPDs"}
    opd = pd.DataFrame({"kekurangan": gap, "kelebihan": 0.0, "eu": 1.0, "selisih_mutlak_sebelum": gap, "selisih_mutlak_sesudah": 0.0, "low": 0.9, "high": 1.1, "a": gap, "b": 0.0})
    opd["eu"] = 1.0 + gap / 100
    years = pd.DataFrame({"kini": 1.0, "2027": 1.0 - gap / 1000}, index=ids)
    cover = pd.DataFrame({"opd_id": ids, "keahlian": "x", "dibutuhkan": gap, "pemegang": 1, "kurang": gap})
    largest = set(gap.nlargest(60).index)
    for language, words in told.items():
        for drawn in (
            figures.opd_balance(opd, names, language=language), figures.opd_before_after(opd, names, language=language),
            figures.efficiency_intervals(opd, names, language=language), figures.years_ahead(years, names, language=language),
            figures.two_runs(opd, names, ("A", "B"), language=language),
        ):  # fmt: skip
            assert words in drawn.axes[0].get_title(loc="left")
            assert {t.get_text() for t in drawn.axes[0].get_yticklabels()} == {names[o] for o in largest}
            assert drawn.get_size_inches()[1] < 17
    many = cover.assign(kurang=np.where(gap.to_numpy() > 240, 1, 0))
    drawn = figures.coverage_map(many, names)
    assert told["id"] in drawn.axes[0].get_title(loc="left")
    assert {t.get_text() for t in drawn.axes[0].get_yticklabels()} == {names[o] for o in largest}
    staff = gap.rename("n")
    network = figures.skill_network(pd.DataFrame({"opd_id": ids, "keahlian": [f"s{k // 15}" for k in range(n)], "pemegang": 2}), staff, names)
    assert "dari 300 OPD" in network._suptitle.get_text()
