"""The four approaches; the classroom examples of KEP/75 are from memory, their arithmetic holds."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.workload import (
    hasil_kerja,
    need_by_approach,
    objek_kerja,
    peralatan_kerja,
    round_half_up,
    tugas_per_tugas,
)

CLASSROOM = [
    (hasil_kerja(200, 30), 6.67, 7),
    (objek_kerja(80, 25), 3.2, 3),
    (peralatan_kerja(20, 1), 20, 20),
    (peralatan_kerja(20, 5), 4, 4),
    (tugas_per_tugas([24 * 12, 24 * 6, 24 * 5, 4 * 15, 1 * 120], 300), 2.44, 2),
]


@pytest.mark.parametrize(("exact", "printed", "people"), CLASSROOM)
def test_g7_classroom_examples(exact: float, printed: float, people: int) -> None:
    assert round(exact, 2) == printed
    assert round_half_up(exact) == people


def parts() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("Pengentri", "hasil kerja", 200, 30, 1), ("Dokter", "objek kerja", 80, 25, 1),
            ("Montir", "peralatan kerja", 20, 5, 1), ("Pengadministrasi", "tugas per tugas jabatan", 612, 300, 1),
            ("Pengadministrasi", "tugas per tugas jabatan", 120, 300, 1),
        ],
        columns=["jabatan_id", "pendekatan", "jumlah", "standar", "gilir"],
    )  # fmt: skip


def test_a_table_mixes_the_approaches_and_rounds_once_per_class() -> None:
    found = need_by_approach(parts())
    assert found["kebutuhan"].round(2).to_dict() == {
        "Dokter": 3.2,
        "Montir": 4.0,
        "Pengadministrasi": 2.44,
        "Pengentri": 6.67,
    }
    assert found["kebutuhan_bulat"].sum() == 3 + 4 + 2 + 7
    pd.testing.assert_frame_equal(found, need_by_approach(parts().iloc[::-1]))
    pd.testing.assert_frame_equal(found, need_by_approach(parts().drop(columns="gilir")))


def test_shifts_multiply_equipment_only() -> None:
    two = parts().assign(gilir=[1, 1, 2, 1, 1])
    assert need_by_approach(two).loc["Montir", "kebutuhan"] == 8.0
    with pytest.raises(InputError, match="0"):
        need_by_approach(parts().assign(gilir=[2, 1, 1, 1, 1]))


@pytest.mark.parametrize(
    "change",
    [
        {"pendekatan": "rasio"},
        {"standar": 0},
        {"standar": np.nan},
        {"jumlah": -1},
        {"jumlah": np.inf},
        {"jabatan_id": None},
    ],
)
def test_a_bad_part_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(InputError):
        need_by_approach(parts().assign(**change))


def test_a_missing_column_is_named() -> None:
    with pytest.raises(InputError, match="standar"):
        need_by_approach(parts().drop(columns="standar"))


def test_standards_must_be_above_zero_and_amounts_not_negative() -> None:
    with pytest.raises(InputError):
        hasil_kerja(10, 0)
    with pytest.raises(InputError):
        objek_kerja(-1, 5)
    with pytest.raises(InputError):
        peralatan_kerja(10, 2, gilir=-1)
    assert hasil_kerja(0, 5) == 0.0
    assert tugas_per_tugas([], 300) == 0.0
