from typing import Any, cast

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Corpus, Split, Texts, Tokens
from pipeline.models.backend import start_keras
from pipeline.stages.tokenise import tokenise

TEXTS = ["b a a", "a b c", "d d d e", "", "a b c a b c a", "z"]
PLAIN: dict[str, Any] = {
    "unit": "word",
    "fit_on": "train",
    "max_words": None,
    "max_length": 4,
    "padding": "post",
    "reserve_unknown": True,
    "row_for_last_word": True,
}


def words(cleaned: list[str] = TEXTS, **changes: Any) -> Tokens:
    """Rows 0 and 1 are training, rows 2 to 4 validation, row 5 is test."""
    texts = Texts(pd.DataFrame({"text": cleaned}), [], stand_in=False)
    labels = np.array([1, 0, 0, 1, 0, 1], np.int8)
    split = Split(
        np.arange(2), np.arange(2, 5), np.array([5]), labels, np.arange(6), 0.0, 0.0, validation_is_test=False
    )
    raw = pd.DataFrame({"row": range(6), "text": [text + "!" for text in TEXTS], "label": labels})
    corpus = Corpus(raw, "letters", "one", "nought", stand_in=False, changes=[])
    return tokenise(corpus, texts, split, **PLAIN | changes)


def test_the_vocabulary_comes_from_the_training_part_alone() -> None:
    assert words().vocabulary == ["", "[UNK]", "a", "b", "c"]
    assert {"d", "e", "z"} < set(words(fit_on="all").vocabulary)


def test_words_become_indices_padded_and_cut_at_the_end() -> None:
    expected = [[3, 2, 2, 0], [2, 3, 4, 0], [1, 1, 1, 1], [1, 0, 0, 0], [2, 3, 4, 2], [1, 0, 0, 0]]
    assert words().ids.tolist() == expected
    assert words().lengths.tolist() == [3, 3, 4, 0, 7, 1]


def test_pre_padding_keeps_the_end_of_long_texts() -> None:
    tokens = words(padding="pre")
    assert tokens.ids[0].tolist() == [0, 3, 2, 2]
    assert tokens.ids[4].tolist() == [2, 3, 4, 2]  # the last four of "a b c a b c a" are a b c a
    assert tokens.ids[3].tolist() == [0, 0, 0, 1]


@pytest.mark.parametrize("padding", ["pre", "post"])
@pytest.mark.parametrize("reserve_unknown", [True, False])
def test_no_row_is_all_padding(padding: str, reserve_unknown: bool) -> None:
    assert words(padding=padding, reserve_unknown=reserve_unknown).ids.any(axis=1).all()


def test_without_an_unknown_index_unknown_words_are_left_out() -> None:
    tokens = words(reserve_unknown=False)
    assert tokens.vocabulary == ["", "a", "b", "c"]
    assert tokens.num_reserved == 1
    assert tokens.ids[0].tolist() == [2, 1, 1, 0]
    assert tokens.lengths.tolist() == [3, 3, 0, 0, 7, 0]


def test_one_row_too_few_turns_the_rarest_word_into_padding() -> None:
    tokens = words(row_for_last_word=False)
    assert tokens.num_rows == 4
    assert tokens.ids.max() == 3
    assert tokens.ids[1].tolist() == [2, 3, 0, 0]


def test_counts_are_of_the_training_part_by_class() -> None:
    assert words().counts[2:].tolist() == [[1, 2], [1, 1], [1, 0]]


def test_unknown_words_are_counted_by_part() -> None:
    assert words().unknown_percent == pytest.approx({"train": 0.0, "validation": 400 / 11, "test": 100.0})


def test_the_vocabulary_can_be_bounded() -> None:
    assert words(max_words=1).vocabulary == ["", "[UNK]", "a"]


@pytest.mark.parametrize("max_words", [None, 3, 1000])
def test_words_and_indices_are_those_of_the_keras_layer(max_words: int | None) -> None:
    start_keras(seed=0)
    import keras

    blanks = "".join(map(chr, range(1, 33))) + "\x85\xa0\u2003\u2028"
    fitted = ["d c b a é 你 [UNK] [UNK] ''", "a-" + "-".join(blanks) + "-z"]
    cleaned = [*fitted, "z q \u00a0", "", "d [UNK] é", "ä"]
    layer = keras.layers.TextVectorization(
        max_tokens=max_words and max_words + 2, standardize=cast("Any", None), split="whitespace", ragged=True
    )
    layer.adapt(fitted)
    tokens = words(cleaned, max_words=max_words, max_length=50)
    assert tokens.vocabulary == layer.get_vocabulary()
    padded = layer(cleaned).to_tensor(shape=(6, 50)).numpy()
    padded[3, 0] = 1  # a text without a word is one unknown word here
    assert tokens.ids.tolist() == padded.tolist()


def test_ngrams_are_those_of_the_raw_messages_in_two_training_rows() -> None:
    # rows 0 and 1, "b a a!" and "a b c!", share the characters, the blank and the runs around them
    tokens = words(unit="ngram", max_length=20)
    assert "c:!" in tokens.vocabulary
    assert "c:␣a␣" in tokens.vocabulary
    assert "c:c" not in tokens.vocabulary


def test_each_ngram_is_there_once_the_rarest_first() -> None:
    tokens = words(unit="ngram", max_length=20, reserve_unknown=False)
    for ids in tokens.ids:
        present = ids[ids > 0]
        assert (np.diff(present) < 0).all()
