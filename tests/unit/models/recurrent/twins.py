"""A layer of Keras, or a model, beside one that `accelerate` was given, run on the same numbers.

Shapes: B sequences, T time steps, D input width, H units.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any
from unittest.mock import Mock, patch

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.models.recurrent import layers
from pipeline.models.recurrent.layers import accelerate

KINDS: tuple[Any, ...] = (keras.layers.SimpleRNN, keras.layers.LSTM, keras.layers.GRU)
WITHIN = 1e-5
ZERO = tf.UnconnectedGradients.ZERO
Values = dict[str, NDArray[Any]]


@dataclass(frozen=True)
class Given:
    """What a layer is called with: sequences (B, T, D), mask (B, T), initial state, each (B, H)."""

    sequences: NDArray[np.float32]
    mask: NDArray[np.bool_] | None = None
    initial_state: tuple[NDArray[np.float32], ...] = ()
    training: bool = False
    calls: int = 1


def numbers(seed: int, *shape: int) -> NDArray[np.float32]:
    """Standard normal."""
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)


def right_padding(seed: int, batch: int, steps: int) -> NDArray[np.bool_]:
    """A mask (B, T) of sequences of 0 to T steps."""
    return np.arange(steps) < np.random.default_rng(seed).integers(0, steps + 1, (batch, 1))


def holes(seed: int, batch: int, steps: int) -> NDArray[np.bool_]:
    """A mask (B, T) that leaves out steps anywhere."""
    return np.random.default_rng(seed).random((batch, steps)) < 0.6


def twins(make: Callable[[], Any], shape: tuple[int | None, ...] = (None, None, 3)) -> tuple[Any, Any]:
    """What `make` makes, as Keras has it and accelerated, with the same random weights.

    They are small enough for the recurrence to forget: where it does not, every rounding grows with the steps.
    """
    pair = make(), make()
    for layer in pair:
        if not layer.built:
            layer.build(shape)
    shapes = [weight.shape for weight in pair[0].trainable_variables]
    weights = [0.7 * numbers(seed, *size) / size[0] ** 0.5 for seed, size in enumerate(shapes)]
    for layer in pair:
        for variable, value in zip(layer.trainable_variables, weights, strict=True):
            variable.assign(value)
    return pair[0], accelerate(pair[1])


def reseed(layer: Any) -> None:
    """Let the dropout masks that come next be the same in every layer that is built alike."""
    cells = [part.cell for part in layer._flatten_layers() if isinstance(part, KINDS)]
    for number, cell in enumerate(cells):
        cell.seed_generator.state.assign([7 + number, 0])
        cell.reset_dropout_mask()
        cell.reset_recurrent_dropout_mask()


def run(layer: Any, given: Given, *, traced: bool = False) -> Values:
    """All outputs, and the gradients of a random sum of them: of sequences, initial state and weights.

    Where `traced`, in a graph that knows neither B nor T.
    """
    reseed(layer)
    tensors = [tf.constant(array) for array in (given.sequences, *given.initial_state)]
    masks = [] if given.mask is None else [tf.constant(given.mask)]
    call: Any = partial(_outputs_and_gradients, layer, given)
    if traced:
        states = [tf.TensorSpec((None, state.shape[1])) for state in given.initial_state]
        sequences = tf.TensorSpec((None, None, given.sequences.shape[2]))
        call = tf.function(call, [[sequences, *states], *[tf.TensorSpec((None, None), tf.bool) for _ in masks]])
    outputs, gradients = call(tensors, *masks)
    weights = [variable.path for variable in layer.trainable_variables]
    wanted = ["sequences", *[f"initial state {n}" for n in range(len(given.initial_state))], *weights]
    values = {f"output {n}": output for n, output in enumerate(outputs)}
    values |= {f"gradient of {name}": value for name, value in zip(wanted, gradients, strict=True)}
    return {name: np.asarray(value) for name, value in values.items()}


def _outputs_and_gradients(
    layer: Any, given: Given, tensors: list[tf.Tensor], mask: tf.Tensor | None = None
) -> tuple[list[Any], list[Any]]:
    sequences, *state = tensors
    named = {"initial_state": state} if state else {}
    tape: Any = tf.GradientTape()
    with tape:
        tape.watch(tensors)
        found = [layer(sequences, mask=mask, training=given.training, **named) for _ in range(given.calls)]
        outputs = tf.nest.flatten(found)
    pulls = [
        tf.random.stateless_normal(tf.shape(output), (n, 0), dtype=output.dtype) for n, output in enumerate(outputs)
    ]
    wanted = [*tensors, *[variable.value for variable in layer.trainable_variables]]
    gradients = tape.gradient(outputs, wanted, output_gradients=pulls, unconnected_gradients=ZERO)
    return outputs, [tf.convert_to_tensor(gradient) for gradient in gradients]


def apart(one: Values, other: Values) -> dict[str, float]:
    """How far two runs are apart: of each value the largest difference, relative to the largest number of `one`."""
    return {
        name: float(np.abs(left - right).max() / (np.abs(left).max() or 1.0))
        for (name, left), right in zip(one.items(), other.values(), strict=True)
        if left.size
    }


def too_far(one: Values, other: Values) -> dict[str, float]:
    """What of two runs is not equal within a relative 1e-5; NaN never is."""
    assert [value.shape for value in one.values()] == [value.shape for value in other.values()]
    return {name: error for name, error in apart(one, other).items() if not error <= WITHIN}


def same_bits(one: Values, other: Values) -> bool:
    """Whether two runs are equal to the last bit."""
    return all(np.array_equal(left, right) for left, right in zip(one.values(), other.values(), strict=True))


@contextmanager
def compiled_loops() -> Iterator[Mock]:
    """Counts how often a compiled loop is started: a comparison of Keras with Keras would prove nothing."""
    with patch.object(layers, "recur", wraps=layers.recur) as started:
        yield started


def compare(stock: Any, fast: Any, given: Given, *, traced: bool = False) -> dict[str, float]:
    """What differs between Keras's layer and the accelerated one, which must run the compiled loop."""
    with compiled_loops() as started:
        expected = run(stock, given, traced=traced)
        assert not started.called
        found = run(fast, given, traced=traced)
        assert started.called
    return too_far(expected, found)
