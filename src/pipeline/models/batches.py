"""Batches of word indices without the columns that are padding in all of their rows.

A column of nothing but padding is masked in every row of the batch: where the layers draw nothing for single steps,
leaving it out changes neither outputs nor gradients. The recurrent layers then skip what padding is left (see
`recurrent.layers`), so that batches need not be sorted by length: training draws them at random.

Shapes: n rows, T time steps, U at most T.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    import keras
    import tensorflow as tf


def masks_padding(model: keras.Model) -> bool:
    """Whether the model's table masks index 0; if not, its layers see padding, and no column may be left out."""
    table: Any = model.get_layer("embedding")
    return table.mask_zero


def batch(columns: tuple[NDArray[Any], ...], batch_size: int, *, trim: bool) -> tf.data.Dataset:
    """The rows of all arrays in their order, `batch_size` at a time, the first array (n, T) cut to (batch, U).

    Each row has a word, as `Tokens` promises.
    """
    import tensorflow as tf

    def cut(ids: tf.Tensor, *rest: tf.Tensor) -> tuple[tf.Tensor, ...]:
        words = tf.boolean_mask(ids, tf.reduce_any(ids != 0, axis=0), axis=1)
        return (tf.ensure_shape(words, (None, None)), *rest)

    dataset = tf.data.Dataset.from_tensor_slices(columns).batch(batch_size)
    return (dataset.map(cut) if trim else dataset).prefetch(1)


def by_length(ids: NDArray[np.int32]) -> NDArray[np.int64]:
    """The order of the rows (n, T) by their number of words: batches of it hold little padding."""
    return np.argsort(np.count_nonzero(ids, axis=1), kind="stable")
