"""Models of spread on a contact network: independent cascade, contagion in discrete time, thresholds."""

from __future__ import annotations

from typing import Any

import numpy as np

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread import (
    cascade_bits,
    cascade_skip,
    contagion_choice,
    contagions,
    thresholds,
)
from mutasi_toolkit.spread.lanes import LANES
from mutasi_toolkit.spread.network import Network, probability_value, seed_codes, whole
from mutasi_toolkit.spread.outcome import Outcome
from mutasi_toolkit.spread.parallel import in_threads
from mutasi_toolkit.spread.result import SpreadResult, unit_facts

#: How far in-weights may add up above 1 before they are refused: rounding of sums of shares.
WEIGHT_SLACK = 1e-9


def cascade(
    g: Network,
    seeds: Any,
    unit_probability: float = 0.0,
    replicates: int = 1000,
    seed: int = 0,
    *,
    kernel: str = "auto",
    first: int = 0,
    workers: int | None = None,
) -> SpreadResult:
    """Independent cascade: whoever has just learned tries each contact once.

    Level 0 are the seeds. A person who learned in level l teaches, in level l + 1, the target of
    each tie with the probability of the tie and each colleague of the unit with `unit_probability`,
    all independently, and never tries again. The people who know in the end are those whom the seeds
    reach over open ties, each tie being open with its probability.

    Special cases: no seeds, nobody ever knows; an isolated seed knows alone; probability 1 reaches
    all who can be reached, 0 nobody; equal ties are tried separately; self ties change nothing.

    Parameters
    ----------
    g : Network
    seeds : array
        Codes, names or a mask of those who know at the start.
    unit_probability : float
        Probability of each try at a unit colleague.
    replicates : int
    seed : int
        The same seed gives the same bits, for any number of threads.
    kernel : {'auto', 'skip', 'bits'}
        'auto' lets a pilot choose the faster. Each kernel draws a sample of its own; to compare two
        cascades replicate by replicate, give both the same one.
    first : int
        Number of the first replicate, so that an ensemble can be made in parts.
    workers : int, optional
        Threads; None takes every processor.

    Returns
    -------
    SpreadResult
        curve: people who know after each level.

    Raises
    ------
    InputError
        For an unknown seed or kernel, or a probability that is none.

    Source
    ------
    Kempe, Kleinberg and Tardos 2003, 'Maximizing the spread of influence through a social network'.

    Examples
    --------
    >>> star = Network(11, [0] * 10, range(1, 11), 0.3)
    >>> r = cascade(star, [0], replicates=4000, seed=1)
    >>> abs(r.mean - 4) < 0.1, r.curve.shape[1] - 1, r.kernel
    (True, 1, 'skip')
    """
    codes, p = seed_codes(g, seeds), probability_value(unit_probability, "unit_probability")
    count = _replicates(replicates)
    _known(kernel, ("auto", "skip", "bits"))
    arrays = cascade_skip.skip_arrays(g, p)
    if kernel == "auto":
        kernel = cascade_bits.choose(g, arrays, codes, p, seed, count)

    def run(a: int, b: int) -> Outcome:
        if kernel == "bits":
            return cascade_bits.run_bits(g, codes, p, seed, a, b)
        return cascade_skip.run_skip(arrays, g.n_units, codes, seed, a, b)

    block = LANES if kernel == "bits" else 1
    return _result(g, in_threads(run, first, first + count, workers, block), kernel, seed, first, "cascade")


def cascade_kernel(g: Network, seeds: Any, unit_probability: float = 0.0, replicates: int = 1000, seed: int = 0) -> str:
    """Name of the kernel that 'auto' takes for so many replicates."""
    codes, p = seed_codes(g, seeds), probability_value(unit_probability, "unit_probability")
    return cascade_bits.choose(g, cascade_skip.skip_arrays(g, p), codes, p, seed, _replicates(replicates))


