"""Class Gaussians: what is fitted, and what is drawn of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from made_images import CLASSES, Made, labels_of, made

from pipeline.artifacts.images import Gaussian
from pipeline.errors import UserError
from pipeline.evaluation.images.gaussian import draw
from pipeline.stages.fit_gaussian import fit_gaussian


@pytest.fixture(scope="module")
def it() -> Made:
    return made()


def test_mean_and_covariance_are_those_of_the_class_where_all_components_are_kept(it: Made) -> None:
    found = fit_gaussian(it.images, it.split, components=1000)
    assert found.scales.shape == (len(CLASSES), 89)  # 90 images of a class span 89 directions
    for label in range(len(CLASSES)):
        own = it.images.train[it.images.train_labels == label].reshape(90, -1).astype(np.float64)
        np.testing.assert_allclose(found.means[label], own.mean(axis=0), rtol=1e-5)
        spanned = found.components[label] * found.scales[label][:, None]
        np.testing.assert_allclose(spanned.T @ spanned, np.cov(own, rowvar=False), atol=0.02)


def test_components_are_orthonormal_and_the_largest(it: Made) -> None:
    few, many = (fit_gaussian(it.images, it.split, components=number) for number in (4, 20))
    assert few.name == "gaussian"
    np.testing.assert_allclose(few.scales, many.scales[:, :4], rtol=1e-6)
    assert (np.diff(many.scales, axis=1) <= 0).all()
    for own in many.components:
        np.testing.assert_allclose(own @ own.T, np.eye(20), atol=1e-5)


def test_it_sees_the_training_part_alone_and_is_the_same_each_time(it: Made) -> None:
    fewer = it.split.train[::2]
    images = replace(
        it.images, train=it.images.train[fewer], train_labels=it.images.train_labels[fewer], test=it.images.test // 2
    )
    first = fit_gaussian(it.images, replace(it.split, train=fewer), components=8)
    second = fit_gaussian(images, replace(it.split, train=np.arange(len(fewer))), components=8)
    for name in ("means", "components", "scales"):
        np.testing.assert_array_equal(getattr(first, name), getattr(second, name))
        assert getattr(first, name).dtype == np.float32


def test_all_classes_have_as_many_components_as_the_least_of_them_allows(it: Made) -> None:
    small = np.flatnonzero(it.images.train_labels != 1)
    three = np.flatnonzero(it.images.train_labels == 1)[:3]
    split = replace(it.split, train=np.sort(np.concatenate([small, three])))
    assert fit_gaussian(it.images, split, components=64).scales.shape == (3, 2)
    with pytest.raises(UserError, match="class coat has 1 training image"):
        fit_gaussian(it.images, replace(split, train=np.sort(np.concatenate([small, three[:1]]))), components=64)


def test_drawings_have_the_mean_and_the_spread_of_the_distribution() -> None:
    means = np.array([[100.0, 50, 150, 120], [200, 20, 90, 60]], np.float32)
    components = np.stack([np.eye(4)[:2], np.eye(4)[2:]]).astype(np.float32)
    made_up = Gaussian("gaussian", means, components, np.array([[10.0, 4], [6, 2]], np.float32))
    labels = np.repeat([0, 1], 20_000)
    found = draw(made_up, labels, seed=1).reshape(-1, 4).astype(np.float64)
    rounding = 1 / 12
    for label, spread in ((0, [10.0, 4, 0, 0]), (1, [0.0, 0, 6, 2])):
        own = found[labels == label]
        np.testing.assert_allclose(own.mean(axis=0), means[label], atol=0.2)
        expected = np.sqrt(np.square(spread) + rounding * np.sign(spread))
        np.testing.assert_allclose(own.std(axis=0), expected, rtol=0.03)


def test_an_image_depends_on_its_label_and_the_seed_alone(it: Made) -> None:
    gaussian = fit_gaussian(it.images, it.split, components=8)
    labels = labels_of(5)
    found, other = draw(gaussian, labels, seed=1), labels.copy()
    other[:5] = 2
    np.testing.assert_array_equal(draw(gaussian, other, seed=1)[5:], found[5:])
    assert (draw(gaussian, other, seed=1)[:5] != found[:5]).any()
    assert (draw(gaussian, labels, seed=2) != found).any()
    assert found.shape == (15, 28, 28)
    assert found.dtype == np.uint8


def test_pixels_are_cut_to_what_they_can_be() -> None:
    far = Gaussian(
        "gaussian",
        np.array([[-90.0, 300, 127.4, 0.6]], np.float32),
        np.eye(4, dtype=np.float32)[None, :1],
        np.zeros((1, 1), np.float32),
    )
    assert draw(far, np.array([0]), seed=0).tolist() == [[[0, 255], [127, 1]]]


def test_what_it_draws_is_taken_for_its_class(it: Made) -> None:
    gaussian = fit_gaussian(it.images, it.split, components=8)
    drawn = replace(it.drawings("gaussian", 1), pixels=draw(gaussian, labels_of(), seed=1))
    table = it.score(drawn).table.set_index(["name", "score"])["value"]
    assert table["gaussian", "class_accuracy"] > 0.95
