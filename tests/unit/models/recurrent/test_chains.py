"""Layers that read the same sequences run as one recurrence, and are as right apart as together."""

from collections.abc import Callable
from typing import Any
from unittest.mock import patch

import keras
import numpy as np
import pytest
import tensorflow as tf
from twins import KINDS, Given, compare, compiled_loops, holes, numbers, reseed, run, same_bits, too_far, twins

from pipeline.models.recurrent.layers import accelerate

SEQUENCES = numbers(0, 18, 6, 3) * holes(0, 18, 6)[..., None]
BOTH = Given(SEQUENCES, training=True)


def chains(kind: Any = keras.layers.GRU, **changes: Any) -> Any:
    """Two layers on the same masked sequences, which end in different loss."""
    sequences = keras.Input((None, 3))
    words = keras.layers.Masking(0.0)(sequences)
    arguments = {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.3} | changes
    first, second = [kind(**arguments, name=name)(words) for name in ("first", "second")]
    return keras.Model(sequences, [keras.layers.Dense(1, name="opinion")(first), second])


def recurrences(model: Any, given: Given = BOTH) -> list[int]:
    """How many chains each recurrence of one call of the model has."""
    with compiled_loops() as started:
        model(given.sequences, training=given.training)
    return [call.args[1].shape[0] for call in started.call_args_list]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("rates", [(0.0, 0.0), (0.3, 0.0), (0.0, 0.3), (0.3, 0.3)])
def test_two_chains_are_one_recurrence_and_equal_two_layers(kind: Any, rates: tuple[float, float]) -> None:
    stock, fast = twins(lambda: chains(kind, dropout=rates[0], recurrent_dropout=rates[1]))
    assert recurrences(fast) == [2]
    assert not compare(stock, fast, BOTH)
    assert not compare(stock, fast, Given(SEQUENCES))


def test_two_chains_are_one_recurrence_in_a_graph() -> None:
    stock, fast = twins(chains)
    assert not compare(stock, fast, BOTH, traced=True)


def test_each_chain_has_its_own_weights_and_dropout_masks() -> None:
    _, fast = twins(lambda: chains(dropout=0.5))
    first, second = fast.get_layer("first"), fast.get_layer("second")
    second.set_weights(first.get_weights())
    ends = keras.Model(fast.input, [first.output, second.output])
    one, other = accelerate(ends)(SEQUENCES)
    np.testing.assert_array_equal(one, other)
    one, other = ends(SEQUENCES, training=True)
    assert np.abs(one - other).max() > 1e-3


@pytest.mark.parametrize(
    "changes",
    [{"units": 5}, {"go_backwards": True}, {"dropout": 0.0}, {"recurrent_dropout": 0.0}, {"stateful": True}],
    ids=str,
)
def test_layers_that_differ_run_alone(changes: dict[str, Any]) -> None:
    def make() -> Any:
        sequences = keras.Input(batch_shape=(18, 6, 3))
        arguments = {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.3}
        return keras.Model(sequences, [keras.layers.LSTM(**arguments | more)(sequences) for more in ({}, changes)])

    stock, fast = twins(make)
    assert not compare(stock, fast, BOTH)
    assert recurrences(fast) == [1, 1]


def test_layers_with_different_masks_or_states_run_alone() -> None:
    def make() -> Any:
        sequences = keras.Input((None, 3))
        words = keras.layers.Masking(0.0)(sequences)
        state = keras.layers.Lambda(lambda x: x[:, 0, :1] * np.ones((1, 4), np.float32), output_shape=(4,))(sequences)
        ends = [keras.layers.GRU(4)(sequences), keras.layers.GRU(4)(words), keras.layers.GRU(4)(words, state)]
        return keras.Model(sequences, ends)

    stock, fast = twins(make)
    assert sum(recurrences(fast)) == 3
    assert not compare(stock, fast, BOTH)


def submodel(model: Any) -> Any:
    return keras.Model(model.input, model.get_layer("second").output)(SEQUENCES, training=True)


