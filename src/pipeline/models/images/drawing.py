"""From numbers to pixels and back, and a generator that draws many images.

Shapes: B images of any number, K classes, Z numbers of noise, W width of a class vector, S pixels a side, P = S * S.
"""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray
from scipy.special import expit

from pipeline.artifacts.images import SIDE, Gan, Labels, Pixels
from pipeline.errors import UserError
from pipeline.models.images.network import PIXELS, Discriminator, Generator, build_players

CHUNK = 500  # images that are drawn at a time
HALF = 127.5  # pixels from 0 to 255 are numbers from -1 to 1

Noise = NDArray[np.float32]


class Brush:
    """Draws with a generator, whatever weights it has at the time."""

    def __init__(self, generator: Generator) -> None:
        """Get ready to draw."""
        self.generator = generator
        widths = generator.num_noise, generator.class_vectors.shape[1]
        self._draw = tf.function(
            lambda noise, vectors: generator.draw(noise, vectors, training=False),
            input_signature=[tf.TensorSpec((None, width), tf.float32) for width in widths],  # one graph for any number
        )

    def noise(self, number: int, seed: int, noise_std: float = 1.0) -> Noise:
        """Normal numbers of this standard deviation, (number, Z).

        The same seed gives the same, and more of them begin with the same.
        """
        random = np.random.default_rng(seed)
        return np.float32(noise_std) * random.standard_normal((number, self.generator.num_noise), np.float32)

    def draw(self, labels: Labels, noise: Noise) -> Pixels:
        """An image of each class (B,) from its noise (B, Z): (B, S, S)."""
        return self.blend(np.asarray(self.generator.vectors(tf.constant(labels, tf.int32))), noise)

    def blend(self, vectors: NDArray[np.float32], noise: Noise) -> Pixels:
        """The same from class vectors (B, W), which need not be of a class.

        Raises:
            UserError: the weights are such that pixels come out as no number.
        """
        drawn = [
            np.asarray(self._draw(noise[first : first + CHUNK], vectors[first : first + CHUNK]))
            for first in range(0, len(noise), CHUNK)
        ]
        numbers = np.concatenate(drawn)
        if not np.isfinite(numbers).all():
            raise UserError(
                "The generator draws no image: its numbers overflow on the way to the pixels.",
                expected="weights of a training that did not diverge",
                remedy="Train again with a lower training.generator_rate, or draw with a lower noise_std.",
            )
        return np.rint((numbers + 1) * HALF).astype(np.uint8).reshape(-1, SIDE, SIDE)


def scale(pixels: tf.Tensor) -> tf.Tensor:
    """Pixels from 0 to 255 as numbers from -1 to 1, (B, S, S) -> (B, P)."""
    return tf.reshape(tf.cast(pixels, tf.float32) / HALF - 1, [-1, PIXELS])


def restore(gan: Gan, num_classes: int) -> tuple[Generator, Discriminator]:
    """Both players of a trained GAN."""
    generator, discriminator = build_players(gan.build, num_classes)
    put_weights(generator, gan.generator)
    put_weights(discriminator, gan.discriminator)
    return generator, discriminator


def tell(discriminator: Discriminator, pixels: Pixels, labels: Labels) -> NDArray[np.float64]:
    """The probability of being real of images (B, S, S) of these classes (B,), dropout off: (B,)."""
    ask = tf.function(lambda *given: discriminator.logits(scale(given[0]), given[1], training=False))
    asked = labels.astype(np.int32)
    logits = [
        np.asarray(ask(tf.constant(pixels[first : first + CHUNK]), tf.constant(asked[first : first + CHUNK])))
        for first in range(0, len(labels), CHUNK)
    ]
    return expit(np.concatenate(logits).astype(np.float64))


def flat_weights(player: keras.Model) -> NDArray[np.float32]:
    """All weights in a row, those that updates do not train too."""
    return np.concatenate([np.ravel(weight) for weight in player.weights]).astype(np.float32)


def put_weights(player: keras.Model, weights: NDArray[np.float32]) -> None:
    """Give a player the weights that `flat_weights` gave.

    Raises:
        ValueError: they are not as many as it has, or no float32.
    """
    sizes = [int(np.prod(weight.shape)) for weight in player.weights]
    if weights.shape != (sum(sizes),) or weights.dtype != np.float32:
        raise ValueError(f"weights of the shape {weights.shape} and the kind {weights.dtype}, not ({sum(sizes)},)")
    parts: list[Any] = np.split(weights, np.cumsum(sizes)[:-1])
    for weight, values in zip(player.weights, parts, strict=True):
        weight.assign(values.reshape(weight.shape))
