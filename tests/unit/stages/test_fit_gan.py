"""What each stage of an image run gives to whom: the judge, the players, the pupils, and those who look at sets."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from pydantic import TypeAdapter, ValidationError

from gan_samples import DENSE, RECIPE, K, overflowing, pictures, untrained
from pipeline.artifacts.images import Drawings, Gaussian, Images, ImageSplit, Judge
from pipeline.errors import UserError
from pipeline.evaluation.images.watching import Reference
from pipeline.models.backend import start_keras
from pipeline.models.images.settings import Watched
from pipeline.stages.draw_images import draw_gallery, draw_images
from pipeline.stages.fit_gan import Name, fit_gan
from pipeline.stages.fit_judge import fit_judge, fit_pupil
from pipeline.stages.see import ask_discriminator, see

pytestmark = pytest.mark.slow
IMAGES = Images("mine", ["a", "b", "c"], *pictures(60), *pictures(15, seed=1), stand_in=False)
SPLIT = ImageSplit(
    train=np.arange(3, 60), judge=np.arange(3, 48), reference=np.arange(48, 60), test=np.arange(12), num_copies=3,
    changes=[],
)  # fmt: skip
JUDGE: Any = {"channels": 2, "units": 6, "dropout": 0.1, "epochs": 1, "batch_size": 8, "learning_rate": 1e-3}
PLAIN = Gaussian(
    "gaussian",
    means=np.full((K, 784), 100, np.float32),
    components=np.tile(np.eye(784, dtype=np.float32)[None, :5], (K, 1, 1)),
    scales=np.full((K, 5), 30, np.float32),
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    return fit_judge(IMAGES, SPLIT, **JUDGE, seed=3)


def classifier(given: list[Any]) -> Any:
    """Stands where classifiers are trained, and keeps what it was given."""
    from pipeline.models.images.judge import build_classifier

    def train(pixels: Any, labels: Any, recipe: Any, **named: Any) -> Any:
        given.extend([pixels, labels, recipe, named])
        return build_classifier(recipe.channels, recipe.units, named["num_classes"]), pd.DataFrame()

    return train


def test_the_judge_learns_from_its_part_and_only_looks_at_the_reference(monkeypatch: pytest.MonkeyPatch) -> None:
    start_keras(0)
    from pipeline.models.images import judge as module

    given: list[Any] = []
    monkeypatch.setattr(module, "train_classifier", classifier(given))
    fit_judge(IMAGES, SPLIT, **JUDGE, seed=3)
    pixels, labels, recipe, named = given
    np.testing.assert_array_equal(pixels, IMAGES.train[SPLIT.judge])
    np.testing.assert_array_equal(labels, IMAGES.train_labels[SPLIT.judge])
    assert vars(recipe) == JUDGE
    held = named.pop("held")
    assert named == {"num_classes": K, "seed": 3}
    np.testing.assert_array_equal(held[0], IMAGES.train[SPLIT.reference])
    np.testing.assert_array_equal(held[1], IMAGES.train_labels[SPLIT.reference])


@pytest.mark.parametrize("artist", ["gan", "gaussian"])
def test_a_pupil_sees_drawings_only_as_many_of_each_class_as_the_judge_has(
    artist: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: Any = PLAIN if artist == "gaussian" else untrained()
    start_keras(0)
    from pipeline.models.images import judge as module
    from pipeline.stages.draw_images import draw

    given: list[Any] = []
    monkeypatch.setattr(module, "train_classifier", classifier(given))
    dark = replace(IMAGES, train=np.zeros_like(IMAGES.train))
    pupil = fit_pupil(dark, SPLIT, made, **JUDGE, noise_std=1.0, seed=3)
    pixels, labels, recipe, named = given
    np.testing.assert_array_equal(labels, IMAGES.train_labels[SPLIT.judge])
    np.testing.assert_array_equal(pixels, draw(made, labels, K, 1.0, 3))
    assert vars(recipe) == JUDGE
    assert named == {"num_classes": K, "seed": 3}, "and nothing held"
    assert (pupil.name, pupil.num_images) == (made.name, len(SPLIT.judge))
    assert pupil.called.shape == (len(IMAGES.test),), "it is asked about the whole test file"


def test_the_players_learn_from_all_training_images_and_never_from_the_test_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judge: Judge
) -> None:
    start_keras(0)
    from pipeline.models.images import training

    given: list[Any] = []
    monkeypatch.setattr(training, "train", lambda *plain, **named: given.extend([*plain, named]))
    blind = replace(IMAGES, test=np.zeros_like(IMAGES.test))
    fit_gan(blind, SPLIT, judge, name="mine", build=DENSE, **vars(RECIPE), seed=4, scratch=tmp_path)
    name, pixels, labels, build, recipe, watch, named = given
    assert (name, build, recipe) == ("mine", DENSE, RECIPE)
    assert named == {"num_classes": K, "seed": 4, "scratch": tmp_path}
    np.testing.assert_array_equal(pixels, IMAGES.train[SPLIT.train])
    np.testing.assert_array_equal(labels, IMAGES.train_labels[SPLIT.train])
    from pipeline.models.images.judge import call, restore

    model = restore(judge, K)
    real = call(model, IMAGES.train[SPLIT.reference])[0]
    reference = Reference(real, IMAGES.train_labels[SPLIT.reference])
    drawn, asked = pictures(33, seed=7)
    features, called = call(model, drawn)
    figures = watch(drawn, asked)
    assert isinstance(figures, Watched)
    assert figures.class_accuracy == (called == asked).mean()
    assert figures.frechet == pytest.approx(reference.frechet(features))
    assert figures.diversity == pytest.approx(reference.diversity(features, asked))


@pytest.mark.parametrize(
    "name", ["real", "test", "reference", "gaussian", "train", "generated", "Mine", "../x", "", "a b", "1st"]
)
def test_names_of_other_sets_and_of_no_file_are_refused(name: str) -> None:
    assert TypeAdapter(Name).validate_python("cgan_conv") == "cgan_conv"
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(name)


@pytest.mark.parametrize("artist", ["gan", "gaussian"])
def test_an_image_is_drawn_for_each_test_image_that_is_compared(artist: str) -> None:
    made: Any = PLAIN if artist == "gaussian" else untrained()
    found, again, other = (draw_images(IMAGES, SPLIT, made, noise_std=1.0, seed=seed) for seed in (1, 1, 9))
    assert found.name == made.name
    np.testing.assert_array_equal(found.labels, IMAGES.test_labels[SPLIT.test])
    assert found.pixels.shape == (12, 28, 28)
    assert found.pixels.dtype == np.uint8
    assert found.seconds > 0
    np.testing.assert_array_equal(found.pixels, again.pixels)
    assert (found.pixels != other.pixels).any()


@pytest.mark.parametrize(
    "drawing",
    [
        lambda made: draw_images(IMAGES, SPLIT, made, noise_std=1.0, seed=1),
        lambda made: draw_gallery(IMAGES, made, num_between=4, noise_std=1.0),
        lambda made: fit_pupil(IMAGES, SPLIT, made, **JUDGE, noise_std=1.0, seed=3),
    ],
    ids=["images", "gallery", "pupil"],
)
def test_a_generator_whose_numbers_overflow_is_told_and_not_drawn_with(drawing: Any) -> None:
    with pytest.raises(UserError, match="its numbers overflow"):
        drawing(overflowing())


def test_the_gallery_shows_the_frame_of_the_kept_weights() -> None:
    made = untrained()
    gallery = draw_gallery(IMAGES, made, num_between=4, noise_std=0.5)
    from pipeline.models.images.drawing import Brush, restore
    from pipeline.models.images.training import draw_grid, draw_ways

    brush = Brush(restore(made, K)[0])
    np.testing.assert_array_equal(gallery.grid, draw_grid(brush, K, 0.5))
    np.testing.assert_array_equal(gallery.between, draw_ways(brush, K, 4, 0.5))


def test_the_judge_sees_the_test_file_the_reference_and_all_drawings(judge: Judge) -> None:
    drawn = [Drawings(name, *pictures(12, seed=seed), 0.1) for seed, name in enumerate(("mine", "gaussian"), start=5)]
    seen = see(IMAGES, SPLIT, judge, *drawn)
    assert seen.sets == ["test", "reference", "mine", "gaussian"]
    assert seen.table["set"].value_counts(sort=False).to_dict() == {
        "test": 15, "reference": 12, "mine": 12, "gaussian": 12,
    }  # fmt: skip
    from pipeline.models.images.judge import read, restore

    model, sets = restore(judge, K), {"test": IMAGES.test, "reference": IMAGES.train[SPLIT.reference]}
    for name, pixels in (sets | {one.name: one.pixels for one in drawn}).items():
        rows = seen.rows(name)
        logits, features = read(model, pixels)
        np.testing.assert_array_equal(seen.features[rows], features)
        table = seen.table.iloc[rows]
        np.testing.assert_array_equal(table["called"], logits.argmax(axis=1))
        shares = np.exp(logits - logits.max(axis=1, keepdims=True)).astype(np.float64)
        shares /= shares.sum(axis=1, keepdims=True)
        np.testing.assert_allclose(table["probability"], shares[np.arange(len(pixels)), table["label"]], rtol=1e-5)
    np.testing.assert_array_equal(seen.table["label"].iloc[seen.rows("test")], IMAGES.test_labels)


def test_the_discriminator_is_asked_about_as_many_of_each_set() -> None:
    made, drawn = untrained(), Drawings("mine", *pictures(12, seed=5), 0.1)
    found = ask_discriminator(IMAGES, SPLIT, made, drawn, seed=2).table
    assert found["set"].value_counts(sort=False).to_dict() == {"train": 12, "test": 12, "generated": 12}
    from pipeline.models.images.drawing import restore, tell

    discriminator = restore(made, K)[1]
    for name, pixels, labels in (
        ("test", IMAGES.test[SPLIT.test], IMAGES.test_labels[SPLIT.test]),
        ("generated", drawn.pixels, drawn.labels),
    ):
        rows = found[found["set"] == name]
        np.testing.assert_array_equal(rows["label"], labels)
        np.testing.assert_array_equal(rows["probability"], tell(discriminator, pixels, labels))
    probabilities = tell(discriminator, IMAGES.train, IMAGES.train_labels)
    learnt = found.loc[found["set"] == "train", "probability"]
    away = np.abs(learnt.to_numpy()[:, None] - probabilities[SPLIT.train]).min(axis=1)
    assert away.max() == pytest.approx(0, abs=1e-6)
