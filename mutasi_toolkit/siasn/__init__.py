"""SIASN and I-MUT shaped files in and out."""

from __future__ import annotations

from mutasi_toolkit.siasn.export import is_export, read_export
from mutasi_toolkit.siasn.imut import imut_rows, write_imut
from mutasi_toolkit.siasn.tables import Imported, cycle_tables

__all__ = ["Imported", "cycle_tables", "imut_rows", "is_export", "read_export", "write_imut"]
