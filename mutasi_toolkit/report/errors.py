"""Errors in notebooks as one readable line: what is wrong and what to do, without a page of traceback."""

from __future__ import annotations

from typing import Any

from mutasi_toolkit.errors import MutasiError


def short_errors() -> bool:
    """From here on, an error that this package raises on purpose shows as its message alone.

    Any other error keeps its traceback. The cell still fails, so that a run of the notebook stops there.
    Outside IPython nothing happens.

    Returns
    -------
    bool
        Whether the handler was installed.

    Examples
    --------
    >>> short_errors()
    False
    """
    try:
        from IPython import get_ipython
    except ImportError:
        return False
    shell = get_ipython()
    if shell is None:
        return False
    shell.set_custom_exc((MutasiError,), _one_line)
    return True


def _one_line(shell: Any, kind: type[BaseException], error: BaseException, *_: Any, **__: Any) -> list[str]:
    lines = [str(error)]
    shell._showtraceback(kind, error, lines)
    return lines
