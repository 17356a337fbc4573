"""Cycle: moves carried out give a new cycle, the old one stays as it was; what is written reads back the same."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mutasi_toolkit.cycle import read_cycle
from mutasi_toolkit.errors import InputError
from mutasi_toolkit.schema import TABLES, columns
from mutasi_toolkit.schema.template import example_rows, write_template
from mutasi_toolkit.settings import load_settings

WHO = "198312122008011000"


def _moves(*pairs: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(pairs, columns=["pegawai_id", "jabatan_id"])


def test_moves_give_a_new_cycle_and_leave_the_old_one(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    before = {name: frame.copy() for name, frame in cycle.tables.items()}
    after = cycle.after(_moves((WHO, "J08")))
    for name, frame in cycle.tables.items():
        pd.testing.assert_frame_equal(frame, before[name])
    row = after.pegawai.set_index("pegawai_id").loc[WHO]
    assert (row["jabatan_id"], row["tmt_jabatan"], row["tmt_unit"]) == ("J08", cycle.date, cycle.date)
    new = after.riwayat[after.riwayat["pegawai_id"] == WHO].iloc[0]
    assert (new["unit_asal"], new["unit_tujuan"], new["jabatan_asal"], new["jabatan_tujuan"], new["tanggal"]) == ("U3", "U1", "J06", "J08", cycle.date)
    assert len(after.riwayat) == len(cycle.riwayat) + 1


def test_a_move_within_the_unit_keeps_the_time_in_the_unit(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    after = cycle.after(_moves((WHO, "J07")))
    old, new = (c.pegawai.set_index("pegawai_id").loc[WHO] for c in (cycle, after))
    assert new["tmt_unit"] == old["tmt_unit"]
    assert new["tmt_jabatan"] == cycle.date


def test_staying_is_no_move_and_no_moves_change_nothing(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    for moves in (_moves((WHO, "J06")), _moves()):
        after = cycle.after(moves)
        for name, frame in cycle.tables.items():
            pd.testing.assert_frame_equal(getattr(after, name), frame)


def test_there_and_back_seats_everybody_as_before(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    back = cycle.after(_moves((WHO, "J08"))).after(_moves((WHO, "J06")))
    pd.testing.assert_series_equal(back.pegawai["jabatan_id"], cycle.pegawai["jabatan_id"])
    assert len(back.riwayat) == len(cycle.riwayat) + 2


@pytest.mark.parametrize(
    ("moves", "says"),
    [
        (_moves(("X", "J08")), "X"),
        (_moves((WHO, "J99")), "J99"),
        (_moves((WHO, "J08"), (WHO, "J07")), WHO),
        (pd.DataFrame({"pegawai": [WHO]}), "pegawai_id"),
    ],
    ids=["nobody", "no-seat", "twice", "no-column"],
)
def test_moves_that_cannot_be_carried_out(tiny: Path, moves: pd.DataFrame, says: str) -> None:
    with pytest.raises(InputError, match=says):
        read_cycle(tiny).after(moves)


def test_a_cycle_cannot_be_reassigned(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    with pytest.raises(AttributeError):
        cycle.pegawai = cycle.pegawai.iloc[:0]  # type: ignore[misc]


def test_what_is_written_reads_back_the_same(tiny: Path, tmp_path: Path) -> None:
    cycle = read_cycle(tiny)
    cycle.write(tmp_path / "lagi")
    again = read_cycle(tmp_path / "lagi")
    for name, frame in cycle.tables.items():
        pd.testing.assert_frame_equal(getattr(again, name), frame)
    assert again.settings == cycle.settings


def test_rows_in_another_order_give_the_same_cycle(tiny: Path) -> None:
    cycle = read_cycle(tiny)
    for path in tiny.glob("*.csv"):
        head, *lines = path.read_text(encoding="utf-8").splitlines()
        path.write_text("\n".join([head, *reversed(lines)]) + "\n", encoding="utf-8")
    again = read_cycle(tiny)
    for name, frame in cycle.tables.items():
        pd.testing.assert_frame_equal(getattr(again, name), frame)


def test_tables_and_columns_keep_their_names() -> None:
    names = {
        "unit": "unit_id nama induk_id jenis rumpun lat lon",
        "jabatan": "jabatan_id unit_id nama jenis eselon jenjang kelas_jabatan klasifikasi profesi mapel tugas_tambahan min_golongan max_golongan "
        "min_pendidikan bidang_ilmu kebutuhan terkunci plt tpp",
        "pegawai": "pegawai_id jabatan_id status golongan pendidikan bidang_ilmu tanggal_lahir tmt_jabatan tmt_unit tmt_cpns akhir_kontrak "
        "jenis_kelamin profesi predikat_1 predikat_2 kotak_talenta hukuman_disiplin proses_hukum tugas_belajar ikatan_dinas uji_kompetensi "
        "jabatan_rangkap domisili_lat domisili_lon nama",
        "tugas": "jabatan_id uraian volume norma_waktu satuan_waktu hasil",
        "keahlian": "pegawai_id keahlian tingkat tanggal dasar",
        "syarat": "jabatan_id keahlian tingkat",
        "riwayat": "pegawai_id unit_asal unit_tujuan tanggal jabatan_asal jabatan_tujuan",
        "hubungan": "pegawai_a pegawai_b kekuatan",
        "konflik": "pegawai_a pegawai_b alasan",
        "preferensi": "pegawai_id unit_id urutan",
        "keputusan": "pegawai_id putusan jabatan_id alasan oleh usulan_id tanggal",
        "hasil": "unit_id periode indikator nilai",
    }
    assert {name: " ".join(columns(name)) for name in names} == names


def test_csv_files_and_a_workbook_give_the_same_cycle(tmp_path: Path) -> None:
    """Every table and every column, the rows those of the template."""
    rows = {t: [{k: str(v) for k, v in row.items()} for row in example_rows(t)] for t in TABLES}
    folder = tmp_path / "csv"
    folder.mkdir()
    (folder / "cycle.yaml").write_text("tanggal: 2026-01-31\nsintetis: true\n")
    for table in TABLES:
        pd.DataFrame(rows[table]).reindex(columns=list(columns(table))).to_csv(folder / f"{table}.csv", index=False)
    write_template(folder / "siklus.xlsx", "id", rows)
    one, two = read_cycle(folder), read_cycle(folder / "siklus.xlsx")
    for name, frame in one.tables.items():
        assert len(frame)
        pd.testing.assert_frame_equal(frame, getattr(two, name))


def test_scenario_without_english_words_is_described_by_its_own_indonesian_ones(tmp_path: Path) -> None:
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "cycle.yaml").write_text("tanggal: 2026-01-31\nketerangan: Siklus\nketerangan_en: Cycle\n")
    for name, words in (("satu", "keterangan: Satu\n"), ("dua", "keterangan: Dua\nketerangan_en: Two\n"), ("tiga", "seed: 3\n")):
        (tmp_path / "scenarios" / f"{name}.yaml").write_text(words)
    said = [load_settings(tmp_path / "cycle.yaml", name).described("en") for name in ("dasar", "satu", "dua", "tiga")]
    assert said == ["Cycle", "Satu", "Two", "Cycle"]
