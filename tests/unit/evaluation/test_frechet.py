"""The Fréchet distance: closed forms, laws, and resamples."""

import numpy as np
import pytest

from pipeline.evaluation.frechet import frechet_between, frechet_distance, moments, resampled_moments


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


def test_a_shift_of_the_mean_raises_it_by_its_square() -> None:
    first, second, shift = normal(7, 60, 3), normal(8, 60, 3), np.array([1.0, -2, 0.5])
    first, second = (vectors.astype(np.float64) - vectors.mean(axis=0) for vectors in (first, second))
    apart = frechet_distance(first, second + shift)
    assert apart == pytest.approx(frechet_distance(first, second) + shift @ shift, abs=1e-6)
    assert apart == pytest.approx(frechet_distance((second + shift)[::-1], first))


def test_moments_of_a_resample_are_those_of_its_vectors_repeated() -> None:
    vectors, random = normal(9, 70, 5) * 3 + 100, np.random.default_rng(1)
    weights = random.integers(0, 4, (6, 70)).astype(np.float64)
    weights[0] = 1
    for counts, found in zip(weights, resampled_moments(vectors, weights), strict=True):
        repeated = np.repeat(vectors, counts.astype(int), axis=0).astype(np.float64)
        np.testing.assert_allclose(found.mean, repeated.mean(axis=0))
        np.testing.assert_allclose(found.covariance, np.cov(repeated, rowvar=False), atol=1e-10)
    other = moments(normal(10, 30, 5))
    first, whole = resampled_moments(vectors, weights)[0], moments(vectors)
    assert frechet_between(other, first) == pytest.approx(frechet_between(other, whole))
