"""The embedding table that a model starts from."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from pipeline.artifacts import Embedding, Resource, Sample, Texts, Tokens
from pipeline.data.sources import Library, Source, given_file
from pipeline.ranges import Count
from pipeline.text.vectors import (
    NUMBERBATCH_PREFIX,
    commonest_missing,
    corpus_vectors,
    coverage,
    fill_missing,
    numberbatch_term,
    read_vectors,
)

MISSING_KEPT = 1000
INITIAL_RANGE = 0.05  # learned vectors start uniform in +-0.05, as Keras's Embedding layer does


def locate_vectors(library: Library, *, path: str | None, source: Source | None) -> Resource:
    """Find the vector file, where one is asked for."""
    if source is None:
        return Resource(given_file(path, ()) if path else None, stand_in=False)
    located = library.find(source, path)
    return Resource(located, stand_in=located is None)


def embed_tokens(
    texts: Texts,
    sample: Sample,
    tokens: Tokens,
    file: Resource,
    *,
    vectors: Literal["learned", "corpus", "glove", "numberbatch"],
    dim: Count,
    trainable: bool,
    connected: bool,
    oov: Literal["zeros", "mean", "random"],
    window: Count,
    word2vec_epochs: Count,
    min_count: Count,
    seed: int,
) -> Embedding:
    """Vectors for the vocabulary: read from a file, trained on the sampled rows, or random to be learned.

    `dim` is the width D. Words without a vector get one by the policy `oov`. `connected=False` reads and reports the
    vectors but hands over a table to be learned, as published work did. Where the file could not be had, vectors
    trained on the sampled rows stand in for it.

    Source: T. Mikolov et al. 2013 (corpus); J. Pennington et al. 2014 (GloVe); R. Speer et al. 2017 (Numberbatch).
    """
    learned = np.random.default_rng(seed).uniform(-INITIAL_RANGE, INITIAL_RANGE, (tokens.num_rows, dim))
    if vectors == "learned":
        return Embedding(learned.astype(np.float32), trainable, vectors, False, True, *_nothing_to_cover())
    if file.located and vectors != "corpus":
        written = {"normalise": numberbatch_term, "prefix": NUMBERBATCH_PREFIX} if vectors == "numberbatch" else {}
        table = read_vectors(file.located.path, tokens.vocabulary, dim, **written)
    else:
        words = texts.table["text"].to_numpy()[sample.rows]
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
    )


def _nothing_to_cover() -> tuple[pd.DataFrame, pd.DataFrame]:
    return pd.DataFrame(columns=["group", "tokens_percent", "kinds_percent"]), pd.DataFrame(columns=["word", "count"])
