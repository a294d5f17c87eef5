"""What the kernels of all cells are made of: functions of numbers, matrix products, dropout.

Shapes: as in `kernels`.
"""

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from pipeline.compiling import compiler

# "contract" lets a product and a sum become one instruction; nothing is reordered, infinities and NaN stay
OPTIONS: dict[str, Any] = {"nogil": True, "error_model": "numpy", "fastmath": {"contract"}}
inlined: Any = numba.njit(inline="always", **OPTIONS)
compiled = compiler(__file__, **OPTIONS)

F = np.float32
ONE = F(1)
LARGEST = F(7.90531110763549805)  # to which the approximation of tanh is good
SATURATED = F(7.99881172)  # from which on TensorFlow's tanh is 1
TINY = F(1e-30)
TERMS = 64  # steps whose gradients are multiplied at once: enough to be quick, few enough to stay in the nearest cache


@inlined
def tanh(x):
    """The rational approximation that TensorFlow computes with. Source: Eigen."""
    c = min(max(x, -LARGEST), LARGEST)
    s = c * c
    p = s * F(-2.76076847742355e-16) + F(2.00018790482477e-13)
    p = p * s + F(-8.60467152213735e-11)
    p = p * s + F(5.12229709037114e-08)
    p = p * s + F(1.48572235717979e-05)
    p = p * s + F(6.37261928875436e-04)
    p = p * s + F(4.89352455891786e-03)
    q = s * F(1.19825839466702e-06) + F(1.18534705686654e-04)
    q = q * s + F(2.26843463243900e-03)
    q = q * s + F(4.89352518554385e-03)
    return (ONE if x > 0 else -ONE) if abs(x) > SATURATED else c * p / q


def _reinterpret(_, bits):
    """The single-precision number that has the lower bits of an integer."""

    def generate(_, builder, __, arguments):
        return builder.bitcast(builder.trunc(arguments[0], ir.IntType(32)), ir.FloatType())

    return types.float32(types.int64), generate


_float_of_bits: Any = intrinsic(_reinterpret)


@inlined
def sigmoid(x):
    """1 / (1 + exp(-x)), as exact where it is next to 0 as where it is next to 1.

    Source: exp is that of the Cephes library: 2 ** n times a polynomial in what is left of the exponent.
    """
    a = min(abs(x), F(87))
    n = np.floor(F(0.5) - a * F(1.44269504088896341))
    r = -a - n * F(0.693359375) - n * F(-2.12194440e-4)
    e = r * F(1.9875691500e-4) + F(1.3981999507e-3)
    e = e * r + F(8.3334519073e-3)
    e = e * r + F(4.1665795894e-2)
    e = e * r + F(1.6666665459e-1)
    e = e * r + F(5.0000001201e-1)
    e = (e * r * r + r + ONE) * _float_of_bits((np.int64(n) + 127) << 23)
    return (ONE if x >= 0 else e) / (ONE + e)


@inlined
def settle(x):
    """0 for what is next to nothing: gradients die out over the steps, and denormal numbers are slow."""
    return F(0) if abs(x) < TINY else x


