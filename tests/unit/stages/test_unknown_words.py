"""Words that the vocabulary lacks say nothing to any judge of synthetic messages."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Embedding, Split, Tokens
from pipeline.artifacts.synthesis import Synthetic
from pipeline.evaluation.synthetic.messages import mean_vectors
from pipeline.stages.augmentation import augment
from pipeline.stages.evaluators import evaluate_naive_bayes
from pipeline.stages.scorecard import score_synthetic
from vae_samples import LENGTH, RESERVED, parts

UNKNOWN, MORE = 1, 4


def given(*, unknown: bool) -> tuple[Split, Tokens, Embedding]:
    """The messages, with or without unknown words among the others; these have a vector."""
    split, tokens, embedding = parts()
    matrix = embedding.matrix.copy()
    matrix[UNKNOWN] = 5
    random = np.random.default_rng(6)
    ids = np.zeros((len(tokens.ids), tokens.ids.shape[1] + MORE), np.int32)
    for row, message in zip(ids, tokens.ids, strict=True):
        words = message[message != 0]
        said = np.insert(words, random.integers(0, len(words) + 1, MORE), UNKNOWN) if unknown else words
        row[: len(said)] = said
    return split, replace(tokens, ids=ids), replace(embedding, matrix=matrix)


def synthetic(embedding: Embedding) -> Synthetic:
    """Messages of known words."""
    random = np.random.default_rng(7)
    ids = random.integers(RESERVED, len(embedding.matrix), (40, LENGTH + MORE)).astype(np.int32)
    ids[:, 3:] *= random.random((40, 1)) < 0.5
    table = pd.DataFrame({"label": (np.arange(40) % 2).astype(np.int8)})
    means = mean_vectors(ids, embedding.matrix)
    return Synthetic(table, ids, embedding.matrix[ids[ids != 0]].astype(np.float16), means)


def test_unknown_words_are_there() -> None:
    (_, plain, _), (_, told, _) = given(unknown=False), given(unknown=True)
    assert not (plain.ids == UNKNOWN).any()
    assert ((told.ids == UNKNOWN).sum(axis=1) == MORE).all()


@pytest.mark.parametrize("vectors", ["mean", "flattened"])
def test_they_change_no_score_of_naive_bayes(vectors: Any) -> None:
    plain, told = (
        evaluate_naive_bayes(*one, synthetic(one[2]), vectors=vectors, resamples=100, seed=1).table
        for one in (given(unknown=False), given(unknown=True))
    )
    pd.testing.assert_frame_equal(told, plain)


def test_they_change_no_score_of_the_scorecard() -> None:
    plain, told = (
        score_synthetic(*one, synthetic(one[2]), draws=2, seed=1) for one in (given(unknown=False), given(unknown=True))
    )
    pd.testing.assert_frame_equal(told.table, plain.table)


def test_they_change_no_score_of_augmentation() -> None:
    def judge(split: Split, tokens: Tokens, embedding: Embedding) -> pd.DataFrame:
        made = synthetic(embedding)
        positive = np.flatnonzero(made.table["label"] == 1)

        def generate(_: Any, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
            chosen = np.random.default_rng(seed).choice(positive, count)
            return made.ids[chosen], made.means[chosen]

        table = augment(split, tokens, embedding, generate, percents=[60], repeats=1, resamples=100, seed=1).table
        table = table[table["method"] != "word_dropout"]  # which words are dropped depends on where they stand
        return table.drop(columns=[name for name in table if "word_dropout" in str(name)])

    pd.testing.assert_frame_equal(judge(*given(unknown=True)), judge(*given(unknown=False)))
