"""Spectral normalisation against NumPy's singular values and against numeric differences."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.models.backend import start_keras

pytestmark = pytest.mark.slow
SHAPES = [(12, 5), (5, 12), (4, 4, 2, 6), (7, 1), (3, 8)]


def layer(shape: tuple[int, ...], scale: float = 1.0) -> Any:
    start_keras(0)
    from pipeline.models.images.spectral import SpectralKernel

    made = SpectralKernel(shape, "mine")
    values = scale * np.random.default_rng(1).standard_normal(shape)
    made.kernel.assign(values.astype(np.float32))
    return made


def largest(kernel: NDArray[np.float32]) -> float:
    return float(np.linalg.svd(kernel.reshape(-1, kernel.shape[-1]), compute_uv=False)[0])


@pytest.mark.parametrize("scale", [1e-3, 1.0, 1e3])
@pytest.mark.parametrize("shape", SHAPES)
def test_after_many_updates_the_largest_singular_value_is_1(shape: tuple[int, ...], scale: float) -> None:
    made = layer(shape, scale)
    for _ in range(200):
        made.normalised(training=True)
    found, kernel = made.normalised(training=False).numpy(), made.kernel.numpy()
    assert found.shape == shape
    assert largest(found) == pytest.approx(1, rel=1e-4)
    np.testing.assert_allclose(found, kernel / largest(kernel), rtol=2e-4, atol=1e-6)


def test_each_call_while_training_is_one_power_iteration() -> None:
    made = layer((12, 5))
    matrix, right = made.kernel.numpy().astype(float), made.follower.numpy()[0].astype(float)
    for _ in range(3):
        left = matrix @ right / np.linalg.norm(matrix @ right)
        right = matrix.T @ left / np.linalg.norm(matrix.T @ left)
        found = made.normalised(training=True).numpy()
        np.testing.assert_allclose(found, matrix / (left @ matrix @ right), rtol=1e-5)
        np.testing.assert_allclose(made.follower.numpy(), right[None], rtol=1e-4, atol=1e-6)


def test_what_is_not_training_changes_nothing() -> None:
    made = layer((12, 5))
    before = [weight.numpy() for weight in made.weights]
    first, second = (made.normalised(training=False).numpy() for _ in range(2))
    np.testing.assert_array_equal(first, second)
    for weight, value in zip(made.weights, before, strict=True):
        np.testing.assert_array_equal(weight.numpy(), value)


def test_the_follower_is_no_weight_to_train() -> None:
    made = layer((12, 5))
    assert [weight.name for weight in made.trainable_variables] == ["kernel", "bias"]


@pytest.mark.parametrize("shape", [(6, 3), (2, 2, 2, 3)])
def test_the_gradient_goes_through_the_division(shape: tuple[int, ...]) -> None:
    """Numeric differences of the true quotient, in double precision; without the division they are other numbers."""
    made = layer(shape)
    import tensorflow as tf

    for _ in range(300):
        made.normalised(training=True)
    wanted = np.random.default_rng(2).standard_normal(shape).astype(np.float32)
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(wanted * made.normalised(training=True))
    found = tape.gradient(loss, made.kernel).numpy()
    kernel, step = made.kernel.numpy().astype(np.float64), 1e-6
    expected = np.zeros(shape)
    for place in np.ndindex(*shape):
        moved = []
        for sign in (1, -1):
            other = kernel.copy()
            other[place] += sign * step
            moved.append((wanted * other / largest(other)).sum())
        expected[place] = (moved[0] - moved[1]) / (2 * step)
    np.testing.assert_allclose(found, expected, rtol=1e-3, atol=1e-4)
    assert np.abs(expected - wanted / largest(kernel)).max() > 0.05, "else the test says nothing"
    assert (found * kernel).sum() == pytest.approx(0, abs=1e-4), "the length of a kernel does not matter"


def test_a_kernel_of_zeros_stays_finite() -> None:
    made = layer((4, 3), scale=0.0)
    assert (made.normalised(training=True).numpy() == 0).all()
    assert np.isfinite(made.follower.numpy()).all()
