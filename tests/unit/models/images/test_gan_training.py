"""Training: repeats, kills, and which weights are kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from gan_samples import (
    DENSE,
    FIGURES,
    RECIPE,
    SHAPES,
    K,
    Script,
    assert_same,
    brush_of,
    fit,
    grid_of,
    ink,
    labels_of,
    untrained,
)
from pipeline.artifacts.images import SIDE, Gan
from pipeline.models.checkpoint import Checkpoint
from pipeline.models.images.settings import Watched

pytestmark = pytest.mark.slow
ONE = replace(RECIPE, epochs=1)


@pytest.fixture(scope="module")
def whole(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Gan]:
    """A training of each kind that was never killed."""
    return {kind: fit(tmp_path_factory.mktemp(kind), build=build) for kind, build in SHAPES.items()}


@pytest.mark.parametrize("kind", SHAPES)
def test_a_killed_training_ends_as_one_that_never_was(
    kind: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Gan]
) -> None:
    """Killed after each epoch, so it is started as often as it has epochs."""
    write = Checkpoint.write

    def killed(self: Any, *given: Any) -> None:
        write(self, *given)
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(Checkpoint, "write", killed)
        for _ in range(RECIPE.epochs):
            with pytest.raises(KeyboardInterrupt):
                fit(tmp_path, build=SHAPES[kind])
    assert_same(fit(tmp_path, build=SHAPES[kind]), whole[kind])


def test_a_training_killed_within_an_epoch_repeats_that_epoch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Gan]
) -> None:
    asked = 0

    def dies(*drawn: Any) -> Watched:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise KeyboardInterrupt
        return ink(*drawn)

    with pytest.raises(KeyboardInterrupt):
        fit(tmp_path, watch=dies)
    assert_same(fit(tmp_path), whole["dense"])


@pytest.mark.parametrize("damage", ["cut", "byte", "other"])
def test_a_damaged_checkpoint_starts_again(
    damage: str, tmp_path: Path, caplog: pytest.LogCaptureFixture, whole: dict[str, Gan]
) -> None:
    path = tmp_path / "training.npz"
    fit(tmp_path)
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes({"cut": bytes(content[: len(content) // 2]), "byte": bytes(content), "other": b"hello"}[damage])
    with caplog.at_level(logging.WARNING):
        assert_same(fit(tmp_path), whole["dense"])
    assert [f"{path} cannot be read" in record.getMessage() for record in caplog.records] == [True]


@pytest.mark.parametrize("kind", SHAPES)
def test_another_seed_gives_other_weights(kind: str, tmp_path: Path, whole: dict[str, Gan]) -> None:
    """After an epoch, which the other training had in common with it."""
    one, other = (fit(tmp_path / str(seed), ONE, SHAPES[kind], seed=seed) for seed in (5, 6))
    np.testing.assert_array_equal(one.frames[0], whole[kind].frames[0])
    assert (one.generator != other.generator).mean() > 0.9
    assert one.history["generator_loss"][0] != other.history["generator_loss"][0]


@pytest.mark.parametrize("kind", SHAPES)
def test_what_is_written_down_of_a_training(kind: str, whole: dict[str, Gan]) -> None:
    made = whole[kind]
    assert (made.name, made.build, made.ending, made.trouble, made.updates) == ("mine", SHAPES[kind], "finished", "", 4)
    assert made.history.columns.tolist() == [
        *("epoch", "generator_loss", "discriminator_loss", "real_confidence", "fake_confidence"),
        *("class_accuracy", "frechet", "diversity", "seconds"),
    ]
    assert made.history["epoch"].tolist() == [1, 2, 3]
    assert made.history[["real_confidence", "fake_confidence"]].to_numpy().min() > 0
    assert made.history[["real_confidence", "fake_confidence"]].to_numpy().max() < 1
    assert made.frames.shape == (3, K, 10, SIDE, SIDE)
    assert made.frames.dtype == np.uint8
    assert made.generator.dtype == made.discriminator.dtype == np.float32
    assert made.num_params <= made.generator.size
    assert made.num_discriminator_params <= made.discriminator.size
    assert (made.num_params == made.generator.size) == (kind == "dense")


def test_all_images_are_taken_once_an_epoch_in_an_order_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    """The last update of 28 images in batches of 8 has 4; three updates between two turns of Python."""
    untrained()
    import tensorflow as tf

    from pipeline.models.images import training
    from pipeline.models.images.players import Players
    from pipeline.models.progress import Progress

    taken: list[Any] = []
    seen: list[int] = []

    def block(_: Any, images: Any, labels: Any, order: Any, first: Any, last: Any) -> Any:
        for update in range(int(first), int(last)):
            rows = order.numpy()[8 * update : 8 * update + 8]
            np.testing.assert_array_equal(images.numpy()[rows, 0, 0], labels.numpy()[rows])
            taken.append(rows)
        seen.append(int(last) - int(first))
        return tf.ones(4) * float(last - first)

    monkeypatch.setattr(training, "BLOCK", 3)
    monkeypatch.setattr(Players, "block", block)
    tf.config.run_functions_eagerly(True)
    try:
        players = Players(DENSE, RECIPE, K, updates=4, seed=0)
        images = np.broadcast_to(labels_of(28)[:, None, None], (28, SIDE, SIDE)).astype(np.uint8)
        epochs = training.Epochs(players, images, labels_of(28), updates=4, seed=4)
        with Progress(epochs=2, steps=4, done=0) as progress:
            means = [epochs.run(epoch, progress) for epoch in (1, 2)]
    finally:
        tf.config.run_functions_eagerly(False)
    assert seen == [0, 3, 1, 3, 1], "the first call only compiles"
    assert [len(rows) for rows in taken] == [8, 8, 8, 4] * 2
    orders = [np.concatenate(taken[:4]).tolist(), np.concatenate(taken[4:]).tolist()]
    assert sorted(orders[0]) == sorted(orders[1]) == list(range(28))
    assert orders[0] != orders[1]
    assert means == [[1.0] * 4] * 2, "means over the updates"


def test_blocks_of_any_size_end_with_the_same_weights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: dict[str, Gan]
) -> None:
    from pipeline.models.images import training

    monkeypatch.setattr(training, "BLOCK", 3)
    found = fit(tmp_path)
    np.testing.assert_array_equal(found.generator, whole["dense"].generator)
    np.testing.assert_allclose(found.history["generator_loss"], whole["dense"].history["generator_loss"], rtol=1e-6)


def test_the_noise_of_frames_and_of_what_is_watched_is_always_the_same(tmp_path: Path) -> None:
    """With players at rest, every epoch draws the same, in a run of another seed from the same noise."""
    rest = replace(RECIPE, generator_rate=1e-30, discriminator_rate=1e-30, ema_decay=None, epochs=2)
    found = {}
    for seed in (5, 6):
        script = Script(2.0, 1.0)
        made = fit(tmp_path / str(seed), rest, seed=seed, watch=script)
        np.testing.assert_array_equal(made.frames[0], made.frames[1])
        (drawn, asked), (again, _) = script.shown
        np.testing.assert_array_equal(drawn, again)
        np.testing.assert_array_equal(asked, labels_of(100))
        brush = brush_of(made)
        np.testing.assert_allclose(brush.draw(asked, brush.noise(100, 1)).astype(int), drawn.astype(int), atol=1)
        noise = np.tile(brush.noise(10, 2), (K, 1))
        expected = brush.draw(np.repeat(labels_of(K), 10), noise).reshape(K, 10, SIDE, SIDE)
        np.testing.assert_array_equal(made.frames[0], expected)
        found[seed] = drawn
    assert (found[5] != found[6]).any()


@pytest.mark.parametrize(("keep", "ema_decay", "epoch"), [("best", 0.9, 2), ("last", 0.9, 3), ("best", None, 2)])
def test_the_epoch_that_came_closest_is_kept_or_the_last(
    keep: Any, ema_decay: float | None, epoch: int, tmp_path: Path
) -> None:
    """The weights are those that drew the frame of that epoch: the means, where they are kept."""
    made = fit(tmp_path, replace(RECIPE, keep=keep, ema_decay=ema_decay), watch=Script(*FIGURES))
    assert made.history["frechet"].tolist() == list(FIGURES)
    assert made.kept_epoch == epoch
    grid = grid_of(made)
    assert [(grid == frame).all() for frame in made.frames] == [number == epoch for number in (1, 2, 3)]


def test_of_epochs_that_came_as_close_the_first_is_kept(tmp_path: Path) -> None:
    assert fit(tmp_path, watch=Script(2.0, 1.0, 1.0)).kept_epoch == 2


def test_a_mean_that_keeps_nothing_is_the_weights_themselves(tmp_path: Path, whole: dict[str, Gan]) -> None:
    found = [fit(tmp_path / str(kept), replace(RECIPE, ema_decay=kept)) for kept in (None, 0.0)]
    np.testing.assert_array_equal(found[0].frames, found[1].frames)
    np.testing.assert_array_equal(found[0].generator, found[1].generator)
    np.testing.assert_array_equal(
        found[0].history["generator_loss"], whole["dense"].history["generator_loss"], "means are looked at, no more"
    )
    assert (found[0].frames != whole["dense"].frames).any()


def test_players_learn(tmp_path: Path) -> None:
    """Bright stripes at the place of the class."""
    recipe = replace(RECIPE, epochs=60, ema_decay=None, saturated_epochs=60)
    made = fit(tmp_path, recipe, replace(DENSE, generator_units=[64], discriminator_units=[64]), number=96)
    assert made.history["frechet"].min() < 0.75 * made.history["frechet"][0]
    means = grid_of(made).mean(axis=(1, 3))
    stripes = [means[:, 9 * place : 9 * place + 9].mean(axis=1) for place in range(K)]
    assert np.argmax(stripes, axis=0).tolist() == [0, 1, 2]
