"""What a model reads.

Shapes: N rows of the corpus, T time steps, V rows of the embedding table, D vector width.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import NDArray


@dataclass(frozen=True)
class Tokens:
    """Word indices of every row of the corpus.

    Attributes:
        ids: (N, T) int32, 0 = padding; at least one entry of a row is not padding.
        lengths: (N,) int32, words of the cleaned text before truncation.
        vocabulary: the word of each index, most frequent first after the reserved ones; "" is padding, "[UNK]" stands
            for words that the vocabulary lacks.
        counts: (len(vocabulary), 2) int64, occurrences in the training part, negative and positive class.
        num_reserved: leading entries of the vocabulary that are no words.
        num_rows: rows V that the embedding table must have.
        unknown_percent: share of tokens without an index, in percent, by part: "train", "validation", "test".
        padding: the side that is padded, "pre" or "post".
    """

    ids: NDArray[np.int32]
    lengths: NDArray[np.int32]
    vocabulary: list[str]
    counts: NDArray[np.int64]
    num_reserved: int
    num_rows: int
    unknown_percent: dict[str, float]
    padding: Literal["pre", "post"]


@dataclass(frozen=True)
class Embedding:
    """The embedding table that a model starts from.

    Attributes:
        matrix: (V, D) float32.
        trainable: whether training may change it.
        source: "learned", "glove", "numberbatch", "corpus".
        stand_in: whether corpus vectors stand in for a file that could not be had.
        connected: whether the model uses it (the published "GloVe" layers were never connected).
        coverage: columns `group` (class name key "all", "negative", "positive"), `tokens_percent`, `kinds_percent`:
            share of tokens and of distinct words of the training rows that have a vector. Empty for learned vectors.
        missing: columns `word`, `count`: the commonest words without a vector, most frequent first.
        rarity: (V,) inverse document frequency of each row in the training part, its messages cut to T.
    """

    matrix: NDArray[np.float32]
    trainable: bool
    source: str
    stand_in: bool
    connected: bool
    coverage: pd.DataFrame
    missing: pd.DataFrame
    rarity: NDArray[np.float32]
