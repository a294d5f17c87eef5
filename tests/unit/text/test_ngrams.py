import numpy as np
import pytest

from pipeline.errors import UserError
from pipeline.text.ngrams import index_ngrams

TEXTS = ["Win cash now!", "win cash later", "see you later", "zebra"]
ALL = np.arange(4)


def ngrams_of(text: int, **settings: int | None) -> list[str]:
    vocabulary, flat, lengths = index_ngrams(TEXTS, ALL, settings.get("max_ngrams"))
    start = int(lengths[:text].sum())
    return [vocabulary[index] for index in flat[start : start + lengths[text]]]


def test_words_pairs_and_characters_that_two_texts_share_are_indexed() -> None:
    known = set(ngrams_of(0)) - {"[UNK]"}
    assert {"w:win", "w:cash", "w:win␣cash", "c:win", "c:␣win"} <= known
    assert not {"w:now", "w:cash␣now", "c:!"} & known, "only one text holds them"


def test_each_ngram_is_there_once_the_rarest_first_and_unknown_ones_last() -> None:
    _, flat, lengths = index_ngrams(TEXTS, ALL, None)
    for ids in np.split(flat, lengths.cumsum()[:-1]):
        known = ids[ids > 1]
        assert (np.diff(known) < 0).all()
        assert (ids[len(known) :] == 1).all()


def test_the_vocabulary_is_made_from_the_fitted_rows_alone() -> None:
    # "later" is in rows 1 and 2, of which only row 1 is fitted on
    vocabulary, _, _ = index_ngrams(TEXTS, np.array([0, 1]), None)
    assert "w:cash" in vocabulary
    assert "w:later" not in vocabulary


def test_punctuation_counts() -> None:
    vocabulary, _, _ = index_ngrams(["a!", "b!", "c"], np.arange(3), None)
    assert "c:!" in vocabulary


def test_the_commonest_are_kept() -> None:
    vocabulary, flat, _ = index_ngrams(TEXTS, ALL, 5)
    assert len(vocabulary) == 7
    held_by = np.bincount(flat, minlength=7)[2:]
    assert (np.diff(held_by) <= 0).all()


def test_texts_with_nothing_in_common_are_told_with_a_remedy() -> None:
    with pytest.raises(UserError, match="No n-gram is in 2 of the 1 messages") as caught:
        index_ngrams(["one", "two"], np.array([0]), None)
    assert "preprocess.tokenise.unit" in caught.value.remedy
