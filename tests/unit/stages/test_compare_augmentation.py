"""Which messages the synthesiser of each share has seen."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts import Split
from pipeline.artifacts.synthesis import FittedVae
from pipeline.errors import UserError
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

    def train_on(rows: Any, seen: Split, *_: Any, seed: int, scratch: Path, **__: Any) -> FittedVae:
        trained.append((rows, seen, seed))
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
        split, tokens, embedding, whole, build=SHAPE, training=RECIPE, generate=GENERATION, percents=[60, 80, 100],
        repeats=2, resamples=100, seed=3, scratch=tmp_path,
    )  # fmt: skip
    positives = {percent: int(group["positives"].iloc[0]) for percent, group in found.table.groupby("percent")}
    assert positives[60] < positives[80] < positives[100] == split.labels[split.train].sum()
    assert len(trained) == len({seed for *_, seed in trained}) == len(list(tmp_path.iterdir())) == 4
    shares = [60, 60, 80, 80]
    for (rows, seen, _), own, (writing, written_for), share in zip(trained, of_shares, wrote[:4], shares, strict=True):
        assert set(rows) < set(split.train)
        assert split.labels[rows].sum() == positives[share]
        assert writing is own
        np.testing.assert_array_equal(written_for, rows)
        assert set(seen.validation) < set(split.validation), "its epoch is chosen by as small a share"
        labels = split.labels[split.validation]
        assert (split.labels[seen.validation] == 0).sum() == (labels == 0).sum()
        assert split.labels[seen.validation].sum() == round(labels.sum() * positives[share] / positives[100])
    assert not np.array_equal(trained[0][0], trained[1][0])
    for writing, rows in wrote[4:]:
        assert writing is whole
        np.testing.assert_array_equal(rows, split.train)
    assert len(wrote) == 6


def test_a_share_with_too_few_positives_is_refused_before_anything_is_trained(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The 17 positive messages times 0.58 are fewer than ten."""
    monkeypatch.setattr(augmentation, "train_on", lambda *_, **__: pytest.fail("trained"))
    with pytest.raises(UserError, match=r"58 % of the 17 positive training messages are too few") as caught:
        augmentation.compare_augmentation(
            *parts(), fitted(), build=SHAPE, training=RECIPE, generate=GENERATION, percents=[80, 58, 100],
            repeats=1, resamples=100, seed=3, scratch=tmp_path,
        )  # fmt: skip
    assert "Leave 58 out of augmentation.percents" in caught.value.remedy
    assert not list(tmp_path.iterdir())
