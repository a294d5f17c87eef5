"""Distinct n-grams of messages: words, pairs of words, and runs of characters, as one vocabulary.

Shapes: N texts, V n-grams.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Rows
from pipeline.counting import count_characters, count_words
from pipeline.errors import UserError

MIN_TEXTS = 2  # an n-gram that only one of the texts holds tells nothing about another text
NUM_RESERVED = 2
UNKNOWN = 1


def index_ngrams(
    texts: Sequence[str], fitted_on: Rows, max_ngrams: int | None
) -> tuple[list[str], NDArray[np.int32], NDArray[np.int64]]:
    """Vocabulary, the indices of the n-grams of all texts one after the other, and how many each text has.

    The vocabulary is "", "[UNK]", then the n-grams that at least two of the texts `fitted_on` hold, the commonest
    first, `max_ngrams` at most. Each n-gram of a text is there once, the rarest first and unknown ones last, so that
    cutting the end of a long text takes what tells least. Texts are lower-cased. "w:" stands before words and pairs,
    "c:" before characters, and a blank inside is written "␣".

    Runs of characters are 1 to 4 long and do not cross words; they hold punctuation, and give a word that was never
    seen the parts that it shares with others.

    Raises:
        UserError: no n-gram is in two texts.
    """
    held, names = _held_ngrams(texts)  # this learns nothing: what is kept comes from `fitted_on` alone
    frequency = np.bincount(held[fitted_on].indices, minlength=held.shape[1])
    known = np.flatnonzero(frequency >= MIN_TEXTS)
    order = known[np.lexsort((names[known], -frequency[known]))][:max_ngrams]
    if not len(order):
        raise UserError(
            f"No n-gram is in {MIN_TEXTS} of the {len(fitted_on):,} messages that the vocabulary is made from.",
            expected="messages that have words or parts of words in common",
            remedy="Use more messages, or preprocess.tokenise.unit=word.",
        )
    index = np.full(held.shape[1], UNKNOWN, np.int32)
    index[order] = NUM_RESERVED + np.arange(len(order), dtype=np.int32)
    lengths = np.diff(held.indptr).astype(np.int64)
    row = np.repeat(np.arange(len(lengths)), lengths)
    flat = index[held.indices]
    flat = flat[np.lexsort((-flat, row))]
    return ["", "[UNK]", *names[order]], flat, lengths


def _held_ngrams(texts: Sequence[str]) -> tuple[Any, NDArray[np.object_]]:
    """The n-grams that each text holds, (N, V) sparse, and their names (V,)."""
    from scipy import sparse

    words, characters = count_words(texts), count_characters(texts)
    names = [f"w:{name}" for name in words.names] + [f"c:{name}" for name in characters.names]
    shown = np.array([name.replace(" ", "␣") for name in names], dtype=object)
    return sparse.hstack([words.counts, characters.counts], format="csr"), shown
