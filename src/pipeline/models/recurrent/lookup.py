"""Rows of a table by number, with a gradient that is a plain sum.

TensorFlow's own gradient of a look-up, made dense and reproducible, takes longer than the recurrence that it feeds.

Shapes: V rows of the table, G columns, N look-ups.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from pipeline.models.recurrent.arithmetic import add_rows
from pipeline.models.recurrent.loops import run_all

COLUMNS = 128  # that a thread adds up, whole lines of the processor's cache


def look_up(table: tf.Tensor, numbers: tf.Tensor) -> tf.Tensor:
    """The rows with these numbers: table (V, G), numbers (N,) -> (N, G)."""

    @tf.custom_gradient
    def run(table: tf.Tensor) -> tuple[tf.Tensor, Any]:
        def gradient(d_rows: tf.Tensor) -> tf.Tensor:
            size = tf.shape(table)[0]
            d_table = tf.numpy_function(_sum_rows, [d_rows, numbers, size], tf.float32, stateful=False)
            return tf.ensure_shape(d_table, table.shape)

        return tf.gather(table, numbers), gradient

    found: Any = run(table)
    return found


def _sum_rows(
    rows: NDArray[np.float32], numbers: NDArray[np.integer], size: NDArray[np.integer]
) -> NDArray[np.float32]:
    sums = np.zeros((int(size), rows.shape[1]), np.float32)
    begins = range(0, rows.shape[1], COLUMNS)
    run_all(lambda _, part: add_rows(sums, rows, numbers, begins[part], begins[part] + COLUMNS), 1, len(begins))
    return sums
