from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.counting import CHARACTERS, WORDS, Counted, count_characters, count_words

TEXTS = ["Win CASH now now!", "  ΟΔΟΣ\u00a0ΟΔΟΣ. \t a\n\n", "", "x", "İstanbul i̇stanbul", "now? a a a", "ab abc a b"]


@pytest.mark.parametrize(
    ("count", "plain"),
    [
        (count_words, CountVectorizer(ngram_range=WORDS)),
        (count_characters, CountVectorizer(analyzer="char_wb", ngram_range=CHARACTERS)),
    ],
)
def test_counts_are_those_of_every_text_taken_apart(count: Callable[[Sequence[str]], Counted], plain: Any) -> None:
    counted = count(TEXTS)
    assert counted.counts.dtype == np.int64
    assert counted.counts.toarray().tolist() == plain.fit_transform(TEXTS).toarray().tolist()
    assert counted.names.tolist() == plain.get_feature_names_out().tolist()


@pytest.mark.parametrize("count", [count_words, count_characters])
def test_texts_without_words_hold_nothing(count: Callable[[Sequence[str]], Counted]) -> None:
    assert count(["", " \n"]).counts.shape == (2, 0)
