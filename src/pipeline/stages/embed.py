"""The embedding table that a model starts from."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from pipeline.artifacts import Embedding, Resource, Split, Texts, Tokens
from pipeline.data.sources import Library, Source
from pipeline.errors import UserError
from pipeline.ranges import Count
from pipeline.text.stem import Stemming, stemmer
from pipeline.text.vectors import (
    NUMBERBATCH_PREFIX,
    VectorTable,
    commonest_missing,
    corpus_vectors,
    coverage,
    fill_missing,
    numberbatch_term,
    read_stem_vectors,
    read_vectors,
)

Vectors = Literal["learned", "corpus", "glove", "numberbatch"]
Stems = Literal["match", "mean"]

GLOVE_WIDTHS = (50, 100)
MISSING_KEPT = 1000
INITIAL_RANGE = 0.05  # learned vectors start uniform in +-0.05, as Keras's Embedding layer does


def locate_vectors(
    library: Library, *, vectors: Vectors, dim: Count, path: str | None, source: Source | None
) -> Resource:
    """Find the vector file, where one is asked for.

    Raises:
        UserError: a file is given that nothing would read, or GloVe has no vectors of that width.
    """
    if source is None:
        if path is not None:
            raise UserError(
                f"embedding.path = {path!r} would not be read: embedding={vectors} makes its own vectors.",
                expected="a path for vectors that are read from a file",
                remedy="Choose embedding=glove or embedding=numberbatch with it, or leave it out.",
            )
        return Resource(None, stand_in=False)
    if vectors == "glove" and path is None and dim not in GLOVE_WIDTHS:
        raise UserError(
            f"embedding.dim = {dim}: GloVe has no vectors of that width here.",
            expected=f"one of {', '.join(map(str, GLOVE_WIDTHS))}",
            remedy="Set embedding.dim to one of them, or name a file of your own with embedding.path.",
        )
    located = library.find(source, path)
    return Resource(located, stand_in=located is None)


def embed_tokens(
    texts: Texts,
    split: Split,
    tokens: Tokens,
    file: Resource,
    *,
    vectors: Vectors,
    dim: Count,
    trainable: bool,
    connected: bool,
    oov: Literal["zeros", "mean", "random"],
    stems: Stems,
    stemming: Stemming,
    window: Count,
    word2vec_epochs: Count,
    min_count: Count,
    seed: int,
) -> Embedding:
    """Vectors for the vocabulary: read from a file, trained on the training part, or random to be learned.

    `dim` is the width D. Words without a vector get one by the policy `oov`. `connected=False` reads and reports the
    vectors but hands over a table to be learned, as published work did. Where the file could not be had, vectors
    trained on the training part stand in for it.

    A file lists words, so that most stems miss it. Where the texts are stemmed by `stemming`, `stems="mean"` gives a
    stem the mean vector of all words of the file that have it, weighted by 1 / rank in GloVe, which lists frequent
    words first, and equally in Numberbatch, which is in the order of the alphabet; "match" looks the stem itself up, a
    published fault. Vectors trained on the training part are those of its stems, and need neither.

    Source: T. Mikolov et al. 2013 (corpus); J. Pennington et al. 2014 (GloVe); R. Speer et al. 2017 (Numberbatch).
    """
    learned = np.random.default_rng(seed).uniform(-INITIAL_RANGE, INITIAL_RANGE, (tokens.num_rows, dim))
    rarity = inverse_document_frequency(tokens.ids[split.train], tokens.num_rows)
    if vectors == "learned":
        return Embedding(learned.astype(np.float32), trainable, vectors, False, True, *_nothing_to_cover(), rarity)
    if file.located:
        table = _file_vectors(
            file.located.path, tokens.vocabulary, vectors, dim, "none" if stems == "match" else stemming
        )
    else:
        words = texts.table["text"].to_numpy()[split.train]
        sentences = [text.split(" ") for text in words]
        table = corpus_vectors(
            sentences, tokens.vocabulary, dim=dim, epochs=word2vec_epochs, window=window, min_count=min_count, seed=seed
        )
    matrix = fill_missing(table.matrix, table.found, policy=oov, seed=seed)[: tokens.num_rows]
    return Embedding(
        matrix=matrix if connected else learned.astype(np.float32),
        trainable=trainable,
        source=vectors,
        stand_in=file.stand_in,
        connected=connected,
        coverage=coverage(tokens.counts, table.found, tokens.num_reserved),
        missing=commonest_missing(tokens.vocabulary, tokens.counts, table.found, MISSING_KEPT, tokens.num_reserved),
        rarity=rarity,
    )


def inverse_document_frequency(ids: NDArray[np.int32], num_rows: int) -> NDArray[np.float32]:
    """Of each index: 1 + log((1 + n) / (1 + number of texts that hold it)), smoothed as in scikit-learn.

    Shapes: ids (n, T); returns (num_rows,).
    """
    ranked = np.sort(ids, axis=1)
    first = np.ones(ranked.shape, bool)
    first[:, 1:] = ranked[:, 1:] != ranked[:, :-1]
    held_by = np.bincount(ranked[first], minlength=num_rows)
    return (1 + np.log((1 + len(ids)) / (1 + held_by))).astype(np.float32)


def _file_vectors(path: Path, words: list[str], vectors: Vectors, dim: int, stemming: Stemming) -> VectorTable:
    is_numberbatch = vectors == "numberbatch"
    written = {"normalise": numberbatch_term, "prefix": NUMBERBATCH_PREFIX} if is_numberbatch else {}
    if stemming == "none":
        return read_vectors(path, words, dim, **written)
    return read_stem_vectors(path, words, dim, stem=stemmer(stemming), by_rank=not is_numberbatch, **written)


def _nothing_to_cover() -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.DataFrame(columns=["group", "tokens_percent", "kinds_percent"]), pd.DataFrame(columns=["word", "count"])
