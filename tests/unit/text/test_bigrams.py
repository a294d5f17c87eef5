"""The bigram model against counting by hand."""

import math
from itertools import pairwise

import numpy as np
import pytest

from pipeline.text.bigrams import START, fit_bigrams

FIRST = 2
IDS = np.array([[2, 3, 2, 3, 4], [2, 3, 0, 0, 0], [0, 0, 0, 1, 2], [5, 1, 4, 0, 0]], np.int32)


def pairs(ids: np.ndarray) -> list[tuple[int, int]]:
    """Context and word, by the definition."""
    found = []
    for row in ids.tolist():
        words = [START, *(word for word in row if word)]
        found += [(before, word) for before, word in pairwise(words) if word >= FIRST]
    return found


def expected(ids: np.ndarray, num_words: int, before: int, word: int) -> float:
    seen = pairs(ids)
    words = [word for _, word in seen]
    distinct = len(set(words))
    unigram = (words.count(word) + distinct / (num_words - FIRST)) / (len(words) + distinct)
    followers = [word for context, word in seen if context == before]
    if not followers:
        return unigram
    return (followers.count(word) + len(set(followers)) * unigram) / (len(followers) + len(set(followers)))


@pytest.mark.parametrize("seed", range(5))
def test_it_is_the_formula(seed: int) -> None:
    random = np.random.default_rng(seed)
    ids = random.integers(0, 9, (12, 7)).astype(np.int32) if seed else IDS
    bigrams = fit_bigrams(ids, 10, FIRST)
    words = np.arange(FIRST, 10)
    found = bigrams.log_chances(np.arange(10), words)
    for before in range(10):
        for column, word in enumerate(words.tolist()):
            assert found[before, column] == pytest.approx(math.log(expected(ids, 10, before, word)), abs=1e-5)


def test_it_is_a_distribution_over_the_words_after_every_context() -> None:
    """9 is never seen, 1 is not a word; nothing is impossible."""
    bigrams = fit_bigrams(IDS, 10, FIRST)
    chances = np.exp(bigrams.log_chances(np.arange(10), np.arange(FIRST, 10)))
    assert chances.sum(axis=1) == pytest.approx(np.ones(10), abs=1e-6)
    assert (chances > 0).all()


def test_pairs_that_were_seen_are_likelier_than_others() -> None:
    bigrams = fit_bigrams(IDS, 10, FIRST)
    after_two, at_start = bigrams.log_chances(np.array([2, START]), np.array([2, 3, 5]))
    assert after_two[1] > after_two[2]
    assert at_start[0] > at_start[1]


def test_words_come_in_the_order_that_is_asked_for() -> None:
    bigrams = fit_bigrams(IDS, 10, FIRST)
    words = np.array([7, 3, 2, 5])
    whole = bigrams.log_chances(np.array([2, START, 9, 2]), np.arange(FIRST, 10))
    assert np.array_equal(bigrams.log_chances(np.array([2, START, 9, 2]), words), whole[:, words - FIRST])


def test_the_side_of_the_padding_says_nothing() -> None:
    post = np.array([[2, 3, 4, 0, 0], [4, 0, 0, 0, 0]], np.int32)
    pre = np.array([[0, 0, 2, 3, 4], [0, 0, 0, 0, 4]], np.int32)
    words = np.arange(FIRST, 6)
    one, other = (fit_bigrams(ids, 6, FIRST).log_chances(np.arange(6), words) for ids in (post, pre))
    assert np.array_equal(one, other)


def test_a_word_is_not_a_context_of_the_next_message() -> None:
    bigrams = fit_bigrams(np.array([[2, 3], [4, 5]], np.int32), 6, FIRST)
    follower = np.exp(bigrams.log_chances(np.array([3]), np.arange(FIRST, 6)))
    assert follower == pytest.approx(np.full((1, 4), 0.25))
