"""A layer that the compiled loop cannot serve keeps Keras's, to the last bit, and is told of once."""

from collections.abc import Iterator
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf
from twins import KINDS, Given, Values, compiled_loops, numbers, right_padding, run, same_bits, twins

from pipeline.models.recurrent import layers
from pipeline.models.recurrent.layers import accelerate, what_is_missing

GRU: Any = keras.layers.GRU
MISSING = [
    (lambda: keras.layers.SimpleRNN(4, activation="relu"), "activation but tanh"),
    (lambda: keras.layers.LSTM(4, activation="linear"), "activation but tanh"),
    (lambda: keras.layers.GRU(4, recurrent_activation="hard_sigmoid"), "recurrent activation but the sigmoid"),
    (lambda: keras.layers.GRU(4, reset_after=False), "reset_after=False"),
    (lambda: keras.layers.LSTM(4, unroll=True), "unroll=True"),
    (lambda: keras.layers.GRU(4, dtype="float64"), "float32"),
    (lambda: keras.layers.SimpleRNN(4, dropout=1.0), "drop everything"),
    (lambda: keras.layers.LSTM(4, recurrent_dropout=1.0), "drop everything"),
]


@pytest.fixture(autouse=True)
def nothing_said_yet() -> Iterator[None]:
    """What was logged once may be logged once more in each test."""
    layers._say_once.cache_clear()
    yield
    layers._say_once.cache_clear()


def kept_as_keras_has_it(stock: Any, fast: Any) -> bool:
    call = Given(numbers(0, 5, 4, 3), right_padding(0, 5, 4), training=True)
    with compiled_loops() as started:
        same = same_bits(run(stock, call), run(fast, call))
    return same and not started.called


@pytest.mark.parametrize(("make", "reason"), MISSING, ids=[reason for _, reason in MISSING])
def test_a_layer_that_cannot_be_served_keeps_keras_loop(
    make: Any, reason: str, caplog: pytest.LogCaptureFixture
) -> None:
    stock, fast = twins(make, (5, 4, 3))
    assert [record.levelname for record in caplog.records] == ["WARNING"]
    assert fast.name in caplog.text
    assert reason in caplog.text
    assert accelerate(fast) is fast
    assert len(caplog.records) == 1
    assert kept_as_keras_has_it(stock, fast)


@pytest.mark.parametrize("kind", KINDS)
def test_a_gpu_is_left_to_keras(kind: Any, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture) -> None:
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda device=None: [f"{device}:0"])
    assert kept_as_keras_has_it(*twins(lambda: kind(4)))
    assert "GPU" in caplog.text


def test_cudnn_asked_for_is_left_to_keras() -> None:
    assert "use_cudnn=True" in str(what_is_missing(GRU(4, use_cudnn=True)))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_is_missing_from_an_ordinary_layer(kind: Any, caplog: pytest.LogCaptureFixture) -> None:
    assert what_is_missing(kind(4, dropout=0.99, recurrent_dropout=0.99)) is None
    accelerate(kind(4))
    assert not caplog.records


def test_a_cell_of_someone_else_keeps_keras_loop() -> None:
    class Louder(GRU):
        def call(self, *arguments: Any, **named: Any) -> Any:
            return 2 * super().call(*arguments, **named)

    assert kept_as_keras_has_it(*twins(lambda: Louder(4)))


def test_one_layer_of_a_model_falls_back_alone() -> None:
    def make() -> Any:
        sequences = keras.Input((None, 3))
        ends = [kind(4)(sequences) for kind in KINDS]
        return keras.Model(sequences, [*ends, keras.layers.GRU(4, reset_after=False)(sequences)])

    stock, fast = twins(make)
    call = Given(numbers(0, 5, 4, 3))
    with compiled_loops() as started:
        found: Values = run(fast, call)
    assert started.call_count == len(KINDS)
    np.testing.assert_array_equal(found["output 3"], run(stock, call)["output 3"])
