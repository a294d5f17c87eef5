"""Runs of words, numbered so that equal ones have equal numbers.

Shapes: n messages, T words.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

NONE = -1  # where no run of that many words starts

Ids = NDArray[np.int32]


def number_ngrams(ids: Ids, size: int) -> NDArray[np.int64]:
    """Of each word of each message the number of the n-gram that it begins; -1 at the end, where none fits.

    Numbers are exact, no hashes: long n-grams are pairs of shorter ones, numbered in turn. Only numbers from one call
    can be compared. Words left and right of a 0 are neighbours: an unknown word is left out as if the vocabulary did
    not reserve it.

    Shapes: ids (n, T), 0 = padding anywhere; result (n, T), padding at the end.
    """
    padded_last = np.argsort(ids == 0, axis=1, kind="stable")
    words = np.take_along_axis(ids, padded_last, axis=1).astype(np.int64)
    return _number(np.where(words == 0, NONE, words), size)


def stack(first: Ids, second: Ids) -> Ids:
    """Both sets of messages, the first before the second, padded at the end to the width of the wider.

    Shapes: first (n, T), second (m, T'), result (n + m, the greater of T and T').
    """
    stacked = np.zeros((len(first) + len(second), max(first.shape[1], second.shape[1])), np.int32)
    stacked[: len(first), : first.shape[1]] = first
    stacked[len(first) :, : second.shape[1]] = second
    return stacked


def _number(words: NDArray[np.int64], size: int) -> NDArray[np.int64]:
    if size == 1:
        return words
    left = _number(words, size - size // 2)
    right = np.full_like(left, NONE)
    right[:, : max(0, left.shape[1] - size + size // 2)] = _number(words, size // 2)[:, size - size // 2 :]
    fits = (left != NONE) & (right != NONE)
    numbers = np.full_like(left, NONE)
    pairs = left[fits] * (right.max(initial=0) + 1) + right[fits]
    numbers[fits] = np.unique(pairs, return_inverse=True)[1]
    return numbers