@compiled
def add_product(sums, left, right, active, terms, columns):
    """sums[:, columns] += left[:, terms] @ right[terms, columns] for `active` rows, in fours of rows and of terms."""
    begin, end = columns
    whole = terms[0] + (terms[1] - terms[0]) // 4 * 4
    for r in range(0, active, 4):
        s0, s1, s2, s3 = sums[r], sums[r + 1], sums[r + 2], sums[r + 3]
        s0, s1, s2, s3 = s0[begin:end], s1[begin:end], s2[begin:end], s3[begin:end]
        for k in range(terms[0], whole, 4):
            u0, u1, u2, u3 = right[k], right[k + 1], right[k + 2], right[k + 3]
            u0, u1, u2, u3 = u0[begin:end], u1[begin:end], u2[begin:end], u3[begin:end]
            a0, a1, a2, a3 = left[r, k], left[r, k + 1], left[r, k + 2], left[r, k + 3]
            b0, b1, b2, b3 = left[r + 1, k], left[r + 1, k + 1], left[r + 1, k + 2], left[r + 1, k + 3]
            c0, c1, c2, c3 = left[r + 2, k], left[r + 2, k + 1], left[r + 2, k + 2], left[r + 2, k + 3]
            d0, d1, d2, d3 = left[r + 3, k], left[r + 3, k + 1], left[r + 3, k + 2], left[r + 3, k + 3]
            for j in range(len(u0)):
                v0, v1, v2, v3 = u0[j], u1[j], u2[j], u3[j]
                s0[j] = (s0[j] + a0 * v0 + a1 * v1) + (a2 * v2 + a3 * v3)
                s1[j] = (s1[j] + b0 * v0 + b1 * v1) + (b2 * v2 + b3 * v3)
                s2[j] = (s2[j] + c0 * v0 + c1 * v1) + (c2 * v2 + c3 * v3)
                s3[j] = (s3[j] + d0 * v0 + d1 * v1) + (d2 * v2 + d3 * v3)
    for k in range(whole, terms[1]):
        for r in range(active):
            for j in range(begin, end):
                sums[r, j] += left[r, k] * right[k, j]


@inlined
def fours(number):
    """The number rounded up to whole fours."""
    return (number + 3) // 4 * 4


@inlined
def running(rows, counts, step):
    """How many sequences of the block have a step `step`."""
    active = len(rows)
    while active > 0 and counts[rows[active - 1]] <= step:
        active -= 1
    return active


@inlined
def read(total, parts, n):
    """The gates of step n, side by side."""
    width = parts.shape[2]
    for p in range(len(parts)):
        total[p * width : (p + 1) * width] = parts[p, n]


@inlined
def write(parts, n, total):
    """The other way round than `read`."""
    width = parts.shape[2]
    for p in range(len(parts)):
        parts[p, n] = total[p * width : (p + 1) * width]


@inlined
def feed(fed, r, state, keep, row):
    """What each part multiplies with the recurrent kernel: the state, with recurrent dropout."""
    for p in range(len(fed)):
        into, kept = fed[p, r], keep[p, row]
        for j in range(len(state)):
            into[j] = state[j] * kept[j]


@compiled
def recur(sums, fed, weights, active):
    """Add the recurrent product: sums += fed @ weights, part by part."""
    width = weights.shape[1] // len(fed)
    for p in range(len(fed)):
        add_product(sums, fed[p], weights, active, (0, weights.shape[0]), (p * width, (p + 1) * width))


@compiled
def recur_back(d_state, d_sums, d_fed, weights, keep, rows, active):
    """Add to the gradient of the state, by row of `rows`, what comes back through the recurrent product."""
    width = weights.shape[0] // len(d_fed)
    for p in range(len(d_fed)):
        d_fed[p, :active] = 0
        add_product(d_fed[p], d_sums, weights, active, (p * width, (p + 1) * width), (0, weights.shape[1]))
        for r in range(active):
            into, back, kept = d_state[rows[r]], d_fed[p, r], keep[p, rows[r]]
            for j in range(len(back)):
                into[j] += back[j] * kept[j]


@compiled
def learn(d_weights, d_bias, fed, d_sums, num_terms):
    """Add the gradients of the recurrent kernel, fed.T @ d_sums part by part, and of its bias."""
    width = d_weights.shape[1] // len(fed)
    for p in range(len(fed)):
        add_product(d_weights, fed[p].T, d_sums, len(d_weights), (0, num_terms), (p * width, (p + 1) * width))
    for term in range(num_terms):
        d_bias += d_sums[term]


@compiled
def add_rows(sums, rows, numbers, begin, end):
    """sums[numbers[n]] += rows[n] for every n in turn, of the columns from `begin` to `end` - 1."""
    end = min(end, rows.shape[1])
    for n in range(len(numbers)):
        into, row = sums[numbers[n]], rows[n]
        for column in range(begin, end):
            into[column] += row[column]
