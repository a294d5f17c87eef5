from typing import Any

import numpy as np
import pytest
from sklearn.feature_extraction.text import CountVectorizer

from pipeline.evaluation.tfidf import CHARACTERS, WORDS, count_ngrams

TEXTS = ["Win CASH now now!", "  ΟΔΟΣ\u00a0ΟΔΟΣ. \t a\n\n", "", "x", "İstanbul i̇stanbul", "now? a a a"]


@pytest.mark.parametrize(
    ("kind", "plain"),
    [
        ("words", CountVectorizer(ngram_range=WORDS)),
        ("characters", CountVectorizer(analyzer="char_wb", ngram_range=CHARACTERS)),
    ],
)
def test_counts_are_those_of_every_text_taken_apart(kind: str, plain: Any) -> None:
    counted = getattr(count_ngrams(TEXTS), kind)
    assert counted.dtype == np.int64
    assert counted.toarray().tolist() == plain.fit_transform(TEXTS).toarray().tolist()
