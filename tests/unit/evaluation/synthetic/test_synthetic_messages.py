"""Real and synthetic messages in one form."""

import numpy as np
import pandas as pd

from pipeline.artifacts import Embedding, Split, Tokens
from pipeline.artifacts.synthesis import Synthetic
from pipeline.evaluation.synthetic.messages import mean_vectors, real_messages, synthetic_messages

IDS = np.array([[2, 3, 3, 0], [0, 0, 4, 1], [1, 0, 0, 0]], np.int32)
TABLE = np.random.default_rng(0).normal(size=(5, 3)).astype(np.float32)
NO_TABLE = pd.DataFrame()
EMBEDDING = Embedding(TABLE, False, "glove", False, True, NO_TABLE, NO_TABLE, np.ones(5, np.float32))


def test_the_mean_is_of_the_words_and_not_of_the_padding() -> None:
    expected = [TABLE[[2, 3, 3]].mean(axis=0), TABLE[[4, 1]].mean(axis=0), TABLE[1]]
    np.testing.assert_allclose(mean_vectors(IDS, TABLE), expected, rtol=1e-6)
    assert not mean_vectors(np.zeros((1, 4), np.int32), TABLE).any()


def test_rows_of_the_corpus_are_taken_in_the_order_given() -> None:
    split = Split(
        *(np.array([row]) for row in range(3)),
        labels=np.array([0, 1, 1], np.int8),
        groups=np.array([7, 8, 9]),
        leakage_percent=0,
        random_leakage_percent=0,
        validation_is_test=False,
    )
    vocabulary = ["", "[UNK]", "a", "b", "c"]
    tokens = Tokens(IDS, np.ones(3, np.int32), vocabulary, np.ones((5, 2), np.int64), 2, 5, {}, "post")
    messages = real_messages(tokens, EMBEDDING, split, np.array([2, 0]))
    assert messages.groups.tolist() == [9, 7]
    assert messages.labels.tolist() == [1, 0]
    assert np.array_equal(messages.ids, IDS[[2, 0]] * [[0], [1]]), "the unknown word is left out"
    assert np.array_equal(messages.vectors, [np.zeros(3), mean_vectors(IDS, TABLE)[0]])


def test_a_synthetic_message_is_alone_in_a_group_that_no_real_one_has() -> None:
    table = pd.DataFrame({"label": np.array([0, 1, 1], np.int8)})
    means = np.ones((3, 3), np.float32)
    messages = synthetic_messages(Synthetic(table, IDS, np.zeros((6, 3), np.float16), means), EMBEDDING)
    assert len(set(messages.groups.tolist())) == 3
    assert messages.groups.max() < 0
    assert messages.labels.tolist() == [0, 1, 1]
    assert np.array_equal(messages.vectors, means)
