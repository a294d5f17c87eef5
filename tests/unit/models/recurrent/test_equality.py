"""Accelerated layers give what Keras's own give: outputs and every gradient, within a relative 1e-5."""

from typing import Any

import keras
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from twins import KINDS, Given, compare, compiled_loops, holes, numbers, right_padding, run, too_far, twins

FLAGS = ("return_sequences", "return_state", "go_backwards", "zero_output_for_mask", "use_bias")
RATES = ("dropout", "recurrent_dropout")


@st.composite
def calls(draw: st.DrawFn, kind: Any) -> tuple[dict[str, Any], Given]:
    """Arguments of a layer, and what to call it with."""
    arguments: dict[str, Any] = {name: draw(st.booleans()) for name in FLAGS}
    arguments |= {name: draw(st.sampled_from([0.0, 0.3])) for name in RATES}
    arguments |= {"units": draw(st.integers(2, 21)), "stateful": draw(st.sampled_from([False, False, False, True]))}
    batch, steps, width = draw(st.integers(1, 40)), draw(st.integers(1, 12)), draw(st.integers(3, 9))
    seed = draw(st.integers(0, 2**32 - 1))
    mask = draw(st.sampled_from([None, right_padding, holes]))
    marks = mask and mask(seed, batch, steps)
    if marks is not None and draw(st.booleans()):
        marks[batch // 2] = False
    num_states = (2 if kind is keras.layers.LSTM else 1) if draw(st.booleans()) else 0
    state = tuple(numbers(seed + 1 + n, batch, arguments["units"]) for n in range(num_states))
    times = 2 if arguments["stateful"] else 1
    return arguments, Given(numbers(seed, batch, steps, width), marks, state, draw(st.booleans()), times)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=15)
def test_any_layer_equals_keras_own(kind: Any, data: st.DataObject) -> None:
    arguments, call = data.draw(calls(kind))
    stock, fast = twins(lambda: kind(**arguments), call.sequences.shape)
    assert not compare(stock, fast, call)
    for one, other in zip(stock.states or [], fast.states or [], strict=True):
        np.testing.assert_allclose(np.asarray(one), np.asarray(other), atol=1e-5)


@pytest.mark.parametrize("kind", KINDS)
@given(data=st.data())
@settings(max_examples=5)
def test_any_layer_equals_keras_own_in_a_graph_of_any_size(kind: Any, data: st.DataObject) -> None:
    arguments, call = data.draw(calls(kind))
    stock, fast = twins(lambda: kind(**arguments), call.sequences.shape)
    assert not compare(stock, fast, call, traced=True)


def of_a_layer(random: int = 0, **changes: Any) -> Given:
    return Given(**{"sequences": numbers(random, 18, 6, 3), "mask": right_padding(random, 18, 6)} | changes)


@pytest.mark.parametrize("kind", KINDS)
def test_the_comparison_fails_where_one_weight_is_another(kind: Any) -> None:
    stock, fast = twins(lambda: kind(5))
    assert not compare(stock, fast, of_a_layer())
    for variable in fast.trainable_variables:
        value = variable.numpy()
        nudged = value.copy()
        nudged.flat[0] += 1e-3
        variable.assign(nudged)
        assert compare(stock, fast, of_a_layer())
        variable.assign(value)
    assert not compare(stock, fast, of_a_layer())


@pytest.mark.parametrize("change", [{"training": False}, {"mask": None}, {"sequences": numbers(1, 18, 6, 3)}])
def test_the_comparison_fails_where_the_call_is_another(change: dict[str, Any]) -> None:
    stock, fast = twins(lambda: keras.layers.GRU(5, dropout=0.3))
    assert too_far(run(stock, of_a_layer(training=True)), run(fast, of_a_layer(**{"training": True} | change)))


@pytest.mark.parametrize("kind", KINDS)
def test_a_gradient_outside_of_training_is_keras_own(kind: Any) -> None:
    stock, fast = twins(lambda: kind(5, dropout=0.3, return_sequences=True))
    with compiled_loops() as started:
        outcome = run(fast, of_a_layer(training=False))
    assert not started.call_args.kwargs["training"]
    assert not too_far(run(stock, of_a_layer(training=False)), outcome)


@pytest.mark.parametrize("kind", KINDS[1:])
@pytest.mark.parametrize("implementation", [1, 2])
def test_both_implementations_draw_their_own_masks(kind: Any, implementation: int) -> None:
    # use_cudnn=False, for Keras's LSTM and GRU fail in their attempt at cuDNN where each gate has a mask
    stock, fast = twins(lambda: kind(5, dropout=0.3, implementation=implementation, use_cudnn=False))
    assert not compare(stock, fast, of_a_layer(training=True))


@pytest.mark.parametrize("kind", KINDS)
def test_a_mask_with_an_axis_more_is_the_same_mask(kind: Any) -> None:
    stock, fast = twins(lambda: kind(5, return_sequences=True))
    mask = holes(2, 18, 6)[..., None]
    assert not compare(stock, fast, of_a_layer(mask=mask))


@pytest.mark.parametrize("marks", [np.zeros((18, 6), bool), np.ones((18, 6), bool)])
@pytest.mark.parametrize("kind", KINDS)
def test_nothing_or_everything_may_be_masked(kind: Any, marks: Any) -> None:
    stock, fast = twins(lambda: kind(5, return_sequences=True, return_state=True))
    states = tuple(numbers(n, 18, 5) for n in range(2 if kind is keras.layers.LSTM else 1))
    assert not compare(stock, fast, of_a_layer(mask=marks, initial_state=states))


def both_ways() -> Any:
    """A layer each way, masked; what a wrapper holds is no part of `Model.layers`."""
    sequences = keras.Input((None, 3))
    ends = keras.layers.Bidirectional(keras.layers.LSTM(4, dropout=0.3, recurrent_dropout=0.3))
    return keras.Model(sequences, ends(keras.layers.Masking(0.0)(sequences)))


def stacked() -> Any:
    sequences = keras.Input((None, 3))
    below = keras.layers.GRU(4, return_sequences=True, dropout=0.3)(keras.layers.Masking(0.0)(sequences))
    return keras.Model(sequences, keras.layers.SimpleRNN(5, recurrent_dropout=0.3)(below))


def nested() -> Any:
    sequences = keras.Input((None, 3))
    inner = keras.Sequential([stacked(), keras.layers.Dense(2)])
    return keras.Model(sequences, inner(sequences))


def shared() -> Any:
    """One layer that reads two sequences, and one that starts from what the other ends with."""
    sequences = keras.Input((None, 3))
    encoder = keras.layers.LSTM(4, return_state=True)
    end, *state = encoder(sequences)
    back, *_ = encoder(keras.ops.flip(sequences, 1))
    onwards = keras.layers.LSTM(4, dropout=0.3)(sequences, initial_state=state)
    return keras.Model(sequences, [end, back, onwards])


@pytest.mark.parametrize("make", [both_ways, stacked, nested, shared])
@pytest.mark.parametrize("training", [False, True])
def test_models_equal_keras_own(make: Any, training: bool) -> None:
    stock, fast = twins(make)
    sequences = numbers(0, 18, 6, 3) * right_padding(0, 18, 6)[..., None]
    assert not compare(stock, fast, Given(sequences, training=training), traced=make is stacked)
