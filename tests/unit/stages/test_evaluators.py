from dataclasses import replace
from typing import Any, Literal

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Embedding, Fitted, Split, Tokens
from pipeline.artifacts.synthesis import Evaluators, Synthetic
from pipeline.errors import UserError
from pipeline.evaluation.bags import words_last
from pipeline.models import fitting
from pipeline.models.backend import start_keras
from pipeline.stages.evaluators import evaluate_naive_bayes, evaluate_networks

NUM_WORDS, LENGTH, DIM, N, MADE = 20, 6, 3, 90, 40
PLAIN: dict[str, Any] = {"resamples": 100, "seed": 4}


def write_messages(n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Word indices and labels: the last word of a positive message is 2, that of another one is not."""
    random = np.random.default_rng(seed)
    labels = (np.arange(n) % 3 == 0).astype(np.int8)
    ids = random.integers(3, NUM_WORDS, (n, LENGTH)).astype(np.int32)
    lengths = random.integers(2, LENGTH + 1, n)
    ids[np.arange(LENGTH) >= lengths[:, None]] = 0
    ids[np.arange(n), lengths - 1] = np.where(labels == 1, 2, ids[np.arange(n), lengths - 1])
    return ids, labels


def corpus(padding: Literal["pre", "post"] = "post") -> tuple[Split, Tokens, Embedding]:
    ids, labels = write_messages(N, seed=1)
    rows = np.arange(N)
    split = Split(rows[:50], rows[50:60], rows[60:], labels, rows // 2, 0.0, 0.0, validation_is_test=False)
    words = ["", "[UNK]", *(f"word{i}" for i in range(2, NUM_WORDS))]
    ids = words_last(ids) if padding == "pre" else ids
    lengths = np.count_nonzero(ids, axis=1).astype(np.int32)
    tokens = Tokens(ids, lengths, words, np.zeros((NUM_WORDS, 2), np.int64), 2, NUM_WORDS, {}, padding)
    matrix = np.random.default_rng(2).normal(size=(NUM_WORDS, DIM)).astype(np.float32)
    empty = pd.DataFrame()
    embedding = Embedding(matrix, False, "glove", False, True, empty, empty, np.ones(NUM_WORDS, np.float32))
    return split, tokens, embedding


def synthetic(embedding: Embedding) -> Synthetic:
    """Messages with the very vectors of their words."""
    ids, labels = write_messages(MADE, seed=3)
    table = pd.DataFrame(
        {"label": labels, "text": "", "words": np.count_nonzero(ids, axis=1), "seed": 0, "copy_of": -1}
    )
    held = ids != 0
    vectors = embedding.matrix[ids] * held[:, :, None]
    means = vectors.sum(axis=1) / held.sum(axis=1, keepdims=True)
    return Synthetic(table, ids, embedding.matrix[ids[held]].astype(np.float16), means.astype(np.float32))


def judge(padding: Literal["pre", "post"] = "post", **changes: Any) -> Evaluators:
    split, tokens, embedding = corpus(padding)
    made = synthetic(embedding)
    return evaluate_naive_bayes(split, tokens, embedding, made, **{"vectors": "mean", **PLAIN, **changes})


def test_naive_bayes_is_told_by_evaluator_setting_and_metric() -> None:
    found = judge()
    assert len(found.table) == 3 * 4 * 6
    assert list(found.descriptions) == list(found.table["evaluator"].unique()) == ["gnb", "mnb", "bnb"]
    assert list(found.settings) == list(found.table["setting"].unique()) == ["trtr", "tstr", "trts", "augmented"]
    assert found.settings["tstr"] == (
        "trained on 40 synthetic messages (14 positive), tested on 30 real messages (10 positive)"
    )


@pytest.mark.parametrize("vectors", ["mean", "flattened"])
def test_the_side_of_the_padding_does_not_matter_to_naive_bayes(vectors: str) -> None:
    left, right = judge("pre", vectors=vectors).table, judge("post", vectors=vectors).table
    pd.testing.assert_frame_equal(left, right)


def test_only_gaussian_naive_bayes_reads_vectors() -> None:
    mean, flattened = judge(vectors="mean"), judge(vectors="flattened")
    counting = mean.table["evaluator"] != "gnb"
    pd.testing.assert_frame_equal(mean.table[counting], flattened.table[counting])
    assert not mean.table[~counting].equals(flattened.table[~counting])
    assert mean.descriptions["gnb"] != flattened.descriptions["gnb"]


def test_what_tells_the_classes_is_learned_from_either_set() -> None:
    table = judge().table
    bernoulli = table[(table["evaluator"] == "bnb") & (table["metric"] == "roc_auc")]
    assert bernoulli["value"].gt(0.9).all()


def test_synthetic_messages_of_one_class_are_refused() -> None:
    split, tokens, embedding = corpus()
    made = synthetic(embedding)
    with pytest.raises(UserError, match="Of 40 synthetic messages 0 are positive"):
        evaluate_naive_bayes(
            split, tokens, embedding, replace(made, table=made.table.assign(label=np.int8(0))), vectors="mean", **PLAIN
        )


def last_word_reader(sign: float) -> Fitted:
    """A network that calls a message positive where its last time step is word 2, or, with sign -1, where it is not."""
    import keras

    layers = keras.layers
    model = keras.Sequential(
        [
            layers.Input((LENGTH,)),
            layers.Embedding(NUM_WORDS, 1, name="embedding"),
            layers.Flatten(),
            layers.Dense(1, "sigmoid"),
        ],
        name="reader",
    )
    table = np.full((NUM_WORDS, 1), -sign)
    table[2] = sign
    kernel = np.zeros((LENGTH, 1))
    kernel[-1] = 3
    model.set_weights([table, kernel, np.zeros(1)])
    return Fitted(fitting.to_file(model), "reader", model.count_params(), pd.DataFrame(), 1, False, "best", [33, 17], 0)


@pytest.mark.slow
def test_networks_are_tested_on_messages_padded_as_theirs_are() -> None:
    start_keras(seed=0)
    split, tokens, embedding = corpus("pre")
    right, wrong = last_word_reader(1), last_word_reader(-1)
    found = evaluate_networks(split, tokens, synthetic(embedding), right, wrong, right, **PLAIN)
    values = found.table.set_index(["setting", "metric"])["value"]
    assert set(found.table["evaluator"]) == set(found.descriptions) == {"reader"}
    assert {name: values[name, "accuracy"] for name in found.settings} == {
        "trtr": 1.0,
        "tstr": 0.0,
        "trts": 1.0,  # 0.67 if the padding were left at the end
        "augmented": 1.0,
    }
    assert found.settings == judge().settings
    assert "; the 10 real messages of the validation part chose the epoch of each fit" in found.descriptions["reader"]
