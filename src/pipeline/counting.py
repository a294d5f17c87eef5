"""How often texts hold words, pairs of words, and runs of characters: what n-gram models start from.

Counting learns nothing: which n-grams are kept, and what they weigh, is for the model to learn from the rows that it
is fitted on. So all texts can be counted at once.

Shapes: N texts, V n-grams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

WORDS = (1, 2)
CHARACTERS = (1, 4)


@dataclass(frozen=True)
class Counted:
    """How often each text holds each n-gram.

    Attributes:
        counts: (N, V) sparse, int64 (SciPy's types do not say so: Any).
        names: (V,) the n-grams, ascending.
    """

    counts: Any
    names: NDArray[np.object_]


def count_words(texts: Sequence[str]) -> Counted:
    """Words of two letters or more, and pairs of neighbouring ones, in lower case."""
    from sklearn.feature_extraction.text import CountVectorizer

    find_words = CountVectorizer(ngram_range=WORDS).build_analyzer()
    return count_entries([find_words(text) for text in texts])


def count_characters(texts: Sequence[str]) -> Counted:
    """Runs of 1 to 4 characters, in lower case, that do not cross words; a blank stands for either end of a word.

    As they do not cross words, each distinct word is taken apart once, and what it holds is added up over the texts
    that hold it: on e-mails four times as fast as taking every text apart.
    """
    from sklearn.feature_extraction.text import CountVectorizer

    take_apart = CountVectorizer(analyzer="char_wb", ngram_range=CHARACTERS, lowercase=False).build_analyzer()
    words = count_entries([text.lower().split() for text in texts])
    inside = count_entries([take_apart(word) for word in words.names])
    return Counted(words.counts @ inside.counts, inside.names)


def count_entries(lists: Sequence[list[str]]) -> Counted:
    """How often each list holds each of its entries, such as words or runs of characters."""
    from scipy import sparse

    lengths = np.fromiter(map(len, lists), np.int64, len(lists))
    column, names = pd.factorize(np.fromiter(chain.from_iterable(lists), object, lengths.sum()), sort=True)
    row = np.repeat(np.arange(len(lists)), lengths)
    ones = np.ones(len(row), np.int64)
    return Counted(sparse.csr_matrix((ones, (row, column)), shape=(len(lists), len(names))), names)
