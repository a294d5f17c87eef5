"""Distances between sets of vectors: closed forms and laws."""

import numpy as np
import pytest

from pipeline.evaluation.synthetic.distances import MEDIAN_OF, closest, median_distance, mmd


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def test_mmd_is_the_double_sum() -> None:
    first, second = normal(7, 9, 3), normal(8, 6, 3) + 1

    def mean_kernel(one: np.ndarray, other: np.ndarray) -> float:
        return float(np.mean([np.exp(-((x - y) ** 2).sum() / (2 * 0.8**2)) for x in one for y in other]))

    squared = mean_kernel(first, first) + mean_kernel(second, second) - 2 * mean_kernel(first, second)
    assert mmd(first, second, 0.8) == pytest.approx(np.sqrt(squared), rel=1e-5)


def test_mmd_of_equal_sets_is_0_and_grows_with_the_shift() -> None:
    vectors = normal(9, 1200, 2)
    assert mmd(vectors, vectors[::-1], 1.0) == pytest.approx(0, abs=1e-6)
    near, far = (mmd(vectors, normal(10, 1200, 2) + np.float32(shift), 1.0) for shift in (0.2, 1))
    assert 0.05 < near < far / 2


def test_the_median_distance_by_hand() -> None:
    assert median_distance(np.array([[0.0], [1], [4]]), seed=0) == 3
    assert median_distance(np.zeros((5, 2)), seed=0) == 1
    many = normal(11, MEDIAN_OF + 500, 2)
    assert median_distance(many, seed=1) == median_distance(many, seed=1) == pytest.approx(1.665, abs=0.05)


def test_the_closest_is_that_of_brute_force_and_a_copy_is_at_0() -> None:
    """1.665 above and here: the distance of two standard normal vectors in the plane is Rayleigh with scale root 2."""
    vectors, among = normal(12, 1300, 5), normal(13, 40, 5)
    among[7] = vectors[3]
    expected = [np.linalg.norm(among.astype(np.float64) - vector, axis=1).min() for vector in vectors]
    found = closest(vectors, among)
    np.testing.assert_allclose(found, expected, atol=1e-12)
    assert found[3] == 0
