"""Training: it learns, keeps what it is told, weighs messages, stops where it fails, and never makes all dense."""

from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from scipy import sparse

from density_samples import HIDDEN, LATENT, RECIPE, SAMPLES, SEED, WORDS, N, bernoulli, counts, dense, material
from pipeline.errors import UserError
from pipeline.models.density import deep, outliers, plain
from pipeline.models.density.material import Material
from pipeline.models.density.mixture import fit_mixture

pytestmark = pytest.mark.slow
OWN = counts()
OTHERS = sparse.csr_array((1 - dense(counts(15, seed=1))).astype(np.float32))  # what is rare in OWN is common here


def train(recipe: Any = RECIPE, given: Material | None = None) -> tuple[list[NDArray[np.float32]], pd.DataFrame, int]:
    """Weights, history and kept epoch of a Bernoulli VAE."""
    network = bernoulli()
    from pipeline.models.density.training import train

    history = train(network, given or material(), recipe, lambda bags: np.zeros(bags.shape[0]), LATENT)
    return network.get_weights(), history.table, history.kept_epoch


def held_loss(weights: list[NDArray[np.float32]], held: Any) -> float:
    network = bernoulli()
    network.set_weights(weights)
    noise = np.random.default_rng(SEED).standard_normal((held.shape[0], LATENT), np.float32)
    return float(np.mean(np.sum(network.losses(held.toarray(), noise), axis=0)))


def test_the_loss_falls_and_is_the_sum_of_its_parts() -> None:
    _, history, kept = train(replace(RECIPE, epochs=6))
    assert history["loss"].iloc[-1] < 0.8 * history["loss"].iloc[0]
    assert history["val_loss"].iloc[-1] < history["val_loss"].iloc[0]
    np.testing.assert_allclose(history["loss"], history["reconstruction"] + history["kl"])
    assert history["epoch"].tolist() == [1, 2, 3, 4, 5, 6]
    assert kept == history["val_loss"].argmin() + 1


def test_the_best_epoch_is_kept_or_the_last() -> None:
    """What is learnt from the messages makes those that are kept back ever less likely, after some epochs."""
    given = material(held=OTHERS)
    recipe = replace(RECIPE, epochs=6, learning_rate=0.03)
    best, history, kept = train(recipe, given)
    last, same, end = train(replace(recipe, keep="last"), given)
    pd.testing.assert_frame_equal(history.drop(columns="seconds"), same.drop(columns="seconds"))
    assert kept == history["val_loss"].argmin() + 1
    assert (kept, end) != (6, kept)
    assert end == 6
    assert held_loss(best, OTHERS) == pytest.approx(history["val_loss"].min(), rel=1e-5)
    assert held_loss(last, OTHERS) == pytest.approx(history["val_loss"].iloc[-1], rel=1e-5)
    _, short, _ = train(replace(recipe, patience=1), given)
    assert len(short) == kept + 1
    pd.testing.assert_series_equal(short["loss"], history["loss"][: kept + 1])


@pytest.mark.parametrize("kind", ["bernoulli_vae", "gaussian_vae"])
@pytest.mark.parametrize("keep", ["best", "last"])
def test_a_training_that_diverges_says_so(kind: str, keep: Any) -> None:
    recipe = replace(RECIPE, optimiser="sgd", learning_rate=1e6, keep=keep)
    with pytest.raises(UserError, match="diverged: in epoch 1") as refused:
        getattr(deep, kind)(material(), hidden=HIDDEN, latent=LATENT, start="shares", samples=SAMPLES, training=recipe)
    assert "learning_rate, now 1e+06" in refused.value.remedy


def test_an_autoencoder_whose_units_are_dead_still_has_costs() -> None:
    recipe = replace(RECIPE, optimiser="sgd", learning_rate=1e6)
    found = deep.autoencoder(material(), latent=LATENT, start="shares", training=recipe).costs(OWN)["cost"]
    assert np.isfinite(found).all()
    assert (found > 0).all()


