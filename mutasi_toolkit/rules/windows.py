"""Windows of law in which officials are not replaced without the Minister's approval."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from mutasi_toolkit.settings import Settings


def election_window(settings: Settings, months: int = 6) -> bool:
    """Whether the cycle's date lies in the election window (R19).

    From `months` before the candidates are set to the end of the term; without an end of term it stays open
    from its beginning on; without a date for the candidates it is closed.
    """
    window, today = settings.jendela, pd.Timestamp(settings.tanggal)
    if window.penetapan_paslon is None:
        return False
    opens = pd.Timestamp(window.penetapan_paslon) - pd.DateOffset(months=months)
    return bool(
        opens <= today
        and (window.akhir_masa_jabatan is None or today <= pd.Timestamp(window.akhir_masa_jabatan))
    )


def inauguration_window(settings: Settings, months: int = 6) -> bool:
    """Whether the cycle's date lies within `months` of the inauguration (R20), the last day included.

    An inauguration on 15 October 2025 keeps the window open to 15 April 2026.
    """
    if settings.jendela.pelantikan is None:
        return False
    begins, today = pd.Timestamp(settings.jendela.pelantikan), pd.Timestamp(settings.tanggal)
    return bool(begins <= today <= begins + pd.DateOffset(months=months))