def contagion_kernel(
    g: Network,
    seeds: Any,
    unit_probability: float = 0.0,
    forget: float = 0.0,
    recover: float = 0.0,
    steps: int = 20,
    replicates: int = 1000,
    seed: int = 0,
) -> str:
    """Name of the kernel that 'auto' takes for so many replicates."""
    codes = seed_codes(g, seeds)
    return contagion_choice.choose(g, codes, unit_probability, forget, recover, int(steps), seed, _replicates(replicates))


def contagion(
    g: Network,
    seeds: Any,
    unit_probability: float = 0.0,
    forget: float = 0.0,
    recover: float = 0.0,
    steps: int = 20,
    replicates: int = 1000,
    seed: int = 0,
    *,
    kernel: str = "auto",
    first: int = 0,
    workers: int | None = None,
) -> SpreadResult:
    """Contagion in discrete time: whoever knows teaches in every period.

    In one period, from the state before it::

        P(v learns) = 1 - (1 - q)^k prod over ties u -> v of teachers u of (1 - p_uv)

    with q = `unit_probability` and k the teachers among the colleagues of v. Whoever knew forgets
    with probability `forget` (and may learn again later); of those who did not forget, a teacher
    stops teaching with probability `recover` and goes on knowing. forget = recover = 0 is the SI
    model, forget > 0 SIS, recover > 0 SIR with `size` = infected and recovered.

    Special cases: no seeds, nobody ever knows; steps = 0, the seeds; equal ties teach separately;
    self ties change nothing, since a lesson to oneself after forgetting comes too late.

    Parameters
    ----------
    g : Network
    seeds : array
    unit_probability, forget, recover : float
        Per period, in [0, 1].
    steps : int
        Periods.
    replicates, seed, first, workers
        As in `cascade`.
    kernel : {'auto', 'scalar', 'bits'}
        'auto' lets a pilot count the work of each and takes the lesser (`contagion_choice.choose`). Each draws a sample of its
        own; to compare two runs replicate by replicate, give both the same one.

    Returns
    -------
    SpreadResult
        curve: (replicates, steps + 1).

    Raises
    ------
    InputError
        As in `cascade`.

    Source
    ------
    Reed-Frost chain binomials; units as mixing groups after Bailey 1975, 'The mathematical theory of
    infectious diseases'.

    Examples
    --------
    >>> unit = Network(50, [], [], [], unit=[0] * 50)
    >>> r = contagion(unit, [0], unit_probability=0.01, steps=10, replicates=4000, seed=1)
    >>> low, high = r.interval(0.9999)
    >>> low < 24.929 < high
    True
    """
    codes = seed_codes(g, seeds)
    p, lose, stop = (
        probability_value(value, name)
        for value, name in ((unit_probability, "unit_probability"), (forget, "forget"), (recover, "recover"))
    )
    count = _replicates(replicates)
    if not whole(steps) or steps < 0:
        raise InputError(text("spread.steps", steps=steps))
    _known(kernel, ("auto", "scalar", "bits"))
    if kernel == "auto":
        kernel = contagion_choice.choose(g, codes, p, lose, stop, int(steps), seed, count)
    runner = contagions.run_bits if kernel == "bits" else contagions.run_scalar

    def run(a: int, b: int) -> Outcome:
        return runner(g, codes, p, lose, stop, int(steps), seed, a, b)

    block = LANES if kernel == "bits" else 1
    return _result(g, in_threads(run, first, first + count, workers, block), kernel, seed, first, "contagion")


