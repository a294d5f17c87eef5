"""Which messages the synthesiser of each share has seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts.synthesis import FittedVae
from pipeline.stages import augmentation
from vae_samples import GENERATION, RECIPE, SHAPE, fitted, parts


def test_a_synthesiser_of_each_share_is_trained_on_its_messages_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    split, tokens, embedding = parts()
    whole = fitted()
    of_shares: list[FittedVae] = []
    trained: list[Any] = []
    wrote: list[tuple[FittedVae, Any]] = []

    def train_on(rows: Any, *_: Any, scratch: Path, **__: Any) -> FittedVae:
        trained.append((rows, scratch))
        assert scratch.is_dir()
        of_shares.append(replace(whole, weights=whole.weights + np.float32(0.1 * len(trained))))
        return of_shares[-1]

    real = augmentation.writer

    def writer(own: FittedVae, rows: Any, *rest: Any, **settings: Any) -> Any:
        wrote.append((own, rows))
        return real(own, rows, *rest, **settings)

    monkeypatch.setattr(augmentation, "train_on", train_on)
    monkeypatch.setattr(augmentation, "writer", writer)
    found = augmentation.compare_augmentation(
        split, tokens, embedding, whole, build=SHAPE, training=RECIPE, generate=GENERATION, percents=[50, 100],
        repeats=2, resamples=100, seed=3, scratch=tmp_path,
    )  # fmt: skip
    positives = {percent: int(group["positives"].iloc[0]) for percent, group in found.table.groupby("percent")}
    assert positives[50] < positives[100] == split.labels[split.train].sum()
    assert len(trained) == 2
    assert len({scratch for _, scratch in trained}) == 2
    for (rows, _), own, (writing, written_for) in zip(trained, of_shares, wrote[:2], strict=True):
        assert set(rows) < set(split.train)
        assert split.labels[rows].sum() == positives[50]
        assert writing is own
        np.testing.assert_array_equal(written_for, rows)
    assert not np.array_equal(trained[0][0], trained[1][0])
    for writing, rows in wrote[2:]:
        assert writing is whole
        np.testing.assert_array_equal(rows, split.train)
    assert len(wrote) == 4
