import numpy as np
import pandas as pd

from pipeline.artifacts import Embedding, Rows, Split, Tokens
from pipeline.stages.augmentation import augment

N, NUM_WORDS = 120, 30


def test_the_study_is_of_the_parts_of_the_split() -> None:
    random = np.random.default_rng(0)
    labels = (np.arange(N) % 3 == 0).astype(np.int8)
    ids = random.integers(1, NUM_WORDS, (N, 8)).astype(np.int32)
    ids[labels == 1, :3] = 5
    rows = random.permutation(N)
    train, validation, test = np.sort(rows[:70]), np.sort(rows[70:90]), np.sort(rows[90:])
    split = Split(train, validation, test, labels, np.arange(N), 0.0, 0.0, validation_is_test=False)
    words = ["", *(f"word{i}" for i in range(1, NUM_WORDS))]
    lengths = np.full(N, 8, np.int32)
    tokens = Tokens(ids, lengths, words, np.zeros((NUM_WORDS, 2), np.int64), 1, NUM_WORDS + 3, {}, "post")
    matrix = random.normal(size=(NUM_WORDS + 3, 4)).astype(np.float32)  # more rows than words
    empty = pd.DataFrame()
    embedding = Embedding(matrix, False, "glove", False, True, empty, empty, np.ones(len(matrix), np.float32))
    seen: list[Rows] = []

    def generate(allowed: Rows, count: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
        seen.append(allowed)
        chosen = allowed[labels[allowed] == 1][np.arange(count) % labels[allowed].sum()]
        return ids[chosen], matrix[ids[chosen]].mean(axis=1)

    found = augment(split, tokens, embedding, generate, percents=[50, 100], repeats=2, resamples=100, seed=1)
    assert found.repeats == 2
    assert set(found.descriptions) == set(found.table["method"]) | set(found.table["classifier"])
    np.testing.assert_array_equal(seen[-1], train)
    assert set(seen[0]) < set(train)
    assert found.table.loc[found.table["percent"] == 100, "positives"].eq(labels[train].sum()).all()
    logistic = found.table[(found.table["classifier"] == "logistic") & (found.table["metric"] == "pr_auc")]
    assert logistic["value"].gt(0.9).all()