def threshold(
    g: Network,
    seeds: Any,
    replicates: int = 1000,
    seed: int = 0,
    *,
    fraction: float | np.ndarray | None = None,
    unit_weight: float = 0.0,
    first: int = 0,
    workers: int | None = None,
) -> SpreadResult:
    """Threshold models: a person learns once enough of their contacts know.

    Linear threshold (`fraction` None): the weight of a tie is its probability, and v learns in the
    first level after which the weights of the ties from those who know add up to theta_v, where
    theta_v is uniform on (0, 1], anew in every replicate. Fractional threshold, or complex
    contagion: theta_v = `fraction`, and weights are divided by their sum, so that v learns once that
    share of its contacts (by weight) knows.

    Special cases: no seeds, nobody; a person without incoming weight never learns; equal ties add
    up; self ties carry no weight.

    Parameters
    ----------
    g : Network
    seeds : array
    replicates, seed, first, workers
        As in `cascade`.
    fraction : float or array of shape (n,), optional
        Thresholds in (0, 1]; with them nothing is random.
    unit_weight : float
        Weight of every unit colleague.

    Returns
    -------
    SpreadResult

    Raises
    ------
    InputError
        Where the weights into one person add up to more than 1; names the person.

    Source
    ------
    Granovetter 1978, 'Threshold models of collective behavior'; Kempe, Kleinberg and Tardos 2003;
    Centola and Macy 2007, 'Complex contagions and the weakness of long ties'.

    Examples
    --------
    >>> chain = Network(3, [0, 1], [1, 2], 0.5)
    >>> r = threshold(chain, [0], replicates=4000, seed=1)
    >>> abs(r.mean - 1.75) < 0.05
    True
    """
    codes, each = seed_codes(g, seeds), probability_value(unit_weight, "unit_weight")
    count = _replicates(replicates)
    total = _weights_in(g, each)
    arcs = g.outgoing
    weight, bars = arcs.probability, np.zeros(0)
    if fraction is None:
        if (total > 1.0 + WEIGHT_SLACK).any():
            at = int(np.argmax(total))
            raise InputError(text("spread.weights", person=at if g.labels is None else g.labels[at], total=total[at]))
    else:
        bars = np.broadcast_to(np.asarray(fraction, dtype=np.float64), (g.n,)).copy()
        if not ((bars > 0.0) & (bars <= 1.0)).all():
            raise InputError(text("spread.fraction", value=bars[np.argmin((bars > 0.0) & (bars <= 1.0))]))
        bars *= np.where(total > 0, total, 1.0)
        scale = float(max(total.max(initial=0.0), 1.0))
        weight, bars, each = weight / scale, bars / scale, each / scale

    def run(a: int, b: int) -> Outcome:
        return thresholds.run_threshold(g, weight, bars, each, codes, seed, a, b)

    return _result(g, in_threads(run, first, first + count, workers), "push", seed, first, "threshold")


def _weights_in(g: Network, unit_weight: float) -> np.ndarray:
    """Sum of the weights into each person, without self ties."""
    other = g.source != g.target
    total: np.ndarray = np.bincount(g.target[other], weights=g.probability[other], minlength=g.n)
    if g.unit is not None and unit_weight > 0:
        size = np.diff(g.groups.start)
        total = total + unit_weight * np.where(g.unit >= 0, size[np.maximum(g.unit, 0)] - 1, 0)
    return total


def _replicates(replicates: int) -> int:
    if not whole(replicates) or replicates < 1:
        raise InputError(text("spread.replicates", given=replicates))
    return int(replicates)


def _known(kernel: str, names: tuple[str, ...]) -> None:
    if kernel not in names:
        raise InputError(text("spread.kernel", kernel=kernel, known=", ".join(names)))


def _result(g: Network, parts: list[Outcome], kernel: str, seed: int, first: int, model: str) -> SpreadResult:
    ends, filled = [], 0
    for part in parts:
        ends.append(part.level_end + filled)
        filled += int(part.level_end[-1])
    levels = [part.level[: part.level_end[-1]] for part in parts]
    size = np.concatenate([part.size for part in parts])
    whole = Outcome(size, parts[0].reach, np.concatenate(levels), np.concatenate(ends), parts[0].unit_size)
    reach = np.sum([part.reach for part in parts], axis=0) / len(size)
    unit_size = None if g.unit is None else np.concatenate([part.unit_size for part in parts])
    facts: dict[str, Any] = unit_facts(g)
    return SpreadResult(size, reach, whole.curve(), kernel, seed, first, model, unit_size, **facts)


