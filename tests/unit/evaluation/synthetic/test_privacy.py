"""What a published set gives away, of makers that copy and of ones that do not."""

import numpy as np
import pytest

from pipeline.evaluation.synthetic.privacy import closer_to_train, distance_to_closest, membership_auc


def normal(seed: int, n: int = 400) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(n, 5)).astype(np.float32)


def test_a_copier_gives_all_away() -> None:
    train, other = normal(1), normal(2)
    assert distance_to_closest(train[:100], train) == 0
    assert closer_to_train(train[:100], train, other) == 100
    assert membership_auc(train, train, other) == 1


def test_a_maker_that_never_saw_the_training_messages_gives_nothing_away() -> None:
    """400 messages: the standard error of the percentage is 2.5, that of the area 0.02."""
    train, other, published = normal(3), normal(4), normal(5)
    assert closer_to_train(published, train, other) == pytest.approx(50, abs=7.5)
    assert membership_auc(published, train, other) == pytest.approx(0.5, abs=0.06)


def test_ties_count_against_the_maker() -> None:
    assert closer_to_train(np.zeros((3, 1)), np.ones((1, 1)), -np.ones((1, 1))) == 100


def test_noise_hides_a_copier_the_more_the_louder_it_is() -> None:
    train, other = normal(6), normal(7)
    found = [membership_auc(train + np.float32(noise) * normal(8), train, other) for noise in (0.1, 0.4, 5)]
    assert found[0] > 0.95 > found[1] > 0.6 > found[2]


def test_the_median_distance_by_hand() -> None:
    published, train = np.array([[0.0], [1], [5]]), np.array([[0.0], [3]])
    assert distance_to_closest(published, train) == 1
