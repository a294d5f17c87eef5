"""What a classifier is trained on beside the sampled rows."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts import Extra, Sample
from pipeline.artifacts.synthesis import Synthetic
from pipeline.stages import extra
from pipeline.stages.fill import fill_up, take_no_extra
from pipeline.stages.training_sets import take_no_real, take_real, take_synthetic
from vae_samples import GENERATION, LENGTH, RECIPE, SHAPE, fitted, parts

WRITE: Callable[..., Extra] = partial(extra.write_rarer_class, build=SHAPE, training=RECIPE, generate=GENERATION)


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """The rows that a synthesiser was trained on; none is trained in fact."""
    rows: list[Any] = []
    monkeypatch.setattr(extra, "train_on", lambda given, *_, **__: rows.append(given) or fitted())
    return rows


def fill(folder: Path, strategy: Any = "synthetic", padding: Any = "post", **changes: Any) -> Extra:
    split, tokens, embedding = parts(padding)
    given = {"sample": Sample(split.train, 0.3), "embedding": embedding} | changes
    return fill_up(
        split, given["sample"], tokens, given["embedding"], strategy=strategy, synthesiser=WRITE, seed=2, scratch=folder
    )


@pytest.mark.parametrize("strategy", ["none", "undersample"])
def test_other_strategies_write_nothing(tmp_path: Path, seen: list[Any], strategy: str) -> None:
    made = fill(tmp_path, strategy)
    assert made.ids.shape == (0, LENGTH)
    assert made.labels.shape == (0,)
    assert not seen


def test_messages_of_the_rarer_class_make_both_equal(tmp_path: Path, seen: list[Any]) -> None:
    split, tokens, _ = parts()
    made = fill(tmp_path)
    counts = np.bincount(split.labels[split.train])
    assert counts[1] < counts[0]
    assert (made.labels == 1).all()
    assert counts[1] + len(made.labels) == counts[0]
    assert made.ids.shape == (len(made.labels), LENGTH)
    assert made.ids.dtype == tokens.ids.dtype
    assert made.labels.dtype == split.labels.dtype


def test_the_negative_class_is_written_where_it_is_rarer(tmp_path: Path, seen: list[Any]) -> None:
    split, _, _ = parts()
    labels = split.labels[split.train]
    rows = np.sort(np.concatenate([split.train[labels == 1], split.train[labels == 0][:12]]))
    made = fill(tmp_path, sample=Sample(rows, 0.3))
    assert made.labels.tolist() == [0] * ((labels == 1).sum() - 12)


def test_the_synthesiser_sees_the_sampled_rows_alone(tmp_path: Path, seen: list[Any]) -> None:
    split, tokens, _ = parts()
    rows = split.train[5:]
    made = fill(tmp_path, sample=Sample(rows, 0.3))
    np.testing.assert_array_equal(seen[0], rows)
    assert set(np.unique(made.ids)) - {0} <= set(np.unique(tokens.ids[rows]))


def test_classes_that_are_equal_need_no_synthesiser(tmp_path: Path, seen: list[Any]) -> None:
    split, _, _ = parts()
    labels = split.labels[split.train]
    rows = np.sort(np.concatenate([split.train[labels == label][:12] for label in (0, 1)]))
    assert fill(tmp_path, sample=Sample(rows, 0.5)).ids.shape == (0, LENGTH)
    assert not seen


@pytest.mark.parametrize("padding", ["pre", "post"])
def test_messages_are_padded_as_the_real_ones_are(tmp_path: Path, seen: list[Any], padding: str) -> None:
    made = fill(tmp_path, padding=padding)
    held = made.ids != 0
    assert not held.all()
    assert held[:, -1 if padding == "pre" else 0].all()
    assert (np.diff(held.astype(int), axis=1) * (1 if padding == "pre" else -1) >= 0).all()


def test_what_is_real_and_what_is_not() -> None:
    split, tokens, _ = parts("pre")
    prior = split.labels[split.train].mean()
    np.testing.assert_array_equal(take_real(split).rows, split.train)
    assert take_no_real(split).rows.shape == (0,)
    assert take_no_real(split).prior == take_real(split).prior == pytest.approx(prior)
    assert take_no_extra(tokens).ids.shape == (0, LENGTH)
    ids = np.array([[3, 4, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0]], np.int32)
    table = pd.DataFrame({"label": np.array([1, 0], np.int8)})
    taken = take_synthetic(tokens, Synthetic(table, ids, np.empty((3, 3), np.float16), np.empty((2, 3), np.float32)))
    assert taken.ids.tolist() == [[0, 0, 0, 0, 3, 4], [0, 0, 0, 0, 0, 5]]
    assert taken.labels.tolist() == [1, 0]
