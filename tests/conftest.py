"""Shared fixtures: a tiny hand-made cycle, the example cycle, the folder of reference data."""

from __future__ import annotations

import csv
import os
from collections.abc import Callable
from pathlib import Path

import pytest
import verified
from hypothesis import HealthCheck, settings

from mutasi_toolkit.cycle import Cycle, read_cycle

#: Tests that want a PDF switch it on themselves.
os.environ.setdefault("MUTASI_PDF", "0")
ROOT = Path(__file__).resolve().parents[1]
SLOW_IS_FINE = [HealthCheck.too_slow, HealthCheck.data_too_large]
settings.register_profile("same", derandomize=True, deadline=None, database=None, suppress_health_check=SLOW_IS_FINE)
settings.register_profile("search", deadline=None, database=None, suppress_health_check=SLOW_IS_FINE)
# Every plan of every test is verified.
verified.watch()
settings.load_profile("search" if os.environ.get("HYPOTHESIS_SEARCH") else "same")

CYCLE_YAML = """\
nama: Kota Kecil
siklus: "2026"
sintetis: true
tanggal: 2026-01-31
seed: 7
"""

UNIT = """\
unit_id,nama,induk_id,jenis,rumpun
U0,Pemerintah Kota Kecil,,pemkot,
U1,Dinas Kesehatan,U0,dinas,kesehatan
U2,Dinas Pendidikan,U0,dinas,pendidikan
U3,Badan Keuangan,U0,badan,keuangan
U11,Puskesmas Satu,U1,puskesmas,kesehatan
U21,SD Negeri 1,U2,sekolah,pendidikan
"""

JABATAN = """\
jabatan_id,unit_id,nama,jenis,eselon,jenjang,kelas_jabatan,min_golongan,min_pendidikan,kebutuhan
J01,U1,Kepala Dinas Kesehatan,jpt,II.b,,14,IV/b,S1,1
J02,U1,Analis Kesehatan,fungsional,,ahli muda,9,III/c,S1,2
J03,U11,Perawat,fungsional,,terampil,6,II/c,D3,3
J04,U2,Analis Pendidikan,fungsional,,ahli muda,9,III/c,S1,1
J05,U21,Guru Kelas,fungsional,,ahli pertama,8,III/a,S1,3
J06,U3,Pengelola Keuangan,pelaksana,,,7,II/a,SLTA,
J07,U3,Analis Keuangan,fungsional,,ahli muda,9,III/c,S1,1
J08,U1,Pengelola Keuangan,pelaksana,,,7,II/a,SLTA,1
"""

PEGAWAI = """\
pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan,tmt_unit,tmt_cpns,jenis_kelamin,predikat_1,predikat_2,kotak_talenta,hukuman_disiplin
196803121994031000,J01,PNS,IV/c,S2,1968-03-12,2022-06-01,2018-01-01,1994-03-01,L,Baik,Baik,7,tidak
197905202005012000,J02,PNS,III/d,S1,1979-05-20,2021-01-04,2015-01-05,2005-01-01,P,Sangat Baik,Baik,8,tidak
198011112006041000,J02,PNS,III/d,S1,1980-11-11,2019-02-01,2019-02-01,2006-04-01,L,Baik,Baik,5,tidak
198804152010012000,J03,PNS,III/a,D3,1988-04-15,2017-07-01,2017-07-01,2010-01-01,P,Baik,Baik,5,tidak
199206302015032000,J03,PNS,II/d,D3,1992-06-30,2020-01-02,2020-01-02,2015-03-01,P,Baik,Butuh Perbaikan,3,tidak
199510092023212000,J03,PPPK,VII,D3,1995-10-09,2023-07-01,2023-07-01,2023-07-01,P,Baik,,5,tidak
197701022003121000,J04,PNS,IV/a,S2,1977-01-02,2020-08-03,2012-03-01,2003-12-01,L,Baik,Baik,7,tidak
198507072009021000,J05,PNS,III/c,S1,1985-07-07,2016-01-04,2016-01-04,2009-02-01,L,Baik,Baik,5,tidak
199002282014022000,J05,PNS,III/b,S1,1990-02-28,2018-07-02,2018-07-02,2014-02-01,P,Sangat Baik,Sangat Baik,9,tidak
198312122008011000,J06,PNS,III/b,SLTA,1983-12-12,2019-09-02,2019-09-02,2008-01-01,L,Baik,Baik,5,tidak
198609092011012000,J06,PNS,III/b,D3,1986-09-09,2021-03-01,2021-03-01,2011-01-01,P,Baik,Baik,6,ya
198203032007101000,J07,PNS,III/d,S1,1982-03-03,2020-02-03,2014-05-01,2007-10-01,L,Baik,Baik,8,tidak
"""

