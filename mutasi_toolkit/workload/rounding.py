"""How numbers become whole people, and indices become grades; half up and the WISN manual's way kept apart."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any, overload

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.workload.parameters import wisn_rounding

#: Floating-point noise far below any volume or time that is ever written down is cut off before rounding.
NOISE_DECIMALS = 9
#: Lower bounds, in hundredths after rounding, of the bands D, C, B and A; below the first is E.
BOUNDS = (50, 70, 90, 101)
GRADES = np.array(["E", "D", "C", "B", "A"], dtype=object)
#: A hundredfold index nearer than this to a half may be rounded otherwise in binary than in decimal.
TIE_WIDTH = 1e-6


def round_half_up(values: Any) -> np.ndarray:
    """Round to whole people: a fraction of one half or more goes up, floor(x + 0.5).

    Values are first cut to 9 decimals, so that 2.4999999999999996, which arises from 2.5 by binary
    arithmetic, counts as 2.5.

    Parameters
    ----------
    values : number or array
        People, exact; finite.

    Returns
    -------
    int64 of the same shape

    Raises
    ------
    InputError
        When a value is nan or infinite.

    References
    ----------
    Fraction of 0.5 and above up, else down: BSSN's Form C (ROUND(x,0)); golden cases of the ABK
    forms.

    Examples
    --------
    >>> round_half_up([2.256, 2.5, 0.4999, 2.4999999999999996]).tolist()
    [2, 3, 0, 3]
    """
    x = _finite(values)
    return np.floor(np.round(x, NOISE_DECIMALS) + 0.5).astype(np.int64)


def round_wisn(values: Any) -> np.ndarray:
    """Round a WISN requirement to whole people as the manual does: small numbers are rounded up sooner.

    With n the whole part, a fraction above 0.1 n goes up for n up to 5 (1.1 stays 1, 1.2 becomes 2;
    2.2 stays 2, 2.3 becomes 3; 5.5 stays 5); from 6 on, half up. 0 stays 0; anything above 0 needs
    one person. The table is from memory (data/parameters/wisn.yaml): confirm before use.

    Parameters
    ----------
    values : number or array
        Staff required, exact; finite.

    Returns
    -------
    int64 of the same shape

    Examples
    --------
    >>> round_wisn([0.0, 0.3, 1.1, 1.11, 2.2, 2.25, 5.5, 5.51, 6.5, 18.49]).tolist()
    [0, 1, 1, 2, 2, 3, 5, 6, 7, 18]
    """
    small_to, step = wisn_rounding()
    x = np.round(_finite(values), NOISE_DECIMALS)
    whole = np.floor(x)
    fraction = np.round(x - whole, NOISE_DECIMALS)
    up = np.where(
        whole <= small_to, fraction > np.round(step * whole, NOISE_DECIMALS), fraction >= 0.5
    )
    return (whole + up).astype(np.int64)


def _finite(values: Any) -> np.ndarray:
    x = np.asarray(values, dtype=float)
    if not np.isfinite(x).all():
        raise InputError(text("workload.not_finite"))
    return x


@overload
def efficiency_grade(index: float) -> str: ...
@overload
def efficiency_grade(index: np.ndarray | pd.Series | list[float]) -> np.ndarray: ...
def efficiency_grade(index: Any) -> Any:
    """Grade A to E of an efficiency index (EJ, EU).

    The index is rounded half up to two decimals on its shortest decimal text,
    Decimal(repr(float(index))), and then banded: above 1.00 A, 0.90 to 1.00 B, 0.70 to 0.89 C, 0.50
    to 0.69 D, below 0.50 E. A means a load above capacity: overload, never 'good'.

    Special cases: nan (nobody there) gives ''; infinity gives A; a negative index gives E.

    Parameters
    ----------
    index : number or array
        Index or indices.

    Returns
    -------
    str, or array of str of the same shape

    References
    ----------
    Bands of Form D, "EJ di atas 1,00 = A (Sangat Baik); 0,90-1,00 = B (Baik); 0,70-0,89 = C
    (Cukup); 0,50-0,69 = D (Sedang); di bawah 0,50 = E (Kurang)".

    Examples
    --------
    >>> efficiency_grade(0.895), efficiency_grade(1.004), efficiency_grade(float("nan"))
    ('B', 'B', '')
    >>> efficiency_grade([1.2, 0.3]).tolist()
    ['A', 'E']
    """
    if index is None or index is pd.NA:
        return ""
    if np.ndim(index) == 0:
        return str(_grades(np.array([index], dtype=float))[0])
    return _grades(np.asarray(index, dtype=float))


def _grades(values: np.ndarray) -> np.ndarray:
    missing = np.isnan(values)
    with np.errstate(over="ignore"):
        hundredfold = np.where(missing, 0.0, values) * 100.0
    hundredths = np.floor(hundredfold + 0.5)
    with np.errstate(invalid="ignore"):
        near = np.abs(hundredfold - np.floor(hundredfold) - 0.5) < TIE_WIDTH
    if near.any():
        ties, where = np.unique(values[near], return_inverse=True)
        hundredths[near] = np.array([_exact_hundredths(v) for v in ties.tolist()], dtype=float)[
            where
        ]
    grades: np.ndarray = GRADES[np.searchsorted(BOUNDS, hundredths, side="right")]
    grades[missing] = ""
    return grades


def _exact_hundredths(value: float) -> int:
    return int(Decimal(repr(value)).quantize(Decimal("0.01"), rounding=ROUND_HALF_UP) * 100)
