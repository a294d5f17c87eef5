from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Embedding
from pipeline.models import fitting
from pipeline.models.backend import start_keras
from pipeline.models.ngram_bag import build_ngram_bag

IDS = np.random.default_rng(1).integers(1, 20, (40, 6)).astype(np.int32)
LABELS = (IDS == 2).any(axis=1).astype(np.int8)
RECIPE = fitting.Recipe(
    epochs=3,
    batch_size=8,
    learning_rate=0.01,
    schedule="cosine",
    epsilon=1e-7,
    clipnorm=1.0,
    patience=None,
    monitor="loss",
    keep="last",
    class_weights="off",
    label_smoothing=0.1,
)


def table(rows: int = 20, width: int = 3) -> Embedding:
    matrix = np.random.default_rng(0).normal(size=(rows, width)).astype(np.float32)
    rarity = np.random.default_rng(2).uniform(1, 5, rows).astype(np.float32)
    return Embedding(matrix, True, "learned", False, True, pd.DataFrame(), pd.DataFrame(), rarity)


def model(embedding: Embedding | None = None, **settings: Any) -> Any:
    start_keras(3)
    return build_ngram_bag(embedding or table(), **{"ngram_dropout": 0.3, "dropout": 0.3, "mask": True} | settings)


def test_weights_number_as_the_formula_says() -> None:
    assert model(table(1000, 16)).count_params() == 1000 * 17 + 16 + 1


def test_the_prediction_is_that_of_the_formula() -> None:
    net, matrix = model(), table().matrix.astype(np.float64)
    kernel, bias = (np.asarray(w, np.float64) for w in net.get_layer("probability").get_weights())
    weights = table().rarity.astype(np.float64)[IDS]
    weights /= np.sqrt((weights**2).sum(axis=1, keepdims=True))
    bags = (matrix[IDS] * weights[:, :, None]).sum(axis=1)
    expected = 1 / (1 + np.exp(-(bags @ kernel + bias)[:, 0]))
    np.testing.assert_allclose(fitting.predict(net, IDS), expected, rtol=1e-5)


def test_padding_more_leaves_the_prediction_unchanged() -> None:
    net = model()
    padded = np.pad(IDS, ((0, 0), (0, 9)))
    np.testing.assert_allclose(fitting.predict(net, padded), fitting.predict(net, IDS), rtol=1e-6)


def test_without_a_mask_padding_is_read() -> None:
    net = model(mask=False)
    assert np.abs(fitting.predict(net, np.pad(IDS, ((0, 0), (0, 9)))) - fitting.predict(net, IDS)).max() > 1e-3


def test_the_order_of_ngrams_does_not_count() -> None:
    net = model()
    np.testing.assert_allclose(fitting.predict(net, IDS[:, ::-1]), fitting.predict(net, IDS), rtol=1e-5)


def test_a_saved_model_predicts_the_same() -> None:
    net = model()
    again = fitting.from_file(fitting.to_file(net))
    np.testing.assert_array_equal(fitting.predict(again, IDS), fitting.predict(net, IDS))


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    weights = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        net = model()
        data = fitting.Examples(IDS, LABELS)
        fitting.fit(net, data, data, RECIPE, seed=5, scratch=tmp_path / name)
        weights.append(net.get_weights())
    for a, b in zip(*weights, strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.mark.parametrize("smoothing", [0.0, 0.2])
def test_the_loss_is_that_of_smoothed_labels(tmp_path: Path, smoothing: float) -> None:
    changes = {"label_smoothing": smoothing, "epochs": 1, "learning_rate": 1e-12, "batch_size": len(LABELS)}
    recipe = fitting.Recipe(**{**vars(RECIPE), **changes})
    net = model(ngram_dropout=0.0, dropout=0.0)
    p = fitting.predict(net, IDS)
    data = fitting.Examples(IDS, LABELS)
    loss = fitting.fit(net, data, data, recipe, seed=5, scratch=tmp_path).history["loss"].iloc[0]
    target = LABELS * (1 - smoothing) + smoothing / 2
    np.testing.assert_allclose(loss, -(target * np.log(p) + (1 - target) * np.log(1 - p)).mean(), rtol=1e-5)
