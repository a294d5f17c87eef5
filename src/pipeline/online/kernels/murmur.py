"""MurmurHash3 of bytes, 32 bits, compiled, for hash functions of several seeds at once.

The hash of a text can be carried on from that of its beginning: whole groups of four bytes are mixed into a state
(`absorb`), and what is left is mixed into a copy of it at the end (`finish`). So the n-grams that begin at one word
cost little more than the longest of them.

Source: Austin Appleby, MurmurHash3_x86_32 (public domain).
"""

from __future__ import annotations

import sys
from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

U = np.uint32
C1, C2, ADD = U(0xCC9E2D51), U(0x1B873593), U(0xE6546B64)
MIX1, MIX2 = U(0x85EBCA6B), U(0xC2B2AE35)

inlined: Any = numba.njit(inline="always")


@inlined
def rotated(x, bits):
    """The bits of x turned to the left."""
    return U(x << U(bits)) | U(x >> U(32 - bits))


@inlined
def scrambled(block):
    """Four bytes, before they meet the state; the same for all seeds."""
    return U(rotated(U(block * C1), 15) * C2)


@inlined
def absorb(state, block):
    """The state after four more bytes, scrambled."""
    return U(rotated(U(state ^ block), 13) * U(5) + ADD)


@inlined
def finish(state, tail, length):
    """The hash, once the last bytes (fewer than four, scrambled; 0 for none) are in."""
    h = U(U(state ^ tail) ^ U(length))
    h = U(U(h ^ U(h >> U(16))) * MIX1)
    h = U(U(h ^ U(h >> U(13))) * MIX2)
    return U(h ^ U(h >> U(16)))


def _load_four_bytes(_, data, at):
    """Four bytes as a number, the first one lowest, on any machine."""

    def generate(context, builder, signature, arguments):
        array = context.make_array(signature.args[0])(context, builder, arguments[0])
        number = ir.IntType(32)
        place = builder.bitcast(builder.gep(array.data, [arguments[1]]), number.as_pointer())
        loaded = builder.load(place, align=1)
        return loaded if sys.byteorder == "little" else builder.bswap(loaded)

    return types.uint32(data, types.int64), generate


four_bytes: Any = intrinsic(_load_four_bytes)


@inlined
def last_bytes(data, at, end):
    """Fewer than four bytes as a number; up to three behind them are read."""
    return four_bytes(data, at) & U((np.int64(1) << (8 * (end - at))) - 1)
