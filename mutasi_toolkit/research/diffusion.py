"""Who becomes a source of advice: rates of teaching and forgetting fitted to waves of a network, scored against null models."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import optimize, stats

from mutasi_toolkit.errors import InputError
from mutasi_toolkit.locale import text
from mutasi_toolkit.paths import data_dir
from mutasi_toolkit.research.contacts_data import Contacts
from mutasi_toolkit.settings import load_yaml

#: Half of the 95 % point of chi-square with one degree of freedom: how far a profile likelihood may fall.
DROP = 1.9207294103470494
MODELS = ("network", "any contact", "no network", "persistence")
#: Months in a wave of the agency (from memory of the study).
WAVE_MONTHS = 3


@dataclass(frozen=True, slots=True)
class WaveRates:
    """Fitted rates per wave, each with its 95 % interval.

    Attributes
    ----------
    teach, background, forget : tuple of float
        Estimate, low, high: a lesson from one source, learning without one, ceasing to be one.
    loglik : float
    loglik_null : float
        With background and forgetting alone.
    at_risk, learned, held, lost : int
    """

    teach: tuple[float, float, float]
    background: tuple[float, float, float]
    forget: tuple[float, float, float]
    loglik: float
    loglik_null: float
    at_risk: int
    learned: int
    held: int
    lost: int

    @property
    def p_value(self) -> float:
        """Of the hypothesis that sources teach nothing: likelihood ratio with a rate on the edge (half chi-square)."""
        ratio = max(0.0, 2 * (self.loglik - self.loglik_null))
        return float(0.5 * stats.chi2.sf(ratio, 1)) if ratio > 1e-9 else 1.0


def sources(waves: Sequence[Contacts], least: int | None = None) -> pd.DataFrame:
    """Who is a source of advice in each wave: gives advice to at least `least` people (the median of the first wave if None).

    Returns
    -------
    DataFrame of bool
        Indexed by person, a column per wave (1 ..).
    """
    everybody = waves[0].people.index
    given = pd.DataFrame({w: c.ties.groupby("from").size().reindex(everybody).fillna(0) for w, c in enumerate(waves, 1)})
    bar = float(np.median(given[1])) if least is None else least
    return given >= max(bar, 1)


def lessons(waves: Sequence[Contacts], state: pd.DataFrame) -> pd.DataFrame:
    """Number of sources whose advice each person received, by wave: shape and labels of `state`."""
    out = {}
    for w, c in enumerate(waves, 1):
        from_source = c.ties[state[w].reindex(c.ties["from"]).to_numpy(dtype=bool)]
        out[w] = from_source.groupby("to").size().reindex(state.index).fillna(0)
    return pd.DataFrame(out)


def advice_received(waves: Sequence[Contacts], state: pd.DataFrame) -> pd.DataFrame:
    """Number of people whose advice each person received, sources or not, by wave: the null model of mere contact."""
    return pd.DataFrame({w: c.ties.groupby("to").size().reindex(state.index).fillna(0) for w, c in enumerate(waves, 1)})


def _cells(state: pd.DataFrame, received: pd.DataFrame, waves: Sequence[int]) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Over transitions w -> w + 1: lessons and learning of those who were no source; holding and losing of those who were."""
    now, later = (np.concatenate([state[w + d].to_numpy(dtype=bool) for w in waves]) for d in (0, 1))
    k = np.concatenate([received[w].to_numpy(dtype=float) for w in waves])
    return k[~now], later[~now], now, ~later[now]


def _loglik(teach: float, background: float, k: np.ndarray, learned: np.ndarray) -> float:
    """Log-likelihood: learns with 1 - (1 - background)(1 - teach)^k."""
    stays = np.log1p(-min(background, 1 - 1e-12)) + k * np.log1p(-min(teach, 1 - 1e-12))
    p = -np.expm1(stays)
    return float(np.log(np.maximum(p[learned], 1e-300)).sum() + stays[~learned].sum())


