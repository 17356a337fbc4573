"""ABK forms in and out: as offices keep them, and as they sign them."""

from __future__ import annotations

from mutasi_toolkit.workload.forms.read import read_abk
from mutasi_toolkit.workload.forms.tables import Abk, Remark
from mutasi_toolkit.workload.forms.write import write_forms

__all__ = ["Abk", "Remark", "read_abk", "write_forms"]
