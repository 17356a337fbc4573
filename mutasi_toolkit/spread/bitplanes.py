"""Skills as lanes: 64 skills in a word, 8 people in a row, and draws whose chance differs from lane to lane."""

from __future__ import annotations

from typing import Any

from mutasi_toolkit.spread.draws import GOLDEN, MIX2, U, child, inner, mix
from mutasi_toolkit.spread.lanes import anyone, mix_row, splat

#: Words of a draw between one purpose and the next.
PURPOSE_SHIFT = 6
#: Purposes of the draws of a person in a period.
LEARN, FORGET, TAKE, STOP = 0, 1, 2, 3
#: Counters between one word of skills and the next.
SKILL_WORD_SHIFT = 20


@inner
def place_of(word: Any, purpose: Any) -> Any:
    """What a word of skills and a purpose add to a counter."""
    return ((U(word) << U(SKILL_WORD_SHIFT)) + (U(purpose) << U(PURPOSE_SHIFT))) * GOLDEN


@inner
def keys_of(here: Any, people: Any) -> Any:
    """`draws.child(here, person)` of each of 8 people."""
    return mix_row(splat(here) ^ mix_row(people * splat(GOLDEN) + splat(MIX2)))


@inner
def tiny_bernoulli(base: Any, want: Any, p: Any) -> Any:
    """`lanes.bernoulli` for one word: the same bits as that word of a row with the same base."""
    if p == ~U(0):
        return want
    undecided = want
    success = U(0)
    step = U(0)
    while p != U(0) and undecided != U(0):
        bits = mix(base + step * GOLDEN)
        if p >> U(63):
            success |= undecided & ~bits
            undecided &= bits
        else:
            undecided &= ~bits
        p = p << U(1)
        step += U(1)
    return success


@inner
def sliced_row(base: Any, want: Any, slices: Any) -> Any:
    """Lanes of `want` that succeed, lane b of every word with the chance whose binary places are bit b of `slices`."""
    undecided = want
    success = splat(U(0))
    step = 0
    while step < 64 and anyone(undecided):
        bits = mix_row(base + splat(U(step) * GOLDEN))
        place = splat(slices[step])
        success = success | (undecided & place & ~bits)
        undecided = undecided & ~(bits ^ place)
        step += 1
    return success


@inner
def sliced_word(base: Any, want: Any, slices: Any) -> Any:
    """`sliced_row` for one word."""
    undecided = want
    success = U(0)
    step = 0
    while step < 64 and undecided != U(0):
        bits = mix(base + U(step) * GOLDEN)
        success |= undecided & slices[step] & ~bits
        undecided &= ~(bits ^ slices[step])
        step += 1
    return success


@inner
def each_row(base: Any, want: Any, chances: Any) -> Any:
    """Lanes of `want` that succeed, all lanes of word j with the chance in word j of `chances`."""
    undecided = want
    success = splat(U(0))
    rest = chances
    step = U(0)
    while step < U(64) and anyone(undecided):
        bits = mix_row(base + splat(step * GOLDEN))
        place = (rest >> splat(U(63))) * splat(~U(0))
        success = success | (undecided & place & ~bits)
        undecided = undecided & ~(bits ^ place)
        rest = rest + rest
        step += U(1)
    return success


@inner
def turn_bits(block: Any) -> None:
    """Transpose 64 words of 64 bits in place: bit b of word i becomes bit i of word b."""
    j = 32
    mask = U(0x00000000FFFFFFFF)
    while j > 0:
        k = 0
        while k < 64:
            t = ((block[k] >> U(j)) ^ block[k + j]) & mask
            block[k + j] ^= t
            block[k] ^= t << U(j)
            k = (k + j + 1) & ~j
        j >>= 1
        mask ^= mask << U(j)


@inner
def to_slices(chances: Any, slices: Any) -> None:
    """slices[i] = binary place i (the largest first) of the chances of 64 lanes."""
    for lane in range(64):
        slices[lane] = chances[lane]
    turn_bits(slices)
    for i in range(32):
        slices[i], slices[63 - i] = slices[63 - i], slices[i]


@inner
def count_words(flat: Any, count: Any, planes: Any, total: Any) -> Any:
    """total[lane] = how many of the first `count` words (padded with zeros to 8) have the lane set; the union is returned."""
    used = 3
    ones = U(0)
    twos = U(0)
    fours = U(0)
    union = U(0)
    for i in range(0, count, 8):
        x0, x1, x2, x3 = flat[i], flat[i + 1], flat[i + 2], flat[i + 3]
        x4, x5, x6, x7 = flat[i + 4], flat[i + 5], flat[i + 6], flat[i + 7]
        union |= (x0 | x1 | x2 | x3) | (x4 | x5 | x6 | x7)
        h = ones ^ x0
        ta = (ones & x0) | (h & x1)
        ones = h ^ x1
        h = ones ^ x2
        tb = (ones & x2) | (h & x3)
        ones = h ^ x3
        h = twos ^ ta
        fa = (twos & ta) | (h & tb)
        twos = h ^ tb
        h = ones ^ x4
        ta = (ones & x4) | (h & x5)
        ones = h ^ x5
        h = ones ^ x6
        tb = (ones & x6) | (h & x7)
        ones = h ^ x7
        h = twos ^ ta
        fb = (twos & ta) | (h & tb)
        twos = h ^ tb
        h = fours ^ fa
        carry = (fours & fa) | (h & fb)
        fours = h ^ fb
        q = 3
        while carry != U(0):
            if q == used:
                planes[q] = U(0)
                used += 1
            old = planes[q]
            planes[q] = old ^ carry
            carry &= old
            q += 1
    planes[0], planes[1], planes[2] = ones, twos, fours
    if union == U(0):
        total[:] = 0
        return union
    for lane in range(64):
        k = U(0)
        for q in range(used):
            k += ((planes[q] >> U(lane)) & U(1)) << U(q)
        total[lane] = k
    return union


@inner
def person_key(here: Any, person: Any) -> Any:
    """Key of a person's draws in a period."""
    return child(here, U(person))


@inner
def gather(state: Any, member: Any, first: Any, last: Any, word: Any, flat: Any) -> None:
    """Words `word` of members first to last into `flat`, zeros up to a whole row."""
    for i in range(last - first, -(-(last - first) // 8) * 8):
        flat[i] = U(0)
    if word < 0:
        for i in range(last - first):
            flat[i] = U(0)
    else:
        for i in range(last - first):
            flat[i] = state[member[first + i], word]