TUGAS = """\
jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil
J06,Memeriksa SPJ,1200,45,menit,dokumen
J06,Menyusun laporan kas,12,20,jam,laporan
J03,Melayani pasien,15000,12,menit,pasien
J08,Memeriksa SPJ,700,45,menit,dokumen
"""

KEAHLIAN = """\
pegawai_id,keahlian,tingkat,tanggal,dasar
197905202005012000,Surveilans,4,2025-03-01,dinilai
198011112006041000,Surveilans,2,2025-03-01,dinilai
198804152010012000,Keperawatan,4,2025-03-01,dinilai
199206302015032000,Keperawatan,3,2025-03-01,dinilai
197701022003121000,Kurikulum,5,2025-03-01,dinilai
198507072009021000,Kurikulum,3,,turunan
198312122008011000,Akuntansi,3,2025-03-01,dinilai
198203032007101000,Akuntansi,5,2025-03-01,dinilai
"""

SYARAT = """\
jabatan_id,keahlian,tingkat
J02,Surveilans,3
J03,Keperawatan,3
J04,Kurikulum,4
J05,Kurikulum,2
J06,Akuntansi,3
J07,Akuntansi,4
J08,Akuntansi,3
"""

RIWAYAT = """\
pegawai_id,unit_asal,unit_tujuan,tanggal,jabatan_asal,jabatan_tujuan
198203032007101000,U1,U3,2014-05-01,J08,J07
198804152010012000,U1,U11,2017-07-01,J02,J03
"""

TINY = {
    "cycle.yaml": CYCLE_YAML,
    "unit.csv": UNIT,
    "jabatan.csv": JABATAN,
    "pegawai.csv": PEGAWAI,
    "tugas.csv": TUGAS,
    "keahlian.csv": KEAHLIAN,
    "syarat.csv": SYARAT,
    "riwayat.csv": RIWAYAT,
}

SetCell = Callable[..., Path]


def write_tiny(folder: Path) -> Path:
    """Write the tiny cycle into `folder` and return it."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in TINY.items():
        (folder / name).write_text(content, encoding="utf-8")
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """Folder of a cycle of 12 people in 3 OPDs, written by hand, without any fault."""
    return write_tiny(tmp_path / "kecil")


@pytest.fixture
def set_cell(tiny: Path) -> SetCell:
    """Change one cell of the tiny cycle: `set_cell(table, row, column, value)`, row as a spreadsheet shows it."""

    def change(table: str, row: int, column: str, value: str) -> Path:
        path = tiny / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as handle:
            rows = list(csv.reader(handle))
        rows[row - 1][rows[0].index(column)] = value
        with path.open("w", encoding="utf-8", newline="") as handle:
            csv.writer(handle, lineterminator="\n").writerows(rows)
        return tiny

    return change


@pytest.fixture(scope="session")
def contoh() -> Cycle:
    """The example cycle of 60 synthetic people."""
    folder = ROOT / "data" / "cycles" / "contoh"
    if not (folder / "cycle.yaml").is_file():
        pytest.skip("data/cycles/contoh is not there")
    return read_cycle(folder)


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of the published data sets that some tests compare with."""
    folder = Path(os.environ.get("MUTASI_REFERENCE_DATA", ROOT.parent / "shared" / "data"))
    if not folder.is_dir():
        pytest.skip(f"no reference data at {folder}; set MUTASI_REFERENCE_DATA")
    return folder
