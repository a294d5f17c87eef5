"""From messages to the indices of their words or n-grams."""

from __future__ import annotations

from itertools import chain
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Corpus, Rows, Split, Texts, Tokens
from pipeline.ranges import Count
from pipeline.text.ngrams import index_ngrams

UNKNOWN = 1  # index of words that the vocabulary lacks; 0 is padding


def tokenise(
    corpus: Corpus,
    texts: Texts,
    split: Split,
    *,
    unit: Literal["word", "ngram"],
    fit_on: Literal["train", "all"],
    max_words: Count | None,
    max_length: Count,
    padding: Literal["post", "pre"],
    reserve_unknown: bool,
    row_for_last_word: bool,
) -> Tokens:
    """Index words by frequency in the texts that are fitted on, cut and pad every text to `max_length`.

    `unit`: "word" takes the words of the cleaned text; "ngram" takes each n-gram of the message as it came, once, so
    that punctuation counts: see `index_ngrams`. "Word" below is then an n-gram.
    `fit_on`: "train" is the training part, before undersampling; "all" is every message, test included (a published
    fault). `max_words` bounds the vocabulary. `padding` is the side that is padded and cut. `reserve_unknown=False`
    leaves words outside the vocabulary out. `row_for_last_word=False` makes the embedding table one row too short, so
    that the rarest word reads as padding (a published fault).

    Source: Keras's TextVectorization, of which these are the vocabulary and the indices.
    """
    fitted_on = split.train if fit_on == "train" else np.arange(len(split.labels))
    if unit == "ngram":
        vocabulary, flat, lengths = index_ngrams(corpus.table["text"].tolist(), fitted_on, max_words)
    else:
        vocabulary, flat, lengths = _index(texts.table["text"].tolist(), fitted_on, max_words)
    unknown = _unknown_percent(flat, lengths, split)
    counts = _counts(flat, lengths, split.labels, split.train, len(vocabulary))
    if not reserve_unknown:
        flat, lengths, vocabulary, counts = _without_unknown(flat, lengths, vocabulary, counts)
    num_rows = len(vocabulary)
    if not row_for_last_word:
        num_rows -= 1
        flat = np.where(flat == num_rows, 0, flat)
    ids = _pad(flat, lengths, max_length, padding)
    return Tokens(
        ids=ids,
        lengths=lengths.astype(np.int32),
        vocabulary=vocabulary,
        counts=counts,
        num_reserved=2 if reserve_unknown else 1,
        num_rows=num_rows,
        unknown_percent=unknown,
        padding=padding,
    )


def _index(
    texts: list[str], fitted_on: Rows, max_words: int | None
) -> tuple[list[str], NDArray[np.int32], NDArray[np.int64]]:
    """Vocabulary, the indices of all words of all texts one after the other, and the words of each text.

    Of words that are equally common the last in the alphabet comes first.
    """
    words = [text.encode().split() for text in texts]  # bytes, for these are split at ASCII blanks alone
    lengths = np.fromiter(map(len, words), np.int64, len(words))
    kind_of, kinds = pd.factorize(np.fromiter(chain.from_iterable(words), object, lengths.sum()))
    is_fitted_on = np.zeros(len(words), bool)
    is_fitted_on[fitted_on] = True
    counts = np.bincount(kind_of[is_fitted_on[_row_of(lengths)]], minlength=len(kinds))
    counts[kinds == b"[UNK]"] = 0  # a message may hold it
    ranked = np.lexsort((kinds, counts))[::-1]
    ranked = ranked[: np.count_nonzero(counts)][:max_words]
    index = np.full(len(kinds), UNKNOWN, np.int32)
    index[ranked] = np.arange(2, 2 + len(ranked))
    return ["", "[UNK]", *(kind.decode() for kind in kinds[ranked])], index[kind_of], lengths


def _unknown_percent(flat: NDArray[np.int32], lengths: NDArray[np.int64], split: Split) -> dict[str, float]:
    missing = np.bincount(_row_of(lengths), weights=flat == UNKNOWN, minlength=len(lengths))
    parts = {"train": split.train, "validation": split.validation, "test": split.test}
    return {name: 100 * missing[rows].sum() / max(1, lengths[rows].sum()) for name, rows in parts.items()}


def _counts(
    flat: NDArray[np.int32], lengths: NDArray[np.int64], labels: NDArray[np.int8], rows: Rows, size: int
) -> NDArray[np.int64]:
    """Occurrences of each word in `rows`, (size, 2) by class."""
    row_of = _row_of(lengths)
    fitted = np.zeros(len(lengths), bool)
    fitted[rows] = True
    by_class = [np.bincount(flat[fitted[row_of] & (labels[row_of] == label)], minlength=size) for label in (0, 1)]
    return np.stack(by_class, axis=1)


def _without_unknown(
    flat: NDArray[np.int32], lengths: NDArray[np.int64], vocabulary: list[str], counts: NDArray[np.int64]
) -> tuple[NDArray[np.int32], NDArray[np.int64], list[str], NDArray[np.int64]]:
    """The same without index 1: unknown words are left out and the first word gets index 1."""
    known = flat != UNKNOWN
    lengths = np.bincount(_row_of(lengths)[known], minlength=len(lengths))
    return flat[known] - 1, lengths, ["", *vocabulary[2:]], np.delete(counts, UNKNOWN, axis=0)


def _pad(
    flat: NDArray[np.int32], lengths: NDArray[np.int64], max_length: int, padding: Literal["post", "pre"]
) -> NDArray[np.int32]:
    """(N, max_length) indices, cut and padded on the side of `padding`; a text without a word is one unknown word."""
    row = _row_of(lengths)
    column = np.arange(len(flat)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
    if padding == "pre":
        column += max_length - lengths[row]
    kept = (column >= 0) & (column < max_length)
    ids = np.zeros((len(lengths), max_length), np.int32)
    ids[row[kept], column[kept]] = flat[kept]
    ids[~ids.any(axis=1), 0 if padding == "post" else -1] = UNKNOWN
    return ids


def _row_of(lengths: NDArray[np.int64]) -> Rows:
    return np.repeat(np.arange(len(lengths)), lengths)
