"""Kernels for notebooks, forked from one process that has everything imported (`warm`): a second less for each."""

from __future__ import annotations

import atexit
import json
import os
import signal
import subprocess
import sys
import threading
import time
import uuid
from contextlib import suppress
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager
from jupyter_client.provisioning import LocalProvisioner

from mutasi_toolkit.pipeline.processes import begin

#: How often the end of a kernel is looked for while it is waited for, in seconds.
LOOKS = 0.05
#: Where processes can be forked at all.
CAN_FORK = sys.platform == "linux"


class Forked:
    """A forked kernel, with what jupyter_client asks of a subprocess.Popen."""

    stdin = stdout = stderr = None

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None

    def poll(self) -> int | None:
        """None while it lives; 0 once it is gone (it is the starter's child: how it ended is not known here)."""
        if self.returncode is None and not alive(self.pid):
            self.returncode = 0
        return self.returncode

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises
        ------
        subprocess.TimeoutExpired
            When it still lives after `timeout` seconds.
        """
        ends = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if ends is not None and time.monotonic() > ends:
                raise subprocess.TimeoutExpired(f"kernel {self.pid}", timeout or 0.0)
            time.sleep(LOOKS)
        return self.returncode or 0

    def send_signal(self, number: int) -> None:
        """Signal it, unless it is gone."""
        if self.poll() is None:
            with suppress(ProcessLookupError):
                os.kill(self.pid, number)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        """End it."""
        self.send_signal(signal.SIGKILL)


def alive(pid: int) -> bool:
    """Whether a process lives: one that has ended and is not yet forgotten by the system does not."""
    try:
        told = Path(f"/proc/{pid}/stat").read_text(encoding="ascii", errors="replace")
    except OSError:
        return False
    return told.rpartition(")")[2].split()[0] not in {"Z", "X"}


class Starter:
    """The process that kernels are forked from; begun when the first is asked for, again when it has died."""

    def __init__(self) -> None:
        self.process: subprocess.Popen[str] | None = None
        self.owner = 0
        self.lock = threading.Lock()

    def fork(self, argv: list[str], cwd: str, env: dict[str, str]) -> Forked:
        """Start a kernel with these arguments, in this folder and environment.

        Raises
        ------
        OSError
            When no process can be started.
        """
        line = json.dumps({"argv": argv, "cwd": cwd, "env": env}) + "\n"
        with self.lock:
            for _ in range(2):
                told = self._ask(line)
                if told:
                    return Forked(int(told))
                self._end()
        raise OSError("no kernel could be started")

    def _ask(self, line: str) -> str:
        process = self._running()
        assert process.stdin is not None
        assert process.stdout is not None
        with suppress(OSError):
            process.stdin.write(line)
            process.stdin.flush()
            return process.stdout.readline().strip()
        return ""

    def _running(self) -> subprocess.Popen[str]:
        if self.process is None or self.owner != os.getpid():
            self.process = begin("mutasi_toolkit.pipeline.warm", text=True, start_new_session=True)
            self.owner = os.getpid()
        return self.process

    def close(self) -> None:
        """End the process, if it is this one's."""
        with self.lock:
            self._end()

    def _end(self) -> None:
        if self.process is not None and self.owner == os.getpid():
            with suppress(OSError):
                self.process.communicate()
        self.process = None


STARTER = Starter()
atexit.register(STARTER.close)


class WarmProvisioner(LocalProvisioner):
    """A local kernel that is forked, not started anew."""

    async def launch_kernel(self, cmd: list[str], **kwargs: Any) -> Any:
        """Fork a kernel for the command `python -m ipykernel_launcher ...`."""
        argv = cmd[cmd.index("ipykernel_launcher") + 1 :]
        made = STARTER.fork(argv, str(kwargs.get("cwd") or Path.cwd()), dict(kwargs.get("env") or os.environ))
        self.process, self.pid, self.pgid = made, made.pid, made.pid  # type: ignore[assignment]
        return self.connection_info


class WarmManager(AsyncKernelManager):
    """Manages a kernel that is forked from the warm process; any other kernel than Python's is started as usual."""

    async def _async_pre_start_kernel(self, **kwargs: Any) -> Any:
        if self.provisioner is None and self.kernel_spec is not None and "ipykernel_launcher" in self.kernel_spec.argv:
            self.kernel_id = self.kernel_id or str(uuid.uuid4())
            self.provisioner = WarmProvisioner(kernel_id=self.kernel_id, kernel_spec=self.kernel_spec, parent=self)
        return await super()._async_pre_start_kernel(**kwargs)

    pre_start_kernel = _async_pre_start_kernel
