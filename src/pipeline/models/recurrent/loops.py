"""The compiled loops as a TensorFlow operation with a gradient, for one layer or for several side by side.

Shapes: C chains (layers that read the same sequences), P parts (1, or the number of gates where dropout treats each
gate differently), B sequences, N steps of all of them together, H units, G gates times H, S numbers of state.
"""

from __future__ import annotations

import math
import os
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.models.recurrent import kernels

Array = NDArray[np.float32]
Rows = NDArray[np.int64]
ALIGNMENT = 64  # bytes
BLOCK = 8  # sequences at most: few enough that cores share a batch evenly, enough to use what is read of the weights


@dataclass(frozen=True)
class Cell:
    """A kind of cell.

    Attributes:
        forward, backward: its kernels.
        states: numbers of state a unit has.
        tape: numbers that a unit leaves at each step for the backward pass.
    """

    forward: Callable[..., None]
    backward: Callable[..., None]
    states: int
    tape: int


SIMPLE = Cell(kernels.simple_forward, kernels.simple_backward, states=1, tape=0)
LSTM = Cell(kernels.lstm_forward, kernels.lstm_backward, states=2, tape=5)
GRU = Cell(kernels.gru_forward, kernels.gru_backward, states=1, tape=4)


@dataclass(frozen=True)
class Packing:
    """Whose the steps are: sequence b has `counts[b]` of them, from `starts[b]` on; both (B,) int64."""

    starts: tf.Tensor
    counts: tf.Tensor


def recur(
    cell: Cell,
    x: tf.Tensor,
    weights: tf.Tensor,
    bias: tf.Tensor,
    first: tf.Tensor,
    keep: tf.Tensor,
    packing: Packing,
    *,
    sequences: bool,
    training: bool,
) -> tuple[tf.Tensor, tf.Tensor]:
    """The state after each step, and the one after the last; only where `sequences`, the former may be read.

    Outside of `training` nothing is kept for a gradient; where one is wanted all the same, the loop runs again.

    Shapes: x (C, P, N, G / P), input times kernel; weights (C, H, G); bias (C, 2, G), of the input and of the recurrent
    product; first (C, B, S); keep (C, P, B, H), what recurrent dropout multiplies the state by.
    Returns (C, N, H) and (C, B, S).
    """

    @tf.custom_gradient
    def run(x: tf.Tensor, weights: tf.Tensor, bias: tf.Tensor, first: tf.Tensor) -> tuple[Any, Any]:
        steps = (packing.starts, packing.counts)
        given = [x, weights, bias, first, keep, *steps]
        states, final, tape = _call(partial(_forward, cell, training), given, 3)
        states.set_shape([x.shape[0], x.shape[2], weights.shape[1]])
        final.set_shape(first.shape)

        def gradient(d_states: tf.Tensor, d_final: tf.Tensor) -> tuple[Any, ...]:
            written = tape if training else _call(partial(_forward, cell, True), given, 3)[2]
            wanted = (d_states if sequences else d_states[:, :0], d_final)
            outcome = [weights, first, keep, states, written, *wanted, *steps]
            return tuple(_call(partial(_backward, cell), outcome, 4))

        return (states, final), gradient

    return run(x, weights, bias, first)


def _call(function: Callable[..., Any], inputs: Sequence[tf.Tensor], num_outputs: int) -> list[tf.Tensor]:
    return tf.numpy_function(function, inputs, [tf.float32] * num_outputs, stateful=False)


def _forward(
    cell: Cell,
    taped: bool,
    x: Array,
    weights: Array,
    bias: Array,
    first: Array,
    keep: Array,
    starts: Rows,
    counts: Rows,
) -> tuple[Array, Array, Array]:
    chains, _, steps, _ = x.shape
    units = weights.shape[1]
    states, final = _empty((chains, steps, units)), first.copy()
    tape = _empty((chains, steps if taped else 0, cell.tape * units))

    blocks = _blocks(counts)

    def run(chain: int, block: int) -> None:
        given = (x[chain], weights[chain], bias[chain], first[chain], keep[chain])
        cell.forward(blocks[block], starts, counts, *given, states[chain], final[chain], tape[chain])

    run_all(run, chains, len(blocks))
    return states, final, tape


def _backward(
    cell: Cell,
    weights: Array,
    first: Array,
    keep: Array,
    states: Array,
    tape: Array,
    d_states: Array,
    d_final: Array,
    starts: Rows,
    counts: Rows,
) -> tuple[Array, Array, Array, Array]:
    chains, steps, units = states.shape
    parts, num_gates = keep.shape[1], weights.shape[2]
    blocks = _blocks(counts)
    transposed = np.ascontiguousarray(weights.transpose(0, 2, 1))
    d_x, d_first = _empty((chains, parts, steps, num_gates // parts)), d_final.copy()
    d_weights = np.zeros((chains, len(blocks), units, num_gates), np.float32)
    d_bias = np.zeros((chains, len(blocks), 2, num_gates), np.float32)

    def run(chain: int, block: int) -> None:
        given = (transposed[chain], first[chain], keep[chain], states[chain], tape[chain], d_states[chain])
        wanted = (d_x[chain], d_weights[chain, block], d_bias[chain, block], d_first[chain])
        cell.backward(blocks[block], starts, counts, *given, *wanted)

    run_all(run, chains, len(blocks))
    return d_x, d_weights.sum(1), d_bias.sum(1), d_first


def _empty(shape: tuple[int, ...]) -> Array:
    """An array that begins where TensorFlow's do: others it copies."""
    size = 4 * math.prod(shape)
    room = np.empty(size + ALIGNMENT, np.uint8)
    begin = -room.ctypes.data % ALIGNMENT
    return room[begin : begin + size].view(np.float32).reshape(shape)


def _blocks(counts: Rows) -> list[Rows]:
    """Parts of the sequences, each with its share of the long ones.

    They do not depend on the number of cores, and neither does, to the last bit, what is computed.
    """
    order = np.argsort(-counts, kind="stable")
    num_blocks = -(-len(order) // BLOCK)
    return [order[offset::num_blocks].copy() for offset in range(num_blocks)]


def run_all(run: Callable[[int, int], None], chains: int, blocks: int) -> None:
    """Run every chain over every block, on all cores."""
    jobs = [(chain, block) for chain in range(chains) for block in range(blocks)]
    list(_pool().map(lambda job: run(*job), jobs))


@cache
def _pool() -> ThreadPoolExecutor:
    """As many threads as TensorFlow is told to take, or as there are cores for this process."""
    told = int(os.environ.get("TF_NUM_INTRAOP_THREADS") or 0)
    affinity = getattr(os, "sched_getaffinity", None)  # not on macOS
    cores = len(affinity(0)) if affinity else os.cpu_count()
    return ThreadPoolExecutor(told or cores, thread_name_prefix="recurrence")
