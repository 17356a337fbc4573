"""Two small offices, made by hand, on which the examples of this package run."""

from __future__ import annotations

from io import StringIO

import numpy as np
import pandas as pd

from mutasi_toolkit.cycle import Cycle, build_cycle
from mutasi_toolkit.schema.faults import raise_if_errors
from mutasi_toolkit.schema.read import RawTable
from mutasi_toolkit.settings import build_settings

_TABLES = {
    "unit": """unit_id,nama,induk_id,jenis,rumpun
K,Kota,,kota,
D1,Dinas Keuangan,K,dinas,keuangan
D2,Dinas Kesehatan,K,dinas,kesehatan
""",
    "jabatan": """jabatan_id,unit_id,nama,jenis,kebutuhan
J1,D1,Analis Anggaran,pelaksana,2
J2,D2,Pengelola Gizi,pelaksana,1
""",
    "pegawai": """pegawai_id,jabatan_id,status,golongan,pendidikan,tmt_jabatan
P1,J1,PNS,III/a,S1,2020-01-01
P2,J1,PNS,III/a,S1,2020-01-01
P3,J2,PNS,III/a,S1,2020-01-01
P4,J2,PNS,III/a,S1,2020-01-01
""",
    "keahlian": """pegawai_id,keahlian,tingkat,dasar
P1,Anggaran,4,dinilai
P1,Arsip,3,turunan
P2,Anggaran,3,dinilai
P3,Gizi,2,dinilai
P4,Arsip,5,dinilai
""",
    "syarat": """jabatan_id,keahlian,tingkat
J1,Anggaran,3
J1,Arsip,2
J2,Arsip,3
J2,Gizi,4
""",
}


def two_offices(**tables: str) -> Cycle:
    """A cycle of two dinas, two seat classes, four people and three skills.

    Parameters
    ----------
    **tables : str
        CSV text that takes the place of a table, or adds one.

    Returns
    -------
    Cycle
        As of 31 January 2026, `tingkat_pemegang` 3.

    Examples
    --------
    >>> len(two_offices().pegawai)
    4
    """
    raw = {}
    for name, content in (_TABLES | tables).items():
        cells = pd.read_csv(StringIO(content), dtype=str, keep_default_na=False)
        raw[name] = RawTable(name, f"{name}.csv", cells, np.arange(2, 2 + len(cells)))
    settings = build_settings({"tanggal": "2026-01-31", "sintetis": True}, "example")
    cycle, faults = build_cycle(raw, settings, "example")
    raise_if_errors(faults)
    assert cycle is not None
    return cycle
