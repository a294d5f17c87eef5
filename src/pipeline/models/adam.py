"""Keras's Adam, with an update that goes through the memory of an embedding table half as often.

Adam moves every row of a table at every step, those without a gradient too, while their moments fade: its mathematics
does not allow to pay for the rows of the batch alone. The gradient and its clipping are of those rows only; the update
is of the whole table.

As in Keras, a row that occurs several times in a batch adds the square of each of its gradients to the second moment,
not the square of their sum.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import keras


def build_adam(
    learning_rate: Any, *, epsilon: float, clipnorm: float | None, beta_1: float = 0.9
) -> keras.optimizers.Adam:
    """Keras's own Adam, saved and restored as such, with our update; the rate is a number or a schedule of Keras's.

    Source: D. P. Kingma and J. Ba 2015, "Adam: a method for stochastic optimization".
    """
    import keras

    adam: Any = keras.optimizers.Adam(learning_rate, beta_1=beta_1, epsilon=epsilon, clipnorm=clipnorm)
    adam.update_step = partial(_update_step, adam)
    return adam


def _update_step(adam: Any, gradient: Any, variable: Any, learning_rate: Any) -> None:
    """In the place of `Adam.update_step`; a gradient of some rows comes as `tf.IndexedSlices`."""
    import tensorflow as tf

    index = adam._get_variable_index(variable)
    first, second = adam._momentums[index].value, adam._velocities[index].value
    step = tf.cast(adam.iterations + 1, tf.float32)
    fade = adam.beta_2
    if isinstance(gradient, tf.IndexedSlices):
        rows = tf.shape(variable)[0]
        squares = tf.math.unsorted_segment_sum((1 - fade) * gradient.values**2, gradient.indices, rows)
        second.assign(fade * second + squares)
        gradient, fade = tf.math.unsorted_segment_sum(gradient.values, gradient.indices, rows), 1.0
    tf.raw_ops.ResourceApplyAdam(
        var=variable.handle,
        m=first.handle,
        v=second.handle,
        beta1_power=tf.pow(adam.beta_1, step),
        beta2_power=tf.pow(adam.beta_2, step),
        lr=tf.cast(learning_rate, tf.float32),
        beta1=adam.beta_1,
        beta2=fade,  # 1 leaves the second moment as it is
        epsilon=adam.epsilon,
        grad=gradient,
    )
