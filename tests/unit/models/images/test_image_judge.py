"""The classifier that judges: what it learns, how it is kept, and what it says."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from gan_samples import K, pictures
from pipeline.artifacts.images import SIDE, Judge
from pipeline.models.backend import start_keras
from pipeline.models.images.settings import JudgeRecipe

pytestmark = pytest.mark.slow
RECIPE = JudgeRecipe(channels=2, units=8, dropout=0.2, epochs=3, batch_size=8, learning_rate=5e-3)


def learn(recipe: JudgeRecipe = RECIPE, *, number: int = 60, seed: int = 0, held: Any = None) -> Any:
    start_keras(seed)
    from pipeline.models.images.judge import train_classifier

    return train_classifier(*pictures(number), recipe, num_classes=K, seed=seed, held=held)


def flat(model: Any) -> Any:
    from pipeline.models.images.drawing import flat_weights

    return flat_weights(model)


@pytest.fixture(scope="module")
def made() -> tuple[Any, Any]:
    return learn(replace(RECIPE, epochs=8), held=pictures(30, seed=1))


def test_it_learns_and_what_is_held_is_only_looked_at(made: tuple[Any, Any]) -> None:
    model, history = made
    assert set(history) == {"epoch", "loss", "accuracy", "val_accuracy", "seconds"}
    assert history["epoch"].tolist() == list(range(1, 9))
    assert history["loss"].iloc[-1] < history["loss"].iloc[0] / 2
    from pipeline.models.images.judge import call

    pixels, labels = pictures(30, seed=1)
    called = call(model, pixels)[1]
    assert history["val_accuracy"].iloc[-1] == (called == labels).mean() > 0.9
    assert called.dtype == np.int16
    alone, _ = learn(replace(RECIPE, epochs=8))
    np.testing.assert_array_equal(flat(alone), flat(model))


def test_the_same_seed_gives_the_same_weights_and_another_does_not() -> None:
    found = [flat(learn(replace(RECIPE, epochs=1), seed=seed)[0]) for seed in (1, 2, 1)]
    np.testing.assert_array_equal(found[0], found[2])
    assert (found[0] != found[1]).mean() > 0.5


def test_a_restored_judge_says_the_same(made: tuple[Any, Any]) -> None:
    model, history = made
    from pipeline.models.images.judge import read, restore

    pixels, _ = pictures(25, seed=2)
    expected = read(model, pixels)
    again = restore(Judge(RECIPE.channels, RECIPE.units, flat(model), model.count_params(), history), K)
    for one, other in zip(read(again, pixels), expected, strict=True):
        np.testing.assert_array_equal(one, other)


def test_features_are_the_last_hidden_layer(made: tuple[Any, Any]) -> None:
    model, _ = made
    from pipeline.models.images.judge import read

    logits, features = read(model, pictures(7)[0])
    assert (logits.shape, features.shape) == ((7, K), (7, RECIPE.units))
    last = model.get_layer("logits")
    np.testing.assert_allclose(logits, features @ last.kernel.numpy() + last.bias.numpy(), atol=1e-5)
    assert features.min() >= 0


def test_the_weights_are_as_many_as_the_layers_say(made: tuple[Any, Any]) -> None:
    """Of conf/judge/standard.yaml."""
    start_keras(0)
    from pipeline.models.images.judge import build_classifier

    assert build_classifier(32, 128, 10).count_params() == 320 + 18_496 + (7 * 7 * 64 + 1) * 128 + 129 * 10
    images = np.zeros((1, SIDE, SIDE), np.uint8)
    assert made[0].predict(images, verbose=0)[0].shape == (1, K)


def test_images_are_taken_once_an_epoch_the_last_batch_too(monkeypatch: pytest.MonkeyPatch) -> None:
    start_keras(0)
    import keras

    given: list[Any] = []
    fit = keras.Model.fit

    def watched(self: Any, pixels: Any, labels: Any, *more: Any, **named: Any) -> Any:
        given.append(pixels.sum(axis=(1, 2)).tolist())
        assert named["shuffle"] is False
        return fit(self, pixels, labels, *more, **named)

    monkeypatch.setattr(keras.Model, "fit", watched)
    model, _ = learn(replace(RECIPE, epochs=2), number=19)
    sums = sorted(pictures(19)[0].sum(axis=(1, 2)).tolist())
    assert [sorted(epoch) for epoch in given] == [sums, sums]
    assert given[0] != given[1]
    assert np.isfinite(flat(model)).all()


def test_the_rate_falls_to_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """19 images in batches of 8 are three updates an epoch, so the cosine ends after six."""
    start_keras(0)
    import keras

    seen: list[Any] = []
    compile_it = keras.Model.compile

    def watched(self: Any, optimiser: Any, *more: Any, **named: Any) -> None:
        seen.append(optimiser)
        compile_it(self, optimiser, *more, **named)

    monkeypatch.setattr(keras.Model, "compile", watched)
    learn(replace(RECIPE, epochs=2), number=19)
    (adam,) = seen
    assert int(adam.iterations.numpy()) == 6
    rates = [float(adam._learning_rate(step)) for step in (0, 3, 6)]
    assert rates == pytest.approx([5e-3, 2.5e-3, 0])
