"""An executor handed in gives the same bits: a Dask cluster in this process, and threads, for every ensemble of the package."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np
import pandas as pd
import pytest

from mutasi_toolkit.cycle import Cycle
from mutasi_toolkit.spread import (
    Network,
    cascade,
    contagion,
    ensemble,
    marginal_gains,
    skills,
    threshold,
)

OPTIONS: dict[Any, dict[str, Any]] = {cascade: {}, contagion: {"steps": 5, "forget": 0.1}, threshold: {}}


@pytest.fixture(scope="module")
def client() -> Iterator[Any]:
    """A Dask client on a cluster of threads in this process; without `distributed` these tests skip."""
    distributed = pytest.importorskip("distributed", reason="distributed is not installed (extra 'distributed')")
    import dask

    with dask.config.set({"distributed.worker.daemon": False, "distributed.admin.tick.limit": "1h"}):
        cluster = distributed.LocalCluster(n_workers=2, threads_per_worker=1, processes=False, dashboard_address=None, protocol="inproc://")
        with cluster, distributed.Client(cluster) as made:
            yield made


@pytest.fixture(scope="module")
def ring() -> Network:
    n = np.arange(60)
    return Network(60, np.r_[n, n], np.r_[(n + 1) % 60, (n + 7) % 60], 0.3, unit=n // 6)


@pytest.mark.parametrize("model", list(OPTIONS), ids=lambda m: m.__name__)
def test_dask_gives_the_bits_of_one_call(client: Any, ring: Network, model: Any) -> None:
    whole = model(ring, [0, 30], replicates=600, seed=3, workers=1, **OPTIONS[model])
    sent = ensemble(model, ring, [0, 30], replicates=600, seed=3, executor=client, parts=3, **OPTIONS[model])
    for name in ("size", "reach", "curve", "unit_size"):
        assert np.array_equal(getattr(whole, name), getattr(sent, name)), name
    assert whole.kernel == sent.kernel


def test_dask_gives_the_bits_of_one_call_for_skills(client: Any, contoh: Cycle) -> None:
    call: dict[str, Any] = {"policy": "swap", "periods": 4, "replicates": 10, "rate": 0.1}
    whole, sent = skills(contoh, workers=1, **call), skills(contoh, workers=4, executor=client, **call)
    assert np.array_equal(whole.known, sent.known)
    assert np.array_equal(whole.by_skill_curve, sent.by_skill_curve)


def test_every_executor_gives_the_same_marginal_gains(client: Any, contoh: Cycle) -> None:
    whole = marginal_gains(contoh, periods=4, replicates=11)
    with ThreadPoolExecutor(2) as pool:
        for options in ({"executor": client, "workers": 3}, {"executor": pool}, {"workers": 4}):
            pd.testing.assert_frame_equal(whole, marginal_gains(contoh, periods=4, replicates=11, **options), check_exact=True)
