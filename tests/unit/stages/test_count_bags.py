from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from density_samples import corpus, parted
from pipeline.artifacts import Pool
from pipeline.artifacts.detection import Bags
from pipeline.errors import UserError
from pipeline.stages.bags import count_bags
from pipeline.stages.split import take_all

# Rows 0, 1, 4, 5, ... are trained on, 2, 6, ... validated, 3, 7, ... tested.
TEXTS = ["b a a", "b c", "a d", "e e e b", "a b", "", "x", "b x x"]


def bags(texts: list[str] | None = None, *, min_messages: int = 1, max_words: int | None = None) -> Bags:
    texts = TEXTS if texts is None else texts
    labels = (np.arange(len(texts)) % 2).astype(np.int8)
    return count_bags(*corpus(texts, labels), parted(labels), min_messages=min_messages, max_words=max_words)


def test_the_vocabulary_is_that_of_the_training_part_alone() -> None:
    found = bags()
    assert found.vocabulary == ["a", "b", "c"], "d, e and x are in no training message"
    assert found.seen.tolist() == [2, 3, 1]
    expected = [[2, 1, 0], [0, 1, 1], [1, 0, 0], [0, 1, 0], [1, 1, 0], [0, 0, 0], [0, 0, 0], [0, 1, 0]]
    np.testing.assert_array_equal(found.take(np.arange(8)).toarray(), expected)


def test_rows_without_a_known_word_are_kept_with_an_empty_bag() -> None:
    found = bags()
    assert found.known.tolist() == [2, 2, 1, 1, 2, 0, 0, 1]
    assert found.lengths.tolist() == [3, 2, 2, 4, 2, 0, 1, 3], "all words, known or not, as often as they occur"
    assert found.take(np.array([6, 5])).nnz == 0


@pytest.mark.parametrize(("min_messages", "expected"), [(1, ["a", "b", "c"]), (2, ["a", "b"]), (3, ["b"])])
def test_a_word_is_kept_if_so_many_training_messages_hold_it(min_messages: int, expected: list[str]) -> None:
    assert bags(min_messages=min_messages).vocabulary == expected


@pytest.mark.parametrize(
    ("max_words", "expected"), [(1, ["b"]), (2, ["a", "b"]), (3, ["a", "b", "c"]), (9, ["a", "b", "c"])]
)
def test_of_these_the_words_that_most_messages_hold(max_words: int, expected: list[str]) -> None:
    assert bags(max_words=max_words).vocabulary == expected


def test_an_empty_vocabulary_is_refused_with_the_commonest_count() -> None:
    with pytest.raises(UserError, match=r"of made up is empty.* is in 4 or more of the 4 .* is in 3") as refused:
        bags(min_messages=4)
    assert "bags.min_messages" in refused.value.remedy


def test_texts_without_any_word_are_refused() -> None:
    with pytest.raises(UserError, match="the commonest is in 0"):
        bags([""] * 8)


def test_a_word_outside_the_training_part_changes_nothing() -> None:
    other = [*TEXTS[:2], "zebra a", "zebra yak b", *TEXTS[4:]]
    one, same = bags(), bags(other)
    assert one.vocabulary == same.vocabulary
    np.testing.assert_array_equal(one.seen, same.seen)


@given(
    st.lists(st.lists(st.sampled_from("abcdefg"), max_size=6).map(" ".join), min_size=8, max_size=30), st.integers(1, 4)
)
@settings(max_examples=40)
def test_bags_are_the_counts_of_words(texts: list[str], min_messages: int) -> None:
    train = [set(text.split()) for row, text in enumerate(texts) if row % 4 < 2]
    kept = [word for word in "abcdefg" if sum(word in words for words in train) >= min_messages]
    arguments: dict[str, Any] = {"min_messages": min_messages}
    if not kept:
        with pytest.raises(UserError):
            bags(texts, **arguments)
        return
    found = bags(texts, **arguments)
    assert found.vocabulary == kept
    expected = [[text.split().count(word) for word in kept] for text in texts]
    np.testing.assert_array_equal(found.take(np.arange(len(texts))).toarray(), expected)
    assert [part.dtype for part in (found.words, found.counts, found.edges, found.lengths, found.seen)] == [
        np.int32
    ] * 5
    for row in range(len(texts)):
        assert (np.diff(found.words[found.edges[row] : found.edges[row + 1]]) > 0).all()


def test_where_no_split_was_made_every_message_of_the_pool_is_trained_and_tested_on() -> None:
    labels = (np.arange(8) % 2).astype(np.int8)
    messages, texts = corpus(TEXTS, labels)
    pool = Pool(np.array([0, 1, 3, 6]), np.arange(8), True, 4, [])
    split = take_all(messages, pool)
    for rows in (split.train, split.validation, split.test):
        assert rows.tolist() == [0, 1, 3, 6]
    assert split.validation_is_test
    assert count_bags(messages, texts, split, min_messages=1, max_words=None).vocabulary == ["a", "b", "c", "e", "x"]
    with pytest.raises(UserError, match="has no message of the class 'spam'"):
        take_all(messages, replace(pool, rows=np.array([0, 6])))
