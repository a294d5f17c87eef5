"""Trimmed batches train and predict as masked batches of full length do, and hold the same rows.

Shapes: n rows, T time steps, V rows of the table, D vector width.
"""

from typing import Any
from unittest.mock import patch

import keras
import numpy as np
import pandas as pd
import pytest
import tensorflow as tf
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from pipeline.artifacts import Embedding
from pipeline.models import classifiers
from pipeline.models.batches import batch, by_length, masks_padding
from pipeline.models.recurrent import layers
from pipeline.models.recurrent.layers import accelerate

V, D, T = 30, 5, 11
SETTINGS = {"units": 6, "dropout": 0.3, "recurrent_dropout": 0.3}
BUILDERS = [
    classifiers.build_simple_rnn,
    classifiers.build_lstm,
    classifiers.build_gru,
    classifiers.build_gru_two_chain,
]


def messages(rows: int, longest: int = T, *, padding: str = "post", seed: int = 0) -> NDArray[np.int32]:
    """Word indices (n, T) of rows of 1 to `longest` words, one of which is that long."""
    random = np.random.default_rng(seed)
    lengths = random.integers(1, longest + 1, (rows, 1))
    lengths[rows // 2] = longest
    column = np.arange(T) if padding == "post" else np.arange(T)[::-1]
    return np.where(column < lengths, random.integers(1, V, (rows, T)), 0).astype(np.int32)


def build(builder: Any, *, mask: bool = True, **changes: Any) -> Any:
    matrix = np.random.default_rng(1).normal(size=(V, D)).astype(np.float32)
    table = Embedding(matrix, True, "learned", False, True, pd.DataFrame(), pd.DataFrame(), np.ones(V, np.float32))
    keras.utils.set_random_seed(3)
    return builder(table, **SETTINGS | {"mask": mask} | changes)


def gradients(model: Any, ids: Any, labels: NDArray[np.float32]) -> list[NDArray[np.float32]]:
    """Of the loss of a batch in training, by weight."""
    for number, layer in enumerate(layer for layer in model.layers if hasattr(layer, "cell")):
        layer.cell.seed_generator.state.assign([5 + number, 0])
    with tf.GradientTape() as tape:
        losses: Any = keras.losses.binary_crossentropy(labels[:, None], model(ids, training=True))
        loss = tf.reduce_mean(losses)
    return [tf.convert_to_tensor(value).numpy() for value in tape.gradient(loss, model.trainable_variables)]


def rows_of(columns: tuple[NDArray[Any], ...], size: int, *, trim: bool = True) -> list[list[NDArray[Any]]]:
    """The batches."""
    return [[part.numpy() for part in parts] for parts in batch(columns, size, trim=trim)]


@pytest.mark.parametrize("padding", ["post", "pre"])
@pytest.mark.parametrize("builder", BUILDERS)
def test_a_trimmed_batch_has_the_gradients_of_the_masked_one(builder: Any, padding: str) -> None:
    ids, labels = messages(20, 7, padding=padding), np.arange(20, dtype=np.float32) % 2
    ((trimmed, _),) = rows_of((ids, labels), 20)
    assert trimmed.shape == (20, 7)
    stock, fast = build(builder), accelerate(build(builder))
    for expected, found in zip(gradients(stock, ids, labels), gradients(fast, trimmed, labels), strict=True):
        assert np.abs(found - expected).max() <= 1e-5 * np.abs(expected).max() > 0


@given(st.integers(1, 30), st.integers(1, 9), st.integers(0, 2**32 - 1), st.sampled_from(["post", "pre"]))
@settings(max_examples=20)
def test_batches_hold_every_row_once_in_its_order(rows: int, size: int, seed: int, padding: str) -> None:
    ids = messages(rows, padding=padding, seed=seed)
    batches = rows_of((ids, np.arange(rows)), size)
    assert [len(numbers) for _, numbers in batches[:-1]] == [size] * (len(batches) - 1)
    np.testing.assert_array_equal(np.concatenate([numbers for _, numbers in batches]), np.arange(rows))
    words = [row[row > 0].tolist() for part, _ in batches for row in part]
    assert words == [row[row > 0].tolist() for row in ids]


@given(st.integers(1, 30), st.integers(1, 9), st.integers(0, 2**32 - 1))
@settings(max_examples=20)
def test_no_column_of_a_batch_is_padding_alone(rows: int, size: int, seed: int) -> None:
    assert all((part > 0).any(axis=0).all() for (part,) in rows_of((messages(rows, 6, seed=seed),), size))


def test_where_the_model_does_not_mask_nothing_is_trimmed() -> None:
    assert masks_padding(build(classifiers.build_gru))
    assert not masks_padding(build(classifiers.build_gru, mask=False))
    ids = messages(7, 4)
    batches = rows_of((ids,), 3, trim=False)
    np.testing.assert_array_equal(np.concatenate([part for (part,) in batches]), ids)


def test_batches_come_in_the_same_order_each_time() -> None:
    ids = messages(20)
    for one, other in zip(rows_of((ids, ids), 6), rows_of((ids, ids), 6), strict=True):
        for left, right in zip(one, other, strict=True):
            np.testing.assert_array_equal(left, right)


def test_batches_of_another_width_are_not_traced_again() -> None:
    model = accelerate(build(classifiers.build_gru))
    model.compile("sgd", "binary_crossentropy")
    ids, labels = messages(24), np.ones((24, 1), np.float32)
    order = by_length(ids)
    assert len({part.shape[1] for (part,) in rows_of((ids[order],), 4)}) > 2
    with patch.object(layers, "recur", wraps=layers.recur) as traced:
        model.fit(batch((ids[:4], labels[:4]), 4, trim=True), shuffle=False, verbose=0)
        assert traced.called
        traced.reset_mock()
        model.fit(batch((ids[order], labels), 4, trim=True), shuffle=False, verbose=0)
        assert not traced.called


@pytest.mark.parametrize("padding", ["post", "pre"])
def test_rows_in_order_of_length_are_the_same_rows(padding: str) -> None:
    ids = messages(40, padding=padding)
    order = by_length(ids)
    lengths = np.count_nonzero(ids, axis=1)
    assert (np.diff(lengths[order]) >= 0).all()
    np.testing.assert_array_equal(np.sort(order), np.arange(40))
    for length in np.unique(lengths):  # and of rows of one length, the first comes first
        assert (np.diff(order[lengths[order] == length]) > 0).all()
