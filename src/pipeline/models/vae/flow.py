"""A richer prior for the codes: a normalising flow, fitted to the codes of the training messages after the network.

The Gaussian prior need not be where the codes are: what it draws may be codes that no message has. The flow keeps
encoder and decoder as they are and changes the prior alone, so that its gain is a difference of KLs on the same codes.

Source: L. Dinh, J. Sohl-Dickstein, S. Bengio 2017, "Density estimation using Real NVP"; P. Ghosh et al. 2020, "From
variational to deterministic autoencoders" (density estimation after training).
Deviation: the class is given to every coupling; no batch normalisation.

Shapes: n messages, B of them, L latent dimensions.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, cast

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.models.fitting import STEPS

COUPLINGS, HIDDEN = 6, 64
DRAWS = 20  # codes of each message that the flow is fitted to
BATCH, EPOCHS, PATIENCE, RATE = 512, 40, 4, 2e-3


@dataclass(frozen=True)
class Codes:
    """Posteriors of n messages: means and log-variances (n, L), labels (n,)."""

    means: NDArray[np.float32]
    log_variances: NDArray[np.float32]
    labels: NDArray[np.int8]

    def take(self, rows: slice) -> Codes:
        """Those of some messages."""
        return Codes(self.means[rows], self.log_variances[rows], self.labels[rows])

    def draw(self, draws: int, random: np.random.Generator) -> NDArray[np.float32]:
        """Codes (draws, n, L)."""
        noise = random.standard_normal((draws, *self.means.shape), dtype=np.float32)
        return self.means + np.exp(self.log_variances / 2) * noise


class Flow(keras.Model):
    """Affine couplings between codes and a Gaussian; gives the log-density (B,) of codes (B, L) with labels (B,)."""

    def __init__(self, latent: int) -> None:
        """Build; before it is fitted it is the Gaussian itself."""
        super().__init__(name="realnvp")
        self.latent = latent
        dense = keras.layers.Dense
        self.nets = [
            keras.Sequential(
                [dense(HIDDEN, "relu"), dense(HIDDEN, "relu"), dense(2 * latent, kernel_initializer="zeros")]
            )
            for _ in range(COUPLINGS)
        ]
        self((tf.zeros((1, latent)), tf.zeros(1)))

    def call(self, given: tuple[tf.Tensor, tf.Tensor]) -> tf.Tensor:
        """Log-density of codes, by the change of variables."""
        codes, labels = given
        stretched = tf.zeros_like(codes[:, 0])
        for coupling in reversed(range(COUPLINGS)):
            scale, shift = self._affine(coupling, codes, labels)
            codes = (codes - shift) * tf.exp(-scale)
            stretched -= tf.reduce_sum(scale, axis=1)
        gaussian = -tf.reduce_sum(codes**2 + math.log(2 * math.pi), axis=1) / 2
        return gaussian + stretched

    def sample(self, noise: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """Codes (B, L) from Gaussian noise (B, L)."""
        codes = noise
        for coupling in range(COUPLINGS):
            scale, shift = self._affine(coupling, codes, labels)
            codes = codes * tf.exp(scale) + shift
        return codes

    def _affine(self, coupling: int, codes: tf.Tensor, labels: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Log-scale and shift, 0 for the half that the coupling reads, (B, L) each."""
        kept = tf.cast(tf.range(self.latent) % 2 == coupling % 2, tf.float32)
        read = tf.concat([codes * kept, 2 * tf.cast(labels, tf.float32)[:, None] - 1], axis=1)
        scale, shift = tf.split(cast("Any", self.nets[coupling](read)), 2, axis=1)
        return (1 - kept) * 2 * tf.tanh(scale / 2), (1 - kept) * shift


def fit_flow(train: Codes, validation: Codes, *, seed: int) -> Flow:
    """Fit a flow to the training codes; the weights of its best epoch on the validation codes are kept.

    Raises:
        UserError: the loss is no longer finite.
    """
    flow = Flow(train.means.shape[1])
    random = np.random.default_rng(seed)
    (codes, labels), (held, held_labels) = _rows(train, random), _rows(validation, random)
    order = random.permutation(len(labels))
    flow.compile(
        optimizer=keras.optimizers.Adam(RATE, clipnorm=1.0),
        loss=lambda _, log_density: -log_density,
        steps_per_execution=STEPS,
    )
    stop = keras.callbacks.EarlyStopping(patience=PATIENCE, restore_best_weights=True)
    fitted = flow.fit(
        (codes[order], labels[order]),
        labels[order],  # not looked at: the loss is of the log-density alone
        validation_data=((held, held_labels), held_labels),
        epochs=EPOCHS,
        batch_size=BATCH,
        callbacks=[stop],
        verbose=cast("Any", 0),
    )
    if not np.isfinite(min(fitted.history["val_loss"])):
        raise UserError(
            "The flow that is the prior of the codes diverged: its loss is not a finite number.",
            expected="codes near those of N(0, 1)",
            remedy="Raise synthesiser.training.beta, the weight that keeps the codes there.",
        )
    return flow


def _rows(codes: Codes, random: np.random.Generator) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    drawn = codes.draw(DRAWS, random)
    return drawn.reshape(-1, drawn.shape[2]), np.tile(codes.labels.astype(np.float32), DRAWS)