def test_a_message_of_twice_the_weight_trains_like_the_message_twice() -> None:
    """One step of plain gradient descent, the noise of the two the same."""
    noise = np.random.default_rng(1).standard_normal((3, LATENT), np.float32)

    def step(rows: list[int], weights: list[float]) -> list[NDArray[np.float32]]:
        network = bernoulli()
        from pipeline.models.density import training

        update = training._stepper(network, replace(RECIPE, optimiser="sgd", learning_rate=0.1))
        given = np.asarray(weights, np.float32) / np.mean(weights)
        import tensorflow as tf

        update(tf.constant(OWN[rows].toarray()), tf.constant(given, tf.float32), tf.constant(noise[np.array(rows) - 2]))
        return network.get_weights()

    start, weighted = bernoulli().get_weights(), step([2, 3, 4], [2, 1, 1])
    for one, other in zip(weighted, step([2, 2, 3, 4], [1, 1, 1, 1]), strict=True):
        np.testing.assert_allclose(one, other, atol=1e-6)
    plain_step = step([2, 3, 4], [1, 1, 1])
    assert max(np.abs(one - other).max() for one, other in zip(weighted, plain_step, strict=True)) > 1e-3
    assert max(np.abs(one - other).max() for one, other in zip(weighted, start, strict=True)) > 1e-3


def test_weights_change_what_is_learnt() -> None:
    heavy = np.where(np.arange(N) < N // 2, 1.9, 0.1)
    one, other = train()[0], train(given=material(weights=heavy))[0]
    assert any(not np.allclose(*pair) for pair in zip(one, other, strict=True))


def test_a_last_batch_of_one_message_is_trained_on() -> None:
    _, history, _ = train(replace(RECIPE, epochs=1), material(counts(17)))
    assert np.isfinite(history["loss"]).all()


@pytest.fixture
def densest(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Rows of every sparse matrix over the words that is made dense."""
    rows: list[int] = []
    for kind in (sparse.csr_array, sparse.csc_array, sparse.coo_array, sparse.csr_matrix, sparse.csc_matrix):
        for name in ("toarray", "todense"):
            monkeypatch.setattr(kind, name, _recorded(getattr(kind, name), rows))
    return rows


def _recorded(original: Any, rows: list[int]) -> Any:
    def make_dense(self: Any, *arguments: Any, **options: Any) -> Any:
        rows.extend(self.shape[:1] if self.shape[1:] == (WORDS,) else [])
        return original(self, *arguments, **options)

    return make_dense


@pytest.mark.parametrize("kind", ["bernoulli_vae", "gaussian_vae", "autoencoder"])
def test_no_more_is_made_dense_than_a_batch(kind: str, densest: list[int]) -> None:
    from pipeline.models.density.training import BLOCK

    bags = counts(700, seed=2)
    labels = (np.arange(700) % 2).astype(np.int8)
    given, recipe = material(bags, held=bags, shown=(bags, labels)), replace(RECIPE, epochs=1, batch_size=300)
    sizes = {} if kind == "autoencoder" else {"hidden": HIDDEN, "samples": SAMPLES}
    detector = getattr(deep, kind)(given, latent=LATENT, start="shares", training=recipe, **sizes)
    detector.costs(bags)
    detector.codes(bags)
    if kind == "bernoulli_vae":
        detector.word_costs(bags)
    assert max(densest) == 300
    densest.clear()
    detector.costs(bags)
    assert max(densest) == BLOCK


def test_detectors_without_a_network_make_nothing_dense(densest: list[int]) -> None:
    bags = counts(300, seed=2)
    given = material(bags, held=bags)
    detectors = [
        plain.length(given),
        plain.unigram(given, smoothing=1.0),
        plain.repetition(given, neighbours=3),
        outliers.pca(given, components=3),
        outliers.isolation_forest(given, trees=5),
        outliers.local_outlier_factor(given, neighbours=5),
    ]
    for detector in detectors:
        detector.costs(bags)
    fit_mixture(bags[1:], kinds=2, longest=30, smoothing=0.1, starts=1, seed=0).log_odds(bags)
    assert not densest
