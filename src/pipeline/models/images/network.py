"""The two players: a generator draws an image of a class from noise, a discriminator says how real it looks.

Images are float32 from -1 (background) to 1 here, and flat: a row of `PIXELS` numbers.

Shapes: B images, K classes, Z numbers of noise, W width of a class vector, P = 28 * 28 pixels.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import keras
import tensorflow as tf

from pipeline.artifacts.images import SIDE, ConvolutionalShape, DenseShape
from pipeline.models.images.spectral import SpectralKernel

PIXELS = SIDE * SIDE
QUARTER = SIDE // 4  # the side that a convolutional generator begins with and a discriminator ends with
KERNEL = 4  # pixels; a multiple of the stride, so that every pixel of an image is made of as many
FADE = 0.9  # share of the running mean that batch normalisation keeps


class Generator(keras.Model):
    """Draws images; noise and class come in side by side."""

    num_noise: int
    class_vectors: Any

    def draw(self, noise: tf.Tensor, vectors: tf.Tensor, *, training: bool) -> tf.Tensor:
        """Images (B, P) from noise (B, Z) and class vectors (B, W)."""
        raise NotImplementedError

    def vectors(self, labels: tf.Tensor) -> tf.Tensor:
        """The vectors of classes, (B,) -> (B, W)."""
        return look_up(self.class_vectors, labels)


class Discriminator(keras.Model):
    """Tells real images of a class from drawn ones."""

    def logits(self, images: tf.Tensor, labels: tf.Tensor, *, training: bool) -> tf.Tensor:
        """Log-odds of being real, (B, P) and (B,) -> (B,)."""
        raise NotImplementedError


class DenseGenerator(Generator):
    """Dense layers, each wider than the one before, and a hyperbolic tangent for each pixel."""

    def __init__(self, shape: DenseShape, num_classes: int) -> None:
        """Build all weights."""
        super().__init__(name="generator")
        self.num_noise, self.slope = shape.noise, shape.slope
        self.class_vectors = _class_vectors(self, num_classes, shape.class_width)
        widths = [shape.noise + shape.class_width, *shape.generator_units, PIXELS]
        self.chain = _dense_chain(widths)
        self.built = True

    def draw(self, noise: tf.Tensor, vectors: tf.Tensor, *, training: bool) -> tf.Tensor:  # noqa: ARG002
        """As in `Generator`; drawing does not differ while training."""
        hidden: Any = tf.concat([noise, vectors], axis=1)
        for layer in self.chain[:-1]:
            hidden = tf.nn.leaky_relu(layer(hidden), self.slope)
        return tf.tanh(self.chain[-1](hidden))


class DenseDiscriminator(Discriminator):
    """Dense layers, each narrower than the one before, with dropout after each."""

    def __init__(self, shape: DenseShape, num_classes: int, seed: int) -> None:
        """Build all weights."""
        super().__init__(name="discriminator")
        self.slope, self.dropout = shape.slope, shape.dropout
        self.class_vectors = _class_vectors(self, num_classes, shape.class_width)
        self.chain = _dense_chain([PIXELS + shape.class_width, *shape.discriminator_units, 1])
        self.dropped = keras.random.SeedGenerator(seed)
        self.built = True

    def logits(self, images: tf.Tensor, labels: tf.Tensor, *, training: bool) -> tf.Tensor:
        """As in `Discriminator`."""
        hidden: Any = tf.concat([images, look_up(self.class_vectors, labels)], axis=1)
        for layer in self.chain[:-1]:
            hidden = tf.nn.leaky_relu(layer(hidden), self.slope)
            if training and self.dropout:
                hidden = keras.random.dropout(hidden, self.dropout, seed=self.dropped)
        return self.chain[-1](hidden)[:, 0]


class ConvolutionalGenerator(Generator):
    """From a quarter of the side to the whole in two transposed convolutions, normalised over the batch.

    Source: A. Radford et al. 2016, "Unsupervised representation learning with deep convolutional generative
    adversarial networks".
    """

    def __init__(self, shape: ConvolutionalShape, num_classes: int) -> None:
        """Build all weights."""
        super().__init__(name="generator")
        self.num_noise, deep = shape.noise, 2 * shape.channels
        self.class_vectors = _class_vectors(self, num_classes, shape.class_width)
        self.spread = keras.layers.Dense(QUARTER * QUARTER * deep, use_bias=False, name="spread")
        self.spread.build((None, shape.noise + shape.class_width))
        self.grow = _transposed(shape.channels, "grow", has_bias=False)
        self.grow.build((None, QUARTER, QUARTER, deep))
        self.paint = _transposed(1, "paint", has_bias=True)
        self.paint.build((None, SIDE // 2, SIDE // 2, shape.channels))
        self.norms = [keras.layers.BatchNormalization(momentum=FADE) for _ in range(2)]
        for norm, channels in zip(self.norms, (deep, shape.channels), strict=True):
            norm.build((None, None, None, channels))
        self.built = True

    def draw(self, noise: tf.Tensor, vectors: tf.Tensor, *, training: bool) -> tf.Tensor:
        """As in `Generator`."""
        spread: Any = self.spread(tf.concat([noise, vectors], axis=1))
        hidden: Any = tf.reshape(spread, [-1, QUARTER, QUARTER, spread.shape[-1] // QUARTER**2])
        hidden = self.grow(tf.nn.relu(self.norms[0](hidden, training=training)))
        hidden = self.paint(tf.nn.relu(self.norms[1](hidden, training=training)))
        return tf.reshape(tf.tanh(hidden), [-1, PIXELS])


class ConvolutionalDiscriminator(Discriminator):
    """Two convolutions and a dense layer; a class asks for a direction of the last layer.

    Source: T. Miyato and M. Koyama 2018, "cGANs with projection discriminator"; T. Miyato et al. 2018, "Spectral
    normalization for generative adversarial networks".
    """

    def __init__(self, shape: ConvolutionalShape, num_classes: int) -> None:
        """Build all weights."""
        super().__init__(name="discriminator")
        self.slope, wide = shape.slope, shape.channels
        self.convolutions = [
            SpectralKernel((KERNEL, KERNEL, 1, wide), "first"),
            SpectralKernel((KERNEL, KERNEL, wide, 2 * wide), "second"),
        ]
        self.hidden = SpectralKernel((QUARTER * QUARTER * 2 * wide, shape.units), "hidden")
        self.real = SpectralKernel((shape.units, 1), "real")
        self.classes = SpectralKernel((num_classes, shape.units), "classes", has_bias=False)
        self.built = True

    def logits(self, images: tf.Tensor, labels: tf.Tensor, *, training: bool) -> tf.Tensor:
        """As in `Discriminator`."""
        hidden: Any = tf.reshape(images, [-1, SIDE, SIDE, 1])
        for kernel in self.convolutions:
            grown = tf.nn.conv2d(hidden, kernel.normalised(training=training), strides=2, padding="SAME")
            hidden = tf.nn.leaky_relu(tf.nn.bias_add(grown, kernel.bias), self.slope)
        hidden = tf.reshape(hidden, [-1, self.hidden.shape[0]])
        hidden = tf.nn.leaky_relu(hidden @ self.hidden.normalised(training=training) + self.hidden.bias, self.slope)
        asked = look_up(self.classes.normalised(training=training), labels)
        real = hidden @ self.real.normalised(training=training) + self.real.bias
        return real[:, 0] + tf.reduce_sum(hidden * asked, axis=1)


def _class_vectors(player: keras.Model, num_classes: int, width: int) -> Any:
    """A vector for each class, as strong as the noise, or classes are learnt late or never."""
    at_random = keras.initializers.RandomNormal(stddev=1.0)  # a new one: each gives the same numbers always
    return player.add_weight((num_classes, width), at_random, name="class_vectors")


def look_up(table: Any, labels: tf.Tensor) -> tf.Tensor:
    """The rows (B, W) of a small table (K, W); as a product, so that its gradient is one for the whole table."""
    return tf.matmul(tf.one_hot(labels, table.shape[0]), tf.convert_to_tensor(table))


def _dense_chain(widths: list[int]) -> list[Any]:
    """Dense layers from each width to the next."""
    layers = []
    for before, after in pairwise(widths):
        layer: Any = keras.layers.Dense(after)
        layer.build((None, before))
        layers.append(layer)
    return layers


def _transposed(channels: int, name: str, *, has_bias: bool) -> Any:
    """A convolution that doubles the sides."""
    return keras.layers.Conv2DTranspose(channels, KERNEL, strides=2, padding="same", use_bias=has_bias, name=name)


def build_players(
    shape: DenseShape | ConvolutionalShape, num_classes: int, seed: int = 0
) -> tuple[Generator, Discriminator]:
    """Both players with fresh weights."""
    if shape.kind == "dense":
        return DenseGenerator(shape, num_classes), DenseDiscriminator(shape, num_classes, seed)
    return ConvolutionalGenerator(shape, num_classes), ConvolutionalDiscriminator(shape, num_classes)
