"""What an ensemble of spreads says: sizes, reach, curves, units, and how sure each number is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import number, text
from mutasi_toolkit.locale.html import facts


@dataclass(frozen=True, eq=False)
class SpreadResult:
    """Replicates of one spread process.

    Attributes
    ----------
    size : int array, shape (replicates,)
        People who know at the end.
    reach : float array, shape (n,)
        Share of the replicates in which a person knows at the end.
    curve : int array, shape (replicates, steps + 1)
        People who know after every step; a replicate that ended early keeps its last value.
    kernel : str
        Which kernel ran. 'skip' and 'bits' draw different samples of the same law for a cascade,
        as do 'scalar' and 'bits' for a contagion; every other choice leaves the sample unchanged.
    seed : int
    first : int
        Number of the first replicate: draws belong to replicates first, first + 1, ...
    model : str
        'cascade', 'contagion' or 'threshold'.
    unit_size : int array, shape (replicates, n_units), optional
        People of every unit who know at the end.
    unit_members : int array, shape (n_units,), optional
    unit_labels, labels : Index, optional
        Names of units and people.
    """

    size: np.ndarray
    reach: np.ndarray
    curve: np.ndarray
    kernel: str
    seed: int = 0
    first: int = 0
    model: str = ""
    unit_size: np.ndarray | None = None
    unit_members: np.ndarray | None = None
    unit_labels: pd.Index | None = None
    labels: pd.Index | None = None

    @property
    def replicates(self) -> int:
        """Number of replicates."""
        return len(self.size)

    @property
    def mean(self) -> float:
        """Mean number of people who know at the end."""
        return float(self.size.mean())

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        """Confidence interval of the mean size, from Student's t over replicates.

        Special cases: one replicate, (nan, nan); no variation, the mean twice.

        Parameters
        ----------
        level : float
            Coverage in (0, 1).

        Examples
        --------
        >>> r = SpreadResult(np.array([1, 2, 3]), np.ones(1), np.ones((3, 1)), "skip")
        >>> tuple(round(x, 3) for x in r.interval())
        (-0.484, 4.484)
        """
        low, high = mean_interval(self.size, level)
        return float(low), float(high)

    def by_unit(self, level: float = 0.95) -> pd.DataFrame:
        """People who know at the end in every unit.

        Returns
        -------
        DataFrame
            Indexed by unit: anggota (members), mean, low, high (people), share (mean / members).

        Raises
        ------
        InputError
            When the network has no units.
        """
        if self.unit_size is None or self.unit_members is None:
            raise InputError(text("spread.no_units"))
        low, high = mean_interval(self.unit_size, level)
        mean = self.unit_size.mean(axis=0)
        index = pd.Index(range(len(mean)) if self.unit_labels is None else self.unit_labels, name="unit")
        share = np.divide(mean, self.unit_members, out=np.full(len(mean), np.nan), where=self.unit_members > 0)
        columns = {"anggota": self.unit_members, "mean": mean, "low": low, "high": high, "share": share}
        return pd.DataFrame(columns, index=index)

    def curve_table(self, level: float = 0.95) -> pd.DataFrame:
        """Mean curve with its interval: frame by step with mean, low, high."""
        low, high = mean_interval(self.curve, level)
        index = pd.RangeIndex(self.curve.shape[1], name="step")
        return pd.DataFrame({"mean": self.curve.mean(axis=0), "low": low, "high": high}, index=index)

    def reach_table(self) -> pd.DataFrame:
        """Reach by person, the surest first: frame with person and reach."""
        names = pd.RangeIndex(len(self.reach)) if self.labels is None else self.labels
        order = np.argsort(-self.reach, kind="stable")
        return pd.DataFrame({"person": names[order], "reach": self.reach[order]})

    def _repr_html_(self) -> str:
        low, high = self.interval()
        rows = [("show_replicates", number(self.replicates)), ("show_mean", number(self.mean, 2))]
        rows += [("show_interval", f"{number(low, 2)} – {number(high, 2)}"), ("show_steps", number(self.curve.shape[1] - 1))]
        return facts(self.model or "spread", [*((text(f"spread.{k}"), v) for k, v in rows), ("kernel", self.kernel), ("seed", str(self.seed))])


def mean_interval(values: np.ndarray, level: float = 0.95) -> tuple[np.ndarray, np.ndarray]:
    """Student t interval of the mean over the first axis: mean -+ t sd / sqrt(R).

    Special cases: R = 1 gives nan; a level outside (0, 1) is refused.

    Raises
    ------
    InputError
        For a level outside (0, 1).

    Examples
    --------
    >>> low, high = mean_interval(np.array([[1.0, 5.0], [3.0, 5.0]]))
    >>> [round(float(x), 2) for x in (*low, *high)]
    [-10.71, 5.0, 14.71, 5.0]
    """
    from scipy.special import stdtrit

    if not 0.0 < level < 1.0:
        raise InputError(text("spread.level", level=level))
    count = values.shape[0]
    mean = values.mean(axis=0)
    if count < 2:
        nothing = np.full(np.shape(mean), np.nan)
        return nothing, nothing
    half = stdtrit(count - 1, 0.5 + level / 2) * values.std(axis=0, ddof=1) / np.sqrt(count)
    return mean - half, mean + half


def join(parts: Sequence[SpreadResult]) -> SpreadResult:
    """One result of the results of consecutive replicates, as one call would have given it.

    Parameters
    ----------
    parts : sequence of SpreadResult
        Same network, model, seed and kernel; replicates that follow each other.

    Raises
    ------
    InputError
        When they do not belong together.
    """
    parts = sorted(parts, key=lambda part: part.first)
    head = parts[0]
    expected = head.first
    for part in parts:
        if (part.kernel, part.seed, part.model, part.first, len(part.reach)) != (head.kernel, head.seed, head.model, expected, len(head.reach)):
            raise InputError(text("spread.join"))
        expected += part.replicates
    steps = max(part.curve.shape[1] for part in parts)
    curve = np.concatenate([_padded(part.curve, steps) for part in parts])
    counts = np.sum([np.rint(part.reach * part.replicates) for part in parts], axis=0)
    unit_size = None if head.unit_size is None else np.concatenate([part.unit_size for part in parts if part.unit_size is not None])
    size = np.concatenate([part.size for part in parts])
    return SpreadResult(
        size, counts / max(len(size), 1), curve, head.kernel, head.seed, head.first, head.model,
        unit_size, head.unit_members, head.unit_labels, head.labels,
    )  # fmt: skip


def _padded(curve: np.ndarray, steps: int) -> np.ndarray:
    lacking = steps - curve.shape[1]
    return curve if lacking == 0 else np.concatenate([curve, np.repeat(curve[:, -1:], lacking, axis=1)], axis=1)


def unit_facts(g: Any) -> dict[str, Any]:
    """What a result keeps of its network: names of people and units, members of units."""
    if g.unit is None:
        return {"labels": g.labels}
    return {"labels": g.labels, "unit_members": np.diff(g.groups.start), "unit_labels": g.unit_labels}
