"""What the encoders of all variational autoencoders share: diagonal Gaussians, by mean and log-variance."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import tensorflow as tf


def bend(log_variances: tf.Tensor, limit: float) -> tf.Tensor:
    """The log-variances, bent to stay within the limit on either side: exp() of an untrained head could overflow."""
    import tensorflow as tf

    bent: Any = limit * tf.tanh(log_variances / limit)
    return bent


def gaussian_kl(means: tf.Tensor, log_variances: tf.Tensor) -> tf.Tensor:
    """KL from N(mean, variance) to N(0, 1) of each entry, in nats."""
    import tensorflow as tf

    return (tf.exp(log_variances) + means**2 - 1 - log_variances) / 2
