"""Where the toolkit's own data lies: beside the package in a checkout, inside it in an installed wheel."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent


def data_dir(name: str) -> Path:
    """Folder `data/<name>` of the checkout, or its copy inside the installed package.

    Parameters
    ----------
    name : str
        'parameters', 'reference', 'scenarios' or 'cycles'.

    Returns
    -------
    Path
        The folder in the checkout when it exists, else the packaged copy (which may not exist).

    Examples
    --------
    >>> data_dir("parameters").name
    'parameters'
    """
    beside = PACKAGE.parent / "data" / name
    return beside if beside.is_dir() else PACKAGE / "_data" / name


def notebooks_dir() -> Path:
    """Folder of the notebooks, in the checkout or inside the installed package."""
    beside = PACKAGE.parent / "notebooks"
    return beside if beside.is_dir() else PACKAGE / "_notebooks"
