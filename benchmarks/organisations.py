"""March 1991 (one cell of Fig. 1, reading 'performance') beside plain numpy and mesa; CPU seconds of one core per replicate."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
from common import answer, median, quick, versions

import mutasi_toolkit as mt

P1, P2, M, N, PERIODS = 0.5, 0.5, 30, 50, 80
#: Replicates of one turn, and turns, by party.
OURS, PLAIN, MESA, TURNS = (200, 3, 1, 2) if quick() else (3000, 40, 8, 5)
#: Standard errors within which two means agree.
ERRORS = 4.0
#: How many times mesa's time ours must be, at least.
WANTED = 50


def plain(replicates: int, seed: int) -> np.ndarray:
    """The model in numpy, a matrix of people by dimensions per period."""
    rng = np.random.default_rng(seed)
    last = np.empty(replicates)
    for r in range(replicates):
        reality = rng.choice([-1, 1], M)
        belief = rng.integers(-1, 2, (N, M))
        code = np.zeros(M, dtype=np.int64)
        for _ in range(PERIODS):
            act = np.where(belief == 0, rng.choice([-1, 1], (N, M)), belief)
            superior = act @ reality > code @ reality
            margin = act[superior].sum(axis=0)
            moves = (code != 0) & (belief != code) & (rng.random((N, M)) < P1)
            belief = belief + moves * np.sign(code - belief)
            majority = np.sign(margin)
            learns = (majority != 0) & (majority != code) & (rng.random(M) < 1 - (1 - P2) ** np.abs(margin))
            code = np.where(learns, majority, code)
        last[r] = code @ reality / M
    return last


def mesa_model() -> Any:
    """The same as agents of mesa, each with an array of beliefs."""
    import mesa

    class Person(mesa.Agent):
        def __init__(self, model: Any) -> None:
            super().__init__(model)
            self.belief = model.np_rng.integers(-1, 2, M)

        def act(self) -> None:
            coins = self.model.np_rng.choice([-1, 1], M)
            self.acts = np.where(self.belief == 0, coins, self.belief)
            self.superior = self.acts @ self.model.reality > self.model.code @ self.model.reality

        def learn(self) -> None:
            code = self.model.code
            moves = (code != 0) & (self.belief != code) & (self.model.np_rng.random(M) < P1)
            self.belief = self.belief + moves * np.sign(code - self.belief)

    class Organisation(mesa.Model):
        def __init__(self, seed: int) -> None:
            super().__init__(seed=seed)
            self.np_rng = np.random.default_rng(seed)
            self.reality = self.np_rng.choice([-1, 1], M)
            self.code = np.zeros(M, dtype=np.int64)
            for _ in range(N):
                Person(self)

        def step(self) -> None:
            self.agents.do("act")
            self.agents.do("learn")
            better = [p.acts for p in self.agents if p.superior]
            if better:
                margin = np.sum(better, axis=0)
                majority = np.sign(margin)
                learns = (majority != 0) & (majority != self.code) & (self.np_rng.random(M) < 1 - (1 - P2) ** np.abs(margin))
                self.code = np.where(learns, majority, self.code)

    return Organisation


def with_mesa(replicates: int, seed: int) -> np.ndarray:
    """Final knowledge of the code in runs of the mesa model."""
    model = mesa_model()
    last = np.empty(replicates)
    for r in range(replicates):
        one = model(seed + r)
        for _ in range(PERIODS):
            one.step()
        last[r] = one.code @ one.reality / M
    return last


def ours(replicates: int, seed: int) -> np.ndarray:
    """The same cell by `mt.spread.march`, all periods simulated."""
    return mt.spread.march(P1, P2, m=M, n=N, periods=PERIODS, replicates=replicates, seed=seed, workers=1).code[:, -1]


def main() -> None:
    """Time the parties in turn and compare what they found."""
    parties = {"mutasi_toolkit": (ours, OURS), "numpy": (plain, PLAIN)}
    try:
        import mesa  # noqa: F401

        parties["mesa"] = (with_mesa, MESA)
    except ModuleNotFoundError:
        pass
    ours(2, 0)
    seconds: dict[str, list[float]] = {name: [] for name in parties}
    values: dict[str, list[np.ndarray]] = {name: [] for name in parties}
    for turn in range(TURNS):
        for name, (run, count) in parties.items():
            begun = time.process_time()
            values[name].append(run(count, 1000 * turn))
            seconds[name].append((time.process_time() - begun) / count)
    rows, ok = [], True
    mine = np.concatenate(values["mutasi_toolkit"])
    base = median(seconds["mutasi_toolkit"])
    for name in parties:
        found = np.concatenate(values[name])
        error = np.hypot(found.std(ddof=1) / len(found) ** 0.5, mine.std(ddof=1) / len(mine) ** 0.5)
        agrees = bool(abs(found.mean() - mine.mean()) <= ERRORS * error)
        ratio = median(seconds[name]) / base
        ok &= agrees and (name != "mesa" or quick() or ratio >= WANTED)
        rows.append(
            {
                "party": name, "ms per replicate": f"{1000 * median(seconds[name]):.3f}", "times ours": f"{ratio:.0f}",
                "knowledge of the code": f"{found.mean():.4f} +- {found.std(ddof=1) / len(found) ** 0.5:.4f}", "replicates": len(found),
                "agrees": "yes" if agrees else "NO",
            }
        )  # fmt: skip
    notes = [
        f"p1 = p2 = {P1}, m = {M}, n = {N}, {PERIODS} periods, each replicate run to the last period; CPU seconds of one core.",
        "Our kernel is compiled before the first turn (about 3 seconds when nothing is cached).",
    ]
    if "mesa" not in parties:
        notes.append("mesa is not installed here: `make bench` installs the peers.")
    answer("March's organisation beside numpy and mesa", rows, notes, versions("mesa", "numpy", "numba"), ok)


if __name__ == "__main__":
    main()
