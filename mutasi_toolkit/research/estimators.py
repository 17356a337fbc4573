"""A panel handed to estimators of others: pyfixest (event study, two-stage, local projections) and differences."""

from __future__ import annotations

import contextlib
import importlib
import io
import warnings
from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import pandas as pd

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.research.known_truth import simulate_records
from mutasi_toolkit.research.panels import panel

Z95 = 1.959963984540054
#: Periods before and after treatment that local projections pool: with longer ones few units are left.
AHEAD = 4


def estimation_frame(table: pd.DataFrame, skill: str | None = None, outcome: str = "outcome") -> pd.DataFrame:
    """Columns that estimators read: unit (code), period (1 ..), cohort (1 .., 0 for never), treated, y; rows with an outcome.

    Units treated in the first period with outcomes are left out: nothing is known of them before.

    Parameters
    ----------
    table : DataFrame
        Of `panel`.
    skill : str, optional
        May be left out where the panel has one.
    outcome : str
        Column of the panel.

    Raises
    ------
    InputError
        When several skills are there and none is chosen, or no outcome is.
    """
    skills = table["skill"].unique()
    if skill is None and len(skills) > 1:
        raise InputError(text("research.indicator", known=", ".join(skills[:20])))
    mine = table[(table["skill"] == (skill or skills[0])) & table[outcome].notna()]
    if mine.empty:
        raise InputError(text("research.no_outcome"))
    frame = pd.DataFrame(
        {
            "unit": pd.factorize(mine["unit"])[0] + 1, "period": mine["period"].to_numpy() + 1,
            "cohort": (mine["cohort"].to_numpy() + 1).clip(0), "treated": mine["treated"].to_numpy(), "y": mine[outcome].to_numpy(dtype=float),
        }
    )  # fmt: skip
    known_before = (frame["cohort"] == 0) | (frame["cohort"] > frame["period"].min())
    return frame[known_before].reset_index(drop=True)


def _quiet(call: Callable[[], Any]) -> Any:
    """The result of a call whose warnings and messages are not for the reader of a table."""
    with warnings.catch_warnings(), contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
        warnings.simplefilter("ignore")
        return call()


def _module(name: str) -> Any:
    return _quiet(lambda: importlib.import_module(name))


def _twfe(frame: pd.DataFrame) -> tuple[float, float]:
    pf = _module("pyfixest")

    fit = _quiet(lambda: pf.feols("y ~ treated | unit + period", data=frame, vcov={"CRV1": "unit"}))
    return float(fit.coef()["treated"]), float(fit.se()["treated"])


def _did2s(frame: pd.DataFrame) -> tuple[float, float]:
    pf = _module("pyfixest")

    def fit() -> Any:
        return pf.did2s(frame, yname="y", first_stage="~ 0 | unit + period", second_stage="~ i(treated, ref=0)", treatment="treated", cluster="unit")

    found = _quiet(fit)
    return float(found.coef().iloc[0]), float(found.se().iloc[0])


def _lpdid(frame: pd.DataFrame) -> tuple[float, float]:
    pf = _module("pyfixest")

    fit = _quiet(lambda: pf.lpdid(data=frame, yname="y", idname="unit", tname="period", gname="cohort", vcov={"CRV1": "unit"}, never_treated=0, pre_window=AHEAD, post_window=AHEAD, att=True))
    row = _quiet(fit.tidy).reset_index().iloc[0]
    return float(row["Estimate"]), float(row["Std. Error"])


def _callaway(frame: pd.DataFrame) -> tuple[float, float]:
    att_gt = _module("differences").ATTgt

    given = frame.assign(cohort=frame["cohort"].where(frame["cohort"] > 0)).set_index(["unit", "period"])[["cohort", "y"]]

    def fit() -> pd.DataFrame:
        model = att_gt(data=given, cohort_column="cohort")
        model.fit("y", control_group="not_yet_treated", progress_bar=False)
        return model.aggregate("simple")

    row = _quiet(fit)
    flat = dict(zip(["/".join(map(str, c)) if isinstance(c, tuple) else str(c) for c in row.columns], row.iloc[0], strict=True))
    return _named(flat, "ATT"), _named(flat, "std_error")


def _named(values: dict[str, Any], ending: str) -> float:
    return float(next(v for k, v in values.items() if k.endswith(ending)))


