"""The picture of a frontier draws every point, the knee and the proposed plan."""

from __future__ import annotations

import pandas as pd
import pytest

from mutasi_toolkit import figures


@pytest.mark.parametrize("third", [False, True])
def test_every_point_the_knee_and_the_plan_are_drawn(third: bool) -> None:
    table = pd.DataFrame({"plan_id": ["P01", "P02", "P03"], "workload": [10.0, 20.0, 30.0], "moves": [3.0, 1.0, 0.0]})
    if third:
        table["knowledge"] = [-2.0, -1.0, 0.0]
    table = table.assign(bound=0.0, lutut=[False, True, False])
    figure = figures.frontier(table, {"beban": 12.0, "pindah": 4.0}, synthetic=True, language="en")
    points, knee, plan = figure.axes[0].collections
    assert points.get_offsets().tolist() == table[["workload", "moves"]].to_numpy().tolist()
    assert knee.get_offsets().tolist() == [[20.0, 1.0]]
    assert plan.get_offsets().tolist() == [[12.0, 4.0]]
    sizes = points.get_sizes()
    assert (sizes[0] > sizes[-1]) == third
