"""Factor sweeps: a design over factors, runs in parallel that can be stopped and gone on with, one tidy table, sensitivities."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import qmc

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.research.provenance import source_hash

#: A factor: (low, high) for a number (whole if both are), or a list of what it can be.
Factor = tuple[float, float] | list[Any]
KINDS = ("sobol", "latin", "halton", "full", "saltelli")


def design(factors: Mapping[str, Factor], runs: int = 64, kind: str = "sobol", seed: int = 0) -> pd.DataFrame:
    """Runs spread evenly over the factors: one row per run, a column per factor.

    Parameters
    ----------
    factors : mapping
        Name to (low, high) or to a list of values.
    runs : int
        Number of rows; for 'sobol' best a power of 2, for 'full' the number of levels of each numeric factor, for
        'saltelli' the base number N of N (k + 2) rows.
    kind : {'sobol', 'latin', 'halton', 'full', 'saltelli'}
        'saltelli' is the design that `sensitivity` needs (SALib).
    seed : int

    Returns
    -------
    DataFrame

    Raises
    ------
    InputError
        For an unknown kind or a factor without values.

    Examples
    --------
    >>> design({"rate": (0.0, 0.1), "policy": ["swap", "ladder"]}, 4, "full").shape
    (8, 2)
    """
    if kind not in KINDS:
        raise InputError(text("research.unknown", what=kind, known=", ".join(KINDS)))
    for name, factor in factors.items():
        if len(factor) == 0 or (isinstance(factor, tuple) and not factor[0] <= factor[1]):
            raise InputError(text("research.factor", name=name))
    if kind == "full":
        grid = [f if isinstance(f, list) else [_scaled(f, x) for x in np.linspace(0, 1, runs)] for f in factors.values()]
        return pd.DataFrame(list(product(*grid)), columns=list(factors))
    points = _points(len(factors), runs, kind, seed, list(factors))
    return pd.DataFrame({name: [_scaled(factor, x) for x in points[:, k]] for k, (name, factor) in enumerate(factors.items())})


def _points(k: int, runs: int, kind: str, seed: int, names: list[str]) -> np.ndarray:
    if kind == "saltelli":
        from SALib.sample import sobol

        points: np.ndarray = sobol.sample({"num_vars": k, "names": names, "bounds": [[0, 1]] * k}, runs, calc_second_order=False, seed=seed)
        return points
    engines = {"sobol": qmc.Sobol, "latin": qmc.LatinHypercube, "halton": qmc.Halton}
    engine = engines[kind](k, rng=np.random.default_rng(seed))
    if kind == "sobol":
        return engine.random_base2(int(np.ceil(np.log2(max(runs, 1)))))[:runs]
    return engine.random(runs)


def _scaled(factor: Factor, x: float) -> Any:
    """The value of a factor at x in [0, 1]."""
    if isinstance(factor, list):
        return factor[min(int(x * len(factor)), len(factor) - 1)]
    low, high = factor
    if isinstance(low, int) and isinstance(high, int):
        return low + min(int(x * (high - low + 1)), high - low)
    return float(low + x * (high - low))


def sweep(
    run: Callable[..., Mapping[str, Any]], plan: pd.DataFrame, folder: Path | str | None = None, workers: int = 1, fixed: Mapping[str, Any] | None = None
) -> pd.DataFrame:
    """Run every row of a design and put factors and results into one table.

    With a folder every finished run is kept there under a key made of the function, its arguments and the sources of the
    package; when the sweep is started again, runs with a key that is there are not run again. The table is the same for any
    number of workers and any number of interruptions. With several workers a run that fails is told after the others ended.

    Parameters
    ----------
    run : callable
        Called with the row's factors and `fixed` as keywords; returns plain numbers and words by name. At the top of a
        module where workers > 1.
    plan : DataFrame
        Of `design`.
    folder : path, optional
    workers : int
        Processes.
    fixed : mapping, optional
        Arguments that do not vary; they must be representable as JSON where a folder is given.

    Returns
    -------
    DataFrame
        run (0 ..), the factors, the results; in the order of the design.
    """
    given = dict(fixed or {})
    rows = [{name: _plain(value) for name, value in row.items()} for row in plan.to_dict("records")]
    done: dict[int, dict[str, Any]] = {}
    keys = [_key(run, row, given) for row in rows] if folder is not None else []
    place = None if folder is None else Path(folder) / "runs"
    if place is not None:
        place.mkdir(parents=True, exist_ok=True)
        for k, key in enumerate(keys):
            if (place / f"{key}.json").is_file():
                done[k] = json.loads((place / f"{key}.json").read_text(encoding="utf-8"))
    left = [k for k in range(len(rows)) if k not in done]

    def keep(k: int, result: Mapping[str, Any]) -> None:
        done[k] = {name: _plain(value) for name, value in result.items()}
        if place is not None:
            scratch = place / f"{keys[k]}.part"
            scratch.write_text(json.dumps(done[k]), encoding="utf-8")
            scratch.rename(place / f"{keys[k]}.json")

    if workers > 1 and len(left) > 1:
        with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
            waiting = {pool.submit(run, **rows[k], **given): k for k in left}
            # Kept as each ends, so that a failure or an interruption loses only what is still running.
            for one in as_completed(waiting):
                if one.exception() is None:
                    keep(waiting[one], one.result())
            for one in waiting:
                one.result()
    else:
        for k in left:
            keep(k, run(**rows[k], **given))
    table = pd.DataFrame([{"run": k, **rows[k], **done[k]} for k in range(len(rows))])
    if folder is not None:
        table.to_csv(Path(folder) / "sweep.csv", index=False, float_format="%.8g", lineterminator="\n")
    return table


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _key(run: Callable[..., Any], row: Mapping[str, Any], fixed: Mapping[str, Any]) -> str:
    what = json.dumps([run.__module__, run.__qualname__, row, fixed, source_hash()], sort_keys=True, default=str)
    return hashlib.sha256(what.encode()).hexdigest()[:24]


def notebook_run(notebook: str, out: str, **parameters: Any) -> dict[str, Any]:
    """One research notebook with these parameters through papermill, as a run of a sweep: rows met and missed, error.

    The executed notebook and its tables go into a folder of `out` named after the parameters.
    """
    from mutasi_toolkit.research.run import research_notebooks, run_one

    source = research_notebooks([notebook])[0]
    name = hashlib.sha256(json.dumps(parameters, sort_keys=True).encode()).hexdigest()[:12]
    outcome = run_one(source, Path(out) / name, parameters)
    return {"folder": name, "met": outcome.met, "missed": outcome.missed, "error": outcome.error}


def sensitivity(table: pd.DataFrame, factors: Mapping[str, Factor], output: str, seed: int = 0) -> pd.DataFrame:
    """Sobol indices of a result on a 'saltelli' design: how much of its variance each factor makes.

    Parameters
    ----------
    table : DataFrame
        Of `sweep`, in the order of the design.
    factors : mapping
        Those of the design.
    output : str
    seed : int
        Of the bootstrap intervals.

    Returns
    -------
    DataFrame
        factor, first (alone), first_half, total (with interactions), total_half; half widths of 95 % intervals.

    Examples
    --------
    >>> factors = {"x": (0.0, 1.0), "z": (0.0, 1.0)}
    >>> plan = design(factors, 256, "saltelli", seed=1)
    >>> found = sensitivity(plan.assign(y=plan["x"]), factors, "y").set_index("factor")
    >>> bool(found.loc["x", "total"] > 0.9), bool(abs(found.loc["z", "total"]) < 0.05)
    (True, True)
    """
    from SALib.analyze import sobol

    problem = {"num_vars": len(factors), "names": list(factors), "bounds": [[0, 1]] * len(factors)}
    found = sobol.analyze(problem, table[output].to_numpy(dtype=float), calc_second_order=False, seed=seed)
    return pd.DataFrame({"factor": list(factors), "first": found["S1"], "first_half": found["S1_conf"], "total": found["ST"], "total_half": found["ST_conf"]})
