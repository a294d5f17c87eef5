"""A classifier that tells sets of messages apart, or cannot."""

import numpy as np
import pytest

from pipeline.artifacts.synthesis import Messages
from pipeline.evaluation.synthetic.discriminator import discriminator_auc


def made_up(seed: int, n: int = 150, shift: float = 0, first: int = 2) -> Messages:
    random = np.random.default_rng(seed)
    vectors = (random.normal(size=(n, 6)) + shift).astype(np.float32)
    ids = random.integers(first, first + 200, (n, 12)).astype(np.int32)
    return Messages(ids, np.zeros(n, np.int8), vectors, 1000 * seed + np.arange(n))


def test_sets_of_one_kind_cannot_be_told_apart() -> None:
    """One area of 150 messages of each has a standard deviation of 0.04, the mean of eight 0.014."""
    areas = [discriminator_auc(made_up(seed), made_up(seed + 1), seed=0) for seed in range(1, 17, 2)]
    assert np.mean(areas) == pytest.approx(0.5, abs=0.045)


@pytest.mark.parametrize("other", [{"shift": 3.0}, {"first": 202}])
def test_vectors_or_words_give_a_set_away(other: dict) -> None:
    assert discriminator_auc(made_up(1, **other), made_up(2), seed=0) > 0.95


def test_copies_in_one_group_are_not_judged_by_their_twins() -> None:
    """50 messages of each set, each there three times: split apart, twins would give every label away."""
    random = np.random.default_rng(3)
    one, other = (made_up(seed, 50).take(np.repeat(np.arange(50), 3)) for seed in (4, 5))
    whole = discriminator_auc(one, other, seed=0)
    alone = [Messages(part.ids, part.labels, part.vectors, random.permutation(10**6)[:150]) for part in (one, other)]
    assert discriminator_auc(alone[0], alone[1], seed=0) > 0.95 > 0.7 > whole


def test_words_that_no_message_holds_change_nothing() -> None:
    """Both sets with every word at twice its index: the columns between are empty."""
    one, other = made_up(1), made_up(2, shift=0.3)
    spread = [Messages(2 * part.ids, part.labels, part.vectors, part.groups) for part in (one, other)]
    assert discriminator_auc(*spread, seed=0) == pytest.approx(discriminator_auc(one, other, seed=0), abs=0.005)


def test_sets_of_different_widths_are_judged() -> None:
    narrow = made_up(1)
    narrow = Messages(narrow.ids[:, :10], narrow.labels, narrow.vectors, narrow.groups)
    assert 0.3 < discriminator_auc(narrow, made_up(2), seed=0) < 0.7


def test_folds_without_real_messages_are_left_out() -> None:
    """Half of the real messages are in one group, so some of the folds get none; all in one: no fold can be judged."""
    one, other = made_up(1, 10, shift=5), made_up(2, 10)
    halves = Messages(other.ids, other.labels, other.vectors, np.repeat([0, 1], 5))
    assert discriminator_auc(one, halves, seed=0) > 0.8
    whole = Messages(other.ids, other.labels, other.vectors, np.zeros(10, np.int64))
    assert np.isnan(discriminator_auc(one, whole, seed=0))


def test_copies_are_told_the_wrong_way_round() -> None:
    real = made_up(1)
    copied = Messages(real.ids, real.labels, real.vectors, -1 - np.arange(150))
    assert discriminator_auc(copied, real, seed=0) < 0.35
