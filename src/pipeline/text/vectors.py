"""Word vectors of a vocabulary: read from a file or trained on the corpus, completed, and how much they cover.

Shapes: V words of the vocabulary, D vector width.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.errors import UserError
from pipeline.text.vector_files import VectorFile

# Multilingual Numberbatch lists "/c/en/word" where the English file lists "word".
NUMBERBATCH_PREFIX = "/c/en/"

_ANY_BYTES = "surrogateescape"  # a term that is not UTF-8 is carried along, and matches nothing
_DIGIT = re.compile("[0-9]")
_TWO_DIGITS = re.compile("[0-9]{2}")


@dataclass(frozen=True)
class VectorTable:
    """Vectors of the words of a vocabulary.

    Attributes:
        found: (V,) whether the word has a vector.
        matrix: (V, D) the vectors, zeros where there is none.
    """

    found: NDArray[np.bool_]
    matrix: NDArray[np.float32]


def numberbatch_term(word: str) -> str:
    """The term under which ConceptNet Numberbatch lists a word: "1999" is "####", "4u" stays "4u".

    Source: `replace_numbers` of `text_to_uri.py` in commonsense/conceptnet-numberbatch: a term with two digits in a row
        has all of its digits replaced, single ones too.
    """
    return _DIGIT.sub("#", word) if _TWO_DIGITS.search(word) else word


def read_vectors(
    path: Path, words: Sequence[str], dim: int, *, normalise: Callable[[str], str] = str, prefix: str = ""
) -> VectorTable:
    """Read the vectors of some words from a GloVe or word2vec text file, plain or gzipped.

    Args:
        normalise: from a word to how the file writes it: `numberbatch_term` for Numberbatch.
        prefix: taken off the words of the file that have it: `NUMBERBATCH_PREFIX` for Numberbatch. In a multilingual
            file the words of other languages keep theirs, and so match nothing.

    Raises:
        UserError: the file is empty, cut off or malformed, its vectors are not `dim` wide, or it lists a word of the
            vocabulary twice.
    """
    table = VectorTable(np.zeros(len(words), dtype=bool), np.zeros((len(words), dim), dtype=np.float32))
    for _, rows, vector in _lines_of(path, words, dim, normalise, prefix, str):
        table.matrix[rows] = vector
        table.found[rows] = True
    return table


def read_stem_vectors(
    path: Path,
    stems: Sequence[str],
    dim: int,
    *,
    stem: Callable[[str], str],
    by_rank: bool,
    normalise: Callable[[str], str] = str,
    prefix: str = "",
) -> VectorTable:
    """Give some stems the mean of the vectors that a file has for the words with that stem.

    A word that is its own stem is one of them; a stem that is no word needs none: "messag" has "message", "messages".

    Args:
        stem: from a word of the file to its stem.
        by_rank: weigh a word by 1 / its place in the file, as Zipf's law has it of a file that lists frequent words
            first; otherwise all words of a stem weigh the same.
        normalise: as for `read_vectors`, and so is `prefix`.

    Raises:
        UserError: as `read_vectors` does.
    """
    total = np.zeros((len(stems), dim))
    weights = np.zeros(len(stems))
    for rank, rows, vector in _lines_of(path, stems, dim, normalise, prefix, stem):
        weight = 1 / rank if by_rank else 1.0
        total[rows] += weight * vector.astype(np.float64)
        weights[rows] += weight
    found = weights > 0
    total[found] /= weights[found, None]
    return VectorTable(found, total.astype(np.float32))


def corpus_vectors(
    sentences: Sequence[list[str]],
    words: Sequence[str],
    *,
    dim: int,
    epochs: int,
    window: int,
    min_count: int,
    seed: int,
) -> VectorTable:
    """Train skip-gram Word2Vec on sentences; the same seed gives the same vectors in every process.

    Raises:
        UserError: no word occurs `min_count` times.

    Source: T. Mikolov et al., "Distributed representations of words and phrases and their compositionality", 2013.
    """
    occurrences = Counter(chain.from_iterable(sentences))
    commonest = max(occurrences.values(), default=0)
    if commonest < min_count:
        raise UserError(
            f"The commonest word of the {len(sentences)} texts to learn vectors from occurs {commonest} times.",
            expected=f"words that occur at least {min_count} times, as embedding.min_count says",
            remedy=f"Use more training texts, or set embedding.min_count={max(commonest, 1)} or less.",
        )
    from gensim.models import Word2Vec

    model = Word2Vec(
        sentences=sentences,
        vector_size=dim,
        epochs=epochs,
        window=window,
        min_count=min_count,
        sg=1,
        seed=seed,
        workers=1,  # threads would race for the weights
        hashfxn=_stable_hash,  # the default is the built-in hash, which differs between processes
    )
    index = np.array([model.wv.get_index(word, default=-1) for word in words], dtype=np.int64)
    found = index >= 0
    matrix = np.zeros((len(words), dim), dtype=np.float32)
    matrix[found] = model.wv.vectors[index[found]]
    return VectorTable(found, matrix)


def fill_missing(
    matrix: NDArray[np.float32],
    found: NDArray[np.bool_],
    *,
    policy: Literal["zeros", "mean", "random"],
    seed: int,
) -> NDArray[np.float32]:
    """Give the words without a vector one; the padding row stays zero.

    Args:
        policy: "zeros"; "mean" of the found vectors; "random" draws each from a normal distribution around zero with
            the standard deviation that the found vectors have in that column.

    Raises:
        UserError: no word has a vector, so that there is nothing to fill in from.

    Shapes:
        matrix: (V, D); found: (V,); returns: (V, D), a copy.
    """
    filled = np.where(found[:, None], matrix, np.float32(0))
    missing = 1 + np.flatnonzero(~found[1:])  # row 0 is padding
    if policy == "zeros" or not len(missing):
        return filled
    if not found.any():
        raise UserError(
            f"None of the {len(missing)} words of the vocabulary has a vector.",
            expected=f"vectors for some of them, to fill in the others by embedding.oov={policy}",
            remedy="Set embedding.path to vectors in the language of the corpus, or embedding.vectors=learned.",
        )
    vectors = matrix[found]
    if policy == "mean":
        filled[missing] = vectors.mean(axis=0)
    else:
        shape = (len(missing), matrix.shape[1])
        filled[missing] = np.random.default_rng(seed).normal(0.0, vectors.std(axis=0), shape)
    return filled


def coverage(counts: NDArray[np.int64], found: NDArray[np.bool_], reserved: int = 2) -> pd.DataFrame:
    """Share of tokens and of distinct words that have a vector, in percent; NaN for a class without words.

    Args:
        reserved: entries at the start of the vocabulary that are no words: padding and unknown.

    Shapes:
        counts: (V, 2) occurrences in the negative and the positive class; found: (V,).
        returns: columns `group` ("all", "negative", "positive"), `tokens_percent`, `kinds_percent`.
    """
    occurrences = {"all": counts.sum(axis=1), "negative": counts[:, 0], "positive": counts[:, 1]}
    rows = [
        (group, _percent(of[reserved:], found[reserved:]), _percent(of[reserved:] > 0, found[reserved:]))
        for group, of in occurrences.items()
    ]
    return pd.DataFrame(rows, columns=["group", "tokens_percent", "kinds_percent"])


def commonest_missing(
    words: Sequence[str],
    counts: NDArray[np.int64],
    found: NDArray[np.bool_],
    limit: int,
    reserved: int = 2,
) -> pd.DataFrame:
    """The commonest words that have no vector, most frequent first, ties in the order of the vocabulary.

    Shapes:
        counts: (V, 2) occurrences by class; found: (V,).
        returns: columns `word`, `count`; at most `limit` rows.
    """
    total = counts.sum(axis=1)
    missing = np.flatnonzero(~found & (total > 0))
    missing = missing[missing >= reserved]
    missing = missing[np.argsort(-total[missing], kind="stable")][:limit]
    return pd.DataFrame({"word": [words[row] for row in missing], "count": total[missing]})


def _lines_of(
    path: Path, words: Sequence[str], dim: int, normalise: Callable[[str], str], prefix: str, stem: Callable[[str], str]
) -> Iterator[tuple[int, list[int], NDArray[np.float32]]]:
    """Of every line whose word has its stem among `words`: its rank in the file, the rows of `words`, the vector."""
    rows_of: defaultdict[bytes, list[int]] = defaultdict(list)
    for row, word in enumerate(words):
        if word:  # padding is no word
            rows_of[normalise(word).encode("utf-8")].append(row)
    file = VectorFile(path, dim)
    marker = prefix.encode("utf-8")
    line_of: dict[bytes, int] = {}
    for rank, (number, line) in enumerate(file.lines(), start=1):
        term, _, numbers = line.partition(b" ")
        term = term.removeprefix(marker)
        key = term if stem is str else stem(term.decode("utf-8", _ANY_BYTES)).encode("utf-8", _ANY_BYTES)
        if key not in rows_of:
            continue
        if term in line_of:
            raise file.duplicate(term.decode("utf-8", _ANY_BYTES), line_of[term], number)
        line_of[term] = number
        yield rank, rows_of[key], file.parse(number, numbers)


def _percent(weights: NDArray[np.int64] | NDArray[np.bool_], found: NDArray[np.bool_]) -> float:
    total = weights.sum()
    return 100.0 * float(weights[found].sum() / total) if total else float("nan")


def _stable_hash(word: str) -> int:
    return zlib.crc32(word.encode("utf-8"))