def fit_rates(state: pd.DataFrame, received: pd.DataFrame, waves: Sequence[int] | None = None) -> WaveRates:
    """Maximum likelihood of teaching and forgetting from wave to wave, with profile and exact binomial intervals.

    Whoever was no source in wave w is one in w + 1 with probability 1 - (1 - background) (1 - teach)^k, k the sources whose
    advice they received in w; whoever was one ceases with probability `forget`.

    Parameters
    ----------
    state, received : DataFrame
        Of `sources` and `lessons`.
    waves : sequence of int, optional
        Opening waves of the transitions used; all where None.

    Raises
    ------
    InputError
        When there is no transition.

    Examples
    --------
    >>> state = pd.DataFrame({1: [True, False, False, False], 2: [True, True, False, False]})
    >>> fit_rates(state, pd.DataFrame({1: [0, 0, 0, 0], 2: [0, 0, 0, 0]})).background[0].__round__(3)
    0.333
    """
    used = list(state.columns[:-1]) if waves is None else list(waves)
    if not used:
        raise InputError(text("research.waves", n=state.shape[1]))
    k, learned, now, lost = _cells(state, received, used)

    def worst(pair: np.ndarray) -> float:
        return -_loglik(float(pair[0]), float(pair[1]), k, learned)

    top = 0.999
    begun = [optimize.minimize(worst, x0, bounds=[(0, top)] * 2, method="L-BFGS-B") for x0 in ((0.01, 0.05), (0.0, 0.2), (0.1, 0.0))]
    best = min(begun, key=lambda r: r.fun)
    teach, background = (float(np.clip(x, 0, top)) for x in best.x)
    whole = -float(best.fun)

    def profile(value: float, place: int) -> float:
        def other(x: float) -> float:
            return _loglik(value, x, k, learned) if place == 0 else _loglik(x, value, k, learned)

        found = optimize.minimize_scalar(lambda x: -other(x), bounds=(0, top), method="bounded", options={"xatol": 1e-9})
        return max(-float(found.fun), other(0.0)) - whole + DROP

    share = learned.mean() if len(learned) else 0.0
    null = _loglik(0.0, float(share), k, learned)
    n, x = int(now.sum()), int(lost.sum())
    exact = stats.binomtest(x, n).proportion_ci(0.95, "exact") if n else None
    forget = (x / n, float(exact.low), float(exact.high)) if exact is not None else (0.0, 0.0, 1.0)
    return WaveRates(
        (teach, *_ends(profile, teach, 0, top)), (background, *_ends(profile, background, 1, top)), forget, max(whole, null), null, len(learned), int(learned.sum()), n, x
    )


def _ends(profile: object, at: float, place: int, top: float) -> tuple[float, float]:
    """Where the profile likelihood has fallen by DROP on either side of the estimate."""
    f = profile

    def value(x: float) -> float:
        return float(f(x, place))  # type: ignore[operator]

    low = 0.0 if at <= 0 or value(0.0) >= 0 else float(optimize.brentq(value, 0.0, at))
    high = top if value(top) >= 0 else float(optimize.brentq(value, at, top))
    return low, high


def predict(rates: WaveRates, now: np.ndarray, k: np.ndarray) -> np.ndarray:
    """Probability that each person is a source in the next wave."""
    learns = -np.expm1(np.log1p(-min(rates.background[0], 1 - 1e-12)) + k * np.log1p(-min(rates.teach[0], 1 - 1e-12)))
    return np.where(now, 1 - rates.forget[0], learns)


