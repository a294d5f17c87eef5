"""Distances between sets of vectors: closed forms and laws."""

import numpy as np
import pytest

from pipeline.evaluation.synthetic.distances import MEDIAN_OF, closest, frechet_distance, median_distance, mmd


def normal(seed: int, *shape: int) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=shape).astype(np.float32)


def whitened(seed: int, n: int, width: int) -> np.ndarray:
    """Vectors whose sample mean is 0 and whose sample covariance is the identity."""
    raw = normal(seed, n, width).astype(np.float64)
    raw -= raw.mean(axis=0)
    return raw @ np.linalg.inv(np.linalg.cholesky(np.cov(raw, rowvar=False))).T


def test_frechet_of_normal_distributions_is_the_closed_form() -> None:
    """Covariances that commute: |m1 - m2|^2 + sum (s1 - s2)^2."""
    first_scale, second_scale = np.array([1.0, 2, 0.5]), np.array([3.0, 1, 0.5])
    first = whitened(1, 50, 3) * first_scale + [0, 1, 2]
    second = whitened(2, 80, 3) * second_scale + [1, 1, 0]
    assert frechet_distance(first, second) == pytest.approx(5 + ((first_scale - second_scale) ** 2).sum())


def test_frechet_is_that_of_the_matrix_root() -> None:
    from scipy.linalg import sqrtm

    first, second = normal(3, 60, 4) @ normal(4, 4, 4), normal(5, 40, 4) + 1
    one, other = np.cov(first.astype(np.float64), rowvar=False), np.cov(second.astype(np.float64), rowvar=False)
    apart = ((first.mean(axis=0) - second.mean(axis=0)) ** 2).sum()
    root = np.trace(np.real(sqrtm(one @ other)))
    assert frechet_distance(first, second) == pytest.approx(apart + np.trace(one + other) - 2 * root, rel=1e-5)


def test_frechet_of_a_set_with_itself_is_0_even_where_it_is_flat() -> None:
    vectors = np.repeat(normal(6, 30, 2), 2, axis=1)
    assert frechet_distance(vectors, vectors) == pytest.approx(0, abs=1e-6)
    assert frechet_distance(vectors, vectors + np.float32(2)) == pytest.approx(16, rel=1e-5)


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
