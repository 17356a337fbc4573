"""Expected-value companions of the models: DeGroot averaging, mean-field contagion, diffusion centrality."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import sparse

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.models import WEIGHT_SLACK
from mutasi_toolkit.spread.network import Network, probability_value, seed_codes


def degroot(g: Network, opinions: Any, steps: int) -> np.ndarray:
    """DeGroot averaging: everybody moves towards the weighted mean of those they listen to.

    The weight of a tie u -> v is its probability; what the weights into v leave of 1 is the weight
    of v's own opinion::

        x_v(t + 1) = sum_u w_uv x_u(t) + (1 - sum_u w_uv) x_v(t)

    Special cases: a person without ties keeps their opinion; a self tie is weight on one's own
    opinion; equal ties add up; weights into a person that add up to more than 1 are refused.

    Parameters
    ----------
    g : Network
        Units play no part.
    opinions : array of float, shape (n,)
    steps : int

    Returns
    -------
    float array, shape (n, steps + 1)
        Opinions at the start and after every step.

    Raises
    ------
    InputError
        For opinions that are not n finite numbers, or weights above 1.

    Source
    ------
    DeGroot 1974, 'Reaching a consensus'.

    Examples
    --------
    >>> pair = Network(2, [0, 1], [1, 0], [0.5, 0.25])
    >>> degroot(pair, [0.0, 1.0], 2)[:, 1].tolist()
    [0.25, 0.5]
    """
    start = np.asarray(opinions, dtype=np.float64)
    if start.shape != (g.n,) or not np.isfinite(start).all():
        raise InputError(text("spread.opinions", n=g.n))
    total = np.bincount(g.target, weights=g.probability, minlength=g.n)
    if (total > 1.0 + WEIGHT_SLACK).any():
        at = int(np.argmax(total))
        raise InputError(text("spread.weights", person=at if g.labels is None else g.labels[at], total=total[at]))
    weights = _matrix(g).T.tocsr()
    own = np.maximum(1.0 - total, 0.0)
    path = np.empty((g.n, _steps(steps) + 1))
    path[:, 0] = start
    for t in range(1, path.shape[1]):
        path[:, t] = weights @ path[:, t - 1] + own * path[:, t - 1]
    return path


def mean_field(g: Network, seeds: Any, unit_probability: float = 0.0, forget: float = 0.0, steps: int = 20) -> np.ndarray:
    """Mean-field contagion: the chance that each person knows, as if contacts knew independently.

    With x_u the chance that u knows and q = `unit_probability`::

        x_v(t + 1) = x_v (1 - forget) + (1 - x_v) (1 - prod_u (1 - p_uv x_u) prod_c (1 - q x_c))

    over ties u -> v and unit colleagues c. It overstates spread, since those who know sit close
    together; without forgetting it is an upper bound of `contagion`.

    Parameters
    ----------
    g : Network
    seeds : array
        As in `contagion`.
    unit_probability, forget : float
    steps : int

    Returns
    -------
    float array, shape (n, steps + 1)

    Examples
    --------
    >>> mean_field(Network(2, [0], [1], 0.5), [0], steps=2)[1].tolist()
    [0.0, 0.5, 0.75]
    """
    q, lose = probability_value(unit_probability, "unit_probability"), probability_value(forget, "forget")
    other = g.source != g.target
    source, target, p = g.source[other], g.target[other], g.probability[other]
    path = np.zeros((g.n, _steps(steps) + 1))
    path[seed_codes(g, seeds), 0] = 1.0
    unit = None if g.unit is None or q == 0.0 else np.where(g.unit >= 0, g.unit, g.n_units)
    for t in range(1, path.shape[1]):
        x = path[:, t - 1]
        with np.errstate(divide="ignore", invalid="ignore"):
            spared = np.bincount(target, weights=np.log1p(-p * x[source]), minlength=g.n)
            if unit is not None:
                alone = np.log1p(-q * x)
                sure = np.bincount(unit, weights=np.isinf(alone), minlength=g.n_units + 1)
                total = np.bincount(unit, weights=np.where(np.isinf(alone), 0.0, alone), minlength=g.n_units + 1)
                rest = total[unit] - np.where(np.isinf(alone), 0.0, alone)
                rest = np.where(sure[unit] - np.isinf(alone) > 0, -np.inf, rest)
                spared = spared + np.where(unit < g.n_units, rest, 0.0)
        path[:, t] = x * (1.0 - lose) + (1.0 - x) * -np.expm1(spared)
    return path


def diffusion_centrality(g: Network, periods: int, scale: float = 1.0) -> np.ndarray:
    """Diffusion centrality: how often a person's news is heard within some periods.

    DC = sum over t = 1 .. T of (scale P)^t 1, where P[u, v] is the probability of the tie u -> v:
    the expected number of times that others hear what starts at u, when each passes it on in every
    period. T = 1 is degree times probability; for scale below 1 / (largest eigenvalue of P) and
    large T it tends to Katz-Bonacich centrality, above it to eigenvector centrality.

    Parameters
    ----------
    g : Network
        Units play no part.
    periods : int
        T.
    scale : float

    Returns
    -------
    float array, shape (n,)

    Source
    ------
    Banerjee, Chandrasekhar, Duflo and Jackson 2013, 'The diffusion of microfinance'.

    Examples
    --------
    >>> diffusion_centrality(Network(3, [0, 1], [1, 2], 0.5), 2).tolist()
    [0.75, 0.5, 0.0]
    """
    matrix = _matrix(g) * scale
    heard, total = np.ones(g.n), np.zeros(g.n)
    for _ in range(_steps(periods)):
        heard = matrix @ heard
        total += heard
    return total


def _matrix(g: Network) -> sparse.csr_array:
    return sparse.coo_array((g.probability, (g.source, g.target)), shape=(g.n, g.n)).tocsr()


def _steps(steps: int) -> int:
    if int(steps) != steps or steps < 0:
        raise InputError(text("spread.steps", steps=steps))
    return int(steps)
