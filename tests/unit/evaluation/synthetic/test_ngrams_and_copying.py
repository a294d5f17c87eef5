"""Numbered n-grams, and what a copier is found out by."""

import numpy as np
import pytest

from pipeline.evaluation.synthetic.copying import copied_ngrams, exact_copies
from pipeline.evaluation.synthetic.ngrams import NONE, number_ngrams, stack


def made_up(seed: int, n: int, width: int, words: int = 4) -> np.ndarray:
    """Messages of the words 1 to `words` with padding in front, at the end and inside."""
    return np.random.default_rng(seed).integers(0, words + 1, (n, width)).astype(np.int32)


def ngrams(row: np.ndarray, size: int) -> list[tuple[int, ...]]:
    words = [word for word in row.tolist() if word]
    return [tuple(words[start : start + size]) for start in range(len(words) - size + 1)]


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 8])
def test_equal_ngrams_have_equal_numbers_and_others_have_others(size: int) -> None:
    ids = made_up(size, 60, 13, words=2)
    numbers = number_ngrams(ids, size)
    seen: dict[tuple[int, ...], int] = {}
    for row, found in zip(ids, numbers, strict=True):
        expected = ngrams(row, size)
        assert (found[: len(expected)] != NONE).all()
        assert (found[len(expected) :] == NONE).all()
        for ngram, number in zip(expected, found.tolist(), strict=False):
            assert seen.setdefault(ngram, number) == number
    assert len(set(seen.values())) == len(seen) > 1


def test_ngrams_longer_than_the_messages_are_none() -> None:
    assert (number_ngrams(made_up(1, 3, 5), 8) == NONE).all()
    assert (number_ngrams(np.zeros((2, 9), np.int32), 4) == NONE).all()


def test_sets_of_different_widths_are_stacked() -> None:
    stacked = stack(np.array([[1, 2, 3]], np.int32), np.array([[4], [5]], np.int32))
    assert stacked.tolist() == [[1, 2, 3], [4, 0, 0], [5, 0, 0]]


@pytest.mark.parametrize("size", [2, 4, 8])
def test_copied_ngrams_are_counted_as_by_hand(size: int) -> None:
    ids, train = made_up(2, 30, 12, words=2), made_up(3, 40, 15, words=2)
    held = {ngram for row in train for ngram in ngrams(row, size)}
    own = [ngram in held for row in ids for ngram in ngrams(row, size)]
    assert np.mean(own) > 0
    assert copied_ngrams(ids, train, size) == pytest.approx(100 * np.mean(own))


def test_a_copier_is_found_out() -> None:
    train = made_up(4, 50, 20)
    assert copied_ngrams(train[:20], train, 4) == 100
    assert exact_copies(train[:20], train) == 100


def test_other_words_are_no_copies() -> None:
    train = made_up(5, 50, 20)
    other = np.where(train == 0, 0, train + 10)
    assert copied_ngrams(other, train, 4) == 0
    assert exact_copies(other, train) == 0
    assert np.isnan(copied_ngrams(np.array([[1, 2, 0]], np.int32), train, 4))


def test_a_copy_is_one_whatever_the_padding_but_not_in_another_order() -> None:
    train = np.array([[0, 0, 1, 2, 3], [4, 0, 0, 0, 0]], np.int32)
    ids = np.array([[1, 2, 3, 0], [3, 2, 1, 0], [1, 2, 0, 0], [0, 0, 0, 4]], np.int32)
    assert exact_copies(ids, train) == 50
