"""A row of 512 lanes (8 words of 64 bits) as one value inside kernels.

A lane is a replicate, so one operation on a row serves 512 replicates; a compiler turns it into one or two vector
instructions. Where compilation is off (NUMBA_DISABLE_JIT), a row is a numpy array of 8 words and the same code runs.
"""

# ruff: noqa: ARG001  (numba hands over types by the names of the arguments, used or not)

from __future__ import annotations

import operator
from typing import Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic, models, overload, register_model

from mutasi_toolkit.spread.draws import GOLDEN, MIX1, MIX2, U, inner

#: Words in a row, and lanes in a row.
WORDS = 8
LANES = 64 * WORDS
#: Position of a word of lanes inside a counter; below it stand the purpose (14 bits) and the step (6 bits).
WORD_SHIFT = 20

_builtin: Any = intrinsic
_ROW = ir.VectorType(ir.IntType(64), WORDS)


class _Row(types.Type):
    def __init__(self) -> None:
        super().__init__(name="Row512")


ROW = _Row()


@register_model(_Row)
class _RowModel(models.PrimitiveModel):
    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, _ROW)


def _operate(function: Any, instruction: str) -> None:
    @_builtin
    def apply(context: Any, a: Any, b: Any) -> Any:
        return ROW(ROW, ROW), lambda _ctx, build, _sig, args: getattr(build, instruction)(*args)

    @overload(function, strict=False)
    def typed(a: Any, b: Any) -> Any:
        return (lambda a, b: apply(a, b)) if a is ROW and b is ROW else None


# Rows are never changed in place: as numpy arrays they would change for everybody who holds them.
for _function, _name in (
    (operator.and_, "and_"),
    (operator.or_, "or_"),
    (operator.xor, "xor"),
    (operator.add, "add"),
    (operator.mul, "mul"),
    (operator.rshift, "lshr"),
):
    _operate(_function, _name)


@_builtin
def _invert(context: Any, a: Any) -> Any:
    return ROW(ROW), lambda _ctx, build, _sig, args: build.not_(args[0])


@overload(operator.invert, strict=False)
def _typed_invert(a: Any) -> Any:
    return (lambda a: _invert(a)) if a is ROW else None


def load(rows: np.ndarray, at: Any) -> Any:
    """Row `at` of a C-contiguous uint64 array of shape (n, 8)."""
    return rows[at].copy()


def store(rows: np.ndarray, at: Any, row: Any) -> None:
    """Put `row` into row `at` of a C-contiguous uint64 array of shape (n, 8)."""
    rows[at] = row


def splat(bits: Any) -> Any:
    """The row whose 8 words are all `bits`."""
    return np.full(WORDS, bits, dtype=np.uint64)


def anyone(row: Any) -> bool:
    """Whether any lane of `row` is set."""
    return bool(row.any())


def _pointer(context: Any, build: Any, kind: Any, array: Any, at: Any) -> Any:
    data = context.make_array(kind)(context, build, array).data
    return build.gep(build.bitcast(data, _ROW.as_pointer()), [at])


@_builtin
def _load(context: Any, rows: Any, at: Any) -> Any:
    def generate(ctx: Any, build: Any, sig: Any, args: Any) -> Any:
        return build.load(_pointer(ctx, build, sig.args[0], args[0], args[1]), align=8)

    return ROW(rows, types.uint64), generate


@_builtin
def _store(context: Any, rows: Any, at: Any, row: Any) -> Any:
    def generate(ctx: Any, build: Any, sig: Any, args: Any) -> Any:
        build.store(args[2], _pointer(ctx, build, sig.args[0], args[0], args[1]), align=8)
        return ctx.get_dummy_value()

    return types.void(rows, types.uint64, ROW), generate


@_builtin
def _splat(context: Any, bits: Any) -> Any:
    def generate(_ctx: Any, build: Any, _sig: Any, args: Any) -> Any:
        nothing = ir.Constant(_ROW, ir.Undefined)
        first = build.insert_element(nothing, args[0], ir.Constant(ir.IntType(32), 0))
        return build.shuffle_vector(first, nothing, ir.Constant(ir.VectorType(ir.IntType(32), WORDS), [0] * WORDS))

    return ROW(types.uint64), generate


@_builtin
def _anyone(context: Any, row: Any) -> Any:
    def generate(_ctx: Any, build: Any, _sig: Any, args: Any) -> Any:
        differs = build.icmp_unsigned("!=", args[0], ir.Constant(_ROW, [0] * WORDS))
        byte = ir.IntType(WORDS)
        return build.icmp_unsigned("!=", build.bitcast(differs, byte), byte(0))

    return types.boolean(ROW), generate


