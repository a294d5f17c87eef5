"""From vectors back to words: the words whose vectors are nearest, and which of those to write.

Shapes: n messages or vectors, T words of a message, V words of the vocabulary, D vector width, k candidates.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from pipeline.text.bigrams import START, Bigrams

BLOCK_ROWS = 512  # vectors compared at a time: 40 MB of cosines with 20,000 words
GROUP = 128  # words whose largest cosine is looked at first


def nearest_words(
    vectors: NDArray[np.float32],
    table: NDArray[np.float32],
    allowed: NDArray[np.bool_],
    count: int,
    *,
    handicaps: NDArray[np.float32] | None = None,
    block_rows: int = BLOCK_ROWS,
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """The allowed words with the highest cosine to each vector, and the cosines, best first.

    With `handicaps` the best are those with the highest cosine less the word's handicap. Of equal ones the word with
    the lower index comes first. A vector of zeros has cosine 0 with everything. Fewer than `count` are given where
    fewer are allowed.

    Shapes: vectors (n, D), table (V, D), allowed and handicaps (V,), results (n, k).
    """
    kept = np.flatnonzero(allowed).astype(np.int32)
    assert len(kept), "no word is allowed"
    assert np.isfinite(vectors).all()
    assert count > 0
    count = min(count, len(kept))
    directions = np.zeros((-(-len(kept) // GROUP) * GROUP, table.shape[1]), np.float32)
    directions[: len(kept)] = _unit(table[kept])
    costs = np.zeros(len(directions), np.float32)
    if handicaps is not None:
        costs[: len(kept)] = handicaps[kept]
    columns = np.empty((len(vectors), count), np.int64)
    cosines = np.empty((len(vectors), count), np.float32)
    for start in range(0, len(vectors), block_rows):
        rows = slice(start, min(start + block_rows, len(vectors)))
        block = np.zeros(
            (block_rows, vectors.shape[1]), np.float32
        )  # of one shape, lest the last block round otherwise
        block[: rows.stop - start] = _unit(vectors[rows])
        found = (block @ directions.T)[: rows.stop - start]
        ranked = found - costs
        ranked[:, len(kept) :] = -np.inf
        columns[rows] = _largest_of_many(ranked, count)
        cosines[rows] = np.take_along_axis(found, columns[rows], axis=1)
    return kept[columns], cosines


def choose_words(
    candidates: NDArray[np.int32],
    cosines: NDArray[np.float32],
    lengths: NDArray[np.integer],
    uniforms: NDArray[np.floating] | None,
    *,
    temperature: float,
    bigrams: Bigrams | None,
    bigram_weight: float,
) -> NDArray[np.int32]:
    """Write each message word by word, from the candidates at each place; padded with 0 at the end.

    A candidate's score is cosine / temperature + bigram_weight * log p(candidate | word before it), and its chance the
    softmax of the scores. Without `uniforms` nothing is drawn: the candidate with the highest score is taken, the
    earlier one of two that are equal. So it is at temperature 0, where the score is cosine + bigram_weight * log p. The
    words of a message depend on its own rows alone, whatever other messages there are.

    Shapes: candidates, cosines (n, T, k); lengths (n,), at most T; uniforms (n, T) in [0, 1); result (n, T).
    """
    assert bigrams is not None or bigram_weight == 0
    num_messages, num_steps, _ = candidates.shape
    ids = np.zeros((num_messages, num_steps), np.int32)
    longest = int(lengths.max(initial=0))
    assert longest <= num_steps
    for step in range(longest):
        rows = np.flatnonzero(lengths > step)
        offered = candidates[rows, step]
        scores = cosines[rows, step].astype(np.float64) / (temperature or 1)
        if bigrams is not None and bigram_weight:
            previous = ids[rows, step - 1] if step else np.full(len(rows), START)
            scores += bigram_weight * bigrams.log_probability(previous, offered)
        taken = scores.argmax(axis=1) if uniforms is None or temperature == 0 else _draw(scores, uniforms[rows, step])
        ids[rows, step] = offered[np.arange(len(rows)), taken]
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


def _draw(scores: NDArray[np.float64], uniforms: NDArray[np.floating]) -> NDArray[np.intp]:
    """Of each row a column, with the softmax of the scores as chances: the inverse of their running sum.

    Shapes: scores (n, k), uniforms (n,), result (n,).
    """
    reached = np.exp(scores - scores.max(axis=1, keepdims=True)).cumsum(axis=1)
    below = reached <= uniforms[:, None] * reached[:, -1:]
    return np.minimum(below.sum(axis=1), scores.shape[1] - 1)  # rounding may leave no sum above a uniform near 1


def _largest_of_many(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The columns of the largest values of each row, largest first, the lower column first where they are equal.

    The `count` largest are within the `count` groups of columns whose maxima are largest: outside of them a value has
    at least `count` others before it. A maximum takes a tenth of the time of a partition.

    Shapes: values (n, a multiple of GROUP), result (n, count).
    """
    groups = values.reshape(len(values), -1, GROUP)
    leading = np.sort(_largest(groups.max(axis=2), min(count, groups.shape[1])), axis=1)
    pool = np.take_along_axis(groups, leading[:, :, None], axis=1).reshape(len(values), -1)
    group, place = np.divmod(_largest(pool, count), GROUP)
    return np.take_along_axis(leading, group, axis=1) * GROUP + place


def _largest(values: NDArray[np.float32], count: int) -> NDArray[np.int64]:
    """The same for rows of any width, by integers that hold both value and column: no two are equal.

    The bits of a positive float grow with it as those of an integer do; those of a negative one but for the sign fall.
    """
    bits = (values + np.float32(0)).view(np.int32)  # -0 becomes 0
    ordered = np.where(bits < 0, bits ^ np.int32(0x7FFFFFFF), bits).astype(np.int64)
    keys = (-ordered << 32) + np.arange(values.shape[1])
    return np.sort(np.partition(keys, count - 1, axis=1)[:, :count], axis=1) & 0xFFFFFFFF
