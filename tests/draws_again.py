"""The keyed draws of the spread kernels a second time: one draw at a time, in whole numbers of Python."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Iterator

WORD = 2**64
ALWAYS = WORD - 1
GOLDEN, MIX1, MIX2 = 0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB
SKIP, MASK, CONTAGION, CONTAGION_BITS, THRESHOLD, SKILLS, MOVES, GAINS = range(1, 9)


def mix(z: int) -> int:
    z %= WORD
    z = ((z ^ (z >> 30)) * MIX1) % WORD
    z = ((z ^ (z >> 27)) * MIX2) % WORD
    return z ^ (z >> 31)


def word(key: int, counter: int) -> int:
    return mix(key + counter * GOLDEN)


def child(key: int, part: int) -> int:
    return mix(key ^ mix(part * GOLDEN + MIX2))


def uniform(bits: int) -> float:
    return ((bits >> 11) + 1) / 2**53


def stream(seed: int, *parts: int) -> int:
    data = b"".join((p % WORD).to_bytes(8, "little") for p in (seed, *parts))
    return int.from_bytes(hashlib.blake2b(data, digest_size=8).digest(), "little")


def chance(p: float) -> int:
    """A probability as a share of 2^64."""
    return ALWAYS if p >= 1 else int(max(p, 0.0) * 2**53) << 11


def any_of(p: float, k: int) -> float:
    """Chance that one of k lessons succeeds."""
    return 1.0 if p >= 1 and k else -math.expm1(k * math.log1p(-p)) if k else 0.0


def digits(base: int, lane: int) -> Iterator[int]:
    """Binary places of the number of a lane, the largest first."""
    for step in range(64):
        yield (mix(base + step * GOLDEN) >> lane) & 1


def happens(base: int, lane: int, share: int) -> bool:
    """Whether the number of a lane is below `share`; surely so for ALWAYS."""
    if share == ALWAYS:
        return True
    for place, digit in enumerate(digits(base, lane)):
        if digit != (share >> (63 - place)) & 1:
            return digit == 0
    return False


def replicate_base(key: int, replicate: int, purpose: int = 0) -> tuple[int, int]:
    """Counter and bit of a replicate in kernels that keep one replicate to a lane."""
    return (key + (((replicate // 64) << 20) + (purpose << 6)) * GOLDEN) % WORD, replicate % 64
