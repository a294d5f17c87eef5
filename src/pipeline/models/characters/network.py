"""The network: symbols are looked up, a recurrent layer reads them, a dense layer says what comes next.

A one-hot input times the kernel is a row of the kernel, and a vector of an embedding times the kernel a row of their
product: either way there is a table with a row for each symbol, and no matrix of inputs is ever made.

Shapes: B sequences, N steps of all of them (one sequence after the other), V symbols that may come next, I symbols
that may go in, H units, G gates times H, S numbers of state.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.artifacts.characters import Alphabet, Shape, Writer
from pipeline.models.recurrent.layers import read_rows

LAYERS: dict[str, Any] = {"simple_rnn": keras.layers.SimpleRNN, "lstm": keras.layers.LSTM, "gru": keras.layers.GRU}
NUM_CLASSES = 2


class Network(keras.Model):
    """A language model of `num_symbols` symbols; a conditional one reads a start symbol for each class beside them."""

    def __init__(self, shape: Shape, num_symbols: int, *, conditional: bool, seed: int = 0) -> None:
        """Build all weights."""
        super().__init__(name="network")
        self.shape, self.num_symbols = shape, num_symbols
        num_inputs = num_symbols + NUM_CLASSES * conditional
        self.embedding = None
        if shape.embedding is not None:
            self.embedding = self.add_weight((num_inputs, shape.embedding), "uniform", name="embedding")
        self.recurrent = LAYERS[shape.cell](shape.units, name="recurrent")
        self.recurrent.build((None, None, shape.embedding or num_inputs))
        self.dense = keras.layers.Dense(num_symbols, name="next")
        self.dense.build((None, shape.units))
        self.dropped = keras.random.SeedGenerator(seed)
        self.built = True

    @property
    def num_states(self) -> int:
        """S."""
        return self.shape.units * (2 if self.shape.cell == "lstm" else 1)

    def read(
        self, symbols: tf.Tensor, counts: tf.Tensor, state: tf.Tensor, *, training: bool = False, whole: bool = True
    ) -> tuple[tf.Tensor, tf.Tensor]:
        """The units after each step (N, H), or unless `whole` after the last one (B, H), and the state then (B, S).

        Shapes: symbols (N,), counts (B,) steps of each sequence, state (B, S).
        """
        table: Any = self.recurrent.cell.kernel if self.embedding is None else self.embedding
        if training and self.shape.input_dropout:
            table = keras.random.dropout(table, self.shape.input_dropout, seed=self.dropped)
        if self.embedding is not None:
            table = tf.matmul(table, self.recurrent.cell.kernel)
        hidden, state = read_rows(
            self.recurrent, tf.convert_to_tensor(table), symbols, counts, state, training=training, sequences=whole
        )
        if training and self.shape.output_dropout:
            dropped: Any = keras.random.dropout(hidden, self.shape.output_dropout, seed=self.dropped)
            hidden = dropped
        return hidden, state

    def logits(self, hidden: tf.Tensor) -> tf.Tensor:
        """Unnormalised log-probabilities of what comes next, (..., H) -> (..., V)."""
        return self.dense(hidden)


def build(shape: Shape, alphabet: Alphabet, *, conditional: bool, weights: NDArray[np.float32]) -> Network:
    """A trained network; `weights` as `flat_weights` gives them."""
    network = Network(shape, alphabet.num_symbols, conditional=conditional)
    sizes = [int(np.prod(weight.shape)) for weight in network.trainable_weights]
    parts = np.split(weights, np.cumsum(sizes)[:-1])
    for weight, values in zip(network.trainable_weights, parts, strict=True):
        weight.assign(values.reshape(weight.shape))
    return network


def restore(writer: Writer, alphabet: Alphabet) -> Network:
    """The network of a trained model."""
    return build(writer.build, alphabet, conditional=writer.conditional, weights=writer.weights)


def flat_weights(network: Network) -> NDArray[np.float32]:
    """All trained weights in a row."""
    return np.concatenate([np.ravel(weight) for weight in network.trainable_weights]).astype(np.float32)
