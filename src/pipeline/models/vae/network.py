"""A variational autoencoder of messages: LSTMs read word vectors into a code, LSTMs write word vectors from it.

Source: T. Asija and D. Khadria 2024, "Spam or Not Spam data generation using LSTM-VAE" (LSTMs of 64 and 32, 16 latent
dimensions, LSTMs of 32 and 64 over 200 steps); D. P. Kingma and M. Welling 2014, "Auto-encoding variational Bayes".
Deviation: class and length are part of the model and padding is masked, unless the settings say otherwise; a linear
layer after the last LSTM makes the vectors; log-variances are bounded to +-8.

Shapes: B messages, T time steps, V rows of the table, D vector width, L latent dimensions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TypeVar

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.models.gaussian import bend, gaussian_kl
from pipeline.models.recurrent.layers import accelerate
from pipeline.models.vae.settings import Shape

Network = TypeVar("Network", bound=keras.Model)
LOG_VARIANCE_LIMIT = 8.0  # beyond it exp() of an untrained head could overflow


@dataclass(frozen=True)
class Losses:
    """Parts of the loss of each message, (B,) in nats but for the squared error, and the KL (B, L) by dimension.

    `entries` counts the vector entries that the squared error is a sum over.
    """

    squared_error: tf.Tensor
    entries: tf.Tensor
    kl: tf.Tensor
    length: tf.Tensor


class Vae(keras.Model):
    """The network; reads word indices (B, T) and labels (B,), gives reconstructions (B, T, D) from the codes' means."""

    def __init__(self, shape: Shape, table: NDArray[np.float32]) -> None:
        """Build for the vectors of the vocabulary, (V, D)."""
        super().__init__(name="lstm_vae")
        self.shape, self.width, self.table = shape, int(table.shape[1]), tf.constant(table)
        lstm = keras.layers.LSTM
        *reading, last = shape.encoder_units
        self.readers = [*(lstm(units, return_sequences=True) for units in reading), lstm(last)]
        self.mean = keras.layers.Dense(shape.latent, name="mean")
        self.log_variance = keras.layers.Dense(shape.latent, name="log_variance")
        self.writers = [lstm(units, return_sequences=True) for units in shape.decoder_units]
        self.vectors = keras.layers.Dense(self.width, name="vectors")
        self.length = keras.layers.Dense(2, name="length") if shape.lengths == "modelled" else None
        self(tf.ones((1, 2), tf.int32), tf.zeros(1))
        accelerate(self)

    def call(self, ids: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Reconstructions (B, T, D) from the means of the codes."""
        means, _ = self.encode(ids, labels)
        if self.length:
            self.length_heads(means, labels)
        return self.decode(means, labels, self.counts(ids))

    def counts(self, ids: tf.Tensor) -> tf.Tensor:
        """Which steps count, (B, T) bool."""
        return ids != 0 if self.shape.mask else tf.ones_like(ids, tf.bool)

    def encode(self, ids: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Mean and log-variance of each code, (B, L)."""
        state, mask = tf.gather(self.table, ids), self.counts(ids)
        for reader in self.readers:
            state = reader(state, mask=mask)
        state = self._with_label(state, labels)
        return self.mean(state), bend(self.log_variance(state), LOG_VARIANCE_LIMIT)

    def decode(self, codes: tf.Tensor, labels: tf.Tensor, counts: tf.Tensor) -> tf.Tensor:
        """Vectors (B, T, D) of the steps that count, from codes (B, L), labels (B,) and counts (B, T) bool."""
        state = tf.repeat(self._with_label(codes, labels)[:, None], tf.shape(counts)[1], axis=1)
        for writer in self.writers:
            state = writer(state, mask=counts)
        return self.vectors(state)

    def length_heads(self, codes: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Mean and log-deviation (B, 2) of the logarithm of each length."""
        assert self.length is not None
        return self.length(self._with_label(codes, labels))

    def losses(self, ids: tf.Tensor, labels: tf.Tensor, noise: tf.Tensor) -> Losses:
        """The parts of the loss with codes drawn by `noise` (B, L)."""
        means, log_variances = self.encode(ids, labels)
        codes = means + tf.exp(log_variances / 2) * noise
        counts = self.counts(ids)
        vectors = self.decode(codes, labels, counts)
        errors = tf.reduce_sum((vectors - tf.gather(self.table, ids)) ** 2, axis=2)
        squared_error = tf.reduce_sum(tf.where(counts, errors, 0.0), axis=1)
        words = tf.reduce_sum(tf.cast(ids != 0, tf.float32), axis=1)
        length = length_loss(words, self.length_heads(codes, labels)) if self.length else tf.zeros_like(words)
        entries = tf.reduce_sum(tf.cast(counts, tf.float32), axis=1) * self.width
        return Losses(squared_error, entries, gaussian_kl(means, log_variances), length)

    def _with_label(self, state: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        if self.shape.conditioning == "separate":
            return state
        return tf.concat([state, 2 * tf.cast(labels, tf.float32)[:, None] - 1], axis=1)


def length_loss(words: tf.Tensor, heads: tf.Tensor) -> tf.Tensor:
    """Negative log-density of the logarithm of each length, (B,): normal; `heads` (B, 2) are mean and log-deviation."""
    deviation = (tf.math.log(words) - heads[:, 0]) * tf.exp(-heads[:, 1])
    return deviation**2 / 2 + heads[:, 1] + math.log(2 * math.pi) / 2


def flat_weights(network: keras.Model) -> NDArray[np.float32]:
    """All trained weights in a row, (P,)."""
    return np.concatenate([np.ravel(variable.numpy()) for variable in network.trainable_variables])


def load_weights(network: Network, weights: NDArray[np.float32]) -> Network:
    """Put weights (P,) back that `flat_weights` gave; the network."""
    start = 0
    for variable in network.trainable_variables:
        size = math.prod(variable.shape)
        variable.assign(weights[start : start + size].reshape(variable.shape))
        start += size
    assert start == len(weights)
    return network
