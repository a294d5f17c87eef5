"""Our Adam is Keras's: the same weights and moments after many steps, and the same file."""

from typing import Any

import numpy as np
import pytest

from pipeline.models.adam import build_adam
from pipeline.models.backend import start_keras


def variable(rows: int) -> Any:
    import keras

    return keras.Variable(np.random.default_rng(0).normal(size=(rows, 7)).astype(np.float32))


@pytest.mark.parametrize("clipnorm", [None, 0.5])
@pytest.mark.parametrize("sparse", [False, True])
def test_steps_equal_those_of_keras(*, sparse: bool, clipnorm: float | None) -> None:
    start_keras(0)
    import keras
    import tensorflow as tf

    random = np.random.default_rng(1)
    rate: Any = keras.optimizers.schedules.CosineDecay(3e-2, 30)
    theirs = keras.optimizers.Adam(rate, epsilon=1e-6, clipnorm=clipnorm)
    ours = build_adam(rate, epsilon=1e-6, clipnorm=clipnorm)
    one, two = variable(20), variable(20)
    start = one.numpy().copy()
    theirs.build([one])
    ours.build([two])
    for _ in range(30):
        values = (random.normal(size=(9 if sparse else 20, 7)) * 10 ** random.uniform(-6, 0)).astype(np.float32)
        rows = random.integers(0, 6, 9)  # some several times in a step, most never
        gradient: Any = (
            tf.IndexedSlices(tf.constant(values), tf.constant(rows), tf.constant((20, 7))) if sparse else values
        )
        theirs.apply([gradient], [one])
        ours.apply([gradient], [two])
    np.testing.assert_allclose(two.numpy(), one.numpy(), atol=2e-6)
    for a, b in zip(ours.variables, theirs.variables, strict=True):
        np.testing.assert_allclose(np.asarray(a), np.asarray(b), rtol=1e-5, atol=1e-5 * np.abs(np.asarray(b)).max())
    assert np.abs(one.numpy() - start).max() > 0.1
    assert ours.get_config() | {"name": ""} == theirs.get_config() | {"name": ""}
    assert type(ours) is type(theirs)