def forecast(state: pd.DataFrame, received: pd.DataFrame, contact: pd.DataFrame, seed: int = 0, draws: int = 999, base: str = "no network") -> pd.DataFrame:
    """Predict each later wave from the waves before it, and score the prediction against null models.

    Rates are fitted to the transitions before the wave predicted (from the third wave on). Models: 'network' (lessons
    from sources); 'any contact' (the same with advice from anybody: people who talk more); 'no network' (a source with the share of learners, or of those
    who stayed, so far); 'persistence' (as in the wave before, with the share that changed). Scores: Brier, mean (p - y)^2, and log, mean -log p(y); lower is better for both.

    Returns
    -------
    DataFrame
        wave, model, brier, log, gain (Brier of the model `base` less this one), low, high (95 % bootstrap over people of gain,
        over all waves in the rows 'all').

    Raises
    ------
    InputError
        For an unknown base; names the models.
    """
    if base not in MODELS:
        raise InputError(text("research.unknown", what=base, known=", ".join(MODELS)))
    people, rng = len(state), np.random.default_rng(seed)
    losses: dict[str, list[np.ndarray]] = {m: [] for m in MODELS}
    rows = []
    for w in state.columns[2:]:
        before = [v for v in state.columns if v < w - 1]
        rates = fit_rates(state, received, before)
        now, then = state[w - 1].to_numpy(dtype=bool), state[w].to_numpy(dtype=float)
        share = rates.learned / max(rates.at_risk, 1)
        change = (rates.learned + rates.lost) / max(rates.at_risk + rates.held, 1)
        met = fit_rates(state, contact, before)
        taught, talked = (predict(r, now, x[w - 1].to_numpy(dtype=float)) for r, x in ((rates, received), (met, contact)))
        guesses = (taught, talked, np.where(now, 1 - rates.forget[0], share), np.where(now, 1 - change, change))
        for model, p in zip(MODELS, guesses, strict=True):
            p = p.clip(1e-6, 1 - 1e-6)
            losses[model].append((p - then) ** 2)
            log = -np.where(then > 0, np.log(p), np.log1p(-p)).mean()
            rows.append((w, model, float(losses[model][-1].mean()), float(log)))
    table = pd.DataFrame(rows, columns=["wave", "model", "brier", "log"])
    table["gain"] = table.groupby("wave")["brier"].transform(lambda b: b.iloc[MODELS.index(base)]) - table["brier"]
    whole = table.groupby("model", sort=False)[["brier", "log", "gain"]].mean().reset_index().assign(wave="all")
    picks = rng.integers(people, size=(draws, people))
    for k, model in enumerate(MODELS):
        by_person = np.mean(losses[base], axis=0) - np.mean(losses[model], axis=0)
        again = by_person[picks].mean(axis=1)
        whole.loc[k, ["low", "high"]] = np.quantile(again, [0.025, 0.975])
    return pd.concat([table.assign(wave=table["wave"].astype(str)), whole], ignore_index=True)[["wave", "model", "brier", "log", "gain", "low", "high"]]


def simulate_waves(contacts: Contacts, teach: float, background: float, forget: float, waves: int = 5, seed: int = 0) -> tuple[pd.DataFrame, pd.DataFrame]:
    """State and lessons by wave under known rates, on one network: to see whether `fit_rates` finds them.

    Examples
    --------
    >>> from mutasi_toolkit.research.contacts_data import read_edges
    >>> pair = read_edges(pd.DataFrame({"from": ["a"], "to": ["b"]}))
    >>> simulate_waves(pair, 0.5, 0.1, 0.1, waves=3, seed=1)[0].shape
    (2, 3)
    """
    rng = np.random.default_rng(seed)
    index = contacts.people.index
    a, b = (index.get_indexer(contacts.ties[c]) for c in ("from", "to"))
    now = rng.random(len(index)) < 0.3
    states, received = {}, {}
    for w in range(1, waves + 1):
        k = np.bincount(b, weights=now[a].astype(float), minlength=len(index))
        states[w], received[w] = now, k
        learns = rng.random(len(index)) < 1 - (1 - background) * (1 - teach) ** k
        now = np.where(now, rng.random(len(index)) >= forget, learns)
    return pd.DataFrame(states, index=index), pd.DataFrame(received, index=index)


def monthly(rate: tuple[float, float, float], months: float = WAVE_MONTHS) -> tuple[float, float, float]:
    """A rate per wave, and its interval, as a rate per month: 1 - (1 - q)^(1 / months).

    Examples
    --------
    >>> [round(x, 4) for x in monthly((0.271, 0.0, 0.488))]
    [0.1, 0.0, 0.2]
    """
    a, b, c = (float(1.0 - (1.0 - q) ** (1.0 / months)) for q in rate)
    return a, b, c


def alternative_rates() -> dict[str, float]:
    """Rates of data/parameters/sebaran_agensi.yaml, fitted to an agency, for `cycle.with_settings(sebaran=...)`.

    Examples
    --------
    >>> sorted(alternative_rates())
    ['ajar_hubungan', 'lupa']
    """
    dated = load_yaml(data_dir("parameters") / "sebaran_agensi.yaml")
    return {name: float(entry["nilai"]) for name, entry in dated.items()}
