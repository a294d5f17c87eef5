"""The networks of the workshop on variational autoencoders: one relu layer to the code, one from it.

Shapes: B batch, V words, H hidden units, L latent dimensions, K samples.

Source: the workshop "Variational autoencoder" (unsupervised spam detection); D. P. Kingma, M. Welling 2014,
"Auto-encoding variational Bayes".
Deviation: three faults of the workshop's snippets are avoided: its Bernoulli log-likelihood has the wrong sign, its
`kl_divergence` takes the logarithm of sigma where the encoder gives that of sigma squared, and its decoder leaves the
sigmoid out. The log-variance of a code is bent to stay within 10, and the decoder may start from what words are like on
their own instead of from zeros.
"""

from __future__ import annotations

import math
from typing import Any, cast

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.models.gaussian import bend, gaussian_kl

LOG_VARIANCE_LIMIT = 10.0  # of a code: beyond it the variance would overflow in single precision
LEAST_ABOVE = 0.05  # how far above that it starts, as a logarithm: at the floor itself nothing would be learnt
LEAST_LOG_VARIANCE = math.log(0.01)  # of a count: one that never varies would have a density without bound


class Autoencoder(keras.Model):
    """z = relu(W x + b), reconstruction = sigmoid(W' z + b'), squared error summed over words."""

    def __init__(self, words: int, latent: int, start: NDArray[np.float32]) -> None:
        super().__init__(name="autoencoder")
        self.latent = latent
        self.encoder = keras.layers.Dense(latent, "relu", name="encoder")
        self.decoder = keras.layers.Dense(words, "sigmoid", name="decoder")
        self.encoder.build((None, words))
        self.decoder.build((None, latent))
        _begin(self.decoder, start)
        self.built = True

    def losses(self, bags: tf.Tensor, noise: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:  # noqa: ARG002 - draws none
        """Squared error; the code costs nothing."""
        present = _present(bags)
        errors = tf.reduce_sum((self.decoder(self.encoder(present)) - present) ** 2, axis=1)
        return errors, tf.zeros_like(errors)

    def means(self, bags: tf.Tensor) -> tf.Tensor:
        """Codes (B, L)."""
        return self.encoder(_present(bags))


class Vae(keras.Model):
    """Gaussian encoder: h = relu(W x + b) to mean and log-variance; the decoder is given."""

    def __init__(self, words: int, hidden: int, latent: int, decoder: BernoulliDecoder | GaussianDecoder) -> None:
        super().__init__(name="vae")
        self.latent, self.decoder = latent, decoder
        self.hidden = keras.layers.Dense(hidden, "relu", name="hidden")
        self.mean = keras.layers.Dense(latent, name="mean")
        self.log_variance = keras.layers.Dense(latent, name="log_variance")
        self.hidden.build((None, words))
        for head in (self.mean, self.log_variance):
            head.build((None, hidden))
        self.built = True

    def encode(self, bags: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Mean and log-variance of each code, (B, L)."""
        state = self.hidden(self.decoder.read(bags))
        return self.mean(state), bend(self.log_variance(state), LOG_VARIANCE_LIMIT)

    def means(self, bags: tf.Tensor) -> tf.Tensor:
        """Means of the codes, (B, L)."""
        return self.encode(bags)[0]

    def losses(self, bags: tf.Tensor, noise: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Negative log-likelihood with one code drawn for each message, and the KL in closed form."""
        means, log_variances = self.encode(bags)
        codes = means + tf.exp(log_variances / 2) * noise
        return -self.decoder.log_likelihood(bags, codes), tf.reduce_sum(gaussian_kl(means, log_variances), axis=1)

    def bounds(self, bags: tf.Tensor, noise: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        """Two bounds of -log p(x), (B,) each, from noise (K, L) that all messages share.

        The negative ELBO, its likelihood averaged over the samples and its KL in closed form; and the
        importance-weighted bound, -log of the mean of p(x, z) / q(z | x), which in expectation falls towards -log p(x)
        as K grows.

        Source: Y. Burda, R. Grosse, R. Salakhutdinov 2016, "Importance weighted autoencoders".
        """
        means, log_variances = self.encode(bags)

        def one(drawn: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            codes = means + tf.exp(log_variances / 2) * drawn
            likelihood = self.decoder.log_likelihood(bags, codes)
            # log p(z) - log q(z | x); the constants of both densities are the same
            ratio = tf.reduce_sum(drawn**2 + log_variances - codes**2, axis=1) / 2
            return likelihood, likelihood + ratio

        signature = (tf.TensorSpec([None], tf.float32), tf.TensorSpec([None], tf.float32))
        likelihoods, weights = tf.map_fn(one, noise, fn_output_signature=signature)
        samples = tf.cast(tf.shape(noise)[0], tf.float32)
        elbo = tf.reduce_mean(likelihoods, axis=0) - tf.reduce_sum(gaussian_kl(means, log_variances), axis=1)
        return -elbo, tf.math.log(samples) - tf.reduce_logsumexp(weights, axis=0)

    def word_costs(self, bags: tf.Tensor, noise: tf.Tensor) -> tf.Tensor:
        """Cost (B, V) of each word, were it there, averaged over codes drawn by noise (K, L)."""
        means, log_variances = self.encode(bags)
        deviations = tf.exp(log_variances / 2)
        costs = tf.map_fn(lambda drawn: self.decoder.word_costs(means + deviations * drawn), noise)
        return tf.reduce_mean(costs, axis=0)


class BernoulliDecoder(keras.Model):
    """h = relu(W z + b), gamma = sigmoid(W' h + b'): the probability that each word is there."""

    def __init__(self, words: int, hidden: int, latent: int, start: NDArray[np.float32]) -> None:
        super().__init__(name="bernoulli")
        self.hidden = keras.layers.Dense(hidden, "relu", name="hidden")
        self.logits = keras.layers.Dense(words, name="logits")
        self.hidden.build((None, latent))
        self.logits.build((None, hidden))
        _begin(self.logits, start)
        self.built = True

    def read(self, bags: tf.Tensor) -> tf.Tensor:
        """What the encoder is given: which words are there."""
        return _present(bags)

    def log_likelihood(self, bags: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        """Sum of x log(gamma) + (1 - x) log(1 - gamma), (B,), from the logits: gamma itself would round to 0 or 1."""
        logits = self.logits(self.hidden(codes))
        return tf.reduce_sum(_present(bags) * logits - tf.math.softplus(logits), axis=1)

    def word_costs(self, codes: tf.Tensor) -> tf.Tensor:
        """-log(gamma), (B, V)."""
        return tf.math.softplus(-self.logits(self.hidden(codes)))


class GaussianDecoder(keras.Model):
    """h = relu(W z + b) to the mean and the log-variance of the count of each word.

    Deviation: a variance is at least 0.01, for a word that hardly varies would have a density without bound; densities
    are told relative to the highest that is possible then, so that no cost is below 0; and the encoder is given
    log(1 + count), for one word may occur a thousand times.
    """

    def __init__(
        self, words: int, hidden: int, latent: int, means: NDArray[np.float32], variances: NDArray[np.float32]
    ) -> None:
        super().__init__(name="gaussian")
        self.hidden = keras.layers.Dense(hidden, "relu", name="hidden")
        self.mean = keras.layers.Dense(words, name="mean")
        self.log_variance = keras.layers.Dense(words, name="log_variance")
        self.hidden.build((None, latent))
        for head in (self.mean, self.log_variance):
            head.build((None, hidden))
        _begin(self.mean, means)
        above = np.maximum(np.log(np.maximum(variances, 1e-9)) - LEAST_LOG_VARIANCE, LEAST_ABOVE)
        _begin(self.log_variance, np.log(np.expm1(above)))
        self.built = True

    def read(self, bags: tf.Tensor) -> tf.Tensor:
        """What the encoder is given: counts, the high ones drawn in."""
        return cast("Any", tf.math.log1p(bags))

    def log_likelihood(self, bags: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        """Log-density of the counts less the highest possible, (B,)."""
        return -tf.reduce_sum(self._costs(bags, codes), axis=1)

    def _costs(self, bags: tf.Tensor, codes: tf.Tensor) -> tf.Tensor:
        state = self.hidden(codes)
        above = tf.math.softplus(self.log_variance(state))
        return (above + (bags - self.mean(state)) ** 2 * tf.exp(-LEAST_LOG_VARIANCE - above)) / 2


Network = Autoencoder | Vae


def _present(bags: tf.Tensor) -> tf.Tensor:
    return cast("Any", tf.minimum(bags, 1.0))


def _begin(layer: keras.layers.Dense, biases: NDArray[np.float32]) -> None:
    assert layer.bias is not None
    layer.bias.assign(biases)
