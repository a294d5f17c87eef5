"""The stage hands the right messages to the scorecard."""

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Embedding, Split, Tokens
from pipeline.artifacts.synthesis import Synthetic
from pipeline.evaluation.synthetic.messages import real_messages, synthetic_messages
from pipeline.evaluation.synthetic.scorecard import score
from pipeline.stages.scorecard import score_synthetic

PARTS = np.arange(60), np.arange(60, 90), np.arange(90, 120)
RANDOM = np.random.default_rng(0)
LABELS = (np.arange(120) % 3 == 0).astype(np.int8)
IDS = RANDOM.integers(1, 40, (120, 9)).astype(np.int32)
EMBEDDING = Embedding(
    RANDOM.normal(size=(40, 4)).astype(np.float32),
    trainable=False,
    source="glove",
    stand_in=False,
    connected=True,
    coverage=pd.DataFrame(),
    missing=pd.DataFrame(),
    rarity=np.ones(40, np.float32),
)
TOKENS = Tokens(
    IDS, np.full(120, 9, np.int32), [str(i) for i in range(40)], np.ones((40, 2), np.int64), 2, 40, {}, "post"
)
SYNTHETIC = Synthetic(
    pd.DataFrame({"label": LABELS[:60]}),
    RANDOM.integers(2, 40, (60, 7)).astype(np.int32),
    np.zeros((420, 4), np.float16),
    RANDOM.normal(size=(60, 4)).astype(np.float32),
)


@pytest.mark.parametrize("validation_is_test", [False, True])
def test_the_test_part_is_the_holdout(validation_is_test: bool) -> None:
    train, validation, test = PARTS
    if validation_is_test:
        validation = test
    split = Split(train, validation, test, LABELS, np.arange(120), 0.0, 0.0, validation_is_test)
    found = score_synthetic(split, TOKENS, EMBEDDING, SYNTHETIC, draws=1, seed=3)
    first, second, third = (real_messages(TOKENS, EMBEDDING, split, rows) for rows in PARTS)
    made = synthetic_messages(SYNTHETIC, EMBEDDING)
    expected = score(first, None if validation_is_test else second, third, made, draws=1, seed=3)
    pd.testing.assert_frame_equal(found.table, expected.table)
    assert found.num_messages == 30
    assert found.table["holdout"].isna().sum() == (2 if validation_is_test else 0)
