"""Rows by number: values and gradients as TensorFlow's own, to the last bit the same every time."""

from itertools import starmap

import numpy as np
import pytest
import tensorflow as tf
from numpy.typing import NDArray
from twins import numbers

from pipeline.models.recurrent import lookup
from pipeline.models.recurrent.lookup import look_up

Array = NDArray[np.float32]


def gradient(take: object, table: Array, places: NDArray[np.integer], pull: Array) -> tuple[Array, Array]:
    """The rows, and the gradient of their product with `pull`, dense."""
    given = tf.constant(table)
    tape = tf.GradientTape()
    with tape:
        tape.watch(given)
        rows = take(given, tf.constant(places))  # pyright: ignore[reportCallIssue]
        loss = tf.reduce_sum(rows * pull)
    return rows.numpy(), tf.convert_to_tensor(tape.gradient(loss, given)).numpy()


@pytest.mark.parametrize("columns", [1, 5, lookup.COLUMNS, 2 * lookup.COLUMNS + 3])
@pytest.mark.parametrize("kind", [np.int32, np.int64])
def test_it_equals_gather_in_value_and_gradient(columns: int, kind: type) -> None:
    places = np.random.default_rng(1).integers(0, 9, 200).astype(kind)
    places[places == 4] = 3
    table, pull = numbers(2, 9, columns), numbers(3, 200, columns)
    own, stock = (gradient(take, table, places, pull) for take in (look_up, tf.gather))
    np.testing.assert_array_equal(own[0], stock[0])
    np.testing.assert_allclose(own[1], stock[1], rtol=1e-5, atol=1e-5)
    assert not own[1][4].any(), "a row that is never looked up has no gradient"
    exact = np.zeros((9, columns))
    np.add.at(exact, places, pull.astype(np.float64))
    np.testing.assert_allclose(own[1], exact, rtol=1e-5, atol=1e-5)


def test_the_gradient_is_the_same_to_the_last_bit_every_time_and_adds_in_order() -> None:
    places, pull = np.random.default_rng(4).integers(0, 3, 5_000), numbers(5, 5_000, 300)
    found = [gradient(look_up, numbers(6, 3, 300), places, pull)[1] for _ in range(5)]
    expected = np.zeros((3, 300), np.float32)
    for place, row in zip(places, pull, strict=True):
        expected[place] += row
    for each in found:
        np.testing.assert_array_equal(each, expected)


def test_in_a_graph_that_knows_no_sizes() -> None:
    @tf.function(input_signature=[tf.TensorSpec((None, 3)), tf.TensorSpec((None,), tf.int32)])
    def run(table: tf.Tensor, places: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
        tape = tf.GradientTape()
        with tape:
            tape.watch(table)
            rows = look_up(table, places)
        return rows, tf.convert_to_tensor(tape.gradient(rows, table))

    for table, places in ((numbers(1, 4, 3), [3, 3, 0]), (numbers(1, 2, 3), []), (numbers(2, 1, 3), [0] * 7)):
        rows, found = run(tf.constant(table), tf.constant(places, tf.int32))
        np.testing.assert_array_equal(rows, table[np.array(places, int)])
        np.testing.assert_array_equal(found, np.bincount(places, minlength=len(table))[:, None] * np.ones(3))


def test_a_number_outside_of_the_table_is_refused_before_anything_is_written() -> None:
    for places in ([0, 4], [-1]):
        with pytest.raises(tf.errors.InvalidArgumentError, match="not in"):
            look_up(tf.constant(numbers(1, 4, 3)), tf.constant(places))


def test_threads_share_the_columns_without_overlap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lookup, "COLUMNS", 2)
    monkeypatch.setattr(lookup, "run_all", lambda run, _, blocks: list(starmap(run, [(0, b) for b in range(blocks)])))
    sums = lookup._sum_rows(np.ones((6, 5), np.float32), np.array([0, 1, 1, 2, 2, 2]), np.array(4))
    np.testing.assert_array_equal(sums, np.array([1, 2, 3, 0])[:, None] * np.ones(5))