def smaller_submodel(model: Any) -> Any:
    keras.Model(model.input, model.get_layer("first").output)(SEQUENCES[:7], training=True)
    reseed(model)
    return model(SEQUENCES, training=True)


def second_layer(model: Any, **named: Any) -> Any:
    words = tf.constant(SEQUENCES)
    model(words)
    model.get_layer("first")(words)
    reseed(model)
    return model.get_layer("second")(words, **named)


def other_weights(model: Any) -> Any:
    words = tf.constant(SEQUENCES)
    model.get_layer("first")(words)
    second = model.get_layer("second")
    second.set_weights([weight + 0.5 for weight in second.get_weights()])
    return second(words)


def gradient(model: Any) -> Any:
    words, second = tf.constant(SEQUENCES), model.get_layer("second")
    model.get_layer("first")(words)
    with tf.GradientTape() as tape:
        total = tf.reduce_sum(second(words))
    return [tf.convert_to_tensor(value) for value in tape.gradient(total, second.trainable_variables)]


def after_a_failure(model: Any) -> Any:
    second = model.get_layer("second")
    with patch.object(second, "inner_loop", side_effect=ArithmeticError), pytest.raises(ArithmeticError):
        model(2 * SEQUENCES)
    reseed(model)
    return model(SEQUENCES, training=True)


def within_another(model: Any) -> Any:
    """Called twice by a model that holds it."""
    one, other = keras.Input((None, 3)), keras.Input((None, 3))
    return keras.Model([one, other], [model(one), model(other)])([SEQUENCES, SEQUENCES[:, ::-1]])


USES: list[Callable[[Any], Any]] = [
    submodel,
    smaller_submodel,
    lambda model: second_layer(model, training=True),
    lambda model: second_layer(model, mask=tf.constant(holes(3, 18, 6))),
    lambda model: second_layer(model, initial_state=tf.ones((18, 4))),
    other_weights,
    gradient,
    after_a_failure,
    within_another,
]
NAMES = ["submodel", "smaller", "training", "mask", "state", "weights", "gradient", "failure", "within"]


@pytest.mark.parametrize("use", USES, ids=NAMES)
def test_chains_used_apart_are_keras_own(use: Callable[[Any], Any]) -> None:
    outcomes = []
    for model in twins(chains):
        model(SEQUENCES, training=True)
        reseed(model)
        outcomes.append({str(n): np.asarray(value) for n, value in enumerate(tf.nest.flatten(use(model)))})
    assert not too_far(*outcomes)


def test_a_part_may_be_trained_and_then_the_whole() -> None:
    targets = [np.ones((18, 1), np.float32), np.ones((18, 4), np.float32)]
    outcomes = []
    model: Any
    for model in twins(chains):
        part: Any = keras.Model(model.input, model.output[0])
        part.compile("sgd", "mse")
        model.compile("sgd", ["mse", "mse"])
        reseed(model)
        part.fit(SEQUENCES, targets[0], verbose=0, shuffle=False)
        model.fit(SEQUENCES, targets, verbose=0, shuffle=False)
        outcomes.append({weight.path: weight.numpy() for weight in model.weights})
    assert not too_far(*outcomes)


def test_accelerating_twice_is_accelerating_once() -> None:
    _, fast = twins(chains)
    before = run(fast, BOTH)
    assert recurrences(accelerate(fast)) == [2]
    assert same_bits(before, run(fast, BOTH))


@pytest.mark.parametrize("used", ["first", "second"])
def test_a_part_on_one_input_leaves_the_whole_on_another_alone(used: str) -> None:
    def make() -> Any:
        whole = chains()
        one, other = keras.Input((None, 3)), keras.Input((None, 3))
        part = keras.Model(whole.input, whole.get_layer(used).output)
        return keras.Model([one, other], [whole(other), part(one)])

    stock, fast = twins(make)
    given = [SEQUENCES, 2 * SEQUENCES]
    for expected, found in zip(tf.nest.flatten(stock(given)), tf.nest.flatten(fast(given)), strict=True):
        np.testing.assert_allclose(found, expected, atol=1e-5)
