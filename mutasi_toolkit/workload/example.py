"""A small city made by hand, on which the examples of this package run."""

from __future__ import annotations

from io import StringIO
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.cycle import Cycle, build_cycle
from mutasi_toolkit.schema.faults import raise_if_errors
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.settings import build_settings

_TABLES = {
    "unit": """unit_id,nama,induk_id,jenis,rumpun
K,Kota Contoh,,kota,
D1,Dinas Kesehatan,K,dinas,kesehatan
D1P,Puskesmas Utara,D1,puskesmas,
D2,Dinas Keuangan,K,dinas,keuangan
""",
    "jabatan": """jabatan_id,unit_id,nama,jenis,jenjang,kelas_jabatan,kebutuhan
J1,D1,Pengelola Data,pelaksana,,6,
J2,D1P,Bidan Ahli Madya,fungsional,ahli madya,11,
J3,D2,Analis Anggaran,pelaksana,,7,2
""",
    "pegawai": """pegawai_id,jabatan_id,status,golongan,pendidikan,tanggal_lahir,tmt_jabatan,akhir_kontrak
P1,J1,PNS,III/a,S1,1969-03-10,2020-01-01,
P2,J1,PPPK,IX,S1,1990-05-01,2024-03-01,2028-02-29
P3,J2,PNS,IV/a,S1,1967-12-20,2019-01-01,
P4,J3,PNS,III/b,S1,1985-07-07,2021-01-01,
P5,J3,PNS,III/c,S1,1970-01-15,2018-01-01,
""",
    "tugas": """jabatan_id,uraian,volume,norma_waktu,satuan_waktu,hasil
J1,Mengolah data,3000,60,menit,data
J1,Menyusun laporan,12,10,jam,laporan
J2,Pelayanan ANC,1500,30,menit,layanan
J2,Pertolongan persalinan,200,10,jam,layanan
""",
}


def small_city(settings: dict[str, Any] | None = None, **tables: str) -> Cycle:
    """A city of two dinas and a puskesmas, three seat classes, five people.

    Parameters
    ----------
    settings : dict, optional
        Values laid over `tanggal: 2026-01-31`.
    **tables : str
        CSV text that takes the place of a table, or adds one.

    Returns
    -------
    Cycle

    Examples
    --------
    >>> len(small_city().jabatan)
    3
    """
    raw = {}
    for name, content in (_TABLES | tables).items():
        cells = pd.read_csv(StringIO(content), dtype=str, keep_default_na=False)
        raw[name] = RawTable(name, f"{name}.csv", cells, np.arange(2, 2 + len(cells)))
    chosen = {"tanggal": "2026-01-31", "sintetis": True, "nama": "Kota Contoh"} | (settings or {})
    cycle, faults = build_cycle(raw, build_settings(chosen, "example"), "example")
    raise_if_errors(faults)
    assert cycle is not None
    return cycle