#: Estimators of the mean effect on the treated, by name.
METHODS: dict[str, Callable[[pd.DataFrame], tuple[float, float]]] = {
    "twfe": _twfe, "did2s": _did2s, "lpdid": _lpdid, "callaway_santanna": _callaway,
}  # fmt: skip


def estimate(frame: pd.DataFrame, methods: Iterable[str] = tuple(METHODS)) -> pd.DataFrame:
    """Mean effect on the treated by each method.

    'twfe': two-way fixed effects; 'did2s': Gardner's two stages; 'lpdid': local projections (Dube and others), pooled over
    the first `AHEAD` periods after treatment; 'callaway_santanna': group-time effects against those not yet treated, averaged. The first
    three are pyfixest's, the last is that of differences; standard errors are clustered by unit.

    Parameters
    ----------
    frame : DataFrame
        Of `estimation_frame`.
    methods : iterable of str

    Returns
    -------
    DataFrame
        method, estimate, se, low, high.

    Raises
    ------
    InputError
        For an unknown method, or where the package it needs is not installed.
    """
    rows = []
    for method in methods:
        if method not in METHODS:
            raise InputError(text("research.unknown", what=method, known=", ".join(METHODS)))
        try:
            value, se = METHODS[method](frame)
        except ModuleNotFoundError as missing:
            raise InputError(text("research.package", what=str(missing.name))) from missing
        rows.append((method, value, se, value - Z95 * se, value + Z95 * se))
    return pd.DataFrame(rows, columns=["method", "estimate", "se", "low", "high"])


def event_study(frame: pd.DataFrame, before: int = 4, after: int = 6) -> pd.DataFrame:
    """Effect by period since treatment, against the period before it (pyfixest, two-way fixed effects).

    Periods further away than `before` and `after` share a coefficient at either end; units never treated are the comparison.

    Returns
    -------
    DataFrame
        relative (periods since treatment), estimate, se, low, high; the reference -1 with 0.
    """
    pf = _module("pyfixest")

    relative = np.where(frame["cohort"] > 0, (frame["period"] - frame["cohort"]).clip(-before, after), -1)
    given = frame.assign(relative=relative)
    fit = _quiet(lambda: pf.feols("y ~ i(relative, ref=-1) | unit + period", data=given, vcov={"CRV1": "unit"}))
    found = pd.DataFrame({"estimate": fit.coef(), "se": fit.se()})
    found["relative"] = [int(float(name.split("::")[-1].strip("[T.]").rstrip("]"))) if "::" in name else _tail(name) for name in found.index]
    found = pd.concat([found, pd.DataFrame({"relative": [-1], "estimate": [0.0], "se": [0.0]})]).sort_values("relative", ignore_index=True)
    return found.assign(low=found["estimate"] - Z95 * found["se"], high=found["estimate"] + Z95 * found["se"])[["relative", "estimate", "se", "low", "high"]]


def _tail(name: str) -> int:
    """The number in a coefficient's name, such as 'C(relative)[T.-3]'."""
    return int(float(name.split("T.")[-1].split("[")[-1].strip("]")))


def judge(methods: Iterable[str] = tuple(METHODS), replicates: int = 50, seed: int = 0, **settings: Any) -> pd.DataFrame:
    """Bias and coverage of estimators on simulated records.

    Parameters
    ----------
    methods : iterable of str
    replicates, seed : int
        Replicate r uses seed + r.
    **settings
        Of `simulate_records`.

    Returns
    -------
    DataFrame
        method, truth, mean, bias, bias_se, rmse, coverage (share of 95 % intervals that hold the truth), replicates.
    """
    rows = []
    for r in range(replicates):
        made = simulate_records(seed=seed + r, **settings)
        found = estimate(estimation_frame(panel(made.tables, made.start, made.end)), methods)
        rows.append(found.assign(truth=made.att))
    whole = pd.concat(rows, ignore_index=True)
    whole["error"] = whole["estimate"] - whole["truth"]
    whole["covered"] = (whole["low"] <= whole["truth"]) & (whole["truth"] <= whole["high"])
    by = whole.groupby("method", sort=False)
    return pd.DataFrame(
        {
            "truth": by["truth"].mean(), "mean": by["estimate"].mean(), "bias": by["error"].mean(),
            "bias_se": by["error"].std(ddof=1) / np.sqrt(by.size()), "rmse": by["error"].apply(lambda e: float(np.sqrt((e**2).mean()))),
            "coverage": by["covered"].mean(), "replicates": by.size(),
        }
    ).reset_index()  # fmt: skip
