"""Which kernel a contagion takes: a pilot counts the work of each, by counts and never by a clock, so that the choice is the same everywhere."""

from __future__ import annotations

import numpy as np

from mutasi_toolkit.spread.contagions import RUN, run_scalar
from mutasi_toolkit.spread.lanes import LANES
from mutasi_toolkit.spread.network import Network

#: Below so many replicates 'scalar' runs, from so many on 'bits': no network was found where the other was faster.
FEW, MANY = 4, LANES
#: Nanoseconds of 'scalar' on the machine of docs/benchmarks.md, for each person and period, each tie into a person who does not know, more
#: where its other end knows, and each person who may forget or stop. Only their ratios to those of 'bits' matter, and only for speed.
PERSON, TIE, MEETING, CHANGE = 2.5, 1.0, 4.0, 25.0
#: The same of 'bits' for a block of 512 replicates: each person and period, tie, run of ties of one probability, and colleague, forget or stop draw.
ROW, ROW_TIE, ROW_RUN, ROW_DRAW = 35.0, 2.0, 100.0, 60.0
#: Work, in nanoseconds, below which 'scalar' runs without a pilot: not worth a second kernel.
SMALL = 5.0e6


def choose(
    g: Network, seeds: np.ndarray, unit_probability: float, forget: float, recover: float, steps: int, seed: int, replicates: int
) -> str:
    """Name of the kernel that is expected to be faster.

    A pilot of one replicate in 64 (at least one, at most four) runs with 'scalar'; its curve c gives, for mean degree d and n people, the
    work of one replicate::

        PERSON n T + TIE d sum (n - c_t) + MEETING d sum (n - c_t) c_t / n + CHANGE sum c_t   (the last with forget or recover)

    against that of 'bits', which does not depend on who knows: ceil(R / 512) n T (ROW + ROW_TIE d + ROW_RUN runs / n + draws).
    """
    if replicates < FEW or replicates >= MANY or g.n == 0 or steps == 0:
        return "scalar" if replicates < FEW or g.n == 0 else "bits"
    degree, periods = len(g.source) / g.n, g.n * steps
    if replicates * periods * (PERSON + (TIE + MEETING) * degree) <= SMALL:
        return "scalar"
    pilot = run_scalar(g, seeds, unit_probability, forget, recover, steps, seed, 0, min(4, max(1, replicates // 64)))
    known = pilot.curve()[:, :-1].astype(np.float64)
    ignorant = g.n - known
    changes = CHANGE * known.sum() * ((forget > 0) + (recover > 0))
    work = TIE * degree * ignorant.sum() + MEETING * degree * (ignorant * known).sum() / g.n + changes
    scalar = replicates * (PERSON * periods + work / len(known))
    draws = (unit_probability > 0) + (forget > 0) + (recover > 0)
    return "scalar" if scalar <= periods * (ROW + ROW_TIE * degree + ROW_RUN * _runs_each(g) + ROW_DRAW * draws) else "bits"


def _runs_each(g: Network) -> float:
    """Mean number of runs of ties of one probability into a person, as `contagions` cuts them."""
    arcs = g.incoming
    start = arcs.start.astype(np.int64)
    first = np.zeros(len(arcs.probability), dtype=bool)
    first[start[:-1][np.diff(start) > 0]] = True
    first[1:] |= arcs.probability[1:] != arcs.probability[:-1]
    at = np.append(np.flatnonzero(first), len(first))
    return float((-(-np.diff(at) // RUN)).sum()) / g.n
