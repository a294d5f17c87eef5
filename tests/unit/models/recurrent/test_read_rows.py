"""A layer over symbols, whose inputs are rows of a table, is Keras's layer over vectors.

Shapes: V symbols, E width of an embedding, H units.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
import tensorflow as tf
from twins import KINDS, WITHIN, Values, apart, numbers, same_bits

from pipeline.models.recurrent.layers import read_rows

V, E = 9, 4
COUNTS = np.array([6, 1, 11, 3, 1, 2, 6, 9, 1, 4], np.int32)  # two blocks of the compiled loop
SYMBOLS = np.random.default_rng(0).integers(0, V - 1, COUNTS.sum()).astype(np.int32)  # the last is never read


@dataclass(frozen=True)
class Reader:
    """A layer of Keras, and the vectors of an embedding; without them symbols are one-hot."""

    layer: Any
    vectors: Any

    @property
    def weights(self) -> list[Any]:
        """All that gradients are taken of."""
        own = [variable.value for variable in self.layer.trainable_variables]
        return own if self.vectors is None else [*own, self.vectors]


def reader(kind: Any, units: int, *, embedded: bool = False, **settings: Any) -> Reader:
    layer = kind(units, return_sequences=True, return_state=True, **settings)
    layer.build((None, None, E if embedded else V))
    for seed, variable in enumerate(layer.trainable_variables):
        variable.assign(0.7 * numbers(seed, *variable.shape) / variable.shape[0] ** 0.5)
    return Reader(layer, tf.Variable(tf.constant(numbers(20, V, E))) if embedded else None)


def by_rows(given: Reader, state: tf.Tensor, *, whole: bool) -> tuple[tf.Tensor, tf.Tensor]:
    kernel = tf.convert_to_tensor(given.layer.cell.kernel)
    rows = kernel if given.vectors is None else tf.matmul(given.vectors, kernel)
    symbols, counts = tf.constant(SYMBOLS), tf.constant(COUNTS)
    return read_rows(given.layer, rows, symbols, counts, state, training=True, sequences=whole)


def by_keras(given: Reader, state: tf.Tensor, *, whole: bool) -> tuple[tf.Tensor, tf.Tensor]:
    """One sequence at a time."""
    found, ends = [], []
    for place, symbols in enumerate(np.split(SYMBOLS, np.cumsum(COUNTS)[:-1])):
        vectors = tf.one_hot(symbols, V) if given.vectors is None else tf.gather(given.vectors, symbols)
        begin = tf.split(state[place : place + 1], state.shape[1] // given.layer.units, axis=1)
        hidden, *end = given.layer(vectors[None], initial_state=begin)
        found.append(hidden[0] if whole else hidden[0, -1:])
        ends.append(tf.concat(end, 1))
    return tf.concat(found, 0), tf.concat(ends, 0)


def run(read: Any, given: Reader, *, whole: bool) -> Values:
    """Outputs, last states, and the gradients of a random sum of both: of the first state and all weights."""
    width = given.layer.units * (2 if type(given.layer).__name__ == "LSTM" else 1)
    state, tape = tf.constant(numbers(7, len(COUNTS), width)), tf.GradientTape()
    with tape:
        tape.watch(state)
        hidden, end = read(given, state, whole=whole)
        total = tf.reduce_sum(hidden * numbers(8, *hidden.shape)) + tf.reduce_sum(end * numbers(9, *end.shape))
    gradients = tape.gradient(total, [state, *given.weights])
    values = {"hidden": hidden, "end": end} | {f"gradient {n}": value for n, value in enumerate(gradients)}
    return {name: tf.convert_to_tensor(value).numpy() for name, value in values.items()}


@pytest.mark.parametrize("whole", [True, False], ids=["whole", "last"])
@pytest.mark.parametrize("embedded", [False, True], ids=["one-hot", "embedded"])
@pytest.mark.parametrize("units", [1, 5, 8, 17])
@pytest.mark.parametrize("kind", KINDS)
def test_it_equals_keras_in_outputs_states_and_gradients(kind: Any, units: int, embedded: bool, whole: bool) -> None:
    given = reader(kind, units, embedded=embedded)
    expected, found = (run(read, given, whole=whole) for read in (by_keras, by_rows))
    assert {name: value.shape for name, value in found.items()} == {
        name: value.shape for name, value in expected.items()
    }
    assert not {name: error for name, error in apart(expected, found).items() if not error <= WITHIN}
    table = "gradient 1" if not embedded else f"gradient {len(given.weights)}"
    assert not found[table][V - 1].any(), "a symbol that is never read has no gradient"


@pytest.mark.parametrize("kind", KINDS)
def test_a_layer_without_a_bias(kind: Any) -> None:
    given = reader(kind, 5, use_bias=False)
    expected, found = (run(read, given, whole=True) for read in (by_keras, by_rows))
    assert not {name: error for name, error in apart(expected, found).items() if not error <= WITHIN}


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_the_same_to_the_last_bit_every_time(kind: Any) -> None:
    given = reader(kind, 12)
    assert same_bits(run(by_rows, given, whole=True), run(by_rows, given, whole=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_sequence_of_no_steps_keeps_its_state(kind: Any) -> None:
    given = reader(kind, 5)
    state = tf.constant(numbers(3, 3, 10 if kind is KINDS[1] else 5))
    kernel, counts = tf.convert_to_tensor(given.layer.cell.kernel), tf.constant([2, 0, 1])
    hidden, end = read_rows(given.layer, kernel, tf.constant([1, 2, 3]), counts, state, training=False, sequences=True)
    assert hidden.shape == (3, 5)
    np.testing.assert_array_equal(end[1], state[1])
    assert not np.allclose(end[0], state[0])
