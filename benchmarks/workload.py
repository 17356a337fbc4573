"""A million task rows to need and grade, beside a plain pandas groupby on the same rows in the same run."""

from __future__ import annotations

import numpy as np
import pandas as pd
from common import answer, median, peak_mb, quick, spread, time_all, versions

from mutasi_toolkit.workload import efficiency_grade, need_from_tasks

EFFECTIVE = 75_000
ROWS, CLASSES = (20_000, 2_000) if quick() else (1_000_000, 100_000)


def tasks() -> tuple[pd.DataFrame, pd.Series]:
    """Tasks whose numbers are of the size of real forms, and the staff present in each seat class."""
    draw = np.random.default_rng(2026)
    ids = np.array([f"J{k:06d}" for k in range(CLASSES)], dtype=object)
    hours = draw.random(ROWS) < 0.2
    minutes = np.round(draw.lognormal(3.5, 1.0, ROWS), 2)
    frame = pd.DataFrame(
        {
            "jabatan_id": pd.array(ids[draw.integers(0, CLASSES, ROWS)], dtype="str"),
            "volume": np.round(draw.lognormal(5.0, 1.0, ROWS)),
            "norma_waktu": np.where(hours, np.round(minutes / 60, 2), minutes),
            "satuan_waktu": pd.array(np.where(hours, "jam", "menit"), dtype="str"),
        }
    )
    return frame, pd.Series(draw.integers(0, 4, CLASSES).astype(float), index=ids, name="ada")


def ours(frame: pd.DataFrame, present: pd.Series) -> pd.DataFrame:
    """Need, rounded need, EJ and grade by the toolkit: rows checked, the sum the same in any order of the rows."""
    need = need_from_tasks(frame, EFFECTIVE)
    ada = present.reindex(need.index).to_numpy()
    index = np.divide(need["beban"].to_numpy(), ada * EFFECTIVE, out=np.full(len(need), np.nan), where=ada > 0)
    return need.assign(ej=index, prestasi=efficiency_grade(index))


def plain(frame: pd.DataFrame, present: pd.Series) -> pd.DataFrame:
    """The same by a plain pandas groupby: nothing checked."""
    minutes = frame["volume"] * frame["norma_waktu"] * frame["satuan_waktu"].map({"menit": 1.0, "jam": 60.0})
    beban = minutes.groupby(frame["jabatan_id"]).sum()
    need = pd.DataFrame({"beban": beban, "kebutuhan": beban / EFFECTIVE})
    need["kebutuhan_bulat"] = np.floor(need["kebutuhan"] + 0.5).astype("int64")
    ada = present.reindex(need.index)
    need["ej"] = (beban / (ada * EFFECTIVE)).where(ada > 0)
    hundredths = np.floor(need["ej"] * 100 + 0.5)
    cut = pd.cut(hundredths, [-1, 49, 69, 89, 100, np.inf], labels=["E", "D", "C", "B", "A"])
    return need.assign(prestasi=cut.astype("str").fillna(""))


def main() -> None:
    """Time both in turn, compare what they gave, answer."""
    frame, present = tasks()
    seconds, results = time_all({"ours": lambda: ours(frame, present), "plain": lambda: plain(frame, present)}, 1 if quick() else 9)
    a, b = results["ours"], results["plain"]
    relative = float((np.abs(a["beban"] - b["beban"]) / b["beban"]).max())
    same_people = bool((a["kebutuhan_bulat"] == b["kebutuhan_bulat"]).all())
    same_grades = bool((a["prestasi"].to_numpy() == b["prestasi"].to_numpy()).all())
    ratios = [x / y for x, y in zip(seconds["ours"], seconds["plain"], strict=True)]
    table = [
        {"work": "mutasi_toolkit: need_from_tasks + efficiency_grade", "seconds": spread(seconds["ours"])},
        {"work": "plain pandas groupby, nothing checked", "seconds": spread(seconds["plain"])},
        {"work": "ratio, ours / plain, turn by turn", "seconds": spread(ratios, 2)},
    ]
    notes = [
        f"{ROWS:,} task rows in {CLASSES:,} seat classes to need, rounded need, EJ and grade; one core; peak memory of the whole process {peak_mb():.0f} MB.",
        f"Agreement: greatest relative difference of a load {relative:.1e}; rounded needs {'equal' if same_people else 'DIFFER'}; grades {'equal' if same_grades else 'DIFFER'}.",
        "Ours also checks every row, names bad ones, and sums in an order that makes the result independent of the order of the rows.",
    ]
    within = median(seconds["ours"]) < 2.0 and peak_mb() < 1024
    notes.append(f"Aim of 2 s and 1 GB: {'met' if within else 'MISSED'}.")
    answer("Workload: tasks to need and grade", table, notes, versions("pandas", "numpy"), relative < 1e-12 and same_people and same_grades)


if __name__ == "__main__":
    main()
