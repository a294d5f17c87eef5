"""The published classifiers have the published weight counts, and heed padding only where they are told to."""

from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Embedding
from pipeline.models import classifiers, fitting
from pipeline.models.backend import start_keras
from pipeline.models.recurrent.layers import accelerate
from pipeline.settings import Choice

REPORT = {"units": 100, "dropout": 0.2, "recurrent_dropout": 0.2, "mask": False}
DENSE = {"units": 32, "dense_units": 256, "dense_dropout": 0.25, "mask": False}
SMS_LSTM = {"units": 32, "dropout": 0.0, "recurrent_dropout": 0.0, "mask": False}
# golden: the model summaries in the Enron report (37,353 words) and the SMS assignment (5,000 words)
PUBLISHED = [
    ("build_simple_rnn", REPORT, 37_353, 1_882_851),
    ("build_lstm", REPORT, 37_353, 1_928_151),
    ("build_gru", REPORT, 37_353, 1_913_351),
    ("build_gru_two_chain", REPORT, 37_353, 1_959_053),
    ("build_rnn_dense", DENSE, 5_000, 261_361),
    ("build_lstm", SMS_LSTM, 5_000, 260_657),
]
BUILDERS = [(name, settings) for name, settings, *_ in PUBLISHED] + [("build_gru_two_states", REPORT)]


def embedding(rows: int, width: int = 50, *, trainable: bool = True) -> Embedding:
    matrix = np.random.default_rng(0).normal(size=(rows, width)).astype(np.float32)
    rarity = np.ones(rows, np.float32)
    return Embedding(matrix, trainable, "learned", False, True, pd.DataFrame(), pd.DataFrame(), rarity)


def build(name: str, table: Embedding, **settings: Any) -> Any:
    start_keras(seed=0)
    return Choice(f"{classifiers.__name__}.{name}", settings)(table)


@pytest.mark.parametrize(("name", "settings", "rows", "params"), PUBLISHED)
def test_weights_are_as_many_as_published(name: str, settings: dict[str, Any], rows: int, params: int) -> None:
    assert build(name, embedding(rows), **settings).count_params() == params


def test_the_two_chains_meet_as_published() -> None:
    model = build("build_gru_two_chain", embedding(20), **REPORT)
    first, second = model.get_layer("concatenate").input
    assert (first.shape[-1], second.shape[-1]) == (1, 100)
    assert build("build_gru_two_states", embedding(20), **REPORT).get_layer("concatenate").output.shape[-1] == 200


@pytest.mark.parametrize(("name", "settings"), BUILDERS)
def test_masked_padding_changes_nothing_and_read_padding_does(name: str, settings: dict[str, Any]) -> None:
    ids = np.random.default_rng(1).integers(1, 20, (6, 5)).astype(np.int32)
    padded = np.pad(ids, ((0, 0), (0, 7)))
    small = settings | {"units": 4}
    masking = accelerate(build(name, embedding(20, 3), **small | {"mask": True}))
    np.testing.assert_allclose(masking(ids), masking(padded), atol=1e-6)
    np.testing.assert_array_equal(fitting.predict(masking, ids), fitting.predict(masking, padded))
    reading = accelerate(build(name, embedding(20, 3), **small | {"mask": False}))
    assert np.abs(fitting.predict(reading, ids) - fitting.predict(reading, padded)).max() > 1e-4


@pytest.mark.parametrize(("name", "settings"), BUILDERS)
def test_a_model_starts_from_its_table_and_survives_its_file(name: str, settings: dict[str, Any]) -> None:
    table = embedding(20, 3, trainable=False)
    model = accelerate(build(name, table, **settings | {"units": 4}))
    np.testing.assert_array_equal(model.get_layer("embedding").get_weights()[0], table.matrix)
    assert not model.get_layer("embedding").trainable
    ids = np.random.default_rng(1).integers(0, 20, (6, 5)).astype(np.int32)
    again = fitting.from_file(fitting.to_file(model))
    np.testing.assert_array_equal(fitting.predict(model, ids), fitting.predict(again, ids))
