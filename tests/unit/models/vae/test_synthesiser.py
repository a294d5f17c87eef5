"""The networks as one: arrays in, arrays out, each message by the network of its class."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from pipeline.artifacts.synthesis import FittedVae
from pipeline.models.backend import start_keras
from vae_samples import LATENT, RECIPE, fitted, messages, shape, table

HELD = messages(9)
COUNTS = HELD.ids != 0
NOISE = np.random.default_rng(1).standard_normal((9, LATENT), dtype=np.float32)


def load(made: FittedVae, **changes: Any) -> Any:
    from pipeline.models.vae.synthesiser import load_synthesiser

    return load_synthesiser(made, shape(**changes), table())


def test_a_class_of_its_own_network_is_read_and_written_by_that() -> None:
    both = fitted(shape(conditioning="separate"))
    together = load(both, conditioning="separate")
    for label in (0, 1):
        alone = load(
            replace(both, weights=both.weights[label : label + 1], flow=both.flow[label : label + 1]),
            conditioning="separate",
        )
        alone = type(alone)(alone.networks * 2, alone.flows * 2)  # whatever the class
        own = HELD.labels == label
        for method, arguments in (
            ("draw", (NOISE, HELD.labels, "realnvp")),
            ("log_prior", (NOISE, HELD.labels)),
            ("lengths", (NOISE, HELD.labels)),
            ("write", (NOISE, HELD.labels, COUNTS)),
        ):
            one, other = (getattr(model, method)(*arguments) for model in (together, alone))
            np.testing.assert_allclose(one[own], other[own], atol=1e-6, err_msg=method)
            assert not np.allclose(one[~own], other[~own]), method
        np.testing.assert_allclose(
            together.encode(HELD.ids, HELD.labels).means[own], alone.encode(HELD.ids, HELD.labels).means[own], atol=1e-6
        )


def test_blocks_change_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made = fitted()
    from pipeline.models.vae import synthesiser

    whole = load(made)
    expected = [whole.encode(HELD.ids, HELD.labels).means, whole.write(NOISE, HELD.labels, COUNTS)[COUNTS]]
    monkeypatch.setattr(synthesiser, "BLOCK", 4)
    found = [whole.encode(HELD.ids, HELD.labels).means, whole.write(NOISE, HELD.labels, COUNTS)[COUNTS]]
    for one, other in zip(expected, found, strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)


def test_the_gaussian_prior_draws_the_noise_itself() -> None:
    model = load(fitted())
    np.testing.assert_array_equal(model.draw(NOISE, HELD.labels, "gaussian"), NOISE)
    assert not np.allclose(model.draw(NOISE, HELD.labels, "realnvp"), NOISE)


def test_observed_lengths_have_no_head() -> None:
    model = load(fitted(shape(lengths="observed")), lengths="observed")
    assert model.lengths(NOISE, HELD.labels) is None


def train(folder: Path, conditioning: Any) -> FittedVae:
    """A synthesiser trained for an epoch."""
    start_keras(3)
    from pipeline.models.vae.synthesiser import train_synthesiser

    folder.mkdir()
    own, held = messages(40), messages(20, seed=2)
    recipe = replace(RECIPE, epochs=1)
    return train_synthesiser(own, held, shape(conditioning=conditioning), recipe, table(), seed=5, scratch=folder)


@pytest.mark.slow
def test_a_training_repeats_to_the_bit_its_flow_included(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    start_keras(3)
    from pipeline.models.vae import flow

    monkeypatch.setattr(flow, "EPOCHS", 1)
    one, other = (train(tmp_path / name, "label") for name in "ab")
    assert one.history["model"].tolist() == ["all"]
    assert one.weights.shape == (1, one.num_params)
    np.testing.assert_array_equal(one.weights, other.weights)
    np.testing.assert_array_equal(one.flow, other.flow)


@pytest.mark.slow
def test_each_class_has_a_network_of_its_own_where_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    start_keras(3)
    from pipeline.models.vae import flow, synthesiser

    monkeypatch.setattr(flow, "EPOCHS", 1)
    seen = []
    real = synthesiser.train
    monkeypatch.setattr(
        synthesiser,
        "train",
        lambda vae, own, held, *rest, **more: seen.append((own, held)) or real(vae, own, held, *rest, **more),
    )
    made = train(tmp_path / "a", "separate")
    for label, (own, held) in enumerate(seen):
        assert (own.labels == label).all()
        assert (held.labels == label).all()
    assert [len(own.ids) for own, _ in seen] == np.bincount(messages(40).labels).tolist()
    assert made.history["model"].tolist() == ["negative", "positive"]
    assert made.weights.shape == (2, made.num_params)
    assert len(made.flow) == len(made.kept_epochs) == len(made.stopped_early) == 2
    assert {path.name for path in (tmp_path / "a").iterdir()} == {"negative.npz", "positive.npz"}
    assert not np.allclose(*made.weights)
