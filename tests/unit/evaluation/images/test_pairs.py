"""What is measured on all pairs of images: double sums, resamples and closed forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from pipeline.evaluation.images import pairs
from pipeline.evaluation.images.pairs import (
    cubic,
    distances,
    diversity_samples,
    kernel_samples,
    mean_of_pairs,
    squared_distances,
)
from pipeline.evaluation.images.sets import ImageSet


def image_set(seed: int, number: int = 30, width: int = 4, shift: float = 0) -> ImageSet:
    """Normal features, two classes, and five resamples."""
    random = np.random.default_rng(seed)
    labels = (np.arange(number) % 2).astype(np.int16)
    weights = random.multinomial(number, np.full(number, 1 / number), size=5)
    weights = np.vstack([np.ones(number), weights]).astype(np.float64)
    return ImageSet("made", random.normal(size=(number, width)) + shift, labels, labels, weights)


def kernel_by_hand(x: np.ndarray, y: np.ndarray) -> float:
    return float((x @ y / len(x) + 1) ** 3)


def test_the_kernel_distance_is_the_unbiased_double_sum() -> None:
    test, one = image_set(1, 20), image_set(2, 15, shift=0.5)

    def within(vectors: np.ndarray) -> float:
        number = range(len(vectors))
        return float(np.mean([kernel_by_hand(vectors[i], vectors[j]) for i in number for j in number if i != j]))

    between = np.mean([kernel_by_hand(x, y) for x in test.features for y in one.features])
    (found,) = kernel_samples(test, [one])
    assert found[0] == pytest.approx(within(test.features) + within(one.features) - 2 * between)


def test_a_resample_is_measured_without_pairs_of_one_image(monkeypatch: pytest.MonkeyPatch) -> None:
    one = image_set(3, 25)
    monkeypatch.setattr(pairs, "BLOCK_ROWS", 7)
    found = mean_of_pairs(one, distances)
    for value, weights in zip(found, one.weights, strict=True):
        rows = np.repeat(np.arange(25), weights.astype(int))
        apart = [np.linalg.norm(one.features[i] - one.features[j]) for i in rows for j in rows if i != j]
        assert value == pytest.approx(np.mean(apart))


def test_the_kernel_distance_of_two_sets_of_one_distribution_is_0_on_average() -> None:
    found = [kernel_samples(image_set(seed, 40), [image_set(seed + 500, 40)])[0][0] for seed in range(200)]
    assert abs(np.mean(found)) < 4 * np.std(found) / np.sqrt(len(found))
    assert np.min(found) < 0
    (far,) = kernel_samples(image_set(1, 40), [image_set(501, 40, shift=2)])
    assert far[0] > np.max(found)


def test_the_kernel_distance_of_points_is_the_closed_form() -> None:
    """All images of a set at one place: k(x, x) + k(y, y) - 2 k(x, y) in every resample."""
    test, one = image_set(1, 10), image_set(2, 10)
    x, y = np.array([1.0, 2, 0, 1]), np.array([0.0, 1, 1, 3])
    test, one = (replace(each, features=np.tile(at, (10, 1))) for each, at in ((test, x), (one, y)))
    expected = kernel_by_hand(x, x) + kernel_by_hand(y, y) - 2 * kernel_by_hand(x, y)
    np.testing.assert_allclose(kernel_samples(test, [one])[0], expected)


def test_the_diversity_of_a_normal_distribution_scales_with_it() -> None:
    test = image_set(4, 60)
    half = replace(test, features=test.features / 2 + 7)
    for label in (0, 1):
        np.testing.assert_allclose(diversity_samples(test, half, label), 0.5)
        np.testing.assert_allclose(diversity_samples(test, test, label), 1)


def test_the_mean_distance_of_normal_vectors_in_the_plane_is_root_pi() -> None:
    """Their difference is normal with twice the variance, and its length Rayleigh with scale root 2."""
    assert mean_of_pairs(image_set(5, 3000, 2), distances)[0] == pytest.approx(np.sqrt(np.pi), rel=0.02)


def test_diversity_that_cannot_be_told_is_undefined() -> None:
    test = image_set(6, 3)
    assert np.isnan(diversity_samples(test, test, 1)[0])  # one image of that class
    flat = replace(test, features=np.ones((3, 4)))
    assert np.isnan(diversity_samples(flat, test, 0)).all()
    assert diversity_samples(test, flat, 0)[0] == 0


def test_equal_vectors_are_at_0_and_others_as_from_differences() -> None:
    vectors = np.random.default_rng(7).normal(size=(50, 128)).astype(np.float32).astype(np.float64) + 30
    found = squared_distances(vectors, vectors[::-1])
    expected = ((vectors[:, None] - vectors[None, ::-1]) ** 2).sum(axis=2)
    np.testing.assert_allclose(found, expected, rtol=1e-9)
    assert (np.diag(found[:, ::-1]) == 0).all()
    assert np.count_nonzero(found) == 50 * 49


def test_the_kernel_is_the_cube() -> None:
    first, second = np.array([[1.0, 2], [0, 1]]), np.array([[3.0, -1]])
    np.testing.assert_allclose(cubic(first, second), [[1.5**3], [0.5**3]])
