"""What people read: the HTML report, the workbook, the pictures; nothing is computed here."""

from __future__ import annotations

from mutasi_toolkit.report import knowledge
from mutasi_toolkit.report.asked import paragraphs, said
from mutasi_toolkit.report.errors import short_errors
from mutasi_toolkit.report.labels import label, show
from mutasi_toolkit.report.notices import write_notices
from mutasi_toolkit.report.opened import Opened, find_cycle, open_run, opened_from, read_tables
from mutasi_toolkit.report.page import write_html
from mutasi_toolkit.report.pictures import draw_all
from mutasi_toolkit.report.scenarios import Scenarios, open_scenarios
from mutasi_toolkit.report.words import count
from mutasi_toolkit.report.workbook import write_workbook

__all__ = [
    "Opened",
    "Scenarios",
    "count",
    "draw_all",
    "find_cycle",
    "knowledge",
    "label",
    "open_run",
    "open_scenarios",
    "opened_from",
    "paragraphs",
    "read_tables",
    "said",
    "short_errors",
    "show",
    "write_html",
    "write_notices",
    "write_workbook",
]
