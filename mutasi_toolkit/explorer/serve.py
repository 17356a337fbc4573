"""Serve the explorer with Voila: on loopback only, behind a token, in a private folder of its own."""

from __future__ import annotations

import importlib.util
import json
import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import nbformat

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text

#: The one cell of the page; what it shows comes through the environment, never through code.
CELL = "from mutasi_toolkit.explorer.serve import show\n\nshow()"
CYCLE, SCENARIO, LANGUAGE = "MUTASI_EXPLORE_CYCLE", "MUTASI_EXPLORE_SCENARIO", "MUTASI_EXPLORE_LANGUAGE"


#: Seconds that the server has to end its kernels.
GRACE = 10.0
#: The page may fetch from this server only, whatever its template or a table's text asks for.
POLICY = "default-src 'self' 'unsafe-inline' 'unsafe-eval' data: blob: ws://127.0.0.1:*; frame-ancestors 'none'"


def show() -> None:
    """Show the page for the cycle that the environment names (called by the served notebook)."""
    from IPython.display import display

    from mutasi_toolkit.explorer.view import View
    from mutasi_toolkit.skills import read_settled

    place, language = Path(os.environ[CYCLE]), os.environ.get(LANGUAGE, "id")
    cycle = read_settled(place, os.environ.get(SCENARIO) or None, language)
    folder = place if place.is_dir() else place.parent
    display(View(cycle, folder if os.access(folder, os.W_OK) else None, language).page)


def free_port() -> int:
    """A port of loopback that nobody listens on now."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def config(port: int, token: str, open_browser: bool) -> dict[str, dict[str, object]]:
    """Voila's settings: loopback, this port only, a token, no other origin, no look into the folder."""
    return {
        "Voila": {"ip": "127.0.0.1", "port": port, "port_retries": 0, "token": token, "open_browser": open_browser, "tornado_settings": {"headers": {"Content-Security-Policy": POLICY}}},
        "VoilaConfiguration": {"file_allowlist": [], "show_tracebacks": False},
        "MappingKernelManager": {"cull_idle_timeout": 3600, "cull_interval": 300},
    }


def serve(
    cycle: Path, scenario: str | None = None, port: int = 0, open_browser: bool = True, language: str = "id", say: Callable[[str], None] = print
) -> int:
    """Serve the explorer for a cycle until it is interrupted.

    Parameters
    ----------
    cycle : Path
        A checked cycle.
    scenario : str, optional
    port : int
        0 chooses a free one.
    open_browser : bool
    language : str
    say : callable
        Given the address, with its token, once.

    Returns
    -------
    int
        Voila's exit code; 0 after an interruption.

    Raises
    ------
    InputError
        When the optional packages are missing or the port cannot be used.
    """
    if any(importlib.util.find_spec(name) is None for name in ("voila", "ipywidgets")):
        raise InputError(text("explorer.needs_extra", language))
    if port != 0 and not 1024 <= port <= 65535:
        raise InputError(text("explorer.bad_port", language, port=port))
    port = port or free_port()
    token = secrets.token_urlsafe(24)
    with tempfile.TemporaryDirectory(prefix="mutasi-") as place:
        page = Path(place) / "penjelajah.ipynb"
        notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL, id="penjelajah")])
        notebook.metadata["kernelspec"] = {"name": "python3", "display_name": "Python 3", "language": "python"}
        nbformat.write(notebook, page)
        (Path(place) / "voila.json").write_text(json.dumps(config(port, token, open_browser)), encoding="utf-8")
        names = {CYCLE: str(cycle.resolve()), SCENARIO: scenario or "", LANGUAGE: language}
        say(text("explorer.address", language, url=f"http://127.0.0.1:{port}/?token={token}"))
        command = [sys.executable, "-m", "voila", str(page), f"--Voila.config_file_paths={place}"]
        child = subprocess.Popen(command, env={**os.environ, **names}, cwd=place, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return _until_stopped(child)


def _until_stopped(child: subprocess.Popen[bytes]) -> int:
    """Wait for the server; an interruption or a request to end ends it too, by force after `GRACE` seconds."""
    before = signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        return child.wait()
    except KeyboardInterrupt:
        return 0
    finally:
        signal.signal(signal.SIGTERM, before)
        child.terminate()
        try:
            child.wait(GRACE)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
