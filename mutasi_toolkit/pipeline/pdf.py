"""Print-ready PDF of the report and the notices, by Chromium where it is installed; they stand outside the manifest."""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

#: Names under which Chromium, or a browser that takes the same flags, is installed.
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--headless", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
    "--no-pdf-header-footer",
)  # fmt: skip
#: Pages that are printed, below the run folder.
PRINTED = ("report.html", "pemberitahuan/semua_pegawai.html", "pemberitahuan/semua_opd.html")
#: Seconds after which a browser that does not answer is given up.
PATIENCE = 120
#: Set to 0 where no PDF is wanted.
SWITCH = "MUTASI_PDF"


def browser() -> str | None:
    """The installed browser, or None; None as well where the switch is off."""
    if os.environ.get(SWITCH, "1") == "0":
        return None
    return next((found for name in BROWSERS if (found := shutil.which(name))), None)


def write_pdfs(run: Path) -> list[Path]:
    """Print the pages of a run that have no PDF yet, or one older than the page; gives those that were printed."""
    program = browser()
    if program is None:
        return []
    made = []
    for name in PRINTED:
        page, pdf = run / name, (run / name).with_suffix(".pdf")
        if page.is_file() and (not pdf.is_file() or pdf.stat().st_mtime_ns < page.stat().st_mtime_ns) and _print(program, page, pdf):
            made.append(pdf)
    return made


def _print(program: str, page: Path, pdf: Path) -> bool:
    root = ("--no-sandbox",) if hasattr(os, "geteuid") and os.geteuid() == 0 else ()
    with tempfile.TemporaryDirectory(prefix="mt-pdf") as profile:
        made = Path(profile) / "made.pdf"
        command = [program, *FLAGS, *root, f"--user-data-dir={profile}", f"--print-to-pdf={made}", page.resolve().as_uri()]
        try:
            # The program is found by name, the page is our own, and no shell reads the command.
            subprocess.run(command, check=True, timeout=PATIENCE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            shutil.copyfile(made, pdf)
        except (OSError, subprocess.SubprocessError):
            return False
    return True
