"""What the encoder says of messages that were held out, against sums by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest

from pipeline.artifacts.synthesis import Latents
from pipeline.models.backend import start_keras
from pipeline.stages import synthesise
from pipeline.stages.synthesise import encode_messages
from vae_samples import fitted, parts, shape


def encode(*, mask: bool = True, **changes: Any) -> Latents:
    split, tokens, embedding = parts()
    start_keras(1)
    build = shape(mask=mask)
    return encode_messages(
        replace(split, **changes), tokens, embedding, fitted(build), build=build, resamples=100, seed=3
    )


@pytest.mark.parametrize("mask", [True, False])
def test_errors_are_means_over_the_entries_that_count(mask: bool) -> None:
    split, tokens, embedding = parts()
    found = encode(mask=mask)
    rows = np.concatenate([split.validation, split.test])
    assert found.table["row"].tolist() == rows.tolist()
    assert found.table["part"].value_counts().to_dict() == {"validation": 15, "test": 15}
    np.testing.assert_array_equal(found.table["label"], split.labels[rows])
    from pipeline.models.vae.synthesiser import load_synthesiser

    start_keras(1)
    build = shape(mask=mask)
    model = load_synthesiser(fitted(build), build, embedding.matrix)
    for number in (0, 7, 22):
        ids, labels = tokens.ids[rows[number] :][:1], split.labels[rows[number] :][:1]
        counts = ids != 0 if mask else np.ones_like(ids, bool)
        codes = model.encode(ids, labels)
        errors = (model.write(codes.means, labels, counts) - embedding.matrix[ids])[counts] ** 2
        of_class = tokens.ids[split.train[split.labels[split.train] == labels[0]]]
        mean = embedding.matrix[of_class[of_class != 0] if mask else of_class.ravel()].mean(axis=0)
        row = found.table.iloc[number]
        assert row["mse"] == pytest.approx(errors.mean(), rel=1e-5)
        assert row["baseline_mse"] == pytest.approx(((mean - embedding.matrix[ids])[counts] ** 2).mean(), rel=1e-5)
        assert row["words"] == counts.sum()
        kl = (np.exp(codes.log_variances) + codes.means**2 - 1 - codes.log_variances).sum() / 2
        assert row["kl"] == pytest.approx(kl, rel=1e-5)


def test_figures_of_the_whole_are_of_the_validation_part() -> None:
    found = encode()
    held = found.table[found.table["part"] == "validation"]
    assert found.kl_nats == pytest.approx(held["kl"].mean()) == pytest.approx(found.dimensions["kl"].sum())
    errors = (held["mse"] * held["words"]).sum() / held["words"].sum()
    assert found.reconstruction_mse == pytest.approx(errors)
    assert found.active_units == found.dimensions["active"].sum()
    assert 0 < found.mutual_information_nats < min(np.log(15), found.kl_nats)
    assert found.priors["prior"].tolist() == ["gaussian", "realnvp"]
    assert not found.table[["pca_1", "pca_2", "tsne_1", "tsne_2"]].isna().any(axis=None)


def test_priors_are_compared_on_the_test_part_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(synthesise, "DRAWS", 400)
    found = encode()
    kl = found.table.groupby("part")["kl"].mean()
    assert found.priors["nats"].iloc[0] == pytest.approx(kl["test"], rel=0.03)  # an estimate from draws
    split, _, _ = parts()
    pd.testing.assert_frame_equal(encode(validation=split.validation[:11]).priors, found.priors)
    assert not encode(test=split.test[:11]).priors.equals(found.priors)


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = encode()
    monkeypatch.setattr(synthesise, "BLOCK", 3)
    blocks = encode()
    pd.testing.assert_frame_equal(blocks.table, whole.table, rtol=1e-5)
    assert blocks.reconstruction_mse == pytest.approx(whole.reconstruction_mse, rel=1e-6)


def test_a_test_part_that_is_the_validation_part_is_there_once() -> None:
    split, _, _ = parts()
    found = encode(validation=split.test, validation_is_test=True)
    assert found.table["part"].tolist() == ["validation"] * 15
    assert found.table["row"].tolist() == split.test.tolist()
