"""Synthetic cycles from published marginals: a city, a small example of it, a ministry, a nation.

Nobody in them exists: every NIP carries the serial 000, which no real NIP has, and there are no names.
"""

from __future__ import annotations

from mutasi_toolkit.synth.presets import PRESETS, chunks, generate, write

__all__ = ["PRESETS", "chunks", "generate", "write"]
