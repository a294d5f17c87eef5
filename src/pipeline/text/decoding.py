"""From vectors back to words.

Shapes: n messages, T words of a message, V words of the vocabulary, D vector width, B messages at a time, K words that
can be written.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.text.bigrams import START, Bigrams

BLOCK = 128  # messages written at a time: their scores of 20,000 words take 10 MB, which stay near the processor


def write_words(
    vectors: NDArray[np.float32],
    lengths: NDArray[np.integer],
    uniforms: NDArray[np.floating],
    table: NDArray[np.float32],
    allowed: NDArray[np.bool_],
    *,
    temperature: float,
    bigrams: Bigrams | None,
    bigram_weight: float,
) -> NDArray[np.int32]:
    """Write each message word by word, from the vector at each place; padded with 0 at the end.

    A word's score is the cosine of its vector and that at its place, divided by the temperature, plus bigram_weight *
    log p(word | word before it); its chance is the softmax of the scores over all allowed words. At temperature 0
    nothing is drawn: the score is cosine + bigram_weight * log p, and the word with the highest is taken, the lower
    index of two that are equal: without bigrams, the nearest word. A vector of zeros has cosine 0 with everything.

    The words of a message depend on its own row alone, whatever other messages there are.

    Args:
        vectors: (n, T, D); those beyond the length of a message are not looked at.
        lengths: (n,), at most T.
        uniforms: (n, T) in [0, 1).
        table: (V, D) vectors of the words.
        allowed: (V,) words that can be written.
        temperature: what cosines are divided by.
        bigrams: which word follows which.
        bigram_weight: weight of the bigrams.

    Returns:
        (n, T) indices of words.
    """
    assert bigrams is not None or bigram_weight == 0
    assert allowed.any(), "no word is allowed"
    words = np.flatnonzero(allowed).astype(np.int32)
    directions = _unit(table[words]).T / np.float32(temperature or 1)
    ids = np.zeros(vectors.shape[:2], np.int32)
    order = np.argsort(-lengths, kind="stable")  # alike in length, so that few rows of a block have ended
    for start in range(0, len(order), BLOCK):
        rows = order[start : start + BLOCK]
        for step in range(int(lengths[rows[0]])):
            open_ = rows[lengths[rows] > step]
            scores = _multiply(_unit(vectors[open_, step]), directions)
            if bigrams is not None and bigram_weight:
                previous = ids[open_, step - 1] if step else np.full(len(open_), START)
                scores += np.float32(bigram_weight) * bigrams.log_chances(previous, words)
            taken = _draw(scores, uniforms[open_, step]) if temperature else scores.argmax(axis=1)
            ids[open_, step] = words[taken]
    return ids


def to_texts(ids: NDArray[np.int32], vocabulary: Sequence[str]) -> list[str]:
    """The words of each message with a blank between, padding left out.

    Shapes: ids (n, T).
    """
    words = np.array(vocabulary, dtype=object)
    return [" ".join(words[row[row != 0]]) for row in ids]


def copies(texts: Sequence[str], training_texts: Sequence[str]) -> NDArray[np.int64]:
    """The position of the first training text with the same words in the same order, -1 where there is none.

    Shapes: result (number of texts,).
    """
    first: dict[str, int] = {}
    for position, text in enumerate(training_texts):
        first.setdefault(" ".join(text.split()), position)
    return np.array([first.get(" ".join(text.split()), -1) for text in texts], np.int64)


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """The vectors at length 1; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, lengths, out=np.zeros(vectors.shape, np.float32), where=lengths > 0)


def _multiply(vectors: NDArray[np.float32], directions: NDArray[np.float32]) -> NDArray[np.float32]:
    """The product (B, D) x (D, K), always of one shape: with fewer rows it might be rounded otherwise."""
    whole = np.zeros((BLOCK, vectors.shape[1]), np.float32)
    whole[: len(vectors)] = vectors
    return (whole @ directions)[: len(vectors)]


def _draw(scores: NDArray[np.float32], uniforms: NDArray[np.floating]) -> NDArray[np.intp]:
    """Of each row a column, with the softmax of the scores as chances: the inverse of their running sum.

    Shapes: scores (n, k), uniforms (n,), result (n,).
    """
    reached = np.exp(scores - scores.max(axis=1, keepdims=True)).cumsum(axis=1, dtype=np.float64)
    below = reached <= uniforms[:, None] * reached[:, -1:]
    return np.minimum(below.sum(axis=1), scores.shape[1] - 1)  # rounding may leave no sum above a uniform near 1
