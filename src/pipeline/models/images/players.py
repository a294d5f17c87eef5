"""Both players with all that their training changes, and an update of each.

Shapes: N training images, B of them in an update, S pixels a side, P = S * S.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import keras
import tensorflow as tf

from pipeline.artifacts.images import SIDE, ConvolutionalShape, DenseShape
from pipeline.models.adam import build_adam
from pipeline.models.images.drawing import scale
from pipeline.models.images.network import build_players
from pipeline.models.images.settings import Recipe

EPSILON = 1e-7  # of both optimisers, Keras's own
FRAMED = 10  # drawings of each class that are kept of every epoch


class Players(keras.Model):
    """Generator and discriminator, their optimisers, the means of the generator, and what it drew after each epoch."""

    def __init__(
        self, shape: DenseShape | ConvolutionalShape, recipe: Recipe, num_classes: int, *, updates: int, seed: int
    ) -> None:
        """Build all weights, for so many updates an epoch."""
        super().__init__(name="players")
        self.recipe = recipe
        self.generator, self.discriminator = build_players(shape, num_classes, seed)
        self.noise = keras.random.SeedGenerator(seed + 1)
        self.means = [
            self.add_weight(weight.shape, keras.initializers.Constant(weight), trainable=False, name=f"mean_{place}")
            for place, weight in enumerate(self.generator.weights if recipe.ema_decay is not None else [])
        ]
        frames = (recipe.epochs, num_classes * FRAMED, SIDE, SIDE)
        self.frames = self.add_weight(frames, "zeros", "uint8", trainable=False, name="frames")
        self.built = True
        self.drawing = _adam(recipe.generator_rate, recipe, updates, self.generator)
        self.telling = _adam(recipe.discriminator_rate, recipe, updates, self.discriminator)

    @property
    def state(self) -> list[Any]:
        """All that training changes."""
        return [*self.variables, *self.drawing.variables, *self.telling.variables]

    def block(
        self, images: tf.Tensor, labels: tf.Tensor, order: tf.Tensor, first: tf.Tensor, last: tf.Tensor
    ) -> tf.Tensor:
        """Updates `first` to `last` - 1 of an epoch that takes the images (N, S, S) in this order (N,).

        Sums over the updates, (4,): the losses of the generator and of the discriminator, then the mean probability of
        being real that the latter gives to training images and to drawings.
        """
        sums = tf.zeros(4)
        for update in tf.range(first, last):
            rows = order[update * self.recipe.batch_size : (update + 1) * self.recipe.batch_size]
            sums += self._update(scale(tf.gather(images, rows)), tf.gather(labels, rows))
        return sums

    def _update(self, images: tf.Tensor, labels: tf.Tensor) -> tf.Tensor:
        """First the discriminator, then the generator, whose loss is the one that does not saturate.

        Source: I. Goodfellow et al. 2014, "Generative adversarial nets", section 3; T. Salimans et al. 2016, "Improved
        techniques for training GANs" (a target below 1 for real images alone).
        """
        number = tf.shape(labels)[0]
        with tf.GradientTape() as tape:
            shown = tf.concat([images, tf.stop_gradient(self._draw(labels))], axis=0)
            logits = self.discriminator.logits(shown, tf.concat([labels, labels], axis=0), training=True)
            real, fake = logits[:number], logits[number:]
            told = _cross_entropy(real, 1 - self.recipe.smoothing) + _cross_entropy(fake, 0.0)
        _apply(self.telling, tape, told, self.discriminator)
        with tf.GradientTape() as tape:
            fooled = _cross_entropy(self.discriminator.logits(self._draw(labels), labels, training=True), 1.0)
        _apply(self.drawing, tape, fooled, self.generator)
        self._follow()
        return tf.stack([fooled, told, tf.reduce_mean(tf.sigmoid(real)), tf.reduce_mean(tf.sigmoid(fake))])

    def _draw(self, labels: tf.Tensor) -> tf.Tensor:
        noise: Any = keras.random.normal((tf.shape(labels)[0], self.generator.num_noise), seed=self.noise)
        return self.generator.draw(noise, self.generator.vectors(labels), training=True)

    def _follow(self) -> None:
        """Move the running means on.

        Source: Y. Yazici et al. 2019, "The unusual effectiveness of averaging in GAN training".
        """
        if self.recipe.ema_decay is None:
            return
        done = tf.cast(self.drawing.iterations, tf.float32)
        moved = 1 - tf.minimum(self.recipe.ema_decay, (1 + done) / (10 + done))  # young means forget sooner
        for mean, weight in zip(self.means, self.generator.weights, strict=True):
            mean.assign_sub(moved * (mean - weight))

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """For a while the generator has the means of its weights, where they are kept."""
        own = [weight.numpy() for weight in self.generator.weights]
        for weight, mean in zip(self.generator.weights, self.means, strict=False):
            weight.assign(mean)
        try:
            yield
        finally:
            for weight, value in zip(self.generator.weights, own, strict=True):
                weight.assign(value)


def _adam(rate: float, recipe: Recipe, updates: int, player: keras.Model) -> Any:
    falling = keras.optimizers.schedules.PolynomialDecay(rate, recipe.epochs * updates, end_learning_rate=0)
    adam = build_adam(
        falling if recipe.schedule == "linear" else rate, epsilon=EPSILON, clipnorm=None, beta_1=recipe.beta_1
    )
    adam.build(player.trainable_variables)
    return adam


def _apply(adam: Any, tape: tf.GradientTape, loss: tf.Tensor, player: keras.Model) -> None:
    weights = player.trainable_variables
    adam.apply(tape.gradient(loss, weights), weights)


def _cross_entropy(logits: tf.Tensor, target: float) -> tf.Tensor:
    """The mean over images, in nats."""
    return tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(tf.fill(tf.shape(logits), target), logits))
