"""MurmurHash3 of bytes, 32 bits, compiled, for hash functions of several seeds at once.

The hash of a text can be carried on from that of its beginning: whole groups of four bytes are mixed into a state
(`absorb`), and what is left is mixed into a copy of it at the end (`finish`). So the n-grams that begin at one word
cost little more than the longest of them.

Source: Austin Appleby, MurmurHash3_x86_32 (public domain).
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np

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


@inlined
def four_bytes(data, at):
    """Four bytes as a number, the first one lowest, on any machine."""
    return U(data[at]) | U(U(data[at + 1]) << U(8)) | U(U(data[at + 2]) << U(16)) | U(U(data[at + 3]) << U(24))


@inlined
def last_bytes(data, at, end):
    """Fewer than four bytes as a number."""
    block = U(0)
    for i in range(end - at):
        block |= U(U(data[at + i]) << U(8 * i))
    return block
