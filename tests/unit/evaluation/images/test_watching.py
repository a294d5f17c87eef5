"""What some drawings come to, held against reference images."""

import numpy as np
import pytest

from pipeline.evaluation.images.watching import Reference


def some(number: int, seed: int) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal((number, 5)).astype(np.float32)


LABELS = np.repeat(np.arange(3, dtype=np.int16), 20)


def test_the_reference_itself_is_as_diverse_as_it_is_and_no_way_off() -> None:
    reference = Reference(some(60, 0), LABELS)
    assert reference.diversity(reference.features, LABELS) == pytest.approx(1)
    assert reference.frechet(reference.features) == pytest.approx(0, abs=1e-6)


def test_drawings_twice_as_far_apart_are_twice_as_diverse() -> None:
    reference = Reference(some(60, 0), LABELS)
    assert reference.diversity(2 * reference.features, LABELS) == pytest.approx(2)
    assert reference.diversity(np.zeros((60, 5), np.float32), LABELS) == 0


def test_a_class_whose_reference_images_look_alike_or_that_is_drawn_once_is_left_out() -> None:
    features = some(60, 0)
    features[LABELS == 1] = 7
    reference, drawn = Reference(features, LABELS), 3 * some(60, 0)
    drawn[LABELS != 0] = some(40, 1)
    once = LABELS < 2  # class 1 looks alike
    once[np.flatnonzero(LABELS == 2)[0]] = True
    assert reference.diversity(drawn[once], LABELS[once]) == pytest.approx(3)


def test_without_a_class_to_compare_there_is_no_figure() -> None:
    assert np.isnan(Reference(np.ones((60, 5), np.float32), LABELS).diversity(some(60, 1), LABELS))
