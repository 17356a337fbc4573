"""Processes beside a run: how one is begun, and how it is made to end with the process that began it."""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import sys
from contextlib import suppress
from typing import Any

from mutasi_toolkit.paths import PACKAGE

_PR_SET_PDEATHSIG = 1


def begin(module: str, **options: Any) -> subprocess.Popen[Any]:
    """Begin `python -m module` with this package on its path, its input and output as pipes; `options` are those of Popen."""
    path = os.pathsep.join(filter(None, (str(PACKAGE.parent), os.environ.get("PYTHONPATH", ""))))
    return subprocess.Popen(
        [sys.executable, "-P", "-m", module], stdin=subprocess.PIPE, stdout=subprocess.PIPE, env=os.environ | {"PYTHONPATH": path}, **options
    )


def die_with_starter() -> None:
    """Ask the system to end this process with the one that began it."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
