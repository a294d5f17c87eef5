from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any
from unittest.mock import DEFAULT, patch

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray

from pipeline.artifacts import Embedding
from pipeline.errors import UserError
from pipeline.models import fitting
from pipeline.models.backend import start_keras
from pipeline.models.classifiers import build_gru
from pipeline.models.recurrent import layers
from pipeline.models.recurrent.layers import accelerate

RECIPE = fitting.Recipe(
    epochs=4,
    batch_size=8,
    learning_rate=0.01,
    schedule="cosine",
    epsilon=1e-7,
    clipnorm=1.0,
    patience=None,
    monitor="pr_auc",
    keep="best",
    class_weights="off",
)


def table(rows: int, width: int, *, trainable: bool = True) -> Embedding:
    matrix = np.random.default_rng(0).uniform(-0.05, 0.05, (rows, width)).astype(np.float32)
    rarity = np.ones(rows, np.float32)
    return Embedding(matrix, trainable, "learned", False, True, pd.DataFrame(), pd.DataFrame(), rarity)


def examples(seed: int, count: int = 40) -> fitting.Examples:
    """Messages of 6 words out of 20; positive when word 2 is in them."""
    ids = np.random.default_rng(seed).integers(1, 20, (count, 6)).astype(np.int32)
    labels = (ids == 2).any(axis=1).astype(np.int8)
    labels[:2] = 0, 1
    return fitting.Examples(ids, labels)


def model(**settings: Any) -> Any:
    start_keras(3)
    sizes = {"units": 4, "dropout": 0.3, "recurrent_dropout": 0.3, "mask": True} | settings
    return accelerate(build_gru(table(20, 3), **sizes))


def train(folder: Path, recipe: fitting.Recipe = RECIPE) -> tuple[Any, fitting.Fit]:
    folder.mkdir(exist_ok=True)
    net = model()
    return net, fitting.fit(net, examples(1), examples(2), recipe, seed=5, scratch=folder)


def test_a_frozen_table_does_not_change(tmp_path: Path) -> None:
    start_keras(3)
    frozen = table(20, 3, trainable=False)
    net = accelerate(build_gru(frozen, units=4, dropout=0.0, recurrent_dropout=0.0, mask=True))
    fitting.fit(net, examples(1), examples(2), RECIPE, seed=5, scratch=tmp_path)
    np.testing.assert_array_equal(net.get_layer("embedding").get_weights()[0], frozen.matrix)


