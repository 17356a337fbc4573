"""What is running and how long it will still take, on the screen of whoever waits."""

from __future__ import annotations

import sys
from typing import Any


class Progress:
    """A bar with what runs now and the time left; silent where nobody looks on.

    Examples
    --------
    >>> with Progress(2, shown=False) as bar:
    ...     bar.begin("usulan")
    ...     bar.end("usulan")
    ...     bar.done, bar.running
    (1, [])
    """

    def __init__(self, total: int, shown: bool | None = None) -> None:
        self.total, self.done = total, 0
        self.running: list[str] = []
        self._bar: Any = None
        if sys.stderr.isatty() if shown is None else shown:
            from tqdm import tqdm

            self._bar = tqdm(total=total, file=sys.stderr, bar_format="{percentage:3.0f}% |{bar:24}| {n}/{total} {elapsed}<{remaining} {desc}", leave=False)

    def __enter__(self) -> Progress:
        return self

    def __exit__(self, *_: object) -> None:
        if self._bar is not None:
            self._bar.close()

    def more(self, n: int) -> None:
        """There is more to do than was thought."""
        self.total += n
        if self._bar is not None:
            self._bar.total = self.total
            self._bar.refresh()

    def begin(self, what: str) -> None:
        """Something was handed in."""
        self.running.append(what)
        self._show()

    def end(self, what: str) -> None:
        """Something is done, or has failed."""
        self.running.remove(what)
        self.done += 1
        if self._bar is not None:
            self._bar.update(1)
        self._show()

    def _show(self) -> None:
        if self._bar is not None:
            self._bar.set_description_str(", ".join(self.running[:3]) + (" …" if len(self.running) > 3 else ""))