@overload(load, strict=False)
def _typed_load(rows: Any, at: Any) -> Any:
    return lambda rows, at: _load(rows, np.uint64(at))


@overload(store, strict=False)
def _typed_store(rows: Any, at: Any, row: Any) -> Any:
    return lambda rows, at, row: _store(rows, np.uint64(at), row)


@overload(splat, strict=False)
def _typed_splat(bits: Any) -> Any:
    return lambda bits: _splat(np.uint64(bits))


@overload(anyone, strict=False)
def _typed_anyone(row: Any) -> Any:
    return lambda row: _anyone(row)


def rows(n: int) -> np.ndarray:
    """N rows of zeros, each on its own cache line: uint64 of shape (n, 8), aligned to 64 bytes."""
    raw = np.zeros(n * LANES // 8 + 64, dtype=np.uint8)
    start = -raw.ctypes.data % 64
    return raw[start : start + n * LANES // 8].view(np.uint64).reshape(n, WORDS)


def word_offsets(first_word: int) -> np.ndarray:
    """What each of the 8 words from `first_word` adds to a counter, as one row (shape (1, 8))."""
    return ((first_word + np.arange(WORDS, dtype=np.uint64)) << U(WORD_SHIFT)).reshape(1, WORDS) * GOLDEN


@inner
def mix_row(z: Any) -> Any:
    """`draws.mix` of each of the 8 words."""
    z = (z ^ (z >> splat(U(30)))) * splat(MIX1)
    z = (z ^ (z >> splat(U(27)))) * splat(MIX2)
    return z ^ (z >> splat(U(31)))


@inner
def bernoulli(base: Any, want: Any, p: Any) -> Any:
    """Lanes of `want` that succeed with probability p / 2^64, each independently.

    A lane succeeds where its uniform number u < p. u is read bit by bit, bit i of all lanes from word
    i of the stream, until no lane is undecided: about log2(lanes) + 1 words. p = 2^64 - 1 means 1.

    Parameters
    ----------
    base : row
        Counter of the first step, times GOLDEN, plus the key, for each of the 8 words.
    want : row
        Lanes that are tried.
    p : uint64
    """
    if p == ~U(0):
        return want
    undecided = want
    success = splat(U(0))
    rest = p
    step = U(0)
    while rest != U(0) and anyone(undecided):
        bits = mix_row(base + splat(step * GOLDEN))
        if rest >> U(63):
            success = success | (undecided & ~bits)
            undecided = undecided & bits
        else:
            undecided = undecided & ~bits
        rest = rest << U(1)
        step += U(1)
    return success


@inner
def count_lanes(state: Any, first: Any, last: Any, members: Any, planes: Any, out: Any) -> None:
    """Add to out[lane] the number of rows state[members[first:last]] in which the lane is set.

    Rows are summed in vertical binary counters, 255 at a time: 8 operations a row instead of 512.
    `members` empty means the rows first to last themselves; planes is scratch of shape (8, 8).
    """
    zero = splat(U(0))
    plain = members.size == 0
    start = first
    while start < last:
        end = min(last, start + 255)
        c0 = zero
        c1 = zero
        c2 = zero
        c3 = zero
        c4 = zero
        c5 = zero
        c6 = zero
        c7 = zero
        for i in range(start, end):
            x = load(state, i if plain else np.int64(members[i]))
            carry = c0 & x
            c0 = c0 ^ x
            x = c1 & carry
            c1 = c1 ^ carry
            carry = c2 & x
            c2 = c2 ^ x
            x = c3 & carry
            c3 = c3 ^ carry
            carry = c4 & x
            c4 = c4 ^ x
            x = c5 & carry
            c5 = c5 ^ carry
            carry = c6 & x
            c6 = c6 ^ x
            c7 = c7 ^ carry
        store(planes, 0, c0)
        store(planes, 1, c1)
        store(planes, 2, c2)
        store(planes, 3, c3)
        store(planes, 4, c4)
        store(planes, 5, c5)
        store(planes, 6, c6)
        store(planes, 7, c7)
        for w in range(WORDS):
            for b in range(64):
                total = U(0)
                for q in range(8):
                    total |= ((planes[q, w] >> U(b)) & U(1)) << U(q)
                out[w * 64 + b] += np.int64(total)
        start = end


@inner
def count_unit(teaching: Any, member: Any, first: Any, last: Any, planes: Any) -> Any:
    """planes[0:used] = number of teachers among the members, in binary, lane by lane; returns used."""
    used = 0
    for i in range(first, last):
        carry = load(teaching, member[i])
        q = 0
        while anyone(carry):
            if q == used:
                store(planes, q, splat(U(0)))
                used += 1
            old = load(planes, q)
            store(planes, q, old ^ carry)
            carry = carry & old
            q += 1
    return used