def test_the_same_seed_gives_the_same_weights(tmp_path: Path) -> None:
    one, fit_one = train(tmp_path / "a")
    two, fit_two = train(tmp_path / "b")
    for a, b in zip(one.get_weights(), two.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    pd.testing.assert_frame_equal(fit_one.history.drop(columns="seconds"), fit_two.history.drop(columns="seconds"))


def test_steps_in_groups_end_with_the_weights_of_steps_one_by_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = replace(RECIPE, batch_size=1, epochs=2)  # 40 steps: two groups of 16, and 8
    grouped, _ = train(tmp_path / "a", recipe)
    monkeypatch.setattr(fitting, "STEPS", 1)
    single, _ = train(tmp_path / "b", recipe)
    for a, b in zip(grouped.get_weights(), single.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_the_bar_ends_where_the_training_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    recipe = replace(RECIPE, batch_size=2, epochs=2)  # 20 steps an epoch: a group of 16, and 4
    places = []
    real = fitting.Progress.finish_epoch

    def finish(bar: Any, *said: Any) -> None:
        places.append(bar._bar.n)
        real(bar, *said)

    monkeypatch.setattr(fitting.Progress, "finish_epoch", finish)
    train(tmp_path, recipe)
    assert places == [20, 40]


@pytest.fixture
def killed_in_epoch_3(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scratch folder of a training that was interrupted in its third epoch."""
    real = fitting._one_epoch

    def interrupt(net: Any, a: Any, b: Any, recipe: Any, epoch: int, *rest: Any) -> fitting.Epoch:
        row = real(net, a, b, recipe, epoch, *rest)
        if epoch == 3:
            raise KeyboardInterrupt
        return row

    with monkeypatch.context() as patch:
        patch.setattr(fitting, "_one_epoch", interrupt)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "killed")
    return tmp_path / "killed"


@pytest.mark.parametrize("keep", ["best", "last"])
def test_a_killed_training_ends_with_the_same_weights(killed_in_epoch_3: Path, tmp_path: Path, keep: Any) -> None:
    recipe = replace(RECIPE, keep=keep)
    whole, fit_whole = train(tmp_path / "whole", recipe)
    resumed, fit_resumed = train(killed_in_epoch_3, recipe)
    for a, b in zip(whole.get_weights(), resumed.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    pd.testing.assert_frame_equal(
        fit_whole.history.drop(columns="seconds"), fit_resumed.history.drop(columns="seconds")
    )
    assert fit_whole.kept_epoch == fit_resumed.kept_epoch


def test_the_best_epoch_is_kept(tmp_path: Path) -> None:
    net, fit = train(tmp_path / "a")
    assert fit.kept_epoch == fit.history["val_pr_auc"].to_numpy().argmax() + 1
    figures = fitting._validate(examples(2).labels, fitting.predict(net, examples(2).ids), examples(1).labels)
    assert figures[3] == pytest.approx(fit.history["val_pr_auc"].max())


def test_training_stops_when_patience_is_out(tmp_path: Path) -> None:
    hopeless = replace(RECIPE, learning_rate=1e-12, schedule="constant", patience=2, epochs=9)
    _, fit = train(tmp_path / "a", hopeless)
    assert len(fit.history) < 9
    assert fit.stopped_early


def test_divergence_is_told_with_a_remedy(tmp_path: Path) -> None:
    wild = replace(RECIPE, learning_rate=float("1e38"), clipnorm=None, schedule="constant")
    with pytest.raises(UserError, match=r"diverged: in epoch \d") as caught:
        train(tmp_path / "a", wild)
    assert "training.learning_rate" in caught.value.remedy


def test_balanced_class_weights_weigh_both_classes_the_same() -> None:
    labels = np.array([0] * 9 + [1] * 3, np.int8)
    weights = fitting._weights(labels, replace(RECIPE, class_weights="balanced"))
    assert weights[labels == 0].sum() == pytest.approx(weights[labels == 1].sum()) == pytest.approx(6.0)


def test_a_saved_model_predicts_the_same() -> None:
    net = model()
    again = fitting.from_file(fitting.to_file(net))
    np.testing.assert_array_equal(fitting.predict(again, examples(1).ids), fitting.predict(net, examples(1).ids))


def test_the_validation_loss_weighs_classes_as_training_does() -> None:
    labels, scores = np.array([0] * 9 + [1], np.int8), np.array([0.2] * 9 + [0.6])
    balanced = fitting._validate(labels, scores, np.array([0, 1], np.int8))[0]
    assert balanced == pytest.approx(-(np.log(0.8) + np.log(0.6)) / 2)
    same = fitting._validate(labels, scores, labels)[0]
    assert same == pytest.approx(-(9 * np.log(0.8) + np.log(0.6)) / 10)


def test_a_damaged_checkpoint_is_a_warning_and_a_fresh_start(
    killed_in_epoch_3: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    file = killed_in_epoch_3 / "epoch.npz"
    file.write_bytes(file.read_bytes()[:2000])
    whole, _ = train(tmp_path / "whole")
    restarted, fit = train(killed_in_epoch_3)
    assert "starts again" in caplog.text
    assert len(fit.history) == RECIPE.epochs
    for a, b in zip(whole.get_weights(), restarted.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


@pytest.fixture
def batched() -> Iterator[list[Any]]:
    """The columns that batches are made of, in the order of the calls."""
    with patch.object(fitting, "batch", wraps=fitting.batch) as made:
        columns: list[Any] = []
        made.side_effect = lambda given, *_, **__: columns.append(given) or DEFAULT
        yield columns


def test_each_epoch_trains_on_every_example_once_in_an_order_of_its_own(tmp_path: Path, batched: list[Any]) -> None:
    recipe = replace(RECIPE, epochs=3)
    for folder in ("a", "b"):
        train(tmp_path / folder, recipe)
    data = examples(1)
    weight_of_all = fitting._weights(data.labels, RECIPE)
    epochs = [columns for columns in batched if len(columns) == 3]
    orders = [[tuple(row) for row in np.column_stack(columns)] for columns in epochs]
    whole = sorted(tuple(row) for row in np.column_stack([data.ids, data.labels, weight_of_all]))
    assert len(orders) == 2 * recipe.epochs
    assert all(sorted(order) == whole for order in orders)
    assert orders[: recipe.epochs] == orders[recipe.epochs :]
    assert all(one != other for one, other in pairwise(orders[: recipe.epochs]))


def long_and_short(count: int) -> NDArray[np.int32]:
    """Messages of 1 to 6 words, padded at the end."""
    lengths = np.random.default_rng(7).integers(1, 7, (count, 1))
    return np.where(np.arange(6) < lengths, examples(3, count).ids, 0).astype(np.int32)


@pytest.mark.parametrize("mask", [True, False])
def test_predictions_come_in_the_order_of_the_rows(mask: bool) -> None:
    net, ids = model(mask=mask), long_and_short(fitting.PREDICT_BATCH + 50)
    expected = np.asarray(net(ids))[:, 0]
    assert len(np.unique(expected.round(6))) > 100
    np.testing.assert_allclose(fitting.predict(net, ids), expected, atol=1e-6)


def test_a_prediction_does_not_depend_on_the_rows_beside_it() -> None:
    net, ids = model(), long_and_short(20)
    together = fitting.predict(net, ids)
    alone = [fitting.predict(net, row[None])[0] for row in ids[:4]]
    np.testing.assert_allclose(alone, together[:4], atol=1e-6)


def test_prediction_reads_no_padding_of_a_whole_batch() -> None:
    ids = np.pad(long_and_short(fitting.PREDICT_BATCH + 50), ((0, 0), (3, 40)))
    net = model()
    with patch.object(net, "predict", wraps=net.predict) as called:
        fitting.predict(net, ids)
    widths = [part.shape[1] for (part,) in called.call_args.args[0]]
    assert len(widths) == 2
    assert max(widths) == 6


def test_a_loaded_model_runs_the_compiled_loop() -> None:
    net = fitting.from_file(fitting.to_file(model()))
    with patch.object(layers, "recur", wraps=layers.recur) as started:
        fitting.predict(net, long_and_short(5))
    assert started.called
