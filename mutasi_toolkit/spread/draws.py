"""Random numbers keyed by what they decide, and how the kernels that read them are compiled.

Every draw is word c of a stream: w(key, c) = mix(key + c G), the splitmix64 generator at position c. The key is made
of (seed, purpose, replicate or period, person or tie); no generator is carried along, so the order of work, the
number of threads and the size of a chunk cannot change a result.

Source: Steele, Lea and Flood 2014, 'Fast splittable pseudorandom number generators' (the mixing constants are
Stafford's variant 13); Salmon and others 2011, 'Parallel random numbers: as easy as 1, 2, 3' (counter-based draws).
"""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numba
import numpy as np

U = np.uint64
GOLDEN = U(0x9E3779B97F4A7C15)
MIX1 = U(0xBF58476D1CE4E5B9)
MIX2 = U(0x94D049BB133111EB)
#: Unit of a 53-bit uniform.
ULP = 2.0**-53

#: Purposes a stream can have: part of every key, so that no two uses share draws.
CASCADE_SKIP, CASCADE_MASK, CONTAGION, CONTAGION_BITS, THRESHOLD, SKILLS, MOVES, GAINS, SOURCES, CONTACTS = range(1, 11)


def _drop_stale_kernels() -> None:
    """Delete compiled kernels that were made from other sources.

    numba keeps a compiled kernel as long as the file it stands in is unchanged, but a kernel also
    holds code of the files it calls. A fingerprint of all files tells when that happened.
    """
    here = Path(__file__).resolve().parent
    sources = sorted(here.rglob("*.py"))
    fingerprint = hashlib.sha256(b"".join(p.read_bytes() for p in sources)).hexdigest()
    stamp = here / "__pycache__" / "kernels.sha256"
    with contextlib.suppress(OSError):
        if stamp.is_file() and stamp.read_text(encoding="ascii") == fingerprint:
            return
        stamp.parent.mkdir(exist_ok=True)
        names = {p.stem for p in sources}
        for cached in [*here.rglob("*.nbi"), *here.rglob("*.nbc")]:
            if cached.name.split(".")[0] in names:
                cached.unlink(missing_ok=True)
        stamp.write_text(fingerprint, encoding="ascii")


_drop_stale_kernels()

#: Decorator of a kernel: compiled once, kept beside the package, run without the interpreter's lock.
kernel: Callable[[Callable[..., Any]], Any] = numba.njit(cache=True, nogil=True, error_model="numpy")
#: Decorator of a function that only kernels call.
inner: Callable[[Callable[..., Any]], Any] = numba.njit(error_model="numpy")


@inner
def mix(z: Any) -> Any:
    """Scramble 64 bits (the finaliser of splitmix64)."""
    z = (z ^ (z >> U(30))) * MIX1
    z = (z ^ (z >> U(27))) * MIX2
    return z ^ (z >> U(31))


@inner
def word(key: Any, counter: Any) -> Any:
    """Word `counter` of the stream `key`: 64 random bits."""
    return mix(key + counter * GOLDEN)


@inner
def child(key: Any, part: Any) -> Any:
    """Key of the stream that belongs to `part` below `key`."""
    return mix(key ^ mix(part * GOLDEN + MIX2))


@inner
def uniform(bits: Any) -> Any:
    """A uniform number in (0, 1] from 64 random bits."""
    return (np.float64(bits >> U(11)) + 1.0) * ULP


@inner
def ones(x: Any) -> Any:
    """Number of ones among 64 bits."""
    x = x - ((x >> U(1)) & U(0x5555555555555555))
    x = (x & U(0x3333333333333333)) + ((x >> U(2)) & U(0x3333333333333333))
    x = (x + (x >> U(4))) & U(0x0F0F0F0F0F0F0F0F)
    return (x * U(0x0101010101010101)) >> U(56)


@inner
def lowest(x: Any) -> Any:
    """Position of the lowest one among 64 bits, of which at least one is set."""
    return ones((x & (~x + U(1))) - U(1))


@inner
def fixed(p: Any) -> Any:
    """Probability as a 64-bit fraction: a draw u succeeds where u < fixed(p).

    p <= 0 gives 0 (never); p >= 1 gives 2^64 - 1, which `bernoulli` takes for 'always'.
    """
    if p >= 1.0:
        return ~U(0)
    if p <= 0.0:
        return U(0)
    return U(p * 9007199254740992.0) << U(11)


def stream(seed: int, *parts: int) -> np.uint64:
    """Key of the stream named by `seed` and `parts`.

    Parameters
    ----------
    seed : int
        Any integer; taken modulo 2^64.
    *parts : int
        Purpose first, then whatever the draws belong to.

    Returns
    -------
    uint64

    Examples
    --------
    >>> len({int(stream(1, CASCADE_SKIP)), int(stream(1, CASCADE_SKIP)), int(stream(2, CASCADE_SKIP))})
    2
    """
    data = b"".join((int(p) % 2**64).to_bytes(8, "little") for p in (seed, *parts))
    return U(int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little"))


def fixed_array(probability: np.ndarray) -> np.ndarray:
    """`fixed` of every entry, as uint64 of the same shape.

    Examples
    --------
    >>> fixed_array(np.array([0.0, 0.5, 1.0])).tolist() == [0, 2**63, 2**64 - 1]
    True
    """
    p = np.clip(np.asarray(probability, dtype=np.float64), 0.0, 1.0)
    inside = np.where(p < 1.0, p, 0.0)
    return np.where(p < 1.0, (inside * 2.0**53).astype(np.uint64) << U(11), ~U(0))


def mix_array(z: np.ndarray) -> np.ndarray:
    """`mix` of every entry of a uint64 array."""
    z = (z ^ (z >> U(30))) * MIX1
    z = (z ^ (z >> U(27))) * MIX2
    return z ^ (z >> U(31))


def doubling_chances(p: float, places: int = 32) -> np.ndarray:
    """1 - (1 - p)^(2^q) for q = 0, 1, ... as 64-bit fractions.

    k independent lessons of probability p succeed with 1 - prod (1 - p)^(2^q) over the ones q of k.

    Examples
    --------
    >>> (doubling_chances(0.5, 2) / 2**64).tolist()
    [0.5, 0.75]
    """
    with np.errstate(divide="ignore"):
        return fixed_array(-np.expm1(2.0 ** np.arange(places) * np.log1p(-np.float64(p))))
