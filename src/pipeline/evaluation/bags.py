"""Messages as bags of words, and the scores of models that count words.

Shapes: n messages, T words, V words of the vocabulary, D vector width.
"""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray


def count_words(ids: NDArray[np.int32], num_words: int) -> Any:
    """How often each message holds each word: (n, V - 1) sparse, padding left out (SciPy's types do not say so: Any).

    A column of padding would not be harmless: a word that no message holds still has a smoothed probability, another
    one in each class.

    Shapes: ids (n, T), each below `num_words`, 0 = padding.
    """
    from scipy import sparse

    held = ids != 0
    columns = ids[held] - 1
    edges = np.concatenate([[0], held.sum(axis=1).cumsum()])
    bags = sparse.csr_array((np.ones(len(columns)), columns, edges), shape=(len(ids), num_words - 1))
    bags.sum_duplicates()
    return bags


def words_first(ids: NDArray[np.int32]) -> NDArray[np.int32]:
    """The same messages with all padding at the end.

    Shapes: (n, T).
    """
    return np.take_along_axis(ids, np.argsort(ids == 0, axis=1, kind="stable"), axis=1)


def pad_on(side: Literal["pre", "post"], ids: NDArray[np.int32]) -> NDArray[np.int32]:
    """The same messages with all padding in front ("pre") or at the end.

    Shapes: (n, T).
    """
    return words_last(ids) if side == "pre" else words_first(ids)


def words_last(ids: NDArray[np.int32]) -> NDArray[np.int32]:
    """The same messages with all padding in front.

    Shapes: (n, T).
    """
    return np.take_along_axis(ids, np.argsort(ids != 0, axis=1, kind="stable"), axis=1)


def squash(log_odds: NDArray[np.floating]) -> NDArray[np.float64]:
    """Numbers from 0 to 1 in the order of the log-odds, 0.5 where they are 0; they are not probabilities.

    Naive Bayes takes words for independent, so its log-odds grow with the length of a message: above 37 the logistic
    function is 1 in double precision, and all such messages would tie.

    Shapes: (n,).
    """
    return 0.5 + np.arctan(np.arcsinh(log_odds.astype(np.float64))) / np.pi
