"""Real and synthetic messages in the one form that the judges of synthetic text read.

Shapes: n messages, T words, V rows of the embedding table, D vector width.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from pipeline.artifacts import Embedding, Rows, Split, Tokens
from pipeline.artifacts.synthesis import Messages, Synthetic


def real_messages(tokens: Tokens, embedding: Embedding, split: Split, rows: Rows) -> Messages:
    """Some rows of the corpus, each with the mean of its words' vectors.

    Words that the vocabulary lacks are left out: only messages that were not trained on hold them, so that they would
    tell a holdout from generated messages, and weigh in a class by how few words it has.
    """
    ids = np.where(tokens.ids[rows] < tokens.num_reserved, 0, tokens.ids[rows])
    return Messages(ids, split.labels[rows], mean_vectors(ids, embedding.matrix), split.groups[rows])


def synthetic_messages(synthetic: Synthetic, embedding: Embedding) -> Messages:
    """The generated messages, each with the mean of the vectors that the decoder put out.

    Their groups are negative, so that none is a group of real messages.
    """
    assert synthetic.means.shape[1] == embedding.matrix.shape[1]
    return Messages(
        ids=synthetic.ids,
        labels=synthetic.table["label"].to_numpy(np.int8),
        vectors=synthetic.means,
        groups=-1 - np.arange(len(synthetic.ids), dtype=np.int64),
    )


def mean_vectors(ids: NDArray[np.int32], table: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of each message's word vectors, padding left out; zeros for a message without a word.

    Shapes: ids (n, T), table (V, D), result (n, D).
    """
    from scipy import sparse

    lengths = np.count_nonzero(ids, axis=1)
    words = ids[ids != 0]
    edges = np.concatenate([[0], np.cumsum(lengths)])
    held = sparse.csr_array((np.ones(len(words), np.float32), words, edges), shape=(len(ids), len(table)))
    return ((held @ table) / np.maximum(lengths, 1)[:, None]).astype(np.float32)
