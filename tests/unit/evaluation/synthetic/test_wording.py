"""Words, lengths and repetition: by hand, against nltk, and laws."""

import numpy as np
import pytest

from pipeline.evaluation.synthetic.wording import distinct, length_distance, self_bleu, word_distribution


def made_up(seed: int, n: int, width: int, words: int, shortest: int = 0) -> np.ndarray:
    random = np.random.default_rng(seed)
    ids = random.integers(1, words + 1, (n, width)).astype(np.int32)
    return np.where(np.arange(width) < random.integers(shortest, width + 1, n)[:, None], ids, 0).astype(np.int32)


def test_word_distribution_by_hand() -> None:
    """Shares (1/2, 1/2, 0) and (1/2, 0, 1/2): the divergence is 1/2 bit."""
    first, second = np.array([[1, 2, 0]], np.int32), np.array([[0, 0, 3, 1, 1, 3]], np.int32)
    assert word_distribution(first, second) == pytest.approx(np.sqrt(0.5))


def test_word_distribution_lies_between_equal_and_nothing_in_common() -> None:
    ids = made_up(1, 20, 9, words=5)
    assert word_distribution(ids, np.tile(ids, (3, 1))) == pytest.approx(0, abs=1e-7)
    assert word_distribution(ids, np.where(ids == 0, 0, ids + 5)) == pytest.approx(1)
    assert 0 < word_distribution(ids, made_up(2, 20, 9, words=9)) < 1


def test_length_distance_is_the_words_to_add() -> None:
    ids = made_up(3, 30, 9, words=5)
    longer = np.concatenate([np.full((30, 4), 2, np.int32), ids], axis=1)
    assert length_distance(ids, ids[::-1]) == 0
    assert length_distance(longer, ids) == pytest.approx(4)


def test_distinct_by_hand() -> None:
    ids = np.array([[1, 2, 1, 2], [0, 1, 2, 0]], np.int32)
    assert distinct(ids, 1) == 2 / 6
    assert distinct(ids, 2) == 2 / 4
    assert np.isnan(distinct(np.array([[1, 0]], np.int32), 2))


@pytest.mark.parametrize(("words", "shortest"), [(3, 0), (6, 1), (40, 3)])
def test_self_bleu_is_that_of_nltk(words: int, shortest: int) -> None:
    """Short messages, none of a word, and sizes without a match among them."""
    from nltk.translate.bleu_score import SmoothingFunction, sentence_bleu

    ids = made_up(words, 25, 11, words, shortest)
    texts = [[word for word in row if word] for row in ids.tolist()]
    smooth = SmoothingFunction().method1
    expected = [
        sentence_bleu(texts[:row] + texts[row + 1 :], texts[row], smoothing_function=smooth) for row in range(25)
    ]
    assert self_bleu(ids) == pytest.approx(np.mean(expected))


def test_self_bleu_of_one_message_said_again_and_again_is_1() -> None:
    assert self_bleu(np.tile(np.array([[5, 3, 8, 3, 0]], np.int32), (4, 1))) == pytest.approx(1)


def test_self_bleu_of_messages_with_no_word_in_common_is_0() -> None:
    assert self_bleu(np.arange(1, 31, dtype=np.int32).reshape(5, 6)) == 0


def test_order_and_padding_say_nothing() -> None:
    ids = made_up(6, 40, 10, words=8)
    shuffled = np.random.default_rng(7).permutation(40)
    moved = np.concatenate([np.zeros((40, 3), np.int32), ids[shuffled]], axis=1)
    train = made_up(8, 50, 12, words=8)
    assert self_bleu(moved) == pytest.approx(self_bleu(ids))
    assert distinct(moved, 2) == distinct(ids, 2)
    assert word_distribution(moved, train) == word_distribution(ids, train)
    assert length_distance(moved, train) == pytest.approx(length_distance(ids, train))
