"""Weights that are divided by their largest singular value, which bounds how steep a layer can be."""

from __future__ import annotations

from typing import Any

import keras
import numpy as np
import tensorflow as tf

TINY = 1e-12


class SpectralKernel(keras.layers.Layer):
    """A kernel, with the vector by which its largest singular value is followed from update to update, and a bias.

    Keras's `SpectralNormalization` divides the kernel itself at every call; here the gradient goes through the
    division, as in the source.

    Shapes: the kernel is taken as a matrix with a column for each output.
    Source: T. Miyato et al. 2018, "Spectral normalization for generative adversarial networks", algorithm 1.
    """

    def __init__(self, shape: tuple[int, ...], name: str, *, has_bias: bool = True) -> None:
        """Build the weights."""
        super().__init__(name=name)
        self.shape = shape
        self.kernel = self.add_weight(shape, "glorot_uniform", name="kernel")
        self.bias: Any = self.add_weight((shape[-1],), "zeros", name="bias") if has_bias else None
        self.follower = self.add_weight((1, shape[-1]), "random_normal", trainable=False, name="follower")
        self.built = True

    def normalised(self, *, training: bool) -> tf.Tensor:
        """The kernel over its largest singular value; while training that is followed by one more power iteration."""
        kernel = tf.convert_to_tensor(self.kernel)
        matrix = tf.reshape(kernel, [int(np.prod(self.shape[:-1])), self.shape[-1]])
        right = tf.math.l2_normalize(tf.convert_to_tensor(self.follower), epsilon=TINY)
        left = tf.math.l2_normalize(tf.matmul(right, matrix, transpose_b=True), epsilon=TINY)
        if training:
            right = tf.math.l2_normalize(tf.matmul(left, matrix), epsilon=TINY)
            self.follower.assign(tf.stop_gradient(right))
        left, right = tf.stop_gradient(left), tf.stop_gradient(right)
        largest = tf.matmul(tf.matmul(left, matrix), right, transpose_b=True)[0, 0]
        return kernel / tf.maximum(largest, TINY)
