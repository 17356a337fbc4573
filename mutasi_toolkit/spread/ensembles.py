"""Ensembles: parts in an executor, time to reach a share with censoring, and replicates until an interval is narrow enough."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.spread.parallel import bounds, cores, in_parts
from mutasi_toolkit.spread.population import SkillSpread, join_skills
from mutasi_toolkit.spread.result import SpreadResult, join, mean_interval

Spread = TypeVar("Spread", SpreadResult, SkillSpread)
#: Replicates that share one block of lanes; parts are cut there, so that no block is computed twice.
BLOCK = 512


def ensemble(model: Callable[..., SpreadResult], *arguments: Any, replicates: int = 1000, executor: Any = None, parts: int | None = None, **options: Any) -> SpreadResult:
    """A model of `spread` run in parts by an executor; the same bits as one call.

    Parameters
    ----------
    model : callable
        `cascade`, `contagion` or `threshold`.
    *arguments, **options
        Those of the model; with kernel 'auto' the kernel is chosen once, from all replicates.
    replicates : int
    executor : object with submit(function, ...) -> future, optional
        A concurrent.futures executor, or a Dask client. None: threads of this process.
    parts : int, optional
        Number of parts; None takes one for every processor.

    Returns
    -------
    SpreadResult

    Examples
    --------
    >>> from mutasi_toolkit.spread import Network, cascade
    >>> g = Network(3, [0, 1], [1, 2], 0.5)
    >>> bool((ensemble(cascade, g, [0], replicates=60, parts=4).size == cascade(g, [0], replicates=60).size).all())
    True
    """
    options.setdefault("first", 0)
    first = options.pop("first")
    if options.get("kernel", "auto") == "auto":
        options["kernel"] = _kernel(model, arguments, options, replicates)
    if options["kernel"] is None:
        options.pop("kernel")
    if executor is None:
        job = partial(_part, model, arguments, options)
        return join([job(a, b) for a, b in bounds(first, first + replicates, parts or cores(), BLOCK)])
    return join(in_parts(_part, (model, arguments, options), first, first + replicates, parts or cores(), executor, BLOCK if replicates > BLOCK else 1))


def _part(model: Callable[..., SpreadResult], arguments: tuple[Any, ...], options: dict[str, Any], first: int, last: int) -> SpreadResult:
    return model(*arguments, **options, first=first, replicates=last - first, workers=1)


def _kernel(model: Callable[..., SpreadResult], arguments: tuple[Any, ...], options: dict[str, Any], replicates: int) -> str | None:
    """The kernel that one call with all replicates would take; None for a model with one kernel."""
    from mutasi_toolkit.spread import models

    if model is models.cascade:
        named = {k: v for k, v in options.items() if k in {"unit_probability", "seed"}}
        return models.cascade_kernel(*arguments, **{"replicates": replicates, **named})
    if model is models.contagion:
        named = {k: v for k, v in options.items() if k in {"unit_probability", "forget", "recover", "steps", "seed"}}
        return models.contagion_kernel(*arguments, **{"replicates": replicates, **named})
    return None


@dataclass(frozen=True, eq=False)
class TimeToShare:
    """First period in which a share knows, by replicate, with censoring at the horizon.

    Attributes
    ----------
    period : int array (replicates,)
        First period with the share reached; the horizon where it never was.
    reached : bool array (replicates,)
    share : float
    """

    period: np.ndarray
    reached: np.ndarray
    share: float

    def table(self, level: float = 0.95) -> pd.DataFrame:
        """Kaplan-Meier: chance that the share is not yet reached after each period at which some replicate reached it.

        S(t) = prod over t_i <= t of (1 - d_i / n_i), d_i replicates that reach it at t_i of the n_i still under
        way; the interval is that of log(-log S) with Greenwood's variance, so that it stays within 0 and 1.

        Returns
        -------
        DataFrame
            periode, belum (S), low, high, berisiko (n_i), mencapai (d_i).
        """
        from scipy.special import ndtri

        times = np.unique(self.period[self.reached])
        risk = np.array([(self.period >= t).sum() for t in times], dtype=np.int64)
        done = np.array([(self.reached & (self.period == t)).sum() for t in times], dtype=np.int64)
        survival = np.cumprod(1.0 - done / np.maximum(risk, 1))
        with np.errstate(divide="ignore", invalid="ignore"):
            spread = np.sqrt(np.cumsum(done / (risk * (risk - done)))) / np.abs(np.log(survival))
            half = np.exp(ndtri(0.5 + level / 2) * spread)
            low, high = survival**half, survival ** (1 / half)
        flat = (survival <= 0.0) | (survival >= 1.0)
        low, high = np.where(flat, survival, low), np.where(flat, survival, high)
        return pd.DataFrame({"periode": times, "belum": survival, "low": low, "high": high, "berisiko": risk, "mencapai": done})

    def quantile(self, p: float = 0.5) -> float:
        """First period after which the chance of having reached the share is at least p; inf where it never is."""
        table = self.table()
        hit = table.loc[table["belum"] <= 1.0 - p + 1e-12, "periode"]
        return float(hit.iloc[0]) if len(hit) else float("inf")

    def restricted_mean(self) -> float:
        """Mean number of periods without the share, up to the horizon: the area under S."""
        return float(self.period.mean()) if len(self.period) else float("nan")


def time_to_share(result: SpreadResult | SkillSpread, share: float = 0.5, keahlian: str | None = None, of: int | None = None) -> TimeToShare:
    """When a share of the people knows.

    Parameters
    ----------
    result : SpreadResult or SkillSpread
    share : float
        In (0, 1], of `of`.
    keahlian : str, optional
        One skill of a SkillSpread; None counts people x skills.
    of : int, optional
        People (or people x skills) that make the whole; None takes all.

    Returns
    -------
    TimeToShare

    Raises
    ------
    InputError
        For a share outside (0, 1] or an unknown skill.

    Examples
    --------
    >>> r = SpreadResult(np.array([4, 2]), np.ones(4), np.array([[1, 2, 4], [1, 1, 2]]), "scalar")
    >>> t = time_to_share(r, 0.75)
    >>> t.period.tolist(), t.reached.tolist(), t.quantile(0.5)
    ([2, 2], [True, False], 2.0)
    """
    if not 0.0 < share <= 1.0:
        raise InputError(text("spread.share", share=share))
    if isinstance(result, SkillSpread):
        curve, whole = result.curve, result.people * len(result.keahlian)
        if keahlian is not None:
            at = result.keahlian.get_indexer([keahlian])[0]
            if at < 0:
                raise InputError(text("spread.no_person", name=keahlian))
            curve, whole = result.by_skill_curve[:, :, at], result.people
    else:
        curve, whole = result.curve, len(result.reach)
    enough: np.ndarray = curve >= share * (whole if of is None else of) - 1e-9
    reached: np.ndarray = np.asarray(enough.any(axis=1))
    return TimeToShare(np.where(reached, enough.argmax(axis=1), curve.shape[1] - 1), reached, share)


def until(run: Callable[..., Spread], width: float, level: float = 0.95, start: int = 128, most: int = 100_000) -> Spread:
    """Replicates until the interval of the mean is no wider than `width`.

    Batches grow by what the spread so far asks for, at most fourfold at a time. The result is that of one call with as
    many replicates; since stopping depends on the data, the coverage of the interval is a little below `level`
    (Chow and Robbins 1965: it tends to `level` as the width falls).

    Parameters
    ----------
    run : callable(first=..., replicates=...)
        A model with everything else fixed, such as functools.partial(cascade, g, seeds, seed=1).
    width : float
        Of the whole interval, in people (size of a SpreadResult; people x skills at the horizon of a SkillSpread).
    level : float
    start, most : int
        Least and greatest number of replicates.

    Returns
    -------
    SpreadResult or SkillSpread

    Examples
    --------
    >>> from mutasi_toolkit.spread import Network, cascade
    >>> r = until(partial(cascade, Network(2, [0], [1], 0.5), [0], seed=1), width=0.05)
    >>> low, high = r.interval()
    >>> high - low <= 0.05, r.replicates < 4000
    (True, True)
    """
    if not width > 0 or most < 2:
        raise InputError(text("spread.width", width=width, most=most))
    result = run(first=0, replicates=min(max(start, 2), most))
    extra = {"kernel": result.kernel} if isinstance(result, SpreadResult) and result.model != "threshold" else {}
    while True:
        ends = result.size if isinstance(result, SpreadResult) else result.curve[:, -1]
        low, high = mean_interval(ends, level)
        now = result.replicates
        if high - low <= width or now >= most:
            return result
        wanted = int(np.ceil(now * ((high - low) / width) ** 2 * 1.05)) + 1
        more = run(first=now, replicates=min(max(wanted, now + start), 4 * now, most) - now, **extra)
        result = join([result, more]) if isinstance(result, SpreadResult) else join_skills([result, more])  # type: ignore[list-item,assignment]


